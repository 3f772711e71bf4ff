/*
 * test_replay_store.c - the memory of 0-RTT data: a token is new once, a full memory refuses, what
 * is old makes room, and a memory that has just begun knows nothing.
 */
#define _POSIX_C_SOURCE 200809L
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "platform/posix/sslposix.h"

static SSLErr ask(SSLReplayStore *store, uint32 number, uint32 window)
{
    uint8     token[32] = {0};
    SSLBuffer buffer    = {sizeof(token), token};

    memcpy(token, &number, sizeof(number));
    memcpy(token + 28, &number, sizeof(number));
    return SSLPosixCheckReplay(NULL, buffer, window, store);
}

static SSLReplayStore *make(uint32 entries, int tickets_are_new)
{
    SSLReplayStore *store;

    assert_int_equal(SSLPosixCreateReplayStore(entries, tickets_are_new, &store), SSLNoErr);
    return store;
}

static void a_token_is_new_once(void **unused)
{
    SSLReplayStore *store = make(1000, 1);
    uint32          i;

    (void)unused;
    for (i = 0; i < 1000; i++) {
        assert_int_equal(ask(store, i * 16, 1000), SSLNoErr); /* few buckets, long chains */
    }
    for (i = 0; i < 1000; i++) {
        assert_int_equal(ask(store, i * 16, 1000), SSLSessionNotFoundErr);
    }
    SSLPosixDeleteReplayStore(store);
}

static void a_full_memory_refuses(void **unused)
{
    SSLReplayStore *store = make(3, 1);

    (void)unused;
    assert_int_equal(ask(store, 1, 1000), SSLNoErr);
    assert_int_equal(ask(store, 2, 1000), SSLNoErr);
    assert_int_equal(ask(store, 3, 1000), SSLNoErr);
    assert_int_equal(ask(store, 4, 1000), SSLOverflowErr);
    assert_int_equal(ask(store, 1, 1000), SSLSessionNotFoundErr); /* nothing was forgotten */
    SSLPosixDeleteReplayStore(store);
}

/* The memory counts whole seconds of this clock. */
static time_t second_now(void)
{
    struct timespec now;

    assert_int_equal(clock_gettime(CLOCK_MONOTONIC, &now), 0);
    return now.tv_sec;
}

static void wait_for_second(time_t second)
{
    const struct timespec moment = {0, 5000000};

    while (second_now() < second) {
        (void)nanosleep(&moment, NULL);
    }
}

/* The beginning of one: what follows at once happens in it. */
static time_t next_second(void)
{
    time_t next = second_now() + 1;

    wait_for_second(next);
    return next;
}

static void what_is_old_makes_room(void **unused)
{
    SSLReplayStore *store = make(3, 1);
    int             round;

    (void)unused;
    for (round = 0; round < 2; round++) {
        uint32 first = 1 + 16 * (uint32)round; /* the same buckets again */
        time_t began = next_second();

        assert_int_equal(ask(store, first, 1), SSLNoErr);
        assert_int_equal(ask(store, first + 16, 1), SSLNoErr);
        assert_int_equal(ask(store, first + 17, 1), SSLNoErr);
        assert_int_equal(ask(store, first + 18, 1), SSLOverflowErr);
        wait_for_second(began + 1); /* the window, not yet over for sure */
        assert_int_equal(ask(store, first, 1), SSLSessionNotFoundErr);
        wait_for_second(began + 2);
    }
    assert_int_equal(ask(store, 1, 1), SSLNoErr);
    SSLPosixDeleteReplayStore(store);
}

/* RFC 8446 8.2: what an earlier process has seen is not known. */
static void a_memory_that_has_just_begun_refuses(void **unused)
{
    time_t          began = next_second();
    SSLReplayStore *store = make(3, 0);

    (void)unused;
    assert_int_equal(ask(store, 1, 1), SSLBadStateErr);
    wait_for_second(began + 1);
    assert_int_equal(ask(store, 1, 1), SSLBadStateErr);
    wait_for_second(began + 2);
    assert_int_equal(ask(store, 1, 1), SSLNoErr);
    assert_int_equal(ask(store, 1, 1), SSLSessionNotFoundErr);
    SSLPosixDeleteReplayStore(store);
}

/* ---- threads ---- */

#define THREADS 8
#define TOKENS  2000

static void *ask_all(void *ref)
{
    SSLReplayStore *store = (SSLReplayStore *)ref;
    uintptr_t       wins  = 0;
    uint32          i;

    for (i = 0; i < TOKENS; i++) {
        wins += ask(store, i, 1000) == SSLNoErr;
    }
    return (void *)wins;
}

static void one_thread_alone_is_told_that_it_is_new(void **unused)
{
    SSLReplayStore *store = make(TOKENS, 1);
    pthread_t       threads[THREADS];
    uintptr_t       wins = 0;
    int             i;

    (void)unused;
    for (i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, ask_all, store), 0);
    }
    for (i = 0; i < THREADS; i++) {
        void *won;

        assert_int_equal(pthread_join(threads[i], &won), 0);
        wins += (uintptr_t)won;
    }
    assert_int_equal(wins, TOKENS);
    SSLPosixDeleteReplayStore(store);
}

static void arguments_are_checked(void **unused)
{
    SSLReplayStore *store   = make(1, 1);
    SSLBuffer       nothing = {0, NULL}, small = {3, (uint8 *)"abc"};
    SSLReplayStore *none = store;

    (void)unused;
    assert_int_equal(SSLPosixCheckReplay(NULL, nothing, 0, store), SSLNoErr); /* cancel mark */
    assert_int_equal(SSLPosixCheckReplay(NULL, small, 10, store), SSLBadParameterErr);
    assert_int_equal(SSLPosixCreateReplayStore(0, 1, &none), SSLBadParameterErr);
    assert_null(none);
    assert_int_equal(SSLPosixCreateReplayStore(10000001, 1, &none), SSLBadParameterErr);
    assert_int_equal(SSLPosixCreateReplayStore(1, 1, NULL), SSLBadParameterErr);
    assert_int_equal(SSLPosixUseReplayStore(NULL, NULL), SSLBadParameterErr);
    assert_int_equal(SSLPosixUseReplayStore(NULL, store), SSLBadParameterErr);
    SSLPosixDeleteReplayStore(store);
    SSLPosixDeleteReplayStore(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_token_is_new_once),
        cmocka_unit_test(a_full_memory_refuses),
        cmocka_unit_test(what_is_old_makes_room),
        cmocka_unit_test(a_memory_that_has_just_begun_refuses),
        cmocka_unit_test(one_thread_alone_is_told_that_it_is_new),
        cmocka_unit_test(arguments_are_checked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
