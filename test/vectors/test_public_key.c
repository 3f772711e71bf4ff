/*
 * test_public_key.c - the curves and ECDSA: known answers, and every trap that these have for
 * whoever takes a peer's numbers as they come. RSA is in test_rsa.c, Diffie-Hellman and DSA in
 * test_dh_dsa.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../crypto/signature_der.h"
#include "public_key_support.h"
#include "public_key_vectors.h"

typedef struct CurveVector {
    CurveId     id;
    size_t      size;
    const char *scalar, *point, *order, *prime;
} CurveVector;

static const CurveVector nist[] = {
    {CURVE_P256, 32, P256_SCALAR, P256_POINT, P256_ORDER, P256_PRIME},
    {CURVE_P384, 48, P384_SCALAR, P384_POINT, P384_ORDER, P384_PRIME},
    {CURVE_P521, 66, P521_SCALAR, P521_POINT, P521_ORDER, P521_PRIME},
};

#define NIST_CURVES (sizeof(nist) / sizeof(nist[0]))

/* ---- curves ---- */

static void sizes_are_those_of_the_standards(void **state)
{
    (void)state;
    assert_int_equal(sslr_curve_scalar_size(CURVE_P521), 66);
    assert_int_equal(sslr_curve_point_size(CURVE_P521), 133);
    assert_int_equal(sslr_curve_scalar_size(CURVE_X25519), 32);
    assert_int_equal(sslr_curve_point_size(CURVE_ED25519), 32);
    assert_int_equal(sslr_curve_point_size(CURVE_NONE), 0);
}

static void public_value_belongs_to_the_scalar(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < NIST_CURVES; i++) {
        uint8_t        point[MAX_CURVE_POINT];
        TestRandom     source;
        CryptoRandom   random = pk_random(&source, 1);
        size_t         length = 2 * nist[i].size + 1;
        const uint8_t *scalar = pk_bytes(nist[i].scalar), *expected = pk_bytes(nist[i].point);

        assert_int_equal(sslr_curve_public(nist[i].id, NULL, scalar, point), SSLNoErr);
        assert_memory_equal(point, expected, length);
        memset(point, 0, sizeof(point));
        assert_int_equal(sslr_curve_public(nist[i].id, &random, scalar, point), SSLNoErr);
        assert_memory_equal(point, expected, length);
        assert_true(source.calls > 0);
        assert_int_equal(sslr_curve_check_point(nist[i].id, point, length), SSLNoErr);
    }
}

static void scalar_outside_the_group_is_a_bad_key(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < NIST_CURVES; i++) {
        uint8_t scalar[MAX_CURVE_SCALAR] = {0}, point[MAX_CURVE_POINT], g[MAX_CURVE_POINT];
        size_t  size                     = nist[i].size;

        assert_int_equal(sslr_curve_public(nist[i].id, NULL, scalar, point), SSLBadKeyErr);
        assert_true(pk_all_zero(point, 2 * size + 1));
        scalar[size - 1] = 1;
        assert_int_equal(sslr_curve_public(nist[i].id, NULL, scalar, g), SSLNoErr);
        memcpy(scalar, pk_bytes(nist[i].order), size);
        assert_int_equal(sslr_curve_public(nist[i].id, NULL, scalar, point), SSLBadKeyErr);
        pk_step(scalar, size, 1);
        assert_int_equal(sslr_curve_public(nist[i].id, NULL, scalar, point), SSLBadKeyErr);
        pk_step(scalar, size, -2); /* n - 1 gives -G: the same x, another y */
        assert_int_equal(sslr_curve_public(nist[i].id, NULL, scalar, point), SSLNoErr);
        assert_memory_equal(point, g, size + 1);
        assert_memory_not_equal(point + size + 1, g + size + 1, size);
        memset(scalar, 0xff, size);
        assert_int_equal(sslr_curve_public(nist[i].id, NULL, scalar, point), SSLBadKeyErr);
    }
}

