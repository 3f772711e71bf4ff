/*
 * negative.c - see negative.h.
 */
#include "negative.h"

#define ECDHE TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256
#define DHE   TLS_DHE_RSA_WITH_AES_128_GCM_SHA256
#define KXRSA TLS_RSA_WITH_AES_128_GCM_SHA256
#define CBC   TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256
#define V12   TLS_Version_1_2
#define V13   TLS_Version_1_3

/* clang-format off */
const Scenario tls12              = { "1.2",              V12, ECDHE, 0, IDENTITY_ED25519, 0 };
const Scenario tls12_cbc          = { "1.2 CBC",          V12, CBC,   0, IDENTITY_ED25519, 0 };
const Scenario tls12_cert         = { "1.2 client cert",  V12, ECDHE, 0, IDENTITY_ED25519, WITH_CLIENT_CERT };
const Scenario tls12_required     = { "1.2 cert required", V12, ECDHE, 0, IDENTITY_ED25519, WITH_REQUIRED_CERT };
const Scenario tls12_status       = { "1.2 status",       V12, ECDHE, 0, IDENTITY_ED25519, WITH_STATUS };
const Scenario tls12_resumed      = { "1.2 resumed",      V12, ECDHE, 0, IDENTITY_ED25519, WITH_RESUMPTION };
const Scenario tls12_p256         = { "1.2 P-256",        V12, ECDHE, SSL_GROUP_SECP256R1, IDENTITY_P256, 0 };
const Scenario tls12_dhe          = { "1.2 DHE",          V12, DHE,   SSL_GROUP_FFDHE2048, IDENTITY_RSA, 0 };
const Scenario tls12_dhe_cert     = { "1.2 DHE, client cert", V12, DHE, SSL_GROUP_FFDHE2048, IDENTITY_RSA, WITH_CLIENT_CERT };
const Scenario tls12_rsa          = { "1.2 RSA",          V12, KXRSA, 0, IDENTITY_RSA, 0 };
const Scenario tls12_rsa_cert     = { "1.2 RSA, client cert", V12, KXRSA, 0, IDENTITY_RSA, WITH_CLIENT_CERT };
const Scenario tls12_alpn         = { "1.2 ALPN",         V12, ECDHE, 0, IDENTITY_ED25519, WITH_ALPN };
const Scenario tls12_name         = { "1.2 name",         V12, ECDHE, 0, IDENTITY_ED25519, WITH_SERVER_NAME };
const Scenario tls12_fragment     = { "1.2 fragments",    V12, ECDHE, 0, IDENTITY_ED25519, WITH_FRAGMENT_LENGTH };
const Scenario tls12_limit        = { "1.2 limit",        V12, ECDHE, 0, IDENTITY_ED25519, WITH_SIZE_LIMIT };
const Scenario tls12_newer_client = { "1.2, client 1.3",  V12, 0, 0, IDENTITY_ED25519, WITH_NEWER_CLIENT };
const Scenario tls12_newer_server = { "1.2, server 1.3",  V12, 0, 0, IDENTITY_ED25519, WITH_NEWER_SERVER };
const Scenario tls13              = { "1.3",              V13, 0, 0, IDENTITY_ED25519, 0 };
const Scenario tls13_both         = { "1.2 or 1.3",       V12, 0, 0, IDENTITY_ED25519, WITH_NEWER_CLIENT | WITH_NEWER_SERVER };
const Scenario tls13_cert         = { "1.3 client cert",  V13, 0, 0, IDENTITY_ED25519, WITH_CLIENT_CERT };
const Scenario tls13_required     = { "1.3 cert required", V13, 0, 0, IDENTITY_ED25519, WITH_REQUIRED_CERT };
const Scenario tls13_status       = { "1.3 status",       V13, 0, 0, IDENTITY_ED25519, WITH_STATUS };
const Scenario tls13_alpn         = { "1.3 ALPN",         V13, 0, 0, IDENTITY_ED25519, WITH_ALPN };
const Scenario tls13_name         = { "1.3 name",         V13, 0, 0, IDENTITY_ED25519, WITH_SERVER_NAME };
const Scenario tls13_limit        = { "1.3 limit",        V13, 0, 0, IDENTITY_ED25519, WITH_SIZE_LIMIT };
const Scenario tls13_fragment     = { "1.3 fragments",    V13, 0, 0, IDENTITY_ED25519, WITH_FRAGMENT_LENGTH };
const Scenario tls13_retry        = { "1.3 retry",        V13, 0, 0, IDENTITY_ED25519, WITH_RETRY };
const Scenario tls13_cookie       = { "1.3 cookie",       V13, 0, 0, IDENTITY_ED25519, WITH_COOKIE };
const Scenario tls13_p256         = { "1.3 P-256",        V13, 0, SSL_GROUP_SECP256R1, IDENTITY_P256, 0 };
const Scenario tls13_p384         = { "1.3 P-384",        V13, 0, SSL_GROUP_SECP384R1, IDENTITY_ED25519, 0 };
const Scenario tls13_p521         = { "1.3 P-521",        V13, 0, SSL_GROUP_SECP521R1, IDENTITY_ED25519, 0 };
const Scenario tls13_ffdhe        = { "1.3 FFDHE",        V13, 0, SSL_GROUP_FFDHE2048, IDENTITY_ED25519, 0 };
const Scenario tls13_hybrid       = { "1.3 hybrid",       V13, 0, SSL_GROUP_X25519MLKEM768, IDENTITY_ED25519, 0 };
const Scenario tls13_rsa          = { "1.3 RSA",          V13, 0, 0, IDENTITY_RSA, 0 };
const Scenario tls13_rsa_cert     = { "1.3 RSA, client cert", V13, 0, 0, IDENTITY_RSA, WITH_CLIENT_CERT };
/* clang-format on */

