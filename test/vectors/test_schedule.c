/*
 * test_schedule.c - the key schedules of TLS 1.3 and TLS 1.2: the trace of RFC 8448, check values,
 * and every stage of the engine beside the second derivation in derive_tls.py.
 */
#define _POSIX_C_SOURCE 200809L /* popen */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../../core/keys/keys.h"
#include "hex.h"
#include "schedule_vectors.h"

/* ---- a handshake of nothing but a transcript ---- */

#define HELLO  "ClientHello and ServerHello"
#define FLIGHT "to CertificateVerify"
#define FINISH "Finished"

static SSLErr heap_alloc(SSLBuffer *buf, void *ref)
{
    (void)ref;
    buf->data = (uint8 *)malloc(buf->length);
    return buf->data != NULL ? SSLNoErr : SSLMemoryErr;
}

static SSLErr heap_free(SSLBuffer *buf, void *ref)
{
    (void)ref;
    free(buf->data);
    return SSLNoErr;
}

static SSLContext *begin(SSLProtocolSide side, const Protocol *protocol, uint16_t suite)
{
    SSLContext *ctx = (SSLContext *)calloc(1, sizeof(SSLContext));
    Handshake  *hs  = (Handshake *)calloc(1, sizeof(Handshake));
    size_t      i;

    assert_non_null(ctx);
    assert_non_null(hs);
    SSLInitContext(ctx);
    SSLSetAllocFunc(ctx, heap_alloc);
    SSLSetFreeFunc(ctx, heap_free);
    SSLSetProtocolSide(ctx, side);
    ctx->handshake    = hs;
    ctx->protocol     = protocol;
    ctx->version      = protocol->version;
    ctx->agreed.suite = sslr_cipher_suite(suite);
    sslr_writer_init(&hs->transcript.raw, &ctx->allocator);
    for (i = 0; i < 32; i++) {
        hs->premaster[i]     = (uint8_t)i;
        hs->client_random[i] = (uint8_t)(0x40 + i);
        hs->server_random[i] = (uint8_t)(0x80 + i);
    }
    hs->premaster_length = 32;
    sslr_transcript_start(ctx, (HashId)ctx->agreed.suite->prf);
    assert_int_equal(sslr_transcript_add(ctx, bytes_of(HELLO, strlen(HELLO))), SSLNoErr);
    return ctx;
}

static void add(SSLContext *ctx, const char *messages)
{
    assert_int_equal(sslr_transcript_add(ctx, bytes_of(messages, strlen(messages))), SSLNoErr);
}

static void finish(SSLContext *ctx)
{
    Handshake *hs = ctx->handshake;

    sslr_writer_release(&hs->transcript.raw);
    sslr_direction_clear(ctx, &hs->pending_read);
    sslr_direction_clear(ctx, &hs->pending_write);
    sslr_direction_clear(ctx, &ctx->read);
    sslr_direction_clear(ctx, &ctx->write);
    ctx->handshake = NULL;
    free(hs);
    assert_int_equal(SSLDeleteContext(ctx), SSLNoErr);
    free(ctx);
}

/* The direction has this key: it opens and closes what the key alone does. */
static void assert_key(const Direction *direction, const char *key_hex, const char *iv_hex)
{
    uint64_t state[80];
    uint8_t  key[MAX_AEAD_KEY], nonce[AEAD_NONCE_SIZE] = {1}, ours[20] = {0}, theirs[20] = {0};
    uint8_t  our_tag[MAX_AEAD_TAG] = {0}, their_tag[MAX_AEAD_TAG] = {0};
    AeadId   aead = (AeadId)direction->suite->aead;

    assert_int_equal(from_hex(key, key_hex), sslr_aead_key_size(aead));
    assert_true(sslr_aead_state_size(aead) <= sizeof(state));
    assert_int_equal(sslr_aead_init(state, aead, key), SSLNoErr);
    assert_int_equal(sslr_aead_seal(state, nonce, NULL, 0, theirs, sizeof(theirs), their_tag),
                     SSLNoErr);
    assert_int_equal(sslr_aead_seal(direction->state, nonce, NULL, 0, ours, sizeof(ours), our_tag),
                     SSLNoErr);
    assert_memory_equal(ours, theirs, sizeof(ours));
    assert_memory_equal(our_tag, their_tag, sizeof(our_tag));
    assert_hex(direction->iv, strlen(iv_hex) / 2, iv_hex);
    assert_int_equal(direction->sequence, 0);
}

