/*
 * test_shared_store.c - the session store that processes share: what one adds another finds, limits
 * and ages, files that are no store, a full disk, and writers that are killed at any instant.
 */
#define _GNU_SOURCE /* unshare */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../platform/posix/sslposix.h"

#define AGE 1000

static char folder[] = "/tmp/sslref-store-XXXXXX", path[64];

static int begin(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/sslref-store-XXXXXX");
    if (mkdtemp(folder) == NULL) {
        return -1;
    }
    sprintf(path, "%s/sessions", folder);
    return 0;
}

static int end(void **state)
{
    (void)state;
    (void)unlink(path);
    return rmdir(folder);
}

static SSLBuffer text(const char *bytes)
{
    SSLBuffer buffer;

    buffer.length = (uint32)strlen(bytes);
    buffer.data   = (uint8 *)bytes;
    return buffer;
}

static SSLSharedStore *open_store(uint32 entries)
{
    SSLSharedStore *store;

    assert_int_equal(SSLPosixOpenSharedStore(path, entries, AGE, &store), SSLNoErr);
    return store;
}

static int holds(SSLSharedStore *store, const char *key, const char *data)
{
    SSLBuffer found;
    SSLErr    err = SSLPosixGetSharedSession(text(key), &found, store);
    int       same;

    if (err != SSLNoErr) {
        assert_int_equal(err, SSLSessionNotFoundErr);
        assert_null(found.data);
        return 0;
    }
    same = found.length == strlen(data) && memcmp(found.data, data, found.length) == 0;
    free(found.data);
    assert_true(same);
    return 1;
}

static void what_one_process_adds_another_finds(void **state)
{
    SSLSharedStore *store = open_store(64);
    pid_t           child;
    int             status = -1;
    struct stat     file;

    (void)state;
    assert_int_equal(SSLPosixAddSharedSession(text("a"), text("one"), store), SSLNoErr);
    child = fork();
    if (child == 0) { /* inherits the store, and opens it once more as a stranger would */
        SSLSharedStore *own;

        status = SSLPosixOpenSharedStore(path, 64, AGE, &own) == SSLNoErr &&
                 holds(own, "a", "one") && holds(store, "a", "one") &&
                 SSLPosixAddSharedSession(text("b"), text("two"), own) == SSLNoErr &&
                 SSLPosixDeleteSharedSession(text("a"), own) == SSLNoErr;
        _exit(status ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_true(holds(store, "b", "two"));
    assert_false(holds(store, "a", "one"));
    assert_int_equal(SSLPosixAddSharedSession(text("b"), text("three"), store), SSLNoErr);
    assert_true(holds(store, "b", "three"));
    SSLPosixCloseSharedStore(store);
    store = open_store(64);
    assert_true(holds(store, "b", "three"));
    SSLPosixCloseSharedStore(store);
    assert_int_equal(stat(path, &file), 0);
    assert_int_equal(file.st_mode & 0777, 0600);
}

static void it_never_grows_and_keeps_the_newest(void **state)
{
    SSLSharedStore *store = open_store(16);
    char            key[16];
    int             i, held = 0;

    (void)state;
    for (i = 0; i < 1000; i++) {
        sprintf(key, "key %d", i);
        assert_int_equal(SSLPosixAddSharedSession(text(key), text(key), store), SSLNoErr);
        assert_true(holds(store, key, key));
    }
    for (i = 0; i < 1000; i++) {
        sprintf(key, "key %d", i);
        held += holds(store, key, key);
    }
    assert_int_equal(held, 16);
    SSLPosixCloseSharedStore(store);
}

static void limits_and_ages(void **state)
{
    static uint8    long_data[5000];
    SSLSharedStore *store = NULL;
    SSLBuffer       data, found;

    (void)state;
    assert_int_equal(SSLPosixOpenSharedStore(NULL, 8, AGE, &store), SSLBadParameterErr);
    assert_int_equal(SSLPosixOpenSharedStore(path, 0, AGE, &store), SSLBadParameterErr);
    assert_int_equal(SSLPosixOpenSharedStore(path, 1000001, AGE, &store), SSLBadParameterErr);
    assert_int_equal(SSLPosixOpenSharedStore(path, 8, 0, &store), SSLBadParameterErr);
    assert_int_equal(SSLPosixOpenSharedStore(path, 8, 1, &store), SSLNoErr);
    data.data   = long_data;
    data.length = 4071;
    assert_int_equal(SSLPosixAddSharedSession(text("k"), data, store), SSLNoErr);
    data.length = 4072;
    assert_int_equal(SSLPosixAddSharedSession(text("k"), data, store), SSLOverflowErr);
    data.length = 0;
    assert_int_equal(SSLPosixAddSharedSession(data, text("x"), store), SSLOverflowErr);
    assert_int_equal(SSLPosixGetSharedSession(data, &found, store), SSLSessionNotFoundErr);
    assert_int_equal(SSLPosixGetSharedSession(text("k"), &found, store), SSLNoErr);
    assert_int_equal(found.length, 4071);
    free(found.data);
    sleep(2);
    assert_false(holds(store, "k", ""));
    SSLPosixCloseSharedStore(store);
}

static void write_file(const void *data, size_t length, mode_t mode)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, data, length), (ssize_t)length);
    assert_int_equal(fchmod(fd, mode), 0);
    close(fd);
}

