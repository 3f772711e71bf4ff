/*
 * chacha20_poly1305.c - RFC 8439 over libtomcrypt's ChaCha20 and Poly1305. Its combination of the
 * two is not used: that wipes the key when a message is done, so that a second one would leave in
 * clear. Called by aead.c.
 */
#include "chacha20_poly1305.h"
#include "tomcrypt_include.h"

typedef struct Message {
    chacha_state   stream;
    poly1305_state mac;
} Message;

void sslr_chacha_init(ChachaState *state, const uint8_t key[32])
{
    memcpy(state->key, key, sizeof state->key);
}

static void add_padded(poly1305_state *mac, const uint8_t *data, size_t length)
{
    static const uint8_t zeros[16] = {0};

    if (length != 0) {
        (void)poly1305_process(mac, data, (unsigned long)length);
    }
    if (length % 16 != 0) {
        (void)poly1305_process(mac, zeros, (unsigned long)(16 - length % 16));
    }
}

/* RFC 8439 2.6: block 0 is the key of the MAC, data begins with block 1, which the state then
 * stands at. The additional data comes first, in both directions. */
static int begin(Message *message, const ChachaState *state, const uint8_t nonce[AEAD_NONCE_SIZE],
                 const uint8_t *aad, size_t aad_length)
{
    uint8_t block[64];
    int     good;

    good = chacha_setup(&message->stream, state->key, sizeof state->key, 20) == CRYPT_OK &&
           chacha_ivctr32(&message->stream, nonce, AEAD_NONCE_SIZE, 0) == CRYPT_OK &&
           chacha_keystream(&message->stream, block, sizeof block) == CRYPT_OK &&
           poly1305_init(&message->mac, block, 32) == CRYPT_OK;
    if (good) {
        add_padded(&message->mac, aad, aad_length);
    }
    sslr_wipe(block, sizeof block);
    return good;
}

static void finish(Message *message, size_t aad_length, size_t length, uint8_t tag[16])
{
    uint8_t       lengths[16];
    unsigned long size = 16;
    unsigned      i;

    for (i = 0; i < 8; i++) {
        lengths[i]     = (uint8_t)((uint64_t)aad_length >> 8 * i);
        lengths[8 + i] = (uint8_t)((uint64_t)length >> 8 * i);
    }
    (void)poly1305_process(&message->mac, lengths, sizeof lengths);
    (void)poly1305_done(&message->mac, tag, &size);
}

static void run_stream(Message *message, uint8_t *data, size_t length)
{
    if (length != 0) {
        (void)chacha_crypt(&message->stream, data, (unsigned long)length, data);
    }
}

/* RFC 8439 2.8: the block counter must not come round. */
static int is_too_long(size_t length)
{
    uint64_t size = length;

    return size > UINT64_C(64) * 0xffffffff;
}

SSLErr sslr_chacha_seal(const ChachaState *state, const uint8_t nonce[AEAD_NONCE_SIZE],
                        const uint8_t *aad, size_t aad_length, uint8_t *data, size_t length,
                        uint8_t tag[16])
{
    Message message;
    SSLErr  err = SSLCryptoErr;

    if (!is_too_long(length) && begin(&message, state, nonce, aad, aad_length)) {
        run_stream(&message, data, length);
        add_padded(&message.mac, data, length);
        finish(&message, aad_length, length, tag);
        err = SSLNoErr;
    }
    sslr_wipe(&message, sizeof message);
    return err;
}

SSLErr sslr_chacha_open(const ChachaState *state, const uint8_t nonce[AEAD_NONCE_SIZE],
                        const uint8_t *aad, size_t aad_length, uint8_t *data, size_t length,
                        const uint8_t tag[16])
{
    Message message;
    uint8_t expected[16];
    SSLErr  err = SSLProtocolErr;

    if (!is_too_long(length) && begin(&message, state, nonce, aad, aad_length)) {
        add_padded(&message.mac, data, length);
        finish(&message, aad_length, length, expected);
        if (ct_memory_equal(tag, expected, sizeof expected)) {
            run_stream(&message, data, length);
            err = SSLNoErr;
        }
    }
    sslr_wipe(expected, sizeof expected);
    sslr_wipe(&message, sizeof message);
    return err;
}
