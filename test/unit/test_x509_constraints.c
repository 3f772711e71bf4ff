/*
 * test_x509_constraints.c - name constraints and policies along a path: what a CA may not issue.
 * The numbers in the names are those of the list of cases that the rules were taken from.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "x509_builder.h"

enum { /* test keys */
    ROOT,
    CA1,
    CA2,
    LEAF
};

#define SERVER_TIME TEST_NOW

/* ---- names and constraints as text: "dns:a.example mail:b@c ip:7F000001 uri:http://h/ dir:name
 * other:OID-hex rid:hex", those of constraints with + (permitted) or - (excluded) in front ---- */

static void build_general_name(Build *build, const char *kind, const char *text)
{
    static const struct {
        const char *kind;
        uint8_t     tag;
        int         form; /* 0 text, 1 hex, 2 a Name */
    } kinds[] = {{"mail", 0x81, 0}, {"dns", 0x82, 0}, {"dir", 0xA4, 2},   {"uri", 0x86, 0},
                 {"ip", 0x87, 1},   {"rid", 0x88, 1}, {"other", 0xA0, 1}, {"dnshex", 0x82, 1}};
    size_t i, mark;

    for (i = 0; strcmp(kinds[i].kind, kind) != 0; i++) {
        assert_true(i + 1 < sizeof kinds / sizeof kinds[0]);
    }
    mark = build_open(build, kinds[i].tag);
    if (kinds[i].form == 0) {
        build_bytes(build, bytes_of(text, strlen(text)));
    } else if (kinds[i].form == 1) {
        build_hex(build, text);
    } else {
        build_name(build, text);
    }
    build_close(build, mark);
}

/* The next word as kind and text; sign (may be NULL) takes a leading + or -. */
static int next_word(const char **list, char *sign, char kind[16], char text[200])
{
    int used = 0;

    while (**list == ' ') {
        (*list)++;
    }
    if (**list == 0) {
        return 0;
    }
    if (sign != NULL) {
        *sign = *(*list)++;
    }
    text[0] = 0;
    assert_true(sscanf(*list, "%15[a-z]:%n", kind, &used) == 1 && used > 0);
    *list += used;
    if (**list != ' ' && **list != 0) {
        assert_int_equal(sscanf(*list, "%199[^ ]%n", text, &used), 1);
        *list += used;
    }
    return 1;
}

static char *hex_of(const Build *build)
{
    char  *text = (char *)malloc(2 * build->length + 1);
    size_t i;

    assert_non_null(text);
    for (i = 0; i < build->length; i++) {
        sprintf(text + 2 * i, "%02X", build->data[i]);
    }
    return text;
}

/* The extension of this OID around what is built between open and close. */
static size_t open_extension(Build *build, const char *oid, size_t marks[2])
{
    marks[0] = build_open(build, 0x30);
    build_hex(build, oid);
    marks[1] = build_open(build, 0x04);
    return build_open(build, 0x30);
}

static void close_extension(Build *build, size_t mark, const size_t marks[2])
{
    build_close(build, mark);
    build_close(build, marks[1]);
    build_close(build, marks[0]);
}

static void build_alt_names(Build *build, const char *names)
{
    char   kind[16], text[200];
    size_t marks[2], mark = open_extension(build, "06 03 551D11", marks);

    while (next_word(&names, NULL, kind, text)) {
        build_general_name(build, kind, text);
    }
    close_extension(build, mark, marks);
}

static void build_constraints(Build *build, const char *constraints)
{
    char   kind[16], text[200], sign;
    size_t marks[2], mark = open_extension(build, "06 03 551D1E", marks), list, subtree, before;
    const char *rest;
    int         i;

    for (i = 0; i < 2; i++) {
        rest   = constraints;
        before = build->length;
        list   = build_open(build, (uint8_t)(0xA0 | i));
        while (next_word(&rest, &sign, kind, text)) {
            if (sign == (i == 0 ? '+' : '-')) {
                subtree = build_open(build, 0x30);
                build_general_name(build, kind, text);
                build_close(build, subtree);
            }
        }
        build_close(build, list);
        if (build->length == before + 2) {
            build->length = before;
        }
    }
    close_extension(build, mark, marks);
}

/* ---- asking ---- */

