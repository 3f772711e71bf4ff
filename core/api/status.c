/*
 * status.c - the getters. They may be called at any time, inside callbacks too; none does I/O.
 */
#include "api.h"

SSLErr SSLGetProtocolVersion(SSLContext *ctx, SSLProtocolVersion *version)
{
    if (ctx == NULL || version == NULL) {
        return SSLBadParameterErr;
    }
    *version =
        ctx->protocol != NULL ? (SSLProtocolVersion)ctx->version : ctx->config.requested_version;
    return SSLNoErr;
}

/* What the handshake before the one under way has agreed on, else what stands. Of a first one that
 * was closed before it was done nothing, though it is there: who has a pointer may still use it. */
static const Agreed *in_force(const SSLContext *ctx)
{
    static const Agreed nothing;
    const Agreed       *before = ctx->post_auth != NULL ? ctx->post_auth->before : NULL;

    if (ctx->state == SSL_StateClosed && !ctx->was_connected) {
        return &nothing;
    }
    before = ctx->renegotiation.before != NULL ? ctx->renegotiation.before : before;
    return before != NULL ? before : &ctx->agreed;
}

#define SHOWN(ctx, field) in_force(ctx)->field

/* ---- the peer's certificates ---- */

static int next_certificate(const SSLContext *ctx, Reader *list, Bytes *certificate)
{
    if (!reader_has_more(list)) {
        return 0;
    }
    *certificate = read_vector(list, 3);
    if (SHOWN(ctx, peer_chain_extensions)) {
        (void)read_vector(list, 2);
    }
    return !list->failed;
}

SSLErr SSLGetPeerCertificateChainLength(SSLContext *ctx, int *chainLen)
{
    Reader list;
    Bytes  certificate;

    if (ctx == NULL || chainLen == NULL) {
        return SSLBadParameterErr;
    }
    list      = reader_of(SHOWN(ctx, peer_chain));
    *chainLen = 0;
    while (next_certificate(ctx, &list, &certificate)) {
        (*chainLen)++;
    }
    return SSLNoErr;
}

SSLErr SSLGetPeerCertificate(SSLContext *ctx, int index, SSLBuffer *derCert)
{
    Reader   list;
    Bytes    certificate;
    uint8_t *copy, before;
    SSLErr   err;

    if (ctx == NULL || derCert == NULL) {
        return SSLBadParameterErr;
    }
    derCert->length = 0;
    derCert->data   = NULL;
    list            = reader_of(SHOWN(ctx, peer_chain));
    while (next_certificate(ctx, &list, &certificate)) {
        if (index-- == 0) {
            before = callbacks_begin(ctx);
            err    = sslr_duplicate(&ctx->allocator, certificate, &copy);
            callbacks_end(ctx, before);
            if (err == SSLNoErr) {
                derCert->length = (uint32)certificate.length;
                derCert->data   = copy;
            }
            return err;
        }
    }
    return SSLOverflowErr;
}

/* ---- what was negotiated ---- */

SSLErr SSLGetNegotiatedCipher(SSLContext *ctx, uint16 *cipherSuite)
{
    const CipherSuite *suite;

    if (ctx == NULL || cipherSuite == NULL) {
        return SSLBadParameterErr;
    }
    suite        = SHOWN(ctx, suite);
    *cipherSuite = suite != NULL ? suite->id : SSL_NULL_WITH_NULL_NULL;
    return SSLNoErr;
}

SSLErr SSLGetNegotiatedGroup(SSLContext *ctx, uint16 *group)
{
    const Group *shown;

    if (ctx == NULL || group == NULL) {
        return SSLBadParameterErr;
    }
    shown  = SHOWN(ctx, group);
    *group = shown != NULL ? shown->id : 0;
    return SSLNoErr;
}

