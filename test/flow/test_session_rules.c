/*
 * test_session_rules.c - which session may be taken up: one thing has changed since it was made, on
 * one side, and a full handshake follows. What the client does not offer and what the server does
 * not accept are told apart. Ages of tickets: test_resumption13.c; keys: test_psk.c.
 */
#include "early.h"
#include "negative.h"

#define ECDHE TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256

/* ---- one field of a stored session ---- */

typedef enum Field {
    OTHER_FIELD,
    SUITE,
    MASTER_SECRET_IS_EXTENDED, /* TLS 1.2 */
    SESSION_ID,                /* TLS 1.2 */
    CHAIN,
    NAME
} Field;

typedef struct Part {
    Field  field;
    size_t size; /* of it, or of its length */
    int    is_vector;
} Part;

/* As at the head of session.c and of session13.c, behind the format; fixed parts between are one.
 */
static const Part parts12[] = {
    {OTHER_FIELD, 2, 0},  {SUITE, 2, 0},       {MASTER_SECRET_IS_EXTENDED, 1, 0},
    {OTHER_FIELD, 44, 0}, {OTHER_FIELD, 1, 1}, {SESSION_ID, 1, 1},
    {OTHER_FIELD, 48, 0}, {NAME, 1, 1},        {OTHER_FIELD, 1, 1},
    {OTHER_FIELD, 2, 0},  {OTHER_FIELD, 2, 1}, {CHAIN, 3, 1}};
static const Part parts13[] = {{SUITE, 2, 0},       {OTHER_FIELD, 40, 0}, {OTHER_FIELD, 1, 1},
                               {NAME, 1, 1},        {OTHER_FIELD, 1, 1},  {OTHER_FIELD, 2, 0},
                               {OTHER_FIELD, 2, 1}, {CHAIN, 3, 1}};

static size_t length_at(const Part *part, const uint8_t *bytes)
{
    size_t length = 0, i;

    for (i = 0; part->is_vector && i < part->size; i++) {
        length = length << 8 | bytes[i];
    }
    return part->is_vector ? length : part->size;
}

/* Another value for it; the check at the end is made good. */
static void set_field(TestSession *session, Field field, const void *value, size_t length)
{
    const Part *part = session->data[0] == 5 ? parts13 : parts12;
    size_t      at   = 1, rest, i;
    uint8_t    *bytes, digest[32];

    for (; part->field != field; part++) {
        at += (part->is_vector ? part->size : 0) + length_at(part, session->data + at);
    }
    rest  = at + (part->is_vector ? part->size : 0) + length_at(part, session->data + at);
    bytes = (uint8_t *)malloc(session->length + length);
    assert_non_null(bytes);
    memcpy(bytes, session->data, at);
    for (i = part->size; part->is_vector && i > 0; i--) {
        bytes[at++] = (uint8_t)(length >> 8 * (i - 1));
    }
    assert_true(part->is_vector || length == part->size);
    memcpy(bytes + at, value, length);
    memcpy(bytes + at + length, session->data + rest, session->length - rest);
    session->length = at + length + session->length - rest;
    sslr_hash(HASH_SHA256, bytes, session->length - 8, digest);
    memcpy(bytes + session->length - 8, digest, 8);
    free(session->data);
    session->data = bytes;
}

/* ---- two handshakes ---- */

static void move_sessions(Pair *to, Pair *from)
{
    const TestSession nothing = {NULL, NULL, 0, 0};

    to->client.session   = from->client.session;
    to->server.session   = from->server.session;
    from->client.session = from->server.session = nothing;
    to->client.random                           = from->client.random + 0x1000;
    to->server.random                           = from->server.random + 0x1000;
}

/* A pair that has the sessions of another, which is done and goes. */
static Pair *after(Pair *earlier, const Scenario *scenario, EvilSide evil, EvilHook hook)
{
    Pair *pair = pair_open(scenario, evil, hook, NULL);

    assert_true(pair_is_connected(earlier));
    move_sessions(pair, earlier);
    pair_close(earlier);
    return pair;
}

/* The first handshake, under settings of its own. */
static Pair *first(const Scenario *scenario, void (*setup)(Pair *pair))
{
    Pair *pair = pair_open(scenario, NOBODY, NULL, NULL);

    if (setup != NULL) {
        setup(pair);
    }
    pair_handshake(pair);
    return pair;
}

