/*
 * callbacks.c - see callbacks.h.
 */
#include "callbacks.h"

SSLErr sslr_explain(SSLContext *ctx, SSLErr err, const char *rule)
{
    if (ctx->error_rule == NULL) {
        ctx->error_rule = rule;
    }
    return err;
}

SSLErr sslr_random(SSLContext *ctx, uint8_t *out, size_t length)
{
    SSLBuffer buffer;
    SSLErr    err;

    if (ctx->callbacks.random == NULL) {
        return sslr_explain(ctx, SSLMissingCallbackErr, "SSLSetRandomFunc was not called");
    }
    buffer.length = (uint32)length;
    buffer.data   = out;
    err           = ctx->callbacks.random(buffer, ctx->callbacks.random_ref);
    if (err == SSLWouldBlockErr) {
        return sslr_explain(ctx, SSLCallbackErr, "the random callback may not block");
    }
    return err;
}

static SSLErr fill_random(void *ref, uint8_t *out, size_t length)
{
    return sslr_random((SSLContext *)ref, out, length);
}

CryptoRandom sslr_crypto_random(SSLContext *ctx)
{
    CryptoRandom random;

    random.fill = fill_random;
    random.ref  = ctx;
    return random;
}

SSLErr sslr_time(SSLContext *ctx, int64_t *now)
{
    uint32 seconds = 0;
    SSLErr err;

    *now = 0;
    if (ctx->callbacks.time == NULL) {
        return sslr_explain(ctx, SSLMissingCallbackErr, "SSLSetTimeFunc was not called");
    }
    err = ctx->callbacks.time(&seconds, ctx->callbacks.time_ref);
    if (err == SSLWouldBlockErr) {
        return sslr_explain(ctx, SSLCallbackErr, "the time callback may not block");
    }
    *now = (int64_t)seconds;
    return err;
}

void sslr_tell_trace(SSLContext *ctx, SSLTraceKind kind, uint16_t type, size_t length,
                     int encrypted, const char *name)
{
    SSLTraceEvent event;

    event.kind      = kind;
    event.type      = type;
    event.length    = (uint32)length;
    event.encrypted = encrypted;
    event.name      = name;
    ctx->callbacks.trace(ctx, &event, ctx->callbacks.trace_ref);
}

static char *put_hex(char *at, const uint8_t *data, size_t length)
{
    static const char digits[] = "0123456789abcdef";
    size_t            i;

    for (i = 0; i < length; i++) {
        *at++ = digits[data[i] >> 4];
        *at++ = digits[data[i] & 15];
    }
    return at;
}

void sslr_tell_key_log(SSLContext *ctx, const char *label, const uint8_t *client_random,
                       const uint8_t *secret, size_t length)
{
    char   line[40 + 64 + 2 * MAX_HASH_SIZE + 3];
    char  *at           = line;
    size_t label_length = strlen(label);

    memcpy(at, label, label_length);
    at += label_length;
    *at++ = ' ';
    at    = put_hex(at, client_random, 32);
    *at++ = ' ';
    at    = put_hex(at, secret, length);
    *at   = 0;
    ctx->callbacks.key_log(ctx, line, ctx->callbacks.key_log_ref);
    sslr_wipe(line, sizeof(line));
}
