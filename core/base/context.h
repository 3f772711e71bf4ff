/*
 * context.h - the whole state of a connection, and of a handshake under way. Data only: whoever
 * suspends the engine finds everything here and nothing on the C stack. Each part is written by the
 * room named beside it.
 */
#ifndef SSLREF_BASE_CONTEXT_H
#define SSLREF_BASE_CONTEXT_H

#include "../../ssl.h"
#include "../tables/tables.h"
#include "../credentials/identity.h"
#include "agreed.h"
#include "reader.h"
#include "writer.h"

typedef struct FlowRow    FlowRow;    /* handshake/flow.h */
typedef struct Protection Protection; /* record/record.h */
typedef struct Protocol   Protocol;   /* keys/keys.h */
typedef struct Ssl2State  Ssl2State;  /* ssl2/ssl2.h */

/* ---- limits ---- */

#define MAX_FRAGMENT            16384 /* plaintext bytes of a record */
#define MAX_LIST                200   /* suites, groups or schemes that a program may enable */
#define MAX_IDENTITIES          16
#define MAX_EXTENSIONS          64    /* in one message */
#define MAX_HANDSHAKE_MESSAGE   16384 /* every message but the three below */
#define MAX_CLIENT_HELLO        65536
#define MAX_CERTIFICATE_MESSAGE 102400
#define MAX_STATUS_MESSAGE      65536
#define MAX_TICKET_MESSAGE      131072 /* a ticket of 2^16-1 bytes, and extensions */
#define MAX_QUIET_RECORDS       128 /* in a row without a byte of data: then the peer is hostile */
#define MAX_RECORDS_PER_CALL    32  /* in one SSLRead without a byte of data */
#define MAX_DROPPED_CCS         8 /* compatibility ChangeCipherSpec records of one TLS 1.3 handshake */
#define MAX_SKIPPED_EARLY_DATA  65536 /* bytes of 0-RTT records that are not accepted */
#define MAX_PSK_IDENTITIES      8     /* that a server looks up */
#define MAX_TICKETS             4     /* that a client keeps of one connection */
#define MAX_TICKET              16320 /* bytes that a server gives, and a client keeps */
#define MAX_SECRET              48    /* SHA-384 */
#define MAX_PSK                 SSL_MAX_PSK
#define MAX_PRIVATE_SHARE       96  /* the private half of a key share: ML-KEM seed and X25519 */
#define MAX_KEY_SHARES          2   /* that a client sends */
#define MAX_VERIFY_DATA         36  /* SSL 3.0 */
#define MAX_ALERT_RECORD        128 /* a sealed alert under any suite */
#define MAX_SIGNATURE           MAX_RSA_SIZE

/* ---- what a build has: profiles/ ---- */

/* A generation of the protocol: its differences, and its flow behind ServerHello. */
typedef struct Generation {
    const Protocol *protocol;
    const FlowRow  *flow;
} Generation;

/* What only versions and suites of the past need. Nobody but a profile names it. */
typedef struct Classic {
    const Protection *stream; /* RC4, or no cipher at all */
    SSLErr (*write_version2_hello)(SSLContext *ctx, Writer *message);
    SSLErr (*read_version2_hello)(SSLContext *ctx, Reader *body);
    Bytes           export_primes[2]; /* of 512 and 1024 bits; the generator is 2 */
    const uint16_t *suites;           /* of SSLInitContextClassic */
    size_t          suite_count;
} Classic;

typedef struct Profile {
    const char       *name;
    const Generation *generations; /* oldest first */
    size_t            generation_count;
    uint16_t          version_min, version_max;  /* of this build */
    uint16_t          default_min, default_max;  /* of a fresh context */
    const uint16_t   *suites, *groups, *schemes; /* defaults, best first */
    size_t            suite_count, group_count, scheme_count;
    const uint16_t   *psk_suites; /* suites, where there is a pre-shared key */
    size_t            psk_suite_count;
    const FlowRow    *first_flow;
    const Generation *ssl2;    /* NULL: SSL 2.0 is not in this build */
    const Classic    *classic; /* NULL: TLS 1.2 and later alone, with suites of their time */
} Profile;

