/*
 * test_x509_path.c - which chains lead to a trust anchor, and what is said about those that do not.
 * Most are made by hand with P-256 keys; the other algorithms come from make_certificates.sh.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../../core/x509/trust.h"
#include "x509_builder.h"

enum { /* test keys */
    ROOT,
    CA1,
    CA2,
    LEAF,
    OTHER
};

#define CERTIFICATE(...) make_certificate(&(CertificateSpec){__VA_ARGS__})
#define A_ROOT           .subject = "root", .key = ROOT, .signer = ROOT, .ca = 1
#define A_CA1            .subject = "ca1", .issuer = "root", .key = CA1, .signer = ROOT, .ca = 1
#define A_CA2            .subject = "ca2", .issuer = "ca1", .key = CA2, .signer = CA1, .ca = 1
#define A_LEAF_OF(name, number)                                                                    \
    .subject = "leaf", .issuer = (name), .key = LEAF, .signer = (number), .dns = "www.example.com"
#define EKU_SERVER       "30 13 06 03 551D25 04 0C 30 0A 06 08 2B06010505070301"
#define EKU_CLIENT       "30 13 06 03 551D25 04 0C 30 0A 06 08 2B06010505070302"
#define EKU_CODE         "30 13 06 03 551D25 04 0C 30 0A 06 08 2B06010505070303"
#define EKU_ANY          "30 0F 06 03 551D25 04 08 30 06 06 04 551D2500"
#define UNKNOWN_CRITICAL "30 0C 06 03 551D63 01 01 FF 04 02 0500"

static int forget(void **state)
{
    (void)state;
    test_forget();
    return 0;
}

/* A question to sslr_x509_verify; zero means the usual. */
typedef struct Question {
    Bytes       chain[MAX_CHAIN_CERTIFICATES];
    size_t      count;
    Bytes       anchors[4], intermediates[4];
    size_t      anchor_count, intermediate_count;
    uint32_t    flags;
    int64_t     now;
    int         client;
    uint8_t     key_usage;
    const char *host;
} Question;

static Verdict ask(const Question *question)
{
    SSLTrust *trust = make_trust(question->anchors, question->anchor_count, question->intermediates,
                                 question->intermediate_count, question->flags);
    VerifyRequest request;
    Verdict       verdict;

    memset(&request, 0, sizeof request);
    request.chain       = question->chain;
    request.count       = question->count;
    request.trust       = trust;
    request.now         = question->now != 0 ? question->now : TEST_NOW;
    request.server      = !question->client;
    request.key_usage   = question->key_usage;
    request.host        = question->host;
    request.host_length = question->host != NULL ? strlen(question->host) : 0;
    verdict             = sslr_x509_verify(&request);
    SSLDeleteTrust(trust);
    assert_non_null(verdict.rule);
    return verdict;
}

static void expect(const char *what, const Question *question, SSLErr err, int certificate)
{
    Verdict verdict = ask(question);

    if (verdict.err != err || verdict.certificate != certificate) {
        print_error("%s: got %d at %d (%s), not %d at %d\n", what, verdict.err, verdict.certificate,
                    verdict.rule, err, certificate);
    }
    assert_int_equal(verdict.err, err);
    assert_int_equal(verdict.certificate, certificate);
}

/* leaf, ca1 and root as given; the root is the anchor and not sent. */
static Question chain_of(Bytes root, Bytes ca1, Bytes leaf)
{
    Question question;

    memset(&question, 0, sizeof question);
    question.chain[0]     = leaf;
    question.chain[1]     = ca1;
    question.count        = ca1.length > 0 ? 2 : 1;
    question.anchors[0]   = root;
    question.anchor_count = 1;
    return question;
}

static void usual_chains_hold(void **state)
{
    Bytes    root = CERTIFICATE(A_ROOT), ca1 = CERTIFICATE(A_CA1), ca2 = CERTIFICATE(A_CA2);
    Question question;

    (void)state;
    question = chain_of(root, bytes_of(NULL, 0), CERTIFICATE(A_LEAF_OF("root", ROOT)));
    expect("directly under the anchor", &question, SSLNoErr, -1);
    question.host = "www.example.com";
    expect("host", &question, SSLNoErr, -1);
    question.host = "other.example.com";
    expect("other host", &question, X509HostNameErr, 0);

    question = chain_of(root, ca1, CERTIFICATE(A_LEAF_OF("ca1", CA1)));
    expect("one intermediate", &question, SSLNoErr, -1);
    question.chain[0] = CERTIFICATE(A_LEAF_OF("ca2", CA2));
    expect("one missing", &question, X509UnknownIssuerErr, 0);
    question.intermediates[0]   = ca2;
    question.intermediate_count = 1;
    expect("the missing one is ours", &question, SSLNoErr, -1);
    question.intermediate_count = 0;
    question.chain[2]           = ca2;
    question.count              = 3;
    expect("in the wrong order", &question, SSLNoErr, -1);
    question.chain[3] = root;
    question.chain[4] = ca2;
    question.chain[5] = question.chain[0];
    question.chain[6] = bytes_of("nonsense", 8);
    question.chain[7] = CERTIFICATE(A_LEAF_OF("elsewhere", OTHER));
    question.count    = 8;
    expect("with the root, doubles, nonsense and a stranger", &question, SSLNoErr, -1);
    question.anchors[0] = ca2;
    expect("the anchor is an intermediate", &question, SSLNoErr, -1);
    question.anchors[0] = CERTIFICATE(.subject = "root", .key = OTHER, .signer = OTHER, .ca = 1);
    expect("anchor of that name with another key", &question, X509BadSignatureErr, 3);
    question.anchors[0] = CERTIFICATE(.subject = "nobody", .key = ROOT, .signer = ROOT, .ca = 1);
    expect("anchor of another name", &question, X509UnknownIssuerErr, 3);
    question.count = 0;
    expect("nothing", &question, X509CertChainInvalidErr, -1);
    question.count    = 1;
    question.chain[0] = bytes_of("nonsense", 8);
    expect("nonsense", &question, ASNBadEncodingErr, 0);
}

