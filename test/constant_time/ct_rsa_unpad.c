/*
 * ct_rsa_unpad.c - shows that the end of RSA decryption neither branches nor indexes on what was
 * decrypted: the multiplication that takes the blinding off, and the unpadding of the premaster
 * secret and of SSL 2.0's master key, good block or bad. Run it under valgrind: the block is marked
 * as uninitialised, and memcheck reports every jump and every address that depends on it.
 */
#include <stdio.h>
#include <string.h>
#include <valgrind/memcheck.h>
#include <valgrind/valgrind.h>

#include "../../crypto/crypto.h"
#include "../../crypto/fixed_width.h"

#define WIDTH 256

/* Whether the secret's mark is still there; takes it off, for the comparison that follows. */
static int was_secret(void *data, size_t length)
{
    uint8_t bits[WIDTH];
    size_t  i;

    if (VALGRIND_GET_VBITS(data, bits, length) != 1) {
        return 0;
    }
    (void)VALGRIND_MAKE_MEM_DEFINED(data, length);
    for (i = 0; i < length; i++) {
        if (bits[i] == 0) {
            return 0;
        }
    }
    return 1;
}

/* What is wrong with the block; a good one comes first. */
typedef struct Case {
    const char *name;
    size_t      place;
    uint8_t     value;
    int         good;
} Case;

static const Case cases[] = {
    {"good", 100, 0xa7, 1},       {"first byte", 0, 1, 0},
    {"block type", 1, 1, 0},      {"zero in the padding", 5, 0, 0},
    {"long message", 206, 0, 0},  {"no separator", 207, 0xa7, 0},
    {"other version", 209, 1, 0}, {"zero in the secret", 220, 0, 1},
};

static int check_unpadding(const Case *one)
{
    const uint8_t version[2] = {3, 3};
    uint8_t       block[WIDTH], wanted[48], fallback[48], premaster[48];

    memset(block, 0xa7, sizeof block);
    memcpy(block, "\0\2", 2);
    memcpy(block + 207, "\0\3\3", 3);
    block[one->place] = one->value;
    memset(fallback, 0x5b, sizeof fallback);
    memcpy(wanted, one->good ? block + 208 : fallback, 48);
    memcpy(wanted, version, 2);

    (void)VALGRIND_MAKE_MEM_UNDEFINED(block, sizeof block);
    (void)VALGRIND_MAKE_MEM_UNDEFINED(fallback, sizeof fallback);
    sslr_rsa_unpad_premaster(block, sizeof block, version, fallback, premaster);
    return was_secret(premaster + 2, 46) && memcmp(premaster + 2, wanted + 2, 46) == 0;
}

/* SSL 2.0: 24 bytes without a version, and the rollback marker. */
static const Case ssl2_cases[] = {
    {"good", 100, 0xa7, 1},           {"first byte", 0, 1, 0},     {"block type", 1, 1, 0},
    {"zero in the padding", 5, 0, 0}, {"long message", 230, 0, 0}, {"no separator", 231, 0xa7, 0},
    {"seven of 03", 223, 0xa7, 1},    {"marker", 223, 3, 0},
};

static int check_ssl2(const Case *one)
{
    uint8_t block[WIDTH], wanted[24], fallback[24], secret[24];

    memset(block, 0xa7, sizeof block);
    memcpy(block, "\0\2", 2);
    memcpy(block + 224, "\3\3\3\3\3\3\3\0", 8);
    block[one->place] = one->value;
    memset(fallback, 0x5b, sizeof fallback);
    memcpy(wanted, one->good ? block + 232 : fallback, 24);

    (void)VALGRIND_MAKE_MEM_UNDEFINED(block, sizeof block);
    (void)VALGRIND_MAKE_MEM_UNDEFINED(fallback, sizeof fallback);
    sslr_rsa_unpad_secret(block, sizeof block, 24, 1, fallback, secret);
    return was_secret(secret, 24) && memcmp(secret, wanted, 24) == 0;
}

/* a * 1 / R, twice over by R: with n = 2^2048 - 1, R = 2^2048 is 1, so the product is a again. */
static int check_multiplication(uint8_t start)
{
    uint8_t a[WIDTH], b[WIDTH] = {0}, n[WIDTH], out[WIDTH], wanted[WIDTH];

    memset(n, 0xff, sizeof n);
    memset(a, start, sizeof a);
    memset(a, 0, start); /* leading zeros: what must not show */
    memcpy(wanted, a, sizeof wanted);
    b[WIDTH - 1] = 1;
    (void)VALGRIND_MAKE_MEM_UNDEFINED(a, sizeof a);
    (void)VALGRIND_MAKE_MEM_UNDEFINED(b, sizeof b);
    sslr_fixed_montgomery_mul(a, b, n, WIDTH, out);
    return was_secret(out, sizeof out) && memcmp(out, wanted, sizeof wanted) == 0;
}

int main(void)
{
    size_t i;
    int    ok = 1;

    if (!RUNNING_ON_VALGRIND) {
        fprintf(stderr, "ct_rsa_unpad: shows nothing unless it runs under valgrind\n");
        return 1;
    }
    for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (!check_unpadding(&cases[i])) {
            printf("ct_rsa_unpad: %s: wrong answer or mark\n", cases[i].name);
            ok = 0;
        }
    }
    for (i = 0; i < sizeof ssl2_cases / sizeof ssl2_cases[0]; i++) {
        if (!check_ssl2(&ssl2_cases[i])) {
            printf("ct_rsa_unpad: SSL 2.0, %s: wrong answer or mark\n", ssl2_cases[i].name);
            ok = 0;
        }
    }
    for (i = 0; ok && i < 8; i++) {
        ok = check_multiplication((uint8_t)(i * 17));
    }
    printf("ct_rsa_unpad: %s, %u errors\n", ok ? "answers and marks are right" : "FAILED",
           (unsigned)VALGRIND_COUNT_ERRORS);
    return ok ? 0 : 1;
}
