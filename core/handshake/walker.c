/*
 * walker.c - walks a flow table, the same for both sides: skip rows whose facts do not hold, send
 * mine, wait for the peer's, run the decisions. It never reaches a transport; core/api/exchange
 * does what it asks for.
 */
#include "handshake.h"

/* CLIENT or SERVER. */
static int own_side(const SSLContext *ctx)
{
    return is_server(ctx) ? SERVER : CLIENT;
}

static void next_row(SSLContext *ctx)
{
    ctx->handshake->row++;
    ctx->handshake->entered = 0;
}

/* The row that the next step is about: one whose facts hold, that its sender has chosen, and that
 * is not a matter of the other side alone. */
static inline const FlowRow *due_row(const Handshake *hs, int side)
{
    const uint32_t facts = hs->facts;
    const FlowRow *row;

    for (row = hs->row; row->who != ROW_END; row++) {
        int passed_over;

        if ((row->when & ~facts) != 0 || (row->unless & facts) != 0) {
            continue;
        }
        if ((row->who & side) != 0) {
            passed_over = (row->flags & OPTIONAL) != 0 && (row->choice & ~facts) != 0;
        } else {
            passed_over = (row->who & WORK) != 0 || (row->flags & SENDER_ONLY) != 0;
        }
        if (!passed_over) {
            break;
        }
    }
    return row;
}

int sslr_is_listening(const SSLContext *ctx)
{
    const FlowRow *row = due_row(ctx->handshake, own_side(ctx));

    return row->who != ROW_END && (row->who & own_side(ctx)) == 0;
}

int sslr_is_deciding(const SSLContext *ctx)
{
    return (due_row(ctx->handshake, own_side(ctx))->who & WORK) != 0;
}

/* RFC 8446 5.1: a key change must not leave bytes behind in the record or in the reassembly. */
SSLErr sslr_check_boundary(SSLContext *ctx)
{
    /* While a message is present, what was put together from several records is that message. */
    if (ctx->incoming.left > 0 || (!ctx->framing.present && ctx->framing.partial.length > 0)) {
        return sslr_fail(ctx, ALERT_UNEXPECTED_MESSAGE, SSLProtocolErr,
                         "handshake bytes stand behind a key change");
    }
    return SSLNoErr;
}

SSLErr sslr_seal_flight(SSLContext *ctx)
{
    Writer *flight = &ctx->handshake->flight;
    SSLErr  err    = writer_status(flight);

    if (err == SSLNoErr && flight->length > 0) {
        err = sslr_queue_content(ctx, CONTENT_HANDSHAKE, bytes_of(flight->data, flight->length));
    }
    sslr_writer_release(flight);
    return err;
}

/* ChangeCipherSpec is a record of its own and not part of the transcript. */
static SSLErr send_change_cipher_spec(SSLContext *ctx)
{
    static const uint8_t body[1] = {1};
    SSLErr               err     = sslr_seal_flight(ctx);

    if (err == SSLNoErr) {
        err = sslr_queue_content(ctx, CONTENT_CHANGE_CIPHER_SPEC, bytes_of(body, 1));
    }
    if (err == SSLNoErr) {
        trace_message(ctx, SSL_TraceMessageSent, MSG_CHANGE_CIPHER_SPEC, 1, 0);
    }
    return err;
}

/* SSL 3.0: a client without a certificate says so by an alert, which is not part of the transcript.
 */
static int is_alternative(const SSLContext *ctx, const FlowRow *row)
{
    return (row->flags & ALTERNATIVE) != 0 && ctx->protocol != NULL &&
           ctx->version <= SSL_Version_3_0;
}

static SSLErr send_alternative(SSLContext *ctx)
{
    SSLErr err = sslr_seal_flight(ctx);

    return err != SSLNoErr ? err : sslr_queue_alert(ctx, ALERT_WARNING, ALERT_NO_CERTIFICATE);
}

