/*
 * ssl.h - the public interface of sslref, a TLS engine that does nothing on its own.
 *
 * Every byte of memory, every byte of I/O, every random byte and every clock reading comes through
 * a callback that the program installs on an SSLContext. The engine may be suspended at any
 * callback: a function that returns SSLWouldBlockErr is simply called again later, and SSLWants()
 * says what it waits for.
 *
 * This header is the only one a program includes. API_Details.txt is the manual: concepts, a
 * handshake followed through the callbacks, and every call below at length. "Manual:" in a comment
 * names the section of the SSLRef 3.0 API Details that a call comes from; calls without one are
 * newer and in the same style.
 *
 * Common to all calls, and therefore not repeated below:
 *   - They return SSLNoErr (0) or an error of sslerrors.h; a callback's own error code comes back
 * unchanged.
 *   - A NULL context, or a NULL argument where an object is needed, gives SSLBadParameterErr.
 *   - Inside a callback only the getters ("Status" and "Names") may be called on that context;
 * anything else gives SSLBadStateErr. The one exception is SSLClientHelloFunc, which may also use
 * the setters of "Configuration".
 *   - Setters other than those for callbacks and references are refused with SSLBadStateErr once
 * the first handshake has begun, because they would corrupt it.
 *   - What a setter is given is copied, unless the comment says that it must outlive the context.
 *   - A context has no lock: one thread at a time. Different contexts never share anything that
 * changes.
 */
#ifndef SSLREF_SSL_H
#define SSLREF_SSL_H

#include "sslerrors.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ==== Data types ==== */

/* Integers of exactly 8, 16 and 32 bits. Manual: "General Data Types". A program that has the same
 * names from another header defines SSL_NO_INTEGER_TYPES before including this one. */
#ifndef SSL_NO_INTEGER_TYPES
typedef signed char    sint8;
typedef unsigned char  uint8;
typedef signed short   sint16;
typedef unsigned short uint16;
typedef signed int     sint32;
typedef unsigned int   uint32;
#endif

/* A block of data: length in bytes, and where it is. Manual: "SSLBuffer". */
typedef struct SSLBuffer {
    uint32 length;
    uint8 *data;
} SSLBuffer;

/* One connection. Opaque; its memory, SSLContextSize() bytes aligned as malloc aligns, belongs to
 * the program. */
typedef struct SSLContext SSLContext;

/* A certificate chain with its private key. Immutable, may be shared by any number of contexts and
 * threads. */
typedef struct SSLIdentity SSLIdentity;

/* Whom to trust: anchors, intermediates, policy, pinned keys. Immutable and shared like an
 * identity. */
typedef struct SSLTrust SSLTrust;

typedef enum SSLProtocolSide {
    SSL_ServerSide = 1,
    SSL_ClientSide = 2
} SSLProtocolSide;

/* Settings for SSLSetProtocolVersion, and results of SSLGetProtocolVersion. The numbers of real
 * versions are those on the wire. */
typedef enum SSLProtocolVersion {
    SSL_Version_Undetermined       = 0,
    SSL_Version_3_0_With_2_0_Hello = 100,
    SSL_Version_3_0_Only           = 101,
    SSL_Version_Unset              = 102, /* nothing set yet: TLS 1.2 and TLS 1.3 are allowed */
    SSL_Version_2_0                = 0x0002,
    SSL_Version_3_0                = 0x0300,
    TLS_Version_1_0                = 0x0301,
    TLS_Version_1_1                = 0x0302,
    TLS_Version_1_2                = 0x0303,
    TLS_Version_1_3                = 0x0304
} SSLProtocolVersion;

/* Where a connection stands. */
typedef enum SSLSessionState {
    SSL_StateIdle      = 0, /* no handshake has begun */
    SSL_StateHandshake = 1, /* the first handshake is under way */
    SSL_StateConnected = 2, /* data may flow (a later handshake may be under way) */
    SSL_StateClosed    = 3, /* ended with close_notify, sent or received */
    SSL_StateAborted   = 4  /* ended by an error */
} SSLSessionState;

/* The longest modulus of an SSLRSAPrivateKey in bits and bytes. Longer keys (to 8192 bits) come in
 * as an SSLIdentity. */
#define SSL_MAX_RSA_MODULUS_BITS 4096
#define SSL_MAX_RSA_MODULUS_LEN  512
#define SSL_MAX_RSA_PRIME_LEN    256

/* An RSA private key as a value, with RSAREF's member names. Every number is big-endian and
 * right-aligned in its array, zeros before it. Manual: "SSLSetPrivateKey". SSLDecodeRSAPrivateKey()
 * fills one from DER. */
typedef struct SSLRSAPrivateKey {
    uint32 bits; /* length of the modulus, 512 .. SSL_MAX_RSA_MODULUS_BITS */
    uint8  modulus[SSL_MAX_RSA_MODULUS_LEN];
    uint8  publicExponent[SSL_MAX_RSA_MODULUS_LEN];
    uint8  exponent[SSL_MAX_RSA_MODULUS_LEN]; /* the private exponent */
    uint8  prime[2][SSL_MAX_RSA_PRIME_LEN];   /* the larger one first is usual, not needed */
    uint8  primeExponent[2][SSL_MAX_RSA_PRIME_LEN];
    uint8  coefficient[SSL_MAX_RSA_PRIME_LEN]; /* prime[1]^-1 mod prime[0] */
} SSLRSAPrivateKey;

/* Diffie-Hellman parameters with RSAREF's member names; big-endian. The setter copies what the
 * pointers point at. */
typedef struct SSLDHParams {
    uint8 *prime;
    uint32 primeLen;
    uint8 *generator;
    uint32 generatorLen;
} SSLDHParams;

/* ==== Numbers: cipher suites, groups, signature schemes, alerts (as assigned by IANA) ==== */

/* Cipher suites. On by default are those of TLS 1.3 but CCM_8, and of TLS 1.2 ECDHE with AEAD or
 * AES-CBC and DHE_RSA with GCM or ChaCha20-Poly1305. All others are off until named with
 * SSLSetEnabledCiphers: RSA key transport (TLS_RSA_*), CCM_8, and everything that was old in 2010
 * (export, NULL, anonymous, RC4, RC2, DES, 3DES, SEED, Camellia, DSS). A build without old versions
 * (PROFILE=modern) lacks these last. API_Details.txt 14.2 has the table, 25.2 what they are
 * worth. */
