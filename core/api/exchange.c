/*
 * exchange.c - the only loop that reaches the I/O callbacks: SSLHandshake, SSLRead, SSLWrite,
 * SSLServiceWriteQueue. It does what the walker asks for, and its failure exit is where sessions
 * are deleted. What a record brings is in receive.c.
 */
#include "../handshake/post_auth.h"
#include "../handshake/renegotiate.h"
#include "api.h"

/* ---- leaving ---- */

/* A server's renegotiation takes up a session that is not the one in force. */
static int resumes_another(const SSLContext *ctx)
{
    const Agreed *now = &ctx->agreed, *before = ctx->renegotiation.before;

    return is_server(ctx) && before != NULL && now->session_stored &&
           !bytes_equal(bytes_of(now->session_id, now->session_id_length),
                        bytes_of(before->session_id, before->session_id_length));
}

/* RFC 2246 7.2.2: a fatal alert ends the session; up to TLS 1.0 so does a missing close_notify. */
static void end_sessions(SSLContext *ctx)
{
    const int doubtful = !ctx->transport_failed || ctx->version <= TLS_Version_1_0;

    if (doubtful && resumes_another(ctx)) {
        sslr_session_delete(ctx);
    }
    sslr_renegotiation_undo(ctx); /* the getters go back to what was in force */
    if (doubtful) {
        sslr_session_delete(ctx);
    }
}

/* A fatal error: alert out if the transport takes it, everything but the queue freed. */
static SSLErr abort_connection(SSLContext *ctx, SSLErr err)
{
    if (ctx->error == SSLNoErr) {
        if (ctx->transport_failed) {
            (void)sslr_fail(ctx, SSL_NO_ALERT, err,
                            ctx->error_rule != NULL ? ctx->error_rule : "the transport failed");
        } else {
            (void)sslr_fail_internal(ctx, err, "an internal operation or a callback failed");
        }
    }
    end_sessions(ctx);
    ctx->wants = 0;
    sslr_handshake_cancel(ctx);
    sslr_connection_release(ctx);
    if (!ctx->transport_failed) {
        (void)sslr_drain(ctx);
    }
    return ctx->error;
}

/* A callback may return any code, also the one that the engine uses for an orderly close. */
static SSLErr closed_in_order(SSLContext *ctx)
{
    ctx->closed_in_order = 1;
    return SSLConnectionClosedGraceful;
}

static int is_orderly_close(const SSLContext *ctx, SSLErr err)
{
    return err == SSLConnectionClosedGraceful && ctx->closed_in_order && ctx->error == SSLNoErr &&
           !ctx->transport_failed;
}

/* The peer has closed in the midst of a handshake. Behind a later one is what was in force, but a
 * ticket may be of keys that never came. */
static void end_unfinished(SSLContext *ctx)
{
    ctx->wants = 0;
    sslr_handshake_cancel(ctx);
    sslr_handshake_end(ctx);
    sslr_renegotiation_undo(ctx);
    sslr_session13_forget(ctx);
    if (!ctx->was_connected) {
        sslr_connection_release(ctx);
    }
}

/* The end of every call that may do I/O. */
SSLErr sslr_exchange_leave(SSLContext *ctx, SSLErr err)
{
    if (err != SSLNoErr && ctx->state == SSL_StateIdle) {
        ctx->error = err; /* nothing has begun: the program may mend its settings and try again */
        ctx->in_callback = IN_NOTHING;
        return err;
    }
    if (err != SSLNoErr && err != SSLWouldBlockErr && !is_orderly_close(ctx, err)) {
        err = abort_connection(ctx, err);
    }
    if (ctx->handshake != NULL && ctx->state == SSL_StateClosed) {
        end_unfinished(ctx);
    }
    if (ctx->handshake == NULL) {
        sslr_release_consumed(ctx); /* an idle connection holds no record */
    }
    ctx->in_callback = IN_NOTHING;
    return err;
}

SSLErr sslr_exchange_enter(SSLContext *ctx)
{
    SSLErr err = may_call(ctx);

    if (err == SSLNoErr) {
        ctx->in_callback     = IN_CALL;
        ctx->wants           = 0;
        ctx->closed_in_order = 0;
    }
    return err;
}