static SSLChainResult ask(const Bytes *chain, uint32 count, Bytes root, uint32_t flags)
{
    SSLTrust       *trust = make_trust(&root, 1, NULL, 0, flags);
    SSLBuffer       certs[16];
    SSLChainRequest request;
    SSLChainResult  result;
    uint32          i;

    memset(&request, 0, sizeof request);
    for (i = 0; i < count; i++) {
        certs[i] = buffer_of(chain[i]);
    }
    request.certs     = certs;
    request.certCount = count;
    request.side      = SSL_ServerSide;
    request.time      = SERVER_TIME;
    (void)SSLVerifyChain(trust, &request, &result);
    SSLDeleteTrust(trust);
    return result;
}

static Bytes root_with(const char *extensions_hex)
{
    CertificateSpec spec = {.subject = "root", .key = ROOT, .signer = ROOT, .ca = 1};

    spec.extensions_hex = extensions_hex;
    return make_certificate(&spec);
}

static Bytes ca_with(int key, const char *name, int signer, const char *issuer,
                     const char *extensions_hex)
{
    CertificateSpec spec = {.ca = 1};

    spec.subject        = name;
    spec.issuer         = issuer;
    spec.key            = key;
    spec.signer         = signer;
    spec.extensions_hex = extensions_hex;
    return make_certificate(&spec);
}

static Bytes leaf_with(const char *subject_hex, int signer, const char *issuer,
                       const char *extensions_hex)
{
    CertificateSpec spec = {.key = LEAF};

    spec.subject_hex    = subject_hex;
    spec.signer         = signer;
    spec.issuer         = issuer;
    spec.extensions_hex = extensions_hex;
    return make_certificate(&spec);
}

static void check(const char *what, SSLChainResult result, SSLErr err, int certificate)
{
    if (result.error != err || result.certificate != certificate) {
        print_error("%s: %d at %d (%s), not %d at %d\n", what, result.error, result.certificate,
                    result.rule, err, certificate);
    }
    assert_int_equal(result.error, err);
    assert_int_equal(result.certificate, certificate);
    assert_true(err == SSLNoErr ? result.pathLength > 0 : result.pathLength == 0);
}

static int forget(void **state)
{
    (void)state;
    test_forget();
    return 0;
}

/* ---- name constraints ---- */

#define EMPTY_SUBJECT "3000"
#define MAIL_SUBJECT                                                                                     \
    "30 1C 31 1A 30 18 06 09 2A864886F70D010901 16 0B 61 40 6F 74 68 65 72 2E 63 6F 6D" /* E=a@other.com \
                                                                                         */

typedef struct ConstraintCase {
    const char *what, *constraints, *names, *subject_hex;
    uint32_t    flags;
    SSLErr      err;
} ConstraintCase;

