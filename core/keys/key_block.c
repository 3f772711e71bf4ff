/*
 * key_block.c - SSL 3.0 to TLS 1.2: the key block cut into keys for both directions, with what
 * export suites make of them; keys put into force by ChangeCipherSpec. How the block is computed is
 * the version's business (schedule_ssl3.c, schedule_tls.c).
 */
#include "keys.h"

#define MASTER_SECRET 48
#define MAX_KEY_BLOCK (2 * (MAX_HASH_SIZE + MAX_AEAD_KEY + MAX_CIPHER_BLOCK))

/* What one direction gets. */
typedef struct DirectionKeys {
    uint8_t mac[MAX_HASH_SIZE], key[MAX_AEAD_KEY], iv[MAX_CIPHER_BLOCK];
} DirectionKeys;

/* How long the parts of the key block are. */
typedef struct KeySizes {
    size_t mac, material, key, iv, block_iv;
} KeySizes;

void sslr_master_secret(SSLContext *ctx)
{
    Handshake *hs = ctx->handshake;

    ctx->protocol->master_secret(ctx);
    sslr_wipe(hs->premaster, sizeof(hs->premaster));
    hs->premaster_length = 0;
}

/* Export suites take short keys and no IVs from the block: 40 bits, or 56 (whole DES keys). */
static size_t material_size(const CipherSuite *suite, size_t key)
{
    switch (suite->export_bits) {
    case 40:
        return 5;
    case 56:
        return suite->cipher == CIPHER_DES_CBC ? key : 7;
    default:
        return key;
    }
}

static KeySizes sizes_of(const SSLContext *ctx)
{
    const CipherSuite *suite = ctx->agreed.suite;
    KeySizes           sizes;

    memset(&sizes, 0, sizeof(sizes));
    if (suite->aead != AEAD_NONE) {
        sizes.key = sizes.material = sslr_aead_key_size((AeadId)suite->aead);
        sizes.iv = sizes.block_iv = suite->aead == AEAD_CHACHA20_POLY1305 ? AEAD_NONCE_SIZE : 4;
        return sizes;
    }
    sizes.mac = sslr_hash_size((HashId)suite->mac);
    if (suite->cipher != CIPHER_NONE) {
        sizes.key      = sslr_cipher_key_size((CipherId)suite->cipher);
        sizes.material = material_size(suite, sizes.key);
        if (ctx->version <= TLS_Version_1_0 &&
            sslr_cipher_block_size((CipherId)suite->cipher) > 1) {
            sizes.iv       = sslr_cipher_block_size((CipherId)suite->cipher);
            sizes.block_iv = suite->export_bits != 0 ? 0 : sizes.iv;
        }
    }
    return sizes;
}

static void cut(const uint8_t **block, uint8_t *to, size_t length)
{
    memcpy(to, *block, length);
    *block += length;
}

static void cut_block(SSLContext *ctx, const KeySizes *sizes, DirectionKeys *client,
                      DirectionKeys *server)
{
    uint8_t        block[MAX_KEY_BLOCK];
    const uint8_t *at = block;

    ctx->protocol->key_block(ctx, block, 2 * (sizes->mac + sizes->material + sizes->block_iv));
    cut(&at, client->mac, sizes->mac);
    cut(&at, server->mac, sizes->mac);
    cut(&at, client->key, sizes->material);
    cut(&at, server->key, sizes->material);
    cut(&at, client->iv, sizes->block_iv);
    cut(&at, server->iv, sizes->block_iv);
    sslr_wipe(block, sizeof(block));
}

static void weaken(SSLContext *ctx, const KeySizes *sizes, DirectionKeys *client,
                   DirectionKeys *server)
{
    uint8_t key[MAX_AEAD_KEY];

    memcpy(key, client->key, sizes->material);
    ctx->protocol->export_key(ctx, 0, bytes_of(key, sizes->material), client->key, sizes->key);
    memcpy(key, server->key, sizes->material);
    ctx->protocol->export_key(ctx, 1, bytes_of(key, sizes->material), server->key, sizes->key);
    sslr_wipe(key, sizeof(key));
    if (sizes->iv > 0) {
        ctx->protocol->export_ivs(ctx, client->iv, server->iv, sizes->iv);
    }
}

