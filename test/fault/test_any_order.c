/*
 * test_any_order.c - two connected programs that call anything in any order, over a transport that
 * stops and goes, with callbacks that wait: then all faults end, and what SSLWants says must bring
 * everything to rest. Each seed is one story. SSLREF_TEST_SEEDS=from:count chooses others, and a
 * single one is told call by call. What may happen in it is in any_order.c, how a call is judged in
 * party.c.
 */
#include "any_order.h"

#include <stdio.h>
#include <stdlib.h>

#include "connected.h"

/* clang-format off */
static const Scenario stories[] = {
    { .name = "TLS 1.3",              .version = TLS_Version_1_3, .suite = TLS_AES_128_GCM_SHA256, .group = SSL_GROUP_X25519, .server = SERVER_EC, .client = CLIENT_EC, .key_callbacks = 1, .decisions = 1, .renegotiate = ASK_FOR_CERTIFICATE },
    { .name = "TLS 1.3, tickets",     .version = TLS_Version_1_3, .suite = TLS_AES_128_GCM_SHA256, .group = SSL_GROUP_X25519, .server = SERVER_EC, .client = CLIENT_EC, .key_callbacks = 1, .decisions = 1, .tickets = 1, .resume = 1, .renegotiate = ASK_FOR_CERTIFICATE },
    { .name = "TLS 1.3, at once",     .version = TLS_Version_1_3, .suite = TLS_AES_128_GCM_SHA256, .group = SSL_GROUP_X25519, .server = SERVER_EC, .client = CLIENT_EC, .key_callbacks = 1, .decisions = 1, .ocsp = 1, .alpn = 1 },
    { .name = "TLS 1.3, 0-RTT",       .version = TLS_Version_1_3, .suite = TLS_AES_128_GCM_SHA256, .group = SSL_GROUP_X25519, .server = SERVER_EC, .decisions = 1, .tickets = 1, .resume = 1, .early = 5000 },
    { .name = "TLS 1.2",              .version = TLS_Version_1_2, .suite = TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, .group = SSL_GROUP_X25519, .server = SERVER_EC, .client = CLIENT_EC, .key_callbacks = 1, .decisions = 1, .renegotiate = RENEGOTIATE_BY_SERVER },
    { .name = "TLS 1.2, tickets",     .version = TLS_Version_1_2, .suite = TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, .group = SSL_GROUP_X25519, .server = SERVER_EC, .client = CLIENT_EC, .key_callbacks = 1, .decisions = 1, .tickets = 2, .renegotiate = RENEGOTIATE_BY_CLIENT },
    { .name = "TLS 1.2, shared keys", .version = TLS_Version_1_2, .suite = TLS_ECDHE_PSK_WITH_AES_128_CBC_SHA256, .group = SSL_GROUP_X25519, .psk = 1, .decisions = 1, .renegotiate = RENEGOTIATE_BY_CLIENT },
    { .name = "TLS 1.0, sessions",    .version = TLS_Version_1_0, .suite = TLS_RSA_WITH_AES_128_CBC_SHA, .server = SERVER_RSA, .client = CLIENT_RSA, .decisions = 1, .resume = 1, .renegotiate = RENEGOTIATE_BY_SERVER },
    { .name = "SSL 3.0",              .version = SSL_Version_3_0, .suite = TLS_RSA_WITH_AES_128_CBC_SHA, .server = SERVER_RSA, .client = CLIENT_RSA, .decisions = 1, .renegotiate = RENEGOTIATE_BY_SERVER },
};
/* clang-format on */

#define STORIES        (sizeof(stories) / sizeof(stories[0]))
#define SEEDS_IN_A_ROW 8 /* of one scenario: its first connection is made once */
#define STEPS          160
#define MOST_ROUNDS    200000 /* of calls until everything rests */
#define IDLE_ROUNDS    24     /* without progress: nothing will come any more */

/* ---- coming to rest ---- */

static void end_faults(Party *party)
{
    Side *side = party->side;

    side->wait_pattern = 0;
    let_answer(side);
    side->fault.lie  = LIE_NONE;
    side->io_stutter = 0;
    side->out->room  = one_in(2) ? 0 : under_way(side->out) + 1 + dice(3000);
}

