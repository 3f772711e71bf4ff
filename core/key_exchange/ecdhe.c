/*
 * ecdhe.c - ephemeral elliptic-curve Diffie-Hellman of TLS 1.2 and before (RFC 8422 5.4, 5.7).
 */
#include "key_exchange.h"

#define NAMED_CURVE 3

static SSLErr write_server(SSLContext *ctx, Writer *out)
{
    Handshake *hs = ctx->handshake;
    Block      point;
    SSLErr     err;

    write_u8(out, NAMED_CURVE);
    write_u16(out, hs->group->id);
    point = open_block(out, 1);
    err   = sslr_share_generate(ctx, hs->group, hs->shares[0].private_key, out);
    close_block(out, point);
    return err != SSLNoErr ? err : writer_status(out);
}

static SSLErr read_server(SSLContext *ctx, Reader *in)
{
    Handshake *hs   = ctx->handshake;
    uint8_t    type = read_u8(in);
    uint16_t   id   = read_u16(in);
    Bytes      peer = read_vector(in, 1);
    size_t     i;

    if (in->failed || peer.length == 0) {
        in->failed = 1;
        return SSLNoErr; /* the caller reports it */
    }
    hs->group = NULL;
    for (i = 0; i < ctx->config.groups.count; i++) {
        const Group *group = sslr_group(ctx->config.groups.items[i]);

        if (group->id == id && group->kind == GROUP_CURVE) {
            hs->group = group;
        }
    }
    if (type != NAMED_CURVE || hs->group == NULL) {
        return SSLProtocolErr;
    }
    hs->peer_public_length = peer.length;
    return sslr_duplicate(&ctx->allocator, peer, &hs->peer_public);
}

static SSLErr write_client(SSLContext *ctx, Writer *out)
{
    Handshake *hs    = ctx->handshake;
    Block      point = open_block(out, 1);
    SSLErr     err;

    err =
        sslr_share_respond(ctx, hs->group, bytes_of(hs->peer_public, hs->peer_public_length), out);
    close_block(out, point);
    return err != SSLNoErr ? err : writer_status(out);
}

static SSLErr read_client(SSLContext *ctx, Reader *in)
{
    Handshake *hs   = ctx->handshake;
    Bytes      peer = read_vector(in, 1);

    if (in->failed || peer.length == 0) {
        in->failed = 1;
        return SSLNoErr;
    }
    return sslr_share_finish(ctx, hs->group, hs->shares[0].private_key, peer);
}

const KeyExchange sslr_kx_ecdhe = {write_server, read_server, write_client, read_client};

const KeyExchange *sslr_key_exchange(const CipherSuite *suite)
{
    if (suite->authentication == AUTH_PSK) {
        return &sslr_kx_psk;
    }
    switch (suite->key_exchange) {
    case KX_ECDHE:
        return &sslr_kx_ecdhe;
    case KX_DHE:
        return &sslr_kx_dhe;
    default:
        return &sslr_kx_rsa;
    }
}
