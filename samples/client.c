/*
 * client.c - fetch a page over TLS, or send a file as it is and print what comes back.
 *
 *     client https://www.example.org/
 *     client --host 127.0.0.1 --port 4433 --get /status.txt --ca ca.pem --info --trace
 *
 * What a program of your own needs from here: handshake(), the calls of SSLRead and SSLWrite in
 * exchange(), and say_goodbye(). Setting up the context is in common.c, make_template().
 *
 * Exit codes: 0 all went well, 1 the connection failed, 2 wrong options, 3 the server answered with
 * an HTTP error.
 */
#define _POSIX_C_SOURCE 200809L
#include "common.h"
#include "describe.h"
#include "ladder.h"
#include "session_file.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define CHUNK           16384
#define MAX_HEAD        16384
#define GOODBYE_SECONDS 2

/* One connection: what is sent, and how far the answer is read. */
typedef struct Exchange {
    SSLContext    *ctx;
    int            fd;
    const Options *options;
    int            milliseconds; /* longest wait */

    char   chunk[CHUNK]; /* to send next: the request, or a piece of the file */
    uint32 chunk_length, chunk_sent;
    FILE  *source; /* the file to send; NULL: a request */
    int    all_sent;

    char               head[MAX_HEAD + 1]; /* of the HTTP answer */
    uint32             head_length;
    int                in_body, status;
    long long          content_length; /* -1: to the end of the connection */
    unsigned long long received;       /* bytes of the body */
} Exchange;

/* Do something that may have to wait, again and again until it is done. */
#define UNTIL_DONE(err, exchange, call)                                                            \
    do {                                                                                           \
        (err) = (call);                                                                            \
        if ((err) == SSLWouldBlockErr) {                                                           \
            SSLErr waited =                                                                        \
                SSLPosixWait((exchange)->ctx, (exchange)->fd, (exchange)->milliseconds);           \
            if (waited != SSLNoErr) {                                                              \
                (err) = report_wait(waited);                                                       \
            }                                                                                      \
        }                                                                                          \
    } while ((err) == SSLWouldBlockErr)

static SSLErr report_wait(SSLErr waited)
{
    if (waited == SSLWouldBlockErr) {
        fprintf(stderr, "the server has been silent for too long\n");
    }
    return SSLIOErr;
}

/* ==== The address ==== */

/* Take https://host[:port][/path] apart; the pieces are cut out of a copy. */
static int read_url(Options *options, char *copy, size_t room)
{
    static const char scheme[] = "https://";
    size_t            length   = strlen(scheme);
    char             *host, *path, *port;

    if (strncasecmp(options->url, scheme, length) != 0 || strlen(options->url) + 1 > room) {
        fprintf(stderr, "only https://host[:port]/path can be fetched\n");
        return -1;
    }
    strcpy(copy, options->url);
    host = copy + length;
    path = strchr(host, '/');
    if (path != NULL) {
        options->get = options->url + (path - copy);
        *path        = '\0';
    }
    port = strrchr(host, ':');
    if (host[0] == '[' && strchr(host, ']') != NULL) { /* an IPv6 address: [::1]:4433 */
        char *end = strchr(host, ']');

        port = end[1] == ':' ? end + 1 : NULL;
        *end = '\0';
        host++;
    }
    if (port != NULL) {
        *port = '\0';
    }
    options->host = host;
    options->port = port != NULL ? port + 1 : "443";
    return 0;
}

static int complete_options(Options *options, char *copy, size_t room)
{
    if (options->url != NULL && read_url(options, copy, room) != 0) {
        return -1;
    }
    if (options->renegotiate != NULL && strcmp(options->renegotiate, "full") != 0 &&
        strcmp(options->renegotiate, "abbreviated") != 0) {
        fprintf(stderr, "--renegotiate is full or abbreviated\n");
        return -1;
    }
    if (options->host == NULL) {
        fprintf(stderr, "no address: give a URL or --host (--help shows the options)\n");
        return -1;
    }
    if (options->port == NULL) {
        options->port = "4433";
    }
    if (options->get == NULL) {
        options->get = "/";
    }
    if (options->name == NULL) {
        options->name = options->host;
    }
    return 0;
}

/* ==== The connection ==== */

/* 0-RTT: what is said before the server has answered. Where nothing may be said early, or only a
 * part, the rest follows behind the handshake. */
