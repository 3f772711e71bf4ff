/*
 * test_later_certificate.c - a client's certificate behind a TLS 1.3 handshake (RFC 8446 4.6.2)
 * where callbacks wait, queues are stuck and directions close: what may stand beside the answer,
 * what ends it, and what the getters say before it is complete.
 */
#include "callbacks.h"
#include "connected.h"

#include "core/record/record.h"

/* clang-format off */
static const Scenario prompt = { .name = "prompt", .version = TLS_Version_1_3, .suite = TLS_AES_128_GCM_SHA256, .group = SSL_GROUP_X25519, .server = SERVER_EC, .client = CLIENT_EC, .renegotiate = ASK_FOR_CERTIFICATE };
static const Scenario slow   = { .name = "callbacks that may wait", .version = TLS_Version_1_3, .suite = TLS_AES_128_GCM_SHA256, .group = SSL_GROUP_X25519, .server = SERVER_EC, .client = CLIENT_EC, .key_callbacks = 1, .decisions = 1, .renegotiate = ASK_FOR_CERTIFICATE };
/* clang-format on */

static SSLErr read_nothing(Side *side)
{
    uint32 got;
    SSLErr err = side_read(side, SIDE_DATA, &got);

    assert_int_equal(got, 0);
    return err;
}

static int certificates(Side *side)
{
    int count;

    assert_int_equal(SSLGetPeerCertificateChainLength(side->ctx, &count), SSLNoErr);
    return count;
}

static SSLSessionState state_of(Side *side)
{
    SSLSessionState state;

    assert_int_equal(SSLGetSessionState(side->ctx, &state), SSLNoErr);
    return state;
}

/* Connected, and nothing is under way. */
static void open_world(World *world, const Scenario *scenario)
{
    world_connect(world, scenario);
    assert_int_equal(read_nothing(&world->client), SSLWouldBlockErr);
    assert_int_equal(read_nothing(&world->server), SSLWouldBlockErr);
}

static void ask(World *world, int require)
{
    assert_int_equal(SSLRequestClientCertificate(world->server.ctx, require), SSLNoErr);
    assert_int_equal(SSLHandshake(world->server.ctx), SSLNoErr);
    assert_int_equal(side_is_running(&world->server), 1);
}

/* From now on this callback waits; it answers when `side->fault.lie` is LIE_NONE again. */
static void let_wait(Side *side, int call)
{
    Fault fault = {CALL_ALLOC, LIE_ERROR, SSLWouldBlockErr, 0, 1000000};

    fault.call  = call;
    side->fault = fault;
}

static void let_answer(Side *side)
{
    side->fault.lie = LIE_NONE;
}

/* The request has come, and the client's callback waits. */
static void ask_one_that_waits(World *world, int call)
{
    open_world(world, &slow);
    ask(world, 1);
    let_wait(&world->client, call);
    assert_int_equal(read_nothing(&world->client), SSLWouldBlockErr);
    assert_int_equal(side_is_running(&world->client), 1);
}

/* ---- directions that close ---- */

/* RFC 8446 6.1. The transport's other direction may be shut down, too. */
static void nothing_follows_close_notify(void **state)
{
    World  world;
    uint32 got;

    (void)state;
    open_world(&world, &prompt);
    assert_int_equal(SSLCloseWrite(world.client.ctx), SSLNoErr);
    world.client.fault.call  = CALL_WRITE;
    world.client.fault.lie   = LIE_ERROR;
    world.client.fault.code  = SSLIOErr;
    world.client.fault.times = 1000000;
    ask(&world, 0);
    assert_int_equal(side_write(&world.server, 1000, &got), SSLNoErr);
    assert_int_equal(side_read(&world.client, SIDE_DATA, &got), SSLNoErr);
    assert_int_equal(got, 1000);
    assert_int_equal(sslr_queued_bytes(world.client.ctx), 0);
    assert_int_equal(side_is_running(&world.client), 0);
    assert_int_equal(read_nothing(&world.server), SSLConnectionClosedGraceful);
    world_close(&world);
}

