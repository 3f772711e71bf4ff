/*
 * queue.c - the write queue: protected records in the order in which they must leave. Content is
 * copied in once and sealed in place. The block goes when the queue is empty.
 */
#include "../keys/keys.h"
#include "record.h"

static SSLErr reserve(SSLContext *ctx, size_t length)
{
    Outgoing *out  = &ctx->outgoing;
    size_t    used = out->end - out->start, capacity;
    void     *block;
    SSLErr    err;

    if (length <= out->capacity - out->end) {
        return SSLNoErr;
    }
    capacity = used + length;
    if (used > 0 && capacity < 2 * out->capacity) {
        capacity = 2 * out->capacity;
    }
    err = sslr_allocate(&ctx->allocator, capacity, &block);
    if (err != SSLNoErr) {
        return err;
    }
    if (used > 0) {
        memcpy(block, out->data + out->start, used);
    }
    sslr_release_queue(ctx);
    out->data     = (uint8_t *)block;
    out->end      = used;
    out->capacity = capacity;
    return SSLNoErr;
}

size_t sslr_max_fragment(const SSLContext *ctx)
{
    size_t limit = ctx->config.max_record_size != 0 ? ctx->config.max_record_size : MAX_FRAGMENT;

    if (ctx->handshake != NULL && ctx->handshake->early.writing) {
        size_t before = ctx->handshake->early.max_send; /* RFC 8449 4: all that is known yet */

        return before != 0 && before < limit ? before : limit;
    }
    if (ctx->max_send != 0 && ctx->max_send < limit &&
        (ctx->write.protection != NULL || ctx->limit_clear)) {
        limit = ctx->max_send;
    }
    return limit;
}

/* RFC 5246 E.1: a ClientHello travels under the lowest version that every server takes; servers of
 * 1996 know none above their own. */
uint16_t sslr_record_version(const SSLContext *ctx)
{
    if (ctx->write.protection == &sslr_protection_aead13) {
        return TLS_Version_1_2; /* 0-RTT data travels before the version is chosen */
    }
    if (ctx->protocol == NULL) {
        return ctx->config.version_max < TLS_Version_1_0 ? SSL_Version_3_0 : TLS_Version_1_0;
    }
    return ctx->version < TLS_Version_1_2 ? ctx->version : TLS_Version_1_2;
}

/* One record at `record`, which has room. */
static SSLErr seal_record(SSLContext *ctx, uint8_t type, Bytes content, uint8_t *record,
                          size_t *length)
{
    Direction *write  = &ctx->write;
    size_t     prefix = 0;

    /* RFC 8446 5: the compatibility ChangeCipherSpec is never protected. */
    int clear = write->protection == NULL || (type == CONTENT_CHANGE_CIPHER_SPEC &&
                                              write->protection == &sslr_protection_aead13);

    if (!clear) {
        prefix = write->protection->prefix(write);
    }
    if (content.length > 0) {
        memcpy(record + RECORD_HEADER + prefix, content.data, content.length);
    }
    record[0] = type;
    put_u16(record + 1, sslr_record_version(ctx));
    if (clear) {
        put_u16(record + 3, content.length);
        *length = RECORD_HEADER + content.length;
        return SSLNoErr;
    }
    return write->protection->seal(ctx, write, type, record, content.length, length);
}

/* BEAST: with chained IVs the first byte of every write travels in a record of its own, whose MAC
 * makes the next IV unforeseeable. */
static int splits_first_byte(const SSLContext *ctx, uint8_t type, size_t content_length)
{
    return type == CONTENT_APPLICATION_DATA && content_length > 1 && !ctx->config.no_record_split &&
           ctx->write.protection == &sslr_protection_cbc && !ctx->write.explicit_iv;
}

/* One more than needed when the first byte is split off. */
static size_t record_count(size_t content_length, size_t fragment)
{
    return content_length <= 1 ? 1 : (content_length + fragment - 1) / fragment + 1;
}

