/*
 * protect_cbc.c - records under a block cipher in CBC mode with HMAC, explicit IV (TLS 1.1 and 1.2,
 * RFC 5246 6.2.3.2), and encrypt-then-MAC (RFC 7366).
 *
 * Without encrypt-then-MAC the padding is only known after decryption and must not be learned by a
 * peer from time (Lucky 13): padding, MAC and the place of the MAC are all handled as secrets here;
 * time depends on the record length alone.
 */
#include <stddef.h>

#include "record.h"

#define MAX_PADDING 256
#define MAC_HEADER  13

/* The cipher state of a direction: the keyed MAC, then the block cipher. */
typedef struct CbcState {
    HmacState mac;
    uint64_t  cipher[1];
} CbcState;

size_t sslr_cbc_state_size(const CipherSuite *suite)
{
    return offsetof(CbcState, cipher) + sslr_cipher_state_size((CipherId)suite->cipher);
}

SSLErr sslr_cbc_state_init(void *state, const CipherSuite *suite, const uint8_t *key,
                           const uint8_t *mac_key, int writing)
{
    static const uint8_t no_iv[MAX_CIPHER_BLOCK];
    CbcState            *cbc = (CbcState *)state;

    sslr_hmac_init(&cbc->mac, (HashId)suite->mac, mac_key, sslr_hash_size((HashId)suite->mac));
    return sslr_cipher_init(cbc->cipher, (CipherId)suite->cipher, key, no_iv, writing);
}

static size_t block_size(const Direction *direction)
{
    return sslr_cipher_block_size((CipherId)direction->suite->cipher);
}

static size_t mac_size(const Direction *direction)
{
    return sslr_hash_size((HashId)direction->suite->mac);
}

static size_t cbc_prefix(const Direction *direction)
{
    return block_size(direction);
}

static size_t cbc_expansion(const Direction *direction)
{
    return 2 * block_size(direction) + mac_size(direction);
}

/* RFC 5246 6.2.3.1: seq || type || version || length. The length may be secret. */
static void mac_header(const SSLContext *ctx, const Direction *direction, uint8_t type,
                       size_t length, uint8_t header[MAC_HEADER])
{
    put_u64(header, direction->sequence);
    header[8] = type;
    put_u16(header + 9, ctx->version);
    put_u16(header + 11, length);
}

static void compute_mac(const SSLContext *ctx, const Direction *direction, uint8_t type, Bytes data,
                        uint8_t *mac)
{
    HmacState hmac = ((const CbcState *)direction->state)->mac;
    uint8_t   header[MAC_HEADER];

    mac_header(ctx, direction, type, data.length, header);
    sslr_hmac_update(&hmac, header, sizeof(header));
    sslr_hmac_update(&hmac, data.data, data.length);
    sslr_hmac_final(&hmac, mac);
}

static SSLErr cbc_seal(SSLContext *ctx, Direction *write, uint8_t type, uint8_t *record,
                       size_t content_length, size_t *length)
{
    CbcState *state = (CbcState *)write->state;
    size_t    block = block_size(write), mac = mac_size(write), inner, padding;
    uint8_t  *iv      = record + RECORD_HEADER;
    uint8_t  *content = iv + block;
    SSLErr    err     = sslr_random(ctx, iv, block);

    if (err != SSLNoErr) {
        return err;
    }
    inner = content_length;
    if (!write->encrypt_then_mac) {
        compute_mac(ctx, write, type, bytes_of(content, content_length), content + inner);
        inner += mac;
    }
    padding = block - 1 - inner % block;
    memset(content + inner, (int)padding, padding + 1);
    inner += padding + 1;
    sslr_cipher_set_iv(state->cipher, iv);
    sslr_cipher_run(state->cipher, content, inner);
    inner += block;
    if (write->encrypt_then_mac) {
        compute_mac(ctx, write, type, bytes_of(iv, inner), iv + inner);
        inner += mac;
    }
    put_u16(record + 3, inner);
    *length = RECORD_HEADER + inner;
    write->sequence++;
    return SSLNoErr;
}

/* True if the last min(256, length) bytes are consistent with the padding length in the last one.
 */
static Mask check_padding(const uint8_t *data, size_t length, uint32_t padding)
{
    size_t   window = length < MAX_PADDING ? length : MAX_PADDING, i;
    uint32_t bad    = 0;

    for (i = 0; i < window; i++) {
        Mask inside = ~ct_is_less(padding, (uint32_t)i);

        bad |= inside & (data[length - 1 - i] ^ padding);
    }
    return ct_is_zero(bad & 0xFF);
}

