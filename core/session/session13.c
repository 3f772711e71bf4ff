/*
 * session13.c - see session13.h. Numbers are big-endian, times in seconds since 1970.
 *
 * struct {
 *     uint32 received; uint32 lifetime; uint32 age_add; uint32 max_early_data;
 *     opaque key<32..48>; opaque ticket<0..2^16-1>;
 * } Ticket;
 *
 * struct {
 *     uint8 format = 5; uint16 suite; uint16 group; uint16 peer_scheme; uint32 authenticated;
 *     opaque binding[32]; opaque shown_identity<0..32>; opaque peer_name<0..255>;
 *     opaque alpn<0..255>; uint16 max_send; opaque psk_identity<0..1024>;
 *     opaque peer_chain<0..2^24-1>; Ticket tickets<0..2^24-1>; opaque check[8];
 * } Session;
 */
#include "session13.h"

#define FORMAT 5 /* 2 had no psk_identity */

typedef struct Ticket {
    uint32_t received, lifetime, age_add, max_early_data;
    Bytes    key, ticket;
} Ticket;

/* ---- bytes ---- */

int sslr_session13_is_one(Bytes bytes)
{
    return bytes.length > 0 && bytes.data[0] == FORMAT;
}

static void write_ticket(Writer *out, const Ticket *ticket)
{
    write_u32(out, ticket->received);
    write_u32(out, ticket->lifetime);
    write_u32(out, ticket->age_add);
    write_u32(out, ticket->max_early_data);
    write_vector(out, ticket->key, 1);
    write_vector(out, ticket->ticket, 2);
}

static int read_ticket(Reader *in, Ticket *ticket)
{
    ticket->received = read_u32(in);
    ticket->lifetime = read_u32(in);
    ticket->age_add  = read_u32(in);

    ticket->max_early_data = read_u32(in);
    ticket->key            = read_vector(in, 1);
    ticket->ticket         = read_vector(in, 2);
    return !in->failed && (ticket->key.length == 32 || ticket->key.length == 48) &&
           ticket->lifetime <= MAX_SESSION_LIFETIME;
}

static SSLErr encode(SSLContext *ctx, Bytes tickets, Writer *out)
{
    uint8_t binding[32];

    sslr_session_binding(ctx, binding);
    write_u8(out, FORMAT);
    write_u16(out, ctx->agreed.suite->id);
    write_u16(out, ctx->agreed.group != NULL ? ctx->agreed.group->id : 0);
    write_u16(out, ctx->agreed.peer_scheme);
    write_u32(out, ctx->agreed.authenticated);
    write_bytes(out, bytes_of(binding, sizeof(binding)));
    write_vector(out, sslr_session_shown_identity(ctx), 1);
    write_vector(out, sslr_session_peer_name(ctx), 1);
    write_vector(out, ctx->agreed.alpn, 1);
    write_u16(out, ctx->max_send);
    write_vector(out, ctx->agreed.psk_identity, 2);
    sslr_session_write_chain(ctx, out);
    write_vector(out, tickets, 3);
    return sslr_session_write_check(out);
}

static int is_list_of_tickets(Bytes tickets)
{
    Reader list = reader_of(tickets);
    Ticket ticket;

    while (reader_has_more(&list)) {
        if (!read_ticket(&list, &ticket)) {
            return 0;
        }
    }
    return !list.failed && tickets.length > 0;
}

static int decode(Bytes bytes, Session13 *session)
{
    Reader in;

    if (!sslr_session_is_whole(bytes, FORMAT, &in)) {
        return 0;
    }
    session->suite          = read_u16(&in);
    session->group          = read_u16(&in);
    session->peer_scheme    = read_u16(&in);
    session->authenticated  = read_u32(&in);
    session->binding        = read_bytes(&in, 32);
    session->shown_identity = read_vector(&in, 1);
    session->peer_name      = read_vector(&in, 1);
    session->alpn           = read_vector(&in, 1);
    session->max_send       = read_u16(&in);
    session->psk_identity   = read_vector(&in, 2);
    session->chain          = read_vector(&in, 3);
    session->tickets        = read_vector(&in, 3);
    return reader_complete(&in) && sslr_session_is_chain(session->chain) &&
           is_list_of_tickets(session->tickets) && session->max_send <= MAX_FRAGMENT &&
           session->psk_identity.length <= SSL_MAX_PSK_IDENTITY &&
           (session->shown_identity.length == 0 || session->shown_identity.length == 32);
}