/* ---- changing a message ---- */

size_t parse_hex(const char *hex, uint8_t *out, size_t room)
{
    size_t   length = 0;
    unsigned byte;
    int      used;

    while (*hex != 0) {
        unsigned times = 1;

        if (*hex == ' ') {
            hex++;
            continue;
        }
        assert_int_equal(sscanf(hex, "%2x%n", &byte, &used), 1);
        assert_int_equal(used, 2);
        hex += used;
        if (*hex == '*') {
            assert_int_equal(sscanf(hex + 1, "%u%n", &times, &used), 1);
            hex += 1 + used;
        }
        while (times-- > 0) {
            assert_true(length < room);
            out[length++] = (uint8_t)byte;
        }
    }
    return length;
}

static void put_length(uint8_t *at, size_t size, size_t value)
{
    while (size-- > 0) {
        at[size] = (uint8_t)value;
        value >>= 8;
    }
}

static size_t get_length(const uint8_t *at, size_t size)
{
    size_t value = 0;

    while (size-- > 0) {
        value = (value << 8) | *at++;
    }
    return value;
}

void splice(EvilMessage *message, size_t at, size_t removed, const void *data, size_t length)
{
    size_t   old   = message->bytes.length, whole;
    uint8_t *bytes = (uint8_t *)malloc(old + length + 1);

    assert_non_null(bytes);
    assert_true(at + removed <= old);
    memcpy(bytes, message->bytes.data, at);
    if (length > 0) {
        memcpy(bytes + at, data, length);
    }
    memcpy(bytes + at + length, message->bytes.data + at + removed, old - at - removed);
    whole = old - removed + length;
    if (message->row->type != MSG_CHANGE_CIPHER_SPEC) {
        put_length(bytes + 1, 3, whole - 4);
    }
    message_set(message, bytes, whole);
    free(bytes);
}

/* Behind a vector with a length of `size` bytes. */
static size_t behind(const EvilMessage *message, size_t at, size_t size)
{
    return at + size + get_length(message->bytes.data + at, size);
}

size_t extension_block(const EvilMessage *message, int is_tls13)
{
    size_t at = 4;

    switch (message->row->type) {
    case MSG_CLIENT_HELLO:
        at = behind(message, 4 + 2 + 32, 1);
        at = behind(message, behind(message, at, 2), 1);
        break;
    case MSG_SERVER_HELLO:
    case MSG_HELLO_RETRY_REQUEST:
        at = behind(message, 4 + 2 + 32, 1) + 3;
        break;
    case MSG_CERTIFICATE_REQUEST:
        at = is_tls13 ? behind(message, 4, 1) : 0;
        break;
    case MSG_CERTIFICATE:
        at = is_tls13 ? behind(message, behind(message, 4, 1) + 3, 3) : 0;
        break;
    case MSG_ENCRYPTED_EXTENSIONS:
        break;
    default:
        return 0;
    }
    return at + 2 <= message->bytes.length ? at : 0;
}

