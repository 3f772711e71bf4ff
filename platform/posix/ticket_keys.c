/*
 * ticket_keys.c - keys that seal session tickets: one for each period of time, made when it is
 * first wanted, kept for the two periods after. They live in memory, or in a session store that
 * servers share, under the number of the period; so all that share the store use the same key, and
 * those whose store fails go on with keys of their own. Called by the engine through the ticket-key
 * callback, from any thread.
 */
#define _POSIX_C_SOURCE 200809L
#include "files.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define KEPT         3  /* periods: the present one and two before it */
#define TRUST_MEMORY 10 /* seconds, before the store is asked whether its key is still ours */
#define MAX_PERIOD   604800u

typedef struct Known {
    int64_t      period; /* number since 1970, from 1 on; 0: none */
    int64_t      looked; /* when the store was last asked */
    int64_t      sought; /* ... because of a name that is not known here */
    SSLTicketKey key;    /* its name begins with the period's number, eight bytes big-endian */
} Known;

struct SSLTicketKeys {
    pthread_mutex_t   lock;
    uint32            seconds;
    Known             known[KEPT + 1];
    SSLAddSessionFunc add; /* of the store; NULL: memory alone */
    SSLGetSessionFunc get;
    void             *store;
};

static void put_number(uint8 *out, int64_t number)
{
    int i;

    for (i = 7; i >= 0; i--) {
        out[i] = (uint8)number;
        number >>= 8;
    }
}

static int64_t get_number(const uint8 *in)
{
    uint64_t number = 0;
    int      i;

    for (i = 0; i < 8; i++) {
        number = number << 8 | in[i];
    }
    return (int64_t)number;
}

/* ---- the store ---- */

#define STORE_KEY_LENGTH (sizeof(store_key_prefix) - 1 + 8)

static const char store_key_prefix[] = "sslref ticket key ";

static SSLBuffer store_key(uint8 *room, int64_t period)
{
    SSLBuffer key;

    memcpy(room, store_key_prefix, sizeof(store_key_prefix) - 1);
    put_number(room + sizeof(store_key_prefix) - 1, period);
    key.data   = room;
    key.length = STORE_KEY_LENGTH;
    return key;
}

/* Not 0: known->key is the store's for this period. */
static int read_store(const SSLTicketKeys *keys, int64_t period, Known *known)
{
    uint8     room[STORE_KEY_LENGTH];
    SSLBuffer data = {0, NULL};
    int       found;

    found = keys->get(store_key(room, period), &data, keys->store) == SSLNoErr &&
            data.length == sizeof(known->key) && get_number(data.data) == period;
    if (found) {
        memcpy(&known->key, data.data, sizeof(known->key));
        known->period = period;
    }
    if (data.data != NULL) {
        sslr_posix_wipe(data.data, data.length);
        free(data.data);
    }
    return found;
}

static void write_store(const SSLTicketKeys *keys, const Known *known)
{
    uint8     room[STORE_KEY_LENGTH];
    SSLBuffer data;

    data.data   = (uint8 *)(uintptr_t)&known->key;
    data.length = sizeof(known->key);
    (void)keys->add(store_key(room, known->period), data, keys->store);
}

/* ---- the keys ---- */

static SSLErr make_key(Known *known, int64_t period)
{
    SSLBuffer random;
    SSLErr    err;

    random.data   = (uint8 *)&known->key + 8;
    random.length = sizeof(known->key) - 8;
    known->period = 0;
    err           = SSLPosixRandom(random, NULL);
    if (err == SSLNoErr) {
        put_number(known->key.name, period);
        known->period = period;
    }
    return err;
}

static Known *slot_of(SSLTicketKeys *keys, int64_t period)
{
    return &keys->known[(uint64_t)period % (KEPT + 1)];
}

/* The store need not say again that the key is its own. */
static int is_settled(const SSLTicketKeys *keys, const Known *known, int64_t now)
{
    return keys->get == NULL || (now - known->looked < TRUST_MEMORY && now >= known->looked);
}

static int has_name(const Known *known, int64_t period, const uint8 *name)
{
    return known->period == period && memcmp(known->key.name, name, 16) == 0;
}

