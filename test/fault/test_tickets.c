/*
 * test_tickets.c - sealed tickets, RFC 5077 and RFC 8446 4.6.1: a server that keeps nothing
 * resumes; whatever is wrong with a ticket costs a full handshake and no alert; keys change and are
 * forgotten; sessions grow old.
 */
#include "callbacks.h"

#include "core/session/ticket.h"

/* clang-format off */
static const Scenario tls12 = { .name = "TLS 1.2", .version = TLS_Version_1_2, .suite = TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, .group = SSL_GROUP_X25519, .server = SERVER_EC, .resume = 1, .tickets = 1 };
static const Scenario tls13 = { .name = "TLS 1.3", .version = TLS_Version_1_3, .suite = TLS_AES_128_GCM_SHA256, .group = SSL_GROUP_X25519, .server = SERVER_EC, .resume = 1, .tickets = 1 };
static const Scenario tls10 = { .name = "TLS 1.0", .version = TLS_Version_1_0, .suite = TLS_RSA_WITH_AES_128_CBC_SHA, .server = SERVER_RSA, .resume = 1, .tickets = 1 };
static const Scenario mutual = { .name = "TLS 1.2, client certificate", .version = TLS_Version_1_2, .suite = TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, .group = SSL_GROUP_X25519, .server = SERVER_EC, .client = CLIENT_EC, .resume = 1, .tickets = 1 };
static const Scenario renewing = { .name = "TLS 1.2, renewed", .version = TLS_Version_1_2, .suite = TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, .group = SSL_GROUP_X25519, .server = SERVER_EC, .resume = 1, .tickets = 2 };
/* clang-format on */

static const Scenario *const all[] = {&tls12, &tls13, &tls10, &mutual, &renewing};

#define ALL (sizeof(all) / sizeof(all[0]))

/* ---- running ---- */

static int ends_resumed(World *world)
{
    int resumed;

    world_run(world);
    if (world->client.result != SSLNoErr || world->server.result != SSLNoErr) {
        fail_msg("%s: client %s, server %s", world->scenario->name, world->client.rule,
                 world->server.rule);
    }
    assert_int_equal(SSLGetSessionResumed(world->client.ctx, &resumed), SSLNoErr);
    return resumed;
}

/* The ticket that the client would offer: the last bytes of its session but for the check. */
static Bytes stored_ticket(World *world)
{
    uint8_t *data   = world->stores[0].entries[0].data;
    size_t   length = world->stores[0].entries[0].data_length, i;

    for (i = length - 16; i > 0; i--) { /* of several the newest stands behind the others */
        if (memcmp(data + i, "key of the tests", 16) == 0) {
            return bytes_of(data + i, length - 8 - i);
        }
    }
    fail_msg("%s: no ticket in the client's session", world->scenario->name);
    return bytes_of(NULL, 0);
}

/* The session was changed; its check is made good, so that the ticket goes out. */
static void mend_check(World *world)
{
    uint8_t *data   = world->stores[0].entries[0].data;
    size_t   length = world->stores[0].entries[0].data_length;
    uint8_t  digest[32];

    sslr_hash(HASH_SHA256, data, length - 8, digest);
    memcpy(data + length - 8, digest, 8);
}

/* ---- what works ---- */

static SSLErr no_store_add(SSLBuffer key, SSLBuffer data, void *ref)
{
    (void)key;
    (void)data;
    (void)ref;
    fail_msg("a server with ticket keys keeps a session");
    return SSLIOErr;
}

static void test_a_server_that_keeps_nothing_resumes(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < ALL; i++) {
        World world;
        int   certificates;

        world_open(&world, all[i]);
        world_configure(&world);
        assert_int_equal(world.stores[1].count, 0);
        SSLSetAddSessionFunc(world.server.ctx, no_store_add);
        SSLSetGetSessionFunc(world.server.ctx, NULL);
        assert_int_equal(ends_resumed(&world), 1);
        assert_int_equal(SSLGetPeerCertificateChainLength(world.server.ctx, &certificates),
                         SSLNoErr);
        assert_int_equal(certificates > 0, all[i]->client != NO_CREDENTIAL);
        world_close(&world);
    }
}

/* Nothing of a session can be read in its ticket. */
static void test_tickets_are_sealed(void **state)
{
    size_t i, j;

    (void)state;
    for (i = 0; i < ALL; i++) {
        World world;
        Bytes ticket;

        world_open(&world, all[i]);
        ticket = stored_ticket(&world);
        assert_true(ticket.length > TICKET_OVERHEAD + 100);
        for (j = TICKET_NAME; j + 11 <= ticket.length; j++) {
            assert_memory_not_equal(ticket.data + j, "sslref.test", 11);
        }
        world_configure(&world);
        world_close(&world);
    }
}