/* The same for calls that need a connection: after a failure they do nothing. */
SSLErr sslr_exchange_enter_alive(SSLContext *ctx)
{
    SSLErr err = may_call(ctx);

    if (err == SSLNoErr && ctx->state == SSL_StateAborted) {
        err = SSLConnectionClosedError;
    }
    if (err == SSLNoErr && ctx->state == SSL_StateIdle) {
        ctx->error      = SSLNoErr; /* an earlier try that did not begin */
        ctx->error_rule = NULL;
    }
    return err != SSLNoErr ? err : sslr_exchange_enter(ctx);
}

/* ---- the handshake ---- */

static int has_data(const SSLContext *ctx)
{
    return ctx->incoming.opened && ctx->incoming.type == CONTENT_APPLICATION_DATA &&
           ctx->incoming.left > 0;
}

/* Where data may come between the messages, one record of it is held. */
static SSLErr next_message(SSLContext *ctx)
{
    SSLErr err = SSLNoErr;

    while (err == SSLNoErr && ctx->handshake != NULL && !ctx->framing.present) {
        if (has_data(ctx)) {
            ctx->wants |= SSL_WantsApplicationData;
            return SSLWouldBlockErr;
        }
        err = sslr_receive(ctx);
        if (err == SSLNoErr && ctx->state == SSL_StateClosed) {
            sslr_answer_close(ctx);
            err = closed_in_order(ctx);
        }
    }
    return err;
}

static int has_debts(const SSLContext *ctx)
{
    return ctx->owe_key_update || ctx->want_key_update || ctx->renegotiation.owe_refusal;
}

/* A KeyUpdate that is owed to the peer or wanted by the program, or the refusal of a renegotiation.
 * Only behind an empty queue: a peer that asks and does not read must not make it grow. */
static SSLErr queue_debts(SSLContext *ctx)
{
    if (!has_debts(ctx) || ctx->write_closed || sslr_queued_bytes(ctx) > 0 ||
        (ctx->handshake != NULL && !sslr_post_auth_lets_write(ctx))) {
        return SSLNoErr;
    }
    return ctx->renegotiation.owe_refusal ? sslr_renegotiation_send_refusal(ctx)
                                          : sslr_send_key_update(ctx);
}

static SSLErr settle_debts(SSLContext *ctx)
{
    SSLErr err;

    if (!has_debts(ctx) || sslr_queued_bytes(ctx) > 0) {
        return SSLNoErr;
    }
    err = queue_debts(ctx);
    return err != SSLNoErr ? err : sslr_drain(ctx);
}

int sslr_is_due(const SSLContext *ctx)
{
    if ((ctx->state != SSL_StateHandshake && ctx->state != SSL_StateConnected) ||
        sslr_queued_bytes(ctx) > 0) {
        return 0;
    }
    if (ctx->handshake != NULL) {
        return (ctx->framing.present || !sslr_is_listening(ctx)) && !ctx->handshake->entered;
    }
    return ctx->framing.present || (has_debts(ctx) && !ctx->write_closed) ||
           (ctx->renegotiation.scheduled != RENEGOTIATE_NOT && sslr_renegotiation_suits(ctx)) ||
           (ctx->post_auth != NULL && ctx->post_auth->wanted && !ctx->write_closed);
}

/* F2; but of a later certificate the server has nothing to send. */
static int decision_needs_queue(const SSLContext *ctx)
{
    return sslr_is_deciding(ctx) && !(is_server(ctx) && has_fact(ctx, FACT_LATER));
}

/* With 0-RTT, and where a certificate comes later, the peer may be writing as we are: if neither
 * read, both would wait for ever. What a handshake queues meanwhile is one flight. The write
 * callback is not asked again in the same call. */