/* ---- may it be used? ---- */

static int is_fresh(uint32_t since, uint32_t lifetime, uint32_t now)
{
    return now >= since && now - since <= lifetime;
}

static int may_use(SSLContext *ctx, uint32_t now)
{
    Session13         *session = &ctx->handshake->session13;
    const CipherSuite *suite;
    uint8_t            binding[32];

    if (!decode(ctx->handshake->session, session)) {
        return 0;
    }
    sslr_session_binding(ctx, binding);
    suite = sslr_cipher_suite(session->suite);
    return suite != NULL && suite->min_version == TLS_Version_1_3 &&
           sslr_session_suite_enabled(ctx, session->suite) &&
           bytes_equal(session->binding, bytes_of(binding, sizeof(binding))) &&
           bytes_equal(session->peer_name, sslr_session_peer_name(ctx)) &&
           sslr_session_has_identity(ctx, session->shown_identity) &&
           is_fresh(session->authenticated, MAX_SESSION_LIFETIME, now);
}

static int takes_key(SSLContext *ctx, const Session13 *session, const Ticket *ticket)
{
    Handshake *hs   = ctx->handshake;
    HashId     hash = (HashId)sslr_cipher_suite(session->suite)->prf;

    if (ticket->key.length != sslr_hash_size(hash)) {
        return 0;
    }
    memcpy(hs->psk, ticket->key.data, ticket->key.length);
    hs->psk_length = (uint16_t)ticket->key.length;
    hs->psk_hash   = (uint8_t)hash;
    return 1;
}

/* ---- client ---- */

/* A ticket is used once (RFC 8446 C.4): what is left goes back, or the entry goes. `rest` is a
 * prefix of the list that stands at the end of the session. */
static SSLErr store_rest(SSLContext *ctx, const Session13 *session, size_t rest)
{
    Handshake *hs     = ctx->handshake;
    size_t     prefix = (size_t)(session->tickets.data - hs->session_copy) - 3;
    SSLBuffer  key    = sslr_session_buffer(ctx->config.peer_id);
    Writer     out;
    SSLErr     err = SSLNoErr;

    if (!ctx->config.has_peer_id || hs->session_is_set) {
        return SSLNoErr;
    }
    if (rest == 0 || ctx->callbacks.add_session == NULL) {
        if (ctx->callbacks.delete_session != NULL) {
            (void)ctx->callbacks.delete_session(key, ctx->callbacks.session_ref);
        }
        return SSLNoErr;
    }
    sslr_writer_init(&out, &ctx->allocator);
    write_bytes(&out, bytes_of(hs->session_copy, prefix));
    write_vector(&out, bytes_of(session->tickets.data, rest), 3);
    err = sslr_session_write_check(&out);
    if (err == SSLNoErr) {
        (void)ctx->callbacks.add_session(key, sslr_session_buffer(bytes_of(out.data, out.length)),
                                         ctx->callbacks.session_ref);
    }
    sslr_writer_release(&out);
    return err;
}

/* RFC 8446 4.2.11.1: milliseconds. Of the clock's seconds, those that have passed for certain: a
 * server whose own count is lower may take 0-RTT data for a replay. */
static uint32_t certain_age(const Ticket *ticket, uint32_t now)
{
    return now > ticket->received ? (now - ticket->received - 1) * 1000 : 0;
}

/* RFC 8446 4.2.10: 0-RTT data belongs to the suite and the application protocol of the session. */
static void offer_early_data(SSLContext *ctx, const Session13 *session, const Ticket *ticket)
{
    EarlyData *early = &ctx->handshake->early;
    uint32_t   most  = max_early_data(ctx);

    early->left     = ticket->max_early_data < most ? ticket->max_early_data : most;
    early->suite    = session->suite;
    early->max_send = session->max_send;
    early->alpn     = session->alpn;
}

