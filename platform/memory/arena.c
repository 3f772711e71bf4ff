/*
 * arena.c - a heap in one fixed block: first fit, neighbours joined when they are freed. For
 * programs without an operating system, and for measuring what a connection needs. Called by the
 * engine through the alloc callbacks.
 *
 * The blocks lie one behind the other, each with a header that knows its own size and that of the
 * block before, so that both neighbours are found in one step. Free blocks also form a list.
 */
#include "sslmemory.h"

#include <stdint.h>
#include <string.h>

typedef struct SSLArenaBlock Block;

struct SSLArenaBlock {
    size_t size;        /* with header, a multiple of the alignment; lowest bit set: given out */
    size_t size_before; /* of the block before this one; 0: this is the first */
    Block *next;        /* in the list of free blocks; not used while given out */
    Block *previous;
};

/* What malloc would align for: the strictest of the basic types. */
typedef union Strictest {
    long double number;
    long long   integer;
    void       *pointer;
    void (*function)(void);
} Strictest;

struct Probe {
    char      offset;
    Strictest strictest;
};

#define ALIGNMENT   offsetof(struct Probe, strictest)
#define ALIGN(size) (((size) + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT)
/* The links of the free list lie where the user's bytes lie otherwise. */
#define HEADER   ALIGN(offsetof(Block, next))
#define SMALLEST ALIGN(sizeof(Block) > HEADER ? sizeof(Block) : HEADER + 1)
#define GIVEN    ((size_t)1)

static size_t size_of(const Block *block)
{
    return block->size & ~GIVEN;
}

static int is_given(const Block *block)
{
    return (block->size & GIVEN) != 0;
}

/* The block behind this one, NULL behind the last. */
static Block *block_behind(const SSLArena *arena, const Block *block)
{
    uint8 *behind = (uint8 *)block + size_of(block);

    return behind < arena->end ? (Block *)(void *)behind : NULL;
}

static Block *block_before(const Block *block)
{
    return block->size_before > 0 ? (Block *)(void *)((uint8 *)block - block->size_before) : NULL;
}

static void link_free(SSLArena *arena, Block *block)
{
    block->previous = NULL;
    block->next     = arena->free;
    if (arena->free != NULL) {
        arena->free->previous = block;
    }
    arena->free = block;
}

static void unlink_free(SSLArena *arena, Block *block)
{
    if (block->previous != NULL) {
        block->previous->next = block->next;
    } else {
        arena->free = block->next;
    }
    if (block->next != NULL) {
        block->next->previous = block->previous;
    }
}

static void set_size(SSLArena *arena, Block *block, size_t size)
{
    Block *behind;

    block->size = size;
    behind      = block_behind(arena, block);
    if (behind != NULL) {
        behind->size_before = size;
    }
}

/* Take the first `size` bytes of a free block that is not in the list; the rest, if it can be a
 * block, goes into the list. */
static void give(SSLArena *arena, Block *block, size_t size)
{
    size_t whole = size_of(block);

    if (whole - size >= SMALLEST) {
        Block *rest = (Block *)(void *)((uint8 *)block + size);

        rest->size_before = size;
        set_size(arena, rest, whole - size);
        link_free(arena, rest);
        block->size = size;
    }
    arena->in_use += block->size;
    arena->blocks++;
    if (arena->in_use > arena->high) {
        arena->high = arena->in_use;
    }
    block->size |= GIVEN;
}

/* Free a block and join it with free neighbours. */
static void take_back(SSLArena *arena, Block *block)
{
    Block *neighbour;

    block->size &= ~GIVEN;
    arena->in_use -= block->size;
    arena->blocks--;
    neighbour = block_behind(arena, block);
    if (neighbour != NULL && !is_given(neighbour)) {
        unlink_free(arena, neighbour);
        set_size(arena, block, block->size + neighbour->size);
    }
    neighbour = block_before(block);
    if (neighbour != NULL && !is_given(neighbour)) {
        unlink_free(arena, neighbour);
        set_size(arena, neighbour, neighbour->size + block->size);
        block = neighbour;
    }
    link_free(arena, block);
}

/* The block with this content; NULL unless it is one that this arena gave out. A doubtful header is
 * believed only if both neighbours agree with it. */
static Block *block_of(const SSLArena *arena, uint8 *data)
{
    uintptr_t first = (uintptr_t)arena->first;
    uintptr_t at    = (uintptr_t)data;
    Block    *block, *neighbour;
    size_t    size;

    if (at < first + HEADER || at >= (uintptr_t)arena->end || (at - first) % ALIGNMENT != 0) {
        return NULL;
    }
    block = (Block *)(void *)(data - HEADER);
    size  = size_of(block);
    if (!is_given(block) || size < SMALLEST || size > (size_t)(arena->end - (uint8 *)block) ||
        block->size_before > (uintptr_t)block - first) {
        return NULL;
    }
    neighbour = block_behind(arena, block);
    if (neighbour != NULL && neighbour->size_before != size) {
        return NULL;
    }
    neighbour = block_before(block);
    if (neighbour != NULL ? size_of(neighbour) != block->size_before : block != arena->first) {
        return NULL;
    }
    return block;
}

/* The size of a block that holds `length` bytes; 0 if no arena could be so large. */
static size_t block_size(size_t length)
{
    size_t size;

    if (length > (size_t)-1 / 2) {
        return 0;
    }
    size = ALIGN(length + HEADER);
    return size < SMALLEST ? SMALLEST : size;
}

