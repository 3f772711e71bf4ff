/*
 * agree.c - our verifier against OpenSSL's and GnuTLS's on the authorities of this machine and on
 * thousands of chains that are changed at random: fields, signed bytes, unsigned bytes, order.
 * Where they disagree, disagreements.h must say why ours is right; a disagreement that it does not
 * know fails the test, and the chain is written to a file.
 *
 * agree [COUNT [SEED]]    The last line is "N passed, N failed".
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../unit/x509_builder.h"
#include "disagreements.h"
#include "others.h"

#include "sslposix.h"

enum { /* test keys */
    ROOT,
    CA1,
    LEAF,
    OTHER
};

#define HOST "www.example.com"

#define ASKED_BY_COMMAND 40 /* so many cases are also given to the commands */

/* ---- randomness that can be repeated ---- */

static uint64_t random_state;

static unsigned below(unsigned limit)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (unsigned)(random_state >> 33) % limit;
}

/* ---- fields ---- */

/* What a certificate may differ in. */
typedef struct Change {
    const char     *what;
    CertificateSpec spec;
} Change;

#define EKU(last)       "30 13 06 03 551D25 04 0C 30 0A 06 08 2B060105050703" last
#define USAGE(bits)     "30 0B 06 03 551D0F 04 04 0302" bits
#define ONE(oid, value) "30 0C 06 03 551D" oid " 04 05 " value

