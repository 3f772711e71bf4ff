/*
 * test_wrong_sequences.c - live handshakes in which one side leaves out, repeats, swaps, inserts or
 * breaks off messages, under the right keys: every message of every flow. The other side must
 * refuse with unexpected_message and never call the handshake complete (design 3, F4 and F6).
 */
#include "scenarios.h"

#define MAX_MESSAGES 16

typedef enum Operation {
    NOTHING,
    LEAVE_OUT,
    REPEAT,           /* in the same record */
    REPEAT_UNDER_NEW, /* as a record under the keys that follow */
    SWAP,             /* with the next message */
    INSERT,           /* a message of another type before it */
    INSERT_DATA,
    BREAK_OFF,      /* the stream ends before it */
    BREAK_OFF_HALF, /* the stream ends inside it */
    CLOSE           /* close_notify before it */
} Operation;

/* What one side of a flow sends. */
typedef struct Sequence {
    const FlowRow *rows[MAX_MESSAGES];
    int            answers[MAX_MESSAGES]; /* something was received since the message before */
    int            count;
} Sequence;

typedef struct Plan {
    Operation operation;
    int       at; /* number of the message */
    uint8_t   type;
    Sequence *record;
    size_t    read; /* bytes received when the last message was sent */
    Writer    held;
    int       held_ccs, held_clear;
    SSLErr (*held_then)(SSLContext *ctx);
} Plan;

static void hold(Peer *evil, Plan *plan, EvilMessage *message)
{
    sslr_writer_init(&plan->held, &evil->ctx.allocator);
    write_bytes(&plan->held, bytes_of(message->bytes.data, message->bytes.length));
    plan->held_ccs       = message->row->type == MSG_CHANGE_CIPHER_SPEC;
    plan->held_clear     = evil->ctx.write.protection == NULL;
    plan->held_clear     = evil->ctx.write.protection == NULL;
    plan->held_then      = NULL;
    message->send        = 0;
    message->change_keys = 0;
    /* The keys of TLS 1.3 depend on it. */
    if (!plan->held_ccs) {
        assert_int_equal(
            sslr_transcript_add(&evil->ctx, bytes_of(plan->held.data, plan->held.length)),
            SSLNoErr);
    }
    /* Keys that only this message needs are derived now; those that it puts into force wait. */
    if ((message->row->flags & CHANGES_KEY) != 0) {
        plan->held_then = message->row->then;
    } else if (message->row->then != NULL) {
        message->change_keys = 1;
    }
}

static SSLErr let_go(Peer *evil, Plan *plan)
{
    SSLErr err = SSLNoErr;

    if (plan->held_ccs) {
        evil_content(evil, CONTENT_CHANGE_CIPHER_SPEC, plan->held.data, plan->held.length);
    } else if (plan->held_clear) {
        evil_clear(evil, CONTENT_HANDSHAKE, TLS_Version_1_2, plan->held.data, plan->held.length);
    } else {
        evil_content(evil, CONTENT_HANDSHAKE, plan->held.data, plan->held.length);
    }
    if (plan->held_then != NULL) {
        err = plan->held_then(&evil->ctx);
    }
    sslr_writer_release(&plan->held);
    return err;
}

static SSLErr before(Peer *evil, Plan *plan, EvilMessage *message)
{
    static const uint8_t zeros[40], close_notify[2] = {1, 0};

    switch (plan->operation) {
    case LEAVE_OUT:
        message->send = 0;
        /* Without ChangeCipherSpec there are no new keys: the Finished shall be readable. */
        message->change_keys = message->row->type != MSG_CHANGE_CIPHER_SPEC;
        break;
    case SWAP:
        hold(evil, plan, message);
        break;
    case INSERT:
        evil_put_message(evil, plan->type, zeros, sizeof(zeros));
        break;
    case INSERT_DATA:
        evil_content(evil, CONTENT_APPLICATION_DATA, "data", 4);
        break;
    case BREAK_OFF_HALF:
        evil_put(evil, message->bytes.data, message->bytes.length / 2);
        evil_end(evil);
        return SSLIOErr;
    case BREAK_OFF:
        evil_end(evil);
        return SSLIOErr;
    case CLOSE:
        evil_content(evil, CONTENT_ALERT, close_notify, 2);
        evil_end(evil);
        return SSLIOErr;
    default:
        break;
    }
    return SSLNoErr;
}

