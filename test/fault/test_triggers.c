/*
 * test_triggers.c - handshakes and key updates that begin by themselves: a long transfer goes on
 * whatever the peer says to them, and a refusal reaches the peer also when there is much else to
 * send. What a program begins is in test_renegotiation.c.
 */
#include "callbacks.h"
#include "connected.h"

#include "core/record/record.h"

#define EC_GCM TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256

/* clang-format off */
static const Scenario by_default = { .name = "TLS 1.2, by default", .version = TLS_Version_1_2, .suite = EC_GCM, .group = SSL_GROUP_X25519, .server = SERVER_EC };
static const Scenario allowed    = { .name = "TLS 1.2", .version = TLS_Version_1_2, .suite = EC_GCM, .group = SSL_GROUP_X25519, .server = SERVER_EC, .alpn = 1, .renegotiate = 1 };
static const Scenario plain      = { .name = "TLS 1.2, its own", .version = TLS_Version_1_2, .suite = EC_GCM, .group = SSL_GROUP_X25519, .server = SERVER_EC, .renegotiate = 1 };
static const Scenario stored     = { .name = "TLS 1.2, sessions", .version = TLS_Version_1_2, .suite = EC_GCM, .group = SSL_GROUP_X25519, .server = SERVER_EC, .resume = 1, .renegotiate = 2 };
static const Scenario old        = { .name = "TLS 1.0", .version = TLS_Version_1_0, .suite = TLS_RSA_WITH_AES_128_CBC_SHA, .server = SERVER_RSA, .resume = 1, .renegotiate = 1 };
static const Scenario tls13      = { .name = "TLS 1.3", .version = TLS_Version_1_3, .group = SSL_GROUP_X25519, .server = SERVER_EC };
/* clang-format on */

static World world;
static void  goes_on(SSLErr err)
{
    assert_true(err == SSLNoErr || err == SSLWouldBlockErr);
}

/* So many records from the server to the client, which has nothing to say. */
static void download(unsigned records)
{
    size_t   sent = 0, received = 0;
    uint32   taken, got;
    unsigned i;

    for (i = 0; i < records; i++) {
        goes_on(side_write(&world.server, 16384, &taken));
        sent += taken;
        goes_on(side_read(&world.client, SIDE_DATA, &got));
        received += got;
        goes_on(side_read(&world.server, SIDE_DATA, &got));
    }
    do {
        goes_on(side_read(&world.client, SIDE_DATA, &got));
        received += got;
    } while (got > 0);
    assert_int_equal(received, sent);
    assert_true(sent >= (records - 300) * 16384);
}

/* ---- when; items 8, 23, 24 of the manual page SSL_renegotiate, and 30 ---- */

static void bytes_and_time_begin_one(void **state)
{
    uint32 got;

    (void)state;
    world_connect(&world, &plain);
    assert_int_equal(SSLSetRenegotiateBytes(world.client.ctx, 1000), SSLNoErr);
    assert_int_equal(side_write(&world.client, 600, &got), SSLNoErr);
    assert_int_equal(side_write(&world.server, 400, &got), SSLNoErr);
    assert_int_equal(side_read(&world.client, 400, &got), SSLNoErr);
    assert_int_equal(side_is_pending(&world.client), 0); /* exactly the limit is not more */
    assert_int_equal(side_write(&world.client, 1, &got), SSLNoErr);
    assert_int_equal(side_is_pending(&world.client), 1);
    assert_int_equal(side_read(&world.server, 600, &got), SSLNoErr);
    assert_int_equal(side_read(&world.server, 600, &got), SSLNoErr);
    world_settle(&world);
    assert_int_equal(side_count(&world.client), 1);
    side_carry(&world.client, &world.server);
    assert_int_equal(side_is_pending(&world.client), 0);

    side_clock = now();
    assert_int_equal(SSLSetTimeFunc(world.client.ctx, side_tell_time), SSLNoErr);
    assert_int_equal(SSLSetRenegotiateBytes(world.client.ctx, 0), SSLNoErr);
    assert_int_equal(SSLSetRenegotiateTimeout(world.client.ctx, 60), SSLNoErr);
    side_clock += 60;
    side_carry(&world.client, &world.server);
    assert_int_equal(side_is_pending(&world.client), 0);
    side_clock += 1;
    side_carry(&world.client, &world.server);
    assert_int_equal(side_is_pending(&world.client), 1);
    world_settle(&world);
    side_carry(&world.client, &world.server);
    assert_int_equal(side_count(&world.client), 2);
    assert_int_equal(side_is_pending(&world.client), 0);
    world_close(&world);

    /* A server asks. */
    world_connect(&world, &plain);
    assert_int_equal(SSLSetRenegotiateBytes(world.server.ctx, 512), SSLNoErr);
    assert_int_equal(side_write(&world.server, 600, &got), SSLNoErr);
    assert_int_equal(side_read(&world.client, 600, &got), SSLNoErr);
    assert_int_equal(side_is_pending(&world.server), 1);
    world_settle(&world);
    assert_int_equal(side_count(&world.server), 1);
    assert_int_equal(side_count(&world.client), 1);
    world_close(&world);
}

