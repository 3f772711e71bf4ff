/*
 * tables.h - what the protocol's numbers mean: cipher suites, groups, signature schemes, alerts,
 * names of messages. Data and look-ups, no decisions. Read by every room above.
 */
#ifndef SSLREF_TABLES_H
#define SSLREF_TABLES_H

#include "../../ssl.h"
#include "../base/bytes.h"

/* ---- cipher suites ---- */

typedef enum KeyExchangeId {
    KX_NONE,
    KX_RSA,
    KX_DHE,
    KX_ECDHE,
    KX_PSK, /* none but a pre-shared key */
    KX_ANY
} KeyExchangeId;

typedef enum AuthenticationId {
    AUTH_NONE,
    AUTH_RSA,
    AUTH_DSS,
    AUTH_ECDSA,
    AUTH_ANON,
    AUTH_PSK, /* with KX_RSA: and the server's certificate */
    AUTH_ANY
} AuthenticationId;

typedef struct CipherSuite {
    uint16_t    id;
    uint16_t    min_version, max_version;
    uint8_t     key_exchange;   /* KeyExchangeId */
    uint8_t     authentication; /* AuthenticationId */
    uint8_t     aead;           /* AeadId, or AEAD_NONE */
    uint8_t     cipher;         /* CipherId when there is no AEAD */
    uint8_t     mac;            /* HashId of the record MAC when there is no AEAD */
    uint8_t     prf;            /* HashId of the key schedule, from TLS 1.2 on */
    uint8_t     export_bits;    /* 40 or 56: keys are shortened, temporary keys limited; else 0 */
    const char *name;
} CipherSuite;

/* Suites that use the PRF of TLS 1.0 even in SSL 3.0. */
enum {
    FIPS_DES  = 0xFEFE,
    FIPS_3DES = 0xFEFF
};

/* Signalling suites. */
enum {
    SCSV_RENEGOTIATION = 0x00FF,
    SCSV_FALLBACK      = 0x5600
};

extern const CipherSuite sslr_cipher_suites[];
extern const size_t      sslr_cipher_suite_count;

/* Export suites: the most bits of a temporary RSA key or a Diffie-Hellman prime. */
size_t sslr_export_limit(const CipherSuite *suite);

const CipherSuite *sslr_cipher_suite(uint16_t id); /* NULL: not in this build */

/* Does the server show a certificate? */
static inline int suite_shows_certificate(const CipherSuite *suite)
{
    return suite->authentication == AUTH_PSK ? suite->key_exchange == KX_RSA
                                             : suite->authentication != AUTH_ANON;
}

/* Does it sign its key exchange? Of RSA_PSK nothing is signed. */
static inline int suite_signs(const CipherSuite *suite)
{
    return suite->authentication != AUTH_PSK && suite->authentication != AUTH_ANON;
}

/* ---- groups ---- */

typedef enum GroupKind {
    GROUP_CURVE,
    GROUP_FFDHE,
    GROUP_HYBRID
} GroupKind;

typedef struct Group {
    uint16_t       id;
    uint8_t        kind;  /* GroupKind */
    uint8_t        curve; /* CurveId; the classical half of a hybrid */
    const uint8_t *prime; /* GROUP_FFDHE */
    uint16_t       prime_length;
    uint16_t       exponent_size; /* bytes of a private exponent: twice the strength, rounded up */
    uint16_t       min_version;
    const char    *name;
} Group;

extern const Group  sslr_groups[];
extern const size_t sslr_group_count;

const Group *sslr_group(uint16_t id);

/* Primes for export suites, made for this project; the generator is 2. */
extern const uint8_t sslr_export_prime512[64], sslr_export_prime1024[128];

extern const uint8_t sslr_ffdhe2048[256], sslr_ffdhe3072[384], sslr_ffdhe4096[512],
    sslr_ffdhe6144[768], sslr_ffdhe8192[1024];

/* ---- signature schemes ---- */

typedef enum SignatureKind {
    SIGNATURE_RSA_PKCS1, /* key: rsaEncryption */
    SIGNATURE_RSA_PSS,   /* key: rsaEncryption */
    SIGNATURE_PSS_PSS,   /* key: id-RSASSA-PSS */
    SIGNATURE_ECDSA,
    SIGNATURE_DSA,
    SIGNATURE_LEGACY_RSA, /* MD5 and SHA-1 together, without DigestInfo: up to TLS 1.1 */
    SIGNATURE_ED25519
} SignatureKind;

