/*
 * both.c - both sides of connections in one program, over a pair of sockets, for what a program of
 * libssl relies on at the edges: the end, retries, settings that change. both DIRECTORY [CASE]: the
 * certificates of the peer tests. Prints a line a case.
 */
#include "talk.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#define CHECK(what)                                                                                \
    do {                                                                                           \
        if (!(what)) {                                                                             \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #what);                             \
            ERR_print_errors_fp(stderr);                                                           \
            return 0;                                                                              \
        }                                                                                          \
    } while (0)

#define BIG 4000000

static const char *directory;
static char        big[BIG], received[BIG];

/* A record that no key has sealed. */
static const char garbage[37] = {0x17, 0x03, 0x03, 0x00, 0x20};

typedef struct Pair {
    SSL_CTX *server_ctx, *client_ctx;
    SSL     *server, *client;
    int      server_fd, client_fd;
} Pair;

static const char *path(const char *name)
{
    static char text[2][512];
    static int  which;

    which = !which;
    snprintf(text[which], sizeof(text[which]), "%s/%s", directory, name);
    return text[which];
}

/* ---- a pair ---- */

static int set_files(SSL_CTX *ctx, const char *certificate, const char *key)
{
    return SSL_CTX_use_certificate_chain_file(ctx, path(certificate)) == 1 &&
           SSL_CTX_use_PrivateKey_file(ctx, path(key), SSL_FILETYPE_PEM) == 1;
}

static int new_contexts(Pair *pair, int version)
{
    memset(pair, 0, sizeof(*pair));
    pair->server_ctx = SSL_CTX_new(TLS_server_method());
    pair->client_ctx = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_max_proto_version(pair->server_ctx, version);
    SSL_CTX_set_options(pair->server_ctx, SSL_OP_ALLOW_CLIENT_RENEGOTIATION);
    SSL_CTX_set_verify(pair->client_ctx, SSL_VERIFY_PEER, NULL);
    return set_files(pair->server_ctx, "rsa.pem", "rsa.key") &&
           SSL_CTX_load_verify_locations(pair->server_ctx, path("ca.pem"), NULL) == 1 &&
           SSL_CTX_load_verify_locations(pair->client_ctx, path("ca.pem"), NULL) == 1;
}

static SSL *new_side(SSL_CTX *ctx, int fd)
{
    SSL *ssl = SSL_new(ctx);

    fcntl(fd, F_SETFL, O_NONBLOCK);
    SSL_set_fd(ssl, fd);
    return ssl;
}

