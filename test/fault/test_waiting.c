/*
 * test_waiting.c - what SSLWants says, followed to the letter by two loops over poll(): wherever a
 * queue was stuck, a callback thought or a record came late, both sides come to rest, done.
 */
#include "callbacks.h"
#include "connected.h"

#include "core/record/record.h"

/* clang-format off */
static const Scenario plain = { .name = "TLS 1.2", .version = TLS_Version_1_2, .suite = TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, .group = SSL_GROUP_X25519, .server = SERVER_EC, .renegotiate = 1 };
static const Scenario slow  = { .name = "TLS 1.2, slow key", .version = TLS_Version_1_2, .suite = TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, .group = SSL_GROUP_X25519, .server = SERVER_EC, .own_objects = 1, .key_callbacks = 1, .renegotiate = 1 };
/* clang-format on */

/* ---- a loop ---- */

static void read_all(Side *side)
{
    uint32 got;

    while (side_read(side, 4096, &got) == SSLNoErr) {
    }
}

/* Chapter 2.5 of the manual. Not 0: poll() had something. */
static int serve(Side *side)
{
    int busy = 0;

    if ((SSLWants(side->ctx) & SSL_WantsWrite) != 0) {
        busy = 1;
        if (SSLServiceWriteQueue(side->ctx) == SSLNoErr &&
            (SSLWants(side->ctx) & SSL_WantsWrite) != 0) {
            read_all(side);
        }
    }
    if (side->in->end > side->in->start) {
        busy = 1;
        read_all(side);
    }
    return busy;
}

static void loop(World *world)
{
    int i, busy = 1;

    for (i = 0; busy; i++) {
        assert_true(i < 100);
        busy = serve(&world->client);
        busy |= serve(&world->server);
    }
}

static void assert_at_rest(World *world)
{
    Side *sides[2] = {&world->client, &world->server};
    int   i;

    for (i = 0; i < 2; i++) {
        assert_int_equal(side_is_running(sides[i]), 0);
        assert_int_equal(side_is_pending(sides[i]), 0);
        assert_int_equal(SSLWants(sides[i]->ctx) & ~(uint32)SSL_WantsRead, 0);
        assert_int_equal(sslr_queued_bytes(sides[i]->ctx), 0);
    }
}

/* The queue of this side is stuck. */
static void get_stuck(Side *side)
{
    uint32 got;

    side->out->room = 100;
    assert_int_equal(side_write(side, 3000, &got), SSLWouldBlockErr);
    assert_int_equal(got, 3000);
}

/* ---- what waits behind a queue ---- */

static void a_hello_behind_a_stuck_queue(void **state)
{
    World  world;
    uint32 got;

    (void)state;
    world_connect(&world, &plain);
    get_stuck(&world.server);
    assert_int_equal(SSLRenegotiate(world.client.ctx), SSLNoErr);
    assert_int_equal(SSLHandshake(world.client.ctx), SSLWouldBlockErr);
    assert_int_equal(side_read(&world.server, 4096, &got), SSLWouldBlockErr);
    world.down.room = 0;
    loop(&world);
    assert_at_rest(&world);
    assert_int_equal(side_count(&world.client), 1);
    world_close(&world);
}

static void a_request_behind_a_stuck_queue(void **state)
{
    World  world;
    uint32 got;

    (void)state;
    world_connect(&world, &plain);
    get_stuck(&world.client);
    assert_int_equal(SSLRenegotiate(world.server.ctx), SSLNoErr);
    assert_int_equal(SSLHandshake(world.server.ctx), SSLNoErr);
    assert_int_equal(side_read(&world.client, 10, &got), SSLWouldBlockErr);
    world.up.room = 0;
    loop(&world);
    assert_at_rest(&world);
    assert_int_equal(side_count(&world.client), 1);
    world_close(&world);
}

/* It comes while the client has scheduled one of its own, which its program then forbids. */
static void a_request_beside_a_wish_is_refused(void **state)
{
    World  world;
    uint32 got;
    uint8  alert;

    (void)state;
    world_connect(&world, &plain);
    get_stuck(&world.client);
    assert_int_equal(SSLRenegotiate(world.client.ctx), SSLNoErr);
    assert_int_equal(SSLRenegotiate(world.server.ctx), SSLNoErr);
    assert_int_equal(SSLHandshake(world.server.ctx), SSLNoErr);
    assert_int_equal(side_read(&world.client, 10, &got), SSLWouldBlockErr);
    assert_int_equal(SSLSetRenegotiation(world.client.ctx, SSL_RenegotiateNever), SSLNoErr);
    world.up.room = 0;
    loop(&world);
    assert_int_equal(SSLGetAlerts(world.server.ctx, NULL, &alert), SSLNoErr);
    assert_int_equal(alert, ALERT_NO_RENEGOTIATION);
    assert_int_equal(side_is_running(&world.server), 0);
    world_close(&world);
}

