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

    sslr_release(out->allocator, &block, out->capacity);
    sslr_writer_init(out, out->allocator);
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

static inline uint8_t *space(Writer *out, size_t length)
{
    uint8_t *at;

    if (out->err != SSLNoErr) {
        return NULL;
    }
    if (length > out->capacity - out->length) {
        out->err = grow(out, out->length + length);
        if (out->err != SSLNoErr) {
            return NULL;
        }
    }
    at = out->data + out->length;
    out->length += length;
    return at;
}

uint8_t *sslr_write_space(Writer *out, size_t length)
{
    return space(out, length);
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

/* Messages consist of these: the usual case takes no further call. */
void sslr_write_number(Writer *out, uint32_t value, size_t size)
{
    uint8_t *at = space(out, size);

    if (at != NULL) {
        put_number(at, value, size);
    }
}

void sslr_write_bytes(Writer *out, Bytes bytes)
{
    uint8_t *at = bytes.length > 0 ? space(out, bytes.length) : NULL;

    if (at != NULL) {
        memcpy(at, bytes.data, bytes.length);
    }
}

Block sslr_open_block(Writer *out, size_t size)
{
    Block block;

    block.at   = out->length;
    block.size = size;
    sslr_write_number(out, 0, size);
    return block;
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
