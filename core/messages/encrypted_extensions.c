/*
 * encrypted_extensions.c - EncryptedExtensions (RFC 8446 4.3.1): the answers that need no clear
 * text.
 */
#include "messages.h"

SSLErr sslr_write_encrypted_extensions(SSLContext *ctx, Writer *body)
{
    return sslr_write_extensions(ctx, IN_ENCRYPTED, body);
}

SSLErr sslr_read_encrypted_extensions(SSLContext *ctx, Reader *body)
{
    Reader extensions = read_block(body, 2);
    SSLErr err;

    if (!reader_complete(body)) {
        return sslr_fail(ctx, ALERT_DECODE_ERROR, SSLProtocolErr,
                         "the EncryptedExtensions are malformed");
    }
    err = sslr_read_extensions(ctx, IN_ENCRYPTED, &extensions);
    if (err != SSLNoErr || !has_fact(ctx, FACT_EARLY)) {
        return err;
    }
    /* RFC 8446 4.2.10: 0-RTT data was said under the session's suite and application protocol. */
    if (ctx->agreed.suite->id != ctx->handshake->early.suite ||
        !bytes_equal(ctx->agreed.alpn, ctx->handshake->early.alpn)) {
        ctx->error_extension = EXT_EARLY_DATA;
        return sslr_illegal(ctx, "the server takes 0-RTT data under another suite or protocol");
    }
    ctx->early_accepted = 1;
    return SSLNoErr;
}
