/*
 * test_renegotiation.c - later handshakes from SSL 3.0 to TLS 1.2: who may begin one and when, what
 * becomes of the data that is under way, what must not change, and what is counted. What begins by
 * itself is in test_triggers.c. The names of the items are those of the manual page
 * SSL_renegotiate.
 */
#include "callbacks.h"
#include "connected.h"

#include <stdlib.h>

#include "core/handshake/renegotiate.h"
#include "core/record/record.h"

#define EC_GCM TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256

/* clang-format off */
static const Scenario plain   = { .name = "TLS 1.2", .version = TLS_Version_1_2, .suite = EC_GCM, .group = SSL_GROUP_X25519, .server = SERVER_EC, .renegotiate = 1 };
static const Scenario stored  = { .name = "TLS 1.2, sessions", .version = TLS_Version_1_2, .suite = EC_GCM, .group = SSL_GROUP_X25519, .server = SERVER_EC, .resume = 1, .renegotiate = 2 };
static const Scenario refused = { .name = "TLS 1.2, by default", .version = TLS_Version_1_2, .suite = EC_GCM, .group = SSL_GROUP_X25519, .server = SERVER_EC };
static const Scenario tls13   = { .name = "TLS 1.3", .version = TLS_Version_1_3, .server = SERVER_EC };
static const Scenario mutual  = { .name = "TLS 1.2, client certificate", .version = TLS_Version_1_2, .suite = EC_GCM, .group = SSL_GROUP_X25519, .server = SERVER_EC, .client = CLIENT_EC, .renegotiate = 1 };
static const Scenario either  = { .name = "TLS 1.2, two identities", .version = TLS_Version_1_2, .group = SSL_GROUP_X25519, .server = SERVER_EC, .client = CLIENT_EC, .renegotiate = 1 };

static const Scenario versions[] = {
    { .name = "SSL 3.0",            .version = SSL_Version_3_0, .suite = TLS_RSA_WITH_3DES_EDE_CBC_SHA, .server = SERVER_RSA, .resume = 1, .renegotiate = 1 },
    { .name = "TLS 1.0",            .version = TLS_Version_1_0, .suite = TLS_RSA_WITH_AES_128_CBC_SHA, .server = SERVER_RSA, .resume = 1, .renegotiate = 1 },
    { .name = "TLS 1.1",            .version = TLS_Version_1_1, .suite = TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA, .group = SSL_GROUP_X25519, .server = SERVER_RSA, .resume = 1, .renegotiate = 1 },
    { .name = "TLS 1.2 CBC",        .version = TLS_Version_1_2, .suite = TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256, .group = SSL_GROUP_X25519, .server = SERVER_RSA, .client = CLIENT_EC, .resume = 1, .ocsp = 1, .alpn = 1, .renegotiate = 1 },
    { .name = "TLS 1.2 MAC first",  .version = TLS_Version_1_2, .suite = TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256, .group = SSL_GROUP_X25519, .server = SERVER_RSA, .no_etm = 1, .resume = 1, .renegotiate = 1 },
    { .name = "TLS 1.2 GCM",        .version = TLS_Version_1_2, .suite = EC_GCM, .group = SSL_GROUP_X25519, .server = SERVER_EC, .resume = 1, .renegotiate = 1 },
    { .name = "TLS 1.2 ChaCha20",   .version = TLS_Version_1_2, .suite = TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, .group = SSL_GROUP_X25519, .server = SERVER_EC, .resume = 1, .renegotiate = 1 },
    { .name = "TLS 1.2 DHE",        .version = TLS_Version_1_2, .suite = TLS_DHE_RSA_WITH_AES_128_GCM_SHA256, .group = SSL_GROUP_FFDHE2048, .server = SERVER_RSA, .resume = 1, .renegotiate = 1 },
};
/* clang-format on */

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

static uint8 alert_sent(Side *side)
{
    uint8 sent;

    assert_int_equal(SSLGetAlerts(side->ctx, &sent, NULL), SSLNoErr);
    return sent;
}

/* New keys are in force on both sides. */
static void assert_new_keys(World *world, const uint8_t before[MAX_SECRET], int resumed)
{
    assert_memory_equal(world->client.ctx->master_secret, world->server.ctx->master_secret, 48);
    assert_memory_equal(world->client.ctx->client_secret, world->server.ctx->client_secret, 32);
    if (resumed) {
        assert_memory_equal(before, world->client.ctx->master_secret, 48);
    } else {
        assert_memory_not_equal(before, world->client.ctx->master_secret, 48);
    }
}

/* ---- items 1 to 7: complete, abbreviated, asked for by the server; every version ---- */

