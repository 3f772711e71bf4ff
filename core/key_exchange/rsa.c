/*
 * rsa.c - RSA key transport (RFC 5246 7.4.7.1). No forward secrecy, off by default. The server
 * never shows whether a block was well formed: the handshake fails at Finished, in the same way and
 * time as with a wrong key.
 */
#include "key_exchange.h"

#define PREMASTER 48

static SSLErr write_client(SSLContext *ctx, Writer *out)
{
    Handshake   *hs     = ctx->handshake;
    CryptoRandom random = sslr_crypto_random(ctx);
    PublicKey   *key    = &hs->peer_leaf.key;
    uint8_t     *at;
    SSLErr       err;

    if (key->type != KEY_RSA) {
        return SSLProtocolErr;
    }
    err = sslr_random(ctx, hs->premaster + 2, PREMASTER - 2);
    if (err != SSLNoErr) {
        return err;
    }
    put_u16(hs->premaster, hs->client_version);
    hs->premaster_length = PREMASTER;
    write_u16(out, (uint32_t)key->rsa.n.length);
    at = sslr_write_space(out, key->rsa.n.length);
    if (at == NULL) {
        return writer_status(out);
    }
    return sslr_rsa_encrypt(&key->rsa, &random, hs->premaster, PREMASTER, at);
}

static SSLErr read_client(SSLContext *ctx, Reader *in)
{
    Handshake *hs        = ctx->handshake;
    Bytes      encrypted = read_vector(in, 2);

    if (in->failed) {
        return SSLNoErr;
    }
    /* The length is public. */
    if (encrypted.length != hs->identity->leaf.key.rsa.n.length) {
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

const KeyExchange sslr_kx_rsa = {NULL, NULL, write_client, read_client};
