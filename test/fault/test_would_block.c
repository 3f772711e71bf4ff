/*
 * test_would_block.c - every callback that may wait waits at every single call, every record comes
 * in pieces and leaves in pieces, and the connection ends as if nothing had happened. Along the way
 * the harness checks that a repeated question is the same one, that SSLWants names what is awaited,
 * and that the queue is empty before a decision waits.
 */
#include "harness.h"

#include <stdio.h>

#include "core/record/record.h"

static const int waiting_calls[] = {CALL_READ,    CALL_WRITE,      CALL_GET_SESSION, CALL_CHECK,
                                    CALL_VERIFY,  CALL_IDENTITY,   CALL_HELLO,       CALL_SIGN,
                                    CALL_DECRYPT, CALL_TICKET_KEY, CALL_REPLAY,      CALL_PSK};

#define WAITING_CALLS (sizeof(waiting_calls) / sizeof(waiting_calls[0]))

static Side *side_of(World *world, int server)
{
    return server ? &world->server : &world->client;
}

static void test_clean_runs(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < scenario_count; i++) {
        Outcome outcome = clean_run(&scenarios[i], NULL);

        assert_int_equal(outcome.resumed[0], scenarios[i].resume);
        assert_int_equal(outcome.certificates[1] > 0, scenarios[i].client != NO_CREDENTIAL);
        assert_int_equal(outcome.ocsp[0] > 0, scenarios[i].ocsp);
        assert_int_equal(outcome.psk[0], scenarios[i].psk ? strlen(test_psk_identity) : 0);
        assert_int_equal(outcome.psk[1], outcome.psk[0]);
        assert_int_equal(outcome.early_accepted[0], scenarios[i].early > 0 && !scenarios[i].cookie);
        assert_int_equal(outcome.early_received[1],
                         outcome.early_accepted[0] ? scenarios[i].early : 0);
    }
}

/* ---- one call waits ---- */

static void run_waiting_once(const Scenario *scenario, const Outcome *expected, int server,
                             int call, unsigned index, unsigned times)
{
    World   world;
    Outcome outcome;
    char    what[120];

    world_open(&world, scenario);
    side_of(&world, server)->fault.call  = call;
    side_of(&world, server)->fault.lie   = LIE_ERROR;
    side_of(&world, server)->fault.code  = SSLWouldBlockErr;
    side_of(&world, server)->fault.first = index;
    side_of(&world, server)->fault.times = times;
    world_configure(&world);
    world_run(&world);
    outcome = outcome_of(&world);
    snprintf(what, sizeof(what), "%s: the %s's %s callback waits at call %u, %u times",
             scenario->name, server ? "server" : "client", call_names[call], index, times);
    assert_same_outcome(expected, &outcome, what);
    assert_int_equal(side_of(&world, server)->cancels, 0);
    world_close(&world);
}

/* Transports are called often: a sample of them, shifted from scenario to scenario. */
static unsigned stride_of(int call)
{
    return (call == CALL_READ || call == CALL_WRITE) && !is_thorough() ? 7 : 1;
}

static void test_every_call_waits(void **state)
{
    unsigned covered[CALLS] = {0}, index, times;
    size_t   i, j;
    int      server;

    (void)state;
    for (i = 0; i < scenario_count; i++) {
        World   counted;
        Outcome expected = clean_run(&scenarios[i], &counted);

        for (server = 0; server < 2; server++) {
            for (j = 0; j < WAITING_CALLS; j++) {
                int      call   = waiting_calls[j];
                unsigned stride = stride_of(call);

                for (index = (unsigned)i % stride; index < side_of(&counted, server)->calls[call];
                     index += stride) {
                    for (times = 1; times <= 2; times++) {
                        run_waiting_once(&scenarios[i], &expected, server, call, index, times);
                    }
                    covered[call]++;
                }
            }
        }
    }
    for (j = 0; j < WAITING_CALLS; j++) {
        assert_true(covered[waiting_calls[j]] > 0);
    }
}

/* ---- everything in pieces ---- */

typedef struct Transport {
    const char *name;
    size_t      read_chunk, write_chunk, room;
    int         stutter, is_short, random, decisions_wait;
} Transport;

