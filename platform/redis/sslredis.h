/*
 * sslredis.h - a session store in a Redis server, for servers that are more than one machine; over
 * hiredis, in a library of its own (libsslref-redis, made where hiredis is installed).
 *
 * Redis may be slow, away, or come back: that costs a full handshake or the wait of one command,
 * never an error to anybody. What lies in it is secret: sessions, and keys if they are shared
 * there. So Redis listens where nobody else is, and wants a password.
 *
 * Everything may be called by several threads at once, and on both sides of a fork() if no other
 * thread was inside a call then: each side has a connection of its own. Errors are those of
 * sslerrors.h.
 */
#ifndef SSLREF_REDIS_H
#define SSLREF_REDIS_H

#include "ssl.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct SSLRedis SSLRedis;

/* Where it is, and how it is used. Strings need only live until SSLRedisOpen returns. */
typedef struct SSLRedisSpec {
    const char *host;     /* a name or an address */
    uint32      port;     /* 1 .. 65535; 0: 6379 */
    const char *password; /* NULL: none */
    const char *prefix;   /* before every key; NULL: "sslref:" */
    uint32      seconds;  /* after which Redis forgets an entry, 1 .. 2^31-1 */
    uint32 milliseconds;  /* longest wait of one call, 1 .. 60000: connecting, logging in and the
                             command together. Finding the address of a name is not bounded by
                             it, and each further address of that name adds as much. */
} SSLRedisSpec;

/* Make a store. Redis need not be there yet: it is connected to when it is wanted, and after a
 * failure not tried again for two seconds. Errors: SSLBadParameterErr, SSLMemoryErr; *redis is then
 * NULL. */
SSLErr SSLRedisOpen(const SSLRedisSpec *spec, SSLRedis **redis);

/* Close and free it (NULL: nothing). No context that uses it may be alive any more. */
void SSLRedisClose(SSLRedis *redis);

/* Install the three session callbacks below on ctx, with the store as their reference. Resumption
 * is turned on by SSLSetPeerID as always. Memory comes from malloc: use it with contexts whose
 * memory callbacks are those of SSLPosixInstall. */
SSLErr SSLRedisUse(SSLContext *ctx, SSLRedis *redis);

SSLErr SSLRedisAddSession(SSLBuffer sessionKey, SSLBuffer sessionData, void *redis);
SSLErr SSLRedisGetSession(SSLBuffer sessionKey, SSLBuffer *sessionData, void *redis);
SSLErr SSLRedisDeleteSession(SSLBuffer sessionKey, void *redis);

/* As SSLRedisAddSession, but an entry that is there stays: of several servers one wins. With
 * SSLRedisGetSession it is what SSLPosixShareTicketKeys wants. SSLOverflowErr: there was one. */
SSLErr SSLRedisAddOnce(SSLBuffer key, SSLBuffer data, void *redis);

#ifdef __cplusplus
}
#endif
#endif
