/*
 * ccm.c - AES-CCM over the block of aes_block.h: counter mode and CBC-MAC in one pass. Called by
 * aead.c.
 */
#include "ccm.h"

/* With a nonce of 12 bytes three are left for lengths and counters (RFC 3610 2: L = 3). */
enum {
    LENGTH_SIZE = 3
};

static void store_24(uint8_t *bytes, uint32_t value)
{
    bytes[0] = (uint8_t)(value >> 16);
    bytes[1] = (uint8_t)(value >> 8);
    bytes[2] = (uint8_t)value;
}

SSLErr sslr_ccm_init(CcmState *state, const uint8_t *key, size_t key_length, size_t tag_size)
{
    state->tag_size = (uint32_t)tag_size;
    return aes_expand(&state->key, key, key_length, 1);
}

/* RFC 3610 2.2: B_0 and the blocks of the additional data. */
static void begin_mac(const AesKey *key, size_t tag_size, const uint8_t nonce[AEAD_NONCE_SIZE],
                      const uint8_t *aad, size_t aad_length, size_t length, uint8_t mac[AES_BLOCK])
{
    uint64_t size = aad_length;
    size_t   at;

    mac[0] = (uint8_t)((aad_length != 0 ? 64 : 0) | ((tag_size - 2) / 2) << 3 | (LENGTH_SIZE - 1));
    memcpy(mac + 1, nonce, AEAD_NONCE_SIZE);
    store_24(mac + 13, (uint32_t)length);
    aes_encrypt(key, mac, mac);
    if (aad_length == 0) {
        return;
    }
    if (size < 0xff00) {
        mac[0] ^= (uint8_t)(size >> 8);
        mac[1] ^= (uint8_t)size;
        at = 2;
    } else {
        mac[0] ^= 0xff;
        mac[1] ^= 0xfe;
        for (at = 2; at < 6; at++) {
            mac[at] ^= (uint8_t)(size >> (40 - 8 * at));
        }
    }
    while (aad_length-- != 0) {
        if (at == AES_BLOCK) {
            aes_encrypt(key, mac, mac);
            at = 0;
        }
        mac[at++] ^= *aad++;
    }
    aes_encrypt(key, mac, mac);
}

/* RFC 3610 2.3: A_i. */
static void key_stream(const AesKey *key, const uint8_t nonce[AEAD_NONCE_SIZE], uint32_t i,
                       uint8_t out[AES_BLOCK])
{
    out[0] = LENGTH_SIZE - 1;
    memcpy(out + 1, nonce, AEAD_NONCE_SIZE);
    store_24(out + 13, i);
    aes_encrypt(key, out, out);
}

/* Both passes at once; the MAC is over the plaintext. */
static void run(const AesKey *key, const uint8_t nonce[AEAD_NONCE_SIZE], uint8_t *data,
                size_t length, int encrypt, uint8_t mac[AES_BLOCK])
{
    uint8_t  stream[AES_BLOCK];
    uint32_t i = 1;

    while (length != 0) {
        size_t size = length < AES_BLOCK ? length : AES_BLOCK;

        key_stream(key, nonce, i++, stream);
        if (encrypt) {
            xor_bytes(mac, data, size);
        }
        xor_bytes(data, stream, size);
        if (!encrypt) {
            xor_bytes(mac, data, size);
        }
        aes_encrypt(key, mac, mac);
        data += size;
        length -= size;
    }
    key_stream(key, nonce, 0, stream);
    xor_block(mac, stream);
    sslr_wipe(stream, sizeof stream);
}

static int is_too_long(size_t aad_length, size_t length)
{
    uint64_t aad_size = aad_length;

    return length > 0xffffff || aad_size > UINT32_MAX;
}

SSLErr sslr_ccm_seal(const CcmState *state, const uint8_t nonce[AEAD_NONCE_SIZE],
                     const uint8_t *aad, size_t aad_length, uint8_t *data, size_t length,
                     uint8_t *tag)
{
    AesKey  key;
    uint8_t mac[AES_BLOCK];

    if (is_too_long(aad_length, length)) {
        return SSLCryptoErr;
    }
    aes_load(&key, &state->key, 1);
    begin_mac(&key, state->tag_size, nonce, aad, aad_length, length, mac);
    run(&key, nonce, data, length, 1, mac);
    memcpy(tag, mac, state->tag_size);
    sslr_wipe(mac, sizeof mac);
    sslr_wipe(&key, sizeof key);
    return SSLNoErr;
}

SSLErr sslr_ccm_open(const CcmState *state, const uint8_t nonce[AEAD_NONCE_SIZE],
                     const uint8_t *aad, size_t aad_length, uint8_t *data, size_t length,
                     const uint8_t *tag)
{
    AesKey  key;
    uint8_t mac[AES_BLOCK];
    Mask    good;

    if (is_too_long(aad_length, length)) {
        return SSLProtocolErr;
    }
    aes_load(&key, &state->key, 1);
    begin_mac(&key, state->tag_size, nonce, aad, aad_length, length, mac);
    run(&key, nonce, data, length, 0, mac);
    good = ct_memory_equal(mac, tag, state->tag_size);
    sslr_wipe(mac, sizeof mac);
    sslr_wipe(&key, sizeof key);
    return good ? SSLNoErr : SSLProtocolErr;
}
