/*
 * classic_ciphers.c - the ciphers that only suites of the past want: RC4, RC2, single DES, SEED,
 * Camellia in CBC mode. Modes and dispatch are cipher.c's, which reaches this file by its table.
 */
#include "camellia_block.h"
#include "cipher_row.h"

enum {
    SEED_BLOCK = 16,
    SEED_WORDS = 32
};

static SSLErr from_status(int status)
{
    return status == CRYPT_OK ? SSLNoErr : SSLCryptoErr;
}

/* ---- DES ---- */

static SSLErr expand_des(void *state, const uint8_t *key, size_t length, int encrypt)
{
    struct des_key work;
    uint32_t      *out    = (uint32_t *)state;
    int            status = des_setup(key, (int)length, 0, library_key(&work));

    NARROW(out, encrypt ? work.ek : work.dk, DES_WORDS);
    sslr_wipe(&work, sizeof work);
    return from_status(status);
}

static symmetric_key *load_des(const void *state, int encrypt, LibraryKey *work)
{
    const uint32_t *words = (const uint32_t *)state;

    NARROW(encrypt ? work->des.ek : work->des.dk, words, DES_WORDS);
    return library_key(work);
}

/* ---- SEED ---- */

static SSLErr expand_seed(void *state, const uint8_t *key, size_t length, int encrypt)
{
    struct kseed_key work;
    uint32_t        *out    = (uint32_t *)state;
    int              status = kseed_setup(key, (int)length, 0, library_key(&work));

    NARROW(out, encrypt ? work.K : work.dK, SEED_WORDS);
    sslr_wipe(&work, sizeof work);
    return from_status(status);
}

static symmetric_key *load_seed(const void *state, int encrypt, LibraryKey *work)
{
    const uint32_t *words = (const uint32_t *)state;

    NARROW(encrypt ? work->seed.K : work->seed.dK, words, SEED_WORDS);
    return library_key(work);
}

/* ---- RC2, Camellia: one schedule for both directions ---- */

/* All 128 bits of the key count, in export suites too. */
static SSLErr expand_rc2(void *state, const uint8_t *key, size_t length, int encrypt)
{
    (void)encrypt;
    return from_status(rc2_setup_ex(key, (int)length, 128, 0, library_key(state)));
}

static SSLErr expand_camellia(void *state, const uint8_t *key, size_t length, int encrypt)
{
    (void)encrypt;
    return camellia_expand((CamelliaKey *)state, key, length);
}

static symmetric_key *load_whole(const void *state, int encrypt, LibraryKey *work)
{
    (void)encrypt;
    (void)work;
    return library_key(state);
}

/* ---- RC4 ---- */

static SSLErr expand_rc4(void *state, const uint8_t *key, size_t length, int encrypt)
{
    (void)encrypt;
    return from_status(rc4_stream_setup((rc4_state *)state, key, (unsigned long)length));
}

static void run_rc4(void *state, uint8_t *data, size_t length)
{
    if (length != 0) {
        (void)rc4_stream_crypt((rc4_state *)state, data, (unsigned long)length, data);
    }
}

/* ---- the rows ---- */

#define CAMELLIA_ROW(key_size)                                                                     \
    {                                                                                              \
        .state = sizeof(CamelliaKey), .key = key_size, .block = CAMELLIA_BLOCK,                    \
        .expand = expand_camellia, .load = load_whole, .encrypt = camellia_encrypt,                \
        .decrypt = camellia_decrypt                                                                \
    }

const CipherRow sslr_classic_ciphers[MAX_CLASSIC] = {
    [CIPHER_DES_CBC]          = {.state   = sizeof(uint32_t[DES_WORDS]),
                                 .key     = 8,
                                 .block   = DES_BLOCK,
                                 .expand  = expand_des,
                                 .load    = load_des,
                                 .encrypt = des_ecb_encrypt,
                                 .decrypt = des_ecb_decrypt},
    [CIPHER_RC2_CBC]          = {.state   = sizeof(struct rc2_key),
                                 .key     = 16,
                                 .block   = 8,
                                 .expand  = expand_rc2,
                                 .load    = load_whole,
                                 .encrypt = rc2_ecb_encrypt,
                                 .decrypt = rc2_ecb_decrypt},
    [CIPHER_CAMELLIA_128_CBC] = CAMELLIA_ROW(16),
    [CIPHER_CAMELLIA_256_CBC] = CAMELLIA_ROW(32),
    [CIPHER_SEED_CBC]         = {.state   = sizeof(uint32_t[SEED_WORDS]),
                                 .key     = 16,
                                 .block   = SEED_BLOCK,
                                 .expand  = expand_seed,
                                 .load    = load_seed,
                                 .encrypt = kseed_ecb_encrypt,
                                 .decrypt = kseed_ecb_decrypt},
    [CIPHER_RC4_128]          = {.state  = sizeof(rc4_state),
                                 .key    = 16,
                                 .block  = 1,
                                 .expand = expand_rc4,
                                 .stream = run_rc4},
};

typedef char classic_states_fit[sizeof(rc4_state) <= MAX_KEY_STATE &&
                                        sizeof(CamelliaKey) <= MAX_KEY_STATE &&
                                        sizeof(struct rc2_key) <= MAX_KEY_STATE
                                    ? 1
                                    : -1];
