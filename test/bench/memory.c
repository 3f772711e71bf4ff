/*
 * memory.c - an allocator that counts for each side of a connection. Every block remembers whose it
 * is, so that what is freed by the other side's call is still taken off the right account.
 */
#include "bench.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef union Header {
    struct {
        size_t length;
        int    side;
    } of;
    long double strictest;
} Header;

int          tally_is_on;
int          tally_side;
static Tally tallies[TALLY_COUNT];

void tally_reset(void)
{
    memset(tallies, 0, sizeof(tallies));
}

const Tally *tally_of(int side)
{
    return &tallies[side];
}

void *tally_allocate(size_t length, int own)
{
    Tally  *tally = &tallies[tally_side];
    Header *block = malloc(sizeof(Header) + length);

    if (block == NULL) {
        return NULL;
    }
    block->of.length = length;
    block->of.side   = tally_side;
    tally->allocations++;
    tally->bytes += length;
    tally->own_allocations += own != 0;
    tally->own_bytes += own != 0 ? length : 0;
    tally->live += length;
    if (tally->live > tally->peak) {
        tally->peak = tally->live;
    }
    return block + 1;
}

void tally_free(void *data)
{
    Header *block = (Header *)data - 1;

    if (data != NULL) {
        tallies[block->of.side].live -= block->of.length;
        free(block);
    }
}

void *tally_resize(void *data, size_t length, int own)
{
    size_t old  = data != NULL ? ((Header *)data - 1)->of.length : 0;
    void  *made = tally_allocate(length, own);

    if (made != NULL && data != NULL) {
        memcpy(made, data, old < length ? old : length);
        tally_free(data);
    }
    return made;
}
