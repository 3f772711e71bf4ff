/*
 * test_x509_revocation.c - revocation lists and stapled OCSP responses, made by hand: what proves
 * that a certificate is revoked, what proves that it is not, and what proves nothing. The numbers
 * in the names are those of the list of cases that the rules were taken from.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "x509_builder.h"

enum { /* test keys; 0 means "the usual" in the specs below */
    ROOT = 1,
    CA,
    LEAF,
    RESPONDER,
    OTHER
};

#define YESTERDAY   "231113000000Z" /* TEST_NOW is 2023-11-14 22:13:20 */
#define TOMORROW    "231116000000Z"
#define ECDSA       "30 0A 06 08 2A8648CE3D040302"
#define LEAF_SERIAL "05"
#define ENTRY(serial)                                                                              \
    "30 12 02 01 " serial " 17 0D 3233313131333030303030305A" /* 231113000000Z                     \
                                                               */
#define ENTRY_WITH(serial, length, outer, extensions)                                              \
    "30 " length " 02 01 " serial " 17 0D 3233313131333030303030305A 30 " outer " " extensions
#define CRITICAL_UNKNOWN "30 0C 06 03 551D63 01 01 FF 04 02 0500"
#define PLAIN_UNKNOWN    "30 09 06 03 551D63 04 02 0500"

/* ---- revocation lists ---- */

/* Zero or NULL: the usual: version 2 by the CA, fresh, without entries. */
typedef struct CrlSpec {
    const char *issuer, *this_update, *next_update, *version_hex, *entries_hex, *extensions_hex;
    const char *outer_algorithm_hex, *after_hex;
    int         signer, no_next, empty_entries;
} CrlSpec;

static Bytes make_crl(CrlSpec spec)
{
    Build *tbs = (Build *)calloc(1, sizeof *tbs), *crl = (Build *)calloc(1, sizeof *crl);
    size_t mark, inner, list;
    Bytes  made;

    assert_true(tbs != NULL && crl != NULL);
    mark = build_open(tbs, 0x30);
    build_hex(tbs, spec.version_hex != NULL ? spec.version_hex : "02 01 01");
    build_hex(tbs, ECDSA);
    build_name(tbs, spec.issuer != NULL ? spec.issuer : "ca");
    build_text(tbs, 0x17, spec.this_update != NULL ? spec.this_update : YESTERDAY);
    if (!spec.no_next) {
        build_text(tbs, 0x17, spec.next_update != NULL ? spec.next_update : TOMORROW);
    }
    if (spec.entries_hex != NULL || spec.empty_entries) {
        list = build_open(tbs, 0x30);
        build_hex(tbs, spec.entries_hex != NULL ? spec.entries_hex : "");
        build_close(tbs, list);
    }
    if (spec.extensions_hex != NULL) {
        inner = build_open(tbs, 0xA0);
        list  = build_open(tbs, 0x30);
        build_hex(tbs, spec.extensions_hex);
        build_close(tbs, list);
        build_close(tbs, inner);
    }
    build_close(tbs, mark);
    mark = build_open(crl, 0x30);
    build_bytes(crl, built(tbs));
    build_hex(crl, spec.outer_algorithm_hex != NULL ? spec.outer_algorithm_hex : ECDSA);
    build_signature(crl, built(tbs), spec.signer != 0 ? spec.signer : CA);
    build_close(crl, mark);
    build_hex(crl, spec.after_hex != NULL ? spec.after_hex : "");
    made = keep_bytes(crl->data, crl->length);
    free(tbs);
    free(crl);
    return made;
}

/* ---- OCSP responses ---- */

#define GOOD_STATUS    "80 00"
#define REVOKED_STATUS "A1 11 18 0F 32303233313131333030303030305A"
#define UNKNOWN_STATUS "82 00"

