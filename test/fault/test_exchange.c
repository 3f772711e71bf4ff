/*
 * test_exchange.c - data exchange beyond the manual: KeyUpdate with data under way, key limits,
 * records without data, sizes of records, exporters, and megabytes in pieces of every size.
 */
#include "harness.h"

#include <stdlib.h>

#include "core/handshake/handshake.h"
#include "core/record/record.h"

static const char *const both[2] = {"tls12", "tls13"};

static uint8_t data[40000];

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

static void exchange_some(World *world)
{
    uint32 got;

    assert_int_equal(write_n(world->client.ctx, 100, &got), SSLNoErr);
    assert_int_equal(read_n(world->server.ctx, 100, &got), SSLNoErr);
    assert_int_equal(got, 100);
    assert_int_equal(write_n(world->server.ctx, 90, &got), SSLNoErr);
    assert_int_equal(read_n(world->client.ctx, 100, &got), SSLNoErr);
    assert_int_equal(got, 90);
}

/* ---- KeyUpdate ---- */

static void test_key_updates_with_data_under_way(void **state)
{
    World    world;
    uint32   got;
    uint8_t  before[MAX_SECRET], server_before[MAX_SECRET];
    unsigned i;

    (void)state;
    world_connect(&world, scenario_named("tls13"));
    for (i = 0; i < 40; i++) {
        memcpy(before, world.client.ctx->client_secret, MAX_SECRET);
        memcpy(server_before, world.client.ctx->server_secret, MAX_SECRET);
        /* Data of both is under way while both change their keys. */
        assert_int_equal(write_n(world.client.ctx, 100, &got), SSLNoErr);
        assert_int_equal(write_n(world.server.ctx, 90, &got), SSLNoErr);
        assert_int_equal(SSLKeyUpdate(world.client.ctx, i % 2), SSLNoErr);
        assert_int_equal(SSLKeyUpdate(world.server.ctx, i % 3 == 0), SSLNoErr);
        assert_int_equal(write_n(world.client.ctx, 30, &got), SSLNoErr);
        assert_int_equal(write_n(world.server.ctx, 20, &got), SSLNoErr);
        assert_int_equal(read_n(world.server.ctx, 200, &got), SSLNoErr);
        assert_int_equal(got, 100);
        assert_int_equal(read_n(world.server.ctx, 200, &got), SSLNoErr);
        assert_int_equal(got, 30);
        assert_int_equal(read_n(world.client.ctx, 200, &got), SSLNoErr);
        assert_int_equal(got, 90);
        assert_int_equal(read_n(world.client.ctx, 200, &got), SSLNoErr);
        assert_int_equal(got, 20);
        exchange_some(&world); /* answers that were owed */
        assert_memory_not_equal(before, world.client.ctx->client_secret, 32);
        assert_memory_not_equal(server_before, world.client.ctx->server_secret, 32);
        assert_memory_equal(world.client.ctx->client_secret, world.server.ctx->client_secret, 32);
        assert_memory_equal(world.client.ctx->server_secret, world.server.ctx->server_secret, 32);
    }
    world_close(&world);
}

static void test_a_key_update_needs_no_memory_for_keys(void **state)
{
    World  world;
    size_t blocks;

    (void)state;
    world_connect(&world, scenario_named("tls13"));
    exchange_some(&world);
    blocks = world.client.pool.live_count;
    assert_int_equal(SSLKeyUpdate(world.client.ctx, 1), SSLNoErr);
    exchange_some(&world);
    exchange_some(&world);
    assert_int_equal(world.client.pool.live_count, blocks);
    world_close(&world);
}

static void test_key_update_elsewhere(void **state)
{
    World world;

    (void)state;
    world_open(&world, scenario_named("tls13"));
    world_configure(&world);
    assert_int_equal(SSLKeyUpdate(world.client.ctx, 0), SSLBadStateErr);
    world_close(&world);
    world_connect(&world, scenario_named("tls12"));
    assert_int_equal(SSLKeyUpdate(world.client.ctx, 0), SSLUnsupportedErr);
    world_close(&world);
}

