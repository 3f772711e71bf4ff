/*
 * test_curve25519.c - X25519 against RFC 7748, Ed25519 against RFC 8032, what verification must
 * refuse, and Wycheproof where installed (see wycheproof.h). Included again by
 * test_curve25519_32.c for the arithmetic of 32-bit machines.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../../crypto/curve25519.h"
#include "../../crypto/field25519.h"
#include "../../crypto/scalar25519.h"
#include "hex.h"
#include "wycheproof.h"

static void fill_pattern(uint8_t *out, size_t length, unsigned factor, unsigned offset)
{
    size_t i;

    for (i = 0; i < length; i++) {
        out[i] = (uint8_t)(factor * i + offset);
    }
}

/* ---- the field ---- */

/* p - 1, p, p + 1, 2^255 - 1 and 2^255 (whose top bit is ignored) must all come out reduced. */
static void field_elements_have_one_encoding(void **unused)
{
    static const char *const cases[][2] = {
        {"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
         "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"},
        {"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
         "0000000000000000000000000000000000000000000000000000000000000000"},
        {"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
         "0100000000000000000000000000000000000000000000000000000000000000"},
        {"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
         "1200000000000000000000000000000000000000000000000000000000000000"},
        {"0000000000000000000000000000000000000000000000000000000000000080",
         "0000000000000000000000000000000000000000000000000000000000000000"},
    };
    size_t i;

    (void)unused;
    for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        Field25519 a;
        uint8_t    bytes[32];

        from_hex(bytes, cases[i][0]);
        sslr_field_from_bytes(&a, bytes);
        sslr_field_to_bytes(bytes, &a);
        assert_hex(bytes, 32, cases[i][1]);
    }
}

/* Sums of three elements with the largest limbs are what every function must still take. */
static void the_largest_sums_do_not_overflow(void **unused)
{
    Field25519 a, three, square, by_hand, b;
    uint8_t    bytes[32], left[32], right[32];

    (void)unused;
    memset(bytes, 0xff, sizeof bytes);
    sslr_field_from_bytes(&a, bytes); /* 18 modulo p */
    sslr_field_add(&three, &a, &a);
    sslr_field_add(&three, &three, &a);
    sslr_field_square(&square, &three);
    sslr_field_multiply(&b, &three, &three);
    sslr_field_from_small(&by_hand, 54 * 54);
    sslr_field_to_bytes(left, &square);
    sslr_field_to_bytes(right, &by_hand);
    assert_memory_equal(left, right, 32);
    sslr_field_to_bytes(left, &b);
    assert_memory_equal(left, right, 32);

    sslr_field_from_small(&b, 0);
    sslr_field_subtract(&b, &b, &three);
    sslr_field_add(&b, &b, &three);
    assert_true(sslr_field_is_zero(&b));
    sslr_field_multiply_small(&b, &three, 121665);
    sslr_field_from_small(&by_hand, 54 * 121665);
    sslr_field_to_bytes(left, &b);
    sslr_field_to_bytes(right, &by_hand);
    assert_memory_equal(left, right, 32);

    sslr_field_invert(&b, &three);
    sslr_field_multiply(&b, &b, &three);
    sslr_field_from_small(&by_hand, 1);
    sslr_field_subtract(&b, &b, &by_hand);
    assert_true(sslr_field_is_zero(&b));
}

static void scalars_are_reduced(void **unused)
{
    static const char *order_bytes =
        "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";
    uint8_t wide[64] = {0}, out[32], one[32] = {1}, zero[32] = {0};

    (void)unused;
    from_hex(wide, order_bytes);
    assert_false(sslr_scalar_is_canonical(wide));
    sslr_scalar_reduce(out, wide);
    assert_memory_equal(out, zero, 32);
    wide[0] = (uint8_t)(wide[0] - 1);
    assert_true(sslr_scalar_is_canonical(wide));
    sslr_scalar_reduce(out, wide);
    assert_memory_equal(out, wide, 32);
    sslr_scalar_multiply_add(out, out, out, zero); /* (-1)(-1) + 0 */
    assert_memory_equal(out, one, 32);
    memset(wide, 0xff, sizeof wide); /* computed with Python */
    sslr_scalar_reduce(out, wide);
    assert_hex(out, 32, "000f9c44e31106a447938568a71b0ed065bef517d273ecce3d9a307c1b419903");
    assert_false(sslr_scalar_is_canonical(wide));
}

