/*
 * test_manual_items_rest2.c - statements of the manual that no other file names, about
 * certificates, running connections and what callbacks may do (numbers of the checklist in the
 * names); the first half is in test_manual_items_rest.c.
 */
#include "connection.h"

static const SSLProtocolVersion five[5] = {SSL_Version_2_0, SSL_Version_3_0, TLS_Version_1_0,
                                           TLS_Version_1_1, TLS_Version_1_2};

static Plan plan_of(SSLProtocolVersion version)
{
    Plan plan;

    memset(&plan, 0, sizeof(plan));
    plan.name           = SSLProtocolVersionName(version);
    plan.client_version = plan.server_version = version;
    plan.suite  = version == SSL_Version_2_0 ? SSL_RSA_WITH_3DES_EDE_CBC_MD5 : 0x002F;
    plan.server = OF_LEAF;
    if (version == TLS_Version_1_3) {
        plan.suite  = TLS_AES_128_GCM_SHA256;
        plan.server = OF_EC;
    }
    return plan;
}

static Connection *opened(SSLProtocolVersion version)
{
    Plan plan = plan_of(version);

    return connection_open(&plan, NULL);
}

static Connection *established(SSLProtocolVersion version)
{
    Connection *connection = opened(version);

    connection_establish(connection);
    return connection;
}

/* The next call of this kind, and `times` in all, return the code. */
static void fault(End *end, CallKind kind, unsigned times, SSLErr code)
{
    end->fault_kind  = kind;
    end->fault_first = end->calls[kind];
    end->fault_times = times;
    end->fault_code  = code;
}

static uint32 write_pending(End *end)
{
    uint32 bytes = 99;

    assert_int_equal(SSLGetWritePendingSize(end->ctx, &bytes), SSLNoErr);
    return bytes;
}

/* ---- 3.10 SSLAddCertificate ---- */

static void test_59_the_callers_certificate_may_be_overwritten(void **state)
{
    Plan             plan = plan_of(SSL_Version_3_0);
    Connection      *connection;
    SSLRSAPrivateKey key = rsa_key(key_of(OF_LEAF));
    size_t           i;

    (void)state;
    plan.server = NOBODY;
    connection  = connection_open(&plan, NULL);
    assert_int_equal(SSLSetPrivateKey(connection->server.ctx, &key), SSLNoErr);
    for (i = 0; i < 3; i++) {
        SSLBuffer certificate = certificate_of(OF_LEAF, i);
        uint8_t  *mine        = malloc(certificate.length);

        assert_non_null(mine);
        memcpy(mine, certificate.data, certificate.length);
        assert_int_equal(
            SSLAddCertificate(connection->server.ctx, buffer_of(mine, certificate.length), 1, 0),
            SSLNoErr);
        memset(mine, 0, certificate.length);
        free(mine);
    }
    assert_int_equal(SSLAddCertificate(connection->server.ctx, buffer_of(NULL, 0), 1, 1), SSLNoErr);
    connection_establish(connection);
    for (i = 0; i < 3; i++) {
        SSLBuffer certificate = certificate_of(OF_LEAF, i);

        assert_true(wire_find(&connection->down, certificate.data, certificate.length) > 0);
    }
    connection_close(connection);
}

/* ---- 3.13 status ---- */

static void check_peer(End *end, Credential credential, int expected)
{
    SSLBuffer original = certificate_of(credential, 0), copy;
    int       count    = 0;

    assert_int_equal(SSLGetPeerCertificateChainLength(end->ctx, &count), SSLNoErr);
    assert_int_equal(count, expected);
    assert_int_equal(SSLGetPeerCertificate(end->ctx, 0, &copy), SSLNoErr);
    assert_int_equal(copy.length, original.length);
    assert_memory_equal(copy.data, original.data, copy.length);
    free(copy.data - 16); /* as the free callback does */
    end->live--;
}

