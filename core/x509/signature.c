/*
 * signature.c - which signature algorithms a certificate may be signed with, and the check of one
 * signature. The arithmetic is in crypto/. Called by path.c and chain.c.
 */
#include "parts.h"

typedef enum SignatureKind {
    SIGNED_RSA = 1, /* PKCS#1 1.5 */
    SIGNED_PSS,
    SIGNED_ECDSA,
    SIGNED_ED25519,
    SIGNED_DSA,
    SIGNED_NEVER /* MD2 */
} SignatureKind;

/* The id of a row: kind and hash. */
#define ROW(kind, hash) ((kind) << 4 | (hash))
#define ROW_KIND(row)   ((SignatureKind)((row) >> 4))
#define ROW_HASH(row)   ((HashId)((row)&15))
#define PKCS1_OID(last)                                                                            \
    9,                                                                                             \
    {                                                                                              \
        0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, last                                       \
    }
#define ECDSA2_OID(last)                                                                           \
    8,                                                                                             \
    {                                                                                              \
        0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, last                                             \
    }
#define NIST_OID(a, b)                                                                             \
    9,                                                                                             \
    {                                                                                              \
        0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, a, b                                             \
    }

static const OidRow signature_oids[] = {
    {ROW(SIGNED_RSA, HASH_SHA256), PKCS1_OID(0x0B)},
    {ROW(SIGNED_RSA, HASH_SHA384), PKCS1_OID(0x0C)},
    {ROW(SIGNED_RSA, HASH_SHA512), PKCS1_OID(0x0D)},
    {ROW(SIGNED_RSA, HASH_SHA224), PKCS1_OID(0x0E)},
    {ROW(SIGNED_RSA, HASH_SHA1), PKCS1_OID(0x05)},
    {ROW(SIGNED_RSA, HASH_SHA1), 5, {0x2B, 0x0E, 0x03, 0x02, 0x1D}}, /* OIW's name for it */
    {ROW(SIGNED_RSA, HASH_MD5), PKCS1_OID(0x04)},
    {ROW(SIGNED_NEVER, HASH_NONE), PKCS1_OID(0x02)},
    {ROW(SIGNED_PSS, HASH_NONE), PKCS1_OID(0x0A)}, /* the hash stands in the parameters */
    {ROW(SIGNED_ECDSA, HASH_SHA256), ECDSA2_OID(0x02)},
    {ROW(SIGNED_ECDSA, HASH_SHA384), ECDSA2_OID(0x03)},
    {ROW(SIGNED_ECDSA, HASH_SHA512), ECDSA2_OID(0x04)},
    {ROW(SIGNED_ECDSA, HASH_SHA224), ECDSA2_OID(0x01)},
    {ROW(SIGNED_ECDSA, HASH_SHA1), 7, {0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x01}},
    {ROW(SIGNED_ED25519, HASH_NONE), 3, {0x2B, 0x65, 0x70}},
    {ROW(SIGNED_DSA, HASH_SHA256), NIST_OID(0x03, 0x02)},
    {ROW(SIGNED_DSA, HASH_SHA224), NIST_OID(0x03, 0x01)},
    {ROW(SIGNED_DSA, HASH_SHA384), NIST_OID(0x03, 0x03)},
    {ROW(SIGNED_DSA, HASH_SHA512), NIST_OID(0x03, 0x04)},
    {ROW(SIGNED_DSA, HASH_SHA1), 7, {0x2A, 0x86, 0x48, 0xCE, 0x38, 0x04, 0x03}},
};

static const OidRow hash_oids[] = {
    {HASH_SHA1, 5, {0x2B, 0x0E, 0x03, 0x02, 0x1A}},
    {HASH_SHA256, NIST_OID(0x02, 0x01)},
    {HASH_SHA384, NIST_OID(0x02, 0x02)},
    {HASH_SHA512, NIST_OID(0x02, 0x03)},
};

static const OidRow mgf1_oid[] = {{1, PKCS1_OID(0x08)}};

HashId sslr_x509_take_hash(Der *der)
{
    Algorithm algorithm = sslr_x509_take_algorithm(der);
    Der       null      = sslr_der_open(algorithm.parameters);

    sslr_der_optional_null(&null);
    if (!sslr_der_done(&null)) {
        return HASH_NONE;
    }
    return (HashId)sslr_oid_find(hash_oids, sizeof hash_oids / sizeof hash_oids[0], algorithm.oid);
}

