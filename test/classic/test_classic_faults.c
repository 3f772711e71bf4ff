/*
 * test_classic_faults.c - the fault loops over SSL 2.0, SSL 3.0, TLS 1.0 and 1.1: every callback
 * that may wait waits at every call, bytes come and go one by one, the n-th allocation and the n-th
 * random number fail for every n, the transport ends behind every byte. Every block must come back
 * wiped (connection_close), and no secret may be on the wire.
 */
#include "connection.h"

/* clang-format off */
static const Plan plans[] = {
    { "2.0 RC4",                 SSL_Version_2_0, SSL_Version_2_0, 0x0004, OF_SHORT, NOBODY, WITH_CHECK | WITH_SESSIONS },
    { "2.0 3DES, certificate",   SSL_Version_2_0, SSL_Version_2_0, 0xFF83, OF_SHORT, OF_CLIENT, WITH_CHECK | WITH_REQUEST | WITH_KEY_CALLBACK },
    { "2.0 no certificate",      SSL_Version_2_0, SSL_Version_2_0, 0x0006, OF_SHORT, NOBODY, WITH_REQUEST },
    { "2.0 after a 3.0 offer",   SSL_Version_Undetermined, SSL_Version_2_0, 0x0004, OF_SHORT, NOBODY, WITH_KEY_CALLBACK },
    { "3.0 by 2.0 hello",        SSL_Version_Undetermined, SSL_Version_Undetermined, 0x000A, OF_SHORT, NOBODY, WITH_SESSIONS },
    { "3.0 RC4, certificate",    SSL_Version_3_0, SSL_Version_3_0, 0x0005, OF_SHORT, OF_CLIENT, WITH_CHECK | WITH_REQUEST | WITH_KEY_CALLBACK | WITH_SESSIONS },
    { "3.0 no certificate",      SSL_Version_3_0, SSL_Version_3_0, 0x0001, OF_SHORT, NOBODY, WITH_REQUEST },
    { "3.0 export",              SSL_Version_3_0, SSL_Version_3_0, 0x0006, OF_LEAF, NOBODY, WITH_EXPORT_KEY },
    { "3.0 anonymous export",    SSL_Version_3_0, SSL_Version_3_0, 0x0019, NOBODY, NOBODY, WITH_SHORT_DH },
    { "1.0 CBC",                 TLS_Version_1_0, TLS_Version_1_0, 0x002F, OF_SHORT, OF_CLIENT, WITH_SESSIONS | WITH_REQUEST | WITHOUT_ETM },
    { "1.0 DSS, ephemeral",      TLS_Version_1_0, TLS_Version_1_0, 0x0065, OF_DSA, NOBODY, WITH_CHECK | WITH_SHORT_DH },
    { "1.0 ECDHE",               TLS_Version_1_0, TLS_Version_1_0, 0xC013, OF_SHORT, NOBODY, 0 },
    { "1.1 Camellia",            TLS_Version_1_1, TLS_Version_1_1, 0x0041, OF_SHORT, NOBODY, WITH_SESSIONS | WITH_KEY_CALLBACK },
    { "1.1 ECDSA, certificate",  TLS_Version_1_1, TLS_Version_1_1, 0xC00A, OF_EC, OF_DSA, WITH_CHECK | WITH_REQUEST },
};
/* clang-format on */

#define DATA 700

static int uses_sessions(const Plan *plan)
{
    return (plan->flags & WITH_SESSIONS) != 0;
}

/* What the stores hold behind a first connection; empty where the plan resumes nothing. */
static const Store *sessions_of(const Plan *plan, int resumed)
{
    static Store       sessions[2];
    static const Plan *whose;
    Connection        *connection;

    if (!resumed) {
        return NULL;
    }
    if (whose != plan) {
        connection = connection_open(plan, NULL);
        connection_establish(connection);
        assert_int_equal(SSLClose(connection->client.ctx), SSLNoErr);
        assert_int_equal(SSLClose(connection->server.ctx), SSLNoErr);
        sessions[0] = connection->client_store;
        sessions[1] = connection->server_store;
        connection_close(connection);
        whose = plan;
    }
    return sessions;
}

/* A fault of one side, then the whole conversation: handshake, data both ways, close. */
typedef struct Trial {
    const Plan *plan;
    int         resumed, server;
    CallKind    kind;
    unsigned    first, times;
    SSLErr      code;
} Trial;

