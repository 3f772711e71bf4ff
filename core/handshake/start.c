/*
 * start.c - the life of a handshake's state: checked and allocated, freed, and what of it the
 * connection keeps.
 */
#include "handshake.h"

#include "../session/session.h"
#include "../session/session13.h"
#include "post_auth.h"
#include "renegotiate.h"

/* A missing callback is an error that names it. */
static SSLErr check_callbacks(SSLContext *ctx)
{
    const char *missing = NULL;

    if (ctx->allocator.allocFunc == NULL) {
        missing = "SSLSetAllocFunc was not called";
    } else if (ctx->allocator.freeFunc == NULL) {
        missing = "SSLSetFreeFunc was not called";
    } else if (ctx->callbacks.random == NULL) {
        missing = "SSLSetRandomFunc was not called";
    } else if (ctx->callbacks.read == NULL) {
        missing = "SSLSetReadFunc was not called";
    } else if (ctx->callbacks.write == NULL) {
        missing = "SSLSetWriteFunc was not called";
    }
    return missing == NULL ? SSLNoErr : sslr_explain(ctx, SSLMissingCallbackErr, missing);
}

static int has_anonymous_suite(const Config *config)
{
    size_t i;

    for (i = 0; i < config->suites.count; i++) {
        if (sslr_cipher_suite(config->suites.items[i])->authentication == AUTH_ANON) {
            return 1;
        }
    }
    return 0;
}

/* Of whatever kind: certificates, keys, or the wish for none. */
static int has_credentials(const SSLContext *ctx)
{
    const Config *config = &ctx->config;

    return config->identity_count > 0 || config->own != NULL || ctx->callbacks.identity != NULL ||
           ctx->callbacks.client_hello != NULL || has_psk(ctx) || has_anonymous_suite(config);
}

/* Is any suite of a version that is allowed? The kinds of SSL 2.0 are looked for where they are
 * used. */
static int has_usable_suite(const SSLContext *ctx)
{
    const Config *config = &ctx->config;
    size_t        i;

    for (i = 0; i < config->suites.count; i++) {
        const CipherSuite *suite = sslr_cipher_suite(config->suites.items[i]);

        if (suite->max_version >= config->version_min &&
            suite->min_version <= config->version_max && suite_counts(ctx, suite)) {
            return 1;
        }
    }
    return config->version_min <= SSL_Version_2_0;
}

static SSLErr check_configuration(SSLContext *ctx)
{
    const Config  *config  = &ctx->config;
    const Profile *profile = ctx->profile;

    if (config->side == 0) {
        return sslr_explain(ctx, SSLBadParameterErr, "SSLSetProtocolSide was not called");
    }
    if (config->version_min > config->version_max || config->version_min > profile->version_max ||
        (config->version_max < profile->version_min && profile->ssl2 == NULL)) {
        return sslr_explain(ctx, SSLUnsupportedErr, "this build has none of the allowed versions");
    }
    if (ctx->callbacks.client_hello == NULL && !has_usable_suite(ctx)) {
        return sslr_explain(ctx, SSLBadParameterErr,
                            "no enabled suite is of a version that is allowed");
    }
    if (is_server(ctx) && !has_credentials(ctx)) {
        return sslr_explain(ctx, SSLBadParameterErr, "the server has no identity");
    }
    return SSLNoErr;
}

void sslr_rsa_key_view(const SSLRSAPrivateKey *key, RsaPrivateKey *view)
{
    view->n    = bytes_without_zeros(bytes_of(key->modulus, SSL_MAX_RSA_MODULUS_LEN));
    view->e    = bytes_without_zeros(bytes_of(key->publicExponent, SSL_MAX_RSA_MODULUS_LEN));
    view->d    = bytes_without_zeros(bytes_of(key->exponent, SSL_MAX_RSA_MODULUS_LEN));
    view->p    = bytes_without_zeros(bytes_of(key->prime[0], SSL_MAX_RSA_PRIME_LEN));
    view->q    = bytes_without_zeros(bytes_of(key->prime[1], SSL_MAX_RSA_PRIME_LEN));
    view->dp   = bytes_without_zeros(bytes_of(key->primeExponent[0], SSL_MAX_RSA_PRIME_LEN));
    view->dq   = bytes_without_zeros(bytes_of(key->primeExponent[1], SSL_MAX_RSA_PRIME_LEN));
    view->qinv = bytes_without_zeros(bytes_of(key->coefficient, SSL_MAX_RSA_PRIME_LEN));
}

