/*
 * protect_aead.c - records under AEAD: TLS 1.2 (RFC 5288, 6655, 7905) and TLS 1.3 (RFC 8446 5.2).
 * The cipher state of a direction is that of sslr_aead_init.
 */
#include "record.h"

#define EXPLICIT_NONCE 8

static const CipherSuite *suite_of(const Direction *direction)
{
    return direction->suite;
}

static size_t tag_size(const Direction *direction)
{
    return sslr_aead_tag_size((AeadId)suite_of(direction)->aead);
}

/* RFC 7905 2, RFC 8446 5.3: the IV with the sequence number XORed into its last eight bytes. */
static void implicit_nonce(const Direction *direction, uint8_t nonce[AEAD_NONCE_SIZE])
{
    memcpy(nonce, direction->iv, 4);
    put_u64(nonce + 4, get_u64(direction->iv + 4) ^ direction->sequence);
}

static SSLErr bad_record(SSLContext *ctx)
{
    return sslr_fail(ctx, ALERT_BAD_RECORD_MAC, SSLProtocolErr, "the record does not authenticate");
}

/* ---- TLS 1.2 ---- */

static size_t prefix12(const Direction *direction)
{
    return suite_of(direction)->aead == AEAD_CHACHA20_POLY1305 ? 0 : EXPLICIT_NONCE;
}

static size_t expansion12(const Direction *direction)
{
    return prefix12(direction) + tag_size(direction);
}

/* RFC 5246 6.2.3.3: seq || type || version || plaintext length. */
static void additional_data12(const Direction *direction, uint8_t type, size_t length,
                              uint8_t aad[13])
{
    put_u64(aad, direction->sequence);
    aad[8] = type;
    put_u16(aad + 9, TLS_Version_1_2);
    put_u16(aad + 11, length);
}

static SSLErr seal12(SSLContext *ctx, Direction *write, uint8_t type, uint8_t *record,
                     size_t content_length, size_t *length)
{
    uint8_t  aad[13], nonce[AEAD_NONCE_SIZE];
    size_t   prefix  = prefix12(write);
    uint8_t *content = record + RECORD_HEADER + prefix;
    SSLErr   err;

    (void)ctx;
    additional_data12(write, type, content_length, aad);
    if (prefix > 0) {
        /* The sequence number as explicit nonce never repeats under one key. */
        memcpy(nonce, write->iv, 4);
        put_u64(nonce + 4, write->sequence);
        memcpy(record + RECORD_HEADER, nonce + 4, EXPLICIT_NONCE);
    } else {
        implicit_nonce(write, nonce);
    }
    err = sslr_aead_seal(write->state, nonce, aad, sizeof(aad), content, content_length,
                         content + content_length);
    put_u16(record + 3, prefix + content_length + tag_size(write));
    *length = RECORD_HEADER + prefix + content_length + tag_size(write);
    write->sequence++;
    return err;
}

static SSLErr open12(SSLContext *ctx, Direction *read, Incoming *in)
{
    uint8_t aad[13], nonce[AEAD_NONCE_SIZE];
    size_t  prefix = prefix12(read), tag = tag_size(read), length;

    if (in->have < prefix + tag) {
        return bad_record(ctx);
    }
    length = in->have - prefix - tag;
    additional_data12(read, in->type, length, aad);
    if (prefix > 0) {
        memcpy(nonce, read->iv, 4);
        memcpy(nonce + 4, in->buffer, EXPLICIT_NONCE);
    } else {
        implicit_nonce(read, nonce);
    }
    if (sslr_aead_open(read->state, nonce, aad, sizeof(aad), in->buffer + prefix, length,
                       in->buffer + prefix + length) != SSLNoErr) {
        return bad_record(ctx);
    }
    read->sequence++;
    in->content = in->buffer + prefix;
    in->left    = length;
    return SSLNoErr;
}

const Protection sslr_protection_aead12 = {.name          = "AEAD",
                                           .max_expansion = 2048,
                                           .prefix        = prefix12,
                                           .expansion     = expansion12,
                                           .seal          = seal12,
                                           .open          = open12};

/* ---- TLS 1.3 ---- */

static size_t prefix13(const Direction *direction)
{
    (void)direction;
    return 0;
}

static size_t expansion13(const Direction *direction)
{
    return 1 + tag_size(direction);
}