static int takes_more(const Pipe *pipe)
{
    return pipe->room == 0 || under_way(pipe) < pipe->room;
}

static int is_readable(const Party *party)
{
    const Pipe *pipe = party->side->in;
    uint32      pending;

    assert_int_equal(SSLGetReadPendingSize(party->side->ctx, &pending), SSLNoErr);
    return under_way(pipe) > 0 || pending > 0 || party->has_more ||
           (pipe->end_with != SSLNoErr && !party->heard_end);
}

/* Who has ended sends what is queued, and takes what comes from the transport. An enemy's victim
 * closes that, too: what was cut off may be missed for ever. */
static void turn_behind_end(Party *party)
{
    Side *side = party->side;

    side->in->start = side->in->end;
    if ((SSLWants(side->ctx) & SSL_WantsWrite) != 0 && takes_more(side->out)) {
        (void)party_service(party);
    }
    if (run.hostile && (SSLWants(side->ctx) & SSL_WantsWrite) == 0) {
        side->out->cut      = side->out->total;
        side->out->end_with = SSLConnectionTruncated;
    }
}

/* API_Details.txt 2.5: where SSLServiceWriteQueue has sent all and SSLWants still names it, another
 * call does what the queue was in the way of. */
static void go_on(Party *party)
{
    if ((SSLWants(party->side->ctx) & SSL_WantsApplicationData) != 0 || one_in(2)) {
        (void)party_take(party, 1 + dice(20000));
    } else {
        (void)party_handshake(party);
    }
}

/* What a loop around poll() does, and nothing else: a call only for a reason. */
static void turn(Party *party)
{
    const uint32 transport = SSL_WantsRead | SSL_WantsWrite;
    SSLContext  *ctx       = party->side->ctx;

    if (party_is_over(party)) {
        turn_behind_end(party);
    } else if (is_readable(party)) {
        (void)party_take(party, 1 + dice(20000));
    } else if ((SSLWants(ctx) & SSL_WantsWrite) != 0 && takes_more(party->side->out)) {
        if (party_state(party) == SSL_StateHandshake) {
            go_on(party);
        } else if (party_service(party) == SSLNoErr && (SSLWants(ctx) & SSL_WantsWrite) != 0) {
            go_on(party);
        }
    } else if ((SSLWants(ctx) & ~transport) != 0) {
        go_on(party);
    }
}

/* Something that can only be done a bounded number of times. */
static size_t progress(void)
{
    size_t sum = 0;
    int    i, call;

    for (i = 0; i < 2; i++) {
        const Party *party = &run.parties[i];
        const Side  *side  = party->side;

        sum += side->out->total + side->in->total - under_way(side->in) + side->received +
               side->early_received;
        sum += (size_t)party->heard_end + (party->dead != SSLNoErr) + !party->has_early;
        for (call = CALL_GET_SESSION; call <= CALL_REPLAY; call++) {
            sum += side->calls[call];
        }
    }
    return sum;
}

/* What was only scheduled begins with a call, as does everything; and SSLHandshake has promised
 * nothing before it succeeds. */
static void look_once(Party *party)
{
    SSLSessionState state = party_state(party);
    int             unmet = state == SSL_StateIdle || state == SSL_StateHandshake;

    if (!party_is_over(party) && (party->scheduled || side_is_pending(party->side) || unmet)) {
        (void)party_take(party, 1000);
    }
}

static void run_to_rest(void)
{
    unsigned rounds, idle = 0;

    for (rounds = 0; idle < IDLE_ROUNDS; rounds++) {
        size_t before = progress();
        int    first  = (int)dice(2);

        if (rounds == MOST_ROUNDS) {
            fail_msg("nothing comes to rest");
        }
        turn(&run.parties[first]);
        turn(&run.parties[!first]);
        idle = progress() != before ? 0 : idle + 1;
    }
}

/* ---- what holds at rest ---- */

static const char *name_of(const Party *party)
{
    return party->side->server ? "server" : "client";
}