/* Zero or NULL: the usual: the CA says by name, with SHA-1, that the leaf is good, today. */
typedef struct OcspSpec {
    const char *responder, *status_hex, *serial_hex, *this_update, *next_update, *produced;
    const char *single_extensions_hex, *extensions_hex, *whole_hex, *first_single_hex;
    int         signer, by_key, sha256, other_issuer_key, no_next, forged;
    Bytes       delegate; /* sent along */
} OcspSpec;

static void build_hash(Build *build, HashId hash, Bytes of)
{
    uint8_t digest[MAX_HASH_SIZE];
    size_t  mark = build_open(build, 0x04);

    sslr_hash(hash, of.data, of.length, digest);
    build_bytes(build, bytes_of(digest, sslr_hash_size(hash)));
    build_close(build, mark);
}

/* The 65 bytes of a test key's point: what stands last in its SubjectPublicKeyInfo. */
static Bytes key_point(int key)
{
    Build *build = (Build *)calloc(1, sizeof *build);
    Bytes  point;

    assert_non_null(build);
    build_spki(build, key);
    point = keep_bytes(build->data + build->length - 65, 65);
    free(build);
    return point;
}

static Bytes name_of(const char *common_name)
{
    Build *build = (Build *)calloc(1, sizeof *build);
    Bytes  name;

    assert_non_null(build);
    build_name(build, common_name);
    name = keep_bytes(build->data, build->length);
    free(build);
    return name;
}

static void build_single(Build *build, const OcspSpec *spec)
{
    size_t single = build_open(build, 0x30), id = build_open(build, 0x30), mark;
    HashId hash = spec->sha256 ? HASH_SHA256 : HASH_SHA1;

    build_hex(build, spec->sha256 ? "30 0D 06 09 608648016503040201 05 00"
                                  : "30 09 06 05 2B0E03021A 05 00");
    build_hash(build, hash, name_of("ca"));
    build_hash(build, hash, key_point(spec->other_issuer_key ? OTHER : CA));
    build_hex(build, "02 01");
    build_hex(build, spec->serial_hex != NULL ? spec->serial_hex : LEAF_SERIAL);
    build_close(build, id);
    build_hex(build, spec->status_hex != NULL ? spec->status_hex : GOOD_STATUS);
    build_text(build, 0x18, spec->this_update != NULL ? spec->this_update : "20231114000000Z");
    if (!spec->no_next) {
        mark = build_open(build, 0xA0);
        build_text(build, 0x18, spec->next_update != NULL ? spec->next_update : "20231118000000Z");
        build_close(build, mark);
    }
    if (spec->single_extensions_hex != NULL) {
        mark = build_open(build, 0xA1);
        id   = build_open(build, 0x30);
        build_hex(build, spec->single_extensions_hex);
        build_close(build, id);
        build_close(build, mark);
    }
    build_close(build, single);
}

static void build_response_data(Build *tbs, const OcspSpec *spec)
{
    size_t data   = build_open(tbs, 0x30), mark, list;
    int    signer = spec->signer != 0 ? spec->signer : CA;

    if (spec->by_key) {
        mark = build_open(tbs, 0xA2);
        build_hash(tbs, HASH_SHA1, key_point(signer));
        build_close(tbs, mark);
    } else {
        mark = build_open(tbs, 0xA1);
        build_name(tbs, spec->responder != NULL ? spec->responder : "ca");
        build_close(tbs, mark);
    }
    build_text(tbs, 0x18, spec->produced != NULL ? spec->produced : "20231114000000Z");
    list = build_open(tbs, 0x30);
    build_hex(tbs, spec->first_single_hex != NULL ? spec->first_single_hex : "");
    build_single(tbs, spec);
    build_close(tbs, list);
    if (spec->extensions_hex != NULL) {
        mark = build_open(tbs, 0xA1);
        list = build_open(tbs, 0x30);
        build_hex(tbs, spec->extensions_hex);
        build_close(tbs, list);
        build_close(tbs, mark);
    }
    build_close(tbs, data);
}

