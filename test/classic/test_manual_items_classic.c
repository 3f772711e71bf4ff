/*
 * test_manual_items_classic.c - the manual's statements about keys, requests for certificates, the
 * chain and distinguished names (protocols SSL 2.0 to TLS 1.1; numbers of the checklist in the
 * names). Versions are in test_matrix.c, the rest in test_manual_sessions.c and
 * test_manual_exchange.c.
 */
#include "connection.h"

static const SSLProtocolVersion four[4] = {SSL_Version_2_0, SSL_Version_3_0, TLS_Version_1_0,
                                           TLS_Version_1_1};

static uint16_t usual_suite(SSLProtocolVersion version)
{
    return version == SSL_Version_2_0 ? SSL_RSA_WITH_3DES_EDE_CBC_MD5
                                      : TLS_RSA_WITH_3DES_EDE_CBC_SHA;
}

static Plan plan_of(SSLProtocolVersion version, Credential server)
{
    Plan plan;

    memset(&plan, 0, sizeof(plan));
    plan.name           = SSLProtocolVersionName(version);
    plan.client_version = plan.server_version = version;
    plan.suite                                = usual_suite(version);
    plan.server                               = server;
    return plan;
}

/* ---- 3.8 keys and parameters ---- */

/* The leaf's chain and key by the calls of the manual; both are overwritten directly afterwards. */
static void set_leaf_by_hand(SSLContext *ctx)
{
    SSLRSAPrivateKey key = rsa_key(key_of(OF_LEAF));
    size_t           i;

    assert_int_equal(SSLSetPrivateKey(ctx, &key), SSLNoErr);
    memset(&key, 0xEE, sizeof(key));
    for (i = 0; i < 3; i++) {
        SSLBuffer original = certificate_of(OF_LEAF, i);
        uint8_t   copy[2000];

        memcpy(copy, original.data, original.length);
        assert_int_equal(SSLAddCertificate(ctx, buffer_of(copy, original.length), 1, i == 2),
                         SSLNoErr);
        memset(copy, 0xEE, sizeof(copy)); /* item 59 */
    }
}

static void test_43_private_key_signs_and_decrypts(void **state)
{
    size_t i;
    int    sign;

    (void)state;
    for (i = 0; i < 4; i++) {
        for (sign = 0; sign < (four[i] > SSL_Version_2_0 ? 2 : 1); sign++) {
            Plan        plan = plan_of(four[i], NOBODY);
            Connection *connection;

            plan.flags = WITH_DH;
            if (sign) {
                plan.suite = TLS_DHE_RSA_WITH_3DES_EDE_CBC_SHA;
            }
            connection = connection_open(&plan, NULL);
            set_leaf_by_hand(connection->server.ctx);
            connection_establish(connection);
            assert_true(connection_carry(&connection->client, &connection->server, 100));
            connection_close(connection);
        }
    }
}

static void test_43_a_mismatch_surfaces_in_the_handshake(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < 4; i++) {
        Plan             plan       = plan_of(four[i], NOBODY);
        Connection      *connection = connection_open(&plan, NULL);
        SSLRSAPrivateKey key        = rsa_key(key_of(OF_CLIENT));

        set_leaf_by_hand(connection->server.ctx);
        assert_int_equal(SSLSetPrivateKey(connection->server.ctx, &key), SSLNoErr);
        connection_handshake(connection);
        assert_int_equal(connection->server.result, SSLKeyMismatchErr);
        connection_close(connection);
    }
}

