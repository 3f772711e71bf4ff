/*
 * wait.c - wait with poll() for what SSLWants() names. For programs that handle one connection at a
 * time; one with many asks SSLWants() itself, as samples/server.c does with epoll.
 */
#define _POSIX_C_SOURCE 200809L
#include "sslposix.h"

#include <errno.h>
#include <poll.h>
#include <time.h>

/* Milliseconds of a clock that nobody sets. */
static long long milliseconds_now(void)
{
    struct timespec now;

    if (clock_gettime(CLOCK_MONOTONIC, &now) != 0) {
        return 0;
    }
    return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

SSLErr SSLPosixWait(SSLContext *ctx, int fd, int milliseconds)
{
    struct pollfd socket_state = {.fd = fd, .events = 0, .revents = 0};
    uint32        wants;
    long long     end  = 0;
    int           left = milliseconds < 0 ? -1 : milliseconds;

    if (ctx == NULL || fd < 0) {
        return SSLBadParameterErr;
    }
    wants = SSLWants(ctx);
    if (wants & SSL_WantsRead) {
        socket_state.events |= POLLIN;
    }
    if (wants & SSL_WantsWrite) {
        socket_state.events |= POLLOUT;
    }
    if (socket_state.events == 0) {
        return SSLBadStateErr; /* poll() would sleep although nothing can come */
    }
    if (left > 0) {
        end = milliseconds_now() + left;
    }
    for (;;) {
        int count = poll(&socket_state, 1, left);

        if (count > 0) {
            return (socket_state.revents & POLLNVAL) ? SSLIOErr : SSLNoErr;
        }
        if (count == 0) {
            return SSLWouldBlockErr;
        }
        if (errno != EINTR) {
            return SSLIOErr;
        }
        if (left > 0) { /* a signal must not prolong the wait */
            long long rest = end - milliseconds_now();

            left = rest > 0 ? (int)rest : 0;
        }
    }
}
