/*
 * key_log.c - the lines of an NSS key log into a FILE. Called by the engine when keys are made.
 */
#define _POSIX_C_SOURCE 200809L
#include "sslposix.h"

#include <stdio.h>

void SSLPosixKeyLog(SSLContext *ctx, const char *line, void *file)
{
    FILE *log = (FILE *)file;

    (void)ctx;
    if (log == NULL || line == NULL) {
        return;
    }
    /* The lock keeps line and line end together when several threads log; the flush lets a
     * capture program follow. A full disk must not stop the connection: results are not looked
     * at. */
    flockfile(log);
    (void)fputs(line, log);
    (void)fputc('\n', log);
    (void)fflush(log);
    funlockfile(log);
}
