/*
 * test_dss_handshake.c - identities with DSA keys, on both sides, under every suite that wants them
 * and in every version from SSL 3.0 to TLS 1.2. Real peers are in test/peers. The key files are
 * those of make_certificates.sh; the suites' own rules are tested elsewhere.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../core/messages/messages.h"
#include "sslmemory.h"
#include "sslposix.h"
#include "x509_builder.h"

#define RING_SIZE 20000

typedef struct Side {
    SSLContext *ctx;
    SSLRingEnds ends;
    SSLErr      err;
} Side;

static uint8   storage[2][RING_SIZE];
static SSLRing rings[2];

static SSLIdentity *identity_of(const char *chain, const char *key)
{
    SSLIdentitySpec spec;
    SSLIdentity    *identity;

    memset(&spec, 0, sizeof spec);
    spec.chain      = buffer_of(read_test_file(chain));
    spec.privateKey = buffer_of(read_test_file(key));
    assert_int_equal(SSLCreateIdentity(SSLPosixAllocator(), &spec, &identity), SSLNoErr);
    return identity;
}

static void make_side(Side *side, SSLProtocolSide which, SSLProtocolVersion version, uint16 suite)
{
    static const uint16 schemes[] = {SSL_SIG_DSA_SHA256, SSL_SIG_DSA_SHA1,
                                     SSL_SIG_RSA_PKCS1_SHA256};

    side->ends.in  = &rings[which == SSL_ClientSide];
    side->ends.out = &rings[which != SSL_ClientSide];
    side->err      = SSLWouldBlockErr;
    side->ctx      = malloc(SSLContextSize());
    assert_non_null(side->ctx);
    assert_int_equal(SSLInitContext(side->ctx), SSLNoErr);
    assert_int_equal(SSLPosixInstall(side->ctx, -1), SSLNoErr);
    assert_int_equal(SSLRingInstall(side->ctx, &side->ends), SSLNoErr);
    assert_int_equal(SSLSetProtocolSide(side->ctx, which), SSLNoErr);
    assert_int_equal(SSLSetProtocolVersionMin(side->ctx, version), SSLNoErr);
    assert_int_equal(SSLSetProtocolVersionMax(side->ctx, version), SSLNoErr);
    assert_int_equal(SSLSetEnabledCiphers(side->ctx, &suite, 1), SSLNoErr);
    assert_int_equal(SSLSetEnabledSignatureSchemes(side->ctx, schemes, 3), SSLNoErr);
    assert_int_equal(SSLSetAllowAnyCertificate(side->ctx, 1), SSLNoErr);
    assert_int_equal(SSLSetMinDHBits(side->ctx, 512), SSLNoErr);
}

static void drop_side(Side *side)
{
    assert_int_equal(SSLDeleteContext(side->ctx), SSLNoErr);
    free(side->ctx);
}

/* The engine's own error of the side that found something wrong, SSLNoErr if both are through. */
static SSLErr shake_hands(Side *client, Side *server)
{
    uint32 length;
    char   text[8] = "";
    int    turn;

    for (turn = 0; turn < 20; turn++) {
        client->err = client->err == SSLWouldBlockErr ? SSLHandshake(client->ctx) : client->err;
        server->err = server->err == SSLWouldBlockErr ? SSLHandshake(server->ctx) : server->err;
    }
    if (client->err != SSLNoErr || server->err != SSLNoErr) {
        return client->err != SSLNoErr && client->err != SSLFatalAlert ? client->err : server->err;
    }
    length = 6;
    assert_int_equal(SSLWrite("hello", &length, client->ctx), SSLNoErr);
    for (turn = 0; turn < 6; turn += (int)length) { /* CBC of old splits off the first byte */
        length = sizeof text - (uint32)turn;
        assert_int_equal(SSLRead(text + turn, &length, server->ctx), SSLNoErr);
    }
    assert_string_equal(text, "hello");
    return SSLNoErr;
}

static void open_sides(Side *client, Side *server, SSLProtocolVersion version, uint16 suite)
{
    SSLRingInit(&rings[0], storage[0], RING_SIZE);
    SSLRingInit(&rings[1], storage[1], RING_SIZE);
    make_side(client, SSL_ClientSide, version, suite);
    make_side(server, SSL_ServerSide, version, suite);
}

typedef struct Row {
    uint16 suite, first, last; /* versions */
} Row;