static void points_that_are_none_are_refused(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < NIST_CURVES; i++) {
        uint8_t good[MAX_CURVE_POINT + 1] = {0}, bad[MAX_CURVE_POINT + 1] = {0};
        size_t  size = nist[i].size, length = 2 * size + 1, cut;
        CurveId id = nist[i].id;
        int     lead;

        memcpy(good, pk_bytes(nist[i].point), length);
        for (cut = 0; cut <= length + 1; cut++) {
            assert_int_equal(sslr_curve_check_point(id, good, cut),
                             cut == length ? SSLNoErr : SSLProtocolErr);
        }
        memcpy(bad, good, length);
        for (lead = 0; lead < 256; lead++) { /* infinity, compressed, hybrid, nonsense */
            bad[0] = (uint8_t)lead;
            assert_int_equal(sslr_curve_check_point(id, bad, length),
                             lead == 4 ? SSLNoErr : SSLProtocolErr);
            assert_int_equal(sslr_curve_check_point(id, bad, size + 1), SSLProtocolErr);
        }
        assert_int_equal(sslr_curve_check_point(id, (const uint8_t *)"\0", 1), SSLProtocolErr);
        memset(bad, 0, sizeof(bad));
        bad[0] = 4; /* (0, 0) is not on the curve */
        assert_int_equal(sslr_curve_check_point(id, bad, length), SSLProtocolErr);
        memcpy(bad, good, length);
        bad[length - 1] ^= 1;
        assert_int_equal(sslr_curve_check_point(id, bad, length), SSLProtocolErr);
        memcpy(bad, good, length);
        bad[size] ^= 1;
        assert_int_equal(sslr_curve_check_point(id, bad, length), SSLProtocolErr);
        memcpy(bad, good, length);
        memcpy(bad + 1, pk_bytes(nist[i].prime), size);
        assert_int_equal(sslr_curve_check_point(id, bad, length), SSLProtocolErr);
        memcpy(bad, good, length);
        memset(bad + 1 + size, 0xff, size);
        assert_int_equal(sslr_curve_check_point(id, bad, length), SSLProtocolErr);
    }
}

/* The point with x = 0 exists on P-256 (b is a square); x = p is the same residue, and must still
 * be refused. y = sqrt(b). */
static void coordinate_p_is_not_zero(void **state)
{
    static const char y[] = "66485c780e2f83d72433bd5d84a06bb6541c2af31dae871728bf856a174f93f4";
    uint8_t           point[65] = {4};

    (void)state;
    memcpy(point + 33, pk_bytes(y), 32);
    assert_int_equal(sslr_curve_check_point(CURVE_P256, point, 65), SSLNoErr);
    memcpy(point + 1, pk_bytes(P256_PRIME), 32);
    assert_int_equal(sslr_curve_check_point(CURVE_P256, point, 65), SSLProtocolErr);
}

static void unknown_curves_are_refused(void **state)
{
    uint8_t      bytes[MAX_CURVE_POINT] = {0}, out[MAX_CURVE_POINT];
    TestRandom   source;
    CryptoRandom random = pk_random(&source, 1);

    (void)state;
    assert_int_equal(sslr_curve_check_point(CURVE_NONE, bytes, 65), SSLCryptoErr);
    assert_int_equal(sslr_curve_public(CURVE_NONE, NULL, bytes, out), SSLCryptoErr);
    assert_int_equal(sslr_ecdh_generate(CURVE_NONE, &random, bytes, out), SSLCryptoErr);
    assert_int_equal(sslr_ecdh_generate(CURVE_ED25519, &random, bytes, out), SSLCryptoErr);
    assert_int_equal(sslr_ecdh_derive(CURVE_ED25519, &random, bytes, bytes, 32, out), SSLCryptoErr);
    assert_int_equal(sslr_curve_check_point(CURVE_X25519, bytes, 31), SSLProtocolErr);
    assert_int_equal(sslr_curve_check_point(CURVE_ED25519, bytes, 33), SSLProtocolErr);
}

/* ---- key agreement ---- */

