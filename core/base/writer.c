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

/* Big-endian, size 1 .. 4. A function for each width, because messages consist of these. */
static inline void write_number(Writer *out, uint32_t value, size_t size)
{
    uint8_t *at = write_space(out, size);

    if (at != NULL) {
        while (size-- > 0) {
            at[size] = (uint8_t)value;
            value >>= 8;
        }
    }
}

void sslr_write_u8(Writer *out, uint32_t value)
{
    write_number(out, value, 1);
}

void sslr_write_u16(Writer *out, uint32_t value)
{
    write_number(out, value, 2);
}

void sslr_write_u24(Writer *out, uint32_t value)
{
    write_number(out, value, 3);
}

void sslr_write_u32(Writer *out, uint32_t value)
{
    write_number(out, value, 4);
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
    uint8_t *at;
    size_t   length, i;

    if (out->err != SSLNoErr) {
        return;
    }
    at     = out->data + block.at;
    length = out->length - block.at - block.size;
    for (i = block.size; i > 0; i--) {
        at[i - 1] = (uint8_t)length;
        length >>= 8;
    }
    if (length != 0) {
        out->err = SSLOverflowErr;
    }
}
