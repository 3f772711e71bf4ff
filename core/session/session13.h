/*
 * session13.h - sessions of TLS 1.3: a client's holds the tickets that a server gave, a server's
 * the key of one ticket. Called by the WORK rows, by ServerHello, by NewSessionTicket.
 */
#ifndef SSLREF_SESSION13_H
#define SSLREF_SESSION13_H

#include "session.h"

#define TICKET_ID 32 /* bytes of a ticket that is a key of the session callbacks */

/* Not 0 if the bytes say that they are a session of TLS 1.3. */
int sslr_session13_is_one(Bytes bytes);

/* Client: take the newest ticket of hs->session to be offered; the others go back to the store. */
SSLErr sslr_session13_offer(SSLContext *ctx);

/* Server: may hs->session be resumed for this ClientHello? Then its key is in hs->psk and the suite
 * is chosen. Else it is dropped. */
void sslr_session13_accept(SSLContext *ctx, uint32_t now, int *usable);

/* What the connection takes from hs->session: the peer's chain. */
SSLErr sslr_session13_resume(SSLContext *ctx);

/* Client: keep what a NewSessionTicket brings. */
SSLErr sslr_session13_keep(SSLContext *ctx, uint32_t lifetime, uint32_t age_add,
                           uint32_t early_data, Bytes nonce, Bytes ticket);

/* Server: the session that belongs to a ticket, with its key. */
SSLErr sslr_session13_encode_ticket(SSLContext *ctx, uint32_t now, uint32_t lifetime,
                                    uint32_t age_add, Bytes psk, Writer *out);

/* Client: the session with all tickets. SSLSessionNotFoundErr. */
SSLErr sslr_session13_encode(SSLContext *ctx, Writer *out);

/* Wipe and free the tickets. */
void sslr_session13_forget(SSLContext *ctx);

#endif