/* ---- X25519 ---- */

typedef struct X25519Case {
    const char *scalar, *point, *result;
} X25519Case;

/* RFC 7748 5.2 */
static const X25519Case x25519_cases[] = {
    {"a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4",
     "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c",
     "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552"},
    {"4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d",
     "e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493",
     "95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957"},
};

static void x25519_has_its_published_values(void **unused)
{
    size_t i;

    (void)unused;
    for (i = 0; i < sizeof x25519_cases / sizeof x25519_cases[0]; i++) {
        uint8_t scalar[32], point[32], out[32];

        from_hex(scalar, x25519_cases[i].scalar);
        from_hex(point, x25519_cases[i].point);
        assert_true(sslr_x25519(out, scalar, point));
        assert_hex(out, 32, x25519_cases[i].result);
    }
}

/* RFC 7748 5.2, second kind of vectors */
static void x25519_a_thousand_times(void **unused)
{
    uint8_t k[32] = {9}, u[32] = {9}, r[32];
    int     i;

    (void)unused;
    for (i = 0; i < 1000; i++) {
        assert_true(sslr_x25519(r, k, u));
        memcpy(u, k, sizeof u);
        memcpy(k, r, sizeof k);
        if (i == 0) {
            assert_hex(k, 32, "422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079");
        }
    }
    assert_hex(k, 32, "684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51");
}

/* RFC 7748 6.1 */
static void alice_and_bob_agree(void **unused)
{
    uint8_t a[32], b[32], a_public[32], b_public[32];

    (void)unused;
    from_hex(a, "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a");
    from_hex(b, "5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb");
    sslr_x25519_public(a_public, a);
    sslr_x25519_public(b_public, b);
    assert_hex(a_public, 32, "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a");
    assert_hex(b_public, 32, "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f");
    assert_true(sslr_x25519(a, a, b_public)); /* the result may overwrite the scalar */
    assert_true(sslr_x25519(a_public, b, a_public));
    assert_hex(a, 32, "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742");
    assert_memory_equal(a, a_public, 32);
}

/* The points of order 1, 2, 4 and 8, and their forms above p (RFC 7748 6.1: the result is zero). */
static const char *const small_u[] = {
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
    "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
};

static void x25519_tells_points_of_small_order(void **unused)
{
    uint8_t scalar[32], point[32], out[32], zero[32] = {0};
    size_t  i;

    (void)unused;
    fill_pattern(scalar, sizeof scalar, 13, 6);
    for (i = 0; i < sizeof small_u / sizeof small_u[0]; i++) {
        from_hex(point, small_u[i]);
        assert_false(sslr_x25519(out, scalar, point));
        assert_memory_equal(out, zero, 32);
        point[31] |= 0x80;
        assert_false(sslr_x25519(out, scalar, point));
    }
}

static void wycheproof_x25519(void **unused)
{
    WycheproofTest *test = wycheproof_open("x25519_test");

    (void)unused;
    if (test == NULL) {
        skip();
    }
    while (wycheproof_next(test)) {
        size_t         scalar_length, point_length, shared_length;
        const uint8_t *scalar = wycheproof_bytes(test, "private", &scalar_length);
        const uint8_t *point  = wycheproof_bytes(test, "public", &point_length);
        const uint8_t *shared = wycheproof_bytes(test, "shared", &shared_length);
        uint8_t        out[32], zero[32] = {0};

        assert_true(scalar_length == 32 && point_length == 32 && shared_length == 32);
        assert_int_equal(sslr_x25519(out, scalar, point) == 0, memcmp(shared, zero, 32) == 0);
        assert_memory_equal(out, shared, 32);
        assert_int_not_equal(wycheproof_result(test), WYCHEPROOF_INVALID);
    }
    assert_int_equal(wycheproof_count(test), wycheproof_expected(test));
    wycheproof_close(test);
}

