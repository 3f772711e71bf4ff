/*
 * share.c - key pairs and shared secrets of named groups: curves, finite fields, and the hybrid of
 * ML-KEM-768 and X25519.
 */
#include "key_exchange.h"

#include "../base/callbacks.h"

static const uint8_t generator_two[1] = {2};

static DhGroup ffdhe_group(const Group *group)
{
    DhGroup dh;

    dh.p             = bytes_of(group->prime, group->prime_length);
    dh.g             = bytes_of(generator_two, 1);
    dh.exponent_size = group->exponent_size;
    return dh;
}

/* ---- the hybrid: ML-KEM part first, on the wire and in the secret ---- */

#define X25519_SIZE 32

static SSLErr hybrid_generate(SSLContext *ctx, uint8_t *private_key, Writer *out)
{
    CryptoRandom random = sslr_crypto_random(ctx);
    uint8_t     *at     = sslr_write_space(out, MLKEM768_PUBLIC_SIZE + X25519_SIZE);
    SSLErr       err;

    if (at == NULL) {
        return writer_status(out);
    }
    err = sslr_random(ctx, private_key, MLKEM768_SEED_SIZE);
    if (err == SSLNoErr) {
        err = sslr_mlkem768_public(private_key, at);
    }
    if (err == SSLNoErr) {
        err = sslr_ecdh_generate(CURVE_X25519, &random, private_key + MLKEM768_SEED_SIZE,
                                 at + MLKEM768_PUBLIC_SIZE);
    }
    return err;
}

static SSLErr hybrid_respond(SSLContext *ctx, Bytes peer, Writer *out)
{
    Handshake   *hs     = ctx->handshake;
    CryptoRandom random = sslr_crypto_random(ctx);
    uint8_t      message[32], scalar[X25519_SIZE];
    uint8_t     *at = sslr_write_space(out, MLKEM768_CIPHERTEXT_SIZE + X25519_SIZE);
    SSLErr       err;

    if (at == NULL) {
        return writer_status(out);
    }
    if (peer.length != MLKEM768_PUBLIC_SIZE + X25519_SIZE) {
        return SSLProtocolErr;
    }
    err = sslr_random(ctx, message, sizeof(message));
    if (err == SSLNoErr) {
        err = sslr_mlkem768_encapsulate(peer.data, message, at, hs->premaster);
    }
    if (err == SSLNoErr) {
        err = sslr_ecdh_generate(CURVE_X25519, &random, scalar, at + MLKEM768_CIPHERTEXT_SIZE);
    }
    if (err == SSLNoErr) {
        err = sslr_ecdh_derive(CURVE_X25519, &random, scalar, peer.data + MLKEM768_PUBLIC_SIZE,
                               X25519_SIZE, hs->premaster + MLKEM768_SECRET_SIZE);
    }
    sslr_wipe(message, sizeof(message));
    sslr_wipe(scalar, sizeof(scalar));
    return err;
}

static SSLErr hybrid_finish(SSLContext *ctx, const uint8_t *private_key, Bytes peer)
{
    Handshake   *hs     = ctx->handshake;
    CryptoRandom random = sslr_crypto_random(ctx);
    SSLErr       err;

    if (peer.length != MLKEM768_CIPHERTEXT_SIZE + X25519_SIZE) {
        return SSLProtocolErr;
    }
    err = sslr_mlkem768_decapsulate(private_key, peer.data, hs->premaster);
    if (err == SSLNoErr) {
        err = sslr_ecdh_derive(CURVE_X25519, &random, private_key + MLKEM768_SEED_SIZE,
                               peer.data + MLKEM768_CIPHERTEXT_SIZE, X25519_SIZE,
                               hs->premaster + MLKEM768_SECRET_SIZE);
    }
    return err;
}

/* ---- all kinds ---- */

SSLErr sslr_share_generate(SSLContext *ctx, const Group *group, uint8_t *private_key, Writer *out)
{
    CryptoRandom random = sslr_crypto_random(ctx);
    DhGroup      dh;
    uint8_t     *at;

    switch (group->kind) {
    case GROUP_CURVE:
        at = sslr_write_space(out, sslr_curve_point_size((CurveId)group->curve));
        if (at == NULL) {
            return writer_status(out);
        }
        return sslr_ecdh_generate((CurveId)group->curve, &random, private_key, at);
    case GROUP_FFDHE:
        at = sslr_write_space(out, group->prime_length);
        if (at == NULL) {
            return writer_status(out);
        }
        dh = ffdhe_group(group);
        return sslr_dh_generate(&dh, &random, private_key, at);
    default:
        return hybrid_generate(ctx, private_key, out);
    }
}

SSLErr sslr_share_finish(SSLContext *ctx, const Group *group, const uint8_t *private_key,
                         Bytes peer)
{
    Handshake   *hs     = ctx->handshake;
    CryptoRandom random = sslr_crypto_random(ctx);
    DhGroup      dh;

    switch (group->kind) {
    case GROUP_CURVE:
        hs->premaster_length = sslr_curve_scalar_size((CurveId)group->curve);
        return sslr_ecdh_derive((CurveId)group->curve, &random, private_key, peer.data, peer.length,
                                hs->premaster);
    case GROUP_FFDHE:
        /* RFC 8446 4.2.8.1: padded to the size of the prime, like Z. Up to TLS 1.2 see dhe.c. */
        if (peer.length != group->prime_length) {
            return SSLProtocolErr;
        }
        hs->premaster_length = group->prime_length;
        dh                   = ffdhe_group(group);
        return sslr_dh_derive(&dh, private_key, peer.data, peer.length, hs->premaster);
    default:
        hs->premaster_length = MLKEM768_SECRET_SIZE + X25519_SIZE;
        return hybrid_finish(ctx, private_key, peer);
    }
}

SSLErr sslr_share_respond(SSLContext *ctx, const Group *group, Bytes peer, Writer *out)
{
    uint8_t private_key[MAX_PRIVATE_SHARE];
    SSLErr  err;

    if (group->kind == GROUP_HYBRID) {
        ctx->handshake->premaster_length = MLKEM768_SECRET_SIZE + X25519_SIZE;
        return hybrid_respond(ctx, peer, out);
    }
    err = sslr_share_generate(ctx, group, private_key, out);
    if (err == SSLNoErr) {
        err = sslr_share_finish(ctx, group, private_key, peer);
    }
    sslr_wipe(private_key, sizeof(private_key));
    return err;
}
