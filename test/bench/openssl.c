/*
 * openssl.c - OpenSSL as the benchmark sees it: an SSL_CTX for each side, an SSL for every
 * connection, over memory BIOs. Session tickets are off, because we have none there: TLS 1.2
 * resumes by session ID, and in TLS 1.3 nothing is sent behind a handshake that is not to be
 * resumed.
 */
#include "bench.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <stdlib.h>
#include <string.h>

struct World {
    Setup         setup;
    SSL_CTX      *contexts[2]; /* client, server */
    SSL          *client, *server;
    SSL_SESSION  *session;
    BIO          *to_client, *to_server; /* used again by every connection */
    unsigned char data[16384], received[16384];
};

static void must(int ok, const char *what)
{
    if (!ok) {
        ERR_print_errors_fp(stderr);
        give_up("OpenSSL", what);
    }
}

/* ---- memory: libssl itself is told from libcrypto by the name of the source file ---- */

static int is_libssl(const char *file)
{
    return file != NULL && (strncmp(file, "ssl/", 4) == 0 || strstr(file, "/ssl/") != NULL);
}

static void *counting_malloc(size_t length, const char *file, int line)
{
    (void)line;
    return tally_allocate(length, is_libssl(file));
}

static void *counting_realloc(void *block, size_t length, const char *file, int line)
{
    (void)line;
    if (length == 0) {
        tally_free(block);
        return NULL;
    }
    return tally_resize(block, length, is_libssl(file));
}

static void counting_free(void *block, const char *file, int line)
{
    (void)file;
    (void)line;
    tally_free(block);
}

void openssl_use_tally(void)
{
    must(CRYPTO_set_mem_functions(counting_malloc, counting_realloc, counting_free),
         "CRYPTO_set_mem_functions");
}

/* ---- a world ---- */

static BIO *pem(const char *text)
{
    return BIO_new_mem_buf(text, -1);
}

static X509 *certificate_of(const char *text)
{
    BIO  *bio         = pem(text);
    X509 *certificate = PEM_read_bio_X509(bio, NULL, NULL, NULL);

    must(certificate != NULL, "certificate");
    BIO_free(bio);
    return certificate;
}

static SSL_CTX *make_context(const Setup *setup, const SSL_METHOD *method)
{
    const int version = setup->tls13 ? TLS1_3_VERSION : TLS1_2_VERSION;
    SSL_CTX  *ctx     = SSL_CTX_new(method);

    must(ctx != NULL, "SSL_CTX_new");
    must(SSL_CTX_set_min_proto_version(ctx, version) == 1 &&
             SSL_CTX_set_max_proto_version(ctx, version) == 1,
         "version");
    must(SSL_CTX_set_ciphersuites(ctx, setup->chacha20 ? "TLS_CHACHA20_POLY1305_SHA256"
                                                       : "TLS_AES_128_GCM_SHA256") == 1,
         "suites");
    must(SSL_CTX_set_cipher_list(ctx, setup->chacha20 ? "ECDHE+CHACHA20" : "ECDHE+AES128+AESGCM") ==
             1,
         "suites");
    must(SSL_CTX_set1_groups_list(ctx, "X25519:P-256") == 1, "groups");
    if (!(setup->tls13 && setup->resumed)) {
        SSL_CTX_set_options(ctx, SSL_OP_NO_TICKET);
        must(SSL_CTX_set_num_tickets(ctx, 0) == 1, "tickets");
    }
    SSL_CTX_set_session_cache_mode(
        ctx, setup->resumed ? SSL_SESS_CACHE_SERVER | SSL_SESS_CACHE_CLIENT : SSL_SESS_CACHE_OFF);
    SSL_CTX_set_session_id_context(ctx, (const unsigned char *)"bench", 5);
    return ctx;
}

/* A memory BIO that has grown already: the transport's memory is nobody's. */
static BIO *make_transport(World *world)
{
    BIO *bio = BIO_new(BIO_s_mem());
    int  i;

    must(bio != NULL, "BIO_new");
    BIO_set_mem_eof_return(bio, -1);
    for (i = 0; i < 4; i++) {
        must(BIO_write(bio, world->data, sizeof(world->data)) > 0, "BIO_write");
    }
    return bio;
}

static World *create(const Setup *setup)
{
    const Credentials *from  = credentials(setup->rsa);
    World             *world = calloc(1, sizeof(*world));
    X509              *anchor, *leaf;
    BIO               *key_text;
    EVP_PKEY          *key;

    must(world != NULL, "out of memory");
    world->setup       = *setup;
    world->contexts[0] = make_context(setup, TLS_client_method());
    world->contexts[1] = make_context(setup, TLS_server_method());
    if (setup->tls13 && setup->resumed) {
        must(SSL_CTX_set_num_tickets(world->contexts[1], 1) == 1, "tickets");
    }
    anchor   = certificate_of(from->anchor);
    leaf     = certificate_of(from->certificate);
    key_text = pem(from->key);
    key      = PEM_read_bio_PrivateKey(key_text, NULL, NULL, NULL);
    must(X509_STORE_add_cert(SSL_CTX_get_cert_store(world->contexts[0]), anchor) == 1, "anchor");
    SSL_CTX_set_verify(world->contexts[0], SSL_VERIFY_PEER, NULL);
    must(SSL_CTX_use_certificate(world->contexts[1], leaf) == 1, "certificate");
    must(SSL_CTX_use_PrivateKey(world->contexts[1], key) == 1, "key");
    X509_free(anchor);
    X509_free(leaf);
    EVP_PKEY_free(key);
    BIO_free(key_text);
    world->to_client = make_transport(world);
    world->to_server = make_transport(world);
    return world;
}

