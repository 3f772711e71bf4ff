/*
 * shared_store.c - sessions for resumption in a mapped file, for all processes of a machine that
 * open it. Fixed slots, eight to a bucket; what does not fit or is crowded out costs a full
 * handshake, no more. A process may be killed at any instruction: its locks go with it, and a slot
 * that it was writing does not pass its check. Called by the engine through the session callbacks,
 * from any thread.
 */
#define _POSIX_C_SOURCE 200809L
#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define SLOT_SIZE   4096
#define SLOT_ROOM   (SLOT_SIZE - 24)
#define HEADER_SIZE 4096
#define BUCKET      8 /* slots */
#define MAX_ENTRIES 1000000u
#define TRIES       50 /* for a lock, a millisecond apart: a stopped process must not stop others */

/* As it lies in the file. Numbers are those of this machine: no other one reads it. */
typedef struct Slot {
    uint64_t check;   /* over all that follows; 0: empty or being written */
    int64_t  expires; /* seconds since 1970 */
    uint32_t key_length, data_length;
    uint8_t  bytes[SLOT_ROOM]; /* key, then data */
} Slot;

typedef struct Header {
    uint64_t magic; /* 0: a new file, or one whose maker has died */
    uint32_t slot_size, buckets, max_age, reserved;
} Header;

#define MAGIC 0x31534645524C5353u /* "SSLREFS1" on most machines */

struct SSLSharedStore {
    pthread_mutex_t lock; /* among threads: the locks of files are among processes */
    int             fd;
    uint32_t        buckets, max_age;
    size_t          length;
    uint8_t        *file;
};

/* FNV-1a of 64 bits: as a check it finds what was half written, as a hash it needs no more. */
static uint64_t fnv(uint64_t hash, const void *data, size_t length)
{
    const uint8_t *bytes = (const uint8_t *)data;

    while (length-- > 0) {
        hash = (hash ^ *bytes++) * 1099511628211u;
    }
    return hash;
}

#define FNV_BEGIN 14695981039346656037u

static uint64_t check_of(const Slot *slot)
{
    uint64_t check =
        fnv(FNV_BEGIN, &slot->expires,
            sizeof(slot->expires) + sizeof(slot->key_length) + sizeof(slot->data_length));

    check = fnv(check, slot->bytes, (size_t)slot->key_length + slot->data_length);
    return check != 0 ? check : 1;
}

/* The lengths are looked at before anything that they measure: another process may have died while
 * it wrote them. */
static int is_whole(const Slot *slot)
{
    return slot->check != 0 && slot->key_length <= SLOT_ROOM &&
           slot->data_length <= SLOT_ROOM - slot->key_length && slot->check == check_of(slot);
}

/* ---- locks ---- */

/* Of one bucket, or of the header. They end with the process at the latest. */
static int lock_range(const SSLSharedStore *store, short type, off_t start, off_t length)
{
    struct flock range;

    memset(&range, 0, sizeof(range));
    range.l_type   = type;
    range.l_whence = SEEK_SET;
    range.l_start  = start;
    range.l_len    = length;
    return fcntl(store->fd, F_SETLK, &range) == 0;
}

/* First among threads, then among processes; not 0 if both are ours. Other threads do not wait for
 * one that waits for another process. */
static int lock_both(SSLSharedStore *store, off_t start, off_t length)
{
    static const struct timespec a_millisecond = {0, 1000000};
    int                          tries;

    for (tries = 0; tries <= TRIES; tries++) {
        (void)pthread_mutex_lock(&store->lock);
        if (lock_range(store, F_WRLCK, start, length)) {
            return 1;
        }
        (void)pthread_mutex_unlock(&store->lock);
        if (errno != EACCES && errno != EAGAIN && errno != EINTR) {
            return 0;
        }
        (void)nanosleep(&a_millisecond, NULL);
    }
    return 0;
}

static void unlock_both(SSLSharedStore *store, off_t start, off_t length)
{
    (void)lock_range(store, F_UNLCK, start, length);
    (void)pthread_mutex_unlock(&store->lock);
}

/* The slots of the key's bucket, locked; NULL if somebody else keeps the lock. */
static Slot *open_bucket(SSLSharedStore *store, SSLBuffer key, uint32_t *number)
{
    *number = (uint32_t)(fnv(FNV_BEGIN, key.data, key.length) >> 32) % store->buckets;
    return lock_both(store, (off_t)HEADER_SIZE + *number, 1)
               ? (Slot *)(void *)(store->file + HEADER_SIZE) + (size_t)*number * BUCKET
               : NULL;
}

static void close_bucket(SSLSharedStore *store, uint32_t number)
{
    unlock_both(store, (off_t)HEADER_SIZE + number, 1);
}

