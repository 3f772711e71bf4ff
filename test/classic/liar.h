/*
 * liar.h - one end of a connection that lies: the engine too, but it walks private copies of the
 * flow tables, so that each of its messages can be changed before it leaves, and rows can be left
 * out, doubled or moved. One liar at a time.
 */
#ifndef SSLREF_TEST_CLASSIC_LIAR_H
#define SSLREF_TEST_CLASSIC_LIAR_H

#include "connection.h"

/* A message that the liar has just written: its body is out->data[start .. out->length). */
typedef struct Draft {
    SSLContext *ctx;
    uint16_t    type;
    Writer     *out;
    size_t      start;
} Draft;

typedef void (*LiarFunc)(Draft *draft, const void *plan);

/* To be called between connection_open and the handshake. lie may be NULL. */
void liar_prepare(End *end, LiarFunc lie, const void *plan);

/* Rows of SSL 2.0's table, or of that from SSL 3.0 to TLS 1.2. */
void liar_drop(End *end, uint16_t type);
void liar_double(End *end, uint16_t type);
void liar_move_before(End *end, uint16_t type, uint16_t before);

uint8_t *draft_body(Draft *draft);
size_t   draft_length(const Draft *draft);
void     draft_set(Draft *draft, const void *data, size_t length);

#endif
