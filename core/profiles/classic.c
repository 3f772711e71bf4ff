/*
 * classic.c - what a build for old machines has besides versions: the settings of 1996 and the code
 * that only suites and hellos of the past need. Named by full.c; PROFILE=modern leaves it out.
 */
#include "../handshake/handshake.h"
#include "profile.h"

/* The suites of 1996, strongest first. */
static const uint16_t suites[] = {
    TLS_RSA_WITH_3DES_EDE_CBC_SHA,
    SSL_RSA_WITH_3DES_EDE_CBC_MD5,
    SSL_RSA_FIPS_WITH_3DES_EDE_CBC_SHA,
    TLS_DHE_RSA_WITH_3DES_EDE_CBC_SHA,
    TLS_DHE_DSS_WITH_3DES_EDE_CBC_SHA,
    TLS_RSA_WITH_RC4_128_SHA,
    TLS_RSA_WITH_RC4_128_MD5,
    SSL_RSA_WITH_RC2_CBC_MD5,
    TLS_RSA_WITH_DES_CBC_SHA,
    SSL_RSA_WITH_DES_CBC_MD5,
    SSL_RSA_FIPS_WITH_DES_CBC_SHA,
    TLS_DHE_RSA_WITH_DES_CBC_SHA,
    TLS_DHE_DSS_WITH_DES_CBC_SHA,
    TLS_RSA_EXPORT_WITH_RC4_40_MD5,
    TLS_RSA_EXPORT_WITH_RC2_CBC_40_MD5,
    TLS_RSA_EXPORT_WITH_DES40_CBC_SHA,
    TLS_DHE_RSA_EXPORT_WITH_DES40_CBC_SHA,
    TLS_DHE_DSS_EXPORT_WITH_DES40_CBC_SHA,
    TLS_DH_anon_WITH_3DES_EDE_CBC_SHA,
    TLS_DH_anon_WITH_RC4_128_MD5,
    TLS_DH_anon_WITH_DES_CBC_SHA,
    TLS_DH_anon_EXPORT_WITH_RC4_40_MD5,
    TLS_DH_anon_EXPORT_WITH_DES40_CBC_SHA,
    TLS_RSA_WITH_NULL_SHA,
    TLS_RSA_WITH_NULL_MD5,
};

const Classic sslr_classic = {
    .stream               = &sslr_protection_stream,
    .write_version2_hello = BY_CLIENT(sslr_write_client_hello_v2),
    .read_version2_hello  = BY_SERVER(sslr_read_client_hello_v2),
    .export_primes        = {{sslr_export_prime512, 64}, {sslr_export_prime1024, 128}},
    .suites               = suites,
    .suite_count          = sizeof(suites) / sizeof(suites[0]),
};
