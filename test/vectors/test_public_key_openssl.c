/*
 * test_public_key_openssl.c - signatures and secrets go to the openssl command and come back from
 * it. Skips where there is no openssl (Debian package openssl).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "openssl_command.h"
#include "public_key_support.h"
#include "public_key_vectors.h"

static void install_key(const char *pem, const char *message)
{
    if (!openssl_is_there) {
        skip();
    }
    openssl_write("key", pem, strlen(pem));
    openssl_write("message", message, strlen(message));
    assert_true(openssl_run("pkey -in key -pubout -out public"));
}

static const struct {
    HashId      hash;
    const char *name;
} hashes[] = {
    {HASH_SHA1, "sha1"}, {HASH_SHA256, "sha256"}, {HASH_SHA384, "sha384"}, {HASH_SHA512, "sha512"}};

#define HASHES (sizeof(hashes) / sizeof(hashes[0]))

static const char message[] = "a message that both of us know";

static void rsa_both_ways(int bits, const char *pem)
{
    const RsaPrivateKey *key   = pk_rsa_key(bits);
    RsaPublicKey         half  = pk_public_half(key);
    size_t               width = key->n.length, i;
    TestRandom           source;
    CryptoRandom         random = pk_random(&source, 31);
    uint8_t              digest[64], signature[300];
    char                 arguments[300];

    install_key(pem, message);
    for (i = 0; i < HASHES; i++) {
        const char *name = hashes[i].name;
        size_t      size = sslr_hash_size(hashes[i].hash);
        const char *pss  = "-sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen";

        sslr_hash(hashes[i].hash, message, strlen(message), digest);
        assert_int_equal(sslr_rsa_sign_pkcs1(key, &random, hashes[i].hash, digest, size, signature),
                         SSLNoErr);
        openssl_write("signature", signature, width);
        (void)snprintf(arguments, sizeof(arguments),
                       "dgst -%s -verify public -signature signature message", name);
        assert_true(openssl_run(arguments));
        (void)snprintf(arguments, sizeof(arguments), "dgst -%s -sign key -out signature message",
                       name);
        assert_true(openssl_run(arguments));
        assert_int_equal(openssl_read("signature", signature, sizeof(signature)), width);
        assert_int_equal(
            sslr_rsa_verify_pkcs1(&half, hashes[i].hash, digest, size, signature, width), SSLNoErr);
        if (2 * size + 2 > width) {
            continue;
        }
        assert_int_equal(sslr_rsa_sign_pss(key, &random, hashes[i].hash, digest, signature),
                         SSLNoErr);
        openssl_write("signature", signature, width);
        (void)snprintf(arguments, sizeof(arguments),
                       "dgst -%s -verify public %s:%d -signature signature message", name, pss,
                       (int)size);
        assert_true(openssl_run(arguments));
        (void)snprintf(arguments, sizeof(arguments),
                       "dgst -%s -sign key %s:%d -out signature message", name, pss, (int)size);
        assert_true(openssl_run(arguments));
        assert_int_equal(openssl_read("signature", signature, sizeof(signature)), width);
        assert_int_equal(sslr_rsa_verify_pss(&half, hashes[i].hash, size, digest, signature, width),
                         SSLNoErr);
    }
}

static void rsa_signatures(void **state)
{
    (void)state;
    rsa_both_ways(1024, RSA1024_PEM);
    rsa_both_ways(2048, RSA2048_PEM);
    rsa_both_ways(2049, RSA2049_PEM);
}

static void rsa_encryption(void **state)
{
    const RsaPrivateKey *key  = pk_rsa_key(2048);
    RsaPublicKey         half = pk_public_half(key);
    TestRandom           source;
    CryptoRandom         random     = pk_random(&source, 31);
    uint8_t              secret[48] = {3, 3, 9}, wire[256], block[256], fallback[48] = {0}, out[64];
    const uint8_t        version[2] = {3, 3};

    (void)state;
    install_key(RSA2048_PEM, message);
    assert_int_equal(sslr_rsa_encrypt(&half, &random, secret, 48, wire), SSLNoErr);
    openssl_write("message", wire, 256);
    assert_true(openssl_run("pkeyutl -decrypt -inkey key -in message -out out"));
    assert_int_equal(openssl_read("out", out, sizeof(out)), 48);
    assert_memory_equal(out, secret, 48);
    openssl_write("message", secret, 48);
    assert_true(openssl_run("pkeyutl -encrypt -pubin -inkey public -in message -out out"));
    assert_int_equal(openssl_read("out", wire, sizeof(wire)), 256);
    assert_int_equal(sslr_rsa_private(key, &random, wire, 256, block), SSLNoErr);
    sslr_rsa_unpad_premaster(block, 256, version, fallback, out);
    assert_memory_equal(out, secret, 48);
}

static void ecdsa_both_ways(CurveId id, const char *pem, const char *scalar, const char *point_hex)
{
    Number       point = pk_number(point_hex);
    TestRandom   source;
    CryptoRandom random = pk_random(&source, 31);
    uint8_t      digest[64], signature[200];
    char         arguments[300];
    size_t       i, length;

    install_key(pem, message);
    for (i = 0; i < HASHES; i++) {
        size_t size = sslr_hash_size(hashes[i].hash);

        sslr_hash(hashes[i].hash, message, strlen(message), digest);
        assert_int_equal(sslr_ecdsa_sign(id, &random, pk_bytes(scalar), hashes[i].hash, digest,
                                         size, signature, &length),
                         SSLNoErr);
        openssl_write("signature", signature, length);
        (void)snprintf(arguments, sizeof(arguments),
                       "dgst -%s -verify public -signature signature message", hashes[i].name);
        assert_true(openssl_run(arguments));
        (void)snprintf(arguments, sizeof(arguments), "dgst -%s -sign key -out signature message",
                       hashes[i].name);
        assert_true(openssl_run(arguments));
        length = openssl_read("signature", signature, sizeof(signature));
        assert_int_equal(
            sslr_ecdsa_verify(id, point.data, point.length, digest, size, signature, length),
            SSLNoErr);
    }
}

static void ecdsa_signatures(void **state)
{
    (void)state;
    ecdsa_both_ways(CURVE_P256, P256_PEM, P256_SCALAR, P256_POINT);
    ecdsa_both_ways(CURVE_P384, P384_PEM, P384_SCALAR, P384_POINT);
    ecdsa_both_ways(CURVE_P521, P521_PEM, P521_SCALAR, P521_POINT);
}

/* openssl makes a key pair; its public key ends with the point. */
static void ecdh_secret(CurveId id, const char *pem, const char *scalar, const char *curve)
{
    size_t  point_size = sslr_curve_point_size(id), size = sslr_curve_scalar_size(id), length;
    uint8_t file[400], ours[66], theirs[66];
    char    arguments[200];

    install_key(pem, message);
    (void)snprintf(arguments, sizeof(arguments),
                   "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:%s -out signature", curve);
    assert_true(openssl_run(arguments));
    assert_true(openssl_run("pkey -in signature -pubout -outform DER -out message"));
    assert_true(openssl_run("pkeyutl -derive -inkey signature -peerkey public -out out"));
    length = openssl_read("message", file, sizeof(file));
    assert_true(length > point_size);
    assert_int_equal(
        sslr_ecdh_derive(id, NULL, pk_bytes(scalar), file + length - point_size, point_size, ours),
        SSLNoErr);
    assert_int_equal(openssl_read("out", theirs, sizeof(theirs)), size);
    assert_memory_equal(ours, theirs, size);
}

static void ecdh_secrets(void **state)
{
    (void)state;
    ecdh_secret(CURVE_P256, P256_PEM, P256_SCALAR, "P-256");
    ecdh_secret(CURVE_P384, P384_PEM, P384_SCALAR, "P-384");
    ecdh_secret(CURVE_P521, P521_PEM, P521_SCALAR, "P-521");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rsa_signatures),
        cmocka_unit_test(rsa_encryption),
        cmocka_unit_test(ecdsa_signatures),
        cmocka_unit_test(ecdh_secrets),
    };

    if (sslr_crypto_setup() != SSLNoErr) {
        return 1;
    }
    return cmocka_run_group_tests(tests, openssl_begin, openssl_end);
}