static void test_44_export_key(void **state)
{
    static const struct {
        Credential server;
        int        key;    /* 0: none; 1: 512 bits; 2: 1024 bits */
        SSLErr     result; /* of the server */
    } cases[] = {
        {OF_LEAF, 1, SSLNoErr},
        {OF_LEAF, 0, SSLNegotiationErr},
        {OF_LEAF, 2, SSLNegotiationErr},
        {OF_SHORT, 0, SSLNoErr},
    };
    size_t i, j;

    (void)state;
    for (i = 1; i < 3; i++) { /* SSL 3.0 and TLS 1.0 have export suites */
        for (j = 0; j < COUNT(cases); j++) {
            Plan             plan = plan_of(four[i], cases[j].server);
            SSLRSAPrivateKey key  = rsa_key(cases[j].key == 2 ? key_of(OF_LEAF) : export_key_pem());
            Connection      *connection;

            plan.suite = TLS_RSA_EXPORT_WITH_DES40_CBC_SHA;
            connection = connection_open(&plan, NULL);
            if (cases[j].key != 0) {
                assert_int_equal(SSLSetExportPrivateKey(connection->server.ctx, &key), SSLNoErr);
            }
            connection_handshake(connection);
            assert_int_equal(connection->server.result, cases[j].result);
            if (cases[j].result == SSLNoErr) {
                assert_int_equal(connection->client.result, SSLNoErr);
                assert_true(connection_carry(&connection->server, &connection->client, 100));
            } else {
                assert_int_equal(connection->client.result, SSLFatalAlert);
                assert_int_equal(end_alert_received(&connection->client), 40);
            }
            connection_close(connection);
        }
    }
}

/* Export suites do not exist any more in TLS 1.1. */
static void test_44_no_export_from_tls_1_1_on(void **state)
{
    Plan        plan = plan_of(TLS_Version_1_1, OF_LEAF);
    Connection *connection;

    (void)state;
    plan.suite = TLS_RSA_EXPORT_WITH_RC4_40_MD5;
    plan.flags = WITH_EXPORT_KEY;
    connection = connection_open(&plan, NULL);
    connection_handshake(connection);
    assert_int_not_equal(connection->client.result, SSLNoErr);
    assert_int_not_equal(connection->server.result, SSLNoErr);
    connection_close(connection);
}

static void test_45_anonymous_parameters_reach_the_wire(void **state)
{
    static const uint16_t suites[] = {TLS_DH_anon_WITH_RC4_128_MD5,
                                      TLS_DH_anon_WITH_3DES_EDE_CBC_SHA};
    size_t                i, j;
    int                   with;

    (void)state;
    for (i = 1; i < 4; i++) {
        for (j = 0; j < COUNT(suites); j++) {
            for (with = 0; with < 2; with++) {
                Plan        plan = plan_of(four[i], NOBODY);
                Connection *connection;

                plan.suite = suites[j];
                plan.flags = with ? WITH_DH : 0;
                connection = connection_open(&plan, NULL);
                connection_handshake(connection);
                if (with) {
                    Bytes exchange = wire_message(&connection->down, MSG_SERVER_KEY_EXCHANGE);

                    assert_int_equal(connection->client.result, SSLNoErr);
                    assert_int_equal(get_u16(exchange.data + 4), 128);
                    assert_memory_equal(exchange.data + 6, dh_params(1024).prime, 128);
                    assert_memory_equal(exchange.data + 134, "\0\1\2", 3);
                    assert_int_equal(exchange.length, 4 + 2 + 128 + 3 + 2 + 128); /* no signature */
                } else {
                    assert_int_equal(connection->server.result, SSLNegotiationErr);
                    assert_int_equal(connection->client.result, SSLFatalAlert);
                }
                connection_close(connection);
            }
        }
    }
}

/* Export suites take the program's prime if it has at most 512 bits. */
static void test_45_short_parameters_serve_export_suites(void **state)
{
    size_t i;

    (void)state;
    for (i = 1; i < 3; i++) {
        Plan        plan = plan_of(four[i], NOBODY);
        Connection *connection;
        Bytes       exchange;

        plan.suite = TLS_DH_anon_EXPORT_WITH_RC4_40_MD5;
        plan.flags = WITH_SHORT_DH;
        connection = connection_open(&plan, NULL);
        connection_establish(connection);
        exchange = wire_message(&connection->down, MSG_SERVER_KEY_EXCHANGE);
        assert_int_equal(get_u16(exchange.data + 4), 64);
        assert_memory_equal(exchange.data + 6, dh_params(512).prime, 64);
        connection_close(connection);
    }
}

