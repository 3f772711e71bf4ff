/*
 * test_hash.c - hashes, their finish in constant time, HMAC and what is derived with it, against
 * published values and Wycheproof where installed (see wycheproof.h). Uses crypto/crypto.h alone.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../../crypto/crypto.h"
#include "hex.h"
#include "wycheproof.h"

/* Bytes that anybody can compute again: byte i is factor * i + offset. */
static void fill_pattern(uint8_t *out, size_t length, unsigned factor, unsigned offset)
{
    size_t i;

    for (i = 0; i < length; i++) {
        out[i] = (uint8_t)(factor * i + offset);
    }
}

/* ---- hashes ---- */

typedef struct HashCase {
    HashId      id;
    const char *empty, *abc, *million; /* of "", "abc" and a million times "a" (FIPS 180-4) */
} HashCase;

static const HashCase hash_cases[] = {
    {HASH_MD5, "d41d8cd98f00b204e9800998ecf8427e", "900150983cd24fb0d6963f7d28e17f72",
     "7707d6ae4e027c70eea2a935c2296f21"},
    {HASH_SHA1, "da39a3ee5e6b4b0d3255bfef95601890afd80709",
     "a9993e364706816aba3e25717850c26c9cd0d89d", "34aa973cd4c4daa4f61eeb2bdbad27316534016f"},
    {HASH_SHA224, "d14a028c2a3a2bc9476102bb288234c415a2b01f828ea62ac5b3e42f",
     "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7",
     "20794655980c91d8bbb4c1ea97618a4bf03f42581948b2ee4ee7ad67"},
    {HASH_SHA256, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
     "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
     "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"},
    {HASH_SHA384,
     "38b060a751ac96384cd9327eb1b1e36a21fdb71114be07434c0cc7bf63f6e1da274edebfe76f65fb"
     "d51ad2f14898b95b",
     "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc23"
     "58baeca134c825a7",
     "9d0e1809716474cb086e834e310a4a1ced149e9c00f248527972cec5704c2a5b07b8b3dc38ecc4eb"
     "ae97ddd87f3d8985"},
    {HASH_SHA512,
     "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0"
     "ff8318d2877eec2f63b931bd47417a81a538327af927da3e",
     "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a8"
     "36ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
     "e718483d0ce769644e2e42c7bc15b4638e1f98b13b2044285632a803afa973ebde0ff244877ea60a"
     "4cb0432ce577c31beb009c5c2c49aa2e4eadb217ad8cc09b"},
};

#define HASH_COUNT (sizeof hash_cases / sizeof hash_cases[0])

static void hashes_have_their_published_values(void **unused)
{
    static uint8_t million[1000000];
    uint8_t        digest[MAX_HASH_SIZE];
    size_t         i;

    (void)unused;
    memset(million, 'a', sizeof million);
    for (i = 0; i < HASH_COUNT; i++) {
        const HashCase *one  = &hash_cases[i];
        size_t          size = sslr_hash_size(one->id);

        sslr_hash(one->id, NULL, 0, digest);
        assert_hex(digest, size, one->empty);
        sslr_hash(one->id, "abc", 3, digest);
        assert_hex(digest, size, one->abc);
        sslr_hash(one->id, million, sizeof million, digest);
        assert_hex(digest, size, one->million);
    }
    assert_int_equal(sslr_hash_size(HASH_NONE), 0);
}

static void a_hash_may_be_fed_in_pieces_and_forked(void **unused)
{
    uint8_t data[300], whole[MAX_HASH_SIZE], pieces[MAX_HASH_SIZE];
    size_t  i, cut;

    (void)unused;
    fill_pattern(data, sizeof data, 7, 3);
    for (i = 0; i < HASH_COUNT; i++) {
        HashId id = hash_cases[i].id;

        sslr_hash(id, data, sizeof data, whole);
        for (cut = 0; cut <= sizeof data; cut++) {
            HashState state, fork;

            sslr_hash_init(&state, id);
            sslr_hash_update(&state, data, cut);
            fork = state;
            sslr_hash_update(&state, "else", 4);
            sslr_hash_final(&state, pieces);
            sslr_hash_update(&fork, data + cut, sizeof data - cut);
            sslr_hash_final(&fork, pieces);
            assert_memory_equal(whole, pieces, sslr_hash_size(id));
        }
    }
}

