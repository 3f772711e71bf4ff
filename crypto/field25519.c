/*
 * field25519.c - arithmetic modulo 2^255 - 19: what depends on the representation first, once for
 * 64-bit and once for 32-bit machines, then what does not. Called by x25519.c and ed25519.c.
 */
#include "field25519.h"
#include "crypto.h"

#if FIELD25519_64

/* ---- five limbs of 51 bits ----
 *
 * Reduced: limbs below 2^51 + 2^13. Three of them stay below 2^53, so that five products, four of
 * them times 19, stay below 2^113 and every carry below 2^63. */

__extension__ typedef unsigned __int128 Wide;

#define LIMB_WIDTH(i)  51
#define LIMB_OFFSET(i) (51 * (i))
#define LIMB_MASK(i)   ((UINT64_C(1) << 51) - 1)

/* 4p, limb by limb: added before a subtraction so that no limb becomes negative. */
static const FieldLimb four_p[FIELD25519_LIMBS] = {
    UINT64_C(0x1fffffffffffb4), UINT64_C(0x1ffffffffffffc), UINT64_C(0x1ffffffffffffc),
    UINT64_C(0x1ffffffffffffc), UINT64_C(0x1ffffffffffffc)};

static void carry_wide(Field25519 *out, Wide r0, Wide r1, Wide r2, Wide r3, Wide r4)
{
    uint64_t mask = LIMB_MASK(0), low;

    r1 += (uint64_t)(r0 >> 51);
    r2 += (uint64_t)(r1 >> 51);
    r3 += (uint64_t)(r2 >> 51);
    r4 += (uint64_t)(r3 >> 51);
    low = ((uint64_t)r0 & mask) + 19 * (uint64_t)(r4 >> 51);

    out->limb[0] = low & mask;
    out->limb[1] = ((uint64_t)r1 & mask) + (low >> 51);
    out->limb[2] = (uint64_t)r2 & mask;
    out->limb[3] = (uint64_t)r3 & mask;
    out->limb[4] = (uint64_t)r4 & mask;
}

void sslr_field_multiply(Field25519 *out, const Field25519 *a, const Field25519 *b)
{
    uint64_t a0 = a->limb[0], a1 = a->limb[1], a2 = a->limb[2], a3 = a->limb[3], a4 = a->limb[4];
    uint64_t b0 = b->limb[0], b1 = b->limb[1], b2 = b->limb[2], b3 = b->limb[3], b4 = b->limb[4];
    /* 2^255 = 19: what runs over the top comes back at the bottom 19 times. */
    uint64_t c1 = 19 * b1, c2 = 19 * b2, c3 = 19 * b3, c4 = 19 * b4;

    Wide r0 = (Wide)a0 * b0 + (Wide)a1 * c4 + (Wide)a2 * c3 + (Wide)a3 * c2 + (Wide)a4 * c1;
    Wide r1 = (Wide)a0 * b1 + (Wide)a1 * b0 + (Wide)a2 * c4 + (Wide)a3 * c3 + (Wide)a4 * c2;
    Wide r2 = (Wide)a0 * b2 + (Wide)a1 * b1 + (Wide)a2 * b0 + (Wide)a3 * c4 + (Wide)a4 * c3;
    Wide r3 = (Wide)a0 * b3 + (Wide)a1 * b2 + (Wide)a2 * b1 + (Wide)a3 * b0 + (Wide)a4 * c4;
    Wide r4 = (Wide)a0 * b4 + (Wide)a1 * b3 + (Wide)a2 * b2 + (Wide)a3 * b1 + (Wide)a4 * b0;

    carry_wide(out, r0, r1, r2, r3, r4);
}

