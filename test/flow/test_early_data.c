/*
 * test_early_data.c - 0-RTT data of TLS 1.3 (RFC 8446 2.3, 4.2.10): what is said early arrives
 * before the handshake is done; each rule by which it is refused.
 */
#include "early.h"

/* ---- accepted ---- */

static void early_data_is_delivered(void **unused)
{
    static const struct {
        Scenario scenario;
        uint32   modes;
    } cases[] = {
        {{"plain", TLS_Version_1_3, 0, 0, IDENTITY_ED25519, EARLY}, SSL_PSKWithDHE},
        {{"no key exchange", TLS_Version_1_3, 0, 0, IDENTITY_ED25519, EARLY}, SSL_PSKOnly},
        {{"SHA-384", TLS_Version_1_3, 0x1302, 0, IDENTITY_ED25519, EARLY}, SSL_PSKWithDHE},
        {{"ChaCha20", TLS_Version_1_3, 0x1303, 0, IDENTITY_ED25519, EARLY}, SSL_PSKWithDHE},
        {{"sealed", TLS_Version_1_3, 0, 0, IDENTITY_ED25519, EARLY | WITH_SEALED_TICKETS},
         SSL_PSKWithDHE},
        {{"client certificate", TLS_Version_1_3, 0, 0, IDENTITY_ED25519, EARLY | WITH_CLIENT_CERT},
         SSL_PSKWithDHE},
        {{"size limit", TLS_Version_1_3, 0, 0, IDENTITY_ED25519, EARLY | WITH_SIZE_LIMIT},
         SSL_PSKWithDHE},
        {{"names", TLS_Version_1_3, 0, 0, IDENTITY_RSA, EARLY | WITH_ALPN | WITH_SERVER_NAME},
         SSL_PSKWithDHE},
    };
    static const size_t amounts[] = {1, 100, MAX_EARLY};
    size_t              i, j;

    (void)unused;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        print_message("%s\n", cases[i].scenario.name);
        for (j = 0; j < 3; j++) {
            Pair *pair = pair_open(&cases[i].scenario, NOBODY, NULL, NULL);
            Talk  talk = {0};

            SSLSetPSKModes(&pair->client.ctx, cases[i].modes);
            SSLSetPSKModes(&pair->server.ctx, cases[i].modes);
            talk_write(pair, &talk, amounts[j], 400);
            assert_int_equal(talk.write, SSLNoErr);
            assert_int_equal(talk.sent, amounts[j]);
            assert_int_equal(early_accepted(&pair->client), 0); /* not known yet */
            /* All of it arrives before the client has heard anything. */
            assert_int_equal(talk_read(pair, &talk, 77), 0);
            assert_int_equal(talk.read, SSLWouldBlockErr);
            talk_check(&talk, amounts[j]);
            talk_finish(pair, &talk);
            assert_true(pair_is_connected(pair));
            assert_int_equal(pair_resumed(pair), 1);
            assert_int_equal(early_accepted(&pair->client), 1);
            assert_int_equal(early_accepted(&pair->server), 1);
            assert_int_equal(pair->server.window, 22);
            pair_close(pair);
        }
    }
}

/* RFC 8449 4: what the server takes now is not known yet; what it took before, is. */
static void early_records_keep_the_limit_of_the_session(void **unused)
{
    static const Scenario limit = {"size limit",     TLS_Version_1_3,        0, 0,
                                   IDENTITY_ED25519, EARLY | WITH_SIZE_LIMIT};
    Pair                 *pair  = pair_open(&limit, NOBODY, NULL, NULL);
    const Pipe           *pipe  = &pair->to_server;
    Talk                  talk  = {0};
    size_t                at, length, sealed = 0;

    (void)unused;
    talk_write(pair, &talk, MAX_EARLY, MAX_EARLY);
    for (at = pipe->start; at < pipe->end; at += RECORD_HEADER + length) {
        length = get_u16(pipe->data + at + 3);
        if (pipe->data[at] == CONTENT_APPLICATION_DATA) {
            assert_in_range(length, 1, 512 + 1 + 16);
            assert_int_equal(get_u16(pipe->data + at + 1), TLS_Version_1_2);
            sealed++;
        }
    }
    assert_int_equal(sealed, 2);
    talk_finish(pair, &talk);
    assert_true(pair_is_connected(pair));
    talk_check(&talk, MAX_EARLY);
    pair_close(pair);
}

