/*
 * test_manual_exchange.c - the statements of the SSLRef 3.0 manual about SSLHandshake, SSLRead,
 * SSLWrite, SSLServiceWriteQueue and SSLClose, by their numbers in the checklist.
 */
#include "harness.h"

#include "core/record/record.h"

static const char *const both[2] = {"tls12", "tls13"};

#define CLIENT_CTX world.client.ctx
#define SERVER_CTX world.server.ctx

static uint8_t data[100000];

static uint32 pending_writes(SSLContext *ctx)
{
    uint32 pending = 0;

    assert_int_equal(SSLGetWritePendingSize(ctx, &pending), SSLNoErr);
    return pending;
}

static SSLErr read_n(SSLContext *ctx, uint32 room, uint32 *got)
{
    *got = room;
    return SSLRead(data, got, ctx);
}

static SSLErr write_n(SSLContext *ctx, uint32 count, uint32 *taken)
{
    *taken = count;
    return SSLWrite(data, taken, ctx);
}

/* A record in clear, or garbage, as if the peer had sent it. */
static void inject(Pipe *pipe, const void *bytes, size_t length)
{
    assert_true(pipe->capacity - pipe->end >= length);
    memcpy(pipe->data + pipe->end, bytes, length);
    pipe->end += length;
    pipe->total += length;
}

/* ---- 3.14 SSLHandshake ---- */

static void test_item_078_081_success_only_when_everything_has_left(void **state)
{
    World world;
    int   i, rounds;

    (void)state;
    for (i = 0; i < 2; i++) {
        SSLErr client = SSLWouldBlockErr, server = SSLWouldBlockErr;

        world_open(&world, scenario_named(both[i]));
        world_configure(&world);
        world.client.io_write = world.server.io_write = 3;
        for (rounds = 0; client != SSLNoErr || server != SSLNoErr; rounds++) {
            assert_true(rounds < 10000);
            client = SSLHandshake(CLIENT_CTX);
            assert_true(client != SSLNoErr || pending_writes(CLIENT_CTX) == 0);
            server = SSLHandshake(SERVER_CTX);
            assert_true(server != SSLNoErr || pending_writes(SERVER_CTX) == 0);
        }
        world_close(&world);
    }
}

static void test_item_082_093_a_record_that_does_not_authenticate(void **state)
{
    World    world;
    uint32   got;
    unsigned calls;
    int      i;

    (void)state;
    for (i = 0; i < 2; i++) {
        world_connect(&world, scenario_named(both[i]));
        assert_int_equal(write_n(CLIENT_CTX, 100, &got), SSLNoErr);
        world.up.data[world.up.end - 1] ^= 1;
        assert_int_equal(read_n(SERVER_CTX, 100, &got), SSLProtocolErr);
        assert_int_equal(got, 0);
        calls = world.server.calls[CALL_READ] + world.server.calls[CALL_WRITE];
        assert_int_equal(read_n(SERVER_CTX, 100, &got), SSLConnectionClosedError);
        assert_int_equal(write_n(SERVER_CTX, 100, &got), SSLConnectionClosedError);
        assert_int_equal(SSLHandshake(SERVER_CTX), SSLConnectionClosedError);
        assert_int_equal(world.server.calls[CALL_READ] + world.server.calls[CALL_WRITE], calls);
        assert_int_equal(read_n(CLIENT_CTX, 100, &got), SSLFatalAlert);
        world_close(&world);
    }
}

static void test_item_083_nothing_in_common(void **state)
{
    World  world;
    uint16 suite = TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384;

    (void)state;
    world_open(&world, scenario_named("tls12"));
    world_configure(&world);
    assert_int_equal(SSLSetEnabledCiphers(SERVER_CTX, &suite, 1), SSLNoErr);
    world_run(&world);
    assert_int_equal(world.server.result, SSLNegotiationErr);
    assert_int_equal(world.client.result, SSLFatalAlert);
    world_close(&world);
}

static void test_item_085_handshake_on_a_connected_context(void **state)
{
    World    world;
    unsigned calls;
    int      i;

    (void)state;
    for (i = 0; i < 2; i++) {
        world_connect(&world, scenario_named(both[i]));
        calls = world.client.calls[CALL_READ] + world.client.calls[CALL_WRITE];
        assert_int_equal(SSLHandshake(CLIENT_CTX), SSLNoErr);
        assert_int_equal(world.client.calls[CALL_READ] + world.client.calls[CALL_WRITE], calls);
        world_close(&world);
    }
}

