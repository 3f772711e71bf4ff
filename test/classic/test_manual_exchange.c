/*
 * test_manual_exchange.c - the manual's statements about status getters, the write queue, closing
 * and the check-certificate callback, in the old protocols (numbers of the checklist in the names).
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
    return plan;
}

static Connection *established(SSLProtocolVersion version)
{
    Plan        plan       = plan_of(version);
    Connection *connection = connection_open(&plan, NULL);

    connection_establish(connection);
    return connection;
}

static unsigned io_calls(const End *end)
{
    return end->calls[CALL_READ] + end->calls[CALL_WRITE];
}

static uint32 write_pending(End *end)
{
    uint32 bytes = 99;

    assert_int_equal(SSLGetWritePendingSize(end->ctx, &bytes), SSLNoErr);
    return bytes;
}

static uint32 read_pending(End *end)
{
    uint32 bytes = 99;

    assert_int_equal(SSLGetReadPendingSize(end->ctx, &bytes), SSLNoErr);
    return bytes;
}

/* The transport takes so many bytes more. */
static void give_room(End *end, size_t bytes)
{
    end->write_room = end->out->length + bytes;
}

/* ---- 3.13 status ---- */

static void test_69_version_before_and_after(void **state)
{
    static const SSLProtocolVersion settings[] = {SSL_Version_Undetermined,
                                                  SSL_Version_3_0_With_2_0_Hello,
                                                  SSL_Version_3_0_Only, SSL_Version_2_0};
    static const SSLProtocolVersion spoken[]   = {SSL_Version_3_0, SSL_Version_3_0, SSL_Version_3_0,
                                                  SSL_Version_2_0};
    size_t                          i;

    (void)state;
    for (i = 0; i < 4; i++) {
        Plan        plan = plan_of(settings[i]);
        Connection *connection;

        plan.suite = TLS_RSA_WITH_RC4_128_MD5; /* it has a number in both */
        connection = connection_open(&plan, NULL);
        assert_int_equal(end_version(&connection->client), settings[i]);
        assert_int_equal(end_suite(&connection->client), 0); /* item 74 */
        connection_establish(connection);
        assert_int_equal(end_version(&connection->client), spoken[i]);
        assert_int_equal(end_version(&connection->server), spoken[i]);
        assert_int_equal(end_suite(&connection->client), TLS_RSA_WITH_RC4_128_MD5);
        connection_close(connection);
    }
}

static void test_70_71_72_the_peers_certificates(void **state)
{
    size_t i, j;

    (void)state;
    for (i = 0; i < 5; i++) {
        Plan        plan       = plan_of(five[i]);
        Connection *connection = connection_open(&plan, NULL);
        End        *client     = &connection->client;
        SSLBuffer   copies[3], out = {5, (uint8 *)"x"};
        int         count = -1, expected = five[i] == SSL_Version_2_0 ? 1 : 3;
        unsigned    allocations;

        assert_int_equal(SSLGetPeerCertificateChainLength(client->ctx, &count), SSLNoErr);
        assert_int_equal(count, 0);
        connection_establish(connection);
        assert_int_equal(SSLGetPeerCertificateChainLength(client->ctx, &count), SSLNoErr);
        assert_int_equal(count, expected);
        assert_int_equal(SSLGetPeerCertificateChainLength(connection->server.ctx, &count),
                         SSLNoErr);
        assert_int_equal(count, 0);
        allocations = client->calls[CALL_ALLOC];
        assert_int_equal(SSLGetPeerCertificate(client->ctx, expected, &out), SSLOverflowErr);
        assert_int_equal(SSLGetPeerCertificate(client->ctx, -1, &out), SSLOverflowErr);
        assert_int_equal(client->calls[CALL_ALLOC], allocations);
        for (j = 0; j < (size_t)expected; j++) {
            assert_int_equal(SSLGetPeerCertificate(client->ctx, (int)j, &copies[j]), SSLNoErr);
        }
        client->live -= (size_t)expected; /* ours now */
        connection_close(connection);
        for (j = 0; j < (size_t)expected; j++) { /* valid after the context, leaf first */
            SSLBuffer original = certificate_of(OF_LEAF, j);

            assert_int_equal(copies[j].length, original.length);
            assert_memory_equal(copies[j].data, original.data, original.length);
            free(copies[j].data - 16);
        }
    }
}

