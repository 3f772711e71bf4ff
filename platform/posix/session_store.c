/*
 * session_store.c - sessions for resumption in memory: a hash table whose entries also form a queue
 * from the oldest to the newest. What a session means is the engine's business; here it is bytes.
 * Called by the engine through the session callbacks, from any thread.
 */
#define _POSIX_C_SOURCE 200809L
#include "files.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define MAX_ENTRIES 1000000u

typedef struct Entry {
    struct Entry *next_in_bucket;
    struct Entry *older, *newer; /* the queue */
    long long     added;         /* seconds, of a clock that nobody sets */
    uint32        hash;
    uint32        key_length, data_length;
    uint8         bytes[]; /* key, then data: one block, so that one wipe gets all */
} Entry;

struct SSLSessionStore {
    pthread_mutex_t lock;
    uint32          max_entries, max_age, count;
    uint32          bucket_mask; /* buckets - 1; their number is a power of two */
    Entry         **buckets;
    Entry          *oldest, *newest;
};

/* FNV-1a. Attackers cannot fill one bucket: what is stored has a key of this side's own making (a
 * server's random session ID, a client's peer ID). */
static uint32 hash_of(SSLBuffer key)
{
    uint32 hash = 2166136261u;
    uint32 index;

    for (index = 0; index < key.length; index++) {
        hash = (hash ^ key.data[index]) * 16777619u;
    }
    return hash;
}

/* Where the pointer to the entry with this key stands, or the NULL at the end of its bucket. */
static Entry **find(SSLSessionStore *store, SSLBuffer key, uint32 hash)
{
    Entry **link = &store->buckets[hash & store->bucket_mask];

    while (*link != NULL &&
           ((*link)->hash != hash || (*link)->key_length != key.length ||
            (key.length > 0 && memcmp((*link)->bytes, key.data, key.length) != 0))) {
        link = &(*link)->next_in_bucket;
    }
    return link;
}

static void remove_entry(SSLSessionStore *store, Entry **link)
{
    Entry *entry = *link;

    *link                                                           = entry->next_in_bucket;
    *(entry->older != NULL ? &entry->older->newer : &store->oldest) = entry->newer;
    *(entry->newer != NULL ? &entry->newer->older : &store->newest) = entry->older;
    store->count--;
    sslr_posix_wipe(entry, sizeof(*entry) + entry->key_length + entry->data_length);
    free(entry);
}

static void remove_oldest(SSLSessionStore *store)
{
    Entry **link = &store->buckets[store->oldest->hash & store->bucket_mask];

    while (*link != store->oldest) {
        link = &(*link)->next_in_bucket;
    }
    remove_entry(store, link);
}

/* The queue is in the order of adding, so that those which are too old stand at its end. */
static void remove_expired(SSLSessionStore *store)
{
    long long now = sslr_posix_seconds();

    while (store->max_age > 0 && store->oldest != NULL &&
           now - store->oldest->added >= (long long)store->max_age) {
        remove_oldest(store);
    }
}

static void insert(SSLSessionStore *store, Entry *entry)
{
    Entry **bucket = &store->buckets[entry->hash & store->bucket_mask];

    entry->next_in_bucket                                             = *bucket;
    *bucket                                                           = entry;
    entry->newer                                                      = NULL;
    entry->older                                                      = store->newest;
    *(store->newest != NULL ? &store->newest->newer : &store->oldest) = entry;
    store->newest                                                     = entry;
    store->count++;
}

SSLErr SSLPosixCreateSessionStore(uint32 maxEntries, uint32 maxAge, SSLSessionStore **storeOut)
{
    SSLSessionStore *store;
    uint32           buckets = 16;

    if (storeOut == NULL) {
        return SSLBadParameterErr;
    }
    *storeOut = NULL;
    if (maxEntries == 0 || maxEntries > MAX_ENTRIES) {
        return SSLBadParameterErr;
    }
    store = (SSLSessionStore *)calloc(1, sizeof(*store));
    if (store == NULL) {
        return SSLMemoryErr;
    }
    while (buckets < maxEntries) {
        buckets *= 2;
    }
    store->max_entries = maxEntries;
    store->max_age     = maxAge;
    store->bucket_mask = buckets - 1;
    store->buckets     = (Entry **)calloc(buckets, sizeof(Entry *));
    if (store->buckets == NULL || pthread_mutex_init(&store->lock, NULL) != 0) {
        free(store->buckets);
        free(store);
        return SSLMemoryErr;
    }
    *storeOut = store;
    return SSLNoErr;
}