static void both_sides_agree(void **state)
{
    static const CurveId ids[] = {CURVE_P256, CURVE_P384, CURVE_P521, CURVE_X25519};
    size_t               i;

    (void)state;
    for (i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
        uint8_t a[MAX_CURVE_SCALAR], b[MAX_CURVE_SCALAR], one[MAX_CURVE_SCALAR],
            other[MAX_CURVE_SCALAR], a_point[MAX_CURVE_POINT], b_point[MAX_CURVE_POINT];
        TestRandom   source;
        CryptoRandom random = pk_random(&source, (uint32_t)i * 1000);
        size_t       length = sslr_curve_point_size(ids[i]);

        assert_int_equal(sslr_ecdh_generate(ids[i], &random, a, a_point), SSLNoErr);
        assert_int_equal(sslr_ecdh_generate(ids[i], &random, b, b_point), SSLNoErr);
        assert_memory_not_equal(a_point, b_point, length);
        assert_int_equal(sslr_curve_check_point(ids[i], a_point, length), SSLNoErr);
        assert_int_equal(sslr_ecdh_derive(ids[i], &random, a, b_point, length, one), SSLNoErr);
        assert_int_equal(sslr_ecdh_derive(ids[i], &random, b, a_point, length, other), SSLNoErr);
        assert_memory_equal(one, other, sslr_curve_scalar_size(ids[i]));
        assert_int_equal(sslr_ecdh_derive(ids[i], &random, b, a_point, length - 1, other),
                         SSLProtocolErr);
        assert_true(pk_all_zero(other, sslr_curve_scalar_size(ids[i])));
    }
}

static void secret_keeps_its_leading_zeros(void **state)
{
    uint8_t secret[32];

    (void)state;
    memset(secret, 0xee, sizeof(secret));
    assert_int_equal(sslr_ecdh_derive(CURVE_P256, NULL, pk_bytes(P256_SHORT_SCALAR),
                                      pk_bytes(P256_POINT), 65, secret),
                     SSLNoErr);
    assert_memory_equal(secret, pk_bytes(P256_SHORT_SECRET), 32);
    assert_int_equal(secret[0] | secret[1], 0);
}

static void agreement_checks_the_peers_value(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < NIST_CURVES; i++) {
        uint8_t      point[MAX_CURVE_POINT], secret[MAX_CURVE_SCALAR], zero[MAX_CURVE_SCALAR] = {0};
        TestRandom   source;
        CryptoRandom random   = pk_random(&source, 1);
        size_t       length   = 2 * nist[i].size + 1;
        const uint8_t *scalar = pk_bytes(nist[i].scalar);

        memcpy(point, pk_bytes(nist[i].point), length);
        point[length - 1] ^= 2;
        memset(secret, 0xee, sizeof(secret));
        assert_int_equal(sslr_ecdh_derive(nist[i].id, &random, scalar, point, length, secret),
                         SSLProtocolErr);
        assert_true(pk_all_zero(secret, nist[i].size));
        point[length - 1] ^= 2;
        point[0] = 6;
        assert_int_equal(sslr_ecdh_derive(nist[i].id, &random, scalar, point, length, secret),
                         SSLProtocolErr);
        point[0] = 4;
        assert_int_equal(sslr_ecdh_derive(nist[i].id, &random, zero, point, length, secret),
                         SSLBadKeyErr);
        assert_int_equal(sslr_ecdh_derive(nist[i].id, &random, scalar, point, length, secret),
                         SSLNoErr);
    }
}

static void x25519_point_of_small_order_is_refused(void **state)
{
    uint8_t scalar[32] = {8}, point[32] = {0}, secret[32];

    (void)state;
    assert_int_equal(sslr_ecdh_derive(CURVE_X25519, NULL, scalar, point, 32, secret),
                     SSLProtocolErr);
    point[0] = 1;
    assert_int_equal(sslr_ecdh_derive(CURVE_X25519, NULL, scalar, point, 32, secret),
                     SSLProtocolErr);
    assert_true(pk_all_zero(secret, 32));
}

static void broken_source_stops_curves(void **state)
{
    static const CurveId ids[] = {CURVE_P256, CURVE_P384, CURVE_P521, CURVE_X25519};
    size_t               i;

    (void)state;
    for (i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
        uint8_t scalar[MAX_CURVE_SCALAR], point[MAX_CURVE_POINT];
        int     calls;

        for (calls = 0; calls < (ids[i] == CURVE_X25519 ? 1 : 2); calls++) {
            TestRandom   source;
            CryptoRandom random = pk_random(&source, 5);

            source.calls_left = calls;
            memset(scalar, 0xee, sizeof(scalar));
            memset(point, 0xee, sizeof(point));
            assert_int_equal(sslr_ecdh_generate(ids[i], &random, scalar, point), BROKEN_SOURCE);
            assert_true(pk_all_zero(scalar, sslr_curve_scalar_size(ids[i])));
            assert_true(pk_all_zero(point, sslr_curve_point_size(ids[i])));
        }
    }
    for (i = 0; i < NIST_CURVES; i++) {
        uint8_t      secret[MAX_CURVE_SCALAR];
        TestRandom   source;
        CryptoRandom random = pk_random(&source, 5);

        source.calls_left = 0;
        memset(secret, 0xee, sizeof(secret));
        assert_int_equal(sslr_ecdh_derive(nist[i].id, &random, pk_bytes(nist[i].scalar),
                                          pk_bytes(nist[i].point), 2 * nist[i].size + 1, secret),
                         BROKEN_SOURCE);
        assert_true(pk_all_zero(secret, nist[i].size));
    }
}

