/*
 * test_classic_answers.c - keys, MACs and Finished values of SSL 2.0 to TLS 1.2 against a
 * derivation in Python that shares nothing with the engine (derive_classic.py): first its known
 * answers (classic_vectors.h), then whole connections, recorded here and decoded there, under every
 * suite that no program of today has.
 */
#define _POSIX_C_SOURCE 200809L
#include <unistd.h>

#include "classic_vectors.h"
#include "connection.h"

#define SCRIPT  "test/classic/derive_classic.py"
#define VECTORS "test/classic/classic_vectors.h"

/* ---- known answers ---- */

static size_t from_hex(const char *hex, uint8_t *out)
{
    size_t length = strlen(hex) / 2, i;

    for (i = 0; i < length; i++) {
        unsigned byte;

        assert_int_equal(sscanf(hex + 2 * i, "%2x", &byte), 1);
        out[i] = (uint8_t)byte;
    }
    return length;
}

static void check_answer(const char *hex, const uint8_t *got)
{
    uint8_t expected[512];
    size_t  length = from_hex(hex, expected);

    assert_memory_equal(got, expected, length);
}

static void count_up(uint8_t *out, uint8_t first, size_t length)
{
    size_t i;

    for (i = 0; i < length; i++) {
        out[i] = (uint8_t)(first + i);
    }
}

/* A context in the middle of a handshake, as the schedule sees it. */
static Connection *in_handshake(uint16_t version, uint16_t suite)
{
    const Plan  plan       = {.name           = "answers",
                              .client_version = SSL_Version_3_0_Only,
                              .server_version = SSL_Version_3_0_Only,
                              .server         = OF_LEAF};
    Connection *connection = connection_open(&plan, NULL);
    SSLContext *ctx        = connection->client.ctx;
    Handshake  *hs;

    assert_int_equal(SSLHandshake(ctx), SSLWouldBlockErr);
    hs = ctx->handshake;
    assert_int_equal(sslr_set_version(ctx, version), SSLNoErr);
    ctx->agreed.suite = sslr_cipher_suite(suite);
    count_up(hs->client_random, 0x40, 32);
    count_up(hs->server_random, 0x80, 32);
    put_u16(hs->premaster, version == SSL_Version_3_0 ? version : TLS_Version_1_0);
    count_up(hs->premaster + 2, 0, 46);
    hs->premaster_length = 48;
    sslr_writer_release(&hs->transcript.raw);
    hs->transcript.keep_raw = 0;
    sslr_transcript_start(ctx, version < TLS_Version_1_2 ? HASH_MD5 : HASH_SHA256);
    assert_int_equal(sslr_transcript_add(ctx, bytes_of("handshake", 9)), SSLNoErr);
    sslr_master_secret(ctx);
    return connection;
}

static void check_mac(SSLContext *ctx, HashId mac, const uint8_t *secret, const char *hex)
{
    CipherSuite suite = *ctx->agreed.suite;
    Direction   direction;
    MacState    state;
    uint8_t     got[MAX_HASH_SIZE];

    memset(&direction, 0, sizeof(direction));
    suite.cipher       = CIPHER_NONE;
    suite.mac          = (uint8_t)mac;
    direction.suite    = &suite;
    direction.state    = &state;
    direction.sequence = 1;
    direction.ssl3     = ctx->version == SSL_Version_3_0;
    assert_int_equal(sslr_mac_state_init(&direction, NULL, NULL, secret, 1), SSLNoErr);
    sslr_record_mac(ctx, &direction, CONTENT_APPLICATION_DATA, bytes_of("GET /\r\n", 7), got);
    check_answer(hex, got);
}

typedef struct ScheduleAnswers {
    uint16_t    version;
    const char *master, *key_block, *client_finished, *server_finished, *mac_md5, *mac_sha1;
} ScheduleAnswers;

#define ANSWERS(version, name)                                                                     \
    {                                                                                              \
        version, name##_MASTER, name##_KEY_BLOCK, name##_CLIENT_FINISHED, name##_SERVER_FINISHED,  \
            name##_MAC_MD5, name##_MAC_SHA1                                                        \
    }

