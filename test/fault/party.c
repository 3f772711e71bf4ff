/*
 * party.c - see party.h.
 */
#include "party.h"

#include "core/record/record.h"

#define MOST_AT_ONCE  40000
#define EARLY_PATTERN 100000 /* where the pattern of 0-RTT data begins */

static const char *name_of(const Party *party)
{
    return party->side->server ? "server" : "client";
}

SSLSessionState party_state(const Party *party)
{
    SSLSessionState state;

    assert_int_equal(SSLGetSessionState(party->side->ctx, &state), SSLNoErr);
    return state;
}

size_t party_queued(const Party *party)
{
    uint32 queued;

    assert_int_equal(SSLGetWritePendingSize(party->side->ctx, &queued), SSLNoErr);
    return queued;
}

int party_is_over(const Party *party)
{
    return party->closed || party->dead != SSLNoErr;
}

static int is_tls13(const Party *party)
{
    return party->side->world->scenario->version >= TLS_Version_1_3;
}

int party_may_send(const Party *party)
{
    return !party_is_over(party) && !party->half_closed && (is_tls13(party) || !party->heard_end) &&
           party_state(party) == SSL_StateConnected;
}

/* ---- what leaves last ---- */

/* SSLTraceFunc: nothing follows close_notify (RFC 8446 6.1) or a fatal alert. */
static void watch(SSLContext *ctx, const SSLTraceEvent *event, void *ref)
{
    Party *party = ref;
    int    sends = event->kind == SSL_TraceMessageSent || event->kind == SSL_TraceAlertSent;

    if (party->tells && event->kind <= SSL_TraceAlertReceived) {
        print_message("    %s %s %s\n", name_of(party), sends ? "sends" : "receives", event->name);
    }
    if (party->may_lie || !sends) {
        return;
    }
    if (party->said_last) {
        fail_msg("%s: %s leaves behind the end", name_of(party), event->name);
    }
    if (event->kind == SSL_TraceAlertSent &&
        (event->type == ALERT_CLOSE_NOTIFY || event->length == ALERT_FATAL)) {
        party->said_last = 1;
        party->ceiling   = party->side->out->total + sslr_queued_bytes(ctx);
    }
}

static void assert_nothing_follows(const Party *party)
{
    size_t bytes = party->side->out->total + party_queued(party);

    if (!party->may_lie && party->said_last && bytes > party->ceiling) {
        fail_msg("%s: %lu bytes are sealed behind the end", name_of(party),
                 (unsigned long)(bytes - party->ceiling));
    }
}

void party_open(Party *party, Side *side, Party *peer)
{
    memset(party, 0, sizeof(*party));
    party->side      = side;
    party->peer      = peer;
    party->has_early = side->server && side->world->scenario->early > 0;
    assert_int_equal(SSLSetTraceFunc(side->ctx, watch, party), SSLNoErr);
}

/* ---- judging ---- */

static int is_decision(int call)
{
    return call >= CALL_GET_SESSION && call <= CALL_REPLAY && call != CALL_DELETE_SESSION;
}

void assert_no_question_waits(const Party *party)
{
    int call;

    for (call = 0; call < CALLS; call++) {
        if (is_decision(call) && party->side->asked[call].pending) {
            fail_msg("%s: the %s callback was neither answered nor cancelled", name_of(party),
                     call_names[call]);
        }
    }
}

/* Would-block: SSLWants tells why. A later certificate is nothing that SSLWrite waits for. */
static void judge_wait(const Party *party, const char *call)
{
    const uint32 transport = SSL_WantsRead | SSL_WantsWrite;
    uint32       wants     = SSLWants(party->side->ctx);
    uint32       asked     = party->side->blocked & ~transport;
    int          later     = is_tls13(party) && party_state(party) == SSL_StateConnected;

    if (later && strcmp(call, "SSLWrite") == 0) {
        asked = 0;
    }
    if (wants == 0) {
        fail_msg("%s: %s would block, but SSLWants names nothing", name_of(party), call);
    }
    if ((wants & asked) != asked) {
        fail_msg("%s: %s would block, SSLWants is %x, but the callbacks that wait are %x",
                 name_of(party), call, wants, asked);
    }
}

/* An orderly end is one that somebody has made. */
static void judge_end(Party *party, const char *call)
{
    const Party *peer = party->peer;

    if (!party->may_fail && !party->closed && !party->half_closed && !peer->closed &&
        !peer->half_closed) {
        fail_msg("%s: %s says that the connection is closed, but nobody closed it", name_of(party),
                 call);
    }
    if (party_state(party) == SSL_StateClosed) {
        assert_no_question_waits(party);
    }
}

