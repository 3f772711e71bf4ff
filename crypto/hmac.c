/*
 * hmac.c - HMAC (RFC 2104) and the derivations made of it: HKDF (RFC 5869), the PRFs of TLS 1.0
 * (RFC 2246 5) and TLS 1.2 (RFC 5246 5), PBKDF2 (RFC 8018). Called by the key
 * schedules, record protection and the reader of key files.
 */
#include "hash.h"

#include <string.h>

/* ---- HMAC ---- */

static void absorb_pad(HashState *state, HashId id, const uint8_t *key, uint8_t with)
{
    uint8_t pad[MAX_HASH_BLOCK];
    size_t  block = sslr_hash_block_size(id), i;

    for (i = 0; i < block; i++) {
        pad[i] = key[i] ^ with;
    }
    sslr_hash_init(state, id);
    sslr_hash_update(state, pad, block);
    sslr_wipe(pad, block);
}

void sslr_hmac_init(HmacState *state, HashId id, const uint8_t *key, size_t key_length)
{
    uint8_t padded_key[MAX_HASH_BLOCK] = {0};

    if (key_length > sslr_hash_block_size(id)) {
        sslr_hash(id, key, key_length, padded_key);
    } else if (key_length != 0) {
        memcpy(padded_key, key, key_length);
    }
    absorb_pad(&state->inner, id, padded_key, 0x36);
    absorb_pad(&state->outer, id, padded_key, 0x5c);
    sslr_wipe(padded_key, sizeof padded_key);
}

void sslr_hmac_update(HmacState *state, const void *data, size_t length)
{
    sslr_hash_update(&state->inner, data, length);
}

static void finish_outer(HmacState *state, const uint8_t *inner_digest, size_t size, uint8_t *mac)
{
    sslr_hash_update(&state->outer, inner_digest, size);
    sslr_hash_final(&state->outer, mac);
}

void sslr_hmac_final(HmacState *state, uint8_t *mac)
{
    uint8_t digest[MAX_HASH_SIZE];
    size_t  size = sslr_hash_size(sslr_hash_id(&state->inner));

    sslr_hash_final(&state->inner, digest);
    finish_outer(state, digest, size, mac);
    sslr_wipe(digest, sizeof digest);
}

void sslr_hmac_final_constant_time(HmacState *state, const uint8_t *tail, size_t secret_length,
                                   size_t max_length, uint8_t *mac)
{
    uint8_t digest[MAX_HASH_SIZE];
    size_t  size = sslr_hash_size(sslr_hash_id(&state->inner));

    sslr_hash_final_constant_time(&state->inner, tail, secret_length, max_length, digest);
    finish_outer(state, digest, size, mac);
    sslr_wipe(digest, sizeof digest);
}

void sslr_hmac(HashId id, const uint8_t *key, size_t key_length, const void *data, size_t length,
               uint8_t *mac)
{
    HmacState state;

    sslr_hmac_init(&state, id, key, key_length);
    sslr_hmac_update(&state, data, length);
    sslr_hmac_final(&state, mac);
}

/* ---- derivations ---- */

/* Copy the next part of a stream of blocks to out; returns the bytes taken. */
static size_t take(uint8_t *out, size_t wanted, const uint8_t *block, size_t size)
{
    size_t taken = wanted < size ? wanted : size;

    memcpy(out, block, taken);
    return taken;
}

/* RFC 5869 2.2. HMAC pads its key with zeros, so no salt and a string of zeros are one. */
void sslr_hkdf_extract(HashId id, const uint8_t *salt, size_t salt_length, const uint8_t *ikm,
                       size_t ikm_length, uint8_t *prk)
{
    sslr_hmac(id, salt, salt_length, ikm, ikm_length, prk);
}

/* RFC 5869 2.3: T(i) = HMAC(PRK, T(i-1) || info || i). */
void sslr_hkdf_expand(HashId id, const uint8_t *prk, const uint8_t *info, size_t info_length,
                      uint8_t *out, size_t out_length)
{
    HmacState keyed, state;
    uint8_t   t[MAX_HASH_SIZE], counter = 0;
    size_t    size = sslr_hash_size(id), t_length = 0;

    sslr_hmac_init(&keyed, id, prk, size);
    while (out_length != 0) {
        size_t taken;

        counter++;
        state = keyed;
        sslr_hmac_update(&state, t, t_length);
        sslr_hmac_update(&state, info, info_length);
        sslr_hmac_update(&state, &counter, 1);
        sslr_hmac_final(&state, t);
        t_length = size;
        taken    = take(out, out_length, t, size);
        out += taken;
        out_length -= taken;
    }
    sslr_wipe(&keyed, sizeof keyed);
    sslr_wipe(t, sizeof t);
}

/* P_hash of RFC 2246 5 and RFC 5246 5: A(0) = seed, A(i) = HMAC(secret, A(i-1)); the stream is
 * HMAC(secret, A(1) || seed) || HMAC(secret, A(2) || seed) || ... */
