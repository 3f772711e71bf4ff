/*
 * test_matrix.c - the four settings of SSLSetProtocolVersion on either side: the manual's table of
 * what is spoken, and of who cannot speak with whom. Where they cannot, both sides end with an
 * error, or wait for bytes that never come where a real 2.0 server would hang, and no application
 * byte passes.
 */
#include "connection.h"

static const SSLProtocolVersion settings[4] = {SSL_Version_Undetermined,
                                               SSL_Version_3_0_With_2_0_Hello, SSL_Version_3_0_Only,
                                               SSL_Version_2_0};
static const char *const names[4] = {"undetermined", "3.0 with 2.0 hello", "3.0 only", "2.0 only"};

/* Rows: the client. A version, or the letter of the reason why there is none. */
static const int expected[4][4] = {
    {SSL_Version_3_0, SSL_Version_3_0, 'a', SSL_Version_2_0},
    {SSL_Version_3_0, SSL_Version_3_0, 'a', 'b'},
    {SSL_Version_3_0, SSL_Version_3_0, SSL_Version_3_0, 'c'},
    {SSL_Version_2_0, 'd', 'e', SSL_Version_2_0},
};

static void check_agreement(Connection *connection, int version)
{
    End *client = &connection->client, *server = &connection->server;

    connection_establish(connection);
    assert_int_equal(end_version(client), version);
    assert_int_equal(end_version(server), version);
    assert_int_equal(end_suite(client), end_suite(server));
    assert_true(connection_carry(client, server, 40000));
    assert_true(connection_carry(server, client, 40000));
}

/* What is tried after a failure moves nothing either. */
static void check_silence(End *end)
{
    uint8_t byte   = 'x';
    uint32  length = 1;

    assert_int_not_equal(SSLWrite(&byte, &length, end->ctx), SSLNoErr);
    assert_int_equal(length, 0);
    length = 1;
    assert_int_not_equal(SSLRead(&byte, &length, end->ctx), SSLNoErr);
    assert_int_equal(length, 0);
}

static void end_transport(End *end)
{
    end->in->cut      = end->in->length;
    end->in->cut_with = SSLConnectionClosedGraceful;
}

static void check_failure(Connection *connection, int reason)
{
    End *client = &connection->client, *server = &connection->server;

    connection_handshake(connection);
    if (reason ==
        'c') { /* waits for the rest of a record of 5635 bytes: until the program gives up */
        if (server->result == SSLWouldBlockErr) {
            assert_int_equal(client->result, SSLWouldBlockErr);
        }
    } else {
        /* The side that refuses says at once why. */
        End *refuses = reason == 'b' ? client : server;

        assert_true(refuses->result == SSLProtocolErr || refuses->result == SSLNegotiationErr);
        if (reason == 'd') {
            assert_int_equal(server->result, SSLNegotiationErr);
        }
    }
    end_transport(client);
    end_transport(server);
    client->result =
        client->result == SSLWouldBlockErr ? SSLHandshake(client->ctx) : client->result;
    server->result =
        server->result == SSLWouldBlockErr ? SSLHandshake(server->ctx) : server->result;
    assert_int_not_equal(client->result, SSLNoErr);
    assert_int_not_equal(client->result, SSLWouldBlockErr);
    assert_int_not_equal(server->result, SSLNoErr);
    assert_int_not_equal(server->result, SSLWouldBlockErr);
    assert_int_equal(end_state(client), SSL_StateAborted);
    assert_int_equal(end_state(server), SSL_StateAborted);
    check_silence(client);
    check_silence(server);
}

static void test_matrix_of_section_4(void **state)
{
    int i, j;

    (void)state;
    for (i = 0; i < 4; i++) {
        for (j = 0; j < 4; j++) {
            const Plan  plan       = {.name           = names[i],
                                      .client_version = settings[i],
                                      .server_version = settings[j],
                                      .server         = OF_LEAF,
                                      .flags          = WITH_EXPORT_KEY};
            Connection *connection = connection_open(&plan, NULL);

            if (expected[i][j] >= SSL_Version_3_0 || expected[i][j] == SSL_Version_2_0) {
                check_agreement(connection, expected[i][j]);
            } else {
                check_failure(connection, expected[i][j]);
            }
            connection_close(connection);
        }
    }
}