/* ---- Ed25519 ---- */

typedef struct Ed25519Case {
    const char *seed, *point, *message, *signature;
} Ed25519Case;

/* RFC 8032 7.1: tests 1, 2, 3 and SHA(abc) */
static const Ed25519Case ed25519_cases[] = {
    {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bac"
     "c61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"},
    {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e"
     "458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"},
    {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
     "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290"
     "ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"},
    {"833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
     "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
     "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a8"
     "36ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
     "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ec"
     "fdfbc7c66431e0303dca179c138ac17ad9bef1177331a704"},
};

static void ed25519_has_its_published_values(void **unused)
{
    size_t i;

    (void)unused;
    for (i = 0; i < sizeof ed25519_cases / sizeof ed25519_cases[0]; i++) {
        uint8_t seed[32], point[32], message[64], signature[64];
        size_t  length = from_hex(message, ed25519_cases[i].message);

        from_hex(seed, ed25519_cases[i].seed);
        sslr_ed25519_public(seed, point);
        assert_hex(point, 32, ed25519_cases[i].point);
        assert_int_equal(sslr_ed25519_sign(seed, length != 0 ? message : NULL, length, signature),
                         SSLNoErr);
        assert_hex(signature, 64, ed25519_cases[i].signature);
        assert_int_equal(sslr_ed25519_verify(point, message, length, signature), SSLNoErr);
    }
}

typedef struct Signed {
    uint8_t point[32], message[2], signature[64];
} Signed;

static Signed make_signed(void)
{
    Signed made;

    from_hex(made.point, ed25519_cases[2].point);
    from_hex(made.message, ed25519_cases[2].message);
    from_hex(made.signature, ed25519_cases[2].signature);
    return made;
}

static SSLErr verify_signed(const Signed *made)
{
    return sslr_ed25519_verify(made->point, made->message, sizeof made->message, made->signature);
}

static void any_changed_bit_of_a_signature_is_refused(void **unused)
{
    Signed   made = make_signed();
    uint8_t *parts[3];
    size_t   sizes[3] = {sizeof made.point, sizeof made.message, sizeof made.signature};
    size_t   i, bit;

    (void)unused;
    parts[0] = made.point;
    parts[1] = made.message;
    parts[2] = made.signature;
    assert_int_equal(verify_signed(&made), SSLNoErr);
    for (i = 0; i < 3; i++) {
        for (bit = 0; bit < 8 * sizes[i]; bit++) {
            parts[i][bit / 8] ^= (uint8_t)(1 << bit % 8);
            assert_int_equal(verify_signed(&made), SSLProtocolErr);
            parts[i][bit / 8] ^= (uint8_t)(1 << bit % 8);
        }
    }
}

/* S + L fits in 32 bytes and gives the same point: without the check anybody could make a second
 * signature out of a first one. */
static void an_s_of_l_or_more_is_refused(void **unused)
{
    static const char *order_text =
        "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";
    Signed   made = make_signed();
    uint8_t  order_bytes[32];
    unsigned carry, i, times;

    (void)unused;
    from_hex(order_bytes, order_text);
    for (times = 1; times < 15; times++) {
        for (i = 0, carry = 0; i < 32; i++) {
            carry += (unsigned)made.signature[32 + i] + order_bytes[i];
            made.signature[32 + i] = (uint8_t)carry;
            carry >>= 8;
        }
        assert_int_equal(carry, 0);
        assert_int_equal(verify_signed(&made), SSLProtocolErr);
    }
}