static void test_73_certificates_after_resumption(void **state)
{
    size_t i;

    (void)state;
    for (i = 1; i < 5; i++) {
        Plan        plan = plan_of(five[i]);
        Connection *connection;
        Store       sessions[2];

        plan.client = OF_CLIENT;
        plan.flags  = WITH_SESSIONS | WITH_REQUEST;
        connection  = connection_open(&plan, NULL);
        connection_establish(connection);
        assert_int_equal(SSLClose(connection->client.ctx), SSLNoErr);
        assert_int_equal(SSLClose(connection->server.ctx), SSLNoErr);
        sessions[0] = connection->client_store;
        sessions[1] = connection->server_store;
        connection_close(connection);
        connection = connection_open(&plan, sessions);
        connection_establish(connection);
        assert_int_equal(end_resumed(&connection->client), 1);
        assert_int_equal(end_resumed(&connection->server), 1);
        check_peer(&connection->client, OF_LEAF, 3);
        check_peer(&connection->server, OF_CLIENT, 2);
        connection_close(connection);
    }
}

/* ---- 3.14 SSLHandshake ---- */

/* A byte per call: the same bytes travel as without any wait; success means that both directions
 * are done, and nothing waits. */
static void test_79_80_a_handshake_in_single_bytes(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < 6; i++) {
        SSLProtocolVersion version = i < 5 ? five[i] : TLS_Version_1_3;
        Connection        *whole = established(version), *pieces = opened(version);
        End               *ends[2] = {&pieces->client, &pieces->server};
        size_t             j;

        for (j = 0; j < 2; j++) {
            ends[j]->read_chunk  = 1;
            ends[j]->write_chunk = 1;
        }
        connection_establish(pieces);
        for (j = 0; j < 2; j++) {
            assert_int_equal(end_state(ends[j]), SSL_StateConnected);
            assert_int_equal(write_pending(ends[j]), 0);
            assert_true(ends[j]->calls[CALL_READ] > 0);
            assert_true(ends[j]->calls[CALL_WRITE] > 0);
        }
        assert_int_equal(pieces->up.length, whole->up.length);
        assert_memory_equal(pieces->up.data, whole->up.data, whole->up.length);
        assert_int_equal(pieces->down.length, whole->down.length);
        assert_memory_equal(pieces->down.data, whole->down.data, whole->down.length);
        connection_close(whole);
        connection_close(pieces);
    }
}

static SSLErr refuse_time(uint32 *time, void *ref)
{
    (void)time;
    (void)ref;
    return -4201;
}

static void test_84_errors_of_callbacks_come_back(void **state)
{
    static const CallKind kinds[] = {CALL_ALLOC, CALL_RANDOM, CALL_READ, CALL_WRITE, CALL_CHECK};
    size_t                i, j;

    (void)state;
    for (i = 0; i < 5; i++) {
        for (j = 0; j < COUNT(kinds); j++) {
            Plan        plan = plan_of(five[i]);
            Connection *connection;

            plan.flags = WITH_CHECK;
            connection = connection_open(&plan, NULL);
            fault(&connection->client, kinds[j], 1000, -4200 + (int)j);
            connection_handshake(connection);
            assert_int_equal(connection->client.result, -4200 + (int)j);
            assert_int_not_equal(end_state(&connection->client), SSL_StateConnected);
            connection_close(connection);
        }
    }
    { /* the clock, where it is asked: for the dates of a certificate, against a trust object */
        Connection  *connection = opened(TLS_Version_1_2);
        End         *client     = &connection->client;
        SSLTrust    *trust;
        SSLTrustSpec spec;

        memset(&spec, 0, sizeof(spec));
        spec.anchors = certificate_of(OF_LEAF, 2);
        spec.flags   = SSL_TrustAllowShortKeys | SSL_TrustAllowSHA1;
        assert_int_equal(SSLCreateTrust(&client->ctx->allocator, &spec, &trust, NULL), SSLNoErr);
        assert_int_equal(SSLSetAllowAnyCertificate(client->ctx, 0), SSLNoErr);
        assert_int_equal(SSLSetTrust(client->ctx, trust), SSLNoErr);
        assert_int_equal(SSLSetTimeFunc(client->ctx, refuse_time), SSLNoErr);
        connection_handshake(connection);
        assert_int_equal(client->result, -4201);
        SSLDeleteTrust(trust);
        connection_close(connection);
    }
}

