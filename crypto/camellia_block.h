/*
 * camellia_block.h - the Camellia block function (RFC 3713) of libtomcrypt. Its key schedule serves
 * both directions and is small, so it is kept as it is. For gcm.c and cipher.c.
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

static inline SSLErr camellia_expand(CamelliaKey *out, const uint8_t *key, size_t length)
{
    memset(out, 0, sizeof *out); /* shorter keys leave a part unwritten */
    if (camellia_setup(key, (int)length, 0, camellia_library_key(out)) != CRYPT_OK) {
        sslr_wipe(out, sizeof *out);
        return SSLCryptoErr;
    }
    return SSLNoErr;
}

#endif
