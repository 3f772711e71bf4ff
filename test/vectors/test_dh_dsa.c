/*
 * test_dh_dsa.c - finite-field Diffie-Hellman and DSA: known answers, groups and values at the
 * edges, and a modulus that is made to keep us busy.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "public_key_support.h"
#include "public_key_vectors.h"

/* ---- Diffie-Hellman ---- */

static DhGroup ffdhe2048(size_t exponent_size)
{
    static const uint8_t two = 2;
    DhGroup              group;

    group.p             = pk_number(FFDHE2048_P);
    group.g.data        = &two;
    group.g.length      = 1;
    group.exponent_size = exponent_size;
    return group;
}

static void shared_secret_has_the_width_of_p(void **state)
{
    DhGroup group = ffdhe2048(29);
    uint8_t secret[256];

    (void)state;
    memset(secret, 0xee, sizeof(secret));
    assert_int_equal(sslr_dh_derive(&group, pk_bytes(DH_PRIVATE), pk_bytes(DH_PEER), 256, secret),
                     SSLNoErr);
    assert_memory_equal(secret, pk_bytes(DH_SECRET), 256);
    assert_int_equal(secret[0], 0);
}

static void dh_sides_agree(void **state)
{
    static const size_t exponents[] = {0, 29, 32, 256};
    size_t              i;

    (void)state;
    for (i = 0; i < sizeof(exponents) / sizeof(exponents[0]); i++) {
        DhGroup      group = ffdhe2048(exponents[i]);
        uint8_t      a[256], b[256], a_public[256], b_public[256], one[256], other[256];
        TestRandom   source;
        CryptoRandom random = pk_random(&source, (uint32_t)i * 100);

        assert_int_equal(sslr_dh_private_size(&group), exponents[i] != 0 ? exponents[i] : 256);
        assert_int_equal(sslr_dh_generate(&group, &random, a, a_public), SSLNoErr);
        assert_int_equal(sslr_dh_generate(&group, &random, b, b_public), SSLNoErr);
        assert_memory_not_equal(a_public, b_public, 256);
        assert_int_equal(sslr_dh_derive(&group, a, b_public, 256, one), SSLNoErr);
        assert_int_equal(sslr_dh_derive(&group, b, a_public, 256, other), SSLNoErr);
        assert_memory_equal(one, other, 256);
    }
}

static void dh_values_at_the_edges_are_refused(void **state)
{
    DhGroup        group  = ffdhe2048(29);
    const uint8_t *x      = pk_bytes(DH_PRIVATE);
    uint8_t        y[257] = {0}, secret[256];

    (void)state;
    memset(secret, 0xee, sizeof(secret));
    assert_int_equal(sslr_dh_derive(&group, x, y, 256, secret), SSLProtocolErr);
    assert_true(pk_all_zero(secret, 256));
    assert_int_equal(sslr_dh_derive(&group, x, y, 0, secret), SSLProtocolErr);
    y[255] = 1;
    assert_int_equal(sslr_dh_derive(&group, x, y, 256, secret), SSLProtocolErr);
    y[255] = 2;
    assert_int_equal(sslr_dh_derive(&group, x, y, 256, secret), SSLNoErr);
    assert_memory_equal(secret, pk_bytes(DH_PUBLIC), 256);
    assert_int_equal(sslr_dh_derive(&group, x, y, 257, secret), SSLProtocolErr);
    memcpy(y, group.p.data, 256);
    assert_int_equal(sslr_dh_derive(&group, x, y, 256, secret), SSLProtocolErr); /* p */
    pk_step(y, 256, 1);
    assert_int_equal(sslr_dh_derive(&group, x, y, 256, secret), SSLProtocolErr); /* p + 1 */
    pk_step(y, 256, -2);
    assert_int_equal(sslr_dh_derive(&group, x, y, 256, secret), SSLProtocolErr); /* p - 1 */
    pk_step(y, 256, -1);
    assert_int_equal(sslr_dh_derive(&group, x, y, 256, secret), SSLNoErr); /* p - 2 */
}

