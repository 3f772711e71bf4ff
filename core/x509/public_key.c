/*
 * public_key.c - SubjectPublicKeyInfo (RFC 5280 4.1.2.7, 3279, 4055, 5480, 8410) and the checks
 * that a key of a stranger must pass before anything is computed with it. Whether a sound key is
 * long enough is policy: path.c. Called by parse.c and, through x509.h, by identities.
 */
#include "parts.h"

#define MIN_DSA_BITS 512
#define MAX_DSA_BITS 3072

enum {
    ALGORITHM_RSA = 1,
    ALGORITHM_RSA_PSS,
    ALGORITHM_EC,
    ALGORITHM_ED25519,
    ALGORITHM_DSA
};

static const OidRow key_oids[] = {
    {ALGORITHM_RSA, 9, {0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01}},
    {ALGORITHM_RSA_PSS, 9, {0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x0A}},
    {ALGORITHM_EC, 7, {0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01}},
    {ALGORITHM_ED25519, 3, {0x2B, 0x65, 0x70}},
    {ALGORITHM_DSA, 7, {0x2A, 0x86, 0x48, 0xCE, 0x38, 0x04, 0x01}},
};

static const OidRow curve_oids[] = {
    {CURVE_P256, 8, {0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07}},
    {CURVE_P384, 5, {0x2B, 0x81, 0x04, 0x00, 0x22}},
    {CURVE_P521, 5, {0x2B, 0x81, 0x04, 0x00, 0x23}},
};

CurveId sslr_x509_curve(Bytes oid)
{
    return (CurveId)sslr_oid_find(curve_oids, sizeof curve_oids / sizeof curve_oids[0], oid);
}

/* Of a number without leading zeros. */
static size_t bit_length(Bytes number)
{
    size_t  bits = number.length * 8;
    uint8_t top;

    if (number.length == 0) {
        return 0;
    }
    for (top = number.data[0]; top < 0x80; top = (uint8_t)(top << 1)) {
        bits--;
    }
    return bits;
}

/* Of two numbers without leading zeros: below, equal, above 0. */
static int compare(Bytes a, Bytes b)
{
    if (a.length != b.length) {
        return a.length < b.length ? -1 : 1;
    }
    return a.length == 0 ? 0 : memcmp(a.data, b.data, a.length);
}

/* CVE-2017-15361 (ROCA): moduli made by a widespread chip are powers of 65537 modulo every small
 * prime, and can be factored. These 17 primes say so with 4 false alarms in 10^9. */
static int is_roca(Bytes n)
{
    static const uint8_t primes[17] = {11, 13, 17,  19,  37,  53,  61,  71, 73,
                                       79, 97, 103, 107, 109, 127, 151, 157};
    size_t               i, k;

    for (i = 0; i < sizeof primes; i++) {
        unsigned p = primes[i], rest = 0, power = 1;

        for (k = 0; k < n.length; k++) {
            rest = (rest << 8 | n.data[k]) % p;
        }
        while (power != rest) {
            power = power * (65537 % p) % p;
            if (power == 1) {
                return 0; /* around, and not met */
            }
        }
    }
    return 1;
}

/* RSAPublicKey ::= SEQUENCE { modulus, publicExponent } */
static SSLErr read_rsa(Bytes bits, int thorough, PublicKey *key, const char **rule)
{
    Der outer, der = sslr_der_sequence(bits, &outer);

    key->rsa.n = sslr_der_unsigned(&der, DER_INTEGER);
    key->rsa.e = sslr_der_unsigned(&der, DER_INTEGER);
    if (!sslr_der_closed(&outer, &der)) {
        return sslr_x509_broken(rule, X509BadKeyErr, "the RSA key is malformed");
    }
    key->bits = bit_length(key->rsa.n);
    if (key->bits > MAX_RSA_BITS) { /* CVE-2023-6237: the time to verify grows with it */
        return sslr_x509_broken(rule, X509BadKeyErr, "the RSA key is too long");
    }
    if (sslr_rsa_check_public(&key->rsa) != SSLNoErr) {
        return sslr_x509_broken(rule, X509BadKeyErr,
                                "modulus or exponent of the RSA key is out of range");
    }
    if (thorough && is_roca(key->rsa.n)) {
        return sslr_x509_broken(rule, X509BadKeyErr,
                                "the RSA key was made by a flawed generator (ROCA)");
    }
    return SSLNoErr;
}

