/*
 * ct_cbc_open.c - shows that opening a CBC record neither branches nor indexes on what was
 * decrypted, padding and MAC right or wrong (Lucky 13, POODLE's and Vaudenay's oracles): SSL 3.0,
 * TLS 1.0, TLS 1.2, and encrypt-then-MAC. The opener is compiled here with a cipher that leaves the
 * bytes as they are and marks them as secret, since the library's cipher is not ours. What may be
 * known is the verdict. Run it under valgrind.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <valgrind/memcheck.h>
#include <valgrind/valgrind.h>

#include "../../core/keys/keys.h"

#define MAX_RECORD 700

static int verdicts; /* that were secret when they became public */

/* "Decrypt": the plaintext stands there already; it is a secret from here on. */
static void secret_cipher_run(void *state, uint8_t *data, size_t length)
{
    (void)state;
    (void)VALGRIND_MAKE_MEM_UNDEFINED(data, length);
}

static Mask publish(Mask verdict)
{
    Mask bits = 0;

    (void)VALGRIND_GET_VBITS(&verdict, &bits, sizeof(verdict));
    verdicts += bits != 0;
    (void)VALGRIND_MAKE_MEM_DEFINED(&verdict, sizeof(verdict));
    return verdict;
}

#define sslr_cipher_run     secret_cipher_run
#define sslr_protection_cbc opener_under_test
#define ct_hide             publish
#include "../../core/record/protect_cbc.c"
#undef ct_hide

typedef struct Variant {
    const char *name;
    uint16_t    version;
    CipherId    cipher;
    HashId      mac;
    int         encrypt_then_mac;
} Variant;

static const Variant variants[] = {
    {"SSL 3.0, MD5", SSL_Version_3_0, CIPHER_3DES_CBC, HASH_MD5, 0},
    {"SSL 3.0, SHA-1", SSL_Version_3_0, CIPHER_AES_128_CBC, HASH_SHA1, 0},
    {"TLS 1.0, MD5", TLS_Version_1_0, CIPHER_RC2_CBC, HASH_MD5, 0},
    {"TLS 1.0, SHA-1", TLS_Version_1_0, CIPHER_3DES_CBC, HASH_SHA1, 0},
    {"TLS 1.2, SHA-1", TLS_Version_1_2, CIPHER_AES_128_CBC, HASH_SHA1, 0},
    {"TLS 1.2, SHA-256", TLS_Version_1_2, CIPHER_AES_128_CBC, HASH_SHA256, 0},
    {"TLS 1.2, SHA-384", TLS_Version_1_2, CIPHER_AES_256_CBC, HASH_SHA384, 0},
    {"TLS 1.0, encrypt-then-MAC", TLS_Version_1_0, CIPHER_3DES_CBC, HASH_SHA1, 1},
    {"TLS 1.2, encrypt-then-MAC", TLS_Version_1_2, CIPHER_AES_128_CBC, HASH_SHA256, 1},
};

/* What is wrong with a record. */
typedef enum Damage {
    NOTHING,
    BAD_MAC,
    BAD_PADDING,  /* one byte of it, where there is one that counts */
    LONG_PADDING, /* over MAC and content, or beyond the record */
    DAMAGES
} Damage;

typedef struct Bench {
    SSLContext *ctx;
    Direction   read;
    CipherSuite suite;
    Incoming    in;
    uint8_t     record[MAX_RECORD];
    uint64_t    state[200];
    size_t      content;
} Bench;

static void set_up(Bench *bench, const Variant *variant)
{
    static const uint8_t key[MAX_HASH_SIZE] = {1, 2, 3};

    memset(bench, 0, sizeof(*bench));
    bench->ctx = calloc(1, SSLContextSize());
    (void)SSLInitContext(bench->ctx);
    (void)sslr_set_version(bench->ctx, variant->version);
    bench->suite.cipher          = (uint8_t)variant->cipher;
    bench->suite.mac             = (uint8_t)variant->mac;
    bench->read.suite            = &bench->suite;
    bench->read.state            = bench->state;
    bench->read.ssl3             = variant->version == SSL_Version_3_0;
    bench->read.explicit_iv      = variant->version >= TLS_Version_1_1;
    bench->read.encrypt_then_mac = (uint8_t)variant->encrypt_then_mac;
    (void)sslr_mac_state_init(&bench->read, key, key, key, 0);
}