/* Sweet32: 64-bit blocks are not used for long; a stream or AEAD has its own limits. */
static uint64_t record_limit(const CipherSuite *suite)
{
    if (suite->aead == AEAD_CHACHA20_POLY1305) {
        return (uint64_t)1 << 48;
    }
    if (suite->aead != AEAD_NONE) {
        return (uint64_t)1 << 24;
    }
    return suite->cipher != CIPHER_NONE && sslr_cipher_block_size((CipherId)suite->cipher) == 8
               ? (uint64_t)1 << 20
               : (uint64_t)1 << 32;
}

static SSLErr prepare(SSLContext *ctx, Direction *direction, int writing, const DirectionKeys *keys)
{
    const CipherSuite *suite = ctx->agreed.suite;
    SSLErr             err;

    sslr_direction_clear(ctx, direction);
    direction->suite        = suite;
    direction->state_length = suite->aead != AEAD_NONE ? sslr_aead_state_size((AeadId)suite->aead)
                                                       : sslr_mac_state_size(suite);
    err = sslr_allocate(&ctx->allocator, direction->state_length, &direction->state);
    if (err != SSLNoErr) {
        return err;
    }
    direction->record_limit     = record_limit(suite);
    direction->encrypt_then_mac = ctx->agreed.encrypt_then_mac;
    direction->explicit_iv      = ctx->version >= TLS_Version_1_1;
    direction->ssl3             = ctx->version == SSL_Version_3_0;
    if (suite->aead != AEAD_NONE) {
        memcpy(direction->iv, keys->iv, AEAD_NONCE_SIZE);
        direction->protection = &sslr_protection_aead12;
        return sslr_aead_init(direction->state, (AeadId)suite->aead, keys->key);
    }
    if (suite->cipher != CIPHER_NONE && sslr_cipher_block_size((CipherId)suite->cipher) > 1) {
        direction->protection = &sslr_protection_cbc;
    } else if (ctx->profile->classic != NULL) {
        direction->protection = ctx->profile->classic->stream;
    } else {
        return SSLInternalErr; /* no suite of such a build gets here */
    }
    return sslr_mac_state_init(direction, keys->key, keys->iv, keys->mac, writing);
}

SSLErr sslr_derive_keys(SSLContext *ctx)
{
    Handshake    *hs        = ctx->handshake;
    KeySizes      sizes     = sizes_of(ctx);
    Direction    *of_client = is_server(ctx) ? &hs->pending_read : &hs->pending_write;
    Direction    *of_server = is_server(ctx) ? &hs->pending_write : &hs->pending_read;
    DirectionKeys client, server;
    SSLErr        err;

    memset(&client, 0, sizeof(client));
    memset(&server, 0, sizeof(server));
    cut_block(ctx, &sizes, &client, &server);
    if (ctx->agreed.suite->export_bits != 0) {
        weaken(ctx, &sizes, &client, &server);
    }
    err = prepare(ctx, of_client, !is_server(ctx), &client);
    if (err == SSLNoErr) {
        err = prepare(ctx, of_server, is_server(ctx), &server);
    }
    sslr_wipe(&client, sizeof(client));
    sslr_wipe(&server, sizeof(server));
    sslr_log_secret(ctx, "CLIENT_RANDOM", hs->client_random, hs->secret, MASTER_SECRET);
    return err;
}

void sslr_activate_keys(SSLContext *ctx, int writing)
{
    Direction *active  = writing ? &ctx->write : &ctx->read;
    Direction *pending = writing ? &ctx->handshake->pending_write : &ctx->handshake->pending_read;

    ctx->handshake->peer_changed_keys |= !writing;
    sslr_direction_clear(ctx, active);
    *active = *pending;
    sslr_wipe(pending, sizeof(*pending));
    sslr_trace(ctx, writing ? SSL_TraceWriteKeys : SSL_TraceReadKeys, 0, 0, 1, "application");
}