/* Requests for KeyUpdates from a peer that does not read: one answer waits, not one for each. */
static void test_many_requests_for_a_key_update_share_one_answer(void **state)
{
    World  world;
    uint32 got, pending;
    int    i;

    (void)state;
    world_connect(&world, scenario_named("tls13"));
    world.down.room = world.down.end - world.down.start + 1;
    assert_int_equal(write_n(world.server.ctx, 10, &got), SSLWouldBlockErr);
    assert_int_equal(SSLGetWritePendingSize(world.server.ctx, &pending), SSLNoErr);
    for (i = 0; i < 20; i++) {
        uint32 waiting;

        assert_int_equal(SSLKeyUpdate(world.client.ctx, 1), SSLNoErr);
        assert_int_equal(write_n(world.client.ctx, 10, &got), SSLNoErr);
        assert_int_equal(read_n(world.server.ctx, 10, &got), SSLNoErr);
        assert_int_equal(SSLGetWritePendingSize(world.server.ctx, &waiting), SSLNoErr);
        assert_int_equal(waiting, pending);
    }
    world.down.room = 0;
    assert_int_equal(write_n(world.server.ctx, 10, &got), SSLNoErr);
    assert_int_equal(read_n(world.client.ctx, 10, &got), SSLNoErr);
    assert_int_equal(read_n(world.client.ctx, 10, &got), SSLNoErr);
    exchange_some(&world);
    world_close(&world);
}

/* ---- key limits ---- */

static void test_tls13_changes_keys_by_itself_at_the_limit(void **state)
{
    World   world;
    uint8_t before[MAX_SECRET];
    int     i;

    (void)state;
    world_connect(&world, scenario_named("tls13"));
    for (i = 0; i < 10; i++) {
        world.client.ctx->write.record_limit = world.client.ctx->write.sequence + 2;
        memcpy(before, world.client.ctx->client_secret, MAX_SECRET);
        exchange_some(&world);
        exchange_some(&world);
        assert_memory_equal(before, world.client.ctx->client_secret, 32);
        exchange_some(&world);
        assert_memory_not_equal(before, world.client.ctx->client_secret, 32);
        assert_true(world.client.ctx->write.sequence <= 1);
    }
    world_close(&world);
}

static void test_tls12_ends_at_the_limit(void **state)
{
    World  world;
    uint32 got;

    (void)state;
    world_connect(&world, scenario_named("tls12"));
    assert_int_equal(SSLSetRenegotiation(world.client.ctx, SSL_RenegotiateNever), SSLNoErr);
    world.client.ctx->write.record_limit = world.client.ctx->write.sequence + 2;
    exchange_some(&world);
    exchange_some(&world);
    assert_int_equal(write_n(world.client.ctx, 1, &got), SSLKeyLimitErr);
    assert_int_equal(got, 0);
    assert_int_equal(write_n(world.client.ctx, 1, &got), SSLConnectionClosedError);
    assert_int_equal(read_n(world.server.ctx, 1, &got), SSLFatalAlert);
    world_close(&world);
}

/* One write of several portions that meets the limit in the middle of a blocked transport must not
 * hide it. */
static void test_tls12_limit_behind_a_blocked_portion(void **state)
{
    World    world;
    uint8_t *much   = calloc(1, 400000);
    uint32   length = 400000;
    SSLErr   err;

    (void)state;
    world_connect(&world, scenario_named("tls12"));
    world.client.ctx->write.record_limit = world.client.ctx->write.sequence + 6;
    world.up.room                        = world.up.end - world.up.start + 70000;
    err                                  = SSLWrite(much, &length, world.client.ctx);
    assert_int_equal(err, SSLKeyLimitErr);
    assert_true(length <= 6 * 16384);
    world_close(&world);
    free(much);
}

/* ---- records without data ---- */

/* Seal an empty record of application data as the client. */
static void send_empty_records(World *world, int count)
{
    while (count-- > 0) {
        assert_int_equal(
            sslr_queue_content(world->client.ctx, CONTENT_APPLICATION_DATA, bytes_of(NULL, 0)),
            SSLNoErr);
    }
    assert_int_equal(SSLServiceWriteQueue(world->client.ctx), SSLNoErr);
}

static void test_one_call_consumes_thirty_two_records(void **state)
{
    World  world;
    uint32 got;
    int    i;

    (void)state;
    for (i = 0; i < 2; i++) {
        world_connect(&world, scenario_named(both[i]));
        send_empty_records(&world, MAX_RECORDS_PER_CALL + 1);
        assert_int_equal(write_n(world.client.ctx, 5, &got), SSLNoErr);
        assert_int_equal(read_n(world.server.ctx, 10, &got), SSLWouldBlockErr);
        assert_int_equal(SSLWants(world.server.ctx), SSL_WantsRead);
        assert_true(world.up.end > world.up.start);
        assert_int_equal(read_n(world.server.ctx, 10, &got), SSLNoErr);
        assert_int_equal(got, 5);
        world_close(&world);
    }
}

