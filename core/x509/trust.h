/*
 * trust.h - what stands behind SSLTrust: one block with the certificates' bytes and, for each, the
 * few views by which path.c looks for it. Made by trust.c; never changes.
 */
#ifndef SSLREF_X509_TRUST_H
#define SSLREF_X509_TRUST_H

#include "x509.h"

/* A certificate that may stand in a path. It went through sslr_x509_parse once. */
typedef struct TrustEntry {
    Bytes   der;
    Bytes   subject;
    Bytes   key_id; /* subjectKeyIdentifier; length 0 if absent */
    uint8_t is_key; /* an anchor of name and key: der is a SubjectPublicKeyInfo */
} TrustEntry;

struct Crl; /* revocation.h */

#define PIN_SIZE      32 /* SHA-256 of a SubjectPublicKeyInfo */
#define DEFAULT_DEPTH 8
#define MAX_DEPTH     16

struct SSLTrust {
    SSLAllocator allocator;
    size_t       block_length; /* of the block that begins with this struct */
    uint32_t     flags;        /* SSL_Trust... */
    uint32_t     max_depth;    /* intermediates in a path */
    size_t       anchor_count, intermediate_count, pin_count;
    TrustEntry  *anchors, *intermediates; /* in this block, like everything */
    uint8_t     *pins;
    struct Crl  *crls;
    size_t       crl_count;
    uint8_t      revocation; /* SSLRevocation */
    uint8_t      digest[32]; /* of all of it: a session is bound to the trust it was made under */
};

/* Not 0 if the time is needed: there are anchors, and dates are not ignored. */
static inline int sslr_trust_needs_time(const SSLTrust *trust)
{
    return trust->anchor_count > 0 && (trust->flags & SSL_TrustIgnoreDates) == 0;
}

static inline int sslr_trust_wants_status(const SSLTrust *trust)
{
    return trust->revocation != SSL_RevocationOff;
}

#endif