static Bytes make_ocsp(OcspSpec spec)
{
    Build *tbs = (Build *)calloc(1, sizeof *tbs), *all = (Build *)calloc(1, sizeof *all);
    size_t response, explicit_tag, bytes, octets, basic, mark, list;
    Bytes  made;

    assert_true(tbs != NULL && all != NULL);
    build_response_data(tbs, &spec);
    response = build_open(all, 0x30);
    build_hex(all, "0A 01 00");
    explicit_tag = build_open(all, 0xA0);
    bytes        = build_open(all, 0x30);
    build_hex(all, "06 09 2B0601050507300101");
    octets = build_open(all, 0x04);
    basic  = build_open(all, 0x30);
    build_bytes(all, built(tbs));
    build_hex(all, ECDSA);
    build_signature(all, built(tbs), spec.forged ? OTHER : spec.signer != 0 ? spec.signer : CA);
    if (spec.delegate.length > 0) {
        mark = build_open(all, 0xA0);
        list = build_open(all, 0x30);
        build_bytes(all, spec.delegate);
        build_close(all, list);
        build_close(all, mark);
    }
    build_close(all, basic);
    build_close(all, octets);
    build_close(all, bytes);
    build_close(all, explicit_tag);
    build_close(all, response);
    if (spec.whole_hex != NULL) {
        all->length = 0;
        build_hex(all, spec.whole_hex);
    }
    made = keep_bytes(all->data, all->length);
    free(tbs);
    free(all);
    return made;
}

/* ---- asking: leaf (serial 5) by "ca" by the root ---- */

typedef struct Question {
    Bytes         crls[4], staple;
    size_t        crl_count;
    SSLRevocation revocation;
    int           asked;
    uint32_t      flags;
    const char   *leaf_extensions, *ca_extensions;
    uint32        expected_skipped;
} Question;

static SSLChainResult ask(const Question *question)
{
    CertificateSpec root = {.subject = "root", .key = ROOT, .signer = ROOT, .ca = 1};
    CertificateSpec ca   = {
          .subject = "ca", .key = CA, .signer = ROOT, .ca = 1, .serial_hex = "02 01 07"};
    CertificateSpec leaf = {
        .issuer = "ca", .key = LEAF, .signer = CA, .serial_hex = "02 01 " LEAF_SERIAL};
    TestMemory      memory    = {0, 0, 0};
    SSLAllocator    allocator = test_allocator(&memory);
    Build          *crls      = (Build *)calloc(1, sizeof *crls);
    SSLTrustSpec    spec;
    SSLTrust       *trust;
    SSLBuffer       certs[2];
    SSLChainRequest request;
    SSLChainResult  result;
    uint32          skipped = 0;
    size_t          i;

    assert_non_null(crls);
    leaf.extensions_hex = question->leaf_extensions;
    ca.extensions_hex   = question->ca_extensions;
    for (i = 0; i < question->crl_count; i++) {
        build_bytes(crls, question->crls[i]);
    }
    memset(&spec, 0, sizeof spec);
    spec.anchors    = buffer_of(make_certificate(&root));
    spec.crls       = buffer_of(built(crls));
    spec.revocation = question->revocation;
    spec.flags      = question->flags;
    assert_int_equal(SSLCreateTrust(&allocator, &spec, &trust, &skipped), SSLNoErr);
    assert_int_equal(skipped, question->expected_skipped);
    free(crls);
    memset(&request, 0, sizeof request);
    certs[0]             = buffer_of(make_certificate(&leaf));
    certs[1]             = buffer_of(make_certificate(&ca));
    request.certs        = certs;
    request.certCount    = 2;
    request.side         = SSL_ServerSide;
    request.time         = TEST_NOW;
    request.ocspResponse = buffer_of(question->staple);
    request.stapleAsked  = question->asked;
    (void)SSLVerifyChain(trust, &request, &result);
    SSLDeleteTrust(trust);
    assert_int_equal(memory.held, 0);
    return result;
}

