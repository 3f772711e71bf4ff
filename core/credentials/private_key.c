/*
 * private_key.c - private keys as they lie in files: PKCS#8 (RFC 5958), PKCS#1 (RFC 8017 A.1.2),
 * SEC1 (RFC 5915), Ed25519 (RFC 8410), DSA (RFC 3279 2.3.2, or the form that OpenSSL began with),
 * DER or PEM, and PBES2 (RFC 8018) around them. Called by identity.c and core/api. What is done
 * with a key is in crypto/.
 */
#include "identity.h"

#include "../x509/parts.h"
#include "pem.h"

#define MAX_ITERATIONS 10000000u /* seconds of work, not days */

/* What a key may need beside its file: a padded scalar, or the public value of DSA. */
#define MAX_SCRATCH MAX_DSA_P_SIZE

enum {
    OID_RSA = 1,
    OID_RSA_PSS,
    OID_EC,
    OID_ED25519,
    OID_DSA
};

#define PKCS_OID(arc, last)                                                                        \
    9,                                                                                             \
    {                                                                                              \
        0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, arc, last                                        \
    }
#define DIGEST_OID(last)                                                                           \
    8,                                                                                             \
    {                                                                                              \
        0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x02, last                                             \
    }
#define AES_OID(last)                                                                              \
    9,                                                                                             \
    {                                                                                              \
        0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01, last                                       \
    }

static const OidRow key_oids[] = {
    {OID_RSA, PKCS_OID(0x01, 0x01)},
    {OID_RSA_PSS, PKCS_OID(0x01, 0x0A)},
    {OID_EC, 7, {0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01}},
    {OID_ED25519, 3, {0x2B, 0x65, 0x70}},
    {OID_DSA, 7, {0x2A, 0x86, 0x48, 0xCE, 0x38, 0x04, 0x01}},
};

static const OidRow pbes2_oid[]  = {{1, PKCS_OID(0x05, 0x0D)}};
static const OidRow pbkdf2_oid[] = {{1, PKCS_OID(0x05, 0x0C)}};

static const OidRow prf_oids[] = {
    {HASH_SHA1, DIGEST_OID(0x07)},
    {HASH_SHA256, DIGEST_OID(0x09)},
    {HASH_SHA384, DIGEST_OID(0x0A)},
    {HASH_SHA512, DIGEST_OID(0x0B)},
};

static const OidRow cipher_oids[] = {
    {CIPHER_AES_128_CBC, AES_OID(0x02)},
    {CIPHER_AES_256_CBC, AES_OID(0x2A)},
    {CIPHER_3DES_CBC, 8, {0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x03, 0x07}},
};

#define FIND(rows, oid) sslr_oid_find(rows, sizeof(rows) / sizeof((rows)[0]), oid)

/* ---- the kinds of keys ---- */

/* RSAPrivateKey ::= SEQUENCE { version, n, e, d, p, q, dP, dQ, qInv }; version 1 has more primes.
 */
static SSLErr read_rsa(Bytes der, KeyType type, PrivateKey *key)
{
    Der            outer = sslr_der_open(der), it = sslr_der_enter(&outer, DER_SEQUENCE);
    RsaPrivateKey *rsa = &key->rsa;
    uint32_t       version;

    version   = sslr_der_small(&it, DER_INTEGER);
    rsa->n    = sslr_der_unsigned(&it, DER_INTEGER);
    rsa->e    = sslr_der_unsigned(&it, DER_INTEGER);
    rsa->d    = sslr_der_unsigned(&it, DER_INTEGER);
    rsa->p    = sslr_der_unsigned(&it, DER_INTEGER);
    rsa->q    = sslr_der_unsigned(&it, DER_INTEGER);
    rsa->dp   = sslr_der_unsigned(&it, DER_INTEGER);
    rsa->dq   = sslr_der_unsigned(&it, DER_INTEGER);
    rsa->qinv = sslr_der_unsigned(&it, DER_INTEGER);
    sslr_der_leave(&outer, &it);
    if (!sslr_der_done(&outer) || version != 0) {
        return SSLBadKeyErr;
    }
    key->type = type;
    return sslr_rsa_check_private(rsa);
}

