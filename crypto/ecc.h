/*
 * ecc.h - the NIST curves inside crypto/: what ecc.c lends to ecdsa.c.
 */
#ifndef SSLREF_ECC_H
#define SSLREF_ECC_H

#include "number.h"

typedef struct Curve {
    size_t    size;       /* bytes of a coordinate and of a scalar */
    size_t    order_bits; /* of n */
    Big       p, b, n;
    ecc_point g;
} Curve;

/* The numbers belong to the workspace. SSLCryptoErr for a curve that is not one of NIST's three. */
void sslr_curve_load(Workspace *work, Curve *curve, CurveId id);

ecc_point sslr_point_new(Workspace *work);

/* SEC 1 2.3.4, uncompressed form alone: SSLProtocolErr if the length, the leading 04, the range or
 * the equation is wrong. */
ecc_point sslr_point_read(Workspace *work, const Curve *curve, const uint8_t *bytes, size_t length);

/* 1 .. n - 1, or SSLBadKeyErr. */
Big sslr_scalar_read(Workspace *work, const Curve *curve, const uint8_t *scalar);

/* out = k * point with affine coordinates, 0 < k < n, by the library's ladder. random, unless NULL,
 * gives the representation of the point (Coron 1999), so that no two runs handle the same numbers.
 */
void sslr_point_multiply(Workspace *work, const Curve *curve, const CryptoRandom *random, Big k,
                         const ecc_point *point, ecc_point *out);

#endif
