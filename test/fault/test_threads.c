/*
 * test_threads.c - contexts share nothing that changes: many threads duplicate the same two
 * templates and handshake, at the same time. Made to run under -fsanitize=thread.
 */
#include "harness.h"

#include <pthread.h>
#include <stdlib.h>

#define THREADS 6
#define ROUNDS  6

typedef struct Templates {
    World       world; /* its two contexts are the templates; no callback runs on them meanwhile */
    SSLContext *client, *server;
} Templates;

typedef struct Worker {
    pthread_t        thread;
    const Templates *templates;
    int              connected;
} Worker;

static void *connect_often(void *argument)
{
    Worker *worker = argument;
    int     round, i;

    for (round = 0; round < ROUNDS; round++) {
        World    world;
        SSLErr   client = SSLWouldBlockErr, server = SSLWouldBlockErr;
        uint8_t  bytes[100] = {0};
        uint32   length     = sizeof(bytes);
        Scenario scenario   = *worker->templates->world.scenario;

        world_open(&world, &scenario);
        world.client.random_state += (uint64_t)round * 977 + (uint64_t)(size_t)worker;
        if (SSLDuplicateContext(worker->templates->client, world.client.ctx, &world.client) != 0 ||
            SSLDuplicateContext(worker->templates->server, world.server.ctx, &world.server) != 0) {
            break;
        }
        SSLSetRandomRef(world.client.ctx, &world.client);
        SSLSetRandomRef(world.server.ctx, &world.server);
        SSLSetCheckCertificateRef(world.client.ctx, &world.client);
        SSLSetCheckCertificateRef(world.server.ctx, &world.server);
        SSLSetKeyLogFunc(world.client.ctx, NULL, NULL);
        SSLSetKeyLogFunc(world.server.ctx, NULL, NULL);
        SSLSetTraceFunc(world.client.ctx, NULL, NULL);
        SSLSetTraceFunc(world.server.ctx, NULL, NULL);
        for (i = 0; i < 50 && (client != SSLNoErr || server != SSLNoErr); i++) {
            client = SSLHandshake(world.client.ctx);
            server = SSLHandshake(world.server.ctx);
        }
        if (client == SSLNoErr && server == SSLNoErr &&
            SSLWrite(bytes, &length, world.client.ctx) == SSLNoErr &&
            SSLRead(bytes, &length, world.server.ctx) == SSLNoErr && length == sizeof(bytes)) {
            worker->connected++;
        }
        (void)SSLClose(world.client.ctx);
        world_close(&world);
    }
    return NULL;
}

static SSLErr locked_alloc(SSLBuffer *buffer, void *ref)
{
    (void)ref;
    buffer->data = malloc(buffer->length);
    return buffer->data != NULL ? SSLNoErr : SSLMemoryErr;
}

static SSLErr locked_free(SSLBuffer *buffer, void *ref)
{
    (void)ref;
    free(buffer->data);
    return SSLNoErr;
}

static SSLErr shared_time(uint32 *time, void *ref)
{
    (void)ref;
    *time = now();
    return SSLNoErr;
}

static void make_template(SSLContext *ctx)
{
    SSLSetTimeFunc(ctx, shared_time);
    SSLSetTimeRef(ctx, NULL);
}

static void run_threads(const char *name)
{
    Templates templates;
    Worker    workers[THREADS];
    Scenario  scenario = *scenario_named(name);
    int       i;

    memset(workers, 0, sizeof(workers));
    scenario.duplicate = 0;
    world_open(&templates.world, &scenario);
    templates.client = templates.world.client.ctx;
    templates.server = templates.world.server.ctx;
    /* The allocator of the templates is that of all duplicates: it must bear many threads. */
    templates.world.client.plain_memory = locked_alloc;
    templates.world.client.plain_free   = locked_free;
    templates.world.server.plain_memory = locked_alloc;
    templates.world.server.plain_free   = locked_free;
    world_configure(&templates.world);
    make_template(templates.client);
    make_template(templates.server);
    for (i = 0; i < THREADS; i++) {
        workers[i].templates = &templates;
        assert_int_equal(pthread_create(&workers[i].thread, NULL, connect_often, &workers[i]), 0);
    }
    for (i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(workers[i].thread, NULL), 0);
        assert_int_equal(workers[i].connected, ROUNDS);
    }
    world_close(&templates.world);
}

static void test_item_006_035_threads_share_a_template(void **state)
{
    static const char *const names[] = {"tls13", "tls13 hybrid", "tls12 dhe", "tls12", "tls13 ccm"};
    size_t                   i;
    int                      who;

    (void)state;
    for (who = SERVER_EC; who < CREDENTIALS; who++) {
        (void)shared_identity((Credential)who);
    }
    (void)shared_trust();
    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        run_threads(names[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_item_006_035_threads_share_a_template),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
