/*
 * test_old_versions.c - small things that once differed between TLS 1.2 and the versions before it,
 * each named after what went wrong.
 */
#include "connection.h"

static Connection *open_with(SSLProtocolVersion version, uint16_t suite, const Store *sessions)
{
    Plan plan;

    memset(&plan, 0, sizeof(plan));
    plan.name           = "old version";
    plan.client_version = plan.server_version = version;
    plan.suite                                = suite;
    plan.server                               = OF_LEAF;
    plan.flags                                = WITH_SESSIONS;
    return connection_open(&plan, sessions);
}

static SSLErr export_from(End *end)
{
    uint8_t   bytes[16];
    SSLBuffer none = {0, NULL}, out;

    out.data   = bytes;
    out.length = sizeof(bytes);
    return SSLExportKeyingMaterial(end->ctx, "EXPERIMENTAL test", none, 0, out);
}

/* There is none in these versions; the engine called through a null pointer. */
static void test_exporter_of_ssl_2_0_and_3_0_is_unsupported(void **state)
{
    static const struct {
        SSLProtocolVersion version;
        uint16_t           suite;
        SSLErr             expected;
    } cases[] = {
        {SSL_Version_2_0, SSL_RSA_WITH_3DES_EDE_CBC_MD5, SSLUnsupportedErr},
        {SSL_Version_3_0, TLS_RSA_WITH_3DES_EDE_CBC_SHA, SSLUnsupportedErr},
        {TLS_Version_1_0, TLS_RSA_WITH_AES_128_CBC_SHA, SSLNoErr},
        {TLS_Version_1_1, TLS_RSA_WITH_AES_128_CBC_SHA, SSLNoErr},
    };
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(cases); i++) {
        Connection *connection = open_with(cases[i].version, cases[i].suite, NULL);

        connection_establish(connection);
        assert_int_equal(export_from(&connection->client), cases[i].expected);
        assert_int_equal(export_from(&connection->server), cases[i].expected);
        connection_close(connection);
    }
}

/* A client that ended at TLS 1.1 offered neither extended master secret nor encrypt-then-MAC nor
 * renegotiation_info. */
static void test_tls_1_0_and_1_1_offer_what_protects_them(void **state)
{
    static const SSLProtocolVersion versions[] = {TLS_Version_1_0, TLS_Version_1_1};
    size_t                          i;

    (void)state;
    for (i = 0; i < COUNT(versions); i++) {
        Connection *connection    = open_with(versions[i], TLS_RSA_WITH_AES_128_CBC_SHA, NULL);
        int         master_secret = 0, encrypt_then_mac = 0;

        connection_establish(connection);
        assert_int_equal(
            SSLGetSecurityFlags(connection->server.ctx, &master_secret, &encrypt_then_mac),
            SSLNoErr);
        assert_true(master_secret);
        assert_true(encrypt_then_mac);
        assert_true(connection->client.ctx->secure_renegotiation);
        assert_true(connection->server.ctx->secure_renegotiation);
        connection_close(connection);
    }
}

/* An SSL 2.0 session was taken up although its kind of cipher had been taken off the list. */
static void test_ssl_2_0_session_of_a_kind_that_is_off_is_not_offered(void **state)
{
    static const uint16_t better = SSL_RSA_WITH_3DES_EDE_CBC_MD5;
    Connection           *first  = open_with(SSL_Version_2_0, TLS_RSA_EXPORT_WITH_RC4_40_MD5, NULL);
    Connection           *second;
    Store                 stores[2];

    (void)state;
    connection_establish(first);
    stores[0] = first->client_store;
    stores[1] = first->server_store;
    connection_close(first);

    second = open_with(SSL_Version_2_0, TLS_RSA_EXPORT_WITH_RC4_40_MD5, stores);
    connection_establish(second);
    assert_true(end_resumed(&second->client));
    connection_close(second);

    second = open_with(SSL_Version_2_0, TLS_RSA_EXPORT_WITH_RC4_40_MD5, stores);
    assert_int_equal(SSLSetEnabledCiphers(second->client.ctx, &better, 1), SSLNoErr);
    assert_int_equal(SSLSetEnabledCiphers(second->server.ctx, &better, 1), SSLNoErr);
    connection_establish(second);
    assert_false(end_resumed(&second->client));
    assert_int_equal(end_suite(&second->client), better);
    connection_close(second);
}