enum {
    SSL_NULL_WITH_NULL_NULL                       = 0x0000,
    TLS_RSA_WITH_NULL_MD5                         = 0x0001,
    TLS_RSA_WITH_NULL_SHA                         = 0x0002,
    TLS_RSA_EXPORT_WITH_RC4_40_MD5                = 0x0003,
    TLS_RSA_WITH_RC4_128_MD5                      = 0x0004,
    TLS_RSA_WITH_RC4_128_SHA                      = 0x0005,
    TLS_RSA_EXPORT_WITH_RC2_CBC_40_MD5            = 0x0006,
    TLS_RSA_EXPORT_WITH_DES40_CBC_SHA             = 0x0008,
    TLS_RSA_WITH_DES_CBC_SHA                      = 0x0009,
    TLS_RSA_WITH_3DES_EDE_CBC_SHA                 = 0x000A,
    TLS_DHE_DSS_EXPORT_WITH_DES40_CBC_SHA         = 0x0011,
    TLS_DHE_DSS_WITH_DES_CBC_SHA                  = 0x0012,
    TLS_DHE_DSS_WITH_3DES_EDE_CBC_SHA             = 0x0013,
    TLS_DHE_RSA_EXPORT_WITH_DES40_CBC_SHA         = 0x0014,
    TLS_DHE_RSA_WITH_DES_CBC_SHA                  = 0x0015,
    TLS_DHE_RSA_WITH_3DES_EDE_CBC_SHA             = 0x0016,
    TLS_DH_anon_EXPORT_WITH_RC4_40_MD5            = 0x0017,
    TLS_DH_anon_WITH_RC4_128_MD5                  = 0x0018,
    TLS_DH_anon_EXPORT_WITH_DES40_CBC_SHA         = 0x0019,
    TLS_DH_anon_WITH_DES_CBC_SHA                  = 0x001A,
    TLS_DH_anon_WITH_3DES_EDE_CBC_SHA             = 0x001B,
    TLS_RSA_WITH_AES_128_CBC_SHA                  = 0x002F,
    TLS_DHE_DSS_WITH_AES_128_CBC_SHA              = 0x0032,
    TLS_DHE_RSA_WITH_AES_128_CBC_SHA              = 0x0033,
    TLS_DH_anon_WITH_AES_128_CBC_SHA              = 0x0034,
    TLS_RSA_WITH_AES_256_CBC_SHA                  = 0x0035,
    TLS_DHE_DSS_WITH_AES_256_CBC_SHA              = 0x0038,
    TLS_DHE_RSA_WITH_AES_256_CBC_SHA              = 0x0039,
    TLS_DH_anon_WITH_AES_256_CBC_SHA              = 0x003A,
    TLS_RSA_WITH_NULL_SHA256                      = 0x003B,
    TLS_RSA_WITH_AES_128_CBC_SHA256               = 0x003C,
    TLS_RSA_WITH_AES_256_CBC_SHA256               = 0x003D,
    TLS_DHE_DSS_WITH_AES_128_CBC_SHA256           = 0x0040,
    TLS_RSA_WITH_CAMELLIA_128_CBC_SHA             = 0x0041,
    TLS_DHE_DSS_WITH_CAMELLIA_128_CBC_SHA         = 0x0044,
    TLS_DHE_RSA_WITH_CAMELLIA_128_CBC_SHA         = 0x0045,
    TLS_DH_anon_WITH_CAMELLIA_128_CBC_SHA         = 0x0046,
    TLS_RSA_EXPORT1024_WITH_RC4_56_MD5            = 0x0060,
    TLS_RSA_EXPORT1024_WITH_RC2_CBC_56_MD5        = 0x0061,
    TLS_RSA_EXPORT1024_WITH_DES_CBC_SHA           = 0x0062,
    TLS_DHE_DSS_EXPORT1024_WITH_DES_CBC_SHA       = 0x0063,
    TLS_RSA_EXPORT1024_WITH_RC4_56_SHA            = 0x0064,
    TLS_DHE_DSS_EXPORT1024_WITH_RC4_56_SHA        = 0x0065,
    TLS_DHE_DSS_WITH_RC4_128_SHA                  = 0x0066,
    TLS_DHE_RSA_WITH_AES_128_CBC_SHA256           = 0x0067,
    TLS_DHE_DSS_WITH_AES_256_CBC_SHA256           = 0x006A,
    TLS_DHE_RSA_WITH_AES_256_CBC_SHA256           = 0x006B,
    TLS_DH_anon_WITH_AES_128_CBC_SHA256           = 0x006C,
    TLS_DH_anon_WITH_AES_256_CBC_SHA256           = 0x006D,
    TLS_RSA_WITH_CAMELLIA_256_CBC_SHA             = 0x0084,
    TLS_DHE_DSS_WITH_CAMELLIA_256_CBC_SHA         = 0x0087,
    TLS_DHE_RSA_WITH_CAMELLIA_256_CBC_SHA         = 0x0088,
    TLS_DH_anon_WITH_CAMELLIA_256_CBC_SHA         = 0x0089,
    TLS_RSA_WITH_SEED_CBC_SHA                     = 0x0096,
    TLS_DHE_DSS_WITH_SEED_CBC_SHA                 = 0x0099,
    TLS_DHE_RSA_WITH_SEED_CBC_SHA                 = 0x009A,
    TLS_DH_anon_WITH_SEED_CBC_SHA                 = 0x009B,
    TLS_RSA_WITH_AES_128_GCM_SHA256               = 0x009C,
    TLS_RSA_WITH_AES_256_GCM_SHA384               = 0x009D,
    TLS_DHE_RSA_WITH_AES_128_GCM_SHA256           = 0x009E,
    TLS_DHE_RSA_WITH_AES_256_GCM_SHA384           = 0x009F,
    TLS_DHE_DSS_WITH_AES_128_GCM_SHA256           = 0x00A2,
    TLS_DHE_DSS_WITH_AES_256_GCM_SHA384           = 0x00A3,
    TLS_DH_anon_WITH_AES_128_GCM_SHA256           = 0x00A6,
    TLS_DH_anon_WITH_AES_256_GCM_SHA384           = 0x00A7,
    TLS_RSA_WITH_CAMELLIA_128_CBC_SHA256          = 0x00BA,
    TLS_DHE_DSS_WITH_CAMELLIA_128_CBC_SHA256      = 0x00BD,
    TLS_DHE_RSA_WITH_CAMELLIA_128_CBC_SHA256      = 0x00BE,
    TLS_DH_anon_WITH_CAMELLIA_128_CBC_SHA256      = 0x00BF,
    TLS_RSA_WITH_CAMELLIA_256_CBC_SHA256          = 0x00C0,
    TLS_DHE_DSS_WITH_CAMELLIA_256_CBC_SHA256      = 0x00C3,
    TLS_DHE_RSA_WITH_CAMELLIA_256_CBC_SHA256      = 0x00C4,
    TLS_DH_anon_WITH_CAMELLIA_256_CBC_SHA256      = 0x00C5,
    TLS_AES_128_GCM_SHA256                        = 0x1301,
    TLS_AES_256_GCM_SHA384                        = 0x1302,
    TLS_CHACHA20_POLY1305_SHA256                  = 0x1303,
    TLS_AES_128_CCM_SHA256                        = 0x1304,
    TLS_AES_128_CCM_8_SHA256                      = 0x1305,
    TLS_ECDHE_ECDSA_WITH_NULL_SHA                 = 0xC006,
    TLS_ECDHE_ECDSA_WITH_RC4_128_SHA              = 0xC007,
    TLS_ECDHE_ECDSA_WITH_3DES_EDE_CBC_SHA         = 0xC008,
    TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA          = 0xC009,
    TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA          = 0xC00A,
    TLS_ECDHE_RSA_WITH_NULL_SHA                   = 0xC010,
    TLS_ECDHE_RSA_WITH_RC4_128_SHA                = 0xC011,
    TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA           = 0xC012,
    TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA            = 0xC013,
    TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA            = 0xC014,
    TLS_ECDH_anon_WITH_NULL_SHA                   = 0xC015,
    TLS_ECDH_anon_WITH_RC4_128_SHA                = 0xC016,
    TLS_ECDH_anon_WITH_3DES_EDE_CBC_SHA           = 0xC017,
    TLS_ECDH_anon_WITH_AES_128_CBC_SHA            = 0xC018,
    TLS_ECDH_anon_WITH_AES_256_CBC_SHA            = 0xC019,
    TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256       = 0xC023,
    TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384       = 0xC024,
    TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256         = 0xC027,
    TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384         = 0xC028,
    TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256       = 0xC02B,
    TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384       = 0xC02C,
    TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256         = 0xC02F,
    TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384         = 0xC030,
    TLS_ECDHE_ECDSA_WITH_CAMELLIA_128_CBC_SHA256  = 0xC072,
    TLS_ECDHE_ECDSA_WITH_CAMELLIA_256_CBC_SHA384  = 0xC073,
    TLS_ECDHE_RSA_WITH_CAMELLIA_128_CBC_SHA256    = 0xC076,
    TLS_ECDHE_RSA_WITH_CAMELLIA_256_CBC_SHA384    = 0xC077,
    TLS_RSA_WITH_CAMELLIA_128_GCM_SHA256          = 0xC07A,
    TLS_RSA_WITH_CAMELLIA_256_GCM_SHA384          = 0xC07B,
    TLS_DHE_RSA_WITH_CAMELLIA_128_GCM_SHA256      = 0xC07C,
    TLS_DHE_RSA_WITH_CAMELLIA_256_GCM_SHA384      = 0xC07D,
    TLS_ECDHE_ECDSA_WITH_CAMELLIA_128_GCM_SHA256  = 0xC086,
    TLS_ECDHE_ECDSA_WITH_CAMELLIA_256_GCM_SHA384  = 0xC087,
    TLS_ECDHE_RSA_WITH_CAMELLIA_128_GCM_SHA256    = 0xC08A,
    TLS_ECDHE_RSA_WITH_CAMELLIA_256_GCM_SHA384    = 0xC08B,
    TLS_RSA_WITH_AES_128_CCM                      = 0xC09C,
    TLS_RSA_WITH_AES_256_CCM                      = 0xC09D,
    TLS_DHE_RSA_WITH_AES_128_CCM                  = 0xC09E,
    TLS_DHE_RSA_WITH_AES_256_CCM                  = 0xC09F,
    TLS_RSA_WITH_AES_128_CCM_8                    = 0xC0A0,
    TLS_RSA_WITH_AES_256_CCM_8                    = 0xC0A1,
    TLS_DHE_RSA_WITH_AES_128_CCM_8                = 0xC0A2,
    TLS_DHE_RSA_WITH_AES_256_CCM_8                = 0xC0A3,
    TLS_ECDHE_ECDSA_WITH_AES_128_CCM              = 0xC0AC,
    TLS_ECDHE_ECDSA_WITH_AES_256_CCM              = 0xC0AD,
    TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8            = 0xC0AE,
    TLS_ECDHE_ECDSA_WITH_AES_256_CCM_8            = 0xC0AF,
    TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256   = 0xCCA8,
    TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256 = 0xCCA9,
    TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256     = 0xCCAA,
    /* With a pre-shared key; RSA_PSK: and a certificate. */
    TLS_PSK_WITH_NULL_SHA                       = 0x002C,
    TLS_DHE_PSK_WITH_NULL_SHA                   = 0x002D,
    TLS_RSA_PSK_WITH_NULL_SHA                   = 0x002E,
    TLS_PSK_WITH_RC4_128_SHA                    = 0x008A,
    TLS_PSK_WITH_3DES_EDE_CBC_SHA               = 0x008B,
    TLS_PSK_WITH_AES_128_CBC_SHA                = 0x008C,
    TLS_PSK_WITH_AES_256_CBC_SHA                = 0x008D,
    TLS_DHE_PSK_WITH_RC4_128_SHA                = 0x008E,
    TLS_DHE_PSK_WITH_3DES_EDE_CBC_SHA           = 0x008F,
    TLS_DHE_PSK_WITH_AES_128_CBC_SHA            = 0x0090,
    TLS_DHE_PSK_WITH_AES_256_CBC_SHA            = 0x0091,
    TLS_RSA_PSK_WITH_RC4_128_SHA                = 0x0092,
    TLS_RSA_PSK_WITH_3DES_EDE_CBC_SHA           = 0x0093,
    TLS_RSA_PSK_WITH_AES_128_CBC_SHA            = 0x0094,
    TLS_RSA_PSK_WITH_AES_256_CBC_SHA            = 0x0095,
    TLS_PSK_WITH_AES_128_GCM_SHA256             = 0x00A8,
    TLS_PSK_WITH_AES_256_GCM_SHA384             = 0x00A9,
    TLS_DHE_PSK_WITH_AES_128_GCM_SHA256         = 0x00AA,
    TLS_DHE_PSK_WITH_AES_256_GCM_SHA384         = 0x00AB,
    TLS_RSA_PSK_WITH_AES_128_GCM_SHA256         = 0x00AC,
    TLS_RSA_PSK_WITH_AES_256_GCM_SHA384         = 0x00AD,
    TLS_PSK_WITH_AES_128_CBC_SHA256             = 0x00AE,
    TLS_PSK_WITH_AES_256_CBC_SHA384             = 0x00AF,
    TLS_PSK_WITH_NULL_SHA256                    = 0x00B0,
    TLS_PSK_WITH_NULL_SHA384                    = 0x00B1,
    TLS_DHE_PSK_WITH_AES_128_CBC_SHA256         = 0x00B2,
    TLS_DHE_PSK_WITH_AES_256_CBC_SHA384         = 0x00B3,
    TLS_DHE_PSK_WITH_NULL_SHA256                = 0x00B4,
    TLS_DHE_PSK_WITH_NULL_SHA384                = 0x00B5,
    TLS_RSA_PSK_WITH_AES_128_CBC_SHA256         = 0x00B6,
    TLS_RSA_PSK_WITH_AES_256_CBC_SHA384         = 0x00B7,
    TLS_RSA_PSK_WITH_NULL_SHA256                = 0x00B8,
    TLS_RSA_PSK_WITH_NULL_SHA384                = 0x00B9,
    TLS_ECDHE_PSK_WITH_RC4_128_SHA              = 0xC033,
    TLS_ECDHE_PSK_WITH_3DES_EDE_CBC_SHA         = 0xC034,
    TLS_ECDHE_PSK_WITH_AES_128_CBC_SHA          = 0xC035,
    TLS_ECDHE_PSK_WITH_AES_256_CBC_SHA          = 0xC036,
    TLS_ECDHE_PSK_WITH_AES_128_CBC_SHA256       = 0xC037,
    TLS_ECDHE_PSK_WITH_AES_256_CBC_SHA384       = 0xC038,
    TLS_ECDHE_PSK_WITH_NULL_SHA                 = 0xC039,
    TLS_ECDHE_PSK_WITH_NULL_SHA256              = 0xC03A,
    TLS_ECDHE_PSK_WITH_NULL_SHA384              = 0xC03B,
    TLS_PSK_WITH_AES_128_CCM                    = 0xC0A4,
    TLS_PSK_WITH_AES_256_CCM                    = 0xC0A5,
    TLS_DHE_PSK_WITH_AES_128_CCM                = 0xC0A6,
    TLS_DHE_PSK_WITH_AES_256_CCM                = 0xC0A7,
    TLS_PSK_WITH_AES_128_CCM_8                  = 0xC0A8,
    TLS_PSK_WITH_AES_256_CCM_8                  = 0xC0A9,
    TLS_PSK_DHE_WITH_AES_128_CCM_8              = 0xC0AA,
    TLS_PSK_DHE_WITH_AES_256_CCM_8              = 0xC0AB,
    TLS_PSK_WITH_CHACHA20_POLY1305_SHA256       = 0xCCAB,
    TLS_ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256 = 0xCCAC,
    TLS_DHE_PSK_WITH_CHACHA20_POLY1305_SHA256   = 0xCCAD,
    TLS_RSA_PSK_WITH_CHACHA20_POLY1305_SHA256   = 0xCCAE,
    TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256       = 0xD001,
    TLS_ECDHE_PSK_WITH_AES_256_GCM_SHA384       = 0xD002,
    TLS_ECDHE_PSK_WITH_AES_128_CCM_8_SHA256     = 0xD003,
    TLS_ECDHE_PSK_WITH_AES_128_CCM_SHA256       = 0xD005,
    /* SSL 3.0, of Netscape. */
    SSL_RSA_FIPS_WITH_DES_CBC_SHA      = 0xFEFE,
    SSL_RSA_FIPS_WITH_3DES_EDE_CBC_SHA = 0xFEFF,
    SSL_RSA_WITH_RC2_CBC_MD5           = 0xFF80, /* SSL 2.0; these three have private numbers */
    SSL_RSA_WITH_DES_CBC_MD5           = 0xFF82,
    SSL_RSA_WITH_3DES_EDE_CBC_MD5      = 0xFF83,
    SSL_NO_SUCH_CIPHERSUITE            = 0xFFFF
};