static void dh_groups_are_checked(void **state)
{
    static const uint8_t edges[] = {0, 1, 2};
    static uint8_t       p[1025];
    DhGroup              group = ffdhe2048(0);

    (void)state;
    assert_int_equal(sslr_dh_check_group(&group, 2048), SSLNoErr);
    assert_int_equal(sslr_dh_check_group(&group, 2049), SSLProtocolErr);
    group.g.data = edges;
    assert_int_equal(sslr_dh_check_group(&group, 1024), SSLProtocolErr);
    group.g.data = edges + 1;
    assert_int_equal(sslr_dh_check_group(&group, 1024), SSLProtocolErr);
    group.g.length = 0;
    assert_int_equal(sslr_dh_check_group(&group, 1024), SSLProtocolErr);
    memcpy(p, group.p.data, 256);
    group.g.data   = p;
    group.g.length = 256;
    assert_int_equal(sslr_dh_check_group(&group, 1024), SSLProtocolErr); /* g = p */
    pk_step(p, 256, -1);
    assert_int_equal(sslr_dh_check_group(&group, 1024), SSLProtocolErr); /* g = p - 1 */
    pk_step(p, 256, -1);
    assert_int_equal(sslr_dh_check_group(&group, 1024), SSLNoErr);
    group        = ffdhe2048(0);
    group.p.data = p;
    p[255]       = 0xfe; /* even */
    assert_int_equal(sslr_dh_check_group(&group, 1024), SSLProtocolErr);
    memset(p, 0xff, sizeof(p));
    group.p.length = 1024;
    assert_int_equal(sslr_dh_check_group(&group, 1024), SSLNoErr);
    group.p.length = 1025;
    assert_int_equal(sslr_dh_check_group(&group, 1024), SSLProtocolErr);
    group               = ffdhe2048(0);
    group.exponent_size = 257;
    assert_int_equal(sslr_dh_check_group(&group, 1024), SSLProtocolErr);
    group.p.length = 0;
    assert_int_equal(sslr_dh_check_group(&group, 0), SSLProtocolErr);
}

/* A generator of order 2 or 4 would make every secret guessable. */
static void small_subgroup_shows_in_the_secret(void **state)
{
    static const uint8_t p[] = {13}, g[] = {2}, five[] = {5}; /* 5 has order 4 modulo 13 */
    DhGroup              group = {{p, 1}, {g, 1}, 1};
    uint8_t              x = 4, secret = 0xee;

    (void)state;
    assert_int_equal(sslr_dh_derive(&group, &x, five, 1, &secret), SSLProtocolErr);
    assert_int_equal(secret, 0);
}

static void broken_source_stops_dh(void **state)
{
    DhGroup      group = ffdhe2048(29);
    uint8_t      x[29], y[256];
    TestRandom   source;
    CryptoRandom random = pk_random(&source, 1);

    (void)state;
    source.calls_left = 0;
    memset(x, 0xee, sizeof(x));
    memset(y, 0xee, sizeof(y));
    assert_int_equal(sslr_dh_generate(&group, &random, x, y), BROKEN_SOURCE);
    assert_true(pk_all_zero(x, sizeof(x)) && pk_all_zero(y, sizeof(y)));
}

static double seconds(const RsaPublicKey *key)
{
    static uint8_t in[1024], out[1024];
    clock_t        start = clock();
    int            i;

    memset(in, 0x55, sizeof(in));
    for (i = 0; i < 4; i++) {
        assert_int_equal(sslr_rsa_public(key, in, 1024, out), SSLNoErr);
    }
    return (double)(clock() - start + 1);
}

/* libtommath's exptmod takes a thousand times longer for a modulus of this shape: mostly ones, and
 * zeros below the top bit. */
static void shape_of_a_modulus_does_not_slow_us(void **state)
{
    static uint8_t       shaped[1024], plain[1024];
    static const uint8_t e[] = {1, 0, 1};
    RsaPublicKey         key = {{NULL, 1024}, {e, 3}};
    double               plain_time;
    size_t               i;

    (void)state;
    memset(shaped, 0xff, sizeof(shaped));
    memset(shaped, 0, sizeof(shaped) * 2 / 5);
    shaped[0] = 0x80;
    for (i = 0; i < sizeof(plain); i++) {
        plain[i] = (uint8_t)(0x81 + 7 * i);
    }
    plain[0] = 0x80;
    plain[1023] |= 1;
    key.n.data = plain;
    plain_time = seconds(&key);
    key.n.data = shaped;
    assert_true(seconds(&key) < 30 * plain_time + CLOCKS_PER_SEC / 50);
}

/* ---- DSA ---- */

static DsaPublicKey dsa_key(void)
{
    DsaPublicKey key;

    key.p = pk_number(DSA_P);
    key.q = pk_number(DSA_Q);
    key.g = pk_number(DSA_G);
    key.y = pk_number(DSA_Y);
    return key;
}

