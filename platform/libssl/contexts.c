/*
 * contexts.c - SSL_CTX: what its connections have in common. Files are read when they are named, so
 * that a program hears at once what is wrong with them.
 */
#define _POSIX_C_SOURCE 200809L
#include "contexts.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define TICKET_SECONDS 3600 /* a key seals for so long, and opens for twice as long behind it */

struct ssl_method_st {
    int side; /* SSL_ServerSide, SSL_ClientSide; 0: either */
};

static const SSL_METHOD any_side = {0}, client_side = {SSL_ClientSide},
                        server_side = {SSL_ServerSide};

const SSL_METHOD *TLS_method(void)
{
    return &any_side;
}

const SSL_METHOD *TLS_client_method(void)
{
    return &client_side;
}

const SSL_METHOD *TLS_server_method(void)
{
    return &server_side;
}

int sslr_libssl_side(const SSL_CTX *ctx)
{
    return ctx->method->side;
}

static int fail(SSLErr err)
{
    sslr_libssl_error(err);
    return 0;
}

/* ---- what several hold ---- */

static pthread_mutex_t counting = PTHREAD_MUTEX_INITIALIZER;

static long count_holders(void *whole, long change)
{
    long now;

    (void)pthread_mutex_lock(&counting);
    now = ((Held *)whole)->holders += change;
    (void)pthread_mutex_unlock(&counting);
    return now;
}

void *sslr_libssl_hold(void *whole)
{
    if (whole != NULL) {
        (void)count_holders(whole, 1);
    }
    return whole;
}

void sslr_libssl_let_go(void *whole)
{
    if (whole != NULL && count_holders(whole, -1) == 0) {
        ((Held *)whole)->end(whole);
    }
}

/* Zeroed, with one holder; NULL: no memory. */
static void *new_held(size_t size, void (*end)(void *whole))
{
    Held *held = (Held *)calloc(1, size);

    if (held == NULL) {
        sslr_libssl_error(SSLMemoryErr);
        return NULL;
    }
    held->holders = 1;
    held->end     = end;
    return held;
}

static void end_identity(void *whole)
{
    SSLDeleteIdentity(((Identity *)whole)->engine);
    free(whole);
}

static void end_trust(void *whole)
{
    SSLDeleteTrust(((Trust *)whole)->engine);
    free(whole);
}

static void end_context(void *whole)
{
    SSL_CTX *ctx = (SSL_CTX *)whole;

    sslr_libssl_let_go(ctx->identity);
    sslr_libssl_let_go(ctx->trust);
    SSLPosixDeleteTicketKeys(ctx->ticket_keys);
    free(ctx->chain_file);
    free(ctx->key_file);
    free(ctx);
}

/* ---- contexts ---- */

SSL_CTX *SSL_CTX_new(const SSL_METHOD *method)
{
    SSL_CTX *ctx = (SSL_CTX *)new_held(sizeof(*ctx), end_context);
    SSLErr   err;

    if (ctx == NULL) {
        return NULL;
    }
    err = method != NULL ? SSLPosixCreateTicketKeys(TICKET_SECONDS, &ctx->ticket_keys)
                         : SSLBadParameterErr;
    if (err != SSLNoErr) {
        sslr_libssl_let_go(ctx);
        (void)fail(err);
        return NULL;
    }
    ctx->method = method;
    ctx->min    = TLS1_2_VERSION;
    ctx->max    = TLS1_3_VERSION;
    return ctx;
}

void SSL_CTX_free(SSL_CTX *ctx)
{
    sslr_libssl_let_go(ctx);
}

static int set_version(int *place, int version, int otherwise)
{
    if (version == 0) {
        version = otherwise;
    }
    if (version < SSL3_VERSION || version > TLS1_3_VERSION) {
        return fail(SSLUnsupportedErr);
    }
    *place = version;
    return 1;
}

int SSL_CTX_set_min_proto_version(SSL_CTX *ctx, int version)
{
    return set_version(&ctx->min, version, TLS1_2_VERSION);
}

int SSL_CTX_set_max_proto_version(SSL_CTX *ctx, int version)
{
    return set_version(&ctx->max, version, TLS1_3_VERSION);
}

/* ---- certificates ---- */

static void take_identity(SSL_CTX *ctx, Identity *identity)
{
    sslr_libssl_let_go(ctx->identity);
    ctx->identity = identity;
}

