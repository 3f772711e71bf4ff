/*
 * scenarios.c - what the tests of this folder negotiate, and the shared identities and trust.
 */
#include "harness.h"

#include <stdlib.h>

#include "core/credentials/identity.h"
#include "credentials.h"

/* clang-format off */
const Scenario scenarios[] = {
    { .name = "tls13",            .version = TLS_Version_1_3, .suite = TLS_AES_128_GCM_SHA256, .group = SSL_GROUP_X25519, .server = SERVER_EC },
    { .name = "tls13 everything", .version = TLS_Version_1_3, .suite = TLS_AES_256_GCM_SHA384, .server = SERVER_EC, .client = CLIENT_EC, .retry_group = 1, .cookie = 1, .ocsp = 1, .alpn = 1, .key_update = 1, .key_callbacks = 1, .decisions = 1 },
    { .name = "tls13 hybrid",     .version = TLS_Version_1_3, .suite = TLS_CHACHA20_POLY1305_SHA256, .group = SSL_GROUP_X25519MLKEM768, .server = SERVER_RSA, .key_update = 1, .duplicate = 1 },
    { .name = "tls13 ccm",        .version = TLS_Version_1_3, .suite = TLS_AES_128_CCM_SHA256, .group = SSL_GROUP_SECP256R1, .server = SERVER_ED, .client = CLIENT_RSA, .callback_trust = 1 },
    { .name = "tls13 resumed",    .version = TLS_Version_1_3, .suite = TLS_AES_128_GCM_SHA256, .group = SSL_GROUP_X25519, .server = SERVER_EC, .client = CLIENT_EC, .resume = 1, .alpn = 1, .cookie = 1, .decisions = 1 },
    { .name = "tls13 early data", .version = TLS_Version_1_3, .suite = TLS_AES_256_GCM_SHA384, .group = SSL_GROUP_X25519, .server = SERVER_EC, .resume = 1, .tickets = 1, .alpn = 1, .decisions = 1, .early = 2500, .duplicate = 1 },
    { .name = "tls13 early, refused", .version = TLS_Version_1_3, .suite = TLS_AES_128_GCM_SHA256, .group = SSL_GROUP_X25519, .server = SERVER_EC, .resume = 1, .cookie = 1, .early = 2500 },
    { .name = "tls12",            .version = TLS_Version_1_2, .suite = TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, .group = SSL_GROUP_X25519, .server = SERVER_EC },
    { .name = "tls12 everything", .version = TLS_Version_1_2, .suite = TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256, .group = SSL_GROUP_X25519, .server = SERVER_RSA, .client = CLIENT_EC, .ocsp = 1, .alpn = 1, .key_callbacks = 1, .decisions = 1 },
    { .name = "tls12 mac first",  .version = TLS_Version_1_2, .suite = TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384, .group = SSL_GROUP_X25519, .server = SERVER_EC, .no_etm = 1, .duplicate = 1 },
    { .name = "tls12 dhe",        .version = TLS_Version_1_2, .suite = TLS_DHE_RSA_WITH_AES_128_GCM_SHA256, .group = SSL_GROUP_FFDHE2048, .server = SERVER_RSA, .manual = 1, .callback_trust = 1 },
    { .name = "tls12 rsa",        .version = TLS_Version_1_2, .suite = TLS_RSA_WITH_AES_128_CBC_SHA, .server = SERVER_RSA, .client = CLIENT_RSA, .key_callbacks = 1, .decisions = 1 },
    { .name = "tls12 resumed",    .version = TLS_Version_1_2, .suite = TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, .group = SSL_GROUP_X25519, .server = SERVER_EC, .resume = 1, .alpn = 1, .decisions = 1 },
    { .name = "tls12 ticket",     .version = TLS_Version_1_2, .suite = TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, .group = SSL_GROUP_X25519, .server = SERVER_EC, .client = CLIENT_EC, .resume = 1, .tickets = 1, .alpn = 1, .decisions = 1 },
    { .name = "tls12 ticket renewed", .version = TLS_Version_1_2, .suite = TLS_RSA_WITH_AES_128_CBC_SHA, .server = SERVER_RSA, .resume = 1, .tickets = 2, .renegotiate = RENEGOTIATE_BY_CLIENT_ABBREVIATED },
    { .name = "tls13 ticket",     .version = TLS_Version_1_3, .suite = TLS_AES_256_GCM_SHA384, .group = SSL_GROUP_X25519, .server = SERVER_EC, .client = CLIENT_EC, .resume = 1, .tickets = 1, .cookie = 1, .key_update = 1 },
    { .name = "tls12 renegotiates", .version = TLS_Version_1_2, .suite = TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256, .group = SSL_GROUP_X25519, .server = SERVER_EC, .client = CLIENT_EC, .ocsp = 1, .alpn = 1, .key_callbacks = 1, .decisions = 1, .renegotiate = RENEGOTIATE_BY_CLIENT },
    { .name = "tls12 renegotiates abbreviated", .version = TLS_Version_1_2, .suite = TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, .group = SSL_GROUP_X25519, .server = SERVER_EC, .resume = 1, .renegotiate = RENEGOTIATE_BY_CLIENT_ABBREVIATED },
    { .name = "tls12 asked to renegotiate", .version = TLS_Version_1_2, .suite = TLS_RSA_WITH_AES_128_CBC_SHA, .server = SERVER_RSA, .resume = 1, .alpn = 1, .decisions = 1, .renegotiate = RENEGOTIATE_BY_SERVER },
    { .name = "tls13 certificate later", .version = TLS_Version_1_3, .suite = TLS_AES_256_GCM_SHA384, .group = SSL_GROUP_X25519, .server = SERVER_EC, .client = CLIENT_EC, .key_callbacks = 1, .decisions = 1, .cookie = 1, .renegotiate = ASK_FOR_CERTIFICATE },
    { .name = "tls13 resumed, certificate later", .version = TLS_Version_1_3, .suite = TLS_AES_128_GCM_SHA256, .group = SSL_GROUP_X25519, .server = SERVER_EC, .client = CLIENT_RSA, .resume = 1, .tickets = 1, .renegotiate = ASK_FOR_CERTIFICATE },
    { .name = "tls13 psk",        .version = TLS_Version_1_3, .suite = TLS_AES_256_GCM_SHA384, .group = SSL_GROUP_X25519, .psk = 2, .decisions = 1, .duplicate = 1, .key_update = 1 },
    { .name = "tls13 psk resumed", .version = TLS_Version_1_3, .suite = TLS_AES_128_GCM_SHA256, .group = SSL_GROUP_X25519, .psk = 1, .server = SERVER_EC, .resume = 1, .tickets = 1, .cookie = 1, .alpn = 1 },
    { .name = "tls12 rsa psk",    .version = TLS_Version_1_2, .suite = TLS_RSA_PSK_WITH_AES_128_GCM_SHA256, .psk = 1, .server = SERVER_RSA, .ocsp = 1, .alpn = 1, .key_callbacks = 1, .decisions = 1 },
    { .name = "tls12 psk renegotiates", .version = TLS_Version_1_2, .suite = TLS_ECDHE_PSK_WITH_AES_128_CBC_SHA256, .group = SSL_GROUP_X25519, .psk = 1, .renegotiate = RENEGOTIATE_BY_CLIENT },
    { .name = "both versions",    .version = SSL_Version_Unset, .server = SERVER_EC, .own_objects = 1, .resume = 0, .ocsp = 1 },
};
/* clang-format on */

