/*
 * test_manual_sessions.c - the manual's statements about peer IDs and session callbacks, who owns
 * what they are given, and when a session must be forgotten: in SSL 2.0 to TLS 1.2 (numbers of the
 * checklist in the names).
 */
#include "connection.h"

static const SSLProtocolVersion five[5] = {SSL_Version_2_0, SSL_Version_3_0, TLS_Version_1_0,
                                           TLS_Version_1_1, TLS_Version_1_2};

static Plan plan_of(SSLProtocolVersion version)
{
    Plan plan;

    memset(&plan, 0, sizeof(plan));
    plan.name           = SSLProtocolVersionName(version);
    plan.client_version = plan.server_version = version;
    plan.suite  = version == SSL_Version_2_0 ? SSL_RSA_WITH_3DES_EDE_CBC_MD5 : 0x002F;
    plan.server = OF_LEAF;
    plan.flags  = WITH_SESSIONS;
    return plan;
}

static void close_both(Connection *connection)
{
    assert_int_equal(SSLClose(connection->client.ctx), SSLNoErr);
    assert_int_equal(SSLClose(connection->server.ctx), SSLNoErr);
}

/* It goes, closed in order: what both stores hold then. */
static void keep_sessions(Connection *connection, Store sessions[2])
{
    close_both(connection);
    sessions[0] = connection->client_store;
    sessions[1] = connection->server_store;
    assert_int_equal(sessions[0].present, 1);
    assert_int_equal(sessions[1].present, 1);
    connection_close(connection);
}

static void first_session(const Plan *plan, Store sessions[2])
{
    Connection *connection = connection_open(plan, NULL);

    connection_establish(connection);
    keep_sessions(connection, sessions);
}

/* ---- 3.12 peer ID ---- */

static void test_63_without_peer_id_nothing_is_stored(void **state)
{
    size_t i;
    int    who; /* has a peer ID: nobody, the client, the server */

    (void)state;
    for (i = 0; i < 5; i++) {
        for (who = 0; who < 3; who++) {
            Plan        plan = plan_of(five[i]);
            Connection *connection;
            Store      *client, *server;

            plan.flags = 0;
            connection = connection_open(&plan, NULL);
            client     = &connection->client_store;
            server     = &connection->server_store;
            if (who > 0) {
                assert_int_equal(
                    SSLSetPeerID(who == 1 ? connection->client.ctx : connection->server.ctx,
                                 buffer_of("x", 1)),
                    SSLNoErr);
            }
            connection_establish(connection);
            if (who != 1) {
                assert_int_equal(client->adds + client->gets + client->deletes, 0);
            }
            if (who != 2) {
                assert_int_equal(server->adds + server->gets + server->deletes, 0);
            }
            if (who != 2 && five[i] >= SSL_Version_3_0) { /* no ID that could be resumed */
                assert_int_equal(wire_message(&connection->down, MSG_SERVER_HELLO).data[4 + 2 + 32],
                                 0);
            }
            connection_close(connection);
        }
    }
}

static void test_64_140_the_clients_key_is_the_peer_id(void **state)
{
    static const uint8_t id[40] = {0, 1, 0xFF, 0, 0x80};
    size_t               i;

    (void)state;
    for (i = 0; i < 5; i++) {
        Plan        plan       = plan_of(five[i]);
        Connection *connection = connection_open(&plan, NULL);
        uint8_t     copy[40];

        memcpy(copy, id, sizeof(id));
        assert_int_equal(SSLSetPeerID(connection->client.ctx, buffer_of(copy, sizeof(copy))),
                         SSLNoErr); /* item 66: replaces, copies */
        memset(copy, 0xEE, sizeof(copy));
        connection_establish(connection);
        assert_int_equal(connection->client_store.gets, 1);
        assert_int_equal(connection->client_store.adds, 1);
        assert_int_equal(connection->client_store.key_length, sizeof(id));
        assert_memory_equal(connection->client_store.key, id, sizeof(id));
        connection_close(connection);
    }
}