static void assert_nobody_waits(const Party *party)
{
    SSLContext  *ctx   = party->side->ctx;
    const uint32 wants = SSLWants(ctx);

    if (party_queued(party) > 0) {
        fail_msg("%s: %lu bytes stay in the queue", name_of(party),
                 (unsigned long)party_queued(party));
    }
    if (side_is_running(party->side)) {
        fail_msg("%s: a handshake goes on for ever", name_of(party));
    }
    if ((wants & ~(uint32)SSL_WantsRead) != 0) {
        fail_msg("%s: SSLWants is %x for ever", name_of(party), wants);
    }
    if (!party_is_over(party) && side_is_pending(party->side)) {
        fail_msg("%s: what was scheduled never begins", name_of(party));
    }
    if (!party_is_over(party) && party_state(party) != SSL_StateConnected && !party->heard_end) {
        fail_msg("%s: the state is %d for ever", name_of(party), (int)party_state(party));
    }
    if (under_way(party->side->in) > 0) {
        fail_msg("%s: %lu bytes are not read", name_of(party),
                 (unsigned long)under_way(party->side->in));
    }
    assert_no_question_waits(party);
}

/* An end that was sent has come, if there is somebody to hear it. */
static void assert_end_was_heard(const Party *party)
{
    const Party *peer = party->peer;

    if (party_is_over(party) || party->heard_end) {
        return;
    }
    if (peer->closed || peer->half_closed) {
        fail_msg("%s: the peer's close never comes", name_of(party));
    }
    if (peer->dead != SSLNoErr) {
        fail_msg("%s: the peer's end by %d never comes", name_of(party), peer->dead);
    }
}

static void assert_all_came(const Party *from)
{
    const Party *to = from->peer;
    int          accepted;

    if (party_is_over(to) || from->dead != SSLNoErr) {
        return;
    }
    if (to->side->received != from->side->sent) {
        fail_msg("%s: %lu bytes were sent, %lu came", name_of(to), (unsigned long)from->side->sent,
                 (unsigned long)to->side->received);
    }
    assert_int_equal(SSLGetEarlyDataStatus(to->side->ctx, &accepted), SSLNoErr);
    if (to->side->early_received != (accepted ? from->early_sent : 0)) {
        fail_msg("%s: %lu bytes of 0-RTT data were sent, %lu came", name_of(to),
                 (unsigned long)from->early_sent, (unsigned long)to->side->early_received);
    }
}

/* Of an enemy's victims only one thing is sure: an end is noticed. */
static void assert_rest(void)
{
    int i;

    for (i = 0; i < 2; i++) {
        const Party *party = &run.parties[i];

        assert_end_was_heard(party);
        if (!run.garbled && party->dead == SSLNoErr) {
            assert_nobody_waits(party);
        }
        if (!run.hostile) {
            assert_all_came(party);
        }
    }
}

/* ---- the end ---- */

/* At rest nothing is in the way of data. */
static void say_something(Party *party)
{
    uint32 taken;
    SSLErr err;

    if (!party_may_send(party)) {
        return;
    }
    err = party_write(party, 100, &taken);
    if (!run.garbled && (err == SSLNoErr || err == SSLWouldBlockErr) && taken == 0 &&
        party_queued(party) == 0) { /* else a KeyUpdate that was wanted, and a slow transport */
        fail_msg("%s: SSLWrite takes nothing although all is at rest", name_of(party));
    }
}

static void finish(Party *party, int by_halves)
{
    if (party_is_over(party) || (by_halves && party->half_closed)) {
        return;
    }
    if (!by_halves || party_close_write(party) == SSLUnsupportedErr) {
        (void)party_close(party);
    }
}

static void assert_finished(const Party *party)
{
    if (party->dead == SSLNoErr) {
        assert_int_equal(party_state(party), SSL_StateClosed);
        assert_int_equal(party_queued(party), 0);
    }
    assert_int_equal(side_is_running(party->side), 0);
    assert_no_question_waits(party);
}

/* What is done, and then nothing but what follows from it. */
static void let_rest(void)
{
    look_once(&run.parties[0]);
    look_once(&run.parties[1]);
    run_to_rest();
    assert_rest();
}

/* Nothing is left to be said: both close, in a hostile run for good. */
static void end_story(void)
{
    int by_halves = !run.hostile && one_in(2), first = (int)dice(2);

    finish(&run.parties[first], by_halves);
    if (one_in(2)) {
        let_rest();
    }
    finish(&run.parties[!first], by_halves);
    run.garbled = 0;
    let_rest();
    assert_finished(&run.parties[0]);
    assert_finished(&run.parties[1]);
}