/* ---- configuration: api/configuration ---- */

typedef struct NumberList {
    const uint16_t *items;
    size_t          count;
    int             owned; /* allocated for this context; else the profile's default */
} NumberList;

typedef struct Config {
    uint8_t             side; /* SSLProtocolSide, 0: not set */
    uint8_t             request_client_cert, require_client_cert;
    uint8_t             prefer_peer_order, strict_server_name, fallback, request_ocsp, retry_cookie;
    uint8_t             allow_any_certificate, no_record_split, allow_v2_hello, send_v2_hello;
    uint8_t             allow_ssl2_export;
    uint8_t             has_peer_id;
    uint16_t            version_min, version_max;
    SSLProtocolVersion  requested_version; /* as the program set it, for the getter */
    NumberList          suites, groups, schemes;
    Bytes               host;      /* client: the peer's name */
    uint8_t             host_kind; /* sslr_x509_classify_host */
    Bytes               alpn;      /* a list of {length[1] name} */
    Bytes               peer_id;
    Bytes               names; /* distinguished names, as a list of {length[2] name} */
    uint16_t            max_fragment_length, record_size_limit, max_record_size, record_padding;
    uint16_t            min_dh_bits;         /* 0: 2048 */
    uint8_t             psk_modes;           /* SSL_PSK..., 0: SSL_PSKWithDHE */
    uint8_t             ticket_count;        /* one more than the number; 0: the default */
    uint32_t            session_lifetime;    /* seconds; 0: the default */
    uint8_t             post_handshake_auth; /* client: offered */
    uint8_t             renegotiation;       /* SSL_Renegotiate... */
    uint32_t            renegotiate_bytes, renegotiate_seconds; /* triggers; 0: off */
    Bytes               session;                                /* client: SSLSetSession */
    Bytes               psk; /* client, SSLSetPSK: its identity, so long, then the key */
    uint16_t            psk_identity_length;
    uint8_t             psk_hash; /* HashId */
    Bytes               psk_hint; /* server, up to TLS 1.2 */
    uint32_t            max_early_data;
    uint32_t            write_queue_limit;
    const SSLIdentity **identities; /* MAX_IDENTITIES places, or NULL */
    size_t              identity_count;
    const SSLTrust     *trust;
    struct OwnIdentity *own; /* the manual's SSLAddCertificate and SSLSetPrivateKey; or NULL */
    SSLRSAPrivateKey   *export_key;
    Bytes               dh_prime, dh_generator;
} Config;

/* The identity built inside a context by the manual's calls. */
typedef struct OwnIdentity {
    SSLIdentity      identity; /* views into the blocks below */
    SSLRSAPrivateKey key;
    uint8_t          has_key, prepared;
} OwnIdentity;

typedef struct Callbacks {
    SSLRandomFunc           random;
    void                   *random_ref;
    SSLTimeFunc             time;
    SSLConvertTimeFunc      convert_time;
    void                   *time_ref;
    SSLIOFunc               read, write;
    void                   *io_ref;
    SSLAddSessionFunc       add_session;
    SSLGetSessionFunc       get_session;
    SSLDeleteSessionFunc    delete_session;
    void                   *session_ref;
    SSLCheckCertificateFunc check_certificate;
    void                   *check_certificate_ref;
    SSLVerifyFunc           verify;
    void                   *verify_ref;
    SSLIdentityFunc         identity;
    void                   *identity_ref;
    SSLClientHelloFunc      client_hello;
    void                   *client_hello_ref;
    SSLTicketKeyFunc        ticket_key;
    void                   *ticket_key_ref;
    SSLPSKFunc              psk;
    void                   *psk_ref;
    SSLReplayFunc           replay;
    void                   *replay_ref;
    SSLKeyLogFunc           key_log;
    void                   *key_log_ref;
    SSLTraceFunc            trace;
    void                   *trace_ref;
} Callbacks;

