/*
 * messages.c - the messages of SSL 2.0 (protocol/ssl2.md section 3), both sides. CLIENT-HELLO is
 * built in messages/client_hello_v2.c, because later versions share its format.
 */
#include "ssl2.h"

#include "../session/session.h"

#define X509_CERTIFICATE 1
#define MD5_WITH_RSA     1

static SSLErr malformed(SSLContext *ctx, const char *rule)
{
    return sslr_fail(ctx, SSL_NO_ALERT, SSLProtocolErr, rule);
}

/* ---- CLIENT-HELLO ---- */

SSLErr sslr_ssl2_write_client_hello(SSLContext *ctx, Writer *body)
{
    (void)body;
    return sslr_explain(ctx, SSLInternalErr,
                        "a CLIENT-HELLO is written before the version is known");
}

SSLErr sslr_ssl2_read_client_hello(SSLContext *ctx, Reader *body)
{
    Handshake *hs      = ctx->handshake;
    Ssl2State *state   = hs->ssl2;
    uint16_t   version = read_u16(body);
    uint16_t   kinds = read_u16(body), session_id = read_u16(body), challenge = read_u16(body);
    Bytes      list = read_bytes(body, kinds), id = read_bytes(body, session_id);
    Bytes      random = read_bytes(body, challenge);
    uint8_t   *copy;
    SSLErr     err;

    if (!reader_complete(body) || kinds == 0 || kinds % 3 != 0 ||
        (session_id != 0 && session_id != SSL2_SESSION_ID) || challenge < 16 ||
        challenge > SSL2_MAX_CHALLENGE) {
        return malformed(ctx, "the CLIENT-HELLO is malformed");
    }
    if (version < SSL_Version_2_0) {
        return malformed(ctx, "the version of the CLIENT-HELLO is below 2.0");
    }
    memcpy(state->challenge, random.data, random.length);
    state->challenge_length = (uint8_t)random.length;
    err                     = sslr_duplicate(&ctx->allocator, list, &copy);
    if (err != SSLNoErr) {
        return err;
    }
    hs->hello_block        = copy;
    hs->hello_block_length = list.length;
    hs->hello.suites       = bytes_of(copy, list.length);
    memcpy(hs->session_id, id.data != NULL ? id.data : (const uint8_t *)"", id.length);
    hs->session_id_length = (uint8_t)id.length;
    return SSLNoErr;
}

/* ---- the server's decisions ---- */

static CipherSuite const *suite_of(const Ssl2Kind *kind)
{
    return sslr_cipher_suite(kind->suite);
}

static void take_session(SSLContext *ctx, const Ssl2Session *session)
{
    Ssl2State *state = ctx->handshake->ssl2;

    state->kind       = sslr_ssl2_kind(session->kind);
    ctx->agreed.suite = suite_of(state->kind);
    memcpy(state->master, session->master.data, state->kind->key_size);
    memcpy(state->iv, session->iv.data, sizeof(state->iv));
}

static int lists_kind(Bytes kinds, const Ssl2Kind *kind)
{
    size_t i;

    for (i = 0; i + 2 < kinds.length; i += 3) {
        if (memcmp(kinds.data + i, kind->code, 3) == 0) {
            return 1;
        }
    }
    return 0;
}

/* A session is for the kind that it was made with, if that is still offered. */
static int may_resume(SSLContext *ctx, int64_t now, Ssl2Session *session)
{
    const Handshake *hs = ctx->handshake;
    const Ssl2Kind  *kind;

    if (!sslr_session_read_ssl2(ctx, now, session)) {
        return 0;
    }
    kind = sslr_ssl2_kind(session->kind);
    return kind != NULL && sslr_ssl2_enabled(ctx, kind) && lists_kind(hs->hello.suites, kind) &&
           bytes_equal(session->session_id, bytes_of(hs->session_id, hs->session_id_length));
}

