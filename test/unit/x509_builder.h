/*
 * x509_builder.h - certificates made by hand for the tests of core/x509: every field can be
 * replaced by any bytes, then it is signed with one of a few P-256 keys. Also small helpers around
 * them.
 */
#ifndef SSLREF_TEST_X509_BUILDER_H
#define SSLREF_TEST_X509_BUILDER_H

#include "../../core/x509/x509.h"

#define TEST_NOW  1700000000 /* November 2023: inside the default validity, 2020 to 2040 */
#define TEST_KEYS 250

/* Bytes under construction. */
typedef struct Build {
    uint8_t data[70000];
    size_t  length;
} Build;

void   build_bytes(Build *build, Bytes bytes);
void   build_hex(Build *build, const char *hex); /* spaces are ignored */
void   build_text(Build *build, uint8_t tag, const char *text);
size_t build_open(Build *build, uint8_t tag); /* returns a mark for build_close */
void   build_close(Build *build, size_t mark);
Bytes  built(const Build *build);

/* A whole Name with one common name. */
void build_name(Build *build, const char *common_name);

/* The SubjectPublicKeyInfo of a test key; a BIT STRING with its signature (ECDSA, SHA-256). */
void build_spki(Build *build, int key);
void build_signature(Build *build, Bytes tbs, int signer);

/* What a certificate is made of. Zero or NULL means the usual. The ..._hex members replace the
 * whole element (or elements) by any bytes; "" leaves it out. */
typedef struct CertificateSpec {
    const char *subject, *issuer;       /* common names; usual: "leaf", "root" */
    int         key, signer;            /* numbers of test keys */
    int         new_key, forged;        /* not 0: this key instead; a signature by somebody else */
    const char *not_before, *not_after; /* UTCTime, or GeneralizedTime if longer */
    const char *extensions_hex;         /* what stands in the list; usual: none, and no A3 */
    const char *version_hex, *serial_hex, *algorithm_hex, *outer_algorithm_hex, *issuer_hex,
        *validity_hex, *subject_hex, *spki_hex, *unique_hex, *tail_hex, *signature_hex;
    int authority_key_id, subject_key_id; /* not 0: an extension with this octet as identifier */
    int ca;                               /* basicConstraints, TRUE; */
    int path_length_plus_1;               /* with this path length + 1 */
    const char *dns;                      /* a subjectAltName with this dNSName */
} CertificateSpec;

/* The certificate, in memory that stays until the program ends (or test_forget). */
Bytes make_certificate(const CertificateSpec *spec);
Bytes keep_bytes(const void *data, size_t length);
Bytes keep_text(const char *text);
void  test_forget(void);

SSLBuffer buffer_of(Bytes bytes);

/* The same bytes with one position replaced, in kept memory. */
Bytes with_byte(Bytes bytes, size_t position, uint8_t value);

/* `usual`, or where SSLREF_TEST_FEW is set (valgrind) so many times more: steps between samples. */
size_t sample_step(size_t usual, size_t times);

/* A file of the folder $SSLREF_TEST_CERTS; length 0 if there is none. */
Bytes read_test_file(const char *name);

/* An allocator that counts what is not freed, and fails the n-th call. */
typedef struct TestMemory {
    long calls, fail_at, held; /* fail_at 0: never */
} TestMemory;

SSLAllocator test_allocator(TestMemory *memory);

/* SSLCreateTrust from certificates; must succeed. */
SSLTrust *make_trust(const Bytes *anchors, size_t count, const Bytes *intermediates,
                     size_t intermediate_count, uint32_t flags);

#endif
