/*
 * x509.h - certificates: views without copies, chain consistency, names, and the decision whether a
 * chain leads to a trust anchor. No memory, time or I/O of its own. Called by core/messages
 * (certificate) and core/api.
 */
#ifndef SSLREF_X509_X509_H
#define SSLREF_X509_X509_H

#include "../base/memory.h"

#define MAX_CHAIN_CERTIFICATES 16
#define MAX_CERTIFICATE_SIZE   65536

typedef enum KeyType {
    KEY_NONE,
    KEY_RSA,     /* rsaEncryption: PKCS#1 and PSS */
    KEY_RSA_PSS, /* id-RSASSA-PSS: PSS only, perhaps restricted */
    KEY_EC,      /* one of CURVE_P256, P384, P521 */
    KEY_ED25519,
    KEY_DSA
} KeyType;

/* A public key; the numbers are views into the certificate. */
typedef struct PublicKey {
    KeyType      type;
    CurveId      curve; /* KEY_EC, KEY_ED25519 */
    size_t       bits;  /* of the modulus, the field, or p */
    Bytes        point; /* KEY_EC, KEY_ED25519 */
    RsaPublicKey rsa;   /* KEY_RSA, KEY_RSA_PSS */
    DsaPublicKey dsa;
    HashId       pss_hash; /* KEY_RSA_PSS with parameters: the only hash; else HASH_NONE */
    size_t       pss_salt; /* the least salt length then */
} PublicKey;

enum { /* key usage, as bits of the first octet of the BIT STRING */
    KEY_USAGE_DIGITAL_SIGNATURE = 0x80,
    KEY_USAGE_KEY_ENCIPHERMENT  = 0x20,
    KEY_USAGE_KEY_AGREEMENT     = 0x08,
    KEY_USAGE_CERT_SIGN         = 0x04,
    KEY_USAGE_CRL_SIGN          = 0x02
};

/* A parsed certificate. Every Bytes is a view into der; names, spki and tbs are whole elements with
 * tag and length; extension values are what stands inside their OCTET STRING, length 0 if absent.
 */
typedef struct X509Certificate {
    Bytes     der, tbs;
    int       version; /* 1, 2, 3 */
    Bytes     serial;
    Bytes     issuer, subject;
    int64_t   not_before, not_after; /* seconds since 1970, may be negative */
    Bytes     spki;
    PublicKey key;
    Bytes     signature_algorithm; /* the whole AlgorithmIdentifier */
    Bytes     signature;
    uint8_t   has_basic_constraints, is_ca, has_path_length, has_key_usage, unknown_critical;
    uint32_t  path_length;
    uint8_t   key_usage;
    Bytes     extended_key_usage, subject_alt_name, name_constraints;
    Bytes     authority_key_id, subject_key_id; /* the key identifiers themselves */
    uint8_t   has_netscape_type, netscape_type, has_policy_constraints;
    Bytes     extensions; /* all of them, one after the other: for sslr_x509_find_extension */
} X509Certificate;

/* What is wrong with which certificate. */
typedef struct Verdict {
    SSLErr      err;
    int         certificate; /* index in the chain as received, -1: none in particular */
    const char *rule;        /* static sentence */
} Verdict;

/* Parse one DER certificate; all of it must be consumed. A key of an unknown kind is no error:
 * key.type is then KEY_NONE. ASNBadEncodingErr (not DER), X509BadCertificateErr (against the rules
 * of its version), X509BadKeyErr, SSLOverflowErr (too long). *rule (may be NULL) says which. */
SSLErr sslr_x509_parse(Bytes der, X509Certificate *certificate, const char **rule);

/* What stands inside the OCTET STRING of the extension with this OID (content octets without tag
 * and length); length 0 if the certificate has it not. For what has no field of its own: policies,
 * distribution points, TLS features. */
Bytes sslr_x509_find_extension(const X509Certificate *certificate, Bytes oid);

/* Parse a SubjectPublicKeyInfo. Errors as sslr_x509_parse. */
SSLErr sslr_x509_parse_key(Bytes spki, PublicKey *key);

/* Take the next DER element off the front of *rest (for concatenated certificates).
 * ASNBadEncodingErr. */
SSLErr sslr_der_split(Bytes *rest, Bytes *element);

/* RFC 5280 7.1. Both are whole Name elements. */
int sslr_x509_names_equal(Bytes a, Bytes b);

/* Not 0 if the bytes are one well-formed Name. */
int sslr_x509_is_name(Bytes name);

/* Verify the certificate's signature with the issuer's key. flags: SSL_TrustAllowSHA1 and
 * SSL_TrustAllowMD5 as in SSLTrustSpec. X509BadSignatureErr, X509WeakSignatureErr,
 * SSLUnsupportedErr for an unknown algorithm. */
SSLErr sslr_x509_check_signature(const X509Certificate *certificate, const PublicKey *issuer,
                                 uint32_t flags);

/* What the SSLRef manual wants of every chain: each issuer is the next one's subject, each
 * signature verifies with the next one's key, leaf first. One certificate alone passes. */
Verdict sslr_x509_check_chain(const Bytes *chain, size_t count);

/* Does the certificate name this host (RFC 9525)? name is a DNS name, or an IPv4 or IPv6 address as
 * text. */
SSLErr sslr_x509_match_host(const X509Certificate *certificate, const char *name, size_t length,
                            uint32_t flags);

/* Check that name can be a peer's name: a DNS name (returns 1), an IP address as text (returns 2),
 * neither (0). */
int sslr_x509_classify_host(const char *name, size_t length);

/* The path that was found: leaf first, the anchor last (of one that is name and key: its key). */
typedef struct ChainPath {
    Bytes  certificates[MAX_CHAIN_CERTIFICATES + 2];
    size_t count;
} ChainPath;

typedef struct VerifyRequest {
    const Bytes           *chain; /* as received: leaf first, the rest in any order */
    size_t                 count; /* 1 .. MAX_CHAIN_CERTIFICATES */
    const X509Certificate *leaf;  /* chain[0] if it has been parsed already, else NULL */
    const SSLTrust        *trust;
    int64_t                now;
    int                    server;    /* not 0: the leaf acts as a TLS server, else as a client */
    uint8_t                key_usage; /* KEY_USAGE_... that the key exchange needs of the leaf */
    uint8_t                any_key_usage; /* one of these is enough; 0: none is needed */
    const char            *host;          /* NULL: do not compare */
    size_t                 host_length;
    Bytes                  staple;       /* the leaf's OCSP response, length 0 if there is none */
    int                    staple_asked; /* the peer was asked for one */
    ChainPath             *path;         /* NULL: nobody wants to know */
} VerifyRequest;

/* Decide: a pinned leaf key, or a path from the leaf to an anchor in which dates, basic
 * constraints, key usage, extended key usage, name constraints, policies and signatures hold and no
 * unknown critical extension stands; then the host name. Work is bounded. */
Verdict sslr_x509_verify(const VerifyRequest *request);

#endif
