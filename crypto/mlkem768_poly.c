/*
 * mlkem768_poly.c - the arithmetic that mlkem768_poly.h describes: Montgomery products with
 * R = 2^16, lazy additions, Barrett reductions. No hashing and no keys. Called by mlkem768.c.
 *
 * Integers are unsigned and no wider than 32 bits, so that nothing is left to the implementation
 * and a core without a constant-time 64-bit multiplication serves as well.
 */
#include "mlkem768_poly.h"

#define Q ((uint32_t)MLKEM_Q)

/* 17^bitreverse7(i) * 2^16 mod q (FIPS 203 appendix A). */
static const uint16_t zetas[128] = {
    2285, 2571, 2970, 1812, 1493, 1422, 287,  202,  3158, 622,  1577, 182,  962,  2127, 1855, 1468,
    573,  2004, 264,  383,  2500, 1458, 1727, 3199, 2648, 1017, 732,  608,  1787, 411,  3124, 1758,
    1223, 652,  2777, 1015, 2036, 1491, 3047, 1785, 516,  3321, 3009, 2663, 1711, 2167, 126,  1469,
    2476, 3239, 3058, 830,  107,  1908, 3082, 2378, 2931, 961,  1821, 2604, 448,  2264, 677,  2054,
    2226, 430,  555,  843,  2078, 871,  1550, 105,  422,  587,  177,  3094, 3038, 2869, 1574, 1653,
    3083, 778,  1159, 3182, 2552, 1483, 2727, 1119, 1739, 644,  2457, 349,  418,  329,  3173, 3254,
    817,  1097, 603,  610,  1322, 2044, 1864, 384,  2114, 3193, 1218, 1994, 2455, 220,  2142, 1670,
    2144, 1799, 2051, 794,  1819, 2475, 2459, 478,  3221, 3021, 996,  991,  958,  1869, 1522, 1628,
};

/* x mod q for every x below 2^16. 20159 / 2^26 exceeds 1 / q by less than 2^-28: the quotient is
 * exact, and nothing is left to be subtracted (which the test shows for every x). */
static uint32_t reduce(uint32_t x)
{
    return x - ((x * 20159u) >> 26) * Q;
}

/* x / 2^16 mod q, below x / 2^16 + q. x + 65535 q must stay below 2^32. 3327 = -1/q mod 2^16. */
static uint32_t montgomery(uint32_t x)
{
    uint32_t multiple = (x * 3327u) & 0xffffu;

    return (x + multiple * Q) >> 16;
}

/* Algorithm 9, lines 7 to 11. A coefficient below B leaves this below B + 2q; seven layers make
 * 15q, which 16 bits hold. */
static void butterflies(uint16_t *low, uint16_t *high, size_t length, uint32_t zeta)
{
    size_t i;

    for (i = 0; i < length; i++) {
        uint32_t a = low[i], product = montgomery(zeta * high[i]);

        low[i]  = (uint16_t)(a + product);
        high[i] = (uint16_t)(a + 2 * Q - product);
    }
}

/* Algorithm 10, lines 7 to 12. Coefficients stay below 2q, as the products do. */
static void inverse_butterflies(uint16_t *low, uint16_t *high, size_t length, uint32_t zeta)
{
    size_t i;

    for (i = 0; i < length; i++) {
        uint32_t a = low[i], b = high[i];

        low[i]  = (uint16_t)reduce(a + b);
        high[i] = (uint16_t)montgomery(zeta * (b + 2 * Q - a));
    }
}

void sslr_mlkem_ntt(MlkemPoly *p)
{
    const uint16_t *zeta = zetas + 1;
    size_t          length, start, i;

    for (length = MLKEM_N / 2; length >= 2; length /= 2) {
        for (start = 0; start < MLKEM_N; start += 2 * length) {
            butterflies(p->c + start, p->c + start + length, length, *zeta++);
        }
    }
    for (i = 0; i < MLKEM_N; i++) {
        p->c[i] = (uint16_t)reduce(p->c[i]);
    }
}

void sslr_mlkem_inverse_ntt(MlkemPoly *p)
{
    const uint32_t  scale = 1441; /* 2^32 / 128 mod q */
    const uint16_t *zeta  = zetas + 127;
    size_t          length, start, i;

    for (length = 2; length <= MLKEM_N / 2; length *= 2) {
        for (start = 0; start < MLKEM_N; start += 2 * length) {
            inverse_butterflies(p->c + start, p->c + start + length, length, *zeta--);
        }
    }
    for (i = 0; i < MLKEM_N; i++) {
        p->c[i] = (uint16_t)reduce(montgomery(scale * p->c[i]));
    }
}