/* ---- 3.15 SSLRead ---- */

static void test_89_decrypted_data_needs_no_transport(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < 5; i++) {
        Connection *connection = established(five[i]);
        End        *server     = &connection->server;
        uint8_t     data[100]  = {0};
        uint32      length = sizeof(data), got = 0;

        assert_int_equal(SSLWrite(data, &length, connection->client.ctx), SSLNoErr);
        while (got < 50) { /* a record splitter may have sent the first byte alone */
            length = 49;
            assert_int_equal(SSLRead(data, &length, server->ctx), SSLNoErr);
            got += length;
        }
        fault(server, CALL_READ, 1000, -4203); /* the transport is gone */
        length = 100 - got;
        assert_int_equal(SSLRead(data, &length, server->ctx), SSLNoErr);
        assert_int_equal(length, 100 - got);
        length = 1;
        assert_int_equal(SSLRead(data, &length, server->ctx), -4203);
        assert_int_equal(length, 0);
        connection_close(connection);
    }
}

/* Whatever was there when the transport ran dry: nothing lost, nothing twice. The engine returns
 * early (item 92), so that would-block always comes with a length of 0. */
static void test_91_reads_that_would_block(void **state)
{
    size_t i, sent;

    (void)state;
    for (i = 0; i < 5; i++) {
        Connection *connection = established(five[i]);
        End        *client = &connection->client, *server = &connection->server;
        uint8_t     data[90], got[200];
        uint32      length = sizeof(data), total = 0;

        for (sent = 0; sent < sizeof(data); sent++) {
            data[sent] = (uint8_t)(sent + 1);
        }
        client->write_room = client->out->length + 1;
        assert_int_equal(SSLWrite(data, &length, client->ctx), SSLWouldBlockErr);
        while (write_pending(client) > 0) {
            length = sizeof(got);
            if (SSLRead(got + total, &length, server->ctx) == SSLWouldBlockErr) {
                assert_int_equal(length, 0);
                assert_true((SSLWants(server->ctx) & SSL_WantsRead) != 0);
            }
            total += length;
            client->write_room++;
            (void)SSLServiceWriteQueue(client->ctx);
        }
        length = sizeof(got) - total;
        assert_int_equal(SSLRead(got + total, &length, server->ctx), SSLNoErr);
        total += length;
        length = 1;
        assert_int_equal(SSLRead(got + total, &length, server->ctx), SSLWouldBlockErr);
        assert_int_equal(total, sizeof(data));
        assert_memory_equal(got, data, sizeof(data));
        connection_close(connection);
    }
}

/* Key updates, and the answers to them, never surface in a read. */
static void test_96_what_is_not_data_is_handled_inside(void **state)
{
    Connection *connection = established(TLS_Version_1_3);
    End        *client = &connection->client, *server = &connection->server;
    int         round;

    (void)state;
    for (round = 0; round < 5; round++) {
        uint32 length = 3;

        assert_int_equal(SSLKeyUpdate(client->ctx, 1), SSLNoErr);
        assert_int_equal(SSLWrite("abc", &length, client->ctx), SSLNoErr);
        server->received_length = 0;
        assert_int_equal(end_read(server), SSLWouldBlockErr);
        assert_int_equal(server->received_length, 3);
        assert_memory_equal(server->received, "abc", 3);
        assert_true(connection_carry(server, client, 10));
    }
    connection_close(connection);
}

/* ---- 3.18 SSLClose ---- */

/* SSL 2.0 has no close message. */
static void test_112_the_queue_is_serviced_after_close(void **state)
{
    size_t i;

    (void)state;
    for (i = 1; i < 6; i++) {
        Connection *connection = established(i < 5 ? five[i] : TLS_Version_1_3);
        End        *client     = &connection->client;

        client->write_room = client->out->length + 2;
        assert_int_equal(SSLClose(client->ctx), SSLWouldBlockErr);
        assert_int_equal(SSLServiceWriteQueue(client->ctx), SSLWouldBlockErr);
        assert_int_equal(end_read(&connection->server), SSLWouldBlockErr);
        client->write_room = 0;
        assert_int_equal(SSLServiceWriteQueue(client->ctx), SSLNoErr);
        assert_int_equal(write_pending(client), 0);
        assert_int_equal(end_read(&connection->server), SSLConnectionClosedGraceful);
        connection_close(connection);
    }
}