static SSLErr drain_or_go_on(SSLContext *ctx)
{
    const Handshake *hs = ctx->handshake;
    SSLErr           err;

    if ((hs->facts & (FACT_EARLY_OFFERED | FACT_LATER)) == 0 && hs->skip_early_data == 0) {
        return sslr_drain(ctx);
    }
    err = queue_debts(ctx);
    if (err == SSLNoErr) {
        err = (ctx->wants & SSL_WantsWrite) != 0 ? SSLWouldBlockErr : sslr_drain(ctx);
    }
    return err == SSLWouldBlockErr && !decision_needs_queue(ctx) ? SSLNoErr : err;
}

/* Every row that can be done now, up to where it is enough. */
static SSLErr run_until(SSLContext *ctx, EnoughFunc enough)
{
    SSLErr     err = SSLNoErr;
    WalkResult result;

    while (ctx->handshake != NULL && (enough == NULL || !enough(ctx))) {
        /* What was written leaves before anything is waited for. */
        err = drain_or_go_on(ctx);
        if (err != SSLNoErr) {
            return err;
        }
        result = sslr_walk(ctx, &err);
        switch (result) {
        case WALK_FAILED:
            return err;
        case WALK_WAIT:
            err = sslr_seal_flight(ctx);
            if (err == SSLNoErr) {
                err = sslr_drain(ctx);
            }
            return err != SSLNoErr ? err : SSLWouldBlockErr;
        case WALK_NEED_MESSAGE:
            if (enough != NULL && enough(ctx)) {
                return SSLNoErr;
            }
            err = drain_or_go_on(ctx);
            if (err == SSLNoErr) {
                err = next_message(ctx);
            }
            break;
        case WALK_DONE:
            err = sslr_handshake_done(ctx);
            if (err == SSLNoErr && ctx->owe_close) {
                err = sslr_send_close(ctx);
            }
            break;
        default:
            break;
        }
        if (err != SSLNoErr) {
            return err;
        }
    }
    return SSLNoErr;
}

/* What SSLRenegotiate or the peer wants, as soon as the queue is empty. */
static SSLErr start_scheduled(SSLContext *ctx)
{
    SSLErr err = SSLNoErr;

    if ((ctx->renegotiation.scheduled == RENEGOTIATE_NOT && !sslr_post_auth_pending(ctx)) ||
        ctx->handshake != NULL) {
        return SSLNoErr;
    }
    if (sslr_queued_bytes(ctx) > 0) {
        err = sslr_drain(ctx);
    }
    if (err == SSLWouldBlockErr) {
        ctx->wants = 0;
        return SSLNoErr; /* later */
    }
    if (err == SSLNoErr && is_server(ctx)) {
        err = settle_debts(ctx); /* a refusal is the answer to what came before */
    }
    if (err == SSLWouldBlockErr) {
        ctx->wants = 0;
        return SSLNoErr;
    }
    if (err == SSLNoErr) {
        err = sslr_renegotiation_start(ctx);
    }
    return err != SSLNoErr ? err : sslr_post_auth_request(ctx);
}

/* Connected, and nothing but data is wanted: the usual case, found at once. */
static int is_quiet(const SSLContext *ctx)
{
    return ctx->state == SSL_StateConnected && ctx->handshake == NULL && ctx->post_auth == NULL &&
           ctx->renegotiation.scheduled == RENEGOTIATE_NOT;
}

/* In TLS 1.3 the peer may have closed first and still read: what it does not get is an error. Else
 * it may be gone, and nobody has to know. */
static SSLErr send_rest(SSLContext *ctx)
{
    SSLErr err = SSLNoErr;

    if (ctx->version >= TLS_Version_1_3 && ctx->has_secrets) {
        err = sslr_drain(ctx);
    } else {
        sslr_answer_close(ctx);
    }
    return err == SSLNoErr || err == SSLWouldBlockErr ? closed_in_order(ctx) : err;
}

SSLErr sslr_exchange_until(SSLContext *ctx, EnoughFunc enough)
{
    SSLErr err = SSLNoErr;

    if (ctx->state == SSL_StateClosed) {
        return send_rest(ctx);
    }
    if (ctx->state == SSL_StateIdle) {
        err = sslr_handshake_begin(ctx);
    } else {
        err = start_scheduled(ctx);
    }
    return err != SSLNoErr || ctx->handshake == NULL ? err : run_until(ctx, enough);
}

