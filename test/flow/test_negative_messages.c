/*
 * test_negative_messages.c - one mistake in a message behind the hellos: key exchange, signatures,
 * certificates, Finished; and the alert of the tables for it.
 */
#include "negative.h"

#define BY_EVIL_CLIENT(type) EVIL_CLIENT, MSG_##type
#define BY_EVIL_SERVER(type) EVIL_SERVER, MSG_##type

#define HOOK(name, action)                                                                         \
    static SSLErr name(Peer *evil, EvilPhase phase, EvilMessage *message)                          \
    {                                                                                              \
        if (phase == EVIL_READY && is_wanted(evil, message)) {                                     \
            action;                                                                                \
        }                                                                                          \
        return SSLNoErr;                                                                           \
    }

/* ---- ServerKeyExchange ---- */

/* Other parameters, with a good signature over them. */
static SSLErr sign_again(Peer *evil, const char *hex)
{
    Handshake *hs = evil->ctx.handshake;
    uint8_t    params[2048], digest[MAX_HASH_SIZE];
    size_t     length = parse_hex(hex, params, sizeof(params));
    SSLErr     err;

    hs->key_exchange.length = hs->signing.length = 0;
    write_bytes(&hs->key_exchange, bytes_of(params, length));
    write_bytes(&hs->signing, bytes_of(hs->client_random, 32));
    write_bytes(&hs->signing, bytes_of(hs->server_random, 32));
    write_bytes(&hs->signing, bytes_of(params, length));
    if (hs->scheme->hash != HASH_NONE) {
        sslr_hash((HashId)hs->scheme->hash, hs->signing.data, hs->signing.length, digest);
        hs->signing.length = 0;
        write_bytes(&hs->signing, bytes_of(digest, sslr_hash_size((HashId)hs->scheme->hash)));
    }
    hs->entered = 1;
    err         = sslr_work_sign_key_exchange(&evil->ctx);
    hs->entered = 0;
    return err;
}

#define SIGNED(name, hex)                                                                          \
    static SSLErr name(Peer *evil, EvilPhase phase, EvilMessage *message)                          \
    {                                                                                              \
        return phase == EVIL_WORK && message->row->work == sslr_work_sign_key_exchange             \
                   ? sign_again(evil, hex)                                                         \
                   : SSLNoErr;                                                                     \
    }

SIGNED(explicit_curve, "01 001d 20 09*32")
SIGNED(other_curve, "03 0018 61 04 09*96")
SIGNED(finite_field_as_curve, "03 0100 20 09*32")
SIGNED(hybrid_group, "03 11ec 20 09*32")
SIGNED(zero_x25519, "03 001d 20 00*32")
SIGNED(short_x25519, "03 001d 1f 09*31")
SIGNED(empty_point, "03 001d 00")
SIGNED(off_curve, "03 0017 41 04 09*64")
SIGNED(compressed, "03 0017 21 02 6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296")
SIGNED(short_prime, "0080 ff*128 0001 02 0080 09*128")
SIGNED(even_prime, "0100 ff*255 fe 0001 02 0100 09*256")
SIGNED(long_prime, "0401 ff*1025 0001 02 0100 09*256")
SIGNED(generator_one, "0100 ff*256 0001 01 0100 09*256")
SIGNED(generator_zero, "0100 ff*256 0001 00 0100 09*256")
SIGNED(generator_p, "0100 ff*256 0100 ff*256 0100 09*256")
SIGNED(no_prime, "0000 0001 02 0100 09*256")
SIGNED(no_public, "0100 ff*256 0001 02 0000")

/* A public value for the group that was chosen. */
static SSLErr sign_public(Peer *evil, const char *hex)
{
    Handshake *hs = evil->ctx.handshake;
    uint8_t    params[1024];
    char       text[4096];
    size_t     i, length = 2 + 256 + 2 + 1, at = 0;

    assert_true(hs->key_exchange.length > length);
    memcpy(params, hs->key_exchange.data, length);
    for (i = 0; i < length; i++) {
        at += (size_t)sprintf(text + at, "%02x", params[i]);
    }
    sprintf(text + at, "%s", hex);
    return sign_again(evil, text);
}

#define PUBLIC(name, hex)                                                                          \
    static SSLErr name(Peer *evil, EvilPhase phase, EvilMessage *message)                          \
    {                                                                                              \
        return phase == EVIL_WORK && message->row->work == sslr_work_sign_key_exchange             \
                   ? sign_public(evil, hex)                                                        \
                   : SSLNoErr;                                                                     \
    }

PUBLIC(public_zero, "0001 00")
PUBLIC(public_one, "0100 00*255 01")
PUBLIC(public_too_large, "0100 ff*256")

