/*
 * toy_card.c - raw RSA in a few lines, so that waiting.c has somebody to wait for. Do not use it
 * for keys of value: its time depends on the key, and it takes no notice of fault attacks. The
 * engine's own RSA is in crypto/.
 */
#include "toy_card.h"

#include <stdint.h>
#include <string.h>

#define LIMBS (SSL_MAX_RSA_MODULUS_LEN / 4)

/* Numbers: limbs of 32 bits, the lowest first. */

static void from_bytes(uint32_t *number, uint32 limbs, const uint8 *bytes, uint32 length)
{
    uint32 index;

    memset(number, 0, limbs * sizeof(*number));
    for (index = 0; index < length && index < limbs * 4; index++) {
        number[index / 4] |= (uint32_t)bytes[length - 1 - index] << (index % 4 * 8);
    }
}

static void to_bytes(uint8 *bytes, const uint32_t *number, uint32 limbs)
{
    uint32 index;

    for (index = 0; index < limbs * 4; index++) {
        bytes[limbs * 4 - 1 - index] = (uint8)(number[index / 4] >> (index % 4 * 8));
    }
}

/* number -= n, if number (with the carry above it) is not smaller than n. */
static void reduce_once(uint32_t *number, uint32_t carry, const uint32_t *n, uint32 limbs)
{
    uint32_t difference[LIMBS];
    uint64_t borrow = 0;
    uint32   index;

    for (index = 0; index < limbs; index++) {
        uint64_t limb = (uint64_t)number[index] - n[index] - borrow;

        difference[index] = (uint32_t)limb;
        borrow            = limb >> 63;
    }
    if (carry >= borrow) {
        memcpy(number, difference, limbs * sizeof(*number));
    }
}

/* Montgomery's product: result = a * b / 2^(32 * limbs) mod n. inverse is -1 / n[0] mod 2^32. */
static void multiply(uint32_t *result, const uint32_t *a, const uint32_t *b, const uint32_t *n,
                     uint32_t inverse, uint32 limbs)
{
    uint32_t sum[LIMBS + 1] = {0};
    uint32   i, j;

    for (i = 0; i < limbs; i++) {
        uint64_t carry = 0, carry_n = 0, top;
        uint32_t factor = (uint32_t)(sum[0] + a[i] * b[0]) * inverse;

        for (j = 0; j < limbs; j++) {
            uint64_t limb   = (uint64_t)a[i] * b[j] + sum[j] + carry;
            uint64_t limb_n = (uint64_t)factor * n[j] + (uint32_t)limb + carry_n;

            carry   = limb >> 32;
            carry_n = limb_n >> 32;
            if (j > 0) {
                sum[j - 1] = (uint32_t)limb_n; /* the lowest is 0 by the choice of the factor */
            }
        }
        top            = (uint64_t)sum[limbs] + carry + carry_n;
        sum[limbs - 1] = (uint32_t)top;
        sum[limbs]     = (uint32_t)(top >> 32);
    }
    reduce_once(sum, sum[limbs], n, limbs);
    memcpy(result, sum, limbs * sizeof(*result));
}

void toy_card_compute(const SSLRSAPrivateKey *key, const uint8 *input, uint32 input_length,
                      uint8 *output)
{
    uint32_t n[LIMBS], base[LIMBS], power[LIMBS], shift[LIMBS] = {1};
    uint32   limbs   = key->bits / 32;
    uint32_t inverse = 1;
    uint32   index;

    from_bytes(n, limbs, key->modulus, SSL_MAX_RSA_MODULUS_LEN);
    from_bytes(base, limbs, input, input_length);
    for (index = 0; index < 5; index++) { /* Newton: each turn doubles the right bits */
        inverse *= 2 - n[0] * inverse;
    }
    inverse = 0u - inverse;
    /* shift = 2^(64 * limbs) mod n, by doubling; with it numbers enter Montgomery's form. */
    for (index = 0; index < 64 * limbs; index++) {
        uint32_t carry = shift[limbs - 1] >> 31;
        uint32   limb;

        for (limb = limbs - 1; limb > 0; limb--) {
            shift[limb] = shift[limb] << 1 | shift[limb - 1] >> 31;
        }
        shift[0] <<= 1;
        reduce_once(shift, carry, n, limbs);
    }
    multiply(base, base, shift, n, inverse, limbs);
    memset(power, 0, sizeof(power));
    power[0] = 1;
    multiply(power, power, shift, n, inverse, limbs);
    for (index = 0; index < key->bits; index++) { /* from the exponent's highest bit down */
        uint32 bit = key->bits - 1 - index;

        multiply(power, power, power, n, inverse, limbs);
        if (key->exponent[SSL_MAX_RSA_MODULUS_LEN - 1 - bit / 8] >> (bit % 8) & 1) {
            multiply(power, power, base, n, inverse, limbs);
        }
    }
    memset(base, 0, sizeof(base));
    base[0] = 1;
    multiply(power, power, base, n, inverse, limbs); /* and out of the form again */
    to_bytes(output, power, limbs);
}

/* RFC 8017 9.2: 00 01 FF ... FF 00, the name of the hash in DER, the digest. */
void toy_card_sign_sha256(const SSLRSAPrivateKey *key, const uint8 digest[32], uint8 *output)
{
    static const uint8 sha256_in_der[] = {0x30, 0x31, 0x30, 0x0D, 0x06, 0x09, 0x60,
                                          0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02,
                                          0x01, 0x05, 0x00, 0x04, 0x20};
    uint8              padded[SSL_MAX_RSA_MODULUS_LEN];
    uint32             length = key->bits / 8;
    uint32             filled = length - 32 - (uint32)sizeof(sha256_in_der);

    memset(padded, 0xFF, length);
    padded[0]          = 0x00;
    padded[1]          = 0x01;
    padded[filled - 1] = 0x00;
    memcpy(padded + filled, sha256_in_der, sizeof(sha256_in_der));
    memcpy(padded + length - 32, digest, 32);
    toy_card_compute(key, padded, length, output);
}
