/*
 * test_classic_ciphers.c - what SSL 2.0 to TLS 1.1 need beside the rest: RC4, DES, RC2, SEED and
 * Camellia, chained over records; Camellia-GCM; the PRF of TLS 1.0; the MAC of SSL 3.0. Values are
 * published ones, or were made with openssl, gnutls and Python's hashlib and hmac.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "hex.h"
#include "public_key_support.h"

/* Bytes that anybody can compute again: byte i is factor * i + offset. */
static void fill_pattern(uint8_t *out, size_t length, unsigned factor, unsigned offset)
{
    size_t i;

    for (i = 0; i < length; i++) {
        out[i] = (uint8_t)(factor * i + offset);
    }
}

/* ---- ciphers ---- */

typedef struct PublishedCase {
    CipherId    id;
    const char *key, *plain, *cipher;
} PublishedCase;

/* One block (for RC4: one piece) under an IV of zeros. */
static const PublishedCase published_cases[] = {
    /* RFC 3713 appendix A */
    {CIPHER_CAMELLIA_128_CBC, "0123456789abcdeffedcba9876543210",
     "0123456789abcdeffedcba9876543210", "67673138549669730857065648eabe43"},
    {CIPHER_CAMELLIA_256_CBC, "0123456789abcdeffedcba987654321000112233445566778899aabbccddeeff",
     "0123456789abcdeffedcba9876543210", "9acc237dff16d76c20ef7c919e3a7509"},
    /* RFC 4269 appendix B, 1 to 3 */
    {CIPHER_SEED_CBC, "00000000000000000000000000000000", "000102030405060708090a0b0c0d0e0f",
     "5ebac6e0054e166819aff1cc6d346cdb"},
    {CIPHER_SEED_CBC, "000102030405060708090a0b0c0d0e0f", "00000000000000000000000000000000",
     "c11f22f20140505084483597e4370f43"},
    {CIPHER_SEED_CBC, "4706480851e61be85d74bfb3fd956185", "83a2f8a288641fb9a4e9a5cc2f131c7d",
     "ee54d13ebcae706d226bc3142cd40d4a"},
    /* RFC 2268 5, 128 effective bits */
    {CIPHER_RC2_CBC, "88bca90e90875a7f0f79c384627bafb2", "0000000000000000", "2269552ab0f85ca6"},
    /* FIPS 81 */
    {CIPHER_DES_CBC, "0123456789abcdef", "4e6f772069732074", "3fa40e8a984d4815"},
    /* three equal keys are one */
    {CIPHER_3DES_CBC, "0123456789abcdef0123456789abcdef0123456789abcdef", "4e6f772069732074",
     "3fa40e8a984d4815"},
    /* RFC 6229 */
    {CIPHER_RC4_128, "0102030405060708090a0b0c0d0e0f10", "00000000000000000000000000000000",
     "9ac7cc9a609d1ef7b2932899cde41b97"},
};

static void ciphers_have_their_published_values(void **unused)
{
    static const uint8_t no_iv[MAX_CIPHER_BLOCK];
    size_t               i;

    (void)unused;
    for (i = 0; i < sizeof published_cases / sizeof published_cases[0]; i++) {
        const PublishedCase *one = &published_cases[i];
        uint64_t             state[80];
        uint8_t              key[MAX_CIPHER_KEY], data[16];
        size_t               length;

        assert_int_equal(from_hex(key, one->key), sslr_cipher_key_size(one->id));
        length = from_hex(data, one->plain);
        assert_int_equal(sslr_cipher_init(state, one->id, key, no_iv, 1), SSLNoErr);
        sslr_cipher_run(state, data, length);
        assert_hex(data, length, one->cipher);
        assert_int_equal(sslr_cipher_init(state, one->id, key, no_iv, 0), SSLNoErr);
        sslr_cipher_run(state, data, length);
        assert_hex(data, length, one->plain);
    }
}

