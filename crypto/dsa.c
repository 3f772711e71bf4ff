/*
 * dsa.c - DSA, for the certificates and handshakes of old peers: checks of keys, verifying,
 * signing. Nonces are signing.c's, the DER form signature_der.c's. No key files. Called by core/.
 */
#include "crypto.h"

#include "number.h"
#include "signature_der.h"
#include "signing.h"

#define MIN_P_BITS 512
#define MAX_P_SIZE MAX_DSA_P_SIZE
#define MAX_Q_SIZE (256 / 8)
/* Of the random multiple of q that is added to an exponent. */
#define EXPONENT_BLINDING_BITS 64

/* ---- keys ---- */

typedef struct DsaNumbers {
    Big p, q, g, y;
} DsaNumbers;

/* Sizes before any arithmetic: the numbers may be the peer's, and time grows with the cube. err is
 * for whatever is wrong with them. */
static void load_key(Workspace *work, const DsaPublicKey *key, SSLErr err, DsaNumbers *numbers)
{
    int p_bits, q_bits;
    Big rest;

    sslr_work_require(work,
                      key->p.length <= MAX_P_SIZE && key->q.length <= MAX_Q_SIZE &&
                          key->g.length <= key->p.length && key->y.length <= key->p.length,
                      err);
    if (work->err != SSLNoErr) {
        return;
    }
    numbers->p = sslr_big_read(work, key->p.data, key->p.length);
    numbers->q = sslr_big_read(work, key->q.data, key->q.length);
    numbers->g = sslr_big_read(work, key->g.data, key->g.length);
    numbers->y = sslr_big_read(work, key->y.data, key->y.length);
    p_bits     = sslr_big_bits(work, numbers->p);
    q_bits     = sslr_big_bits(work, numbers->q);
    sslr_work_require(work, p_bits >= MIN_P_BITS && q_bits >= 160, err);
    sslr_work_require(work, sslr_big_is_odd(work, numbers->p) && sslr_big_is_odd(work, numbers->q),
                      err);
    sslr_work_require(work,
                      sslr_big_is_inside(work, 1, numbers->g, numbers->p) &&
                          sslr_big_is_inside(work, 1, numbers->y, numbers->p),
                      err);
    /* FIPS 186-4 4.1: q divides p - 1. */
    rest = sslr_big_new(work);
    sslr_big_sub_small(work, numbers->p, 1, rest);
    sslr_big_mod(work, rest, numbers->q, rest);
    sslr_work_require(work, sslr_big_is_zero(work, rest), err);
}

static int in_range(const Workspace *work, Big a, Big q)
{
    return !sslr_big_is_zero(work, a) && sslr_big_less(work, a, q);
}

/* ---- verifying ---- */

/* FIPS 186-4 4.7 */
static void verify(Workspace *work, const DsaNumbers *key, Big z, Big r, Big s)
{
    size_t bits = (size_t)sslr_big_bits(work, key->q);
    Big    w    = sslr_big_new(work);
    Big    u    = sslr_big_new(work);
    Big    v    = sslr_big_new(work);

    sslr_work_require(work, in_range(work, r, key->q) && in_range(work, s, key->q), SSLProtocolErr);
    sslr_big_invert_prime(work, s, key->q, w);
    sslr_big_mul_mod(work, z, w, key->q, u);
    sslr_big_power(work, key->g, u, bits, key->p, v);
    sslr_big_mul_mod(work, r, w, key->q, u);
    sslr_big_power(work, key->y, u, bits, key->p, u);
    sslr_big_mul_mod(work, v, u, key->p, v);
    sslr_big_mod(work, v, key->q, v);
    sslr_work_require(work, sslr_big_equal(work, v, r), SSLProtocolErr);
}

SSLErr sslr_dsa_verify(const DsaPublicKey *key, const uint8_t *digest, size_t digest_length,
                       const uint8_t *signature, size_t signature_length)
{
    Workspace  work;
    DsaNumbers numbers;
    Number     r_bytes = {NULL, 0}, s_bytes = {NULL, 0};
    SSLErr     err = sslr_signature_parse(signature, signature_length, &r_bytes, &s_bytes);

    sslr_work_begin(&work);
    sslr_work_require(&work, err == SSLNoErr, err);
    load_key(&work, key, SSLProtocolErr, &numbers);
    if (work.err == SSLNoErr) {
        size_t bits = (size_t)sslr_big_bits(&work, numbers.q);
        Big    z    = sslr_big_leftmost(&work, digest, digest_length, bits);
        Big    r    = sslr_big_read(&work, r_bytes.data, r_bytes.length);
        Big    s    = sslr_big_read(&work, s_bytes.data, s_bytes.length);

        verify(&work, &numbers, z, r, s);
    }
    return sslr_work_end(&work);
}

/* ---- the private key ---- */

static Big load_private(Workspace *work, const DsaPrivateKey *key, DsaNumbers *numbers)
{
    Big x = NULL;

    load_key(work, &key->public_key, SSLBadKeyErr, numbers);
    sslr_work_require(work, key->x.length <= key->public_key.q.length, SSLBadKeyErr);
    if (work->err == SSLNoErr) {
        x = sslr_big_read(work, key->x.data, key->x.length);
        sslr_work_require(work, in_range(work, x, numbers->q), SSLBadKeyErr);
    }
    return x;
}