static void test_71_allocation_errors_come_back(void **state)
{
    Connection *connection = established(SSL_Version_2_0);
    End        *client     = &connection->client;
    SSLBuffer   out;

    (void)state;
    client->fault_kind  = CALL_ALLOC;
    client->fault_code  = -99;
    client->fault_first = client->calls[CALL_ALLOC];
    client->fault_times = 1;
    assert_int_equal(SSLGetPeerCertificate(client->ctx, 0, &out), -99);
    connection_close(connection);
}

static void test_75_write_pending_counts_wire_bytes(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < 5; i++) {
        Connection *connection = established(five[i]);
        End        *client     = &connection->client;
        size_t      before     = client->out->length;
        uint8_t     data[100]  = {0};
        uint32      length     = 100, pending;

        assert_int_equal(write_pending(client), 0);
        give_room(client, 30);
        assert_int_equal(SSLWrite(data, &length, client->ctx), SSLWouldBlockErr);
        assert_int_equal(length, 100);
        pending = write_pending(client);
        assert_true(pending > 100 - 30); /* header, MAC and padding count */
        give_room(client, 10);
        assert_int_equal(SSLServiceWriteQueue(client->ctx), SSLWouldBlockErr);
        assert_int_equal(write_pending(client), pending - 10);
        client->write_room = 0;
        assert_int_equal(SSLServiceWriteQueue(client->ctx), SSLNoErr);
        assert_int_equal(write_pending(client), 0);
        assert_int_equal(client->out->length - before, pending + 30);
        connection_close(connection);
    }
}

static void test_76_77_read_pending_counts_data(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < 5; i++) {
        Connection *connection = established(five[i]);
        End        *server     = &connection->server;
        uint8_t     data[100]  = {0};
        uint32      length     = 100;
        unsigned    io;

        assert_int_equal(SSLSetRecordSplitting(connection->client.ctx, 0), SSLBadStateErr);
        assert_int_equal(read_pending(server), 0);
        assert_int_equal(SSLWrite(data, &length, connection->client.ctx), SSLNoErr);
        io = io_calls(server);
        assert_int_equal(read_pending(server), 0); /* nothing was decrypted yet */
        assert_int_equal(io_calls(server), io);
        length = 1;
        assert_int_equal(SSLRead(data, &length, server->ctx), SSLNoErr);
        length = 40;
        assert_int_equal(SSLRead(data, &length, server->ctx), SSLNoErr);
        assert_int_equal(length, 40);
        assert_int_equal(read_pending(server), 59);
        io     = io_calls(server);
        length = 59;
        assert_int_equal(SSLRead(data, &length, server->ctx), SSLNoErr);
        assert_int_equal(length, 59);
        assert_int_equal(io_calls(server), io); /* item 89 */
        connection_close(connection);
    }
}

/* ---- 3.16 SSLWrite, 3.17 SSLServiceWriteQueue ---- */

/* The first SSLWrite makes the handshake, and says that it took nothing until that is done. */
static void test_99_write_performs_the_handshake(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < 5; i++) {
        Plan        plan       = plan_of(five[i]);
        Connection *connection = connection_open(&plan, NULL);
        uint32      length     = 0;
        SSLErr      err        = SSLWouldBlockErr;
        int         rounds;

        for (rounds = 0; err == SSLWouldBlockErr && rounds < 20; rounds++) {
            uint32 none = 0;

            length = 5;
            err    = SSLWrite("hello", &length, connection->client.ctx);
            if (err == SSLWouldBlockErr) {
                assert_int_equal(length, 0);
            }
            (void)SSLWrite("", &none, connection->server.ctx);
        }
        assert_int_equal(err, SSLNoErr);
        assert_int_equal(length, 5);
        assert_int_equal(end_read(&connection->server), SSLWouldBlockErr);
        assert_int_equal(connection->server.received_length, 5);
        assert_memory_equal(connection->server.received, "hello", 5);
        connection_close(connection);
    }
}