/* New connections of the contexts, over sockets with little room. */
static int new_connections(Pair *pair)
{
    int fd[2], size = 4096;

    if (socketpair(AF_UNIX, SOCK_STREAM, 0, fd) != 0) {
        return 0;
    }
    pair->server_fd = fd[0];
    pair->client_fd = fd[1];
    setsockopt(pair->client_fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
    pair->server = new_side(pair->server_ctx, pair->server_fd);
    pair->client = new_side(pair->client_ctx, pair->client_fd);
    SSL_set_accept_state(pair->server);
    SSL_set_connect_state(pair->client);
    return 1;
}

static int waits(const SSL *ssl, int result)
{
    int error = SSL_get_error(ssl, result);

    return result < 0 && (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE);
}

/* 1: both sides are through; 0: one of them failed. */
static int shake(Pair *pair)
{
    int client = -1, server = -1, round;

    ERR_clear_error();
    for (round = 0; round < 100 && (client != 1 || server != 1); round++) {
        client = SSL_do_handshake(pair->client);
        if (client != 1 && !waits(pair->client, client)) {
            break;
        }
        server = SSL_do_handshake(pair->server);
        if (server != 1 && !waits(pair->server, server)) {
            break;
        }
    }
    return client == 1 && server == 1;
}

static int connected(Pair *pair, int version)
{
    return new_contexts(pair, version) && new_connections(pair) && shake(pair);
}

static void close_connections(Pair *pair)
{
    SSL_free(pair->client);
    SSL_free(pair->server);
    close(pair->client_fd);
    close(pair->server_fd);
}

static int done(Pair *pair)
{
    close_connections(pair);
    SSL_CTX_free(pair->client_ctx);
    SSL_CTX_free(pair->server_ctx);
    ERR_clear_error();
    return 1;
}

/* What one side writes reaches the other, whatever handshake comes between. */
static int carries(SSL *from, SSL *to, const char *text)
{
    char got[64], aside[64];
    int  length = (int)strlen(text), written = -1, have = -1, round;

    for (round = 0; round < 50 && have < 0; round++) {
        if (written < 0) {
            written = SSL_write(from, text, length);
            if (written < 0 && !waits(from, written)) {
                return 0;
            }
        }
        have = SSL_read(to, got, sizeof(got));
        if (have <= 0 && !waits(to, have)) {
            return 0;
        }
        (void)SSL_read(from, aside, sizeof(aside)); /* its part of a handshake */
    }
    return written == length && have == length && memcmp(got, text, (size_t)length) == 0;
}

/* Until it has nothing more to give. */
static long read_all(SSL *ssl)
{
    long all = 0;
    int  got;

    while ((got = SSL_read(ssl, received, BIG)) > 0) {
        all += got;
    }
    return all;
}

/* Data from the client for which the sockets have no room: the first call that takes no more. */
static int fill(Pair *pair, int portion)
{
    int result;

    do {
        result = SSL_write(pair->client, big, portion);
    } while (result > 0);
    return SSL_get_error(pair->client, result) == SSL_ERROR_WANT_WRITE;
}

/* The same, and no call is left to be repeated. */
static int fill_up(Pair *pair)
{
    CHECK(fill(pair, 7));
    while (SSL_write(pair->client, big, 7) <= 0) {
        CHECK(SSL_read(pair->server, received, 100) > 0);
    }
    return 1;
}

/* ---- certificates of clients ---- */

/* Apache's SSLVerifyClient in a directory: the connection stands, then a certificate is wanted. */
static int demand_later(Pair *pair, const char *certificate, const char *key)
{
    CHECK(new_contexts(pair, TLS1_2_VERSION));
    CHECK(certificate == NULL || set_files(pair->client_ctx, certificate, key));
    CHECK(new_connections(pair) && shake(pair));
    SSL_set_options(pair->server, SSL_OP_NO_SESSION_RESUMPTION_ON_RENEGOTIATION);
    SSL_set_verify(pair->server, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    CHECK(SSL_renegotiate(pair->server) == 1 && SSL_do_handshake(pair->server) == 1);
    /* The client answers when it reads; till then it may write under the old keys. */
    (void)SSL_read(pair->client, received, BIG);
    return carries(pair->client, pair->server, "secret, please");
}

static int certificate_demanded_later(void)
{
    Pair pair;

    CHECK(demand_later(&pair, NULL, NULL) == 0);
    CHECK(done(&pair));
    CHECK(demand_later(&pair, "stranger-client.pem", "stranger-client.key") == 0);
    CHECK(SSL_get_verify_result(pair.server) != X509_V_OK);
    CHECK(done(&pair));
    CHECK(demand_later(&pair, "client-rsa.pem", "client-rsa.key") == 1);
    CHECK(SSL_get_verify_result(pair.server) == X509_V_OK);
    return done(&pair);
}

/* The server waits already when the program says what it wants. */
static int certificate_demanded_before_hello(void)
{
    static const int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};
    Pair             pair;
    int              i;

    for (i = 0; i < 4; i++) {
        CHECK(new_contexts(&pair, versions[i % 2]));
        CHECK(i < 2 || set_files(pair.client_ctx, "client-rsa.pem", "client-rsa.key"));
        CHECK(new_connections(&pair));
        CHECK(waits(pair.server, SSL_do_handshake(pair.server)));
        SSL_set_verify(pair.server, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
        CHECK(shake(&pair) == (i >= 2));
        CHECK(done(&pair));
    }
    return 1;
}

/* ---- settings that change ---- */

static int contexts_freed_first(void)
{
    Pair pair;

    CHECK(connected(&pair, TLS1_2_VERSION));
    SSL_CTX_free(pair.client_ctx);
    SSL_CTX_free(pair.server_ctx);
    pair.client_ctx = pair.server_ctx = NULL;
    CHECK(SSL_renegotiate(pair.client) == 1);
    CHECK(carries(pair.client, pair.server, "still here"));
    CHECK(SSL_num_renegotiations(pair.client) == 1);
    return done(&pair);
}

/* Of connections that stand, of such as have not begun, and of those that come later. */
static int files_replaced(void)
{
    Pair pair, early;

    CHECK(connected(&pair, TLS1_2_VERSION));
    early = pair;
    CHECK(new_connections(&early));
    CHECK(set_files(pair.server_ctx, "second.pem", "second.key"));
    CHECK(SSL_CTX_load_verify_locations(pair.client_ctx, path("ca.pem"), NULL) == 1);
    CHECK(SSL_renegotiate(pair.client) == 1);
    CHECK(carries(pair.client, pair.server, "the old one"));
    CHECK(SSL_num_renegotiations(pair.client) == 1);
    CHECK(shake(&early));
    close_connections(&early);
    close_connections(&pair);
    CHECK(new_connections(&pair) && shake(&pair));
    return done(&pair);
}

/* A certificate is renewed: first the file of the one, then the file of the other. */
static int certificate_before_key(void)
{
    Pair pair;

    CHECK(new_contexts(&pair, TLS1_3_VERSION));
    CHECK(SSL_CTX_use_certificate_chain_file(pair.server_ctx, path("client-rsa.pem")) == 1);
    CHECK(SSL_CTX_check_private_key(pair.server_ctx) == 0);
    CHECK(SSL_CTX_use_PrivateKey_file(pair.server_ctx, path("client-rsa.key"), SSL_FILETYPE_PEM));
    CHECK(SSL_CTX_check_private_key(pair.server_ctx) == 1);
    CHECK(set_files(pair.server_ctx, "rsa.pem", "rsa.key"));
    CHECK(new_connections(&pair) && shake(&pair));
    return done(&pair);
}

static int bad_files_change_nothing(void)
{
    Pair pair;

    CHECK(new_contexts(&pair, TLS1_3_VERSION));
    CHECK(!SSL_CTX_use_certificate_chain_file(pair.server_ctx, path("nobody.pem")));
    CHECK(!SSL_CTX_use_PrivateKey_file(pair.server_ctx, path("nobody.key"), SSL_FILETYPE_PEM));
    CHECK(!SSL_CTX_use_PrivateKey_file(pair.server_ctx, path("client-rsa.key"), SSL_FILETYPE_PEM));
    CHECK(!SSL_CTX_load_verify_locations(pair.client_ctx, path("nobody.pem"), NULL));
    CHECK(SSL_CTX_check_private_key(pair.server_ctx) == 1);
    CHECK(new_connections(&pair) && shake(&pair));
    return done(&pair);
}

static int connects_as(const char *asked, const char *early, const char *late, int flip)
{
    Pair pair;
    int  through;

    CHECK(new_contexts(&pair, TLS1_3_VERSION) && new_connections(&pair));
    CHECK(asked == NULL || SSL_set_tlsext_host_name(pair.client, asked) == 1);
    CHECK(early == NULL || SSL_set1_host(pair.client, early) == 1);
    CHECK(waits(pair.client, SSL_do_handshake(pair.client)));
    CHECK(late == NULL || SSL_set1_host(pair.client, late) == 1);
    if (flip) {
        SSL_set_accept_state(pair.client);
    }
    through = shake(&pair) && SSL_get_verify_result(pair.client) == X509_V_OK;
    (void)done(&pair);
    return through;
}

/* The host counts that was set last, also behind the first step of a handshake. */
static int host_set_late(void)
{
    CHECK(connects_as(NULL, NULL, "localhost", 0) == 1);
    CHECK(connects_as("localhost", NULL, "localhost", 0) == 1);
    CHECK(connects_as(NULL, "bank.example", "localhost", 0) == 1);
    CHECK(connects_as(NULL, NULL, "bank.example", 0) == 0);
    CHECK(connects_as("localhost", NULL, "bank.example", 0) == 0);
    CHECK(connects_as("localhost", "localhost", "bank.example", 0) == 0);
    return 1;
}

static int side_changed_late(void)
{
    CHECK(connects_as("localhost", "bank.example", NULL, 1) == 0);
    return 1;
}

static int agrees(int min, uint64_t options, int server_max)
{
    Pair pair;
    int  version;

    CHECK(new_contexts(&pair, server_max));
    CHECK(min == 0 || SSL_CTX_set_min_proto_version(pair.client_ctx, min) == 1);
    SSL_CTX_set_options(pair.client_ctx, options);
    CHECK(new_connections(&pair));
    version = shake(&pair) ? SSL_version(pair.client) : 0;
    (void)done(&pair);
    return version;
}

static int versions_closed(void)
{
    CHECK(agrees(TLS1_1_VERSION, SSL_OP_NO_TLSv1_2, TLS1_2_VERSION) == 0);
    CHECK(agrees(TLS1_1_VERSION, SSL_OP_NO_TLSv1_2, TLS1_3_VERSION) == 0);
    CHECK(agrees(TLS1_VERSION, SSL_OP_NO_TLSv1 | SSL_OP_NO_TLSv1_2, TLS1_3_VERSION) == 0);
    CHECK(agrees(TLS1_2_VERSION, SSL_OP_NO_TLSv1_2 | SSL_OP_NO_TLSv1_3, TLS1_3_VERSION) == 0);
    CHECK(agrees(TLS1_2_VERSION, SSL_OP_NO_TLSv1_2, TLS1_3_VERSION) == TLS1_3_VERSION);
    CHECK(agrees(TLS1_2_VERSION, SSL_OP_NO_TLSv1_3, TLS1_3_VERSION) == TLS1_2_VERSION);
    CHECK(agrees(TLS1_1_VERSION, SSL_OP_NO_TLSv1_1, TLS1_3_VERSION) == TLS1_3_VERSION);
    return 1;
}

/* ---- the end ---- */

static int is_end(SSL *ssl)
{
    int got = SSL_read(ssl, received, BIG);

    return got == 0 && SSL_get_error(ssl, got) == SSL_ERROR_ZERO_RETURN;
}

/* TLS 1.3: who has said that he is done still hears the other. */
static int half_closed(void)
{
    Pair pair;
    int  got;

    CHECK(connected(&pair, TLS1_3_VERSION));
    CHECK(carries(pair.client, pair.server, "GET"));
    CHECK(SSL_shutdown(pair.client) == 0);
    CHECK(is_end(pair.server) && SSL_get_shutdown(pair.server) == SSL_RECEIVED_SHUTDOWN);
    CHECK(SSL_write(pair.server, big, 1000) == 1000);
    CHECK(SSL_read(pair.client, received, BIG) == 1000);
    got = SSL_read(pair.client, received, BIG);
    CHECK(got == -1 && SSL_get_error(pair.client, got) == SSL_ERROR_WANT_READ);
    CHECK(SSL_get_shutdown(pair.client) == SSL_SENT_SHUTDOWN);
    got = SSL_shutdown(pair.client);
    CHECK(got == -1 && SSL_get_error(pair.client, got) == SSL_ERROR_WANT_READ);
    CHECK(SSL_shutdown(pair.server) == 1);
    CHECK(is_end(pair.client));
    CHECK(SSL_shutdown(pair.client) == 1);
    CHECK(SSL_get_shutdown(pair.client) == (SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN));
    return done(&pair);
}

/* What has come already is still there behind the own close. */
static int rest_read_behind_close(void)
{
    static const int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};
    Pair             pair;
    int              i;

    for (i = 0; i < 2; i++) {
        CHECK(connected(&pair, versions[i]));
        CHECK(SSL_write(pair.server, big, 10000) == 10000);
        CHECK(SSL_read(pair.client, received, 4) == 4 && SSL_pending(pair.client) == 9996);
        CHECK(SSL_shutdown(pair.client) == 0);
        CHECK(SSL_read(pair.client, received, BIG) == 9996);
        CHECK(done(&pair));
    }
    return 1;
}

static int no_writing_behind_close(void)
{
    static const int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};
    Pair             pair;
    int              i, result;

    for (i = 0; i < 2; i++) {
        CHECK(connected(&pair, versions[i]));
        CHECK(SSL_shutdown(pair.client) == 0);
        result = SSL_write(pair.client, "x", 1);
        CHECK(result == -1 && SSL_get_error(pair.client, result) == SSL_ERROR_SSL);
        CHECK(SSL_get_shutdown(pair.client) == SSL_SENT_SHUTDOWN);
        CHECK(done(&pair));
    }
    return 1;
}

