/*
 * test_private_key.c - private keys in every container that is known, and every byte of them
 * changed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../../core/credentials/identity.h"
#include "x509_builder.h"

static int forget(void **state)
{
    (void)state;
    test_forget();
    return 0;
}

static SSLErr decode(const char *file, const char *password, PrivateKey *key, void **block,
                     size_t *length)
{
    static TestMemory memory;
    SSLAllocator      allocator = test_allocator(&memory);
    SSLErr            err;

    err = sslr_private_key_decode(&allocator, read_test_file(file), keep_text(password), key, block,
                                  length);
    assert_int_equal(memory.held, err == SSLNoErr ? 1 : 0);
    return err;
}

static void release(void **block, size_t length)
{
    TestMemory   memory;
    SSLAllocator allocator = test_allocator(&memory);

    sslr_release(&allocator, block, length);
}

static void every_container_is_decoded(void **state)
{
    static const struct {
        const char *file, *certificate;
    } cases[] = {
        {"keys/rsa-pkcs8.pem", "rsa-leaf.der"},
        {"keys/rsa-pkcs8.der", "rsa-leaf.der"},
        {"keys/rsa-pkcs1.pem", "rsa-leaf.der"},
        {"keys/rsa-pkcs1.der", "rsa-leaf.der"},
        {"keys/rsa-encrypted.pem", "rsa-leaf.der"},
        {"keys/rsapss-pkcs8.pem", "rsapss-leaf.der"},
        {"keys/rsapss-pkcs8.der", "rsapss-leaf.der"},
        {"keys/rsapss-encrypted.pem", "rsapss-leaf.der"},
        {"restricted.key", "restricted-leaf.der"},
        {"keys/p256-pkcs8.pem", "p256-leaf.der"},
        {"keys/p256-pkcs8.der", "p256-leaf.der"},
        {"keys/p256-sec1.pem", "p256-leaf.der"},
        {"keys/p256-sec1.der", "p256-leaf.der"},
        {"keys/p256-nopublic.pem", "p256-leaf.der"},
        {"keys/p256-parameters.pem", "p256-leaf.der"},
        {"keys/p256-crlf.pem", "p256-leaf.der"},
        {"keys/p256-encrypted.pem", "p256-leaf.der"},
        {"keys/p384-pkcs8.pem", "p384-leaf.der"},
        {"keys/p384-sec1.pem", "p384-leaf.der"},
        {"keys/p384-sec1.der", "p384-leaf.der"},
        {"keys/p384-encrypted.pem", "p384-leaf.der"},
        {"keys/p521-pkcs8.pem", "p521-leaf.der"},
        {"keys/p521-sec1.pem", "p521-leaf.der"},
        {"keys/p521-sec1.der", "p521-leaf.der"},
        {"keys/p521-encrypted.pem", "p521-leaf.der"},
        {"keys/ed25519-pkcs8.pem", "ed25519-leaf.der"},
        {"keys/ed25519-pkcs8.der", "ed25519-leaf.der"},
        {"keys/ed25519-encrypted.pem", "ed25519-leaf.der"},
        {"keys/dsa-pkcs8.pem", "dsa-leaf.der"},
        {"keys/dsa-pkcs8.der", "dsa-leaf.der"},
        {"keys/dsa-traditional.pem", "dsa-leaf.der"},
        {"keys/dsa-traditional.der", "dsa-leaf.der"},
        {"keys/dsa-encrypted.pem", "dsa-leaf.der"},
        {"keys/encrypted-aes-128-cbc-hmacWithSHA1.der", "p256-leaf.der"},
        {"keys/encrypted-aes-128-cbc-hmacWithSHA256.der", "p256-leaf.der"},
        {"keys/encrypted-aes-128-cbc-hmacWithSHA384.der", "p256-leaf.der"},
        {"keys/encrypted-aes-128-cbc-hmacWithSHA512.der", "p256-leaf.der"},
        {"keys/encrypted-aes-256-cbc-hmacWithSHA1.der", "p256-leaf.der"},
        {"keys/encrypted-aes-256-cbc-hmacWithSHA256.der", "p256-leaf.der"},
        {"keys/encrypted-aes-256-cbc-hmacWithSHA384.der", "p256-leaf.der"},
        {"keys/encrypted-aes-256-cbc-hmacWithSHA512.der", "p256-leaf.der"},
        {"keys/encrypted-des-ede3-cbc-hmacWithSHA1.der", "p256-leaf.der"},
        {"keys/encrypted-des-ede3-cbc-hmacWithSHA256.der", "p256-leaf.der"},
        {"keys/encrypted-des-ede3-cbc-hmacWithSHA384.der", "p256-leaf.der"},
        {"keys/encrypted-des-ede3-cbc-hmacWithSHA512.der", "p256-leaf.der"},
    };
    size_t          i, length;
    PrivateKey      key;
    X509Certificate certificate, other;
    void           *block;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        SSLErr err = decode(cases[i].file, "secret", &key, &block, &length);

        if (err != SSLNoErr) {
            print_error("%s: %d\n", cases[i].file, err);
        }
        assert_int_equal(err, SSLNoErr);
        assert_int_equal(sslr_x509_parse(read_test_file(cases[i].certificate), &certificate, NULL),
                         SSLNoErr);
        assert_int_equal(key.type, certificate.key.type);
        assert_int_equal(sslr_private_key_matches(&key, &certificate.key), SSLNoErr);
        assert_int_equal(
            sslr_x509_parse(read_test_file(key.type == KEY_RSA ? "short-leaf.der" : "self.der"),
                            &other, NULL),
            SSLNoErr);
        if (key.curve != CURVE_P256) {
            assert_int_equal(sslr_private_key_matches(&key, &other.key), SSLKeyMismatchErr);
        }
        release(&block, length);
    }
}

static void wrong_passwords_are_refused(void **state)
{
    PrivateKey key;
    void      *block;
    size_t     length;

    (void)state;
    assert_int_equal(decode("keys/p256-encrypted.pem", "Secret", &key, &block, &length),
                     SSLBadPasswordErr);
    assert_int_equal(decode("keys/p256-encrypted.pem", "", &key, &block, &length),
                     SSLBadPasswordErr);
    assert_null(block);
    assert_int_equal(key.type, KEY_NONE);
    assert_int_equal(
        decode("keys/encrypted-des-ede3-cbc-hmacWithSHA1.der", "x", &key, &block, &length),
        SSLBadPasswordErr);
    assert_int_equal(decode("keys/p256-pkcs8.pem", "not needed", &key, &block, &length), SSLNoErr);
    release(&block, length);
}

static void other_containers_are_refused(void **state)
{
    static const struct {
        const char *file;
        SSLErr      err;
    } cases[] = {
        {"keys/refused-legacy.pem", SSLBadKeyErr},
        {"keys/refused-scrypt.pem", SSLBadKeyErr},
        {"keys/refused-pkcs12.pem", SSLBadKeyErr},
        {"keys/refused-aes192.pem", SSLBadKeyErr},
        {"keys/refused-x25519.pem", SSLBadKeyErr},
        {"keys/refused-curve.pem", SSLBadKeyErr},
        {"keys/refused-explicit.pem", SSLBadKeyErr},
        {"rsa-leaf.pem", SSLBadPEMErr},
        {"rsa-leaf.der", SSLBadKeyErr},
    };
    size_t     i, length;
    PrivateKey key;
    void      *block;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        SSLErr err = decode(cases[i].file, "secret", &key, &block, &length);

        if (err != cases[i].err) {
            print_error("%s: %d\n", cases[i].file, err);
        }
        assert_int_equal(err, cases[i].err);
    }
}

/* Keys written by hand. */
static SSLErr decode_hex(const char *hex)
{
    TestMemory   memory;
    SSLAllocator allocator = test_allocator(&memory);
    Build       *build     = calloc(1, sizeof *build);
    PrivateKey   key;
    void        *block;
    size_t       length;
    SSLErr       err;

    assert_non_null(build);
    build_hex(build, hex);
    err = sslr_private_key_decode(&allocator, keep_bytes(build->data, build->length),
                                  bytes_of("secret", 6), &key, &block, &length);
    sslr_release(&allocator, &block, length);
    assert_int_equal(memory.held, 0);
    free(build);
    return err;
}

