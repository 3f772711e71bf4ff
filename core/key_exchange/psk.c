/*
 * psk.c - TLS 1.0 to 1.2 with a pre-shared key (RFC 4279, RFC 5489): alone, or beside one of the
 * other methods, whose messages stand behind the hint and the identity. The key itself is found by
 * core/handshake, which may wait for it; then both secrets become one premaster.
 */
#include "key_exchange.h"

/* The method beside it; NULL: there is none. */
static const KeyExchange *other_method(const SSLContext *ctx)
{
    switch (ctx->agreed.suite->key_exchange) {
    case KX_ECDHE:
        return &sslr_kx_ecdhe;
    case KX_DHE:
        return &sslr_kx_dhe;
    case KX_RSA:
        return &sslr_kx_rsa;
    default:
        return NULL;
    }
}

static SSLErr write_server(SSLContext *ctx, Writer *out)
{
    write_vector(out, ctx->config.psk_hint, 2);
    return has_fact(ctx, FACT_EPHEMERAL) ? other_method(ctx)->write_server(ctx, out)
                                         : writer_status(out);
}

static SSLErr read_server(SSLContext *ctx, Reader *in)
{
    Bytes  hint = read_vector(in, 2);
    SSLErr err;

    if (in->failed || hint.length > SSL_MAX_PSK_IDENTITY) {
        in->failed = 1;
        return SSLNoErr; /* the caller reports it */
    }
    err = sslr_replace(&ctx->allocator, &ctx->agreed.psk_hint, hint);
    if (err != SSLNoErr || !has_fact(ctx, FACT_EPHEMERAL)) {
        return err;
    }
    return other_method(ctx)->read_server(ctx, in);
}

/* The client's key is at hand. */
static SSLErr write_client(SSLContext *ctx, Writer *out)
{
    const KeyExchange *other = other_method(ctx);
    Handshake         *hs    = ctx->handshake;
    Bytes              key   = own_psk_key(ctx);
    SSLErr             err   = SSLNoErr;

    write_vector(out, own_psk_identity(ctx), 2);
    hs->premaster_length = 0;
    if (other != NULL) {
        err = other->write_client(ctx, out);
    }
    if (err == SSLNoErr) {
        err = sslr_replace(&ctx->allocator, &ctx->agreed.psk_identity, own_psk_identity(ctx));
    }
    if (err == SSLNoErr) {
        memcpy(hs->psk, key.data, key.length);
        hs->psk_length = (uint16_t)key.length;
        sslr_mix_psk(ctx);
    }
    return err != SSLNoErr ? err : writer_status(out);
}

/* No identity at all is one that nobody knows. */
static SSLErr read_client(SSLContext *ctx, Reader *in)
{
    const KeyExchange *other    = other_method(ctx);
    Bytes              identity = read_vector(in, 2);
    SSLErr             err;

    if (in->failed || identity.length > SSL_MAX_PSK_IDENTITY) {
        in->failed = 1;
        return SSLNoErr;
    }
    ctx->handshake->premaster_length = 0;
    err = sslr_replace(&ctx->allocator, &ctx->agreed.psk_identity, identity);
    return err == SSLNoErr && other != NULL ? other->read_client(ctx, in) : err;
}

/* RFC 4279 2: struct { opaque other_secret<0..2^16-1>; opaque psk<0..2^16-1>; } premaster; zeros as
 * long as the key where there is no other secret. */
void sslr_mix_psk(SSLContext *ctx)
{
    Handshake *hs    = ctx->handshake;
    size_t     other = hs->premaster_length;
    uint8_t   *at    = hs->premaster;

    if (ctx->agreed.suite->key_exchange == KX_PSK) {
        other = hs->psk_length;
        memset(at + 2, 0, other);
    } else {
        memmove(at + 2, at, other);
    }
    put_u16(at, other);
    put_u16(at + 2 + other, hs->psk_length);
    memcpy(at + 2 + other + 2, hs->psk, hs->psk_length);
    hs->premaster_length = 2 + other + 2 + hs->psk_length;
    sslr_wipe(hs->psk, sizeof(hs->psk));
    hs->psk_length = 0;
}

const KeyExchange sslr_kx_psk = {write_server, read_server, write_client, read_client};