/* Algorithm 12: (a0 + a1 X)(b0 + b1 X) mod (X^2 - gamma). The sum of two products is below
 * 2.1 q^2, what montgomery makes of it below 2q. */
static void multiply_add_pair(uint16_t *sum, const uint16_t *a, const uint16_t *b, uint32_t gamma)
{
    uint32_t a0 = a[0], a1 = a[1], b0 = b[0], b1 = b[1];

    sum[0] = (uint16_t)reduce(sum[0] + montgomery(a0 * b0 + montgomery(a1 * b1) * gamma));
    sum[1] = (uint16_t)reduce(sum[1] + montgomery(a0 * b1 + a1 * b0));
}

void sslr_mlkem_multiply_add(MlkemPoly *sum, const MlkemPoly *a, const MlkemPoly *b)
{
    size_t i;

    for (i = 0; i < MLKEM_N; i += 4) {
        uint32_t gamma = zetas[64 + i / 4];

        multiply_add_pair(sum->c + i, a->c + i, b->c + i, gamma);
        multiply_add_pair(sum->c + i + 2, a->c + i + 2, b->c + i + 2, Q - gamma);
    }
}

void sslr_mlkem_scale(MlkemPoly *p)
{
    const uint32_t scale = 1353; /* 2^32 mod q */
    size_t         i;

    for (i = 0; i < MLKEM_N; i++) {
        p->c[i] = (uint16_t)reduce(montgomery(scale * p->c[i]));
    }
}

void sslr_mlkem_add(MlkemPoly *sum, const MlkemPoly *p)
{
    size_t i;

    for (i = 0; i < MLKEM_N; i++) {
        sum->c[i] = (uint16_t)reduce((uint32_t)sum->c[i] + p->c[i]);
    }
}

void sslr_mlkem_subtract(MlkemPoly *difference, const MlkemPoly *p)
{
    size_t i;

    for (i = 0; i < MLKEM_N; i++) {
        difference->c[i] = (uint16_t)reduce(difference->c[i] + Q - p->c[i]);
    }
}

/* ---- byte forms ---- */

void sslr_mlkem_encode(uint8_t out[MLKEM_POLY_SIZE], const MlkemPoly *p)
{
    size_t i;

    for (i = 0; i < MLKEM_N; i += 2) {
        uint32_t pair = p->c[i] | (uint32_t)p->c[i + 1] << 12;

        *out++ = (uint8_t)pair;
        *out++ = (uint8_t)(pair >> 8);
        *out++ = (uint8_t)(pair >> 16);
    }
}

Mask sslr_mlkem_decode(MlkemPoly *p, const uint8_t in[MLKEM_POLY_SIZE])
{
    uint32_t below = 1; /* x - q borrows into the top bit exactly if x < q */
    size_t   i;

    for (i = 0; i < MLKEM_N; i += 2, in += 3) {
        uint32_t pair = in[0] | (uint32_t)in[1] << 8 | (uint32_t)in[2] << 16;
        uint32_t a = pair & 0xfff, b = pair >> 12;

        below &= ((a - Q) & (b - Q)) >> 31;
        p->c[i]     = (uint16_t)reduce(a);
        p->c[i + 1] = (uint16_t)reduce(b);
    }
    return ct_from_bit(below);
}

/*
 * Compress_d(x) = round(2^d x / q) mod 2^d. A division would take a time that depends on x
 * (KyberSlash), so multiply and shift: the constants give the exact result for every x below q,
 * which the test shows.
 */
static uint32_t compress_10(uint32_t x)
{
    return (x * 161271u + 262000u) >> 19 & 0x3ff;
}

static uint32_t compress_4(uint32_t x)
{
    return (x * 315u + 32768u) >> 16 & 0xf;
}

static uint32_t compress_1(uint32_t x)
{
    return (x * 315u + 262144u) >> 19 & 1;
}

