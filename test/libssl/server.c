/*
 * server.c - a small server, as one writes it for libssl: echoes lines over one connection, and
 * does what some of them say. server CERT KEY CA VERSION; prints its port.
 */
#include "talk.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

static int accept_one(void)
{
    struct sockaddr_in address;
    socklen_t          length   = sizeof(address);
    int                listener = socket(AF_INET, SOCK_STREAM, 0), fd;

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
    fd = accept(listener, NULL, NULL);
    close(listener);
    return fd;
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
    printf("version=%s reused=%d verify=%ld\n", SSL_get_version(ssl), SSL_session_reused(ssl),
           SSL_get_verify_result(ssl));
    (void)SSL_shutdown(ssl);
    return 0;
}

int main(int argc, char **argv)
{
    SSL_CTX *ctx;
    SSL     *ssl;
    int      fd, result;

    if (argc != 5) {
        return 2;
    }
    alarm(30);
    ctx = SSL_CTX_new(TLS_server_method());
    if (ctx == NULL || SSL_CTX_use_certificate_chain_file(ctx, argv[1]) != 1 ||
        SSL_CTX_use_PrivateKey_file(ctx, argv[2], SSL_FILETYPE_PEM) != 1 ||
        SSL_CTX_check_private_key(ctx) != 1 ||
        SSL_CTX_load_verify_locations(ctx, argv[3], NULL) != 1 ||
        SSL_CTX_set_max_proto_version(ctx, version_named(argv[4])) != 1) {
        return fail("setting up");
    }
    SSL_CTX_set_options(ctx, SSL_OP_ALLOW_CLIENT_RENEGOTIATION);
    fd  = accept_one();
    ssl = SSL_new(ctx);
    if (fd < 0 || ssl == NULL || SSL_set_fd(ssl, fd) != 1) {
        return fail("accepting");
    }
    result = serve(ssl);
    SSL_free(ssl);
    SSL_CTX_free(ctx);
    close(fd);
    return result;
}