static void an_answer_that_has_not_begun_is_given_up(void **state)
{
    World  world;
    uint32 got;
    size_t before;

    (void)state;
    ask_one_that_waits(&world, CALL_IDENTITY);
    assert_int_equal(SSLCloseWrite(world.client.ctx), SSLNoErr);
    assert_int_equal(world.client.cancels, 1);
    assert_int_equal(side_is_running(&world.client), 0);
    let_answer(&world.client);
    before = world.up.total;
    assert_int_equal(read_nothing(&world.client), SSLWouldBlockErr);
    assert_int_equal(world.up.total, before);
    assert_int_equal(read_nothing(&world.server), SSLConnectionClosedGraceful);
    assert_int_equal(certificates(&world.server), 0);
    side_carry(&world.server, &world.client);
    assert_int_equal(SSLCloseWrite(world.server.ctx), SSLNoErr);
    assert_int_equal(side_read(&world.client, SIDE_DATA, &got), SSLConnectionClosedGraceful);
    assert_int_equal(state_of(&world.client), SSL_StateClosed);
    assert_int_equal(state_of(&world.server), SSL_StateClosed);
    world_close(&world);
}

/* Its request is known but not read: the calls of SSLRead were used up by what came before. */
static void a_request_that_is_not_read_yet_is_given_up(void **state)
{
    World world;
    int   i;

    (void)state;
    open_world(&world, &slow);
    for (i = 0; i < MAX_RECORDS_PER_CALL - 1; i++) {
        assert_int_equal(SSLKeyUpdate(world.server.ctx, 0), SSLNoErr);
        assert_int_equal(SSLHandshake(world.server.ctx), SSLNoErr);
    }
    ask(&world, 0);
    assert_int_equal(read_nothing(&world.client), SSLWouldBlockErr);
    assert_int_equal(side_is_running(&world.client), 1);
    assert_int_equal(SSLCloseWrite(world.client.ctx), SSLNoErr);
    assert_int_equal(side_is_running(&world.client), 0);
    assert_int_equal(read_nothing(&world.client), SSLWouldBlockErr);
    side_carry(&world.server, &world.client);
    assert_int_equal(read_nothing(&world.server), SSLConnectionClosedGraceful);
    world_close(&world);
}

/* What has left cannot be taken back: close_notify comes behind the rest of it. */
static void an_answer_that_has_begun_is_finished(void **state)
{
    int read_first, stuck;

    (void)state;
    for (read_first = 0; read_first < 2; read_first++) {
        for (stuck = 0; stuck < 2; stuck++) {
            World  world;
            uint32 got;

            ask_one_that_waits(&world, CALL_SIGN);
            assert_int_equal(SSLCloseWrite(world.client.ctx), SSLWouldBlockErr);
            assert_int_not_equal(SSLWants(world.client.ctx) & SSL_WantsPrivateKey, 0);
            assert_int_equal(side_write(&world.client, 1, &got), SSLConnectionClosedGraceful);
            assert_int_equal(SSLKeyUpdate(world.client.ctx, 0), SSLBadStateErr);
            side_carry(&world.server, &world.client);
            if (read_first) {
                assert_int_equal(read_nothing(&world.server), SSLWouldBlockErr);
            }
            let_answer(&world.client);
            world.up.room = stuck ? world.up.end - world.up.start + 1 : 0;
            if (read_first) {
                assert_int_equal(read_nothing(&world.client), SSLWouldBlockErr);
            } else {
                assert_int_equal(SSLCloseWrite(world.client.ctx),
                                 stuck ? SSLWouldBlockErr : SSLNoErr);
            }
            assert_int_equal(side_is_running(&world.client), 0);
            world.up.room = 0;
            assert_int_equal(SSLServiceWriteQueue(world.client.ctx), SSLNoErr);
            assert_int_equal(read_nothing(&world.server), SSLConnectionClosedGraceful);
            assert_int_equal(side_is_running(&world.server), 0);
            assert_int_equal(certificates(&world.server), 1);
            assert_int_equal(SSLCloseWrite(world.server.ctx), SSLNoErr);
            assert_int_equal(read_nothing(&world.client), SSLConnectionClosedGraceful);
            assert_int_equal(state_of(&world.client), SSL_StateClosed);
            world_close(&world);
        }
    }
}

