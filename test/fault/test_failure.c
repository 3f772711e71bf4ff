/*
 * test_failure.c - the n-th allocation, random number, look at the clock fails, for every n; the
 * transport ends or fails at every byte: the callback's own code comes back, the peer is told where
 * there is a connection, and nothing leaks.
 */
#include "harness.h"

#include <stdio.h>
#include <stdlib.h>

#define CODE     4711
#define FOR_EVER 1000000

static Side *side_of(World *world, int server)
{
    return server ? &world->server : &world->client;
}

/* Without the random callback a CBC suite cannot seal an alert. */
static int can_seal(const Side *side, const Fault *fault)
{
    return fault->call != CALL_RANDOM || fault->times == 1 || side->ctx->agreed.suite == NULL ||
           side->ctx->agreed.suite->aead != AEAD_NONE;
}

static void check_failure(World *world, Side *side, const char *what)
{
    SSLSessionState state;
    const Side     *peer = side->peer;

    if (side->result != CODE) {
        fail_msg("%s: %d (%s); the peer: %d (%s)", what, side->result, side->rule, peer->result,
                 peer->rule);
    }
    (void)world;
    (void)SSLGetSessionState(side->ctx, &state);
    if (state != SSL_StateAborted || peer->program[peer->step].op == OP_END ||
        !can_seal(side, &side->fault)) {
        return;
    }
    if (peer->result != SSLFatalAlert) {
        fail_msg("%s: the peer was not told (%d, %s)", what, peer->result, peer->rule);
    }
}

/* Not 0 if the fault came to pass. */
static int run_with_failure(const Scenario *scenario, int server, int call, unsigned n,
                            unsigned times)
{
    World  world;
    Side  *side;
    SSLErr err;
    char   what[160];
    int    struck;

    snprintf(what, sizeof(what), "%s: the %s's %s callback fails at call %u%s", scenario->name,
             server ? "server" : "client", call_names[call], n, times > 1 ? " and for ever" : "");
    world_open(&world, scenario);
    side              = side_of(&world, server);
    side->fault.call  = call;
    side->fault.lie   = LIE_ERROR;
    side->fault.code  = CODE;
    side->fault.first = n;
    side->fault.times = times;
    (void)SSLInitContext(side->peer->ctx);
    err = side_configure(side);
    if (err != SSLNoErr) {
        if (err != CODE) {
            fail_msg("%s: a setter returns %d", what, err);
        }
        struck = 1;
    } else {
        assert_int_equal(side_configure(side->peer), SSLNoErr);
        world_run(&world);
        struck = side->calls[call] > n;
        if (struck) {
            check_failure(&world, side, what);
        } else {
            assert_int_equal(side->result, SSLNoErr);
        }
    }
    world_close(&world);
    return struck;
}

/* One after the other until it is never reached. */
static void fail_at_every_n(int call, unsigned times)
{
    unsigned reached = 0;
    size_t   i;
    int      server;

    for (i = 0; i < scenario_count; i++) {
        Scenario scenario = scenarios[i];
        unsigned stride   = is_thorough() ? 1 : is_slow_build() ? 5 : times == 1 ? 1 : 3;

        scenario.own_objects = call == CALL_ALLOC;
        for (server = 0; server < 2; server++) {
            unsigned n = (unsigned)i % stride;

            while (run_with_failure(&scenario, server, call, n, times)) {
                n += stride;
            }
            reached += n;
        }
    }
    assert_true(reached > 10);
}

static void test_every_allocation_fails(void **state)
{
    (void)state;
    fail_at_every_n(CALL_ALLOC, 1);
}

/* The alert needs no memory. */
static void test_no_allocation_succeeds_from_n_on(void **state)
{
    (void)state;
    fail_at_every_n(CALL_ALLOC, FOR_EVER);
}

static void test_every_random_number_fails(void **state)
{
    (void)state;
    fail_at_every_n(CALL_RANDOM, 1);
    fail_at_every_n(CALL_RANDOM, FOR_EVER);
}

