/*
 * test_misbehaviour.c - callbacks that break their contract in every way that the contract names:
 * the documented error comes back, nothing is read or written where it must not be, and the peer is
 * told. And what may be called inside a callback.
 */
#include "harness.h"

#include <stdio.h>
#include <stdlib.h>

#define PRIVATE_CODE 12345

static Side *side_of(World *world, int server)
{
    return server ? &world->server : &world->client;
}

static void set_fault(Side *side, int call, Lie lie, SSLErr code, unsigned first)
{
    side->fault.call  = call;
    side->fault.lie   = lie;
    side->fault.code  = code;
    side->fault.first = first;
    side->fault.times = 1;
}

/* Of the calls that one side makes in one scenario, how many are tried. */
static unsigned sample = 5;

static unsigned stride_of(unsigned count)
{
    unsigned most = is_slow_build() ? (sample + 3) / 4 : sample;

    return is_thorough() || count <= most ? 1 : count / most;
}

/* The faulty side must end with the code. A transport that fails while closing is not reported. */
static void check_end(World *world, int server, int call, SSLErr expected, const char *what)
{
    Side *side = side_of(world, server);
    int closes = side->program[side->step].op == OP_END || side->program[side->step].op == OP_CLOSE;
    SSLSessionState state;

    if (side->result == SSLNoErr && closes &&
        (call == CALL_WRITE || expected == SSLConnectionClosedGraceful)) {
        return;
    }
    if (side->result != expected) {
        fail_msg("%s: %d instead of %d (%s); the peer: %d (%s)", what, side->result, expected,
                 side->rule, side->peer->result, side->peer->rule);
    }
    (void)SSLGetSessionState(side->ctx, &state);
    if (call == CALL_READ || call == CALL_WRITE || state != SSL_StateAborted) {
        return;
    }
    if (side->peer->program[side->peer->step].op == OP_END) {
        return; /* it has closed and no longer listens */
    }
    if (side->peer->result != SSLFatalAlert) {
        fail_msg("%s: the peer was not told (%d, %s)", what, side->peer->result, side->peer->rule);
    }
}

static void run_faulty(const Scenario *scenario, int server, const Fault *fault, SSLErr expected)
{
    World world;
    char  what[160];

    snprintf(what, sizeof(what), "%s: the %s's %s callback does %d (%d) at call %u", scenario->name,
             server ? "server" : "client", call_names[fault->call], (int)fault->lie, fault->code,
             fault->first);
    world_open(&world, scenario);
    side_of(&world, server)->fault = *fault;
    world_configure(&world);
    world_run(&world);
    check_end(&world, server, fault->call, expected, what);
    world_close(&world);
}

/* The same lie at every call (or a sample) of every scenario. */
static void everywhere(int call, Lie lie, SSLErr code, SSLErr expected)
{
    unsigned covered = 0, index;
    size_t   i;
    int      server;

    for (i = 0; i < scenario_count; i++) {
        World counted, configured;

        (void)clean_run(&scenarios[i], &counted);
        world_open(&configured, &scenarios[i]);
        world_configure(&configured);
        for (server = 0; server < 2; server++) {
            unsigned count  = side_of(&counted, server)->calls[call];
            unsigned first  = side_of(&configured, server)->calls[call];
            unsigned stride = stride_of(count - first);

            for (index = first + (unsigned)i % stride; index < count; index += stride) {
                Fault fault;

                fault.call  = call;
                fault.lie   = lie;
                fault.code  = code;
                fault.first = index;
                fault.times = 1;
                run_faulty(&scenarios[i], server, &fault, expected);
                covered++;
            }
        }
        world_close(&configured);
    }
    assert_true(covered > 0);
}

static void test_transport_claims_more_than_it_was_given(void **state)
{
    (void)state;
    everywhere(CALL_READ, LIE_TOO_MUCH, 0, SSLCallbackErr);
    everywhere(CALL_WRITE, LIE_TOO_MUCH, 0, SSLCallbackErr);
}

static void test_transport_succeeds_with_nothing(void **state)
{
    (void)state;
    everywhere(CALL_READ, LIE_NOTHING, 0, SSLCallbackErr);
    everywhere(CALL_WRITE, LIE_NOTHING, 0, SSLCallbackErr);
}