/* ---- slots ---- */

static void empty_slot(Slot *slot)
{
    *(volatile uint64_t *)&slot->check = 0; /* first: from here on it is no entry */
    sslr_posix_wipe(slot, sizeof(*slot));
}

static Slot *find_slot(Slot *bucket, SSLBuffer key)
{
    int i;

    for (i = 0; i < BUCKET; i++) {
        if (bucket[i].key_length == key.length && is_whole(&bucket[i]) &&
            memcmp(bucket[i].bytes, key.data, key.length) == 0) {
            return &bucket[i];
        }
    }
    return NULL;
}

/* What lives longer than anything may was stored by a clock that was wrong. */
static int is_live(const SSLSharedStore *store, const Slot *slot, int64_t now)
{
    return slot->expires > now && slot->expires - now <= (int64_t)store->max_age;
}

/* One that is empty, or the one that expires first. */
static Slot *choose_slot(const SSLSharedStore *store, Slot *bucket, int64_t now)
{
    Slot *chosen = &bucket[0];
    int   i;

    for (i = 0; i < BUCKET; i++) {
        if (!is_whole(&bucket[i]) || !is_live(store, &bucket[i], now)) {
            return &bucket[i];
        }
        if (bucket[i].expires < chosen->expires) {
            chosen = &bucket[i];
        }
    }
    return chosen;
}

static void fill_slot(Slot *slot, int64_t expires, SSLBuffer key, SSLBuffer data)
{
    empty_slot(slot);
    slot->expires     = expires;
    slot->key_length  = key.length;
    slot->data_length = data.length;
    memcpy(slot->bytes, key.data, key.length);
    if (data.length > 0) {
        memcpy(slot->bytes + key.length, data.data, data.length);
    }
    *(volatile uint64_t *)&slot->check = check_of(slot); /* last: now it is one */
}

/* ---- the callbacks ---- */

static int is_usable_key(SSLBuffer key)
{
    return key.data != NULL && key.length > 0 && key.length <= SLOT_ROOM;
}

SSLErr SSLPosixAddSharedSession(SSLBuffer sessionKey, SSLBuffer sessionData, void *storeRef)
{
    SSLSharedStore *store = (SSLSharedStore *)storeRef;
    int64_t         now   = (int64_t)time(NULL);
    uint32_t        number;
    Slot           *bucket, *slot;

    if (!is_usable_key(sessionKey) || sessionData.length > SLOT_ROOM - sessionKey.length) {
        return SSLOverflowErr;
    }
    bucket = open_bucket(store, sessionKey, &number);
    if (bucket == NULL) {
        return SSLIOErr;
    }
    slot = find_slot(bucket, sessionKey);
    fill_slot(slot != NULL ? slot : choose_slot(store, bucket, now), now + store->max_age,
              sessionKey, sessionData);
    close_bucket(store, number);
    return SSLNoErr;
}

SSLErr SSLPosixGetSharedSession(SSLBuffer sessionKey, SSLBuffer *sessionData, void *storeRef)
{
    SSLSharedStore *store = (SSLSharedStore *)storeRef;
    SSLErr          err   = SSLSessionNotFoundErr;
    uint32_t        number;
    Slot           *bucket, *slot;

    if (sessionData == NULL) {
        return SSLNoErr; /* the cancel mark; this look-up never waits for long */
    }
    sessionData->data   = NULL;
    sessionData->length = 0;
    bucket = is_usable_key(sessionKey) ? open_bucket(store, sessionKey, &number) : NULL;
    if (bucket == NULL) {
        return err;
    }
    slot = find_slot(bucket, sessionKey);
    if (slot != NULL && !is_live(store, slot, (int64_t)time(NULL))) {
        empty_slot(slot);
    } else if (slot != NULL) {
        const uint32_t length = slot->data_length;

        sessionData->data = (uint8 *)malloc(length > 0 ? length : 1);
        if (sessionData->data == NULL) {
            err = SSLMemoryErr;
        } else {
            memcpy(sessionData->data, slot->bytes + sessionKey.length, length);
            sessionData->length = length;
            err                 = SSLNoErr;
        }
    }
    close_bucket(store, number);
    return err;
}

SSLErr SSLPosixDeleteSharedSession(SSLBuffer sessionKey, void *storeRef)
{
    SSLSharedStore *store = (SSLSharedStore *)storeRef;
    uint32_t        number;
    Slot           *bucket, *slot;

    bucket = is_usable_key(sessionKey) ? open_bucket(store, sessionKey, &number) : NULL;
    if (bucket == NULL) {
        return SSLIOErr;
    }
    slot = find_slot(bucket, sessionKey);
    if (slot != NULL) {
        empty_slot(slot);
    }
    close_bucket(store, number);
    return slot != NULL ? SSLNoErr : SSLSessionNotFoundErr;
}

