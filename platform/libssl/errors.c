/*
 * errors.c - the error queue of each thread.
 */
#define _POSIX_C_SOURCE 200809L
#include "bridge.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define QUEUE 8

typedef struct Errors {
    unsigned long number[QUEUE];
    size_t        count;
    char          text[256];
} Errors;

static pthread_key_t  key;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void make_key(void)
{
    (void)pthread_key_create(&key, free);
}

/* NULL if there is no memory: then errors are not remembered. */
static Errors *errors(void)
{
    Errors *mine;

    (void)pthread_once(&once, make_key);
    mine = (Errors *)pthread_getspecific(key);
    if (mine == NULL) {
        mine = (Errors *)calloc(1, sizeof(*mine));
        if (mine != NULL && pthread_setspecific(key, mine) != 0) {
            free(mine);
            mine = NULL;
        }
    }
    return mine;
}

void sslr_libssl_error(SSLErr err)
{
    Errors *mine = errors();

    if (mine == NULL || err == SSLNoErr) {
        return;
    }
    if (mine->count == QUEUE) {
        memmove(mine->number, mine->number + 1, (QUEUE - 1) * sizeof(mine->number[0]));
        mine->count--;
    }
    mine->number[mine->count++] = (unsigned long)(err < 0 ? -(long)err : (long)err);
}

unsigned long ERR_peek_error(void)
{
    const Errors *mine = errors();

    return mine != NULL && mine->count > 0 ? mine->number[0] : 0;
}

unsigned long ERR_peek_last_error(void)
{
    const Errors *mine = errors();

    return mine != NULL && mine->count > 0 ? mine->number[mine->count - 1] : 0;
}

unsigned long ERR_get_error(void)
{
    Errors       *mine  = errors();
    unsigned long first = ERR_peek_error();

    if (first != 0) {
        mine->count--;
        memmove(mine->number, mine->number + 1, mine->count * sizeof(mine->number[0]));
    }
    return first;
}

void ERR_clear_error(void)
{
    Errors *mine = errors();

    if (mine != NULL) {
        mine->count = 0;
    }
}

const char *ERR_reason_error_string(unsigned long error)
{
    return error == 0 ? NULL : SSLErrorString((SSLErr) - (long)error);
}

void ERR_error_string_n(unsigned long error, char *text, size_t length)
{
    if (length > 0) {
        (void)snprintf(text, length, "error:%lu:sslref::%s", error,
                       error == 0 ? "no error" : ERR_reason_error_string(error));
    }
}

char *ERR_error_string(unsigned long error, char *text)
{
    static char no_memory[] = "error:out of memory";
    Errors     *mine        = errors();

    if (text == NULL && mine == NULL) {
        return no_memory;
    }
    text = text != NULL ? text : mine->text;
    ERR_error_string_n(error, text, sizeof(mine->text));
    return text;
}

void ERR_print_errors_fp(FILE *file)
{
    unsigned long error;
    char          text[256];

    while ((error = ERR_get_error()) != 0) {
        ERR_error_string_n(error, text, sizeof(text));
        (void)fprintf(file, "%s\n", text);
    }
}
