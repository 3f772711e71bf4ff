/*
 * session_file.c - see session_file.h. What stands in the file is secret.
 */
#define _POSIX_C_SOURCE 200809L
#include "session_file.h"
#include "common.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_SESSION 262144

void load_session(SSLContext *ctx, const char *path)
{
    FILE     *file  = fopen(path, "rb");
    uint8    *bytes = (uint8 *)malloc(MAX_SESSION);
    SSLBuffer session;

    if (file != NULL && bytes != NULL) {
        setvbuf(file, NULL, _IONBF, 0); /* no second copy of what is secret */
        session.data   = bytes;
        session.length = (uint32)fread(bytes, 1, MAX_SESSION, file);
        (void)SSLSetSession(ctx, session); /* a bad one leads to a full handshake */
        wipe(bytes, session.length);
    }
    free(bytes);
    if (file != NULL) {
        (void)fclose(file);
        (void)unlink(path); /* a ticket of TLS 1.3 is good for one connection */
    }
}

static int write_all(int fd, SSLBuffer session)
{
    uint32  done = 0;
    ssize_t count;

    while (done < session.length) {
        count = write(fd, session.data + done, session.length - done);
        if (count < 0 && errno != EINTR) {
            return -1;
        }
        done += count > 0 ? (uint32)count : 0;
    }
    return 0;
}

/* Beside the old file, then in its place: half a session is never seen, and mkstemp's file is new
 * and its owner's alone, whatever stood at path. */
static int replace_file(const char *path, SSLBuffer session)
{
    static const char ending[] = ".XXXXXX";
    char             *other    = (char *)malloc(strlen(path) + sizeof(ending));
    int               fd = -1, result = -1;

    if (other != NULL) {
        strcat(strcpy(other, path), ending);
        fd = mkstemp(other);
    }
    if (fd >= 0) {
        result = write_all(fd, session);
        if (close(fd) != 0 || result != 0 || rename(other, path) != 0) {
            (void)unlink(other);
            result = -1;
        }
    }
    free(other);
    return result;
}

void save_session(SSLContext *ctx, const char *path)
{
    SSLBuffer session;
    SSLErr    err = SSLGetSession(ctx, &session);

    if (err != SSLNoErr) {
        return;
    }
    if (replace_file(path, session) != 0) {
        perror(path);
    }
    wipe(session.data, session.length);
    (void)SSLPosixFree(&session, NULL); /* it is a copy, made with our callback */
}
