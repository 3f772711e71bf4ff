/*
 * test_manual_callbacks.c - the statements of the SSLRef 3.0 manual about callbacks, by their
 * numbers in the checklist.
 */
#include "harness.h"

#include <stdlib.h>

#include "core/credentials/identity.h"

static uint8_t data[1000];

/* ---- 3.20 memory ---- */

static SSLErr alloc_spoiling_length(SSLBuffer *buffer, void *ref)
{
    buffer->data   = pool_take(&((Side *)ref)->pool, buffer->length);
    buffer->length = 1; /* the engine does not rely on it */
    return SSLNoErr;
}

static SSLErr free_without_length(SSLBuffer *buffer, void *ref)
{
    pool_give_back(&((Side *)ref)->pool, buffer->data, 1);
    buffer->length = 12345;
    return SSLUnknownErr; /* ignored */
}

static void test_item_122_to_124_128_lengths_and_results_that_mean_nothing(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < scenario_count; i++) {
        World world;

        world_open(&world, &scenarios[i]);
        world_configure(&world);
        SSLSetAllocFunc(world.client.ctx, alloc_spoiling_length);
        SSLSetFreeFunc(world.client.ctx, free_without_length);
        SSLSetAllocFunc(world.server.ctx, alloc_spoiling_length);
        SSLSetFreeFunc(world.server.ctx, free_without_length);
        world_run(&world);
        assert_int_equal(world.client.result, SSLNoErr);
        assert_int_equal(world.server.result, SSLNoErr);
        world_close(&world);
    }
}

/* ---- 3.21 random and time ---- */

static void test_item_129_all_chance_comes_from_the_callback(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < scenario_count; i++) {
        World first, second;

        world_open(&first, &scenarios[i]);
        world_configure(&first);
        world_run(&first);
        world_open(&second, &scenarios[i]);
        world_configure(&second);
        world_run(&second);
        assert_int_equal(first.client.result, SSLNoErr);
        /* The same numbers, the same bytes on the wire. */
        assert_int_equal(first.up.total, second.up.total);
        assert_int_equal(first.down.total, second.down.total);
        assert_memory_equal(first.up.data, second.up.data, first.up.end);
        assert_memory_equal(first.down.data, second.down.data, first.down.end);
        assert_int_equal(first.client.calls[CALL_RANDOM], second.client.calls[CALL_RANDOM]);
        world_close(&first);
        world_close(&second);
    }
}

static SSLErr time_of_long_ago(uint32 *time, void *ref)
{
    *time = (uint32)(size_t)ref;
    return SSLNoErr;
}

static void test_item_131_the_clock_decides_on_dates(void **state)
{
    static const struct {
        size_t time;
        SSLErr result;
    } cases[] = {{1000000000, X509NotYetValidErr},
                 {1800000000, SSLNoErr},
                 {4294967295u, SSLNoErr}}; /* 2106, the last second of 32 bits */
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        World world;

        world_open(&world, scenario_named("tls13"));
        world_configure(&world);
        SSLSetTimeFunc(world.client.ctx, time_of_long_ago);
        SSLSetTimeRef(world.client.ctx, (void *)cases[i].time);
        world_run(&world);
        assert_int_equal(world.client.result, cases[i].result);
        world_close(&world);
    }
}

static SSLErr never_called(uint32 *time, void *ref)
{
    (void)time;
    (void)ref;
    fail_msg("the convert-time callback was called");
    return SSLUnknownErr;
}

static void test_item_132_convert_time_is_never_needed(void **state)
{
    World world;

    (void)state;
    world_open(&world, scenario_named("tls12 everything"));
    world_configure(&world);
    assert_int_equal(SSLSetConvertTimeFunc(world.client.ctx, never_called), SSLNoErr);
    assert_int_equal(SSLSetConvertTimeFunc(world.server.ctx, never_called), SSLNoErr);
    world_run(&world);
    assert_int_equal(world.client.result, SSLNoErr);
    world_close(&world);
}

/* ---- 3.22 transport ---- */