SSLErr SSLArenaInit(SSLArena *arena, void *memory, size_t size)
{
    size_t skip;
    Block *block;

    if (arena == NULL || memory == NULL) {
        return SSLBadParameterErr;
    }
    memset(arena, 0, sizeof(*arena));
    skip = (ALIGNMENT - (uintptr_t)memory % ALIGNMENT) % ALIGNMENT;
    if (size < skip + SMALLEST) {
        return SSLBadParameterErr;
    }
    size               = (size - skip) / ALIGNMENT * ALIGNMENT;
    block              = (Block *)(void *)((uint8 *)memory + skip);
    arena->first       = block;
    arena->end         = (uint8 *)block + size;
    block->size        = size;
    block->size_before = 0;
    link_free(arena, block);
    return SSLNoErr;
}

SSLErr SSLArenaAlloc(SSLBuffer *buf, void *allocRef)
{
    SSLArena *arena = (SSLArena *)allocRef;
    size_t    size  = block_size(buf->length);
    Block    *block;

    for (block = arena->free; block != NULL && size > 0; block = block->next) {
        if (block->size >= size) {
            unlink_free(arena, block);
            give(arena, block, size);
            buf->data = (uint8 *)block + HEADER;
            return SSLNoErr;
        }
    }
    arena->failures++;
    buf->data = NULL;
    return SSLMemoryErr;
}

SSLErr SSLArenaFree(SSLBuffer *buf, void *allocRef)
{
    SSLArena *arena = (SSLArena *)allocRef;
    Block    *block;

    if (buf->data == NULL) {
        return SSLNoErr;
    }
    block = block_of(arena, buf->data);
    if (block == NULL) {
        return SSLBadParameterErr; /* freed already, or somebody else's: harming nobody is best */
    }
    take_back(arena, block);
    buf->data   = NULL;
    buf->length = 0;
    return SSLNoErr;
}

/* Keep the first `size` bytes of a block that is given out; the rest, if it can be a block, is
 * freed. */
static void shrink(SSLArena *arena, Block *block, size_t size)
{
    size_t rest_size = size_of(block) - size;
    Block *rest      = (Block *)(void *)((uint8 *)block + size);

    if (rest_size < SMALLEST) {
        return;
    }
    block->size       = size | GIVEN;
    rest->size_before = size;
    set_size(arena, rest, rest_size);
    rest->size |= GIVEN;
    arena->blocks++; /* in_use stays: the two together are as large as the one */
    take_back(arena, rest);
}

/* Shrinks in place; grows by moving. The old block stays valid when there is no room. */
SSLErr SSLArenaRealloc(SSLBuffer *buf, uint32 newSize, void *allocRef)
{
    SSLArena *arena = (SSLArena *)allocRef;
    SSLBuffer moved = {newSize, NULL};
    Block    *block;
    SSLErr    err;
    size_t    content;

    if (buf->data == NULL) {
        buf->length = newSize;
        return SSLArenaAlloc(buf, allocRef);
    }
    block = block_of(arena, buf->data);
    if (block == NULL) {
        return SSLBadParameterErr;
    }
    content = size_of(block) - HEADER;
    if (newSize <= content) {
        shrink(arena, block, block_size(newSize));
        buf->length = newSize;
        return SSLNoErr;
    }
    err = SSLArenaAlloc(&moved, allocRef);
    if (err != SSLNoErr) {
        return err;
    }
    memcpy(moved.data, buf->data, content);
    (void)SSLArenaFree(buf, allocRef);
    *buf = moved;
    return SSLNoErr;
}

SSLErr SSLArenaInstall(SSLContext *ctx, SSLArena *arena)
{
    SSLErr err = arena != NULL ? SSLSetAllocFunc(ctx, SSLArenaAlloc) : SSLBadParameterErr;

    if (err != SSLNoErr) {
        return err;
    }
    (void)SSLSetFreeFunc(ctx, SSLArenaFree);
    (void)SSLSetReallocFunc(ctx, SSLArenaRealloc);
    return SSLSetAllocRef(ctx, arena);
}

void SSLArenaAllocator(SSLArena *arena, SSLAllocator *allocator)
{
    allocator->allocFunc   = SSLArenaAlloc;
    allocator->freeFunc    = SSLArenaFree;
    allocator->reallocFunc = SSLArenaRealloc;
    allocator->allocRef    = arena;
}

void SSLArenaGetStatistics(const SSLArena *arena, SSLArenaStatistics *statistics)
{
    const Block *block;
    size_t       largest = 0;

    for (block = arena->free; block != NULL; block = block->next) {
        if (block->size > largest) {
            largest = block->size;
        }
    }
    statistics->size     = (size_t)(arena->end - (uint8 *)arena->first);
    statistics->inUse    = arena->in_use;
    statistics->high     = arena->high;
    statistics->largest  = largest > HEADER ? largest - HEADER : 0;
    statistics->blocks   = arena->blocks;
    statistics->failures = arena->failures;
}

int SSLArenaIsSound(const SSLArena *arena)
{
    const uint8 *at          = (const uint8 *)arena->first;
    size_t       size_before = 0;
    size_t       in_use      = 0;
    uint32       free_blocks = 0;
    uint32       given       = 0;
    const Block *listed;

    while (at < arena->end) {
        const Block *block = (const Block *)(const void *)at;
        size_t       size  = size_of(block);

        if (size < SMALLEST || size % ALIGNMENT != 0 || size > (size_t)(arena->end - at) ||
            block->size_before != size_before) {
            return 0;
        }
        if (is_given(block)) {
            given++;
            in_use += size;
        } else {
            free_blocks++;
        }
        size_before = size;
        at += size;
    }
    for (listed = arena->free; listed != NULL && free_blocks > 0; listed = listed->next) {
        if (is_given(listed)) {
            return 0;
        }
        free_blocks--;
    }
    return listed == NULL && free_blocks == 0 && given == arena->blocks && in_use == arena->in_use;
}
