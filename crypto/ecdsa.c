/*
 * ecdsa.c - ECDSA on the NIST curves: signing and verifying. Curves and points are ecc.c's, nonces
 * signing.c's, the DER form signature_der.c's. Called by core/.
 */
#include "crypto.h"

#include <string.h>

#include "ecc.h"
#include "signature_der.h"
#include "signing.h"

/* ---- signing ---- */

static void sign(Workspace *work, const Curve *curve, const CryptoRandom *random,
                 NonceSource *source, Big d, Big e, Big r, Big s)
{
    size_t mark = work->count;

    while (work->err == SSLNoErr) {
        Big       k     = sslr_nonce_next(work, source);
        ecc_point point = sslr_point_new(work);

        sslr_point_multiply(work, curve, random, k, &curve->g, &point);
        sslr_big_mod(work, point.x, curve->n, r);
        sslr_sign_equation(work, curve->n, random, k, r, d, e, s);
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
    sslr_nonce_begin(&work, &source, curve.n, hash == HASH_NONE ? HASH_SHA256 : hash, d, e, random);
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
