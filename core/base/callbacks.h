/*
 * callbacks.h - the random, time, trace and key-log callbacks, each with its contract checked in
 * one place. The others stand where they are used: memory in memory.c, I/O in record/, sessions in
 * session/, certificates in handshake/.
 */
#ifndef SSLREF_BASE_CALLBACKS_H
#define SSLREF_BASE_CALLBACKS_H

#include "context.h"

/* Random bytes. SSLMissingCallbackErr, or the callback's error (would-block is SSLCallbackErr). */
SSLErr sslr_random(SSLContext *ctx, uint8_t *out, size_t length);

/* The same as crypto/ wants it. */
CryptoRandom sslr_crypto_random(SSLContext *ctx);

/* Seconds since 1970 UTC. */
SSLErr sslr_time(SSLContext *ctx, int64_t *now);

/* Mostly nobody listens: then nothing is called, and no name looked up. */
void sslr_tell_trace(SSLContext *ctx, SSLTraceKind kind, uint16_t type, size_t length,
                     int encrypted, const char *name);
void sslr_tell_key_log(SSLContext *ctx, const char *label, const uint8_t *client_random,
                       const uint8_t *secret, size_t length);

static inline void sslr_trace(SSLContext *ctx, SSLTraceKind kind, uint16_t type, size_t length,
                              int encrypted, const char *name)
{
    if (ctx->callbacks.trace != NULL) {
        sslr_tell_trace(ctx, kind, type, length, encrypted, name);
    }
}

/* The same for a handshake message. */
static inline void trace_message(SSLContext *ctx, SSLTraceKind kind, uint16_t type, size_t length,
                                 int encrypted)
{
    if (ctx->callbacks.trace != NULL) {
        sslr_tell_trace(ctx, kind, type, length, encrypted, sslr_message_name(type));
    }
}

/* One key-log line: label, client random, secret. */
static inline void sslr_log_secret(SSLContext *ctx, const char *label, const uint8_t *client_random,
                                   const uint8_t *secret, size_t length)
{
    if (ctx->callbacks.key_log != NULL) {
        sslr_tell_key_log(ctx, label, client_random, secret, length);
    }
}

/* Remember why something failed; the first reason stays. rule is a static sentence. Returns err. */
SSLErr sslr_explain(SSLContext *ctx, SSLErr err, const char *rule);

#endif
