/*
 * parts.h - what the files of core/x509 ask of each other: the parts of a certificate. Not for
 * other folders, which use x509.h and identity.h.
 */
#ifndef SSLREF_X509_PARTS_H
#define SSLREF_X509_PARTS_H

#include "der.h"
#include "x509.h"

/* Note the rule (where the caller wants to know) and give back the error. */
static inline SSLErr broken(const char **rule, SSLErr err, const char *sentence)
{
    if (rule != NULL) {
        *rule = sentence;
    }
    return err;
}

/* An AlgorithmIdentifier: the content of its OID, and what follows it (perhaps nothing; exactly
 * one element at most). */
typedef struct Algorithm {
    Bytes oid;
    Bytes parameters;
} Algorithm;

Algorithm sslr_x509_take_algorithm(Der *der);

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

/* As sslr_x509_parse, for bytes that passed it before and have not changed since: cheap. */
SSLErr sslr_x509_parse_again(Bytes der, X509Certificate *certificate);

/* Extensions ::= SEQUENCE of Extension, whole: fills in everything that comes from them. */
SSLErr sslr_x509_read_extensions(Bytes extensions, X509Certificate *certificate, const char **rule);

/* Not 0 if the GeneralNames inside a SEQUENCE are well formed; there is at least one. */
int sslr_x509_are_general_names(Bytes names);

/* UTCTime or GeneralizedTime as seconds since 1970. */
int64_t sslr_x509_take_time(Der *der);

#endif