void sslr_field_square(Field25519 *out, const Field25519 *a)
{
    uint64_t a0 = a->limb[0], a1 = a->limb[1], a2 = a->limb[2], a3 = a->limb[3], a4 = a->limb[4];
    uint64_t d0 = 2 * a0, d1 = 2 * a1, d2 = 2 * a2;
    uint64_t c3 = 19 * a3, c4 = 19 * a4;

    Wide r0 = (Wide)a0 * a0 + (Wide)d1 * c4 + (Wide)d2 * c3;
    Wide r1 = (Wide)d0 * a1 + (Wide)d2 * c4 + (Wide)a3 * c3;
    Wide r2 = (Wide)d0 * a2 + (Wide)a1 * a1 + (Wide)(2 * a3) * c4;
    Wide r3 = (Wide)d0 * a3 + (Wide)d1 * a2 + (Wide)a4 * c4;
    Wide r4 = (Wide)d0 * a4 + (Wide)d1 * a3 + (Wide)a2 * a2;

    carry_wide(out, r0, r1, r2, r3, r4);
}

void sslr_field_multiply_small(Field25519 *out, const Field25519 *a, uint32_t value)
{
    carry_wide(out, (Wide)a->limb[0] * value, (Wide)a->limb[1] * value, (Wide)a->limb[2] * value,
               (Wide)a->limb[3] * value, (Wide)a->limb[4] * value);
}

#else

/* ---- ten limbs of 26 and 25 bits in turn ----
 *
 * Limb i stands at bit ceil(25.5 i). Reduced: below 2^26 + 2^13 or 2^25 + 2^13. Three of them stay
 * below 2^27.6 and 2^26.6, 19 times that fits in 32 bits and ten products fit in 63. */

typedef uint64_t Wide;

#define LIMB_WIDTH(i)  (26 - ((i)&1))
#define LIMB_OFFSET(i) ((51 * (i) + 1) / 2)
#define LIMB_MASK(i)   ((UINT32_C(1) << LIMB_WIDTH(i)) - 1)

static const FieldLimb four_p[FIELD25519_LIMBS] = {0xfffffb4, 0x7fffffc, 0xffffffc, 0x7fffffc,
                                                   0xffffffc, 0x7fffffc, 0xffffffc, 0x7fffffc,
                                                   0xffffffc, 0x7fffffc};

static void carry_wide(Field25519 *out, Wide r[FIELD25519_LIMBS])
{
    Wide     low;
    unsigned i;

    for (i = 0; i < FIELD25519_LIMBS - 1; i++) {
        r[i + 1] += r[i] >> LIMB_WIDTH(i);
        out->limb[i] = (FieldLimb)r[i] & LIMB_MASK(i);
    }
    out->limb[9] = (FieldLimb)r[9] & LIMB_MASK(9);
    low          = out->limb[0] + 19 * (r[9] >> LIMB_WIDTH(9));
    out->limb[0] = (FieldLimb)low & LIMB_MASK(0);
    low          = out->limb[1] + (low >> LIMB_WIDTH(0));
    out->limb[1] = (FieldLimb)low & LIMB_MASK(1);
    out->limb[2] += (FieldLimb)(low >> LIMB_WIDTH(1));
}

/* Limbs i and j, both odd, stand half a bit each above 25.5 i: their product counts twice. */
void sslr_field_multiply(Field25519 *out, const Field25519 *a, const Field25519 *b)
{
    uint32_t twice[FIELD25519_LIMBS], folded[FIELD25519_LIMBS];
    Wide     r[FIELD25519_LIMBS];
    unsigned i, k;

    for (i = 0; i < FIELD25519_LIMBS; i++) {
        twice[i]  = a->limb[i] << (i & 1);
        folded[i] = 19 * b->limb[i];
    }
    for (k = 0; k < FIELD25519_LIMBS; k++) {
        Wide sum = 0;

        for (i = 0; i <= k; i++) {
            uint32_t left = (k - i) & 1 ? twice[i] : a->limb[i];

            sum += (Wide)left * b->limb[k - i];
        }
        for (; i < FIELD25519_LIMBS; i++) {
            uint32_t left = (k - i) & 1 ? twice[i] : a->limb[i];

            sum += (Wide)left * folded[k + FIELD25519_LIMBS - i];
        }
        r[k] = sum;
    }
    carry_wide(out, r);
}

