/*
 * ct_symmetric.c - shows that the symmetric side of crypto/, X25519 and Ed25519 neither branch nor
 * index on a secret. Run it under valgrind: keys and data are marked as uninitialised, so that
 * memcheck reports every jump and every address that depends on them. After each run the mark must
 * have reached the result, else nothing was shown.
 *
 * Left out: libtomcrypt's block ciphers and RC4, which look up tables by secret bytes
 * (API_Details.txt says so). So GCM is run with a marked hash key and marked data, but not with a
 * marked AES or Camellia key.
 *
 * With the argument --leak it branches on a secret on purpose: valgrind must then complain.
 */
#include "../../crypto/curve25519.h"
#include "../../crypto/gcm.h"

#include <stdio.h>
#include <string.h>
#include <valgrind/memcheck.h>

enum {
    LENGTH   = 1000,
    MAX_TAIL = 300
};

static uint8_t data[LENGTH], out[LENGTH];

static void mark(void *bytes, size_t length)
{
    (void)VALGRIND_MAKE_MEM_UNDEFINED(bytes, length);
}

/* Whether every byte carries the mark (or nothing can, without valgrind). Takes it off. */
static int was_marked(void *bytes, size_t length)
{
    uint8_t bits[LENGTH];
    int     all = length <= sizeof bits;
    size_t  i;

    if (RUNNING_ON_VALGRIND && all) {
        (void)VALGRIND_GET_VBITS(bytes, bits, length);
        for (i = 0; i < length; i++) {
            all = all && bits[i] != 0;
        }
    }
    (void)VALGRIND_MAKE_MEM_DEFINED(bytes, length);
    return all;
}

static void fill(void *bytes, size_t length, unsigned factor)
{
    uint8_t *byte = (uint8_t *)bytes;
    size_t   i;

    for (i = 0; i < length; i++) {
        byte[i] = (uint8_t)(factor * i + 1);
    }
}

/* ---- what is shown ---- */

static int ghash(void)
{
    uint8_t key[16];

    fill(key, sizeof key, 5);
    mark(key, sizeof key);
    mark(data, sizeof data);
    sslr_ghash(key, data, 13, data + 13, sizeof data - 13, out);
    return was_marked(out, 16);
}

static int gcm_behind(GcmBlock block)
{
    GcmState state;
    uint8_t  key[32], nonce[AEAD_NONCE_SIZE] = {0};

    fill(key, sizeof key, 5);
    if (sslr_gcm_init(&state, block, key, sizeof key) != SSLNoErr) {
        return 0;
    }
    mark(state.h, sizeof state.h);
    mark(data, 500);
    return sslr_gcm_seal(&state, nonce, data, 13, data, 500, out) == SSLNoErr &&
           was_marked(out, 16) && was_marked(data, 500);
}

static int gcm_behind_the_block(void)
{
    return gcm_behind(GCM_AES) && gcm_behind(GCM_CAMELLIA);
}

static int chacha20_poly1305(void)
{
    uint64_t state[80];
    uint8_t  key[32], nonce[AEAD_NONCE_SIZE] = {0};

    fill(key, sizeof key, 5);
    mark(key, sizeof key);
    mark(data, 500);
    return sslr_aead_init(state, AEAD_CHACHA20_POLY1305, key) == SSLNoErr &&
           sslr_aead_seal(state, nonce, data + 500, 13, data, 500, out) == SSLNoErr &&
           was_marked(out, 16) && was_marked(data, 500);
}

static int every_hash(void)
{
    HashId id;

    for (id = HASH_MD5; id <= HASH_SHA512; id++) {
        mark(data, sizeof data);
        sslr_hash(id, data, sizeof data, out);
        if (!was_marked(out, sslr_hash_size(id))) {
            return 0;
        }
    }
    return 1;
}

/* The length of the tail is as secret as its bytes (Lucky Thirteen). */
static int finish_of_hash_and_hmac(void)
{
    static const size_t lengths[] = {0, 1, 55, 56, 64, 111, 112, 128, 200, MAX_TAIL};
    size_t              i;
    HashId              id;

    for (id = HASH_MD5; id <= HASH_SHA512; id++) {
        for (i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
            size_t    secret_length = lengths[i];
            HashState hash;
            HmacState hmac;

            mark(data, sizeof data);
            mark(&secret_length, sizeof secret_length);
            sslr_hash_init(&hash, id);
            sslr_hash_update(&hash, data, 77);
            sslr_hash_final_constant_time(&hash, data + 77, secret_length, MAX_TAIL, out);
            if (!was_marked(out, sslr_hash_size(id))) {
                return 0;
            }
            sslr_hmac_init(&hmac, id, data, 20);
            sslr_hmac_update(&hmac, data, 77);
            sslr_hmac_final_constant_time(&hmac, data + 77, secret_length, MAX_TAIL, out);
            if (!was_marked(out, sslr_hash_size(id))) {
                return 0;
            }
        }
    }
    return 1;
}

/* Its prefix is secret || pad || number || type || length: no whole blocks. The length is as secret
 * as that of the padding. */
