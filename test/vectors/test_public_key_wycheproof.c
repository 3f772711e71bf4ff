/*
 * test_public_key_wycheproof.c - RSA signatures and decryption, ECDSA, ECDH and DSA against the
 * test vectors of project Wycheproof. Skips where these are not installed: see wycheproof.h.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "public_key_support.h"
#include "wycheproof.h"

static HashId hash_named(const char *name)
{
    static const struct {
        const char *name;
        HashId      hash;
    } names[] = {{"SHA-1", HASH_SHA1},
                 {"SHA-224", HASH_SHA224},
                 {"SHA-256", HASH_SHA256},
                 {"SHA-384", HASH_SHA384},
                 {"SHA-512", HASH_SHA512}};
    size_t i;

    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (name != NULL && strcmp(name, names[i].name) == 0) {
            return names[i].hash;
        }
    }
    return HASH_NONE;
}

/* The digest of the current test's message; returns its size. */
static size_t hash_message(const WycheproofTest *test, uint8_t *digest)
{
    HashId         hash = hash_named(wycheproof_text(test, "group.sha"));
    size_t         length;
    const uint8_t *message = wycheproof_bytes(test, "msg", &length);

    sslr_hash(hash, message, length, digest);
    return sslr_hash_size(hash);
}

static Number integer(const WycheproofTest *test, const char *key)
{
    Number number;

    number.data = wycheproof_integer(test, key, &number.length);
    return number;
}

static Number bytes(const WycheproofTest *test, const char *key)
{
    Number number;

    number.data = wycheproof_bytes(test, key, &number.length);
    return number;
}

/* What the project leaves open, we refuse: `acceptable` says how. */
static void expect(const WycheproofTest *test, SSLErr err, SSLErr acceptable)
{
    SSLErr wanted = acceptable;

    if (wycheproof_result(test) != WYCHEPROOF_ACCEPTABLE) {
        wanted = wycheproof_result(test) == WYCHEPROOF_VALID ? SSLNoErr : SSLProtocolErr;
    }
    if (err != wanted) {
        fail_msg("tcId %ld (%s): %d, not %d", wycheproof_id(test), wycheproof_text(test, "comment"),
                 err, wanted);
    }
}

typedef void (*Check)(const WycheproofTest *test);

static void run(const char *name, Check check)
{
    WycheproofTest *test = wycheproof_open(name);

    if (test == NULL) {
        skip();
        return;
    }
    while (wycheproof_next(test)) {
        check(test);
    }
    assert_int_equal(wycheproof_count(test), wycheproof_expected(test));
    print_message("             %zu tests of %s\n", wycheproof_count(test), name);
    wycheproof_close(test);
}

static RsaPublicKey rsa_key(const WycheproofTest *test)
{
    RsaPublicKey key;

    key.n = integer(test, "group.publicKey.modulus");
    key.e = integer(test, "group.publicKey.publicExponent");
    return key;
}

/* The acceptable ones lack the NULL of DigestInfo. */
static void check_pkcs1(const WycheproofTest *test)
{
    RsaPublicKey key = rsa_key(test);
    Number       sig = bytes(test, "sig");
    uint8_t      digest[MAX_HASH_SIZE];
    size_t       size = hash_message(test, digest);

    expect(test,
           sslr_rsa_verify_pkcs1(&key, hash_named(wycheproof_text(test, "group.sha")), digest, size,
                                 sig.data, sig.length),
           SSLProtocolErr);
}

static void check_pss(const WycheproofTest *test)
{
    RsaPublicKey key = rsa_key(test);
    Number       sig = bytes(test, "sig");
    uint8_t      digest[MAX_HASH_SIZE];

    (void)hash_message(test, digest);
    expect(test,
           sslr_rsa_verify_pss(&key, hash_named(wycheproof_text(test, "group.sha")),
                               (size_t)wycheproof_number(test, "group.sLen"), digest, sig.data,
                               sig.length),
           SSLProtocolErr);
}

/* Where the padding ends, as a decryption that has no secrets would look for it; 0 if it does not.
 */
static size_t message_start(const uint8_t *block, size_t length)
{
    size_t at = 2;

    if (block[0] != 0 || block[1] != 2) {
        return 0;
    }
    while (at < length && block[at] != 0) {
        at++;
    }
    return at < 10 || at == length ? 0 : at + 1;
}

/* The engine has no general decryption: raw operation here, then this file's unpadding, and the
 * engine's own wherever the message has the 48 bytes of a premaster secret (or fails). */
