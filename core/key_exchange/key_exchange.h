/*
 * key_exchange.h - how the two sides come to a premaster secret. In every method one side begins
 * (generate), the other responds, and the first finishes; in TLS 1.3 the client begins, in TLS 1.2
 * the server. One file per method. The result stands in hs->premaster. Called from core/messages.
 *
 * SSLProtocolErr means that the peer's value is not acceptable (illegal_parameter).
 */
#ifndef SSLREF_KEY_EXCHANGE_H
#define SSLREF_KEY_EXCHANGE_H

#include "../base/callbacks.h"

/* ---- share.c: named groups, all kinds ---- */

/* Make a key pair: private half to private_key (MAX_PRIVATE_SHARE bytes), public half to out. */
SSLErr sslr_share_generate(SSLContext *ctx, const Group *group, uint8_t *private_key, Writer *out);

/* Answer the peer's public value: our public half to out, the shared secret to hs->premaster. */
SSLErr sslr_share_respond(SSLContext *ctx, const Group *group, Bytes peer, Writer *out);

/* The peer's answer is here: the shared secret to hs->premaster. */
SSLErr sslr_share_finish(SSLContext *ctx, const Group *group, const uint8_t *private_key,
                         Bytes peer);

/* ---- the methods of TLS 1.2 and before ---- */

typedef struct KeyExchange {
    /* ServerKeyExchange parameters, what is signed; NULL when there is no such message. */
    SSLErr (*write_server)(SSLContext *ctx, Writer *out);
    SSLErr (*read_server)(SSLContext *ctx, Reader *in);

    /* ClientKeyExchange. After read_client of RSA the premaster is still encrypted, in
     * hs->key_exchange. */
    SSLErr (*write_client)(SSLContext *ctx, Writer *out);
    SSLErr (*read_client)(SSLContext *ctx, Reader *in);
} KeyExchange;

extern const KeyExchange sslr_kx_ecdhe, sslr_kx_dhe, sslr_kx_rsa, sslr_kx_psk;

const KeyExchange *sslr_key_exchange(const CipherSuite *suite);

/* ---- rsa.c ---- */

/* The decrypted block becomes the premaster, or random bytes that look like one (Bleichenbacher).
 * fallback: 48 random bytes drawn before the decryption. */
void sslr_rsa_take_premaster(SSLContext *ctx, Bytes block, const uint8_t fallback[48]);

/* ---- psk.c ---- */

/* The key in hs->psk, and the secret of the method beside it, become the premaster. */
void sslr_mix_psk(SSLContext *ctx);

#endif
