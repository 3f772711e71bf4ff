/*
 * certificate.c - Certificate (RFC 5246 7.4.2, RFC 8446 4.4.2) and CertificateStatus (RFC 6066 8).
 * The list becomes the context's peer chain: a message that was put together from several records
 * is moved, one inside a record is copied.
 */
#include "messages.h"

#define OCSP 1

SSLErr sslr_write_certificate(SSLContext *ctx, Writer *body)
{
    Handshake         *hs       = ctx->handshake;
    const SSLIdentity *identity = hs->identity;
    int                tls13    = ctx->version >= TLS_Version_1_3;
    Block              list;
    size_t             i;
    SSLErr             err = SSLNoErr;

    if (tls13) {
        write_vector(body, request_context(ctx), 1);
    }
    list = open_block(body, 3);
    for (i = 0; identity != NULL && i < identity->count && err == SSLNoErr; i++) {
        write_vector(body, identity->chain[i], 3);
        if (tls13 && i == 0) {
            err = sslr_write_extensions(ctx, IN_CERTIFICATE, body);
        } else if (tls13) {
            write_u16(body, 0);
        }
    }
    close_block(body, list);
    if (!is_server(ctx) && identity != NULL) {
        hs->facts |= FACT_CLIENT_CERTIFIED;
    }
    return err != SSLNoErr ? err : writer_status(body);
}

/* Give the list a place of its own. */
static SSLErr keep_list(SSLContext *ctx, Bytes list)
{
    Framing *framing = &ctx->framing;
    uint8_t *copy;
    SSLErr   err;

    if (framing->present && !framing->in_place) {
        ctx->agreed.peer_chain_block        = framing->partial.data;
        ctx->agreed.peer_chain_block_length = framing->partial.capacity;
        sslr_writer_init(&framing->partial, &ctx->allocator);
        ctx->agreed.peer_chain = list;
        return SSLNoErr;
    }
    err = sslr_duplicate(&ctx->allocator, list, &copy);
    if (err == SSLNoErr) {
        ctx->agreed.peer_chain_block        = copy;
        ctx->agreed.peer_chain_block_length = list.length;
        ctx->agreed.peer_chain              = bytes_of(copy, list.length);
    }
    return err;
}

/* The extensions of one entry; only those of the leaf mean anything to us. */
static SSLErr read_entry_extensions(SSLContext *ctx, Reader *list, int is_leaf)
{
    Reader extensions = read_block(list, 2);
    Bytes  response   = ctx->agreed.ocsp_response;
    SSLErr err;

    if (list->failed) {
        return SSLNoErr;
    }
    err = sslr_read_extensions(ctx, IN_CERTIFICATE, &extensions);
    if (!is_leaf) {
        ctx->agreed.ocsp_response = response;
    }
    return err;
}

SSLErr sslr_parse_peer_chain(SSLContext *ctx)
{
    Handshake  *hs   = ctx->handshake;
    Reader      list = reader_of(ctx->agreed.peer_chain);
    const char *rule = NULL;
    SSLErr      err  = SSLNoErr;

    hs->peer_count = 0;
    while (reader_has_more(&list) && err == SSLNoErr) {
        Bytes certificate = read_vector(&list, 3);

        if (certificate.length == 0) {
            list.failed = 1;
            break;
        }
        if (hs->peer_count == MAX_CHAIN_CERTIFICATES) {
            return sslr_fail(ctx, ALERT_BAD_CERTIFICATE, X509TooComplexErr,
                             "the peer's chain has too many certificates");
        }
        if (ctx->agreed.peer_chain_extensions) {
            err = read_entry_extensions(ctx, &list, hs->peer_count == 0);
        }
        hs->peer_certs[hs->peer_count].length = (uint32)certificate.length;
        /* The manual's callback type is not const; the bytes are the engine's. */
        hs->peer_certs[hs->peer_count].data =
            (uint8 *)ctx->agreed.peer_chain_block +
            (certificate.data - (const uint8_t *)ctx->agreed.peer_chain_block);
        hs->peer_count++;
    }
    if (err != SSLNoErr) {
        return err;
    }
    if (list.failed) {
        return sslr_fail(ctx, ALERT_DECODE_ERROR, SSLProtocolErr,
                         "the certificate list is malformed");
    }
    if (hs->peer_count == 0) {
        return SSLNoErr;
    }
    err = sslr_x509_parse(bytes_of(hs->peer_certs[0].data, hs->peer_certs[0].length),
                          &hs->peer_leaf, &rule);
    if (err == SSLNoErr && hs->peer_leaf.key.type == KEY_NONE) {
        err  = X509BadKeyErr;
        rule = "the peer's key is of an unknown kind";
    }
    if (err != SSLNoErr) {
        ctx->error_certificate = 0;
        return sslr_fail(ctx, sslr_alert_for_error(err), err, rule);
    }
    return SSLNoErr;
}