static const ConstraintCase constraint_cases[] = {
    {"inside", "+dns:example.com", "dns:www.example.com", NULL, 0, SSLNoErr},
    {"the base itself", "+dns:example.com", "dns:EXAMPLE.com", NULL, 0, SSLNoErr},
    {"97 outside", "+dns:example.com", "dns:www.example.org", NULL, 0, X509NameConstraintErr},
    {"97 one of two outside", "+dns:example.com", "dns:a.example.com dns:b.example.org", NULL, 0,
     X509NameConstraintErr},
    {"98 label boundary", "+dns:xample.com", "dns:www.example.com", NULL, 0, X509NameConstraintErr},
    {"99 leading dot, the domain itself", "+dns:.example.com", "dns:example.com", NULL, 0,
     X509NameConstraintErr},
    {"9.2 29 leading dot, below", "+dns:.example.com", "dns:www.example.com", NULL, 0, SSLNoErr},
    {"9.2 29 base in upper case", "+dns:EXAMPLE.COM", "dns:www.example.com", NULL, 0, SSLNoErr},
    {"100 excluded", "-dns:example.com", "dns:www.example.com", NULL, 0, X509NameConstraintErr},
    {"100 empty base excludes all", "-dns:", "dns:www.example.com", NULL, 0, X509NameConstraintErr},
    {"excluded elsewhere", "-dns:example.org", "dns:www.example.com", NULL, 0, SSLNoErr},
    {"101 wildcard that can be the excluded name", "-dns:foo.example.com", "dns:*.example.com",
     NULL, 0, X509NameConstraintErr},
    {"101 wildcard that cannot", "-dns:a.foo.example.com", "dns:*.example.com", NULL, 0, SSLNoErr},
    {"101 wildcard above", "-dns:example.com", "dns:*.com", NULL, 0, X509NameConstraintErr},
    {"102 wildcard wider than permitted", "+dns:www.example.com", "dns:*.example.com", NULL, 0,
     X509NameConstraintErr},
    {"wildcard inside", "+dns:example.com", "dns:*.example.com", NULL, 0, SSLNoErr},
    {"wildcard inside, leading dot", "+dns:.example.com", "dns:*.example.com", NULL, 0, SSLNoErr},
    {"no host name while DNS is constrained", "-dns:example.org", "dns:a..example.com", NULL, 0,
     X509NameConstraintErr},
    {"NUL while DNS is constrained", "+dns:com", "dnshex:77007777772E636F6D", NULL, 0,
     X509NameConstraintErr},
    {"105 address outside", "+ip:0A000000FF000000", "ip:0B000001", NULL, 0, X509NameConstraintErr},
    {"address inside, host bits under the mask", "+ip:0A010203FF000000", "ip:0A000001", NULL, 0,
     SSLNoErr},
    {"address excluded", "-ip:0A000000FF000000", "ip:0A000001", NULL, 0, X509NameConstraintErr},
    {"107 only IPv4 permitted, IPv6 name", "+ip:0A000000FF000000",
     "ip:00000000000000000000000000000001", NULL, 0, X509NameConstraintErr},
    {"excluded IPv4, IPv6 name", "-ip:0000000000000000", "ip:00000000000000000000000000000001",
     NULL, 0, SSLNoErr},
    {"108 mail at another host", "+mail:example.com", "mail:a@x.example.com", NULL, 0,
     X509NameConstraintErr},
    {"mail at the host", "+mail:example.com", "mail:a@EXAMPLE.com", NULL, 0, SSLNoErr},
    {"109 mail at the domain itself", "+mail:.example.com", "mail:a@example.com", NULL, 0,
     X509NameConstraintErr},
    {"mail below the domain", "+mail:.example.com", "mail:a@x.example.com", NULL, 0, SSLNoErr},
    {"110 mailbox in another case", "+mail:a@example.com", "mail:A@example.com", NULL, 0,
     X509NameConstraintErr},
    {"110 excluded mailbox in another case", "-mail:a@example.com", "mail:A@example.com", NULL, 0,
     X509NameConstraintErr},
    {"9.2 40 host of the mailbox in another case", "+mail:a@EXAMPLE.com", "mail:a@example.com",
     NULL, 0, SSLNoErr},
    {"two mailboxes of one user, the first", "+mail:a@b.com +mail:a@c.com", "mail:a@b.com", NULL, 0,
     SSLNoErr},
    {"two mailboxes of one user, the second", "+mail:a@b.com +mail:a@c.com", "mail:a@c.com", NULL,
     0, SSLNoErr},
    {"111 mail of the subject", "+mail:example.com", NULL, MAIL_SUBJECT, 0, X509NameConstraintErr},
    {"mail of the subject inside", "+mail:other.com", NULL, MAIL_SUBJECT, 0, SSLNoErr},
    {"112 quoted mail", "-mail:example.org", "mail:\"x@y\"@example.com", NULL, 0,
     X509NameConstraintErr},
    {"112 mail in UTF-8", "-mail:example.org", "other:06082B06010505070809A0080C066140622E6364",
     NULL, 0, X509NameConstraintErr},
    {"other names are free under mail", "-mail:example.org", "other:06032A0304A0030C0161", NULL, 0,
     SSLNoErr},
    {"113 URI elsewhere", "+uri:example.com", "uri:http://other.com/", NULL, 0,
     X509NameConstraintErr},
    {"113 URI without a host", "+uri:example.com", "uri:mailto:a", NULL, 0, X509NameConstraintErr},
    {"113 URI with an address", "-uri:example.com", "uri:http://127.0.0.1/", NULL, 0,
     X509NameConstraintErr},
    {"113 user and port do not fool", "+uri:example.com", "uri:http://example.com@evil.org:80/x",
     NULL, 0, X509NameConstraintErr},
    {"URI at the host", "+uri:example.com", "uri:https://u@Example.com:80/x", NULL, 0, SSLNoErr},
    {"URI below", "+uri:.example.com", "uri:http://a.b.example.com", NULL, 0, SSLNoErr},
    {"114 subject outside", "+dir:company", "dns:www.example.com", NULL, 0, X509NameConstraintErr},
    {"subject inside", "+dir:leaf", "dns:www.example.com", NULL, 0, SSLNoErr},
    {"9.2 32 subject in another case", "+dir:LEAF", "dns:www.example.com", NULL, 0, SSLNoErr},
    {"empty subject is free", "+dir:company", "dns:www.example.com", EMPTY_SUBJECT, 0, SSLNoErr},
    {"116 directory name of the SAN", "+dir:leaf", "dir:other", NULL, 0, X509NameConstraintErr},
    {"117 excluded directory name", "-dir:leaf", "dns:www.example.com", NULL, 0,
     X509NameConstraintErr},
    {"118 registered ID: no rule is defined", "+rid:2A0304", "rid:2A0304", NULL, 0,
     X509NameConstraintErr},
    {"118 registered ID, excluded elsewhere", "-rid:2A0305", "rid:2A0304", NULL, 0,
     X509NameConstraintErr},
    {"9.2 30 a form that the leaf has not", "+rid:2A0304 +mail:example.com", "dns:www.example.com",
     NULL, 0, SSLNoErr},
    {"9.2 31 permitted DNS, only an address", "+dns:example.com", "ip:0A000001", NULL, 0, SSLNoErr},
    {"common name as host name", "+dns:example.com", NULL, NULL, SSL_TrustCommonName,
     X509NameConstraintErr},
    {"common name that nobody asks for", "+dns:example.com", NULL, NULL, 0, SSLNoErr},
};

