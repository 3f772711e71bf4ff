/*
 * test_ssl2_negative.c - peers that break SSL 2.0: every check on CLIENT-MASTER-KEY, the other
 * messages, their order, records. And the orders that differ between old programs and are all
 * right.
 */
#include "liar.h"

static Plan plan_of(uint16_t suite)
{
    Plan plan;

    memset(&plan, 0, sizeof(plan));
    plan.name           = "SSL 2.0";
    plan.client_version = plan.server_version = SSL_Version_2_0;
    plan.suite                                = suite;
    plan.server                               = OF_SHORT;
    return plan;
}

/* ---- one message changed ---- */

typedef struct Lie {
    const char *what;
    uint16_t    type; /* of the message */
    size_t      at;   /* place in the body; APPEND, SHORTEN */
    uint8_t     bytes[4];
    size_t      count;
    SSLErr      result; /* of the honest side */
} Lie;

#define APPEND  1000
#define SHORTEN 1001

static void apply(Draft *draft, const void *plan)
{
    const Lie *lie = plan;

    if (draft->type != lie->type) {
        return;
    }
    if (lie->at == APPEND) {
        write_bytes(draft->out, bytes_of(lie->bytes, lie->count));
    } else if (lie->at == SHORTEN) {
        draft->out->length -= lie->count;
    } else {
        memcpy(draft_body(draft) + lie->at, lie->bytes, lie->count);
    }
}

/* The liar's message is refused; nothing of the connection is left. */
static void try_lie(const Lie *lie, const Plan *plan, int liar_is_server)
{
    Connection *connection = connection_open(plan, NULL);
    End        *liar       = liar_is_server ? &connection->server : &connection->client;
    End        *honest     = liar_is_server ? &connection->client : &connection->server;

    liar_prepare(liar, apply, lie);
    connection_handshake(connection);
    if (honest->result != lie->result) {
        fail_msg("%s: %d (%s)", lie->what, honest->result, end_rule(honest));
    }
    assert_int_equal(end_state(honest), SSL_StateAborted);
    connection_close(connection);
}

static void test_client_master_key_all_checks_of_section_7(void **state)
{
    static const Lie lies[] = {
        {"a byte too many", SSL2_CLIENT_MASTER_KEY, APPEND, {0}, 1, SSLProtocolErr},
        {"a byte too few", SSL2_CLIENT_MASTER_KEY, SHORTEN, {0}, 1, SSLProtocolErr},
        {"nothing but a head", SSL2_CLIENT_MASTER_KEY, SHORTEN, {0}, 64, SSLProtocolErr},
        {"an unknown kind", SSL2_CLIENT_MASTER_KEY, 0, {0x09}, 1, SSLProtocolErr},
        {"IDEA", SSL2_CLIENT_MASTER_KEY, 0, {0x05}, 1, SSLProtocolErr},
        {"a kind that is off", SSL2_CLIENT_MASTER_KEY, 0, {0x02}, 1, SSLProtocolErr},
        {"a kind that is off, DES", SSL2_CLIENT_MASTER_KEY, 0, {0x06, 0, 0x40}, 3, SSLProtocolErr},
        {"another key length", SSL2_CLIENT_MASTER_KEY, 2, {0x40}, 1, SSLProtocolErr},
        {"clear length", SSL2_CLIENT_MASTER_KEY, 3, {0, 1}, 2, SSLProtocolErr},
        {"huge clear length", SSL2_CLIENT_MASTER_KEY, 3, {0xFF, 0xFF}, 2, SSLProtocolErr},
        {"encrypted length", SSL2_CLIENT_MASTER_KEY, 5, {0, 63}, 2, SSLProtocolErr},
        {"no encrypted part", SSL2_CLIENT_MASTER_KEY, 5, {0, 0}, 2, SSLProtocolErr},
        {"KEY-ARG for a stream", SSL2_CLIENT_MASTER_KEY, 7, {0, 8}, 2, SSLProtocolErr},
    };
    const Plan plan = plan_of(TLS_RSA_WITH_RC4_128_MD5);
    size_t     i;

    (void)state;
    for (i = 0; i < COUNT(lies); i++) {
        try_lie(&lies[i], &plan, 0);
    }
}

