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
    sslr_libssl_wipe(ssl->stash, ssl->stash_end);
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

int SSL_set_tlsext_host_name(SSL *ssl, const char *name)
{
    return sslr_libssl_keep_name(&ssl->name, name);
}

int SSL_set1_host(SSL *ssl, const char *name)
{
    return sslr_libssl_keep_name(&ssl->host, name);
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

int sslr_libssl_begin(SSL *ssl)
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
