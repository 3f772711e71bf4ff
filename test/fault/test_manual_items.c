/*
 * test_manual_items.c - the statements of the SSLRef 3.0 manual about contexts, setters and
 * getters, by the number of the item in the project's checklist (section 3). Those about data
 * exchange are in test_manual_exchange.c, those about callbacks in test_manual_callbacks.c.
 */
#include "harness.h"

#include <stdlib.h>

#include "core/credentials/identity.h"

static SSLBuffer certificate_of(Credential credential, size_t index)
{
    const SSLIdentity *identity = shared_identity(credential);

    return buffer_of(identity->chain[index].data, identity->chain[index].length);
}

static const Scenario *tls12(void)
{
    return scenario_named("tls12");
}

/* ---- 3.1 to 3.4 ---- */

static void test_item_002_integers_have_their_sizes(void **state)
{
    (void)state;
    assert_int_equal(sizeof(uint8), 1);
    assert_int_equal(sizeof(sint8), 1);
    assert_int_equal(sizeof(uint16), 2);
    assert_int_equal(sizeof(sint16), 2);
    assert_int_equal(sizeof(uint32), 4);
    assert_int_equal(sizeof(sint32), 4);
    assert_true((sint8)-1 < 0 && (sint16)-1 < 0 && (sint32)-1 < 0);
    assert_true((uint8)-1 > 0 && (uint16)-1 > 0 && (uint32)-1 > 0);
}

static void test_item_003_a_buffer_is_length_and_data(void **state)
{
    uint8     byte   = 7;
    SSLBuffer buffer = {1, &byte};

    (void)state;
    assert_int_equal(buffer.length, 1);
    assert_int_equal(buffer.data[0], 7);
}

static SSLErr refs_seen(SSLBuffer *buffer, void *ref)
{
    (void)buffer;
    assert_true(ref == NULL || ref == (void *)3);
    return SSLMemoryErr;
}

static void test_item_009_references_are_passed_on_untouched(void **state)
{
    void       *refs[2] = {NULL, (void *)3};
    SSLContext *ctx     = malloc(SSLContextSize());
    size_t      i;

    (void)state;
    for (i = 0; i < 2; i++) {
        SSLInitContext(ctx);
        SSLSetAllocFunc(ctx, refs_seen);
        SSLSetFreeFunc(ctx, refs_seen);
        SSLSetAllocRef(ctx, refs[i]);
        assert_int_equal(SSLSetPeerID(ctx, buffer_of("id", 2)), SSLMemoryErr);
        SSLDeleteContext(ctx);
    }
    free(ctx);
}

static void test_item_013_error_codes_have_their_historic_numbers(void **state)
{
    (void)state;
    assert_int_equal(SSLNoErr, 0);
    assert_int_equal(SSLMemoryErr, -7000);
    assert_int_equal(SSLWouldBlockErr, -6993);
    assert_int_equal(SSLNoMatchingSessionKeyErr, SSLSessionNotFoundErr);
    assert_int_equal(X509NamesNotEqualErr, -6985);
}

static void test_item_017_018_size_of_a_context(void **state)
{
    World world; /* the harness guards what lies behind each context */

    (void)state;
    assert_true(SSLContextSize() > 0);
    assert_int_equal(SSLContextSize(), SSLContextSize());
    world_connect(&world, tls12());
    world_close(&world);
}

static void test_item_019_020_init_does_not_look_at_the_memory(void **state)
{
    World  world;
    uint32 events;
    int    i;

    (void)state;
    for (i = 0; i < 256; i += 85) {
        SSLContext *ctx = malloc(SSLContextSize());

        memset(ctx, i, SSLContextSize());
        assert_int_equal(SSLInitContext(ctx), SSLNoErr);
        assert_int_equal(SSLDeleteContext(ctx), SSLNoErr);
        free(ctx);
    }
    world_connect(&world, tls12());
    events = world.client.calls[CALL_FREE] + world.client.calls[CALL_WRITE];
    assert_int_equal(SSLInitContext(world.client.ctx), SSLNoErr);
    assert_int_equal(world.client.calls[CALL_FREE] + world.client.calls[CALL_WRITE], events);
    pool_empty(&world.client.pool); /* what was forgotten leaks: the documented price */
    world_close(&world);
}