static void test_too_many_records_without_data_are_hostile(void **state)
{
    World  world;
    uint32 got;
    int    i, j;
    SSLErr err;

    (void)state;
    for (i = 0; i < 2; i++) {
        world_connect(&world, scenario_named(both[i]));
        send_empty_records(&world, MAX_QUIET_RECORDS);
        for (j = 0; j < 10; j++) {
            assert_int_equal(read_n(world.server.ctx, 10, &got), SSLWouldBlockErr);
        }
        assert_int_equal(write_n(world.client.ctx, 5, &got), SSLNoErr);
        assert_int_equal(read_n(world.server.ctx, 10, &got), SSLNoErr); /* counts from 0 again */
        send_empty_records(&world, MAX_QUIET_RECORDS + 1);
        for (j = 0, err = SSLWouldBlockErr; err == SSLWouldBlockErr && j < 10; j++) {
            err = read_n(world.server.ctx, 10, &got);
        }
        assert_int_equal(err, SSLProtocolErr);
        world_close(&world);
    }
    /* KeyUpdates count, too. */
    world_connect(&world, scenario_named("tls13"));
    for (j = 0; j <= MAX_QUIET_RECORDS; j++) {
        assert_int_equal(sslr_send_key_update(world.client.ctx), SSLNoErr);
    }
    assert_int_equal(SSLServiceWriteQueue(world.client.ctx), SSLNoErr);
    for (j = 0, err = SSLWouldBlockErr; err == SSLWouldBlockErr && j < 10; j++) {
        err = read_n(world.server.ctx, 10, &got);
    }
    assert_int_equal(err, SSLProtocolErr);
    world_close(&world);
}

/* ---- sizes of records ---- */

/* The longest record body between start and end. */
static size_t longest_record(const Pipe *pipe)
{
    size_t at = pipe->start, longest = 0;

    while (at + 5 <= pipe->end) {
        size_t length = (size_t)pipe->data[at + 3] << 8 | pipe->data[at + 4];

        longest = length > longest ? length : longest;
        at += 5 + length;
    }
    return longest;
}

static void open_with_sizes(World *world, const char *name, uint32 record, uint32 padding,
                            uint32 limit, uint32 fragment)
{
    SSLErr client = SSLWouldBlockErr, server = SSLWouldBlockErr;
    int    i;

    world_open(world, scenario_named(name));
    world_configure(world);
    assert_int_equal(SSLSetMaxRecordSize(world->client.ctx, record), SSLNoErr);
    assert_int_equal(SSLSetRecordPadding(world->client.ctx, padding), SSLNoErr);
    assert_int_equal(SSLSetRecordSizeLimit(world->server.ctx, limit), SSLNoErr);
    assert_int_equal(SSLSetRecordSizeLimit(world->client.ctx, limit != 0 ? 16384 : 0), SSLNoErr);
    assert_int_equal(SSLSetMaxFragmentLength(world->client.ctx, fragment), SSLNoErr);
    for (i = 0; i < 100 && (client != SSLNoErr || server != SSLNoErr); i++) {
        client = SSLHandshake(world->client.ctx);
        server = SSLHandshake(world->server.ctx);
    }
    assert_int_equal(client, SSLNoErr);
    assert_int_equal(server, SSLNoErr);
}

static void send_all(World *world, size_t amount)
{
    size_t done = 0;
    uint32 got;

    assert_int_equal(write_n(world->client.ctx, (uint32)amount, &got), SSLNoErr);
    assert_int_equal(got, amount);
    while (done < amount) {
        assert_int_equal(read_n(world->server.ctx, (uint32)(amount - done), &got), SSLNoErr);
        done += got;
    }
}

