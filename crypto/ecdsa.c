/*
 * ecdsa.c - ECDSA on the NIST curves: the hedged nonce of RFC 6979, signing, verifying. Curves and
 * points are ecc.c's, the DER form signature_der.c's. Called by core/.
 */
#include "crypto.h"

#include <string.h>

#include "ecc.h"
#include "signature_der.h"

#define HEDGE_SIZE 32

/* ---- the nonce ---- */

/* HMAC_DRBG as RFC 6979 3.2 runs it. */
typedef struct NonceSource {
    HashId  hash;
    size_t  hash_size;
    uint8_t key[MAX_HASH_SIZE], value[MAX_HASH_SIZE];
} NonceSource;

/* K = HMAC_K(V || round || seed), V = HMAC_K(V) */
static void stir(NonceSource *source, uint8_t round, const uint8_t *seed, size_t seed_length)
{
    HmacState hmac;

    sslr_hmac_init(&hmac, source->hash, source->key, source->hash_size);
    sslr_hmac_update(&hmac, source->value, source->hash_size);
    sslr_hmac_update(&hmac, &round, 1);
    if (seed_length != 0) {
        sslr_hmac_update(&hmac, seed, seed_length);
    }
    sslr_hmac_final(&hmac, source->key);
    sslr_hmac(source->hash, source->key, source->hash_size, source->value, source->hash_size,
              source->value);
}

/* Steps b to g. The seed is private key, digest and, by section 3.6, what was drawn freshly: a
 * broken random source leaves RFC 6979, a fault in one run cannot be repeated in the next. */
static void open_nonce_source(Workspace *work, NonceSource *source, const Curve *curve, HashId hash,
                              const uint8_t *scalar, Big digest, const CryptoRandom *random)
{
    uint8_t seed[2 * MAX_CURVE_SCALAR + HEDGE_SIZE];
    size_t  length  = 2 * curve->size;
    Big     reduced = sslr_big_new(work);

    source->hash      = hash;
    source->hash_size = sslr_hash_size(hash);
    memset(source->key, 0x00, sizeof(source->key));
    memset(source->value, 0x01, sizeof(source->value));
    sslr_big_mod(work, digest, curve->n, reduced);
    sslr_work_require(work, source->hash_size != 0, SSLCryptoErr);
    if (work->err != SSLNoErr) {
        return;
    }
    memcpy(seed, scalar, curve->size);
    sslr_big_write(work, reduced, seed + curve->size, curve->size);
    if (random != NULL) {
        SSLErr err = random->fill(random->ref, seed + length, HEDGE_SIZE);

        sslr_work_require(work, err == SSLNoErr, err);
        length += HEDGE_SIZE;
    }
    if (work->err == SSLNoErr) {
        stir(source, 0x00, seed, length);
        stir(source, 0x01, seed, length);
    }
    sslr_wipe(seed, sizeof(seed));
}

/* Step h: the next number in 1 .. n - 1. A candidate outside is dropped, as the RFC demands; with
 * these curves that happens once in 2^32 runs or less. */
static Big next_nonce(Workspace *work, NonceSource *source, const Curve *curve)
{
    uint8_t candidate[MAX_CURVE_SCALAR + MAX_HASH_SIZE];
    size_t  mark = work->count;
    Big     k    = NULL;

    while (work->err == SSLNoErr) {
        size_t filled = 0;

        while (filled < curve->size) {
            sslr_hmac(source->hash, source->key, source->hash_size, source->value,
                      source->hash_size, source->value);
            memcpy(candidate + filled, source->value, source->hash_size);
            filled += source->hash_size;
        }
        k = sslr_big_leftmost(work, candidate, filled, curve->order_bits);
        stir(source, 0x00, NULL, 0);
        if (!sslr_big_is_zero(work, k) && sslr_big_less(work, k, curve->n)) {
            break;
        }
        sslr_work_release(work, mark);
    }
    sslr_wipe(candidate, sizeof(candidate));
    return k;
}