static void test_item_022_defaults(void **state)
{
    SSLContext        *ctx = malloc(SSLContextSize());
    SSLProtocolVersion version;
    SSLSessionState    session;
    uint16             suite = 1;
    int                count = 1;
    uint8              sent, received;

    (void)state;
    SSLInitContext(ctx);
    assert_int_equal(SSLGetProtocolVersion(ctx, &version), SSLNoErr);
    assert_int_equal(version, SSL_Version_Unset);
    assert_int_equal(SSLGetNegotiatedCipher(ctx, &suite), SSLNoErr);
    assert_int_equal(suite, SSL_NULL_WITH_NULL_NULL);
    assert_int_equal(SSLGetPeerCertificateChainLength(ctx, &count), SSLNoErr);
    assert_int_equal(count, 0);
    assert_int_equal(SSLGetSessionState(ctx, &session), SSLNoErr);
    assert_int_equal(session, SSL_StateIdle);
    assert_int_equal(SSLGetAlerts(ctx, &sent, &received), SSLNoErr);
    assert_int_equal(sent, SSL_NO_ALERT);
    assert_int_equal(received, SSL_NO_ALERT);
    assert_int_equal(SSLWants(ctx), 0);
    SSLDeleteContext(ctx);
    free(ctx);
}

static void test_item_023_to_026_delete_frees_everything_and_sends_nothing(void **state)
{
    size_t i;
    int    steps;

    (void)state;
    for (i = 0; i < scenario_count; i++) {
        for (steps = 0; steps < 6; steps++) { /* never begun, in mid-handshake, connected */
            World    world;
            unsigned writes;
            int      j;

            world_open(&world, &scenarios[i]);
            world_configure(&world);
            for (j = 0; j < steps; j++) {
                (void)SSLHandshake(world.client.ctx);
                (void)SSLHandshake(world.server.ctx);
            }
            writes = world.client.calls[CALL_WRITE] + world.client.calls[CALL_READ];
            side_delete(&world.client); /* looks for leaks */
            assert_int_equal(world.client.calls[CALL_WRITE] + world.client.calls[CALL_READ],
                             writes);
            assert_int_equal(SSLInitContext(world.client.ctx), SSLNoErr); /* may be used again */
            world_close(&world);
        }
    }
}

/* ---- 3.5 SSLDuplicateContext ---- */

static void test_item_028_to_032_a_duplicate_is_fresh_and_independent(void **state)
{
    World              world;
    SSLContext        *copy;
    uint8_t           *before;
    SSLProtocolVersion version;
    SSLSessionState    session;
    uint32             pending;
    uint16             suite;
    int                count, i;

    (void)state;
    copy   = malloc(SSLContextSize());
    before = malloc(SSLContextSize());
    for (i = 0; i < 4; i++) { /* idle, in mid-handshake, connected, closed */
        world_open(&world, scenario_named("tls12 everything"));
        world_configure(&world);
        if (i == 1) {
            (void)SSLHandshake(world.client.ctx);
        } else if (i > 1) {
            world_close(&world);
            world_connect(&world, scenario_named("tls12 everything"));
        }
        if (i == 3) {
            (void)SSLClose(world.client.ctx);
        }
        memcpy(before, world.client.ctx, SSLContextSize());
        memset(copy, 0xEE, SSLContextSize());
        assert_int_equal(SSLDuplicateContext(world.client.ctx, copy, (void *)77), SSLNoErr);
        assert_memory_equal(before, world.client.ctx, SSLContextSize());
        assert_ptr_equal(copy->callbacks.io_ref, (void *)77);
        assert_int_equal(SSLGetSessionState(copy, &session), SSLNoErr);
        assert_int_equal(session, SSL_StateIdle);
        assert_int_equal(SSLGetProtocolVersion(copy, &version), SSLNoErr);
        assert_int_equal(version, TLS_Version_1_2); /* as requested */
        assert_int_equal(SSLGetNegotiatedCipher(copy, &suite), SSLNoErr);
        assert_int_equal(suite, 0);
        assert_int_equal(SSLGetPeerCertificateChainLength(copy, &count), SSLNoErr);
        assert_int_equal(count, 0);
        assert_int_equal(SSLGetWritePendingSize(copy, &pending), SSLNoErr);
        assert_int_equal(pending, 0);
        /* Either may go first, and neither shows the other's changes. */
        assert_int_equal(SSLSetProtocolVersion(copy, TLS_Version_1_3), SSLNoErr);
        assert_int_equal(SSLGetProtocolVersion(world.client.ctx, &version), SSLNoErr);
        assert_int_equal(version, TLS_Version_1_2);
        assert_int_equal(SSLDeleteContext(i % 2 ? copy : world.client.ctx), SSLNoErr);
        assert_int_equal(SSLDeleteContext(i % 2 ? world.client.ctx : copy), SSLNoErr);
        world_close(&world);
    }
    free(before);
    free(copy);
}

