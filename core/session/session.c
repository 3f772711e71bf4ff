/*
 * session.c - the session's bytes and the three callbacks; see session.h. Sealing is in ticket.c.
 *
 * struct {
 *     uint8 format = 6; uint16 version; uint16 suite; uint8 extended_master_secret; uint16 group;
 *     uint16 peer_scheme; uint32 issued; uint32 lifetime; opaque binding[32];
 *     opaque shown_identity<0..32>; opaque session_id<0..32>; opaque master_secret[48];
 *     opaque peer_name<0..255>;
 *     opaque alpn<0..255>; uint16 max_fragment; opaque psk_identity<0..1024>;
 *     opaque peer_chain<0..2^24-1>; opaque ticket<0..2^16-1>; opaque check[8];
 * } Session; (numbers big-endian; peer_chain is a list of opaque certificate<1..2^24-1>)
 *
 * binding is a digest of everything by which this side decides whom to trust, so that a session
 * made under lax rules is not resumed under strict ones. check is the beginning of SHA-256 over all
 * before it: a store that damages a session costs a full handshake, not a failed one.
 */
#include "session.h"

#include "../x509/trust.h"

#define FORMAT        6 /* 1, 3 and 4 are old; TLS 1.3 has numbers of its own */
#define MASTER_SECRET 48
#define CHECK_SIZE    8

typedef struct Session {
    uint16_t version, suite, group, peer_scheme, max_fragment;
    uint8_t  extended_master_secret;
    uint32_t issued, lifetime; /* issued: seconds since 1970, 0: there was no clock */
    Bytes    binding, shown_identity, session_id, master_secret, peer_name, alpn, psk_identity;
    Bytes    chain, ticket;
} Session;

void sslr_session_binding(const SSLContext *ctx, uint8_t digest[32])
{
    const Callbacks *callbacks = &ctx->callbacks;
    uint8_t          rules[7];
    HashState        hash;

    rules[0] = ctx->config.side;
    rules[1] = ctx->config.allow_any_certificate;
    rules[2] = ctx->config.require_client_cert;
    rules[3] = callbacks->check_certificate != NULL;
    rules[4] = callbacks->verify != NULL;
    rules[5] = ctx->config.trust != NULL;
    rules[6] = has_psk(ctx) != 0;
    sslr_hash_init(&hash, HASH_SHA256);
    sslr_hash_update(&hash, rules, sizeof(rules));
    if (ctx->config.trust != NULL) {
        sslr_hash_update(&hash, ctx->config.trust->digest, sizeof(ctx->config.trust->digest));
    }
    if (ctx->config.psk.length > 0) {
        sslr_hash_update(&hash, own_psk_identity(ctx).data, own_psk_identity(ctx).length);
    }
    sslr_hash_final(&hash, digest);
}

Bytes sslr_session_peer_name(const SSLContext *ctx)
{
    return is_server(ctx) ? ctx->agreed.server_name : ctx->config.host;
}

/* ---- the certificate that we showed ---- */

static int is_shown_by(Bytes digest, const SSLIdentity *identity)
{
    uint8_t own[32];

    if (identity->count == 0) {
        return 0;
    }
    sslr_hash(HASH_SHA256, identity->chain[0].data, identity->chain[0].length, own);
    return bytes_equal(digest, bytes_of(own, sizeof(own)));
}

/* The certificate that we showed must still be ours; what the identity callback has, nobody knows
 * before it is asked. */
int sslr_session_has_identity(const SSLContext *ctx, Bytes digest)
{
    const Config *config = &ctx->config;
    size_t        i;

    if (digest.length == 0 || ctx->callbacks.identity != NULL) {
        return 1;
    }
    if (config->own != NULL && is_shown_by(digest, &config->own->identity)) {
        return 1;
    }
    for (i = 0; i < config->identity_count; i++) {
        if (is_shown_by(digest, config->identities[i])) {
            return 1;
        }
    }
    return 0;
}

Bytes sslr_session_shown_identity(const SSLContext *ctx)
{
    const Agreed *agreed = &ctx->agreed;

    return bytes_of(agreed->shown_identity,
                    agreed->has_shown_identity ? sizeof(agreed->shown_identity) : 0);
}