/* CVE-2016-0703: part of the key in clear for a kind that encrypts all of it. The lengths add up.
 */
static void clear_bytes(Draft *draft, const void *plan)
{
    size_t clear = *(const size_t *)plan;

    if (draft->type == SSL2_CLIENT_MASTER_KEY) {
        uint8_t *body = draft_body(draft), message[300] = {0};
        size_t   rest = draft_length(draft) - 9 - get_u16(body + 3);

        memcpy(message, body, 9);
        put_u16(message + 3, (uint32_t)clear);
        memcpy(message + 9 + clear, body + draft_length(draft) - rest, rest);
        draft_set(draft, message, 9 + clear + rest);
    }
}

static void test_clear_bytes_must_be_those_of_the_kind(void **state)
{
    static const struct {
        uint16_t suite;
        size_t   clear;
    } cases[] = {
        {TLS_RSA_WITH_RC4_128_MD5, 11},       {TLS_RSA_WITH_RC4_128_MD5, 16},
        {SSL_RSA_WITH_3DES_EDE_CBC_MD5, 24},  {SSL_RSA_WITH_DES_CBC_MD5, 1},
        {TLS_RSA_EXPORT_WITH_RC4_40_MD5, 0},  {TLS_RSA_EXPORT_WITH_RC4_40_MD5, 10},
        {TLS_RSA_EXPORT_WITH_RC4_40_MD5, 12}, {TLS_RSA_EXPORT_WITH_RC2_CBC_40_MD5, 16},
    };
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(cases); i++) {
        const Plan  plan       = plan_of(cases[i].suite);
        Connection *connection = connection_open(&plan, NULL);

        liar_prepare(&connection->client, clear_bytes, &cases[i].clear);
        connection_handshake(connection);
        assert_int_equal(connection->server.result, SSLProtocolErr);
        connection_close(connection);
    }
}

/* CVE-2002-0656: KEY-ARG must be one block, no more and no less, with lengths that add up. */
static void key_argument(Draft *draft, const void *plan)
{
    size_t wanted = *(const size_t *)plan;

    if (draft->type == SSL2_CLIENT_MASTER_KEY) {
        static const uint8_t zeros[64];

        put_u16(draft_body(draft) + 7, (uint32_t)wanted);
        draft->out->length -= 8;
        write_bytes(draft->out, bytes_of(zeros, wanted));
    }
}

static void test_key_arg_must_be_a_block(void **state)
{
    static const size_t lengths[] = {0, 7, 9, 16, 64};
    size_t              i;

    (void)state;
    for (i = 0; i < COUNT(lengths); i++) {
        const Plan  plan       = plan_of(SSL_RSA_WITH_3DES_EDE_CBC_MD5);
        Connection *connection = connection_open(&plan, NULL);

        liar_prepare(&connection->client, key_argument, &lengths[i]);
        connection_handshake(connection);
        assert_int_equal(connection->server.result, SSLProtocolErr);
        connection_close(connection);
    }
}

