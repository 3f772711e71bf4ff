/*
 * classic_probe.c - what the sample "classic" does with calls that the manual of 1996 does not
 * have: accepting one key alone, and finding out what an old server speaks.
 *
 * probe() goes through the versions from the best down. In each it offers all suites, notes the one
 * that the server takes, strikes it from the offer and asks again, until the server takes none: a
 * handful of connections tell everything. Whoever answers is believed: the key that it prints is to
 * be compared with what the owner of the machine says.
 */
#define _POSIX_C_SOURCE 200809L
#include "classic.h"
#include "common.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_SUITES 256

/* ---- one key alone ---- */

static int contains(const char *name, const char *part)
{
    return strstr(name, part) != NULL;
}

/* 0 for suites that leave the peer unknown or the data readable. */
static int is_private(uint16 suite)
{
    const char *name = SSLCipherSuiteName(suite);

    return !contains(name, "_anon_") && !contains(name, "_NULL_") && !contains(name, "_EXPORT");
}

static SSLErr keep_private_suites(SSLContext *ctx)
{
    uint16 suites[MAX_SUITES];
    uint32 count = MAX_SUITES, kept = 0, i;
    SSLErr err = SSLGetEnabledCiphers(ctx, suites, &count);

    for (i = 0; err == SSLNoErr && i < count; i++) {
        if (is_private(suites[i])) {
            suites[kept++] = suites[i];
        }
    }
    return err == SSLNoErr ? SSLSetEnabledCiphers(ctx, suites, kept) : err;
}

SSLErr accept_only(SSLContext *ctx, const char *pin, SSLTrust **trust)
{
    uint8        digest[32];
    SSLTrustSpec spec = {.pinnedKeys = {sizeof(digest), digest}};
    SSLErr       err;
    unsigned     byte;
    int          i;

    for (i = 0; i < 32; i++) {
        if (strlen(pin) != 64 || sscanf(pin + 2 * i, "%2x", &byte) != 1) {
            fprintf(stderr, "--pin wants the 64 hexadecimal digits of a SHA-256\n");
            return SSLBadParameterErr;
        }
        digest[i] = (uint8)byte;
    }
    err = SSLCreateTrust(SSLPosixAllocator(), &spec, trust, NULL);
    if (err == SSLNoErr) {
        err = SSLSetTrust(ctx, *trust); /* now no other certificate is accepted */
    }
    if (err == SSLNoErr) {
        err = SSLSetMinDHBits(ctx, 1024); /* below, a key exchange can be broken while it lasts */
    }
    return err == SSLNoErr ? keep_private_suites(ctx) : err;
}

/* ---- how good a suite is ---- */

typedef struct Mark {
    const char *part; /* of the suite's name */
    int         points;
} Mark;

static const Mark marks[] = {
    {"_anon_", -1000}, {"_NULL_", -800}, {"_EXPORT_", -400}, {"_EXPORT1024_", -300},
    {"_DES_", -200},   {"_RC4_", -100},  {"_RC2_", -100},    {"_3DES_", 100},
    {"_MD5", -20},     {"ECDHE_", 60},   {"DHE_", 50},       {"_GCM_", 40},
    {"CHACHA20", 40},  {"_CCM", 35},     {"_AES_", 200},     {"CAMELLIA", 190},
    {"_SEED_", 150},   {"_256_", 3},     {"_SHA256", 2},     {"_CCM_8", -5},
};

static int points(uint16 suite)
{
    const char *name = SSLCipherSuiteName(suite);
    size_t      i;
    int         sum = contains(name, "_WITH_") ? 0 : 500; /* TLS 1.3 */

    for (i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
        if (contains(name, marks[i].part)) {
            sum += marks[i].points;
        }
    }
    return sum;
}

static int better_first(const void *a, const void *b)
{
    return points(*(const uint16 *)b) - points(*(const uint16 *)a);
}

/* ---- one connection ---- */

/* What is tried. */
typedef struct Attempt {
    const char        *host, *port;
    int                milliseconds;
    SSLProtocolVersion version;
    const uint16      *suites;
    uint32             count;
    uint32             min_dh;      /* bits; 0: the engine's own limit */
    int                all_schemes; /* SHA-1 and DSA in TLS 1.2 too */
} Attempt;

/* What came of it. */
typedef struct Answer {
    uint16 suite;
    char   key[65];
} Answer;