/* The eight points of small order and their other encodings. With such a key, S = 0 and another of
 * these points as R make a signature that fits one message in eight, or all. */
static const char *const small_points[] = {
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    /* not canonical */
    "0100000000000000000000000000000000000000000000000000000000000080",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
};

static void keys_of_small_order_are_refused(void **unused)
{
    size_t i, j;

    (void)unused;
    for (i = 0; i < sizeof small_points / sizeof small_points[0]; i++) {
        for (j = 0; j < sizeof small_points / sizeof small_points[0]; j++) {
            uint8_t point[32], signature[64] = {0}, message;

            from_hex(point, small_points[i]);
            from_hex(signature, small_points[j]); /* R; S = 0 */
            for (message = 0; message < 16; message++) {
                assert_int_equal(sslr_ed25519_verify(point, &message, 1, signature),
                                 SSLProtocolErr);
            }
        }
    }
}

/* y = p + 3 .. p + 18, with either sign, must be refused even where y - p belongs to a point; so
 * must what belongs to no point. The signature is right for the reduced key where there is one. */
static void keys_that_are_not_canonical_are_refused(void **unused)
{
    Signed   made = make_signed();
    unsigned low, sign, refused = 0;

    (void)unused;
    for (low = 0; low < 19; low++) {
        for (sign = 0; sign < 2; sign++) {
            memset(made.point, 0xff, 32);
            made.point[0]  = (uint8_t)(0xed + low);
            made.point[31] = (uint8_t)(0x7f | sign << 7);
            refused += verify_signed(&made) == SSLProtocolErr;
        }
    }
    assert_int_equal(refused, 38);
    memset(made.point, 0, 32);
    made.point[0] = 2; /* y = 2: (y^2 - 1) / (d y^2 + 1) is no square */
    assert_int_equal(verify_signed(&made), SSLProtocolErr);
}

static void wycheproof_ed25519(void **unused)
{
    WycheproofTest *test = wycheproof_open("ed25519_test");

    (void)unused;
    if (test == NULL) {
        skip();
    }
    while (wycheproof_next(test)) {
        size_t         point_length, length, signature_length;
        const uint8_t *point     = wycheproof_bytes(test, "group.publicKey.pk", &point_length);
        const uint8_t *message   = wycheproof_bytes(test, "msg", &length);
        const uint8_t *signature = wycheproof_bytes(test, "sig", &signature_length);
        int            valid     = wycheproof_result(test) == WYCHEPROOF_VALID;

        assert_int_equal(point_length, 32);
        if (signature_length != 64) { /* the caller's check */
            assert_false(valid);
            continue;
        }
        assert_int_equal(sslr_ed25519_verify(point, message, length, signature),
                         valid ? SSLNoErr : SSLProtocolErr);
    }
    assert_int_equal(wycheproof_count(test), wycheproof_expected(test));
    wycheproof_close(test);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(field_elements_have_one_encoding),
        cmocka_unit_test(the_largest_sums_do_not_overflow),
        cmocka_unit_test(scalars_are_reduced),
        cmocka_unit_test(x25519_has_its_published_values),
        cmocka_unit_test(x25519_a_thousand_times),
        cmocka_unit_test(alice_and_bob_agree),
        cmocka_unit_test(x25519_tells_points_of_small_order),
        cmocka_unit_test(wycheproof_x25519),
        cmocka_unit_test(ed25519_has_its_published_values),
        cmocka_unit_test(any_changed_bit_of_a_signature_is_refused),
        cmocka_unit_test(an_s_of_l_or_more_is_refused),
        cmocka_unit_test(keys_of_small_order_are_refused),
        cmocka_unit_test(keys_that_are_not_canonical_are_refused),
        cmocka_unit_test(wycheproof_ed25519),
    };

    return cmocka_run_group_tests_name("curve25519", tests, NULL, NULL);
}