static const Transport transports[] = {
    {"decisions wait once", 0, 0, 0, 0, 0, 0, 1},
    {"decisions wait three times", 0, 0, 0, 0, 0, 0, 3},
    {"reads of one byte", 1, 0, 0, 0, 0, 0, 0},
    {"writes of one byte", 0, 1, 0, 0, 0, 0, 0},
    {"reads and writes of one byte", 1, 1, 0, 0, 0, 0, 0},
    {"single bytes as success", 1, 1, 0, 0, 1, 0, 0},
    {"every second call waits", 0, 0, 0, 1, 0, 0, 0},
    {"single bytes, every second call and every decision waits", 1, 1, 0, 1, 0, 0, 2},
    {"a pipe with room for seven bytes", 0, 0, 7, 0, 0, 0, 0},
    {"a pipe with room for seven bytes, decisions wait", 3, 5, 7, 1, 1, 0, 1},
    {"sizes at random", 0, 0, 0, 0, 0, 1, 0},
};

static void use_transport(Side *side, const Transport *transport)
{
    side->io_chunk     = transport->read_chunk;
    side->io_write     = transport->write_chunk;
    side->io_stutter   = transport->stutter;
    side->io_short     = transport->is_short;
    side->io_random    = transport->random;
    side->wait_pattern = transport->decisions_wait;
    side->out->room    = transport->room;
}

static void test_everything_in_pieces(void **state)
{
    size_t i, j;

    (void)state;
    for (i = 0; i < scenario_count; i++) {
        Outcome expected = clean_run(&scenarios[i], NULL);

        for (j = 0; j < sizeof(transports) / sizeof(transports[0]); j++) {
            World   world;
            Outcome outcome;
            char    what[160];

            world_open(&world, &scenarios[i]);
            use_transport(&world.client, &transports[j]);
            use_transport(&world.server, &transports[j]);
            world_configure(&world);
            world_run(&world);
            outcome = outcome_of(&world);
            snprintf(what, sizeof(what), "%s, %s", scenarios[i].name, transports[j].name);
            assert_same_outcome(&expected, &outcome, what);
            world_close(&world);
        }
    }
}

/* ---- what a waiting callback was asked stays valid, and it is told when nobody wants to know ----
 */

typedef enum Ending {
    BY_DELETE,
    BY_CLOSE,
    BY_WRITE_ERROR
} Ending;

static const char *const ending_names[] = {"deleted", "closed", "aborted by the transport"};

/* The scenario runs until this callback waits; then the context ends. */
static void end_while_waiting(const Scenario *scenario, int server, int call, Ending ending)
{
    World  world;
    Side  *side;
    int    i;
    SSLErr err;

    world_open(&world, scenario);
    side              = side_of(&world, server);
    side->fault.call  = call;
    side->fault.lie   = LIE_ERROR;
    side->fault.code  = SSLWouldBlockErr;
    side->fault.times = 1000;
    world_configure(&world);
    for (i = 0; i < 50; i++) {
        (void)side_step(&world.client);
        (void)side_step(&world.server);
    }
    assert_true(side->asked[call].pending);
    if (ending == BY_WRITE_ERROR) {
        /* The queue holds something again, as if the transport had been slow. */
        static const uint8_t warning[2] = {1, 100};

        assert_int_equal(sslr_queue_content(side->ctx, CONTENT_ALERT, bytes_of(warning, 2)),
                         SSLNoErr);
        side->out->refuse = SSLIOErr;
        side->out->cut    = side->out->total;
        err               = SSLHandshake(side->ctx);
        assert_int_equal(err, SSLIOErr);
    } else if (ending == BY_CLOSE) {
        assert_int_equal(SSLClose(side->ctx), SSLNoErr);
    } else {
        assert_int_equal(SSLDeleteContext(side->ctx), SSLNoErr);
    }
    if (side->cancels != 1) {
        fail_msg("%s: the %s's %s callback waits, the context is %s, it is told %u times",
                 scenario->name, server ? "server" : "client", call_names[call],
                 ending_names[ending], side->cancels);
    }
    world_close(&world);
    assert_int_equal(side->cancels, 1);
}

static void test_a_waiting_callback_is_cancelled_once(void **state)
{
    unsigned ended = 0;
    size_t   i, j;
    int      server;

    (void)state;
    for (i = 0; i < scenario_count; i++) {
        World counted;

        (void)clean_run(&scenarios[i], &counted);
        for (server = 0; server < 2; server++) {
            for (j = 2; j < WAITING_CALLS; j++) {
                if (side_of(&counted, server)->calls[waiting_calls[j]] > 0) {
                    end_while_waiting(&scenarios[i], server, waiting_calls[j], BY_DELETE);
                    end_while_waiting(&scenarios[i], server, waiting_calls[j], BY_CLOSE);
                    end_while_waiting(&scenarios[i], server, waiting_calls[j], BY_WRITE_ERROR);
                    ended++;
                }
            }
        }
    }
    assert_true(ended > 20);
}