static void what_ends_an_answer_before_its_close_notify(void **state)
{
    World world;
    uint8 alert;

    (void)state;
    ask_one_that_waits(&world, CALL_SIGN);
    assert_int_equal(SSLCloseWrite(world.client.ctx), SSLWouldBlockErr);
    assert_int_equal(SSLClose(world.client.ctx), SSLNoErr);
    assert_int_equal(world.client.cancels, 1);
    assert_int_equal(read_nothing(&world.server), SSLConnectionClosedGraceful);
    world_close(&world);

    ask_one_that_waits(&world, CALL_SIGN);
    assert_int_equal(SSLCloseWrite(world.client.ctx), SSLWouldBlockErr);
    world.client.fault.code = SSLUnknownErr;
    assert_int_equal(read_nothing(&world.client), SSLUnknownErr);
    assert_int_equal(SSLGetAlerts(world.client.ctx, &alert, NULL), SSLNoErr);
    assert_int_equal(alert, ALERT_INTERNAL_ERROR);
    assert_int_equal(read_nothing(&world.server), SSLFatalAlert);
    world_close(&world);
}

/* The server closes its direction and reads on. */
static void an_answer_to_a_server_that_has_closed_its_direction(void **state)
{
    const int waiting[2] = {CALL_IDENTITY, CALL_SIGN};
    int       i;

    (void)state;
    for (i = 0; i < 2; i++) {
        World  world;
        uint32 got;

        ask_one_that_waits(&world, waiting[i]);
        assert_int_equal(SSLCloseWrite(world.server.ctx), SSLNoErr);
        assert_int_equal(read_nothing(&world.client), SSLConnectionClosedGraceful);
        assert_int_equal(state_of(&world.client), SSL_StateConnected);
        assert_int_equal(side_is_running(&world.client), 1);
        if (waiting[i] == CALL_IDENTITY) {
            side_carry(&world.client, &world.server);
        } else {
            assert_int_equal(side_write(&world.client, 100, &got), SSLWouldBlockErr);
            assert_int_equal(got, 0);
        }
        let_answer(&world.client);
        assert_int_equal(read_nothing(&world.client), SSLConnectionClosedGraceful);
        assert_int_equal(side_is_running(&world.client), 0);
        side_carry(&world.client, &world.server);
        assert_int_equal(side_is_running(&world.server), 0);
        assert_int_equal(certificates(&world.server), 1);
        assert_int_equal(SSLCloseWrite(world.client.ctx), SSLNoErr);
        assert_int_equal(read_nothing(&world.server), SSLConnectionClosedGraceful);
        assert_int_equal(state_of(&world.client), SSL_StateClosed);
        assert_int_equal(state_of(&world.server), SSL_StateClosed);
        world_close(&world);
    }
}

/* A client of another make may close in the midst of its answer. */
static void a_client_that_closes_instead_of_answering(void **state)
{
    int begun, writes;

    (void)state;
    for (begun = 0; begun < 2; begun++) {
        for (writes = 0; writes < 2; writes++) {
            World  world;
            uint32 got;

            ask_one_that_waits(&world, begun ? CALL_SIGN : CALL_IDENTITY);
            if (begun) {
                assert_int_equal(read_nothing(&world.server), SSLWouldBlockErr);
            }
            assert_int_equal(sslr_queue_alert(world.client.ctx, ALERT_WARNING, ALERT_CLOSE_NOTIFY),
                             SSLNoErr);
            assert_int_equal(SSLServiceWriteQueue(world.client.ctx), SSLNoErr);
            if (!writes) {
                assert_int_equal(read_nothing(&world.server), SSLConnectionClosedGraceful);
            }
            assert_int_equal(side_write(&world.server, 100, &got), SSLNoErr);
            assert_int_equal(side_read(&world.client, SIDE_DATA, &got), SSLNoErr);
            assert_int_equal(got, 100);
            assert_int_equal(read_nothing(&world.server), SSLConnectionClosedGraceful);
            assert_int_equal(state_of(&world.server), SSL_StateConnected);
            assert_int_equal(side_is_running(&world.server), 0);
            assert_int_equal(SSLRequestClientCertificate(world.server.ctx, 0), SSLBadStateErr);
            world_close(&world);
        }
    }
}