static void test_every_version_renegotiates(void **state)
{
    size_t i;
    int    how;

    (void)state;
    for (i = 0; i < COUNT(versions); i++) {
        for (how = RENEGOTIATE_BY_CLIENT; how <= RENEGOTIATE_BY_SERVER; how++) {
            World   world;
            uint8_t secret[MAX_SECRET], random[32];
            int     round;

            world_connect(&world, &versions[i]);
            for (round = 0; round < 3; round++) {
                Side *starter = how == RENEGOTIATE_BY_SERVER ? &world.server : &world.client;
                int   resumed = how != RENEGOTIATE_BY_CLIENT;

                memcpy(secret, world.client.ctx->master_secret, MAX_SECRET);
                memcpy(random, world.client.ctx->client_secret, 32);
                assert_int_equal(how == RENEGOTIATE_BY_CLIENT_ABBREVIATED
                                     ? SSLRenegotiateAbbreviated(starter->ctx)
                                     : SSLRenegotiate(starter->ctx),
                                 SSLNoErr);
                world_settle(&world);
                assert_memory_not_equal(random, world.client.ctx->client_secret, 32);
                assert_int_equal(side_is_resumed(&world.client), resumed);
                assert_int_equal(side_is_resumed(&world.server), resumed);
                assert_new_keys(&world, secret, resumed);
                side_carry(&world.client, &world.server);
                assert_int_equal(side_count(&world.client), round + 1);
                assert_int_equal(side_count(&world.server),
                                 how == RENEGOTIATE_BY_SERVER ? round + 1 : 0);
            }
            world_close(&world);
        }
    }
}

/* An idle connection holds what the last handshake agreed on, and nothing of those before. */

typedef struct Held {
    size_t blocks, bytes;
} Held;

static Held held_by(const Side *side)
{
    const Held held = {side->pool.live_count, side->pool.live_bytes};

    return held;
}

static void assert_holds(const Side *side, Held before)
{
    assert_int_equal(side->pool.live_count, before.blocks);
    assert_int_equal(side->pool.live_bytes, before.bytes);
}

static void test_nothing_of_the_handshake_before_is_held(void **state)
{
    size_t i;
    int    round;

    (void)state;
    for (i = 0; i < COUNT(versions); i++) {
        Scenario scenario = versions[i];
        World    world;
        Held     client, server;

        scenario.resume = 0; /* all are complete ones */
        world_connect(&world, &scenario);
        client = held_by(&world.client);
        server = held_by(&world.server);
        for (round = 0; round < 2; round++) {
            Side *starter = round ? &world.server : &world.client;

            assert_int_equal(SSLRenegotiate(starter->ctx), SSLNoErr);
            world_settle(&world);
            side_carry(&world.client, &world.server);
            assert_holds(&world.client, client);
            assert_holds(&world.server, server);
        }
        world_close(&world);
    }
}

/* Item 10: 1 MB each way, 50 handshakes, one byte at a time: whole and in order. */

#define MEGABYTE ((size_t)1 << 20)

typedef struct Stream {
    Side  *side;
    size_t total, sent, received;
} Stream;

static int stream_step(Stream *stream)
{
    static uint8_t buffer[3000];
    Side          *side = stream->side;
    uint32         length, i;
    SSLErr         err;

    length = (uint32)(stream->total - stream->sent < 3000 ? stream->total - stream->sent : 3000);
    for (i = 0; i < length; i++) {
        buffer[i] = pattern(side->server, stream->sent + i);
    }
    err = SSLWrite(buffer, &length, side->ctx);
    if (err != SSLNoErr && err != SSLWouldBlockErr) {
        fail_msg("%s writes: %d", side->server ? "server" : "client", err);
    }
    stream->sent += length;
    length = 2500;
    err    = SSLRead(buffer, &length, side->ctx);
    if (err != SSLNoErr && err != SSLWouldBlockErr) {
        fail_msg("%s reads: %d", side->server ? "server" : "client", err);
    }
    for (i = 0; i < length; i++) {
        if (buffer[i] != pattern(!side->server, stream->received + i)) {
            fail_msg("byte %lu is not what was sent", (unsigned long)(stream->received + i));
        }
    }
    stream->received += length;
    return stream->sent < stream->total || stream->received < stream->total;
}

static void begin_round(World *world, size_t round)
{
    Side *who = round % 3 == 2 ? &world->server : &world->client;

    assert_int_equal(
        round % 3 == 1 ? SSLRenegotiateAbbreviated(who->ctx) : SSLRenegotiate(who->ctx), SSLNoErr);
}

