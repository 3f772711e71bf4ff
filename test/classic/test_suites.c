/*
 * test_suites.c - every suite of this build in every version in which it is legal, data both ways,
 * taken up again afterwards, with and without splitting of records and encrypt-then-MAC; and that
 * nothing weak is on unless it was named.
 */
#include "connection.h"

/* ---- every suite in every version ---- */

static Plan plan_for(const CipherSuite *suite, SSLProtocolVersion version)
{
    Plan plan;

    memset(&plan, 0, sizeof(plan));
    plan.name           = suite->name;
    plan.client_version = plan.server_version = version;
    plan.suite                                = suite->id;
    plan.flags                                = WITH_EXPORT_KEY | WITH_DH | WITH_SESSIONS;
    switch (suite->authentication) {
    case AUTH_DSS:
        plan.server = OF_DSA;
        break;
    case AUTH_ECDSA:
        plan.server = OF_EC;
        break;
    case AUTH_ANON:
        plan.server = NOBODY;
        break;
    case AUTH_ANY:
        plan.server = OF_EC;
        break;
    case AUTH_PSK:
        plan.server = suite->key_exchange == KX_RSA ? OF_LEAF : NOBODY;
        plan.flags |= WITH_PSK;
        break;
    default:
        plan.server = OF_LEAF;
        break;
    }
    return plan;
}

static int is_chained_cbc(const CipherSuite *suite, SSLProtocolVersion version)
{
    return suite->aead == AEAD_NONE && suite->cipher != CIPHER_NONE &&
           sslr_cipher_block_size((CipherId)suite->cipher) > 1 && version <= TLS_Version_1_0 &&
           version >= SSL_Version_3_0;
}

static void check_data(Connection *connection, const CipherSuite *suite, int split)
{
    SSLProtocolVersion version = end_version(&connection->client);
    size_t             up      = connection->up.length;

    assert_true(connection_carry(&connection->client, &connection->server, 5000));
    if (version >= SSL_Version_3_0) {
        assert_int_equal(wire_records(&connection->up, up, CONTENT_APPLICATION_DATA),
                         split && is_chained_cbc(suite, version) ? 2 : 1);
    }
    assert_true(connection_carry(&connection->server, &connection->client, 20000));
    assert_true(connection_carry(&connection->client, &connection->server, 1));
    assert_int_equal(SSLClose(connection->client.ctx), SSLNoErr);
    if (version >= SSL_Version_3_0) {
        assert_int_equal(end_read(&connection->server), SSLConnectionClosedGraceful);
    }
}

static void check_suite(const CipherSuite *suite, SSLProtocolVersion version, int *resumed)
{
    Plan        plan = plan_for(suite, version);
    Store       sessions[2];
    Connection *connection;

    plan.flags |= WITHOUT_ETM;
    connection = connection_open(&plan, NULL);
    connection_establish(connection);
    assert_int_equal(end_version(&connection->client), version);
    assert_int_equal(end_version(&connection->server), version);
    assert_int_equal(end_suite(&connection->client), suite->id);
    assert_int_equal(end_suite(&connection->server), suite->id);
    check_data(connection, suite, 1);
    sessions[0] = connection->client_store;
    sessions[1] = connection->server_store;
    connection_close(connection);
    if (version >= TLS_Version_1_3) {
        return;
    }
    plan.flags |= WITHOUT_SPLIT;
    plan.flags &= ~(unsigned)WITHOUT_ETM;
    connection = connection_open(&plan, sessions);
    connection_establish(connection);
    assert_int_equal(end_version(&connection->client), version);
    assert_int_equal(end_suite(&connection->server), suite->id);
    if (!end_resumed(&connection->client) || !end_resumed(&connection->server)) {
        fail_msg("%s in %s: not resumed", suite->name, SSLProtocolVersionName(version));
    }
    (*resumed)++;
    check_data(connection, suite, 0);
    connection_close(connection);
}

static void test_every_suite_in_every_version(void **state)
{
    static const SSLProtocolVersion versions[] = {SSL_Version_3_0, TLS_Version_1_0, TLS_Version_1_1,
                                                  TLS_Version_1_2, TLS_Version_1_3};
    size_t                          i, j;
    int                             count = 0, resumed = 0;

    (void)state;
    for (i = 0; i < sslr_cipher_suite_count; i++) {
        for (j = 0; j < COUNT(versions); j++) {
            const CipherSuite *suite = &sslr_cipher_suites[i];

            if (versions[j] >= suite->min_version && versions[j] <= suite->max_version) {
                check_suite(suite, versions[j], &resumed);
                count++;
            }
        }
    }
    for (i = 0; i < sslr_ssl2_kind_count; i++) {
        check_suite(sslr_cipher_suite(sslr_ssl2_kinds[i].suite), SSL_Version_2_0, &resumed);
        count++;
    }
    print_message("%d full handshakes, %d resumed\n", count, resumed);
    assert_true(count > 200);
}

