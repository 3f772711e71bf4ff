/*
 * test_v2_hello_negative.c - a ClientHello in the format of SSL 2.0 that offers a later version, as
 * a server sees it (written by hand here): what it may and may not lead to.
 */
#include "connection.h"

/* A hello whose lengths may lie. */
typedef struct OldHello {
    uint16_t version;
    uint8_t  specs[30];
    int      specs_length, session_length, challenge_length; /* as declared */
    int      missing, extra;                                 /* bytes at the end */
    int      header; /* 0: of two bytes and right; else what stands there */
} OldHello;

static size_t write_hello(const OldHello *hello, uint8_t *out)
{
    size_t at = 2;

    out[at++] = 1;
    put_u16(out + at, hello->version);
    put_u16(out + at + 2, (uint32_t)hello->specs_length);
    put_u16(out + at + 4, (uint32_t)hello->session_length);
    put_u16(out + at + 6, (uint32_t)hello->challenge_length);
    at += 8;
    memcpy(out + at, hello->specs, (size_t)hello->specs_length);
    at += (size_t)hello->specs_length;
    memset(out + at, 0x51, (size_t)(hello->session_length + hello->challenge_length));
    at += (size_t)(hello->session_length + hello->challenge_length + hello->extra - hello->missing);
    put_u16(out, hello->header != 0 ? (uint32_t)hello->header : 0x8000u | (uint32_t)(at - 2));
    return at;
}

/* A server for `version` that takes such hellos. */
static Connection *server_for(SSLProtocolVersion min, SSLProtocolVersion max, int accept)
{
    static const uint16_t suites[]   = {TLS_AES_128_GCM_SHA256, TLS_RSA_WITH_AES_128_CBC_SHA,
                                        TLS_RSA_WITH_RC4_128_MD5};
    const Plan            plan       = {.name           = "2.0-format hello",
                                        .client_version = SSL_Version_3_0,
                                        .server_version = SSL_Version_3_0_Only,
                                        .server         = OF_LEAF};
    Connection           *connection = connection_open(&plan, NULL);
    SSLContext           *ctx        = connection->server.ctx;

    assert_int_equal(SSLSetProtocolVersionMin(ctx, min), SSLNoErr);
    assert_int_equal(SSLSetProtocolVersionMax(ctx, max), SSLNoErr);
    assert_int_equal(SSLSetAcceptVersion2Hello(ctx, accept), SSLNoErr);
    assert_int_equal(SSLSetEnabledCiphers(ctx, suites, COUNT(suites)), SSLNoErr);
    return connection;
}

static SSLErr present(Connection *connection, const OldHello *hello)
{
    static uint8_t bytes[70000];

    wire_put(&connection->up, bytes, write_hello(hello, bytes));
    return SSLHandshake(connection->server.ctx);
}

#define AES  0x00, 0x00, 0x2F
#define SCSV 0x00, 0x00, 0xFF

static void test_never_tls_1_3(void **state)
{
    static const uint16_t versions[] = {0x0304, 0x0305, 0x03FF, 0x0303};
    size_t                i;

    (void)state;
    for (i = 0; i < COUNT(versions); i++) {
        const OldHello hello      = {.version          = versions[i],
                                     .specs            = {0x00, 0x13, 0x01, AES, SCSV},
                                     .specs_length     = 9,
                                     .challenge_length = 32};
        Connection    *connection = server_for(SSL_Version_3_0, TLS_Version_1_3, 1);

        assert_int_equal(present(connection, &hello), SSLWouldBlockErr);
        assert_int_equal(end_version(&connection->server), TLS_Version_1_2);
        assert_int_equal(end_suite(&connection->server), TLS_RSA_WITH_AES_128_CBC_SHA);
        connection_close(connection);
    }
}

static void test_only_tls_1_3_in_common(void **state)
{
    const OldHello hello = {
        .version = 0x0304, .specs = {0x00, 0x13, 0x01}, .specs_length = 3, .challenge_length = 32};
    Connection *connection = server_for(TLS_Version_1_3, TLS_Version_1_3, 1);

    (void)state;
    assert_int_equal(present(connection, &hello), SSLNegotiationErr);
    assert_int_equal(end_alert_sent(&connection->server), 70);
    connection_close(connection);
}

