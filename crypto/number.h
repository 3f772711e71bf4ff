/*
 * number.h - big numbers for the public-key files of crypto/: a workspace that owns every
 * temporary and remembers the first failure, so that a formula reads as one and is checked once at
 * its end. Over libtomcrypt's math descriptor; nobody outside crypto/ includes this.
 */
#ifndef SSLREF_NUMBER_H
#define SSLREF_NUMBER_H

#include "crypto.h"
#include "tomcrypt_include.h"

/* Never negative. Owned by its workspace. */
typedef void *Big;

/* Verification of ECDSA is the largest user: a table of 16 points and some twenty numbers. */
#define WORKSPACE_NUMBERS 112

/* After the first failure every operation does nothing, every question is answered with no, and a
 * new number is NULL. */
typedef struct Workspace {
    SSLErr err;
    size_t count;
    Big    all[WORKSPACE_NUMBERS];
} Workspace;

void sslr_work_begin(Workspace *work);
/* Zeroes and frees all numbers; tells the first failure. */
SSLErr sslr_work_end(Workspace *work);
/* Zeroes and frees the numbers made since count was mark. */
void sslr_work_release(Workspace *work, size_t mark);
/* Unless something failed already, fail with err if the condition is not met. */
void sslr_work_require(Workspace *work, int condition, SSLErr err);

Big sslr_big_new(Workspace *work); /* zero */
Big sslr_big_read(Workspace *work, const uint8_t *data, size_t length);
Big sslr_big_hex(Workspace *work, const char *digits);
/* Exactly width bytes, leading zeros kept; SSLCryptoErr if the number is longer. */
void sslr_big_write(Workspace *work, Big a, uint8_t *out, size_t width);

int sslr_big_less(const Workspace *work, Big a, Big b);
int sslr_big_equal(const Workspace *work, Big a, Big b);
int sslr_big_is_zero(const Workspace *work, Big a);
int sslr_big_is_odd(const Workspace *work, Big a);
int sslr_big_bits(const Workspace *work, Big a); /* 0 after a failure */
/* low < a < high - 1: where public values of Diffie-Hellman must lie for low = 1 */
int sslr_big_is_inside(Workspace *work, unsigned low, Big a, Big high);

/* out may be one of the operands. */
void sslr_big_copy(Workspace *work, Big a, Big out);
void sslr_big_set(Workspace *work, Big out, unsigned value);
void sslr_big_add(Workspace *work, Big a, Big b, Big out);
void sslr_big_sub_small(Workspace *work, Big a, unsigned b, Big out); /* a >= b */
void sslr_big_mul(Workspace *work, Big a, Big b, Big out);
void sslr_big_mod(Workspace *work, Big a, Big modulus, Big out);
void sslr_big_add_mod(Workspace *work, Big a, Big b, Big modulus, Big out);
void sslr_big_sub_mod(Workspace *work, Big a, Big b, Big modulus, Big out);
void sslr_big_mul_mod(Workspace *work, Big a, Big b, Big modulus, Big out);
/* SSLCryptoErr if there is no inverse. Its time depends on a: blind it first. */
void sslr_big_invert(Workspace *work, Big a, Big modulus, Big out);

/* Arithmetic in Montgomery's form under an odd modulus. */
typedef struct Montgomery {
    Big   modulus;
    Big   one; /* 1 in this form */
    void *digit;
} Montgomery;

void sslr_montgomery_begin(Workspace *work, Montgomery *field, Big modulus);
void sslr_montgomery_end(Montgomery *field);
void sslr_montgomery_enter(Workspace *work, const Montgomery *field, Big a, Big out);
void sslr_montgomery_leave(Workspace *work, const Montgomery *field, Big a);
void sslr_montgomery_mul(Workspace *work, const Montgomery *field, Big a, Big b, Big out);

/* out = base ^ exponent mod modulus, modulus odd. The sequence of squarings and multiplications
 * depends on exponent_bits alone; the exponent must fit in. */
#define MAX_EXPONENT_BITS (MAX_RSA_BITS + 128)
void sslr_big_power(Workspace *work, Big base, Big exponent, size_t exponent_bits, Big modulus,
                    Big out);
/* The same for a small exponent that is no secret. */
void sslr_big_power_small(Workspace *work, Big base, uint64_t exponent, Big modulus, Big out);
/* 1 / a modulo a prime by Fermat's theorem: no step depends on a. Zero gives zero. */
void sslr_big_invert_prime(Workspace *work, Big a, Big prime, Big out);

Big sslr_big_power_of_two(Workspace *work, size_t bits);

/* Uniform in 1 .. limit - 1 (bias below 2^-64); one call of the random source. */
Big sslr_big_random(Workspace *work, const CryptoRandom *random, Big limit);
/* The leftmost bits of a digest as a number (FIPS 186-4 6.4; bits2int of RFC 6979 2.3.2). */
Big sslr_big_leftmost(Workspace *work, const uint8_t *data, size_t length, size_t bits);

#endif