static void names_are_held_to_constraints(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < sizeof constraint_cases / sizeof constraint_cases[0]; i++) {
        const ConstraintCase *it = &constraint_cases[i];
        Build *ca = (Build *)calloc(1, sizeof *ca), *leaf = (Build *)calloc(1, sizeof *leaf);
        char  *ca_hex, *leaf_hex                          = NULL;
        Bytes  chain[2];

        assert_true(ca != NULL && leaf != NULL);
        build_constraints(ca, it->constraints);
        ca_hex = hex_of(ca);
        if (it->names != NULL) {
            build_alt_names(leaf, it->names);
            leaf_hex = hex_of(leaf);
        }
        chain[0] = leaf_with(it->subject_hex, CA1, "ca1", leaf_hex);
        chain[1] = ca_with(CA1, "ca1", ROOT, "root", ca_hex);
        check(it->what, ask(chain, 2, root_with(NULL), it->flags), it->err,
              it->err == SSLNoErr ? -1 : 0);
        /* The anchor's constraints count, too. */
        chain[0] = leaf_with(it->subject_hex, ROOT, "root", leaf_hex);
        check(it->what, ask(chain, 1, root_with(ca_hex), it->flags), it->err,
              it->err == SSLNoErr ? -1 : 0);
        free(leaf_hex);
        free(ca_hex);
        free(leaf);
        free(ca);
        test_forget();
    }
}

static char *constraints_hex(const char *constraints)
{
    Build *build = (Build *)calloc(1, sizeof *build);
    char  *hex;

    assert_non_null(build);
    build_constraints(build, constraints);
    hex = hex_of(build);
    free(build);
    return hex;
}

static char *names_hex(const char *names)
{
    Build *build = (Build *)calloc(1, sizeof *build);
    char  *hex;

    assert_non_null(build);
    build_alt_names(build, names);
    hex = hex_of(build);
    free(build);
    return hex;
}

static void bases_that_mean_nothing_are_malformed(void **state)
{
    static const char *const bases[] = {
        "+dns:*.example.com",   "+dns:example.com.",    "-dns:a..b",          "+ip:0A000000",
        "+ip:0A000000FF00FF00", "+ip:0A000000FFFF00FF", "+mail:@example.com", "-uri:a_b/c"};
    X509Certificate certificate;
    size_t          i;

    (void)state;
    for (i = 0; i < sizeof bases / sizeof bases[0]; i++) {
        char  *hex = constraints_hex(bases[i]);
        Bytes  ca  = ca_with(CA1, "ca1", ROOT, "root", hex);
        SSLErr err = sslr_x509_parse(ca, &certificate, NULL);

        if (err != X509BadCertificateErr) {
            print_error("%s: %d\n", bases[i], err);
        }
        assert_int_equal(err, X509BadCertificateErr);
        free(hex);
    }
}