static void anchors_are_judged_by_dates_and_limits_not_by_signature(void **state)
{
    Bytes    leaf = CERTIFICATE(A_LEAF_OF("root", ROOT)), none = bytes_of(NULL, 0);
    Bytes    leaf1 = CERTIFICATE(A_LEAF_OF("ca1", CA1)), ca1 = CERTIFICATE(A_CA1);
    Question question;

    (void)state;
#define ROOT_IS(...) question = chain_of(CERTIFICATE(__VA_ARGS__), none, leaf)
    ROOT_IS(A_ROOT, .signature_hex = "03 03 00 30 00");
    expect("broken self-signature", &question, SSLNoErr, -1);
    ROOT_IS(.subject = "root", .key = ROOT, .version_hex = "");
    expect("v1 anchor", &question, SSLNoErr, -1);
    ROOT_IS(.subject = "root", .key = ROOT);
    expect("v3 anchor that is no CA", &question, X509NotCAErr, -1);
    ROOT_IS(A_ROOT, .not_after = "210101000000Z");
    expect("expired", &question, X509ExpiredErr, -1);
    question.flags = SSL_TrustIgnoreDates;
    expect("dates ignored", &question, SSLNoErr, -1);
    ROOT_IS(A_ROOT, .not_before = "390101000000Z");
    expect("not yet valid", &question, X509NotYetValidErr, -1);
    ROOT_IS(A_ROOT, .extensions_hex = "30 0B 06 03 551D0F 04 04 03020102");
    expect("may sign CRLs only", &question, X509KeyUsageErr, -1);
    ROOT_IS(A_ROOT, .extensions_hex = UNKNOWN_CRITICAL);
    expect("unknown critical extension", &question, X509CriticalExtensionErr, -1);
    ROOT_IS(A_ROOT, .extensions_hex = EKU_CODE);
    expect("purposes of an anchor are ignored", &question, SSLNoErr, -1);
    question = chain_of(CERTIFICATE(A_ROOT, .path_length_plus_1 = 1), ca1, leaf1);
    expect("path length 0, one intermediate", &question, X509PathTooLongErr, -1);
    question = chain_of(CERTIFICATE(A_ROOT, .path_length_plus_1 = 2), ca1, leaf1);
    expect("path length 1, one intermediate", &question, SSLNoErr, -1);
}

static void the_leaf_itself_may_be_trusted(void **state)
{
    Bytes    self  = CERTIFICATE(.subject = "leaf", .issuer = "leaf", .key = LEAF, .signer = LEAF,
                                 .dns = "www.example.com");
    Bytes    again = CERTIFICATE(.subject = "leaf", .issuer = "leaf", .key = LEAF, .signer = LEAF,
                                 .dns = "www.example.com", .serial_hex = "02 01 02");
    Bytes    root  = CERTIFICATE(A_ROOT);
    Question question;

    (void)state;
    question = chain_of(root, bytes_of(NULL, 0), self);
    expect("self-signed and unknown", &question, X509UnknownIssuerErr, 0);
    question.anchors[0] = self;
    expect("identical", &question, SSLNoErr, -1);
    question.host = "other";
    expect("the host counts", &question, X509HostNameErr, 0);
    question.host = NULL;
    question.now  = 2500000000;
    expect("dates count", &question, X509ExpiredErr, 0);
    question.now      = 0;
    question.chain[0] = again;
    expect("another certificate of that name and key", &question, X509UnknownIssuerErr, 0);
    question =
        chain_of(root, bytes_of(NULL, 0),
                 CERTIFICATE(.subject = "below", .issuer = "leaf", .key = OTHER, .signer = LEAF));
    question.anchors[1]   = self;
    question.anchor_count = 2;
    expect("a trusted server is no authority", &question, X509NotCAErr, -1);
}