/* One that the program has scheduled, or asked the client for, is the one that is due. */
static void a_trigger_adds_nothing_to_what_comes_anyway(void **state)
{
    uint32 got;

    (void)state;
    world_connect(&world, &stored);
    assert_int_equal(side_write(&world.server, 2000, &got), SSLNoErr);
    assert_int_equal(SSLSetRenegotiateBytes(world.client.ctx, 512), SSLNoErr);
    assert_int_equal(side_read(&world.client, 1, &got), SSLNoErr);
    assert_int_equal(SSLRenegotiateAbbreviated(world.client.ctx), SSLNoErr);
    assert_int_equal(side_read(&world.client, 1999, &got), SSLNoErr); /* begins only now */
    assert_int_equal(side_is_pending(&world.client), 1);
    world_settle(&world);
    assert_int_equal(side_count(&world.client), 1);
    assert_int_equal(side_is_resumed(&world.client), 1); /* it was not made a complete one */
    world_close(&world);

    world_connect(&world, &plain);
    assert_int_equal(SSLRenegotiate(world.server.ctx), SSLNoErr);
    assert_int_equal(SSLHandshake(world.server.ctx), SSLNoErr);
    assert_int_equal(SSLSetRenegotiateBytes(world.server.ctx, 512), SSLNoErr);
    assert_int_equal(side_write(&world.server, 600, &got), SSLNoErr);
    assert_int_equal(side_is_pending(&world.server), 0);
    assert_int_equal(side_read(&world.client, 600, &got), SSLNoErr);
    world_settle(&world);
    assert_int_equal(side_count(&world.server), 1);
    assert_int_equal(side_count(&world.client), 1);
    world_close(&world);
}

static void triggers_of_tls13_change_keys(void **state)
{
    uint32  got;
    uint8_t client[MAX_SECRET], server[MAX_SECRET];

    (void)state;
    world_connect(&world, &tls13);
    memcpy(client, world.client.ctx->client_secret, MAX_SECRET);
    memcpy(server, world.client.ctx->server_secret, MAX_SECRET);
    assert_int_equal(SSLSetRenegotiateBytes(world.client.ctx, 1000), SSLNoErr);
    assert_int_equal(side_write(&world.client, 1001, &got), SSLNoErr);
    assert_int_equal(side_write(&world.client, 10, &got), SSLNoErr);
    assert_memory_not_equal(client, world.client.ctx->client_secret, 32);
    assert_int_equal(side_read(&world.server, 1001, &got), SSLNoErr);
    assert_int_equal(side_read(&world.server, 10, &got), SSLNoErr);
    assert_int_equal(side_write(&world.server, 10, &got), SSLNoErr);
    assert_int_equal(side_read(&world.client, 10, &got), SSLNoErr);
    assert_memory_not_equal(server, world.client.ctx->server_secret, 32);
    assert_int_equal(side_count(&world.client), 0);
    world_close(&world);
}