const size_t scenario_count = sizeof(scenarios) / sizeof(scenarios[0]);

const Scenario *scenario_named(const char *name)
{
    size_t i;

    for (i = 0; i < scenario_count; i++) {
        if (strcmp(scenarios[i].name, name) == 0) {
            return &scenarios[i];
        }
    }
    fail_msg("no scenario %s", name);
    return NULL;
}

/* ---- credentials ---- */

static const char *const chains[CREDENTIALS] = {
    [SERVER_EC] = server_ec_chain, [SERVER_RSA] = server_rsa_chain, [SERVER_ED] = server_ed_chain,
    [CLIENT_EC] = client_ec_chain, [CLIENT_RSA] = client_rsa_chain, [STRANGER] = stranger_chain};

static const char *const keys[CREDENTIALS] = {
    [SERVER_EC] = server_ec_key, [SERVER_RSA] = server_rsa_key, [SERVER_ED] = server_ed_key,
    [CLIENT_EC] = client_ec_key, [CLIENT_RSA] = client_rsa_key, [STRANGER] = stranger_key};

const char *credential_chain(Credential credential)
{
    return chains[credential];
}

const char *credential_key(Credential credential)
{
    return keys[credential];
}

const char *root_certificate(void)
{
    return root_pem;
}

const char *middle_certificate(void)
{
    return middle_pem;
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

static const SSLAllocator plain = {plain_alloc, plain_free, NULL, NULL};

const SSLIdentity *shared_identity(Credential credential)
{
    static SSLIdentity *made[CREDENTIALS];
    SSLIdentitySpec     spec;

    if (made[credential] == NULL) {
        memset(&spec, 0, sizeof(spec));
        spec.chain        = buffer_of(chains[credential], strlen(chains[credential]));
        spec.privateKey   = buffer_of(keys[credential], strlen(keys[credential]));
        spec.ocspResponse = buffer_of("\x30\x03\x0A\x01\x00", 5);
        assert_int_equal(SSLCreateIdentity(&plain, &spec, &made[credential]), SSLNoErr);
    }
    return made[credential];
}

const SSLTrust *shared_trust(void)
{
    static SSLTrust *made;
    SSLTrustSpec     spec;

    if (made == NULL) {
        memset(&spec, 0, sizeof(spec));
        spec.anchors       = buffer_of(root_pem, strlen(root_pem));
        spec.intermediates = buffer_of(middle_pem, strlen(middle_pem));
        assert_int_equal(SSLCreateTrust(&plain, &spec, &made, NULL), SSLNoErr);
    }
    return made;
}
