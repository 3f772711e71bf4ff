/*
 * sslmemory.h - callbacks that need no operating system: byte rings instead of a transport, and an
 * arena, one fixed block of memory, instead of a heap. No system call, no malloc, no global data.
 *
 * Rings are for event loops that move the bytes themselves: the engine reads from one ring and
 * writes into another, and the loop carries their content to and from whatever it has (a socket, a
 * UART, another context). The arena is for firmware that gives TLS a fixed share of its memory.
 *
 * The members of the structures are shown so that a program can declare them anywhere; use the
 * calls. None has a lock: one thread at a time.
 */
#ifndef SSLREF_MEMORY_H
#define SSLREF_MEMORY_H

#include "ssl.h"
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ==== Byte rings (ring.c) ==== */

typedef struct SSLRing {
    uint8 *storage;
    uint32 size;  /* bytes of storage */
    uint32 first; /* where the oldest byte lies */
    uint32 used;  /* bytes in the ring */
    int    ended; /* nothing more will be written */
} SSLRing;

/* Make ring an empty one of size bytes (1 or more) at storage, which must outlive it. A record of
 * TLS has at most 16,709 bytes, but any size works: a smaller ring only means more round trips. */
void SSLRingInit(SSLRing *ring, void *storage, uint32 size);

/* Bytes that wait to be read, and bytes that can be written. */
uint32 SSLRingUsed(const SSLRing *ring);
uint32 SSLRingRoom(const SSLRing *ring);

/* Move as many of length bytes as possible in or out; the result says how many. */
uint32 SSLRingWrite(SSLRing *ring, const void *data, uint32 length);
uint32 SSLRingRead(SSLRing *ring, void *data, uint32 length);

/* The same without copying, for a loop that reads from or sends to a device directly. Look at the
 * bytes that lie in one piece (*length of them, 0 when there are none), then take some away; or get
 * the room that lies in one piece, fill some of it, then say how much. */
const uint8 *SSLRingPeek(const SSLRing *ring, uint32 *length);
void         SSLRingTake(SSLRing *ring, uint32 length);
uint8       *SSLRingSpace(SSLRing *ring, uint32 *length);
void         SSLRingFilled(SSLRing *ring, uint32 length);

/* Mark the end of the stream: what is in the ring can still be read, nothing more can be written.
 */
void SSLRingEnd(SSLRing *ring);

/* One end of a duplex connection: an I/O reference for the two callbacks below. Two contexts are
 * joined by two rings and two ends, { &a, &b } and { &b, &a }. */
typedef struct SSLRingEnds {
    SSLRing *in;  /* what the engine reads from */
    SSLRing *out; /* what the engine writes into */
} SSLRingEnds;

/* SSLReadFunc and SSLWriteFunc; connRef is an SSLRingEnds. Empty or full: SSLWouldBlockErr. Empty
 * and ended: SSLConnectionClosedGraceful. Writing into an ended ring: SSLIOErr. */
SSLErr SSLRingReadFunc(SSLBuffer data, uint32 *processed, void *connRef);
SSLErr SSLRingWriteFunc(SSLBuffer data, uint32 *processed, void *connRef);

/* Install both on ctx, with ends (which must outlive the connection) as the I/O reference. */
SSLErr SSLRingInstall(SSLContext *ctx, SSLRingEnds *ends);

/* ==== The arena (arena.c) ==== */

struct SSLArenaBlock; /* the header before each block; private to arena.c */

typedef struct SSLArena {
    struct SSLArenaBlock *first;    /* all blocks lie one behind the other from here */
    uint8                *end;      /* behind the last */
    struct SSLArenaBlock *free;     /* a list of those that are free */
    size_t                in_use;   /* bytes given out now, headers and padding included */
    size_t                high;     /* the most that in_use ever was */
    uint32                blocks;   /* blocks given out now */
    uint32                failures; /* requests that found no room */
} SSLArena;

/* Make an arena of the memory at block, size bytes, which must outlive it. Error:
 * SSLBadParameterErr when it is too small to give out a single byte. */
SSLErr SSLArenaInit(SSLArena *arena, void *block, size_t size);

/* SSLAllocFunc, SSLFreeFunc and SSLReallocFunc; allocRef is the arena. First fit; neighbours that
 * are free become one block again. No room: SSLMemoryErr. A pointer that is not a block given out
 * by this arena, or was freed already: SSLBadParameterErr, and nothing happens. */
SSLErr SSLArenaAlloc(SSLBuffer *buf, void *allocRef);
SSLErr SSLArenaFree(SSLBuffer *buf, void *allocRef);
SSLErr SSLArenaRealloc(SSLBuffer *buf, uint32 newSize, void *allocRef);

/* Install the three on ctx, or fill an allocator with them for SSLCreateIdentity and
 * SSLCreateTrust. The arena must outlive the context or object. */
SSLErr SSLArenaInstall(SSLContext *ctx, SSLArena *arena);
void   SSLArenaAllocator(SSLArena *arena, SSLAllocator *allocator);

typedef struct SSLArenaStatistics {
    size_t size;     /* bytes of the whole arena */
    size_t inUse;    /* bytes given out now, headers and padding included */
    size_t high;     /* the most that inUse ever was: what the arena has to hold at least */
    size_t largest;  /* the largest request that would succeed now */
    uint32 blocks;   /* blocks given out now */
    uint32 failures; /* requests that found no room */
} SSLArenaStatistics;

void SSLArenaGetStatistics(const SSLArena *arena, SSLArenaStatistics *statistics);

/* Walk through the whole arena; 0 if a header was overwritten. For tests and watchdogs. */
int SSLArenaIsSound(const SSLArena *arena);

#ifdef __cplusplus
}
#endif
#endif