SSLErr sslr_session13_offer(SSLContext *ctx)
{
    Handshake       *hs      = ctx->handshake;
    const Session13 *session = &hs->session13;
    Ticket           ticket;
    Reader           list;
    int64_t          now;
    size_t           rest = 0;
    SSLErr           err;

    memset(&ticket, 0, sizeof(ticket));
    if (ctx->config.version_max < TLS_Version_1_3 || ctx->config.version_min > TLS_Version_1_3 ||
        ctx->callbacks.time == NULL) {
        sslr_session_drop(ctx);
        return SSLNoErr;
    }
    err = sslr_time(ctx, &now);
    if (err != SSLNoErr) {
        return err;
    }
    if (!may_use(ctx, (uint32_t)now) || !sslr_session_lists_alpn(ctx->config.alpn, session->alpn)) {
        sslr_session_drop(ctx);
        return SSLNoErr;
    }
    list = reader_of(session->tickets);
    while (reader_has_more(&list)) {
        rest = session->tickets.length - list.left;
        (void)read_ticket(&list, &ticket); /* decode has checked it */
    }
    err = store_rest(ctx, session, rest);
    if (err != SSLNoErr || ticket.ticket.length == 0 ||
        !is_fresh(ticket.received, ticket.lifetime, (uint32_t)now) ||
        !takes_key(ctx, session, &ticket)) {
        sslr_session_drop(ctx);
        return err;
    }
    hs->psk_identity = ticket.ticket;
    hs->psk_age      = certain_age(&ticket, (uint32_t)now) + ticket.age_add;
    offer_early_data(ctx, session, &ticket);
    return SSLNoErr;
}

/* Only so many are kept: the oldest make room. */
static SSLErr replace_tickets(SSLContext *ctx, size_t count, const Ticket *added)
{
    Reader   list = reader_of(bytes_of(ctx->tickets, ctx->tickets_length));
    size_t   have = 0;
    Ticket   ticket;
    Writer   out;
    uint8_t *copy;
    SSLErr   err;

    while (reader_has_more(&list) && read_ticket(&list, &ticket)) {
        have++;
    }
    list = reader_of(bytes_of(ctx->tickets, ctx->tickets_length));
    sslr_writer_init(&out, &ctx->allocator);
    while (reader_has_more(&list) && read_ticket(&list, &ticket)) {
        if (have-- < count) {
            write_ticket(&out, &ticket);
        }
    }
    write_ticket(&out, added);
    err = writer_status(&out);
    if (err == SSLNoErr) {
        err = sslr_duplicate(&ctx->allocator, bytes_of(out.data, out.length), &copy);
    }
    if (err == SSLNoErr) {
        sslr_session13_forget(ctx);
        ctx->tickets        = copy;
        ctx->tickets_length = out.length;
    }
    sslr_writer_release(&out);
    return err;
}

static SSLErr store_tickets(SSLContext *ctx)
{
    Writer out;
    SSLErr err;

    sslr_writer_init(&out, &ctx->allocator);
    err = encode(ctx, bytes_of(ctx->tickets, ctx->tickets_length), &out);
    if (err == SSLNoErr) {
        (void)ctx->callbacks.add_session(sslr_session_buffer(ctx->config.peer_id),
                                         sslr_session_buffer(bytes_of(out.data, out.length)),
                                         ctx->callbacks.session_ref);
        ctx->agreed.session_stored = 1;
    }
    sslr_writer_release(&out);
    return err;
}

