/*
 * ct_mlkem.c - shows that ML-KEM-768 neither branches nor indexes on a secret. Run it under
 * valgrind: seeds, messages and private keys are marked as uninitialised, so that memcheck reports
 * every jump and every address that depends on them (and makes valgrind's exit status say so).
 * Marks that have to survive are looked for at the end of each run; answers are checked as well.
 *
 * mlkem768.c is included here, not linked: with SSLREF_CHECK_CONSTANT_TIME it tells valgrind that
 * rho, which is derived from the seed, is a part of the public key (FIPS 203 algorithm 13).
 */
#define SSLREF_CHECK_CONSTANT_TIME
#include "../../crypto/mlkem768.c"

#include <stdio.h>
#include <valgrind/valgrind.h>

static void classify(void *data, size_t length)
{
    (void)VALGRIND_MAKE_MEM_UNDEFINED(data, length);
}

/* Whether every byte still carries the mark; takes it off, for the comparison that follows. */
static int was_secret(void *data, size_t length)
{
    uint8_t bits[MLKEM768_PUBLIC_SIZE];
    int     all = length <= sizeof bits && VALGRIND_GET_VBITS(data, bits, length) == 1;
    size_t  i;

    for (i = 0; all && i < length; i++) {
        all = bits[i] != 0;
    }
    declassify(data, length);
    return all;
}

typedef struct Run {
    uint8_t seed[MLKEM768_SEED_SIZE];
    uint8_t message[32];
    uint8_t public_key[MLKEM768_PUBLIC_SIZE];
    uint8_t ciphertext[MLKEM768_CIPHERTEXT_SIZE];
    uint8_t secret[MLKEM768_SECRET_SIZE], received[MLKEM768_SECRET_SIZE];
    uint8_t expanded[MLKEM768_EXPANDED_SIZE];
} Run;

static int generate(Run *run)
{
    SSLErr err;

    classify(run->seed, sizeof run->seed);
    err = sslr_mlkem768_public(run->seed, run->public_key);
    return err == SSLNoErr && was_secret(run->public_key, VECTOR_SIZE);
}

static int encapsulate_secret_message(Run *run)
{
    SSLErr err;

    classify(run->message, sizeof run->message);
    err = sslr_mlkem768_encapsulate(run->public_key, run->message, run->ciphertext, run->secret);
    return err == SSLNoErr && was_secret(run->ciphertext, sizeof run->ciphertext) &&
           was_secret(run->secret, sizeof run->secret);
}

static int decapsulate_with_secret_seed(Run *run)
{
    SSLErr err;

    classify(run->seed, sizeof run->seed);
    err = sslr_mlkem768_decapsulate(run->seed, run->ciphertext, run->received);
    return err == SSLNoErr && was_secret(run->received, sizeof run->received);
}

static int decapsulate_with_secret_expanded_key(Run *run)
{
    SSLErr err = sslr_mlkem768_expand(run->seed, run->expanded);

    declassify(run->expanded, sizeof run->expanded);
    classify(run->expanded, PUBLIC_AT);
    classify(run->expanded + REJECT_AT, HASH_SIZE);
    if (err == SSLNoErr) {
        err = sslr_mlkem768_decapsulate_expanded(run->expanded, run->ciphertext, run->received);
    }
    return err == SSLNoErr && was_secret(run->received, sizeof run->received);
}

static int secrets_agree(const Run *run)
{
    return memcmp(run->secret, run->received, sizeof run->secret) == 0;
}

static int check(uint8_t start)
{
    Run run;
    int ok;

    memset(&run, 0, sizeof run);
    memset(run.seed, start, sizeof run.seed);
    memset(run.message, start + 1, sizeof run.message);
    ok = generate(&run) && encapsulate_secret_message(&run) && decapsulate_with_secret_seed(&run) &&
         secrets_agree(&run) && decapsulate_with_secret_expanded_key(&run) && secrets_agree(&run);

    /* The same with a ciphertext that is refused: only the result may differ. */
    run.ciphertext[start] ^= 0x10;
    return ok && decapsulate_with_secret_seed(&run) && !secrets_agree(&run) &&
           decapsulate_with_secret_expanded_key(&run) && !secrets_agree(&run);
}

int main(void)
{
    uint8_t start;
    int     ok = 1;

    if (!RUNNING_ON_VALGRIND) {
        fprintf(stderr, "ct_mlkem: shows nothing unless it runs under valgrind\n");
        return 1;
    }
    for (start = 1; ok && start <= 5; start++) {
        ok = check(start);
    }
    printf("ct_mlkem: %s, %u errors\n", ok ? "answers and marks are right" : "WRONG ANSWER OR MARK",
           (unsigned)VALGRIND_COUNT_ERRORS);
    return ok ? 0 : 1;
}