/* ---- TLS 1.3 ---- */

typedef struct Stages13 {
    uint16_t    suite;
    size_t      size;
    const char *handshake, *client_handshake, *server_handshake, *client_handshake_key,
        *client_handshake_iv, *server_handshake_key, *server_handshake_iv, *server_finished, *main,
        *client_application, *server_application, *client_application_key, *client_application_iv,
        *server_application_key, *server_application_iv, *client_updated, *client_updated_key,
        *client_updated_iv, *server_updated, *server_updated_key, *server_updated_iv,
        *client_finished, *exporter, *exported, *exported_empty, *server_signed, *client_signed;
} Stages13;

#define STAGES13(hash)                                                                             \
    .handshake = hash##_HANDSHAKE, .client_handshake = hash##_CLIENT_HANDSHAKE,                    \
    .server_handshake     = hash##_SERVER_HANDSHAKE,                                               \
    .client_handshake_key = hash##_CLIENT_HANDSHAKE_KEY,                                           \
    .client_handshake_iv  = hash##_CLIENT_HANDSHAKE_IV,                                            \
    .server_handshake_key = hash##_SERVER_HANDSHAKE_KEY,                                           \
    .server_handshake_iv = hash##_SERVER_HANDSHAKE_IV, .server_finished = hash##_SERVER_FINISHED,  \
    .main = hash##_MAIN, .client_application = hash##_CLIENT_APPLICATION,                          \
    .server_application     = hash##_SERVER_APPLICATION,                                           \
    .client_application_key = hash##_CLIENT_APPLICATION_KEY,                                       \
    .client_application_iv  = hash##_CLIENT_APPLICATION_IV,                                        \
    .server_application_key = hash##_SERVER_APPLICATION_KEY,                                       \
    .server_application_iv  = hash##_SERVER_APPLICATION_IV,                                        \
    .client_updated = hash##_CLIENT_UPDATED, .client_updated_key = hash##_CLIENT_UPDATED_KEY,      \
    .client_updated_iv = hash##_CLIENT_UPDATED_IV, .server_updated = hash##_SERVER_UPDATED,        \
    .server_updated_key = hash##_SERVER_UPDATED_KEY,                                               \
    .server_updated_iv = hash##_SERVER_UPDATED_IV, .client_finished = hash##_CLIENT_FINISHED,      \
    .exporter = hash##_EXPORTER, .exported = hash##_EXPORTED,                                      \
    .exported_empty = hash##_EXPORTED_EMPTY, .server_signed = hash##_SERVER_SIGNED,                \
    .client_signed = hash##_CLIENT_SIGNED

static const Stages13 stages13[] = {
    {.suite = TLS_AES_128_GCM_SHA256, .size = 32, STAGES13(SHA256_13)},
    {.suite = TLS_AES_256_GCM_SHA384, .size = 48, STAGES13(SHA384_13)},
};

static void assert_signed(SSLContext *ctx, int from_server, const char *expected)
{
    Writer content;

    sslr_writer_init(&content, &ctx->allocator);
    assert_int_equal(ctx->protocol->certificate_verify_input(ctx, from_server, &content), SSLNoErr);
    assert_hex(content.data, content.length, expected);
    sslr_writer_release(&content);
}

static void assert_exported(SSLContext *ctx, const char *context, int has_context,
                            const char *expected)
{
    uint8_t out[50];

    assert_int_equal(ctx->protocol->export_keys(ctx, "EXPORTER-test",
                                                bytes_of(context, strlen(context)), has_context,
                                                out, sizeof(out)),
                     SSLNoErr);
    assert_hex(out, sizeof(out), expected);
}

