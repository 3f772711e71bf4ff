/*
 * sslredis.c - see sslredis.h. One connection for all threads, behind a lock: a command is one
 * short message each way.
 */
#define _POSIX_C_SOURCE 200809L
#include "sslredis.h"

#include <hiredis/hiredis.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define DEFAULT_PORT     6379
#define DEFAULT_PREFIX   "sslref:"
#define MAX_KEY          512
#define MAX_VALUE        262144
#define MAX_MILLISECONDS 60000
#define RETRY_SECONDS    2

struct SSLRedis {
    pthread_mutex_t lock;
    char           *host, *password, *prefix;
    int             port;
    uint32          seconds;
    struct timeval  longest_wait;
    redisContext   *connection; /* NULL: none */
    long long       not_before; /* no new try before this second */
};

static long long seconds_now(void)
{
    struct timespec now;

    return clock_gettime(CLOCK_MONOTONIC, &now) == 0 ? (long long)now.tv_sec : 0;
}

/* ---- a broken connection is an error, not a signal ---- */

typedef struct Signals {
    sigset_t before, pipe;
    int      was_pending;
} Signals;

static void hold_sigpipe(Signals *signals)
{
    sigset_t pending;

    (void)sigemptyset(&signals->pipe);
    (void)sigaddset(&signals->pipe, SIGPIPE);
    (void)sigpending(&pending);
    signals->was_pending = sigismember(&pending, SIGPIPE) == 1;
    (void)pthread_sigmask(SIG_BLOCK, &signals->pipe, &signals->before);
}

static void release_sigpipe(const Signals *signals)
{
    static const struct timespec at_once = {0, 0};

    if (!signals->was_pending) {
        (void)sigtimedwait(&signals->pipe, NULL, &at_once); /* the one that we caused, if any */
    }
    (void)pthread_sigmask(SIG_SETMASK, &signals->before, NULL);
}

/* ---- the connection ---- */

static void disconnect(SSLRedis *redis)
{
    if (redis->connection != NULL) {
        redisFree(redis->connection);
    }
    redis->connection = NULL;
    redis->not_before = seconds_now() + RETRY_SECONDS;
}

static int log_in(SSLRedis *redis)
{
    redisReply *reply;
    int         good;

    if (redis->password == NULL) {
        return 1;
    }
    reply = (redisReply *)redisCommand(redis->connection, "AUTH %s", redis->password);
    good  = reply != NULL && reply->type != REDIS_REPLY_ERROR;
    freeReplyObject(reply);
    return good;
}

static int is_connected(SSLRedis *redis)
{
    if (redis->connection != NULL) {
        return 1;
    }
    if (seconds_now() < redis->not_before) {
        return 0;
    }
    redis->connection = redisConnectWithTimeout(redis->host, redis->port, redis->longest_wait);
    if (redis->connection == NULL || redis->connection->err != 0 ||
        redisSetTimeout(redis->connection, redis->longest_wait) != REDIS_OK || !log_in(redis)) {
        disconnect(redis);
        return 0;
    }
    return 1;
}

/* One command with a key and perhaps a value; the reply, or NULL. A connection that failed may have
 * died long ago: then a new one is tried at once, but only one. */
static redisReply *run(SSLRedis *redis, const char *command, const char *key, size_t key_length,
                       SSLBuffer value)
{
    redisReply *reply = NULL;
    Signals     signals;
    int         tries;

    hold_sigpipe(&signals);
    for (tries = 0; reply == NULL && tries < 2; tries++) {
        int was_connected = redis->connection != NULL;

        if (!is_connected(redis)) {
            break;
        }
        reply =
            value.data != NULL
                ? (redisReply *)redisCommand(redis->connection, command, key, key_length,
                                             value.data, (size_t)value.length, (int)redis->seconds)
                : (redisReply *)redisCommand(redis->connection, command, key, key_length);
        if (reply == NULL) {
            int timed_out = redis->connection->err == REDIS_ERR_IO;

            disconnect(redis);
            if (!was_connected || timed_out) {
                break;
            }
            redis->not_before = 0;
        }
    }
    release_sigpipe(&signals);
    return reply;
}

