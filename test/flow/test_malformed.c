/*
 * test_malformed.c - every message of a handshake, cut off at every length, with a byte too many,
 * and with each of its length fields one too small or too large: refused, whatever the rest says,
 * and everything freed. Best run under AddressSanitizer.
 */
#include "negative.h"

#define MAX_FIELDS 128

typedef struct Field {
    size_t at, size;
} Field;

typedef struct Fields {
    Field  at[MAX_FIELDS];
    size_t count;
} Fields;

typedef enum Kind {
    MEASURE, /* nothing is changed; how long is the message? */
    CUT_OFF,
    ONE_MORE,
    ONE_LESS_FIELD,
    ONE_MORE_FIELD,
    WRONG_BYTE
} Kind;

typedef struct Plan {
    int    number; /* of the message */
    Kind   kind;
    size_t at; /* length, field or byte */
    int    is_tls13;
    /* results of MEASURE */
    uint16_t types[32];
    size_t   lengths[32];
    Fields   fields[32];
    int      count;
} Plan;

/* ---- the length fields of a message ---- */

typedef struct Cursor {
    const uint8_t *data;
    size_t         at, end;
    Fields        *fields;
} Cursor;

static size_t number_at(const Cursor *cursor, size_t size)
{
    size_t value = 0, i;

    for (i = 0; i < size; i++) {
        value = (value << 8) | cursor->data[cursor->at + i];
    }
    return value;
}

/* A vector: notes its length field, goes behind it, and gives a cursor for what is inside. */
static Cursor vector(Cursor *cursor, size_t size)
{
    Cursor inside = *cursor;
    size_t length;

    assert_true(cursor->at + size <= cursor->end && cursor->fields->count < MAX_FIELDS);
    length                                         = number_at(cursor, size);
    cursor->fields->at[cursor->fields->count].at   = cursor->at;
    cursor->fields->at[cursor->fields->count].size = size;
    cursor->fields->count++;
    cursor->at += size + length;
    assert_true(cursor->at <= cursor->end);
    inside.at += size;
    inside.end = cursor->at;
    return inside;
}

static int more(const Cursor *cursor)
{
    return cursor->at < cursor->end;
}

static void server_names(Cursor data)
{
    Cursor list = vector(&data, 2);

    while (more(&list)) {
        list.at++;
        (void)vector(&list, 2);
    }
}

static void shares(Cursor data, int hello)
{
    Cursor list = hello ? vector(&data, 2) : data;

    while (more(&list)) {
        list.at += 2;
        if (more(&list)) { /* a retry names a group alone */
            (void)vector(&list, 2);
        }
    }
}

static void status(Cursor data, int hello)
{
    if (!more(&data)) {
        return;
    }
    data.at++;
    (void)vector(&data, hello ? 2 : 3);
    if (hello) {
        (void)vector(&data, 2);
    }
}

static void protocols(Cursor data)
{
    Cursor list = vector(&data, 2);

    while (more(&list)) {
        (void)vector(&list, 1);
    }
}

static void pre_shared_keys(Cursor data)
{
    Cursor identities = vector(&data, 2), binders = vector(&data, 2);

    while (more(&identities)) {
        (void)vector(&identities, 2);
        identities.at += 4;
    }
    while (more(&binders)) {
        (void)vector(&binders, 1);
    }
}

static void extensions(Cursor *cursor, int hello)
{
    Cursor block = vector(cursor, 2);

    while (more(&block)) {
        size_t id = number_at(&block, 2);
        Cursor data;

        block.at += 2;
        data = vector(&block, 2);
        switch (id) {
        case EXT_SERVER_NAME:
            if (hello) {
                server_names(data);
            }
            break;
        case EXT_SUPPORTED_GROUPS:
        case EXT_SIGNATURE_ALGORITHMS:
        case EXT_COOKIE:
            (void)vector(&data, 2);
            break;
        case EXT_SUPPORTED_VERSIONS:
            if (hello) {
                (void)vector(&data, 1);
            }
            break;
        case EXT_EC_POINT_FORMATS:
        case EXT_RENEGOTIATION_INFO:
            (void)vector(&data, 1);
            break;
        case EXT_ALPN:
            protocols(data);
            break;
        case EXT_KEY_SHARE:
            shares(data, hello);
            break;
        case EXT_STATUS_REQUEST:
            status(data, hello);
            break;
        case EXT_PSK_KEY_EXCHANGE_MODES:
            (void)vector(&data, 1);
            break;
        case EXT_PRE_SHARED_KEY:
            if (hello) {
                pre_shared_keys(data);
            }
            break;
        default:
            break;
        }
    }
}

