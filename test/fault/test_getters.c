/*
 * test_getters.c - getters inside the callbacks of memory, which the engine calls while it takes
 * apart what they show: wherever a handshake or a later one stands and however the connection ends,
 * they show what was agreed on or nothing, never a block that is wiped or freed.
 */
#include "callbacks.h"

#include "core/credentials/identity.h"

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

/* clang-format off */
static const Scenario kinds[] = {
    { .name = "TLS 1.3, certificate later", .version = TLS_Version_1_3, .suite = TLS_AES_128_GCM_SHA256, .group = SSL_GROUP_X25519, .server = SERVER_EC, .client = CLIENT_EC, .alpn = 1, .ocsp = 1, .renegotiate = ASK_FOR_CERTIFICATE },
    { .name = "TLS 1.3, key",               .version = TLS_Version_1_3, .suite = TLS_AES_128_GCM_SHA256, .group = SSL_GROUP_X25519, .psk = 1, .cookie = 1, .alpn = 1 },
    { .name = "TLS 1.2",                    .version = TLS_Version_1_2, .suite = TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256, .group = SSL_GROUP_X25519, .server = SERVER_RSA, .client = CLIENT_EC, .alpn = 1, .ocsp = 1, .renegotiate = RENEGOTIATE_BY_CLIENT },
    { .name = "TLS 1.2, resumed",           .version = TLS_Version_1_2, .suite = TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, .group = SSL_GROUP_X25519, .server = SERVER_EC, .client = CLIENT_EC, .resume = 1, .alpn = 1, .ocsp = 1, .renegotiate = RENEGOTIATE_BY_CLIENT_ABBREVIATED },
    { .name = "TLS 1.2, ticket",            .version = TLS_Version_1_2, .suite = TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, .group = SSL_GROUP_X25519, .server = SERVER_EC, .client = CLIENT_EC, .resume = 1, .tickets = 2, .alpn = 1, .renegotiate = RENEGOTIATE_BY_SERVER },
    { .name = "TLS 1.2, key",               .version = TLS_Version_1_2, .suite = TLS_ECDHE_PSK_WITH_AES_128_CBC_SHA256, .group = SSL_GROUP_X25519, .psk = 1, .renegotiate = RENEGOTIATE_BY_CLIENT },
    { .name = "TLS 1.0",                    .version = TLS_Version_1_0, .suite = TLS_RSA_WITH_AES_128_CBC_SHA, .server = SERVER_RSA, .client = CLIENT_RSA, .resume = 1, .renegotiate = RENEGOTIATE_BY_CLIENT },
};
/* clang-format on */

/* ---- looking ---- */

typedef enum Shown {
    SHOWN_PROTOCOL,
    SHOWN_NAME,
    SHOWN_RESPONSE,
    SHOWN_KEY,
    SHOWN_HINT,
    SHOWN_CHAIN,
    SHOWN_KINDS
} Shown;

static unsigned seen[SHOWN_KINDS];
static int      looking;

static void expect(Shown kind, SSLErr err, SSLBuffer shown, const void *bytes, size_t length)
{
    assert_int_equal(err, SSLNoErr);
    if (shown.length == 0) {
        return;
    }
    seen[kind]++;
    assert_int_equal(shown.length, length);
    assert_memory_equal(shown.data, bytes, length);
}

static void look_at_chain(Side *side)
{
    const Scenario *scenario = side->world->scenario;
    Credential      shown_by = side->server ? scenario->client : scenario->server;
    SSLBuffer       copy;
    int             count, i;

    assert_int_equal(SSLGetPeerCertificateChainLength(side->ctx, &count), SSLNoErr);
    for (i = 0; i < count; i++) {
        const SSLIdentity *identity = shared_identity(shown_by);

        assert_int_equal(count, identity->count);
        assert_int_equal(SSLGetPeerCertificate(side->ctx, i, &copy), SSLNoErr);
        expect(SHOWN_CHAIN, SSLNoErr, copy, identity->chain[i].data, identity->chain[i].length);
        pool_give_back(&side->pool, copy.data, 0);
    }
}

static void look(Side *side)
{
    SSLContext *ctx   = side->ctx;
    const Fault fault = side->fault;
    SSLBuffer   shown;
    SSLErr      err;
    uint16      number;

    if (!looking) {
        return;
    }
    looking         = 0; /* one of the getters allocates, and for it there is memory */
    side->fault.lie = LIE_NONE;
    err             = SSLGetALPNProtocol(ctx, &shown);
    expect(SHOWN_PROTOCOL, err, shown, "http/1.1", 8);
    err = SSLGetRequestedServerName(ctx, &shown);
    expect(SHOWN_NAME, err, shown, "sslref.test", 11);
    err = SSLGetOCSPResponse(ctx, &shown);
    expect(SHOWN_RESPONSE, err, shown, "\x30\x03\x0A\x01\x00", 5);
    err = SSLGetPSKIdentity(ctx, &shown);
    expect(SHOWN_KEY, err, shown, test_psk_identity, strlen(test_psk_identity));
    err = SSLGetPeerPSKHint(ctx, &shown);
    expect(SHOWN_HINT, err, shown, "a hint", 6);
    look_at_chain(side);
    assert_int_equal(SSLGetNegotiatedCipher(ctx, &number), SSLNoErr);
    assert_int_equal(SSLGetNegotiatedGroup(ctx, &number), SSLNoErr);
    (void)SSLWants(ctx);
    side->fault = fault;
    looking     = 1;
}