/* RFC 8446 2: the server need not wait for the client's Finished either. */
static void the_server_answers_early(void **unused)
{
    Pair   *pair    = pair_open(&early, NOBODY, NULL, NULL);
    Talk    talk    = {0};
    uint8_t got[16] = {0};
    uint32  length  = 6;

    (void)unused;
    assert_int_equal(SSLWriteEarlyData("answer", &length, &pair->server.ctx), SSLBadStateErr);
    talk_write(pair, &talk, 10, 10);
    assert_int_equal(talk_read(pair, &talk, 100), 0);
    length = 6;
    assert_int_equal(SSLWriteEarlyData("answer", &length, &pair->server.ctx), SSLNoErr);
    assert_int_equal(length, 6);
    length = sizeof(got);
    assert_int_equal(SSLRead(got, &length, &pair->client.ctx), SSLNoErr);
    assert_int_equal(length, 6);
    assert_memory_equal(got, "answer", 6);
    pair->client.result = SSLNoErr;
    talk_finish(pair, &talk);
    assert_true(pair_is_connected(pair));
    length = 6;
    assert_int_equal(SSLWriteEarlyData("answer", &length, &pair->server.ctx), SSLBadStateErr);
    pair_close(pair);
}

/* Without SSLReadEarlyData the handshake does not go on, and says why. */
static void unread_early_data_holds_the_handshake(void **unused)
{
    Pair  *pair   = pair_open(&early, NOBODY, NULL, NULL);
    Talk   talk   = {0};
    uint32 length = 4;
    char   got[4];

    (void)unused;
    talk_write(pair, &talk, 50, 50);
    pair_handshake(pair);
    assert_int_equal(pair->server.result, SSLWouldBlockErr);
    assert_int_equal(SSLWants(&pair->server.ctx), SSL_WantsApplicationData);
    assert_int_equal(SSLRead(got, &length, &pair->server.ctx), SSLWouldBlockErr);
    assert_int_equal(SSLWants(&pair->server.ctx), SSL_WantsApplicationData);
    length = 4;
    assert_int_equal(SSLWrite("ping", &length, &pair->server.ctx), SSLWouldBlockErr);
    assert_int_equal(length, 0);
    talk_finish(pair, &talk);
    assert_true(pair_is_connected(pair));
    talk_check(&talk, 50);
    pair_close(pair);
}

/* SSLHandshake of the client ends its 0-RTT data only when the server's flight is there. */
static void early_data_goes_on_until_the_server_has_answered(void **unused)
{
    Pair *pair = pair_open(&early, NOBODY, NULL, NULL);
    Talk  talk = {0};

    (void)unused;
    talk_write(pair, &talk, 50, 50);
    assert_int_equal(SSLHandshake(&pair->client.ctx), SSLWouldBlockErr);
    talk_write(pair, &talk, 80, 50);
    assert_int_equal(talk.write, SSLNoErr);
    assert_int_equal(talk_read(pair, &talk, 100), 0);
    assert_int_equal(SSLHandshake(&pair->client.ctx), SSLNoErr);
    pair->client.result = SSLNoErr;
    talk_write(pair, &talk, 81, 50);
    assert_int_equal(talk.write, SSLBadStateErr);
    talk_finish(pair, &talk);
    assert_true(pair_is_connected(pair));
    talk_check(&talk, 80);
    pair_close(pair);
}

/* Offered, and then nothing said. */
static void early_data_may_be_empty(void **unused)
{
    Pair *pair = pair_open(&early, NOBODY, NULL, NULL);
    Talk  talk = {0};

    (void)unused;
    talk_write(pair, &talk, 0, 0);
    assert_int_equal(talk.write, SSLNoErr);
    talk_finish(pair, &talk);
    assert_true(pair_is_connected(pair));
    assert_int_equal(early_accepted(&pair->server), 1);
    talk_check(&talk, 0);
    pair_close(pair);
}