static SSLErr say_early(Exchange *exchange)
{
    SSLErr err = SSLNoErr, waited;

    while (err == SSLNoErr && exchange->chunk_sent < exchange->chunk_length) {
        uint32 length = exchange->chunk_length - exchange->chunk_sent;

        err = SSLWriteEarlyData(exchange->chunk + exchange->chunk_sent, &length, exchange->ctx);
        exchange->chunk_sent += length;
        if (err == SSLWouldBlockErr) {
            waited = SSLPosixWait(exchange->ctx, exchange->fd, exchange->milliseconds);
            err    = waited == SSLNoErr ? SSLNoErr : report_wait(waited);
        }
    }
    return err == SSLBadStateErr ? SSLNoErr : err;
}

static SSLErr handshake(Exchange *exchange)
{
    SSLErr err;
    int    accepted = 0;

    err = exchange->options->early_text != NULL ? say_early(exchange) : SSLNoErr;
    if (err != SSLNoErr) {
        print_error(exchange->ctx, "0-RTT data", err);
        return err;
    }
    UNTIL_DONE(err, exchange, SSLHandshake(exchange->ctx));
    if (err != SSLNoErr) {
        print_error(exchange->ctx, "handshake", err);
    }
    /* What the server refused is said again: it was not bound to anything that could differ now. */
    (void)SSLGetEarlyDataStatus(exchange->ctx, &accepted);
    if (!accepted) {
        exchange->chunk_sent = 0;
    }
    return err;
}

/* A second handshake, to its end. */
static SSLErr renegotiate(Exchange *exchange)
{
    int    whole = strcmp(exchange->options->renegotiate, "full") == 0;
    SSLErr err   = whole ? SSLRenegotiate(exchange->ctx) : SSLRenegotiateAbbreviated(exchange->ctx);

    if (err == SSLNoErr) {
        UNTIL_DONE(err, exchange, SSLHandshake(exchange->ctx));
    }
    if (err != SSLNoErr) {
        print_error(exchange->ctx, "renegotiation", err);
    } else if (exchange->options->info) {
        print_negotiated(exchange->ctx, SSL_ClientSide, 0);
    }
    return err;
}

/* --early-data: the contents of this file, or else the text itself. */
static int prepare_early(Exchange *exchange)
{
    const char *text = exchange->options->early_text;
    FILE       *file = fopen(text, "rb");
    size_t      length;

    if (file != NULL) {
        length = fread(exchange->chunk, 1, MAX_EARLY_BYTES, file);
        (void)fclose(file);
    } else {
        length = strlen(text) < MAX_EARLY_BYTES ? strlen(text) : MAX_EARLY_BYTES;
        memcpy(exchange->chunk, text, length);
    }
    exchange->chunk_length = (uint32)length;
    if (SSLSetMaxEarlyData(exchange->ctx, MAX_EARLY_BYTES) != SSLNoErr) {
        return -1;
    }
    return 0;
}

/* What is to be sent first: all of the request, or nothing yet of the file. */
static int prepare(Exchange *exchange)
{
    const Options *options = exchange->options;
    int            length;

    if (options->early_text != NULL && prepare_early(exchange) != 0) {
        return -1;
    }
    if (options->data_out != NULL) {
        exchange->source = fopen(options->data_out, "rb");
        if (exchange->source == NULL) {
            perror(options->data_out);
            return -1;
        }
        exchange->in_body        = 1; /* what comes back has no head */
        exchange->content_length = options->expect > 0 ? (long long)options->expect : -1;
        return 0;
    }
    if (options->early_text != NULL) {
        return 0; /* that is the request */
    }
    /* HTTP 1.0: the answer then comes in one piece, not in chunks. */
    length = snprintf(exchange->chunk, sizeof(exchange->chunk),
                      "GET %s HTTP/1.0\r\nHost: %s\r\nUser-Agent: sslref-sample\r\n"
                      "Connection: close\r\n\r\n",
                      options->get, options->name);
    if (length < 0 || (size_t)length >= sizeof(exchange->chunk)) {
        fprintf(stderr, "the path is too long\n");
        return -1;
    }
    exchange->chunk_length = (uint32)length;
    return 0;
}

/* Everything has been sent. In TLS 1.3 the two directions are closed one by one, so that the other
 * side learns of the end and can still answer; before that, SSLClose would end both. */
static SSLErr end_sending(Exchange *exchange)
{
    SSLProtocolVersion version = SSL_Version_Undetermined;

    exchange->all_sent = 1;
    (void)SSLGetProtocolVersion(exchange->ctx, &version);
    if (exchange->source == NULL || exchange->options->expect > 0) {
        return SSLNoErr;
    }
    if (version < TLS_Version_1_3) {
        return SSLConnectionClosedGraceful;
    }
    return SSLCloseWrite(exchange->ctx);
}