/* ---- 3.19 setters for callbacks, 3.22 I/O callbacks ---- */

/* Stands between the engine and the callbacks of connection.c, and looks at what the engine asks.
 */
static struct Watch {
    SSLContext *ctx;
    End        *end;
    SSLIOFunc   read, write;
    unsigned    reads, writes, broken;
    int         inside;
    uint32      most;  /* bytes that one call moves, then success; 0: as the wire does */
    int         empty; /* success with no byte */
} watch;

static SSLErr watched(SSLIOFunc inner, unsigned *count, SSLBuffer data, uint32 *processed,
                      void *ref)
{
    SSLErr err;

    (*count)++;
    watch.broken += ref != (void *)&watch || data.length == 0 || data.data == NULL ||
                    *processed != 0 || watch.inside != 0;
    watch.inside++;
    watch.broken += SSLHandshake(watch.ctx) != SSLBadStateErr;
    watch.broken += SSLDeleteContext(watch.ctx) != SSLBadStateErr;
    if (watch.empty) {
        err = SSLNoErr;
    } else {
        if (watch.most != 0 && data.length > watch.most) {
            data.length = watch.most;
        }
        err = inner(data, processed, watch.end);
    }
    watch.inside--;
    return err;
}

static SSLErr watched_read(SSLBuffer data, uint32 *processed, void *ref)
{
    return watched(watch.read, &watch.reads, data, processed, ref);
}

static SSLErr watched_write(SSLBuffer data, uint32 *processed, void *ref)
{
    return watched(watch.write, &watch.writes, data, processed, ref);
}

static void watch_end(End *end)
{
    memset(&watch, 0, sizeof(watch));
    watch.ctx   = end->ctx;
    watch.end   = end;
    watch.read  = end->ctx->callbacks.read;
    watch.write = end->ctx->callbacks.write;
    assert_int_equal(SSLSetReadFunc(end->ctx, watched_read), SSLNoErr);
    assert_int_equal(SSLSetWriteFunc(end->ctx, watched_write), SSLNoErr);
    assert_int_equal(SSLSetIORef(end->ctx, &watch), SSLNoErr);
}

/* Two functions, one reference; asked for at least a byte, with *processed at 0, and never from
 * inside each other; calls from inside are refused. */
static void test_120_133_135_139_what_io_callbacks_are_given(void **state)
{
    size_t i;
    int    server;

    (void)state;
    for (i = 0; i < 5; i++) {
        for (server = 0; server < 2; server++) {
            Connection *connection = opened(five[i]);

            watch_end(server ? &connection->server : &connection->client);
            connection_establish(connection);
            assert_true(connection_carry(&connection->client, &connection->server, 20000));
            assert_true(connection_carry(&connection->server, &connection->client, 20000));
            assert_true(watch.reads > 2);
            assert_true(watch.writes > 2);
            assert_int_equal(watch.broken, 0);
            connection_close(connection);
        }
    }
}

static void test_121_callbacks_that_are_null(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < 5; i++) {
        Plan        plan = plan_of(five[i]);
        Connection *connection;
        SSLContext *ctx;

        plan.flags = WITH_SESSIONS | WITH_CHECK;
        connection = connection_open(&plan, NULL);
        ctx        = connection->client.ctx;
        SSLSetAddSessionFunc(ctx, NULL);
        SSLSetGetSessionFunc(ctx, NULL);
        SSLSetDeleteSessionFunc(ctx, NULL);
        SSLSetCheckCertificateFunc(ctx, NULL); /* classic: then anything is accepted */
        connection_establish(connection);
        assert_int_equal(connection->client_store.adds, 0);
        assert_int_equal(connection->client.check_calls, 0);
        assert_true(connection_carry(&connection->client, &connection->server, 10));
        connection_close(connection);

        connection = connection_open(&plan, NULL);
        SSLSetReadFunc(connection->client.ctx, NULL);
        assert_int_equal(SSLHandshake(connection->client.ctx), SSLMissingCallbackErr);
        assert_non_null(strstr(end_rule(&connection->client), "SSLSetReadFunc"));
        connection_close(connection);
    }
}

