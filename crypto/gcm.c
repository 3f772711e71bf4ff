/*
 * gcm.c - GCM: GHASH without tables, so that no memory access depends on a secret, and counter
 * mode. The blocks come from aes_block.h and camellia_block.h. Called by aead.c.
 *
 * GHASH multiplies polynomials over GF(2). An integer multiplication does the same if no carry can
 * reach the next coefficient: each operand is split into four parts that hold every fourth bit
 * alone. In a product of two such parts at most 15 (or 8) ones meet in one column, which three zero
 * bits above it can take; the lowest bit of the column is their sum over GF(2).
 */
#include "gcm.h"

#define EVERY_FOURTH UINT64_C(0x1111111111111111)

/* ---- products of polynomials ---- */

#if defined(__SIZEOF_INT128__) && !defined(SSLREF_GHASH_32)

__extension__ typedef unsigned __int128 Wide;

/* One half of the hash key, or the sum of both, made ready. Sixteen ones could meet in a column if
 * both operands had 64 bits, so the upper four bits go a way of their own, as masks. */
typedef struct Factor {
    uint64_t part[4];
    uint64_t upper[4];
} Factor;

static void make_factor(Factor *out, uint64_t h)
{
    unsigned i;

    for (i = 0; i < 4; i++) {
        out->part[i]  = h & (EVERY_FOURTH << i) & (UINT64_MAX >> 4);
        out->upper[i] = 0 - ((h >> (60 + i)) & 1);
    }
}

/* The bits of one residue class of columns. */
static inline Wide column(Wide sum, unsigned i)
{
    uint64_t mask = EVERY_FOURTH << i;

    return sum & ((Wide)mask << 64 | mask);
}

static inline void polynomial_product(uint64_t *high, uint64_t *low, uint64_t y, const Factor *h)
{
    uint64_t y0 = y & EVERY_FOURTH, y1 = y & (EVERY_FOURTH << 1);
    uint64_t y2 = y & (EVERY_FOURTH << 2), y3 = y & (EVERY_FOURTH << 3);
    uint64_t h0 = h->part[0], h1 = h->part[1], h2 = h->part[2], h3 = h->part[3];

    Wide z0 = (Wide)y0 * h0 ^ (Wide)y1 * h3 ^ (Wide)y2 * h2 ^ (Wide)y3 * h1;
    Wide z1 = (Wide)y0 * h1 ^ (Wide)y1 * h0 ^ (Wide)y2 * h3 ^ (Wide)y3 * h2;
    Wide z2 = (Wide)y0 * h2 ^ (Wide)y1 * h1 ^ (Wide)y2 * h0 ^ (Wide)y3 * h3;
    Wide z3 = (Wide)y0 * h3 ^ (Wide)y1 * h2 ^ (Wide)y2 * h1 ^ (Wide)y3 * h0;
    Wide z  = column(z0, 0) | column(z1, 1) | column(z2, 2) | column(z3, 3);

    z ^= (Wide)(y & h->upper[0]) << 60;
    z ^= (Wide)(y & h->upper[1]) << 61;
    z ^= (Wide)(y & h->upper[2]) << 62;
    z ^= (Wide)(y & h->upper[3]) << 63;
    *high = (uint64_t)(z >> 64);
    *low  = (uint64_t)z;
}

#else

/* The same on halves of 32 bits: their parts have eight ones at most. */
typedef struct Factor {
    uint32_t part[3][4]; /* upper half, lower half, their sum */
} Factor;

static void make_factor(Factor *out, uint64_t h)
{
    uint32_t half[3];
    unsigned i, j;

    half[0] = (uint32_t)(h >> 32);
    half[1] = (uint32_t)h;
    half[2] = half[0] ^ half[1];
    for (i = 0; i < 3; i++) {
        for (j = 0; j < 4; j++) {
            out->part[i][j] = half[i] & ((uint32_t)EVERY_FOURTH << j);
        }
    }
}

static uint64_t short_product(uint32_t y, const uint32_t h[4])
{
    uint64_t y0 = y & 0x11111111u, y1 = y & 0x22222222u;
    uint64_t y2 = y & 0x44444444u, y3 = y & 0x88888888u;

    uint64_t z0 = y0 * h[0] ^ y1 * h[3] ^ y2 * h[2] ^ y3 * h[1];
    uint64_t z1 = y0 * h[1] ^ y1 * h[0] ^ y2 * h[3] ^ y3 * h[2];
    uint64_t z2 = y0 * h[2] ^ y1 * h[1] ^ y2 * h[0] ^ y3 * h[3];
    uint64_t z3 = y0 * h[3] ^ y1 * h[2] ^ y2 * h[1] ^ y3 * h[0];

    return (z0 & EVERY_FOURTH) | (z1 & (EVERY_FOURTH << 1)) | (z2 & (EVERY_FOURTH << 2)) |
           (z3 & (EVERY_FOURTH << 3));
}

