/*
 * test_rsa.c - RSA: checks of keys, raw operations, PKCS#1 1.5 and PSS signatures with the known
 * forgeries, encryption, and the premaster secret that is always given. Keys and answers come from
 * the openssl command.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "public_key_support.h"
#include "public_key_vectors.h"

typedef struct RsaVector {
    int         bits;
    const char *pkcs1, *pss;
} RsaVector;

static const RsaVector vectors[] = {
    {1024, RSA1024_PKCS1_SHA256, RSA1024_PSS_SHA256},
    {2048, RSA2048_PKCS1_SHA256, RSA2048_PSS_SHA256},
    {2049, RSA2049_PKCS1_SHA256, RSA2049_PSS_SHA256}, /* PSS is a byte shorter than n */
};

#define VECTORS (sizeof(vectors) / sizeof(vectors[0]))

static void hash_sample(HashId hash, uint8_t *digest)
{
    sslr_hash(hash, "sample", 6, digest);
}

/* ---- keys ---- */

static void public_keys_are_checked(void **state)
{
    static uint8_t n[1026], e[6];
    RsaPublicKey   key = {{n, 256}, {e, 3}};

#define CHECK(expected) assert_int_equal(sslr_rsa_check_public(&key), (expected))
    (void)state;
    memset(n, 0xff, sizeof(n));
    memcpy(e, "\1\0\1", 3);
    CHECK(SSLNoErr);
    n[255] = 0xfe;
    CHECK(SSLBadKeyErr); /* even */
    n[255] = 0xff;
    n[0]   = 0;
    CHECK(SSLBadKeyErr); /* leading zero */
    n[0]         = 0x80;
    key.n.length = 64;
    CHECK(SSLNoErr); /* 512 bits */
    n[0] = 0x7f;
    CHECK(SSLBadKeyErr); /* 511 */
    n[0]         = 0xff;
    key.n.length = 1024;
    CHECK(SSLNoErr);
    key.n.length = 1025;
    CHECK(SSLBadKeyErr);
    key.n.length = 0;
    CHECK(SSLBadKeyErr);
    key.n.length = 256;
    key.e.length = 0;
    CHECK(SSLBadKeyErr);
    key.e.length = 1;
    e[0]         = 1;
    CHECK(SSLBadKeyErr);
    e[0] = 3;
    CHECK(SSLNoErr);
    e[0] = 4;
    CHECK(SSLBadKeyErr);
    e[0] = 0;
    CHECK(SSLBadKeyErr);
    key.e.length = 5;
    memset(e, 0xff, sizeof(e));
    e[0] = 1;
    CHECK(SSLNoErr); /* 2^33 - 1 */
    e[0] = 2;
    CHECK(SSLBadKeyErr);
    e[0]         = 1;
    key.e.length = 6;
    CHECK(SSLBadKeyErr);
#undef CHECK
}

static void private_numbers_must_belong_together(void **state)
{
    static uint8_t bytes[260];
    size_t         i, member;

    (void)state;
    for (i = 0; i < VECTORS; i++) {
        const RsaPrivateKey *good = pk_rsa_key(vectors[i].bits);

        assert_int_equal(sslr_rsa_check_private(good), SSLNoErr);
        for (member = 0; member < 8; member++) {
            RsaPrivateKey key        = *good;
            Number       *members[8] = {NULL};
            Number       *changed;

            members[0] = &key.n;
            members[1] = &key.e;
            members[2] = &key.d;
            members[3] = &key.p;
            members[4] = &key.q;
            members[5] = &key.dp;
            members[6] = &key.dq;
            members[7] = &key.qinv;
            changed    = members[member];
            memcpy(bytes, changed->data, changed->length);
            bytes[changed->length - 1] ^= 2;
            changed->data = bytes;
            assert_int_equal(sslr_rsa_check_private(&key), SSLBadKeyErr);
            changed->length = 0;
            assert_int_equal(sslr_rsa_check_private(&key), SSLBadKeyErr);
            changed->length = 1026;
            assert_int_equal(sslr_rsa_check_private(&key), SSLBadKeyErr);
        }
    }
}