/* An error that is not would-block: returned as it is, and no second try of the engine's own. */
static void test_136_errors_of_the_transport_are_not_retried(void **state)
{
    size_t i;
    int    writing;

    (void)state;
    for (i = 0; i < 5; i++) {
        for (writing = 0; writing < 2; writing++) {
            Connection *connection = established(five[i]);
            End        *client     = &connection->client;
            CallKind    kind       = writing ? CALL_WRITE : CALL_READ;
            uint8_t     byte       = 1;
            uint32      length     = 1;
            unsigned    calls      = client->calls[kind];

            fault(client, kind, 1, SSLIOErr);
            assert_int_equal(writing ? SSLWrite(&byte, &length, client->ctx)
                                     : SSLRead(&byte, &length, client->ctx),
                             SSLIOErr);
            assert_int_equal(client->calls[kind], calls + 1);
            connection_close(connection);
        }
    }
}

/* Fewer bytes with success are progress. No byte with success is a broken contract and fatal: the
 * engine says SSLCallbackErr where the checklist proposed would-block; an endless loop it is not.
 */
static void test_137_success_with_fewer_bytes_or_none(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < 5; i++) {
        Connection *connection = opened(five[i]);
        unsigned    calls;

        watch_end(&connection->client);
        watch.most = 3;
        connection_establish(connection);
        assert_true(connection_carry(&connection->client, &connection->server, 100));
        assert_int_equal(watch.broken, 0);
        assert_true(watch.writes > connection->up.length / 3);
        watch.empty = 1;
        calls       = watch.reads;
        assert_int_equal(end_read(&connection->client), SSLCallbackErr);
        assert_int_equal(watch.reads, calls + 1);
        watch.empty = 0;
        connection_close(connection);
    }
}

/* ---- 3.20 memory ---- */

/* An allocator that distrusts the engine: only its own blocks come back, each once; and that is not
 * to be relied on: it leaves rubbish in length, and its free reports an error each time. */
enum {
    BLOCKS = 512
};

static struct Heap {
    void    *blocks[BLOCKS];
    unsigned allocs, frees, reallocs, broken, failing;
} heap;

static SSLErr heap_alloc(SSLBuffer *buffer, void *ref)
{
    size_t i;

    (void)ref;
    heap.broken += buffer->length == 0;
    heap.allocs++;
    if (heap.failing != 0 && heap.allocs >= heap.failing) {
        buffer->data   = NULL;
        buffer->length = 0xFFFF;
        return -4210;
    }
    for (i = 0; i < BLOCKS && heap.blocks[i] != NULL; i++) {
    }
    buffer->data = malloc(buffer->length);
    assert_true(i < BLOCKS && buffer->data != NULL);
    heap.blocks[i] = buffer->data;
    buffer->length = 0xDEADBEEF;
    return SSLNoErr;
}

static SSLErr heap_free(SSLBuffer *buffer, void *ref)
{
    size_t i;

    (void)ref;
    if (buffer->data == NULL) { /* allowed */
        return SSLNoErr;
    }
    heap.frees++;
    for (i = 0; i < BLOCKS && heap.blocks[i] != (void *)buffer->data; i++) {
    }
    if (i == BLOCKS) {
        heap.broken++;
        return SSLMemoryErr;
    }
    heap.blocks[i] = NULL;
    free(buffer->data);
    return -4211;
}

static SSLErr heap_realloc(SSLBuffer *buffer, uint32 size, void *ref)
{
    (void)ref;
    heap.reallocs++;
    return buffer->length == size ? -4212 : -4213;
}

static void init_heap(End *end)
{
    assert_int_equal(SSLInitContextClassic(end->ctx), SSLNoErr);
}

