/*
 * scalar25519.h - numbers modulo L, the order of Ed25519's base point, in constant time. Called by
 * ed25519.c. All encodings are little-endian.
 */
#ifndef SSLREF_SCALAR25519_H
#define SSLREF_SCALAR25519_H

#include "constant_time.h"

/* out = wide mod L. */
void sslr_scalar_reduce(uint8_t out[32], const uint8_t wide[64]);

/* out = (a b + c) mod L; a below 2^256, b and c below L. */
void sslr_scalar_multiply_add(uint8_t out[32], const uint8_t a[32], const uint8_t b[32],
                              const uint8_t c[32]);

/* Whether a is below L. */
Mask sslr_scalar_is_canonical(const uint8_t a[32]);

#endif
