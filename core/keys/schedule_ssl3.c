/*
 * schedule_ssl3.c - the nested MD5 and SHA-1 of SSL 3.0: master secret, key block, export keys,
 * Finished and CertificateVerify (protocol/ssl3.md sections 3 and 4).
 */
#include "keys.h"

#define MASTER_SECRET 48
#define MD5_SIZE      16
#define SHA1_SIZE     20

/* n bytes of MD5(secret || SHA1('A' || secret || first || second)) || MD5(secret || SHA1('BB' ...))
 * ... */
static void expand(Bytes secret, const uint8_t *first, const uint8_t *second, uint8_t *out,
                   size_t length)
{
    uint8_t   letters[26], inner[SHA1_SIZE], outer[MD5_SIZE];
    HashState hash;
    size_t    round;

    for (round = 1; length > 0; round++) {
        size_t take = length < MD5_SIZE ? length : MD5_SIZE;

        memset(letters, (int)('A' + round - 1), round);
        sslr_hash_init(&hash, HASH_SHA1);
        sslr_hash_update(&hash, letters, round);
        sslr_hash_update(&hash, secret.data, secret.length);
        sslr_hash_update(&hash, first, 32);
        sslr_hash_update(&hash, second, 32);
        sslr_hash_final(&hash, inner);
        sslr_hash_init(&hash, HASH_MD5);
        sslr_hash_update(&hash, secret.data, secret.length);
        sslr_hash_update(&hash, inner, sizeof(inner));
        sslr_hash_final(&hash, outer);
        memcpy(out, outer, take);
        out += take;
        length -= take;
    }
    sslr_wipe(inner, sizeof(inner));
    sslr_wipe(outer, sizeof(outer));
}

/* These use the PRF of TLS 1.0 for both steps. */
static int is_fips(const SSLContext *ctx)
{
    return ctx->agreed.suite->id == FIPS_DES || ctx->agreed.suite->id == FIPS_3DES;
}

static void master_secret(SSLContext *ctx)
{
    Handshake *hs = ctx->handshake;

    if (is_fips(ctx)) {
        sslr_tls10_master_secret(ctx);
        return;
    }
    expand(bytes_of(hs->premaster, hs->premaster_length), hs->client_random, hs->server_random,
           hs->secret, MASTER_SECRET);
}

static void key_block(SSLContext *ctx, uint8_t *out, size_t length)
{
    Handshake *hs = ctx->handshake;

    if (is_fips(ctx)) {
        sslr_tls10_key_block(ctx, out, length);
        return;
    }
    expand(bytes_of(hs->secret, MASTER_SECRET), hs->server_random, hs->client_random, out, length);
}

static void md5_of(Bytes key, const uint8_t *first, const uint8_t *second, uint8_t *out,
                   size_t length)
{
    uint8_t   digest[MD5_SIZE];
    HashState hash;

    sslr_hash_init(&hash, HASH_MD5);
    if (key.length > 0) {
        sslr_hash_update(&hash, key.data, key.length);
    }
    sslr_hash_update(&hash, first, 32);
    sslr_hash_update(&hash, second, 32);
    sslr_hash_final(&hash, digest);
    memcpy(out, digest, length < MD5_SIZE ? length : MD5_SIZE);
    sslr_wipe(digest, sizeof(digest));
}

static void export_key(SSLContext *ctx, int of_server, Bytes key, uint8_t *out, size_t length)
{
    const Handshake *hs = ctx->handshake;

    md5_of(key, of_server ? hs->server_random : hs->client_random,
           of_server ? hs->client_random : hs->server_random, out, length);
}

static void export_ivs(SSLContext *ctx, uint8_t *client, uint8_t *server, size_t length)
{
    const Handshake *hs   = ctx->handshake;
    Bytes            none = bytes_of(NULL, 0);

    md5_of(none, hs->client_random, hs->server_random, client, length);
    md5_of(none, hs->server_random, hs->client_random, server, length);
}

/* H(master || pad2 || H(messages || sender || master || pad1)); pads are 48 bytes for MD5, 40 for
 * SHA-1. */
static void nested(const SSLContext *ctx, HashId id, const HashState *messages, Bytes sender,
                   uint8_t *out)
{
    const uint8_t *master = ctx->handshake->secret;
    HashState      hash   = *messages;
    uint8_t        pad[48], inner[SHA1_SIZE];
    size_t         pad_length = id == HASH_MD5 ? 48 : 40;

    if (sender.length > 0) {
        sslr_hash_update(&hash, sender.data, sender.length);
    }
    memset(pad, 0x36, sizeof(pad));
    sslr_hash_update(&hash, master, MASTER_SECRET);
    sslr_hash_update(&hash, pad, pad_length);
    sslr_hash_final(&hash, inner);
    memset(pad, 0x5C, sizeof(pad));
    sslr_hash_init(&hash, id);
    sslr_hash_update(&hash, master, MASTER_SECRET);
    sslr_hash_update(&hash, pad, pad_length);
    sslr_hash_update(&hash, inner, sslr_hash_size(id));
    sslr_hash_final(&hash, out);
}

static void both(const SSLContext *ctx, Bytes sender, uint8_t *out)
{
    const Transcript *transcript = &ctx->handshake->transcript;

    nested(ctx, HASH_MD5, &transcript->state, sender, out);
    nested(ctx, HASH_SHA1, &transcript->state_sha1, sender, out + MD5_SIZE);
}

static size_t finished_length(const SSLContext *ctx)
{
    (void)ctx;
    return MD5_SIZE + SHA1_SIZE;
}

static void finished(const SSLContext *ctx, int from_server, uint8_t *verify_data)
{
    both(ctx, bytes_of(from_server ? "SRVR" : "CLNT", 4), verify_data);
}

static void certificate_verify_digest(SSLContext *ctx, uint8_t digest[36])
{
    both(ctx, bytes_of(NULL, 0), digest);
}

const Protocol sslr_protocol_ssl3 = {.version                   = SSL_Version_3_0,
                                     .master_secret             = master_secret,
                                     .key_block                 = key_block,
                                     .export_key                = export_key,
                                     .export_ivs                = export_ivs,
                                     .finished_length           = finished_length,
                                     .finished                  = finished,
                                     .certificate_verify_digest = certificate_verify_digest};
