/*
 * rsa.c - RSA: checks of keys, the raw operations, signatures and encryption put together from
 * rsa_padding.c. No key files and no DER. Called by core/.
 */
#include "crypto.h"

#include <string.h>

#include "fixed_width.h"
#include "number.h"
#include "rsa_padding.h"

#define MIN_RSA_BITS 512
/* Of the random multiple of p - 1 that is added to an exponent. */
#define EXPONENT_BLINDING_BITS 64

/* ---- checks ---- */

static size_t count_bits(const Number *number)
{
    size_t  bits = 8 * number->length;
    uint8_t top  = number->data[0];

    for (; (top & 0x80) == 0 && bits % 8 != 1; top = (uint8_t)(top << 1)) {
        bits--;
    }
    return bits;
}

static uint64_t small_value(const Number *number)
{
    uint64_t value = 0;
    size_t   i;

    for (i = 0; i < number->length; i++) {
        value = value << 8 | number->data[i];
    }
    return value;
}

static int has_form(const Number *number)
{
    return number->length != 0 && number->data[0] != 0;
}

/* The bound on e is that of other implementations; beyond it a verifier can be kept busy. */
SSLErr sslr_rsa_check_public(const RsaPublicKey *key)
{
    size_t   bits;
    uint64_t e;

    if (!has_form(&key->n) || key->n.length > MAX_RSA_SIZE || !has_form(&key->e) ||
        key->e.length > 5) {
        return SSLBadKeyErr;
    }
    bits = count_bits(&key->n);
    e    = small_value(&key->e);
    if (bits < MIN_RSA_BITS || bits > MAX_RSA_BITS || (key->n.data[key->n.length - 1] & 1) == 0) {
        return SSLBadKeyErr;
    }
    if (e < 3 || (e & 1) == 0 || e >> 33 != 0) {
        return SSLBadKeyErr;
    }
    return SSLNoErr;
}

typedef struct PrivateNumbers {
    Big n, p, q, dp, dq, qinv;
} PrivateNumbers;

/* Import what the Chinese remainder theorem needs, each in its range. */
static void load_private(Workspace *work, const RsaPrivateKey *key, PrivateNumbers *numbers)
{
    const RsaPublicKey public_key = {.n = key->n, .e = key->e};
    size_t             width      = key->n.length;

    sslr_work_require(work, sslr_rsa_check_public(&public_key) == SSLNoErr, SSLBadKeyErr);
    sslr_work_require(work,
                      has_form(&key->p) && key->p.length <= width && has_form(&key->q) &&
                          key->q.length <= width && key->dp.length <= width &&
                          key->dq.length <= width && key->qinv.length <= width,
                      SSLBadKeyErr);
    numbers->n    = sslr_big_read(work, key->n.data, width);
    numbers->p    = sslr_big_read(work, key->p.data, key->p.length);
    numbers->q    = sslr_big_read(work, key->q.data, key->q.length);
    numbers->dp   = sslr_big_read(work, key->dp.data, key->dp.length);
    numbers->dq   = sslr_big_read(work, key->dq.data, key->dq.length);
    numbers->qinv = sslr_big_read(work, key->qinv.data, key->qinv.length);
    sslr_work_require(work, sslr_big_is_odd(work, numbers->p) && sslr_big_is_odd(work, numbers->q),
                      SSLBadKeyErr);
    sslr_work_require(work,
                      sslr_big_bits(work, numbers->p) > 1 && sslr_big_bits(work, numbers->q) > 1,
                      SSLBadKeyErr);
    sslr_work_require(work,
                      sslr_big_less(work, numbers->dp, numbers->p) &&
                          sslr_big_less(work, numbers->dq, numbers->q) &&
                          sslr_big_less(work, numbers->qinv, numbers->p),
                      SSLBadKeyErr);
}

static void require_product(Workspace *work, Big a, Big b, Big modulus, unsigned expected)
{
    size_t mark    = work->count;
    Big    product = sslr_big_new(work);
    Big    wanted  = sslr_big_new(work);

    sslr_big_mul_mod(work, a, b, modulus, product);
    sslr_big_set(work, wanted, expected);
    sslr_work_require(work, sslr_big_equal(work, product, wanted), SSLBadKeyErr);
    sslr_work_release(work, mark);
}

