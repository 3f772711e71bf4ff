/*
 * dhe.c - ephemeral finite-field Diffie-Hellman of TLS 1.2 and before (RFC 5246 7.4.3, RFC 7919):
 * with a named group, with parameters of the program, or with whatever prime an older server sends,
 * if it is long enough.
 */
#include "key_exchange.h"

#define MIN_DH_BITS        2048 /* Logjam */
#define MIN_EXPORT_DH_BITS 512

static const uint8_t generator_two[1] = {2};

/* Export suites: the program's own prime if it is short enough, else one of ours. */
static void choose_export_group(SSLContext *ctx)
{
    Handshake *hs    = ctx->handshake;
    size_t     limit = sslr_export_limit(ctx->agreed.suite);

    if (8 * hs->dh_prime.length <= limit && hs->dh_prime.length > 0) {
        return;
    }
    hs->dh_prime     = ctx->profile->classic->export_primes[limit == 512 ? 0 : 1];
    hs->dh_generator = bytes_of(generator_two, 1);
}

static size_t min_bits(const SSLContext *ctx)
{
    if (ctx->agreed.suite->export_bits != 0) {
        return MIN_EXPORT_DH_BITS;
    }
    return ctx->config.min_dh_bits != 0 ? ctx->config.min_dh_bits : MIN_DH_BITS;
}

static DhGroup group_in_use(const Handshake *hs)
{
    DhGroup dh;

    if (hs->group != NULL) {
        dh.p             = bytes_of(hs->group->prime, hs->group->prime_length);
        dh.g             = bytes_of(generator_two, 1);
        dh.exponent_size = hs->group->exponent_size;
    } else {
        dh.p             = hs->dh_prime;
        dh.g             = hs->dh_generator;
        dh.exponent_size = 0;
    }
    return dh;
}

/* A named group when the numbers are those of one. */
static const Group *recognise(Bytes prime, Bytes generator)
{
    size_t i;

    for (i = 0; i < sslr_group_count; i++) {
        const Group *group = &sslr_groups[i];

        if (group->kind == GROUP_FFDHE &&
            bytes_equal(prime, bytes_of(group->prime, group->prime_length)) &&
            bytes_equal(generator, bytes_of(generator_two, 1))) {
            return group;
        }
    }
    return NULL;
}

static SSLErr write_server(SSLContext *ctx, Writer *out)
{
    Handshake   *hs     = ctx->handshake;
    CryptoRandom random = sslr_crypto_random(ctx);
    DhGroup      dh;
    uint8_t     *at;
    SSLErr       err;

    if (hs->group == NULL) {
        hs->dh_prime     = ctx->config.dh_prime;
        hs->dh_generator = ctx->config.dh_generator;
    }
    if (ctx->agreed.suite->export_bits != 0) {
        hs->group = NULL;
        choose_export_group(ctx);
    }
    dh = group_in_use(hs);
    write_vector(out, dh.p, 2);
    write_vector(out, dh.g, 2);
    write_u16(out, (uint32_t)dh.p.length);
    at = sslr_write_space(out, dh.p.length);
    if (at == NULL) {
        return writer_status(out);
    }
    hs->private_block_length = sslr_dh_private_size(&dh);
    err = sslr_allocate(&ctx->allocator, hs->private_block_length, &hs->private_block);
    if (err != SSLNoErr) {
        return err;
    }
    return sslr_dh_generate(&dh, &random, (uint8_t *)hs->private_block, at);
}

/* Keep the server's numbers: prime, generator and public value in one block. */
static SSLErr keep(SSLContext *ctx, Bytes prime, Bytes generator, Bytes peer)
{
    Handshake *hs     = ctx->handshake;
    size_t     length = prime.length + generator.length + peer.length;
    void      *block;
    SSLErr     err = sslr_allocate(&ctx->allocator, length, &block);

    if (err != SSLNoErr) {
        return err;
    }
    hs->peer_public        = (uint8_t *)block;
    hs->peer_public_length = length;
    memcpy(hs->peer_public, peer.data, peer.length);
    memcpy(hs->peer_public + peer.length, prime.data, prime.length);
    memcpy(hs->peer_public + peer.length + prime.length, generator.data, generator.length);
    hs->peer_share   = bytes_of(hs->peer_public, peer.length);
    hs->dh_prime     = bytes_of(hs->peer_public + peer.length, prime.length);
    hs->dh_generator = bytes_of(hs->peer_public + peer.length + prime.length, generator.length);
    return SSLNoErr;
}

