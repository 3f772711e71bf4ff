/*
 * server.c - many TLS connections in one thread with epoll: a status page that shows what was
 * negotiated, files of a directory, and addresses for tests (see http.c).
 *
 *     server --port 4433 --cert chain.pem --key key.pem --root public_html
 *
 * The point to see here: the engine never waits. advance() calls it until it says "would block";
 * SSLWants() then says what epoll has to look for. That is all an event loop needs to know.
 */
#define _POSIX_C_SOURCE 200809L
#include "common.h"
#include "describe.h"
#include "http.h"
#include "ladder.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define RECORD          16384 /* plaintext bytes in the longest record */
#define MAX_CONNECTIONS 1000
#define LINGER_SECONDS  2
#define STEPS_IN_A_ROW  32 /* then it is the turn of the other connections */

typedef enum State {
    EARLY, /* 0-RTT data: what a client said before the handshake */
    HANDSHAKE,
    REQUEST, /* reading a request until it is complete */
    SECRET,  /* waiting for the client's certificate, then the answer */
    ANSWER,  /* producing and sending the answer */
    FLUSH,   /* only what is queued still has to leave: a close_notify or an alert */
    LINGER,  /* our end is closed: wait for the client's, so that it can read what we sent */
    DONE
} State;

typedef struct Connection {
    struct Connection *previous, *next;
    int                fd;
    unsigned           number;
    State              state;
    SSLContext        *ctx;
    time_t             deadline;
    Ladder             ladder;
    Answer             answer;
    size_t             request_length; /* bytes in request */
    size_t             out_length, out_sent;
    char               request[MAX_REQUEST_HEAD + 1];
    unsigned char      out[RECORD]; /* plaintext on its way: one record if it fits */
} Connection;

typedef struct Server {
    Options     options;
    Shared      shared;
    SSLContext *template_context; /* every connection is a duplicate of it */
    int         epoll, listener, accepting;
    unsigned    count, last_number;
    Connection *connections;
    time_t      end; /* 0: none */
} Server;

static volatile sig_atomic_t stop_requested;

static void request_stop(int signal_number)
{
    (void)signal_number;
    stop_requested = 1;
}

static time_t seconds_now(void)
{
    struct timespec now;

    return clock_gettime(CLOCK_MONOTONIC, &now) == 0 ? now.tv_sec : 0;
}

/* ==== One connection, step by step. Each step returns SSLNoErr to go on at once. ==== */

/* Close properly: close_notify goes out behind everything that is queued. */
static SSLErr begin_close(Connection *connection)
{
    end_answer(&connection->answer);
    connection->state    = FLUSH;
    connection->deadline = seconds_now() + LINGER_SECONDS;
    (void)SSLClose(connection->ctx); /* would-block: FLUSH goes on */
    return SSLNoErr;
}

/* A request may begin here, or stand here whole. It could have been replayed: the pages of this
 * server change nothing, so that it does no harm. */
static SSLErr read_early_data(Connection *connection)
{
    uint32 length = (uint32)(MAX_REQUEST_HEAD - connection->request_length);
    SSLErr err;

    if (length == 0) {
        return begin_close(connection);
    }
    err = SSLReadEarlyData(connection->request + connection->request_length, &length,
                           connection->ctx);
    connection->request_length += length;
    if (err == SSLNoErr && length == 0) {
        connection->state = HANDSHAKE;
    }
    return err;
}

static SSLErr do_handshake(const Server *server, Connection *connection)
{
    SSLErr err = SSLHandshake(connection->ctx);

    if (err == SSLNoErr) {
        connection->state = REQUEST;
        if (server->options.info) {
            print_negotiated(connection->ctx, SSL_ServerSide, connection->number);
        }
    }
    return err;
}

/* Ask for the certificate behind the handshake, unless it is there. */
static SSLErr ask_for_certificate(Connection *connection)
{
    SSLProtocolVersion version      = SSL_Version_Undetermined;
    int                certificates = 0;
    SSLErr             err          = SSLNoErr;

    connection->state = SECRET;
    (void)SSLGetPeerCertificateChainLength(connection->ctx, &certificates);
    (void)SSLGetProtocolVersion(connection->ctx, &version);
    if (certificates == 0 && version >= TLS_Version_1_3) {
        err = SSLRequestClientCertificate(connection->ctx, 0);
    } else if (certificates == 0) {
        err = SSLSetRequestClientCert(connection->ctx, 1);
        if (err == SSLNoErr) {
            err = SSLRenegotiate(connection->ctx);
        }
    }
    return err == SSLUnsupportedErr ? SSLNoErr : err; /* then it cannot be had: 403 */
}