static void test_46_47_48_the_calls_store_copies_and_replace(void **state)
{
    Plan             plan       = plan_of(SSL_Version_3_0, NOBODY);
    Connection      *connection = connection_open(&plan, NULL);
    SSLContext      *ctx        = connection->server.ctx;
    SSLRSAPrivateKey key        = rsa_key(key_of(OF_CLIENT));
    SSLDHParams      params     = dh_params(512);
    uint8_t          prime[128];
    int              i;

    (void)state;
    for (i = 0; i < 3;
         i++) { /* the same variable to two setters and two contexts, again and again */
        assert_int_equal(SSLSetPrivateKey(ctx, &key), SSLNoErr);
        assert_int_equal(SSLSetExportPrivateKey(ctx, &key), SSLNoErr);
        assert_int_equal(SSLSetPrivateKey(connection->client.ctx, &key), SSLNoErr);
        assert_int_equal(SSLSetDHAnonParams(ctx, &params), SSLNoErr);
        assert_int_equal(SSLSetDHAnonParams(connection->client.ctx, &params), SSLNoErr);
    }
    memcpy(prime, dh_params(1024).prime, sizeof(prime));
    params       = dh_params(1024);
    params.prime = prime;
    assert_int_equal(SSLSetDHAnonParams(ctx, &params), SSLNoErr);
    memset(prime, 0xEE, sizeof(prime));
    set_leaf_by_hand(ctx); /* the last key counts */
    connection_establish(connection);
    connection_close(connection); /* and nothing leaks */
}

/* ---- 3.9 requests for a client certificate ---- */

/* `asked`: the handshake contains the request. In SSL 2.0 it travels encrypted. */
static int was_asked(Connection *connection)
{
    if (end_version(&connection->client) == SSL_Version_2_0) {
        uint32_t records = 0;
        size_t   at      = 0;

        while (at < connection->down.length) { /* hello, verify, [request,] finished */
            uint8_t *data = connection->down.data + at;

            at += (data[0] & 0x80) != 0 ? 2u + (get_u16(data) & 0x7FFF) : 3u + get_u16(data);
            records++;
        }
        return records == 4;
    }
    return wire_message(&connection->down, MSG_CERTIFICATE_REQUEST).length > 0;
}

static void test_49_request_makes_the_handshake_ask(void **state)
{
    size_t i;
    int    request;

    (void)state;
    for (i = 0; i < 4; i++) {
        for (request = 0; request < 2; request++) {
            Plan        plan = plan_of(four[i], OF_LEAF);
            Connection *connection;
            int         count = -1;

            plan.client = OF_CLIENT;
            plan.flags  = request ? WITH_REQUEST : 0;
            connection  = connection_open(&plan, NULL);
            connection_establish(connection);
            assert_int_equal(was_asked(connection), request);
            assert_int_equal(SSLGetPeerCertificateChainLength(connection->server.ctx, &count),
                             SSLNoErr);
            assert_int_equal(count, !request ? 0 : four[i] == SSL_Version_2_0 ? 1 : 2);
            assert_true(connection_carry(&connection->client, &connection->server, 100));
            connection_close(connection);
        }
    }
}

static void test_49_dsa_client_certificates(void **state)
{
    size_t i;

    (void)state;
    for (i = 1; i < 4; i++) {
        Plan        plan = plan_of(four[i], OF_LEAF);
        Connection *connection;
        int         count = 0;

        plan.client = OF_DSA;
        plan.flags  = WITH_REQUEST;
        connection  = connection_open(&plan, NULL);
        connection_establish(connection);
        assert_int_equal(SSLGetPeerCertificateChainLength(connection->server.ctx, &count),
                         SSLNoErr);
        assert_int_equal(count, 1);
        connection_close(connection);
    }
}

static void test_50_the_flag_has_no_effect_on_a_client(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < 4; i++) {
        Plan        plan       = plan_of(four[i], OF_LEAF);
        Connection *connection = connection_open(&plan, NULL);

        assert_int_equal(SSLSetRequestClientCert(connection->client.ctx, 1), SSLNoErr);
        connection_establish(connection);
        assert_int_equal(was_asked(connection), 0);
        connection_close(connection);
    }
}

