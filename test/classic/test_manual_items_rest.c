/*
 * test_manual_items_rest.c - statements of the manual that no other file names, from including
 * ssl.h to the chain of certificates (numbers of the checklist in the names); those about running
 * connections and callbacks are in test_manual_items_rest2.c.
 */
#include "connection.h"

#include <pthread.h>

SSLErr only_ssl_h(uint32 *size, SSLBuffer *buffer); /* only_ssl_h.c */

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
    return plan;
}

static Connection *opened(SSLProtocolVersion version)
{
    Plan plan = plan_of(version);

    return connection_open(&plan, NULL);
}

static unsigned io_calls(const End *end)
{
    return end->calls[CALL_READ] + end->calls[CALL_WRITE];
}

static SSLContext *new_block(void)
{
    SSLContext *block = malloc(SSLContextSize());

    assert_non_null(block);
    memset(block, 0x5A, SSLContextSize());
    return block;
}

static void init_classic(End *end)
{
    assert_int_equal(SSLInitContextClassic(end->ctx), SSLNoErr);
}

/* ---- 3.1 general ---- */

static void test_1_4_ssl_h_alone_is_enough_and_hides_the_context(void **state)
{
    uint32    size   = 0;
    SSLBuffer buffer = {0, NULL};

    (void)state;
    assert_int_equal(only_ssl_h(&size, &buffer), SSLSessionNotFoundErr);
    assert_true(size > 0);
    assert_int_equal(size, SSLContextSize());
    assert_int_equal(buffer.length, 1);
    assert_int_equal(buffer.data[0], 1);
}

/* Memory that no heap knows: the engine neither allocates nor frees it. */
static void test_5_24_the_block_is_the_users(void **state)
{
    static union {
        uint64_t number;
        void    *pointer;
        uint8_t  bytes[65536];
    } block;
    Connection *connection = opened(SSL_Version_3_0);
    End        *client     = &connection->client;
    SSLContext *ctx        = (SSLContext *)(void *)block.bytes;
    size_t      live       = client->live;
    int         use;

    (void)state;
    assert_true(SSLContextSize() <= sizeof(block));
    for (use = 0; use < 3; use++) { /* initialised again, for a new use */
        memset(block.bytes, 0x11 * use, sizeof(block));
        assert_int_equal(SSLInitContextClassic(ctx), SSLNoErr);
        assert_int_equal(client->live, live);
        assert_int_equal(SSLDuplicateContext(client->ctx, ctx, client), SSLNoErr);
        assert_int_equal(SSLSetPeerID(ctx, buffer_of("me", 2)), SSLNoErr);
        assert_int_equal(SSLHandshake(ctx), SSLWouldBlockErr);
        assert_true(client->live > live);
        assert_int_equal(SSLDeleteContext(ctx), SSLNoErr);
        assert_int_equal(client->live, live);
        memset(block.bytes, 0xEE, sizeof(block)); /* ours, and nobody looks at it any more */
        assert_int_equal(SSLServiceWriteQueue(client->ctx), SSLNoErr);
        assert_int_equal(block.bytes[SSLContextSize() - 1], 0xEE);
        assert_int_equal(block.bytes[0], 0xEE);
    }
    connection_close(connection);
}

typedef struct Step {
    SSLContext *ctx;
    SSLErr      result;
} Step;

static void *handshake_step(void *argument)
{
    Step *step = argument;

    step->result = SSLHandshake(step->ctx);
    return NULL;
}

static SSLErr in_a_thread_of_its_own(SSLContext *ctx)
{
    pthread_t thread;
    Step      step;

    step.ctx = ctx;
    assert_int_equal(pthread_create(&thread, NULL, handshake_step, &step), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
    return step.result;
}

/* Each call is made by another thread; neither locks nor thread-local data stand in the way. */
static void test_7_a_context_moves_from_thread_to_thread(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < 5; i++) {
        Connection *connection = opened(five[i]);
        SSLErr      client = SSLWouldBlockErr, server = SSLWouldBlockErr;
        int         rounds;

        for (rounds = 0; rounds < 20 && (client != SSLNoErr || server != SSLNoErr); rounds++) {
            client = in_a_thread_of_its_own(connection->client.ctx);
            server = in_a_thread_of_its_own(connection->server.ctx);
        }
        assert_int_equal(client, SSLNoErr);
        assert_int_equal(server, SSLNoErr);
        assert_true(connection_carry(&connection->client, &connection->server, 5000));
        connection_close(connection);
    }
}

