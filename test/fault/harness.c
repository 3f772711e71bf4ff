/*
 * harness.c - setting up, running and comparing two sides; see harness.h. The callbacks are in
 * callbacks.c, the scenarios in scenarios.c.
 */
#include "callbacks.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/credentials/identity.h"

#define GUARD_SIZE  64
#define GUARD_BYTE  0xC3
#define IDLE_ROUNDS 200

int is_thorough(void)
{
    const char *value = getenv("SSLREF_THOROUGH");

    return value != NULL && value[0] == '1';
}

int is_slow_build(void)
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    return 1;
#else
    return 0;
#endif
}

/* ---- opening ---- */

static void open_side(World *world, Side *side, int server)
{
    size_t size = SSLContextSize();

    side->world        = world;
    side->server       = server;
    side->peer         = server ? &world->client : &world->server;
    side->in           = server ? &world->up : &world->down;
    side->out          = server ? &world->down : &world->up;
    side->store        = &world->stores[server];
    side->random_state = 0x1234567u + (unsigned)server;
    side->block        = malloc(size + GUARD_SIZE);
    if (side->block == NULL) {
        abort();
    }
    memset(side->block, GUARD_BYTE, size + GUARD_SIZE);
    side->ctx = (SSLContext *)(void *)side->block;
}

static size_t add_step(Side *side, size_t at, int op, size_t amount)
{
    side->program[at].op     = op;
    side->program[at].amount = amount;
    side->program[at + 1].op = OP_END;
    return at + 1;
}

static void write_programs(World *world)
{
    const Scenario *scenario = world->scenario;
    size_t          data = scenario->data != 0 ? scenario->data : 3000, c = 0, s = 0;
    int             by_server = scenario->renegotiate >= RENEGOTIATE_BY_SERVER;
    int             rounds    = 1 + (scenario->key_update || scenario->renegotiate) + by_server, i;

    if (scenario->early > 0) {
        c = add_step(&world->client, c, OP_EARLY_SEND, scenario->early);
        s = add_step(&world->server, s, OP_EARLY_RECEIVE, 1);
    }
    c = add_step(&world->client, c, OP_HANDSHAKE, 0);
    s = add_step(&world->server, s, OP_HANDSHAKE, 0);
    for (i = 0; i < rounds; i++) {
        if (by_server && i == 1) {
            s = add_step(&world->server, s, OP_RENEGOTIATE, 0);
            s = add_step(&world->server, s, OP_HANDSHAKE, 0);
        } else if (by_server && i == 2) {
            c = add_step(&world->client, c, OP_HANDSHAKE, 0);
        } else if (i > 0 && scenario->renegotiate) {
            c = add_step(&world->client, c, OP_RENEGOTIATE,
                         scenario->renegotiate == RENEGOTIATE_BY_CLIENT_ABBREVIATED);
        } else if (i > 0) {
            c = add_step(&world->client, c, OP_KEY_UPDATE, 1);
            s = add_step(&world->server, s, OP_KEY_UPDATE, 0);
        }
        c = add_step(&world->client, c, OP_SEND, data);
        s = add_step(&world->server, s, OP_RECEIVE, data);
        s = add_step(&world->server, s, OP_SEND, data);
        c = add_step(&world->client, c, OP_RECEIVE, data);
    }
    (void)add_step(&world->client, c, OP_CLOSE, 0);
    s = add_step(&world->server, s, OP_EXPECT_CLOSE, 0);
    (void)add_step(&world->server, s, OP_CLOSE, 0);
}

static void open_empty(World *world, const Scenario *scenario)
{
    memset(world, 0, sizeof(*world));
    world->scenario = scenario;
    open_side(world, &world->client, 0);
    open_side(world, &world->server, 1);
    write_programs(world);
}

/* What the stores hold after the first connection of a scenario that resumes. */
static const Store *first_connection(const Scenario *scenario)
{
    static const Scenario *whose;
    static Store           stores[2];
    World                  world;

    if (whose != scenario) {
        open_empty(&world, scenario);
        world.client.random_state += 1000; /* or else the next session ID is the same one */
        world.server.random_state += 1000;
        world_configure(&world);
        world_run(&world);
        memcpy(stores, world.stores, sizeof(stores));
        world_close(&world);
        assert_int_equal(stores[0].count, 1);
        assert_in_range(stores[1].count, !scenario->tickets,
                        2 * !scenario->tickets); /* TLS 1.3: two */
        whose = scenario;
    }
    return stores;
}