/* The server is done when its last flight has left, whoever sends it. */
static void the_last_flight_of_the_first_handshake(void **state)
{
    World           world;
    SSLSessionState session;

    (void)state;
    world_open(&world, &plain);
    world_configure(&world);
    assert_int_equal(SSLHandshake(world.client.ctx), SSLWouldBlockErr);
    assert_int_equal(SSLHandshake(world.server.ctx), SSLWouldBlockErr);
    assert_int_equal(SSLHandshake(world.client.ctx), SSLWouldBlockErr);
    world.down.room = 10;
    assert_int_equal(SSLHandshake(world.server.ctx), SSLWouldBlockErr);
    world.down.room = 0;
    assert_int_equal(SSLServiceWriteQueue(world.server.ctx), SSLNoErr);
    assert_int_not_equal(SSLWants(world.server.ctx) & SSL_WantsWrite, 0);
    loop(&world);
    assert_int_equal(SSLGetSessionState(world.server.ctx, &session), SSLNoErr);
    assert_int_equal(session, SSL_StateConnected);
    assert_at_rest(&world);
    world_close(&world);
}

/* ---- what comes late ---- */

static int       reads, late_one;
static SSLIOFunc read_below;

static SSLErr late_once(SSLBuffer data, uint32 *processed, void *ref)
{
    *processed = 0;
    return reads++ == late_one ? SSLWouldBlockErr : read_below(data, processed, ref);
}

/* Between two questions of one SSLRead the peer's flight arrives: poll() will not tell of it. */
static void a_flight_between_two_reads(void **state)
{
    (void)state;
    reads = 0;
    for (late_one = 0; late_one <= reads; late_one++) {
        World  world;
        uint32 got;

        world_connect(&world, &plain);
        assert_int_equal(SSLRenegotiate(world.client.ctx), SSLNoErr);
        assert_int_equal(side_read(&world.client, 10, &got), SSLWouldBlockErr);
        assert_int_equal(side_read(&world.server, 10, &got), SSLWouldBlockErr);
        reads      = 0;
        read_below = world.client.ctx->callbacks.read;
        assert_int_equal(SSLSetReadFunc(world.client.ctx, late_once), SSLNoErr);
        assert_int_equal(side_read(&world.client, 10, &got), SSLWouldBlockErr);
        assert_int_equal(SSLSetReadFunc(world.client.ctx, read_below), SSLNoErr);
        loop(&world);
        assert_at_rest(&world);
        world_close(&world);
    }
    assert_true(late_one > 4);
}

/* ---- decisions ---- */

/* SSLWants names one that waits, whichever call was the last. */
static void a_decision_that_waits_is_named(void **state)
{
    World  world;
    uint32 got;

    (void)state;
    world_connect(&world, &slow);
    assert_int_equal(SSLRenegotiate(world.client.ctx), SSLNoErr);
    assert_int_equal(side_read(&world.client, 10, &got), SSLWouldBlockErr);
    world.server.wait_pattern = 100;
    world.down.room           = 20;
    assert_int_equal(side_read(&world.server, 10, &got), SSLWouldBlockErr);
    assert_int_not_equal(SSLWants(world.server.ctx) & SSL_WantsPrivateKey, 0);
    assert_int_equal(side_read(&world.server, 10, &got), SSLWouldBlockErr);
    assert_int_not_equal(SSLWants(world.server.ctx) & SSL_WantsPrivateKey, 0);
    world.down.room = 0;
    assert_int_equal(SSLServiceWriteQueue(world.server.ctx), SSLNoErr);
    assert_int_not_equal(SSLWants(world.server.ctx) & SSL_WantsPrivateKey, 0);
    world_close(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hello_behind_a_stuck_queue),
        cmocka_unit_test(a_request_behind_a_stuck_queue),
        cmocka_unit_test(a_request_beside_a_wish_is_refused),
        cmocka_unit_test(the_last_flight_of_the_first_handshake),
        cmocka_unit_test(a_flight_between_two_reads),
        cmocka_unit_test(a_decision_that_waits_is_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