/* Copy the MAC that begins at the secret place `at` of data: every candidate byte is read, into a
 * ring that is turned afterwards. */
static void extract_mac(const uint8_t *data, size_t length, size_t at, size_t mac, uint8_t *out)
{
    uint8_t  ring[MAX_HASH_SIZE] = {0};
    size_t   first = length > mac + MAX_PADDING ? length - mac - MAX_PADDING : 0, i, j, k = 0;
    uint32_t turn = 0;

    for (i = first; i < length; i++) {
        Mask started = ~ct_is_less((uint32_t)i, (uint32_t)at);
        Mask ended   = ~ct_is_less((uint32_t)i, (uint32_t)(at + mac));

        ring[k] |= (uint8_t)(data[i] & started & ~ended);
        turn = ct_select(ct_is_equal((uint32_t)i, (uint32_t)at), (uint32_t)k, turn);
        k    = k + 1 == mac ? 0 : k + 1;
    }
    for (j = 0; j < mac; j++) {
        uint32_t wanted = turn + (uint32_t)j;
        uint8_t  byte   = 0;

        wanted -= (uint32_t)mac & ~ct_is_less(wanted, (uint32_t)mac);
        for (i = 0; i < mac; i++) {
            byte |= (uint8_t)(ring[i] & ct_is_equal((uint32_t)i, wanted));
        }
        out[j] = byte;
    }
    sslr_wipe(ring, sizeof(ring));
}

/* MAC-then-encrypt: data is decrypted; *content_length is what remains if the result is true. */
static Mask open_content(const SSLContext *ctx, const Direction *read, uint8_t type,
                         const uint8_t *data, size_t length, size_t *content_length)
{
    HmacState hmac    = ((const CbcState *)read->state)->mac;
    size_t    mac     = mac_size(read);
    uint32_t  padding = data[length - 1];
    uint8_t   header[MAC_HEADER], expected[MAX_HASH_SIZE], received[MAX_HASH_SIZE];
    size_t    most = length - mac - 1, claimed;
    Mask      good;

    good = ~ct_is_less((uint32_t)most, padding);
    good &= check_padding(data, length, padding);
    claimed = most - ct_select(good, padding, 0);
    mac_header(ctx, read, type, claimed, header);
    sslr_hmac_update(&hmac, header, sizeof(header));
    sslr_hmac_final_constant_time(&hmac, data, claimed, most, expected);
    extract_mac(data, length, claimed, mac, received);
    good &= ct_memory_equal(expected, received, mac);
    *content_length = claimed;
    return good;
}

static SSLErr bad_record(SSLContext *ctx)
{
    return sslr_fail(ctx, ALERT_BAD_RECORD_MAC, SSLProtocolErr, "the record does not authenticate");
}

static SSLErr cbc_open(SSLContext *ctx, Direction *read, Incoming *in)
{
    CbcState *state = (CbcState *)read->state;
    size_t    block = block_size(read), mac = mac_size(read), length = in->have;
    uint8_t  *data = in->buffer + block;
    Mask      good;

    if (read->encrypt_then_mac) {
        uint8_t expected[MAX_HASH_SIZE];

        if (length < 2 * block + mac) {
            return bad_record(ctx);
        }
        length -= mac;
        compute_mac(ctx, read, in->type, bytes_of(in->buffer, length), expected);
        if (!ct_memory_equal(expected, in->buffer + length, mac)) {
            return bad_record(ctx);
        }
    }
    if (length % block != 0 || length < 2 * block ||
        (!read->encrypt_then_mac && length - block < mac + 1)) {
        return bad_record(ctx);
    }
    length -= block;
    sslr_cipher_set_iv(state->cipher, in->buffer);
    sslr_cipher_run(state->cipher, data, length);
    if (read->encrypt_then_mac) {
        uint32_t padding = data[length - 1];

        good = ~ct_is_less((uint32_t)length - 1, padding) & check_padding(data, length, padding);
        in->left = length - 1 - ct_select(good, padding, 0);
    } else {
        good = open_content(ctx, read, in->type, data, length, &in->left);
    }
    if (!ct_hide(good)) {
        return bad_record(ctx);
    }
    read->sequence++;
    in->content = data;
    return SSLNoErr;
}

const Protection sslr_protection_cbc = {.name          = "CBC",
                                        .max_expansion = 2048,
                                        .prefix        = cbc_prefix,
                                        .expansion     = cbc_expansion,
                                        .seal          = cbc_seal,
                                        .open          = cbc_open};