/* 103, 115, 9.2 16: every CA counts, every certificate below it counts, and another way may hold.
 */
static void constraints_of_all_count(void **state)
{
    char *com = constraints_hex("+dns:example.com"), *org = constraints_hex("+dns:example.org");
    char *directory = constraints_hex("+dir:leaf"), *leaf_names = names_hex("dns:www.example.com");
    char *self = constraints_hex("+dir:root +dir:leaf");
    Bytes chain[4], root = root_with(NULL);

    (void)state;
    chain[0] = leaf_with(NULL, CA2, "ca2", leaf_names);
    chain[1] = ca_with(CA2, "ca2", CA1, "ca1", com);
    chain[2] = ca_with(CA1, "ca1", ROOT, "root", org);
    check("103 nothing is left", ask(chain, 3, root, 0), X509NameConstraintErr, 0);
    chain[2] = ca_with(CA1, "ca1", ROOT, "root", com);
    check("the same twice", ask(chain, 3, root, 0), SSLNoErr, -1);
    chain[2] = ca_with(CA1, "ca1", ROOT, "root", directory);
    check("115 an intermediate outside", ask(chain, 3, root, 0), X509NameConstraintErr, 1);
    chain[2] = ca_with(CA1, "ca1", ROOT, "root", org);
    chain[3] = ca_with(CA1, "ca1", ROOT, "root", NULL);
    check("9.2 16 another certificate of that CA", ask(chain, 4, root, 0), SSLNoErr, -1);

    /* A self-issued intermediate is not tested, a leaf always is (RFC 5280 6.1.3). */
    chain[0] = leaf_with(NULL, CA2, "ca1", leaf_names);
    chain[1] = ca_with(CA2, "ca1", CA1, "ca1", NULL);
    chain[2] = ca_with(CA1, "ca1", ROOT, "root", directory);
    check("self-issued", ask(chain, 3, root, 0), SSLNoErr, -1);
    (void)self;
    free(com);
    free(org);
    free(directory);
    free(leaf_names);
    free(self);
}

/* 154: thousands of names against thousands of bases. */
static void work_on_names_is_bounded(void **state)
{
    Build         *ca = (Build *)calloc(1, sizeof *ca), *leaf = (Build *)calloc(1, sizeof *leaf);
    char          *ca_hex, *leaf_hex;
    size_t         marks[2], mark, list, subtree;
    int            i;
    Bytes          chain[2];
    char           name[40];
    SSLChainResult result;

    (void)state;
    assert_true(ca != NULL && leaf != NULL);
    mark = open_extension(ca, "06 03 551D1E", marks);
    list = build_open(ca, 0xA0);
    for (i = 0; i < 3000; i++) {
        subtree = build_open(ca, 0x30);
        sprintf(name, "h%d.example", i);
        build_text(ca, 0x82, name);
        build_close(ca, subtree);
    }
    build_close(ca, list);
    close_extension(ca, mark, marks);
    ca_hex = hex_of(ca);
    mark   = open_extension(leaf, "06 03 551D11", marks);
    for (i = 0; i < 3000; i++) {
        sprintf(name, "h%d.example", i);
        build_text(leaf, 0x82, name);
    }
    close_extension(leaf, mark, marks);
    leaf_hex = hex_of(leaf);
    chain[0] = leaf_with(NULL, CA1, "ca1", leaf_hex);
    chain[1] = ca_with(CA1, "ca1", ROOT, "root", ca_hex);
    result   = ask(chain, 2, root_with(NULL), 0);
    check("3000 x 3000", result, X509TooComplexErr, -1);
    assert_string_equal(result.rule, "too many names and name constraints to compare");
    free(ca_hex);
    free(leaf_hex);
    free(ca);
    free(leaf);
}

/* 154: cross-signed CAs as long as they may be, each with constraints: what is parsed again and
 * again counts as work. */
