/*
 * ed25519.c - Ed25519 (RFC 8032, pure): keys, signing in constant time, verifying. Numbers modulo p
 * stand in field25519.c, numbers modulo the group's order in scalar25519.c. Called by the keys and
 * signatures of this folder and by core/ through crypto.h.
 */
#include "curve25519.h"
#include "field25519.h"
#include "scalar25519.h"

#include <string.h>

/* A point (X/Z, Y/Z) with T = XY/Z: extended coordinates of RFC 8032 5.1.4. */
typedef struct Point {
    Field25519 x, y, z, t;
} Point;

/* The right operand of an addition: Y+X, Y-X, 2Z and 2dT. */
typedef struct Addend {
    Field25519 sum, difference, twice_z, twice_dt;
} Addend;

#define TABLE_SIZE 8  /* multiples 1 .. 8: signed digits of four bits */
#define DIGITS     64 /* of a scalar below 2^255 */

typedef struct Table {
    Addend multiple[TABLE_SIZE];
} Table;

/* ---- constants, little-endian ---- */

static const uint8_t d_bytes[32] = {
    0xa3, 0x78, 0x59, 0x13, 0xca, 0x4d, 0xeb, 0x75, 0xab, 0xd8, 0x41, 0x41, 0x4d, 0x0a, 0x70, 0x00,
    0x98, 0xe8, 0x79, 0x77, 0x79, 0x40, 0xc7, 0x8c, 0x73, 0xfe, 0x6f, 0x2b, 0xee, 0x6c, 0x03, 0x52};
static const uint8_t root_of_minus_one[32] = {
    0xb0, 0xa0, 0x0e, 0x4a, 0x27, 0x1b, 0xee, 0xc4, 0x78, 0xe4, 0x2f, 0xad, 0x06, 0x18, 0x43, 0x2f,
    0xa7, 0xd7, 0xfb, 0x3d, 0x99, 0x00, 0x4d, 0x2b, 0x0b, 0xdf, 0xc1, 0x4f, 0x80, 0x24, 0x83, 0x2b};
static const uint8_t base_x[32] = {0x1a, 0xd5, 0x25, 0x8f, 0x60, 0x2d, 0x56, 0xc9, 0xb2, 0xa7, 0x25,
                                   0x95, 0x60, 0xc7, 0x2c, 0x69, 0x5c, 0xdc, 0xd6, 0xfd, 0x31, 0xe2,
                                   0xa4, 0xc0, 0xfe, 0x53, 0x6e, 0xcd, 0xd3, 0x36, 0x69, 0x21};
static const uint8_t base_y[32] = {0x58, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66,
                                   0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66,
                                   0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66};

/* ---- points ---- */

static void set_neutral(Point *out)
{
    sslr_field_from_small(&out->x, 0);
    sslr_field_from_small(&out->y, 1);
    sslr_field_from_small(&out->z, 1);
    sslr_field_from_small(&out->t, 0);
}

static void set_affine(Point *out, const Field25519 *x, const Field25519 *y)
{
    out->x = *x;
    out->y = *y;
    sslr_field_from_small(&out->z, 1);
    sslr_field_multiply(&out->t, x, y);
}

static void set_base(Point *out)
{
    Field25519 x, y;

    sslr_field_from_bytes(&x, base_x);
    sslr_field_from_bytes(&y, base_y);
    set_affine(out, &x, &y);
}

static void negate(Point *a)
{
    Field25519 zero;

    sslr_field_from_small(&zero, 0);
    sslr_field_subtract(&a->x, &zero, &a->x);
    sslr_field_subtract(&a->t, &zero, &a->t);
}

static void make_addend(Addend *out, const Point *a)
{
    Field25519 d;

    sslr_field_from_bytes(&d, d_bytes);
    sslr_field_add(&out->sum, &a->y, &a->x);
    sslr_field_subtract(&out->difference, &a->y, &a->x);
    sslr_field_add(&out->twice_z, &a->z, &a->z);
    sslr_field_multiply(&out->twice_dt, &a->t, &d);
    sslr_field_add(&out->twice_dt, &out->twice_dt, &out->twice_dt);
}

