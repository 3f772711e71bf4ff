/*
 * connection.c - SSL: a connection over a socket, blocking or not. The engine's context is made
 * when the handshake begins, out of all that was set until then.
 */
#define _POSIX_C_SOURCE 200809L
#include "contexts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#define MAX_STASH ((size_t)1 << 20)
#define CHUNK     16384

struct ssl_st {
    SSL_CTX     *shared;
    SSLContext  *engine; /* NULL until the handshake begins */
    int          fd, side;
    uint64_t     options;
    long         mode;
    Verify       verify;
    char        *name, *host; /* to ask for; that the certificate must have */
    int          error;       /* SSL_ERROR_... of the last call */
    int          shutdown;    /* SSL_..._SHUTDOWN */
    SSLErr       verdict;     /* about the peer's certificate */
    int          taken;       /* bytes that the engine has of a write that waits */
    Renegotiates renegotiates;

    /* What came in the midst of a handshake and was not asked for yet. */
    uint8 *stash;
    size_t stash_start, stash_end;
};

SSL *SSL_new(SSL_CTX *ctx)
{
    SSL *ssl = (SSL *)calloc(1, sizeof(*ssl));

    if (ssl == NULL || ctx == NULL) {
        free(ssl);
        sslr_libssl_error(ssl == NULL ? SSLMemoryErr : SSLBadParameterErr);
        return NULL;
    }
    ssl->shared  = ctx;
    ssl->fd      = -1;
    ssl->side    = sslr_libssl_side(ctx);
    ssl->options = ctx->options;
    ssl->mode    = ctx->mode;
    ssl->verify  = ctx->verify;
    return ssl;
}

void SSL_free(SSL *ssl)
{
    if (ssl == NULL) {
        return;
    }
    if (ssl->engine != NULL) {
        (void)SSLDeleteContext(ssl->engine);
    }
    if (ssl->stash != NULL) {
        memset(ssl->stash, 0, ssl->stash_end);
    }
    free(ssl->engine);
    free(ssl->stash);
    free(ssl->name);
    free(ssl->host);
    free(ssl);
}

/* ---- settings ---- */

int SSL_set_fd(SSL *ssl, int fd)
{
    ssl->fd = fd;
    return ssl->engine == NULL || SSLSetIORef(ssl->engine, SSLPosixSocket(fd)) == SSLNoErr;
}

int SSL_get_fd(const SSL *ssl)
{
    return ssl->fd;
}

static uint32 renegotiation_flags(uint64_t options)
{
    return ((options & SSL_OP_NO_RENEGOTIATION) != 0 ? (uint32)SSL_RenegotiateNever : 0) |
           ((options & SSL_OP_ALLOW_CLIENT_RENEGOTIATION) != 0 ? (uint32)SSL_RenegotiateAllowPeer
                                                               : 0) |
           ((options & SSL_OP_ALLOW_UNSAFE_LEGACY_RENEGOTIATION) != 0
                ? (uint32)SSL_RenegotiateAllowLegacy
                : 0) |
           ((options & SSL_OP_NO_SESSION_RESUMPTION_ON_RENEGOTIATION) != 0
                ? (uint32)SSL_RenegotiateNewSession
                : 0);
}

static uint64_t change_options(SSL *ssl, uint64_t options)
{
    ssl->options = options;
    if (ssl->engine != NULL) {
        (void)SSLSetRenegotiation(ssl->engine, renegotiation_flags(options));
    }
    return options;
}

uint64_t SSL_set_options(SSL *ssl, uint64_t options)
{
    return change_options(ssl, ssl->options | options);
}

uint64_t SSL_clear_options(SSL *ssl, uint64_t options)
{
    return change_options(ssl, ssl->options & ~options);
}

uint64_t SSL_get_options(const SSL *ssl)
{
    return ssl->options;
}

long SSL_set_mode(SSL *ssl, long mode)
{
    return ssl->mode |= mode;
}

void SSL_set_verify(SSL *ssl, int mode, int (*callback)(int good, X509_STORE_CTX *store))
{
    ssl->verify.mode     = mode;
    ssl->verify.callback = callback;
}

static int keep_name(char **place, const char *name)
{
    char *copy = NULL;

    if (name != NULL) {
        size_t length = strlen(name) + 1;

        copy = (char *)malloc(length);
        if (copy == NULL) {
            sslr_libssl_error(SSLMemoryErr);
            return 0;
        }
        memcpy(copy, name, length);
    }
    free(*place);
    *place = copy;
    return 1;
}