typedef struct Seen {
    int verify_in_clear, verify_encrypted, hello_in_clear;
} Seen;

static void see(SSLContext *ctx, const SSLTraceEvent *event, void *ref)
{
    Seen *seen = (Seen *)ref;

    (void)ctx;
    if (event->kind == SSL_TraceMessageReceived && event->type == SSL2_SERVER_VERIFY) {
        seen->verify_in_clear += !event->encrypted;
        seen->verify_encrypted += event->encrypted != 0;
    }
    seen->hello_in_clear += event->kind == SSL_TraceMessageReceived &&
                            event->type == SSL2_SERVER_HELLO && !event->encrypted;
}

/* What came under keys of SSL 2.0 was traced as if it had come in clear. */
static void test_trace_of_ssl_2_0_says_what_is_encrypted(void **state)
{
    Connection *connection = open_with(SSL_Version_2_0, SSL_RSA_WITH_3DES_EDE_CBC_MD5, NULL);
    Seen        seen       = {0, 0, 0};

    (void)state;
    assert_int_equal(SSLSetTraceFunc(connection->client.ctx, see, &seen), SSLNoErr);
    connection_establish(connection);
    assert_int_equal(seen.hello_in_clear, 1);
    assert_int_equal(seen.verify_encrypted, 1);
    assert_int_equal(seen.verify_in_clear, 0);
    connection_close(connection);
}

/* A named group was taken whatever SSLSetMinDHBits said. */
static void test_min_dh_bits_count_for_named_groups_too(void **state)
{
    static const struct {
        uint32 bits;
        SSLErr expected;
    } cases[]                 = {{2048, SSLNoErr}, {3072, SSLProtocolErr}};
    static const uint16 group = SSL_GROUP_FFDHE2048;
    size_t              i;

    (void)state;
    for (i = 0; i < COUNT(cases); i++) {
        Connection *connection = open_with(TLS_Version_1_0, TLS_DHE_RSA_WITH_AES_128_CBC_SHA, NULL);

        assert_int_equal(SSLSetEnabledGroups(connection->client.ctx, &group, 1), SSLNoErr);
        assert_int_equal(SSLSetEnabledGroups(connection->server.ctx, &group, 1), SSLNoErr);
        assert_int_equal(SSLSetMinDHBits(connection->client.ctx, cases[i].bits), SSLNoErr);
        connection_handshake(connection);
        assert_int_equal(connection->client.result, cases[i].expected);
        connection_close(connection);
    }
}

static void test_names_of_the_old_schemes(void **state)
{
    (void)state;
    assert_string_equal(SSLSignatureSchemeName(SSL_SIG_RSA_PKCS1_MD5), "rsa_pkcs1_md5");
    assert_string_equal(SSLSignatureSchemeName(SSL_SIG_RSA_PKCS1_MD5_SHA1), "rsa_pkcs1_md5_sha1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exporter_of_ssl_2_0_and_3_0_is_unsupported),
        cmocka_unit_test(test_tls_1_0_and_1_1_offer_what_protects_them),
        cmocka_unit_test(test_ssl_2_0_session_of_a_kind_that_is_off_is_not_offered),
        cmocka_unit_test(test_trace_of_ssl_2_0_says_what_is_encrypted),
        cmocka_unit_test(test_min_dh_bits_count_for_named_groups_too),
        cmocka_unit_test(test_names_of_the_old_schemes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
