/*
 * test_classic_attacks.c - what was done to SSL 3.0 and TLS 1.0 over the years, and that it does
 * not work here: FREAK, Logjam, temporary keys that are too long, Bleichenbacher, padding oracles.
 * POODLE is the exception: in SSL 3.0 the padding's content means nothing, whoever implements it;
 * the last test shows what is checked of it.
 */
#include "liar.h"

static Plan plan_of(SSLProtocolVersion version, uint16_t suite, Credential server)
{
    Plan plan;

    memset(&plan, 0, sizeof(plan));
    plan.name           = SSLProtocolVersionName(version);
    plan.client_version = plan.server_version = version;
    plan.suite                                = suite;
    plan.server                               = server;
    return plan;
}

static const SSLProtocolVersion four[4] = {SSL_Version_3_0, TLS_Version_1_0, TLS_Version_1_1,
                                           TLS_Version_1_2};

/* ---- FREAK and temporary RSA keys ---- */

/* A ServerKeyExchange with a short key, properly signed, in a suite that has none. */
static void add_short_key(Draft *draft, const void *plan)
{
    Handshake *hs = draft->ctx->handshake;

    (void)plan;
    if (draft->type == MSG_SERVER_HELLO) {
        hs->facts |= FACT_EPHEMERAL;
        hs->scheme = draft->ctx->version < TLS_Version_1_2
                         ? sslr_legacy_scheme(AUTH_RSA)
                         : sslr_signature_scheme(SSL_SIG_RSA_PKCS1_SHA256);
    }
}

static void test_freak_no_short_key_for_plain_rsa(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < 4; i++) {
        Plan        plan = plan_of(four[i], TLS_RSA_WITH_3DES_EDE_CBC_SHA, OF_LEAF);
        Connection *connection;

        plan.flags = WITH_EXPORT_KEY;
        connection = connection_open(&plan, NULL);
        liar_prepare(&connection->server, add_short_key, NULL);
        connection_handshake(connection);
        assert_true(wire_message(&connection->down, MSG_SERVER_KEY_EXCHANGE).length > 100);
        assert_int_equal(connection->client.result, SSLProtocolErr);
        assert_int_equal(end_alert_sent(&connection->client), 10);
        connection_close(connection);
    }
}

static void leave_out_short_key(Draft *draft, const void *plan)
{
    (void)plan;
    if (draft->type == MSG_SERVER_HELLO) {
        draft->ctx->handshake->facts &= ~(uint32_t)FACT_EPHEMERAL;
    }
}

/* The other way round: an export suite would encrypt to a long key. */
static void test_export_needs_its_short_key(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < 2; i++) {
        Plan        plan = plan_of(four[i], TLS_RSA_EXPORT_WITH_RC4_40_MD5, OF_LEAF);
        Connection *connection;

        plan.flags = WITH_EXPORT_KEY;
        connection = connection_open(&plan, NULL);
        liar_prepare(&connection->server, leave_out_short_key, NULL);
        connection_handshake(connection);
        assert_int_equal(connection->client.result, SSLProtocolErr);
        connection_close(connection);
    }
}

static void lengthen_key(Draft *draft, const void *plan)
{
    if (draft->type == MSG_SERVER_HELLO) {
        *draft->ctx->config.export_key = rsa_key(key_of(*(const Credential *)plan));
    }
}

static void test_temporary_keys_longer_than_the_suite_allows(void **state)
{
    static const struct {
        uint16_t   suite;
        Credential server, key;
    } cases[] = {
        {TLS_RSA_EXPORT_WITH_RC4_40_MD5, OF_LEAF, OF_CLIENT},
        {TLS_RSA_EXPORT_WITH_DES40_CBC_SHA, OF_LEAF, OF_LONG},
        {TLS_RSA_EXPORT1024_WITH_RC4_56_SHA, OF_LONG, OF_LONG},
    };
    size_t i, j;

    (void)state;
    for (i = 0; i < 2; i++) {
        for (j = 0; j < COUNT(cases); j++) {
            Plan        plan = plan_of(four[i], cases[j].suite, cases[j].server);
            Connection *connection;

            plan.flags = WITH_EXPORT_KEY;
            connection = connection_open(&plan, NULL);
            liar_prepare(&connection->server, lengthen_key, &cases[j].key);
            connection_handshake(connection);
            assert_int_equal(connection->client.result, SSLProtocolErr);
            assert_int_equal(end_alert_sent(&connection->client), 47);
            connection_close(connection);
        }
    }
}