static void a_finished_hash_is_wiped(void **unused)
{
    static const HashState zero;
    HashState              state;
    uint8_t                digest[MAX_HASH_SIZE];

    (void)unused;
    sslr_hash_init(&state, HASH_SHA256);
    sslr_hash_update(&state, "secret", 6);
    sslr_hash_final(&state, digest);
    assert_memory_equal(&state, &zero, sizeof zero);
    sslr_hash_init(&state, HASH_SHA256);
    sslr_hash_final_constant_time(&state, (const uint8_t *)"secret", 3, 6, digest);
    assert_memory_equal(&state, &zero, sizeof zero);
}

/* ---- the finish in constant time ---- */

enum {
    LONGEST_TAIL = 300
};

static void check_finish(HashId id, const HashState *prefix_state, const uint8_t *tail,
                         size_t length, size_t max_length, const uint8_t *expected)
{
    HashState state = *prefix_state;
    uint8_t   digest[MAX_HASH_SIZE];

    sslr_hash_final_constant_time(&state, tail, length, max_length, digest);
    assert_memory_equal(digest, expected, sslr_hash_size(id));
}

/* Every length of the prefix in its block, every secret length; the maximum at the secret length,
 * around the edges of blocks behind it and at the longest. SSLREF_THOROUGH: every maximum. */
static void check_every_finish(HashId id)
{
    static const size_t beyond[] = {0, 1, 8, 9, 16, 17, 63, 64, 65, 127, 128, 255};
    uint8_t             data[3 * MAX_HASH_BLOCK + LONGEST_TAIL], digest[MAX_HASH_SIZE];
    size_t              block    = sslr_hash_block_size(id), prefix, length, i;
    int                 thorough = getenv("SSLREF_THOROUGH") != NULL;

    fill_pattern(data, sizeof data, 11, 5);
    for (prefix = block; prefix < 2 * block; prefix++) {
        HashState state;

        sslr_hash_init(&state, id);
        sslr_hash_update(&state, data, prefix);
        for (length = 0; length <= LONGEST_TAIL; length++) {
            const uint8_t *tail = data + prefix;

            sslr_hash(id, data, prefix + length, digest);
            if (thorough) {
                for (i = length; i <= LONGEST_TAIL; i++) {
                    check_finish(id, &state, tail, length, i, digest);
                }
                continue;
            }
            for (i = 0; i < sizeof beyond / sizeof beyond[0]; i++) {
                if (length + beyond[i] < LONGEST_TAIL && (prefix + length + i) % 4 == 0) {
                    check_finish(id, &state, tail, length, length + beyond[i], digest);
                }
            }
            check_finish(id, &state, tail, length, LONGEST_TAIL, digest);
        }
    }
}

static void the_constant_time_finish_equals_the_ordinary_one(void **unused)
{
    (void)unused;
    check_every_finish(HASH_MD5);
    check_every_finish(HASH_SHA1);
    check_every_finish(HASH_SHA256);
    check_every_finish(HASH_SHA384);
}

static void the_constant_time_finish_may_follow_nothing(void **unused)
{
    uint8_t   tail[LONGEST_TAIL], expected[MAX_HASH_SIZE];
    HashState state;
    size_t    i, length;

    (void)unused;
    fill_pattern(tail, sizeof tail, 3, 1);
    for (i = 0; i < HASH_COUNT; i++) {
        for (length = 0; length <= LONGEST_TAIL; length++) {
            sslr_hash_init(&state, hash_cases[i].id);
            sslr_hash(hash_cases[i].id, tail, length, expected);
            check_finish(hash_cases[i].id, &state, tail, length, LONGEST_TAIL, expected);
        }
        sslr_hash_init(&state, hash_cases[i].id);
        sslr_hash(hash_cases[i].id, NULL, 0, expected);
        check_finish(hash_cases[i].id, &state, NULL, 0, 0, expected);
    }
}

static void hmac_finishes_in_constant_time_too(void **unused)
{
    uint8_t   data[LONGEST_TAIL], expected[MAX_HASH_SIZE], mac[MAX_HASH_SIZE];
    HmacState keyed, state;
    size_t    i, cut;

    (void)unused;
    fill_pattern(data, sizeof data, 5, 2);
    for (i = 0; i < HASH_COUNT; i++) {
        sslr_hmac_init(&keyed, hash_cases[i].id, data, 20);
        sslr_hmac(hash_cases[i].id, data, 20, data, 200, expected);
        for (cut = 0; cut <= 200; cut++) {
            state = keyed;
            sslr_hmac_update(&state, data, cut);
            sslr_hmac_final_constant_time(&state, data + cut, 200 - cut, LONGEST_TAIL - cut, mac);
            assert_memory_equal(mac, expected, sslr_hash_size(hash_cases[i].id));
        }
    }
}