/* Bring the connection to where data may flow. */
static SSLErr establish(SSLContext *ctx)
{
    return is_quiet(ctx) ? SSLNoErr : sslr_exchange_until(ctx, NULL);
}

SSLErr SSLHandshake(SSLContext *ctx)
{
    int    running;
    SSLErr err = sslr_exchange_enter_alive(ctx);

    if (err != SSLNoErr) {
        return err;
    }
    running = ctx->state != SSL_StateConnected;
    err     = establish(ctx);
    if (err == SSLNoErr) {
        err = sslr_drain(ctx);
    }
    /* All that a server has left are tickets of TLS 1.3, or what asks the client for something. To
     * wait for them would be to wait for a client that may be writing. */
    if (err == SSLWouldBlockErr && ctx->handshake == NULL && is_server(ctx) &&
        ((running && ctx->version >= TLS_Version_1_3) || sslr_post_auth_pending(ctx) ||
         ctx->renegotiation.asked != RENEGOTIATE_NOT)) {
        ctx->wants = 0;
        err        = SSLNoErr;
    }
    if (err == SSLNoErr) {
        err = settle_debts(ctx);
    }
    return sslr_exchange_leave(ctx, err);
}

/* ---- reading ---- */

/* What waits to be sent must not stop reading. */
static SSLErr drain_quietly(SSLContext *ctx)
{
    SSLErr err = sslr_queued_bytes(ctx) > 0 ? sslr_drain(ctx) : SSLNoErr;

    if (err == SSLNoErr) {
        err = settle_debts(ctx);
    }
    ctx->wants &= (uint16_t)~SSL_WantsWrite; /* SSLWants names it while bytes are queued */
    return err == SSLWouldBlockErr ? SSLNoErr : err;
}

static void deliver(SSLContext *ctx, uint8_t *data, uint32 room, uint32 *length)
{
    Incoming *in   = &ctx->incoming;
    size_t    take = in->left < room ? in->left : room;

    memcpy(data, in->content, take);
    in->content += take;
    in->left -= take;
    *length            = (uint32)take;
    ctx->quiet_records = 0;
    if (in->left == 0) {
        sslr_release_record(ctx);
    }
}

/* Records past a handshake that waits, up to data, a message or the end. */
static SSLErr receive_past(SSLContext *ctx, int *records)
{
    SSLErr err = SSLNoErr;

    while (err == SSLNoErr && !has_data(ctx) && !ctx->framing.present && !ctx->read_closed) {
        if ((*records)++ == MAX_RECORDS_PER_CALL) {
            ctx->wants |= SSL_WantsRead;
            return SSLWouldBlockErr;
        }
        err = sslr_receive(ctx);
        if (err == SSLNoErr && ctx->owe_key_update) {
            err = drain_quietly(ctx);
        }
    }
    if (err == SSLNoErr && ctx->state == SSL_StateClosed) {
        sslr_answer_close(ctx);
    }
    return err == SSLNoErr && ctx->read_closed ? closed_in_order(ctx) : err;
}

/* A later handshake waits, perhaps for the peer to read, which waits for us to read: data that
 * comes meanwhile is delivered. */
static SSLErr read_aside(SSLContext *ctx, SSLErr handshake_err)
{
    int records = 0;

    while (handshake_err == SSLWouldBlockErr && (is_renegotiating(ctx) || answers_later(ctx))) {
        SSLErr err = receive_past(ctx, &records);

        if (err == SSLNoErr && has_data(ctx)) {
            ctx->wants = 0;
        }
        if (err != SSLNoErr || has_data(ctx)) {
            return err;
        }
        if (!sslr_is_due(ctx)) {
            break;
        }
        ctx->wants    = 0; /* what it waited for has come meanwhile */
        handshake_err = run_until(ctx, NULL);
    }
    return handshake_err;
}

