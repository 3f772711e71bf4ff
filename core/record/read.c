/*
 * read.c - exactly one record through the read callback, never a byte past it, opened in place. The
 * buffer comes when a record is under way, sized to it, and goes when it is consumed.
 */
#include "../keys/keys.h"
#include "record.h"

/* At most length bytes to *at; *have grows by what came. */
SSLErr sslr_gather(SSLContext *ctx, uint8_t *at, size_t *have, size_t length)
{
    if (ctx->callbacks.read == NULL && *have < length) {
        return sslr_explain(ctx, SSLMissingCallbackErr, "SSLSetReadFunc was not called");
    }
    while (*have < length) {
        SSLBuffer buffer;
        uint32    processed = 0;
        SSLErr    err;

        buffer.data   = at + *have;
        buffer.length = (uint32)(length - *have);
        err           = ctx->callbacks.read(buffer, &processed, ctx->callbacks.io_ref);
        if (processed > buffer.length) {
            return sslr_explain(ctx, SSLCallbackErr, "the read callback reports too many bytes");
        }
        *have += processed;
        if (err == SSLNoErr && processed == 0) {
            return sslr_explain(ctx, SSLCallbackErr, "the read callback succeeds without data");
        }
        if (err == SSLWouldBlockErr && *have < length) {
            ctx->wants |= SSL_WantsRead;
            return err;
        }
        ctx->transport_failed = err != SSLNoErr && err != SSLWouldBlockErr;
        if (err == SSLConnectionClosedGraceful) {
            return sslr_explain(ctx, SSLConnectionTruncated,
                                "the transport ended without close_notify");
        }
        if (err != SSLNoErr && err != SSLWouldBlockErr) {
            return err;
        }
    }
    return SSLNoErr;
}

/* RFC 8446 4.2.10: this may be a 0-RTT record of a client whose 0-RTT is not accepted. */
static int may_be_early_data(const SSLContext *ctx, uint8_t type)
{
    return type == CONTENT_APPLICATION_DATA && ctx->handshake != NULL &&
           ctx->handshake->skip_early_data > 0;
}

int sslr_skip_early_data(SSLContext *ctx, Incoming *in)
{
    Handshake *hs   = ctx->handshake;
    size_t     cost = RECORD_HEADER + in->have;

    if (!may_be_early_data(ctx, in->header[0]) || cost > hs->skip_early_data) {
        return 0;
    }
    hs->skip_early_data -= (uint32_t)cost;
    in->left    = 0;
    in->opened  = 1;
    in->skipped = 1;
    return 1;
}

/* What may stand in a header now. */
static SSLErr check_header(SSLContext *ctx, const Incoming *in, size_t length)
{
    const uint8_t  type    = in->header[0];
    const uint16_t version = get_u16(in->header + 1);
    size_t         limit   = MAX_FRAGMENT;

    if (type < CONTENT_CHANGE_CIPHER_SPEC || type > CONTENT_APPLICATION_DATA) {
        return sslr_fail(ctx, ALERT_UNEXPECTED_MESSAGE, SSLProtocolErr,
                         "the record type is unknown: the peer may not speak TLS");
    }
    if (version >> 8 != 3) {
        return sslr_fail(ctx, ALERT_PROTOCOL_VERSION, SSLProtocolErr,
                         "the record version is not 3.x");
    }
    /* RFC 5246 E.1: whatever 3.x until a version is chosen, which a client that fails before it has
     * read ServerHello does not know yet. RFC 8446 5.1: ignored in TLS 1.3. */
    if (ctx->protocol != NULL && ctx->version <= TLS_Version_1_2 && version != ctx->version &&
        !(type == CONTENT_ALERT && ctx->read.protection == NULL)) {
        return sslr_fail(ctx, ALERT_PROTOCOL_VERSION, SSLProtocolErr,
                         "the record version is not the negotiated one");
    }
    if (ctx->read.protection != NULL) {
        limit += ctx->read.protection->max_expansion;
    }
    if (may_be_early_data(ctx, type)) {
        limit = MAX_FRAGMENT + sslr_protection_aead13.max_expansion;
    }
    if (length > limit || (ctx->limit_clear && !may_be_early_data(ctx, type) &&
                           ctx->read.protection == NULL && length > ctx->max_receive)) {
        return sslr_fail(ctx, ALERT_RECORD_OVERFLOW, SSLProtocolErr, "the record is too long");
    }
    if (length == 0 && type != CONTENT_APPLICATION_DATA) {
        return sslr_fail(ctx, ALERT_UNEXPECTED_MESSAGE, SSLProtocolErr, "the record is empty");
    }
    return SSLNoErr;
}

