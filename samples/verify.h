/*
 * verify.h - what verify.c asks of verify_input.c: the request, however it came.
 */
#ifndef SSLREF_SAMPLES_VERIFY_H
#define SSLREF_SAMPLES_VERIFY_H

#include "ssl.h"

#include <stddef.h>

#define MAX_CHAIN 16

/* One question. Texts are PEM, each in its own block of malloc(), or NULL. */
typedef struct Question {
    char *anchors, *intermediates, *leaf, *name, *purpose, *crl, *ocsp, *revocation;
    long  max_depth, time; /* -1: not given */
    long  allow_sha1, allow_md5, allow_short_keys, common_name, ignore_dates;
} Question;

void free_question(Question *question);

/* Read one JSON object with the members of Question; NULL, or what is wrong with the text. */
const char *read_json(const char *text, size_t length, Question *question);

/* Decode the certificates (or OCSP RESPONSE blocks) of a PEM text one after the other into a block
 * of malloc(), and list them; the number found, or -1 for malformed PEM or no memory. Blocks beyond
 * `most` are left out. */
int decode_pem(const char *text, const char *label, SSLBuffer *list, int most,
               unsigned char **block);

#endif
