/*
 * pool.c - see pool.h.
 */
#include "pool.h"

#include <stdlib.h>
#include <string.h>

#define MAGIC 0x5A5A1234u
#define FILL  0xA5

/* AddressSanitizer has better guards of its own. */
#if defined(__SANITIZE_ADDRESS__)
#define GUARD 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define GUARD 0
#endif
#endif
#ifndef GUARD
#define GUARD 16
#endif

struct PoolBlock {
    PoolBlock *next, *previous;
    size_t     size;
    size_t     magic; /* keeps the data aligned as malloc aligns */
};

static unsigned char *data_of(PoolBlock *block)
{
    return (unsigned char *)(block + 1) + GUARD;
}

static int guards_hold(PoolBlock *block)
{
    unsigned char *data  = data_of(block);
    const size_t   guard = GUARD;
    size_t         i;

    for (i = 0; i < guard; i++) {
        if (data[i - guard] != FILL || data[block->size + i] != FILL) {
            return 0;
        }
    }
    return block->magic == MAGIC;
}

static void link_block(PoolBlock **list, PoolBlock *block)
{
    block->previous = NULL;
    block->next     = *list;
    if (*list != NULL) {
        (*list)->previous = block;
    }
    *list = block;
}

static void unlink_block(PoolBlock **list, PoolBlock *block)
{
    if (block->previous != NULL) {
        block->previous->next = block->next;
    } else {
        *list = block->next;
    }
    if (block->next != NULL) {
        block->next->previous = block->previous;
    }
}

void *pool_take(Pool *pool, size_t size)
{
    PoolBlock *block = malloc(sizeof(PoolBlock) + 2 * GUARD + size);

    if (block == NULL) {
        abort();
    }
    memset(block + 1, FILL, 2 * GUARD + size);
    block->size  = size;
    block->magic = MAGIC;
    link_block(&pool->live, block);
    pool->live_count++;
    pool->live_bytes += size;
    if (pool->live_bytes > pool->peak_bytes) {
        pool->peak_bytes = pool->live_bytes;
    }
    return data_of(block);
}

static int all_zero(const unsigned char *data, size_t size)
{
    size_t i;

    for (i = 0; i < size; i++) {
        if (data[i] != 0) {
            return 0;
        }
    }
    return 1;
}

void pool_give_back(Pool *pool, void *data, int wiped)
{
    PoolBlock *block;

    if (data == NULL) {
        return;
    }
    block = (PoolBlock *)(void *)((unsigned char *)data - GUARD) - 1;
    if (!guards_hold(block)) {
        pool->damaged++;
    }
    if (wiped && !all_zero(data, block->size)) {
        pool->unwiped++;
        pool->unwiped_size = block->size;
    }
    unlink_block(&pool->live, block);
    pool->live_count--;
    pool->live_bytes -= block->size;
    if (pool->keep) {
        link_block(&pool->freed, block);
    } else {
        block->magic = 0;
        free(block);
    }
}

static int find_in(PoolBlock *list, const void *bytes, size_t length)
{
    int found = 0;

    for (; list != NULL; list = list->next) {
        const unsigned char *data = data_of(list);
        size_t               i;

        for (i = 0; i + length <= list->size; i++) {
            if (data[i] == *(const unsigned char *)bytes && memcmp(data + i, bytes, length) == 0) {
                found++;
                break;
            }
        }
    }
    return found;
}

int pool_find(const Pool *pool, const void *bytes, size_t length)
{
    return find_in(pool->live, bytes, length) + find_in(pool->freed, bytes, length);
}

static void free_list(PoolBlock **list)
{
    while (*list != NULL) {
        PoolBlock *block = *list;

        *list = block->next;
        free(block);
    }
}

void pool_empty(Pool *pool)
{
    free_list(&pool->live);
    free_list(&pool->freed);
    pool->live_count = pool->live_bytes = 0;
}