static Connection *open_trial(const Trial *trial)
{
    Connection *connection = connection_open(trial->plan, sessions_of(trial->plan, trial->resumed));
    End        *end        = trial->server ? &connection->server : &connection->client;

    end->fault_kind  = trial->kind;
    end->fault_first = trial->first + (trial->kind == CALL_ALLOC ? end->calls[CALL_ALLOC] : 0);
    end->fault_times = trial->times;
    end->fault_code  = trial->code;
    return connection;
}

static int close_end(End *end)
{
    SSLErr err = SSLClose(end->ctx);

    while (err == SSLWouldBlockErr) {
        err = SSLServiceWriteQueue(end->ctx);
    }
    return err == SSLNoErr;
}

/* 1 if everything succeeded. */
static int converse(Connection *connection)
{
    End *client = &connection->client, *server = &connection->server;

    connection_handshake(connection);
    if (client->result != SSLNoErr || server->result != SSLNoErr) {
        return 0;
    }
    if (!connection_carry(client, server, DATA) || !connection_carry(server, client, DATA)) {
        return 0;
    }
    return close_end(client) && close_end(server);
}

/* How often each callback is called when nothing goes wrong. */
static void count_calls(const Plan *plan, int resumed, unsigned counts[2][CALL_KINDS])
{
    const Trial trial      = {plan, resumed, 0, CALL_READ, 0, 0, SSLNoErr};
    Connection *connection = open_trial(&trial);
    unsigned    configured[2];

    configured[0] = connection->client.calls[CALL_ALLOC];
    configured[1] = connection->server.calls[CALL_ALLOC];
    assert_true(converse(connection));
    assert_int_equal(end_resumed(&connection->client), resumed);
    memcpy(counts[0], connection->client.calls, sizeof(counts[0]));
    memcpy(counts[1], connection->server.calls, sizeof(counts[1]));
    counts[0][CALL_ALLOC] -= configured[0];
    counts[1][CALL_ALLOC] -= configured[1];
    connection_close(connection);
}

/* Runs `try` for every plan, full and resumed, and for each call of the kind on either side. */
static unsigned for_every_call(CallKind kind, unsigned times, SSLErr code,
                               void (*try)(const Trial *trial))
{
    unsigned counts[2][CALL_KINDS], index, tried = 0;
    size_t   i;

    for (i = 0; i < COUNT(plans); i++) {
        Trial trial = {&plans[i], 0, 0, kind, 0, times, code};

        for (trial.resumed = 0; trial.resumed <= uses_sessions(&plans[i]); trial.resumed++) {
            count_calls(&plans[i], trial.resumed, counts);
            for (trial.server = 0; trial.server < 2; trial.server++) {
                for (index = 0; index < counts[trial.server][kind]; index++) {
                    trial.first = index;
                    try(&trial);
                    tried++;
                }
            }
        }
    }
    return tried;
}

/* ---- waiting ---- */

static void try_waiting(const Trial *trial)
{
    Connection *connection = open_trial(trial);

    if (!converse(connection)) {
        fail_msg("%s%s: the %s waits in call %u of kind %d: client %d %s, server %d %s",
                 trial->plan->name, trial->resumed ? ", resumed" : "",
                 trial->server ? "server" : "client", trial->first, trial->kind,
                 connection->client.result, end_rule(&connection->client),
                 connection->server.result, end_rule(&connection->server));
    }
    assert_int_equal(end_resumed(&connection->client), trial->resumed);
    connection_close(connection);
}

static void test_every_callback_waits_at_every_call(void **state)
{
    static const CallKind kinds[] = {CALL_READ, CALL_WRITE, CALL_GET_SESSION, CALL_CHECK, CALL_KEY};
    size_t                i;

    (void)state;
    for (i = 0; i < COUNT(kinds); i++) {
        assert_true(for_every_call(kinds[i], 1, SSLWouldBlockErr, try_waiting) > 5);
        if (kinds[i] != CALL_READ && kinds[i] != CALL_WRITE) {
            assert_true(for_every_call(kinds[i], 3, SSLWouldBlockErr, try_waiting) > 5);
        }
    }
}