/* clang-format off */
static const Change changes[] = {
    {"expired",            {.not_after = "210101000000Z"}},
    {"not yet valid",      {.not_before = "390101000000Z"}},
    {"dates turned round", {.not_before = "300101000000Z", .not_after = "250101000000Z"}},
    {"1950",               {.not_before = "500101000000Z"}},
    {"no expiry",          {.not_after = "99991231235959Z"}},
    {"30 February",        {.not_before = "210230000000Z"}},
    {"second 60",          {.not_before = "210228000060Z"}},
    {"another name",       {.dns = "other.example.org"}},
    {"wildcard",           {.dns = "*.example.com"}},
    {"wildcard too wide",  {.dns = "*.com"}},
    {"partial wildcard",   {.dns = "w*.example.com"}},
    {"double wildcard",    {.dns = "*.*.com"}},
    {"final dot",          {.dns = "www.example.com."}},
    {"upper case",         {.dns = "WWW.EXAMPLE.COM"}},
    {"EKU server",         {.extensions_hex = EKU("01")}},
    {"EKU client",         {.extensions_hex = EKU("02")}},
    {"EKU code",           {.extensions_hex = EKU("03")}},
    {"EKU any",            {.extensions_hex = "30 0F 06 03 551D25 04 08 30 06 06 04 551D2500"}},
    {"EKU empty",          {.extensions_hex = "30 09 06 03 551D25 04 02 3000"}},
    {"usage signature",    {.extensions_hex = USAGE("0780")}},
    {"usage encipherment", {.extensions_hex = USAGE("0520")}},
    {"usage nonRepudiation", {.extensions_hex = USAGE("0640")}},
    {"usage certSign",     {.extensions_hex = USAGE("0204")}},
    {"usage crlSign",      {.extensions_hex = USAGE("0102")}},
    {"usage nothing",      {.extensions_hex = "30 0A 06 03 551D0F 04 03 030100"}},
    {"usage spare bits",   {.extensions_hex = USAGE("0781")}},
    {"unknown",            {.extensions_hex = "30 09 06 03 551D63 04 02 0500"}},
    {"unknown critical",   {.extensions_hex = "30 0C 06 03 551D63 01 01 FF 04 02 0500"}},
    {"poison",             {.extensions_hex = "30 13 06 0A 2B06010401D679020403 0101FF 0402 0500"}},
    {"twice",              {.extensions_hex = USAGE("0780") USAGE("0780")}},
    {"critical FALSE",     {.extensions_hex = "30 0C 06 03 551D63 01 01 00 04 02 0500"}},
    {"critical 1",         {.extensions_hex = "30 0C 06 03 551D63 01 01 01 04 02 0500"}},
    {"SKI malformed",      {.extensions_hex = "30 09 06 03 551D0E 04 02 0102"}},
    {"AKI",                {.authority_key_id = 7}},
    {"SKI",                {.subject_key_id = 9}},
    {"names permitted",    {.extensions_hex = "30 1A 06 03 551D1E 04 13 3011 A00F 300D 820B 6578616D706C652E636F6D"}},
    {"names excluded",     {.extensions_hex = "30 1A 06 03 551D1E 04 13 3011 A10F 300D 820B 6578616D706C652E636F6D"}},
    {"names elsewhere",    {.extensions_hex = "30 1A 06 03 551D1E 04 13 3011 A00F 300D 820B 6578616D706C652E6F7267"}},
    {"names empty",        {.extensions_hex = "30 09 06 03 551D1E 04 02 3000"}},
    {"names minimum",      {.extensions_hex = "30 1D 06 03 551D1E 04 16 3014 A012 3010 820B 6578616D706C652E636F6D 800101"}},
    {"policy demanded",    {.extensions_hex = ONE("24", "3003 800100")}},
    {"policy later",       {.extensions_hex = ONE("24", "3003 800105")}},
    {"policy",             {.extensions_hex = "30 0F 06 03 551D20 04 08 30 06 30 04 06 02 2A 01"}},
    {"policy twice",       {.extensions_hex = "30 15 06 03 551D20 04 0E 30 0C 30 04 06 02 2A 01 30 04 06 02 2A 01"}},
    {"CRL points",         {.extensions_hex = "30 14 06 03 551D1F 04 0D 300B 3009 A007 A005 8603 612F62"}},
    {"must staple",        {.extensions_hex = "30 11 06 08 2B06010505070118 04 05 3003 020105"}},
    {"serial 0",           {.serial_hex = "02 01 00"}},
    {"serial negative",    {.serial_hex = "02 01 80"}},
    {"serial padded",      {.serial_hex = "02 02 00 01"}},
    {"serial empty",       {.serial_hex = "02 00"}},
    {"serial of 21",       {.serial_hex = "02 15 00 FF0102030405060708090A0B0C0D0E0F10111213"}},
    {"version 1",          {.version_hex = ""}},
    {"version 1 written",  {.version_hex = "A0 03 02 01 00"}},
    {"version 2",          {.version_hex = "A0 03 02 01 01"}},
    {"version 4",          {.version_hex = "A0 03 02 01 03"}},
    {"unique id",          {.unique_hex = "81 02 00 AA"}},
    {"empty subject",      {.subject_hex = "30 00"}},
    {"empty issuer",       {.issuer_hex = "30 00"}},
    {"issuer, other case", {.issuer_hex = "30 0F 31 0D 30 0B 06 03 550403 0C 04 524F4F54"}},
    {"issuer, other type", {.issuer_hex = "30 0F 31 0D 30 0B 06 03 550403 13 04 726F6F74"}},
    {"algorithm NULL",     {.algorithm_hex = "30 0C 06 08 2A8648CE3D040302 05 00"}},
    {"algorithms differ",  {.outer_algorithm_hex = "30 0A 06 08 2A8648CE3D040303"}},
    {"SHA-384 said",       {.algorithm_hex = "30 0A 06 08 2A8648CE3D040303", .outer_algorithm_hex = "30 0A 06 08 2A8648CE3D040303"}},
    {"forged",             {.forged = 1}},
    {"another key",        {.new_key = OTHER}},
    {"off the curve",      {.spki_hex = "30 59 30 13 06 07 2A8648CE3D0201 06 08 2A8648CE3D030107 03 42 00 04 "
                            "0102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F20 0102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F20"}},
    {"key of unknown kind", {.spki_hex = "30 0C 30 05 06 03 2A0304 03 03 00 0102"}},
    {"path length 0",      {.ca = 1, .path_length_plus_1 = 1}},
    {"is a CA",            {.ca = 1}},
};
/* clang-format on */

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

