/*
 * harness.h - two contexts over a transport in memory, for the tests of this folder: every callback
 * counts its calls, can be told to wait, fail or lie at any of them, and checks that a repeated
 * call has equal arguments. A Scenario says what is negotiated and what is exchanged; an Outcome is
 * what both sides report afterwards, and can be compared.
 */
#ifndef SSLREF_TEST_FAULT_HARNESS_H
#define SSLREF_TEST_FAULT_HARNESS_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "core/base/context.h"
#include "pool.h"

/* ---- which callback ---- */

enum {
    CALL_ALLOC,
    CALL_FREE,
    CALL_RANDOM,
    CALL_TIME,
    CALL_READ,
    CALL_WRITE,
    CALL_ADD_SESSION,
    CALL_GET_SESSION,
    CALL_DELETE_SESSION,
    CALL_CHECK,
    CALL_VERIFY,
    CALL_IDENTITY,
    CALL_HELLO,
    CALL_TICKET_KEY,
    CALL_SIGN,
    CALL_DECRYPT,
    CALL_PSK,
    CALL_REPLAY,
    CALL_KEY_LOG,
    CALL_TRACE,
    CALLS
};

extern const char *const call_names[CALLS];

/* What a callback does at the chosen calls instead of its duty. */
typedef enum Lie {
    LIE_NONE,      /* no fault */
    LIE_ERROR,     /* return .code at once */
    LIE_NOTHING,   /* success, nothing done: no byte moved, no block, an empty result */
    LIE_TOO_MUCH,  /* success, with a count one over the room */
    LIE_SHORT,     /* a result one byte too short */
    LIE_WRONG,     /* a result with one bit changed */
    LIE_ELSEWHERE, /* the result's address is another one */
    LIE_ERROR_WITH_DATA
} Lie;

typedef struct Fault {
    int      call; /* CALL_... */
    Lie      lie;
    SSLErr   code;
    unsigned first, times; /* calls first .. first + times - 1, counted from 0 */
} Fault;

/* ---- transport ---- */

typedef struct Pipe {
    uint8_t *data;
    size_t   start, end, capacity;
    size_t   total; /* bytes that ever went in */
    size_t   room;  /* most bytes that may be under way; 0: any number */
    size_t   cut;   /* the reader gets end_with behind so many bytes; the writer, too, when .both */
    SSLErr   end_with; /* SSLNoErr: no cut */
    SSLErr   refuse;   /* what the writer gets behind so many bytes; SSLNoErr: no cut */
} Pipe;

/* ---- sessions ---- */

#define STORE_ENTRIES 4

typedef struct Store {
    struct {
        uint8_t key[64], data[4096];
        size_t  key_length, data_length;
    } entries[STORE_ENTRIES];
    size_t count;
} Store;

/* ---- what is negotiated and exchanged ---- */

typedef enum Credential {
    NO_CREDENTIAL,
    SERVER_EC,
    SERVER_RSA,
    SERVER_ED,
    CLIENT_EC,
    CLIENT_RSA,
    STRANGER,
    CREDENTIALS
} Credential;

enum {
    RENEGOTIATE_BY_CLIENT = 1,
    RENEGOTIATE_BY_CLIENT_ABBREVIATED,
    RENEGOTIATE_BY_SERVER,
    ASK_FOR_CERTIFICATE /* TLS 1.3: what a server renegotiates for */
};

typedef struct Scenario {
    const char        *name;
    SSLProtocolVersion version;
    uint16             suite; /* 0: the default list */
    uint16             group; /* 0: the default list */
    Credential         server, client;
    uint8_t            retry_group; /* the client's first group is one that the server lacks */
    uint8_t            cookie, resume, ocsp, alpn, key_update, key_callbacks, no_etm;
    uint8_t            manual; /* the server's identity by SSLSetPrivateKey and SSLAddCertificate */
    uint8_t            duplicate;      /* contexts are made by SSLDuplicateContext */
    uint8_t            own_objects;    /* identities and trust are made in the side's pool */
    uint8_t            decisions;      /* check, verify, identity and ClientHello callbacks */
    uint8_t            callback_trust; /* no SSLTrust: the check callback alone decides */
    uint8_t            tickets;        /* the server seals them; 2: and renews what is used */
    uint8_t            psk;         /* both have a pre-shared key; of SHA-256: 1, of SHA-384: 2 */
    uint8_t            renegotiate; /* RENEGOTIATE_BY_... between two exchanges of data */
    size_t             early;       /* bytes of 0-RTT data */
    size_t             data;        /* bytes in each direction; 0: a default */
    size_t             write_size, read_size; /* of SSLWrite and SSLRead; 0: 1000 */
} Scenario;

extern const Scenario scenarios[];
extern const size_t   scenario_count;

/* ---- a side and the two together ---- */

typedef struct World World;
typedef struct Side  Side;

