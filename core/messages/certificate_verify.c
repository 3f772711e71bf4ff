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
    case SIGNATURE_DSA:
        return key->type == KEY_DSA;
    case SIGNATURE_LEGACY_RSA:
        return key->type == KEY_RSA;
    default:
        return key->type == KEY_ED25519;
    }
}

size_t sslr_scheme_digest(const SignatureScheme *scheme, Bytes content, uint8_t *digest)
{
    if (scheme->kind == SIGNATURE_ED25519) {
        return 0;
    }
    if (scheme->kind == SIGNATURE_LEGACY_RSA) { /* MD5 and SHA-1 one behind the other */
        sslr_hash(HASH_MD5, content.data, content.length, digest);
        sslr_hash(HASH_SHA1, content.data, content.length, digest + 16);
        return 36;
    }
    sslr_hash((HashId)scheme->hash, content.data, content.length, digest);
    return sslr_hash_size((HashId)scheme->hash);
}

const SignatureScheme *sslr_legacy_scheme_of(KeyType type)
{
    switch (type) {
    case KEY_RSA:
        return sslr_legacy_scheme(AUTH_RSA);
    case KEY_DSA:
        return sslr_legacy_scheme(AUTH_DSS);
    case KEY_EC:
        return sslr_legacy_scheme(AUTH_ECDSA);
    default:
        return NULL;
    }
}

/* NSS signs DSA in SSL 3.0 as r || s, each as long as q; everybody else in DER. */
static int is_raw_dsa(const SSLContext *ctx, const SignatureScheme *scheme, const PublicKey *key,
                      Bytes signature)
{
    return scheme->kind == SIGNATURE_DSA && ctx->version == SSL_Version_3_0 &&
           signature.length == 2 * key->dsa.q.length;
}

static SSLErr verify_raw_dsa(const PublicKey *key, Bytes digest, Bytes signature)
{
    uint8_t der[MAX_DSA_SIZE];
    size_t  at = 2, half = signature.length / 2, i;

    for (i = 0; i < 2; i++) {
        Bytes number = bytes_of(signature.data + half * i, half);

        while (number.length > 1 && number.data[0] == 0) {
            number = bytes_of(number.data + 1, number.length - 1);
        }
        der[at++] = 2;
        der[at++] = (uint8_t)(number.length + (number.data[0] >> 7));
        if (number.data[0] >> 7 != 0) {
            der[at++] = 0;
        }
        memcpy(der + at, number.data, number.length);
        at += number.length;
    }
    der[0] = 0x30;
    der[1] = (uint8_t)(at - 2);
    return sslr_dsa_verify(&key->dsa, digest.data, digest.length, der, at);
}

SSLErr sslr_verify_digest(const SignatureScheme *scheme, const PublicKey *key, Bytes digest,
                          Bytes signature)
{
    switch (scheme->kind) {
    case SIGNATURE_ED25519:
        return signature.length == 64 ? sslr_ed25519_verify(key->point.data, digest.data,
                                                            digest.length, signature.data)
                                      : SSLProtocolErr;
    case SIGNATURE_RSA_PKCS1:
    case SIGNATURE_LEGACY_RSA:
        return sslr_rsa_verify_pkcs1(&key->rsa, (HashId)scheme->hash, digest.data, digest.length,
                                     signature.data, signature.length);
    case SIGNATURE_ECDSA:
        return sslr_ecdsa_verify(key->curve, key->point.data, key->point.length, digest.data,
                                 digest.length, signature.data, signature.length);
    case SIGNATURE_DSA:
        return sslr_dsa_verify(&key->dsa, digest.data, digest.length, signature.data,
                               signature.length);
    default:
        return sslr_rsa_verify_pss(&key->rsa, (HashId)scheme->hash, digest.length, digest.data,
                                   signature.data, signature.length);
    }
}

/* The scheme that the peer used: named, and then it must be one that was offered; or implied by its
 * key. */
static const SignatureScheme *scheme_used(const SSLContext *ctx, uint16_t id)
{
    const PublicKey       *key = &ctx->handshake->peer_leaf.key;
    const SignatureScheme *scheme;
    size_t                 i;

    if (ctx->version < TLS_Version_1_2) {
        return sslr_legacy_scheme_of(key->type);
    }
    scheme = sslr_signature_scheme(id);
    for (i = 0; i < ctx->config.schemes.count; i++) {
        if (ctx->config.schemes.items[i] == id && scheme != NULL &&
            sslr_scheme_fits_key(scheme, key, ctx->version)) {
            return scheme;
        }
    }
    return NULL;
}

static SSLErr check_digest(SSLContext *ctx, const SignatureScheme *scheme, Bytes digest,
                           Bytes signature)
{
    const PublicKey *key = &ctx->handshake->peer_leaf.key;
    SSLErr           err;

    if (scheme == NULL) {
        return sslr_illegal(
            ctx, "the peer signs with a scheme that was not offered or does not fit its key");
    }
    ctx->agreed.peer_scheme = scheme->id;
    err                     = is_raw_dsa(ctx, scheme, key, signature)
                                  ? verify_raw_dsa(key, digest, signature)
                                  : sslr_verify_digest(scheme, key, digest, signature);
    if (err == SSLProtocolErr) {
        return sslr_fail(ctx, ALERT_DECRYPT_ERROR, SSLProtocolErr,
                         "the peer's signature does not verify");
    }
    return err;
}

SSLErr sslr_check_peer_signature(SSLContext *ctx, uint16_t id, Bytes content, Bytes signature)
{
    const SignatureScheme *scheme = scheme_used(ctx, id);
    uint8_t                digest[MAX_HASH_SIZE];
    size_t length = scheme != NULL ? sslr_scheme_digest(scheme, content, digest) : 0;

    return check_digest(ctx, scheme, length > 0 ? bytes_of(digest, length) : content, signature);
}

SSLErr sslr_write_certificate_verify(SSLContext *ctx, Writer *body)
{
    Handshake *hs = ctx->handshake;

    if (ctx->version >= TLS_Version_1_2) {
        write_u16(body, hs->scheme->id);
    }
    write_vector(body, bytes_of(hs->signature.data, hs->signature.length), 2);
    sslr_writer_release(&hs->signature);
    return writer_status(body);
}

/* SSL 3.0: DSA signs the SHA-1 half. */
static SSLErr check_ssl3(SSLContext *ctx, Bytes signature)
{
    const SignatureScheme *scheme = scheme_used(ctx, 0);
    uint8_t                digest[36];
    int                    is_rsa = scheme != NULL && scheme->kind == SIGNATURE_LEGACY_RSA;

    ctx->protocol->certificate_verify_digest(ctx, digest);
    return check_digest(ctx, scheme, is_rsa ? bytes_of(digest, 36) : bytes_of(digest + 16, 20),
                        signature);
}

SSLErr sslr_read_certificate_verify(SSLContext *ctx, Reader *body)
{
    uint16_t scheme    = ctx->version >= TLS_Version_1_2 ? read_u16(body) : 0;
    Bytes    signature = read_vector(body, 2);
    Writer   content;
    SSLErr   err;

    if (!reader_complete(body)) {
        return sslr_fail(ctx, ALERT_DECODE_ERROR, SSLProtocolErr,
                         "the CertificateVerify is malformed");
    }
    if (ctx->protocol->certificate_verify_digest != NULL) {
        return check_ssl3(ctx, signature);
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