static SSLErr look_and_alloc(SSLBuffer *buffer, void *ref)
{
    look(ref);
    return side_alloc(buffer, ref);
}

/* Before, the block is wiped; after, it is gone. */
static SSLErr look_and_free(SSLBuffer *buffer, void *ref)
{
    SSLErr err;

    look(ref);
    err = side_free(buffer, ref);
    look(ref);
    return err;
}

/* ---- how far it comes ---- */

static int is_idle(Side *side)
{
    SSLSessionState session;
    int             running, pending;

    assert_int_equal(SSLGetSessionState(side->ctx, &session), SSLNoErr);
    assert_int_equal(SSLGetHandshakeRunning(side->ctx, &running), SSLNoErr);
    assert_int_equal(SSLRenegotiatePending(side->ctx, &pending), SSLNoErr);
    return session == SSL_StateConnected && !running && !pending;
}

static SSLErr begin_again(World *world)
{
    switch (world->scenario->renegotiate) {
    case RENEGOTIATE_BY_CLIENT:
        return SSLRenegotiate(world->client.ctx);
    case RENEGOTIATE_BY_CLIENT_ABBREVIATED:
        return SSLRenegotiateAbbreviated(world->client.ctx);
    case RENEGOTIATE_BY_SERVER:
        return SSLRenegotiate(world->server.ctx);
    case ASK_FOR_CERTIFICATE:
        return SSLRequestClientCertificate(world->server.ctx, 1);
    default:
        return SSLNoErr;
    }
}

static void one_call_each(World *world)
{
    uint8_t byte;
    uint32  one = 1;

    (void)SSLRead(&byte, &one, world->client.ctx);
    one = 1;
    (void)SSLRead(&byte, &one, world->server.ctx);
}

/* So many calls of a handshake, then of a later one. Not 0 if there were fewer. */
static int go_so_far(World *world, unsigned calls)
{
    int again = 0;

    world->client.io_chunk = world->server.io_chunk = is_slow_build() && !is_thorough() ? 500 : 100;
    for (; calls > 0; calls--) {
        if (is_idle(&world->client) && is_idle(&world->server)) {
            if (again++) {
                return 1;
            }
            assert_int_equal(begin_again(world), SSLNoErr);
        }
        one_call_each(world);
    }
    return 0;
}

/* ---- how it ends ---- */

static void delete_both(World *world)
{
    (void)world;
}

static void close_client(World *world)
{
    assert_int_equal(SSLClose(world->client.ctx), SSLNoErr);
}

static void close_server(World *world)
{
    assert_int_equal(SSLClose(world->server.ctx), SSLNoErr);
}

static void spoil(Pipe *pipe)
{
    if (pipe->end > pipe->start) {
        pipe->data[pipe->end - 1] ^= 1;
    }
}

static void spoil_up(World *world)
{
    one_call_each(world);
    spoil(&world->up);
}

static void spoil_down(World *world)
{
    spoil(&world->down);
}

static void no_more_memory(World *world)
{
    Side *sides[2] = {&world->client, &world->server};
    int   i;

    for (i = 0; i < 2; i++) {
        sides[i]->fault.call  = CALL_ALLOC;
        sides[i]->fault.lie   = LIE_ERROR;
        sides[i]->fault.code  = SSLMemoryErr;
        sides[i]->fault.first = sides[i]->calls[CALL_ALLOC];
        sides[i]->fault.times = 1000000;
    }
}

static void cut_the_wire(World *world)
{
    world->up.cut        = world->up.total;
    world->up.end_with   = SSLIOErr;
    world->down.cut      = world->down.total;
    world->down.end_with = SSLIOErr;
}

static void (*const ends[])(World *world) = {delete_both, close_client,   close_server, spoil_up,
                                             spoil_down,  no_more_memory, cut_the_wire};

/* Not 0 if it had come to its end before. */
static int end_behind(const Scenario *scenario, unsigned calls, void (*end)(World *world))
{
    World world;
    int   over, i;

    world_open(&world, scenario);
    world.client.plain_memory = world.server.plain_memory = look_and_alloc;
    world.client.plain_free = world.server.plain_free = look_and_free;
    world_configure(&world);
    looking = 1;
    over    = go_so_far(&world, calls);
    end(&world);
    for (i = 0; i < 20 && end != delete_both; i++) {
        one_call_each(&world);
    }
    world_close(&world);
    looking = 0;
    return over;
}

static void test_getters_show_nothing_that_is_gone(void **state)
{
    size_t   i, j;
    unsigned calls;

    (void)state;
    for (i = 0; i < COUNT(kinds); i++) {
        for (j = 0; j < COUNT(ends); j++) {
            for (calls = 0; !end_behind(&kinds[i], calls, ends[j]); calls++) {
                assert_true(calls < 1000);
            }
        }
    }
    for (i = 0; i < SHOWN_KINDS; i++) {
        assert_true(seen[i] > 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_getters_show_nothing_that_is_gone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