static int is_asking(Connection *connection)
{
    int pending = 0, running = 0;

    (void)SSLRenegotiatePending(connection->ctx, &pending);
    (void)SSLGetHandshakeRunning(connection->ctx, &running);
    return pending || running;
}

/* Until the client has answered; what it sends meanwhile is its next request. */
static SSLErr wait_for_certificate(Connection *connection)
{
    uint32 length = (uint32)(MAX_REQUEST_HEAD - connection->request_length);
    SSLErr err;

    if (!is_asking(connection)) {
        connection->state = ANSWER;
        return begin_secret(&connection->answer, connection->ctx) == 0 ? SSLNoErr : SSLMemoryErr;
    }
    if (length == 0) {
        return begin_close(connection); /* it goes on with requests instead of an answer */
    }
    err = SSLRead(connection->request + connection->request_length, &length, connection->ctx);
    connection->request_length += length;
    return err == SSLWouldBlockErr && !is_asking(connection) ? SSLNoErr : err;
}

/* A request may come in any number of records, or several in one: gather until a head is complete,
 * keep what follows it. */
static SSLErr read_request_head(const Server *server, Connection *connection)
{
    size_t head = request_head_length(connection->request, connection->request_length);
    uint32 length;
    SSLErr err;
    char   saved;
    int    result;

    if (head == 0) {
        length = (uint32)(MAX_REQUEST_HEAD - connection->request_length);
        if (length == 0) {
            return begin_close(connection); /* more than 16 KB of head: refuse to go on */
        }
        err = SSLRead(connection->request + connection->request_length, &length, connection->ctx);
        connection->request_length += length;
        if (err == SSLConnectionClosedGraceful) {
            return begin_close(connection); /* the client is done: answer its close_notify */
        }
        return err;
    }
    saved                     = connection->request[head];
    connection->request[head] = '\0';
    result = begin_answer(&connection->answer, connection->ctx, connection->request, head,
                          server->options.root);
    connection->request[head] = saved;
    if (result != 0) {
        return SSLMemoryErr;
    }
    connection->request_length -= head;
    memmove(connection->request, connection->request + head, connection->request_length);
    connection->state = ANSWER;
    return connection->answer.wants_certificate ? ask_for_certificate(connection) : SSLNoErr;
}

/* The echo's body: what came with the head first, then what can be read. Never more than one record
 * is held, however large the body is. */
static SSLErr read_echo(Connection *connection)
{
    Answer            *answer = &connection->answer;
    unsigned long long left   = answer->body_length - answer->body_done;
    size_t             room   = RECORD - connection->out_length;
    size_t             part   = connection->request_length;
    unsigned char     *to     = connection->out + connection->out_length;
    SSLErr             err    = SSLNoErr;

    room = left < room ? (size_t)left : room;
    part = part < room ? part : room;
    if (part > 0) {
        memcpy(to, connection->request, part);
        connection->request_length -= part;
        memmove(connection->request, connection->request + part, connection->request_length);
    } else {
        uint32 length = (uint32)room;

        err  = SSLRead(to, &length, connection->ctx);
        part = length;
    }
    answer->body_done += part;
    connection->out_length += part;
    return err;
}

/* Put the next piece of the answer into `out`. */
static SSLErr produce(Connection *connection)
{
    Answer *answer = &connection->answer;
    SSLErr  err    = SSLNoErr;

    connection->out_sent   = 0;
    connection->out_length = continue_answer(answer, connection->out, RECORD);
    if (connection->out_length < RECORD && answer->body == BODY_ECHO &&
        answer->body_done < answer->body_length) {
        err = read_echo(connection);
    }
    if (connection->out_length > 0) {
        return SSLNoErr; /* an error of reading shows itself again later */
    }
    if (answer_is_complete(answer)) {
        int keep_alive = answer->keep_alive;

        end_answer(answer);
        connection->state = REQUEST;
        return keep_alive ? SSLNoErr : begin_close(connection);
    }
    return err == SSLNoErr ? SSLIOErr : err; /* a file that became shorter */
}

static SSLErr send_answer(Connection *connection)
{
    uint32 length = (uint32)(connection->out_length - connection->out_sent);
    SSLErr err;

    if (length == 0) {
        /* The queue has to be empty before more is produced: so memory stays bounded even if the
         * client reads slowly. */
        err = SSLServiceWriteQueue(connection->ctx);
        return err == SSLNoErr ? produce(connection) : err;
    }
    err = SSLWrite(connection->out + connection->out_sent, &length, connection->ctx);
    connection->out_sent += length; /* also with would-block: these bytes are the engine's now */
    return err;
}