/* RFC 9846: no second question before the answer to the first. */
static void one_key_update_is_asked_for_at_a_time(void **state)
{
    uint32   got;
    uint8_t  secret[MAX_SECRET];
    unsigned i;

    (void)state;
    world_connect(&world, &tls13);
    for (i = 0; i < 5; i++) {
        assert_int_equal(SSLKeyUpdate(world.client.ctx, 1), SSLNoErr);
        assert_int_equal(side_write(&world.client, 10, &got), SSLNoErr);
        assert_int_equal(world.client.ctx->key_update_awaited, 1);
    }
    memcpy(secret, world.server.ctx->server_secret, sizeof(secret));
    assert_int_equal(side_read(&world.server, 10, &got), SSLNoErr);
    assert_memory_not_equal(secret, world.server.ctx->server_secret, 32); /* the answer */
    memcpy(secret, world.server.ctx->server_secret, sizeof(secret));
    for (i = 1; i < 5; i++) {
        assert_int_equal(side_read(&world.server, 10, &got), SSLNoErr);
        assert_memory_equal(secret, world.server.ctx->server_secret, 32); /* to the one question */
    }
    assert_int_equal(side_write(&world.server, 10, &got), SSLNoErr);
    assert_int_equal(side_read(&world.client, 10, &got), SSLNoErr);
    assert_int_equal(world.client.ctx->key_update_awaited, 0);
    world_close(&world);
}

/* Decision 23: a key near its limit is replaced before it ends the connection. */
static void keys_near_their_limit_are_replaced(void **state)
{
    uint32 got;
    int    i;

    (void)state;
    world_connect(&world, &plain);
    for (i = 0; i < 5; i++) {
        world.client.ctx->write.record_limit = world.client.ctx->write.sequence + 1;
        side_carry(&world.client, &world.server);
        assert_int_equal(side_is_pending(&world.client), 1);
        world_settle(&world);
        world.server.ctx->read.record_limit = world.server.ctx->read.sequence + 1;
        side_carry(&world.client, &world.server);
        assert_int_equal(side_is_pending(&world.server), 1);
        world_settle(&world);
    }
    assert_int_equal(side_count(&world.client), 10);
    assert_int_equal(side_count(&world.server), 5);
    world_close(&world);

    /* TLS 1.3: what the peer sends is under its keys; it is asked to change them. */
    world_connect(&world, &tls13);
    world.client.ctx->read.record_limit = world.client.ctx->read.sequence + 1;
    assert_int_equal(side_write(&world.server, 10, &got), SSLNoErr);
    assert_int_equal(side_read(&world.client, 10, &got), SSLNoErr);
    assert_int_equal(side_write(&world.client, 10, &got), SSLNoErr);
    assert_int_equal(world.client.ctx->key_update_awaited, 1);
    world_close(&world);
}

/* ---- TLS 1.3 ---- */

/* Of the side that only reads come nothing but key updates, far more than the quiet records that a
 * hostile peer may send. */
static void a_download_with_key_updates_goes_on(void **state)
{
    int server;

    (void)state;
    for (server = 0; server < 2; server++) {
        world_connect(&world, &tls13);
        assert_int_equal(
            SSLSetRenegotiateBytes(server ? world.server.ctx : world.client.ctx, 20000), SSLNoErr);
        download(600);
        world_close(&world);
    }
}

/* No data at all, but the program asks for new keys, and gets them. */
static void asked_for_key_updates_are_not_counted(void **state)
{
    uint32 got;
    int    i;

    (void)state;
    world_connect(&world, &tls13);
    for (i = 0; i < 2 * MAX_QUIET_RECORDS; i++) {
        assert_int_equal(SSLKeyUpdate(world.client.ctx, 1), SSLNoErr);
        assert_int_equal(SSLHandshake(world.client.ctx), SSLNoErr);
        if (i < MAX_QUIET_RECORDS) {
            assert_int_equal(side_read(&world.server, SIDE_DATA, &got), SSLWouldBlockErr);
        } else if (i == MAX_QUIET_RECORDS) { /* who only asks is one who floods */
            assert_int_equal(side_read(&world.server, SIDE_DATA, &got), SSLProtocolErr);
            break;
        }
        assert_int_equal(side_read(&world.client, SIDE_DATA, &got), SSLWouldBlockErr);
    }
    assert_int_equal(world.client.ctx->error, SSLNoErr);
    world_close(&world);
}