static void remove_world(World *world)
{
    SSL_SESSION_free(world->session);
    SSL_CTX_free(world->contexts[0]);
    SSL_CTX_free(world->contexts[1]);
    BIO_free(world->to_client);
    BIO_free(world->to_server);
    free(world);
}

/* ---- connections ---- */

static void open_connection(World *world)
{
    BIO *to_client = world->to_client, *to_server = world->to_server;

    (void)BIO_reset(to_client);
    (void)BIO_reset(to_server);
    /* Each connection takes a reference to both. */
    BIO_up_ref(to_client);
    BIO_up_ref(to_server);
    BIO_up_ref(to_client);
    BIO_up_ref(to_server);

    tally_side    = TALLY_CLIENT;
    world->client = SSL_new(world->contexts[0]);
    must(world->client != NULL, "SSL_new");
    must(SSL_set1_host(world->client, BENCH_HOST) == 1, "SSL_set1_host");
    must(SSL_set_tlsext_host_name(world->client, BENCH_HOST) == 1, "server_name");
    SSL_set_bio(world->client, to_client, to_server);
    SSL_set_connect_state(world->client);
    if (world->session != NULL) {
        must(SSL_set_session(world->client, world->session) == 1, "SSL_set_session");
    }
    tally_side    = TALLY_SERVER;
    world->server = SSL_new(world->contexts[1]);
    must(world->server != NULL, "SSL_new");
    SSL_set_bio(world->server, to_server, to_client);
    SSL_set_accept_state(world->server);
    tally_side = TALLY_NOBODY;
}

static int step(SSL *ssl, int tally)
{
    int result;

    tally_side = tally;
    result     = SSL_do_handshake(ssl);
    if (result != 1) {
        must(SSL_get_error(ssl, result) == SSL_ERROR_WANT_READ, "SSL_do_handshake");
    }
    tally_side = TALLY_NOBODY;
    return result == 1;
}

static void handshake(World *world)
{
    int client, server, rounds;

    for (rounds = 0; rounds < 8; rounds++) {
        client = step(world->client, TALLY_CLIENT);
        server = step(world->server, TALLY_SERVER);
        if (client && server) {
            return;
        }
    }
    give_up("OpenSSL", "the handshake does not end");
}

/* The session to take up next time; in TLS 1.3 the ticket comes behind the handshake. */
static void keep_session(World *world)
{
    unsigned char nothing;

    if (world->setup.tls13) {
        (void)SSL_read(world->client, &nothing, 1);
    }
    SSL_SESSION_free(world->session);
    world->session = SSL_get1_session(world->client);
}

static void check_result(const World *world)
{
    if (SSL_version(world->client) != (world->setup.tls13 ? TLS1_3_VERSION : TLS1_2_VERSION) ||
        (SSL_session_reused(world->client) && !world->setup.resumed) ||
        (!SSL_session_reused(world->client) && world->setup.resumed && world->session != NULL)) {
        give_up("OpenSSL", "something else was negotiated");
    }
}

static void close_connection(World *world)
{
    check_result(world);
    if (world->setup.resumed) {
        keep_session(world);
    }
    tally_side = TALLY_CLIENT;
    (void)SSL_shutdown(world->client);
    tally_side = TALLY_SERVER;
    (void)SSL_shutdown(world->server);
    SSL_free(world->client);
    SSL_free(world->server);
    tally_side = TALLY_NOBODY;
}

static void transfer(World *world, size_t length)
{
    size_t have = 0, got;

    tally_side = TALLY_CLIENT;
    must(SSL_write_ex(world->client, world->data, length, &got) == 1, "SSL_write");
    tally_side = TALLY_SERVER;
    while (have < length) {
        must(SSL_read_ex(world->server, world->received + have, length - have, &got) == 1,
             "SSL_read");
        have += got;
    }
    tally_side = TALLY_NOBODY;
}

static int settle(World *world)
{
    (void)world; /* there is no such call; SSL_MODE_RELEASE_BUFFERS is off by default */
    return 0;
}

const Engine openssl = {
    .name      = "OpenSSL",
    .create    = create,
    .remove    = remove_world,
    .open      = open_connection,
    .handshake = handshake,
    .close     = close_connection,
    .transfer  = transfer,
    .settle    = settle,
};