/* Asked without having one: warning 41 in SSL 3.0, ERROR 2 in SSL 2.0, an empty list in TLS. */
static void test_51_a_client_without_certificate(void **state)
{
    size_t i;
    int    required;

    (void)state;
    for (i = 0; i < 4; i++) {
        for (required = 0; required < 2; required++) {
            Plan        plan = plan_of(four[i], OF_LEAF);
            Connection *connection;

            plan.flags = required ? WITH_REQUEST | WITH_REQUIREMENT : WITH_REQUEST;
            connection = connection_open(&plan, NULL);
            connection_handshake(connection);
            if (four[i] == SSL_Version_3_0) {
                assert_int_equal(end_alert_received(&connection->server), 41);
                assert_int_equal(wire_message(&connection->up, MSG_CERTIFICATE).length, 0);
                assert_true(wire_find(&connection->up, "\x15\x03\x00\x00\x02\x01\x29", 7) > 0);
            } else if (four[i] > SSL_Version_3_0) {
                assert_int_equal(wire_message(&connection->up, MSG_CERTIFICATE).length, 7);
            }
            if (required) {
                assert_int_equal(connection->server.result, SSLPeerCertRequiredErr);
                assert_int_not_equal(connection->client.result, SSLNoErr);
                if (four[i] >= SSL_Version_3_0) {
                    assert_int_equal(end_alert_received(&connection->client), 40);
                }
            } else {
                assert_int_equal(connection->server.result, SSLNoErr);
                assert_int_equal(connection->client.result, SSLNoErr);
                assert_true(connection_carry(&connection->client, &connection->server, 100));
                assert_true(connection_carry(&connection->server, &connection->client, 100));
            }
            connection_close(connection);
        }
    }
}

/* ---- 3.10 the own chain ---- */

static SSLErr add(SSLContext *ctx, Credential whose, size_t index, int parent, int complete)
{
    return SSLAddCertificate(ctx, certificate_of(whose, index), parent, complete);
}

/* The certificates in the server's Certificate message. */
static void check_wire_chain(Connection *connection, size_t count)
{
    Bytes  message = wire_message(&connection->down, MSG_CERTIFICATE);
    Reader list    = reader_of(bytes_of(message.data + 7, message.length - 7));
    size_t i;

    for (i = 0; i < count; i++) {
        Bytes     got      = read_vector(&list, 3);
        SSLBuffer expected = certificate_of(OF_LEAF, i);

        assert_true(bytes_equal(got, bytes_of(expected.data, expected.length)));
    }
    assert_true(reader_complete(&list));
}

static void test_52_53_parent_and_child_give_the_same_chain(void **state)
{
    static const struct {
        size_t index[3];
        int    parent[3];
    } orders[] = {
        {{0, 1, 2}, {1, 1, 1}}, /* leaf first, each an issuer of those before */
        {{2, 1, 0}, {0, 0, 0}}, /* root first, each a child */
        {{1, 2, 0}, {1, 1, 0}}, /* from the middle */
        {{1, 0, 2}, {0, 0, 1}},
    };
    size_t i, j;

    (void)state;
    for (i = 0; i < COUNT(orders); i++) {
        Plan             plan = plan_of(i % 2 == 0 ? SSL_Version_3_0 : TLS_Version_1_0, NOBODY);
        Connection      *connection = connection_open(&plan, NULL);
        SSLRSAPrivateKey key        = rsa_key(key_of(OF_LEAF));

        assert_int_equal(SSLSetPrivateKey(connection->server.ctx, &key), SSLNoErr);
        for (j = 0; j < 3; j++) {
            assert_int_equal(add(connection->server.ctx, OF_LEAF, orders[i].index[j],
                                 orders[i].parent[j], j == 2),
                             SSLNoErr);
        }
        connection_establish(connection);
        check_wire_chain(connection, 3);
        connection_close(connection);
    }
}

/* A certificate of version 1 serves a server of every old protocol. */
static void test_52_x509_version_1(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < 4; i++) {
        Plan             plan       = plan_of(four[i], NOBODY);
        Connection      *connection = connection_open(&plan, NULL);
        SSLRSAPrivateKey key        = rsa_key(key_of(OF_OLD));

        assert_int_equal(SSLSetPrivateKey(connection->server.ctx, &key), SSLNoErr);
        assert_int_equal(add(connection->server.ctx, OF_OLD, 0, 0, 1), SSLNoErr);
        connection_establish(connection);
        connection_close(connection);
    }
}

