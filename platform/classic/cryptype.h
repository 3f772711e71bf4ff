/*
 * cryptype.h - for programs of 1996, which took the identifiers of cipher suites from here: the
 * names of the SSL 3.0 draft. ssl.h has those that can be selected under their names of today; the
 * rest (IDEA, fixed Diffie-Hellman, Fortezza) is known by number and refused by
 * SSLSetEnabledCiphers.
 */
#ifndef SSLREF_CLASSIC_CRYPTYPE_H
#define SSLREF_CLASSIC_CRYPTYPE_H

#include "../../ssl.h"

enum {
    SSL_RSA_WITH_NULL_MD5                  = 0x0001,
    SSL_RSA_WITH_NULL_SHA                  = 0x0002,
    SSL_RSA_EXPORT_WITH_RC4_40_MD5         = 0x0003,
    SSL_RSA_WITH_RC4_128_MD5               = 0x0004,
    SSL_RSA_WITH_RC4_128_SHA               = 0x0005,
    SSL_RSA_EXPORT_WITH_RC2_CBC_40_MD5     = 0x0006,
    SSL_RSA_WITH_IDEA_CBC_SHA              = 0x0007,
    SSL_RSA_EXPORT_WITH_DES40_CBC_SHA      = 0x0008,
    SSL_RSA_WITH_DES_CBC_SHA               = 0x0009,
    SSL_RSA_WITH_3DES_EDE_CBC_SHA          = 0x000A,
    SSL_DH_DSS_EXPORT_WITH_DES40_CBC_SHA   = 0x000B,
    SSL_DH_DSS_WITH_DES_CBC_SHA            = 0x000C,
    SSL_DH_DSS_WITH_3DES_EDE_CBC_SHA       = 0x000D,
    SSL_DH_RSA_EXPORT_WITH_DES40_CBC_SHA   = 0x000E,
    SSL_DH_RSA_WITH_DES_CBC_SHA            = 0x000F,
    SSL_DH_RSA_WITH_3DES_EDE_CBC_SHA       = 0x0010,
    SSL_DHE_DSS_EXPORT_WITH_DES40_CBC_SHA  = 0x0011,
    SSL_DHE_DSS_WITH_DES_CBC_SHA           = 0x0012,
    SSL_DHE_DSS_WITH_3DES_EDE_CBC_SHA      = 0x0013,
    SSL_DHE_RSA_EXPORT_WITH_DES40_CBC_SHA  = 0x0014,
    SSL_DHE_RSA_WITH_DES_CBC_SHA           = 0x0015,
    SSL_DHE_RSA_WITH_3DES_EDE_CBC_SHA      = 0x0016,
    SSL_DH_anon_EXPORT_WITH_RC4_40_MD5     = 0x0017,
    SSL_DH_anon_WITH_RC4_128_MD5           = 0x0018,
    SSL_DH_anon_EXPORT_WITH_DES40_CBC_SHA  = 0x0019,
    SSL_DH_anon_WITH_DES_CBC_SHA           = 0x001A,
    SSL_DH_anon_WITH_3DES_EDE_CBC_SHA      = 0x001B,
    SSL_FORTEZZA_DMS_WITH_NULL_SHA         = 0x001C,
    SSL_FORTEZZA_DMS_WITH_FORTEZZA_CBC_SHA = 0x001D,
    SSL_RSA_WITH_IDEA_CBC_MD5              = 0xFF81 /* SSL 2.0; a private number */
};

#endif