static const Row rows[] = {
    {TLS_DHE_DSS_EXPORT_WITH_DES40_CBC_SHA, SSL_Version_3_0, TLS_Version_1_0},
    {TLS_DHE_DSS_WITH_DES_CBC_SHA, SSL_Version_3_0, TLS_Version_1_2},
    {TLS_DHE_DSS_WITH_3DES_EDE_CBC_SHA, SSL_Version_3_0, TLS_Version_1_2},
    {TLS_DHE_DSS_WITH_AES_128_CBC_SHA, SSL_Version_3_0, TLS_Version_1_2},
    {TLS_DHE_DSS_WITH_AES_256_CBC_SHA, SSL_Version_3_0, TLS_Version_1_2},
    {TLS_DHE_DSS_WITH_AES_128_CBC_SHA256, TLS_Version_1_2, TLS_Version_1_2},
    {TLS_DHE_DSS_WITH_CAMELLIA_128_CBC_SHA, TLS_Version_1_0, TLS_Version_1_2},
    {TLS_DHE_DSS_EXPORT1024_WITH_DES_CBC_SHA, SSL_Version_3_0, TLS_Version_1_0},
    {TLS_DHE_DSS_EXPORT1024_WITH_RC4_56_SHA, SSL_Version_3_0, TLS_Version_1_0},
    {TLS_DHE_DSS_WITH_RC4_128_SHA, SSL_Version_3_0, TLS_Version_1_2},
    {TLS_DHE_DSS_WITH_AES_256_CBC_SHA256, TLS_Version_1_2, TLS_Version_1_2},
    {TLS_DHE_DSS_WITH_CAMELLIA_256_CBC_SHA, TLS_Version_1_0, TLS_Version_1_2},
    {TLS_DHE_DSS_WITH_SEED_CBC_SHA, TLS_Version_1_0, TLS_Version_1_2},
    {TLS_DHE_DSS_WITH_AES_128_GCM_SHA256, TLS_Version_1_2, TLS_Version_1_2},
    {TLS_DHE_DSS_WITH_AES_256_GCM_SHA384, TLS_Version_1_2, TLS_Version_1_2},
    {TLS_DHE_DSS_WITH_CAMELLIA_128_CBC_SHA256, TLS_Version_1_2, TLS_Version_1_2},
    {TLS_DHE_DSS_WITH_CAMELLIA_256_CBC_SHA256, TLS_Version_1_2, TLS_Version_1_2},
};

static void every_dss_suite_in_every_version(void **state)
{
    SSLIdentity *identity = identity_of("dsa-leaf.pem", "keys/dsa-pkcs8.pem");
    size_t       i;
    int          version;

    (void)state;
    for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        for (version = SSL_Version_3_0; version <= TLS_Version_1_2; version++) {
            int    fits = version >= rows[i].first && version <= rows[i].last;
            uint16 scheme, suite;
            Side   client, server;
            SSLErr err;

            open_sides(&client, &server, (SSLProtocolVersion)version, rows[i].suite);
            assert_int_equal(SSLAddIdentity(server.ctx, identity), SSLNoErr);
            assert_int_equal(SSLAddIdentity(client.ctx, identity), SSLNoErr);
            assert_int_equal(SSLSetRequireClientCert(server.ctx, 1), SSLNoErr);
            err = shake_hands(&client, &server);
            if ((err == SSLNoErr) != fits) {
                print_error("%s in %s: %d %d\n", SSLCipherSuiteName(rows[i].suite),
                            SSLProtocolVersionName((SSLProtocolVersion)version), client.err,
                            server.err);
            }
            assert_int_equal(err == SSLNoErr, fits);
            if (fits) {
                uint16 expected =
                    version == TLS_Version_1_2 ? SSL_SIG_DSA_SHA256 : SSL_SIG_DSA_SHA1;

                assert_int_equal(SSLGetNegotiatedCipher(client.ctx, &suite), SSLNoErr);
                assert_int_equal(suite, rows[i].suite);
                assert_int_equal(SSLGetPeerSignatureScheme(client.ctx, &scheme), SSLNoErr);
                assert_int_equal(scheme, expected);
                assert_int_equal(SSLGetPeerSignatureScheme(server.ctx, &scheme), SSLNoErr);
                assert_int_equal(scheme, expected);
            }
            drop_side(&client);
            drop_side(&server);
        }
    }
    SSLDeleteIdentity(identity);
    test_forget();
}

/* Neither does a DSA key serve a suite of another kind, nor another key one of these. */
static void keys_and_suites_belong_together(void **state)
{
    static const struct {
        const char *chain, *key;
        uint16      suite;
    } cases[] = {
        {"dsa-leaf.pem", "keys/dsa-traditional.pem", TLS_RSA_WITH_AES_128_CBC_SHA},
        {"dsa-leaf.pem", "keys/dsa-traditional.pem", TLS_DHE_RSA_WITH_AES_128_CBC_SHA},
        {"dsa-leaf.pem", "keys/dsa-traditional.pem", TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA},
        {"rsa-leaf.pem", "keys/rsa-pkcs8.pem", TLS_DHE_DSS_WITH_AES_128_CBC_SHA},
        {"p256-leaf.pem", "keys/p256-pkcs8.pem", TLS_DHE_DSS_WITH_AES_128_CBC_SHA},
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        SSLIdentity *identity = identity_of(cases[i].chain, cases[i].key);
        Side         client, server;

        open_sides(&client, &server, TLS_Version_1_2, cases[i].suite);
        assert_int_equal(SSLAddIdentity(server.ctx, identity), SSLNoErr);
        assert_int_equal(shake_hands(&client, &server), SSLNegotiationErr);
        assert_int_equal(client.err, SSLFatalAlert);
        drop_side(&client);
        drop_side(&server);
        SSLDeleteIdentity(identity);
        test_forget();
    }
}