int SSL_set_tlsext_host_name(SSL *ssl, const char *name)
{
    return keep_name(&ssl->name, name);
}

int SSL_set1_host(SSL *ssl, const char *name)
{
    return keep_name(&ssl->host, name);
}

void SSL_set_connect_state(SSL *ssl)
{
    ssl->side = SSL_ClientSide;
}

void SSL_set_accept_state(SSL *ssl)
{
    ssl->side = SSL_ServerSide;
}

/* ---- the peer's certificate ---- */

/* The engine has judged the chain for the name that was asked for. Where the certificate must have
 * another name, or none in particular, it is judged for that. */
static SSLErr judge_for_host(const SSL *ssl, int count, const SSLBuffer *certs, SSLErr verdict)
{
    SSLChainRequest request;
    SSLChainResult  result;

    if (ssl->shared->trust == NULL || ssl->side != SSL_ClientSide || ssl->name == NULL ||
        (ssl->host != NULL && strcmp(ssl->host, ssl->name) == 0)) {
        return verdict;
    }
    memset(&request, 0, sizeof(request));
    request.certs      = certs;
    request.certCount  = (uint32)count;
    request.name       = ssl->host;
    request.nameLength = ssl->host != NULL ? (uint32)strlen(ssl->host) : 0;
    request.side       = SSL_ServerSide;
    request.time       = (uint32)time(NULL);
    return SSLVerifyChain(ssl->shared->trust, &request, &result);
}

static SSLErr verify(SSLContext *engine, int count, const SSLBuffer *certs, SSLErr verdict,
                     void *ref)
{
    SSL *ssl = (SSL *)ref;
    int  good;

    (void)engine;
    if (count == 0) {
        return SSLNoErr; /* the cancel mark; this never waits */
    }
    ssl->verdict = judge_for_host(ssl, count, certs, verdict);
    good         = ssl->verdict == SSLNoErr;
    if (ssl->verify.mode == SSL_VERIFY_NONE) {
        return SSLNoErr;
    }
    if (ssl->verify.callback != NULL) {
        good = ssl->verify.callback(good, NULL);
    }
    return good ? SSLNoErr : ssl->verdict != SSLNoErr ? ssl->verdict : X509CertChainInvalidErr;
}

long SSL_get_verify_result(const SSL *ssl)
{
    return ssl->verdict == SSLNoErr ? X509_V_OK : -(long)ssl->verdict;
}

/* ---- beginning ---- */

#define TRY(call)                                                                                  \
    do {                                                                                           \
        if (err == SSLNoErr) {                                                                     \
            err = (call);                                                                          \
        }                                                                                          \
    } while (0)

static SSLErr set_versions(const SSL *ssl)
{
    static const struct {
        uint64_t option;
        int      version;
    } closed[] = {{SSL_OP_NO_SSLv3, SSL3_VERSION},
                  {SSL_OP_NO_TLSv1, TLS1_VERSION},
                  {SSL_OP_NO_TLSv1_1, TLS1_1_VERSION},
                  {SSL_OP_NO_TLSv1_2, TLS1_2_VERSION},
                  {SSL_OP_NO_TLSv1_3, TLS1_3_VERSION}};
    int    min = ssl->shared->min, max = ssl->shared->max;
    size_t i;
    SSLErr err = SSLNoErr;

    for (i = 0; i < 5; i++) {
        if ((ssl->options & closed[i].option) != 0 && min == closed[i].version) {
            min++;
        }
    }
    for (i = 5; i-- > 0;) {
        if ((ssl->options & closed[i].option) != 0 && max == closed[i].version) {
            max--;
        }
    }
    TRY(SSLSetProtocolVersionMin(ssl->engine, (SSLProtocolVersion)min));
    TRY(SSLSetProtocolVersionMax(ssl->engine, (SSLProtocolVersion)max));
    return err;
}

static SSLErr set_names(const SSL *ssl)
{
    const char *name = ssl->name != NULL ? ssl->name : ssl->host;

    return ssl->side == SSL_ClientSide && name != NULL
               ? SSLSetPeerDomainName(ssl->engine, name, (uint32)strlen(name))
               : SSLNoErr;
}

