/*
 * api.h - what the files of core/api share: who may call what now, and the parts of a context that
 * outlive a handshake.
 */
#ifndef SSLREF_API_H
#define SSLREF_API_H

#include "../handshake/handshake.h"
#include "../profiles/profile.h"
#include "../session/session.h"
#include "../session/session13.h"

/* ctx->in_callback */
enum {
    IN_NOTHING               = 0,
    IN_CALL                  = 1,
    IN_CLIENT_HELLO_CALLBACK = 2
};

/* SSLBadParameterErr or SSLBadStateErr if a setter of "Configuration" may not run. */
static inline SSLErr may_configure(const SSLContext *ctx)
{
    if (ctx == NULL) {
        return SSLBadParameterErr;
    }
    if (ctx->in_callback == IN_CLIENT_HELLO_CALLBACK) {
        return SSLNoErr;
    }
    return ctx->in_callback != IN_NOTHING || ctx->state != SSL_StateIdle ? SSLBadStateErr
                                                                         : SSLNoErr;
}

/* The same for everything that is not a getter. */
static inline SSLErr may_call(const SSLContext *ctx)
{
    if (ctx == NULL) {
        return SSLBadParameterErr;
    }
    return ctx->in_callback != IN_NOTHING ? SSLBadStateErr : SSLNoErr;
}

/* Between the two the callbacks of a setter or getter run (memory), in which only getters may be
 * called. Give back what the first one returned. */
static inline uint8_t callbacks_begin(SSLContext *ctx)
{
    uint8_t before = ctx->in_callback;

    ctx->in_callback = IN_CALL;
    return before;
}

static inline void callbacks_end(SSLContext *ctx, uint8_t before)
{
    ctx->in_callback = before;
}

/* So many bytes of data were moved by a successful call: is a later handshake or KeyUpdate due? */
SSLErr sslr_data_moved(SSLContext *ctx, uint32 length);

/* Free everything that a connection holds, but not the configuration. */
void sslr_connection_release(SSLContext *ctx);

/* Free the configuration's copies. */
void sslr_config_release(SSLContext *ctx);

/* Copy src's configuration into dest, whose allocator stands. */
SSLErr sslr_config_duplicate(SSLContext *dest, const SSLContext *src);

/* Replace a copied block. */
SSLErr sslr_replace_bytes(SSLContext *ctx, Bytes *place, Bytes value);

#endif
