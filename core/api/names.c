/*
 * names.c - numbers to names and back.
 */
#include "api.h"

const char *SSLProtocolVersionName(SSLProtocolVersion version)
{
    switch (version) {
    case SSL_Version_Unset:
        return "unset";
    case SSL_Version_Undetermined:
        return "SSL 2.0 or 3.0";
    case SSL_Version_3_0_With_2_0_Hello:
        return "SSL 3.0 with 2.0 hello";
    case SSL_Version_3_0_Only:
    case SSL_Version_3_0:
        return "SSL 3.0";
    case SSL_Version_2_0:
        return "SSL 2.0";
    case TLS_Version_1_0:
        return "TLS 1.0";
    case TLS_Version_1_1:
        return "TLS 1.1";
    case TLS_Version_1_2:
        return "TLS 1.2";
    case TLS_Version_1_3:
        return "TLS 1.3";
    default:
        return "unknown";
    }
}

const char *SSLCipherSuiteName(uint16 suite)
{
    const CipherSuite *row = sslr_cipher_suite(suite);

    return row != NULL ? row->name : "unknown";
}

const char *SSLGroupName(uint16 group)
{
    const Group *row = sslr_group(group);

    return row != NULL ? row->name : "unknown";
}

const char *SSLSignatureSchemeName(uint16 scheme)
{
    const SignatureScheme *row = scheme == SSL_SIG_RSA_PKCS1_MD5_SHA1
                                     ? sslr_legacy_scheme(AUTH_RSA)
                                     : sslr_signature_scheme(scheme);

    if (scheme == SSL_SIG_RSA_PKCS1_MD5) {
        return "rsa_pkcs1_md5"; /* of SSL 2.0 alone, where the table does not reach */
    }
    return row != NULL ? row->name : "unknown";
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

static int same_name(const char *a, const char *b)
{
    while (*a != 0 && lower(*a) == lower(*b)) {
        a++;
        b++;
    }
    return *a == 0 && *b == 0;
}

SSLErr SSLCipherSuiteByName(const char *name, uint16 *suite)
{
    size_t i;

    if (name == NULL || suite == NULL) {
        return SSLBadParameterErr;
    }
    for (i = 0; i < sslr_cipher_suite_count; i++) {
        if (same_name(name, sslr_cipher_suites[i].name)) {
            *suite = sslr_cipher_suites[i].id;
            return SSLNoErr;
        }
    }
    return SSLUnsupportedErr;
}

SSLErr SSLGroupByName(const char *name, uint16 *group)
{
    size_t i;

    if (name == NULL || group == NULL) {
        return SSLBadParameterErr;
    }
    for (i = 0; i < sslr_group_count; i++) {
        if (same_name(name, sslr_groups[i].name)) {
            *group = sslr_groups[i].id;
            return SSLNoErr;
        }
    }
    return SSLUnsupportedErr;
}

SSLErr SSLSignatureSchemeByName(const char *name, uint16 *scheme)
{
    size_t i;

    if (name == NULL || scheme == NULL) {
        return SSLBadParameterErr;
    }
    for (i = 0; i < sslr_signature_scheme_count; i++) {
        if (same_name(name, sslr_signature_schemes[i].name)) {
            *scheme = sslr_signature_schemes[i].id;
            return SSLNoErr;
        }
    }
    return SSLUnsupportedErr;
}