/* ---- refused ---- */

static void replay_is_missing(Pair *pair)
{
    SSLSetReplayFunc(&pair->server.ctx, NULL, NULL);
}

static void server_takes_none(Pair *pair)
{
    SSLSetMaxEarlyData(&pair->server.ctx, 0);
}

static void server_takes_less(Pair *pair)
{
    SSLSetMaxEarlyData(&pair->server.ctx, MAX_EARLY - 1);
}

/* A client counts the second that has just begun as nothing. */
static void client_is_fast(Pair *pair)
{
    pair->client.now += 12;
}

static void client_is_slow(Pair *pair)
{
    pair->server.now += 11;
}

static void client_is_nearly_too_fast(Pair *pair)
{
    pair->client.now += 11;
}

static void client_is_nearly_too_slow(Pair *pair)
{
    pair->server.now += 10;
}

static void both_are_later(Pair *pair)
{
    pair->client.now += 7000;
    pair->server.now += 7005;
}

static void session_is_unknown(Pair *pair)
{
    pair->server.session.data[10] ^= 1;
}

static void suite_is_off(Pair *pair)
{
    const uint16 other = 0x1302;

    SSLSetEnabledCiphers(&pair->server.ctx, &other, 1);
}

static void another_protocol(Pair *pair)
{
    const SSLBuffer other = {8, (uint8 *)"http/1.1"};

    SSLSetALPNProtocols(&pair->server.ctx, &other, 1);
}

static void refused_early_data_is_lost_alone(void **unused)
{
    static const Scenario retry  = {"early, retry",   TLS_Version_1_3,   0, 0,
                                    IDENTITY_ED25519, EARLY | WITH_RETRY};
    static const Scenario cookie = {"early, cookie",  TLS_Version_1_3,    0, 0,
                                    IDENTITY_ED25519, EARLY | WITH_COOKIE};
    static const struct {
        const char     *name;
        const Scenario *scenario;
        void (*change)(Pair *pair);
        int accepted, resumed;
    } cases[] = {
        {"nothing", &early, NULL, 1, 1},
        {"names", &early_names, NULL, 1, 1},
        {"replay", &early, replay_fails, 0, 1},
        {"no replay callback", &early, replay_is_missing, 0, 1},
        {"0 bytes", &early, server_takes_none, 0, 1},
        {"a byte less", &early, server_takes_less, 0, 1},
        {"10 s younger", &early, client_is_nearly_too_slow, 1, 1},
        {"10 s older", &early, client_is_nearly_too_fast, 1, 1},
        {"11 s younger", &early, client_is_slow, 0, 1},
        {"11 s older", &early, client_is_fast, 0, 1},
        {"two hours later", &early, both_are_later, 1, 1},
        {"HelloRetryRequest", &retry, NULL, 0, 1},
        {"cookie", &cookie, NULL, 0, 1},
        {"damaged session", &early, session_is_unknown, 0, 0},
        {"suite", &early, suite_is_off, 0, 0},
        {"application protocol", &early_names, another_protocol, 0, 0},
        {"no resumption", &early, no_resumption, 0, 0},
    };
    size_t i, amount;

    (void)unused;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        print_message("%s\n", cases[i].name);
        for (amount = 0; amount <= MAX_EARLY; amount += 250) {
            Pair *pair = pair_open(cases[i].scenario, NOBODY, NULL, NULL);
            Talk  talk = {0};

            if (cases[i].change != NULL) {
                cases[i].change(pair);
            }
            talk_write(pair, &talk, amount, 100);
            assert_int_equal(talk.write, SSLNoErr);
            talk_finish(pair, &talk);
            assert_true(pair_is_connected(pair));
            assert_int_equal(early_accepted(&pair->client), cases[i].accepted);
            assert_int_equal(early_accepted(&pair->server), cases[i].accepted);
            assert_int_equal(pair_resumed(pair), cases[i].resumed);
            talk_check(&talk, cases[i].accepted ? amount : 0);
            talk_write(pair, &talk, amount + 1, 100);
            assert_int_equal(talk.write, SSLBadStateErr);
            pair_close(pair);
        }
    }
}