void SSLPosixDeleteSessionStore(SSLSessionStore *store)
{
    if (store == NULL) {
        return;
    }
    while (store->oldest != NULL) {
        remove_oldest(store);
    }
    (void)pthread_mutex_destroy(&store->lock);
    free(store->buckets);
    free(store);
}

SSLErr SSLPosixUseSessionStore(SSLContext *ctx, SSLSessionStore *store)
{
    SSLErr err = store != NULL ? SSLSetSessionRef(ctx, store) : SSLBadParameterErr;

    if (err != SSLNoErr) {
        return err;
    }
    (void)SSLSetAddSessionFunc(ctx, SSLPosixAddSession);
    (void)SSLSetGetSessionFunc(ctx, SSLPosixGetSession);
    return SSLSetDeleteSessionFunc(ctx, SSLPosixDeleteSession);
}

SSLErr SSLPosixAddSession(SSLBuffer sessionKey, SSLBuffer sessionData, void *storeRef)
{
    SSLSessionStore *store = (SSLSessionStore *)storeRef;
    Entry          **old;
    Entry *entry = (Entry *)malloc(sizeof(*entry) + (size_t)sessionKey.length + sessionData.length);

    if (entry == NULL) {
        return SSLMemoryErr;
    }
    entry->hash        = hash_of(sessionKey);
    entry->added       = sslr_posix_seconds();
    entry->key_length  = sessionKey.length;
    entry->data_length = sessionData.length;
    if (sessionKey.length > 0) {
        memcpy(entry->bytes, sessionKey.data, sessionKey.length);
    }
    if (sessionData.length > 0) {
        memcpy(entry->bytes + sessionKey.length, sessionData.data, sessionData.length);
    }
    (void)pthread_mutex_lock(&store->lock);
    remove_expired(store);
    old = find(store, sessionKey, entry->hash);
    if (*old != NULL) {
        remove_entry(store, old);
    } else if (store->count == store->max_entries) {
        remove_oldest(store);
    }
    insert(store, entry);
    (void)pthread_mutex_unlock(&store->lock);
    return SSLNoErr;
}

SSLErr SSLPosixGetSession(SSLBuffer sessionKey, SSLBuffer *sessionData, void *storeRef)
{
    SSLSessionStore *store = (SSLSessionStore *)storeRef;
    SSLErr           err   = SSLSessionNotFoundErr;
    const Entry     *entry;

    if (sessionData == NULL) {
        return SSLNoErr; /* the cancel mark; this look-up never waits, so there is nothing to do */
    }
    sessionData->data   = NULL;
    sessionData->length = 0;
    (void)pthread_mutex_lock(&store->lock);
    remove_expired(store);
    entry = *find(store, sessionKey, hash_of(sessionKey));
    if (entry != NULL) {
        sessionData->data = (uint8 *)malloc(entry->data_length > 0 ? entry->data_length : 1);
        if (sessionData->data == NULL) {
            err = SSLMemoryErr;
        } else {
            memcpy(sessionData->data, entry->bytes + entry->key_length, entry->data_length);
            sessionData->length = entry->data_length;
            err                 = SSLNoErr;
        }
    }
    (void)pthread_mutex_unlock(&store->lock);
    return err;
}

SSLErr SSLPosixDeleteSession(SSLBuffer sessionKey, void *storeRef)
{
    SSLSessionStore *store = (SSLSessionStore *)storeRef;
    Entry          **link;
    int              found;

    (void)pthread_mutex_lock(&store->lock);
    link  = find(store, sessionKey, hash_of(sessionKey));
    found = *link != NULL;
    if (found) {
        remove_entry(store, link);
    }
    (void)pthread_mutex_unlock(&store->lock);
    return found ? SSLNoErr : SSLSessionNotFoundErr;
}

uint32 SSLPosixCountSessions(SSLSessionStore *store)
{
    uint32 count;

    if (store == NULL) {
        return 0;
    }
    (void)pthread_mutex_lock(&store->lock);
    remove_expired(store);
    count = store->count;
    (void)pthread_mutex_unlock(&store->lock);
    return count;
}