/* Named groups for key exchange. */
enum {
    SSL_GROUP_SECP256R1      = 0x0017,
    SSL_GROUP_SECP384R1      = 0x0018,
    SSL_GROUP_SECP521R1      = 0x0019,
    SSL_GROUP_X25519         = 0x001D,
    SSL_GROUP_FFDHE2048      = 0x0100,
    SSL_GROUP_FFDHE3072      = 0x0101,
    SSL_GROUP_FFDHE4096      = 0x0102,
    SSL_GROUP_FFDHE6144      = 0x0103,
    SSL_GROUP_FFDHE8192      = 0x0104,
    SSL_GROUP_X25519MLKEM768 = 0x11EC /* post-quantum hybrid, TLS 1.3 */
};

/* Signature schemes (RFC 8446 4.2.3; in TLS 1.2 the two bytes are hash and signature). SHA-1 and
 * DSA are off until named. Below TLS 1.2 the key says how it signs, whatever is named. */
enum {
    SSL_SIG_RSA_PKCS1_MD5 = 0x0101, /* SSL 2.0; only in SSLPrivateKeyRequest and getters */
    SSL_SIG_DSA_SHA1      = 0x0202,
    SSL_SIG_DSA_SHA256    = 0x0402,
    SSL_SIG_RSA_PKCS1_MD5_SHA1 =
        0xFF01, /* up to TLS 1.1; only in SSLPrivateKeyRequest and getters */
    SSL_SIG_RSA_PKCS1_SHA1   = 0x0201,
    SSL_SIG_ECDSA_SHA1       = 0x0203,
    SSL_SIG_RSA_PKCS1_SHA256 = 0x0401,
    SSL_SIG_ECDSA_SECP256R1_SHA256 =
        0x0403, /* in TLS 1.2: SHA-256 with any curve; likewise the next two */
    SSL_SIG_RSA_PKCS1_SHA384       = 0x0501,
    SSL_SIG_ECDSA_SECP384R1_SHA384 = 0x0503,
    SSL_SIG_RSA_PKCS1_SHA512       = 0x0601,
    SSL_SIG_ECDSA_SECP521R1_SHA512 = 0x0603,
    SSL_SIG_RSA_PSS_RSAE_SHA256    = 0x0804,
    SSL_SIG_RSA_PSS_RSAE_SHA384    = 0x0805,
    SSL_SIG_RSA_PSS_RSAE_SHA512    = 0x0806,
    SSL_SIG_ED25519                = 0x0807,
    SSL_SIG_RSA_PSS_PSS_SHA256     = 0x0809,
    SSL_SIG_RSA_PSS_PSS_SHA384     = 0x080A,
    SSL_SIG_RSA_PSS_PSS_SHA512     = 0x080B
};

/* What SSLGetAlerts gives where there was no alert. Alert numbers are those of RFC 8446 section 6.
 */
#define SSL_NO_ALERT 0xFF

/* ==== Callbacks of the manual ==== */

/* Memory. Manual: "SSLAllocFunc", "SSLFreeFunc", "SSLReallocFunc". All three get the reference of
 * SSLSetAllocRef. Alloc: *buf is the engine's; buf->length (> 0) is the size wanted; on success
 * point buf->data at that many bytes aligned as malloc aligns; on failure set data to NULL and
 * return an error (SSLMemoryErr is usual). Free: release buf->data, which came from alloc or
 * realloc (or is NULL); do not rely on buf->length. Its result is ignored. Realloc: make the block
 * newSize bytes long, keeping its content; on failure either leave the old block valid or free it
 * and set data to NULL. None of the three may return SSLWouldBlockErr. */
typedef SSLErr (*SSLAllocFunc)(SSLBuffer *buf, void *allocRef);
typedef SSLErr (*SSLFreeFunc)(SSLBuffer *buf, void *allocRef);
typedef SSLErr (*SSLReallocFunc)(SSLBuffer *buf, uint32 newSize, void *allocRef);

/* Random. Fill buf.length bytes at buf.data from a cryptographically secure generator. Never waits.
 * Manual: "SSLRandomFunc". */
typedef SSLErr (*SSLRandomFunc)(SSLBuffer buf, void *randomRef);

/* Time. Set *time to the seconds since 1970-01-01 00:00 UTC. Never waits. Manual: "SSLTimeFunc". */
typedef SSLErr (*SSLTimeFunc)(uint32 *time, void *timeRef);

/* Kept for old programs: the engine computes dates itself and never calls it. Manual:
 * "SSLConvertTimeFunc". */
typedef SSLErr (*SSLConvertTimeFunc)(uint32 *time, void *timeRef);

/* I/O. Read up to data.length bytes into data.data, or write as many from it; set *processed to the
 * number moved. SSLNoErr with fewer bytes than asked is progress; SSLWouldBlockErr with *processed
 * from 0 up counts those bytes and ends the call. At the end of the stream a read callback returns
 * SSLConnectionClosedGraceful: the caller then gets SSLConnectionTruncated unless close_notify came
 * before. Any other error is fatal and comes back unchanged. The engine never asks for bytes beyond
 * the current record. *processed > data.length, or SSLNoErr with no byte moved, is SSLCallbackErr.
 * Manual: "SSLReadFunc", "SSLWriteFunc". */
typedef SSLErr (*SSLIOFunc)(SSLBuffer data, uint32 *processed, void *connRef);
typedef SSLIOFunc SSLReadFunc;
typedef SSLIOFunc SSLWriteFunc;

/* Sessions. Manual: "SSLAddSessionFunc", "SSLGetSessionFunc", "SSLDeleteSessionFunc". On a client
 * the key is the peer ID, on a server the session ID. Data is opaque and secret. Add: copy key and
 * data, replacing an entry of the same key; the result is ignored. Never waits. Get: allocate
 * sessionData->data so that the context's free callback can free it, set length too; ownership
 * passes to the engine. No entry: SSLSessionNotFoundErr. Any error but SSLWouldBlockErr means "no
 * session" and is otherwise ignored. sessionData == NULL is the cancel mark: the context is deleted
 * while a look-up was waiting; drop the look-up. Delete: forget the entry; SSLSessionNotFoundErr if
 * there was none. Never waits. The result counts in one place: a server of TLS 1.3 resumes only the
 * session that it has deleted (SSLNoErr), so that of several servers one does. */
typedef SSLErr (*SSLAddSessionFunc)(SSLBuffer sessionKey, SSLBuffer sessionData, void *sessionRef);
typedef SSLErr (*SSLGetSessionFunc)(SSLBuffer sessionKey, SSLBuffer *sessionData, void *sessionRef);
typedef SSLErr (*SSLDeleteSessionFunc)(SSLBuffer sessionKey, void *sessionRef);

/* Certificates. Called with the peer's chain, leaf first, after the engine found names and
 * signatures consistent. Zero accepts; SSLWouldBlockErr asks to be called again with equal
 * arguments; any other value fails the handshake and comes back. The array stays valid until the
 * final answer. certCount 0 with derCerts NULL is the cancel mark. Manual:
 * "SSLCheckCertificateFunc". */
typedef SSLErr (*SSLCheckCertificateFunc)(int certCount, SSLBuffer *derCerts,
                                          void *checkCertificateRef);

/* ==== Newer callbacks. Each receives the context and a reference of its own. ==== */

#define SSL_MAX_PSK          256  /* bytes of a pre-shared key */
#define SSL_MAX_PSK_IDENTITY 1024 /* bytes of its name, and of a hint */

/* The hash that a pre-shared key belongs to in TLS 1.3, where a suite must have the same one. Older
 * versions do not ask. */
typedef enum SSLPSKHash {
    SSL_PSKHashSHA256 = 0, /* what everybody means who says nothing */
    SSL_PSKHashSHA384 = 1
} SSLPSKHash;

/* A pre-shared key. At least 16 random bytes: what people can remember, an eavesdropper can guess
 * at leisure, unless there is a key exchange besides; and then still whoever connects to him. */
typedef struct SSLPSK {
    uint8      key[SSL_MAX_PSK];
    uint32     length; /* bytes of key; 0: there is none */
    SSLPSKHash hash;
} SSLPSK;

/* Server. Fill in the key (all zero on entry) of an identity, 1 .. SSL_MAX_PSK_IDENTITY bytes that
 * a client sent and nobody has proven: in TLS 1.3 it may also be a ticket that could not be used.
 * SSLNoErr with length 0: nobody is known by that name; up to TLS 1.2 the client is not told so,
 * its handshake fails as if a key of 32 bytes were wrong. SSLWouldBlockErr asks to be called again
 * with an equal identity; any other error fails the handshake and comes back. In TLS 1.3 at most 8
 * identities of a client are asked for. The identity is not known to be the client's before the
 * handshake is done. psk NULL is the cancel mark. A key serves one direction: who is a server for
 * it must never be a client with it, or an attacker can send a side its own messages back
 * (Selfie). RFC 4279, RFC 8446 4.2.11, RFC 9257. */
typedef SSLErr (*SSLPSKFunc)(SSLContext *ctx, SSLBuffer identity, SSLPSK *psk, void *pskRef);

/* What seals session tickets (RFC 5077, RFC 8446 4.6.1): a name that travels in the ticket, and a
 * secret (AES-256-GCM). */
typedef struct SSLTicketKey {
    uint8 name[16];
    uint8 key[32];
} SSLTicketKey;

/* Server. name NULL: fill in *key, name included, with the key that seals new tickets. Else name
 * has 16 bytes, from a ticket, and is as unproven as it: fill in the key of that name, and the
 * name; *renew (0 on entry) set to not 0 says that the client shall get a new ticket, because this
 * key is an old one. SSLWouldBlockErr asks to be called again; any other error, or a key of zeros,
 * means that there is none: no ticket is given, or a full handshake is made. key NULL is the cancel
 * mark. Every server that shares the keys can open the tickets; change them within the lifetime of
 * sessions, and forget the old ones: who gets a key can read the connections of its time up to
 * TLS 1.2. */