/* p - 1: the prime in the message with its last bit cleared. */
static SSLErr public_minus_one(Peer *evil, EvilPhase phase, EvilMessage *message)
{
    char     text[1024];
    size_t   i, at = 0;
    uint8_t *prime;

    if (phase != EVIL_WORK || message->row->work != sslr_work_sign_key_exchange) {
        return SSLNoErr;
    }
    prime = evil->ctx.handshake->key_exchange.data + 2;
    at += (size_t)sprintf(text, "0100");
    for (i = 0; i < 256; i++) {
        at += (size_t)sprintf(text + at, "%02x", i == 255 ? prime[i] - 1 : prime[i]);
    }
    return sign_public(evil, text);
}

/* clang-format off */
#define SKE BY_EVIL_SERVER(SERVER_KEY_EXCHANGE)
/* Behind the parameters of X25519: curve type, curve, length, point. */
#define SCHEME_AT 36
static const Case server_key_exchange[] = {
    { "trailing byte",                &tls12, SKE, APPEND, 0, "00", DECODE },
    { "signature cut off",            &tls12, SKE, CUT, 1, NULL, DECODE },
    { "nothing but a curve",          &tls12, SKE, BODY, 0, "03 001d", DECODE },
    { "no signature at all",          &tls12, SKE, CUT, 68, NULL, DECODE },
    { "empty message",                &tls12, SKE, BODY, 0, "", DECODE },
    { "bad signature",                &tls12, SKE, FLIP, 0, NULL, DECRYPT },
    { "bad signature",                &tls12_p256, SKE, PUT, 10, "09", DECRYPT },
    { "bad signature",                &tls12_dhe, SKE, FLIP, 0, NULL, DECRYPT },
    { "scheme not offered",           &tls12, SKE, PUT, SCHEME_AT, "0808", ILLEGAL },
    { "scheme of another key",        &tls12, SKE, PUT, SCHEME_AT, "0403", ILLEGAL },
    { "SHA-1",                        &tls12, SKE, PUT, SCHEME_AT, "0203", ILLEGAL },
    { "MD5",                          &tls12, SKE, PUT, SCHEME_AT, "0101", ILLEGAL },
    { "explicit curve",               &tls12, SKE, CUSTOM, 0, NULL, ILLEGAL, explicit_curve },
    { "curve not offered",            &tls12, SKE, CUSTOM, 0, NULL, ILLEGAL, other_curve },
    { "finite field as curve",        &tls12, SKE, CUSTOM, 0, NULL, ILLEGAL, finite_field_as_curve },
    { "hybrid group",                 &tls12, SKE, CUSTOM, 0, NULL, ILLEGAL, hybrid_group },
    { "all-zero X25519",              &tls12, SKE, CUSTOM, 0, NULL, ILLEGAL, zero_x25519 },
    { "X25519 of 31 bytes",           &tls12, SKE, CUSTOM, 0, NULL, ILLEGAL, short_x25519 },
    { "empty point",                  &tls12, SKE, CUSTOM, 0, NULL, DECODE, empty_point },
    { "P-256 off the curve",          &tls12_p256, SKE, CUSTOM, 0, NULL, ILLEGAL, off_curve },
    { "P-256 compressed",             &tls12_p256, SKE, CUSTOM, 0, NULL, ILLEGAL, compressed },
    { "prime of 1024 bits (Logjam)",  &tls12_dhe, SKE, CUSTOM, 0, NULL, ILLEGAL, short_prime },
    { "even prime",                   &tls12_dhe, SKE, CUSTOM, 0, NULL, ILLEGAL, even_prime },
    { "prime of 8200 bits",           &tls12_dhe, SKE, CUSTOM, 0, NULL, ILLEGAL, long_prime },
    { "generator 1",                  &tls12_dhe, SKE, CUSTOM, 0, NULL, ILLEGAL, generator_one },
    { "generator 0",                  &tls12_dhe, SKE, CUSTOM, 0, NULL, ILLEGAL, generator_zero },
    { "generator p",                  &tls12_dhe, SKE, CUSTOM, 0, NULL, ILLEGAL, generator_p },
    { "empty prime",                  &tls12_dhe, SKE, CUSTOM, 0, NULL, DECODE, no_prime },
    { "empty public value",           &tls12_dhe, SKE, CUSTOM, 0, NULL, DECODE, no_public },
    { "Ys = 0",                       &tls12_dhe, SKE, CUSTOM, 0, NULL, ILLEGAL, public_zero },
    { "Ys = 1",                       &tls12_dhe, SKE, CUSTOM, 0, NULL, ILLEGAL, public_one },
    { "Ys = p - 1",                   &tls12_dhe, SKE, CUSTOM, 0, NULL, ILLEGAL, public_minus_one },
    { "Ys above p",                   &tls12_dhe, SKE, CUSTOM, 0, NULL, ILLEGAL, public_too_large },
};
/* clang-format on */

static void the_server_key_exchange(void **unused)
{
    (void)unused;
    RUN_CASES(server_key_exchange);
}

/* ---- ClientKeyExchange ---- */