static void test_those_that_must_not_wait(void **state)
{
    (void)state;
    everywhere(CALL_ALLOC, LIE_ERROR, SSLWouldBlockErr, SSLCallbackErr);
    everywhere(CALL_RANDOM, LIE_ERROR, SSLWouldBlockErr, SSLCallbackErr);
    everywhere(CALL_TIME, LIE_ERROR, SSLWouldBlockErr, SSLCallbackErr);
}

static void test_alloc_succeeds_without_a_block(void **state)
{
    (void)state;
    everywhere(CALL_ALLOC, LIE_NOTHING, 0, SSLCallbackErr);
}

static void test_private_codes_come_back_unchanged(void **state)
{
    static const int calls[] = {CALL_READ, CALL_WRITE,   CALL_ALLOC,   CALL_RANDOM,
                                CALL_TIME, CALL_CHECK,   CALL_VERIFY,  CALL_HELLO,
                                CALL_SIGN, CALL_DECRYPT, CALL_IDENTITY};
    size_t           i;

    (void)state;
    sample = 4;
    for (i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
        everywhere(calls[i], LIE_ERROR, PRIVATE_CODE, PRIVATE_CODE);
    }
    sample = 2;
    for (i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
        everywhere(calls[i], LIE_ERROR, SSLMemoryErr, SSLMemoryErr);
    }
    sample = 5;
}

/* Codes that mean something to the engine mean nothing special when a callback returns them. */
static void test_codes_of_the_engine_come_back_unchanged(void **state)
{
    static const SSLErr codes[] = {SSLConnectionClosedGraceful, SSLConnectionClosedError,
                                   SSLProtocolErr, SSLBadStateErr, SSLConnectionTruncated};
    static const int    calls[] = {CALL_ALLOC, CALL_RANDOM,   CALL_CHECK, CALL_VERIFY, CALL_HELLO,
                                   CALL_SIGN,  CALL_IDENTITY, CALL_TIME,  CALL_DECRYPT};
    size_t              i, j;

    (void)state;
    sample = 1;
    for (i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
        for (j = 0; j < sizeof(calls) / sizeof(calls[0]); j++) {
            everywhere(calls[j], LIE_ERROR, codes[i], codes[i]);
        }
        everywhere(CALL_WRITE, LIE_ERROR, codes[i], codes[i]);
    }
    everywhere(CALL_READ, LIE_ERROR, SSLConnectionClosedGraceful, SSLConnectionTruncated);
    everywhere(CALL_READ, LIE_ERROR, SSLConnectionClosedError, SSLConnectionClosedError);
    sample = 5;
}

/* ---- the private key ---- */

static void test_signatures_of_every_wrong_kind(void **state)
{
    static const Lie lies[] = {LIE_NOTHING, LIE_TOO_MUCH, LIE_SHORT, LIE_WRONG, LIE_ELSEWHERE};
    static const Credential servers[] = {SERVER_EC, SERVER_RSA, SERVER_ED};
    Scenario                scenario;
    size_t                  i, j;
    Fault                   fault;

    (void)state;
    for (i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
        everywhere(CALL_SIGN, lies[i], 0, SSLCallbackErr);
        for (j = 0; j < sizeof(servers) / sizeof(servers[0]); j++) {
            memset(&scenario, 0, sizeof(scenario));
            memset(&fault, 0, sizeof(fault));
            scenario.name          = "a key elsewhere";
            scenario.version       = TLS_Version_1_3;
            scenario.group         = SSL_GROUP_X25519;
            scenario.server        = servers[j];
            scenario.key_callbacks = 1;
            fault.call             = CALL_SIGN;
            fault.lie              = lies[i];
            fault.times            = 1;
            run_faulty(&scenario, 1, &fault, SSLCallbackErr);
        }
    }
}

static void test_decryptions_of_every_wrong_kind(void **state)
{
    (void)state;
    everywhere(CALL_DECRYPT, LIE_NOTHING, 0, SSLCallbackErr);
    everywhere(CALL_DECRYPT, LIE_TOO_MUCH, 0, SSLCallbackErr);
    everywhere(CALL_DECRYPT, LIE_SHORT, 0, SSLCallbackErr);
    everywhere(CALL_DECRYPT, LIE_ELSEWHERE, 0, SSLCallbackErr);
    /* One that is as long as it should be cannot be told from a peer's bad one: Bleichenbacher. */
    everywhere(CALL_DECRYPT, LIE_WRONG, 0, SSLProtocolErr);
}