void sslr_session_take_identity(SSLContext *ctx, Bytes digest)
{
    ctx->agreed.has_shown_identity = digest.length == sizeof(ctx->agreed.shown_identity);
    if (ctx->agreed.has_shown_identity) {
        memcpy(ctx->agreed.shown_identity, digest.data, digest.length);
    }
}

void sslr_session_note_identity(SSLContext *ctx)
{
    const SSLIdentity *identity = ctx->handshake->identity;

    if (ctx->agreed.resumed && !has_fact(ctx, FACT_LATER)) {
        return;
    }
    ctx->agreed.has_shown_identity = identity != NULL && identity->count > 0;
    if (ctx->agreed.has_shown_identity) {
        sslr_hash(HASH_SHA256, identity->chain[0].data, identity->chain[0].length,
                  ctx->agreed.shown_identity);
    }
}

/* ---- bytes ---- */

void sslr_session_write_chain(const SSLContext *ctx, Writer *out)
{
    Reader list  = reader_of(ctx->agreed.peer_chain);
    Block  chain = open_block(out, 3);

    while (reader_has_more(&list)) {
        write_vector(out, read_vector(&list, 3), 3);
        if (ctx->agreed.peer_chain_extensions) {
            (void)read_vector(&list, 2);
        }
    }
    close_block(out, chain);
}

/* When the peer was authenticated, as far as there is a clock. */
static SSLErr stamp(SSLContext *ctx)
{
    int64_t now;
    SSLErr  err;

    if (ctx->agreed.authenticated != 0 || ctx->callbacks.time == NULL) {
        return SSLNoErr;
    }
    err = sslr_time(ctx, &now);
    if (err == SSLNoErr) {
        ctx->agreed.authenticated = (uint32_t)now;
    }
    return err;
}

/* A ticket is sealed before the handshake is done. */
static const uint8_t *master_secret_of(const SSLContext *ctx)
{
    return ctx->handshake != NULL ? ctx->handshake->secret : ctx->master_secret;
}

static uint32_t lifetime_of(const SSLContext *ctx)
{
    const uint32_t own = sslr_session_lifetime(ctx);

    return ctx->agreed.session_lifetime != 0 && ctx->agreed.session_lifetime < own
               ? ctx->agreed.session_lifetime
               : own;
}

SSLErr sslr_session_write_check(Writer *out)
{
    uint8_t check[32];

    if (writer_status(out) == SSLNoErr) {
        sslr_hash(HASH_SHA256, out->data, out->length, check);
        write_bytes(out, bytes_of(check, CHECK_SIZE));
    }
    return writer_status(out);
}

int sslr_session_is_whole(Bytes bytes, uint8_t format, Reader *in)
{
    uint8_t check[32];

    if (bytes.length < CHECK_SIZE) {
        return 0;
    }
    bytes.length -= CHECK_SIZE;
    sslr_hash(HASH_SHA256, bytes.data, bytes.length, check);
    *in = reader_of(bytes);
    return memcmp(check, bytes.data + bytes.length, CHECK_SIZE) == 0 && read_u8(in) == format;
}

int sslr_session_is_chain(Bytes chain)
{
    Reader list = reader_of(chain);

    while (reader_has_more(&list)) {
        list.failed |= read_vector(&list, 3).length == 0;
    }
    return !list.failed;
}

static SSLErr encode(SSLContext *ctx, Writer *out)
{
    uint8_t binding[32];
    Bytes   ticket = bytes_of(ctx->tickets, is_server(ctx) ? 0 : ctx->tickets_length);
    SSLErr  err    = stamp(ctx);

    if (err != SSLNoErr) {
        return err;
    }
    sslr_session_binding(ctx, binding);
    write_u8(out, FORMAT);
    write_u16(out, ctx->version);
    write_u16(out, ctx->agreed.suite->id);
    write_u8(out, ctx->agreed.extended_master_secret);
    write_u16(out, ctx->agreed.group != NULL ? ctx->agreed.group->id : 0);
    write_u16(out, ctx->agreed.peer_scheme);
    write_u32(out, ctx->agreed.authenticated);
    write_u32(out, lifetime_of(ctx));
    write_bytes(out, bytes_of(binding, sizeof(binding)));
    write_vector(out, sslr_session_shown_identity(ctx), 1);
    write_vector(out, bytes_of(ctx->agreed.session_id, ctx->agreed.session_id_length), 1);
    write_bytes(out, bytes_of(master_secret_of(ctx), MASTER_SECRET));
    write_vector(out, sslr_session_peer_name(ctx), 1);
    write_vector(out, ctx->agreed.alpn, 1);
    write_u16(out, ctx->limit_clear ? ctx->max_send : 0);
    write_vector(out, ctx->agreed.psk_identity, 2);
    sslr_session_write_chain(ctx, out);
    write_vector(out, ticket, 2);
    return sslr_session_write_check(out);
}

