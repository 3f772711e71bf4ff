/*
 * test_psk.c - external pre-shared keys: who may use one and when, beside tickets, certificates and
 * HelloRetryRequest; what both sides say of it; and lies about them, in TLS 1.3 and before. That
 * every suite works is seen in test/classic/test_suites.c, what strangers get in
 * test_psk_strangers.c.
 */
#include "early.h"
#include "negative.h"

#define NAME  "alice"
#define OTHER "carol"

static int asked; /* how often the server's callback was */

static SSLBuffer letters(const char *text)
{
    SSLBuffer buffer;

    buffer.length = (uint32)strlen(text);
    buffer.data   = (uint8 *)text;
    return buffer;
}

static int is_name(SSLBuffer identity, const char *name)
{
    return identity.length == strlen(name) && memcmp(identity.data, name, identity.length) == 0;
}

/* ref: SHA-256 if NULL. Both names have the same key. */
static SSLErr find_key(SSLContext *ctx, SSLBuffer identity, SSLPSK *psk, void *ref)
{
    (void)ctx;
    asked++;
    assert_non_null(psk);
    if (is_name(identity, NAME) || is_name(identity, OTHER)) {
        memset(psk->key, 0x50, 32);
        psk->length = 32;
        psk->hash   = ref != NULL ? SSL_PSKHashSHA384 : SSL_PSKHashSHA256;
    }
    return SSLNoErr;
}

static void set_key(SSLContext *client, const char *name, uint8_t byte, SSLPSKHash hash)
{
    uint8_t   bytes[32];
    SSLBuffer key = {sizeof(bytes), bytes};

    memset(bytes, byte, sizeof(bytes));
    assert_int_equal(SSLSetPSK(client, letters(name), key, hash), SSLNoErr);
}

static void only_client(Pair *pair)
{
    set_key(&pair->client.ctx, NAME, 0x50, SSL_PSKHashSHA256);
}

static void only_server(Pair *pair)
{
    assert_int_equal(SSLSetPSKFunc(&pair->server.ctx, find_key, NULL), SSLNoErr);
}

static void both(Pair *pair)
{
    asked = 0;
    only_client(pair);
    only_server(pair);
}

/* The client names the suite, but has no key. */
static void only_in_the_list(Pair *pair)
{
    static const uint16 suites[] = {TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
                                    TLS_PSK_WITH_AES_128_GCM_SHA256};

    only_server(pair);
    assert_int_equal(SSLSetEnabledCiphers(&pair->client.ctx, suites, 2), SSLNoErr);
}

static void both_with_sha384(Pair *pair)
{
    set_key(&pair->client.ctx, NAME, 0x50, SSL_PSKHashSHA384);
    assert_int_equal(SSLSetPSKFunc(&pair->server.ctx, find_key, pair), SSLNoErr);
}

static void with_hint(Pair *pair)
{
    both(pair);
    assert_int_equal(SSLSetPSKHint(&pair->server.ctx, letters("the door bell")), SSLNoErr);
}

static void stranger(Pair *pair)
{
    both(pair);
    set_key(&pair->client.ctx, "mallory", 0x50, SSL_PSKHashSHA256);
}

static void wrong_key(Pair *pair)
{
    both(pair);
    set_key(&pair->client.ctx, NAME, 0x51, SSL_PSKHashSHA256);
}

static void without_certificate(Pair *pair)
{
    pair->server.ctx.config.identity_count = 0;
}

static void only_client_without_certificate(Pair *pair)
{
    stranger(pair);
    without_certificate(pair);
}

/* ---- who gets what ---- */

#define PLAIN TLS_PSK_WITH_AES_128_GCM_SHA256
#define EC    TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256
#define RSA   TLS_RSA_PSK_WITH_AES_128_GCM_SHA256

static const Scenario new_one    = {"1.3", TLS_Version_1_3, 0, 0, IDENTITY_P256, 0};
static const Scenario new_retry  = {"1.3, retry", TLS_Version_1_3, 0, 0, IDENTITY_P256, WITH_RETRY};
static const Scenario new_cookie = {"1.3, cookie", TLS_Version_1_3, 0, 0,
                                    IDENTITY_P256, WITH_COOKIE};
static const Scenario new_wanted = {
    "1.3, certificate required", TLS_Version_1_3, 0, 0, IDENTITY_P256, WITH_CLIENT_CERT};
static const Scenario stored    = {"1.3, sessions", TLS_Version_1_3,   0, 0,
                                   IDENTITY_P256,   WITH_SESSION_STORE};
static const Scenario old_plain = {"1.2 PSK", TLS_Version_1_2, PLAIN, 0, IDENTITY_RSA, 0};
static const Scenario old_ec    = {"1.2 ECDHE_PSK", TLS_Version_1_2, EC, 0, IDENTITY_RSA, 0};
static const Scenario old_rsa   = {"1.2 RSA_PSK", TLS_Version_1_2, RSA, 0, IDENTITY_RSA, 0};
static const Scenario old_any   = {"1.2", TLS_Version_1_2, 0, 0, IDENTITY_ED25519, 0};