/* ---- pre-shared keys ---- */

/* What the callback says where it should find the key of the client. */
static void refuse_psk(const char *name, Lie lie, SSLErr code, SSLErr expected, uint8_t alert)
{
    World world;
    uint8 received = SSL_NO_ALERT;

    world_open(&world, scenario_named(name));
    set_fault(&world.server, CALL_PSK, lie, code, 0);
    world_configure(&world);
    world_run(&world);
    assert_int_equal(world.server.result, expected);
    assert_int_equal(world.client.result, SSLFatalAlert);
    assert_int_equal(SSLGetAlerts(world.client.ctx, NULL, &received), SSLNoErr);
    assert_int_equal(received, alert);
    world_close(&world);
}

/* RFC 4279 2: up to TLS 1.2 an unknown name looks like a wrong key. In TLS 1.3 a certificate would
 * be shown then, if there was one. */
static void test_a_psk_callback_that_fails(void **state)
{
    static const char *const old[] = {"tls12 rsa psk", "tls12 psk renegotiates"};
    size_t                   i;

    (void)state;
    for (i = 0; i < 2; i++) {
        refuse_psk(old[i], LIE_ERROR, PRIVATE_CODE, PRIVATE_CODE, ALERT_INTERNAL_ERROR);
        refuse_psk(old[i], LIE_TOO_MUCH, 0, SSLCallbackErr, ALERT_INTERNAL_ERROR);
        refuse_psk(old[i], LIE_WRONG, 0, SSLProtocolErr, ALERT_BAD_RECORD_MAC);
        refuse_psk(old[i], LIE_NOTHING, 0, SSLProtocolErr, ALERT_BAD_RECORD_MAC);
    }
    refuse_psk("tls13 psk", LIE_ERROR, PRIVATE_CODE, PRIVATE_CODE, ALERT_INTERNAL_ERROR);
    refuse_psk("tls13 psk", LIE_TOO_MUCH, 0, SSLCallbackErr, ALERT_INTERNAL_ERROR);
    refuse_psk("tls13 psk", LIE_WRONG, 0, SSLProtocolErr, ALERT_DECRYPT_ERROR);
    refuse_psk("tls13 psk", LIE_NOTHING, 0, SSLNegotiationErr, ALERT_HANDSHAKE_FAILURE);
}

/* ---- identities and the ClientHello ---- */

static void test_no_identity_given(void **state)
{
    World world;
    Side *client = &world.client;

    (void)state;
    world_open(&world, scenario_named("tls13 everything"));
    set_fault(&world.server, CALL_IDENTITY, LIE_NOTHING, 0, 0);
    world_configure(&world);
    world_run(&world);
    assert_int_equal(world.server.result, SSLNegotiationErr);
    assert_int_equal(client->result, SSLFatalAlert);
    world_close(&world);
    /* A client goes on without one. */
    world_open(&world, scenario_named("tls13 everything"));
    set_fault(&world.client, CALL_IDENTITY, LIE_NOTHING, 0, 0);
    world_configure(&world);
    world_run(&world);
    assert_int_equal(world.server.result, SSLNoErr);
    assert_int_equal(outcome_of(&world).certificates[1], 0);
    world_close(&world);
}

static void test_a_refused_client_hello_is_a_handshake_failure(void **state)
{
    World world;
    uint8 received;

    (void)state;
    world_open(&world, scenario_named("tls12 everything"));
    set_fault(&world.server, CALL_HELLO, LIE_ERROR, PRIVATE_CODE, 0);
    world_configure(&world);
    world_run(&world);
    assert_int_equal(world.server.result, PRIVATE_CODE);
    assert_int_equal(SSLGetAlerts(world.client.ctx, NULL, &received), SSLNoErr);
    assert_int_equal(received, ALERT_HANDSHAKE_FAILURE);
    world_close(&world);
}

/* ---- 0-RTT data ---- */