size_t find_extension(const EvilMessage *message, int is_tls13, uint16_t id, size_t *length)
{
    const uint8_t *bytes = message->bytes.data;
    size_t         at    = extension_block(message, is_tls13), end;

    if (at == 0) {
        return 0;
    }
    end = behind(message, at, 2);
    for (at += 2; at < end; at = behind(message, at + 2, 2)) {
        if (get_u16(bytes + at) == id) {
            *length = get_u16(bytes + at + 2);
            return at;
        }
    }
    return 0;
}

/* A splice inside the extension block. */
static void splice_extensions(EvilMessage *message, int is_tls13, size_t at, size_t removed,
                              const void *data, size_t length)
{
    size_t   block = extension_block(message, is_tls13), old;
    uint8_t *bytes;

    assert_true(block != 0);
    old = get_u16(message->bytes.data + block);
    splice(message, at, removed, data, length);
    bytes = message->bytes.data;
    put_u16(bytes + block, old - removed + length);
    if (message->row->type == MSG_CERTIFICATE) {
        size_t list = behind(message, 4, 1);

        put_length(bytes + list, 3, get_length(bytes + list, 3) - removed + length);
    }
}

void add_extension(EvilMessage *message, int is_tls13, uint16_t id, const void *data, size_t length)
{
    size_t   block = extension_block(message, is_tls13);
    uint8_t *bytes = (uint8_t *)malloc(4 + length);

    assert_non_null(bytes);
    if (block == 0) { /* a TLS 1.2 hello without extensions */
        block = message->bytes.length;
        splice(message, block, 0, "\0\0", 2);
    }
    put_u16(bytes, id);
    put_u16(bytes + 2, length);
    if (length > 0) {
        memcpy(bytes + 4, data, length);
    }
    splice_extensions(message, is_tls13, behind(message, block, 2), 0, bytes, 4 + length);
    free(bytes);
}

void set_extension(EvilMessage *message, int is_tls13, uint16_t id, const void *data, size_t length)
{
    size_t  old, at = find_extension(message, is_tls13, id, &old);
    uint8_t size[2];

    if (at == 0) {
        add_extension(message, is_tls13, id, data, length);
        return;
    }
    put_u16(size, length);
    splice_extensions(message, is_tls13, at + 4, old, data, length);
    memcpy(message->bytes.data + at + 2, size, 2);
}

void drop_extension(EvilMessage *message, int is_tls13, uint16_t id)
{
    size_t length = 0, at = find_extension(message, is_tls13, id, &length);

    assert_true(at != 0);
    splice_extensions(message, is_tls13, at, 4 + length, NULL, 0);
}

static void double_extension(EvilMessage *message, int is_tls13, uint16_t id)
{
    uint8_t data[2048];
    size_t  length = 0, at = find_extension(message, is_tls13, id, &length);

    assert_true(at != 0 && length <= sizeof(data));
    memcpy(data, message->bytes.data + at + 4, length);
    add_extension(message, is_tls13, id, data, length);
}

/* ---- one case ---- */

typedef struct Run {
    const Case *one;
    int         seen; /* messages of the type so far */
} Run;

int is_wanted(Peer *evil, const EvilMessage *message)
{
    Run *run = (Run *)evil->plan;

    return message->row->type == run->one->type &&
           message->row->who == (is_server(&evil->ctx) ? SERVER : CLIENT) &&
           run->seen == 1 + run->one->second;
}

static int count(Peer *evil, EvilPhase phase, const EvilMessage *message)
{
    Run *run = (Run *)evil->plan;

    if (phase == EVIL_READY && message->row->type == run->one->type) {
        run->seen++;
    }
    return is_wanted(evil, message);
}

