/*
 * identity.c - SSLCreateIdentity and SSLDeleteIdentity. Keys are decoded in private_key.c; which
 * identity is shown is chosen in core/handshake.
 */
#include "identity.h"

#include "certificate_list.h"
#include "../x509/parts.h"

static SSLErr check_spec(const SSLAllocator *allocator, const SSLIdentitySpec *spec)
{
    if (allocator == NULL || spec == NULL || spec->chain.length == 0 || spec->chain.data == NULL ||
        (spec->privateKey.length > 0 && spec->privateKey.data == NULL) ||
        (spec->password.length > 0 && spec->password.data == NULL) ||
        (spec->ocspResponse.length > 0 && spec->ocspResponse.data == NULL) ||
        /* either a key or a way to reach it, not both */
        (spec->privateKey.length > 0) == (spec->privateKeyFunc != NULL)) {
        return SSLBadParameterErr;
    }
    return SSLNoErr;
}

/* What the chain needs. A malformed certificate of our own is no certificate to pass over. */
static SSLErr measure(Bytes encoded, size_t *total)
{
    CertificateList list  = sslr_certificate_list(encoded);
    size_t          count = 0, room;
    int             found;

    *total = 0;
    while ((found = sslr_certificate_list_skip(&list, &room)) != 0) {
        if (found < 0) {
            return list.is_pem ? SSLBadPEMErr : ASNBadEncodingErr;
        }
        if (++count > MAX_CHAIN_CERTIFICATES) {
            return SSLOverflowErr;
        }
        *total += room;
    }
    return count == 0 ? SSLBadPEMErr : SSLNoErr;
}

static SSLErr load_chain(SSLIdentity *identity, Bytes encoded)
{
    CertificateList list  = sslr_certificate_list(encoded);
    uint8_t        *space = (uint8_t *)identity->chain_block;
    Bytes           der;
    X509Certificate certificate;
    int             found;
    SSLErr          err;

    while ((found = sslr_certificate_list_next(&list, space, &der)) != 0) {
        if (found < 0) {
            return SSLBadPEMErr;
        }
        err = sslr_x509_parse(der, &certificate, NULL);
        if (err != SSLNoErr) {
            return err;
        }
        if (identity->count == 0) {
            identity->leaf = certificate;
        }
        identity->chain[identity->count++] = der;
        space += der.length;
    }
    /* A key that no signature scheme of this build can use. */
    return identity->leaf.key.type == KEY_NONE ? X509BadKeyErr : SSLNoErr;
}

static SSLErr load_ocsp_response(SSLIdentity *identity, Bytes response)
{
    uint8_t *copy;
    Bytes    rest = response, element;
    SSLErr   err;

    if (response.length == 0) {
        return SSLNoErr;
    }
    if (sslr_der_split(&rest, &element) != SSLNoErr || rest.length != 0) {
        return ASNBadEncodingErr;
    }
    err = sslr_duplicate(&identity->allocator, response, &copy);
    if (err == SSLNoErr) {
        identity->ocsp_block        = copy;
        identity->ocsp_block_length = response.length;
        identity->ocsp_response     = bytes_of(copy, response.length);
    }
    return err;
}

static SSLErr load_key(SSLIdentity *identity, const SSLIdentitySpec *spec)
{
    SSLErr err;

    identity->key_func = spec->privateKeyFunc;
    identity->key_ref  = spec->privateKeyRef;
    if (spec->privateKeyFunc != NULL) {
        return SSLNoErr;
    }
    err = sslr_private_key_decode(
        &identity->allocator, bytes_of(spec->privateKey.data, spec->privateKey.length),
        bytes_of(spec->password.data, spec->password.length), &identity->key, &identity->key_block,
        &identity->key_block_length);
    return err != SSLNoErr ? err : sslr_private_key_matches(&identity->key, &identity->leaf.key);
}

static SSLErr fill(SSLIdentity *identity, const SSLIdentitySpec *spec)
{
    Bytes  chain = bytes_of(spec->chain.data, spec->chain.length);
    size_t total;
    SSLErr err = measure(chain, &total);

    if (err == SSLNoErr) {
        err = sslr_allocate(&identity->allocator, total, &identity->chain_block);
    }
    if (err == SSLNoErr) {
        memset(identity->chain_block, 0, total);
        identity->chain_block_length = total;
        err                          = load_chain(identity, chain);
    }
    if (err == SSLNoErr) {
        err = load_key(identity, spec);
    }
    if (err == SSLNoErr) {
        err = load_ocsp_response(identity,
                                 bytes_of(spec->ocspResponse.data, spec->ocspResponse.length));
    }
    return err;
}

SSLErr SSLCreateIdentity(const SSLAllocator *allocator, const SSLIdentitySpec *spec,
                         SSLIdentity **identity)
{
    void        *block;
    SSLIdentity *made;
    SSLErr       err;

    if (identity == NULL) {
        return SSLBadParameterErr;
    }
    *identity = NULL;
    err       = check_spec(allocator, spec);
    if (err == SSLNoErr) {
        err = sslr_allocate_zeroed(allocator, sizeof(SSLIdentity), &block);
    }
    if (err != SSLNoErr) {
        return err;
    }
    made            = (SSLIdentity *)block;
    made->allocator = *allocator;
    err             = fill(made, spec);
    if (err != SSLNoErr) {
        SSLDeleteIdentity(made);
        return err;
    }
    *identity = made;
    return SSLNoErr;
}

void SSLDeleteIdentity(SSLIdentity *identity)
{
    SSLAllocator allocator;
    void        *block = identity;

    if (identity == NULL) {
        return;
    }
    allocator = identity->allocator;
    sslr_release(&allocator, &identity->chain_block, identity->chain_block_length);
    sslr_release(&allocator, &identity->key_block, identity->key_block_length);
    sslr_release(&allocator, &identity->ocsp_block, identity->ocsp_block_length);
    sslr_release(&allocator, &block, sizeof(SSLIdentity));
}