/* Whatever the replay callback says but yes: no 0-RTT data, and nothing else is different. */
static void test_a_replay_callback_that_fails_costs_the_early_data(void **state)
{
    static const SSLErr codes[]  = {SSLMemoryErr, SSLBadStateErr, SSLConnectionClosedGraceful,
                                    PRIVATE_CODE};
    const Scenario     *scenario = scenario_named("tls13 early data");
    Outcome             expected = clean_run(scenario, NULL), outcome;
    World               world;
    size_t              i;

    (void)state;
    assert_int_equal(expected.early_accepted[1], 1);
    expected.early_accepted[0] = expected.early_accepted[1] = 0;
    expected.early_received[1]                              = 0;
    for (i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
        world_open(&world, scenario);
        set_fault(&world.server, CALL_REPLAY, LIE_ERROR, codes[i], 0);
        world_configure(&world);
        world_run(&world);
        outcome = outcome_of(&world);
        assert_same_outcome(&expected, &outcome, "the replay callback fails");
        assert_int_equal(world.server.calls[CALL_REPLAY], 1);
        world_close(&world);
    }
}

/* ---- sessions ---- */

static void test_results_of_add_and_delete_are_ignored(void **state)
{
    static const SSLErr codes[]  = {SSLWouldBlockErr, SSLMemoryErr, PRIVATE_CODE};
    const Scenario     *scenario = scenario_named("tls12 resumed");
    Outcome             expected = clean_run(scenario, NULL), outcome;
    World               world;
    size_t              i;

    (void)state;
    for (i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
        world_open(&world, scenario);
        set_fault(&world.client, CALL_ADD_SESSION, LIE_ERROR, codes[i], 0);
        set_fault(&world.server, CALL_ADD_SESSION, LIE_ERROR, codes[i], 0);
        world_configure(&world);
        world_run(&world);
        outcome = outcome_of(&world);
        assert_same_outcome(&expected, &outcome, "add session fails");
        world_close(&world);
        /* A fatal alert makes both sides delete. */
        world_open(&world, scenario);
        set_fault(&world.client, CALL_DELETE_SESSION, LIE_ERROR, codes[i], 0);
        world_configure(&world);
        world.server.program[1].op = OP_END;
        while (world.client.program[world.client.step].op != OP_RECEIVE) {
            (void)side_step(&world.client);
            (void)side_step(&world.server);
        }
        world.client.visit = NULL;
        world.down.end     = world.down.start;
        {
            uint8_t garbage[40] = {23, 3, 3, 0, 35};

            world.down.data  = realloc(world.down.data, 4096);
            world.down.start = 0;
            world.down.end   = sizeof(garbage);
            memcpy(world.down.data, garbage, sizeof(garbage));
        }
        world_run(&world);
        assert_int_equal(world.client.result, SSLProtocolErr);
        assert_int_equal(world.client.calls[CALL_DELETE_SESSION], 1);
        world_close(&world);
    }
}

/* Whatever get-session answers, only a good session is resumed; the rest is a full handshake. */
static void answer_with(int server, Bytes answer, Lie lie, SSLErr code, int may_fail,
                        const char *what)
{
    World world;

    world_open(&world, scenario_named("tls12 resumed"));
    side_of(&world, server)->get_answer = answer;
    if (lie != LIE_NONE) {
        set_fault(side_of(&world, server), CALL_GET_SESSION, lie, code, 0);
    }
    world_configure(&world);
    world_run(&world);
    if (!may_fail && (world.client.result != SSLNoErr || world.server.result != SSLNoErr ||
                      outcome_of(&world).resumed[0])) {
        fail_msg("%s at the %s: resumed %d, client %d (%s), server %d (%s)", what,
                 server ? "server" : "client", outcome_of(&world).resumed[0], world.client.result,
                 world.client.rule, world.server.result, world.server.rule);
    }
    world_close(&world);
}

static Bytes good_session(int server)
{
    static Store store;
    World        world;

    world_open(&world, scenario_named("tls12 resumed"));
    store = world.stores[server];
    assert_int_equal(SSLInitContext(world.client.ctx), SSLNoErr);
    assert_int_equal(SSLInitContext(world.server.ctx), SSLNoErr);
    world_close(&world);
    return bytes_of(store.entries[0].data, store.entries[0].data_length);
}