/* ---- one session store and one reference for all threads ---- */

enum {
    THREADS = 4,
    TURNS   = 4,
    ENTRIES = 64
};

static struct {
    pthread_mutex_t lock;
    Store           entries[ENTRIES];
    size_t          count;
} shared = {.lock = PTHREAD_MUTEX_INITIALIZER};

static SSLErr plain_alloc(SSLBuffer *buffer, void *ref)
{
    (void)ref;
    buffer->data = malloc(buffer->length);
    return buffer->data != NULL ? SSLNoErr : SSLMemoryErr;
}

static SSLErr plain_free(SSLBuffer *buffer, void *ref)
{
    (void)ref;
    free(buffer->data);
    return SSLNoErr;
}

/* The entry of this key, or a free one; under the lock. */
static Store *shared_entry(SSLBuffer key)
{
    size_t i;

    for (i = 0; i < shared.count; i++) {
        if (shared.entries[i].key_length == key.length &&
            memcmp(shared.entries[i].key, key.data, key.length) == 0) {
            break;
        }
    }
    return i < ENTRIES ? &shared.entries[i] : NULL;
}

static SSLErr shared_add(SSLBuffer key, SSLBuffer data, void *ref)
{
    Store *entry;

    (void)ref;
    pthread_mutex_lock(&shared.lock);
    entry = shared_entry(key);
    if (entry != NULL && key.length <= sizeof(entry->key) && data.length <= sizeof(entry->data)) {
        if (entry == &shared.entries[shared.count]) {
            shared.count++;
        }
        memcpy(entry->key, key.data, key.length);
        memcpy(entry->data, data.data, data.length);
        entry->key_length  = key.length;
        entry->data_length = data.length;
        entry->present     = 1;
    }
    pthread_mutex_unlock(&shared.lock);
    return SSLNoErr;
}

static SSLErr shared_get(SSLBuffer key, SSLBuffer *data, void *ref)
{
    SSLErr err = SSLSessionNotFoundErr;
    Store *entry;

    (void)ref;
    pthread_mutex_lock(&shared.lock);
    entry = shared_entry(key);
    if (entry != NULL && entry->present && data != NULL) {
        data->length = (uint32)entry->data_length;
        err          = plain_alloc(data, NULL);
        if (err == SSLNoErr) {
            memcpy(data->data, entry->data, entry->data_length);
        }
    }
    pthread_mutex_unlock(&shared.lock);
    return err;
}

static SSLErr shared_delete(SSLBuffer key, void *ref)
{
    Store *entry;

    (void)ref;
    pthread_mutex_lock(&shared.lock);
    entry = shared_entry(key);
    if (entry != NULL) {
        entry->present = 0;
    }
    pthread_mutex_unlock(&shared.lock);
    return SSLNoErr;
}

static void share_everything(End *end)
{
    SSLContext *ctx = end->ctx;

    SSLSetAllocFunc(ctx, plain_alloc);
    SSLSetFreeFunc(ctx, plain_free);
    SSLSetAllocRef(ctx, &shared);
    SSLSetAddSessionFunc(ctx, shared_add);
    SSLSetGetSessionFunc(ctx, shared_get);
    SSLSetDeleteSessionFunc(ctx, shared_delete);
    SSLSetSessionRef(ctx, &shared);
}

typedef struct Worker {
    pthread_t thread;
    size_t    number, connected, resumed;
} Worker;