/* On a server the bytes do not matter; the key is the session ID, issued or presented. */
static void test_65_the_servers_key_is_the_session_id(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < 5; i++) {
        Plan        plan = plan_of(five[i]);
        Store       sessions[2];
        Connection *connection;
        Store      *store = &sessions[1];

        first_session(&plan, sessions);
        assert_int_equal(store->key_length, five[i] == SSL_Version_2_0 ? 16 : 32);
        connection = connection_open(&plan, sessions);
        assert_int_equal(SSLSetPeerID(connection->server.ctx, buffer_of("another", 7)), SSLNoErr);
        connection_establish(connection);
        assert_int_equal(end_resumed(&connection->client), 1);
        assert_int_equal(end_resumed(&connection->server), 1);
        assert_true(wire_find(&connection->up, store->key, store->key_length) > 0);
        assert_memory_equal(connection->server_store.key, store->key, store->key_length);
        assert_int_equal(connection->server_store.gets, store->gets + 1);
        assert_int_equal(connection->server_store.adds, store->adds + 1); /* 142: resumed, too */
        connection_close(connection);
    }
}

static void test_66_allocation_errors_come_back(void **state)
{
    Plan        plan       = plan_of(SSL_Version_3_0);
    Connection *connection = connection_open(&plan, NULL);
    End        *client     = &connection->client;

    (void)state;
    client->fault_kind  = CALL_ALLOC;
    client->fault_code  = -777;
    client->fault_first = client->calls[CALL_ALLOC];
    client->fault_times = 1;
    assert_int_equal(SSLSetPeerID(client->ctx, buffer_of("y", 1)), -777);
    connection_establish(connection);
    assert_int_equal(connection->client_store.key_length, 11); /* the old one stands */
    connection_close(connection);
}

/* The server has forgotten: a full handshake, and the new session takes the old one's place. */
static void test_67_a_refused_offer_is_replaced(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < 5; i++) {
        Plan        plan = plan_of(five[i]);
        Store       sessions[2];
        Connection *connection;

        first_session(&plan, sessions);
        sessions[1].present = 0;
        connection          = connection_open(&plan, sessions);
        connection_establish(connection);
        assert_int_equal(end_resumed(&connection->client), 0);
        assert_true(wire_find(&connection->up, sessions[1].key, sessions[1].key_length) > 0);
        assert_int_equal(connection->client_store.key_length, 11);
        assert_memory_not_equal(connection->client_store.data, sessions[0].data,
                                sessions[0].data_length);
        assert_memory_not_equal(connection->server_store.key, sessions[1].key,
                                sessions[1].key_length);
        keep_sessions(connection, sessions);

        connection = connection_open(&plan, sessions);
        connection->client.random += 5;
        connection_establish(connection);
        assert_int_equal(end_resumed(&connection->client), 1);
        connection_close(connection);
    }
}

/* A session of one version is not taken up in another; the setting decides the version. */
static void test_67_a_session_of_another_version(void **state)
{
    size_t i, j;

    (void)state;
    for (i = 0; i < 5; i++) {
        for (j = 0; j < 5; j++) {
            Plan        first = plan_of(five[i]), second = plan_of(five[j]);
            Store       sessions[2];
            Connection *connection;

            if (i != j) {
                first_session(&first, sessions);
                connection = connection_open(&second, sessions);
                connection_establish(connection);
                assert_int_equal(end_version(&connection->client), five[j]);
                assert_int_equal(end_resumed(&connection->client), 0);
                connection_close(connection);
            }
        }
    }
}

/* A 3.0 session opens with a 3.0 hello even where the setting says 2.0 format: nothing else can
 * resume it. */
static void test_67_a_3_0_session_opens_in_its_own_format(void **state)
{
    Plan        plan = plan_of(SSL_Version_3_0);
    Store       sessions[2];
    Connection *connection;

    (void)state;
    plan.client_version = plan.server_version = SSL_Version_Undetermined;
    plan.suite                                = TLS_RSA_WITH_RC4_128_SHA;
    first_session(&plan, sessions);
    connection = connection_open(&plan, sessions);
    connection_establish(connection);
    assert_int_equal(connection->up.data[0], CONTENT_HANDSHAKE);
    assert_int_equal(end_resumed(&connection->server), 1);
    assert_int_equal(end_version(&connection->server), SSL_Version_3_0);
    connection_close(connection);
}

static void test_68_an_empty_peer_id(void **state)
{
    Plan        plan = plan_of(SSL_Version_3_0);
    Connection *connection;
    uint8_t     byte = 0;

    (void)state;
    plan.flags = 0;
    connection = connection_open(&plan, NULL);
    assert_int_equal(SSLSetPeerID(connection->server.ctx, buffer_of(&byte, 0)), SSLNoErr);
    assert_int_equal(SSLSetPeerID(connection->server.ctx, buffer_of(NULL, 0)), SSLBadParameterErr);
    assert_int_equal(SSLSetPeerID(connection->client.ctx, buffer_of("c", 1)), SSLNoErr);
    connection_establish(connection);
    assert_int_equal(connection->server_store.adds, 1);
    connection_close(connection);
}