static void test_each_version_is_answered(void **state)
{
    uint16_t version;

    (void)state;
    for (version = SSL_Version_3_0; version <= TLS_Version_1_2; version++) {
        const OldHello hello      = {.version          = version,
                                     .specs            = {0x07, 0x00, 0xC0, AES, SCSV},
                                     .specs_length     = 9,
                                     .session_length   = 16,
                                     .challenge_length = 16};
        Connection    *connection = server_for(SSL_Version_3_0, TLS_Version_1_2, 1);

        assert_int_equal(present(connection, &hello), SSLWouldBlockErr);
        assert_int_equal(end_version(&connection->server), version);
        assert_int_equal(get_u16(connection->down.data + 1), version);
        /* The challenge stands at the end of the client random, zeros before it. */
        assert_int_equal(connection->server.ctx->handshake->client_random[15], 0);
        assert_int_equal(connection->server.ctx->handshake->client_random[16], 0x51);
        connection_close(connection);
    }
}

static void test_not_taken_where_it_is_off(void **state)
{
    const OldHello hello = {
        .version = 0x0301, .specs = {AES}, .specs_length = 3, .challenge_length = 32};
    Connection *connection = server_for(SSL_Version_3_0, TLS_Version_1_2, 0);

    (void)state;
    assert_int_equal(present(connection, &hello), SSLProtocolErr);
    assert_int_equal(connection->down.length, 7); /* an alert */
    connection_close(connection);
}

static void test_malformed_hellos(void **state)
{
    static const OldHello hellos[] = {
        {.version          = 0x0301,
         .specs            = {AES},
         .specs_length     = 3,
         .challenge_length = 32,
         .missing          = 1},
        {.version = 0x0301, .specs = {AES}, .specs_length = 3, .challenge_length = 32, .extra = 1},
        {.version = 0x0301, .specs = {AES}, .specs_length = 4, .challenge_length = 32},
        {.version = 0x0301, .specs = {AES}, .specs_length = 2, .challenge_length = 32},
        {.version = 0x0301, .specs_length = 0, .challenge_length = 32},
        {.version = 0x0301, .specs = {AES}, .specs_length = 3, .challenge_length = 15},
        {.version = 0x0301, .specs = {AES}, .specs_length = 3, .challenge_length = 0},
        {.version          = 0x0301,
         .specs            = {AES},
         .specs_length     = 3,
         .session_length   = 33,
         .challenge_length = 32},
        {.version = 0x0301, .specs = {AES}, .specs_length = 3, .challenge_length = 5000},
        {.version          = 0x0301,
         .specs            = {AES},
         .specs_length     = 3,
         .challenge_length = 32,
         .header           = 0x8005},
        {.version          = 0x0301,
         .specs            = {AES},
         .specs_length     = 3,
         .challenge_length = 32,
         .header           = 0x8000},
        {.version          = 0x0301,
         .specs            = {AES},
         .specs_length     = 3,
         .challenge_length = 32,
         .header           = 0xFFFF},
        {.version = 0x0001, .specs = {AES}, .specs_length = 3, .challenge_length = 32},
    };
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(hellos); i++) {
        Connection *connection = server_for(SSL_Version_3_0, TLS_Version_1_2, 1);
        SSLErr      err        = present(connection, &hellos[i]);

        if (err != SSLProtocolErr && err != SSLNegotiationErr) {
            fail_msg("hello %lu: %d", (unsigned long)i, err);
        }
        assert_int_equal(end_state(&connection->server), SSL_StateAborted);
        connection_close(connection);
    }
}

/* Kinds of 2.0 alone, from a client that says it speaks 3.0: nothing in common. */
static void test_kinds_without_suites(void **state)
{
    const OldHello hello      = {.version          = 0x0300,
                                 .specs            = {0x07, 0x00, 0xC0, 0x01, 0x00, 0x80},
                                 .specs_length     = 6,
                                 .challenge_length = 16};
    Connection    *connection = server_for(SSL_Version_3_0, TLS_Version_1_2, 1);

    (void)state;
    assert_int_equal(present(connection, &hello), SSLNegotiationErr);
    assert_int_equal(end_alert_sent(&connection->server), 40);
    assert_memory_equal(connection->down.data, "\x15\x03\x00\x00\x02\x02\x28", 7);
    connection_close(connection);
}

