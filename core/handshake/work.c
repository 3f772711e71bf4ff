/*
 * work.c - decisions that belong to the user and stand before the server's first answer or behind
 * the server's request: ClientHello, sessions, identity. Each may wait.
 */
#include "choose.h"
#include "renegotiate.h"

#include "../session/session.h"
#include "../session/session13.h"
#include "../session/ticket.h"

/* ---- server ---- */

SSLErr sslr_work_client_hello(SSLContext *ctx)
{
    Handshake *hs = ctx->handshake;
    SSLErr     err;

    if (ctx->callbacks.client_hello == NULL) {
        return SSLNoErr;
    }
    ctx->in_callback  = 2; /* setters of "Configuration" are allowed */
    err               = ctx->callbacks.client_hello(ctx, 0, ctx->callbacks.client_hello_ref);
    ctx->in_callback  = 1;
    hs->hello_waiting = err == SSLWouldBlockErr;
    if (err == SSLWouldBlockErr) {
        ctx->wants |= SSL_WantsIdentity;
        return err;
    }
    if (err != SSLNoErr) {
        return sslr_fail(ctx, ALERT_HANDSHAKE_FAILURE, err, "the ClientHello callback refused");
    }
    return sslr_prepare_own_identity(ctx); /* it may have been set just now */
}

SSLErr sslr_work_choose_version(SSLContext *ctx)
{
    return sslr_choose_version(ctx);
}

/* RFC 5077 3.4: beside a ticket the session ID means nothing. */
static SSLErr find_session(SSLContext *ctx)
{
    Handshake *hs    = ctx->handshake;
    int        renew = 0;
    SSLErr     err;

    if (sslr_renegotiation_wants_new(ctx) && !hs->session_waiting && !hs->ticket_key_waiting) {
        return SSLNoErr;
    }
    if (hs->hello.ticket.length > 0 && has_fact(ctx, FACT_TICKET_WANTED)) {
        err              = sslr_ticket_open(ctx, hs->hello.ticket, &renew);
        hs->by_ticket    = hs->session.length > 0;
        hs->renew_ticket = renew != 0;
        return err;
    }
    return hs->hello.session_id.length > 0 ? sslr_session_look_up(ctx, hs->hello.session_id)
                                           : SSLNoErr;
}

/* The key for a new ticket, up to TLS 1.2: ServerHello promises it. In place of a ticket that was
 * used only if its key is an old one. */
SSLErr sslr_work_ticket_key(SSLContext *ctx)
{
    Handshake *hs = ctx->handshake;
    SSLErr     err;

    if (has_fact(ctx, FACT_RESUMED) && !(hs->by_ticket && hs->renew_ticket)) {
        return SSLNoErr;
    }
    err = sslr_ticket_key_to_seal(ctx);
    if (err == SSLNoErr && hs->has_ticket_key) {
        hs->facts |= FACT_TICKET;
        if (has_fact(ctx, FACT_FULL)) {
            ctx->agreed.session_id_length = 0; /* the ticket names the session */
        }
    }
    return err;
}

/* RFC 5246 7.4.1.2: the session ID is the key. The answer is judged after it is complete. */
SSLErr sslr_work_server_session(SSLContext *ctx)
{
    Handshake *hs     = ctx->handshake;
    int        usable = 0;
    SSLErr     err;

    if (ctx->version >= TLS_Version_1_3) {
        return sslr_choose_psk(ctx);
    }
    err = find_session(ctx);
    if (err == SSLNoErr && hs->session.length > 0) {
        err = sslr_session_accept(ctx, &usable);
    }
    hs->by_ticket = hs->by_ticket && usable;
    if (err != SSLNoErr || !usable) {
        return err;
    }
    err = sslr_choose_application_protocol(ctx);
    if (err != SSLNoErr) {
        return err;
    }
    sslr_set_suite_facts(ctx, 1);
    ctx->agreed.encrypt_then_mac = sslr_can_encrypt_then_mac(ctx) && hs->hello.encrypt_then_mac;
    return sslr_session_resume(ctx);
}

/* What the callback is handed when it shall leave the choice to the engine: an address that is no
 * identity. */