typedef struct SignatureScheme {
    uint16_t    id;
    uint8_t     kind;        /* SignatureKind */
    uint8_t     hash;        /* HashId; HASH_NONE for Ed25519 */
    uint8_t     curve;       /* CurveId to which TLS 1.3 binds the scheme, or CURVE_NONE */
    uint16_t    max_version; /* last version in which it may sign a handshake */
    const char *name;
} SignatureScheme;

extern const SignatureScheme sslr_signature_schemes[];
extern const size_t          sslr_signature_scheme_count;

const SignatureScheme *sslr_signature_scheme(uint16_t id);

/* The scheme by which a kind of key (AuthenticationId) signs before there were schemes (up to
 * TLS 1.1); NULL if none. */
const SignatureScheme *sslr_legacy_scheme(AuthenticationId authentication);

/* ---- handshake types and alerts ---- */

enum {
    MSG_HELLO_REQUEST        = 0,
    MSG_CLIENT_HELLO         = 1,
    MSG_SERVER_HELLO         = 2,
    MSG_NEW_SESSION_TICKET   = 4,
    MSG_END_OF_EARLY_DATA    = 5,
    MSG_ENCRYPTED_EXTENSIONS = 8,
    MSG_CERTIFICATE          = 11,
    MSG_SERVER_KEY_EXCHANGE  = 12,
    MSG_CERTIFICATE_REQUEST  = 13,
    MSG_SERVER_HELLO_DONE    = 14,
    MSG_CERTIFICATE_VERIFY   = 15,
    MSG_CLIENT_KEY_EXCHANGE  = 16,
    MSG_FINISHED             = 20,
    MSG_CERTIFICATE_STATUS   = 22,
    MSG_KEY_UPDATE           = 24,
    MSG_MESSAGE_HASH         = 254,
    /* Pseudo-types, given by framing. */
    MSG_HELLO_RETRY_REQUEST = 0x102,
    MSG_CLIENT_HELLO_V2     = 0x101, /* in the format of SSL 2.0 */
    MSG_NO_CERTIFICATE      = 0x129, /* SSL 3.0: the alert that stands for a Certificate */
    MSG_CHANGE_CIPHER_SPEC  = 0x114
};

const char *sslr_message_name(uint16_t type);

enum {
    ALERT_WARNING                         = 1,
    ALERT_FATAL                           = 2,
    ALERT_CLOSE_NOTIFY                    = 0,
    ALERT_UNEXPECTED_MESSAGE              = 10,
    ALERT_BAD_RECORD_MAC                  = 20,
    ALERT_RECORD_OVERFLOW                 = 22,
    ALERT_HANDSHAKE_FAILURE               = 40,
    ALERT_NO_CERTIFICATE                  = 41,
    ALERT_BAD_CERTIFICATE                 = 42,
    ALERT_UNSUPPORTED_CERTIFICATE         = 43,
    ALERT_CERTIFICATE_REVOKED             = 44,
    ALERT_CERTIFICATE_EXPIRED             = 45,
    ALERT_CERTIFICATE_UNKNOWN             = 46,
    ALERT_ILLEGAL_PARAMETER               = 47,
    ALERT_UNKNOWN_CA                      = 48,
    ALERT_DECODE_ERROR                    = 50,
    ALERT_DECRYPT_ERROR                   = 51,
    ALERT_PROTOCOL_VERSION                = 70,
    ALERT_INSUFFICIENT_SECURITY           = 71,
    ALERT_INTERNAL_ERROR                  = 80,
    ALERT_INAPPROPRIATE_FALLBACK          = 86,
    ALERT_USER_CANCELED                   = 90,
    ALERT_NO_RENEGOTIATION                = 100,
    ALERT_MISSING_EXTENSION               = 109,
    ALERT_UNSUPPORTED_EXTENSION           = 110,
    ALERT_UNRECOGNIZED_NAME               = 112,
    ALERT_BAD_CERTIFICATE_STATUS_RESPONSE = 113,
    ALERT_UNKNOWN_PSK_IDENTITY            = 115,
    ALERT_CERTIFICATE_REQUIRED            = 116,
    ALERT_NO_APPLICATION_PROTOCOL         = 120
};

/* The alert that tells a peer of this error (protocol/x509.md "Errors and alerts"). */
uint8_t sslr_alert_for_error(SSLErr err);

#endif