/* RSA_EXPORT with a certificate key that is short enough, and one that is too long. */
static void test_temporary_keys_only_where_they_are_needed(void **state)
{
    static const struct {
        uint16_t   suite;
        Credential server;
        int        temporary;
    } cases[] = {
        {TLS_RSA_EXPORT_WITH_RC4_40_MD5, OF_SHORT, 0},
        {TLS_RSA_EXPORT_WITH_RC4_40_MD5, OF_LEAF, 1},
        {TLS_RSA_EXPORT1024_WITH_RC4_56_SHA, OF_SHORT, 0},
        {TLS_RSA_EXPORT1024_WITH_RC4_56_SHA, OF_LEAF, 0},
        {TLS_RSA_EXPORT1024_WITH_RC4_56_SHA, OF_LONG, 1},
        {TLS_RSA_EXPORT1024_WITH_DES_CBC_SHA, OF_LONG, 1},
    };
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(cases); i++) {
        const Plan  plan       = {.name           = "export",
                                  .client_version = TLS_Version_1_0,
                                  .server_version = TLS_Version_1_0,
                                  .suite          = cases[i].suite,
                                  .server         = cases[i].server,
                                  .flags          = WITH_EXPORT_KEY};
        Connection *connection = connection_open(&plan, NULL);

        connection_establish(connection);
        assert_int_equal(wire_message(&connection->down, MSG_SERVER_KEY_EXCHANGE).length > 0,
                         cases[i].temporary);
        assert_true(connection_carry(&connection->client, &connection->server, 100));
        connection_close(connection);
    }
}

/* ---- what is on by default ---- */

static int is_weak(const CipherSuite *suite)
{
    return suite->export_bits != 0 || suite->authentication == AUTH_ANON ||
           (suite->aead == AEAD_NONE &&
            (suite->cipher == CIPHER_NONE || suite->cipher == CIPHER_RC4_128 ||
             suite->cipher == CIPHER_RC2_CBC || suite->cipher == CIPHER_DES_CBC));
}

static void check_enabled(SSLContext *ctx)
{
    uint16_t list[256];
    uint32   count = COUNT(list), i;

    assert_int_equal(SSLGetEnabledCiphers(ctx, list, &count), SSLNoErr);
    assert_true(count > 0);
    for (i = 0; i < count; i++) {
        if (is_weak(sslr_cipher_suite(list[i]))) {
            fail_msg("%s is on", SSLCipherSuiteName(list[i]));
        }
    }
}

static void init_fresh(End *end)
{
    assert_int_equal(SSLInitContext(end->ctx), SSLNoErr);
}

static void test_a_range_enables_nothing_weak(void **state)
{
    static const SSLProtocolVersion lowest[] = {SSL_Version_2_0, SSL_Version_3_0, TLS_Version_1_0,
                                                TLS_Version_1_1, TLS_Version_1_2};
    size_t                          i, j;

    (void)state;
    for (i = 0; i < COUNT(lowest); i++) {
        Connection *connection = connection_bare(init_fresh);
        SSLContext *ctx        = connection->client.ctx;
        Bytes       hello;
        Reader      in;

        connection->plan.name = "range";
        check_enabled(ctx);
        assert_int_equal(SSLSetProtocolVersionMin(ctx, lowest[i]), SSLNoErr);
        check_enabled(ctx);
        assert_int_equal(SSLHandshake(ctx), SSLWouldBlockErr);
        if (lowest[i] == SSL_Version_2_0) { /* no kinds of 2.0 either */
            Wire *up = &connection->up;

            for (j = 0; j < get_u16(up->data + 5); j += 3) {
                assert_int_equal(up->data[11 + j], 0);
            }
        } else {
            hello = wire_message(&connection->up, MSG_CLIENT_HELLO);
            in    = reader_of(bytes_of(hello.data + 38, hello.length - 38));
            (void)read_vector(&in, 1);
            in = read_block(&in, 2);
            while (reader_has_more(&in)) {
                const CipherSuite *suite = sslr_cipher_suite(read_u16(&in));

                assert_true(suite == NULL || !is_weak(suite));
            }
        }
        connection_close(connection);
    }
}

static void test_a_fresh_context_allows_1_2_and_1_3_only(void **state)
{
    static const SSLProtocolVersion old[] = {SSL_Version_2_0, SSL_Version_3_0, TLS_Version_1_0,
                                             TLS_Version_1_1};
    size_t                          i;
    int                             server;

    (void)state;
    for (i = 0; i < COUNT(old); i++) {
        for (server = 0; server < 2; server++) {
            const Plan  plan       = {.name           = "fresh",
                                      .client_version = server ? old[i] : SSL_Version_Unset,
                                      .server_version = server ? SSL_Version_Unset : old[i],
                                      .server         = OF_LEAF};
            Connection *connection = connection_open(&plan, NULL);

            connection_handshake(connection);
            assert_int_not_equal(connection->client.result, SSLNoErr);
            assert_int_not_equal(connection->server.result, SSLNoErr);
            connection_close(connection);
        }
    }
}