static const uint64_t engines_choice[1];

static SSLErr call_identity(SSLContext *ctx)
{
    Handshake         *hs       = ctx->handshake;
    const SSLIdentity *identity = (const SSLIdentity *)(const void *)engines_choice;
    SSLErr             err;

    if (ctx->callbacks.identity == NULL) {
        return SSLNoErr;
    }
    err                  = ctx->callbacks.identity(ctx, &identity, ctx->callbacks.identity_ref);
    hs->identity_waiting = err == SSLWouldBlockErr;
    if (err == SSLWouldBlockErr) {
        ctx->wants |= SSL_WantsIdentity;
        return err;
    }
    if (err == SSLNoErr && identity != (const SSLIdentity *)(const void *)engines_choice) {
        hs->identity       = identity;
        hs->identity_given = 1;
    }
    return err;
}

SSLErr sslr_work_server_identity(SSLContext *ctx)
{
    SSLErr err = call_identity(ctx);

    if (err == SSLNoErr && ctx->handshake->identity_given && ctx->handshake->identity == NULL) {
        return sslr_fail(ctx, ALERT_HANDSHAKE_FAILURE, SSLNegotiationErr,
                         "the identity callback shows no identity");
    }
    return err;
}

SSLErr sslr_work_choose_parameters(SSLContext *ctx)
{
    return sslr_choose_parameters(ctx);
}

SSLErr sslr_work_second_hello(SSLContext *ctx)
{
    return sslr_check_second_hello(ctx);
}

/* ---- client ---- */

/* Before the ClientHello: the session to offer, or a session ID that means nothing (RFC 8446 D.4).
 */
SSLErr sslr_work_client_session(SSLContext *ctx)
{
    Handshake  *hs = ctx->handshake;
    Ssl2Session ssl2;
    SSLErr      err = SSLNoErr;

    if (is_renegotiating(ctx)) {
        return hs->session.length > 0 ? sslr_session_offer(ctx) : SSLNoErr;
    }
    err = ctx->config.session.length > 0 ? sslr_session_take_set(ctx)
                                         : sslr_session_look_up(ctx, ctx->config.peer_id);
    if (err == SSLNoErr && sslr_session13_is_one(hs->session)) {
        err = sslr_session13_offer(ctx);
    } else if (err == SSLNoErr && hs->session.length > 0) {
        err = sslr_session_offer(ctx);
    }
    /* An SSL 3.0 session can only be resumed by a hello of its own format. */
    if (err == SSLNoErr && ctx->config.send_v2_hello && ctx->profile->classic != NULL &&
        (hs->session_id_length == 0 || sslr_session_read_ssl2(ctx, 0, &ssl2))) {
        hs->facts |= FACT_V2_HELLO;
    }
    if (err == SSLNoErr && ctx->early_wanted && hs->early.left > 0 &&
        !has_fact(ctx, FACT_V2_HELLO)) {
        hs->facts |= FACT_EARLY_OFFERED;
    }
    if (err == SSLNoErr && hs->session_id_length == 0 && allows_tls13(ctx)) {
        hs->session_id_length = sizeof(hs->session_id);
        err                   = sslr_random(ctx, hs->session_id, sizeof(hs->session_id));
    }
    return err;
}

SSLErr sslr_work_client_identity(SSLContext *ctx)
{
    Handshake *hs  = ctx->handshake;
    SSLErr     err = call_identity(ctx);

    if (err != SSLNoErr) {
        return err;
    }
    if (!hs->identity_given) {
        hs->identity = sslr_choose_client_identity(ctx);
    }
    if (hs->identity != NULL) {
        hs->scheme = sslr_choose_scheme(ctx, hs->identity,
                                        bytes_of(hs->peer_schemes.data, hs->peer_schemes.length));
    }
    if (hs->identity != NULL && hs->scheme == NULL) {
        return sslr_fail(ctx, ALERT_HANDSHAKE_FAILURE, SSLNegotiationErr,
                         "the server takes no signature scheme of the given identity");
    }
    return sslr_prepare_own_identity(ctx); /* the callback may have set another */
}