/* An old key opens, and asks for a new ticket. Else the client keeps the one it has. */
static void test_renewal(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < 2; i++) {
        World   world;
        uint8_t before[64];

        world_open(&world, i ? &renewing : &tls12);
        memcpy(before, stored_ticket(&world).data, sizeof(before));
        world_configure(&world);
        assert_int_equal(ends_resumed(&world), 1);
        if (i) {
            assert_memory_not_equal(before, stored_ticket(&world).data, sizeof(before));
        } else {
            assert_memory_equal(before, stored_ticket(&world).data, sizeof(before));
        }
        world_close(&world);
    }
}

static void test_sessions_taken_along_hold_tickets(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < 2; i++) {
        World     world;
        SSLBuffer session;
        uint8_t   kept[4096];
        uint32    length;

        world_open(&world, i ? &tls13 : &tls12);
        world_configure(&world);
        assert_int_equal(ends_resumed(&world), 1);
        world_close(&world);

        world_connect(&world, i ? &tls13 : &tls12);
        length = 1;
        (void)SSLRead(kept, &length, world.client.ctx); /* TLS 1.3: the tickets */
        assert_int_equal(SSLGetSession(world.client.ctx, &session), SSLNoErr);
        length = session.length;
        assert_in_range(length, 100, sizeof(kept));
        memcpy(kept, session.data, length);
        memset(session.data, 0, length);
        (void)side_free(&session, &world.client);
        world_close(&world);

        world_open(&world, i ? &tls13 : &tls12);
        world.stores[0].count = 0;
        world_configure(&world);
        assert_int_equal(SSLSetSession(world.client.ctx, buffer_of(kept, length)), SSLNoErr);
        assert_int_equal(ends_resumed(&world), 1);
        world_close(&world);
    }
}

/* ---- what is wrong with a ticket is only no session ---- */

static void test_every_damaged_byte(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < 2; i++) {
        size_t at, length = 1;

        for (at = 0; at < length; at += is_slow_build() ? 13 : 1) {
            World world;
            Bytes ticket;

            world_open(&world, i ? &tls13 : &tls12);
            ticket = stored_ticket(&world);
            length = ticket.length;
            ((uint8_t *)ticket.data)[at] ^= (uint8_t)(1u << at % 8);
            mend_check(&world);
            world_configure(&world);
            if (ends_resumed(&world)) {
                fail_msg("%s: byte %lu of the ticket does not count", world.scenario->name,
                         (unsigned long)at);
            }
            world_close(&world);
        }
    }
}

static SSLErr no_key(SSLContext *ctx, const uint8 *name, SSLTicketKey *key, int *renew, void *ref)
{
    (void)ctx;
    (void)name;
    (void)renew;
    if (ref != NULL) {
        memset(key, 0, sizeof(*key));
        return SSLNoErr;
    }
    return SSLIOErr;
}

static SSLErr other_key(SSLContext *ctx, const uint8 *name, SSLTicketKey *key, int *renew,
                        void *ref)
{
    (void)ctx;
    (void)renew;
    (void)ref;
    memcpy(key->name, name != NULL ? name : (const uint8 *)"another key, new", 16);
    memset(key->key, 0x33, sizeof(key->key));
    return SSLNoErr;
}

/* A key that does not answer to the name of the ticket is a fault of the callback, and no session.
 */
static SSLErr misnamed_key(SSLContext *ctx, const uint8 *name, SSLTicketKey *key, int *renew,
                           void *ref)
{
    (void)ctx;
    (void)name;
    (void)renew;
    (void)ref;
    memcpy(key->name, "not what you ask", 16);
    memset(key->key, 0x5C, sizeof(key->key));
    return SSLNoErr;
}

static void test_keys_that_are_gone(void **state)
{
    const SSLTicketKeyFunc funcs[] = {no_key, no_key, other_key, misnamed_key, NULL};
    size_t                 i, j;
    int                    something = 1;

    (void)state;
    for (i = 0; i < ALL; i++) {
        for (j = 0; j < sizeof(funcs) / sizeof(funcs[0]); j++) {
            World world;

            world_open(&world, all[i]);
            world_configure(&world);
            assert_int_equal(
                SSLSetTicketKeyFunc(world.server.ctx, funcs[j], j == 1 ? &something : NULL),
                SSLNoErr);
            assert_int_equal(ends_resumed(&world), 0);
            world_close(&world);
        }
    }
}

/* ---- age, and what a session is bound to ---- */

static uint32 clock_now;

static SSLErr tell_time(uint32 *time, void *ref)
{
    (void)ref;
    *time = clock_now;
    return SSLNoErr;
}