/* The second call waits for the peer's close_notify and no longer; nobody closes a socket. */
static int both_close(void)
{
    Pair pair;

    CHECK(connected(&pair, TLS1_3_VERSION));
    CHECK(SSL_shutdown(pair.client) == 0 && SSL_shutdown(pair.server) == 0);
    CHECK(SSL_shutdown(pair.client) == 1 && SSL_shutdown(pair.server) == 1);
    return done(&pair);
}

/* The same, where the engine of sslref may say that it cannot know: but nothing else. */
static int both_close_before_13(void)
{
    Pair pair;
    int  result;

    CHECK(connected(&pair, TLS1_2_VERSION));
    CHECK(SSL_shutdown(pair.client) == 0);
    result = SSL_read(pair.client, received, BIG);
    CHECK(result == -1 && (SSL_get_shutdown(pair.client) & SSL_RECEIVED_SHUTDOWN) == 0);
    ERR_clear_error();
    CHECK(SSL_shutdown(pair.server) == 0);
    result = SSL_shutdown(pair.client);
    CHECK(result == 1 || (result == -1 && SSL_get_error(pair.client, result) == SSL_ERROR_SSL));
    CHECK((result == 1) == ((SSL_get_shutdown(pair.client) & SSL_RECEIVED_SHUTDOWN) != 0));
    CHECK(done(&pair));

    CHECK(connected(&pair, TLS1_2_VERSION)); /* the other way: asked and answered */
    CHECK(SSL_shutdown(pair.server) == 0);
    CHECK(is_end(pair.client));
    CHECK(SSL_shutdown(pair.client) == 1);
    return done(&pair);
}