int sslr_x509_read_pss(Bytes parameters, PssParameters *pss)
{
    Der       outer, der = sslr_der_sequence(parameters, &outer), field;
    HashId    mask_hash = HASH_SHA1; /* RFC 4055 3.1: the defaults */
    uint32_t  trailer   = 1;
    Algorithm mask;

    pss->hash        = HASH_SHA1;
    pss->salt_length = 20;
    if (sslr_der_next_is(&der, DER_CONTEXT_OF | 0)) {
        field     = sslr_der_enter(&der, DER_CONTEXT_OF | 0);
        pss->hash = sslr_x509_take_hash(&field);
        sslr_der_leave(&der, &field);
    }
    if (sslr_der_next_is(&der, DER_CONTEXT_OF | 1)) {
        field = sslr_der_enter(&der, DER_CONTEXT_OF | 1);
        mask  = sslr_x509_take_algorithm(&field);
        sslr_der_leave(&der, &field);
        field     = sslr_der_open(mask.parameters);
        mask_hash = sslr_oid_find(mgf1_oid, 1, mask.oid) ? sslr_x509_take_hash(&field) : HASH_NONE;
        if (!sslr_der_done(&field)) {
            sslr_der_fail(&der);
        }
    }
    if (sslr_der_next_is(&der, DER_CONTEXT_OF | 2)) {
        field            = sslr_der_enter(&der, DER_CONTEXT_OF | 2);
        pss->salt_length = sslr_der_small(&field, DER_INTEGER);
        sslr_der_leave(&der, &field);
    }
    if (sslr_der_next_is(&der, DER_CONTEXT_OF | 3)) {
        field   = sslr_der_enter(&der, DER_CONTEXT_OF | 3);
        trailer = sslr_der_small(&field, DER_INTEGER);
        sslr_der_leave(&der, &field);
    }
    return sslr_der_closed(&outer, &der) && pss->hash != HASH_NONE && mask_hash == pss->hash &&
           trailer == 1 && pss->salt_length <= MAX_RSA_SIZE;
}

/* Which kind of key verifies which kind of signature. A key marked for PSS never verifies PKCS#1
 * 1.5 (RFC 4055 1.2). */
static int key_fits(SignatureKind kind, const PublicKey *key, const PssParameters *pss)
{
    switch (kind) {
    case SIGNED_RSA:
        return key->type == KEY_RSA;
    case SIGNED_PSS:
        return key->type == KEY_RSA ||
               (key->type == KEY_RSA_PSS &&
                (key->pss_hash == HASH_NONE ||
                 (key->pss_hash == pss->hash && pss->salt_length >= key->pss_salt)));
    case SIGNED_ECDSA:
        return key->type == KEY_EC;
    case SIGNED_ED25519:
        return key->type == KEY_ED25519;
    case SIGNED_DSA:
        return key->type == KEY_DSA;
    default:
        return 0;
    }
}

static SSLErr verify(SignatureKind kind, HashId hash, size_t salt_length, const PublicKey *key,
                     Bytes tbs, Bytes signature)
{
    uint8_t digest[MAX_HASH_SIZE];
    size_t  digest_length = sslr_hash_size(hash);

    if (kind == SIGNED_ED25519) {
        return signature.length != 64
                   ? SSLProtocolErr
                   : sslr_ed25519_verify(key->point.data, tbs.data, tbs.length, signature.data);
    }
    sslr_hash(hash, tbs.data, tbs.length, digest);
    switch (kind) {
    case SIGNED_RSA:
        return sslr_rsa_verify_pkcs1(&key->rsa, hash, digest, digest_length, signature.data,
                                     signature.length);
    case SIGNED_PSS:
        return sslr_rsa_verify_pss(&key->rsa, hash, salt_length, digest, signature.data,
                                   signature.length);
    case SIGNED_ECDSA:
        return sslr_ecdsa_verify(key->curve, key->point.data, key->point.length, digest,
                                 digest_length, signature.data, signature.length);
    default:
        return sslr_dsa_verify(&key->dsa, digest, digest_length, signature.data, signature.length);
    }
}

SSLErr sslr_x509_check_signed(Bytes signature_algorithm, Bytes tbs, Bytes signature,
                              const PublicKey *signer, uint32_t flags)
{
    Der           der       = sslr_der_open(signature_algorithm);
    Algorithm     algorithm = sslr_x509_take_algorithm(&der);
    PssParameters pss       = {HASH_NONE, 0};
    uint8_t row = sslr_oid_find(signature_oids, sizeof signature_oids / sizeof signature_oids[0],
                                algorithm.oid);
    SignatureKind kind = ROW_KIND(row);
    HashId        hash = ROW_HASH(row);
    SSLErr        err;

    if (row == 0) {
        return SSLUnsupportedErr;
    }
    if (kind == SIGNED_NEVER) {
        return X509WeakSignatureErr;
    }
    der = sslr_der_open(algorithm.parameters);
    if (kind == SIGNED_PSS) {
        if (!sslr_x509_read_pss(algorithm.parameters, &pss)) {
            return SSLUnsupportedErr;
        }
        hash = pss.hash;
    } else {
        if (kind == SIGNED_RSA) { /* RFC 4055 5: NULL; absent must be taken too. Others: absent */
            sslr_der_optional_null(&der);
        }
        if (!sslr_der_done(&der)) {
            return X509BadSignatureErr;
        }
    }
    if ((hash == HASH_SHA1 && (flags & SSL_TrustAllowSHA1) == 0) ||
        (hash == HASH_MD5 && (flags & SSL_TrustAllowMD5) == 0)) {
        return X509WeakSignatureErr;
    }
    if (!key_fits(kind, signer, &pss)) {
        return X509BadSignatureErr;
    }
    err = verify(kind, hash, pss.salt_length, signer, tbs, signature);
    return err == SSLProtocolErr || err == SSLBadKeyErr ? X509BadSignatureErr : err;
}

SSLErr sslr_x509_check_signature(const X509Certificate *certificate, const PublicKey *issuer,
                                 uint32_t flags)
{
    return sslr_x509_check_signed(certificate->signature_algorithm, certificate->tbs,
                                  certificate->signature, issuer, flags);
}