static void work_on_long_certificates_is_bounded(void **state)
{
    Build         *build = (Build *)calloc(1, sizeof *build);
    char          *names = constraints_hex("+dns:example.com"), *hex;
    size_t         marks[2], mark;
    Bytes          chain[16];
    int            i;
    clock_t        began;
    SSLChainResult result;

    (void)state;
    assert_non_null(build);
    mark = open_extension(build, "06 03 551D25", marks);
    for (i = 0; i < 14000; i += (int)sample_step(1, 20)) {
        build_hex(build, "06 02 2A03");
    }
    build_hex(build, "06 08 2B06010505070301");
    close_extension(build, mark, marks);
    build_hex(build, names);
    hex = hex_of(build);
    for (i = 1; i < 16; i++) {
        chain[i] = ca_with(10 + i, i % 2 != 0 ? "a" : "b", 11 + i, i % 2 != 0 ? "b" : "a", hex);
    }
    chain[0] = leaf_with(NULL, 11, "a", NULL);
    began    = clock();
    result   = ask(chain, 16, root_with(NULL), 0);
    print_message("%.1f ms\n", (double)(clock() - began) * 1000 / CLOCKS_PER_SEC);
    check("sixteen long ones in circles", result, X509TooComplexErr, -1);
    free(names);
    free(hex);
    free(build);
}

/* ---- policies ---- */

#define POLICY(last)                                                                               \
    "30 0F 06 03 551D20 04 08 30 06 30 04 06 02 2A 0" last /* certificatePolicies: 1.2.n */
#define ANY_POLICY    "30 11 06 03 551D20 04 0A 30 08 30 06 06 04 551D2000"
#define EXPLICIT(n)   "30 0C 06 03 551D24 04 05 30 03 80 01 0" n
#define NO_MAPPING(n) "30 0C 06 03 551D24 04 05 30 03 81 01 0" n
#define BOTH          "30 0F 06 03 551D24 04 08 30 06 80 01 00 81 01 00"
#define NO_ANY(n)     "30 0A 06 03 551D36 04 03 02 01 0" n
#define MAP(from, to) "30 13 06 03 551D21 04 0C 30 0A 30 08 06 02 2A 0" from " 06 02 2A 0" to

static void policies_are_demanded(void **state)
{
    static const struct {
        const char *what, *ca1, *ca2, *leaf;
        SSLErr      err;
        int         certificate;
    } cases[] = {
        {"nobody demands any", NULL, NULL, NULL, SSLNoErr, -1},
        {"121 demanded, leaf without", EXPLICIT("0") POLICY("1"), POLICY("1"), NULL, X509PolicyErr,
         0},
        {"122 demanded, leaf with another", EXPLICIT("0") POLICY("1"), POLICY("1"), POLICY("2"),
         X509PolicyErr, 0},
        {"demanded, intermediate without", EXPLICIT("0") POLICY("1"), NULL, POLICY("1"),
         X509PolicyErr, 1},
        {"9.2 33 the same in all", EXPLICIT("0") POLICY("1"), POLICY("1"), POLICY("1"), SSLNoErr,
         -1},
        {"9.2 33 anyPolicy above", EXPLICIT("0") ANY_POLICY, ANY_POLICY, POLICY("1"), SSLNoErr, -1},
        {"9.2 33 anyPolicy below", EXPLICIT("0") POLICY("1"), POLICY("1"), ANY_POLICY, SSLNoErr,
         -1},
        {"anyPolicy in all", EXPLICIT("0") ANY_POLICY, ANY_POLICY, ANY_POLICY, SSLNoErr, -1},
        {"9.2 33 mapped", EXPLICIT("0") POLICY("1") MAP("1", "2"), POLICY("2"), POLICY("2"),
         SSLNoErr, -1},
        {"mapped from any", EXPLICIT("0") ANY_POLICY MAP("1", "2"), POLICY("2"), POLICY("2"),
         SSLNoErr, -1},
        {"124 mapped, the old name below", EXPLICIT("0") POLICY("1") MAP("1", "2"), POLICY("1"),
         POLICY("1"), X509PolicyErr, 1},
        {"mapping inhibited", BOTH POLICY("1"), POLICY("1") MAP("1", "2"), POLICY("2"),
         X509PolicyErr, 0},
        {"123 anyPolicy inhibited", EXPLICIT("0") NO_ANY("0") POLICY("1"), POLICY("1"), ANY_POLICY,
         X509PolicyErr, 0},
        {"anyPolicy inhibited later", EXPLICIT("0") NO_ANY("1") POLICY("1"), ANY_POLICY,
         POLICY("1"), SSLNoErr, -1},
        {"9.2 34 demanded beyond the leaf", EXPLICIT("3"), NULL, NULL, SSLNoErr, -1},
        {"demanded from the leaf on", EXPLICIT("1"), POLICY("1"), NULL, X509PolicyErr, 0},
        {"demanded by the leaf alone", NULL, NULL, EXPLICIT("0"), X509PolicyErr, 0},
        {"only mapping is inhibited", NO_MAPPING("0"), NULL, NULL, SSLNoErr, -1},
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        Bytes chain[3];

        chain[0] = leaf_with(NULL, CA2, "ca2", cases[i].leaf);
        chain[1] = ca_with(CA2, "ca2", CA1, "ca1", cases[i].ca2);
        chain[2] = ca_with(CA1, "ca1", ROOT, "root", cases[i].ca1);
        check(cases[i].what, ask(chain, 3, root_with(NULL), 0), cases[i].err, cases[i].certificate);
    }
}

