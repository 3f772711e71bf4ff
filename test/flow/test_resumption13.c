/*
 * test_resumption13.c - TLS 1.3 beyond the first handshake's grammar: 0-RTT data of a client to a
 * server that takes none.
 */
#include "evil_peer.h"

static const Scenario plain = {"TLS 1.3", TLS_Version_1_3, 0, 0, IDENTITY_P256, 0};
static const Scenario retry = {"TLS 1.3, retry", TLS_Version_1_3, 0, 0, IDENTITY_P256, WITH_RETRY};

/* ---- RFC 8446 4.2.10: 0-RTT that is not accepted ---- */

typedef struct EarlyPlan {
    int      records;
    size_t   length;   /* of each */
    int      hello;    /* records follow this ClientHello, from 0 */
    unsigned announce; /* bit n: ClientHello n has early_data */
} EarlyPlan;

static void add_early_data(EvilMessage *message)
{
    uint8_t *bytes;
    Reader   in;
    size_t   at, length;

    write_u16(&message->bytes, EXT_EARLY_DATA);
    write_u16(&message->bytes, 0);
    bytes = message->bytes.data;
    in    = reader_of(bytes_of(bytes, message->bytes.length));
    (void)read_bytes(&in, 4 + 2 + 32);
    (void)read_vector(&in, 1);
    (void)read_vector(&in, 2);
    (void)read_vector(&in, 1);
    at     = (size_t)(in.data - bytes);
    length = message->bytes.length;
    put_u16(bytes + at, length - at - 2);
    bytes[1] = 0;
    put_u16(bytes + 2, length - 4);
}

static SSLErr send_early(Peer *evil, EvilPhase phase, EvilMessage *message)
{
    static const uint8_t junk[MAX_FRAGMENT + 256] = {1, 2, 3};
    const EarlyPlan     *plan                     = (const EarlyPlan *)evil->plan;
    int                  i;

    if (message->row == NULL || message->row->type != MSG_CLIENT_HELLO) {
        return SSLNoErr;
    }
    if (phase == EVIL_READY && (plan->announce >> (message->number > 0) & 1) != 0) {
        add_early_data(message);
    }
    for (i = 0; phase == EVIL_DONE && (message->number > 0) == plan->hello && i < plan->records;
         i++) {
        evil_clear(evil, 23, 0x0303, junk, plan->length);
    }
    return SSLNoErr;
}

static uint8_t early_alert(const Scenario *scenario, EarlyPlan plan)
{
    Pair   *pair = pair_open(scenario, EVIL_CLIENT, send_early, &plan);
    uint8_t alert;

    pair_handshake(pair);
    alert = peer_alert(&pair->server);
    if (alert == SSL_NO_ALERT) {
        assert_true(pair_is_connected(pair));
    }
    pair_close(pair);
    return alert;
}

static void refused_early_data_is_skipped(void **unused)
{
    const EarlyPlan one = {1, 50, 0, 1}, many = {40, 1000, 0, 1}, large = {3, MAX_FRAGMENT, 0, 1};
    const EarlyPlan empty = {5, 0, 0, 1}, none = {0, 0, 0, 1};

    (void)unused;
    assert_int_equal(early_alert(&plain, none), SSL_NO_ALERT);
    assert_int_equal(early_alert(&plain, one), SSL_NO_ALERT);
    assert_int_equal(early_alert(&plain, many), SSL_NO_ALERT);
    assert_int_equal(early_alert(&plain, large), SSL_NO_ALERT);
    assert_int_equal(early_alert(&plain, empty), SSL_NO_ALERT);
    assert_int_equal(early_alert(&retry, one), SSL_NO_ALERT);
    assert_int_equal(early_alert(&retry, many), SSL_NO_ALERT);
}

static void skipping_is_bounded(void **unused)
{
    const EarlyPlan much = {5, MAX_FRAGMENT, 0, 1}, tiny = {20000, 0, 0, 1};

    (void)unused;
    assert_int_equal(early_alert(&plain, much), ALERT_BAD_RECORD_MAC);
    assert_int_equal(early_alert(&plain, tiny), ALERT_BAD_RECORD_MAC);
    assert_int_equal(early_alert(&retry, much), ALERT_UNEXPECTED_MESSAGE);
}

static void only_announced_early_data_is_skipped(void **unused)
{
    const EarlyPlan unannounced = {1, 50, 0, 0}, twice = {0, 0, 0, 3}, late = {1, 50, 1, 1};

    (void)unused;
    assert_int_equal(early_alert(&plain, unannounced), ALERT_BAD_RECORD_MAC);
    assert_int_equal(early_alert(&retry, unannounced), ALERT_UNEXPECTED_MESSAGE);
    assert_int_equal(early_alert(&retry, twice), ALERT_ILLEGAL_PARAMETER);
    assert_int_equal(early_alert(&retry, late), ALERT_BAD_RECORD_MAC);
}

/* ---- resumption ---- */

#define SESSIONS (WITH_RESUMPTION | WITH_SESSION_STORE)

static int is_resumed(const Scenario *scenario)
{
    Pair *pair = pair_open(scenario, NOBODY, NULL, NULL);
    int   client, server;

    pair_handshake(pair);
    assert_true(pair_is_connected(pair));
    assert_int_equal(SSLGetSessionResumed(&pair->client.ctx, &client), SSLNoErr);
    assert_int_equal(SSLGetSessionResumed(&pair->server.ctx, &server), SSLNoErr);
    assert_int_equal(client, server);
    pair_close(pair);
    return client;
}

static void sessions_are_resumed(void **unused)
{
    const Scenario cases[] = {
        {"plain", TLS_Version_1_3, 0, 0, IDENTITY_P256, SESSIONS},
        {"SHA-384", TLS_Version_1_3, 0x1302, 0, IDENTITY_P256, SESSIONS},
        {"retry", TLS_Version_1_3, 0, 0, IDENTITY_P256, SESSIONS | WITH_RETRY},
        {"cookie", TLS_Version_1_3, 0x1302, 0, IDENTITY_P256, SESSIONS | WITH_COOKIE},
        {"client certificate", TLS_Version_1_3, 0, 0, IDENTITY_P256, SESSIONS | WITH_CLIENT_CERT},
        {"ALPN, name", TLS_Version_1_3, 0, 0, IDENTITY_RSA,
         SESSIONS | WITH_ALPN | WITH_SERVER_NAME},
    };
    size_t i;

    (void)unused;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        print_message("%s\n", cases[i].name);
        assert_int_equal(is_resumed(&cases[i]), 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refused_early_data_is_skipped),
        cmocka_unit_test(skipping_is_bounded),
        cmocka_unit_test(only_announced_early_data_is_skipped),
        cmocka_unit_test(sessions_are_resumed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
