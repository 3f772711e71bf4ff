/*
 * test_sessions.c - which session a program gets from SSLGetSession, and which it must not get;
 * what becomes of one that it sets beside a store; sessions too long for a ticket; and who may
 * delete one. Resumption itself is in test_resumption13.c and test/fault/test_tickets.c.
 */
#include "early.h"
#include "negative.h"

#include "../../core/session/session13.h"

/* clang-format off */
static const Scenario old      = { "1.2", TLS_Version_1_2, 0, 0, IDENTITY_ED25519, WITH_SESSION_STORE };
static const Scenario new      = { "1.3", TLS_Version_1_3, 0, 0, IDENTITY_ED25519, WITH_SESSION_STORE };
static const Scenario again    = { "1.2, resumed", TLS_Version_1_2, 0, 0, IDENTITY_ED25519, WITH_RESUMPTION };
static const Scenario new_again = { "1.3, resumed", TLS_Version_1_3, 0, 0, IDENTITY_ED25519, WITH_RESUMPTION };
/* clang-format on */

#define MASTER_SECRET 48
#define CHECK         8

static void release(Peer *peer, SSLBuffer *session)
{
    peer->ctx.allocator.freeFunc(session, peer->ctx.allocator.allocRef);
}

static int has_session(Peer *client)
{
    SSLBuffer session;
    SSLErr    err = SSLGetSession(&client->ctx, &session);

    if (err != SSLNoErr) {
        assert_int_equal(err, SSLSessionNotFoundErr);
        assert_null(session.data);
        return 0;
    }
    release(client, &session);
    return 1;
}

/* A connection in which nothing repeats what was random in the one of kept_session. */
static Pair *open_later(const Scenario *scenario, EvilSide evil, EvilHook hook)
{
    Pair *pair = pair_open(scenario, evil, hook, NULL);

    pair->client.random ^= 0x2000;
    pair->server.random ^= 0x2000;
    return pair;
}

/* One that the server does not know; its name is as long as a ticket's. */
static void set_psk(Pair *pair)
{
    static uint8_t  name[32] = {1};
    const SSLBuffer psk      = {sizeof(name), name};

    assert_int_equal(SSLSetPSK(&pair->client.ctx, psk, psk, SSL_PSKHashSHA256), SSLNoErr);
}

/* A session of another connection, in a block of malloc(). */
static SSLBuffer kept_session(const Scenario *scenario, int with_psk)
{
    Pair     *pair = pair_open(scenario, NOBODY, NULL, NULL);
    SSLBuffer session, copy;

    if (with_psk) {
        set_psk(pair);
    }
    pair_handshake(pair);
    assert_true(pair_is_connected(pair));
    assert_int_equal(SSLGetSession(&pair->client.ctx, &session), SSLNoErr);
    copy.length = session.length;
    copy.data   = (uint8 *)malloc(session.length);
    assert_non_null(copy.data);
    memcpy(copy.data, session.data, session.length);
    release(&pair->client, &session);
    pair_close(pair);
    return copy;
}

/* ---- there is one only where a handshake was completed ---- */

static void it_goes_with_the_secrets(void **unused)
{
    const Scenario *const scenarios[] = {&old, &new};
    size_t                i;

    (void)unused;
    for (i = 0; i < 2; i++) {
        Pair *pair = pair_open(scenarios[i], NOBODY, NULL, NULL);

        assert_false(has_session(&pair->client));
        pair_handshake(pair);
        assert_true(pair_is_connected(pair));
        assert_true(has_session(&pair->client));
        assert_int_equal(SSLClose(&pair->client.ctx), SSLNoErr);
        assert_false(has_session(&pair->client)); /* its secret is wiped */
        pair_close(pair);

        pair = pair_open(scenarios[i], NOBODY, NULL, NULL);
        pair_handshake(pair);
        assert_true(pair_is_connected(pair));
        assert_int_equal(SSLClose(&pair->server.ctx), SSLNoErr);
        assert_int_equal(peer_read(&pair->client), SSLConnectionClosedGraceful);
        assert_true(has_session(&pair->client));
        pair_close(pair);
    }
}