SSLErr sslr_ssl2_work_session(SSLContext *ctx)
{
    Handshake  *hs = ctx->handshake;
    Ssl2Session session;
    int64_t     now;
    SSLErr      err;

    if (hs->session_id_length == 0) {
        return SSLNoErr;
    }
    err = sslr_session_look_up(ctx, bytes_of(hs->session_id, hs->session_id_length));
    if (err == SSLNoErr) {
        err = sslr_session_clock(ctx, &now);
    }
    if (err != SSLNoErr) {
        return err;
    }
    if (may_resume(ctx, now, &session)) {
        take_session(ctx, &session);
        sslr_set_suite_facts(ctx, 1);
        memcpy(ctx->agreed.session_id, hs->session_id, SSL2_SESSION_ID);
        ctx->agreed.session_id_length = SSL2_SESSION_ID;
        return sslr_session_take_chain(ctx);
    }
    sslr_session_drop(ctx);
    return SSLNoErr;
}

/* The kinds that both sides have, in our order; the client picks one of them. */
static size_t common_kinds(const SSLContext *ctx, uint8_t *out)
{
    Bytes  theirs = ctx->handshake->hello.suites;
    size_t i, length = 0;

    for (i = 0; i < sslr_ssl2_kind_count; i++) {
        if (sslr_ssl2_enabled(ctx, &sslr_ssl2_kinds[i]) &&
            lists_kind(theirs, &sslr_ssl2_kinds[i])) {
            memcpy(out + length, sslr_ssl2_kinds[i].code, 3);
            length += 3;
        }
    }
    return length;
}

SSLErr sslr_ssl2_work_choose(SSLContext *ctx)
{
    Handshake         *hs    = ctx->handshake;
    Ssl2State         *state = hs->ssl2;
    const SSLIdentity *identity;
    size_t             i;
    SSLErr             err;

    state->connection_id_length = SSL2_CHALLENGE;
    err                         = sslr_random(ctx, state->connection_id, SSL2_CHALLENGE);
    if (err != SSLNoErr || has_fact(ctx, FACT_RESUMED)) {
        return err;
    }
    for (i = 0; !hs->identity_given && hs->identity == NULL &&
                (identity = sslr_identity_at(ctx, i)) != NULL;
         i++) {
        hs->identity = identity->leaf.key.type == KEY_RSA ? identity : NULL;
    }
    state->offered_length = (uint8_t)common_kinds(ctx, state->offered);
    if (hs->identity == NULL || hs->identity->leaf.key.type != KEY_RSA ||
        state->offered_length == 0) {
        return sslr_fail(ctx, ALERT_HANDSHAKE_FAILURE, SSLNegotiationErr,
                         "no common kind of cipher, or no RSA certificate");
    }
    hs->facts |= FACT_FULL | FACT_CERTIFIED;
    if (ctx->config.request_client_cert || ctx->config.require_client_cert) {
        hs->facts |= FACT_CERT_REQUESTED;
    }
    ctx->agreed.session_id_length = SSL2_SESSION_ID;
    return sslr_random(ctx, ctx->agreed.session_id, SSL2_SESSION_ID);
}

/* ---- SERVER-HELLO ---- */

SSLErr sslr_ssl2_write_server_hello(SSLContext *ctx, Writer *body)
{
    Handshake *hs          = ctx->handshake;
    Ssl2State *state       = hs->ssl2;
    int        hit         = has_fact(ctx, FACT_RESUMED);
    Bytes      certificate = hit ? bytes_of(NULL, 0) : hs->identity->chain[0];

    write_u8(body, hit ? 1 : 0);
    write_u8(body, hit ? 0 : X509_CERTIFICATE);
    write_u16(body, SSL_Version_2_0);
    write_u16(body, (uint32_t)certificate.length);
    write_u16(body, hit ? 0 : state->offered_length);
    write_u16(body, state->connection_id_length);
    write_bytes(body, certificate);
    write_bytes(body, bytes_of(state->offered, hit ? 0 : state->offered_length));
    write_bytes(body, bytes_of(state->connection_id, state->connection_id_length));
    return writer_status(body);
}