static void test_get_session_answers_with_rubbish(void **state)
{
    static const SSLErr codes[] = {SSLSessionNotFoundErr, SSLMemoryErr, PRIVATE_CODE,
                                   SSLConnectionClosedGraceful};
    static uint8_t      copy[4200];
    uint8_t            *huge = calloc(1, 20000000);
    int                 server;
    size_t              i;

    (void)state;
    for (server = 0; server < 2; server++) {
        Bytes  good   = good_session(server);
        size_t stride = is_thorough() ? 1 : 7;
        Bytes  length_1;

        for (i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
            answer_with(server, bytes_of(NULL, 0), LIE_ERROR, codes[i], 0, "an error");
            answer_with(server, good, LIE_ERROR_WITH_DATA, codes[i], 0, "an error with data");
        }
        answer_with(server, bytes_of(NULL, 0), LIE_NOTHING, 0, 0, "success without data");
        answer_with(server, bytes_of(copy, 0), LIE_NONE, 0, 0, "an empty session");
        for (i = 0; i < good.length; i += stride) {
            answer_with(server, bytes_of(good.data, i), LIE_NONE, 0, 0, "a truncated session");
        }
        for (i = 0; i < good.length; i += stride) {
            memcpy(copy, good.data, good.length);
            copy[i] ^= 0x80;
            answer_with(server, bytes_of(copy, good.length), LIE_NONE, 0, 1, "a damaged session");
        }
        memcpy(copy, good.data, good.length);
        copy[0]++;
        length_1 = bytes_of(copy, good.length);
        answer_with(server, length_1, LIE_NONE, 0, 0, "a session of another format");
        memcpy(copy, good.data, good.length);
        length_1 = bytes_of(copy, good.length + 1);
        answer_with(server, length_1, LIE_NONE, 0, 0, "a session with a byte too many");
        answer_with(server, bytes_of(huge, 20000000), LIE_NONE, 0, 0, "a huge session");
        memset(copy, 0xFF, sizeof(copy));
        answer_with(server, bytes_of(copy, sizeof(copy)), LIE_NONE, 0, 0, "garbage");
    }
    free(huge);
}

/* ---- inside a callback ---- */

static int visits;

static void expect_refusal(SSLErr err, const char *name, int call)
{
    if (err != SSLBadStateErr) {
        fail_msg("%s inside the %s callback gives %d", name, call_names[call], err);
    }
}

#define REFUSED(call_expression) expect_refusal(call_expression, #call_expression, call)

static void try_setters(SSLContext *ctx, int call)
{
    static const uint16 suite[1] = {TLS_AES_128_GCM_SHA256};
    const SSLBuffer     name     = buffer_of("name", 4);

    REFUSED(SSLSetProtocolSide(ctx, SSL_ClientSide));
    REFUSED(SSLSetProtocolVersion(ctx, TLS_Version_1_2));
    REFUSED(SSLSetPeerID(ctx, name));
    REFUSED(SSLSetPeerDomainName(ctx, "other.test", 10));
    REFUSED(SSLSetEnabledCiphers(ctx, suite, 1));
    REFUSED(SSLSetALPNProtocols(ctx, &name, 1));
    REFUSED(SSLSetRequestClientCert(ctx, 1));
    REFUSED(SSLSetMaxRecordSize(ctx, 1000));
    REFUSED(SSLSetRecordPadding(ctx, 16));
    REFUSED(SSLSetWriteQueueLimit(ctx, 1000));
    REFUSED(SSLSetTrust(ctx, NULL));
    REFUSED(SSLAddIdentity(ctx, shared_identity(STRANGER)));
    REFUSED(SSLAddCertificate(ctx, name, 0, 0));
    REFUSED(SSLAddDistinguishedName(ctx, name));
}

static void try_calls(SSLContext *ctx, int call)
{
    uint8_t byte  = 0;
    uint32  one   = 1;
    void   *other = malloc(SSLContextSize());

    REFUSED(SSLSetIORef(ctx, NULL));
    REFUSED(SSLSetAllocFunc(ctx, NULL));
    REFUSED(SSLSetFreeFunc(ctx, NULL));
    REFUSED(SSLSetReadFunc(ctx, NULL));
    REFUSED(SSLSetVerifyFunc(ctx, NULL, NULL));
    REFUSED(SSLSetKeyLogFunc(ctx, NULL, NULL));
    REFUSED(SSLHandshake(ctx));
    REFUSED(SSLRead(&byte, &one, ctx));
    one = 1;
    REFUSED(SSLWrite(&byte, &one, ctx));
    REFUSED(SSLServiceWriteQueue(ctx));
    REFUSED(SSLClose(ctx));
    REFUSED(SSLCloseWrite(ctx));
    REFUSED(SSLKeyUpdate(ctx, 1));
    REFUSED(SSLExportKeyingMaterial(ctx, "label", buffer_of(NULL, 0), 0, buffer_of(&byte, 1)));
    REFUSED(SSLDropPeerCertificates(ctx));
    REFUSED(SSLDuplicateContext(ctx, (SSLContext *)other, NULL));
    REFUSED(SSLDeleteContext(ctx));
    free(other);
}

