/*
 * any_order.h - one random story of two parties: its dice, and what a program, the transport and an
 * enemy may do in it at any moment. What must follow is in test_any_order.c.
 */
#ifndef SSLREF_TEST_FAULT_ANY_ORDER_H
#define SSLREF_TEST_FAULT_ANY_ORDER_H

#include "party.h"

typedef struct Run {
    unsigned seed;
    int      hostile, active;
    uint64_t dice;
    World    world;
    Party    parties[2];
    int      garbled;    /* bytes were changed or false messages sent: the peer may wait for more */
    unsigned handshakes; /* how many more may begin: they are slow */
    unsigned updates;    /* and key updates: a flood of them is an attack */
} Run;

extern Run run;

unsigned dice(unsigned sides); /* 0 .. sides - 1, as the seed says */
int      one_in(unsigned sides);

/* Somebody does something. */
void act_at_random(void);

/* Callbacks that think about a question answer when they are asked again. */
void let_answer(Side *side);

size_t under_way(const Pipe *pipe);

#endif