/* RFC 8449 4: what is agreed on now, a client cannot know when it sends 0-RTT data. */
size_t sslr_max_content(const SSLContext *ctx)
{
    int early = ctx->handshake != NULL && ctx->handshake->early.reading;

    return ctx->max_receive != 0 && !early ? ctx->max_receive : MAX_FRAGMENT;
}

static SSLErr open_record(SSLContext *ctx, Incoming *in)
{
    const Protection *protection = ctx->read.protection;
    SSLErr            err;

    in->type    = in->header[0];
    in->content = in->buffer;
    in->left    = in->have;
    if (protection == NULL) {
        if (in->type == CONTENT_APPLICATION_DATA && sslr_skip_early_data(ctx, in)) {
            return SSLNoErr;
        }
        if (in->type == CONTENT_APPLICATION_DATA) {
            return sslr_fail(ctx, ALERT_UNEXPECTED_MESSAGE, SSLProtocolErr,
                             "application data in clear");
        }
        in->opened = 1;
        return SSLNoErr;
    }
    err = protection->open(ctx, &ctx->read, in);
    if (err != SSLNoErr || in->skipped) {
        return err;
    }
    if (in->left > sslr_max_content(ctx)) {
        return sslr_fail(ctx, ALERT_RECORD_OVERFLOW, SSLProtocolErr,
                         "the record's content is longer than agreed");
    }
    /* RFC 5246 6.2.1: only application data may be empty. */
    if (in->left == 0 && in->type != CONTENT_APPLICATION_DATA) {
        return sslr_fail(ctx, ALERT_UNEXPECTED_MESSAGE, SSLProtocolErr, "the record is empty");
    }
    in->opened = 1;
    return SSLNoErr;
}

/* The first record of a connection may be of SSL 2.0 format, where that is allowed: a two-byte
 * header, of which only one bit is fixed. */
static int is_version_2(const SSLContext *ctx)
{
    return ctx->protocol == NULL && (ctx->incoming.header[0] & 0x80) != 0 &&
           ctx->profile->classic != NULL &&
           (is_server(ctx) ? ctx->config.allow_v2_hello : ctx->config.send_v2_hello);
}

#define MAX_V2_HELLO 4096
#define MIN_V2_HELLO 9
#define V2_ERROR     3 /* the shortest answer of a server */

static SSLErr read_version_2(SSLContext *ctx)
{
    Incoming *in     = &ctx->incoming;
    size_t    length = get_u16(in->header) & 0x7FFF;
    void     *block;
    SSLErr    err;

    if (in->buffer == NULL) {
        if (length < (is_server(ctx) ? MIN_V2_HELLO : V2_ERROR) ||
            (is_server(ctx) && length > MAX_V2_HELLO)) {
            return sslr_fail(ctx, ALERT_DECODE_ERROR, SSLProtocolErr,
                             "a record of SSL 2.0 format has a wrong length");
        }
        err = sslr_allocate(&ctx->allocator, length, &block);
        if (err != SSLNoErr) {
            return err;
        }
        in->buffer   = (uint8_t *)block;
        in->capacity = length;
        in->have =
            RECORD_HEADER - 2; /* the header that was read held the first bytes of the body */
        memcpy(in->buffer, in->header + 2, in->have);
    }
    err = sslr_gather(ctx, in->buffer, &in->have, length);
    if (err == SSLNoErr) {
        in->type    = CONTENT_VERSION_2;
        in->content = in->buffer;
        in->left    = in->have;
        in->opened  = 1;
    }
    return err;
}

SSLErr sslr_read_record(SSLContext *ctx)
{
    Incoming *in   = &ctx->incoming;
    size_t    have = in->header_have, length;
    SSLErr    err;

    if (ctx->protocol != NULL && ctx->protocol->read_record != NULL) {
        return ctx->protocol->read_record(ctx);
    }
    err             = sslr_gather(ctx, in->header, &have, RECORD_HEADER);
    in->header_have = (uint8_t)have;
    if (err != SSLNoErr) {
        return err;
    }
    if (is_version_2(ctx)) {
        return read_version_2(ctx);
    }
    length = get_u16(in->header + 3);
    if (in->buffer == NULL && in->have == 0) {
        void *block;

        err = check_header(ctx, in, length);
        if (err == SSLNoErr && length > 0) {
            err          = sslr_allocate(&ctx->allocator, length, &block);
            in->buffer   = (uint8_t *)block;
            in->capacity = err == SSLNoErr ? length : 0;
        }
        if (err != SSLNoErr) {
            return err;
        }
    }
    err = sslr_gather(ctx, in->buffer, &in->have, length);
    if (err != SSLNoErr) {
        return err;
    }
    return open_record(ctx, in);
}

void sslr_release_record(SSLContext *ctx)
{
    void *block = ctx->incoming.buffer;

    sslr_release(&ctx->allocator, &block, ctx->incoming.capacity);
    memset(&ctx->incoming, 0, sizeof(ctx->incoming));
}
