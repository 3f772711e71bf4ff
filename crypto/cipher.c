/*
 * cipher.c - block ciphers in CBC mode, in place and without padding, and RC4. Padding and MACs
 * belong to the callers: record protection up to TLS 1.2, and the reader of encrypted keys.
 *
 * None of the library's block functions is constant-time, nor can RC4 be.
 */
#include "aes_block.h"
#include "camellia_block.h"

#include <stddef.h>

enum {
    DES_BLOCK  = 8,
    DES_WORDS  = 32, /* of one key, in one direction */
    SEED_BLOCK = 16,
    SEED_WORDS = 32
};

/* Where the library's key has a schedule for each direction, only the one in use is kept. */
typedef struct CipherState {
    CipherId id;
    int32_t  encrypt;
    uint8_t  iv[MAX_CIPHER_BLOCK];
    union {
        AesSchedule    aes;
        uint32_t       des[DES_WORDS];
        uint32_t       des3[3 * DES_WORDS];
        uint32_t       seed[SEED_WORDS];
        struct rc2_key rc2;
        CamelliaKey    camellia;
        rc4_state      rc4;
    } u;
} CipherState;

typedef char cipher_state_fits[sizeof(CipherState) < 640 ? 1 : -1];

/* What the library is shown during a call in place of such a half. */
typedef union LibraryKey {
    AesKey           aes;
    struct des_key   des;
    struct des3_key  des3;
    struct kseed_key seed;
} LibraryKey;

typedef int BlockFunction(const unsigned char *in, unsigned char *out, symmetric_key *key);

typedef struct CipherRow {
    size_t         state, key, block;
    BlockFunction *encrypt, *decrypt; /* NULL: no block cipher */
} CipherRow;

/* Rounded up, so that states may stand one behind the other. */
#define STATE_SIZE(type) ((offsetof(CipherState, u) + sizeof(type) + 7) / 8 * 8)

#define AES_ROW(key_size)                                                                          \
    {                                                                                              \
        STATE_SIZE(AesSchedule), key_size, AES_BLOCK, rijndael_ecb_encrypt, rijndael_ecb_decrypt   \
    }
#define CAMELLIA_ROW(key_size)                                                                     \
    {                                                                                              \
        STATE_SIZE(CamelliaKey), key_size, CAMELLIA_BLOCK, camellia_ecb_encrypt,                   \
            camellia_ecb_decrypt                                                                   \
    }

static const CipherRow ciphers[] = {
    [CIPHER_NONE]        = {0, 0, 0, NULL, NULL},
    [CIPHER_AES_128_CBC] = AES_ROW(16),
    [CIPHER_AES_256_CBC] = AES_ROW(32),
    [CIPHER_3DES_CBC]    = {STATE_SIZE(uint32_t[3 * DES_WORDS]), 24, DES_BLOCK, des3_ecb_encrypt,
                            des3_ecb_decrypt},
    [CIPHER_DES_CBC]     = {STATE_SIZE(uint32_t[DES_WORDS]), 8, DES_BLOCK, des_ecb_encrypt,
                            des_ecb_decrypt},
    [CIPHER_RC2_CBC]     = {STATE_SIZE(struct rc2_key), 16, 8, rc2_ecb_encrypt, rc2_ecb_decrypt},
    [CIPHER_CAMELLIA_128_CBC] = CAMELLIA_ROW(16),
    [CIPHER_CAMELLIA_256_CBC] = CAMELLIA_ROW(32),
    [CIPHER_SEED_CBC] = {STATE_SIZE(uint32_t[SEED_WORDS]), 16, SEED_BLOCK, kseed_ecb_encrypt,
                         kseed_ecb_decrypt},
    [CIPHER_RC4_128]  = {STATE_SIZE(rc4_state), 16, 1, NULL, NULL},
};

size_t sslr_cipher_state_size(CipherId id)
{
    return ciphers[id].state;
}

size_t sslr_cipher_key_size(CipherId id)
{
    return ciphers[id].key;
}

size_t sslr_cipher_block_size(CipherId id)
{
    return ciphers[id].block;
}

/* ---- key schedules ---- */

/* Each block function touches the one member of the library's union that belongs to it. */
static symmetric_key *library_key(const void *key)
{
    return (symmetric_key *)(uintptr_t)key;
}

/* The library's words may be wider than 32 bits. */
#define NARROW(to, from, count)                                                                    \
    do {                                                                                           \
        unsigned i_;                                                                               \
        for (i_ = 0; i_ < (count); i_++) {                                                         \
            (to)[i_] = (uint32_t)(from)[i_];                                                       \
        }                                                                                          \
    } while (0)

static int expand_des(uint32_t out[DES_WORDS], const uint8_t *key, int encrypt, LibraryKey *work)
{
    int status = des_setup(key, 8, 0, library_key(&work->des));

    NARROW(out, encrypt ? work->des.ek : work->des.dk, DES_WORDS);
    return status;
}

