/*
 * parts.h - the input of the fuzzers that need more than one thing: a row of { kind[1] length[2]
 * bytes }, cut off where it ends. Each fuzzer takes the kinds that it knows.
 */
#ifndef SSLREF_FUZZ_PARTS_H
#define SSLREF_FUZZ_PARTS_H

#include "../../core/x509/revocation.h"

enum {
    PART_CHAIN,        /* a certificate of the chain, the leaf first */
    PART_ANCHOR,       /* a trusted certificate */
    PART_INTERMEDIATE, /* one that we have */
    PART_CRL,
    PART_STAPLE, /* an OCSP response */
    PART_HOST,
    PART_SETTINGS, /* flags, revocation, side, depth, accept signatures */
    PART_KEY,      /* a key anchor: a Name, then a SubjectPublicKeyInfo */
    PART_KINDS
};

/* The next part of *rest: 1; 0 at the end. */
int next_part(Bytes *rest, unsigned *kind, Bytes *part);

extern const SSLAllocator fuzz_allocator;

/* Not 0: signatures that look like one are taken as good, so that what stands behind them is
 * reached. The fuzzers are linked with the check of signatures wrapped. */
extern int fuzz_accept_signatures;

#endif
