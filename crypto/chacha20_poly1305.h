/*
 * chacha20_poly1305.h - ChaCha20-Poly1305 (RFC 8439). Called by aead.c.
 */
#ifndef SSLREF_CHACHA20_POLY1305_H
#define SSLREF_CHACHA20_POLY1305_H

#include "crypto.h"

typedef struct ChachaState {
    uint8_t key[32];
} ChachaState;

void   sslr_chacha_init(ChachaState *state, const uint8_t key[32]);
SSLErr sslr_chacha_seal(const ChachaState *state, const uint8_t nonce[AEAD_NONCE_SIZE],
                        const uint8_t *aad, size_t aad_length, uint8_t *data, size_t length,
                        uint8_t tag[16]);
SSLErr sslr_chacha_open(const ChachaState *state, const uint8_t nonce[AEAD_NONCE_SIZE],
                        const uint8_t *aad, size_t aad_length, uint8_t *data, size_t length,
                        const uint8_t tag[16]);

#endif
