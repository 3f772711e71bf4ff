/*
 * test_ticket_keys.c - the keys of platform/posix: one for each period, old ones open and ask for a
 * new ticket, older ones are gone; shared through a store, and without it when it fails.
 */
#define _DEFAULT_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "sslposix.h"

static SSLTicketKeys *make(uint32 seconds)
{
    SSLTicketKeys *keys;

    assert_int_equal(SSLPosixCreateTicketKeys(seconds, &keys), SSLNoErr);
    return keys;
}

static SSLErr ask(SSLTicketKeys *keys, const uint8 *name, SSLTicketKey *key, int *renew)
{
    *renew = 0;
    memset(key, 0, sizeof(*key));
    return SSLPosixTicketKey(NULL, name, key, renew, keys);
}

static void test_one_key_for_a_period(void **state)
{
    SSLTicketKeys *keys = make(604800);
    SSLTicketKey   first, second, opened;
    int            renew;

    (void)state;
    assert_int_equal(ask(keys, NULL, &first, &renew), SSLNoErr);
    assert_int_equal(ask(keys, NULL, &second, &renew), SSLNoErr);
    assert_memory_equal(&first, &second, sizeof(first));
    assert_int_equal(ask(keys, first.name, &opened, &renew), SSLNoErr);
    assert_memory_equal(&first, &opened, sizeof(first));
    assert_int_equal(renew, 0);
    second.name[15] ^= 1;
    assert_int_equal(ask(keys, second.name, &opened, &renew), SSLSessionNotFoundErr);
    second = first;
    second.name[7]++; /* a period to come */
    assert_int_equal(ask(keys, second.name, &opened, &renew), SSLSessionNotFoundErr);
    memset(second.name, 0xFF, 16);
    assert_int_equal(ask(keys, second.name, &opened, &renew), SSLSessionNotFoundErr);
    assert_int_equal(SSLPosixTicketKey(NULL, NULL, NULL, NULL, keys), SSLNoErr);
    SSLPosixDeleteTicketKeys(keys);
    SSLPosixDeleteTicketKeys(NULL);
    assert_int_equal(SSLPosixCreateTicketKeys(0, &keys), SSLBadParameterErr);
    assert_int_equal(SSLPosixCreateTicketKeys(604801, &keys), SSLBadParameterErr);
}

static void wait_for_second(time_t second)
{
    while (time(NULL) < second) {
        usleep(20000);
    }
}

/* Periods of one second. */
static void test_keys_grow_old(void **state)
{
    SSLTicketKeys *keys = make(1);
    SSLTicketKey   first, other;
    time_t         began;
    int            renew;

    (void)state;
    wait_for_second(time(NULL) + 1); /* the beginning of one */
    began = time(NULL);
    assert_int_equal(ask(keys, NULL, &first, &renew), SSLNoErr);
    wait_for_second(began + 1);
    assert_int_equal(ask(keys, NULL, &other, &renew), SSLNoErr);
    assert_memory_not_equal(&first, &other, sizeof(first));
    assert_int_equal(ask(keys, first.name, &other, &renew), SSLNoErr);
    assert_memory_equal(&first, &other, sizeof(first));
    assert_int_equal(renew, 1);
    wait_for_second(began + 3);
    assert_int_equal(ask(keys, first.name, &other, &renew), SSLSessionNotFoundErr);
    SSLPosixDeleteTicketKeys(keys);
}

/* ---- a store ---- */

static int store_fails, asked;

static SSLErr failing_add(SSLBuffer key, SSLBuffer data, void *store)
{
    return store_fails ? SSLIOErr : SSLPosixAddSession(key, data, store);
}

static SSLErr failing_get(SSLBuffer key, SSLBuffer *data, void *store)
{
    asked++;
    return store_fails ? SSLIOErr : SSLPosixGetSession(key, data, store);
}

