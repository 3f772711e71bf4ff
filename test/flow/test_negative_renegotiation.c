/*
 * test_negative_renegotiation.c - lies in the second handshake of a connection (RFC 5746): bindings
 * that are missing, wrong or of the wrong kind, versions and extensions that change, data where
 * none may be. Each must end with the right alert; what only looks like a lie must not. And what a
 * handshake that did not say it again leaves of the one before.
 */
#include "negative.h"

static void server_asks(Pair *pair)
{
    assert_int_equal(SSLRenegotiate(&pair->server.ctx), SSLNoErr);
    assert_int_equal(SSLHandshake(&pair->server.ctx), SSLNoErr);
    go_on(pair);
}

/* As if the first handshake had been without RFC 5746; and both would go on all the same. */
static void client_renegotiates_unsafely(Pair *pair)
{
    uint32 flags = SSL_RenegotiateAllowPeer | SSL_RenegotiateAllowLegacy;

    pair->client.ctx.secure_renegotiation = pair->server.ctx.secure_renegotiation = 0;
    assert_int_equal(SSLSetRenegotiation(&pair->client.ctx, flags), SSLNoErr);
    assert_int_equal(SSLSetRenegotiation(&pair->server.ctx, flags), SSLNoErr);
    client_renegotiates(pair);
}

/* ---- messages of the evil one ---- */

static SSLErr signalling_suite(Peer *evil, EvilPhase phase, EvilMessage *message)
{
    if (phase == EVIL_READY && is_wanted(evil, message)) {
        size_t at = 4 + 2 + 32;

        at += 1 + (size_t)message->bytes.data[at];
        splice(message, at, 2 + (size_t)get_u16(message->bytes.data + at), "\0\4\0\xFF\xC0\x2B", 6);
    }
    return SSLNoErr;
}

/* Application data where it stands: before the peer's new keys it is data, behind them it is not.
 */
static SSLErr data_before(Peer *evil, EvilPhase phase, EvilMessage *message)
{
    if (phase == EVIL_READY && is_wanted(evil, message)) {
        evil_content(evil, 23, "data", 4);
    }
    return SSLNoErr;
}

static SSLErr data_behind(Peer *evil, EvilPhase phase, EvilMessage *message)
{
    if (phase == EVIL_DONE && is_wanted(evil, message)) {
        evil_content(evil, 23, "data", 4);
    }
    return SSLNoErr;
}

static SSLErr ask_again(Peer *evil, EvilPhase phase, EvilMessage *message)
{
    if (phase == EVIL_READY && is_wanted(evil, message)) {
        evil_put_message(evil, MSG_HELLO_REQUEST, "", 0);
    }
    return SSLNoErr;
}

/* The evil one forgets what was agreed on. */
static SSLErr forget_encrypt_then_mac(Peer *evil, EvilPhase phase, EvilMessage *message)
{
    if (phase == EVIL_READY && is_wanted(evil, message)) {
        drop_extension(message, 0, EXT_ENCRYPT_THEN_MAC);
        evil->ctx.agreed.encrypt_then_mac = 0;
    }
    return SSLNoErr;
}

/* ---- what is not said again ---- */

static const Scenario tls12_key = {"1.2 key or certificate", TLS_Version_1_2, 0, 0,
                                   IDENTITY_ED25519,         WITH_PSK};

#define BY_KEY         TLS_ECDHE_PSK_WITH_AES_128_CBC_SHA256
#define BY_CERTIFICATE TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256

/* The suite of a ServerHello. */
static SSLErr key_suite(Peer *evil, EvilPhase phase, EvilMessage *message)
{
    if (phase == EVIL_READY && is_wanted(evil, message)) {
        size_t at = 4 + 2 + 32;

        at += 1 + (size_t)message->bytes.data[at];
        put_u16(message->bytes.data + at, BY_KEY);
    }
    return SSLNoErr;
}

/* Only one suite in the first handshake, only the other one in the second. */
static SSLErr choose(SSLContext *ctx, uint16 first, uint16 then)
{
    const uint16 suite = is_renegotiating(ctx) ? then : first;

    return SSLSetEnabledCiphers(ctx, &suite, 1);
}

static SSLErr choose_key_first(SSLContext *ctx, int cancel, void *ref)
{
    (void)cancel;
    (void)ref;
    return choose(ctx, BY_KEY, BY_CERTIFICATE);
}