static void check(const char *what, const Question *question, SSLErr err, int certificate)
{
    SSLChainResult result = ask(question);

    if (result.error != err || result.certificate != certificate) {
        print_error("%s: %d at %d (%s), not %d at %d\n", what, result.error, result.certificate,
                    result.rule, err, certificate);
    }
    assert_int_equal(result.error, err);
    assert_int_equal(result.certificate, certificate);
}

static int forget(void **state)
{
    (void)state;
    test_forget();
    return 0;
}

/* ---- lists ---- */

static const struct {
    const char *what;
    CrlSpec     crl;
    SSLErr      hard; /* with a good list of the root's beside it */
    int         skipped;
} list_cases[] = {
    {"good, nobody is on it", {.signer = 0}, SSLNoErr, 0},
    {"9.2 37 version 1", {.version_hex = ""}, SSLNoErr, 0},
    {"9.2 37 somebody else is on it", {.entries_hex = ENTRY("06")}, SSLNoErr, 0},
    {"138 on it", {.entries_hex = ENTRY("06") ENTRY(LEAF_SERIAL)}, X509RevokedErr, 0},
    {"138 on hold",
     {.entries_hex = ENTRY_WITH(LEAF_SERIAL, "20", "0C", "30 0A 06 03 551D15 04 03 0A 01 06")},
     X509RevokedErr,
     0},
    {"138 revoked in the future",
     {.entries_hex = "30 12 02 01 " LEAF_SERIAL " 17 0D 3430303130313030303030305A"},
     X509RevokedErr,
     0},
    {"140 stale", {.next_update = "231114000000Z"}, X509RevocationUnknownErr, 0},
    {"140 without nextUpdate", {.no_next = 1}, X509RevocationUnknownErr, 0},
    {"140 of tomorrow", {.this_update = "231115230000Z"}, X509RevocationUnknownErr, 0},
    {"nextUpdate before thisUpdate",
     {.this_update = "231113000000Z", .next_update = "231112000000Z"},
     X509RevocationUnknownErr,
     1},
    {"141 signed by another key", {.signer = OTHER}, X509RevocationUnknownErr, 0},
    {"141 another issuer", {.issuer = "other", .signer = OTHER}, X509RevocationUnknownErr, 0},
    {"141 algorithms differ",
     {.outer_algorithm_hex = "30 0A 06 08 2A8648CE3D040303"},
     X509RevocationUnknownErr,
     1},
    {"143 unknown critical extension",
     {.extensions_hex = CRITICAL_UNKNOWN},
     X509RevocationUnknownErr,
     1},
    {"unknown extension", {.extensions_hex = PLAIN_UNKNOWN}, SSLNoErr, 0},
    {"143 unknown critical entry extension, at another",
     {.entries_hex = ENTRY_WITH("06", "22", "0E", CRITICAL_UNKNOWN)},
     X509RevocationUnknownErr,
     1},
    {"144 only CAs",
     {.extensions_hex = "30 0F 06 03 551D1C 01 01 FF 04 05 3003 8201FF"},
     X509RevocationUnknownErr,
     0},
    {"9.2 37 only users",
     {.extensions_hex = "30 0F 06 03 551D1C 01 01 FF 04 05 3003 8101FF"},
     SSLNoErr,
     0},
    {"144 users and CAs at once",
     {.extensions_hex = "30 12 06 03 551D1C 01 01 FF 04 08 3006 8101FF 8201FF"},
     X509RevocationUnknownErr,
     1},
    {"144 only attribute certificates",
     {.extensions_hex = "30 0F 06 03 551D1C 01 01 FF 04 05 3003 8501FF"},
     X509RevocationUnknownErr,
     1},
    {"144 indirect",
     {.extensions_hex = "30 0F 06 03 551D1C 01 01 FF 04 05 3003 8401FF"},
     X509RevocationUnknownErr,
     1},
    {"144 for some reasons, not on it",
     {.extensions_hex = "30 10 06 03 551D1C 01 01 FF 04 06 3004 83020640"},
     X509RevocationUnknownErr,
     0},
    {"144 for some reasons, on it",
     {.entries_hex    = ENTRY(LEAF_SERIAL),
      .extensions_hex = "30 10 06 03 551D1C 01 01 FF 04 06 3004 83020640"},
     X509RevokedErr,
     0},
    {"144 of a distribution point that the leaf has not",
     {.extensions_hex = "30 15 06 03 551D1C 01 01 FF 04 0B 3009 A007 A005 8603 612F62"},
     X509RevocationUnknownErr,
     0},
    {"145 delta",
     {.extensions_hex = "30 0D 06 03 551D1B 01 01 FF 04 03 020101"},
     X509RevocationUnknownErr,
     1},
    {"146 extensions without a version",
     {.version_hex = "", .extensions_hex = PLAIN_UNKNOWN},
     X509RevocationUnknownErr,
     1},
    {"146 empty list of entries", {.empty_entries = 1}, X509RevocationUnknownErr, 1},
    {"146 an extension twice",
     {.extensions_hex = "30 0A 06 03 551D14 04 03 020101 30 0A 06 03 551D14 04 03 020101"},
     X509RevocationUnknownErr,
     1},
    {"version written as 1", {.version_hex = "02 01 00"}, X509RevocationUnknownErr, 1},
    {"removed from the list, in a complete one",
     {.entries_hex = ENTRY_WITH("06", "20", "0C", "30 0A 06 03 551D15 04 03 0A 01 08")},
     X509RevocationUnknownErr,
     1},
    {"a date of 29 February 2023", {.this_update = "230229000000Z"}, X509RevocationUnknownErr, 1},
};

