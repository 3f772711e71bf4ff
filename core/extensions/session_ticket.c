/*
 * session_ticket.c - session_ticket (RFC 5077 3.2), from TLS 1.0 to TLS 1.2: the client's ticket,
 * or the wish for one; the server's promise of a new one.
 */
#include "extensions.h"

static int ticket_needs(const SSLContext *ctx, unsigned where)
{
    return where == IN_CLIENT_HELLO ? allows_old_tls(ctx) : has_fact(ctx, FACT_TICKET);
}

static SSLErr ticket_write(SSLContext *ctx, Writer *out)
{
    write_bytes(out, ctx->handshake->ticket);
    return writer_status(out);
}

static SSLErr ticket_read(SSLContext *ctx, Reader *in)
{
    ctx->handshake->hello.has_ticket = 1;
    ctx->handshake->hello.ticket     = read_rest(in);
    return SSLNoErr;
}

static SSLErr ticket_read_answer(SSLContext *ctx, unsigned where, Reader *in)
{
    (void)where;
    (void)in;
    if (ctx->version == SSL_Version_3_0) {
        return sslr_illegal(ctx, "SSL 3.0 has no tickets");
    }
    ctx->handshake->facts |= FACT_TICKET;
    return SSLNoErr;
}

const Extension sslr_ext_session_ticket = {.id          = EXT_SESSION_TICKET,
                                           .name        = "session_ticket",
                                           .where       = IN_CLIENT_HELLO | IN_SERVER_HELLO12,
                                           .needs       = ticket_needs,
                                           .write_hello = ticket_write,
                                           .read_hello  = ticket_read,
                                           .read_answer = ticket_read_answer};
