/*
 * choose_identity.c - which certificate to show, with which scheme to sign, and under which suite:
 * they depend on one another.
 */
#include "choose.h"

/* Without signature_algorithms a TLS 1.2 peer means SHA-1 (RFC 5246 7.4.1.4.1); it is in our own
 * list only if it was named. */
static const uint8_t implied_schemes[] = {0x02, 0x01, 0x02, 0x02, 0x02, 0x03};

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

    if (ctx->version < TLS_Version_1_2) {
        return sslr_legacy_scheme_of(leaf->key.type);
    }
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

/* Can this identity answer the request at all? */
static int can_answer(const SSLContext *ctx, const SSLIdentity *identity)
{
    KeyType type = identity->leaf.key.type;
    int     bit  = type == KEY_EC || type == KEY_ED25519 ? 2 : type == KEY_DSA ? 4 : 1;

    if (ctx->version < TLS_Version_1_3 && (ctx->handshake->client_cert_types & bit) == 0) {
        return 0;
    }
    return sslr_choose_scheme(ctx, identity, peer_schemes(ctx)) != NULL;
}

static int lists_name(Bytes names, Bytes name)
{
    Reader list = reader_of(names);

    while (reader_has_more(&list)) {
        if (sslr_x509_names_equal(read_vector(&list, 2), name)) {
            return 1;
        }
    }
    return 0;
}

/* RFC 5246 7.4.4: is a certificate of the chain issued by one of the names that the server lists?
 */
static int issued_by_listed(const SSLContext *ctx, const SSLIdentity *identity)
{
    Bytes names = bytes_of(ctx->handshake->peer_names.data, ctx->handshake->peer_names.length);
    X509Certificate certificate;
    size_t          i;

    for (i = 0; i < identity->count; i++) {
        if (sslr_x509_parse(identity->chain[i], &certificate, NULL) == SSLNoErr &&
            lists_name(names, certificate.issuer)) {
            return 1;
        }
    }
    return 0;
}

/* The first that the server's names ask for; without one, the first that can answer: the server
 * decides. */
const SSLIdentity *sslr_choose_client_identity(const SSLContext *ctx)
{
    const SSLIdentity *identity, *first = NULL;
    size_t             i;

    for (i = 0; (identity = sslr_identity_at(ctx, i)) != NULL; i++) {
        if (!can_answer(ctx, identity)) {
            continue;
        }
        if (ctx->handshake->peer_names.length == 0 || issued_by_listed(ctx, identity)) {
            return identity;
        }
        first = first != NULL ? first : identity;
    }
    return first;
}

/* ---- the server ---- */

/* Identities that may answer, as bits: those named by server_name, or all; none where names are
 * strict. */
static uint32_t candidates(const SSLContext *ctx, int *refused)
{
    const SSLIdentity *identity;
    uint32_t           all = 0, named = 0;
    size_t             i;

    for (i = 0; (identity = sslr_identity_at(ctx, i)) != NULL; i++) {
        all |= (uint32_t)1 << i;
        if (ctx->agreed.server_name.length > 0 &&
            sslr_x509_match_host(&identity->leaf, (const char *)ctx->agreed.server_name.data,
                                 ctx->agreed.server_name.length, 0) == SSLNoErr) {
            named |= (uint32_t)1 << i;
        }
    }
    *refused = named == 0 && ctx->agreed.server_name.length > 0 && ctx->config.strict_server_name &&
               !ctx->handshake->identity_given;
    return *refused ? 0 : named != 0 ? named : all;
}

/* The kind of key that a suite wants in the certificate. */
static int key_fits(const CipherSuite *suite, const PublicKey *key)
{
    switch (suite->authentication) {
    case AUTH_RSA:
        return key->type == KEY_RSA || key->type == KEY_RSA_PSS;
    case AUTH_DSS:
        return key->type == KEY_DSA;
    case AUTH_ECDSA:
        return key->type == KEY_EC || key->type == KEY_ED25519;
    default:
        return key->type != KEY_DSA; /* TLS 1.3 */
    }
}