/* Without memory for it nothing has happened: SSLWrite can be called again. */
static void a_key_update_without_memory_is_tried_again(void **state)
{
    uint32 taken, got;

    (void)state;
    world_connect(&world, &tls13);
    assert_int_equal(side_read(&world.client, SIDE_DATA, &got), SSLWouldBlockErr);
    assert_int_equal(SSLKeyUpdate(world.client.ctx, 0), SSLNoErr);
    world.client.fault = (Fault){.call  = CALL_ALLOC,
                                 .lie   = LIE_ERROR,
                                 .code  = SSLMemoryErr,
                                 .first = world.client.calls[CALL_ALLOC],
                                 .times = 1};
    assert_int_equal(side_write(&world.client, 10, &taken), SSLMemoryErr);
    assert_int_equal(taken, 0);
    assert_int_equal(side_write(&world.client, 10, &taken), SSLNoErr);
    assert_int_equal(taken, 10);
    assert_int_equal(side_read(&world.server, SIDE_DATA, &got), SSLNoErr);
    assert_int_equal(got, 10);
    world_close(&world);
}

/* ---- up to TLS 1.2: the peer may refuse what nobody asked for ---- */

/* More handshakes than a peer may cause in an hour: then the old keys go on. */
static void a_download_goes_on_when_the_peer_has_enough(void **state)
{
    int server;

    (void)state;
    for (server = 0; server < 2; server++) {
        world_connect(&world, &allowed);
        assert_int_equal(
            SSLSetRenegotiateBytes(server ? world.server.ctx : world.client.ctx, 20000), SSLNoErr);
        download(500);
        assert_true(side_count(server ? &world.server : &world.client) > 100);
        world_close(&world);
    }
}

/* So many records from the client; the keys are near their limit. */
static SSLErr upload(unsigned records, unsigned *taken)
{
    uint32 count, got;
    SSLErr err;

    for (*taken = 0; *taken<records; *taken += count> 0) {
        err = side_write(&world.client, 10, &count);
        if (err != SSLNoErr && err != SSLWouldBlockErr) {
            return err;
        }
        goes_on(side_read(&world.server, SIDE_DATA, &got));
        goes_on(side_read(&world.client, SIDE_DATA, &got));
    }
    return SSLNoErr;
}

static void limit_keys(uint64_t records)
{
    world.client.ctx->write.record_limit = world.server.ctx->read.record_limit = records;
}

/* A server that never renegotiates: the keys are used to their end, and no further. */
static void keys_end_at_their_limit_where_the_peer_refuses(void **state)
{
    unsigned taken;

    (void)state;
    world_connect(&world, &by_default);
    assert_int_equal(SSLSetRenegotiation(world.server.ctx, SSL_RenegotiateNever), SSLNoErr);
    limit_keys(100);
    assert_int_equal(upload(200, &taken), SSLKeyLimitErr);
    assert_in_range(taken, 95, 100);
    assert_int_equal(side_count(&world.client), 1);
    world_close(&world);
}

/* What the program asks for by name is another matter. */
static void a_refusal_of_what_was_asked_for_is_an_end(void **state)
{
    uint32 got;

    (void)state;
    world_connect(&world, &by_default);
    assert_int_equal(SSLRenegotiate(world.client.ctx), SSLNoErr);
    assert_int_equal(SSLHandshake(world.client.ctx), SSLWouldBlockErr);
    assert_int_equal(side_read(&world.server, SIDE_DATA, &got), SSLWouldBlockErr);
    assert_int_equal(side_read(&world.client, SIDE_DATA, &got), SSLNegotiationErr);
    world_close(&world);
}

/* Both sides see that the keys are old, and the server's request does not leave: its queue stands
 * still. Then the client's ClientHello is no surprise. */