/* Send what there is to send without waiting. SSLWouldBlockErr: all is sent, or it has to wait. */
static SSLErr send_some(Exchange *exchange)
{
    SSLErr err = SSLNoErr;

    while (err == SSLNoErr && !exchange->all_sent) {
        if (exchange->chunk_sent == exchange->chunk_length && exchange->source != NULL) {
            exchange->chunk_sent   = 0;
            exchange->chunk_length = (uint32)fread(exchange->chunk, 1, CHUNK, exchange->source);
            if (ferror(exchange->source)) {
                perror(exchange->options->data_out);
                return SSLIOErr; /* without a close_notify: what was sent is not all */
            }
        }
        if (exchange->chunk_sent == exchange->chunk_length) {
            err = end_sending(exchange);
        } else {
            /* length says what was taken, whatever the result: taken bytes are never sent again. */
            uint32 length = exchange->chunk_length - exchange->chunk_sent;

            err = SSLWrite(exchange->chunk + exchange->chunk_sent, &length, exchange->ctx);
            exchange->chunk_sent += length;
        }
    }
    return err == SSLNoErr ? SSLWouldBlockErr : err;
}

/* The status and the length of the answer, once the empty line after the head is there. */
static void read_head(Exchange *exchange)
{
    const char *line = strchr(exchange->head, ' ');

    exchange->content_length = -1;
    exchange->status         = line != NULL ? atoi(line + 1) : 0;
    for (line = exchange->head; line != NULL; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (strncasecmp(line, "Content-Length:", 15) == 0) {
            exchange->content_length = strtoll(line + 15, NULL, 10);
        }
    }
}

static void print_body(Exchange *exchange, const char *bytes, size_t length)
{
    fwrite(bytes, 1, length, stdout);
    exchange->received += length;
}

/* Bytes of the answer: first the head is gathered, the rest goes out. -1: it is not HTTP. */
static int take_answer(Exchange *exchange, const char *bytes, uint32 length)
{
    uint32 gathered = exchange->head_length;
    uint32 part     = length < MAX_HEAD - gathered ? length : MAX_HEAD - gathered;
    char  *end;

    if (exchange->in_body) {
        print_body(exchange, bytes, length);
        return 0;
    }
    memcpy(exchange->head + gathered, bytes, part);
    exchange->head_length += part;
    exchange->head[exchange->head_length] = '\0';
    end                                   = strstr(exchange->head, "\r\n\r\n");
    if (end == NULL) {
        if (exchange->head_length == MAX_HEAD) {
            fprintf(stderr, "the answer has no end of its head\n");
            return -1;
        }
        return 0;
    }
    part              = (uint32)(end + 4 - exchange->head) - gathered;
    exchange->in_body = 1;
    end[2]            = '\0';
    read_head(exchange);
    print_body(exchange, bytes + part, length - part);
    return 0;
}

static int is_complete(const Exchange *exchange)
{
    return exchange->in_body && exchange->content_length >= 0 &&
           exchange->received >= (unsigned long long)exchange->content_length;
}

/* Read what there is without waiting. */
static SSLErr receive_some(Exchange *exchange)
{
    char   buffer[CHUNK];
    SSLErr err = SSLNoErr;

    while (err == SSLNoErr && !is_complete(exchange)) {
        uint32 length = sizeof(buffer);

        err = SSLRead(buffer, &length, exchange->ctx);
        if (length > 0 && take_answer(exchange, buffer, length) != 0) {
            return SSLProtocolErr;
        }
    }
    return err;
}

/* Send and receive at the same time, so that neither side waits for the other for ever. */
static SSLErr exchange_data(Exchange *exchange)
{
    SSLErr sent, received, waited;

    for (;;) {
        sent = send_some(exchange);
        if (sent != SSLWouldBlockErr) {
            if (sent == SSLConnectionClosedGraceful) {
                return SSLNoErr; /* up to TLS 1.2: nothing more to send ends the connection */
            }
            print_error(exchange->ctx, "sending", sent);
            return sent;
        }
        received = receive_some(exchange);
        if (is_complete(exchange)) {
            return SSLNoErr;
        }
        if (received == SSLConnectionClosedGraceful && exchange->in_body &&
            exchange->content_length < 0) {
            return SSLNoErr; /* the end of an answer without a length, and nobody cut it short */
        }
        if (received != SSLWouldBlockErr) {
            print_error(exchange->ctx, "receiving", received);
            return received;
        }
        waited = SSLPosixWait(exchange->ctx, exchange->fd, exchange->milliseconds);
        if (waited != SSLNoErr) {
            return report_wait(waited);
        }
    }
}