void sslr_field_square(Field25519 *out, const Field25519 *a)
{
    sslr_field_multiply(out, a, a);
}

void sslr_field_multiply_small(Field25519 *out, const Field25519 *a, uint32_t value)
{
    Wide     r[FIELD25519_LIMBS];
    unsigned i;

    for (i = 0; i < FIELD25519_LIMBS; i++) {
        r[i] = (Wide)a->limb[i] * value;
    }
    carry_wide(out, r);
}

#endif

/* ---- the same for both ---- */

/* One round of carries, for limbs that are a few bits too long. */
static void carry(Field25519 *a)
{
    FieldLimb over;
    unsigned  i;

    for (i = 0; i < FIELD25519_LIMBS - 1; i++) {
        a->limb[i + 1] += a->limb[i] >> LIMB_WIDTH(i);
        a->limb[i] &= LIMB_MASK(i);
    }
    over = a->limb[i] >> LIMB_WIDTH(i);
    a->limb[i] &= LIMB_MASK(i);
    a->limb[0] += 19 * over;
}

void sslr_field_from_small(Field25519 *out, uint32_t value)
{
    unsigned i;

    out->limb[0] = value;
    for (i = 1; i < FIELD25519_LIMBS; i++) {
        out->limb[i] = 0;
    }
}

void sslr_field_from_bytes(Field25519 *out, const uint8_t bytes[32])
{
    unsigned i, j;

    for (i = 0; i < FIELD25519_LIMBS; i++) {
        unsigned  first = LIMB_OFFSET(i) / 8, shift = LIMB_OFFSET(i) % 8;
        FieldLimb limb = (FieldLimb)bytes[first] >> shift;

        for (j = 1; j < 8 && first + j < 32 && 8 * j - shift < LIMB_WIDTH(i); j++) {
            limb |= (FieldLimb)bytes[first + j] << (8 * j - shift);
        }
        out->limb[i] = limb & LIMB_MASK(i);
    }
}

void sslr_field_to_bytes(uint8_t bytes[32], const Field25519 *a)
{
    Field25519 t = *a;
    FieldLimb  over;
    unsigned   i, j;

    /* The first round leaves a value below 2^255 + 2^7, the second one below 2^255. */
    carry(&t);
    carry(&t);
    /* Whether it is p or more shows in the carry of value + 19. Then p is taken away by adding 19
     * and dropping bit 255. */
    over = 19;
    for (i = 0; i < FIELD25519_LIMBS; i++) {
        over = (t.limb[i] + over) >> LIMB_WIDTH(i);
    }
    t.limb[0] += 19 * over;
    for (i = 0; i < FIELD25519_LIMBS - 1; i++) {
        t.limb[i + 1] += t.limb[i] >> LIMB_WIDTH(i);
        t.limb[i] &= LIMB_MASK(i);
    }
    t.limb[i] &= LIMB_MASK(i);

    for (j = 0; j < 32; j++) {
        bytes[j] = 0;
    }
    for (i = 0; i < FIELD25519_LIMBS; i++) {
        unsigned first = LIMB_OFFSET(i) / 8, shift = LIMB_OFFSET(i) % 8;

        bytes[first] |= (uint8_t)(t.limb[i] << shift);
        for (j = 1; first + j < 32 && 8 * j - shift < LIMB_WIDTH(i); j++) {
            bytes[first + j] |= (uint8_t)(t.limb[i] >> (8 * j - shift));
        }
    }
    sslr_wipe(&t, sizeof t);
}

void sslr_field_add(Field25519 *out, const Field25519 *a, const Field25519 *b)
{
    unsigned i;

    for (i = 0; i < FIELD25519_LIMBS; i++) {
        out->limb[i] = a->limb[i] + b->limb[i];
    }
}