static void exponents_may_be_padded(void **state)
{
    static uint8_t       padded[256];
    const RsaPrivateKey *good = pk_rsa_key(2048);
    RsaPrivateKey        key  = *good;
    uint8_t              out[256], in[256] = {0};
    TestRandom           source;
    CryptoRandom         random = pk_random(&source, 1);

    (void)state;
    memcpy(padded + 256 - good->dp.length, good->dp.data, good->dp.length);
    key.dp.data   = padded;
    key.dp.length = 256;
    assert_int_equal(sslr_rsa_check_private(&key), SSLNoErr);
    assert_int_equal(sslr_rsa_private(&key, &random, in, 256, out), SSLNoErr);
}

/* ---- raw operations ---- */

static void private_undoes_public(void **state)
{
    size_t i;
    int    round;

    (void)state;
    for (i = 0; i < VECTORS; i++) {
        const RsaPrivateKey *key         = pk_rsa_key(vectors[i].bits);
        RsaPublicKey         public_half = pk_public_half(key);
        size_t               width       = key->n.length;
        uint8_t              in[260], middle[260], out[260];
        TestRandom           source;
        CryptoRandom         random = pk_random(&source, 77);

        for (round = 0; round < 6; round++) {
            assert_int_equal(random.fill(random.ref, in, width), SSLNoErr);
            in[0] = 0;
            memset(in, 0, (size_t)round * 8); /* leading zeros */
            if (round == 5) {
                memset(in, 0, width);
                in[width - 1] = 1;
            }
            assert_int_equal(sslr_rsa_public(&public_half, in, width, middle), SSLNoErr);
            assert_int_equal(sslr_rsa_private(key, &random, middle, width, out), SSLNoErr);
            assert_memory_equal(in, out, width);
            assert_int_equal(sslr_rsa_private(key, &random, in, width, middle), SSLNoErr);
            assert_int_equal(sslr_rsa_public(&public_half, middle, width, out), SSLNoErr);
            assert_memory_equal(in, out, width);
        }
    }
}

static void input_must_be_below_the_modulus(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < VECTORS; i++) {
        const RsaPrivateKey *key         = pk_rsa_key(vectors[i].bits);
        RsaPublicKey         public_half = pk_public_half(key);
        size_t               width       = key->n.length;
        uint8_t              in[260], out[260];
        TestRandom           source;
        CryptoRandom         random = pk_random(&source, 77);

        memcpy(in, key->n.data, width);
        assert_int_equal(sslr_rsa_public(&public_half, in, width, out), SSLProtocolErr);
        memset(out, 0xee, width);
        assert_int_equal(sslr_rsa_private(key, &random, in, width, out), SSLProtocolErr);
        assert_true(pk_all_zero(out, width));
        memset(in, 0xff, width);
        assert_int_equal(sslr_rsa_private(key, &random, in, width, out), SSLProtocolErr);
        memcpy(in, key->n.data, width);
        pk_step(in, width, -1);
        assert_int_equal(sslr_rsa_private(key, &random, in, width, out), SSLNoErr);
        assert_memory_equal(in, out, width); /* -1 to an odd power */
        assert_int_equal(sslr_rsa_private(key, &random, in + 1, width - 1, out), SSLProtocolErr);
        assert_int_equal(sslr_rsa_public(&public_half, in, width + 1, out), SSLProtocolErr);
        assert_int_equal(sslr_rsa_public(&public_half, in, 0, out), SSLProtocolErr);
    }
}