static void test_one_byte_at_a_time(void **state)
{
    static const struct {
        size_t read, write;
    } chunks[] = {{1, 0}, {0, 1}, {1, 1}, {7, 3}};
    size_t i, j;
    int    resumed;

    (void)state;
    for (i = 0; i < COUNT(plans); i++) {
        for (resumed = 0; resumed <= uses_sessions(&plans[i]); resumed++) {
            for (j = 0; j < COUNT(chunks); j++) {
                const Trial trial      = {&plans[i], resumed, 0, CALL_READ, 0, 0, SSLNoErr};
                Connection *connection = open_trial(&trial);
                End        *ends[2];
                int         e, rounds;

                ends[0] = &connection->client;
                ends[1] = &connection->server;
                for (e = 0; e < 2; e++) {
                    ends[e]->read_chunk  = chunks[j].read;
                    ends[e]->write_chunk = chunks[j].write;
                }
                connection_establish(connection);
                assert_int_equal(end_resumed(ends[0]), resumed);
                for (e = 0; e < 2; e++) {
                    uint8_t data[40] = "a message in pieces";
                    uint32  length   = sizeof(data);
                    SSLErr  err      = SSLWrite(data, &length, ends[e]->ctx);

                    assert_int_equal(length, sizeof(data));
                    for (rounds = 0; err == SSLWouldBlockErr && rounds < 2000; rounds++) {
                        err = SSLServiceWriteQueue(ends[e]->ctx);
                    }
                    assert_int_equal(err, SSLNoErr);
                    for (rounds = 0; rounds < 2000 && ends[1 - e]->received_length < 40; rounds++) {
                        assert_int_equal(end_read(ends[1 - e]), SSLWouldBlockErr);
                    }
                    assert_memory_equal(ends[1 - e]->received, data, sizeof(data));
                }
                connection_close(connection);
            }
        }
    }
}

/* ---- failing ---- */

#define OWN_CODE (-4321)

/* The callback's own code comes back from the call that met it, and nothing leaks. A write without
 * memory leaves the connection standing. */
static void try_failing(const Trial *trial)
{
    Connection *connection = open_trial(trial);
    End        *end        = trial->server ? &connection->server : &connection->client;

    /* Who closes does not want to know that the peer is gone. */
    if (converse(connection) &&
        (trial->kind != CALL_WRITE || end->calls[CALL_WRITE] != trial->first + 1)) {
        fail_msg("%s: nobody noticed failure %u of kind %d", trial->plan->name, trial->first,
                 trial->kind);
    }
    if (end->result != SSLNoErr && end->result != OWN_CODE) {
        fail_msg("%s%s: the %s's failure %u of kind %d came back as %d", trial->plan->name,
                 trial->resumed ? ", resumed" : "", trial->server ? "server" : "client",
                 trial->first, trial->kind, end->result);
    }
    connection_close(connection);
}

static void test_the_nth_allocation_fails_for_every_n(void **state)
{
    (void)state;
    assert_true(for_every_call(CALL_ALLOC, 1, OWN_CODE, try_failing) > 300);
}

static void test_all_allocations_fail_from_the_nth_on(void **state)
{
    (void)state;
    (void)for_every_call(CALL_ALLOC, 100000, OWN_CODE, try_failing);
}

static void test_the_nth_random_number_fails_for_every_n(void **state)
{
    (void)state;
    assert_true(for_every_call(CALL_RANDOM, 1, OWN_CODE, try_failing) > 50);
}

static void test_the_transport_fails_at_every_call(void **state)
{
    (void)state;
    (void)for_every_call(CALL_WRITE, 1, OWN_CODE, try_failing);
    (void)for_every_call(CALL_READ, 1, OWN_CODE, try_failing);
}

/* Without memory SSLWrite takes nothing and loses nothing. */
static void test_a_write_without_memory_can_be_repeated(void **state)
{
    static const size_t sizes[] = {1, 100, 16384, 40000};
    static uint8_t      data[40000];
    size_t              i, j;
    unsigned            n;

    (void)state;
    for (i = 0; i < COUNT(plans); i++) {
        for (j = 0; j < COUNT(sizes); j++) {
            for (n = 0; n < 3; n++) {
                Connection *connection = connection_open(&plans[i], NULL);
                End        *client     = &connection->client;
                uint32      length     = (uint32)sizes[j], taken;
                SSLErr      err;

                connection_establish(connection);
                client->fault_kind  = CALL_ALLOC;
                client->fault_first = client->calls[CALL_ALLOC] + n;
                client->fault_times = 1;
                client->fault_code  = OWN_CODE;
                err                 = SSLWrite(data, &length, client->ctx);
                assert_true(err == SSLNoErr || err == OWN_CODE);
                taken = length;
                if (err == OWN_CODE) {
                    if (end_state(client) != SSL_StateConnected) {
                        fail_msg("%s: a write of %lu bytes without memory ends the connection",
                                 plans[i].name, (unsigned long)sizes[j]);
                    }
                    length = (uint32)sizes[j] - taken;
                    assert_int_equal(SSLWrite(data + taken, &length, client->ctx), SSLNoErr);
                }
                assert_int_equal(end_read(&connection->server), SSLWouldBlockErr);
                assert_int_equal(connection->server.received_length, sizes[j]);
                connection_close(connection);
            }
        }
    }
}