void sslr_field_subtract(Field25519 *out, const Field25519 *a, const Field25519 *b)
{
    unsigned i;

    for (i = 0; i < FIELD25519_LIMBS; i++) {
        out->limb[i] = a->limb[i] + four_p[i] - b->limb[i];
    }
    carry(out);
}

void sslr_field_swap(Mask mask, Field25519 *a, Field25519 *b)
{
    FieldLimb wide = (FieldLimb)0 - (FieldLimb)(mask & 1);
    unsigned  i;

    for (i = 0; i < FIELD25519_LIMBS; i++) {
        FieldLimb difference = (a->limb[i] ^ b->limb[i]) & wide;
        a->limb[i] ^= difference;
        b->limb[i] ^= difference;
    }
}

void sslr_field_copy(Mask mask, Field25519 *out, const Field25519 *from)
{
    FieldLimb wide = (FieldLimb)0 - (FieldLimb)(mask & 1);
    unsigned  i;

    for (i = 0; i < FIELD25519_LIMBS; i++) {
        out->limb[i] ^= (out->limb[i] ^ from->limb[i]) & wide;
    }
}

Mask sslr_field_is_zero(const Field25519 *a)
{
    static const uint8_t zero[32] = {0};
    uint8_t              bytes[32];
    Mask                 result;

    sslr_field_to_bytes(bytes, a);
    result = ct_memory_equal(bytes, zero, sizeof bytes);
    sslr_wipe(bytes, sizeof bytes);
    return result;
}

uint32_t sslr_field_parity(const Field25519 *a)
{
    uint8_t  bytes[32];
    uint32_t result;

    sslr_field_to_bytes(bytes, a);
    result = bytes[0] & 1u;
    sslr_wipe(bytes, sizeof bytes);
    return result;
}

static void square_times(Field25519 *out, const Field25519 *a, unsigned times)
{
    sslr_field_square(out, a);
    while (--times != 0) {
        sslr_field_square(out, out);
    }
}

/* out = a^(2^250 - 1), and a^11 on the way: exponents of n ones are doubled to 2n ones. */
static void power_250_ones(Field25519 *out, Field25519 *a_11, const Field25519 *a)
{
    Field25519 t, ones_10, ones_50;

    square_times(&t, a, 3);              /* 8 */
    sslr_field_multiply(&t, &t, a);      /* 9 */
    sslr_field_square(a_11, a);          /* 2 */
    sslr_field_multiply(a_11, a_11, &t); /* 11 */
    sslr_field_square(out, a_11);        /* 22 */
    sslr_field_multiply(out, out, &t);   /* 31: 5 ones */
    square_times(&t, out, 5);
    sslr_field_multiply(&ones_10, &t, out);
    square_times(&t, &ones_10, 10);
    sslr_field_multiply(out, &t, &ones_10); /* 20 */
    square_times(&t, out, 20);
    sslr_field_multiply(out, &t, out); /* 40 */
    square_times(&t, out, 10);
    sslr_field_multiply(&ones_50, &t, &ones_10);
    square_times(&t, &ones_50, 50);
    sslr_field_multiply(out, &t, &ones_50); /* 100 */
    square_times(&t, out, 100);
    sslr_field_multiply(out, &t, out); /* 200 */
    square_times(&t, out, 50);
    sslr_field_multiply(out, &t, &ones_50); /* 250 */
}

/* p - 2 = 2^255 - 21 = (2^250 - 1) 2^5 + 11. */
void sslr_field_invert(Field25519 *out, const Field25519 *a)
{
    Field25519 power, a_11;

    power_250_ones(&power, &a_11, a);
    square_times(&power, &power, 5);
    sslr_field_multiply(out, &power, &a_11);
}

/* (p - 5) / 8 = 2^252 - 3 = (2^250 - 1) 2^2 + 1. */
void sslr_field_root_power(Field25519 *out, const Field25519 *a)
{
    Field25519 power, unused;

    power_250_ones(&power, &unused, a);
    square_times(&power, &power, 2);
    sslr_field_multiply(out, &power, a);
}