static void both_sides_begin_at_once(void **state)
{
    uint32 got, taken;
    int    i, moved = 0;

    (void)state;
    world_connect(&world, &by_default);
    limit_keys(100);
    world.down.room = 50;
    assert_int_equal(side_write(&world.server, 1000, &taken), SSLWouldBlockErr);
    for (i = 0; i < 130; i++) {
        goes_on(side_write(&world.client, 10, &taken));
        moved += taken > 0;
        goes_on(side_read(&world.server, SIDE_DATA, &got));
    }
    world.down.room = 0;
    for (i = 0; i < 100; i++) {
        goes_on(SSLServiceWriteQueue(world.server.ctx));
        goes_on(side_read(&world.client, SIDE_DATA, &got));
        goes_on(side_write(&world.client, 10, &taken));
        moved += taken > 0;
        goes_on(side_read(&world.server, SIDE_DATA, &got));
    }
    assert_true(moved > 150);
    assert_int_equal(side_count(&world.client), 1);
    world_close(&world);
}

/* The client begins unasked while the server has much to send. The refusal leaves behind it. */
static void a_refusal_is_not_lost_behind_a_queue(void **state)
{
    uint32 got, taken, all = 0;
    SSLErr err = SSLNoErr;
    int    i;

    (void)state;
    world_connect(&world, &by_default);
    world.down.room = 50;
    assert_int_equal(side_write(&world.server, 1000, &taken), SSLWouldBlockErr);
    assert_int_equal(SSLRenegotiate(world.client.ctx), SSLNoErr);
    assert_int_equal(SSLHandshake(world.client.ctx), SSLWouldBlockErr);
    assert_int_equal(side_read(&world.server, SIDE_DATA, &got), SSLWouldBlockErr);
    world.down.room = 0;
    assert_int_equal(SSLServiceWriteQueue(world.server.ctx), SSLNoErr);
    assert_int_equal(SSLWants(world.server.ctx), SSL_WantsRead | SSL_WantsWrite); /* call again */
    assert_int_equal(side_read(&world.server, SIDE_DATA, &got), SSLWouldBlockErr);
    assert_int_equal(SSLWants(world.server.ctx), SSL_WantsRead);
    for (i = 0; i < 3; i++) {
        err = side_read(&world.client, SIDE_DATA, &got);
        all += got;
    }
    assert_int_equal(all, 1000);
    assert_int_equal(err, SSLConnectionClosedError);
    assert_int_equal(world.client.ctx->error, SSLNegotiationErr);
    world_close(&world);
}

/* Behind it the server asks by itself: its HelloRequest must not come first, for the client would
 * take the refusal for the answer to nothing. */
static void a_refusal_comes_before_our_own_request(void **state)
{
    uint32 got, taken;
    int    i;

    (void)state;
    world_connect(&world, &by_default);
    world.down.room = 50;
    assert_int_equal(side_write(&world.server, 1000, &taken), SSLWouldBlockErr);
    assert_int_equal(SSLSetRenegotiateBytes(world.client.ctx, 512), SSLNoErr);
    assert_int_equal(side_write(&world.client, 600, &taken), SSLNoErr);
    assert_int_equal(SSLHandshake(world.client.ctx), SSLWouldBlockErr);
    assert_int_equal(side_read(&world.server, SIDE_DATA, &got), SSLNoErr);
    assert_int_equal(side_read(&world.server, SIDE_DATA, &got), SSLWouldBlockErr);
    assert_int_equal(SSLSetRenegotiateBytes(world.client.ctx, 0), SSLNoErr);
    assert_int_equal(SSLRenegotiate(world.server.ctx), SSLNoErr);
    world.down.room = 0;
    for (i = 0; i < 10; i++) {
        goes_on(side_read(&world.server, SIDE_DATA, &got));
        goes_on(side_read(&world.client, SIDE_DATA, &got));
    }
    assert_int_equal(side_is_running(&world.client), 0);
    assert_int_equal(side_is_running(&world.server), 0);
    assert_int_equal(side_count(&world.client), 2);
    world_close(&world);
}