static void chain(Cursor *cursor, int is_tls13)
{
    Cursor list;

    if (is_tls13) {
        (void)vector(cursor, 1);
    }
    list = vector(cursor, 3);
    while (more(&list)) {
        (void)vector(&list, 3);
        if (is_tls13) {
            extensions(&list, 0);
        }
    }
}

static void request(Cursor *cursor, int is_tls13)
{
    Cursor names;

    (void)vector(cursor, 1);
    if (is_tls13) {
        extensions(cursor, 0);
        return;
    }
    (void)vector(cursor, 2);
    names = vector(cursor, 2);
    while (more(&names)) {
        (void)vector(&names, 2);
    }
}

static void server_key_exchange(Cursor *cursor, const CipherSuite *suite)
{
    if (suite->authentication == AUTH_PSK) { /* the hint */
        (void)vector(cursor, 2);
    }
    if (suite->key_exchange == KX_ECDHE) {
        cursor->at += 3;
        (void)vector(cursor, 1);
    } else if (suite->key_exchange == KX_DHE) {
        (void)vector(cursor, 2);
        (void)vector(cursor, 2);
        (void)vector(cursor, 2);
    }
    if (suite->authentication != AUTH_PSK) {
        cursor->at += 2;
        (void)vector(cursor, 2);
    }
}

static void client_key_exchange(Cursor *cursor, const CipherSuite *suite)
{
    if (suite->authentication == AUTH_PSK) { /* the identity */
        (void)vector(cursor, 2);
    }
    if (suite->key_exchange != KX_PSK) {
        (void)vector(cursor, suite->key_exchange == KX_ECDHE ? 1 : 2);
    }
}

/* Everything must be understood: a field that this function does not know would not be tested. */
static void list_fields(const SSLContext *ctx, const EvilMessage *message, int is_tls13,
                        Fields *fields)
{
    Cursor cursor = {message->bytes.data, 1, message->bytes.length, fields};

    fields->count = 0;
    cursor        = vector(&cursor, 3);
    switch (message->row->type) {
    case MSG_CLIENT_HELLO:
        cursor.at += 34;
        (void)vector(&cursor, 1);
        (void)vector(&cursor, 2);
        (void)vector(&cursor, 1);
        extensions(&cursor, 1);
        break;
    case MSG_SERVER_HELLO:
    case MSG_HELLO_RETRY_REQUEST:
        cursor.at += 34;
        (void)vector(&cursor, 1);
        cursor.at += 3;
        if (more(&cursor)) {
            extensions(&cursor, 0);
        }
        break;
    case MSG_ENCRYPTED_EXTENSIONS:
        extensions(&cursor, 0);
        break;
    case MSG_CERTIFICATE:
        chain(&cursor, is_tls13);
        break;
    case MSG_CERTIFICATE_REQUEST:
        request(&cursor, is_tls13);
        break;
    case MSG_CERTIFICATE_STATUS:
        status(cursor, 0);
        cursor.at = cursor.end;
        break;
    case MSG_SERVER_KEY_EXCHANGE:
        server_key_exchange(&cursor, ctx->agreed.suite);
        break;
    case MSG_CLIENT_KEY_EXCHANGE:
        client_key_exchange(&cursor, ctx->agreed.suite);
        break;
    case MSG_CERTIFICATE_VERIFY:
        cursor.at += 2;
        (void)vector(&cursor, 2);
        break;
    default:
        cursor.at = cursor.end;
        break;
    }
    assert_int_equal(cursor.at, cursor.end);
}

/* ---- one change ---- */

static void change(Plan *plan, EvilMessage *message)
{
    const Field *field = plan->fields[plan->number].at; /* number plan->at, for the two kinds */
    size_t       i;

    if (plan->kind == ONE_MORE_FIELD || plan->kind == ONE_LESS_FIELD) {
        field += plan->at;
    }
    switch (plan->kind) {
    case CUT_OFF:
        splice(message, 4 + plan->at, message->bytes.length - 4 - plan->at, NULL, 0);
        break;
    case ONE_MORE:
        splice(message, message->bytes.length, 0, "\1", 1);
        break;
    case ONE_MORE_FIELD:
        for (i = field->size; i-- > 0 && ++message->bytes.data[field->at + i] == 0;) {
        }
        break;
    case ONE_LESS_FIELD:
        for (i = field->size; i-- > 0 && message->bytes.data[field->at + i]-- == 0;) {
        }
        break;
    case WRONG_BYTE:
        message->bytes.data[plan->at] ^= 0xFF;
        break;
    default:
        break;
    }
}

