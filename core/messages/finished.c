/*
 * finished.c - Finished (RFC 5246 7.4.9, RFC 8446 4.4.4), ChangeCipherSpec (RFC 5246 7.1) and
 * EndOfEarlyData (RFC 8446 4.5).
 */
#include "messages.h"

/* RFC 5746 3.1: a later handshake is bound to this one. */
static void keep_verify_data(SSLContext *ctx, int from_server, const uint8_t *verify_data,
                             size_t length)
{
    Renegotiation *renegotiation = &ctx->renegotiation;

    if (ctx->version <= TLS_Version_1_2 && length <= MAX_VERIFY_DATA) {
        memcpy(from_server ? renegotiation->server_verify_data : renegotiation->client_verify_data,
               verify_data, length);
        renegotiation->verify_data_length = (uint8_t)length;
    }
}

SSLErr sslr_write_finished(SSLContext *ctx, Writer *body)
{
    size_t   length = ctx->protocol->finished_length(ctx);
    uint8_t *at     = sslr_write_space(body, length);

    if (at != NULL) {
        ctx->protocol->finished(ctx, is_server(ctx), at);
        keep_verify_data(ctx, is_server(ctx), at, length);
    }
    return writer_status(body);
}

SSLErr sslr_read_finished(SSLContext *ctx, Reader *body)
{
    uint8_t expected[MAX_HASH_SIZE];
    size_t  length   = ctx->protocol->finished_length(ctx);
    Bytes   received = read_rest(body);

    if (received.length != length) {
        return sslr_fail(ctx, ALERT_DECODE_ERROR, SSLProtocolErr,
                         "the Finished has a wrong length");
    }
    ctx->protocol->finished(ctx, !is_server(ctx), expected);
    if (!ct_memory_equal(received.data, expected, length)) {
        return sslr_fail(ctx, ALERT_DECRYPT_ERROR, SSLProtocolErr, "the peer's Finished is wrong");
    }
    keep_verify_data(ctx, !is_server(ctx), expected, length);
    return SSLNoErr;
}

SSLErr sslr_write_change_cipher_spec(SSLContext *ctx, Writer *body)
{
    (void)ctx;
    write_u8(body, 1);
    return writer_status(body);
}

SSLErr sslr_read_change_cipher_spec(SSLContext *ctx, Reader *body)
{
    if (read_u8(body) != 1 || !reader_complete(body)) {
        return sslr_fail(ctx, ALERT_ILLEGAL_PARAMETER, SSLProtocolErr,
                         "the ChangeCipherSpec is malformed");
    }
    return SSLNoErr;
}

SSLErr sslr_write_end_of_early_data(SSLContext *ctx, Writer *body)
{
    (void)ctx;
    return writer_status(body); /* it is empty */
}

SSLErr sslr_read_end_of_early_data(SSLContext *ctx, Reader *body)
{
    (void)ctx;
    (void)body;
    return SSLNoErr;
}