/* The client would not, then begins: what it owes for the server's first request must not meet the
 * second. Or it would, and then not: the request is refused after all. */
static void a_client_changes_its_mind(void **state)
{
    uint32 got, taken;
    int    i, never;

    (void)state;
    for (never = 0; never < 2; never++) {
        world_connect(&world, &allowed);
        world.up.room = 50;
        assert_int_equal(SSLSetRenegotiation(world.client.ctx, never ? 0u : SSL_RenegotiateNever),
                         SSLNoErr);
        assert_int_equal(side_write(&world.client, 1000, &taken), SSLWouldBlockErr);
        assert_int_equal(SSLRenegotiate(world.server.ctx), SSLNoErr);
        assert_int_equal(SSLHandshake(world.server.ctx), SSLNoErr);
        assert_int_equal(side_read(&world.client, SIDE_DATA, &got), SSLWouldBlockErr);
        assert_int_equal(SSLSetRenegotiation(world.client.ctx, never ? SSL_RenegotiateNever : 0u),
                         SSLNoErr);
        if (!never) {
            assert_int_equal(SSLRenegotiate(world.client.ctx), SSLNoErr);
        }
        world.up.room = 0;
        for (i = 0; i < 10 && !never; i++) {
            goes_on(side_read(&world.client, SIDE_DATA, &got));
            goes_on(side_read(&world.server, SIDE_DATA, &got));
        }
        if (!never) {
            assert_int_equal(side_is_running(&world.server), 0);
            assert_int_equal(SSLRenegotiate(world.server.ctx), SSLNoErr);
            world_settle(&world);
            assert_int_equal(side_count(&world.client), 2);
        } else {
            goes_on(side_read(&world.client, SIDE_DATA, &got));
            assert_int_equal(side_is_running(&world.client), 0);
            assert_int_equal(side_read(&world.server, SIDE_DATA, &got), SSLNoErr);
            assert_int_equal(side_read(&world.server, SIDE_DATA, &got), SSLNegotiationErr);
        }
        world_close(&world);
    }
}

/* In SSL 3.0 a refusal is silence: nothing begins that would be waited for without end. */
static void nothing_begins_by_itself_in_ssl3(void **state)
{
    static const Scenario ssl3 = {.name    = "SSL 3.0",
                                  .version = SSL_Version_3_0,
                                  .suite   = TLS_RSA_WITH_AES_128_CBC_SHA,
                                  .server  = SERVER_RSA};
    uint32                got, taken;
    int                   i;

    (void)state;
    world_connect(&world, &ssl3);
    assert_int_equal(SSLSetRenegotiateBytes(world.client.ctx, 512), SSLNoErr);
    world.client.ctx->write.record_limit = world.client.ctx->write.sequence + 60;
    for (i = 0; i < 25; i++) {
        assert_int_equal(side_write(&world.client, 600, &taken), SSLNoErr);
        assert_int_equal(side_read(&world.server, SIDE_DATA, &got), SSLNoErr);
        goes_on(side_read(&world.server, SIDE_DATA, &got));
    }
    assert_int_equal(side_count(&world.client), 0);
    world_close(&world);
}

/* Data that comes while a handshake runs may be more than the trigger's bytes: one is enough. */
static void a_trigger_does_not_add_to_a_handshake_under_way(void **state)
{
    uint32 got, taken;
    int    i;

    (void)state;
    world_connect(&world, &allowed);
    assert_int_equal(side_write(&world.server, 5000, &taken), SSLNoErr);
    assert_int_equal(side_write(&world.server, 5000, &taken), SSLNoErr);
    assert_int_equal(SSLRenegotiate(world.client.ctx), SSLNoErr);
    assert_int_equal(SSLSetRenegotiateBytes(world.client.ctx, 4000), SSLNoErr);
    assert_int_equal(SSLHandshake(world.client.ctx), SSLWouldBlockErr);
    for (i = 0; i < 10; i++) {
        goes_on(side_read(&world.client, SIDE_DATA, &got));
        goes_on(side_read(&world.server, SIDE_DATA, &got));
    }
    assert_int_equal(side_count(&world.client), 1);
    world_close(&world);
}

