/*
 * read.c - exactly one record through the read callback, never a byte past it, opened in place. The
 * buffer comes when a record is under way, sized to it, and goes when it is consumed.
 */
#include "record.h"

/* At most length bytes to *at; *have grows by what came. */
static SSLErr gather(SSLContext *ctx, uint8_t *at, size_t *have, size_t length)
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
    if (length > limit ||
        (ctx->limit_clear && ctx->read.protection == NULL && length > ctx->max_receive)) {
        return sslr_fail(ctx, ALERT_RECORD_OVERFLOW, SSLProtocolErr, "the record is too long");
    }
    if (length == 0 && type != CONTENT_APPLICATION_DATA) {
        return sslr_fail(ctx, ALERT_UNEXPECTED_MESSAGE, SSLProtocolErr, "the record is empty");
    }
    return SSLNoErr;
}

static SSLErr open_record(SSLContext *ctx, Incoming *in)
{
    const Protection *protection = ctx->read.protection;
    SSLErr            err;

    in->type    = in->header[0];
    in->content = in->buffer;
    in->left    = in->have;
    if (protection == NULL) {
        if (in->type == CONTENT_APPLICATION_DATA) {
            return sslr_fail(ctx, ALERT_UNEXPECTED_MESSAGE, SSLProtocolErr,
                             "application data in clear");
        }
        in->opened = 1;
        return SSLNoErr;
    }
    err = protection->open(ctx, &ctx->read, in);
    if (err != SSLNoErr) {
        return err;
    }
    if (in->left > MAX_FRAGMENT || (ctx->max_receive != 0 && in->left > ctx->max_receive)) {
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

SSLErr sslr_read_record(SSLContext *ctx)
{
    Incoming *in   = &ctx->incoming;
    size_t    have = in->header_have, length;
    SSLErr    err;

    err             = gather(ctx, in->header, &have, RECORD_HEADER);
    in->header_have = (uint8_t)have;
    if (err != SSLNoErr) {
        return err;
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
    err = gather(ctx, in->buffer, &in->have, length);
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
