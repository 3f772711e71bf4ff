/*
 * test_close.c - the end of a connection: of one direction in TLS 1.3, in the midst of a handshake,
 * beside a queue that is stuck; and what is not an end.
 */
#include "callbacks.h"
#include "connected.h"

#include "core/handshake/handshake.h"
#include "core/record/record.h"

/* ---- one direction ---- */

static void half_close_in_tls13(void **state)
{
    World           world;
    uint32          got;
    SSLSessionState session;

    (void)state;
    world_connect(&world, scenario_named("tls13"));
    side_carry(&world.client, &world.server);
    assert_int_equal(SSLCloseWrite(world.client.ctx), SSLNoErr);
    assert_int_equal(SSLCloseWrite(world.client.ctx), SSLNoErr); /* once */
    assert_int_equal(side_write(&world.client, 1, &got), SSLConnectionClosedGraceful);
    assert_int_equal(SSLKeyUpdate(world.client.ctx, 0), SSLBadStateErr);
    assert_int_equal(side_read(&world.server, 10, &got), SSLConnectionClosedGraceful);
    /* The other direction goes on, under new keys if need be. */
    assert_int_equal(SSLKeyUpdate(world.server.ctx, 1), SSLNoErr);
    assert_int_equal(side_write(&world.server, 300, &got), SSLNoErr);
    assert_int_equal(side_read(&world.client, 500, &got), SSLNoErr);
    assert_int_equal(got, 300);
    assert_int_equal(SSLGetSessionState(world.client.ctx, &session), SSLNoErr);
    assert_int_equal(session, SSL_StateConnected);
    assert_int_equal(SSLCloseWrite(world.server.ctx), SSLNoErr);
    assert_int_equal(SSLGetSessionState(world.server.ctx, &session), SSLNoErr);
    assert_int_equal(session, SSL_StateClosed);
    assert_int_equal(side_read(&world.client, 10, &got), SSLConnectionClosedGraceful);
    assert_int_equal(SSLGetSessionState(world.client.ctx, &session), SSLNoErr);
    assert_int_equal(session, SSL_StateClosed);
    world_close(&world);
}

static void half_close_elsewhere(void **state)
{
    World world;

    (void)state;
    world_open(&world, scenario_named("tls13"));
    world_configure(&world);
    assert_int_equal(SSLCloseWrite(world.client.ctx), SSLBadStateErr);
    (void)SSLHandshake(world.client.ctx);
    assert_int_equal(SSLCloseWrite(world.client.ctx), SSLBadStateErr);
    world_close(&world);
    world_connect(&world, scenario_named("tls12"));
    assert_int_equal(SSLCloseWrite(world.client.ctx), SSLUnsupportedErr);
    side_carry(&world.client, &world.server); /* nothing has happened */
    world_close(&world);
}

/* ---- a peer that closes in the midst of a handshake ---- */

/* What getters have given pointers to, of a handshake that was not finished. */
static size_t shown_blocks(const Side *side)
{
    const Agreed *agreed = &side->ctx->agreed;

    return (size_t)(agreed->alpn.length > 0) + (agreed->server_name.length > 0) +
           (agreed->psk_identity.length > 0) + (agreed->psk_hint.length > 0) +
           (agreed->peer_chain_block != NULL) + (agreed->ocsp_block != NULL);
}

/* Nothing of the handshake stays: no state, no decision that waits, nothing to resume. */
static void assert_ended(Side *side, size_t blocks)
{
    SSLSessionState state;
    SSLBuffer       session;

    assert_int_equal(SSLGetSessionState(side->ctx, &state), SSLNoErr);
    assert_int_equal(state, SSL_StateClosed);
    assert_int_equal(side_is_running(side), 0);
    assert_int_equal(SSLWants(side->ctx) & ~(uint32)SSL_WantsWrite, 0);
    assert_int_equal(side->pool.live_count, blocks);
    if (SSLGetSession(side->ctx, &session) == SSLNoErr) {
        fail_msg("a session of a handshake that was not finished");
    }
}

/* What came unproven is not shown. */
static void assert_nothing_shown(Side *side)
{
    SSLBuffer bytes;
    uint16    suite;
    int       certificates;

    assert_int_equal(SSLGetPeerCertificateChainLength(side->ctx, &certificates), SSLNoErr);
    assert_int_equal(certificates, 0);
    assert_int_equal(SSLGetNegotiatedCipher(side->ctx, &suite), SSLNoErr);
    assert_int_equal(suite, 0);
    assert_int_equal(SSLGetALPNProtocol(side->ctx, &bytes), SSLNoErr);
    assert_int_equal(bytes.length, 0);
    assert_int_equal(SSLGetRequestedServerName(side->ctx, &bytes), SSLNoErr);
    assert_int_equal(bytes.length, 0);
}