/* What nobody has negotiated. */
static int is_zero(Bytes secret)
{
    uint8_t any = 0;
    size_t  i;

    for (i = 0; i < secret.length; i++) {
        any |= secret.data[i];
    }
    return any == 0;
}

static int decode(Bytes bytes, Session *session)
{
    Reader in;

    if (!sslr_session_is_whole(bytes, FORMAT, &in)) {
        return 0;
    }
    session->version                = read_u16(&in);
    session->suite                  = read_u16(&in);
    session->extended_master_secret = read_u8(&in);
    session->group                  = read_u16(&in);
    session->peer_scheme            = read_u16(&in);
    session->issued                 = read_u32(&in);
    session->lifetime               = read_u32(&in);
    session->binding                = read_bytes(&in, 32);
    session->shown_identity         = read_vector(&in, 1);
    session->session_id             = read_vector(&in, 1);
    session->master_secret          = read_bytes(&in, MASTER_SECRET);
    session->peer_name              = read_vector(&in, 1);
    session->alpn                   = read_vector(&in, 1);
    session->max_fragment           = read_u16(&in);
    session->psk_identity           = read_vector(&in, 2);
    session->chain                  = read_vector(&in, 3);
    session->ticket                 = read_vector(&in, 2);
    return reader_complete(&in) && sslr_session_is_chain(session->chain) &&
           session->extended_master_secret <= 1 && session->session_id.length <= 32 &&
           (session->shown_identity.length == 0 || session->shown_identity.length == 32) &&
           !is_zero(session->master_secret) && session->lifetime <= MAX_SESSION_LIFETIME &&
           session->max_fragment <= MAX_FRAGMENT &&
           session->psk_identity.length <= SSL_MAX_PSK_IDENTITY;
}

/* ---- the callbacks ---- */

static int resumption_is_on(const SSLContext *ctx)
{
    return ctx->config.has_peer_id && ctx->callbacks.get_session != NULL;
}

SSLBuffer sslr_session_buffer(Bytes bytes)
{
    SSLBuffer buffer;

    buffer.length = (uint32)bytes.length;
    buffer.data = (uint8 *)bytes.data; /* the manual's type is not const; callbacks do not write */
    return buffer;
}

void sslr_session_drop(SSLContext *ctx)
{
    Handshake *hs    = ctx->handshake;
    void      *block = hs->session_copy;

    sslr_release(&ctx->allocator, &block, hs->session.length);
    hs->session_copy = NULL;
    hs->session      = bytes_of(NULL, 0);
}

SSLErr sslr_session_look_up(SSLContext *ctx, Bytes key)
{
    Handshake *hs = ctx->handshake;
    SSLBuffer  data;
    SSLErr     err;

    if (!resumption_is_on(ctx)) {
        return SSLNoErr;
    }
    data.length = 0;
    data.data   = NULL;
    err = ctx->callbacks.get_session(sslr_session_buffer(key), &data, ctx->callbacks.session_ref);
    hs->session_waiting = err == SSLWouldBlockErr;
    if (err == SSLWouldBlockErr) {
        ctx->wants |= SSL_WantsSession;
        return err;
    }
    if (data.data != NULL) {
        hs->session_copy = data.data;
        hs->session      = bytes_of(data.data, data.length);
        if (err != SSLNoErr || data.length == 0) {
            sslr_session_drop(ctx);
        }
    }
    return SSLNoErr;
}

/* Something by which the session can be asked for later. What a ticket holds, the server does not
 * keep. */
static int has_handle(const SSLContext *ctx)
{
    if (is_server(ctx)) {
        return ctx->agreed.session_id_length > 0 && !ctx->handshake->by_ticket &&
               !has_fact(ctx, FACT_TICKET);
    }
    return ctx->agreed.session_id_length > 0 || ctx->tickets != NULL;
}