/* A request that has not left when either side closes. */
static void a_request_that_never_leaves(void **state)
{
    int by_server;

    (void)state;
    for (by_server = 0; by_server < 2; by_server++) {
        World world;

        open_world(&world, &prompt);
        assert_int_equal(SSLRequestClientCertificate(world.server.ctx, 0), SSLNoErr);
        if (by_server) {
            assert_int_equal(SSLCloseWrite(world.server.ctx), SSLNoErr);
        } else {
            world.down.room = 1;
            assert_int_equal(SSLCloseWrite(world.client.ctx), SSLNoErr);
            assert_int_equal(SSLKeyUpdate(world.server.ctx, 0), SSLNoErr);
            assert_int_equal(read_nothing(&world.server), SSLConnectionClosedGraceful);
        }
        assert_int_equal(side_is_running(&world.server), 0);
        world_close(&world);
    }
}

/* ---- queues that are stuck ---- */

/* Each side sends before it reads: only if both read on will either end. */
static void fill(Pipe *pipe, Side *from)
{
    uint32 got;

    pipe->room = 3000;
    assert_int_equal(side_write(from, 20000, &got), SSLWouldBlockErr);
    assert_int_equal(got, 20000);
}

static void a_server_that_cannot_write_reads_the_answer(void **state)
{
    const int waiting[3] = {CALL_ALLOC, CALL_CHECK, CALL_VERIFY};
    int       i, round;

    (void)state;
    for (i = 0; i < 3; i++) {
        World  world;
        size_t sent = 0, came = 0;
        uint32 got;

        open_world(&world, &slow);
        ask(&world, 1);
        world.up.room = 400; /* the answer comes in pieces */
        assert_int_equal(read_nothing(&world.client), SSLWouldBlockErr);
        fill(&world.down, &world.server);
        if (waiting[i] != CALL_ALLOC) {
            world.server.wait_pattern = 3;
        }
        for (round = 0; round < 100; round++) {
            SSLErr err = side_write(&world.client, 1000, &got);

            assert_true(err == SSLNoErr || err == SSLWouldBlockErr);
            sent += got;
            err = side_read(&world.server, SIDE_DATA, &got);
            assert_true(err == SSLNoErr || err == SSLWouldBlockErr);
            came += got;
        }
        assert_true(sent >= 20000);
        assert_true(came + 2000 > sent);
        assert_int_equal(side_is_running(&world.server), 0);
        assert_int_equal(certificates(&world.server), 1);
        world_close(&world);
    }
}

/* The other way round: what the client has queued leaves before it decides. */
static void a_client_that_cannot_write_reads_on(void **state)
{
    World  world;
    size_t came = 0;
    uint32 got;
    int    round;

    (void)state;
    open_world(&world, &slow);
    fill(&world.up, &world.client);
    ask(&world, 1);
    for (round = 0; round < 20; round++) {
        assert_int_equal(side_write(&world.server, 1000, &got), SSLNoErr);
        assert_int_equal(side_read(&world.client, SIDE_DATA, &got), SSLNoErr);
        assert_int_equal(got, 1000);
        assert_int_equal(world.client.calls[CALL_IDENTITY], 0);
    }
    for (round = 0; round < 20; round++) {
        assert_int_equal(read_nothing(&world.client), SSLWouldBlockErr);
        (void)side_read(&world.server, SIDE_DATA, &got);
        came += got;
    }
    assert_int_equal(came, 20000);
    assert_int_equal(side_is_running(&world.server), 0);
    assert_int_equal(certificates(&world.server), 1);
    world_close(&world);
}

/* Half of the answer is here; the client's key may take its time. */
static void a_server_writes_while_the_client_signs(void **state)
{
    World  world;
    uint32 got;

    (void)state;
    ask_one_that_waits(&world, CALL_SIGN);
    assert_int_equal(read_nothing(&world.server), SSLWouldBlockErr);
    assert_int_equal(side_is_running(&world.server), 1);
    side_carry(&world.server, &world.client);
    assert_int_equal(SSLKeyUpdate(world.server.ctx, 0), SSLNoErr);
    assert_int_equal(side_write(&world.server, 100, &got), SSLNoErr);
    let_answer(&world.client);
    assert_int_equal(side_read(&world.client, SIDE_DATA, &got), SSLNoErr);
    assert_int_equal(got, 100);
    assert_int_equal(read_nothing(&world.server), SSLWouldBlockErr);
    assert_int_equal(side_is_running(&world.server), 0);
    assert_int_equal(certificates(&world.server), 1);
    world_close(&world);
}

