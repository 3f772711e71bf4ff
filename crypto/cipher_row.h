/*
 * cipher_row.h - what cipher.c knows of a cipher: one row. The rows of today's ciphers are in
 * cipher.c, those of the past in classic_ciphers.c, which PROFILE=modern leaves out.
 *
 * None of the library's block functions is constant-time, nor can RC4 be.
 */
#ifndef SSLREF_CIPHER_ROW_H
#define SSLREF_CIPHER_ROW_H

#include "aes_block.h"

enum {
    DES_BLOCK     = 8,
    DES_WORDS     = 32,  /* of one key, in one direction */
    MAX_KEY_STATE = 576, /* bytes of the longest schedule or stream state */
    MAX_CLASSIC   = CIPHER_RC4_128 + 1
};

/* What the library is shown during a call, where its key has a schedule for each direction and only
 * the one in use is kept. */
typedef union LibraryKey {
    AesKey           aes;
    struct des_key   des;
    struct des3_key  des3;
    struct kseed_key seed;
} LibraryKey;

typedef int BlockFunction(const unsigned char *in, unsigned char *out, symmetric_key *key);

typedef struct CipherRow {
    size_t state, key, block; /* bytes; state: of what expand fills in */
    SSLErr (*expand)(void *state, const uint8_t *key, size_t length, int encrypt);

    /* The key as the library wants it: kept in that form, or put together in work. */
    symmetric_key *(*load)(const void *state, int encrypt, LibraryKey *work);
    BlockFunction *encrypt, *decrypt;                          /* NULL: a stream */
    void (*stream)(void *state, uint8_t *data, size_t length); /* NULL: a block cipher */
} CipherRow;

/* By CipherId; empty where the cipher is one of today's. */
extern const CipherRow sslr_classic_ciphers[MAX_CLASSIC];

/* Each block function touches the one member of the library's union that belongs to it. */
static inline symmetric_key *library_key(const void *key)
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

#endif