/* The client of a connection that is not configured yet lives in the heap. */
static Connection *on_the_heap(const Plan *plan, unsigned failing)
{
    Connection *connection = connection_bare(init_heap);
    SSLContext *ctx        = connection->client.ctx;

    memset(&heap, 0, sizeof(heap));
    SSLSetAllocFunc(ctx, heap_alloc);
    SSLSetFreeFunc(ctx, heap_free);
    SSLSetReallocFunc(ctx, heap_realloc);
    SSLSetAllocRef(ctx, NULL);
    connection_configure(connection, plan);
    heap.allocs  = 0;
    heap.failing = failing;
    return connection;
}

static size_t heap_live(void)
{
    size_t i, live = 0;

    for (i = 0; i < BLOCKS; i++) {
        live += heap.blocks[i] != NULL;
    }
    return live;
}

/* 125: the engine never calls realloc, which could leave a secret behind where the block was;
 * setting it does no harm. 128: what free returns is ignored. */
static void test_123_124_125_128_alloc_free_and_realloc(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < 6; i++) {
        Plan        plan = plan_of(i < 5 ? five[i] : TLS_Version_1_3);
        Connection *connection;

        plan.flags = WITHOUT_SPLIT;
        connection = on_the_heap(&plan, 0);
        connection_establish(connection);
        assert_true(connection_carry(&connection->client, &connection->server, 60000));
        assert_true(connection_carry(&connection->server, &connection->client, 60000));
        assert_int_equal(SSLClose(connection->client.ctx), SSLNoErr);
        end_delete(&connection->client);
        assert_int_equal(heap_live(), 0);
        assert_int_equal(heap.broken, 0);
        assert_int_equal(heap.reallocs, 0);
        assert_true(heap.allocs > 5);
        assert_true(heap.frees >= heap.allocs);
        connection_close(connection);
    }
}

/* For every n, all allocations from the n-th on fail. */
static void test_127_every_allocation_may_fail(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < 6; i++) {
        Plan     plan = plan_of(i < 5 ? five[i] : TLS_Version_1_3);
        SSLErr   err  = -4210;
        unsigned n, steps = 0;

        for (n = 1; err != SSLNoErr && n < 1000; n++) {
            Connection *connection = on_the_heap(&plan, n);

            connection_handshake(connection);
            err = connection->client.result;
            if (err != SSLNoErr) {
                assert_int_equal(err, -4210);
                steps++;
            }
            end_delete(&connection->client);
            assert_int_equal(heap_live(), 0);
            assert_int_equal(heap.broken, 0);
            connection_close(connection);
        }
        assert_int_equal(err, SSLNoErr);
        assert_true(steps > 5);
    }
}

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define HEAP_IS_TAKEN 1
#endif
#endif
#if !defined(__GLIBC__) || defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define HEAP_IS_TAKEN 1
#endif

#ifndef HEAP_IS_TAKEN
static volatile unsigned long heap_calls; /* malloc and calloc, by whomever */

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);

void *malloc(size_t size)
{
    heap_calls++;
    return __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    heap_calls++;
    return __libc_calloc(count, size);
}
#endif

/* As many blocks from the heap as the alloc callbacks were asked for: the engine takes none by
 * itself. This is the engine with its hashes and ciphers; libtomcrypt's big numbers, which a full
 * handshake needs, still have a heap of their own (see API_Details.txt). */