static void spoil_last_byte(Draft *draft, const void *plan)
{
    if (draft->type == *(const uint16_t *)plan) {
        draft->out->data[draft->out->length - 1] ^= 1;
    }
}

/* Its signature counts: no other short key can be put in. */
static void test_a_temporary_key_must_be_signed(void **state)
{
    static const uint16_t type = MSG_SERVER_KEY_EXCHANGE;
    size_t                i;

    (void)state;
    for (i = 0; i < 2; i++) {
        Plan        plan = plan_of(four[i], TLS_RSA_EXPORT_WITH_RC4_40_MD5, OF_LEAF);
        Connection *connection;

        plan.flags = WITH_EXPORT_KEY;
        connection = connection_open(&plan, NULL);
        liar_prepare(&connection->server, spoil_last_byte, &type);
        connection_handshake(connection);
        assert_int_equal(connection->client.result, SSLProtocolErr);
        assert_int_equal(end_alert_sent(&connection->client), four[i] == SSL_Version_3_0 ? 40 : 51);
        connection_close(connection);
    }
}

/* ---- Logjam ---- */

static void test_logjam_short_primes(void **state)
{
    static const struct {
        size_t bits, least; /* of the prime; that the client takes, 0: as by default */
        int    good;
    } cases[] = {{512, 0, 0}, {1024, 0, 0}, {512, 1024, 0}, {1024, 1024, 1}, {512, 512, 1}, {2048, 0, 1}};
    size_t i, j;

    (void)state;
    for (i = 0; i < 4; i++) {
        for (j = 0; j < COUNT(cases); j++) {
            Plan        plan = plan_of(four[i], TLS_DHE_RSA_WITH_3DES_EDE_CBC_SHA, OF_LEAF);
            Connection *connection = connection_open(&plan, NULL);
            SSLDHParams params     = dh_params(cases[j].bits);

            assert_int_equal(SSLSetDHAnonParams(connection->server.ctx, &params), SSLNoErr);
            if (cases[j].least != 0) {
                assert_int_equal(
                    SSLSetMinDHBits(connection->client.ctx, (uint32)cases[j].least), SSLNoErr);
            } else {
                connection->client.ctx->config.min_dh_bits = 0; /* of a fresh context */
            }
            connection_handshake(connection);
            if (cases[j].good) {
                assert_int_equal(connection->client.result, SSLNoErr);
            } else {
                assert_int_equal(connection->client.result, SSLProtocolErr);
                assert_int_equal(end_alert_sent(&connection->client), 47);
            }
            connection_close(connection);
        }
    }
}

typedef struct Numbers {
    uint16_t type;    /* of the message */
    size_t   prime;   /* bits; 0: no prime in the message */
    int      y;       /* -1: p - 1; -2: p; else this */
} Numbers;

/* Anonymous: nobody signs the numbers. */
static void put_numbers(Draft *draft, const void *plan)
{
    const Numbers *numbers = plan;
    uint8_t        body[700], *at = body;
    SSLDHParams    params = dh_params(numbers->prime != 0 ? numbers->prime : 1024);

    if (draft->type != numbers->type) {
        return;
    }
    if (numbers->type == MSG_SERVER_KEY_EXCHANGE) {
        put_u16(at, params.primeLen);
        memcpy(at + 2, params.prime, params.primeLen);
        at += 2 + params.primeLen;
        memcpy(at, "\0\1\2", 3);
        at += 3;
    }
    put_u16(at, params.primeLen);
    memset(at + 2, 0, params.primeLen);
    if (numbers->y < 0) {
        memcpy(at + 2, params.prime, params.primeLen);
        at[1 + params.primeLen] = (uint8_t)(at[1 + params.primeLen] + (numbers->y == -1 ? -1 : 0));
    } else {
        at[1 + params.primeLen] = (uint8_t)numbers->y;
    }
    at += 2 + params.primeLen;
    draft_set(draft, body, (size_t)(at - body));
}

