/*
 * any_order.c - see any_order.h.
 */
#include "any_order.h"

#include "connected.h"
#include "core/record/record.h"

Run run;

/* ---- chance ---- */

unsigned dice(unsigned sides)
{
    uint64_t x = run.dice += 0x9E3779B97F4A7C15u;

    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
    return (unsigned)((x ^ (x >> 31)) % sides);
}

int one_in(unsigned sides)
{
    return dice(sides) == 0;
}

size_t under_way(const Pipe *pipe)
{
    return pipe->end - pipe->start;
}

/* ---- what a program may do ---- */

typedef void (*ActFunc)(Party *party);

static void act_handshake(Party *party)
{
    (void)party_handshake(party);
}

static void act_read(Party *party)
{
    (void)party_read(party, dice(4000));
}

static void act_take(Party *party)
{
    (void)party_take(party, 1 + dice(20000));
}

static void act_write(Party *party)
{
    uint32 taken;

    (void)party_write(party, one_in(8) ? dice(20000) : dice(1500), &taken);
}

static void act_early(Party *party)
{
    if (party->side->world->scenario->early > 0) {
        (void)party_write_early(party, dice(1500));
    }
}

static void act_service(Party *party)
{
    (void)party_service(party);
}

static void act_key_update(Party *party)
{
    if (run.updates > 0) {
        run.updates--;
        party_key_update(party, (int)dice(2));
    }
}

/* One that meets a later certificate or renegotiation is refused, and may try again. */
static void act_later_handshake(Party *party)
{
    if (run.handshakes == 0 || (party->may_refuse && !party->side->server && !one_in(10))) {
        return; /* by name, and refused: soon there would be no connection */
    }
    if (party->side->world->scenario->version >= TLS_Version_1_3) {
        party_ask_for_certificate(party, (int)dice(2));
    } else {
        party_renegotiate(party, (int)dice(2));
    }
    run.handshakes -= (unsigned)party->scheduled;
}

/* Triggers of bytes and of time. What they begin and the peer refuses costs nothing. */
static void act_trigger(Party *party)
{
    SSLContext *ctx    = party->side->ctx;
    uint32      little = party->may_refuse ? 512 : 5000;

    if (run.handshakes == 0 || one_in(3)) {
        assert_int_equal(SSLSetRenegotiateBytes(ctx, 0), SSLNoErr);
        assert_int_equal(SSLSetRenegotiateTimeout(ctx, 0), SSLNoErr);
        return;
    }
    run.handshakes -= !party->may_refuse;
    if (party->may_refuse || one_in(2)) {
        assert_int_equal(SSLSetRenegotiateBytes(ctx, little + dice(6 * little)), SSLNoErr);
    } else if (!run.hostile) {
        assert_int_equal(SSLSetRenegotiateTimeout(ctx, 1 + dice(30)), SSLNoErr);
    }
}

static void act_time_passes(Party *party)
{
    (void)party;
    side_clock += dice(5);
}

/* What the other side wants is refused from now on, or allowed again. */
static void act_permission(Party *party)
{
    static const uint32 flags[] = {0,
                                   0,
                                   0,
                                   SSL_RenegotiateNever,
                                   SSL_RenegotiateAllowPeer,
                                   SSL_RenegotiateAllowPeer | SSL_RenegotiateNewSession};

    if (party->may_refuse && one_in(2)) {
        assert_int_equal(SSLSetRenegotiation(party->side->ctx, flags[dice(6)]), SSLNoErr);
    }
}

static void act_close_write(Party *party)
{
    if (one_in(12)) {
        (void)party_close_write(party);
    }
}

/* Before anything has begun there is nothing that the peer could learn. */
static void act_close(Party *party)
{
    if (one_in(20) && party_state(party) != SSL_StateIdle) {
        (void)party_close(party);
    }
}

/* What chance alone seldom brings: the server owes a refusal to a client that began by itself, its
 * queue is stuck, and it wants a handshake of its own. */
static void act_crossing(Party *party)
{
    Party *server = party->side->server ? party : party->peer, *client = server->peer;
    uint32 taken;
    int    i;

    if (!party->may_refuse || !party_may_send(server) || !party_may_send(client)) {
        return;
    }
    assert_int_equal(SSLSetRenegotiation(server->side->ctx, 0), SSLNoErr);
    assert_int_equal(SSLSetRenegotiateBytes(client->side->ctx, 512), SSLNoErr);
    server->side->out->room = under_way(server->side->out) + 1;
    (void)party_write(server, 500, &taken);
    (void)party_write(client, 600, &taken);
    for (i = 0; i < 4; i++) {
        (void)party_read(client, 4000);
        (void)party_read(server, 4000);
    }
    party_renegotiate(server, 0);
}

/* ---- what the world may do ---- */

static void act_room(Party *party)
{
    Pipe *pipe = party->side->out;

    pipe->room = one_in(3) ? 0 : under_way(pipe) + dice(one_in(2) ? 20 : 3000) + 1;
}

static void act_portions(Party *party)
{
    Side *side = party->side;

    side->io_random  = one_in(3);
    side->io_stutter = one_in(3);
    side->io_short   = one_in(3);
    side->io_chunk   = one_in(4) ? 1 + dice(50) : 0;
    side->io_write   = one_in(4) ? 1 + dice(50) : 0;
}

/* How long callbacks think about what they are asked next: now and then until they are told. */
static void act_thought(Party *party)
{
    static const int waits[] = {0, 0, 1, 3, 1000};

    party->side->wait_pattern = waits[dice(5)];
}