/* e d = e dx = 1 mod (x - 1) for a prime x */
static void require_exponents(Workspace *work, Big e, Big d, Big dx, Big x)
{
    Big less = sslr_big_new(work);

    sslr_big_sub_small(work, x, 1, less);
    require_product(work, e, d, less, 1);
    require_product(work, e, dx, less, 1);
}

SSLErr sslr_rsa_check_private(const RsaPrivateKey *key)
{
    Workspace      work;
    PrivateNumbers numbers;
    Big            e, d, product;

    sslr_work_begin(&work);
    load_private(&work, key, &numbers);
    sslr_work_require(&work, key->d.length <= key->n.length, SSLBadKeyErr);
    if (work.err == SSLNoErr) {
        e       = sslr_big_read(&work, key->e.data, key->e.length);
        d       = sslr_big_read(&work, key->d.data, key->d.length);
        product = sslr_big_new(&work);
        sslr_big_mul(&work, numbers.p, numbers.q, product);
        sslr_work_require(&work, sslr_big_equal(&work, product, numbers.n), SSLBadKeyErr);
        sslr_work_require(&work, sslr_big_less(&work, d, numbers.n), SSLBadKeyErr);
        require_product(&work, numbers.q, numbers.qinv, numbers.p, 1);
        require_exponents(&work, e, d, numbers.dp, numbers.p);
        require_exponents(&work, e, d, numbers.dq, numbers.q);
    }
    return sslr_work_end(&work);
}

/* ---- raw operations ---- */

/* What a failed call leaves, as far as the key says how long it is. */
static void clear_output(const Number *n, uint8_t *out)
{
    if (n->length <= MAX_RSA_SIZE) {
        sslr_wipe(out, n->length);
    }
}

SSLErr sslr_rsa_public(const RsaPublicKey *key, const uint8_t *in, size_t in_length, uint8_t *out)
{
    Workspace work;
    Big       n, a;
    SSLErr    err = sslr_rsa_check_public(key);

    sslr_work_begin(&work);
    sslr_work_require(&work, err == SSLNoErr, err);
    sslr_work_require(&work, in_length == key->n.length, SSLProtocolErr);
    if (work.err == SSLNoErr) {
        n = sslr_big_read(&work, key->n.data, key->n.length);
        a = sslr_big_read(&work, in, in_length);
        sslr_work_require(&work, sslr_big_less(&work, a, n), SSLProtocolErr);
        sslr_big_power_small(&work, a, small_value(&key->e), n, a);
        sslr_big_write(&work, a, out, key->n.length);
    }
    err = sslr_work_end(&work);
    if (err != SSLNoErr) {
        clear_output(&key->n, out);
    }
    return err;
}

/* out = a ^ dx mod x. The exponent becomes dx + k (x - 1), k fresh, so that what leaks of its bits
 * through the window look-ups differs from run to run. */
static void power_half(Workspace *work, const CryptoRandom *random, Big a, Big dx, Big x, Big out)
{
    size_t mark     = work->count;
    size_t bits     = (size_t)sslr_big_bits(work, x) + EXPONENT_BLINDING_BITS + 1;
    Big    exponent = sslr_big_new(work);
    Big    limit    = sslr_big_power_of_two(work, EXPONENT_BLINDING_BITS);
    Big    k        = sslr_big_random(work, random, limit);

    sslr_big_sub_small(work, x, 1, exponent);
    sslr_big_mul(work, exponent, k, exponent);
    sslr_big_add(work, exponent, dx, exponent);
    sslr_big_mod(work, a, x, out);
    sslr_big_power(work, out, exponent, bits, x, out);
    sslr_work_release(work, mark);
}

/* RFC 8017 5.1.2 2 b */
static void power_private(Workspace *work, const CryptoRandom *random,
                          const PrivateNumbers *numbers, Big a, Big out)
{
    size_t mark = work->count;
    Big    m1   = sslr_big_new(work);
    Big    m2   = sslr_big_new(work);

    power_half(work, random, a, numbers->dp, numbers->p, m1);
    power_half(work, random, a, numbers->dq, numbers->q, m2);
    sslr_big_sub_mod(work, m1, m2, numbers->p, m1);
    sslr_big_mul_mod(work, m1, numbers->qinv, numbers->p, m1);
    sslr_big_mul(work, m1, numbers->q, m1);
    sslr_big_add(work, m1, m2, out);
    sslr_work_release(work, mark);
}