/* Boneh, DeMillo, Lipton: a result that is right modulo one prime only gives the other away. */
static void faulty_result_never_leaves(void **state)
{
    static uint8_t       bytes[260];
    const RsaPrivateKey *good = pk_rsa_key(2048);
    size_t               i;

    (void)state;
    for (i = 0; i < 3; i++) {
        RsaPrivateKey key     = *good;
        Number       *changed = i == 0 ? &key.dp : i == 1 ? &key.dq : &key.qinv;
        uint8_t       in[256] = {0}, out[256];
        TestRandom    source;
        CryptoRandom  random = pk_random(&source, 3);

        in[200] = 9;
        memcpy(bytes, changed->data, changed->length);
        bytes[changed->length - 1] ^= 4;
        changed->data = bytes;
        memset(out, 0xee, sizeof(out));
        assert_int_equal(sslr_rsa_private(&key, &random, in, 256, out), SSLCryptoErr);
        assert_true(pk_all_zero(out, sizeof(out)));
    }
}

static void broken_source_stops_rsa(void **state)
{
    const RsaPrivateKey *key         = pk_rsa_key(1024);
    RsaPublicKey         public_half = pk_public_half(key);
    uint8_t              in[128] = {0}, out[128], digest[32] = {1};
    int                  calls;

    (void)state;
    for (calls = 0; calls < 4; calls++) { /* two for the blinding, one for each exponent */
        TestRandom   source;
        CryptoRandom random = pk_random(&source, 3);

        source.calls_left = calls;
        memset(out, 0xee, sizeof(out));
        assert_int_equal(sslr_rsa_private(key, &random, in, 128, out), BROKEN_SOURCE);
        assert_true(pk_all_zero(out, sizeof(out)));
        random            = pk_random(&source, 3);
        source.calls_left = calls;
        assert_int_equal(sslr_rsa_sign_pss(key, &random, HASH_SHA256, digest, out), BROKEN_SOURCE);
        random            = pk_random(&source, 3);
        source.calls_left = calls;
        assert_int_equal(sslr_rsa_sign_pkcs1(key, &random, HASH_SHA256, digest, 32, out),
                         BROKEN_SOURCE);
        random            = pk_random(&source, 3);
        source.calls_left = 0;
        memset(out, 0xee, sizeof(out));
        assert_int_equal(sslr_rsa_encrypt(&public_half, &random, digest, 32, out), BROKEN_SOURCE);
        assert_true(pk_all_zero(out, sizeof(out)));
    }
}

/* ---- PKCS#1 1.5 signatures ---- */

static void pkcs1_signature_is_openssls(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < VECTORS; i++) {
        const RsaPrivateKey *key         = pk_rsa_key(vectors[i].bits);
        RsaPublicKey         public_half = pk_public_half(key);
        Number               expected    = pk_number(vectors[i].pkcs1);
        uint8_t              digest[32], signature[260];
        TestRandom           source;
        CryptoRandom         random = pk_random(&source, 5);

        hash_sample(HASH_SHA256, digest);
        assert_int_equal(sslr_rsa_sign_pkcs1(key, &random, HASH_SHA256, digest, 32, signature),
                         SSLNoErr);
        assert_memory_equal(signature, expected.data, expected.length);
        assert_int_equal(sslr_rsa_verify_pkcs1(&public_half, HASH_SHA256, digest, 32, signature,
                                               expected.length),
                         SSLNoErr);
    }
}