/* ---- one story ---- */

static void configure(Party *party)
{
    SSLContext *ctx    = party->side->ctx;
    int         old    = run.world.scenario->version < TLS_Version_1_3;
    int         silent = run.world.scenario->version < TLS_Version_1_0;

    if (one_in(3)) {
        assert_int_equal(SSLSetWriteQueueLimit(ctx, 1 + dice(5000)), SSLNoErr);
    }
    if (one_in(5)) {
        assert_int_equal(SSLSetMaxRecordSize(ctx, 64 + dice(2000)), SSLNoErr);
    }
    if (!run.hostile) {
        assert_int_equal(SSLSetTimeFunc(ctx, side_tell_time), SSLNoErr);
    }
    /* In SSL 3.0 a refusal is silence, and who is refused waits for ever. */
    party->may_refuse = old && !silent && run.seed % 3 == 0;
    if (old && !silent) {
        assert_int_equal(SSLSetRenegotiation(ctx, party->may_refuse ? 0 : SSL_RenegotiateAllowPeer),
                         SSLNoErr);
    }
    party->may_fail = run.hostile;
}

static void open_story(unsigned seed, int hostile)
{
    int i;

    memset(&run, 0, sizeof(run));
    run.seed       = seed;
    run.hostile    = hostile;
    run.active     = 1;
    run.dice       = (uint64_t)seed * 2 + (unsigned)hostile;
    run.handshakes = dice(seed % 3 == 0 ? 8 : 4);
    run.updates    = 20;
    side_clock     = now();
    world_open(&run.world, &stories[seed / SEEDS_IN_A_ROW % STORIES]);
    run.world.client.random_state ^= (uint64_t)seed << 32;
    run.world.server.random_state ^= (uint64_t)seed << 32;
    world_configure(&run.world);
    for (i = 0; i < 2; i++) {
        Party *party = &run.parties[i];

        party_open(party, i ? &run.world.server : &run.world.client, &run.parties[!i]);
        configure(party);
    }
}

static void tell_story(unsigned seed, int hostile, int aloud)
{
    unsigned steps;

    open_story(seed, hostile);
    run.parties[0].tells = run.parties[1].tells = aloud;
    for (steps = STEPS / 4 + dice(STEPS); steps > 0; steps--) {
        act_at_random();
    }
    end_faults(&run.parties[0]);
    end_faults(&run.parties[1]);
    let_rest();
    say_something(&run.parties[0]);
    say_something(&run.parties[1]);
    let_rest();
    end_story();
    world_close(&run.world);
    assert_no_question_waits(&run.parties[0]);
    assert_no_question_waits(&run.parties[1]);
    run.active = 0;
}

/* ---- which seeds ---- */

/* A crash leaves no word: then the last line says where to look. */
#define ANNOUNCED 100

static void tell_stories(int hostile)
{
    const char *chosen = getenv("SSLREF_TEST_SEEDS");
    unsigned    first = 1, count = is_slow_build() ? 72 : 288, i;

    count = is_thorough() ? 20 * count : count;
    if (chosen != NULL && sscanf(chosen, "%u:%u", &first, &count) != 2) {
        fail_msg("SSLREF_TEST_SEEDS is not from:count");
    }
    for (i = 0; i < count; i++) {
        if (i % ANNOUNCED == 0) {
            print_message("  seeds from %u on\n", first + i);
        }
        tell_story(first + i, hostile, count == 1);
    }
}

static void everything_comes_to_rest(void **state)
{
    (void)state;
    tell_stories(0);
}

static void everything_ends_among_enemies(void **state)
{
    (void)state;
    tell_stories(1);
}

/* Behind a failure. */
static int say_which(void **state)
{
    (void)state;
    if (run.active) {
        print_message("%s, %s: again with SSLREF_TEST_SEEDS=%u:1\n", run.world.scenario->name,
                      run.hostile ? "among enemies" : "peaceful", run.seed);
    }
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(everything_comes_to_rest, say_which),
        cmocka_unit_test_teardown(everything_ends_among_enemies, say_which),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
