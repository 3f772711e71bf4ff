/*
 * connection.c - SSL: a connection over a socket, blocking or not: its life, what is set on it, and
 * how the peer is judged. The engine's context is made when the handshake begins, out of all that
 * was set until then. What goes over the connection is in exchange.c.
 */
#define _POSIX_C_SOURCE 200809L
#include "connection.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MAX_CHAIN 16 /* the engine takes no more */

SSL *SSL_new(SSL_CTX *ctx)
{
    SSL *ssl = (SSL *)calloc(1, sizeof(*ssl));

    if (ssl == NULL || ctx == NULL) {
        free(ssl);
        sslr_libssl_error(ssl == NULL ? SSLMemoryErr : SSLBadParameterErr);
        return NULL;
    }
    ssl->shared   = (SSL_CTX *)sslr_libssl_hold(ctx);
    ssl->identity = (Identity *)sslr_libssl_hold(ctx->identity);
    ssl->fd       = -1;
    ssl->side     = sslr_libssl_side(ctx);
    ssl->options  = ctx->options;
    ssl->mode     = ctx->mode;
    ssl->verify   = ctx->verify;
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
    sslr_libssl_wipe(ssl->stash, ssl->stash_end);
    free(ssl->engine);
    free(ssl->stash);
    free(ssl->name);
    free(ssl->host);
    free(ssl->given);
    sslr_libssl_let_go(ssl->identity);
    sslr_libssl_let_go(ssl->trust);
    sslr_libssl_let_go(ssl->shared);
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

int SSL_set_tlsext_host_name(SSL *ssl, const char *name)
{
    return sslr_libssl_keep_name(&ssl->name, name);
}

int SSL_set1_host(SSL *ssl, const char *name)
{
    return sslr_libssl_keep_name(&ssl->host, name);
}

/* Not once the handshake has begun: what was judged on one side must not count on the other. */
SSLErr sslr_libssl_set_side(SSL *ssl, int side)
{
    if (ssl->engine == NULL) {
        ssl->side = side;
    }
    return ssl->side == side ? SSLNoErr : SSLBadStateErr;
}

void SSL_set_connect_state(SSL *ssl)
{
    sslr_libssl_error(sslr_libssl_set_side(ssl, SSL_ClientSide));
}

void SSL_set_accept_state(SSL *ssl)
{
    sslr_libssl_error(sslr_libssl_set_side(ssl, SSL_ServerSide));
}

/* ---- the peer's certificate ---- */

#define TRY(call)                                                                                  \
    do {                                                                                           \
        if (err == SSLNoErr) {                                                                     \
            err = (call);                                                                          \
        }                                                                                          \
    } while (0)

/* What a server asks of its clients, in this handshake or the next. */
static SSLErr ask_clients(const SSL *ssl)
{
    const int peer    = (ssl->verify.mode & SSL_VERIFY_PEER) != 0;
    const int require = peer && (ssl->verify.mode & SSL_VERIFY_FAIL_IF_NO_PEER_CERT) != 0;
    SSLErr    err     = SSLSetRequestClientCert(ssl->engine, peer);

    return err == SSLNoErr ? SSLSetRequireClientCert(ssl->engine, require) : err;
}

/* The handshake may have begun to wait before the program said what it wants. */
static SSLErr hello_came(SSLContext *engine, int cancelled, void *ref)
{
    (void)engine;
    return cancelled ? SSLNoErr : ask_clients((const SSL *)ref);
}

/* A ticket would carry a client past the program's callback, whose answer is not in it. */
static SSLErr ticket_key(SSLContext *engine, const uint8 *name, SSLTicketKey *key, int *renew,
                         void *ref)
{
    const SSL *ssl = (const SSL *)ref;

    if ((ssl->options & SSL_OP_NO_TICKET) != 0 ||
        ((ssl->verify.mode & SSL_VERIFY_PEER) != 0 && ssl->verify.callback != NULL)) {
        return SSLSessionNotFoundErr;
    }
    return SSLPosixTicketKey(engine, name, key, renew, ssl->shared->ticket_keys);
}

static SSLErr set_up_server(SSL *ssl)
{
    SSLErr err = ask_clients(ssl);

    TRY(SSLSetClientHelloFunc(ssl->engine, hello_came, ssl));
    TRY(SSLSetTicketKeyFunc(ssl->engine, ticket_key, ssl));
    return err;
}

/* On a connection that stands it counts from the next handshake on; while one runs hello_came asks
 * again. */
void SSL_set_verify(SSL *ssl, int mode, int (*callback)(int good, X509_STORE_CTX *store))
{
    ssl->verify.mode     = mode;
    ssl->verify.callback = callback;
    if (ssl->engine != NULL && ssl->side == SSL_ServerSide) {
        (void)ask_clients(ssl);
    }
}

/* As the program wants it: for the host that was set, or none in particular. */
static SSLErr judge(const SSL *ssl, int count, const SSLBuffer *certs)
{
    const int       client = ssl->side == SSL_ClientSide;
    SSLChainRequest request;
    SSLChainResult  result;

    memset(&request, 0, sizeof(request));
    request.certs      = certs;
    request.certCount  = (uint32)count;
    request.name       = client ? ssl->host : NULL;
    request.nameLength = request.name != NULL ? (uint32)strlen(request.name) : 0;
    request.side       = client ? SSL_ServerSide : SSL_ClientSide;
    request.time       = (uint32)time(NULL);
    return SSLVerifyChain(ssl->trust->engine, &request, &result);
}

static int same_name(const char *one, const char *other)
{
    return one == other || (one != NULL && other != NULL && strcmp(one, other) == 0);
}

/* The engine has judged the chain for the name that it was given, once and for all. */
static SSLErr judge_for_host(const SSL *ssl, int count, const SSLBuffer *certs, SSLErr verdict)
{
    if (ssl->trust == NULL || ssl->side != SSL_ClientSide || same_name(ssl->given, ssl->host)) {
        return verdict;
    }
    return judge(ssl, count, certs);
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
    ssl->judged  = 1;
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

/* The chain of a session that was taken up was judged on another connection, if at all: again. */
static SSLErr judge_restored(const SSL *ssl, int count)
{
    SSLBuffer certs[MAX_CHAIN] = {{0}};
    SSLErr    err              = count <= MAX_CHAIN ? SSLNoErr : SSLOverflowErr;
    int       i;

    for (i = 0; i < count && err == SSLNoErr; i++) {
        err = SSLGetPeerCertificate(ssl->engine, i, &certs[i]);
    }
    if (err == SSLNoErr) {
        err = ssl->trust != NULL ? judge(ssl, count, certs) : SSLNoTrustErr;
    }
    for (i = 0; i < count && i < MAX_CHAIN; i++) {
        free(certs[i].data);
    }
    return err;
}

/* As in libssl: without a certificate there is nothing to complain about. */
long SSL_get_verify_result(const SSL *ssl)
{
    SSLErr verdict = ssl->verdict;
    int    count   = 0;

    if (!ssl->judged) {
        if (!sslr_libssl_stands(ssl)) {
            return X509_V_ERR_UNSPECIFIED;
        }
        (void)SSLGetPeerCertificateChainLength(ssl->engine, &count);
        verdict = count > 0 ? judge_restored(ssl, count) : SSLNoErr;
    }
    return verdict == SSLNoErr ? X509_V_OK : -(long)verdict;
}

/* ---- beginning ---- */

static int is_closed(const SSL *ssl, int version)
{
    static const uint64_t closing[] = {
        [SSL3_VERSION - SSL3_VERSION]   = SSL_OP_NO_SSLv3,
        [TLS1_VERSION - SSL3_VERSION]   = SSL_OP_NO_TLSv1,
        [TLS1_1_VERSION - SSL3_VERSION] = SSL_OP_NO_TLSv1_1,
        [TLS1_2_VERSION - SSL3_VERSION] = SSL_OP_NO_TLSv1_2,
        [TLS1_3_VERSION - SSL3_VERSION] = SSL_OP_NO_TLSv1_3,
    };

    return (ssl->options & closing[version - SSL3_VERSION]) != 0;
}

/* The engine has one range. As in libssl, what lies above a hole is closed with it. */
static SSLErr set_versions(const SSL *ssl)
{
    int    min = ssl->shared->min, max;
    SSLErr err = SSLNoErr;

    while (min <= ssl->shared->max && is_closed(ssl, min)) {
        min++;
    }
    if (min > ssl->shared->max) {
        return SSLUnsupportedErr;
    }
    for (max = min; max < ssl->shared->max && !is_closed(ssl, max + 1);) {
        max++;
    }
    TRY(SSLSetProtocolVersionMin(ssl->engine, (SSLProtocolVersion)min));
    TRY(SSLSetProtocolVersionMax(ssl->engine, (SSLProtocolVersion)max));
    return err;
}

static SSLErr set_names(SSL *ssl)
{
    const char *name = ssl->name != NULL ? ssl->name : ssl->host;

    if (ssl->side != SSL_ClientSide || name == NULL) {
        return SSLNoErr;
    }
    if (!sslr_libssl_keep_name(&ssl->given, name)) {
        return SSLMemoryErr;
    }
    return SSLSetPeerDomainName(ssl->engine, name, (uint32)strlen(name));
}

static SSLErr set_up(SSL *ssl)
{
    SSLErr err = SSLInitContext(ssl->engine);

    TRY(SSLPosixInstall(ssl->engine, ssl->fd));
    TRY(SSLSetProtocolSide(ssl->engine, (SSLProtocolSide)ssl->side));
    TRY(set_versions(ssl));
    TRY(set_names(ssl));
    TRY(SSLSetVerifyFunc(ssl->engine, verify, ssl));
    TRY(SSLSetRenegotiation(ssl->engine, renegotiation_flags(ssl->options)));
    if (ssl->trust != NULL) {
        TRY(SSLSetTrust(ssl->engine, ssl->trust->engine));
    }
    if (ssl->identity != NULL) {
        TRY(SSLAddIdentity(ssl->engine, ssl->identity->engine));
    }
    if (ssl->side == SSL_ServerSide) {
        TRY(set_up_server(ssl));
    }
    return err;
}

int sslr_libssl_begin(SSL *ssl)
{
    SSLErr err;

    ssl->error = SSL_ERROR_NONE;
    if (ssl->engine != NULL) {
        return 1;
    }
    if (ssl->side == 0) {
        sslr_libssl_error(SSLBadStateErr); /* neither connect nor accept was said */
        ssl->error = SSL_ERROR_SSL;
        return 0;
    }
    if (ssl->trust == NULL) {
        ssl->trust = (Trust *)sslr_libssl_hold(ssl->shared->trust);
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
