/*
 * psk.c - the callback that finds pre-shared keys. TLS 1.3: the server takes one up, external or of
 * a session (RFC 8446 4.2.11), and gives new tickets (4.6.1). What a session is made of stands in
 * core/session.
 */
#include "handshake.h"

#include "../key_exchange/key_exchange.h"
#include "../session/session13.h"
#include "../session/ticket.h"

/* ---- the callback ---- */

/* hs->psk becomes the key of that identity; length 0: nobody knows it. */
static SSLErr find_key(SSLContext *ctx, Bytes identity)
{
    Handshake *hs = ctx->handshake;
    SSLPSK     found;
    SSLErr     err;

    hs->psk_length = 0;
    memset(&found, 0, sizeof(found));
    err = ctx->callbacks.psk(ctx, sslr_session_buffer(identity), &found, ctx->callbacks.psk_ref);
    hs->psk_waiting = err == SSLWouldBlockErr;
    if (err == SSLWouldBlockErr) {
        ctx->wants |= SSL_WantsPSK;
    } else if (err != SSLNoErr) {
        err = sslr_fail(ctx, ALERT_INTERNAL_ERROR, err, "the PSK callback failed");
    } else if (found.length > sizeof(found.key)) {
        err = sslr_fail(ctx, ALERT_INTERNAL_ERROR, SSLCallbackErr,
                        "the PSK callback's key has a wrong length");
    } else {
        memcpy(hs->psk, found.key, found.length);
        hs->psk_length = (uint16_t)found.length;
        hs->psk_hash   = (uint8_t)psk_hash(found.hash);
    }
    sslr_wipe(&found, sizeof(found));
    return err;
}

/* RFC 4279 2: an identity that nobody knows gets a key that nobody has, drawn in any case: the
 * client learns no more than from a wrong key. It waits where the master secret will stand. */
SSLErr sslr_work_psk(SSLContext *ctx)
{
    Handshake *hs  = ctx->handshake;
    SSLErr     err = SSLNoErr;

    if (!hs->entered) {
        err = sslr_random(ctx, hs->secret, 32);
    }
    if (err == SSLNoErr) {
        err = find_key(ctx, ctx->agreed.psk_identity);
    }
    if (err != SSLNoErr) {
        return err;
    }
    if (hs->psk_length == 0) {
        memcpy(hs->psk, hs->secret, 32);
        hs->psk_length = 32;
    }
    sslr_mix_psk(ctx);
    return SSLNoErr;
}

/* ---- the key that is taken up ---- */

static int find_identity(const SSLContext *ctx, size_t index, Bytes *identity)
{
    Reader list = reader_of(ctx->handshake->hello.psk_identities);
    size_t i;

    for (i = 0; i <= index; i++) {
        if (!reader_has_more(&list)) {
            return 0;
        }
        *identity = read_vector(&list, 2);
        (void)read_u32(&list);
    }
    return 1;
}

static Bytes find_binder(const SSLContext *ctx, size_t index)
{
    Reader list   = reader_of(ctx->handshake->hello.psk_binders);
    Bytes  binder = bytes_of(NULL, 0);
    size_t i;

    for (i = 0; i <= index; i++) {
        binder = read_vector(&list, 1);
    }
    return binder;
}

/* RFC 8446 4.2.11: only that of the chosen key is checked. */
static SSLErr check_binder(SSLContext *ctx, const uint8_t *digest)
{
    Handshake *hs     = ctx->handshake;
    HashId     hash   = (HashId)hs->psk_hash;
    Bytes      binder = find_binder(ctx, hs->psk_index);
    uint8_t    expected[MAX_HASH_SIZE];

    sslr_tls13_binder(hash, bytes_of(hs->psk, hs->psk_length), hs->psk_external, digest, expected);
    if (binder.length != sslr_hash_size(hash) ||
        !ct_memory_equal(binder.data, expected, binder.length)) {
        ctx->error_extension = EXT_PRE_SHARED_KEY;
        return sslr_fail(ctx, ALERT_DECRYPT_ERROR, SSLProtocolErr,
                         "the binder of a pre-shared key is wrong");
    }
    return SSLNoErr;
}

