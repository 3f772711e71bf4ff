/*
 * verify.c - is this certificate to be trusted? Files on the command line, or one JSON object with
 * the same members in each line of the input, for many questions. Exit 0 and the path, 1 and the
 * reason, 2 for a question that cannot be asked.
 */
#include "common.h"
#include "describe.h"
#include "sslposix.h"
#include "verify.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MAX_LINE ((size_t)16 << 20)

/* The answer to a question: a problem with it, or the verdict. */
typedef struct Answer {
    const char    *problem; /* NULL: there is a verdict */
    SSLChainResult result;
} Answer;

/* Runs with everything decoded, so that what the result points at lives while it is told. */
typedef void (*Tell)(const Answer *answer);

static const struct {
    SSLErr      error;
    const char *name;
} names[] = {
#define NAME(error)                                                                                \
    {                                                                                              \
        error, #error                                                                              \
    }
    NAME(SSLNoErr),
    NAME(SSLMemoryErr),
    NAME(SSLUnsupportedErr),
    NAME(SSLOverflowErr),
    NAME(SSLBadParameterErr),
    NAME(SSLBadPEMErr),
    NAME(SSLCryptoErr),
    NAME(ASNBadEncodingErr),
    NAME(X509CertChainInvalidErr),
    NAME(X509BadCertificateErr),
    NAME(X509BadSignatureErr),
    NAME(X509BadKeyErr),
    NAME(X509WeakKeyErr),
    NAME(X509WeakSignatureErr),
    NAME(X509UnknownIssuerErr),
    NAME(X509ExpiredErr),
    NAME(X509NotYetValidErr),
    NAME(X509NotCAErr),
    NAME(X509PathTooLongErr),
    NAME(X509KeyUsageErr),
    NAME(X509WrongPurposeErr),
    NAME(X509CriticalExtensionErr),
    NAME(X509HostNameErr),
    NAME(X509TooComplexErr),
    NAME(X509NameConstraintErr),
    NAME(X509PolicyErr),
    NAME(X509RevokedErr),
    NAME(X509RevocationUnknownErr),
    NAME(X509BadOCSPErr),
    NAME(X509MustStapleErr),
};

static const char *error_name(SSLErr err)
{
    size_t i;

    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (names[i].error == err) {
            return names[i].name;
        }
    }
    return "SSLInternalErr";
}

static SSLBuffer text_buffer(char *text)
{
    SSLBuffer buffer = {0, NULL};

    if (text != NULL) {
        buffer.length = (uint32)strlen(text);
        buffer.data   = (uint8 *)text;
    }
    return buffer;
}

/* ---- the question ---- */

static const char *read_policy(const Question *question, SSLTrustSpec *spec)
{
    spec->flags = (question->allow_sha1 > 0 ? SSL_TrustAllowSHA1 : 0u) |
                  (question->allow_md5 > 0 ? SSL_TrustAllowMD5 : 0u) |
                  (question->allow_short_keys > 0 ? SSL_TrustAllowShortKeys : 0u) |
                  (question->common_name > 0 ? SSL_TrustCommonName : 0u) |
                  (question->ignore_dates > 0 ? SSL_TrustIgnoreDates : 0u);
    if (question->revocation == NULL) {
        spec->revocation = question->crl != NULL || question->ocsp != NULL ? SSL_RevocationSoft
                                                                           : SSL_RevocationOff;
    } else if (strcmp(question->revocation, "hard") == 0) {
        spec->revocation = SSL_RevocationHard;
    } else if (strcmp(question->revocation, "soft") == 0) {
        spec->revocation = SSL_RevocationSoft;
    } else if (strcmp(question->revocation, "off") != 0) {
        return "revocation is off, soft or hard";
    }
    if (question->max_depth != -1 && (question->max_depth < 1 || question->max_depth > 16)) {
        return "max_depth is 1 .. 16";
    }
    spec->maxDepth = question->max_depth == -1 ? 0 : (uint32)question->max_depth;
    return NULL;
}

static const char *read_request(const Question *question, SSLChainRequest *request)
{
    if (question->purpose != NULL && strcmp(question->purpose, "server") != 0 &&
        strcmp(question->purpose, "client") != 0) {
        return "purpose is server or client";
    }
    request->side = question->purpose != NULL && strcmp(question->purpose, "client") == 0
                        ? SSL_ClientSide
                        : SSL_ServerSide;
    if (question->time < -1 || (unsigned long)question->time + 1 > 0xFFFFFFFFul) {
        return "time is in seconds since 1970, and 32 bits long";
    }
    request->time       = question->time == -1 ? (uint32)time(NULL) : (uint32)question->time;
    request->name       = question->name;
    request->nameLength = question->name != NULL ? (uint32)strlen(question->name) : 0;
    return NULL;
}