/* The queue is in the way of the question for an identity, and leaves by a call that does not ask:
 * SSLWants says that there is more to do. Else both sides would wait for ever. */
static void room_while_it_reads(Side *side, int call)
{
    if (call == CALL_READ) {
        side->out->room = 0;
    }
}

static void a_decision_behind_the_queue_is_not_forgotten(void **state)
{
    World  world;
    uint32 got;
    int    which;

    (void)state;
    for (which = 0; which < 2; which++) {
        open_world(&world, &slow);
        world.up.room = 100;
        assert_int_equal(side_write(&world.client, 1000, &got), SSLWouldBlockErr);
        ask(&world, 1);
        assert_int_equal(read_nothing(&world.client), SSLWouldBlockErr);
        assert_int_equal(world.client.calls[CALL_IDENTITY], 0);
        if (which == 0) {
            world.up.room = 0;
            assert_int_equal(SSLServiceWriteQueue(world.client.ctx), SSLNoErr);
        } else { /* room appears while it reads something that is to be answered */
            assert_int_equal(SSLKeyUpdate(world.server.ctx, 1), SSLNoErr);
            assert_int_equal(SSLHandshake(world.server.ctx), SSLNoErr);
            world.client.visit = room_while_it_reads;
            assert_int_equal(read_nothing(&world.client), SSLWouldBlockErr);
            world.client.visit = NULL;
        }
        assert_int_equal(sslr_queued_bytes(world.client.ctx), 0);
        assert_int_not_equal(SSLWants(world.client.ctx) & SSL_WantsWrite, 0);
        assert_int_equal(read_nothing(&world.client), SSLWouldBlockErr);
        assert_int_equal(SSLWants(world.client.ctx), SSL_WantsRead);
        assert_int_equal(side_read(&world.server, SIDE_DATA, &got), SSLNoErr);
        assert_int_equal(read_nothing(&world.server), SSLWouldBlockErr);
        assert_int_equal(certificates(&world.server), 1);
        assert_int_equal(side_is_running(&world.server), 0);
        world_close(&world);
    }
}

/* ---- what comes beside the answer ---- */

static void put_message(Side *from, const void *message, size_t length)
{
    assert_int_equal(sslr_queue_content(from->ctx, CONTENT_HANDSHAKE,
                                        bytes_of((const uint8_t *)message, length)),
                     SSLNoErr);
    assert_int_equal(SSLServiceWriteQueue(from->ctx), SSLNoErr);
}