/* A close_notify in clear may be anybody's: that nothing was cut off SSLRead does not say. */
static void close_first_handshake(const char *name, int closed_by_server, int steps)
{
    World  world;
    Side  *closing, *other;
    size_t blocks[2];
    uint32 got;
    int    i;

    world_open(&world, scenario_named(name));
    world.stores[0].count = world.stores[1].count = 0;
    world_configure(&world);
    blocks[0] = world.client.pool.live_count;
    blocks[1] = world.server.pool.live_count;
    (void)SSLHandshake(world.client.ctx);
    for (i = 0; i < steps; i++) {
        (void)SSLHandshake(i % 2 ? world.client.ctx : world.server.ctx);
    }
    closing = closed_by_server ? &world.server : &world.client;
    other   = closed_by_server ? &world.client : &world.server;
    assert_int_equal(SSLClose(closing->ctx), SSLNoErr);
    for (i = 0; i < 3; i++) {
        assert_int_equal(side_read(other, 10, &got), SSLConnectionTruncated);
        assert_ended(other, blocks[!closed_by_server] + shown_blocks(other));
    }
    assert_int_equal(SSLHandshake(other->ctx), SSLConnectionClosedGraceful);
    assert_int_equal(side_write(other, 1, &got), SSLConnectionClosedGraceful);
    assert_nothing_shown(other);
    assert_nothing_shown(closing);
    world_close(&world);
}

static void a_close_in_the_first_handshake(void **state)
{
    (void)state;
    close_first_handshake("tls12", 0, 0);
    close_first_handshake("tls12", 0, 1);
    close_first_handshake("tls12 resumed", 1, 1);
    close_first_handshake("tls13", 0, 0);
}

/* Decisions that wait get their cancel mark; the getters show what was in force. */
static void a_close_in_a_renegotiation(void **state)
{
    static const Scenario scenario = {.name          = "TLS 1.2, decisions",
                                      .version       = TLS_Version_1_2,
                                      .suite         = TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
                                      .group         = SSL_GROUP_X25519,
                                      .server        = SERVER_EC,
                                      .client        = CLIENT_EC,
                                      .key_callbacks = 1,
                                      .decisions     = 1,
                                      .renegotiate   = 1};
    int                   closed_by_server;

    (void)state;
    for (closed_by_server = 0; closed_by_server < 2; closed_by_server++) {
        World  world;
        Side  *closing, *other;
        size_t blocks;
        uint32 got;
        int    certificates[2];

        world_connect(&world, &scenario);
        closing = closed_by_server ? &world.server : &world.client;
        other   = closed_by_server ? &world.client : &world.server;
        blocks  = other->pool.live_count;
        assert_int_equal(SSLGetPeerCertificateChainLength(other->ctx, &certificates[0]), SSLNoErr);
        assert_int_equal(SSLRenegotiate(world.client.ctx), SSLNoErr);
        assert_int_equal(side_read(&world.client, 10, &got), SSLWouldBlockErr);
        other->wait_pattern = 100;
        assert_int_equal(side_read(&world.server, 10, &got), SSLWouldBlockErr);
        assert_int_equal(side_read(&world.client, 10, &got), SSLWouldBlockErr);
        assert_int_equal(SSLClose(closing->ctx), SSLNoErr);
        assert_int_equal(side_read(other, 10, &got), SSLConnectionClosedGraceful);
        assert_int_equal(other->cancels, 1);
        assert_ended(other, blocks);
        assert_int_equal(SSLGetPeerCertificateChainLength(other->ctx, &certificates[1]), SSLNoErr);
        assert_int_equal(certificates[0], certificates[1]);
        world_close(&world);
    }
}

