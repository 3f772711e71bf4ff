/*
 * test_early_data_limits.c - 0-RTT data of TLS 1.3: how much may come, replays (RFC 8446 8), and
 * what a peer may not do around it.
 */
#include "early.h"
#include "negative.h"

/* ---- limits ---- */

static void the_client_keeps_the_limit(void **unused)
{
    static const uint32 own[] = {1, 999, MAX_EARLY, 5000};
    size_t              i, most;

    (void)unused;
    for (i = 0; i < 4; i++) {
        Pair *pair = pair_open(&early, NOBODY, NULL, NULL);
        Talk  talk = {0};

        most = own[i] < MAX_EARLY ? own[i] : MAX_EARLY;
        SSLSetMaxEarlyData(&pair->client.ctx, own[i]);
        talk_write(pair, &talk, 1500, i % 2 ? 300 : 1500);
        assert_int_equal(talk.write, SSLBadStateErr); /* for the rest */
        assert_int_equal(talk.sent, most);
        talk_finish(pair, &talk);
        assert_true(pair_is_connected(pair));
        talk_check(&talk, most);
        pair_close(pair);
    }
}

static void the_server_takes_not_a_byte_more(void **unused)
{
    size_t piece;

    (void)unused;
    for (piece = 1; piece <= MAX_EARLY + 1; piece += MAX_EARLY) {
        Pair *pair = pair_open(&early, NOBODY, NULL, NULL);
        Talk  talk = {0};

        talk_write(pair, &talk, 0, 0);
        pair->client.ctx.handshake->early.left = MAX_EARLY + 1;
        talk_write(pair, &talk, MAX_EARLY + 1, piece);
        assert_int_equal(talk.sent, MAX_EARLY + 1);
        talk_finish(pair, &talk);
        assert_int_equal(pair->server.result, SSLProtocolErr);
        assert_int_equal(peer_alert(&pair->server), ALERT_UNEXPECTED_MESSAGE);
        pair_close(pair);
    }
}

/* Refused data is passed over up to what tickets allow, and what its records add. */
static void the_bound_of_skipped_data_follows_the_limit(void **unused)
{
    static uint8_t data[60000];
    size_t         i, j;

    (void)unused;
    for (i = 0; i < 2; i++) {
        Pair  *pair = pair_open(&early, NOBODY, NULL, NULL);
        Talk   talk = {0};
        uint32 length;

        SSLSetMaxEarlyData(&pair->server.ctx, i == 0 ? 0 : 100000);
        replay_fails(pair);
        talk_write(pair, &talk, 0, 0);
        pair->client.ctx.handshake->early.left = 120000;
        for (j = 0; j < 2; j++) {
            length = sizeof(data);
            assert_int_equal(SSLWriteEarlyData(data, &length, &pair->client.ctx), SSLNoErr);
            assert_int_equal(length, sizeof(data));
        }
        talk_finish(pair, &talk);
        assert_int_equal(peer_alert(&pair->server), i == 0 ? ALERT_BAD_RECORD_MAC : SSL_NO_ALERT);
        pair_close(pair);
    }
}

/* ---- replays ---- */

/* The first flight of a client, which a server has accepted; it keeps the server's memory. */
typedef struct Flight {
    uint8_t bytes[4096];
    size_t  length;
} Flight;

static Pair *record_flight(const Scenario *scenario, Flight *flight)
{
    Pair *pair = pair_open(scenario, NOBODY, NULL, NULL);
    Talk  talk = {0};

    talk_write(pair, &talk, 30, 30);
    flight->length = pair->to_server.end - pair->to_server.start;
    assert_in_range(flight->length, 100, sizeof(flight->bytes));
    memcpy(flight->bytes, pair->to_server.data + pair->to_server.start, flight->length);
    assert_int_equal(talk_read(pair, &talk, 100), 0);
    talk_check(&talk, 30);
    return pair;
}

