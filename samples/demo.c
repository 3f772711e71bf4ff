/*
 * demo.c - a handshake of every kind, client and server in this process over two byte rings, in one
 * table: what was negotiated, how long each side worked, and how many bytes were on the wire. Then
 * one of them drawn message by message.
 *
 * event_loop.c shows with more care how two contexts are run like this; here the rings are large
 * and the random numbers, the clock and the memory are those of platform/posix.
 */
#define _POSIX_C_SOURCE 200809L
#include "ladder.h"
#include "sslmemory.h"
#include "sslposix.h"
#include "test_identity.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define RING_SIZE 65536
#define ROUNDS    3 /* each handshake is made so often, and the fastest counts */

/* One row of the table: what is forced; 0 leaves the choice to the engine. */
typedef struct Kind {
    SSLProtocolVersion version;
    const char        *exchange;
    uint16             suite, group;
    int                rsa;         /* the server shows its RSA certificate, not the P-256 one */
    int                client_cert; /* the client shows one too */
    int                retry;       /* the server has not the group of the client's key share */
    int                resume;      /* a second connection takes up the session of the first */
    int                psk;         /* both sides have a key, nobody shows a certificate */
} Kind;

static const Kind kinds[] = {
    /* What old machines speak: off until it is asked for, as here. */
    {.version  = SSL_Version_2_0,
     .exchange = "RSA",
     .suite    = SSL_RSA_WITH_3DES_EDE_CBC_MD5,
     .rsa      = 1},
    {.version     = SSL_Version_2_0,
     .exchange    = "RSA, client cert.",
     .suite       = TLS_RSA_WITH_RC4_128_MD5,
     .rsa         = 1,
     .client_cert = 1},
    {.version = SSL_Version_3_0, .exchange = "RSA", .suite = TLS_RSA_WITH_RC4_128_SHA, .rsa = 1},
    {.version  = SSL_Version_3_0,
     .exchange = "DHE",
     .suite    = TLS_DHE_RSA_WITH_3DES_EDE_CBC_SHA,
     .group    = SSL_GROUP_FFDHE2048,
     .rsa      = 1},
    {.version  = SSL_Version_3_0,
     .exchange = "resumed",
     .suite    = TLS_RSA_WITH_3DES_EDE_CBC_SHA,
     .rsa      = 1,
     .resume   = 1},
    {.version  = TLS_Version_1_0,
     .exchange = "RSA",
     .suite    = TLS_RSA_WITH_3DES_EDE_CBC_SHA,
     .rsa      = 1},
    {.version  = TLS_Version_1_0,
     .exchange = "ECDHE",
     .suite    = TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA,
     .group    = SSL_GROUP_SECP256R1,
     .rsa      = 1},
    {.version  = TLS_Version_1_1,
     .exchange = "RSA",
     .suite    = TLS_RSA_WITH_AES_128_CBC_SHA,
     .rsa      = 1},
    {.version     = TLS_Version_1_1,
     .exchange    = "ECDHE, client cert.",
     .suite       = TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA,
     .group       = SSL_GROUP_SECP256R1,
     .client_cert = 1},

    {.version  = TLS_Version_1_2,
     .exchange = "RSA",
     .suite    = TLS_RSA_WITH_AES_128_GCM_SHA256,
     .rsa      = 1},
    {.version  = TLS_Version_1_2,
     .exchange = "DHE",
     .suite    = TLS_DHE_RSA_WITH_AES_128_GCM_SHA256,
     .group    = SSL_GROUP_FFDHE2048,
     .rsa      = 1},
    {.version = TLS_Version_1_2, .exchange = "ECDHE", .group = SSL_GROUP_X25519},
    {.version = TLS_Version_1_2, .exchange = "ECDHE", .group = SSL_GROUP_X25519, .rsa = 1},
    {.version = TLS_Version_1_2, .exchange = "ECDHE", .group = SSL_GROUP_SECP256R1},
    {.version = TLS_Version_1_2, .exchange = "ECDHE", .group = SSL_GROUP_SECP384R1, .rsa = 1},
    {.version = TLS_Version_1_2, .exchange = "ECDHE", .group = SSL_GROUP_SECP521R1, .rsa = 1},
    {.version     = TLS_Version_1_2,
     .exchange    = "ECDHE, client cert.",
     .group       = SSL_GROUP_X25519,
     .client_cert = 1},
    {.version = TLS_Version_1_2, .exchange = "resumed", .group = SSL_GROUP_X25519, .resume = 1},
    {.version  = TLS_Version_1_2,
     .exchange = "pre-shared key",
     .suite    = TLS_PSK_WITH_AES_128_CCM_8,
     .psk      = 1},
    {.version  = TLS_Version_1_2,
     .exchange = "ECDHE, pre-sh. key",
     .suite    = TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256,
     .group    = SSL_GROUP_X25519,
     .psk      = 1},
    {.version = TLS_Version_1_3, .exchange = "ECDHE", .group = SSL_GROUP_X25519},
    {.version = TLS_Version_1_3, .exchange = "ECDHE", .group = SSL_GROUP_X25519, .rsa = 1},
    {.version = TLS_Version_1_3, .exchange = "ECDHE", .group = SSL_GROUP_SECP256R1},
    {.version = TLS_Version_1_3, .exchange = "ECDHE", .group = SSL_GROUP_SECP384R1},
    {.version = TLS_Version_1_3, .exchange = "ECDHE", .group = SSL_GROUP_SECP521R1},
    {.version = TLS_Version_1_3, .exchange = "DHE", .group = SSL_GROUP_FFDHE2048},
    {.version = TLS_Version_1_3, .exchange = "DHE", .group = SSL_GROUP_FFDHE3072},
    {.version  = TLS_Version_1_3,
     .exchange = "after a retry",
     .group    = SSL_GROUP_SECP256R1,
     .retry    = 1},
    {.version     = TLS_Version_1_3,
     .exchange    = "ECDHE, client cert.",
     .group       = SSL_GROUP_X25519,
     .client_cert = 1},
    {.version  = TLS_Version_1_3,
     .exchange = "ECDHE, pre-sh. key",
     .group    = SSL_GROUP_X25519,
     .psk      = 1},
};

