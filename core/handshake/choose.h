/*
 * choose.h - what choose.c and choose_identity.c share.
 */
#ifndef SSLREF_CHOOSE_H
#define SSLREF_CHOOSE_H

#include "handshake.h"

/* The curve for ECDHE of TLS 1.2, NULL if there is none. */
const Group *sslr_choose_curve(const SSLContext *ctx);

/* The group for DHE of TLS 1.2; true with *chosen NULL: the program's own parameters. */
int sslr_choose_finite_field(const SSLContext *ctx, const Group **chosen);

/* RFC 7366: for block ciphers, not in SSL 3.0. */
int sslr_can_encrypt_then_mac(const SSLContext *ctx);

/* TLS 1.3: hs->group, and hs->peer_share or hs->retry_group. */
SSLErr sslr_choose_share(SSLContext *ctx);

#endif