/* In the place of its message of this number a server says close_notify. */
static SSLErr close_instead(Peer *evil, EvilPhase phase, EvilMessage *message)
{
    static const uint8_t close_notify[] = {1, 0};

    if (phase == EVIL_READY && message->number == *(const int *)evil->plan) {
        message->send = 0;
        evil_flush(evil);
        evil_clear(evil, 21, 0x0303, close_notify, sizeof(close_notify));
    }
    return SSLNoErr;
}

/* A server that has proved nothing: not even what it says in ServerHello is a session. */
static void a_close_in_the_midst_leaves_none(void **unused)
{
    int number;

    (void)unused;
    for (number = 0; number < 5; number++) {
        Pair *pair = pair_open(&old, EVIL_SERVER, close_instead, &number);

        (void)SSLHandshake(&pair->client.ctx);
        (void)SSLHandshake(&pair->server.ctx);
        pair->client.result = SSLHandshake(&pair->client.ctx);
        if (number == 4) { /* ChangeCipherSpec: what comes before it must have come */
            (void)SSLHandshake(&pair->server.ctx);
            pair->client.result = SSLHandshake(&pair->client.ctx);
        }
        assert_int_equal(pair->client.result, SSLConnectionClosedGraceful);
        assert_false(has_session(&pair->client));
        assert_null(pair->client.session.key);
        pair_close(pair);
    }
}

/* ---- what is no session ---- */

static void repair(SSLBuffer session)
{
    uint8_t hash[32];

    sslr_hash(HASH_SHA256, session.data, session.length - CHECK, hash);
    memcpy(session.data + session.length - CHECK, hash, CHECK);
}

/* Anybody knows a secret of zeros. */
static void a_secret_of_zeros_is_not_offered(void **unused)
{
    int zeros;

    (void)unused;
    for (zeros = 0; zeros < 2; zeros++) {
        Pair     *pair    = open_later(&old, NOBODY, NULL);
        SSLBuffer session = kept_session(&old, 0);
        size_t    id      = session.data[50];

        if (zeros) {
            memset(session.data + 51 + id, 0, MASTER_SECRET);
        }
        repair(session);
        assert_int_equal(SSLSetSession(&pair->client.ctx, session), SSLNoErr);
        (void)SSLHandshake(&pair->client.ctx);
        assert_int_equal(pair->client.ctx.handshake->session_id_length > 0, !zeros);
        pair_handshake(pair);
        assert_true(pair_is_connected(pair));
        pair_close(pair);
        free(session.data);
    }
}

/* ---- beside a store ---- */

static SSLErr alert_instead(Peer *evil, EvilPhase phase, EvilMessage *message)
{
    static const uint8_t fatal[] = {2, 40};

    if (phase == EVIL_READY && message->number == 0) {
        message->send = 0;
        evil_flush(evil);
        evil_clear(evil, 21, 0x0303, fatal, sizeof(fatal));
    }
    return SSLNoErr;
}

/* A set session is offered; the one that the store holds is another, and stays whatever happens. */
static void a_set_session_leaves_the_store_alone(void **unused)
{
    const Scenario *const stored[] = {&again, &new_again}, *const set[] = {&old, &new};
    size_t i;

    (void)unused;
    for (i = 0; i < 2; i++) {
        Pair     *pair    = open_later(stored[i], EVIL_SERVER, alert_instead);
        SSLBuffer session = kept_session(set[i], 0);
        size_t    length  = pair->client.session.length;
        uint8_t  *before  = (uint8_t *)malloc(length);

        memcpy(before, pair->client.session.data, length);
        assert_int_equal(SSLSetSession(&pair->client.ctx, session), SSLNoErr);
        pair_handshake(pair);
        assert_int_equal(pair->client.result, SSLFatalAlert);
        assert_non_null(pair->client.session.key);
        assert_int_equal(pair->client.session.length, length);
        assert_memory_equal(pair->client.session.data, before, length);
        pair_close(pair);
        free(before);
        free(session.data);
    }
}

static SSLErr get_nothing(SSLBuffer key, SSLBuffer *data, void *ref)
{
    Peer *peer = (Peer *)ref;

    (void)key;
    data->length = 8;
    assert_int_equal(peer->ctx.allocator.allocFunc(data, peer->ctx.allocator.allocRef), SSLNoErr);
    data->length = 0;
    return SSLNoErr;
}