static SSLErr configure(SSLContext *ctx, const Attempt *attempt, int fd)
{
    uint16 schemes[64];
    uint32 count = 64;
    SSLErr err   = SSLInitContext(ctx);

    if (err == SSLNoErr) {
        err = SSLPosixInstall(ctx, fd);
    }
    if (err == SSLNoErr &&
        SSLSetPeerDomainName(ctx, attempt->host, (uint32)strlen(attempt->host)) != SSLNoErr) {
        err = SSLBadParameterErr;
    }
    if (err == SSLNoErr && (SSLSetProtocolSide(ctx, SSL_ClientSide) != SSLNoErr ||
                            SSLSetProtocolVersionMin(ctx, attempt->version) != SSLNoErr ||
                            SSLSetProtocolVersionMax(ctx, attempt->version) != SSLNoErr ||
                            SSLSetAllowAnyCertificate(ctx, 1) != SSLNoErr)) {
        err = SSLUnsupportedErr;
    }
    if (err == SSLNoErr && attempt->min_dh > 0) {
        err = SSLSetMinDHBits(ctx, attempt->min_dh);
    }
    if (err == SSLNoErr && attempt->all_schemes) {
        err = SSLGetSupportedSignatureSchemes(schemes, &count);
        if (err == SSLNoErr) {
            err = SSLSetEnabledSignatureSchemes(ctx, schemes, count);
        }
    }
    return err == SSLNoErr ? SSLSetEnabledCiphers(ctx, attempt->suites, attempt->count) : err;
}

static SSLErr shake_hands(SSLContext *ctx, int fd, int milliseconds)
{
    SSLErr err = SSLHandshake(ctx);

    while (err == SSLWouldBlockErr && SSLPosixWait(ctx, fd, milliseconds) == SSLNoErr) {
        err = SSLHandshake(ctx);
    }
    return err; /* SSLWouldBlockErr: the server is silent */
}

static void read_answer(SSLContext *ctx, Answer *answer)
{
    SSLBuffer leaf = {0, NULL};

    answer->key[0] = '\0';
    (void)SSLGetNegotiatedCipher(ctx, &answer->suite);
    if (SSLGetPeerCertificate(ctx, 0, &leaf) == SSLNoErr) {
        key_digest(leaf, answer->key);
        (void)SSLPosixFree(&leaf, NULL);
    }
}

/* SSLIOErr: nobody is there. */
static SSLErr try_once(const Attempt *attempt, Answer *answer)
{
    SSLContext *ctx = (SSLContext *)malloc(SSLContextSize());
    int    fd  = ctx != NULL ? connect_to(attempt->host, attempt->port, attempt->milliseconds) : -1;
    SSLErr err = SSLIOErr;

    if (fd >= 0) {
        err = configure(ctx, attempt, fd);
        if (err == SSLNoErr) {
            err = shake_hands(ctx, fd, attempt->milliseconds);
            err = err == SSLIOErr ? SSLConnectionClosedError : err;
        }
        if (err == SSLNoErr) {
            read_answer(ctx, answer);
            (void)SSLClose(ctx);
        }
        (void)SSLDeleteContext(ctx);
        (void)close(fd);
    }
    free(ctx);
    return err;
}

/* ---- all of them ---- */

static const struct {
    SSLProtocolVersion version;
    const char        *option, *warning;
} versions[] = {
    {TLS_Version_1_3, "tls1.3", ""},
    {TLS_Version_1_2, "tls1.2", ""},
    {TLS_Version_1_1, "tls1.1", " (SHA-1 and MD5 protect the handshake)"},
    {TLS_Version_1_0, "tls1.0", " (SHA-1 and MD5 protect the handshake)"},
    {SSL_Version_3_0, "ssl3", " (weak: padding is not authenticated, POODLE)"},
    {SSL_Version_2_0, "ssl2", " (broken: whoever stands in between can change the handshake)"},
};

static const char *warning_of(uint16 suite)
{
    int sum = points(suite);

    return sum <= -700   ? " UNSAFE: the peer is unknown, or the data readable"
           : sum <= -100 ? " weak encryption"
           : sum < 140   ? " old encryption"
                         : "";
}

/* The least that has to be allowed beyond the client's own defaults, as options; "" if nothing. */
static const char *allowances(Attempt *attempt, Answer *answer)
{
    static const struct {
        uint32      min_dh;
        int         all_schemes;
        const char *options;
    } steps[] = {
        {0, 0, ""},
        {1024, 0, " --min-dh 1024"},
        {512, 0, " --min-dh 512"},
        {0, 1, " --sigalgs rsa_pkcs1_sha1,ecdsa_sha1,dsa_sha256,dsa_sha1"},
        {512, 1, " --min-dh 512 --sigalgs rsa_pkcs1_sha1,ecdsa_sha1,dsa_sha256,dsa_sha1"},
    };
    size_t i;

    for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        attempt->min_dh      = steps[i].min_dh;
        attempt->all_schemes = steps[i].all_schemes;
        if (try_once(attempt, answer) == SSLNoErr) {
            return steps[i].options;
        }
    }
    return NULL;
}

