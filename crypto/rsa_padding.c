/*
 * rsa_padding.c - PKCS#1 1.5 and PSS paddings, and the constant-time end of RSA key transport. No
 * arithmetic on big numbers. Called by rsa.c; sslr_rsa_unpad_premaster and
 * sslr_rsa_unpad_secret by core/.
 */
#include "rsa_padding.h"

#include <string.h>

/* ---- PKCS#1 1.5 ---- */

#define MAX_PREFIX 19

typedef struct DigestPrefix {
    HashId  hash;
    size_t  length;
    uint8_t bytes[MAX_PREFIX];
} DigestPrefix;

/* RFC 8017 9.2, note 1: DigestInfo up to the digest, with the NULL parameters. */
static const DigestPrefix prefixes[] = {
    {.hash   = HASH_MD5,
     .length = 18,
     .bytes  = {0x30, 0x20, 0x30, 0x0c, 0x06, 0x08, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x02, 0x05,
                0x05, 0x00, 0x04, 0x10}},
    {.hash   = HASH_SHA1,
     .length = 15,
     .bytes  = {0x30, 0x21, 0x30, 0x09, 0x06, 0x05, 0x2b, 0x0e, 0x03, 0x02, 0x1a, 0x05, 0x00, 0x04,
                0x14}},
    {.hash   = HASH_SHA224,
     .length = 19,
     .bytes  = {0x30, 0x2d, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02,
                0x04, 0x05, 0x00, 0x04, 0x1c}},
    {.hash   = HASH_SHA256,
     .length = 19,
     .bytes  = {0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02,
                0x01, 0x05, 0x00, 0x04, 0x20}},
    {.hash   = HASH_SHA384,
     .length = 19,
     .bytes  = {0x30, 0x41, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02,
                0x02, 0x05, 0x00, 0x04, 0x30}},
    {.hash   = HASH_SHA512,
     .length = 19,
     .bytes  = {0x30, 0x51, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02,
                0x03, 0x05, 0x00, 0x04, 0x40}},
};

static const DigestPrefix no_prefix = {.hash = HASH_NONE, .length = 0, .bytes = {0}};

static const DigestPrefix *find_prefix(HashId hash)
{
    size_t i;

    for (i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
        if (prefixes[i].hash == hash) {
            return &prefixes[i];
        }
    }
    return &no_prefix;
}

SSLErr sslr_pkcs1_encode(HashId hash, const uint8_t *digest, size_t digest_length, uint8_t *block,
                         size_t size)
{
    const DigestPrefix *prefix = find_prefix(hash);
    size_t              filling;

    if (hash != HASH_NONE && digest_length != sslr_hash_size(hash)) {
        return SSLCryptoErr;
    }
    /* 00 01, at least eight FF, 00 */
    if (size < 11 + prefix->length || size - 11 - prefix->length < digest_length) {
        return SSLBadKeyErr;
    }
    filling  = size - 3 - prefix->length - digest_length;
    block[0] = 0x00;
    block[1] = 0x01;
    memset(block + 2, 0xff, filling);
    block[2 + filling] = 0x00;
    memcpy(block + 3 + filling, prefix->bytes, prefix->length);
    if (digest_length != 0) {
        memcpy(block + size - digest_length, digest, digest_length);
    }
    return SSLNoErr;
}

/* Replace zeros by fresh bytes. A source that gives too many of them is broken. */
static SSLErr fill_nonzero(const CryptoRandom *random, uint8_t *out, size_t length)
{
    uint8_t spare[32];
    size_t  next  = sizeof(spare), i;
    int     draws = 0;
    SSLErr  err   = random->fill(random->ref, out, length);

    for (i = 0; i < length && err == SSLNoErr; i++) {
        while (out[i] == 0 && err == SSLNoErr) {
            if (next == sizeof(spare)) {
                err  = draws < 16 ? random->fill(random->ref, spare, sizeof(spare)) : SSLCryptoErr;
                next = 0;
                draws++;
            } else {
                out[i] = spare[next++];
            }
        }
    }
    sslr_wipe(spare, sizeof(spare));
    return err;
}

SSLErr sslr_pkcs1_pad(const CryptoRandom *random, const uint8_t *message, size_t length,
                      uint8_t *block, size_t size)
{
    if (size < 11 || size - 11 < length) {
        return SSLBadKeyErr;
    }
    block[0]                 = 0x00;
    block[1]                 = 0x02;
    block[size - length - 1] = 0x00;
    if (length != 0) {
        memcpy(block + size - length, message, length);
    }
    return fill_nonzero(random, block + 2, size - length - 3);
}

/* ---- PSS ---- */

/* RFC 8017 B.2.1, applied: block ^= MGF1(seed). */
static void mask_block(HashId hash, const uint8_t *seed, uint8_t *block, size_t length)
{
    uint8_t   mask[MAX_HASH_SIZE];
    HashState state;
    size_t    i, size = sslr_hash_size(hash);
    uint32_t  counter = 0;

    for (i = 0; i < length; i++) {
        if (i % size == 0) {
            uint8_t number[4] = {(uint8_t)(counter >> 24), (uint8_t)(counter >> 16),
                                 (uint8_t)(counter >> 8), (uint8_t)counter};

            sslr_hash_init(&state, hash);
            sslr_hash_update(&state, seed, size);
            sslr_hash_update(&state, number, sizeof(number));
            sslr_hash_final(&state, mask);
            counter++;
        }
        block[i] ^= mask[i % size];
    }
}