/* Would-block with every byte that was asked for is progress, too. */
static SSLErr full_but_blocking(SSLBuffer buffer, uint32 *processed, void *ref)
{
    Side  *side    = ref;
    Pipe  *pipe    = side->in;
    size_t waiting = pipe->end - pipe->start;

    *processed = buffer.length < waiting ? buffer.length : (uint32)waiting;
    if (*processed > 0) {
        memcpy(buffer.data, pipe->data + pipe->start, *processed);
        pipe->start += *processed;
    }
    side->blocked |= *processed < buffer.length ? SSL_WantsRead : 0u;
    return SSLWouldBlockErr;
}

static void test_item_134_bytes_that_come_with_would_block_count(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < scenario_count; i++) {
        World world;

        world_open(&world, &scenarios[i]);
        world_configure(&world);
        SSLSetReadFunc(world.client.ctx, full_but_blocking);
        SSLSetReadFunc(world.server.ctx, full_but_blocking);
        world_run(&world);
        assert_int_equal(world.client.result, SSLNoErr);
        assert_int_equal(world.server.result, SSLNoErr);
        world_close(&world);
    }
}

/* Item 7 and 10: the reference may change between calls; each callback gets the current one. */
static void test_item_010_references_may_change_on_a_connection(void **state)
{
    World  world;
    Side   moved;
    uint32 got = 100;

    (void)state;
    world_connect(&world, scenario_named("tls12 mac first"));
    moved = world.client;
    SSLSetIORef(world.client.ctx, &moved);
    SSLSetRandomRef(world.client.ctx, &moved);
    assert_int_equal(SSLWrite(data, &got, world.client.ctx), SSLNoErr);
    assert_int_equal(moved.calls[CALL_WRITE], world.client.calls[CALL_WRITE] + 1);
    assert_int_equal(moved.calls[CALL_RANDOM], world.client.calls[CALL_RANDOM] + 1);
    world_close(&world);
}

/* ---- 3.23 sessions ---- */

static void test_item_064_067_141_142_keys_of_sessions(void **state)
{
    World world;

    (void)state;
    world_open(&world, scenario_named("tls12 resumed"));
    /* A client's key is the peer ID, a server's the session ID. */
    assert_int_equal(world.stores[0].entries[0].key_length, 14);
    assert_memory_equal(world.stores[0].entries[0].key, "the other side", 14);
    assert_int_equal(world.stores[1].entries[0].key_length, 32);
    /* The server has forgotten: a full handshake, stored under the same key. */
    world.stores[1].count = 0;
    world_configure(&world);
    world_run(&world);
    assert_int_equal(world.client.result, SSLNoErr);
    assert_int_equal(outcome_of(&world).resumed[0], 0);
    assert_int_equal(world.client.calls[CALL_ADD_SESSION], 1);
    assert_int_equal(world.stores[0].count, 1);
    assert_int_equal(world.stores[1].count, 1);
    world_close(&world);
}

static void test_item_143_get_is_called_once_before_the_session(void **state)
{
    World world;

    (void)state;
    world_open(&world, scenario_named("tls12 resumed"));
    world_configure(&world);
    (void)SSLHandshake(world.client.ctx);
    assert_int_equal(world.client.calls[CALL_GET_SESSION], 1);
    world_run(&world);
    assert_int_equal(world.client.calls[CALL_GET_SESSION], 1);
    assert_int_equal(world.server.calls[CALL_GET_SESSION], 1);
    assert_int_equal(outcome_of(&world).resumed[1], 1);
    world_close(&world);
}

/* A session that led to a fatal alert is not offered for ever. */
static void test_item_144_a_session_whose_resumption_fails_is_forgotten(void **state)
{
    static const uint8_t alert[] = {21, 3, 3, 0, 2, 2, 40};
    World                world;

    (void)state;
    world_open(&world, scenario_named("tls12 resumed"));
    world_configure(&world);
    (void)SSLHandshake(world.client.ctx);
    world.down.data     = malloc(4096);
    world.down.capacity = 4096;
    world.down.end = world.down.total = sizeof(alert);
    memcpy(world.down.data, alert, sizeof(alert));
    world.server.finished = 1;
    world_run(&world);
    assert_int_equal(world.client.result, SSLFatalAlert);
    assert_int_equal(world.client.calls[CALL_DELETE_SESSION], 1);
    assert_int_equal(world.stores[0].count, 0);
    world_close(&world);
}