/* Version rollback: RFC 5246 7.4.7.1. */
static SSLErr wrong_version(Peer *evil, EvilPhase phase, EvilMessage *message)
{
    if (phase == EVIL_WORK && message->row->work == sslr_work_check_certificate) {
        evil->ctx.handshake->client_version = TLS_Version_1_0;
    }
    return SSLNoErr;
}

/* clang-format off */
#define CKE BY_EVIL_CLIENT(CLIENT_KEY_EXCHANGE)
static const Case client_key_exchange[] = {
    { "trailing byte",                &tls12, CKE, APPEND, 0, "00", DECODE },
    { "empty message",                &tls12, CKE, BODY, 0, "", DECODE },
    { "point cut off",                &tls12, CKE, CUT, 1, NULL, DECODE },
    { "empty point",                  &tls12, CKE, BODY, 0, "00", DECODE },
    { "all-zero X25519",              &tls12, CKE, BODY, 0, "20 00*32", ILLEGAL },
    { "X25519 of 33 bytes",           &tls12, CKE, BODY, 0, "21 09*33", ILLEGAL },
    { "P-256 off the curve",          &tls12_p256, CKE, BODY, 0, "41 04 09*64", ILLEGAL },
    { "P-256 infinity",               &tls12_p256, CKE, BODY, 0, "01 00", ILLEGAL },
    { "trailing byte",                &tls12_dhe, CKE, APPEND, 0, "00", DECODE },
    { "public value cut off",         &tls12_dhe, CKE, CUT, 1, NULL, DECODE },
    { "empty public value",           &tls12_dhe, CKE, BODY, 0, "0000", DECODE },
    { "Yc = 0",                       &tls12_dhe, CKE, BODY, 0, "0001 00", ILLEGAL },
    { "Yc = 1",                       &tls12_dhe, CKE, BODY, 0, "0100 00*255 01", ILLEGAL },
    { "Yc above p",                   &tls12_dhe, CKE, BODY, 0, "0100 ff*256", ILLEGAL },
    { "Yc longer than p",             &tls12_dhe, CKE, BODY, 0, "0101 09*257", ILLEGAL },
    { "trailing byte",                &tls12_rsa, CKE, APPEND, 0, "00", DECODE },
    { "encrypted premaster cut off",  &tls12_rsa, CKE, CUT, 1, NULL, DECODE },
    { "encrypted premaster too short", &tls12_rsa, CKE, BODY, 0, "00ff 09*255", ILLEGAL },
    { "encrypted premaster too long", &tls12_rsa, CKE, BODY, 0, "0101 09*257", ILLEGAL },
    /* Bleichenbacher: nothing of these shows before Finished, and then as any wrong key would. */
    { "padding that is none",         &tls12_rsa, CKE, BODY, 0, "0100 00*255 01", BAD_MAC },
    { "padding that is none",         &tls12_rsa, CKE, BODY, 0, "0100 09*256", BAD_MAC },
    { "not below the modulus",        &tls12_rsa, CKE, BODY, 0, "0100 ff*256", BAD_MAC },
    { "wrong version in premaster",   &tls12_rsa, CKE, CUSTOM, 0, NULL, BAD_MAC, wrong_version },
};
/* clang-format on */

static void the_client_key_exchange(void **unused)
{
    (void)unused;
    RUN_CASES(client_key_exchange);
}

/* ---- Certificate ---- */

/* The chain of another identity, as TLS 1.2 has it. */
static void put_chain(EvilMessage *message, TestIdentity which)
{
    const SSLIdentity *identity = test_identity(which, 0);
    Bytes              leaf     = identity->chain[0];
    uint8_t            body[2048];

    assert_true(leaf.length + 6 <= sizeof(body));
    body[0] = body[3] = 0;
    put_u16(body + 1, leaf.length + 3);
    put_u16(body + 4, leaf.length);
    memcpy(body + 6, leaf.data, leaf.length);
    splice(message, 4, message->bytes.length - 4, body, leaf.length + 6);
}

HOOK(rsa_chain, put_chain(message, IDENTITY_RSA))
HOOK(ed25519_chain, put_chain(message, IDENTITY_ED25519))
HOOK(with_context, splice(message, 4, 1, "\1\7", 2))
HOOK(broken_certificate, message->bytes.data[4 + 1 + 3 + 3] ^= 0x10)
HOOK(broken_certificate12, message->bytes.data[4 + 3 + 3] ^= 0x10)
HOOK(twice_authenticated, splice(message, message->bytes.length, 0, "\0\0\0", 3))

static const Scenario tls13_all_status = {
    "1.3 status, client cert",     TLS_Version_1_3, 0, 0, IDENTITY_ED25519,
    WITH_STATUS | WITH_CLIENT_CERT};

#define NO_CERTIFICATE(alert)  ENDS(alert, SSLPeerCertRequiredErr)
#define BAD_CERTIFICATE(error) ENDS(ALERT_BAD_CERTIFICATE, error)
#define WRONG_KIND             ENDS(ALERT_UNSUPPORTED_CERTIFICATE, SSLProtocolErr)

