/*
 * certificate_request.c - CertificateRequest (RFC 5246 7.4.4, RFC 8446 4.3.2).
 */
#include "messages.h"

#define RSA_SIGN   1
#define DSS_SIGN   2
#define ECDSA_SIGN 64

SSLErr sslr_write_certificate_request(SSLContext *ctx, Writer *body)
{
    Block  list;
    size_t i;

    if (ctx->version >= TLS_Version_1_3) {
        write_vector(body, request_context(ctx), 1);
        return sslr_write_extensions(ctx, IN_REQUEST, body);
    }
    list = open_block(body, 1);
    write_u8(body, RSA_SIGN);
    write_u8(body, DSS_SIGN);
    if (ctx->version > SSL_Version_3_0) {
        write_u8(body, ECDSA_SIGN);
    }
    close_block(body, list);
    if (ctx->version >= TLS_Version_1_2) {
        list = open_block(body, 2);
        for (i = 0; i < ctx->config.schemes.count; i++) {
            write_u16(body, ctx->config.schemes.items[i]);
        }
        close_block(body, list);
    }
    write_vector(body, ctx->config.names, 2);
    return writer_status(body);
}

static SSLErr read_tls13(SSLContext *ctx, Reader *body)
{
    Bytes  context    = read_vector(body, 1);
    Reader extensions = read_block(body, 2);
    SSLErr err;

    if (!reader_complete(body)) {
        return sslr_fail(ctx, ALERT_DECODE_ERROR, SSLProtocolErr,
                         "the CertificateRequest is malformed");
    }
    if ((context.length != 0) != has_fact(ctx, FACT_LATER)) {
        return sslr_illegal(ctx, "a certificate_request_context is empty, or not, at a wrong time");
    }
    ctx->handshake->request_context_length = (uint8_t)context.length;
    memcpy(ctx->handshake->request_context, context.data, context.length);
    err = sslr_read_extensions(ctx, IN_REQUEST, &extensions);
    if (err == SSLNoErr && !sslr_extension_seen(ctx, EXT_SIGNATURE_ALGORITHMS)) {
        ctx->error_extension = EXT_SIGNATURE_ALGORITHMS;
        return sslr_fail(ctx, ALERT_MISSING_EXTENSION, SSLProtocolErr,
                         "the CertificateRequest has no signature_algorithms");
    }
    return err;
}

SSLErr sslr_read_certificate_request(SSLContext *ctx, Reader *body)
{
    Handshake *hs = ctx->handshake;
    Bytes      types, schemes;
    Bytes      list;
    Reader     names;

    if (ctx->version >= TLS_Version_1_3) {
        return read_tls13(ctx, body);
    }
    types   = read_vector(body, 1);
    schemes = ctx->version >= TLS_Version_1_2 ? read_vector(body, 2) : bytes_of("\0\0", 2);
    list    = read_vector(body, 2);
    names   = reader_of(list);
    while (reader_has_more(&names)) {
        names.failed |= read_vector(&names, 2).length == 0; /* DistinguishedName<1..2^16-1> */
    }
    if (!reader_complete(body) || names.failed || types.length == 0 || schemes.length < 2 ||
        schemes.length % 2 != 0) {
        return sslr_fail(ctx, ALERT_DECODE_ERROR, SSLProtocolErr,
                         "the CertificateRequest is malformed");
    }
    hs->client_cert_types =
        (uint8_t)((memchr(types.data, RSA_SIGN, types.length) != NULL ? 1 : 0) |
                  (memchr(types.data, ECDSA_SIGN, types.length) != NULL ? 2 : 0) |
                  (memchr(types.data, DSS_SIGN, types.length) != NULL ? 4 : 0));
    hs->peer_schemes.length = 0;
    write_bytes(&hs->peer_schemes, schemes);
    hs->peer_names.length = 0;
    write_bytes(&hs->peer_names, list);
    return writer_status(&hs->peer_schemes) != SSLNoErr ? writer_status(&hs->peer_schemes)
                                                        : writer_status(&hs->peer_names);
}