/* Karatsuba: three products instead of four. */
static void polynomial_product(uint64_t *high, uint64_t *low, uint64_t y, const Factor *h)
{
    uint32_t y_high = (uint32_t)(y >> 32), y_low = (uint32_t)y;
    uint64_t middle;

    *high  = short_product(y_high, h->part[0]);
    *low   = short_product(y_low, h->part[1]);
    middle = short_product(y_high ^ y_low, h->part[2]) ^ *high ^ *low;
    *high ^= middle >> 32;
    *low ^= middle << 32;
}

#endif

/* ---- GHASH ---- */

enum {
    BLOCK = 16
};

typedef struct Ghash {
    uint64_t y[2];
    Factor   first, second, both; /* Karatsuba on the halves of the hash key */
} Ghash;

static inline uint64_t load_64(const uint8_t *bytes)
{
    return (uint64_t)bytes[0] << 56 | (uint64_t)bytes[1] << 48 | (uint64_t)bytes[2] << 40 |
           (uint64_t)bytes[3] << 32 | (uint64_t)bytes[4] << 24 | (uint64_t)bytes[5] << 16 |
           (uint64_t)bytes[6] << 8 | (uint64_t)bytes[7];
}

static void store_64(uint8_t *bytes, uint64_t value)
{
    unsigned i;

    for (i = 0; i < 8; i++) {
        bytes[i] = (uint8_t)(value >> (56 - 8 * i));
    }
}

static void store_32(uint8_t *bytes, uint32_t value)
{
    unsigned i;

    for (i = 0; i < 4; i++) {
        bytes[i] = (uint8_t)(value >> (24 - 8 * i));
    }
}

/* GCM's first bit is the coefficient of x^0, so a block read as a number is mirrored, and a product
 * of two such numbers stands one bit too low. The hash key is therefore multiplied by x once, which
 * here is a shift up; x^128 = x^7 + x^2 + x + 1 comes back as the constant. */
static void prepare_hash_key(uint64_t h[2], const uint8_t bytes[16])
{
    uint64_t first = load_64(bytes), second = load_64(bytes + 8);
    uint64_t over = 0 - (first >> 63);

    h[0] = (first << 1 | second >> 63) ^ (over & UINT64_C(0xc200000000000000));
    h[1] = second << 1 ^ (over & 1);
}

static void ghash_begin(Ghash *ghash, const uint64_t h[2])
{
    ghash->y[0] = ghash->y[1] = 0;
    make_factor(&ghash->first, h[0]);
    make_factor(&ghash->second, h[1]);
    make_factor(&ghash->both, h[0] ^ h[1]);
}

/* y = y h. The product has four words, z3 the first; the lower two, which are the powers from x^128
 * on, are folded into the upper two. */
static inline void ghash_multiply(Ghash *ghash)
{
    uint64_t z0, z1, z2, z3, middle_high, middle_low;

    polynomial_product(&z3, &z2, ghash->y[0], &ghash->first);
    polynomial_product(&z1, &z0, ghash->y[1], &ghash->second);
    polynomial_product(&middle_high, &middle_low, ghash->y[0] ^ ghash->y[1], &ghash->both);
    middle_high ^= z3 ^ z1;
    middle_low ^= z2 ^ z0;
    z2 ^= middle_high;
    z1 ^= middle_low;

    z2 ^= z0 ^ z0 >> 1 ^ z0 >> 2 ^ z0 >> 7;
    z1 ^= z0 << 63 ^ z0 << 62 ^ z0 << 57;
    z3 ^= z1 ^ z1 >> 1 ^ z1 >> 2 ^ z1 >> 7;
    z2 ^= z1 << 63 ^ z1 << 62 ^ z1 << 57;

    ghash->y[0] = z3;
    ghash->y[1] = z2;
}

/* Whole blocks, then a last one filled up with zeros. */
static void ghash_update(Ghash *ghash, const uint8_t *data, size_t length)
{
    while (length >= BLOCK) {
        ghash->y[0] ^= load_64(data);
        ghash->y[1] ^= load_64(data + 8);
        ghash_multiply(ghash);
        data += BLOCK;
        length -= BLOCK;
    }
    if (length != 0) {
        uint8_t block[BLOCK] = {0};

        memcpy(block, data, length);
        ghash->y[0] ^= load_64(block);
        ghash->y[1] ^= load_64(block + 8);
        ghash_multiply(ghash);
    }
}

/* SP 800-38D 7.1, step 5. */
static void ghash_all(const uint64_t h[2], const uint8_t *aad, size_t aad_length,
                      const uint8_t *data, size_t length, uint8_t out[16])
{
    Ghash ghash;

    ghash_begin(&ghash, h);
    ghash_update(&ghash, aad, aad_length);
    ghash_update(&ghash, data, length);
    ghash.y[0] ^= 8 * (uint64_t)aad_length;
    ghash.y[1] ^= 8 * (uint64_t)length;
    ghash_multiply(&ghash);
    store_64(out, ghash.y[0]);
    store_64(out + 8, ghash.y[1]);
    sslr_wipe(&ghash, sizeof ghash);
}