/* clang-format off */
#define SERVER_CERT BY_EVIL_SERVER(CERTIFICATE)
#define CLIENT_CERT BY_EVIL_CLIENT(CERTIFICATE)
static const Case certificates[] = {
    { "empty chain of a server",      &tls12, SERVER_CERT, BODY, 0, "000000", DECODE },
    { "empty chain of a server",      &tls13, SERVER_CERT, BODY, 0, "00 000000", DECODE },
    { "empty message",                &tls12, SERVER_CERT, BODY, 0, "", DECODE },
    { "empty message",                &tls13, SERVER_CERT, BODY, 0, "", DECODE },
    { "trailing byte",                &tls12, SERVER_CERT, APPEND, 0, "00", DECODE },
    { "trailing byte",                &tls13, SERVER_CERT, APPEND, 0, "00", DECODE },
    { "trailing list",                &tls12, SERVER_CERT, CUSTOM, 0, NULL, DECODE, twice_authenticated },
    { "certificate of no bytes",      &tls12, SERVER_CERT, BODY, 0, "000003 000000", DECODE },
    { "certificate of no bytes",      &tls13, SERVER_CERT, BODY, 0, "00 000005 000000 0000", DECODE },
    { "entry without extensions",     &tls13, SERVER_CERT, BODY, 0, "00 000004 000001 30", DECODE },
    { "entry too long",               &tls12, SERVER_CERT, BODY, 0, "000004 000002 30", DECODE },
    { "context in the main handshake", &tls13, SERVER_CERT, CUSTOM, 0, NULL, ILLEGAL, with_context },
    { "context in the main handshake", &tls13_cert, CLIENT_CERT, CUSTOM, 0, NULL, ILLEGAL, with_context },
    { "not a certificate",            &tls12, SERVER_CERT, BODY, 0, "000004 000001 30", BAD_CERTIFICATE(ASNBadEncodingErr) },
    { "broken certificate",           &tls12, SERVER_CERT, CUSTOM, 0, NULL, BAD_CERTIFICATE(ASNBadEncodingErr), broken_certificate12 },
    { "broken certificate",           &tls13, SERVER_CERT, CUSTOM, 0, NULL, BAD_CERTIFICATE(ASNBadEncodingErr), broken_certificate },
    { "broken certificate",           &tls13_cert, CLIENT_CERT, CUSTOM, 0, NULL, BAD_CERTIFICATE(ASNBadEncodingErr), broken_certificate },
    { "certificate bad in a byte",    &tls13, SERVER_CERT, FLIP, 0, NULL, DECODE },
    { "too many certificates",        &tls12, SERVER_CERT, BODY, 0, "000080 000001 30 000001 30 000001 30 000001 30 000001 30 000001 30 000001 30 000001 30 000001 30 000001 30 000001 30 000001 30 000001 30 000001 30 000001 30 000001 30 000001 30 000001 30 000001 30 000001 30 000001 30 000001 30 000001 30 000001 30 000001 30 000001 30 000001 30 000001 30 000001 30 000001 30 000001 30 000001 30", BAD_CERTIFICATE(X509TooComplexErr) },
    { "RSA key for an ECDSA suite",   &tls12, SERVER_CERT, CUSTOM, 0, NULL, WRONG_KIND, rsa_chain },
    { "Ed25519 key for DHE_RSA",      &tls12_dhe, SERVER_CERT, CUSTOM, 0, NULL, WRONG_KIND, ed25519_chain },
    { "Ed25519 key for RSA transport", &tls12_rsa, SERVER_CERT, CUSTOM, 0, NULL, WRONG_KIND, ed25519_chain },

    { "no certificate, but required", &tls12_required, CLIENT_CERT, UNCHANGED, 0, NULL, NO_CERTIFICATE(ALERT_HANDSHAKE_FAILURE) },
    { "no certificate, but required", &tls13_required, CLIENT_CERT, UNCHANGED, 0, NULL, NO_CERTIFICATE(ALERT_CERTIFICATE_REQUIRED) },
    { "client chain of no bytes",     &tls13_cert, CLIENT_CERT, BODY, 0, "", DECODE },
    { "client chain with trailing",   &tls12_cert, CLIENT_CERT, APPEND, 0, "00", DECODE },

    { "extension not asked for",      &tls13, SERVER_CERT, ADD, EXT_STATUS_REQUEST, "01 000001 30", UNSUPPORTED },
    { "unknown extension",            &tls13, SERVER_CERT, ADD, 0x7A7A, "", UNSUPPORTED },
    { "extension of elsewhere",       &tls13_alpn, SERVER_CERT, ADD, EXT_ALPN, "0003 026832", ILLEGAL },
    { "status of another type",       &tls13_status, SERVER_CERT, SET, EXT_STATUS_REQUEST, "02 000001 30", ILLEGAL },
    { "empty status",                 &tls13_status, SERVER_CERT, SET, EXT_STATUS_REQUEST, "01 000000", DECODE },
    { "status with trailing byte",    &tls13_status, SERVER_CERT, SET, EXT_STATUS_REQUEST, "01 000001 30 00", DECODE },
    { "status of a client",           &tls13_all_status, CLIENT_CERT, ADD, EXT_STATUS_REQUEST, "01 000001 30", UNSUPPORTED },
    { "unknown extension of a client", &tls13_cert, CLIENT_CERT, ADD, 0x7A7A, "", UNSUPPORTED },
    { "key share of a client",        &tls13_cert, CLIENT_CERT, ADD, EXT_KEY_SHARE, "001d 0020 09*32", UNSUPPORTED },

    { "status of another type",       &tls12_status, BY_EVIL_SERVER(CERTIFICATE_STATUS), BODY, 0, "02 000001 30", ILLEGAL },
    { "empty status",                 &tls12_status, BY_EVIL_SERVER(CERTIFICATE_STATUS), BODY, 0, "01 000000", DECODE },
    { "status with trailing byte",    &tls12_status, BY_EVIL_SERVER(CERTIFICATE_STATUS), APPEND, 0, "00", DECODE },
    { "status cut off",               &tls12_status, BY_EVIL_SERVER(CERTIFICATE_STATUS), CUT, 1, NULL, DECODE },
};
/* clang-format on */