static void *connect_often(void *argument)
{
    Worker *worker = argument;
    size_t  turn;

    for (turn = 0; turn < TURNS; turn++) {
        Plan        plan       = plan_of(TLS_Version_1_2);
        Connection *connection = connection_bare(init_classic);
        uint32      length     = 5;

        plan.flags = WITH_SESSIONS;
        connection->client.random += 1000 * worker->number + turn;
        connection->server.random += 1000 * worker->number + turn;
        share_everything(&connection->client);
        share_everything(&connection->server);
        connection_configure(connection, &plan);
        connection_handshake(connection);
        worker->connected += connection->client.result == SSLNoErr &&
                             SSLWrite("five!", &length, connection->server.ctx) == SSLNoErr &&
                             end_read(&connection->client) == SSLWouldBlockErr &&
                             memcmp(connection->client.received, "five!", 5) == 0;
        worker->resumed += end_resumed(&connection->client) != 0;
        (void)SSLClose(connection->client.ctx);
        (void)SSLClose(connection->server.ctx);
        connection_close(connection);
    }
    return NULL;
}

/* The first thread to look finds the session that was made before all of them. */
static void test_8_146_threads_share_one_session_store(void **state)
{
    Worker workers[THREADS + 1];
    size_t i, resumed = 0;

    (void)state;
    memset(workers, 0, sizeof(workers));
    assert_non_null(identity_of(OF_LEAF)); /* made before the threads */
    (void)connect_often(&workers[THREADS]);
    assert_int_equal(workers[THREADS].connected, TURNS);
    assert_int_equal(workers[THREADS].resumed, TURNS - 1);
    for (i = 0; i < THREADS; i++) {
        workers[i].number = i + 1;
        assert_int_equal(pthread_create(&workers[i].thread, NULL, connect_often, &workers[i]), 0);
    }
    for (i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(workers[i].thread, NULL), 0);
        assert_int_equal(workers[i].connected, TURNS);
        resumed += workers[i].resumed;
    }
    assert_true(resumed > 0);
}

static SSLErr refuse_random(SSLBuffer buffer, void *ref)
{
    (void)buffer;
    return *(int *)ref;
}

static SSLErr refuse_io(SSLBuffer data, uint32 *processed, void *ref)
{
    (void)data;
    (void)processed;
    (void)ref;
    return -4243;
}

static void test_11_callbacks_are_per_context(void **state)
{
    Connection *connection = opened(SSL_Version_3_0);
    SSLContext *other      = new_block();
    int         code       = -4242;

    (void)state;
    assert_int_equal(SSLDuplicateContext(connection->client.ctx, other, NULL), SSLNoErr);
    SSLSetRandomFunc(other, refuse_random);
    SSLSetRandomRef(other, &code);
    SSLSetReadFunc(other, refuse_io);
    SSLSetWriteFunc(other, refuse_io);
    SSLSetTimeFunc(other, NULL);
    SSLSetCheckCertificateFunc(other, NULL);
    connection_establish(connection);
    assert_true(connection_carry(&connection->client, &connection->server, 10));
    assert_int_equal(SSLHandshake(other), -4242);
    assert_int_equal(SSLDeleteContext(other), SSLNoErr);
    free(other);
    connection_close(connection);
}

/* Also one that is positive. */
static void test_12_zero_is_success_everything_else_is_an_error(void **state)
{
    static const int codes[] = {1, -1, 0x7FFFFFFF, -0x7FFFFFFF};
    size_t           i;

    (void)state;
    assert_int_equal(SSLNoErr, 0);
    for (i = 0; i < COUNT(codes); i++) {
        Connection *connection = opened(SSL_Version_3_0);
        int         code       = codes[i];

        assert_int_equal(SSLSetRandomFunc(connection->client.ctx, refuse_random), 0);
        assert_int_equal(SSLSetRandomRef(connection->client.ctx, &code), 0);
        assert_int_equal(SSLHandshake(connection->client.ctx), codes[i]);
        connection_close(connection);
    }
}

static void test_14_the_named_errors(void **state)
{
    static const SSLErr named[] = {SSLNoErr,
                                   SSLMemoryErr,
                                   SSLUnsupportedErr,
                                   SSLOverflowErr,
                                   SSLUnknownErr,
                                   SSLProtocolErr,
                                   SSLNegotiationErr,
                                   SSLFatalAlert,
                                   SSLWouldBlockErr,
                                   SSLIOErr,
                                   SSLConnectionClosedGraceful,
                                   SSLConnectionClosedError,
                                   ASNBadEncodingErr,
                                   ASNIntegerTooBigErr,
                                   X509CertChainInvalidErr,
                                   X509NamesNotEqualErr,
                                   SSLNoMatchingSessionKeyErr};
    size_t              i, j;

    (void)state;
    for (i = 0; i < COUNT(named); i++) {
        assert_string_not_equal(SSLErrorString(named[i]), SSLErrorString(12345));
        for (j = 0; j < i; j++) {
            assert_int_not_equal(named[i], named[j]);
            assert_string_not_equal(SSLErrorString(named[i]), SSLErrorString(named[j]));
        }
    }
}