/* r and 1 / r mod n. The inversion runs on r s, s random as well. */
static void draw_blinding(Workspace *work, const CryptoRandom *random, Big n, Big *r, Big inverse)
{
    size_t mark;
    Big    s, product;

    *r      = sslr_big_random(work, random, n);
    mark    = work->count;
    s       = sslr_big_random(work, random, n);
    product = sslr_big_new(work);
    sslr_big_mul_mod(work, *r, s, n, product);
    sslr_big_invert(work, product, n, product);
    sslr_big_mul_mod(work, product, s, n, inverse);
    sslr_work_release(work, mark);
}

/* What the library sees is random throughout: the input times r^e goes in, the result times r comes
 * out, and is there checked with the public exponent (a fault in one half of the computation would
 * give the key away: Boneh, DeMillo, Lipton 1997). The last step takes r off at fixed width. */
static void run_private(Workspace *work, const RsaPrivateKey *key, const CryptoRandom *random,
                        const uint8_t *in, uint8_t *out)
{
    uint8_t        blinded[MAX_RSA_SIZE], unblinder[MAX_RSA_SIZE];
    size_t         width = key->n.length;
    uint64_t       e     = small_value(&key->e);
    PrivateNumbers numbers;
    Big            a, r, inverse, check;

    load_private(work, key, &numbers);
    a = sslr_big_read(work, in, width);
    sslr_work_require(work, sslr_big_less(work, a, numbers.n), SSLProtocolErr);
    inverse = sslr_big_new(work);
    check   = sslr_big_new(work);
    draw_blinding(work, random, numbers.n, &r, inverse);
    sslr_big_power_small(work, r, e, numbers.n, r);
    sslr_big_mul_mod(work, a, r, numbers.n, check);
    power_private(work, random, &numbers, check, a);
    sslr_big_power_small(work, a, e, numbers.n, r);
    sslr_work_require(work, sslr_big_equal(work, r, check), SSLCryptoErr);

    r = sslr_big_power_of_two(work, 32 * sslr_fixed_limbs(width));
    sslr_big_mul_mod(work, inverse, r, numbers.n, inverse);
    sslr_big_write(work, a, blinded, width);
    sslr_big_write(work, inverse, unblinder, width);
    if (work->err == SSLNoErr) {
        sslr_fixed_montgomery_mul(blinded, unblinder, key->n.data, width, out);
    }
    sslr_wipe(blinded, width);
    sslr_wipe(unblinder, width);
}

SSLErr sslr_rsa_private(const RsaPrivateKey *key, const CryptoRandom *random, const uint8_t *in,
                        size_t in_length, uint8_t *out)
{
    const RsaPublicKey public_key = {.n = key->n, .e = key->e};
    Workspace          work;
    SSLErr             err = sslr_rsa_check_public(&public_key);

    sslr_work_begin(&work);
    sslr_work_require(&work, err == SSLNoErr, err);
    sslr_work_require(&work, in_length == key->n.length, SSLProtocolErr);
    if (work.err == SSLNoErr) {
        run_private(&work, key, random, in, out);
    }
    err = sslr_work_end(&work);
    if (err != SSLNoErr) {
        clear_output(&key->n, out);
    }
    return err;
}

/* ---- signatures ---- */

/* The padded block is always below n: its first byte is 0, or its bits are fewer. */
static SSLErr sign_block(const RsaPrivateKey *key, const CryptoRandom *random, SSLErr err,
                         const uint8_t *block, uint8_t *signature)
{
    if (err == SSLNoErr) {
        return sslr_rsa_private(key, random, block, key->n.length, signature);
    }
    clear_output(&key->n, signature);
    return err;
}

SSLErr sslr_rsa_sign_pkcs1(const RsaPrivateKey *key, const CryptoRandom *random, HashId hash,
                           const uint8_t *digest, size_t digest_length, uint8_t *signature)
{
    uint8_t block[MAX_RSA_SIZE];
    SSLErr  err = SSLBadKeyErr;

    if (key->n.length <= MAX_RSA_SIZE) {
        err = sslr_pkcs1_encode(hash, digest, digest_length, block, key->n.length);
    }
    return sign_block(key, random, err, block, signature);
}

