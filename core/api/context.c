/*
 * context.c - creation, deletion and duplication of contexts.
 */
#include "../handshake/post_auth.h"
#include "../handshake/renegotiate.h"
#include "api.h"

uint32 SSLContextSize(void)
{
    return (uint32)sizeof(SSLContext);
}

SSLErr SSLSetupCrypto(void)
{
    return sslr_crypto_setup();
}

SSLErr SSLInitContext(SSLContext *ctx)
{
    const Profile *profile = &sslr_profile;

    if (ctx == NULL) {
        return SSLBadParameterErr;
    }
    memset(ctx, 0, sizeof(*ctx));
    ctx->profile                  = profile;
    ctx->config.requested_version = SSL_Version_Unset;
    ctx->config.version_min       = profile->default_min;
    ctx->config.version_max       = profile->default_max;
    ctx->config.suites.items      = profile->suites;
    ctx->config.suites.count      = profile->suite_count;
    ctx->config.groups.items      = profile->groups;
    ctx->config.groups.count      = profile->group_count;
    ctx->config.schemes.items     = profile->schemes;
    ctx->config.schemes.count     = profile->scheme_count;
    ctx->alert_sent               = SSL_NO_ALERT;
    ctx->alert_received           = SSL_NO_ALERT;
    ctx->error_certificate        = -1;
    ctx->error_message            = -1;
    ctx->error_extension          = -1;
    return SSLNoErr;
}

SSLErr SSLInitContextClassic(SSLContext *ctx)
{
    SSLErr err = SSLInitContext(ctx);

    if (err != SSLNoErr) {
        return err;
    }
    if (ctx->profile->classic == NULL) {
        return SSLUnsupportedErr;
    }
    ctx->config.suites.items          = ctx->profile->classic->suites;
    ctx->config.suites.count          = ctx->profile->classic->suite_count;
    ctx->config.allow_any_certificate = 1;
    ctx->config.allow_ssl2_export     = 1;
    ctx->config.min_dh_bits           = 512;
    err                               = SSLSetProtocolVersion(ctx, SSL_Version_Undetermined);
    ctx->config.requested_version     = SSL_Version_Unset;
    return err;
}

SSLErr SSLDropPeerCertificates(SSLContext *ctx)
{
    uint8_t before;
    SSLErr  err = may_call(ctx);

    if (err != SSLNoErr) {
        return err;
    }
    if (ctx->handshake != NULL) {
        return SSLBadStateErr;
    }
    sslr_renegotiation_remember_peer(ctx);
    before = callbacks_begin(ctx);
    sslr_release_peer(&ctx->allocator, &ctx->agreed);
    callbacks_end(ctx, before);
    return SSLNoErr;
}

void sslr_connection_release(SSLContext *ctx)
{
    sslr_handshake_end(ctx);
    sslr_renegotiation_undo(ctx);
    sslr_post_auth_release(ctx);
    sslr_direction_clear(ctx, &ctx->read);
    sslr_direction_clear(ctx, &ctx->write);
    if (ctx->framing.partial.data != NULL) {
        sslr_writer_release(&ctx->framing.partial);
    }
    memset(&ctx->framing, 0, sizeof(ctx->framing));
    sslr_release_record(ctx);
    ctx->has_secrets = 0;
    sslr_wipe(ctx->master_secret, sizeof(ctx->master_secret));
    sslr_wipe(ctx->resumption_secret, sizeof(ctx->resumption_secret));
    sslr_session13_forget(ctx);
    sslr_wipe(ctx->client_secret, sizeof(ctx->client_secret));
    sslr_wipe(ctx->server_secret, sizeof(ctx->server_secret));
}

SSLErr SSLDeleteContext(SSLContext *ctx)
{
    SSLErr err = may_call(ctx);

    if (err != SSLNoErr) {
        return err;
    }
    ctx->in_callback = IN_CALL;
    sslr_handshake_cancel(ctx);
    sslr_renegotiation_undo(ctx); /* the session that is deleted is the one in force */
    /* SSL 3.0 5.2.1, TLS 1.0 7.2.1: without a proper close the session is not resumable. */
    if (ctx->state == SSL_StateConnected && ctx->version <= TLS_Version_1_0) {
        sslr_session_delete(ctx);
    }
    sslr_connection_release(ctx);
    sslr_release_queue(ctx);
    sslr_release_agreed(&ctx->allocator, &ctx->agreed);
    sslr_config_release(ctx);
    sslr_wipe(ctx, sizeof(*ctx));
    return SSLNoErr;
}

SSLErr SSLDuplicateContext(SSLContext *src, SSLContext *dest, void *ioRef)
{
    uint8_t before;
    SSLErr  err = may_call(src);

    if (err != SSLNoErr || dest == NULL || dest == src) {
        return err != SSLNoErr ? err : SSLBadParameterErr;
    }
    (void)SSLInitContext(dest);
    dest->allocator        = src->allocator;
    dest->callbacks        = src->callbacks;
    dest->callbacks.io_ref = ioRef;
    dest->profile          = src->profile;
    before                 = callbacks_begin(dest);
    err                    = sslr_config_duplicate(dest, src);
    callbacks_end(dest, before);
    return err;
}