static void pkcs1_signs_with_every_hash(void **state)
{
    static const HashId  hashes[]   = {HASH_MD5,    HASH_SHA1,   HASH_SHA224,
                                       HASH_SHA256, HASH_SHA384, HASH_SHA512};
    const RsaPrivateKey *key        = pk_rsa_key(1024);
    RsaPublicKey         half       = pk_public_half(key);
    uint8_t              digest[64] = {3}, signature[128];
    TestRandom           source;
    CryptoRandom         random = pk_random(&source, 5);
    size_t               i, j;

    (void)state;
    for (i = 0; i < 6; i++) {
        size_t size = sslr_hash_size(hashes[i]);

        assert_int_equal(sslr_rsa_sign_pkcs1(key, &random, hashes[i], digest, size, signature),
                         SSLNoErr);
        for (j = 0; j < 6; j++) {
            SSLErr err = sslr_rsa_verify_pkcs1(&half, hashes[j], digest, sslr_hash_size(hashes[j]),
                                               signature, 128);

            assert_int_equal(err, i == j ? SSLNoErr : SSLProtocolErr);
        }
        assert_int_equal(sslr_rsa_verify_pkcs1(&half, HASH_NONE, digest, size, signature, 128),
                         SSLProtocolErr);
        assert_int_equal(sslr_rsa_sign_pkcs1(key, &random, hashes[i], digest, size - 1, signature),
                         SSLCryptoErr);
        assert_true(pk_all_zero(signature, 128));
    }
    /* SSL 3.0 to TLS 1.1: MD5 and SHA-1 together, without a prefix */
    assert_int_equal(sslr_rsa_sign_pkcs1(key, &random, HASH_NONE, digest, 36, signature), SSLNoErr);
    assert_int_equal(sslr_rsa_verify_pkcs1(&half, HASH_NONE, digest, 36, signature, 128), SSLNoErr);
    assert_int_equal(sslr_rsa_verify_pkcs1(&half, HASH_NONE, digest, 35, signature, 128),
                     SSLProtocolErr);
}

/* The block that a signer would build, to be changed and signed raw. */
static void build_block(uint8_t *block, size_t size, const char *prefix, const uint8_t *digest)
{
    Number info = pk_number(prefix);

    memset(block, 0xff, size);
    block[0]                           = 0;
    block[1]                           = 1;
    block[size - 32 - info.length - 1] = 0;
    memcpy(block + size - 32 - info.length, info.data, info.length);
    memcpy(block + size - 32, digest, 32);
}

#define SHA256_INFO "3031300d060960864801650304020105000420"

static SSLErr verify_block(const uint8_t *block)
{
    const RsaPrivateKey *key  = pk_rsa_key(2048);
    RsaPublicKey         half = pk_public_half(key);
    uint8_t              digest[32], signature[256];
    TestRandom           source;
    CryptoRandom         random = pk_random(&source, 5);

    hash_sample(HASH_SHA256, digest);
    assert_int_equal(sslr_rsa_private(key, &random, block, 256, signature), SSLNoErr);
    return sslr_rsa_verify_pkcs1(&half, HASH_SHA256, digest, 32, signature, 256);
}

static void pkcs1_forgeries_are_refused(void **state)
{
    static const char *const other_infos[] = {
        "302f300b06096086480165030402010420",         /* without NULL */
        "3031300d060960864801650304020105010420",     /* parameters are no NULL */
        "3031300d060960864801650304020205000420",     /* OID of SHA-384 */
        "308131300d060960864801650304020105000420",   /* long form of a length */
        "3032300d06096086480165030402010500048120",   /* the same within */
        "3033300f0609608648016503040201050002000420", /* garbage in the parameters */
        "3080300d060960864801650304020105000420",     /* indefinite length */
        "",                                           /* no DigestInfo */
    };
    uint8_t digest[32], block[256];
    size_t  i;

    (void)state;
    hash_sample(HASH_SHA256, digest);
    build_block(block, 256, SHA256_INFO, digest);
    assert_int_equal(verify_block(block), SSLNoErr);
    for (i = 0; i < sizeof(other_infos) / sizeof(other_infos[0]); i++) {
        build_block(block, 256, other_infos[i], digest);
        assert_int_equal(verify_block(block), SSLProtocolErr);
    }
    for (i = 1; i < 256; i += i < 12 ? 1 : 7) { /* any byte of the block but the first */
        build_block(block, 256, SHA256_INFO, digest);
        block[i] ^= 1;
        assert_int_equal(verify_block(block), SSLProtocolErr);
    }
    build_block(block, 256, SHA256_INFO, digest);
    block[1] = 2; /* a block for encryption */
    assert_int_equal(verify_block(block), SSLProtocolErr);
    /* CVE-2006-4339: eight FF, the digest, garbage behind */
    build_block(block, 62, SHA256_INFO, digest);
    memset(block + 62, 0x5a, 256 - 62);
    assert_int_equal(verify_block(block), SSLProtocolErr);
    /* a zero in front of the filling */
    build_block(block + 1, 255, SHA256_INFO, digest);
    block[0] = 0;
    assert_int_equal(verify_block(block), SSLProtocolErr);
}