void sslr_mlkem_encode_u(uint8_t out[MLKEM_U_SIZE], const MlkemPoly *p)
{
    size_t i;

    for (i = 0; i < MLKEM_N; i += 4) {
        uint32_t a = compress_10(p->c[i]), b = compress_10(p->c[i + 1]);
        uint32_t c = compress_10(p->c[i + 2]), d = compress_10(p->c[i + 3]);

        *out++ = (uint8_t)a;
        *out++ = (uint8_t)(a >> 8 | b << 2);
        *out++ = (uint8_t)(b >> 6 | c << 4);
        *out++ = (uint8_t)(c >> 4 | d << 6);
        *out++ = (uint8_t)(d >> 2);
    }
}

void sslr_mlkem_decode_u(MlkemPoly *p, const uint8_t in[MLKEM_U_SIZE])
{
    size_t i, j;

    for (i = 0; i < MLKEM_N; i += 4, in += 5) {
        uint32_t packed[4];

        packed[0] = in[0] | (uint32_t)in[1] << 8;
        packed[1] = in[1] >> 2 | (uint32_t)in[2] << 6;
        packed[2] = in[2] >> 4 | (uint32_t)in[3] << 4;
        packed[3] = in[3] >> 6 | (uint32_t)in[4] << 2;
        for (j = 0; j < 4; j++) {
            p->c[i + j] = (uint16_t)(((packed[j] & 0x3ff) * Q + 512) >> 10);
        }
    }
}

void sslr_mlkem_encode_v(uint8_t out[MLKEM_V_SIZE], const MlkemPoly *p)
{
    size_t i;

    for (i = 0; i < MLKEM_N; i += 2) {
        *out++ = (uint8_t)(compress_4(p->c[i]) | compress_4(p->c[i + 1]) << 4);
    }
}

void sslr_mlkem_decode_v(MlkemPoly *p, const uint8_t in[MLKEM_V_SIZE])
{
    size_t i;

    for (i = 0; i < MLKEM_V_SIZE; i++) {
        p->c[2 * i]     = (uint16_t)(((in[i] & 0xfu) * Q + 8) >> 4);
        p->c[2 * i + 1] = (uint16_t)(((uint32_t)(in[i] >> 4) * Q + 8) >> 4);
    }
}

void sslr_mlkem_encode_message(uint8_t out[MLKEM_MESSAGE_SIZE], const MlkemPoly *p)
{
    size_t i, j;

    for (i = 0; i < MLKEM_MESSAGE_SIZE; i++) {
        uint32_t byte = 0;

        for (j = 0; j < 8; j++) {
            byte |= compress_1(p->c[8 * i + j]) << j;
        }
        out[i] = (uint8_t)byte;
    }
}

/* A bit becomes 0 or (q + 1) / 2. Compilers that see "mask from a bit" here have made a branch of
 * it (clang 15 and later); ct_from_bit hides the bit from them. */
void sslr_mlkem_decode_message(MlkemPoly *p, const uint8_t in[MLKEM_MESSAGE_SIZE])
{
    size_t i, j;

    for (i = 0; i < MLKEM_MESSAGE_SIZE; i++) {
        for (j = 0; j < 8; j++) {
            p->c[8 * i + j] = (uint16_t)(ct_from_bit((uint32_t)in[i] >> j & 1) & ((Q + 1) / 2));
        }
    }
}

/* ---- sampling ---- */

/* Each group of four bits gives (its low two bits counted) - (its high two bits counted). */
void sslr_mlkem_sample_noise(MlkemPoly *p, const uint8_t bytes[MLKEM_NOISE_SIZE])
{
    size_t i;

    for (i = 0; i < MLKEM_NOISE_SIZE; i++) {
        uint32_t counts = (bytes[i] & 0x55u) + (bytes[i] >> 1 & 0x55u);

        p->c[2 * i]     = (uint16_t)reduce(Q + (counts & 3) - (counts >> 2 & 3));
        p->c[2 * i + 1] = (uint16_t)reduce(Q + (counts >> 4 & 3) - (counts >> 6 & 3));
    }
}

size_t sslr_mlkem_sample_uniform(MlkemPoly *p, size_t count, const uint8_t block[MLKEM_XOF_BLOCK])
{
    size_t i;

    for (i = 0; i < MLKEM_XOF_BLOCK; i += 3) {
        uint32_t pair = block[i] | (uint32_t)block[i + 1] << 8 | (uint32_t)block[i + 2] << 16;

        if ((pair & 0xfff) < Q && count < MLKEM_N) {
            p->c[count++] = (uint16_t)(pair & 0xfff);
        }
        if (pair >> 12 < Q && count < MLKEM_N) {
            p->c[count++] = (uint16_t)(pair >> 12);
        }
    }
    return count;
}