void sslr_ghash(const uint8_t hash_key[16], const uint8_t *aad, size_t aad_length,
                const uint8_t *data, size_t length, uint8_t out[16])
{
    uint64_t h[2];

    prepare_hash_key(h, hash_key);
    ghash_all(h, aad, aad_length, data, length, out);
    sslr_wipe(h, sizeof h);
}

/* ---- the block cipher ---- */

/* A key during a call: the library's form, and the function that takes it. */
typedef struct BlockKey {
    AesKey         aes; /* used by AES alone, whose schedule is kept shorter */
    symmetric_key *key;
    int (*encrypt)(const unsigned char *in, unsigned char *out, symmetric_key *key);
} BlockKey;

static void load_key(BlockKey *out, const GcmState *state)
{
    if (state->block == GCM_AES) {
        aes_load(&out->aes, &state->key.aes, 1);
        out->key     = aes_library_key(&out->aes);
        out->encrypt = rijndael_ecb_encrypt;
    } else {
        out->key     = camellia_library_key(&state->key.camellia);
        out->encrypt = camellia_encrypt;
    }
}

static inline void encrypt_block(const BlockKey *key, const uint8_t *in, uint8_t *out)
{
    (void)key->encrypt(in, out, key->key);
}

/* ---- counter mode ---- */

enum {
    CHUNK = 8 * BLOCK
};

/* SP 800-38D 6.5; the first block of data has counter 2, because 1 belongs to the tag. */
static void run_counter(const BlockKey *key, const uint8_t nonce[AEAD_NONCE_SIZE], uint8_t *data,
                        size_t length)
{
    uint8_t  counter_block[BLOCK], stream[CHUNK];
    uint32_t counter = 2;

    memcpy(counter_block, nonce, AEAD_NONCE_SIZE);
    while (length != 0) {
        size_t size = length < CHUNK ? length : CHUNK, at;

        for (at = 0; at < size; at += BLOCK) {
            store_32(counter_block + AEAD_NONCE_SIZE, counter++);
            encrypt_block(key, counter_block, stream + at);
        }
        xor_bytes(data, stream, size);
        data += size;
        length -= size;
    }
    sslr_wipe(stream, sizeof stream);
}

/* ---- GCM ---- */

SSLErr sslr_gcm_init(GcmState *state, GcmBlock block, const uint8_t *key, size_t key_length)
{
    BlockKey loaded;
    uint8_t  zeros[BLOCK] = {0};
    SSLErr   err;

    state->block = block;
    err          = block == GCM_AES ? aes_expand(&state->key.aes, key, key_length, 1)
                                    : camellia_expand(&state->key.camellia, key, key_length);
    if (err != SSLNoErr) {
        return err;
    }
    load_key(&loaded, state);
    encrypt_block(&loaded, zeros, zeros);
    prepare_hash_key(state->h, zeros);
    sslr_wipe(zeros, sizeof zeros);
    sslr_wipe(&loaded, sizeof loaded);
    return SSLNoErr;
}

static void compute_tag(const GcmState *state, const BlockKey *key,
                        const uint8_t nonce[AEAD_NONCE_SIZE], const uint8_t *aad, size_t aad_length,
                        const uint8_t *data, size_t length, uint8_t tag[16])
{
    uint8_t block[BLOCK];

    ghash_all(state->h, aad, aad_length, data, length, tag);
    memcpy(block, nonce, AEAD_NONCE_SIZE);
    store_32(block + AEAD_NONCE_SIZE, 1);
    encrypt_block(key, block, block);
    xor_block(tag, block);
    sslr_wipe(block, sizeof block);
}

/* SP 800-38D 5.2.1.1: the counter must not come round. */
static int is_too_long(size_t length)
{
    uint64_t size = length;

    return size > (UINT64_C(1) << 36) - 32;
}

SSLErr sslr_gcm_seal(const GcmState *state, const uint8_t nonce[AEAD_NONCE_SIZE],
                     const uint8_t *aad, size_t aad_length, uint8_t *data, size_t length,
                     uint8_t tag[16])
{
    BlockKey key;

    if (is_too_long(length)) {
        return SSLCryptoErr;
    }
    load_key(&key, state);
    run_counter(&key, nonce, data, length);
    compute_tag(state, &key, nonce, aad, aad_length, data, length, tag);
    sslr_wipe(&key, sizeof key);
    return SSLNoErr;
}

SSLErr sslr_gcm_open(const GcmState *state, const uint8_t nonce[AEAD_NONCE_SIZE],
                     const uint8_t *aad, size_t aad_length, uint8_t *data, size_t length,
                     const uint8_t tag[16])
{
    BlockKey key;
    uint8_t  expected[16];
    SSLErr   err = SSLProtocolErr;

    if (is_too_long(length)) {
        return SSLProtocolErr;
    }
    load_key(&key, state);
    compute_tag(state, &key, nonce, aad, aad_length, data, length, expected);
    if (ct_memory_equal(tag, expected, sizeof expected)) {
        run_counter(&key, nonce, data, length);
        err = SSLNoErr;
    }
    sslr_wipe(expected, sizeof expected);
    sslr_wipe(&key, sizeof key);
    return err;
}