static void test_logjam_export_primes_have_a_limit_too(void **state)
{
    static const Numbers numbers = {MSG_SERVER_KEY_EXCHANGE, 1024, 5};
    size_t               i;

    (void)state;
    for (i = 0; i < 2; i++) {
        Plan        plan = plan_of(four[i], TLS_DH_anon_EXPORT_WITH_RC4_40_MD5, NOBODY);
        Connection *connection;

        plan.flags = WITH_SHORT_DH;
        connection = connection_open(&plan, NULL);
        liar_prepare(&connection->server, put_numbers, &numbers);
        connection_handshake(connection);
        assert_int_equal(connection->client.result, SSLProtocolErr);
        assert_int_equal(end_alert_sent(&connection->client), 47);
        connection_close(connection);
    }
}

static void test_public_values_that_give_the_secret_away(void **state)
{
    static const int values[] = {0, 1, -1, -2};
    size_t           i, j;
    int              server;

    (void)state;
    for (i = 0; i < 4; i++) {
        for (j = 0; j < COUNT(values); j++) {
            for (server = 0; server < 2; server++) {
                const Numbers numbers = {server ? MSG_SERVER_KEY_EXCHANGE : MSG_CLIENT_KEY_EXCHANGE,
                                         server ? 1024 : 0, values[j]};
                Plan          plan = plan_of(four[i], TLS_DH_anon_WITH_3DES_EDE_CBC_SHA, NOBODY);
                Connection   *connection;
                End          *honest;

                plan.flags = WITH_DH;
                connection = connection_open(&plan, NULL);
                honest     = server ? &connection->client : &connection->server;
                liar_prepare(server ? &connection->server : &connection->client, put_numbers,
                             &numbers);
                connection_handshake(connection);
                assert_int_equal(honest->result, SSLProtocolErr);
                assert_int_equal(end_alert_sent(honest), 47);
                connection_close(connection);
            }
        }
    }
}

/* ---- Bleichenbacher: every bad block looks like a wrong key ---- */

static void spoil_premaster(Draft *draft, const void *plan)
{
    int           kind = *(const int *)plan;
    Handshake    *hs   = draft->ctx->handshake;
    RsaPublicKey *key  = &hs->peer_leaf.key.rsa;
    uint8_t       padded[128], *block;

    if (draft->type != MSG_CLIENT_KEY_EXCHANGE) {
        return;
    }
    block = draft_body(draft) + draft_length(draft) - 128;
    memset(padded, 0x5A, sizeof(padded));
    memcpy(padded, "\0\2", 2);
    padded[79] = 0;
    memcpy(padded + 80, hs->premaster, 48);
    switch (kind) {
    case 0: /* a good block with another secret: the reference */
        padded[127] ^= 1;
        break;
    case 1:
        padded[0] = 1;
        break;
    case 2:
        padded[1] = 1;
        break;
    case 3:
        padded[4] = 0;
        break;
    case 4:
        padded[79] = 1;
        break;
    case 5: /* 47 bytes */
        padded[79] = 1;
        padded[80] = 0;
        break;
    case 6: /* 49 bytes */
        padded[78] = 0;
        break;
    case 7: /* the negotiated version where another was offered, or the other way round */
        padded[81] ^= 1;
        break;
    case 8:
        padded[80] = 2;
        break;
    default: /* not below the modulus */
        memset(block, 0xFF, 128);
        return;
    }
    assert_int_equal(sslr_rsa_public(key, padded, 128, block), SSLNoErr);
}

static void test_bad_rsa_blocks_give_the_same_bytes_as_a_wrong_key(void **state)
{
    static const uint16_t suites[] = {TLS_RSA_WITH_3DES_EDE_CBC_SHA, TLS_RSA_WITH_RC4_128_SHA,
                                      TLS_RSA_WITH_NULL_MD5};
    static uint8_t        reference[20000];
    size_t                i, j, length = 0;
    int                   kind;

    (void)state;
    for (i = 0; i < 4; i++) {
        for (j = 0; j < COUNT(suites); j++) {
            for (kind = 0; kind < 10; kind++) {
                const Plan  plan       = plan_of(four[i], suites[j], OF_LEAF);
                Connection *connection = connection_open(&plan, NULL);
                Wire       *down       = &connection->down;

                liar_prepare(&connection->client, spoil_premaster, &kind);
                connection_handshake(connection);
                assert_int_equal(connection->server.result, SSLProtocolErr);
                assert_int_equal(end_alert_sent(&connection->server), 20);
                assert_string_equal(end_rule(&connection->server), "the record does not authenticate");
                if (kind == 0) {
                    length = down->length;
                    memcpy(reference, down->data, length);
                }
                assert_int_equal(down->length, length);
                assert_memory_equal(down->data, reference, length);
                connection_close(connection);
            }
        }
    }
}

