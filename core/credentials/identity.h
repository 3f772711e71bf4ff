/*
 * identity.h - what stands behind SSLIdentity, and private keys. Made by identity.c from files, or
 * by core/api from the manual's SSLAddCertificate and SSLSetPrivateKey; read by the handshake.
 */
#ifndef SSLREF_X509_IDENTITY_H
#define SSLREF_X509_IDENTITY_H

#include "../x509/x509.h"

/* A private key; all views point into one block that belongs to whoever made it. */
typedef struct PrivateKey {
    KeyType       type; /* KEY_NONE: only a callback can use it */
    CurveId       curve;
    RsaPrivateKey rsa;    /* KEY_RSA, KEY_RSA_PSS */
    DsaPrivateKey dsa;    /* KEY_DSA */
    Bytes         scalar; /* KEY_EC: as long as the curve's scalars; KEY_ED25519: the seed */
} PrivateKey;

struct SSLIdentity {
    SSLAllocator      allocator;
    Bytes             chain[MAX_CHAIN_CERTIFICATES]; /* leaf first */
    size_t            count;
    X509Certificate   leaf; /* parsed; key and names */
    PrivateKey        key;
    SSLPrivateKeyFunc key_func;
    void             *key_ref;
    Bytes             ocsp_response;
    void             *chain_block, *key_block, *ocsp_block; /* what the views point into */
    size_t            chain_block_length, key_block_length, ocsp_block_length;
};

/* Decode a private key: DER of PKCS#8, PKCS#1, SEC1, or the older
 * form of DSA keys, or PEM of these, encrypted or not. The key's
 * views point into *block, which the caller releases. Errors of SSLCreateIdentity. */
SSLErr sslr_private_key_decode(const SSLAllocator *allocator, Bytes encoded, Bytes password,
                               PrivateKey *key, void **block, size_t *block_length);

/* Not SSLNoErr (SSLKeyMismatchErr) if the private key does not belong to the public one. */
SSLErr sslr_private_key_matches(const PrivateKey *key, const PublicKey *public_key);

#endif