static void lists_say_what_they_may(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < sizeof list_cases / sizeof list_cases[0]; i++) {
        Question question;
        SSLErr   hard = list_cases[i].hard;

        memset(&question, 0, sizeof question);
        question.crls[0]          = make_crl(list_cases[i].crl);
        question.crl_count        = 2;
        question.expected_skipped = (uint32)list_cases[i].skipped;
        question.revocation       = SSL_RevocationHard;
        question.crls[1]          = make_crl((CrlSpec){.issuer = "root", .signer = ROOT});
        check(list_cases[i].what, &question, hard, hard == SSLNoErr ? -1 : 0);
        question.revocation = SSL_RevocationSoft;
        check(list_cases[i].what, &question, hard == X509RevokedErr ? hard : SSLNoErr,
              hard == X509RevokedErr ? 0 : -1);
        question.revocation = SSL_RevocationOff;
        check(list_cases[i].what, &question, SSLNoErr, -1);
        test_forget();
    }
}

static void every_certificate_below_the_anchor_counts(void **state)
{
    Question question;

    (void)state;
    memset(&question, 0, sizeof question);
    question.crls[0] =
        make_crl((CrlSpec){.issuer = "root", .signer = ROOT, .entries_hex = ENTRY("07")});
    question.crl_count  = 1;
    question.revocation = SSL_RevocationSoft;
    check("139 the intermediate is on the root's list", &question, X509RevokedErr, 1);
    question.crls[0]    = make_crl((CrlSpec){.issuer = "ca"});
    question.revocation = SSL_RevocationHard;
    check("145 no list for the CA", &question, X509RevocationUnknownErr, 1);
    question.crl_count = 0;
    check("no list at all", &question, X509RevocationUnknownErr, 1);
    question.crls[0]       = make_crl((CrlSpec){.issuer = "ca"});
    question.crls[1]       = make_crl((CrlSpec){.issuer = "root", .signer = ROOT});
    question.crl_count     = 2;
    question.ca_extensions = "30 0B 06 03 551D0F 04 04 03020204";
    check("142 the CA may not sign lists", &question, X509RevocationUnknownErr, 0);
    question.ca_extensions = "30 0B 06 03 551D0F 04 04 03020106";
    check("it may", &question, SSLNoErr, -1);
    question.crls[0] = make_crl((CrlSpec){.issuer = "ca", .next_update = "231114000000Z"});
    question.flags   = SSL_TrustIgnoreDates;
    check("stale, but nobody looks at the clock", &question, SSLNoErr, -1);
    question.flags           = 0;
    question.leaf_extensions = "30 09 06 03 551D38 04 02 0500";
    check("noRevAvail", &question, SSLNoErr, -1);
    question.leaf_extensions = "30 14 06 03 551D1F 04 0D 300B 3009 A007 A005 8603 612F62";
    question.crls[0]         = make_crl((CrlSpec){
                .issuer         = "ca",
                .extensions_hex = "30 15 06 03 551D1C 01 01 FF 04 0B 3009 A007 A005 8603 612F62"});
    check("144 of the leaf's own distribution point", &question, SSLNoErr, -1);
}