static void carry_much(const Scenario *scenario, size_t total, size_t rounds)
{
    World  world;
    Stream client = {&world.client, total, 0, 0}, server = {&world.server, total, 0, 0};
    size_t round  = 0;
    int    moving = 1;

    world_connect(&world, scenario);
    world.client.io_chunk = world.client.io_write = 1;
    world.server.io_chunk = world.server.io_write = 1;
    world.up.room = world.down.room = 40000; /* queues fill up on both sides */
    while (moving) {
        if (round < rounds && client.received >= round * (total / (rounds + 2)) &&
            side_count(&world.client) == round && !side_is_running(&world.client) &&
            !side_is_running(&world.server)) {
            begin_round(&world, round++);
        }
        moving = stream_step(&client);
        moving |= stream_step(&server);
    }
    world.client.io_chunk = world.client.io_write = 0;
    world.server.io_chunk = world.server.io_write = 0;
    world.up.room = world.down.room = 0;
    assert_int_equal(client.received, total);
    assert_int_equal(server.received, total);
    world_settle(&world);
    assert_int_equal(side_count(&world.client), rounds);
    side_carry(&world.client, &world.server);
    world_close(&world);
}

static void test_data_is_whole_and_in_order(void **state)
{
    size_t i;

    (void)state;
    if (!is_slow_build()) {
        carry_much(&plain, MEGABYTE, 50);
    }
    for (i = 0; i < COUNT(versions); i++) {
        if (is_thorough()) {
            carry_much(&versions[i], MEGABYTE, 50);
        } else {
            carry_much(&versions[i], MEGABYTE / 16, 10);
        }
    }
}

/* ---- scheduling: items 1, 2, 5, 9, 11, 12, 13, 14 ---- */

static void test_scheduling_does_no_io(void **state)
{
    World    world;
    unsigned calls;

    (void)state;
    world_connect(&world, &plain);
    calls = world.client.calls[CALL_WRITE] + world.client.calls[CALL_READ] +
            world.client.calls[CALL_ALLOC];
    assert_int_equal(side_is_pending(&world.client), 0);
    assert_int_equal(SSLRenegotiate(world.client.ctx), SSLNoErr);
    assert_int_equal(SSLRenegotiateAbbreviated(world.client.ctx), SSLNoErr);
    assert_int_equal(SSLRenegotiate(world.client.ctx), SSLNoErr);
    assert_int_equal(world.client.calls[CALL_WRITE] + world.client.calls[CALL_READ] +
                         world.client.calls[CALL_ALLOC],
                     calls);
    assert_int_equal(side_is_pending(&world.client), 1);
    assert_int_equal(side_count(&world.client), 0);
    /* The next call begins it, and then it is no longer pending. */
    assert_int_equal(SSLHandshake(world.client.ctx), SSLWouldBlockErr);
    assert_int_equal(side_is_pending(&world.client), 0);
    assert_int_equal(side_is_running(&world.client), 1);
    assert_int_equal(SSLRenegotiate(world.client.ctx), SSLBadStateErr);
    world_settle(&world);
    assert_int_equal(side_count(&world.client), 1); /* several calls made one */
    world_close(&world);
}

static void test_a_server_asks_and_goes_on(void **state)
{
    World  world;
    uint32 got;

    (void)state;
    world_connect(&world, &plain);
    assert_int_equal(SSLRenegotiate(world.server.ctx), SSLNoErr);
    assert_int_equal(side_is_pending(&world.server), 1);
    assert_int_equal(SSLHandshake(world.server.ctx), SSLNoErr); /* HelloRequest, nothing more */
    assert_int_equal(side_is_pending(&world.server), 0);
    assert_int_equal(side_is_running(&world.server), 1); /* until the client has answered */
    assert_int_equal(side_count(&world.server), 1);
    /* The client has not seen it: its data is data. */
    assert_int_equal(side_write(&world.client, 50, &got), SSLNoErr);
    assert_int_equal(side_read(&world.server, 100, &got), SSLNoErr);
    assert_int_equal(got, 50);
    assert_int_equal(side_write(&world.server, 60, &got), SSLNoErr);
    /* Any call of the client does it, invisibly. */
    assert_int_equal(side_read(&world.client, 100, &got), SSLNoErr);
    assert_int_equal(got, 60);
    assert_int_equal(side_is_running(&world.client), 1);
    world_settle(&world);
    assert_int_equal(side_count(&world.client), 1);
    assert_int_equal(SSLClearRenegotiationCount(world.client.ctx), SSLNoErr);
    assert_int_equal(SSLGetRenegotiationCounts(world.client.ctx, NULL, &got), SSLNoErr);
    assert_int_equal(got, 1);
    assert_int_equal(side_count(&world.client), 0);
    side_carry(&world.client, &world.server);
    world_close(&world);
}