static void new_keys_and_tickets_while_a_callback_waits(void **state)
{
    static const uint8_t ticket[]   = {4, 0, 0, 18, 0, 0, 1, 0, 1, 2, 3,
                                       4, 1, 7, 0,  4, 9, 9, 9, 9, 0, 0};
    const int            waiting[2] = {CALL_IDENTITY, CALL_SIGN};
    int                  i, round;

    (void)state;
    for (i = 0; i < 2; i++) {
        World     world;
        uint8_t   before[MAX_SECRET];
        SSLBuffer session;
        uint32    got;

        ask_one_that_waits(&world, waiting[i]);
        if (world.client.ctx->tickets != NULL) {
            sslr_release(&world.client.ctx->allocator, &world.client.ctx->tickets,
                         world.client.ctx->tickets_length);
        }
        for (round = 0; round < 3; round++) {
            assert_int_equal(SSLKeyUpdate(world.server.ctx, round == 1), SSLNoErr);
            side_carry(&world.server, &world.client);
        }
        assert_int_equal(read_nothing(&world.server), SSLWouldBlockErr);
        put_message(&world.server, ticket, sizeof(ticket));
        side_carry(&world.server, &world.client);
        assert_int_equal(SSLGetSession(world.client.ctx, &session), SSLNoErr);
        memset(session.data, 0, session.length);
        side_free(&session, &world.client);

        /* Our own new keys come before the answer or behind it. */
        memcpy(before, world.client.ctx->client_secret, sizeof(before));
        assert_int_equal(SSLKeyUpdate(world.server.ctx, 1), SSLNoErr);
        (void)SSLHandshake(world.server.ctx);
        assert_int_equal(world.server.ctx->want_key_update, 0);
        assert_int_equal(SSLKeyUpdate(world.client.ctx, 0), SSLNoErr);
        assert_int_equal(read_nothing(&world.client), SSLWouldBlockErr);
        if (waiting[i] == CALL_IDENTITY) {
            assert_memory_not_equal(before, world.client.ctx->client_secret, 32);
            side_carry(&world.client, &world.server);
        } else {
            assert_memory_equal(before, world.client.ctx->client_secret, 32);
            assert_int_equal(read_nothing(&world.server), SSLWouldBlockErr);
        }
        let_answer(&world.client);
        assert_int_equal(read_nothing(&world.client), SSLWouldBlockErr);
        assert_int_equal(side_write(&world.client, 100, &got), SSLNoErr);
        assert_memory_not_equal(before, world.client.ctx->client_secret, 32);
        assert_int_equal(side_read(&world.server, SIDE_DATA, &got), SSLNoErr);
        assert_int_equal(got, 100);
        assert_int_equal(side_is_running(&world.server), 0);
        assert_int_equal(certificates(&world.server), 1);
        side_carry(&world.server, &world.client);
        world_close(&world);
    }
}

/* Another server may ask twice. The second request waits, and the data behind it; then comes an
 * answer of its own. */
static void a_second_request_while_a_callback_waits(void **state)
{
    static const uint8_t request[]  = {13, 0, 0, 12, 1, 9, 0, 8, 0, 13, 0, 4, 0, 2, 8, 7};
    const int            waiting[2] = {CALL_IDENTITY, CALL_SIGN};
    int                  i;

    (void)state;
    for (i = 0; i < 2; i++) {
        World  world;
        uint32 got;

        ask_one_that_waits(&world, waiting[i]);
        put_message(&world.server, request, sizeof(request));
        assert_int_equal(side_write(&world.server, 100, &got), SSLNoErr);
        assert_int_equal(read_nothing(&world.client), SSLWouldBlockErr);
        assert_int_equal(world.client.calls[waiting[i]], 2);
        let_answer(&world.client);
        assert_int_equal(side_read(&world.client, SIDE_DATA, &got), SSLNoErr);
        assert_int_equal(got, 100);
        assert_int_equal(side_is_running(&world.client), 0);
        assert_int_equal(world.client.calls[CALL_IDENTITY], 4 - 2 * i);
        /* To this server that answer is one too many. */
        assert_int_equal(read_nothing(&world.server), SSLProtocolErr);
        assert_int_equal(certificates(&world.server), 1);
        world_close(&world);
    }
}

/* A server must not keep a client busy by what brings no data. */
static void records_without_data_while_a_callback_waits(void **state)
{
    World  world;
    int    i;
    SSLErr err;

    (void)state;
    ask_one_that_waits(&world, CALL_IDENTITY);
    for (i = 0; i < 2 * MAX_RECORDS_PER_CALL; i++) {
        assert_int_equal(SSLKeyUpdate(world.server.ctx, 0), SSLNoErr);
        assert_int_equal(SSLHandshake(world.server.ctx), SSLNoErr);
    }
    assert_int_equal(read_nothing(&world.client), SSLWouldBlockErr);
    assert_true(world.down.end > world.down.start);
    assert_int_not_equal(SSLWants(world.client.ctx) & SSL_WantsRead, 0);
    assert_int_equal(read_nothing(&world.client), SSLWouldBlockErr);
    assert_int_equal(world.down.end, world.down.start);
    for (err = SSLWouldBlockErr, i = 0; err == SSLWouldBlockErr && i < MAX_QUIET_RECORDS; i++) {
        assert_int_equal(SSLKeyUpdate(world.server.ctx, 0), SSLNoErr);
        assert_int_equal(SSLHandshake(world.server.ctx), SSLNoErr);
        err = read_nothing(&world.client);
    }
    assert_int_equal(err, SSLProtocolErr);
    world_close(&world);
}

