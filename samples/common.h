/*
 * common.h - what client and server share: a context set up by the options, sockets, and how
 * errors are told. Reading options lives in options.h, saying what was negotiated in describe.h.
 */
#ifndef SSLREF_SAMPLES_COMMON_H
#define SSLREF_SAMPLES_COMMON_H

#include "options.h"
#include "sslposix.h"

#include <stdio.h>

/* Objects that contexts refer to; they must live until the last context is deleted. */
typedef struct Shared {
    SSLIdentity     *identities[MAX_IDENTITIES];
    int              identity_count;
    SSLTrust        *trust;
    SSLSessionStore *sessions;
    SSLSharedStore  *shared_sessions;
    SSLTicketKeys   *ticket_keys;
    struct SSLRedis *redis;
    SSLReplayStore  *replays;
    FILE            *keylog;
    char            *psk_keys;
} Shared;

/* Make a context as the options say (a template: it has no socket). NULL: it failed, and the
 * reason has been printed. */
SSLContext *make_template(const Options *options, SSLProtocolSide side, Shared *shared);

/* A new context like the template, on the socket fd; NULL when there is no memory. */
SSLContext *duplicate_context(SSLContext *source, int fd);

/* Delete a context and its memory (NULL: nothing). */
void free_context(SSLContext *ctx);

/* Free what make_template put into shared; after the last context is deleted. */
void free_shared(Shared *shared);

/* The whole file (at most 64 MB) and a zero behind it, in a block of malloc(); NULL and errno. */
char *read_text_file(const char *path);

/* 0 to 15; -1: it is no hexadecimal digit. */
int hex_digit(char character);

/* Zero what was secret, in a way that compilers leave in. */
void wipe(void *bytes, size_t length);

/* Print an error, and what the engine and the peer have to say about it. ctx may be NULL. */
void print_error(SSLContext *ctx, const char *what, SSLErr err);

/* Connect to a host, trying all its addresses; listen on one and find out the port. Both give a
 * socket that does not block, or -1 after printing the reason. */
int connect_to(const char *host, const char *port, int milliseconds);
int listen_on(const char *host, const char *port, unsigned *port_taken);

/* Give the context the keys of export and anonymous suites, from files: an RSA key in PEM or DER,
 * Diffie-Hellman parameters in DER. See old_keys.c. */
SSLErr set_export_key(SSLContext *ctx, const char *path);
SSLErr set_dh_params(SSLContext *ctx, const char *path);

#endif