enum {
    OP_HANDSHAKE,
    OP_SEND,
    OP_RECEIVE,
    OP_KEY_UPDATE,
    OP_RENEGOTIATE,
    OP_CLOSE,
    OP_CLOSE_WRITE,
    OP_EXPECT_CLOSE,
    OP_EARLY_SEND,
    OP_EARLY_RECEIVE,
    OP_END
};

typedef struct Step {
    int    op;
    size_t amount; /* bytes; KEY_UPDATE: request; RENEGOTIATE: abbreviated */
} Step;

#define MAX_STEPS   24
#define MAX_SECRETS 32

typedef struct Secret {
    uint8_t bytes[MAX_DH_SIZE];
    size_t  length;
} Secret;

/* The arguments of a call that waited. */
typedef struct Asked {
    int         pending;
    const void *pointer;
    size_t      length;
    uint64_t    digest;
} Asked;

struct Side {
    World      *world;
    Side       *peer;
    int         server;
    uint8_t    *block; /* context, then a guard */
    SSLContext *ctx;
    Pool        pool;
    Pipe       *in, *out;
    Store      *store;
    uint64_t    random_state;

    unsigned calls[CALLS];
    Fault    fault;
    int      wait_pattern; /* every decision first waits this often, then answers */
    unsigned waits_left[CALLS];
    Asked    asked[CALLS];
    unsigned cancels;
    uint32   blocked; /* SSL_Wants... of the callbacks that made the present call wait */
    int      inside;  /* depth of callbacks; it must never exceed what setters need */
    void (*visit)(Side *side, int call); /* runs inside every callback */
    void  *visit_ref;
    size_t io_chunk, io_write; /* most bytes per read and write; 0: any number */
    int    io_stutter;         /* every second call of the transport waits */
    int    io_short;           /* fewer bytes than asked are a success, as long as there are any */
    int    stutter_read, stutter_write;
    int    io_random; /* sizes at random */
    SSLErr verify_answer;
    int    verify_overrules;
    SSLErr seen_verdict;
    Bytes  get_answer; /* what get-session hands out instead of the store's, if not NULL */

    SSLAllocFunc       plain_memory; /* instead of the pool: for threads */
    SSLFreeFunc        plain_free;
    SSLIdentity       *own_identity;
    const SSLIdentity *callback_key; /* what side_private_key works with */
    SSLTrust          *own_trust;

    Step   program[MAX_STEPS];
    size_t step, done; /* of the step's amount */
    size_t sent, received, early_received;
    SSLErr result; /* the error that ended the program */
    int    finished;

    Secret secrets[MAX_SECRETS];
    size_t secret_count;
    char   rule[160];
};

struct World {
    const Scenario *scenario;
    Side            client, server;
    Pipe            up, down;
    Store           stores[2];
};

/* Contexts are not made yet: change what shall be different, then world_configure. */
void world_open(World *world, const Scenario *scenario);

/* Make and set up both contexts (or one). The first error of a setter. */
SSLErr side_configure(Side *side);
void   world_configure(World *world);

/* Run both programs until they end or nothing moves. */
void world_run(World *world);

/* Open, configure and handshake; the programs are not begun. */
void world_connect(World *world, const Scenario *scenario);

/* One step of one side: not 0 when something was done. */
int side_step(Side *side);

/* Delete contexts and objects; checks for leaks, damage and blocks that were not wiped. */
void side_delete(Side *side);
void world_close(World *world);

typedef struct Outcome {
    SSLErr             result[2];
    SSLProtocolVersion version[2];
    uint16             suite[2], group[2], peer_scheme[2], own_scheme[2];
    int                resumed[2], certificates[2], ems[2], etm[2];
    SSLSessionState    state[2];
    size_t             received[2], early_received[2], steps[2];
    int                early_accepted[2];
    uint8              alert_sent[2], alert_received[2];
    uint32             alpn[2], name[2], ocsp[2], psk[2];
} Outcome;

Outcome outcome_of(World *world);
void    assert_same_outcome(const Outcome *expected, const Outcome *got, const char *what);

/* A whole run without faults. */
Outcome clean_run(const Scenario *scenario, World *calls);

/* ---- smaller things ---- */

extern const char test_psk_identity[], test_psk_key[];

SSLBuffer buffer_of(const void *data, size_t length);
uint8_t   pattern(int from_server, size_t at);
int       is_thorough(void);
int       is_slow_build(void); /* sanitizers: samples may be thinner */
uint32    now(void);

const char *credential_chain(Credential credential);
const char *credential_key(Credential credential);
const char *root_certificate(void);
const char *middle_certificate(void);

/* Not one of a test's own: made once, shared, never freed. */
const SSLIdentity *shared_identity(Credential credential);
const SSLTrust    *shared_trust(void);
const Scenario    *scenario_named(const char *name);

#endif