/* The same bytes at a server that still knows the ticket. */
static Pair *replay(const Scenario *scenario, const Flight *flight, const Peer *memory, Talk *talk)
{
    Pair *pair = pair_open(scenario, NOBODY, NULL, NULL);

    if (memory != NULL) {
        memcpy(pair->server.tokens, memory->tokens, sizeof(memory->tokens));
        pair->server.token_count = memory->token_count;
    }
    memset(talk, 0, sizeof(*talk));
    evil_wire(&pair->client, flight->bytes, flight->length);
    (void)talk_read(pair, talk, 100);
    return pair;
}

static void a_replay_is_refused(void **unused)
{
    static const Scenario *kinds[2] = {&early, &early_sealed};
    Flight                 flight;
    Pair                  *pair, *again;
    Talk                   talk;
    int                    i;

    (void)unused;
    for (i = 0; i < 2; i++) {
        pair  = record_flight(kinds[i], &flight);
        again = replay(kinds[i], &flight, &pair->server, &talk);
        assert_int_equal(talk.read, SSLNoErr);
        assert_int_equal(talk.received, 0);
        assert_int_equal(early_accepted(&again->server), 0);
        assert_int_equal(pair_resumed(again), 1);
        pair_close(again);
        pair_close(pair);
    }

    /* With another memory the same store would take it; but its entry has served. */
    pair = record_flight(&early, &flight);
    assert_null(pair->server.session.key);
    pair_close(pair);

    /* A sealed ticket knows nothing of it: this is what the callback must be shared for. */
    pair  = record_flight(&early_sealed, &flight);
    again = replay(&early_sealed, &flight, NULL, &talk);
    talk_check(&talk, 30);
    pair_close(again);
    pair_close(pair);
}

/* A token belongs to one hello: another one with the same ticket is a new one. */
static void tokens_are_of_one_hello(void **unused)
{
    Pair *first  = pair_open(&early_sealed, NOBODY, NULL, NULL);
    Pair *second = pair_open(&early_sealed, NOBODY, NULL, NULL);
    Talk  talk   = {0};

    (void)unused;
    talk_write(first, &talk, 30, 30);
    assert_int_equal(talk_read(first, &talk, 100), 0);
    second->client.random ^= 0x5000;
    memset(&talk, 0, sizeof(talk));
    talk_write(second, &talk, 30, 30);
    assert_int_equal(talk_read(second, &talk, 100), 0);
    talk_check(&talk, 30);
    assert_int_equal(first->server.token_count, 1);
    assert_int_equal(second->server.token_count, 1);
    assert_memory_not_equal(first->server.tokens[0], second->server.tokens[0], 32);
    pair_close(first);
    pair_close(second);
}

static int waits;

static SSLErr waiting_replay(SSLContext *ctx, SSLBuffer token, uint32 window, void *ref)
{
    static SSLBuffer first;

    (void)ctx;
    (void)ref;
    if (token.data == NULL) {
        waits = -1;
        return SSLNoErr;
    }
    if (waits == 0) {
        first = token;
    }
    assert_ptr_equal(first.data, token.data);
    assert_int_equal(window, 22);
    return ++waits > 3 ? SSLNoErr : SSLWouldBlockErr;
}

static void the_replay_callback_may_wait(void **unused)
{
    Pair *pair = pair_open(&early, NOBODY, NULL, NULL);
    Talk  talk = {0};

    (void)unused;
    waits = 0;
    SSLSetReplayFunc(&pair->server.ctx, waiting_replay, NULL);
    talk_write(pair, &talk, 30, 30);
    assert_int_equal(talk_read(pair, &talk, 100), 0);
    assert_int_equal(SSLWants(&pair->server.ctx), SSL_WantsReplay);
    assert_int_equal(talk.received, 0);
    talk_finish(pair, &talk);
    assert_true(pair_is_connected(pair));
    talk_check(&talk, 30);
    assert_int_equal(waits, 4);
    pair_close(pair);

    pair  = pair_open(&early, NOBODY, NULL, NULL);
    waits = 0;
    SSLSetReplayFunc(&pair->server.ctx, waiting_replay, NULL);
    talk_write(pair, &talk, 30, 30);
    assert_int_equal(talk_read(pair, &talk, 100), 0);
    pair_close(pair);
    assert_int_equal(waits, -1); /* told that nobody wants the answer any more */
}

