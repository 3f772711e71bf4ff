/*
 * session_file.c - see session_file.h. What stands in the file is secret, and good for one
 * connection.
 */
#define _POSIX_C_SOURCE 200809L
#include "session_file.h"
#include "common.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#define MAX_SESSION 262144

void load_session(SSLContext *ctx, const char *path)
{
    FILE     *file  = fopen(path, "rb");
    uint8    *bytes = (uint8 *)malloc(MAX_SESSION);
    SSLBuffer session;

    if (file != NULL && bytes != NULL) {
        session.data   = bytes;
        session.length = (uint32)fread(bytes, 1, MAX_SESSION, file);
        (void)SSLSetSession(ctx, session); /* a bad one leads to a full handshake */
    }
    free(bytes);
    if (file != NULL) {
        (void)fclose(file);
        (void)unlink(path); /* it is good for one connection */
    }
}

static int write_all(const char *path, SSLBuffer session)
{
    int  fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    long count;

    if (fd < 0) {
        return -1;
    }
    count = (long)write(fd, session.data, session.length);
    return close(fd) == 0 && count == (long)session.length ? 0 : -1;
}

void save_session(SSLContext *ctx, const char *path)
{
    SSLBuffer session;
    SSLErr    err = SSLGetSession(ctx, &session);

    if (err != SSLNoErr) {
        return;
    }
    if (write_all(path, session) != 0) {
        perror(path);
    }
    (void)SSLPosixFree(&session, NULL); /* it is a copy, made with our callback */
}
