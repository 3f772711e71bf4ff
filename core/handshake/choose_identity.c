/*
 * choose_identity.c - which certificate to show, with which scheme to sign, and under which suite:
 * they depend on one another.
 */
#include "choose.h"

/* Without signature_algorithms a TLS 1.2 peer means SHA-1 (RFC 5246 7.4.1.4.1); it is in our own
 * list only if it was named. */
static const uint8_t implied_schemes[] = {0x02, 0x01, 0x02, 0x03};

static Bytes peer_schemes(const SSLContext *ctx)
{
    const Handshake *hs = ctx->handshake;

    if (!is_server(ctx)) {
        return bytes_of(hs->peer_schemes.data, hs->peer_schemes.length);
    }
    return hs->hello.has_schemes ? hs->hello.schemes
                                 : bytes_of(implied_schemes, sizeof(implied_schemes));
}

const SSLIdentity *sslr_identity_at(const SSLContext *ctx, size_t i)
{
    const OwnIdentity *own = ctx->config.own;

    if (own != NULL && own->prepared) {
        if (i == 0) {
            return &own->identity;
        }
        i--;
    }
    return i < ctx->config.identity_count ? ctx->config.identities[i] : NULL;
}

const SignatureScheme *sslr_choose_scheme(const SSLContext *ctx, const SSLIdentity *identity,
                                          Bytes schemes)
{
    const X509Certificate *leaf = &identity->leaf;
    size_t                 i;

    if (leaf->has_key_usage && (leaf->key_usage & KEY_USAGE_DIGITAL_SIGNATURE) == 0) {
        return NULL;
    }
    for (i = 0; i < ctx->config.schemes.count; i++) {
        const SignatureScheme *scheme = sslr_signature_scheme(ctx->config.schemes.items[i]);

        if (numbers_contain(schemes, scheme->id) &&
            sslr_scheme_fits_key(scheme, &leaf->key, ctx->version)) {
            return scheme;
        }
    }
    return NULL;
}

/* ---- the client ---- */

const SSLIdentity *sslr_choose_client_identity(const SSLContext *ctx)
{
    const SSLIdentity *identity;
    size_t             i;

    for (i = 0; (identity = sslr_identity_at(ctx, i)) != NULL; i++) {
        KeyType type  = identity->leaf.key.type;
        int     is_ec = type == KEY_EC || type == KEY_ED25519;

        if (ctx->version < TLS_Version_1_3 &&
            (ctx->handshake->client_cert_types & (is_ec ? 2 : 1)) == 0) {
            continue;
        }
        if (sslr_choose_scheme(ctx, identity, peer_schemes(ctx)) != NULL) {
            return identity;
        }
    }
    return NULL;
}

/* ---- the server ---- */

/* Identities that may answer, as bits: those named by server_name, or all. */
static SSLErr candidates(SSLContext *ctx, uint32_t *mask)
{
    const SSLIdentity *identity;
    uint32_t           all = 0, named = 0;
    size_t             i;

    for (i = 0; (identity = sslr_identity_at(ctx, i)) != NULL; i++) {
        all |= (uint32_t)1 << i;
        if (ctx->server_name.length > 0 &&
            sslr_x509_match_host(&identity->leaf, (const char *)ctx->server_name.data,
                                 ctx->server_name.length, 0) == SSLNoErr) {
            named |= (uint32_t)1 << i;
        }
    }
    if (named == 0 && ctx->server_name.length > 0 && ctx->config.strict_server_name &&
        !ctx->handshake->identity_given) {
        ctx->error_extension = EXT_SERVER_NAME;
        return sslr_fail(ctx, ALERT_UNRECOGNIZED_NAME, SSLNegotiationErr,
                         "no identity for the name that the client asks for");
    }
    *mask = named != 0 ? named : all;
    return SSLNoErr;
}

/* Can this identity serve the suite? Chooses the scheme. */
static int identity_fits(SSLContext *ctx, const CipherSuite *suite, const SSLIdentity *identity)
{
    Handshake       *hs     = ctx->handshake;
    const PublicKey *key    = &identity->leaf.key;
    int              is_rsa = key->type == KEY_RSA || key->type == KEY_RSA_PSS;

    hs->scheme = NULL;
    if (suite->authentication == AUTH_RSA && !is_rsa) {
        return 0;
    }
    if (suite->authentication == AUTH_ECDSA && is_rsa) {
        return 0;
    }
    if (suite->key_exchange == KX_RSA) {
        return key->type == KEY_RSA &&
               (!identity->leaf.has_key_usage ||
                (identity->leaf.key_usage & KEY_USAGE_KEY_ENCIPHERMENT) != 0);
    }
    /* RFC 8422 5.3: up to TLS 1.2 the curve of the certificate must be one that the client lists.
     */
    if (ctx->version < TLS_Version_1_3 && key->type == KEY_EC && hs->hello.has_groups) {
        uint16_t curve = key->curve == CURVE_P256   ? SSL_GROUP_SECP256R1
                         : key->curve == CURVE_P384 ? SSL_GROUP_SECP384R1
                                                    : SSL_GROUP_SECP521R1;
        if (!numbers_contain(hs->hello.groups, curve)) {
            return 0;
        }
    }
    hs->scheme = sslr_choose_scheme(ctx, identity, peer_schemes(ctx));
    return hs->scheme != NULL;
}