static void test_record_sizes(void **state)
{
    static const struct {
        const char *name;
        uint32      record, padding, limit, fragment;
        size_t      longest; /* body of a protected record */
    } cases[] = {
        {"tls12", 0, 0, 0, 0, 16384 + 24},      {"tls13", 0, 0, 0, 0, 16384 + 17},
        {"tls12", 64, 0, 0, 0, 64 + 24},        {"tls13", 64, 0, 0, 0, 64 + 17},
        {"tls13", 1000, 512, 0, 0, 1000 + 17},  {"tls13", 100, 16384, 0, 0, 100 + 17},
        {"tls13", 0, 4096, 0, 0, 16384 + 17},   {"tls12", 1000, 512, 0, 0, 1000 + 24},
        {"tls12", 0, 0, 64, 0, 64 + 24},        {"tls13", 0, 0, 64, 0, 64 + 17},
        {"tls13", 0, 100, 500, 0, 500 + 17},    {"tls12", 0, 0, 0, 512, 512 + 24},
        {"tls13", 0, 0, 0, 512, 512 + 17},      {"tls13", 0, 1, 0, 4096, 4096 + 17},
        {"tls12 mac first", 0, 0, 100, 0, 176}, {"tls12 mac first", 64, 0, 0, 0, 144},
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        World  world;
        uint32 got;
        size_t longest;

        open_with_sizes(&world, cases[i].name, cases[i].record, cases[i].padding, cases[i].limit,
                        cases[i].fragment);
        world.up.start = world.up.end;
        assert_int_equal(write_n(world.client.ctx, 40000, &got), SSLNoErr);
        longest = longest_record(&world.up);
        if (longest != cases[i].longest) {
            fail_msg("case %lu: the longest record has %lu bytes instead of %lu", (unsigned long)i,
                     (unsigned long)longest, (unsigned long)cases[i].longest);
        }
        world.server.ctx->quiet_records = 0;
        {
            size_t done = 0;

            while (done < 40000) {
                assert_int_equal(read_n(world.server.ctx, 40000, &got), SSLNoErr);
                done += got;
            }
        }
        send_all(&world, 1);
        world_close(&world);
    }
}

/* A client that allows both versions announces one byte more, for the content type of TLS 1.3; a
 * TLS 1.2 server may fill it with data, also while the two renegotiate. */
static void test_a_record_size_limit_for_both_versions(void **state)
{
    World  world;
    uint32 got;
    size_t done   = 0;
    SSLErr client = SSLWouldBlockErr, server = SSLWouldBlockErr;
    int    i;

    (void)state;
    world_open(&world, scenario_named("both versions"));
    world_configure(&world);
    assert_int_equal(SSLSetProtocolVersion(world.server.ctx, TLS_Version_1_2), SSLNoErr);
    assert_int_equal(SSLSetRecordSizeLimit(world.client.ctx, 100), SSLNoErr);
    assert_int_equal(SSLSetRecordSizeLimit(world.server.ctx, 16384), SSLNoErr);
    for (i = 0; i < 100 && (client != SSLNoErr || server != SSLNoErr); i++) {
        client = SSLHandshake(world.client.ctx);
        server = SSLHandshake(world.server.ctx);
    }
    assert_int_equal(write_n(world.server.ctx, 1000, &got), SSLNoErr);
    while (done < 1000) {
        assert_int_equal(read_n(world.client.ctx, 1000, &got), SSLNoErr);
        done += got;
    }
    assert_int_equal(world.client.ctx->max_receive, 101);
    assert_int_equal(SSLSetRenegotiation(world.server.ctx, SSL_RenegotiateAllowPeer), SSLNoErr);
    assert_int_equal(SSLRenegotiate(world.client.ctx), SSLNoErr);
    for (i = 0; i < 5; i++) {
        assert_int_equal(read_n(world.client.ctx, 1, &got), SSLWouldBlockErr);
        assert_int_equal(read_n(world.server.ctx, 1, &got), SSLWouldBlockErr);
    }
    assert_null(world.client.ctx->handshake);
    assert_int_equal(world.client.ctx->max_receive, 101);
    world_close(&world);
}

/* With padding no length on the wire tells how much was written. */
static void test_padding_hides_lengths(void **state)
{
    World  world;
    uint32 count, got;

    (void)state;
    open_with_sizes(&world, "tls13", 0, 256, 0, 0);
    for (count = 1; count <= 256; count += 51) {
        world.up.start = world.up.end;
        assert_int_equal(write_n(world.client.ctx, count, &got), SSLNoErr);
        assert_int_equal(world.up.end - world.up.start, 5 + 256 + 1 + 16);
        assert_int_equal(read_n(world.server.ctx, 1000, &got), SSLNoErr);
        assert_int_equal(got, count);
    }
    assert_int_equal(SSLClose(world.client.ctx), SSLNoErr);
    assert_int_equal(read_n(world.server.ctx, 1000, &got), SSLConnectionClosedGraceful);
    world_close(&world);
}

/* ---- exporters ---- */

