/*
 * status.c - what was negotiated on a connection, and its later handshakes. Nothing here reads or
 * writes.
 */
#define _POSIX_C_SOURCE 200809L
#include "connection.h"

int sslr_libssl_stands(const SSL *ssl)
{
    SSLSessionState state = SSL_StateIdle;

    if (ssl->engine != NULL) {
        (void)SSLGetSessionState(ssl->engine, &state);
    }
    return state == SSL_StateConnected || state == SSL_StateClosed;
}

int SSL_is_init_finished(const SSL *ssl)
{
    int running = 1;

    return ssl->engine != NULL && SSLGetHandshakeRunning(ssl->engine, &running) == SSLNoErr &&
           !running;
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