/* Data is in the way of the peer's close_notify: that is said. */
static int data_before_close(void)
{
    Pair pair;
    int  result;

    CHECK(connected(&pair, TLS1_3_VERSION));
    CHECK(SSL_shutdown(pair.client) == 0);
    CHECK(SSL_write(pair.server, "late", 4) == 4);
    CHECK(SSL_shutdown(pair.server) == 0);
    result = SSL_shutdown(pair.client);
    CHECK(result == -1 && SSL_get_error(pair.client, result) == SSL_ERROR_SSL);
    ERR_clear_error();
    if (SSL_read(pair.client, received, BIG) == 4) { /* libssl gives up the connection */
        CHECK(is_end(pair.client));
        CHECK(SSL_shutdown(pair.client) == 1);
    }
    return done(&pair);
}

static int ends_badly(Pair *pair)
{
    int result = SSL_shutdown(pair->client);

    CHECK(result == -1 && !waits(pair->client, result));
    CHECK((SSL_get_shutdown(pair->client) & SSL_RECEIVED_SHUTDOWN) == 0);
    return 1;
}

/* The peer's socket is closed, with and without data that it has not read (then: ECONNRESET). */
static int end_without_close_notify(void)
{
    static const int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};
    Pair             pair;
    int              i, result;

    for (i = 0; i < 4; i++) {
        CHECK(connected(&pair, versions[i % 2]));
        CHECK(SSL_shutdown(pair.client) == 0);
        CHECK(i >= 2 || is_end(pair.server));
        if (i < 2) {
            SSL_free(pair.server); /* in TLS 1.2 sslref has answered by itself */
            pair.server = NULL;
        }
        shutdown(pair.server_fd, SHUT_RDWR);
        close(pair.server_fd);
        CHECK(ends_badly(&pair));
        CHECK(done(&pair));
        CHECK(connected(&pair, versions[i % 2]));
        CHECK(i < 2 || SSL_write(pair.client, "x", 1) == 1);
        close(pair.server_fd);
        result = SSL_read(pair.client, received, BIG);
        CHECK(result <= 0 && !waits(pair.client, result));
        CHECK(SSL_get_error(pair.client, result) != SSL_ERROR_ZERO_RETURN);
        CHECK((SSL_get_shutdown(pair.client) & SSL_RECEIVED_SHUTDOWN) == 0);
        CHECK(done(&pair));
    }
    return 1;
}