SSLErr SSLPosixUseSharedStore(SSLContext *ctx, SSLSharedStore *store)
{
    SSLErr err = store != NULL ? SSLSetSessionRef(ctx, store) : SSLBadParameterErr;

    if (err != SSLNoErr) {
        return err;
    }
    (void)SSLSetAddSessionFunc(ctx, SSLPosixAddSharedSession);
    (void)SSLSetGetSessionFunc(ctx, SSLPosixGetSharedSession);
    return SSLSetDeleteSessionFunc(ctx, SSLPosixDeleteSharedSession);
}

/* ---- the file ---- */

/* A file that others can read or write holds no secrets. */
static int is_private(int fd, off_t *length)
{
    struct stat status;

    if (fstat(fd, &status) != 0) {
        return 0;
    }
    if (!S_ISREG(status.st_mode) || status.st_uid != geteuid() || (status.st_mode & 077) != 0) {
        errno = EPERM;
        return 0;
    }
    *length = status.st_size;
    return 1;
}

/* Room for all of it is taken now: where there is none left later, writing to the map would end the
 * process. The magic number comes last: until then the file is a new one. */
static SSLErr make_file(SSLSharedStore *store)
{
    volatile Header *header = (volatile Header *)(void *)store->file;
    int              reason = posix_fallocate(store->fd, 0, (off_t)store->length);

    if (reason != 0) {
        errno = reason;
        return SSLIOErr;
    }
    header->slot_size = SLOT_SIZE;
    header->buckets   = store->buckets;
    header->max_age   = store->max_age;
    header->magic     = MAGIC;
    return SSLNoErr;
}

/* A new file is made as long as it shall be; its maker may die before the header is written. */
static SSLErr lay_out(SSLSharedStore *store, off_t length)
{
    Header header;

    if (length == 0 && ftruncate(store->fd, (off_t)store->length) != 0) {
        return SSLIOErr;
    }
    if (length != 0 && (size_t)length != store->length) {
        return SSLBadParameterErr;
    }
    store->file =
        (uint8_t *)mmap(NULL, store->length, PROT_READ | PROT_WRITE, MAP_SHARED, store->fd, 0);
    if (store->file == MAP_FAILED) {
        store->file = NULL;
        return SSLIOErr;
    }
    memcpy(&header, store->file, sizeof(header));
    if (header.magic == 0) {
        return make_file(store);
    }
    return header.magic == MAGIC && header.slot_size == SLOT_SIZE &&
                   header.buckets == store->buckets && header.max_age == store->max_age
               ? SSLNoErr
               : SSLBadParameterErr;
}

static SSLErr open_file(SSLSharedStore *store, const char *path)
{
    off_t  length = 0;
    SSLErr err;

    store->fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (store->fd < 0 || !is_private(store->fd, &length)) {
        return SSLIOErr;
    }
    if (!lock_both(store, 0, HEADER_SIZE)) {
        return SSLIOErr;
    }
    err = is_private(store->fd, &length) ? lay_out(store, length) : SSLIOErr;
    unlock_both(store, 0, HEADER_SIZE);
    return err;
}

SSLErr SSLPosixOpenSharedStore(const char *path, uint32 maxEntries, uint32 maxAge,
                               SSLSharedStore **storeOut)
{
    SSLSharedStore *store;
    SSLErr          err;
    int             reason;

    if (storeOut == NULL) {
        return SSLBadParameterErr;
    }
    *storeOut = NULL;
    if (path == NULL || maxEntries == 0 || maxEntries > MAX_ENTRIES || maxAge == 0) {
        return SSLBadParameterErr;
    }
    store = (SSLSharedStore *)calloc(1, sizeof(*store));
    if (store == NULL || pthread_mutex_init(&store->lock, NULL) != 0) {
        free(store);
        return SSLMemoryErr;
    }
    store->fd      = -1;
    store->max_age = maxAge;
    store->buckets = (maxEntries + BUCKET - 1) / BUCKET;
    store->length  = HEADER_SIZE + (size_t)store->buckets * BUCKET * SLOT_SIZE;
    err            = open_file(store, path);
    if (err != SSLNoErr) {
        reason = errno;
        SSLPosixCloseSharedStore(store);
        errno = reason;
        return err;
    }
    *storeOut = store;
    return SSLNoErr;
}

void SSLPosixCloseSharedStore(SSLSharedStore *store)
{
    if (store == NULL) {
        return;
    }
    if (store->file != NULL) {
        (void)munmap(store->file, store->length);
    }
    if (store->fd >= 0) {
        (void)close(store->fd);
    }
    (void)pthread_mutex_destroy(&store->lock);
    free(store);
}
