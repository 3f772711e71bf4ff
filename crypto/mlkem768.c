/*
 * mlkem768.c - ML-KEM-768 (FIPS 203): K-PKE of section 5 and the key encapsulation of sections 6
 * and 7, over SHA-3 and SHAKE. Polynomials live in mlkem768_poly.c; the hybrid with X25519 and
 * the wire format live in core/key_exchange. Called through crypto.h.
 *
 * A private key is a seed. Whatever is computed from it, from a message or from a shared secret is
 * treated in constant time and wiped, except the public key with the seed rho of the matrix.
 */
#include "mlkem768.h"

#include <string.h>

#include "mlkem768_poly.h"
#include "tomcrypt_include.h"

#ifdef SSLREF_CHECK_CONSTANT_TIME
#include <valgrind/memcheck.h>
#define declassify(data, length) ((void)VALGRIND_MAKE_MEM_DEFINED(data, length))
#else
#define declassify(data, length) ((void)(data), (void)(length))
#endif

enum {
    RANK        = 3,                      /* k */
    HASH_SIZE   = 32,                     /* of H, J, and of every seed */
    VECTOR_SIZE = RANK * MLKEM_POLY_SIZE, /* k polynomials, not compressed */

    /* Where the parts of an expanded private key begin. */
    PUBLIC_AT = VECTOR_SIZE,
    DIGEST_AT = PUBLIC_AT + MLKEM768_PUBLIC_SIZE,
    REJECT_AT = DIGEST_AT + HASH_SIZE
};

/* ---- the hash functions of section 4.1 ---- */

/* H(data) = SHA3-256(data) */
static SSLErr hash_h(const uint8_t *data, size_t length, uint8_t digest[HASH_SIZE])
{
    hash_state sponge;
    int        ok = sha3_256_init(&sponge) == CRYPT_OK &&
             sha3_process(&sponge, data, (unsigned long)length) == CRYPT_OK &&
             sha3_done(&sponge, digest) == CRYPT_OK;

    sslr_wipe(&sponge, sizeof sponge);
    return ok ? SSLNoErr : SSLCryptoErr;
}

/* G(a || b) = SHA3-512(a || b), two seeds */
static SSLErr hash_g(const uint8_t a[HASH_SIZE], const uint8_t *b, size_t b_length,
                     uint8_t digest[2 * HASH_SIZE])
{
    hash_state sponge;
    int        ok = sha3_512_init(&sponge) == CRYPT_OK &&
             sha3_process(&sponge, a, HASH_SIZE) == CRYPT_OK &&
             sha3_process(&sponge, b, (unsigned long)b_length) == CRYPT_OK &&
             sha3_done(&sponge, digest) == CRYPT_OK;

    sslr_wipe(&sponge, sizeof sponge);
    return ok ? SSLNoErr : SSLCryptoErr;
}

/* SHAKE256(key || data): J, and PRF with a counter for data */
static SSLErr shake256(const uint8_t key[HASH_SIZE], const uint8_t *data, size_t length,
                       uint8_t *out, size_t out_length)
{
    hash_state sponge;
    int        ok = sha3_shake_init(&sponge, 256) == CRYPT_OK &&
             sha3_shake_process(&sponge, key, HASH_SIZE) == CRYPT_OK &&
             sha3_shake_process(&sponge, data, (unsigned long)length) == CRYPT_OK &&
             sha3_shake_done(&sponge, out, (unsigned long)out_length) == CRYPT_OK;

    sslr_wipe(&sponge, sizeof sponge);
    return ok ? SSLNoErr : SSLCryptoErr;
}

/* ---- sampling ---- */

