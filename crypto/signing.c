/*
 * signing.c - the hedged nonce of RFC 6979 and the equation by which DSA and ECDSA make s of it.
 * Groups, curves and encodings are their own. Called by dsa.c and ecdsa.c.
 */
#include "signing.h"

#include <string.h>

#define HEDGE_SIZE 32

/* ---- the nonce ---- */

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
void sslr_nonce_begin(Workspace *work, NonceSource *source, Big order, HashId hash,
                      Big private_number, Big digest, const CryptoRandom *random)
{
    uint8_t seed[2 * MAX_CURVE_SCALAR + HEDGE_SIZE];
    size_t  width   = ((size_t)sslr_big_bits(work, order) + 7) / 8;
    size_t  length  = 2 * width;
    Big     reduced = sslr_big_new(work);

    source->hash      = hash;
    source->hash_size = sslr_hash_size(hash);
    source->order     = order;
    source->width     = width;
    memset(source->key, 0x00, sizeof(source->key));
    memset(source->value, 0x01, sizeof(source->value));
    sslr_big_mod(work, digest, order, reduced);
    sslr_work_require(work, source->hash_size != 0 && width <= MAX_CURVE_SCALAR, SSLCryptoErr);
    if (work->err != SSLNoErr) {
        return;
    }
    sslr_big_write(work, private_number, seed, width);
    sslr_big_write(work, reduced, seed + width, width);
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

/* Step h. A candidate outside is dropped, as the RFC demands; that happens once in 2^32 runs or
 * less with the NIST curves, and every other time with the worst of DSA's groups. */
Big sslr_nonce_next(Workspace *work, NonceSource *source)
{
    uint8_t candidate[MAX_CURVE_SCALAR + MAX_HASH_SIZE];
    size_t  mark = work->count;
    size_t  bits = (size_t)sslr_big_bits(work, source->order);
    Big     k    = NULL;

    while (work->err == SSLNoErr) {
        size_t filled = 0;

        while (filled < source->width) {
            sslr_hmac(source->hash, source->key, source->hash_size, source->value,
                      source->hash_size, source->value);
            memcpy(candidate + filled, source->value, source->hash_size);
            filled += source->hash_size;
        }
        k = sslr_big_leftmost(work, candidate, filled, bits);
        stir(source, 0x00, NULL, 0);
        if (!sslr_big_is_zero(work, k) && sslr_big_less(work, k, source->order)) {
            break;
        }
        sslr_work_release(work, mark);
    }
    sslr_wipe(candidate, sizeof(candidate));
    return k;
}

/* ---- the equation ---- */

/* Every factor is multiplied by a random number first, so that neither the product r d nor the
 * inversion of k happens on values that a watcher could link: (b e + r (b d)) / (b k). */
void sslr_sign_equation(Workspace *work, Big order, const CryptoRandom *random, Big k, Big r, Big d,
                        Big e, Big s)
{
    size_t mark = work->count;
    Big    sum  = sslr_big_new(work);
    Big    blind;

    if (random != NULL) {
        blind = sslr_big_random(work, random, order);
    } else {
        blind = sslr_big_new(work);
        sslr_big_set(work, blind, 1);
    }
    sslr_big_mul_mod(work, blind, d, order, sum);
    sslr_big_mul_mod(work, sum, r, order, sum);
    sslr_big_mul_mod(work, blind, e, order, s);
    sslr_big_add_mod(work, sum, s, order, sum);
    sslr_big_mul_mod(work, blind, k, order, s);
    sslr_big_invert_prime(work, s, order, s);
    sslr_big_mul_mod(work, s, sum, order, s);
    sslr_work_release(work, mark);
}