typedef SSLErr (*SSLTicketKeyFunc)(SSLContext *ctx, const uint8 *name, SSLTicketKey *key,
                                   int *renew, void *ticketKeyRef);

/* The last word on the peer's chain: certCount certificates as received (leaf first) and the
 * engine's own verdict (SSLNoErr or the error with which the handshake would fail;
 * SSLGetErrorDetail() then names the certificate and the rule). What it returns decides, in both
 * directions; SSLWouldBlockErr asks to be called again. certCount 0 is the cancel mark. */
typedef SSLErr (*SSLVerifyFunc)(SSLContext *ctx, int certCount, const SSLBuffer *derCerts,
                                SSLErr verdict, void *verifyRef);

/* What an SSLPrivateKeyFunc is asked to do. */
typedef enum SSLPrivateKeyOperation {
    SSL_PrivateKeySign =
        1, /* sign input by scheme; input is the digest (for Ed25519 the message itself; for
              SSL_SIG_RSA_PKCS1_MD5_SHA1 36 bytes, padded without a DigestInfo) */
    SSL_PrivateKeyDecrypt = 2, /* raw RSA: input^d mod n, output exactly as long as the modulus; do
                                  not look at the padding */
    SSL_PrivateKeyCancel =
        3 /* the context is deleted while a request was waiting: drop it; output is NULL */
} SSLPrivateKeyOperation;

typedef struct SSLPrivateKeyRequest {
    SSLPrivateKeyOperation operation;
    uint16                 scheme; /* SSL_SIG_...; 0 for decryption */
    SSLBuffer              input;  /* stays valid and in place until the final answer */
} SSLPrivateKeyRequest;

/* A private key that lives elsewhere (a smart card, another process). Put the result at
 * output->data, which has room for output->length bytes, and set output->length. SSLWouldBlockErr
 * asks to be called again with an equal request. A result of the wrong length, or a signature that
 * does not verify, is SSLCallbackErr. */
typedef SSLErr (*SSLPrivateKeyFunc)(SSLContext *ctx, const SSLPrivateKeyRequest *request,
                                    SSLBuffer *output, void *keyRef);

/* Choose the identity to show: on a server after the whole ClientHello (SSLGetRequestedServerName
 * helps), on a client after the server asked for a certificate. Leave *identity as it is for the
 * engine's own choice among those added (a client prefers one issued under a name that the server
 * lists); set it to NULL to show none (a client goes on without, a server fails); or to one that
 * outlives the context. SSLWouldBlockErr asks to be called again.
 * identity == NULL is the cancel mark. */
typedef SSLErr (*SSLIdentityFunc)(SSLContext *ctx, const SSLIdentity **identity, void *identityRef);

/* The whole ClientHello is here and nothing has been chosen yet. The setters of "Configuration" and
 * the getters of the hello (SSLGetRequestedServerName, SSLGetOfferedCiphers) may be called.
 * SSLWouldBlockErr asks to be called again; another error refuses the connection with
 * handshake_failure. cancelled != 0 is the cancel mark. */
typedef SSLErr (*SSLClientHelloFunc)(SSLContext *ctx, int cancelled, void *clientHelloRef);

/* Server, 0-RTT: was this ClientHello seen before? The token (32 bytes) is its own, made of a
 * binder that has been checked, so that nobody else can forge it. SSLNoErr: it is the first time
 * within the last `window` seconds, and it is remembered for as long. Any other value but
 * SSLWouldBlockErr: it was seen, or that is not known (no room, begun less than a window ago, a
 * store that is down): 0-RTT is refused, and the handshake goes on without it. SSLWouldBlockErr
 * asks to be called again with an equal token, which stays valid and in place until then.
 * token.data == NULL is the cancel mark. Servers that share tickets must share this memory. RFC
 * 8446 8. */
typedef SSLErr (*SSLReplayFunc)(SSLContext *ctx, SSLBuffer token, uint32 window, void *replayRef);

/* One line of an NSS key log ("CLIENT_RANDOM ...", "SERVER_HANDSHAKE_TRAFFIC_SECRET ..."),
 * zero-terminated, without line end. The line lets anybody decrypt the connection: for debugging
 * only. */
typedef void (*SSLKeyLogFunc)(SSLContext *ctx, const char *line, void *keyLogRef);

typedef enum SSLTraceKind {
    SSL_TraceMessageSent     = 1, /* a handshake message or change_cipher_spec */
    SSL_TraceMessageReceived = 2,
    SSL_TraceAlertSent = 3, /* type is the alert's number, length its level (1 warning, 2 fatal) */
    SSL_TraceAlertReceived = 4,
    SSL_TraceWriteKeys =
        5, /* new keys for sending; name says which ("handshake", "application", ...) */
    SSL_TraceReadKeys = 6, /* new keys for receiving */
    SSL_TraceWork     = 7  /* a decision of this side was made: name says which */
} SSLTraceKind;

typedef struct SSLTraceEvent {
    SSLTraceKind kind;
    uint16       type;      /* handshake type, alert number, or 0 */
    uint32       length;    /* bytes of the message's body; level of an alert */
    int          encrypted; /* not 0: it travels under keys */
    const char  *name;      /* for people; static */
} SSLTraceEvent;

/* Called for every step of a handshake; carries no secret. */
typedef void (*SSLTraceFunc)(SSLContext *ctx, const SSLTraceEvent *event, void *traceRef);

/* ==== Connection creation and deletion ==== */

/* Bytes that a context needs; the same at every call; cannot fail. Manual: "SSLContextSize". */
uint32 SSLContextSize(void);

/* Give ctx its default values, whatever the memory held. A context in use is forgotten, not freed:
 * nothing is sent, no callback runs. Call it before every other call; the alloc callbacks should be
 * set next. Manual: "SSLInitContext". Errors: none. */
SSLErr SSLInitContext(SSLContext *ctx);

/* The same with the settings of 1996: SSL 2.0 and SSL 3.0, every suite of that time, export and
 * anonymous ones included, any certificate accepted, Diffie-Hellman from 512 bits. Nothing of this
 * is safe; it reaches old machines. A program that is compiled with -DSSL_CLASSIC gets this one
 * under the name of SSLInitContext. Errors: SSLUnsupportedErr in a build without old versions; ctx
 * then has the values of SSLInitContext. */
SSLErr SSLInitContextClassic(SSLContext *ctx);
#ifdef SSL_CLASSIC
#undef SSLInitContext
#define SSLInitContext SSLInitContextClassic
#endif

/* Release everything that ctx holds, wiped, through the free callback; the block itself stays the
 * program's and may be initialised again. Sends nothing: call SSLClose first for a proper close. A
 * callback that was waiting is called once with its cancel mark. On a connection up to TLS 1.0 that
 * was not closed the delete-session callback runs. Manual: "SSLDeleteContext". Errors:
 * SSLBadStateErr inside a callback; none otherwise. */
SSLErr SSLDeleteContext(SSLContext *ctx);

/* Initialise dest as a fresh, unconnected context with the whole configuration of src and ioRef as
 * its I/O reference; dest needs no SSLInitContext. src is only read, so that many threads may
 * duplicate one template at the same time. Identities added with SSLAddIdentity and the SSLTrust
 * are shared; all else is copied with src's alloc callback and reference. Manual:
 * "SSLDuplicateContext". Errors: of the alloc callback; dest may then be deleted. */
SSLErr SSLDuplicateContext(SSLContext *src, SSLContext *dest, void *ioRef);

/* Prepare the cryptographic library once, before any context handshakes, on systems that run no
 * constructors before main. Harmless elsewhere; not to be called by two threads at once. Errors:
 * SSLCryptoErr. */
SSLErr SSLSetupCrypto(void);

/* ==== Configuration: the calls of the manual ==== */

/* Act as SSL_ServerSide or SSL_ClientSide, independent of who opened the transport. Must be called
 * before a handshake. Manual: "SSLSetProtocolSide". Errors: SSLBadParameterErr for another value,
 * SSLUnsupportedErr for a side that this build lacks. */
SSLErr SSLSetProtocolSide(SSLContext *ctx, SSLProtocolSide side);

/* Which versions to allow, by the manual's four settings, which allow nothing above SSL 3.0:
 * Undetermined (3.0 or 2.0), 3_0_With_2_0_Hello (3.0, but opening in 2.0 format and taking it),
 * 3_0_Only, 2_0; or exactly one version, SSL_Version_3_0 (as 3_0_Only) or TLS_Version_1_0 to
 * TLS_Version_1_3; or SSL_Version_Unset, the default. A range is opened with
 * SSLSetProtocolVersionMin and Max. Also sets anew what SSLSetAcceptVersion2Hello said. The call
 * never fails for the manual's values; a version that this build lacks fails in the handshake with
 * SSLUnsupportedErr. Manual: "SSLSetProtocolVersion". Errors: SSLBadParameterErr for an unknown
 * value. */
SSLErr SSLSetProtocolVersion(SSLContext *ctx, SSLProtocolVersion version);

/* The RSA key that belongs to the leaf of the chain built with SSLAddCertificate. Copied; a second
 * call replaces it. A mismatch is reported by the handshake (SSLKeyMismatchErr). Manual:
 * "SSLSetPrivateKey". Errors: of the alloc callback, SSLBadKeyErr for a length out of range. */
SSLErr SSLSetPrivateKey(SSLContext *ctx, SSLRSAPrivateKey *privKey);

/* Server: the short RSA key (512 bits; for EXPORT1024 suites to 1024) for RSA_EXPORT suites, which
 * are chosen only with it when the certificate's key is longer. Copied. Manual:
 * "SSLSetExportPrivateKey". Errors: as SSLSetPrivateKey. */
SSLErr SSLSetExportPrivateKey(SSLContext *ctx, SSLRSAPrivateKey *privKey);

/* Server: parameters for Diffie-Hellman, 512 to 8192 bits, copied. DH_anon suites need them; DHE
 * suites use them when the client names no group, and without them ffdhe2048; export suites use
 * them if they are short enough. Manual: "SSLSetDHAnonParams". Errors: SSLBadParameterErr for a
 * length out of range; of the alloc callback. */
SSLErr SSLSetDHAnonParams(SSLContext *ctx, SSLDHParams *dhAnonParams);

/* Not 0: a server asks the client for a certificate and goes on if there is none. No effect on a
 * client. This one and SSLSetRequireClientCert may also be called on a connection that stands, for
 * its next handshake (SSLRenegotiate). Manual: "SSLSetRequestClientCert". */
SSLErr SSLSetRequestClientCert(SSLContext *ctx, int requestClientCert);