/* ---- 3.23 session callbacks ---- */

/* What is stored survives: other contexts, other memory; certificates included (item 73). */
static void test_141_stored_sessions_stand_alone(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < 5; i++) {
        Plan        plan = plan_of(five[i]);
        Store       sessions[2];
        Connection *connection;
        SSLBuffer   leaf, expected = certificate_of(OF_LEAF, 0);
        int         count;

        first_session(&plan, sessions);
        connection = connection_open(&plan, sessions);
        connection_establish(connection);
        assert_int_equal(end_resumed(&connection->client), 1);
        assert_int_equal(SSLGetPeerCertificateChainLength(connection->client.ctx, &count),
                         SSLNoErr);
        assert_int_equal(count, five[i] == SSL_Version_2_0 ? 1 : 3);
        assert_int_equal(SSLGetPeerCertificate(connection->client.ctx, 0, &leaf), SSLNoErr);
        assert_int_equal(leaf.length, expected.length);
        assert_memory_equal(leaf.data, expected.data, leaf.length);
        free(leaf.data - 16); /* as the free callback does */
        connection->client.live--;
        assert_int_equal(end_suite(&connection->server), plan.suite);
        assert_true(connection_carry(&connection->client, &connection->server, 5000));
        connection_close(connection);
    }
}

/* Cut short, longer by a byte, a bit flipped anywhere: a full handshake, no error. */
static void test_141_damaged_sessions_lead_to_a_full_handshake(void **state)
{
    size_t i, at;
    int    server;

    (void)state;
    for (i = 0; i < 5; i++) {
        Plan  plan = plan_of(five[i]);
        Store sessions[2];

        first_session(&plan, sessions);
        for (server = 0; server < 2; server++) {
            size_t length = sessions[server].data_length;

            for (at = 0; at <= length + 8; at += at < 12 || at > length ? 1 : 61) {
                Store       damaged[2];
                Connection *connection;

                memcpy(damaged, sessions, sizeof(damaged));
                if (at == length) {
                    continue;
                } else if (at <= length + 1) {
                    damaged[server].data_length = at;
                } else { /* format, version, suite, flag, binding, the middle, the check */
                    const size_t places[7] = {0, 1, 3, 5, 10, length / 2, length - 1};

                    damaged[server].data[places[at - length - 2]] ^= 0x40;
                }
                connection = connection_open(&plan, damaged);
                connection_establish(connection);
                assert_int_equal(end_resumed(&connection->client), 0);
                assert_true(connection_carry(&connection->client, &connection->server, 10));
                connection_close(connection);
            }
        }
    }
}

static SSLErr get_with_error(SSLBuffer key, SSLBuffer *data, void *ref)
{
    (void)key;
    (void)data;
    ((End *)ref)->check_count++;
    return -31337;
}

static SSLErr get_nothing(SSLBuffer key, SSLBuffer *data, void *ref)
{
    (void)key;
    ((End *)ref)->check_count++;
    data->length = 100;
    data->data   = NULL;
    return SSLNoErr;
}

/* Any error, and success with nothing, mean that there is no session. */
static void test_143_get_errors_are_ignored(void **state)
{
    static const SSLGetSessionFunc functions[] = {get_with_error, get_nothing};
    size_t                         i, j;
    int                            server;

    (void)state;
    for (i = 0; i < 5; i++) {
        for (j = 0; j < 2; j++) {
            for (server = 0; server < 2; server++) {
                Plan        plan = plan_of(five[i]);
                Store       sessions[2];
                Connection *connection;
                End        *end;

                first_session(&plan, sessions);
                connection = connection_open(&plan, sessions);
                end        = server ? &connection->server : &connection->client;
                assert_int_equal(SSLSetGetSessionFunc(end->ctx, functions[j]), SSLNoErr);
                connection_establish(connection);
                assert_int_equal(end->check_count, 1);
                assert_int_equal(end_resumed(&connection->client), 0);
                connection_close(connection); /* what came is freed once, counted by the harness */
            }
        }
    }
}