static void test_servers_share_keys(void **state)
{
    SSLSessionStore *store;
    SSLTicketKeys   *one = make(604800), *two = make(604800), *late = make(604800);
    SSLTicketKey     first, second, opened;
    int              renew;

    (void)state;
    assert_int_equal(SSLPosixCreateSessionStore(100, 0, &store), SSLNoErr);
    assert_int_equal(SSLPosixShareTicketKeys(one, failing_add, failing_get, store), SSLNoErr);
    assert_int_equal(SSLPosixShareTicketKeys(two, failing_add, failing_get, store), SSLNoErr);
    assert_int_equal(SSLPosixShareTicketKeys(late, failing_add, failing_get, store), SSLNoErr);
    assert_int_equal(SSLPosixShareTicketKeys(late, NULL, failing_get, store), SSLBadParameterErr);
    store_fails = 0;
    assert_int_equal(ask(one, NULL, &first, &renew), SSLNoErr);
    assert_int_equal(ask(two, NULL, &second, &renew), SSLNoErr);
    assert_memory_equal(&first, &second, sizeof(first));
    assert_int_equal(SSLPosixCountSessions(store), 1);

    /* The store is gone: what is known goes on, and whoever knows nothing makes a key. */
    store_fails = 1;
    assert_int_equal(ask(two, first.name, &opened, &renew), SSLNoErr);
    assert_int_equal(ask(late, NULL, &second, &renew), SSLNoErr);
    assert_memory_not_equal(&first, &second, sizeof(first));
    assert_int_equal(ask(late, first.name, &opened, &renew), SSLSessionNotFoundErr);

    /* It is back: a ticket of the others leads to their key, a second later. */
    store_fails = 0;
    wait_for_second(time(NULL) + 1);
    assert_int_equal(ask(late, first.name, &opened, &renew), SSLNoErr);
    assert_memory_equal(&first, &opened, sizeof(first));
    SSLPosixDeleteTicketKeys(one);
    SSLPosixDeleteTicketKeys(two);
    SSLPosixDeleteTicketKeys(late);
    SSLPosixDeleteSessionStore(store);
}

static SSLErr short_get(SSLBuffer key, SSLBuffer *data, void *store)
{
    (void)key;
    (void)store;
    data->data   = calloc(1, 10);
    data->length = 10;
    return SSLNoErr;
}

/* What a store has under the name of a key, and is none, is not used. */
static void test_nonsense_in_the_store(void **state)
{
    SSLTicketKeys *keys = make(604800);
    SSLTicketKey   first, second;
    int            renew;

    (void)state;
    store_fails = 1;
    assert_int_equal(SSLPosixShareTicketKeys(keys, failing_add, short_get, NULL), SSLNoErr);
    assert_int_equal(ask(keys, NULL, &first, &renew), SSLNoErr);
    assert_int_equal(ask(keys, first.name, &second, &renew), SSLNoErr);
    assert_memory_equal(&first, &second, sizeof(first));
    SSLPosixDeleteTicketKeys(keys);
}

/* Anybody can invent tickets: of the present key's name, or of a period that has no key. */
static void test_invented_names(void **state)
{
    SSLSessionStore *store;
    SSLTicketKeys   *keys = make(604800);
    SSLTicketKey     first, opened;
    time_t           began;
    int              renew, i;

    (void)state;
    assert_int_equal(SSLPosixCreateSessionStore(100, 0, &store), SSLNoErr);
    assert_int_equal(SSLPosixShareTicketKeys(keys, failing_add, failing_get, store), SSLNoErr);
    store_fails = 0;
    assert_int_equal(ask(keys, NULL, &first, &renew), SSLNoErr);
    began = time(NULL);
    asked = 0;
    for (i = 0; i < 1000; i++) {
        SSLTicketKey other = first;

        other.name[7] = (uint8)(other.name[7] - i % 2); /* or of the one before */
        memset(other.name + 8, i, 8);
        assert_int_equal(ask(keys, other.name, &opened, &renew), SSLSessionNotFoundErr);
    }
    assert_true(asked <= 2 * (int)(time(NULL) - began + 1));
    assert_int_equal(ask(keys, first.name, &opened, &renew), SSLNoErr);
    assert_memory_equal(&first, &opened, sizeof(first));
    SSLPosixDeleteTicketKeys(keys);
    SSLPosixDeleteSessionStore(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_key_for_a_period), cmocka_unit_test(test_keys_grow_old),
        cmocka_unit_test(test_servers_share_keys),   cmocka_unit_test(test_nonsense_in_the_store),
        cmocka_unit_test(test_invented_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