static void test_item_086_115_after_close(void **state)
{
    World  world;
    uint32 got;
    int    i;

    (void)state;
    for (i = 0; i < 2; i++) {
        world_connect(&world, scenario_named(both[i]));
        assert_int_equal(SSLClose(CLIENT_CTX), SSLNoErr);
        assert_int_equal(SSLHandshake(CLIENT_CTX), SSLConnectionClosedGraceful);
        assert_int_equal(read_n(CLIENT_CTX, 10, &got), SSLConnectionClosedGraceful);
        assert_int_equal(got, 0);
        assert_int_equal(write_n(CLIENT_CTX, 10, &got), SSLConnectionClosedGraceful);
        assert_int_equal(got, 0);
        assert_int_equal(SSLServiceWriteQueue(CLIENT_CTX), SSLNoErr);
        world_close(&world);
    }
}

/* ---- 3.15 SSLRead ---- */

static void test_item_087_099_read_and_write_perform_the_handshake(void **state)
{
    World  world;
    uint32 got = 0, taken = 0;
    int    i, rounds;
    SSLErr err;

    (void)state;
    for (i = 0; i < 2; i++) {
        world_open(&world, scenario_named(both[i]));
        world_configure(&world);
        for (rounds = 0, taken = 0; taken == 0; rounds++) {
            assert_true(rounds < 100);
            err = write_n(CLIENT_CTX, 50, &taken);
            assert_int_equal(err, taken == 0 ? SSLWouldBlockErr : SSLNoErr);
            err = read_n(SERVER_CTX, 0, &got); /* reading nothing performs the handshake, too */
            assert_true(err == SSLNoErr || err == SSLWouldBlockErr);
        }
        assert_int_equal(taken, 50);
        for (rounds = 0, got = 0; got == 0; rounds++) {
            assert_true(rounds < 100);
            (void)read_n(SERVER_CTX, 50, &got);
        }
        assert_int_equal(got, 50);
        world_close(&world);
    }
}

static void test_item_088_090_092_read_returns_early_and_keeps_the_surplus(void **state)
{
    World    world;
    uint32   got;
    unsigned reads;
    int      i;

    (void)state;
    for (i = 0; i < 2; i++) {
        world_connect(&world, scenario_named(both[i]));
        assert_int_equal(write_n(CLIENT_CTX, 10, &got), SSLNoErr);
        assert_int_equal(write_n(CLIENT_CTX, 20, &got), SSLNoErr);
        assert_int_equal(read_n(SERVER_CTX, 100, &got), SSLNoErr);
        assert_int_equal(got, 10); /* one record is enough */
        assert_int_equal(read_n(SERVER_CTX, 5, &got), SSLNoErr);
        assert_int_equal(got, 5);
        reads = world.server.calls[CALL_READ];
        assert_int_equal(read_n(SERVER_CTX, 100, &got), SSLNoErr);
        assert_int_equal(got, 15);
        assert_int_equal(world.server.calls[CALL_READ], reads);
        assert_int_equal(read_n(SERVER_CTX, 100, &got), SSLWouldBlockErr);
        assert_int_equal(got, 0);
        world_close(&world);
    }
}

static void test_item_094_data_before_the_close_is_delivered_first(void **state)
{
    World  world;
    uint32 got;
    int    i, j;

    (void)state;
    for (i = 0; i < 2; i++) {
        world_connect(&world, scenario_named(both[i]));
        assert_int_equal(write_n(CLIENT_CTX, 10, &got), SSLNoErr);
        assert_int_equal(SSLClose(CLIENT_CTX), SSLNoErr);
        assert_int_equal(read_n(SERVER_CTX, 100, &got), SSLNoErr);
        assert_int_equal(got, 10);
        for (j = 0; j < 3; j++) {
            assert_int_equal(read_n(SERVER_CTX, 100, &got), SSLConnectionClosedGraceful);
            assert_int_equal(got, 0);
        }
        world_close(&world);
    }
}

static void test_item_095_an_end_without_close_is_a_truncation(void **state)
{
    World           world;
    uint32          got;
    SSLSessionState session;
    int             i;

    (void)state;
    for (i = 0; i < 2; i++) {
        world_connect(&world, scenario_named(both[i]));
        world.up.end_with = SSLConnectionClosedGraceful;
        world.up.cut      = world.up.total;
        assert_int_equal(read_n(SERVER_CTX, 100, &got), SSLConnectionTruncated);
        assert_int_equal(SSLGetSessionState(SERVER_CTX, &session), SSLNoErr);
        assert_int_equal(session, SSL_StateAborted);
        assert_int_equal(read_n(SERVER_CTX, 100, &got), SSLConnectionClosedError);
        world_close(&world);
    }
}

