/*
 * renegotiate.h - a later handshake on a running connection (SSL 3.0 to TLS 1.2; RFC 5746): when it
 * may begin, what it replaces, and what must stay the same. Called by core/api, by the dispatch of
 * messages on a connected context, and by the choices that a first handshake makes too.
 */
#ifndef SSLREF_RENEGOTIATE_H
#define SSLREF_RENEGOTIATE_H

#include "../base/callbacks.h"

#define MAX_UNASKED_HANDSHAKES 100 /* that a peer may cause in UNASKED_WINDOW */
#define UNASKED_WINDOW         3600

/* May this connection be renegotiated at all? */
int sslr_may_renegotiate(const SSLContext *ctx);

/* One more handshake that the peer causes: is it still within the limit? */
SSLErr sslr_count_unasked(SSLContext *ctx, int *allowed);

/* Server: the handshake under way shall not resume a session. */
int sslr_renegotiation_wants_new(const SSLContext *ctx);

/* What was scheduled begins now, if nothing is in the way: a client's handshake, or a server's
 * HelloRequest is queued. */
SSLErr sslr_renegotiation_start(SSLContext *ctx);

/* HelloRequest, ClientHello on a connected context. */
SSLErr sslr_read_hello_request(SSLContext *ctx, Reader *body);
SSLErr sslr_read_later_client_hello(SSLContext *ctx, Reader *body);

/* Queue the warning that is owed to the peer. */
/* What is scheduled could begin now. */
int sslr_renegotiation_suits(const SSLContext *ctx);

SSLErr sslr_renegotiation_send_refusal(SSLContext *ctx);

/* The peer's warning no_renegotiation. Fails if the program has asked; what has begun by itself is
 * given up: no handshake runs any more. */
SSLErr sslr_renegotiation_refused(SSLContext *ctx);

/* The new handshake is done: what it replaced goes. Or it failed: the old values come back. */
void sslr_renegotiation_done(SSLContext *ctx);
void sslr_renegotiation_undo(SSLContext *ctx);

/* ---- what must hold in the new handshake ---- */

/* Server: the version of this connection if the ClientHello offers it, else 0. */
uint16_t sslr_renegotiated_version(const SSLContext *ctx);

/* Server: signalling by RFC 5746. Client: the same for ServerHello. */
SSLErr sslr_check_renegotiation_hello(SSLContext *ctx);
SSLErr sslr_check_renegotiation_answer(SSLContext *ctx);

/* Both, once a ServerHello is written or read: nothing that was agreed on becomes weaker or other.
 */
SSLErr sslr_check_unchanged(SSLContext *ctx);

/* The peer's certificate, just read or taken from a session, is that of the first handshake. */
SSLErr sslr_check_same_peer(SSLContext *ctx);

/* The leaf's digest takes the place of the chain, which the program drops. */
void sslr_renegotiation_remember_peer(SSLContext *ctx);

#endif
