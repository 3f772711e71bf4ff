/*
 * ecc.c - points, key pairs and key agreement on all curves. The arithmetic of the NIST curves is
 * libtomcrypt's, point import and every check are ours; X25519 and Ed25519 are handed on to
 * x25519.c and ed25519.c. Signatures stand in ecdsa.c. Called by core/ and, through ecc.h, ecdsa.c.
 */
#include "ecc.h"

#include <string.h>

#include "curve25519.h"

typedef struct CurveRow {
    CurveId     id;
    size_t      scalar_size, point_size;
    const char *name; /* in the library's list; NULL: not there */
} CurveRow;

static const CurveRow curves[] = {
    {.id = CURVE_P256, .scalar_size = 32, .point_size = 65, .name = "ECC-256"},
    {.id = CURVE_P384, .scalar_size = 48, .point_size = 97, .name = "ECC-384"},
    {.id = CURVE_P521, .scalar_size = 66, .point_size = 133, .name = "ECC-521"},
    {.id = CURVE_X25519, .scalar_size = 32, .point_size = 32, .name = NULL},
    {.id = CURVE_ED25519, .scalar_size = 32, .point_size = 32, .name = NULL},
};

static const CurveRow *find_row(CurveId id)
{
    size_t i;

    for (i = 0; i < sizeof(curves) / sizeof(curves[0]); i++) {
        if (curves[i].id == id) {
            return &curves[i];
        }
    }
    return NULL;
}

static int is_nist(CurveId id)
{
    const CurveRow *row = find_row(id);

    return row != NULL && row->name != NULL;
}

size_t sslr_curve_scalar_size(CurveId id)
{
    const CurveRow *row = find_row(id);

    return row == NULL ? 0 : row->scalar_size;
}

size_t sslr_curve_point_size(CurveId id)
{
    const CurveRow *row = find_row(id);

    return row == NULL ? 0 : row->point_size;
}

/* ---- inside crypto/ ---- */

static const ltc_ecc_set_type *find_set(CurveId id)
{
    const CurveRow         *row = find_row(id);
    const ltc_ecc_set_type *set;

    if (row == NULL || row->name == NULL) {
        return NULL;
    }
    for (set = ltc_ecc_sets; set->size != 0; set++) {
        if ((size_t)set->size == row->scalar_size && strcmp(set->name, row->name) == 0) {
            return set;
        }
    }
    return NULL;
}

ecc_point sslr_point_new(Workspace *work)
{
    ecc_point point;

    point.x = sslr_big_new(work);
    point.y = sslr_big_new(work);
    point.z = sslr_big_new(work);
    return point;
}

void sslr_curve_load(Workspace *work, Curve *curve, CurveId id)
{
    const ltc_ecc_set_type *set = find_set(id);

    memset(curve, 0, sizeof(*curve));
    sslr_work_require(work, set != NULL, SSLCryptoErr);
    if (set == NULL) {
        return;
    }
    curve->size = (size_t)set->size;
    curve->p    = sslr_big_hex(work, set->prime);
    curve->b    = sslr_big_hex(work, set->B);
    curve->n    = sslr_big_hex(work, set->order);
    curve->g.x  = sslr_big_hex(work, set->Gx);
    curve->g.y  = sslr_big_hex(work, set->Gy);
    curve->g.z  = sslr_big_new(work);
    sslr_big_set(work, curve->g.z, 1);
    curve->order_bits = (size_t)sslr_big_bits(work, curve->n);
}

/* y^2 = x^3 - 3x + b */
static int satisfies_equation(Workspace *work, const Curve *curve, const ecc_point *point)
{
    size_t mark  = work->count;
    Big    left  = sslr_big_new(work);
    Big    right = sslr_big_new(work);
    int    i, holds;

    sslr_big_mul_mod(work, point->y, point->y, curve->p, left);
    sslr_big_mul_mod(work, point->x, point->x, curve->p, right);
    sslr_big_mul_mod(work, right, point->x, curve->p, right);
    for (i = 0; i < 3; i++) {
        sslr_big_sub_mod(work, right, point->x, curve->p, right);
    }
    sslr_big_add_mod(work, right, curve->b, curve->p, right);
    holds = sslr_big_equal(work, left, right);
    sslr_work_release(work, mark);
    return holds;
}

/* The library's import takes points off the curve (invalid-curve attack on static and reused keys),
 * hybrid forms and zero. All three curves have cofactor 1: on the curve is in the group. */
