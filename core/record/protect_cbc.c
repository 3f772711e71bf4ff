/*
 * protect_cbc.c - records under a block cipher in CBC mode with a MAC: chained IVs (SSL 3.0,
 * TLS 1.0), explicit IVs (TLS 1.1 and 1.2, RFC 5246 6.2.3.2), and encrypt-then-MAC (RFC 7366).
 *
 * Without encrypt-then-MAC the padding is only known after decryption and must not be learned by a
 * peer from time (Lucky 13): padding, MAC and the place of the MAC are all handled as secrets here;
 * time depends on the record length alone.
 */
#include "record.h"

#define MAX_PADDING 256

static size_t block_size(const Direction *direction)
{
    return sslr_cipher_block_size((CipherId)direction->suite->cipher);
}

static size_t cbc_prefix(const Direction *direction)
{
    return direction->explicit_iv ? block_size(direction) : 0;
}

static size_t cbc_expansion(const Direction *direction)
{
    return 2 * block_size(direction) + sslr_mac_size(direction);
}

static SSLErr cbc_seal(SSLContext *ctx, Direction *write, uint8_t type, uint8_t *record,
                       size_t content_length, size_t *length)
{
    MacState *state = (MacState *)write->state;
    size_t    block = block_size(write), mac = sslr_mac_size(write), inner, padding;
    size_t    prefix  = cbc_prefix(write);
    uint8_t  *iv      = record + RECORD_HEADER;
    uint8_t  *content = iv + prefix;
    SSLErr    err     = prefix > 0 ? sslr_random(ctx, iv, prefix) : SSLNoErr;

    if (err != SSLNoErr) {
        return err;
    }
    inner = content_length;
    if (!write->encrypt_then_mac) {
        sslr_record_mac(ctx, write, type, bytes_of(content, content_length), content + inner);
        inner += mac;
    }
    padding = block - 1 - inner % block;
    memset(content + inner, (int)padding, padding + 1);
    inner += padding + 1;
    if (prefix > 0) {
        sslr_cipher_set_iv(state->cipher, iv);
    }
    sslr_cipher_run(state->cipher, content, inner);
    inner += prefix;
    if (write->encrypt_then_mac) {
        sslr_record_mac(ctx, write, type, bytes_of(iv, inner), iv + inner);
        inner += mac;
    }
    put_u16(record + 3, inner);
    *length = RECORD_HEADER + inner;
    write->sequence++;
    return SSLNoErr;
}

/* True if the last min(256, length) bytes are consistent with the padding length in the last one.
 * SSL 3.0 leaves their content open and only wants the padding to be shorter than a block: that is
 * POODLE, and why it is off. */
static Mask check_padding(const Direction *read, const uint8_t *data, size_t length,
                          uint32_t padding)
{
    size_t   window = length < MAX_PADDING ? length : MAX_PADDING, i;
    uint32_t bad    = 0;

    if (read->ssl3) {
        return ct_is_less(padding, (uint32_t)block_size(read));
    }

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
    HmacState hmac    = ((const MacState *)read->state)->mac;
    size_t    mac     = sslr_mac_size(read);
    uint32_t  padding = data[length - 1];
    uint8_t   header[MAX_MAC_HEADER], expected[MAX_HASH_SIZE], received[MAX_HASH_SIZE];
    size_t    most = length - mac - 1, claimed, header_length;
    Mask      good;

    good = ~ct_is_less((uint32_t)most, padding);
    good &= check_padding(read, data, length, padding);
    claimed       = most - ct_select(good, padding, 0);
    header_length = sslr_mac_header(ctx, read, type, claimed, header);
    sslr_hmac_update(&hmac, header, header_length);
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

/* RFC 7366: the MAC is over what was sent, and checked before anything is decrypted. */
static int check_outer_mac(const SSLContext *ctx, const Direction *read, const Incoming *in)
{
    size_t  mac = sslr_mac_size(read);
    uint8_t expected[MAX_HASH_SIZE];

    if (in->have < mac) {
        return 0;
    }
    sslr_record_mac(ctx, read, in->type, bytes_of(in->buffer, in->have - mac), expected);
    return ct_memory_equal(expected, in->buffer + in->have - mac, mac) != 0;
}

static SSLErr cbc_open(SSLContext *ctx, Direction *read, Incoming *in)
{
    MacState *state = (MacState *)read->state;
    size_t    block = block_size(read), mac = sslr_mac_size(read), length = in->have;
    size_t    prefix = cbc_prefix(read);
    uint8_t  *data   = in->buffer + prefix;
    Mask      good;

    if (read->encrypt_then_mac) {
        if (!check_outer_mac(ctx, read, in)) {
            return bad_record(ctx);
        }
        length -= mac;
    }
    if (length % block != 0 || length < prefix + block ||
        (!read->encrypt_then_mac && length - prefix < mac + 1)) {
        return bad_record(ctx);
    }
    length -= prefix;
    if (prefix > 0) {
        sslr_cipher_set_iv(state->cipher, in->buffer);
    }
    sslr_cipher_run(state->cipher, data, length);
    if (read->encrypt_then_mac) {
        uint32_t padding = data[length - 1];

        good = ~ct_is_less((uint32_t)length - 1, padding);
        good &= check_padding(read, data, length, padding);
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
