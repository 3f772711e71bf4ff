/*
 * memory.h - memory through the embedder's callbacks, and nothing else. Blocks know no size of
 * their own: the caller says how long a block is when it gives it back, and it is wiped before the
 * free callback sees it.
 */
#ifndef SSLREF_BASE_MEMORY_H
#define SSLREF_BASE_MEMORY_H

#include "../../ssl.h"
#include "bytes.h"

/* *block is uninitialised memory, or NULL with the callback's error. length > 0, below 2^31. */
SSLErr sslr_allocate(const SSLAllocator *allocator, size_t length, void **block);

/* The same, zeroed. */
SSLErr sslr_allocate_zeroed(const SSLAllocator *allocator, size_t length, void **block);

/* A copy of bytes; of none: *block is NULL and no memory is taken. */
SSLErr sslr_duplicate(const SSLAllocator *allocator, Bytes bytes, uint8_t **block);

/* Make the block new_length long, keeping content; the old place is wiped if it moves. On failure
 * the old block stays. */
SSLErr sslr_resize(const SSLAllocator *allocator, void **block, size_t old_length,
                   size_t new_length);

/* Wipe and free; a NULL block is nothing. Sets *block to NULL. */
void sslr_release(const SSLAllocator *allocator, void **block, size_t length);

/* The same for a view of a whole block, which is forgotten first: the free callback may call a
 * getter. */
void sslr_release_bytes(const SSLAllocator *allocator, Bytes *block);

/* A view of a whole block becomes that of a copy of value. On failure the old block stays. */
SSLErr sslr_replace(const SSLAllocator *allocator, Bytes *block, Bytes value);

#endif