/* A record that the program did not ask for. */
static void send_content(Side *side, uint8_t type, const void *content, size_t length)
{
    assert_int_equal(sslr_queue_content(side->ctx, type, bytes_of(content, length)), SSLNoErr);
    assert_int_equal(SSLServiceWriteQueue(side->ctx), SSLNoErr);
}

/* Item 12: not while something is unsent or unread. */
static void test_it_waits_for_a_suitable_moment(void **state)
{
    World  world;
    uint32 got;

    (void)state;
    world_connect(&world, &plain);
    assert_int_equal(side_write(&world.server, 300, &got), SSLNoErr);
    assert_int_equal(side_read(&world.client, 100, &got), SSLNoErr);
    assert_int_equal(SSLRenegotiate(world.client.ctx), SSLNoErr);
    assert_int_equal(side_write(&world.client, 10, &got), SSLNoErr);
    assert_int_equal(got, 10);
    assert_int_equal(side_is_pending(&world.client), 1); /* 200 bytes are unread */
    assert_int_equal(side_read(&world.client, 200, &got), SSLNoErr);
    assert_int_equal(got, 200);
    assert_int_equal(side_is_pending(&world.client), 1);
    world.up.room = 1;
    assert_int_equal(SSLServiceWriteQueue(world.client.ctx), SSLNoErr);
    world_close(&world);

    world_connect(&world, &plain);
    world.up.room = 20;
    assert_int_equal(side_write(&world.client, 1000, &got), SSLWouldBlockErr);
    assert_int_equal(SSLRenegotiate(world.client.ctx), SSLNoErr);
    assert_int_equal(side_read(&world.client, 100, &got), SSLWouldBlockErr);
    assert_int_equal(side_is_pending(&world.client), 1); /* the queue is stuck */
    assert_int_equal(sslr_renegotiation_start(world.client.ctx), SSLNoErr);
    assert_int_equal(side_is_pending(&world.client), 1); /* nothing else begins it either */
    world.up.room = 0;
    assert_int_equal(side_read(&world.client, 100, &got), SSLWouldBlockErr);
    assert_int_equal(side_is_pending(&world.client), 0);
    assert_int_equal(side_read(&world.server, 2000, &got), SSLNoErr);
    assert_int_equal(got, 1000);
    world_settle(&world);
    side_carry(&world.client, &world.server);
    world_close(&world);

    /* Half a message has come: a HelloRequest in two records. */
    world_connect(&world, &stored);
    send_content(&world.server, CONTENT_HANDSHAKE, "\0\0", 2);
    assert_int_equal(side_read(&world.client, 100, &got), SSLWouldBlockErr);
    assert_int_equal(SSLRenegotiate(world.client.ctx), SSLNoErr);
    assert_int_equal(side_read(&world.client, 100, &got), SSLWouldBlockErr);
    assert_int_equal(side_is_pending(&world.client), 1);
    send_content(&world.server, CONTENT_HANDSHAKE, "\0\0", 2);
    assert_int_equal(side_read(&world.client, 100, &got), SSLWouldBlockErr);
    assert_int_equal(side_is_pending(&world.client), 0);
    world_settle(&world);
    assert_int_equal(side_count(&world.client), 1);
    assert_int_equal(side_is_resumed(&world.client),
                     0); /* our own, complete one, not the server's */
    side_carry(&world.client, &world.server);
    world_close(&world);
}

/* Item 20, and the rule of the one held record. */
static void test_data_between_the_messages(void **state)
{
    World  world;
    uint32 got;
    uint8  exported[16];

    (void)state;
    world_connect(&world, &plain);
    assert_int_equal(side_write(&world.server, 70, &got), SSLNoErr);
    assert_int_equal(side_write(&world.server, 80, &got), SSLNoErr);
    assert_int_equal(SSLRenegotiate(world.client.ctx), SSLNoErr);
    assert_int_equal(SSLHandshake(world.client.ctx), SSLWouldBlockErr);
    assert_int_equal(SSLWants(world.client.ctx), SSL_WantsApplicationData);
    assert_int_equal(side_write(&world.client, 5, &got), SSLWouldBlockErr);
    assert_int_equal(got, 0);
    assert_int_equal(SSLWants(world.client.ctx), SSL_WantsApplicationData);
    assert_int_equal(SSLExportKeyingMaterial(world.client.ctx, "EXPORTER-test", buffer_of("", 0), 0,
                                             buffer_of(exported, sizeof(exported))),
                     SSLBadStateErr);
    assert_int_equal(SSLDropPeerCertificates(world.client.ctx), SSLBadStateErr);
    assert_int_equal(side_read(&world.client, 100, &got), SSLNoErr);
    assert_int_equal(got, 70);
    assert_int_equal(SSLHandshake(world.client.ctx), SSLWouldBlockErr);
    assert_int_equal(SSLWants(world.client.ctx), SSL_WantsApplicationData);
    assert_int_equal(side_read(&world.client, 100, &got), SSLNoErr);
    assert_int_equal(got, 80);
    assert_int_equal(side_read(&world.client, 100, &got), SSLWouldBlockErr);
    assert_int_equal(SSLWants(world.client.ctx), SSL_WantsRead);
    world_settle(&world);
    side_carry(&world.client, &world.server);
    world_close(&world);
}