static void apply(Peer *evil, const Case *one, EvilMessage *message)
{
    static uint8_t data[70000];
    size_t         length   = one->hex != NULL ? parse_hex(one->hex, data, sizeof(data)) : 0;
    size_t         whole    = message->bytes.length;
    int            is_tls13 = evil->ctx.version == TLS_Version_1_3 || is_server(&evil->ctx) == 0;

    if (message->row->type == MSG_CERTIFICATE || message->row->type == MSG_CERTIFICATE_REQUEST) {
        is_tls13 = evil->ctx.version == TLS_Version_1_3;
    }
    switch (one->change) {
    case SET:
        set_extension(message, is_tls13, one->at, data, length);
        break;
    case ADD:
        add_extension(message, is_tls13, one->at, data, length);
        break;
    case DROP:
        drop_extension(message, is_tls13, one->at);
        break;
    case DOUBLE:
        double_extension(message, is_tls13, one->at);
        break;
    case PUT:
        splice(message, 4 + (size_t)one->at, length, data, length);
        break;
    case BODY:
        splice(message, message->row->type == MSG_CHANGE_CIPHER_SPEC ? 0 : 4,
               message->row->type == MSG_CHANGE_CIPHER_SPEC ? whole : whole - 4, data, length);
        break;
    case APPEND:
        splice(message, whole, 0, data, length);
        break;
    case CUT:
        splice(message, whole - one->at, one->at, NULL, 0);
        break;
    case FLIP:
        message->bytes.data[whole - 1] ^= 1;
        break;
    default:
        break;
    }
}

static SSLErr case_hook(Peer *evil, EvilPhase phase, EvilMessage *message)
{
    const Case *one = ((Run *)evil->plan)->one;

    if (phase != EVIL_WORK && count(evil, phase, message) && phase == EVIL_READY) {
        apply(evil, one, message);
    }
    return one->custom != NULL ? one->custom(evil, phase, message) : SSLNoErr;
}

static int run_case(const Case *one, const Case *otherwise, const int *changed)
{
    Run     run  = {.one = one};
    Pair   *pair = pair_open(one->scenario, one->side, case_hook, &run);
    int     expect_connection, connected, right;
    SSLErr  error;
    uint8_t alert;

    if (one->setup != NULL) {
        one->setup(pair);
    }
    pair_handshake(pair);
    if (otherwise != NULL && !*changed) {
        one = otherwise;
    }
    connected         = peer_connected(pair->honest);
    expect_connection = one->error == SSLNoErr || one->afterwards != NULL;
    error             = pair->honest->result;
    if (connected && one->afterwards != NULL) {
        one->afterwards(pair);
        evil_flush(pair->evil);
        error = peer_read(pair->honest);
    }
    alert = peer_alert(pair->honest);
    right = connected == expect_connection && alert == one->alert && error == one->error;
    if (right && one->change != CUSTOM && one->change != UNCHANGED) {
        right = run.seen > one->second;
    }
    if (right && one->error == SSLNoErr && one->afterwards == NULL) {
        right = pair_is_connected(pair);
    }
    if (!right) {
        SSLErrorDetail detail;

        SSLGetErrorDetail(&pair->honest->ctx, &detail);
        print_message("%s (%s): expected %s and %d; %s with %s and %d (%s); evil %d\n", one->name,
                      one->scenario->name,
                      one->alert == NO_ALERT ? "no alert" : SSLAlertName(one->alert), one->error,
                      connected ? "connected" : "not connected",
                      alert == NO_ALERT ? "no alert" : SSLAlertName(alert), error, detail.rule,
                      pair->evil->result);
    }
    pair_close(pair);
    return right;
}

void run_cases(const Case *cases, size_t how_many)
{
    size_t i, wrong = 0;

    for (i = 0; i < how_many; i++) {
        wrong += !run_case(&cases[i], NULL, NULL);
    }
    print_message("%zu cases\n", how_many);
    assert_int_equal(wrong, 0);
}

int probe_case(const Case *changed_case, const Case *unchanged, const int *changed)
{
    assert_true(run_case(changed_case, unchanged, changed));
    return *changed;
}

/* ---- a second handshake ---- */

void allow_renegotiation(Pair *pair)
{
    assert_int_equal(SSLSetRenegotiation(&pair->server.ctx, SSL_RenegotiateAllowPeer), SSLNoErr);
}

void client_renegotiates(Pair *pair)
{
    assert_int_equal(SSLRenegotiate(&pair->client.ctx), SSLNoErr);
    go_on(pair);
}

void go_on(Pair *pair)
{
    int i;

    for (i = 0; i < 10; i++) {
        (void)SSLHandshake(&pair->client.ctx);
        (void)peer_read(&pair->server);
        (void)peer_read(&pair->client);
    }
}