void world_open(World *world, const Scenario *scenario)
{
    open_empty(world, scenario);
    if (scenario->resume) {
        memcpy(world->stores, first_connection(scenario), sizeof(world->stores));
    }
}

/* ---- configuration ---- */

#define TRY(call)                                                                                  \
    do {                                                                                           \
        SSLErr tried = (call);                                                                     \
        if (tried != SSLNoErr) {                                                                   \
            return tried;                                                                          \
        }                                                                                          \
    } while (0)

SSLBuffer buffer_of(const void *data, size_t length)
{
    SSLBuffer buffer;

    buffer.length = (uint32)length;
    buffer.data   = (uint8 *)data;
    return buffer;
}

static SSLErr set_algorithms(SSLContext *ctx, const Side *side)
{
    const Scenario *scenario      = side->world->scenario;
    uint16          two_groups[2] = {SSL_GROUP_SECP256R1, SSL_GROUP_X25519};
    uint16          groups[2]     = {scenario->group, SSL_GROUP_SECP256R1};
    uint16          suites[2];

    TRY(SSLSetProtocolVersion(ctx, scenario->version));
    if (scenario->suite != 0) {
        suites[0] = scenario->suite;
        TRY(SSLSetEnabledCiphers(ctx, suites, 1));
    }
    if (scenario->retry_group) {
        TRY(SSLSetEnabledGroups(ctx, side->server ? &two_groups[1] : two_groups,
                                side->server ? 1 : 2));
    } else if (scenario->group != 0) {
        /* Up to TLS 1.2 the curve of the certificate must be listed, too. */
        TRY(SSLSetEnabledGroups(ctx, groups, scenario->group == SSL_GROUP_X25519 ? 2 : 1));
    }
    return SSLNoErr;
}

static SSLErr set_names(SSLContext *ctx, const Side *side)
{
    const Scenario *scenario  = side->world->scenario;
    const SSLBuffer offers[2] = {buffer_of("h2", 2), buffer_of("http/1.1", 8)};

    if (!side->server) {
        TRY(SSLSetPeerDomainName(ctx, "sslref.test", 11));
        TRY(SSLSetRequestOCSP(ctx, scenario->ocsp));
    }
    if (scenario->alpn) {
        TRY(SSLSetALPNProtocols(ctx, side->server ? &offers[1] : offers, side->server ? 1 : 2));
    }
    if (scenario->psk && side->server) {
        TRY(SSLSetPSKHint(ctx, buffer_of("a hint", 6)));
    }
    if (scenario->psk && !side->server) {
        TRY(SSLSetPSK(ctx, buffer_of(test_psk_identity, strlen(test_psk_identity)),
                      buffer_of(test_psk_key, strlen(test_psk_key)),
                      scenario->psk == 2 ? SSL_PSKHashSHA384 : SSL_PSKHashSHA256));
    }
    TRY(SSLSetMaxEarlyData(ctx, (uint32)scenario->early));
    if (scenario->resume) {
        TRY(SSLSetPeerID(ctx, buffer_of("the other side", 14)));
    }
    if (side->server && scenario->renegotiate) {
        TRY(SSLSetRenegotiation(ctx, SSL_RenegotiateAllowPeer));
    }
    if (side->server) {
        TRY(SSLSetHelloRetryCookie(ctx, scenario->cookie));
    }
    if (!side->server) {
        TRY(SSLSetPostHandshakeAuth(ctx, scenario->renegotiate == ASK_FOR_CERTIFICATE));
    }
    if (side->server && scenario->client != NO_CREDENTIAL) {
        Bytes name = shared_identity(CLIENT_EC)->leaf.issuer;

        TRY(SSLSetRequestClientCert(ctx, scenario->renegotiate != ASK_FOR_CERTIFICATE));
        TRY(SSLAddDistinguishedName(ctx, buffer_of(name.data, name.length)));
    }
    return SSLNoErr;
}