/* A program may take its callback away while it waits. */
static void test_a_waiting_callback_may_be_removed(void **state)
{
    static const int removable[] = {CALL_CHECK, CALL_VERIFY,      CALL_IDENTITY,
                                    CALL_HELLO, CALL_GET_SESSION, CALL_REPLAY};
    size_t           i;
    int              go_on;

    (void)state;
    for (i = 0; i < sizeof(removable) / sizeof(removable[0]); i++) {
        for (go_on = 0; go_on < 2; go_on++) {
            const Scenario *scenario =
                scenario_named(removable[i] == CALL_GET_SESSION ? "tls12 resumed"
                               : removable[i] == CALL_REPLAY    ? "tls13 early data"
                                                                : "tls13 everything");
            World world;
            int   j;

            world_open(&world, scenario);
            world.server.fault.call  = removable[i];
            world.server.fault.lie   = LIE_ERROR;
            world.server.fault.code  = SSLWouldBlockErr;
            world.server.fault.times = 1000;
            world_configure(&world);
            for (j = 0; j < 50; j++) {
                (void)side_step(&world.client);
                (void)side_step(&world.server);
            }
            assert_true(world.server.asked[removable[i]].pending);
            SSLSetCheckCertificateFunc(world.server.ctx, NULL);
            SSLSetVerifyFunc(world.server.ctx, NULL, NULL);
            SSLSetIdentityFunc(world.server.ctx, NULL, NULL);
            SSLSetClientHelloFunc(world.server.ctx, NULL, NULL);
            SSLSetGetSessionFunc(world.server.ctx, NULL);
            SSLSetReplayFunc(world.server.ctx, NULL, NULL);
            if (go_on) {
                world_run(&world);
                if (world.server.result != SSLNoErr) {
                    fail_msg("%s: %s; %s", call_names[removable[i]], world.server.rule,
                             world.client.rule);
                }
                assert_int_equal(world.client.result, SSLNoErr);
            }
            world_close(&world);
        }
    }
}

/* ---- SSLWants in so many words ---- */

static void test_wants_names_each_decision(void **state)
{
    static const struct {
        const char *scenario;
        int         server, call;
        uint32      wants;
    } cases[] = {
        {"tls13 everything", 0, CALL_CHECK, SSL_WantsCheckCertificate},
        {"tls13 everything", 0, CALL_VERIFY, SSL_WantsCheckCertificate},
        {"tls13 everything", 0, CALL_IDENTITY, SSL_WantsIdentity},
        {"tls13 everything", 1, CALL_HELLO, SSL_WantsIdentity},
        {"tls13 everything", 1, CALL_SIGN, SSL_WantsPrivateKey},
        {"tls12 rsa", 1, CALL_DECRYPT, SSL_WantsPrivateKey},
        {"tls12 resumed", 0, CALL_GET_SESSION, SSL_WantsSession},
        {"tls12 resumed", 1, CALL_GET_SESSION, SSL_WantsSession},
        {"tls12 ticket", 1, CALL_TICKET_KEY, SSL_WantsTicket},
        {"tls13 ticket", 1, CALL_TICKET_KEY, SSL_WantsTicket},
        {"tls13 early data", 1, CALL_REPLAY, SSL_WantsReplay},
        {"tls13 psk", 1, CALL_PSK, SSL_WantsPSK},
        {"tls12 rsa psk", 1, CALL_PSK, SSL_WantsPSK},
    };
    size_t i;
    int    j;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        World world;
        Side *side;

        world_open(&world, scenario_named(cases[i].scenario));
        side              = side_of(&world, cases[i].server);
        side->fault.call  = cases[i].call;
        side->fault.lie   = LIE_ERROR;
        side->fault.code  = SSLWouldBlockErr;
        side->fault.times = 1000;
        world_configure(&world);
        for (j = 0; j < 50; j++) {
            (void)side_step(&world.client);
            (void)side_step(&world.server);
        }
        assert_int_equal(SSLWants(side->ctx), cases[i].wants);
        assert_int_equal(SSLWants(side->peer->ctx), SSL_WantsRead);
        world_close(&world);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_clean_runs),
        cmocka_unit_test(test_every_call_waits),
        cmocka_unit_test(test_everything_in_pieces),
        cmocka_unit_test(test_a_waiting_callback_is_cancelled_once),
        cmocka_unit_test(test_a_waiting_callback_may_be_removed),
        cmocka_unit_test(test_wants_names_each_decision),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