static int expand_des3(uint32_t out[3 * DES_WORDS], const uint8_t *key, int encrypt,
                       LibraryKey *work)
{
    int      status = des3_setup(key, 24, 0, library_key(&work->des3));
    unsigned i;

    for (i = 0; i < 3; i++) {
        NARROW(out + i * DES_WORDS, encrypt ? work->des3.ek[i] : work->des3.dk[i], DES_WORDS);
    }
    return status;
}

static int expand_seed(uint32_t out[SEED_WORDS], const uint8_t *key, int encrypt, LibraryKey *work)
{
    int status = kseed_setup(key, 16, 0, library_key(&work->seed));

    NARROW(out, encrypt ? work->seed.K : work->seed.dK, SEED_WORDS);
    return status;
}

static SSLErr expand(CipherState *cipher, const uint8_t *key)
{
    size_t     length  = ciphers[cipher->id].key;
    int        encrypt = cipher->encrypt, status;
    LibraryKey work;

    switch (cipher->id) {
    case CIPHER_AES_128_CBC:
    case CIPHER_AES_256_CBC:
        return aes_expand(&cipher->u.aes, key, length, encrypt);
    case CIPHER_CAMELLIA_128_CBC:
    case CIPHER_CAMELLIA_256_CBC:
        return camellia_expand(&cipher->u.camellia, key, length);
    case CIPHER_RC2_CBC:
        status = rc2_setup_ex(key, 16, 128, 0, library_key(&cipher->u.rc2));
        break;
    case CIPHER_RC4_128:
        status = rc4_stream_setup(&cipher->u.rc4, key, 16);
        break;
    default: /* those with a schedule for each direction */
        memset(&work, 0, sizeof work);
        if (cipher->id == CIPHER_3DES_CBC) {
            status = expand_des3(cipher->u.des3, key, encrypt, &work);
        } else if (cipher->id == CIPHER_DES_CBC) {
            status = expand_des(cipher->u.des, key, encrypt, &work);
        } else {
            status = expand_seed(cipher->u.seed, key, encrypt, &work);
        }
        sslr_wipe(&work, sizeof work);
        break;
    }
    return status == CRYPT_OK ? SSLNoErr : SSLCryptoErr;
}

/* The key as the library wants it: kept in that form, or put together in work. */
static symmetric_key *load(const CipherState *cipher, LibraryKey *work)
{
    int      encrypt = cipher->encrypt;
    unsigned i;

    switch (cipher->id) {
    case CIPHER_CAMELLIA_128_CBC:
    case CIPHER_CAMELLIA_256_CBC:
        return library_key(&cipher->u.camellia);
    case CIPHER_RC2_CBC:
        return library_key(&cipher->u.rc2);
    case CIPHER_3DES_CBC:
        for (i = 0; i < 3; i++) {
            NARROW(encrypt ? work->des3.ek[i] : work->des3.dk[i], cipher->u.des3 + i * DES_WORDS,
                   DES_WORDS);
        }
        break;
    case CIPHER_DES_CBC:
        NARROW(encrypt ? work->des.ek : work->des.dk, cipher->u.des, DES_WORDS);
        break;
    case CIPHER_SEED_CBC:
        NARROW(encrypt ? work->seed.K : work->seed.dK, cipher->u.seed, SEED_WORDS);
        break;
    default:
        aes_load(&work->aes, &cipher->u.aes, encrypt);
        break;
    }
    return library_key(work);
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
    symmetric_key *key = load(cipher, &work);

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
    CipherState *cipher = (CipherState *)state;
    SSLErr       err;

    if (ciphers[id].state == 0) {
        return SSLCryptoErr;
    }
    cipher->id      = id;
    cipher->encrypt = encrypt != 0;
    memset(cipher->iv, 0, sizeof cipher->iv);
    err = expand(cipher, key);
    if (err != SSLNoErr) {
        sslr_wipe(state, ciphers[id].state);
        return err;
    }
    if (iv != NULL) {
        sslr_cipher_set_iv(state, iv);
    }
    return SSLNoErr;
}

void sslr_cipher_set_iv(void *state, const uint8_t *iv)
{
    CipherState *cipher = (CipherState *)state;

    if (ciphers[cipher->id].encrypt != NULL) {
        memcpy(cipher->iv, iv, ciphers[cipher->id].block);
    }
}

void sslr_cipher_run(void *state, uint8_t *data, size_t length)
{
    CipherState     *cipher = (CipherState *)state;
    const CipherRow *row    = &ciphers[cipher->id];

    if (row->encrypt != NULL) {
        run_cbc(cipher, row, data, length);
    } else if (cipher->id == CIPHER_RC4_128 && length != 0) {
        (void)rc4_stream_crypt(&cipher->u.rc4, data, (unsigned long)length, data);
    }
}
