/*
 * certificate_verify.c - CertificateVerify (RFC 5246 7.4.8, RFC 8446 4.4.3), and the check of every
 * handshake signature.
 */
#include "messages.h"

int sslr_scheme_fits_key(const SignatureScheme *scheme, const PublicKey *key, uint16_t version)
{
    if (version > scheme->max_version) {
        return 0; /* RFC 8446 4.2.3: neither PKCS#1 1.5 nor SHA-1 */
    }
    switch (scheme->kind) {
    case SIGNATURE_RSA_PKCS1:
        return key->type == KEY_RSA;
    case SIGNATURE_RSA_PSS:
        /* The block must have room for hash and salt. */
        return key->type == KEY_RSA && key->bits >= 16 * sslr_hash_size((HashId)scheme->hash) + 16;
    case SIGNATURE_PSS_PSS:
        return key->type == KEY_RSA_PSS &&
               key->bits >= 16 * sslr_hash_size((HashId)scheme->hash) + 16 &&
               (key->pss_hash == HASH_NONE || key->pss_hash == (HashId)scheme->hash) &&
               key->pss_salt <= sslr_hash_size((HashId)scheme->hash);
    case SIGNATURE_ECDSA:
        return key->type == KEY_EC &&
               (version < TLS_Version_1_3 || key->curve == (CurveId)scheme->curve);
    default:
        return key->type == KEY_ED25519;
    }
}

static SSLErr verify(const SignatureScheme *scheme, const PublicKey *key, Bytes content,
                     Bytes signature)
{
    uint8_t digest[MAX_HASH_SIZE];
    size_t  size = sslr_hash_size((HashId)scheme->hash);

    if (scheme->kind == SIGNATURE_ED25519) {
        return signature.length == 64 ? sslr_ed25519_verify(key->point.data, content.data,
                                                            content.length, signature.data)
                                      : SSLProtocolErr;
    }
    sslr_hash((HashId)scheme->hash, content.data, content.length, digest);
    switch (scheme->kind) {
    case SIGNATURE_RSA_PKCS1:
        return sslr_rsa_verify_pkcs1(&key->rsa, (HashId)scheme->hash, digest, size, signature.data,
                                     signature.length);
    case SIGNATURE_ECDSA:
        return sslr_ecdsa_verify(key->curve, key->point.data, key->point.length, digest, size,
                                 signature.data, signature.length);
    default:
        return sslr_rsa_verify_pss(&key->rsa, (HashId)scheme->hash, size, digest, signature.data,
                                   signature.length);
    }
}

SSLErr sslr_check_peer_signature(SSLContext *ctx, uint16_t id, Bytes content, Bytes signature)
{
    const SignatureScheme *scheme = sslr_signature_scheme(id);
    const PublicKey       *key    = &ctx->handshake->peer_leaf.key;
    size_t                 i;
    int                    offered = 0;
    SSLErr                 err;

    for (i = 0; i < ctx->config.schemes.count; i++) {
        offered |= ctx->config.schemes.items[i] == id;
    }
    if (!offered || scheme == NULL || !sslr_scheme_fits_key(scheme, key, ctx->version)) {
        return sslr_illegal(
            ctx, "the peer signs with a scheme that was not offered or does not fit its key");
    }
    ctx->peer_scheme = id;
    err              = verify(scheme, key, content, signature);
    if (err == SSLProtocolErr) {
        return sslr_fail(ctx, ALERT_DECRYPT_ERROR, SSLProtocolErr,
                         "the peer's signature does not verify");
    }
    return err;
}

SSLErr sslr_write_certificate_verify(SSLContext *ctx, Writer *body)
{
    Handshake *hs = ctx->handshake;

    write_u16(body, hs->scheme->id);
    write_vector(body, bytes_of(hs->signature.data, hs->signature.length), 2);
    sslr_writer_release(&hs->signature);
    return writer_status(body);
}

SSLErr sslr_read_certificate_verify(SSLContext *ctx, Reader *body)
{
    uint16_t scheme    = read_u16(body);
    Bytes    signature = read_vector(body, 2);
    Writer   content;
    SSLErr   err;

    if (!reader_complete(body)) {
        return sslr_fail(ctx, ALERT_DECODE_ERROR, SSLProtocolErr,
                         "the CertificateVerify is malformed");
    }
    sslr_writer_init(&content, &ctx->allocator);
    err = ctx->protocol->certificate_verify_input(ctx, !is_server(ctx), &content);
    if (err == SSLNoErr) {
        err = sslr_check_peer_signature(ctx, scheme, bytes_of(content.data, content.length),
                                        signature);
    }
    sslr_writer_release(&content);
    return err;
}