#define SCALAR_1 "0000000000000000000000000000000000000000000000000000000000000001"
#define ORDER    "FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551"
#define GENERATOR                                                                                  \
    "04 6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296"                          \
    " 4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5"
#define CURVE "A0 0A 06 08 2A8648CE3D030107"

static void elliptic_keys_are_checked(void **state)
{
    (void)state;
    assert_int_equal(decode_hex("30 31 020101 0420 " SCALAR_1 CURVE), SSLNoErr);
    assert_int_equal(decode_hex("30 12 020101 0401 01 " CURVE), SSLNoErr); /* zeros left out */
    assert_int_equal(decode_hex("30 77 020101 0420 " SCALAR_1 CURVE "A1 44 03 42 00 " GENERATOR),
                     SSLNoErr);
    assert_int_equal(decode_hex("30 58 020101 0401 02 " CURVE "A1 44 03 42 00 " GENERATOR),
                     SSLBadKeyErr); /* not its public value */
    assert_int_equal(decode_hex("30 12 020101 0401 00 " CURVE), SSLBadKeyErr);
    assert_int_equal(decode_hex("30 11 020101 0400 " CURVE), SSLBadKeyErr);
    assert_int_equal(decode_hex("30 31 020101 0420 " ORDER CURVE), SSLBadKeyErr);
    assert_int_equal(decode_hex("30 32 020101 0421 00" SCALAR_1 CURVE), SSLBadKeyErr);
    assert_int_equal(decode_hex("30 12 020102 0401 01 " CURVE), SSLBadKeyErr); /* version */
    assert_int_equal(decode_hex("30 06 020101 0401 01"), SSLBadKeyErr);        /* no curve */
    /* in PKCS#8: the inner curve may be absent or the same */
    assert_int_equal(decode_hex("30 22 020100 3013 06072A8648CE3D0201 06082A8648CE3D030107 "
                                "0408 3006 020101 0401 01"),
                     SSLNoErr);
    assert_int_equal(decode_hex("30 2E 020100 3013 06072A8648CE3D0201 06082A8648CE3D030107 "
                                "0414 3012 020101 0401 01 " CURVE),
                     SSLNoErr);
    assert_int_equal(decode_hex("30 2B 020100 3013 06072A8648CE3D0201 06082A8648CE3D030107 "
                                "0411 300F 020101 0401 01 A007 06052B81040022"),
                     SSLBadKeyErr);
    assert_int_equal(decode_hex("30 24 020100 3013 06072A8648CE3D0201 06082A8648CE3D030107 "
                                "0408 3006 020101 0401 01 A000"),
                     SSLNoErr); /* attributes */
    assert_int_equal(decode_hex("30 24 020100 3013 06072A8648CE3D0201 06082A8648CE3D030107 "
                                "0408 3006 020101 0401 01 0500"),
                     SSLBadKeyErr);
}