static void assert_verify_data(SSLContext *ctx, int from_server, const char *expected)
{
    uint8_t data[MAX_HASH_SIZE];

    ctx->protocol->finished(ctx, from_server, data);
    assert_hex(data, ctx->protocol->finished_length(ctx), expected);
}

static void walk_tls13(const Stages13 *one, SSLProtocolSide side)
{
    SSLContext *ctx    = begin(side, &sslr_protocol_tls13, one->suite);
    Handshake  *hs     = ctx->handshake;
    int         server = side == SSL_ServerSide;
    Direction  *ours   = server ? &ctx->write : &ctx->read,
              *theirs  = server ? &ctx->read : &ctx->write;

    assert_int_equal(sslr_tls13_handshake_keys(ctx), SSLNoErr);
    assert_hex(hs->secret, one->size, one->handshake);
    assert_hex(hs->client_secret, one->size, one->client_handshake);
    assert_hex(hs->server_secret, one->size, one->server_handshake);
    assert_key(ours, one->server_handshake_key, one->server_handshake_iv);
    assert_key(theirs, one->client_handshake_key, one->client_handshake_iv);

    add(ctx, FLIGHT);
    assert_signed(ctx, 1, one->server_signed);
    assert_signed(ctx, 0, one->client_signed);
    assert_verify_data(ctx, 1, one->server_finished);
    add(ctx, FINISH);
    assert_verify_data(ctx, 0, one->client_finished);
    assert_int_equal(sslr_tls13_server_finished(ctx), SSLNoErr);
    assert_hex(hs->secret, one->size, one->main);
    assert_hex(ctx->client_secret, one->size, one->client_application);
    assert_hex(ctx->server_secret, one->size, one->server_application);
    assert_hex(ctx->master_secret, one->size, one->exporter);
    assert_key(ours, one->server_application_key, one->server_application_iv);
    assert_key(theirs, one->client_handshake_key, one->client_handshake_iv);

    assert_int_equal(sslr_tls13_client_finished(ctx), SSLNoErr);
    assert_key(theirs, one->client_application_key, one->client_application_iv);
    assert_exported(ctx, "context", 1, one->exported);
    assert_exported(ctx, "", 1, one->exported_empty);
    assert_exported(ctx, "", 0, one->exported_empty);

    assert_int_equal(sslr_tls13_update_keys(ctx, server), SSLNoErr);
    assert_hex(ctx->server_secret, one->size, one->server_updated);
    assert_hex(ctx->client_secret, one->size, one->client_application);
    assert_key(ours, one->server_updated_key, one->server_updated_iv);
    assert_int_equal(sslr_tls13_update_keys(ctx, !server), SSLNoErr);
    assert_hex(ctx->client_secret, one->size, one->client_updated);
    assert_key(theirs, one->client_updated_key, one->client_updated_iv);
    finish(ctx);
}

static void every_stage_of_tls13(void **unused)
{
    size_t i;

    (void)unused;
    for (i = 0; i < sizeof(stages13) / sizeof(stages13[0]); i++) {
        walk_tls13(&stages13[i], SSL_ClientSide);
        walk_tls13(&stages13[i], SSL_ServerSide);
    }
}