typedef struct Seen {
    int      resumed, certificates;
    uint16   suite;
    SSLErr   errors[2];
    uint8_t  alert; /* the server's */
    char     name[2][16], hint[16];
    uint16_t group;
} Seen;

static void copy_text(char to[16], SSLBuffer from)
{
    assert_in_range(from.length, 0, 15);
    if (from.length > 0) {
        memcpy(to, from.data, from.length);
    }
    to[from.length] = '\0';
}

static Seen look(Pair *pair)
{
    Seen      seen;
    SSLBuffer bytes = {0, NULL};

    memset(&seen, 0, sizeof(seen));
    seen.errors[0] = pair->client.result;
    seen.errors[1] = pair->server.result;
    seen.alert     = peer_alert(&pair->server);
    assert_int_equal(SSLGetSessionResumed(&pair->server.ctx, &seen.resumed), SSLNoErr);
    (void)SSLGetPeerCertificateChainLength(&pair->client.ctx, &seen.certificates);
    (void)SSLGetNegotiatedCipher(&pair->client.ctx, &seen.suite);
    (void)SSLGetNegotiatedGroup(&pair->client.ctx, &seen.group);
    assert_int_equal(SSLGetPSKIdentity(&pair->client.ctx, &bytes), SSLNoErr);
    copy_text(seen.name[0], bytes);
    assert_int_equal(SSLGetPSKIdentity(&pair->server.ctx, &bytes), SSLNoErr);
    copy_text(seen.name[1], bytes);
    assert_int_equal(SSLGetPeerPSKHint(&pair->client.ctx, &bytes), SSLNoErr);
    copy_text(seen.hint, bytes);
    return seen;
}

static Seen run(const Scenario *scenario, void (*setup)(Pair *pair))
{
    Pair *pair = pair_open(scenario, NOBODY, NULL, NULL);
    Seen  seen;

    setup(pair);
    pair_handshake(pair);
    if (pair->client.result == SSLNoErr && pair->server.result == SSLNoErr) {
        assert_true(pair_is_connected(pair));
    }
    seen = look(pair);
    pair_close(pair);
    return seen;
}

static void assert_by_key(const Seen *seen)
{
    assert_int_equal(seen->errors[0], SSLNoErr);
    assert_int_equal(seen->errors[1], SSLNoErr);
    assert_string_equal(seen->name[0], NAME);
    assert_string_equal(seen->name[1], NAME);
    assert_int_equal(seen->resumed, 0);
}

static void assert_by_certificate(const Seen *seen)
{
    assert_int_equal(seen->errors[0], SSLNoErr);
    assert_int_equal(seen->errors[1], SSLNoErr);
    assert_int_equal(seen->certificates, 1);
    assert_string_equal(seen->name[0], "");
    assert_string_equal(seen->name[1], "");
}

static void a_key_in_the_place_of_certificates(void **unused)
{
    static const Scenario *const scenarios[] = {&new_one, &new_retry, &new_cookie, &old_plain,
                                                &old_ec,  &old_rsa,   &old_any};
    size_t                       i;

    (void)unused;
    for (i = 0; i < sizeof(scenarios) / sizeof(scenarios[0]); i++) {
        Seen seen = run(scenarios[i], both);

        assert_by_key(&seen);
        assert_int_equal(seen.certificates, scenarios[i] == &old_rsa);
        assert_int_equal(asked, 1);
    }
}

static void the_hash_chooses_the_suite(void **unused)
{
    Seen seen = run(&new_one, both_with_sha384);

    (void)unused;
    assert_by_key(&seen);
    assert_int_equal(seen.suite, TLS_AES_256_GCM_SHA384);
    seen = run(&new_cookie, both_with_sha384);
    assert_by_key(&seen);
    seen = run(&new_one, both);
    assert_int_equal(seen.suite, TLS_AES_128_GCM_SHA256);
}

static void sha384_without_a_suite(Pair *pair)
{
    static const uint16 only[] = {TLS_AES_128_GCM_SHA256};

    both_with_sha384(pair);
    asked = 0;
    assert_int_equal(SSLSetEnabledCiphers(&pair->client.ctx, only, 1), SSLNoErr);
}

static void sha384_unless_the_server_lacks_it(Pair *pair)
{
    static const uint16 only[] = {TLS_AES_128_GCM_SHA256};

    both_with_sha384(pair);
    asked = 0;
    assert_int_equal(SSLSetEnabledCiphers(&pair->server.ctx, only, 1), SSLNoErr);
}

/* RFC 8446 4.2.11: without a suite of its hash a key is of no use. */
static void a_key_whose_hash_does_not_fit(void **unused)
{
    Seen seen = run(&new_one, sha384_without_a_suite);

    (void)unused;
    assert_by_certificate(&seen);
    assert_int_equal(asked, 0); /* it was not even offered */
    seen = run(&new_one, sha384_unless_the_server_lacks_it);
    assert_by_certificate(&seen);
    assert_int_equal(asked, 1);
}

