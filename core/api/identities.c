/*
 * identities.c - setters of keys, certificates and trust: the manual's calls, which build an
 * identity inside the context, and the shared objects.
 */
#include "api.h"

static SSLErr allocate_zeroed(SSLContext *ctx, size_t length, void **block)
{
    uint8_t before = callbacks_begin(ctx);
    SSLErr  err    = sslr_allocate_zeroed(&ctx->allocator, length, block);

    callbacks_end(ctx, before);
    return err;
}

static SSLErr own_identity(SSLContext *ctx, OwnIdentity **own)
{
    void  *block;
    SSLErr err = SSLNoErr;

    if (ctx->config.own == NULL) {
        err = allocate_zeroed(ctx, sizeof(OwnIdentity), &block);
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
        err = allocate_zeroed(ctx, sizeof(SSLRSAPrivateKey), &block);
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
    Bytes  prime, generator, new_prime = {NULL, 0};
    SSLErr err = may_configure(ctx);

    if (err != SSLNoErr || dhAnonParams == NULL || dhAnonParams->prime == NULL ||
        dhAnonParams->generator == NULL) {
        return err != SSLNoErr ? err : SSLBadParameterErr;
    }
    /* Numbers out of DER may have a zero in front. */
    prime     = bytes_without_zeros(bytes_of(dhAnonParams->prime, dhAnonParams->primeLen));
    generator = bytes_without_zeros(bytes_of(dhAnonParams->generator, dhAnonParams->generatorLen));
    if (prime.length < 64 || prime.length > MAX_DH_SIZE || generator.length == 0 ||
        generator.length > prime.length) {
        return SSLBadParameterErr;
    }
    /* Both or neither: without a generator the prime is of no use. */
    err = sslr_replace_bytes(ctx, &new_prime, prime);
    if (err == SSLNoErr) {
        err = sslr_replace_bytes(ctx, &ctx->config.dh_generator, generator);
    }
    if (err == SSLNoErr) {
        Bytes old = ctx->config.dh_prime;

        ctx->config.dh_prime = new_prime;
        new_prime            = old;
    }
    (void)sslr_replace_bytes(ctx, &new_prime, bytes_of(NULL, 0)); /* frees; cannot fail */
    return err;
}

/* ---- the chain of the manual ---- */

static void remove_certificate(SSLContext *ctx, SSLIdentity *identity, size_t index)
{
    const Bytes der    = identity->chain[index];
    void       *block  = (void *)der.data;
    uint8_t     before = callbacks_begin(ctx);

    identity->count--;
    memmove(&identity->chain[index], &identity->chain[index + 1],
            (identity->count - index) * sizeof(Bytes));
    sslr_release(&ctx->allocator, &block, der.length);
    callbacks_end(ctx, before);
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
        err = allocate_zeroed(ctx, MAX_IDENTITIES * sizeof(identity), &block);
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
