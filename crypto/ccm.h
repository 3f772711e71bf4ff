/*
 * ccm.h - AES-CCM (RFC 3610, NIST SP 800-38C) as TLS uses it: 12-byte nonces, so messages below
 * 2^24 bytes, and tags of 16 or 8 bytes. Called by aead.c.
 */
#ifndef SSLREF_CCM_H
#define SSLREF_CCM_H

#include "aes_block.h"

typedef struct CcmState {
    AesSchedule key;
    uint32_t    tag_size;
} CcmState;

SSLErr sslr_ccm_init(CcmState *state, const uint8_t *key, size_t key_length, size_t tag_size);
SSLErr sslr_ccm_seal(const CcmState *state, const uint8_t nonce[AEAD_NONCE_SIZE],
                     const uint8_t *aad, size_t aad_length, uint8_t *data, size_t length,
                     uint8_t *tag);
SSLErr sslr_ccm_open(const CcmState *state, const uint8_t nonce[AEAD_NONCE_SIZE],
                     const uint8_t *aad, size_t aad_length, uint8_t *data, size_t length,
                     const uint8_t *tag);

#endif