/* A[row, column] in the transformed domain, from SHAKE128(rho || column || row). All public. */
static SSLErr sample_element(MlkemPoly *element, const uint8_t rho[HASH_SIZE], size_t row,
                             size_t column)
{
    hash_state xof;
    uint8_t    place[2], block[MLKEM_XOF_BLOCK];
    size_t     count = 0;
    int        ok;

    place[0] = (uint8_t)column;
    place[1] = (uint8_t)row;
    ok       = sha3_shake_init(&xof, 128) == CRYPT_OK &&
         sha3_shake_process(&xof, rho, HASH_SIZE) == CRYPT_OK &&
         sha3_shake_process(&xof, place, sizeof place) == CRYPT_OK;
    while (ok && count < MLKEM_N) {
        ok    = sha3_shake_done(&xof, block, sizeof block) == CRYPT_OK;
        count = sslr_mlkem_sample_uniform(element, count, block);
    }
    return ok ? SSLNoErr : SSLCryptoErr;
}

/* SamplePolyCBD(PRF(seed, counter)) */
static SSLErr sample_noise(MlkemPoly *noise, const uint8_t seed[HASH_SIZE], size_t counter)
{
    uint8_t bytes[MLKEM_NOISE_SIZE] = {0}, number = (uint8_t)counter;
    SSLErr  err = shake256(seed, &number, 1, bytes, sizeof bytes);

    sslr_mlkem_sample_noise(noise, bytes);
    sslr_wipe(bytes, sizeof bytes);
    return err;
}

/* k noise polynomials with the counters 0, 1, 2, transformed */
static SSLErr sample_secret_vector(MlkemPoly vector[RANK], const uint8_t seed[HASH_SIZE])
{
    SSLErr err = SSLNoErr;
    size_t i;

    for (i = 0; i < RANK && err == SSLNoErr; i++) {
        err = sample_noise(&vector[i], seed, i);
        sslr_mlkem_ntt(&vector[i]);
    }
    return err;
}

typedef enum Orientation {
    AS_IS,
    TRANSPOSED
} Orientation;

/* product = A[row] * vector / 2^16, transformed; the matrix exists one element at a time */
static SSLErr multiply_row(MlkemPoly *product, const uint8_t rho[HASH_SIZE],
                           Orientation orientation, size_t row, const MlkemPoly vector[RANK])
{
    MlkemPoly element;
    SSLErr    err = SSLNoErr;
    size_t    i;

    memset(product, 0, sizeof *product);
    for (i = 0; i < RANK && err == SSLNoErr; i++) {
        err = orientation == AS_IS ? sample_element(&element, rho, row, i)
                                   : sample_element(&element, rho, i, row);
        if (err == SSLNoErr) {
            sslr_mlkem_multiply_add(product, &element, &vector[i]);
        }
    }
    return err;
}

/* ---- K-PKE (section 5) ---- */

/* Algorithm 13, K-PKE.KeyGen: t = A s + e, transformed. public_key = t || rho, private_key = s. */
static SSLErr pke_generate(const uint8_t d[HASH_SIZE], uint8_t public_key[MLKEM768_PUBLIC_SIZE],
                           uint8_t private_key[VECTOR_SIZE])
{
    const uint8_t  rank = RANK;
    uint8_t        seeds[2 * HASH_SIZE];
    const uint8_t *rho = seeds, *sigma = seeds + HASH_SIZE;
    MlkemPoly      s[RANK], t, e;
    SSLErr         err = hash_g(d, &rank, 1, seeds);
    size_t         i;

    if (err == SSLNoErr) {
        declassify(rho, HASH_SIZE);
        err = sample_secret_vector(s, sigma);
    }
    for (i = 0; i < RANK && err == SSLNoErr; i++) {
        err = multiply_row(&t, rho, AS_IS, i, s);
        if (err == SSLNoErr) {
            err = sample_noise(&e, sigma, RANK + i);
        }
        if (err == SSLNoErr) {
            sslr_mlkem_scale(&t);
            sslr_mlkem_ntt(&e);
            sslr_mlkem_add(&t, &e);
            sslr_mlkem_encode(public_key + i * MLKEM_POLY_SIZE, &t);
            sslr_mlkem_encode(private_key + i * MLKEM_POLY_SIZE, &s[i]);
        }
    }
    if (err == SSLNoErr) {
        memcpy(public_key + VECTOR_SIZE, rho, HASH_SIZE);
    }
    sslr_wipe(s, sizeof s);
    sslr_wipe(&e, sizeof e);
    sslr_wipe(&t, sizeof t);
    sslr_wipe(seeds, sizeof seeds);
    return err;
}

