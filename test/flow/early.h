/*
 * early.h - a client that says something early and a server that reads it, for the tests of 0-RTT
 * data in this folder.
 */
#ifndef SSLREF_TEST_EARLY_H
#define SSLREF_TEST_EARLY_H

#include "evil_peer.h"

#define EARLY (WITH_RESUMPTION | WITH_SESSION_STORE | WITH_EARLY_DATA)

extern const Scenario early, early_names, early_sealed;

typedef struct Talk {
    size_t  sent, received;
    uint8_t bytes[4096]; /* that the server got early */
    SSLErr  write, read; /* how the last call of either kind ended */
} Talk;

/* The client says so much, in pieces, as far as it is allowed to. */
void talk_write(Pair *pair, Talk *talk, size_t amount, size_t piece);

/* The server reads what there is; not 0 when all of it was read. */
int talk_read(Pair *pair, Talk *talk, uint32 room);

/* Both go on to the end of the handshake. */
void talk_finish(Pair *pair, Talk *talk);

/* What the server got is what was said. */
void talk_check(const Talk *talk, size_t amount);

int early_accepted(Peer *peer);
int pair_resumed(Pair *pair);

/* In a ClientHello that offers a ticket, as we never offer it: before it a name that nobody knows,
 * said to be of this age. The ticket's binder is right. */
void put_name_before_ticket(Peer *evil, EvilMessage *message, uint32_t age);

/* Settings of a server that refuses. */
void replay_fails(Pair *pair);
void no_resumption(Pair *pair);

#endif