/* Add one DER certificate (copied, at most 64 KB; at most 16) to the context's own chain: at its
 * root end if parent is not 0, else at its leaf end. complete not 0: this was the last; the chain
 * is checked now (each issuer name is the next subject, each signature verifies). derCert.data NULL
 * with complete adds nothing and checks. A certificate that fails is not kept. Manual:
 * "SSLAddCertificate". Errors: X509NamesNotEqualErr, X509CertChainInvalidErr (bad signature, empty
 * chain), ASNBadEncodingErr, SSLOverflowErr, of the alloc callback. */
SSLErr SSLAddCertificate(SSLContext *ctx, SSLBuffer derCert, int parent, int complete);

/* Add a DER distinguished name to those that a server lists when it asks for a client certificate,
 * in order of adding; at most 65535 bytes in all. Manual: "SSLAddDistinguishedName". Errors:
 * ASNBadEncodingErr, SSLOverflowErr, of the alloc callback. */
SSLErr SSLAddDistinguishedName(SSLContext *ctx, SSLBuffer derDN);

/* Turn session resumption on. On a client the bytes (1 .. 65535, copied) are the key of all session
 * callbacks; on a server only their existence counts and the session ID is the key. Manual:
 * "SSLSetPeerID". Errors: SSLBadParameterErr (NULL data), SSLOverflowErr, of the alloc callback. */
SSLErr SSLSetPeerID(SSLContext *ctx, SSLBuffer peerID);

/* ==== Configuration: sessions ==== */

/* Client: offer the given session in the next handshake, in place of what the get-session callback
 * has. The bytes (copied; length 0 takes them back) come from SSLGetSession. A session that is
 * damaged, foreign, too old, or made under other settings of trust, peer name, application
 * protocols or identity leads to a full handshake. A duplicate of the context does not inherit it.
 * Errors: SSLBadParameterErr, SSLOverflowErr (more than 262144 bytes), of the alloc callback. RFC
 * 8446 2.2. */
SSLErr SSLSetSession(SSLContext *ctx, SSLBuffer session);

/* Server, TLS 1.3: how many tickets a client gets behind a full handshake, 0 .. 8 (2); behind a
 * resumed one, or one by a pre-shared key, it gets at most one. With a ticket-key callback they are
 * sealed sessions, and nothing is kept here: such a ticket can be resumed more than once, by
 * whoever has it. Without one they are keys of the session callbacks, which must be there with the
 * peer ID, and serve once. Both need a clock. Errors: SSLBadParameterErr. RFC 8446 4.6.1. */
SSLErr SSLSetTicketCount(SSLContext *ctx, uint32 count);

/* How long a session may be resumed, in seconds from the handshake in which the peer was
 * authenticated: 1 .. 604800 (seven days), default 7200. A server tells its clients; a client goes
 * by what it is told, and by this where that is less. Without a clock sessions up to TLS 1.2 do not
 * age. Errors: SSLBadParameterErr. RFC 5246 F.1.4, RFC 8446 4.6.1. */
SSLErr SSLSetSessionLifetime(SSLContext *ctx, uint32 seconds);

enum {
    SSL_PSKWithDHE = 1, /* with a fresh key exchange: forward secrecy */
    SSL_PSKOnly    = 2  /* without one */
};

/* Both sides, TLS 1.3: how a session may be resumed and a pre-shared key be used, a mask of
 * SSL_PSK... (SSL_PSKWithDHE). With both allowed on both sides there is a key exchange, if they
 * have a group in common. Errors: SSLBadParameterErr. RFC 8446 4.2.9. */
SSLErr SSLSetPSKModes(SSLContext *ctx, uint32 modes);

/* Both sides, TLS 1.3: how many bytes of 0-RTT data (see "0-RTT data" below) this side takes part
 * in; 0 (default): none. A server says so in its tickets when a replay callback is set, and accepts
 * no more; tickets that it gave when the number was higher resume without 0-RTT. A client sends no
 * more than this and what the ticket says. RFC 8446 4.2.10. */
SSLErr SSLSetMaxEarlyData(SSLContext *ctx, uint32 bytes);

/* ==== Configuration: pre-shared keys ==== */

/* Client: authenticate with a key that the server knows under the given identity, 1 ..
 * SSL_MAX_PSK_IDENTITY bytes without any structure, and 1 .. SSL_MAX_PSK bytes; both are copied.
 * Length 0 for both takes the key away. TLS 1.3 offers it behind a ticket that there may be, to
 * servers that may also show a certificate instead: leave trust unset, and only the key counts.
 * From TLS 1.0 to 1.2 it is used by the suites with PSK in their names, which count only on a
 * context that has a key: on by default are those with ECDHE and DHE. Never with 0-RTT, with
 * client certificates, or on a context with SSLSetPSKFunc. Errors: SSLBadParameterErr,
 * SSLOverflowErr for a length out of range, SSLBadStateErr on a context with SSLSetPSKFunc, of the
 * alloc callback. RFC 4279, RFC 5489, RFC 8446 4.2.11. */
SSLErr SSLSetPSK(SSLContext *ctx, SSLBuffer identity, SSLBuffer key, SSLPSKHash hash);

/* Server: take clients with pre-shared keys, which psk finds; NULL: none. They are taken before
 * certificates; a server may have both, or no certificate at all. None is taken where a client
 * certificate is required. Unlike the other callbacks it belongs to the configuration, because the
 * choice of suites depends on it. Errors: SSLBadStateErr on a context with SSLSetPSK. */
SSLErr SSLSetPSKFunc(SSLContext *ctx, SSLPSKFunc psk, void *pskRef);

/* Server, up to TLS 1.2: what helps clients to choose an identity, 0 .. SSL_MAX_PSK_IDENTITY bytes
 * (none), copied; sent in clear. Errors: SSLBadParameterErr, SSLOverflowErr, of the alloc
 * callback. RFC 4279 5.2. */
SSLErr SSLSetPSKHint(SSLContext *ctx, SSLBuffer hint);

/* ==== Configuration: versions, algorithms, names ==== */

/* Open or close the range of versions; both ends inclusive, SSL_Version_2_0, or SSL_Version_3_0 ..
 * TLS_Version_1_3. A fresh context allows TLS 1.2 and TLS 1.3. With 2.0 as the lowest a client
 * opens in 2.0 format, which can offer neither TLS 1.3 nor extensions, and a server takes that
 * format. No range switches a suite on. Errors: SSLBadParameterErr. */
SSLErr SSLSetProtocolVersionMin(SSLContext *ctx, SSLProtocolVersion version);
SSLErr SSLSetProtocolVersionMax(SSLContext *ctx, SSLProtocolVersion version);

/* The suites, groups or signature schemes to allow, best first; each list replaces the default; 1
 * .. 200 entries. A suite, group or scheme that is off by default is on when named here. A server
 * follows its own order unless SSLSetPreferPeerOrder. In SSL 2.0 the suites say which kinds are on;
 * their order is fixed. A client sends a key share for its first group, and behind a hybrid one
 * also for its first classical group. Errors: SSLUnsupportedErr for a number that this build lacks,
 * SSLOverflowErr, of the alloc callback. */
SSLErr SSLSetEnabledCiphers(SSLContext *ctx, const uint16 *suites, uint32 count);
SSLErr SSLSetEnabledGroups(SSLContext *ctx, const uint16 *groups, uint32 count);
SSLErr SSLSetEnabledSignatureSchemes(SSLContext *ctx, const uint16 *schemes, uint32 count);

/* Server: not 0 follows the client's order of suites instead of the server's own. Default 0. */
SSLErr SSLSetPreferPeerOrder(SSLContext *ctx, int preferPeerOrder);

/* Client: the DNS name (1 .. 253 bytes of ASCII, A-labels; a final dot is dropped) or the IPv4/IPv6
 * address in text form of the server. A name is sent as server_name; either is compared with the
 * certificate when an SSLTrust is set. Length 0 removes it. Errors: SSLBadParameterErr for
 * something that cannot be a host name. */
SSLErr SSLSetPeerDomainName(SSLContext *ctx, const char *name, uint32 length);

/* Server: not 0 refuses with unrecognized_name a client whose server_name fits none of the
 * identities. Default 0: the first usable identity answers. */
SSLErr SSLSetStrictServerName(SSLContext *ctx, int strict);

/* ALPN names (RFC 7301), best first; each 1 .. 255 bytes, 64 KB in all. The server's order decides.
 * No overlap is fatal (no_application_protocol). count 0 turns it off. Errors: SSLBadParameterErr,
 * SSLOverflowErr, of the alloc callback. */
SSLErr SSLSetALPNProtocols(SSLContext *ctx, const SSLBuffer *protocols, uint32 count);

/* Limits on record sizes. SSLSetMaxFragmentLength: a client asks for max_fragment_length (RFC 6066)
 * 512, 1024, 2048 or 4096; 0 = off. SSLSetRecordSizeLimit: the most plaintext bytes this side
 * accepts in one record (RFC 8449), 64 .. 16384; 0 = off. SSLSetMaxRecordSize: the most plaintext
 * bytes this side puts into one record, 64 .. 16384 (default 16384). SSLSetRecordPadding: TLS 1.3
 * pads each record to a multiple of this many bytes, 1 .. 16384; 0 = off. Errors:
 * SSLBadParameterErr. */
SSLErr SSLSetMaxFragmentLength(SSLContext *ctx, uint32 bytes);
SSLErr SSLSetRecordSizeLimit(SSLContext *ctx, uint32 bytes);
SSLErr SSLSetMaxRecordSize(SSLContext *ctx, uint32 bytes);
SSLErr SSLSetRecordPadding(SSLContext *ctx, uint32 bytes);

/* Server: not 0 refuses a client without a certificate (implies SSLSetRequestClientCert). Default
 * 0. */
SSLErr SSLSetRequireClientCert(SSLContext *ctx, int require);

/* Client: not 0 marks this connection as a retry with a lowered maximum version (TLS_FALLBACK_SCSV,
 * RFC 7507). Default 0. */
SSLErr SSLSetFallback(SSLContext *ctx, int fallback);

/* Client: not 0 asks for a stapled OCSP response (RFC 6066 8); SSLGetOCSPResponse hands over what
 * came. Default 0. */
SSLErr SSLSetRequestOCSP(SSLContext *ctx, int request);

/* Server: not 0 sends every TLS 1.3 client through a HelloRetryRequest with a random cookie.
 * Default 0. */
SSLErr SSLSetHelloRetryCookie(SSLContext *ctx, int on);

/* Switches for old peers. SSLSetAcceptVersion2Hello: a server takes a ClientHello in the format of
 * SSL 2.0 that offers a later version, up to TLS 1.2 (default 0; the settings of
 * SSLSetProtocolVersion that say so turn it on). SSLSetRecordSplitting: with CBC in SSL 3.0 and TLS
 * 1.0 the first byte of each write travels alone, against BEAST (default 1).
 * SSLSetAllowVersion2Export: a server offers SSL 2.0 export kinds although the same key serves
 * later versions (default 0: DROWN). SSLSetMinDHBits: the shortest prime that a client takes from a
 * server, 512 .. 8192 (default 2048; export suites have limits of their own). Errors:
 * SSLBadParameterErr. */