/* u[i] = (A^T y)[i] + e1[i], compressed to 10 bits */
static SSLErr encrypt_u(const uint8_t rho[HASH_SIZE], const uint8_t coins[HASH_SIZE],
                        const MlkemPoly y[RANK], uint8_t *out)
{
    MlkemPoly u, e1;
    SSLErr    err = SSLNoErr;
    size_t    i;

    for (i = 0; i < RANK && err == SSLNoErr; i++) {
        err = multiply_row(&u, rho, TRANSPOSED, i, y);
        if (err == SSLNoErr) {
            err = sample_noise(&e1, coins, RANK + i);
        }
        if (err == SSLNoErr) {
            sslr_mlkem_inverse_ntt(&u);
            sslr_mlkem_add(&u, &e1);
            sslr_mlkem_encode_u(out + i * MLKEM_U_SIZE, &u);
        }
    }
    sslr_wipe(&u, sizeof u);
    sslr_wipe(&e1, sizeof e1);
    return err;
}

/* v = t y + e2 + message, compressed to 4 bits */
static SSLErr encrypt_v(const uint8_t *t, const uint8_t message[MLKEM_MESSAGE_SIZE],
                        const uint8_t coins[HASH_SIZE], const MlkemPoly y[RANK], uint8_t *out)
{
    MlkemPoly v, term;
    SSLErr    err;
    size_t    i;

    memset(&v, 0, sizeof v);
    for (i = 0; i < RANK; i++) {
        (void)sslr_mlkem_decode(&term, t + i * MLKEM_POLY_SIZE);
        sslr_mlkem_multiply_add(&v, &term, &y[i]);
    }
    sslr_mlkem_inverse_ntt(&v);
    err = sample_noise(&term, coins, 2 * RANK);
    if (err == SSLNoErr) {
        sslr_mlkem_add(&v, &term);
        sslr_mlkem_decode_message(&term, message);
        sslr_mlkem_add(&v, &term);
        sslr_mlkem_encode_v(out, &v);
    }
    sslr_wipe(&v, sizeof v);
    sslr_wipe(&term, sizeof term);
    return err;
}

/* Algorithm 14, K-PKE.Encrypt */
static SSLErr pke_encrypt(const uint8_t public_key[MLKEM768_PUBLIC_SIZE],
                          const uint8_t message[MLKEM_MESSAGE_SIZE], const uint8_t coins[HASH_SIZE],
                          uint8_t ciphertext[MLKEM768_CIPHERTEXT_SIZE])
{
    MlkemPoly y[RANK];
    SSLErr    err = sample_secret_vector(y, coins);

    if (err == SSLNoErr) {
        err = encrypt_u(public_key + VECTOR_SIZE, coins, y, ciphertext);
    }
    if (err == SSLNoErr) {
        err = encrypt_v(public_key, message, coins, y, ciphertext + RANK * MLKEM_U_SIZE);
    }
    sslr_wipe(y, sizeof y);
    return err;
}

/* Algorithm 15, K-PKE.Decrypt: message = v - s u, rounded to a bit each */
static void pke_decrypt(const uint8_t private_key[VECTOR_SIZE],
                        const uint8_t ciphertext[MLKEM768_CIPHERTEXT_SIZE],
                        uint8_t       message[MLKEM_MESSAGE_SIZE])
{
    MlkemPoly product, factor, s;
    size_t    i;

    memset(&product, 0, sizeof product);
    for (i = 0; i < RANK; i++) {
        sslr_mlkem_decode_u(&factor, ciphertext + i * MLKEM_U_SIZE);
        sslr_mlkem_ntt(&factor);
        (void)sslr_mlkem_decode(&s, private_key + i * MLKEM_POLY_SIZE);
        sslr_mlkem_multiply_add(&product, &factor, &s);
    }
    sslr_mlkem_inverse_ntt(&product);
    sslr_mlkem_decode_v(&factor, ciphertext + RANK * MLKEM_U_SIZE);
    sslr_mlkem_subtract(&factor, &product);
    sslr_mlkem_encode_message(message, &factor);
    sslr_wipe(&product, sizeof product);
    sslr_wipe(&factor, sizeof factor);
    sslr_wipe(&s, sizeof s);
}

