/*
 * key_digest.c - the SHA-256 of a certificate's public key, as --pin wants it. A program that has
 * another library at hand for hashing takes that one; the engine hands out none.
 */
#include "classic.h"
#include "describe.h"

#include <stdio.h>
#include <string.h>

/* ---- SHA-256 (FIPS 180-4) ---- */

static const uint32 constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

static uint32 turn(uint32 word, int bits)
{
    return word >> bits | word << (32 - bits);
}

static void hash_block(uint32 state[8], const uint8 block[64])
{
    uint32 w[64], s[8];
    int    i;

    for (i = 0; i < 16; i++) {
        w[i] = (uint32)block[4 * i] << 24 | (uint32)block[4 * i + 1] << 16 |
               (uint32)block[4 * i + 2] << 8 | block[4 * i + 3];
    }
    for (; i < 64; i++) {
        uint32 a = turn(w[i - 15], 7) ^ turn(w[i - 15], 18) ^ w[i - 15] >> 3;
        uint32 b = turn(w[i - 2], 17) ^ turn(w[i - 2], 19) ^ w[i - 2] >> 10;

        w[i] = w[i - 16] + a + w[i - 7] + b;
    }
    memcpy(s, state, sizeof(s));
    for (i = 0; i < 64; i++) {
        uint32 first = s[7] + (turn(s[4], 6) ^ turn(s[4], 11) ^ turn(s[4], 25)) +
                       ((s[4] & s[5]) ^ (~s[4] & s[6])) + constants[i] + w[i];
        uint32 second = (turn(s[0], 2) ^ turn(s[0], 13) ^ turn(s[0], 22)) +
                        ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));

        memmove(s + 1, s, 7 * sizeof(s[0]));
        s[4] += first;
        s[0] = first + second;
    }
    for (i = 0; i < 8; i++) {
        state[i] += s[i];
    }
}

static void sha256(const uint8 *data, uint32 length, uint32 state[8])
{
    static const uint32 start[8]  = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                     0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    uint8               last[128] = {0};
    uint32              rest = length % 64, size = rest < 56 ? 64 : 128, at;

    memcpy(state, start, sizeof(start));
    for (at = 0; at + 64 <= length; at += 64) {
        hash_block(state, data + at);
    }
    memcpy(last, data + at, rest);
    last[rest] = 0x80;
    for (at = 0; at < 4; at++) { /* the length in bits */
        last[size - 1 - at] = (uint8)(length << 3 >> 8 * at);
    }
    last[size - 5] = (uint8)(length >> 29);
    for (at = 0; at < size; at += 64) {
        hash_block(state, last + at);
    }
}

void key_digest(SSLBuffer certificate, char text[65])
{
    SSLBuffer key = certificate_public_key(certificate);
    uint32    state[8];
    int       i;

    text[0] = '\0';
    if (key.length == 0) {
        return;
    }
    sha256(key.data, key.length, state);
    for (i = 0; i < 8; i++) {
        sprintf(text + 8 * i, "%08x", (unsigned)state[i]);
    }
}