static void test_item_030_the_whole_configuration_comes_over(void **state)
{
    World       world;
    SSLContext *copy = malloc(SSLContextSize());
    Config      a, b;

    (void)state;
    world_open(&world, scenario_named("tls12 dhe"));
    world_configure(&world);
    SSLSetMaxRecordSize(world.server.ctx, 1000);
    SSLSetRecordPadding(world.server.ctx, 32);
    SSLSetWriteQueueLimit(world.server.ctx, 5000);
    SSLSetRequireClientCert(world.server.ctx, 1);
    assert_int_equal(SSLDuplicateContext(world.server.ctx, copy, &world.server), SSLNoErr);
    a = world.server.ctx->config;
    b = copy->config;
    assert_int_equal(a.side, b.side);
    assert_int_equal(a.max_record_size, b.max_record_size);
    assert_int_equal(a.record_padding, b.record_padding);
    assert_int_equal(a.write_queue_limit, b.write_queue_limit);
    assert_int_equal(a.require_client_cert, b.require_client_cert);
    assert_true(b.own != NULL && b.own != a.own && b.own->has_key);
    assert_int_equal(a.own->identity.count, b.own->identity.count);
    assert_true(bytes_equal(a.own->identity.chain[1], b.own->identity.chain[1]));
    assert_ptr_not_equal(a.own->identity.chain[1].data, b.own->identity.chain[1].data);
    assert_memory_equal(a.export_key, b.export_key, sizeof(SSLRSAPrivateKey));
    assert_int_equal(SSLDeleteContext(copy), SSLNoErr);
    world_close(&world);
    free(copy);
}

static void test_item_034_memory_of_a_duplicate_is_its_own_to_free(void **state)
{
    World       world;
    SSLContext *copy = malloc(SSLContextSize());
    size_t      blocks;

    (void)state;
    world_open(&world, scenario_named("tls12 resumed"));
    world_configure(&world);
    blocks = world.client.pool.live_count;
    assert_int_equal(SSLDuplicateContext(world.client.ctx, copy, NULL), SSLNoErr);
    assert_true(world.client.pool.live_count > blocks);
    assert_int_equal(SSLDeleteContext(copy), SSLNoErr);
    assert_int_equal(world.client.pool.live_count, blocks);
    world_close(&world);
    free(copy);
}

/* ---- 3.6 to 3.9 ---- */

static void test_item_036_042_sides_and_versions(void **state)
{
    static const SSLProtocolVersion good[] = {
        SSL_Version_Undetermined, SSL_Version_3_0_With_2_0_Hello,
        SSL_Version_3_0_Only,     SSL_Version_2_0,
        SSL_Version_3_0,          TLS_Version_1_0,
        TLS_Version_1_1,          TLS_Version_1_2,
        TLS_Version_1_3,          SSL_Version_Unset};
    SSLContext        *ctx = malloc(SSLContextSize());
    SSLProtocolVersion version;
    size_t             i;

    (void)state;
    SSLInitContext(ctx);
    assert_int_equal(SSLSetProtocolSide(ctx, SSL_ServerSide), SSLNoErr);
    assert_int_equal(SSLSetProtocolSide(ctx, SSL_ClientSide), SSLNoErr);
    assert_int_equal(SSLSetProtocolSide(ctx, (SSLProtocolSide)0), SSLBadParameterErr);
    for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        assert_int_equal(SSLSetProtocolVersion(ctx, good[i]), SSLNoErr);
        assert_int_equal(SSLGetProtocolVersion(ctx, &version), SSLNoErr);
        assert_int_equal(version, good[i]);
    }
    assert_int_equal(SSLSetProtocolVersion(ctx, (SSLProtocolVersion)0x0305), SSLBadParameterErr);
    SSLDeleteContext(ctx);
    free(ctx);
}

static void test_item_043_a_foreign_key_surfaces_in_the_handshake(void **state)
{
    World            world;
    SSLRSAPrivateKey key;
    const char      *pem = credential_key(CLIENT_RSA);

    (void)state;
    world_open(&world, scenario_named("tls12 dhe"));
    world_configure(&world);
    assert_int_equal(SSLDecodeRSAPrivateKey(buffer_of(pem, strlen(pem)), &key), SSLNoErr);
    assert_int_equal(SSLSetPrivateKey(world.server.ctx, &key), SSLNoErr);
    memset(&key, 0, sizeof(key)); /* item 47: the variable may be overwritten at once */
    assert_int_equal(SSLHandshake(world.server.ctx), SSLKeyMismatchErr);
    world_close(&world);
}