static void test_other_messages_of_a_client(void **state)
{
    static const Lie lies[] = {
        {"version 1", MSG_CLIENT_HELLO_V2, 1, {0, 1}, 2, SSLProtocolErr},
        {"no kinds", MSG_CLIENT_HELLO_V2, 3, {0, 0}, 2, SSLProtocolErr},
        {"kinds of four bytes", MSG_CLIENT_HELLO_V2, 3, {0, 4}, 2, SSLProtocolErr},
        {"a session ID of 3 bytes", MSG_CLIENT_HELLO_V2, 5, {0, 3}, 2, SSLProtocolErr},
        {"a challenge of 15 bytes", MSG_CLIENT_HELLO_V2, 7, {0, 15}, 2, SSLProtocolErr},
        {"a byte too many", MSG_CLIENT_HELLO_V2, APPEND, {0}, 1, SSLProtocolErr},
        {"a byte too few", MSG_CLIENT_HELLO_V2, SHORTEN, {0}, 1, SSLProtocolErr},
        {"an unknown kind alone", MSG_CLIENT_HELLO_V2, 9, {0x0A, 1, 1}, 3, SSLNegotiationErr},
        {"CLIENT-FINISHED, one bit", SSL2_CLIENT_FINISHED, 3, {0x55}, 1, SSLProtocolErr},
        {"CLIENT-FINISHED, long", SSL2_CLIENT_FINISHED, APPEND, {0}, 1, SSLProtocolErr},
        {"CLIENT-FINISHED, short", SSL2_CLIENT_FINISHED, SHORTEN, {0}, 1, SSLProtocolErr},
        {"CLIENT-CERTIFICATE, type", SSL2_CLIENT_CERTIFICATE, 0, {2}, 1, SSLProtocolErr},
        {"CLIENT-CERTIFICATE, long", SSL2_CLIENT_CERTIFICATE, APPEND, {0}, 1, SSLProtocolErr},
        {"CLIENT-CERTIFICATE, no certificate",
         SSL2_CLIENT_CERTIFICATE,
         1,
         {0, 0},
         2,
         SSLProtocolErr},
        {"CLIENT-CERTIFICATE, no answer",
         SSL2_CLIENT_CERTIFICATE,
         SHORTEN,
         {0},
         128,
         SSLProtocolErr},
    };
    Plan   plan = plan_of(TLS_RSA_WITH_RC4_128_MD5);
    size_t i;

    (void)state;
    plan.client = OF_CLIENT;
    plan.flags  = WITH_REQUEST;
    for (i = 0; i < COUNT(lies); i++) {
        try_lie(&lies[i], &plan, 0);
    }
}

static void wrong_answer(Draft *draft, const void *plan)
{
    (void)plan;
    if (draft->type == SSL2_CLIENT_CERTIFICATE) {
        draft->out->data[draft->out->length - 1] ^= 1;
    }
}

static void test_a_wrong_answer_to_the_challenge(void **state)
{
    Plan        plan = plan_of(SSL_RSA_WITH_3DES_EDE_CBC_MD5);
    Connection *connection;

    (void)state;
    plan.client = OF_CLIENT;
    plan.flags  = WITH_REQUEST;
    connection  = connection_open(&plan, NULL);
    liar_prepare(&connection->client, wrong_answer, NULL);
    connection_handshake(connection);
    assert_int_equal(connection->server.result, SSLProtocolErr);
    assert_int_equal(connection->client.result, SSLFatalAlert); /* ERROR: BAD-CERTIFICATE */
    connection_close(connection);
}

static void test_messages_of_a_server(void **state)
{
    static const Lie lies[] = {
        {"SERVER-HELLO, version 3.0", SSL2_SERVER_HELLO, 2, {3, 0}, 2, SSLProtocolErr},
        {"SERVER-HELLO, version 1", SSL2_SERVER_HELLO, 2, {0, 1}, 2, SSLProtocolErr},
        {"SERVER-HELLO, PKCS#6", SSL2_SERVER_HELLO, 1, {2}, 1, SSLProtocolErr},
        {"SERVER-HELLO, hit without offer", SSL2_SERVER_HELLO, 0, {1}, 1, SSLProtocolErr},
        {"SERVER-HELLO, no certificate", SSL2_SERVER_HELLO, 4, {0, 0}, 2, SSLProtocolErr},
        {"SERVER-HELLO, huge certificate", SSL2_SERVER_HELLO, 4, {0xFF, 0xFF}, 2, SSLProtocolErr},
        {"SERVER-HELLO, no kinds", SSL2_SERVER_HELLO, 6, {0, 0}, 2, SSLProtocolErr},
        {"SERVER-HELLO, kinds of 4 bytes", SSL2_SERVER_HELLO, 6, {0, 4}, 2, SSLProtocolErr},
        {"SERVER-HELLO, connection ID 15", SSL2_SERVER_HELLO, 8, {0, 15}, 2, SSLProtocolErr},
        {"SERVER-HELLO, long", SSL2_SERVER_HELLO, APPEND, {0}, 1, SSLProtocolErr},
        {"SERVER-HELLO, short", SSL2_SERVER_HELLO, SHORTEN, {0}, 1, SSLProtocolErr},
        {"SERVER-VERIFY, one bit", SSL2_SERVER_VERIFY, 0, {0x99}, 1, SSLProtocolErr},
        {"SERVER-VERIFY, short", SSL2_SERVER_VERIFY, SHORTEN, {0}, 1, SSLProtocolErr},
        {"SERVER-FINISHED, short", SSL2_SERVER_FINISHED, SHORTEN, {0}, 1, SSLProtocolErr},
        {"SERVER-FINISHED, long", SSL2_SERVER_FINISHED, APPEND, {0}, 1, SSLProtocolErr},
        {"REQUEST, authentication type", SSL2_REQUEST_CERTIFICATE, 0, {2}, 1, SSLProtocolErr},
        {"REQUEST, challenge of 15", SSL2_REQUEST_CERTIFICATE, SHORTEN, {0}, 1, SSLProtocolErr},
    };
    Plan   plan = plan_of(TLS_RSA_WITH_RC4_128_MD5);
    size_t i;

    (void)state;
    plan.flags = WITH_REQUEST;
    for (i = 0; i < COUNT(lies); i++) {
        try_lie(&lies[i], &plan, 1);
    }
}