static void what_is_no_store_is_not_opened(void **state)
{
    static uint8    bytes[4096 + 8 * 4096];
    SSLSharedStore *store = NULL;
    char            other[80];

    (void)state;
    write_file("text", 4, 0600);
    assert_int_equal(SSLPosixOpenSharedStore(path, 8, AGE, &store), SSLBadParameterErr);
    memset(bytes, 0x5A, sizeof bytes);
    write_file(bytes, sizeof bytes, 0600);
    assert_int_equal(SSLPosixOpenSharedStore(path, 8, AGE, &store), SSLBadParameterErr);
    memset(bytes, 0, sizeof bytes);
    write_file(bytes, sizeof bytes, 0644);
    assert_int_equal(SSLPosixOpenSharedStore(path, 8, AGE, &store), SSLIOErr);
    assert_int_equal(errno, EPERM);
    write_file(bytes, sizeof bytes, 0600); /* its maker died before the header */
    assert_int_equal(SSLPosixOpenSharedStore(path, 8, AGE, &store), SSLNoErr);
    SSLPosixCloseSharedStore(store);
    assert_int_equal(SSLPosixOpenSharedStore(path, 8, AGE + 1, &store), SSLBadParameterErr);
    assert_int_equal(SSLPosixOpenSharedStore(path, 9, AGE, &store), SSLBadParameterErr);
    sprintf(other, "%s/link", folder);
    assert_int_equal(symlink(path, other), 0);
    assert_int_equal(SSLPosixOpenSharedStore(other, 8, AGE, &store), SSLIOErr);
    assert_int_equal(unlink(other), 0);
    assert_int_equal(SSLPosixOpenSharedStore("/nowhere/file", 8, AGE, &store), SSLIOErr);
    assert_null(store);
}

static void spoil(off_t at, const void *bytes, size_t length)
{
    int fd = open(path, O_RDWR);

    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, bytes, length, at), (ssize_t)length);
    close(fd);
}

/* The magic number is written last: without it the rest of the header means nothing. */
static void a_header_that_was_half_written_is_written_again(void **state)
{
    SSLSharedStore *store = open_store(8);

    (void)state;
    SSLPosixCloseSharedStore(store);
    spoil(0, "\0\0\0\0\0\0\0\0\x77\x77\x77\x77\x77\x77", 14);
    store = open_store(8);
    assert_int_equal(SSLPosixAddSharedSession(text("key"), text("data"), store), SSLNoErr);
    SSLPosixCloseSharedStore(store);
    store = open_store(8);
    assert_true(holds(store, "key", "data"));
    SSLPosixCloseSharedStore(store);
}