static void test_master_secret_key_block_finished_and_mac(void **state)
{
    static const ScheduleAnswers answers[] = {
        ANSWERS(SSL_Version_3_0, SSL3),
        ANSWERS(TLS_Version_1_0, TLS10),
        ANSWERS(TLS_Version_1_1, TLS11),
        ANSWERS(TLS_Version_1_2, TLS12),
    };
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(answers); i++) {
        Connection *connection = in_handshake(answers[i].version, TLS_RSA_WITH_RC4_128_SHA);
        SSLContext *ctx        = connection->client.ctx;
        uint8_t     block[104], verify[64];

        check_answer(answers[i].master, ctx->handshake->secret);
        ctx->protocol->key_block(ctx, block, sizeof(block));
        check_answer(answers[i].key_block, block);
        ctx->protocol->finished(ctx, 0, verify);
        check_answer(answers[i].client_finished, verify);
        ctx->protocol->finished(ctx, 1, verify);
        check_answer(answers[i].server_finished, verify);
        assert_int_equal(ctx->protocol->finished_length(ctx),
                         strlen(answers[i].client_finished) / 2);
        check_mac(ctx, HASH_MD5, block, answers[i].mac_md5);
        check_mac(ctx, HASH_SHA1, block, answers[i].mac_sha1);
        if (answers[i].version == SSL_Version_3_0) {
            ctx->protocol->certificate_verify_digest(ctx, verify);
            check_answer(SSL3_CERTIFICATE_VERIFY, verify);
        }
        connection_close(connection);
    }
}

static void test_fips_suites_use_the_prf_in_ssl3(void **state)
{
    Connection *connection = in_handshake(SSL_Version_3_0, SSL_RSA_FIPS_WITH_3DES_EDE_CBC_SHA);
    SSLContext *ctx        = connection->client.ctx;
    uint8_t     block[104];

    (void)state;
    check_answer(FIPS_MASTER, ctx->handshake->secret);
    ctx->protocol->key_block(ctx, block, sizeof(block));
    check_answer(FIPS_KEY_BLOCK, block);
    connection_close(connection);
}

static void test_export_keys_and_ivs(void **state)
{
    static const struct {
        uint16_t    version, suite;
        size_t      mac, material;
        const char *keys; /* client key, client IV, server key, server IV */
    } cases[] = {
        {SSL_Version_3_0, 0x0003, 16, 5, SSL3_EXPORT_0003},
        {SSL_Version_3_0, 0x0006, 16, 5, SSL3_EXPORT_0006},
        {SSL_Version_3_0, 0x0008, 20, 5, SSL3_EXPORT_0008},
        {SSL_Version_3_0, 0x0060, 16, 7, SSL3_EXPORT_0060},
        {SSL_Version_3_0, 0x0061, 16, 7, SSL3_EXPORT_0061},
        {SSL_Version_3_0, 0x0062, 20, 8, SSL3_EXPORT_0062},
        {SSL_Version_3_0, 0x0064, 20, 7, SSL3_EXPORT_0064},
        {TLS_Version_1_0, 0x0003, 16, 5, TLS10_EXPORT_0003},
        {TLS_Version_1_0, 0x0006, 16, 5, TLS10_EXPORT_0006},
        {TLS_Version_1_0, 0x0008, 20, 5, TLS10_EXPORT_0008},
        {TLS_Version_1_0, 0x0060, 16, 7, TLS10_EXPORT_0060},
        {TLS_Version_1_0, 0x0061, 16, 7, TLS10_EXPORT_0061},
        {TLS_Version_1_0, 0x0062, 20, 8, TLS10_EXPORT_0062},
        {TLS_Version_1_0, 0x0064, 20, 7, TLS10_EXPORT_0064},
    };
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(cases); i++) {
        Connection *connection = in_handshake(cases[i].version, cases[i].suite);
        SSLContext *ctx        = connection->client.ctx;
        CipherId    cipher     = (CipherId)ctx->agreed.suite->cipher;
        size_t      key        = sslr_cipher_key_size(cipher);
        size_t      iv = sslr_cipher_block_size(cipher) > 1 ? sslr_cipher_block_size(cipher) : 0;
        uint8_t     block[64], got[64];
        uint8_t    *at = block + 2 * cases[i].mac;

        ctx->protocol->key_block(ctx, block, 2 * (cases[i].mac + cases[i].material));
        ctx->protocol->export_key(ctx, 0, bytes_of(at, cases[i].material), got, key);
        ctx->protocol->export_key(ctx, 1, bytes_of(at + cases[i].material, cases[i].material),
                                  got + key + iv, key);
        if (iv > 0) {
            ctx->protocol->export_ivs(ctx, got + key, got + 2 * key + iv, iv);
        }
        assert_int_equal(2 * strlen(cases[i].keys) / 4, 2 * (key + iv));
        check_answer(cases[i].keys, got);
        connection_close(connection);
    }
}