static void the_certificates(void **unused)
{
    (void)unused;
    RUN_CASES(certificates);
}

/* ---- trust ---- */

static void no_trust(Pair *pair)
{
    assert_int_equal(SSLSetAllowAnyCertificate(&pair->honest->ctx, 0), SSLNoErr);
}

static void trust(Pair *pair, TestIdentity which)
{
    no_trust(pair);
    assert_int_equal(SSLSetTrust(&pair->honest->ctx, test_trust(which)), SSLNoErr);
}

static void trust_it(Pair *pair)
{
    trust(pair, IDENTITY_ED25519);
}

static void trust_another(Pair *pair)
{
    trust(pair, IDENTITY_P256);
}

static void trust_too_early(Pair *pair)
{
    trust(pair, IDENTITY_ED25519);
    pair->honest->now = 1546300800u; /* 2019 */
}

static void trust_another_name(Pair *pair)
{
    trust(pair, IDENTITY_ED25519);
    assert_int_equal(SSLSetPeerDomainName(&pair->honest->ctx, "example.com", 11), SSLNoErr);
}

#define OWN_ERROR 4711

static SSLErr refuse(SSLContext *ctx, int count, const SSLBuffer *certs, SSLErr verdict, void *ref)
{
    (void)ctx;
    (void)count;
    (void)certs;
    (void)verdict;
    (void)ref;
    return OWN_ERROR;
}

static SSLErr refuse_simply(int count, SSLBuffer *certs, void *ref)
{
    (void)count;
    (void)certs;
    (void)ref;
    return OWN_ERROR;
}

static void verify_refuses(Pair *pair)
{
    assert_int_equal(SSLSetVerifyFunc(&pair->honest->ctx, refuse, NULL), SSLNoErr);
}

static void check_refuses(Pair *pair)
{
    assert_int_equal(SSLSetCheckCertificateFunc(&pair->honest->ctx, refuse_simply), SSLNoErr);
}

/* clang-format off */
#define REFUSED(alert, error) ENDS(alert, error), NULL
static const Case trust_cases[] = {
    { "the anchor itself",            &tls13, SERVER_CERT, UNCHANGED, 0, NULL, ENDS(NO_ALERT, SSLNoErr), NULL, trust_it },
    { "nobody may decide",            &tls13, SERVER_CERT, UNCHANGED, 0, NULL, REFUSED(ALERT_CERTIFICATE_UNKNOWN, SSLNoTrustErr), no_trust },
    { "nobody may decide",            &tls12, SERVER_CERT, UNCHANGED, 0, NULL, REFUSED(ALERT_CERTIFICATE_UNKNOWN, SSLNoTrustErr), no_trust },
    { "nobody may decide",            &tls13_cert, CLIENT_CERT, UNCHANGED, 0, NULL, REFUSED(ALERT_CERTIFICATE_UNKNOWN, SSLNoTrustErr), no_trust },
    { "unknown issuer",               &tls13, SERVER_CERT, UNCHANGED, 0, NULL, REFUSED(ALERT_UNKNOWN_CA, X509UnknownIssuerErr), trust_another },
    { "unknown issuer",               &tls12_cert, CLIENT_CERT, UNCHANGED, 0, NULL, REFUSED(ALERT_UNKNOWN_CA, X509UnknownIssuerErr), trust_another },
    { "not yet valid",                &tls13, SERVER_CERT, UNCHANGED, 0, NULL, REFUSED(ALERT_CERTIFICATE_EXPIRED, X509NotYetValidErr), trust_too_early },
    { "another host",                 &tls13, SERVER_CERT, UNCHANGED, 0, NULL, REFUSED(ALERT_BAD_CERTIFICATE, X509HostNameErr), trust_another_name },
    { "the verify callback refuses",  &tls13, SERVER_CERT, UNCHANGED, 0, NULL, REFUSED(ALERT_CERTIFICATE_UNKNOWN, OWN_ERROR), verify_refuses },
    { "the verify callback refuses",  &tls12_cert, CLIENT_CERT, UNCHANGED, 0, NULL, REFUSED(ALERT_CERTIFICATE_UNKNOWN, OWN_ERROR), verify_refuses },
    { "the check callback refuses",   &tls12, SERVER_CERT, UNCHANGED, 0, NULL, REFUSED(ALERT_CERTIFICATE_UNKNOWN, OWN_ERROR), check_refuses },
};
/* clang-format on */