/* The key of the present period, which is made if there is none; NULL without random numbers. */
static const Known *present_key(SSLTicketKeys *keys, int64_t period, int64_t now)
{
    Known *known = slot_of(keys, period);
    int    have  = known->period == period;

    if (have && is_settled(keys, known, now)) {
        return known;
    }
    if (keys->get != NULL && read_store(keys, period, known)) {
        known->looked = now;
        return known;
    }
    if (!have && make_key(known, period) != SSLNoErr) {
        return NULL;
    }
    known->looked = now;
    if (keys->get != NULL) {
        write_store(keys, known); /* two may do so at once: the one that the store kept counts */
        (void)read_store(keys, period, known);
    }
    return known;
}

/* The key of that name, or NULL. Whoever connects can invent names: they lead to the store once a
 * second. */
static const Known *named_key(SSLTicketKeys *keys, int64_t period, const uint8 *name, int64_t now)
{
    Known *known = slot_of(keys, period);
    int    is_it = has_name(known, period, name);

    if ((!is_it || !is_settled(keys, known, now)) && keys->get != NULL && known->sought != now) {
        known->sought = now;
        if (read_store(keys, period, known) || is_it) {
            known->looked = now; /* a store that fails is left alone for a while */
        }
    }
    return has_name(known, period, name) ? known : NULL;
}

/* What is too old to open anything is not kept. */
static void forget_old(SSLTicketKeys *keys, int64_t present)
{
    int i;

    for (i = 0; i <= KEPT; i++) {
        Known *known = &keys->known[i];

        if (known->period != 0 && (known->period <= present - KEPT || known->period > present)) {
            sslr_posix_wipe(known, sizeof(*known));
        }
    }
}

static const Known *find_key(SSLTicketKeys *keys, const uint8 *name, int64_t now, int *renew)
{
    const int64_t present = now / keys->seconds + 1; /* a clock that begins at 0 has periods, too */
    int64_t       period;

    forget_old(keys, present);
    if (name == NULL) {
        return present_key(keys, present, now);
    }
    period = get_number(name);
    if (period > present || period <= present - KEPT) {
        return NULL;
    }
    *renew = period != present;
    return named_key(keys, period, name, now);
}

SSLErr SSLPosixTicketKey(SSLContext *ctx, const uint8 *name, SSLTicketKey *key, int *renew,
                         void *keysRef)
{
    SSLTicketKeys *keys = (SSLTicketKeys *)keysRef;
    const Known   *known;
    SSLErr         err = SSLSessionNotFoundErr;

    (void)ctx;
    if (key == NULL) {
        return SSLNoErr; /* the cancel mark; this never waits for long */
    }
    (void)pthread_mutex_lock(&keys->lock);
    known = find_key(keys, name, (int64_t)time(NULL), renew);
    if (known != NULL) {
        *key = known->key;
        err  = SSLNoErr;
    }
    (void)pthread_mutex_unlock(&keys->lock);
    return err;
}

/* ---- their life ---- */

SSLErr SSLPosixCreateTicketKeys(uint32 seconds, SSLTicketKeys **keysOut)
{
    SSLTicketKeys *keys;

    if (keysOut == NULL) {
        return SSLBadParameterErr;
    }
    *keysOut = NULL;
    if (seconds == 0 || seconds > MAX_PERIOD) {
        return SSLBadParameterErr;
    }
    keys = (SSLTicketKeys *)calloc(1, sizeof(*keys));
    if (keys == NULL || pthread_mutex_init(&keys->lock, NULL) != 0) {
        free(keys);
        return SSLMemoryErr;
    }
    keys->seconds = seconds;
    *keysOut      = keys;
    return SSLNoErr;
}

SSLErr SSLPosixShareTicketKeys(SSLTicketKeys *keys, SSLAddSessionFunc add, SSLGetSessionFunc get,
                               void *store)
{
    if (keys == NULL || add == NULL || get == NULL) {
        return SSLBadParameterErr;
    }
    keys->add   = add;
    keys->get   = get;
    keys->store = store;
    return SSLNoErr;
}

SSLErr SSLPosixUseTicketKeys(SSLContext *ctx, SSLTicketKeys *keys)
{
    return keys == NULL ? SSLBadParameterErr : SSLSetTicketKeyFunc(ctx, SSLPosixTicketKey, keys);
}

void SSLPosixDeleteTicketKeys(SSLTicketKeys *keys)
{
    if (keys == NULL) {
        return;
    }
    (void)pthread_mutex_destroy(&keys->lock);
    sslr_posix_wipe(keys, sizeof(*keys));
    free(keys);
}