/* Key material for keys of 8, 16 and 24 bytes; then CLIENT-FINISHED as it leaves under RC4. */
static void test_ssl2_material_and_mac(void **state)
{
    static const struct {
        uint8_t     code[3];
        const char *material;
    } cases[] = {
        {{0x06, 0x00, 0x40}, SSL2_MATERIAL_8},
        {{0x07, 0x00, 0xC0}, SSL2_MATERIAL_24},
        {{0x01, 0x00, 0x80}, SSL2_MATERIAL_16},
    };
    Connection *connection = in_handshake(SSL_Version_3_0, TLS_RSA_WITH_RC4_128_MD5);
    SSLContext *ctx        = connection->client.ctx;
    Ssl2State  *ssl2;
    uint8_t     message[17] = {3};
    size_t      i;

    (void)state;
    assert_int_equal(sslr_ssl2_begin(ctx), SSLNoErr);
    ssl2 = ctx->handshake->ssl2;
    count_up(ssl2->master, 0, sizeof(ssl2->master));
    count_up(ssl2->challenge, 16, 16);
    count_up(ssl2->connection_id, 32, 16);
    ssl2->challenge_length = ssl2->connection_id_length = 16;
    for (i = 0; i < COUNT(cases); i++) {
        ssl2->kind = sslr_ssl2_kind(cases[i].code);
        assert_int_equal(sslr_ssl2_derive(ctx), SSLNoErr);
        check_answer(cases[i].material, ssl2->material);
    }
    ctx->protocol       = sslr_ssl2.protocol;
    ctx->version        = SSL_Version_2_0;
    ctx->write.sequence = 2;
    assert_int_equal(sslr_ssl2_activate(ctx), SSLNoErr);
    count_up(message + 1, 32, 16);
    assert_int_equal(sslr_ssl2_queue(ctx, bytes_of(message, sizeof(message))), SSLNoErr);
    assert_int_equal(ctx->outgoing.end - ctx->outgoing.start, 2 + 33);
    assert_int_equal(get_u16(ctx->outgoing.data), 0x8000 | 33);
    check_answer(SSL2_FIRST_RECORD, ctx->outgoing.data + 2);
    connection_close(connection);
}

/* ---- with the other derivation ---- */

/* Run the script; what it prints, up to room bytes. */
static size_t run_script(const char *arguments, char *out, size_t room)
{
    char   command[600];
    FILE  *pipe;
    size_t length;

    if (access(SCRIPT, R_OK) != 0) {
        fail_msg("%s: run the tests from the top of the tree", SCRIPT);
    }
    snprintf(command, sizeof(command), "/usr/bin/python3 " SCRIPT " %s 2>&1", arguments);
    pipe = popen(command, "r");
    assert_non_null(pipe);
    length      = fread(out, 1, room - 1, pipe);
    out[length] = 0;
    if (pclose(pipe) != 0) {
        fail_msg("derive_classic.py: %s", out);
    }
    return length;
}

static void test_the_vectors_are_those_of_the_script(void **state)
{
    static char made[20000], kept[20000];
    FILE       *file = fopen(VECTORS, "r");

    (void)state;
    assert_non_null(file);
    kept[fread(kept, 1, sizeof(kept) - 1, file)] = 0;
    fclose(file);
    (void)run_script("header", made, sizeof(made));
    assert_string_equal(made, kept);
}

static void put_hex(FILE *file, const char *name, const uint8_t *data, size_t length)
{
    size_t i;

    fprintf(file, "%s ", name);
    for (i = 0; i < length; i++) {
        fprintf(file, "%02x", data[i]);
    }
    fprintf(file, "\n");
}

static void put_key(FILE *file, const char *prefix, const RsaPrivateKey *key)
{
    char name[20];

    snprintf(name, sizeof(name), "%s_n", prefix);
    put_hex(file, name, key->n.data, key->n.length);
    snprintf(name, sizeof(name), "%s_e", prefix);
    put_hex(file, name, key->e.data, key->e.length);
    snprintf(name, sizeof(name), "%s_d", prefix);
    put_hex(file, name, key->d.data, key->d.length);
}

/* The master secret: as the key log has it; SSL 2.0 has none there. */
static void put_secret(FILE *file, const End *client, SSLProtocolVersion version)
{
    if (version == SSL_Version_2_0) {
        put_hex(file, "secret", client->ctx->master_secret, 48);
    } else {
        assert_memory_equal(client->secret_line, "CLIENT_RANDOM ", 14);
        assert_int_equal(strlen(client->secret_line), 14 + 64 + 1 + 96);
        fprintf(file, "secret %s\n", client->secret_line + 79);
    }
}