/* ---- records: record/ ---- */

/* One direction's keys in force. */
typedef struct Direction {
    const Protection  *protection; /* NULL: records travel in clear */
    const CipherSuite *suite;
    uint64_t           sequence;
    uint64_t           record_limit; /* records allowed under this key */
    void              *state;        /* cipher state; laid out by the protection */
    size_t             state_length;
    uint8_t            iv[AEAD_NONCE_SIZE];
    uint8_t            encrypt_then_mac;
    uint8_t explicit_iv; /* CBC: each record brings its IV (from TLS 1.1 on); else chained */
    uint8_t ssl3;        /* MAC and padding of SSL 3.0 */
} Direction;

/* The record that is being gathered or consumed. */
typedef struct Incoming {
    uint8_t  header[5];
    uint8_t  header_have;
    uint8_t  opened;  /* content is valid; else buffer is being filled */
    uint8_t  skipped; /* 0-RTT data that is not accepted: nothing of it is looked at */
    uint8_t  type;    /* of the content */
    uint8_t *buffer;
    size_t   capacity, have;
    uint8_t *content; /* what is still unread */
    size_t   left;
} Incoming;

/* Protected records that wait for the write callback; an alert that must get out waits behind them.
 */
typedef struct Outgoing {
    uint8_t *data;
    size_t   start, end, capacity;
    uint8_t  alert[MAX_ALERT_RECORD];
    uint8_t  alert_start, alert_end;
} Outgoing;

/* ---- the handshake: handshake/, messages/, extensions/ ---- */

/* One whole handshake message. */
typedef struct Message {
    uint16_t type;  /* handshake type or pseudo-type */
    Bytes    body;  /* without the header */
    Bytes    whole; /* with it; empty for ChangeCipherSpec */
} Message;

/* Messages cut from records. */
typedef struct Framing {
    Writer  partial; /* a message that is split over records */
    Message message; /* the current one, while present */
    uint8_t present;
    uint8_t in_place; /* it lies in the record, not in partial */
} Framing;

/* Facts that the flow tables ask for (FlowRow.when, .unless, .choice). */
enum {
    FACT_RETRY            = 0x0001, /* a HelloRetryRequest was sent */
    FACT_FULL             = 0x0002, /* not resumed */
    FACT_RESUMED          = 0x0004,
    FACT_CERTIFIED        = 0x0008, /* the server shows a certificate */
    FACT_EPHEMERAL        = 0x0010, /* there is a ServerKeyExchange */
    FACT_RSA_TRANSPORT    = 0x0020,
    FACT_STATUS           = 0x0040, /* status_request was agreed on (up to TLS 1.2) */
    FACT_STATUS_SENT      = 0x0080, /* choice: CertificateStatus follows */
    FACT_CERT_REQUESTED   = 0x0100, /* choice: the server asks for a certificate */
    FACT_CLIENT_CERTIFIED = 0x0200, /* the client's Certificate is not empty */
    FACT_COMPATIBILITY    = 0x0400, /* TLS 1.3 looks like a resumed TLS 1.2 to middleboxes */
    FACT_V2_HELLO         = 0x0800, /* choice: the ClientHello has the format of SSL 2.0 */
    FACT_TICKET_WANTED    = 0x1000, /* up to TLS 1.2: the client would take a ticket */
    FACT_TICKET           = 0x2000, /* and the server gives it one */
    FACT_LATER            = 0x4000, /* TLS 1.3: a client's certificate behind the handshake */
    FACT_EARLY_OFFERED    = 0x8000, /* client: its hello offers 0-RTT; server: only a replay speaks
                                       against it */
    FACT_EARLY    = 0x10000,        /* 0-RTT data is accepted */
    FACT_PSK      = 0x20000,        /* a pre-shared key; in TLS 1.3 also that of a session */
    FACT_PSK_HINT = 0x40000,        /* choice: a ServerKeyExchange that is but a hint */
    FACT_ALL      = 0x7FFFF
};

