/*
 * memory.c - see memory.h. The only file of core/ that calls the alloc, free and realloc callbacks.
 */
#include "memory.h"

#define MAX_BLOCK ((size_t)0x7FFFFFFF)

SSLErr sslr_allocate(const SSLAllocator *allocator, size_t length, void **block)
{
    SSLBuffer buffer;
    SSLErr    err;

    *block = NULL;
    if (allocator->allocFunc == NULL || allocator->freeFunc == NULL) {
        return SSLMissingCallbackErr;
    }
    if (length == 0 || length > MAX_BLOCK) {
        return SSLMemoryErr;
    }
    buffer.length = (uint32)length;
    buffer.data   = NULL;
    err           = allocator->allocFunc(&buffer, allocator->allocRef);
    if (err != SSLNoErr) {
        return err == SSLWouldBlockErr ? SSLCallbackErr : err;
    }
    if (buffer.data == NULL) {
        return SSLCallbackErr;
    }
    *block = buffer.data;
    return SSLNoErr;
}

SSLErr sslr_allocate_zeroed(const SSLAllocator *allocator, size_t length, void **block)
{
    SSLErr err = sslr_allocate(allocator, length, block);

    if (err == SSLNoErr) {
        memset(*block, 0, length);
    }
    return err;
}

SSLErr sslr_duplicate(const SSLAllocator *allocator, Bytes bytes, uint8_t **block)
{
    void  *copy = NULL;
    SSLErr err  = SSLNoErr;

    if (bytes.length > 0) {
        err = sslr_allocate(allocator, bytes.length, &copy);
        if (err == SSLNoErr) {
            memcpy(copy, bytes.data, bytes.length);
        }
    }
    *block = (uint8_t *)copy;
    return err;
}

/* Always a new block: the realloc callback may move the old content without wiping it, which would
 * leave secrets behind, so that it is of no use here. It is stored for programs that set it. */
SSLErr sslr_resize(const SSLAllocator *allocator, void **block, size_t old_length,
                   size_t new_length)
{
    void  *moved;
    SSLErr err = sslr_allocate(allocator, new_length, &moved);

    if (err != SSLNoErr) {
        return err;
    }
    if (*block != NULL) {
        memcpy(moved, *block, old_length < new_length ? old_length : new_length);
        sslr_release(allocator, block, old_length);
    }
    *block = moved;
    return SSLNoErr;
}

void sslr_release(const SSLAllocator *allocator, void **block, size_t length)
{
    SSLBuffer buffer;
    uint8    *data = (uint8 *)*block;

    if (data == NULL) {
        return;
    }
    *block        = NULL;
    buffer.data   = data;
    buffer.length = (uint32)length;
    sslr_wipe(data, length);
    if (allocator->freeFunc != NULL) { /* a program may have taken it away: then the block leaks */
        (void)allocator->freeFunc(&buffer, allocator->allocRef);
    }
}

void sslr_release_bytes(const SSLAllocator *allocator, Bytes *block)
{
    const size_t length = block->length;
    void        *data   = (void *)block->data;

    *block = bytes_of(NULL, 0);
    sslr_release(allocator, &data, length);
}

SSLErr sslr_replace(const SSLAllocator *allocator, Bytes *block, Bytes value)
{
    Bytes    old = *block;
    uint8_t *copy;
    SSLErr   err = sslr_duplicate(allocator, value, &copy);

    if (err == SSLNoErr) {
        *block = bytes_of(copy, value.length);
        sslr_release_bytes(allocator, &old);
    }
    return err;
}
