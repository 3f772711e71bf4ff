/*
 * public_key_support.c - see public_key_support.h.
 */
#include "public_key_support.h"

#include <stdlib.h>
#include <string.h>

#include "public_key_vectors.h"

static SSLErr fill(void *ref, uint8_t *out, size_t length)
{
    TestRandom *state = (TestRandom *)ref;
    size_t      done  = 0;

    state->calls++;
    if (state->calls_left == 0) {
        return BROKEN_SOURCE;
    }
    if (state->calls_left > 0) {
        state->calls_left--;
    }
    if (state->constant >= 0) {
        memset(out, state->constant, length);
        return SSLNoErr;
    }
    if (state->calls == 1 && state->first != NULL) {
        memset(out, 0, length);
        memcpy(out, state->first, length < state->first_length ? length : state->first_length);
        return SSLNoErr;
    }
    while (done < length) {
        uint8_t block[32];
        size_t  part = length - done < sizeof(block) ? length - done : sizeof(block);

        state->counter++;
        sslr_hash(HASH_SHA256, &state->counter, sizeof(state->counter), block);
        memcpy(out + done, block, part);
        done += part;
    }
    return SSLNoErr;
}

CryptoRandom pk_random(TestRandom *state, uint32_t start)
{
    CryptoRandom random = {fill, state};

    memset(state, 0, sizeof(*state));
    state->counter    = start;
    state->calls_left = -1;
    state->constant   = -1;
    return random;
}

static unsigned digit(char c)
{
    return c <= '9' ? (unsigned)(c - '0') : (unsigned)((c | 0x20) - 'a' + 10);
}

static void decode(const char *hex, uint8_t *out, size_t length)
{
    size_t i;

    for (i = 0; i < length; i++) {
        out[i] = (uint8_t)(digit(hex[2 * i]) << 4 | digit(hex[2 * i + 1]));
    }
}

Number pk_number(const char *hex)
{
    static uint8_t ring[64][1200];
    static size_t  next = 0;
    Number         number;

    number.length = strlen(hex) / 2;
    if (number.length > sizeof(ring[0])) {
        abort();
    }
    decode(hex, ring[next], number.length);
    number.data = ring[next];
    next        = (next + 1) % 64;
    return number;
}

const uint8_t *pk_bytes(const char *hex)
{
    return pk_number(hex).data;
}

typedef struct StoredKey {
    RsaPrivateKey key;
    uint8_t       bytes[8][260];
} StoredKey;

static void store(StoredKey *row, const char *const hex[8])
{
    Number *members[8];
    size_t  i;

    members[0] = &row->key.n;
    members[1] = &row->key.e;
    members[2] = &row->key.d;
    members[3] = &row->key.p;
    members[4] = &row->key.q;
    members[5] = &row->key.dp;
    members[6] = &row->key.dq;
    members[7] = &row->key.qinv;
    for (i = 0; i < 8; i++) {
        members[i]->length = strlen(hex[i]) / 2;
        members[i]->data   = row->bytes[i];
        decode(hex[i], row->bytes[i], members[i]->length);
    }
}

const RsaPrivateKey *pk_rsa_key(int bits)
{
    static StoredKey         rows[3];
    static const char *const hex[3][8] = {
        {RSA1024_N, RSA1024_E, RSA1024_D, RSA1024_P, RSA1024_Q, RSA1024_DP, RSA1024_DQ,
         RSA1024_QINV},
        {RSA2048_N, RSA2048_E, RSA2048_D, RSA2048_P, RSA2048_Q, RSA2048_DP, RSA2048_DQ,
         RSA2048_QINV},
        {RSA2049_N, RSA2049_E, RSA2049_D, RSA2049_P, RSA2049_Q, RSA2049_DP, RSA2049_DQ,
         RSA2049_QINV},
    };
    size_t which = bits == 1024 ? 0 : bits == 2048 ? 1 : 2;

    if (rows[which].key.n.data == NULL) {
        store(&rows[which], hex[which]);
    }
    return &rows[which].key;
}

RsaPublicKey pk_public_half(const RsaPrivateKey *key)
{
    RsaPublicKey half;

    half.n = key->n;
    half.e = key->e;
    return half;
}

void pk_step(uint8_t *number, size_t length, int by)
{
    int carry = by;

    while (length-- > 0) {
        carry += number[length];
        number[length] = (uint8_t)(carry & 0xff);
        carry          = (carry - number[length]) / 256;
    }
}

const char *const pk_malformed_signatures[PK_MALFORMED_SIGNATURES] = {
    "",
    "30",
    "3000",
    "3080",
    "3003020101",
    "30060201810201ff",       /* negative */
    "300702020001020101",     /* r not minimal */
    "300702010102020001",     /* s not minimal */
    "308106020101020101",     /* long form of a short length */
    "30820006020101020101",   /* and longer */
    "30070281010102010101",   /* in the integer */
    "300602010102010100",     /* a byte behind */
    "300702010102010100",     /* a byte behind, inside */
    "3009020101020101020101", /* a third integer */
    "30050201010201",         /* cut off */
    "30060201010202",         /* cut off in the integer */
    "3004020002020000",       /* r without bytes */
    "3005020101020001",       /* s without bytes */
    "3106020101020101",       /* a SET */
    "3006030101020101",       /* r a BIT STRING */
    "3006020101030101",       /* s a BIT STRING */
    "30800201010201010000",   /* indefinite length */
    "3008020101020101",       /* longer than it is */
    "3002020130020101",       /* nonsense */
};

int pk_all_zero(const uint8_t *data, size_t length)
{
    size_t i;

    for (i = 0; i < length; i++) {
        if (data[i] != 0) {
            return 0;
        }
    }
    return 1;
}
