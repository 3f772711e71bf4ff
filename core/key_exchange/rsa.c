/*
 * rsa.c - RSA key transport (RFC 5246 7.4.7.1). No forward secrecy, off by default. The server
 * never shows whether a block was well formed: the handshake fails at Finished, in the same way and
 * time as with a wrong key.
 */
#include "key_exchange.h"

#define PREMASTER 48

/* ---- RSA_EXPORT: a short key in a signed ServerKeyExchange ---- */

static SSLErr write_server(SSLContext *ctx, Writer *out)
{
    const SSLRSAPrivateKey *key = ctx->config.export_key;

    write_vector(out, bytes_without_zeros(bytes_of(key->modulus, sizeof(key->modulus))), 2);
    write_vector(
        out, bytes_without_zeros(bytes_of(key->publicExponent, sizeof(key->publicExponent))), 2);
    return writer_status(out);
}

static SSLErr read_server(SSLContext *ctx, Reader *in)
{
    Handshake   *hs       = ctx->handshake;
    Bytes        modulus  = read_vector(in, 2);
    Bytes        exponent = read_vector(in, 2);
    RsaPublicKey key;
    void        *block;
    SSLErr       err;

    if (in->failed) {
        return SSLNoErr;
    }
    modulus  = bytes_without_zeros(modulus);
    exponent = bytes_without_zeros(exponent);
    key.n    = modulus;
    key.e    = exponent;
    /* FREAK: only in export suites (the flow has no such row otherwise), and no longer than they
     * allow. */
    if (sslr_rsa_check_public(&key) != SSLNoErr ||
        8 * modulus.length > sslr_export_limit(ctx->agreed.suite)) {
        return SSLProtocolErr;
    }
    err = sslr_allocate(&ctx->allocator, modulus.length + exponent.length, &block);
    if (err != SSLNoErr) {
        return err;
    }
    hs->peer_public        = (uint8_t *)block;
    hs->peer_public_length = modulus.length + exponent.length;
    memcpy(hs->peer_public, modulus.data, modulus.length);
    memcpy(hs->peer_public + modulus.length, exponent.data, exponent.length);
    hs->peer_share = bytes_of(hs->peer_public, modulus.length);
    return SSLNoErr;
}

/* The key to encrypt to: the temporary one if there was one. */
static RsaPublicKey encryption_key(const SSLContext *ctx)
{
    const Handshake *hs  = ctx->handshake;
    RsaPublicKey     key = hs->peer_leaf.key.rsa;

    if (hs->peer_public != NULL) {
        key.n = bytes_of(hs->peer_public, hs->peer_share.length);
        key.e = bytes_of(hs->peer_public + hs->peer_share.length,
                         hs->peer_public_length - hs->peer_share.length);
    }
    return key;
}

static SSLErr write_client(SSLContext *ctx, Writer *out)
{
    Handshake   *hs     = ctx->handshake;
    CryptoRandom random = sslr_crypto_random(ctx);
    RsaPublicKey key    = encryption_key(ctx);
    uint8_t     *at;
    SSLErr       err;

    if (hs->peer_leaf.key.type != KEY_RSA) {
        return SSLProtocolErr;
    }
    err = sslr_random(ctx, hs->premaster + 2, PREMASTER - 2);
    if (err != SSLNoErr) {
        return err;
    }
    put_u16(hs->premaster, hs->client_version);
    hs->premaster_length = PREMASTER;
    if (ctx->version > SSL_Version_3_0) { /* SSL 3.0 has no length here */
        write_u16(out, (uint32_t)key.n.length);
    }
    at = sslr_write_space(out, key.n.length);
    if (at == NULL) {
        return writer_status(out);
    }
    return sslr_rsa_encrypt(&key, &random, hs->premaster, PREMASTER, at);
}

static size_t modulus_size(const SSLContext *ctx)
{
    const SSLRSAPrivateKey *key = ctx->config.export_key;

    return has_fact(ctx, FACT_EPHEMERAL)
               ? bytes_without_zeros(bytes_of(key->modulus, sizeof(key->modulus))).length
               : ctx->handshake->identity->leaf.key.rsa.n.length;
}

static SSLErr read_client(SSLContext *ctx, Reader *in)
{
    Handshake *hs        = ctx->handshake;
    Bytes      encrypted = ctx->version > SSL_Version_3_0 ? read_vector(in, 2) : read_rest(in);

    if (in->failed) {
        return SSLNoErr;
    }
    /* The length is public. */
    if (encrypted.length != modulus_size(ctx)) {
        return SSLProtocolErr;
    }
    write_bytes(&hs->key_exchange, encrypted);
    return writer_status(&hs->key_exchange);
}

void sslr_rsa_take_premaster(SSLContext *ctx, Bytes block, const uint8_t fallback[48])
{
    Handshake *hs = ctx->handshake;
    uint8_t    version[2];

    put_u16(version, hs->client_version);
    sslr_rsa_unpad_premaster(block.data, block.length, version, fallback, hs->premaster);
    hs->premaster_length = PREMASTER;
}

const KeyExchange sslr_kx_rsa = {write_server, read_server, write_client, read_client};