static SSLAllocator allocator_of(Side *side)
{
    SSLAllocator allocator = {side_alloc, side_free, NULL, side};

    return allocator;
}

static SSLErr make_own_objects(Side *side, Credential credential)
{
    const Scenario *scenario  = side->world->scenario;
    SSLAllocator    allocator = allocator_of(side);
    SSLIdentitySpec spec;
    SSLTrustSpec    trust;

    memset(&spec, 0, sizeof(spec));
    memset(&trust, 0, sizeof(trust));
    if (credential != NO_CREDENTIAL) {
        const char *chain = credential_chain(credential), *key = credential_key(credential);

        spec.chain        = buffer_of(chain, strlen(chain));
        spec.privateKey   = buffer_of(key, strlen(key));
        spec.ocspResponse = buffer_of("\x30\x03\x0A\x01\x00", 5);
        if (scenario->key_callbacks) {
            spec.privateKey     = buffer_of(NULL, 0);
            spec.privateKeyFunc = side_private_key;
            spec.privateKeyRef  = side;
            side->callback_key  = shared_identity(credential);
        }
        TRY(SSLCreateIdentity(&allocator, &spec, &side->own_identity));
    }
    trust.anchors       = buffer_of(root_certificate(), strlen(root_certificate()));
    trust.intermediates = buffer_of(middle_certificate(), strlen(middle_certificate()));
    return SSLCreateTrust(&allocator, &trust, &side->own_trust, NULL);
}

static SSLErr set_manual_identity(SSLContext *ctx, Credential credential)
{
    const SSLIdentity *identity = shared_identity(credential);
    const char        *pem      = credential_key(credential);
    SSLRSAPrivateKey   key;
    size_t             i;
    SSLErr             err;

    err = SSLDecodeRSAPrivateKey(buffer_of(pem, strlen(pem)), &key);
    if (err == SSLNoErr) {
        err = SSLSetPrivateKey(ctx, &key);
    }
    if (err == SSLNoErr) {
        err = SSLSetExportPrivateKey(ctx, &key);
    }
    memset(&key, 0, sizeof(key));
    for (i = 0; i < identity->count && err == SSLNoErr; i++) {
        err = SSLAddCertificate(ctx, buffer_of(identity->chain[i].data, identity->chain[i].length),
                                1, 0);
    }
    return err != SSLNoErr ? err : SSLAddCertificate(ctx, buffer_of(NULL, 0), 0, 1);
}

static SSLErr set_identity_and_trust(SSLContext *ctx, Side *side)
{
    const Scenario *scenario   = side->world->scenario;
    Credential      credential = side->server ? scenario->server : scenario->client;
    int             own        = scenario->own_objects || scenario->key_callbacks;

    if (own) {
        TRY(make_own_objects(side, credential));
    }
    if (!scenario->callback_trust) {
        TRY(SSLSetTrust(ctx, own ? side->own_trust : shared_trust()));
    }
    if (credential == NO_CREDENTIAL) {
        return SSLNoErr;
    }
    if (scenario->manual && side->server) {
        return set_manual_identity(ctx, credential);
    }
    return SSLAddIdentity(ctx, own ? side->own_identity : shared_identity(credential));
}

static SSLErr configure(SSLContext *ctx, Side *side)
{
    TRY(SSLInitContext(ctx));
    TRY(SSLSetAllocFunc(ctx, side->plain_memory != NULL ? side->plain_memory : side_alloc));
    TRY(SSLSetFreeFunc(ctx, side->plain_memory != NULL ? side->plain_free : side_free));
    TRY(SSLSetAllocRef(ctx, side));
    install_callbacks(ctx, side);
    TRY(SSLSetProtocolSide(ctx, side->server ? SSL_ServerSide : SSL_ClientSide));
    TRY(set_algorithms(ctx, side));
    TRY(set_names(ctx, side));
    return set_identity_and_trust(ctx, side);
}

