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

uint8_t *sslr_write_space(Writer *out, size_t length)
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

void sslr_write_number(Writer *out, uint32_t value, size_t size)
{
    uint8_t *at = sslr_write_space(out, size);

    if (at == NULL) {
        return;
    }
    while (size-- > 0) {
        at[size] = (uint8_t)value;
        value >>= 8;
    }
}

void sslr_write_bytes(Writer *out, Bytes bytes)
{
    uint8_t *at = bytes.length > 0 ? sslr_write_space(out, bytes.length) : NULL;

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
    size_t length, i;

    if (out->err != SSLNoErr) {
        return;
    }
    length = out->length - block.at - block.size;
    if ((uint64_t)length >> (8 * block.size) != 0) {
        out->err = SSLOverflowErr;
        return;
    }
    for (i = block.size; i-- > 0;) {
        out->data[block.at + i] = (uint8_t)length;
        length >>= 8;
    }
}