/* The running hash of the handshake messages; the messages themselves while something may need
 * them. */
typedef struct Transcript {
    Writer    raw;
    uint8_t   hash; /* HashId; HASH_NONE: only raw so far; HASH_MD5: both MD5 and SHA-1 */
    uint8_t   keep_raw;
    HashState state;      /* from here on: as `hash` says */
    HashState state_sha1; /* up to TLS 1.1: SHA-1 beside MD5 */
} Transcript;

/* What the ClientHello says, seen by the server; views into client_hello_block. */
typedef struct ClientHello {
    uint16_t version; /* legacy_version */
    Bytes    session_id, suites, compressions;
    Bytes    versions, groups, schemes, certificate_schemes, shares, alpn, cookie;
    uint8_t  has_versions, has_groups, has_schemes, has_shares, has_server_name;
    uint8_t  has_renegotiation_info, has_scsv, extended_master_secret, encrypt_then_mac,
        status_request;
    uint8_t  has_record_size_limit, max_fragment_length, early_data;
    uint8_t  psk_modes; /* SSL_PSK... */
    uint8_t  has_psk_modes, has_psk;
    uint8_t  has_ticket;
    Bytes    ticket; /* RFC 5077: may be empty */
    Bytes    psk_identities, psk_binders;
    size_t   psk_binders_at; /* where in the body the list of binders begins */
    uint16_t record_size_limit;
} ClientHello;

typedef struct KeyShare {
    const Group *group;
    uint8_t      private_key[MAX_PRIVATE_SHARE];
} KeyShare;

/* 0-RTT data of this handshake (RFC 8446 4.2.10). */
typedef struct EarlyData {
    uint32_t left;            /* bytes that may still be sent or received */
    uint32_t age, age_add;    /* server: of the ticket that is taken up, in milliseconds */
    uint8_t  writing;         /* client: the sending keys are those of 0-RTT */
    uint8_t  reading;         /* server: the receiving keys are */
    uint8_t  answering;       /* server: it may send behind its Finished already */
    uint8_t  replay_waiting;  /* the callback has not answered */
    uint8_t  token[32];       /* what it is asked about */
    uint16_t suite, max_send; /* client: of the session that 0-RTT is bound to */
    Bytes    alpn;            /* client: likewise; view into the session */
} EarlyData;

/* A session of TLS 1.3 that may be resumed, read by core/session; views into its bytes. */
typedef struct Session13 {
    uint16_t suite, group, peer_scheme, max_send;
    uint32_t authenticated;
    Bytes    binding, shown_identity, peer_name, alpn, psk_identity, chain, tickets;
} Session13;