/* pair_close finds the block if nobody has freed it. */
static void an_empty_block_of_the_store_is_freed(void **unused)
{
    const Scenario *const scenarios[] = {&old, &new};
    size_t                i;

    (void)unused;
    for (i = 0; i < 2; i++) {
        Pair     *pair    = open_later(scenarios[i], NOBODY, NULL);
        SSLBuffer session = kept_session(scenarios[i], 1);

        /* In TLS 1.3 two identities are looked up: this one and the ticket. */
        set_psk(pair);
        assert_int_equal(SSLSetSession(&pair->client.ctx, session), SSLNoErr);
        assert_int_equal(SSLSetGetSessionFunc(&pair->server.ctx, get_nothing), SSLNoErr);
        pair_handshake(pair);
        assert_true(pair_is_connected(pair));
        assert_false(pair_resumed(pair));
        pair_close(pair);
        free(session.data);
    }
}

/* The ID of a TLS 1.2 session stands in the clear. Whoever has seen it may name it as a pre-shared
 * key: the session stays. */
static void a_stranger_deletes_nothing(void **unused)
{
    static uint8_t key[32]  = {9};
    Pair          *pair     = pair_open(&again, NOBODY, NULL, NULL);
    Pair          *stranger = pair_open(&new, NOBODY, NULL, NULL);
    TestSession    session  = pair->server.session;
    SSLBuffer      id, psk = {sizeof(key), key};

    (void)unused;
    id.length = (uint32)session.key_length;
    id.data   = session.key;
    memset(&pair->server.session, 0, sizeof(session));
    stranger->server.session = session; /* of the same store */
    assert_int_equal(SSLSetPSK(&stranger->client.ctx, id, psk, SSL_PSKHashSHA256), SSLNoErr);
    assert_int_equal(SSLSetTicketCount(&stranger->server.ctx, 0), SSLNoErr);
    pair_handshake(stranger);
    assert_true(pair_is_connected(stranger));
    assert_ptr_equal(stranger->server.session.key, session.key);
    pair_close(stranger);
    pair_close(pair);
}

/* ---- too long for a ticket ---- */

/* A client whose certificates take so much room that its session does. */
static const SSLIdentity *long_identity(size_t count)
{
    static uint8_t     filling[4000] = {0x30};
    static SSLIdentity identity;
    size_t             i;

    identity       = *test_identity(IDENTITY_RSA, 0);
    identity.count = count;
    for (i = 1; i < count; i++) {
        identity.chain[i] = bytes_of(filling, sizeof(filling));
    }
    return &identity;
}

/* Where a ticket would be longer than a message may be there is none, and no more than that. */
static void a_session_too_long_gets_no_ticket(void **unused)
{
    static const uint16_t versions[] = {TLS_Version_1_2, TLS_Version_1_3};
    size_t                i, count;

    (void)unused;
    for (i = 0; i < 2; i++) {
        for (count = 3; count < 9; count++) {
            Scenario scenario = {"sealed", versions[i], 0, 0, IDENTITY_RSA, WITH_SEALED_TICKETS};
            Pair    *pair     = pair_open(&scenario, NOBODY, NULL, NULL);
            assert_int_equal(SSLSetRequestClientCert(&pair->server.ctx, 1), SSLNoErr);
            assert_int_equal(SSLAddIdentity(&pair->client.ctx, long_identity(count)), SSLNoErr);
            pair_handshake(pair);
            assert_true(pair_is_connected(pair));
            assert_int_equal(pair->client.ctx.tickets != NULL, count < 5);
            pair_close(pair);
        }
    }
}