/* Content, MAC and padding where the opener expects them; `more` blocks of padding than needed. */
static void fill_record(Bench *bench, size_t content, size_t more, Damage damage)
{
    const Direction *read  = &bench->read;
    size_t           block = block_size(read), mac = sslr_mac_size(read), prefix = cbc_prefix(read);
    uint8_t         *data  = bench->record + prefix;
    size_t           inner = content, padding, i;

    memset(bench->record, 0x61, sizeof(bench->record));
    if (!read->encrypt_then_mac) {
        sslr_record_mac(bench->ctx, read, 23, bytes_of(data, content), data + inner);
        data[inner] ^= damage == BAD_MAC;
        inner += mac;
    }
    padding = block - 1 - inner % block + more * block;
    for (i = 0; i <= padding; i++) {
        data[inner + i] = (uint8_t)padding;
    }
    inner += padding + 1;
    if (damage == BAD_PADDING) {
        data[inner - 1 - padding] ^= 1;
    } else if (damage == LONG_PADDING) {
        data[inner - 1] = 255;
    }
    inner += prefix;
    if (read->encrypt_then_mac) {
        sslr_record_mac(bench->ctx, read, 23, bytes_of(bench->record, inner),
                        bench->record + inner);
        bench->record[inner] ^= damage == BAD_MAC;
        inner += mac;
    }
    bench->in.type   = 23;
    bench->in.buffer = bench->record;
    bench->in.have   = inner;
    bench->content   = content;
}

/* Whether the opener should take it. SSL 3.0 looks at the length of the padding alone. */
static int is_good(const Bench *bench, size_t more, Damage damage)
{
    uint8_t last = bench->record[bench->in.have - 1 -
                                 (bench->read.encrypt_then_mac ? sslr_mac_size(&bench->read) : 0)];

    if (bench->read.ssl3) {
        return damage != BAD_MAC && more == 0 && damage != LONG_PADDING &&
               (damage != BAD_PADDING || last != 1);
    }
    return damage == NOTHING;
}

static int run_one(const Variant *variant, size_t content, size_t more, Damage damage)
{
    Bench  bench;
    int    expected, before = verdicts;
    SSLErr err;

    set_up(&bench, variant);
    fill_record(&bench, content, more, damage);
    expected = is_good(&bench, more, damage);
    err      = opener_under_test.open(bench.ctx, &bench.read, &bench.in);
    (void)VALGRIND_MAKE_MEM_DEFINED(&bench.in, sizeof(bench.in));
    (void)VALGRIND_MAKE_MEM_DEFINED(bench.record, sizeof(bench.record));
    if ((err == SSLNoErr) != expected || (expected && bench.in.left != content)) {
        printf("ct_cbc_open: %s, %lu bytes, %lu blocks more, damage %d: %d, %lu bytes\n",
               variant->name, (unsigned long)content, (unsigned long)more, (int)damage, err,
               (unsigned long)bench.in.left);
        return 0;
    }
    free(bench.ctx);
    /* A wrong outer MAC is known before anything is decrypted. */
    return verdicts > before || (variant->encrypt_then_mac && damage == BAD_MAC);
}

int main(void)
{
    static const size_t contents[] = {0, 1, 5, 16, 55, 119, 200, 300};
    size_t              i, j, more;
    int                 damage, ok = 1, count = 0;

    if (!RUNNING_ON_VALGRIND) {
        fprintf(stderr, "ct_cbc_open: shows nothing unless it runs under valgrind\n");
        return 1;
    }
    for (i = 0; i < sizeof variants / sizeof variants[0]; i++) {
        for (j = 0; j < sizeof contents / sizeof contents[0]; j++) {
            for (more = 0; more <= 9; more += 3) {
                for (damage = 0; damage < DAMAGES; damage++) {
                    ok &= run_one(&variants[i], contents[j], more, (Damage)damage);
                    count++;
                }
            }
        }
    }
    printf("ct_cbc_open: %s, %d records, %u errors\n",
           ok ? "answers and marks are right" : "FAILED", count, (unsigned)VALGRIND_COUNT_ERRORS);
    return ok ? 0 : 1;
}