/* The same behind a private-key callback, which only ever does the raw operation. */
static void test_bad_rsa_blocks_behind_a_key_callback(void **state)
{
    size_t length = 0, i;
    int    kind;

    (void)state;
    for (i = 0; i < 4; i++) {
        for (kind = 0; kind < 9; kind++) {
            Plan        plan = plan_of(four[i], TLS_RSA_WITH_RC4_128_SHA, OF_LEAF);
            Connection *connection;

            plan.flags = WITH_KEY_CALLBACK;
            connection = connection_open(&plan, NULL);
            liar_prepare(&connection->client, spoil_premaster, &kind);
            connection_handshake(connection);
            assert_int_equal(end_alert_sent(&connection->server), 20);
            length = kind == 0 ? connection->down.length : length;
            assert_int_equal(connection->down.length, length);
            connection_close(connection);
        }
    }
}

/* A wrong Finished under the right keys: decrypt_error, for which SSL 3.0 has handshake_failure. */
static void test_a_wrong_finished(void **state)
{
    static const uint16_t type = MSG_FINISHED;
    size_t                i;
    int                   server;

    (void)state;
    for (i = 0; i < 4; i++) {
        for (server = 0; server < 2; server++) {
            const Plan  plan       = plan_of(four[i], TLS_RSA_WITH_3DES_EDE_CBC_SHA, OF_LEAF);
            Connection *connection = connection_open(&plan, NULL);
            End        *liar       = server ? &connection->server : &connection->client;
            End        *honest     = server ? &connection->client : &connection->server;

            liar_prepare(liar, spoil_last_byte, &type);
            connection_handshake(connection);
            assert_int_equal(honest->result, SSLProtocolErr);
            assert_int_equal(end_alert_sent(honest), i == 0 ? 40 : 51);
            connection_close(connection);
        }
    }
}

/* ---- CBC padding ---- */

/* A record sealed by hand with the client's keys: content, MAC (perhaps wrong), and these bytes of
 * padding, the length byte included. */
static void put_cbc_record(End *end, const char *content, int spoil_mac, const uint8_t *padding,
                           size_t padding_length)
{
    Direction *write  = &end->ctx->write;
    MacState  *state  = write->state;
    size_t     block  = sslr_cipher_block_size((CipherId)write->suite->cipher);
    size_t     mac    = sslr_mac_size(write), length = strlen(content);
    size_t     prefix = write->explicit_iv ? block : 0;
    uint8_t    record[600], *at = record + 5 + prefix;

    memcpy(at, content, length);
    sslr_record_mac(end->ctx, write, CONTENT_APPLICATION_DATA, bytes_of(content, length),
                    at + length);
    at[length] = (uint8_t)(at[length] ^ spoil_mac);
    memcpy(at + length + mac, padding, padding_length);
    length += mac + padding_length;
    assert_int_equal(length % block, 0);
    if (prefix > 0) {
        memset(record + 5, 0x42, prefix);
        sslr_cipher_set_iv(state->cipher, record + 5);
    }
    sslr_cipher_run(state->cipher, at, length);
    record[0] = CONTENT_APPLICATION_DATA;
    put_u16(record + 1, end_version(end));
    put_u16(record + 3, prefix + length);
    wire_put(end->out, record, 5 + prefix + length);
    write->sequence++;
}

/* With 3DES and SHA-1 "abcd" leaves no rest: 4 + 20 bytes are three blocks. */
static void try_padding(SSLProtocolVersion version, const uint8_t *padding, size_t length,
                        int spoil_mac, int good)
{
    Plan        plan = plan_of(version, TLS_RSA_WITH_3DES_EDE_CBC_SHA, OF_LEAF);
    Connection *connection;
    End        *server;
    SSLErr      err;

    plan.flags = WITHOUT_ETM;
    connection = connection_open(&plan, NULL);
    server     = &connection->server;
    connection_establish(connection);
    put_cbc_record(&connection->client, "abcd", spoil_mac, padding, length);
    err = end_read(server);
    if (good) {
        assert_int_equal(err, SSLWouldBlockErr);
        assert_int_equal(server->received_length, 4);
        assert_memory_equal(server->received, "abcd", 4);
    } else {
        assert_int_equal(err, SSLProtocolErr);
        assert_int_equal(server->received_length, 0);
        assert_int_equal(end_alert_sent(server), 20); /* never decryption_failed (21) */
        assert_string_equal(end_rule(server), "the record does not authenticate");
    }
    connection_close(connection);
}

