/*
 * record.h - records: gathering one through the read callback, protection in place, the write
 * queue, alerts. Knows nothing of handshake messages. Called by core/api/exchange and by whoever
 * has something to send.
 */
#ifndef SSLREF_RECORD_H
#define SSLREF_RECORD_H

#include "../base/callbacks.h"

#define RECORD_HEADER 5

enum {
    CONTENT_CHANGE_CIPHER_SPEC = 20,
    CONTENT_ALERT              = 21,
    CONTENT_HANDSHAKE          = 22,
    CONTENT_APPLICATION_DATA   = 23,
    CONTENT_VERSION_2          = 0x80 /* a message of SSL 2.0, or a ClientHello in its format */
};

/* How records are protected: one table row per construction. */
struct Protection {
    const char *name;
    size_t      max_expansion; /* of ciphertext over plaintext, as the specification limits it */
    size_t (*prefix)(const Direction *write); /* bytes between header and content */
    size_t (*expansion)(
        const Direction *write); /* most bytes before and behind the content together */

    /* The content stands at record + RECORD_HEADER + prefix, with room behind it. Fills in the
     * header; *length becomes that of the whole record. */
    SSLErr (*seal)(SSLContext *ctx, Direction *write, uint8_t type, uint8_t *record,
                   size_t content_length, size_t *length);

    /* Checks and decrypts ctx->incoming in place; sets type, content and left. */
    SSLErr (*open)(SSLContext *ctx, Direction *read, Incoming *in);
};

extern const Protection sslr_protection_aead12, sslr_protection_cbc, sslr_protection_stream,
    sslr_protection_aead13;

/* ---- mac.c: what the constructions with a MAC of their own have in common ---- */

#define MAX_MAC_HEADER 13

/* The cipher state of a direction: the keyed MAC, then the cipher. */
typedef struct MacState {
    HmacState mac;
    uint64_t  cipher[1];
} MacState;

size_t sslr_mac_state_size(const CipherSuite *suite);
SSLErr sslr_mac_state_init(Direction *direction, const uint8_t *key, const uint8_t *iv,
                           const uint8_t *mac_key, int writing);

/* What stands before the content in the MAC's input; the length may be secret. Returns its size. */
size_t sslr_mac_header(const SSLContext *ctx, const Direction *direction, uint8_t type,
                       size_t content_length, uint8_t header[MAX_MAC_HEADER]);
size_t sslr_mac_size(const Direction *direction);
void sslr_record_mac(const SSLContext *ctx, const Direction *direction, uint8_t type, Bytes content,
                     uint8_t *mac);

/* Wipe and free a direction's state; it is then in clear. */
void sslr_direction_clear(SSLContext *ctx, Direction *direction);

/* ---- read.c ---- */

/* Gather and open the next record; on success ctx->incoming.opened is set. SSLWouldBlockErr,
 * SSLConnectionTruncated, errors of callbacks, or a failure of the record. */
SSLErr sslr_read_record(SSLContext *ctx);

/* RFC 8446 4.2.10: a record that may be 0-RTT data which is not accepted is passed over, within a
 * bound. Not 0 if so. */
int sslr_skip_early_data(SSLContext *ctx, Incoming *in);

/* Most content bytes of a protected record that comes now. */
size_t sslr_max_content(const SSLContext *ctx);

/* Bring *have bytes at `at` to length through the read callback. */
SSLErr sslr_gather(SSLContext *ctx, uint8_t *at, size_t *have, size_t length);

/* The record is consumed: free it. */
void sslr_release_record(SSLContext *ctx);

/* ---- queue.c ---- */

/* Protect content with the keys in force and append it to the queue, cut into records. */
SSLErr sslr_queue_content(SSLContext *ctx, uint8_t type, Bytes content);

/* Make room for records that carry this much content, so that queueing them needs no memory. */
SSLErr sslr_queue_reserve(SSLContext *ctx, size_t content_length);

/* Room for length bytes at the end of the queue, which the caller fills: records of SSL 2.0. */
SSLErr sslr_queue_space(SSLContext *ctx, size_t length, uint8_t **space);

/* The same as sslr_queue_content where this room has been made. */
SSLErr sslr_queue_reserved(SSLContext *ctx, uint8_t type, Bytes content);

/* Bytes that wait for the write callback, the alert included. */
static inline size_t sslr_queued_bytes(const SSLContext *ctx)
{
    return ctx->outgoing.end - ctx->outgoing.start +
           (size_t)(ctx->outgoing.alert_end - ctx->outgoing.alert_start);
}

/* What stands in the header of a record that is sent now. */
uint16_t sslr_record_version(const SSLContext *ctx);

/* Most content bytes of one record now. */
size_t sslr_max_fragment(const SSLContext *ctx);

/* Hand everything to the write callback. SSLWouldBlockErr or the callback's error. Called by
 * exchange only. */
SSLErr sslr_drain(SSLContext *ctx);

void sslr_release_queue(SSLContext *ctx);

/* ---- alert.c ---- */

/* Seal an alert behind the queue. In the reserved slot if memory fails. */
SSLErr sslr_queue_alert(SSLContext *ctx, uint8_t level, uint8_t alert);

/* The one place of failure: the connection is aborted with this alert. Returns err. rule is a
 * static sentence. */
SSLErr sslr_fail(SSLContext *ctx, uint8_t alert, SSLErr err, const char *rule);

/* The failure that extensions and messages have most: illegal_parameter, SSLProtocolErr. */
SSLErr sslr_illegal(SSLContext *ctx, const char *rule);

/* For errors of our own or of a callback. */
SSLErr sslr_fail_internal(SSLContext *ctx, SSLErr err, const char *rule);

#endif
