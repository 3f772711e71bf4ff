/*
 * bench_tls.c - speed and memory beside OpenSSL, in one run:
 *     bench_tls [speed]     handshakes per second and MB/s, both engines in turns
 *     bench_tls memory      allocations of a handshake, bytes held by an idle connection
 * The time is that of the processor, so that other programs disturb little; of several rounds the
 * best counts. Instructions are counted by bench_instructions.
 */
#define _POSIX_C_SOURCE 200809L
#include "bench.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define ROUNDS 4
#define SLICE  0.15 /* seconds of one engine in one round */

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void heading(const char *text)
{
    printf("\n%-42s %12s %12s %9s\n", text, sslref.name, openssl.name, "ratio");
}

/* A negative number of ours: not there yet. */
static void row(const char *name, double ours, double theirs, int digits, const char *note)
{
    if (ours < 0) {
        printf("  %-40s %12s %12.*f %9s", name, "later", digits, theirs, "");
    } else {
        printf("  %-40s %12.*f %12.*f %8.2fx", name, digits, ours, digits, theirs, ours / theirs);
    }
    printf("  %s\n", note);
}

/* ---- speed ---- */

static void whole_connection(const Engine *engine, World *world, size_t length)
{
    (void)length;
    engine->open(world);
    engine->handshake(world);
    engine->close(world);
}

static void batch_of_writes(const Engine *engine, World *world, size_t length)
{
    int i;

    for (i = 0; i < 16; i++) {
        engine->transfer(world, length);
    }
}

typedef void (*Work)(const Engine *engine, World *world, size_t length);

/* Calls per second in one slice. */
static double measure(const Engine *engine, World *world, Work work, size_t length)
{
    double start = now(), end;
    long   count = 0;

    do {
        work(engine, world, length);
        count++;
        end = now();
    } while (end - start < SLICE);
    return (double)count / (end - start);
}

/* Both engines in turns; the best round of each. best[0] stays -1 where ours cannot do it. */
static void compare(const Setup *setup, Work work, size_t length, double best[2])
{
    static const Engine *const engines[2] = {&sslref, &openssl};
    const int                  connected  = work == batch_of_writes;
    World                     *worlds[2];
    int                        round, i;

    for (i = 0; i < 2; i++) {
        best[i]   = -1;
        worlds[i] = engines[i]->create(setup);
        if (worlds[i] != NULL && connected) {
            engines[i]->open(worlds[i]);
            engines[i]->handshake(worlds[i]);
        }
    }
    for (round = 0; round < ROUNDS; round++) {
        for (i = 0; i < 2; i++) {
            double rate = worlds[i] != NULL ? measure(engines[i], worlds[i], work, length) : -1;

            best[i] = rate > best[i] ? rate : best[i];
        }
    }
    for (i = 0; i < 2; i++) {
        if (worlds[i] != NULL) {
            if (connected) {
                engines[i]->close(worlds[i]);
            }
            engines[i]->remove(worlds[i]);
        }
    }
}

static void compare_handshakes(const char *name, Setup setup)
{
    double best[2];

    compare(&setup, whole_connection, 0, best);
    row(name, best[0], best[1], 0, "");
}

static void compare_data(const char *name, Setup setup, size_t length)
{
    const double megabytes = 16.0 * (double)length / 1e6;
    double       best[2];

    compare(&setup, batch_of_writes, length, best);
    row(name, best[0] * megabytes, best[1] * megabytes, 1, "");
}

static void speed(void)
{
    heading("handshakes per second, both sides");
    compare_handshakes("TLS 1.2 full, ECDSA P-256", (Setup){0});
    compare_handshakes("TLS 1.2 full, RSA-2048", (Setup){.rsa = 1});
    compare_handshakes("TLS 1.2 resumed by session ID", (Setup){.resumed = 1});
    compare_handshakes("TLS 1.3 full, ECDSA P-256", (Setup){.tls13 = 1});
    compare_handshakes("TLS 1.3 full, RSA-2048", (Setup){.tls13 = 1, .rsa = 1});
    compare_handshakes("TLS 1.3 resumed by ticket", (Setup){.tls13 = 1, .resumed = 1});

    heading("MB/s, sealed and opened");
    compare_data("TLS 1.2 AES-128-GCM, 16384-byte writes", (Setup){0}, 16384);
    compare_data("TLS 1.2 AES-128-GCM, 100-byte writes", (Setup){0}, 100);
    compare_data("TLS 1.2 ChaCha20, 16384-byte writes", (Setup){.chacha20 = 1}, 16384);
    compare_data("TLS 1.2 ChaCha20, 100-byte writes", (Setup){.chacha20 = 1}, 100);
    compare_data("TLS 1.3 AES-128-GCM, 16384-byte writes", (Setup){.tls13 = 1}, 16384);
    compare_data("TLS 1.3 AES-128-GCM, 100-byte writes", (Setup){.tls13 = 1}, 100);
    compare_data("TLS 1.3 ChaCha20, 16384-byte writes", (Setup){.tls13 = 1, .chacha20 = 1}, 16384);
    compare_data("TLS 1.3 ChaCha20, 100-byte writes", (Setup){.tls13 = 1, .chacha20 = 1}, 100);
}

