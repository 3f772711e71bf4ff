/*
 * test_resumption13.c - TLS 1.3 sessions: tickets are resumed, once and in time; what is damaged
 * or old leads to a full handshake; lies about pre-shared keys are refused; 0-RTT data of a client
 * to a server that takes none is passed over.
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

/* ---- what must not be resumed, and what must not be accepted ---- */

static const Scenario resumed       = {"resumed", TLS_Version_1_3, 0, 0, IDENTITY_P256, SESSIONS};
static const Scenario resumed_retry = {"resumed, retry", TLS_Version_1_3,      0, 0,
                                       IDENTITY_P256,    SESSIONS | WITH_RETRY};

/* Handshake of a pair that was changed; not 0 if it was resumed. */
static int finish(Pair *pair)
{
    int flag;

    pair_handshake(pair);
    assert_true(pair_is_connected(pair));
    assert_int_equal(SSLGetSessionResumed(&pair->client.ctx, &flag), SSLNoErr);
    pair_close(pair);
    return flag;
}

static void old_tickets_lead_to_a_full_handshake(void **unused)
{
    Pair *pair = pair_open(&resumed, NOBODY, NULL, NULL);

    (void)unused;
    pair->client.now += 7200;
    pair->server.now += 7200;
    assert_int_equal(finish(pair), 1);
    pair = pair_open(&resumed, NOBODY, NULL, NULL);
    pair->client.now += 7201;
    assert_int_equal(finish(pair), 0);
    pair = pair_open(&resumed, NOBODY, NULL, NULL);
    pair->server.now += 7201;
    assert_int_equal(finish(pair), 0);
    pair = pair_open(&resumed, NOBODY, NULL, NULL);
    pair->server.now -= 10; /* made in the future */
    assert_int_equal(finish(pair), 0);
}

/* Every byte of either session changed, every length cut: a full handshake, never a failed one. */
static void damaged_sessions_lead_to_a_full_handshake(void **unused)
{
    Pair  *pair   = pair_open(&resumed, NOBODY, NULL, NULL);
    size_t length = pair->client.session.length, i;
    int    side;

    (void)unused;
    pair_close(pair);
    for (side = 0; side < 2; side++) {
        for (i = 0; i < length; i += i < 120 || i + 90 > length ? 7 : 41) {
            TestSession *session;

            pair    = pair_open(&resumed, NOBODY, NULL, NULL);
            session = side ? &pair->server.session : &pair->client.session;
            if (i < session->length) {
                session->data[i] ^= 0x21;
                assert_int_equal(finish(pair), 0);
            } else {
                pair_close(pair);
            }
            pair    = pair_open(&resumed, NOBODY, NULL, NULL);
            session = side ? &pair->server.session : &pair->client.session;
            if (i < session->length) {
                session->length = i;
                assert_int_equal(finish(pair), 0);
            } else {
                pair_close(pair);
            }
        }
    }
}

static void a_ticket_is_used_once(void **unused)
{
    Pair *pair = pair_open(&resumed, NOBODY, NULL, NULL);

    (void)unused;
    assert_int_equal(SSLSetTicketCount(&pair->server.ctx, 0), SSLNoErr);
    pair_handshake(pair);
    assert_true(pair_is_connected(pair));
    assert_null(pair->server.session.key);     /* deleted when it was found */
    assert_non_null(pair->client.session.key); /* the older of the two tickets went back */
    pair_close(pair);
}

static void modes_without_key_exchange(void **unused)
{
    static const struct {
        uint32   client, server;
        int      resumed;
        uint16_t group;
    } cases[] = {{SSL_PSKOnly, SSL_PSKOnly, 1, 0},
                 {SSL_PSKOnly | SSL_PSKWithDHE, SSL_PSKOnly, 1, 0},
                 {SSL_PSKOnly, SSL_PSKWithDHE, 0, SSL_GROUP_X25519},
                 {SSL_PSKWithDHE, SSL_PSKOnly, 0, SSL_GROUP_X25519},
                 {SSL_PSKOnly | SSL_PSKWithDHE, SSL_PSKOnly | SSL_PSKWithDHE, 1, SSL_GROUP_X25519}};
    size_t i;

    (void)unused;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        Pair  *pair = pair_open(&resumed, NOBODY, NULL, NULL);
        uint16 group;
        int    flag;

        assert_int_equal(SSLSetPSKModes(&pair->client.ctx, cases[i].client), SSLNoErr);
        assert_int_equal(SSLSetPSKModes(&pair->server.ctx, cases[i].server), SSLNoErr);
        pair_handshake(pair);
        assert_true(pair_is_connected(pair));
        assert_int_equal(SSLGetSessionResumed(&pair->server.ctx, &flag), SSLNoErr);
        assert_int_equal(flag, cases[i].resumed);
        assert_int_equal(SSLGetNegotiatedGroup(&pair->client.ctx, &group), SSLNoErr);
        assert_int_equal(group, cases[i].group);
        pair_close(pair);
    }
}