static void try_getters(SSLContext *ctx)
{
    SSLProtocolVersion version;
    SSLSessionState    state;
    SSLErrorDetail     detail;
    uint16             suite;
    uint32             pending;
    SSLBuffer          buffer;
    int                count;

    assert_int_equal(SSLGetProtocolVersion(ctx, &version), SSLNoErr);
    assert_int_equal(SSLGetSessionState(ctx, &state), SSLNoErr);
    assert_int_equal(SSLGetNegotiatedCipher(ctx, &suite), SSLNoErr);
    assert_int_equal(SSLGetPeerCertificateChainLength(ctx, &count), SSLNoErr);
    assert_int_equal(SSLGetWritePendingSize(ctx, &pending), SSLNoErr);
    assert_int_equal(SSLGetReadPendingSize(ctx, &pending), SSLNoErr);
    assert_int_equal(SSLGetALPNProtocol(ctx, &buffer), SSLNoErr);
    assert_int_equal(SSLGetErrorDetail(ctx, &detail), SSLNoErr);
    (void)SSLWants(ctx);
}

static void try_everything(Side *side, int call)
{
    if (side->inside > 1) {
        return;
    }
    visits++;
    if (call != CALL_HELLO) {
        try_setters(side->ctx, call);
    }
    try_calls(side->ctx, call);
    try_getters(side->ctx);
}

static void test_only_getters_inside_callbacks(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < scenario_count; i++) {
        Outcome expected = clean_run(&scenarios[i], NULL), outcome;
        World   world;

        world_open(&world, &scenarios[i]);
        world_configure(&world);
        world.client.visit = try_everything;
        world.server.visit = try_everything;
        world_run(&world);
        outcome = outcome_of(&world);
        assert_same_outcome(&expected, &outcome, scenarios[i].name);
        /* The free callback of SSLDeleteContext, too. */
        assert_int_equal(SSLDeleteContext(world.client.ctx), SSLNoErr);
        assert_int_equal(SSLDeleteContext(world.server.ctx), SSLNoErr);
        world.client.visit = NULL;
        world.server.visit = NULL;
        world_close(&world);
    }
    assert_true(visits > 1000);
}

/* Setters allocate, too: their callbacks are callbacks like any other. */
static void test_only_getters_inside_the_callbacks_of_setters(void **state)
{
    static const char *const names[] = {"tls13", "tls12 dhe", "tls12 resumed"};
    size_t                   i;

    (void)state;
    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        World world;

        (void)shared_identity(STRANGER);
        visits = 0;
        world_open(&world, scenario_named(names[i]));
        world.client.visit = try_everything;
        world.server.visit = try_everything;
        world_configure(&world);
        assert_true(visits > 3);
        world_run(&world);
        assert_int_equal(world.client.result, SSLNoErr);
        {
            SSLBuffer copy;
            uint8_t   out[16];

            visits = 0;
            assert_int_equal(SSLGetPeerCertificate(world.client.ctx, 0, &copy), SSLNoErr);
            assert_int_equal(visits, 1);
            pool_give_back(&world.client.pool, copy.data, 0);
            (void)SSLExportKeyingMaterial(world.client.ctx, "l", buffer_of(NULL, 0), 0,
                                          buffer_of(out, sizeof(out)));
            assert_int_equal(SSLDropPeerCertificates(world.client.ctx), SSLNoErr);
            assert_true(visits > 1);
        }
        world_close(&world);
    }
}

/* ---- the ClientHello callback may configure ---- */

