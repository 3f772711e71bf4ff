/*
 * schedule_tls.c - master secret, key block, Finished, signature input and exporter of TLS 1.0, 1.1
 * and 1.2 (RFC 2246, 4346, 5246: 5, 6.3, 7.4.8, 7.4.9, 8.1; RFC 7627; RFC 5705). They differ in the
 * PRF.
 */
#include "keys.h"

#define MASTER_SECRET 48
#define VERIFY_DATA   12

typedef struct Secret {
    const uint8_t *data;
    size_t         length;
} Secret;

static Secret secret_of(const uint8_t *data, size_t length)
{
    Secret secret;

    secret.data   = data;
    secret.length = length;
    return secret;
}

static void prf(const SSLContext *ctx, Secret secret, const char *label, Bytes seed, uint8_t *out,
                size_t length)
{
    if (ctx->version >= TLS_Version_1_2) {
        sslr_tls12_prf((HashId)ctx->agreed.suite->prf, secret.data, secret.length, label, seed.data,
                       seed.length, out, length);
    } else {
        sslr_tls10_prf(secret.data, secret.length, label, seed.data, seed.length, out, length);
    }
}

static void join_randoms(const uint8_t *first, const uint8_t *second, uint8_t seed[64])
{
    memcpy(seed, first, 32);
    memcpy(seed + 32, second, 32);
}

static void master_secret(SSLContext *ctx)
{
    Handshake *hs        = ctx->handshake;
    Secret     premaster = secret_of(hs->premaster, hs->premaster_length);
    uint8_t    seed[64];

    if (ctx->agreed.extended_master_secret) {
        prf(ctx, premaster, "extended master secret",
            bytes_of(hs->session_hash, sslr_transcript_digest_length(ctx)), hs->secret,
            MASTER_SECRET);
        return;
    }
    join_randoms(hs->client_random, hs->server_random, seed);
    prf(ctx, premaster, "master secret", bytes_of(seed, sizeof(seed)), hs->secret, MASTER_SECRET);
}

static void key_block(SSLContext *ctx, uint8_t *out, size_t length)
{
    Handshake *hs = ctx->handshake;
    uint8_t    seed[64];

    join_randoms(hs->server_random, hs->client_random, seed);
    prf(ctx, secret_of(hs->secret, MASTER_SECRET), "key expansion", bytes_of(seed, sizeof(seed)),
        out, length);
}

/* For the FIPS suites in SSL 3.0: ctx->version is below 1.2, so that these use the old PRF. */
void sslr_tls10_master_secret(SSLContext *ctx)
{
    master_secret(ctx);
}

void sslr_tls10_key_block(SSLContext *ctx, uint8_t *out, size_t length)
{
    key_block(ctx, out, length);
}

/* RFC 2246 6.3.1. Both use the same order of randoms. */
static void export_key(SSLContext *ctx, int of_server, Bytes key, uint8_t *out, size_t length)
{
    Handshake *hs = ctx->handshake;
    uint8_t    seed[64];

    join_randoms(hs->client_random, hs->server_random, seed);
    prf(ctx, secret_of(key.data, key.length), of_server ? "server write key" : "client write key",
        bytes_of(seed, sizeof(seed)), out, length);
}

static void export_ivs(SSLContext *ctx, uint8_t *client, uint8_t *server, size_t length)
{
    Handshake *hs = ctx->handshake;
    uint8_t    seed[64], block[2 * MAX_CIPHER_BLOCK];

    join_randoms(hs->client_random, hs->server_random, seed);
    prf(ctx, secret_of(NULL, 0), "IV block", bytes_of(seed, sizeof(seed)), block, 2 * length);
    memcpy(client, block, length);
    memcpy(server, block + length, length);
}

static size_t finished_length(const SSLContext *ctx)
{
    (void)ctx;
    return VERIFY_DATA;
}

static void finished(const SSLContext *ctx, int from_server, uint8_t *verify_data)
{
    uint8_t digest[MAX_HASH_SIZE];

    sslr_transcript_digest(ctx, digest);
    prf(ctx, secret_of(ctx->handshake->secret, MASTER_SECRET),
        from_server ? "server finished" : "client finished",
        bytes_of(digest, sslr_transcript_digest_length(ctx)), verify_data, VERIFY_DATA);
}

/* RFC 5246 7.4.8: all messages so far, themselves. */
static SSLErr certificate_verify_input(SSLContext *ctx, int from_server, Writer *out)
{
    (void)from_server;
    write_bytes(
        out, bytes_of(ctx->handshake->transcript.raw.data, ctx->handshake->transcript.raw.length));
    return writer_status(out);
}

/* RFC 5705 4. The randoms are kept where TLS 1.3 keeps traffic secrets. */
static SSLErr export_keys(const SSLContext *ctx, const char *label, Bytes context, int has_context,
                          uint8_t *out, size_t length)
{
    Writer seed;
    SSLErr err;

    if (!ctx->agreed.extended_master_secret) {
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
        prf(ctx, secret_of(ctx->master_secret, MASTER_SECRET), label,
            bytes_of(seed.data, seed.length), out, length);
    }
    sslr_writer_release(&seed);
    return err;
}

#define TLS_FUNCTIONS                                                                              \
    .master_secret = master_secret, .key_block = key_block, .export_key = export_key,              \
    .export_ivs = export_ivs, .finished_length = finished_length, .finished = finished,            \
    .certificate_verify_input = certificate_verify_input, .export_keys = export_keys

const Protocol sslr_protocol_tls10 = {.version = TLS_Version_1_0, TLS_FUNCTIONS};
const Protocol sslr_protocol_tls11 = {.version = TLS_Version_1_1, TLS_FUNCTIONS};
const Protocol sslr_protocol_tls12 = {.version = TLS_Version_1_2, TLS_FUNCTIONS};