/* The first ClientHello still stands in the transcript as it came. */
static SSLErr check_first_binder(SSLContext *ctx)
{
    const Handshake *hs = ctx->handshake;
    uint8_t          digest[MAX_HASH_SIZE];

    sslr_hash((HashId)hs->psk_hash, hs->transcript.raw.data, 4 + hs->hello.psk_binders_at, digest);
    return check_binder(ctx, digest);
}

static int has_common_group(const SSLContext *ctx)
{
    size_t i;

    for (i = 0; i < ctx->config.groups.count; i++) {
        if (numbers_contain(ctx->handshake->hello.groups, ctx->config.groups.items[i])) {
            return 1;
        }
    }
    return 0;
}

/* A mode that both allow; with Diffie-Hellman if possible. */
static int choose_mode(SSLContext *ctx)
{
    uint8_t modes = ctx->handshake->hello.psk_modes & psk_modes(ctx);

    if (!ctx->handshake->hello.has_shares || !has_common_group(ctx)) {
        modes &= (uint8_t)~SSL_PSKWithDHE;
    }
    ctx->handshake->psk_without_dhe = (modes & SSL_PSKWithDHE) == 0;
    return modes != 0;
}

/* What there is to know of the peer: an identity, or what the session says. */
static SSLErr take_peer(SSLContext *ctx, Bytes identity)
{
    Handshake *hs = ctx->handshake;

    if (hs->psk_external) {
        return sslr_replace(&ctx->allocator, &ctx->agreed.psk_identity, identity);
    }
    hs->facts |= FACT_RESUMED;
    ctx->agreed.resumed = 1;
    return sslr_session13_resume(ctx);
}

static SSLErr take_up(SSLContext *ctx, Bytes identity)
{
    Handshake *hs  = ctx->handshake;
    SSLErr     err = check_first_binder(ctx);

    if (err == SSLNoErr) {
        err = take_peer(ctx, identity);
    }
    if (err != SSLNoErr) {
        return err;
    }
    hs->facts |= FACT_PSK;
    sslr_hash(HASH_SHA256, identity.data, identity.length, hs->psk_identity_digest);
    if (!hs->psk_without_dhe) {
        err = sslr_choose_share(ctx);
    }
    if (err == SSLNoErr) {
        err = sslr_prepare_retry(ctx);
    }
    if (err == SSLNoErr && !hs->psk_external) {
        sslr_consider_early_data(ctx);
    }
    return err;
}

/* The session of one identity, if there is one that may be used: sealed in it, or kept under it. A
 * ticket that is a key of the store serves once. May wait. */
static SSLErr look_up(SSLContext *ctx, Bytes identity, uint32_t now, int *usable)
{
    int    renew; /* a new ticket is given anyway */
    SSLErr err;

    *usable = 0;
    if (ctx->callbacks.ticket_key != NULL) {
        err = sslr_ticket_open(ctx, identity, &renew);
        if (err == SSLNoErr) {
            sslr_session13_accept(ctx, now, usable);
        }
        return err;
    }
    if (identity.length != TICKET_ID) {
        return SSLNoErr;
    }
    err = sslr_session_look_up(ctx, identity);
    if (err != SSLNoErr) {
        return err;
    }
    /* The ID of an older session stands in the clear: who has seen it must not delete that one. */
    if (!sslr_session13_is_one(ctx->handshake->session)) {
        sslr_session_drop(ctx);
        return SSLNoErr;
    }
    /* Of several servers that find it only one can delete it. */
    if (ctx->callbacks.delete_session != NULL &&
        ctx->callbacks.delete_session(sslr_session_buffer(identity), ctx->callbacks.session_ref) !=
            SSLNoErr) {
        sslr_session_drop(ctx);
        return SSLNoErr;
    }
    sslr_session13_accept(ctx, now, usable);
    return SSLNoErr;
}