/* Stored while the clock was ahead: such entries must not outlive those that are right. */
static void entries_from_the_future_make_room(void **state)
{
    const uint32_t  age = AGE;
    SSLSharedStore *store;
    char            key[16];
    int             i;

    (void)state;
    assert_int_equal(SSLPosixOpenSharedStore(path, 8, 5 * AGE, &store), SSLNoErr);
    for (i = 0; i < 8; i++) {
        sprintf(key, "key %d", i);
        assert_int_equal(SSLPosixAddSharedSession(text(key), text("data"), store), SSLNoErr);
    }
    SSLPosixCloseSharedStore(store);
    spoil(16, &age, sizeof(age)); /* the longest that anything may live, in the header */
    store = open_store(8);
    assert_false(holds(store, "key 7", "data"));
    for (i = 10; i < 18; i++) {
        sprintf(key, "key %d", i);
        assert_int_equal(SSLPosixAddSharedSession(text(key), text("data"), store), SSLNoErr);
    }
    for (i = 10; i < 18; i++) {
        sprintf(key, "key %d", i);
        assert_true(holds(store, key, "data"));
    }
    SSLPosixCloseSharedStore(store);
}

/* In a process with a small disk of its own: 0 as it should be, 77 where that may not be had. */
static int on_a_full_disk(void)
{
    SSLSharedStore *store = NULL;

    if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", "none", MS_REC | MS_PRIVATE, NULL) != 0 ||
        mount("none", folder, "tmpfs", 0, "size=64k,mode=0700") != 0) {
        return 77;
    }
    if (SSLPosixOpenSharedStore(path, 64, AGE, &store) != SSLIOErr || errno != ENOSPC) {
        return 1;
    }
    if (SSLPosixOpenSharedStore(path, 8, AGE, &store) != SSLBadParameterErr) {
        return 2; /* what was begun with other numbers stays that */
    }
    if (unlink(path) != 0 || SSLPosixOpenSharedStore(path, 8, AGE, &store) != SSLNoErr ||
        SSLPosixAddSharedSession(text("key"), text("data"), store) != SSLNoErr) {
        return 3;
    }
    SSLPosixCloseSharedStore(store);
    return 0;
}

/* Not a signal from the first write to a page that has no room. */
static void a_full_disk_is_an_error_when_the_file_is_made(void **state)
{
    int   status = -1;
    pid_t child  = fork();

    (void)state;
    if (child == 0) {
        _exit(on_a_full_disk());
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    if (WEXITSTATUS(status) == 77) {
        skip(); /* mounting is for root */
    }
    assert_int_equal(WEXITSTATUS(status), 0);
}

/* Every byte of the file spoiled in turn (as far as there is something): nothing wrong comes out.
 */
static void a_damaged_file_only_loses_entries(void **state)
{
    SSLSharedStore *store = open_store(8);
    int             fd;
    off_t           at;
    uint8           byte, spoiled;
    SSLBuffer       found;
    SSLErr          err;

    (void)state;
    assert_int_equal(SSLPosixAddSharedSession(text("key"), text("some data"), store), SSLNoErr);
    fd = open(path, O_RDWR);
    assert_true(fd >= 0);
    for (at = 4096; at < 4096 + 64; at++) {
        assert_int_equal(pread(fd, &byte, 1, at), 1);
        spoiled = byte ^ 0x41;
        assert_int_equal(pwrite(fd, &spoiled, 1, at), 1);
        err = SSLPosixGetSharedSession(text("key"), &found, store);
        assert_true(err == SSLNoErr || err == SSLSessionNotFoundErr);
        if (err == SSLNoErr) { /* behind the entry */
            assert_int_equal(found.length, 9);
            assert_memory_equal(found.data, "some data", 9);
            free(found.data);
            assert_true(at >= 4096 + 24 + 12);
        }
        assert_int_equal(pwrite(fd, &byte, 1, at), 1);
    }
    assert_true(holds(store, "key", "some data"));
    SSLPosixCloseSharedStore(store);
    close(fd);
}

/* The data of a key says which key it is for, all over. */
static void make_data(char *data, int number)
{
    int i;

    for (i = 0; i < 40; i++) {
        sprintf(data + 8 * i, "%07d ", number);
    }
}

static void write_for_ever(void)
{
    SSLSharedStore *store = open_store(32);
    char            key[16], data[400];
    unsigned        number = (unsigned)getpid();

    for (;;) {
        number = number * 1103515245u + 12345u;
        sprintf(key, "%d", (int)(number >> 16) % 100);
        make_data(data, (int)(number >> 16) % 100);
        (void)SSLPosixAddSharedSession(text(key), text(data), store);
    }
}

/* 200 writers are killed in the midst of it. */
static void killed_writers_leave_no_damage_and_no_lock(void **state)
{
    SSLSharedStore *store = open_store(32);
    struct timespec pause = {0, 0};
    char            key[16], data[400];
    int             round, number, status, found = 0;
    pid_t           child;
    time_t          began = time(NULL);

    (void)state;
    for (round = 0; round < 200; round++) {
        child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            write_for_ever();
        }
        pause.tv_nsec = 2000000 + (round * 7919 % 3000) * 1000;
        (void)nanosleep(&pause, NULL);
        assert_int_equal(kill(child, SIGKILL), 0);
        assert_int_equal(waitpid(child, &status, 0), child);
        for (number = 0; number < 100; number++) {
            sprintf(key, "%d", number);
            make_data(data, number);
            found += holds(store, key, data); /* the right data, or none */
        }
        sprintf(key, "own %d", round);
        assert_int_equal(SSLPosixAddSharedSession(text(key), text(key), store), SSLNoErr);
        assert_true(holds(store, key, key));
    }
    assert_true(found > 1000);
    assert_true(time(NULL) - began < 120);
    SSLPosixCloseSharedStore(store);
}