static SSLErr hook(Peer *evil, EvilPhase phase, EvilMessage *message)
{
    Plan *plan = (Plan *)evil->plan;
    int   n    = message->number;

    if (phase != EVIL_READY) {
        return SSLNoErr;
    }
    if (plan->kind == MEASURE) {
        assert_true(n < 32);
        plan->types[n]   = message->row->type;
        plan->lengths[n] = message->bytes.length;
        plan->count      = n + 1;
        if (message->row->type != MSG_CHANGE_CIPHER_SPEC) {
            list_fields(&evil->ctx, message, plan->is_tls13, &plan->fields[n]);
        }
    } else if (n == plan->number) {
        change(plan, message);
    }
    return SSLNoErr;
}

static int runs, wrong;

/* A ServerHello of TLS 1.2 that ends before its extensions is well formed; that the evil server
 * goes on as if they had been there is found by itself. */
static int is_whole(const Plan *plan, SSLErr result)
{
    return plan->kind == CUT_OFF && plan->types[plan->number] == MSG_SERVER_HELLO &&
           !plan->is_tls13 && result == SSLFatalAlert;
}

/* Returns the alert. */
static uint8_t run(const Scenario *scenario, EvilSide side, Plan *plan, int must_fail)
{
    Pair   *pair = pair_open(scenario, side, hook, plan);
    uint8_t alert;

    runs++;
    pair_handshake(pair);
    if (pair->honest->result == SSLWouldBlockErr) {
        pair->honest->in->ended = 1; /* it waits for what will not come */
        pair_handshake(pair);
    }
    alert = peer_alert(pair->honest);
    if (plan->kind == MEASURE) {
        assert_true(pair_is_connected(pair));
    } else if (must_fail &&
               (peer_connected(pair->honest) ||
                (alert == SSL_NO_ALERT && pair->honest->result != SSLConnectionTruncated &&
                 !is_whole(plan, pair->honest->result)))) {
        print_message("%s, evil %s: %s, kind %d at %zu: result %d, alert %u\n", scenario->name,
                      side == EVIL_CLIENT ? "client" : "server",
                      sslr_message_name(plan->types[plan->number]), plan->kind, plan->at,
                      pair->honest->result, alert);
        wrong++;
    }
    pair_close(pair);
    return alert;
}

/* ---- every message ---- */

static const Scenario every_extension12 = {"1.2, many extensions",
                                           TLS_Version_1_2,
                                           TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256,
                                           0,
                                           IDENTITY_ED25519,
                                           WITH_ALPN | WITH_SERVER_NAME | WITH_STATUS |
                                               WITH_SIZE_LIMIT | WITH_CLIENT_CERT};
static const Scenario fragments12       = {"1.2, fragments",
                                           TLS_Version_1_2,
                                           TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
                                           0,
                                           IDENTITY_ED25519,
                                           WITH_FRAGMENT_LENGTH | WITH_SESSION_STORE};
static const Scenario every_extension13 = {"1.3, many extensions",
                                           TLS_Version_1_3,
                                           0,
                                           0,
                                           IDENTITY_ED25519,
                                           WITH_ALPN | WITH_SERVER_NAME | WITH_STATUS |
                                               WITH_SIZE_LIMIT | WITH_CLIENT_CERT};
static const Scenario retry13           = {"1.3, retry",
                                           TLS_Version_1_3,
                                           0,
                                           0,
                                           IDENTITY_ED25519,
                                           WITH_RETRY | WITH_COOKIE | WITH_NEWER_CLIENT};

static const Scenario psk12     = {"1.2, PSK", TLS_Version_1_2, TLS_PSK_WITH_AES_128_GCM_SHA256,
                                   0,          IDENTITY_RSA,    WITH_PSK};
static const Scenario psk_dhe12 = {
    "1.2, DHE_PSK",      TLS_Version_1_2, TLS_DHE_PSK_WITH_AES_128_GCM_SHA256,
    SSL_GROUP_FFDHE2048, IDENTITY_RSA,    WITH_PSK};
static const Scenario psk_rsa12 = {
    "1.2, RSA_PSK", TLS_Version_1_2, TLS_RSA_PSK_WITH_AES_128_GCM_SHA256, 0,
    IDENTITY_RSA,   WITH_PSK};
static const Scenario psk13 = {"1.3, PSK", TLS_Version_1_3, 0, 0, IDENTITY_ED25519, WITH_PSK};