/* Made under one set of rules, not resumed under another. */
static void test_item_145_a_session_is_bound_to_trust_and_name(void **state)
{
    int what;

    (void)state;
    for (what = 0; what < 4; what++) {
        World world;

        world_open(&world, scenario_named("tls12 resumed"));
        world_configure(&world);
        if (what == 1) {
            assert_int_equal(SSLSetAllowAnyCertificate(world.client.ctx, 1), SSLNoErr);
        } else if (what == 2) {
            SSLSetVerifyFunc(world.client.ctx, NULL, NULL);
        } else if (what == 3) {
            assert_int_equal(SSLSetRequireClientCert(world.server.ctx, 1), SSLNoErr);
            assert_int_equal(SSLAddIdentity(world.client.ctx, shared_identity(CLIENT_EC)),
                             SSLNoErr);
        }
        world_run(&world);
        assert_int_equal(world.client.result, SSLNoErr);
        assert_int_equal(outcome_of(&world).resumed[0], what == 0);
        world_close(&world);
    }
}

/* ---- 3.24 the check callback ---- */

static void look_at_chain(Side *side, int call)
{
    if (call == CALL_CHECK) {
        SSLBuffer leaf;
        Bytes     expected =
            shared_identity(side->server ? side->world->scenario->client : SERVER_EC)->chain[0];

        assert_int_equal(SSLGetPeerCertificate(side->ctx, 0, &leaf), SSLNoErr);
        assert_int_equal(leaf.length, expected.length);
        assert_memory_equal(leaf.data, expected.data, leaf.length);
        pool_give_back(&side->pool, leaf.data, 0);
    }
}

static void test_item_148_151_153_when_the_check_callback_is_called(void **state)
{
    World    world;
    Scenario scenario = *scenario_named("tls13");

    (void)state;
    scenario.callback_trust = 1;
    world_open(&world, &scenario); /* the client shows none: not called on the server */
    world_configure(&world);
    world.client.visit = look_at_chain;
    world_run(&world);
    assert_int_equal(world.client.result, SSLNoErr);
    assert_int_equal(world.client.calls[CALL_CHECK], 1);
    assert_int_equal(world.server.calls[CALL_CHECK], 0);
    world_close(&world);
    scenario.client = CLIENT_EC;
    world_open(&world, &scenario);
    world_configure(&world);
    world.server.visit = look_at_chain;
    world_run(&world);
    assert_int_equal(world.server.calls[CALL_CHECK], 1);
    world_close(&world);
    /* Not at a resumption. */
    world_open(&world, scenario_named("tls12 resumed"));
    world_configure(&world);
    world_run(&world);
    assert_int_equal(world.client.calls[CALL_CHECK], 0);
    world_close(&world);
}

static void test_item_148_never_for_a_chain_that_is_not_trusted(void **state)
{
    World    world;
    Scenario scenario = *scenario_named("tls13 everything");

    (void)state;
    scenario.server        = STRANGER;
    scenario.key_callbacks = 0;
    world_open(&world, &scenario);
    world_configure(&world);
    world_run(&world);
    assert_int_equal(world.client.result, X509UnknownIssuerErr);
    assert_int_equal(world.client.calls[CALL_CHECK], 0);
    assert_int_equal(world.client.calls[CALL_VERIFY], 1);
    assert_int_equal(world.client.seen_verdict, X509UnknownIssuerErr);
    world_close(&world);
}

static void test_item_150_what_the_check_callback_says_counts(void **state)
{
    World  world;
    uint8  received;
    SSLErr answers[3] = {1, -12345, X509ExpiredErr};
    size_t i;

    (void)state;
    for (i = 0; i < 3; i++) {
        world_open(&world, scenario_named("tls13 ccm"));
        world.client.fault.call  = CALL_CHECK;
        world.client.fault.lie   = LIE_ERROR;
        world.client.fault.code  = answers[i];
        world.client.fault.times = 1;
        world_configure(&world);
        world_run(&world);
        assert_int_equal(world.client.result, answers[i]);
        assert_int_equal(world.server.result, SSLFatalAlert);
        assert_int_equal(SSLGetAlerts(world.server.ctx, NULL, &received), SSLNoErr);
        assert_int_equal(received, i == 2 ? ALERT_CERTIFICATE_EXPIRED : ALERT_CERTIFICATE_UNKNOWN);
        world_close(&world);
    }
}

