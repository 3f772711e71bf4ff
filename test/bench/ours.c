/*
 * ours.c - sslref as the benchmark sees it: a template context for each side, duplicated for every
 * connection, over the byte rings of platform/memory.
 */
#include "bench.h"

#include "sslmemory.h"
#include "sslposix.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RING_SIZE 65536

typedef struct Side {
    SSLContext *pattern, *ctx;
    SSLRingEnds ends;
    int         tally;
} Side;

struct World {
    Setup            setup;
    SSLIdentity     *identity;
    SSLTrust        *trust;
    SSLSessionStore *sessions[2];
    int              connections; /* so far */
    Side             client, server;
    SSLRing          rings[2];
    uint8            storage[2][RING_SIZE];
    uint8            data[16384], received[16384];
};

static void must(SSLErr err, const char *what)
{
    if (err != SSLNoErr) {
        fprintf(stderr, "%s: %s\n", what, SSLErrorString(err));
        give_up("sslref", what);
    }
}

static SSLErr counting_alloc(SSLBuffer *buf, void *allocRef)
{
    (void)allocRef;
    buf->data = tally_allocate(buf->length, 1);
    return buf->data != NULL ? SSLNoErr : SSLMemoryErr;
}

static SSLErr counting_free(SSLBuffer *buf, void *allocRef)
{
    (void)allocRef;
    tally_free(buf->data);
    return SSLNoErr;
}

static SSLBuffer text(const char *from)
{
    SSLBuffer buffer = {(uint32)strlen(from), (uint8 *)from};

    return buffer;
}

/* ---- a connection's context: a block that the program gives ---- */

static SSLContext *new_context(void)
{
    void *block = tally_is_on ? tally_allocate(SSLContextSize(), 1) : malloc(SSLContextSize());

    if (block == NULL) {
        give_up("sslref", "out of memory");
    }
    return block;
}

static void delete_context(SSLContext *ctx)
{
    SSLDeleteContext(ctx);
    if (tally_is_on) {
        tally_free(ctx);
    } else {
        free(ctx);
    }
}

/* ---- a world ---- */

static uint16 suite_of(const Setup *setup)
{
    if (setup->tls13) {
        return setup->chacha20 ? TLS_CHACHA20_POLY1305_SHA256 : TLS_AES_128_GCM_SHA256;
    }
    if (setup->rsa) {
        return setup->chacha20 ? TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256
                               : TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256;
    }
    return setup->chacha20 ? TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256
                           : TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256;
}

static void make_pattern(World *world, Side *side, SSLProtocolSide which)
{
    /* RFC 8422 5.1.1: in TLS 1.2 the list also says which curves may stand in certificates. */
    static const uint16 groups[] = {SSL_GROUP_X25519, SSL_GROUP_SECP256R1};

    const uint16 suite = suite_of(&world->setup);
    SSLContext  *ctx   = new_context();
    const int    index = which == SSL_ServerSide;

    side->pattern = ctx;
    must(SSLInitContext(ctx), "SSLInitContext");
    must(SSLPosixInstall(ctx, -1), "SSLPosixInstall");
    if (tally_is_on) {
        must(SSLSetAllocFunc(ctx, counting_alloc), "SSLSetAllocFunc");
        must(SSLSetFreeFunc(ctx, counting_free), "SSLSetFreeFunc");
        must(SSLSetReallocFunc(ctx, NULL), "SSLSetReallocFunc");
    }
    must(SSLRingInstall(ctx, &side->ends), "SSLRingInstall");
    must(SSLSetProtocolSide(ctx, which), "SSLSetProtocolSide");
    must(SSLSetProtocolVersion(ctx, world->setup.tls13 ? TLS_Version_1_3 : TLS_Version_1_2),
         "SSLSetProtocolVersion");
    must(SSLSetEnabledCiphers(ctx, &suite, 1), "SSLSetEnabledCiphers");
    must(SSLSetEnabledGroups(ctx, groups, 2), "SSLSetEnabledGroups");
    if (world->setup.resumed) {
        must(SSLPosixCreateSessionStore(100, 0, &world->sessions[index]), "session store");
        must(SSLPosixUseSessionStore(ctx, world->sessions[index]), "session store");
        must(SSLSetPeerID(ctx, text(BENCH_HOST)), "SSLSetPeerID");
        must(SSLSetTicketCount(ctx, 1), "SSLSetTicketCount");
    }
    if (which == SSL_ServerSide) {
        must(SSLAddIdentity(ctx, world->identity), "SSLAddIdentity");
    } else {
        must(SSLSetTrust(ctx, world->trust), "SSLSetTrust");
        must(SSLSetPeerDomainName(ctx, BENCH_HOST, sizeof(BENCH_HOST) - 1), "SSLSetPeerDomainName");
    }
}

