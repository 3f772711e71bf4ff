/*
 * dsa.c - verification of DSA signatures, for certificates and handshakes of old peers. There is no
 * signing. Called by core/.
 */
#include "crypto.h"

#include "number.h"
#include "signature_der.h"

typedef struct DsaNumbers {
    Big p, q, g, y;
} DsaNumbers;

/* Sizes before any arithmetic: the numbers are the peer's, and time grows with the cube. */
static void load_key(Workspace *work, const DsaPublicKey *key, DsaNumbers *numbers)
{
    int p_bits, q_bits;
    Big rest;

    sslr_work_require(work,
                      key->p.length <= 3072 / 8 && key->q.length <= 256 / 8 &&
                          key->g.length <= key->p.length && key->y.length <= key->p.length,
                      SSLProtocolErr);
    if (work->err != SSLNoErr) {
        return;
    }
    numbers->p = sslr_big_read(work, key->p.data, key->p.length);
    numbers->q = sslr_big_read(work, key->q.data, key->q.length);
    numbers->g = sslr_big_read(work, key->g.data, key->g.length);
    numbers->y = sslr_big_read(work, key->y.data, key->y.length);
    p_bits     = sslr_big_bits(work, numbers->p);
    q_bits     = sslr_big_bits(work, numbers->q);
    sslr_work_require(work, p_bits >= 1024 && q_bits >= 160, SSLProtocolErr);
    sslr_work_require(work, sslr_big_is_odd(work, numbers->p) && sslr_big_is_odd(work, numbers->q),
                      SSLProtocolErr);
    sslr_work_require(work,
                      sslr_big_is_inside(work, 1, numbers->g, numbers->p) &&
                          sslr_big_is_inside(work, 1, numbers->y, numbers->p),
                      SSLProtocolErr);
    /* FIPS 186-4 4.1: q divides p - 1. */
    rest = sslr_big_new(work);
    sslr_big_sub_small(work, numbers->p, 1, rest);
    sslr_big_mod(work, rest, numbers->q, rest);
    sslr_work_require(work, sslr_big_is_zero(work, rest), SSLProtocolErr);
}

static int in_range(const Workspace *work, Big a, Big q)
{
    return !sslr_big_is_zero(work, a) && sslr_big_less(work, a, q);
}

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
    load_key(&work, key, &numbers);
    if (work.err == SSLNoErr) {
        size_t bits = (size_t)sslr_big_bits(&work, numbers.q);
        Big    z    = sslr_big_leftmost(&work, digest, digest_length, bits);
        Big    r    = sslr_big_read(&work, r_bytes.data, r_bytes.length);
        Big    s    = sslr_big_read(&work, s_bytes.data, s_bytes.length);

        verify(&work, &numbers, z, r, s);
    }
    return sslr_work_end(&work);
}