/* only: 0, or the messages that differ from those of the scenarios before. */
static const struct {
    const Scenario *scenario;
    uint16_t        only[4];
} plans[] = {
    {&every_extension12, {0}},
    {&fragments12, {MSG_CLIENT_HELLO, MSG_SERVER_HELLO, 0}},
    {&tls12_resumed, {MSG_CLIENT_HELLO, MSG_SERVER_HELLO, MSG_FINISHED, 0}},
    {&tls12_p256, {MSG_SERVER_KEY_EXCHANGE, MSG_CLIENT_KEY_EXCHANGE, 0}},
    {&tls12_dhe, {MSG_SERVER_KEY_EXCHANGE, MSG_CLIENT_KEY_EXCHANGE, 0}},
    {&tls12_rsa, {MSG_CLIENT_KEY_EXCHANGE, 0}},
    {&every_extension13, {0}},
    {&retry13, {MSG_CLIENT_HELLO, MSG_SERVER_HELLO, MSG_HELLO_RETRY_REQUEST, 0}},
    {&tls13_rsa, {MSG_CERTIFICATE_VERIFY, 0}},
    {&psk12, {MSG_SERVER_KEY_EXCHANGE, MSG_CLIENT_KEY_EXCHANGE, 0}},
    {&psk_dhe12, {MSG_CLIENT_KEY_EXCHANGE, 0}},
    {&psk_rsa12, {MSG_CLIENT_KEY_EXCHANGE, 0}},
    {&psk13, {MSG_CLIENT_HELLO, MSG_SERVER_HELLO, 0}},
};

static int is_wanted_type(const uint16_t *only, uint16_t type)
{
    if (type == MSG_CHANGE_CIPHER_SPEC) {
        return 0;
    }
    if (*only == 0) {
        return 1;
    }
    while (*only != 0 && *only != type) {
        only++;
    }
    return *only != 0;
}

static void for_every_message(void (*check)(const Scenario *scenario, EvilSide side, Plan *plan))
{
    size_t i;
    int    side, n;

    runs = wrong = 0;
    for (i = 0; i < sizeof(plans) / sizeof(plans[0]); i++) {
        for (side = EVIL_CLIENT; side <= EVIL_SERVER; side++) {
            Plan plan;

            memset(&plan, 0, sizeof(plan));
            plan.kind     = MEASURE;
            plan.is_tls13 = plans[i].scenario->version == TLS_Version_1_3;
            (void)run(plans[i].scenario, (EvilSide)side, &plan, 0);
            for (n = 0; n < plan.count; n++) {
                plan.number = n;
                if (is_wanted_type(plans[i].only, plan.types[n])) {
                    check(plans[i].scenario, (EvilSide)side, &plan);
                }
            }
        }
    }
    print_message("%d handshakes\n", runs);
    assert_int_equal(wrong, 0);
}

static void cut_off(const Scenario *scenario, EvilSide side, Plan *plan)
{
    plan->kind = CUT_OFF;
    for (plan->at = 0; plan->at + 4 < plan->lengths[plan->number]; plan->at++) {
        (void)run(scenario, side, plan, 1);
    }
}

static void a_message_cut_off_anywhere_is_refused(void **unused)
{
    (void)unused;
    for_every_message(cut_off);
}

/* A byte too many is malformed, and nothing else. */
static void one_more(const Scenario *scenario, EvilSide side, Plan *plan)
{
    uint8_t alert;

    plan->kind = ONE_MORE;
    alert      = run(scenario, side, plan, 1);
    if (alert != ALERT_DECODE_ERROR) {
        print_message("%s: %s with a byte too many: alert %u\n", scenario->name,
                      sslr_message_name(plan->types[plan->number]), alert);
        wrong++;
    }
}

static void a_message_with_a_byte_too_many_is_refused(void **unused)
{
    (void)unused;
    for_every_message(one_more);
}

static void wrong_lengths(const Scenario *scenario, EvilSide side, Plan *plan)
{
    const Fields *fields = &plan->fields[plan->number];

    assert_true(fields->count > 0);
    for (plan->at = 0; plan->at < fields->count; plan->at++) {
        plan->kind = ONE_MORE_FIELD;
        (void)run(scenario, side, plan, 1);
        plan->kind = ONE_LESS_FIELD;
        (void)run(scenario, side, plan, 1);
    }
}

static void every_wrong_length_is_refused(void **unused)
{
    (void)unused;
    for_every_message(wrong_lengths);
}

/* Some bytes mean nothing, and some mean something else: only the end of it all is checked. */
static void wrong_bytes(const Scenario *scenario, EvilSide side, Plan *plan)
{
    plan->kind = WRONG_BYTE;
    for (plan->at = 0; plan->at < plan->lengths[plan->number]; plan->at++) {
        (void)run(scenario, side, plan, 0);
    }
}

static void no_wrong_byte_does_harm(void **unused)
{
    (void)unused;
    for_every_message(wrong_bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_message_cut_off_anywhere_is_refused),
        cmocka_unit_test(a_message_with_a_byte_too_many_is_refused),
        cmocka_unit_test(every_wrong_length_is_refused),
        cmocka_unit_test(no_wrong_byte_does_harm),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