static void test_every_look_at_the_clock_fails(void **state)
{
    (void)state;
    fail_at_every_n(CALL_TIME, 1);
}

/* A write without memory takes nothing and may be repeated. */
static void test_a_write_without_memory_can_be_repeated(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < scenario_count; i++) {
        World   world;
        Side   *side;
        uint8_t data[500];
        uint32  length = sizeof(data);

        world_open(&world, &scenarios[i]);
        side = &world.client;
        world_configure(&world);
        while (side->program[side->step].op == OP_HANDSHAKE ||
               world.server.program[world.server.step].op == OP_HANDSHAKE) {
            (void)side_step(side);
            (void)side_step(&world.server);
        }
        if (side->step != 1 || side->done != 0) {
            world_close(&world); /* already beyond the first write */
            continue;
        }
        side->fault.call  = CALL_ALLOC;
        side->fault.lie   = LIE_ERROR;
        side->fault.code  = CODE;
        side->fault.first = side->calls[CALL_ALLOC];
        side->fault.times = 1;
        memset(data, 1, sizeof(data));
        assert_int_equal(SSLWrite(data, &length, side->ctx), CODE);
        assert_int_equal(length, 0);
        world_run(&world);
        assert_int_equal(side->result, SSLNoErr);
        assert_int_equal(world.server.result, SSLNoErr);
        world_close(&world);
    }
}

/* ---- objects that are not part of a context ---- */

static SSLErr make_objects(Side *side)
{
    SSLAllocator allocator = {side->ctx->allocator.allocFunc, side->ctx->allocator.freeFunc, NULL,
                              side};
    const char  *chain = credential_chain(SERVER_RSA), *key = credential_key(SERVER_RSA);
    SSLIdentitySpec spec;
    SSLTrustSpec    trust;
    SSLErr          err;

    memset(&spec, 0, sizeof(spec));
    memset(&trust, 0, sizeof(trust));
    spec.chain        = buffer_of(chain, strlen(chain));
    spec.privateKey   = buffer_of(key, strlen(key));
    spec.ocspResponse = buffer_of("\x30\x00", 2);
    trust.anchors     = buffer_of(root_certificate(), strlen(root_certificate()));
    err               = SSLCreateIdentity(&allocator, &spec, &side->own_identity);
    if (err == SSLNoErr) {
        err = SSLCreateTrust(&allocator, &trust, &side->own_trust, NULL);
    } else {
        assert_null(side->own_identity);
    }
    return err;
}

static void test_identity_and_trust_without_memory(void **state)
{
    World    world;
    unsigned n = 0;
    SSLErr   err;

    (void)state;
    do {
        world_open(&world, scenario_named("tls13"));
        world_configure(&world);
        world.client.fault.call  = CALL_ALLOC;
        world.client.fault.lie   = LIE_ERROR;
        world.client.fault.code  = CODE;
        world.client.fault.first = world.client.calls[CALL_ALLOC] + n++;
        world.client.fault.times = 1;
        err                      = make_objects(&world.client);
        assert_true(err == SSLNoErr || err == CODE);
        world_close(&world);
    } while (err != SSLNoErr);
    assert_true(n > 3);
}

/* ---- the transport ---- */

static size_t transport_stride(void)
{
    return is_thorough() ? 1 : is_slow_build() ? 1999 : 499;
}