static void test_item_047_048_keys_are_copied_and_replaced(void **state)
{
    World            world;
    SSLRSAPrivateKey key;
    uint8_t          prime[256], generator = 2;
    SSLDHParams      params;
    const char      *pem = credential_key(SERVER_RSA);
    size_t           blocks;

    (void)state;
    world_open(&world, scenario_named("tls12 dhe"));
    world_configure(&world);
    blocks = world.server.pool.live_count;
    assert_int_equal(SSLDecodeRSAPrivateKey(buffer_of(pem, strlen(pem)), &key), SSLNoErr);
    assert_int_equal(SSLSetPrivateKey(world.server.ctx, &key), SSLNoErr);
    assert_int_equal(SSLSetExportPrivateKey(world.server.ctx, &key), SSLNoErr);
    memset(&key, 0, sizeof(key));
    assert_int_equal(world.server.pool.live_count, blocks);
    memset(prime, 0xFF, sizeof(prime));
    params.prime        = prime;
    params.primeLen     = sizeof(prime);
    params.generator    = &generator;
    params.generatorLen = 1;
    assert_int_equal(SSLSetDHAnonParams(world.server.ctx, &params), SSLNoErr);
    assert_int_equal(SSLSetDHAnonParams(world.server.ctx, &params), SSLNoErr);
    assert_int_equal(world.server.pool.live_count, blocks + 2);
    params.generatorLen = 0;
    assert_int_equal(SSLSetDHAnonParams(world.server.ctx, &params), SSLBadParameterErr);
    world_close(&world);
}

/* Given parameters in force, a second pair for which memory ends leaves the first as it was. */
static void test_item_047_dh_parameters_change_together_or_not_at_all(void **state)
{
    World       world;
    uint8_t     prime[128], generator[2] = {0, 5};
    SSLDHParams params = {prime, sizeof(prime), generator, 2};
    unsigned    n;

    (void)state;
    memset(prime, 0xF1, sizeof(prime));
    for (n = 0; n < 2; n++) {
        world_open(&world, scenario_named("tls12 dhe"));
        world_configure(&world);
        world.server.fault.call  = CALL_ALLOC;
        world.server.fault.lie   = LIE_ERROR;
        world.server.fault.code  = 99;
        world.server.fault.first = world.server.calls[CALL_ALLOC] + n;
        world.server.fault.times = 1;
        assert_int_equal(SSLSetDHAnonParams(world.server.ctx, &params), 99);
        assert_int_equal(world.server.ctx->config.dh_prime.length, 0);
        assert_int_equal(world.server.ctx->config.dh_generator.length, 0);
        world_close(&world);
    }
}

static void test_item_049_050_061_062_the_request_for_a_client_certificate(void **state)
{
    World    world;
    Scenario scenario = *tls12();
    Bytes    name     = shared_identity(CLIENT_EC)->leaf.issuer;

    (void)state;
    world_open(&world, &scenario);
    world_configure(&world);
    assert_int_equal(SSLSetRequestClientCert(world.client.ctx, 1), SSLNoErr); /* no effect */
    assert_int_equal(SSLAddDistinguishedName(world.client.ctx, buffer_of(name.data, name.length)),
                     SSLNoErr);
    world_run(&world);
    assert_int_equal(world.client.result, SSLNoErr);
    assert_int_equal(outcome_of(&world).certificates[1], 0);
    world_close(&world);
    world_open(&world, &scenario); /* requested, and the client has none: goes on */
    world_configure(&world);
    assert_int_equal(SSLSetRequestClientCert(world.server.ctx, 7), SSLNoErr);
    world_run(&world);
    assert_int_equal(world.server.result, SSLNoErr);
    world_close(&world);
    world_open(&world, &scenario); /* required */
    world_configure(&world);
    assert_int_equal(SSLSetRequireClientCert(world.server.ctx, 1), SSLNoErr);
    world_run(&world);
    assert_int_equal(world.server.result, SSLPeerCertRequiredErr);
    assert_int_equal(world.client.result, SSLFatalAlert);
    world_close(&world);
}

/* ---- 3.10 SSLAddCertificate ---- */

static SSLErr add(SSLContext *ctx, Credential credential, size_t index, int parent, int complete)
{
    return SSLAddCertificate(ctx, certificate_of(credential, index), parent, complete);
}