SSLErr SSLGetPeerSignatureScheme(SSLContext *ctx, uint16 *scheme)
{
    if (ctx == NULL || scheme == NULL) {
        return SSLBadParameterErr;
    }
    *scheme = SHOWN(ctx, peer_scheme);
    return SSLNoErr;
}

SSLErr SSLGetOwnSignatureScheme(SSLContext *ctx, uint16 *scheme)
{
    if (ctx == NULL || scheme == NULL) {
        return SSLBadParameterErr;
    }
    *scheme = SHOWN(ctx, own_scheme);
    return SSLNoErr;
}

SSLErr SSLGetSessionResumed(SSLContext *ctx, int *resumed)
{
    if (ctx == NULL || resumed == NULL) {
        return SSLBadParameterErr;
    }
    *resumed = SHOWN(ctx, resumed);
    return SSLNoErr;
}

SSLErr SSLGetSecurityFlags(SSLContext *ctx, int *extendedMasterSecret, int *encryptThenMac)
{
    if (ctx == NULL) {
        return SSLBadParameterErr;
    }
    if (extendedMasterSecret != NULL) {
        *extendedMasterSecret = SHOWN(ctx, extended_master_secret);
    }
    if (encryptThenMac != NULL) {
        *encryptThenMac = SHOWN(ctx, encrypt_then_mac);
    }
    return SSLNoErr;
}

static SSLErr get_bytes(const SSLContext *ctx, Bytes bytes, SSLBuffer *out)
{
    if (ctx == NULL || out == NULL) {
        return SSLBadParameterErr;
    }
    out->length = (uint32)bytes.length;
    out->data   = (uint8 *)bytes.data;
    return SSLNoErr;
}

SSLErr SSLGetALPNProtocol(SSLContext *ctx, SSLBuffer *protocol)
{
    return ctx == NULL ? SSLBadParameterErr : get_bytes(ctx, SHOWN(ctx, alpn), protocol);
}

SSLErr SSLGetRequestedServerName(SSLContext *ctx, SSLBuffer *name)
{
    return ctx == NULL ? SSLBadParameterErr : get_bytes(ctx, SHOWN(ctx, server_name), name);
}

SSLErr SSLGetPSKIdentity(SSLContext *ctx, SSLBuffer *identity)
{
    return ctx == NULL ? SSLBadParameterErr : get_bytes(ctx, SHOWN(ctx, psk_identity), identity);
}

SSLErr SSLGetPeerPSKHint(SSLContext *ctx, SSLBuffer *hint)
{
    return ctx == NULL ? SSLBadParameterErr : get_bytes(ctx, SHOWN(ctx, psk_hint), hint);
}

SSLErr SSLGetOCSPResponse(SSLContext *ctx, SSLBuffer *response)
{
    return ctx == NULL ? SSLBadParameterErr : get_bytes(ctx, SHOWN(ctx, ocsp_response), response);
}

SSLErr SSLGetOfferedCiphers(SSLContext *ctx, SSLBuffer *suites)
{
    if (ctx == NULL || suites == NULL) {
        return SSLBadParameterErr;
    }
    if (!is_server(ctx) || ctx->handshake == NULL || ctx->handshake->hello_block == NULL ||
        ctx->in_callback == IN_NOTHING) {
        return SSLBadStateErr;
    }
    return get_bytes(ctx, ctx->handshake->hello.suites, suites);
}

/* ---- the state of the connection ---- */

SSLErr SSLGetSessionState(SSLContext *ctx, SSLSessionState *state)
{
    if (ctx == NULL || state == NULL) {
        return SSLBadParameterErr;
    }
    *state = (SSLSessionState)ctx->state;
    return SSLNoErr;
}

SSLErr SSLGetWritePendingSize(SSLContext *ctx, uint32 *waitingBytes)
{
    if (ctx == NULL || waitingBytes == NULL) {
        return SSLBadParameterErr;
    }
    *waitingBytes = (uint32)sslr_queued_bytes(ctx);
    return SSLNoErr;
}