/* Both files are known: do they make an identity? */
static SSLErr make_identity(SSL_CTX *ctx, const char *chain_file, const char *key_file)
{
    Identity *identity;
    SSLErr    err;

    if (chain_file == NULL || key_file == NULL) {
        return SSLNoErr;
    }
    identity = (Identity *)new_held(sizeof(*identity), end_identity);
    if (identity == NULL) {
        return SSLMemoryErr;
    }
    err = SSLPosixCreateIdentity(chain_file, key_file, NULL, NULL, &identity->engine);
    if (err != SSLNoErr) {
        sslr_libssl_let_go(identity);
        return err;
    }
    take_identity(ctx, identity);
    return SSLNoErr;
}

/* As in libssl, a certificate that the key does not fit is a new one, whose key comes next. */
int SSL_CTX_use_certificate_chain_file(SSL_CTX *ctx, const char *file)
{
    SSLErr err = make_identity(ctx, file, ctx->key_file);

    if (err == SSLKeyMismatchErr) {
        take_identity(ctx, NULL);
        (void)sslr_libssl_keep_name(&ctx->key_file, NULL);
        err = SSLNoErr;
    }
    return err == SSLNoErr ? sslr_libssl_keep_name(&ctx->chain_file, file) : fail(err);
}

int SSL_CTX_use_certificate_file(SSL_CTX *ctx, const char *file, int type)
{
    return type == SSL_FILETYPE_PEM ? SSL_CTX_use_certificate_chain_file(ctx, file)
                                    : fail(SSLUnsupportedErr);
}

int SSL_CTX_use_PrivateKey_file(SSL_CTX *ctx, const char *file, int type)
{
    SSLErr err;

    if (type != SSL_FILETYPE_PEM) {
        return fail(SSLUnsupportedErr);
    }
    err = make_identity(ctx, ctx->chain_file, file);
    return err == SSLNoErr ? sslr_libssl_keep_name(&ctx->key_file, file) : fail(err);
}

int SSL_CTX_check_private_key(const SSL_CTX *ctx)
{
    return ctx->identity != NULL ? 1 : fail(SSLBadKeyErr);
}

static int take_trust(SSL_CTX *ctx, SSLErr err, SSLTrust *engine)
{
    Trust *trust;

    if (err != SSLNoErr) {
        return fail(err);
    }
    trust = (Trust *)new_held(sizeof(*trust), end_trust);
    if (trust == NULL) {
        SSLDeleteTrust(engine);
        return 0;
    }
    trust->engine = engine;
    sslr_libssl_let_go(ctx->trust);
    ctx->trust = trust;
    return 1;
}

int SSL_CTX_load_verify_locations(SSL_CTX *ctx, const char *file, const char *directory)
{
    const char *path  = file != NULL ? file : directory;
    SSLTrust   *trust = NULL;
    SSLErr err = path != NULL ? SSLPosixCreateTrust(path, NULL, &trust, NULL) : SSLBadParameterErr;

    return take_trust(ctx, err, trust);
}

int SSL_CTX_set_default_verify_paths(SSL_CTX *ctx)
{
    SSLTrust *trust = NULL;
    SSLErr    err   = SSLPosixCreateSystemTrust(NULL, &trust, NULL);

    return take_trust(ctx, err, trust);
}

void SSL_CTX_set_verify(SSL_CTX *ctx, int mode, int (*callback)(int good, X509_STORE_CTX *store))
{
    ctx->verify.mode     = mode;
    ctx->verify.callback = callback;
}

/* ---- sessions ---- */

int SSL_CTX_set_session_id_context(SSL_CTX *ctx, const unsigned char *id, unsigned int length)
{
    SSLTicketKeys *keys;
    SSLErr         err;

    if (length > sizeof(ctx->session_context) || (length > 0 && id == NULL)) {
        return fail(SSLBadParameterErr);
    }
    if (length == ctx->session_context_length &&
        (length == 0 || memcmp(ctx->session_context, id, length) == 0)) {
        return 1;
    }
    err = SSLPosixCreateTicketKeys(TICKET_SECONDS, &keys);
    if (err != SSLNoErr) {
        return fail(err);
    }
    SSLPosixDeleteTicketKeys(ctx->ticket_keys);
    ctx->ticket_keys            = keys;
    ctx->session_context_length = length;
    if (length > 0) {
        memcpy(ctx->session_context, id, length);
    }
    return 1;
}

/* ---- options ---- */

uint64_t SSL_CTX_set_options(SSL_CTX *ctx, uint64_t options)
{
    return ctx->options |= options;
}

uint64_t SSL_CTX_clear_options(SSL_CTX *ctx, uint64_t options)
{
    return ctx->options &= ~options;
}

uint64_t SSL_CTX_get_options(const SSL_CTX *ctx)
{
    return ctx->options;
}

long SSL_CTX_set_mode(SSL_CTX *ctx, long mode)
{
    return ctx->mode |= mode;
}