static void lists_come_as_pem_too(void **state)
{
    static const char text[] = "-----BEGIN X509 CRL-----\nMAA=\n-----END X509 CRL-----\n";
    Question          question;

    (void)state;
    memset(&question, 0, sizeof question);
    question.crls[0]          = bytes_of(text, sizeof text - 1);
    question.crl_count        = 1;
    question.expected_skipped = 1;
    question.revocation       = SSL_RevocationSoft;
    check("a PEM block that is no list", &question, SSLNoErr, -1);
}

/* ---- OCSP ---- */

static Bytes delegate(const char *extensions, int signer, const char *issuer, const char *not_after)
{
    CertificateSpec spec = {.subject = "responder", .key = RESPONDER};

    spec.extensions_hex = extensions;
    spec.signer         = signer;
    spec.issuer         = issuer;
    spec.not_after      = not_after;
    return make_certificate(&spec);
}

#define OCSP_SIGNING "30 13 06 03 551D25 04 0C 30 0A 06 08 2B06010505070309"
#define NO_CHECK     "30 0F 06 09 2B0601050507300105 04 02 0500"
#define EKU_ANY      "30 0F 06 03 551D25 04 08 30 06 06 04 551D2500"
#define MUST_STAPLE  "30 11 06 08 2B06010505070118 04 05 3003 020105"