static SSLErr offers_it_first_only(Peer *evil, EvilPhase phase, EvilMessage *message)
{
    int   *hellos = (int *)evil->plan;
    size_t length;

    if (phase == EVIL_READY && message->row->type == MSG_CLIENT_HELLO) {
        assert_int_equal(find_extension(message, 1, EXT_PRE_SHARED_KEY, &length) != 0,
                         *hellos == 0);
        (*hellos)++;
    }
    return SSLNoErr;
}

/* RFC 8446 4.1.4: the suite of the HelloRetryRequest has another hash. */
static void a_key_that_is_not_offered_again(void **unused)
{
    int   hellos = 0;
    Pair *pair   = pair_open(&new_cookie, EVIL_CLIENT, offers_it_first_only, &hellos);
    Seen  seen;

    (void)unused;
    sha384_unless_the_server_lacks_it(pair);
    pair_handshake(pair);
    assert_true(pair_is_connected(pair));
    seen = look(pair);
    assert_by_certificate(&seen);
    assert_int_equal(hellos, 2);
    pair_close(pair);
}

static void modes_without_dhe(Pair *pair)
{
    both(pair);
    assert_int_equal(SSLSetPSKModes(&pair->client.ctx, SSL_PSKOnly), SSLNoErr);
    assert_int_equal(SSLSetPSKModes(&pair->server.ctx, SSL_PSKOnly), SSLNoErr);
}

/* Both modes, but no group that both have. */
static void groups_apart(Pair *pair)
{
    const uint16 group = SSL_GROUP_SECP384R1;

    both(pair);
    assert_int_equal(SSLSetPSKModes(&pair->client.ctx, SSL_PSKOnly | SSL_PSKWithDHE), SSLNoErr);
    assert_int_equal(SSLSetPSKModes(&pair->server.ctx, SSL_PSKOnly | SSL_PSKWithDHE), SSLNoErr);
    assert_int_equal(SSLSetEnabledGroups(&pair->client.ctx, &group, 1), SSLNoErr);
}

static void a_key_without_key_exchange(void **unused)
{
    static void (*const setups[])(Pair *) = {modes_without_dhe, groups_apart};
    size_t i;

    (void)unused;
    for (i = 0; i < sizeof(setups) / sizeof(setups[0]); i++) {
        Seen seen = run(&new_one, setups[i]);

        assert_by_key(&seen);
        assert_int_equal(seen.group, 0);
    }
}

static void hints(void **unused)
{
    static const Scenario *const scenarios[] = {&old_plain, &old_ec, &old_rsa, &new_one};
    size_t                       i;

    (void)unused;
    for (i = 0; i < sizeof(scenarios) / sizeof(scenarios[0]); i++) {
        Seen seen = run(scenarios[i], with_hint);

        assert_by_key(&seen);
        assert_string_equal(seen.hint, i < 3 ? "the door bell" : "");
        seen = run(scenarios[i], both);
        assert_string_equal(seen.hint, "");
    }
}

/* ---- who gets none ---- */

static void a_side_without_keys_uses_certificates(void **unused)
{
    static const Scenario *const scenarios[] = {&new_one, &old_any};
    size_t                       i;

    (void)unused;
    for (i = 0; i < sizeof(scenarios) / sizeof(scenarios[0]); i++) {
        Seen seen = run(scenarios[i], only_client);

        assert_by_certificate(&seen);
        seen = run(scenarios[i], only_server);
        assert_by_certificate(&seen);
    }
}

static void strangers(void **unused)
{
    Seen seen = run(&new_one, stranger);

    (void)unused;
    assert_by_certificate(&seen);
    /* RFC 8446 6.2: nothing else to offer. */
    seen = run(&new_one, only_client_without_certificate);
    assert_int_equal(seen.errors[1], SSLNegotiationErr);
    assert_int_equal(seen.alert, ALERT_UNKNOWN_PSK_IDENTITY);
    /* RFC 4279 2: as if the key were wrong. */
    seen = run(&old_plain, stranger);
    assert_int_equal(seen.errors[1], SSLProtocolErr);
    assert_int_equal(seen.alert, ALERT_BAD_RECORD_MAC);
    seen = run(&old_rsa, stranger);
    assert_int_equal(seen.alert, ALERT_BAD_RECORD_MAC);
}

static void wrong_keys(void **unused)
{
    Seen seen = run(&new_one, wrong_key);

    (void)unused;
    assert_int_equal(seen.alert, ALERT_DECRYPT_ERROR);
    assert_int_equal(seen.errors[0], SSLFatalAlert);
    seen = run(&old_plain, wrong_key);
    assert_int_equal(seen.alert, ALERT_BAD_RECORD_MAC);
    seen = run(&old_ec, wrong_key);
    assert_int_equal(seen.alert, ALERT_BAD_RECORD_MAC);
    seen = run(&old_rsa, wrong_key);
    assert_int_equal(seen.alert, ALERT_BAD_RECORD_MAC);
}

