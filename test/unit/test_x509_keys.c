/*
 * test_x509_keys.c - public keys: which are sound enough to compute with.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "parse_cases.h"

#define EC_ALGORITHM "30 13 06 07 2A8648CE3D0201 06 08 2A8648CE3D030107"
#define P256_POINT                                                                                 \
    "6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296 "                            \
    "4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5"
#define EC_KEY(parameters, first) "30 59 30 13 06 07 2A8648CE3D0201 " parameters " 03 42 00 " first
#define P256                      "06 08 2A8648CE3D030107"

static void elliptic_keys(void **state)
{
    static const ParseCase cases[] = {
        {"generator", {.spki_hex = EC_KEY(P256, "04 " P256_POINT)}, SSLNoErr},
        {"hybrid", {.spki_hex = EC_KEY(P256, "06 " P256_POINT)}, X509BadKeyErr},
        {"hybrid odd", {.spki_hex = EC_KEY(P256, "07 " P256_POINT)}, X509BadKeyErr},
        {"infinity", {.spki_hex = "30 19 " EC_ALGORITHM " 03 02 00 00"}, X509BadKeyErr},
        {"no point", {.spki_hex = "30 18 " EC_ALGORITHM " 03 01 00"}, X509BadKeyErr},
        {"compressed",
         {.spki_hex = "30 39 " EC_ALGORITHM " 03 22 00 03 "
                      "6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296"},
         X509BadKeyErr},
        {"off the curve",
         {.spki_hex =
              EC_KEY(P256, "04 6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C297 "
                           "4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5")},
         X509BadKeyErr},
        {"P-384 with a P-256 point",
         {.spki_hex = "30 56 30 10 06 07 2A8648CE3D0201 06 05 2B81040022 03 42 00 04 " P256_POINT},
         X509BadKeyErr},
        {"unknown curve: no error, no key",
         {.spki_hex = "30 56 30 10 06 07 2A8648CE3D0201 06 05 2B8104000A 03 42 00 04 " P256_POINT},
         SSLNoErr},
        {"explicit curve",
         {.spki_hex = "30 53 30 0D 06 07 2A8648CE3D0201 30 02 0500 03 42 00 04 " P256_POINT},
         X509BadKeyErr},
        {"implicit curve",
         {.spki_hex = "30 51 30 0B 06 07 2A8648CE3D0201 05 00 03 42 00 04 " P256_POINT},
         X509BadKeyErr},
        {"no curve",
         {.spki_hex = "30 4F 30 09 06 07 2A8648CE3D0201 03 42 00 04 " P256_POINT},
         X509BadKeyErr},
        {"unused bits", {.spki_hex = "30 19 " EC_ALGORITHM " 03 02 01 80"}, ASNBadEncodingErr},
        {"Ed25519",
         {.spki_hex = "30 2A 30 05 06 03 2B6570 03 21 00 "
                      "D75A980182B10AB7D54BFED3C964073A0EE172F3DAA62325AF021A68F707511A"},
         SSLNoErr},
        {"Ed25519 with NULL",
         {.spki_hex = "30 2C 30 07 06 03 2B6570 05 00 03 21 00 "
                      "D75A980182B10AB7D54BFED3C964073A0EE172F3DAA62325AF021A68F707511A"},
         X509BadKeyErr},
        {"Ed25519 of 31 octets",
         {.spki_hex = "30 29 30 05 06 03 2B6570 03 20 00 "
                      "D75A980182B10AB7D54BFED3C964073A0EE172F3DAA62325AF021A68F70751"},
         X509BadKeyErr},
        {"X25519: not for signing",
         {.spki_hex = "30 2A 30 05 06 03 2B656E 03 21 00 "
                      "D75A980182B10AB7D54BFED3C964073A0EE172F3DAA62325AF021A68F707511A"},
         SSLNoErr},
    };
    X509Certificate certificate;
    PublicKey       key;

    (void)state;
    RUN_PARSE_CASES(cases);
    assert_int_equal(sslr_x509_parse(make_certificate(&cases[8].spec), &certificate, NULL),
                     SSLNoErr);
    assert_int_equal(certificate.key.type, KEY_NONE);
    assert_int_equal(sslr_x509_parse(make_certificate(&cases[0].spec), &certificate, NULL),
                     SSLNoErr);
    assert_int_equal(sslr_x509_parse_key(certificate.spki, &key), SSLNoErr);
    assert_int_equal(key.type, KEY_EC);
    assert_int_equal(key.curve, CURVE_P256);
    assert_int_equal(key.bits, 256);
    assert_int_equal(key.point.length, 65);
}

/* A SubjectPublicKeyInfo for RSA: modulus of n octets 'fill' after the first, which is given. */
static Bytes rsa_key(unsigned first, size_t octets, unsigned last, const char *exponent_hex,
                     const char *parameters_hex, const char *tail_hex)
{
    static Build build;
    size_t       outer, algorithm, bits, key, number, i;
    uint8_t      octet;

    build.length = 0;
    outer        = build_open(&build, 0x30);
    algorithm    = build_open(&build, 0x30);
    build_hex(&build, "06 09 2A864886F70D010101");
    build_hex(&build, parameters_hex);
    build_close(&build, algorithm);
    bits = build_open(&build, 0x03);
    build_hex(&build, "00");
    key    = build_open(&build, 0x30);
    number = build_open(&build, 0x02);
    if (first >= 0x80 && first < 0x100) {
        build_hex(&build, "00");
    }
    for (i = 0; i < octets; i++) {
        octet = (uint8_t)(i == 0 ? first : i + 1 == octets ? last : 0xA7 + i);
        build_bytes(&build, bytes_of(&octet, 1));
    }
    build_close(&build, number);
    build_hex(&build, exponent_hex);
    build_close(&build, key);
    build_hex(&build, tail_hex);
    build_close(&build, bits);
    build_close(&build, outer);
    return built(&build);
}

