/*
 * test_classic_keys.c - RSA blocks of SSL 2.0's CLIENT-MASTER-KEY with their rollback marker, and
 * keys and groups of export size.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "public_key_support.h"

/* Bytes that anybody can compute again: byte i is factor * i + offset. */
static void fill_pattern(uint8_t *out, size_t length, unsigned factor, unsigned offset)
{
    size_t i;

    for (i = 0; i < length; i++) {
        out[i] = (uint8_t)(factor * i + offset);
    }
}

/* ---- RSA blocks of SSL 2.0 ---- */

static void client_master_key_goes_there_and_back(void **unused)
{
    static const size_t  lengths[] = {5, 8, 16, 24};
    const RsaPrivateKey *key       = pk_rsa_key(1024);
    RsaPublicKey         half      = pk_public_half(key);
    uint8_t              sent[24], fallback[24], received[25], wire[128], block[128];
    size_t               i, j;
    int                  marker, refuse;

    (void)unused;
    fill_pattern(sent, sizeof sent, 7, 0); /* a secret may contain zeros, and begin with one */
    memset(fallback, 0x5b, sizeof fallback);
    for (i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        size_t length = lengths[i];

        for (marker = 0; marker < 2; marker++) {
            TestRandom   source;
            CryptoRandom random = pk_random(&source, (uint32_t)i);

            assert_int_equal(sslr_rsa_encrypt_ssl2(&half, &random, sent, length, marker, wire),
                             SSLNoErr);
            assert_int_equal(sslr_rsa_private(key, &random, wire, 128, block), SSLNoErr);
            assert_true(block[0] == 0 && block[1] == 2 && block[127 - length] == 0);
            for (j = 2; j < 127 - length; j++) {
                assert_int_not_equal(block[j], 0);
                assert_true(!marker || j < 119 - length || block[j] == 3);
            }
            assert_true(marker || memcmp(block + 119 - length, block + 118 - length, 8) != 0);
            for (refuse = 0; refuse < 2; refuse++) {
                memset(received, 0xee, sizeof received);
                sslr_rsa_unpad_secret(block, 128, length, refuse, fallback, received);
                assert_memory_equal(received, marker && refuse ? fallback : sent, length);
                assert_int_equal(received[length], 0xee);
            }
        }
    }
}

static void sizes_of_secrets_and_broken_sources(void **unused)
{
    const RsaPrivateKey *key       = pk_rsa_key(1024);
    RsaPublicKey         half      = pk_public_half(key);
    uint8_t              sent[118] = {1}, wire[128];
    TestRandom           source;
    CryptoRandom         random = pk_random(&source, 1);

    (void)unused;
    assert_int_equal(sslr_rsa_encrypt_ssl2(&half, &random, sent, 117, 1, wire), SSLNoErr);
    assert_int_equal(sslr_rsa_encrypt_ssl2(&half, &random, sent, 118, 1, wire), SSLBadKeyErr);
    assert_true(pk_all_zero(wire, sizeof wire));
    source.calls_left = 0;
    memset(wire, 0xee, sizeof wire);
    assert_int_equal(sslr_rsa_encrypt_ssl2(&half, &random, sent, 5, 1, wire), BROKEN_SOURCE);
    assert_true(pk_all_zero(wire, sizeof wire));
}

enum {
    WIDTH = 64
};

static void make_block(uint8_t block[WIDTH], size_t secret_length)
{
    memset(block, 0xa7, WIDTH);
    block[0]                         = 0;
    block[1]                         = 2;
    block[WIDTH - secret_length - 1] = 0;
}

static int accepts(const uint8_t *block, size_t width, size_t secret_length, int refuse)
{
    uint8_t fallback[WIDTH], secret[WIDTH];

    memset(fallback, 0x5b, sizeof fallback);
    memset(secret, 0xee, sizeof secret);
    sslr_rsa_unpad_secret(block, width, secret_length, refuse, fallback, secret);
    assert_int_equal(secret[secret_length], 0xee);
    if (memcmp(secret, fallback, secret_length) == 0) {
        return 0;
    }
    /* all of it or nothing: CVE-2016-0704 */
    assert_memory_equal(secret, block + width - secret_length, secret_length);
    return 1;
}