/* Getters show the old values until the new handshake is done. */
static void test_getters_while_it_runs(void **state)
{
    World     world;
    uint32    got;
    uint16    suite, group, scheme;
    int       count, ems;
    SSLBuffer certificate;

    (void)state;
    world_connect(&world, &mutual);
    assert_int_equal(SSLRenegotiate(world.client.ctx), SSLNoErr);
    assert_int_equal(SSLHandshake(world.client.ctx), SSLWouldBlockErr);
    while (side_is_running(&world.client)) {
        assert_int_equal(SSLGetNegotiatedCipher(world.client.ctx, &suite), SSLNoErr);
        assert_int_equal(suite, EC_GCM);
        assert_int_equal(SSLGetNegotiatedGroup(world.server.ctx, &group), SSLNoErr);
        assert_int_equal(group, SSL_GROUP_X25519);
        assert_int_equal(SSLGetPeerSignatureScheme(world.client.ctx, &scheme), SSLNoErr);
        assert_int_not_equal(scheme, 0);
        assert_int_equal(SSLGetPeerCertificateChainLength(world.server.ctx, &count), SSLNoErr);
        assert_int_not_equal(count, 0);
        assert_int_equal(SSLGetPeerCertificate(world.client.ctx, 0, &certificate), SSLNoErr);
        memset(certificate.data, 0, certificate.length);
        (void)side_free(&certificate, &world.client);
        assert_int_equal(SSLGetSecurityFlags(world.client.ctx, &ems, NULL), SSLNoErr);
        assert_int_equal(ems, 1);
        (void)side_read(&world.server, 1, &got);
        (void)SSLHandshake(world.client.ctx);
    }
    world_settle(&world);
    world_close(&world);
}

/* ---- refusing: items 16, 17, 18, 19, 21 ---- */

static void test_refusal(void **state)
{
    World  world;
    uint32 got;

    (void)state;
    /* A server does not follow a client that begins unasked; the client ends (item 17). */
    world_connect(&world, &refused);
    assert_int_equal(SSLRenegotiate(world.client.ctx), SSLNoErr);
    assert_int_equal(SSLHandshake(world.client.ctx), SSLWouldBlockErr);
    assert_int_equal(side_read(&world.server, 10, &got), SSLWouldBlockErr);
    assert_int_equal(alert_sent(&world.server), ALERT_NO_RENEGOTIATION);
    assert_int_equal(SSLHandshake(world.client.ctx), SSLNegotiationErr);
    assert_int_equal(alert_sent(&world.client), ALERT_HANDSHAKE_FAILURE);
    assert_int_equal(side_read(&world.server, 10, &got), SSLFatalAlert);
    world_close(&world);

    /* A client that is told never to; the server that has asked ends. */
    world_connect(&world, &refused);
    assert_int_equal(SSLSetRenegotiation(world.client.ctx, SSL_RenegotiateNever), SSLNoErr);
    assert_int_equal(SSLRenegotiate(world.client.ctx), SSLUnsupportedErr);
    assert_int_equal(SSLRenegotiate(world.server.ctx), SSLNoErr);
    assert_int_equal(SSLHandshake(world.server.ctx), SSLNoErr);
    assert_int_equal(side_read(&world.client, 10, &got), SSLWouldBlockErr);
    assert_int_equal(alert_sent(&world.client), ALERT_NO_RENEGOTIATION);
    assert_int_equal(side_read(&world.server, 10, &got), SSLNegotiationErr);
    assert_int_equal(alert_sent(&world.server), ALERT_HANDSHAKE_FAILURE);
    world_close(&world);

    /* What cannot be. */
    world_connect(&world, &tls13);
    assert_int_equal(SSLRenegotiate(world.client.ctx), SSLUnsupportedErr);
    assert_int_equal(SSLRenegotiateAbbreviated(world.server.ctx), SSLUnsupportedErr);
    assert_int_equal(side_is_pending(&world.client), 0);
    world_close(&world);
    world_open(&world, &plain);
    world_configure(&world);
    assert_int_equal(SSLRenegotiate(world.client.ctx), SSLBadStateErr);
    assert_int_equal(SSLSetRenegotiation(world.client.ctx, 16), SSLBadParameterErr);
    assert_int_equal(SSLSetRenegotiateBytes(world.client.ctx, 511), SSLBadParameterErr);
    world_close(&world);
}