static void the_decision_about_the_certificate(void **unused)
{
    (void)unused;
    RUN_CASES(trust_cases);
}

/* ---- CertificateRequest ---- */

/* clang-format off */
#define REQUEST BY_EVIL_SERVER(CERTIFICATE_REQUEST)
static const Case requests[] = {
    { "context in the main handshake", &tls13_cert, REQUEST, CUSTOM, 0, NULL, ILLEGAL, with_context },
    { "no signature_algorithms",      &tls13_cert, REQUEST, DROP, EXT_SIGNATURE_ALGORITHMS, NULL, MISSING },
    { "no schemes",                   &tls13_cert, REQUEST, SET, EXT_SIGNATURE_ALGORITHMS, "0000", DECODE },
    { "odd list of schemes",          &tls13_cert, REQUEST, SET, EXT_SIGNATURE_ALGORITHMS, "0003 080708", DECODE },
    { "empty list of authorities",    &tls13_cert, REQUEST, SET, EXT_CERTIFICATE_AUTHORITIES, "0000", DECODE },
    { "authority without a name",     &tls13_cert, REQUEST, SET, EXT_CERTIFICATE_AUTHORITIES, "0002 0000", DECODE },
    { "authority cut off",            &tls13_cert, REQUEST, SET, EXT_CERTIFICATE_AUTHORITIES, "0003 0002 30", DECODE },
    { "extension of elsewhere",       &tls13_cert, REQUEST, ADD, EXT_KEY_SHARE, "001d", ILLEGAL },
    { "server_name",                  &tls13_cert, REQUEST, ADD, EXT_SERVER_NAME, "", ILLEGAL },
    { "unknown extension",            &tls13_cert, REQUEST, ADD, 0x7A7A, "00", FINE },
    { "wish for a stapled response",  &tls13_cert, REQUEST, ADD, EXT_STATUS_REQUEST, "", FINE },
    { "trailing byte",                &tls13_cert, REQUEST, APPEND, 0, "00", DECODE },
    { "empty message",                &tls13_cert, REQUEST, BODY, 0, "", DECODE },
    { "no extensions at all",         &tls13_cert, REQUEST, BODY, 0, "00 0000", MISSING },

    { "no types",                     &tls12_cert, REQUEST, BODY, 0, "00 0002 0807 0000", DECODE },
    { "no schemes",                   &tls12_cert, REQUEST, BODY, 0, "01 40 0000 0000", DECODE },
    { "odd list of schemes",          &tls12_cert, REQUEST, BODY, 0, "01 40 0003 080708 0000", DECODE },
    { "names cut off",                &tls12_cert, REQUEST, BODY, 0, "01 40 0002 0807 0003 0005 00", DECODE },
    { "empty name",                   &tls12_cert, REQUEST, BODY, 0, "01 40 0002 0807 0002 0000", DECODE },
    { "form of TLS 1.1",              &tls12_cert, REQUEST, BODY, 0, "01 40 0000", DECODE },
    { "trailing byte",                &tls12_cert, REQUEST, APPEND, 0, "00", DECODE },
    { "unknown types and schemes",    &tls12_cert, REQUEST, BODY, 0, "03 7a 40 7b 0004 7a7a 0807 0000", FINE },
    { "nothing that the client has",  &tls12_cert, REQUEST, BODY, 0, "01 01 0002 0804 0000", FINE },
    { "ServerHelloDone with a body",  &tls12, BY_EVIL_SERVER(SERVER_HELLO_DONE), APPEND, 0, "00", DECODE },
};
/* clang-format on */

static void the_certificate_request(void **unused)
{
    (void)unused;
    RUN_CASES(requests);
}

/* ---- CertificateVerify, Finished, ChangeCipherSpec ---- */

