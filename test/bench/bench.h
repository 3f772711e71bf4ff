/*
 * bench.h - what the benchmark asks of a TLS engine, so that ours and OpenSSL's go through the same
 * loops: a world of one setup, whole handshakes in it, and data over one connection. ours.c and
 * openssl.c implement it (their headers have the same name and must not meet), bench_tls.c calls
 * it.
 */
#ifndef SSLREF_BENCH_H
#define SSLREF_BENCH_H

#include <stddef.h>

typedef struct Setup {
    int tls13;    /* TLS 1.3, else TLS 1.2 */
    int rsa;      /* RSA-2048 certificates, else ECDSA P-256 */
    int chacha20; /* ChaCha20-Poly1305, else AES-128-GCM */
    int resumed;  /* every handshake but the first takes up the session of the one before */
} Setup;

typedef struct World World;

/* Both sides in one process and one thread, X25519, the client checks chain, dates and name. A
 * function that can fail prints why and ends the program. */
typedef struct Engine {
    const char *name;
    World *(*create)(const Setup *setup); /* NULL: this engine cannot do that (yet) */
    void (*remove)(World *world);

    /* Two new connections from the world's templates; the handshake alone; close_notify from both
     * sides and deletion. */
    void (*open)(World *world);
    void (*handshake)(World *world);
    void (*close)(World *world);

    /* Number of bytes in one write of the client, read by the server. */
    void (*transfer)(World *world, size_t length);

    /* Free what a program can have freed on an idle connection; not 0 if that includes the peer's
     * certificate. */
    int (*settle)(World *world);
} Engine;

extern const Engine sslref, openssl;

/* ---- memory.c: who allocated what ---- */

typedef struct Tally {
    size_t allocations, bytes;         /* all */
    size_t own_allocations, own_bytes; /* of these: the TLS library itself, not its cryptography */
    size_t live, peak;                 /* bytes */
} Tally;

enum {
    TALLY_NOBODY,
    TALLY_CLIENT,
    TALLY_SERVER,
    TALLY_COUNT
};

/* Not 0: the engines allocate through this. OpenSSL must be told before its first allocation. */
extern int tally_is_on;

/* Whose call runs: every allocation until the next call is counted there. */
extern int tally_side;

void         tally_reset(void);
const Tally *tally_of(int side);
void        *tally_allocate(size_t length, int own);
void        *tally_resize(void *block, size_t length, int own);
void         tally_free(void *block);
void         openssl_use_tally(void); /* openssl.c */

/* ---- certificates.c: made when the program starts ---- */

#define BENCH_HOST "bench.sslref.test"

typedef struct Credentials {
    char *anchor, *certificate, *key; /* PEM; the certificate is signed by the anchor */
} Credentials;

const Credentials *credentials(int rsa);
void               credentials_free(void);

/* Print and end the program. */
void give_up(const char *who, const char *what);

#endif