static SSLErr take_hit(SSLContext *ctx, uint16_t certificate, uint16_t kinds)
{
    Ssl2Session session;

    /* It was fresh when it was offered. */
    if (certificate != 0 || kinds != 0 || !sslr_session_read_ssl2(ctx, 0, &session) ||
        sslr_ssl2_kind(session.kind) == NULL) {
        return malformed(ctx, "the server resumes a session that was not offered");
    }
    take_session(ctx, &session);
    sslr_set_suite_facts(ctx, 1);
    memcpy(ctx->agreed.session_id, session.session_id.data, SSL2_SESSION_ID);
    ctx->agreed.session_id_length = SSL2_SESSION_ID;
    return sslr_session_take_chain(ctx);
}

/* The best of the kinds that the server returned. */
static const Ssl2Kind *choose_kind(const SSLContext *ctx, Bytes kinds)
{
    size_t i;

    for (i = 0; i < sslr_ssl2_kind_count; i++) {
        if (sslr_ssl2_enabled(ctx, &sslr_ssl2_kinds[i]) && lists_kind(kinds, &sslr_ssl2_kinds[i])) {
            return &sslr_ssl2_kinds[i];
        }
    }
    return NULL;
}

static SSLErr take_certificate(SSLContext *ctx, Bytes certificate, const Ssl2Kind *kind)
{
    Handshake *hs  = ctx->handshake;
    SSLErr     err = sslr_keep_peer_certificate(ctx, certificate);

    if (err != SSLNoErr) {
        return err;
    }
    if (hs->peer_leaf.key.type != KEY_RSA || hs->peer_leaf.key.rsa.n.length < 64 ||
        hs->peer_leaf.key.rsa.n.length < kind->key_size + 11u) {
        return sslr_fail(ctx, ALERT_UNSUPPORTED_CERTIFICATE, SSLProtocolErr,
                         "SSL 2.0 needs an RSA certificate of at least 512 bits");
    }
    return SSLNoErr;
}

SSLErr sslr_ssl2_read_server_hello(SSLContext *ctx, Reader *body)
{
    Handshake *hs          = ctx->handshake;
    Ssl2State *state       = hs->ssl2;
    uint8_t    hit         = read_u8(body);
    uint8_t    type        = read_u8(body);
    uint16_t   version     = read_u16(body);
    uint16_t   certificate = read_u16(body), kinds = read_u16(body), id = read_u16(body);
    Bytes      der = read_bytes(body, certificate), list = read_bytes(body, kinds);
    Bytes      connection_id = read_bytes(body, id);

    if (!reader_complete(body) || version != SSL_Version_2_0 || id < 16 ||
        id > SSL2_MAX_CHALLENGE) {
        return malformed(ctx, "the SERVER-HELLO is malformed");
    }
    memcpy(state->connection_id, connection_id.data, id);
    state->connection_id_length = (uint8_t)id;
    if (hit) {
        return take_hit(ctx, certificate, kinds);
    }
    sslr_session_drop(ctx);
    if (type != X509_CERTIFICATE || certificate == 0 || kinds == 0 || kinds % 3 != 0) {
        return malformed(ctx, "the SERVER-HELLO has no certificate or no kinds of cipher");
    }
    state->kind = choose_kind(ctx, list);
    if (state->kind == NULL) {
        return sslr_fail(ctx, ALERT_HANDSHAKE_FAILURE, SSLNegotiationErr,
                         "no common kind of cipher");
    }
    ctx->agreed.suite = suite_of(state->kind);
    hs->facts |= FACT_FULL | FACT_CERTIFIED | FACT_RSA_TRANSPORT;
    return take_certificate(ctx, der, state->kind);
}