static void test_101_102_103_what_a_blocked_write_took(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < 5; i++) {
        Connection *connection = established(five[i]);
        End        *client     = &connection->client;
        uint8_t     data[200];
        uint32      length = sizeof(data);
        unsigned    writes;

        memset(data, 'a', sizeof(data));
        give_room(client, 10);
        assert_int_equal(SSLWrite(data, &length, client->ctx), SSLWouldBlockErr);
        assert_int_equal(length, sizeof(data)); /* everything taken */
        memset(data, 'b', sizeof(data));        /* the caller's buffer is not needed any more */
        length = sizeof(data);
        assert_int_equal(SSLWrite(data, &length, client->ctx), SSLWouldBlockErr);
        assert_int_equal(length, 0); /* an old queue is in the way */
        assert_int_equal(data[0], 'b');
        client->write_room = 0;
        assert_int_equal(SSLServiceWriteQueue(client->ctx), SSLNoErr);
        writes = client->calls[CALL_WRITE];
        assert_int_equal(SSLServiceWriteQueue(client->ctx), SSLNoErr); /* item 108 */
        assert_int_equal(client->calls[CALL_WRITE], writes);
        assert_int_equal(end_read(&connection->server), SSLWouldBlockErr);
        assert_int_equal(connection->server.received_length, sizeof(data));
        assert_int_equal(connection->server.received[sizeof(data) - 1], 'a');
        connection_close(connection);
    }
}

static void test_104_zero_length_writes(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < 5; i++) {
        Connection *connection = established(five[i]);
        End        *client     = &connection->client;
        size_t      before     = client->out->length;
        uint32      length     = 0;

        assert_int_equal(SSLWrite(NULL, &length, client->ctx), SSLNoErr);
        assert_int_equal(client->out->length, before); /* no record */
        give_room(client, 10);
        length = 5;
        assert_int_equal(SSLWrite("hello", &length, client->ctx), SSLWouldBlockErr);
        length = 0;
        assert_int_equal(SSLWrite(NULL, &length, client->ctx), SSLWouldBlockErr);
        client->write_room = 0;
        assert_int_equal(SSLWrite(NULL, &length, client->ctx), SSLNoErr); /* flushed */
        assert_int_equal(write_pending(client), 0);
        connection_close(connection);
    }
}

static void test_105_long_writes_are_split(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < 5; i++) {
        Connection *connection = established(five[i]);

        assert_true(connection_carry(&connection->client, &connection->server, 65000));
        assert_true(connection_carry(&connection->server, &connection->client, 16385));
        connection_close(connection);
    }
}

static void test_106_115_after_the_end(void **state)
{
    size_t i;
    int    fatal;

    (void)state;
    for (i = 0; i < 5; i++) {
        for (fatal = 0; fatal < 2; fatal++) {
            Connection *connection = established(five[i]);
            End        *client     = &connection->client;
            SSLErr      expected   = fatal ? SSLConnectionClosedError : SSLConnectionClosedGraceful;
            uint8_t     byte       = 1;
            uint32      length     = 1;
            unsigned    io;

            if (fatal) {
                wire_put(&connection->down, "\x00\x00\x00\x00\x00\x00\x00\x00", 8);
                assert_int_equal(end_read(client), SSLProtocolErr);
            } else {
                assert_int_equal(SSLClose(client->ctx), SSLNoErr);
            }
            io = io_calls(client);
            assert_int_equal(SSLWrite(&byte, &length, client->ctx), expected);
            assert_int_equal(length, 0);
            length = 1;
            assert_int_equal(SSLRead(&byte, &length, client->ctx), expected);
            assert_int_equal(length, 0);
            assert_int_equal(SSLHandshake(client->ctx), expected);
            assert_int_equal(io_calls(client), io);
            connection_close(connection);
        }
    }
}

static void test_107_a_limit_on_the_queue(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < 5; i++) {
        Plan        plan       = plan_of(five[i]);
        Connection *connection = connection_open(&plan, NULL);
        uint8_t     data[5000] = {0};
        uint32      length     = sizeof(data);

        assert_int_equal(SSLSetWriteQueueLimit(connection->client.ctx, 1000), SSLNoErr);
        connection_establish(connection);
        assert_int_equal(SSLWrite(data, &length, connection->client.ctx), SSLNoErr);
        assert_in_range(length, 1, 1000);
        assert_true(connection_carry(&connection->client, &connection->server, 5000) ||
                    connection->server.received_length == length + 5000);
        connection_close(connection);
    }
}