/* ---- ML-KEM (sections 6 and 7) ---- */

SSLErr sslr_mlkem768_expand(const uint8_t seed[MLKEM768_SEED_SIZE],
                            uint8_t       expanded[MLKEM768_EXPANDED_SIZE])
{
    uint8_t *public_key = expanded + PUBLIC_AT;
    SSLErr   err        = pke_generate(seed, public_key, expanded);

    if (err == SSLNoErr) {
        err = hash_h(public_key, MLKEM768_PUBLIC_SIZE, expanded + DIGEST_AT);
    }
    if (err != SSLNoErr) {
        sslr_wipe(expanded, MLKEM768_EXPANDED_SIZE);
        return err;
    }
    memcpy(expanded + REJECT_AT, seed + HASH_SIZE, HASH_SIZE);
    return SSLNoErr;
}

SSLErr sslr_mlkem768_public(const uint8_t seed[MLKEM768_SEED_SIZE],
                            uint8_t       public_key[MLKEM768_PUBLIC_SIZE])
{
    uint8_t private_key[VECTOR_SIZE];
    SSLErr  err = pke_generate(seed, public_key, private_key);

    sslr_wipe(private_key, sizeof private_key);
    if (err != SSLNoErr) {
        sslr_wipe(public_key, MLKEM768_PUBLIC_SIZE);
    }
    return err;
}

/* FIPS 203 7.2, modulus check: ByteEncode(ByteDecode(t)) = t */
static Mask is_reduced(const uint8_t public_key[MLKEM768_PUBLIC_SIZE])
{
    MlkemPoly t;
    Mask      reduced = ~(Mask)0;
    size_t    i;

    for (i = 0; i < RANK; i++) {
        reduced &= sslr_mlkem_decode(&t, public_key + i * MLKEM_POLY_SIZE);
    }
    return reduced;
}

/* Algorithm 17, ML-KEM.Encaps_internal: (K, coins) = G(message || H(public key)) */
static SSLErr encapsulate(const uint8_t public_key[MLKEM768_PUBLIC_SIZE], const uint8_t message[32],
                          uint8_t ciphertext[MLKEM768_CIPHERTEXT_SIZE],
                          uint8_t secret[MLKEM768_SECRET_SIZE])
{
    uint8_t digest[HASH_SIZE], secret_and_coins[2 * HASH_SIZE];
    SSLErr  err = hash_h(public_key, MLKEM768_PUBLIC_SIZE, digest);

    if (err == SSLNoErr) {
        err = hash_g(message, digest, sizeof digest, secret_and_coins);
    }
    if (err == SSLNoErr) {
        err = pke_encrypt(public_key, message, secret_and_coins + HASH_SIZE, ciphertext);
    }
    if (err == SSLNoErr) {
        memcpy(secret, secret_and_coins, MLKEM768_SECRET_SIZE);
    }
    sslr_wipe(secret_and_coins, sizeof secret_and_coins);
    return err;
}

SSLErr sslr_mlkem768_encapsulate(const uint8_t public_key[MLKEM768_PUBLIC_SIZE],
                                 const uint8_t message[32],
                                 uint8_t       ciphertext[MLKEM768_CIPHERTEXT_SIZE],
                                 uint8_t       secret[MLKEM768_SECRET_SIZE])
{
    SSLErr err = SSLProtocolErr;

    if (is_reduced(public_key)) {
        err = encapsulate(public_key, message, ciphertext, secret);
    }
    if (err != SSLNoErr) {
        sslr_wipe(ciphertext, MLKEM768_CIPHERTEXT_SIZE);
        sslr_wipe(secret, MLKEM768_SECRET_SIZE);
    }
    return err;
}

