/*
 * hash.h - what code beside hash.c in this folder may know of a running hash. Called by hmac.c.
 */
#ifndef SSLREF_HASH_H
#define SSLREF_HASH_H

#include "crypto.h"

HashId sslr_hash_id(const HashState *state);

#endif