/* What the server returned has nothing in common: the client says NO-CIPHER. */
static void other_kind(Draft *draft, const void *plan)
{
    (void)plan;
    if (draft->type == SSL2_SERVER_HELLO) {
        memcpy(draft->out->data + draft->out->length - 19, "\x06\x00\x40", 3);
    }
}

static void test_a_kind_that_was_not_offered(void **state)
{
    const Plan  plan       = plan_of(TLS_RSA_WITH_RC4_128_MD5);
    Connection *connection = connection_open(&plan, NULL);

    (void)state;
    liar_prepare(&connection->server, other_kind, NULL);
    connection_handshake(connection);
    assert_int_equal(connection->client.result, SSLNegotiationErr);
    assert_memory_equal(connection->up.data + connection->up.length - 5, "\x80\x03\x00\x00\x01", 5);
    assert_int_equal(connection->server.result, SSLFatalAlert);
    connection_close(connection);
}

/* CVE-2015-3197: nobody signs the list of kinds. Somebody puts single DES into it, which the client
 * allows and the server does not; everything else fits. */
static void test_a_kind_that_the_server_did_not_return(void **state)
{
    const uint16_t both[]     = {SSL_RSA_WITH_3DES_EDE_CBC_MD5, SSL_RSA_WITH_DES_CBC_MD5};
    const Plan     plan       = plan_of(SSL_RSA_WITH_3DES_EDE_CBC_MD5);
    Connection    *connection = connection_open(&plan, NULL);

    (void)state;
    assert_int_equal(SSLSetEnabledCiphers(connection->client.ctx, both, 2), SSLNoErr);
    liar_prepare(&connection->server, other_kind, NULL);
    connection_handshake(connection);
    assert_int_equal(connection->server.result, SSLProtocolErr);
    assert_int_equal(connection->server.calls[CALL_WRITE], 2); /* SERVER-HELLO and ERROR */
    assert_int_not_equal(connection->client.result, SSLNoErr); /* it has keys already */
    connection_close(connection);
}

static void test_no_common_kind(void **state)
{
    const Plan     plan = plan_of(0);
    const uint16_t rc4 = TLS_RSA_WITH_RC4_128_MD5, des = SSL_RSA_WITH_DES_CBC_MD5;
    Connection    *connection = connection_open(&plan, NULL);

    (void)state;
    assert_int_equal(SSLSetEnabledCiphers(connection->client.ctx, &rc4, 1), SSLNoErr);
    assert_int_equal(SSLSetEnabledCiphers(connection->server.ctx, &des, 1), SSLNoErr);
    connection_handshake(connection);
    assert_int_equal(connection->server.result, SSLNegotiationErr);
    assert_int_equal(connection->client.result, SSLFatalAlert);
    assert_memory_equal(connection->down.data, "\x80\x03\x00\x00\x01", 5);
    connection_close(connection);
}

/* DROWN: export kinds are not returned while the same key serves SSL 3.0, unless named. */
static void test_drown_export_kinds_beside_later_versions(void **state)
{
    int allow;

    (void)state;
    for (allow = 0; allow < 2; allow++) {
        Plan        plan = plan_of(TLS_RSA_EXPORT_WITH_RC4_40_MD5);
        Connection *connection;

        plan.server_version = SSL_Version_Undetermined;
        plan.flags          = allow ? WITH_EXPORT_KINDS : 0;
        connection          = connection_open(&plan, NULL);
        connection_handshake(connection);
        assert_int_equal(connection->server.result, allow ? SSLNoErr : SSLNegotiationErr);
        connection_close(connection);
    }
}