/* The end called "client" opened the transport and spoke first, in clear text; it is the client or
 * the server of the handshake that follows. */
static void test_15_37_plain_traffic_first_and_either_role(void **state)
{
    size_t i;
    int    swapped;

    (void)state;
    for (i = 0; i < 5; i++) {
        for (swapped = 0; swapped < 2; swapped++) {
            Plan        plan = plan_of(five[i]);
            Connection *connection;
            End        *opener, *other;

            plan.server = NOBODY;
            connection  = connection_open(&plan, NULL);
            opener      = &connection->client;
            other       = &connection->server;
            wire_put(&connection->up, "STARTTLS\r\n", 10);
            wire_put(&connection->down, "220 go on\r\n", 11);
            connection->up.taken   = 10;
            connection->down.taken = 11;
            if (swapped) {
                assert_int_equal(SSLSetProtocolSide(opener->ctx, SSL_ServerSide), SSLNoErr);
                assert_int_equal(SSLSetProtocolSide(other->ctx, SSL_ClientSide), SSLNoErr);
            }
            assert_int_equal(
                SSLAddIdentity(swapped ? opener->ctx : other->ctx, identity_of(OF_LEAF)), SSLNoErr);
            connection_establish(connection);
            assert_true(connection_carry(opener, other, 300));
            assert_true(connection_carry(other, opener, 300));
            assert_memory_equal(connection->up.data, "STARTTLS\r\n", 10);
            connection_close(connection);
        }
    }
}

/* ssl.h, which lies in the folder that tests are started from. */
static char *header_text(void)
{
    FILE  *file = fopen("ssl.h", "rb");
    char  *text = calloc(1, 200000);
    size_t length;

    if (file == NULL) {
        fail_msg("ssl.h is not here: run this from the top folder");
    }
    assert_non_null(text);
    length = fread(text, 1, 199999, file);
    assert_in_range(length, 10000, 199998);
    assert_int_equal(fclose(file), 0);
    return text;
}

/* Exceptions: the manual's own SSLGetProtocolVersion, which is the status of a connection too,
 * SSLGetSession, which gives the session that was made, and the newer lists of what is enabled
 * (where the default is worth knowing). */
static void test_16_no_getters_for_what_the_user_set(void **state)
{
    static const char *const both[] = {"ProtocolVersion", "EnabledCiphers", "EnabledGroups",
                                       "EnabledSignatureSchemes", "Session"};
    char                    *text = header_text(), *at = text;
    size_t                   setters = 0, found = 0, i;

    (void)state;
    while ((at = strstr(at, "\nSSLErr SSLSet")) != NULL) {
        char   getter[100];
        size_t length;

        at += strlen("\nSSLErr SSLSet");
        length = strcspn(at, "(");
        assert_in_range(length, 1, 60);
        snprintf(getter, sizeof(getter), "SSLGet%.*s(", (int)length, at);
        setters++;
        if (strstr(text, getter) != NULL) {
            for (i = 0; i < COUNT(both) && strncmp(at, both[i], length) != 0; i++) {
            }
            if (i == COUNT(both)) {
                fail_msg("%s) gives back what the user set", getter);
            }
            found++;
        }
    }
    assert_true(setters > 18);
    assert_int_equal(found, COUNT(both));
    free(text);
}

/* ---- 3.3 SSLInitContext ---- */

enum {
    SETTERS = 6
};