static void again(Peer *evil, EvilMessage *message, int in_record)
{
    if (message->row->type == MSG_CHANGE_CIPHER_SPEC) {
        evil_content(evil, CONTENT_CHANGE_CIPHER_SPEC, message->bytes.data, message->bytes.length);
    } else if (in_record) {
        evil_put(evil, message->bytes.data, message->bytes.length);
    } else {
        evil_content(evil, CONTENT_HANDSHAKE, message->bytes.data, message->bytes.length);
    }
}

static SSLErr evil_hook(Peer *evil, EvilPhase phase, EvilMessage *message)
{
    Plan *plan = (Plan *)evil->plan;

    if (phase == EVIL_READY && plan->record != NULL) {
        assert_true(message->number < MAX_MESSAGES);
        plan->record->rows[message->number]    = message->row;
        plan->record->answers[message->number] = evil->in->start != plan->read;
        plan->record->count                    = message->number + 1;
        plan->read                             = evil->in->start;
    }
    if (phase == EVIL_WORK) {
        return SSLNoErr;
    }
    if (phase == EVIL_READY && message->number == plan->at) {
        return before(evil, plan, message);
    }
    if (phase == EVIL_ADDED && message->number == plan->at && plan->operation == REPEAT) {
        again(evil, message, 1);
    }
    if (phase == EVIL_DONE && message->number == plan->at && plan->operation == REPEAT_UNDER_NEW) {
        again(evil, message, 0);
    }
    if (phase == EVIL_ADDED && message->number == plan->at + 1 && plan->operation == SWAP) {
        return let_go(evil, plan);
    }
    return SSLNoErr;
}

/* ---- one run ---- */

typedef struct Outcome {
    int     connected, waiting;
    SSLErr  result;
    uint8_t alert;
} Outcome;

static Outcome run(const Scenario *scenario, EvilSide side, Plan *plan)
{
    Pair   *pair = pair_open(scenario, side, evil_hook, plan);
    Outcome outcome;

    pair_handshake(pair);
    outcome.connected = peer_connected(pair->honest);
    outcome.result    = pair->honest->result;
    outcome.waiting   = outcome.result == SSLWouldBlockErr;
    /* What came behind the last message is met by the next call. */
    if (outcome.connected) {
        outcome.result = peer_read(pair->honest);
    }
    outcome.alert = peer_alert(pair->honest);
    pair_close(pair);
    return outcome;
}

static const char *const operation_names[] = {
    "nothing", "leave out",   "repeat",    "repeat under new keys", "swap",
    "insert",  "insert data", "break off", "break off half",        "close"};

static int failures, runs;

static void report(const Scenario *scenario, EvilSide side, const Sequence *sequence,
                   const Plan *plan, const Outcome *outcome, const char *expected)
{
    print_message("%s, evil %s: %s %s at %d (type %u): expected %s; result %d, alert %u%s\n",
                  scenario->name, side == EVIL_CLIENT ? "client" : "server",
                  operation_names[plan->operation],
                  sslr_message_name(sequence->rows[plan->at]->type), plan->at, plan->type, expected,
                  outcome->result, outcome->alert, outcome->connected ? ", connected" : "");
    failures++;
}

/* The handshake went on although messages were not as usual. */
static void must_connect(const Scenario *scenario, EvilSide side, const Sequence *sequence,
                         Plan *plan)
{
    Outcome outcome = run(scenario, side, plan);

    runs++;
    if (!outcome.connected || outcome.result != SSLWouldBlockErr) {
        report(scenario, side, sequence, plan, &outcome, "a connection");
    }
}

/* Refused with this alert. done: the handshake was complete before the wrong message came. */
static void must_refuse(const Scenario *scenario, EvilSide side, const Sequence *sequence,
                        Plan *plan, uint8_t alert, int done)
{
    Outcome outcome = run(scenario, side, plan);

    runs++;
    if (outcome.connected != done || outcome.result != SSLProtocolErr || outcome.alert != alert) {
        report(scenario, side, sequence, plan, &outcome, SSLAlertName(alert));
    }
}

static void must_not_connect(const Scenario *scenario, EvilSide side, const Sequence *sequence,
                             Plan *plan, SSLErr result)
{
    Outcome outcome = run(scenario, side, plan);

    runs++;
    if (outcome.connected || outcome.result != result) {
        report(scenario, side, sequence, plan, &outcome, "no connection");
    }
}

