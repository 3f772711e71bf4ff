/*
 * keys.c - KeyUpdate on demand, and keying material for the program.
 */
#include "api.h"

SSLErr SSLKeyUpdate(SSLContext *ctx, int requestPeer)
{
    SSLErr err = may_call(ctx);

    if (err != SSLNoErr) {
        return err;
    }
    if (ctx->state != SSL_StateConnected || ctx->write_closed) {
        return SSLBadStateErr;
    }
    if (ctx->version < TLS_Version_1_3) {
        return SSLUnsupportedErr;
    }
    ctx->want_key_update = 1;
    ctx->key_update_asked |= requestPeer != 0;
    return SSLNoErr;
}

#define MAX_EXPORT 8160 /* 255 SHA-256 outputs */
#define MAX_LABEL  249  /* 255 less "tls13 " */

static const SSLBuffer no_context;

SSLErr SSLExportKeyingMaterial(SSLContext *ctx, const char *label, SSLBuffer context,
                               int hasContext, SSLBuffer out)
{
    uint8_t before;
    SSLErr  err = may_call(ctx);

    if (err != SSLNoErr) {
        return err;
    }
    if (!hasContext) {
        context = no_context; /* whatever was passed */
    }
    if (label == NULL || out.data == NULL || (context.length > 0 && context.data == NULL)) {
        return SSLBadParameterErr;
    }
    if (ctx->state != SSL_StateConnected || is_renegotiating(ctx)) {
        return SSLBadStateErr;
    }
    if (out.length < 1 || out.length > MAX_EXPORT || strlen(label) > MAX_LABEL ||
        context.length > 65535) {
        return SSLOverflowErr;
    }
    if (ctx->protocol->export_keys == NULL) {
        return SSLUnsupportedErr; /* SSL 2.0 and 3.0 define no exporter */
    }
    before = callbacks_begin(ctx);
    err = ctx->protocol->export_keys(ctx, label, bytes_of(context.data, context.length), hasContext,
                                     out.data, out.length);
    callbacks_end(ctx, before);
    return err;
}