/* ---- CLIENT-MASTER-KEY ---- */

SSLErr sslr_ssl2_write_master_key(SSLContext *ctx, Writer *body)
{
    Handshake      *hs     = ctx->handshake;
    Ssl2State      *state  = hs->ssl2;
    const Ssl2Kind *kind   = state->kind;
    CryptoRandom    random = sslr_crypto_random(ctx);
    RsaPublicKey   *key    = &hs->peer_leaf.key.rsa;
    uint8_t        *at;
    SSLErr          err = sslr_random(ctx, state->master, kind->key_size);

    if (err == SSLNoErr && kind->iv_size > 0) {
        err = sslr_random(ctx, state->iv, kind->iv_size);
    }
    if (err != SSLNoErr) {
        return err;
    }
    write_bytes(body, bytes_of(kind->code, 3));
    write_u16(body, kind->clear_size);
    write_u16(body, (uint32_t)key->n.length);
    write_u16(body, kind->iv_size);
    write_bytes(body, bytes_of(state->master, kind->clear_size));
    at = sslr_write_space(body, key->n.length);
    if (at == NULL) {
        return writer_status(body);
    }
    err = sslr_rsa_encrypt_ssl2(key, &random, state->master + kind->clear_size,
                                (size_t)kind->key_size - kind->clear_size, state->knows_better, at);
    write_bytes(body, bytes_of(state->iv, kind->iv_size));
    return err == SSLProtocolErr ? malformed(ctx, "the server's key cannot encrypt")
           : err != SSLNoErr     ? err
                                 : writer_status(body);
}

static int was_returned(const Ssl2State *state, const uint8_t code[3])
{
    size_t i;

    for (i = 0; i < state->offered_length; i += 3) {
        if (memcmp(state->offered + i, code, 3) == 0) {
            return 1;
        }
    }
    return 0;
}

/* All the checks of ssl2.md section 7, in that order: a disabled kind, clear bytes for a kind that
 * has none, a wrong IV. */
SSLErr sslr_ssl2_read_master_key(SSLContext *ctx, Reader *body)
{
    Handshake *hs    = ctx->handshake;
    Ssl2State *state = hs->ssl2;
    Bytes      code  = read_bytes(body, 3);
    uint16_t   clear = read_u16(body), encrypted = read_u16(body), iv = read_u16(body);
    Bytes      clear_key = read_bytes(body, clear), block = read_bytes(body, encrypted);
    Bytes      key_arg = read_bytes(body, iv);

    if (!reader_complete(body)) {
        return malformed(ctx, "the CLIENT-MASTER-KEY is malformed");
    }
    state->kind = sslr_ssl2_kind(code.data);
    if (state->kind == NULL || !was_returned(state, code.data)) {
        return sslr_fail(ctx, ALERT_HANDSHAKE_FAILURE, SSLProtocolErr,
                         "the client picked a kind of cipher that was not returned to it");
    }
    if (clear != state->kind->clear_size || iv != state->kind->iv_size ||
        encrypted != hs->identity->leaf.key.rsa.n.length) {
        return malformed(ctx, "a length in the CLIENT-MASTER-KEY is wrong");
    }
    ctx->agreed.suite = suite_of(state->kind);
    memcpy(state->master, clear_key.data, clear);
    if (iv > 0) {
        memcpy(state->iv, key_arg.data, iv);
    }
    write_bytes(&hs->key_exchange, block);
    return writer_status(&hs->key_exchange);
}

SSLErr sslr_ssl2_work_decrypt(SSLContext *ctx)
{
    Handshake      *hs    = ctx->handshake;
    Ssl2State      *state = hs->ssl2;
    const Ssl2Kind *kind  = state->kind;
    SSLErr err = sslr_decrypt_with_identity(ctx, (size_t)kind->key_size - kind->clear_size);

    if (err == SSLNoErr) {
        sslr_rsa_unpad_secret(hs->signature.data, hs->signature.length,
                              (size_t)kind->key_size - kind->clear_size, state->knows_better,
                              hs->secret, state->master + kind->clear_size);
        sslr_writer_release(&hs->signing);
        sslr_writer_release(&hs->signature);
        sslr_writer_release(&hs->key_exchange);
    }
    return err;
}