/* ---- ECDSA ---- */

typedef struct EcdsaVector {
    CurveId     id;
    HashId      hash;
    const char *message, *hedge, *scalar, *point, *signature;
} EcdsaVector;

static const EcdsaVector ecdsa_vectors[] = {ECDSA_VECTORS};

static void nonces_are_those_of_rfc6979(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(ecdsa_vectors) / sizeof(ecdsa_vectors[0]); i++) {
        const EcdsaVector *vector = &ecdsa_vectors[i];
        Number       expected = pk_number(vector->signature), hedge = pk_number(vector->hedge);
        Number       point = pk_number(vector->point);
        uint8_t      digest[MAX_HASH_SIZE], signature[MAX_ECDSA_SIZE];
        size_t       size = sslr_hash_size(vector->hash), length = 0;
        TestRandom   source;
        CryptoRandom random = pk_random(&source, (uint32_t)i);

        sslr_hash(vector->hash, vector->message, strlen(vector->message), digest);
        source.first        = hedge.data;
        source.first_length = hedge.length;
        assert_int_equal(sslr_ecdsa_sign(vector->id, hedge.length != 0 ? &random : NULL,
                                         pk_bytes(vector->scalar), vector->hash, digest, size,
                                         signature, &length),
                         SSLNoErr);
        assert_int_equal(length, expected.length);
        assert_memory_equal(signature, expected.data, length);
        assert_int_equal(sslr_ecdsa_verify(vector->id, point.data, point.length, digest, size,
                                           signature, length),
                         SSLNoErr);
        digest[0] ^= 1;
        assert_int_equal(sslr_ecdsa_verify(vector->id, point.data, point.length, digest, size,
                                           signature, length),
                         SSLProtocolErr);
    }
}

/* Fresh bytes make another signature; the same bytes the same one, whatever blinding draws. */
static void signatures_are_hedged(void **state)
{
    uint8_t one[MAX_ECDSA_SIZE], two[MAX_ECDSA_SIZE], digest[32] = {7};
    size_t  one_length, two_length;
    size_t  i;

    (void)state;
    for (i = 0; i < NIST_CURVES; i++) {
        const uint8_t *scalar = pk_bytes(nist[i].scalar), *hedge = pk_bytes(HEDGE);
        TestRandom     a, b;
        CryptoRandom   a_random = pk_random(&a, 1), b_random = pk_random(&b, 2);

        assert_int_equal(sslr_ecdsa_sign(nist[i].id, &a_random, scalar, HASH_SHA256, digest, 32,
                                         one, &one_length),
                         SSLNoErr);
        assert_int_equal(sslr_ecdsa_sign(nist[i].id, &b_random, scalar, HASH_SHA256, digest, 32,
                                         two, &two_length),
                         SSLNoErr);
        assert_memory_not_equal(one, two, 40);
        a_random = pk_random(&a, 3);
        b_random = pk_random(&b, 4);
        a.first = b.first = hedge;
        a.first_length = b.first_length = 32;
        assert_int_equal(sslr_ecdsa_sign(nist[i].id, &a_random, scalar, HASH_SHA256, digest, 32,
                                         one, &one_length),
                         SSLNoErr);
        assert_int_equal(sslr_ecdsa_sign(nist[i].id, &b_random, scalar, HASH_SHA256, digest, 32,
                                         two, &two_length),
                         SSLNoErr);
        assert_int_equal(one_length, two_length);
        assert_memory_equal(one, two, one_length);
    }
}

