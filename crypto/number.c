/*
 * number.c - big numbers for the public-key files: workspace, conversions, modular arithmetic.
 * No key format and no padding lives here. Called by ecc.c, ecdsa.c, rsa.c, dh.c, dsa.c.
 *
 * Powers are computed here over Montgomery multiplication, not with the library's exptmod: that one
 * picks a special reduction for moduli of a certain shape, which a peer can choose so that one
 * operation takes a thousand times longer, and its sliding window follows the exponent's bits.
 */
#include "number.h"

#include <string.h>

static void note(Workspace *work, int status)
{
    if (status != CRYPT_OK && work->err == SSLNoErr) {
        work->err = status == CRYPT_MEM ? SSLMemoryErr : SSLCryptoErr;
    }
}

static int failed(const Workspace *work)
{
    return work->err != SSLNoErr;
}

void sslr_work_begin(Workspace *work)
{
    work->err   = ltc_mp.name != NULL ? SSLNoErr : SSLCryptoErr;
    work->count = 0;
}

void sslr_work_release(Workspace *work, size_t mark)
{
    while (work->count > mark) {
        Big a = work->all[--work->count];

        /* The library frees digits as they are; setting a value clears all that are allocated. */
        (void)ltc_mp.set_int(a, 0);
        ltc_mp.deinit(a);
    }
}

SSLErr sslr_work_end(Workspace *work)
{
    sslr_work_release(work, 0);
    return work->err;
}

void sslr_work_require(Workspace *work, int condition, SSLErr err)
{
    if (!condition && !failed(work)) {
        work->err = err;
    }
}

Big sslr_big_new(Workspace *work)
{
    Big a = NULL;

    if (failed(work)) {
        return NULL;
    }
    if (work->count == WORKSPACE_NUMBERS) {
        work->err = SSLCryptoErr;
        return NULL;
    }
    note(work, ltc_mp.init(&a));
    if (failed(work)) {
        return NULL;
    }
    work->all[work->count++] = a;
    return a;
}

Big sslr_big_read(Workspace *work, const uint8_t *data, size_t length)
{
    Big a = sslr_big_new(work);

    /* An empty number may come with a NULL pointer, which the library answers with abort. */
    if (!failed(work) && length != 0) {
        note(work, ltc_mp.unsigned_read(a, (unsigned char *)data, (unsigned long)length));
    }
    return a;
}

Big sslr_big_hex(Workspace *work, const char *digits)
{
    Big a = sslr_big_new(work);

    if (!failed(work)) {
        note(work, ltc_mp.read_radix(a, digits, 16));
    }
    return a;
}

void sslr_big_write(Workspace *work, Big a, uint8_t *out, size_t width)
{
    size_t length;

    memset(out, 0, width);
    if (failed(work)) {
        return;
    }
    length = ltc_mp.unsigned_size(a);
    if (length > width) {
        work->err = SSLCryptoErr;
    } else if (length != 0) {
        note(work, ltc_mp.unsigned_write(a, out + (width - length)));
    }
}

int sslr_big_less(const Workspace *work, Big a, Big b)
{
    return !failed(work) && ltc_mp.compare(a, b) == LTC_MP_LT;
}

int sslr_big_equal(const Workspace *work, Big a, Big b)
{
    return !failed(work) && ltc_mp.compare(a, b) == LTC_MP_EQ;
}

int sslr_big_is_zero(const Workspace *work, Big a)
{
    return !failed(work) && ltc_mp.compare_d(a, 0) == LTC_MP_EQ;
}

int sslr_big_is_odd(const Workspace *work, Big a)
{
    return !failed(work) && ltc_mp.get_digit_count(a) > 0 && (ltc_mp.get_digit(a, 0) & 1) != 0;
}

int sslr_big_bits(const Workspace *work, Big a)
{
    return failed(work) ? 0 : ltc_mp.count_bits(a);
}

int sslr_big_is_inside(Workspace *work, unsigned low, Big a, Big high)
{
    size_t mark = work->count;
    Big    top  = sslr_big_new(work);
    int    inside;

    sslr_big_sub_small(work, high, 1, top);
    inside = !failed(work) && ltc_mp.compare_d(a, low) == LTC_MP_GT && sslr_big_less(work, a, top);
    sslr_work_release(work, mark);
    return inside;
}