/* ---- what a peer may not do ---- */

/* So that the pair's own loops suffice: the server drops what it reads. */
static SSLErr run_server(Pair *pair)
{
    Talk talk = {0};
    int  i;

    for (i = 0; i < 10; i++) {
        if (talk_read(pair, &talk, 100)) {
            (void)SSLHandshake(&pair->server.ctx);
        }
        pair->client.result =
            pair->client.result == SSLWouldBlockErr ? SSLHandshake(&pair->client.ctx) : SSLNoErr;
    }
    return talk.read;
}

static uint8_t alert_of_changed_record(size_t at)
{
    Pair   *pair = pair_open(&early, NOBODY, NULL, NULL);
    Talk    talk = {0};
    uint8_t alert;

    talk_write(pair, &talk, 100, 100);
    pair->to_server.data[pair->to_server.end - at] ^= 1;
    talk_finish(pair, &talk);
    assert_int_equal(talk.received, 0);
    alert = peer_alert(&pair->server);
    pair_close(pair);
    return alert;
}

static void accepted_data_must_be_authentic(void **unused)
{
    (void)unused;
    assert_int_equal(alert_of_changed_record(1), ALERT_BAD_RECORD_MAC);
    assert_int_equal(alert_of_changed_record(100), ALERT_BAD_RECORD_MAC);
}

typedef enum Trick {
    NO_END,           /* EndOfEarlyData left out, its keys changed */
    NO_END_SAME_KEYS, /* left out, the early keys kept */
    FULL_END,         /* with a byte in it */
    TWO_ENDS,
    DATA_BEHIND_END, /* under the old keys */
    DATA_IN_MESSAGE,
    MESSAGE_BEHIND_END, /* in the same record */
    EMPTY_RECORDS,
    CLOSE,
    UNASKED_END, /* where no 0-RTT data was accepted */
    TRICKS
} Trick;

static SSLErr play(Peer *evil, EvilPhase phase, EvilMessage *message)
{
    static const uint8_t half[] = {MSG_END_OF_EARLY_DATA, 0}, junk[] = {1, 2, 3};
    const Trick          trick = *(const Trick *)evil->plan;
    int                  i;

    if (message->row->type == MSG_FINISHED && trick == UNASKED_END && phase == EVIL_READY) {
        evil_put_message(evil, MSG_END_OF_EARLY_DATA, NULL, 0);
    }
    if (message->row->type != MSG_END_OF_EARLY_DATA) {
        return SSLNoErr;
    }
    if (phase == EVIL_READY) {
        message->send        = trick != NO_END && trick != NO_END_SAME_KEYS;
        message->change_keys = trick != NO_END_SAME_KEYS;
        for (i = 0; i < 200 && trick == EMPTY_RECORDS; i++) {
            evil_content(evil, CONTENT_APPLICATION_DATA, junk, 0);
        }
    }
    if (phase == EVIL_READY && trick == FULL_END) {
        write_u8(&message->bytes, 0);
        message->bytes.data[3] = 1;
    } else if (phase == EVIL_READY && trick == DATA_IN_MESSAGE) {
        evil_content(evil, CONTENT_HANDSHAKE, half, sizeof(half));
        evil_content(evil, CONTENT_APPLICATION_DATA, junk, sizeof(junk));
    } else if (phase == EVIL_READY && trick == CLOSE) {
        evil_content(evil, CONTENT_ALERT, "\1\0", 2);
    } else if (phase == EVIL_ADDED && trick == MESSAGE_BEHIND_END) {
        evil_put_message(evil, MSG_FINISHED, junk, 3);
    } else if (phase == EVIL_SEALED && trick == TWO_ENDS) {
        evil_put_message(evil, MSG_END_OF_EARLY_DATA, NULL, 0);
        evil_flush(evil);
    } else if (phase == EVIL_SEALED && trick == DATA_BEHIND_END) {
        evil_content(evil, CONTENT_APPLICATION_DATA, junk, sizeof(junk));
    }
    return SSLNoErr;
}