static SSLErr choose_certificate_first(SSLContext *ctx, int cancel, void *ref)
{
    (void)cancel;
    (void)ref;
    return choose(ctx, BY_CERTIFICATE, BY_KEY);
}

static SSLErr choose_certificate(SSLContext *ctx, int cancel, void *ref)
{
    (void)cancel;
    (void)ref;
    return choose(ctx, BY_CERTIFICATE, BY_CERTIFICATE);
}

static void certificate_always(Pair *pair)
{
    allow_renegotiation(pair);
    assert_int_equal(SSLSetClientHelloFunc(&pair->server.ctx, choose_certificate, NULL), SSLNoErr);
}

static void key_first(Pair *pair)
{
    allow_renegotiation(pair);
    assert_int_equal(SSLSetClientHelloFunc(&pair->server.ctx, choose_key_first, NULL), SSLNoErr);
}

static void certificate_first(Pair *pair)
{
    allow_renegotiation(pair);
    assert_int_equal(SSLSetClientHelloFunc(&pair->server.ctx, choose_certificate_first, NULL),
                     SSLNoErr);
}

/* A certificate, too, is asked for in the first handshake only. */
static void show_nothing_again(Pair *pair, void (*renegotiate)(Pair *pair))
{
    uint8_t before[MAX_SECRET];

    memcpy(before, pair->server.ctx.master_secret, sizeof(before));
    assert_int_equal(SSLSetRequestClientCert(&pair->server.ctx, 0), SSLNoErr);
    renegotiate(pair);
    assert_null(pair->server.ctx.handshake);
    assert_memory_not_equal(before, pair->server.ctx.master_secret, sizeof(before));
}

static void assert_client_is_known(Pair *pair, int by_certificate, const char *by_key)
{
    SSLBuffer identity;
    int       count;

    assert_int_equal(SSLGetPeerCertificateChainLength(&pair->server.ctx, &count), SSLNoErr);
    assert_int_equal(count, by_certificate);
    assert_int_equal(SSLGetPSKIdentity(&pair->server.ctx, &identity), SSLNoErr);
    assert_int_equal(identity.length, strlen(by_key));
    assert_memory_equal(identity.data != NULL ? identity.data : (const uint8 *)"", by_key,
                        identity.length);
}

/* The handshakes are bound to each other: who was known by the first one still is. */
static void the_certificate_stays(Pair *pair)
{
    assert_client_is_known(pair, 1, "");
    show_nothing_again(pair, client_renegotiates);
    assert_client_is_known(pair, 1, "");
}

/* What proved the peers once has to prove them again (triple handshake, 2014). */
static void the_key_is_left(Pair *pair)
{
    assert_client_is_known(pair, 0, "alice");
    client_renegotiates(pair);
    assert_client_is_known(pair, 0, "alice");
}

static void the_key_is_left_unsafely(Pair *pair)
{
    client_renegotiates_unsafely(pair);
    assert_client_is_known(pair, 0, "alice");
}

/* They are not: the second one may be somebody else's (CVE-2009-3555). */
static void nobody_is_known(Pair *pair)
{
    show_nothing_again(pair, client_renegotiates_unsafely);
    assert_client_is_known(pair, 0, "");
}

#define ENDED(alert)       ENDS(alert, SSLConnectionClosedError)
#define BROKEN             ENDED(ALERT_HANDSHAKE_FAILURE)
#define BY_CLIENT_HELLO    EVIL_CLIENT, MSG_CLIENT_HELLO
#define BY_SERVER_HELLO    EVIL_SERVER, MSG_SERVER_HELLO
#define WHEN_CLIENT_BEGINS NULL, allow_renegotiation, client_renegotiates, 1
#define WHEN_SERVER_ASKS   NULL, NULL, server_asks, 1
#define WHEN_UNSAFE        NULL, NULL, client_renegotiates_unsafely, 1
#define WITH(hook)         hook, allow_renegotiation, client_renegotiates, 1

