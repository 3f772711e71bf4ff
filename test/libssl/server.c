/*
 * server.c - a small server, as one writes it for libssl: echoes lines over one connection, and
 * does what some of them say. server CERT KEY CA VERSION [CONNECTIONS [lax|moving]]; prints its
 * port. With CONNECTIONS there are so many, one after the other, and each client must show a
 * certificate; lax: a callback lets every one pass; moving: each has a session ID context of its
 * own.
 */
#include "talk.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

static int listen_somewhere(void)
{
    struct sockaddr_in address;
    socklen_t          length   = sizeof(address);
    int                listener = socket(AF_INET, SOCK_STREAM, 0);

    memset(&address, 0, sizeof(address));
    address.sin_family      = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(listener, (struct sockaddr *)&address, sizeof(address)) != 0 ||
        listen(listener, 1) != 0 ||
        getsockname(listener, (struct sockaddr *)&address, &length) != 0) {
        return -1;
    }
    printf("port=%d\n", ntohs(address.sin_port));
    fflush(stdout);
    return listener;
}

static int let_pass(int good, X509_STORE_CTX *store)
{
    (void)good;
    (void)store;
    return 1;
}

/* The program's wishes come in the lines: handshakes, new keys, counters. */
static int obey(SSL *ssl, const char *line, char *answer)
{
    int result = 1;

    if (strcmp(line, "renegotiate") == 0) {
        result = SSL_renegotiate(ssl) && SSL_do_handshake(ssl) == 1;
    } else if (strcmp(line, "update") == 0) {
        result = SSL_key_update(ssl, SSL_KEY_UPDATE_REQUESTED) && SSL_do_handshake(ssl) == 1;
    } else if (strcmp(line, "counts") == 0) {
        snprintf(answer, MAX_LINE, "num=%ld total=%ld", SSL_num_renegotiations(ssl),
                 SSL_total_renegotiations(ssl));
        return 1;
    }
    snprintf(answer, MAX_LINE, "%s", line);
    return result;
}

static int serve(SSL *ssl)
{
    char line[MAX_LINE], answer[MAX_LINE];

    if (SSL_accept(ssl) != 1) {
        return fail("SSL_accept");
    }
    while (read_line(ssl, line)) {
        if (!obey(ssl, line, answer)) {
            return fail(line);
        }
        if (!write_line(ssl, answer)) {
            return fail("SSL_write");
        }
    }
    printf("version=%s reused=%d verify=%s\n", SSL_get_version(ssl), SSL_session_reused(ssl),
           SSL_get_verify_result(ssl) == X509_V_OK ? "ok" : "bad");
    fflush(stdout);
    (void)SSL_shutdown(ssl);
    return 0;
}

static int set_session_context(SSL_CTX *ctx, unsigned char number)
{
    return SSL_CTX_set_session_id_context(ctx, &number, 1) == 1;
}

static int serve_one(SSL_CTX *ctx, int listener)
{
    int  fd  = accept(listener, NULL, NULL), result;
    SSL *ssl = SSL_new(ctx);

    if (fd < 0 || ssl == NULL || SSL_set_fd(ssl, fd) != 1) {
        return fail("accepting");
    }
    result = serve(ssl);
    SSL_free(ssl);
    close(fd);
    return result;
}

int main(int argc, char **argv)
{
    SSL_CTX *ctx;
    int      listener, connections = argc > 5 ? atoi(argv[5]) : 1, result = 0;
    int      lax = argc > 6 && strcmp(argv[6], "lax") == 0, moving = argc > 6 && !lax;

    if (argc < 5) {
        return 2;
    }
    alarm(30);
    ctx = SSL_CTX_new(TLS_server_method());
    if (ctx == NULL || SSL_CTX_use_certificate_chain_file(ctx, argv[1]) != 1 ||
        SSL_CTX_use_PrivateKey_file(ctx, argv[2], SSL_FILETYPE_PEM) != 1 ||
        SSL_CTX_check_private_key(ctx) != 1 ||
        SSL_CTX_load_verify_locations(ctx, argv[3], NULL) != 1 ||
        SSL_CTX_set_max_proto_version(ctx, version_named(argv[4])) != 1 ||
        !set_session_context(ctx, 0)) {
        return fail("setting up");
    }
    SSL_CTX_set_options(ctx, SSL_OP_ALLOW_CLIENT_RENEGOTIATION);
    if (argc > 5) {
        SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
                           lax ? let_pass : NULL);
    }
    listener = listen_somewhere();
    if (listener < 0) {
        return fail("listening");
    }
    while (result == 0 && connections-- > 0) {
        result = moving && !set_session_context(ctx, (unsigned char)connections)
                     ? fail("session ID context")
                     : serve_one(ctx, listener);
    }
    close(listener);
    SSL_CTX_free(ctx);
    return result;
}