/* ---- SERVER-VERIFY, CLIENT-FINISHED ---- */

static SSLErr compare(SSLContext *ctx, Reader *body, const uint8_t *expected, size_t length,
                      const char *rule)
{
    Bytes received = read_rest(body);

    if (received.length != length || !ct_memory_equal(received.data, expected, length)) {
        return malformed(ctx, rule);
    }
    return SSLNoErr;
}

SSLErr sslr_ssl2_write_server_verify(SSLContext *ctx, Writer *body)
{
    Ssl2State *state = ctx->handshake->ssl2;

    write_bytes(body, bytes_of(state->challenge, state->challenge_length));
    return writer_status(body);
}

SSLErr sslr_ssl2_read_server_verify(SSLContext *ctx, Reader *body)
{
    Ssl2State *state = ctx->handshake->ssl2;

    return compare(ctx, body, state->challenge, state->challenge_length,
                   "the SERVER-VERIFY is wrong");
}

SSLErr sslr_ssl2_write_client_finished(SSLContext *ctx, Writer *body)
{
    Ssl2State *state = ctx->handshake->ssl2;

    write_bytes(body, bytes_of(state->connection_id, state->connection_id_length));
    return writer_status(body);
}

SSLErr sslr_ssl2_read_client_finished(SSLContext *ctx, Reader *body)
{
    Ssl2State *state = ctx->handshake->ssl2;

    return compare(ctx, body, state->connection_id, state->connection_id_length,
                   "the CLIENT-FINISHED is wrong");
}

/* ---- REQUEST-CERTIFICATE, CLIENT-CERTIFICATE ---- */

SSLErr sslr_ssl2_write_request(SSLContext *ctx, Writer *body)
{
    Ssl2State *state = ctx->handshake->ssl2;
    SSLErr     err   = sslr_random(ctx, state->certificate_challenge, SSL2_CHALLENGE);

    state->certificate_challenge_length = SSL2_CHALLENGE;
    write_u8(body, MD5_WITH_RSA);
    write_bytes(body, bytes_of(state->certificate_challenge, SSL2_CHALLENGE));
    return err != SSLNoErr ? err : writer_status(body);
}

SSLErr sslr_ssl2_read_request(SSLContext *ctx, Reader *body)
{
    Ssl2State *state     = ctx->handshake->ssl2;
    uint8_t    type      = read_u8(body);
    Bytes      challenge = read_rest(body);

    if (body->failed || type != MD5_WITH_RSA || challenge.length < 16 ||
        challenge.length > SSL2_MAX_CHALLENGE) {
        return malformed(ctx, "the REQUEST-CERTIFICATE is malformed");
    }
    memcpy(state->certificate_challenge, challenge.data, challenge.length);
    state->certificate_challenge_length = (uint8_t)challenge.length;
    return SSLNoErr;
}

/* What the client signs: the key material in use, the challenge, the server's certificate. */
static void digest_challenge(const SSLContext *ctx, Bytes server_certificate, uint8_t digest[16])
{
    const Ssl2State *state = ctx->handshake->ssl2;
    HashState        hash;

    sslr_hash_init(&hash, HASH_MD5);
    sslr_hash_update(&hash, state->material, 2u * state->kind->key_size);
    sslr_hash_update(&hash, state->certificate_challenge, state->certificate_challenge_length);
    sslr_hash_update(&hash, server_certificate.data, server_certificate.length);
    sslr_hash_final(&hash, digest);
}

