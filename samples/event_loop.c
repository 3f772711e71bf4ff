/*
 * event_loop.c - a client and a server in one thread and one process, without sockets, files or
 * malloc: two contexts over two byte rings, all memory from one static arena. This is how the
 * engine sits in firmware, or in an event loop that moves the bytes itself.
 *
 * Each round calls the side that can go on until it says "would block", and prints what happened.
 * The rings are smaller than a flight of messages on purpose, so that both sides have to wait in
 * the middle of one: nothing is lost, the engine goes on exactly where it stopped.
 */
#include "ladder.h"
#include "sslmemory.h"
#include "sslposix.h" /* only for the random numbers: firmware brings its own */
#include "test_identity.h"

#include <stdio.h>
#include <string.h>

#define RING_SIZE  600
#define ARENA_SIZE (256 * 1024)

typedef enum Step {
    HANDSHAKE,
    SEND,
    RECEIVE,
    CLOSE,
    DONE
} Step;

/* One side of the conversation and its place in it. */
typedef struct Side {
    const char *name;
    SSLContext *ctx;
    SSLRingEnds ends;
    const Step *plan; /* what to do, one step after the other */
    const char *says; /* to send */
    uint32      sent;
    char        heard[100];
    uint32      heard_length;
    int         failed;
} Side;

static const Step client_plan[] = {HANDSHAKE, SEND, RECEIVE, CLOSE, DONE};
static const Step server_plan[] = {HANDSHAKE, RECEIVE, SEND, CLOSE, DONE};

/* The memory for everything; the union aligns it for any use. */
static union {
    long double strictest;
    uint8       bytes[ARENA_SIZE];
} memory;

static uint8 ring_memory[2][RING_SIZE];

/* ==== Making the objects ==== */

static SSLContext *make_context(SSLArena *arena, SSLProtocolSide side, SSLRingEnds *ends)
{
    SSLBuffer   block = {SSLContextSize(), NULL};
    SSLContext *ctx;

    if (SSLArenaAlloc(&block, arena) != SSLNoErr) {
        return NULL;
    }
    ctx = (SSLContext *)(void *)block.data;
    if (SSLInitContext(ctx) != SSLNoErr || SSLArenaInstall(ctx, arena) != SSLNoErr ||
        SSLRingInstall(ctx, ends) != SSLNoErr ||
        SSLSetRandomFunc(ctx, SSLPosixRandom) != SSLNoErr ||
        SSLSetProtocolSide(ctx, side) != SSLNoErr) {
        return NULL;
    }
    return ctx; /* no clock: a pinned key needs none */
}

static SSLBuffer buffer_of(const void *data, size_t length)
{
    SSLBuffer buffer = {(uint32)length, (uint8 *)data};

    return buffer;
}

static SSLErr make_identity(SSLArena *arena, SSLIdentity **identity)
{
    SSLAllocator    allocator;
    SSLIdentitySpec spec = {
        .chain      = buffer_of(test_only_certificate, strlen(test_only_certificate)),
        .privateKey = buffer_of(test_only_private_key, strlen(test_only_private_key)),
    };

    SSLArenaAllocator(arena, &allocator);
    return SSLCreateIdentity(&allocator, &spec, identity);
}

/* The client accepts exactly one public key, which it knows by its SHA-256. */
static SSLErr make_trust(SSLArena *arena, SSLTrust **trust)
{
    SSLAllocator allocator;
    SSLTrustSpec spec = {.pinnedKeys = buffer_of(test_only_pin, sizeof(test_only_pin))};

    SSLArenaAllocator(arena, &allocator);
    return SSLCreateTrust(&allocator, &spec, trust, NULL);
}

/* ==== The loop ==== */

static SSLErr send_text(Side *side)
{
    uint32 length = (uint32)strlen(side->says) - side->sent;
    SSLErr err    = SSLWrite(side->says + side->sent, &length, side->ctx);

    side->sent += length; /* what was taken, whatever the result */
    return err;
}

/* A message ends with a full stop here: TLS carries a stream of bytes, not messages. */
static SSLErr receive_text(Side *side)
{
    uint32 length = sizeof(side->heard) - 1 - side->heard_length;
    SSLErr err    = SSLRead(side->heard + side->heard_length, &length, side->ctx);

    side->heard_length += length;
    if (err == SSLNoErr && strchr(side->heard, '.') == NULL) {
        err = side->heard_length < sizeof(side->heard) - 1 ? SSLWouldBlockErr : SSLOverflowErr;
    }
    return err;
}

static SSLErr do_step(Side *side)
{
    switch (*side->plan) {
    case HANDSHAKE:
        return SSLHandshake(side->ctx);
    case SEND:
        return send_text(side);
    case RECEIVE:
        return receive_text(side);
    case CLOSE:
        return SSLClose(side->ctx);
    case DONE:
        break;
    }
    return SSLWouldBlockErr;
}

static const char *step_name(Step step)
{
    static const char *const names[] = {"handshake", "send", "receive", "close", "done"};

    return names[step];
}