static void export_32(SSLContext *ctx, const char *label, const char *context, int has,
                      uint8_t out[32])
{
    assert_int_equal(SSLExportKeyingMaterial(ctx, label, buffer_of(context, strlen(context)), has,
                                             buffer_of(out, 32)),
                     SSLNoErr);
}

static void test_exporters_agree_and_depend_on_everything(void **state)
{
    static const struct {
        const char *label, *context;
        int         has;
    } inputs[] = {{"EXPORTER-one", "", 0},
                  {"EXPORTER-one", "", 1},
                  {"EXPORTER-two", "", 0},
                  {"EXPORTER-one", "context", 1},
                  {"EXPORTER-one", "contexT", 1}};
    uint8_t outs[5][32], other[32];
    size_t  i, j;
    int     version;

    (void)state;
    for (version = 0; version < 2; version++) {
        World world;

        world_connect(&world, scenario_named(both[version]));
        for (i = 0; i < 5; i++) {
            export_32(world.client.ctx, inputs[i].label, inputs[i].context, inputs[i].has, outs[i]);
            export_32(world.server.ctx, inputs[i].label, inputs[i].context, inputs[i].has, other);
            assert_memory_equal(outs[i], other, 32);
            for (j = 0; j < i; j++) {
                /* TLS 1.3 makes no difference between no context and an empty one. */
                int same = version == 1 && i == 1 && j == 0;

                assert_int_equal(memcmp(outs[i], outs[j], 32) == 0, same);
            }
        }
        /* Without a context it does not matter what was passed as one. */
        export_32(world.client.ctx, "EXPORTER-one", "ignored", 0, other);
        assert_memory_equal(other, outs[0], 32);
        /* KeyUpdates change nothing. */
        if (version == 1) {
            assert_int_equal(SSLKeyUpdate(world.client.ctx, 1), SSLNoErr);
            exchange_some(&world);
            exchange_some(&world);
            export_32(world.client.ctx, "EXPORTER-one", "", 0, other);
            assert_memory_equal(other, outs[0], 32);
        }
        world_close(&world);
    }
}

static void test_exporter_arguments(void **state)
{
    static uint8_t out[8161];
    char           label[260];
    World          world;
    SSLBuffer      none = {0, NULL};
    int            version;

    (void)state;
    memset(label, 'x', sizeof(label));
    label[sizeof(label) - 1] = 0;
    world_open(&world, scenario_named("tls13"));
    world_configure(&world);
    assert_int_equal(SSLExportKeyingMaterial(world.client.ctx, "l", none, 0, buffer_of(out, 32)),
                     SSLBadStateErr);
    world_close(&world);
    for (version = 0; version < 2; version++) {
        SSLContext *ctx;

        world_connect(&world, scenario_named(both[version]));
        ctx = world.client.ctx;
        assert_int_equal(SSLExportKeyingMaterial(ctx, NULL, none, 0, buffer_of(out, 32)),
                         SSLBadParameterErr);
        assert_int_equal(SSLExportKeyingMaterial(ctx, "l", none, 0, none), SSLBadParameterErr);
        assert_int_equal(SSLExportKeyingMaterial(ctx, "l", none, 0, buffer_of(out, 0)),
                         SSLOverflowErr);
        assert_int_equal(SSLExportKeyingMaterial(ctx, "l", none, 0, buffer_of(out, 8161)),
                         SSLOverflowErr);
        assert_int_equal(SSLExportKeyingMaterial(ctx, "l", none, 0, buffer_of(out, 8160)),
                         SSLNoErr);
        assert_int_equal(SSLExportKeyingMaterial(ctx, label, none, 0, buffer_of(out, 32)),
                         SSLOverflowErr);
        assert_int_equal(
            SSLExportKeyingMaterial(ctx, "l", buffer_of(out, 65536), 1, buffer_of(out, 32)),
            SSLOverflowErr);
        world_close(&world);
    }
}

/* ---- a lot of data ---- */

static void test_megabytes_in_random_pieces(void **state)
{
    static const char *const names[] = {"tls13", "tls12", "tls12 mac first", "tls13 hybrid"};
    size_t                   i;

    (void)state;
    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        Scenario scenario = *scenario_named(names[i]);
        World    world;

        scenario.data       = is_thorough() ? 16000000 : is_slow_build() ? 300000 : 2000000;
        scenario.write_size = 40000;
        scenario.read_size  = 7000;
        scenario.key_update = scenario.version == TLS_Version_1_3;
        world_open(&world, &scenario);
        world.client.io_random = world.server.io_random = 1;
        world.up.room                                   = 100000;
        world.down.room                                 = 30000;
        world_configure(&world);
        world_run(&world);
        assert_int_equal(world.client.result, SSLNoErr);
        assert_int_equal(world.server.result, SSLNoErr);
        assert_int_equal(world.client.received,
                         scenario.data * (scenario.key_update ? 2 : 1)); /* compared on the way */
        assert_int_equal(world.server.received, world.client.received);
        /* What is held does not grow with what is sent. */
        assert_true(world.client.pool.peak_bytes < 300000);
        world_close(&world);
    }
}