/* ---- a bad master key shows at CLIENT-FINISHED, and always in the same way ---- */

typedef struct BadBlock {
    int kind;
} BadBlock;

static void spoil_block(Draft *draft, const void *plan)
{
    const BadBlock *bad = plan;
    Ssl2State      *ssl2;
    uint8_t        *block, padded[64];
    RsaPublicKey   *key;
    size_t          secret;

    if (draft->type != SSL2_CLIENT_MASTER_KEY) {
        return;
    }
    ssl2   = draft->ctx->handshake->ssl2;
    key    = &draft->ctx->handshake->peer_leaf.key.rsa;
    block  = draft_body(draft) + 9 + ssl2->kind->clear_size;
    secret = (size_t)ssl2->kind->key_size - ssl2->kind->clear_size;
    memset(padded, 0x5A, sizeof(padded));
    memcpy(padded, "\0\2", 2);
    padded[63 - secret] = 0;
    memcpy(padded + 64 - secret, ssl2->master + ssl2->kind->clear_size, secret);
    switch (bad->kind) {
    case 0: /* a good block, another secret: what a wrong key looks like */
        padded[63] ^= 1;
        break;
    case 1:
        padded[1] = 1;
        break;
    case 2:
        padded[0] = 1; /* still below the modulus */
        break;
    case 3:
        padded[5] = 0; /* zero in the padding */
        break;
    case 4:
        padded[63 - secret] = 7; /* no separator */
        break;
    case 5:
        memset(padded + 63 - secret - 8, 3, 8); /* the rollback marker */
        break;
    case 6: /* one byte less in the payload */
        padded[63 - secret] = 9;
        padded[64 - secret] = 0;
        break;
    default: /* not below the modulus */
        memset(block, 0xFF, 64);
        return;
    }
    assert_int_equal(sslr_rsa_public(key, padded, 64, block), SSLNoErr);
}

static void test_bad_rsa_blocks_all_look_alike(void **state)
{
    static const uint16_t suites[] = {TLS_RSA_WITH_RC4_128_MD5, TLS_RSA_EXPORT_WITH_RC4_40_MD5,
                                      SSL_RSA_WITH_3DES_EDE_CBC_MD5};
    size_t                i, down = 0;
    BadBlock              bad;

    (void)state;
    for (i = 0; i < COUNT(suites); i++) {
        for (bad.kind = 0; bad.kind < 8; bad.kind++) {
            Plan        plan = plan_of(suites[i]);
            Connection *connection;
            End        *server;

            plan.server_version = SSL_Version_Undetermined; /* so that the marker counts */
            plan.flags          = WITH_EXPORT_KINDS;
            connection          = connection_open(&plan, NULL);
            server              = &connection->server;
            liar_prepare(&connection->client, spoil_block, &bad);
            /* The liar cannot read SERVER-VERIFY either: it sends CLIENT-FINISHED before. */
            liar_move_before(&connection->client, SSL2_CLIENT_FINISHED, SSL2_SERVER_VERIFY);
            connection_handshake(connection);
            assert_int_equal(server->result, SSLProtocolErr);
            assert_string_equal(end_rule(server), "the record does not authenticate");
            assert_int_equal(server->calls[CALL_WRITE], 2); /* SERVER-HELLO, SERVER-VERIFY */
            if (bad.kind == 0) {
                down = connection->down.length;
            }
            assert_int_equal(connection->down.length, down);
            connection_close(connection);
        }
    }
}

/* A server of 2.0 alone overlooks the marker; a client of 2.0 alone does not set it. */
static void test_rollback_marker(void **state)
{
    static const struct {
        SSLProtocolVersion client, server;
    } cases[] = {
        {SSL_Version_2_0, SSL_Version_2_0},
        {SSL_Version_2_0, SSL_Version_Undetermined},
        {SSL_Version_Undetermined, SSL_Version_2_0},
    };
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(cases); i++) {
        Plan        plan = plan_of(TLS_RSA_WITH_RC4_128_MD5);
        Connection *connection;

        plan.client_version = cases[i].client;
        plan.server_version = cases[i].server;
        connection          = connection_open(&plan, NULL);
        connection_establish(connection);
        assert_int_equal(end_version(&connection->client), SSL_Version_2_0);
        connection_close(connection);
    }
}