static void certificate_required(Pair *pair)
{
    both(pair);
    assert_int_equal(SSLSetRequireClientCert(&pair->server.ctx, 1), SSLNoErr);
}

/* A key is no certificate: where one is required no key is taken; where one is only asked for, a
 * key is, and nobody asks. */
static void required_certificates_come_first(void **unused)
{
    Seen seen = run(&new_wanted, certificate_required);

    (void)unused;
    assert_by_certificate(&seen);
    assert_int_equal(asked, 0);
    seen = run(&new_wanted, both);
    assert_by_key(&seen);
    seen = run(&old_plain, certificate_required);
    assert_int_equal(seen.alert, ALERT_HANDSHAKE_FAILURE);
}

/* ---- beside tickets ---- */

static void move_sessions(Pair *to, Pair *from)
{
    TestSession nothing = {NULL, NULL, 0, 0};

    to->client.session   = from->client.session;
    to->server.session   = from->server.session;
    from->client.session = from->server.session = nothing;
    to->client.random ^= 0x1000;
    to->server.random ^= 0x1000;
}

/* Sessions in the stores of the pair, made under the settings of `setup`. */
static Pair *with_ticket(void (*setup)(Pair *pair))
{
    Pair *earlier = pair_open(&stored, NOBODY, NULL, NULL);
    Pair *pair    = pair_open(&stored, NOBODY, NULL, NULL);

    setup(earlier);
    pair_handshake(earlier);
    assert_true(pair_is_connected(earlier));
    move_sessions(pair, earlier);
    pair_close(earlier);
    setup(pair);
    return pair;
}

/* The ticket is offered first and taken; it remembers whose it is. */
static void a_session_remembers_the_key(void **unused)
{
    Pair *pair = with_ticket(both);
    Seen  seen;

    (void)unused;
    pair_handshake(pair);
    assert_true(pair_is_connected(pair));
    seen = look(pair);
    assert_int_equal(seen.resumed, 1);
    assert_string_equal(seen.name[0], NAME);
    assert_string_equal(seen.name[1], NAME);
    assert_int_equal(asked, 0);
    pair_close(pair);
}

/* The server has lost the session: the second identity is taken, whose number is 1. */
static void the_key_stands_behind_the_ticket(void **unused)
{
    Pair *pair = with_ticket(both);
    Seen  seen;

    (void)unused;
    free(pair->server.session.key);
    free(pair->server.session.data);
    memset(&pair->server.session, 0, sizeof(pair->server.session));
    pair_handshake(pair);
    assert_true(pair_is_connected(pair));
    seen = look(pair);
    assert_by_key(&seen);
    assert_int_equal(asked, 2); /* the ticket could have been a name, too */
    pair_close(pair);
}

static SSLErr offer_ticket_last(Peer *evil, EvilPhase phase, EvilMessage *message)
{
    if (phase == EVIL_READY && message->row->type == MSG_CLIENT_HELLO) {
        put_name_before_ticket(evil, message, 0);
    }
    return SSLNoErr;
}

static void a_ticket_behind_an_unknown_name(void **unused)
{
    Pair *earlier = with_ticket(both);
    Pair *pair    = pair_open(&stored, EVIL_CLIENT, offer_ticket_last, NULL);
    int   resumed;

    (void)unused;
    asked = 0;
    both(pair);
    move_sessions(pair, earlier);
    pair_close(earlier);
    pair_handshake(pair);
    assert_int_equal(SSLGetSessionResumed(&pair->server.ctx, &resumed), SSLNoErr);
    assert_int_equal(resumed, 1);
    assert_int_equal(asked, 1);
    pair_close(pair);
}

/* A session made by a key is worth nothing to who has the key no longer, or another. */
static void a_session_is_bound_to_the_key(void **unused)
{
    Pair *pair = with_ticket(both);
    Seen  seen;

    (void)unused;
    assert_int_equal(SSLSetPSK(&pair->client.ctx, letters(""), letters(""), SSL_PSKHashSHA256),
                     SSLNoErr);
    pair_handshake(pair);
    seen = look(pair);
    assert_by_certificate(&seen);
    assert_int_equal(seen.resumed, 0);
    pair_close(pair);

    pair = with_ticket(both);
    set_key(&pair->client.ctx, OTHER, 0x50, SSL_PSKHashSHA256);
    pair_handshake(pair);
    seen = look(pair);
    assert_int_equal(seen.resumed, 0);
    assert_string_equal(seen.name[1], OTHER);
    pair_close(pair);

    pair = with_ticket(both);
    assert_int_equal(SSLSetPSKFunc(&pair->server.ctx, NULL, NULL), SSLNoErr);
    pair_handshake(pair);
    seen = look(pair);
    assert_int_equal(seen.resumed, 0);
    assert_by_certificate(&seen);
    pair_close(pair);
}