/* RSA key transport: with the certificate's key, or a short one where export rules want it. */
static int transport_fits(const SSLContext *ctx, const CipherSuite *suite,
                          const SSLIdentity *identity, int *temporary)
{
    const X509Certificate *leaf = &identity->leaf;

    *temporary = sslr_needs_temporary_rsa(suite, leaf->key.bits);
    if (leaf->key.type != KEY_RSA) {
        return 0;
    }
    if (*temporary) {
        return ctx->config.export_key != NULL &&
               ctx->config.export_key->bits <= sslr_export_limit(suite);
    }
    return !leaf->has_key_usage || (leaf->key_usage & KEY_USAGE_KEY_ENCIPHERMENT) != 0;
}

/* RFC 8422 5.3: up to TLS 1.2 the curve of the certificate must be one that the client lists. */
static int curve_fits(const SSLContext *ctx, const PublicKey *key)
{
    const ClientHello *hello = &ctx->handshake->hello;
    uint16_t           curve = key->curve == CURVE_P256   ? SSL_GROUP_SECP256R1
                               : key->curve == CURVE_P384 ? SSL_GROUP_SECP384R1
                                                          : SSL_GROUP_SECP521R1;

    return ctx->version >= TLS_Version_1_3 || key->type != KEY_EC || !hello->has_groups ||
           numbers_contain(hello->groups, curve);
}

/* Can this identity serve the suite? Chooses the scheme. */
static int identity_fits(SSLContext *ctx, const CipherSuite *suite, const SSLIdentity *identity)
{
    Handshake *hs        = ctx->handshake;
    int        temporary = 0;

    hs->scheme = NULL;
    if (!key_fits(suite, &identity->leaf.key) || !curve_fits(ctx, &identity->leaf.key)) {
        return 0;
    }
    if (suite->key_exchange == KX_RSA &&
        (!transport_fits(ctx, suite, identity, &temporary) || !temporary)) {
        return transport_fits(ctx, suite, identity, &temporary);
    }
    hs->scheme = sslr_choose_scheme(ctx, identity, peer_schemes(ctx));
    return hs->scheme != NULL;
}

static int choose_identity(SSLContext *ctx, const CipherSuite *suite, uint32_t mask)
{
    Handshake         *hs = ctx->handshake;
    const SSLIdentity *identity;
    size_t             i;

    /* The identity stays, for the suites to come. */
    if ((suite->authentication == AUTH_PSK && ctx->config.require_client_cert) ||
        (suite->authentication == AUTH_ANON && ctx->config.dh_prime.length == 0 &&
         suite->key_exchange != KX_ECDHE)) {
        return 0;
    }
    if (!suite_shows_certificate(suite)) {
        hs->identity = NULL;
        hs->scheme   = NULL;
        return 1;
    }
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

    hs->group = NULL;
    if (ctx->version >= TLS_Version_1_3 || suite->key_exchange == KX_RSA ||
        suite->key_exchange == KX_PSK) {
        return 1;
    }
    if (suite->key_exchange == KX_DHE && suite->export_bits != 0) {
        return 1;
    }
    if (suite->key_exchange == KX_DHE) {
        return sslr_choose_finite_field(ctx, &hs->group);
    }
    hs->group = sslr_choose_curve(ctx);
    return hs->group != NULL;
}

static int suite_works(SSLContext *ctx, const CipherSuite *suite, uint32_t mask)
{
    return suite_counts(ctx, suite) && choose_group(ctx, suite) &&
           choose_identity(ctx, suite, mask);
}