SSLErr SSLGetReadPendingSize(SSLContext *ctx, uint32 *waitingBytes)
{
    if (ctx == NULL || waitingBytes == NULL) {
        return SSLBadParameterErr;
    }
    *waitingBytes = ctx->incoming.opened && ctx->incoming.type == CONTENT_APPLICATION_DATA
                        ? (uint32)ctx->incoming.left
                        : 0;
    return SSLNoErr;
}

uint32 SSLWants(SSLContext *ctx)
{
    if (ctx == NULL) {
        return 0;
    }
    return ctx->wants | sslr_handshake_awaits(ctx) |
           (sslr_queued_bytes(ctx) > 0 || sslr_is_due(ctx) ? (uint32)SSL_WantsWrite : 0u);
}

SSLErr SSLGetAlerts(SSLContext *ctx, uint8 *sent, uint8 *received)
{
    if (ctx == NULL) {
        return SSLBadParameterErr;
    }
    if (sent != NULL) {
        *sent = ctx->alert_sent;
    }
    if (received != NULL) {
        *received = ctx->alert_received;
    }
    return SSLNoErr;
}

SSLErr SSLGetErrorDetail(SSLContext *ctx, SSLErrorDetail *detail)
{
    if (ctx == NULL || detail == NULL) {
        return SSLBadParameterErr;
    }
    detail->error       = ctx->error;
    detail->rule        = ctx->error_rule != NULL ? ctx->error_rule : SSLErrorString(ctx->error);
    detail->certificate = ctx->error_certificate;
    detail->extension   = ctx->error_extension;
    detail->message     = ctx->error_message;
    return SSLNoErr;
}

/* ---- lists ---- */

static SSLErr put_list(uint16 *list, uint32 *count, const void *items, size_t total, size_t stride)
{
    uint32 room, i;

    if (count == NULL) {
        return SSLBadParameterErr;
    }
    room   = *count;
    *count = (uint32)total;
    if (list == NULL) {
        return SSLNoErr;
    }
    if (room < total) {
        return SSLOverflowErr;
    }
    for (i = 0; i < total; i++) { /* the number is the first member of every table row */
        list[i] = *(const uint16_t *)(const void *)((const uint8_t *)items + i * stride);
    }
    return SSLNoErr;
}

SSLErr SSLGetSupportedCiphers(uint16 *list, uint32 *count)
{
    return put_list(list, count, sslr_cipher_suites, sslr_cipher_suite_count,
                    sizeof(sslr_cipher_suites[0]));
}

SSLErr SSLGetSupportedGroups(uint16 *list, uint32 *count)
{
    return put_list(list, count, sslr_groups, sslr_group_count, sizeof(sslr_groups[0]));
}

SSLErr SSLGetSupportedSignatureSchemes(uint16 *list, uint32 *count)
{
    return put_list(list, count, sslr_signature_schemes, sslr_signature_scheme_count,
                    sizeof(sslr_signature_schemes[0]));
}

SSLErr SSLGetEnabledCiphers(SSLContext *ctx, uint16 *list, uint32 *count)
{
    return ctx == NULL ? SSLBadParameterErr
                       : put_list(list, count, ctx->config.suites.items, ctx->config.suites.count,
                                  sizeof(uint16_t));
}

SSLErr SSLGetEnabledGroups(SSLContext *ctx, uint16 *list, uint32 *count)
{
    return ctx == NULL ? SSLBadParameterErr
                       : put_list(list, count, ctx->config.groups.items, ctx->config.groups.count,
                                  sizeof(uint16_t));
}

SSLErr SSLGetEnabledSignatureSchemes(SSLContext *ctx, uint16 *list, uint32 *count)
{
    return ctx == NULL ? SSLBadParameterErr
                       : put_list(list, count, ctx->config.schemes.items, ctx->config.schemes.count,
                                  sizeof(uint16_t));
}