SSLErr SSLSetAcceptVersion2Hello(SSLContext *ctx, int accept);
SSLErr SSLSetRecordSplitting(SSLContext *ctx, int split);
SSLErr SSLSetAllowVersion2Export(SSLContext *ctx, int allow);
SSLErr SSLSetMinDHBits(SSLContext *ctx, uint32 bits);

/* The most bytes SSLWrite may queue, 0 = no limit (default). With a limit SSLWrite may take only a
 * part, and *length says how much. */
SSLErr SSLSetWriteQueueLimit(SSLContext *ctx, uint32 bytes);

/* ==== Configuration: identities and trust ==== */

/* Memory for objects that are not part of a context: the three callbacks and their reference. */
typedef struct SSLAllocator {
    SSLAllocFunc   allocFunc;
    SSLFreeFunc    freeFunc;
    SSLReallocFunc reallocFunc; /* may be NULL */
    void          *allocRef;
} SSLAllocator;

/* What an identity is made of. Set unused members to zero; use named initialisers. Nothing here is
 * needed after the call. */
typedef struct SSLIdentitySpec {
    SSLBuffer chain;      /* certificates, leaf first: PEM blocks, or DER one after the other */
    SSLBuffer privateKey; /* PEM or DER: PKCS#8, PKCS#1, SEC1; RSA, ECDSA P-256/384/521, Ed25519,
                             DSA; PBES2 when encrypted */
    SSLBuffer         password;       /* for an encrypted key; UTF-8 */
    SSLPrivateKeyFunc privateKeyFunc; /* instead of privateKey; kept */
    void             *privateKeyRef;  /* kept */
    SSLBuffer         ocspResponse;   /* DER to staple, or empty */
} SSLIdentitySpec;

/* Make an identity; it must outlive every context it is given to, and is freed with
 * SSLDeleteIdentity. It holds a copy of the allocator. The key is checked against the leaf. Errors:
 * SSLBadPEMErr, ASNBadEncodingErr, SSLBadKeyErr, SSLBadPasswordErr, SSLKeyMismatchErr,
 * X509BadCertificateErr, X509BadKeyErr, SSLOverflowErr (over 16 certificates), of the alloc
 * callback; *identity is then NULL. */
SSLErr SSLCreateIdentity(const SSLAllocator *allocator, const SSLIdentitySpec *spec,
                         SSLIdentity **identity);
void   SSLDeleteIdentity(SSLIdentity *identity);

/* Add an identity to those that this context may show, in order of preference; at most 16. Shared,
 * not copied: it must outlive the context. Errors: SSLOverflowErr, of the alloc callback. */
SSLErr SSLAddIdentity(SSLContext *ctx, const SSLIdentity *identity);

enum {                              /* SSLTrustSpec.flags */
    SSL_TrustAllowSHA1      = 0x01, /* accept SHA-1 signatures inside chains */
    SSL_TrustAllowShortKeys = 0x02, /* accept RSA and DSA keys from 1024 bits */
    SSL_TrustCommonName =
        0x04, /* without a subjectAltName of DNS type, compare the subject's common name */
    SSL_TrustIgnoreDates = 0x08, /* do not look at the clock (a device without one) */
    SSL_TrustAllowMD5    = 0x10  /* accept MD5 signatures inside chains: anybody can forge them */
};

/* A trust anchor without a certificate: a DER Name and a DER SubjectPublicKeyInfo. Dates, usage and
 * constraints do not apply to it. */
typedef struct SSLKeyAnchor {
    SSLBuffer name;
    SSLBuffer publicKey;
} SSLKeyAnchor;

/* Whether certificates of a path may be revoked: by lists of the trust object, and for a leaf by
 * the OCSP response that a server staples. Nothing is ever fetched. */
typedef enum SSLRevocation {
    SSL_RevocationOff  = 0, /* neither is looked at */
    SSL_RevocationSoft = 1, /* proof of revocation refuses; so does a stapled response that is not
                               authentic, or missing where the certificate promises one */
    SSL_RevocationHard = 2  /* and every certificate below the anchor needs proof that it is good */
} SSLRevocation;

/* What a trust object is made of. Set unused members to zero. Nothing here is needed after the
 * call. */
typedef struct SSLTrustSpec {
    SSLBuffer anchors;       /* trusted certificates: PEM blocks, or DER one after the other */
    SSLBuffer intermediates; /* further certificates for building paths, likewise */
    SSLBuffer pinnedKeys;    /* SHA-256 digests (32 bytes each) of SubjectPublicKeyInfo: a leaf with
                                one of these keys is accepted    without a chain or a clock */
    const SSLKeyAnchor *keyAnchors;     /* further anchors, each a name and a key */
    uint32              keyAnchorCount; /* at most 4096 */
    SSLBuffer     crls; /* revocation lists: PEM blocks "X509 CRL", or DER one after the other */
    SSLRevocation revocation; /* with Soft and Hard a client asks servers for a stapled response */
    uint32        maxDepth;   /* most intermediate certificates in a path, 1 .. 16; 0 = 8 */
    uint32        flags;      /* SSL_Trust... */
} SSLTrustSpec;

/* Make a trust object; it must outlive every context it is given to. A certificate among the
 * anchors that cannot be parsed is passed over and counted in *skipped (which may be NULL). Errors:
 * SSLBadPEMErr when not one anchor or pin is usable, ASNBadEncodingErr or X509BadKeyErr for a name
 * or key of keyAnchors, of the alloc callback. */
SSLErr SSLCreateTrust(const SSLAllocator *allocator, const SSLTrustSpec *spec, SSLTrust **trust,
                      uint32 *skipped);
void   SSLDeleteTrust(SSLTrust *trust);

/* A chain to be judged without a connection. Set unused members to zero. */
typedef struct SSLChainRequest {
    const SSLBuffer *certs;     /* DER, leaf first, the others in any order */
    uint32           certCount; /* 1 .. 16 */
    const char      *name;      /* the host that the leaf must be for, as in SSLSetPeerDomainName */
    uint32           nameLength;   /* 0: for no host in particular */
    SSLProtocolSide  side;         /* whose certificate it is: SSL_ServerSide or SSL_ClientSide */
    uint32           time;         /* seconds since 1970-01-01 00:00 UTC */
    SSLBuffer        ocspResponse; /* stapled by the leaf's owner (DER); length 0: none */
    int              stapleAsked;  /* not 0: it was asked for, so that a promise to staple counts */
} SSLChainRequest;

#define SSL_MAX_PATH_LENGTH 18

/* The verdict. The buffers point into what the request and the trust object were made of. */
typedef struct SSLChainResult {
    SSLErr      error;                     /* SSLNoErr: trusted */
    const char *rule;                      /* one sentence for people; static, never NULL */
    int         certificate;               /* index in certs that the sentence is about, or -1 */
    uint32      pathLength;                /* 0 unless trusted */
    SSLBuffer   path[SSL_MAX_PATH_LENGTH]; /* leaf first, the anchor last (the key of a key anchor;
                                              the leaf alone if it is pinned or an anchor itself) */
} SSLChainResult;

/* Judge a chain as a handshake would, by the trust object alone: no context, no callback, no
 * memory. Work is bounded by the limits of the manual. May be called by any number of threads at
 * once. Returns result->error; SSLBadParameterErr for a NULL argument, an unknown side or a name
 * that cannot be one of a host; SSLOverflowErr for more than 16 certificates. */
SSLErr SSLVerifyChain(const SSLTrust *trust, const SSLChainRequest *request,
                      SSLChainResult *result);

/* Decide on the peer's certificate by this trust object (NULL: none). Shared, must outlive the
 * context. */
SSLErr SSLSetTrust(SSLContext *ctx, const SSLTrust *trust);

/* Not 0: accept whatever certificate the peer shows, as SSLRef 3.0 did. (Anonymous suites show
 * none, and nothing is asked there: they are off until named.) The connection is then private
 * against listeners only, not against anybody in the middle. Default 0: without SSLTrust, check or
 * verify callback the handshake fails with SSLNoTrustErr. */
SSLErr SSLSetAllowAnyCertificate(SSLContext *ctx, int allow);

/* Fill key from DER (PKCS#1 or PKCS#8), or PEM of these. Needs no context. Errors: SSLBadKeyErr,
 * SSLUnsupportedErr (not RSA), SSLOverflowErr (over SSL_MAX_RSA_MODULUS_BITS). */
SSLErr SSLDecodeRSAPrivateKey(SSLBuffer encoded, SSLRSAPrivateKey *key);

/* ==== Connection status: may be called at any time, inside callbacks too; none does I/O ==== */

/* The version: what was set until one is negotiated, then that one. Manual:
 * "SSLGetProtocolVersion". */
SSLErr SSLGetProtocolVersion(SSLContext *ctx, SSLProtocolVersion *version);

/* Certificates that the peer sent; 0 if none (yet). Manual: "SSLGetPeerCertificateChainLength". */
SSLErr SSLGetPeerCertificateChainLength(SSLContext *ctx, int *chainLen);

/* A copy of certificate number index (0 = leaf), allocated with the alloc callback; the caller
 * frees it. Manual: "SSLGetPeerCertificate". Errors: SSLOverflowErr for another index, of the alloc
 * callback. */
SSLErr SSLGetPeerCertificate(SSLContext *ctx, int index, SSLBuffer *derCert);

/* The suite: SSL_NULL_WITH_NULL_NULL until one is chosen. Manual: "SSLGetNegotiatedCipher". */
SSLErr SSLGetNegotiatedCipher(SSLContext *ctx, uint16 *cipherSuite);

/* Protected bytes not yet taken by the write callback. Manual: "SSLGetWritePendingSize". */
SSLErr SSLGetWritePendingSize(SSLContext *ctx, uint32 *waitingBytes);

/* Bytes that SSLRead can deliver without calling the read callback. Manual:
 * "SSLGetReadPendingSize". */
SSLErr SSLGetReadPendingSize(SSLContext *ctx, uint32 *waitingBytes);

enum {                       /* SSLWants */
    SSL_WantsRead  = 0x0001, /* the read callback said would-block */
    SSL_WantsWrite = 0x0002, /* the write callback said would-block, or queued bytes wait */
    SSL_WantsApplicationData = 0x0004, /* received data must be taken with SSLRead first; during a
                                          server's first handshake: with SSLReadEarlyData */
    SSL_WantsCheckCertificate =
        0x0008,                   /* the check-certificate or verify callback has not answered */
    SSL_WantsPrivateKey = 0x0010, /* the private-key callback has not answered */
    SSL_WantsIdentity   = 0x0020, /* the identity or ClientHello callback has not answered */
    SSL_WantsSession    = 0x0040, /* the get-session callback has not answered */
    SSL_WantsPSK        = 0x0080, /* the PSK callback has not answered */
    SSL_WantsTicket     = 0x0100, /* the ticket-key callback has not answered */
    SSL_WantsReplay     = 0x0200  /* the replay callback has not answered */
};

/* What the last call that returned SSLWouldBlockErr waits for: a mask of SSL_Wants..., 0 when
 * nothing is pending. A callback that has not decided is named whatever the last call was.
 * SSL_WantsWrite is also set while bytes are queued, and when a call could do something at once
 * that SSLServiceWriteQueue does not do: what the queue was in the way of, what was scheduled. Then
 * SSLRead or SSLHandshake does it. */