ecc_point sslr_point_read(Workspace *work, const Curve *curve, const uint8_t *bytes, size_t length)
{
    ecc_point point = {NULL, NULL, NULL};

    sslr_work_require(work, length == 2 * curve->size + 1 && bytes[0] == 0x04, SSLProtocolErr);
    if (work->err != SSLNoErr) {
        return point;
    }
    point.x = sslr_big_read(work, bytes + 1, curve->size);
    point.y = sslr_big_read(work, bytes + 1 + curve->size, curve->size);
    point.z = sslr_big_new(work);
    sslr_big_set(work, point.z, 1);
    sslr_work_require(work, sslr_big_less(work, point.x, curve->p), SSLProtocolErr);
    sslr_work_require(work, sslr_big_less(work, point.y, curve->p), SSLProtocolErr);
    sslr_work_require(work, satisfies_equation(work, curve, &point), SSLProtocolErr);
    return point;
}

Big sslr_scalar_read(Workspace *work, const Curve *curve, const uint8_t *scalar)
{
    Big k = sslr_big_read(work, scalar, curve->size);

    sslr_work_require(work, !sslr_big_is_zero(work, k), SSLBadKeyErr);
    sslr_work_require(work, sslr_big_less(work, k, curve->n), SSLBadKeyErr);
    return k;
}

/* (x, y, 1) = (x z^2, y z^3, z) for every z but 0. */
static ecc_point choose_representation(Workspace *work, const Curve *curve,
                                       const CryptoRandom *random, const ecc_point *point)
{
    ecc_point chosen = sslr_point_new(work);
    Big       power  = sslr_big_new(work);
    Big       z      = sslr_big_random(work, random, curve->p);

    sslr_big_copy(work, z, chosen.z);
    sslr_big_mul_mod(work, z, z, curve->p, power);
    sslr_big_mul_mod(work, point->x, power, curve->p, chosen.x);
    sslr_big_mul_mod(work, power, z, curve->p, power);
    sslr_big_mul_mod(work, point->y, power, curve->p, chosen.y);
    return chosen;
}

/* From the library's result, projective and in Montgomery's form, to affine coordinates. Not the
 * library's ecc_map, whose inversion takes a time that depends on z. */
static void make_affine(Workspace *work, const Curve *curve, ecc_point *point)
{
    Montgomery field;
    Big        power = sslr_big_new(work);

    sslr_work_require(work, !sslr_big_is_zero(work, point->z), SSLProtocolErr);
    sslr_montgomery_begin(work, &field, curve->p);
    sslr_montgomery_leave(work, &field, point->x);
    sslr_montgomery_leave(work, &field, point->y);
    sslr_montgomery_leave(work, &field, point->z);
    sslr_montgomery_end(&field);
    sslr_big_invert_prime(work, point->z, curve->p, point->z);
    sslr_big_mul_mod(work, point->z, point->z, curve->p, power);
    sslr_big_mul_mod(work, point->x, power, curve->p, point->x);
    sslr_big_mul_mod(work, power, point->z, curve->p, power);
    sslr_big_mul_mod(work, point->y, power, curve->p, point->y);
    sslr_big_set(work, point->z, 1);
}

void sslr_point_multiply(Workspace *work, const Curve *curve, const CryptoRandom *random, Big k,
                         const ecc_point *point, ecc_point *out)
{
    size_t    mark  = work->count;
    ecc_point start = *point;

    if (random != NULL) {
        start = choose_representation(work, curve, random, point);
    }
    if (work->err == SSLNoErr) {
        int status = ltc_mp.ecc_ptmul(k, &start, out, curve->p, 0);

        sslr_work_require(work, status != CRYPT_MEM, SSLMemoryErr);
        sslr_work_require(work, status == CRYPT_OK, SSLCryptoErr);
    }
    make_affine(work, curve, out);
    sslr_work_release(work, mark);
}

/* ---- crypto.h ---- */

static SSLErr check_nist_point(CurveId id, const uint8_t *bytes, size_t length)
{
    Workspace work;
    Curve     curve;

    sslr_work_begin(&work);
    sslr_curve_load(&work, &curve, id);
    (void)sslr_point_read(&work, &curve, bytes, length);
    return sslr_work_end(&work);
}

SSLErr sslr_curve_check_point(CurveId id, const uint8_t *point, size_t length)
{
    if (find_row(id) == NULL) {
        return SSLCryptoErr;
    }
    if (is_nist(id)) {
        return check_nist_point(id, point, length);
    }
    return length == sslr_curve_point_size(id) ? SSLNoErr : SSLProtocolErr;
}