/* If the file carries the public value (length > 0), it must be ours. */
static SSLErr check_public(const PrivateKey *key, Bytes claimed)
{
    uint8_t point[MAX_CURVE_POINT];
    SSLErr  err = sslr_curve_public(key->curve, NULL, key->scalar.data, point);

    if (err != SSLNoErr) {
        return err == SSLProtocolErr ? SSLBadKeyErr : err;
    }
    if (claimed.length > 0 &&
        !bytes_equal(claimed, bytes_of(point, sslr_curve_point_size(key->curve)))) {
        return SSLBadKeyErr;
    }
    return SSLNoErr;
}

/* ECPrivateKey ::= SEQUENCE { 1, OCTET STRING, [0] curve, [1] public }. In PKCS#8 the curve stands
 * outside; then it may be absent here, or the same. scratch: MAX_SCRATCH bytes that live as
 * long as the key. */
static SSLErr read_ec(Bytes der, CurveId curve, uint8_t *scratch, PrivateKey *key)
{
    Der      outer = sslr_der_open(der), it = sslr_der_enter(&outer, DER_SEQUENCE), field;
    uint32_t version = sslr_der_small(&it, DER_INTEGER);
    Bytes    scalar = sslr_der_take(&it, DER_OCTET_STRING), claimed = bytes_of(NULL, 0);
    CurveId  inner = curve;
    size_t   size;

    if (sslr_der_next_is(&it, DER_CONTEXT_OF | 0)) {
        field = sslr_der_enter(&it, DER_CONTEXT_OF | 0);
        inner = sslr_x509_curve(sslr_der_oid(&field));
        sslr_der_leave(&it, &field);
    }
    if (sslr_der_next_is(&it, DER_CONTEXT_OF | 1)) {
        field   = sslr_der_enter(&it, DER_CONTEXT_OF | 1);
        claimed = sslr_der_octet_bits(&field);
        sslr_der_leave(&it, &field);
        if (claimed.length == 0) {
            sslr_der_fail(&it);
        }
    }
    sslr_der_leave(&outer, &it);
    if (!sslr_der_done(&outer) || version != 1 || inner == CURVE_NONE ||
        (curve != CURVE_NONE && inner != curve)) {
        return SSLBadKeyErr;
    }
    size = sslr_curve_scalar_size(inner);
    if (scalar.length == 0 || scalar.length > size) {
        return SSLBadKeyErr;
    }
    memset(scratch, 0, size); /* some writers drop leading zeros */
    memcpy(scratch + size - scalar.length, scalar.data, scalar.length);
    key->type   = KEY_EC;
    key->curve  = inner;
    key->scalar = bytes_of(scratch, size);
    return check_public(key, claimed);
}

/* CurvePrivateKey ::= OCTET STRING (RFC 8410 7) */
static SSLErr read_ed25519(Bytes der, Bytes claimed, PrivateKey *key)
{
    Der   it   = sslr_der_open(der);
    Bytes seed = sslr_der_take(&it, DER_OCTET_STRING);

    if (!sslr_der_done(&it) || seed.length != 32) {
        return SSLBadKeyErr;
    }
    key->type   = KEY_ED25519;
    key->curve  = CURVE_ED25519;
    key->scalar = seed;
    return check_public(key, claimed);
}

