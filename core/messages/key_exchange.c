/*
 * key_exchange.c - ServerKeyExchange, ServerHelloDone and ClientKeyExchange of TLS 1.2 (RFC
 * 5246 7.4.3, 7.4.5, 7.4.7); what stands in them is the business of core/key_exchange.
 */
#include "messages.h"

#include "../key_exchange/key_exchange.h"

/* RFC 5246 7.4.3: params, then the signature over both randoms and them. Both were made by a WORK
 * row. */
SSLErr sslr_write_server_key_exchange(SSLContext *ctx, Writer *body)
{
    Handshake *hs = ctx->handshake;

    write_bytes(body, bytes_of(hs->key_exchange.data, hs->key_exchange.length));
    if (suite_signs(ctx->agreed.suite)) {
        if (ctx->version >= TLS_Version_1_2) {
            write_u16(body, hs->scheme->id);
        }
        write_vector(body, bytes_of(hs->signature.data, hs->signature.length), 2);
    }
    sslr_writer_release(&hs->key_exchange);
    sslr_writer_release(&hs->signature);
    ctx->agreed.group = hs->group;
    return writer_status(body);
}

/* The suite says what kind of key must sign. */
static int key_fits_suite(const SSLContext *ctx)
{
    KeyType type = ctx->handshake->peer_leaf.key.type;

    if (!suite_signs(ctx->agreed.suite)) {
        return 1;
    }
    if (ctx->agreed.suite->authentication == AUTH_ECDSA) {
        return type == KEY_EC || type == KEY_ED25519;
    }
    if (ctx->agreed.suite->authentication == AUTH_DSS) {
        return type == KEY_DSA;
    }
    return type == KEY_RSA || type == KEY_RSA_PSS;
}

static SSLErr check_params_signature(SSLContext *ctx, Bytes params, uint16_t scheme,
                                     Bytes signature)
{
    Handshake *hs = ctx->handshake;
    Writer     content;
    SSLErr     err;

    sslr_writer_init(&content, &ctx->allocator);
    write_bytes(&content, bytes_of(hs->client_random, 32));
    write_bytes(&content, bytes_of(hs->server_random, 32));
    write_bytes(&content, params);
    err = writer_status(&content);
    if (err == SSLNoErr) {
        err = sslr_check_peer_signature(ctx, scheme, bytes_of(content.data, content.length),
                                        signature);
    }
    sslr_writer_release(&content);
    return err;
}

SSLErr sslr_read_server_key_exchange(SSLContext *ctx, Reader *body)
{
    const KeyExchange *method = sslr_key_exchange(ctx->agreed.suite);
    const uint8_t     *start  = body->data;
    Bytes              params, signature;
    uint16_t           scheme;
    SSLErr             err;

    if (!key_fits_suite(ctx)) {
        return sslr_fail(ctx, ALERT_UNSUPPORTED_CERTIFICATE, SSLProtocolErr,
                         "the server's key does not fit the suite");
    }
    err = method->read_server(ctx, body);
    if (err != SSLNoErr) {
        return err == SSLProtocolErr
                   ? sslr_illegal(ctx,
                                  ctx->error_rule != NULL
                                      ? ctx->error_rule
                                      : "the server's key exchange parameters are not acceptable")
                   : err;
    }
    params            = bytes_of(start, (size_t)(body->data - start));
    ctx->agreed.group = ctx->handshake->group;
    if (!suite_signs(ctx->agreed.suite)) {
        return SSLNoErr; /* the walker finds trailing bytes */
    }
    scheme    = ctx->version >= TLS_Version_1_2 ? read_u16(body) : 0;
    signature = read_vector(body, 2);
    if (!reader_complete(body)) {
        return sslr_fail(ctx, ALERT_DECODE_ERROR, SSLProtocolErr,
                         "the ServerKeyExchange is malformed");
    }
    return check_params_signature(ctx, params, scheme, signature);
}

/* RFC 4279 2: PSK and RSA_PSK have this message for the hint alone. */
SSLErr sslr_write_psk_hint(SSLContext *ctx, Writer *body)
{
    return sslr_key_exchange(ctx->agreed.suite)->write_server(ctx, body);
}

SSLErr sslr_read_psk_hint(SSLContext *ctx, Reader *body)
{
    return sslr_key_exchange(ctx->agreed.suite)->read_server(ctx, body);
}

SSLErr sslr_write_server_hello_done(SSLContext *ctx, Writer *body)
{
    (void)ctx;
    return writer_status(body);
}

SSLErr sslr_read_server_hello_done(SSLContext *ctx, Reader *body)
{
    (void)ctx;
    (void)body;
    return SSLNoErr;
}

SSLErr sslr_write_client_key_exchange(SSLContext *ctx, Writer *body)
{
    SSLErr err;

    if (ctx->agreed.suite->key_exchange == KX_RSA &&
        ctx->handshake->peer_leaf.key.type != KEY_RSA) {
        return sslr_fail(ctx, ALERT_UNSUPPORTED_CERTIFICATE, SSLProtocolErr,
                         "the server's key does not fit the suite");
    }
    err = sslr_key_exchange(ctx->agreed.suite)->write_client(ctx, body);
    return err == SSLProtocolErr ? sslr_illegal(ctx, "the server's public value is invalid") : err;
}

SSLErr sslr_read_client_key_exchange(SSLContext *ctx, Reader *body)
{
    SSLErr err = sslr_key_exchange(ctx->agreed.suite)->read_client(ctx, body);

    return err == SSLProtocolErr ? sslr_illegal(ctx, "the client's public value is invalid") : err;
}