/* The client has said hello: was there a session in it? */
static int is_offered(Pair *pair)
{
    assert_int_equal(SSLHandshake(&pair->client.ctx), SSLWouldBlockErr);
    return pair->client.ctx.handshake->session.length > 0;
}

static int is_resumed(Pair *pair)
{
    int client;

    pair_handshake(pair);
    assert_true(pair_is_connected(pair));
    assert_int_equal(SSLGetSessionResumed(&pair->client.ctx, &client), SSLNoErr);
    assert_int_equal(client, pair_resumed(pair));
    return client;
}

/* ---- the rules, one by one ---- */

#define STORED       WITH_SESSION_STORE
#define NAMES        (STORED | WITH_ALPN | WITH_SERVER_NAME)
#define CERTIFICATES (STORED | WITH_CLIENT_CERT | WITH_REQUIRED_CERT)

/* clang-format off */
static const Scenario old_one    = { "1.2",               TLS_Version_1_2, ECDHE, 0, IDENTITY_ED25519, STORED };
static const Scenario old_names  = { "1.2, names",        TLS_Version_1_2, ECDHE, 0, IDENTITY_ED25519, NAMES };
static const Scenario old_mutual = { "1.2, certificates", TLS_Version_1_2, ECDHE, 0, IDENTITY_ED25519, CERTIFICATES };
static const Scenario old_any    = { "1.2, all suites",   TLS_Version_1_2, 0,     0, IDENTITY_ED25519, STORED };
static const Scenario old_cbc    = { "1.2, CBC",          TLS_Version_1_2, TLS_RSA_WITH_AES_128_CBC_SHA, 0, IDENTITY_RSA, STORED };
static const Scenario old_short  = { "1.2, fragments",    TLS_Version_1_2, ECDHE, 0, IDENTITY_ED25519, STORED | WITH_FRAGMENT_LENGTH };
static const Scenario older      = { "1.1",               TLS_Version_1_1, TLS_RSA_WITH_AES_128_CBC_SHA, 0, IDENTITY_RSA, STORED };
static const Scenario new_one    = { "1.3",               TLS_Version_1_3, 0,     0, IDENTITY_ED25519, STORED };
static const Scenario new_names  = { "1.3, names",        TLS_Version_1_3, 0,     0, IDENTITY_ED25519, NAMES };
static const Scenario new_mutual = { "1.3, certificates", TLS_Version_1_3, 0,     0, IDENTITY_ED25519, CERTIFICATES };
/* clang-format on */

#define OTHER_NAME "another.sslref.test"

static void client_wants_another_host(Pair *pair)
{
    assert_int_equal(SSLSetPeerDomainName(&pair->client.ctx, OTHER_NAME, strlen(OTHER_NAME)),
                     SSLNoErr);
}

/* A client without the rule of the case before: it shows one host the session of another. */
static void client_shows_another_host(Pair *pair)
{
    client_wants_another_host(pair);
    set_field(&pair->client.session, NAME, OTHER_NAME, strlen(OTHER_NAME));
}

static void client_wants_no_host(Pair *pair)
{
    assert_int_equal(SSLSetPeerDomainName(&pair->client.ctx, "", 0), SSLNoErr);
}

static void only_protocol(Pair *pair, const char *name)
{
    const SSLBuffer protocol = {(uint32)strlen(name), (uint8 *)name};

    assert_int_equal(SSLSetALPNProtocols(&pair->client.ctx, &protocol, 1), SSLNoErr);
}

static void client_lists_the_protocol(Pair *pair)
{
    only_protocol(pair, "h2");
}

static void client_lists_another_protocol(Pair *pair)
{
    only_protocol(pair, "http/1.1");
}

static void client_lists_no_protocol(Pair *pair)
{
    assert_int_equal(SSLSetALPNProtocols(&pair->client.ctx, NULL, 0), SSLNoErr);
}

static void become(Peer *peer, TestIdentity which)
{
    peer->ctx.config.identity_count = 0;
    assert_int_equal(SSLAddIdentity(&peer->ctx, test_identity(which, 0)), SSLNoErr);
}

static void client_has_another_certificate(Pair *pair)
{
    become(&pair->client, IDENTITY_RSA);
}