SSLErr sslr_dsa_check_private(const DsaPrivateKey *key)
{
    Workspace  work;
    DsaNumbers numbers;
    Big        x, power, one;

    sslr_work_begin(&work);
    x = load_private(&work, key, &numbers);
    if (work.err == SSLNoErr) {
        size_t bits = (size_t)sslr_big_bits(&work, numbers.q);

        power = sslr_big_new(&work);
        one   = sslr_big_new(&work);
        sslr_big_set(&work, one, 1);
        sslr_big_power(&work, numbers.g, numbers.q, bits, numbers.p, power);
        sslr_work_require(&work, sslr_big_equal(&work, power, one), SSLBadKeyErr);
        sslr_big_power(&work, numbers.g, x, bits, numbers.p, power);
        sslr_work_require(&work, sslr_big_equal(&work, power, numbers.y), SSLBadKeyErr);
    }
    return sslr_work_end(&work);
}

SSLErr sslr_dsa_public(const DsaPrivateKey *key, uint8_t *y)
{
    DsaPrivateKey with_y = *key;
    Workspace     work;
    DsaNumbers    numbers;
    Big           x, power;

    with_y.public_key.y = key->public_key.g; /* in range, whatever else is wrong with it */
    sslr_work_begin(&work);
    x = load_private(&work, &with_y, &numbers);
    if (work.err == SSLNoErr) {
        power = sslr_big_new(&work);
        sslr_big_power(&work, numbers.g, x, (size_t)sslr_big_bits(&work, numbers.q), numbers.p,
                       power);
        sslr_big_write(&work, power, y, key->public_key.p.length);
    }
    return sslr_work_end(&work);
}

/* ---- signing ---- */

/* out = g ^ k mod p. The exponent becomes k + t q, t fresh: a nonce with zeros in front takes as
 * long as any other (Brumley and Tuveri 2011; a few bits of many nonces give the key away), and
 * what leaks through the window look-ups differs from run to run. */
static void power_nonce(Workspace *work, const DsaNumbers *key, const CryptoRandom *random, Big k,
                        Big out)
{
    size_t mark     = work->count;
    size_t bits     = (size_t)sslr_big_bits(work, key->q) + EXPONENT_BLINDING_BITS + 1;
    Big    exponent = sslr_big_new(work);
    Big    t;

    if (random != NULL) {
        t = sslr_big_random(work, random, sslr_big_power_of_two(work, EXPONENT_BLINDING_BITS));
        sslr_big_mul(work, key->q, t, exponent);
    }
    sslr_big_add(work, exponent, k, exponent);
    sslr_big_power(work, key->g, exponent, bits, key->p, out);
    sslr_work_release(work, mark);
}

/* FIPS 186-4 4.6. Zeros are possible in theory. */
static void sign(Workspace *work, const DsaNumbers *key, const CryptoRandom *random,
                 NonceSource *source, Big x, Big z, Big r, Big s)
{
    size_t mark = work->count;

    while (work->err == SSLNoErr) {
        Big k     = sslr_nonce_next(work, source);
        Big power = sslr_big_new(work);

        power_nonce(work, key, random, k, power);
        sslr_big_mod(work, power, key->q, r);
        sslr_sign_equation(work, key->q, random, k, r, x, z, s);
        sslr_work_release(work, mark);
        if (!sslr_big_is_zero(work, r) && !sslr_big_is_zero(work, s)) {
            return;
        }
    }
}

SSLErr sslr_dsa_sign(const DsaPrivateKey *key, const CryptoRandom *random, HashId hash,
                     const uint8_t *digest, size_t digest_length, uint8_t *signature,
                     size_t *signature_length)
{
    uint8_t     r_bytes[MAX_Q_SIZE], s_bytes[MAX_Q_SIZE];
    size_t      width = key->public_key.q.length;
    Workspace   work;
    DsaNumbers  numbers;
    NonceSource source;
    Big         x, z, r, s;
    SSLErr      err;

    *signature_length = 0;
    sslr_work_begin(&work);
    x = load_private(&work, key, &numbers);
    if (work.err == SSLNoErr) {
        z = sslr_big_leftmost(&work, digest, digest_length,
                              (size_t)sslr_big_bits(&work, numbers.q));
        r = sslr_big_new(&work);
        s = sslr_big_new(&work);
        sslr_nonce_begin(&work, &source, numbers.q, hash == HASH_NONE ? HASH_SHA256 : hash, x, z,
                         random);
        sign(&work, &numbers, random, &source, x, z, r, s);
        sslr_big_write(&work, r, r_bytes, width);
        sslr_big_write(&work, s, s_bytes, width);
        sslr_wipe(&source, sizeof(source));
    }
    err = sslr_work_end(&work);
    if (err != SSLNoErr) {
        sslr_wipe(signature, MAX_DSA_SIZE);
        return err;
    }
    *signature_length = sslr_signature_build(r_bytes, s_bytes, width, signature);
    return SSLNoErr;
}
