/*
 * extensions.h - one row per TLS extension: where it may stand, when it is written, how it is read.
 * Duplicates, misplacement and answers that were not asked for are caught here, once for all.
 * Called from core/messages.
 */
#ifndef SSLREF_EXTENSIONS_H
#define SSLREF_EXTENSIONS_H

#include "../record/record.h"

/* Messages that carry extensions (RFC 8446 4.2); ServerHello counts twice because its extensions
 * differ by version. */
enum {
    IN_CLIENT_HELLO   = 0x01,
    IN_SERVER_HELLO12 = 0x02,
    IN_SERVER_HELLO13 = 0x04,
    IN_RETRY          = 0x08,
    IN_ENCRYPTED      = 0x10,
    IN_REQUEST        = 0x20, /* CertificateRequest of TLS 1.3 */
    IN_CERTIFICATE    = 0x40  /* the first entry of a TLS 1.3 Certificate */
};

/* They are bits of a mask as well (bit_of in extensions.c): one above 62 needs a place there. */
enum {
    EXT_SERVER_NAME               = 0,
    EXT_MAX_FRAGMENT_LENGTH       = 1,
    EXT_STATUS_REQUEST            = 5,
    EXT_SUPPORTED_GROUPS          = 10,
    EXT_EC_POINT_FORMATS          = 11,
    EXT_SIGNATURE_ALGORITHMS      = 13,
    EXT_ALPN                      = 16,
    EXT_PADDING                   = 21,
    EXT_ENCRYPT_THEN_MAC          = 22,
    EXT_EXTENDED_MASTER_SECRET    = 23,
    EXT_RECORD_SIZE_LIMIT         = 28,
    EXT_SESSION_TICKET            = 35,
    EXT_PRE_SHARED_KEY            = 41,
    EXT_EARLY_DATA                = 42,
    EXT_SUPPORTED_VERSIONS        = 43,
    EXT_COOKIE                    = 44,
    EXT_PSK_KEY_EXCHANGE_MODES    = 45,
    EXT_CERTIFICATE_AUTHORITIES   = 47,
    EXT_POST_HANDSHAKE_AUTH       = 49,
    EXT_SIGNATURE_ALGORITHMS_CERT = 50,
    EXT_KEY_SHARE                 = 51,
    EXT_RENEGOTIATION_INFO        = 0xFF01
};

typedef struct Extension {
    uint16_t    id;
    uint8_t     where; /* IN_... */
    const char *name;

    /* Shall this side write it into that message? */
    int (*needs)(const SSLContext *ctx, unsigned where);

    /* ClientHello, and what the server says. Without a writer the body is empty; a reader must
     * consume everything. */
    SSLErr (*write_hello)(SSLContext *ctx, Writer *out);
    SSLErr (*read_hello)(SSLContext *ctx, Reader *in);
    SSLErr (*write_answer)(SSLContext *ctx, unsigned where, Writer *out);
    SSLErr (*read_answer)(SSLContext *ctx, unsigned where, Reader *in);
} Extension;

/* The extension block of a message, with its length. A TLS 1.2 ServerHello without extensions has
 * no block at all. */
SSLErr sslr_write_extensions(SSLContext *ctx, unsigned where, Writer *out);

/* Read the block (in: behind its length). Fails with the alert of the case. */
SSLErr sslr_read_extensions(SSLContext *ctx, unsigned where, Reader *in);

/* Not 0 if this extension was offered by us (client) or received (server). */
int sslr_extension_offered(const SSLContext *ctx, uint16_t id);

/* The client said it in another way: renegotiation_info by its signalling suite. */
void sslr_extension_mark_offered(SSLContext *ctx, uint16_t id);

/* What was agreed on about lengths of records is agreed on anew in every handshake. */
static inline void forget_limits(SSLContext *ctx)
{
    ctx->max_send = ctx->max_receive = ctx->limit_clear = 0;
}

/* renegotiation_info of a ClientHello: its body. */
SSLErr sslr_write_renegotiation_info(SSLContext *ctx, Writer *out);

/* Not 0 if it stood in the message that was read last. */
int sslr_extension_seen(const SSLContext *ctx, uint16_t id);

extern const Extension sslr_ext_server_name, sslr_ext_max_fragment_length, sslr_ext_status_request,
    sslr_ext_supported_groups, sslr_ext_ec_point_formats, sslr_ext_signature_algorithms,
    sslr_ext_signature_algorithms_cert, sslr_ext_certificate_authorities, sslr_ext_alpn,
    sslr_ext_encrypt_then_mac, sslr_ext_extended_master_secret, sslr_ext_record_size_limit,
    sslr_ext_supported_versions, sslr_ext_cookie, sslr_ext_key_share, sslr_ext_renegotiation_info,
    sslr_ext_session_ticket, sslr_ext_post_handshake_auth, sslr_ext_psk_key_exchange_modes,
    sslr_ext_early_data, sslr_ext_pre_shared_key;

#endif
