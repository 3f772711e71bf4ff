/*
 * field25519.h - numbers modulo p = 2^255 - 19, in constant time, with two representations chosen
 * at compile time: five limbs where the compiler has 128-bit products, else ten. Called by x25519.c
 * and ed25519.c; knows no curve.
 *
 * Bounds: an element is "reduced" when its limbs exceed their width by a few bits at most. Every
 * function but sslr_field_add returns reduced elements; add does not carry, so its result counts
 * as the sum of what went in. Every function takes sums of up to three reduced elements. A result
 * may be the same object as an argument.
 */
#ifndef SSLREF_FIELD25519_H
#define SSLREF_FIELD25519_H

#include "constant_time.h"

#if defined(__SIZEOF_INT128__) && !defined(SSLREF_FIELD25519_32)
#define FIELD25519_64    1
#define FIELD25519_LIMBS 5 /* of 51 bits */
typedef uint64_t FieldLimb;
#else
#define FIELD25519_64    0
#define FIELD25519_LIMBS 10 /* of 26 and 25 bits in turn */
typedef uint32_t FieldLimb;
#endif

typedef struct Field25519 {
    FieldLimb limb[FIELD25519_LIMBS];
} Field25519;

/* The top bit of the last byte is ignored; values from p to 2^255 - 1 are taken as they are. */
void sslr_field_from_bytes(Field25519 *out, const uint8_t bytes[32]);
/* Always the canonical encoding, below p. */
void sslr_field_to_bytes(uint8_t bytes[32], const Field25519 *a);
void sslr_field_from_small(Field25519 *out, uint32_t value); /* below 2^25 */

void sslr_field_add(Field25519 *out, const Field25519 *a, const Field25519 *b);
void sslr_field_subtract(Field25519 *out, const Field25519 *a, const Field25519 *b);
void sslr_field_multiply(Field25519 *out, const Field25519 *a, const Field25519 *b);
void sslr_field_square(Field25519 *out, const Field25519 *a);
void sslr_field_multiply_small(Field25519 *out, const Field25519 *a, uint32_t value); /* < 2^17 */

/* a^(p-2), which is 1/a, and 0 for 0. */
void sslr_field_invert(Field25519 *out, const Field25519 *a);
/* a^((p-5)/8), from which RFC 8032 5.1.3 builds square roots. */
void sslr_field_root_power(Field25519 *out, const Field25519 *a);

void sslr_field_swap(Mask mask, Field25519 *a, Field25519 *b);
/* out = from if the mask is true. */
void sslr_field_copy(Mask mask, Field25519 *out, const Field25519 *from);

Mask     sslr_field_is_zero(const Field25519 *a);
uint32_t sslr_field_parity(const Field25519 *a); /* lowest bit of the canonical value */

#endif