/* The next record, or the next step of a later handshake. */
static SSLErr read_on(SSLContext *ctx)
{
    SSLErr err = is_quiet(ctx) ? SSLNoErr : start_scheduled(ctx);

    if (err == SSLNoErr && ctx->handshake != NULL) {
        return read_aside(ctx, run_until(ctx, NULL));
    }
    return err != SSLNoErr ? err : sslr_receive(ctx);
}

static SSLErr read_data(SSLContext *ctx, uint8_t *data, uint32 room, uint32 *length)
{
    int    records = 0;
    size_t queued;
    SSLErr err = drain_quietly(ctx);

    while (err == SSLNoErr && room > 0) {
        if (has_data(ctx)) {
            deliver(ctx, data, room, length);
            break;
        }
        if (ctx->read_closed) {
            return closed_in_order(ctx);
        }
        if (records++ == MAX_RECORDS_PER_CALL) {
            ctx->wants |= SSL_WantsRead;
            return SSLWouldBlockErr;
        }
        queued = sslr_queued_bytes(ctx);
        err    = read_on(ctx);
        if (err == SSLNoErr && ctx->state == SSL_StateClosed) {
            sslr_answer_close(ctx);
        } else if (err == SSLNoErr && (has_debts(ctx) || sslr_queued_bytes(ctx) > queued)) {
            err = drain_quietly(ctx);
        }
    }
    return err;
}

SSLErr SSLRead(void *data, uint32 *length, SSLContext *ctx)
{
    uint32 room;
    SSLErr err;

    if (length == NULL) {
        return SSLBadParameterErr;
    }
    room    = *length;
    *length = 0;
    if (data == NULL && room > 0) {
        return SSLBadParameterErr;
    }
    err = sslr_exchange_enter_alive(ctx);
    if (err != SSLNoErr) {
        return err;
    }
    err = read_aside(ctx, establish(ctx));
    if (err == SSLNoErr) {
        err = read_data(ctx, (uint8_t *)data, room, length);
    }
    if (err == SSLNoErr) {
        err = sslr_data_moved(ctx, *length);
    }
    err = sslr_exchange_leave(ctx, err);
    /* Before the first handshake is done nobody knows whose close_notify it was. */
    return err == SSLConnectionClosedGraceful && !ctx->was_connected && ctx->read_closed &&
                   ctx->alert_received == ALERT_CLOSE_NOTIFY
               ? SSLConnectionTruncated
               : err;
}

/* ---- writing ---- */

/* Queued in portions while the transport takes them: memory is for what is stuck. */
#define PORTION ((size_t)4 * MAX_FRAGMENT)

#define KEY_UPDATE_LENGTH 5

/* How much of length may be queued now. */
static size_t queue_room(const SSLContext *ctx, size_t length)
{
    size_t limit = ctx->config.write_queue_limit;

    return limit == 0 || length <= limit ? length : limit;
}

/* Room for a KeyUpdate or a warning: without memory nothing has happened. */
static SSLErr reserve_little(SSLContext *ctx, int *not_taken)
{
    SSLErr err = sslr_queue_reserve(ctx, KEY_UPDATE_LENGTH);

    *not_taken = err != SSLNoErr;
    return err;
}

/* Decision 23: no key protects more records than is safe. */
static SSLErr check_key_limit(SSLContext *ctx, size_t length, int *not_taken)
{
    size_t fragment = sslr_max_fragment(ctx);
    size_t records  = (length + fragment - 1) / fragment;
    SSLErr err;

    if (ctx->write.record_limit == 0 || ctx->write.sequence + records <= ctx->write.record_limit) {
        return SSLNoErr;
    }
    if (ctx->version >= TLS_Version_1_3) {
        err = reserve_little(ctx, not_taken);
        return err != SSLNoErr ? err : sslr_send_key_update(ctx);
    }
    return sslr_fail(ctx, ALERT_INTERNAL_ERROR, SSLKeyLimitErr,
                     "the limit of records under one key is reached");
}

/* Protect and queue one portion. Without memory nothing is taken or lost: not_taken. */
static SSLErr queue_data(SSLContext *ctx, Bytes data, int *not_taken)
{
    SSLErr err = check_key_limit(ctx, data.length, not_taken);

    if (err == SSLNoErr) {
        err        = sslr_queue_reserve(ctx, data.length);
        *not_taken = err != SSLNoErr;
    }
    return err != SSLNoErr ? err : sslr_queue_reserved(ctx, CONTENT_APPLICATION_DATA, data);
}

