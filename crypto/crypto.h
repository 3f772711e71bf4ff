/*
 * crypto.h - everything that the engine asks of cryptography, and the seam for hardware: whoever
 * implements these calls replaces this folder. No type of the library behind it appears here;
 * states are opaque and of fixed size, so that they live wherever the caller puts them. core/
 * includes this header; nothing here knows of contexts or records.
 *
 * Conventions: lengths in bytes; numbers big-endian unless the standard says otherwise (X25519,
 * Ed25519). A call that can fail returns SSLErr: SSLNoErr; SSLProtocolErr when what came from a
 * peer is invalid (bad point, bad tag, signature that does not verify); SSLBadKeyErr for an
 * unusable key of our own; SSLCryptoErr when the library fails; SSLMemoryErr; or what the random
 * source returned, unchanged. Outputs of a failed call are zeroed. No call keeps a pointer it was
 * given.
 */
#ifndef SSLREF_CRYPTO_H
#define SSLREF_CRYPTO_H

#include <stddef.h>
#include <stdint.h>

#include "../sslerrors.h"
#include "constant_time.h"

/* ---- set-up, randomness, wiping ---- */

/* Registers what the library needs. Runs by itself before main where there are constructors; may be
 * called again. */
SSLErr sslr_crypto_setup(void);

/* Where random bytes come from: always the callback of the connection (or object) that is being
 * served. */
typedef struct CryptoRandom {
    SSLErr (*fill)(void *ref, uint8_t *out, size_t length);
    void *ref;
} CryptoRandom;

/* Zero memory in a way that the compiler keeps. */
void sslr_wipe(void *data, size_t length);

/* ---- hashes ---- */

typedef enum HashId {
    HASH_NONE,
    HASH_MD5,
    HASH_SHA1,
    HASH_SHA224,
    HASH_SHA256,
    HASH_SHA384,
    HASH_SHA512
} HashId;

#define MAX_HASH_SIZE  64
#define MAX_HASH_BLOCK 128

/* May be copied by assignment to fork a running hash. */
typedef struct HashState {
    uint64_t space[27];
} HashState;

size_t sslr_hash_size(HashId id);       /* 16, 20, 28, 32, 48, 64; 0 for HASH_NONE */
size_t sslr_hash_block_size(HashId id); /* 64 or 128 */
void   sslr_hash_init(HashState *state, HashId id);
void   sslr_hash_update(HashState *state, const void *data, size_t length);
void   sslr_hash_final(HashState *state, uint8_t *digest); /* wipes the state */
void   sslr_hash(HashId id, const void *data, size_t length, uint8_t *digest);

/* Finish a hash whose last part is tail[0 .. secret_length), where secret_length <= max_length is
 * secret: time and memory access depend on max_length and on what was hashed before alone. What was
 * hashed before may have any length, not just whole blocks: the inner hash of the SSL 3.0 MAC is
 * finished with this call as well as HMAC's. tail has max_length readable bytes. MD5, SHA-1,
 * SHA-256, SHA-384. */
void sslr_hash_final_constant_time(HashState *state, const uint8_t *tail, size_t secret_length,
                                   size_t max_length, uint8_t *digest);

/* ---- HMAC, HKDF, PRF ---- */

/* Copyable after init, so that a key is absorbed once and used for many messages. */
typedef struct HmacState {
    HashState inner, outer;
} HmacState;

void sslr_hmac_init(HmacState *state, HashId id, const uint8_t *key, size_t key_length);
void sslr_hmac_update(HmacState *state, const void *data, size_t length);
void sslr_hmac_final(HmacState *state, uint8_t *mac); /* wipes the state */
void sslr_hmac_final_constant_time(HmacState *state, const uint8_t *tail, size_t secret_length,
                                   size_t max_length, uint8_t *mac);
void sslr_hmac(HashId id, const uint8_t *key, size_t key_length, const void *data, size_t length,
               uint8_t *mac);