/* The program keeps the session itself. */
static void sessions_can_be_kept_by_the_program(void **unused)
{
    Pair     *pair = pair_open(&resumed, NOBODY, NULL, NULL);
    SSLBuffer session;
    uint8_t   bytes[8192];
    uint32    length;

    (void)unused;
    assert_int_equal(SSLGetSession(&pair->client.ctx, &session), SSLSessionNotFoundErr);
    pair_handshake(pair);
    assert_true(pair_is_connected(pair));
    assert_int_equal(SSLGetSession(&pair->server.ctx, &session), SSLSessionNotFoundErr);
    assert_int_equal(SSLGetSession(&pair->client.ctx, &session), SSLNoErr);
    assert_in_range(session.length, 100, sizeof(bytes));
    length = session.length;
    memcpy(bytes, session.data, length);
    pair->client.ctx.allocator.freeFunc(&session, pair->client.ctx.allocator.allocRef);
    pair_close(pair);

    pair         = pair_open(&resumed, NOBODY, NULL, NULL);
    session.data = bytes;
    for (session.length = 0; session.length < length; session.length += 50) {
        assert_int_equal(SSLSetSession(&pair->client.ctx, session), SSLNoErr);
    }
    session.length = 262145;
    assert_int_equal(SSLSetSession(&pair->client.ctx, session), SSLOverflowErr);
    session.length = length;
    assert_int_equal(SSLSetSession(&pair->client.ctx, session), SSLNoErr);
    /* The ticket is of another server than this pair's: a full handshake, but it is offered. */
    assert_int_equal(finish(pair), 0);
}

/* ---- lies about pre-shared keys (protocol/tls13.md 9 and 12) ---- */

typedef enum Lie {
    WRONG_BINDER,
    SHORT_BINDER,
    TWO_BINDERS,
    NO_MODES,
    NOT_LAST,
    SELECTED_ONE,
    WRONG_SECOND_BINDER,
    NO_SECOND_PSK
} Lie;

static size_t extensions_at(const EvilMessage *message, int of_client)
{
    Reader in = reader_of(bytes_of(message->bytes.data, message->bytes.length));

    (void)read_bytes(&in, 4 + 2 + 32);
    (void)read_vector(&in, 1);
    if (of_client) {
        (void)read_vector(&in, 2);
        (void)read_vector(&in, 1);
    } else {
        (void)read_bytes(&in, 3);
    }
    return (size_t)(in.data - message->bytes.data);
}

static uint8_t *find_extension(const EvilMessage *message, int of_client, uint16_t wanted)
{
    uint8_t *bytes = message->bytes.data;
    size_t   at    = extensions_at(message, of_client) + 2;

    while (at + 4 <= message->bytes.length) {
        if (get_u16(bytes + at) == wanted) {
            return bytes + at;
        }
        at += 4u + get_u16(bytes + at + 2);
    }
    fail_msg("no extension %u", wanted);
    return NULL;
}

/* The message has become longer or shorter at its end. */
static void mend_lengths(EvilMessage *message)
{
    size_t at = extensions_at(message, 1), length = message->bytes.length;

    put_u16(message->bytes.data + at, length - at - 2);
    message->bytes.data[1] = 0;
    put_u16(message->bytes.data + 2, length - 4);
}