/* ---- HMAC ---- */

/* RFC 4231 4.2 to 4.8 without truncation; its keys and messages with MD5 and SHA-1 as well. */
typedef struct HmacCase {
    const char *key, *message;
    const char *mac[6]; /* MD5, SHA-1, SHA-224, SHA-256, SHA-384, SHA-512 */
} HmacCase;

static const HmacCase hmac_cases[] = {
    {"0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b",
     "4869205468657265",
     {"5ccec34ea9656392457fa1ac27f08fbc", "b617318655057264e28bc0b6fb378c8ef146be00",
      "896fb1128abbdf196832107cd49df33f47b4b1169912ba4f53684b22",
      "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
      "afd03944d84895626b0825f4ab46907f15f9dadbe4101ec682aa034c7cebc59cfaea9ea9076ede7f"
      "4af152e8b2fa9cb6",
      "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cdedaa833b7d6b8a702"
      "038b274eaea3f4e4be9d914eeb61f1702e696c203a126854"}},
    {"4a656665",
     "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
     {"750c783e6ab0b503eaa86e310a5db738", "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79",
      "a30e01098bc6dbbf45690f3a7e9e6d0f8bbea2a39e6148008fd05e44",
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
      "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c7"
      "8b3239ecfab21649",
      "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a"
      "6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737"}},
    {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
     "dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd"
     "dddddddddddddddddddd",
     {"2ab8b9a9f7d3894d15ad8383b97044b2", "125d7342b9ac11cd91a39af48aa17b4f63f175d3",
      "7fb3cb3588c6c1f6ffa9694d7d6ad2649365b0c1f65d69d1ec8333ea",
      "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
      "88062608d3e6ad8a0aa2ace014c8a86f0aa635d947ac9febe83ef4e55966144b2a5ab39dc13814b9"
      "4e3ab6e101a34f27",
      "fa73b0089d56a284efb0f0756c890be9b1b5dbdd8ee81a3655f83e33b2279d39bf3e848279a722c8"
      "06b485a47e67c807b946a337bee8942674278859e13292fb"}},
    {"0102030405060708090a0b0c0d0e0f10111213141516171819",
     "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd"
     "cdcdcdcdcdcdcdcdcdcd",
     {"697eaf0aca3a3aea3a75164746ffaa79", "4c9007f4026250c6bc8414f9bf50c86c2d7235da",
      "6c11506874013cac6a2abc1bb382627cec6a90d86efc012de7afec5a",
      "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b",
      "3e8a69b7783c25851933ab6290af6ca77a9981480850009cc5577c6e1f573b4e6801dd23c4a7d679"
      "ccf8a386c674cffb",
      "b0ba465637458c6990e5a8c5f61d4af7e576d97ff94b872de76f8050361ee3dba91ca5c11aa25eb4"
      "d679275cc5788063a5f19741120c4f2de2adebeb10a298dd"}},
    {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
     "aaaaaaaaaaaaaaaaaaaaaa",
     "54657374205573696e67204c6172676572205468616e20426c6f636b2d53697a65204b6579202d20"
     "48617368204b6579204669727374",
     {"bfecaf4efff90a3a668f3922fec3762d", "90d0dace1c1bdc957339307803160335bde6df2b",
      "95e9a0db962095adaebe9b2d6f0dbce2d499f112f2d2b7273fa6870e",
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
      "4ece084485813e9088d2c63a041bc5b44f9ef1012a2b588f3cd11f05033ac4c60c2ef6ab4030fe82"
      "96248df163f44952",
      "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f3526b56d037e05f2598"
      "bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598"}},
    {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
     "aaaaaaaaaaaaaaaaaaaaaa",
     "5468697320697320612074657374207573696e672061206c6172676572207468616e20626c6f636b"
     "2d73697a65206b657920616e642061206c6172676572207468616e20626c6f636b2d73697a652064"
     "6174612e20546865206b6579206e6565647320746f20626520686173686564206265666f72652062"
     "65696e6720757365642062792074686520484d414320616c676f726974686d2e",
     {"09b8ae7b15adbbb243aca3491b51512b", "217e44bb08b6e06a2d6c30f3cb9f537f97c63356",
      "3a854166ac5d9f023f54d517d0b39dbd946770db9c2b95c9f6f565d1",
      "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
      "6617178e941f020d351e2f254e8fd32c602420feb0b8fb9adccebb82461e99c5a678cc31e799176d"
      "3860e6110c46523e",
      "e37b6a775dc87dbaa4dfa9f96e5e3ffddebd71f8867289865df5a32d20cdc944b6022cac3c4982b1"
      "0d5eeb55c3e4de15134676fb6de0446065c97440fa8c6a58"}},
};