static void pkcs1_signature_has_one_form(void **state)
{
    const RsaPrivateKey *key  = pk_rsa_key(2048);
    RsaPublicKey         half = pk_public_half(key);
    uint8_t              digest[32], signature[258] = {0};
    int                  i, carry                   = 0;

    (void)state;
    hash_sample(HASH_SHA256, digest);
    memcpy(signature + 1, pk_bytes(RSA2048_PKCS1_SHA256), 256);
#define VERIFY(from, length)                                                                       \
    sslr_rsa_verify_pkcs1(&half, HASH_SHA256, digest, 32, signature + (from), (length))
    assert_int_equal(VERIFY(1, 256), SSLNoErr);
    assert_int_equal(VERIFY(0, 257), SSLProtocolErr); /* zero in front */
    assert_int_equal(VERIFY(1, 257), SSLProtocolErr); /* byte behind */
    assert_int_equal(VERIFY(1, 255), SSLProtocolErr);
    assert_int_equal(VERIFY(2, 255), SSLProtocolErr);
    assert_int_equal(VERIFY(1, 0), SSLProtocolErr);
    for (i = 256; i >= 1; i--) { /* s + n */
        carry += signature[i] + half.n.data[i - 1];
        signature[i] = (uint8_t)carry;
        carry >>= 8;
    }
    signature[0] = (uint8_t)carry;
    assert_int_equal(VERIFY(carry == 0 ? 1 : 0, carry == 0 ? 256 : 257), SSLProtocolErr);
    memset(signature, 0, sizeof(signature));
    assert_int_equal(VERIFY(1, 256), SSLProtocolErr);
    signature[256] = 1;
    assert_int_equal(VERIFY(1, 256), SSLProtocolErr);
#undef VERIFY
}

/* 512 bits are too few for SHA-512: nothing verifies, nothing is written past the block. */
static void short_key_signs_no_long_hash(void **state)
{
    static uint8_t n[64], signature[64];
    static uint8_t e          = 3;
    RsaPublicKey   key        = {{n, 64}, {&e, 1}};
    uint8_t        digest[64] = {0};

    (void)state;
    memset(n, 0xff, sizeof(n));
    assert_int_equal(sslr_rsa_verify_pkcs1(&key, HASH_SHA512, digest, 64, signature, 64),
                     SSLProtocolErr);
    assert_int_equal(sslr_rsa_verify_pss(&key, HASH_SHA512, 64, digest, signature, 64),
                     SSLProtocolErr);
    assert_int_equal(sslr_rsa_verify_pss(&key, HASH_SHA256, 32, digest, signature, 64),
                     SSLProtocolErr);
}

/* ---- PSS ---- */

