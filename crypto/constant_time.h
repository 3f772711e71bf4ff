/*
 * constant_time.h - the words in which code about secrets is written: no branch and no index
 * depends on their arguments. A mask is all ones (true) or all zeros (false). Used by crypto/ and,
 * through crypto.h, by core/.
 */
#ifndef SSLREF_CONSTANT_TIME_H
#define SSLREF_CONSTANT_TIME_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef uint32_t Mask;

/* Keeps the compiler from turning a mask back into a branch. */
static inline uint32_t ct_hide(uint32_t x)
{
    volatile uint32_t hidden = x;

    return hidden;
}

static inline Mask ct_from_bit(uint32_t bit) /* 0 or 1 */
{
    return (Mask)0 - ct_hide(bit);
}

static inline Mask ct_is_zero(uint32_t x)
{
    return ct_from_bit(((x | (0u - x)) >> 31) ^ 1u);
}

static inline Mask ct_is_equal(uint32_t a, uint32_t b)
{
    return ct_is_zero(a ^ b);
}

static inline Mask ct_is_less(uint32_t a, uint32_t b)
{
    return ct_from_bit((a ^ ((a ^ b) | ((a - b) ^ b))) >> 31);
}

static inline uint32_t ct_select(Mask mask, uint32_t if_true, uint32_t if_false)
{
    return (mask & if_true) | (~mask & if_false);
}

/* Copy if the mask is true; from and to may not overlap. */
static inline void ct_copy(Mask mask, uint8_t *to, const uint8_t *from, size_t length)
{
    size_t i;

    for (i = 0; i < length; i++) {
        to[i] = (uint8_t)ct_select(mask, from[i], to[i]);
    }
}

/* Compare two blocks, a word at a time; true if all bytes are equal. */
static inline Mask ct_memory_equal(const void *a, const void *b, size_t length)
{
    const uint8_t *x = (const uint8_t *)a, *y = (const uint8_t *)b;
    uint32_t       difference = 0, of_a, of_b;

    for (; length >= sizeof(of_a); length -= sizeof(of_a)) {
        memcpy(&of_a, x, sizeof(of_a));
        memcpy(&of_b, y, sizeof(of_b));
        difference |= of_a ^ of_b;
        x += sizeof(of_a);
        y += sizeof(of_b);
    }
    for (; length > 0; length--) {
        difference |= (uint32_t)(*x++ ^ *y++);
    }
    return ct_is_zero(difference);
}

#endif
