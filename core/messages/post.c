/*
 * post.c - messages behind a TLS 1.3 handshake: KeyUpdate (RFC 8446 4.6.3) and NewSessionTicket
 * (4.6.1), which is checked and passed over by a client that does not resume.
 */
#include "messages.h"

SSLErr sslr_read_key_update(SSLContext *ctx, Reader *body)
{
    uint8_t request = read_u8(body);

    if (!reader_complete(body)) {
        return sslr_fail(ctx, ALERT_DECODE_ERROR, SSLProtocolErr, "the KeyUpdate is malformed");
    }
    if (request > 1) {
        return sslr_illegal(ctx, "the KeyUpdate's request is neither 0 nor 1");
    }
    if (request == 1 && !ctx->write_closed) {
        ctx->owe_key_update = 1; /* several requests share one answer */
    }
    return sslr_tls13_update_keys(ctx, 0);
}

SSLErr sslr_read_new_session_ticket(SSLContext *ctx, Reader *body)
{
    Bytes  ticket;
    Reader extensions;

    (void)read_u32(body);       /* lifetime */
    (void)read_u32(body);       /* age_add */
    (void)read_vector(body, 1); /* nonce */
    ticket     = read_vector(body, 2);
    extensions = read_block(body, 2);
    while (reader_has_more(&extensions)) {
        (void)read_u16(&extensions);
        (void)read_vector(&extensions, 2);
    }
    if (!reader_complete(body) || extensions.failed || ticket.length == 0) {
        return sslr_fail(ctx, ALERT_DECODE_ERROR, SSLProtocolErr,
                         "the NewSessionTicket is malformed");
    }
    return SSLNoErr;
}