/* Check values of protocol notes that were confirmed on the wire. */
static void the_first_stages_of_tls13(void **unused)
{
    uint8_t zeros[48] = {0}, early[48], empty[48], derived[48], shared[32], handshake[48], out[16];
    Bytes   none      = bytes_of(NULL, 0);
    size_t  i;

    (void)unused;
    sslr_hkdf_extract(HASH_SHA256, NULL, 0, zeros, 32, early);
    assert_hex(early, 32, "33ad0a1c607ec03b09e6cd9893680ce210adf300aa1f2660e1b22e10f170f92a");
    sslr_hash(HASH_SHA256, "", 0, empty);
    sslr_tls13_expand(HASH_SHA256, early, "derived", bytes_of(empty, 32), derived, 32);
    assert_hex(derived, 32, "6f2615a108c702c5678f54fc9dbab69716c076189c48250cebeac3576c3611ba");
    for (i = 0; i < 32; i++) {
        shared[i] = (uint8_t)i;
    }
    sslr_hkdf_extract(HASH_SHA256, derived, 32, shared, 32, handshake);
    assert_hex(handshake, 32, "ddbe37614d014a8c19db0a47955ee6930b3ee727c408386ba274344962b0e015");
    assert_string_equal(SHA256_13_HANDSHAKE,
                        "ddbe37614d014a8c19db0a47955ee6930b3ee727c408386ba274344962b0e015");
    sslr_tls13_expand(HASH_SHA256, handshake, "key", none, out, 16);
    assert_hex(out, 16, "5d5d238f7a108813b1ed6d545835daeb");
    sslr_tls13_expand(HASH_SHA256, handshake, "iv", none, out, 12);
    assert_hex(out, 12, "9d2f1936dd9790dd9888f20f");

    sslr_hkdf_extract(HASH_SHA384, NULL, 0, zeros, 48, early);
    assert_hex(early, 48,
               "7ee8206f5570023e6dc7519eb1073bc4e791ad37b5c382aa10ba18e2357e7169"
               "71f9362f2c2fe2a76bfd78dfec4ea9b5");
    sslr_hash(HASH_SHA384, "", 0, empty);
    sslr_tls13_expand(HASH_SHA384, early, "derived", bytes_of(empty, 48), derived, 48);
    assert_hex(derived, 48,
               "1591dac5cbbf0330a4a84de9c753330e92d01f0a88214b4464972fd668049e93"
               "e52f2b16fad922fdc0584478428f282b");
}

static void expand_hex(const char *secret_hex, const char *label, const char *context_hex,
                       size_t length, const char *expected)
{
    uint8_t secret[48], context[48], out[48];
    size_t  context_length = from_hex(context, context_hex);

    (void)from_hex(secret, secret_hex);
    sslr_tls13_expand(HASH_SHA256, secret, label, bytes_of(context, context_length), out, length);
    assert_hex(out, length, expected);
}

/* RFC 8448 3: Simple 1-RTT Handshake. */
static void the_trace_of_rfc_8448(void **unused)
{
    static const char shared[] = "8bd4054fb55b9d63fdfbacf9f04b9f0d35e6d63f537563efd46272900f89492d";
    static const char handshake[] =
        "1dc826e93606aa6fdc0aadc12f741b01046aa6b99f691ed221a9f0ca043fbeac";
    static const char main_secret[] =
        "18df06843d13a08bf2a449844c5f8a478001bc4d4c627984d5a41da8d0402919";
    static const char hello_hash[] =
        "860c06edc07858ee8e78f0e7428c58edd6b43f2ca3e6e95f02ed063cf0e1cad8";
    static const char flight_hash[] =
        "9608102a0f1ccc6db6250b7b7e417b1a000eaada3daae4777a7686c9ff83df13";
    static const char empty_hash[] =
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    static const char client[] = "b3eddb126e067f35a780b3abf45e2d8f3b1a950738f52e9600746a0e27a55a21";
    static const char server[] = "b67b7d690cc16c4e75e54213cb2d37b4e9c912bcded9105d42befd59d391ad38";
    static const char finished_key[] =
        "008d3b66f816ea559f96b537e885c31fc068bf492c652f01f288a1d8cdc19fc8";
    uint8_t salt[32], ikm[32], out[32];

    (void)unused;
    (void)from_hex(salt, "6f2615a108c702c5678f54fc9dbab69716c076189c48250cebeac3576c3611ba");
    (void)from_hex(ikm, shared);
    sslr_hkdf_extract(HASH_SHA256, salt, 32, ikm, 32, out);
    assert_hex(out, 32, handshake);
    expand_hex(handshake, "c hs traffic", hello_hash, 32, client);
    expand_hex(handshake, "s hs traffic", hello_hash, 32, server);
    expand_hex(handshake, "derived", empty_hash, 32,
               "43de77e0c77713859a944db9db2590b53190a65b3ee2e4f12dd7a0bb7ce254b4");
    (void)from_hex(salt, "43de77e0c77713859a944db9db2590b53190a65b3ee2e4f12dd7a0bb7ce254b4");
    memset(ikm, 0, 32);
    sslr_hkdf_extract(HASH_SHA256, salt, 32, ikm, 32, out);
    assert_hex(out, 32, main_secret);
    expand_hex(server, "key", "", 16, "3fce516009c21727d0f2e4e86ee403bc");
    expand_hex(server, "iv", "", 12, "5d313eb2671276ee13000b30");
    expand_hex(server, "finished", "", 32, finished_key);
    (void)from_hex(salt, finished_key);
    (void)from_hex(ikm, "edb7725fa7a3473b031ec8ef65a2485493900138a2b91291407d7951a06110ed");
    sslr_hmac(HASH_SHA256, salt, 32, ikm, 32, out);
    assert_hex(out, 32, "9b9b141d906337fbd2cbdce71df4deda4ab42c309572cb7fffee5454b78f0718");
    expand_hex(main_secret, "c ap traffic", flight_hash, 32,
               "9e40646ce79a7f9dc05af8889bce6552875afa0b06df0087f792ebb7c17504a5");
    expand_hex(main_secret, "s ap traffic", flight_hash, 32,
               "a11af9f05531f856ad47116b45a950328204b4f44bfb6b3a4b4f1f3fcb631643");
    expand_hex(client, "key", "", 16, "dbfaa693d1762c5b666af5d950258d01");
    expand_hex(client, "iv", "", 12, "5bd3c71b836e0b76bb73265f");
}