static void tricks_with_the_end_of_early_data(void **unused)
{
    static const struct {
        const char *name;
        Trick       trick;
        SSLErr      err;
        uint8_t     alert;
    } cases[] = {
        {"no end", NO_END, SSLProtocolErr, ALERT_BAD_RECORD_MAC},
        {"no end, same keys", NO_END_SAME_KEYS, SSLProtocolErr, ALERT_UNEXPECTED_MESSAGE},
        {"not empty", FULL_END, SSLProtocolErr, ALERT_DECODE_ERROR},
        {"twice", TWO_ENDS, SSLProtocolErr, ALERT_BAD_RECORD_MAC},
        {"data behind it", DATA_BEHIND_END, SSLProtocolErr, ALERT_BAD_RECORD_MAC},
        {"data inside it", DATA_IN_MESSAGE, SSLProtocolErr, ALERT_UNEXPECTED_MESSAGE},
        {"a message behind it", MESSAGE_BEHIND_END, SSLProtocolErr, ALERT_UNEXPECTED_MESSAGE},
        {"200 empty records", EMPTY_RECORDS, SSLProtocolErr, ALERT_UNEXPECTED_MESSAGE},
        {"close_notify", CLOSE, SSLConnectionClosedGraceful, ALERT_CLOSE_NOTIFY},
    };
    size_t i;

    (void)unused;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        Trick trick = cases[i].trick;
        Pair *pair  = pair_open(&early, EVIL_CLIENT, play, &trick);
        Talk  talk  = {0};

        print_message("%s\n", cases[i].name);
        talk_write(pair, &talk, 20, 20);
        talk_finish(pair, &talk);
        if (talk.read == SSLNoErr) { /* in what follows */
            talk.read = pair->server.result;
        }
        assert_int_equal(talk.read, cases[i].err);
        assert_int_equal(peer_alert(&pair->server), cases[i].alert);
        pair_close(pair);
    }
}

static void an_end_of_nothing(void **unused)
{
    Trick trick = UNASKED_END;
    Pair *pair  = pair_open(&early, EVIL_CLIENT, play, &trick);

    (void)unused;
    pair_handshake(pair);
    assert_int_equal(pair->server.result, SSLProtocolErr);
    assert_int_equal(peer_alert(&pair->server), ALERT_UNEXPECTED_MESSAGE);
    pair_close(pair);
}

static SSLErr offer_ticket_last(Peer *evil, EvilPhase phase, EvilMessage *message)
{
    if (phase == EVIL_READY && message->row->type == MSG_CLIENT_HELLO) {
        put_name_before_ticket(evil, message, evil->ctx.handshake->psk_age);
    }
    return SSLNoErr;
}

/* RFC 8446 4.2.10: 0-RTT data is that of the first identity. A replay would only have to change
 * the first binder, which nobody checks, to look new. */
static void only_the_first_identity_has_early_data(void **unused)
{
    Pair *pair = pair_open(&early, EVIL_CLIENT, offer_ticket_last, NULL);
    Talk  talk = {0};

    (void)unused;
    talk_write(pair, &talk, 20, 20);
    assert_int_equal(talk.sent, 20);
    (void)talk_read(pair, &talk, 100);
    assert_int_equal(talk.received, 0);
    assert_int_equal(early_accepted(&pair->server), 0);
    assert_int_equal(pair->server.token_count, 0);
    assert_int_equal(pair_resumed(pair), 1); /* by the second */
    pair_close(pair);
}

typedef enum Answer {
    UNOFFERED,        /* early_data in EncryptedExtensions to a client that did not ask */
    WITHOUT_KEY,      /* in a full handshake */
    OF_ANOTHER_KEY,   /* the second that was offered was taken */
    ANOTHER_PROTOCOL, /* accepted, under another ALPN */
    ANOTHER_SUITE,    /* likewise, of the same hash */
    NOT_EMPTY
} Answer;