/* (X, Y, Z, T) from the E, F, G, H in which RFC 8032 5.1.4 ends. */
static void combine(Point *out, const Field25519 *e, const Field25519 *f, const Field25519 *g,
                    const Field25519 *h)
{
    sslr_field_multiply(&out->x, e, f);
    sslr_field_multiply(&out->y, g, h);
    sslr_field_multiply(&out->t, e, h);
    sslr_field_multiply(&out->z, f, g);
}

/* RFC 8032 5.1.4; complete, so that no pair of points needs a case of its own. */
static void add_points(Point *out, const Point *p, const Addend *q)
{
    Field25519 a, b, c, d, e, f, g, h;

    sslr_field_subtract(&a, &p->y, &p->x);
    sslr_field_multiply(&a, &a, &q->difference);
    sslr_field_add(&b, &p->y, &p->x);
    sslr_field_multiply(&b, &b, &q->sum);
    sslr_field_multiply(&c, &p->t, &q->twice_dt);
    sslr_field_multiply(&d, &p->z, &q->twice_z);
    sslr_field_subtract(&e, &b, &a);
    sslr_field_subtract(&f, &d, &c);
    sslr_field_add(&g, &d, &c);
    sslr_field_add(&h, &b, &a);
    combine(out, &e, &f, &g, &h);
}

static void double_point(Point *out, const Point *p)
{
    Field25519 a, b, c, e, f, g, h;

    sslr_field_square(&a, &p->x);
    sslr_field_square(&b, &p->y);
    sslr_field_square(&c, &p->z);
    sslr_field_add(&c, &c, &c);
    sslr_field_add(&h, &a, &b);
    sslr_field_add(&e, &p->x, &p->y);
    sslr_field_square(&e, &e);
    sslr_field_subtract(&e, &h, &e);
    sslr_field_subtract(&g, &a, &b);
    sslr_field_add(&f, &c, &g);
    combine(out, &e, &f, &g, &h);
}

static void encode(uint8_t out[32], const Point *p)
{
    Field25519 inverse, x, y;

    sslr_field_invert(&inverse, &p->z);
    sslr_field_multiply(&x, &p->x, &inverse);
    sslr_field_multiply(&y, &p->y, &inverse);
    sslr_field_to_bytes(out, &y);
    out[31] = (uint8_t)(out[31] | sslr_field_parity(&x) << 7);
    sslr_wipe(&inverse, sizeof inverse);
}

/* ---- decoding of public points; time depends on them ---- */

/* x with x^2 = u/v, or 0 if there is none (RFC 8032 5.1.3, step 3). */
static int square_root(Field25519 *x, const Field25519 *u, const Field25519 *v)
{
    Field25519 v3, t, check, root;

    sslr_field_square(&v3, v);
    sslr_field_multiply(&v3, &v3, v);
    sslr_field_square(&t, &v3);
    sslr_field_multiply(&t, &t, v);
    sslr_field_multiply(&t, &t, u); /* u v^7 */
    sslr_field_root_power(&t, &t);
    sslr_field_multiply(x, u, &v3);
    sslr_field_multiply(x, x, &t);

    sslr_field_square(&check, x);
    sslr_field_multiply(&check, &check, v);
    sslr_field_subtract(&t, &check, u);
    if (sslr_field_is_zero(&t)) {
        return 1;
    }
    sslr_field_add(&t, &check, u);
    sslr_field_from_bytes(&root, root_of_minus_one);
    sslr_field_multiply(x, x, &root);
    return sslr_field_is_zero(&t) != 0;
}