SSLErr side_configure(Side *side)
{
    SSLContext *made;
    SSLErr      err;

    if (!side->world->scenario->duplicate) {
        return configure(side->ctx, side);
    }
    made = malloc(SSLContextSize());
    if (made == NULL) {
        abort();
    }
    (void)SSLInitContext(side->ctx);
    err = configure(made, side);
    if (err == SSLNoErr) {
        err = SSLDuplicateContext(made, side->ctx, side);
    }
    assert_int_equal(SSLDeleteContext(made), SSLNoErr);
    free(made);
    return err;
}

void world_configure(World *world)
{
    assert_int_equal(side_configure(&world->client), SSLNoErr);
    assert_int_equal(side_configure(&world->server), SSLNoErr);
}

/* ---- running ---- */

uint8_t pattern(int from_server, size_t at)
{
    return (uint8_t)((at * 2654435761u) >> 13 ^ at ^ (from_server ? 0x5A : 0));
}

static SSLErr send_some(Side *side, size_t amount)
{
    static uint8_t buffer[70000];
    size_t         size = side->world->scenario->write_size, i;
    uint32         length;
    SSLErr         err;

    size   = size == 0 ? 1000 : size;
    size   = size < amount - side->done ? size : amount - side->done;
    length = (uint32)size;
    for (i = 0; i < size; i++) {
        buffer[i] = pattern(side->server, side->sent + i);
    }
    err = SSLWrite(buffer, &length, side->ctx);
    if (length > size) {
        fail_msg("SSLWrite took more than it was given");
    }
    side->sent += length;
    side->done += length;
    return err == SSLNoErr || (err == SSLWouldBlockErr && length > 0) ? SSLNoErr : err;
}

static SSLErr receive_some(Side *side, size_t amount)
{
    static uint8_t buffer[70000];
    size_t         size = side->world->scenario->read_size, i;
    uint32         length;
    SSLErr         err;

    size   = size == 0 ? 1000 : size;
    size   = size < amount - side->done ? size : amount - side->done;
    length = (uint32)size;
    err    = SSLRead(buffer, &length, side->ctx);
    for (i = 0; i < length; i++) {
        if (buffer[i] != pattern(!side->server, side->received + i)) {
            fail_msg("byte %lu is not what was sent", (unsigned long)(side->received + i));
        }
    }
    side->received += length;
    side->done += length;
    return err;
}

#define EARLY_PATTERN 100000 /* where the pattern of 0-RTT data begins */

/* The first connection has no session yet: then there is none. */
static SSLErr send_early(Side *side, size_t amount)
{
    static uint8_t buffer[70000];
    size_t         size   = amount - side->done < 1000 ? amount - side->done : 1000, i;
    uint32         length = (uint32)size;
    SSLErr         err;

    for (i = 0; i < size; i++) {
        buffer[i] = pattern(0, EARLY_PATTERN + side->done + i);
    }
    err = SSLWriteEarlyData(buffer, &length, side->ctx);
    side->done += length;
    if (err == SSLBadStateErr && side->ctx->error == SSLNoErr) {
        assert_int_equal(length, 0);
        side->done = amount;
        return SSLNoErr;
    }
    return err == SSLWouldBlockErr && length > 0 ? SSLNoErr : err;
}

/* Until there is no more. */
static SSLErr receive_early(Side *side)
{
    uint8_t buffer[700];
    uint32  length = sizeof(buffer), i;
    SSLErr  err    = SSLReadEarlyData(buffer, &length, side->ctx);

    for (i = 0; i < length; i++) {
        if (buffer[i] != pattern(0, EARLY_PATTERN + side->early_received + i)) {
            fail_msg("early byte %lu is not what was sent",
                     (unsigned long)(side->early_received + i));
        }
    }
    side->early_received += length;
    side->done = err == SSLNoErr && length == 0;
    return err;
}

static SSLErr expect_close(Side *side)
{
    SSLSessionState state;
    uint8_t         byte;
    uint32          length = 1;
    SSLErr          err    = SSLRead(&byte, &length, side->ctx);

    (void)SSLGetSessionState(side->ctx, &state);
    if (err == SSLConnectionClosedGraceful && length == 0 && state != SSL_StateAborted) {
        return SSLNoErr;
    }
    return err == SSLNoErr ? SSLUnknownErr : err;
}