static SSLErr set_up(SSL *ssl)
{
    const SSL_CTX *shared = ssl->shared;
    const int      mode   = ssl->verify.mode;
    SSLErr         err    = SSLInitContext(ssl->engine);

    TRY(SSLPosixInstall(ssl->engine, ssl->fd));
    TRY(SSLSetProtocolSide(ssl->engine, (SSLProtocolSide)ssl->side));
    TRY(set_versions(ssl));
    TRY(set_names(ssl));
    TRY(SSLSetVerifyFunc(ssl->engine, verify, ssl));
    TRY(SSLSetRenegotiation(ssl->engine, renegotiation_flags(ssl->options)));
    if (shared->trust != NULL) {
        TRY(SSLSetTrust(ssl->engine, shared->trust));
    }
    if (shared->identity != NULL) {
        TRY(SSLAddIdentity(ssl->engine, shared->identity));
    }
    if (ssl->side == SSL_ServerSide) {
        TRY(SSLSetRequestClientCert(ssl->engine, (mode & SSL_VERIFY_PEER) != 0));
        TRY(SSLSetRequireClientCert(ssl->engine,
                                    (mode & SSL_VERIFY_PEER) != 0 &&
                                        (mode & SSL_VERIFY_FAIL_IF_NO_PEER_CERT) != 0));
        if ((ssl->options & SSL_OP_NO_TICKET) == 0) {
            TRY(SSLPosixUseTicketKeys(ssl->engine, shared->ticket_keys));
        }
    }
    return err;
}

/* 1: the engine is there. */
static int begin(SSL *ssl)
{
    SSLErr err;

    if (ssl->engine != NULL) {
        return 1;
    }
    if (ssl->side == 0) {
        sslr_libssl_error(SSLBadStateErr); /* neither connect nor accept was said */
        ssl->error = SSL_ERROR_SSL;
        return 0;
    }
    ssl->engine = (SSLContext *)malloc(SSLContextSize());
    err         = ssl->engine != NULL ? set_up(ssl) : SSLMemoryErr;
    if (err == SSLNoErr) {
        return 1;
    }
    if (ssl->engine != NULL) {
        (void)SSLDeleteContext(ssl->engine);
        free(ssl->engine);
        ssl->engine = NULL;
    }
    sslr_libssl_error(err);
    ssl->error = SSL_ERROR_SSL;
    return 0;
}

/* ---- results ---- */

/* What the program hears of a call of the engine: 0 or -1, and SSL_get_error. */
static int report(SSL *ssl, SSLErr err)
{
    const uint32 wants = SSLWants(ssl->engine);

    if (err == SSLWouldBlockErr) {
        ssl->error = (wants & SSL_WantsWrite) != 0 && (wants & SSL_WantsRead) == 0
                         ? SSL_ERROR_WANT_WRITE
                         : SSL_ERROR_WANT_READ;
        return -1;
    }
    if (err == SSLConnectionClosedGraceful) {
        ssl->shutdown |= SSL_RECEIVED_SHUTDOWN;
        ssl->error = SSL_ERROR_ZERO_RETURN;
        return 0;
    }
    ssl->error = err == SSLIOErr ? SSL_ERROR_SYSCALL : SSL_ERROR_SSL;
    sslr_libssl_error(err);
    return -1;
}

int SSL_get_error(const SSL *ssl, int result)
{
    return result > 0 ? SSL_ERROR_NONE : ssl->error;
}

int sslr_libssl_waits(const SSL *ssl)
{
    return ssl->error == SSL_ERROR_WANT_READ || ssl->error == SSL_ERROR_WANT_WRITE;
}

/* ---- data that comes in the midst of a handshake ---- */

/* The engine holds a record and goes on when it is taken: 1 if some was. */
static int put_aside(SSL *ssl)
{
    uint32 length = CHUNK;
    uint8 *larger;
    SSLErr err;

    if ((SSLWants(ssl->engine) & SSL_WantsApplicationData) == 0 ||
        ssl->stash_end + CHUNK > MAX_STASH) {
        return 0;
    }
    larger = (uint8 *)realloc(ssl->stash, ssl->stash_end + CHUNK);
    if (larger == NULL) {
        return 0;
    }
    ssl->stash = larger;
    err        = SSLRead(ssl->stash + ssl->stash_end, &length, ssl->engine);
    ssl->stash_end += length;
    return err == SSLNoErr && length > 0;
}