/* DSAPrivateKey ::= SEQUENCE { 0, p, q, g, y, x } */
static SSLErr read_dsa(Bytes der, PrivateKey *key)
{
    Der            outer = sslr_der_open(der), it = sslr_der_enter(&outer, DER_SEQUENCE);
    DsaPrivateKey *dsa     = &key->dsa;
    uint32_t       version = sslr_der_small(&it, DER_INTEGER);

    dsa->public_key.p = sslr_der_unsigned(&it, DER_INTEGER);
    dsa->public_key.q = sslr_der_unsigned(&it, DER_INTEGER);
    dsa->public_key.g = sslr_der_unsigned(&it, DER_INTEGER);
    dsa->public_key.y = sslr_der_unsigned(&it, DER_INTEGER);
    dsa->x            = sslr_der_unsigned(&it, DER_INTEGER);
    sslr_der_leave(&outer, &it);
    if (!sslr_der_done(&outer) || version != 0) {
        return SSLBadKeyErr;
    }
    key->type = KEY_DSA;
    return sslr_dsa_check_private(dsa);
}

/* In PKCS#8: p, q, g outside, x alone inside. */
static SSLErr read_dsa_value(Bytes parameters, Bytes der, uint8_t *scratch, PrivateKey *key)
{
    Der            outer = sslr_der_open(parameters), it = sslr_der_enter(&outer, DER_SEQUENCE);
    Der            value = sslr_der_open(der);
    DsaPrivateKey *dsa   = &key->dsa;
    Bytes          y;
    SSLErr         err;

    dsa->public_key.p = sslr_der_unsigned(&it, DER_INTEGER);
    dsa->public_key.q = sslr_der_unsigned(&it, DER_INTEGER);
    dsa->public_key.g = sslr_der_unsigned(&it, DER_INTEGER);
    dsa->x            = sslr_der_unsigned(&value, DER_INTEGER);
    sslr_der_leave(&outer, &it);
    if (!sslr_der_done(&outer) || !sslr_der_done(&value)) {
        return SSLBadKeyErr;
    }
    err = sslr_dsa_public(dsa, scratch);
    if (err != SSLNoErr) {
        return err;
    }
    for (y = bytes_of(scratch, dsa->public_key.p.length); y.length > 0 && y.data[0] == 0;) {
        y = bytes_of(y.data + 1, y.length - 1);
    }
    dsa->public_key.y = y;
    key->type         = KEY_DSA;
    return sslr_dsa_check_private(dsa);
}

/* OneAsymmetricKey ::= SEQUENCE { version, algorithm, OCTET STRING, [0] attributes, [1] public } */
static SSLErr read_pkcs8(Bytes der, uint8_t *scratch, PrivateKey *key)
{
    Der       outer = sslr_der_open(der), it = sslr_der_enter(&outer, DER_SEQUENCE), rest;
    uint32_t  version   = sslr_der_small(&it, DER_INTEGER);
    Algorithm algorithm = sslr_x509_take_algorithm(&it);
    Bytes     octets = sslr_der_take(&it, DER_OCTET_STRING), claimed = bytes_of(NULL, 0);
    CurveId   curve;

    if (sslr_der_next_is(&it, DER_CONTEXT_OF | 0)) {
        (void)sslr_der_take(&it, DER_CONTEXT_OF | 0);
    }
    if (version == 1 && sslr_der_next_is(&it, DER_CONTEXT | 1)) {
        claimed = sslr_der_take(&it, DER_CONTEXT | 1); /* an implicit BIT STRING */
        if (claimed.length < 2 || claimed.data[0] != 0) {
            return SSLBadKeyErr;
        }
        claimed = bytes_of(claimed.data + 1, claimed.length - 1);
    }
    sslr_der_leave(&outer, &it);
    if (!sslr_der_done(&outer) || version > 1) {
        return SSLBadKeyErr;
    }
    rest = sslr_der_open(algorithm.parameters);
    switch (FIND(key_oids, algorithm.oid)) {
    case OID_RSA:
        sslr_der_optional_null(&rest);
        return sslr_der_done(&rest) ? read_rsa(octets, KEY_RSA, key) : SSLBadKeyErr;
    case OID_RSA_PSS: /* what the key is restricted to, the certificate says */
        return read_rsa(octets, KEY_RSA_PSS, key);
    case OID_EC:
        curve = sslr_x509_curve(sslr_der_oid(&rest));
        return sslr_der_done(&rest) && curve != CURVE_NONE ? read_ec(octets, curve, scratch, key)
                                                           : SSLBadKeyErr;
    case OID_ED25519:
        return sslr_der_done(&rest) ? read_ed25519(octets, claimed, key) : SSLBadKeyErr;
    case OID_DSA:
        return read_dsa_value(algorithm.parameters, octets, scratch, key);
    default:
        return SSLUnsupportedErr;
    }
}

