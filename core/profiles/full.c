/*
 * full.c - the default profile: everything that this build has, and what a fresh context allows of
 * it. Nothing else names optional files; a smaller profile is another file like this one.
 */
#include "../handshake/handshake.h"
#include "../ssl2/ssl2.h"
#include "profile.h"

static const Generation generations[] = {
    {&sslr_protocol_ssl3, sslr_flow_tls12},  {&sslr_protocol_tls10, sslr_flow_tls12},
    {&sslr_protocol_tls11, sslr_flow_tls12}, {&sslr_protocol_tls12, sslr_flow_tls12},
    {&sslr_protocol_tls13, sslr_flow_tls13},
};

/* Forward secrecy only. AEAD first; CBC with ECDHE for servers that have nothing else. RSA key
 * transport, CCM_8 and CBC with DHE are off until named. */
static const uint16_t suites[] = {
    TLS_AES_128_GCM_SHA256,
    TLS_AES_256_GCM_SHA384,
    TLS_CHACHA20_POLY1305_SHA256,
    TLS_AES_128_CCM_SHA256,
    TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
    TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
    TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
    TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
    TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
    TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
    TLS_ECDHE_ECDSA_WITH_AES_128_CCM,
    TLS_ECDHE_ECDSA_WITH_AES_256_CCM,
    TLS_DHE_RSA_WITH_AES_128_GCM_SHA256,
    TLS_DHE_RSA_WITH_AES_256_GCM_SHA384,
    TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
    TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256,
    TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256,
    TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384,
    TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384,
    TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA,
    TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA,
    TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA,
    TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA,
};

static const uint16_t groups[] = {
    SSL_GROUP_X25519MLKEM768, SSL_GROUP_X25519,    SSL_GROUP_SECP256R1, SSL_GROUP_SECP384R1,
    SSL_GROUP_SECP521R1,      SSL_GROUP_FFDHE2048, SSL_GROUP_FFDHE3072, SSL_GROUP_FFDHE4096,
};

static const uint16_t schemes[] = {
    SSL_SIG_ED25519,
    SSL_SIG_ECDSA_SECP256R1_SHA256,
    SSL_SIG_ECDSA_SECP384R1_SHA384,
    SSL_SIG_ECDSA_SECP521R1_SHA512,
    SSL_SIG_RSA_PSS_RSAE_SHA256,
    SSL_SIG_RSA_PSS_RSAE_SHA384,
    SSL_SIG_RSA_PSS_RSAE_SHA512,
    SSL_SIG_RSA_PSS_PSS_SHA256,
    SSL_SIG_RSA_PSS_PSS_SHA384,
    SSL_SIG_RSA_PSS_PSS_SHA512,
    SSL_SIG_RSA_PKCS1_SHA256,
    SSL_SIG_RSA_PKCS1_SHA384,
    SSL_SIG_RSA_PKCS1_SHA512,
};

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

const Profile sslr_profile = {.name             = "full",
                              .generations      = generations,
                              .generation_count = COUNT(generations),
                              .version_min      = SSL_Version_3_0,
                              .version_max      = TLS_Version_1_3,
                              .default_min      = TLS_Version_1_2,
                              .default_max      = TLS_Version_1_3,
                              .suites           = suites,
                              .suite_count      = COUNT(suites),
                              .groups           = groups,
                              .group_count      = COUNT(groups),
                              .schemes          = schemes,
                              .scheme_count     = COUNT(schemes),
                              .first_flow       = sslr_flow_hello,
                              .ssl2             = &sslr_ssl2};