static void test_item_152_without_anybody_to_decide_the_handshake_fails(void **state)
{
    World world;

    (void)state;
    world_open(&world, scenario_named("tls13 ccm"));
    world_configure(&world);
    SSLSetCheckCertificateFunc(world.client.ctx, NULL);
    world_run(&world);
    assert_int_equal(world.client.result, SSLNoTrustErr);
    world_close(&world);
    world_open(&world, scenario_named("tls13 ccm"));
    world_configure(&world);
    SSLSetCheckCertificateFunc(world.client.ctx, NULL);
    assert_int_equal(SSLSetAllowAnyCertificate(world.client.ctx, 1), SSLNoErr);
    world_run(&world);
    assert_int_equal(world.client.result, SSLNoErr);
    world_close(&world);
}

/* A check callback that is taken away while it waits leaves nobody to decide. */
static void test_item_152_nobody_decides_when_the_callback_is_taken_away(void **state)
{
    World world;
    int   i;

    (void)state;
    world_open(&world, scenario_named("tls13 ccm"));
    world.client.fault.call  = CALL_CHECK;
    world.client.fault.lie   = LIE_ERROR;
    world.client.fault.code  = SSLWouldBlockErr;
    world.client.fault.times = 1000;
    world_configure(&world);
    for (i = 0; i < 50; i++) {
        (void)side_step(&world.client);
        (void)side_step(&world.server);
    }
    assert_true(world.client.asked[CALL_CHECK].pending);
    SSLSetCheckCertificateFunc(world.client.ctx, NULL);
    world_run(&world);
    assert_int_equal(world.client.result, SSLNoTrustErr);
    world_close(&world);
}

static void test_the_verify_callback_has_the_last_word(void **state)
{
    World    world;
    Scenario scenario = *scenario_named("tls12 mac first");

    (void)state;
    scenario.decisions = 1;
    scenario.duplicate = 0;
    scenario.server    = STRANGER;
    world_open(&world, &scenario);
    world.client.verify_overrules = 1;
    world.client.verify_answer    = SSLNoErr;
    world_configure(&world);
    world_run(&world);
    assert_int_equal(world.client.result, SSLNoErr);
    world_close(&world);
    scenario.server = SERVER_EC;
    world_open(&world, &scenario);
    world.client.verify_overrules = 1;
    world.client.verify_answer    = 4242;
    world_configure(&world);
    world_run(&world);
    assert_int_equal(world.client.result, 4242);
    world_close(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_item_122_to_124_128_lengths_and_results_that_mean_nothing),
        cmocka_unit_test(test_item_129_all_chance_comes_from_the_callback),
        cmocka_unit_test(test_item_131_the_clock_decides_on_dates),
        cmocka_unit_test(test_item_132_convert_time_is_never_needed),
        cmocka_unit_test(test_item_134_bytes_that_come_with_would_block_count),
        cmocka_unit_test(test_item_010_references_may_change_on_a_connection),
        cmocka_unit_test(test_item_064_067_141_142_keys_of_sessions),
        cmocka_unit_test(test_item_143_get_is_called_once_before_the_session),
        cmocka_unit_test(test_item_144_a_session_whose_resumption_fails_is_forgotten),
        cmocka_unit_test(test_item_145_a_session_is_bound_to_trust_and_name),
        cmocka_unit_test(test_item_148_151_153_when_the_check_callback_is_called),
        cmocka_unit_test(test_item_148_never_for_a_chain_that_is_not_trusted),
        cmocka_unit_test(test_item_150_what_the_check_callback_says_counts),
        cmocka_unit_test(test_item_152_without_anybody_to_decide_the_handshake_fails),
        cmocka_unit_test(test_item_152_nobody_decides_when_the_callback_is_taken_away),
        cmocka_unit_test(test_the_verify_callback_has_the_last_word),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