/* Numbers alone: those of RSA, or the six of DSA. */
static SSLErr read_numbers(Bytes der, PrivateKey *key)
{
    Der    outer = sslr_der_open(der), it = sslr_der_enter(&outer, DER_SEQUENCE);
    size_t count = 0;

    while (sslr_der_next_is(&it, DER_INTEGER)) {
        (void)sslr_der_take(&it, DER_INTEGER);
        count++;
    }
    return count == 6 ? read_dsa(der, key) : read_rsa(der, KEY_RSA, key);
}

/* The unencrypted forms differ in the second field. */
static SSLErr read_plain(Bytes der, uint8_t *scratch, PrivateKey *key)
{
    Der outer = sslr_der_open(der), it = sslr_der_enter(&outer, DER_SEQUENCE);

    memset(key, 0, sizeof *key);
    (void)sslr_der_unsigned(&it, DER_INTEGER);
    if (!sslr_der_done(&outer)) {
        return SSLBadKeyErr;
    }
    if (sslr_der_next_is(&it, DER_SEQUENCE)) {
        return read_pkcs8(der, scratch, key);
    }
    if (sslr_der_next_is(&it, DER_INTEGER)) {
        return read_numbers(der, key);
    }
    if (sslr_der_next_is(&it, DER_OCTET_STRING)) {
        return read_ec(der, CURVE_NONE, scratch, key);
    }
    return SSLBadKeyErr;
}

/* ---- PBES2 ---- */

typedef struct Encryption {
    HashId   prf;
    Bytes    salt;
    uint32_t iterations;
    CipherId cipher;
    Bytes    iv;
    Bytes    ciphertext;
} Encryption;

static void take_pbkdf2(Der *der, Encryption *how, uint32_t *key_length)
{
    Der       it = sslr_der_enter(der, DER_SEQUENCE), null;
    Algorithm prf;

    how->salt       = sslr_der_take(&it, DER_OCTET_STRING);
    how->iterations = sslr_der_small(&it, DER_INTEGER);
    how->prf        = HASH_SHA1; /* RFC 8018 A.2: the default */
    if (sslr_der_next_is(&it, DER_INTEGER)) {
        *key_length = sslr_der_small(&it, DER_INTEGER);
    }
    if (it.left > 0) {
        prf      = sslr_x509_take_algorithm(&it);
        how->prf = (HashId)FIND(prf_oids, prf.oid);
        null     = sslr_der_open(prf.parameters);
        sslr_der_optional_null(&null);
        sslr_der_leave(&it, &null);
    }
    sslr_der_leave(der, &it);
}

/* EncryptedPrivateKeyInfo ::= SEQUENCE { { PBES2, { { PBKDF2, ... } { cipher, iv } } }, OCTET
 * STRING }. Not 0 if it is one that this build can decrypt. */