static int choose_identity(SSLContext *ctx, const CipherSuite *suite, uint32_t mask)
{
    Handshake         *hs = ctx->handshake;
    const SSLIdentity *identity;
    size_t             i;

    if (hs->identity_given) {
        return identity_fits(ctx, suite, hs->identity);
    }
    for (i = 0; (identity = sslr_identity_at(ctx, i)) != NULL; i++) {
        if ((mask >> i & 1) != 0 && identity_fits(ctx, suite, identity)) {
            hs->identity = identity;
            return 1;
        }
    }
    return 0;
}

/* The group that a suite of TLS 1.2 needs. */
static int choose_group(SSLContext *ctx, const CipherSuite *suite)
{
    Handshake *hs = ctx->handshake;

    if (ctx->version >= TLS_Version_1_3 || suite->key_exchange == KX_RSA) {
        return 1;
    }
    if (suite->key_exchange == KX_DHE) {
        return sslr_choose_finite_field(ctx, &hs->group);
    }
    hs->group = sslr_choose_curve(ctx);
    return hs->group != NULL;
}

static int suite_works(SSLContext *ctx, uint16_t id, uint32_t mask)
{
    const CipherSuite *suite = sslr_cipher_suite(id);

    if (suite == NULL || ctx->version < suite->min_version || ctx->version > suite->max_version ||
        !choose_group(ctx, suite) || !choose_identity(ctx, suite, mask)) {
        return 0;
    }
    ctx->suite = suite;
    return 1;
}

static int is_enabled(const SSLContext *ctx, uint16_t id)
{
    size_t i;

    for (i = 0; i < ctx->config.suites.count; i++) {
        if (ctx->config.suites.items[i] == id) {
            return 1;
        }
    }
    return 0;
}

static SSLErr choose_suite(SSLContext *ctx)
{
    Bytes    theirs = ctx->handshake->hello.suites;
    uint32_t mask   = 0;
    size_t   i;
    SSLErr   err = candidates(ctx, &mask);

    if (err != SSLNoErr) {
        return err;
    }
    if (ctx->config.prefer_peer_order) {
        for (i = 0; i + 1 < theirs.length; i += 2) {
            uint16_t id = get_u16(theirs.data + i);

            if (is_enabled(ctx, id) && suite_works(ctx, id, mask)) {
                return SSLNoErr;
            }
        }
    } else {
        for (i = 0; i < ctx->config.suites.count; i++) {
            uint16_t id = ctx->config.suites.items[i];

            if (numbers_contain(theirs, id) && suite_works(ctx, id, mask)) {
                return SSLNoErr;
            }
        }
    }
    return sslr_fail(
        ctx, ALERT_HANDSHAKE_FAILURE, SSLNegotiationErr,
        "no common suite for which there is a certificate, a signature scheme and a group");
}

/* RFC 8446 4.1.4: ask again, for a group or for the cookie. */
static SSLErr prepare_retry(SSLContext *ctx)
{
    Handshake *hs = ctx->handshake;
    uint8_t    cookie[32], *copy;
    SSLErr     err;

    if (hs->retry_group == 0 && !ctx->config.retry_cookie) {
        return SSLNoErr;
    }
    if (ctx->config.retry_cookie) {
        err = sslr_random(ctx, cookie, sizeof(cookie));
        if (err == SSLNoErr) {
            err = sslr_duplicate(&ctx->allocator, bytes_of(cookie, sizeof(cookie)), &copy);
        }
        if (err != SSLNoErr) {
            return err;
        }
        hs->cookie = bytes_of(copy, sizeof(cookie));
    }
    hs->facts |= FACT_RETRY;
    return sslr_client_hello_fingerprint(ctx, hs->first_hello_hash);
}

static SSLErr choose_tls12_details(SSLContext *ctx)
{
    Handshake *hs = ctx->handshake;

    sslr_set_suite_facts(ctx, 0);
    ctx->encrypt_then_mac = ctx->suite->aead == AEAD_NONE && hs->hello.encrypt_then_mac;
    if (hs->hello.status_request && hs->identity->ocsp_response.length > 0) {
        hs->facts |= FACT_STATUS | FACT_STATUS_SENT;
    }
    if (ctx->config.has_peer_id && ctx->callbacks.add_session != NULL) {
        ctx->session_id_length = sizeof(ctx->session_id);
        return sslr_random(ctx, ctx->session_id, sizeof(ctx->session_id));
    }
    return SSLNoErr;
}

SSLErr sslr_choose_parameters(SSLContext *ctx)
{
    Handshake *hs  = ctx->handshake;
    SSLErr     err = sslr_choose_application_protocol(ctx);

    if (err == SSLNoErr) {
        err = choose_suite(ctx);
    }
    if (err != SSLNoErr) {
        return err;
    }
    if (ctx->config.request_client_cert || ctx->config.require_client_cert) {
        hs->facts |= FACT_CERT_REQUESTED;
    }
    if (ctx->version < TLS_Version_1_3) {
        return choose_tls12_details(ctx);
    }
    hs->facts |= FACT_FULL | FACT_CERTIFIED;
    err = sslr_choose_share(ctx);
    return err != SSLNoErr ? err : prepare_retry(ctx);
}
