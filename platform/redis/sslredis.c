/*
 * sslredis.c - see sslredis.h. One connection for all threads, behind a lock: a command is one
 * short message each way. hiredis connects, writes commands and reads replies as Redis has them;
 * sending and receiving is done here, where one deadline holds for all of it.
 */
#define _POSIX_C_SOURCE 200809L
#include "sslredis.h"

#include <errno.h>
#include <fcntl.h>
#include <hiredis/hiredis.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define DEFAULT_PORT       6379
#define DEFAULT_PREFIX     "sslref:"
#define MAX_KEY            512
#define MAX_VALUE          262144
#define MAX_REPLY          (MAX_VALUE + 1024)
#define MAX_MILLISECONDS   60000
#define RETRY_MILLISECONDS 2000

struct SSLRedis {
    pthread_mutex_t lock;
    char           *host, *password, *prefix;
    int             port;
    uint32          seconds;
    long long       longest_wait; /* milliseconds */
    redisContext   *connection;   /* NULL: none */
    pid_t           owner;        /* of the connection: a child does not talk on its parent's */
    long long       not_before;   /* no new try before this time */
};

/* Secrets do not stay in what is freed (but in what hiredis frees by itself). */
static void wipe(volatile char *text, size_t length)
{
    while (length-- > 0) {
        *text++ = 0;
    }
}

/* ---- sending and receiving, until a time ---- */

static long long milliseconds_now(void)
{
    struct timespec now;

    return clock_gettime(CLOCK_MONOTONIC, &now) == 0
               ? (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000
               : 0;
}

/* Not 0 if it is worth another try: after a wait, or an interruption. */
static int may_try_again(int fd, short events, long long deadline)
{
    struct pollfd socket = {.fd = fd, .events = events};
    long long     left   = deadline - milliseconds_now();

    if (errno == EINTR) {
        return left > 0;
    }
    return (errno == EAGAIN || errno == EWOULDBLOCK) && left > 0 &&
           poll(&socket, 1, (int)left) != 0;
}

static int send_all(int fd, const char *bytes, size_t length, long long deadline)
{
    while (length > 0) {
        ssize_t count = send(fd, bytes, length, MSG_NOSIGNAL | MSG_DONTWAIT);

        if (count > 0) {
            bytes += count;
            length -= (size_t)count;
        } else if (count == 0 || !may_try_again(fd, POLLOUT, deadline)) {
            return 0;
        }
    }
    return 1;
}

static redisReply *receive_reply(redisContext *connection, long long deadline)
{
    char    bytes[4096];
    void   *reply = NULL;
    size_t  total = 0;
    ssize_t count;

    while (reply == NULL && total <= MAX_REPLY) {
        count = recv(connection->fd, bytes, sizeof(bytes), MSG_DONTWAIT);
        if (count > 0) {
            total += (size_t)count;
            if (redisReaderFeed(connection->reader, bytes, (size_t)count) != REDIS_OK ||
                redisReaderGetReply(connection->reader, &reply) != REDIS_OK) {
                break;
            }
        } else if (count == 0 || !may_try_again(connection->fd, POLLIN, deadline)) {
            break;
        }
    }
    wipe(bytes, sizeof(bytes));
    return (redisReply *)reply;
}

/* ---- the connection ---- */

static void disconnect(SSLRedis *redis)
{
    if (redis->connection != NULL) {
        redisFree(redis->connection); /* says nothing to Redis */
    }
    redis->connection = NULL;
}

static int log_in(SSLRedis *redis, long long deadline)
{
    redisReply *reply   = NULL;
    char       *command = NULL;
    int         length, good;

    if (redis->password == NULL) {
        return 1;
    }
    length = redisFormatCommand(&command, "AUTH %s", redis->password);
    if (length > 0 && send_all(redis->connection->fd, command, (size_t)length, deadline)) {
        reply = receive_reply(redis->connection, deadline);
    }
    good = reply != NULL && reply->type != REDIS_REPLY_ERROR;
    freeReplyObject(reply);
    if (length > 0) {
        wipe(command, (size_t)length);
        redisFreeCommand(command);
    }
    return good;
}

static int is_connected(SSLRedis *redis, long long deadline)
{
    long long      left = deadline - milliseconds_now();
    struct timeval wait;

    if (redis->connection != NULL && redis->owner != getpid()) {
        disconnect(redis);
    }
    if (redis->connection != NULL) {
        return 1;
    }
    if (left <= 0 || milliseconds_now() < redis->not_before) {
        return 0;
    }
    wait.tv_sec       = (time_t)(left / 1000);
    wait.tv_usec      = (suseconds_t)(left % 1000) * 1000;
    redis->owner      = getpid();
    redis->connection = redisConnectWithTimeout(redis->host, redis->port, wait);
    if (redis->connection == NULL || redis->connection->err != 0 ||
        fcntl(redis->connection->fd, F_SETFD, FD_CLOEXEC) != 0 || !log_in(redis, deadline)) {
        disconnect(redis);
        redis->not_before = milliseconds_now() + RETRY_MILLISECONDS;
        return 0;
    }
    return 1;
}

/* The reply to a command, or NULL. A connection that failed may have died long ago: then a new one
 * is tried at once, but only one. */
static redisReply *exchange(SSLRedis *redis, const char *command, size_t length)
{
    const long long deadline = milliseconds_now() + redis->longest_wait;
    redisReply     *reply    = NULL;
    int             tries;

    for (tries = 0; reply == NULL && tries < 2; tries++) {
        int is_old = redis->connection != NULL;

        if (!is_connected(redis, deadline)) {
            break;
        }
        if (send_all(redis->connection->fd, command, length, deadline)) {
            reply = receive_reply(redis->connection, deadline);
        }
        if (reply == NULL) {
            disconnect(redis);
            if (!is_old || milliseconds_now() >= deadline) {
                redis->not_before = milliseconds_now() + RETRY_MILLISECONDS;
                break;
            }
        }
    }
    return reply;
}

/* One command with a key and perhaps a value; the reply, or NULL. */
static redisReply *run(SSLRedis *redis, const char *format, const char *key, size_t key_length,
                       SSLBuffer value)
{
    redisReply *reply   = NULL;
    char       *command = NULL;
    int         length  = value.data != NULL
                              ? redisFormatCommand(&command, format, key, key_length, value.data,
                                                   (size_t)value.length, (int)redis->seconds)
                              : redisFormatCommand(&command, format, key, key_length);

    if (length > 0) {
        reply = exchange(redis, command, (size_t)length);
        wipe(command, (size_t)length);
        redisFreeCommand(command);
    }
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
    redis->host         = copy_text(spec->host);
    redis->prefix       = copy_text(spec->prefix != NULL ? spec->prefix : DEFAULT_PREFIX);
    redis->password     = spec->password != NULL ? copy_text(spec->password) : NULL;
    redis->port         = spec->port != 0 ? (int)spec->port : DEFAULT_PORT;
    redis->seconds      = spec->seconds;
    redis->longest_wait = (long long)spec->milliseconds;
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
    disconnect(redis);
    if (redis->password != NULL) {
        wipe(redis->password, strlen(redis->password));
    }
    free(redis->host);
    free(redis->password);
    free(redis->prefix);
    (void)pthread_mutex_destroy(&redis->lock);
    free(redis);
}