/* Intermediates go along with the leaf, where the verdict can name them, if there are few. */
static void ask(const Question *question, Tell tell)
{
    static const SSLTrustSpec    no_spec;
    static const SSLChainRequest no_request;
    SSLTrustSpec                 spec      = no_spec;
    SSLChainRequest              request   = no_request;
    SSLTrust                    *trust     = NULL;
    unsigned char               *blocks[3] = {NULL, NULL, NULL};
    SSLBuffer                    certs[MAX_CHAIN + 1], ocsp;
    int                          sent, more = 0;
    Answer                       answer;
    SSLErr                       err;

    memset(&answer, 0, sizeof(answer));
    answer.problem = read_policy(question, &spec);
    if (answer.problem == NULL) {
        answer.problem = read_request(question, &request);
    }
    if (answer.problem == NULL && (question->anchors == NULL || question->leaf == NULL)) {
        answer.problem = "anchors and a leaf are needed";
    }
    if (answer.problem == NULL) {
        sent = decode_pem(question->leaf, "CERTIFICATE", certs, MAX_CHAIN, &blocks[0]);
        if (sent > 0 && question->intermediates != NULL) {
            more = decode_pem(question->intermediates, "CERTIFICATE", certs + sent,
                              MAX_CHAIN + 1 - sent, &blocks[1]);
        }
        if (sent <= 0 || more < 0) {
            answer.problem = "the leaf or the intermediates are no PEM certificates";
        } else if (sent + more > MAX_CHAIN) {
            spec.intermediates = text_buffer(question->intermediates);
            more               = 0;
        }
        request.certs     = certs;
        request.certCount = (uint32)(sent + more);
    }
    if (answer.problem == NULL && question->ocsp != NULL) {
        if (decode_pem(question->ocsp, "OCSP RESPONSE", &ocsp, 1, &blocks[2]) != 1) {
            answer.problem = "the OCSP response is not PEM";
        } else {
            request.ocspResponse = ocsp;
            request.stapleAsked  = 1;
        }
    }
    if (answer.problem == NULL) {
        spec.anchors = text_buffer(question->anchors);
        spec.crls    = text_buffer(question->crl);
        err          = SSLCreateTrust(SSLPosixAllocator(), &spec, &trust, NULL);
        if (err == SSLNoErr) {
            err = SSLVerifyChain(trust, &request, &answer.result);
        } else {
            answer.problem = "the anchors hold no usable certificate";
        }
        if (err == SSLBadParameterErr) {
            answer.problem = "the name is not one of a host";
        }
    }
    tell(&answer);
    SSLDeleteTrust(trust);
    free(blocks[0]);
    free(blocks[1]);
    free(blocks[2]);
}

/* ---- the answer ---- */

static int exit_status;

static void tell_person(const Answer *answer)
{
    char   subject[256];
    uint32 i;

    if (answer->problem != NULL) {
        fprintf(stderr, "verify: %s\n", answer->problem);
        exit_status = 2;
        return;
    }
    if (answer->result.error != SSLNoErr) {
        printf("refused: %s", error_name(answer->result.error));
        if (answer->result.certificate >= 0) {
            printf(" at certificate %d", answer->result.certificate);
        }
        printf(": %s\n", answer->result.rule);
        exit_status = 1;
        return;
    }
    for (i = 0; i < answer->result.pathLength; i++) {
        certificate_subject(answer->result.path[i], subject, sizeof(subject));
        printf("%s%s\n",
               i == 0                               ? "leaf:   "
               : i + 1 == answer->result.pathLength ? "anchor: "
                                                    : "by:     ",
               subject);
    }
}

/* Printable ASCII without control characters is all that certificate_subject() and our own texts
 * hold. */
static void print_string(const char *text)
{
    putchar('"');
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\') {
            putchar('\\');
        }
        putchar(*text);
    }
    putchar('"');
}

static void tell_machine(const Answer *answer)
{
    char   subject[256];
    uint32 i;

    if (answer->problem != NULL) {
        printf("{\"ok\":false,\"error\":\"request\",\"rule\":");
        print_string(answer->problem);
    } else if (answer->result.error != SSLNoErr) {
        printf("{\"ok\":false,\"error\":\"%s\",\"certificate\":%d,\"rule\":",
               error_name(answer->result.error), answer->result.certificate);
        print_string(answer->result.rule);
    } else {
        printf("{\"ok\":true,\"path\":[");
        for (i = 0; i < answer->result.pathLength; i++) {
            certificate_subject(answer->result.path[i], subject, sizeof(subject));
            printf("%s", i > 0 ? "," : "");
            print_string(subject);
        }
        putchar(']');
    }
    printf("}\n");
    fflush(stdout);
}

/* ---- input ---- */

/* A whole line without its end; NULL at the end of the input. One that is too long is read to its
 * end and comes back empty, which is no question. */
static char *read_line(size_t *length)
{
    size_t room = 4096, used = 0;
    char  *line = malloc(room), *grown;
    int    character;

    while (line != NULL && (character = getchar()) != EOF && character != '\n') {
        if (used < MAX_LINE) {
            line[used] = (char)character;
        }
        used += used <= MAX_LINE;
        if (used == room && room < MAX_LINE) {
            grown = realloc(line, room *= 2);
            if (grown == NULL) {
                free(line);
            }
            line = grown;
        }
    }
    if (line == NULL || (used == 0 && feof(stdin))) {
        free(line);
        return NULL;
    }
    *length = used > MAX_LINE ? 0 : used;
    return line;
}

