/*
 * aead.c - the authenticated ciphers of crypto.h by their id: sizes, dispatch, and what a failed
 * call leaves behind. The modes stand in gcm.c, ccm.c and chacha20_poly1305.c. Called by record
 * protection and tickets.
 */
#include "ccm.h"
#include "chacha20_poly1305.h"
#include "gcm.h"

#include <stddef.h>

typedef struct AeadState {
    AeadId id;
    union {
        GcmState    gcm;
        CcmState    ccm;
        ChachaState chacha;
    } u;
} AeadState;

typedef char aead_state_fits[sizeof(AeadState) < 640 ? 1 : -1];

typedef struct AeadSizes {
    size_t state, key, tag;
} AeadSizes;

/* Rounded up, so that states may stand one behind the other. */
#define STATE_SIZE(size) ((offsetof(AeadState, u) + (size) + 7) / 8 * 8)

static const AeadSizes sizes[] = {
    [AEAD_NONE]              = {.state = 0, .key = 0, .tag = 0},
    [AEAD_AES_128_GCM]       = {.state = STATE_SIZE(GCM_AES_SIZE), .key = 16, .tag = 16},
    [AEAD_AES_256_GCM]       = {.state = STATE_SIZE(GCM_AES_SIZE), .key = 32, .tag = 16},
    [AEAD_AES_128_CCM]       = {.state = STATE_SIZE(sizeof(CcmState)), .key = 16, .tag = 16},
    [AEAD_AES_256_CCM]       = {.state = STATE_SIZE(sizeof(CcmState)), .key = 32, .tag = 16},
    [AEAD_AES_128_CCM_8]     = {.state = STATE_SIZE(sizeof(CcmState)), .key = 16, .tag = 8},
    [AEAD_AES_256_CCM_8]     = {.state = STATE_SIZE(sizeof(CcmState)), .key = 32, .tag = 8},
    [AEAD_CHACHA20_POLY1305] = {.state = STATE_SIZE(sizeof(ChachaState)), .key = 32, .tag = 16},
    [AEAD_CAMELLIA_128_GCM]  = {.state = STATE_SIZE(GCM_CAMELLIA_SIZE), .key = 16, .tag = 16},
    [AEAD_CAMELLIA_256_GCM]  = {.state = STATE_SIZE(GCM_CAMELLIA_SIZE), .key = 32, .tag = 16},
};

size_t sslr_aead_state_size(AeadId id)
{
    return sizes[id].state;
}

size_t sslr_aead_key_size(AeadId id)
{
    return sizes[id].key;
}

size_t sslr_aead_tag_size(AeadId id)
{
    return sizes[id].tag;
}

SSLErr sslr_aead_init(void *state, AeadId id, const uint8_t *key)
{
    AeadState *aead = (AeadState *)state;

    aead->id = id;
    switch (id) {
    case AEAD_AES_128_GCM:
    case AEAD_AES_256_GCM:
        return sslr_gcm_init(&aead->u.gcm, GCM_AES, key, sizes[id].key);
    case AEAD_CAMELLIA_128_GCM:
    case AEAD_CAMELLIA_256_GCM:
        return sslr_gcm_init(&aead->u.gcm, GCM_CAMELLIA, key, sizes[id].key);
    case AEAD_AES_128_CCM:
    case AEAD_AES_256_CCM:
    case AEAD_AES_128_CCM_8:
    case AEAD_AES_256_CCM_8:
        return sslr_ccm_init(&aead->u.ccm, key, sizes[id].key, sizes[id].tag);
    case AEAD_CHACHA20_POLY1305:
        sslr_chacha_init(&aead->u.chacha, key);
        return SSLNoErr;
    default:
        return SSLCryptoErr;
    }
}

SSLErr sslr_aead_seal(const void *state, const uint8_t nonce[AEAD_NONCE_SIZE], const uint8_t *aad,
                      size_t aad_length, uint8_t *data, size_t length, uint8_t *tag)
{
    const AeadState *aead = (const AeadState *)state;
    SSLErr           err;

    switch (aead->id) {
    case AEAD_AES_128_GCM:
    case AEAD_AES_256_GCM:
    case AEAD_CAMELLIA_128_GCM:
    case AEAD_CAMELLIA_256_GCM:
        err = sslr_gcm_seal(&aead->u.gcm, nonce, aad, aad_length, data, length, tag);
        break;
    case AEAD_CHACHA20_POLY1305:
        err = sslr_chacha_seal(&aead->u.chacha, nonce, aad, aad_length, data, length, tag);
        break;
    case AEAD_NONE:
        err = SSLCryptoErr;
        break;
    default:
        err = sslr_ccm_seal(&aead->u.ccm, nonce, aad, aad_length, data, length, tag);
        break;
    }
    if (err != SSLNoErr) { /* never let plaintext out */
        sslr_wipe(data, length);
        sslr_wipe(tag, sizes[aead->id].tag);
    }
    return err;
}

SSLErr sslr_aead_open(const void *state, const uint8_t nonce[AEAD_NONCE_SIZE], const uint8_t *aad,
                      size_t aad_length, uint8_t *data, size_t length, const uint8_t *tag)
{
    const AeadState *aead = (const AeadState *)state;
    SSLErr           err;

    switch (aead->id) {
    case AEAD_AES_128_GCM:
    case AEAD_AES_256_GCM:
    case AEAD_CAMELLIA_128_GCM:
    case AEAD_CAMELLIA_256_GCM:
        err = sslr_gcm_open(&aead->u.gcm, nonce, aad, aad_length, data, length, tag);
        break;
    case AEAD_CHACHA20_POLY1305:
        err = sslr_chacha_open(&aead->u.chacha, nonce, aad, aad_length, data, length, tag);
        break;
    case AEAD_NONE:
        err = SSLCryptoErr;
        break;
    default:
        err = sslr_ccm_open(&aead->u.ccm, nonce, aad, aad_length, data, length, tag);
        break;
    }
    if (err != SSLNoErr) {
        sslr_wipe(data, length);
    }
    return err;
}