static void digests_of_any_length_are_signed(void **state)
{
    uint8_t digest[80], signature[MAX_ECDSA_SIZE];
    size_t  i, size, length;

    (void)state;
    memset(digest, 0xa5, sizeof(digest));
    for (i = 0; i < NIST_CURVES; i++) {
        Number       point = pk_number(nist[i].point);
        TestRandom   source;
        CryptoRandom random = pk_random(&source, 9);

        for (size = 0; size <= sizeof(digest); size += 16) {
            assert_int_equal(sslr_ecdsa_sign(nist[i].id, &random, pk_bytes(nist[i].scalar),
                                             HASH_NONE, digest, size, signature, &length),
                             SSLNoErr);
            assert_true(length <= MAX_ECDSA_SIZE);
            assert_int_equal(sslr_ecdsa_verify(nist[i].id, point.data, point.length, digest, size,
                                               signature, length),
                             SSLNoErr);
        }
    }
}

static void broken_source_stops_signing(void **state)
{
    uint8_t signature[MAX_ECDSA_SIZE], digest[32] = {7};
    size_t  i, length;
    int     calls;

    (void)state;
    for (i = 0; i < NIST_CURVES; i++) {
        for (calls = 0; calls < 3; calls++) { /* hedge, representation, blinding */
            TestRandom   source;
            CryptoRandom random = pk_random(&source, 1);

            source.calls_left = calls;
            memset(signature, 0xee, sizeof(signature));
            assert_int_equal(sslr_ecdsa_sign(nist[i].id, &random, pk_bytes(nist[i].scalar),
                                             HASH_SHA256, digest, 32, signature, &length),
                             BROKEN_SOURCE);
            assert_int_equal(length, 0);
            assert_int_equal(signature[0], 0);
        }
    }
}

/* Keys +-1, +-2, +-3 times the base point, and sums that double or vanish on the way. */
static void verification_survives_special_keys(void **state)
{
    static const struct {
        const char *name;
        int         valid;
        const char *digest, *point, *signature;
    } cases[] = {ECDSA_SPECIAL};
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        Number point = pk_number(cases[i].point), signature = pk_number(cases[i].signature);
        SSLErr err =
            sslr_ecdsa_verify(CURVE_P256, point.data, point.length, pk_bytes(cases[i].digest), 32,
                              signature.data, signature.length);

        if (err != (cases[i].valid ? SSLNoErr : SSLProtocolErr)) {
            fail_msg("%s: %d", cases[i].name, err);
        }
    }
}

static void malformed_signatures_are_refused(void **state)
{
    uint8_t digest[32] = {1};
    Number  point      = pk_number(P256_POINT), r, s;
    size_t  i;

    (void)state;
    assert_int_equal(sslr_signature_parse(pk_bytes("3006020101020101"), 8, &r, &s), SSLNoErr);
    for (i = 0; i < PK_MALFORMED_SIGNATURES; i++) {
        Number signature = pk_number(pk_malformed_signatures[i]);

        assert_int_equal(sslr_signature_parse(signature.data, signature.length, &r, &s),
                         SSLProtocolErr);
        assert_int_equal(sslr_ecdsa_verify(CURVE_P256, point.data, point.length, digest, 32,
                                           signature.data, signature.length),
                         SSLProtocolErr);
    }
}

/* Put two 33-byte integers together: enough room for r + n. */
static size_t build(const uint8_t r[33], const uint8_t s[33], uint8_t *out)
{
    const uint8_t *parts[2];
    size_t         length = 2;
    int            i;

    parts[0] = r;
    parts[1] = s;
    for (i = 0; i < 2; i++) {
        size_t zeros = 0;

        while (zeros < 32 && parts[i][zeros] == 0 && parts[i][zeros + 1] < 0x80) {
            zeros++;
        }
        out[length++] = 0x02;
        out[length++] = (uint8_t)(33 - zeros);
        memcpy(out + length, parts[i] + zeros, 33 - zeros);
        length += 33 - zeros;
    }
    out[0] = 0x30;
    out[1] = (uint8_t)(length - 2);
    return length;
}

/* out = a + b or a - b, all of 33 bytes */
static void combine(const uint8_t *a, const uint8_t *b, int sign, uint8_t *out)
{
    int carry = 0, i;

    for (i = 32; i >= 0; i--) {
        carry += a[i] + sign * b[i];
        out[i] = (uint8_t)(carry & 0xff);
        carry  = (carry - out[i]) / 256;
    }
}