/* ---- memory ---- */

typedef struct Use {
    Tally handshake[TALLY_COUNT]; /* from creation to the end of the handshake */
    Tally idle[TALLY_COUNT];      /* then, after a record of the client was carried */
    Tally settled[TALLY_COUNT];   /* and after settle() */
} Use;

static void take(Tally tallies[TALLY_COUNT])
{
    int side;

    for (side = 0; side < TALLY_COUNT; side++) {
        tallies[side] = *tally_of(side);
    }
}

static Use use_of(const Engine *engine, const Setup *setup)
{
    World *world = engine->create(setup);
    Use    use;

    whole_connection(engine, world, 0); /* what is set up once is not counted */
    tally_reset();
    engine->open(world);
    engine->handshake(world);
    take(use.handshake);
    engine->transfer(world, 100);
    take(use.idle);
    (void)engine->settle(world);
    take(use.settled);
    engine->close(world);
    engine->remove(world);
    return use;
}

static const char *verdict(size_t value, size_t target, char *text, size_t size)
{
    snprintf(text, size, "target %lu: %s", (unsigned long)target,
             value <= target ? "met" : "MISSED");
    return text;
}

#define MAX_ALLOCATIONS 40
#define MAX_IDLE        3072

static void memory_of(const char *version, Setup setup)
{
    const Use    ours = use_of(&sslref, &setup), theirs = use_of(&openssl, &setup);
    const Tally *our_server = &ours.handshake[TALLY_SERVER];
    const Tally *our_client = &ours.handshake[TALLY_CLIENT];
    const Tally *server     = &theirs.handshake[TALLY_SERVER],
                *client     = &theirs.handshake[TALLY_CLIENT];
    char note[80], title[80];

    snprintf(title, sizeof(title), "memory, %s, ECDSA P-256", version);
    heading(title);
    row("server handshake: allocations (1)", (double)our_server->allocations,
        (double)server->own_allocations, 0,
        verdict(our_server->allocations, MAX_ALLOCATIONS, note, sizeof(note)));
    row("server handshake: bytes allocated (1)", (double)our_server->bytes,
        (double)server->own_bytes, 0, "");
    row("server handshake: allocations (2)", (double)our_server->allocations,
        (double)server->allocations, 0, "");
    row("server handshake: bytes allocated (2)", (double)our_server->bytes, (double)server->bytes,
        0, "");
    row("server handshake: most bytes at once (2)", (double)our_server->peak, (double)server->peak,
        0, "");
    row("client handshake: allocations (1)", (double)our_client->allocations,
        (double)client->own_allocations, 0, "");
    row("client handshake: bytes allocated (1)", (double)our_client->bytes,
        (double)client->own_bytes, 0, "");
    row("client handshake: allocations (2)", (double)our_client->allocations,
        (double)client->allocations, 0, "");
    row("client handshake: bytes allocated (2)", (double)our_client->bytes, (double)client->bytes,
        0, "");
    row("client handshake: most bytes at once (2)", (double)our_client->peak, (double)client->peak,
        0, "");
    row("idle server: bytes held", (double)ours.idle[TALLY_SERVER].live,
        (double)theirs.idle[TALLY_SERVER].live, 0,
        verdict(ours.idle[TALLY_SERVER].live, MAX_IDLE, note, sizeof(note)));
    row("idle client: bytes held (3)", (double)ours.settled[TALLY_CLIENT].live,
        (double)theirs.settled[TALLY_CLIENT].live, 0,
        verdict(ours.settled[TALLY_CLIENT].live, MAX_IDLE, note, sizeof(note)));
    row("idle client: the same with peer's chain", (double)ours.idle[TALLY_CLIENT].live,
        (double)theirs.idle[TALLY_CLIENT].live, 0, "");
}

static void memory(void)
{
    tally_is_on = 1;
    openssl_use_tally();
    memory_of("TLS 1.2", (Setup){0});
    memory_of("TLS 1.3", (Setup){.tls13 = 1});
    printf("\n  Counted from the creation of the connection; the block of the context is one of "
           "ours.\n"
           "  (1) the TLS library alone: without libtomcrypt's heap, without libcrypto's\n"
           "  (2) ours as before, beside OpenSSL with libcrypto (X.509 objects, EVP, key shares)\n"
           "  (3) ours without the peer's chain (SSLDropPeerCertificates); OpenSSL has it parsed "
           "in its\n"
           "      session and cannot drop it. The servers have no peer's chain.\n");
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "memory") == 0) {
        memory();
    } else if (argc == 1 || (argc == 2 && strcmp(argv[1], "speed") == 0)) {
        speed();
    } else {
        fprintf(stderr, "usage: bench_tls [speed | memory]\n");
        return 2;
    }
    credentials_free();
    return 0;
}
