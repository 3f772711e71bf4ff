/*
 * pem.h - PEM (RFC 7468, and the headers of RFC 1421 as far as to recognise them): one pass over
 * the text, strict base64. What stands in the blocks is not looked at. Used by trust.c, identity.c
 * and private_key.c.
 */
#ifndef SSLREF_X509_PEM_H
#define SSLREF_X509_PEM_H

#include "../base/bytes.h"

typedef struct PemBlock {
    Bytes label;
    Bytes headers; /* "Name: value" lines, without the empty line after them; usually none */
    Bytes base64;  /* with its line ends */
} PemBlock;

/* Take the next block off the front of *text: 1; 0 if there is none; -1 if the block is malformed
 * (*text is then behind it, so that the search can go on). Text between blocks is passed over. */
int sslr_pem_next(Bytes *text, PemBlock *block);

int sslr_pem_is_labelled(const PemBlock *block, const char *label);

/* The most bytes that a block can decode to. */
size_t sslr_pem_room(const PemBlock *block);

/* Decode into out, which has sslr_pem_room() bytes. ASNBadEncodingErr, out is then wiped. */
SSLErr sslr_pem_decode(const PemBlock *block, uint8_t *out, size_t *length);

#endif