/* The attack itself: both could do 3.0, somebody makes the server see a 2.0 hello. */
static void lower_version(Draft *draft, const void *plan)
{
    (void)plan;
    if (draft->type == MSG_CLIENT_HELLO_V2) {
        put_u16(draft_body(draft) + 1, SSL_Version_2_0);
    }
}

static void test_a_forced_rollback_is_found(void **state)
{
    Plan        plan = plan_of(TLS_RSA_WITH_RC4_128_MD5);
    Connection *connection;

    (void)state;
    plan.client_version = plan.server_version = SSL_Version_Undetermined;
    connection                                = connection_open(&plan, NULL);
    liar_prepare(&connection->client, lower_version, NULL); /* both act in good faith */
    connection_handshake(connection);
    assert_int_not_equal(connection->server.result, SSLNoErr);
    assert_int_not_equal(connection->client.result, SSLNoErr);
    connection_close(connection);
}

/* ---- order ---- */

typedef enum Change {
    DROP,
    DOUBLE,
    MOVE
} Change;

static void try_order(int liar_is_server, Change change, uint16_t type, uint16_t before, int good)
{
    Plan        plan = plan_of(TLS_RSA_WITH_RC4_128_MD5);
    Connection *connection;
    End        *liar, *honest;

    plan.client = OF_CLIENT;
    plan.flags  = WITH_REQUEST;
    connection  = connection_open(&plan, NULL);
    liar        = liar_is_server ? &connection->server : &connection->client;
    honest      = liar_is_server ? &connection->client : &connection->server;
    liar_prepare(liar, NULL, NULL);
    if (change == DROP) {
        liar_drop(liar, type);
    } else if (change == DOUBLE) {
        liar_double(liar, type);
    } else {
        liar_move_before(liar, type, before);
    }
    connection_handshake(connection);
    if ((honest->result == SSLNoErr) != good) {
        fail_msg("%s %x before %x: %d (%s)", liar_is_server ? "server" : "client", type, before,
                 honest->result, end_rule(honest));
    }
    if (good) {
        assert_true(connection_carry(&connection->client, &connection->server, 100));
        assert_true(connection_carry(&connection->server, &connection->client, 100));
    }
    connection_close(connection);
}

static void test_messages_left_out_or_doubled(void **state)
{
    static const uint16_t of_client[] = {SSL2_CLIENT_MASTER_KEY, SSL2_CLIENT_FINISHED,
                                         SSL2_CLIENT_CERTIFICATE};
    static const uint16_t of_server[] = {SSL2_SERVER_HELLO, SSL2_SERVER_VERIFY,
                                         SSL2_SERVER_FINISHED, SSL2_REQUEST_CERTIFICATE};
    size_t                i;

    (void)state;
    for (i = 0; i < COUNT(of_client); i++) {
        try_order(0, DROP, of_client[i], 0, 0);
        if (of_client[i] != SSL2_CLIENT_CERTIFICATE) { /* a second one would be data */
            try_order(0, DOUBLE, of_client[i], 0, 0);
        }
    }
    for (i = 0; i < COUNT(of_server); i++) {
        if (of_server[i] != SSL2_REQUEST_CERTIFICATE) {
            try_order(1, DROP, of_server[i], 0, 0);
        }
        if (of_server[i] != SSL2_SERVER_FINISHED) { /* likewise */
            try_order(1, DOUBLE, of_server[i], 0, 0);
        }
    }
}

static void test_messages_in_a_wrong_order(void **state)
{
    (void)state;
    try_order(0, MOVE, SSL2_CLIENT_FINISHED, SSL2_CLIENT_MASTER_KEY, 0);
    try_order(0, MOVE, SSL2_CLIENT_CERTIFICATE, SSL2_CLIENT_FINISHED, 0);
    try_order(1, MOVE, SSL2_SERVER_FINISHED, SSL2_SERVER_VERIFY, 0);
    try_order(1, MOVE, SSL2_REQUEST_CERTIFICATE, SSL2_SERVER_VERIFY, 0);
    try_order(1, MOVE, SSL2_SERVER_VERIFY, SSL2_SERVER_HELLO, 0);
}