static SSLErr flush(Connection *connection)
{
    SSLErr err = SSLServiceWriteQueue(connection->ctx);

    if (err == SSLNoErr) {
        connection->state    = LINGER;
        connection->deadline = seconds_now() + LINGER_SECONDS;
        (void)shutdown(connection->fd, SHUT_WR); /* for the client the connection ends here */
    }
    return err;
}

/* To close a socket with unread bytes resets the connection, and the client may never see our last
 * words. So read, and forget, until its end of the stream. */
static SSLErr linger(Connection *connection)
{
    char    unread[4096];
    ssize_t count = recv(connection->fd, unread, sizeof(unread), 0);

    if (count > 0 || (count < 0 && errno == EINTR)) {
        return SSLNoErr;
    }
    if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
        return SSLWouldBlockErr;
    }
    connection->state = DONE;
    return SSLNoErr;
}

static SSLErr step(const Server *server, Connection *connection)
{
    switch (connection->state) {
    case EARLY:
        return read_early_data(connection);
    case HANDSHAKE:
        return do_handshake(server, connection);
    case REQUEST:
        return read_request_head(server, connection);
    case SECRET:
        return wait_for_certificate(connection);
    case ANSWER:
        return send_answer(connection);
    case FLUSH:
        return flush(connection);
    case LINGER:
        return linger(connection);
    case DONE:
        break;
    }
    return SSLNoErr;
}

/* Something failed. The alert, if there is one, waits in the engine's queue: FLUSH sends it, and
 * then the connection is closed at once. */
static void fail(Connection *connection, SSLErr err)
{
    char what[32];

    snprintf(what, sizeof(what), "#%u", connection->number);
    if (connection->state == FLUSH || connection->state == LINGER) {
        connection->state = DONE; /* not even the last words could be sent */
        return;
    }
    print_error(connection->ctx, what, err);
    end_answer(&connection->answer);
    connection->state    = FLUSH;
    connection->deadline = seconds_now() + LINGER_SECONDS;
}

/* ==== The loop ==== */

static void close_connection(Server *server, Connection *connection)
{
    *(connection->previous != NULL ? &connection->previous->next : &server->connections) =
        connection->next;
    if (connection->next != NULL) {
        connection->next->previous = connection->previous;
    }
    end_answer(&connection->answer);
    free_context(connection->ctx);
    (void)close(connection->fd); /* epoll forgets it by this */
    free(connection);
    server->count--;
}

/* Tell epoll what this connection waits for. */
static void watch(Server *server, Connection *connection, SSLErr err)
{
    struct epoll_event event;
    uint32             wants = SSLWants(connection->ctx);

    memset(&event, 0, sizeof(event));
    event.data.ptr = connection;
    if (err != SSLWouldBlockErr) {
        event.events =
            EPOLLIN | EPOLLOUT; /* it could go on: come back when the others had a turn */
    } else if (connection->state == LINGER) {
        event.events = EPOLLIN;
    } else {
        event.events = ((wants & SSL_WantsRead) ? (uint32)EPOLLIN : 0) |
                       ((wants & SSL_WantsWrite) ? (uint32)EPOLLOUT : 0);
    }
    (void)epoll_ctl(server->epoll, EPOLL_CTL_MOD, connection->fd, &event);
}

static void advance(Server *server, Connection *connection)
{
    SSLErr err   = SSLNoErr;
    int    steps = 0;

    if (connection->state > HANDSHAKE && connection->state < FLUSH) {
        connection->deadline = seconds_now() + (time_t)server->options.idle;
    }
    while (err == SSLNoErr && connection->state != DONE && steps++ < STEPS_IN_A_ROW) {
        err = step(server, connection);
        if (err != SSLNoErr && err != SSLWouldBlockErr) {
            fail(connection, err);
            err = SSLNoErr;
        }
    }
    if (connection->state == DONE) {
        close_connection(server, connection);
    } else {
        watch(server, connection, err);
    }
}

static void set_accepting(Server *server, int accepting)
{
    struct epoll_event event;

    memset(&event, 0, sizeof(event)); /* data.ptr NULL: the listener */
    event.events      = accepting ? (uint32)EPOLLIN : 0;
    server->accepting = accepting;
    (void)epoll_ctl(server->epoll, EPOLL_CTL_MOD, server->listener, &event);
}