static SSLErr apply(SSLContext *ctx, size_t which)
{
    static const uint16_t suites[] = {0x002F, 0x000A, 0x0004};

    switch (which) {
    case 0:
        return SSLSetProtocolSide(ctx, SSL_ClientSide);
    case 1:
        return SSLSetProtocolVersion(ctx, SSL_Version_3_0_Only);
    case 2:
        return SSLSetEnabledCiphers(ctx, suites, COUNT(suites));
    case 3:
        return SSLSetPeerID(ctx, buffer_of("peer", 4));
    case 4:
        return SSLAddCertificate(ctx, certificate_of(OF_CLIENT, 0), 0, 0);
    default:
        return SSLSetRequestClientCert(ctx, 1);
    }
}

/* In any order the same hello leaves; without an allocator, calls that allocate say what is
 * missing.
 */
static void test_21_setters_come_in_any_order(void **state)
{
    uint8_t first[200];
    size_t  first_length = 0, start, i;

    (void)state;
    for (start = 0; start < 2 * SETTERS; start++) {
        Connection *connection = connection_bare(init_classic);
        Wire       *up         = &connection->up;

        for (i = 0; i < SETTERS; i++) {
            size_t which = (start + i) % SETTERS;

            assert_int_equal(
                apply(connection->client.ctx, start < SETTERS ? which : SETTERS - 1 - which),
                SSLNoErr);
        }
        assert_int_equal(SSLHandshake(connection->client.ctx), SSLWouldBlockErr);
        assert_in_range(up->length, 40, sizeof(first));
        if (start == 0) {
            first_length = up->length;
            memcpy(first, up->data, first_length);
        }
        assert_int_equal(up->length, first_length);
        assert_memory_equal(up->data, first, first_length);
        connection_close(connection);
    }
    for (i = 0; i < SETTERS; i++) {
        SSLContext *ctx = new_block();
        SSLErr      err;

        assert_int_equal(SSLInitContextClassic(ctx), SSLNoErr);
        err = apply(ctx, i);
        assert_true(err == (i == 3 || i == 4 ? SSLMissingCallbackErr : SSLNoErr) ||
                    (i == 2 && err == SSLMissingCallbackErr)); /* a list is copied */
        assert_int_equal(SSLDeleteContext(ctx), SSLNoErr);
        free(ctx);
    }
}

/* ---- 3.4 SSLDeleteContext ---- */

/* Only initialised, in mid-handshake, failed, connected: no error, no I/O, no random, and every
 * block comes back wiped (connection_close looks, too). */
static void test_25_26_27_delete_cannot_fail_and_sends_nothing(void **state)
{
    size_t i;
    int    stage;

    (void)state;
    for (i = 0; i < 5; i++) {
        for (stage = 0; stage < 4; stage++) {
            Connection *connection = opened(five[i]);
            End        *client = &connection->client, *server = &connection->server;
            size_t      sent;
            unsigned    io, randoms;
            uint32      length = 40;
            uint8_t     byte;

            if (stage == 1 || stage == 2) {
                assert_int_equal(SSLHandshake(client->ctx), SSLWouldBlockErr);
                if (stage == 2) {
                    wire_put(&connection->down, "\0\0\0\0\0\0\0\0\0\0\0", 11);
                    assert_int_equal(SSLHandshake(client->ctx), SSLProtocolErr);
                }
            } else if (stage == 3) { /* plaintext waits in the server */
                connection_establish(connection);
                assert_int_equal(
                    SSLWrite("very secret: the fleet sails on a Friday", &length, client->ctx),
                    SSLNoErr);
                length = 1;
                assert_int_equal(SSLRead(&byte, &length, server->ctx), SSLNoErr);
            }
            io      = io_calls(client) + io_calls(server);
            randoms = client->calls[CALL_RANDOM];
            sent    = connection->up.length + connection->down.length;
            end_delete(client); /* SSLNoErr, no block left, none with its content */
            end_delete(server);
            assert_int_equal(client->live + server->live, 0);
            assert_int_equal(client->unwiped + server->unwiped, 0);
            assert_int_equal(io_calls(client) + io_calls(server), io);
            assert_int_equal(client->calls[CALL_RANDOM], randoms);
            assert_int_equal(connection->up.length + connection->down.length, sent);
            connection_close(connection);
        }
    }
}

/* ---- 3.5 SSLDuplicateContext ---- */