static void test_109_110_111_the_queue_keeps_its_order(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < 5; i++) {
        Connection *connection = established(five[i]);
        End        *client     = &connection->client;
        uint32      length     = 3;
        unsigned    reads, randoms;

        give_room(client, 1);
        assert_int_equal(SSLWrite("one", &length, client->ctx), SSLWouldBlockErr);
        reads   = client->calls[CALL_READ];
        randoms = client->calls[CALL_RANDOM];
        while (write_pending(client) > 1) {
            give_room(client, 1);
            assert_int_equal(SSLServiceWriteQueue(client->ctx), SSLWouldBlockErr);
        }
        client->fault_kind  = CALL_WRITE; /* item 111 */
        client->fault_code  = -5150;
        client->fault_first = client->calls[CALL_WRITE];
        client->fault_times = 1;
        client->write_room  = 0;
        if (i % 2 == 0) {
            client->fault_times = 0;
            assert_int_equal(SSLServiceWriteQueue(client->ctx), SSLNoErr);
            assert_int_equal(end_read(&connection->server), SSLWouldBlockErr);
            assert_memory_equal(connection->server.received, "one", 3);
        } else {
            assert_int_equal(SSLServiceWriteQueue(client->ctx), -5150);
        }
        assert_int_equal(client->calls[CALL_READ], reads);
        assert_int_equal(client->calls[CALL_RANDOM], randoms);
        connection_close(connection);
    }
}

static void test_110_the_queue_starts_no_handshake(void **state)
{
    Plan        plan       = plan_of(SSL_Version_3_0);
    Connection *connection = connection_open(&plan, NULL);

    (void)state;
    assert_int_equal(SSLServiceWriteQueue(connection->client.ctx), SSLNoErr);
    assert_int_equal(io_calls(&connection->client), 0);
    assert_int_equal(end_state(&connection->client), SSL_StateIdle);
    connection_close(connection);
}

/* ---- 3.18 SSLClose ---- */

static void test_113_close_sends_close_notify_behind_the_queue(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < 5; i++) {
        Plan        plan = plan_of(five[i]);
        Connection *connection;
        End        *client;
        uint32      length = 4;
        size_t      before;

        plan.suite = five[i] == SSL_Version_2_0 ? TLS_RSA_WITH_RC4_128_MD5 : TLS_RSA_WITH_NULL_MD5;
        connection = connection_open(&plan, NULL);
        client     = &connection->client;
        connection_establish(connection);
        give_room(client, 3);
        assert_int_equal(SSLWrite("data", &length, client->ctx), SSLWouldBlockErr);
        assert_int_equal(SSLClose(client->ctx), SSLWouldBlockErr);
        assert_int_equal(SSLClose(client->ctx), SSLWouldBlockErr); /* item 114: queued once */
        client->write_room = 0;
        before             = client->out->length;
        assert_int_equal(SSLServiceWriteQueue(client->ctx), SSLNoErr); /* item 112 */
        assert_true(client->out->length > before);
        if (five[i] == SSL_Version_2_0) { /* nothing stands for it */
            assert_int_equal(end_alert_sent(client), SSL_NO_ALERT);
        } else { /* NULL cipher: it can be read */
            assert_memory_equal(client->out->data + client->out->length - 18, "\1\0", 2);
            assert_int_equal(end_alert_sent(client), 0);
        }
        before = client->out->length;
        assert_int_equal(SSLClose(client->ctx), SSLNoErr);
        assert_int_equal(client->out->length, before);
        assert_int_equal(end_read(&connection->server), five[i] == SSL_Version_2_0
                                                            ? SSLWouldBlockErr
                                                            : SSLConnectionClosedGraceful);
        assert_memory_equal(connection->server.received, "data", 4); /* item 94 */
        connection_close(connection);
    }
}

