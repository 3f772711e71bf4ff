/*
 * revocation.h - is a certificate of a path revoked (RFC 5280 6.3, RFC 6960)? Certificate
 * revocation lists come with the trust object, an OCSP response with the chain; nothing is fetched.
 * Reached from trust.c and path.c through one table, so that a build without revocation links none
 * of it.
 */
#ifndef SSLREF_X509_REVOCATION_H
#define SSLREF_X509_REVOCATION_H

#include "parts.h"

/* ---- crl.c ---- */

/* A list that may be used; views. Its entries went through the parser once. */
typedef struct Crl {
    Bytes   tbs, issuer, signature_algorithm, signature;
    Bytes   entries; /* inside their SEQUENCE; length 0: nobody is revoked */
    Bytes   point;   /* issuingDistributionPoint: GeneralNames, or length 0 */
    int64_t this_update, next_update;
    uint8_t has_next_update, only_users, only_cas, some_reasons;
} Crl;

/* Parse one CRL. ASNBadEncodingErr, SSLUnsupportedErr (against the rules, or of a kind that is
 * not processed: delta, indirect, attribute certificates, unknown critical extensions). */
SSLErr sslr_crl_parse(Bytes der, Crl *crl);

/* Not 0 if the list covers this certificate: issuer, kind, distribution point. */
int sslr_crl_covers(const Crl *crl, const X509Certificate *certificate);

/* Not 0 if the serial number stands in the list. */
int sslr_crl_lists(const Crl *crl, Bytes serial);

/* ---- ocsp.c ---- */

typedef enum OcspStatus {
    OCSP_NO_ANSWER, /* not about this certificate, stale, or the responder says that it cannot */
    OCSP_GOOD,
    OCSP_REVOKED,
    OCSP_UNKNOWN, /* the responder does not know the certificate */
    OCSP_BAD      /* malformed, or not signed by somebody who may */
} OcspStatus;

/* Whom to ask about. now < 0: dates are not looked at. */
typedef struct RevocationQuestion {
    const X509Certificate *certificate, *issuer;
    const SSLTrust        *trust;
    int64_t                now;
    size_t                *signatures; /* that may still be checked */
} RevocationQuestion;

OcspStatus sslr_ocsp_check(const RevocationQuestion *question, Bytes response, const char **rule);

/* ---- revocation.c ---- */

/* What the lists say: OCSP_GOOD, OCSP_REVOKED or OCSP_NO_ANSWER. */
OcspStatus sslr_crl_status(const RevocationQuestion *question);

/* A path that stands, and what is said of it. */
typedef struct RevocationPath {
    const VerifyRequest   *request;
    const X509Certificate *leaf, *anchor;
    ChainPath              below;      /* the leaf first, the anchor not among them */
    size_t                *signatures; /* that may still be checked */
    size_t                 position;   /* of the certificate that the rule is about */
    const char            *rule;
} RevocationPath;

typedef struct Revocation {
    SSLErr (*parse_crl)(Bytes der, Crl *crl);
    /* From the anchor down, but for the anchor itself. SSLNoErr or a reason to try another path. */
    SSLErr (*check)(RevocationPath *path);
} Revocation;

extern const Revocation sslr_revocation; /* revocation.c, or without_revocation.c: both NULL */

#endif