static int answer_lines(void)
{
    Question question;
    char    *line;
    size_t   length;

    memset(&question, 0, sizeof(question));
    free_question(&question);
    while ((line = read_line(&length)) != NULL) {
        Answer malformed;

        memset(&malformed, 0, sizeof(malformed));
        malformed.problem = read_json(line, length, &question);
        if (malformed.problem != NULL) {
            tell_machine(&malformed);
        } else {
            ask(&question, tell_machine);
        }
        free_question(&question);
        free(line);
    }
    return 0;
}

static char *read_file(const char *path)
{
    char *text = read_text_file(path);

    if (text == NULL) {
        fprintf(stderr, "verify: %s: %s\n", path, strerror(errno));
        exit(2);
    }
    return text;
}

static void print_help(void)
{
    puts("verify --anchors FILE --leaf FILE [OPTION ...]    exit 0: trusted, 1: refused, 2: "
         "misused\n"
         "verify < QUESTIONS                one JSON object a line: the same names, PEM as "
         "strings\n\n"
         "  --anchors FILE        trusted certificates (PEM)\n"
         "  --leaf FILE           the certificate; further ones in the file count as sent with it\n"
         "  --intermediates FILE  certificates for the path\n"
         "  --time UNIX           seconds since 1970 (now)\n"
         "  --name DNS|IP         the host that the certificate must be for\n"
         "  --purpose P           server or client (server)\n"
         "  --crl FILE            revocation lists (PEM)\n"
         "  --ocsp FILE           a stapled OCSP response (PEM)\n"
         "  --revocation P        off, soft or hard (soft with --crl or --ocsp, else off)\n"
         "  --max-depth N         most intermediates, 1 .. 16 (8)\n"
         "  --allow-sha1 --allow-md5 --allow-short-keys --common-name --ignore-dates");
}

static void read_command_line(int argc, char **argv, Question *question)
{
    const struct {
        const char *name;
        char      **file, **text;
        long       *number, *flag;
    } options[] = {
        {"--anchors", &question->anchors, NULL, NULL, NULL},
        {"--intermediates", &question->intermediates, NULL, NULL, NULL},
        {"--leaf", &question->leaf, NULL, NULL, NULL},
        {"--crl", &question->crl, NULL, NULL, NULL},
        {"--ocsp", &question->ocsp, NULL, NULL, NULL},
        {"--name", NULL, &question->name, NULL, NULL},
        {"--purpose", NULL, &question->purpose, NULL, NULL},
        {"--revocation", NULL, &question->revocation, NULL, NULL},
        {"--time", NULL, NULL, &question->time, NULL},
        {"--max-depth", NULL, NULL, &question->max_depth, NULL},
        {"--allow-sha1", NULL, NULL, NULL, &question->allow_sha1},
        {"--allow-md5", NULL, NULL, NULL, &question->allow_md5},
        {"--allow-short-keys", NULL, NULL, NULL, &question->allow_short_keys},
        {"--common-name", NULL, NULL, NULL, &question->common_name},
        {"--ignore-dates", NULL, NULL, NULL, &question->ignore_dates},
    };
    size_t      count = sizeof(options) / sizeof(options[0]), i;
    const char *value;
    char       *end;
    int         at;

    for (at = 1; at < argc; at++) {
        if (strcmp(argv[at], "--help") == 0) {
            print_help();
            exit(0);
        }
        for (i = 0; i < count && strcmp(options[i].name, argv[at]) != 0; i++) {
        }
        if (i == count || (options[i].flag == NULL && at + 1 == argc)) {
            fprintf(stderr, "verify: %s: %s (--help shows the options)\n", argv[at],
                    i == count ? "unknown option" : "needs a value");
            exit(2);
        }
        if (options[i].flag != NULL) {
            *options[i].flag = 1;
            continue;
        }
        value = argv[++at];
        if (options[i].number != NULL) {
            errno              = 0;
            *options[i].number = strtol(value, &end, 10);
            if (end == value || *end != '\0' || errno != 0 || *options[i].number < 0) {
                fprintf(stderr, "verify: %s: not a number\n", value);
                exit(2);
            }
        } else if (options[i].file != NULL) {
            free(*options[i].file);
            *options[i].file = read_file(value);
        } else {
            char *copy = malloc(strlen(value) + 1);

            if (copy == NULL) {
                exit(2);
            }
            free(*options[i].text);
            *options[i].text = strcpy(copy, value);
        }
    }
}

int main(int argc, char **argv)
{
    Question question;

    if (argc == 1) {
        return answer_lines();
    }
    memset(&question, 0, sizeof(question));
    free_question(&question);
    read_command_line(argc, argv, &question);
    ask(&question, tell_person);
    free_question(&question);
    return exit_status;
}