/* Without RFC 5746 only if it was asked for by name. */
static void test_legacy_renegotiation(void **state)
{
    World  world;
    uint32 got;
    int    secure;

    (void)state;
    world_connect(&world, &plain);
    assert_int_equal(SSLGetSecureRenegotiation(world.client.ctx, &secure), SSLNoErr);
    assert_int_equal(secure, 1);
    world.client.ctx->secure_renegotiation = world.server.ctx->secure_renegotiation = 0;
    assert_int_equal(SSLGetSecureRenegotiation(world.client.ctx, &secure), SSLNoErr);
    assert_int_equal(secure, 0);
    assert_int_equal(SSLRenegotiate(world.client.ctx), SSLUnsupportedErr);
    assert_int_equal(SSLRenegotiate(world.server.ctx), SSLUnsupportedErr);
    assert_int_equal(SSLSetRenegotiation(world.client.ctx, SSL_RenegotiateAllowLegacy), SSLNoErr);
    assert_int_equal(SSLRenegotiate(world.client.ctx), SSLNoErr);
    assert_int_equal(SSLHandshake(world.client.ctx), SSLWouldBlockErr);
    assert_int_equal(side_read(&world.server, 10, &got), SSLWouldBlockErr);
    assert_int_equal(alert_sent(&world.server), ALERT_NO_RENEGOTIATION);
    world_close(&world);
}

/* A peer must not burn our time: a hundred an hour. */
static void test_unasked_handshakes_are_limited(void **state)
{
    World  world;
    uint32 got;
    int    hour, i;

    (void)state;
    world_connect(&world, &stored);
    side_clock = now();
    assert_int_equal(SSLSetTimeFunc(world.server.ctx, side_tell_time), SSLNoErr);
    for (hour = 0; hour < 2; hour++) {
        for (i = 0; i < 100; i++) {
            assert_int_equal(SSLRenegotiateAbbreviated(world.client.ctx), SSLNoErr);
            world_settle(&world);
        }
        side_clock += 3600;
    }
    side_clock--; /* the third hour has not begun */
    assert_int_equal(SSLRenegotiateAbbreviated(world.client.ctx), SSLNoErr);
    assert_int_equal(SSLHandshake(world.client.ctx), SSLWouldBlockErr);
    assert_int_equal(side_read(&world.server, 10, &got), SSLWouldBlockErr);
    assert_int_equal(alert_sent(&world.server), ALERT_NO_RENEGOTIATION);
    world_close(&world);
}

static void test_a_server_may_want_a_new_session(void **state)
{
    World world;

    (void)state;
    world_connect(&world, &stored);
    assert_int_equal(SSLRenegotiate(world.server.ctx), SSLNoErr);
    world_settle(&world);
    assert_int_equal(side_is_resumed(&world.server), 1);
    assert_int_equal(SSLSetRenegotiation(world.server.ctx, SSL_RenegotiateNewSession), SSLNoErr);
    assert_int_equal(SSLRenegotiateAbbreviated(world.server.ctx), SSLNoErr);
    world_settle(&world);
    assert_int_equal(side_is_resumed(&world.server), 1);
    assert_int_equal(SSLRenegotiate(world.server.ctx), SSLNoErr);
    world_settle(&world);
    assert_int_equal(side_is_resumed(&world.server), 0);
    assert_int_equal(side_is_resumed(&world.client), 0);
    assert_int_equal(world.stores[1].count, 1); /* the new session stands for the old one */
    world_close(&world);
}

/* Also where the client begins before it has seen the request. */
static void test_a_wish_for_a_new_session_meets_a_client_that_begins(void **state)
{
    World  world;
    uint32 got;
    int    i;

    (void)state;
    world_connect(&world, &stored);
    assert_int_equal(
        SSLSetRenegotiation(world.server.ctx, SSL_RenegotiateAllowPeer | SSL_RenegotiateNewSession),
        SSLNoErr);
    world.down.room = 100;
    assert_int_equal(side_write(&world.server, 1000, &got), SSLWouldBlockErr);
    assert_int_equal(SSLRenegotiate(world.server.ctx), SSLNoErr);
    assert_int_equal(SSLRenegotiateAbbreviated(world.client.ctx), SSLNoErr);
    assert_int_equal(SSLHandshake(world.client.ctx), SSLWouldBlockErr);
    assert_int_equal(side_read(&world.server, 10, &got), SSLWouldBlockErr);
    world.down.room = 0;
    for (i = 0; i < 10; i++) {
        (void)side_read(&world.client, SIDE_DATA, &got);
        (void)side_read(&world.server, SIDE_DATA, &got);
    }
    assert_int_equal(side_is_running(&world.server), 0);
    assert_int_equal(side_is_resumed(&world.server), 0);
    assert_int_equal(side_is_pending(&world.server), 0);
    world_close(&world);
}

