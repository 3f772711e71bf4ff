/*
 * private_key.c - what the private key does: sign, or decrypt a premaster. With the key at hand, or
 * through the private-key callback, which may wait; its input then stays where it is until the
 * answer.
 */
#include "handshake.h"

#include "../key_exchange/key_exchange.h"

static SSLErr sign_locally(SSLContext *ctx, const PrivateKey *key, const SignatureScheme *scheme,
                           Bytes input, uint8_t *out, size_t *length)
{
    CryptoRandom random = sslr_crypto_random(ctx);

    switch (scheme->kind) {
    case SIGNATURE_ED25519:
        *length = 64;
        return sslr_ed25519_sign(key->scalar.data, input.data, input.length, out);
    case SIGNATURE_ECDSA:
        return sslr_ecdsa_sign(key->curve, &random, key->scalar.data, (HashId)scheme->hash,
                               input.data, input.length, out, length);
    case SIGNATURE_DSA:
        return sslr_dsa_sign(&key->dsa, &random, (HashId)scheme->hash, input.data, input.length,
                             out, length);
    case SIGNATURE_RSA_PKCS1:
    case SIGNATURE_LEGACY_RSA:
        *length = key->rsa.n.length;
        return sslr_rsa_sign_pkcs1(&key->rsa, &random, (HashId)scheme->hash, input.data,
                                   input.length, out);
    default:
        *length = key->rsa.n.length;
        return sslr_rsa_sign_pss(&key->rsa, &random, (HashId)scheme->hash, input.data, out);
    }
}

/* Room for the longest result of this key. */
static size_t result_size(const SSLIdentity *identity)
{
    const PublicKey *key = &identity->leaf.key;

    switch (key->type) {
    case KEY_RSA:
    case KEY_RSA_PSS:
        return key->rsa.n.length;
    case KEY_ED25519:
        return 64;
    default:
        return MAX_ECDSA_SIZE;
    }
}

static SSLErr call_key(SSLContext *ctx, SSLPrivateKeyOperation operation, Bytes input, uint8_t *out,
                       size_t *length)
{
    Handshake         *hs       = ctx->handshake;
    const SSLIdentity *identity = hs->identity;
    SSLBuffer          output;
    SSLErr             err;

    hs->key_request.operation    = operation;
    hs->key_request.scheme       = operation == SSL_PrivateKeySign ? hs->scheme->id : 0;
    hs->key_request.input.data   = (uint8 *)input.data;
    hs->key_request.input.length = (uint32)input.length;
    output.data                  = out;
    output.length                = (uint32)*length;
    err                     = identity->key_func(ctx, &hs->key_request, &output, identity->key_ref);
    hs->key_request_waiting = err == SSLWouldBlockErr;
    if (err == SSLWouldBlockErr) {
        ctx->wants |= SSL_WantsPrivateKey;
        return err;
    }
    if (err != SSLNoErr) {
        return err;
    }
    if (output.data != out || output.length > *length ||
        (operation == SSL_PrivateKeyDecrypt && output.length != *length)) {
        return sslr_explain(ctx, SSLCallbackErr,
                            "the private-key callback's result has a wrong length");
    }
    *length = output.length;
    if (operation == SSL_PrivateKeySign &&
        sslr_verify_digest(hs->scheme, &identity->leaf.key, input, bytes_of(out, output.length)) !=
            SSLNoErr) { /* a faulty signature can give the key away */
        return sslr_explain(ctx, SSLCallbackErr,
                            "the private-key callback's signature does not verify");
    }
    return SSLNoErr;
}

/* hs->signing holds what the key works on; the result goes to hs->signature. */
static SSLErr use_key(SSLContext *ctx, SSLPrivateKeyOperation operation)
{
    Handshake         *hs       = ctx->handshake;
    const SSLIdentity *identity = hs->identity;
    Bytes              input    = bytes_of(hs->signing.data, hs->signing.length);
    size_t             length   = result_size(identity);
    uint8_t           *out;
    SSLErr             err;

    hs->signature.length = 0;
    out                  = sslr_write_space(&hs->signature, length);
    if (out == NULL) {
        return writer_status(&hs->signature);
    }
    if (identity->key_func != NULL) {
        err = call_key(ctx, operation, input, out, &length);
    } else if (identity->key.type == KEY_NONE) {
        err = sslr_explain(ctx, SSLBadKeyErr, "the identity has no private key");
    } else if (operation == SSL_PrivateKeySign) {
        err = sign_locally(ctx, &identity->key, hs->scheme, input, out, &length);
    } else {
        CryptoRandom random = sslr_crypto_random(ctx);

        err = sslr_rsa_private(&identity->key.rsa, &random, input.data, input.length, out);
        if (err == SSLProtocolErr) { /* not below the modulus: a block like any other bad one */
            memset(out, 0, length);
            err = SSLNoErr;
        }
    }
    hs->signature.length = length;
    return err;
}

