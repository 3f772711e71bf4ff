/*
 * openssl_command.c - see openssl_command.h.
 */
#define _POSIX_C_SOURCE 200809L

#include "openssl_command.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

int openssl_is_there;

static char directory[] = "/tmp/sslref-openssl-XXXXXX";

static const char *const file_names[] = {"key", "public", "message", "signature", "out"};

static void path_of(const char *name, char path[100])
{
    (void)snprintf(path, 100, "%s/%s", directory, name);
}

int openssl_begin(void **state)
{
    (void)state;
    if (mkdtemp(directory) == NULL) {
        return -1;
    }
    openssl_is_there = openssl_run("version");
    return 0;
}

int openssl_end(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(file_names) / sizeof(file_names[0]); i++) {
        char path[100];

        path_of(file_names[i], path);
        (void)remove(path);
    }
    return rmdir(directory);
}

void openssl_write(const char *name, const void *data, size_t length)
{
    char  path[100];
    FILE *file;

    path_of(name, path);
    file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(data, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
}

size_t openssl_read(const char *name, void *data, size_t size)
{
    char   path[100];
    FILE  *file;
    size_t length;

    path_of(name, path);
    file = fopen(path, "rb");
    assert_non_null(file);
    length = fread(data, 1, size, file);
    assert_int_equal(fclose(file), 0);
    return length;
}

int openssl_run(const char *arguments)
{
    char command[600];

    (void)snprintf(command, sizeof(command), "cd %s && openssl %s >/dev/null 2>&1", directory,
                   arguments);
    return system(command) == 0;
}