/* A suite that nobody certifies stands before the others and cannot be served: what the identity
 * callback gave is still there for them. */
static SSLErr give_identity(SSLContext *ctx, const SSLIdentity **identity, void *ref)
{
    (void)ctx;
    (void)ref;
    if (identity != NULL) {
        *identity = shared_identity(SERVER_EC);
    }
    return SSLNoErr;
}

static void test_an_anonymous_suite_that_does_not_work(void **state)
{
    static const uint16 suites[] = {TLS_DH_anon_WITH_AES_128_GCM_SHA256,
                                    TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256};
    static const uint16 groups[] = {SSL_GROUP_X25519, SSL_GROUP_SECP256R1, SSL_GROUP_FFDHE2048};
    World               world;
    uint16              suite;

    (void)state;
    world_open(&world, scenario_named("tls12"));
    world_configure(&world);
    assert_int_equal(SSLSetEnabledCiphers(world.client.ctx, suites, 2), SSLNoErr);
    assert_int_equal(SSLSetEnabledCiphers(world.server.ctx, suites, 2), SSLNoErr);
    assert_int_equal(SSLSetEnabledGroups(world.client.ctx, groups, 3), SSLNoErr);
    assert_int_equal(SSLSetEnabledGroups(world.server.ctx, groups, 3), SSLNoErr);
    assert_int_equal(SSLSetIdentityFunc(world.server.ctx, give_identity, NULL), SSLNoErr);
    world_run(&world);
    assert_int_equal(world.client.result, SSLNoErr);
    assert_int_equal(world.server.result, SSLNoErr);
    assert_int_equal(SSLGetNegotiatedCipher(world.server.ctx, &suite), SSLNoErr);
    assert_int_equal(suite, suites[1]);
    world_close(&world);
}

/* Design: a stored ticket of TLS 1.3 serves once. A server resumes only what it could delete. */
static SSLErr somebody_was_faster(SSLBuffer key, void *ref)
{
    (void)key;
    (void)ref;
    return SSLSessionNotFoundErr;
}

static void test_a_ticket_that_another_server_has_taken(void **state)
{
    World world;
    int   resumed, lost;

    (void)state;
    for (lost = 0; lost < 2; lost++) {
        world_open(&world, scenario_named("tls13 resumed"));
        world_configure(&world);
        if (lost) {
            SSLSetDeleteSessionFunc(world.server.ctx, somebody_was_faster);
        }
        world_run(&world);
        assert_int_equal(world.server.result, SSLNoErr);
        assert_int_equal(SSLGetSessionResumed(world.server.ctx, &resumed), SSLNoErr);
        assert_int_equal(resumed, !lost);
        world_close(&world);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_anonymous_suite_that_does_not_work),
        cmocka_unit_test(test_a_ticket_that_another_server_has_taken),
        cmocka_unit_test(test_key_updates_with_data_under_way),
        cmocka_unit_test(test_a_key_update_needs_no_memory_for_keys),
        cmocka_unit_test(test_key_update_elsewhere),
        cmocka_unit_test(test_many_requests_for_a_key_update_share_one_answer),
        cmocka_unit_test(test_tls13_changes_keys_by_itself_at_the_limit),
        cmocka_unit_test(test_tls12_ends_at_the_limit),
        cmocka_unit_test(test_tls12_limit_behind_a_blocked_portion),
        cmocka_unit_test(test_one_call_consumes_thirty_two_records),
        cmocka_unit_test(test_too_many_records_without_data_are_hostile),
        cmocka_unit_test(test_record_sizes),
        cmocka_unit_test(test_a_record_size_limit_for_both_versions),
        cmocka_unit_test(test_padding_hides_lengths),
        cmocka_unit_test(test_exporters_agree_and_depend_on_everything),
        cmocka_unit_test(test_exporter_arguments),
        cmocka_unit_test(test_megabytes_in_random_pieces),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
