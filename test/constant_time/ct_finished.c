/*
 * ct_finished.c - shows that the comparison of a Finished, and of SSL 2.0's CLIENT-FINISHED and
 * SERVER-VERIFY, learns nothing but equal or not: the master secret (or what is expected) is marked
 * as secret, and only the final verdict may be known. Both message files are compiled here with a
 * comparison whose result becomes public. Run it under valgrind.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <valgrind/memcheck.h>
#include <valgrind/valgrind.h>

#include "../../core/messages/messages.h"
#include "../../core/ssl2/ssl2.h"

static int verdicts;

static Mask publish(Mask verdict)
{
    Mask bits = 0;

    (void)VALGRIND_GET_VBITS(&verdict, &bits, sizeof(verdict));
    verdicts += bits != 0;
    (void)VALGRIND_MAKE_MEM_DEFINED(&verdict, sizeof(verdict));
    return verdict;
}

#define ct_memory_equal(a, b, length) publish(ct_memory_equal(a, b, length))
#include "../../core/messages/finished.c"
#include "../../core/ssl2/messages.c"
#undef ct_memory_equal

static SSLContext *in_handshake(uint16_t version, Ssl2State *ssl2)
{
    SSLContext *ctx = calloc(1, SSLContextSize());

    (void)SSLInitContext(ctx);
    ctx->config.side  = SSL_ClientSide;
    ctx->handshake    = calloc(1, sizeof(Handshake));
    ctx->agreed.suite = sslr_cipher_suite(TLS_RSA_WITH_AES_128_CBC_SHA);
    if (version == SSL_Version_2_0) {
        ctx->protocol        = sslr_ssl2.protocol;
        ctx->version         = version;
        ctx->handshake->ssl2 = ssl2;
    } else {
        (void)sslr_set_version(ctx, version);
        sslr_transcript_start(ctx, version < TLS_Version_1_2 ? HASH_MD5 : HASH_SHA256);
    }
    return ctx;
}

static void dispose(SSLContext *ctx)
{
    free(ctx->handshake);
    free(ctx);
}

/* `wrong`: the byte that differs; the length of the value for none. */
static int check_version(uint16_t version, size_t wrong)
{
    SSLContext *ctx = in_handshake(version, NULL);
    uint8_t     received[MAX_HASH_SIZE];
    size_t      length = ctx->protocol->finished_length(ctx);
    Reader      body;
    SSLErr      err;
    int         before = verdicts, expected = wrong >= length;

    ctx->protocol->finished(ctx, 1, received);
    if (!expected) {
        received[wrong] ^= 0x10;
    }
    (void)VALGRIND_MAKE_MEM_UNDEFINED(ctx->handshake->secret, sizeof(ctx->handshake->secret));
    body = reader_of(bytes_of(received, length));
    err  = sslr_read_finished(ctx, &body);
    dispose(ctx);
    return (err == SSLNoErr) == expected && verdicts == before + 1;
}

static int check_ssl2(SSLErr (*read)(SSLContext *ctx, Reader *body), size_t wrong)
{
    Ssl2State   ssl2;
    SSLContext *ctx = in_handshake(SSL_Version_2_0, &ssl2);
    uint8_t     received[16];
    Reader      body;
    SSLErr      err;
    int         before = verdicts, expected = wrong >= sizeof(received);

    memset(&ssl2, 0x33, sizeof(ssl2));
    ssl2.challenge_length = ssl2.connection_id_length = 16;
    memset(received, 0x33, sizeof(received));
    if (!expected) {
        received[wrong] ^= 0x10;
    }
    (void)VALGRIND_MAKE_MEM_UNDEFINED(received, sizeof(received)); /* as decrypted */
    body = reader_of(bytes_of(received, sizeof(received)));
    err  = read(ctx, &body);
    dispose(ctx);
    return (err == SSLNoErr) == expected && verdicts == before + 1;
}

int main(void)
{
    static const uint16_t versions[] = {SSL_Version_3_0, TLS_Version_1_0, TLS_Version_1_1,
                                        TLS_Version_1_2};
    size_t                i, wrong;
    int                   ok = 1;

    if (!RUNNING_ON_VALGRIND) {
        fprintf(stderr, "ct_finished: shows nothing unless it runs under valgrind\n");
        return 1;
    }
    for (wrong = 0; wrong <= 40; wrong++) {
        for (i = 0; i < sizeof versions / sizeof versions[0]; i++) {
            ok &= check_version(versions[i], wrong);
        }
        ok &= check_ssl2(sslr_ssl2_read_client_finished, wrong);
        ok &= check_ssl2(sslr_ssl2_read_server_verify, wrong);
    }
    printf("ct_finished: %s, %d comparisons, %u errors\n",
           ok ? "answers and marks are right" : "FAILED", verdicts,
           (unsigned)VALGRIND_COUNT_ERRORS);
    return ok ? 0 : 1;
}