static SSLErr close_side(Side *side, int whole)
{
    if (side->done > 0) {
        return SSLServiceWriteQueue(side->ctx);
    }
    side->done = 1;
    return whole ? SSLClose(side->ctx) : SSLCloseWrite(side->ctx);
}

/* A call said would-block: does SSLWants tell why? */
static void check_wants(Side *side)
{
    uint32 wants = SSLWants(side->ctx), pending = 0;

    if (wants == 0) {
        fail_msg("would-block, but SSLWants names nothing");
    }
    if ((wants & side->blocked) != side->blocked) {
        fail_msg("SSLWants is %x, but callbacks that wait are %x", wants, side->blocked);
    }
    (void)SSLGetWritePendingSize(side->ctx, &pending);
    if ((wants & SSL_WantsWrite) != 0 && pending == 0) {
        fail_msg("SSLWants names the write callback, but nothing is queued");
    }
    if ((side->blocked & ~(uint32)(SSL_WantsRead | SSL_WantsWrite)) != 0 &&
        (side->blocked & SSL_WantsWrite) == 0 && pending != 0) {
        fail_msg("a decision waits although the queue is not drained");
    }
}

/* After a fatal error: no I/O any more, and always the same answer. */
static void check_dead(Side *side)
{
    unsigned reads = side->calls[CALL_READ], writes = side->calls[CALL_WRITE];
    uint8_t  byte   = 0;
    uint32   length = 1;

    assert_int_equal(SSLHandshake(side->ctx), SSLConnectionClosedError);
    assert_int_equal(SSLRead(&byte, &length, side->ctx), SSLConnectionClosedError);
    assert_int_equal(length, 0);
    length = 1;
    assert_int_equal(SSLWrite(&byte, &length, side->ctx), SSLConnectionClosedError);
    assert_int_equal(length, 0);
    assert_int_equal(side->calls[CALL_READ], reads);
    assert_int_equal(side->calls[CALL_WRITE], writes);
}

static int end_with_error(Side *side, SSLErr err)
{
    SSLErrorDetail  detail;
    SSLSessionState state;

    if (side->result == SSLNoErr) {
        side->result = err;
        (void)SSLGetErrorDetail(side->ctx, &detail);
        strncpy(side->rule, detail.rule, sizeof(side->rule) - 1);
        (void)SSLGetSessionState(side->ctx, &state);
        /* Not fatal: a handshake that did not begin, a write for which there was no memory. */
        if (state == SSL_StateAborted) {
            assert_int_equal(detail.error, err);
        } else if (err != SSLConnectionClosedGraceful && state == SSL_StateConnected) {
            assert_int_equal(side->program[side->step].op, OP_SEND);
        } else if (state == SSL_StateHandshake && side->program[side->step].op != OP_EARLY_SEND) {
            fail_msg("a handshake neither goes on nor ends after %d", err);
        }
    }
    if (SSLServiceWriteQueue(side->ctx) != SSLWouldBlockErr) {
        side->finished = 1;
        (void)SSLGetSessionState(side->ctx, &state);
        if (state == SSL_StateAborted) {
            check_dead(side);
        }
    }
    return 1;
}