static void for_every_flow(void (*check)(const Scenario *scenario, EvilSide side,
                                         const Sequence *sequence, int at))
{
    size_t   i;
    int      side, at;
    Sequence sequence;

    failures = runs = 0;
    for (i = 0; i < SCENARIOS; i++) {
        for (side = EVIL_CLIENT; side <= EVIL_SERVER; side++) {
            Plan plan = {.operation = NOTHING, .at = -9, .record = &sequence};

            memset(&sequence, 0, sizeof(sequence));
            must_connect(&scenarios[i], (EvilSide)side, &sequence, &plan);
            for (at = 0; at < sequence.count; at++) {
                check(&scenarios[i], (EvilSide)side, &sequence, at);
            }
        }
    }
    print_message("%d handshakes\n", runs);
    assert_int_equal(failures, 0);
}

/* ---- what is special about a row ---- */

static int is_tls13(const Scenario *scenario)
{
    return scenario->version == TLS_Version_1_3;
}

static int is_retry(const Scenario *scenario)
{
    return (scenario->flags & (WITH_RETRY | WITH_COOKIE)) != 0;
}

/* The compatibility ChangeCipherSpec of TLS 1.3 means nothing. */
static int means_nothing(const Scenario *scenario, const FlowRow *row)
{
    return is_tls13(scenario) && row->type == MSG_CHANGE_CIPHER_SPEC;
}

/* The last message before this side listens. */
static int ends_flight(const Sequence *sequence, int at)
{
    return at + 1 == sequence->count || sequence->answers[at + 1];
}

/* Behind it the receiver is connected. */
static int completes(const Sequence *sequence, int at)
{
    return at + 1 == sequence->count;
}

/* ---- the checks ---- */

static void check_left_out(const Scenario *scenario, EvilSide side, const Sequence *sequence,
                           int at)
{
    const FlowRow *row  = sequence->rows[at];
    Plan           plan = {.operation = LEAVE_OUT, .at = at};

    if (means_nothing(scenario, row)) {
        must_connect(scenario, side, sequence, &plan);
    } else if (row->type == MSG_HELLO_RETRY_REQUEST) {
        /* The client goes on waiting for an answer. */
        must_not_connect(scenario, side, sequence, &plan, SSLWouldBlockErr);
    } else if ((row->flags & OPTIONAL) != 0) {
        /* Legal for the receiver. Whether the evil peer, which believes that it has sent it, goes
         * on is its own affair. */
        Outcome outcome = run(scenario, side, &plan);

        runs++;
        if (outcome.alert != SSL_NO_ALERT) {
            report(scenario, side, sequence, &plan, &outcome, "no alert");
        }
    } else if (ends_flight(sequence, at)) {
        must_not_connect(scenario, side, sequence, &plan, SSLWouldBlockErr);
    } else {
        must_refuse(scenario, side, sequence, &plan, ALERT_UNEXPECTED_MESSAGE, 0);
    }
}

static void nothing_can_be_left_out(void **unused)
{
    (void)unused;
    for_every_flow(check_left_out);
}

static void check_repeated(const Scenario *scenario, EvilSide side, const Sequence *sequence,
                           int at)
{
    const FlowRow *row   = sequence->rows[at];
    Plan           plan  = {.operation = REPEAT, .at = at};
    uint8_t        alert = ALERT_UNEXPECTED_MESSAGE;

    if (means_nothing(scenario, row)) {
        must_connect(scenario, side, sequence, &plan);
        return;
    }
    if (row->type == MSG_CLIENT_HELLO && is_retry(scenario) && at == 0) {
        /* It is taken for the answer to the retry, and is none. */
        alert = ALERT_ILLEGAL_PARAMETER;
    } else if (row->type == MSG_CHANGE_CIPHER_SPEC) {
        /* In clear where protected records are due. */
        alert = ALERT_BAD_RECORD_MAC;
    }
    must_refuse(scenario, side, sequence, &plan, alert,
                completes(sequence, at) && !is_tls13(scenario));
}

static void nothing_can_be_repeated(void **unused)
{
    (void)unused;
    for_every_flow(check_repeated);
}

static void check_repeated_under_new_keys(const Scenario *scenario, EvilSide side,
                                          const Sequence *sequence, int at)
{
    const FlowRow *row  = sequence->rows[at];
    Plan           plan = {.operation = REPEAT_UNDER_NEW, .at = at};

    if ((row->flags & (CHANGES_KEY | LAST)) == 0) {
        return;
    }
    must_refuse(scenario, side, sequence, &plan, ALERT_UNEXPECTED_MESSAGE, completes(sequence, at));
}

static void nothing_can_be_repeated_behind_a_key_change(void **unused)
{
    (void)unused;
    for_every_flow(check_repeated_under_new_keys);
}