/* hs->signing becomes what the scheme signs. */
static SSLErr digest_content(SSLContext *ctx)
{
    Handshake *hs = ctx->handshake;
    uint8_t    digest[MAX_HASH_SIZE];
    size_t     length;

    if (writer_status(&hs->signing) != SSLNoErr) {
        return writer_status(&hs->signing);
    }
    length = sslr_scheme_digest(hs->scheme, bytes_of(hs->signing.data, hs->signing.length), digest);
    if (length > 0) {
        hs->signing.length = 0;
        write_bytes(&hs->signing, bytes_of(digest, length));
    }
    return writer_status(&hs->signing);
}

/* SSL 3.0: MD5 and SHA-1 for RSA, SHA-1 alone for DSA. */
static SSLErr ssl3_digest(SSLContext *ctx)
{
    Handshake *hs = ctx->handshake;
    uint8_t    digest[36];

    ctx->protocol->certificate_verify_digest(ctx, digest);
    write_bytes(&hs->signing, hs->scheme->kind == SIGNATURE_LEGACY_RSA ? bytes_of(digest, 36)
                                                                       : bytes_of(digest + 16, 20));
    return writer_status(&hs->signing);
}

/* RSA_EXPORT: the short key is always at hand. */
static SSLErr use_export_key(SSLContext *ctx)
{
    Handshake    *hs     = ctx->handshake;
    CryptoRandom  random = sslr_crypto_random(ctx);
    RsaPrivateKey key;
    uint8_t      *out;
    SSLErr        err;

    sslr_rsa_key_view(ctx->config.export_key, &key);
    hs->signature.length = 0;
    out                  = sslr_write_space(&hs->signature, key.n.length);
    if (out == NULL) {
        return writer_status(&hs->signature);
    }
    err = sslr_rsa_private(&key, &random, hs->signing.data, hs->signing.length, out);
    if (err == SSLProtocolErr) {
        memset(out, 0, key.n.length);
        err = SSLNoErr;
    }
    return err;
}

SSLErr sslr_sign(SSLContext *ctx)
{
    SSLErr err = use_key(ctx, SSL_PrivateKeySign);

    if (err == SSLNoErr) {
        ctx->agreed.own_scheme = ctx->handshake->scheme->id;
        sslr_writer_release(&ctx->handshake->signing);
    }
    return err;
}

SSLErr sslr_work_sign_key_exchange(SSLContext *ctx)
{
    Handshake *hs  = ctx->handshake;
    SSLErr     err = SSLNoErr;

    if (!hs->entered) {
        err = sslr_key_exchange(ctx->agreed.suite)->write_server(ctx, &hs->key_exchange);
        if (!suite_signs(ctx->agreed.suite)) {
            return err;
        }
        write_bytes(&hs->signing, bytes_of(hs->client_random, 32));
        write_bytes(&hs->signing, bytes_of(hs->server_random, 32));
        write_bytes(&hs->signing, bytes_of(hs->key_exchange.data, hs->key_exchange.length));
        if (err == SSLNoErr) {
            err = digest_content(ctx);
        }
    }
    return err != SSLNoErr ? err : sslr_sign(ctx);
}

SSLErr sslr_work_sign_verify(SSLContext *ctx)
{
    Handshake *hs  = ctx->handshake;
    SSLErr     err = SSLNoErr;

    if (!hs->entered && ctx->protocol->certificate_verify_digest != NULL) {
        err = ssl3_digest(ctx);
    } else if (!hs->entered) {
        err = ctx->protocol->certificate_verify_input(ctx, is_server(ctx), &hs->signing);
        if (err == SSLNoErr) {
            err = digest_content(ctx);
        }
    }
    return err != SSLNoErr ? err : sslr_sign(ctx);
}

/* RFC 5246 7.4.7.1: the random bytes that a bad block is replaced with are drawn first, whatever
 * comes. They wait where the master secret will stand. */
SSLErr sslr_decrypt_with_identity(SSLContext *ctx, size_t fallback_length)
{
    Handshake *hs  = ctx->handshake;
    SSLErr     err = SSLNoErr;

    if (!hs->entered) {
        err = sslr_random(ctx, hs->secret, fallback_length);
        write_bytes(&hs->signing, bytes_of(hs->key_exchange.data, hs->key_exchange.length));
        if (err == SSLNoErr) {
            err = writer_status(&hs->signing);
        }
    }
    if (err != SSLNoErr) {
        return err;
    }
    return has_fact(ctx, FACT_EPHEMERAL) ? use_export_key(ctx)
                                         : use_key(ctx, SSL_PrivateKeyDecrypt);
}

SSLErr sslr_work_decrypt_premaster(SSLContext *ctx)
{
    Handshake *hs  = ctx->handshake;
    SSLErr     err = sslr_decrypt_with_identity(ctx, 48);

    if (err != SSLNoErr) {
        return err;
    }
    sslr_rsa_take_premaster(ctx, bytes_of(hs->signature.data, hs->signature.length), hs->secret);
    sslr_writer_release(&hs->signing);
    sslr_writer_release(&hs->signature);
    sslr_writer_release(&hs->key_exchange);
    return SSLNoErr;
}