static void hmac_has_its_published_values(void **unused)
{
    size_t i, j;

    (void)unused;
    for (i = 0; i < sizeof hmac_cases / sizeof hmac_cases[0]; i++) {
        uint8_t key[200], message[200], mac[MAX_HASH_SIZE];
        size_t  key_length     = from_hex(key, hmac_cases[i].key);
        size_t  message_length = from_hex(message, hmac_cases[i].message);

        for (j = 0; j < HASH_COUNT; j++) {
            HashId id = hash_cases[j].id;

            sslr_hmac(id, key, key_length, message, message_length, mac);
            assert_hex(mac, sslr_hash_size(id), hmac_cases[i].mac[j]);
        }
    }
}

static void run_wycheproof_hmac(const char *file, HashId id)
{
    WycheproofTest *test = wycheproof_open(file);

    if (test == NULL) {
        skip();
    }
    while (wycheproof_next(test)) {
        size_t         key_length, message_length, tag_length;
        const uint8_t *key     = wycheproof_bytes(test, "key", &key_length);
        const uint8_t *message = wycheproof_bytes(test, "msg", &message_length);
        const uint8_t *tag     = wycheproof_bytes(test, "tag", &tag_length);
        uint8_t        mac[MAX_HASH_SIZE];

        sslr_hmac(id, key, key_length, message, message_length, mac);
        assert_true(tag_length <= sslr_hash_size(id));
        assert_int_equal(ct_memory_equal(mac, tag, tag_length) != 0,
                         wycheproof_result(test) == WYCHEPROOF_VALID);
    }
    assert_int_equal(wycheproof_count(test), wycheproof_expected(test));
    wycheproof_close(test);
}

static void wycheproof_hmac_sha1(void **unused)
{
    (void)unused;
    run_wycheproof_hmac("hmac_sha1_test", HASH_SHA1);
}

static void wycheproof_hmac_sha256(void **unused)
{
    (void)unused;
    run_wycheproof_hmac("hmac_sha256_test", HASH_SHA256);
}

static void wycheproof_hmac_sha384(void **unused)
{
    (void)unused;
    run_wycheproof_hmac("hmac_sha384_test", HASH_SHA384);
}

/* ---- HKDF ---- */

typedef struct HkdfCase {
    HashId      id;
    const char *ikm, *salt, *info, *prk, *okm;
} HkdfCase;

/* RFC 5869 A.1, A.3 and A.4 */
static const HkdfCase hkdf_cases[] = {
    {HASH_SHA256, "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "000102030405060708090a0b0c",
     "f0f1f2f3f4f5f6f7f8f9", "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5",
     "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"},
    {HASH_SHA256, "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "", "",
     "19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04",
     "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"},
    {HASH_SHA1, "0b0b0b0b0b0b0b0b0b0b0b", "000102030405060708090a0b0c", "f0f1f2f3f4f5f6f7f8f9",
     "9b6c18c432a7bf8f0e71c8eb88f4b30baa2ba243",
     "085a01ea1b10f36933068b56efa5ad81a4f14b822f5b091568a9cdd4f155fda2c22e422478d305f3f896"},
};

static void hkdf_has_its_published_values(void **unused)
{
    size_t i;

    (void)unused;
    for (i = 0; i < sizeof hkdf_cases / sizeof hkdf_cases[0]; i++) {
        const HkdfCase *one = &hkdf_cases[i];
        uint8_t         ikm[80], salt[80], info[80], prk[MAX_HASH_SIZE], okm[80];
        size_t          salt_length = from_hex(salt, one->salt);
        size_t          info_length = from_hex(info, one->info);

        sslr_hkdf_extract(one->id, salt_length != 0 ? salt : NULL, salt_length, ikm,
                          from_hex(ikm, one->ikm), prk);
        assert_hex(prk, sslr_hash_size(one->id), one->prk);
        sslr_hkdf_expand(one->id, prk, info_length != 0 ? info : NULL, info_length, okm, 42);
        assert_hex(okm, 42, one->okm);
    }
}