/* What all connections share. */
typedef struct World {
    SSLIdentity     *ecdsa, *rsa;
    SSLTrust        *trust;
    SSLSessionStore *client_sessions, *server_sessions;
    uint8           *storage[2]; /* of the rings */
} World;

/* One side of a connection. */
typedef struct Side {
    SSLContext *ctx;
    SSLRingEnds ends;
    double      milliseconds; /* that it worked */
    uint32      sent;         /* bytes it put on the wire */
    int         done;
} Side;

typedef struct Connection {
    SSLRing rings[2];
    Side    client, server;
} Connection;

static double now(void)
{
    struct timespec time;

    return clock_gettime(CLOCK_MONOTONIC, &time) == 0
               ? (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6
               : 0;
}

/* An SSLWriteFunc that counts. */
static SSLErr count_and_write(SSLBuffer data, uint32 *processed, void *connRef)
{
    Side  *side = (Side *)connRef;
    SSLErr err  = SSLRingWriteFunc(data, processed, &side->ends);

    side->sent += *processed;
    return err;
}

static SSLErr read_from_ring(SSLBuffer data, uint32 *processed, void *connRef)
{
    return SSLRingReadFunc(data, processed, &((Side *)connRef)->ends);
}

/* ==== Setting up ==== */

static SSLBuffer text_buffer(const char *text)
{
    SSLBuffer buffer = {(uint32)strlen(text), (uint8 *)text};

    return buffer;
}

static SSLErr make_identity(const char *chain, const char *key, SSLIdentity **identity)
{
    SSLIdentitySpec spec = {.chain = text_buffer(chain), .privateKey = text_buffer(key)};

    return SSLCreateIdentity(SSLPosixAllocator(), &spec, identity);
}

static SSLErr make_world(World *world)
{
    uint8        pins[2 * sizeof(test_only_pin)];
    SSLTrustSpec spec = {.pinnedKeys = {sizeof(pins), pins}};
    SSLErr       err  = make_identity(test_only_certificate, test_only_private_key, &world->ecdsa);

    memcpy(pins, test_only_pin, sizeof(test_only_pin));
    memcpy(pins + sizeof(test_only_pin), test_only_rsa_pin, sizeof(test_only_rsa_pin));
    if (err == SSLNoErr) {
        err = make_identity(test_only_rsa_certificate, test_only_rsa_private_key, &world->rsa);
    }
    if (err == SSLNoErr) {
        err = SSLCreateTrust(SSLPosixAllocator(), &spec, &world->trust, NULL);
    }
    if (err == SSLNoErr) {
        err = SSLPosixCreateSessionStore(10, 0, &world->client_sessions);
    }
    if (err == SSLNoErr) {
        err = SSLPosixCreateSessionStore(10, 0, &world->server_sessions);
    }
    world->storage[0] = (uint8 *)malloc(RING_SIZE);
    world->storage[1] = (uint8 *)malloc(RING_SIZE);
    return world->storage[0] == NULL || world->storage[1] == NULL ? SSLMemoryErr : err;
}

static void free_world(World *world)
{
    SSLPosixDeleteSessionStore(world->client_sessions);
    SSLPosixDeleteSessionStore(world->server_sessions);
    SSLDeleteTrust(world->trust);
    SSLDeleteIdentity(world->ecdsa);
    SSLDeleteIdentity(world->rsa);
    free(world->storage[0]);
    free(world->storage[1]);
}

/* What both sides are told. */
static SSLErr configure_both(Side *side, const Kind *kind, const World *world,
                             SSLProtocolSide which)
{
    uint16 groups[2] = {kind->group, SSL_GROUP_SECP256R1};
    uint32 count     = kind->group == SSL_GROUP_SECP256R1 ? 1 : 2;
    SSLErr err       = SSLNoErr;

    if (kind->retry && which == SSL_ClientSide) {
        groups[0] = SSL_GROUP_X25519; /* the key share is for this one */
        count     = 2;
    }
    side->ctx = (SSLContext *)malloc(SSLContextSize());
    if (side->ctx == NULL) {
        return SSLMemoryErr;
    }
    if (SSLInitContext(side->ctx) != SSLNoErr || SSLPosixInstall(side->ctx, -1) != SSLNoErr ||
        SSLSetReadFunc(side->ctx, read_from_ring) != SSLNoErr ||
        SSLSetWriteFunc(side->ctx, count_and_write) != SSLNoErr ||
        SSLSetIORef(side->ctx, side) != SSLNoErr ||
        SSLSetProtocolSide(side->ctx, which) != SSLNoErr ||
        SSLSetProtocolVersionMin(side->ctx, kind->version) != SSLNoErr ||
        SSLSetProtocolVersionMax(side->ctx, kind->version) != SSLNoErr ||
        SSLSetTrust(side->ctx, world->trust) != SSLNoErr) {
        return SSLBadStateErr;
    }
    if (kind->suite != 0) {
        err = SSLSetEnabledCiphers(side->ctx, &kind->suite, 1);
    }
    if (err == SSLNoErr && kind->group != 0) {
        err = SSLSetEnabledGroups(side->ctx, groups, count);
    }
    return err;
}

static const char psk_name[] = "the demo's client", psk_key[] = "sixteen letters!";

/* The server knows one client. */
static SSLErr find_key(SSLContext *ctx, SSLBuffer identity, SSLPSK *psk, void *ref)
{
    (void)ctx;
    (void)ref;
    if (psk != NULL && identity.length == sizeof(psk_name) - 1 &&
        memcmp(identity.data, psk_name, identity.length) == 0) {
        psk->length = sizeof(psk_key) - 1;
        memcpy(psk->key, psk_key, psk->length);
    }
    return SSLNoErr;
}

static SSLErr configure(Connection *connection, const Kind *kind, const World *world)
{
    static const char name[] = "sslref.test", rsa_name[] = "rsa.sslref.test", peer[] = "the demo";
    Side             *client = &connection->client, *server = &connection->server;
    SSLErr            err = configure_both(client, kind, world, SSL_ClientSide);

    if (err == SSLNoErr) {
        err = configure_both(server, kind, world, SSL_ServerSide);
    }
    if (err == SSLNoErr && kind->psk) {
        err = SSLSetPSKFunc(server->ctx, find_key, NULL);
        if (err == SSLNoErr) {
            err = SSLSetPSK(client->ctx, text_buffer(psk_name), text_buffer(psk_key),
                            SSL_PSKHashSHA256);
        }
    } else if (err == SSLNoErr) {
        err = SSLAddIdentity(server->ctx, kind->rsa ? world->rsa : world->ecdsa);
    }
    if (err == SSLNoErr) {
        err = kind->rsa ? SSLSetPeerDomainName(client->ctx, rsa_name, sizeof(rsa_name) - 1)
                        : SSLSetPeerDomainName(client->ctx, name, sizeof(name) - 1);
    }
    if (err == SSLNoErr && kind->client_cert) {
        err = SSLSetRequireClientCert(server->ctx, 1);
        if (err == SSLNoErr) {
            err = SSLAddIdentity(client->ctx, kind->rsa ? world->rsa : world->ecdsa);
        }
    }
    if (err == SSLNoErr && kind->resume &&
        (SSLSetPeerID(client->ctx, text_buffer(peer)) != SSLNoErr ||
         SSLPosixUseSessionStore(client->ctx, world->client_sessions) != SSLNoErr ||
         SSLSetPeerID(server->ctx, text_buffer(peer)) != SSLNoErr ||
         SSLPosixUseSessionStore(server->ctx, world->server_sessions) != SSLNoErr)) {
        err = SSLBadStateErr;
    }
    return err;
}

static void open_connection(Connection *connection, const World *world)
{
    memset(connection, 0, sizeof(*connection));
    SSLRingInit(&connection->rings[0], world->storage[0], RING_SIZE);
    SSLRingInit(&connection->rings[1], world->storage[1], RING_SIZE);
    connection->client.ends.in = connection->server.ends.out = &connection->rings[0];
    connection->client.ends.out = connection->server.ends.in = &connection->rings[1];
}

static void close_connection(Connection *connection)
{
    Side *sides[2];
    int   index;

    sides[0] = &connection->client;
    sides[1] = &connection->server;
    for (index = 0; index < 2; index++) {
        if (sides[index]->ctx != NULL) {
            (void)SSLClose(sides[index]->ctx);
            (void)SSLDeleteContext(sides[index]->ctx);
            free(sides[index]->ctx);
        }
    }
}

/* ==== Handshakes ==== */

static SSLErr work(Side *side)
{
    double begin = now();
    SSLErr err   = SSLHandshake(side->ctx);

    side->milliseconds += now() - begin;
    side->done = err == SSLNoErr;
    return err == SSLWouldBlockErr ? SSLNoErr : err;
}

static SSLErr shake_hands(Connection *connection)
{
    SSLErr err = SSLNoErr;
    int    turns;

    for (turns = 0; turns < 20 && err == SSLNoErr; turns++) {
        err = work(&connection->client);
        if (err == SSLNoErr) {
            err = work(&connection->server);
        }
        if (connection->client.done && connection->server.done) {
            return err;
        }
    }
    return err == SSLNoErr ? SSLInternalErr : err;
}

static void print_row(const Kind *kind, const Connection *connection)
{
    SSLContext *ctx   = connection->client.ctx;
    uint16      suite = 0, group = 0, scheme = 0;
    int         resumed = 0;

    (void)SSLGetNegotiatedCipher(ctx, &suite);
    (void)SSLGetNegotiatedGroup(ctx, &group);
    (void)SSLGetPeerSignatureScheme(ctx, &scheme);
    (void)SSLGetSessionResumed(ctx, &resumed);
    printf("%-7s  %-19s  %-9s  %-39s  %-22s  %7.2f  %7.2f  %5u  %5u\n",
           SSLProtocolVersionName(kind->version), kind->exchange,
           group != 0 ? SSLGroupName(group) : "-", SSLCipherSuiteName(suite),
           resumed       ? "(earlier session)"
           : scheme != 0 ? SSLSignatureSchemeName(scheme)
                         : "-",
           connection->client.milliseconds, connection->server.milliseconds,
           connection->client.sent, connection->server.sent);
}

/* The fastest of several; 0 if it worked. */
static int show(const Kind *kind, const World *world)
{
    Connection connection;
    SSLErr     err    = SSLNoErr;
    double     client = 0, server = 0;
    int        round;

    for (round = 0; round < ROUNDS && err == SSLNoErr; round++) {
        open_connection(&connection, world);
        err = configure(&connection, kind, world);
        if (err == SSLNoErr) {
            err = shake_hands(&connection);
        }
        if (err == SSLNoErr) {
            /* The first connection of a resumed pair is the full one: its time does not count. */
            int first = round == (kind->resume ? 1 : 0);

            client = first || connection.client.milliseconds < client
                         ? connection.client.milliseconds
                         : client;
            server = first || connection.server.milliseconds < server
                         ? connection.server.milliseconds
                         : server;
            if (round == ROUNDS - 1) {
                connection.client.milliseconds = client;
                connection.server.milliseconds = server;
                print_row(kind, &connection);
            }
        } else if (err == SSLUnsupportedErr && kind->version < TLS_Version_1_2) {
            printf("%-7s  %-19s  is not in this build\n", SSLProtocolVersionName(kind->version),
                   kind->exchange);
        } else {
            printf("%-7s  %-19s  failed: %s\n", SSLProtocolVersionName(kind->version),
                   kind->exchange, SSLErrorString(err));
        }
        close_connection(&connection);
    }
    return err != SSLNoErr && (err != SSLUnsupportedErr || kind->version >= TLS_Version_1_2);
}

static int draw(const Kind *kind, const World *world)
{
    Connection connection;
    Ladder     ladder = {.out = stdout, .side = SSL_ClientSide};
    SSLErr     err;

    open_connection(&connection, world);
    err = configure(&connection, kind, world);
    if (err == SSLNoErr) {
        err = SSLSetTraceFunc(connection.client.ctx, ladder_trace, &ladder);
    }
    if (err == SSLNoErr) {
        err = shake_hands(&connection);
    }
    close_connection(&connection);
    return err != SSLNoErr;
}

int main(void)
{
    static const Kind drawn = {.version     = TLS_Version_1_3,
                               .exchange    = "ECDHE",
                               .group       = SSL_GROUP_X25519,
                               .client_cert = 1};
    World             world;
    int               failures = 0;
    size_t            index;

    memset(&world, 0, sizeof(world));
    if (make_world(&world) != SSLNoErr) {
        fprintf(stderr, "the identities of the demonstration cannot be made\n");
        free_world(&world);
        return 1;
    }
    printf("%-7s  %-19s  %-9s  %-39s  %-22s  %-16s  %-12s\n", "", "", "", "", "",
           "    milliseconds", "       bytes");
    printf("%-7s  %-19s  %-9s  %-39s  %-22s  %7s  %7s  %5s  %5s\n", "version", "key exchange",
           "group", "suite", "server's signature", "client", "server", "to s.", "to c.");
    for (index = 0; index < sizeof(kinds) / sizeof(kinds[0]); index++) {
        failures += show(&kinds[index], &world);
    }
    printf("\nTLS 1.3 with a client certificate, as the client sees it (= travels encrypted):\n\n");
    failures += draw(&drawn, &world);
    free_world(&world);
    return failures != 0;
}