static void split(const uint8_t *signature, uint8_t r[33], uint8_t s[33])
{
    size_t r_length = signature[3], s_length = signature[5 + r_length];

    memset(r, 0, 33);
    memset(s, 0, 33);
    memcpy(r + 33 - r_length, signature + 4, r_length);
    memcpy(s + 33 - s_length, signature + 6 + r_length, s_length);
}

static void ranges_of_r_and_s_are_checked(void **state)
{
    uint8_t r[33], s[33], n[33] = {0}, zero[33] = {0}, changed[33], signature[80], digest[32];
    Number  point = pk_number(P256_POINT);
    size_t  length;

#define VERIFY(a, b)                                                                               \
    (length = build((a), (b), signature),                                                          \
     sslr_ecdsa_verify(CURVE_P256, point.data, point.length, digest, 32, signature, length))

    (void)state;
    sslr_hash(HASH_SHA256, "sample", 6, digest);
    split(pk_bytes(ecdsa_vectors[0].signature), r, s);
    memcpy(n + 1, pk_bytes(P256_ORDER), 32);
    assert_int_equal(VERIFY(r, s), SSLNoErr);
    assert_int_equal(VERIFY(zero, s), SSLProtocolErr);
    assert_int_equal(VERIFY(r, zero), SSLProtocolErr);
    assert_int_equal(VERIFY(n, s), SSLProtocolErr);
    assert_int_equal(VERIFY(r, n), SSLProtocolErr);
    combine(r, n, 1, changed);
    assert_int_equal(VERIFY(changed, s), SSLProtocolErr);
    combine(s, n, 1, changed);
    assert_int_equal(VERIFY(r, changed), SSLProtocolErr);
    combine(n, s, -1, changed); /* the other s of the pair is as good */
    assert_int_equal(VERIFY(r, changed), SSLNoErr);
    combine(n, r, -1, changed);
    assert_int_equal(VERIFY(changed, s), SSLProtocolErr);
#undef VERIFY
}

static void signature_needs_a_valid_key(void **state)
{
    uint8_t digest[32], bad[65];
    Number  point = pk_number(P256_POINT), signature = pk_number(ecdsa_vectors[0].signature);

    (void)state;
    sslr_hash(HASH_SHA256, "sample", 6, digest);
    memcpy(bad, point.data, 65);
    bad[64] ^= 1;
    assert_int_equal(
        sslr_ecdsa_verify(CURVE_P256, bad, 65, digest, 32, signature.data, signature.length),
        SSLProtocolErr);
    assert_int_equal(
        sslr_ecdsa_verify(CURVE_P384, point.data, 65, digest, 32, signature.data, signature.length),
        SSLProtocolErr);
    assert_int_equal(sslr_ecdsa_verify(CURVE_X25519, point.data, 32, digest, 32, signature.data,
                                       signature.length),
                     SSLCryptoErr);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes_are_those_of_the_standards),
        cmocka_unit_test(public_value_belongs_to_the_scalar),
        cmocka_unit_test(scalar_outside_the_group_is_a_bad_key),
        cmocka_unit_test(points_that_are_none_are_refused),
        cmocka_unit_test(coordinate_p_is_not_zero),
        cmocka_unit_test(unknown_curves_are_refused),
        cmocka_unit_test(both_sides_agree),
        cmocka_unit_test(secret_keeps_its_leading_zeros),
        cmocka_unit_test(agreement_checks_the_peers_value),
        cmocka_unit_test(x25519_point_of_small_order_is_refused),
        cmocka_unit_test(broken_source_stops_curves),
        cmocka_unit_test(nonces_are_those_of_rfc6979),
        cmocka_unit_test(signatures_are_hedged),
        cmocka_unit_test(digests_of_any_length_are_signed),
        cmocka_unit_test(broken_source_stops_signing),
        cmocka_unit_test(verification_survives_special_keys),
        cmocka_unit_test(malformed_signatures_are_refused),
        cmocka_unit_test(ranges_of_r_and_s_are_checked),
        cmocka_unit_test(signature_needs_a_valid_key),
    };

    if (sslr_crypto_setup() != SSLNoErr) {
        return 1;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