SSLErr sslr_session_store(SSLContext *ctx)
{
    Bytes  key = is_server(ctx) ? bytes_of(ctx->agreed.session_id, ctx->agreed.session_id_length)
                                : ctx->config.peer_id;
    Writer out;
    SSLErr err;

    if (!ctx->config.has_peer_id || ctx->callbacks.add_session == NULL ||
        ctx->version >= TLS_Version_1_3 || !has_handle(ctx)) {
        return SSLNoErr;
    }
    sslr_writer_init(&out, &ctx->allocator);
    err = encode(ctx, &out);
    if (err == SSLNoErr) {
        (void)ctx->callbacks.add_session(sslr_session_buffer(key),
                                         sslr_session_buffer(bytes_of(out.data, out.length)),
                                         ctx->callbacks.session_ref);
        ctx->agreed.session_stored = 1;
    }
    sslr_writer_release(&out);
    return err;
}

void sslr_session_delete(SSLContext *ctx)
{
    Bytes key = is_server(ctx) ? bytes_of(ctx->agreed.session_id, ctx->agreed.session_id_length)
                               : ctx->config.peer_id;

    if (!ctx->config.has_peer_id || ctx->callbacks.delete_session == NULL ||
        !ctx->agreed.session_stored || key.length == 0) {
        return;
    }
    ctx->agreed.session_stored = 0;
    (void)ctx->callbacks.delete_session(sslr_session_buffer(key), ctx->callbacks.session_ref);
}

/* ---- use ---- */

int sslr_session_suite_enabled(const SSLContext *ctx, uint16_t suite)
{
    size_t i;
    int    enabled = 0;

    for (i = 0; i < ctx->config.suites.count; i++) {
        enabled |= ctx->config.suites.items[i] == suite;
    }
    return enabled;
}

SSLErr sslr_session_clock(SSLContext *ctx, int64_t *now)
{
    *now = 0;
    return ctx->callbacks.time != NULL ? sslr_time(ctx, now) : SSLNoErr;
}

static int is_fresh(const SSLContext *ctx, const Session *session, int64_t now)
{
    const uint32_t own      = sslr_session_lifetime(ctx);
    const uint32_t lifetime = session->lifetime < own ? session->lifetime : own;

    return now == 0 || session->issued == 0 ||
           (now >= session->issued && now - session->issued <= lifetime);
}

/* What must hold in every version: the rules, the peer, our own certificate, the age. */
static int is_ours(SSLContext *ctx, const Session *session, int64_t now)
{
    uint8_t binding[32];

    sslr_session_binding(ctx, binding);
    return sslr_session_suite_enabled(ctx, session->suite) && is_fresh(ctx, session, now) &&
           bytes_equal(session->binding, bytes_of(binding, sizeof(binding))) &&
           bytes_equal(session->peer_name, sslr_session_peer_name(ctx)) &&
           sslr_session_has_identity(ctx, session->shown_identity);
}

/* What must hold on either side. */
static int may_use(SSLContext *ctx, Bytes bytes, Session *session, int64_t now)
{
    const CipherSuite *suite;

    if (bytes.length == 0 || !decode(bytes, session)) {
        return 0;
    }
    suite = sslr_cipher_suite(session->suite);
    return is_ours(ctx, session, now) && suite != NULL && session->version <= suite->max_version &&
           session->version >= suite->min_version && session->version <= TLS_Version_1_2 &&
           session->version >= ctx->config.version_min &&
           session->version <= ctx->config.version_max;
}

int sslr_session_lists_alpn(Bytes list, Bytes name)
{
    Reader names = reader_of(list);

    if (name.length == 0) {
        return list.length == 0;
    }
    while (reader_has_more(&names)) {
        if (bytes_equal(read_vector(&names, 1), name)) {
            return 1;
        }
    }
    return 0;
}

/* The 48 bytes of the master secret hold another layout: master key (24), key argument (8), kind
 * (3). */
int sslr_session_read_ssl2(SSLContext *ctx, int64_t now, Ssl2Session *ssl2)
{
    Session session;

    if (ctx->handshake->session.length == 0 || !decode(ctx->handshake->session, &session) ||
        session.version != SSL_Version_2_0 || session.session_id.length != 16 ||
        !is_ours(ctx, &session, now)) {
        return 0;
    }
    ssl2->session_id = session.session_id;
    ssl2->master     = bytes_of(session.master_secret.data, 24);
    ssl2->iv         = bytes_of(session.master_secret.data + 24, 8);
    memcpy(ssl2->kind, session.master_secret.data + 32, 3);
    return 1;
}