static void test_126_no_other_heap(void **state)
{
#ifdef HEAP_IS_TAKEN
    (void)state;
    skip();
#else
    size_t i;

    (void)state;
    if (heap_calls == 0) { /* a tool like valgrind is in our place */
        skip();
    }
    for (i = 0; i < 5; i++) {
        Connection   *connection = established(five[i]);
        End          *client = &connection->client, *server = &connection->server;
        SSLContext   *copy = malloc(SSLContextSize());
        unsigned long before;
        unsigned      asked;

        assert_non_null(copy);
        before = heap_calls;
        asked  = client->calls[CALL_ALLOC] + server->calls[CALL_ALLOC];
        assert_true(connection_carry(client, server, 40000));
        assert_true(connection_carry(server, client, 40000));
        assert_int_equal(SSLDuplicateContext(client->ctx, copy, client), SSLNoErr);
        assert_int_equal(SSLSetPeerID(copy, buffer_of("peer", 4)), SSLNoErr);
        assert_int_equal(SSLAddCertificate(copy, certificate_of(OF_LEAF, 0), 0, 0), SSLNoErr);
        assert_int_equal(SSLHandshake(copy), SSLWouldBlockErr); /* a hello */
        assert_int_equal(SSLDeleteContext(copy), SSLNoErr);
        (void)SSLClose(server->ctx);
        asked = client->calls[CALL_ALLOC] + server->calls[CALL_ALLOC] - asked;
        assert_true(asked > 4);
        assert_int_equal(heap_calls - before, asked);
        free(copy);
        connection_close(connection);
    }
#endif
}

/* ---- 3.21 random ---- */

/* Nothing is asked before the handshake, and nothing comes from elsewhere: the same callback makes
 * the same handshake, another makes another. */
static void test_130_the_engine_never_seeds(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < 6; i++) {
        SSLProtocolVersion version = i < 5 ? five[i] : TLS_Version_1_3;
        Connection        *one = opened(version), *two = opened(version), *other = opened(version);

        assert_int_equal(one->client.calls[CALL_RANDOM], 0);
        other->client.random++;
        connection_establish(one);
        connection_establish(two);
        connection_establish(other);
        assert_int_equal(one->up.length, two->up.length);
        assert_memory_equal(one->up.data, two->up.data, two->up.length);
        assert_memory_equal(one->down.data, two->down.data, two->down.length);
        assert_memory_not_equal(one->up.data, other->up.data, 43); /* the hello's random */
        connection_close(one);
        connection_close(two);
        connection_close(other);
    }
}

/* ---- 3.23 sessions ---- */

/* Up to TLS 1.2 the session is added when the handshake ends. In TLS 1.3 the server adds one for
 * each ticket; it gives none for a session that the store does not take, as this one says. */
static void test_147_when_a_session_is_stored(void **state)
{
    int modern;

    (void)state;
    for (modern = 0; modern < 2; modern++) {
        Plan        plan = plan_of(modern ? TLS_Version_1_3 : TLS_Version_1_2);
        Connection *connection;

        plan.flags = WITH_SESSIONS;
        connection = connection_open(&plan, NULL);
        connection_establish(connection);
        assert_true(connection_carry(&connection->server, &connection->client, 100));
        assert_true(connection_carry(&connection->client, &connection->server, 100));
        assert_int_equal(SSLClose(connection->server.ctx), SSLNoErr);
        assert_int_equal(end_read(&connection->client), SSLConnectionClosedGraceful);
        assert_int_equal(connection->client_store.adds, modern ? 0 : 1);
        assert_int_equal(connection->server_store.adds, 1);
        connection_close(connection);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_59_the_callers_certificate_may_be_overwritten),
        cmocka_unit_test(test_73_certificates_after_resumption),
        cmocka_unit_test(test_79_80_a_handshake_in_single_bytes),
        cmocka_unit_test(test_84_errors_of_callbacks_come_back),
        cmocka_unit_test(test_89_decrypted_data_needs_no_transport),
        cmocka_unit_test(test_91_reads_that_would_block),
        cmocka_unit_test(test_96_what_is_not_data_is_handled_inside),
        cmocka_unit_test(test_112_the_queue_is_serviced_after_close),
        cmocka_unit_test(test_120_133_135_139_what_io_callbacks_are_given),
        cmocka_unit_test(test_121_callbacks_that_are_null),
        cmocka_unit_test(test_136_errors_of_the_transport_are_not_retried),
        cmocka_unit_test(test_137_success_with_fewer_bytes_or_none),
        cmocka_unit_test(test_123_124_125_128_alloc_free_and_realloc),
        cmocka_unit_test(test_127_every_allocation_may_fail),
        cmocka_unit_test(test_126_no_other_heap),
        cmocka_unit_test(test_130_the_engine_never_seeds),
        cmocka_unit_test(test_147_when_a_session_is_stored),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