/* A session of a suite that is off now is not taken up. */
static void test_143_sessions_of_disabled_suites(void **state)
{
    size_t i;
    int    who;

    (void)state;
    for (i = 0; i < 5; i++) {
        for (who = 0; who < 2; who++) {
            Plan        plan  = plan_of(five[i]);
            uint16_t    other = five[i] == SSL_Version_2_0 ? TLS_RSA_WITH_RC4_128_MD5 : 0x0035;
            uint16_t    both[2];
            Store       sessions[2];
            Connection *connection;

            first_session(&plan, sessions);
            both[0]    = plan.suite;
            both[1]    = other;
            connection = connection_open(&plan, sessions);
            assert_int_equal(
                SSLSetEnabledCiphers(connection->client.ctx, who ? both : &other, who ? 2 : 1),
                SSLNoErr);
            assert_int_equal(
                SSLSetEnabledCiphers(connection->server.ctx, who ? &other : both, who ? 1 : 2),
                SSLNoErr);
            connection_establish(connection);
            assert_int_equal(end_resumed(&connection->client), 0);
            assert_int_equal(end_suite(&connection->client), other);
            connection_close(connection);
        }
    }
}

static SSLErr accept_chain(int count, SSLBuffer *certificates, void *ref)
{
    (void)count;
    (void)certificates;
    (void)ref;
    return SSLNoErr;
}

static void server_checks(Connection *connection)
{
    assert_int_equal(SSLSetCheckCertificateFunc(connection->server.ctx, accept_chain), SSLNoErr);
}

static void client_checks(Connection *connection)
{
    assert_int_equal(SSLSetCheckCertificateFunc(connection->client.ctx, accept_chain), SSLNoErr);
}

static void client_wants_another_host(Connection *connection)
{
    assert_int_equal(SSLSetPeerDomainName(connection->client.ctx, "another.sslref.test", 19),
                     SSLNoErr);
}

/* The connections of this folder are made at 1800000000. */
static SSLErr two_hours_later(uint32 *time, void *ref)
{
    (void)ref;
    *time = 1800000000 + 7201;
    return SSLNoErr;
}

static SSLErr just_in_time(uint32 *time, void *ref)
{
    (void)ref;
    *time = 1800000000 + 7200;
    return SSLNoErr;
}

static SSLErr a_second_before(uint32 *time, void *ref)
{
    (void)ref;
    *time = 1800000000 - 1;
    return SSLNoErr;
}

static void server_is_later(Connection *connection)
{
    assert_int_equal(SSLSetTimeFunc(connection->server.ctx, two_hours_later), SSLNoErr);
}

static void server_is_earlier(Connection *connection)
{
    assert_int_equal(SSLSetTimeFunc(connection->server.ctx, a_second_before), SSLNoErr);
}

static void both_are_just_in_time(Connection *connection)
{
    assert_int_equal(SSLSetTimeFunc(connection->server.ctx, just_in_time), SSLNoErr);
    assert_int_equal(SSLSetTimeFunc(connection->client.ctx, just_in_time), SSLNoErr);
}

static void client_is_later(Connection *connection)
{
    assert_int_equal(SSLSetTimeFunc(connection->client.ctx, two_hours_later), SSLNoErr);
}

static void server_has_another_certificate(Connection *connection)
{
    connection->server.ctx->config.identity_count = 0;
    assert_int_equal(SSLAddIdentity(connection->server.ctx, identity_of(OF_CLIENT)), SSLNoErr);
}

/* A session says that the peer was accepted: by the rules of then, as the host of then. */
static void test_143_sessions_of_other_rules(void **state)
{
    static const struct {
        void (*change)(Connection *connection);
        int offered;
    } changes[] = {
        {server_checks, 1},
        {client_checks, 0},
        {client_wants_another_host, 0},
        {server_is_later, 1},
        {server_is_earlier, 1},
        {client_is_later, 0},
        {server_has_another_certificate, 1},
    };
    size_t i, j;

    (void)state;
    for (i = 0; i < 5; i++) {
        for (j = 0; j < COUNT(changes); j++) {
            Plan        plan = plan_of(five[i]);
            Store       sessions[2];
            Connection *connection;

            first_session(&plan, sessions);
            connection = connection_open(&plan, sessions);
            changes[j].change(connection);
            connection_establish(connection);
            assert_int_equal(wire_find(&connection->up, sessions[1].key, sessions[1].key_length) >
                                 0,
                             changes[j].offered);
            assert_int_equal(end_resumed(&connection->client), 0);
            connection_close(connection);
        }
    }
}

static void client_has_another_certificate(Connection *connection)
{
    connection->client.ctx->config.identity_count = 0;
    assert_int_equal(SSLAddIdentity(connection->client.ctx, identity_of(OF_LEAF)), SSLNoErr);
}