static int is_refusal(const Party *party, SSLErr err)
{
    uint8 received;

    assert_int_equal(SSLGetAlerts(party->side->ctx, NULL, &received), SSLNoErr);
    return party->may_refuse && (err == SSLNegotiationErr ||
                                 (err == SSLFatalAlert && received == ALERT_HANDSHAKE_FAILURE));
}

/* Any other error is fatal, and nothing of the connection is left. */
static void judge_death(Party *party, const char *call, SSLErr err)
{
    SSLErrorDetail detail;

    if (party->dead != SSLNoErr) {
        assert_int_equal(err, SSLConnectionClosedError);
        return;
    }
    assert_int_equal(SSLGetErrorDetail(party->side->ctx, &detail), SSLNoErr);
    if (!party->may_fail && !is_refusal(party, err)) {
        fail_msg("%s: %s fails with %d: %s", name_of(party), call, err, detail.rule);
    }
    if (party_state(party) == SSL_StateIdle) {
        return; /* nothing has begun */
    }
    if (party_state(party) != SSL_StateAborted) {
        fail_msg("%s: %s fails with %d, but the state is %d", name_of(party), call, err,
                 (int)party_state(party));
    }
    party->dead = err;
    assert_no_question_waits(party);
    assert_int_equal(SSLWants(party->side->ctx) & ~(uint32)SSL_WantsWrite, 0);
}

static void tell(const Party *party, const char *call, SSLErr err, size_t moved)
{
    if (party->tells) {
        print_message("  %s: %s %d, %lu bytes, wants %x, queued %lu, incoming %lu\n",
                      name_of(party), call, err, (unsigned long)moved, SSLWants(party->side->ctx),
                      (unsigned long)party_queued(party),
                      (unsigned long)(party->side->in->end - party->side->in->start));
    }
}

/* A close_notify before the first handshake was done may be anybody's. */
static int is_early_end(const Party *party, SSLErr err)
{
    return err == SSLConnectionTruncated && party_state(party) == SSL_StateClosed;
}

static SSLErr judge(Party *party, const char *call, SSLErr err, size_t moved)
{
    tell(party, call, err, moved);
    assert_nothing_follows(party);
    if (err == SSLWouldBlockErr) {
        judge_wait(party, call);
    } else if (is_early_end(party, err) ||
               (err == SSLConnectionClosedGraceful && party_state(party) != SSL_StateAborted)) {
        judge_end(party, call);
    } else if (err != SSLNoErr) {
        judge_death(party, call, err);
    }
    return err;
}

static void begin_call(Party *party)
{
    party->side->blocked = 0;
    party->scheduled     = 0;
}

static int is_end(SSLErr err)
{
    return err == SSLConnectionClosedGraceful || err == SSLConnectionTruncated;
}

/* ---- the calls that do I/O ---- */

SSLErr party_handshake(Party *party)
{
    SSLErr err;

    begin_call(party);
    err = judge(party, "SSLHandshake", SSLHandshake(party->side->ctx), 0);
    party->heard_end |= is_end(err) && party_state(party) == SSL_StateClosed;
    return err;
}

static void compare(const Party *party, const uint8_t *data, size_t length, size_t at)
{
    size_t i;

    for (i = 0; i < length; i++) {
        if (data[i] != pattern(!party->side->server, at + i)) {
            fail_msg("%s: byte %lu is not what was sent", name_of(party), (unsigned long)(at + i));
        }
    }
}

SSLErr party_read(Party *party, size_t room)
{
    static uint8_t buffer[MOST_AT_ONCE];
    uint32         length = (uint32)room;
    SSLErr         err;

    begin_call(party);
    err = SSLRead(buffer, &length, party->side->ctx);
    assert_true(length <= room);
    if (length > 0 && err != SSLNoErr && !party->may_fail) {
        fail_msg("%s: SSLRead delivers %u bytes with %d", name_of(party), length, err);
    }
    compare(party, buffer, length, party->side->received);
    party->side->received += length;
    party->has_more = length > 0;
    (void)judge(party, "SSLRead", err, length);
    party->heard_end |= is_end(err) && !party_is_over(party);
    return err;
}

/* What was taken may come to nothing when there is no memory: the connection stands. */
static int is_not_taken(const Party *party, SSLErr err)
{
    return party->may_fail && err == SSLMemoryErr && party_state(party) != SSL_StateAborted;
}

static SSLErr judge_written(Party *party, const char *call, SSLErr err, uint32 taken, size_t count)
{
    assert_true(taken <= count);
    if (is_not_taken(party, err)) {
        tell(party, call, err, taken);
        return err;
    }
    return judge(party, call, err, taken);
}

