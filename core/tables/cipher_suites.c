/*
 * cipher_suites.c - every cipher suite of this build, one a line, by number.
 */
#include "tables.h"

/* clang-format off */
const CipherSuite sslr_cipher_suites[] = {
    /* id, first and last version, key exchange, authentication, AEAD, or cipher and MAC, PRF, name */
    { 0x002F, SSL_Version_3_0, TLS_Version_1_2, KX_RSA,  AUTH_RSA,   AEAD_NONE,               CIPHER_AES_128_CBC,  HASH_SHA1,   HASH_SHA256, "TLS_RSA_WITH_AES_128_CBC_SHA" },
    { 0x0033, SSL_Version_3_0, TLS_Version_1_2, KX_DHE,  AUTH_RSA,   AEAD_NONE,               CIPHER_AES_128_CBC,  HASH_SHA1,   HASH_SHA256, "TLS_DHE_RSA_WITH_AES_128_CBC_SHA" },
    { 0x0035, SSL_Version_3_0, TLS_Version_1_2, KX_RSA,  AUTH_RSA,   AEAD_NONE,               CIPHER_AES_256_CBC,  HASH_SHA1,   HASH_SHA256, "TLS_RSA_WITH_AES_256_CBC_SHA" },
    { 0x0039, SSL_Version_3_0, TLS_Version_1_2, KX_DHE,  AUTH_RSA,   AEAD_NONE,               CIPHER_AES_256_CBC,  HASH_SHA1,   HASH_SHA256, "TLS_DHE_RSA_WITH_AES_256_CBC_SHA" },
    { 0x003C, TLS_Version_1_2, TLS_Version_1_2, KX_RSA,  AUTH_RSA,   AEAD_NONE,               CIPHER_AES_128_CBC,  HASH_SHA256, HASH_SHA256, "TLS_RSA_WITH_AES_128_CBC_SHA256" },
    { 0x003D, TLS_Version_1_2, TLS_Version_1_2, KX_RSA,  AUTH_RSA,   AEAD_NONE,               CIPHER_AES_256_CBC,  HASH_SHA256, HASH_SHA256, "TLS_RSA_WITH_AES_256_CBC_SHA256" },
    { 0x0067, TLS_Version_1_2, TLS_Version_1_2, KX_DHE,  AUTH_RSA,   AEAD_NONE,               CIPHER_AES_128_CBC,  HASH_SHA256, HASH_SHA256, "TLS_DHE_RSA_WITH_AES_128_CBC_SHA256" },
    { 0x006B, TLS_Version_1_2, TLS_Version_1_2, KX_DHE,  AUTH_RSA,   AEAD_NONE,               CIPHER_AES_256_CBC,  HASH_SHA256, HASH_SHA256, "TLS_DHE_RSA_WITH_AES_256_CBC_SHA256" },
    { 0x009C, TLS_Version_1_2, TLS_Version_1_2, KX_RSA,  AUTH_RSA,   AEAD_AES_128_GCM,        CIPHER_NONE,         HASH_NONE,   HASH_SHA256, "TLS_RSA_WITH_AES_128_GCM_SHA256" },
    { 0x009D, TLS_Version_1_2, TLS_Version_1_2, KX_RSA,  AUTH_RSA,   AEAD_AES_256_GCM,        CIPHER_NONE,         HASH_NONE,   HASH_SHA384, "TLS_RSA_WITH_AES_256_GCM_SHA384" },
    { 0x009E, TLS_Version_1_2, TLS_Version_1_2, KX_DHE,  AUTH_RSA,   AEAD_AES_128_GCM,        CIPHER_NONE,         HASH_NONE,   HASH_SHA256, "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256" },
    { 0x009F, TLS_Version_1_2, TLS_Version_1_2, KX_DHE,  AUTH_RSA,   AEAD_AES_256_GCM,        CIPHER_NONE,         HASH_NONE,   HASH_SHA384, "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384" },
    { 0x1301, TLS_Version_1_3, TLS_Version_1_3, KX_ANY,  AUTH_ANY,   AEAD_AES_128_GCM,        CIPHER_NONE,         HASH_NONE,   HASH_SHA256, "TLS_AES_128_GCM_SHA256" },
    { 0x1302, TLS_Version_1_3, TLS_Version_1_3, KX_ANY,  AUTH_ANY,   AEAD_AES_256_GCM,        CIPHER_NONE,         HASH_NONE,   HASH_SHA384, "TLS_AES_256_GCM_SHA384" },
    { 0x1303, TLS_Version_1_3, TLS_Version_1_3, KX_ANY,  AUTH_ANY,   AEAD_CHACHA20_POLY1305,  CIPHER_NONE,         HASH_NONE,   HASH_SHA256, "TLS_CHACHA20_POLY1305_SHA256" },
    { 0x1304, TLS_Version_1_3, TLS_Version_1_3, KX_ANY,  AUTH_ANY,   AEAD_AES_128_CCM,        CIPHER_NONE,         HASH_NONE,   HASH_SHA256, "TLS_AES_128_CCM_SHA256" },
    { 0x1305, TLS_Version_1_3, TLS_Version_1_3, KX_ANY,  AUTH_ANY,   AEAD_AES_128_CCM_8,      CIPHER_NONE,         HASH_NONE,   HASH_SHA256, "TLS_AES_128_CCM_8_SHA256" },
    { 0xC009, TLS_Version_1_0, TLS_Version_1_2, KX_ECDHE, AUTH_ECDSA, AEAD_NONE,               CIPHER_AES_128_CBC,  HASH_SHA1,   HASH_SHA256, "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA" },
    { 0xC00A, TLS_Version_1_0, TLS_Version_1_2, KX_ECDHE, AUTH_ECDSA, AEAD_NONE,               CIPHER_AES_256_CBC,  HASH_SHA1,   HASH_SHA256, "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA" },
    { 0xC013, TLS_Version_1_0, TLS_Version_1_2, KX_ECDHE, AUTH_RSA,   AEAD_NONE,               CIPHER_AES_128_CBC,  HASH_SHA1,   HASH_SHA256, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA" },
    { 0xC014, TLS_Version_1_0, TLS_Version_1_2, KX_ECDHE, AUTH_RSA,   AEAD_NONE,               CIPHER_AES_256_CBC,  HASH_SHA1,   HASH_SHA256, "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA" },
    { 0xC023, TLS_Version_1_2, TLS_Version_1_2, KX_ECDHE, AUTH_ECDSA, AEAD_NONE,               CIPHER_AES_128_CBC,  HASH_SHA256, HASH_SHA256, "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256" },
    { 0xC024, TLS_Version_1_2, TLS_Version_1_2, KX_ECDHE, AUTH_ECDSA, AEAD_NONE,               CIPHER_AES_256_CBC,  HASH_SHA384, HASH_SHA384, "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384" },
    { 0xC027, TLS_Version_1_2, TLS_Version_1_2, KX_ECDHE, AUTH_RSA,   AEAD_NONE,               CIPHER_AES_128_CBC,  HASH_SHA256, HASH_SHA256, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256" },
    { 0xC028, TLS_Version_1_2, TLS_Version_1_2, KX_ECDHE, AUTH_RSA,   AEAD_NONE,               CIPHER_AES_256_CBC,  HASH_SHA384, HASH_SHA384, "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384" },
    { 0xC02B, TLS_Version_1_2, TLS_Version_1_2, KX_ECDHE, AUTH_ECDSA, AEAD_AES_128_GCM,        CIPHER_NONE,         HASH_NONE,   HASH_SHA256, "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256" },
    { 0xC02C, TLS_Version_1_2, TLS_Version_1_2, KX_ECDHE, AUTH_ECDSA, AEAD_AES_256_GCM,        CIPHER_NONE,         HASH_NONE,   HASH_SHA384, "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384" },
    { 0xC02F, TLS_Version_1_2, TLS_Version_1_2, KX_ECDHE, AUTH_RSA,   AEAD_AES_128_GCM,        CIPHER_NONE,         HASH_NONE,   HASH_SHA256, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256" },
    { 0xC030, TLS_Version_1_2, TLS_Version_1_2, KX_ECDHE, AUTH_RSA,   AEAD_AES_256_GCM,        CIPHER_NONE,         HASH_NONE,   HASH_SHA384, "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384" },
    { 0xC09C, TLS_Version_1_2, TLS_Version_1_2, KX_RSA,  AUTH_RSA,   AEAD_AES_128_CCM,        CIPHER_NONE,         HASH_NONE,   HASH_SHA256, "TLS_RSA_WITH_AES_128_CCM" },
    { 0xC09D, TLS_Version_1_2, TLS_Version_1_2, KX_RSA,  AUTH_RSA,   AEAD_AES_256_CCM,        CIPHER_NONE,         HASH_NONE,   HASH_SHA256, "TLS_RSA_WITH_AES_256_CCM" },
    { 0xC09E, TLS_Version_1_2, TLS_Version_1_2, KX_DHE,  AUTH_RSA,   AEAD_AES_128_CCM,        CIPHER_NONE,         HASH_NONE,   HASH_SHA256, "TLS_DHE_RSA_WITH_AES_128_CCM" },
    { 0xC09F, TLS_Version_1_2, TLS_Version_1_2, KX_DHE,  AUTH_RSA,   AEAD_AES_256_CCM,        CIPHER_NONE,         HASH_NONE,   HASH_SHA256, "TLS_DHE_RSA_WITH_AES_256_CCM" },
    { 0xC0A0, TLS_Version_1_2, TLS_Version_1_2, KX_RSA,  AUTH_RSA,   AEAD_AES_128_CCM_8,      CIPHER_NONE,         HASH_NONE,   HASH_SHA256, "TLS_RSA_WITH_AES_128_CCM_8" },
    { 0xC0A1, TLS_Version_1_2, TLS_Version_1_2, KX_RSA,  AUTH_RSA,   AEAD_AES_256_CCM_8,      CIPHER_NONE,         HASH_NONE,   HASH_SHA256, "TLS_RSA_WITH_AES_256_CCM_8" },
    { 0xC0A2, TLS_Version_1_2, TLS_Version_1_2, KX_DHE,  AUTH_RSA,   AEAD_AES_128_CCM_8,      CIPHER_NONE,         HASH_NONE,   HASH_SHA256, "TLS_DHE_RSA_WITH_AES_128_CCM_8" },
    { 0xC0A3, TLS_Version_1_2, TLS_Version_1_2, KX_DHE,  AUTH_RSA,   AEAD_AES_256_CCM_8,      CIPHER_NONE,         HASH_NONE,   HASH_SHA256, "TLS_DHE_RSA_WITH_AES_256_CCM_8" },
    { 0xC0AC, TLS_Version_1_2, TLS_Version_1_2, KX_ECDHE, AUTH_ECDSA, AEAD_AES_128_CCM,        CIPHER_NONE,         HASH_NONE,   HASH_SHA256, "TLS_ECDHE_ECDSA_WITH_AES_128_CCM" },
    { 0xC0AD, TLS_Version_1_2, TLS_Version_1_2, KX_ECDHE, AUTH_ECDSA, AEAD_AES_256_CCM,        CIPHER_NONE,         HASH_NONE,   HASH_SHA256, "TLS_ECDHE_ECDSA_WITH_AES_256_CCM" },
    { 0xC0AE, TLS_Version_1_2, TLS_Version_1_2, KX_ECDHE, AUTH_ECDSA, AEAD_AES_128_CCM_8,      CIPHER_NONE,         HASH_NONE,   HASH_SHA256, "TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8" },
    { 0xC0AF, TLS_Version_1_2, TLS_Version_1_2, KX_ECDHE, AUTH_ECDSA, AEAD_AES_256_CCM_8,      CIPHER_NONE,         HASH_NONE,   HASH_SHA256, "TLS_ECDHE_ECDSA_WITH_AES_256_CCM_8" },
    { 0xCCA8, TLS_Version_1_2, TLS_Version_1_2, KX_ECDHE, AUTH_RSA,   AEAD_CHACHA20_POLY1305,  CIPHER_NONE,         HASH_NONE,   HASH_SHA256, "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256" },
    { 0xCCA9, TLS_Version_1_2, TLS_Version_1_2, KX_ECDHE, AUTH_ECDSA, AEAD_CHACHA20_POLY1305,  CIPHER_NONE,         HASH_NONE,   HASH_SHA256, "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256" },
    { 0xCCAA, TLS_Version_1_2, TLS_Version_1_2, KX_DHE,  AUTH_RSA,   AEAD_CHACHA20_POLY1305,  CIPHER_NONE,         HASH_NONE,   HASH_SHA256, "TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256" },
};
/* clang-format on */

const size_t sslr_cipher_suite_count = sizeof(sslr_cipher_suites) / sizeof(sslr_cipher_suites[0]);

/* The table is in order of numbers. */
const CipherSuite *sslr_cipher_suite(uint16_t id)
{
    size_t low = 0, high = sslr_cipher_suite_count;

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (sslr_cipher_suites[middle].id == id) {
            return &sslr_cipher_suites[middle];
        }
        if (sslr_cipher_suites[middle].id < id) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return NULL;
}
