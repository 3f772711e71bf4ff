/*
 * ladder.h - draw a handshake while it happens: the client on the left, the server on the right,
 * an arrow for each message.
 */
#ifndef SSLREF_SAMPLES_LADDER_H
#define SSLREF_SAMPLES_LADDER_H

#include "ssl.h"

#include <stdio.h>

typedef struct Ladder {
    FILE           *out;
    SSLProtocolSide side;  /* whose view it is */
    unsigned        label; /* printed before each line; 0: none */
    int             begun;
} Ladder;

/* An SSLTraceFunc whose reference is a Ladder. */
void ladder_trace(SSLContext *ctx, const SSLTraceEvent *event, void *ladder);

#endif