/* A record of its own kind: two bytes of length, the message, whose bytes alone are hashed. */
static SSLErr send_version_2_hello(SSLContext *ctx, const FlowRow *row)
{
    Writer   message;
    uint8_t *space;
    SSLErr   err;

    sslr_writer_init(&message, &ctx->allocator);
    err = row->write(ctx, &message);
    if (err == SSLNoErr) {
        err = sslr_transcript_add(ctx, bytes_of(message.data, message.length));
    }
    if (err == SSLNoErr) {
        err = sslr_queue_space(ctx, 2 + message.length, &space);
    }
    if (err == SSLNoErr) {
        put_u16(space, 0x8000 | message.length);
        memcpy(space + 2, message.data, message.length);
        ctx->write.sequence++; /* SSL 2.0 counts it */
        trace_message(ctx, SSL_TraceMessageSent, row->type, message.length - 1, 0);
    }
    sslr_writer_release(&message);
    return err;
}

static SSLErr send_message(SSLContext *ctx, const FlowRow *row)
{
    Writer *flight = &ctx->handshake->flight;
    size_t  start  = flight->length;
    Block   body;
    SSLErr  err;

    if (ctx->protocol != NULL && ctx->protocol->send != NULL) {
        return ctx->protocol->send(ctx, row);
    }
    if (row->type == MSG_CLIENT_HELLO_V2) {
        return send_version_2_hello(ctx, row);
    }
    if (row->type == MSG_CHANGE_CIPHER_SPEC) {
        return send_change_cipher_spec(ctx);
    }
    if (is_alternative(ctx, row) && ctx->handshake->identity == NULL) {
        return send_alternative(ctx);
    }
    write_u8(flight, row->type == MSG_HELLO_RETRY_REQUEST ? MSG_SERVER_HELLO : row->type);
    body = open_block(flight, 3);
    err  = row->write(ctx, flight);
    close_block(flight, body);
    if (err == SSLNoErr) {
        err = writer_status(flight);
    }
    if (err == SSLNoErr && row->type == MSG_CLIENT_HELLO) {
        sslr_write_binders(ctx, flight->data + start, flight->length - start);
    }
    if (err == SSLNoErr) {
        err = sslr_transcript_add(ctx, bytes_of(flight->data + start, flight->length - start));
    }
    if (err == SSLNoErr) {
        trace_message(ctx, SSL_TraceMessageSent, row->type, flight->length - start - 4,
                      ctx->write.protection != NULL);
    }
    return err;
}

static SSLErr send_row(SSLContext *ctx, const FlowRow *row)
{
    SSLErr err = send_message(ctx, row);

    if (err == SSLNoErr && (row->flags & (FLUSH | CHANGES_KEY)) != 0) {
        err = sslr_seal_flight(ctx);
    }
    return err;
}

static SSLErr receive_row(SSLContext *ctx, const FlowRow *row)
{
    const Message *message = &ctx->framing.message;
    Reader         body    = reader_of(message->body);
    SSLErr         err;

    ctx->error_message = (int16_t)message->type;
    trace_message(ctx, SSL_TraceMessageReceived, message->type, message->body.length,
                  ctx->read.state != NULL);
    err = row->read(ctx, &body);
    if (err == SSLNoErr && !reader_complete(&body)) {
        err = sslr_fail(ctx, ALERT_DECODE_ERROR, SSLProtocolErr,
                        "a handshake message is truncated or has trailing bytes");
    }
    if (err == SSLNoErr && message->whole.length > 0) {
        err = sslr_transcript_add(ctx, message->whole);
    }
    if (err == SSLNoErr) {
        ctx->handshake->facts |= row->choice;
        sslr_release_message(ctx);
        if ((row->flags & CHANGES_KEY) != 0) {
            err = sslr_check_boundary(ctx);
        }
    }
    if (err == SSLNoErr) {
        ctx->error_message = -1;
    }
    return err;
}

/* The row is finished: keys change, the next table is chosen. */
static SSLErr finish_row(SSLContext *ctx, const FlowRow *row)
{
    SSLErr err = SSLNoErr;

    if ((row->flags & LAST) == 0) {
        next_row(ctx);
    }
    if (row->then != NULL) {
        err = row->then(ctx);
    }
    return err;
}

/* F6: what the current row does not name, from one place. */
static SSLErr unexpected(SSLContext *ctx)
{
    ctx->error_message = (int16_t)ctx->framing.message.type;
    return sslr_fail(ctx, ALERT_UNEXPECTED_MESSAGE, SSLProtocolErr,
                     "a handshake message comes at the wrong time");
}