static void run_wycheproof_hkdf(const char *file, HashId id)
{
    WycheproofTest *test = wycheproof_open(file);

    if (test == NULL) {
        skip();
    }
    while (wycheproof_next(test)) {
        size_t         ikm_length, salt_length, info_length, okm_length;
        const uint8_t *ikm  = wycheproof_bytes(test, "ikm", &ikm_length);
        const uint8_t *salt = wycheproof_bytes(test, "salt", &salt_length);
        const uint8_t *info = wycheproof_bytes(test, "info", &info_length);
        const uint8_t *okm  = wycheproof_bytes(test, "okm", &okm_length);
        long           size = wycheproof_number(test, "size");
        uint8_t        prk[MAX_HASH_SIZE], out[255 * MAX_HASH_SIZE];

        if (size > 255 * (long)sslr_hash_size(id)) { /* forbidden by the contract of the call */
            assert_int_equal(wycheproof_result(test), WYCHEPROOF_INVALID);
            continue;
        }
        sslr_hkdf_extract(id, salt, salt_length, ikm, ikm_length, prk);
        sslr_hkdf_expand(id, prk, info, info_length, out, (size_t)size);
        assert_int_equal(okm_length, size);
        assert_memory_equal(out, okm, okm_length);
        assert_int_equal(wycheproof_result(test), WYCHEPROOF_VALID);
    }
    assert_int_equal(wycheproof_count(test), wycheproof_expected(test));
    wycheproof_close(test);
}

static void wycheproof_hkdf_sha256(void **unused)
{
    (void)unused;
    run_wycheproof_hkdf("hkdf_sha256_test", HASH_SHA256);
}

static void wycheproof_hkdf_sha384(void **unused)
{
    (void)unused;
    run_wycheproof_hkdf("hkdf_sha384_test", HASH_SHA384);
}

/* ---- the PRF of TLS ---- */

static void the_prf_of_tls12_has_its_known_values(void **unused)
{
    static const uint8_t secret[] = {'s', 'e', 'c', 'r', 'e', 't'}, seed[] = {'s', 'e', 'e', 'd'};
    uint8_t              out[40];

    (void)unused;
    sslr_tls12_prf(HASH_SHA256, secret, sizeof secret, "label", seed, sizeof seed, out, 40);
    assert_hex(out, 40,
               "7ed42a23a133ad379b99196a86db887cf595d9ada5661ec1186691659bf87a7a8d16f4320d6b5e9c");
    sslr_tls12_prf(HASH_SHA384, secret, sizeof secret, "label", seed, sizeof seed, out, 40);
    assert_hex(out, 40,
               "e6a6f199a9f16f9a566570cd0d8da71e04b551e24dcb65207061adcda3ae99c3c68fb6cf5990ae76");
}

/* RFC 2246 5: P_MD5 and P_SHA-1 under the halves of the secret, which share an odd byte. */
static void prf_of_tls10(const uint8_t *secret, size_t secret_length, const char *label,
                         const uint8_t *seed, size_t seed_length, uint8_t *out, size_t length)
{
    size_t  half = (secret_length + 1) / 2, i;
    uint8_t sha1[100];

    sslr_tls12_prf(HASH_MD5, secret, half, label, seed, seed_length, out, length);
    sslr_tls12_prf(HASH_SHA1, secret_length != 0 ? secret + secret_length - half : NULL, half,
                   label, seed, seed_length, sha1, length);
    for (i = 0; i < length; i++) {
        out[i] ^= sha1[i];
    }
}

static void the_prf_of_tls10_is_made_of_two_of_them(void **unused)
{
    uint8_t premaster[48], seed[64], out[48];

    (void)unused;
    prf_of_tls10((const uint8_t *)"secret", 6, "label", (const uint8_t *)"seed", 4, out, 20);
    assert_hex(out, 20, "b5baf4722b91851a8816d22ebd8c1d8cc2e94d55");

    fill_pattern(premaster, sizeof premaster, 1, 0xfe); /* 03 01 00 01 .. 2d */
    premaster[0] = 3;
    premaster[1] = 1;
    fill_pattern(seed, 32, 1, 0x40);
    fill_pattern(seed + 32, 32, 1, 0x80);
    prf_of_tls10(premaster, sizeof premaster, "master secret", seed, sizeof seed, out, 48);
    assert_hex(out, 48,
               "9c96f6bde2c40cbcf1ec5f9d03e2711c3795b069ff88c6d308f6bffc7d474bfe17717633820b0058"
               "16d0906b8bcd9f0d");
    prf_of_tls10(NULL, 0, "IV block", seed, sizeof seed, out, 16);
    assert_hex(out, 16, "a1954aa00f605f6cb14dbdf693dd0bd8");
}

