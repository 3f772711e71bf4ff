/*
 * ssl2.h - all of SSL 2.0: records, messages, keys, its flow. The rest of the engine reaches it
 * through one table (sslr_ssl2, named by a profile) and links without it. Facts: protocol/ssl2.md.
 * Off unless SSL_Version_2_0 is allowed.
 */
#ifndef SSLREF_SSL2_H
#define SSLREF_SSL2_H

#include "../handshake/handshake.h"

enum { /* message types, as the walker sees them: 0x200 and the number on the wire */
    SSL2_ERROR               = 0x200,
    SSL2_CLIENT_HELLO        = 0x201,
    SSL2_CLIENT_MASTER_KEY   = 0x202,
    SSL2_CLIENT_FINISHED     = 0x203,
    SSL2_SERVER_HELLO        = 0x204,
    SSL2_SERVER_VERIFY       = 0x205,
    SSL2_SERVER_FINISHED     = 0x206,
    SSL2_REQUEST_CERTIFICATE = 0x207,
    SSL2_CLIENT_CERTIFICATE  = 0x208
};

enum { /* codes of ERROR */
    SSL2_NO_CIPHER               = 1,
    SSL2_NO_CERTIFICATE          = 2,
    SSL2_BAD_CERTIFICATE         = 4,
    SSL2_UNSUPPORTED_CERTIFICATE = 6
};

#define SSL2_CHALLENGE     16 /* bytes that we send; 16 .. 32 are taken */
#define SSL2_MAX_CHALLENGE 32
#define SSL2_SESSION_ID    16
#define SSL2_MAC           16
#define SSL2_MAX_PADDING   7
#define SSL2_OVERHEAD      (3 + SSL2_MAC + SSL2_MAX_PADDING)
#define SSL2_MAX_MASTER    24
#define SSL2_MAX_MATERIAL  48

/* A kind of cipher: its three bytes, and the number by which ssl.h knows it. */
typedef struct Ssl2Kind {
    uint8_t  code[3];
    uint16_t suite;
    uint8_t  cipher; /* CipherId */
    uint8_t  key_size, clear_size, iv_size;
} Ssl2Kind;

extern const Ssl2Kind sslr_ssl2_kinds[];
extern const size_t   sslr_ssl2_kind_count;

/* What an SSL 2.0 handshake remembers; in hs->ssl2. */
struct Ssl2State {
    const Ssl2Kind *kind;
    uint8_t         challenge[SSL2_MAX_CHALLENGE], connection_id[SSL2_MAX_CHALLENGE];
    uint8_t         certificate_challenge[SSL2_MAX_CHALLENGE];
    uint8_t         challenge_length, connection_id_length, certificate_challenge_length;
    uint8_t         master[SSL2_MAX_MASTER], iv[8];
    uint8_t         material[SSL2_MAX_MATERIAL];
    uint8_t         offered[3 * 16]; /* kinds that the server returned */
    uint8_t         offered_length;
    uint8_t knows_better; /* this side allows SSL 3.0 or later: the rollback marker counts */
};

/* Cipher state of one direction: the MAC's secret, then the cipher. */
typedef struct Ssl2Direction {
    uint8_t  secret[SSL2_MAX_MASTER];
    uint64_t cipher[1];
} Ssl2Direction;

extern const FlowRow  sslr_flow_ssl2[];
extern const Protocol sslr_protocol_ssl2;

/* ---- records.c ---- */
SSLErr sslr_ssl2_read_record(SSLContext *ctx);
SSLErr sslr_ssl2_queue(SSLContext *ctx, Bytes content);
SSLErr sslr_ssl2_queue_error(SSLContext *ctx, uint16_t code);

/* ---- keys.c ---- */
SSLErr          sslr_ssl2_derive(SSLContext *ctx);
SSLErr          sslr_ssl2_activate(SSLContext *ctx);
const Ssl2Kind *sslr_ssl2_kind(const uint8_t code[3]);
int             sslr_ssl2_enabled(const SSLContext *ctx, const Ssl2Kind *kind);

/* ---- messages.c ---- */
SSLErr sslr_ssl2_write_client_hello(SSLContext *ctx, Writer *body);
SSLErr sslr_ssl2_read_client_hello(SSLContext *ctx, Reader *body);
SSLErr sslr_ssl2_write_server_hello(SSLContext *ctx, Writer *body);
SSLErr sslr_ssl2_read_server_hello(SSLContext *ctx, Reader *body);
SSLErr sslr_ssl2_write_master_key(SSLContext *ctx, Writer *body);
SSLErr sslr_ssl2_read_master_key(SSLContext *ctx, Reader *body);
SSLErr sslr_ssl2_write_server_verify(SSLContext *ctx, Writer *body);
SSLErr sslr_ssl2_read_server_verify(SSLContext *ctx, Reader *body);
SSLErr sslr_ssl2_write_client_finished(SSLContext *ctx, Writer *body);
SSLErr sslr_ssl2_read_client_finished(SSLContext *ctx, Reader *body);
SSLErr sslr_ssl2_write_request(SSLContext *ctx, Writer *body);
SSLErr sslr_ssl2_read_request(SSLContext *ctx, Reader *body);
SSLErr sslr_ssl2_write_client_certificate(SSLContext *ctx, Writer *body);
SSLErr sslr_ssl2_read_client_certificate(SSLContext *ctx, Reader *body);
SSLErr sslr_ssl2_write_server_finished(SSLContext *ctx, Writer *body);
SSLErr sslr_ssl2_read_server_finished(SSLContext *ctx, Reader *body);

/* Decisions that belong to the user, in messages.c. */
SSLErr sslr_ssl2_work_session(SSLContext *ctx);
SSLErr sslr_ssl2_work_choose(SSLContext *ctx);
SSLErr sslr_ssl2_work_decrypt(SSLContext *ctx);
SSLErr sslr_ssl2_work_identity(SSLContext *ctx);
SSLErr sslr_ssl2_work_sign(SSLContext *ctx);

extern const Generation sslr_ssl2;

/* ---- flow.c ---- */
/* Make hs->ssl2. */
SSLErr sslr_ssl2_begin(SSLContext *ctx);

#endif
