/*
 * ring.c - byte rings as a transport: callbacks like any others, so that the engine has no second
 * path for memory. Called by event loops and, through the callbacks, by the engine.
 */
#include "sslmemory.h"

#include <string.h>

void SSLRingInit(SSLRing *ring, void *storage, uint32 size)
{
    ring->storage = (uint8 *)storage;
    ring->size    = size;
    ring->first   = 0;
    ring->used    = 0;
    ring->ended   = 0;
}

uint32 SSLRingUsed(const SSLRing *ring)
{
    return ring->used;
}

uint32 SSLRingRoom(const SSLRing *ring)
{
    return ring->ended ? 0 : ring->size - ring->used;
}

const uint8 *SSLRingPeek(const SSLRing *ring, uint32 *length)
{
    uint32 to_end = ring->size - ring->first;

    *length = ring->used < to_end ? ring->used : to_end;
    return ring->storage + ring->first;
}

void SSLRingTake(SSLRing *ring, uint32 length)
{
    uint32 to_end = ring->size - ring->first;

    if (length > ring->used) {
        length = ring->used;
    }
    ring->first = length < to_end ? ring->first + length : length - to_end;
    ring->used -= length;
    if (ring->used == 0) {
        ring->first = 0; /* an empty ring has its whole room in one piece */
    }
}

uint8 *SSLRingSpace(SSLRing *ring, uint32 *length)
{
    uint32 to_end = ring->size - ring->first;
    uint32 room   = SSLRingRoom(ring);

    if (ring->used < to_end) { /* the room begins behind the bytes and may go on at the start */
        *length = room < to_end - ring->used ? room : to_end - ring->used;
        return ring->storage + ring->first + ring->used;
    }
    *length = room;
    return ring->storage + (ring->used - to_end);
}

void SSLRingFilled(SSLRing *ring, uint32 length)
{
    uint32 room = SSLRingRoom(ring);

    ring->used += length < room ? length : room;
}

uint32 SSLRingWrite(SSLRing *ring, const void *data, uint32 length)
{
    const uint8 *from = (const uint8 *)data;
    uint32       done = 0;

    while (done < length) { /* at most two pieces */
        uint32 piece;
        uint8 *space = SSLRingSpace(ring, &piece);

        if (piece == 0) {
            break;
        }
        if (piece > length - done) {
            piece = length - done;
        }
        memcpy(space, from + done, piece);
        SSLRingFilled(ring, piece);
        done += piece;
    }
    return done;
}

uint32 SSLRingRead(SSLRing *ring, void *data, uint32 length)
{
    uint8 *to   = (uint8 *)data;
    uint32 done = 0;

    while (done < length) { /* at most two pieces */
        uint32       piece;
        const uint8 *bytes = SSLRingPeek(ring, &piece);

        if (piece == 0) {
            break;
        }
        if (piece > length - done) {
            piece = length - done;
        }
        memcpy(to + done, bytes, piece);
        SSLRingTake(ring, piece);
        done += piece;
    }
    return done;
}

void SSLRingEnd(SSLRing *ring)
{
    ring->ended = 1;
}

SSLErr SSLRingReadFunc(SSLBuffer data, uint32 *processed, void *connRef)
{
    SSLRing *in = ((SSLRingEnds *)connRef)->in;

    *processed = SSLRingRead(in, data.data, data.length);
    if (*processed == data.length) {
        return SSLNoErr;
    }
    if (*processed == 0 && in->ended) {
        return SSLConnectionClosedGraceful;
    }
    return SSLWouldBlockErr; /* what there was counts */
}

SSLErr SSLRingWriteFunc(SSLBuffer data, uint32 *processed, void *connRef)
{
    SSLRing *out = ((SSLRingEnds *)connRef)->out;

    *processed = 0;
    if (out->ended) {
        return SSLIOErr;
    }
    *processed = SSLRingWrite(out, data.data, data.length);
    return *processed == data.length ? SSLNoErr : SSLWouldBlockErr;
}

SSLErr SSLRingInstall(SSLContext *ctx, SSLRingEnds *ends)
{
    SSLErr err = ends != NULL ? SSLSetReadFunc(ctx, SSLRingReadFunc) : SSLBadParameterErr;

    if (err != SSLNoErr) {
        return err;
    }
    (void)SSLSetWriteFunc(ctx, SSLRingWriteFunc);
    return SSLSetIORef(ctx, ends);
}