typedef struct Handshake {
    const FlowRow *table, *row;
    uint32_t       facts;
    uint8_t        entered; /* the row's WORK function has run at least once: it waits */

    Writer flight; /* messages written under the current keys, not yet in records */

    uint64_t
        offered; /* extensions offered (client) or received (server), as bits of core/extensions */
    uint64_t seen; /* extensions of the message being read */
    uint8_t  client_random[32], server_random[32];
    uint8_t  session_id[32]; /* legacy_session_id of the ClientHello, or the one to resume */
    uint8_t  session_id_length;
    uint16_t client_version; /* as the ClientHello said, for the RSA premaster */

    ClientHello hello;
    void       *hello_block;
    size_t      hello_block_length;
    Bytes       cookie; /* client: to send back; server: that was sent; own block */
    uint16_t    retry_group;
    uint16_t    retry_suite;

    const Group *group;
    Bytes        peer_share;  /* server: view into hello_block; or own block, see share_block */
    size_t       share_count; /* of shares */
    Bytes        dh_prime, dh_generator;
    uint8_t     *peer_public; /* TLS 1.2: the peer's public value, own block */
    size_t       peer_public_length;
    void        *private_block; /* long private value of a custom DH group */
    size_t       private_block_length;

    const SSLIdentity     *identity;
    uint8_t                identity_given; /* by the identity callback */
    const SignatureScheme *scheme;
    Writer key_exchange; /* ServerKeyExchange parameters, or the encrypted premaster; TLS 1.3
                            client: shares that the second ClientHello repeats */
    Writer               signing;   /* what is being signed, or its digest */
    Writer               signature; /* the result */
    SSLPrivateKeyRequest key_request;
    uint8_t              key_request_waiting;
    Writer               peer_schemes;      /* signature_algorithms of a CertificateRequest */
    uint8_t              client_cert_types; /* TLS 1.2 CertificateRequest: bit 0 RSA, bit 1 ECDSA */
    Writer peer_names; /* distinguished names of a CertificateRequest: {length[2] name}* */

    size_t  peer_count;
    Verdict verdict;
    uint8_t verdict_done, check_waiting, verify_waiting, identity_waiting, hello_waiting;
    uint8_t session_waiting;
    uint8_t session_is_set; /* by SSLSetSession: the store knows nothing of it */
    uint8_t ticket_key_waiting, has_ticket_key;
    uint8_t by_ticket; /* the session that is resumed came from a ticket; no session ID names it */
    uint8_t renew_ticket;    /* ... and a new ticket shall be given */
    SSLTicketKey ticket_key; /* what the callback gave */
    Bytes        ticket;     /* client: the one that is offered; view into session */

    size_t    premaster_length;
    Direction pending_read, pending_write; /* TLS 1.2: what ChangeCipherSpec puts into force */
    uint8_t   peer_changed_keys;           /* TLS 1.2: its ChangeCipherSpec was here */
    uint8_t   dropped_ccs;
    uint8_t   request_context_length; /* TLS 1.3: certificate_request_context, empty in the first */
    uint32_t  skip_early_data; /* server: bytes of refused 0-RTT records that may still come */

    Ssl2State *ssl2; /* while SSL 2.0 is spoken or offered */
    size_t     ssl2_length;

    uint16_t psk_length;   /* of psk; 0: none */
    uint8_t  psk_hash;     /* HashId, TLS 1.3 */
    uint8_t  psk_external; /* the chosen one is none of a session */
    uint8_t  psk_without_dhe, psk_answered;
    uint8_t  psk_looked_up; /* server: the present identity is not that of a session */
    uint8_t  psk_waiting;   /* the callback has not answered */
    Bytes    psk_identity;  /* client, TLS 1.3: the ticket; view into session */
    uint32_t psk_age;       /* client: obfuscated */
    uint16_t psk_index, psk_next;

    EarlyData early;

    Bytes    session; /* the stored session that may be resumed, own block */
    uint8_t *session_copy;

    Transcript transcript;

    /* From transcript.state on nothing is zeroed when a handshake begins: transcript.hash, the
     * counts and lengths above, and the place in the flow say how much of it was written. */
    KeyShare shares[MAX_KEY_SHARES];
    uint8_t  secret[MAX_SECRET];        /* TLS 1.3: the current stage of the key schedule */
    uint8_t  client_secret[MAX_SECRET]; /* TLS 1.3: handshake traffic secrets */
    uint8_t  server_secret[MAX_SECRET];
    uint8_t  session_hash[MAX_HASH_SIZE];  /* TLS 1.2: transcript up to ClientKeyExchange */
    uint8_t  first_hello_hash[MAX_SECRET]; /* of everything in ClientHello1 that must not change */
    uint8_t  second_hello_digest[MAX_HASH_SIZE]; /* server: up to the binders */
    uint8_t  psk_identity_digest[32];            /* server: to find it in a second ClientHello */
    uint8_t
        psk[MAX_PSK]; /* that is chosen; TLS 1.3, before: the client's ticket's, if it has one */
    Session13       session13; /* what `session` says, if it is one */
    uint8_t         request_context[255];
    uint8_t         premaster[2 + MAX_DH_SIZE + 2 + MAX_PSK];
    SSLBuffer       peer_certs[MAX_CHAIN_CERTIFICATES];
    X509Certificate peer_leaf; /* peer_certs[0]; views into the context's peer chain */
} Handshake;

