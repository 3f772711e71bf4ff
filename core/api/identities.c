/*
 * identities.c - setters of keys, certificates and trust: the manual's calls, which build an
 * identity inside the context, and the shared objects.
 */
#include "api.h"

static SSLErr own_identity(SSLContext *ctx, OwnIdentity **own)
{
    void  *block;
    SSLErr err = SSLNoErr;

    if (ctx->config.own == NULL) {
        err = sslr_allocate_zeroed(&ctx->allocator, sizeof(OwnIdentity), &block);
        if (err == SSLNoErr) {
            ctx->config.own = (OwnIdentity *)block;
        }
    }
    *own = ctx->config.own;
    return err;
}

static int key_size_is_legal(const SSLRSAPrivateKey *key)
{
    return key->bits >= 512 && key->bits <= SSL_MAX_RSA_MODULUS_BITS;
}

SSLErr SSLSetPrivateKey(SSLContext *ctx, SSLRSAPrivateKey *privKey)
{
    OwnIdentity *own;
    SSLErr       err = may_configure(ctx);

    if (err != SSLNoErr || privKey == NULL) {
        return err != SSLNoErr ? err : SSLBadParameterErr;
    }
    if (!key_size_is_legal(privKey)) {
        return SSLBadKeyErr;
    }
    err = own_identity(ctx, &own);
    if (err == SSLNoErr) {
        own->key      = *privKey;
        own->has_key  = 1;
        own->prepared = 0;
    }
    return err;
}

SSLErr SSLSetExportPrivateKey(SSLContext *ctx, SSLRSAPrivateKey *privKey)
{
    void  *block;
    SSLErr err = may_configure(ctx);

    if (err != SSLNoErr || privKey == NULL) {
        return err != SSLNoErr ? err : SSLBadParameterErr;
    }
    if (!key_size_is_legal(privKey)) {
        return SSLBadKeyErr;
    }
    if (ctx->config.export_key == NULL) {
        err = sslr_allocate(&ctx->allocator, sizeof(SSLRSAPrivateKey), &block);
        if (err != SSLNoErr) {
            return err;
        }
        ctx->config.export_key = (SSLRSAPrivateKey *)block;
    }
    *ctx->config.export_key = *privKey;
    return SSLNoErr;
}

SSLErr SSLSetDHAnonParams(SSLContext *ctx, SSLDHParams *dhAnonParams)
{
    Bytes  prime, generator;
    SSLErr err = may_configure(ctx);

    if (err != SSLNoErr || dhAnonParams == NULL || dhAnonParams->prime == NULL ||
        dhAnonParams->generator == NULL) {
        return err != SSLNoErr ? err : SSLBadParameterErr;
    }
    prime     = bytes_of(dhAnonParams->prime, dhAnonParams->primeLen);
    generator = bytes_of(dhAnonParams->generator, dhAnonParams->generatorLen);
    if (prime.length < 64 || prime.length > MAX_DH_SIZE || generator.length == 0 ||
        generator.length > prime.length || prime.data[0] == 0) {
        return SSLBadParameterErr;
    }
    err = sslr_replace_bytes(ctx, &ctx->config.dh_prime, prime);
    return err != SSLNoErr ? err : sslr_replace_bytes(ctx, &ctx->config.dh_generator, generator);
}

/* ---- the chain of the manual ---- */

static void remove_certificate(SSLContext *ctx, SSLIdentity *identity, size_t index)
{
    void *block = (void *)identity->chain[index].data;

    sslr_release(&ctx->allocator, &block, identity->chain[index].length);
    identity->count--;
    memmove(&identity->chain[index], &identity->chain[index + 1],
            (identity->count - index) * sizeof(Bytes));
}

static SSLErr insert_certificate(SSLContext *ctx, SSLIdentity *identity, Bytes der, size_t index)
{
    X509Certificate parsed;
    Bytes           copy = {NULL, 0};
    SSLErr          err;

    if (identity->count == MAX_CHAIN_CERTIFICATES || der.length > MAX_CERTIFICATE_SIZE) {
        return SSLOverflowErr;
    }
    if (sslr_x509_parse(der, &parsed, NULL) != SSLNoErr) {
        return ASNBadEncodingErr;
    }
    err = sslr_replace_bytes(ctx, &copy, der);
    if (err == SSLNoErr) {
        memmove(&identity->chain[index + 1], &identity->chain[index],
                (identity->count - index) * sizeof(Bytes));
        identity->chain[index] = copy;
        identity->count++;
    }
    return err;
}

SSLErr SSLAddCertificate(SSLContext *ctx, SSLBuffer derCert, int parent, int complete)
{
    OwnIdentity *own;
    SSLIdentity *identity;
    size_t       index;
    SSLErr       err = may_configure(ctx);

    if (err != SSLNoErr || (derCert.data == NULL && !complete)) {
        return err != SSLNoErr ? err : SSLBadParameterErr;
    }
    err = own_identity(ctx, &own);
    if (err != SSLNoErr) {
        return err;
    }
    identity      = &own->identity;
    own->prepared = 0;
    index         = parent ? identity->count : 0;
    if (derCert.data != NULL) {
        err = insert_certificate(ctx, identity, bytes_of(derCert.data, derCert.length), index);
    }
    if (err == SSLNoErr && complete) {
        err = identity->count == 0 ? X509CertChainInvalidErr
                                   : sslr_x509_check_chain(identity->chain, identity->count).err;
        if (err != SSLNoErr && err != X509NamesNotEqualErr) {
            err = X509CertChainInvalidErr;
        }
        if (err != SSLNoErr && derCert.data != NULL) {
            remove_certificate(ctx, identity, index);
        }
    }
    return err;
}

/* ---- shared objects ---- */

SSLErr SSLAddIdentity(SSLContext *ctx, const SSLIdentity *identity)
{
    void  *block;
    SSLErr err = may_configure(ctx);

    if (err != SSLNoErr || identity == NULL) {
        return err != SSLNoErr ? err : SSLBadParameterErr;
    }
    if (ctx->config.identity_count == MAX_IDENTITIES) {
        return SSLOverflowErr;
    }
    if (ctx->config.identities == NULL) {
        err = sslr_allocate_zeroed(&ctx->allocator, MAX_IDENTITIES * sizeof(identity), &block);
        if (err != SSLNoErr) {
            return err;
        }
        ctx->config.identities = (const SSLIdentity **)block;
    }
    ctx->config.identities[ctx->config.identity_count++] = identity;
    return SSLNoErr;
}

SSLErr SSLSetTrust(SSLContext *ctx, const SSLTrust *trust)
{
    SSLErr err = may_configure(ctx);

    if (err == SSLNoErr) {
        ctx->config.trust = trust;
    }
    return err;
}
