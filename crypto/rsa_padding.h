/*
 * rsa_padding.h - the paddings of RFC 8017 as rsa.c asks for them. sslr_rsa_unpad_premaster and
 * sslr_rsa_unpad_secret stand in crypto.h.
 */
#ifndef SSLREF_RSA_PADDING_H
#define SSLREF_RSA_PADDING_H

#include "crypto.h"

/* EMSA-PKCS1-v1_5 (9.2); HASH_NONE: without DigestInfo. Fills all size bytes of block.
 * SSLBadKeyErr if the block is too small, SSLCryptoErr for a digest that is not the hash's. */
SSLErr sslr_pkcs1_encode(HashId hash, const uint8_t *digest, size_t digest_length, uint8_t *block,
                         size_t size);

/* Bytes of 03 in front of the separator: RFC 2246 E.2. */
#define ROLLBACK_MARKER_SIZE 8

/* EME-PKCS1-v1_5 (7.2.1), with padding from the random source. */
SSLErr sslr_pkcs1_pad(const CryptoRandom *random, const uint8_t *message, size_t length,
                      uint8_t *block, size_t size);

/* EMSA-PSS (9.1) with emBits = bits, the modulus' bits less one; the block has (bits + 7) / 8
 * bytes. salt_length at most MAX_HASH_SIZE to encode. */
SSLErr sslr_pss_encode(HashId hash, const uint8_t *digest, const uint8_t *salt, size_t salt_length,
                       uint8_t *block, size_t bits);
/* SSLProtocolErr if the block does not fit. Changes the block. */
SSLErr sslr_pss_check(HashId hash, const uint8_t *digest, size_t salt_length, uint8_t *block,
                      size_t bits);

#endif