static void pss_takes_openssls_signature(void **state)
{
    size_t i, at;

    (void)state;
    for (i = 0; i < VECTORS; i++) {
        const RsaPrivateKey *key       = pk_rsa_key(vectors[i].bits);
        RsaPublicKey         half      = pk_public_half(key);
        Number               signature = pk_number(vectors[i].pss);
        uint8_t              digest[64], changed[260];

#define VERIFY(hash, salt, data, length)                                                           \
    sslr_rsa_verify_pss(&half, (hash), (salt), digest, (data), (length))
        hash_sample(HASH_SHA256, digest);
        assert_int_equal(VERIFY(HASH_SHA256, 32, signature.data, signature.length), SSLNoErr);
        assert_int_equal(VERIFY(HASH_SHA256, 31, signature.data, signature.length), SSLProtocolErr);
        assert_int_equal(VERIFY(HASH_SHA256, 33, signature.data, signature.length), SSLProtocolErr);
        assert_int_equal(VERIFY(HASH_SHA256, 0, signature.data, signature.length), SSLProtocolErr);
        assert_int_equal(VERIFY(HASH_SHA256, (size_t)-1, signature.data, signature.length),
                         SSLProtocolErr);
        assert_int_equal(VERIFY(HASH_SHA384, 48, signature.data, signature.length), SSLProtocolErr);
        assert_int_equal(VERIFY(HASH_NONE, 0, signature.data, signature.length), SSLCryptoErr);
        assert_int_equal(VERIFY(HASH_SHA256, 32, signature.data, signature.length - 1),
                         SSLProtocolErr);
        for (at = 1; at < signature.length; at += 31) {
            memcpy(changed, signature.data, signature.length);
            changed[at] ^= 0x10;
            assert_int_equal(VERIFY(HASH_SHA256, 32, changed, signature.length), SSLProtocolErr);
        }
        digest[31] ^= 1;
        assert_int_equal(VERIFY(HASH_SHA256, 32, signature.data, signature.length), SSLProtocolErr);
#undef VERIFY
    }
}

static void pss_takes_the_declared_salt_alone(void **state)
{
    RsaPublicKey half = pk_public_half(pk_rsa_key(2048));
    Number       none = pk_number(RSA2048_PSS_SALT0), twenty = pk_number(RSA2048_PSS_SALT20);
    uint8_t      digest[32];

    (void)state;
    hash_sample(HASH_SHA256, digest);
    assert_int_equal(sslr_rsa_verify_pss(&half, HASH_SHA256, 0, digest, none.data, 256), SSLNoErr);
    assert_int_equal(sslr_rsa_verify_pss(&half, HASH_SHA256, 20, digest, twenty.data, 256),
                     SSLNoErr);
    assert_int_equal(sslr_rsa_verify_pss(&half, HASH_SHA256, 32, digest, twenty.data, 256),
                     SSLProtocolErr);
    assert_int_equal(sslr_rsa_verify_pss(&half, HASH_SHA256, 20, digest, none.data, 256),
                     SSLProtocolErr);
}

static void pss_signs_and_verifies(void **state)
{
    static const HashId hashes[] = {HASH_SHA1, HASH_SHA256, HASH_SHA384, HASH_SHA512};
    size_t              i, j;

    (void)state;
    for (i = 0; i < VECTORS; i++) {
        const RsaPrivateKey *key  = pk_rsa_key(vectors[i].bits);
        RsaPublicKey         half = pk_public_half(key);
        TestRandom           source;
        CryptoRandom         random = pk_random(&source, 5);

        for (j = 0; j < 4; j++) {
            size_t  size       = sslr_hash_size(hashes[j]);
            uint8_t digest[64] = {6}, one[260], two[260];

            if (2 * size + 2 > key->n.length) {
                memset(one, 0xee, sizeof(one));
                assert_int_equal(sslr_rsa_sign_pss(key, &random, hashes[j], digest, one),
                                 SSLBadKeyErr);
                assert_true(pk_all_zero(one, key->n.length));
                continue;
            }
            assert_int_equal(sslr_rsa_sign_pss(key, &random, hashes[j], digest, one), SSLNoErr);
            assert_int_equal(sslr_rsa_sign_pss(key, &random, hashes[j], digest, two), SSLNoErr);
            assert_memory_not_equal(one, two, key->n.length);
            assert_int_equal(
                sslr_rsa_verify_pss(&half, hashes[j], size, digest, one, key->n.length), SSLNoErr);
            digest[0] ^= 1;
            assert_int_equal(
                sslr_rsa_verify_pss(&half, hashes[j], size, digest, one, key->n.length),
                SSLProtocolErr);
        }
    }
}