/* The reader of this direction sees the end of the stream (or an error) behind so many bytes. */
static void run_with_cut(const Scenario *scenario, int down, size_t cut, SSLErr end,
                         const Outcome *clean)
{
    World           world;
    Pipe           *pipe     = down ? &world.down : &world.up;
    Side           *reader   = down ? &world.client : &world.server;
    SSLErr          expected = end == SSLConnectionClosedGraceful ? SSLConnectionTruncated : end;
    SSLSessionState state;
    uint8           received;

    world_open(&world, scenario);
    pipe->end_with = end;
    pipe->cut      = cut;
    world_configure(&world);
    world_run(&world);
    (void)SSLGetSessionState(reader->ctx, &state);
    (void)SSLGetAlerts(reader->ctx, NULL, &received);
    if (reader->result == SSLNoErr) {
        /* All that it wanted to read had come. */
        if (reader->step < clean->steps[reader->server] || state != SSL_StateClosed) {
            fail_msg("%s, cut at %lu: neither finished nor failed, step %lu", scenario->name,
                     (unsigned long)cut, (unsigned long)reader->step);
        }
        if (!down) {
            assert_int_equal(received, 0); /* close_notify */
        }
    } else if (reader->result != expected || state != SSL_StateAborted ||
               received != SSL_NO_ALERT) {
        fail_msg("%s, cut at %lu: %d (%s) instead of %d, state %d", scenario->name,
                 (unsigned long)cut, reader->result, reader->rule, expected, (int)state);
    }
    world_close(&world);
}

/* The writer gets an error behind so many bytes. */
static void run_with_refusal(const Scenario *scenario, int down, size_t cut)
{
    World world;
    Pipe *pipe   = down ? &world.down : &world.up;
    Side *writer = down ? &world.server : &world.client;

    world_open(&world, scenario);
    pipe->refuse = SSLIOErr;
    pipe->cut    = cut;
    world_configure(&world);
    world_run(&world);
    if (writer->result != SSLIOErr && writer->program[writer->step].op != OP_END) {
        fail_msg("%s, refused at %lu: %d (%s)", scenario->name, (unsigned long)cut, writer->result,
                 writer->rule);
    }
    world_close(&world);
}

static void test_the_transport_ends_at_every_byte(void **state)
{
    static const SSLErr ends[] = {SSLConnectionClosedGraceful, SSLIOErr, CODE};
    size_t              i, j, cut, total;
    int                 down;

    (void)state;
    for (i = 0; i < scenario_count; i++) {
        World   counted;
        Outcome clean = clean_run(&scenarios[i], &counted);

        for (down = 0; down < 2; down++) {
            total = down ? counted.down.total : counted.up.total;
            for (j = 0; j < sizeof(ends) / sizeof(ends[0]); j++) {
                for (cut = i + j; cut <= total; cut += transport_stride()) {
                    run_with_cut(&scenarios[i], down, cut, ends[j], &clean);
                }
                /* The last record is the close. */
                for (cut = total < 40 ? 0 : total - 40; j == 0 && cut <= total; cut += 3) {
                    run_with_cut(&scenarios[i], down, cut, ends[j], &clean);
                }
            }
        }
    }
}

static void test_the_transport_refuses_at_every_byte(void **state)
{
    size_t i, cut, total;
    int    down;

    (void)state;
    for (i = 0; i < scenario_count; i++) {
        World counted;

        (void)clean_run(&scenarios[i], &counted);
        for (down = 0; down < 2; down++) {
            total = down ? counted.down.total : counted.up.total;
            for (cut = i; cut < total; cut += transport_stride()) {
                run_with_refusal(&scenarios[i], down, cut);
            }
        }
    }
}

/* TLS 1.0 7.2.1: a connection that ends without a close_notify takes its session with it; TLS 1.1
 * 7.2.1 says so no more. */
/* clang-format off */
static const Scenario resumed[] = {
    { .name = "SSL 3.0", .version = SSL_Version_3_0, .suite = TLS_RSA_WITH_AES_128_CBC_SHA, .server = SERVER_RSA, .resume = 1 },
    { .name = "TLS 1.0", .version = TLS_Version_1_0, .suite = TLS_RSA_WITH_AES_128_CBC_SHA, .server = SERVER_RSA, .resume = 1 },
    { .name = "TLS 1.1", .version = TLS_Version_1_1, .suite = TLS_RSA_WITH_AES_128_CBC_SHA, .server = SERVER_RSA, .resume = 1 },
    { .name = "TLS 1.2", .version = TLS_Version_1_2, .suite = TLS_RSA_WITH_AES_128_CBC_SHA, .server = SERVER_RSA, .resume = 1 },
};
/* clang-format on */