SSLErr sslr_queue_reserve(SSLContext *ctx, size_t content_length)
{
    size_t expansion = RECORD_HEADER, fragment = sslr_max_fragment(ctx);

    if (ctx->protocol != NULL && ctx->protocol->queue != NULL) { /* SSL 2.0 */
        expansion = ctx->protocol->queue_overhead;
        fragment -= expansion;
    }
    if (ctx->write.protection != NULL) {
        expansion += ctx->write.protection->expansion(&ctx->write);
        if (ctx->write.protection == &sslr_protection_aead13) {
            expansion += ctx->config.record_padding;
        }
    }
    return reserve(ctx, content_length + record_count(content_length, fragment) * expansion);
}

SSLErr sslr_queue_space(SSLContext *ctx, size_t length, uint8_t **space)
{
    SSLErr err = reserve(ctx, length);

    *space = NULL;
    if (err == SSLNoErr) {
        *space = ctx->outgoing.data + ctx->outgoing.end;
        ctx->outgoing.end += length;
    }
    return err;
}

SSLErr sslr_queue_reserved(SSLContext *ctx, uint8_t type, Bytes content)
{
    Outgoing *out      = &ctx->outgoing;
    size_t    fragment = sslr_max_fragment(ctx);
    size_t    next     = splits_first_byte(ctx, type, content.length) ? 1 : fragment;
    SSLErr    err;

    if (ctx->protocol != NULL && ctx->protocol->queue != NULL) {
        return ctx->protocol->queue(ctx, content);
    }
    do { /* empty content makes one record too */
        size_t length = 0;
        Bytes  part   = bytes_of(content.data, content.length < next ? content.length : next);

        err = seal_record(ctx, type, part, out->data + out->end, &length);
        if (err == SSLNoErr) {
            out->end += length;
            content = bytes_of(content.data + part.length, content.length - part.length);
            next    = fragment;
        }
    } while (err == SSLNoErr && content.length > 0);
    return err;
}

SSLErr sslr_queue_content(SSLContext *ctx, uint8_t type, Bytes content)
{
    SSLErr err = sslr_queue_reserve(ctx, content.length);

    return err != SSLNoErr ? err : sslr_queue_reserved(ctx, type, content);
}

/* Hand [*start, end) to the write callback; *start moves. */
static SSLErr drain_block(SSLContext *ctx, uint8_t *data, size_t *start, size_t end)
{
    while (*start < end) {
        SSLBuffer buffer;
        uint32    processed = 0;
        SSLErr    err;

        buffer.data   = data + *start;
        buffer.length = (uint32)(end - *start);
        err           = ctx->callbacks.write(buffer, &processed, ctx->callbacks.io_ref);
        if (processed > buffer.length) {
            return sslr_explain(ctx, SSLCallbackErr, "the write callback reports too many bytes");
        }
        *start += processed;
        if (err == SSLNoErr && processed == 0) {
            return sslr_explain(ctx, SSLCallbackErr,
                                "the write callback succeeds without progress");
        }
        if (err == SSLWouldBlockErr && *start < end) {
            ctx->wants |= SSL_WantsWrite;
            return err;
        }
        if (err != SSLNoErr && err != SSLWouldBlockErr) {
            ctx->transport_failed = 1;
            return err;
        }
    }
    return SSLNoErr;
}

SSLErr sslr_drain(SSLContext *ctx)
{
    Outgoing *out = &ctx->outgoing;
    size_t    alert_start;
    SSLErr    err;

    if (sslr_queued_bytes(ctx) == 0) {
        return SSLNoErr;
    }
    if (ctx->callbacks.write == NULL) {
        return sslr_explain(ctx, SSLMissingCallbackErr, "SSLSetWriteFunc was not called");
    }
    err = drain_block(ctx, out->data, &out->start, out->end);
    if (err != SSLNoErr) {
        return err;
    }
    sslr_release_queue(ctx);
    alert_start      = out->alert_start;
    err              = drain_block(ctx, out->alert, &alert_start, out->alert_end);
    out->alert_start = (uint8_t)alert_start;
    return err;
}

void sslr_release_queue(SSLContext *ctx)
{
    Outgoing *out   = &ctx->outgoing;
    void     *block = out->data;

    sslr_release(&ctx->allocator, &block, out->capacity);
    out->data  = NULL;
    out->start = out->end = out->capacity = 0;
}

void sslr_direction_clear(SSLContext *ctx, Direction *direction)
{
    sslr_release(&ctx->allocator, &direction->state, direction->state_length);
    sslr_wipe(direction, sizeof(*direction));
}
