/*
 * x25519.c - X25519 (RFC 7748): the Montgomery ladder, in constant time. Field arithmetic stands in
 * field25519.c, the refusal of an all-zero secret with the caller, sslr_ecdh_derive.
 */
#include "curve25519.h"
#include "field25519.h"

#include <string.h>

/* The names of RFC 7748 5; temporaries stand here too, so that one wipe reaches all. */
typedef struct Ladder {
    Field25519 x1, x2, z2, x3, z3;
    Field25519 a, aa, b, bb, e, c, d, da, cb;
} Ladder;

static void ladder_step(Ladder *l)
{
    sslr_field_add(&l->a, &l->x2, &l->z2);
    sslr_field_square(&l->aa, &l->a);
    sslr_field_subtract(&l->b, &l->x2, &l->z2);
    sslr_field_square(&l->bb, &l->b);
    sslr_field_subtract(&l->e, &l->aa, &l->bb);
    sslr_field_add(&l->c, &l->x3, &l->z3);
    sslr_field_subtract(&l->d, &l->x3, &l->z3);
    sslr_field_multiply(&l->da, &l->d, &l->a);
    sslr_field_multiply(&l->cb, &l->c, &l->b);
    sslr_field_add(&l->x3, &l->da, &l->cb);
    sslr_field_square(&l->x3, &l->x3);
    sslr_field_subtract(&l->z3, &l->da, &l->cb);
    sslr_field_square(&l->z3, &l->z3);
    sslr_field_multiply(&l->z3, &l->z3, &l->x1);
    sslr_field_multiply(&l->x2, &l->aa, &l->bb);
    sslr_field_multiply_small(&l->z2, &l->e, 121665);
    sslr_field_add(&l->z2, &l->z2, &l->aa);
    sslr_field_multiply(&l->z2, &l->z2, &l->e);
}

Mask sslr_x25519(uint8_t out[32], const uint8_t scalar[32], const uint8_t point[32])
{
    static const uint8_t zero[32] = {0};
    Ladder               l;
    uint8_t              k[32];
    uint32_t             swap = 0;
    unsigned             i;

    memcpy(k, scalar, sizeof k);
    k[0] &= 248;
    k[31] = (uint8_t)((k[31] & 127) | 64);

    sslr_field_from_bytes(&l.x1, point);
    sslr_field_from_small(&l.x2, 1);
    sslr_field_from_small(&l.z2, 0);
    l.x3 = l.x1;
    sslr_field_from_small(&l.z3, 1);
    for (i = 255; i-- != 0;) {
        uint32_t bit = (k[i / 8] >> i % 8) & 1u;
        Mask     mask;

        swap ^= bit;
        mask = ct_from_bit(swap);
        sslr_field_swap(mask, &l.x2, &l.x3);
        sslr_field_swap(mask, &l.z2, &l.z3);
        swap = bit;
        ladder_step(&l);
    }
    sslr_field_swap(ct_from_bit(swap), &l.x2, &l.x3);
    sslr_field_swap(ct_from_bit(swap), &l.z2, &l.z3);

    sslr_field_invert(&l.z2, &l.z2);
    sslr_field_multiply(&l.x2, &l.x2, &l.z2);
    sslr_field_to_bytes(out, &l.x2);
    sslr_wipe(&l, sizeof l);
    sslr_wipe(k, sizeof k);
    return ~ct_memory_equal(out, zero, sizeof zero);
}

void sslr_x25519_public(uint8_t out[32], const uint8_t scalar[32])
{
    static const uint8_t base[32] = {9};

    (void)sslr_x25519(out, scalar, base);
}