/* RFC 8446 4.3.2: a certificate is not asked for behind a pre-shared key, now or later. */
static void no_certificate_is_asked_for_later(void **unused)
{
    Pair *pair = pair_open(&new_one, NOBODY, NULL, NULL);

    (void)unused;
    both(pair);
    assert_int_equal(SSLSetPostHandshakeAuth(&pair->client.ctx, 1), SSLNoErr);
    pair_handshake(pair);
    assert_true(pair_is_connected(pair));
    assert_int_equal(SSLRequestClientCertificate(&pair->server.ctx, 0), SSLUnsupportedErr);
    pair_close(pair);
}

/* ---- the setters ---- */

static int enables(SSLContext *ctx, uint16 suite)
{
    uint16 list[200];
    uint32 count = 200, i;

    assert_int_equal(SSLGetEnabledCiphers(ctx, list, &count), SSLNoErr);
    for (i = 0; i < count && list[i] != suite; i++) {
    }
    return i < count;
}

static void the_default_suites_follow_the_key(void **unused)
{
    static const uint16 own[] = {TLS_AES_128_GCM_SHA256};
    Pair               *pair  = pair_open(&new_one, NOBODY, NULL, NULL);
    SSLContext         *ctx   = &pair->client.ctx;

    (void)unused;
    assert_false(enables(ctx, EC));
    only_client(pair);
    assert_true(enables(ctx, EC));
    assert_false(enables(ctx, PLAIN)); /* no forward secrecy */
    assert_int_equal(SSLSetPSK(ctx, letters(""), letters(""), SSL_PSKHashSHA256), SSLNoErr);
    assert_false(enables(ctx, EC));
    only_server(pair);
    assert_true(enables(&pair->server.ctx, EC));
    assert_int_equal(SSLSetPSKFunc(&pair->server.ctx, NULL, NULL), SSLNoErr);
    assert_false(enables(&pair->server.ctx, EC));
    assert_int_equal(SSLSetEnabledCiphers(ctx, own, 1), SSLNoErr);
    only_client(pair);
    assert_false(enables(ctx, EC));
    pair_close(pair);
}

/* Selfie (RFC 9257 4.1): a side that is both could be sent its own messages. */
static void a_context_has_one_role(void **unused)
{
    Pair       *pair = pair_open(&new_one, NOBODY, NULL, NULL);
    SSLContext *ctx  = &pair->client.ctx;

    (void)unused;
    only_client(pair);
    assert_int_equal(SSLSetPSKFunc(ctx, find_key, NULL), SSLBadStateErr);
    assert_int_equal(SSLSetPSKFunc(ctx, NULL, NULL), SSLNoErr);
    assert_int_equal(SSLSetPSK(ctx, letters(""), letters(""), SSL_PSKHashSHA256), SSLNoErr);
    assert_int_equal(SSLSetPSKFunc(ctx, find_key, NULL), SSLNoErr);
    assert_int_equal(SSLSetPSK(ctx, letters(NAME), letters("key"), SSL_PSKHashSHA256),
                     SSLBadStateErr);
    pair_close(pair);
}

static void lengths_of_names_and_keys(void **unused)
{
    static uint8_t bytes[SSL_MAX_PSK_IDENTITY + 1];
    Pair          *pair = pair_open(&new_one, NOBODY, NULL, NULL);
    SSLContext    *ctx  = &pair->client.ctx;
    SSLBuffer      most = {SSL_MAX_PSK_IDENTITY, bytes}, more = {sizeof(bytes), bytes};
    SSLBuffer      key = {SSL_MAX_PSK, bytes}, longer = {SSL_MAX_PSK + 1, bytes};
    SSLBuffer      absent = {5, NULL}, none = {0, NULL};

    (void)unused;
    memset(bytes, 'x', sizeof(bytes));
    assert_int_equal(SSLSetPSK(NULL, most, key, SSL_PSKHashSHA256), SSLBadParameterErr);
    assert_int_equal(SSLSetPSK(ctx, more, key, SSL_PSKHashSHA256), SSLOverflowErr);
    assert_int_equal(SSLSetPSK(ctx, most, longer, SSL_PSKHashSHA256), SSLOverflowErr);
    assert_int_equal(SSLSetPSK(ctx, absent, key, SSL_PSKHashSHA256), SSLBadParameterErr);
    assert_int_equal(SSLSetPSK(ctx, most, none, SSL_PSKHashSHA256), SSLBadParameterErr);
    assert_int_equal(SSLSetPSK(ctx, none, key, SSL_PSKHashSHA256), SSLBadParameterErr);
    assert_int_equal(SSLSetPSK(ctx, most, key, (SSLPSKHash)2), SSLBadParameterErr);
    assert_false(enables(ctx, EC));
    assert_int_equal(SSLSetPSK(ctx, most, key, SSL_PSKHashSHA384), SSLNoErr);
    assert_int_equal(SSLSetPSKHint(ctx, more), SSLOverflowErr);
    assert_int_equal(SSLSetPSKHint(ctx, absent), SSLBadParameterErr);
    assert_int_equal(SSLSetPSKHint(ctx, most), SSLNoErr);
    assert_int_equal(SSLSetPSKHint(ctx, none), SSLNoErr);
    pair_close(pair);
}