void sslr_big_copy(Workspace *work, Big a, Big out)
{
    if (!failed(work)) {
        note(work, ltc_mp.copy(a, out));
    }
}

void sslr_big_set(Workspace *work, Big out, unsigned value)
{
    if (!failed(work)) {
        note(work, ltc_mp.set_int(out, value));
    }
}

void sslr_big_add(Workspace *work, Big a, Big b, Big out)
{
    if (!failed(work)) {
        note(work, ltc_mp.add(a, b, out));
    }
}

void sslr_big_sub_small(Workspace *work, Big a, unsigned b, Big out)
{
    if (!failed(work)) {
        note(work, ltc_mp.subi(a, b, out));
    }
}

void sslr_big_mul(Workspace *work, Big a, Big b, Big out)
{
    if (!failed(work)) {
        note(work, ltc_mp.mul(a, b, out));
    }
}

void sslr_big_mod(Workspace *work, Big a, Big modulus, Big out)
{
    if (!failed(work)) {
        note(work, ltc_mp.mpdiv(a, modulus, NULL, out));
    }
}

void sslr_big_add_mod(Workspace *work, Big a, Big b, Big modulus, Big out)
{
    if (!failed(work)) {
        note(work, ltc_mp.addmod(a, b, modulus, out));
    }
}

void sslr_big_sub_mod(Workspace *work, Big a, Big b, Big modulus, Big out)
{
    if (!failed(work)) {
        note(work, ltc_mp.submod(a, b, modulus, out));
    }
}

void sslr_big_mul_mod(Workspace *work, Big a, Big b, Big modulus, Big out)
{
    if (!failed(work)) {
        note(work, ltc_mp.mulmod(a, b, modulus, out));
    }
}

void sslr_big_invert(Workspace *work, Big a, Big modulus, Big out)
{
    if (!failed(work)) {
        note(work, ltc_mp.invmod(a, modulus, out));
    }
}

/* ---- Montgomery's form and powers ---- */

void sslr_montgomery_begin(Workspace *work, Montgomery *field, Big modulus)
{
    field->modulus = modulus;
    field->digit   = NULL;
    field->one     = sslr_big_new(work);
    if (!failed(work)) {
        note(work, ltc_mp.montgomery_setup(modulus, &field->digit));
        if (failed(work)) {
            field->digit = NULL; /* freed by the library */
            return;
        }
        note(work, ltc_mp.montgomery_normalization(field->one, modulus));
    }
}

void sslr_montgomery_end(Montgomery *field)
{
    if (field->digit != NULL) {
        ltc_mp.montgomery_deinit(field->digit);
        field->digit = NULL;
    }
}

void sslr_montgomery_enter(Workspace *work, const Montgomery *field, Big a, Big out)
{
    sslr_big_mul_mod(work, a, field->one, field->modulus, out);
}

void sslr_montgomery_leave(Workspace *work, const Montgomery *field, Big a)
{
    if (!failed(work)) {
        note(work, ltc_mp.montgomery_reduce(a, field->modulus, field->digit));
    }
}

void sslr_montgomery_mul(Workspace *work, const Montgomery *field, Big a, Big b, Big out)
{
    if (failed(work)) {
        return;
    }
    note(work, a == b ? ltc_mp.sqr(a, out) : ltc_mp.mul(a, b, out));
    sslr_montgomery_leave(work, field, out);
}

/* Four bits of the exponent at a time; a window of zeros is multiplied like any other. */
static void run_windows(Workspace *work, const Montgomery *field, Big *const table,
                        const uint8_t *exponent, size_t length, Big out)
{
    size_t i;
    int    square;

    sslr_big_copy(work, field->one, out);
    for (i = 0; i < 2 * length && !failed(work); i++) {
        unsigned window = (exponent[i / 2] >> (i % 2 == 0 ? 4 : 0)) & 15u;

        for (square = 0; square < 4; square++) {
            sslr_montgomery_mul(work, field, out, out, out);
        }
        sslr_montgomery_mul(work, field, out, table[window], out);
    }
    sslr_montgomery_leave(work, field, out);
}