static void server_has_another_certificate(Pair *pair)
{
    become(&pair->server, IDENTITY_RSA);
}

static void both_have_one_certificate_more(Pair *pair)
{
    client_has_another_certificate(pair);
    server_has_another_certificate(pair);
    SSLAddIdentity(&pair->client.ctx, test_identity(IDENTITY_ED25519, 0));
    SSLAddIdentity(&pair->server.ctx, test_identity(IDENTITY_ED25519, 0));
}

static SSLErr shows_ed25519(SSLContext *ctx, const SSLIdentity **identity, void *ref)
{
    (void)ctx;
    (void)ref;
    if (identity != NULL) {
        *identity = test_identity(IDENTITY_ED25519, 0);
    }
    return SSLNoErr;
}

/* What a callback would show is not asked for in vain: it may be the same as ever. */
static void server_has_it_from_a_callback(Pair *pair)
{
    pair->server.ctx.config.identity_count = 0;
    assert_int_equal(SSLSetIdentityFunc(&pair->server.ctx, shows_ed25519, NULL), SSLNoErr);
}

/* A store that gives back less than it got: who the client is has been lost. */
static void server_lost_the_certificates(Pair *pair)
{
    set_field(&pair->server.session, CHAIN, "", 0);
}

/* The store answers with the session of another client. */
static void server_has_another_session(Pair *pair)
{
    set_field(&pair->server.session, SESSION_ID, "0123456789abcdef0123456789ABCDEF", 32);
}

/* One store for both roles of a program: it answers a server with what a client put there. The peer
 * was judged as a server then. */
static void server_has_a_clients_session(Pair *pair)
{
    TestSession *client = &pair->client.session, *server = &pair->server.session;

    free(server->data);
    server->length = client->length;
    server->data   = (uint8_t *)malloc(client->length);
    assert_non_null(server->data);
    memcpy(server->data, client->data, client->length);
}

static void both_speak(Pair *pair, SSLProtocolVersion least, SSLProtocolVersion most)
{
    SSLContext *sides[2] = {&pair->client.ctx, &pair->server.ctx};
    int         i;

    for (i = 0; i < 2; i++) {
        assert_int_equal(SSLSetProtocolVersionMax(sides[i], most), SSLNoErr);
        assert_int_equal(SSLSetProtocolVersionMin(sides[i], least), SSLNoErr);
    }
}

static void both_speak_older(Pair *pair)
{
    both_speak(pair, TLS_Version_1_1, TLS_Version_1_1);
}

static void both_speak_newer(Pair *pair)
{
    both_speak(pair, TLS_Version_1_2, TLS_Version_1_2);
}

/* The session is still good for the client; the server chooses better. */
static void both_speak_newer_too(Pair *pair)
{
    both_speak(pair, TLS_Version_1_1, TLS_Version_1_2);
}

/* RFC 6066 4: the length is that of the session. */
static void client_wants_longer_fragments(Pair *pair)
{
    assert_int_equal(SSLSetMaxFragmentLength(&pair->client.ctx, 1024), SSLNoErr);
}

static void client_wants_any_fragments(Pair *pair)
{
    assert_int_equal(SSLSetMaxFragmentLength(&pair->client.ctx, 0), SSLNoErr);
}

static void other_suite(Pair *pair, uint16 suite, const char *stored)
{
    assert_int_equal(SSLSetEnabledCiphers(&pair->client.ctx, &suite, 1), SSLNoErr);
    set_field(&pair->server.session, SUITE, stored, 2);
}

/* The server's session is of a suite that it likes, but that is not in this hello. */
static void old_suite_is_not_listed(Pair *pair)
{
    other_suite(pair, ECDHE, "\xC0\x2C");
}

static void new_suite_is_not_listed(Pair *pair)
{
    other_suite(pair, TLS_AES_128_GCM_SHA256, "\x13\x03");
}

/* What would be offered is no session of TLS 1.3, or has a key of the wrong length. */
static void client_has_an_older_suite(Pair *pair)
{
    set_field(&pair->client.session, SUITE, "\xC0\x2B", 2);
}

static void client_has_a_short_key(Pair *pair)
{
    set_field(&pair->client.session, SUITE, "\x13\x02", 2);
}