/* *length counts what was taken, whatever the result. */
static SSLErr write_data(SSLContext *ctx, const uint8_t *data, uint32 offered, uint32 *length,
                         int *not_taken)
{
    size_t take = queue_room(ctx, offered), done = 0;
    SSLErr err;

    if (ctx->write_closed) {
        return closed_in_order(ctx);
    }
    err = sslr_drain(ctx); /* an old queue that is stuck: nothing is taken */
    if (err == SSLNoErr && has_debts(ctx)) {
        err = reserve_little(ctx, not_taken);
        if (err != SSLNoErr) {
            return err;
        }
        err = settle_debts(ctx);
    }
    while (err == SSLNoErr && done < take) {
        size_t portion = take - done < PORTION ? take - done : PORTION;

        err = queue_data(ctx, bytes_of(data + done, portion), not_taken);
        if (err != SSLNoErr) {
            return err;
        }
        done += portion;
        *length = (uint32)done;
        err     = sslr_drain(ctx);
    }
    /* The manual: the data is in the queue before the block is reported. */
    if (err == SSLWouldBlockErr && done > 0 && done < take) {
        SSLErr rest = queue_data(ctx, bytes_of(data + done, take - done), not_taken);

        if (rest != SSLNoErr && !*not_taken) {
            return rest; /* some of it may be protected already: not to be taken twice */
        }
        *length = (uint32)(rest == SSLNoErr ? take : done);
    }
    *not_taken = 0;
    return err != SSLNoErr ? err : sslr_drain(ctx);
}

SSLErr SSLWrite(const void *data, uint32 *length, SSLContext *ctx)
{
    uint32 offered;
    int    not_taken = 0;
    SSLErr err;

    if (length == NULL) {
        return SSLBadParameterErr;
    }
    offered = *length;
    *length = 0;
    if (data == NULL && offered > 0) {
        return SSLBadParameterErr;
    }
    err = sslr_exchange_enter_alive(ctx);
    if (err != SSLNoErr) {
        return err;
    }
    err = establish(ctx);
    if (err == SSLWouldBlockErr && (sslr_post_auth_lets_write(ctx) || ctx->owe_close)) {
        ctx->wants = 0;
        err        = SSLNoErr;
    }
    if (err == SSLNoErr) {
        err = write_data(ctx, (const uint8_t *)data, offered, length, &not_taken);
    }
    if (err == SSLNoErr || err == SSLWouldBlockErr) {
        SSLErr moved = sslr_data_moved(ctx, *length);

        err = moved != SSLNoErr ? moved : err;
    }
    if (not_taken) {
        ctx->in_callback = IN_NOTHING; /* out of memory before anything was protected: try again */
        return err;
    }
    return sslr_exchange_leave(ctx, err);
}

SSLErr SSLServiceWriteQueue(SSLContext *ctx)
{
    const uint16_t before = ctx != NULL ? ctx->wants : 0;
    SSLErr         err    = sslr_exchange_enter(ctx);

    if (err != SSLNoErr) {
        return err;
    }
    err = sslr_drain(ctx);
    if (ctx->state == SSL_StateAborted) {
        ctx->in_callback = IN_NOTHING; /* nothing is left to abort */
        return err;
    }
    ctx->wants |= before & (uint16_t)~SSL_WantsWrite; /* what waits still does */
    return sslr_exchange_leave(ctx, err);
}

/* ---- for early_data.c ---- */

int sslr_exchange_take(SSLContext *ctx, uint8_t *data, uint32 *length)
{
    if (!has_data(ctx)) {
        return 0;
    }
    deliver(ctx, data, *length, length);
    return 1;
}

SSLErr sslr_exchange_put(SSLContext *ctx, Bytes data, uint32 *length, int *not_taken)
{
    return write_data(ctx, data.data, (uint32)data.length, length, not_taken);
}