/* Bits above emBits: in the block, and in the byte of n that the block does not reach. */
static void pss_bits_above_the_block_are_zero(void **state)
{
    size_t i;

    (void)state;
    for (i = 1; i < VECTORS; i++) {
        const RsaPrivateKey *key   = pk_rsa_key(vectors[i].bits);
        RsaPublicKey         half  = pk_public_half(key);
        size_t               width = key->n.length;
        uint8_t              digest[32], block[260], signature[260];
        TestRandom           source;
        CryptoRandom         random = pk_random(&source, 5);

        hash_sample(HASH_SHA256, digest);
        assert_int_equal(sslr_rsa_public(&half, pk_bytes(vectors[i].pss), width, block), SSLNoErr);
        if (vectors[i].bits == 2049) {
            block[0] = 1;
            block[1] = 0;
        } else {
            block[0] |= 0x80;
        }
        if (memcmp(block, key->n.data, width) >= 0) {
            continue;
        }
        assert_int_equal(sslr_rsa_private(key, &random, block, width, signature), SSLNoErr);
        assert_int_equal(sslr_rsa_verify_pss(&half, HASH_SHA256, 32, digest, signature, width),
                         SSLProtocolErr);
        assert_int_equal(sslr_rsa_public(&half, pk_bytes(vectors[i].pss), width, block), SSLNoErr);
        block[width - 1] = 0xcc; /* trailer field 2 */
        assert_int_equal(sslr_rsa_private(key, &random, block, width, signature), SSLNoErr);
        assert_int_equal(sslr_rsa_verify_pss(&half, HASH_SHA256, 32, digest, signature, width),
                         SSLProtocolErr);
    }
}

/* ---- key transport ---- */

static const uint8_t version[2] = {3, 3};

static void premaster_arrives(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < VECTORS; i++) {
        const RsaPrivateKey *key   = pk_rsa_key(vectors[i].bits);
        RsaPublicKey         half  = pk_public_half(key);
        size_t               width = key->n.length, at;
        uint8_t              sent[48], fallback[48], received[48], wire[260], block[260];
        TestRandom           source;
        CryptoRandom         random = pk_random(&source, 5);

        assert_int_equal(random.fill(random.ref, sent, 48), SSLNoErr);
        assert_int_equal(random.fill(random.ref, fallback, 48), SSLNoErr);
        sent[0] = sent[1] = 3;
        assert_int_equal(sslr_rsa_encrypt(&half, &random, sent, 48, wire), SSLNoErr);
        assert_int_equal(sslr_rsa_private(key, &random, wire, width, block), SSLNoErr);
        assert_int_equal(block[0] << 8 | block[1], 2);
        for (at = 2; at < width - 49; at++) {
            assert_int_not_equal(block[at], 0);
        }
        sslr_rsa_unpad_premaster(block, width, version, fallback, received);
        assert_memory_equal(received, sent, 48);
    }
}

static void message_must_fit(void **state)
{
    RsaPublicKey half         = pk_public_half(pk_rsa_key(1024));
    uint8_t      message[128] = {1}, out[128];
    TestRandom   source;
    CryptoRandom random = pk_random(&source, 5);

    (void)state;
    assert_int_equal(sslr_rsa_encrypt(&half, &random, message, 117, out), SSLNoErr);
    assert_int_equal(sslr_rsa_encrypt(&half, &random, message, 118, out), SSLBadKeyErr);
    assert_true(pk_all_zero(out, sizeof(out)));
    assert_int_equal(sslr_rsa_encrypt(&half, &random, NULL, 0, out), SSLNoErr);
}