/* RFC 5480 2.1.1: the parameters are the name of a curve. CVE-2020-0601: explicit parameters, equal
 * to a known curve but for the generator, made anybody the owner of a trusted root's point. */
static SSLErr read_ec(Bytes parameters, Bytes point, int thorough, PublicKey *key,
                      const char **rule)
{
    Der    der  = sslr_der_open(parameters);
    Bytes  name = sslr_der_oid(&der);
    SSLErr err  = SSLNoErr;

    if (!sslr_der_done(&der)) {
        return sslr_x509_broken(rule, X509BadKeyErr, "the elliptic curve is not given by name");
    }
    key->curve = sslr_x509_curve(name);
    if (key->curve == CURVE_NONE) {
        key->type = KEY_NONE;
        return SSLNoErr;
    }
    key->point = point;
    key->bits  = key->curve == CURVE_P256 ? 256 : key->curve == CURVE_P384 ? 384 : 521;
    if (point.length != sslr_curve_point_size(key->curve) || point.data[0] != 0x04) {
        return sslr_x509_broken(rule, X509BadKeyErr,
                                "the point is not in the uncompressed form of its curve");
    }
    if (thorough) {
        err = sslr_curve_check_point(key->curve, point.data, point.length);
    }
    return err == SSLProtocolErr
               ? sslr_x509_broken(rule, X509BadKeyErr, "the point is not on its curve")
               : err;
}

static SSLErr read_ed25519(Bytes parameters, Bytes point, PublicKey *key, const char **rule)
{
    key->curve = CURVE_ED25519;
    key->bits  = 256;
    key->point = point;
    if (parameters.length != 0 || point.length != 32) {
        return sslr_x509_broken(rule, X509BadKeyErr, "the Ed25519 key is malformed");
    }
    return SSLNoErr;
}

/* FIPS 186-4 4.2 (sizes), those of 1994 too, and 160 bits of q behind any p, as OpenSSL before 1.0
 * made them; the ranges of the numbers. What is too short for today the policy says (path.c); that
 * q divides p - 1 is checked where the key is used. Parameters inherited from the issuer (RFC
 * 3279 2.3.2) are refused. */
static SSLErr read_dsa(Bytes parameters, Bytes bits, PublicKey *key, const char **rule)
{
    static const uint8_t one   = 1;
    Bytes                unit  = bytes_of(&one, 1);
    DsaPublicKey        *dsa   = &key->dsa;
    Der                  value = sslr_der_open(bits), outer = sslr_der_open(parameters), der;
    size_t               q_bits;

    der    = sslr_der_enter(&outer, DER_SEQUENCE);
    dsa->p = sslr_der_unsigned(&der, DER_INTEGER);
    dsa->q = sslr_der_unsigned(&der, DER_INTEGER);
    dsa->g = sslr_der_unsigned(&der, DER_INTEGER);
    sslr_der_leave(&outer, &der);
    dsa->y = sslr_der_unsigned(&value, DER_INTEGER);
    if (!sslr_der_done(&outer) || !sslr_der_done(&value)) {
        return sslr_x509_broken(rule, X509BadKeyErr, "the DSA key is malformed");
    }
    key->bits = bit_length(dsa->p);
    q_bits    = bit_length(dsa->q);
    /* FIPS 186 pairs p and q, but OpenSSL's dsaparam has made 1024 with 224 too. */
    if (key->bits < MIN_DSA_BITS || key->bits > MAX_DSA_BITS ||
        (q_bits != 160 && q_bits != 224 && q_bits != 256)) {
        return sslr_x509_broken(rule, X509BadKeyErr, "the DSA key has an unusual size");
    }
    if ((dsa->p.data[dsa->p.length - 1] & 1) == 0 || (dsa->q.data[dsa->q.length - 1] & 1) == 0 ||
        compare(dsa->g, unit) <= 0 || compare(dsa->g, dsa->p) >= 0 || compare(dsa->y, unit) <= 0 ||
        compare(dsa->y, dsa->p) >= 0) {
        return sslr_x509_broken(rule, X509BadKeyErr,
                                "the numbers of the DSA key do not fit together");
    }
    return SSLNoErr;
}

