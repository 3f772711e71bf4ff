/*
 * writer.c - see writer.h.
 */
#include "writer.h"

#define FIRST_CAPACITY 512

void sslr_writer_init(Writer *out, const SSLAllocator *allocator)
{
    memset(out, 0, sizeof(*out));
    out->allocator = allocator;
}

void sslr_writer_release(Writer *out)
{
    void *block = out->data;

    if (block != NULL) {
        sslr_release(out->allocator, &block, out->capacity);
    }
    out->data   = NULL;
    out->length = out->capacity = 0;
    out->err                    = SSLNoErr;
}

static SSLErr grow(Writer *out, size_t needed)
{
    size_t capacity = out->capacity == 0 ? FIRST_CAPACITY : out->capacity * 2;
    void  *block    = out->data;
    SSLErr err;

    if (capacity < needed) {
        capacity = needed;
    }
    err = sslr_resize(out->allocator, &block, out->capacity, capacity);
    if (err == SSLNoErr) {
        out->data     = (uint8_t *)block;
        out->capacity = capacity;
    }
    return err;
}

uint8_t *sslr_write_space(Writer *out, size_t length)
{
    uint8_t *at;

    if (out->err == SSLNoErr && length > out->capacity - out->length) {
        out->err = grow(out, out->length + length);
    }
    if (out->err != SSLNoErr) {
        return NULL;
    }
    at = out->data + out->length;
    out->length += length;
    return at;
}

/* Big-endian, size 1 .. 4. */
static inline void put_number(uint8_t *at, uint32_t value, size_t size)
{
    if (size > 3) {
        *at++ = (uint8_t)(value >> 24);
    }
    if (size > 2) {
        *at++ = (uint8_t)(value >> 16);
    }
    if (size > 1) {
        *at++ = (uint8_t)(value >> 8);
    }
    *at = (uint8_t)value;
}

void sslr_write_number(Writer *out, uint32_t value, size_t size)
{
    uint8_t *at = write_space(out, size);

    if (at != NULL) {
        put_number(at, value, size);
    }
}

/* Messages consist of these: where there is room, nothing is called and no width computed. */
static inline void write_fixed(Writer *out, uint32_t value, size_t size)
{
    if (has_room(out, size)) {
        put_number(out->data + out->length, value, size);
        out->length += size;
    } else {
        sslr_write_number(out, value, size);
    }
}

void sslr_write_u8(Writer *out, uint32_t value)
{
    write_fixed(out, value, 1);
}

void sslr_write_u16(Writer *out, uint32_t value)
{
    write_fixed(out, value, 2);
}

void sslr_write_u24(Writer *out, uint32_t value)
{
    write_fixed(out, value, 3);
}

void sslr_write_u32(Writer *out, uint32_t value)
{
    write_fixed(out, value, 4);
}

void sslr_write_bytes(Writer *out, Bytes bytes)
{
    uint8_t *at = bytes.length > 0 ? write_space(out, bytes.length) : NULL;

    if (at != NULL) {
        memcpy(at, bytes.data, bytes.length);
    }
}

void sslr_close_block(Writer *out, Block block)
{
    size_t length;

    if (out->err != SSLNoErr) {
        return;
    }
    length = out->length - block.at - block.size;
    if ((uint64_t)length >> (8 * block.size) != 0) {
        out->err = SSLOverflowErr;
        return;
    }
    put_number(out->data + block.at, (uint32_t)length, block.size);
}
