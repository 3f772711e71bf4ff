/*
 * renegotiate.c - a later handshake on a running connection; see renegotiate.h. It is walked by the
 * tables of the first one. What the first has agreed on is put aside (Agreed), for the getters
 * and for comparison, until the new one is done.
 */
#include "renegotiate.h"

#include "../session/session.h"
#include "handshake.h"

/* ---- when ---- */

int sslr_may_renegotiate(const SSLContext *ctx)
{
    const uint8_t flags = ctx->config.renegotiation;

    return ctx->protocol != NULL && ctx->version >= SSL_Version_3_0 &&
           ctx->version <= TLS_Version_1_2 && (flags & SSL_RenegotiateNever) == 0 &&
           (ctx->secure_renegotiation || (flags & SSL_RenegotiateAllowLegacy) != 0);
}

int sslr_renegotiation_wants_new(const SSLContext *ctx)
{
    return is_renegotiating(ctx) && ctx->renegotiation.asked == RENEGOTIATE_FULL &&
           (ctx->config.renegotiation & SSL_RenegotiateNewSession) != 0;
}

/* A peer must not burn this side's time: handshakes that it causes are counted per hour. */
SSLErr sslr_count_unasked(SSLContext *ctx, int *allowed)
{
    Renegotiation *renegotiation = &ctx->renegotiation;
    int64_t        now           = 0;
    SSLErr         err           = SSLNoErr;

    if (ctx->callbacks.time != NULL) {
        err = sslr_time(ctx, &now);
    }
    if (now - renegotiation->window >= UNASKED_WINDOW) {
        renegotiation->window  = now;
        renegotiation->unasked = 0;
    }
    *allowed = err == SSLNoErr && renegotiation->unasked < MAX_UNASKED_HANDSHAKES;
    renegotiation->unasked += *allowed != 0;
    return err;
}

/* RFC 5246 7.2.2: the connection goes on. A peer that asks faster than it reads gets one answer,
 * once there is nothing else to send. */
static SSLErr refuse(SSLContext *ctx)
{
    ctx->renegotiation.owe_refusal = 1;
    return SSLNoErr;
}

SSLErr sslr_renegotiation_send_refusal(SSLContext *ctx)
{
    ctx->renegotiation.owe_refusal = 0;
    return sslr_queue_alert(ctx, ALERT_WARNING, ALERT_NO_RENEGOTIATION);
}

/* ---- what is replaced ---- */

static void forget_before(SSLContext *ctx)
{
    void *block = ctx->renegotiation.before;

    ctx->renegotiation.before = NULL;
    sslr_release(&ctx->allocator, &block, sizeof(Agreed));
}

void sslr_renegotiation_undo(SSLContext *ctx)
{
    Agreed failed = ctx->agreed;

    if (ctx->renegotiation.before == NULL) {
        return;
    }
    ctx->agreed = *ctx->renegotiation.before;
    forget_before(ctx);
    sslr_release_agreed(&ctx->allocator, &failed);
}

/* RFC 5746 binds the new handshake to the one before, so what was not said again still holds: the
 * peer's certificate, the name that the client asked for, the application protocol. */
static void carry_over(SSLContext *ctx)
{
    Agreed *before = ctx->renegotiation.before;

    if (ctx->agreed.alpn.length == 0) {
        ctx->agreed.alpn = before->alpn;
        before->alpn     = bytes_of(NULL, 0);
    }
    if (ctx->agreed.server_name.length == 0) {
        ctx->agreed.server_name = before->server_name;
        before->server_name     = bytes_of(NULL, 0);
    }
    if (ctx->agreed.resumed) { /* nothing was hinted at */
        ctx->agreed.psk_hint = before->psk_hint;
        before->psk_hint     = bytes_of(NULL, 0);
    }
    if (!is_server(ctx)) { /* its key is the same */
        ctx->agreed.session_stored |= before->session_stored;
    }
    if (!ctx->secure_renegotiation) {
        return;
    }
    if (ctx->agreed.peer_chain.length > 0) {
        return;
    }
    ctx->agreed.peer_chain              = before->peer_chain;
    ctx->agreed.peer_chain_block        = before->peer_chain_block;
    ctx->agreed.peer_chain_block_length = before->peer_chain_block_length;
    ctx->agreed.peer_chain_extensions   = before->peer_chain_extensions;
    before->peer_chain_block            = NULL;
    if (ctx->agreed.ocsp_response.length == 0) {
        ctx->agreed.ocsp_response     = before->ocsp_response;
        ctx->agreed.ocsp_block        = before->ocsp_block;
        ctx->agreed.ocsp_block_length = before->ocsp_block_length;
        before->ocsp_block            = NULL;
    }
}