static void test_item_097_reads_of_nothing(void **state)
{
    World  world;
    uint32 got = 0;
    int    i;

    (void)state;
    for (i = 0; i < 2; i++) {
        world_connect(&world, scenario_named(both[i]));
        assert_int_equal(SSLRead(NULL, &got, SERVER_CTX), SSLNoErr);
        got = 1;
        assert_int_equal(SSLRead(NULL, &got, SERVER_CTX), SSLBadParameterErr);
        assert_int_equal(SSLRead(data, NULL, SERVER_CTX), SSLBadParameterErr);
        world_close(&world);
    }
}

static void test_item_098_a_blocked_write_does_not_stop_reading(void **state)
{
    World  world;
    uint32 got;
    int    i;

    (void)state;
    for (i = 0; i < 2; i++) {
        world_connect(&world, scenario_named(both[i]));
        world.down.room = 1;
        assert_int_equal(write_n(SERVER_CTX, 100, &got), SSLWouldBlockErr);
        assert_int_equal(write_n(CLIENT_CTX, 10, &got), SSLNoErr);
        assert_int_equal(read_n(SERVER_CTX, 100, &got), SSLNoErr);
        assert_int_equal(got, 10);
        /* And reading services the queue. */
        world.down.room = 0;
        assert_int_equal(read_n(SERVER_CTX, 100, &got), SSLWouldBlockErr);
        assert_int_equal(pending_writes(SERVER_CTX), 0);
        world_close(&world);
    }
}

/* ---- 3.16, 3.17 the write queue ---- */

static void test_item_100_to_103_what_a_blocked_write_has_taken(void **state)
{
    World  world;
    uint32 taken;
    int    i;

    (void)state;
    for (i = 0; i < 2; i++) {
        world_connect(&world, scenario_named(both[i]));
        world.up.room = 10;
        assert_int_equal(write_n(CLIENT_CTX, 500, &taken), SSLWouldBlockErr);
        assert_int_equal(taken, 500); /* all taken: not to be sent again */
        assert_int_equal(write_n(CLIENT_CTX, 300, &taken), SSLWouldBlockErr);
        assert_int_equal(taken, 0); /* an older queue is in the way */
        assert_int_equal(SSLWants(CLIENT_CTX), SSL_WantsWrite);
        world.up.room = 0;
        assert_int_equal(write_n(CLIENT_CTX, 300, &taken), SSLNoErr);
        assert_int_equal(taken, 300);
        assert_int_equal(read_n(SERVER_CTX, 1000, &taken), SSLNoErr);
        assert_int_equal(taken, 500);
        assert_int_equal(read_n(SERVER_CTX, 1000, &taken), SSLNoErr);
        assert_int_equal(taken, 300);
        world_close(&world);
    }
}

static void test_item_104_a_write_of_nothing_makes_no_record(void **state)
{
    World  world;
    uint32 taken = 0;
    size_t total;
    int    i;

    (void)state;
    for (i = 0; i < 2; i++) {
        world_connect(&world, scenario_named(both[i]));
        total = world.up.total;
        assert_int_equal(SSLWrite(NULL, &taken, CLIENT_CTX), SSLNoErr);
        assert_int_equal(world.up.total, total);
        world.up.room = world.up.end - world.up.start + 1;
        assert_int_equal(write_n(CLIENT_CTX, 50, &taken), SSLWouldBlockErr);
        taken = 0;
        assert_int_equal(SSLWrite(NULL, &taken, CLIENT_CTX), SSLWouldBlockErr);
        world.up.room = 0;
        assert_int_equal(SSLWrite(NULL, &taken, CLIENT_CTX), SSLNoErr);
        assert_int_equal(pending_writes(CLIENT_CTX), 0);
        taken = 1;
        assert_int_equal(SSLWrite(NULL, &taken, CLIENT_CTX), SSLBadParameterErr);
        world_close(&world);
    }
}

static void test_item_105_long_data_is_split_into_records(void **state)
{
    World  world;
    uint32 got, sum = 0;
    int    i, reads = 0;

    (void)state;
    for (i = 0; i < 2; i++) {
        world_connect(&world, scenario_named(both[i]));
        for (got = 0; got < sizeof(data); got++) {
            data[got] = pattern(0, got);
        }
        assert_int_equal(write_n(CLIENT_CTX, sizeof(data), &got), SSLNoErr);
        assert_int_equal(got, sizeof(data));
        memset(data, 0, sizeof(data));
        for (sum = 0, reads = 0; sum < sizeof(data); sum += got, reads++) {
            got = (uint32)sizeof(data) - sum;
            assert_int_equal(SSLRead(data + sum, &got, SERVER_CTX), SSLNoErr);
        }
        assert_int_equal(reads, (sizeof(data) + 16383) / 16384);
        for (got = 0; got < sizeof(data); got++) {
            assert_int_equal(data[got], pattern(0, got));
        }
        world_close(&world);
    }
}