/* The fields of one put over those of the other; extensions stand side by side. */
static void apply(CertificateSpec *to, const Change *change, char *extensions, size_t room)
{
    const CertificateSpec *from = &change->spec;

#define TAKE(field)                                                                                \
    if (from->field) {                                                                             \
        to->field = from->field;                                                                   \
    }
    TAKE(not_before)
    TAKE(not_after)
    TAKE(dns)
    TAKE(serial_hex)
    TAKE(version_hex)
    TAKE(unique_hex)
    TAKE(subject_hex)
    TAKE(issuer_hex)
    TAKE(algorithm_hex)
    TAKE(outer_algorithm_hex)
    TAKE(spki_hex)
    TAKE(forged)
    TAKE(new_key)
    TAKE(authority_key_id)
    TAKE(subject_key_id)
    TAKE(ca)
    TAKE(path_length_plus_1)
#undef TAKE
    if (from->extensions_hex != NULL &&
        strlen(extensions) + strlen(from->extensions_hex) + 1 < room) {
        strcat(extensions, from->extensions_hex);
        to->extensions_hex = extensions;
    }
}

/* ---- chains ---- */

typedef struct Case {
    Bytes       chain[MOST_CERTIFICATES], anchor;
    size_t      count;
    const char *host;
    char        what[400];
} Case;

/* The certificate with some bytes of its signed part changed, and signed again. */
static Bytes change_signed_bytes(Bytes certificate, int signer)
{
    static const uint8_t algorithm[12] = {0x30, 0x0A, 0x06, 0x08, 0x2A, 0x86,
                                          0x48, 0xCE, 0x3D, 0x04, 0x03, 0x02};
    X509Certificate      parsed;
    uint8_t             *tbs;
    Build               *build;
    size_t               mark, i, changes_left = 1 + below(2);
    Bytes                made;

    if (sslr_x509_parse(certificate, &parsed, NULL) != SSLNoErr) {
        return certificate;
    }
    tbs   = malloc(parsed.tbs.length);
    build = calloc(1, sizeof(*build));
    if (tbs == NULL || build == NULL) {
        abort();
    }
    memcpy(tbs, parsed.tbs.data, parsed.tbs.length);
    for (i = 0; i < changes_left; i++) {
        tbs[4 + below((unsigned)parsed.tbs.length - 4)] =
            below(2) ? (uint8_t)below(256) : (uint8_t)(tbs[4] ^ (1u << below(8)));
    }
    mark = build_open(build, 0x30);
    build_bytes(build, bytes_of(tbs, parsed.tbs.length));
    build_bytes(build, bytes_of(algorithm, sizeof(algorithm)));
    build_signature(build, bytes_of(tbs, parsed.tbs.length), signer);
    build_close(build, mark);
    made = keep_bytes(build->data, build->length);
    free(tbs);
    free(build);
    return made;
}

static Bytes change_a_byte(Bytes certificate)
{
    size_t  at    = below((unsigned)certificate.length);
    uint8_t value = (uint8_t)(certificate.data[at] ^ (1u << below(8)));

    return with_byte(certificate, at, value);
}

static void shuffle(Case *it)
{
    size_t a = 1 + below((unsigned)it->count - 1), b = 1 + below((unsigned)it->count - 1);
    Bytes  moved = it->chain[a];

    it->chain[a] = it->chain[b];
    it->chain[b] = moved;
}

