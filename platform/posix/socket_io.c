/*
 * socket_io.c - a connected stream socket as read and write callbacks. Opening and closing it is
 * the program's business. Called by the engine's exchange loop.
 */
#define _POSIX_C_SOURCE 200809L
#include "sslposix.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/types.h>

/* Without this flag (macOS) the program must ignore SIGPIPE or set SO_NOSIGPIPE. */
#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0
#endif

/* EAGAIN and EWOULDBLOCK are one number on some systems and two on others. */
static SSLErr error_of_errno(void)
{
    if (errno == EAGAIN) {
        return SSLWouldBlockErr;
    }
#if EWOULDBLOCK != EAGAIN
    if (errno == EWOULDBLOCK) {
        return SSLWouldBlockErr;
    }
#endif
    return SSLIOErr; /* ECONNRESET, EPIPE and the like: nothing more can come or go */
}

SSLErr SSLPosixRead(SSLBuffer data, uint32 *processed, void *connRef)
{
    int     fd = (int)(intptr_t)connRef;
    ssize_t count;

    *processed = 0;
    do {
        count = recv(fd, data.data, data.length, 0);
    } while (count < 0 && errno == EINTR);
    if (count < 0) {
        return error_of_errno();
    }
    if (count == 0) {
        return SSLConnectionClosedGraceful; /* the engine knows whether close_notify came before */
    }
    *processed = (uint32)count;
    return SSLNoErr;
}

SSLErr SSLPosixWrite(SSLBuffer data, uint32 *processed, void *connRef)
{
    int     fd = (int)(intptr_t)connRef;
    ssize_t count;

    *processed = 0;
    do {
        count = send(fd, data.data, data.length, MSG_NOSIGNAL);
    } while (count < 0 && errno == EINTR);
    if (count < 0) {
        return error_of_errno();
    }
    if (count == 0) {
        return SSLWouldBlockErr;
    }
    *processed = (uint32)count;
    return SSLNoErr;
}
