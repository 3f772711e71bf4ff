/*
 * identities.h - a certificate on Ed25519 with its private key, for the tests of this folder only.
 * Signed by itself, valid until 2120, for the name ed25519.sslref.test. The ones for P-256 and RSA
 * are those of the samples.
 */
#ifndef SSLREF_TEST_IDENTITIES_H
#define SSLREF_TEST_IDENTITIES_H

#include "../../samples/test_identity.h"

/* clang-format off */
static const char test_only_ed25519_certificate[] =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBtDCCAWagAwIBAgIUYbFbvzedO5zqDn75M1wlV0XMxGAwBQYDK2VwMDkxGTAX\n"
    "BgNVBAoMEHNzbHJlZiB0ZXN0IG9ubHkxHDAaBgNVBAMME2VkMjU1MTkuc3NscmVm\n"
    "LnRlc3QwIBcNMjAwMTAxMDAwMDAwWhgPMjEyMDAxMDEwMDAwMDBaMDkxGTAXBgNV\n"
    "BAoMEHNzbHJlZiB0ZXN0IG9ubHkxHDAaBgNVBAMME2VkMjU1MTkuc3NscmVmLnRl\n"
    "c3QwKjAFBgMrZXADIQBCow+6UHxFK6jAUBZLE0WJgiZMiPyGsXrlNPCTVV5yhaN+\n"
    "MHwwDAYDVR0TAQH/BAIwADAOBgNVHQ8BAf8EBAMCB4AwHQYDVR0lBBYwFAYIKwYB\n"
    "BQUHAwEGCCsGAQUFBwMCMB4GA1UdEQQXMBWCE2VkMjU1MTkuc3NscmVmLnRlc3Qw\n"
    "HQYDVR0OBBYEFDnqY794xmWGYTKrqvE5pU0m+J6iMAUGAytlcANBACAitLbULFo5\n"
    "R7cjlBFCBpe7gEN+8rgQVsqwALxjngaL8gG+fuEE3tFlk5r1eOpudrzRtcHB6W0j\n"
    "7W54fUuW9w8=\n"
    "-----END CERTIFICATE-----\n";

static const char test_only_ed25519_private_key[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VwBCIEIKLMgjH+GZ5Ya9ixTotWu2rq4YVZ67Rtu/Pk4dwjyDdh\n"
    "-----END PRIVATE KEY-----\n";
/* clang-format on */

#endif
