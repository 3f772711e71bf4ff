/*
 * mlkem768_poly.h - polynomials of ML-KEM (FIPS 203 4.2, 4.3): the number-theoretic transform,
 * products, compression and byte forms. No hashing and no keys live here. Called by mlkem768.c
 * and by its test.
 *
 * Everything is unsigned and runs in constant time: no branch, no index and no division depends
 * on a coefficient. The only exceptions work on public data and say so. Every function leaves
 * coefficients in [0, q) and, unless it says otherwise, expects them so.
 */
#ifndef SSLREF_MLKEM768_POLY_H
#define SSLREF_MLKEM768_POLY_H

#include "crypto.h"

enum {
    MLKEM_N            = 256,
    MLKEM_Q            = 3329,
    MLKEM_POLY_SIZE    = 384, /* 12 bits a coefficient */
    MLKEM_U_SIZE       = 320, /* compressed to 10 bits */
    MLKEM_V_SIZE       = 128, /* compressed to 4 bits */
    MLKEM_NOISE_SIZE   = 128, /* what one noise polynomial is made of */
    MLKEM_XOF_BLOCK    = 168, /* the rate of SHAKE128 */
    MLKEM_MESSAGE_SIZE = 32
};

typedef struct MlkemPoly {
    uint16_t c[MLKEM_N];
} MlkemPoly;

/* Algorithms 9 and 10. The inverse also multiplies by 2^16, which takes back the 2^-16 that
 * sslr_mlkem_multiply_add leaves. */
void sslr_mlkem_ntt(MlkemPoly *p);
void sslr_mlkem_inverse_ntt(MlkemPoly *p);

/* sum += a * b / 2^16, all in the transformed domain (algorithm 11). */
void sslr_mlkem_multiply_add(MlkemPoly *sum, const MlkemPoly *a, const MlkemPoly *b);

/* p *= 2^16, for a product that stays in the transformed domain. */
void sslr_mlkem_scale(MlkemPoly *p);

/* Any 16-bit coefficients as long as no sum exceeds 65535. */
void sslr_mlkem_add(MlkemPoly *sum, const MlkemPoly *p);
void sslr_mlkem_subtract(MlkemPoly *difference, const MlkemPoly *p); /* difference -= p */

/* ByteEncode and ByteDecode with 12 bits. decode reduces modulo q as algorithm 6 says, and tells
 * whether there was nothing to reduce: the modulus check of 7.2. */
void sslr_mlkem_encode(uint8_t out[MLKEM_POLY_SIZE], const MlkemPoly *p);
Mask sslr_mlkem_decode(MlkemPoly *p, const uint8_t in[MLKEM_POLY_SIZE]);

/* ByteEncode(Compress()) and Decompress(ByteDecode()), with 10, 4 and 1 bit. */
void sslr_mlkem_encode_u(uint8_t out[MLKEM_U_SIZE], const MlkemPoly *p);
void sslr_mlkem_decode_u(MlkemPoly *p, const uint8_t in[MLKEM_U_SIZE]);
void sslr_mlkem_encode_v(uint8_t out[MLKEM_V_SIZE], const MlkemPoly *p);
void sslr_mlkem_decode_v(MlkemPoly *p, const uint8_t in[MLKEM_V_SIZE]);
void sslr_mlkem_encode_message(uint8_t out[MLKEM_MESSAGE_SIZE], const MlkemPoly *p);
void sslr_mlkem_decode_message(MlkemPoly *p, const uint8_t in[MLKEM_MESSAGE_SIZE]);

/* Algorithm 8, SamplePolyCBD with eta = 2. */
void sslr_mlkem_sample_noise(MlkemPoly *p, const uint8_t bytes[MLKEM_NOISE_SIZE]);

/* One block's worth of algorithm 7, SampleNTT: appends to the count coefficients that p has, and
 * returns the new count. Variable time: the matrix is public. */
size_t sslr_mlkem_sample_uniform(MlkemPoly *p, size_t count, const uint8_t block[MLKEM_XOF_BLOCK]);

#endif
