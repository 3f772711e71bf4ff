/*
 * signature_schemes.c - every signature scheme of this build, one a line. PKCS#1 and SHA-1 never
 * sign a TLS 1.3 handshake.
 */
#include "tables.h"

/* clang-format off */
const SignatureScheme sslr_signature_schemes[] = {
    { SSL_SIG_ED25519,                SIGNATURE_ED25519,   HASH_NONE,   CURVE_ED25519, TLS_Version_1_3, "ed25519" },
    { SSL_SIG_ECDSA_SECP256R1_SHA256, SIGNATURE_ECDSA,     HASH_SHA256, CURVE_P256,    TLS_Version_1_3, "ecdsa_secp256r1_sha256" },
    { SSL_SIG_ECDSA_SECP384R1_SHA384, SIGNATURE_ECDSA,     HASH_SHA384, CURVE_P384,    TLS_Version_1_3, "ecdsa_secp384r1_sha384" },
    { SSL_SIG_ECDSA_SECP521R1_SHA512, SIGNATURE_ECDSA,     HASH_SHA512, CURVE_P521,    TLS_Version_1_3, "ecdsa_secp521r1_sha512" },
    { SSL_SIG_RSA_PSS_RSAE_SHA256,    SIGNATURE_RSA_PSS,   HASH_SHA256, CURVE_NONE,    TLS_Version_1_3, "rsa_pss_rsae_sha256" },
    { SSL_SIG_RSA_PSS_RSAE_SHA384,    SIGNATURE_RSA_PSS,   HASH_SHA384, CURVE_NONE,    TLS_Version_1_3, "rsa_pss_rsae_sha384" },
    { SSL_SIG_RSA_PSS_RSAE_SHA512,    SIGNATURE_RSA_PSS,   HASH_SHA512, CURVE_NONE,    TLS_Version_1_3, "rsa_pss_rsae_sha512" },
    { SSL_SIG_RSA_PSS_PSS_SHA256,     SIGNATURE_PSS_PSS,   HASH_SHA256, CURVE_NONE,    TLS_Version_1_3, "rsa_pss_pss_sha256" },
    { SSL_SIG_RSA_PSS_PSS_SHA384,     SIGNATURE_PSS_PSS,   HASH_SHA384, CURVE_NONE,    TLS_Version_1_3, "rsa_pss_pss_sha384" },
    { SSL_SIG_RSA_PSS_PSS_SHA512,     SIGNATURE_PSS_PSS,   HASH_SHA512, CURVE_NONE,    TLS_Version_1_3, "rsa_pss_pss_sha512" },
    { SSL_SIG_RSA_PKCS1_SHA256,       SIGNATURE_RSA_PKCS1, HASH_SHA256, CURVE_NONE,    TLS_Version_1_2, "rsa_pkcs1_sha256" },
    { SSL_SIG_RSA_PKCS1_SHA384,       SIGNATURE_RSA_PKCS1, HASH_SHA384, CURVE_NONE,    TLS_Version_1_2, "rsa_pkcs1_sha384" },
    { SSL_SIG_RSA_PKCS1_SHA512,       SIGNATURE_RSA_PKCS1, HASH_SHA512, CURVE_NONE,    TLS_Version_1_2, "rsa_pkcs1_sha512" },
    { SSL_SIG_RSA_PKCS1_SHA1,         SIGNATURE_RSA_PKCS1, HASH_SHA1,   CURVE_NONE,    TLS_Version_1_2, "rsa_pkcs1_sha1" },
    { SSL_SIG_ECDSA_SHA1,             SIGNATURE_ECDSA,     HASH_SHA1,   CURVE_NONE,    TLS_Version_1_2, "ecdsa_sha1" },
    { SSL_SIG_DSA_SHA256,             SIGNATURE_DSA,       HASH_SHA256, CURVE_NONE,    TLS_Version_1_2, "dsa_sha256" },
    { SSL_SIG_DSA_SHA1,               SIGNATURE_DSA,       HASH_SHA1,   CURVE_NONE,    TLS_Version_1_2, "dsa_sha1" },
};
/* clang-format on */

const size_t sslr_signature_scheme_count =
    sizeof(sslr_signature_schemes) / sizeof(sslr_signature_schemes[0]);

const SignatureScheme *sslr_signature_scheme(uint16_t id)
{
    size_t i;

    for (i = 0; i < sslr_signature_scheme_count; i++) {
        if (sslr_signature_schemes[i].id == id) {
            return &sslr_signature_schemes[i];
        }
    }
    return NULL;
}

static const SignatureScheme legacy_rsa = {
    SSL_SIG_RSA_PKCS1_MD5_SHA1, SIGNATURE_LEGACY_RSA, HASH_NONE, CURVE_NONE, TLS_Version_1_1,
    "rsa_pkcs1_md5_sha1"};

const SignatureScheme *sslr_legacy_scheme(AuthenticationId authentication)
{
    switch (authentication) {
    case AUTH_RSA:
        return &legacy_rsa;
    case AUTH_DSS:
        return sslr_signature_scheme(SSL_SIG_DSA_SHA1);
    case AUTH_ECDSA:
        return sslr_signature_scheme(SSL_SIG_ECDSA_SHA1);
    default:
        return NULL;
    }
}
