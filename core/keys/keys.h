/*
 * keys.h - the transcript, and what is derived from it: the key schedules of TLS 1.2 and TLS 1.3,
 * Finished values, the input of handshake signatures, exporters; keys put into force. Called from
 * the `then` column of the flow tables and from messages.
 */
#ifndef SSLREF_KEYS_H
#define SSLREF_KEYS_H

#include "../record/record.h"

/* What differs between protocol versions and is not a message: one table row per version. */
struct Protocol {
    uint16_t version;

    /* SSL 2.0 only, whose records and messages are of another kind; NULL in all others. */
    SSLErr (*begin)(SSLContext *ctx, int client_has_sent_hello);
    SSLErr (*send)(SSLContext *ctx, const FlowRow *row);
    SSLErr (*read_record)(SSLContext *ctx);
    SSLErr (*queue)(SSLContext *ctx, Bytes content);
    size_t queue_overhead; /* most bytes of a record that are not content */
    SSLErr (*alert)(SSLContext *ctx, uint8_t description);
    int (*stands_for_certificate)(const SSLContext *ctx, const Message *message);

    /* Up to TLS 1.2: hs->premaster (and hs->session_hash) to hs->secret; the key block; what export
     * suites make of a short key, and their IVs. */
    void (*master_secret)(SSLContext *ctx);
    void (*key_block)(SSLContext *ctx, uint8_t *out, size_t length);
    void (*export_key)(SSLContext *ctx, int of_server, Bytes key, uint8_t *out, size_t length);
    void (*export_ivs)(SSLContext *ctx, uint8_t *client, uint8_t *server, size_t length);

    /* Bytes of verify_data, and their value over the transcript so far. */
    size_t (*finished_length)(const SSLContext *ctx);
    void (*finished)(const SSLContext *ctx, int from_server, uint8_t *verify_data);

    /* What a CertificateVerify signs; in SSL 3.0 instead the digests MD5 and SHA-1 themselves (36
     * bytes). */
    SSLErr (*certificate_verify_input)(SSLContext *ctx, int from_server, Writer *out);
    void (*certificate_verify_digest)(SSLContext *ctx, uint8_t digest[36]);

    /* NULL in SSL 3.0. */
    SSLErr (*export_keys)(const SSLContext *ctx, const char *label, Bytes context, int has_context,
                          uint8_t *out, size_t length);
};

extern const Protocol sslr_protocol_ssl3, sslr_protocol_tls10, sslr_protocol_tls11,
    sslr_protocol_tls12, sslr_protocol_tls13;

/* The version is chosen: sets ctx->version and ctx->protocol. SSLUnsupportedErr if this build lacks
 * it. */
SSLErr sslr_set_version(SSLContext *ctx, uint16_t version);

/* ---- transcript.c ---- */

/* Add a message (with its header). Kept raw until sslr_transcript_start names the hash. */
SSLErr sslr_transcript_add(SSLContext *ctx, Bytes message);

/* The hash is known: absorb what was kept. */
void sslr_transcript_start(SSLContext *ctx, HashId hash);

/* Digest of all messages so far, and its length; up to TLS 1.1 it is MD5 and SHA-1 one behind the
 * other. */
void   sslr_transcript_digest(const SSLContext *ctx, uint8_t *digest);
size_t sslr_transcript_digest_length(const SSLContext *ctx);

/* RFC 8446 4.4.1: ClientHello1 becomes message_hash. Call before the HelloRetryRequest is added. */
SSLErr sslr_transcript_retry(SSLContext *ctx, HashId hash);

/* Nobody needs the messages themselves any more. */
void sslr_transcript_forget_raw(SSLContext *ctx);

/* ---- key_block.c: SSL 3.0 to TLS 1.2 ---- */

/* Premaster (hs->premaster) to master secret; wipes the premaster. */
void sslr_master_secret(SSLContext *ctx);

/* Key block to hs->pending_read and hs->pending_write. */
SSLErr sslr_derive_keys(SSLContext *ctx);

/* ChangeCipherSpec: the pending keys of one direction come into force. */
void sslr_activate_keys(SSLContext *ctx, int writing);

/* The PRF of TLS 1.0, which the FIPS suites use in SSL 3.0 too. */
void sslr_tls10_master_secret(SSLContext *ctx);
void sslr_tls10_key_block(SSLContext *ctx, uint8_t *out, size_t length);

/* ---- psk.c ---- */

#define MAX_OFFERED_PSKS 2

/* A key that a ClientHello of TLS 1.3 offers. */
typedef struct OfferedPsk {
    Bytes    identity, key; /* views */
    uint32_t age;           /* obfuscated */
    HashId   hash;
    int      external;
} OfferedPsk;

/* Client: what the next ClientHello offers, or the last one has: a ticket, then the program's key.
 * Returns how many. */
size_t sslr_offered_psks(const SSLContext *ctx, OfferedPsk list[MAX_OFFERED_PSKS]);

/* Client: the server took up number hs->psk_index of them. Its key is hs->psk from now on. */
void sslr_take_psk(SSLContext *ctx);

/* ---- schedule13.c ---- */

/* HKDF-Expand-Label (RFC 8446 7.1). */
void sslr_tls13_expand(HashId hash, const uint8_t *secret, const char *label, Bytes context,
                       uint8_t *out, size_t length);

/* Shared secret (hs->premaster) to handshake traffic secrets; both directions change keys. */
SSLErr sslr_tls13_handshake_keys(SSLContext *ctx);

/* RFC 8446 7.1: the keys of 0-RTT, in the client's sending direction, from hs->psk and a transcript
 * that holds the ClientHello alone. */
SSLErr sslr_tls13_early_keys(SSLContext *ctx, const CipherSuite *suite);

/* 0-RTT has ended or was refused: that direction gets its handshake keys. */
SSLErr sslr_tls13_early_end(SSLContext *ctx);

/* Behind the server's Finished: application and exporter secrets; the server's sending direction
 * changes keys. */
SSLErr sslr_tls13_server_finished(SSLContext *ctx);

/* Behind the client's Finished: the client's sending direction changes keys. */
SSLErr sslr_tls13_client_finished(SSLContext *ctx);

/* RFC 8446 4.2.11.2: the binder of a pre-shared key, external or of a session; digest of all
 * messages up to the binders. */
void sslr_tls13_binder(HashId hash, Bytes psk, int external, const uint8_t *digest,
                       uint8_t *binder);

/* RFC 8446 4.6.1: the pre-shared key of a ticket. */
void sslr_tls13_ticket_key(const SSLContext *ctx, Bytes nonce, uint8_t *psk);

/* Digest as the transcript's would be with these messages added to it; hash counts while the
 * transcript has none yet. */
void sslr_transcript_peek(const SSLContext *ctx, HashId hash, Bytes header, Bytes body,
                          uint8_t *digest);

/* KeyUpdate: the next traffic secret of one direction. */
SSLErr sslr_tls13_update_keys(SSLContext *ctx, int writing);

#endif
