/*
 * client.c - a small client, as one writes it for libssl. client PORT CA CERT KEY STEP...: each
 * step is a line that the server echoes, or one of R (renegotiate), r (abbreviated), k (key
 * update), B (renegotiate behind 600 bytes, over a BIO), c (clear the count). Prints what it saw.
 */
#include "talk.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

static int connect_to(int port)
{
    struct sockaddr_in address;
    int                fd = socket(AF_INET, SOCK_STREAM, 0);

    memset(&address, 0, sizeof(address));
    address.sin_family      = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port        = htons((unsigned short)port);
    return connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0 ? fd : -1;
}

static int talk(SSL *ssl, const char *line)
{
    char answer[MAX_LINE];

    if (!write_line(ssl, line) || !read_line(ssl, answer)) {
        return fail(line);
    }
    printf("%s\n", answer);
    return 0;
}

static int renegotiate(SSL *ssl, int abbreviated)
{
    int result = abbreviated ? SSL_renegotiate_abbreviated(ssl) : SSL_renegotiate(ssl);

    printf("scheduled=%d pending=%d\n", result, SSL_renegotiate_pending(ssl));
    if (result == 1 && SSL_do_handshake(ssl) != 1) {
        return fail("SSL_do_handshake");
    }
    printf("num=%ld total=%ld pending=%d reused=%d\n", SSL_num_renegotiations(ssl),
           SSL_total_renegotiations(ssl), SSL_renegotiate_pending(ssl), SSL_session_reused(ssl));
    return 0;
}

/* 20 lines of 100 bytes through a BIO that renegotiates behind every 600. */
static int by_bytes(SSL *ssl)
{
    char line[101], answer[101];
    BIO *bio = BIO_new(BIO_f_ssl());
    int  i, got;
    long before;

    if (bio == NULL) {
        return fail("BIO_new");
    }
    BIO_set_ssl(bio, ssl, BIO_NOCLOSE);
    before = BIO_set_ssl_renegotiate_bytes(bio, 600);
    printf("before=%ld\n", before);
    (void)BIO_set_ssl_renegotiate_bytes(bio, 100); /* too few: nothing changes */
    memset(line, 'x', 99);
    line[99] = '\n';
    for (i = 0; i < 20; i++) {
        int have = 0;

        if (BIO_write(bio, line, 100) != 100) {
            return fail("BIO_write");
        }
        while (have < 100) {
            got = BIO_read(bio, answer + have, 100 - have);
            if (got <= 0 && !BIO_should_retry(bio)) {
                return fail("BIO_read");
            }
            have += got > 0 ? got : 0;
        }
        if (memcmp(line, answer, 100) != 0) {
            return fail("the echo");
        }
    }
    printf("fired=%d\n", BIO_get_num_renegotiates(bio) > 3);
    BIO_free_all(bio); /* libssl: with the BIO of the socket, which it shares with ssl */
    return 0;
}

static int step(SSL *ssl, const char *what)
{
    if (strcmp(what, "R") == 0 || strcmp(what, "r") == 0) {
        return renegotiate(ssl, what[0] == 'r');
    }
    if (strcmp(what, "k") == 0) {
        return SSL_key_update(ssl, SSL_KEY_UPDATE_REQUESTED) == 1 ? 0 : fail("SSL_key_update");
    }
    if (strcmp(what, "c") == 0) {
        long before = SSL_clear_num_renegotiations(ssl);

        printf("cleared=%ld num=%ld\n", before, SSL_num_renegotiations(ssl));
        return 0;
    }
    return strcmp(what, "B") == 0 ? by_bytes(ssl) : talk(ssl, what);
}

int main(int argc, char **argv)
{
    SSL_CTX *ctx;
    SSL     *ssl;
    int      fd, i, result = 0;

    if (argc < 5) {
        return 2;
    }
    alarm(30);
    ctx = SSL_CTX_new(TLS_client_method());
    if (ctx == NULL || SSL_CTX_load_verify_locations(ctx, argv[2], NULL) != 1 ||
        SSL_CTX_use_certificate_chain_file(ctx, argv[3]) != 1 ||
        SSL_CTX_use_PrivateKey_file(ctx, argv[4], SSL_FILETYPE_PEM) != 1) {
        return fail("setting up");
    }
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
    fd  = connect_to(atoi(argv[1]));
    ssl = SSL_new(ctx);
    if (fd < 0 || ssl == NULL || SSL_set_fd(ssl, fd) != 1 ||
        SSL_set_tlsext_host_name(ssl, "localhost") != 1 || SSL_set1_host(ssl, "localhost") != 1) {
        return fail("connecting");
    }
    if (SSL_connect(ssl) != 1) {
        return fail("SSL_connect");
    }
    printf("version=%s verify=%ld secure=%ld\n", SSL_get_version(ssl), SSL_get_verify_result(ssl),
           SSL_get_secure_renegotiation_support(ssl));
    for (i = 5; i < argc && result == 0; i++) {
        result = step(ssl, argv[i]);
    }
    (void)SSL_shutdown(ssl);
    SSL_free(ssl);
    SSL_CTX_free(ctx);
    close(fd);
    return result;
}