/* A client that has been refused learns it while it writes. */
static void writing_ends_with_the_refusal(void **unused)
{
    Pair *pair = pair_open(&early, NOBODY, NULL, NULL);
    Talk  talk = {0};

    (void)unused;
    replay_fails(pair);
    SSLSetVerifyFunc(&pair->client.ctx, NULL, NULL);
    talk_write(pair, &talk, 100, 100);
    assert_int_equal(talk_read(pair, &talk, 100), 1); /* there is none */
    assert_int_equal(talk.received, 0);
    pair_handshake(pair);
    talk_write(pair, &talk, 200, 100);
    assert_int_equal(talk.write, SSLBadStateErr);
    assert_int_equal(talk.sent, 100);
    assert_true(pair_is_connected(pair));
    pair_close(pair);
}

/* ---- nothing to offer ---- */

static void client_has_no_session(Pair *pair)
{
    SSLSetGetSessionFunc(&pair->client.ctx, NULL);
}

static void client_allows_none(Pair *pair)
{
    SSLSetMaxEarlyData(&pair->client.ctx, 0);
}

static void client_speaks_older(Pair *pair)
{
    SSLSetProtocolVersionMin(&pair->client.ctx, TLS_Version_1_2);
    SSLSetProtocolVersionMax(&pair->client.ctx, TLS_Version_1_2);
    SSLSetProtocolVersionMin(&pair->server.ctx, TLS_Version_1_2);
}

static void begun_by_another_call(Pair *pair)
{
    assert_int_equal(SSLHandshake(&pair->client.ctx), SSLWouldBlockErr);
}

static void without_a_session_the_program_goes_on(void **unused)
{
    static const Scenario without = {"no early data",
                                     TLS_Version_1_3,
                                     0,
                                     0,
                                     IDENTITY_ED25519,
                                     WITH_RESUMPTION | WITH_SESSION_STORE};
    static const struct {
        const Scenario *scenario;
        void (*change)(Pair *pair);
    } cases[] = {{&early, client_has_no_session},
                 {&early, client_allows_none},
                 {&early, client_speaks_older},
                 {&early, begun_by_another_call},
                 {&without, NULL}};
    size_t i;

    (void)unused;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        Pair *pair = pair_open(cases[i].scenario, NOBODY, NULL, NULL);
        Talk  talk = {0};

        if (cases[i].change != NULL) {
            cases[i].change(pair);
        }
        talk_write(pair, &talk, 10, 10);
        assert_int_equal(talk.write, SSLBadStateErr);
        assert_int_equal(talk.sent, 0);
        talk_finish(pair, &talk);
        assert_true(pair_is_connected(pair));
        assert_int_equal(early_accepted(&pair->client), 0);
        talk_check(&talk, 0);
        pair_close(pair);
    }
}

/* The tickets of a server without a replay callback say nothing of 0-RTT. */
static void without_replay_callback_tickets_allow_none(void **unused)
{
    static const Scenario store = {"store", TLS_Version_1_3,  0,
                                   0,       IDENTITY_ED25519, WITH_SESSION_STORE | WITH_EARLY_DATA};
    static uint8_t        bytes[8192];
    Pair                 *pair = pair_open(&store, NOBODY, NULL, NULL);
    SSLBuffer             session;
    uint32                length;
    Talk                  talk = {0};

    (void)unused;
    replay_is_missing(pair);
    pair_handshake(pair);
    assert_true(pair_is_connected(pair));
    assert_int_equal(SSLGetSession(&pair->client.ctx, &session), SSLNoErr);
    length = session.length;
    assert_in_range(length, 1, sizeof(bytes));
    memcpy(bytes, session.data, length);
    pair->client.ctx.allocator.freeFunc(&session, pair->client.ctx.allocator.allocRef);
    pair_close(pair);
    pair           = pair_open(&store, NOBODY, NULL, NULL);
    session.data   = bytes;
    session.length = length;
    assert_int_equal(SSLSetSession(&pair->client.ctx, session), SSLNoErr);
    talk_write(pair, &talk, 10, 10);
    assert_int_equal(talk.write, SSLBadStateErr);
    pair_close(pair);
}