/* The prefix, then the key as it is. */
static size_t full_key(const SSLRedis *redis, SSLBuffer key, char *room)
{
    const size_t prefix = strlen(redis->prefix);

    if (key.data == NULL || key.length == 0 || key.length > MAX_KEY - prefix) {
        return 0;
    }
    memcpy(room, redis->prefix, prefix);
    memcpy(room + prefix, key.data, key.length);
    return prefix + key.length;
}

/* ---- the callbacks ---- */

static SSLErr add(SSLRedis *redis, const char *command, SSLBuffer key, SSLBuffer data)
{
    char        room[MAX_KEY];
    size_t      length = full_key(redis, key, room);
    redisReply *reply;
    SSLErr      err = SSLIOErr;

    if (length == 0 || data.data == NULL || data.length > MAX_VALUE) {
        return SSLOverflowErr;
    }
    (void)pthread_mutex_lock(&redis->lock);
    reply = run(redis, command, room, length, data);
    if (reply != NULL && reply->type == REDIS_REPLY_STATUS) {
        err = SSLNoErr;
    } else if (reply != NULL && reply->type == REDIS_REPLY_NIL) {
        err = SSLOverflowErr; /* SET NX: there is one */
    }
    freeReplyObject(reply);
    (void)pthread_mutex_unlock(&redis->lock);
    return err;
}

SSLErr SSLRedisAddSession(SSLBuffer sessionKey, SSLBuffer sessionData, void *redis)
{
    return add((SSLRedis *)redis, "SET %b %b EX %d", sessionKey, sessionData);
}

SSLErr SSLRedisAddOnce(SSLBuffer key, SSLBuffer data, void *redis)
{
    return add((SSLRedis *)redis, "SET %b %b EX %d NX", key, data);
}

static SSLErr copy_out(const redisReply *reply, SSLBuffer *data)
{
    if (reply == NULL || reply->type != REDIS_REPLY_STRING || reply->len > MAX_VALUE) {
        return SSLSessionNotFoundErr;
    }
    data->data = (uint8 *)malloc(reply->len > 0 ? reply->len : 1);
    if (data->data == NULL) {
        return SSLMemoryErr;
    }
    memcpy(data->data, reply->str, reply->len);
    data->length = (uint32)reply->len;
    return SSLNoErr;
}

/* Secrets do not stay in what is freed. */
static void wipe(volatile char *text, size_t length)
{
    while (length-- > 0) {
        *text++ = 0;
    }
}

static void wipe_reply(redisReply *reply)
{
    if (reply != NULL && reply->type == REDIS_REPLY_STRING) {
        wipe(reply->str, reply->len);
    }
}

SSLErr SSLRedisGetSession(SSLBuffer sessionKey, SSLBuffer *sessionData, void *redisRef)
{
    static const SSLBuffer no_value = {0, NULL};
    SSLRedis              *redis    = (SSLRedis *)redisRef;
    char                   room[MAX_KEY];
    size_t                 length;
    redisReply            *reply;
    SSLErr                 err;

    if (sessionData == NULL) {
        return SSLNoErr; /* the cancel mark; this look-up never waits for long */
    }
    sessionData->data   = NULL;
    sessionData->length = 0;
    length              = full_key(redis, sessionKey, room);
    if (length == 0) {
        return SSLSessionNotFoundErr;
    }
    (void)pthread_mutex_lock(&redis->lock);
    reply = run(redis, "GET %b", room, length, no_value);
    err   = copy_out(reply, sessionData);
    wipe_reply(reply);
    freeReplyObject(reply);
    (void)pthread_mutex_unlock(&redis->lock);
    return err;
}