static SSLErr read_server(SSLContext *ctx, Reader *in)
{
    Handshake *hs        = ctx->handshake;
    Bytes      prime     = read_vector(in, 2);
    Bytes      generator = read_vector(in, 2);
    Bytes      peer      = read_vector(in, 2);
    DhGroup    dh;
    SSLErr     err;

    if (in->failed || prime.length == 0 || generator.length == 0 || peer.length == 0) {
        in->failed = 1;
        return SSLNoErr; /* the caller reports it */
    }
    prime     = bytes_without_zeros(prime);
    generator = bytes_without_zeros(generator);
    if (prime.length == 0 || generator.length == 0 || prime.length > MAX_DH_SIZE ||
        generator.length > prime.length) {
        return SSLProtocolErr;
    }
    hs->group = recognise(prime, generator);
    err       = keep(ctx, prime, generator, peer);
    if (err != SSLNoErr || (hs->group != NULL && 8 * prime.length >= min_bits(ctx))) {
        return err;
    }
    dh = group_in_use(hs);
    if (sslr_dh_check_group(&dh, min_bits(ctx)) != SSLNoErr ||
        (ctx->agreed.suite->export_bits != 0 &&
         8 * dh.p.length > sslr_export_limit(ctx->agreed.suite))) {
        return sslr_explain(ctx, SSLProtocolErr,
                            "the server's Diffie-Hellman group is too small or malformed");
    }
    return SSLNoErr;
}

/* Z without leading zeros (RFC 5246 8.1.2). The parameters are used once, which is what keeps its
 * length harmless (Raccoon). */
static SSLErr derive(SSLContext *ctx, const DhGroup *dh, const uint8_t *private_value, Bytes peer)
{
    Handshake *hs   = ctx->handshake;
    SSLErr     err  = sslr_dh_derive(dh, private_value, peer.data, peer.length, hs->premaster);
    size_t     zero = 0;

    if (err != SSLNoErr) {
        return err;
    }
    while (zero < dh->p.length && hs->premaster[zero] == 0) {
        zero++;
    }
    hs->premaster_length = dh->p.length - zero;
    memmove(hs->premaster, hs->premaster + zero, hs->premaster_length);
    return SSLNoErr;
}

static SSLErr write_client(SSLContext *ctx, Writer *out)
{
    Handshake   *hs     = ctx->handshake;
    CryptoRandom random = sslr_crypto_random(ctx);
    DhGroup      dh     = group_in_use(hs);
    size_t       size   = sslr_dh_private_size(&dh);
    void        *private_value;
    uint8_t     *at;
    SSLErr       err;

    write_u16(out, (uint32_t)dh.p.length);
    at = sslr_write_space(out, dh.p.length);
    if (at == NULL) {
        return writer_status(out);
    }
    err = sslr_allocate(&ctx->allocator, size, &private_value);
    if (err != SSLNoErr) {
        return err;
    }
    err = sslr_dh_generate(&dh, &random, (uint8_t *)private_value, at);
    if (err == SSLNoErr) {
        err = derive(ctx, &dh, (const uint8_t *)private_value, hs->peer_share);
    }
    sslr_release(&ctx->allocator, &private_value, size);
    return err;
}

static SSLErr read_client(SSLContext *ctx, Reader *in)
{
    Handshake *hs   = ctx->handshake;
    Bytes      peer = read_vector(in, 2);
    DhGroup    dh   = group_in_use(hs);

    if (in->failed || peer.length == 0) {
        in->failed = 1;
        return SSLNoErr;
    }
    return derive(ctx, &dh, (const uint8_t *)hs->private_block, peer);
}

const KeyExchange sslr_kx_dhe = {write_server, read_server, write_client, read_client};