/* 154, CVE-2023-0464: many CAs that map everything to everything. */
static void mappings_do_not_explode(void **state)
{
    Build         *build = (Build *)calloc(1, sizeof *build);
    Bytes          chain[9], root = root_with(NULL);
    char          *hex, text[40], name[16], issuer[16];
    size_t         marks[2], mark;
    int            i, k, m;
    SSLChainResult result;

    (void)state;
    assert_non_null(build);
    build_hex(build, EXPLICIT("0"));
    mark = open_extension(build, "06 03 551D20", marks);
    for (k = 0; k < 8; k++) {
        sprintf(text, "30 04 06 02 2A %02X", (unsigned)k + 1);
        build_hex(build, text);
    }
    close_extension(build, mark, marks);
    mark = open_extension(build, "06 03 551D21", marks);
    for (k = 0; k < 8; k++) {
        for (m = 0; m < 8; m++) {
            sprintf(text, "30 08 06 02 2A %02X 06 02 2A %02X", (unsigned)k + 1, (unsigned)m + 1);
            build_hex(build, text);
        }
    }
    close_extension(build, mark, marks);
    hex = hex_of(build);
    strcpy(issuer, "root");
    for (i = 8; i >= 1; i--) {
        sprintf(name, "p%d", i);
        chain[i] = ca_with(10 + i, name, i == 8 ? ROOT : 11 + i, issuer, hex);
        strcpy(issuer, name);
    }
    chain[0] = leaf_with(NULL, 11, "p1", POLICY("3"));
    result   = ask(chain, 9, root, 0);
    check("mapped through eight CAs", result, SSLNoErr, -1);
    chain[0] = leaf_with(NULL, 11, "p1", "30 0F 06 03 551D20 04 08 30 06 30 04 06 02 2A 7F");
    check("not mapped", ask(chain, 9, root, 0), X509PolicyErr, 0);
    free(hex);
    free(build);
}

/* ---- anchors of name and key ---- */