static void end_without_a_close(const Scenario *scenario, int by_write)
{
    World    world;
    Side    *side = &world.server;
    uint8_t  byte = 0;
    uint32   one  = 1;
    unsigned gone = scenario->version <= TLS_Version_1_0;

    world_connect(&world, scenario);
    assert_int_equal(world.stores[1].count, 1);
    world.up.cut   = world.up.total;
    world.down.cut = world.down.total;
    if (by_write) {
        world.down.refuse = SSLIOErr;
        assert_int_equal(SSLWrite(&byte, &one, side->ctx), SSLIOErr);
    } else {
        world.up.end_with = SSLConnectionClosedGraceful;
        assert_int_equal(SSLRead(&byte, &one, side->ctx), SSLConnectionTruncated);
    }
    assert_int_equal(side->calls[CALL_DELETE_SESSION], gone);
    assert_int_equal(world.stores[1].count, 1 - gone);
    world_close(&world);
}

static void test_an_end_without_a_close_ends_old_sessions(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(resumed) / sizeof(resumed[0]); i++) {
        end_without_a_close(&resumed[i], 0);
        end_without_a_close(&resumed[i], 1);
    }
}

/* The peer says goodbye and is gone: our answer finds nobody, and that is no failure. */
static void test_a_close_that_cannot_be_answered_is_graceful(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < scenario_count; i++) {
        World world;
        Side *server = &world.server;

        world_open(&world, &scenarios[i]);
        world_configure(&world);
        while (server->program[server->step].op != OP_EXPECT_CLOSE) {
            (void)side_step(&world.client);
            (void)side_step(server);
        }
        world.down.refuse = SSLIOErr;
        world.down.cut    = world.down.total;
        world_run(&world);
        if (server->program[server->step].op == OP_EXPECT_CLOSE) {
            fail_msg("%s: %d %s", scenarios[i].name, server->result, server->rule);
        }
        world_close(&world);
    }
}

/* close_notify in the middle of a handshake is an end like any other, and answered. */
static void test_a_close_during_the_handshake_is_graceful_and_answered(void **state)
{
    static const uint8_t close_notify[] = {21, 3, 3, 0, 2, 1, 0};
    int                  version;

    (void)state;
    for (version = TLS_Version_1_2; version <= TLS_Version_1_3; version++) {
        World world;
        Side *client = &world.client;

        world_open(&world, scenario_named(version == TLS_Version_1_2 ? "tls12" : "tls13"));
        world_configure(&world);
        (void)side_step(client);
        world.up.start      = world.up.end;
        world.down.data     = malloc(4096);
        world.down.capacity = 4096;
        world.down.end = world.down.total = sizeof(close_notify);
        memcpy(world.down.data, close_notify, sizeof(close_notify));
        assert_int_equal(SSLHandshake(client->ctx), SSLConnectionClosedGraceful);
        assert_int_equal(world.up.end - world.up.start, 7);
        assert_int_equal(world.up.data[world.up.end - 1], 0);
        assert_int_equal(SSLHandshake(client->ctx), SSLConnectionClosedGraceful);
        world_close(&world);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_allocation_fails),
        cmocka_unit_test(test_no_allocation_succeeds_from_n_on),
        cmocka_unit_test(test_every_random_number_fails),
        cmocka_unit_test(test_every_look_at_the_clock_fails),
        cmocka_unit_test(test_a_write_without_memory_can_be_repeated),
        cmocka_unit_test(test_identity_and_trust_without_memory),
        cmocka_unit_test(test_the_transport_ends_at_every_byte),
        cmocka_unit_test(test_the_transport_refuses_at_every_byte),
        cmocka_unit_test(test_an_end_without_a_close_ends_old_sessions),
        cmocka_unit_test(test_a_close_that_cannot_be_answered_is_graceful),
        cmocka_unit_test(test_a_close_during_the_handshake_is_graceful_and_answered),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