SSLErr sslr_session13_keep(SSLContext *ctx, uint32_t lifetime, uint32_t age_add,
                           uint32_t early_data, Bytes nonce, Bytes bytes)
{
    int     stored = ctx->config.has_peer_id && ctx->callbacks.add_session != NULL;
    uint8_t key[MAX_HASH_SIZE];
    Ticket  ticket;
    int64_t now;
    SSLErr  err;

    if (lifetime == 0 || ctx->callbacks.time == NULL || bytes.length > MAX_TICKET) {
        return SSLNoErr; /* a ticket whose age nobody knows, or which no hello has room for */
    }
    err = sslr_time(ctx, &now);
    if (err != SSLNoErr) {
        return err;
    }
    if (ctx->agreed.authenticated == 0) {
        ctx->agreed.authenticated = (uint32_t)now;
    }
    sslr_tls13_ticket_key(ctx, nonce, key);
    ticket.received = (uint32_t)now;
    ticket.lifetime = lifetime < MAX_SESSION_LIFETIME ? lifetime : MAX_SESSION_LIFETIME;
    ticket.age_add  = age_add;

    ticket.max_early_data = early_data;
    ticket.key            = bytes_of(key, sslr_hash_size((HashId)ctx->agreed.suite->prf));
    ticket.ticket         = bytes;
    err                   = replace_tickets(ctx, stored ? MAX_TICKETS : 1, &ticket);
    sslr_wipe(key, sizeof(key));
    return err == SSLNoErr && stored ? store_tickets(ctx) : err;
}

SSLErr sslr_session13_encode(SSLContext *ctx, Writer *out)
{
    return ctx->tickets == NULL ? SSLSessionNotFoundErr
                                : encode(ctx, bytes_of(ctx->tickets, ctx->tickets_length), out);
}

void sslr_session13_forget(SSLContext *ctx)
{
    sslr_release(&ctx->allocator, &ctx->tickets, ctx->tickets_length);
    ctx->tickets_length = 0;
}

/* ---- server ---- */

SSLErr sslr_session13_encode_ticket(SSLContext *ctx, uint32_t now, uint32_t lifetime,
                                    uint32_t age_add, Bytes psk, Writer *out)
{
    Ticket ticket;
    Writer list;
    SSLErr err;

    ticket.received = now;
    ticket.lifetime = lifetime;
    ticket.age_add  = age_add;

    ticket.max_early_data = max_early_data(ctx);
    ticket.key            = psk;
    ticket.ticket         = bytes_of(NULL, 0);
    sslr_writer_init(&list, &ctx->allocator);
    write_ticket(&list, &ticket);
    err = writer_status(&list);
    if (err == SSLNoErr) {
        err = encode(ctx, bytes_of(list.data, list.length), out);
    }
    sslr_writer_release(&list);
    return err;
}

void sslr_session13_accept(SSLContext *ctx, uint32_t now, int *usable)
{
    Handshake       *hs      = ctx->handshake;
    const Session13 *session = &hs->session13;
    Ticket           ticket;
    Reader           list;

    *usable = 0;
    if (hs->session.length > 0 && may_use(ctx, now)) {
        list    = reader_of(session->tickets);
        *usable = read_ticket(&list, &ticket) && is_fresh(ticket.received, ticket.lifetime, now) &&
                  numbers_contain(hs->hello.suites, session->suite) &&
                  bytes_equal(session->alpn, ctx->agreed.alpn) &&
                  !(ctx->config.require_client_cert && session->chain.length == 0) &&
                  takes_key(ctx, session, &ticket);
    }
    if (*usable) {
        ctx->agreed.suite = sslr_cipher_suite(session->suite);
        hs->early.left    = ticket.max_early_data;
        hs->early.age     = (now - ticket.received) * 1000;
        hs->early.age_add = ticket.age_add;
    } else {
        sslr_session_drop(ctx);
    }
}

/* ---- both ---- */

SSLErr sslr_session13_resume(SSLContext *ctx)
{
    const Session13 *session = &ctx->handshake->session13;
    SSLErr           err;

    ctx->agreed.peer_scheme   = session->peer_scheme;
    ctx->agreed.authenticated = session->authenticated;
    sslr_session_take_identity(ctx, session->shown_identity);
    err = sslr_replace(&ctx->allocator, &ctx->agreed.psk_identity, session->psk_identity);
    return err != SSLNoErr ? err : sslr_session_restore_chain(ctx, session->chain);
}