/* H = Hash(eight zeros || digest || salt) */
static void hash_salted(HashId hash, const uint8_t *digest, const uint8_t *salt, size_t salt_length,
                        uint8_t *out)
{
    static const uint8_t zeros[8] = {0};
    HashState            state;

    sslr_hash_init(&state, hash);
    sslr_hash_update(&state, zeros, sizeof(zeros));
    sslr_hash_update(&state, digest, sslr_hash_size(hash));
    if (salt_length != 0) {
        sslr_hash_update(&state, salt, salt_length);
    }
    sslr_hash_final(&state, out);
}

/* The bits of the first byte that lie above emBits. */
static uint8_t unused_bits(size_t bits)
{
    return bits % 8 == 0 ? 0 : (uint8_t)(0xff << (bits % 8));
}

SSLErr sslr_pss_encode(HashId hash, const uint8_t *digest, const uint8_t *salt, size_t salt_length,
                       uint8_t *block, size_t bits)
{
    size_t size = (bits + 7) / 8, hash_size = sslr_hash_size(hash), zeros;

    if (hash_size == 0) {
        return SSLCryptoErr;
    }
    if (size < hash_size + salt_length + 2) {
        return SSLBadKeyErr;
    }
    zeros = size - salt_length - hash_size - 2;
    memset(block, 0, zeros);
    block[zeros] = 0x01;
    memcpy(block + zeros + 1, salt, salt_length);
    hash_salted(hash, digest, salt, salt_length, block + zeros + 1 + salt_length);
    block[size - 1] = 0xbc;
    mask_block(hash, block + size - 1 - hash_size, block, size - 1 - hash_size);
    block[0] &= (uint8_t)~unused_bits(bits);
    return SSLNoErr;
}

SSLErr sslr_pss_check(HashId hash, const uint8_t *digest, size_t salt_length, uint8_t *block,
                      size_t bits)
{
    uint8_t expected[MAX_HASH_SIZE];
    size_t  size = (bits + 7) / 8, hash_size = sslr_hash_size(hash), zeros, i;

    if (hash_size == 0) {
        return SSLCryptoErr;
    }
    if (size < hash_size + 2 || size - hash_size - 2 < salt_length) {
        return SSLProtocolErr;
    }
    if (block[size - 1] != 0xbc || (block[0] & unused_bits(bits)) != 0) {
        return SSLProtocolErr;
    }
    zeros = size - salt_length - hash_size - 2;
    mask_block(hash, block + size - 1 - hash_size, block, size - 1 - hash_size);
    block[0] &= (uint8_t)~unused_bits(bits);
    for (i = 0; i < zeros; i++) {
        if (block[i] != 0) {
            return SSLProtocolErr;
        }
    }
    if (block[zeros] != 0x01) {
        return SSLProtocolErr;
    }
    hash_salted(hash, digest, block + zeros + 1, salt_length, expected);
    return ct_memory_equal(expected, block + size - 1 - hash_size, hash_size) ? SSLNoErr
                                                                              : SSLProtocolErr;
}

/* ---- RSA key transport ---- */

#define PREMASTER_SIZE 48

/* 00 02, at least eight bytes that are not zero, 00, then length bytes. The place of the last zero
 * is known, so all of the block is checked at fixed places and nothing is searched for. The block
 * has length + 11 bytes or more. */
static Mask padding_is_good(const uint8_t *block, size_t block_length, size_t length)
{
    size_t separator = block_length - length - 1, i;
    Mask   good      = ct_is_zero(block[0]) & ct_is_equal(block[1], 0x02);

    for (i = 2; i < separator; i++) {
        good &= ~ct_is_zero(block[i]);
    }
    return good & ct_is_zero(block[separator]);
}

static int has_room(size_t block_length, size_t length)
{
    return block_length >= 11 && block_length - 11 >= length;
}

void sslr_rsa_unpad_premaster(const uint8_t *block, size_t block_length, const uint8_t version[2],
                              const uint8_t fallback[48], uint8_t premaster[48])
{
    const uint8_t *secret;
    Mask           good;

    memcpy(premaster, fallback, PREMASTER_SIZE);
    memcpy(premaster, version, 2);
    if (has_room(block_length, PREMASTER_SIZE)) {
        secret = block + block_length - PREMASTER_SIZE;
        good   = padding_is_good(block, block_length, PREMASTER_SIZE);
        good &= ct_is_equal(secret[0], version[0]) & ct_is_equal(secret[1], version[1]);
        ct_copy(good, premaster, secret, PREMASTER_SIZE);
    }
}

/* RFC 2246 E.2; RFC 5246 E.3 has the check the wrong way round. */
static Mask has_rollback_marker(const uint8_t *separator)
{
    static const uint8_t marker[ROLLBACK_MARKER_SIZE] = {3, 3, 3, 3, 3, 3, 3, 3};

    return ct_memory_equal(separator - ROLLBACK_MARKER_SIZE, marker, ROLLBACK_MARKER_SIZE);
}

void sslr_rsa_unpad_secret(const uint8_t *block, size_t block_length, size_t secret_length,
                           int refuse_rollback_marker, const uint8_t *fallback, uint8_t *secret)
{
    memcpy(secret, fallback, secret_length);
    if (has_room(block_length, secret_length)) {
        const uint8_t *payload = block + block_length - secret_length;
        Mask           good    = padding_is_good(block, block_length, secret_length);

        if (refuse_rollback_marker) {
            good &= ~has_rollback_marker(payload - 1);
        }
        ct_copy(good, secret, payload, secret_length);
    }
}