static void check_decryption(const WycheproofTest *test)
{
    RsaPrivateKey key;
    Number        message = bytes(test, "msg"), wire = bytes(test, "ct");
    uint8_t       block[512], premaster[48], fallback[48], wanted[48];
    TestRandom    source;
    CryptoRandom  random = pk_random(&source, 1);
    size_t        start, size;
    SSLErr        err;
    uint8_t       version[2] = {3, 3};

    key.n    = integer(test, "group.privateKey.modulus");
    key.e    = integer(test, "group.privateKey.publicExponent");
    key.d    = integer(test, "group.privateKey.privateExponent");
    key.p    = integer(test, "group.privateKey.prime1");
    key.q    = integer(test, "group.privateKey.prime2");
    key.dp   = integer(test, "group.privateKey.exponent1");
    key.dq   = integer(test, "group.privateKey.exponent2");
    key.qinv = integer(test, "group.privateKey.coefficient");
    assert_int_equal(sslr_rsa_check_private(&key), SSLNoErr);
    err = sslr_rsa_private(&key, &random, wire.data, wire.length, block);
    if (err != SSLNoErr) {
        expect(test, err, SSLProtocolErr);
        return;
    }
    size  = key.n.length;
    start = message_start(block, size);
    expect(test, start != 0 ? SSLNoErr : SSLProtocolErr, SSLNoErr);
    if (start != 0) {
        assert_int_equal(size - start, message.length);
        assert_memory_equal(block + start, message.data, message.length);
    }
    memset(fallback, 0x77, sizeof(fallback));
    memcpy(wanted, fallback, 48);
    if (start != 0 && size - start == 48) {
        memcpy(version, block + start, 2);
        memcpy(wanted, block + start, 48);
    }
    memcpy(wanted, version, 2);
    sslr_rsa_unpad_premaster(block, size, version, fallback, premaster);
    assert_memory_equal(premaster, wanted, 48);
}

static CurveId curve_named(const char *name)
{
    return strcmp(name, "secp256r1") == 0   ? CURVE_P256
           : strcmp(name, "secp384r1") == 0 ? CURVE_P384
           : strcmp(name, "secp521r1") == 0 ? CURVE_P521
                                            : CURVE_NONE;
}

static void check_ecdsa(const WycheproofTest *test)
{
    CurveId id    = curve_named(wycheproof_text(test, "group.publicKey.curve"));
    Number  point = bytes(test, "group.publicKey.uncompressed"), sig = bytes(test, "sig");
    uint8_t digest[MAX_HASH_SIZE];
    size_t  size = hash_message(test, digest);

    expect(test,
           sslr_ecdsa_verify(id, point.data, point.length, digest, size, sig.data, sig.length),
           SSLProtocolErr);
}

/* The acceptable one is a compressed point. */
static void check_ecdh(const WycheproofTest *test)
{
    CurveId      id   = curve_named(wycheproof_text(test, "group.curve"));
    size_t       size = sslr_curve_scalar_size(id);
    Number       peer = bytes(test, "public"), shared = bytes(test, "shared");
    Number       scalar                   = integer(test, "private");
    uint8_t      padded[MAX_CURVE_SCALAR] = {0}, secret[MAX_CURVE_SCALAR];
    TestRandom   source;
    CryptoRandom random = pk_random(&source, 1);
    SSLErr       err;

    assert_true(scalar.length <= size);
    memcpy(padded + size - scalar.length, scalar.data, scalar.length);
    err = sslr_ecdh_derive(id, &random, padded, peer.data, peer.length, secret);
    expect(test, err, SSLProtocolErr);
    if (err == SSLNoErr) {
        assert_int_equal(shared.length, size);
        assert_memory_equal(secret, shared.data, size);
    }
}

/* The acceptable one is a negative r. */
static void check_dsa(const WycheproofTest *test)
{
    DsaPublicKey key;
    Number       sig = bytes(test, "sig");
    uint8_t      digest[MAX_HASH_SIZE];
    size_t       size = hash_message(test, digest);

    key.p = integer(test, "group.publicKey.p");
    key.q = integer(test, "group.publicKey.q");
    key.g = integer(test, "group.publicKey.g");
    key.y = integer(test, "group.publicKey.y");
    expect(test, sslr_dsa_verify(&key, digest, size, sig.data, sig.length), SSLProtocolErr);
}

static void rsa_pkcs1_signatures(void **state)
{
    (void)state;
    run("rsa_signature_2048_sha256_test", check_pkcs1);
    run("rsa_signature_3072_sha384_test", check_pkcs1);
}

static void rsa_pss_signatures(void **state)
{
    (void)state;
    run("rsa_pss_2048_sha256_mgf1_32_test", check_pss);
    run("rsa_pss_4096_sha512_mgf1_64_test", check_pss);
}

static void rsa_pkcs1_decryption(void **state)
{
    (void)state;
    run("rsa_pkcs1_2048_test", check_decryption);
}

static void ecdsa_signatures(void **state)
{
    (void)state;
    run("ecdsa_secp256r1_sha256_test", check_ecdsa);
    run("ecdsa_secp384r1_sha384_test", check_ecdsa);
    run("ecdsa_secp521r1_sha512_test", check_ecdsa);
}

static void ecdh_secrets(void **state)
{
    (void)state;
    run("ecdh_secp256r1_ecpoint_test", check_ecdh);
    run("ecdh_secp384r1_ecpoint_test", check_ecdh);
    run("ecdh_secp521r1_ecpoint_test", check_ecdh);
}

static void dsa_signatures(void **state)
{
    (void)state;
    run("dsa_2048_256_sha256_test", check_dsa);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rsa_pkcs1_signatures), cmocka_unit_test(rsa_pss_signatures),
        cmocka_unit_test(rsa_pkcs1_decryption), cmocka_unit_test(ecdsa_signatures),
        cmocka_unit_test(ecdh_secrets),         cmocka_unit_test(dsa_signatures),
    };

    if (sslr_crypto_setup() != SSLNoErr) {
        return 1;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