SSLErr sslr_session_restore_chain(SSLContext *ctx, Bytes chain)
{
    uint8_t *copy;
    SSLErr   err = sslr_duplicate(&ctx->allocator, chain, &copy);

    if (err == SSLNoErr) {
        ctx->agreed.peer_chain_block        = copy;
        ctx->agreed.peer_chain_block_length = chain.length;
        ctx->agreed.peer_chain              = bytes_of(copy, chain.length);
        ctx->agreed.peer_chain_extensions   = 0;
    }
    return err;
}

/* The peer's certificates; and of a session that has a key in the store, that it is there. */
static SSLErr take_chain(SSLContext *ctx, const Session *session)
{
    SSLErr err = sslr_session_restore_chain(ctx, session->chain);

    /* In its renegotiation a client has the session of the connection, wherever that is from. */
    if (err == SSLNoErr && !ctx->handshake->session_is_set &&
        !(is_server(ctx) ? ctx->handshake->by_ticket : is_renegotiating(ctx))) {
        ctx->agreed.session_stored = 1;
    }
    return err;
}

SSLErr sslr_session_take_chain(SSLContext *ctx)
{
    Session session;

    if (!decode(ctx->handshake->session, &session)) {
        return SSLInternalErr;
    }
    ctx->agreed.authenticated = session.issued;
    sslr_session_take_identity(ctx, session.shown_identity);
    return take_chain(ctx, &session);
}

SSLErr sslr_session_take_set(SSLContext *ctx)
{
    Handshake *hs = ctx->handshake;

    hs->session_copy    = (uint8_t *)ctx->config.session.data;
    hs->session         = ctx->config.session;
    hs->session_is_set  = 1;
    ctx->config.session = bytes_of(NULL, 0);
    return SSLNoErr;
}

SSLErr sslr_session_encode(SSLContext *ctx, Writer *out)
{
    return encode(ctx, out);
}

/* RFC 5077 3.4: a session ID of our own beside the ticket, to be echoed if it is taken. */
static SSLErr offer_ticket(SSLContext *ctx, Bytes ticket)
{
    Handshake *hs = ctx->handshake;

    hs->ticket            = ticket;
    hs->session_id_length = sizeof(hs->session_id);
    return sslr_random(ctx, hs->session_id, sizeof(hs->session_id));
}

SSLErr sslr_session_offer(SSLContext *ctx)
{
    Handshake  *hs = ctx->handshake;
    Session     session;
    Ssl2Session ssl2;
    int64_t     now;
    SSLErr      err = sslr_session_clock(ctx, &now);

    if (err != SSLNoErr) {
        return err;
    }
    if (ctx->config.send_v2_hello && ctx->config.version_min <= SSL_Version_2_0 &&
        sslr_session_read_ssl2(ctx, now, &ssl2)) {
        memcpy(hs->session_id, ssl2.session_id.data, ssl2.session_id.length);
        hs->session_id_length = (uint8_t)ssl2.session_id.length;
        return SSLNoErr;
    }
    if (!may_use(ctx, hs->session, &session, now) ||
        !sslr_session_lists_alpn(ctx->config.alpn, session.alpn) ||
        (session.ticket.length == 0 && session.session_id.length == 0)) {
        sslr_session_drop(ctx);
        return SSLNoErr;
    }
    if (!is_renegotiating(ctx)) {
        ctx->agreed.session_stored =
            !hs->session_is_set; /* a fatal answer to the offer ends it, too */
    }
    if (session.ticket.length > 0) {
        return offer_ticket(ctx, session.ticket);
    }
    memcpy(hs->session_id, session.session_id.data, session.session_id.length);
    hs->session_id_length = (uint8_t)session.session_id.length;
    return SSLNoErr;
}