static void leaves(void **state)
{
    Bytes    root = CERTIFICATE(A_ROOT), none = bytes_of(NULL, 0);
    Question question;

    (void)state;
#define LEAF_IS(...)                                                                               \
    question = chain_of(root, none, CERTIFICATE(A_LEAF_OF("root", ROOT), __VA_ARGS__))
    LEAF_IS(.not_after = "210101000000Z");
    expect("expired", &question, X509ExpiredErr, 0);
    question.host = "other";
    expect("expired and for others: the worse is said", &question, X509HostNameErr, 0);
    LEAF_IS(.not_before = "390101000000Z");
    expect("not yet valid", &question, X509NotYetValidErr, 0);
    LEAF_IS(.not_before = "390101000000Z", .not_after = "210101000000Z");
    expect("never valid", &question, X509NotYetValidErr, 0);
    LEAF_IS(.not_before = "231114221320Z"); /* TEST_NOW */
    expect("valid from this second", &question, SSLNoErr, -1);
    question.now = TEST_NOW - 1;
    expect("... and not before", &question, X509NotYetValidErr, 0);
    LEAF_IS(.not_after = "231114221320Z");
    expect("valid to this second", &question, SSLNoErr, -1);
    question.now = TEST_NOW + 1;
    expect("... and not after", &question, X509ExpiredErr, 0);
    LEAF_IS(.forged = 1);
    expect("signed by another key", &question, X509BadSignatureErr, 0);
    LEAF_IS(.extensions_hex = UNKNOWN_CRITICAL);
    expect("unknown critical extension", &question, X509CriticalExtensionErr, 0);
    LEAF_IS(.extensions_hex = EKU_SERVER);
    expect("server", &question, SSLNoErr, -1);
    question.client = 1;
    expect("server as client", &question, X509WrongPurposeErr, 0);
    LEAF_IS(.extensions_hex = EKU_CLIENT);
    expect("client as server", &question, X509WrongPurposeErr, 0);
    question.client = 1;
    expect("client", &question, SSLNoErr, -1);
    LEAF_IS(.extensions_hex = EKU_ANY);
    expect("any purpose", &question, X509WrongPurposeErr, 0);
    LEAF_IS(.extensions_hex = "30 0B 06 03 551D0F 04 04 03020640"); /* nonRepudiation */
    question.key_usage = KEY_USAGE_DIGITAL_SIGNATURE;
    expect("key usage", &question, X509KeyUsageErr, 0);
    LEAF_IS(.extensions_hex = "30 0B 06 03 551D0F 04 04 030205A0");
    question.key_usage = KEY_USAGE_DIGITAL_SIGNATURE;
    expect("signature and encipherment", &question, SSLNoErr, -1);
    question.key_usage = KEY_USAGE_KEY_AGREEMENT;
    expect("no agreement", &question, X509KeyUsageErr, 0);
    LEAF_IS(.serial_hex = NULL);
    question.key_usage = KEY_USAGE_KEY_AGREEMENT;
    expect("without key usage everything", &question, SSLNoErr, -1);
    LEAF_IS(.extensions_hex = "30 11 06 09 6086480186F8420101 04 04 03020640");
    expect("Netscape server", &question, SSLNoErr, -1);
    question.client = 1;
    expect("Netscape server as client", &question, X509WrongPurposeErr, 0);
    LEAF_IS(.extensions_hex = "30 11 06 09 6086480186F8420101 04 04 03020780" EKU_SERVER);
    expect("extended key usage counts more", &question, SSLNoErr, -1);
    LEAF_IS(.ca = 1);
    expect("a CA may be a leaf", &question, SSLNoErr, -1);
    LEAF_IS(.extensions_hex = "30 0F 06 03 551D1E 04 08 3006 A004 3002 8200");
    expect("name constraints of a leaf mean nothing", &question, SSLNoErr, -1);
    LEAF_IS(.spki_hex = "30 2A 30 05 06 03 2B656E 03 21 00 "
                        "D75A980182B10AB7D54BFED3C964073A0EE172F3DAA62325AF021A68F707511A");
    expect("a key that cannot sign", &question, X509BadKeyErr, 0);
    question = chain_of(
        root, none, CERTIFICATE(.version_hex = "", .issuer = "root", .signer = ROOT, .key = LEAF));
    expect("version 1", &question, SSLNoErr, -1);
}