/* A stopped process that holds a lock costs the others a little time and the entry, no more. */
static void a_stopped_process_does_not_stop_others(void **state)
{
    SSLSharedStore *store = open_store(8);
    struct flock    range;
    int             fds[2], status;
    char            ready;
    pid_t           child;

    (void)state;
    assert_int_equal(SSLPosixAddSharedSession(text("key"), text("data"), store), SSLNoErr);
    assert_int_equal(pipe(fds), 0);
    child = fork();
    if (child == 0) {
        int fd = open(path, O_RDWR);

        memset(&range, 0, sizeof range);
        range.l_type   = F_WRLCK;
        range.l_whence = SEEK_SET;
        if (fd < 0 || fcntl(fd, F_SETLK, &range) != 0 || write(fds[1], "x", 1) != 1) {
            _exit(1);
        }
        pause();
        _exit(0);
    }
    assert_int_equal(read(fds[0], &ready, 1), 1);
    assert_false(holds(store, "key", "data"));
    assert_int_equal(SSLPosixAddSharedSession(text("key"), text("other"), store), SSLIOErr);
    assert_int_equal(kill(child, SIGKILL), 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(holds(store, "key", "data"));
    close(fds[0]);
    close(fds[1]);
    SSLPosixCloseSharedStore(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_one_process_adds_another_finds, begin, end),
        cmocka_unit_test_setup_teardown(it_never_grows_and_keeps_the_newest, begin, end),
        cmocka_unit_test_setup_teardown(limits_and_ages, begin, end),
        cmocka_unit_test_setup_teardown(what_is_no_store_is_not_opened, begin, end),
        cmocka_unit_test_setup_teardown(a_header_that_was_half_written_is_written_again, begin,
                                        end),
        cmocka_unit_test_setup_teardown(entries_from_the_future_make_room, begin, end),
        cmocka_unit_test_setup_teardown(a_full_disk_is_an_error_when_the_file_is_made, begin, end),
        cmocka_unit_test_setup_teardown(a_damaged_file_only_loses_entries, begin, end),
        cmocka_unit_test_setup_teardown(killed_writers_leave_no_damage_and_no_lock, begin, end),
        cmocka_unit_test_setup_teardown(a_stopped_process_does_not_stop_others, begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
