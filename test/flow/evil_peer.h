/*
 * evil_peer.h - two contexts joined in memory, of which one may lie. The honest one is an ordinary
 * SSLContext. The evil one is the engine too, but it walks a private copy of the flow tables in
 * which every row of its own side leads through a hook: there a message is complete and not yet
 * sealed, so that it can be changed, dropped, doubled, delayed, or joined by anything else under
 * the right keys. For the tests of this folder.
 */
#ifndef SSLREF_TEST_EVIL_PEER_H
#define SSLREF_TEST_EVIL_PEER_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../core/handshake/handshake.h"

/* ---- what is negotiated ---- */

#define MAX_GENERATIONS 8

typedef enum TestIdentity {
    IDENTITY_ED25519,
    IDENTITY_P256,
    IDENTITY_RSA,
    IDENTITIES
} TestIdentity;

enum {                           /* Scenario.flags */
    WITH_CLIENT_CERT     = 0x01, /* the server asks, the client has one */
    WITH_EMPTY_CERT      = 0x02, /* the server asks, the client has none */
    WITH_REQUIRED_CERT   = 0x04, /* the server requires, the client has none */
    WITH_STATUS          = 0x08, /* a stapled OCSP response */
    WITH_RETRY           = 0x10, /* the client's first share is of a group the server lacks */
    WITH_COOKIE          = 0x20, /* the server sends a cookie */
    WITH_RESUMPTION      = 0x40, /* an earlier handshake is taken up */
    WITH_SESSION_STORE   = 0x80, /* sessions are kept, none is there yet */
    WITH_ALPN            = 0x100,
    WITH_SERVER_NAME     = 0x200,
    WITH_FRAGMENT_LENGTH = 0x400,  /* the client asks for max_fragment_length 512 */
    WITH_SIZE_LIMIT      = 0x800,  /* both sides: record_size_limit 512 */
    WITH_NEWER_CLIENT    = 0x1000, /* the client allows TLS 1.3 too */
    WITH_NEWER_SERVER    = 0x2000, /* the server allows TLS 1.3 too */
    WITH_EARLY_DATA      = 0x4000, /* both sides allow 1000 bytes of 0-RTT data */
    WITH_SEALED_TICKETS  = 0x8000, /* tickets hold the session; the server stores none */
    WITH_PSK             = 0x10000 /* both sides have a pre-shared key, and the server a hint */
};

typedef struct Scenario {
    const char  *name;
    uint16_t     version; /* of both sides, TLS 1.2 or 1.3 */
    uint16_t     suite;   /* the only one; 0: those of the profile */
    uint16_t     group;   /* the only one; 0: X25519 */
    TestIdentity identity;
    unsigned     flags;
} Scenario;

/* ---- the peers ---- */

typedef struct Pipe {
    uint8_t *data;
    size_t   start, end, capacity;
    int      ended;
} Pipe;

typedef struct Heap {
    long blocks; /* given out now */
} Heap;

typedef struct TestSession {
    uint8_t *key, *data;
    size_t   key_length, length;
} TestSession;

typedef enum EvilPhase {
    EVIL_WORK,   /* a decision of this side was just made; message->row says which */
    EVIL_READY,  /* the message is complete: change it, or clear message->send */
    EVIL_ADDED,  /* it stands in the flight: what is put now follows in the same record */
    EVIL_SEALED, /* it is in a record of its own kind; the keys have not changed yet */
    EVIL_DONE    /* the keys have changed, if they do */
} EvilPhase;

typedef struct EvilMessage {
    const FlowRow *row;    /* of the original table */
    int            number; /* of this side's messages, from 0 */
    Writer         bytes;  /* with the header; of ChangeCipherSpec the content alone */
    int            send, change_keys;
} EvilMessage;

typedef struct Peer Peer;
typedef SSLErr (*EvilHook)(Peer *evil, EvilPhase phase, EvilMessage *message);

#define MAX_FLOW_ROWS 32
#define MAX_EARLY     1000 /* bytes of 0-RTT data, WITH_EARLY_DATA */
#define MAX_TOKENS    8

struct Peer {
    SSLContext  ctx; /* first: callbacks find the peer by it */
    const char *name;
    Pipe       *in, *out;
    Heap        heap;
    uint64_t    random;
    uint32      now;
    TestSession session;
    SSLErr      result; /* of the last SSLHandshake */

    uint8_t tokens[MAX_TOKENS][32]; /* server: what the replay callback has seen */
    int     token_count;
    uint32  window;

    /* the evil one */
    Profile    profile;
    Generation generations[MAX_GENERATIONS];
    FlowRow    rows[3][MAX_FLOW_ROWS];
    EvilHook   hook;
    void      *plan; /* the hook's own */
    int        sent; /* messages so far */
};

typedef struct Pair {
    Peer  client, server;
    Pipe  to_client, to_server;
    Peer *evil, *honest; /* when one of them is evil */
} Pair;

typedef enum EvilSide {
    NOBODY,
    EVIL_CLIENT,
    EVIL_SERVER
} EvilSide;

/* Both sides configured, nothing sent. A hook and its plan may be NULL. */
Pair *pair_open(const Scenario *scenario, EvilSide evil, EvilHook hook, void *plan);

/* Handshake until both are done or nothing moves any more. */
void pair_handshake(Pair *pair);

/* Both are connected and carry data both ways. */
int pair_is_connected(Pair *pair);

/* Delete both contexts; everything must have been freed. */
void pair_close(Pair *pair);

int peer_connected(Peer *peer);

/* SSLRead once, of at most 64 bytes. */
SSLErr peer_read(Peer *peer);

/* The alert that the peer sent, SSL_NO_ALERT for none. */
uint8_t peer_alert(Peer *peer);

const SSLIdentity *test_identity(TestIdentity which, int with_status);

/* Trust in this certificate alone. */
const SSLTrust *test_trust(TestIdentity which);

/* ---- what an evil peer can send besides; all of it under the keys in force ---- */

/* Into the flight, without the transcript: into the record of what stands there. */
void evil_put(Peer *evil, const void *data, size_t length);
void evil_put_message(Peer *evil, uint8_t type, const void *body, size_t length);

/* Content as a record of its own; the flight leaves first. */
void evil_content(Peer *evil, uint8_t type, const void *data, size_t length);

/* One protected record whatever its length, in TLS 1.3 with `zeros` bytes of padding. */
void evil_sealed(Peer *evil, uint8_t type, const void *data, size_t length, size_t zeros);

/* Bytes as they are. */
void evil_wire(Peer *evil, const void *data, size_t length);

/* A record in clear. */
void evil_clear(Peer *evil, uint8_t type, uint16_t version, const void *data, size_t length);

/* Seal and send what is there; the end of the stream. */
void evil_flush(Peer *evil);
void evil_end(Peer *evil);

/* Replace the bytes of a message. */
void message_set(EvilMessage *message, const void *data, size_t length);

#endif