SSLErr sslr_session_keep_ticket(SSLContext *ctx, uint32_t lifetime, Bytes ticket)
{
    uint8_t *copy;
    SSLErr   err;

    sslr_release(&ctx->allocator, &ctx->tickets, ctx->tickets_length);
    ctx->tickets_length          = 0;
    ctx->agreed.session_lifetime = lifetime;
    if (ticket.length == 0 || ticket.length > MAX_TICKET) {
        return SSLNoErr;
    }
    err = sslr_duplicate(&ctx->allocator, ticket, &copy);
    if (err == SSLNoErr) {
        ctx->tickets        = copy;
        ctx->tickets_length = ticket.length;
    }
    return err;
}

/* A session without the client's certificate will not do: none is asked for in a resumption. In a
 * later handshake asking for it may be the very purpose. */
static int asks_for_certificate(const SSLContext *ctx)
{
    return ctx->config.require_client_cert ||
           (is_renegotiating(ctx) && ctx->config.request_client_cert);
}

SSLErr sslr_session_accept(SSLContext *ctx, int *usable)
{
    Handshake   *hs    = ctx->handshake;
    ClientHello *hello = &hs->hello;
    Session      session;
    int64_t      now;
    SSLErr       err = sslr_session_clock(ctx, &now);

    *usable = 0;
    if (err != SSLNoErr) {
        return err;
    }
    if (!may_use(ctx, hs->session, &session, now) || session.version != ctx->version ||
        !numbers_contain(hello->suites, session.suite) ||
        (!hs->by_ticket &&
         (session.session_id.length == 0 || !bytes_equal(session.session_id, hello->session_id)))) {
        sslr_session_drop(ctx);
        return SSLNoErr;
    }
    /* RFC 7627 5.3 */
    if (session.extended_master_secret && !hello->extended_master_secret) {
        return sslr_fail(ctx, ALERT_HANDSHAKE_FAILURE, SSLProtocolErr,
                         "a session with extended master secret is offered without it");
    }
    if (session.extended_master_secret != ctx->agreed.extended_master_secret ||
        (!session.extended_master_secret && ctx->version >= TLS_Version_1_2) ||
        (asks_for_certificate(ctx) && session.chain.length == 0) ||
        (session.max_fragment != 0 &&
         session.max_fragment !=
             (hello->max_fragment_length != 0 ? 256u << hello->max_fragment_length : 0u))) {
        sslr_session_drop(ctx);
        return SSLNoErr;
    }
    ctx->agreed.suite             = sslr_cipher_suite(session.suite);
    ctx->agreed.session_id_length = (uint8_t)hello->session_id.length;
    if (hello->session_id.length > 0) {
        memcpy(ctx->agreed.session_id, hello->session_id.data, hello->session_id.length);
    }
    *usable = 1;
    return SSLNoErr;
}

/* The answer must be for the session that was offered (RFC 5246 7.4.1.3, RFC 7627 5.3). */
static SSLErr check_answer(SSLContext *ctx, const Session *session)
{
    if (session->version != ctx->version || session->suite != ctx->agreed.suite->id) {
        return sslr_illegal(ctx, "the server resumes with another version or suite");
    }
    if (session->extended_master_secret != ctx->agreed.extended_master_secret) {
        return sslr_fail(ctx, ALERT_HANDSHAKE_FAILURE, SSLProtocolErr,
                         "the extended master secret of a resumed session changed");
    }
    return SSLNoErr;
}

SSLErr sslr_session_resume(SSLContext *ctx)
{
    Handshake *hs = ctx->handshake;
    Session    session;
    SSLErr     err = SSLNoErr;

    if (!decode(hs->session, &session)) {
        return SSLInternalErr;
    }
    if (!is_server(ctx)) {
        err = check_answer(ctx, &session);
    }
    if (err == SSLNoErr) {
        err = take_chain(ctx, &session);
    }
    if (err == SSLNoErr) {
        err = sslr_replace(&ctx->allocator, &ctx->agreed.psk_identity, session.psk_identity);
    }
    if (err != SSLNoErr) {
        return err;
    }
    memcpy(hs->secret, session.master_secret.data, MASTER_SECRET);
    ctx->agreed.group         = sslr_group(session.group);
    ctx->agreed.peer_scheme   = session.peer_scheme;
    ctx->agreed.authenticated = session.issued;
    sslr_session_take_identity(ctx, session.shown_identity);
    return is_server(ctx) ? SSLNoErr
                          : sslr_session_keep_ticket(ctx, session.lifetime, session.ticket);
}