#define SEED   "9D61B19DEFFD5A60BA844AF492EC2CC44449C5697B326919703BAC031CAE7F60"
#define PUBLIC "D75A980182B10AB7D54BFED3C964073A0EE172F3DAA62325AF021A68F707511A"

static void ed25519_keys_are_checked(void **state)
{
    (void)state;
    assert_int_equal(decode_hex("30 2E 020100 3005 06032B6570 0422 0420 " SEED), SSLNoErr);
    assert_int_equal(decode_hex("30 51 020101 3005 06032B6570 0422 0420 " SEED " 8121 00 " PUBLIC),
                     SSLNoErr);
    assert_int_equal(decode_hex("30 51 020101 3005 06032B6570 0422 0420 " SEED " 8121 00 " SEED),
                     SSLBadKeyErr);
    assert_int_equal(decode_hex("30 51 020100 3005 06032B6570 0422 0420 " SEED " 8121 00 " PUBLIC),
                     SSLBadKeyErr); /* needs version 1 */
    assert_int_equal(decode_hex("30 30 020100 3007 06032B6570 0500 0422 0420 " SEED), SSLBadKeyErr);
    assert_int_equal(decode_hex("30 2C 020100 3005 06032B6570 0420 " SEED), SSLBadKeyErr);
}

static void rsa_keys_are_checked(void **state)
{
    Bytes        good = read_test_file("keys/rsa-pkcs1.der");
    TestMemory   memory;
    SSLAllocator allocator = test_allocator(&memory);
    PrivateKey   key;
    void        *block;
    size_t       length, i;

    (void)state;
    /* version 1: more primes */
    assert_int_equal(sslr_private_key_decode(&allocator, with_byte(good, 6, 1), bytes_of(NULL, 0),
                                             &key, &block, &length),
                     SSLBadKeyErr);
    /* no digit of the numbers can change */
    for (i = 0; i < good.length; i += 1 + i / 64) {
        SSLErr err = sslr_private_key_decode(&allocator, with_byte(good, i, good.data[i] ^ 4),
                                             bytes_of(NULL, 0), &key, &block, &length);

        assert_true(err == SSLBadKeyErr || err == SSLBadPEMErr);
    }
    assert_int_equal(memory.held, 0);
}