static int take_stash(SSL *ssl, void *data, int length)
{
    size_t have = ssl->stash_end - ssl->stash_start;
    size_t take = have < (size_t)length ? have : (size_t)length;

    memcpy(data, ssl->stash + ssl->stash_start, take);
    memset(ssl->stash + ssl->stash_start, 0, take);
    ssl->stash_start += take;
    if (ssl->stash_start == ssl->stash_end) {
        ssl->stash_start = ssl->stash_end = 0;
    }
    return (int)take;
}

/* ---- the handshake ---- */

int SSL_do_handshake(SSL *ssl)
{
    SSLErr err;

    if (!begin(ssl)) {
        return -1;
    }
    do {
        err = SSLHandshake(ssl->engine);
    } while (err == SSLWouldBlockErr && put_aside(ssl));
    return err == SSLNoErr ? 1 : report(ssl, err);
}

int SSL_connect(SSL *ssl)
{
    SSL_set_connect_state(ssl);
    return SSL_do_handshake(ssl);
}

int SSL_accept(SSL *ssl)
{
    SSL_set_accept_state(ssl);
    return SSL_do_handshake(ssl);
}

int SSL_is_init_finished(const SSL *ssl)
{
    int running = 1;

    return ssl->engine != NULL && SSLGetHandshakeRunning(ssl->engine, &running) == SSLNoErr &&
           !running;
}

/* ---- reading and writing ---- */

Renegotiates *sslr_libssl_renegotiates(SSL *ssl)
{
    return &ssl->renegotiates;
}

/* Behind each successful read and write: more than so many bytes, else more than so much time. What
 * comes of it does not count. */
static void count(SSL *ssl, int length)
{
    Renegotiates *limits = &ssl->renegotiates;
    long long     now    = limits->seconds != 0 ? (long long)time(NULL) : 0;
    int           due    = 0;

    limits->counted += length;
    if (limits->bytes != 0 && limits->counted > limits->bytes) {
        limits->counted = 0;
        due             = 1;
    } else if (limits->seconds != 0 && now > limits->since + limits->seconds) {
        limits->since = now;
        due           = 1;
    }
    if (due) {
        limits->fired++;
        if (SSLRenegotiate(ssl->engine) == SSLUnsupportedErr) {
            (void)SSLKeyUpdate(ssl->engine, 1);
        }
    }
}

int SSL_read(SSL *ssl, void *data, int length)
{
    uint32 got = (uint32)length;
    SSLErr err;

    if (length < 0 || !begin(ssl)) {
        return -1;
    }
    if (ssl->stash_end > ssl->stash_start) {
        length = take_stash(ssl, data, length);
        count(ssl, length);
        return length;
    }
    err = SSLRead(data, &got, ssl->engine);
    if (err != SSLNoErr) {
        return report(ssl, err);
    }
    count(ssl, (int)got);
    return (int)got;
}

int SSL_write(SSL *ssl, const void *data, int length)
{
    SSLErr err = SSLNoErr;

    if (length < 0 || !begin(ssl)) {
        return -1;
    }
    /* The same call again: first what the engine has of it must leave. */
    if (ssl->taken > 0) {
        err = SSLServiceWriteQueue(ssl->engine);
    }
    while (err == SSLNoErr && ssl->taken < length) {
        uint32 taken = (uint32)(length - ssl->taken);

        err = SSLWrite((const uint8 *)data + ssl->taken, &taken, ssl->engine);
        ssl->taken += (int)taken;
        if (err == SSLWouldBlockErr && put_aside(ssl)) {
            err = SSLNoErr;
        }
    }
    if (err != SSLNoErr) {
        return report(ssl, err);
    }
    ssl->taken = 0;
    count(ssl, length);
    return length;
}

int SSL_pending(const SSL *ssl)
{
    uint32 waiting = 0;

    if (ssl->engine != NULL) {
        (void)SSLGetReadPendingSize(ssl->engine, &waiting);
    }
    return (int)(waiting + (uint32)(ssl->stash_end - ssl->stash_start));
}

/* ---- the end ---- */

/* The engine does not read any more: what comes is the peer's close_notify, or nothing. */
static int wait_for_end(SSL *ssl)
{
    char    unread[1024];
    ssize_t got;

    do {
        got = recv(ssl->fd, unread, sizeof(unread), 0);
    } while (got > 0 || (got < 0 && errno == EINTR));
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
        ssl->error = SSL_ERROR_WANT_READ;
        return -1;
    }
    ssl->shutdown |= SSL_RECEIVED_SHUTDOWN;
    return 1;
}