static void server_has_a_short_key(Pair *pair)
{
    set_field(&pair->server.session, SUITE, "\x13\x02", 2);
}

static void client_has_no_clock(Pair *pair)
{
    assert_int_equal(SSLSetTimeFunc(&pair->client.ctx, NULL), SSLNoErr);
}

static void every_rule_of_a_session(void **unused)
{
    /* clang-format off */
    static const struct {
        const char     *name;
        const Scenario *scenario;
        void (*change)(Pair *pair);
        int offered, resumed;
    } cases[] = {
        { "nothing",                     &old_one,    NULL,                           1, 1 },
        { "nothing",                     &old_names,  NULL,                           1, 1 },
        { "nothing",                     &old_mutual, NULL,                           1, 1 },
        { "nothing",                     &older,      NULL,                           1, 1 },
        { "nothing",                     &new_one,    NULL,                           1, 1 },
        { "nothing",                     &new_names,  NULL,                           1, 1 },
        { "nothing",                     &new_mutual, NULL,                           1, 1 },

        { "another host",                &old_names,  client_wants_another_host,      0, 0 },
        { "another host",                &new_names,  client_wants_another_host,      0, 0 },
        { "another host, all the same",  &old_names,  client_shows_another_host,      1, 0 },
        { "another host, all the same",  &new_names,  client_shows_another_host,      1, 0 },
        { "a host where there was none", &old_one,    client_wants_another_host,      0, 0 },
        { "a host where there was none", &new_one,    client_wants_another_host,      0, 0 },
        { "no host any more",            &old_names,  client_wants_no_host,           0, 0 },
        { "no host any more",            &new_names,  client_wants_no_host,           0, 0 },

        { "its protocol alone",          &old_names,  client_lists_the_protocol,      1, 1 },
        { "its protocol alone",          &new_names,  client_lists_the_protocol,      1, 1 },
        { "another protocol",            &old_names,  client_lists_another_protocol,  0, 0 },
        { "another protocol",            &new_names,  client_lists_another_protocol,  0, 0 },
        { "a protocol, had none",        &old_one,    client_lists_the_protocol,      0, 0 },
        { "a protocol, had none",        &new_one,    client_lists_the_protocol,      0, 0 },
        { "no protocol any more",        &old_names,  client_lists_no_protocol,       0, 0 },
        { "no protocol any more",        &new_names,  client_lists_no_protocol,       0, 0 },

        { "another client certificate",  &old_mutual, client_has_another_certificate, 0, 0 },
        { "another client certificate",  &new_mutual, client_has_another_certificate, 0, 0 },
        { "another server certificate",  &old_any,    server_has_another_certificate, 1, 0 },
        { "another server certificate",  &new_one,    server_has_another_certificate, 1, 0 },
        { "one certificate more",        &old_mutual, both_have_one_certificate_more, 1, 1 },
        { "one certificate more",        &new_mutual, both_have_one_certificate_more, 1, 1 },
        { "identity callback",           &old_one,    server_has_it_from_a_callback,  1, 1 },
        { "identity callback",           &new_one,    server_has_it_from_a_callback,  1, 1 },

        { "certificate required, gone",  &old_mutual, server_lost_the_certificates,   1, 0 },
        { "certificate required, gone",  &new_mutual, server_lost_the_certificates,   1, 0 },

        { "under another's ID",          &old_one,    server_has_another_session,     1, 0 },
        { "of the other role",           &old_one,    server_has_a_clients_session,   1, 0 },
        { "of the other role",           &new_one,    server_has_a_clients_session,   1, 0 },
        { "newer version alone",         &older,      both_speak_newer,               0, 0 },
        { "newer version, too",          &older,      both_speak_newer_too,           1, 0 },
        { "older version alone",         &old_cbc,    both_speak_older,               0, 0 },
        { "nothing",                     &old_short,  NULL,                           1, 1 },
        { "longer fragments",            &old_short,  client_wants_longer_fragments,  1, 0 },
        { "fragments of any length",     &old_short,  client_wants_any_fragments,     1, 0 },
        { "a suite of 1.2",              &new_one,    client_has_an_older_suite,      0, 0 },
        { "a key too short",             &new_one,    client_has_a_short_key,         0, 0 },
        { "a key too short",             &new_one,    server_has_a_short_key,         1, 0 },
        { "no clock",                    &old_one,    client_has_no_clock,            1, 1 },
        { "no clock",                    &new_one,    client_has_no_clock,            0, 0 },
        { "suite not listed",            &old_any,    old_suite_is_not_listed,        1, 0 },
        { "suite not listed",            &new_one,    new_suite_is_not_listed,        1, 0 },
    };
    /* clang-format on */
    size_t i;

    (void)unused;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        Pair *pair = after(first(cases[i].scenario, NULL), cases[i].scenario, NOBODY, NULL);

        print_message("%s: %s\n", cases[i].scenario->name, cases[i].name);
        if (cases[i].change != NULL) {
            cases[i].change(pair);
        }
        assert_int_equal(is_offered(pair), cases[i].offered);
        assert_int_equal(is_resumed(pair), cases[i].resumed);
        pair_close(pair);
    }
}