static void test_item_052_to_055_leaf_first_and_root_first_make_the_same_chain(void **state)
{
    World       world;
    SSLContext *ctx;
    SSLBuffer   nothing = {4711, NULL}; /* its length is ignored */
    int         order;

    (void)state;
    for (order = 0; order < 2; order++) {
        world_open(&world, tls12());
        world_configure(&world);
        ctx = world.client.ctx;
        assert_int_equal(add(ctx, SERVER_RSA, order ? 1 : 0, 1, 0), SSLNoErr);
        assert_int_equal(add(ctx, SERVER_RSA, order ? 0 : 1, !order, 1), SSLNoErr);
        assert_int_equal(SSLAddCertificate(ctx, nothing, 0, 1), SSLNoErr);
        assert_int_equal(ctx->config.own->identity.count, 2);
        assert_true(
            bytes_equal(ctx->config.own->identity.chain[0], shared_identity(SERVER_RSA)->chain[0]));
        world_close(&world);
    }
}

static void test_item_056_057_chains_that_do_not_fit(void **state)
{
    World       world;
    SSLContext *ctx;
    SSLBuffer   nothing = {0, NULL}, certificate;
    uint8_t     damaged[2000];

    (void)state;
    world_open(&world, tls12());
    world_configure(&world);
    ctx = world.client.ctx;
    assert_int_equal(SSLAddCertificate(ctx, nothing, 0, 0), SSLBadParameterErr);
    assert_int_equal(SSLAddCertificate(ctx, nothing, 0, 1), X509CertChainInvalidErr);
    assert_int_equal(SSLAddCertificate(ctx, buffer_of("\x30\x01", 2), 0, 0), ASNBadEncodingErr);
    assert_int_equal(add(ctx, SERVER_RSA, 0, 0, 0), SSLNoErr);
    assert_int_equal(add(ctx, STRANGER, 0, 1, 1), X509NamesNotEqualErr);
    assert_int_equal(ctx->config.own->identity.count, 1); /* the one that failed is not kept */
    certificate = certificate_of(SERVER_RSA, 1);
    memcpy(damaged, certificate.data, certificate.length);
    certificate.data = damaged; /* item 59: copied */
    assert_int_equal(SSLAddCertificate(ctx, certificate, 1, 1), SSLNoErr);
    memset(damaged, 0, sizeof(damaged));
    assert_int_equal(SSLAddCertificate(ctx, nothing, 0, 1), SSLNoErr);
    world_close(&world);
    /* A signature that does not verify. */
    world_open(&world, tls12());
    world_configure(&world);
    ctx         = world.client.ctx;
    certificate = certificate_of(SERVER_RSA, 0);
    memcpy(damaged, certificate.data, certificate.length);
    damaged[certificate.length - 1] ^= 1;
    certificate.data = damaged;
    assert_int_equal(SSLAddCertificate(ctx, certificate, 0, 0), SSLNoErr);
    assert_int_equal(add(ctx, SERVER_RSA, 1, 1, 1), X509CertChainInvalidErr);
    world_close(&world);
}

static void test_item_056_at_most_sixteen_certificates(void **state)
{
    World world;
    int   i;

    (void)state;
    world_open(&world, tls12());
    world_configure(&world);
    for (i = 0; i < 16; i++) {
        assert_int_equal(add(world.client.ctx, STRANGER, 0, 1, 0), SSLNoErr);
    }
    assert_int_equal(add(world.client.ctx, STRANGER, 0, 1, 0), SSLOverflowErr);
    world_close(&world);
}

/* ---- 3.11, 3.12 ---- */

static void test_item_060_names_are_kept_in_order(void **state)
{
    World world;
    Bytes a = shared_identity(CLIENT_EC)->leaf.issuer, b = shared_identity(SERVER_EC)->leaf.issuer;
    uint8_t expected[1000];
    size_t  at = 0;

    (void)state;
    world_open(&world, tls12());
    world_configure(&world);
    assert_int_equal(SSLAddDistinguishedName(world.server.ctx, buffer_of(a.data, a.length)), 0);
    assert_int_equal(SSLAddDistinguishedName(world.server.ctx, buffer_of(b.data, b.length)), 0);
    assert_int_equal(SSLAddDistinguishedName(world.server.ctx, buffer_of("\x30", 1)),
                     ASNBadEncodingErr);
    put_u16(expected, a.length);
    memcpy(expected + 2, a.data, a.length);
    at = 2 + a.length;
    put_u16(expected + at, b.length);
    memcpy(expected + at + 2, b.data, b.length);
    at += 2 + b.length;
    assert_int_equal(world.server.ctx->config.names.length, at);
    assert_memory_equal(world.server.ctx->config.names.data, expected, at);
    world_close(&world);
}