int side_step(Side *side)
{
    const Step *step = &side->program[side->step];
    size_t      done = side->done;
    SSLErr      err  = SSLNoErr;

    if (side->finished) {
        return 0;
    }
    side->blocked = 0;
    if (side->result != SSLNoErr) {
        return end_with_error(side, side->result);
    }
    switch (step->op) {
    case OP_HANDSHAKE:
        err = SSLHandshake(side->ctx);
        break;
    case OP_SEND:
        err = send_some(side, step->amount);
        break;
    case OP_RECEIVE:
        err = receive_some(side, step->amount);
        break;
    case OP_EARLY_SEND:
        err = send_early(side, step->amount);
        break;
    case OP_EARLY_RECEIVE:
        err = receive_early(side);
        break;
    case OP_KEY_UPDATE:
        err = SSLKeyUpdate(side->ctx, (int)step->amount);
        break;
    case OP_RENEGOTIATE:
        if (side->world->scenario->renegotiate == ASK_FOR_CERTIFICATE) {
            err = SSLRequestClientCertificate(side->ctx, 1);
            break;
        }
        err = step->amount ? SSLRenegotiateAbbreviated(side->ctx) : SSLRenegotiate(side->ctx);
        break;
    case OP_CLOSE:
    case OP_CLOSE_WRITE:
        err = close_side(side, step->op == OP_CLOSE);
        break;
    case OP_EXPECT_CLOSE:
        err = expect_close(side);
        break;
    default:
        err            = SSLServiceWriteQueue(side->ctx);
        side->finished = err == SSLNoErr;
        break;
    }
    if (err == SSLWouldBlockErr) {
        check_wants(side);
        return side->done != done;
    }
    if (err != SSLNoErr) {
        return end_with_error(side, err);
    }
    if ((step->op != OP_SEND && step->op != OP_RECEIVE && step->op != OP_EARLY_SEND &&
         step->op != OP_EARLY_RECEIVE) ||
        side->done >= step->amount) {
        side->step += !side->finished;
        side->done = 0;
    }
    return 1;
}

/* Something that can only be done a bounded number of times. */
static size_t activity(const World *world)
{
    size_t sum = world->up.total + world->up.start + world->down.total + world->down.start;
    int    i;

    for (i = CALL_GET_SESSION; i <= CALL_REPLAY; i++) {
        sum += world->client.calls[i] + world->server.calls[i];
    }
    return sum;
}

/* Who has finished still takes what comes from its transport. */
static void empty_pipe(const Side *reader)
{
    if (reader->finished) {
        reader->in->start = reader->in->end;
    }
}

void world_run(World *world)
{
    int idle = 0;

    while ((!world->client.finished || !world->server.finished) && idle < IDLE_ROUNDS) {
        size_t before = activity(world);
        int    moved  = side_step(&world->client);

        moved |= side_step(&world->server);
        empty_pipe(&world->client);
        empty_pipe(&world->server);
        idle = moved || activity(world) != before ? 0 : idle + 1;
    }
}

void world_connect(World *world, const Scenario *scenario)
{
    SSLErr client = SSLWouldBlockErr, server = SSLWouldBlockErr;
    int    i;

    world_open(world, scenario);
    world_configure(world);
    for (i = 0; i < 100 && (client != SSLNoErr || server != SSLNoErr); i++) {
        client = SSLHandshake(world->client.ctx);
        server = SSLHandshake(world->server.ctx);
        if ((client != SSLNoErr && client != SSLWouldBlockErr) ||
            (server != SSLNoErr && server != SSLWouldBlockErr)) {
            break;
        }
    }
    assert_int_equal(client, SSLNoErr);
    assert_int_equal(server, SSLNoErr);
}

/* ---- the end ---- */

void side_delete(Side *side)
{
    size_t size = SSLContextSize(), i;

    assert_int_equal(SSLDeleteContext(side->ctx), SSLNoErr);
    for (i = 0; i < size; i++) {
        if (side->block[i] != 0) {
            fail_msg("byte %lu of a deleted context is not zero", (unsigned long)i);
        }
    }
    for (i = 0; i < GUARD_SIZE; i++) {
        if (side->block[size + i] != GUARD_BYTE) {
            fail_msg("the engine wrote behind its context");
        }
    }
    SSLDeleteIdentity(side->own_identity);
    SSLDeleteTrust(side->own_trust);
    side->own_identity = NULL;
    side->own_trust    = NULL;
    if (side->pool.live_count != 0) {
        fail_msg("%lu blocks leak", (unsigned long)side->pool.live_count);
    }
    if (side->pool.unwiped != 0) {
        fail_msg("%d blocks were freed without being wiped, the last of %lu bytes",
                 side->pool.unwiped, (unsigned long)side->pool.unwiped_size);
    }
    if (side->pool.damaged != 0) {
        fail_msg("the engine wrote outside its blocks");
    }
}

static void dispose(Side *side)
{
    pool_empty(&side->pool);
    free(side->block);
}