/* ---- PBKDF2 ---- */

typedef struct Pbkdf2Case {
    HashId      id;
    const char *password, *salt; /* hexadecimal */
    uint32_t    iterations;
    const char *key;
} Pbkdf2Case;

/* SHA-1: RFC 6070; the others computed with Python's hashlib. */
static const Pbkdf2Case pbkdf2_cases[] = {
    {HASH_SHA1, "70617373776f7264", "73616c74", 1, "0c60c80f961f0e71f3a9b524af6012062fe037a6"},
    {HASH_SHA1, "70617373776f7264", "73616c74", 2, "ea6c014dc72d6f8ccd1ed92ace1d41f0d8de8957"},
    {HASH_SHA1, "70617373776f7264", "73616c74", 4096, "4b007901b765489abead49d926f721d065a429c1"},
    {HASH_SHA1, "70617373776f726450415353574f524470617373776f7264",
     "73616c7453414c5473616c7453414c5473616c7453414c5473616c7453414c5473616c74", 4096,
     "3d2eec4fe41c849b80c8d83662c0e44a8b291a964cf2f07038"},
    {HASH_SHA1, "7061737300776f7264", "7361006c74", 4096, "56fa6aa75548099dcc37d7f03425e0c3"},
    {HASH_SHA256, "70617373776f7264", "73616c74", 4096,
     "c5e478d59288c841aa530db6845c4c8d962893a001ce4e11a4963873aa98134a"},
    {HASH_SHA256, "70617373776f726450415353574f524470617373776f7264",
     "73616c7453414c5473616c7453414c5473616c7453414c5473616c7453414c5473616c74", 4096,
     "348c89dbcbd32b2f32d814b8116e84cf2b17347ebc1800181c4e2a1fb8dd53e1c635518c7dac47e9"},
    {HASH_SHA512, "70617373776f7264", "73616c74", 1000,
     "afe6c5530785b6cc6b1c6453384731bd5ee432ee549fd42fb6695779ad8a1c5bf59de69c48f774ef"
     "c4007d5298f9033c0241d5ab69305e7b64eceeb8d834cfec6afdec3c1c23982a121f2d4be0088893"},
    {HASH_SHA384, "", "73616c74", 3,
     "e6d0cf8b47c689cdbd07dd4b8bff90ec12a45093dbbd75fc757f0ded3138cbffaa94db103ced88f8"
     "9efc9b824e121b02f9fe"},
};

static void pbkdf2_has_its_published_values(void **unused)
{
    size_t i;

    (void)unused;
    for (i = 0; i < sizeof pbkdf2_cases / sizeof pbkdf2_cases[0]; i++) {
        const Pbkdf2Case *one = &pbkdf2_cases[i];
        uint8_t           password[64], salt[64], key[128];
        size_t            length = strlen(one->key) / 2;

        sslr_pbkdf2(one->id, password, from_hex(password, one->password), salt,
                    from_hex(salt, one->salt), one->iterations, key, length);
        assert_hex(key, length, one->key);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hashes_have_their_published_values),
        cmocka_unit_test(a_hash_may_be_fed_in_pieces_and_forked),
        cmocka_unit_test(a_finished_hash_is_wiped),
        cmocka_unit_test(the_constant_time_finish_equals_the_ordinary_one),
        cmocka_unit_test(the_constant_time_finish_may_follow_nothing),
        cmocka_unit_test(hmac_finishes_in_constant_time_too),
        cmocka_unit_test(hmac_has_its_published_values),
        cmocka_unit_test(wycheproof_hmac_sha1),
        cmocka_unit_test(wycheproof_hmac_sha256),
        cmocka_unit_test(wycheproof_hmac_sha384),
        cmocka_unit_test(hkdf_has_its_published_values),
        cmocka_unit_test(wycheproof_hkdf_sha256),
        cmocka_unit_test(wycheproof_hkdf_sha384),
        cmocka_unit_test(the_prf_of_tls12_has_its_known_values),
        cmocka_unit_test(the_prf_of_tls10_is_made_of_two_of_them),
        cmocka_unit_test(pbkdf2_has_its_published_values),
    };

    return cmocka_run_group_tests_name("hash", tests, NULL, NULL);
}