uint32 SSLWants(SSLContext *ctx);

/* Where the connection stands. */
SSLErr SSLGetSessionState(SSLContext *ctx, SSLSessionState *state);

/* Not 0 in *resumed when the handshake took up an earlier session. */
SSLErr SSLGetSessionResumed(SSLContext *ctx, int *resumed);

/* A copy of the session for SSLSetSession, in a block of the alloc callback that the caller frees;
 * its content is secret. There is one as soon as the handshake is done, in TLS 1.3 once the
 * server's ticket has come, which SSLRead finds; also when the peer has closed, but not behind
 * SSLClose or an error, nor during a renegotiation; a server has none. Errors:
 * SSLSessionNotFoundErr, SSLBadStateErr (inside a callback), SSLBadParameterErr, of the alloc
 * callback. */
SSLErr SSLGetSession(SSLContext *ctx, SSLBuffer *session);

/* The group of the key exchange (0: none), the scheme of the peer's signature and of ours (0: none
 * was made). */
SSLErr SSLGetNegotiatedGroup(SSLContext *ctx, uint16 *group);
SSLErr SSLGetPeerSignatureScheme(SSLContext *ctx, uint16 *scheme);
SSLErr SSLGetOwnSignatureScheme(SSLContext *ctx, uint16 *scheme);

/* The ALPN name agreed on; length 0 if none. Points into the context, valid until a renegotiation
 * has ended or the context is deleted. */
SSLErr SSLGetALPNProtocol(SSLContext *ctx, SSLBuffer *protocol);

/* Server: the client's server_name; length 0 if none came. Points into the context, as long as the
 * ALPN name. */
SSLErr SSLGetRequestedServerName(SSLContext *ctx, SSLBuffer *name);

/* The identity of the pre-shared key that authenticates both sides, here or in the session that was
 * resumed; length 0: there is none, but certificates. Points into the context, as long as the ALPN
 * name. */
SSLErr SSLGetPSKIdentity(SSLContext *ctx, SSLBuffer *identity);

/* Client, up to TLS 1.2: the server's hint; length 0 if none came. Points into the context. */
SSLErr SSLGetPeerPSKHint(SSLContext *ctx, SSLBuffer *hint);

/* Server, inside a callback during the handshake only: the suites the client offers, two
 * bytes each, in its order (in SSL 2.0 the kinds, three bytes each). Errors: SSLBadStateErr
 * elsewhere. */
SSLErr SSLGetOfferedCiphers(SSLContext *ctx, SSLBuffer *suites);

/* The stapled OCSP response (DER) that the server sent; length 0 if none. Points into the context,
 * as long as the ALPN name or until SSLDropPeerCertificates; not verified. */
SSLErr SSLGetOCSPResponse(SSLContext *ctx, SSLBuffer *response);

/* Whether the extended master secret (RFC 7627; always true in TLS 1.3) and encrypt-then-MAC (RFC
 * 7366) are in use, neither ever in SSL 2.0 and 3.0; either pointer may be NULL. */
SSLErr SSLGetSecurityFlags(SSLContext *ctx, int *extendedMasterSecret, int *encryptThenMac);

/* The last alert sent and received, SSL_NO_ALERT for none (SSL 2.0 has none); either pointer may be
 * NULL. */
SSLErr SSLGetAlerts(SSLContext *ctx, uint8 *sent, uint8 *received);

/* Why the last error happened. */
typedef struct SSLErrorDetail {
    SSLErr      error;       /* as returned */
    const char *rule;        /* one sentence for people; static, never NULL */
    int         certificate; /* index in the peer's chain, or -1 */
    int         extension;   /* TLS extension number, or -1 */
    int         message;     /* handshake type, or -1 */
} SSLErrorDetail;

SSLErr SSLGetErrorDetail(SSLContext *ctx, SSLErrorDetail *detail);

/* The suites, groups and schemes of this build, or those enabled on a context: *count is the room
 * in numbers on entry and the number that there are on return; list may be NULL to ask for the
 * count. Errors: SSLOverflowErr when the room is too small. */
SSLErr SSLGetSupportedCiphers(uint16 *list, uint32 *count);
SSLErr SSLGetSupportedGroups(uint16 *list, uint32 *count);
SSLErr SSLGetSupportedSignatureSchemes(uint16 *list, uint32 *count);
SSLErr SSLGetEnabledCiphers(SSLContext *ctx, uint16 *list, uint32 *count);
SSLErr SSLGetEnabledGroups(SSLContext *ctx, uint16 *list, uint32 *count);
SSLErr SSLGetEnabledSignatureSchemes(SSLContext *ctx, uint16 *list, uint32 *count);

/* ==== Names. Static strings; "unknown" for a number that this build does not know. The reverse
 * calls need the exact name (letter case ignored) and give SSLUnsupportedErr for others.
 */

const char *SSLErrorString(SSLErr err);                         /* one sentence */
const char *SSLAlertName(uint8 alert);                          /* "handshake_failure" */
const char *SSLProtocolVersionName(SSLProtocolVersion version); /* "TLS 1.3" */
const char *SSLCipherSuiteName(uint16 suite);                   /* "TLS_AES_128_GCM_SHA256" */
const char *SSLGroupName(uint16 group);                         /* "x25519" */
const char *SSLSignatureSchemeName(uint16 scheme);              /* "rsa_pss_rsae_sha256" */
SSLErr      SSLCipherSuiteByName(const char *name, uint16 *suite);
SSLErr      SSLGroupByName(const char *name, uint16 *group);
SSLErr      SSLSignatureSchemeByName(const char *name, uint16 *scheme);

/* ==== Data exchange: the only calls that reach the I/O callbacks ==== */

/* Begin or continue the handshake. Success: both directions are ready and the last flight has left.
 * Would-block: call again when what SSLWants() names has come. On a connected context: success,
 * nothing done (a waiting KeyUpdate or alert is flushed). Any other error is fatal: the alert is
 * sent if the transport takes it, else by SSLServiceWriteQueue; later calls give
 * SSLConnectionClosedError. Manual: "SSLHandshake". Errors: any of sslerrors.h and of the
 * callbacks. */
SSLErr SSLHandshake(SSLContext *ctx);

/* Read at most *length bytes into data; *length becomes the number delivered, on every return.
 * Performs the handshake if there was none. Returns as soon as one byte is there. Length 0:
 * success, after pending work. Manual: "SSLRead". Errors: SSLWouldBlockErr,
 * SSLConnectionClosedGraceful (close_notify came; data before it has been delivered),
 * SSLConnectionTruncated (the transport ended, or close_notify came before the first handshake was
 * done, from whomever), SSLConnectionClosedError, those of SSLHandshake. */
SSLErr SSLRead(void *data, uint32 *length, SSLContext *ctx);

/* Protect *length bytes and queue them, then drain the queue; *length becomes the number taken, on
 * every return. Performs the handshake if there was none. SSLWouldBlockErr with *length unchanged:
 * all was taken, the queue waits; continue with new data, with length 0, or with
 * SSLServiceWriteQueue. SSLWouldBlockErr with *length 0: nothing was taken, an older queue or a
 * handshake is in the way; with a part: memory ran out for the rest. The alloc callback's error:
 * *length bytes were taken, the connection stands, try the rest again. Manual: "SSLWrite". Errors:
 * SSLConnectionClosedGraceful after SSLClose or SSLCloseWrite (up to TLS 1.2 also after the peer's
 * close), SSLConnectionClosedError, SSLKeyLimitErr, those of SSLHandshake. */
SSLErr SSLWrite(const void *data, uint32 *length, SSLContext *ctx);

/* Drain the write queue. Never reads, never begins a handshake, never makes a record; works after
 * SSLClose and after a fatal error. Manual: "SSLServiceWriteQueue". Errors: SSLWouldBlockErr, of
 * the write callback. */
SSLErr SSLServiceWriteQueue(SSLContext *ctx);
#define SSLProcessWriteQueue SSLServiceWriteQueue

/* Send close_notify behind everything queued, once; both directions are then closed here. Does not
 * read. SSL 2.0 has no such message: the peer sees a truncation. Manual: "SSLClose". Errors:
 * SSLWouldBlockErr (continue with SSLServiceWriteQueue). A failing transport is not reported: the
 * peer may be gone. */
SSLErr SSLClose(SSLContext *ctx);

/* TLS 1.3: send close_notify for this direction only; reading goes on. A server's request for a
 * certificate is not answered any more: one that a client's identity callback still thinks about is
 * cancelled. An answer that has begun comes first: SSLWouldBlockErr and SSL_WantsPrivateKey; this
 * call, SSLRead and SSLHandshake go on with it. Errors: SSLUnsupportedErr up to TLS 1.2,
 * SSLBadStateErr before the handshake is done or after an error, SSLWouldBlockErr as SSLClose. */
SSLErr SSLCloseWrite(SSLContext *ctx);

/* TLS 1.3: change the sending keys with the next call that writes; requestPeer not 0 asks the peer
 * to change its keys too. Errors: SSLUnsupportedErr up to TLS 1.2, SSLBadStateErr before the
 * handshake is done or after closing. */
SSLErr SSLKeyUpdate(SSLContext *ctx, int requestPeer);

/* ==== Renegotiation (SSL 3.0 to TLS 1.2) ====
 *
 * A second handshake on a running connection, under the protection of the first. None of these
 * calls does I/O: what they schedule happens in the next SSLHandshake, SSLRead or SSLWrite, as soon
 * as no queued bytes and no unread data are in the way. Data goes on meanwhile: what the peer sent
 * under the old keys is delivered by SSLRead; SSLWrite takes nothing until the handshake is done
 * (SSLWouldBlockErr, *length 0). SSLHandshake and SSLWrite that meet received data say
 * SSLWouldBlockErr and SSLWants() SSL_WantsApplicationData: take it with SSLRead. Getters show the
 * old values until the new handshake is done. By RFC 5746 only, unless SSL_RenegotiateAllowLegacy
 * is set; version and peer certificate must not change (fatal). A client follows a HelloRequest by
 * itself and offers its session. A peer may cause 100 handshakes per hour that this side has not
 * asked for (per connection, where there is no time callback); what goes beyond gets the warning
 * no_renegotiation. Source: manual page SSL_renegotiate; RFC 5246 7.4.1.1, RFC 5746. */

enum {                        /* for SSLSetRenegotiation */
    SSL_RenegotiateNever = 1, /* neither side's wish is followed: the warning no_renegotiation */
    SSL_RenegotiateAllowPeer   = 2, /* server: also when the client begins unasked */
    SSL_RenegotiateAllowLegacy = 4, /* with peers that lack RFC 5746: open to CVE-2009-3555 */
    SSL_RenegotiateNewSession =
        8 /* server: after SSLRenegotiate the client's session is not resumed */
};

/* What renegotiation is allowed: a mask of SSL_Renegotiate..., default 0. May be changed at any
 * time outside callbacks. Errors: SSLBadParameterErr (unknown bit). */