static void configure_late(Side *side, int call)
{
    const Scenario *scenario = side->world->scenario;
    const SSLBuffer protocol = buffer_of("h2", 2);

    if (call != CALL_HELLO || visits++ > 0) {
        return;
    }
    assert_int_equal(SSLSetALPNProtocols(side->ctx, &protocol, 1), SSLNoErr);
    assert_int_equal(SSLSetRequestClientCert(side->ctx, 1), SSLNoErr);
    assert_int_equal(SSLSetProtocolSide(side->ctx, SSL_ServerSide), SSLBadStateErr);
    if (scenario->manual) {
        const SSLIdentity *identity = shared_identity(SERVER_RSA);
        const char        *pem      = credential_key(SERVER_RSA);
        SSLRSAPrivateKey   key;

        assert_int_equal(SSLDecodeRSAPrivateKey(buffer_of(pem, strlen(pem)), &key), SSLNoErr);
        assert_int_equal(SSLSetPrivateKey(side->ctx, &key), SSLNoErr);
        assert_int_equal(
            SSLAddCertificate(side->ctx,
                              buffer_of(identity->chain[0].data, identity->chain[0].length), 0, 0),
            SSLNoErr);
    } else {
        assert_int_equal(SSLAddIdentity(side->ctx, shared_identity(SERVER_RSA)), SSLNoErr);
    }
}

static void test_the_client_hello_callback_gives_the_identity(void **state)
{
    Scenario scenario;
    int      manual, version;

    (void)state;
    for (manual = 0; manual < 2; manual++) {
        for (version = TLS_Version_1_2; version <= TLS_Version_1_3; version++) {
            World     world;
            SSLBuffer protocol;

            memset(&scenario, 0, sizeof(scenario));
            scenario.name      = "a server without an identity";
            scenario.version   = (SSLProtocolVersion)version;
            scenario.group     = SSL_GROUP_X25519;
            scenario.alpn      = 1;
            scenario.decisions = 1;
            scenario.manual    = (uint8_t)manual;
            visits             = 0;
            world_open(&world, &scenario);
            world.server.visit = configure_late;
            world_configure(&world);
            world_run(&world);
            if (world.client.result != SSLNoErr) {
                fail_msg("manual %d: %s; %s", manual, world.client.rule, world.server.rule);
            }
            assert_int_equal(SSLGetALPNProtocol(world.client.ctx, &protocol), SSLNoErr);
            assert_int_equal(protocol.length, 2);
            assert_int_equal(world.client.calls[CALL_IDENTITY], 1);
            world_close(&world);
        }
    }
}

/* ---- missing callbacks ---- */

typedef SSLErr (*Setter)(SSLContext *ctx);

static SSLErr without_alloc(SSLContext *ctx)
{
    return SSLSetAllocFunc(ctx, NULL);
}

static SSLErr without_free(SSLContext *ctx)
{
    return SSLSetFreeFunc(ctx, NULL);
}

static SSLErr without_random(SSLContext *ctx)
{
    return SSLSetRandomFunc(ctx, NULL);
}

static SSLErr without_read(SSLContext *ctx)
{
    return SSLSetReadFunc(ctx, NULL);
}

static SSLErr without_write(SSLContext *ctx)
{
    return SSLSetWriteFunc(ctx, NULL);
}

static SSLErr without_time(SSLContext *ctx)
{
    return SSLSetTimeFunc(ctx, NULL);
}

static const struct {
    Setter      take_away;
    const char *named;
} required[] = {
    {without_alloc, "SSLSetAllocFunc"},   {without_free, "SSLSetFreeFunc"},
    {without_random, "SSLSetRandomFunc"}, {without_read, "SSLSetReadFunc"},
    {without_write, "SSLSetWriteFunc"},   {without_time, "SSLSetTimeFunc"},
};

#define REQUIRED (sizeof(required) / sizeof(required[0]))

static void test_missing_callbacks_are_named(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < REQUIRED; i++) {
        World world;

        world_open(&world, scenario_named("tls13"));
        world_configure(&world);
        assert_int_equal(required[i].take_away(world.client.ctx), SSLNoErr);
        world_run(&world);
        assert_int_equal(world.client.result, SSLMissingCallbackErr);
        if (strstr(world.client.rule, required[i].named) == NULL) {
            fail_msg("%s is missing, but the rule is: %s", required[i].named, world.client.rule);
        }
        SSLSetAllocFunc(world.client.ctx, world.server.ctx->allocator.allocFunc);
        SSLSetFreeFunc(world.client.ctx, world.server.ctx->allocator.freeFunc);
        world_close(&world);
    }
}