SSLErr sslr_keep_peer_certificate(SSLContext *ctx, Bytes certificate)
{
    uint8_t *list;
    void    *block;
    SSLErr   err;

    if (certificate.length == 0 || certificate.length > MAX_CERTIFICATE_SIZE) {
        return sslr_fail(ctx, ALERT_BAD_CERTIFICATE, SSLProtocolErr,
                         "the certificate's length is wrong");
    }
    err = sslr_allocate(&ctx->allocator, 3 + certificate.length, &block);
    if (err != SSLNoErr) {
        return err;
    }
    list    = (uint8_t *)block;
    list[0] = (uint8_t)(certificate.length >> 16);
    put_u16(list + 1, certificate.length & 0xFFFF);
    memcpy(list + 3, certificate.data, certificate.length);
    ctx->agreed.peer_chain_block        = block;
    ctx->agreed.peer_chain_block_length = 3 + certificate.length;
    ctx->agreed.peer_chain              = bytes_of(block, 3 + certificate.length);
    ctx->agreed.peer_chain_extensions   = 0;
    return sslr_parse_peer_chain(ctx);
}

/* SSL 3.0 D.1: RSA_EXPORT signs a short key when that of the certificate is longer. */
int sslr_needs_temporary_rsa(const CipherSuite *suite, size_t bits)
{
    return suite->key_exchange == KX_RSA && suite->export_bits != 0 &&
           bits > sslr_export_limit(suite);
}

static SSLErr read_empty_list(SSLContext *ctx)
{
    if (!is_server(ctx)) {
        return sslr_fail(ctx, ALERT_DECODE_ERROR, SSLProtocolErr,
                         "the server shows no certificate");
    }
    if (has_fact(ctx, FACT_LATER) ? ctx->post_auth->require : ctx->config.require_client_cert) {
        return sslr_fail(ctx,
                         ctx->version >= TLS_Version_1_3 ? ALERT_CERTIFICATE_REQUIRED
                                                         : ALERT_HANDSHAKE_FAILURE,
                         SSLPeerCertRequiredErr, "the client shows no certificate");
    }
    return SSLNoErr;
}

SSLErr sslr_read_no_certificate(SSLContext *ctx)
{
    return read_empty_list(ctx);
}

SSLErr sslr_read_certificate(SSLContext *ctx, Reader *body)
{
    Bytes  list;
    SSLErr err;

    if (ctx->version >= TLS_Version_1_3 &&
        !bytes_equal(read_vector(body, 1), request_context(ctx))) {
        return sslr_illegal(ctx, "the certificate_request_context is not the request's");
    }
    list = read_vector(body, 3);
    if (!reader_complete(body)) {
        return sslr_fail(ctx, ALERT_DECODE_ERROR, SSLProtocolErr, "the Certificate is malformed");
    }
    if (list.length == 0) {
        return read_empty_list(ctx);
    }
    ctx->agreed.peer_chain_extensions = ctx->version >= TLS_Version_1_3;
    err                               = keep_list(ctx, list);
    if (err == SSLNoErr) {
        err = sslr_parse_peer_chain(ctx);
    }
    if (err != SSLNoErr) {
        return err;
    }
    if (is_server(ctx)) {
        ctx->handshake->facts |= FACT_CLIENT_CERTIFIED;
    } else if (sslr_needs_temporary_rsa(ctx->agreed.suite, ctx->handshake->peer_leaf.key.bits)) {
        ctx->handshake->facts |= FACT_EPHEMERAL;
    }
    return SSLNoErr;
}

/* ---- CertificateStatus, TLS 1.2 ---- */

SSLErr sslr_write_certificate_status(SSLContext *ctx, Writer *body)
{
    write_u8(body, OCSP);
    write_vector(body, ctx->handshake->identity->ocsp_response, 3);
    return writer_status(body);
}

SSLErr sslr_read_certificate_status(SSLContext *ctx, Reader *body)
{
    uint8_t  type     = read_u8(body);
    Bytes    response = read_vector(body, 3);
    uint8_t *copy;
    SSLErr   err;

    if (!reader_complete(body) || response.length == 0) {
        return sslr_fail(ctx, ALERT_DECODE_ERROR, SSLProtocolErr,
                         "the CertificateStatus is malformed");
    }
    if (type != OCSP) {
        return sslr_illegal(ctx, "the stapled status is of an unknown type");
    }
    err = sslr_duplicate(&ctx->allocator, response, &copy);
    if (err == SSLNoErr) {
        ctx->agreed.ocsp_block        = copy;
        ctx->agreed.ocsp_block_length = response.length;
        ctx->agreed.ocsp_response     = bytes_of(copy, response.length);
    }
    return err;
}
