/*
 * public_key_support.h - what the tests of the public-key half share: random sources that are
 * steady, scripted or broken, numbers from hexadecimal, the RSA keys of public_key_vectors.h.
 */
#ifndef SSLREF_PUBLIC_KEY_SUPPORT_H
#define SSLREF_PUBLIC_KEY_SUPPORT_H

#include "../../crypto/crypto.h"

/* A code that no part of the engine returns. */
#define BROKEN_SOURCE 4711

typedef struct TestRandom {
    uint32_t       counter;    /* another start, another sequence */
    int            calls_left; /* fails with BROKEN_SOURCE when it reaches 0; negative: never */
    int            calls;
    const uint8_t *first; /* given out by the first call, if not NULL */
    size_t         first_length;
    int            constant; /* if not negative, every byte */
} TestRandom;

CryptoRandom pk_random(TestRandom *state, uint32_t start);

/* Decode; the memory is part of a ring of 64 and is reused then. */
Number         pk_number(const char *hex);
const uint8_t *pk_bytes(const char *hex);

/* Filled with the bytes of public_key_vectors.h on first use; bits is 1024, 2048 or 2049. */
const RsaPrivateKey *pk_rsa_key(int bits);
RsaPublicKey         pk_public_half(const RsaPrivateKey *key);

/* Add a small number to a big-endian one, to walk around limits. */
void pk_step(uint8_t *number, size_t length, int by);

/* In hexadecimal: what is no DSA or ECDSA signature under any key. */
#define PK_MALFORMED_SIGNATURES 24
extern const char *const pk_malformed_signatures[PK_MALFORMED_SIGNATURES];

int pk_all_zero(const uint8_t *data, size_t length);

#endif