/* The manual's certificates and key become an identity. */
SSLErr sslr_prepare_own_identity(SSLContext *ctx)
{
    OwnIdentity *own = ctx->config.own;
    SSLErr       err;

    if (own == NULL || own->prepared || own->identity.count == 0 || !own->has_key) {
        return SSLNoErr;
    }
    own->identity.key.type = KEY_RSA;
    sslr_rsa_key_view(&own->key, &own->identity.key.rsa);
    err = sslr_x509_parse(own->identity.chain[0], &own->identity.leaf, NULL);
    if (err == SSLNoErr) {
        err = sslr_private_key_matches(&own->identity.key, &own->identity.leaf.key);
    }
    if (err == SSLNoErr) {
        err = sslr_rsa_check_private(&own->identity.key.rsa);
    }
    if (err != SSLNoErr) {
        return sslr_explain(ctx, err,
                            "the key set with SSLSetPrivateKey is not usable with the certificate");
    }
    own->prepared = 1;
    return SSLNoErr;
}

static SSLErr check_export_key(SSLContext *ctx)
{
    RsaPrivateKey key;

    if (ctx->config.export_key == NULL) {
        return SSLNoErr;
    }
    sslr_rsa_key_view(ctx->config.export_key, &key);
    return sslr_rsa_check_private(&key) == SSLNoErr
               ? SSLNoErr
               : sslr_explain(ctx, SSLBadKeyErr,
                              "the key set with SSLSetExportPrivateKey is malformed");
}

/* A client offers only versions for which it has a suite. */
static void narrow_versions(SSLContext *ctx)
{
    Config *config = &ctx->config;

    while (config->version_max > config->version_min && config->version_max > SSL_Version_3_0 &&
           !sslr_version_has_suite(ctx, config->version_max)) {
        config->version_max--;
    }
}

SSLErr sslr_handshake_begin(SSLContext *ctx)
{
    Handshake *hs;
    void      *block;
    SSLErr     err;

    ctx->error      = SSLNoErr; /* of an earlier attempt with other settings */
    ctx->error_rule = NULL;
    err             = check_callbacks(ctx);
    if (err == SSLNoErr) {
        err = check_configuration(ctx);
    }
    if (err == SSLNoErr) {
        err = sslr_prepare_own_identity(ctx);
    }
    if (err == SSLNoErr) {
        err = check_export_key(ctx);
    }
    if (err == SSLNoErr) {
        err = sslr_allocate(&ctx->allocator, sizeof(Handshake), &block);
    }
    if (err != SSLNoErr) {
        return err;
    }
    ctx->handshake = hs = (Handshake *)block;
    memset(hs, 0, offsetof(Handshake, transcript.state));
    hs->peer_leaf.key.type = KEY_NONE;
    hs->table = hs->row = ctx->profile->first_flow;
    sslr_writer_init(&hs->transcript.raw, &ctx->allocator);
    sslr_writer_init(&hs->flight, &ctx->allocator);
    sslr_writer_init(&hs->key_exchange, &ctx->allocator);
    sslr_writer_init(&hs->signing, &ctx->allocator);
    sslr_writer_init(&hs->signature, &ctx->allocator);
    sslr_writer_init(&hs->peer_schemes, &ctx->allocator);
    sslr_writer_init(&hs->peer_names, &ctx->allocator);
    if (ctx->state != SSL_StateConnected) {
        sslr_writer_init(&ctx->framing.partial, &ctx->allocator);
        ctx->state = SSL_StateHandshake;
        if (!is_server(ctx)) {
            narrow_versions(ctx);
        }
    }
    return sslr_random(ctx, is_server(ctx) ? hs->server_random : hs->client_random, 32);
}

void sslr_handshake_end(SSLContext *ctx)
{
    Handshake *hs = ctx->handshake;
    void      *block;

    if (hs == NULL) {
        return;
    }
    sslr_writer_release(&hs->transcript.raw);
    sslr_writer_release(&hs->flight);
    sslr_writer_release(&hs->key_exchange);
    sslr_writer_release(&hs->signing);
    sslr_writer_release(&hs->signature);
    sslr_writer_release(&hs->peer_schemes);
    sslr_writer_release(&hs->peer_names);
    sslr_release(&ctx->allocator, &hs->hello_block, hs->hello_block_length);
    block = (void *)hs->cookie.data;
    sslr_release(&ctx->allocator, &block, hs->cookie.length);
    block = hs->peer_public;
    sslr_release(&ctx->allocator, &block, hs->peer_public_length);
    sslr_release(&ctx->allocator, &hs->private_block, hs->private_block_length);
    block = hs->session_copy;
    sslr_release(&ctx->allocator, &block, hs->session.length);
    sslr_direction_clear(ctx, &hs->pending_read);
    sslr_direction_clear(ctx, &hs->pending_write);
    block = hs->ssl2;
    sslr_release(&ctx->allocator, &block, hs->ssl2_length);
    block          = hs;
    ctx->handshake = NULL;
    sslr_release(&ctx->allocator, &block, sizeof(Handshake));
}