/* ---- renegotiation: handshake/renegotiate.c ---- */

/* TLS 1.3: what a later request for the client's certificate needs; where that was agreed on. */
typedef struct PostAuth {
    HashState transcript;       /* up to the client's Finished */
    HashState asked_transcript; /* server: and the CertificateRequest */
    uint8_t   context[16];      /* server: certificate_request_context */
    Agreed   *before;           /* server: in force while an answer is under way, else NULL */
    uint8_t   wanted, asked, require;
} PostAuth;

/* ctx->renegotiation.scheduled */
enum {
    RENEGOTIATE_NOT,
    RENEGOTIATE_ABBREVIATED,
    RENEGOTIATE_FULL
};

typedef struct Renegotiation {
    Agreed  *before;    /* in force; not NULL: the handshake under way is not the first */
    uint8_t  scheduled; /* RENEGOTIATE_...: begins as soon as it suits */
    uint8_t  asked;     /* server: what our unanswered HelloRequest wants */
    uint8_t  automatic; /* a trigger has begun it: the peer may refuse */
    uint8_t  for_peer;  /* client: a HelloRequest has */
    uint8_t  declined;  /* and has, under the present keys */
    uint8_t  owe_refusal;
    uint8_t  verify_data_length;
    uint8_t  client_verify_data[MAX_VERIFY_DATA]; /* of the last handshake */
    uint8_t  server_verify_data[MAX_VERIFY_DATA];
    uint8_t  has_peer_digest; /* the peer's certificate was dropped: its SHA-256 */
    uint8_t  peer_digest[32];
    uint32_t started, started_total; /* by this side */
    uint32_t unasked;                /* caused by the peer, since window */
    int64_t  window;
    uint64_t moved;        /* bytes since the last trigger */
    int64_t  last_trigger; /* or when the timeout was set; 0: not known yet */
} Renegotiation;

/* ---- the context ---- */

struct SSLContext {
    SSLAllocator   allocator;
    Callbacks      callbacks;
    const Profile *profile;
    Config         config;

    uint8_t  state;                     /* SSLSessionState */
    uint8_t  in_callback;               /* 1: only getters; 2: setters of "Configuration" too */
    uint8_t  read_closed, write_closed; /* close_notify came, was queued */
    uint8_t  owe_close; /* write_closed, but an answer that has begun comes before close_notify */
    uint8_t  secure_renegotiation;
    uint8_t  owe_key_update, want_key_update, key_update_asked;
    uint8_t  key_update_awaited; /* the peer has not answered our request yet */
    uint8_t  alert_sent, alert_received;
    uint8_t  early_wanted; /* client: SSLWriteEarlyData was called before the ClientHello */
    uint8_t  early_accepted;
    uint8_t  transport_failed; /* an I/O callback failed: no alert will get out */
    uint8_t  closed_in_order;  /* the error of this call is not a callback's of the same number */
    uint8_t  was_connected;    /* a handshake was completed: what was agreed on is proven */
    uint8_t  has_secrets;      /* those below are of a handshake that was completed */
    uint16_t wants;
    uint16_t version;
    uint16_t quiet_records;
    uint16_t max_send,
        max_receive;     /* plaintext bytes of a protected record, as negotiated; 0: MAX_FRAGMENT */
    uint8_t limit_clear; /* the limits count for records in clear too (max_fragment_length) */

    const Protocol *protocol; /* NULL until a version is chosen */
    Agreed          agreed;

    uint8_t
        master_secret[MAX_SECRET]; /* up to TLS 1.2: the master secret; TLS 1.3: the exporter's */
    uint8_t client_secret[MAX_SECRET]; /* TLS 1.3: application traffic; up to 1.2: the randoms */
    uint8_t server_secret[MAX_SECRET];

