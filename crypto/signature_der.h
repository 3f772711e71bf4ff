/*
 * signature_der.h - the DER form of DSA and ECDSA signatures, shared by dsa.c and ecdsa.c.
 */
#ifndef SSLREF_SIGNATURE_DER_H
#define SSLREF_SIGNATURE_DER_H

#include "crypto.h"

/* RFC 3279 2.2.2, 2.2.3: SEQUENCE { r INTEGER, s INTEGER }. Strict: shortest lengths and integers,
 * nothing negative, nothing behind. r and s point into the signature, without leading zeros (zero
 * has length 0). SSLProtocolErr if malformed. */
SSLErr sslr_signature_parse(const uint8_t *signature, size_t length, Number *r, Number *s);

/* r and s have width bytes, at most 66. Returns the length: at most 2 * width + 9. */
size_t sslr_signature_build(const uint8_t *r, const uint8_t *s, size_t width, uint8_t *signature);

#endif