typedef struct PatternCase {
    CipherId    id;
    const char *first;  /* 48 bytes of ciphertext */
    const char *sha256; /* of 16384 */
} PatternCase;

/* Key 5 i + 1, IV 11 i + 7, plaintext 7 i + 3. */
static const PatternCase pattern_cases[] = {
    {CIPHER_3DES_CBC,
     "536269793b27ea4f4aa060e06ee9cc08e370cba3393ce5c52f3b606a1ff3f3a9504aad5c2611faba91ffa9fe103a7"
     "422",
     "6b10b024f3798954f89d3ae8a47e077f48d87b58b8da6c22ec6f143fc8ff2714"},
    {CIPHER_DES_CBC,
     "4eaaad1879f46687f6aff522c02da19d7c6884bf9b7d3c4c0fb80537e6375c486d7e07bc6faffd50aca0117f0e113"
     "018",
     "4d0791eb0913fbce9b17efeb5863a7ff7b82c306d1e9cbf9daa0065126bab63d"},
    {CIPHER_RC2_CBC,
     "ac134295a32807c098a4ce9597a4475bd8128de67ad0beae5f96095a76c8d2af93449f3c234b2bb4c320242989a88"
     "a98",
     "288bd561ac4cd1097edd91ef6797eaa22e9f3ef772155c54eb9658431e326748"},
    {CIPHER_CAMELLIA_128_CBC,
     "7b9dd10c356560345fc87b8e4d278665d8781fb3b6fc667a90ebd2066c4c041feca2dbdc669fce2e4dafe7dc03374"
     "3a6",
     "6e941e829b1c4e3205f156aee315daba9fbf438d8ad0297472bf36abe4a48379"},
    {CIPHER_CAMELLIA_256_CBC,
     "300dadd6a645cab25e94b4fd1ac38ef659c06a6ba52e90694d24cb4abeca16358cb99aede4500f5f78b381d33272e"
     "e83",
     "2069c447e7bafa02626c959a5390cc6d17e2a33753c6ce7398e3a978790222ab"},
    {CIPHER_SEED_CBC,
     "5d67e0000bc5d93d26ba1bcab73c69c5a39d30d4982a83ddc211c46a1676f654673993c6c226e3dcfe48efec8f888"
     "9f4",
     "d042056226365e2082c56c49d96af08e29c2e0c89796fd186863bcbc8fb6deaf"},
    {CIPHER_RC4_128,
     "3cb9393ff4ced1a0e42d18d16d76089c50b5afd8d4300f4f9c7b7117dc84c2ddcac319b82c67244448d557b9f7e46"
     "1ea",
     "2093f5edd93b06bbd308285f3d47eb6537906469c1b4de7bfd7c543c0cda5a2b"},
};

#define PATTERN_CASES (sizeof pattern_cases / sizeof pattern_cases[0])

enum {
    LONG = 16384
};

static uint8_t plain[LONG], text[LONG];

static void begin(void *state, const PatternCase *one, int encrypt)
{
    uint8_t key[MAX_CIPHER_KEY], iv[MAX_CIPHER_BLOCK];

    fill_pattern(key, sizeof key, 5, 1);
    fill_pattern(iv, sizeof iv, 11, 7);
    assert_int_equal(sslr_cipher_init(state, one->id, key, iv, encrypt), SSLNoErr);
}

static void long_texts_agree_with_openssl(void **unused)
{
    size_t i;

    (void)unused;
    fill_pattern(plain, sizeof plain, 7, 3);
    for (i = 0; i < PATTERN_CASES; i++) {
        uint64_t state[80];
        uint8_t  digest[32];

        memcpy(text, plain, sizeof text);
        begin(state, &pattern_cases[i], 1);
        sslr_cipher_run(state, text, sizeof text);
        assert_hex(text, 48, pattern_cases[i].first);
        sslr_hash(HASH_SHA256, text, sizeof text, digest);
        assert_hex(digest, 32, pattern_cases[i].sha256);
        begin(state, &pattern_cases[i], 0);
        sslr_cipher_run(state, text, sizeof text);
        assert_memory_equal(text, plain, sizeof text);
    }
}