/* ---- the transport ends ---- */

static void cut_at(const Plan *plan, int resumed, int server, size_t byte)
{
    const Trial trial      = {plan, resumed, 0, CALL_READ, 0, 0, SSLNoErr};
    Connection *connection = open_trial(&trial);
    End        *end        = server ? &connection->server : &connection->client;
    SSLErr      err        = SSLNoErr;
    int         i;

    end->in->cut      = byte;
    end->in->cut_with = SSLConnectionClosedGraceful;
    connection_handshake(connection);
    err = end->result;
    for (i = 0; err == SSLNoErr && i < 3; i++) {
        uint32  length     = DATA;
        uint8_t data[DATA] = {0};

        (void)SSLWrite(data, &length, (server ? &connection->client : &connection->server)->ctx);
        err = end_read(end);
        err = err == SSLWouldBlockErr ? SSLNoErr : err;
    }
    if (err != SSLConnectionTruncated) {
        fail_msg("%s%s: the %s's input ends behind byte %lu: %d (%s)", plan->name,
                 resumed ? ", resumed" : "", server ? "server" : "client", (unsigned long)byte, err,
                 end_rule(end));
    }
    assert_int_equal(end_state(end), SSL_StateAborted);
    connection_close(connection);
}

static void test_the_transport_ends_behind_every_byte(void **state)
{
    size_t i, byte, stride = is_thorough() ? 1 : 5;
    int    resumed, server;

    (void)state;
    for (i = 0; i < COUNT(plans); i++) {
        for (resumed = 0; resumed <= uses_sessions(&plans[i]); resumed++) {
            const Trial trial      = {&plans[i], resumed, 0, CALL_READ, 0, 0, SSLNoErr};
            Connection *connection = open_trial(&trial);
            size_t      lengths[2];

            connection_establish(connection);
            lengths[0] = connection->down.length;
            lengths[1] = connection->up.length;
            connection_close(connection);
            for (server = 0; server < 2; server++) {
                for (byte = i % stride; byte < lengths[server] + 40; byte += stride) {
                    cut_at(&plans[i], resumed, server, byte);
                }
            }
        }
    }
}

/* ---- secrets ---- */

/* Neither master secret nor plaintext is on the wire, nor, once the handshake is over, in what the
 * engine gave back (which is all zero, or connection_close fails). */
static void test_secrets_stay_inside(void **state)
{
    size_t i, j;

    (void)state;
    for (i = 0; i < COUNT(plans); i++) {
        Connection *connection = connection_open(&plans[i], NULL);
        Wire       *wires[2];
        uint8_t     master[48];
        uint8_t     pattern[64];
        uint32      length = sizeof(pattern);
        size_t      secret = plans[i].server_version == SSL_Version_2_0 ? 16 : 48;

        connection_establish(connection);
        memcpy(master, connection->client.ctx->master_secret, sizeof(master));
        memset(pattern, 0x77, sizeof(pattern));
        assert_int_equal(SSLWrite(pattern, &length, connection->client.ctx), SSLNoErr);
        wires[0] = &connection->up;
        wires[1] = &connection->down;
        for (j = 0; j < 2; j++) {
            assert_int_equal(wire_find(wires[j], master, secret), -1);
            if (plans[i].suite > 2) { /* NULL ciphers hide nothing */
                assert_int_equal(wire_find(wires[j], pattern, 16), -1);
            }
        }
        assert_int_equal(SSLClose(connection->client.ctx), SSLNoErr);
        connection_close(connection);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_callback_waits_at_every_call),
        cmocka_unit_test(test_one_byte_at_a_time),
        cmocka_unit_test(test_the_nth_allocation_fails_for_every_n),
        cmocka_unit_test(test_all_allocations_fail_from_the_nth_on),
        cmocka_unit_test(test_the_nth_random_number_fails_for_every_n),
        cmocka_unit_test(test_the_transport_fails_at_every_call),
        cmocka_unit_test(test_a_write_without_memory_can_be_repeated),
        cmocka_unit_test(test_the_transport_ends_behind_every_byte),
        cmocka_unit_test(test_secrets_stay_inside),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
