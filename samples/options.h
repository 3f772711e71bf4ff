/*
 * options.h - the options of client and server, spelled alike in both. Reading them lives in
 * options.c; applying them to a context in common.c.
 */
#ifndef SSLREF_SAMPLES_OPTIONS_H
#define SSLREF_SAMPLES_OPTIONS_H

#include "ssl.h"

#define MAX_IDENTITIES 16
#define MAX_NUMBERS    200

/* 0-RTT data that the samples send or take: one request. */
#define MAX_EARLY_BYTES 16000

/* A list of suites, groups or signature schemes; count 0: the engine's own choice. */
typedef struct Numbers {
    uint16 list[MAX_NUMBERS];
    uint32 count;
} Numbers;

typedef struct Options {
    /* Both programs. */
    const char        *host, *port;
    const char        *cert[MAX_IDENTITIES], *key[MAX_IDENTITIES]; /* pairs, by position */
    int                cert_count, key_count;
    const char        *password;
    const char        *ca;
    const char        *crl;
    const char        *revocation; /* off, soft or hard */
    const char        *pin;        /* 64 hexadecimal digits */
    const char        *psk;        /* a file of pre-shared keys */
    SSLProtocolVersion min, max;
    Numbers            suites, groups, sigalgs;
    const char        *alpn; /* names, with commas between them */
    int                request_cert, require_cert, insecure;
    uint32             record_limit, max_record, padding;
    uint32             renegotiate_bytes;
    int                no_split;
    const char        *keylog;
    int                trace, info, help;

    /* The client. */
    const char *url, *get, *name, *data_out, *renegotiate;
    int         post_handshake_auth;
    int         keyupdate, fallback, ocsp, any_name;
    uint32      reconnect, max_fragment, expect, timeout, min_dh;
    const char *session, *early_text; /* --early-data of the client */

    /* The server. */
    const char *session_file, *redis, *psk_hint;
    const char *root, *staple, *export_key, *dh_params;
    int         allow_renegotiation;
    int    cookie, strict_sni, any_sni, no_sessions, no_tickets, prefer_client, v2hello, v2export;
    uint32 max_seconds, idle;
    uint32 early_bytes; /* --early-data of the server */
} Options;

/* Read the command line. --help and mistakes end the program here: exit code 0 or 2. */
void read_options(Options *options, SSLProtocolSide side, int argc, char **argv);

/* "tls1.3" for TLS_Version_1_3: versions as the options spell them. */
const char *version_option_name(SSLProtocolVersion version);

#endif