/* A server of others may give one that no ClientHello has room for. */
static void a_ticket_too_long_is_not_kept(void **unused)
{
    static uint8_t message[4 + 9 + 2 + 0xFFFF + 2] = {
        MSG_NEW_SESSION_TICKET, 1, 0, 0x0C, 0, 0, 0, 100};
    Pair  *pair = pair_open(&new, EVIL_SERVER, NULL, NULL);
    int    records;
    size_t length = sizeof(message), at;

    (void)unused;
    put_u16(message + 13, 0xFFFF);
    put_u16(message + 2, length - 4 - 0x10000);
    pair_handshake(pair);
    assert_int_equal(peer_read(&pair->client), SSLWouldBlockErr);
    sslr_session13_forget(&pair->client.ctx);
    for (at = 0; at < length; at += MAX_FRAGMENT) {
        evil_sealed(&pair->server, 22, message + at,
                    length - at < MAX_FRAGMENT ? length - at : MAX_FRAGMENT, 0);
    }
    records = pair->client.ctx.quiet_records;
    assert_int_equal(peer_read(&pair->client), SSLWouldBlockErr);
    assert_int_equal(pair->client.ctx.quiet_records, records + 1);
    assert_null(pair->client.ctx.tickets);
    assert_true(pair_is_connected(pair));
    pair_close(pair);
}

/* ---- 0-RTT data that could not begin ---- */

static void early_data_that_did_not_begin_is_not_meant_later(void **unused)
{
    Pair  *pair   = pair_open(&early, NOBODY, NULL, NULL);
    uint32 length = 5;

    (void)unused;
    assert_int_equal(SSLSetRandomFunc(&pair->client.ctx, NULL), SSLNoErr);
    assert_int_equal(SSLWriteEarlyData("hello", &length, &pair->client.ctx), SSLMissingCallbackErr);
    assert_int_equal(length, 0);
    assert_false(pair->client.ctx.early_wanted);
    pair_close(pair);
}

/* ---- whose it is, and how old ---- */

static const Scenario later = {"1.3, a later certificate", TLS_Version_1_3, 0, 0, IDENTITY_P256,
                               WITH_SESSION_STORE};
static const Scenario later_again = {
    "1.3, resumed, a later certificate", TLS_Version_1_3, 0, 0, IDENTITY_P256,
    WITH_RESUMPTION | WITH_SESSION_STORE};

static void a_few_reads(Pair *pair)
{
    int i;

    for (i = 0; i < 6; i++) {
        (void)peer_read(&pair->client);
        (void)peer_read(&pair->server);
    }
}

/* A certificate that was shown behind the handshake is in the tickets that come behind it: they are
 * for who still has it, also where the handshake was a resumption. */
static void a_later_certificate_binds_the_session(void **unused)
{
    static const uint8_t ticket[12 + 32 + 2] = {
        [2] = 0x0E, [3] = 0x10, [4] = 1, [8] = 1, [9] = 9, [11] = 32, [12] = 1};
    const Scenario *const scenarios[] = {&later, &later_again};
    const TestSession     nothing     = {NULL, NULL, 0, 0};
    int                   i;

    (void)unused;
    for (i = 0; i < 2; i++) {
        Pair *pair = pair_open(scenarios[i], EVIL_SERVER, NULL, NULL), *next;

        assert_int_equal(SSLSetPostHandshakeAuth(&pair->client.ctx, 1), SSLNoErr);
        assert_int_equal(SSLAddIdentity(&pair->client.ctx, test_identity(IDENTITY_ED25519, 0)),
                         SSLNoErr);
        pair_handshake(pair);
        assert_true(pair_is_connected(pair));
        assert_int_equal(pair_resumed(pair), i);
        a_few_reads(pair);
        assert_int_equal(SSLRequestClientCertificate(&pair->server.ctx, 1), SSLNoErr);
        a_few_reads(pair);
        evil_put_message(&pair->server, MSG_NEW_SESSION_TICKET, ticket, sizeof(ticket));
        a_few_reads(pair);
        next                 = pair_open(&later, NOBODY, NULL, NULL);
        next->client.session = pair->client.session;
        pair->client.session = nothing;
        pair_close(pair);
        assert_int_equal(SSLHandshake(&next->client.ctx), SSLWouldBlockErr);
        assert_int_equal(next->client.ctx.handshake->session.length, 0);
        pair_close(next);
    }
}