/* Run over text in pieces of growing size, with empty ones between. */
static void run_in_pieces(void *state, size_t block)
{
    size_t at = 0, size = block;

    while (at < sizeof text) {
        size_t piece = size < sizeof text - at ? size : sizeof text - at;

        sslr_cipher_run(state, text + at, piece);
        sslr_cipher_run(state, text + at, 0);
        at += piece;
        size += block;
    }
}

/* Records of SSL 2.0, SSL 3.0 and TLS 1.0 chain their IVs, and a stream goes on. */
static void pieces_are_chained_in_both_directions(void **unused)
{
    size_t i;

    (void)unused;
    fill_pattern(plain, sizeof plain, 7, 3);
    for (i = 0; i < PATTERN_CASES; i++) {
        size_t   block = sslr_cipher_block_size(pattern_cases[i].id);
        uint64_t state[80];
        uint8_t  digest[32];

        memcpy(text, plain, sizeof text);
        begin(state, &pattern_cases[i], 1);
        run_in_pieces(state, block);
        sslr_hash(HASH_SHA256, text, sizeof text, digest);
        assert_hex(digest, 32, pattern_cases[i].sha256);
        begin(state, &pattern_cases[i], 0);
        run_in_pieces(state, block);
        assert_memory_equal(text, plain, sizeof text);
    }
}

static void an_iv_may_come_later_or_anew(void **unused)
{
    size_t i;

    (void)unused;
    for (i = 0; i < PATTERN_CASES; i++) {
        CipherId id = pattern_cases[i].id;
        uint64_t state[80];
        uint8_t  key[MAX_CIPHER_KEY], iv[MAX_CIPHER_BLOCK], data[48];
        int      round;

        if (id == CIPHER_RC4_128) {
            continue;
        }
        fill_pattern(key, sizeof key, 5, 1);
        fill_pattern(iv, sizeof iv, 11, 7);
        assert_int_equal(sslr_cipher_init(state, id, key, NULL, 1), SSLNoErr);
        for (round = 0; round < 2; round++) {
            fill_pattern(data, sizeof data, 7, 3);
            sslr_cipher_set_iv(state, iv);
            sslr_cipher_run(state, data, sizeof data);
            assert_hex(data, sizeof data, pattern_cases[i].first);
        }
    }
}

static void rc4_has_no_iv_and_no_direction(void **unused)
{
    uint64_t state[80];
    uint8_t  key[16], data[48];

    (void)unused;
    fill_pattern(key, sizeof key, 5, 1);
    fill_pattern(data, sizeof data, 7, 3);
    assert_int_equal(sslr_cipher_init(state, CIPHER_RC4_128, key, NULL, 0), SSLNoErr);
    sslr_cipher_run(state, data, 20);
    sslr_cipher_set_iv(state, key);
    sslr_cipher_run(state, data + 20, 28);
    assert_hex(data, sizeof data, pattern_cases[PATTERN_CASES - 1].first);
}

static void parity_of_des_keys_is_ignored(void **unused)
{
    static const CipherId ids[] = {CIPHER_DES_CBC, CIPHER_3DES_CBC};
    size_t                i, j;

    (void)unused;
    for (i = 0; i < 2; i++) {
        uint64_t state[80];
        uint8_t  key[24], iv[8] = {0}, data[2][8] = {{0}};

        fill_pattern(key, sizeof key, 5, 1);
        assert_int_equal(sslr_cipher_init(state, ids[i], key, iv, 1), SSLNoErr);
        sslr_cipher_run(state, data[0], 8);
        for (j = 0; j < sizeof key; j++) {
            key[j] ^= 1;
        }
        assert_int_equal(sslr_cipher_init(state, ids[i], key, iv, 1), SSLNoErr);
        sslr_cipher_run(state, data[1], 8);
        assert_memory_equal(data[0], data[1], 8);
    }
}