/* Bleichenbacher and DROWN: every other byte in the padding has the same outcome. */
static void wrong_padding_gives_the_fallback(void **unused)
{
    static const size_t lengths[] = {5, 8, 16, 24};
    size_t              i, at;

    (void)unused;
    for (i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        size_t  length = lengths[i], separator = WIDTH - 1 - length;
        uint8_t good[WIDTH], block[WIDTH];
        int     value;

        make_block(good, length);
        assert_true(accepts(good, WIDTH, length, 0) && accepts(good, WIDTH, length, 1));
        for (at = 0; at <= separator; at++) {
            for (value = 0; value < 256; value++) {
                int wanted =
                    at < 2 ? value == (at == 1 ? 2 : 0) : (value == 0) == (at == separator);

                memcpy(block, good, sizeof block);
                block[at] = (uint8_t)value;
                assert_int_equal(accepts(block, WIDTH, length, 0), wanted);
                assert_int_equal(accepts(block, WIDTH, length, 1), wanted);
            }
        }
        /* a payload that is one byte shorter or longer */
        make_block(block, length - 1);
        assert_false(accepts(block, WIDTH, length, 0));
        make_block(block, length + 1);
        assert_false(accepts(block, WIDTH, length, 0));
    }
}

static void marker_is_eight_bytes_in_front_of_the_separator(void **unused)
{
    uint8_t block[WIDTH];
    size_t  length = 16, separator = WIDTH - 17, i;

    (void)unused;
    make_block(block, length);
    memset(block + separator - 8, 3, 8);
    assert_true(accepts(block, WIDTH, length, 0));
    assert_false(accepts(block, WIDTH, length, 1));
    for (i = 1; i <= 8; i++) { /* seven are none */
        block[separator - i] = 4;
        assert_true(accepts(block, WIDTH, length, 1));
        block[separator - i] = 3;
    }
    block[separator - 9] = 3; /* nine are one */
    assert_false(accepts(block, WIDTH, length, 1));
    make_block(block, length);
    memset(block + 2, 3, 8); /* elsewhere they are padding */
    assert_true(accepts(block, WIDTH, length, 1));
}

static void blocks_without_room_give_the_fallback(void **unused)
{
    uint8_t block[WIDTH];
    size_t  width;

    (void)unused;
    for (width = 0; width <= 16 + 11; width++) {
        memset(block, 0xa7, sizeof block);
        block[0] = 0;
        block[1] = 2;
        if (width > 16) {
            block[width - 17] = 0;
        }
        if (width == 16 + 11) {
            assert_true(accepts(block, width, 16, 1));
            memset(block + 2, 3, 8);
            assert_false(accepts(block, width, 16, 1));
        } else {
            assert_false(accepts(block, width, 16, 0));
        }
    }
}

/* ---- export sizes ---- */

static RsaPrivateKey rsa_512(void)
{
    RsaPrivateKey key;

    key.n = pk_number("d4042d16130b9794fe25c850aa7f3fd6636948ca922697fa7fc71d47ebed188eff73c58aa3e8"
                      "e37da319c9d8f8c6662320c88394b1be92889d71251812695931");
    key.e = pk_number("010001");
    key.d = pk_number("37032263c0eb58189bdd57ddbe6fa833cbb5ace28b0ba291a808154bed26a721324bbc60d9d2"
                      "eb2d29a121c55f3ad179c883e906fe7fa4e042364fd216779e41");
    key.p = pk_number("fd28c1fcf32355af6283f1b3f4ca11c795101058caf524272372ddae6533a109");
    key.q = pk_number("d6653a7e41b808fac1896ef78d20db1d91250b5c2f6e03e709adcc339ca788e9");
    key.dp   = pk_number("5feb146d01b66e9db006ec0a520249f043c33d5e572fc08defb972d2c3d766f9");
    key.dq   = pk_number("b849291f4fc42e4bc4c22a95354531b35788dd1bef55049bba711ede9a6053c9");
    key.qinv = pk_number("3a585966b67350d483e67895bd46aa4caeebcb7edb14531bb5b52887ae6bc3b7");
    return key;
}