static void intermediates(void **state)
{
    Bytes    root = CERTIFICATE(A_ROOT), leaf = CERTIFICATE(A_LEAF_OF("ca1", CA1));
    Question question;

    (void)state;
#define CA_IS(...) question = chain_of(root, CERTIFICATE(__VA_ARGS__), leaf)
#define NOT_A_CA   .subject = "ca1", .issuer = "root", .key = CA1, .signer = ROOT
    CA_IS(NOT_A_CA);
    expect("no basic constraints", &question, X509NotCAErr, 1);
    CA_IS(NOT_A_CA, .extensions_hex = "30 09 06 03 551D13 04 02 3000");
    expect("cA false", &question, X509NotCAErr, 1);
    CA_IS(NOT_A_CA, .version_hex = "");
    expect("version 1", &question, X509NotCAErr, 1);
    CA_IS(A_CA1, .not_after = "210101000000Z");
    expect("expired", &question, X509ExpiredErr, 1);
    question.flags = SSL_TrustIgnoreDates;
    expect("dates ignored", &question, SSLNoErr, -1);
    CA_IS(A_CA1, .not_before = "390101000000Z");
    expect("not yet valid", &question, X509NotYetValidErr, 1);
    CA_IS(A_CA1, .not_after = "210101000000Z", .forged = 1);
    expect("expired and forged: forged is said", &question, X509BadSignatureErr, 1);
    CA_IS(A_CA1, .extensions_hex = "30 0B 06 03 551D0F 04 04 03020102");
    expect("may not sign certificates", &question, X509KeyUsageErr, 1);
    CA_IS(A_CA1, .extensions_hex = UNKNOWN_CRITICAL);
    expect("unknown critical extension", &question, X509CriticalExtensionErr, 1);
    CA_IS(A_CA1, .extensions_hex = EKU_SERVER);
    expect("for servers", &question, SSLNoErr, -1);
    CA_IS(A_CA1, .extensions_hex = EKU_ANY);
    expect("for anything", &question, SSLNoErr, -1);
    CA_IS(A_CA1, .extensions_hex = EKU_CODE);
    expect("for code", &question, X509WrongPurposeErr, 1);
    CA_IS(A_CA1, .extensions_hex = "30 11 06 09 6086480186F8420101 04 04 03020204");
    expect("Netscape SSL CA", &question, SSLNoErr, -1);
    CA_IS(A_CA1, .extensions_hex = "30 11 06 09 6086480186F8420101 04 04 03020102");
    expect("Netscape mail CA", &question, X509WrongPurposeErr, 1);
    CA_IS(A_CA1, .extensions_hex = "30 0F 06 03 551D1E 04 08 3006 A004 3002 8200");
    expect("name constraints that permit every name", &question, SSLNoErr, -1);
    CA_IS(A_CA1, .extensions_hex = "30 0C 06 03 551D24 04 05 3003 800100");
    expect("policy constraints, and no policy", &question, X509PolicyErr, 0);
    CA_IS(A_CA1, .forged = 1);
    expect("forged", &question, X509BadSignatureErr, 1);
    CA_IS(NOT_A_CA, .ca = 1, .path_length_plus_1 = 1);
    expect("path length 0 before a leaf", &question, SSLNoErr, -1);
    CA_IS(A_CA1, .spki_hex = "30 2A 30 05 06 03 2B656E 03 21 00 "
                             "D75A980182B10AB7D54BFED3C964073A0EE172F3DAA62325AF021A68F707511A");
    expect("a key that cannot sign", &question, X509BadKeyErr, 1);
    CA_IS(A_CA1, .serial_hex = "02 00");
    expect("unparsable: as if absent", &question, X509UnknownIssuerErr, 0);
    question.intermediates[0]   = CERTIFICATE(A_CA1, .not_after = "210101000000Z");
    question.intermediate_count = 1;
    expect("ours has no place in the chain", &question, X509ExpiredErr, -1);
}

static void path_lengths(void **state)
{
    Bytes    root = CERTIFICATE(A_ROOT), ca2 = CERTIFICATE(A_CA2);
    Question question = chain_of(root, CERTIFICATE(A_CA1, .path_length_plus_1 = 1),
                                 CERTIFICATE(A_LEAF_OF("ca2", CA2)));

    (void)state;
    question.chain[2] = ca2;
    question.count    = 3;
    expect("path length 0, then a CA", &question, X509PathTooLongErr, 1);
    question.chain[1] = CERTIFICATE(A_CA1, .path_length_plus_1 = 2);
    expect("path length 1, then a CA", &question, SSLNoErr, -1);
    question.chain[0] = CERTIFICATE(A_CA2, .dns = "www.example.com");
    question.chain[1] = CERTIFICATE(A_CA1, .path_length_plus_1 = 1);
    question.count    = 2;
    expect("path length 0, the leaf is a CA", &question, SSLNoErr, -1);

    /* a self-issued CA does not count: key change of ca1 */
    question = chain_of(root, CERTIFICATE(A_CA1, .path_length_plus_1 = 1),
                        CERTIFICATE(A_LEAF_OF("ca1", CA2)));
    question.chain[2] =
        CERTIFICATE(.subject = "ca1", .issuer = "ca1", .key = CA2, .signer = CA1, .ca = 1);
    question.count = 3;
    expect("path length 0, then a self-issued CA", &question, SSLNoErr, -1);
}