static void test_54_55_complete_verifies_the_chain(void **state)
{
    Plan        plan       = plan_of(SSL_Version_3_0, NOBODY);
    Connection *connection = connection_open(&plan, NULL);
    SSLContext *ctx        = connection->server.ctx;
    SSLBuffer   nothing    = {4711, NULL}; /* the length is ignored */

    (void)state;
    assert_int_equal(SSLAddCertificate(ctx, nothing, 0, 1), X509CertChainInvalidErr); /* empty */
    assert_int_equal(add(ctx, OF_LEAF, 0, 1, 0), SSLNoErr);
    assert_int_equal(add(ctx, OF_LEAF, 1, 1, 0), SSLNoErr);
    assert_int_equal(SSLAddCertificate(ctx, nothing, 0, 1), SSLNoErr);
    assert_int_equal(add(ctx, OF_LEAF, 2, 1, 0), SSLNoErr);
    assert_int_equal(SSLAddCertificate(ctx, nothing, 1, 1), SSLNoErr);
    connection_close(connection);
}

static void test_56_57_errors_and_what_stays(void **state)
{
    Plan        plan       = plan_of(SSL_Version_3_0, NOBODY);
    Connection *connection = connection_open(&plan, NULL);
    SSLContext *ctx        = connection->server.ctx;
    SSLBuffer   original = certificate_of(OF_LEAF, 1), nothing = {0, NULL};
    uint8_t     damaged[2000];
    SSLErr      err;

    (void)state;
    memcpy(damaged, original.data, original.length);
    assert_int_equal(add(ctx, OF_LEAF, 0, 1, 0), SSLNoErr);
    assert_int_equal(add(ctx, OF_CLIENT, 1, 1, 1), X509NamesNotEqualErr); /* root, not middle */
    damaged[original.length - 1] ^= 1;                                    /* its own signature */
    assert_int_equal(SSLAddCertificate(ctx, buffer_of(damaged, original.length), 1, 0), SSLNoErr);
    assert_int_equal(add(ctx, OF_LEAF, 2, 1, 1), X509CertChainInvalidErr);
    assert_int_equal(SSLAddCertificate(ctx, buffer_of("\x30\x03\x02\x01", 4), 1, 0),
                     ASNBadEncodingErr);
    assert_int_equal(SSLAddCertificate(ctx, buffer_of(damaged, 20), 1, 1), ASNBadEncodingErr);
    assert_int_equal(SSLAddCertificate(ctx, nothing, 0, 1), SSLNoErr); /* leaf, damaged middle */
    connection->server.fault_kind  = CALL_ALLOC;
    connection->server.fault_code  = -12345;
    connection->server.fault_first = connection->server.calls[CALL_ALLOC];
    connection->server.fault_times = 1;
    assert_int_equal(add(ctx, OF_LEAF, 2, 1, 0), -12345);
    connection_close(connection); /* nothing leaks */

    connection = connection_open(&plan, NULL);
    ctx        = connection->server.ctx;
    assert_int_equal(add(ctx, OF_LEAF, 1, 1, 0), SSLNoErr);
    err = add(ctx, OF_LEAF, 0, 1, 1); /* the leaf is no issuer of middle */
    assert_true(err == X509NamesNotEqualErr || err == X509CertChainInvalidErr);
    assert_int_equal(add(ctx, OF_LEAF, 0, 0, 1), SSLNoErr); /* what failed is not in the chain */
    connection_close(connection);
}

/* Neither dates nor trust: no clock is asked, and a stranger's certificate is as good. */
static void test_58_nothing_else_is_checked(void **state)
{
    Plan        plan       = plan_of(SSL_Version_3_0, NOBODY);
    Connection *connection = connection_open(&plan, NULL);

    (void)state;
    assert_int_equal(SSLSetTimeFunc(connection->server.ctx, NULL), SSLNoErr);
    assert_int_equal(add(connection->server.ctx, OF_LONG, 0, 0, 1), SSLNoErr);
    connection_close(connection);
}

/* ---- 3.11 distinguished names ---- */