/* ---- what the getters show ---- */

static uint16 scheme_of(Side *side)
{
    uint16 scheme;

    assert_int_equal(SSLGetPeerSignatureScheme(side->ctx, &scheme), SSLNoErr);
    return scheme;
}

static void a_certificate_counts_when_it_is_proven(void **state)
{
    World world;
    int   round;

    (void)state;
    ask_one_that_waits(&world, CALL_SIGN);
    for (round = 0; round < 2; round++) {
        assert_int_equal(read_nothing(&world.server), SSLWouldBlockErr);
        assert_int_equal(side_is_running(&world.server), 1);
        assert_int_equal(certificates(&world.server), round);
        assert_int_equal(scheme_of(&world.server) != 0, round);
        assert_int_equal(SSLDropPeerCertificates(world.server.ctx), SSLBadStateErr);
        let_answer(&world.client);
        assert_int_equal(read_nothing(&world.client), SSLWouldBlockErr);
        /* The signature is right, but the program has not judged the chain. */
        let_wait(&world.server, CALL_VERIFY);
        assert_int_equal(read_nothing(&world.server), SSLWouldBlockErr);
        assert_int_equal(certificates(&world.server), round);
        assert_int_equal(scheme_of(&world.server) != 0, round);
        let_answer(&world.server);
        assert_int_equal(read_nothing(&world.server), SSLWouldBlockErr);
        assert_int_equal(side_is_running(&world.server), 0);
        assert_int_equal(certificates(&world.server), 1);
        assert_int_not_equal(scheme_of(&world.server), 0);
        ask(&world, 1);
        let_wait(&world.client, CALL_SIGN);
        assert_int_equal(read_nothing(&world.client), SSLWouldBlockErr);
    }
    world_close(&world);
}

/* The old certificate was dropped; then the client has none any more. */
static void the_answer_without_a_certificate_takes_its_place_too(void **state)
{
    int dropped;

    (void)state;
    for (dropped = 0; dropped < 2; dropped++) {
        World world;

        ask_one_that_waits(&world, CALL_SIGN);
        let_answer(&world.client);
        assert_int_equal(read_nothing(&world.client), SSLWouldBlockErr);
        assert_int_equal(read_nothing(&world.server), SSLWouldBlockErr);
        assert_int_equal(certificates(&world.server), 1);
        if (dropped) {
            assert_int_equal(SSLDropPeerCertificates(world.server.ctx), SSLNoErr);
            assert_int_equal(certificates(&world.server), 0);
        }
        ask(&world, 0);
        assert_int_equal(SSLSetIdentityFunc(world.client.ctx, NULL, NULL), SSLNoErr);
        world.client.ctx->config.identity_count = 0;
        assert_int_equal(read_nothing(&world.client), SSLWouldBlockErr);
        assert_int_equal(read_nothing(&world.server), SSLWouldBlockErr);
        assert_int_equal(side_is_running(&world.server), 0);
        assert_int_equal(certificates(&world.server), 0);
        assert_int_equal(scheme_of(&world.server), 0);
        world_close(&world);
    }
}

/* Every way in which an answer ends that is not accepted; also while its blocks are freed. */
static int shown_meanwhile;

static void look(Side *side, int call)
{
    if (call == CALL_FREE || call == CALL_CHECK || call == CALL_VERIFY) {
        shown_meanwhile |= 1 << certificates(side);
    }
}

