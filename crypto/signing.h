/*
 * signing.h - what DSA and ECDSA have in common when they sign: the nonce and the equation. For
 * dsa.c and ecdsa.c.
 */
#ifndef SSLREF_SIGNING_H
#define SSLREF_SIGNING_H

#include "number.h"

/* HMAC_DRBG as RFC 6979 3.2 runs it. Wiped by the caller. */
typedef struct NonceSource {
    HashId  hash;
    size_t  hash_size;
    Big     order; /* of the group: at most MAX_CURVE_SCALAR bytes */
    size_t  width; /* its bytes */
    uint8_t key[MAX_HASH_SIZE], value[MAX_HASH_SIZE];
} NonceSource;

/* Hedged with fresh random bytes unless random is NULL. SSLCryptoErr for HASH_NONE. */
void sslr_nonce_begin(Workspace *work, NonceSource *source, Big order, HashId hash,
                      Big private_number, Big digest, const CryptoRandom *random);

/* The next number in 1 .. order - 1. */
Big sslr_nonce_next(Workspace *work, NonceSource *source);

/* s = (e + r d) / k mod order, blinded unless random is NULL. */
void sslr_sign_equation(Workspace *work, Big order, const CryptoRandom *random, Big k, Big r, Big d,
                        Big e, Big s);

#endif