/* Resumed connections keep who the client is, and their age. */
static void test_143_a_session_is_for_the_certificate_that_was_shown(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < 5; i++) {
        Plan        plan = plan_of(five[i]);
        Store       sessions[2];
        Connection *connection;
        int         round;

        plan.client = OF_CLIENT;
        plan.flags |= WITH_REQUEST;
        first_session(&plan, sessions);
        for (round = 0; round < 3; round++) {
            connection = connection_open(&plan, sessions);
            if (round == 2) {
                client_has_another_certificate(connection);
            }
            connection_establish(connection);
            assert_int_equal(end_resumed(&connection->client), round < 2);
            keep_sessions(connection, sessions);
        }

        first_session(&plan, sessions);
        connection = connection_open(&plan, sessions);
        both_are_just_in_time(connection);
        connection_establish(connection);
        assert_int_equal(end_resumed(&connection->client), 1);
        keep_sessions(connection, sessions);
        connection = connection_open(&plan, sessions);
        client_is_later(connection);
        server_is_later(connection);
        connection_establish(connection);
        assert_int_equal(end_resumed(&connection->client), 0);
        connection_close(connection);
    }
}

/* SSL 2.0: the server's session is of a kind that both have on, but which is not in this hello. */
static void test_143_a_session_of_a_kind_that_is_not_offered(void **state)
{
    static const uint16_t both[] = {SSL_RSA_WITH_3DES_EDE_CBC_MD5, TLS_RSA_WITH_RC4_128_MD5};
    static const uint8_t  kind[] = {7, 0, 0xC0}, other[] = {1, 0, 0x80};
    Plan                  plan = plan_of(SSL_Version_2_0);
    Store                 sessions[2];
    Connection           *connection;
    uint8_t              *at, digest[32];

    (void)state;
    first_session(&plan, sessions);
    for (at = sessions[1].data; memcmp(at, kind, sizeof(kind)) != 0; at++) {
        assert_true(at + sizeof(kind) < sessions[1].data + sessions[1].data_length);
    }
    memcpy(at, other, sizeof(other));
    sslr_hash(HASH_SHA256, sessions[1].data, sessions[1].data_length - 8, digest);
    memcpy(sessions[1].data + sessions[1].data_length - 8, digest, 8);

    connection = connection_open(&plan, sessions);
    assert_int_equal(SSLSetEnabledCiphers(connection->server.ctx, both, 2), SSLNoErr);
    connection_establish(connection);
    assert_int_equal(end_resumed(&connection->client), 0);
    connection_close(connection);
}

/* Errors of add and delete are ignored: the harness returns one always. And the session was made
 * when the handshake ended, not later. */
static void test_142_144_results_are_ignored(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < 5; i++) {
        Plan        plan       = plan_of(five[i]);
        Connection *connection = connection_open(&plan, NULL);

        connection_establish(connection);
        assert_int_equal(connection->client_store.adds, 1);
        assert_int_equal(connection->server_store.adds, 1);
        connection_close(connection);
    }
}

/* ---- 117, decision 7: what makes a session useless ---- */

typedef enum Ending {
    CLOSED,         /* both sides, in order */
    CLOSED_BY_PEER, /* the other side's close_notify was read */
    TRANSPORT_ENDS, /* the stream ends in the middle */
    ALERT_RECEIVED, /* a fatal one */
    ALERT_SENT,     /* a record that does not authenticate */
    DELETED_UNCLOSED,
    ENDINGS
} Ending;

static void end_connection(Connection *connection, Ending ending)
{
    End    *client = &connection->client, *server = &connection->server;
    uint8_t bad[60] = {23};

    switch (ending) {
    case CLOSED:
        close_both(connection);
        break;
    case CLOSED_BY_PEER:
        assert_int_equal(SSLClose(server->ctx), SSLNoErr);
        assert_int_equal(end_read(client), SSLConnectionClosedGraceful);
        break;
    case TRANSPORT_ENDS:
        client->in->cut      = client->in->length;
        client->in->cut_with = SSLConnectionClosedGraceful;
        assert_int_equal(end_read(client), SSLConnectionTruncated);
        break;
    case ALERT_RECEIVED:
        assert_int_equal(sslr_queue_alert(server->ctx, ALERT_FATAL, ALERT_HANDSHAKE_FAILURE),
                         SSLNoErr);
        assert_int_equal(SSLServiceWriteQueue(server->ctx), SSLNoErr);
        assert_int_equal(end_read(client), SSLFatalAlert);
        break;
    case ALERT_SENT:
        put_u16(bad + 1, end_version(client));
        bad[4] = 48;
        if (end_version(client) == SSL_Version_2_0) {
            put_u16(bad, 0x8000 | 48);
        }
        wire_put(client->in, bad, end_version(client) == SSL_Version_2_0 ? 50 : 53);
        assert_int_equal(end_read(client), SSLProtocolErr);
        break;
    default:
        end_delete(client);
        break;
    }
}