/* A renegotiated session takes the place of the one before. */
static void delete_old_session(SSLContext *ctx)
{
    const Agreed *before = ctx->renegotiation.before;
    Bytes         old    = bytes_of(before->session_id, before->session_id_length);

    if (is_server(ctx) && before->session_stored && ctx->callbacks.delete_session != NULL &&
        old.length > 0 &&
        !bytes_equal(old, bytes_of(ctx->agreed.session_id, ctx->agreed.session_id_length))) {
        (void)ctx->callbacks.delete_session(sslr_session_buffer(old), ctx->callbacks.session_ref);
    }
}

void sslr_renegotiation_done(SSLContext *ctx)
{
    Agreed old;

    if (ctx->renegotiation.before == NULL) {
        return;
    }
    carry_over(ctx);
    delete_old_session(ctx);
    old = *ctx->renegotiation.before;
    forget_before(ctx);
    sslr_release_agreed(&ctx->allocator, &old);
    ctx->renegotiation.asked    = RENEGOTIATE_NOT;
    ctx->renegotiation.declined = 0;
}

/* ---- beginning ---- */

static SSLErr begin(SSLContext *ctx)
{
    void  *block;
    SSLErr err = sslr_allocate(&ctx->allocator, sizeof(Agreed), &block);

    if (err != SSLNoErr) {
        return err;
    }
    ctx->renegotiation.before      = (Agreed *)memcpy(block, &ctx->agreed, sizeof(Agreed));
    ctx->renegotiation.owe_refusal = 0; /* a handshake answers better */
    memset(&ctx->agreed, 0, sizeof(ctx->agreed));
    return sslr_handshake_begin(ctx);
}

/* The session of this connection, to be offered in its own renegotiation. */
static SSLErr offer_own_session(SSLContext *ctx, Writer *session)
{
    if (ctx->agreed.session_id_length == 0 && ctx->tickets == NULL) {
        return SSLNoErr;
    }
    return sslr_session_encode(ctx, session);
}

static SSLErr begin_client(SSLContext *ctx, int abbreviated)
{
    Writer   session;
    uint8_t *copy;
    SSLErr   err = SSLNoErr;

    sslr_writer_init(&session, &ctx->allocator);
    if (abbreviated) {
        err = offer_own_session(ctx, &session);
    }
    if (err == SSLNoErr) {
        err = begin(ctx);
    }
    if (err == SSLNoErr && session.length > 0) {
        err = sslr_duplicate(&ctx->allocator, bytes_of(session.data, session.length), &copy);
        if (err == SSLNoErr) {
            ctx->handshake->session_copy = copy;
            ctx->handshake->session      = bytes_of(copy, session.length);
        }
    }
    sslr_writer_release(&session);
    return err;
}

static SSLErr queue_hello_request(SSLContext *ctx)
{
    static const uint8_t message[4] = {MSG_HELLO_REQUEST, 0, 0, 0};
    SSLErr err = sslr_queue_content(ctx, CONTENT_HANDSHAKE, bytes_of(message, sizeof(message)));

    if (err == SSLNoErr) {
        trace_message(ctx, SSL_TraceMessageSent, MSG_HELLO_REQUEST, 0, 1);
    }
    return err;
}

/* Manual page SSL_renegotiate: at the next I/O, if the moment is suitable; else it stays scheduled.
 */
int sslr_renegotiation_suits(const SSLContext *ctx)
{
    const Incoming *in     = &ctx->incoming;
    int             unread = in->opened && in->left > 0;

    return ctx->handshake == NULL && ctx->state == SSL_StateConnected && !ctx->write_closed &&
           sslr_queued_bytes(ctx) == 0 && !unread && !sslr_framing_busy(ctx);
}