static int read_encryption(Bytes der, Encryption *how)
{
    Der       outer = sslr_der_open(der), it = sslr_der_enter(&outer, DER_SEQUENCE), inner, field;
    Algorithm scheme     = sslr_x509_take_algorithm(&it), derivation, cipher;
    uint32_t  key_length = 0;
    size_t    block;

    how->ciphertext = sslr_der_take(&it, DER_OCTET_STRING);
    sslr_der_leave(&outer, &it);
    if (!sslr_der_done(&outer) || !FIND(pbes2_oid, scheme.oid)) {
        return 0;
    }
    outer      = sslr_der_open(scheme.parameters);
    inner      = sslr_der_enter(&outer, DER_SEQUENCE);
    derivation = sslr_x509_take_algorithm(&inner);
    cipher     = sslr_x509_take_algorithm(&inner);
    sslr_der_leave(&outer, &inner);
    if (!sslr_der_done(&outer) || !FIND(pbkdf2_oid, derivation.oid)) {
        return 0;
    }
    field = sslr_der_open(derivation.parameters);
    take_pbkdf2(&field, how, &key_length);
    if (!sslr_der_done(&field)) {
        return 0;
    }
    field       = sslr_der_open(cipher.parameters);
    how->iv     = sslr_der_take(&field, DER_OCTET_STRING);
    how->cipher = (CipherId)FIND(cipher_oids, cipher.oid);
    if (!sslr_der_done(&field) || how->cipher == CIPHER_NONE || how->prf == HASH_NONE) {
        return 0;
    }
    block = sslr_cipher_block_size(how->cipher);
    return (key_length == 0 || key_length == sslr_cipher_key_size(how->cipher)) &&
           how->iv.length == block && how->ciphertext.length > 0 &&
           how->ciphertext.length % block == 0 && how->salt.length >= 8 && how->salt.length <= 64 &&
           how->iterations >= 1 && how->iterations <= MAX_ITERATIONS;
}

/* Decrypt in place; data is the ciphertext. Gives the plaintext's length, 0 if the password is
 * wrong. */
static SSLErr decrypt(const Encryption *how, Bytes password, uint8_t *data, size_t *plain_length)
{
    uint64_t state[80];
    uint8_t  key[32];
    size_t   length = how->ciphertext.length, block = sslr_cipher_block_size(how->cipher), i;
    unsigned padding, wrong;
    SSLErr   err;

    *plain_length = 0;
    sslr_pbkdf2(how->prf, password.data, password.length, how->salt.data, how->salt.length,
                how->iterations, key, sslr_cipher_key_size(how->cipher));
    err = sslr_cipher_init(state, how->cipher, key, how->iv.data, 0);
    sslr_wipe(key, sizeof key);
    if (err != SSLNoErr) {
        return err;
    }
    sslr_cipher_run(state, data, length);
    sslr_wipe(state, sizeof state);
    padding = data[length - 1];
    if (padding >= 1 && padding <= block) {
        for (i = 0, wrong = 0; i < padding; i++) {
            wrong |= data[length - 1 - i] ^ padding;
        }
        *plain_length = wrong ? 0 : length - padding;
    }
    return SSLNoErr;
}

static int is_encrypted(Bytes der)
{
    Der outer = sslr_der_open(der), it = sslr_der_enter(&outer, DER_SEQUENCE);

    return sslr_der_next_is(&it, DER_SEQUENCE);
}

/* der lies at block. A wrong password and a broken file look the same: one error for both. */
static SSLErr read_encrypted(Bytes der, Bytes password, uint8_t *block, uint8_t *scratch,
                             PrivateKey *key)
{
    Encryption how;
    uint8_t   *data;
    size_t     length;
    Bytes      rest, element;
    SSLErr     err;

    memset(&how, 0, sizeof how);
    if (!read_encryption(der, &how)) {
        return SSLBadKeyErr;
    }
    if (password.length == 0) {
        return SSLBadPasswordErr;
    }
    data = block + (how.ciphertext.data - der.data);
    if ((err = decrypt(&how, password, data, &length)) != SSLNoErr) {
        return err;
    }
    rest = bytes_of(data, length);
    if (sslr_der_split(&rest, &element) != SSLNoErr || rest.length != 0) {
        return SSLBadPasswordErr;
    }
    return is_encrypted(element) ? SSLBadKeyErr : read_plain(element, scratch, key);
}

/* ---- files ---- */

