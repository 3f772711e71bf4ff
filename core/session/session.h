/*
 * session.h - a session as bytes, and the session callbacks of the manual. A damaged, foreign or
 * old session only leads to a full handshake. Called by the WORK rows, by ServerHello, and by
 * exchange when a connection ends badly.
 */
#ifndef SSLREF_SESSION_H
#define SSLREF_SESSION_H

#include "../keys/keys.h"

#define DEFAULT_SESSION_LIFETIME 7200   /* seconds */
#define MAX_SESSION_LIFETIME     604800 /* RFC 8446 4.6.1: seven days */

/* SSLSetSessionLifetime. */
static inline uint32_t sslr_session_lifetime(const SSLContext *ctx)
{
    return ctx->config.session_lifetime != 0 ? ctx->config.session_lifetime
                                             : DEFAULT_SESSION_LIFETIME;
}

/* Ask the get-session callback for `key`; hs->session holds what came, or nothing.
 * SSLWouldBlockErr. */
SSLErr sslr_session_look_up(SSLContext *ctx, Bytes key);

/* Client: can hs->session be offered? Then hs->session_id is its ID, or hs->ticket its ticket; else
 * hs->session is dropped. */
SSLErr sslr_session_offer(SSLContext *ctx);

/* Client: keep a ticket of RFC 5077 as part of the session. */
SSLErr sslr_session_keep_ticket(SSLContext *ctx, uint32_t lifetime, Bytes ticket);

/* Server: can hs->session be resumed for this ClientHello? Fails for a downgrade of the extended
 * master secret, and with the clock. *usable. */
SSLErr sslr_session_accept(SSLContext *ctx, int *usable);

/* Take up hs->session: master secret and peer chain. Client: checks it against the ServerHello
 * first. */
SSLErr sslr_session_resume(SSLContext *ctx);

/* What a session of SSL 2.0 is made of; views into hs->session. */
typedef struct Ssl2Session {
    uint8_t kind[3];
    Bytes   session_id, master, iv; /* 24 and 8 bytes, used as far as the kind says */
} Ssl2Session;

/* Not 0 if hs->session is one of SSL 2.0 that may be used; now 0: whatever its age. */
int sslr_session_read_ssl2(SSLContext *ctx, int64_t now, Ssl2Session *session);

/* Take who the peers were, and when, out of hs->session; forget hs->session. */
SSLErr sslr_session_take_chain(SSLContext *ctx);
void   sslr_session_drop(SSLContext *ctx);

/* Client: what SSLSetSession gave becomes hs->session. */
SSLErr sslr_session_take_set(SSLContext *ctx);

/* The session of a connection up to TLS 1.2 as bytes. */
SSLErr sslr_session_encode(SSLContext *ctx, Writer *out);

/* ---- parts that sessions of every version share ---- */

/* The check at the end of a session, over all that stands before it. */
SSLErr sslr_session_write_check(Writer *out);

/* Not 0 if the check is right and the session is of that format: *in stands behind its number. */
int sslr_session_is_whole(Bytes bytes, uint8_t format, Reader *in);

/* Not 0 if this is a list of certificates, none empty. */
int sslr_session_is_chain(Bytes chain);

/* Seconds since 1970; 0 without a clock: then nothing ages. */
SSLErr sslr_session_clock(SSLContext *ctx, int64_t *now);

/* The certificate that this side showed in the handshake behind a session, as SHA-256, or empty.
 * Known once it is chosen, or taken from the session; it must still be ours when that is used. */
void  sslr_session_note_identity(SSLContext *ctx);
void  sslr_session_take_identity(SSLContext *ctx, Bytes digest);
Bytes sslr_session_shown_identity(const SSLContext *ctx);
int   sslr_session_has_identity(const SSLContext *ctx, Bytes digest);

/* Digest of everything by which this side decides whom to trust. */
void      sslr_session_binding(const SSLContext *ctx, uint8_t digest[32]);
Bytes     sslr_session_peer_name(const SSLContext *ctx);
int       sslr_session_suite_enabled(const SSLContext *ctx, uint16_t suite);
int       sslr_session_lists_alpn(Bytes list, Bytes name);
SSLBuffer sslr_session_buffer(Bytes bytes);
void      sslr_session_write_chain(const SSLContext *ctx, Writer *out);
SSLErr    sslr_session_restore_chain(SSLContext *ctx, Bytes chain);

/* The handshake is done: hand the session to the add-session callback. */
SSLErr sslr_session_store(SSLContext *ctx);

/* The security of the session is in doubt. */
void sslr_session_delete(SSLContext *ctx);

#endif