/* clang-format off */
#define SERVER_VERIFY BY_EVIL_SERVER(CERTIFICATE_VERIFY)
#define CLIENT_VERIFY BY_EVIL_CLIENT(CERTIFICATE_VERIFY)
static const Case authentication[] = {
    { "bad signature",                &tls13, SERVER_VERIFY, FLIP, 0, NULL, DECRYPT },
    { "bad signature",                &tls13_cert, CLIENT_VERIFY, FLIP, 0, NULL, DECRYPT },
    { "bad signature",                &tls12_cert, CLIENT_VERIFY, FLIP, 0, NULL, DECRYPT },
    { "bad signature",                &tls13_p256, SERVER_VERIFY, FLIP, 0, NULL, DECRYPT },
    { "bad signature",                &tls13_rsa, SERVER_VERIFY, FLIP, 0, NULL, DECRYPT },
    { "bad signature",                &tls12_rsa_cert, CLIENT_VERIFY, FLIP, 0, NULL, DECRYPT },
    { "signature of 63 bytes",        &tls13, SERVER_VERIFY, BODY, 0, "0807 003f 09*63", DECRYPT },
    { "empty signature",              &tls13, SERVER_VERIFY, BODY, 0, "0807 0000", DECRYPT },
    { "empty signature",              &tls13_rsa, SERVER_VERIFY, BODY, 0, "0804 0000", DECRYPT },
    { "empty signature",              &tls13_p256, SERVER_VERIFY, BODY, 0, "0403 0000", DECRYPT },
    { "scheme of another key",        &tls13, SERVER_VERIFY, PUT, 0, "0403", ILLEGAL },
    { "scheme of another curve",      &tls13_p256, SERVER_VERIFY, PUT, 0, "0503", ILLEGAL },
    { "scheme that nobody knows",     &tls13, SERVER_VERIFY, PUT, 0, "7a7a", ILLEGAL },
    { "scheme not offered: Ed448",    &tls13, SERVER_VERIFY, PUT, 0, "0808", ILLEGAL },
    { "PKCS#1 in TLS 1.3",            &tls13_rsa, SERVER_VERIFY, PUT, 0, "0401", ILLEGAL },
    { "SHA-1 in TLS 1.3",             &tls13_rsa, SERVER_VERIFY, PUT, 0, "0201", ILLEGAL },
    { "ECDSA with SHA-1 in TLS 1.3",  &tls13_p256, SERVER_VERIFY, PUT, 0, "0203", ILLEGAL },
    { "PSS of a PSS key",             &tls13_rsa, SERVER_VERIFY, PUT, 0, "0809", ILLEGAL },
    { "PKCS#1 in TLS 1.3",            &tls13_rsa_cert, CLIENT_VERIFY, PUT, 0, "0401", ILLEGAL },
    { "SHA-1",                        &tls12_rsa_cert, CLIENT_VERIFY, PUT, 0, "0201", ILLEGAL },
    { "MD5",                          &tls12_rsa_cert, CLIENT_VERIFY, PUT, 0, "0101", ILLEGAL },
    { "scheme of another key",        &tls12_cert, CLIENT_VERIFY, PUT, 0, "0804", ILLEGAL },
    { "trailing byte",                &tls13, SERVER_VERIFY, APPEND, 0, "00", DECODE },
    { "trailing byte",                &tls12_cert, CLIENT_VERIFY, APPEND, 0, "00", DECODE },
    { "cut off",                      &tls13, SERVER_VERIFY, CUT, 1, NULL, DECODE },
    { "empty message",                &tls13_cert, CLIENT_VERIFY, BODY, 0, "", DECODE },

    { "wrong Finished",               &tls13, BY_EVIL_SERVER(FINISHED), FLIP, 0, NULL, DECRYPT },
    { "wrong Finished",               &tls13, BY_EVIL_CLIENT(FINISHED), FLIP, 0, NULL, DECRYPT },
    { "wrong Finished",               &tls12, BY_EVIL_SERVER(FINISHED), FLIP, 0, NULL, DECRYPT },
    { "wrong Finished",               &tls12, BY_EVIL_CLIENT(FINISHED), FLIP, 0, NULL, DECRYPT },
    { "wrong Finished",               &tls12_cbc, BY_EVIL_CLIENT(FINISHED), FLIP, 0, NULL, DECRYPT },
    { "wrong Finished",               &tls12_resumed, BY_EVIL_SERVER(FINISHED), FLIP, 0, NULL, DECRYPT },
    { "wrong Finished",               &tls12_resumed, BY_EVIL_CLIENT(FINISHED), FLIP, 0, NULL, DECRYPT },
    { "Finished one byte short",      &tls13, BY_EVIL_SERVER(FINISHED), CUT, 1, NULL, DECODE },
    { "Finished one byte short",      &tls12, BY_EVIL_CLIENT(FINISHED), CUT, 1, NULL, DECODE },
    { "Finished one byte long",       &tls13, BY_EVIL_CLIENT(FINISHED), APPEND, 0, "00", DECODE },
    { "Finished one byte long",       &tls12, BY_EVIL_SERVER(FINISHED), APPEND, 0, "00", DECODE },
    { "empty Finished",               &tls13, BY_EVIL_SERVER(FINISHED), BODY, 0, "", DECODE },
    { "empty Finished",               &tls12, BY_EVIL_SERVER(FINISHED), BODY, 0, "", DECODE },
    { "Finished of zeros",            &tls13, BY_EVIL_CLIENT(FINISHED), BODY, 0, "00*32", DECRYPT },

    { "ChangeCipherSpec 2",           &tls12, BY_EVIL_CLIENT(CHANGE_CIPHER_SPEC), BODY, 0, "02", ILLEGAL },
    { "ChangeCipherSpec of two bytes", &tls12, BY_EVIL_SERVER(CHANGE_CIPHER_SPEC), BODY, 0, "0101", ILLEGAL },
};
/* clang-format on */