static SSLErr find_longest(SSLContext *ctx, SSLBuffer identity, SSLPSK *psk, void *ref)
{
    (void)ctx;
    (void)ref;
    if (identity.length == SSL_MAX_PSK_IDENTITY) {
        memset(psk->key, 'x', SSL_MAX_PSK);
        psk->length = SSL_MAX_PSK;
    }
    return SSLNoErr;
}

static void the_longest_names_and_keys(void **unused)
{
    static uint8_t        bytes[SSL_MAX_PSK_IDENTITY];
    static const Scenario old_dhe = {
        "1.2 DHE_PSK",       TLS_Version_1_2, TLS_DHE_PSK_WITH_AES_128_GCM_SHA256,
        SSL_GROUP_FFDHE2048, IDENTITY_RSA,    0};
    static const Scenario *const scenarios[] = {&new_one, &old_plain, &old_rsa, &old_dhe};
    SSLBuffer                    name = {SSL_MAX_PSK_IDENTITY, bytes}, key = {SSL_MAX_PSK, bytes};
    size_t                       i;

    (void)unused;
    memset(bytes, 'x', sizeof(bytes));
    for (i = 0; i < sizeof(scenarios) / sizeof(scenarios[0]); i++) {
        Pair *pair = pair_open(scenarios[i], NOBODY, NULL, NULL);

        assert_int_equal(SSLSetPSK(&pair->client.ctx, name, key, SSL_PSKHashSHA256), SSLNoErr);
        assert_int_equal(SSLSetPSKFunc(&pair->server.ctx, find_longest, NULL), SSLNoErr);
        assert_int_equal(SSLSetPSKHint(&pair->server.ctx, name), SSLNoErr);
        pair_handshake(pair);
        assert_true(pair_is_connected(pair));
        pair_close(pair);
    }
}

/* ---- lies ---- */

static SSLErr choose_the_fifth(Peer *evil, EvilPhase phase, EvilMessage *message)
{
    (void)evil;
    if (phase == EVIL_READY && message->row->type == MSG_SERVER_HELLO) {
        set_extension(message, 1, EXT_PRE_SHARED_KEY, "\0\5", 2);
    }
    return SSLNoErr;
}

static void a_choice_beyond_what_was_offered(void **unused)
{
    Pair          *pair = pair_open(&new_one, EVIL_SERVER, choose_the_fifth, NULL);
    SSLErrorDetail detail;

    (void)unused;
    both(pair);
    pair_handshake(pair);
    assert_int_equal(peer_alert(&pair->client), ALERT_ILLEGAL_PARAMETER);
    assert_int_equal(SSLGetErrorDetail(&pair->client.ctx, &detail), SSLNoErr);
    assert_int_equal(detail.extension, EXT_PRE_SHARED_KEY);
    pair_close(pair);
}

/* RFC 8446 4.1.2: behind a HelloRetryRequest the same key under another name, with a right binder.
 */
static SSLErr another_name(Peer *evil, EvilPhase phase, EvilMessage *message)
{
    size_t length, at;

    if (phase == EVIL_READY && is_wanted(evil, message)) {
        at = find_extension(message, 1, EXT_PRE_SHARED_KEY, &length);
        assert_memory_equal(message->bytes.data + at + 4 + 2 + 2, NAME, strlen(NAME));
        memcpy(message->bytes.data + at + 4 + 2 + 2, OTHER, strlen(OTHER));
        sslr_write_binders(&evil->ctx, message->bytes.data, message->bytes.length);
    }
    return SSLNoErr;
}

/* RFC 8446 4.2.9: a server that leaves out the key exchange, which the client did not allow. */
static SSLErr without_key_exchange(Peer *evil, EvilPhase phase, EvilMessage *message)
{
    if (phase == EVIL_READY && is_wanted(evil, message)) {
        drop_extension(message, 1, EXT_KEY_SHARE);
        evil->ctx.handshake->psk_without_dhe = 1;
    }
    return SSLNoErr;
}

/* Twelve identities that nobody knows, where one was. */
static SSLErr offer_many(Peer *evil, EvilPhase phase, EvilMessage *message)
{
    uint8_t body[2 + 12 * 7 + 2 + 12 * 33];
    size_t  i, at = 2;

    if (phase != EVIL_READY || !is_wanted(evil, message)) {
        return SSLNoErr;
    }
    memset(body, 0, sizeof(body));
    put_u16(body, 12 * 7);
    for (i = 0; i < 12; i++, at += 7) {
        put_u16(body + at, 1);
        body[at + 2] = (uint8_t)('a' + i);
    }
    put_u16(body + at, 12 * 33);
    for (i = 0, at += 2; i < 12; i++, at += 33) {
        body[at] = 32;
    }
    set_extension(message, 1, EXT_PRE_SHARED_KEY, body, sizeof(body));
    asked = 0;
    return SSLNoErr;
}