/* Zeros behind the content type, so that the length is a multiple of the configured size, within
 * the peer's limit. */
static size_t padding13(const SSLContext *ctx, size_t content_length)
{
    size_t multiple = ctx->config.record_padding, padding, limit;

    if (multiple <= 1) {
        return 0;
    }
    limit   = sslr_max_fragment(ctx);
    padding = (multiple - content_length % multiple) % multiple;
    if (content_length + padding > limit) {
        padding = content_length < limit ? limit - content_length : 0;
    }
    return padding;
}

static SSLErr seal13(SSLContext *ctx, Direction *write, uint8_t type, uint8_t *record,
                     size_t content_length, size_t *length)
{
    uint8_t  nonce[AEAD_NONCE_SIZE];
    uint8_t *content = record + RECORD_HEADER;
    size_t   padding = padding13(ctx, content_length);
    size_t   inner   = content_length + 1 + padding;
    SSLErr   err;

    content[content_length] = type;
    if (padding > 0) {
        memset(content + content_length + 1, 0, padding);
    }
    record[0] = CONTENT_APPLICATION_DATA;
    put_u16(record + 3, inner + tag_size(write));
    implicit_nonce(write, nonce);
    err =
        sslr_aead_seal(write->state, nonce, record, RECORD_HEADER, content, inner, content + inner);
    *length = RECORD_HEADER + inner + tag_size(write);
    write->sequence++;
    return err;
}

/* A record in clear where protected ones are due: RFC 8446 5 allows the compatibility
 * ChangeCipherSpec, and a peer that has no keys yet can only send an alert so. */
static int may_be_clear(const SSLContext *ctx, const Direction *read, const Incoming *in)
{
    if (in->type == CONTENT_CHANGE_CIPHER_SPEC) {
        return 1;
    }
    return in->type == CONTENT_ALERT && in->have == 2 && ctx->handshake != NULL &&
           read->sequence == 0;
}

static SSLErr open13(SSLContext *ctx, Direction *read, Incoming *in)
{
    uint8_t nonce[AEAD_NONCE_SIZE];
    size_t  tag = tag_size(read), length;

    if (in->type != CONTENT_APPLICATION_DATA) {
        return may_be_clear(ctx, read, in)
                   ? SSLNoErr
                   : sslr_fail(ctx, ALERT_UNEXPECTED_MESSAGE, SSLProtocolErr,
                               "a record in clear where a protected one is due");
    }
    if (in->have < tag) {
        return sslr_skip_early_data(ctx, in) ? SSLNoErr : bad_record(ctx);
    }
    length = in->have - tag;
    implicit_nonce(read, nonce);
    if (sslr_aead_open(read->state, nonce, in->header, RECORD_HEADER, in->buffer, length,
                       in->buffer + length) != SSLNoErr) {
        return sslr_skip_early_data(ctx, in) ? SSLNoErr : bad_record(ctx);
    }
    read->sequence++;
    if (ctx->handshake != NULL) {
        ctx->handshake->skip_early_data = 0; /* what comes now is the handshake */
    }
    if (length > sslr_max_content(ctx) + 1) {
        return sslr_fail(ctx, ALERT_RECORD_OVERFLOW, SSLProtocolErr,
                         "the record's content is longer than agreed");
    }
    while (length > 0 && in->buffer[length - 1] == 0) {
        length--;
    }
    if (length == 0) {
        return sslr_fail(ctx, ALERT_UNEXPECTED_MESSAGE, SSLProtocolErr,
                         "the record has no content type");
    }
    in->type = in->buffer[length - 1];
    in->left = length - 1;
    if (in->type != CONTENT_HANDSHAKE && in->type != CONTENT_ALERT &&
        in->type != CONTENT_APPLICATION_DATA) {
        return sslr_fail(ctx, ALERT_UNEXPECTED_MESSAGE, SSLProtocolErr,
                         "the protected content type is not allowed");
    }
    if (in->left == 0 && in->type != CONTENT_APPLICATION_DATA) {
        return sslr_fail(ctx, ALERT_UNEXPECTED_MESSAGE, SSLProtocolErr, "the record is empty");
    }
    return SSLNoErr;
}

const Protection sslr_protection_aead13 = {.name          = "AEAD",
                                           .max_expansion = 256,
                                           .prefix        = prefix13,
                                           .expansion     = expansion13,
                                           .seal          = seal13,
                                           .open          = open13};
