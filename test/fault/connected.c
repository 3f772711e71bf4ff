/*
 * connected.c - see connected.h.
 */
#include "callbacks.h"

#include "connected.h"

uint8_t side_data[SIDE_DATA];
uint32  side_clock;

SSLErr side_tell_time(uint32 *time, void *ref)
{
    (void)ref;
    *time = side_clock;
    return SSLNoErr;
}

SSLErr side_read(Side *side, size_t room, uint32 *moved)
{
    *moved = (uint32)room;
    return SSLRead(side_data, moved, side->ctx);
}

SSLErr side_write(Side *side, size_t count, uint32 *moved)
{
    *moved = (uint32)count;
    return SSLWrite(side_data, moved, side->ctx);
}

void side_carry(Side *from, Side *to)
{
    uint32 got, more;

    assert_int_equal(side_write(from, 100, &got), SSLNoErr);
    assert_int_equal(side_read(to, 200, &got), SSLNoErr);
    while (got < 100) { /* a first byte of its own: BEAST */
        assert_int_equal(side_read(to, 200, &more), SSLNoErr);
        got += more;
    }
    assert_int_equal(got, 100);
}

void world_settle(World *world)
{
    int i;

    for (i = 0; i < 10; i++) {
        uint32 got;

        assert_int_equal(side_read(&world->client, 1, &got), SSLWouldBlockErr);
        assert_int_equal(side_read(&world->server, 1, &got), SSLWouldBlockErr);
    }
    assert_int_equal(side_is_running(&world->client), 0);
    assert_int_equal(side_is_running(&world->server), 0);
}

int side_is_running(Side *side)
{
    int running;

    assert_int_equal(SSLGetHandshakeRunning(side->ctx, &running), SSLNoErr);
    return running;
}

int side_is_pending(Side *side)
{
    int pending;

    assert_int_equal(SSLRenegotiatePending(side->ctx, &pending), SSLNoErr);
    return pending;
}

int side_is_resumed(Side *side)
{
    int resumed;

    assert_int_equal(SSLGetSessionResumed(side->ctx, &resumed), SSLNoErr);
    return resumed;
}

uint32 side_count(Side *side)
{
    uint32 since, total;

    assert_int_equal(SSLGetRenegotiationCounts(side->ctx, &since, &total), SSLNoErr);
    assert_true(since <= total);
    return since;
}