/* ---- SSL 3.0 on the wire ---- */

/* The hello ends behind the compression methods. */
static void test_a_hello_up_to_ssl3_has_no_extensions(void **state)
{
    const Plan  plan       = {.name           = "no extensions",
                              .client_version = SSL_Version_3_0_Only,
                              .server_version = SSL_Version_3_0_Only,
                              .server         = OF_LEAF};
    Connection *connection = connection_open(&plan, NULL);
    Bytes       hello;
    Reader      in;

    (void)state;
    connection_establish(connection);
    hello = wire_message(&connection->up, MSG_CLIENT_HELLO);
    in    = reader_of(bytes_of(hello.data + 4, hello.length - 4));
    assert_int_equal(read_u16(&in), SSL_Version_3_0);
    (void)read_bytes(&in, 32);
    assert_int_equal(read_vector(&in, 1).length, 0);
    (void)read_vector(&in, 2);
    assert_int_equal(read_vector(&in, 1).length, 1);
    assert_true(reader_complete(&in));
    connection_close(connection);
}

static void test_ssl3_sends_only_alerts_of_its_list(void **state)
{
    static const uint8_t known[] = {0, 10, 20, 30, 40, 41, 42, 43, 44, 45, 46, 47, 86};
    const Plan           plan    = {.name           = "alerts",
                                    .client_version = SSL_Version_3_0_Only,
                                    .server_version = SSL_Version_3_0_Only,
                                    .server         = OF_LEAF};
    int                  alert;

    (void)state;
    for (alert = 0; alert < 255; alert++) {
        Connection *connection = connection_open(&plan, NULL);
        SSLContext *ctx        = connection->client.ctx;

        ctx->protocol = &sslr_protocol_ssl3;
        ctx->version  = SSL_Version_3_0;
        assert_int_equal(sslr_queue_alert(ctx, 2, (uint8_t)alert), SSLNoErr);
        if (alert == 100) { /* no_renegotiation: silence */
            assert_int_equal(ctx->outgoing.alert_end, 0);
        } else {
            assert_int_equal(ctx->outgoing.alert_end, 7);
            assert_int_equal(get_u16(ctx->outgoing.alert + 1), SSL_Version_3_0);
            assert_non_null(memchr(known, ctx->outgoing.alert[6], sizeof(known)));
            if (memchr(known, alert, sizeof(known)) != NULL && alert != 30 && alert != 44) {
                /* Neither of those two is ever sent. */
                assert_int_equal(ctx->outgoing.alert[6], alert);
            }
        }
        connection_close(connection);
    }
}

/* A client of 3.0 at a server that wants more, and a hello that makes no sense. */
static void test_ssl3_alerts_before_a_version_is_chosen(void **state)
{
    const Plan  plan       = {.name           = "too old",
                              .client_version = SSL_Version_3_0_Only,
                              .server_version = TLS_Version_1_2,
                              .server         = OF_LEAF};
    const Plan  both       = {.name           = "garbage",
                              .client_version = SSL_Version_3_0_Only,
                              .server_version = SSL_Version_3_0_Only,
                              .server         = OF_LEAF};
    Connection *connection = connection_open(&plan, NULL);

    (void)state;
    connection_handshake(connection);
    assert_int_equal(connection->server.result, SSLNegotiationErr);
    assert_int_equal(connection->client.result, SSLFatalAlert);
    assert_int_equal(end_alert_received(&connection->client), 40);
    connection_close(connection);

    connection = connection_open(&both, NULL);
    wire_put(&connection->up, "\x16\x03\x00\x00\x05\x01\x00\x00\x01\x03", 10);
    assert_int_equal(SSLHandshake(connection->server.ctx), SSLProtocolErr);
    assert_int_equal(end_alert_sent(&connection->server), 40); /* for decode_error */
    assert_memory_equal(connection->down.data, "\x15\x03\x00\x00\x02\x02\x28", 7);
    connection_close(connection);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_suite_in_every_version),
        cmocka_unit_test(test_temporary_keys_only_where_they_are_needed),
        cmocka_unit_test(test_a_range_enables_nothing_weak),
        cmocka_unit_test(test_a_fresh_context_allows_1_2_and_1_3_only),
        cmocka_unit_test(test_a_hello_up_to_ssl3_has_no_extensions),
        cmocka_unit_test(test_ssl3_sends_only_alerts_of_its_list),
        cmocka_unit_test(test_ssl3_alerts_before_a_version_is_chosen),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
