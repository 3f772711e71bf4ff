/*
 * schedule12.c - master secret, key block, Finished, signature input and exporter of TLS 1.2 (RFC
 * 5246 6.3, 7.4.8, 7.4.9, 8.1; RFC 7627; RFC 5705).
 */
#include "keys.h"

#define MASTER_SECRET 48
#define VERIFY_DATA   12
#define MAX_KEY_BLOCK (2 * (MAX_HASH_SIZE + MAX_AEAD_KEY + AEAD_NONCE_SIZE))

static HashId prf_of(const SSLContext *ctx)
{
    return (HashId)ctx->suite->prf;
}

void sslr_tls12_master_secret(SSLContext *ctx)
{
    Handshake *hs = ctx->handshake;

    if (ctx->extended_master_secret) {
        sslr_tls12_prf(prf_of(ctx), hs->premaster, hs->premaster_length, "extended master secret",
                       hs->session_hash, sslr_hash_size(prf_of(ctx)), hs->secret, MASTER_SECRET);
    } else {
        uint8_t seed[64];

        memcpy(seed, hs->client_random, 32);
        memcpy(seed + 32, hs->server_random, 32);
        sslr_tls12_prf(prf_of(ctx), hs->premaster, hs->premaster_length, "master secret", seed,
                       sizeof(seed), hs->secret, MASTER_SECRET);
    }
    sslr_wipe(hs->premaster, sizeof(hs->premaster));
    hs->premaster_length = 0;
}

/* One direction out of its parts of the key block. */
static SSLErr prepare_direction(SSLContext *ctx, Direction *direction, int writing,
                                const uint8_t *mac_key, const uint8_t *key, const uint8_t *iv,
                                size_t iv_length)
{
    const CipherSuite *suite = ctx->suite;
    SSLErr             err;

    sslr_direction_clear(ctx, direction);
    direction->suite = suite;
    memcpy(direction->iv, iv, iv_length);
    if (suite->aead != AEAD_NONE) {
        direction->state_length = sslr_aead_state_size((AeadId)suite->aead);
        direction->record_limit =
            suite->aead == AEAD_CHACHA20_POLY1305 ? (uint64_t)1 << 48 : (uint64_t)1 << 24;
    } else {
        direction->state_length     = sslr_cbc_state_size(suite);
        direction->record_limit     = (uint64_t)1 << 32;
        direction->encrypt_then_mac = ctx->encrypt_then_mac;
    }
    err = sslr_allocate(&ctx->allocator, direction->state_length, &direction->state);
    if (err != SSLNoErr) {
        return err;
    }
    direction->protection =
        suite->aead != AEAD_NONE ? &sslr_protection_aead12 : &sslr_protection_cbc;
    if (suite->aead != AEAD_NONE) {
        return sslr_aead_init(direction->state, (AeadId)suite->aead, key);
    }
    return sslr_cbc_state_init(direction->state, suite, key, mac_key, writing);
}

SSLErr sslr_tls12_derive_keys(SSLContext *ctx)
{
    Handshake         *hs    = ctx->handshake;
    const CipherSuite *suite = ctx->suite;
    uint8_t            block[MAX_KEY_BLOCK], seed[64];
    size_t             mac = 0, key, iv = 0;
    Direction         *client = is_server(ctx) ? &hs->pending_read : &hs->pending_write;
    Direction         *server = is_server(ctx) ? &hs->pending_write : &hs->pending_read;
    SSLErr             err;

    if (suite->aead != AEAD_NONE) {
        key = sslr_aead_key_size((AeadId)suite->aead);
        iv  = suite->aead == AEAD_CHACHA20_POLY1305 ? AEAD_NONCE_SIZE : 4;
    } else {
        key = sslr_cipher_key_size((CipherId)suite->cipher);
        mac = sslr_hash_size((HashId)suite->mac);
    }
    memcpy(seed, hs->server_random, 32);
    memcpy(seed + 32, hs->client_random, 32);
    sslr_tls12_prf(prf_of(ctx), hs->secret, MASTER_SECRET, "key expansion", seed, sizeof(seed),
                   block, 2 * (mac + key + iv));
    err = prepare_direction(ctx, client, !is_server(ctx), block, block + 2 * mac,
                            block + 2 * mac + 2 * key, iv);
    if (err == SSLNoErr) {
        err = prepare_direction(ctx, server, is_server(ctx), block + mac, block + 2 * mac + key,
                                block + 2 * mac + 2 * key + iv, iv);
    }
    sslr_wipe(block, sizeof(block));
    sslr_log_secret(ctx, "CLIENT_RANDOM", hs->client_random, hs->secret, MASTER_SECRET);
    return err;
}

void sslr_tls12_activate(SSLContext *ctx, int writing)
{
    Direction *active  = writing ? &ctx->write : &ctx->read;
    Direction *pending = writing ? &ctx->handshake->pending_write : &ctx->handshake->pending_read;

    sslr_direction_clear(ctx, active);
    *active = *pending;
    sslr_wipe(pending, sizeof(*pending));
    sslr_trace(ctx, writing ? SSL_TraceWriteKeys : SSL_TraceReadKeys, 0, 0, 1, "application");
}

static size_t finished_length12(const SSLContext *ctx)
{
    (void)ctx;
    return VERIFY_DATA;
}

static void finished12(const SSLContext *ctx, int from_server, uint8_t *verify_data)
{
    uint8_t digest[MAX_HASH_SIZE];

    sslr_transcript_digest(ctx, digest);
    sslr_tls12_prf(prf_of(ctx), ctx->handshake->secret, MASTER_SECRET,
                   from_server ? "server finished" : "client finished", digest,
                   sslr_hash_size(prf_of(ctx)), verify_data, VERIFY_DATA);
}

/* RFC 5246 7.4.8: all messages so far, themselves. */
static SSLErr certificate_verify_input12(SSLContext *ctx, int from_server, Writer *out)
{
    (void)from_server;
    write_bytes(
        out, bytes_of(ctx->handshake->transcript.raw.data, ctx->handshake->transcript.raw.length));
    return writer_status(out);
}

/* RFC 5705 4. The randoms are kept where TLS 1.3 keeps traffic secrets. */
static SSLErr export_keys12(const SSLContext *ctx, const char *label, Bytes context,
                            int has_context, uint8_t *out, size_t length)
{
    Writer seed;
    SSLErr err;

    if (!ctx->extended_master_secret) {
        return SSLUnsupportedErr; /* triple handshake: the value would not be bound to this
                                     connection */
    }
    sslr_writer_init(&seed, &ctx->allocator);
    write_bytes(&seed, bytes_of(ctx->client_secret, 32));
    write_bytes(&seed, bytes_of(ctx->server_secret, 32));
    if (has_context) {
        write_vector(&seed, context, 2);
    }
    err = writer_status(&seed);
    if (err == SSLNoErr) {
        sslr_tls12_prf(prf_of(ctx), ctx->master_secret, MASTER_SECRET, label, seed.data,
                       seed.length, out, length);
    }
    sslr_writer_release(&seed);
    return err;
}

const Protocol sslr_protocol_tls12 = {.version                  = TLS_Version_1_2,
                                      .finished_length          = finished_length12,
                                      .finished                 = finished12,
                                      .certificate_verify_input = certificate_verify_input12,
                                      .export_keys              = export_keys12};
