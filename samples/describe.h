/*
 * describe.h - what was negotiated on a connection, as pairs of a name and a value for people,
 * pages and tests.
 */
#ifndef SSLREF_SAMPLES_DESCRIBE_H
#define SSLREF_SAMPLES_DESCRIBE_H

#include "ssl.h"

#include <stdio.h>

#define MAX_FACTS 16

typedef struct Fact {
    const char *name;
    char        value[256]; /* printable ASCII; "-" where there is none */
} Fact;

/* Fill facts (room for MAX_FACTS); the result is their number. The memory callbacks of ctx must be
 * those of SSLPosixInstall. The last fact, the peer's name, is the only one with blanks. */
int describe(SSLContext *ctx, SSLProtocolSide side, Fact *facts);

/* Print them as name=value, with this text after each but the last. */
void print_facts(FILE *out, const Fact *facts, int count, const char *between);

/* All facts in one line, for --info; a label that is not 0 stands before them. */
void print_negotiated(SSLContext *ctx, SSLProtocolSide side, unsigned label);

/* The SubjectPublicKeyInfo of a DER certificate, as a whole element within it; length 0 if there is
 * none. */
SSLBuffer certificate_public_key(SSLBuffer der);

/* The subject of a DER certificate as "CN=..., O=..." in printable ASCII; "-" if there is none. */
void certificate_subject(SSLBuffer der, char *text, size_t room);

#endif