/* Nothing is written behind the promised size, so that states may stand side by side. */
static void states_are_small_and_keep_to_their_size(void **unused)
{
    CipherId id;

    (void)unused;
    fill_pattern(plain, sizeof plain, 7, 3);
    for (id = CIPHER_AES_128_CBC; id <= CIPHER_RC4_128; id++) {
        uint64_t space[81];
        uint8_t *bytes = (uint8_t *)space, key[MAX_CIPHER_KEY] = {1}, iv[MAX_CIPHER_BLOCK] = {2};
        size_t   size = sslr_cipher_state_size(id), block = sslr_cipher_block_size(id), i;
        int      encrypt;

        assert_true(size != 0 && size < 640 && size % 8 == 0);
        assert_true(block == 1 || block == 8 || block == 16);
        assert_true(sslr_cipher_key_size(id) <= MAX_CIPHER_KEY);
        for (encrypt = 0; encrypt < 2; encrypt++) {
            memset(space, 0xa5, sizeof space);
            assert_int_equal(sslr_cipher_init(space, id, key, iv, encrypt), SSLNoErr);
            memcpy(text, plain, 256);
            sslr_cipher_run(space, text, 256);
            for (i = size; i < sizeof space; i++) {
                assert_int_equal(bytes[i], 0xa5);
            }
        }
    }
    assert_true(sslr_cipher_state_size(CIPHER_RC4_128) <= 288);
    assert_true(sslr_cipher_state_size(CIPHER_DES_CBC) <= 160);
    assert_true(sslr_cipher_state_size(CIPHER_SEED_CBC) <= 160);
}

/* ---- Camellia-GCM ---- */

typedef struct GcmCase {
    AeadId      id;
    size_t      aad_length, length;
    const char *sha256; /* of ciphertext and tag */
} GcmCase;

/* Key 5 i + 1, nonce 11 i + 7, additional data 3 i + 9, plaintext 7 i + 3; gnutls agrees. */
static const GcmCase gcm_cases[] = {
    {AEAD_CAMELLIA_128_GCM, 0, 0,
     "48dd1f3d4b348e26c9ddb9b7cd9328cfb4c2aa7b132bc1776895e388be471fdd"},
    {AEAD_CAMELLIA_128_GCM, 13, 48,
     "73197ca50729191bfc3eb2fec2505fdca1912e2ed075dcfdb48d29aade3622f0"},
    {AEAD_CAMELLIA_128_GCM, 20, 61,
     "7ae11e5db88e723467083b8322c36972d9c79a770e1a91731196935044489b0a"},
    {AEAD_CAMELLIA_128_GCM, 13, 16384,
     "d00355e8fd0e6c845efb6e37e6acf54d679d6ade3789e6ea340c99307db83971"},
    {AEAD_CAMELLIA_256_GCM, 0, 0,
     "a3fcc53c11c7c0f9d631ddfdaaa3ca95f91907c66e9f474803d5d1bb16d91745"},
    {AEAD_CAMELLIA_256_GCM, 13, 48,
     "85e4d5f6ee4e0ea4001e58bfe7f37a5bbef753f2777ceb4e699e8714607e2dee"},
    {AEAD_CAMELLIA_256_GCM, 20, 61,
     "c09e2e71d3bc26fc2af87ea8acfd830b9a1a9f3cd3b147e13d185720acd1683f"},
    {AEAD_CAMELLIA_256_GCM, 13, 16384,
     "dbbe68dee30b060232566299c04d7b8021cda7cf64bb8987571a4fb00539f9a5"},
};

