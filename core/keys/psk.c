/*
 * psk.c - TLS 1.3: the pre-shared keys that a client offers (RFC 8446 4.2.11). One list, for the
 * extension, for its binders, and for the server's answer.
 */
#include "keys.h"

/* RFC 8446 4.1.4: behind a HelloRetryRequest only with the hash of its suite. */
static int fits_retry(const SSLContext *ctx, HashId hash)
{
    const uint16_t retry = ctx->handshake->retry_suite;

    return retry == 0 || sslr_cipher_suite(retry)->prf == hash;
}

static int offers_suite_with(const SSLContext *ctx, HashId hash)
{
    size_t i;

    for (i = 0; i < ctx->config.suites.count; i++) {
        const CipherSuite *suite = sslr_cipher_suite(ctx->config.suites.items[i]);

        if (suite->min_version == TLS_Version_1_3 && suite->prf == hash) {
            return 1;
        }
    }
    return 0;
}

size_t sslr_offered_psks(const SSLContext *ctx, OfferedPsk list[MAX_OFFERED_PSKS])
{
    const Handshake *hs    = ctx->handshake;
    size_t           count = 0;

    if (hs->psk_length > 0 && !hs->psk_external && fits_retry(ctx, (HashId)hs->psk_hash)) {
        list[count].identity   = hs->psk_identity;
        list[count].key        = bytes_of(hs->psk, hs->psk_length);
        list[count].age        = hs->psk_age;
        list[count].hash       = (HashId)hs->psk_hash;
        list[count++].external = 0;
    }
    if (has_psk(ctx) && allows_tls13(ctx) && fits_retry(ctx, (HashId)ctx->config.psk_hash) &&
        offers_suite_with(ctx, (HashId)ctx->config.psk_hash)) {
        list[count].identity   = own_psk_identity(ctx);
        list[count].key        = own_psk_key(ctx);
        list[count].age        = 0; /* RFC 8446 4.2.11 */
        list[count].hash       = (HashId)ctx->config.psk_hash;
        list[count++].external = 1;
    }
    return count;
}

void sslr_take_psk(SSLContext *ctx)
{
    Handshake *hs = ctx->handshake;
    OfferedPsk list[MAX_OFFERED_PSKS];

    (void)sslr_offered_psks(ctx, list); /* the index was checked when it was read */
    if (list[hs->psk_index].external) {
        sslr_wipe(hs->psk, sizeof(hs->psk));
        memcpy(hs->psk, list[hs->psk_index].key.data, list[hs->psk_index].key.length);
        hs->psk_length   = (uint16_t)list[hs->psk_index].key.length;
        hs->psk_hash     = (uint8_t)list[hs->psk_index].hash;
        hs->psk_external = 1;
    }
}