/* Build the expected block and compare all of it; a decrypted block is never parsed (the signatures
 * of CVE-2006-4339, CVE-2014-1568 and their kin live from parsers). */
SSLErr sslr_rsa_verify_pkcs1(const RsaPublicKey *key, HashId hash, const uint8_t *digest,
                             size_t digest_length, const uint8_t *signature,
                             size_t signature_length)
{
    uint8_t block[MAX_RSA_SIZE], expected[MAX_RSA_SIZE];
    SSLErr  err = sslr_rsa_public(key, signature, signature_length, block);

    if (err != SSLNoErr) {
        return err;
    }
    err = sslr_pkcs1_encode(hash, digest, digest_length, expected, key->n.length);
    if (err != SSLNoErr) {
        /* Too short a key for this hash has signed nothing. */
        return err == SSLBadKeyErr ? SSLProtocolErr : err;
    }
    return ct_memory_equal(block, expected, key->n.length) ? SSLNoErr : SSLProtocolErr;
}

SSLErr sslr_rsa_sign_pss(const RsaPrivateKey *key, const CryptoRandom *random, HashId hash,
                         const uint8_t *digest, uint8_t *signature)
{
    uint8_t            block[MAX_RSA_SIZE], salt[MAX_HASH_SIZE];
    const RsaPublicKey public_key  = {.n = key->n, .e = key->e};
    size_t             salt_length = sslr_hash_size(hash);
    SSLErr             err         = sslr_rsa_check_public(&public_key);

    if (err == SSLNoErr) {
        err = random->fill(random->ref, salt, salt_length);
    }
    if (err == SSLNoErr) {
        size_t bits = count_bits(&key->n) - 1;
        size_t lead = key->n.length - (bits + 7) / 8;

        block[0] = 0;
        err      = sslr_pss_encode(hash, digest, salt, salt_length, block + lead, bits);
    }
    return sign_block(key, random, err, block, signature);
}

SSLErr sslr_rsa_verify_pss(const RsaPublicKey *key, HashId hash, size_t salt_length,
                           const uint8_t *digest, const uint8_t *signature, size_t signature_length)
{
    uint8_t block[MAX_RSA_SIZE];
    SSLErr  err = sslr_rsa_public(key, signature, signature_length, block);
    size_t  bits, lead;

    if (err != SSLNoErr) {
        return err;
    }
    /* RFC 8017 8.1.2: where bits is a multiple of 8 the block is a byte shorter than n. */
    bits = count_bits(&key->n) - 1;
    lead = key->n.length - (bits + 7) / 8;
    if (lead != 0 && block[0] != 0) {
        return SSLProtocolErr;
    }
    return sslr_pss_check(hash, digest, salt_length, block + lead, bits);
}

/* ---- encryption ---- */

static SSLErr encrypt(const RsaPublicKey *key, const CryptoRandom *random, const uint8_t *message,
                      size_t length, int set_marker, uint8_t *out)
{
    uint8_t block[MAX_RSA_SIZE];
    SSLErr  err = sslr_rsa_check_public(key);

    if (err == SSLNoErr) {
        err = sslr_pkcs1_pad(random, message, length, block, key->n.length);
    }
    if (err == SSLNoErr) {
        if (set_marker) {
            memset(block + key->n.length - length - 1 - ROLLBACK_MARKER_SIZE, 0x03,
                   ROLLBACK_MARKER_SIZE);
        }
        err = sslr_rsa_public(key, block, key->n.length, out);
    } else {
        clear_output(&key->n, out);
    }
    sslr_wipe(block, sizeof(block));
    return err;
}

SSLErr sslr_rsa_encrypt(const RsaPublicKey *key, const CryptoRandom *random, const uint8_t *message,
                        size_t length, uint8_t *out)
{
    return encrypt(key, random, message, length, 0, out);
}

SSLErr sslr_rsa_encrypt_ssl2(const RsaPublicKey *key, const CryptoRandom *random,
                             const uint8_t *message, size_t length, int set_marker, uint8_t *out)
{
    return encrypt(key, random, message, length, set_marker, out);
}
