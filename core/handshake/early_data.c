/*
 * early_data.c - TLS 1.3: when 0-RTT data is offered and accepted (RFC 8446 4.2.10, 8), and how
 * much of it may come. Its keys are made in core/keys, its two calls stand in core/api.
 */
#include "../session/session.h"
#include "handshake.h"

/* RFC 8446 8.3: how far the age of a ticket may be from what the client says, in milliseconds. Both
 * clocks are read in whole seconds. */
#define AGE_TOLERANCE 10000u

/* A hello is fresh for twice the tolerance; a second more at either end for the rounding. */
#define REPLAY_WINDOW (2 * AGE_TOLERANCE / 1000 + 2)

/* RFC 8446 4.2.11.1: the client's idea of the ticket's age, hidden by age_add. */
static int age_fits(const Handshake *hs)
{
    Reader   identities = reader_of(hs->hello.psk_identities);
    uint32_t theirs, apart;

    (void)read_vector(&identities, 2);
    theirs = read_u32(&identities) - hs->early.age_add;
    apart  = theirs > hs->early.age ? theirs - hs->early.age : hs->early.age - theirs;
    return apart <= AGE_TOLERANCE;
}

/* The first binder has been checked: nobody but the client can have made it, and it covers the
 * whole ClientHello. */
static void make_token(Handshake *hs)
{
    Reader binders = reader_of(hs->hello.psk_binders);
    Bytes  binder  = read_vector(&binders, 1);

    sslr_hash(HASH_SHA256, binder.data, binder.length, hs->early.token);
}

void sslr_consider_early_data(SSLContext *ctx)
{
    Handshake *hs = ctx->handshake;

    if (hs->hello.early_data && hs->psk_index == 0 && !has_fact(ctx, FACT_RETRY) &&
        hs->early.left > 0 && hs->early.left <= max_early_data(ctx) && age_fits(hs)) {
        make_token(hs);
        hs->facts |= FACT_EARLY_OFFERED;
    }
}

SSLErr sslr_work_early_data(SSLContext *ctx)
{
    Handshake *hs = ctx->handshake;
    SSLErr     err;

    /* The program may have taken its callback away meanwhile. */
    if (ctx->callbacks.replay == NULL) {
        return SSLNoErr;
    }
    err = ctx->callbacks.replay(
        ctx, sslr_session_buffer(bytes_of(hs->early.token, sizeof(hs->early.token))), REPLAY_WINDOW,
        ctx->callbacks.replay_ref);
    hs->early.replay_waiting = err == SSLWouldBlockErr;
    if (err == SSLWouldBlockErr) {
        ctx->wants |= SSL_WantsReplay;
        return err;
    }
    if (err == SSLNoErr) {
        hs->facts |= FACT_EARLY;
        hs->skip_early_data = 0;
        ctx->early_accepted = 1;
    }
    return SSLNoErr;
}

/* RFC 8446 4.2.10: more than the ticket allows ends the connection. */
SSLErr sslr_early_data_came(SSLContext *ctx, size_t length)
{
    EarlyData *early = &ctx->handshake->early;

    if (length > early->left) {
        return sslr_fail(ctx, ALERT_UNEXPECTED_MESSAGE, SSLProtocolErr,
                         "more 0-RTT data came than the ticket allows");
    }
    early->left -= (uint32_t)length;
    return SSLNoErr;
}

SSLErr sslr_after_early_data(SSLContext *ctx)
{
    SSLErr err;

    if (!has_fact(ctx, FACT_EARLY)) {
        return SSLNoErr;
    }
    err = sslr_check_boundary(ctx);
    return err != SSLNoErr ? err : sslr_tls13_early_keys(ctx, ctx->agreed.suite);
}