static void calls_of_the_wrong_side_or_kind(void **unused)
{
    Pair   *pair = pair_open(&early, NOBODY, NULL, NULL);
    uint8_t byte = 0;
    uint32  length;

    (void)unused;
    length = 1;
    assert_int_equal(SSLReadEarlyData(&byte, &length, &pair->client.ctx), SSLBadStateErr);
    assert_int_equal(length, 0);
    length = 1;
    assert_int_equal(SSLWriteEarlyData(&byte, &length, &pair->server.ctx), SSLBadStateErr);
    assert_int_equal(length, 0);
    assert_int_equal(SSLReadEarlyData(&byte, &length, &pair->server.ctx), SSLBadParameterErr);
    length = 1;
    assert_int_equal(SSLReadEarlyData(NULL, &length, &pair->server.ctx), SSLBadParameterErr);
    length = 1;
    assert_int_equal(SSLWriteEarlyData(NULL, &length, &pair->client.ctx), SSLBadParameterErr);
    assert_int_equal(SSLWriteEarlyData(&byte, NULL, &pair->client.ctx), SSLBadParameterErr);
    assert_int_equal(SSLReadEarlyData(&byte, NULL, &pair->server.ctx), SSLBadParameterErr);
    assert_int_equal(SSLGetEarlyDataStatus(&pair->client.ctx, NULL), SSLBadParameterErr);
    assert_int_equal(SSLGetEarlyDataStatus(NULL, NULL), SSLBadParameterErr);
    pair_handshake(pair);
    assert_true(pair_is_connected(pair));
    assert_int_equal(SSLSetMaxEarlyData(&pair->client.ctx, 1), SSLBadStateErr);
    length = 1;
    assert_int_equal(SSLReadEarlyData(&byte, &length, &pair->server.ctx), SSLNoErr);
    assert_int_equal(length, 0);
    pair_close(pair);
}

/* ---- the key log ---- */

typedef struct Log {
    char line[256];
} Log;

static void keep_line(SSLContext *ctx, const char *line, void *ref)
{
    Log *log = (Log *)ref;

    (void)ctx;
    if (strncmp(line, "CLIENT_EARLY_TRAFFIC_SECRET ", 28) == 0) {
        assert_int_equal(log->line[0], 0);
        assert_in_range(strlen(line), 28 + 64 + 1 + 64, sizeof(log->line) - 1);
        memcpy(log->line, line, strlen(line));
    }
}

static void both_sides_log_the_same_secret(void **unused)
{
    Pair *pair = pair_open(&early, NOBODY, NULL, NULL);
    Talk  talk = {0};
    Log   logs[2];

    (void)unused;
    memset(logs, 0, sizeof(logs));
    SSLSetKeyLogFunc(&pair->client.ctx, keep_line, &logs[0]);
    SSLSetKeyLogFunc(&pair->server.ctx, keep_line, &logs[1]);
    talk_write(pair, &talk, 20, 20);
    talk_finish(pair, &talk);
    assert_true(pair_is_connected(pair));
    assert_string_equal(logs[0].line, logs[1].line);
    assert_int_not_equal(logs[0].line[0], 0);
    pair_close(pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(early_data_is_delivered),
        cmocka_unit_test(early_records_keep_the_limit_of_the_session),
        cmocka_unit_test(the_server_answers_early),
        cmocka_unit_test(unread_early_data_holds_the_handshake),
        cmocka_unit_test(early_data_goes_on_until_the_server_has_answered),
        cmocka_unit_test(early_data_may_be_empty),
        cmocka_unit_test(refused_early_data_is_lost_alone),
        cmocka_unit_test(writing_ends_with_the_refusal),
        cmocka_unit_test(without_a_session_the_program_goes_on),
        cmocka_unit_test(without_replay_callback_tickets_allow_none),
        cmocka_unit_test(calls_of_the_wrong_side_or_kind),
        cmocka_unit_test(both_sides_log_the_same_secret),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