static void camellia_gcm_agrees_with_gnutls(void **unused)
{
    static uint8_t data[LONG + MAX_AEAD_TAG];
    size_t         i;

    (void)unused;
    fill_pattern(plain, sizeof plain, 7, 3);
    for (i = 0; i < sizeof gcm_cases / sizeof gcm_cases[0]; i++) {
        const GcmCase *one = &gcm_cases[i];
        uint64_t       state[80];
        uint8_t        key[MAX_AEAD_KEY], nonce[AEAD_NONCE_SIZE], aad[20], digest[32];

        fill_pattern(key, sizeof key, 5, 1);
        fill_pattern(nonce, sizeof nonce, 11, 7);
        fill_pattern(aad, sizeof aad, 3, 9);
        memcpy(data, plain, one->length);
        memset(state, 0xa5, sizeof state);
        assert_true(sslr_aead_state_size(one->id) < 640 && sslr_aead_state_size(one->id) % 8 == 0);
        assert_int_equal(sslr_aead_init(state, one->id, key), SSLNoErr);
        assert_int_equal(sslr_aead_seal(state, nonce, aad, one->aad_length, data, one->length,
                                        data + one->length),
                         SSLNoErr);
        sslr_hash(HASH_SHA256, data, one->length + sslr_aead_tag_size(one->id), digest);
        assert_hex(digest, 32, one->sha256);
        assert_int_equal(sslr_aead_open(state, nonce, aad, one->aad_length, data, one->length,
                                        data + one->length),
                         SSLNoErr);
        assert_memory_equal(data, plain, one->length);
        data[one->length] ^= 1; /* in the tag, for the plaintext that now stands before it */
        assert_int_equal(sslr_aead_open(state, nonce, aad, one->aad_length, data, one->length,
                                        data + one->length),
                         SSLProtocolErr);
        assert_true(pk_all_zero(data, one->length));
        assert_true(((uint8_t *)state)[sslr_aead_state_size(one->id)] == 0xa5);
    }
}

/* ---- the PRF of TLS 1.0 ---- */

typedef struct PrfCase {
    size_t      secret_length;
    const char *sha256; /* of 104 bytes */
} PrfCase;

/* Secret 5 i + 1, seed 64 bytes of 3 i + 9, label "label". The halves of a secret meet the block
 * size of their hash at 128. */
static const PrfCase prf_cases[] = {
    {0, "d48d1c20819e420b85e31c61221d58852848ae62689f7f27bc2092c41b0b92bd"},
    {1, "ef1a13b8dc2571e6ae28d4e3b2369f43f15ecb654890c091292d499d81a29448"},
    {2, "89a50ea96cec5e6bdd70f5fbb019a8ce37c147313064cb40fed0c01e0b7f3ea6"},
    {47, "9c68984e4d0baaceea786af13b378bcb7adfd4dc3ccb6c43bd309aea913b154b"},
    {48, "2f7ba093200fbff335c63d8ea7d716abfa45c5e03096981f0cae44cfda572784"},
    {63, "ce9e763e216ba2465aac7eb0e24c5f49b8c0409192b0fd1a9e3aa3cbaf973ea9"},
    {64, "47ad0b1507a6f12085ad8061e38e9c465c6824bfceae45718c82a3b04e8d3ccb"},
    {127, "a1f32dca32d3327e8cd50763f20b823c140070ba98af9b4e9ffcdd68cabefa37"},
    {128, "c03a24531ea392864e13f93ef744d2a48fc4f2e1582dff27cb6cb51deec732a9"},
    {129, "0901d2ed251d89694fbb0f62f85c0c05b223e99b271f4f16ae7816619658b38d"},
    {130, "6e1709eaefd704754572f31834a71e0eac6e38642d50f0453919a2dd6d83dbc0"},
    {200, "bc6c0dd3ddefd812a8921d82d9dfcfd2dab222aa74bbae615302c7f89fb140c0"},
};

static void prf_of_tls10_agrees_with_an_independent_one(void **unused)
{
    uint8_t secret[200], seed[64], out[104], digest[32];
    size_t  i;

    (void)unused;
    fill_pattern(secret, sizeof secret, 5, 1);
    fill_pattern(seed, sizeof seed, 3, 9);
    for (i = 0; i < sizeof prf_cases / sizeof prf_cases[0]; i++) {
        size_t length = prf_cases[i].secret_length;

        sslr_tls10_prf(length != 0 ? secret : NULL, length, "label", seed, sizeof seed, out,
                       sizeof out);
        sslr_hash(HASH_SHA256, out, sizeof out, digest);
        assert_hex(digest, 32, prf_cases[i].sha256);
    }
}

