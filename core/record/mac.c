/*
 * mac.c - the MAC over a record's content: HMAC from TLS 1.0 on (RFC 5246 6.2.3.1), the older
 * nesting in SSL 3.0. Both are an inner and an outer hash with a keyed beginning, so that one state
 * serves for both.
 */
#include <stddef.h>

#include "record.h"

size_t sslr_mac_state_size(const CipherSuite *suite)
{
    return offsetof(MacState, cipher) +
           (suite->cipher != CIPHER_NONE ? sslr_cipher_state_size((CipherId)suite->cipher) : 0);
}

/* H(secret || pad2 || H(secret || pad1 || ...)) */
static void begin_half(HashState *state, HashId id, const uint8_t *key, int byte)
{
    uint8_t pad[48];

    memset(pad, byte, sizeof(pad));
    sslr_hash_init(state, id);
    sslr_hash_update(state, key, sslr_hash_size(id));
    sslr_hash_update(state, pad, id == HASH_MD5 ? 48 : 40);
}

SSLErr sslr_mac_state_init(Direction *direction, const uint8_t *key, const uint8_t *iv,
                           const uint8_t *mac_key, int writing)
{
    const CipherSuite *suite = direction->suite;
    HashId             id    = (HashId)suite->mac;
    MacState          *state = (MacState *)direction->state;

    if (direction->ssl3) {
        begin_half(&state->mac.inner, id, mac_key, 0x36);
        begin_half(&state->mac.outer, id, mac_key, 0x5C);
    } else {
        sslr_hmac_init(&state->mac, id, mac_key, sslr_hash_size(id));
    }
    return suite->cipher == CIPHER_NONE
               ? SSLNoErr
               : sslr_cipher_init(state->cipher, (CipherId)suite->cipher, key, iv, writing);
}

size_t sslr_mac_header(const SSLContext *ctx, const Direction *direction, uint8_t type,
                       size_t content_length, uint8_t header[MAX_MAC_HEADER])
{
    size_t at = 9;

    put_u64(header, direction->sequence);
    header[8] = type;
    if (!direction->ssl3) {
        put_u16(header + at, ctx->version);
        at += 2;
    }
    put_u16(header + at, content_length);
    return at + 2;
}

size_t sslr_mac_size(const Direction *direction)
{
    return sslr_hash_size((HashId)direction->suite->mac);
}

void sslr_record_mac(const SSLContext *ctx, const Direction *direction, uint8_t type, Bytes content,
                     uint8_t *mac)
{
    HmacState hmac = ((const MacState *)direction->state)->mac;
    uint8_t   header[MAX_MAC_HEADER];
    size_t    length = sslr_mac_header(ctx, direction, type, content.length, header);

    sslr_hmac_update(&hmac, header, length);
    sslr_hmac_update(&hmac, content.data, content.length);
    sslr_hmac_final(&hmac, mac);
}
