/*
 * connection.h - two contexts over wires in memory, for the tests of this folder: what is
 * negotiated is a Plan; every byte that was sent is kept; callbacks count, and can be told to wait
 * or fail at any call; memory is counted and must come back wiped.
 */
#ifndef SSLREF_TEST_CLASSIC_CONNECTION_H
#define SSLREF_TEST_CLASSIC_CONNECTION_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/ssl2/ssl2.h"
#include "core/credentials/identity.h"

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

/* ---- credentials ---- */

typedef enum Credential {
    NOBODY,
    OF_LEAF,   /* RSA 1024, with middle and root behind it */
    OF_CLIENT, /* RSA 1024, with root behind it */
    OF_SHORT,  /* RSA 512 */
    OF_LONG,   /* RSA 2048 */
    OF_DSA,
    OF_OLD, /* RSA 512, a certificate of version 1 */
    OF_EC,
    CREDENTIALS
} Credential;

const SSLIdentity *identity_of(Credential credential);

/* Certificate `index` of its chain, as DER; its private key, as PEM. */
SSLBuffer        certificate_of(Credential credential, size_t index);
SSLBuffer        key_of(Credential credential);
SSLBuffer        export_key_pem(void);
SSLRSAPrivateKey rsa_key(SSLBuffer pem);

/* A prime of 512, 1024 or 2048 bits with generator 2. */
SSLDHParams dh_params(size_t bits);

/* ---- what is negotiated ---- */

enum { /* Plan.flags */
    WITH_EXPORT_KEY   = 0x001,
    WITH_DH           = 0x002, /* SSLSetDHAnonParams, 1024 bits */
    WITH_REQUEST      = 0x004, /* the server asks for a certificate */
    WITH_REQUIREMENT  = 0x008,
    WITH_SESSIONS     = 0x010, /* peer ID and session callbacks on both sides */
    WITHOUT_SPLIT     = 0x020,
    WITH_CHECK        = 0x040, /* check callbacks on both sides */
    WITH_KEY_CALLBACK = 0x080, /* private keys behind a callback */
    WITH_EXPORT_KINDS = 0x100, /* SSL 2.0 export kinds beside later versions */
    WITH_SHORT_DH     = 0x200, /* SSLSetDHAnonParams, 512 bits */
    WITHOUT_ETM       = 0x400, /* the server overlooks encrypt_then_mac */
    WITH_PSK          = 0x800  /* both sides have the same pre-shared key */
};

typedef struct Plan {
    const char        *name;
    SSLProtocolVersion client_version, server_version; /* SSLSetProtocolVersion; 0x1..: as it is */
    uint16_t           suite;                          /* 0: those of SSLInitContextClassic */
    Credential         server, client;
    unsigned           flags;
} Plan;

/* ---- the connection ---- */

typedef struct Wire {
    uint8_t *data; /* everything that was ever sent */
    size_t   taken, length, capacity;
    size_t   cut; /* nothing behind so many bytes arrives, then this error; SSLNoErr: no cut */
    SSLErr   cut_with;
} Wire;

typedef struct Store { /* one session */
    uint8_t  key[64], data[6000];
    size_t   key_length, data_length;
    int      present;
    unsigned adds, gets, deletes;
} Store;

typedef enum CallKind {
    CALL_ALLOC,
    CALL_READ,
    CALL_WRITE,
    CALL_RANDOM,
    CALL_GET_SESSION,
    CALL_CHECK,
    CALL_KEY,
    CALL_KINDS
} CallKind;

typedef struct Connection Connection;

typedef struct End {
    Connection *connection;
    SSLContext *ctx;
    int         server;
    Wire       *in, *out;
    uint64_t    random;
    Store      *store;

    size_t   live; /* blocks */
    unsigned unwiped;

    unsigned calls[CALL_KINDS];
    CallKind fault_kind; /* calls fault_first .. + fault_times - 1 return fault_code */
    unsigned fault_first, fault_times;
    SSLErr   fault_code;
    size_t   read_chunk, write_chunk; /* 0: everything */
    size_t   write_room;              /* bytes that the transport takes in all; 0: any number */

    unsigned  check_calls;
    int       check_count;
    SSLBuffer check_first; /* copy of element 0 */
    SSLErr    check_answer;

    char    secret_line[256]; /* the last line of the key log */
    SSLErr  result;           /* of the last SSLHandshake */
    uint8_t received[70000];
    size_t  received_length;
} End;

struct Connection {
    Plan  plan;
    End   client, server;
    Wire  up, down;
    Store client_store, server_store;
};

/* Both contexts configured, nothing sent. `sessions` (two stores, client first) may be NULL. */
Connection *connection_open(const Plan *plan, const Store *sessions);

/* The parts of it, for tests that configure by hand: callbacks are set, nothing else. */
Connection *connection_bare(void (*init)(End *end));
void        connection_configure(Connection *connection, const Plan *plan);

/* Handshake on both sides until both are done or nothing moves. */
void connection_handshake(Connection *connection);

/* The same, and it must succeed. */
void connection_establish(Connection *connection);

/* Bytes of a pattern one way; 0 unless all arrive. */
int connection_carry(End *from, End *to, size_t length);

/* SSLRead into end->received, until it would block or ends; the last result. */
SSLErr end_read(End *end);

/* Delete both contexts; everything must have been freed, wiped. */
void connection_close(Connection *connection);
void end_delete(End *end);

/* ---- looking at it ---- */

SSLProtocolVersion end_version(End *end);
uint16_t           end_suite(End *end);
SSLSessionState    end_state(End *end);
uint8_t            end_alert_sent(End *end);
uint8_t            end_alert_received(End *end);
const char        *end_rule(End *end);
int                end_resumed(End *end);

/* The first handshake message of this type that stands in clear on the wire; length 0 if none. */
Bytes wire_message(const Wire *wire, uint8_t type);

/* Records of this type behind `from`, in SSL 3.0 and later. */
size_t wire_records(const Wire *wire, size_t from, uint8_t type);

/* Where these bytes first stand; -1 if nowhere. */
long wire_find(const Wire *wire, const void *bytes, size_t length);

/* What comes from outside. */
void wire_put(Wire *wire, const void *data, size_t length);

SSLBuffer buffer_of(const void *data, size_t length);
int       is_thorough(void);

#endif