/* Call one side until it has to wait. */
static void run(Side *side)
{
    SSLErr err = SSLNoErr;

    while (err == SSLNoErr && *side->plan != DONE) {
        const Step step = *side->plan;

        err = do_step(side);
        if (err == SSLWouldBlockErr && step == CLOSE) {
            err = SSLNoErr; /* close_notify is queued: it leaves below */
        }
        printf("%s: %-9s  ", side->name, step_name(step));
        if (err == SSLNoErr) {
            printf("ok");
            side->plan++;
        } else if (err == SSLWouldBlockErr) {
            uint32 wants = SSLWants(side->ctx);

            printf("would block, wants%s%s", (wants & SSL_WantsRead) ? " to read" : "",
                   (wants & SSL_WantsWrite) ? " to write" : "");
        } else {
            printf("%s", SSLErrorString(err));
            side->failed = 1;
        }
        printf("  (waiting to be read: %u bytes, sent: %u)\n", SSLRingUsed(side->ends.in),
               SSLRingUsed(side->ends.out));
    }
    if (*side->plan == DONE) {
        (void)SSLServiceWriteQueue(side->ctx);
    }
}

/* Whether calling a side can bring anything: what it waits for must have come. */
static int can_go_on(Side *side)
{
    uint32 wants = SSLWants(side->ctx);

    return wants == 0 || ((wants & SSL_WantsRead) && SSLRingUsed(side->ends.in) > 0) ||
           ((wants & SSL_WantsWrite) && SSLRingRoom(side->ends.out) > 0);
}

static int is_done(const Side *side)
{
    uint32 waiting = 0;

    (void)SSLGetWritePendingSize(side->ctx, &waiting);
    return *side->plan == DONE && waiting == 0;
}

static int converse(Side *client, Side *server)
{
    while (!(is_done(client) && is_done(server))) {
        int client_can = !is_done(client) && can_go_on(client);
        int server_can = !is_done(server) && can_go_on(server);

        if (client_can) {
            run(client);
        }
        if (server_can) {
            run(server);
        }
        if (client->failed || server->failed) {
            return 1;
        }
        /* The client may have given the server something to do meanwhile, or the other way. */
        if (!client_can && !server_can) {
            printf("both wait for each other: this must not happen\n");
            return 1;
        }
    }
    printf("\nthe server heard: %s\nthe client heard: %s\n", server->heard, client->heard);
    return 0;
}

static void print_result(const Side *client, const SSLArena *arena)
{
    SSLArenaStatistics statistics;
    SSLProtocolVersion version = SSL_Version_Undetermined;
    uint16             suite   = 0;

    (void)SSLGetProtocolVersion(client->ctx, &version);
    (void)SSLGetNegotiatedCipher(client->ctx, &suite);
    SSLArenaGetStatistics(arena, &statistics);
    printf("%s, %s\n", SSLProtocolVersionName(version), SSLCipherSuiteName(suite));
    printf("memory for both sides: at most %lu bytes, %lu at the end\n",
           (unsigned long)statistics.high, (unsigned long)statistics.inUse);
}

int main(void)
{
    SSLArena     arena;
    SSLRing      to_server, to_client;
    Side         client   = {.name = "client", .plan = client_plan, .says = "Tell me the time."};
    Side         server   = {.name = "server", .plan = server_plan, .says = "Time for TLS."};
    SSLIdentity *identity = NULL;
    SSLTrust    *trust    = NULL;
    Ladder       ladder   = {.out = stdout, .side = SSL_ClientSide};
    int          result   = 1;

    SSLRingInit(&to_server, ring_memory[0], RING_SIZE);
    SSLRingInit(&to_client, ring_memory[1], RING_SIZE);
    client.ends.in  = &to_client;
    client.ends.out = &to_server;
    server.ends.in  = &to_server;
    server.ends.out = &to_client;
    if (SSLArenaInit(&arena, &memory, sizeof(memory)) == SSLNoErr &&
        make_identity(&arena, &identity) == SSLNoErr && make_trust(&arena, &trust) == SSLNoErr) {
        client.ctx = make_context(&arena, SSL_ClientSide, &client.ends);
        server.ctx = make_context(&arena, SSL_ServerSide, &server.ends);
    }
    if (client.ctx != NULL && server.ctx != NULL && SSLSetTrust(client.ctx, trust) == SSLNoErr &&
        SSLSetPeerDomainName(client.ctx, "sslref.test", 11) == SSLNoErr &&
        SSLSetTraceFunc(client.ctx, ladder_trace, &ladder) == SSLNoErr &&
        SSLAddIdentity(server.ctx, identity) == SSLNoErr) {
        result = converse(&client, &server);
        print_result(&client, &arena);
    }
    if (client.ctx != NULL) {
        (void)SSLDeleteContext(client.ctx);
    }
    if (server.ctx != NULL) {
        (void)SSLDeleteContext(server.ctx);
    }
    SSLDeleteTrust(trust);
    SSLDeleteIdentity(identity);
    return result;
}