/* What the identity is to the program, where it is no session. May wait. */
static SSLErr look_up_external(SSLContext *ctx, Bytes identity, int *usable)
{
    Handshake *hs = ctx->handshake;
    SSLErr     err;

    if (ctx->callbacks.psk == NULL || ctx->config.require_client_cert ||
        identity.length > SSL_MAX_PSK_IDENTITY) {
        return SSLNoErr;
    }
    err = find_key(ctx, identity);
    if (err == SSLNoErr && hs->psk_length > 0) {
        *usable          = sslr_choose_suite_with(ctx, (HashId)hs->psk_hash);
        hs->psk_external = *usable != 0;
    }
    return err;
}

/* One identity, as a session and as a key of the program; the first is not asked for again while
 * the second waits. */
static SSLErr consider(SSLContext *ctx, Bytes identity, uint32_t now, int *usable)
{
    Handshake *hs  = ctx->handshake;
    SSLErr     err = SSLNoErr;

    *usable = 0;
    if (!hs->psk_looked_up && ctx->callbacks.time != NULL) {
        err = look_up(ctx, identity, now, usable);
    }
    if (err == SSLNoErr && !*usable) {
        hs->psk_looked_up = 1;
        err               = look_up_external(ctx, identity, usable);
    }
    if (err == SSLNoErr) {
        hs->psk_looked_up = 0;
    }
    return err;
}

/* RFC 8446 6.2: who has nothing but pre-shared keys to offer says so. */
static SSLErr refuse_without_certificate(SSLContext *ctx)
{
    if (ctx->callbacks.psk == NULL || ctx->callbacks.identity != NULL ||
        sslr_identity_at(ctx, 0) != NULL) {
        return SSLNoErr;
    }
    ctx->error_extension = EXT_PRE_SHARED_KEY;
    return sslr_fail(ctx, ALERT_UNKNOWN_PSK_IDENTITY, SSLNegotiationErr,
                     "the client has no pre-shared key that is known, and there is no certificate");
}

SSLErr sslr_choose_psk(SSLContext *ctx)
{
    Handshake *hs = ctx->handshake;
    Bytes      identity;
    int64_t    now    = 0;
    int        usable = 0;
    SSLErr     err;

    if (!hs->hello.has_psk || !choose_mode(ctx) ||
        (ctx->callbacks.time == NULL && ctx->callbacks.psk == NULL)) {
        hs->psk_without_dhe = 0;
        return SSLNoErr;
    }
    err = sslr_choose_application_protocol(ctx);
    if (err == SSLNoErr && ctx->callbacks.time != NULL) {
        err = sslr_time(ctx, &now);
    }
    while (err == SSLNoErr && hs->psk_next < MAX_PSK_IDENTITIES &&
           find_identity(ctx, hs->psk_next, &identity)) {
        err = consider(ctx, identity, (uint32_t)now, &usable);
        if (err != SSLNoErr) {
            return err;
        }
        hs->psk_index = hs->psk_next++;
        if (usable) {
            return take_up(ctx, identity);
        }
    }
    hs->psk_without_dhe = 0;
    return err != SSLNoErr ? err : refuse_without_certificate(ctx);
}

SSLErr sslr_check_second_psk(SSLContext *ctx)
{
    Handshake *hs = ctx->handshake;
    Bytes      identity;
    uint8_t    digest[32];
    uint16_t   i;

    for (i = 0; i < MAX_PSK_IDENTITIES && hs->hello.has_psk && find_identity(ctx, i, &identity);
         i++) {
        sslr_hash(HASH_SHA256, identity.data, identity.length, digest);
        if (memcmp(digest, hs->psk_identity_digest, sizeof(digest)) == 0) {
            hs->psk_index = i;
            return check_binder(ctx, hs->second_hello_digest);
        }
    }
    ctx->error_extension = EXT_PRE_SHARED_KEY;
    return sslr_illegal(ctx, "the second ClientHello has not the pre-shared key of the first");
}

/* ---- new tickets ---- */

#define DEFAULT_TICKETS 2