static void test_116_close_ignores_a_broken_transport(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < 5; i++) {
        Connection *connection = established(five[i]);
        End        *client     = &connection->client;

        client->fault_kind  = CALL_WRITE;
        client->fault_code  = SSLIOErr;
        client->fault_first = client->calls[CALL_WRITE];
        client->fault_times = 1000;
        assert_int_equal(SSLClose(client->ctx), SSLNoErr);
        connection_close(connection);
    }
}

/* In the middle of the handshake: an alert from SSL 3.0 on, nothing in SSL 2.0. */
static void test_116_close_during_the_handshake(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < 5; i++) {
        Plan        plan       = plan_of(five[i]);
        Connection *connection = connection_open(&plan, NULL);
        End        *server     = &connection->server;
        size_t      before;

        assert_int_equal(SSLHandshake(connection->client.ctx), SSLWouldBlockErr);
        assert_int_equal(SSLHandshake(server->ctx), SSLWouldBlockErr);
        before = server->out->length;
        assert_int_equal(SSLClose(server->ctx), SSLNoErr);
        if (five[i] == SSL_Version_2_0) {
            assert_int_equal(server->out->length, before);
        } else {
            assert_int_equal(server->out->length, before + 7);
            assert_int_equal(get_u16(server->out->data + before + 1), five[i]);
            assert_memory_equal(server->out->data + before + 5, "\1\0", 2);
        }
        connection_close(connection);
    }
}

static void test_95_118_close_does_not_read(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < 5; i++) {
        Connection *connection = established(five[i]);
        End        *client     = &connection->client;
        unsigned    reads      = client->calls[CALL_READ];
        SSLErr      err;

        assert_int_equal(SSLClose(client->ctx), SSLNoErr);
        assert_int_equal(client->calls[CALL_READ], reads);
        /* The other side's transport ends without a word: never the graceful code, data or not. */
        connection->server.in->cut =
            connection->server.in->length - (five[i] == SSL_Version_2_0 ? 0u : 1u);
        connection->server.in->cut_with = SSLConnectionClosedGraceful;
        err                             = end_read(&connection->server);
        if (err == SSLWouldBlockErr) { /* there was a part of a record */
            err = end_read(&connection->server);
        }
        assert_int_equal(err, SSLConnectionTruncated);
        connection_close(connection);
    }
}

/* ---- 3.24 check-certificate ---- */

static void test_148_149_151_the_check_callback(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < 5; i++) {
        Plan        plan = plan_of(five[i]);
        Connection *connection;

        plan.client = OF_CLIENT;
        plan.flags  = WITH_CHECK | WITH_REQUEST;
        connection  = connection_open(&plan, NULL);
        connection_establish(connection);
        assert_int_equal(connection->client.check_calls, 1);
        assert_int_equal(connection->client.check_count, five[i] == SSL_Version_2_0 ? 1 : 3);
        assert_int_equal(connection->client.check_first.length, certificate_of(OF_LEAF, 0).length);
        assert_int_equal(connection->server.check_calls, 1);
        assert_int_equal(connection->server.check_count, five[i] == SSL_Version_2_0 ? 1 : 2);
        assert_int_equal(connection->server.check_first.length,
                         certificate_of(OF_CLIENT, 0).length);
        connection_close(connection);

        plan.client = NOBODY; /* not called when the peer sent none */
        connection  = connection_open(&plan, NULL);
        connection_establish(connection);
        assert_int_equal(connection->server.check_calls, 0);
        connection_close(connection);
    }
}

/* A chain whose parts do not belong together never reaches the callback. */
static void test_148_inconsistent_chains_do_not_reach_it(void **state)
{
    static SSLIdentity broken;
    size_t             i;

    (void)state;
    for (i = 1; i < 5; i++) {
        Plan        plan = plan_of(five[i]);
        Connection *connection;

        plan.server     = NOBODY;
        plan.flags      = WITH_CHECK;
        broken          = *identity_of(OF_LEAF);
        broken.chain[1] = identity_of(OF_CLIENT)->chain[0];
        connection      = connection_open(&plan, NULL);
        assert_int_equal(SSLAddIdentity(connection->server.ctx, &broken), SSLNoErr);
        connection_handshake(connection);
        assert_true(connection->client.result == X509NamesNotEqualErr ||
                    connection->client.result == X509CertChainInvalidErr);
        assert_int_equal(connection->client.check_calls, 0);
        connection_close(connection);
    }
}