/* Old programs: OpenSSL's client does not wait for SERVER-VERIFY; NSS's server asks for the
 * certificate at once. */
static void test_orders_of_other_programs(void **state)
{
    (void)state;
    try_order(0, MOVE, SSL2_CLIENT_FINISHED, SSL2_SERVER_VERIFY, 1);
    try_order(1, MOVE, SSL2_REQUEST_CERTIFICATE, SSL2_CLIENT_FINISHED, 1);
}

/* NSS's server without client authentication is done before CLIENT-FINISHED comes. */
static void test_a_server_that_finishes_early(void **state)
{
    const Plan  plan       = plan_of(SSL_RSA_WITH_RC2_CBC_MD5);
    Connection *connection = connection_open(&plan, NULL);

    (void)state;
    liar_prepare(&connection->server, NULL, NULL);
    liar_move_before(&connection->server, SSL2_SERVER_FINISHED, SSL2_CLIENT_FINISHED);
    connection_establish(connection);
    assert_true(connection_carry(&connection->client, &connection->server, 100));
    connection_close(connection);
}

/* Application data before both finished messages. */
static void data_too_early(Draft *draft, const void *plan)
{
    if (draft->type == *(const uint16_t *)plan) {
        assert_int_equal(sslr_ssl2_queue(draft->ctx, bytes_of("GET / HTTP/1.0\n", 15)), SSLNoErr);
    }
}

static void test_data_before_the_finished_messages(void **state)
{
    static const uint16_t before[] = {SSL2_CLIENT_FINISHED, SSL2_SERVER_FINISHED,
                                      SSL2_SERVER_VERIFY};
    size_t                i;

    (void)state;
    for (i = 0; i < COUNT(before); i++) {
        const Plan  plan       = plan_of(TLS_RSA_WITH_RC4_128_MD5);
        Connection *connection = connection_open(&plan, NULL);
        End *liar   = before[i] == SSL2_CLIENT_FINISHED ? &connection->client : &connection->server;
        End *honest = liar == &connection->client ? &connection->server : &connection->client;

        liar_prepare(liar, data_too_early, &before[i]);
        connection_handshake(connection);
        assert_int_equal(honest->result, SSLProtocolErr);
        assert_int_equal(honest->received_length, 0);
        connection_close(connection);
    }
}

/* ---- records ---- */

static void try_record(uint16_t suite, const char *what, const uint8_t *record, size_t length)
{
    const Plan  plan       = plan_of(suite);
    Connection *connection = connection_open(&plan, NULL);
    uint8_t     body[200]  = {0};

    connection_establish(connection);
    wire_put(&connection->up, record, length);
    wire_put(&connection->up, body, sizeof(body));
    if (end_read(&connection->server) != SSLProtocolErr) {
        fail_msg("%s was taken", what);
    }
    assert_int_equal(connection->server.received_length, 0);
    connection_close(connection);
}

static void test_records_that_are_not_taken(void **state)
{
    const uint16_t block = SSL_RSA_WITH_3DES_EDE_CBC_MD5, stream = TLS_RSA_WITH_RC4_128_MD5;

    (void)state;
    try_record(block, "a security escape", (const uint8_t *)"\x40\x28\x00", 3);
    try_record(block, "a length of 41", (const uint8_t *)"\x80\x29", 2);
    try_record(block, "an empty record", (const uint8_t *)"\x80\x00", 2);
    try_record(block, "a body shorter than a MAC", (const uint8_t *)"\x80\x08", 2);
    try_record(block, "padding of a block", (const uint8_t *)"\x00\x28\x08", 3);
    try_record(block, "more padding than record", (const uint8_t *)"\x00\x18\x20", 3);
    try_record(block, "padding of 255", (const uint8_t *)"\x00\x28\xFF", 3);
    try_record(block, "a wrong MAC", (const uint8_t *)"\x80\x28", 2);
    try_record(stream, "a wrong MAC under RC4", (const uint8_t *)"\x80\x28", 2);
    try_record(stream, "padding under RC4", (const uint8_t *)"\x00\x28\x01", 3);
    try_record(stream, "15 bytes under RC4", (const uint8_t *)"\x80\x0F", 2);
    try_record(stream, "a security escape under RC4", (const uint8_t *)"\x40\x28\x00", 3);
}

