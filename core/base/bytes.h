/*
 * bytes.h - a view of bytes that belong to somebody else, and the small helpers that go with it.
 * Used everywhere in core/. Number of crypto.h is the same thing, so that views pass through.
 */
#ifndef SSLREF_BASE_BYTES_H
#define SSLREF_BASE_BYTES_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "../../crypto/crypto.h"

typedef Number Bytes;

static inline Bytes bytes_of(const void *data, size_t length)
{
    Bytes bytes;

    bytes.data   = (const uint8_t *)data;
    bytes.length = length;
    return bytes;
}

/* Not for secrets: stops at the first difference. */
int sslr_bytes_equal(Bytes a, Bytes b);
#define bytes_equal sslr_bytes_equal /* like its neighbours, without the prefix of the linker */

/* A big-endian number without the zeros in front of it. */
static inline Bytes bytes_without_zeros(Bytes number)
{
    while (number.length > 0 && number.data[0] == 0) {
        number = bytes_of(number.data + 1, number.length - 1);
    }
    return number;
}

#endif