/* A renegotiation that the server closes in the midst makes nothing younger. */
static void an_unfinished_renegotiation_leaves_the_age(void **unused)
{
    Pair     *pair = pair_open(&old, NOBODY, NULL, NULL);
    SSLBuffer before, after;

    (void)unused;
    pair_handshake(pair);
    assert_int_equal(SSLGetSession(&pair->client.ctx, &before), SSLNoErr);
    pair->client.now += 5000;
    assert_int_equal(SSLSetRenegotiation(&pair->server.ctx, SSL_RenegotiateNewSession), SSLNoErr);
    assert_int_equal(SSLRenegotiate(&pair->server.ctx), SSLNoErr);
    (void)peer_read(&pair->server);
    (void)peer_read(&pair->client); /* ClientHello */
    (void)peer_read(&pair->server); /* up to ServerHelloDone */
    (void)peer_read(&pair->client);
    assert_int_equal(SSLClose(&pair->server.ctx), SSLNoErr);
    assert_int_equal(peer_read(&pair->client), SSLConnectionClosedGraceful);
    assert_int_equal(SSLGetSession(&pair->client.ctx, &after), SSLNoErr);
    assert_int_equal(before.length, after.length);
    assert_memory_equal(before.data, after.data, before.length);
    release(&pair->client, &before);
    release(&pair->client, &after);
    pair_close(pair);
}

/* ---- somebody else's ID beside a ticket ---- */

static const Scenario sealed   = {"1.2, sealed",
                                  TLS_Version_1_2,
                                  0,
                                  0,
                                  IDENTITY_ED25519,
                                  WITH_RESUMPTION | WITH_SESSION_STORE | WITH_SEALED_TICKETS};
static const char     victim[] = "the ID of somebody else's session";
static int            deleted, spoils;

static SSLErr count_victims(SSLBuffer key, void *ref)
{
    (void)ref;
    deleted += key.length == 32 && memcmp(key.data, victim, 32) == 0;
    return SSLNoErr;
}

static SSLErr show_the_victim(Peer *evil, EvilPhase phase, EvilMessage *message)
{
    uint8_t *bytes = message->bytes.data;

    if (phase != EVIL_READY) {
        return SSLNoErr;
    }
    if (message->row->type == MSG_CLIENT_HELLO && !is_renegotiating(&evil->ctx)) {
        assert_int_equal(bytes[4 + 34], 32);
        memcpy(bytes + 4 + 35, victim, 32);
        memcpy(evil->ctx.handshake->session_id, victim, 32);
    } else if (message->row->type == MSG_CLIENT_HELLO) {
        drop_extension(message, 0, EXT_SESSION_TICKET);
    } else if (message->row->type == MSG_FINISHED && is_renegotiating(&evil->ctx) && spoils) {
        bytes[5] ^= 1;
    }
    return SSLNoErr;
}

/* Beside a ticket the ID is only echoed: the store never gave it. */
static void an_id_beside_a_ticket_names_no_session(void **unused)
{
    (void)unused;
    for (spoils = 0; spoils < 2; spoils++) {
        Pair *pair = pair_open(&sealed, EVIL_CLIENT, show_the_victim, NULL);

        deleted = 0;
        assert_int_equal(SSLSetDeleteSessionFunc(&pair->server.ctx, count_victims), SSLNoErr);
        allow_renegotiation(pair);
        pair_handshake(pair);
        assert_true(pair_is_connected(pair));
        assert_true(pair_resumed(pair));
        client_renegotiates(pair);
        assert_int_equal(pair->server.ctx.state == SSL_StateAborted, spoils);
        assert_int_equal(deleted, 0);
        pair_close(pair);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_later_certificate_binds_the_session),
        cmocka_unit_test(an_unfinished_renegotiation_leaves_the_age),
        cmocka_unit_test(an_id_beside_a_ticket_names_no_session),
        cmocka_unit_test(it_goes_with_the_secrets),
        cmocka_unit_test(a_close_in_the_midst_leaves_none),
        cmocka_unit_test(a_secret_of_zeros_is_not_offered),
        cmocka_unit_test(a_set_session_leaves_the_store_alone),
        cmocka_unit_test(an_empty_block_of_the_store_is_freed),
        cmocka_unit_test(a_stranger_deletes_nothing),
        cmocka_unit_test(a_session_too_long_gets_no_ticket),
        cmocka_unit_test(a_ticket_too_long_is_not_kept),
        cmocka_unit_test(early_data_that_did_not_begin_is_not_meant_later),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