/* Older than all other schemes: MD5 with DigestInfo. */
static const SignatureScheme md5_with_rsa = {.id          = SSL_SIG_RSA_PKCS1_MD5,
                                             .kind        = SIGNATURE_RSA_PKCS1,
                                             .hash        = HASH_MD5,
                                             .max_version = SSL_Version_2_0,
                                             .name        = "rsa_pkcs1_md5"};

SSLErr sslr_ssl2_work_identity(SSLContext *ctx)
{
    Handshake *hs = ctx->handshake;
    SSLErr     err;

    hs->client_cert_types = 1; /* RSA alone */
    err                   = sslr_work_client_identity(ctx);
    if (hs->identity != NULL && hs->identity->leaf.key.type != KEY_RSA) {
        hs->identity = NULL;
    }
    hs->scheme = &md5_with_rsa;
    return err;
}

SSLErr sslr_ssl2_work_sign(SSLContext *ctx)
{
    Handshake *hs = ctx->handshake;
    uint8_t    digest[16];

    if (hs->identity == NULL) {
        return SSLNoErr;
    }
    if (!hs->entered) {
        digest_challenge(ctx, bytes_of(hs->peer_certs[0].data, hs->peer_certs[0].length), digest);
        write_bytes(&hs->signing, bytes_of(digest, sizeof(digest)));
    }
    return writer_status(&hs->signing) != SSLNoErr ? writer_status(&hs->signing) : sslr_sign(ctx);
}

SSLErr sslr_ssl2_write_client_certificate(SSLContext *ctx, Writer *body)
{
    Handshake *hs = ctx->handshake;

    write_u8(body, X509_CERTIFICATE);
    write_u16(body, (uint32_t)hs->identity->chain[0].length);
    write_u16(body, (uint32_t)hs->signature.length);
    write_bytes(body, hs->identity->chain[0]);
    write_bytes(body, bytes_of(hs->signature.data, hs->signature.length));
    return writer_status(body);
}

SSLErr sslr_ssl2_read_client_certificate(SSLContext *ctx, Reader *body)
{
    Handshake *hs          = ctx->handshake;
    uint8_t    type        = read_u8(body);
    uint16_t   certificate = read_u16(body), response = read_u16(body);
    Bytes      der = read_bytes(body, certificate), signature = read_bytes(body, response);
    uint8_t    digest[16];
    SSLErr     err;

    if (!reader_complete(body) || type != X509_CERTIFICATE) {
        return malformed(ctx, "the CLIENT-CERTIFICATE is malformed");
    }
    err = sslr_keep_peer_certificate(ctx, der);
    if (err != SSLNoErr) {
        return err;
    }
    digest_challenge(ctx, hs->identity->chain[0], digest);
    if (hs->peer_leaf.key.type != KEY_RSA ||
        sslr_rsa_verify_pkcs1(&hs->peer_leaf.key.rsa, HASH_MD5, digest, sizeof(digest),
                              signature.data, signature.length) != SSLNoErr) {
        return sslr_fail(ctx, ALERT_BAD_CERTIFICATE, SSLProtocolErr,
                         "the client's answer to the challenge does not verify");
    }
    hs->facts |= FACT_CLIENT_CERTIFIED;
    return SSLNoErr;
}

/* ---- SERVER-FINISHED ---- */

SSLErr sslr_ssl2_write_server_finished(SSLContext *ctx, Writer *body)
{
    write_bytes(body, bytes_of(ctx->agreed.session_id, SSL2_SESSION_ID));
    return writer_status(body);
}

SSLErr sslr_ssl2_read_server_finished(SSLContext *ctx, Reader *body)
{
    Bytes id = read_rest(body);

    if (id.length != SSL2_SESSION_ID) {
        return malformed(ctx, "the SERVER-FINISHED is malformed");
    }
    memcpy(ctx->agreed.session_id, id.data, SSL2_SESSION_ID);
    ctx->agreed.session_id_length = SSL2_SESSION_ID;
    return SSLNoErr;
}