static int suite_has_hash(SSLContext *ctx, const CipherSuite *suite, uint32_t hash)
{
    (void)ctx;
    return suite->prf == hash;
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

typedef int (*SuiteTest)(SSLContext *ctx, const CipherSuite *suite, uint32_t detail);

static int take_suite(SSLContext *ctx, uint16_t id, SuiteTest test, uint32_t detail)
{
    const CipherSuite *suite = sslr_cipher_suite(id);

    if (suite == NULL || ctx->version < suite->min_version || ctx->version > suite->max_version ||
        !test(ctx, suite, detail)) {
        return 0;
    }
    ctx->agreed.suite = suite;
    return 1;
}

/* The first suite of both, in the order of one, that stands the test becomes ctx->agreed.suite. */
static int choose_common_suite(SSLContext *ctx, SuiteTest test, uint32_t detail)
{
    Bytes  theirs = ctx->handshake->hello.suites;
    size_t i;

    if (ctx->config.prefer_peer_order) {
        for (i = 0; i + 1 < theirs.length; i += 2) {
            uint16_t id = get_u16(theirs.data + i);

            if (is_enabled(ctx, id) && take_suite(ctx, id, test, detail)) {
                return 1;
            }
        }
        return 0;
    }
    for (i = 0; i < ctx->config.suites.count; i++) {
        uint16_t id = ctx->config.suites.items[i];

        if (numbers_contain(theirs, id) && take_suite(ctx, id, test, detail)) {
            return 1;
        }
    }
    return 0;
}

int sslr_choose_suite_with(SSLContext *ctx, HashId hash)
{
    return choose_common_suite(ctx, suite_has_hash, hash);
}

static SSLErr choose_suite(SSLContext *ctx)
{
    int      refused;
    uint32_t mask = candidates(ctx, &refused);

    if (choose_common_suite(ctx, suite_works, mask)) {
        return SSLNoErr;
    }
    if (refused) {
        ctx->error_extension = EXT_SERVER_NAME;
        return sslr_fail(ctx, ALERT_UNRECOGNIZED_NAME, SSLNegotiationErr,
                         "no identity for the name that the client asks for");
    }
    return sslr_fail(
        ctx, ALERT_HANDSHAKE_FAILURE, SSLNegotiationErr,
        "no common suite for which there is a certificate, a signature scheme and a group");
}

/* RFC 8446 4.1.4: ask again, for a group or for the cookie. */
SSLErr sslr_prepare_retry(SSLContext *ctx)
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
    if (hs->identity != NULL &&
        sslr_needs_temporary_rsa(ctx->agreed.suite, hs->identity->leaf.key.bits)) {
        hs->facts |= FACT_EPHEMERAL;
    }
    if (has_fact(ctx, FACT_PSK) && !has_fact(ctx, FACT_EPHEMERAL) &&
        ctx->config.psk_hint.length > 0) {
        hs->facts |= FACT_PSK_HINT;
    }
    ctx->agreed.encrypt_then_mac = sslr_can_encrypt_then_mac(ctx) && hs->hello.encrypt_then_mac;
    if (hs->identity != NULL && hs->hello.status_request &&
        hs->identity->ocsp_response.length > 0) {
        hs->facts |= FACT_STATUS | FACT_STATUS_SENT;
    }
    if (ctx->config.has_peer_id && ctx->callbacks.add_session != NULL) {
        ctx->agreed.session_id_length = sizeof(ctx->agreed.session_id);
        return sslr_random(ctx, ctx->agreed.session_id, sizeof(ctx->agreed.session_id));
    }
    return SSLNoErr;
}

SSLErr sslr_choose_parameters(SSLContext *ctx)
{
    Handshake *hs  = ctx->handshake;
    SSLErr     err = sslr_choose_application_protocol(ctx);

    if (err == SSLNoErr && ctx->version >= TLS_Version_1_3) {
        err = sslr_check_full_hello(ctx);
    }
    if (err == SSLNoErr) {
        err = choose_suite(ctx);
    }
    if (err != SSLNoErr) {
        return err;
    }
    if ((ctx->config.request_client_cert || ctx->config.require_client_cert) &&
        ctx->agreed.suite->authentication != AUTH_ANON &&
        ctx->agreed.suite->authentication != AUTH_PSK) {
        hs->facts |= FACT_CERT_REQUESTED;
    }
    if (ctx->version < TLS_Version_1_3) {
        return choose_tls12_details(ctx);
    }
    hs->facts |= FACT_FULL | FACT_CERTIFIED;
    err = sslr_choose_share(ctx);
    return err != SSLNoErr ? err : sslr_prepare_retry(ctx);
}