static void prf_of_tls10_derives_keys(void **unused)
{
    uint8_t secret[48], randoms[64], reversed[64], out[48];
    size_t  i;

    (void)unused;
    sslr_tls10_prf((const uint8_t *)"secret", 6, "label", (const uint8_t *)"seed", 4, out, 20);
    assert_hex(out, 20, "b5baf4722b91851a8816d22ebd8c1d8cc2e94d55");
    fill_pattern(secret, sizeof secret, 1, 0xfe);
    secret[0] = 3;
    secret[1] = 1;
    fill_pattern(randoms, 32, 1, 0x40);
    fill_pattern(randoms + 32, 32, 1, 0x80);
    memcpy(reversed, randoms + 32, 32);
    memcpy(reversed + 32, randoms, 32);
    /* in place: the secret is taken before the result is written */
    sslr_tls10_prf(secret, 48, "master secret", randoms, 64, secret, 48);
    assert_hex(secret, 48,
               "9c96f6bde2c40cbcf1ec5f9d03e2711c3795b069ff88c6d308f6bffc7d474bfe"
               "17717633820b005816d0906b8bcd9f0d");
    sslr_tls10_prf(secret, 48, "key expansion", reversed, 64, out, 42);
    assert_hex(out, 42,
               "7aa00b4056b38cd47e6f86c741f1e6a1c0cfe00354b22c5885f174a153226a0ea0d301d66259a0d1ee"
               "22");
    sslr_tls10_prf(out + 32, 5, "client write key", randoms, 64, secret, 16);
    assert_hex(secret, 16, "8299d9fe4d53fae2ade3c4bd47493b8b");
    sslr_tls10_prf(NULL, 0, "IV block", randoms, 64, out, 16);
    assert_hex(out, 16, "a1954aa00f605f6cb14dbdf693dd0bd8");
    for (i = 1; i < 16; i++) { /* any length is the beginning of a longer one */
        sslr_tls10_prf(NULL, 0, "IV block", randoms, 64, secret, i);
        assert_memory_equal(secret, out, i);
    }
}

/* ---- the MAC of SSL 3.0 ---- */

static const char ssl3_key_block[] = "155fd57067fd02fa2f828b7fa7091b757c7f7560";

typedef struct Ssl3Mac {
    HashId      id;
    size_t      pad;
    const char *get;    /* of "GET /" and a line end, number 1 */
    const char *sha256; /* of the MACs of 0 to 300 bytes, which are also their numbers */
} Ssl3Mac;

static const Ssl3Mac ssl3_macs[] = {
    {HASH_MD5, 48, "27b91d48f4e04892304bb4c7abb44578",
     "e25e543e437ca35cbeea03557f7abd506f34ed3a2bbaee91564fa7d6af4c9555"},
    {HASH_SHA1, 40, "de6fbe2959f1cf890e7fc7c6f128f82e2983d3ac",
     "8501d75be655609bda9c97a87a11d6313a71ff3d240c9f7fa253102f9cf0680e"},
};

/* As a receiver computes it that does not know how much padding there is; the first `fixed` bytes
 * are surely content. */