/* A key of the first edition of FIPS 186: p has 512 bits. */
#define DSA_P                                                                                      \
    "0241 00BE8B6C7BBB4A1FEDA93F84AC3981E3DC6CF6789EBE92BB3AE99FFDBD97F22E5D"                      \
    "11A90D3651A9F40D3E07E4C33E86E0EE55763FF70160305CFCA555AEA97D354F"
#define DSA_Q "0215 00FFF55DC360DB5EF53B340070D4D0685414128D4B"
#define DSA_G                                                                                      \
    "0240 0AAB399DB555C5308B7C4B4AF5E1BC13D94FB53C0C90B9171F73D9FB490202A0"                        \
    "2EA33815B76D824A9CE4B252764436286A0A57451FBD650CE48C97F40BB991FA"
#define DSA_Y                                                                                      \
    "0241 00B682B7F3893E7171CDEA157AAA3D79569F9E362334B57701F8D00C73E97EEA1C"                      \
    "F7B1BD64D954EA72FF8F76B8C7D0FBB7BE712920677D03E8210770B78E5ADEB4"
#define DSA_X     "0215 00B313578087F8F68B4778B6CBF65035A1E98FF3EE"
#define DSA_OID   "0607 2A8648CE380401"
#define DSA_PKCS8 "3081C7 020100 3081A8 " DSA_OID "30819C" DSA_P DSA_Q DSA_G

static void dsa_keys_are_checked(void **state)
{
    Bytes        good = read_test_file("keys/dsa-traditional.der");
    TestMemory   memory;
    SSLAllocator allocator = test_allocator(&memory);
    PrivateKey   key;
    void        *block;
    size_t       length, i;

    (void)state;
    assert_int_equal(decode_hex("3081F9 020100" DSA_P DSA_Q DSA_G DSA_Y DSA_X), SSLNoErr);
    assert_int_equal(decode_hex("3081F9 020101" DSA_P DSA_Q DSA_G DSA_Y DSA_X), SSLBadKeyErr);
    assert_int_equal(decode_hex("3081F8 020100" DSA_P DSA_Q DSA_G DSA_G DSA_X), SSLBadKeyErr);
    assert_int_equal(decode_hex("3081F9 020100" DSA_P DSA_Q DSA_G DSA_Y DSA_Q), SSLBadKeyErr);
    assert_int_equal(decode_hex("3081E5 020100" DSA_P DSA_Q DSA_G DSA_Y "020101"), SSLBadKeyErr);
    assert_int_equal(decode_hex("3081E5 020100" DSA_P DSA_Q DSA_G DSA_Y "020100"), SSLBadKeyErr);
    assert_int_equal(decode_hex("3081FC 020100" DSA_P DSA_Q DSA_G DSA_Y DSA_X "020101"),
                     SSLBadKeyErr);
    /* in PKCS#8 y is computed */
    assert_int_equal(decode_hex(DSA_PKCS8 "0417" DSA_X), SSLNoErr);
    assert_int_equal(decode_hex(DSA_PKCS8 "0417" DSA_Q), SSLBadKeyErr);
    assert_int_equal(
        decode_hex("3081B3 020100 3081A8 " DSA_OID "30819C" DSA_P DSA_Q DSA_G "0403 020100"),
        SSLBadKeyErr);
    assert_int_equal(
        decode_hex("3081B5 020100 3081A8 " DSA_OID "30819C" DSA_P DSA_Q DSA_G "0405 020101 0500"),
        SSLBadKeyErr);
    assert_int_equal(
        decode_hex("3081C9 020100 3081AA " DSA_OID "30819E" DSA_P DSA_Q DSA_G "0500 0417" DSA_X),
        SSLBadKeyErr);
    assert_int_equal(decode_hex("3027 020100 3009 " DSA_OID "0417" DSA_X), SSLBadKeyErr);
    /* p and q of any other size */
    assert_int_equal(decode_hex("3012 020100 02010B 020105 020103 020105 020102"), SSLBadKeyErr);
    /* no digit of the numbers can change */
    for (i = 0; i < good.length; i += 1 + i / 16) {
        SSLErr err = sslr_private_key_decode(&allocator, with_byte(good, i, good.data[i] ^ 4),
                                             bytes_of(NULL, 0), &key, &block, &length);

        assert_true(err == SSLBadKeyErr || err == SSLBadPEMErr);
    }
    assert_int_equal(memory.held, 0);
}