/* The server has asked, and nothing has begun. */
static void a_close_instead_of_a_renegotiation(void **state)
{
    static const Scenario scenario = {.name        = "TLS 1.2",
                                      .version     = TLS_Version_1_2,
                                      .suite       = TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
                                      .group       = SSL_GROUP_X25519,
                                      .server      = SERVER_EC,
                                      .renegotiate = 1};
    World                 world;
    uint32                got;
    int                   fatal;

    (void)state;
    for (fatal = 0; fatal < 2; fatal++) {
        world_connect(&world, &scenario);
        assert_int_equal(SSLRenegotiate(world.server.ctx), SSLNoErr);
        assert_int_equal(SSLHandshake(world.server.ctx), SSLNoErr);
        if (fatal) {
            (void)sslr_fail(world.client.ctx, ALERT_INTERNAL_ERROR, SSLUnknownErr, "for a test");
            (void)SSLServiceWriteQueue(world.client.ctx);
        } else {
            assert_int_equal(SSLClose(world.client.ctx), SSLNoErr);
        }
        assert_int_equal(side_read(&world.server, 10, &got),
                         fatal ? SSLFatalAlert : SSLConnectionClosedGraceful);
        assert_int_equal(side_is_running(&world.server), 0);
        world_close(&world);
    }
}

/* ---- what a close meets ---- */

/* Both directions are closed, and the transport is slow: any call that comes again sends the rest.
 */
static void the_rest_leaves_by_any_call(void **state)
{
    int which;

    (void)state;
    for (which = 0; which < 4; which++) {
        World  world;
        uint32 got, all = 0;
        SSLErr err;

        world_connect(&world, scenario_named("tls13"));
        assert_int_equal(side_read(&world.client, 10, &got), SSLWouldBlockErr);
        world.down.room = 1000;
        assert_int_equal(side_write(&world.server, 20000, &got), SSLWouldBlockErr);
        assert_int_equal(SSLCloseWrite(world.server.ctx), SSLWouldBlockErr);
        assert_int_equal(SSLCloseWrite(world.client.ctx), SSLNoErr);
        assert_int_equal(side_read(&world.server, 10, &got), SSLConnectionClosedGraceful);
        assert_int_not_equal(SSLWants(world.server.ctx) & SSL_WantsWrite, 0);
        world.down.room = 0;
        err             = which == 0   ? SSLCloseWrite(world.server.ctx)
                          : which == 1 ? side_read(&world.server, 10, &got)
                          : which == 2 ? side_write(&world.server, 10, &got)
                                       : SSLHandshake(world.server.ctx);
        assert_int_equal(err, which == 0 ? SSLNoErr : SSLConnectionClosedGraceful);
        assert_int_equal(SSLWants(world.server.ctx), 0);
        while ((err = side_read(&world.client, SIDE_DATA, &got)) == SSLNoErr) {
            all += got;
        }
        assert_int_equal(err, SSLConnectionClosedGraceful);
        assert_int_equal(all, 20000);
        world_close(&world);
    }
}

/* And what then cannot be sent is no secret. */
static void a_rest_that_is_lost_is_an_error(void **state)
{
    World  world;
    uint32 got;

    (void)state;
    world_connect(&world, scenario_named("tls13"));
    assert_int_equal(side_read(&world.client, 10, &got), SSLWouldBlockErr);
    world.down.room = 1000;
    assert_int_equal(side_write(&world.server, 20000, &got), SSLWouldBlockErr);
    assert_int_equal(SSLCloseWrite(world.server.ctx), SSLWouldBlockErr);
    assert_int_equal(SSLCloseWrite(world.client.ctx), SSLNoErr);
    assert_int_equal(side_read(&world.server, 10, &got), SSLConnectionClosedGraceful);
    world.server.fault.call  = CALL_WRITE;
    world.server.fault.lie   = LIE_ERROR;
    world.server.fault.code  = SSLIOErr;
    world.server.fault.first = world.server.calls[CALL_WRITE];
    world.server.fault.times = 1000;
    assert_int_equal(side_read(&world.server, 10, &got), SSLIOErr);
    assert_int_equal(side_read(&world.server, 10, &got), SSLConnectionClosedError);
    world_close(&world);
}

/* The first pointers that there are: in the ClientHello callback, say. */
static void pointers_outlive_a_close_in_the_first_handshake(void **state)
{
    World     world;
    SSLBuffer name;
    uint32    got;

    (void)state;
    world_open(&world, scenario_named("tls12"));
    world_configure(&world);
    (void)SSLHandshake(world.client.ctx);
    (void)SSLHandshake(world.server.ctx);
    assert_int_equal(SSLGetRequestedServerName(world.server.ctx, &name), SSLNoErr);
    assert_int_not_equal(name.length, 0);
    assert_int_equal(SSLClose(world.client.ctx), SSLNoErr);
    assert_int_equal(side_read(&world.server, 10, &got), SSLConnectionTruncated);
    assert_int_equal(name.data[0], 's'); /* of sslref.test */
    world_close(&world);
}