static int is_der(Bytes encoded)
{
    Bytes rest = encoded, element;

    return encoded.length > 0 && encoded.data[0] == DER_SEQUENCE &&
           sslr_der_split(&rest, &element) == SSLNoErr && rest.length == 0;
}

/* The first block with a private key. */
static SSLErr find_key_block(Bytes text, PemBlock *block)
{
    int found;

    while ((found = sslr_pem_next(&text, block)) != 0) {
        if (sslr_pem_is_labelled(block, "PRIVATE KEY") ||
            sslr_pem_is_labelled(block, "ENCRYPTED PRIVATE KEY") ||
            sslr_pem_is_labelled(block, "RSA PRIVATE KEY") ||
            sslr_pem_is_labelled(block, "EC PRIVATE KEY") ||
            sslr_pem_is_labelled(block, "DSA PRIVATE KEY")) {
            if (found > 0 && block->headers.length > 0) {
                return SSLBadKeyErr; /* the old encryption, with one round of MD5 */
            }
            return found > 0 ? SSLNoErr : SSLBadPEMErr;
        }
    }
    return SSLBadPEMErr;
}

/* Copy the DER of the key to a new block, which has MAX_SCRATCH bytes of room behind it. */
static SSLErr load(const SSLAllocator *allocator, Bytes encoded, void **block, size_t *block_length,
                   Bytes *der)
{
    PemBlock pem;
    int      plain  = is_der(encoded);
    size_t   length = encoded.length;
    SSLErr   err    = SSLNoErr;

    if (!plain) {
        err = find_key_block(encoded, &pem);
        if (err != SSLNoErr) {
            return err;
        }
        length = sslr_pem_room(&pem);
    }
    *block_length = length + MAX_SCRATCH;
    err           = sslr_allocate_zeroed(allocator, *block_length, block);
    if (err != SSLNoErr) {
        return err;
    }
    if (plain) {
        memcpy(*block, encoded.data, length);
    } else if (sslr_pem_decode(&pem, (uint8_t *)*block, &length) != SSLNoErr) {
        return SSLBadPEMErr;
    }
    *der = bytes_of(*block, length);
    return SSLNoErr;
}

SSLErr sslr_private_key_decode(const SSLAllocator *allocator, Bytes encoded, Bytes password,
                               PrivateKey *key, void **block, size_t *block_length)
{
    Bytes    der;
    uint8_t *start, *scratch;
    SSLErr   err;

    memset(key, 0, sizeof *key);
    *block        = NULL;
    *block_length = 0;
    err           = load(allocator, encoded, block, block_length, &der);
    if (err == SSLNoErr) {
        start   = (uint8_t *)*block;
        scratch = start + *block_length - MAX_SCRATCH;
        err     = is_encrypted(der) ? read_encrypted(der, password, start, scratch, key)
                                    : read_plain(der, scratch, key);
    }
    if (err != SSLNoErr) {
        memset(key, 0, sizeof *key);
        sslr_release(allocator, block, *block_length);
        *block_length = 0;
    }
    return err == SSLUnsupportedErr ? SSLBadKeyErr : err; /* "of an unknown kind" */
}