static unsigned tickets_to_send(const SSLContext *ctx)
{
    unsigned count =
        ctx->config.ticket_count != 0 ? ctx->config.ticket_count - 1u : DEFAULT_TICKETS;

    int stored = ctx->config.has_peer_id && ctx->callbacks.add_session != NULL &&
                 ctx->callbacks.get_session != NULL;

    if ((ctx->handshake->hello.psk_modes & psk_modes(ctx)) == 0 || ctx->callbacks.time == NULL ||
        (!stored && ctx->callbacks.ticket_key == NULL)) {
        return 0;
    }
    /* In place of the one that was used. Nor do clients want several where they have a key anyway;
     * NSS ends the connection at a second one behind a handshake without certificates. */
    return has_fact(ctx, FACT_PSK) && count > 1 ? 1 : count;
}

/* The session of a ticket goes to the store, under a key that is the ticket. *ticket stays empty if
 * the store does not take it. */
static SSLErr store_session(SSLContext *ctx, Bytes session, Writer *ticket)
{
    uint8_t id[TICKET_ID];
    SSLErr  err = sslr_random(ctx, id, sizeof(id));

    if (err != SSLNoErr) {
        return err;
    }
    if (ctx->callbacks.add_session(sslr_session_buffer(bytes_of(id, sizeof(id))),
                                   sslr_session_buffer(session),
                                   ctx->callbacks.session_ref) == SSLNoErr) {
        write_bytes(ticket, bytes_of(id, sizeof(id)));
    }
    return writer_status(ticket);
}

/* One ticket, sealed or stored. *sent: there is one. */
static SSLErr send_ticket(SSLContext *ctx, uint32_t now, uint8_t number, int *sent)
{
    uint8_t  random[4], psk[MAX_HASH_SIZE];
    Reader   in = reader_of(bytes_of(random, sizeof(random)));
    uint32_t age_add;
    Bytes    key;
    Writer   session, ticket;
    SSLErr   err = sslr_random(ctx, random, sizeof(random));

    *sent = 0;
    if (err != SSLNoErr) {
        return err;
    }
    age_add = read_u32(&in);
    sslr_tls13_ticket_key(ctx, bytes_of(&number, 1), psk);
    key = bytes_of(psk, sslr_hash_size((HashId)ctx->agreed.suite->prf));
    sslr_writer_init(&session, &ctx->allocator);
    sslr_writer_init(&ticket, &ctx->allocator);
    err =
        sslr_session13_encode_ticket(ctx, now, sslr_session_lifetime(ctx), age_add, key, &session);
    sslr_wipe(psk, sizeof(psk));
    if (err == SSLNoErr) {
        Bytes bytes = bytes_of(session.data, session.length);

        err = ctx->callbacks.ticket_key != NULL ? sslr_ticket_seal(ctx, bytes, &ticket)
                                                : store_session(ctx, bytes, &ticket);
    }
    *sent = ticket.length > 0;
    if (err == SSLNoErr && *sent) {
        err = sslr_queue_new_session_ticket(ctx, sslr_session_lifetime(ctx), age_add,
                                            bytes_of(&number, 1),
                                            bytes_of(ticket.data, ticket.length));
    }
    sslr_writer_release(&session);
    sslr_writer_release(&ticket);
    return err;
}

SSLErr sslr_work_send_tickets(SSLContext *ctx)
{
    unsigned count = tickets_to_send(ctx), i;
    int      sent  = 1;
    int64_t  now;
    SSLErr   err = SSLNoErr;

    if (count == 0) {
        return SSLNoErr;
    }
    if (ctx->callbacks.ticket_key != NULL) {
        err = sslr_ticket_key_to_seal(ctx);
        if (err != SSLNoErr || !ctx->handshake->has_ticket_key) {
            return err;
        }
    }
    err = sslr_time(ctx, &now);
    if (err != SSLNoErr) {
        return err;
    }
    if (ctx->agreed.authenticated == 0) {
        ctx->agreed.authenticated = (uint32_t)now;
    }
    sslr_session_note_identity(ctx);
    for (i = 0; i < count && sent && err == SSLNoErr; i++) {
        err = send_ticket(ctx, (uint32_t)now, (uint8_t)i, &sent);
    }
    return err;
}