/* An encrypted key with these PBKDF2 parameters and nonsense inside. */
static SSLErr decode_pbes2(const char *pbkdf2_hex, const char *cipher_hex, const char *data_hex)
{
    Build       *build = calloc(1, sizeof *build);
    TestMemory   memory;
    SSLAllocator allocator = test_allocator(&memory);
    PrivateKey   key;
    void        *block;
    size_t       outer, scheme, parameters, derivation, inner, length;
    SSLErr       err;

    assert_non_null(build);
    outer  = build_open(build, 0x30);
    scheme = build_open(build, 0x30);
    build_hex(build, "06 09 2A864886F70D01050D");
    parameters = build_open(build, 0x30);
    derivation = build_open(build, 0x30);
    build_hex(build, "06 09 2A864886F70D01050C");
    inner = build_open(build, 0x30);
    build_hex(build, pbkdf2_hex);
    build_close(build, inner);
    build_close(build, derivation);
    build_hex(build, cipher_hex);
    build_close(build, parameters);
    build_close(build, scheme);
    build_hex(build, data_hex);
    build_close(build, outer);
    err = sslr_private_key_decode(&allocator, built(build), bytes_of("secret", 6), &key, &block,
                                  &length);
    sslr_release(&allocator, &block, length);
    assert_int_equal(memory.held, 0);
    free(build);
    return err;
}

static void encryption_parameters_are_bounded(void **state)
{
#define SALT  "0408 0102030405060708 "
#define AES   "301D 0609 60864801650304012A 0410 00000000000000000000000000000000"
#define BLOCK "0410 00112233445566778899AABBCCDDEEFF"
    (void)state;
    assert_int_equal(decode_pbes2(SALT "02020800", AES, BLOCK), SSLBadPasswordErr);
    assert_int_equal(decode_pbes2(SALT "02020800 020120", AES, BLOCK), SSLBadPasswordErr);
    assert_int_equal(decode_pbes2(SALT "02020800 020110", AES, BLOCK), SSLBadKeyErr);
    assert_int_equal(decode_pbes2(SALT "020410000000", AES, BLOCK), SSLBadKeyErr);
    assert_int_equal(decode_pbes2(SALT "02050100000001", AES, BLOCK), SSLBadKeyErr);
    assert_int_equal(decode_pbes2(SALT "020100", AES, BLOCK), SSLBadKeyErr);
    assert_int_equal(decode_pbes2(SALT "0201FF", AES, BLOCK), SSLBadKeyErr);
    assert_int_equal(decode_pbes2("0407 01020304050607 020101", AES, BLOCK), SSLBadKeyErr);
    assert_int_equal(decode_pbes2(SALT "020101 300C 0608 2A864886F70D0209 0500", AES, BLOCK),
                     SSLBadPasswordErr);
    assert_int_equal(decode_pbes2(SALT "020101 300C 0608 2A864886F70D0205 0500", AES, BLOCK),
                     SSLBadKeyErr); /* HMAC-MD5 */
    assert_int_equal(decode_pbes2(SALT "020101", AES, "040F 00112233445566778899AABBCCDDEE"),
                     SSLBadKeyErr);
    assert_int_equal(decode_pbes2(SALT "020101", AES, "0400"), SSLBadKeyErr);
    assert_int_equal(
        decode_pbes2(SALT "020101", "3015 0609 60864801650304012A 0408 0000000000000000", BLOCK),
        SSLBadKeyErr); /* short iv */
}