/* What the first bytes of a client look like under each setting, and that a session of 3.0 opens
 * in its own format. */
static void test_38_39_40_41_opening_format(void **state)
{
    static const struct {
        SSLProtocolVersion setting;
        int                v2;
        uint16_t           version;
        int                kinds; /* SSL 2.0 kinds in the list */
    } cases[] = {
        {SSL_Version_Undetermined, 1, SSL_Version_3_0, 1},
        {SSL_Version_3_0_With_2_0_Hello, 1, SSL_Version_3_0, 0},
        {SSL_Version_3_0_Only, 0, SSL_Version_3_0, 0},
        {SSL_Version_2_0, 1, SSL_Version_2_0, 1},
    };
    size_t i, at;

    (void)state;
    for (i = 0; i < COUNT(cases); i++) {
        const Plan  plan       = {.name           = "opening",
                                  .client_version = cases[i].setting,
                                  .server_version = SSL_Version_Undetermined,
                                  .server         = OF_LEAF};
        Connection *connection = connection_open(&plan, NULL);
        Wire       *up         = &connection->up;
        int         kinds = 0, suites = 0;

        assert_int_equal(SSLHandshake(connection->client.ctx), SSLWouldBlockErr);
        if (cases[i].v2) {
            assert_int_equal(get_u16(up->data), 0x8000 | (up->length - 2));
            assert_int_equal(up->data[2], 1);
            assert_int_equal(get_u16(up->data + 3), cases[i].version);
            assert_int_equal(get_u16(up->data + 5) % 3, 0);
            assert_int_equal(get_u16(up->data + 7), 0);
            for (at = 11; at < 11u + get_u16(up->data + 5); at += 3) {
                kinds += up->data[at] != 0;
                suites += up->data[at] == 0;
                assert_true(up->data[at] == 0 || suites == 0); /* kinds first */
            }
            assert_int_equal(kinds > 0, cases[i].kinds);
            assert_int_equal(suites > 0, cases[i].version == SSL_Version_3_0);
        } else {
            assert_int_equal(up->data[0], CONTENT_HANDSHAKE);
            assert_int_equal(get_u16(up->data + 1), SSL_Version_3_0);
            assert_int_equal(get_u16(up->data + 9), SSL_Version_3_0);
        }
        connection_close(connection);
    }
}

/* (c): a 2.0 server takes 16 03 00 for a header and a body of 5635 bytes. */
static void test_40_a_2_0_server_does_not_understand_a_3_0_hello(void **state)
{
    const Plan  plan        = {.name           = "3.0 hello to 2.0",
                               .client_version = SSL_Version_3_0_Only,
                               .server_version = SSL_Version_2_0,
                               .server         = OF_LEAF};
    Connection *connection  = connection_open(&plan, NULL);
    uint8_t     zeros[6000] = {0};

    (void)state;
    connection_handshake(connection);
    if (connection->server.result == SSLWouldBlockErr) {
        wire_put(&connection->up, zeros, sizeof(zeros));
        connection->server.result = SSLHandshake(connection->server.ctx);
    }
    assert_int_not_equal(connection->server.result, SSLNoErr);
    assert_int_not_equal(connection->server.result, SSLWouldBlockErr);
    connection_close(connection);
}

/* A setting is never mistaken for a version, and can be changed until the handshake begins. */
static void test_42_the_call_reports_no_errors(void **state)
{
    const Plan  plan       = {.name           = "settings",
                              .client_version = SSL_Version_2_0,
                              .server_version = SSL_Version_2_0,
                              .server         = OF_LEAF};
    Connection *connection = connection_open(&plan, NULL);
    int         i;

    (void)state;
    for (i = 0; i < 4; i++) {
        assert_int_equal(SSLSetProtocolVersion(connection->client.ctx, settings[i]), SSLNoErr);
        assert_int_equal(end_version(&connection->client), settings[i]);
    }
    assert_int_equal(SSLSetProtocolVersion(connection->client.ctx, SSL_Version_3_0), SSLNoErr);
    connection_close(connection);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_matrix_of_section_4),
        cmocka_unit_test(test_38_39_40_41_opening_format),
        cmocka_unit_test(test_40_a_2_0_server_does_not_understand_a_3_0_hello),
        cmocka_unit_test(test_42_the_call_reports_no_errors),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
