/*
 * sessions.c - sessions for programs that keep their own, and how TLS 1.3 resumes. The session
 * callbacks of the manual are set in callbacks.c; what a session is made of stands in core/session.
 */
#include "api.h"

#define MAX_SESSION     262144
#define MAX_TICKETS_SET 8

SSLErr SSLGetSession(SSLContext *ctx, SSLBuffer *session)
{
    Writer   out;
    uint8_t *copy = NULL;
    uint8_t  before;
    SSLErr   err = may_call(ctx);

    if (err != SSLNoErr || session == NULL) {
        return err != SSLNoErr ? err : SSLBadParameterErr;
    }
    session->length = 0;
    session->data   = NULL;
    /* The peer may close at any time, also before it has proved anything; then the state is the
     * same as behind a good connection. */
    if (is_server(ctx) || is_renegotiating(ctx) || !ctx->has_secrets ||
        ctx->version <= SSL_Version_2_0 ||
        (ctx->version < TLS_Version_1_3 && ctx->agreed.session_id_length == 0 &&
         ctx->tickets == NULL)) {
        return SSLSessionNotFoundErr;
    }
    before = callbacks_begin(ctx);
    sslr_writer_init(&out, &ctx->allocator);
    err = ctx->version < TLS_Version_1_3 ? sslr_session_encode(ctx, &out)
                                         : sslr_session13_encode(ctx, &out);
    if (err == SSLNoErr) {
        err = sslr_duplicate(&ctx->allocator, bytes_of(out.data, out.length), &copy);
    }
    if (err == SSLNoErr) {
        session->length = (uint32)out.length;
        session->data   = copy;
    }
    sslr_writer_release(&out);
    callbacks_end(ctx, before);
    return err;
}

SSLErr SSLSetSession(SSLContext *ctx, SSLBuffer session)
{
    SSLErr err = may_configure(ctx);

    if (err != SSLNoErr || (session.data == NULL && session.length > 0)) {
        return err != SSLNoErr ? err : SSLBadParameterErr;
    }
    if (session.length > MAX_SESSION) {
        return SSLOverflowErr;
    }
    return sslr_replace_bytes(ctx, &ctx->config.session, bytes_of(session.data, session.length));
}

SSLErr SSLSetTicketCount(SSLContext *ctx, uint32 count)
{
    SSLErr err = may_configure(ctx);

    if (err != SSLNoErr || count > MAX_TICKETS_SET) {
        return err != SSLNoErr ? err : SSLBadParameterErr;
    }
    ctx->config.ticket_count = (uint8_t)(count + 1);
    return SSLNoErr;
}

SSLErr SSLSetSessionLifetime(SSLContext *ctx, uint32 seconds)
{
    SSLErr err = may_configure(ctx);

    if (err != SSLNoErr || seconds < 1 || seconds > MAX_SESSION_LIFETIME) {
        return err != SSLNoErr ? err : SSLBadParameterErr;
    }
    ctx->config.session_lifetime = seconds;
    return SSLNoErr;
}

SSLErr SSLSetPSKModes(SSLContext *ctx, uint32 modes)
{
    SSLErr err = may_configure(ctx);

    if (err != SSLNoErr || modes == 0 || modes > (SSL_PSKWithDHE | SSL_PSKOnly)) {
        return err != SSLNoErr ? err : SSLBadParameterErr;
    }
    ctx->config.psk_modes = (uint8_t)modes;
    return SSLNoErr;
}