/* RFC 5869. salt may be NULL with length 0 (a string of zeros). out_length <= 255 * hash size. */
void sslr_hkdf_extract(HashId id, const uint8_t *salt, size_t salt_length, const uint8_t *ikm,
                       size_t ikm_length, uint8_t *prk);
void sslr_hkdf_expand(HashId id, const uint8_t *prk, const uint8_t *info, size_t info_length,
                      uint8_t *out, size_t out_length);

/* RFC 5246 5: P_hash(secret, label || seed). label is a C string, its terminator not included. */
void sslr_tls12_prf(HashId id, const uint8_t *secret, size_t secret_length, const char *label,
                    const uint8_t *seed, size_t seed_length, uint8_t *out, size_t out_length);

/* RFC 2246 5: P_MD5(first half, label || seed) xor P_SHA1(second half, label || seed); of an odd
 * number of bytes the middle one belongs to both halves. The secret may be empty (NULL, 0), as the
 * "IV block" of the export suites wants it. SSL 3.0's FIPS suites use it too. */
void sslr_tls10_prf(const uint8_t *secret, size_t secret_length, const char *label,
                    const uint8_t *seed, size_t seed_length, uint8_t *out, size_t out_length);

/* PBKDF2 (RFC 8018) for encrypted key files. iterations >= 1. */
void sslr_pbkdf2(HashId id, const uint8_t *password, size_t password_length, const uint8_t *salt,
                 size_t salt_length, uint32_t iterations, uint8_t *out, size_t out_length);

/* ---- authenticated encryption
 *  */

typedef enum AeadId {
    AEAD_NONE,
    AEAD_AES_128_GCM,
    AEAD_AES_256_GCM,
    AEAD_AES_128_CCM,
    AEAD_AES_256_CCM,
    AEAD_AES_128_CCM_8,
    AEAD_AES_256_CCM_8,
    AEAD_CHACHA20_POLY1305,
    AEAD_CAMELLIA_128_GCM, /* RFC 6367 */
    AEAD_CAMELLIA_256_GCM
} AeadId;

#define AEAD_NONCE_SIZE 12
#define MAX_AEAD_TAG    16
#define MAX_AEAD_KEY    32

size_t
sslr_aead_state_size(AeadId id); /* bytes that a state needs, aligned as for uint64_t; below 640 */
size_t sslr_aead_key_size(AeadId id);
size_t sslr_aead_tag_size(AeadId id);

SSLErr sslr_aead_init(void *state, AeadId id, const uint8_t *key);

/* Encrypt data in place and write the tag (which may directly follow data). The state does not
 * change. */
SSLErr sslr_aead_seal(const void *state, const uint8_t nonce[AEAD_NONCE_SIZE], const uint8_t *aad,
                      size_t aad_length, uint8_t *data, size_t length, uint8_t *tag);

/* Check the tag and decrypt data in place. SSLProtocolErr if the tag is wrong; data is then zeroed.
 */
SSLErr sslr_aead_open(const void *state, const uint8_t nonce[AEAD_NONCE_SIZE], const uint8_t *aad,
                      size_t aad_length, uint8_t *data, size_t length, const uint8_t *tag);

/* ---- block ciphers in CBC mode, and RC4 ---- */

typedef enum CipherId {
    CIPHER_NONE,
    CIPHER_AES_128_CBC,
    CIPHER_AES_256_CBC,
    CIPHER_3DES_CBC, /* 24 bytes of key; parity bits are ignored */
    CIPHER_DES_CBC,  /* 8 bytes of key; parity bits are ignored */
    CIPHER_RC2_CBC,  /* 16 bytes of key, all 128 bits effective, export suites included */
    CIPHER_CAMELLIA_128_CBC,
    CIPHER_CAMELLIA_256_CBC,
    CIPHER_SEED_CBC,
    CIPHER_RC4_128 /* a stream: the block has one byte, the IV none */
} CipherId;

#define MAX_CIPHER_BLOCK 16
#define MAX_CIPHER_KEY   32