/* ---- by which rules the peer was trusted ---- */

static const Scenario old_trust = {"1.2", TLS_Version_1_2,  ECDHE,
                                   0,     IDENTITY_ED25519, NAMES | WITH_CLIENT_CERT};
static const Scenario new_trust = {"1.3", TLS_Version_1_3,  0,
                                   0,     IDENTITY_ED25519, NAMES | WITH_CLIENT_CERT};

static SSLErr accept_chain(int count, SSLBuffer *certificates, void *ref)
{
    (void)count;
    (void)certificates;
    (void)ref;
    return SSLNoErr;
}

static SSLErr accept_verdict(SSLContext *ctx, int count, const SSLBuffer *certificates,
                             SSLErr verdict, void *ref)
{
    (void)ctx;
    (void)count;
    (void)certificates;
    (void)verdict;
    (void)ref;
    return SSLNoErr;
}

/* Whatever is changed below, the certificates are still accepted. */
static void both_trust(Pair *pair)
{
    SSLContext *sides[2] = {&pair->client.ctx, &pair->server.ctx};
    int         i;

    for (i = 0; i < 2; i++) {
        assert_int_equal(SSLSetTrust(sides[i], test_trust(IDENTITY_ED25519)), SSLNoErr);
        assert_int_equal(SSLSetVerifyFunc(sides[i], accept_verdict, NULL), SSLNoErr);
    }
}

static SSLErr not_any(SSLContext *ctx)
{
    return SSLSetAllowAnyCertificate(ctx, 0);
}

static SSLErr requires(SSLContext *ctx)
{
    return SSLSetRequireClientCert(ctx, 1);
}

static SSLErr checks(SSLContext *ctx)
{
    return SSLSetCheckCertificateFunc(ctx, accept_chain);
}

static SSLErr verifies_no_more(SSLContext *ctx)
{
    return SSLSetVerifyFunc(ctx, NULL, NULL);
}

static SSLErr trusts_others(SSLContext *ctx)
{
    return SSLSetTrust(ctx, test_trust(IDENTITY_P256));
}

static SSLErr trusts_nobody(SSLContext *ctx)
{
    return SSLSetTrust(ctx, NULL);
}

static void a_session_is_bound_to_the_rules_of_trust(void **unused)
{
    static const struct {
        const char *name;
        SSLErr (*change)(SSLContext *ctx);
    } cases[] = {
        {"not any certificate", not_any},   {"a certificate is required", requires},
        {"a check callback", checks},       {"no verify callback any more", verifies_no_more},
        {"trust in others", trusts_others}, {"no trust any more", trusts_nobody},
    };
    size_t i;
    int    is_new, of_server;

    (void)unused;
    for (is_new = 0; is_new < 2; is_new++) {
        const Scenario *scenario = is_new ? &new_trust : &old_trust;
        Pair           *pair     = after(first(scenario, both_trust), scenario, NOBODY, NULL);

        both_trust(pair);
        assert_int_equal(is_resumed(pair), 1);
        pair_close(pair);
        for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
            for (of_server = 0; of_server < 2; of_server++) {
                print_message("%s: %s\n", scenario->name, cases[i].name);
                pair = after(first(scenario, both_trust), scenario, NOBODY, NULL);
                both_trust(pair);
                assert_int_equal(cases[i].change(of_server ? &pair->server.ctx : &pair->client.ctx),
                                 SSLNoErr);
                assert_int_equal(is_offered(pair), of_server);
                assert_int_equal(is_resumed(pair), 0);
                pair_close(pair);
            }
        }
    }
}

