/*
 * cipher.c - AES and triple DES in CBC mode, in place, without padding. Padding and MACs belong to
 * the callers: record protection up to TLS 1.2, and the reader of encrypted keys.
 */
#include "aes_block.h"

#include <stddef.h>

enum {
    DES_BLOCK = 8,
    DES_WORDS = 3 * 32
};

/* Only the schedule of the direction in use is kept. */
typedef struct CipherState {
    CipherId id;
    int32_t  encrypt;
    uint8_t  iv[MAX_CIPHER_BLOCK];
    union {
        AesSchedule aes;
        uint32_t    des[DES_WORDS];
    } u;
} CipherState;

typedef char cipher_state_fits[sizeof(CipherState) < 640 ? 1 : -1];

typedef struct CipherSizes {
    size_t state, key, block;
} CipherSizes;

/* Rounded up, so that states may stand one behind the other. */
#define STATE_SIZE(type) ((offsetof(CipherState, u) + sizeof(type) + 7) / 8 * 8)

static const CipherSizes sizes[] = {
    [CIPHER_NONE]        = {.state = 0, .key = 0, .block = 0},
    [CIPHER_AES_128_CBC] = {.state = STATE_SIZE(AesSchedule), .key = 16, .block = AES_BLOCK},
    [CIPHER_AES_256_CBC] = {.state = STATE_SIZE(AesSchedule), .key = 32, .block = AES_BLOCK},
    [CIPHER_3DES_CBC] = {.state = STATE_SIZE(uint32_t[DES_WORDS]), .key = 24, .block = DES_BLOCK},
};

size_t sslr_cipher_state_size(CipherId id)
{
    return sizes[id].state;
}

size_t sslr_cipher_key_size(CipherId id)
{
    return sizes[id].key;
}

size_t sslr_cipher_block_size(CipherId id)
{
    return sizes[id].block;
}

/* ---- triple DES ---- */

static symmetric_key *des_library_key(const struct des3_key *key)
{
    return (symmetric_key *)(uintptr_t)key;
}

static SSLErr des_expand(uint32_t out[DES_WORDS], const uint8_t *key, int encrypt)
{
    struct des3_key expanded;
    unsigned        i;

    if (des3_setup(key, 24, 0, des_library_key(&expanded)) != CRYPT_OK) {
        return SSLCryptoErr;
    }
    for (i = 0; i < DES_WORDS; i++) {
        out[i] = (uint32_t)(encrypt ? expanded.ek[i / 32][i % 32] : expanded.dk[i / 32][i % 32]);
    }
    sslr_wipe(&expanded, sizeof expanded);
    return SSLNoErr;
}

static void des_load(struct des3_key *out, const uint32_t schedule[DES_WORDS], int encrypt)
{
    unsigned i;

    for (i = 0; i < DES_WORDS; i++) {
        (encrypt ? out->ek : out->dk)[i / 32][i % 32] = schedule[i];
    }
}

static void des_run(CipherState *cipher, uint8_t *data, size_t length)
{
    struct des3_key key;
    uint8_t         next[DES_BLOCK];

    des_load(&key, cipher->u.des, cipher->encrypt);
    for (; length >= DES_BLOCK; data += DES_BLOCK, length -= DES_BLOCK) {
        if (cipher->encrypt) {
            xor_bytes(data, cipher->iv, DES_BLOCK);
            (void)des3_ecb_encrypt(data, data, des_library_key(&key));
            memcpy(cipher->iv, data, DES_BLOCK);
        } else {
            memcpy(next, data, DES_BLOCK);
            (void)des3_ecb_decrypt(data, data, des_library_key(&key));
            xor_bytes(data, cipher->iv, DES_BLOCK);
            memcpy(cipher->iv, next, DES_BLOCK);
        }
    }
    sslr_wipe(&key, sizeof key);
}

/* ---- AES ---- */

static void aes_run(CipherState *cipher, uint8_t *data, size_t length)
{
    AesKey  key;
    uint8_t next[AES_BLOCK];

    aes_load(&key, &cipher->u.aes, cipher->encrypt);
    for (; length >= AES_BLOCK; data += AES_BLOCK, length -= AES_BLOCK) {
        if (cipher->encrypt) {
            xor_block(data, cipher->iv);
            aes_encrypt(&key, data, data);
            memcpy(cipher->iv, data, AES_BLOCK);
        } else {
            memcpy(next, data, AES_BLOCK);
            aes_decrypt(&key, data, data);
            xor_block(data, cipher->iv);
            memcpy(cipher->iv, next, AES_BLOCK);
        }
    }
    sslr_wipe(&key, sizeof key);
}

/* ---- by id ---- */

SSLErr sslr_cipher_init(void *state, CipherId id, const uint8_t *key, const uint8_t *iv,
                        int encrypt)
{
    CipherState *cipher = (CipherState *)state;
    SSLErr       err;

    cipher->id      = id;
    cipher->encrypt = encrypt != 0;
    switch (id) {
    case CIPHER_AES_128_CBC:
    case CIPHER_AES_256_CBC:
        err = aes_expand(&cipher->u.aes, key, sizes[id].key, encrypt);
        break;
    case CIPHER_3DES_CBC:
        err = des_expand(cipher->u.des, key, encrypt);
        break;
    default:
        return SSLCryptoErr;
    }
    if (err != SSLNoErr) {
        sslr_wipe(state, sizes[id].state);
        return err;
    }
    sslr_cipher_set_iv(state, iv);
    return SSLNoErr;
}

void sslr_cipher_set_iv(void *state, const uint8_t *iv)
{
    CipherState *cipher = (CipherState *)state;

    memcpy(cipher->iv, iv, sizes[cipher->id].block);
}

void sslr_cipher_run(void *state, uint8_t *data, size_t length)
{
    CipherState *cipher = (CipherState *)state;

    if (cipher->id == CIPHER_3DES_CBC) {
        des_run(cipher, data, length);
    } else if (cipher->id != CIPHER_NONE) {
        aes_run(cipher, data, length);
    }
}
