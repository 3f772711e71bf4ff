/*
 * session_ticket.c - NewSessionTicket from TLS 1.0 to TLS 1.2 (RFC 5077 3.3), a step of the
 * handshake: struct { uint32 lifetime_hint; opaque ticket<0..2^16-1>; }. That of TLS 1.3 is in
 * post.c.
 */
#include "messages.h"

#include "../session/session13.h"
#include "../session/ticket.h"

SSLErr sslr_write_session_ticket(SSLContext *ctx, Writer *body)
{
    Writer session;
    Block  ticket;
    SSLErr err;

    sslr_writer_init(&session, &ctx->allocator);
    write_u32(body, sslr_session_lifetime(ctx));
    ticket = open_block(body, 2);
    sslr_session_note_identity(ctx);
    err = sslr_session_encode(ctx, &session);
    if (err == SSLNoErr) {
        err = sslr_ticket_seal(ctx, bytes_of(session.data, session.length), body);
    }
    close_block(body, ticket);
    sslr_writer_release(&session);
    return err != SSLNoErr ? err : writer_status(body);
}

/* An empty one: the server has promised a ticket and changed its mind. */
SSLErr sslr_read_session_ticket(SSLContext *ctx, Reader *body)
{
    uint32_t lifetime = read_u32(body);
    Bytes    ticket   = read_vector(body, 2);

    if (!reader_complete(body)) {
        return sslr_fail(ctx, ALERT_DECODE_ERROR, SSLProtocolErr,
                         "the NewSessionTicket is malformed");
    }
    return sslr_session_keep_ticket(ctx, lifetime, ticket);
}
