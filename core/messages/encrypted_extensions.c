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

    if (!reader_complete(body)) {
        return sslr_fail(ctx, ALERT_DECODE_ERROR, SSLProtocolErr,
                         "the EncryptedExtensions are malformed");
    }
    return sslr_read_extensions(ctx, IN_ENCRYPTED, &extensions);
}