static void check_swapped(const Scenario *scenario, EvilSide side, const Sequence *sequence, int at)
{
    Plan plan = {.operation = SWAP, .at = at};

    if (ends_flight(sequence, at)) {
        return;
    }
    if (means_nothing(scenario, sequence->rows[at + 1])) {
        must_connect(scenario, side, sequence, &plan);
    } else if (means_nothing(scenario, sequence->rows[at]) && !completes(sequence, at + 1)) {
        must_connect(scenario, side, sequence, &plan);
    } else {
        /* A ChangeCipherSpec behind the Finished does mean something: RFC 8446 5. */
        must_refuse(scenario, side, sequence, &plan, ALERT_UNEXPECTED_MESSAGE,
                    means_nothing(scenario, sequence->rows[at]));
    }
}

static void nothing_can_be_swapped(void **unused)
{
    (void)unused;
    for_every_flow(check_swapped);
}

/* Handshake types that exist, and two that do not. */
static const uint8_t types[] = {0, 1, 2, 4, 5, 8, 11, 12, 13, 14, 15, 16, 20, 22, 24, 67, 254, 255};

/* Could a message of this type stand here? Then it is not out of place, only malformed. */
static int may_stand(const Scenario *scenario, EvilSide side, const Sequence *sequence, int at,
                     uint8_t type)
{
    int i;

    for (i = at; i < sequence->count; i++) {
        uint16_t due = sequence->rows[i]->type;

        if (type == due || (due == MSG_HELLO_RETRY_REQUEST && type == MSG_SERVER_HELLO)) {
            return 1;
        }
        if (!means_nothing(scenario, sequence->rows[i]) &&
            (sequence->rows[i]->flags & OPTIONAL) == 0) {
            break;
        }
    }
    /* The request that is not made in this flow, but could be. */
    return side == EVIL_SERVER && at > 0 && (scenario->flags & WITH_PSK) == 0 &&
           type == MSG_CERTIFICATE_REQUEST &&
           sequence->rows[at]->type ==
               (is_tls13(scenario) ? MSG_CERTIFICATE : MSG_SERVER_HELLO_DONE) &&
           sequence->rows[at - 1]->type != MSG_CERTIFICATE_REQUEST;
}

static void check_inserted(const Scenario *scenario, EvilSide side, const Sequence *sequence,
                           int at)
{
    size_t i;

    for (i = 0; i < sizeof(types); i++) {
        Plan plan = {.operation = INSERT, .at = at, .type = types[i]};

        /* The slow key exchanges differ from the fast ones in nothing but ServerKeyExchange. */
        if (may_stand(scenario, side, sequence, at, types[i]) ||
            (scenario->identity == IDENTITY_RSA && scenario->flags == 0)) {
            continue;
        }
        must_refuse(scenario, side, sequence, &plan, ALERT_UNEXPECTED_MESSAGE, 0);
    }
}

static void nothing_can_be_inserted(void **unused)
{
    (void)unused;
    for_every_flow(check_inserted);
}

static void check_data(const Scenario *scenario, EvilSide side, const Sequence *sequence, int at)
{
    Plan plan = {.operation = INSERT_DATA, .at = at};

    must_refuse(scenario, side, sequence, &plan, ALERT_UNEXPECTED_MESSAGE, 0);
}

static void data_cannot_come_early(void **unused)
{
    (void)unused;
    for_every_flow(check_data);
}

static void check_broken_off(const Scenario *scenario, EvilSide side, const Sequence *sequence,
                             int at)
{
    Plan before_it = {.operation = BREAK_OFF, .at = at};
    Plan inside    = {.operation = BREAK_OFF_HALF, .at = at};
    Plan closed    = {.operation = CLOSE, .at = at};

    must_not_connect(scenario, side, sequence, &before_it, SSLConnectionTruncated);
    if (sequence->rows[at]->type != MSG_CHANGE_CIPHER_SPEC) {
        must_not_connect(scenario, side, sequence, &inside, SSLConnectionTruncated);
    }
    must_not_connect(scenario, side, sequence, &closed, SSLConnectionClosedGraceful);
}

static void a_flow_that_ends_early_is_no_connection(void **unused)
{
    (void)unused;
    for_every_flow(check_broken_off);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_can_be_left_out),
        cmocka_unit_test(nothing_can_be_repeated),
        cmocka_unit_test(nothing_can_be_repeated_behind_a_key_change),
        cmocka_unit_test(nothing_can_be_swapped),
        cmocka_unit_test(nothing_can_be_inserted),
        cmocka_unit_test(data_cannot_come_early),
        cmocka_unit_test(a_flow_that_ends_early_is_no_connection),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
