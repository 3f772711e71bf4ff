/*
 * post_auth.h - client authentication behind a TLS 1.3 handshake (RFC 8446 4.6.2). A request leaves
 * no handshake under way: data goes on until the client's answer comes, which is then one flow of
 * its own. Called by core/api and by the dispatch of messages on a connected context.
 */
#ifndef SSLREF_POST_AUTH_H
#define SSLREF_POST_AUTH_H

#include "../base/callbacks.h"

/* The client's Finished is in the transcript: keep it, if this was agreed on. */
SSLErr sslr_post_auth_keep(SSLContext *ctx);

/* Server: queue the CertificateRequest that the program wants, if nothing is in the way. */
SSLErr sslr_post_auth_request(SSLContext *ctx);

/* Server: the client has closed its direction. What it was asked for, or was about to be, will not
 * come any more, nor the rest of an answer. */
void sslr_post_auth_give_up(SSLContext *ctx);

/* CertificateRequest at a client, Certificate at a server, on a connected context: the flow begins,
 * and the walker reads the message. */
SSLErr sslr_post_auth_asked(SSLContext *ctx, Reader *body);
SSLErr sslr_post_auth_answered(SSLContext *ctx, Reader *body);

/* The flow is done; and the end of the connection. */
void sslr_post_auth_done(SSLContext *ctx);
void sslr_post_auth_release(SSLContext *ctx);

/* Client: asked, and the identity callback has not answered: nothing of the answer is written. */
int sslr_post_auth_is_choosing(const SSLContext *ctx);

/* Client: it will not be able to send. An answer of which nothing is written is given up, and the
 * request with it. */
void sslr_post_auth_withdraw(SSLContext *ctx);

/* The flow waits, and that does not concern what this side sends. */
int sslr_post_auth_lets_write(const SSLContext *ctx);

/* Server: wanted, or asked for and not yet answered. */
int sslr_post_auth_pending(const SSLContext *ctx);

#endif