static void source_of_zeros_is_noticed(void **state)
{
    RsaPublicKey half        = pk_public_half(pk_rsa_key(1024));
    uint8_t      message[48] = {3, 3}, out[128];
    TestRandom   source;
    CryptoRandom random = pk_random(&source, 5);

    (void)state;
    source.constant = 0;
    assert_int_equal(sslr_rsa_encrypt(&half, &random, message, 48, out), SSLCryptoErr);
    assert_true(pk_all_zero(out, sizeof(out)));
}

/* Every way in which a block can be wrong gives version || fallback, and nothing else. */
static void every_failure_gives_the_fallback(void **state)
{
    uint8_t good[256], block[256], fallback[48], expected[48], premaster[48];
    size_t  at, length;
    int     bit;

    (void)state;
    memset(good, 0xa7, sizeof(good));
    good[0]   = 0;
    good[1]   = 2;
    good[207] = 0;
    good[208] = good[209] = 3;
    memset(fallback, 0x5b, sizeof(fallback));
    memcpy(expected, fallback, 48);
    memcpy(expected, version, 2);
    sslr_rsa_unpad_premaster(good, 256, version, fallback, premaster);
    assert_memory_equal(premaster, good + 208, 48);
    for (at = 2; at < 207; at++) { /* a message longer than 48 */
        memcpy(block, good, 256);
        block[at] = 0;
        sslr_rsa_unpad_premaster(block, 256, version, fallback, premaster);
        assert_memory_equal(premaster, expected, 48);
    }
    for (bit = 0; bit < 8; bit++) {
        static const size_t places[] = {0, 1, 207, 208, 209};
        size_t              i;

        for (i = 0; i < 5; i++) {
            memcpy(block, good, 256);
            block[places[i]] ^= (uint8_t)(1 << bit);
            sslr_rsa_unpad_premaster(block, 256, version, fallback, premaster);
            assert_memory_equal(premaster, expected, 48);
        }
    }
    for (at = 210; at < 256; at++) { /* shorter: the separator is in the secret */
        memcpy(block, good, 256);
        block[207] = 0xa7;
        block[at]  = 0;
        sslr_rsa_unpad_premaster(block, 256, version, fallback, premaster);
        assert_memory_equal(premaster, expected, 48);
    }
    for (length = 0; length < 59; length++) { /* no room for eight bytes of padding */
        memcpy(block, good, 256);
        block[length > 49 ? length - 49 : 0] = 0;
        sslr_rsa_unpad_premaster(block, length, version, fallback, premaster);
        assert_memory_equal(premaster, expected, 48);
    }
    memset(block, 0, sizeof(block));
    sslr_rsa_unpad_premaster(block, 256, version, fallback, premaster);
    assert_memory_equal(premaster, expected, 48);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(public_keys_are_checked),
        cmocka_unit_test(private_numbers_must_belong_together),
        cmocka_unit_test(exponents_may_be_padded),
        cmocka_unit_test(private_undoes_public),
        cmocka_unit_test(input_must_be_below_the_modulus),
        cmocka_unit_test(faulty_result_never_leaves),
        cmocka_unit_test(broken_source_stops_rsa),
        cmocka_unit_test(pkcs1_signature_is_openssls),
        cmocka_unit_test(pkcs1_signs_with_every_hash),
        cmocka_unit_test(pkcs1_forgeries_are_refused),
        cmocka_unit_test(pkcs1_signature_has_one_form),
        cmocka_unit_test(short_key_signs_no_long_hash),
        cmocka_unit_test(pss_takes_openssls_signature),
        cmocka_unit_test(pss_takes_the_declared_salt_alone),
        cmocka_unit_test(pss_signs_and_verifies),
        cmocka_unit_test(pss_bits_above_the_block_are_zero),
        cmocka_unit_test(premaster_arrives),
        cmocka_unit_test(message_must_fit),
        cmocka_unit_test(source_of_zeros_is_noticed),
        cmocka_unit_test(every_failure_gives_the_fallback),
    };

    if (sslr_crypto_setup() != SSLNoErr) {
        return 1;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