static int resumed_after(const Scenario *scenario, uint32 seconds, int of_server, uint32 lifetime)
{
    World world;
    Side *side;
    int   resumed;

    world_open(&world, scenario);
    side      = of_server ? &world.server : &world.client;
    clock_now = now() + seconds;
    world_configure(&world);
    SSLSetTimeFunc(side->ctx, tell_time);
    if (lifetime != 0) {
        assert_int_equal(SSLSetSessionLifetime(side->ctx, lifetime), SSLNoErr);
    }
    resumed = ends_resumed(&world);
    world_close(&world);
    return resumed;
}

static void test_sessions_grow_old(void **state)
{
    World  world;
    size_t i;
    int    of_server;

    (void)state;
    for (i = 0; i < 2; i++) {
        const Scenario *scenario = i ? &tls13 : &tls12;

        for (of_server = 0; of_server < 2; of_server++) {
            assert_int_equal(resumed_after(scenario, 7200, of_server, 0), 1);
            assert_int_equal(resumed_after(scenario, 7201, of_server, 0), 0);
            assert_int_equal(resumed_after(scenario, (uint32)-10, of_server, 0), 0); /* not yet */
        }
    }
    for (of_server = 0; of_server < 2; of_server++) {
        assert_int_equal(resumed_after(&tls12, 100, of_server, 100), 1);
        assert_int_equal(resumed_after(&tls12, 101, of_server, 100), 0);
        assert_int_equal(resumed_after(&tls12, 7201, of_server, 100000), 0); /* it said 7200 */
    }
    world_open(&world, &tls12);
    world_configure(&world);
    assert_int_equal(SSLSetSessionLifetime(world.client.ctx, 0), SSLBadParameterErr);
    assert_int_equal(SSLSetSessionLifetime(world.client.ctx, 604801), SSLBadParameterErr);
    world_close(&world);
}

/* The clock tells seconds: a second that has begun may have lasted no time at all. A server that
 * counts in milliseconds refuses 0-RTT data to a client whose ticket is older than its own. */
static void test_a_ticket_is_not_said_to_be_older_than_it_is(void **state)
{
    uint32 seconds;

    (void)state;
    for (seconds = 0; seconds < 4; seconds++) {
        World          world;
        const uint8_t *ticket;
        uint32         received, age_add;

        world_open(&world, &tls13);
        ticket    = stored_ticket(&world).data; /* its length, its key and max_early_data before */
        age_add   = (uint32)get_u16(ticket - 43) << 16 | get_u16(ticket - 41);
        received  = (uint32)get_u16(ticket - 51) << 16 | get_u16(ticket - 49);
        clock_now = received + seconds;
        world_configure(&world);
        SSLSetTimeFunc(world.client.ctx, tell_time);
        assert_int_equal(SSLHandshake(world.client.ctx), SSLWouldBlockErr);
        assert_int_equal(world.client.ctx->handshake->psk_age - age_add,
                         seconds > 0 ? (seconds - 1) * 1000 : 0);
        world_close(&world);
    }
}

static void test_tickets_are_bound_to_trust(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < 2; i++) {
        World world;

        world_open(&world, i ? &tls13 : &tls12);
        world_configure(&world);
        SSLSetVerifyFunc(world.server.ctx, NULL, NULL);
        assert_int_equal(SSLSetAllowAnyCertificate(world.server.ctx, 1), SSLNoErr);
        assert_int_equal(ends_resumed(&world), 0);
        world_close(&world);
    }
}

/* A ticket of one version says nothing in another. */
static void test_tickets_of_another_version(void **state)
{
    Scenario older = tls12, newer = tls13;
    size_t   i;

    (void)state;
    older.suite = newer.suite = 0;
    older.version             = TLS_Version_1_2;
    newer.version             = TLS_Version_1_3;
    for (i = 0; i < 2; i++) {
        World world, other;

        world_open(&other, i ? &newer : &older);
        world_open(&world, i ? &older : &newer);
        memcpy(world.stores, other.stores, sizeof(world.stores));
        world_configure(&world);
        world_configure(&other);
        assert_int_equal(ends_resumed(&world), 0);
        world_close(&world);
        world_close(&other);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_server_that_keeps_nothing_resumes),
        cmocka_unit_test(test_tickets_are_sealed),
        cmocka_unit_test(test_renewal),
        cmocka_unit_test(test_sessions_taken_along_hold_tickets),
        cmocka_unit_test(test_every_damaged_byte),
        cmocka_unit_test(test_keys_that_are_gone),
        cmocka_unit_test(test_sessions_grow_old),
        cmocka_unit_test(test_a_ticket_is_not_said_to_be_older_than_it_is),
        cmocka_unit_test(test_tickets_are_bound_to_trust),
        cmocka_unit_test(test_tickets_of_another_version),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
