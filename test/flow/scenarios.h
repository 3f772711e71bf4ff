/*
 * scenarios.h - the kinds of handshake that the tests of this folder go through: every flow of TLS
 * 1.2 and TLS 1.3.
 */
#ifndef SSLREF_TEST_SCENARIOS_H
#define SSLREF_TEST_SCENARIOS_H

#include "evil_peer.h"

#define ECDHE TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256
#define DHE   TLS_DHE_RSA_WITH_AES_128_GCM_SHA256
#define KXRSA TLS_RSA_WITH_AES_128_GCM_SHA256
#define CBC   TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256
#define PSK   TLS_PSK_WITH_AES_128_GCM_SHA256
#define ECPSK TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256
#define RSAPS TLS_RSA_PSK_WITH_AES_128_GCM_SHA256

/* clang-format off */
static const Scenario scenarios[] = {
    { "1.2 ECDHE",                    TLS_Version_1_2, ECDHE, 0, IDENTITY_ED25519, 0 },
    { "1.2 ECDHE, CBC",               TLS_Version_1_2, CBC,   0, IDENTITY_ED25519, 0 },
    { "1.2 ECDHE, client cert",       TLS_Version_1_2, ECDHE, 0, IDENTITY_ED25519, WITH_CLIENT_CERT },
    { "1.2 ECDHE, empty client cert", TLS_Version_1_2, ECDHE, 0, IDENTITY_ED25519, WITH_EMPTY_CERT },
    { "1.2 ECDHE, status",            TLS_Version_1_2, ECDHE, 0, IDENTITY_ED25519, WITH_STATUS },
    { "1.2 ECDHE, status and client cert", TLS_Version_1_2, ECDHE, 0, IDENTITY_ED25519, WITH_STATUS | WITH_CLIENT_CERT },
    { "1.2 ECDHE, resumed",           TLS_Version_1_2, ECDHE, 0, IDENTITY_ED25519, WITH_RESUMPTION },
    { "1.2 ECDHE on P-256",           TLS_Version_1_2, ECDHE, SSL_GROUP_SECP256R1, IDENTITY_P256, WITH_CLIENT_CERT },
    { "1.2 DHE",                      TLS_Version_1_2, DHE,   SSL_GROUP_FFDHE2048, IDENTITY_RSA, 0 },
    { "1.2 DHE, status and client cert", TLS_Version_1_2, DHE, SSL_GROUP_FFDHE2048, IDENTITY_RSA, WITH_STATUS | WITH_CLIENT_CERT },
    { "1.2 RSA",                      TLS_Version_1_2, KXRSA, 0, IDENTITY_RSA, 0 },
    { "1.2 RSA, status and client cert", TLS_Version_1_2, KXRSA, 0, IDENTITY_RSA, WITH_STATUS | WITH_CLIENT_CERT },
    { "1.2 RSA, resumed",             TLS_Version_1_2, KXRSA, 0, IDENTITY_RSA, WITH_RESUMPTION },
    { "1.2 PSK, client cert asked for", TLS_Version_1_2, PSK, 0, IDENTITY_ED25519, WITH_PSK | WITH_CLIENT_CERT },
    { "1.2 ECDHE_PSK",                TLS_Version_1_2, ECPSK, 0, IDENTITY_ED25519, WITH_PSK },
    { "1.2 RSA_PSK, status",          TLS_Version_1_2, RSAPS, 0, IDENTITY_RSA, WITH_PSK | WITH_STATUS },
    { "1.3",                          TLS_Version_1_3, 0, 0, IDENTITY_ED25519, 0 },
    { "1.3, client cert",             TLS_Version_1_3, 0, 0, IDENTITY_ED25519, WITH_CLIENT_CERT },
    { "1.3, empty client cert",       TLS_Version_1_3, 0, 0, IDENTITY_ED25519, WITH_EMPTY_CERT },
    { "1.3, status",                  TLS_Version_1_3, 0, 0, IDENTITY_ED25519, WITH_STATUS },
    { "1.3, retry for a group",       TLS_Version_1_3, 0, 0, IDENTITY_ED25519, WITH_RETRY },
    { "1.3, retry for a cookie",      TLS_Version_1_3, 0, 0, IDENTITY_ED25519, WITH_COOKIE },
    { "1.3, retry for both, client cert", TLS_Version_1_3, 0, 0, IDENTITY_ED25519, WITH_RETRY | WITH_COOKIE | WITH_CLIENT_CERT | WITH_STATUS },
    { "1.3, PSK",                     TLS_Version_1_3, 0, 0, IDENTITY_ED25519, WITH_PSK | WITH_STATUS | WITH_CLIENT_CERT },
    { "1.3, PSK, retry for both",     TLS_Version_1_3, 0, 0, IDENTITY_ED25519, WITH_PSK | WITH_RETRY | WITH_COOKIE },
    { "1.3, FFDHE, RSA, client cert", TLS_Version_1_3, TLS_AES_256_GCM_SHA384, SSL_GROUP_FFDHE2048, IDENTITY_RSA, WITH_CLIENT_CERT },
};
/* clang-format on */

#define SCENARIOS (sizeof(scenarios) / sizeof(scenarios[0]))

#endif