static void test_150_a_refusal_comes_back(void **state)
{
    size_t i;
    int    server;

    (void)state;
    for (i = 0; i < 5; i++) {
        for (server = 0; server < 2; server++) {
            Plan        plan = plan_of(five[i]);
            Connection *connection;
            End        *refuses, *other;

            plan.client           = OF_CLIENT;
            plan.flags            = WITH_CHECK | WITH_REQUEST;
            connection            = connection_open(&plan, NULL);
            refuses               = server ? &connection->server : &connection->client;
            other                 = server ? &connection->client : &connection->server;
            refuses->check_answer = -8888;
            connection_handshake(connection);
            assert_int_equal(refuses->result, -8888);
            if (five[i] >= SSL_Version_3_0) {
                assert_int_equal(other->result, SSLFatalAlert);
                assert_int_equal(end_alert_received(other), 46); /* certificate_unknown */
            } else {
                assert_int_not_equal(other->result, SSLNoErr);
            }
            connection_close(connection);
        }
    }
}

static void init_fresh(End *end)
{
    assert_int_equal(SSLInitContext(end->ctx), SSLNoErr);
}

static void test_152_without_anything_a_modern_context_refuses(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < 5; i++) {
        Plan        plan       = plan_of(five[i]);
        Connection *connection = connection_bare(init_fresh);

        connection_configure(connection, &plan);
        connection_handshake(connection);
        assert_int_equal(connection->client.result, SSLNoTrustErr);
        assert_int_not_equal(connection->server.result, SSLNoErr);
        connection_close(connection);
    }
}

static void test_153_not_called_when_a_session_is_taken_up(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < 5; i++) {
        Plan        plan = plan_of(five[i]);
        Store       sessions[2];
        Connection *connection;

        plan.flags = WITH_CHECK | WITH_SESSIONS;
        connection = connection_open(&plan, NULL);
        connection_establish(connection);
        assert_int_equal(SSLClose(connection->client.ctx), SSLNoErr);
        assert_int_equal(SSLClose(connection->server.ctx), SSLNoErr);
        sessions[0] = connection->client_store;
        sessions[1] = connection->server_store;
        connection_close(connection);
        connection = connection_open(&plan, sessions);
        connection_establish(connection);
        assert_int_equal(end_resumed(&connection->client), 1);
        assert_int_equal(connection->client.check_calls, 0);
        connection_close(connection);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_69_version_before_and_after),
        cmocka_unit_test(test_70_71_72_the_peers_certificates),
        cmocka_unit_test(test_71_allocation_errors_come_back),
        cmocka_unit_test(test_75_write_pending_counts_wire_bytes),
        cmocka_unit_test(test_76_77_read_pending_counts_data),
        cmocka_unit_test(test_99_write_performs_the_handshake),
        cmocka_unit_test(test_101_102_103_what_a_blocked_write_took),
        cmocka_unit_test(test_104_zero_length_writes),
        cmocka_unit_test(test_105_long_writes_are_split),
        cmocka_unit_test(test_106_115_after_the_end),
        cmocka_unit_test(test_107_a_limit_on_the_queue),
        cmocka_unit_test(test_109_110_111_the_queue_keeps_its_order),
        cmocka_unit_test(test_110_the_queue_starts_no_handshake),
        cmocka_unit_test(test_113_close_sends_close_notify_behind_the_queue),
        cmocka_unit_test(test_116_close_ignores_a_broken_transport),
        cmocka_unit_test(test_116_close_during_the_handshake),
        cmocka_unit_test(test_95_118_close_does_not_read),
        cmocka_unit_test(test_148_149_151_the_check_callback),
        cmocka_unit_test(test_148_inconsistent_chains_do_not_reach_it),
        cmocka_unit_test(test_150_a_refusal_comes_back),
        cmocka_unit_test(test_152_without_anything_a_modern_context_refuses),
        cmocka_unit_test(test_153_not_called_when_a_session_is_taken_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