SSLErr sslr_private_key_matches(const PrivateKey *key, const PublicKey *public_key)
{
    uint8_t point[MAX_CURVE_POINT];
    SSLErr  err;

    switch (key->type) {
    case KEY_RSA:
    case KEY_RSA_PSS:
        /* A plain RSA key may serve a certificate that restricts it to PSS, not the other way. */
        if ((public_key->type != key->type && public_key->type != KEY_RSA_PSS) ||
            !bytes_equal(key->rsa.n, public_key->rsa.n) ||
            !bytes_equal(key->rsa.e, public_key->rsa.e)) {
            return SSLKeyMismatchErr;
        }
        return SSLNoErr;
    case KEY_DSA:
        return public_key->type == KEY_DSA &&
                       bytes_equal(key->dsa.public_key.p, public_key->dsa.p) &&
                       bytes_equal(key->dsa.public_key.q, public_key->dsa.q) &&
                       bytes_equal(key->dsa.public_key.g, public_key->dsa.g) &&
                       bytes_equal(key->dsa.public_key.y, public_key->dsa.y)
                   ? SSLNoErr
                   : SSLKeyMismatchErr;
    case KEY_EC:
    case KEY_ED25519:
        if (public_key->type != key->type || public_key->curve != key->curve) {
            return SSLKeyMismatchErr;
        }
        err = sslr_curve_public(key->curve, NULL, key->scalar.data, point);
        if (err != SSLNoErr) {
            return err;
        }
        return bytes_equal(public_key->point, bytes_of(point, sslr_curve_point_size(key->curve)))
                   ? SSLNoErr
                   : SSLKeyMismatchErr;
    default:
        return SSLKeyMismatchErr;
    }
}

/* ---- the manual's RSA key as a value ---- */

/* Right-aligned. Not 0 if the number fits. */
static int put_number(uint8_t *field, size_t room, Bytes number)
{
    if (number.length > room) {
        return 0;
    }
    memcpy(field + room - number.length, number.data, number.length);
    return 1;
}

static SSLErr fill_rsa(const RsaPrivateKey *from, SSLRSAPrivateKey *to)
{
    uint8_t top;

    if (!put_number(to->modulus, sizeof to->modulus, from->n) ||
        !put_number(to->publicExponent, sizeof to->publicExponent, from->e) ||
        !put_number(to->exponent, sizeof to->exponent, from->d) ||
        !put_number(to->prime[0], sizeof to->prime[0], from->p) ||
        !put_number(to->prime[1], sizeof to->prime[1], from->q) ||
        !put_number(to->primeExponent[0], sizeof to->primeExponent[0], from->dp) ||
        !put_number(to->primeExponent[1], sizeof to->primeExponent[1], from->dq) ||
        !put_number(to->coefficient, sizeof to->coefficient, from->qinv)) {
        return SSLOverflowErr;
    }
    to->bits = (uint32)from->n.length * 8;
    for (top = from->n.data[0]; top < 0x80; top = (uint8_t)(top << 1)) {
        to->bits--;
    }
    return SSLNoErr;
}

SSLErr SSLDecodeRSAPrivateKey(SSLBuffer encoded, SSLRSAPrivateKey *key)
{
    uint8_t    decoded[6 * SSL_MAX_RSA_MODULUS_LEN]; /* 4.5 moduli and their headers */
    uint8_t    scratch[MAX_SCRATCH];
    Bytes      der = bytes_of(encoded.data, encoded.length);
    size_t     length;
    PemBlock   pem;
    PrivateKey parsed;
    SSLErr     err;

    if (encoded.data == NULL || key == NULL) {
        return SSLBadParameterErr;
    }
    memset(key, 0, sizeof *key);
    if (!is_der(der)) {
        if (find_key_block(der, &pem) != SSLNoErr) {
            return SSLBadKeyErr;
        }
        if (sslr_pem_room(&pem) > sizeof decoded) {
            return SSLOverflowErr;
        }
        if (sslr_pem_decode(&pem, decoded, &length) != SSLNoErr) {
            return SSLBadKeyErr;
        }
        der = bytes_of(decoded, length);
    }
    err = is_encrypted(der) ? SSLUnsupportedErr : read_plain(der, scratch, &parsed);
    if (err == SSLNoErr) {
        err = parsed.type == KEY_RSA ? fill_rsa(&parsed.rsa, key) : SSLUnsupportedErr;
    }
    if (err != SSLNoErr) {
        sslr_wipe(key, sizeof *key);
    }
    sslr_wipe(decoded, sizeof decoded);
    sslr_wipe(scratch, sizeof scratch);
    sslr_wipe(&parsed, sizeof parsed);
    return err;
}