SSLErr sslr_renegotiation_start(SSLContext *ctx)
{
    Renegotiation *renegotiation = &ctx->renegotiation;
    const uint8_t  wanted        = renegotiation->scheduled;
    const int      for_peer      = renegotiation->for_peer;

    if (wanted == RENEGOTIATE_NOT || !sslr_renegotiation_suits(ctx)) {
        return SSLNoErr;
    }
    renegotiation->scheduled = RENEGOTIATE_NOT;
    renegotiation->for_peer  = 0;
    if (!sslr_may_renegotiate(ctx)) { /* the program has forbidden it meanwhile */
        return for_peer ? refuse(ctx) : SSLNoErr;
    }
    renegotiation->started++;
    renegotiation->started_total++;
    if (is_server(ctx)) {
        if (renegotiation->asked < wanted) {
            renegotiation->asked = wanted;
        }
        return queue_hello_request(ctx);
    }
    return begin_client(ctx, wanted == RENEGOTIATE_ABBREVIATED);
}

/* ---- the peer's wish ---- */

SSLErr sslr_read_hello_request(SSLContext *ctx, Reader *body)
{
    int    allowed = 0;
    SSLErr err     = SSLNoErr;

    (void)body;
    if (ctx->renegotiation.scheduled != RENEGOTIATE_NOT) {
        ctx->renegotiation.for_peer = 1; /* it begins anyway */
        return SSLNoErr;
    }
    if (sslr_may_renegotiate(ctx)) {
        err = sslr_count_unasked(ctx, &allowed);
    }
    if (err != SSLNoErr || !allowed) {
        return err != SSLNoErr ? err : refuse(ctx);
    }
    ctx->renegotiation.scheduled = RENEGOTIATE_ABBREVIATED;
    ctx->renegotiation.automatic = 0;
    ctx->renegotiation.for_peer  = 1;
    return SSLNoErr;
}

SSLErr sslr_read_later_client_hello(SSLContext *ctx, Reader *body)
{
    Renegotiation *renegotiation = &ctx->renegotiation;
    int            allowed       = renegotiation->asked != RENEGOTIATE_NOT ||
                  renegotiation->scheduled != RENEGOTIATE_NOT; /* the request has not left yet */
    SSLErr err = SSLNoErr;

    (void)read_rest(body); /* the walker reads it */
    if (!allowed && (ctx->config.renegotiation & SSL_RenegotiateAllowPeer) != 0 &&
        sslr_may_renegotiate(ctx)) {
        err = sslr_count_unasked(ctx, &allowed);
    }
    if (err != SSLNoErr || !allowed || ctx->write_closed) {
        return err != SSLNoErr ? err : refuse(ctx);
    }
    if (renegotiation->asked < renegotiation->scheduled) {
        renegotiation->asked = renegotiation->scheduled;
    }
    renegotiation->scheduled = RENEGOTIATE_NOT;
    return begin(ctx);
}

/* Nobody asked for it by name: the old keys go on, up to their limit. */
static void give_up(SSLContext *ctx)
{
    ctx->renegotiation.asked    = RENEGOTIATE_NOT;
    ctx->renegotiation.declined = 1;
    sslr_handshake_end(ctx);
    sslr_renegotiation_undo(ctx);
}

SSLErr sslr_renegotiation_refused(SSLContext *ctx)
{
    int waits_for_answer = is_server(ctx) ? ctx->renegotiation.asked != RENEGOTIATE_NOT
                                          : is_renegotiating(ctx) && ctx->handshake != NULL &&
                                                ctx->handshake->table == ctx->profile->first_flow;

    if (!waits_for_answer) {
        return SSLNoErr;
    }
    if (ctx->renegotiation.automatic && !(is_server(ctx) && ctx->handshake != NULL)) {
        give_up(ctx);
        return SSLNoErr;
    }
    return sslr_fail(ctx, ALERT_HANDSHAKE_FAILURE, SSLNegotiationErr,
                     "the peer refuses to renegotiate");
}

/* ---- what must hold ---- */

uint16_t sslr_renegotiated_version(const SSLContext *ctx)
{
    const ClientHello *hello = &ctx->handshake->hello;
    int offered              = hello->has_versions ? numbers_contain(hello->versions, ctx->version)
                                                   : hello->version >= ctx->version;

    return offered ? ctx->version : 0;
}

static SSLErr broken(SSLContext *ctx, const char *rule)
{
    return sslr_fail(ctx, ALERT_HANDSHAKE_FAILURE, SSLProtocolErr, rule);
}

