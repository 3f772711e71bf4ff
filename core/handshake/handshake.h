/*
 * handshake.h - the handshake is data: ordered tables of rows, walked by both sides. Here are the
 * row, the walker, the framing of messages, the pure choices, and the decisions that belong to the
 * user (WORK rows). Called by core/api/exchange.
 */
#ifndef SSLREF_HANDSHAKE_H
#define SSLREF_HANDSHAKE_H

#include "../keys/keys.h"
#include "../messages/messages.h"

/* Who sends a row's message, or whose decision it is: a side, and WORK. */
enum {
    ROW_END     = 0,
    CLIENT      = 1,
    SERVER      = 2,
    WORK        = 4,
    CLIENT_WORK = CLIENT | WORK,
    SERVER_WORK = SERVER | WORK
};

enum {               /* FlowRow.flags */
    OPTIONAL = 0x01, /* the sender decides (.choice says it), the receiver learns it from the next
                        message */
    SENDER_ONLY = 0x02, /* sent, never waited for: the compatibility ChangeCipherSpec */
    FLUSH       = 0x04, /* the sender's flight ends here */
    CHANGES_KEY = 0x08, /* the rest of the record must be empty (RFC 8446 5.1) */
    ALTERNATIVE = 0x20, /* SSL 3.0: the alert no_certificate may stand for it */
    LAST        = 0x10  /* `then` selects the next table */
};

struct FlowRow {
    uint8_t  who;
    uint8_t  flags;
    uint16_t type; /* handshake type, or a pseudo-type given by framing */
    uint32_t when,
        unless; /* FACT_...: all of when, none of unless; else the row is skipped, on both sides */
    uint32_t
        choice; /* OPTIONAL: the fact that the sender has decided on, and the receiver learns */
    const char *name; /* of a WORK row, for the trace */
    SSLErr (*write)(SSLContext *ctx, Writer *body);
    SSLErr (*read)(SSLContext *ctx, Reader *body);
    SSLErr (*work)(SSLContext *ctx); /* WORK rows; SSLWouldBlockErr leaves the row where it is */
    SSLErr (*then)(
        SSLContext *ctx); /* on both sides, once the message is in the transcript and sealed */
};

extern const FlowRow sslr_flow_hello[], sslr_flow_tls12[], sslr_flow_tls13[], sslr_flow_post_auth[];

/* A build for one side leaves the other side's functions out of the image. */
#if defined(SSLREF_SERVER_ONLY)
#define BY_CLIENT(function) NULL
#else
#define BY_CLIENT(function) function
#endif
#if defined(SSLREF_CLIENT_ONLY)
#define BY_SERVER(function) NULL
#else
#define BY_SERVER(function) function
#endif

/* ---- walker.c ---- */

typedef enum WalkResult {
    WALK_DONE,         /* the handshake is complete */
    WALK_NEED_MESSAGE, /* a message of the peer is due */
    WALK_FLUSH,        /* drain the queue, then walk on */
    WALK_WAIT,         /* a callback has not answered; ctx->wants says which */
    WALK_FAILED        /* *err */
} WalkResult;

WalkResult sslr_walk(SSLContext *ctx, SSLErr *err);

/* Not 0 if the next step is to wait for a message of the peer. */
int sslr_is_listening(const SSLContext *ctx);

/* Not 0 if it is a decision of this side. */
int sslr_is_deciding(const SSLContext *ctx);

/* Put what was written into records now. */
SSLErr sslr_seal_flight(SSLContext *ctx);

/* Keys are about to change: nothing may be left of the record or of a split message (RFC 8446 5.1).
 */
SSLErr sslr_check_boundary(SSLContext *ctx);

/* ---- framing.c: messages out of records ---- */

/* Make the next whole message available from the open record: *available. The record may be
 * released. */
SSLErr sslr_frame_message(SSLContext *ctx, int *available);

/* A first message in SSL 2.0 format: a hello for SSL 3.0 and later, or the beginning of SSL 2.0.
 * Sets the message's type. */
SSLErr sslr_recognise_version_2(SSLContext *ctx, Bytes message);

/* The current message is consumed. */
void sslr_release_message(SSLContext *ctx);

/* Not 0 if bytes of an unfinished or unread message are held. */
int sslr_framing_busy(const SSLContext *ctx);

/* ---- start.c ---- */

/* The manual's certificates and key become an identity, if they changed. */
SSLErr sslr_prepare_own_identity(SSLContext *ctx);