    uint8_t resumption_secret[MAX_SECRET]; /* TLS 1.3 */
    void   *tickets; /* client, TLS 1.3: Ticket* (session/session13.c); before: one ticket */
    size_t  tickets_length;

    Renegotiation renegotiation;
    PostAuth     *post_auth; /* NULL: not agreed on */

    Direction read, write;
    Incoming  incoming;
    Outgoing  outgoing;
    Framing   framing;

    SSLErr      error; /* the fatal one, SSLNoErr while there is none */
    const char *error_rule;
    int16_t     error_certificate, error_message;
    int32_t     error_extension;

    Handshake *handshake; /* NULL when none is under way */
};

/* ---- small things that every room needs ---- */

static inline int is_server(const SSLContext *ctx)
{
    return ctx->config.side == SSL_ServerSide;
}

/* Not 0 if this side has an external pre-shared key, or can find one. */
static inline int has_psk(const SSLContext *ctx)
{
    return is_server(ctx) ? ctx->callbacks.psk != NULL : ctx->config.psk.length > 0;
}

static inline Bytes own_psk_identity(const SSLContext *ctx)
{
    return bytes_of(ctx->config.psk.data, ctx->config.psk_identity_length);
}

static inline Bytes own_psk_key(const SSLContext *ctx)
{
    const Config *config = &ctx->config;

    return bytes_of(config->psk.data + config->psk_identity_length,
                    config->psk.length - config->psk_identity_length);
}

static inline HashId psk_hash(SSLPSKHash hash)
{
    return hash == SSL_PSKHashSHA384 ? HASH_SHA384 : HASH_SHA256;
}

/* Not 0 while a later handshake of TLS 1.2 and before runs on a connection that stands. */
static inline int is_renegotiating(const SSLContext *ctx)
{
    return ctx->renegotiation.before != NULL;
}

/* Triple handshake (2014): who was let in by a certificate does not go on by a key, nor the other
 * way about. */
static inline int keeps_proof(const SSLContext *ctx, const CipherSuite *suite)
{
    return !is_renegotiating(ctx) ||
           (suite->authentication == AUTH_PSK) ==
               (ctx->renegotiation.before->suite->authentication == AUTH_PSK);
}

/* Without a pre-shared key the suites that want one do not count, even if they are enabled. */
static inline int suite_counts(const SSLContext *ctx, const CipherSuite *suite)
{
    return (suite->authentication != AUTH_PSK || has_psk(ctx)) && keeps_proof(ctx, suite);
}

/* Versions that this side allows. */
static inline int allows_tls13(const SSLContext *ctx)
{
    return ctx->config.version_max >= TLS_Version_1_3 &&
           ctx->config.version_min <= TLS_Version_1_3 && !is_renegotiating(ctx);
}

/* Any of TLS 1.0 to 1.2, to which the extensions of that time belong alike. */
static inline int allows_old_tls(const SSLContext *ctx)
{
    return ctx->config.version_min <= TLS_Version_1_2 && ctx->config.version_max >= TLS_Version_1_0;
}

static inline int allows_tls12(const SSLContext *ctx)
{
    return ctx->config.version_min <= TLS_Version_1_2 && ctx->config.version_max >= TLS_Version_1_2;
}

/* SSL_PSK...: what this side allows. */
static inline uint8_t psk_modes(const SSLContext *ctx)
{
    return ctx->config.psk_modes != 0 ? ctx->config.psk_modes : SSL_PSKWithDHE;
}

/* 0-RTT bytes that this side takes part in: a server needs to know replays. */
static inline uint32_t max_early_data(const SSLContext *ctx)
{
    return is_server(ctx) && ctx->callbacks.replay == NULL ? 0 : ctx->config.max_early_data;
}

static inline int has_fact(const SSLContext *ctx, uint32_t fact)
{
    return (ctx->handshake->facts & fact) == fact;
}

#endif