void let_answer(Side *side)
{
    memset(side->waits_left, 0, sizeof(side->waits_left));
}

static void act_answer(Party *party)
{
    let_answer(party->side);
}

/* ---- what an enemy may do ---- */

static int can_lie(const Party *party)
{
    return run.hostile && one_in(4) && !party_is_over(party) && !party->half_closed &&
           !party->said_last && party_state(party) != SSL_StateIdle &&
           party_state(party) != SSL_StateClosed;
}

/* Sealed as the engine seals it, but at a moment and with a content of its own. */
static void act_false_message(Party *party)
{
    static const uint8_t types[] = {0, 1, 2, 4, 8, 11, 13, 14, 15, 20, 22, 24, 254};
    uint8_t              message[40];
    size_t               length = dice(20), i;

    if (!can_lie(party)) {
        return;
    }
    memset(message, 0, sizeof(message));
    message[0] = types[dice(sizeof(types))];
    message[3] = (uint8_t)(one_in(4) ? dice(30) : length);
    for (i = 0; i < length; i++) {
        message[4 + i] = (uint8_t)(one_in(2) ? 0 : dice(256));
    }
    run.garbled    = 1;
    party->may_lie = 1;
    (void)sslr_queue_content(party->side->ctx, CONTENT_HANDSHAKE, bytes_of(message, 4 + length));
}

static void act_false_alert(Party *party)
{
    static const uint8_t alerts[] = {0, 10, 20, 41, 40, 90, 100, 112, 255};

    if (can_lie(party)) {
        run.garbled    = 1;
        party->may_lie = 1;
        (void)sslr_queue_alert(party->side->ctx, (uint8_t)(one_in(3) ? dice(4) : ALERT_WARNING),
                               alerts[dice(sizeof(alerts))]);
    }
}

static void act_noise(Party *party)
{
    Pipe *pipe = party->side->in;

    if (run.hostile && one_in(12) && under_way(pipe) > 0) {
        run.garbled = 1;
        pipe->data[pipe->start + dice((unsigned)under_way(pipe))] ^= (uint8_t)(1u << dice(8));
    }
}

/* A callback fails once, soon. */
static void act_fault(Party *party)
{
    static const int    calls[] = {CALL_ALLOC,  CALL_RANDOM,   CALL_TIME,       CALL_READ,
                                   CALL_WRITE,  CALL_CHECK,    CALL_VERIFY,     CALL_IDENTITY,
                                   CALL_HELLO,  CALL_SIGN,     CALL_TICKET_KEY, CALL_PSK,
                                   CALL_REPLAY, CALL_IDENTITY, CALL_GET_SESSION};
    static const SSLErr codes[] = {SSLMemoryErr, SSLIOErr, -42, SSLConnectionClosedGraceful};
    Fault              *fault   = &party->side->fault;

    if (!run.hostile || !one_in(6)) {
        return;
    }
    fault->call  = calls[dice(sizeof(calls) / sizeof(calls[0]))];
    fault->code  = fault->call == CALL_ALLOC ? SSLMemoryErr : codes[dice(4)];
    fault->lie   = fault->call == CALL_IDENTITY && one_in(2) ? LIE_NOTHING : LIE_ERROR;
    fault->first = party->side->calls[fault->call] + dice(6);
    fault->times = 1 + dice(3);
    if (fault->lie == LIE_NOTHING) {
        fault->code = SSLNoErr;
    }
}

/* ---- the random part ---- */

typedef struct Action {
    unsigned weight;
    ActFunc  act;
    int      behind_end; /* also by a program that has closed or whose connection has failed */
} Action;

/* clang-format off */
static const Action actions[] = {
    { .weight = 12, .act = act_read,            .behind_end = 1 },
    { .weight = 12, .act = act_take,            .behind_end = 1 },
    { .weight = 14, .act = act_write,           .behind_end = 1 },
    { .weight = 4,  .act = act_early },
    { .weight = 8,  .act = act_handshake,       .behind_end = 1 },
    { .weight = 6,  .act = act_service,         .behind_end = 1 },
    { .weight = 2,  .act = act_key_update,      .behind_end = 1 },
    { .weight = 5,  .act = act_later_handshake, .behind_end = 1 },
    { .weight = 2,  .act = act_trigger },
    { .weight = 1,  .act = act_crossing },
    { .weight = 2,  .act = act_time_passes },
    { .weight = 2,  .act = act_permission },
    { .weight = 2,  .act = act_close_write,     .behind_end = 1 },
    { .weight = 2,  .act = act_close,           .behind_end = 1 },
    { .weight = 6,  .act = act_room },
    { .weight = 2,  .act = act_portions },
    { .weight = 4,  .act = act_thought },
    { .weight = 8,  .act = act_answer },
    { .weight = 2,  .act = act_false_message },
    { .weight = 1,  .act = act_false_alert },
    { .weight = 2,  .act = act_noise },
    { .weight = 2,  .act = act_fault },
};
/* clang-format on */

#define ACTIONS (sizeof(actions) / sizeof(actions[0]))

static const Action *choose_action(void)
{
    unsigned all = 0, left;
    size_t   i;

    for (i = 0; i < ACTIONS; i++) {
        all += actions[i].weight;
    }
    left = dice(all);
    for (i = 0; left >= actions[i].weight; i++) {
        left -= actions[i].weight;
    }
    return &actions[i];
}

void act_at_random(void)
{
    Party        *party  = &run.parties[dice(2)];
    const Action *action = choose_action();

    if (action->behind_end || !party_is_over(party)) {
        action->act(party);
    }
}