static void test_item_107_a_limited_queue_takes_a_part(void **state)
{
    World  world;
    uint32 taken;
    int    i;

    (void)state;
    for (i = 0; i < 2; i++) {
        world_open(&world, scenario_named(both[i]));
        world_configure(&world);
        assert_int_equal(SSLSetWriteQueueLimit(CLIENT_CTX, 1000), SSLNoErr);
        while (SSLHandshake(CLIENT_CTX) != SSLNoErr || SSLHandshake(SERVER_CTX) != SSLNoErr) {
            (void)SSLHandshake(SERVER_CTX);
        }
        world.up.room = world.up.end - world.up.start + 1;
        assert_int_equal(write_n(CLIENT_CTX, 5000, &taken), SSLWouldBlockErr);
        assert_true(taken > 0 && taken <= 1000);
        assert_int_equal(write_n(CLIENT_CTX, 5000, &taken), SSLWouldBlockErr);
        assert_int_equal(taken, 0);
        world.up.room = 0;
        assert_int_equal(write_n(CLIENT_CTX, 5000, &taken), SSLNoErr);
        assert_true(taken > 0 && taken <= 5000);
        world_close(&world);
    }
}

static void test_item_108_to_112_servicing_the_queue(void **state)
{
    World    world;
    uint32   got;
    unsigned writes, reads;
    int      i;

    (void)state;
    for (i = 0; i < 2; i++) {
        world_open(&world, scenario_named(both[i]));
        world_configure(&world);
        assert_int_equal(SSLServiceWriteQueue(CLIENT_CTX), SSLNoErr); /* begins no handshake */
        assert_int_equal(world.client.calls[CALL_WRITE], 0);
        world_close(&world);
        world_connect(&world, scenario_named(both[i]));
        writes = world.client.calls[CALL_WRITE];
        reads  = world.client.calls[CALL_READ];
        assert_int_equal(SSLServiceWriteQueue(CLIENT_CTX), SSLNoErr);
        assert_int_equal(world.client.calls[CALL_WRITE], writes);
        world.up.refuse = 77; /* another error comes back unchanged */
        world.up.cut    = world.up.total + 5;
        assert_int_equal(write_n(CLIENT_CTX, 100, &got), SSLWouldBlockErr);
        assert_int_equal(SSLServiceWriteQueue(CLIENT_CTX), 77);
        assert_int_equal(world.client.calls[CALL_READ], reads);
        world_close(&world);
        /* After SSLClose that waits. */
        world_connect(&world, scenario_named(both[i]));
        world.up.room = world.up.end - world.up.start + 3;
        assert_int_equal(SSLClose(CLIENT_CTX), SSLWouldBlockErr);
        world.up.room = 0;
        assert_int_equal(SSLServiceWriteQueue(CLIENT_CTX), SSLNoErr);
        assert_int_equal(read_n(SERVER_CTX, 100, &got), SSLConnectionClosedGraceful);
        world_close(&world);
    }
}

/* ---- 3.18 SSLClose ---- */

static void test_item_113_114_the_close_is_sent_once_behind_the_data(void **state)
{
    World  world;
    uint32 got;
    size_t total;
    int    i, j;

    (void)state;
    for (i = 0; i < 2; i++) {
        world_connect(&world, scenario_named(both[i]));
        world.up.room = world.up.end - world.up.start + 1;
        assert_int_equal(write_n(CLIENT_CTX, 50, &got), SSLWouldBlockErr);
        for (j = 0; j < 3; j++) {
            assert_int_equal(SSLClose(CLIENT_CTX), SSLWouldBlockErr);
        }
        world.up.room = 0;
        assert_int_equal(SSLClose(CLIENT_CTX), SSLNoErr);
        total = world.up.total;
        assert_int_equal(SSLClose(CLIENT_CTX), SSLNoErr);
        assert_int_equal(world.up.total, total);
        assert_int_equal(read_n(SERVER_CTX, 100, &got), SSLNoErr);
        assert_int_equal(got, 50);
        assert_int_equal(read_n(SERVER_CTX, 100, &got), SSLConnectionClosedGraceful);
        assert_int_equal(world.up.start, world.up.end);
        world_close(&world);
    }
}

