/*
 * ticket.c - see ticket.h. Whatever is wrong with a ticket, it is only no session.
 */
#include "ticket.h"

#define AEAD_STATE 80 /* words; sslr_aead_state_size is below that */

/* The callback's key, for the name or (NULL) to seal with. */
static SSLErr ask(SSLContext *ctx, const uint8_t *name, int *renew)
{
    Handshake *hs  = ctx->handshake;
    uint8_t    any = 0;
    size_t     i;
    SSLErr     err;

    hs->has_ticket_key = 0;
    *renew             = 0;
    if (ctx->callbacks.ticket_key == NULL) {
        return SSLNoErr;
    }
    memset(&hs->ticket_key, 0, sizeof(hs->ticket_key));
    err =
        ctx->callbacks.ticket_key(ctx, name, &hs->ticket_key, renew, ctx->callbacks.ticket_key_ref);
    hs->ticket_key_waiting = err == SSLWouldBlockErr;
    if (err == SSLWouldBlockErr) {
        ctx->wants |= SSL_WantsTicket;
        return err;
    }
    for (i = 0; i < sizeof(hs->ticket_key.key); i++) {
        any |= hs->ticket_key.key[i];
    }
    hs->has_ticket_key = err == SSLNoErr && any != 0; /* a key of zeros is one that was forgotten */
    return SSLNoErr;
}

SSLErr sslr_ticket_key_to_seal(SSLContext *ctx)
{
    int renew;

    return ask(ctx, NULL, &renew);
}

static SSLErr init_cipher(SSLContext *ctx, uint64_t *state)
{
    return sslr_aead_init(state, AEAD_AES_256_GCM, ctx->handshake->ticket_key.key);
}

SSLErr sslr_ticket_seal(SSLContext *ctx, Bytes session, Writer *ticket)
{
    uint64_t state[AEAD_STATE];
    uint8_t *at;
    SSLErr   err;

    if (session.length > MAX_TICKET - TICKET_OVERHEAD) {
        return SSLNoErr;
    }
    at = sslr_write_space(ticket, TICKET_OVERHEAD + session.length);
    if (at == NULL) {
        return writer_status(ticket);
    }
    memcpy(at, ctx->handshake->ticket_key.name, TICKET_NAME);
    err = sslr_random(ctx, at + TICKET_NAME, AEAD_NONCE_SIZE);
    if (err == SSLNoErr) {
        err = init_cipher(ctx, state);
    }
    if (err == SSLNoErr) {
        uint8_t *sealed = at + TICKET_NAME + AEAD_NONCE_SIZE;

        memcpy(sealed, session.data, session.length);
        err = sslr_aead_seal(state, at + TICKET_NAME, at, TICKET_NAME + AEAD_NONCE_SIZE, sealed,
                             session.length, sealed + session.length);
    }
    sslr_wipe(state, sizeof(state));
    return err;
}

static SSLErr open_with_key(SSLContext *ctx, Bytes ticket)
{
    Handshake     *hs     = ctx->handshake;
    const uint8_t *nonce  = ticket.data + TICKET_NAME;
    const size_t   length = ticket.length - TICKET_OVERHEAD;
    uint64_t       state[AEAD_STATE];
    uint8_t       *copy;
    SSLErr         err;

    err = sslr_duplicate(&ctx->allocator, bytes_of(nonce + AEAD_NONCE_SIZE, length), &copy);
    if (err != SSLNoErr) {
        return err;
    }
    hs->session_copy = copy;
    hs->session      = bytes_of(copy, length);
    err              = init_cipher(ctx, state);
    if (err == SSLNoErr &&
        sslr_aead_open(state, nonce, ticket.data, TICKET_NAME + AEAD_NONCE_SIZE, copy, length,
                       nonce + AEAD_NONCE_SIZE + length) != SSLNoErr) {
        sslr_session_drop(ctx);
    }
    sslr_wipe(state, sizeof(state));
    return err;
}

SSLErr sslr_ticket_open(SSLContext *ctx, Bytes ticket, int *renew)
{
    SSLErr err;

    *renew = 0;
    if (ticket.length <= TICKET_OVERHEAD) {
        return SSLNoErr;
    }
    err = ask(ctx, ticket.data, renew);
    if (err != SSLNoErr || !ctx->handshake->has_ticket_key ||
        memcmp(ctx->handshake->ticket_key.name, ticket.data, TICKET_NAME) != 0) {
        return err;
    }
    return open_with_key(ctx, ticket);
}