/* Up to TLS 1.2 the exporter needs master secret and randoms; TLS 1.3 has put its secrets there
 * already. */
SSLErr sslr_handshake_done(SSLContext *ctx)
{
    Handshake *hs = ctx->handshake;
    SSLErr     err;

    if (ctx->version < TLS_Version_1_3) {
        memcpy(ctx->master_secret, hs->secret, sizeof(ctx->master_secret));
        memcpy(ctx->client_secret, hs->client_random, 32);
        memcpy(ctx->server_secret, hs->server_random, 32);
    }
    if (!has_fact(ctx, FACT_LATER) || hs->identity != NULL) {
        sslr_session_note_identity(ctx);
    }
    ctx->state         = SSL_StateConnected;
    ctx->has_secrets   = 1;
    ctx->was_connected = 1;
    if (!ctx->agreed.resumed && !has_fact(ctx, FACT_LATER)) {
        ctx->agreed.session_stored = 0; /* what a client offered stands there as before */
    }
    ctx->quiet_records = 0;
    err                = sslr_session_store(ctx);
    sslr_handshake_end(ctx);
    sslr_renegotiation_done(ctx);
    sslr_post_auth_done(ctx);
    return err;
}

uint32 sslr_handshake_awaits(const SSLContext *ctx)
{
    const Handshake *hs = ctx->handshake;

    if (hs == NULL) {
        return 0;
    }
    return (hs->key_request_waiting ? (uint32)SSL_WantsPrivateKey : 0u) |
           (hs->identity_waiting || hs->hello_waiting ? (uint32)SSL_WantsIdentity : 0u) |
           (hs->check_waiting || hs->verify_waiting ? (uint32)SSL_WantsCheckCertificate : 0u) |
           (hs->session_waiting ? (uint32)SSL_WantsSession : 0u) |
           (hs->ticket_key_waiting ? (uint32)SSL_WantsTicket : 0u) |
           (hs->psk_waiting ? (uint32)SSL_WantsPSK : 0u) |
           (hs->early.replay_waiting ? (uint32)SSL_WantsReplay : 0u);
}

void sslr_handshake_cancel(SSLContext *ctx)
{
    Handshake      *hs        = ctx->handshake;
    const Callbacks callbacks = ctx->callbacks;
    SSLBuffer       nothing;

    if (hs == NULL) {
        return;
    }
    if (hs->key_request_waiting) {
        hs->key_request.operation = SSL_PrivateKeyCancel;
        (void)hs->identity->key_func(ctx, &hs->key_request, NULL, hs->identity->key_ref);
    }
    /* A program may have taken its callback away meanwhile. */
    if (hs->identity_waiting && callbacks.identity != NULL) {
        (void)callbacks.identity(ctx, NULL, callbacks.identity_ref);
    }
    if (hs->hello_waiting && callbacks.client_hello != NULL) {
        (void)callbacks.client_hello(ctx, 1, callbacks.client_hello_ref);
    }
    if (hs->check_waiting && callbacks.check_certificate != NULL) {
        (void)callbacks.check_certificate(0, NULL, callbacks.check_certificate_ref);
    }
    if (hs->verify_waiting && callbacks.verify != NULL) {
        (void)callbacks.verify(ctx, 0, NULL, SSLNoErr, callbacks.verify_ref);
    }
    if (hs->session_waiting && callbacks.get_session != NULL) {
        nothing.length = 0;
        nothing.data   = NULL;
        (void)callbacks.get_session(nothing, NULL, callbacks.session_ref);
    }
    if (hs->ticket_key_waiting && callbacks.ticket_key != NULL) {
        (void)callbacks.ticket_key(ctx, NULL, NULL, NULL, callbacks.ticket_key_ref);
    }
    if (hs->psk_waiting && callbacks.psk != NULL) {
        nothing.length = 0;
        nothing.data   = NULL;
        (void)callbacks.psk(ctx, nothing, NULL, callbacks.psk_ref);
    }
    if (hs->early.replay_waiting && callbacks.replay != NULL) {
        nothing.length = 0;
        nothing.data   = NULL;
        (void)callbacks.replay(ctx, nothing, 0, callbacks.replay_ref);
    }
    hs->key_request_waiting = hs->identity_waiting = hs->hello_waiting = 0;
    hs->check_waiting = hs->verify_waiting = hs->session_waiting = 0;
    hs->early.replay_waiting = hs->ticket_key_waiting = hs->psk_waiting = 0;
}