static const uint8_t *pattern_from(const Party *party, size_t at, size_t count)
{
    static uint8_t buffer[MOST_AT_ONCE];
    size_t         i;

    for (i = 0; i < count; i++) {
        buffer[i] = pattern(party->side->server, at + i);
    }
    return buffer;
}

SSLErr party_write(Party *party, size_t count, uint32 *taken)
{
    SSLErr err;

    begin_call(party);
    *taken = (uint32)count;
    err    = SSLWrite(pattern_from(party, party->side->sent, count), taken, party->side->ctx);
    party->side->sent += *taken;
    (void)judge_written(party, "SSLWrite", err, *taken, count);
    party->heard_end |= is_end(err) && !party_is_over(party) && !party->half_closed;
    return err;
}

SSLErr party_read_early(Party *party, size_t room)
{
    static uint8_t buffer[MOST_AT_ONCE];
    uint32         length = (uint32)room;
    SSLErr         err;

    begin_call(party);
    err = SSLReadEarlyData(buffer, &length, party->side->ctx);
    assert_true(length <= room);
    compare(party, buffer, length, EARLY_PATTERN + party->side->early_received);
    party->side->early_received += length;
    party->has_more = length > 0;
    if (err != SSLWouldBlockErr && length == 0) {
        party->has_early = 0;
        party->has_more  = 1; /* of SSLRead */
    }
    return judge(party, "SSLReadEarlyData", err, length);
}

SSLErr party_write_early(Party *party, size_t count)
{
    int            server = party->side->server;
    size_t         at     = server ? party->side->sent : EARLY_PATTERN + party->early_sent;
    const uint8_t *data   = pattern_from(party, at, count);
    uint32         taken  = (uint32)count;
    SSLErr         err;

    begin_call(party);
    err = SSLWriteEarlyData(data, &taken, party->side->ctx);
    party->early_sent += server ? 0 : taken;
    party->side->sent += server ? taken : 0;
    if (err == SSLBadStateErr) { /* the program uses SSLWrite */
        tell(party, "SSLWriteEarlyData", err, taken);
        assert_int_equal(taken, 0);
        return err;
    }
    return judge_written(party, "SSLWriteEarlyData", err, taken, count);
}

SSLErr party_take(Party *party, size_t room)
{
    return party->has_early && !party_is_over(party) ? party_read_early(party, room)
                                                     : party_read(party, room);
}

SSLErr party_service(Party *party)
{
    SSLErr err;

    party->side->blocked = 0;
    err                  = SSLServiceWriteQueue(party->side->ctx);
    if (party_is_over(party) && party->may_fail && err != SSLWouldBlockErr) {
        return err; /* the transport's own */
    }
    return judge(party, "SSLServiceWriteQueue", err, 0);
}

/* ---- ends ---- */

SSLErr party_close(Party *party)
{
    SSLErr err;

    party->side->blocked = 0;
    party->closed        = 1;
    err                  = SSLClose(party->side->ctx);
    tell(party, "SSLClose", err, 0);
    assert_nothing_follows(party);
    assert_no_question_waits(party);
    assert_true(err == SSLNoErr || err == SSLWouldBlockErr || party->may_fail);
    return err;
}

SSLErr party_close_write(Party *party)
{
    SSLErr err;

    begin_call(party);
    party->half_closed |= is_tls13(party) && party_state(party) == SSL_StateConnected;
    err = SSLCloseWrite(party->side->ctx);
    if (err == SSLBadStateErr || err == SSLUnsupportedErr) {
        tell(party, "SSLCloseWrite", err, 0);
        return err;
    }
    return judge(party, "SSLCloseWrite", err, 0);
}

/* ---- what is only scheduled ---- */

static void judge_schedule(Party *party, const char *call, SSLErr err)
{
    tell(party, call, err, 0);
    assert_nothing_follows(party);
    if (err != SSLNoErr && err != SSLBadStateErr && err != SSLUnsupportedErr) {
        fail_msg("%s: %s gives %d", name_of(party), call, err);
    }
    party->scheduled |= err == SSLNoErr;
}

void party_key_update(Party *party, int request)
{
    judge_schedule(party, "SSLKeyUpdate", SSLKeyUpdate(party->side->ctx, request));
}

void party_ask_for_certificate(Party *party, int require)
{
    judge_schedule(party, "SSLRequestClientCertificate",
                   SSLRequestClientCertificate(party->side->ctx, require));
}

void party_renegotiate(Party *party, int abbreviated)
{
    SSLContext *ctx = party->side->ctx;

    judge_schedule(party, "SSLRenegotiate",
                   abbreviated ? SSLRenegotiateAbbreviated(ctx) : SSLRenegotiate(ctx));
}
