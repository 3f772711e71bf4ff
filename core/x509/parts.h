/*
 * parts.h - what the files of core/x509 ask of each other: the parts of a certificate. Not for
 * other folders, which use x509.h and identity.h.
 */
#ifndef SSLREF_X509_PARTS_H
#define SSLREF_X509_PARTS_H

#include "der.h"
#include "trust.h"

/* Note the rule (where the caller wants to know) and give back the error. */
SSLErr sslr_x509_broken(const char **rule, SSLErr err, const char *sentence);

/* An AlgorithmIdentifier: the content of its OID, and what follows it (perhaps nothing; exactly
 * one element at most). */
typedef struct Algorithm {
    Bytes oid;
    Bytes parameters;
} Algorithm;

Algorithm sslr_x509_take_algorithm(Der *der);

/* HashAlgorithm with parameters NULL or absent; HASH_NONE if it is another. */
HashId sslr_x509_take_hash(Der *der);

/* As sslr_x509_check_signature, for anything that is signed in the same way. */
SSLErr sslr_x509_check_signed(Bytes signature_algorithm, Bytes tbs, Bytes signature,
                              const PublicKey *signer, uint32_t flags);

/* RSASSA-PSS-params (RFC 4055 3.1). Not 0 if they are well formed and usable: a known hash, MGF1
 * with the same one, trailer 1. */
typedef struct PssParameters {
    HashId hash;
    size_t salt_length;
} PssParameters;

int sslr_x509_read_pss(Bytes parameters, PssParameters *pss);

/* The curve that a named-curve OID means, CURVE_NONE if this build has it not. */
CurveId sslr_x509_curve(Bytes oid);

/* As sslr_x509_parse_key. thorough == 0 leaves out the arithmetic (point on the curve, ROCA, DSA
 * group), for a certificate that went through it before. */
SSLErr sslr_x509_read_key(Bytes spki, int thorough, PublicKey *key, const char **rule);

/* RSA and DSA from 2048 bits, or 1024 with SSL_TrustAllowShortKeys. */
int sslr_x509_key_is_long_enough(const PublicKey *key, uint32_t flags);

/* As sslr_x509_parse, for bytes that passed it before and have not changed since: cheap. */
SSLErr sslr_x509_parse_again(Bytes der, X509Certificate *certificate);

/* Extensions ::= SEQUENCE of Extension, whole: fills in everything that comes from them. */
SSLErr sslr_x509_read_extensions(Bytes extensions, X509Certificate *certificate, const char **rule);

/* Not 0 if the GeneralNames inside a SEQUENCE are well formed; there is at least one. */
int sslr_x509_are_general_names(Bytes names);

/* AttributeTypeAndValue ::= SEQUENCE { type, value } */
typedef struct Attribute {
    Bytes   type, value;
    uint8_t tag; /* of the value */
} Attribute;

Attribute sslr_x509_take_attribute(Der *rdn);

/* Not 0 if the RDNs of `beginning` are the first ones of `name`. Both are whole Name elements. */
int sslr_x509_name_begins_with(Bytes name, Bytes beginning);

static inline int is_digit(uint32_t c)
{
    return c >= '0' && c <= '9';
}

static inline int is_letter(uint32_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Labels of 1 .. 63 letters, digits, '-' and '_' with dots between them, 253 in all. */
int sslr_x509_is_dns_name(Bytes name);

/* ASCII case alone. */
int sslr_x509_equal_ignoring_case(Bytes a, Bytes b);

/* An address as text: 4 or 16 octets of out, or 0 if it is none. */
size_t sslr_x509_read_address(Bytes text, uint8_t out[16]);

/* The last common name of the subject, where it may stand for a missing subjectAltName: there is no
 * name in that extension that identifies a host (RFC 6125 6.4.4). Else length 0. */
Bytes sslr_x509_fallback_name(const X509Certificate *certificate);

/* What one CA's name constraints say about a certificate below it (RFC 5280 4.2.1.10). *work is
 * what may still be compared. X509NameConstraintErr, X509TooComplexErr; *rule says which. flags:
 * SSL_TrustCommonName subjects the common name to the rules for DNS names, too. */
SSLErr sslr_x509_check_constraints(Bytes constraints, const X509Certificate *below, uint32_t flags,
                                   size_t *work, const char **rule);

/* Not 0 if this GeneralName, tag and content, can be the base of a subtree. */
int sslr_x509_is_constraint_base(uint8_t tag, Bytes base);

/* Policies of a whole path (RFC 5280 6.1, RFC 9618), one certificate after the other from below the
 * anchor to the leaf. */
#define MAX_POLICIES 64 /* of one certificate, and mappings likewise */

typedef struct PolicyCheck {
    Bytes    expected[MAX_POLICIES];
    size_t   count;
    int      any; /* a chain of anyPolicy reaches this depth */
    uint32_t explicit_policy, inhibit_any, mapping;
} PolicyCheck;

void   sslr_x509_policy_begin(PolicyCheck *check, size_t path_length);
SSLErr sslr_x509_policy_step(PolicyCheck *check, const X509Certificate *certificate,
                             int self_issued, int is_leaf);

/* UTCTime or GeneralizedTime as seconds since 1970. */
int64_t sslr_x509_take_time(Der *der);

#endif
