/*
 * camellia_block.h - the Camellia block function (RFC 3713) of libtomcrypt. Its key schedule serves
 * both directions and is small, so it is kept as it is. For gcm.c and
 * classic_ciphers.c.
 *
 * libtomcrypt's Camellia looks up tables by secret bytes: it is NOT constant-time.
 */
#ifndef SSLREF_CAMELLIA_BLOCK_H
#define SSLREF_CAMELLIA_BLOCK_H

#include "crypto.h"
#include "tomcrypt_include.h"

#define CAMELLIA_BLOCK 16

typedef struct camellia_key CamelliaKey;

static inline symmetric_key *camellia_library_key(const CamelliaKey *key)
{
    return (symmetric_key *)(uintptr_t)key;
}

#ifndef SSLREF_MODERN
static inline SSLErr camellia_expand(CamelliaKey *out, const uint8_t *key, size_t length)
{
    memset(out, 0, sizeof *out); /* shorter keys leave a part unwritten */
    if (camellia_setup(key, (int)length, 0, camellia_library_key(out)) != CRYPT_OK) {
        sslr_wipe(out, sizeof *out);
        return SSLCryptoErr;
    }
    return SSLNoErr;
}

#define camellia_encrypt camellia_ecb_encrypt
#define camellia_decrypt camellia_ecb_decrypt
#else
/* PROFILE=modern: no suite asks for Camellia, and expanding a key fails. */
static inline SSLErr camellia_expand(CamelliaKey *out, const uint8_t *key, size_t length)
{
    (void)key;
    (void)length;
    memset(out, 0, sizeof *out);
    return SSLCryptoErr;
}

static inline int camellia_encrypt(const unsigned char *in, unsigned char *out, symmetric_key *key)
{
    (void)in;
    (void)out;
    (void)key;
    return CRYPT_INVALID_CIPHER;
}
#endif

#endif