static void test_60_61_names_appear_in_the_request(void **state)
{
    size_t i, j;

    (void)state;
    for (i = 1; i < 4; i++) {
        Plan        plan = plan_of(four[i], OF_LEAF);
        Connection *connection;
        Bytes       names[3], request;
        Reader      in;
        uint8_t     copy[300];

        plan.flags = WITH_REQUEST;
        connection = connection_open(&plan, NULL);
        names[0]   = identity_of(OF_LEAF)->leaf.issuer;
        names[1]   = identity_of(OF_CLIENT)->leaf.issuer;
        names[2]   = identity_of(OF_EC)->leaf.issuer;
        for (j = 0; j < 3; j++) {
            memcpy(copy, names[j].data, names[j].length);
            assert_int_equal(
                SSLAddDistinguishedName(connection->server.ctx, buffer_of(copy, names[j].length)),
                SSLNoErr);
            memset(copy, 0xEE, sizeof(copy));
        }
        connection_establish(connection);
        request = wire_message(&connection->down, MSG_CERTIFICATE_REQUEST);
        in      = reader_of(bytes_of(request.data + 4, request.length - 4));
        (void)read_vector(&in, 1);
        in = read_block(&in, 2);
        for (j = 0; j < 3; j++) {
            assert_true(bytes_equal(read_vector(&in, 2), names[j]));
        }
        assert_true(reader_complete(&in));
        connection_close(connection);
    }
}

static void test_61_allocation_errors_come_back(void **state)
{
    Plan        plan       = plan_of(SSL_Version_3_0, OF_LEAF);
    Connection *connection = connection_open(&plan, NULL);
    End        *server     = &connection->server;
    Bytes       name       = identity_of(OF_EC)->leaf.issuer;

    (void)state;
    server->fault_kind  = CALL_ALLOC;
    server->fault_code  = -4242;
    server->fault_first = server->calls[CALL_ALLOC];
    server->fault_times = 1;
    assert_int_equal(SSLAddDistinguishedName(server->ctx, buffer_of(name.data, name.length)),
                     -4242);
    assert_int_equal(SSLAddDistinguishedName(server->ctx, buffer_of(name.data, name.length)),
                     SSLNoErr);
    connection_close(connection);
}

static void test_62_names_without_a_request_have_no_effect(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < 4; i++) {
        Plan        plan       = plan_of(four[i], OF_LEAF);
        Connection *connection = connection_open(&plan, NULL);
        Bytes       name       = identity_of(OF_EC)->leaf.issuer;

        assert_int_equal(
            SSLAddDistinguishedName(connection->server.ctx, buffer_of(name.data, name.length)),
            SSLNoErr);
        assert_int_equal(
            SSLAddDistinguishedName(connection->client.ctx, buffer_of(name.data, name.length)),
            SSLNoErr);
        connection_establish(connection);
        assert_int_equal(was_asked(connection), 0);
        assert_int_equal(wire_find(&connection->down, name.data, name.length), -1);
        connection_close(connection);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_43_private_key_signs_and_decrypts),
        cmocka_unit_test(test_43_a_mismatch_surfaces_in_the_handshake),
        cmocka_unit_test(test_44_export_key),
        cmocka_unit_test(test_44_no_export_from_tls_1_1_on),
        cmocka_unit_test(test_45_anonymous_parameters_reach_the_wire),
        cmocka_unit_test(test_45_short_parameters_serve_export_suites),
        cmocka_unit_test(test_46_47_48_the_calls_store_copies_and_replace),
        cmocka_unit_test(test_49_request_makes_the_handshake_ask),
        cmocka_unit_test(test_49_dsa_client_certificates),
        cmocka_unit_test(test_50_the_flag_has_no_effect_on_a_client),
        cmocka_unit_test(test_51_a_client_without_certificate),
        cmocka_unit_test(test_52_53_parent_and_child_give_the_same_chain),
        cmocka_unit_test(test_52_x509_version_1),
        cmocka_unit_test(test_54_55_complete_verifies_the_chain),
        cmocka_unit_test(test_56_57_errors_and_what_stays),
        cmocka_unit_test(test_58_nothing_else_is_checked),
        cmocka_unit_test(test_60_61_names_appear_in_the_request),
        cmocka_unit_test(test_61_allocation_errors_come_back),
        cmocka_unit_test(test_62_names_without_a_request_have_no_effect),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