static void eight_were_looked_up(Pair *pair)
{
    (void)pair;
    assert_int_equal(asked, 8);
}

/* A server that asks for a certificate all the same. */
static SSLErr ask_all_the_same(Peer *evil, EvilPhase phase, EvilMessage *message)
{
    if (phase == EVIL_ADDED && is_wanted(evil, message)) {
        evil_put_message(evil, MSG_CERTIFICATE_REQUEST, "\0\0\0", 3);
    }
    return SSLNoErr;
}

/* A message that only other suites have. */
static SSLErr hint_without_parameters(Peer *evil, EvilPhase phase, EvilMessage *message)
{
    if (phase == EVIL_READY && is_wanted(evil, message)) {
        message->bytes.length = 4;
        write_u16(&message->bytes, 0);
        splice(message, 4, 0, "", 0);
    }
    return SSLNoErr;
}

static SSLErr drop_it(Peer *evil, EvilPhase phase, EvilMessage *message)
{
    if (phase == EVIL_READY && is_wanted(evil, message)) {
        message->send = 0;
    }
    return SSLNoErr;
}

/* RFC 4279: the identity, then what the method beside it says. */
static SSLErr name_too_long(Peer *evil, EvilPhase phase, EvilMessage *message)
{
    static uint8_t body[2 + SSL_MAX_PSK_IDENTITY + 1];

    if (phase == EVIL_READY && is_wanted(evil, message)) {
        put_u16(body, SSL_MAX_PSK_IDENTITY + 1);
        splice(message, 4, message->bytes.length - 4, body, sizeof(body));
    }
    return SSLNoErr;
}

/* In the next handshake the client is somebody else, whom the server knows as well. */
static SSLErr become_another(Peer *evil, EvilPhase phase, EvilMessage *message)
{
    if (phase == EVIL_WORK && message->row->work == sslr_work_client_session &&
        evil->ctx.renegotiation.before != NULL) {
        memcpy((uint8_t *)evil->ctx.config.psk.data, OTHER, strlen(OTHER));
    }
    return SSLNoErr;
}

static void both_renegotiate(Pair *pair)
{
    both(pair);
    allow_renegotiation(pair);
}

#define BY_CLIENT_HELLO EVIL_CLIENT, MSG_CLIENT_HELLO
#define BY_SERVER_HELLO EVIL_SERVER, MSG_SERVER_HELLO
#define BY_CLIENT_KEY   EVIL_CLIENT, MSG_CLIENT_KEY_EXCHANGE
#define BY_SERVER_KEY   EVIL_SERVER, MSG_SERVER_KEY_EXCHANGE