static int shutdown_out_of_place(void)
{
    Pair pair;
    int  result;

    CHECK(new_contexts(&pair, TLS1_3_VERSION) && new_connections(&pair));
    CHECK(SSL_shutdown(pair.client) == -1 && SSL_get_shutdown(pair.client) == 0);
    CHECK(waits(pair.client, SSL_do_handshake(pair.client)));
    CHECK(SSL_shutdown(pair.client) == -1 && SSL_get_shutdown(pair.client) == 0);
    CHECK(shake(&pair));
    CHECK(write(pair.client_fd, garbage, sizeof(garbage)) == (ssize_t)sizeof(garbage));
    result = SSL_read(pair.server, received, BIG);
    CHECK(result == -1 && SSL_get_error(pair.server, result) == SSL_ERROR_SSL);
    CHECK(SSL_shutdown(pair.server) == -1);
    CHECK((SSL_get_shutdown(pair.server) & SSL_SENT_SHUTDOWN) == 0);
    return done(&pair);
}

/* close_notify waits for room, and leaves with a later call. */
static int close_waits_for_room(void)
{
    Pair pair;
    int  result;

    CHECK(connected(&pair, TLS1_3_VERSION));
    CHECK(fill_up(&pair));
    result = SSL_shutdown(pair.client);
    CHECK(result == -1 && SSL_get_error(pair.client, result) == SSL_ERROR_WANT_WRITE);
    CHECK(read_all(pair.server) > 0);
    CHECK(SSL_shutdown(pair.client) == 0);
    CHECK(read_all(pair.server) >= 0 && is_end(pair.server));
    return done(&pair);
}

