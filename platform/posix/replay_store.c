/*
 * replay_store.c - ClientHellos that brought 0-RTT data, remembered for as long as they could be
 * replayed: a hash table of fixed size whose entries also form a ring, the oldest first. Called by
 * the engine through the replay callback, from any thread.
 */
#define _POSIX_C_SOURCE 200809L
#include "files.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define MAX_ENTRIES 10000000u
#define TOKEN       32
#define NONE        0xFFFFFFFFu

typedef struct Entry {
    uint8     token[TOKEN];
    long long until; /* seconds, of a clock that nobody sets; the last one in which it counts */
    uint32    next;  /* in the bucket */
} Entry;

struct SSLReplayStore {
    pthread_mutex_t lock;
    long long       started;
    int             waits; /* tickets of an earlier run may be about */
    uint32          max_entries, oldest, count, bucket_mask;
    Entry          *ring;
    uint32         *buckets; /* the newest entry of each, or NONE */
};

/* A token is a hash already. */
static uint32 *bucket_of(const SSLReplayStore *store, const uint8 *token)
{
    uint32 hash;

    memcpy(&hash, token, sizeof(hash));
    return &store->buckets[hash & store->bucket_mask];
}

/* The oldest of all is the last in its bucket. */
static void remove_oldest(SSLReplayStore *store)
{
    uint32 *link = bucket_of(store, store->ring[store->oldest].token);

    while (*link != store->oldest) {
        link = &store->ring[*link].next;
    }
    *link         = NONE;
    store->oldest = (store->oldest + 1) % store->max_entries;
    store->count--;
}

static int is_known(const SSLReplayStore *store, const uint8 *token)
{
    uint32 at = *bucket_of(store, token);

    while (at != NONE && memcmp(store->ring[at].token, token, TOKEN) != 0) {
        at = store->ring[at].next;
    }
    return at != NONE;
}

static void insert(SSLReplayStore *store, const uint8 *token, long long until)
{
    uint32  at = (uint32)(((unsigned long long)store->oldest + store->count) % store->max_entries);
    uint32 *bucket = bucket_of(store, token);
    Entry  *entry  = &store->ring[at];

    memcpy(entry->token, token, TOKEN);
    entry->until = until;
    entry->next  = *bucket;
    *bucket      = at;
    store->count++;
}

SSLErr SSLPosixCreateReplayStore(uint32 maxEntries, int ticketsAreNew, SSLReplayStore **storeOut)
{
    SSLReplayStore *store;
    uint32          buckets = 16;

    if (storeOut == NULL) {
        return SSLBadParameterErr;
    }
    *storeOut = NULL;
    if (maxEntries == 0 || maxEntries > MAX_ENTRIES) {
        return SSLBadParameterErr;
    }
    store = (SSLReplayStore *)calloc(1, sizeof(*store));
    if (store == NULL) {
        return SSLMemoryErr;
    }
    while (buckets < maxEntries) {
        buckets *= 2;
    }
    store->max_entries = maxEntries;
    store->bucket_mask = buckets - 1;
    store->waits       = !ticketsAreNew;
    store->started     = sslr_posix_seconds();
    store->ring        = (Entry *)calloc(maxEntries, sizeof(Entry));
    store->buckets     = (uint32 *)malloc(buckets * sizeof(uint32));
    if (store->ring == NULL || store->buckets == NULL ||
        pthread_mutex_init(&store->lock, NULL) != 0) {
        free(store->ring);
        free(store->buckets);
        free(store);
        return SSLMemoryErr;
    }
    memset(store->buckets, 0xFF, buckets * sizeof(uint32)); /* NONE */
    *storeOut = store;
    return SSLNoErr;
}

void SSLPosixDeleteReplayStore(SSLReplayStore *store)
{
    if (store == NULL) {
        return;
    }
    (void)pthread_mutex_destroy(&store->lock);
    free(store->ring);
    free(store->buckets);
    free(store);
}

SSLErr SSLPosixUseReplayStore(SSLContext *ctx, SSLReplayStore *store)
{
    return store != NULL ? SSLSetReplayFunc(ctx, SSLPosixCheckReplay, store) : SSLBadParameterErr;
}

SSLErr SSLPosixCheckReplay(SSLContext *ctx, SSLBuffer token, uint32 window, void *storeRef)
{
    SSLReplayStore *store = (SSLReplayStore *)storeRef;
    long long       now;
    SSLErr          err = SSLNoErr;

    (void)ctx;
    if (token.data == NULL) {
        return SSLNoErr; /* the cancel mark; nothing ever waits here */
    }
    if (token.length != TOKEN) {
        return SSLBadParameterErr;
    }
    (void)pthread_mutex_lock(&store->lock);
    now = sslr_posix_seconds();
    /* Seconds are cut off at either end: only beyond the window it has certainly passed. */
    while (store->count > 0 && store->ring[store->oldest].until < now) {
        remove_oldest(store);
    }
    if (store->waits && now - store->started <= (long long)window) {
        err = SSLBadStateErr;
    } else if (is_known(store, token.data)) {
        err = SSLSessionNotFoundErr;
    } else if (store->count == store->max_entries) {
        err = SSLOverflowErr;
    } else {
        store->waits = 0;
        insert(store, token.data, now + (long long)window);
    }
    (void)pthread_mutex_unlock(&store->lock);
    return err;
}