SSLErr SSLSetRenegotiation(SSLContext *ctx, uint32 flags);

/* Schedule a complete new handshake (client), or a HelloRequest (server; the client may ignore it).
 * Several calls before it begins make one. The request is given up with the connection when the
 * peer answers no_renegotiation (SSLNegotiationErr). Errors: SSLBadStateErr before the first
 * handshake is done, during another one, or after closing; SSLUnsupportedErr in SSL 2.0 and
 * TLS 1.3, with SSL_RenegotiateNever, or without RFC 5746 on the peer's side. Manual page:
 * SSL_renegotiate. */
SSLErr SSLRenegotiate(SSLContext *ctx);

/* The same, offering the session of this connection. On a server no difference but
 * SSL_RenegotiateNewSession. Manual page: SSL_renegotiate_abbreviated. */
SSLErr SSLRenegotiateAbbreviated(SSLContext *ctx);

/* *pending: not 0 while a renegotiation is scheduled and has not begun (its ClientHello or
 * HelloRequest is not yet queued). A getter. Manual page: SSL_renegotiate_pending. */
SSLErr SSLRenegotiatePending(SSLContext *ctx, int *pending);

/* TLS 1.3, client: offer to be asked for a certificate behind the handshake (RFC 8446 4.2.6);
 * default 0. A request is then answered by SSLRead and the other calls by themselves, with the
 * identity that the identity callback or the rules of SSLAddIdentity choose, or with none; while
 * that callback waits, data goes on; while a private key callback does, SSLRead goes on. A second
 * request that comes meanwhile is kept, with what stands behind it. */
SSLErr SSLSetPostHandshakeAuth(SSLContext *ctx, int allow);

/* TLS 1.3, server: ask a client that has offered it for its certificate. The request leaves with
 * the next SSLHandshake, SSLRead or SSLWrite that finds nothing queued; data goes on until the
 * answer comes, which SSLRead deals with (SSLGetHandshakeRunning says no more). Then, when all of
 * it is proven and accepted, the getters show the chain that came, in place of an earlier one, or
 * none; inside callbacks they still show the old one. What is judged is judged as in the
 * first handshake, and an error is fatal. require not 0: an answer without a certificate is one
 * (SSLPeerCertRequiredErr). One request at a time. Up to TLS 1.2: SSLSetRequestClientCert, then
 * SSLRenegotiate. Errors: SSLBadStateErr (a client; before the first handshake is done, after
 * closing, after the client has, while a request is not answered), SSLUnsupportedErr (up to
 * TLS 1.2, or not offered). RFC 8446 4.6.2. */
SSLErr SSLRequestClientCertificate(SSLContext *ctx, int require);

/* *running: not 0 while a handshake runs, the first one or a later one, and on a server until a
 * client that was asked has begun and finished. 0 once the connection is closed or has failed. A
 * getter. */
SSLErr SSLGetHandshakeRunning(SSLContext *ctx, int *running);

/* Not 0 if the peer speaks RFC 5746 (always in TLS 1.3, which cannot renegotiate; never in
 * SSL 2.0). A getter. */
SSLErr SSLGetSecureRenegotiation(SSLContext *ctx, int *secure);

/* Renegotiate by itself (in TLS 1.3: KeyUpdate in both directions) behind a successful SSLRead or
 * SSLWrite when more than so many bytes of data, both directions together, were moved since the
 * last time; 0 = off (default), else at least 512. May be changed at any time outside callbacks.
 * What SSLRenegotiate would refuse is not done, nor anything in SSL 3.0, and what the peer refuses
 * is no error. Errors: SSLBadParameterErr. Manual page: BIO_set_ssl_renegotiate_bytes. */
SSLErr SSLSetRenegotiateBytes(SSLContext *ctx, uint32 bytes);

/* Likewise when more than so many seconds have passed since this call or the last time; 0 = off
 * (default). Needs the time callback. Not in the same call as the rule of bytes. Manual page:
 * BIO_set_ssl_renegotiate_timeout. */
SSLErr SSLSetRenegotiateTimeout(SSLContext *ctx, uint32 seconds);

/* How many renegotiations this side has started, since SSLClearRenegotiationCount and at all: a
 * client's own ones and answers to HelloRequest; a server's HelloRequests. Either pointer may be
 * NULL. A getter. Manual page: SSL_num_renegotiations. */
SSLErr SSLGetRenegotiationCounts(SSLContext *ctx, uint32 *sinceClear, uint32 *total);
SSLErr SSLClearRenegotiationCount(SSLContext *ctx);

/* Keying material for the application (RFC 5705, RFC 8446 7.5): fill out.length bytes (1 .. 8160)
 * from label (ASCII) and context; hasContext 0 means "no context", which TLS 1.2 distinguishes from
 * an empty one. Errors: SSLBadStateErr before the handshake is done, SSLUnsupportedErr up to
 * TLS 1.2 without the extended master secret (and so always in SSL 2.0 and 3.0), SSLOverflowErr. */
SSLErr SSLExportKeyingMaterial(SSLContext *ctx, const char *label, SSLBuffer context,
                               int hasContext, SSLBuffer out);

/* ==== 0-RTT data (TLS 1.3) ====
 *
 * A client that resumes a session may say something before the server has answered. Such data can
 * be replayed by anybody on the way and has no forward secrecy: only what does no harm when it
 * happens twice may be sent or acted upon so. Off by default, and carried by these calls alone;
 * SSLRead and SSLWrite never do it. Source: RFC 8446 2.3, 4.2.10, 8, E.5. */

/* Client: begin the handshake if it has not begun and send 0-RTT data, at most *length bytes;
 * *length becomes the number taken, on every return. It may be less than asked: as much as the
 * ticket and SSLSetMaxEarlyData allow. SSLWouldBlockErr as in SSLWrite. The call never reads: go on
 * with SSLHandshake, SSLRead or SSLWrite, which end the 0-RTT data when the server has answered.
 * Length 0: only offer it. SSLBadStateErr, with *length 0 and the connection unharmed: there is no
 * session that allows it, the handshake was begun by another call, all that is allowed was sent,
 * the server has refused or the data has ended; the program then uses SSLWrite. What was taken is
 * lost when the server refuses it (SSLGetEarlyDataStatus says so once the handshake is done), and
 * is not sent again by itself: it may have been bound to another application protocol. Server:
 * behind SSLReadEarlyData that delivered something, answer before the client's Finished;
 * SSLBadStateErr when no 0-RTT data was accepted or the handshake is done: use SSLWrite. Errors:
 * those of SSLWrite. */
SSLErr SSLWriteEarlyData(const void *data, uint32 *length, SSLContext *ctx);

/* Server: perform the handshake as far as needed and read at most *length bytes (not 0) of 0-RTT
 * data; *length becomes the number delivered, on every return. Success with *length 0: there is
 * none, or all of it was read; go on with SSLHandshake. A server that has set SSLSetMaxEarlyData
 * must call this until then: unread 0-RTT data (one record is held) makes SSLHandshake, SSLRead and
 * SSLWrite return SSLWouldBlockErr, and SSLWants() says SSL_WantsApplicationData. 0-RTT is accepted
 * when the first ticket offered is taken up with its suite, application protocol and server name,
 * its age is within 10 seconds of what the client says, there is no HelloRetryRequest, and the
 * replay callback agrees. Errors: SSLBadParameterErr (length 0), SSLBadStateErr (a client), those
 * of SSLHandshake; more data than the ticket allows is SSLProtocolErr (unexpected_message). */
SSLErr SSLReadEarlyData(void *data, uint32 *length, SSLContext *ctx);

/* Not 0 in *accepted when the server accepted 0-RTT data; 0 as long as that is not known (a client
 * learns it with the server's answer), when it was refused, and when there was none. A getter. */
SSLErr SSLGetEarlyDataStatus(SSLContext *ctx, int *accepted);

/* Free the copy of the peer's chain (and stapled response) that a connected context keeps for the
 * getters. */
SSLErr SSLDropPeerCertificates(SSLContext *ctx);

/* ==== Callbacks and references. Each stores its argument, replaces an earlier one and takes effect
 * with the next callback; NULL = not set. Required for a handshake: alloc, free, random, read,
 * write, and time when dates are checked; realloc may be missing. Manual: "Assigning Application
 * Callbacks".
 */

SSLErr SSLSetAllocFunc(SSLContext *ctx, SSLAllocFunc alloc);
SSLErr SSLSetFreeFunc(SSLContext *ctx, SSLFreeFunc freeFunc);
SSLErr SSLSetReallocFunc(SSLContext *ctx, SSLReallocFunc reallocFunc);
SSLErr SSLSetAllocRef(SSLContext *ctx, void *allocRef);
SSLErr SSLSetTimeFunc(SSLContext *ctx, SSLTimeFunc timeFunc);
SSLErr SSLSetConvertTimeFunc(SSLContext *ctx, SSLConvertTimeFunc convertTime);
SSLErr SSLSetTimeRef(SSLContext *ctx, void *timeRef);
SSLErr SSLSetRandomFunc(SSLContext *ctx, SSLRandomFunc randomFunc);
SSLErr SSLSetRandomRef(SSLContext *ctx, void *randomRef);
SSLErr SSLSetReadFunc(SSLContext *ctx, SSLIOFunc readFunc);
SSLErr SSLSetWriteFunc(SSLContext *ctx, SSLIOFunc writeFunc);
SSLErr SSLSetIORef(SSLContext *ctx, void *ioRef);
SSLErr SSLSetAddSessionFunc(SSLContext *ctx, SSLAddSessionFunc addSession);
SSLErr SSLSetGetSessionFunc(SSLContext *ctx, SSLGetSessionFunc getSession);
SSLErr SSLSetDeleteSessionFunc(SSLContext *ctx, SSLDeleteSessionFunc deleteSession);
SSLErr SSLSetSessionRef(SSLContext *ctx, void *sessionRef);
SSLErr SSLSetCheckCertificateFunc(SSLContext *ctx, SSLCheckCertificateFunc checkCertificate);
SSLErr SSLSetCheckCertificateRef(SSLContext *ctx, void *checkCertificateRef);
SSLErr SSLSetVerifyFunc(SSLContext *ctx, SSLVerifyFunc verify, void *verifyRef);
SSLErr SSLSetIdentityFunc(SSLContext *ctx, SSLIdentityFunc identity, void *identityRef);
SSLErr SSLSetClientHelloFunc(SSLContext *ctx, SSLClientHelloFunc clientHello, void *clientHelloRef);
SSLErr SSLSetTicketKeyFunc(SSLContext *ctx, SSLTicketKeyFunc ticketKey, void *ticketKeyRef);
SSLErr SSLSetReplayFunc(SSLContext *ctx, SSLReplayFunc replay, void *replayRef);
SSLErr SSLSetKeyLogFunc(SSLContext *ctx, SSLKeyLogFunc keyLog, void *keyLogRef);
SSLErr SSLSetTraceFunc(SSLContext *ctx, SSLTraceFunc trace, void *traceRef);

#ifdef __cplusplus
}
#endif
#endif