/* A line of authorities, the first under the root, each under the one before. */
static Question long_chain(int intermediates)
{
    static char names[20][8];
    Question    question;
    int         i;

    memset(&question, 0, sizeof question);
    question.anchors[0]   = CERTIFICATE(A_ROOT);
    question.anchor_count = 1;
    for (i = 1; i <= intermediates; i++) {
        sprintf(names[i], "line%d", i);
        question.chain[i] =
            CERTIFICATE(.subject = names[i], .issuer = i == 1 ? "root" : names[i - 1],
                        .key = 10 + i, .signer = i == 1 ? ROOT : 9 + i, .ca = 1);
    }
    question.chain[0] = CERTIFICATE(A_LEAF_OF(names[intermediates], 10 + intermediates));
    question.count    = (size_t)intermediates + 1;
    return question;
}

static void the_depth_is_limited(void **state)
{
    Question question = long_chain(8);

    (void)state;
    expect("eight intermediates", &question, SSLNoErr, -1);
    question = long_chain(9);
    expect("nine intermediates", &question, X509PathTooLongErr, 1);
}

static void the_depth_can_be_set(void **state)
{
    Question      question = long_chain(15);
    TestMemory    memory;
    SSLAllocator  allocator = test_allocator(&memory);
    SSLTrustSpec  spec;
    SSLTrust     *trust;
    VerifyRequest request;

    (void)state;
    memset(&spec, 0, sizeof spec);
    memset(&request, 0, sizeof request);
    spec.anchors.data   = (uint8 *)question.anchors[0].data;
    spec.anchors.length = (uint32)question.anchors[0].length;
    spec.maxDepth       = 16;
    assert_int_equal(SSLCreateTrust(&allocator, &spec, &trust, NULL), SSLNoErr);
    request.chain  = question.chain;
    request.count  = question.count;
    request.trust  = trust;
    request.now    = TEST_NOW;
    request.server = 1;
    assert_int_equal(sslr_x509_verify(&request).err, SSLNoErr);
    SSLDeleteTrust(trust);
    assert_int_equal(memory.held, 0);
}

static void other_ways_are_tried(void **state)
{
    Bytes    root = CERTIFICATE(A_ROOT), ca1 = CERTIFICATE(A_CA1);
    Bytes    leaf = CERTIFICATE(A_LEAF_OF("ca1", CA1));
    Question question;

    (void)state;
    question          = chain_of(root, CERTIFICATE(A_CA1, .not_after = "210101000000Z"), leaf);
    question.chain[2] = ca1;
    question.count    = 3;
    expect("the first of one name has expired", &question, SSLNoErr, -1);
    question.chain[1] =
        CERTIFICATE(.subject = "ca1", .issuer = "root", .key = OTHER, .signer = ROOT, .ca = 1);
    expect("the first of one name has another key", &question, SSLNoErr, -1);
    question.chain[1] =
        CERTIFICATE(.subject = "ca1", .issuer = "nobody", .key = CA1, .signer = OTHER, .ca = 1);
    expect("the first of one name and key leads nowhere", &question, SSLNoErr, -1);
    question.anchors[1]   = CERTIFICATE(.subject = "ca1", .key = OTHER, .signer = OTHER, .ca = 1);
    question.anchor_count = 2;
    expect("an anchor of that name has another key", &question, SSLNoErr, -1);
    question.chain[1] = CERTIFICATE(A_CA1, .forged = 1);
    expect("the first is forged", &question, SSLNoErr, -1);

    /* the root of another signed by ours, and ours by it: a loop with a way out */
    question =
        chain_of(root, CERTIFICATE(.subject = "a", .issuer = "b", .key = 20, .signer = 21, .ca = 1),
                 CERTIFICATE(A_LEAF_OF("a", 20)));
    question.chain[2] =
        CERTIFICATE(.subject = "b", .issuer = "a", .key = 21, .signer = 20, .ca = 1);
    question.count = 3;
    expect("loop without a way out", &question, X509UnknownIssuerErr, 2);
    question.chain[3] =
        CERTIFICATE(.subject = "b", .issuer = "root", .key = 21, .signer = ROOT, .ca = 1);
    question.count = 4;
    expect("loop with a way out", &question, SSLNoErr, -1);
}

static void key_identifiers_are_hints(void **state)
{
    Bytes    root     = CERTIFICATE(A_ROOT, .subject_key_id = 7);
    Question question = chain_of(root, bytes_of(NULL, 0),
                                 CERTIFICATE(A_LEAF_OF("root", ROOT), .authority_key_id = 9));

    (void)state;
    expect("another key id", &question, SSLNoErr, -1);
    question.chain[0] = CERTIFICATE(A_LEAF_OF("root", ROOT), .authority_key_id = 7);
    expect("the same key id", &question, SSLNoErr, -1);
}