static int mac_of_ssl3(void)
{
    static const HashId ids[]     = {HASH_MD5, HASH_SHA1};
    static const size_t lengths[] = {0, 1, 45, 46, 110, MAX_TAIL};
    size_t              i, j;

    for (i = 0; i < 2; i++) {
        size_t size = sslr_hash_size(ids[i]), prefix = size + (size == 16 ? 48 : 40) + 11;

        for (j = 0; j < sizeof lengths / sizeof lengths[0]; j++) {
            size_t    secret_length = lengths[j];
            HashState hash;

            mark(data, sizeof data);
            mark(&secret_length, sizeof secret_length);
            sslr_hash_init(&hash, ids[i]);
            sslr_hash_update(&hash, data, prefix);
            sslr_hash_final_constant_time(&hash, data + prefix, secret_length, MAX_TAIL, out);
            sslr_hash_init(&hash, ids[i]);
            sslr_hash_update(&hash, data, prefix - 11);
            sslr_hash_update(&hash, out, size);
            sslr_hash_final(&hash, out);
            if (!was_marked(out, size)) {
                return 0;
            }
        }
    }
    return 1;
}

static int derivations(void)
{
    uint8_t prk[MAX_HASH_SIZE];

    mark(data, sizeof data);
    sslr_hkdf_extract(HASH_SHA384, data, 48, data + 48, 48, prk);
    sslr_hkdf_expand(HASH_SHA384, prk, (const uint8_t *)"info", 4, out, 100);
    if (!was_marked(out, 100)) {
        return 0;
    }
    sslr_tls12_prf(HASH_SHA256, data, 48, "label", data + 48, 64, out, 100);
    if (!was_marked(out, 100)) {
        return 0;
    }
    sslr_tls10_prf(data, 47, "label", data + 48, 64, out, 100);
    if (!was_marked(out, 100)) {
        return 0;
    }
    sslr_pbkdf2(HASH_SHA256, data, 10, data + 10, 8, 3, out, 50);
    return was_marked(out, 50);
}

static int x25519(void)
{
    uint8_t scalar[32], point[32], result[32];
    Mask    good;

    fill(scalar, sizeof scalar, 9);
    fill(point, sizeof point, 13);
    mark(scalar, sizeof scalar);
    mark(point, sizeof point);
    good = sslr_x25519(result, scalar, point);
    if (!was_marked(result, sizeof result) || !was_marked(&good, sizeof good)) {
        return 0;
    }
    sslr_x25519_public(result, scalar);
    return was_marked(result, sizeof result);
}

static int ed25519(void)
{
    uint8_t seed[32], point[32], signature[64];

    fill(seed, sizeof seed, 7);
    mark(seed, sizeof seed);
    mark(data, 100);
    sslr_ed25519_public(seed, point);
    return was_marked(point, sizeof point) &&
           sslr_ed25519_sign(seed, data, 100, signature) == SSLNoErr &&
           was_marked(signature, sizeof signature);
}

static int words_of_constant_time_h(void)
{
    uint32_t x = 5, y = 7;
    Mask     equal, result;

    mark(&x, sizeof x);
    mark(&y, sizeof y);
    mark(data, 64);
    equal  = ct_memory_equal(data, data + 32, 32);
    result = ct_select(equal, ct_is_less(x, y), ct_is_equal(x, y)) ^ ct_is_zero(x);
    ct_copy(equal, out, data, 32);
    return was_marked(&result, sizeof result) && was_marked(out, 32);
}

/* ---- running it ---- */

typedef struct Check {
    const char *name;
    int (*run)(void); /* true if the secret reached the result */
} Check;

static const Check checks[] = {
    {"GHASH", ghash},
    {"GCM behind the block of AES and Camellia", gcm_behind_the_block},
    {"ChaCha20-Poly1305", chacha20_poly1305},
    {"MD5, SHA-1, SHA-2", every_hash},
    {"the finish of hash and HMAC in constant time", finish_of_hash_and_hmac},
    {"the MAC of SSL 3.0", mac_of_ssl3},
    {"HKDF, PRFs, PBKDF2", derivations},
    {"X25519", x25519},
    {"Ed25519", ed25519},
    {"the words of constant_time.h", words_of_constant_time_h},
};

static int leak_on_purpose(void)
{
    mark(data, 1);
    return data[0] == 77 ? puts("a leak") : puts("no leak");
}

int main(int argc, char **argv)
{
    size_t i;
    int    failed = 0;

    fill(data, sizeof data, 3);
    if (argc > 1 && strcmp(argv[1], "--leak") == 0) {
        return leak_on_purpose() < 0;
    }
    for (i = 0; i < sizeof checks / sizeof checks[0]; i++) {
        unsigned before = (unsigned)VALGRIND_COUNT_ERRORS;
        int      good   = checks[i].run() && (unsigned)VALGRIND_COUNT_ERRORS == before;

        (void)VALGRIND_MAKE_MEM_DEFINED(data, sizeof data);
        printf("%s  %s\n", good ? "ok  " : "FAIL", checks[i].name);
        failed += !good;
    }
    return failed != 0;
}