static void test_item_063_without_a_peer_id_no_session_callback(void **state)
{
    World world;
    int   call;

    (void)state;
    world_open(&world, scenario_named("tls12 everything"));
    world_configure(&world);
    world_run(&world);
    for (call = CALL_ADD_SESSION; call <= CALL_DELETE_SESSION; call++) {
        assert_int_equal(world.client.calls[call], 0);
        assert_int_equal(world.server.calls[call], 0);
    }
    assert_int_equal(world.server.ctx->agreed.session_id_length, 0);
    world_close(&world);
}

static void test_item_066_the_peer_id_is_copied_and_replaced(void **state)
{
    World  world;
    char   id[] = "first";
    size_t blocks;

    (void)state;
    world_open(&world, tls12());
    world_configure(&world);
    assert_int_equal(SSLSetPeerID(world.client.ctx, buffer_of(id, 5)), SSLNoErr);
    blocks = world.client.pool.live_count;
    memset(id, 'x', 5);
    assert_memory_equal(world.client.ctx->config.peer_id.data, "first", 5);
    assert_int_equal(SSLSetPeerID(world.client.ctx, buffer_of("second", 6)), SSLNoErr);
    assert_int_equal(world.client.pool.live_count, blocks);
    assert_int_equal(SSLSetPeerID(world.client.ctx, buffer_of(NULL, 0)), SSLBadParameterErr);
    world_close(&world);
}

/* ---- 3.13 getters ---- */

static void test_item_069_074_version_and_suite(void **state)
{
    World              world;
    SSLProtocolVersion version;
    uint16             suite;

    (void)state;
    world_connect(&world, scenario_named("both versions"));
    assert_int_equal(SSLGetProtocolVersion(world.client.ctx, &version), SSLNoErr);
    assert_int_equal(version, TLS_Version_1_3);
    assert_int_equal(SSLGetNegotiatedCipher(world.server.ctx, &suite), SSLNoErr);
    assert_int_equal(suite >> 8, 0x13);
    world_close(&world);
}

static void test_item_070_to_073_the_peers_certificates(void **state)
{
    static const char *const names[] = {"tls13", "tls12", "tls12 resumed"};
    size_t                   i;

    (void)state;
    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        World     world;
        SSLBuffer leaf, issuer, other;
        size_t    blocks;
        int       count = 0;

        world_connect(&world, scenario_named(names[i]));
        assert_int_equal(SSLGetPeerCertificateChainLength(world.client.ctx, &count), SSLNoErr);
        assert_int_equal(count, 2);
        assert_int_equal(SSLGetPeerCertificate(world.client.ctx, 0, &leaf), SSLNoErr);
        assert_int_equal(SSLGetPeerCertificate(world.client.ctx, 1, &issuer), SSLNoErr);
        blocks = world.client.pool.live_count;
        assert_int_equal(SSLGetPeerCertificate(world.client.ctx, 2, &other), SSLOverflowErr);
        assert_int_equal(SSLGetPeerCertificate(world.client.ctx, -1, &other), SSLOverflowErr);
        assert_int_equal(world.client.pool.live_count, blocks);
        assert_int_equal(SSLGetPeerCertificateChainLength(world.server.ctx, &count), SSLNoErr);
        assert_int_equal(count, 0);
        assert_int_equal(SSLDeleteContext(world.client.ctx), SSLNoErr);
        /* The copies outlive the context; the leaf is number 0. */
        assert_int_equal(leaf.length, certificate_of(SERVER_EC, 0).length);
        assert_memory_equal(leaf.data, certificate_of(SERVER_EC, 0).data, leaf.length);
        assert_memory_equal(issuer.data, certificate_of(SERVER_EC, 1).data, issuer.length);
        pool_give_back(&world.client.pool, leaf.data, 0);
        pool_give_back(&world.client.pool, issuer.data, 0);
        world_close(&world);
    }
}

