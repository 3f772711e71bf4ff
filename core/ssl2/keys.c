/*
 * keys.c - the kinds of cipher of SSL 2.0, and key material out of master key, challenge and
 * connection ID (protocol/ssl2.md sections 1 and 5).
 */
#include <stddef.h>

#include "ssl2.h"

/* clang-format off */
const Ssl2Kind sslr_ssl2_kinds[] = {
    /* code, number in ssl.h, cipher, key, of which in clear, IV */
    { { 0x07, 0x00, 0xC0 }, 0xFF83, CIPHER_3DES_CBC, 24, 0,  8 },
    { { 0x01, 0x00, 0x80 }, 0x0004, CIPHER_RC4_128,  16, 0,  0 },
    { { 0x03, 0x00, 0x80 }, 0xFF80, CIPHER_RC2_CBC,  16, 0,  8 },
    { { 0x06, 0x00, 0x40 }, 0xFF82, CIPHER_DES_CBC,  8,  0,  8 },
    { { 0x02, 0x00, 0x80 }, 0x0003, CIPHER_RC4_128,  16, 11, 0 },
    { { 0x04, 0x00, 0x80 }, 0x0006, CIPHER_RC2_CBC,  16, 11, 8 },
};
/* clang-format on */

const size_t sslr_ssl2_kind_count = sizeof(sslr_ssl2_kinds) / sizeof(sslr_ssl2_kinds[0]);

const Ssl2Kind *sslr_ssl2_kind(const uint8_t code[3])
{
    size_t i;

    for (i = 0; i < sslr_ssl2_kind_count; i++) {
        if (memcmp(sslr_ssl2_kinds[i].code, code, 3) == 0) {
            return &sslr_ssl2_kinds[i];
        }
    }
    return NULL;
}

/* DROWN: export kinds are refused while the same key serves SSL 3.0 or later, unless overridden by
 * name. */
int sslr_ssl2_enabled(const SSLContext *ctx, const Ssl2Kind *kind)
{
    size_t i;

    if (kind->clear_size > 0 && is_server(ctx) && ctx->config.version_max >= SSL_Version_3_0 &&
        !ctx->config.allow_ssl2_export) {
        return 0;
    }
    for (i = 0; i < ctx->config.suites.count; i++) {
        if (ctx->config.suites.items[i] == kind->suite) {
            return 1;
        }
    }
    return 0;
}

/* KM_i = MD5(MASTER-KEY || digit || CHALLENGE || CONNECTION-ID). The digit stands in front of
 * single DES too, whatever the draft says. */
SSLErr sslr_ssl2_derive(SSLContext *ctx)
{
    Ssl2State *state = ctx->handshake->ssl2;
    size_t     done;
    uint8_t    digit = '0';

    for (done = 0; done < 2u * state->kind->key_size; done += 16) {
        HashState hash;

        sslr_hash_init(&hash, HASH_MD5);
        sslr_hash_update(&hash, state->master, state->kind->key_size);
        sslr_hash_update(&hash, &digit, 1);
        sslr_hash_update(&hash, state->challenge, state->challenge_length);
        sslr_hash_update(&hash, state->connection_id, state->connection_id_length);
        sslr_hash_final(&hash, state->material + done);
        digit++;
    }
    return SSLNoErr;
}

static SSLErr install(SSLContext *ctx, Direction *direction, const uint8_t *key, int writing)
{
    const Ssl2State *state    = ctx->handshake->ssl2;
    uint64_t         sequence = direction->sequence; /* it goes on: clear records count too */
    Ssl2Direction   *cipher;
    SSLErr           err;

    sslr_direction_clear(ctx, direction);
    direction->sequence = sequence;
    direction->suite    = ctx->agreed.suite;
    direction->state_length =
        offsetof(Ssl2Direction, cipher) + sslr_cipher_state_size((CipherId)state->kind->cipher);
    err = sslr_allocate(&ctx->allocator, direction->state_length, &direction->state);
    if (err != SSLNoErr) {
        return err;
    }
    cipher = (Ssl2Direction *)direction->state;
    memset(cipher->secret, 0, sizeof(cipher->secret));
    memcpy(cipher->secret, key, state->kind->key_size);
    /* The counter has 32 bits; Sweet32: 64-bit blocks are not used for long. */
    direction->record_limit = state->kind->iv_size > 0 ? (uint64_t)1 << 20 : (uint64_t)1 << 31;
    err = sslr_cipher_init(cipher->cipher, (CipherId)state->kind->cipher, key, state->iv, writing);
    if (err == SSLNoErr) {
        sslr_trace(ctx, writing ? SSL_TraceWriteKeys : SSL_TraceReadKeys, 0, 0, 1, "session");
    }
    return err;
}

SSLErr sslr_ssl2_activate(SSLContext *ctx)
{
    const Ssl2State *state = ctx->handshake->ssl2;
    const uint8_t   *first = state->material, *second = first + state->kind->key_size;
    SSLErr           err;

    err = install(ctx, &ctx->read, is_server(ctx) ? second : first, 0);
    return err != SSLNoErr ? err : install(ctx, &ctx->write, is_server(ctx) ? first : second, 1);
}