static void an_unproven_certificate_is_never_shown(void **state)
{
    enum {
        REFUSED,
        WRONG,
        DELETED,
        CLOSED,
        CLIENT_CLOSES,
        NO_MEMORY, /* for the record, what is put aside, the flow, the chain */
        ENDS = NO_MEMORY + 4
    };
    int end, before;

    (void)state;
    for (end = 0; end < ENDS; end++) {
        for (before = 0; before < 2; before++) {
            World world;

            ask_one_that_waits(&world, CALL_SIGN);
            if (before) {
                let_answer(&world.client);
                assert_int_equal(read_nothing(&world.client), SSLWouldBlockErr);
                assert_int_equal(read_nothing(&world.server), SSLWouldBlockErr);
                assert_int_equal(certificates(&world.server), 1);
                ask(&world, 1);
                let_wait(&world.client, CALL_SIGN);
                assert_int_equal(read_nothing(&world.client), SSLWouldBlockErr);
            }
            shown_meanwhile    = 0;
            world.server.visit = look;
            if (end >= NO_MEMORY) {
                let_wait(&world.server, CALL_ALLOC);
                world.server.fault.code = SSLMemoryErr;
                world.server.fault.first =
                    world.server.calls[CALL_ALLOC] + (unsigned)(end - NO_MEMORY);
                assert_int_equal(read_nothing(&world.server), SSLMemoryErr);
            } else {
                assert_int_equal(read_nothing(&world.server), SSLWouldBlockErr);
            }
            if (end == REFUSED || end == WRONG) {
                let_answer(&world.client);
                world.server.verify_answer    = SSLUnknownErr;
                world.server.verify_overrules = end == REFUSED;
                world.server.ctx->handshake->client_secret[0] ^= end == WRONG; /* of Finished */
                assert_int_equal(read_nothing(&world.client), SSLWouldBlockErr);
                assert_int_equal(read_nothing(&world.server),
                                 end == WRONG ? SSLProtocolErr : SSLUnknownErr);
            }
            if (end == CLOSED) {
                assert_int_equal(SSLClose(world.server.ctx), SSLNoErr);
            }
            if (end == CLIENT_CLOSES) {
                assert_int_equal(SSLClose(world.client.ctx), SSLNoErr);
                assert_int_equal(read_nothing(&world.server), SSLConnectionClosedGraceful);
            }
            if (end != DELETED) {
                assert_int_equal(certificates(&world.server), before);
            }
            world_close(&world);
            /* Deletion itself frees the chain that was shown. */
            assert_int_equal(shown_meanwhile & ~(before ? 3 : 1), 0);
        }
    }
}

/* It is dealt with although nothing more comes: SSLWants asks for another call. */
static void a_second_request_is_not_forgotten(void **state)
{
    static const uint8_t request[] = {13, 0, 0, 12, 1, 42, 0, 8, 0, 13, 0, 4, 0, 2, 8, 7};
    World                world;

    (void)state;
    ask_one_that_waits(&world, CALL_IDENTITY);
    put_message(&world.server, request, sizeof(request));
    assert_int_equal(read_nothing(&world.client), SSLWouldBlockErr);
    let_answer(&world.client);
    assert_int_equal(SSLHandshake(world.client.ctx), SSLNoErr);
    assert_int_equal(side_is_running(&world.client), 0);
    assert_int_not_equal(SSLWants(world.client.ctx) & SSL_WantsWrite, 0);
    assert_int_equal(read_nothing(&world.client), SSLWouldBlockErr);
    assert_int_equal(SSLWants(world.client.ctx), SSL_WantsRead);
    world_close(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_follows_close_notify),
        cmocka_unit_test(an_answer_that_has_not_begun_is_given_up),
        cmocka_unit_test(a_request_that_is_not_read_yet_is_given_up),
        cmocka_unit_test(an_answer_that_has_begun_is_finished),
        cmocka_unit_test(what_ends_an_answer_before_its_close_notify),
        cmocka_unit_test(an_answer_to_a_server_that_has_closed_its_direction),
        cmocka_unit_test(a_client_that_closes_instead_of_answering),
        cmocka_unit_test(a_request_that_never_leaves),
        cmocka_unit_test(a_server_that_cannot_write_reads_the_answer),
        cmocka_unit_test(a_client_that_cannot_write_reads_on),
        cmocka_unit_test(a_server_writes_while_the_client_signs),
        cmocka_unit_test(new_keys_and_tickets_while_a_callback_waits),
        cmocka_unit_test(a_second_request_while_a_callback_waits),
        cmocka_unit_test(records_without_data_while_a_callback_waits),
        cmocka_unit_test(a_certificate_counts_when_it_is_proven),
        cmocka_unit_test(the_answer_without_a_certificate_takes_its_place_too),
        cmocka_unit_test(a_decision_behind_the_queue_is_not_forgotten),
        cmocka_unit_test(a_second_request_is_not_forgotten),
        cmocka_unit_test(an_unproven_certificate_is_never_shown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