static void staples_say_what_they_may(void **state)
{
    static const struct {
        const char *what;
        OcspSpec    ocsp;
        SSLErr      soft, hard;
    } cases[] = {
        {"9.2 38 by the CA, by name", {.signer = 0}, SSLNoErr, SSLNoErr},
        {"9.2 38 by the CA, by key", {.by_key = 1}, SSLNoErr, SSLNoErr},
        {"9.2 39 SHA-256", {.sha256 = 1}, SSLNoErr, SSLNoErr},
        {"9.2 38 without nextUpdate", {.no_next = 1}, SSLNoErr, SSLNoErr},
        {"revoked", {.status_hex = REVOKED_STATUS}, X509RevokedErr, X509RevokedErr},
        {"unknown",
         {.status_hex = UNKNOWN_STATUS},
         X509RevocationUnknownErr,
         X509RevocationUnknownErr},
        {"147 signature changed", {.forged = 1}, X509BadOCSPErr, X509BadOCSPErr},
        {"147 the leaf signs for itself",
         {.signer = LEAF, .responder = "leaf"},
         X509BadOCSPErr,
         X509BadOCSPErr},
        {"149 another serial", {.serial_hex = "06"}, SSLNoErr, X509RevocationUnknownErr},
        {"149 another issuer key", {.other_issuer_key = 1}, SSLNoErr, X509RevocationUnknownErr},
        {"150 expired", {.next_update = "20231114120000Z"}, SSLNoErr, X509RevocationUnknownErr},
        {"150 of tomorrow", {.this_update = "20231115230000Z"}, SSLNoErr, X509RevocationUnknownErr},
        {"150 produced tomorrow",
         {.produced = "20231115230000Z"},
         SSLNoErr,
         X509RevocationUnknownErr},
        {"150 nextUpdate before thisUpdate",
         {.next_update = "20231113000000Z"},
         SSLNoErr,
         X509RevocationUnknownErr},
        {"old, without nextUpdate",
         {.no_next = 1, .this_update = "20231101000000Z"},
         SSLNoErr,
         X509RevocationUnknownErr},
        {"151 the name of somebody else",
         {.responder = "somebody"},
         X509BadOCSPErr,
         X509BadOCSPErr},
        {"152 unknown critical extension",
         {.extensions_hex = CRITICAL_UNKNOWN},
         X509BadOCSPErr,
         X509BadOCSPErr},
        {"152 the same in the single one",
         {.single_extensions_hex = CRITICAL_UNKNOWN},
         X509BadOCSPErr,
         X509BadOCSPErr},
        {"9.2 38 nonce",
         {.extensions_hex = "30 11 06 09 2B0601050507300102 04 04 0402 ABCD"},
         SSLNoErr,
         SSLNoErr},
        {"try later", {.whole_hex = "30 03 0A 01 03"}, SSLNoErr, X509RevocationUnknownErr},
        {"a status that does not exist",
         {.whole_hex = "30 03 0A 01 04"},
         X509BadOCSPErr,
         X509BadOCSPErr},
        {"successful without an answer",
         {.whole_hex = "30 03 0A 01 00"},
         X509BadOCSPErr,
         X509BadOCSPErr},
        {"no response", {.whole_hex = "05 00"}, X509BadOCSPErr, X509BadOCSPErr},
        {"a single one that is none",
         {.first_single_hex = "30 00"},
         X509BadOCSPErr,
         X509BadOCSPErr},
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        Question question;

        memset(&question, 0, sizeof question);
        question.crls[0]    = make_crl((CrlSpec){.issuer = "root", .signer = ROOT});
        question.crl_count  = 1;
        question.staple     = make_ocsp(cases[i].ocsp);
        question.revocation = SSL_RevocationSoft;
        check(cases[i].what, &question, cases[i].soft, cases[i].soft == SSLNoErr ? -1 : 0);
        question.revocation = SSL_RevocationHard;
        check(cases[i].what, &question, cases[i].hard, cases[i].hard == SSLNoErr ? -1 : 0);
        question.revocation = SSL_RevocationOff;
        check(cases[i].what, &question, SSLNoErr, -1);
        if (cases[i].soft == SSLNoErr) { /* RFC 7633: a promise to staple needs a good answer */
            question.revocation      = SSL_RevocationSoft;
            question.leaf_extensions = MUST_STAPLE;
            check(cases[i].what, &question,
                  cases[i].hard == SSLNoErr ? SSLNoErr : X509MustStapleErr,
                  cases[i].hard == SSLNoErr ? -1 : 0);
        }
        test_forget();
    }
}

