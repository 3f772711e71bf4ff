/*
 * options.c - reading the command line of client and server from one table, which is also the
 * help text. Applying what was read lives in common.c.
 */
#include "options.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    CLIENT = SSL_ClientSide,
    SERVER = SSL_ServerSide,
    BOTH   = CLIENT | SERVER
};

typedef enum Kind {
    TEXT,
    NUMBER,
    FLAG,
    VERSION,
    SUITES,
    GROUPS,
    SIGALGS,
    CERT,
    KEY,
    HELP
} Kind;

typedef struct Option {
    const char *name; /* of the member; on the command line with "--" and "-" instead of "_" */
    int         sides;
    Kind        kind;
    size_t      offset; /* of the member */
    const char *value, *help;
} Option;

/* clang-format off */
#define ROW(sides, kind, member, value, help) \
    { #member, sides, kind, offsetof(Options, member), value, help }

static const Option option_table[] = {
    ROW(BOTH,   TEXT,    host,          "ADDRESS", "where to connect, or listen (127.0.0.1)"),
    ROW(BOTH,   TEXT,    port,          "PORT",    "server: 0 takes any and prints it (4433)"),
    ROW(CLIENT, TEXT,    get,           "PATH",    "what to fetch from --host and --port (/)"),
    ROW(CLIENT, TEXT,    name,          "NAME",    "the server's name, if it is not the host"),
    ROW(SERVER, TEXT,    root,          "DIR",     "also serve the files below DIR"),
    ROW(BOTH,   CERT,    cert,          "PEM",     "own chain, leaf first; may be repeated"),
    ROW(BOTH,   KEY,     key,           "PEM",     "its key, if not in the same file; same order"),
    ROW(BOTH,   TEXT,    password,      "TEXT",    "for encrypted private keys"),
    ROW(SERVER, TEXT,    staple,        "DER",     "OCSP response to staple to the first --cert"),
    ROW(BOTH,   TEXT,    ca,            "PEM",     "trusted: file or directory (the system's)"),
    ROW(BOTH,   TEXT,    crl,           "PEM",     "revocation lists of those authorities"),
    ROW(BOTH,   TEXT,    revocation,    "P",       "off, soft, hard (soft with --crl, else off)"),
    ROW(BOTH,   TEXT,    pin,           "HEX",     "accept the public key with this SHA-256"),
    ROW(BOTH,   TEXT,    psk,           "FILE",    "pre-shared keys, a line each: NAME:HEX"),
    ROW(SERVER, TEXT,    psk_hint,      "TEXT",    "up to TLS 1.2: which of them clients shall use"),
    ROW(CLIENT, FLAG,    any_name,      NULL,      "with --pin: its certificate may name others"),
    ROW(BOTH,   FLAG,    insecure,      NULL,      "accept any certificate"),
    ROW(BOTH,   FLAG,    request_cert,  NULL,      "server: ask for a client certificate"),
    ROW(BOTH,   FLAG,    require_cert,  NULL,      "server: refuse clients without one"),
    ROW(BOTH,   VERSION, min,           "V",       "ssl2 ssl3 tls1.0 tls1.1 tls1.2 tls1.3"),
    ROW(BOTH,   VERSION, max,           "V",       "likewise the highest version"),
    ROW(BOTH,   SUITES,  suites,        "A,B",     "cipher suites, best first"),
    ROW(BOTH,   GROUPS,  groups,        "A,B",     "groups for the key exchange"),
    ROW(BOTH,   SIGALGS, sigalgs,       "A,B",     "signature schemes"),
    ROW(BOTH,   TEXT,    alpn,          "A,B",     "application protocols"),
    ROW(CLIENT, NUMBER,  max_fragment,  "N",       "max_fragment_length: 512, 1024, 2048, 4096"),
    ROW(BOTH,   NUMBER,  record_limit,  "N",       "most bytes in a record that we accept"),
    ROW(BOTH,   NUMBER,  max_record,    "N",       "most bytes in a record that we send"),
    ROW(BOTH,   NUMBER,  padding,       "N",       "TLS 1.3: pad records to multiples of N"),
    ROW(BOTH,   FLAG,    no_split,      NULL,      "SSL 3.0, TLS 1.0: no 1/n-1 splitting of CBC"),
    ROW(CLIENT, FLAG,    ocsp,          NULL,      "ask for a stapled OCSP response"),
    ROW(CLIENT, FLAG,    fallback,      NULL,      "send the fallback signal (RFC 7507)"),
    ROW(CLIENT, NUMBER,  min_dh,        "BITS",    "shortest prime to accept (2048)"),
    ROW(CLIENT, FLAG,    keyupdate,     NULL,      "TLS 1.3: change keys before the request"),
    ROW(CLIENT, FLAG,    post_handshake_auth, NULL, "TLS 1.3: show --cert later, when asked"),
    ROW(CLIENT, TEXT,    renegotiate,   "HOW",     "up to TLS 1.2, before the request: full, abbreviated"),
    ROW(BOTH,   NUMBER,  renegotiate_bytes, "N",   "new keys behind every N bytes of data"),
    ROW(SERVER, FLAG,    allow_renegotiation, NULL, "follow a client that begins unasked"),
    ROW(CLIENT, NUMBER,  reconnect,     "N",       "do it N times more, resuming the session"),
    ROW(CLIENT, TEXT,    session,       "FILE",    "resume the session in it, keep the new one"),
    { "early_data", CLIENT, TEXT, offsetof(Options, early_text), "TEXT",
      "0-RTT, with --session: say this, or a file" },
    { "early_data", SERVER, NUMBER, offsetof(Options, early_bytes), "BYTES",
      "accept so much 0-RTT data (0)" },
    ROW(CLIENT, TEXT,    data_out,      "FILE",    "send this file as it is, print the answer"),
    ROW(CLIENT, NUMBER,  expect,        "N",       "with --data-out: end after N bytes have come"),
    ROW(CLIENT, NUMBER,  timeout,       "SECONDS", "longest wait for the server (10)"),
    ROW(SERVER, FLAG,    cookie,        NULL,      "TLS 1.3: HelloRetryRequest for everyone"),
    ROW(SERVER, FLAG,    strict_sni,    NULL,      "refuse names no certificate has (default)"),
    ROW(SERVER, FLAG,    any_sni,       NULL,      "answer whatever name is asked for"),
    ROW(SERVER, FLAG,    no_sessions,   NULL,      "no resumption"),
    ROW(SERVER, FLAG,    no_tickets,    NULL,      "sessions are kept here, not sealed in tickets"),
    ROW(SERVER, TEXT,    session_file,  "FILE",    "keep sessions in this file, for many servers"),
    ROW(SERVER, TEXT,    redis,         "HOST:PORT", "keep them in Redis, for many machines"),
    ROW(SERVER, FLAG,    prefer_client, NULL,      "choose the suite by the client's order"),
    ROW(SERVER, FLAG,    v2hello,       NULL,      "take a ClientHello in SSL 2.0's format"),
    ROW(SERVER, FLAG,    v2export,      NULL,      "SSL 2.0 export kinds beside later versions"),
    ROW(SERVER, TEXT,    export_key,    "PEM",     "short RSA key for the RSA_EXPORT suites"),
    ROW(SERVER, TEXT,    dh_params,     "DER",     "Diffie-Hellman: for the anonymous suites"),
    ROW(SERVER, NUMBER,  idle,          "SECONDS", "close connections that stand still (30)"),
    ROW(SERVER, NUMBER,  max_seconds,   "N",       "end after N seconds"),
    ROW(BOTH,   TEXT,    keylog,        "FILE",    "write the secrets, NSS format: for debugging"),
    ROW(BOTH,   FLAG,    trace,         NULL,      "draw the handshake on the error output"),
    ROW(BOTH,   FLAG,    info,          NULL,      "say on the error output what was negotiated"),
    ROW(BOTH,   HELP,    help,          NULL,      "this text"),
};

static const struct {
    const char        *name;
    SSLProtocolVersion version;
} version_table[] = {
    { "ssl2",   SSL_Version_2_0 }, { "ssl3",   SSL_Version_3_0 }, { "tls1.0", TLS_Version_1_0 },
    { "tls1.1", TLS_Version_1_1 }, { "tls1.2", TLS_Version_1_2 }, { "tls1.3", TLS_Version_1_3 },
};
/* clang-format on */

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const char *program_name;

static void fail_usage(const char *problem, const char *what)
{
    fprintf(stderr, "%s: %s %s (--help shows the options)\n", program_name, problem, what);
    exit(2);
}

static void print_name(const char *name)
{
    int column;

    printf("  --");
    for (column = 0; column < 13 || *name != '\0'; column++) {
        char character = ' ';

        if (*name != '\0') {
            character = *name++;
        }
        putchar(character == '_' ? '-' : character);
    }
}

static void print_help(SSLProtocolSide side)
{
    size_t index;

    printf("usage: %s [options]%s\n", program_name,
           side == SSL_ClientSide ? " [https://host[:port]/path]" : "");
    for (index = 0; index < COUNT(option_table); index++) {
        const Option *option = &option_table[index];

        if (option->sides & (int)side) {
            print_name(option->name);
            printf(" %-8s %s\n", option->value != NULL ? option->value : "", option->help);
        }
    }
    exit(0);
}

const char *version_option_name(SSLProtocolVersion version)
{
    size_t index;

    for (index = 0; index < COUNT(version_table); index++) {
        if (version_table[index].version == version) {
            return version_table[index].name;
        }
    }
    return "-";
}

static SSLProtocolVersion read_version(const char *value)
{
    size_t index;

    for (index = 0; index < COUNT(version_table); index++) {
        if (strcmp(version_table[index].name, value) == 0) {
            return version_table[index].version;
        }
    }
    fail_usage("no such version:", value);
    return SSL_Version_Undetermined;
}

static uint32 read_number(const char *value)
{
    char         *end;
    unsigned long number;

    errno  = 0;
    number = strtoul(value, &end, 10);
    if (value[0] < '0' || value[0] > '9' || *end != '\0' || errno != 0 || number > 0xFFFFFFFFul) {
        fail_usage("not a number:", value);
    }
    return (uint32)number;
}

/* One name of a list, by the engine's own tables, or its number as 0x1301. */
static void add_number(Numbers *numbers, const char *name, Kind kind)
{
    uint16        number = 0;
    unsigned long given;
    char         *end;
    SSLErr        err;

    if (name[0] == '0' && name[1] == 'x') {
        given  = strtoul(name + 2, &end, 16);
        number = (uint16)given;
        err    = name[2] != '\0' && *end == '\0' && given <= 0xFFFF ? SSLNoErr : SSLBadParameterErr;
    } else if (kind == SUITES) {
        err = SSLCipherSuiteByName(name, &number);
    } else if (kind == GROUPS) {
        err = SSLGroupByName(name, &number);
    } else {
        err = SSLSignatureSchemeByName(name, &number);
    }
    if (err != SSLNoErr) {
        fail_usage("this build does not know", name);
    }
    if (numbers->count == MAX_NUMBERS) {
        fail_usage("too many names, at", name);
    }
    numbers->list[numbers->count++] = number;
}

static void read_names(Numbers *numbers, const char *value, Kind kind)
{
    char name[64];

    numbers->count = 0;
    while (*value != '\0') {
        size_t length = strcspn(value, ",");

        if (length == 0 || length >= sizeof(name)) {
            fail_usage("not a list of names:", value);
        }
        memcpy(name, value, length);
        name[length] = '\0';
        add_number(numbers, name, kind);
        value += length;
        value += *value == ',';
    }
}

static void add_file(const char **files, int *count, const char *value)
{
    if (*count == MAX_IDENTITIES) {
        fail_usage("too many identities, at", value);
    }
    files[(*count)++] = value;
}

/* The members of Options are found by their offset; the kind in the table says what type they have.
 */
static void store(Options *options, const Option *option, const char *value)
{
    void *member = (char *)options + option->offset;

    switch (option->kind) {
    case TEXT:
        *(const char **)member = value;
        break;
    case NUMBER:
        *(uint32 *)member = read_number(value);
        break;
    case FLAG:
        *(int *)member = 1;
        break;
    case VERSION:
        *(SSLProtocolVersion *)member = read_version(value);
        break;
    case SUITES:
    case GROUPS:
    case SIGALGS:
        read_names((Numbers *)member, value, option->kind);
        break;
    case CERT:
        add_file(options->cert, &options->cert_count, value);
        break;
    case KEY:
        add_file(options->key, &options->key_count, value);
        break;
    case HELP:
        break;
    }
}

static int is_called(const Option *option, const char *argument)
{
    const char *name = option->name;

    if (strncmp(argument, "--", 2) != 0) {
        return 0;
    }
    for (argument += 2; *name != '\0'; name++, argument++) {
        if (*argument != (*name == '_' ? '-' : *name)) {
            return 0;
        }
    }
    return *argument == '\0' || *argument == '=';
}

static const Option *find_option(const char *argument, SSLProtocolSide side)
{
    size_t index;

    for (index = 0; index < COUNT(option_table); index++) {
        const Option *option = &option_table[index];

        if ((option->sides & (int)side) && is_called(option, argument)) {
            return option;
        }
    }
    return NULL;
}

static void check(const Options *options)
{
    if (options->key_count > options->cert_count) {
        fail_usage("--key without --cert:", options->key[options->key_count - 1]);
    }
    if (options->pin != NULL &&
        (strlen(options->pin) != 64 || strspn(options->pin, "0123456789abcdefABCDEF") != 64)) {
        fail_usage("--pin wants 64 hexadecimal digits, not", options->pin);
    }
    if (options->revocation != NULL && strcmp(options->revocation, "off") != 0 &&
        strcmp(options->revocation, "soft") != 0 && strcmp(options->revocation, "hard") != 0) {
        fail_usage("--revocation is off, soft or hard, not", options->revocation);
    }
    if (options->early_bytes > 0 &&
        (options->session_file != NULL || options->redis != NULL || options->no_sessions)) {
        fail_usage("--early-data goes with sessions of this process alone,",
                   options->no_sessions     ? "not with --no-sessions"
                   : options->redis != NULL ? "not with --redis"
                                            : "not with --session-file");
    }
    if (options->early_bytes > MAX_EARLY_BYTES) {
        fail_usage("--early-data takes at most", "16000");
    }
    if (options->early_text != NULL && options->session == NULL) {
        fail_usage("--early-data needs --session:", options->early_text);
    }
    if (options->any_name && (options->pin == NULL || options->ca != NULL)) {
        fail_usage("--any-name needs --pin", "without --ca");
    }
}

void read_options(Options *options, SSLProtocolSide side, int argc, char **argv)
{
    int at = 1;

    program_name = argv[0];
    memset(options, 0, sizeof(*options));
    options->timeout = 10;
    options->idle    = 30;
    while (at < argc) {
        const char   *argument = argv[at++];
        size_t        length   = strcspn(argument, "="); /* --name=value is as good */
        const Option *option   = find_option(argument, side);
        const char   *value    = NULL;

        if (argument[0] != '-' && side == SSL_ClientSide && options->url == NULL) {
            options->url = argument;
            continue;
        }
        if (option == NULL) {
            fail_usage("no such option:", argument);
            return;
        }
        if (option->kind == HELP) {
            print_help(side);
        }
        if (option->value != NULL) {
            value = argument[length] == '=' ? argument + length + 1 : at < argc ? argv[at++] : NULL;
            if (value == NULL) {
                fail_usage("a value is missing after", argument);
            }
        } else if (argument[length] == '=') {
            fail_usage("no value belongs to", argument);
        }
        store(options, option, value);
    }
    check(options);
}