static void test_item_075_pending_writes_fall_as_the_transport_takes_them(void **state)
{
    World   world;
    uint8_t data[100] = {0};
    uint32  length    = sizeof(data), before, after;

    (void)state;
    world_connect(&world, tls12());
    world.down.room = 10;
    assert_int_equal(SSLWrite(data, &length, world.server.ctx), SSLWouldBlockErr);
    assert_int_equal(SSLGetWritePendingSize(world.server.ctx, &before), SSLNoErr);
    assert_int_equal(before, 5 + 8 + 100 + 16 - 10); /* bytes on the wire */
    world.down.start = world.down.end;
    assert_int_equal(SSLServiceWriteQueue(world.server.ctx), SSLWouldBlockErr);
    assert_int_equal(SSLGetWritePendingSize(world.server.ctx, &after), SSLNoErr);
    assert_int_equal(after, before - 10);
    world.down.room = 0;
    assert_int_equal(SSLServiceWriteQueue(world.server.ctx), SSLNoErr);
    assert_int_equal(SSLGetWritePendingSize(world.server.ctx, &after), SSLNoErr);
    assert_int_equal(after, 0);
    world_close(&world);
}

static void test_item_076_pending_reads_are_deliverable_without_the_transport(void **state)
{
    World    world;
    uint8_t  data[100] = {0};
    uint32   length    = sizeof(data), pending;
    unsigned reads;

    (void)state;
    world_connect(&world, tls12());
    assert_int_equal(SSLWrite(data, &length, world.client.ctx), SSLNoErr);
    length = 30;
    assert_int_equal(SSLRead(data, &length, world.server.ctx), SSLNoErr);
    assert_int_equal(SSLGetReadPendingSize(world.server.ctx, &pending), SSLNoErr);
    assert_int_equal(pending, 70);
    reads  = world.server.calls[CALL_READ];
    length = 100;
    assert_int_equal(SSLRead(data, &length, world.server.ctx), SSLNoErr);
    assert_int_equal(length, 70);
    assert_int_equal(world.server.calls[CALL_READ], reads);
    world_close(&world);
}

/* ---- setters on a running connection ---- */

static void test_item_119_setters_before_and_after_the_handshake(void **state)
{
    World       world;
    SSLContext *ctx;
    uint16      suite = TLS_AES_128_GCM_SHA256;
    int         i;

    (void)state;
    for (i = 0; i < 2; i++) {
        world_open(&world, tls12());
        world_configure(&world);
        ctx = world.client.ctx;
        if (i == 0) {
            (void)SSLHandshake(ctx);
        } else {
            world_close(&world);
            world_connect(&world, tls12());
            ctx = world.client.ctx;
        }
        assert_int_equal(SSLSetProtocolSide(ctx, SSL_ClientSide), SSLBadStateErr);
        assert_int_equal(SSLSetProtocolVersion(ctx, TLS_Version_1_3), SSLBadStateErr);
        assert_int_equal(SSLSetEnabledCiphers(ctx, &suite, 1), SSLBadStateErr);
        assert_int_equal(SSLSetPeerID(ctx, buffer_of("x", 1)), SSLBadStateErr);
        assert_int_equal(SSLAddIdentity(ctx, shared_identity(CLIENT_EC)), SSLBadStateErr);
        assert_int_equal(SSLSetTrust(ctx, NULL), SSLBadStateErr);
        assert_int_equal(SSLSetPeerDomainName(ctx, "other.test", 10), SSLBadStateErr);
        /* Callbacks and references may change at any time. */
        assert_int_equal(SSLSetIORef(ctx, &world.client), SSLNoErr);
        assert_int_equal(SSLSetTraceFunc(ctx, NULL, NULL), SSLNoErr);
        assert_int_equal(SSLSetConvertTimeFunc(ctx, NULL), SSLNoErr);
        world_close(&world);
    }
}