/* clang-format off */
static const Case cases[] = {
    { "nothing is wrong",                 &tls12, BY_CLIENT_HELLO, UNCHANGED, 0, NULL, STILL_OPEN, WHEN_CLIENT_BEGINS },
    { "nothing is wrong",                 &tls12, BY_CLIENT_HELLO, UNCHANGED, 0, NULL, STILL_OPEN, WHEN_SERVER_ASKS },
    { "nothing is wrong",                 &tls12, BY_SERVER_HELLO, UNCHANGED, 0, NULL, STILL_OPEN, WHEN_CLIENT_BEGINS },
    { "binding missing",                  &tls12, BY_CLIENT_HELLO, DROP, EXT_RENEGOTIATION_INFO, NULL, BROKEN, WHEN_CLIENT_BEGINS },
    { "binding missing, server has asked", &tls12, BY_CLIENT_HELLO, DROP, EXT_RENEGOTIATION_INFO, NULL, BROKEN, WHEN_SERVER_ASKS },
    { "binding empty",                    &tls12, BY_CLIENT_HELLO, SET, EXT_RENEGOTIATION_INFO, "00", BROKEN, WHEN_CLIENT_BEGINS },
    { "binding to something else",        &tls12, BY_CLIENT_HELLO, SET, EXT_RENEGOTIATION_INFO, "0c 07*12", BROKEN, WHEN_CLIENT_BEGINS },
    { "binding one byte short",           &tls12, BY_CLIENT_HELLO, SET, EXT_RENEGOTIATION_INFO, "0b 07*11", BROKEN, WHEN_CLIENT_BEGINS },
    { "binding malformed",                &tls12, BY_CLIENT_HELLO, SET, EXT_RENEGOTIATION_INFO, "0c 07*11", ENDED(ALERT_DECODE_ERROR), WHEN_CLIENT_BEGINS },
    { "signalling suite beside it",       &tls12, BY_CLIENT_HELLO, CUSTOM, 0, NULL, BROKEN, WITH(signalling_suite) },
    { "answer's binding missing",         &tls12, BY_SERVER_HELLO, DROP, EXT_RENEGOTIATION_INFO, NULL, BROKEN, WHEN_CLIENT_BEGINS },
    { "answer's binding empty",           &tls12, BY_SERVER_HELLO, SET, EXT_RENEGOTIATION_INFO, "00", BROKEN, WHEN_CLIENT_BEGINS },
    { "answer bound to something else",   &tls12, BY_SERVER_HELLO, SET, EXT_RENEGOTIATION_INFO, "18 07*24", BROKEN, WHEN_CLIENT_BEGINS },
    { "answer bound to something else",   &tls12, BY_SERVER_HELLO, SET, EXT_RENEGOTIATION_INFO, "18 07*24", BROKEN, WHEN_SERVER_ASKS },
    { "binding out of nowhere",           &tls12, BY_CLIENT_HELLO, UNCHANGED, 0, NULL, BROKEN, WHEN_UNSAFE },
    { "no binding where none was",        &tls12, BY_CLIENT_HELLO, DROP, EXT_RENEGOTIATION_INFO, NULL, STILL_OPEN, WHEN_UNSAFE },

    { "lower version",                    &tls12, BY_CLIENT_HELLO, PUT, 0, "0302", ENDED(ALERT_PROTOCOL_VERSION), WHEN_CLIENT_BEGINS },
    { "higher version",                   &tls12, BY_CLIENT_HELLO, PUT, 0, "0304", STILL_OPEN, WHEN_CLIENT_BEGINS },
    { "answer of a lower version",        &tls12, BY_SERVER_HELLO, PUT, 0, "0302", ENDED(ALERT_PROTOCOL_VERSION), WHEN_CLIENT_BEGINS },
    { "answer of TLS 1.3",                &tls12, BY_SERVER_HELLO, ADD, EXT_SUPPORTED_VERSIONS, "0304", ENDED(ALERT_PROTOCOL_VERSION), WHEN_CLIENT_BEGINS },
    { "no extended master secret",        &tls12, BY_CLIENT_HELLO, DROP, EXT_EXTENDED_MASTER_SECRET, NULL, BROKEN, WHEN_CLIENT_BEGINS },
    { "no extended master secret",        &tls12, BY_SERVER_HELLO, DROP, EXT_EXTENDED_MASTER_SECRET, NULL, BROKEN, WHEN_CLIENT_BEGINS },
    { "no encrypt-then-MAC",              &tls12_cbc, BY_CLIENT_HELLO, DROP, EXT_ENCRYPT_THEN_MAC, NULL, BROKEN, WHEN_CLIENT_BEGINS },
    { "no encrypt-then-MAC",              &tls12_cbc, BY_SERVER_HELLO, CUSTOM, 0, NULL, BROKEN, WITH(forget_encrypt_then_mac) },
    { "no application protocol",          &tls12_alpn, BY_CLIENT_HELLO, DROP, EXT_ALPN, NULL, STILL_OPEN, WHEN_CLIENT_BEGINS },
    { "another application protocol",     &tls12_alpn, BY_CLIENT_HELLO, SET, EXT_ALPN, "0009 08 687474702f312e31", ENDED(ALERT_ILLEGAL_PARAMETER), WHEN_CLIENT_BEGINS },
    { "another application protocol",     &tls12_alpn, BY_SERVER_HELLO, SET, EXT_ALPN, "0009 08 687474702f312e31", ENDED(ALERT_ILLEGAL_PARAMETER), WHEN_CLIENT_BEGINS },
    { "another server name",              &tls12_name, BY_CLIENT_HELLO, SET, EXT_SERVER_NAME, "0006 00 0003 612e62", ENDED(ALERT_ILLEGAL_PARAMETER), WHEN_CLIENT_BEGINS },
    { "no server name",                   &tls12_name, BY_CLIENT_HELLO, DROP, EXT_SERVER_NAME, NULL, STILL_OPEN, WHEN_CLIENT_BEGINS },

    { "no certificate again",             &tls12_cert, BY_CLIENT_HELLO, UNCHANGED, 0, NULL, STILL_OPEN, NULL, allow_renegotiation, the_certificate_stays, 1 },
    { "no certificate again, no binding", &tls12_cert, BY_CLIENT_HELLO, DROP, EXT_RENEGOTIATION_INFO, NULL, STILL_OPEN, NULL, NULL, nobody_is_known, 1 },
    { "a key, then a certificate",        &tls12_key, BY_CLIENT_HELLO, UNCHANGED, 0, NULL, BROKEN, NULL, key_first, the_key_is_left, 1 },
    { "the same, no binding",             &tls12_key, BY_CLIENT_HELLO, DROP, EXT_RENEGOTIATION_INFO, NULL, BROKEN, NULL, key_first, the_key_is_left_unsafely, 1 },
    { "a certificate, then a key",        &tls12_key, BY_CLIENT_HELLO, UNCHANGED, 0, NULL, BROKEN, NULL, certificate_first, client_renegotiates, 1 },
    { "the server's choice of a key",     &tls12_key, BY_SERVER_HELLO, CUSTOM, 0, NULL, ENDED(ALERT_ILLEGAL_PARAMETER), key_suite, certificate_always, client_renegotiates, 1 },

    { "data before Certificate",          &tls12, EVIL_SERVER, MSG_CERTIFICATE, CUSTOM, 0, NULL, STILL_OPEN, WITH(data_before) },
    { "data before ClientKeyExchange",    &tls12, EVIL_CLIENT, MSG_CLIENT_KEY_EXCHANGE, CUSTOM, 0, NULL, STILL_OPEN, WITH(data_before) },
    { "data before ChangeCipherSpec",     &tls12, EVIL_CLIENT, MSG_CHANGE_CIPHER_SPEC, CUSTOM, 0, NULL, STILL_OPEN, WITH(data_before) },
    { "data behind ChangeCipherSpec",     &tls12, EVIL_CLIENT, MSG_CHANGE_CIPHER_SPEC, CUSTOM, 0, NULL, ENDED(ALERT_UNEXPECTED_MESSAGE), WITH(data_behind) },
    { "data behind ChangeCipherSpec",     &tls12, EVIL_SERVER, MSG_CHANGE_CIPHER_SPEC, CUSTOM, 0, NULL, ENDED(ALERT_UNEXPECTED_MESSAGE), WITH(data_behind) },
    { "HelloRequest meanwhile",           &tls12, EVIL_SERVER, MSG_CERTIFICATE, CUSTOM, 0, NULL, STILL_OPEN, WITH(ask_again) },
    { "wrong Finished",                   &tls12, EVIL_CLIENT, MSG_FINISHED, FLIP, 0, NULL, ENDED(ALERT_DECRYPT_ERROR), WHEN_CLIENT_BEGINS },
    { "wrong Finished",                   &tls12, EVIL_SERVER, MSG_FINISHED, FLIP, 0, NULL, ENDED(ALERT_DECRYPT_ERROR), WHEN_CLIENT_BEGINS },
};
/* clang-format on */

static void the_second_handshake(void **unused)
{
    (void)unused;
    RUN_CASES(cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_second_handshake),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