/* RFC 8032 5.1.3; 0 if this is not the one encoding of a point. */
static int decode(Point *out, const uint8_t bytes[32])
{
    Field25519 x, y, yy, u, v, one, zero;
    uint8_t    again[32];
    uint32_t   sign = bytes[31] >> 7;

    sslr_field_from_bytes(&y, bytes);
    sslr_field_to_bytes(again, &y);
    again[31] = (uint8_t)(again[31] | sign << 7);
    if (memcmp(again, bytes, sizeof again) != 0) {
        return 0; /* y >= p */
    }
    sslr_field_from_small(&zero, 0);
    sslr_field_from_small(&one, 1);
    sslr_field_square(&yy, &y);
    sslr_field_subtract(&u, &yy, &one);
    sslr_field_from_bytes(&v, d_bytes);
    sslr_field_multiply(&v, &v, &yy);
    sslr_field_add(&v, &v, &one);
    if (!square_root(&x, &u, &v) || (sign != 0 && sslr_field_is_zero(&x))) {
        return 0;
    }
    if (sslr_field_parity(&x) != sign) {
        sslr_field_subtract(&x, &zero, &x);
    }
    set_affine(out, &x, &y);
    return 1;
}

/* Whether 8P is the neutral point. */
static int has_small_order(const Point *p)
{
    Point      t;
    Field25519 difference;

    double_point(&t, p);
    double_point(&t, &t);
    double_point(&t, &t);
    sslr_field_subtract(&difference, &t.y, &t.z);
    return sslr_field_is_zero(&t.x) != 0 && sslr_field_is_zero(&difference) != 0;
}

/* ---- multiplication ---- */

static void make_table(Table *out, const Point *p)
{
    Point    multiple = *p;
    unsigned i;

    make_addend(&out->multiple[0], p);
    for (i = 1; i < TABLE_SIZE; i++) {
        add_points(&multiple, &multiple, &out->multiple[0]);
        make_addend(&out->multiple[i], &multiple);
    }
}

/* scalar = sum of digit[i] 16^i with -8 <= digit <= 8; scalar below 2^255. */
static void make_digits(int8_t digit[DIGITS], const uint8_t scalar[32])
{
    unsigned i;
    int      carry = 0;

    for (i = 0; i < DIGITS; i++) {
        int value = ((scalar[i / 2] >> 4 * (i & 1)) & 15) + carry;

        carry    = i + 1 < DIGITS ? (value + 8) >> 4 : 0;
        digit[i] = (int8_t)(value - 16 * carry);
    }
}

/* out += digit * (the point of the table), in the same time for every digit. */
static void add_multiple(Point *out, const Table *table, int8_t digit)
{
    Addend     chosen;
    Field25519 minus, zero;
    uint32_t   negative = (uint32_t)(uint8_t)digit >> 7, i;
    uint32_t   size     = ((uint32_t)(int32_t)digit ^ (0u - negative)) + negative;
    Mask       mask     = ct_from_bit(negative);

    sslr_field_from_small(&zero, 0);
    sslr_field_from_small(&chosen.sum, 1);
    sslr_field_from_small(&chosen.difference, 1);
    sslr_field_from_small(&chosen.twice_z, 2);
    sslr_field_from_small(&chosen.twice_dt, 0);
    for (i = 0; i < TABLE_SIZE; i++) {
        Mask here = ct_is_equal(size, i + 1);

        sslr_field_copy(here, &chosen.sum, &table->multiple[i].sum);
        sslr_field_copy(here, &chosen.difference, &table->multiple[i].difference);
        sslr_field_copy(here, &chosen.twice_z, &table->multiple[i].twice_z);
        sslr_field_copy(here, &chosen.twice_dt, &table->multiple[i].twice_dt);
    }
    sslr_field_subtract(&minus, &zero, &chosen.twice_dt);
    sslr_field_swap(mask, &chosen.sum, &chosen.difference);
    sslr_field_copy(mask, &chosen.twice_dt, &minus);
    add_points(out, out, &chosen);
    sslr_wipe(&chosen, sizeof chosen);
}