static void rsa_keys(void **state)
{
    PublicKey key;

    (void)state;
#define GOOD 0xC3, 256, 0x01, "02 03 010001", "05 00", ""
    assert_int_equal(sslr_x509_parse_key(rsa_key(GOOD), &key), SSLNoErr);
    assert_int_equal(key.type, KEY_RSA);
    assert_int_equal(key.bits, 2048);
#define REFUSED(...)                                                                               \
    assert_int_equal(sslr_x509_parse_key(rsa_key(__VA_ARGS__), &key), X509BadKeyErr)
#define TAKEN(...) assert_int_equal(sslr_x509_parse_key(rsa_key(__VA_ARGS__), &key), SSLNoErr)
    TAKEN(0xC3, 256, 0x01, "02 03 010001", "", ""); /* parameters absent: tolerated */
    TAKEN(0xC3, 256, 0x01, "02 01 03", "05 00", "");
    TAKEN(0x43, 256, 0x01, "02 03 010001", "05 00", "");
    assert_int_equal(key.bits, 2047);
    TAKEN(0x80, 1024, 0x01, "02 03 010001", "05 00", "");
    REFUSED(0xC3, 256, 0x02, "02 03 010001", "05 00", "");         /* even */
    REFUSED(0x183, 256, 0x01, "02 03 010001", "05 00", "");        /* negative */
    REFUSED(0xC3, 256, 0x01, "02 01 01", "05 00", "");             /* e = 1 */
    REFUSED(0xC3, 256, 0x01, "02 01 00", "05 00", "");             /* e = 0 */
    REFUSED(0xC3, 256, 0x01, "02 01 04", "05 00", "");             /* e even */
    REFUSED(0xC3, 256, 0x01, "02 01 83", "05 00", "");             /* e negative */
    REFUSED(0xC3, 256, 0x01, "02 05 0200000001", "05 00", "");     /* e > 2^33 */
    REFUSED(0xC3, 256, 0x01, "02 03 010001", "05 00", "05 00");    /* something behind */
    REFUSED(0xC3, 256, 0x01, "02 03 010001 0201 01", "05 00", ""); /* a third number */
    REFUSED(0xC3, 256, 0x01, "02 03 010001", "30 00", "");         /* parameters */
    REFUSED(0x01, 1025, 0x01, "02 03 010001", "05 00", "");        /* 8193 bits */
    REFUSED(0x83, 2048, 0x01, "02 03 010001", "05 00", "");        /* 16384 bits */
    REFUSED(0xC3, 32, 0x01, "02 03 010001", "05 00", "");          /* 256 bits */
}

/* CVE-2017-15361: n = 65537^k mod the product of small primes. 2^2047 | 1 would not do; this one is
 * the number 1 modulo all 17 primes: their product times an even number, plus 1. */
static void a_modulus_of_the_flawed_generator_is_refused(void **state)
{
    static const unsigned primes[17] = {11, 13, 17,  19,  37,  53,  61,  71, 73,
                                        79, 97, 103, 107, 109, 127, 151, 157};
    static Build          build;
    uint8_t               n[256];
    PublicKey             key;
    size_t                i, k, outer, bits, sequence, number;
    unsigned              carry;

    (void)state;
    memset(n, 0, sizeof n);
    n[128] = 2; /* 2^1017 times the primes, then made 2048 bits long by doubling */
    for (k = 0; k < 17; k++) {
        for (i = 256, carry = 0; i-- > 0;) {
            carry += n[i] * primes[k];
            n[i] = (uint8_t)carry;
            carry >>= 8;
        }
    }
    while (n[0] < 0x80) {
        for (i = 256, carry = 0; i-- > 0;) {
            carry |= (unsigned)n[i] << 1;
            n[i] = (uint8_t)carry;
            carry >>= 8;
        }
    }
    for (n[255] |= 1, k = 0; k < 2; k++, n[255] ^= 2) { /* then one beside it: sound */
        build.length = 0;
        outer        = build_open(&build, 0x30);
        build_hex(&build, "30 0D 06 09 2A864886F70D010101 05 00");
        bits = build_open(&build, 0x03);
        build_hex(&build, "00");
        sequence = build_open(&build, 0x30);
        number   = build_open(&build, 0x02);
        build_hex(&build, "00");
        build_bytes(&build, bytes_of(n, sizeof n));
        build_close(&build, number);
        build_hex(&build, "02 03 010001");
        build_close(&build, sequence);
        build_close(&build, bits);
        build_close(&build, outer);
        assert_int_equal(sslr_x509_parse_key(built(&build), &key),
                         k == 0 ? X509BadKeyErr : SSLNoErr);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(elliptic_keys, parse_forget),
        cmocka_unit_test_teardown(rsa_keys, parse_forget),
        cmocka_unit_test_teardown(a_modulus_of_the_flawed_generator_is_refused, parse_forget),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