/* ---- waiting and trying again ---- */

/* A handshake began in SSL_read, and its flight does not fit: that is what the program must know.
 */
static int flight_waits_for_room(void)
{
    Pair          pair;
    struct pollfd room;
    int           result = 0, round;

    CHECK(connected(&pair, TLS1_2_VERSION));
    CHECK(fill_up(&pair));
    CHECK(SSL_renegotiate(pair.server) == 1 && SSL_do_handshake(pair.server) == 1);
    for (round = 0; round < 3; round++) {
        result = SSL_read(pair.client, received, BIG);
        CHECK(waits(pair.client, result));
    }
    room.fd     = pair.client_fd;
    room.events = POLLOUT;
    CHECK(poll(&room, 1, 0) == 0); /* else this test tests nothing */
    CHECK(SSL_get_error(pair.client, result) == SSL_ERROR_WANT_WRITE);
    CHECK(read_all(pair.server) > 0);
    CHECK(carries(pair.client, pair.server, "through"));
    return done(&pair);
}

static int refuses(SSL *ssl, const void *data, int length)
{
    int result = SSL_write(ssl, data, length);
    int error  = SSL_get_error(ssl, result);

    ERR_clear_error();
    return result == -1 && error == SSL_ERROR_SSL;
}

/* A write that waits is repeated with the same bytes, or refused. (Behind that libssl gives up the
 * connection.) */
static int other_bytes_refused(void)
{
    static char other[16000];
    Pair        pair;
    int         shorter;

    memset(other, 'o', sizeof(other));
    for (shorter = 0; shorter < 2; shorter++) {
        CHECK(connected(&pair, TLS1_3_VERSION) && fill(&pair, 16000));
        CHECK(refuses(pair.client, shorter ? big : other, shorter ? 5 : 16000));
        CHECK(done(&pair));
    }
    return 1;
}

