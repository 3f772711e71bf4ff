/*
 * reader.h - bounded reading of what a peer sent. A reader carries its own failure: reading past
 * the end gives zeros and sets it, so that a parser checks once, at its end. No arithmetic on
 * lengths that can wrap.
 */
#ifndef SSLREF_BASE_READER_H
#define SSLREF_BASE_READER_H

#include "bytes.h"

typedef struct Reader {
    const uint8_t *data;
    size_t         left;
    int            failed;
} Reader;

static inline Reader reader_of(Bytes bytes)
{
    Reader reader;

    reader.data   = bytes.data;
    reader.left   = bytes.length;
    reader.failed = 0;
    return reader;
}

static inline Bytes read_bytes(Reader *in, size_t length)
{
    Bytes bytes;

    if (in->failed || length > in->left) {
        in->failed = 1;
        return bytes_of(NULL, 0);
    }
    bytes = bytes_of(in->data, length);
    in->data += length;
    in->left -= length;
    return bytes;
}

/* Big-endian, size 1 .. 4. Written out so that compilers see the one instruction that most are. */
static inline uint32_t read_number(Reader *in, size_t size)
{
    const uint8_t *at = in->data;
    uint32_t       value;

    if (in->failed || size > in->left) {
        in->failed = 1;
        return 0;
    }
    value = at[0];
    value = size > 1 ? value << 8 | at[1] : value;
    value = size > 2 ? value << 8 | at[2] : value;
    value = size > 3 ? value << 8 | at[3] : value;
    in->data += size;
    in->left -= size;
    return value;
}

static inline uint8_t read_u8(Reader *in)
{
    return (uint8_t)read_number(in, 1);
}

static inline uint16_t read_u16(Reader *in)
{
    return (uint16_t)read_number(in, 2);
}

static inline uint32_t read_u24(Reader *in)
{
    return read_number(in, 3);
}

static inline uint32_t read_u32(Reader *in)
{
    return read_number(in, 4);
}

/* opaque name<..2^(8*size)-1>: the bytes behind a length of `size` bytes. */
static inline Bytes read_vector(Reader *in, size_t size)
{
    return read_bytes(in, read_number(in, size));
}

/* The same as a reader of its own; the failure of the outer one is inherited. */
static inline Reader read_block(Reader *in, size_t size)
{
    Reader inner = reader_of(read_vector(in, size));

    inner.failed = in->failed;
    return inner;
}

static inline Bytes read_rest(Reader *in)
{
    return read_bytes(in, in->left);
}

static inline int reader_has_more(const Reader *in)
{
    return !in->failed && in->left > 0;
}

/* Everything was there and nothing is left over. */
static inline int reader_complete(const Reader *in)
{
    return !in->failed && in->left == 0;
}

/* Is this two-byte number in a list of such? */
static inline int numbers_contain(Bytes list, uint16_t number)
{
    size_t i;

    for (i = 0; i + 1 < list.length; i += 2) {
        if (((list.data[i] << 8) | list.data[i + 1]) == number) {
            return 1;
        }
    }
    return 0;
}

/* Big-endian number out of a place that is known to have the bytes. */
static inline uint16_t get_u16(const uint8_t *at)
{
    return (uint16_t)((at[0] << 8) | at[1]);
}

static inline void put_u16(uint8_t *at, size_t value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

/* Written out so that compilers see the one instruction that it is. */
static inline uint64_t get_u64(const uint8_t *at)
{
    return (uint64_t)at[0] << 56 | (uint64_t)at[1] << 48 | (uint64_t)at[2] << 40 |
           (uint64_t)at[3] << 32 | (uint64_t)at[4] << 24 | (uint64_t)at[5] << 16 |
           (uint64_t)at[6] << 8 | at[7];
}

static inline void put_u64(uint8_t *at, uint64_t value)
{
    at[0] = (uint8_t)(value >> 56);
    at[1] = (uint8_t)(value >> 48);
    at[2] = (uint8_t)(value >> 40);
    at[3] = (uint8_t)(value >> 32);
    at[4] = (uint8_t)(value >> 24);
    at[5] = (uint8_t)(value >> 16);
    at[6] = (uint8_t)(value >> 8);
    at[7] = (uint8_t)value;
}

#endif