static void test_29_the_third_argument_is_the_io_reference(void **state)
{
    Connection *connection = opened(SSL_Version_3_0);
    End        *client     = &connection->client;
    Wire        elsewhere  = {0};
    End         other      = {0};
    SSLContext *copy       = new_block();

    (void)state;
    other.in = other.out = &elsewhere;
    assert_int_equal(SSLDuplicateContext(client->ctx, copy, &other), SSLNoErr);
    other.write_chunk = 7;
    assert_int_equal(SSLHandshake(copy), SSLWouldBlockErr);
    assert_true(other.calls[CALL_WRITE] > 0);
    assert_true(elsewhere.length > 0);
    assert_int_equal(io_calls(client), 0);
    assert_int_equal(connection->up.length, 0);
    assert_int_equal(SSLDeleteContext(copy), SSLNoErr);
    free(copy);
    free(elsewhere.data);
    connection_close(connection);
}

static void check_fresh(SSLContext *ctx, SSLProtocolVersion asked)
{
    SSLSessionState    state_now;
    SSLProtocolVersion version;
    uint16             suite = 1;
    uint32             reads = 1, writes = 1;
    int                count = 1, resumed = 1;

    assert_int_equal(SSLGetSessionState(ctx, &state_now), SSLNoErr);
    assert_int_equal(state_now, SSL_StateIdle);
    assert_int_equal(SSLGetProtocolVersion(ctx, &version), SSLNoErr);
    assert_int_equal(version, asked);
    assert_int_equal(SSLGetNegotiatedCipher(ctx, &suite), SSLNoErr);
    assert_int_equal(suite, 0);
    assert_int_equal(SSLGetReadPendingSize(ctx, &reads), SSLNoErr);
    assert_int_equal(SSLGetWritePendingSize(ctx, &writes), SSLNoErr);
    assert_int_equal(reads + writes, 0);
    assert_int_equal(SSLGetPeerCertificateChainLength(ctx, &count), SSLNoErr);
    assert_int_equal(count, 0);
    assert_int_equal(SSLGetSessionResumed(ctx, &resumed), SSLNoErr);
    assert_int_equal(resumed, 0);
    assert_int_equal(SSLWants(ctx), 0);
}

/* From an original in mid-handshake, connected, closed, failed, with a queue that waits. */
static void test_31_a_duplicate_is_fresh(void **state)
{
    int stage;

    (void)state;
    for (stage = 0; stage < 5; stage++) {
        Plan        plan = plan_of(SSL_Version_Undetermined);
        Connection *connection;
        End        *client;
        SSLContext *copy   = new_block();
        uint32      length = 5;

        plan.suite = TLS_RSA_WITH_RC4_128_MD5;
        connection = connection_open(&plan, NULL);
        client     = &connection->client;
        if (stage == 0) {
            assert_int_equal(SSLHandshake(client->ctx), SSLWouldBlockErr);
        } else {
            connection_establish(connection);
            assert_int_equal(end_version(client), SSL_Version_3_0);
        }
        if (stage == 2) {
            assert_int_equal(SSLClose(client->ctx), SSLNoErr);
        } else if (stage == 3) {
            wire_put(&connection->down, "\0\0\0\0\0\0\0", 7);
            assert_int_equal(end_read(client), SSLProtocolErr);
        } else if (stage == 4) {
            client->write_room = client->out->length + 1;
            assert_int_equal(SSLWrite("queue", &length, client->ctx), SSLWouldBlockErr);
        }
        assert_int_equal(SSLDuplicateContext(client->ctx, copy, NULL), SSLNoErr);
        check_fresh(copy, SSL_Version_Undetermined);
        assert_int_equal(SSLDeleteContext(copy), SSLNoErr);
        free(copy);
        connection_close(connection);
    }
}