static void names_chain_as_rfc_5280_compares_them(void **state)
{
    /* "Big  CA" as PrintableString in the CA, " big ca" as UTF8String in the leaf */
    Bytes root = CERTIFICATE(.subject_hex = "30 12 31 10 30 0E 06 03 550403 13 07 42696720204341",
                             .key = ROOT, .signer = ROOT, .ca = 1);
    Question question =
        chain_of(root, bytes_of(NULL, 0),
                 CERTIFICATE(.issuer_hex = "30 12 31 10 30 0E 06 03 550403 0C 07 20626967206361",
                             .signer = ROOT, .key = LEAF));

    (void)state;
    expect("case, spaces, string type", &question, SSLNoErr, -1);
    question.chain[0] =
        CERTIFICATE(.issuer_hex = "30 11 31 0F 30 0D 06 03 550403 0C 06 626967636120",
                    .signer = ROOT, .key = LEAF);
    expect("no space", &question, X509UnknownIssuerErr, 0);
}

/* A crowd of authorities that all certify each other. */
static void work_is_bounded(void **state)
{
    Question question;
    int      i;

    (void)state;
    memset(&question, 0, sizeof question);
    question.anchors[0]   = CERTIFICATE(A_ROOT);
    question.anchor_count = 1;
    for (i = 1; i < 16; i++) { /* same name, other keys: every one could be the issuer of each */
        question.chain[i] = CERTIFICATE(.subject = "crowd", .issuer = "crowd", .key = 30 + i,
                                        .signer = 30, .ca = 1);
    }
    question.chain[0] = CERTIFICATE(A_LEAF_OF("crowd", 30));
    question.count    = 16;
    expect("a crowd without a way out", &question, X509TooComplexErr, -1);

    for (i = 1; i < 16; i++) { /* all of them under the root by name, none by signature */
        question.chain[i] = CERTIFICATE(.subject = "crowd", .issuer = "root", .key = 30 + i,
                                        .signer = OTHER, .ca = 1);
    }
    expect("a crowd of forgeries", &question, X509BadSignatureErr, 1);
    for (i = 1; i < 16; i++) { /* good ones, but the leaf is by nobody of them */
        question.chain[i] = CERTIFICATE(.subject = "crowd", .issuer = "root", .key = 30 + i,
                                        .signer = ROOT, .ca = 1);
    }
    expect("a crowd of others", &question, X509TooComplexErr, -1);
}

static void a_pinned_key_needs_no_chain(void **state)
{
    Bytes           leaf = CERTIFICATE(A_LEAF_OF("nobody", OTHER), .not_after = "210101000000Z");
    uint8_t         pins[64];
    TestMemory      memory;
    SSLAllocator    allocator = test_allocator(&memory);
    SSLTrustSpec    spec;
    SSLTrust       *trust;
    VerifyRequest   request;
    X509Certificate certificate;

    (void)state;
    memset(&spec, 0, sizeof spec);
    memset(&request, 0, sizeof request);
    memset(pins, 0x55, 32);
    assert_int_equal(sslr_x509_parse(leaf, &certificate, NULL), SSLNoErr);
    sslr_hash(HASH_SHA256, certificate.spki.data, certificate.spki.length, pins + 32);
    spec.pinnedKeys.data   = pins;
    spec.pinnedKeys.length = 64;
    assert_int_equal(SSLCreateTrust(&allocator, &spec, &trust, NULL), SSLNoErr);
    assert_int_equal(sslr_trust_needs_time(trust), 0);
    request.chain  = &leaf;
    request.count  = 1;
    request.trust  = trust;
    request.server = 1;
    assert_int_equal(sslr_x509_verify(&request).err, SSLNoErr);
    request.host        = "www.example.com";
    request.host_length = 15;
    assert_int_equal(sslr_x509_verify(&request).err, SSLNoErr);
    request.host_length = 14;
    assert_int_equal(sslr_x509_verify(&request).err, X509HostNameErr);
    request.host = NULL;
    leaf         = CERTIFICATE(A_LEAF_OF("nobody", OTHER), .new_key = CA2);
    assert_int_equal(sslr_x509_verify(&request).err, X509UnknownIssuerErr);
    SSLDeleteTrust(trust);
    spec.pinnedKeys.length = 33;
    assert_int_equal(SSLCreateTrust(&allocator, &spec, &trust, NULL), SSLBadParameterErr);
    assert_null(trust);
    assert_int_equal(memory.held, 0);
}

/* ---- signatures ---- */

