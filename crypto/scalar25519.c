/*
 * scalar25519.c - numbers modulo L = 2^252 + 27742317777372353535851937790883648493, by Montgomery
 * multiplication with R = 2^256 on eight limbs of 32 bits: one routine serves reduction and product
 * and has no branch on a value. Called by ed25519.c.
 */
#include "scalar25519.h"
#include "crypto.h"

#define LIMBS 8

typedef struct Scalar {
    uint32_t limb[LIMBS]; /* lowest first */
} Scalar;

static const Scalar order = {{0x5cf5d3ed, 0x5812631a, 0xa2f79cd6, 0x14def9de, 0, 0, 0, 0x10000000}};
static const uint32_t minus_inverse = 0x12547e1b; /* -1 / L mod 2^32 */
static const Scalar   r_squared     = {{0x449c0f01, 0xa40611e3, 0x68859347, 0xd00e1ba7, 0x17f5be65,
                                        0xceec73d2, 0x7c309a3d, 0x0399411b}};
static const Scalar   r_mod_order   = {{0x8d98951d, 0xd6ec3174, 0x737dcf70, 0xc6ef5bf4, 0xfffffffe,
                                        0xffffffff, 0xffffffff, 0x0fffffff}};

static void load_scalar(Scalar *out, const uint8_t bytes[32])
{
    unsigned i;

    for (i = 0; i < LIMBS; i++) {
        out->limb[i] = (uint32_t)bytes[4 * i] | (uint32_t)bytes[4 * i + 1] << 8 |
                       (uint32_t)bytes[4 * i + 2] << 16 | (uint32_t)bytes[4 * i + 3] << 24;
    }
}

static void store_scalar(uint8_t bytes[32], const Scalar *a)
{
    unsigned i;

    for (i = 0; i < 4 * LIMBS; i++) {
        bytes[i] = (uint8_t)(a->limb[i / 4] >> 8 * (i % 4));
    }
}

/* out = a - L; returns 1 if that is negative, else 0. */
static uint32_t subtract_order(Scalar *out, const Scalar *a)
{
    uint64_t borrow = 0;
    unsigned i;

    for (i = 0; i < LIMBS; i++) {
        uint64_t difference = (uint64_t)a->limb[i] - order.limb[i] - borrow;

        out->limb[i] = (uint32_t)difference;
        borrow       = difference >> 63;
    }
    return (uint32_t)borrow;
}

/* a mod L for a below 2L. */
static void reduce_once(Scalar *a)
{
    Scalar   less;
    Mask     keep = ct_from_bit(subtract_order(&less, a));
    unsigned i;

    for (i = 0; i < LIMBS; i++) {
        a->limb[i] = ct_select(keep, a->limb[i], less.limb[i]);
    }
    sslr_wipe(&less, sizeof less);
}

/* out = a b / R mod L, for a below R and b below L: then (a b + m L) / R is below 2L. */
static void montgomery_multiply(Scalar *out, const Scalar *a, const Scalar *b)
{
    uint32_t t[LIMBS + 2] = {0};
    unsigned i, j;

    for (i = 0; i < LIMBS; i++) {
        uint64_t sum = 0;
        uint32_t m;

        for (j = 0; j < LIMBS; j++) {
            sum += (uint64_t)a->limb[i] * b->limb[j] + t[j];
            t[j] = (uint32_t)sum;
            sum >>= 32;
        }
        sum += t[LIMBS];
        t[LIMBS]     = (uint32_t)sum;
        t[LIMBS + 1] = (uint32_t)(sum >> 32);

        m   = t[0] * minus_inverse;
        sum = ((uint64_t)m * order.limb[0] + t[0]) >> 32;
        for (j = 1; j < LIMBS; j++) {
            sum += (uint64_t)m * order.limb[j] + t[j];
            t[j - 1] = (uint32_t)sum;
            sum >>= 32;
        }
        sum += t[LIMBS];
        t[LIMBS - 1] = (uint32_t)sum;
        t[LIMBS]     = t[LIMBS + 1] + (uint32_t)(sum >> 32);
    }
    for (i = 0; i < LIMBS; i++) {
        out->limb[i] = t[i];
    }
    reduce_once(out);
    sslr_wipe(t, sizeof t);
}

static void add_scalars(Scalar *out, const Scalar *a, const Scalar *b)
{
    uint64_t sum = 0;
    unsigned i;

    for (i = 0; i < LIMBS; i++) {
        sum += (uint64_t)a->limb[i] + b->limb[i];
        out->limb[i] = (uint32_t)sum;
        sum >>= 32;
    }
    reduce_once(out);
}

void sslr_scalar_reduce(uint8_t out[32], const uint8_t wide[64])
{
    Scalar low, high;

    load_scalar(&low, wide);
    load_scalar(&high, wide + 32);
    montgomery_multiply(&low, &low, &r_mod_order); /* low mod L */
    montgomery_multiply(&high, &high, &r_squared); /* high R mod L */
    add_scalars(&low, &low, &high);
    store_scalar(out, &low);
    sslr_wipe(&low, sizeof low);
    sslr_wipe(&high, sizeof high);
}

void sslr_scalar_multiply_add(uint8_t out[32], const uint8_t a[32], const uint8_t b[32],
                              const uint8_t c[32])
{
    Scalar x, y;

    load_scalar(&x, a);
    load_scalar(&y, b);
    montgomery_multiply(&x, &x, &y);
    montgomery_multiply(&x, &x, &r_squared);
    load_scalar(&y, c);
    add_scalars(&x, &x, &y);
    store_scalar(out, &x);
    sslr_wipe(&x, sizeof x);
    sslr_wipe(&y, sizeof y);
}

Mask sslr_scalar_is_canonical(const uint8_t a[32])
{
    Scalar value, unused;

    load_scalar(&value, a);
    return ct_from_bit(subtract_order(&unused, &value));
}
