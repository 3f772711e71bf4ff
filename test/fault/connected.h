/*
 * connected.h - what tests do with two sides that are connected: carry data, let a later handshake
 * come to its end, ask what goes on.
 */
#ifndef SSLREF_TEST_FAULT_CONNECTED_H
#define SSLREF_TEST_FAULT_CONNECTED_H

#include "harness.h"

#define SIDE_DATA ((size_t)200000)

extern uint8_t side_data[SIDE_DATA]; /* what side_write sends and side_read receives */

/* SSLTimeFunc: whatever the test says it is. */
extern uint32 side_clock;
SSLErr        side_tell_time(uint32 *time, void *ref);

/* SSLRead and SSLWrite of so many bytes; *moved: how many it were. */
SSLErr side_read(Side *side, size_t room, uint32 *moved);
SSLErr side_write(Side *side, size_t count, uint32 *moved);

/* 100 bytes, whole. */
void side_carry(Side *from, Side *to);

/* Both sides go on until no handshake is under way. There must be no data. */
void world_settle(World *world);

int    side_is_running(Side *side); /* a handshake is */
int    side_is_pending(Side *side); /* a renegotiation is scheduled */
int    side_is_resumed(Side *side);
uint32 side_count(Side *side); /* renegotiations that it began */

#endif
