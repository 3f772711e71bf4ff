/*
 * trust.c - whether the peer's certificate is accepted: the engine's verdict, then the
 * check-certificate callback of the manual, then the verify callback, which has the last word
 * (design: decision 3). Trust fails closed.
 */
#include "handshake.h"

#include "../x509/trust.h"

static Verdict verdict_of(SSLErr err, int certificate, const char *rule)
{
    Verdict verdict;

    verdict.err         = err;
    verdict.certificate = certificate;
    verdict.rule        = rule;
    return verdict;
}

static void list_chain(const SSLContext *ctx, Bytes *chain)
{
    const Handshake *hs = ctx->handshake;
    size_t           i;

    for (i = 0; i < hs->peer_count; i++) {
        chain[i] = bytes_of(hs->peer_certs[i].data, hs->peer_certs[i].length);
    }
}

/* With SSLTrust: a path to an anchor, dates, names, revocation. */
static SSLErr judge_by_trust(SSLContext *ctx, const Bytes *chain)
{
    Handshake    *hs = ctx->handshake;
    VerifyRequest request;
    SSLErr        err;

    memset(&request, 0, sizeof(request));
    request.chain     = chain;
    request.count     = hs->peer_count;
    request.leaf      = hs->peer_count > 0 ? &hs->peer_leaf : NULL;
    request.trust     = ctx->config.trust;
    request.server    = !is_server(ctx);
    request.key_usage = has_fact(ctx, FACT_RSA_TRANSPORT) && !is_server(ctx)
                            ? KEY_USAGE_KEY_ENCIPHERMENT
                            : KEY_USAGE_DIGITAL_SIGNATURE;
    if (!is_server(ctx) && ctx->config.host_kind != 0) {
        request.host        = (const char *)ctx->config.host.data;
        request.host_length = ctx->config.host.length;
    }
    request.staple       = ctx->agreed.ocsp_response;
    request.staple_asked = !is_server(ctx) && sslr_extension_offered(ctx, EXT_STATUS_REQUEST);
    if (sslr_trust_needs_time(ctx->config.trust)) {
        err = sslr_time(ctx, &request.now);
        if (err != SSLNoErr) {
            return err;
        }
    }
    hs->verdict = sslr_x509_verify(&request);
    return SSLNoErr;
}

/* The engine's own verdict, once. An error is one of the clock. */
static SSLErr judge(SSLContext *ctx)
{
    Handshake *hs = ctx->handshake;
    Bytes      chain[MAX_CHAIN_CERTIFICATES];

    list_chain(ctx, chain);
    if (ctx->config.trust != NULL) {
        return judge_by_trust(ctx, chain);
    }
    /* The manual's callback only sees chains whose names and signatures are consistent. */
    if (ctx->config.allow_any_certificate && ctx->callbacks.check_certificate == NULL) {
        hs->verdict = verdict_of(SSLNoErr, -1, NULL);
        return SSLNoErr;
    }
    hs->verdict = sslr_x509_check_chain(chain, hs->peer_count);
    return SSLNoErr;
}

static SSLErr call_check(SSLContext *ctx)
{
    Handshake *hs = ctx->handshake;
    SSLErr     err;

    err               = ctx->callbacks.check_certificate((int)hs->peer_count, hs->peer_certs,
                                                         ctx->callbacks.check_certificate_ref);
    hs->check_waiting = err == SSLWouldBlockErr;
    if (err == SSLWouldBlockErr) {
        ctx->wants |= SSL_WantsCheckCertificate;
        return err;
    }
    if (err != SSLNoErr) {
        hs->verdict = verdict_of(err, -1, "the check-certificate callback refused");
    }
    return SSLNoErr;
}

static SSLErr call_verify(SSLContext *ctx)
{
    Handshake *hs = ctx->handshake;
    SSLErr     err;

    ctx->error_certificate = (int16_t)hs->verdict.certificate;
    ctx->error_rule        = hs->verdict.rule; /* what SSLGetErrorDetail says inside the callback */
    err = ctx->callbacks.verify(ctx, (int)hs->peer_count, hs->peer_certs, hs->verdict.err,
                                ctx->callbacks.verify_ref);
    ctx->error_certificate = -1;
    ctx->error_rule        = NULL;
    hs->verify_waiting     = err == SSLWouldBlockErr;
    if (err == SSLWouldBlockErr) {
        ctx->wants |= SSL_WantsCheckCertificate;
        return err;
    }
    if (err != hs->verdict.err) {
        hs->verdict = verdict_of(err, -1, "the verify callback refused");
    }
    return SSLNoErr;
}

/* hs->verdict_done: 1 the engine has judged, 2 the check callback has answered. */
SSLErr sslr_work_check_certificate(SSLContext *ctx)
{
    Handshake *hs  = ctx->handshake;
    SSLErr     err = SSLNoErr;
    uint8_t    alert;

    if (hs->verdict_done == 0) {
        err              = judge(ctx);
        hs->verdict_done = 1;
    }
    if (err == SSLNoErr && hs->verdict_done == 1) {
        if (hs->verdict.err == SSLNoErr && ctx->callbacks.check_certificate != NULL) {
            err = call_check(ctx);
        } else if (hs->verdict.err == SSLNoErr && ctx->config.trust == NULL &&
                   !ctx->config.allow_any_certificate) {
            /* Asked here, because a program may take its callback away while that waits. */
            hs->verdict = verdict_of(SSLNoTrustErr, -1,
                                     "no SSLTrust, check-certificate or verify callback is set");
        }
        hs->verdict_done = err == SSLNoErr ? 2 : 1;
    }
    if (err == SSLNoErr && ctx->callbacks.verify != NULL) {
        err = call_verify(ctx);
    }
    if (err != SSLNoErr) {
        return err;
    }
    if (hs->verdict.err == SSLNoErr) {
        return SSLNoErr;
    }
    ctx->error_certificate = (int16_t)hs->verdict.certificate;
    alert                  = sslr_alert_for_error(hs->verdict.err);
    return sslr_fail(ctx, alert == ALERT_INTERNAL_ERROR ? ALERT_CERTIFICATE_UNKNOWN : alert,
                     hs->verdict.err, hs->verdict.rule);
}