static void signature_forms(void **state)
{
    Bytes    root = CERTIFICATE(A_ROOT), none = bytes_of(NULL, 0);
    Question question;

    (void)state;
    LEAF_IS(.algorithm_hex = "30 0C 06 08 2A8648CE3D040302 05 00");
    expect("ECDSA with NULL", &question, X509BadSignatureErr, 0);
    LEAF_IS(.algorithm_hex = "30 0A 06 08 2A8648CE3D040303");
    expect("another hash than was used", &question, X509BadSignatureErr, 0);
    LEAF_IS(.algorithm_hex = "30 09 06 07 2A8648CE3D0401");
    expect("SHA-1", &question, X509WeakSignatureErr, 0);
    LEAF_IS(.algorithm_hex = "30 0D 06 09 2A864886F70D010104 05 00");
    question.flags = SSL_TrustAllowSHA1;
    expect("MD5", &question, X509WeakSignatureErr, 0);
    question.flags = SSL_TrustAllowMD5;
    expect("MD5 allowed, RSA by an EC key", &question, X509BadSignatureErr, 0);
    LEAF_IS(.algorithm_hex = "30 0D 06 09 2A864886F70D01010B 05 00");
    expect("RSA by an EC key", &question, X509BadSignatureErr, 0);
    LEAF_IS(.algorithm_hex = "30 05 06 03 2B6570");
    expect("Ed25519 by an EC key", &question, X509BadSignatureErr, 0);
    LEAF_IS(.algorithm_hex = "30 05 06 03 2B6571");
    expect("Ed448", &question, SSLUnsupportedErr, 0);
    LEAF_IS(.algorithm_hex = "30 0B 06 09 2A864886F70D01010A");
    expect("PSS without parameters", &question, SSLUnsupportedErr, 0);
    LEAF_IS(.signature_hex = "03 09 00 30 06 02 01 00 02 01 00");
    expect("r = s = 0", &question, X509BadSignatureErr, 0);
    LEAF_IS(.signature_hex = "03 01 00");
    expect("empty", &question, X509BadSignatureErr, 0);
}

/* chain KIND-leaf, KIND-inter under KIND-root */
static Question file_chain(const char *leaf, const char *inter, const char *root)
{
    Question question = chain_of(read_test_file(root), read_test_file(inter), read_test_file(leaf));
    X509Certificate certificate;

    assert_int_equal(sslr_x509_parse(question.chain[0], &certificate, NULL), SSLNoErr);
    question.now = certificate.not_before + 86400;
    return question;
}

static void every_algorithm_verifies(void **state)
{
    static const char *const kinds[] = {"rsa",  "pssrsa", "rsapss",  "restricted", "p256",
                                        "p384", "p521",   "ed25519", "dsa"};
    size_t                   i;
    char                     leaf[40], inter[40], root[40];
    Question                 question;

    (void)state;
    for (i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        sprintf(leaf, "%s-leaf.der", kinds[i]);
        sprintf(inter, "%s-inter.der", kinds[i]);
        sprintf(root, "%s-root.der", kinds[i]);
        question           = file_chain(leaf, inter, root);
        question.host      = "www.example.com";
        question.key_usage = KEY_USAGE_DIGITAL_SIGNATURE;
        expect(kinds[i], &question, SSLNoErr, -1);
        question.key_usage = KEY_USAGE_KEY_ENCIPHERMENT;
        expect(kinds[i], &question, X509KeyUsageErr, 0);
        question.chain[1] = with_byte(question.chain[1], question.chain[1].length - 1,
                                      question.chain[1].data[question.chain[1].length - 1] ^ 1);
        expect(kinds[i], &question, X509BadSignatureErr, 1);
    }
    question = file_chain("sha512-leaf.der", "rsa-inter.der", "rsa-root.der");
    expect("RSA with SHA-512", &question, SSLNoErr, -1);
}

static void weak_algorithms_need_a_switch(void **state)
{
    Question question = file_chain("sha1-leaf.der", "rsa-inter.der", "rsa-root.der");

    (void)state;
    expect("SHA-1", &question, X509WeakSignatureErr, 0);
    question.flags = SSL_TrustAllowSHA1;
    expect("SHA-1 allowed", &question, SSLNoErr, -1);
    question       = file_chain("md5-leaf.der", "rsa-inter.der", "rsa-root.der");
    question.flags = SSL_TrustAllowSHA1;
    expect("MD5", &question, X509WeakSignatureErr, 0);
    question.flags = SSL_TrustAllowMD5;
    expect("MD5 allowed", &question, SSLNoErr, -1);
    question = file_chain("short-leaf.der", "rsa-inter.der", "rsa-root.der");
    expect("RSA of 1024 bits", &question, X509WeakKeyErr, 0);
    question.flags = SSL_TrustAllowShortKeys;
    expect("RSA of 1024 bits allowed", &question, SSLNoErr, -1);
}

