/*
 * aes_block.h - the AES block function of libtomcrypt with a key schedule of our own size: 244
 * bytes for one direction are kept, where the library's key has 4,256. For gcm.c, ccm.c and
 * cipher.c.
 *
 * libtomcrypt's AES looks up tables by secret bytes: it is NOT constant-time.
 */
#ifndef SSLREF_AES_BLOCK_H
#define SSLREF_AES_BLOCK_H

#include "crypto.h"
#include "tomcrypt_include.h"

#define AES_BLOCK 16

/* What is stored: one direction. */
typedef struct AesSchedule {
    uint32_t word[60];
    int32_t  rounds;
} AesSchedule;

/* What the library is shown during a call: the one member of its union of all ciphers that its AES
 * touches. Wiped by the caller. */
typedef struct rijndael_key AesKey;

static inline symmetric_key *aes_library_key(const AesKey *key)
{
    return (symmetric_key *)(uintptr_t)key;
}

static inline SSLErr aes_expand(AesSchedule *out, const uint8_t *key, size_t length, int encrypt)
{
    AesKey   expanded;
    unsigned i;

    if (rijndael_setup(key, (int)length, 0, aes_library_key(&expanded)) != CRYPT_OK) {
        sslr_wipe(out, sizeof *out);
        return SSLCryptoErr;
    }
    out->rounds = expanded.Nr;
    for (i = 0; i < 60; i++) { /* shorter keys leave the rest unwritten */
        if (i < 4 * (unsigned)(expanded.Nr + 1)) {
            out->word[i] = (uint32_t)(encrypt ? expanded.eK[i] : expanded.dK[i]);
        } else {
            out->word[i] = 0;
        }
    }
    sslr_wipe(&expanded, sizeof expanded);
    return SSLNoErr;
}

static inline void aes_load(AesKey *out, const AesSchedule *schedule, int encrypt)
{
    unsigned i, count = 4 * (unsigned)(schedule->rounds + 1);

    for (i = 0; i < count; i++) {
        (encrypt ? out->eK : out->dK)[i] = schedule->word[i];
    }
    out->Nr = schedule->rounds;
}

static inline void aes_encrypt(const AesKey *key, const uint8_t *in, uint8_t *out)
{
    (void)rijndael_ecb_encrypt(in, out, aes_library_key(key));
}

static inline void aes_decrypt(const AesKey *key, const uint8_t *in, uint8_t *out)
{
    (void)rijndael_ecb_decrypt(in, out, aes_library_key(key));
}

/* to ^= with; the two do not overlap. */
static inline void xor_block(uint8_t *to, const uint8_t *with)
{
    uint64_t a[2], b[2];

    memcpy(a, to, AES_BLOCK);
    memcpy(b, with, AES_BLOCK);
    a[0] ^= b[0];
    a[1] ^= b[1];
    memcpy(to, a, AES_BLOCK);
}

static inline void xor_bytes(uint8_t *to, const uint8_t *with, size_t length)
{
    while (length >= AES_BLOCK) {
        xor_block(to, with);
        to += AES_BLOCK;
        with += AES_BLOCK;
        length -= AES_BLOCK;
    }
    while (length-- != 0) {
        *to++ ^= *with++;
    }
}

#endif