static void a_name_and_a_key_are_an_anchor(void **state)
{
    Bytes           root = root_with(NULL), chain[2];
    X509Certificate parsed;
    SSLKeyAnchor    anchor;
    SSLTrustSpec    spec;
    SSLTrust       *trust;
    TestMemory      memory    = {0, 0, 0};
    SSLAllocator    allocator = test_allocator(&memory);
    SSLBuffer       certs[2];
    SSLChainRequest request;
    SSLChainResult  result;

    (void)state;
    assert_int_equal(sslr_x509_parse(root, &parsed, NULL), SSLNoErr);
    memset(&spec, 0, sizeof spec);
    anchor.name         = buffer_of(parsed.subject);
    anchor.publicKey    = buffer_of(parsed.spki);
    spec.keyAnchors     = &anchor;
    spec.keyAnchorCount = 1;
    assert_int_equal(SSLCreateTrust(&allocator, &spec, &trust, NULL), SSLNoErr);
    chain[0] = leaf_with(NULL, CA1, "ca1", NULL);
    chain[1] = ca_with(CA1, "ca1", ROOT, "root", NULL);
    memset(&request, 0, sizeof request);
    certs[0]          = buffer_of(chain[0]);
    certs[1]          = buffer_of(chain[1]);
    request.certs     = certs;
    request.certCount = 2;
    request.side      = SSL_ServerSide;
    request.time      = SERVER_TIME;
    assert_int_equal(SSLVerifyChain(trust, &request, &result), SSLNoErr);
    assert_int_equal(result.pathLength, 3);
    assert_int_equal(result.path[2].length, parsed.spki.length);
    assert_memory_equal(result.path[2].data, parsed.spki.data, parsed.spki.length);
    chain[1] = ca_with(CA1, "ca1", CA2, "root", NULL);
    certs[1] = buffer_of(chain[1]);
    assert_int_equal(SSLVerifyChain(trust, &request, &result), X509BadSignatureErr);
    SSLDeleteTrust(trust);

    anchor.name = buffer_of(parsed.spki);
    assert_int_equal(SSLCreateTrust(&allocator, &spec, &trust, NULL), ASNBadEncodingErr);
    assert_null(trust);
    anchor.name      = buffer_of(parsed.subject);
    anchor.publicKey = buffer_of(parsed.subject);
    assert_int_not_equal(SSLCreateTrust(&allocator, &spec, &trust, NULL), SSLNoErr);
    assert_null(trust);
    assert_int_equal(memory.held, 0);
}

/* ---- the call ---- */

static void what_cannot_be_asked_is_refused(void **state)
{
    Bytes           root = root_with(NULL), leaf = leaf_with(NULL, ROOT, "root", NULL);
    SSLTrust       *trust = make_trust(&root, 1, NULL, 0, 0);
    SSLBuffer       cert  = buffer_of(leaf);
    SSLChainRequest request, good;
    SSLChainResult  result;

    (void)state;
    memset(&good, 0, sizeof good);
    good.certs     = &cert;
    good.certCount = 1;
    good.side      = SSL_ServerSide;
    good.time      = SERVER_TIME;
    assert_int_equal(SSLVerifyChain(trust, &good, &result), SSLNoErr);
    assert_int_equal(result.pathLength, 2);
    assert_ptr_equal(result.path[0].data, leaf.data);
    assert_int_equal(SSLVerifyChain(NULL, &good, &result), SSLBadParameterErr);
    assert_int_equal(SSLVerifyChain(trust, NULL, &result), SSLBadParameterErr);
    assert_int_equal(SSLVerifyChain(trust, &good, NULL), SSLBadParameterErr);
    request           = good;
    request.certCount = 0;
    assert_int_equal(SSLVerifyChain(trust, &request, &result), SSLBadParameterErr);
    request           = good;
    request.certCount = 17;
    assert_int_equal(SSLVerifyChain(trust, &request, &result), SSLOverflowErr);
    request      = good;
    request.side = (SSLProtocolSide)0;
    assert_int_equal(SSLVerifyChain(trust, &request, &result), SSLBadParameterErr);
    request            = good;
    request.name       = "a b";
    request.nameLength = 3;
    assert_int_equal(SSLVerifyChain(trust, &request, &result), SSLBadParameterErr);
    assert_non_null(result.rule);
    request.name       = "www.example.com";
    request.nameLength = 15;
    assert_int_equal(SSLVerifyChain(trust, &request, &result), X509HostNameErr);
    request      = good;
    request.time = 0;
    assert_int_equal(SSLVerifyChain(trust, &request, &result), X509NotYetValidErr);
    SSLDeleteTrust(trust);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(names_are_held_to_constraints, forget),
        cmocka_unit_test_teardown(bases_that_mean_nothing_are_malformed, forget),
        cmocka_unit_test_teardown(constraints_of_all_count, forget),
        cmocka_unit_test_teardown(work_on_names_is_bounded, forget),
        cmocka_unit_test_teardown(work_on_long_certificates_is_bounded, forget),
        cmocka_unit_test_teardown(policies_are_demanded, forget),
        cmocka_unit_test_teardown(mappings_do_not_explode, forget),
        cmocka_unit_test_teardown(a_name_and_a_key_are_an_anchor, forget),
        cmocka_unit_test_teardown(what_cannot_be_asked_is_refused, forget),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