/* RFC 5746 3.7, 4.4. The value itself is compared where the extension is read. */
SSLErr sslr_check_renegotiation_hello(SSLContext *ctx)
{
    const ClientHello *hello = &ctx->handshake->hello;

    ctx->error_extension = EXT_RENEGOTIATION_INFO;
    if (ctx->secure_renegotiation && (hello->has_scsv || !hello->has_renegotiation_info)) {
        return broken(ctx, "a renegotiating ClientHello is not bound to the handshake before");
    }
    if (!ctx->secure_renegotiation && (hello->has_scsv || hello->has_renegotiation_info)) {
        return broken(ctx, "secure renegotiation appears in the midst of a connection");
    }
    ctx->error_extension = -1;
    return SSLNoErr;
}

/* RFC 5746 3.5, 4.2 */
SSLErr sslr_check_renegotiation_answer(SSLContext *ctx)
{
    if (sslr_extension_seen(ctx, EXT_RENEGOTIATION_INFO) != (ctx->secure_renegotiation != 0)) {
        ctx->error_extension = EXT_RENEGOTIATION_INFO;
        return broken(ctx, "a renegotiating ServerHello signals otherwise than the one before");
    }
    return SSLNoErr;
}

SSLErr sslr_check_unchanged(SSLContext *ctx)
{
    const Agreed *before = ctx->renegotiation.before;

    if (!keeps_proof(ctx, ctx->agreed.suite)) { /* a session of another kind was taken up */
        return broken(ctx, "a renegotiation proves the peer in another way");
    }
    if (before->extended_master_secret && !ctx->agreed.extended_master_secret) {
        return broken(ctx, "the extended master secret is gone in a renegotiation");
    }
    /* RFC 7366 3.1 */
    if (before->encrypt_then_mac && !ctx->agreed.encrypt_then_mac &&
        ctx->agreed.suite->aead == AEAD_NONE &&
        sslr_cipher_block_size((CipherId)ctx->agreed.suite->cipher) > 1) {
        return broken(ctx, "encrypt-then-MAC is gone in a renegotiation");
    }
    if (ctx->agreed.alpn.length > 0 && !bytes_equal(ctx->agreed.alpn, before->alpn)) {
        ctx->error_extension = EXT_ALPN;
        return sslr_illegal(ctx, "the application protocol changes in a renegotiation");
    }
    if (ctx->agreed.server_name.length > 0 &&
        !bytes_equal(ctx->agreed.server_name, before->server_name)) {
        ctx->error_extension = EXT_SERVER_NAME;
        return sslr_illegal(ctx, "the server name changes in a renegotiation");
    }
    return SSLNoErr;
}

static Bytes leaf_of(Bytes chain)
{
    Reader list = reader_of(chain);

    return chain.length > 0 ? read_vector(&list, 3) : chain;
}

/* Triple handshake (2014): whoever was let in by one certificate must not become another. */
SSLErr sslr_check_same_peer(SSLContext *ctx)
{
    const Renegotiation *renegotiation = &ctx->renegotiation;
    Bytes                now           = leaf_of(ctx->agreed.peer_chain), before;
    uint8_t              digest[32];
    int                  same = 1;

    if (is_renegotiating(ctx) && ctx->agreed.psk_identity.length > 0 &&
        !bytes_equal(ctx->agreed.psk_identity, renegotiation->before->psk_identity)) {
        return sslr_illegal(ctx, "the peer's pre-shared key changes in a renegotiation");
    }
    if (!is_renegotiating(ctx) || now.length == 0) {
        return SSLNoErr;
    }
    before = leaf_of(renegotiation->before->peer_chain);
    if (renegotiation->has_peer_digest) {
        sslr_hash(HASH_SHA256, now.data, now.length, digest);
        same = memcmp(digest, renegotiation->peer_digest, sizeof(digest)) == 0;
    } else if (before.length > 0) {
        same = bytes_equal(now, before);
    }
    if (same) {
        return SSLNoErr;
    }
    ctx->error_certificate = 0;
    return sslr_illegal(ctx, "the peer's certificate changes in a renegotiation");
}

void sslr_renegotiation_remember_peer(SSLContext *ctx)
{
    Bytes leaf = leaf_of(ctx->agreed.peer_chain);

    if (leaf.length > 0 && ctx->version <= TLS_Version_1_2) {
        sslr_hash(HASH_SHA256, leaf.data, leaf.length, ctx->renegotiation.peer_digest);
        ctx->renegotiation.has_peer_digest = 1;
    }
}