/* RFC 8448 3: the record in which the client's Finished travels. */
static void a_record_of_rfc_8448(void **unused)
{
    static const char finished[] =
        "14000020a8ec436d677634ae525ac1fcebe11a039ec17694fac6e98527b642f2edd5ce61";
    SSLContext *ctx         = begin(SSL_ClientSide, &sslr_protocol_tls13, TLS_AES_128_GCM_SHA256);
    Direction  *write       = &ctx->write;
    uint8_t     record[128] = {CONTENT_HANDSHAKE, 3, 3}, key[16];
    size_t      length      = 0;

    (void)unused;
    write->suite        = ctx->agreed.suite;
    write->protection   = &sslr_protection_aead13;
    write->state_length = sslr_aead_state_size(AEAD_AES_128_GCM);
    assert_int_equal(sslr_allocate(&ctx->allocator, write->state_length, &write->state), SSLNoErr);
    (void)from_hex(key, "dbfaa693d1762c5b666af5d950258d01");
    (void)from_hex(write->iv, "5bd3c71b836e0b76bb73265f");
    assert_int_equal(sslr_aead_init(write->state, AEAD_AES_128_GCM, key), SSLNoErr);
    (void)from_hex(record + RECORD_HEADER, finished);
    assert_int_equal(write->protection->seal(ctx, write, CONTENT_HANDSHAKE, record, 36, &length),
                     SSLNoErr);
    assert_hex(record, length,
               "170303003575ec4dc238cce60b298044a71e219c56cc77b0517fe9b93c7a4bfc44d87f38f8"
               "0338ac98fc46deb384bd1caeacab6867d726c40546");
    assert_int_equal(write->sequence, 1);
    finish(ctx);
}

/* RFC 8446 4.4.1: behind a retry the first ClientHello counts as its hash. */
static void the_transcript_behind_a_retry(void **unused)
{
    SSLContext *ctx = begin(SSL_ClientSide, &sslr_protocol_tls13, TLS_AES_128_GCM_SHA256);
    Handshake  *hs  = ctx->handshake;
    uint8_t     expected[32], got[32], message[4 + 32] = {254, 0, 0, 32};
    HashState   hash;

    (void)unused;
    memset(&hs->transcript, 0, sizeof(hs->transcript));
    sslr_writer_init(&hs->transcript.raw, &ctx->allocator);
    add(ctx, "the first hello");
    assert_int_equal(sslr_transcript_retry(ctx, HASH_SHA256), SSLNoErr);
    add(ctx, "the retry");
    sslr_transcript_digest(ctx, got);
    sslr_hash(HASH_SHA256, "the first hello", 15, message + 4);
    sslr_hash_init(&hash, HASH_SHA256);
    sslr_hash_update(&hash, message, sizeof(message));
    sslr_hash_update(&hash, "the retry", 9);
    sslr_hash_final(&hash, expected);
    assert_memory_equal(got, expected, sizeof(expected));
    finish(ctx);
}