/* Data of both directions, and the close. */
static void carry_and_record(FILE *file, Connection *connection)
{
    End    *client = &connection->client, *server = &connection->server;
    uint8_t up[800];
    size_t  up_length = 0;
    int     i;

    for (i = 1; i <= 3; i++) { /* writes of different lengths behind one another */
        assert_true(connection_carry(client, server, (size_t)(7 * i * i * i)));
        memcpy(up + up_length, server->received, server->received_length);
        up_length += server->received_length;
    }
    assert_true(connection_carry(server, client, 333));
    put_hex(file, "data_up", up, up_length);
    put_hex(file, "data_down", client->received, client->received_length);
    assert_int_equal(SSLClose(client->ctx), SSLNoErr);
}

static void record_one(FILE *file, const Plan *plan, Store *sessions)
{
    int                resume     = sessions[0].present;
    Connection        *connection = connection_open(plan, resume ? sessions : NULL);
    RsaPrivateKey      key;
    SSLRSAPrivateKey   export_key = rsa_key(export_key_pem());
    SSLProtocolVersion version;

    connection_establish(connection);
    version = end_version(&connection->client);
    assert_int_equal(end_resumed(&connection->client), resume);
    fprintf(file, "name %s\nversion %04x\nsuite %04x\nresumed %d\n", plan->name, (unsigned)version,
            end_suite(&connection->client), resume);
    put_secret(file, &connection->client, version);
    carry_and_record(file, connection);
    put_hex(file, "up", connection->up.data, connection->up.length);
    put_hex(file, "down", connection->down.data, connection->down.length);
    if (plan->server != NOBODY && identity_of(plan->server)->key.type == KEY_RSA) {
        key = identity_of(plan->server)->key.rsa;
        put_key(file, "cert", &key);
        if (wire_message(&connection->down, MSG_SERVER_KEY_EXCHANGE).length > 0) {
            sslr_rsa_key_view(&export_key, &key);
        }
        put_key(file, "key", &key);
    }
    if (plan->client != NOBODY) {
        put_key(file, "client", &identity_of(plan->client)->key.rsa);
    }
    fprintf(file, "marker %d\n\n",
            version == SSL_Version_2_0 && plan->client_version != SSL_Version_2_0);
    sessions[0] = connection->client_store;
    sessions[1] = connection->server_store;
    connection_close(connection);
}

/* Full, then taken up again; with the first byte split off and the MAC inside, then neither. */
static int record_both(FILE *file, Plan plan)
{
    static Store sessions[2];

    memset(sessions, 0, sizeof(sessions));
    plan.flags |= WITHOUT_ETM;
    record_one(file, &plan, sessions);
    plan.flags = (plan.flags & ~(unsigned)WITHOUT_ETM) | WITHOUT_SPLIT;
    record_one(file, &plan, sessions);
    return 2;
}

static int verify_recording(FILE *file, const char *path)
{
    char arguments[300], out[2000];

    fclose(file);
    snprintf(arguments, sizeof(arguments), "verify %s", path);
    (void)run_script(arguments, out, sizeof(out));
    unlink(path);
    return atoi(out);
}

static FILE *open_recording(char *path)
{
    int handle;

    strcpy(path, "/tmp/sslref-classic-XXXXXX");
    handle = mkstemp(path);
    assert_true(handle >= 0);
    return fdopen(handle, "w");
}

static Credential server_for(const CipherSuite *suite)
{
    return suite->authentication == AUTH_ANON    ? NOBODY
           : suite->authentication == AUTH_DSS   ? OF_DSA
           : suite->authentication == AUTH_ECDSA ? OF_EC
                                                 : OF_LEAF;
}

/* Everything without AEAD that is not in every program of today. */
static int is_recorded(const CipherSuite *suite, SSLProtocolVersion version)
{
    int common = suite->cipher == CIPHER_AES_128_CBC || suite->cipher == CIPHER_AES_256_CBC ||
                 suite->cipher == CIPHER_3DES_CBC;

    if (suite->aead != AEAD_NONE || version < suite->min_version || version > suite->max_version ||
        suite->min_version < SSL_Version_3_0 || suite->authentication == AUTH_PSK) {
        return 0;
    }
    return version == SSL_Version_3_0 || !common || suite->authentication == AUTH_ANON ||
           suite->authentication == AUTH_DSS;
}