/* By algorithm. What is unknown stays KEY_NONE. */
static SSLErr read_by_algorithm(const Algorithm *algorithm, Bytes bits, int thorough,
                                PublicKey *key, const char **rule)
{
    Der           null = sslr_der_open(algorithm->parameters);
    PssParameters pss;

    switch (sslr_oid_find(key_oids, sizeof key_oids / sizeof key_oids[0], algorithm->oid)) {
    case ALGORITHM_RSA:
        key->type = KEY_RSA;
        sslr_der_optional_null(&null); /* RFC 3279 2.3.1: NULL; absent is tolerated by all */
        return sslr_der_done(&null)
                   ? read_rsa(bits, thorough, key, rule)
                   : sslr_x509_broken(rule, X509BadKeyErr, "the RSA key has unknown parameters");
    case ALGORITHM_RSA_PSS:
        key->type = KEY_RSA_PSS;
        if (algorithm->parameters.length > 0) { /* RFC 4055 3.3: a restriction */
            if (!sslr_x509_read_pss(algorithm->parameters, &pss)) {
                return sslr_x509_broken(rule, X509BadKeyErr,
                                        "the RSA-PSS key has unusable parameters");
            }
            key->pss_hash = pss.hash;
            key->pss_salt = pss.salt_length;
        }
        return read_rsa(bits, thorough, key, rule);
    case ALGORITHM_EC:
        key->type = KEY_EC;
        return read_ec(algorithm->parameters, bits, thorough, key, rule);
    case ALGORITHM_ED25519:
        key->type = KEY_ED25519;
        return read_ed25519(algorithm->parameters, bits, key, rule);
    case ALGORITHM_DSA:
        key->type = KEY_DSA;
        return read_dsa(algorithm->parameters, bits, key, rule);
    default:
        return SSLNoErr;
    }
}

SSLErr sslr_x509_read_key(Bytes spki, int thorough, PublicKey *key, const char **rule)
{
    Der       outer, der = sslr_der_sequence(spki, &outer);
    Algorithm algorithm = sslr_x509_take_algorithm(&der);
    Bytes     bits      = sslr_der_octet_bits(&der);
    SSLErr    err;

    memset(key, 0, sizeof *key);
    if (!sslr_der_closed(&outer, &der)) {
        return sslr_x509_broken(rule, ASNBadEncodingErr, "the public key is not DER");
    }
    err = read_by_algorithm(&algorithm, bits, thorough, key, rule);
    if (err != SSLNoErr) {
        memset(key, 0, sizeof *key);
    }
    return err;
}

SSLErr sslr_x509_parse_key(Bytes spki, PublicKey *key)
{
    return sslr_x509_read_key(spki, 1, key, NULL);
}

int sslr_x509_key_is_long_enough(const PublicKey *key, uint32_t flags)
{
    size_t least = (flags & SSL_TrustAllowShortKeys) != 0 ? 1024 : 2048;

    return (key->type != KEY_RSA && key->type != KEY_RSA_PSS && key->type != KEY_DSA) ||
           key->bits >= least;
}