static void add_connection(Server *server, int fd)
{
    Connection        *connection = (Connection *)calloc(1, sizeof(*connection));
    struct epoll_event event;
    int                on = 1;

    memset(&event, 0, sizeof(event));
    event.data.ptr = connection;
    if (connection != NULL && fcntl(fd, F_SETFL, O_NONBLOCK) == 0 &&
        fcntl(fd, F_SETFD, FD_CLOEXEC) == 0 &&
        epoll_ctl(server->epoll, EPOLL_CTL_ADD, fd, &event) == 0) {
        connection->ctx = duplicate_context(server->template_context, fd);
    }
    if (connection == NULL || connection->ctx == NULL) {
        (void)close(fd);
        free(connection);
        return;
    }
    /* Answers leave in whole records: waiting for more to send only delays them. */
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    connection->fd          = fd;
    connection->state       = server->options.early_bytes > 0 ? EARLY : HANDSHAKE;
    connection->deadline    = seconds_now() + (time_t)server->options.idle; /* of the handshake */
    connection->number      = ++server->last_number;
    connection->answer.file = -1;
    connection->next        = server->connections;
    if (connection->next != NULL) {
        connection->next->previous = connection;
    }
    server->connections = connection;
    server->count++;
    if (server->options.trace) {
        connection->ladder.out   = stderr;
        connection->ladder.side  = SSL_ServerSide;
        connection->ladder.label = connection->number;
        (void)SSLSetTraceFunc(connection->ctx, ladder_trace, &connection->ladder);
    }
    advance(server, connection);
}

static void accept_connections(Server *server)
{
    for (;;) {
        int fd = server->count < MAX_CONNECTIONS ? accept(server->listener, NULL, NULL) : -1;

        if (fd < 0) {
            /* Full, or no descriptors left: look again in a second, or when one has ended. */
            if (server->count >= MAX_CONNECTIONS || errno == EMFILE || errno == ENFILE) {
                set_accepting(server, 0);
            }
            return;
        }
        add_connection(server, fd);
    }
}

/* Once a second: connections that stand still too long. */
static void close_idle(Server *server, time_t now)
{
    Connection *connection, *next;

    for (connection = server->connections; connection != NULL; connection = next) {
        next = connection->next;
        if (now < connection->deadline) {
            continue;
        }
        if (connection->state == REQUEST) {
            (void)begin_close(connection);
            advance(server, connection);
        } else {
            close_connection(server, connection);
        }
    }
    if (!server->accepting && server->count < MAX_CONNECTIONS) {
        set_accepting(server, 1);
    }
}

static void run(Server *server)
{
    struct epoll_event events[64];
    time_t             last_look = seconds_now();

    while (!stop_requested && (server->end == 0 || seconds_now() < server->end)) {
        int    count = epoll_wait(server->epoll, events, 64, 1000);
        int    index;
        time_t now = seconds_now();

        /* One event at most for each connection: none is touched after it was closed. */
        for (index = 0; index < count; index++) {
            if (events[index].data.ptr != NULL) {
                advance(server, (Connection *)events[index].data.ptr);
            } else {
                accept_connections(server);
            }
        }
        if (now != last_look) {
            last_look = now;
            close_idle(server, now);
        }
    }
    while (server->connections != NULL) {
        (void)SSLClose(server->connections->ctx); /* as far as it goes without waiting */
        close_connection(server, server->connections);
    }
}

static int open_server(Server *server)
{
    struct epoll_event event;
    unsigned           port = 0;

    server->listener =
        listen_on(server->options.host != NULL ? server->options.host : "127.0.0.1",
                  server->options.port != NULL ? server->options.port : "4433", &port);
    server->epoll = epoll_create1(EPOLL_CLOEXEC);
    memset(&event, 0, sizeof(event));
    event.events      = EPOLLIN;
    server->accepting = 1;
    if (server->listener < 0 || server->epoll < 0 ||
        epoll_ctl(server->epoll, EPOLL_CTL_ADD, server->listener, &event) != 0) {
        return -1;
    }
    printf("port=%u\n", port);
    fflush(stdout);
    return 0;
}

int main(int argc, char **argv)
{
    static Server    server; /* all zero */
    struct sigaction action;
    int              result = 1;

    memset(&action, 0, sizeof(action));
    action.sa_handler = request_stop;
    (void)sigaction(SIGTERM, &action, NULL);
    (void)sigaction(SIGINT, &action, NULL);
    read_options(&server.options, SSL_ServerSide, argc, argv);
    if (server.options.max_seconds > 0) {
        server.end = seconds_now() + (time_t)server.options.max_seconds;
    }
    server.listener         = -1;
    server.epoll            = -1;
    server.template_context = make_template(&server.options, SSL_ServerSide, &server.shared);
    if (server.template_context == NULL) {
        return 1;
    }
    if (open_server(&server) == 0) {
        run(&server);
        result = 0;
    }
    (void)close(server.listener);
    (void)close(server.epoll);
    free_context(server.template_context);
    free_shared(&server.shared);
    return result;
}