/* The header is not authenticated: a record that was right until somebody changed it. */
static void test_headers_that_were_changed_on_the_way(void **state)
{
    static const struct {
        size_t  at;
        uint8_t bits;
    } changes[] = {{0, 0x40}, {2, 0x08}, {2, 0x80}};
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(changes); i++) {
        const Plan  plan       = plan_of(SSL_RSA_WITH_3DES_EDE_CBC_MD5);
        Connection *connection = connection_open(&plan, NULL);
        size_t      before;
        uint32      length = 19;

        connection_establish(connection);
        before = connection->up.length;
        assert_int_equal(SSLWrite("nineteen bytes long", &length, connection->client.ctx),
                         SSLNoErr);
        assert_int_equal(connection->up.length - before, 3 + 40);
        assert_int_equal(connection->up.data[before + 2], 5); /* padding */
        connection->up.data[before + changes[i].at] |= changes[i].bits;
        assert_int_equal(end_read(&connection->server), SSLProtocolErr);
        assert_int_equal(connection->server.received_length, 0);
        connection_close(connection);
    }
}

/* Data of length zero, just a MAC: legal, no end of file, and not without limit. */
static void put_empty_record(End *end)
{
    Direction     *write = &end->ctx->write;
    Ssl2Direction *state = write->state;
    uint8_t        record[18], sequence[8];
    HashState      hash;

    put_u64(sequence, write->sequence++);
    sslr_hash_init(&hash, HASH_MD5);
    sslr_hash_update(&hash, state->secret, 16);
    sslr_hash_update(&hash, sequence + 4, 4);
    sslr_hash_final(&hash, record + 2);
    put_u16(record, 0x8010);
    sslr_cipher_run(state->cipher, record + 2, 16);
    wire_put(end->out, record, sizeof(record));
}

static void test_records_without_data(void **state)
{
    const Plan  plan       = plan_of(TLS_RSA_WITH_RC4_128_MD5);
    Connection *connection = connection_open(&plan, NULL);
    SSLErr      err        = SSLWouldBlockErr;
    int         i;

    (void)state;
    connection_establish(connection);
    put_empty_record(&connection->client);
    put_empty_record(&connection->client);
    assert_true(connection_carry(&connection->client, &connection->server, 10));
    for (i = 0; i < 200; i++) {
        put_empty_record(&connection->client);
    }
    for (i = 0; i < 20 && err == SSLWouldBlockErr; i++) {
        err = end_read(&connection->server);
    }
    assert_int_equal(err, SSLProtocolErr);
    connection_close(connection);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_client_master_key_all_checks_of_section_7),
        cmocka_unit_test(test_clear_bytes_must_be_those_of_the_kind),
        cmocka_unit_test(test_key_arg_must_be_a_block),
        cmocka_unit_test(test_other_messages_of_a_client),
        cmocka_unit_test(test_a_wrong_answer_to_the_challenge),
        cmocka_unit_test(test_messages_of_a_server),
        cmocka_unit_test(test_a_kind_that_was_not_offered),
        cmocka_unit_test(test_a_kind_that_the_server_did_not_return),
        cmocka_unit_test(test_no_common_kind),
        cmocka_unit_test(test_drown_export_kinds_beside_later_versions),
        cmocka_unit_test(test_bad_rsa_blocks_all_look_alike),
        cmocka_unit_test(test_rollback_marker),
        cmocka_unit_test(test_a_forced_rollback_is_found),
        cmocka_unit_test(test_messages_left_out_or_doubled),
        cmocka_unit_test(test_messages_in_a_wrong_order),
        cmocka_unit_test(test_orders_of_other_programs),
        cmocka_unit_test(test_a_server_that_finishes_early),
        cmocka_unit_test(test_data_before_the_finished_messages),
        cmocka_unit_test(test_records_that_are_not_taken),
        cmocka_unit_test(test_headers_that_were_changed_on_the_way),
        cmocka_unit_test(test_records_without_data),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