/* ---- signing ---- */

/* s = (e + r d) / k mod n. Every factor is multiplied by a random number first, so that neither the
 * product r d nor the inversion of k happens on values that a watcher could link: (b e + r (b d)) /
 * (b k). */
static void compute_s(Workspace *work, const Curve *curve, const CryptoRandom *random, Big k, Big r,
                      Big d, Big e, Big s)
{
    size_t mark = work->count;
    Big    sum  = sslr_big_new(work);
    Big    blind;

    if (random != NULL) {
        blind = sslr_big_random(work, random, curve->n);
    } else {
        blind = sslr_big_new(work);
        sslr_big_set(work, blind, 1);
    }
    sslr_big_mul_mod(work, blind, d, curve->n, sum);
    sslr_big_mul_mod(work, sum, r, curve->n, sum);
    sslr_big_mul_mod(work, blind, e, curve->n, s);
    sslr_big_add_mod(work, sum, s, curve->n, sum);
    sslr_big_mul_mod(work, blind, k, curve->n, s);
    sslr_big_invert_prime(work, s, curve->n, s);
    sslr_big_mul_mod(work, s, sum, curve->n, s);
    sslr_work_release(work, mark);
}

static void sign(Workspace *work, const Curve *curve, const CryptoRandom *random,
                 NonceSource *source, Big d, Big e, Big r, Big s)
{
    size_t mark = work->count;

    while (work->err == SSLNoErr) {
        Big       k     = next_nonce(work, source, curve);
        ecc_point point = sslr_point_new(work);

        sslr_point_multiply(work, curve, random, k, &curve->g, &point);
        sslr_big_mod(work, point.x, curve->n, r);
        compute_s(work, curve, random, k, r, d, e, s);
        sslr_work_release(work, mark);
        /* FIPS 186-4 6.4: zero is possible in theory. */
        if (!sslr_big_is_zero(work, r) && !sslr_big_is_zero(work, s)) {
            return;
        }
    }
}

SSLErr sslr_ecdsa_sign(CurveId id, const CryptoRandom *random, const uint8_t *scalar, HashId hash,
                       const uint8_t *digest, size_t digest_length, uint8_t *signature,
                       size_t *signature_length)
{
    uint8_t     r_bytes[MAX_CURVE_SCALAR], s_bytes[MAX_CURVE_SCALAR];
    Workspace   work;
    Curve       curve;
    NonceSource source;
    Big         d, e, r, s;
    SSLErr      err;

    *signature_length = 0;
    sslr_work_begin(&work);
    sslr_curve_load(&work, &curve, id);
    d = sslr_scalar_read(&work, &curve, scalar);
    e = sslr_big_leftmost(&work, digest, digest_length, curve.order_bits);
    r = sslr_big_new(&work);
    s = sslr_big_new(&work);
    open_nonce_source(&work, &source, &curve, hash == HASH_NONE ? HASH_SHA256 : hash, scalar, e,
                      random);
    sign(&work, &curve, random, &source, d, e, r, s);
    sslr_big_write(&work, r, r_bytes, curve.size);
    sslr_big_write(&work, s, s_bytes, curve.size);
    sslr_wipe(&source, sizeof(source));
    err = sslr_work_end(&work);
    if (err != SSLNoErr) {
        sslr_wipe(signature, 2 * sslr_curve_scalar_size(id));
        return err;
    }
    *signature_length = sslr_signature_build(r_bytes, s_bytes, curve.size, signature);
    return SSLNoErr;
}

/* ---- verifying: nothing here is secret ---- */

static void note_status(Workspace *work, int status)
{
    sslr_work_require(work, status != CRYPT_MEM, SSLMemoryErr);
    sslr_work_require(work, status == CRYPT_OK, SSLCryptoErr);
}