static void make_case(Case *it)
{
    static char     extensions[3][2000];
    CertificateSpec specs[3] = {
        {.issuer = "ca1", .key = LEAF, .signer = CA1, .dns = HOST},
        {.subject = "ca1", .issuer = "root", .key = CA1, .signer = ROOT, .ca = 1},
        {.subject = "root", .key = ROOT, .signer = ROOT, .ca = 1},
    };
    static const char *const which[3] = {"leaf", "CA", "root"};
    unsigned                 edits    = below(3), target, i;

    memset(it, 0, sizeof(*it));
    memset(extensions, 0, sizeof(extensions));
    for (i = 0; i < edits; i++) {
        const Change *change = &changes[below(COUNT(changes))];

        target = below(10) < 6 ? 0 : below(10) < 8 ? 1 : 2;
        apply(&specs[target], change, extensions[target], sizeof(extensions[target]));
        sprintf(it->what + strlen(it->what), "%s %s; ", which[target], change->what);
    }
    it->anchor   = make_certificate(&specs[2]);
    it->chain[0] = make_certificate(&specs[0]);
    it->chain[1] = make_certificate(&specs[1]);
    it->count    = 2;
    it->host     = below(4) ? HOST : NULL;
    switch (below(6)) {
    case 0:
        target            = below(2);
        it->chain[target] = change_signed_bytes(it->chain[target], target == 0 ? CA1 : ROOT);
        sprintf(it->what + strlen(it->what), "%s signed bytes; ", which[target]);
        break;
    case 1:
        target            = below(2);
        it->chain[target] = change_a_byte(it->chain[target]);
        sprintf(it->what + strlen(it->what), "%s a byte; ", which[target]);
        break;
    case 2:
        it->chain[it->count++] = it->anchor;
        it->chain[it->count++] = it->chain[below(2)];
        shuffle(it);
        strcat(it->what, "more and shuffled; ");
        break;
    case 3:
        it->count -= below(4) == 0;
        break;
    default:
        break;
    }
}

/* ---- the comparison ---- */

static int failures, passes;

static int we_accept(const Case *it, SSLChainResult *result)
{
    SSLTrustSpec    spec;
    SSLTrust       *trust;
    SSLBuffer       certs[MOST_CERTIFICATES];
    SSLChainRequest request;
    size_t          i;

    memset(&spec, 0, sizeof(spec));
    memset(&request, 0, sizeof(request));
    memset(result, 0, sizeof(*result));
    spec.anchors = buffer_of(it->anchor);
    result->rule = "the anchor cannot be parsed";
    if (SSLCreateTrust(SSLPosixAllocator(), &spec, &trust, NULL) != SSLNoErr) {
        return 0;
    }
    for (i = 0; i < it->count; i++) {
        certs[i] = buffer_of(it->chain[i]);
    }
    request.certs      = certs;
    request.certCount  = (uint32)it->count;
    request.side       = SSL_ServerSide;
    request.time       = (uint32)time(NULL);
    request.name       = it->host;
    request.nameLength = it->host != NULL ? (uint32)strlen(it->host) : 0;
    (void)SSLVerifyChain(trust, &request, result);
    SSLDeleteTrust(trust);
    return result->error == SSLNoErr;
}

/* Why we refuse: where an issuer or the anchor cannot be read, what is wrong with it; a signature
 * that fails for its algorithm's parameters is another matter than one that is wrong. */
static const char *our_reason(const Case *it, const SSLChainResult *result)
{
    static const uint8_t with_null[2] = {0x05, 0x00};
    X509Certificate      parsed;
    const char          *rule = NULL;
    size_t               i;

    if (result->error == X509UnknownIssuerErr || result->error == SSLNoErr) {
        for (i = 1; i <= it->count; i++) {
            if (sslr_x509_parse(i < it->count ? it->chain[i] : it->anchor, &parsed, &rule) !=
                SSLNoErr) {
                return rule;
            }
        }
    }
    for (i = 0; i < it->count && result->error == X509BadSignatureErr; i++) {
        if (sslr_x509_parse(it->chain[i], &parsed, NULL) == SSLNoErr &&
            memcmp(parsed.signature_algorithm.data + parsed.signature_algorithm.length - 2,
                   with_null, 2) == 0) {
            return "ECDSA with parameters";
        }
    }
    return result->rule;
}