/* ---- TLS 1.2 ---- */

/* Published for "secret", "label", "seed". */
static void the_prf_of_tls12(void **unused)
{
    uint8_t out[40];

    (void)unused;
    sslr_tls12_prf(HASH_SHA256, (const uint8_t *)"secret", 6, "label", (const uint8_t *)"seed", 4,
                   out, 40);
    assert_hex(out, 40,
               "7ed42a23a133ad379b99196a86db887cf595d9ada5661ec1186691659bf87a7a8d16f4320d6b5e9c");
    sslr_tls12_prf(HASH_SHA384, (const uint8_t *)"secret", 6, "label", (const uint8_t *)"seed", 4,
                   out, 40);
    assert_hex(out, 40,
               "e6a6f199a9f16f9a566570cd0d8da71e04b551e24dcb65207061adcda3ae99c3c68fb6cf5990ae76");
}

typedef struct Stages12 {
    uint16_t    suite;
    int         extended;
    const char *master, *client_mac, *server_mac, *client_key, *server_key, *client_iv, *server_iv,
        *client_finished, *server_finished, *exported, *exported_empty, *exported_without;
} Stages12;

#define STAGES12(name)                                                                             \
    .master = name##_MASTER, .client_key = name##_CLIENT_KEY, .server_key = name##_SERVER_KEY,     \
    .client_finished = name##_CLIENT_FINISHED, .server_finished = name##_SERVER_FINISHED,          \
    .exported = name##_EXPORTED, .exported_empty = name##_EXPORTED_EMPTY,                          \
    .exported_without = name##_EXPORTED_WITHOUT

#define IVS(name) .client_iv = name##_CLIENT_IV, .server_iv = name##_SERVER_IV

static const Stages12 stages12[] = {
    {TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, 1, STAGES12(SHA256_12), IVS(SHA256_12)},
    {TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, 1, STAGES12(SHA384_12), IVS(SHA384_12)},
    {TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256, 1, STAGES12(CHACHA_12), IVS(CHACHA_12)},
    {TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, 0, STAGES12(PLAIN_12), IVS(PLAIN_12)},
    {TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA, 1, STAGES12(CBC_12), .client_mac = CBC_12_CLIENT_MAC,
     .server_mac = CBC_12_SERVER_MAC},
};

static SSLErr fixed_random(SSLBuffer buf, void *ref)
{
    (void)ref;
    memset(buf.data, 0x5A, buf.length);
    return SSLNoErr;
}

/* A record under the direction's keys is the one under these. */
static void assert_cbc(SSLContext *ctx, Direction *direction, const char *mac_hex,
                       const char *key_hex)
{
    Direction expected = *direction;
    uint8_t   mac[20], key[16], ours[256] = {CONTENT_ALERT, 3, 3},
                              theirs[256] = {CONTENT_ALERT, 3, 3};
    size_t our_length = 0, their_length = 0, prefix = direction->protection->prefix(direction);

    (void)from_hex(mac, mac_hex);
    (void)from_hex(key, key_hex);
    SSLSetRandomFunc(ctx, fixed_random);
    expected.state = calloc(1, direction->state_length);
    assert_non_null(expected.state);
    assert_int_equal(sslr_mac_state_init(&expected, key, NULL, mac, 1), SSLNoErr);
    memcpy(ours + RECORD_HEADER + prefix, "content", 7);
    memcpy(theirs + RECORD_HEADER + prefix, "content", 7);
    assert_int_equal(
        direction->protection->seal(ctx, direction, CONTENT_ALERT, ours, 7, &our_length), SSLNoErr);
    assert_int_equal(
        direction->protection->seal(ctx, &expected, CONTENT_ALERT, theirs, 7, &their_length),
        SSLNoErr);
    assert_int_equal(our_length, their_length);
    assert_memory_equal(ours, theirs, our_length);
    free(expected.state);
}