static void what_authenticates(void **unused)
{
    (void)unused;
    RUN_CASES(authentication);
}

/* ---- HelloRequest during a handshake; sessions ---- */

/* RFC 5246 7.4.1.1: ignored, and no part of the transcript. */
HOOK(ask_to_renegotiate, evil_put_message(evil, MSG_HELLO_REQUEST, "", 0))
HOOK(ask_with_body, evil_put_message(evil, MSG_HELLO_REQUEST, "a", 1))

static SSLErr ask_too_often(Peer *evil, EvilPhase phase, EvilMessage *message)
{
    int i;

    for (i = 0; phase == EVIL_READY && is_wanted(evil, message) && i <= MAX_QUIET_RECORDS; i++) {
        evil_put_message(evil, MSG_HELLO_REQUEST, "", 0);
    }
    return SSLNoErr;
}

static const Scenario resumed_any = {"1.2 resumed, all suites", TLS_Version_1_2, 0, 0,
                                     IDENTITY_ED25519,          WITH_RESUMPTION};

/* What the store gives back is nobody's session any more: a full handshake. */
static void damage_session(Pair *pair)
{
    pair->server.session.data[0] ^= 1;
}

static void damage_version(Pair *pair)
{
    pair->server.session.data[2] ^= 7;
}

/* A session without the extended master secret, of a peer that is not ours. */
static void lose_master_secret(Pair *pair)
{
    assert_int_equal(pair->server.session.data[5], 1);
    pair->server.session.data[5] = 0;
}

/* clang-format off */
static const Case other_cases[] = {
    { "HelloRequest before Certificate", &tls12, BY_EVIL_SERVER(CERTIFICATE), CUSTOM, 0, NULL, FINE, ask_to_renegotiate },
    { "HelloRequest before ServerHelloDone", &tls12_cert, BY_EVIL_SERVER(SERVER_HELLO_DONE), CUSTOM, 0, NULL, FINE, ask_to_renegotiate },
    { "HelloRequest before ServerHello",  &tls12, BY_EVIL_SERVER(SERVER_HELLO), CUSTOM, 0, NULL, FINE, ask_to_renegotiate },
    { "HelloRequest with a body",         &tls12, BY_EVIL_SERVER(CERTIFICATE), CUSTOM, 0, NULL, UNEXPECTED, ask_with_body },
    { "HelloRequest without end",         &tls12, BY_EVIL_SERVER(CERTIFICATE), CUSTOM, 0, NULL, UNEXPECTED, ask_too_often },
    { "HelloRequest in TLS 1.3",          &tls13, BY_EVIL_SERVER(CERTIFICATE), CUSTOM, 0, NULL, UNEXPECTED, ask_to_renegotiate },
    { "HelloRequest to a server",         &tls12, BY_EVIL_CLIENT(CLIENT_KEY_EXCHANGE), CUSTOM, 0, NULL, UNEXPECTED, ask_to_renegotiate },

    { "resumed with another suite",       &resumed_any, BY_EVIL_SERVER(SERVER_HELLO), PUT, 67, "c02c", ILLEGAL },
    { "resumed",                          &resumed_any, BY_EVIL_SERVER(SERVER_HELLO), UNCHANGED, 0, NULL, FINE },
    { "stored session of another format", &resumed_any, BY_EVIL_CLIENT(CLIENT_HELLO), UNCHANGED, 0, NULL, FINE, NULL, damage_session },
    { "stored session of another version", &resumed_any, BY_EVIL_CLIENT(CLIENT_HELLO), UNCHANGED, 0, NULL, FINE, NULL, damage_version },
    { "stored session without EMS",       &resumed_any, BY_EVIL_CLIENT(CLIENT_HELLO), UNCHANGED, 0, NULL, FINE, NULL, lose_master_secret },
};
/* clang-format on */

static void hello_requests_and_sessions(void **unused)
{
    (void)unused;
    RUN_CASES(other_cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_server_key_exchange),
        cmocka_unit_test(the_client_key_exchange),
        cmocka_unit_test(the_certificates),
        cmocka_unit_test(the_decision_about_the_certificate),
        cmocka_unit_test(the_certificate_request),
        cmocka_unit_test(what_authenticates),
        cmocka_unit_test(hello_requests_and_sessions),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