static void test_item_116_a_close_into_nothing_is_no_error(void **state)
{
    World world;
    int   i;

    (void)state;
    for (i = 0; i < 2; i++) {
        world_connect(&world, scenario_named(both[i]));
        world.up.refuse = SSLIOErr;
        world.up.cut    = world.up.total;
        assert_int_equal(SSLClose(CLIENT_CTX), SSLNoErr);
        world_close(&world);
        /* Before the first byte: nothing to send. */
        world_open(&world, scenario_named(both[i]));
        world_configure(&world);
        assert_int_equal(SSLClose(CLIENT_CTX), SSLNoErr);
        assert_int_equal(world.up.total, 0);
        world_close(&world);
    }
}

static void test_item_117_a_fatal_alert_ends_the_session(void **state)
{
    static const uint8_t garbage[] = {23, 3, 3, 0, 17, 1, 2,  3,  4,  5,  6,
                                      7,  8, 9, 1, 1,  1, 11, 12, 13, 14, 15};
    World                world;
    uint32               got;

    (void)state;
    world_connect(&world, scenario_named("tls12 resumed"));
    assert_int_equal(world.stores[0].count, 1);
    (void)write_n(CLIENT_CTX, 1, &got);
    world.up.end = world.up.start;
    inject(&world.up, garbage, sizeof(garbage));
    assert_int_equal(read_n(SERVER_CTX, 10, &got), SSLProtocolErr);
    assert_int_equal(world.server.calls[CALL_DELETE_SESSION], 1);
    assert_int_equal(read_n(CLIENT_CTX, 10, &got), SSLFatalAlert);
    assert_int_equal(world.client.calls[CALL_DELETE_SESSION], 1);
    assert_int_equal(world.stores[0].count, 0);
    world_close(&world);
}

static void test_item_118_close_does_not_read(void **state)
{
    World    world;
    unsigned reads;
    int      i;

    (void)state;
    for (i = 0; i < 2; i++) {
        world_connect(&world, scenario_named(both[i]));
        reads = world.client.calls[CALL_READ];
        assert_int_equal(SSLClose(CLIENT_CTX), SSLNoErr);
        assert_int_equal(world.client.calls[CALL_READ], reads);
        world_close(&world);
    }
}

static void test_item_138_never_a_byte_beyond_the_close(void **state)
{
    World  world;
    uint32 got;
    int    i;

    (void)state;
    for (i = 0; i < 2; i++) {
        world_connect(&world, scenario_named(both[i]));
        assert_int_equal(SSLClose(CLIENT_CTX), SSLNoErr);
        inject(&world.up, "plain traffic", 13);
        assert_int_equal(read_n(SERVER_CTX, 100, &got), SSLConnectionClosedGraceful);
        assert_int_equal(world.up.end - world.up.start, 13);
        assert_memory_equal(world.up.data + world.up.start, "plain traffic", 13);
        world_close(&world);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_item_078_081_success_only_when_everything_has_left),
        cmocka_unit_test(test_item_082_093_a_record_that_does_not_authenticate),
        cmocka_unit_test(test_item_083_nothing_in_common),
        cmocka_unit_test(test_item_085_handshake_on_a_connected_context),
        cmocka_unit_test(test_item_086_115_after_close),
        cmocka_unit_test(test_item_087_099_read_and_write_perform_the_handshake),
        cmocka_unit_test(test_item_088_090_092_read_returns_early_and_keeps_the_surplus),
        cmocka_unit_test(test_item_094_data_before_the_close_is_delivered_first),
        cmocka_unit_test(test_item_095_an_end_without_close_is_a_truncation),
        cmocka_unit_test(test_item_097_reads_of_nothing),
        cmocka_unit_test(test_item_098_a_blocked_write_does_not_stop_reading),
        cmocka_unit_test(test_item_100_to_103_what_a_blocked_write_has_taken),
        cmocka_unit_test(test_item_104_a_write_of_nothing_makes_no_record),
        cmocka_unit_test(test_item_105_long_data_is_split_into_records),
        cmocka_unit_test(test_item_107_a_limited_queue_takes_a_part),
        cmocka_unit_test(test_item_108_to_112_servicing_the_queue),
        cmocka_unit_test(test_item_113_114_the_close_is_sent_once_behind_the_data),
        cmocka_unit_test(test_item_116_a_close_into_nothing_is_no_error),
        cmocka_unit_test(test_item_117_a_fatal_alert_ends_the_session),
        cmocka_unit_test(test_item_118_close_does_not_read),
        cmocka_unit_test(test_item_138_never_a_byte_beyond_the_close),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