static void keys_restricted_to_pss_verify_nothing_else(void **state)
{
    X509Certificate restricted, rsa, pss, pss384;
    X509Certificate plain;

    (void)state;
    assert_int_equal(sslr_x509_parse(read_test_file("restricted-inter.der"), &restricted, NULL),
                     SSLNoErr);
    assert_int_equal(sslr_x509_parse(read_test_file("rsa-inter.der"), &rsa, NULL), SSLNoErr);
    assert_int_equal(sslr_x509_parse(read_test_file("rsapss-inter.der"), &pss, NULL), SSLNoErr);
    assert_int_equal(sslr_x509_parse(read_test_file("pssrsa-inter.der"), &pss384, NULL), SSLNoErr);
    plain = rsa;
    assert_int_equal(sslr_x509_check_signature(&rsa, &plain.key, 0), SSLNoErr);
    plain.key.type = KEY_RSA_PSS; /* PKCS#1 1.5 under a PSS key */
    assert_int_equal(sslr_x509_check_signature(&rsa, &plain.key, 0), X509BadSignatureErr);
    assert_int_equal(sslr_x509_check_signature(&pss384, &plain.key, 0), SSLNoErr);
    plain.key.pss_hash = HASH_SHA256; /* SHA-384 under a key for SHA-256 */
    assert_int_equal(sslr_x509_check_signature(&pss384, &plain.key, 0), X509BadSignatureErr);
    plain.key.pss_hash = HASH_SHA384;
    plain.key.pss_salt = 48;
    assert_int_equal(sslr_x509_check_signature(&pss384, &plain.key, 0), SSLNoErr);
    plain.key.pss_salt = 49; /* a salt that is too short for the key */
    assert_int_equal(sslr_x509_check_signature(&pss384, &plain.key, 0), X509BadSignatureErr);
    assert_int_equal(sslr_x509_check_signature(&restricted, &restricted.key, 0), SSLNoErr);
    restricted.key.pss_salt = 33;
    assert_int_equal(sslr_x509_check_signature(&restricted, &restricted.key, 0),
                     X509BadSignatureErr);
}

static void cross_signed_roots(void **state)
{
    Question question = file_chain("p256-leaf.der", "p256-inter.der", "rsa-root.der");

    (void)state;
    expect("the other root alone", &question, X509UnknownIssuerErr, 1);
    question.chain[2] = read_test_file("p256-cross.der");
    question.count    = 3;
    expect("with the cross certificate", &question, SSLNoErr, -1);
    question.chain[3] = read_test_file("rsa-cross.der");
    question.count    = 4;
    expect("with both", &question, SSLNoErr, -1);
    question.anchors[0] = read_test_file("ed25519-root.der");
    expect("round in circles", &question, X509UnknownIssuerErr, 3);
}

/* ---- the manual's check ---- */

static void consistency_of_a_chain(void **state)
{
    Bytes   chain[4];
    Verdict verdict;

    (void)state;
    chain[0] = CERTIFICATE(A_LEAF_OF("ca1", CA1), .not_after = "210101000000Z");
    chain[1] = CERTIFICATE(NOT_A_CA); /* consistency asks for no more than names and signatures */
    chain[2] = CERTIFICATE(A_ROOT);
    assert_int_equal(sslr_x509_check_chain(chain, 3).err, SSLNoErr);
    assert_int_equal(sslr_x509_check_chain(chain, 1).err, SSLNoErr);
    assert_int_equal(sslr_x509_check_chain(chain, 0).err, X509CertChainInvalidErr);
    chain[1] = CERTIFICATE(A_ROOT);
    verdict  = sslr_x509_check_chain(chain, 2);
    assert_int_equal(verdict.err, X509NamesNotEqualErr);
    assert_int_equal(verdict.certificate, 0);
    chain[1] = CERTIFICATE(NOT_A_CA, .forged = 1);
    verdict  = sslr_x509_check_chain(chain, 3);
    assert_int_equal(verdict.err, X509CertChainInvalidErr);
    assert_int_equal(verdict.certificate, 1);
    chain[1] = bytes_of("0", 1);
    verdict  = sslr_x509_check_chain(chain, 3);
    assert_int_equal(verdict.err, ASNBadEncodingErr);
    assert_int_equal(verdict.certificate, 1);
    chain[0] = read_test_file("sha1-leaf.der");
    chain[1] = read_test_file("rsa-inter.der");
    chain[2] = read_test_file("rsa-root.der");
    assert_int_equal(sslr_x509_check_chain(chain, 3).err, SSLNoErr);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(usual_chains_hold, forget),
        cmocka_unit_test_teardown(anchors_are_judged_by_dates_and_limits_not_by_signature, forget),
        cmocka_unit_test_teardown(the_leaf_itself_may_be_trusted, forget),
        cmocka_unit_test_teardown(leaves, forget),
        cmocka_unit_test_teardown(intermediates, forget),
        cmocka_unit_test_teardown(path_lengths, forget),
        cmocka_unit_test_teardown(the_depth_is_limited, forget),
        cmocka_unit_test_teardown(the_depth_can_be_set, forget),
        cmocka_unit_test_teardown(other_ways_are_tried, forget),
        cmocka_unit_test_teardown(key_identifiers_are_hints, forget),
        cmocka_unit_test_teardown(names_chain_as_rfc_5280_compares_them, forget),
        cmocka_unit_test_teardown(work_is_bounded, forget),
        cmocka_unit_test_teardown(a_pinned_key_needs_no_chain, forget),
        cmocka_unit_test_teardown(signature_forms, forget),
        cmocka_unit_test_teardown(every_algorithm_verifies, forget),
        cmocka_unit_test_teardown(weak_algorithms_need_a_switch, forget),
        cmocka_unit_test_teardown(keys_restricted_to_pss_verify_nothing_else, forget),
        cmocka_unit_test_teardown(cross_signed_roots, forget),
        cmocka_unit_test_teardown(consistency_of_a_chain, forget),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