static SSLErr answer(Peer *evil, EvilPhase phase, EvilMessage *message)
{
    const Answer which = *(const Answer *)evil->plan;

    if (phase == EVIL_WORK && message->row->work == sslr_work_early_data &&
        which == ANOTHER_SUITE) {
        evil->ctx.agreed.suite = sslr_cipher_suite(TLS_CHACHA20_POLY1305_SHA256);
    }
    if (phase != EVIL_READY || message->row->type != MSG_ENCRYPTED_EXTENSIONS ||
        which == ANOTHER_SUITE) {
        return SSLNoErr;
    }
    if (which == ANOTHER_PROTOCOL) {
        set_extension(message, 1, EXT_ALPN, "\0\x09\x08http/1.1", 11);
    } else {
        set_extension(message, 1, EXT_EARLY_DATA, "x", which == NOT_EMPTY);
    }
    return SSLNoErr;
}

static uint8_t alert_for_answer(const Scenario *scenario, Answer which)
{
    Pair   *pair = pair_open(scenario, EVIL_SERVER, answer, &which);
    Talk    talk = {0};
    uint8_t alert;

    if (which == WITHOUT_KEY || which == OF_ANOTHER_KEY) {
        no_resumption(pair);
    }
    if (which != UNOFFERED) {
        talk_write(pair, &talk, 20, 20);
    }
    (void)run_server(pair);
    alert = peer_alert(&pair->client);
    pair_close(pair);
    return alert;
}

static void lies_in_the_answer(void **unused)
{
    static const Scenario two_keys = {"early, key",     TLS_Version_1_3, 0, 0,
                                      IDENTITY_ED25519, EARLY | WITH_PSK};

    (void)unused;
    assert_int_equal(alert_for_answer(&early, UNOFFERED), ALERT_UNSUPPORTED_EXTENSION);
    assert_int_equal(alert_for_answer(&early, WITHOUT_KEY), ALERT_ILLEGAL_PARAMETER);
    assert_int_equal(alert_for_answer(&two_keys, OF_ANOTHER_KEY), ALERT_ILLEGAL_PARAMETER);
    assert_int_equal(alert_for_answer(&early_names, ANOTHER_PROTOCOL), ALERT_ILLEGAL_PARAMETER);
    assert_int_equal(alert_for_answer(&early, ANOTHER_SUITE), ALERT_ILLEGAL_PARAMETER);
    assert_int_equal(alert_for_answer(&early, NOT_EMPTY), ALERT_DECODE_ERROR);
}

/* RFC 8446 D.3 */
static void an_older_server_is_no_answer_to_early_data(void **unused)
{
    Pair *pair = pair_open(&early, NOBODY, NULL, NULL);
    Talk  talk = {0};

    (void)unused;
    SSLSetProtocolVersionMin(&pair->client.ctx, TLS_Version_1_2);
    SSLSetProtocolVersionMin(&pair->server.ctx, TLS_Version_1_2);
    SSLSetProtocolVersionMax(&pair->server.ctx, TLS_Version_1_2);
    talk_write(pair, &talk, 0, 0);
    talk_finish(pair, &talk);
    assert_int_equal(pair->client.result, SSLNegotiationErr);
    assert_int_equal(peer_alert(&pair->client), ALERT_PROTOCOL_VERSION);
    pair_close(pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_client_keeps_the_limit),
        cmocka_unit_test(the_server_takes_not_a_byte_more),
        cmocka_unit_test(the_bound_of_skipped_data_follows_the_limit),
        cmocka_unit_test(a_replay_is_refused),
        cmocka_unit_test(tokens_are_of_one_hello),
        cmocka_unit_test(the_replay_callback_may_wait),
        cmocka_unit_test(accepted_data_must_be_authentic),
        cmocka_unit_test(tricks_with_the_end_of_early_data),
        cmocka_unit_test(an_end_of_nothing),
        cmocka_unit_test(only_the_first_identity_has_early_data),
        cmocka_unit_test(lies_in_the_answer),
        cmocka_unit_test(an_older_server_is_no_answer_to_early_data),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