/* The second thing that is missing is not mistaken for the first. */
static void test_a_mended_context_names_the_next_missing_callback(void **state)
{
    World          world;
    SSLErrorDetail detail;
    SSLContext    *ctx;

    (void)state;
    world_open(&world, scenario_named("tls13"));
    world_configure(&world);
    ctx = world.client.ctx;
    SSLSetAllocFunc(ctx, NULL);
    SSLSetReadFunc(ctx, NULL);
    assert_int_equal(SSLHandshake(ctx), SSLMissingCallbackErr);
    SSLSetAllocFunc(ctx, world.server.ctx->allocator.allocFunc);
    assert_int_equal(SSLHandshake(ctx), SSLMissingCallbackErr);
    assert_int_equal(SSLGetErrorDetail(ctx, &detail), SSLNoErr);
    assert_non_null(strstr(detail.rule, "SSLSetReadFunc"));
    SSLSetReadFunc(ctx, world.server.ctx->callbacks.read);
    world_run(&world);
    assert_int_equal(world.client.result, SSLNoErr);
    world_close(&world);
}

/* Taken away later: an error, or nothing at all, but no jump to nowhere. */
static void test_callbacks_taken_away_on_a_connection(void **state)
{
    size_t i, j;

    (void)state;
    for (i = 0; i < REQUIRED; i++) {
        for (j = 0; j < scenario_count; j++) {
            World   world;
            uint8_t byte = 1;
            uint32  one  = 1;

            world_open(&world, &scenarios[j]);
            world_configure(&world);
            while (world.client.program[world.client.step].op == OP_HANDSHAKE ||
                   world.server.program[world.server.step].op == OP_HANDSHAKE) {
                (void)side_step(&world.client);
                (void)side_step(&world.server);
            }
            assert_int_equal(required[i].take_away(world.client.ctx), SSLNoErr);
            (void)SSLWrite(&byte, &one, world.client.ctx);
            one = 1;
            (void)SSLRead(&byte, &one, world.client.ctx);
            (void)SSLKeyUpdate(world.client.ctx, 1);
            (void)SSLHandshake(world.client.ctx);
            (void)SSLClose(world.client.ctx);
            (void)SSLServiceWriteQueue(world.client.ctx);
            if (required[i].take_away == without_free) {
                assert_int_equal(SSLDeleteContext(world.client.ctx), SSLNoErr);
                SSLDeleteIdentity(world.client.own_identity);
                SSLDeleteTrust(world.client.own_trust);
                world.client.own_identity = NULL;
                world.client.own_trust    = NULL;
                pool_empty(&world.client.pool); /* what could not be given back */
            }
            SSLSetFreeFunc(world.client.ctx, world.server.ctx->allocator.freeFunc);
            world_close(&world);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_transport_claims_more_than_it_was_given),
        cmocka_unit_test(test_transport_succeeds_with_nothing),
        cmocka_unit_test(test_those_that_must_not_wait),
        cmocka_unit_test(test_alloc_succeeds_without_a_block),
        cmocka_unit_test(test_private_codes_come_back_unchanged),
        cmocka_unit_test(test_codes_of_the_engine_come_back_unchanged),
        cmocka_unit_test(test_signatures_of_every_wrong_kind),
        cmocka_unit_test(test_decryptions_of_every_wrong_kind),
        cmocka_unit_test(test_a_psk_callback_that_fails),
        cmocka_unit_test(test_no_identity_given),
        cmocka_unit_test(test_a_refused_client_hello_is_a_handshake_failure),
        cmocka_unit_test(test_a_replay_callback_that_fails_costs_the_early_data),
        cmocka_unit_test(test_results_of_add_and_delete_are_ignored),
        cmocka_unit_test(test_get_session_answers_with_rubbish),
        cmocka_unit_test(test_only_getters_inside_callbacks),
        cmocka_unit_test(test_only_getters_inside_the_callbacks_of_setters),
        cmocka_unit_test(test_the_client_hello_callback_gives_the_identity),
        cmocka_unit_test(test_missing_callbacks_are_named),
        cmocka_unit_test(test_a_mended_context_names_the_next_missing_callback),
        cmocka_unit_test(test_callbacks_taken_away_on_a_connection),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