SSLErr sslr_handshake_begin(SSLContext *ctx);
void   sslr_handshake_end(SSLContext *ctx);    /* free, wiped */
SSLErr sslr_handshake_done(SSLContext *ctx);   /* the last row is done: the connection stands */
void   sslr_handshake_cancel(SSLContext *ctx); /* tell callbacks that wait */
uint32 sslr_handshake_awaits(const SSLContext *ctx); /* them, as bits of SSLWants */

/* The numbers of the manual's key type. */
void sslr_rsa_key_view(const SSLRSAPrivateKey *key, RsaPrivateKey *view);

/* ---- post_handshake.c ---- */

/* A message on a connected context. */
SSLErr sslr_post_handshake(SSLContext *ctx, const Message *message);

/* Queue a KeyUpdate that is owed or wanted. */
SSLErr sslr_send_key_update(SSLContext *ctx);

/* ---- choose.c, choose_identity.c: no I/O, no callbacks ---- */

/* Is any enabled suite one of this version? */
int sslr_version_has_suite(const SSLContext *ctx, uint16_t version);

SSLErr sslr_choose_version(SSLContext *ctx);
SSLErr sslr_choose_application_protocol(SSLContext *ctx);
SSLErr sslr_choose_parameters(SSLContext *ctx); /* suite, identity, scheme, group; or a retry */
SSLErr sslr_check_second_hello(SSLContext *ctx);

SSLErr sslr_choose_share(SSLContext *ctx);
SSLErr sslr_prepare_retry(SSLContext *ctx);

/* TLS 1.3, for an external pre-shared key: a common suite with this hash. Not 0 if there is one. */
int sslr_choose_suite_with(SSLContext *ctx, HashId hash);

/* psk.c: TLS 1.3, the pre-shared key of the ClientHello that is taken up, of a session or of the
 * program, if any; then everything else that is chosen. May wait. The same key must stand in a
 * second ClientHello. */
SSLErr sslr_choose_psk(SSLContext *ctx);
SSLErr sslr_check_second_psk(SSLContext *ctx);

/* early_data.c, of a server: is 0-RTT asked for, and can nothing but a replay speak against it?
 * Then FACT_EARLY_OFFERED is set. Its keys come into force, if it is accepted; so many bytes came.
 */
void   sslr_consider_early_data(SSLContext *ctx);
SSLErr sslr_after_early_data(SSLContext *ctx);
SSLErr sslr_early_data_came(SSLContext *ctx, size_t length);

/* RFC 8446 9.2: what a ClientHello must contain that resumes nothing. */
SSLErr sslr_check_full_hello(SSLContext *ctx);

/* Client: the identity to show for the server's CertificateRequest, NULL for none. */
const SSLIdentity *sslr_choose_client_identity(const SSLContext *ctx);

/* The scheme with which this identity can sign for a peer that takes `peer_schemes`, or NULL. */
const SignatureScheme *sslr_choose_scheme(const SSLContext *ctx, const SSLIdentity *identity,
                                          Bytes peer_schemes);

/* Identity number i of the context, the private one first; NULL behind the last. */
const SSLIdentity *sslr_identity_at(const SSLContext *ctx, size_t i);

/* ---- work.c, trust.c, private_key.c: decisions of the user ---- */

SSLErr sslr_work_client_hello(SSLContext *ctx);
SSLErr sslr_work_choose_version(SSLContext *ctx);
SSLErr sslr_work_server_identity(SSLContext *ctx);
SSLErr sslr_work_choose_parameters(SSLContext *ctx);
SSLErr sslr_work_second_hello(SSLContext *ctx);
SSLErr sslr_work_client_identity(SSLContext *ctx);
SSLErr sslr_work_client_session(SSLContext *ctx);
SSLErr sslr_work_server_session(SSLContext *ctx);
SSLErr sslr_work_ticket_key(SSLContext *ctx);
SSLErr sslr_work_send_tickets(SSLContext *ctx);
SSLErr sslr_work_early_data(SSLContext *ctx);
SSLErr sslr_work_check_certificate(SSLContext *ctx);
SSLErr sslr_work_sign_key_exchange(SSLContext *ctx);
SSLErr sslr_work_sign_verify(SSLContext *ctx);
SSLErr sslr_work_decrypt_premaster(SSLContext *ctx);
SSLErr sslr_work_psk(SSLContext *ctx); /* psk.c, up to TLS 1.2 */

/* Sign hs->signing by hs->scheme with hs->identity, to hs->signature; decrypt hs->key_exchange
 * likewise, with fallback bytes in hs->secret. Both may wait. */
SSLErr sslr_sign(SSLContext *ctx);
SSLErr sslr_decrypt_with_identity(SSLContext *ctx, size_t fallback_length);

#endif
