/*
 * contexts.c - SSL_CTX: what its connections have in common. Files are read when they are named, so
 * that a program hears at once what is wrong with them.
 */
#define _POSIX_C_SOURCE 200809L
#include "contexts.h"

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

SSL_CTX *SSL_CTX_new(const SSL_METHOD *method)
{
    SSL_CTX *ctx = (SSL_CTX *)calloc(1, sizeof(*ctx));

    if (ctx == NULL || method == NULL ||
        SSLPosixCreateTicketKeys(TICKET_SECONDS, &ctx->ticket_keys) != SSLNoErr) {
        free(ctx);
        (void)fail(ctx == NULL ? SSLMemoryErr : SSLBadParameterErr);
        return NULL;
    }
    ctx->method = method;
    ctx->min    = TLS1_2_VERSION;
    ctx->max    = TLS1_3_VERSION;
    return ctx;
}

void SSL_CTX_free(SSL_CTX *ctx)
{
    if (ctx == NULL) {
        return;
    }
    SSLDeleteIdentity(ctx->identity);
    SSLDeleteTrust(ctx->trust);
    SSLPosixDeleteTicketKeys(ctx->ticket_keys);
    free(ctx->chain_file);
    free(ctx->key_file);
    free(ctx);
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

/* Both files are there: do they make an identity? */
static int make_identity(SSL_CTX *ctx)
{
    SSLIdentity *identity;
    SSLErr       err;

    if (ctx->chain_file == NULL || ctx->key_file == NULL) {
        return 1;
    }
    err = SSLPosixCreateIdentity(ctx->chain_file, ctx->key_file, NULL, NULL, &identity);
    if (err != SSLNoErr) {
        return fail(err);
    }
    SSLDeleteIdentity(ctx->identity);
    ctx->identity = identity;
    return 1;
}

int SSL_CTX_use_certificate_chain_file(SSL_CTX *ctx, const char *file)
{
    return sslr_libssl_keep_name(&ctx->chain_file, file) && make_identity(ctx);
}

int SSL_CTX_use_certificate_file(SSL_CTX *ctx, const char *file, int type)
{
    return type == SSL_FILETYPE_PEM ? SSL_CTX_use_certificate_chain_file(ctx, file)
                                    : fail(SSLUnsupportedErr);
}

int SSL_CTX_use_PrivateKey_file(SSL_CTX *ctx, const char *file, int type)
{
    if (type != SSL_FILETYPE_PEM) {
        return fail(SSLUnsupportedErr);
    }
    return sslr_libssl_keep_name(&ctx->key_file, file) && make_identity(ctx);
}

int SSL_CTX_check_private_key(const SSL_CTX *ctx)
{
    return ctx->identity != NULL ? 1 : fail(SSLBadKeyErr);
}

static int take_trust(SSL_CTX *ctx, SSLErr err, SSLTrust *trust)
{
    if (err != SSLNoErr) {
        return fail(err);
    }
    SSLDeleteTrust(ctx->trust);
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