/* ---- seven days after the certificates were seen ---- */

#define MOST 604800u

static void lasts_long(Pair *pair)
{
    assert_int_equal(SSLSetSessionLifetime(&pair->client.ctx, MOST), SSLNoErr);
    assert_int_equal(SSLSetSessionLifetime(&pair->server.ctx, MOST), SSLNoErr);
}

/* RFC 8446 4.6.1: each resumption brings a new ticket, but the peer is not seen anew. */
static void a_chain_of_resumptions_ends(void **unused)
{
    static const struct {
        uint32 client, server; /* seconds since the first handshake */
        int    offered, resumed;
    } cases[] = {
        {MOST, MOST, 1, 1}, {MOST + 1, MOST, 0, 0}, {MOST, MOST + 1, 1, 0}, {700000, 700000, 0, 0}};
    static const Scenario *const scenarios[] = {&old_one, &new_one};
    size_t                       i, j;

    (void)unused;
    for (i = 0; i < 2; i++) {
        for (j = 0; j < sizeof(cases) / sizeof(cases[0]); j++) {
            Pair *pair = after(first(scenarios[i], lasts_long), scenarios[i], NOBODY, NULL);

            lasts_long(pair);
            pair->client.now += 300000;
            pair->server.now += 300000;
            assert_int_equal(is_resumed(pair), 1);
            pair = after(pair, scenarios[i], NOBODY, NULL);
            lasts_long(pair);
            pair->client.now += cases[j].client;
            pair->server.now += cases[j].server;
            assert_int_equal(is_offered(pair), cases[j].offered);
            assert_int_equal(is_resumed(pair), cases[j].resumed);
            pair_close(pair);
        }
    }
}

/* ---- RFC 7627 5.3: with and without the extended master secret ---- */

static SSLErr lacks_it(Peer *evil, EvilPhase phase, EvilMessage *message)
{
    (void)evil;
    if (phase == EVIL_READY && message->row->type == MSG_CLIENT_HELLO) {
        drop_extension(message, 0, EXT_EXTENDED_MASTER_SECRET);
    }
    return SSLNoErr;
}

/* What both stores hold was made with or without it; so is the hello of now. */
static Pair *master_secrets(const Scenario *scenario, int session_has_it, int hello_has_it)
{
    Pair *pair = after(first(scenario, NULL), scenario, hello_has_it ? NOBODY : EVIL_CLIENT,
                       hello_has_it ? NULL : lacks_it);

    if (!session_has_it) {
        set_field(&pair->client.session, MASTER_SECRET_IS_EXTENDED, "\0", 1);
        set_field(&pair->server.session, MASTER_SECRET_IS_EXTENDED, "\0", 1);
    }
    assert_int_equal(is_offered(pair), 1);
    return pair;
}

static void sessions_with_and_without_extended_master_secret(void **unused)
{
    static const struct {
        const Scenario *scenario;
        int             session, hello, resumed; /* -1: the handshake fails */
    } cases[] = {{&older, 1, 1, 1},  {&old_one, 1, 1, 1},  {&older, 0, 1, 0}, {&old_one, 0, 1, 0},
                 {&older, 1, 0, -1}, {&old_one, 1, 0, -1}, {&older, 0, 0, 1}, {&old_one, 0, 0, 0}};
    size_t i;

    (void)unused;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        Pair *pair = master_secrets(cases[i].scenario, cases[i].session, cases[i].hello);

        print_message("%s: session %d, hello %d\n", cases[i].scenario->name, cases[i].session,
                      cases[i].hello);
        if (cases[i].resumed >= 0) {
            assert_int_equal(is_resumed(pair), cases[i].resumed);
        } else {
            pair_handshake(pair);
            assert_int_equal(pair->server.result, SSLProtocolErr);
            assert_int_equal(peer_alert(&pair->server), ALERT_HANDSHAKE_FAILURE);
        }
        pair_close(pair);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_rule_of_a_session),
        cmocka_unit_test(a_session_is_bound_to_the_rules_of_trust),
        cmocka_unit_test(a_chain_of_resumptions_ends),
        cmocka_unit_test(sessions_with_and_without_extended_master_secret),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