/* What decapsulation computes on its way; all of it is secret. */
typedef struct Trial {
    uint8_t message[MLKEM_MESSAGE_SIZE];
    uint8_t secret_and_coins[2 * HASH_SIZE];
    uint8_t rejected[HASH_SIZE]; /* the secret for a ciphertext that is not ours */
    uint8_t ciphertext[MLKEM768_CIPHERTEXT_SIZE];
} Trial;

/* Algorithm 18, ML-KEM.Decaps_internal. A ciphertext that does not encrypt back to itself gives
 * J(z || ciphertext), in the same time and with the same result code (implicit rejection): a
 * visible difference would answer chosen-ciphertext questions about s. */
static SSLErr decapsulate(const uint8_t expanded[MLKEM768_EXPANDED_SIZE],
                          const uint8_t ciphertext[MLKEM768_CIPHERTEXT_SIZE],
                          uint8_t       secret[MLKEM768_SECRET_SIZE])
{
    Trial  trial;
    SSLErr err;

    pke_decrypt(expanded, ciphertext, trial.message);
    err = hash_g(trial.message, expanded + DIGEST_AT, HASH_SIZE, trial.secret_and_coins);
    if (err == SSLNoErr) {
        err = shake256(expanded + REJECT_AT, ciphertext, MLKEM768_CIPHERTEXT_SIZE, trial.rejected,
                       sizeof trial.rejected);
    }
    if (err == SSLNoErr) {
        err = pke_encrypt(expanded + PUBLIC_AT, trial.message, trial.secret_and_coins + HASH_SIZE,
                          trial.ciphertext);
    }
    if (err == SSLNoErr) {
        Mask same = ct_memory_equal(ciphertext, trial.ciphertext, MLKEM768_CIPHERTEXT_SIZE);

        memcpy(secret, trial.rejected, MLKEM768_SECRET_SIZE);
        ct_copy(same, secret, trial.secret_and_coins, MLKEM768_SECRET_SIZE);
    } else {
        sslr_wipe(secret, MLKEM768_SECRET_SIZE);
    }
    sslr_wipe(&trial, sizeof trial);
    return err;
}

SSLErr sslr_mlkem768_decapsulate(const uint8_t seed[MLKEM768_SEED_SIZE],
                                 const uint8_t ciphertext[MLKEM768_CIPHERTEXT_SIZE],
                                 uint8_t       secret[MLKEM768_SECRET_SIZE])
{
    uint8_t expanded[MLKEM768_EXPANDED_SIZE];
    SSLErr  err = sslr_mlkem768_expand(seed, expanded);

    if (err == SSLNoErr) {
        err = decapsulate(expanded, ciphertext, secret);
    } else {
        sslr_wipe(secret, MLKEM768_SECRET_SIZE);
    }
    sslr_wipe(expanded, sizeof expanded);
    return err;
}

SSLErr sslr_mlkem768_decapsulate_expanded(const uint8_t expanded[MLKEM768_EXPANDED_SIZE],
                                          const uint8_t ciphertext[MLKEM768_CIPHERTEXT_SIZE],
                                          uint8_t       secret[MLKEM768_SECRET_SIZE])
{
    uint8_t digest[HASH_SIZE];
    SSLErr  err = hash_h(expanded + PUBLIC_AT, MLKEM768_PUBLIC_SIZE, digest);

    if (err == SSLNoErr && !ct_memory_equal(digest, expanded + DIGEST_AT, HASH_SIZE)) {
        err = SSLBadKeyErr;
    }
    if (err == SSLNoErr) {
        err = decapsulate(expanded, ciphertext, secret);
    } else {
        sslr_wipe(secret, MLKEM768_SECRET_SIZE);
    }
    return err;
}