static void rsa_of_512_bits_is_enough_for_an_export_key(void **unused)
{
    RsaPrivateKey key  = rsa_512();
    RsaPublicKey  half = pk_public_half(&key);
    TestRandom    source;
    CryptoRandom  random     = pk_random(&source, 1);
    const uint8_t version[2] = {3, 0};
    uint8_t       sent[48], received[48], fallback[48] = {0}, wire[64], block[64];

    (void)unused;
    fill_pattern(sent, sizeof sent, 7, 3);
    memcpy(sent, version, 2);
    assert_int_equal(sslr_rsa_check_public(&half), SSLNoErr);
    assert_int_equal(sslr_rsa_check_private(&key), SSLNoErr);
    assert_int_equal(sslr_rsa_encrypt(&half, &random, sent, 48, wire), SSLNoErr);
    assert_int_equal(sslr_rsa_private(&key, &random, wire, 64, block), SSLNoErr);
    sslr_rsa_unpad_premaster(block, 64, version, fallback, received);
    assert_memory_equal(received, sent, 48);
    /* MD5 and SHA-1, one behind the other */
    assert_int_equal(sslr_rsa_sign_pkcs1(&key, &random, HASH_NONE, sent, 36, wire), SSLNoErr);
    assert_int_equal(sslr_rsa_verify_pkcs1(&half, HASH_NONE, sent, 36, wire, 64), SSLNoErr);
    /* SSL 2.0's CLIENT-CERTIFICATE */
    assert_int_equal(sslr_rsa_sign_pkcs1(&key, &random, HASH_MD5, sent, 16, wire), SSLNoErr);
    assert_int_equal(sslr_rsa_verify_pkcs1(&half, HASH_MD5, sent, 16, wire, 64), SSLNoErr);
    sent[0] ^= 1;
    assert_int_equal(sslr_rsa_verify_pkcs1(&half, HASH_MD5, sent, 16, wire, 64), SSLProtocolErr);
}

static void groups_agree(const DhGroup *group)
{
    static uint8_t a_public[MAX_DH_SIZE], b_public[MAX_DH_SIZE], one[MAX_DH_SIZE],
        other[MAX_DH_SIZE];
    uint8_t      a[64], b[64];
    size_t       size = group->p.length;
    TestRandom   source;
    CryptoRandom random = pk_random(&source, 1);

    assert_true(sslr_dh_private_size(group) <= sizeof a);
    assert_int_equal(sslr_dh_generate(group, &random, a, a_public), SSLNoErr);
    assert_int_equal(sslr_dh_generate(group, &random, b, b_public), SSLNoErr);
    assert_int_equal(sslr_dh_derive(group, a, b_public, size, one), SSLNoErr);
    assert_int_equal(sslr_dh_derive(group, b, a_public, size, other), SSLNoErr);
    assert_memory_equal(one, other, size);
    assert_memory_not_equal(a_public, b_public, size);
}

static void groups_of_512_to_8192_bits_are_taken(void **unused)
{
    static uint8_t       odd[MAX_DH_SIZE];
    static const uint8_t two[] = {2};
    DhGroup              group = {{NULL, 0}, {two, 1}, 0};
    size_t               size;

    (void)unused;
    group.p =
        pk_number("d40a315a317d9cec1cb9cf80fa1fb15f833ac314b15d077a5ec04512d3ecc9b77ed91023fe43"
                  "0321c274f3b1910e5138652b3e42741411e9c7b700cbe91b9ebf");
    assert_int_equal(sslr_dh_check_group(&group, 512), SSLNoErr);
    assert_int_equal(sslr_dh_check_group(&group, 513), SSLProtocolErr);
    groups_agree(&group);
    group.exponent_size = 20;
    groups_agree(&group);
    for (size = 128; size <= MAX_DH_SIZE; size *= 2) {
        fill_pattern(odd, size, 7, 0x81); /* no prime, which only an attacker would mind here */
        odd[size - 1] |= 1;
        group.p.data        = odd;
        group.p.length      = size;
        group.exponent_size = 32;
        assert_int_equal(sslr_dh_check_group(&group, 8 * size), SSLNoErr);
        groups_agree(&group);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(client_master_key_goes_there_and_back),
        cmocka_unit_test(sizes_of_secrets_and_broken_sources),
        cmocka_unit_test(wrong_padding_gives_the_fallback),
        cmocka_unit_test(marker_is_eight_bytes_in_front_of_the_separator),
        cmocka_unit_test(blocks_without_room_give_the_fallback),
        cmocka_unit_test(rsa_of_512_bits_is_enough_for_an_export_key),
        cmocka_unit_test(groups_of_512_to_8192_bits_are_taken),
    };

    if (sslr_crypto_setup() != SSLNoErr) {
        return 1;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