void sslr_big_power(Workspace *work, Big base, Big exponent, size_t exponent_bits, Big modulus,
                    Big out)
{
    uint8_t    bytes[MAX_EXPONENT_BITS / 8];
    size_t     mark   = work->count;
    size_t     length = (exponent_bits + 7) / 8;
    Montgomery field;
    Big        table[16];
    Big        result;
    unsigned   i;

    sslr_work_require(work, length <= sizeof(bytes), SSLCryptoErr);
    sslr_montgomery_begin(work, &field, modulus);
    table[0] = field.one;
    table[1] = sslr_big_new(work);
    sslr_montgomery_enter(work, &field, base, table[1]);
    for (i = 2; i < 16; i++) {
        table[i] = sslr_big_new(work);
        sslr_montgomery_mul(work, &field, table[i - 1], table[1], table[i]);
    }
    result = sslr_big_new(work);
    if (!failed(work)) {
        sslr_big_write(work, exponent, bytes, length);
        run_windows(work, &field, table, bytes, length, result);
        sslr_wipe(bytes, length);
    }
    sslr_big_copy(work, result, out);
    sslr_montgomery_end(&field);
    sslr_work_release(work, mark);
}

void sslr_big_power_small(Workspace *work, Big base, uint64_t exponent, Big modulus, Big out)
{
    size_t     mark = work->count;
    Montgomery field;
    Big        a, result;
    uint64_t   bit = (uint64_t)1 << 63;

    sslr_montgomery_begin(work, &field, modulus);
    a      = sslr_big_new(work);
    result = sslr_big_new(work);
    sslr_montgomery_enter(work, &field, base, a);
    sslr_big_copy(work, exponent == 0 ? field.one : a, result);
    while (bit != 0 && (exponent & bit) == 0) {
        bit >>= 1;
    }
    for (bit >>= 1; bit != 0; bit >>= 1) {
        sslr_montgomery_mul(work, &field, result, result, result);
        if ((exponent & bit) != 0) {
            sslr_montgomery_mul(work, &field, result, a, result);
        }
    }
    sslr_montgomery_leave(work, &field, result);
    sslr_big_copy(work, result, out);
    sslr_montgomery_end(&field);
    sslr_work_release(work, mark);
}

void sslr_big_invert_prime(Workspace *work, Big a, Big prime, Big out)
{
    size_t mark     = work->count;
    Big    exponent = sslr_big_new(work);

    sslr_big_sub_small(work, prime, 2, exponent);
    sslr_big_power(work, a, exponent, (size_t)sslr_big_bits(work, prime), prime, out);
    sslr_work_release(work, mark);
}

Big sslr_big_power_of_two(Workspace *work, size_t bits)
{
    Big a = sslr_big_new(work);

    if (!failed(work)) {
        note(work, ltc_mp.twoexpt(a, (int)bits));
    }
    return a;
}

/* ---- numbers from bytes ---- */

/* FIPS 186-4 B.4.1: 64 bits more than needed, reduced modulo limit - 1, plus 1. */
Big sslr_big_random(Workspace *work, const CryptoRandom *random, Big limit)
{
    uint8_t bytes[MAX_RSA_SIZE + 8];
    size_t  length = ((size_t)sslr_big_bits(work, limit) + 7) / 8 + 8;
    Big     result, top;
    SSLErr  err;

    sslr_work_require(work, length <= sizeof(bytes), SSLCryptoErr);
    if (failed(work)) {
        return NULL;
    }
    err = random->fill(random->ref, bytes, length);
    sslr_work_require(work, err == SSLNoErr, err);
    result = sslr_big_read(work, bytes, length);
    sslr_wipe(bytes, length);
    top = sslr_big_new(work);
    sslr_big_sub_small(work, limit, 1, top);
    sslr_big_mod(work, result, top, result);
    if (!failed(work)) {
        note(work, ltc_mp.addi(result, 1, result));
    }
    return result;
}

Big sslr_big_leftmost(Workspace *work, const uint8_t *data, size_t length, size_t bits)
{
    size_t wanted = (bits + 7) / 8;
    size_t excess;
    Big    a;

    if (length > wanted) {
        length = wanted;
    }
    a = sslr_big_read(work, data, length);
    for (excess = 8 * length; excess > bits && !failed(work); excess--) {
        note(work, ltc_mp.div_2(a, a));
    }
    return a;
}