static void delegates_need_the_right_papers(void **state)
{
    Question question;
    OcspSpec spec = {.signer = RESPONDER, .responder = "responder"};

    (void)state;
    memset(&question, 0, sizeof question);
    question.revocation = SSL_RevocationSoft;
    spec.delegate       = delegate(OCSP_SIGNING NO_CHECK, CA, "ca", NULL);
    question.staple     = make_ocsp(spec);
    check("9.2 38 a delegate with nocheck", &question, SSLNoErr, -1);
    spec.status_hex = REVOKED_STATUS;
    question.staple = make_ocsp(spec);
    check("what it says counts", &question, X509RevokedErr, 0);
    spec.status_hex = NULL;
    spec.delegate   = delegate(OCSP_SIGNING, CA, "ca", NULL);
    question.staple = make_ocsp(spec);
    check("a delegate without nocheck", &question, SSLNoErr, -1);
    question.crls[0]   = make_crl((CrlSpec){.entries_hex = ENTRY("01")});
    question.crl_count = 1;
    check("148 a delegate that is revoked", &question, X509BadOCSPErr, 0);
    question.crl_count = 0;
    spec.delegate      = delegate(NO_CHECK, CA, "ca", NULL);
    question.staple    = make_ocsp(spec);
    check("148 without OCSPSigning", &question, X509BadOCSPErr, 0);
    spec.delegate   = delegate(EKU_ANY NO_CHECK, CA, "ca", NULL);
    question.staple = make_ocsp(spec);
    check("148 with anyExtendedKeyUsage alone", &question, X509BadOCSPErr, 0);
    spec.delegate   = delegate(OCSP_SIGNING NO_CHECK, CA, "ca", "231101000000Z");
    question.staple = make_ocsp(spec);
    check("148 expired", &question, X509BadOCSPErr, 0);
    spec.delegate   = delegate(OCSP_SIGNING NO_CHECK, ROOT, "root", NULL);
    question.staple = make_ocsp(spec);
    check("148 issued by the root", &question, X509BadOCSPErr, 0);
    spec.delegate   = delegate(OCSP_SIGNING NO_CHECK, OTHER, "ca", NULL);
    question.staple = make_ocsp(spec);
    check("issued by a stranger of that name", &question, X509BadOCSPErr, 0);
    spec.delegate   = delegate(OCSP_SIGNING NO_CHECK CRITICAL_UNKNOWN, CA, "ca", NULL);
    question.staple = make_ocsp(spec);
    check("with an unknown critical extension", &question, X509BadOCSPErr, 0);
    spec.delegate =
        delegate(OCSP_SIGNING NO_CHECK "30 0B 06 03 551D0F 04 04 03020520", CA, "ca", NULL);
    question.staple = make_ocsp(spec);
    check("whose key is not for signing", &question, X509BadOCSPErr, 0);
}

static void a_promise_to_staple_is_kept(void **state)
{
    Question question;

    (void)state;
    memset(&question, 0, sizeof question);
    question.revocation      = SSL_RevocationSoft;
    question.leaf_extensions = MUST_STAPLE;
    check("nobody asked", &question, SSLNoErr, -1);
    question.asked = 1;
    check("153 asked, and none came", &question, X509MustStapleErr, 0);
    question.revocation = SSL_RevocationOff;
    check("asked, and nobody cares", &question, SSLNoErr, -1);
    question.revocation      = SSL_RevocationSoft;
    question.leaf_extensions = "30 11 06 08 2B06010505070118 04 05 3003 020111";
    check("another feature", &question, SSLNoErr, -1);
}

/* Many bytes of a response changed, and many lengths of it: never "good" where it was "revoked". */
static void changed_bytes_never_make_a_revoked_one_good(void **state)
{
    Question question;
    Bytes    ocsp      = make_ocsp((OcspSpec){.status_hex = REVOKED_STATUS});
    Bytes    root_list = make_crl((CrlSpec){.issuer = "root", .signer = ROOT});
    uint8_t *copy;
    size_t   i;

    (void)state;
    memset(&question, 0, sizeof question);
    question.revocation = SSL_RevocationHard;
    question.crls[0]    = root_list;
    question.crl_count  = 1;
    for (i = 0; i < ocsp.length; i += sample_step(3, 5)) {
        copy = (uint8_t *)malloc(ocsp.length);
        assert_non_null(copy);
        memcpy(copy, ocsp.data, ocsp.length);
        copy[i] ^= (uint8_t)(1u << (i % 8));
        question.staple = bytes_of(copy, ocsp.length);
        assert_int_not_equal(ask(&question).error, SSLNoErr);
        free(copy);
        question.staple = bytes_of(ocsp.data, i);
        if (i > 0) {
            assert_int_not_equal(ask(&question).error, SSLNoErr);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(lists_say_what_they_may, forget),
        cmocka_unit_test_teardown(every_certificate_below_the_anchor_counts, forget),
        cmocka_unit_test_teardown(lists_come_as_pem_too, forget),
        cmocka_unit_test_teardown(staples_say_what_they_may, forget),
        cmocka_unit_test_teardown(delegates_need_the_right_papers, forget),
        cmocka_unit_test_teardown(a_promise_to_staple_is_kept, forget),
        cmocka_unit_test_teardown(changed_bytes_never_make_a_revoked_one_good, forget),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