static void copy_point(Workspace *work, const ecc_point *from, ecc_point *to)
{
    sslr_big_copy(work, from->x, to->x);
    sslr_big_copy(work, from->y, to->y);
    sslr_big_copy(work, from->z, to->z);
}

static void double_point(Workspace *work, const Montgomery *field, ecc_point *a, ecc_point *out)
{
    if (work->err == SSLNoErr) {
        note_status(work, ltc_mp.ecc_ptdbl(a, out, field->modulus, field->digit));
    }
}

/* Points of which at least the x are the same: twice the point, or infinity (z = 0). az and bz are
 * the squares of the z. */
static void add_same_x(Workspace *work, const Montgomery *field, ecc_point *a, ecc_point *b, Big az,
                       Big bz, ecc_point *out)
{
    sslr_montgomery_mul(work, field, az, a->z, az);
    sslr_montgomery_mul(work, field, az, b->y, az);
    sslr_montgomery_mul(work, field, bz, b->z, bz);
    sslr_montgomery_mul(work, field, bz, a->y, bz);
    if (sslr_big_equal(work, az, bz)) {
        double_point(work, field, a, out);
    } else {
        sslr_big_set(work, out->z, 0);
    }
}

/* The library's addition, completed. On its own it doubles a point that is added to its negative,
 * and gives zero for a point added to itself in another representation; a peer that knows its key
 * can arrange both. out may be a or b. */
static void add_points(Workspace *work, const Montgomery *field, ecc_point *a, ecc_point *b,
                       ecc_point *out)
{
    size_t mark = work->count;
    Big    az   = sslr_big_new(work);
    Big    bz   = sslr_big_new(work);
    Big    ax   = sslr_big_new(work);
    Big    bx   = sslr_big_new(work);

    sslr_montgomery_mul(work, field, a->z, a->z, az);
    sslr_montgomery_mul(work, field, b->z, b->z, bz);
    sslr_montgomery_mul(work, field, a->x, bz, ax);
    sslr_montgomery_mul(work, field, b->x, az, bx);
    if (sslr_big_is_zero(work, a->z)) {
        copy_point(work, b, out);
    } else if (sslr_big_is_zero(work, b->z)) {
        copy_point(work, a, out);
    } else if (sslr_big_equal(work, ax, bx)) {
        add_same_x(work, field, a, b, az, bz, out);
    } else if (work->err == SSLNoErr) {
        note_status(work, ltc_mp.ecc_ptadd(a, b, out, field->modulus, field->digit));
    }
    sslr_work_release(work, mark);
}

static void enter_point(Workspace *work, const Montgomery *field, const ecc_point *from,
                        ecc_point *to)
{
    sslr_montgomery_enter(work, field, from->x, to->x);
    sslr_montgomery_enter(work, field, from->y, to->y);
    sslr_big_copy(work, field->one, to->z);
}

/* table[4 a + b] = a G + b Q */
static void fill_table(Workspace *work, const Montgomery *field, const ecc_point *g,
                       const ecc_point *q, ecc_point table[16])
{
    int i;

    for (i = 0; i < 16; i++) {
        table[i] = sslr_point_new(work);
    }
    enter_point(work, field, q, &table[1]);
    enter_point(work, field, g, &table[4]);
    for (i = 2; i < 16; i++) {
        if (i > 4) {
            add_points(work, field, &table[i - 4], &table[4], &table[i]);
        } else if (i < 4) {
            add_points(work, field, &table[i - 1], &table[1], &table[i]);
        }
    }
}

/* out = u1 G + u2 Q, both scalars at once (Shamir), two bits at a time. Projective and in
 * Montgomery's form. */