size_t sslr_cipher_state_size(CipherId id); /* aligned as for uint64_t; below 640 */
size_t sslr_cipher_key_size(CipherId id);
size_t sslr_cipher_block_size(CipherId id); /* 16, 8, or 1 for RC4; IVs of the others are as long */

/* encrypt and iv say nothing to RC4 (iv may be NULL). iv may also be NULL if sslr_cipher_set_iv
 * comes before the first run. */
SSLErr sslr_cipher_init(void *state, CipherId id, const uint8_t *key, const uint8_t *iv,
                        int encrypt);
void   sslr_cipher_set_iv(void *state, const uint8_t *iv); /* nothing, for RC4 */

/* In place; length is a multiple of the block. In both directions the last block of ciphertext is
 * kept as the next IV, and RC4 goes on in its stream: runs one behind the other are as one run over
 * all of it, which is what records of SSL 2.0, SSL 3.0 and TLS 1.0 want. */
void sslr_cipher_run(void *state, uint8_t *data, size_t length);

/* ---- elliptic curves ---- */

typedef enum CurveId {
    CURVE_NONE,
    CURVE_P256,
    CURVE_P384,
    CURVE_P521,
    CURVE_X25519,
    CURVE_ED25519
} CurveId;

#define MAX_CURVE_SCALAR 66
#define MAX_CURVE_POINT  133
#define MAX_ECDSA_SIZE   139 /* the longest DER signature, P-521 */

size_t sslr_curve_scalar_size(CurveId id); /* 32, 48, 66, 32, 32: private keys and shared secrets */
size_t sslr_curve_point_size(CurveId id);  /* 65, 97, 133 (04 X Y), 32, 32 */

/* Check that a public value is valid: for the NIST curves length, leading 04, range, curve
 * equation. SSLProtocolErr if not. */
SSLErr sslr_curve_check_point(CurveId id, const uint8_t *point, size_t length);

/* Compute the public value that belongs to a private one (for Ed25519: to the seed). SSLBadKeyErr
 * if out of range. */
SSLErr sslr_curve_public(CurveId id, const CryptoRandom *random, const uint8_t *scalar,
                         uint8_t *point);

/* P-256/384/521 and X25519. derive checks the peer's value and refuses an all-zero X25519 result
 * (SSLProtocolErr); the secret has sslr_curve_scalar_size bytes, leading zeros kept. */
SSLErr sslr_ecdh_generate(CurveId id, const CryptoRandom *random, uint8_t *scalar, uint8_t *point);
SSLErr sslr_ecdh_derive(CurveId id, const CryptoRandom *random, const uint8_t *scalar,
                        const uint8_t *peer_point, size_t peer_length, uint8_t *secret);

/* ECDSA over a digest of any length (leftmost bits count); signatures are strict DER. The nonce is
 * RFC 6979 hedged with fresh random bytes (section 3.6: additional data). sign writes at most
 * MAX_ECDSA_SIZE bytes. */
SSLErr sslr_ecdsa_sign(CurveId id, const CryptoRandom *random, const uint8_t *scalar, HashId hash,
                       const uint8_t *digest, size_t digest_length, uint8_t *signature,
                       size_t *signature_length);
SSLErr sslr_ecdsa_verify(CurveId id, const uint8_t *point, size_t point_length,
                         const uint8_t *digest, size_t digest_length, const uint8_t *signature,
                         size_t signature_length);

/* RFC 8032, pure. verify refuses S >= L, non-canonical and small-order keys. */
SSLErr sslr_ed25519_sign(const uint8_t seed[32], const uint8_t *message, size_t length,
                         uint8_t signature[64]);
SSLErr sslr_ed25519_verify(const uint8_t point[32], const uint8_t *message, size_t length,
                           const uint8_t signature[64]);

/* ---- RSA ---- */

#define MAX_RSA_BITS 8192
#define MAX_RSA_SIZE 1024

/* Numbers without leading zeros, except d dp dq qinv, which may have any length up to the modulus'.
 * The bytes belong to the caller. */
typedef struct Number {
    const uint8_t *data;
    size_t         length;
} Number;