static void test_recorded_connections_under_every_old_suite(void **state)
{
    static const SSLProtocolVersion versions[] = {SSL_Version_3_0, TLS_Version_1_0, TLS_Version_1_1,
                                                  TLS_Version_1_2};
    char                            path[40];
    FILE                           *file  = open_recording(path);
    int                             count = 0;
    size_t                          i, j;

    (void)state;
    for (i = 0; i < sslr_cipher_suite_count; i++) {
        const CipherSuite *suite = &sslr_cipher_suites[i];

        for (j = 0; j < COUNT(versions); j++) {
            const Plan plan = {.name           = suite->name,
                               .client_version = versions[j],
                               .server_version = versions[j],
                               .suite          = suite->id,
                               .server         = server_for(suite),
                               .flags          = WITH_EXPORT_KEY | WITH_DH | WITH_SESSIONS};

            if (is_recorded(suite, versions[j])) {
                count += record_both(file, plan);
            }
        }
    }
    print_message("%d connections recorded\n", count);
    assert_true(count > 200);
    assert_int_equal(verify_recording(file, path), count);
}

static void test_recorded_ssl2_connections(void **state)
{
    char   path[40];
    FILE  *file  = open_recording(path);
    int    count = 0;
    size_t i;

    (void)state;
    for (i = 0; i < sslr_ssl2_kind_count; i++) {
        Plan plan = {.name           = "SSL 2.0",
                     .client_version = SSL_Version_2_0,
                     .server_version = SSL_Version_2_0,
                     .suite          = sslr_ssl2_kinds[i].suite,
                     .server         = OF_LEAF,
                     .flags          = WITH_SESSIONS};

        count += record_both(file, plan);
        plan.name           = "SSL 2.0 from a client that can do better";
        plan.client_version = SSL_Version_Undetermined;
        count += record_both(file, plan);
        plan.name   = "SSL 2.0 with a client certificate";
        plan.client = OF_CLIENT;
        plan.flags |= WITH_REQUEST;
        plan.client_version = SSL_Version_2_0;
        count += record_both(file, plan);
    }
    assert_int_equal(verify_recording(file, path), count);
}

/* A hello in 2.0 format for 3.0, client certificates, temporary keys for a long certificate key. */
static void test_recorded_ssl3_specialities(void **state)
{
    static const Plan plans[] = {
        {"2.0-format hello", SSL_Version_Undetermined, SSL_Version_Undetermined, 0x0005, OF_LEAF,
         NOBODY, WITH_SESSIONS},
        {"2.0-format hello, export", SSL_Version_3_0_With_2_0_Hello, SSL_Version_Undetermined,
         0x0006, OF_LEAF, NOBODY, WITH_SESSIONS | WITH_EXPORT_KEY},
        {"client certificate", SSL_Version_3_0, SSL_Version_3_0, 0x000A, OF_LEAF, OF_CLIENT,
         WITH_SESSIONS | WITH_REQUEST},
        {"client certificate", TLS_Version_1_0, TLS_Version_1_0, 0x0005, OF_LEAF, OF_CLIENT,
         WITH_SESSIONS | WITH_REQUEST},
        {"client certificate", TLS_Version_1_1, TLS_Version_1_1, 0x0041, OF_LEAF, OF_CLIENT,
         WITH_SESSIONS | WITH_REQUEST},
        {"no client certificate", SSL_Version_3_0, SSL_Version_3_0, 0x0005, OF_LEAF, NOBODY,
         WITH_SESSIONS | WITH_REQUEST},
        {"no client certificate", TLS_Version_1_0, TLS_Version_1_0, 0x0005, OF_LEAF, NOBODY,
         WITH_SESSIONS | WITH_REQUEST},
        {"EXPORT1024, long key", SSL_Version_3_0, SSL_Version_3_0, 0x0064, OF_LONG, NOBODY,
         WITH_SESSIONS | WITH_EXPORT_KEY},
        {"EXPORT1024, long key", TLS_Version_1_0, TLS_Version_1_0, 0x0062, OF_LONG, NOBODY,
         WITH_SESSIONS | WITH_EXPORT_KEY},
        {"512 bits, export", TLS_Version_1_0, TLS_Version_1_0, 0x0008, OF_SHORT, NOBODY,
         WITH_SESSIONS},
    };
    char   path[40];
    FILE  *file  = open_recording(path);
    int    count = 0;
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(plans); i++) {
        count += record_both(file, plans[i]);
    }
    assert_int_equal(verify_recording(file, path), count);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_master_secret_key_block_finished_and_mac),
        cmocka_unit_test(test_fips_suites_use_the_prf_in_ssl3),
        cmocka_unit_test(test_export_keys_and_ivs),
        cmocka_unit_test(test_ssl2_material_and_mac),
        cmocka_unit_test(test_the_vectors_are_those_of_the_script),
        cmocka_unit_test(test_recorded_connections_under_every_old_suite),
        cmocka_unit_test(test_recorded_ssl2_connections),
        cmocka_unit_test(test_recorded_ssl3_specialities),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