/* ---- beside it ---- */

/* Up to TLS 1.0 a connection that was not closed ends its session: the one in force, not the one
 * that a later handshake has only begun. */
static void deletion_in_a_renegotiation_ends_the_session_in_force(void **state)
{
    uint32 got;

    (void)state;
    world_connect(&world, &old);
    assert_int_equal(world.server.store->count, 1);
    assert_int_equal(SSLRenegotiate(world.client.ctx), SSLNoErr);
    assert_int_equal(SSLHandshake(world.client.ctx), SSLWouldBlockErr);
    assert_int_equal(side_read(&world.server, SIDE_DATA, &got), SSLWouldBlockErr);
    assert_non_null(world.server.ctx->handshake);
    assert_int_equal(SSLDeleteContext(world.server.ctx), SSLNoErr);
    assert_int_equal(world.server.store->count, 0);
    assert_int_equal(SSLInitContext(world.server.ctx), SSLNoErr);
    world_close(&world);
}

static SSLErr set_protocols(SSLContext *ctx, int cancelled, void *ref)
{
    static const SSLBuffer names[] = {{8, (uint8 *)"http/1.1"}, {2, (uint8 *)"h2"}};

    (void)ref;
    return cancelled ? SSLNoErr : SSLSetALPNProtocols(ctx, names, 2);
}

/* For each ClientHello, as a server does whose protocols depend on the name. The one that was
 * agreed on before is compared with what comes of it. */
static void protocols_may_be_set_for_every_hello(void **state)
{
    SSLBuffer protocol;
    uint32    got;
    int       i;

    (void)state;
    world_open(&world, &allowed);
    world_configure(&world);
    assert_int_equal(SSLSetClientHelloFunc(world.server.ctx, set_protocols, NULL), SSLNoErr);
    for (i = 0; i < 5; i++) {
        goes_on(SSLHandshake(world.client.ctx));
        goes_on(SSLHandshake(world.server.ctx));
    }
    assert_int_equal(SSLRenegotiate(world.client.ctx), SSLNoErr);
    for (i = 0; i < 5; i++) {
        goes_on(side_read(&world.client, SIDE_DATA, &got));
        goes_on(side_read(&world.server, SIDE_DATA, &got));
        assert_int_equal(SSLGetALPNProtocol(world.server.ctx, &protocol), SSLNoErr);
        assert_int_equal(protocol.length, 8);
        assert_memory_equal(protocol.data, "http/1.1", 8);
    }
    assert_int_equal(side_count(&world.client), 1);
    world_close(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_and_time_begin_one),
        cmocka_unit_test(a_trigger_adds_nothing_to_what_comes_anyway),
        cmocka_unit_test(triggers_of_tls13_change_keys),
        cmocka_unit_test(one_key_update_is_asked_for_at_a_time),
        cmocka_unit_test(keys_near_their_limit_are_replaced),
        cmocka_unit_test(a_download_with_key_updates_goes_on),
        cmocka_unit_test(asked_for_key_updates_are_not_counted),
        cmocka_unit_test(a_key_update_without_memory_is_tried_again),
        cmocka_unit_test(a_download_goes_on_when_the_peer_has_enough),
        cmocka_unit_test(keys_end_at_their_limit_where_the_peer_refuses),
        cmocka_unit_test(a_refusal_of_what_was_asked_for_is_an_end),
        cmocka_unit_test(both_sides_begin_at_once),
        cmocka_unit_test(a_refusal_is_not_lost_behind_a_queue),
        cmocka_unit_test(a_refusal_comes_before_our_own_request),
        cmocka_unit_test(a_client_changes_its_mind),
        cmocka_unit_test(nothing_begins_by_itself_in_ssl3),
        cmocka_unit_test(a_trigger_does_not_add_to_a_handshake_under_way),
        cmocka_unit_test(deletion_in_a_renegotiation_ends_the_session_in_force),
        cmocka_unit_test(protocols_may_be_set_for_every_hello),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