typedef struct RsaPublicKey {
    Number n, e;
} RsaPublicKey;

typedef struct RsaPrivateKey {
    Number n, e, d, p, q, dp, dq, qinv;
} RsaPrivateKey;

/* Public: n odd, 512 .. 8192 bits, e odd, 3 <= e < 2^33. SSLBadKeyErr if not. Private: also the
 * relations among the numbers. */
SSLErr sslr_rsa_check_public(const RsaPublicKey *key);
SSLErr sslr_rsa_check_private(const RsaPrivateKey *key);

/* Raw operations at the fixed width of the modulus; input must be below n. The private one is
 * blinded with r from the random source and its result checked with the public exponent before it
 * is given out. */
SSLErr sslr_rsa_public(const RsaPublicKey *key, const uint8_t *in, size_t in_length, uint8_t *out);
SSLErr sslr_rsa_private(const RsaPrivateKey *key, const CryptoRandom *random, const uint8_t *in,
                        size_t in_length, uint8_t *out);

/* PKCS#1 1.5 with DigestInfo; HASH_NONE: the digest as it is, without (SSL 3.0 .. TLS 1.1).
 * signature is as long as n. */
SSLErr sslr_rsa_sign_pkcs1(const RsaPrivateKey *key, const CryptoRandom *random, HashId hash,
                           const uint8_t *digest, size_t digest_length, uint8_t *signature);
SSLErr sslr_rsa_verify_pkcs1(const RsaPublicKey *key, HashId hash, const uint8_t *digest,
                             size_t digest_length, const uint8_t *signature,
                             size_t signature_length);

/* PSS, MGF1 with the same hash; sign uses a salt as long as the hash. */
SSLErr sslr_rsa_sign_pss(const RsaPrivateKey *key, const CryptoRandom *random, HashId hash,
                         const uint8_t *digest, uint8_t *signature);
SSLErr sslr_rsa_verify_pss(const RsaPublicKey *key, HashId hash, size_t salt_length,
                           const uint8_t *digest, const uint8_t *signature,
                           size_t signature_length);

/* Encrypt for RSA key transport (PKCS#1 1.5 type 2); out is as long as n. */
SSLErr sslr_rsa_encrypt(const RsaPublicKey *key, const CryptoRandom *random, const uint8_t *message,
                        size_t length, uint8_t *out);

/* The same for the CLIENT-MASTER-KEY of SSL 2.0. With set_marker the last eight bytes of padding
 * are 03: this client could have spoken SSL 3.0 or later (RFC 2246 E.2). */
SSLErr sslr_rsa_encrypt_ssl2(const RsaPublicKey *key, const CryptoRandom *random,
                             const uint8_t *message, size_t length, int set_marker, uint8_t *out);

/* Take the premaster secret out of a decrypted block, in constant time: if the padding, the length
 * (48) or the version is wrong, premaster becomes version || fallback[2 .. 48). No failure is
 * visible. Bleichenbacher: RFC 5246 7.4.7.1. */
void sslr_rsa_unpad_premaster(const uint8_t *block, size_t block_length, const uint8_t version[2],
                              const uint8_t fallback[48], uint8_t premaster[48]);

/* The same for the secret part of SSL 2.0's CLIENT-MASTER-KEY: if the padding is wrong or the
 * payload has not exactly secret_length bytes (1 or more; not a secret), secret becomes fallback,
 * which has secret_length random bytes drawn before decryption. With refuse_rollback_marker (a
 * server that also allows SSL 3.0 or later) eight bytes of 03 in front of the separator are wrong
 * padding too: somebody forced 2.0 on a client that can do better. */
void sslr_rsa_unpad_secret(const uint8_t *block, size_t block_length, size_t secret_length,
                           int refuse_rollback_marker, const uint8_t *fallback, uint8_t *secret);

/* ---- finite-field Diffie-Hellman and DSA
 *  */

#define MAX_DH_BITS 8192
#define MAX_DH_SIZE 1024

typedef struct DhGroup {
    Number p, g;
    size_t exponent_size; /* bytes of private exponents; 0: as long as p */
} DhGroup;