static void tell(EvilMessage *message, Lie lie)
{
    uint8_t *bytes = message->bytes.data, *psk;
    size_t   end   = message->bytes.length;

    switch (lie) {
    case WRONG_BINDER:
    case WRONG_SECOND_BINDER:
        bytes[end - 1] ^= 1;
        break;
    case SHORT_BINDER: /* 48 bytes for a key of SHA-256 */
        psk = find_extension(message, 1, EXT_PRE_SHARED_KEY);
        put_u16(psk + 2, get_u16(psk + 2) + 16u);
        put_u16(bytes + end - 35, 49);
        bytes[end - 33] = 48;
        write_bytes(&message->bytes, bytes_of((const uint8_t *)"0123456789ABCDEF", 16));
        mend_lengths(message);
        break;
    case TWO_BINDERS:
        psk = find_extension(message, 1, EXT_PRE_SHARED_KEY);
        put_u16(psk + 2, get_u16(psk + 2) + 33u);
        put_u16(bytes + end - 35, 66);
        write_u8(&message->bytes, 32);
        write_bytes(&message->bytes,
                    bytes_of((const uint8_t *)"0123456789ABCDEF0123456789ABCDEF", 32));
        mend_lengths(message);
        break;
    case NO_MODES:
        put_u16(find_extension(message, 1, EXT_PSK_KEY_EXCHANGE_MODES), 0x4A4A);
        break;
    case NOT_LAST:
        write_u16(&message->bytes, 0x5A5A);
        write_u16(&message->bytes, 0);
        mend_lengths(message);
        break;
    case SELECTED_ONE:
        find_extension(message, 0, EXT_PRE_SHARED_KEY)[5] = 1;
        break;
    case NO_SECOND_PSK:
        put_u16(find_extension(message, 1, EXT_PRE_SHARED_KEY), 0x4A4A);
        break;
    }
}

static SSLErr tell_lie(Peer *evil, EvilPhase phase, EvilMessage *message)
{
    Lie      lie    = *(const Lie *)evil->plan;
    int      second = lie == WRONG_SECOND_BINDER || lie == NO_SECOND_PSK;
    uint16_t type   = lie == SELECTED_ONE ? MSG_SERVER_HELLO : MSG_CLIENT_HELLO;

    if (phase == EVIL_READY && message->row->type == type && (message->number > 0) == second) {
        tell(message, lie);
    }
    return SSLNoErr;
}

static uint8_t alert_for(const Scenario *scenario, Lie lie)
{
    Pair *pair =
        pair_open(scenario, lie == SELECTED_ONE ? EVIL_SERVER : EVIL_CLIENT, tell_lie, &lie);
    uint8_t alert;

    pair_handshake(pair);
    alert = peer_alert(pair->honest);
    pair_close(pair);
    return alert;
}

static void lies_about_pre_shared_keys(void **unused)
{
    (void)unused;
    assert_int_equal(alert_for(&resumed, WRONG_BINDER), ALERT_DECRYPT_ERROR);
    assert_int_equal(alert_for(&resumed, SHORT_BINDER), ALERT_DECRYPT_ERROR);
    assert_int_equal(alert_for(&resumed, TWO_BINDERS), ALERT_ILLEGAL_PARAMETER);
    assert_int_equal(alert_for(&resumed, NO_MODES), ALERT_MISSING_EXTENSION);
    assert_int_equal(alert_for(&resumed, NOT_LAST), ALERT_ILLEGAL_PARAMETER);
    assert_int_equal(alert_for(&resumed, SELECTED_ONE), ALERT_ILLEGAL_PARAMETER);
    assert_int_equal(alert_for(&resumed_retry, WRONG_BINDER), ALERT_DECRYPT_ERROR);
    assert_int_equal(alert_for(&resumed_retry, WRONG_SECOND_BINDER), ALERT_DECRYPT_ERROR);
    assert_int_equal(alert_for(&resumed_retry, NO_SECOND_PSK), ALERT_ILLEGAL_PARAMETER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refused_early_data_is_skipped),
        cmocka_unit_test(skipping_is_bounded),
        cmocka_unit_test(only_announced_early_data_is_skipped),
        cmocka_unit_test(sessions_are_resumed),
        cmocka_unit_test(old_tickets_lead_to_a_full_handshake),
        cmocka_unit_test(damaged_sessions_lead_to_a_full_handshake),
        cmocka_unit_test(a_ticket_is_used_once),
        cmocka_unit_test(modes_without_key_exchange),
        cmocka_unit_test(sessions_can_be_kept_by_the_program),
        cmocka_unit_test(lies_about_pre_shared_keys),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