static unsigned met[COUNT(disagreements)];

static int is_explained(char whom, int ours, const char *reason)
{
    size_t i;

    for (i = 0; i < COUNT(disagreements); i++) {
        if ((disagreements[i].whom == whom || disagreements[i].whom == 'B') &&
            disagreements[i].we_accept == ours && strcmp(disagreements[i].reason, reason) == 0) {
            met[i]++;
            return 1;
        }
    }
    return 0;
}

static void write_case(const Case *it, int number)
{
    char   path[100];
    FILE  *file;
    size_t i;

    for (i = 0; i <= it->count; i++) {
        sprintf(path, "disagreement-%d-%s%d.der", number, i < it->count ? "chain" : "anchor",
                (int)i);
        file = fopen(path, "wb");
        if (file != NULL) {
            const Bytes *one = i < it->count ? &it->chain[i] : &it->anchor;

            fwrite(one->data, 1, one->length, file);
            fclose(file);
        }
    }
}

static void compare(const Case *it)
{
    SSLChainResult result;
    const char    *reasons[2];
    int            ours = we_accept(it, &result), theirs[2], i, good = 1;

    theirs[0] = openssl_accepts(it->chain, it->count, it->anchor, it->host, &reasons[0]);
    theirs[1] = gnutls_accepts(it->chain, it->count, it->anchor, it->host, &reasons[1]);
    for (i = 0; i < 2; i++) {
        if (ours != theirs[i] &&
            !is_explained("OG"[i], ours, ours ? reasons[i] : our_reason(it, &result))) {
            printf("%s and we disagree: %swe %s (%s)\n", i == 0 ? "OpenSSL" : "GnuTLS", it->what,
                   ours ? "accept" : "refuse", ours ? reasons[i] : our_reason(it, &result));
            if (failures < 20) {
                write_case(it, failures);
            }
            good = 0;
        }
    }
    passes += good;
    failures += !good;
}

/* Every authority of the machine's bundle, as the anchor and the certificate at once. */
static void compare_authorities(void)
{
    static Bytes authorities[400];
    size_t       count = read_bundle("/etc/ssl/certs/ca-certificates.crt", authorities, 400), i;
    Case         it;

    for (i = 0; i < count; i++) {
        memset(&it, 0, sizeof(it));
        it.chain[0] = it.anchor = authorities[i];
        it.count                = 1;
        sprintf(it.what, "authority %u; ", (unsigned)i);
        compare(&it);
        free((void *)(size_t)authorities[i].data);
    }
    printf("%u authorities of this machine\n", (unsigned)count);
    failures += count == 0;
}

int main(int argc, char **argv)
{
    long   count = argc > 1 ? strtol(argv[1], NULL, 10) : 3000;
    size_t i;
    Case   it;

    random_state = argc > 2 ? strtoull(argv[2], NULL, 10) : 88172645463325252ull;
    compare_authorities();
    while (count-- > 0) {
        make_case(&it);
        compare(&it);
        if (count < ASKED_BY_COMMAND) {
            int same = commands_say_the_same(it.chain, it.count, it.anchor, it.host);

            passes += same;
            failures += !same;
            if (!same) {
                printf("the commands do not say what their libraries say: %s\n", it.what);
            }
        }
        test_forget();
    }
    for (i = 0; i < COUNT(disagreements); i++) {
        if (met[i] > 0) {
            printf("%6u  %s we %s: %s (%s)\n", met[i],
                   disagreements[i].whom == 'O'   ? "OpenSSL"
                   : disagreements[i].whom == 'G' ? "GnuTLS"
                                                  : "both",
                   disagreements[i].we_accept ? "accept" : "refuse", disagreements[i].reason,
                   disagreements[i].why);
        }
    }
    printf("%d passed, %d failed\n", passes, failures);
    return failures != 0;
}
