/*
 * fixed_width.h - the one modular multiplication whose result is a secret that an attacker can
 * choose: the last step of RSA decryption. For rsa.c.
 */
#ifndef SSLREF_FIXED_WIDTH_H
#define SSLREF_FIXED_WIDTH_H

#include "crypto.h"

/* out = a * b / 2^(32 * sslr_fixed_limbs(width)) mod n, all of width bytes, big-endian; n odd, a
 * and b below n, width at most MAX_RSA_SIZE. Time and memory access depend on width alone. */
void   sslr_fixed_montgomery_mul(const uint8_t *a, const uint8_t *b, const uint8_t *n, size_t width,
                                 uint8_t *out);
size_t sslr_fixed_limbs(size_t width);

#endif