/* A callback may fail with the number that the engine uses for an orderly close. */
static SSLErr says(SSLContext *ctx, const SSLIdentity **identity, void *ref)
{
    (void)ctx;
    (void)identity;
    return *(const SSLErr *)ref;
}

static void a_callback_is_no_orderly_close(void **state)
{
    static const Scenario scenario = {.name        = "later certificate",
                                      .version     = TLS_Version_1_3,
                                      .suite       = TLS_AES_128_GCM_SHA256,
                                      .group       = SSL_GROUP_X25519,
                                      .server      = SERVER_EC,
                                      .client      = CLIENT_EC,
                                      .renegotiate = ASK_FOR_CERTIFICATE};
    World                 world;
    uint32                got;
    SSLSessionState       session;
    SSLErr                answer = SSLWouldBlockErr;

    (void)state;
    world_connect(&world, &scenario);
    assert_int_equal(side_read(&world.client, 10, &got), SSLWouldBlockErr);
    assert_int_equal(SSLSetIdentityFunc(world.client.ctx, says, &answer), SSLNoErr);
    assert_int_equal(SSLRequestClientCertificate(world.server.ctx, 0), SSLNoErr);
    assert_int_equal(SSLHandshake(world.server.ctx), SSLNoErr);
    assert_int_equal(SSLCloseWrite(world.server.ctx), SSLNoErr);
    assert_int_equal(side_read(&world.client, 10, &got), SSLConnectionClosedGraceful);
    answer = SSLConnectionClosedGraceful;
    assert_int_equal(SSLHandshake(world.client.ctx), SSLConnectionClosedGraceful);
    assert_int_equal(SSLGetSessionState(world.client.ctx, &session), SSLNoErr);
    assert_int_equal(session, SSL_StateAborted);
    assert_int_equal(side_read(&world.client, 10, &got), SSLConnectionClosedError);
    world_close(&world);
}

/* What is scheduled is not for a connection that has ended. */
static void nothing_is_pending_behind_the_end(void **state)
{
    World world;

    (void)state;
    world_connect(&world, scenario_named("tls12"));
    assert_int_equal(SSLRenegotiate(world.client.ctx), SSLNoErr);
    assert_int_equal(side_is_pending(&world.client), 1);
    assert_int_equal(SSLClose(world.client.ctx), SSLNoErr);
    assert_int_equal(side_is_pending(&world.client), 0);
    world_close(&world);
}

/* A decision waits, and still does behind a call that was refused or only sends. */
static void what_is_awaited_is_not_forgotten(void **state)
{
    static const Scenario scenario = {.name      = "decisions",
                                      .version   = TLS_Version_1_3,
                                      .group     = SSL_GROUP_X25519,
                                      .server    = SERVER_EC,
                                      .decisions = 1};
    World                 world;
    uint32                awaited;
    int                   i;

    (void)state;
    world_open(&world, &scenario);
    world_configure(&world);
    world.client.wait_pattern = 100;
    for (i = 0; i < 3; i++) {
        (void)SSLHandshake(world.client.ctx);
        (void)SSLHandshake(world.server.ctx);
    }
    assert_int_equal(SSLHandshake(world.client.ctx), SSLWouldBlockErr);
    awaited = SSLWants(world.client.ctx);
    assert_int_not_equal(awaited, 0);
    assert_int_equal(SSLCloseWrite(world.client.ctx), SSLBadStateErr);
    assert_int_equal(SSLWants(world.client.ctx), awaited);
    assert_int_equal(SSLServiceWriteQueue(world.client.ctx), SSLNoErr);
    assert_int_equal(SSLWants(world.client.ctx), awaited);
    world_close(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(half_close_in_tls13),
        cmocka_unit_test(half_close_elsewhere),
        cmocka_unit_test(a_close_in_the_first_handshake),
        cmocka_unit_test(a_close_in_a_renegotiation),
        cmocka_unit_test(a_close_instead_of_a_renegotiation),
        cmocka_unit_test(the_rest_leaves_by_any_call),
        cmocka_unit_test(a_rest_that_is_lost_is_an_error),
        cmocka_unit_test(pointers_outlive_a_close_in_the_first_handshake),
        cmocka_unit_test(a_callback_is_no_orderly_close),
        cmocka_unit_test(nothing_is_pending_behind_the_end),
        cmocka_unit_test(what_is_awaited_is_not_forgotten),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
