/*
 * cipher.c - block ciphers in CBC mode, in place and without padding, and streams; AES and 3DES.
 * Padding and MACs belong to the callers: record protection up to TLS 1.2, and the reader of
 * encrypted keys.
 */
#include "cipher_row.h"

#include <stddef.h>

/* Only as much of key as the cipher needs is touched. */
typedef struct CipherState {
    CipherId id;
    int32_t  encrypt;
    uint8_t  iv[MAX_CIPHER_BLOCK];
    uint64_t key[MAX_KEY_STATE / 8];
} CipherState;

typedef char cipher_state_fits[sizeof(CipherState) < 640 ? 1 : -1];

/* ---- today's ciphers ---- */

static SSLErr expand_aes(void *state, const uint8_t *key, size_t length, int encrypt)
{
    return aes_expand((AesSchedule *)state, key, length, encrypt);
}

static symmetric_key *load_aes(const void *state, int encrypt, LibraryKey *work)
{
    aes_load(&work->aes, (const AesSchedule *)state, encrypt);
    return library_key(work);
}

static SSLErr expand_des3(void *state, const uint8_t *key, size_t length, int encrypt)
{
    struct des3_key work;
    uint32_t       *out    = (uint32_t *)state;
    int             status = des3_setup(key, (int)length, 0, library_key(&work));
    unsigned        i;

    for (i = 0; i < 3; i++) {
        NARROW(out + i * DES_WORDS, encrypt ? work.ek[i] : work.dk[i], DES_WORDS);
    }
    sslr_wipe(&work, sizeof work);
    return status == CRYPT_OK ? SSLNoErr : SSLCryptoErr;
}

static symmetric_key *load_des3(const void *state, int encrypt, LibraryKey *work)
{
    const uint32_t *words = (const uint32_t *)state;
    unsigned        i;

    for (i = 0; i < 3; i++) {
        NARROW(encrypt ? work->des3.ek[i] : work->des3.dk[i], words + i * DES_WORDS, DES_WORDS);
    }
    return library_key(work);
}

#define AES_ROW(key_size)                                                                          \
    {                                                                                              \
        .state = sizeof(AesSchedule), .key = key_size, .block = AES_BLOCK, .expand = expand_aes,   \
        .load = load_aes, .encrypt = rijndael_ecb_encrypt, .decrypt = rijndael_ecb_decrypt         \
    }

/* 3DES is among them for the sake of encrypted key files. */
static const CipherRow ciphers[] = {
    [CIPHER_NONE]        = {0},
    [CIPHER_AES_128_CBC] = AES_ROW(16),
    [CIPHER_AES_256_CBC] = AES_ROW(32),
    [CIPHER_3DES_CBC]    = {.state   = sizeof(uint32_t[3 * DES_WORDS]),
                            .key     = 24,
                            .block   = DES_BLOCK,
                            .expand  = expand_des3,
                            .load    = load_des3,
                            .encrypt = des3_ecb_encrypt,
                            .decrypt = des3_ecb_decrypt},
};

static const CipherRow *row_of(CipherId id)
{
    if (id <= CIPHER_3DES_CBC) {
        return &ciphers[id];
    }
#ifndef SSLREF_MODERN
    return &sslr_classic_ciphers[id];
#else
    return &ciphers[CIPHER_NONE];
#endif
}

/* ---- sizes ---- */

/* Rounded up, so that states may stand one behind the other. */
size_t sslr_cipher_state_size(CipherId id)
{
    size_t size = row_of(id)->state;

    return size == 0 ? 0 : (offsetof(CipherState, key) + size + 7) / 8 * 8;
}

size_t sslr_cipher_key_size(CipherId id)
{
    return row_of(id)->key;
}

size_t sslr_cipher_block_size(CipherId id)
{
    return row_of(id)->block;
}

/* ---- CBC ---- */

static inline void run_encrypt(uint8_t *iv, size_t block, BlockFunction *function,
                               symmetric_key *key, uint8_t *data, size_t length)
{
    for (; length >= block; data += block, length -= block) {
        xor_bytes(data, iv, block);
        (void)function(data, data, key);
        memcpy(iv, data, block);
    }
}

static inline void run_decrypt(uint8_t *iv, size_t block, BlockFunction *function,
                               symmetric_key *key, uint8_t *data, size_t length)
{
    uint8_t next[MAX_CIPHER_BLOCK];

    for (; length >= block; data += block, length -= block) {
        memcpy(next, data, block);
        (void)function(data, data, key);
        xor_bytes(data, iv, block);
        memcpy(iv, next, block);
    }
}

static void run_cbc(CipherState *cipher, const CipherRow *row, uint8_t *data, size_t length)
{
    LibraryKey     work;
    symmetric_key *key = row->load(cipher->key, cipher->encrypt, &work);

    /* Constant block sizes, so that the loops above are compiled for each. */
    if (cipher->encrypt) {
        if (row->block == 16) {
            run_encrypt(cipher->iv, 16, row->encrypt, key, data, length);
        } else {
            run_encrypt(cipher->iv, 8, row->encrypt, key, data, length);
        }
    } else if (row->block == 16) {
        run_decrypt(cipher->iv, 16, row->decrypt, key, data, length);
    } else {
        run_decrypt(cipher->iv, 8, row->decrypt, key, data, length);
    }
    sslr_wipe(&work, sizeof work);
}

/* ---- by id ---- */

SSLErr sslr_cipher_init(void *state, CipherId id, const uint8_t *key, const uint8_t *iv,
                        int encrypt)
{
    CipherState     *cipher = (CipherState *)state;
    const CipherRow *row    = row_of(id);
    SSLErr           err;

    if (row->state == 0) {
        return SSLCryptoErr;
    }
    cipher->id      = id;
    cipher->encrypt = encrypt != 0;
    memset(cipher->iv, 0, sizeof cipher->iv);
    err = row->expand(cipher->key, key, row->key, cipher->encrypt);
    if (err != SSLNoErr) {
        sslr_wipe(state, sslr_cipher_state_size(id));
        return err;
    }
    if (iv != NULL) {
        sslr_cipher_set_iv(state, iv);
    }
    return SSLNoErr;
}

void sslr_cipher_set_iv(void *state, const uint8_t *iv)
{
    CipherState     *cipher = (CipherState *)state;
    const CipherRow *row    = row_of(cipher->id);

    if (row->encrypt != NULL) {
        memcpy(cipher->iv, iv, row->block);
    }
}

void sslr_cipher_run(void *state, uint8_t *data, size_t length)
{
    CipherState     *cipher = (CipherState *)state;
    const CipherRow *row    = row_of(cipher->id);

    if (row->encrypt != NULL) {
        run_cbc(cipher, row, data, length);
    } else if (row->stream != NULL) {
        row->stream(cipher->key, data, length);
    }
}
