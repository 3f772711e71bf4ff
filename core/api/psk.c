/*
 * psk.c - the setters of external pre-shared keys. How a key is used stands in
 * core/handshake/psk.c (TLS 1.3) and core/key_exchange/psk.c (before).
 */
#include "api.h"

/* The list that nobody chose grows by the suites that want a pre-shared key. */
static void choose_default_suites(SSLContext *ctx)
{
    const Profile *profile = ctx->profile;
    NumberList    *suites  = &ctx->config.suites;
    int            any     = ctx->config.psk.length > 0 || ctx->callbacks.psk != NULL;

    if (suites->items == profile->suites || suites->items == profile->psk_suites) {
        suites->items = any ? profile->psk_suites : profile->suites;
        suites->count = any ? profile->psk_suite_count : profile->suite_count;
    }
}

/* Not longer than `most`, and there if it has a length. */
static SSLErr check_length(SSLBuffer value, uint32 most)
{
    if (value.length > most) {
        return SSLOverflowErr;
    }
    return value.length > 0 && value.data == NULL ? SSLBadParameterErr : SSLNoErr;
}

/* Identity and key are kept together: either both change, or none. */
static SSLErr keep(SSLContext *ctx, SSLBuffer identity, SSLBuffer key)
{
    const uint8_t before = callbacks_begin(ctx);
    Writer        both;
    SSLErr        err;

    sslr_writer_init(&both, &ctx->allocator);
    write_bytes(&both, bytes_of(identity.data, identity.length));
    write_bytes(&both, bytes_of(key.data, key.length));
    err = writer_status(&both);
    if (err == SSLNoErr) {
        err = sslr_replace_bytes(ctx, &ctx->config.psk, bytes_of(both.data, both.length));
    }
    sslr_writer_release(&both);
    callbacks_end(ctx, before);
    return err;
}

SSLErr SSLSetPSK(SSLContext *ctx, SSLBuffer identity, SSLBuffer key, SSLPSKHash hash)
{
    SSLErr err = may_configure(ctx);

    if (err == SSLNoErr && ctx->callbacks.psk != NULL) {
        err = SSLBadStateErr;
    }
    if (err == SSLNoErr) {
        err = check_length(identity, SSL_MAX_PSK_IDENTITY);
    }
    if (err == SSLNoErr) {
        err = check_length(key, SSL_MAX_PSK);
    }
    if (err == SSLNoErr && ((identity.length == 0) != (key.length == 0) ||
                            (hash != SSL_PSKHashSHA256 && hash != SSL_PSKHashSHA384))) {
        err = SSLBadParameterErr;
    }
    if (err == SSLNoErr) {
        err = keep(ctx, identity, key);
    }
    if (err == SSLNoErr) {
        ctx->config.psk_identity_length = (uint16_t)identity.length;
        ctx->config.psk_hash            = (uint8_t)psk_hash(hash);
        choose_default_suites(ctx);
    }
    return err;
}

SSLErr SSLSetPSKFunc(SSLContext *ctx, SSLPSKFunc psk, void *pskRef)
{
    SSLErr err = may_configure(ctx);

    if (err == SSLNoErr && psk != NULL && ctx->config.psk.length > 0) {
        err = SSLBadStateErr;
    }
    if (err == SSLNoErr) {
        ctx->callbacks.psk     = psk;
        ctx->callbacks.psk_ref = pskRef;
        choose_default_suites(ctx);
    }
    return err;
}

SSLErr SSLSetPSKHint(SSLContext *ctx, SSLBuffer hint)
{
    SSLErr err = may_configure(ctx);

    if (err == SSLNoErr) {
        err = check_length(hint, SSL_MAX_PSK_IDENTITY);
    }
    return err != SSLNoErr
               ? err
               : sslr_replace_bytes(ctx, &ctx->config.psk_hint, bytes_of(hint.data, hint.length));
}