/* The connection fails while a write waits: it cannot have succeeded. */
static int write_behind_failure(void)
{
    Pair pair;
    int  result;

    CHECK(connected(&pair, TLS1_3_VERSION) && fill(&pair, 16000));
    CHECK(write(pair.server_fd, garbage, sizeof(garbage)) == (ssize_t)sizeof(garbage));
    do {
        result = SSL_read(pair.client, received, BIG);
    } while (waits(pair.client, result));
    CHECK(result == -1 && SSL_get_error(pair.client, result) == SSL_ERROR_SSL);
    result = SSL_write(pair.client, big, 16000);
    CHECK(result == -1 && !waits(pair.client, result));
    return done(&pair);
}

/* The same bytes at another place, where the program has said that it does so. */
static int moved_bytes_taken(void)
{
    static char moved[16000];
    Pair        pair;
    long        all = 0;
    int         result;

    memset(moved, 'b', sizeof(moved));
    CHECK(connected(&pair, TLS1_3_VERSION));
    SSL_set_mode(pair.client, SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    CHECK(fill(&pair, 16000));
    while ((result = SSL_write(pair.client, moved, 16000)) <= 0) {
        CHECK(waits(pair.client, result));
        all += read_all(pair.server);
    }
    all += read_all(pair.server);
    CHECK(all % 16000 == 0 && memcmp(received, big, 16000) == 0);
    CHECK(SSL_write(pair.client, "o", 1) == 1); /* that one is done: anything may follow */
    CHECK(SSL_read(pair.server, received, BIG) == 1 && received[0] == 'o');
    CHECK(fill(&pair, 16000));
    CHECK(refuses(pair.client, moved, 5));
    return done(&pair);
}

/* ---- data in the midst of a handshake ---- */

/* The client begins a handshake of which the server hears nothing, because it only writes. */
static int deaf_server(Pair *pair)
{
    CHECK(connected(pair, TLS1_2_VERSION));
    CHECK(SSL_renegotiate(pair->client) == 1);
    CHECK(waits(pair->client, SSL_do_handshake(pair->client)));
    return 1;
}

/* More than can be kept: the program hears so, instead of being told to wait for ever. (libssl does
 * not keep any; its connection is then over.) */
static int too_much_aside(void)
{
    Pair pair;
    long sent = 0, got;
    int  round, result = -1;

    CHECK(deaf_server(&pair));
    for (round = 0; round < 1000; round++) {
        int written = SSL_write(pair.server, big, 16000);

        sent += written > 0 ? written : 0;
        result = SSL_write(pair.client, "x", 1);
        if (!waits(pair.client, result)) {
            break;
        }
    }
    CHECK(result == -1 && SSL_get_error(pair.client, result) == SSL_ERROR_SSL);
    ERR_clear_error();
    if ((got = read_all(pair.client)) > 0) {
        while (got < sent) {
            CHECK(SSL_write(pair.server, big, 16000) == 16000); /* perhaps one that waited */
            got += read_all(pair.client);
            sent += 16000;
            CHECK(sent < 3000000);
        }
        CHECK(carries(pair.client, pair.server, "x"));
    }
    return done(&pair);
}

/* What the program takes makes room, although there is always some left. */
static int taken_aside_and_read(void)
{
    Pair pair;
    int  round, result = -1;

    CHECK(deaf_server(&pair));
    for (round = 0; round < 300; round++) {
        CHECK(SSL_write(pair.server, big, 16000) == 16000);
        result = SSL_write(pair.client, "x", 1);
        if (round == 0 && !waits(pair.client, result)) {
            break; /* libssl */
        }
        CHECK(waits(pair.client, result));
        CHECK(round < 3 || SSL_read(pair.client, received, 16000) == 16000);
    }
    return done(&pair);
}

/* ---- errors ---- */

static int errors_of_the_last_call(void)
{
    Pair pair;
    BIO *bio;
    int  result;

    CHECK(connected(&pair, TLS1_3_VERSION));
    result = SSL_read(pair.client, received, -1);
    CHECK(result == -1 && SSL_get_error(pair.client, result) == SSL_ERROR_SSL);
    CHECK(ERR_get_error() != 0);
    result = SSL_write(pair.client, received, -1);
    CHECK(result == -1 && SSL_get_error(pair.client, result) == SSL_ERROR_SSL);
    CHECK(ERR_get_error() != 0);
    bio = BIO_new(BIO_f_ssl());
    CHECK(bio != NULL && BIO_set_ssl(bio, pair.client, BIO_NOCLOSE) == 1);
    CHECK(waits(pair.client, SSL_read(pair.client, received, BIG)));
    CHECK(BIO_write(bio, "", 0) <= 0 && !BIO_should_retry(bio));
    CHECK(BIO_read(bio, received, BIG) == -1 && BIO_should_retry(bio));
    CHECK(waits(pair.client, SSL_read(pair.client, received, BIG)));
    CHECK(!waits(pair.client, SSL_write(pair.client, "", 0)));
    BIO_free(bio);
    CHECK(carries(pair.client, pair.server, "and on"));
    return done(&pair);
}

/* ---- BIOs ---- */

static int bio_closes(void)
{
    Pair pair;
    BIO *bio = BIO_new(BIO_f_ssl());

    CHECK(connected(&pair, TLS1_3_VERSION));
    CHECK(bio != NULL && BIO_set_ssl(bio, pair.client, BIO_CLOSE) == 1);
    BIO_free(bio);
    pair.client = NULL;
    CHECK(is_end(pair.server));
    return done(&pair);
}

static int bio_takes_another(void)
{
    Pair one, two;
    BIO *bio = BIO_new(BIO_f_ssl());

    CHECK(connected(&one, TLS1_3_VERSION) && connected(&two, TLS1_3_VERSION));
    CHECK(bio != NULL && BIO_set_ssl(bio, one.client, BIO_CLOSE) == 1);
    one.client = NULL;
    CHECK(BIO_set_ssl(bio, two.client, BIO_CLOSE) == 1);
    CHECK(is_end(one.server));
    CHECK(carries(two.client, two.server, "the second"));
    BIO_free(bio);
    two.client = NULL;
    CHECK(is_end(two.server));
    return done(&one) && done(&two);
}

/* ---- the table ---- */

static const struct {
    const char *name;
    int (*run)(void);
} cases[] = {
    {"certificate_demanded_later", certificate_demanded_later},
    {"certificate_demanded_before_hello", certificate_demanded_before_hello},
    {"contexts_freed_first", contexts_freed_first},
    {"files_replaced", files_replaced},
    {"certificate_before_key", certificate_before_key},
    {"bad_files_change_nothing", bad_files_change_nothing},
    {"host_set_late", host_set_late},
    {"side_changed_late", side_changed_late},
    {"versions_closed", versions_closed},
    {"half_closed", half_closed},
    {"rest_read_behind_close", rest_read_behind_close},
    {"no_writing_behind_close", no_writing_behind_close},
    {"both_close", both_close},
    {"both_close_before_13", both_close_before_13},
    {"data_before_close", data_before_close},
    {"end_without_close_notify", end_without_close_notify},
    {"shutdown_out_of_place", shutdown_out_of_place},
    {"close_waits_for_room", close_waits_for_room},
    {"flight_waits_for_room", flight_waits_for_room},
    {"other_bytes_refused", other_bytes_refused},
    {"write_behind_failure", write_behind_failure},
    {"moved_bytes_taken", moved_bytes_taken},
    {"too_much_aside", too_much_aside},
    {"taken_aside_and_read", taken_aside_and_read},
    {"errors_of_the_last_call", errors_of_the_last_call},
    {"bio_closes", bio_closes},
    {"bio_takes_another", bio_takes_another},
};

int main(int argc, char **argv)
{
    size_t i;
    int    failed = 0;

    if (argc < 2) {
        return 2;
    }
    directory = argv[1];
    signal(SIGPIPE, SIG_IGN);
    alarm(60);
    memset(big, 'b', sizeof(big));
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        if (argc < 3 || strcmp(argv[2], cases[i].name) == 0) {
            int ok = cases[i].run();

            printf("%s %s\n", cases[i].name, ok ? "ok" : "FAILED");
            fflush(stdout);
            failed += !ok;
        }
    }
    return failed != 0;
}