static void test_117_improper_ends_delete_the_session(void **state)
{
    size_t i;
    int    ending;

    (void)state;
    for (i = 0; i < 5; i++) {
        for (ending = 0; ending < ENDINGS; ending++) {
            Plan        plan = plan_of(five[i]);
            Connection *connection;
            int         old     = five[i] <= TLS_Version_1_0;
            int         deleted = ending == ALERT_RECEIVED || ending == ALERT_SENT ||
                          (old && (ending == TRANSPORT_ENDS || ending == DELETED_UNCLOSED));

            if (five[i] == SSL_Version_2_0 &&
                (ending == CLOSED_BY_PEER || ending == ALERT_RECEIVED)) {
                continue; /* it has neither */
            }
            connection = connection_open(&plan, NULL);
            connection_establish(connection);
            assert_true(connection_carry(&connection->client, &connection->server, 100));
            end_connection(connection, (Ending)ending);
            if (connection->client_store.deletes != (unsigned)deleted ||
                connection->client_store.present == deleted) {
                fail_msg("%s, ending %d: deleted %u times", plan.name, ending,
                         connection->client_store.deletes);
            }
            connection_close(connection);
        }
    }
}

/* The server's session goes likewise, under its own key. */
static void test_117_the_server_deletes_by_session_id(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < 3; i++) {
        Plan        plan       = plan_of(five[i]);
        Connection *connection = connection_open(&plan, NULL);

        connection_establish(connection);
        end_delete(&connection->server);
        assert_int_equal(connection->server_store.deletes, 1);
        assert_int_equal(connection->server_store.present, 0);
        connection_close(connection);
    }
}

/* A handshake that fails after the session was taken up forgets it, too. Its check is made good
 * again: a store that only damages a session costs no handshake. */
static void test_144_a_failed_resumption_deletes(void **state)
{
    uint8_t digest[32];
    size_t  i, at;

    (void)state;
    for (i = 0; i < 5; i++) {
        Plan        plan = plan_of(five[i]);
        Store       sessions[2];
        Connection *connection;

        first_session(&plan, sessions);
        at = 51 + 33 + sessions[1].key_length; /* the first byte of the master secret */
        sessions[1].data[at] ^= 1;
        sslr_hash(HASH_SHA256, sessions[1].data, sessions[1].data_length - 8, digest);
        memcpy(sessions[1].data + sessions[1].data_length - 8, digest, 8);
        connection = connection_open(&plan, sessions);
        connection_handshake(connection);
        assert_int_not_equal(connection->client.result, SSLNoErr);
        assert_int_not_equal(connection->server.result, SSLNoErr);
        assert_int_equal(connection->client_store.present, 0);
        connection_close(connection);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_63_without_peer_id_nothing_is_stored),
        cmocka_unit_test(test_64_140_the_clients_key_is_the_peer_id),
        cmocka_unit_test(test_65_the_servers_key_is_the_session_id),
        cmocka_unit_test(test_66_allocation_errors_come_back),
        cmocka_unit_test(test_67_a_refused_offer_is_replaced),
        cmocka_unit_test(test_67_a_session_of_another_version),
        cmocka_unit_test(test_67_a_3_0_session_opens_in_its_own_format),
        cmocka_unit_test(test_68_an_empty_peer_id),
        cmocka_unit_test(test_141_stored_sessions_stand_alone),
        cmocka_unit_test(test_141_damaged_sessions_lead_to_a_full_handshake),
        cmocka_unit_test(test_143_get_errors_are_ignored),
        cmocka_unit_test(test_143_sessions_of_disabled_suites),
        cmocka_unit_test(test_143_sessions_of_other_rules),
        cmocka_unit_test(test_143_a_session_is_for_the_certificate_that_was_shown),
        cmocka_unit_test(test_143_a_session_of_a_kind_that_is_not_offered),
        cmocka_unit_test(test_142_144_results_are_ignored),
        cmocka_unit_test(test_117_improper_ends_delete_the_session),
        cmocka_unit_test(test_117_the_server_deletes_by_session_id),
        cmocka_unit_test(test_144_a_failed_resumption_deletes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