typedef struct Expansion {
    HmacState      keyed;
    size_t         size;
    const char    *label; /* the seed is label || seed */
    const uint8_t *seed;
    size_t         seed_length;
} Expansion;

static void expansion_begin(Expansion *expansion, HashId id, const uint8_t *secret,
                            size_t secret_length, const char *label, const uint8_t *seed,
                            size_t seed_length)
{
    sslr_hmac_init(&expansion->keyed, id, secret, secret_length);
    expansion->size        = sslr_hash_size(id);
    expansion->label       = label;
    expansion->seed        = seed;
    expansion->seed_length = seed_length;
}

/* out = HMAC(secret, a || label || seed), where a may be empty. */
static void expansion_hmac(const Expansion *expansion, const uint8_t *a, size_t a_length,
                           uint8_t *out)
{
    HmacState state = expansion->keyed;

    sslr_hmac_update(&state, a, a_length);
    sslr_hmac_update(&state, expansion->label, strlen(expansion->label));
    sslr_hmac_update(&state, expansion->seed, expansion->seed_length);
    sslr_hmac_final(&state, out);
}

/* out ^= the stream. Wipes the expansion. */
static void expansion_apply(Expansion *expansion, uint8_t *out, size_t out_length)
{
    uint8_t   a[MAX_HASH_SIZE], block[MAX_HASH_SIZE];
    size_t    size = expansion->size, i;
    HmacState state;

    expansion_hmac(expansion, NULL, 0, a);
    while (out_length != 0) {
        size_t taken = out_length < size ? out_length : size;

        expansion_hmac(expansion, a, size, block);
        for (i = 0; i < taken; i++) {
            out[i] ^= block[i];
        }
        out += taken;
        out_length -= taken;

        state = expansion->keyed;
        sslr_hmac_update(&state, a, size);
        sslr_hmac_final(&state, a);
    }
    sslr_wipe(expansion, sizeof *expansion);
    sslr_wipe(a, sizeof a);
    sslr_wipe(block, sizeof block);
}

/* The secrets are absorbed before out is touched: they may lie there. */
void sslr_tls12_prf(HashId id, const uint8_t *secret, size_t secret_length, const char *label,
                    const uint8_t *seed, size_t seed_length, uint8_t *out, size_t out_length)
{
    Expansion expansion;

    expansion_begin(&expansion, id, secret, secret_length, label, seed, seed_length);
    memset(out, 0, out_length);
    expansion_apply(&expansion, out, out_length);
}

void sslr_tls10_prf(const uint8_t *secret, size_t secret_length, const char *label,
                    const uint8_t *seed, size_t seed_length, uint8_t *out, size_t out_length)
{
    size_t         half   = secret_length / 2 + secret_length % 2;
    const uint8_t *second = secret_length != 0 ? secret + (secret_length - half) : secret;
    Expansion      md5, sha1;

    expansion_begin(&md5, HASH_MD5, secret, half, label, seed, seed_length);
    expansion_begin(&sha1, HASH_SHA1, second, half, label, seed, seed_length);
    memset(out, 0, out_length);
    expansion_apply(&md5, out, out_length);
    expansion_apply(&sha1, out, out_length);
}

/* RFC 8018 5.2: F(i) = U1 ^ U2 ^ ..., U1 = HMAC(P, S || i), Uj = HMAC(P, Uj-1). */
static void pbkdf2_block(const HmacState *keyed, size_t size, const uint8_t *salt,
                         size_t salt_length, uint32_t iterations, uint32_t index, uint8_t *block)
{
    HmacState state = *keyed;
    uint8_t   u[MAX_HASH_SIZE], number[4];
    uint32_t  round;
    size_t    i;

    for (i = 0; i < 4; i++) {
        number[i] = (uint8_t)(index >> (24 - 8 * i));
    }
    sslr_hmac_update(&state, salt, salt_length);
    sslr_hmac_update(&state, number, sizeof number);
    sslr_hmac_final(&state, u);
    memcpy(block, u, size);
    for (round = 1; round < iterations; round++) {
        state = *keyed;
        sslr_hmac_update(&state, u, size);
        sslr_hmac_final(&state, u);
        for (i = 0; i < size; i++) {
            block[i] ^= u[i];
        }
    }
    sslr_wipe(u, sizeof u);
}

void sslr_pbkdf2(HashId id, const uint8_t *password, size_t password_length, const uint8_t *salt,
                 size_t salt_length, uint32_t iterations, uint8_t *out, size_t out_length)
{
    HmacState keyed;
    uint8_t   block[MAX_HASH_SIZE];
    size_t    size  = sslr_hash_size(id);
    uint32_t  index = 1;

    sslr_hmac_init(&keyed, id, password, password_length);
    while (out_length != 0) {
        size_t taken;

        pbkdf2_block(&keyed, size, salt, salt_length, iterations, index++, block);
        taken = take(out, out_length, block, size);
        out += taken;
        out_length -= taken;
    }
    sslr_wipe(&keyed, sizeof keyed);
    sslr_wipe(block, sizeof block);
}
