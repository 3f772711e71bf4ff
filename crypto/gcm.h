/*
 * gcm.h - GCM (NIST SP 800-38D) over AES or Camellia, with 12-byte nonces and 16-byte tags. Called
 * by aead.c; GHASH alone by its tests.
 */
#ifndef SSLREF_GCM_H
#define SSLREF_GCM_H

#include <stddef.h>

#include "aes_block.h"
#include "camellia_block.h"

typedef enum GcmBlock {
    GCM_AES,
    GCM_CAMELLIA
} GcmBlock;

/* Only as much of it as the block cipher needs is touched, see below. */
typedef struct GcmState {
    uint64_t h[2]; /* the hash key, first half first, as GHASH wants it */
    GcmBlock block;
    union {
        AesSchedule aes;
        CamelliaKey camellia;
    } key;
} GcmState;

#define GCM_AES_SIZE      (offsetof(GcmState, key) + sizeof(AesSchedule))
#define GCM_CAMELLIA_SIZE (offsetof(GcmState, key) + sizeof(CamelliaKey))

SSLErr sslr_gcm_init(GcmState *state, GcmBlock block, const uint8_t *key, size_t key_length);
SSLErr sslr_gcm_seal(const GcmState *state, const uint8_t nonce[AEAD_NONCE_SIZE],
                     const uint8_t *aad, size_t aad_length, uint8_t *data, size_t length,
                     uint8_t tag[16]);
SSLErr sslr_gcm_open(const GcmState *state, const uint8_t nonce[AEAD_NONCE_SIZE],
                     const uint8_t *aad, size_t aad_length, uint8_t *data, size_t length,
                     const uint8_t tag[16]);

/* GHASH of aad, data (each padded with zeros) and their lengths, under the encoding of a hash
 * key. */
void sslr_ghash(const uint8_t hash_key[16], const uint8_t *aad, size_t aad_length,
                const uint8_t *data, size_t length, uint8_t out[16]);

#endif