void world_close(World *world)
{
    side_delete(&world->client);
    side_delete(&world->server);
    dispose(&world->client);
    dispose(&world->server);
    free(world->up.data);
    free(world->down.data);
}

/* ---- outcome ---- */

static void side_outcome(Side *side, Outcome *outcome)
{
    int         i   = side->server;
    SSLContext *ctx = side->ctx;
    SSLBuffer   buffer;

    outcome->result[i]   = side->result;
    outcome->received[i] = side->received;
    outcome->steps[i]    = side->step;

    outcome->early_received[i] = side->early_received;
    (void)SSLGetEarlyDataStatus(ctx, &outcome->early_accepted[i]);
    (void)SSLGetProtocolVersion(ctx, &outcome->version[i]);
    (void)SSLGetNegotiatedCipher(ctx, &outcome->suite[i]);
    (void)SSLGetNegotiatedGroup(ctx, &outcome->group[i]);
    (void)SSLGetPeerSignatureScheme(ctx, &outcome->peer_scheme[i]);
    (void)SSLGetOwnSignatureScheme(ctx, &outcome->own_scheme[i]);
    (void)SSLGetSessionResumed(ctx, &outcome->resumed[i]);
    (void)SSLGetPeerCertificateChainLength(ctx, &outcome->certificates[i]);
    (void)SSLGetSecurityFlags(ctx, &outcome->ems[i], &outcome->etm[i]);
    (void)SSLGetSessionState(ctx, &outcome->state[i]);
    (void)SSLGetAlerts(ctx, &outcome->alert_sent[i], &outcome->alert_received[i]);
    (void)SSLGetALPNProtocol(ctx, &buffer);
    outcome->alpn[i] = buffer.length;
    (void)SSLGetRequestedServerName(ctx, &buffer);
    outcome->name[i] = buffer.length;
    (void)SSLGetOCSPResponse(ctx, &buffer);
    outcome->ocsp[i] = buffer.length;
    (void)SSLGetPSKIdentity(ctx, &buffer);
    outcome->psk[i] = buffer.length;
}

Outcome outcome_of(World *world)
{
    Outcome outcome;

    memset(&outcome, 0, sizeof(outcome));
    side_outcome(&world->client, &outcome);
    side_outcome(&world->server, &outcome);
    return outcome;
}

static void print_outcome(const Outcome *o)
{
    int i;

    for (i = 0; i < 2; i++) {
        print_message("  %s: result %d version %x suite %x group %x schemes %x %x resumed %d certs "
                      "%d ems %d etm %d state %d received %lu early %d %lu steps %lu alerts %x %x "
                      "alpn %u name "
                      "%u ocsp %u\n",
                      i ? "server" : "client", o->result[i], (unsigned)o->version[i], o->suite[i],
                      o->group[i], o->peer_scheme[i], o->own_scheme[i], o->resumed[i],
                      o->certificates[i], o->ems[i], o->etm[i], (int)o->state[i],
                      (unsigned long)o->received[i], o->early_accepted[i],
                      (unsigned long)o->early_received[i], (unsigned long)o->steps[i],
                      o->alert_sent[i], o->alert_received[i], o->alpn[i], o->name[i], o->ocsp[i]);
    }
}

void assert_same_outcome(const Outcome *expected, const Outcome *got, const char *what)
{
    if (memcmp(expected, got, sizeof(*expected)) != 0) {
        print_message("expected:\n");
        print_outcome(expected);
        print_message("got:\n");
        print_outcome(got);
        fail_msg("%s: another outcome", what);
    }
}

Outcome clean_run(const Scenario *scenario, World *counted)
{
    World   world;
    Outcome outcome;

    world_open(&world, scenario);
    world_configure(&world);
    world_run(&world);
    outcome = outcome_of(&world);
    if (world.client.result != SSLNoErr || world.server.result != SSLNoErr ||
        !world.client.finished || !world.server.finished) {
        print_outcome(&outcome);
        fail_msg("%s: a clean run fails: client %s, server %s", scenario->name, world.client.rule,
                 world.server.rule);
    }
    if (counted != NULL) {
        *counted = world;
    }
    world_close(&world);
    return outcome;
}