/* RFC 8446 5: once a ClientHello that allows TLS 1.3 is out, the compatibility ChangeCipherSpec is
 * dropped at any time; that of TLS 1.2 never comes before ServerHello, which checks it. */
static int drop_early_ccs(SSLContext *ctx)
{
    const Message *message = &ctx->framing.message;

    if (message->type != MSG_CHANGE_CIPHER_SPEC || is_server(ctx) || ctx->protocol != NULL ||
        !allows_tls13(ctx) || message->body.length != 1 || message->body.data[0] != 1 ||
        ++ctx->handshake->dropped_ccs > MAX_DROPPED_CCS) {
        return 0;
    }
    sslr_release_message(ctx);
    return 1;
}

static WalkResult fail_walk(SSLErr error, SSLErr *err)
{
    *err = error;
    return WALK_FAILED;
}

/* A row of the peer. WALK_DONE means: go on. */
static WalkResult walk_theirs(SSLContext *ctx, const FlowRow *row, SSLErr *err)
{
    if (!ctx->framing.present) {
        return WALK_NEED_MESSAGE;
    }
    if (is_alternative(ctx, row) &&
        (ctx->framing.message.type == MSG_NO_CERTIFICATE ||
         (ctx->protocol->stands_for_certificate != NULL &&
          ctx->protocol->stands_for_certificate(ctx, &ctx->framing.message)))) {
        sslr_release_message(ctx);
        *err = sslr_read_no_certificate(ctx);
        if (*err == SSLNoErr) {
            *err = finish_row(ctx, row);
        }
        return *err == SSLNoErr ? WALK_DONE : WALK_FAILED;
    }
    if (ctx->framing.message.type != row->type) {
        if (drop_early_ccs(ctx)) {
            return WALK_NEED_MESSAGE;
        }
        if ((row->flags & OPTIONAL) != 0) {
            next_row(ctx);
            return WALK_DONE;
        }
        return fail_walk(unexpected(ctx), err);
    }
    *err = receive_row(ctx, row);
    if (*err == SSLNoErr) {
        *err = finish_row(ctx, row);
    }
    return *err == SSLNoErr ? WALK_DONE : WALK_FAILED;
}

/* F2: a decision finds the queue empty, also where we listened while data was stuck. */
static int must_drain(const SSLContext *ctx)
{
    return !is_server(ctx) && (ctx->handshake->facts & (FACT_EARLY_OFFERED | FACT_LATER)) != 0 &&
           sslr_queued_bytes(ctx) > 0;
}

/* A row of this side. WALK_DONE means: go on. */
static WalkResult walk_mine(SSLContext *ctx, const FlowRow *row, SSLErr *err)
{
    if ((row->who & WORK) == 0) {
        *err = send_row(ctx, row);
    } else if (must_drain(ctx)) {
        return WALK_FLUSH;
    } else {
        *err = row->work(ctx);
        if (*err == SSLWouldBlockErr) {
            ctx->handshake->entered = 1;
            return WALK_WAIT;
        }
        if (*err == SSLNoErr && row->name != NULL) {
            sslr_trace(ctx, SSL_TraceWork, 0, 0, 0, row->name);
        }
    }
    if (*err == SSLNoErr) {
        *err = finish_row(ctx, row);
    }
    if (*err != SSLNoErr) {
        return WALK_FAILED;
    }
    return (row->flags & FLUSH) != 0 ? WALK_FLUSH : WALK_DONE;
}

WalkResult sslr_walk(SSLContext *ctx, SSLErr *err)
{
    const int  side = own_side(ctx);
    Handshake *hs   = ctx->handshake;

    *err = SSLNoErr;
    for (;;) {
        const FlowRow *row = due_row(hs, side);
        WalkResult     result;

        if (row != hs->row) {
            hs->row     = row;
            hs->entered = 0;
        }
        if (row->who == ROW_END) {
            break;
        }
        result = (row->who & side) != 0 ? walk_mine(ctx, row, err) : walk_theirs(ctx, row, err);
        if (result != WALK_DONE) {
            return result;
        }
    }
    /* A client that answers later reads on meanwhile: what came is none of this flow. */
    if (ctx->framing.present && !has_fact(ctx, FACT_LATER)) {
        return fail_walk(unexpected(ctx), err);
    }
    return WALK_DONE;
}