/* The original goes, or is changed: the duplicate serves with its own copy of key and chain. */
static void test_32_a_duplicate_is_independent(void **state)
{
    Plan             plan = plan_of(SSL_Version_3_0);
    Connection      *connection;
    SSLContext      *copy = new_block(), *original;
    SSLRSAPrivateKey key = rsa_key(key_of(OF_LEAF)), foreign = rsa_key(key_of(OF_CLIENT));
    End             *server;

    (void)state;
    plan.server = NOBODY;
    connection  = connection_open(&plan, NULL);
    server      = &connection->server;
    original    = server->ctx;
    assert_int_equal(SSLSetPrivateKey(original, &key), SSLNoErr);
    assert_int_equal(SSLAddCertificate(original, certificate_of(OF_LEAF, 0), 1, 1), SSLNoErr);
    assert_int_equal(SSLDuplicateContext(original, copy, server), SSLNoErr);
    assert_int_equal(SSLSetProtocolVersion(copy, SSL_Version_2_0), SSLNoErr);
    assert_int_equal(end_version(server), SSL_Version_3_0);
    assert_int_equal(SSLSetProtocolVersion(copy, SSL_Version_3_0), SSLNoErr);
    assert_int_equal(SSLSetPrivateKey(original, &foreign), SSLNoErr);
    assert_int_equal(SSLSetProtocolVersion(original, TLS_Version_1_2), SSLNoErr);
    assert_int_equal(SSLDeleteContext(original), SSLNoErr); /* the original first */
    server->ctx = copy;
    connection_establish(connection);
    assert_true(connection_carry(&connection->client, server, 1000));
    assert_int_equal(SSLDeleteContext(copy), SSLNoErr);
    assert_int_equal(server->live, 0);
    free(copy);
    server->ctx = original;
    assert_int_equal(SSLInitContextClassic(original), SSLNoErr); /* for connection_close */
    connection_close(connection);
}

/* For every n: the n-th allocation of the duplication fails. */
static void test_25_33_a_duplication_that_fails_half_way(void **state)
{
    Plan             plan = plan_of(SSL_Version_3_0);
    Connection      *connection;
    SSLRSAPrivateKey key = rsa_key(key_of(OF_LEAF));
    SSLErr           err = -501;
    End             *server;
    unsigned         n;
    size_t           live;

    (void)state;
    plan.server = NOBODY;
    plan.flags  = WITH_DH | WITH_EXPORT_KEY | WITH_SESSIONS;
    connection  = connection_open(&plan, NULL);
    server      = &connection->server;
    assert_int_equal(SSLSetPrivateKey(server->ctx, &key), SSLNoErr);
    assert_int_equal(SSLAddCertificate(server->ctx, certificate_of(OF_LEAF, 0), 1, 1), SSLNoErr);
    live = server->live;
    for (n = 0; err != SSLNoErr && n < 100; n++) {
        SSLContext *copy = new_block();

        server->fault_kind  = CALL_ALLOC;
        server->fault_code  = -501;
        server->fault_first = server->calls[CALL_ALLOC] + n;
        server->fault_times = 1;
        err                 = SSLDuplicateContext(server->ctx, copy, NULL);
        assert_true(err == SSLNoErr || err == -501);
        assert_int_equal(SSLDeleteContext(copy), SSLNoErr);
        assert_int_equal(server->live, live);
        free(copy);
    }
    assert_in_range(n, 4, 99);
    server->fault_times = 0;
    connection_establish(connection);
    connection_close(connection);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_1_4_ssl_h_alone_is_enough_and_hides_the_context),
        cmocka_unit_test(test_5_24_the_block_is_the_users),
        cmocka_unit_test(test_7_a_context_moves_from_thread_to_thread),
        cmocka_unit_test(test_8_146_threads_share_one_session_store),
        cmocka_unit_test(test_11_callbacks_are_per_context),
        cmocka_unit_test(test_12_zero_is_success_everything_else_is_an_error),
        cmocka_unit_test(test_14_the_named_errors),
        cmocka_unit_test(test_15_37_plain_traffic_first_and_either_role),
        cmocka_unit_test(test_16_no_getters_for_what_the_user_set),
        cmocka_unit_test(test_21_setters_come_in_any_order),
        cmocka_unit_test(test_25_26_27_delete_cannot_fail_and_sends_nothing),
        cmocka_unit_test(test_29_the_third_argument_is_the_io_reference),
        cmocka_unit_test(test_31_a_duplicate_is_fresh),
        cmocka_unit_test(test_32_a_duplicate_is_independent),
        cmocka_unit_test(test_25_33_a_duplication_that_fails_half_way),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
