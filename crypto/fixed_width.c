/*
 * fixed_width.c - one Montgomery multiplication in constant time, without the library, whose
 * numbers shrink with their leading zeros. That a decrypted block begins with zeros is just what
 * the attacks after Bleichenbacher measure (Marvin, 2023). Called by rsa.c.
 */
#include "fixed_width.h"

#include <string.h>

#define MAX_LIMBS (MAX_RSA_SIZE / 4)

size_t sslr_fixed_limbs(size_t width)
{
    return (width + 3) / 4;
}

/* Least significant limb first; the caller zeroed the limbs. */
static void load(const uint8_t *bytes, size_t width, uint32_t *limbs)
{
    size_t i;

    for (i = 0; i < width; i++) {
        limbs[i / 4] |= (uint32_t)bytes[width - 1 - i] << (8 * (i % 4));
    }
}

static void store(const uint32_t *limbs, size_t width, uint8_t *bytes)
{
    size_t i;

    for (i = 0; i < width; i++) {
        bytes[width - 1 - i] = (uint8_t)(limbs[i / 4] >> (8 * (i % 4)));
    }
}

/* -1 / n0 mod 2^32: each step of Newton's doubles the correct bits, of which n0 itself has 3. */
static uint32_t negative_inverse(uint32_t n0)
{
    uint32_t x = n0;
    int      i;

    for (i = 0; i < 4; i++) {
        x *= 2u - n0 * x;
    }
    return 0u - x;
}

/* t = t + f * a, over count limbs; the carry goes into the two limbs behind. */
static void add_product(uint32_t *t, uint32_t f, const uint32_t *a, size_t count)
{
    uint64_t carry = 0;
    size_t   i;

    for (i = 0; i < count; i++) {
        carry += (uint64_t)f * a[i] + t[i];
        t[i] = (uint32_t)carry;
        carry >>= 32;
    }
    carry += t[count];
    t[count] = (uint32_t)carry;
    t[count + 1] += (uint32_t)(carry >> 32);
}

/* t < 2n has count + 1 limbs; subtract n once if t >= n. */
static void reduce_once(uint32_t *t, const uint32_t *n, size_t count)
{
    uint32_t difference[MAX_LIMBS];
    uint64_t borrow = 0;
    Mask     smaller;
    size_t   i;

    for (i = 0; i < count; i++) {
        uint64_t d = (uint64_t)t[i] - n[i] - borrow;

        difference[i] = (uint32_t)d;
        borrow        = (d >> 32) & 1;
    }
    smaller = ct_from_bit((uint32_t)((((uint64_t)t[count] - borrow) >> 32) & 1));
    for (i = 0; i < count; i++) {
        t[i] = ct_select(smaller, t[i], difference[i]);
    }
    sslr_wipe(difference, sizeof(difference));
}

void sslr_fixed_montgomery_mul(const uint8_t *a, const uint8_t *b, const uint8_t *n, size_t width,
                               uint8_t *out)
{
    uint32_t x[MAX_LIMBS] = {0}, y[MAX_LIMBS] = {0}, modulus[MAX_LIMBS] = {0};
    uint32_t t[MAX_LIMBS + 2] = {0};
    size_t   i, count = sslr_fixed_limbs(width);
    uint32_t inverse;

    load(a, width, x);
    load(b, width, y);
    load(n, width, modulus);
    inverse = negative_inverse(modulus[0]);
    for (i = 0; i < count; i++) {
        add_product(t, x[i], y, count);
        add_product(t, t[0] * inverse, modulus, count); /* t[0] becomes 0 */
        memmove(t, t + 1, (count + 1) * sizeof(t[0]));
        t[count + 1] = 0;
    }
    reduce_once(t, modulus, count);
    store(t, width, out);
    sslr_wipe(x, sizeof(x));
    sslr_wipe(y, sizeof(y));
    sslr_wipe(t, sizeof(t));
}