static void ssl3_mac(const Ssl3Mac *how, uint16_t number, const uint8_t *content, size_t length,
                     size_t fixed, size_t max_length, uint8_t *mac)
{
    uint8_t   secret[20], pad[48], header[11] = {0}, digest[20];
    size_t    size = sslr_hash_size(how->id);
    HashState state;

    (void)from_hex(secret, ssl3_key_block);
    header[6]  = (uint8_t)(number >> 8);
    header[7]  = (uint8_t)number;
    header[8]  = 23;
    header[9]  = (uint8_t)(length >> 8);
    header[10] = (uint8_t)length;
    memset(pad, 0x36, sizeof pad);
    sslr_hash_init(&state, how->id);
    sslr_hash_update(&state, secret, size);
    sslr_hash_update(&state, pad, how->pad);
    sslr_hash_update(&state, header, sizeof header);
    sslr_hash_update(&state, content, fixed);
    sslr_hash_final_constant_time(&state, content + fixed, length - fixed, max_length - fixed,
                                  digest);
    memset(pad, 0x5c, sizeof pad);
    sslr_hash_init(&state, how->id);
    sslr_hash_update(&state, secret, size);
    sslr_hash_update(&state, pad, how->pad);
    sslr_hash_update(&state, digest, size);
    sslr_hash_final(&state, mac);
}

static void mac_of_ssl3_is_finished_in_constant_time(void **unused)
{
    size_t i, length;

    (void)unused;
    for (i = 0; i < 2; i++) {
        const Ssl3Mac *how  = &ssl3_macs[i];
        size_t         size = sslr_hash_size(how->id);
        uint8_t        data[400], mac[20], digest[32];
        HashState      all;

        fill_pattern(data, sizeof data, 7, 3);
        ssl3_mac(how, 1, (const uint8_t *)"GET /\r\n", 7, 0, 7, mac);
        assert_hex(mac, size, how->get);
        sslr_hash_init(&all, HASH_SHA256);
        for (length = 0; length <= 300; length++) {
            size_t fixed = length > 60 ? length - 60 : 0;

            ssl3_mac(how, (uint16_t)length, data, length, fixed, length + 64, mac);
            sslr_hash_update(&all, mac, size);
        }
        sslr_hash_final(&all, digest);
        assert_hex(digest, 32, how->sha256);
    }
}

/* Whatever was hashed before, and however long the tail is. */
static void finish_takes_any_prefix_and_any_length(void **unused)
{
    static const HashId ids[] = {HASH_MD5, HASH_SHA1};
    enum {
        PREFIXES = 131,
        TAILS    = 140
    };
    uint8_t data[PREFIXES + TAILS], expected[20], digest[20];
    size_t  i, prefix, length, max_length;

    (void)unused;
    fill_pattern(data, sizeof data, 7, 3);
    for (i = 0; i < 2; i++) {
        size_t size = sslr_hash_size(ids[i]);

        for (prefix = 0; prefix < PREFIXES; prefix++) {
            for (length = 0; length <= TAILS; length++) {
                sslr_hash(ids[i], data, prefix + length, expected);
                for (max_length = length; max_length <= TAILS; max_length += 1 + TAILS / 3) {
                    HashState state;

                    sslr_hash_init(&state, ids[i]);
                    sslr_hash_update(&state, data, prefix);
                    sslr_hash_final_constant_time(&state, data + prefix, length, max_length,
                                                  digest);
                    assert_memory_equal(digest, expected, size);
                }
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ciphers_have_their_published_values),
        cmocka_unit_test(long_texts_agree_with_openssl),
        cmocka_unit_test(pieces_are_chained_in_both_directions),
        cmocka_unit_test(an_iv_may_come_later_or_anew),
        cmocka_unit_test(rc4_has_no_iv_and_no_direction),
        cmocka_unit_test(parity_of_des_keys_is_ignored),
        cmocka_unit_test(states_are_small_and_keep_to_their_size),
        cmocka_unit_test(camellia_gcm_agrees_with_gnutls),
        cmocka_unit_test(prf_of_tls10_agrees_with_an_independent_one),
        cmocka_unit_test(prf_of_tls10_derives_keys),
        cmocka_unit_test(mac_of_ssl3_is_finished_in_constant_time),
        cmocka_unit_test(finish_takes_any_prefix_and_any_length),
    };

    if (sslr_crypto_setup() != SSLNoErr) {
        return 1;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
