/*
 * curve25519.h - X25519 and the key half of Ed25519, as curve-neutral code inside crypto/ calls
 * them (sslr_curve_public, sslr_ecdh_*). Signing and verifying stand in crypto.h. All numbers are
 * little-endian, 32 bytes; all of it runs in constant time with respect to scalar and seed.
 */
#ifndef SSLREF_CURVE25519_H
#define SSLREF_CURVE25519_H

#include "crypto.h"

/* RFC 7748 5: out = X25519(scalar, point). The scalar is clamped here, not by the caller; the top
 * bit of point is ignored and a non-canonical point is reduced, as the RFC demands. True if the
 * result is not all zeros; false (a point of small order: RFC 7748 6.1) leaves zeros in out. out
 * may be scalar or point. */
Mask sslr_x25519(uint8_t out[32], const uint8_t scalar[32], const uint8_t point[32]);

/* out = X25519(scalar, 9). */
void sslr_x25519_public(uint8_t out[32], const uint8_t scalar[32]);

/* RFC 8032 5.1.5: the public key that belongs to a seed. */
void sslr_ed25519_public(const uint8_t seed[32], uint8_t point[32]);

#endif