static void test_bad_arguments_of_setters(void **state)
{
    SSLContext *ctx     = malloc(SSLContextSize());
    uint16      unknown = 0x7777, one[1] = {TLS_AES_128_GCM_SHA256}, many[MAX_LIST + 1];
    SSLBuffer   empty_name = {0, (uint8 *)"x"}, name = {2, (uint8 *)"h2"};

    (void)state;
    memset(many, 0, sizeof(many));
    SSLInitContext(ctx);
    assert_int_equal(SSLSetProtocolSide(NULL, SSL_ClientSide), SSLBadParameterErr);
    assert_int_equal(SSLSetEnabledCiphers(ctx, NULL, 1), SSLBadParameterErr);
    assert_int_equal(SSLSetEnabledCiphers(ctx, &unknown, 1), SSLUnsupportedErr);
    assert_int_equal(SSLSetEnabledCiphers(ctx, one, 0), SSLOverflowErr);
    assert_int_equal(SSLSetEnabledCiphers(ctx, many, MAX_LIST + 1), SSLOverflowErr);
    assert_int_equal(SSLSetEnabledCiphers(ctx, one, 1), SSLMissingCallbackErr);
    assert_int_equal(SSLSetEnabledGroups(ctx, &unknown, 1), SSLUnsupportedErr);
    assert_int_equal(SSLSetEnabledSignatureSchemes(ctx, &unknown, 1), SSLUnsupportedErr);
    assert_int_equal(SSLSetALPNProtocols(ctx, &empty_name, 1), SSLBadParameterErr);
    assert_int_equal(SSLSetALPNProtocols(ctx, NULL, 1), SSLBadParameterErr);
    assert_int_equal(SSLSetALPNProtocols(ctx, &name, 1), SSLMissingCallbackErr);
    assert_int_equal(SSLSetPeerDomainName(ctx, "..", 2), SSLBadParameterErr);
    assert_int_equal(SSLSetMaxRecordSize(ctx, 63), SSLBadParameterErr);
    assert_int_equal(SSLSetMaxRecordSize(ctx, 16385), SSLBadParameterErr);
    assert_int_equal(SSLSetMaxRecordSize(ctx, 64), SSLNoErr);
    assert_int_equal(SSLSetMaxFragmentLength(ctx, 1000), SSLBadParameterErr);
    assert_int_equal(SSLSetRecordSizeLimit(ctx, 63), SSLBadParameterErr);
    assert_int_equal(SSLSetRecordPadding(ctx, 16385), SSLBadParameterErr);
    assert_int_equal(SSLSetProtocolVersionMin(ctx, (SSLProtocolVersion)0x0305), SSLBadParameterErr);
    assert_int_equal(SSLSetPrivateKey(ctx, NULL), SSLBadParameterErr);
    assert_int_equal(SSLSetDHAnonParams(ctx, NULL), SSLBadParameterErr);
    assert_int_equal(SSLAddIdentity(ctx, NULL), SSLBadParameterErr);
    assert_int_equal(SSLDuplicateContext(ctx, NULL, NULL), SSLBadParameterErr);
    assert_int_equal(SSLDuplicateContext(ctx, ctx, NULL), SSLBadParameterErr);
    SSLDeleteContext(ctx);
    free(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_item_002_integers_have_their_sizes),
        cmocka_unit_test(test_item_003_a_buffer_is_length_and_data),
        cmocka_unit_test(test_item_009_references_are_passed_on_untouched),
        cmocka_unit_test(test_item_013_error_codes_have_their_historic_numbers),
        cmocka_unit_test(test_item_017_018_size_of_a_context),
        cmocka_unit_test(test_item_019_020_init_does_not_look_at_the_memory),
        cmocka_unit_test(test_item_022_defaults),
        cmocka_unit_test(test_item_023_to_026_delete_frees_everything_and_sends_nothing),
        cmocka_unit_test(test_item_028_to_032_a_duplicate_is_fresh_and_independent),
        cmocka_unit_test(test_item_030_the_whole_configuration_comes_over),
        cmocka_unit_test(test_item_034_memory_of_a_duplicate_is_its_own_to_free),
        cmocka_unit_test(test_item_036_042_sides_and_versions),
        cmocka_unit_test(test_item_043_a_foreign_key_surfaces_in_the_handshake),
        cmocka_unit_test(test_item_047_048_keys_are_copied_and_replaced),
        cmocka_unit_test(test_item_047_dh_parameters_change_together_or_not_at_all),
        cmocka_unit_test(test_item_049_050_061_062_the_request_for_a_client_certificate),
        cmocka_unit_test(test_item_052_to_055_leaf_first_and_root_first_make_the_same_chain),
        cmocka_unit_test(test_item_056_057_chains_that_do_not_fit),
        cmocka_unit_test(test_item_056_at_most_sixteen_certificates),
        cmocka_unit_test(test_item_060_names_are_kept_in_order),
        cmocka_unit_test(test_item_063_without_a_peer_id_no_session_callback),
        cmocka_unit_test(test_item_066_the_peer_id_is_copied_and_replaced),
        cmocka_unit_test(test_item_069_074_version_and_suite),
        cmocka_unit_test(test_item_070_to_073_the_peers_certificates),
        cmocka_unit_test(test_item_075_pending_writes_fall_as_the_transport_takes_them),
        cmocka_unit_test(test_item_076_pending_reads_are_deliverable_without_the_transport),
        cmocka_unit_test(test_item_119_setters_before_and_after_the_handshake),
        cmocka_unit_test(test_bad_arguments_of_setters),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