/* p odd, min_bits <= bits <= 8192, 1 < g < p-1. SSLProtocolErr if not. How small a group may be is
 * the caller's business: generate and derive take any that passes with min_bits 0, the 512 bits of
 * export suites included. */
SSLErr sslr_dh_check_group(const DhGroup *group, size_t min_bits);
size_t sslr_dh_private_size(const DhGroup *group);

/* public_value and secret are as long as p, leading zeros kept. derive refuses Y outside 1 < Y <
 * p-1 (SSLProtocolErr). */
SSLErr sslr_dh_generate(const DhGroup *group, const CryptoRandom *random, uint8_t *private_value,
                        uint8_t *public_value);
SSLErr sslr_dh_derive(const DhGroup *group, const uint8_t *private_value, const uint8_t *peer_value,
                      size_t peer_length, uint8_t *secret);

typedef struct DsaPublicKey {
    Number p, q, g, y;
} DsaPublicKey;

/* Sizes and ranges are checked first (p 512 .. 3072 bits, q 160 .. 256; FIPS 186 of 1994 began at
 * 512); the signature is strict DER. */
SSLErr sslr_dsa_verify(const DsaPublicKey *key, const uint8_t *digest, size_t digest_length,
                       const uint8_t *signature, size_t signature_length);

#define MAX_DSA_SIZE   72 /* the longest DER signature, q of 256 bits */
#define MAX_DSA_P_SIZE 384

/* x may have leading zeros, up to the length of q. */
typedef struct DsaPrivateKey {
    DsaPublicKey public_key;
    Number       x;
} DsaPrivateKey;

/* Sizes and ranges as above, g of order q, 0 < x < q, y = g^x mod p. SSLBadKeyErr if not. */
SSLErr sslr_dsa_check_private(const DsaPrivateKey *key);

/* y, as long as p, for a key file that has p, q, g and x alone; key->public_key.y is not looked at.
 * SSLBadKeyErr as above. */
SSLErr sslr_dsa_public(const DsaPrivateKey *key, uint8_t *y);

/* FIPS 186-4 4.6 over a digest of any length (leftmost bits count). The nonce is RFC 6979 with
 * this hash (HASH_NONE: SHA-256), hedged as for ECDSA. signature has room for MAX_DSA_SIZE bytes.
 * Sizes and ranges are looked at again; that y fits x, sslr_dsa_check_private has to have found
 * before. */
SSLErr sslr_dsa_sign(const DsaPrivateKey *key, const CryptoRandom *random, HashId hash,
                     const uint8_t *digest, size_t digest_length, uint8_t *signature,
                     size_t *signature_length);

/* ---- ML-KEM-768 (FIPS 203), for hybrid key exchange ---- */

#define MLKEM768_SEED_SIZE       64
#define MLKEM768_PUBLIC_SIZE     1184
#define MLKEM768_CIPHERTEXT_SIZE 1088
#define MLKEM768_SECRET_SIZE     32

/* The private key is kept as its seed d || z and expanded when used. encapsulate refuses an
 * encapsulation key whose coefficients are not reduced (SSLProtocolErr); decapsulate rejects
 * implicitly. */
SSLErr sslr_mlkem768_public(const uint8_t seed[MLKEM768_SEED_SIZE],
                            uint8_t       public_key[MLKEM768_PUBLIC_SIZE]);
SSLErr sslr_mlkem768_encapsulate(const uint8_t public_key[MLKEM768_PUBLIC_SIZE],
                                 const uint8_t message[32],
                                 uint8_t       ciphertext[MLKEM768_CIPHERTEXT_SIZE],
                                 uint8_t       secret[MLKEM768_SECRET_SIZE]);
SSLErr sslr_mlkem768_decapsulate(const uint8_t seed[MLKEM768_SEED_SIZE],
                                 const uint8_t ciphertext[MLKEM768_CIPHERTEXT_SIZE],
                                 uint8_t       secret[MLKEM768_SECRET_SIZE]);

#endif