/* SHA-1 with DSA in TLS 1.2 only by name. */
static void dsa_schemes_are_off_until_named(void **state)
{
    static const uint16 suite    = TLS_DHE_DSS_WITH_AES_128_CBC_SHA;
    static const uint16 modern   = SSL_SIG_RSA_PSS_RSAE_SHA256;
    SSLIdentity        *identity = identity_of("dsa-leaf.pem", "keys/dsa-pkcs8.pem");
    Side                client, server;
    uint16              list[64];
    uint32              count = 64, i;

    (void)state;
    open_sides(&client, &server, TLS_Version_1_2, suite);
    assert_int_equal(SSLSetEnabledSignatureSchemes(client.ctx, &modern, 1), SSLNoErr);
    assert_int_equal(SSLAddIdentity(server.ctx, identity), SSLNoErr);
    assert_int_equal(shake_hands(&client, &server), SSLNegotiationErr);
    drop_side(&client);
    drop_side(&server);
    server.ctx = malloc(SSLContextSize());
    assert_non_null(server.ctx);
    assert_int_equal(SSLInitContext(server.ctx), SSLNoErr);
    assert_int_equal(SSLGetEnabledSignatureSchemes(server.ctx, list, &count), SSLNoErr);
    for (i = 0; i < count; i++) {
        assert_int_not_equal(list[i] & 0xFF, 2);
    }
    drop_side(&server);
    SSLDeleteIdentity(identity);
    test_forget();
}

static SSLErr fill_random(void *ref, uint8_t *out, size_t length)
{
    memset(out, *(uint8_t *)ref += 1, length);
    return SSLNoErr;
}

/* The numbers of a DER signature as r || s, each as long as q. */
static void make_raw(const uint8_t *der, uint8_t *raw, size_t half)
{
    size_t at = 2, i;

    memset(raw, 0, 2 * half);
    for (i = 0; i < 2; i++) {
        size_t         length = der[at + 1];
        const uint8_t *number = der + at + 2;

        at += 2 + length;
        while (length > half) {
            number++;
            length--;
        }
        memcpy(raw + i * half + half - length, number, length);
    }
}

/* NSS signs so in SSL 3.0, and it was refused where q is longer than 160 bits. */
static void signatures_in_the_form_of_nss_are_taken_in_ssl3_alone(void **state)
{
    static const uint8_t content[] = "what is signed";
    SSLIdentity         *identity  = identity_of("dsa-leaf.pem", "keys/dsa-pkcs8.pem");
    Handshake           *handshake = calloc(1, sizeof *handshake);
    uint8_t              seed      = 0, digest[20], der[MAX_DSA_SIZE], raw[MAX_DSA_SIZE];
    CryptoRandom         random    = {fill_random, &seed};
    size_t               length, half = identity->key.dsa.public_key.q.length, i;
    Side                 side;

    (void)state;
    assert_non_null(handshake);
    assert_true(half > 20);
    SSLRingInit(&rings[0], storage[0], RING_SIZE);
    SSLRingInit(&rings[1], storage[1], RING_SIZE);
    make_side(&side, SSL_ClientSide, TLS_Version_1_0, TLS_DHE_DSS_WITH_AES_128_CBC_SHA);
    side.ctx->handshake  = handshake;
    side.ctx->version    = SSL_Version_3_0;
    handshake->peer_leaf = identity->leaf;
    sslr_hash(HASH_SHA1, content, sizeof content, digest);
    for (i = 0; i < 40; i++) { /* with and without zeros in front */
        assert_int_equal(
            sslr_dsa_sign(&identity->key.dsa, &random, HASH_SHA1, digest, 20, der, &length),
            SSLNoErr);
        make_raw(der, raw, half);
        assert_int_equal(sslr_check_peer_signature(side.ctx, 0, bytes_of(content, sizeof content),
                                                   bytes_of(raw, 2 * half)),
                         SSLNoErr);
        assert_int_equal(sslr_check_peer_signature(side.ctx, 0, bytes_of(content, sizeof content),
                                                   bytes_of(der, length)),
                         SSLNoErr);
    }
    side.ctx->version = TLS_Version_1_0;
    assert_int_equal(sslr_check_peer_signature(side.ctx, 0, bytes_of(content, sizeof content),
                                               bytes_of(raw, 2 * half)),
                     SSLProtocolErr);
    raw[half] ^= 1;
    side.ctx->version = SSL_Version_3_0;
    assert_int_equal(sslr_check_peer_signature(side.ctx, 0, bytes_of(content, sizeof content),
                                               bytes_of(raw, 2 * half)),
                     SSLProtocolErr);
    side.ctx->handshake = NULL;
    free(handshake);
    drop_side(&side);
    SSLDeleteIdentity(identity);
    test_forget();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_dss_suite_in_every_version),
        cmocka_unit_test(keys_and_suites_belong_together),
        cmocka_unit_test(dsa_schemes_are_off_until_named),
        cmocka_unit_test(signatures_in_the_form_of_nss_are_taken_in_ssl3_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