/* RFC 7507 in three bytes. */
static void test_fallback_signal(void **state)
{
    const OldHello hello      = {.version          = 0x0300,
                                 .specs            = {AES, 0x00, 0x56, 0x00},
                                 .specs_length     = 6,
                                 .challenge_length = 32};
    Connection    *connection = server_for(SSL_Version_3_0, TLS_Version_1_2, 1);

    (void)state;
    assert_int_equal(present(connection, &hello), SSLNegotiationErr);
    assert_int_equal(end_alert_sent(&connection->server), 86);
    connection_close(connection);
}

/* RFC 5746: the signalling suite in three bytes is answered. */
static void test_renegotiation_signal(void **state)
{
    const OldHello hello = {
        .version = 0x0301, .specs = {AES, SCSV}, .specs_length = 6, .challenge_length = 32};
    Connection *connection = server_for(SSL_Version_3_0, TLS_Version_1_2, 1);

    (void)state;
    assert_int_equal(present(connection, &hello), SSLWouldBlockErr);
    assert_true(wire_find(&connection->down, "\xFF\x01\x00\x01\x00", 5) > 0);
    connection_close(connection);
}

/* Below the server's least version: the alert that the client knows. */
static void test_too_old(void **state)
{
    const OldHello old = {
        .version = 0x0300, .specs = {AES}, .specs_length = 3, .challenge_length = 32};
    const OldHello tls = {
        .version = 0x0301, .specs = {AES}, .specs_length = 3, .challenge_length = 32};
    Connection *connection = server_for(TLS_Version_1_2, TLS_Version_1_2, 1);

    (void)state;
    assert_int_equal(present(connection, &old), SSLNegotiationErr);
    assert_int_equal(end_alert_sent(&connection->server), 40);
    connection_close(connection);
    connection = server_for(TLS_Version_1_2, TLS_Version_1_2, 1);
    assert_int_equal(present(connection, &tls), SSLNegotiationErr);
    assert_int_equal(end_alert_sent(&connection->server), 70);
    connection_close(connection);
}

/* Only the first record may look like this: not a second one, not on a running connection. */
static void test_not_behind_the_first_flight(void **state)
{
    const OldHello hello = {
        .version = 0x0301, .specs = {AES}, .specs_length = 3, .challenge_length = 32};
    Connection *connection = server_for(SSL_Version_3_0, TLS_Version_1_2, 1);
    const Plan  plan       = {.name           = "running",
                              .client_version = SSL_Version_Undetermined,
                              .server_version = SSL_Version_Undetermined,
                              .suite          = TLS_RSA_WITH_RC4_128_MD5,
                              .server         = OF_LEAF};

    (void)state;
    assert_int_equal(present(connection, &hello), SSLWouldBlockErr);
    assert_int_equal(present(connection, &hello), SSLProtocolErr);
    connection_close(connection);

    connection = connection_open(&plan, NULL);
    connection_establish(connection);
    wire_put(&connection->up, connection->up.data, 2 + (get_u16(connection->up.data) & 0x7FFF));
    assert_int_equal(end_read(&connection->server), SSLProtocolErr);
    connection_close(connection);
}

/* Where the answer must be a record, a client does not take one of 2.0 either. */
static void test_a_client_that_sent_a_3_0_hello(void **state)
{
    const Plan  plan       = {.name           = "client",
                              .client_version = SSL_Version_3_0_Only,
                              .server_version = SSL_Version_2_0,
                              .server         = OF_LEAF};
    Connection *connection = connection_open(&plan, NULL);

    (void)state;
    assert_int_equal(SSLHandshake(connection->client.ctx), SSLWouldBlockErr);
    wire_put(&connection->down, "\x80\x0B\x04\x00\x01\x00\x02\x00\x00\x00\x00\x00\x00", 13);
    assert_int_equal(SSLHandshake(connection->client.ctx), SSLProtocolErr);
    connection_close(connection);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_never_tls_1_3),
        cmocka_unit_test(test_only_tls_1_3_in_common),
        cmocka_unit_test(test_each_version_is_answered),
        cmocka_unit_test(test_not_taken_where_it_is_off),
        cmocka_unit_test(test_malformed_hellos),
        cmocka_unit_test(test_kinds_without_suites),
        cmocka_unit_test(test_fallback_signal),
        cmocka_unit_test(test_renegotiation_signal),
        cmocka_unit_test(test_too_old),
        cmocka_unit_test(test_not_behind_the_first_flight),
        cmocka_unit_test(test_a_client_that_sent_a_3_0_hello),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