static void multiply_both(Workspace *work, const Curve *curve, const Montgomery *field, Big u1,
                          Big u2, const ecc_point *q, ecc_point *out)
{
    uint8_t   a[MAX_CURVE_SCALAR], b[MAX_CURVE_SCALAR];
    ecc_point table[16];
    size_t    i;

    sslr_big_write(work, u1, a, curve->size);
    sslr_big_write(work, u2, b, curve->size);
    fill_table(work, field, &curve->g, q, table);
    for (i = 0; i < 4 * curve->size && work->err == SSLNoErr; i++) {
        unsigned shift  = 6 - 2 * (unsigned)(i % 4);
        unsigned window = ((a[i / 4] >> shift) & 3u) * 4 + ((b[i / 4] >> shift) & 3u);

        double_point(work, field, out, out);
        double_point(work, field, out, out);
        add_points(work, field, out, &table[window], out);
    }
}

/* Whether r = (x / z^2 mod p) mod n, without a division: x = c z^2 for c = r or, as p may exceed n,
 * c = r + n. Infinity never matches. */
static int has_coordinate(Workspace *work, const Curve *curve, const Montgomery *field,
                          const ecc_point *point, Big r)
{
    Big square    = sslr_big_new(work);
    Big candidate = sslr_big_new(work);
    Big left      = sslr_big_new(work);
    int found     = 0;

    if (sslr_big_is_zero(work, point->z)) {
        return 0;
    }
    sslr_montgomery_mul(work, field, point->z, point->z, square);
    sslr_big_copy(work, r, candidate);
    while (!found && sslr_big_less(work, candidate, curve->p)) {
        sslr_montgomery_enter(work, field, candidate, left);
        sslr_montgomery_mul(work, field, left, square, left);
        found = sslr_big_equal(work, left, point->x);
        sslr_big_add(work, candidate, curve->n, candidate);
    }
    return found;
}

static int in_range(const Workspace *work, const Curve *curve, Big a)
{
    return !sslr_big_is_zero(work, a) && sslr_big_less(work, a, curve->n);
}

/* FIPS 186-4 6.4, SEC 1 4.1.4 */
static void verify(Workspace *work, const Curve *curve, const ecc_point *q, Big e, Big r, Big s)
{
    Montgomery field;
    ecc_point  point;
    Big        u1 = sslr_big_new(work);
    Big        u2 = sslr_big_new(work);
    Big        w  = sslr_big_new(work);

    sslr_work_require(work, in_range(work, curve, r) && in_range(work, curve, s), SSLProtocolErr);
    sslr_big_invert_prime(work, s, curve->n, w);
    sslr_big_mul_mod(work, e, w, curve->n, u1);
    sslr_big_mul_mod(work, r, w, curve->n, u2);
    point = sslr_point_new(work);
    sslr_montgomery_begin(work, &field, curve->p);
    multiply_both(work, curve, &field, u1, u2, q, &point);
    sslr_work_require(work, has_coordinate(work, curve, &field, &point, r), SSLProtocolErr);
    sslr_montgomery_end(&field);
}

SSLErr sslr_ecdsa_verify(CurveId id, const uint8_t *point, size_t point_length,
                         const uint8_t *digest, size_t digest_length, const uint8_t *signature,
                         size_t signature_length)
{
    Workspace work;
    Curve     curve;
    Number    r_bytes = {NULL, 0}, s_bytes = {NULL, 0};
    ecc_point q;
    Big       e, r, s;
    SSLErr    err = sslr_signature_parse(signature, signature_length, &r_bytes, &s_bytes);

    sslr_work_begin(&work);
    sslr_work_require(&work, err == SSLNoErr, err);
    sslr_curve_load(&work, &curve, id);
    sslr_work_require(&work, r_bytes.length <= curve.size && s_bytes.length <= curve.size,
                      SSLProtocolErr);
    q = sslr_point_read(&work, &curve, point, point_length);
    e = sslr_big_leftmost(&work, digest, digest_length, curve.order_bits);
    r = sslr_big_read(&work, r_bytes.data, r_bytes.length);
    s = sslr_big_read(&work, s_bytes.data, s_bytes.length);
    verify(&work, &curve, &q, e, r, s);
    return sslr_work_end(&work);
}
