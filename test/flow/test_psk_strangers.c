/*
 * test_psk_strangers.c - TLS 1.2 with pre-shared keys, a name that the server does not know: the
 * key that stands in for it (RFC 4279 2) is drawn, so that no client has it.
 */
#include "evil_peer.h"

/* clang-format off */
static const Scenario scenarios[] = {
    { "PSK",       TLS_Version_1_2, TLS_PSK_WITH_AES_128_GCM_SHA256,       0, IDENTITY_RSA, 0 },
    { "ECDHE_PSK", TLS_Version_1_2, TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256, 0, IDENTITY_RSA, 0 },
    { "RSA_PSK",   TLS_Version_1_2, TLS_RSA_PSK_WITH_AES_128_GCM_SHA256,   0, IDENTITY_RSA, 0 },
};
/* clang-format on */

static SSLErr find_nobody(SSLContext *ctx, SSLBuffer identity, SSLPSK *psk, void *ref)
{
    (void)ctx;
    (void)identity;
    (void)psk;
    (void)ref;
    return SSLNoErr;
}

/* The stranger's key: this byte, 32 times. */
static Pair *pair_with_stranger(const Scenario *scenario, unsigned byte)
{
    Pair     *pair = pair_open(scenario, NOBODY, NULL, NULL);
    uint8_t   bytes[32];
    SSLBuffer name = {7, (uint8 *)"mallory"}, key = {sizeof(bytes), bytes};

    memset(bytes, (int)byte, sizeof(bytes));
    assert_int_equal(SSLSetPSK(&pair->client.ctx, name, key, SSL_PSKHashSHA256), SSLNoErr);
    assert_int_equal(SSLSetPSKFunc(&pair->server.ctx, find_nobody, NULL), SSLNoErr);
    return pair;
}

static void assert_wrong_key(Pair *pair)
{
    pair_handshake(pair);
    assert_int_equal(pair->server.result, SSLProtocolErr);
    assert_int_equal(peer_alert(&pair->server), ALERT_BAD_RECORD_MAC);
    assert_int_equal(pair->client.result, SSLFatalAlert);
}

static void nobody_guesses_the_key(void **unused)
{
    size_t   i;
    unsigned byte;

    (void)unused;
    for (i = 0; i < 3; i++) {
        for (byte = 0; byte < 256; byte += i == 0 ? 1 : 51) {
            Pair *pair = pair_with_stranger(&scenarios[i], byte);

            assert_wrong_key(pair);
            pair_close(pair);
        }
    }
}

static SSLErr draw_letters(SSLBuffer buf, void *ref)
{
    (void)ref;
    memset(buf.data, 'r', buf.length);
    return SSLNoErr;
}

/* Whoever knew what the server draws would be in. */
static void the_key_is_what_the_server_draws(void **unused)
{
    Pair *pair = pair_with_stranger(&scenarios[0], 'r');

    (void)unused;
    SSLSetRandomFunc(&pair->server.ctx, draw_letters);
    pair_handshake(pair);
    assert_true(pair_is_connected(pair));
    pair_close(pair);
    pair = pair_with_stranger(&scenarios[0], 's');
    SSLSetRandomFunc(&pair->server.ctx, draw_letters);
    assert_wrong_key(pair);
    pair_close(pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nobody_guesses_the_key),
        cmocka_unit_test(the_key_is_what_the_server_draws),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
