/*
 * credentials.c - the identities of the tests of this folder, made once and never freed; keys and
 * Diffie-Hellman parameters in the form of the manual.
 */
#include "connection.h"

#include "credentials.h"

static const char *const chains[CREDENTIALS][4] = {
    [OF_LEAF]   = {leaf_certificate, middle_certificate, root_certificate, NULL},
    [OF_CLIENT] = {client_certificate, root_certificate, NULL, NULL},
    [OF_SHORT]  = {short_certificate, NULL, NULL, NULL},
    [OF_LONG]   = {long_certificate, NULL, NULL, NULL},
    [OF_DSA]    = {dsa_certificate, NULL, NULL, NULL},
    [OF_OLD]    = {old_certificate, NULL, NULL, NULL},
    [OF_EC]     = {ec_certificate, NULL, NULL, NULL},
};

static const char *const keys[CREDENTIALS] = {
    [OF_LEAF] = leaf_key, [OF_CLIENT] = client_key, [OF_SHORT] = short_key, [OF_OLD] = short_key,
    [OF_LONG] = long_key, [OF_DSA] = dsa_key,       [OF_EC] = ec_key,
};

SSLBuffer buffer_of(const void *data, size_t length)
{
    SSLBuffer buffer;

    buffer.length = (uint32)length;
    buffer.data   = (uint8 *)data;
    return buffer;
}

static SSLBuffer text(const char *string)
{
    return buffer_of(string, strlen(string));
}

static SSLErr plain_alloc(SSLBuffer *buffer, void *ref)
{
    (void)ref;
    buffer->data = malloc(buffer->length);
    return buffer->data != NULL ? SSLNoErr : SSLMemoryErr;
}

static SSLErr plain_free(SSLBuffer *buffer, void *ref)
{
    (void)ref;
    free(buffer->data);
    return SSLNoErr;
}

const SSLIdentity *identity_of(Credential credential)
{
    static SSLIdentity       *made[CREDENTIALS];
    static const SSLAllocator allocator = {plain_alloc, plain_free, NULL, NULL};
    SSLIdentitySpec           spec;
    char                      chain[8000] = "";
    size_t                    i;

    if (credential == NOBODY || made[credential] != NULL) {
        return made[credential];
    }
    for (i = 0; chains[credential][i] != NULL; i++) {
        strcat(chain, chains[credential][i]);
    }
    memset(&spec, 0, sizeof(spec));
    spec.chain      = text(chain);
    spec.privateKey = text(keys[credential]);
    assert_int_equal(SSLCreateIdentity(&allocator, &spec, &made[credential]), SSLNoErr);
    return made[credential];
}

SSLBuffer certificate_of(Credential credential, size_t index)
{
    Bytes der = identity_of(credential)->chain[index];

    return buffer_of(der.data, der.length);
}

SSLBuffer key_of(Credential credential)
{
    return text(keys[credential]);
}

SSLBuffer export_key_pem(void)
{
    return text(export_key);
}

SSLRSAPrivateKey rsa_key(SSLBuffer pem)
{
    SSLRSAPrivateKey key;

    assert_int_equal(SSLDecodeRSAPrivateKey(pem, &key), SSLNoErr);
    return key;
}

SSLDHParams dh_params(size_t bits)
{
    static uint8_t generator[1] = {2};
    SSLDHParams    params;

    params.prime        = (uint8 *)(bits == 512    ? sslr_export_prime512
                                    : bits == 1024 ? sslr_export_prime1024
                                                   : sslr_ffdhe2048);
    params.primeLen     = (uint32)(bits / 8);
    params.generator    = generator;
    params.generatorLen = 1;
    return params;
}