static void dsa_signatures_of_rfc6979_verify(void **state)
{
    DsaPublicKey key  = dsa_key();
    Number       sha1 = pk_number(DSA_SIGNATURE_SHA1), sha256 = pk_number(DSA_SIGNATURE_SHA256);
    uint8_t      digest[32];

    (void)state;
    sslr_hash(HASH_SHA1, "sample", 6, digest);
    assert_int_equal(sslr_dsa_verify(&key, digest, 20, sha1.data, sha1.length), SSLNoErr);
    assert_int_equal(sslr_dsa_verify(&key, digest, 19, sha1.data, sha1.length), SSLProtocolErr);
    sslr_hash(HASH_SHA256, "sample", 6, digest);
    assert_int_equal(sslr_dsa_verify(&key, digest, 32, sha256.data, sha256.length), SSLNoErr);
    assert_int_equal(sslr_dsa_verify(&key, digest, 32, sha1.data, sha1.length), SSLProtocolErr);
    digest[0] ^= 0x80;
    assert_int_equal(sslr_dsa_verify(&key, digest, 32, sha256.data, sha256.length), SSLProtocolErr);
}

static void dsa_keys_are_checked(void **state)
{
    static uint8_t big[385];
    uint8_t        digest[32];
    Number         signature = pk_number(DSA_SIGNATURE_SHA256);
    uint8_t        q[20], one = 1;
    DsaPublicKey   good, key;

#define VERIFY() sslr_dsa_verify(&key, digest, 32, signature.data, signature.length)
    (void)state;
    good = key = dsa_key();
    sslr_hash(HASH_SHA256, "sample", 6, digest);
    assert_int_equal(VERIFY(), SSLNoErr);
    memset(big, 0xff, sizeof(big));
    key.p.data   = big;
    key.p.length = 385;
    assert_int_equal(VERIFY(), SSLProtocolErr);
    key.p.length = 127;
    assert_int_equal(VERIFY(), SSLProtocolErr);
    key          = good;
    key.q.data   = big;
    key.q.length = 33;
    assert_int_equal(VERIFY(), SSLProtocolErr);
    key = good;
    memcpy(q, good.q.data, 20);
    pk_step(q, 20, 2); /* does not divide p - 1 */
    key.q.data = q;
    assert_int_equal(VERIFY(), SSLProtocolErr);
    pk_step(q, 20, -1); /* even */
    assert_int_equal(VERIFY(), SSLProtocolErr);
    key.q.length = 0;
    assert_int_equal(VERIFY(), SSLProtocolErr);
    key          = good;
    key.g.data   = &one;
    key.g.length = 1;
    assert_int_equal(VERIFY(), SSLProtocolErr);
    key          = good;
    key.y.data   = &one;
    key.y.length = 1;
    assert_int_equal(VERIFY(), SSLProtocolErr);
    key   = good;
    key.y = key.p;
    assert_int_equal(VERIFY(), SSLProtocolErr);
#undef VERIFY
}

static void dsa_malformed_signatures_are_refused(void **state)
{
    DsaPublicKey key        = dsa_key();
    uint8_t      digest[20] = {1}, big[46] = {0x30, 44, 2, 20};
    size_t       i;

    (void)state;
    for (i = 0; i < PK_MALFORMED_SIGNATURES; i++) {
        Number signature = pk_number(pk_malformed_signatures[i]);

        assert_int_equal(sslr_dsa_verify(&key, digest, 20, signature.data, signature.length),
                         SSLProtocolErr);
    }
    /* r = s = q */
    big[3] = 21;
    memcpy(big + 5, key.q.data, 20);
    big[25] = 2;
    big[26] = 1;
    big[27] = 1;
    big[1]  = 26;
    assert_int_equal(sslr_dsa_verify(&key, digest, 20, big, 28), SSLProtocolErr);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shared_secret_has_the_width_of_p),
        cmocka_unit_test(dh_sides_agree),
        cmocka_unit_test(dh_values_at_the_edges_are_refused),
        cmocka_unit_test(dh_groups_are_checked),
        cmocka_unit_test(small_subgroup_shows_in_the_secret),
        cmocka_unit_test(broken_source_stops_dh),
        cmocka_unit_test(shape_of_a_modulus_does_not_slow_us),
        cmocka_unit_test(dsa_signatures_of_rfc6979_verify),
        cmocka_unit_test(dsa_keys_are_checked),
        cmocka_unit_test(dsa_malformed_signatures_are_refused),
    };

    if (sslr_crypto_setup() != SSLNoErr) {
        return 1;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
