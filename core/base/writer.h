/*
 * writer.h - building of messages: a block of memory that grows, with nested length prefixes. A
 * writer carries its own failure (memory, or a length that does not fit its prefix); a builder
 * checks once, at its end.
 */
#ifndef SSLREF_BASE_WRITER_H
#define SSLREF_BASE_WRITER_H

#include "memory.h"

typedef struct Writer {
    const SSLAllocator *allocator;
    uint8_t            *data;
    size_t              length, capacity;
    SSLErr              err;
} Writer;

/* Where a length prefix stands, and how wide it is. */
typedef struct Block {
    size_t at, size;
} Block;

void sslr_writer_init(Writer *out, const SSLAllocator *allocator);
void sslr_writer_release(Writer *out);

/* Room for length more bytes, which the caller fills; NULL after a failure. */
uint8_t *sslr_write_space(Writer *out, size_t length);

static inline int has_room(const Writer *out, size_t length)
{
    return out->err == SSLNoErr && length <= out->capacity - out->length;
}

/* The same, which calls nothing where there is room. */
static inline uint8_t *write_space(Writer *out, size_t length)
{
    uint8_t *at;

    if (!has_room(out, length)) {
        return sslr_write_space(out, length);
    }
    at = out->data + out->length;
    out->length += length;
    return at;
}

/* Big-endian, size 1 .. 4. */
void sslr_write_number(Writer *out, uint32_t value, size_t size);
void sslr_write_u8(Writer *out, uint32_t value);
void sslr_write_u16(Writer *out, uint32_t value);
void sslr_write_u24(Writer *out, uint32_t value);
void sslr_write_u32(Writer *out, uint32_t value);
void sslr_write_bytes(Writer *out, Bytes bytes);

/* What was written since open_block stands behind a length of `size` bytes. */
void sslr_close_block(Writer *out, Block block);

static inline void write_u8(Writer *out, uint32_t value)
{
    sslr_write_u8(out, value);
}

static inline void write_u16(Writer *out, uint32_t value)
{
    sslr_write_u16(out, value);
}

static inline void write_u24(Writer *out, uint32_t value)
{
    sslr_write_u24(out, value);
}

static inline void write_u32(Writer *out, uint32_t value)
{
    sslr_write_u32(out, value);
}

static inline void write_bytes(Writer *out, Bytes bytes)
{
    sslr_write_bytes(out, bytes);
}

static inline Block open_block(Writer *out, size_t size)
{
    Block block;

    block.at   = out->length;
    block.size = size;
    (void)write_space(out, size);
    return block;
}

static inline void close_block(Writer *out, Block block)
{
    sslr_close_block(out, block);
}

/* opaque name<..2^(8*size)-1>. */
static inline void write_vector(Writer *out, Bytes bytes, size_t size)
{
    Block block = open_block(out, size);

    write_bytes(out, bytes);
    close_block(out, block);
}

static inline SSLErr writer_status(const Writer *out)
{
    return out->err;
}

#endif