/* out = a P + b Q, with one row of doublings; Q may be NULL. */
static void multiply_points(Point *out, const uint8_t a[32], const Point *p, const uint8_t b[32],
                            const Point *q)
{
    Table    p_table, q_table;
    int8_t   a_digit[DIGITS], b_digit[DIGITS];
    unsigned i, j;

    make_table(&p_table, p);
    make_digits(a_digit, a);
    if (q != NULL) {
        make_table(&q_table, q);
        make_digits(b_digit, b);
    }
    set_neutral(out);
    for (i = DIGITS; i-- != 0;) {
        for (j = 0; j < 4; j++) {
            double_point(out, out);
        }
        add_multiple(out, &p_table, a_digit[i]);
        if (q != NULL) {
            add_multiple(out, &q_table, b_digit[i]);
        }
    }
    sslr_wipe(a_digit, sizeof a_digit);
}

/* The encoding of a B. */
static void encode_multiple_of_base(uint8_t out[32], const uint8_t scalar[32])
{
    Point base, result;

    set_base(&base);
    multiply_points(&result, scalar, &base, NULL, NULL);
    encode(out, &result);
    sslr_wipe(&result, sizeof result);
}

/* ---- keys and signatures ---- */

/* RFC 8032 5.1.5: h[0 .. 32) is the clamped scalar, h[32 .. 64) the prefix. */
static void expand_seed(uint8_t h[64], const uint8_t seed[32])
{
    sslr_hash(HASH_SHA512, seed, 32, h);
    h[0] &= 248;
    h[31] = (uint8_t)((h[31] & 127) | 64);
}

/* SHA-512 of three parts, modulo L. */
static void hash_to_scalar(uint8_t out[32], const uint8_t *first, const uint8_t *second,
                           const uint8_t *message, size_t length)
{
    HashState state;
    uint8_t   digest[64];

    sslr_hash_init(&state, HASH_SHA512);
    sslr_hash_update(&state, first, 32);
    if (second != NULL) {
        sslr_hash_update(&state, second, 32);
    }
    sslr_hash_update(&state, message, length);
    sslr_hash_final(&state, digest);
    sslr_scalar_reduce(out, digest);
    sslr_wipe(digest, sizeof digest);
}

void sslr_ed25519_public(const uint8_t seed[32], uint8_t point[32])
{
    uint8_t h[64];

    expand_seed(h, seed);
    encode_multiple_of_base(point, h);
    sslr_wipe(h, sizeof h);
}

/* RFC 8032 5.1.6. The public key is computed here, never taken from a caller: with a wrong one two
 * signatures would give the private key away. */
SSLErr sslr_ed25519_sign(const uint8_t seed[32], const uint8_t *message, size_t length,
                         uint8_t signature[64])
{
    uint8_t h[64], public_key[32], r[32], k[32];

    expand_seed(h, seed);
    encode_multiple_of_base(public_key, h);
    hash_to_scalar(r, h + 32, NULL, message, length);
    encode_multiple_of_base(signature, r);
    hash_to_scalar(k, signature, public_key, message, length);
    sslr_scalar_multiply_add(signature + 32, h, k, r);
    sslr_wipe(h, sizeof h);
    sslr_wipe(r, sizeof r);
    return SSLNoErr;
}

/* RFC 8032 5.1.7, without the cofactor: R must be the encoding of S B - k A. A key of small order
 * would make one signature fit many messages. */
SSLErr sslr_ed25519_verify(const uint8_t point[32], const uint8_t *message, size_t length,
                           const uint8_t signature[64])
{
    Point   key, base, result;
    uint8_t k[32], r[32];

    if (!sslr_scalar_is_canonical(signature + 32) || !decode(&key, point) ||
        has_small_order(&key)) {
        return SSLProtocolErr;
    }
    hash_to_scalar(k, signature, point, message, length);
    negate(&key);
    set_base(&base);
    multiply_points(&result, signature + 32, &base, k, &key);
    encode(r, &result);
    return memcmp(r, signature, sizeof r) == 0 ? SSLNoErr : SSLProtocolErr;
}