static void test_padding_of_tls_is_checked_byte_by_byte(void **state)
{
    uint8_t padding[256];
    size_t  i, at;

    (void)state;
    for (i = 1; i < 4; i++) {
        memset(padding, 7, sizeof(padding));
        try_padding(four[i], padding, 8, 0, 1);
        try_padding(four[i], padding, 8, 1, 0); /* a wrong MAC: the same alert */
        for (at = 0; at < 8; at++) {
            padding[at] ^= 1;
            try_padding(four[i], padding, 8, 0, 0);
            padding[at] ^= 1;
        }
        memset(padding, 255, sizeof(padding)); /* as long as it can be */
        try_padding(four[i], padding, 256, 0, 1);
        padding[0] = 254;
        try_padding(four[i], padding, 256, 0, 0);
        memset(padding, 255, sizeof(padding)); /* longer than the record */
        try_padding(four[i], padding, 8, 0, 0);
        memset(padding, 31, sizeof(padding)); /* over MAC and content */
        try_padding(four[i], padding, 8, 0, 0);
    }
}

/* POODLE: any content passes, as long as the length is below a block. Longer padding than needed,
 * of which TLS allows 255 bytes, is refused like a wrong MAC. */
static void test_padding_of_ssl3_only_has_a_length(void **state)
{
    uint8_t padding[24] = {1, 2, 3, 4, 5, 6, 7, 7};

    (void)state;
    try_padding(SSL_Version_3_0, padding, 8, 0, 1);
    try_padding(SSL_Version_3_0, padding, 8, 1, 0);
    padding[7] = 8;
    try_padding(SSL_Version_3_0, padding, 8, 0, 0);
    padding[7] = 255;
    try_padding(SSL_Version_3_0, padding, 8, 0, 0);
    padding[7] = 6;
    try_padding(SSL_Version_3_0, padding, 8, 0, 0);
    padding[15] = 15;
    try_padding(SSL_Version_3_0, padding, 16, 0, 0);
}

/* What this side sends: padding no longer than needed, in every version. */
static void test_our_own_padding_is_minimal(void **state)
{
    size_t i, length;

    (void)state;
    for (i = 0; i < 4; i++) {
        for (length = 1; length <= 9; length++) {
            Plan        plan = plan_of(four[i], TLS_RSA_WITH_3DES_EDE_CBC_SHA, OF_LEAF);
            Connection *connection;
            size_t      before, expected;
            uint8_t     data[9] = {0};
            uint32      count   = (uint32)length;

            plan.flags = WITHOUT_SPLIT | WITHOUT_ETM;
            connection = connection_open(&plan, NULL);
            connection_establish(connection);
            before = connection->up.length;
            assert_int_equal(SSLWrite(data, &count, connection->client.ctx), SSLNoErr);
            expected = 5 + (i >= 2 ? 8u : 0u) + (length + 20) / 8 * 8 + 8;
            assert_int_equal(connection->up.length - before, expected);
            connection_close(connection);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_freak_no_short_key_for_plain_rsa),
        cmocka_unit_test(test_export_needs_its_short_key),
        cmocka_unit_test(test_temporary_keys_longer_than_the_suite_allows),
        cmocka_unit_test(test_a_temporary_key_must_be_signed),
        cmocka_unit_test(test_logjam_short_primes),
        cmocka_unit_test(test_logjam_export_primes_have_a_limit_too),
        cmocka_unit_test(test_public_values_that_give_the_secret_away),
        cmocka_unit_test(test_bad_rsa_blocks_give_the_same_bytes_as_a_wrong_key),
        cmocka_unit_test(test_bad_rsa_blocks_behind_a_key_callback),
        cmocka_unit_test(test_a_wrong_finished),
        cmocka_unit_test(test_padding_of_tls_is_checked_byte_by_byte),
        cmocka_unit_test(test_padding_of_ssl3_only_has_a_length),
        cmocka_unit_test(test_our_own_padding_is_minimal),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
