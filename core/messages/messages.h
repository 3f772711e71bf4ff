/*
 * messages.h - build and parse of each handshake message, both sides, all versions: one message,
 * one file. Handlers are atomic: they call no user callback that may wait. A reader must consume
 * everything (the walker checks it).
 */
#ifndef SSLREF_MESSAGES_H
#define SSLREF_MESSAGES_H

#include "../extensions/extensions.h"
#include "../keys/keys.h"

/* client_hello.c */
SSLErr sslr_write_client_hello(SSLContext *ctx, Writer *body);
SSLErr sslr_read_client_hello(SSLContext *ctx, Reader *body);

/* The ClientHello is complete but for the binder of its pre_shared_key. */
void sslr_write_binders(SSLContext *ctx, uint8_t *message, size_t length);

/* client_hello_v2.c: in the format of SSL 2.0; the writer makes the whole message, its type
 * included */
SSLErr sslr_write_client_hello_v2(SSLContext *ctx, Writer *message);
SSLErr sslr_read_client_hello_v2(SSLContext *ctx, Reader *body);

/* Digest of everything in the ClientHello that a second one must repeat (RFC 8446 4.1.2). */
SSLErr sslr_client_hello_fingerprint(SSLContext *ctx, uint8_t digest[32]);

/* server_hello.c: HelloRetryRequest is a ServerHello with a fixed random */
extern const uint8_t sslr_retry_random[32];
SSLErr               sslr_write_server_hello(SSLContext *ctx, Writer *body);
SSLErr               sslr_read_server_hello(SSLContext *ctx, Reader *body);
SSLErr               sslr_write_hello_retry_request(SSLContext *ctx, Writer *body);
SSLErr               sslr_read_hello_retry_request(SSLContext *ctx, Reader *body);

/* encrypted_extensions.c */
SSLErr sslr_write_encrypted_extensions(SSLContext *ctx, Writer *body);
SSLErr sslr_read_encrypted_extensions(SSLContext *ctx, Reader *body);

/* certificate.c */
SSLErr sslr_write_certificate(SSLContext *ctx, Writer *body);
SSLErr sslr_read_certificate(SSLContext *ctx, Reader *body);
SSLErr sslr_read_no_certificate(SSLContext *ctx); /* SSL 3.0: the alert in its place */
SSLErr sslr_write_certificate_status(SSLContext *ctx, Writer *body);
SSLErr sslr_read_certificate_status(SSLContext *ctx, Reader *body);

/* Does an RSA suite come with a ServerKeyExchange that carries a temporary key? bits: of the
 * certificate's key. */
int sslr_needs_temporary_rsa(const CipherSuite *suite, size_t bits);

/* One certificate alone becomes the peer's chain (SSL 2.0). */
SSLErr sslr_keep_peer_certificate(SSLContext *ctx, Bytes certificate);

/* Fill hs->peer_certs and hs->peer_leaf from ctx->agreed.peer_chain. */
SSLErr sslr_parse_peer_chain(SSLContext *ctx);

/* certificate_request.c */
SSLErr sslr_write_certificate_request(SSLContext *ctx, Writer *body);
SSLErr sslr_read_certificate_request(SSLContext *ctx, Reader *body);

/* certificate_verify.c; the signature was made by a WORK row */
SSLErr sslr_write_certificate_verify(SSLContext *ctx, Writer *body);
SSLErr sslr_read_certificate_verify(SSLContext *ctx, Reader *body);

/* Check a handshake signature over `content` by the peer's leaf key; scheme does not count up to
 * TLS 1.1. */
SSLErr sslr_check_peer_signature(SSLContext *ctx, uint16_t scheme, Bytes content, Bytes signature);

/* What a scheme signs: a digest of content, or content itself (*digest is left, length 0). */
size_t sslr_scheme_digest(const SignatureScheme *scheme, Bytes content, uint8_t *digest);

/* The scheme of this kind of key up to TLS 1.1. */
const SignatureScheme *sslr_legacy_scheme_of(KeyType type);

/* Verify over what sslr_scheme_digest gave. SSLProtocolErr. */
SSLErr sslr_verify_digest(const SignatureScheme *scheme, const PublicKey *key, Bytes digest,
                          Bytes signature);

/* Can this kind of key act with this scheme in this version? */
void sslr_set_suite_facts(SSLContext *ctx,
                          int resumed); /* server_hello.c: facts that follow from the suite */

int sslr_scheme_fits_key(const SignatureScheme *scheme, const PublicKey *key, uint16_t version);

/* key_exchange.c: ServerKeyExchange, ServerHelloDone, ClientKeyExchange of TLS 1.2 */
SSLErr sslr_write_server_key_exchange(SSLContext *ctx, Writer *body);
SSLErr sslr_write_psk_hint(SSLContext *ctx, Writer *body);
SSLErr sslr_read_psk_hint(SSLContext *ctx, Reader *body);
SSLErr sslr_read_server_key_exchange(SSLContext *ctx, Reader *body);
SSLErr sslr_write_server_hello_done(SSLContext *ctx, Writer *body);
SSLErr sslr_read_server_hello_done(SSLContext *ctx, Reader *body);
SSLErr sslr_write_client_key_exchange(SSLContext *ctx, Writer *body);
SSLErr sslr_read_client_key_exchange(SSLContext *ctx, Reader *body);

/* finished.c: Finished, ChangeCipherSpec, EndOfEarlyData */
SSLErr sslr_write_finished(SSLContext *ctx, Writer *body);
SSLErr sslr_read_finished(SSLContext *ctx, Reader *body);
SSLErr sslr_write_change_cipher_spec(SSLContext *ctx, Writer *body);
SSLErr sslr_read_change_cipher_spec(SSLContext *ctx, Reader *body);
SSLErr sslr_write_end_of_early_data(SSLContext *ctx, Writer *body);
SSLErr sslr_read_end_of_early_data(SSLContext *ctx, Reader *body);

/* certificate_request_context of TLS 1.3: of the request that is answered. */
static inline Bytes request_context(const SSLContext *ctx)
{
    return bytes_of(ctx->handshake->request_context, ctx->handshake->request_context_length);
}

/* session_ticket.c: NewSessionTicket up to TLS 1.2 */
SSLErr sslr_write_session_ticket(SSLContext *ctx, Writer *body);
SSLErr sslr_read_session_ticket(SSLContext *ctx, Reader *body);

/* post.c: KeyUpdate, NewSessionTicket */
SSLErr sslr_read_key_update(SSLContext *ctx, Reader *body);
SSLErr sslr_read_new_session_ticket(SSLContext *ctx, Reader *body);
SSLErr sslr_queue_new_session_ticket(SSLContext *ctx, uint32_t lifetime, uint32_t age_add,
                                     Bytes nonce, Bytes ticket);

#endif