static World *create(const Setup *setup)
{
    const Credentials *from     = credentials(setup->rsa);
    SSLIdentitySpec    identity = {.chain = text(from->certificate), .privateKey = text(from->key)};
    SSLTrustSpec       trust    = {.anchors = text(from->anchor)};
    World             *world;

    world = calloc(1, sizeof(*world));
    if (world == NULL) {
        give_up("sslref", "out of memory");
    }
    world->setup        = *setup;
    world->client.tally = TALLY_CLIENT;
    world->server.tally = TALLY_SERVER;
    world->client.ends  = (SSLRingEnds){&world->rings[0], &world->rings[1]};
    world->server.ends  = (SSLRingEnds){&world->rings[1], &world->rings[0]};
    must(SSLCreateIdentity(SSLPosixAllocator(), &identity, &world->identity), "SSLCreateIdentity");
    must(SSLCreateTrust(SSLPosixAllocator(), &trust, &world->trust, NULL), "SSLCreateTrust");
    make_pattern(world, &world->client, SSL_ClientSide);
    make_pattern(world, &world->server, SSL_ServerSide);
    return world;
}

static void remove_world(World *world)
{
    delete_context(world->client.pattern);
    delete_context(world->server.pattern);
    SSLPosixDeleteSessionStore(world->sessions[0]);
    SSLPosixDeleteSessionStore(world->sessions[1]);
    SSLDeleteIdentity(world->identity);
    SSLDeleteTrust(world->trust);
    free(world);
}

/* ---- connections ---- */

static void open_side(Side *side)
{
    tally_side = side->tally;
    side->ctx  = new_context();
    must(SSLDuplicateContext(side->pattern, side->ctx, &side->ends), "SSLDuplicateContext");
    tally_side = TALLY_NOBODY;
}

static void open_connection(World *world)
{
    SSLRingInit(&world->rings[0], world->storage[0], RING_SIZE);
    SSLRingInit(&world->rings[1], world->storage[1], RING_SIZE);
    open_side(&world->client);
    open_side(&world->server);
}

static int step(Side *side)
{
    SSLErr err;

    tally_side = side->tally;
    err        = SSLHandshake(side->ctx);
    tally_side = TALLY_NOBODY;
    if (err != SSLWouldBlockErr) {
        must(err, "SSLHandshake");
    }
    return err == SSLNoErr;
}

static void check_result(const World *world)
{
    SSLProtocolVersion version;
    uint16             suite, group;
    int                resumed;

    must(SSLGetProtocolVersion(world->client.ctx, &version), "SSLGetProtocolVersion");
    must(SSLGetNegotiatedCipher(world->client.ctx, &suite), "SSLGetNegotiatedCipher");
    must(SSLGetNegotiatedGroup(world->client.ctx, &group), "SSLGetNegotiatedGroup");
    must(SSLGetSessionResumed(world->client.ctx, &resumed), "SSLGetSessionResumed");
    if (version != (world->setup.tls13 ? TLS_Version_1_3 : TLS_Version_1_2) ||
        suite != suite_of(&world->setup) || group != SSL_GROUP_X25519 ||
        (resumed != 0) != (world->setup.resumed && world->connections > 0)) {
        give_up("sslref", "something else was negotiated");
    }
}

static void handshake(World *world)
{
    int client, server, rounds;

    for (rounds = 0; rounds < 8; rounds++) {
        client = step(&world->client);
        server = step(&world->server);
        if (client && server) {
            return;
        }
    }
    give_up("sslref", "the handshake does not end");
}

/* In TLS 1.3 the ticket comes behind the handshake; one is enough for the next connection. */
static void take_ticket(World *world)
{
    uint8  nothing;
    uint32 length = 1;

    tally_side = TALLY_CLIENT;
    if (SSLRead(&nothing, &length, world->client.ctx) != SSLWouldBlockErr) {
        give_up("sslref", "something else than a ticket came");
    }
    tally_side = TALLY_NOBODY;
}

static void close_connection(World *world)
{
    check_result(world);
    if (world->setup.resumed && world->setup.tls13) {
        take_ticket(world);
    }
    world->connections++;
    tally_side = TALLY_CLIENT;
    (void)SSLClose(world->client.ctx);
    tally_side = TALLY_SERVER;
    (void)SSLClose(world->server.ctx);
    delete_context(world->client.ctx);
    delete_context(world->server.ctx);
    tally_side = TALLY_NOBODY;
}

static void transfer(World *world, size_t length)
{
    uint32 taken = (uint32)length, have = 0;

    tally_side = TALLY_CLIENT;
    must(SSLWrite(world->data, &taken, world->client.ctx), "SSLWrite");
    tally_side = TALLY_SERVER;
    while (have < taken) {
        uint32 got = taken - have;

        must(SSLRead(world->received + have, &got, world->server.ctx), "SSLRead");
        have += got;
    }
    tally_side = TALLY_NOBODY;
}

static int settle(World *world)
{
    must(SSLDropPeerCertificates(world->client.ctx), "SSLDropPeerCertificates");
    return 1;
}

const Engine sslref = {
    .name      = "sslref",
    .create    = create,
    .remove    = remove_world,
    .open      = open_connection,
    .handshake = handshake,
    .close     = close_connection,
    .transfer  = transfer,
    .settle    = settle,
};