/* A close_notify tells the server that nothing was cut off. Then wait for its end of the stream: to
 * close a socket with unread bytes would destroy what is still on its way to the server. */
static void say_goodbye(Exchange *exchange)
{
    char   unread[1024];
    SSLErr err = SSLClose(exchange->ctx);

    if (err == SSLWouldBlockErr) {
        UNTIL_DONE(err, exchange, SSLServiceWriteQueue(exchange->ctx));
    }
    if (err == SSLNoErr && shutdown(exchange->fd, SHUT_WR) == 0) {
        struct pollfd readable = {.fd = exchange->fd, .events = POLLIN};
        time_t        end      = time(NULL) + GOODBYE_SECONDS;

        while (time(NULL) < end && poll(&readable, 1, GOODBYE_SECONDS * 1000) > 0 &&
               recv(exchange->fd, unread, sizeof(unread), 0) > 0) {
        }
    }
}

static int run_on_socket(Exchange *exchange)
{
    const Options *options = exchange->options;
    SSLErr         err;

    if (prepare(exchange) != 0) {
        return 1;
    }
    err = handshake(exchange);
    if (err != SSLNoErr) {
        return 1;
    }
    if (options->info) {
        print_negotiated(exchange->ctx, SSL_ClientSide, 0);
    }
    if (options->keyupdate) {
        err = SSLKeyUpdate(exchange->ctx, 1);
        if (err != SSLNoErr) {
            print_error(exchange->ctx, "key update", err);
            return 1;
        }
    }
    if (options->renegotiate != NULL && renegotiate(exchange) != SSLNoErr) {
        return 1;
    }
    err = exchange_data(exchange);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        perror("writing the answer");
        err = err == SSLNoErr ? SSLIOErr : err;
    }
    if (exchange->source != NULL) {
        fclose(exchange->source);
    }
    if (options->session != NULL) {
        save_session(exchange->ctx, options->session);
    }
    if (err != SSLNoErr) {
        return 1;
    }
    say_goodbye(exchange);
    if (exchange->status >= 400) {
        fprintf(stderr, "the server answered with status %d\n", exchange->status);
        return 3;
    }
    return 0;
}

static int run_once(const Options *options, SSLContext *template_context)
{
    Exchange *exchange = (Exchange *)calloc(1, sizeof(*exchange));
    int       result   = 1;

    if (exchange == NULL) {
        return 1;
    }
    exchange->options      = options;
    exchange->milliseconds = options->timeout < 1000000 ? (int)options->timeout * 1000 : -1;
    exchange->fd           = connect_to(options->host, options->port, exchange->milliseconds);
    if (exchange->fd >= 0) {
        Ladder ladder = {.out = stderr, .side = SSL_ClientSide};

        exchange->ctx = duplicate_context(template_context, exchange->fd);
        if (exchange->ctx != NULL) {
            if (options->trace) {
                (void)SSLSetTraceFunc(exchange->ctx, ladder_trace, &ladder);
            }
            if (options->session != NULL) {
                load_session(exchange->ctx, options->session);
            }
            result = run_on_socket(exchange);
            free_context(exchange->ctx);
        }
        close(exchange->fd);
    }
    free(exchange);
    return result;
}

int main(int argc, char **argv)
{
    Options     options;
    Shared      shared;
    SSLContext *template_context;
    char        url_copy[2048];
    uint32      round;
    int         result = 0;

    read_options(&options, SSL_ClientSide, argc, argv);
    if (complete_options(&options, url_copy, sizeof(url_copy)) != 0) {
        return 2;
    }
    template_context = make_template(&options, SSL_ClientSide, &shared);
    if (template_context == NULL) {
        return 1;
    }
    if (SSLSetPeerDomainName(template_context, options.name, (uint32)strlen(options.name)) !=
        SSLNoErr) {
        fprintf(stderr, "not the name of a server: %s\n", options.name);
        result = 2;
    }
    for (round = 0; round <= options.reconnect && result == 0; round++) {
        result = run_once(&options, template_context);
    }
    free_context(template_context);
    free_shared(&shared);
    return result;
}
