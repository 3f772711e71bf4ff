/*
 * pool.h - the memory of one side of a test: every block is counted, guarded at both ends, filled
 * with rubbish when it is handed out and looked at when it comes back. An allocation can be told to
 * fail. Blocks that were freed can be kept for a search.
 */
#ifndef SSLREF_TEST_FAULT_POOL_H
#define SSLREF_TEST_FAULT_POOL_H

#include <stddef.h>

#include "ssl.h"

typedef struct PoolBlock PoolBlock;

typedef struct Pool {
    PoolBlock *live, *freed;
    size_t     live_count, live_bytes, peak_bytes;
    unsigned   allocations; /* so far, failed ones included */
    int        keep;        /* keep freed blocks for pool_find */
    int        unwiped;     /* blocks that were not all zero when they came back */
    size_t     unwiped_size;
    int        damaged; /* guards overwritten, or a block that is not ours */
} Pool;

void *pool_take(Pool *pool, size_t size);

/* wiped: the block must be all zero. Not for those that the program itself gives back. */
void pool_give_back(Pool *pool, void *data, int wiped);

/* How many blocks, live or kept, contain these bytes. */
int pool_find(const Pool *pool, const void *bytes, size_t length);

/* Free everything, whatever is still live. */
void pool_empty(Pool *pool);

#endif
