/*
 * ticket.h - sealed tickets: a session as bytes that the client keeps for the server (RFC 5077, RFC
 * 8446 4.6.1). Called by the WORK rows, which may wait for the ticket-key callback.
 *
 * struct {
 *     opaque key_name[16]; opaque nonce[12]; opaque sealed<0..2^16-45>; opaque tag[16];
 * } Ticket;      (AES-256-GCM; name and nonce are its additional data)
 */
#ifndef SSLREF_TICKET_H
#define SSLREF_TICKET_H

#include "session.h"

#define TICKET_NAME     16
#define TICKET_OVERHEAD (TICKET_NAME + AEAD_NONCE_SIZE + MAX_AEAD_TAG)

/* The key that seals, in hs->ticket_key; hs->has_ticket_key says whether there is one.
 * SSLWouldBlockErr. */
SSLErr sslr_ticket_key_to_seal(SSLContext *ctx);

/* Seal session bytes with hs->ticket_key; nothing is written if they are too long for a ticket. */
SSLErr sslr_ticket_seal(SSLContext *ctx, Bytes session, Writer *ticket);

/* Open a ticket of the peer: hs->session is what it held, or empty. *renew: the client shall get a
 * new one. SSLWouldBlockErr. */
SSLErr sslr_ticket_open(SSLContext *ctx, Bytes ticket, int *renew);

#endif
