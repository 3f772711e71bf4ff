/*
 * bench_instructions.c - a few handshakes and records to be counted by callgrind: run.sh starts it
 * under valgrind, outside_crypto.py reads what comes out. Each measurement is a dump of its own,
 * named by its label. Without valgrind it only does the work.
 */
#include "bench.h"

#include <valgrind/callgrind.h>

#define HANDSHAKES 5
#define RECORDS    200

/* Everything has been done once before it is counted: what is set up at first use is not part of
 * it. */
static void handshakes(const Engine *engine, const Setup *setup, const char *label)
{
    World *world = engine->create(setup);
    int    i;

    for (i = 0; i < 1 + HANDSHAKES; i++) {
        engine->open(world);
        if (i > 0) {
            CALLGRIND_TOGGLE_COLLECT;
        }
        engine->handshake(world);
        if (i > 0) {
            CALLGRIND_TOGGLE_COLLECT;
        }
        engine->close(world);
    }
    CALLGRIND_DUMP_STATS_AT(label);
    engine->remove(world);
}

static void records(const Engine *engine, const Setup *setup, const char *label)
{
    World *world = engine->create(setup);
    int    i;

    engine->open(world);
    engine->handshake(world);
    engine->transfer(world, 100);
    CALLGRIND_TOGGLE_COLLECT;
    for (i = 0; i < RECORDS; i++) {
        engine->transfer(world, 100);
    }
    CALLGRIND_TOGGLE_COLLECT;
    CALLGRIND_DUMP_STATS_AT(label);
    engine->close(world);
    engine->remove(world);
}

int main(void)
{
    const Setup tls12 = {0}, tls13 = {.tls13 = 1};
    const Setup again12 = {.resumed = 1}, again13 = {.tls13 = 1, .resumed = 1};

    /* The labels: engine, what, how many. CALLGRIND_ZERO_STATS is implied by a dump. */
    handshakes(&sslref, &tls12, "sslref handshake12 5");
    handshakes(&openssl, &tls12, "openssl handshake12 5");
    handshakes(&sslref, &tls13, "sslref handshake13 5");
    handshakes(&openssl, &tls13, "openssl handshake13 5");
    handshakes(&sslref, &again12, "sslref resumed12 5");
    handshakes(&openssl, &again12, "openssl resumed12 5");
    handshakes(&sslref, &again13, "sslref resumed13 5");
    handshakes(&openssl, &again13, "openssl resumed13 5");
    records(&sslref, &tls12, "sslref record12 200");
    records(&openssl, &tls12, "openssl record12 200");
    records(&sslref, &tls13, "sslref record13 200");
    records(&openssl, &tls13, "openssl record13 200");
    credentials_free();
    return 0;
}