/* ---- what must not change ---- */

static SSLErr another_identity(SSLContext *ctx, const SSLIdentity **identity, void *ref)
{
    (void)ctx;
    if (identity != NULL) {
        *identity = (const SSLIdentity *)ref;
    }
    return SSLNoErr;
}

static void change_identity(int of_server, int dropped)
{
    World  world;
    Side  *liar, *honest;
    uint32 got;
    SSLErr err = SSLWouldBlockErr;
    int    i;

    world_connect(&world, &either);
    liar   = of_server ? &world.server : &world.client;
    honest = of_server ? &world.client : &world.server;
    if (dropped) {
        assert_int_equal(SSLDropPeerCertificates(honest->ctx), SSLNoErr);
    }
    assert_int_equal(
        SSLSetIdentityFunc(liar->ctx, another_identity,
                           (void *)(uintptr_t)shared_identity(of_server ? SERVER_RSA : CLIENT_RSA)),
        SSLNoErr);
    assert_int_equal(SSLRenegotiate(world.client.ctx), SSLNoErr);
    for (i = 0; i < 10 && err == SSLWouldBlockErr; i++) {
        (void)SSLHandshake(liar->ctx);
        (void)side_read(liar, 1, &got);
        err = side_read(honest, 1, &got);
    }
    assert_int_equal(err, SSLProtocolErr);
    assert_int_equal(alert_sent(honest), ALERT_ILLEGAL_PARAMETER);
    world_close(&world);
}

static void test_the_peer_remains_the_same(void **state)
{
    (void)state;
    change_identity(1, 0);
    change_identity(1, 1);
    change_identity(0, 0);
    change_identity(0, 1);
}

/* A server asks for a certificate later; the connection keeps it through further handshakes. */
static void test_a_certificate_is_asked_for_later(void **state)
{
    const Scenario scenario = {.name        = "asked for later",
                               .version     = TLS_Version_1_2,
                               .suite       = EC_GCM,
                               .group       = SSL_GROUP_X25519,
                               .server      = SERVER_EC,
                               .resume      = 1,
                               .renegotiate = 3};
    World          world;
    int            count;

    (void)state;
    world_connect(&world, &scenario);
    assert_int_equal(SSLSetIdentityFunc(world.client.ctx, another_identity,
                                        (void *)(uintptr_t)shared_identity(CLIENT_EC)),
                     SSLNoErr);
    assert_int_equal(SSLGetPeerCertificateChainLength(world.server.ctx, &count), SSLNoErr);
    assert_int_equal(count, 0);
    assert_int_equal(SSLSetRequireClientCert(world.server.ctx, 1), SSLNoErr);
    assert_int_equal(SSLRenegotiate(world.server.ctx), SSLNoErr);
    world_settle(&world);
    assert_int_equal(SSLGetPeerCertificateChainLength(world.server.ctx, &count), SSLNoErr);
    assert_int_not_equal(count, 0);
    assert_int_equal(side_is_resumed(&world.server), 0); /* the old session had none */
    assert_int_equal(SSLSetRequireClientCert(world.server.ctx, 0), SSLNoErr);
    assert_int_equal(SSLRenegotiate(world.client.ctx), SSLNoErr);
    world_settle(&world);
    assert_int_equal(SSLGetPeerCertificateChainLength(world.server.ctx, &count), SSLNoErr);
    assert_int_not_equal(count, 0); /* not shown again, and still the same client */
    world_close(&world);
}

/* ---- failing ---- */

/* What is in force is still what the handshake before agreed on, and it ends: the session, too (RFC
 * 5246 7.2.2). The one that failed had a session ID of its own already. */