int SSL_shutdown(SSL *ssl)
{
    SSLErr err;

    if (ssl->engine == NULL) {
        ssl->error = SSL_ERROR_SSL;
        return -1;
    }
    if ((ssl->shutdown & SSL_SENT_SHUTDOWN) != 0 && (ssl->shutdown & SSL_RECEIVED_SHUTDOWN) == 0) {
        return wait_for_end(ssl);
    }
    err = SSLClose(ssl->engine);
    if (err != SSLNoErr) {
        return report(ssl, err);
    }
    ssl->shutdown |= SSL_SENT_SHUTDOWN;
    return (ssl->shutdown & SSL_RECEIVED_SHUTDOWN) != 0;
}

int SSL_get_shutdown(const SSL *ssl)
{
    return ssl->shutdown;
}

/* ---- what was negotiated ---- */

int SSL_version(const SSL *ssl)
{
    SSLProtocolVersion version = SSL_Version_Unset;

    if (ssl->engine != NULL) {
        (void)SSLGetProtocolVersion(ssl->engine, &version);
    }
    return (int)version;
}

const char *SSL_get_version(const SSL *ssl)
{
    switch (SSL_version(ssl)) {
    case SSL3_VERSION:
        return "SSLv3";
    case TLS1_VERSION:
        return "TLSv1";
    case TLS1_1_VERSION:
        return "TLSv1.1";
    case TLS1_2_VERSION:
        return "TLSv1.2";
    case TLS1_3_VERSION:
        return "TLSv1.3";
    default:
        return "unknown";
    }
}

const char *SSL_get_cipher(const SSL *ssl)
{
    uint16 suite = 0;

    if (ssl->engine != NULL) {
        (void)SSLGetNegotiatedCipher(ssl->engine, &suite);
    }
    return suite != 0 ? SSLCipherSuiteName(suite) : "(NONE)";
}

int SSL_session_reused(const SSL *ssl)
{
    int resumed = 0;

    if (ssl->engine != NULL) {
        (void)SSLGetSessionResumed(ssl->engine, &resumed);
    }
    return resumed;
}

/* ---- renegotiation ---- */

static int scheduled(SSLErr err)
{
    if (err != SSLNoErr) {
        sslr_libssl_error(err);
    }
    return err == SSLNoErr;
}

int SSL_renegotiate(SSL *ssl)
{
    return scheduled(ssl->engine != NULL ? SSLRenegotiate(ssl->engine) : SSLBadStateErr);
}

int SSL_renegotiate_abbreviated(SSL *ssl)
{
    return scheduled(ssl->engine != NULL ? SSLRenegotiateAbbreviated(ssl->engine) : SSLBadStateErr);
}

int SSL_renegotiate_pending(const SSL *ssl)
{
    int pending = 0;

    return ssl->engine != NULL && SSLRenegotiatePending(ssl->engine, &pending) == SSLNoErr &&
           pending;
}

long SSL_num_renegotiations(SSL *ssl)
{
    uint32 since = 0;

    if (ssl->engine != NULL) {
        (void)SSLGetRenegotiationCounts(ssl->engine, &since, NULL);
    }
    return (long)since;
}

long SSL_clear_num_renegotiations(SSL *ssl)
{
    long before = SSL_num_renegotiations(ssl);

    if (ssl->engine != NULL) {
        (void)SSLClearRenegotiationCount(ssl->engine);
    }
    return before;
}

long SSL_total_renegotiations(SSL *ssl)
{
    uint32 total = 0;

    if (ssl->engine != NULL) {
        (void)SSLGetRenegotiationCounts(ssl->engine, NULL, &total);
    }
    return (long)total;
}

long SSL_get_secure_renegotiation_support(SSL *ssl)
{
    int secure = 0;

    return ssl->engine != NULL && SSL_version(ssl) < TLS1_3_VERSION &&
           SSLGetSecureRenegotiation(ssl->engine, &secure) == SSLNoErr && secure;
}

int SSL_key_update(SSL *ssl, int type)
{
    if (type != SSL_KEY_UPDATE_NOT_REQUESTED && type != SSL_KEY_UPDATE_REQUESTED) {
        return scheduled(SSLBadParameterErr);
    }
    return scheduled(ssl->engine != NULL
                         ? SSLKeyUpdate(ssl->engine, type == SSL_KEY_UPDATE_REQUESTED)
                         : SSLBadStateErr);
}