/* Every byte of every kind of key file: no crash, no leak, nothing but the known errors. */
static void changed_key_files_do_no_harm(void **state)
{
    static const char *const files[] = {
        "keys/p256-sec1.der",       "keys/p256-pkcs8.der",
        "keys/p256-sec1.pem",       "keys/ed25519-pkcs8.der",
        "keys/ed25519-pkcs8.pem",   "keys/rsa-pkcs1.der",
        "keys/rsapss-pkcs8.der",    "keys/encrypted-aes-128-cbc-hmacWithSHA1.der",
        "keys/refused-scrypt.pem",  "keys/dsa-pkcs8.der",
        "keys/dsa-traditional.der",
    };
    static const uint8_t flips[] = {0x01, 0x80, 0xFF, 0x22};
    TestMemory           memory;
    SSLAllocator         allocator = test_allocator(&memory);
    PrivateKey           key;
    void                *block;
    size_t               f, i, k, length;

    (void)state;
    for (f = 0; f < sizeof files / sizeof files[0]; f++) {
        Bytes good = read_test_file(files[f]);
        /* the arithmetic of an RSA key is slow: its header and some places in it */
        size_t step = sample_step(good.length > 1000 ? 13 : 1, 11);

        good = keep_bytes(good.data, good.length);
        for (i = 0; i < good.length; i += i < 40 ? 1 : step) {
            Build *longer = calloc(1, sizeof *longer);

            assert_non_null(longer);
            for (k = 0; k < sizeof flips; k++) {
                Build *changed = calloc(1, sizeof *changed);
                SSLErr err;

                assert_non_null(changed);
                build_bytes(changed, good);
                changed->data[i] ^= flips[k];
                err = sslr_private_key_decode(&allocator, built(changed), bytes_of("secret", 6),
                                              &key, &block, &length);
                assert_true(err == SSLNoErr || err == SSLBadKeyErr || err == SSLBadPEMErr ||
                            err == SSLBadPasswordErr);
                sslr_release(&allocator, &block, length);
                free(changed);
            }
            build_bytes(longer, bytes_of(good.data, i));
            (void)sslr_private_key_decode(&allocator, built(longer), bytes_of("secret", 6), &key,
                                          &block, &length);
            sslr_release(&allocator, &block, length);
            build_hex(longer, "30");
            build_bytes(longer, bytes_of(good.data + i, good.length - i));
            (void)sslr_private_key_decode(&allocator, built(longer), bytes_of("secret", 6), &key,
                                          &block, &length);
            sslr_release(&allocator, &block, length);
            free(longer);
        }
        assert_int_equal(memory.held, 0);
        test_forget();
    }
}

/* ---- the manual's key ---- */

static void rsa_keys_as_values(void **state)
{
    static const char *const files[] = {"keys/rsa-pkcs1.der", "keys/rsa-pkcs1.pem",
                                        "keys/rsa-pkcs8.der", "keys/rsa-pkcs8.pem"};
    SSLRSAPrivateKey         first, key;
    X509Certificate          certificate;
    size_t                   i;

    (void)state;
    assert_int_equal(sslr_x509_parse(read_test_file("rsa-leaf.der"), &certificate, NULL), SSLNoErr);
    for (i = 0; i < 4; i++) {
        assert_int_equal(SSLDecodeRSAPrivateKey(buffer_of(read_test_file(files[i])), &key),
                         SSLNoErr);
        assert_int_equal(key.bits, 2048);
        assert_memory_equal(key.modulus + 256, certificate.key.rsa.n.data, 256);
        assert_int_equal(key.modulus[255], 0);
        assert_memory_equal(key.publicExponent + 509, "\1\0\1", 3);
        if (i == 0) {
            first = key;
        }
        assert_memory_equal(&first, &key, sizeof key);
    }
#define DECODED(file) SSLDecodeRSAPrivateKey(buffer_of(read_test_file(file)), &key)
    assert_int_equal(DECODED("keys/p256-pkcs8.pem"), SSLUnsupportedErr);
    assert_int_equal(DECODED("keys/rsapss-pkcs8.pem"), SSLUnsupportedErr);
    assert_int_equal(DECODED("keys/dsa-pkcs8.pem"), SSLUnsupportedErr);
    assert_int_equal(DECODED("keys/rsa-encrypted.pem"), SSLUnsupportedErr);
    assert_int_equal(DECODED("rsa-leaf.pem"), SSLBadKeyErr);
    assert_int_equal(SSLDecodeRSAPrivateKey(buffer_of(keep_text("")), &key), SSLBadKeyErr);
    assert_int_equal(SSLDecodeRSAPrivateKey(buffer_of(bytes_of(NULL, 0)), &key),
                     SSLBadParameterErr);
    assert_int_equal(key.bits, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(every_container_is_decoded, forget),
        cmocka_unit_test_teardown(wrong_passwords_are_refused, forget),
        cmocka_unit_test_teardown(other_containers_are_refused, forget),
        cmocka_unit_test_teardown(elliptic_keys_are_checked, forget),
        cmocka_unit_test_teardown(ed25519_keys_are_checked, forget),
        cmocka_unit_test_teardown(rsa_keys_are_checked, forget),
        cmocka_unit_test_teardown(dsa_keys_are_checked, forget),
        cmocka_unit_test_teardown(encryption_parameters_are_bounded, forget),
        cmocka_unit_test_teardown(changed_key_files_do_no_harm, forget),
        cmocka_unit_test_teardown(rsa_keys_as_values, forget),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