/* The options for the best of the suites that were taken. */
static void print_options(Attempt attempt, uint16 best, const char *option)
{
    Answer      answer;
    const char *more;

    attempt.suites = &best;
    attempt.count  = 1;
    more           = allowances(&attempt, &answer);
    if (more == NULL) {
        printf("  %s alone does not connect\n", SSLCipherSuiteName(best));
        return;
    }
    printf("  client --host %s --port %s --min %s --max %s --suites %s%s", attempt.host,
           attempt.port, option, option, SSLCipherSuiteName(best), more);
    printf(answer.key[0] != '\0' ? " --pin %s --any-name\n" : "%s\n", answer.key);
}

static void strike(Attempt *attempt, uint16 *offer, uint16 suite)
{
    uint32 i, kept = 0;

    for (i = 0; i < attempt->count; i++) {
        if (offer[i] != suite) {
            offer[kept++] = offer[i];
        }
    }
    attempt->count = kept;
}

/* Servers of the time that choke on a long list get the suites of SSL 3.0 and SSL 2.0 alone. */
static void shorten(Attempt *attempt, uint16 *offer)
{
    uint32 i, kept = 0;

    for (i = 0; i < attempt->count; i++) {
        if (offer[i] < 0x0036 || offer[i] >= 0xFE00) {
            offer[kept++] = offer[i];
        }
    }
    attempt->count = kept;
}

/* One version: every suite that the server takes, by elimination. 1 if it speaks the version, 0 if
 * not, -1 if nobody is there. */
static int probe_version(Attempt attempt, const uint16 *all, uint32 count, size_t row)
{
    uint16 offer[MAX_SUITES], best = SSL_NO_SUCH_CIPHERSUITE;
    Answer answer;
    SSLErr err;

    memcpy(offer, all, count * sizeof(offer[0]));
    attempt.suites      = offer;
    attempt.count       = count;
    attempt.version     = versions[row].version;
    attempt.min_dh      = 512;
    attempt.all_schemes = 1;
    err                 = try_once(&attempt, &answer);
    if (err != SSLNoErr && err != SSLIOErr && attempt.version < TLS_Version_1_2) {
        shorten(&attempt, offer);
        err = try_once(&attempt, &answer);
    }
    if (err != SSLNoErr) {
        printf("%s: %s\n", SSLProtocolVersionName(attempt.version),
               err == SSLWouldBlockErr ? "the server is silent" : SSLErrorString(err));
        return err == SSLIOErr ? -1 : 0;
    }
    printf("%s%s\n", SSLProtocolVersionName(attempt.version), versions[row].warning);
    for (; err == SSLNoErr; err = attempt.count > 0 ? try_once(&attempt, &answer) : SSLIOErr) {
        printf("  %s%s\n", SSLCipherSuiteName(answer.suite), warning_of(answer.suite));
        if (best == SSL_NO_SUCH_CIPHERSUITE || points(answer.suite) > points(best)) {
            best = answer.suite;
        }
        strike(&attempt, offer, answer.suite);
    }
    print_options(attempt, best, versions[row].option);
    return 1;
}

int probe(const char *target, int seconds)
{
    Attempt attempt = {.milliseconds = seconds * 1000, .port = "443"};
    uint16  all[MAX_SUITES];
    uint32  count = MAX_SUITES;
    char    host[256];
    char   *colon;
    size_t  row;
    int     found = 0, result = 0;

    if (strlen(target) >= sizeof(host) || SSLGetSupportedCiphers(all, &count) != SSLNoErr) {
        return 2;
    }
    strcpy(host, target);
    attempt.host = host;
    colon        = strrchr(host, ':');
    if (colon != NULL && strchr(host, ':') == colon) { /* two colons: an IPv6 address */
        *colon       = '\0';
        attempt.port = colon + 1;
    }
    qsort(all, count, sizeof(all[0]), better_first);
    for (row = 0; row < sizeof(versions) / sizeof(versions[0]) && result >= 0; row++) {
        result = probe_version(attempt, all, count, row);
        found += result > 0;
        fflush(stdout);
    }
    if (found == 0) {
        printf("no version and suite of this engine connects\n");
    }
    return found > 0 ? 0 : 1;
}
