/*
 * hex.h - reading known answers that stand in a test as hexadecimal strings. For the vector tests.
 */
#ifndef SSLREF_TEST_HEX_H
#define SSLREF_TEST_HEX_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* Decode text into out; returns the number of bytes. */
static inline size_t from_hex(uint8_t *out, const char *text)
{
    size_t   length = strlen(text) / 2, i;
    unsigned byte;

    for (i = 0; i < length; i++) {
        if (sscanf(text + 2 * i, "%2x", &byte) != 1) {
            return 0;
        }
        out[i] = (uint8_t)byte;
    }
    return length;
}

/* Fails the cmocka test unless `length` bytes at data are those of the text. */
#define assert_hex(data, length, text)                                                             \
    do {                                                                                           \
        uint8_t expected_bytes_[4096];                                                             \
        assert_true(strlen(text) <= 2 * sizeof expected_bytes_);                                   \
        assert_int_equal(from_hex(expected_bytes_, (text)), (length));                             \
        assert_memory_equal((data), expected_bytes_, (length));                                    \
    } while (0)

#endif