static void write_point(Workspace *work, const Curve *curve, const ecc_point *point, uint8_t *out)
{
    out[0] = 0x04;
    sslr_big_write(work, point->x, out + 1, curve->size);
    sslr_big_write(work, point->y, out + 1 + curve->size, curve->size);
}

static SSLErr nist_public(CurveId id, const CryptoRandom *random, const uint8_t *scalar,
                          uint8_t *out)
{
    Workspace work;
    Curve     curve;
    Big       k;
    ecc_point point;
    SSLErr    err;

    sslr_work_begin(&work);
    sslr_curve_load(&work, &curve, id);
    k     = sslr_scalar_read(&work, &curve, scalar);
    point = sslr_point_new(&work);
    sslr_point_multiply(&work, &curve, random, k, &curve.g, &point);
    write_point(&work, &curve, &point, out);
    err = sslr_work_end(&work);
    if (err != SSLNoErr) {
        sslr_wipe(out, sslr_curve_point_size(id));
    }
    return err;
}

SSLErr sslr_curve_public(CurveId id, const CryptoRandom *random, const uint8_t *scalar,
                         uint8_t *point)
{
    switch (id) {
    case CURVE_P256:
    case CURVE_P384:
    case CURVE_P521:
        return nist_public(id, random, scalar, point);
    case CURVE_X25519:
        sslr_x25519_public(point, scalar);
        return SSLNoErr;
    case CURVE_ED25519:
        sslr_ed25519_public(scalar, point);
        return SSLNoErr;
    case CURVE_NONE:
        break;
    }
    return SSLCryptoErr;
}

static SSLErr draw_nist_scalar(CurveId id, const CryptoRandom *random, uint8_t *scalar)
{
    Workspace work;
    Curve     curve;
    Big       k;

    sslr_work_begin(&work);
    sslr_curve_load(&work, &curve, id);
    k = sslr_big_random(&work, random, curve.n);
    sslr_big_write(&work, k, scalar, curve.size);
    return sslr_work_end(&work);
}

SSLErr sslr_ecdh_generate(CurveId id, const CryptoRandom *random, uint8_t *scalar, uint8_t *point)
{
    SSLErr err = SSLCryptoErr;

    if (is_nist(id)) {
        err = draw_nist_scalar(id, random, scalar);
    } else if (id == CURVE_X25519) {
        err = random->fill(random->ref, scalar, 32);
    }
    if (err == SSLNoErr) {
        err = sslr_curve_public(id, random, scalar, point);
    }
    if (err != SSLNoErr) {
        sslr_wipe(scalar, sslr_curve_scalar_size(id));
        sslr_wipe(point, sslr_curve_point_size(id));
    }
    return err;
}

static SSLErr nist_derive(CurveId id, const CryptoRandom *random, const uint8_t *scalar,
                          const uint8_t *peer_point, size_t peer_length, uint8_t *secret)
{
    Workspace work;
    Curve     curve;
    Big       k;
    ecc_point peer, shared;
    SSLErr    err;

    sslr_work_begin(&work);
    sslr_curve_load(&work, &curve, id);
    k      = sslr_scalar_read(&work, &curve, scalar);
    peer   = sslr_point_read(&work, &curve, peer_point, peer_length);
    shared = sslr_point_new(&work);
    sslr_point_multiply(&work, &curve, random, k, &peer, &shared);
    sslr_big_write(&work, shared.x, secret, curve.size);
    err = sslr_work_end(&work);
    if (err != SSLNoErr) {
        sslr_wipe(secret, sslr_curve_scalar_size(id));
    }
    return err;
}

/* RFC 7748 6.1, RFC 8446 7.4.2: an all-zero result means a point of small order. */
static SSLErr x25519_derive(const uint8_t *scalar, const uint8_t *peer_point, size_t peer_length,
                            uint8_t *secret)
{
    if (peer_length != 32) {
        sslr_wipe(secret, 32);
        return SSLProtocolErr;
    }
    return sslr_x25519(secret, scalar, peer_point) ? SSLNoErr : SSLProtocolErr;
}

SSLErr sslr_ecdh_derive(CurveId id, const CryptoRandom *random, const uint8_t *scalar,
                        const uint8_t *peer_point, size_t peer_length, uint8_t *secret)
{
    if (is_nist(id)) {
        return nist_derive(id, random, scalar, peer_point, peer_length, secret);
    }
    if (id == CURVE_X25519) {
        return x25519_derive(scalar, peer_point, peer_length, secret);
    }
    return SSLCryptoErr;
}