/* clang-format off */
static const Case cases[] = {
    { "nothing is wrong",            &new_one,   BY_CLIENT_HELLO, UNCHANGED, 0, NULL, FINE, NULL, both, NULL, 0 },
    { "wrong binder",                &new_one,   BY_CLIENT_HELLO, FLIP, 0, NULL, DECRYPT, NULL, both, NULL, 0 },
    { "wrong second binder",         &new_cookie, BY_CLIENT_HELLO, FLIP, 0, NULL, DECRYPT, NULL, both, NULL, 1 },
    { "another name the second time", &new_cookie, BY_CLIENT_HELLO, CUSTOM, 0, NULL, ILLEGAL, another_name, both, NULL, 1 },
    { "no modes",                    &new_one,   BY_CLIENT_HELLO, DROP, EXT_PSK_KEY_EXCHANGE_MODES, NULL, MISSING, NULL, both, NULL, 0 },
    { "no identity",                 &new_one,   BY_CLIENT_HELLO, SET, EXT_PRE_SHARED_KEY, "0000 0021 20 07*32", DECODE, NULL, both, NULL, 0 },
    { "an empty identity",           &new_one,   BY_CLIENT_HELLO, SET, EXT_PRE_SHARED_KEY, "0006 0000 00000000 0021 20 07*32", DECODE, NULL, both, NULL, 0 },
    { "many identities",             &new_one,   BY_CLIENT_HELLO, CUSTOM, 0, NULL, ENDS(NO_ALERT, SSLWouldBlockErr), offer_many, both, eight_were_looked_up, 0 },
    { "another one is chosen",       &new_one,   BY_SERVER_HELLO, SET, EXT_PRE_SHARED_KEY, "0001", ILLEGAL, NULL, both, NULL, 0 },
    { "one is chosen, none offered", &new_one,   BY_SERVER_HELLO, SET, EXT_PRE_SHARED_KEY, "0000", UNSUPPORTED, NULL, only_server, NULL, 0 },
    { "chosen with another hash",    &new_one,   BY_SERVER_HELLO, PUT, 2 + 32 + 1 + 32, "1302", ILLEGAL, NULL, both, NULL, 0 },
    { "without key exchange",        &new_one,   BY_SERVER_HELLO, CUSTOM, 0, NULL, ILLEGAL, without_key_exchange, both, NULL, 0 },
    { "with key exchange",           &new_one,   BY_SERVER_HELLO, ADD, EXT_KEY_SHARE, "001d 0020 09 00*31", ILLEGAL, NULL, modes_without_dhe, NULL, 0 },
    { "a certificate is asked for",  &new_one,   EVIL_SERVER, MSG_ENCRYPTED_EXTENSIONS, CUSTOM, 0, NULL, UNEXPECTED, ask_all_the_same, both, NULL, 0 },

    { "nothing is wrong",            &old_plain, BY_CLIENT_KEY, UNCHANGED, 0, NULL, FINE, NULL, both, NULL, 0 },
    { "no name",                     &old_plain, BY_CLIENT_KEY, BODY, 0, "0000", BAD_MAC, NULL, both, NULL, 0 },
    { "another name",                &old_plain, BY_CLIENT_KEY, BODY, 0, "0001 61", BAD_MAC, NULL, both, NULL, 0 },
    { "name cut short",              &old_plain, BY_CLIENT_KEY, CUT, 1, NULL, DECODE, NULL, both, NULL, 0 },
    { "bytes behind the name",       &old_plain, BY_CLIENT_KEY, APPEND, 0, "00", DECODE, NULL, both, NULL, 0 },
    { "name too long",               &old_plain, BY_CLIENT_KEY, CUSTOM, 0, NULL, DECODE, name_too_long, both, NULL, 0 },
    { "no public value",             &old_ec,    BY_CLIENT_KEY, BODY, 0, "0005 616c696365", DECODE, NULL, both, NULL, 0 },
    { "no premaster",                &old_rsa,   BY_CLIENT_KEY, BODY, 0, "0005 616c696365", DECODE, NULL, both, NULL, 0 },
    { "hint cut short",              &old_plain, BY_SERVER_KEY, CUT, 1, NULL, DECODE, NULL, with_hint, NULL, 0 },
    { "bytes behind the hint",       &old_plain, BY_SERVER_KEY, APPEND, 0, "00", DECODE, NULL, with_hint, NULL, 0 },
    { "bytes behind the parameters", &old_ec,    BY_SERVER_KEY, APPEND, 0, "0000", DECODE, NULL, both, NULL, 0 },
    { "a hint and no parameters",    &old_ec,    BY_SERVER_KEY, CUSTOM, 0, NULL, DECODE, hint_without_parameters, both, NULL, 0 },
    { "no parameters",               &old_ec,    BY_SERVER_KEY, CUSTOM, 0, NULL, UNEXPECTED, drop_it, both, NULL, 0 },
    { "no certificate",              &old_rsa,   EVIL_SERVER, MSG_CERTIFICATE, CUSTOM, 0, NULL, UNEXPECTED, drop_it, both, NULL, 0 },
    { "a certificate is asked for",  &old_rsa,   EVIL_SERVER, MSG_CERTIFICATE, CUSTOM, 0, NULL, UNEXPECTED, ask_all_the_same, both, NULL, 0 },
    { "chosen without a key",        &old_any,   BY_SERVER_HELLO, PUT, 2 + 32 + 1, "00a8", ILLEGAL, NULL, only_in_the_list, NULL, 0 },
    { "again with the same key",     &old_ec,    BY_CLIENT_HELLO, UNCHANGED, 0, NULL, STILL_OPEN, NULL, both_renegotiate, client_renegotiates, 1 },
    { "again with another key",      &old_ec,    BY_CLIENT_HELLO, CUSTOM, 0, NULL, ENDS(ALERT_ILLEGAL_PARAMETER, SSLConnectionClosedError), become_another, both_renegotiate, client_renegotiates, 1 },
};
/* clang-format on */

static void lies_about_pre_shared_keys(void **unused)
{
    (void)unused;
    RUN_CASES(cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_in_the_place_of_certificates),
        cmocka_unit_test(the_hash_chooses_the_suite),
        cmocka_unit_test(a_key_whose_hash_does_not_fit),
        cmocka_unit_test(a_key_that_is_not_offered_again),
        cmocka_unit_test(a_key_without_key_exchange),
        cmocka_unit_test(hints),
        cmocka_unit_test(a_side_without_keys_uses_certificates),
        cmocka_unit_test(strangers),
        cmocka_unit_test(wrong_keys),
        cmocka_unit_test(required_certificates_come_first),
        cmocka_unit_test(a_session_remembers_the_key),
        cmocka_unit_test(the_key_stands_behind_the_ticket),
        cmocka_unit_test(a_ticket_behind_an_unknown_name),
        cmocka_unit_test(a_session_is_bound_to_the_key),
        cmocka_unit_test(no_certificate_is_asked_for_later),
        cmocka_unit_test(the_default_suites_follow_the_key),
        cmocka_unit_test(a_context_has_one_role),
        cmocka_unit_test(lengths_of_names_and_keys),
        cmocka_unit_test(the_longest_names_and_keys),
        cmocka_unit_test(a_choice_beyond_what_was_offered),
        cmocka_unit_test(lies_about_pre_shared_keys),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