static void test_a_failed_one_ends_the_session_before(void **state)
{
    World  world;
    Side  *sides[2] = {&world.client, &world.server};
    uint32 got;
    int    i, count;

    (void)state;
    world_connect(&world, &stored);
    assert_int_equal(world.stores[1].count, 1);
    assert_int_equal(SSLRenegotiate(world.client.ctx), SSLNoErr);
    assert_int_equal(SSLHandshake(world.client.ctx), SSLWouldBlockErr);
    assert_int_equal(side_read(&world.server, 1, &got), SSLWouldBlockErr);
    assert_int_equal(SSLHandshake(world.client.ctx), SSLWouldBlockErr);
    world.up.data[world.up.end - 1] ^= 1; /* of the client's Finished */
    assert_int_equal(side_read(&world.server, 1, &got), SSLProtocolErr);
    assert_int_equal(alert_sent(&world.server), ALERT_BAD_RECORD_MAC);
    assert_int_equal(side_read(&world.client, 1, &got), SSLFatalAlert);
    for (i = 0; i < 2; i++) {
        assert_int_equal(world.stores[i].count, 0);
        assert_int_equal(sides[i]->calls[CALL_DELETE_SESSION], 1);
        assert_int_equal(side_is_resumed(sides[i]), 1); /* the first was, the second was not */
    }
    assert_int_equal(SSLGetPeerCertificateChainLength(world.client.ctx, &count), SSLNoErr);
    assert_int_not_equal(count, 0);
    world_close(&world);
}

/* The one in force, and the one that was being taken up. */
static void test_a_failed_one_ends_two_sessions(void **state)
{
    World      world;
    Store      first;
    SSLContext before;
    uint32     got;

    (void)state;
    world_connect(&world, &stored);
    first  = world.stores[1];
    before = *world.client.ctx;
    assert_int_equal(SSLRenegotiate(world.client.ctx), SSLNoErr);
    assert_int_equal(SSLHandshake(world.client.ctx), SSLWouldBlockErr);
    world_settle(&world);
    assert_int_equal(world.stores[1].count, 1); /* in the place of the first */
    world.stores[1].entries[1] = first.entries[0];
    world.stores[1].count      = 2;

    /* The client offers the first one. */
    memcpy(world.client.ctx->agreed.session_id, before.agreed.session_id, 32);
    memcpy(world.client.ctx->master_secret, before.master_secret, MAX_SECRET);
    assert_int_equal(SSLRenegotiateAbbreviated(world.client.ctx), SSLNoErr);
    assert_int_equal(SSLHandshake(world.client.ctx), SSLWouldBlockErr);
    assert_int_equal(side_read(&world.server, 1, &got), SSLWouldBlockErr);
    assert_int_equal(side_read(&world.client, 1, &got), SSLWouldBlockErr);
    world.up.data[world.up.end - 1] ^= 1; /* of the client's Finished */
    assert_int_equal(world.stores[1].count, 2);
    assert_int_equal(side_read(&world.server, 1, &got), SSLProtocolErr);
    assert_int_equal(world.server.ctx->agreed.resumed, 0);
    assert_int_equal(world.stores[1].count, 0);
    world_close(&world);
}

/* ---- closing in the midst of it ---- */

static void test_closing_while_it_runs(void **state)
{
    World  world;
    uint32 got;
    int    who;

    (void)state;
    for (who = 0; who < 2; who++) {
        Side *closer, *other;

        world_connect(&world, &plain);
        closer = who ? &world.server : &world.client;
        other  = who ? &world.client : &world.server;
        assert_int_equal(SSLRenegotiate(world.client.ctx), SSLNoErr);
        assert_int_equal(SSLHandshake(world.client.ctx), SSLWouldBlockErr);
        assert_int_equal(side_read(&world.server, 1, &got), SSLWouldBlockErr);
        assert_int_equal(side_is_running(&world.server), 1);
        assert_int_equal(SSLClose(closer->ctx), SSLNoErr);
        do {
            got = 1;
        } while (side_read(other, 1, &got) == SSLWouldBlockErr);
        assert_int_equal(side_read(other, 1, &got), SSLConnectionClosedGraceful);
        world_close(&world);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_version_renegotiates),
        cmocka_unit_test(test_nothing_of_the_handshake_before_is_held),
        cmocka_unit_test(test_data_is_whole_and_in_order),
        cmocka_unit_test(test_scheduling_does_no_io),
        cmocka_unit_test(test_a_server_asks_and_goes_on),
        cmocka_unit_test(test_it_waits_for_a_suitable_moment),
        cmocka_unit_test(test_data_between_the_messages),
        cmocka_unit_test(test_getters_while_it_runs),
        cmocka_unit_test(test_refusal),
        cmocka_unit_test(test_legacy_renegotiation),
        cmocka_unit_test(test_unasked_handshakes_are_limited),
        cmocka_unit_test(test_a_server_may_want_a_new_session),
        cmocka_unit_test(test_a_wish_for_a_new_session_meets_a_client_that_begins),
        cmocka_unit_test(test_the_peer_remains_the_same),
        cmocka_unit_test(test_a_certificate_is_asked_for_later),
        cmocka_unit_test(test_a_failed_one_ends_the_session_before),
        cmocka_unit_test(test_a_failed_one_ends_two_sessions),
        cmocka_unit_test(test_closing_while_it_runs),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