static void walk_tls12(const Stages12 *one, SSLProtocolSide side)
{
    SSLContext *ctx    = begin(side, &sslr_protocol_tls12, one->suite);
    Handshake  *hs     = ctx->handshake;
    int         server = side == SSL_ServerSide, i;

    for (i = 0; i < 48; i++) {
        hs->premaster[i] = (uint8_t)(3 + i);
    }
    hs->premaster_length               = 48;
    ctx->agreed.extended_master_secret = (uint8_t)one->extended;
    add(ctx, FLIGHT);
    sslr_transcript_digest(ctx, hs->session_hash);
    sslr_master_secret(ctx);
    assert_hex(hs->secret, 48, one->master);
    assert_int_equal(hs->premaster_length, 0);
    assert_verify_data(ctx, 0, one->client_finished);
    assert_verify_data(ctx, 1, one->server_finished);
    assert_int_equal(sslr_derive_keys(ctx), SSLNoErr);
    sslr_activate_keys(ctx, 0);
    sslr_activate_keys(ctx, 1);
    if (one->client_mac != NULL) {
        /* The reading direction decrypts: only what is written can be compared. */
        assert_cbc(ctx, &ctx->write, server ? one->server_mac : one->client_mac,
                   server ? one->server_key : one->client_key);
    } else {
        assert_key(&ctx->write, server ? one->server_key : one->client_key,
                   server ? one->server_iv : one->client_iv);
        assert_key(&ctx->read, server ? one->client_key : one->server_key,
                   server ? one->client_iv : one->server_iv);
    }
    memcpy(ctx->master_secret, hs->secret, 48);
    memcpy(ctx->client_secret, hs->client_random, 32);
    memcpy(ctx->server_secret, hs->server_random, 32);
    if (one->extended) {
        assert_exported(ctx, "context", 1, one->exported);
        assert_exported(ctx, "", 1, one->exported_empty);
        assert_exported(ctx, "", 0, one->exported_without);
    } else {
        uint8_t out[8];

        /* RFC 7627 1: without the extended master secret it would not be bound to the connection.
         */
        assert_int_equal(
            ctx->protocol->export_keys(ctx, "EXPORTER-test", bytes_of("", 0), 0, out, sizeof(out)),
            SSLUnsupportedErr);
    }
    finish(ctx);
}

static void every_stage_of_tls12(void **unused)
{
    size_t i;

    (void)unused;
    for (i = 0; i < sizeof(stages12) / sizeof(stages12[0]); i++) {
        walk_tls12(&stages12[i], SSL_ClientSide);
        walk_tls12(&stages12[i], SSL_ServerSide);
    }
}

/* ---- the header is what derive_tls.py gives ---- */

static void the_vectors_are_up_to_date(void **unused)
{
    FILE *file = fopen("test/vectors/schedule_vectors.h", "r"), *script;
    int   expected, got;

    (void)unused;
    if (file == NULL) {
        skip(); /* not run from the top of the tree */
    }
    script = popen("/usr/bin/python3 test/vectors/derive_tls.py", "r");
    assert_non_null(script);
    do {
        expected = fgetc(script);
        got      = fgetc(file);
        assert_int_equal(got, expected);
    } while (expected != EOF);
    assert_int_equal(pclose(script), 0);
    fclose(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_stages_of_tls13),
        cmocka_unit_test(the_trace_of_rfc_8448),
        cmocka_unit_test(a_record_of_rfc_8448),
        cmocka_unit_test(every_stage_of_tls13),
        cmocka_unit_test(the_transcript_behind_a_retry),
        cmocka_unit_test(the_prf_of_tls12),
        cmocka_unit_test(every_stage_of_tls12),
        cmocka_unit_test(the_vectors_are_up_to_date),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