SSLErr SSLRedisDeleteSession(SSLBuffer sessionKey, void *redisRef)
{
    static const SSLBuffer no_value = {0, NULL};
    SSLRedis              *redis    = (SSLRedis *)redisRef;
    char                   room[MAX_KEY];
    size_t                 length = full_key(redis, sessionKey, room);
    redisReply            *reply;
    SSLErr                 err;

    if (length == 0) {
        return SSLSessionNotFoundErr;
    }
    (void)pthread_mutex_lock(&redis->lock);
    reply = run(redis, "DEL %b", room, length, no_value);
    err   = reply == NULL || reply->type != REDIS_REPLY_INTEGER ? SSLIOErr
            : reply->integer > 0                                ? SSLNoErr
                                                                : SSLSessionNotFoundErr;
    freeReplyObject(reply);
    (void)pthread_mutex_unlock(&redis->lock);
    return err;
}

SSLErr SSLRedisUse(SSLContext *ctx, SSLRedis *redis)
{
    SSLErr err = redis != NULL ? SSLSetSessionRef(ctx, redis) : SSLBadParameterErr;

    if (err != SSLNoErr) {
        return err;
    }
    (void)SSLSetAddSessionFunc(ctx, SSLRedisAddSession);
    (void)SSLSetGetSessionFunc(ctx, SSLRedisGetSession);
    return SSLSetDeleteSessionFunc(ctx, SSLRedisDeleteSession);
}

/* ---- its life ---- */

static int is_sensible(const SSLRedisSpec *spec)
{
    return spec != NULL && spec->host != NULL && spec->port <= 65535 && spec->seconds >= 1 &&
           spec->seconds <= 0x7FFFFFFF && spec->milliseconds >= 1 &&
           spec->milliseconds <= MAX_MILLISECONDS &&
           (spec->prefix == NULL || strlen(spec->prefix) <= MAX_KEY / 2);
}

static char *copy_text(const char *text)
{
    size_t length = strlen(text) + 1;
    char  *copy   = (char *)malloc(length);

    return copy != NULL ? (char *)memcpy(copy, text, length) : NULL;
}

SSLErr SSLRedisOpen(const SSLRedisSpec *spec, SSLRedis **redisOut)
{
    SSLRedis *redis;

    if (redisOut == NULL) {
        return SSLBadParameterErr;
    }
    *redisOut = NULL;
    if (!is_sensible(spec)) {
        return SSLBadParameterErr;
    }
    redis = (SSLRedis *)calloc(1, sizeof(*redis));
    if (redis == NULL || pthread_mutex_init(&redis->lock, NULL) != 0) {
        free(redis);
        return SSLMemoryErr;
    }
    redis->host                 = copy_text(spec->host);
    redis->prefix               = copy_text(spec->prefix != NULL ? spec->prefix : DEFAULT_PREFIX);
    redis->password             = spec->password != NULL ? copy_text(spec->password) : NULL;
    redis->port                 = spec->port != 0 ? (int)spec->port : DEFAULT_PORT;
    redis->seconds              = spec->seconds;
    redis->longest_wait.tv_sec  = (time_t)(spec->milliseconds / 1000);
    redis->longest_wait.tv_usec = (suseconds_t)(spec->milliseconds % 1000) * 1000;
    if (redis->host == NULL || redis->prefix == NULL ||
        (spec->password != NULL && redis->password == NULL)) {
        SSLRedisClose(redis);
        return SSLMemoryErr;
    }
    *redisOut = redis;
    return SSLNoErr;
}

void SSLRedisClose(SSLRedis *redis)
{
    if (redis == NULL) {
        return;
    }
    if (redis->connection != NULL) {
        redisFree(redis->connection);
    }
    if (redis->password != NULL) {
        wipe(redis->password, strlen(redis->password));
    }
    free(redis->host);
    free(redis->password);
    free(redis->prefix);
    (void)pthread_mutex_destroy(&redis->lock);
    free(redis);
}
