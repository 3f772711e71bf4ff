/*
 * test_secrets.c - nothing secret remains: every block is wiped before it is freed (the harness
 * looks at each), and after SSLDeleteContext neither live nor freed blocks nor the context hold
 * master secrets, traffic secrets, premaster, private keys or data. What libtomcrypt allocates by
 * itself is not seen here.
 */
#include "harness.h"

#include <stdlib.h>

#include "core/credentials/identity.h"

static void look_for(World *world, const void *bytes, size_t length, const char *what)
{
    int found = pool_find(&world->client.pool, bytes, length) +
                pool_find(&world->server.pool, bytes, length);

    if (found > 0) {
        fail_msg("%s: %s remains in %d blocks", world->scenario->name, what, found);
    }
}

static int context_contains(const Side *side, const void *bytes, size_t length)
{
    size_t size = SSLContextSize(), i;

    for (i = 0; i + length <= size; i++) {
        if (memcmp(side->block + i, bytes, length) == 0) {
            return 1;
        }
    }
    return 0;
}

static void look_for_everything(World *world)
{
    Side   *sides[2] = {&world->client, &world->server};
    uint8_t data[16];
    size_t  i, j, at;

    for (i = 0; i < 2; i++) {
        const Scenario    *scenario = world->scenario;
        Credential         who      = i ? scenario->server : scenario->client;
        const SSLIdentity *identity = who != NO_CREDENTIAL ? shared_identity(who) : NULL;

        for (j = 0; j < sides[i]->secret_count; j++) {
            look_for(world, sides[i]->secrets[j].bytes, sides[i]->secrets[j].length,
                     "a secret of the handshake");
        }
        if (scenario->psk) {
            look_for(world, test_psk_key, strlen(test_psk_key), "the pre-shared key");
        }
        for (at = 0; at + sizeof(data) < 3000; at += 500) {
            for (j = 0; j < sizeof(data); j++) {
                data[j] = pattern((int)i, at + j);
            }
            look_for(world, data, sizeof(data), "application data");
        }
        if (identity != NULL && identity->key.type == KEY_RSA) {
            const RsaPrivateKey *rsa = &identity->key.rsa;

            look_for(world, rsa->d.data, 16, "the private exponent");
            look_for(world, rsa->p.data, 16, "a prime");
            look_for(world, rsa->q.data, 16, "a prime");
            look_for(world, rsa->dp.data, 16, "an exponent");
        } else if (identity != NULL) {
            look_for(world, identity->key.scalar.data, 16, "the private scalar");
        }
    }
}

static void run_kept(World *world, const Scenario *scenario)
{
    world_open(world, scenario);
    world->client.pool.keep = 1;
    world->server.pool.keep = 1;
    world_configure(world);
    world_run(world);
}

static void test_nothing_secret_remains_after_delete(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < scenario_count; i++) {
        Scenario scenario = scenarios[i];
        World    world;
        size_t   secrets;

        scenario.own_objects = 1;
        run_kept(&world, &scenario);
        assert_int_equal(world.client.result, SSLNoErr);
        secrets = world.client.secret_count;
        assert_true(secrets >= (scenario.resume ? 1u : 2u));
        side_delete(&world.client);
        side_delete(&world.server);
        look_for_everything(&world);
        world_close(&world);
    }
}

/* A handshake that ended in the middle, at any step. */
static void test_nothing_secret_remains_of_a_broken_handshake(void **state)
{
    size_t i, cut;

    (void)state;
    for (i = 0; i < scenario_count; i++) {
        for (cut = 100 + 13 * i; cut < 3000; cut += is_slow_build() ? 900 : 300) {
            World world;

            world_open(&world, &scenarios[i]);
            world.client.pool.keep = 1;
            world.server.pool.keep = 1;
            world.down.end_with    = SSLIOErr;
            world.down.cut         = cut;
            world_configure(&world);
            world_run(&world);
            side_delete(&world.client);
            side_delete(&world.server);
            look_for_everything(&world);
            world_close(&world);
        }
    }
}

/* While the connection stands: what the handshake alone needed is gone. */
static void test_secrets_of_the_handshake_go_with_it(void **state)
{
    size_t i, j;
    int    k;

    (void)state;
    for (i = 0; i < scenario_count; i++) {
        World world;

        world_open(&world, &scenarios[i]);
        world.client.pool.keep = 1;
        world.server.pool.keep = 1;
        world_configure(&world);
        while (world.client.program[world.client.step].op == OP_HANDSHAKE ||
               world.server.program[world.server.step].op == OP_HANDSHAKE) {
            (void)side_step(&world.client);
            (void)side_step(&world.server);
        }
        for (k = 0; k < 2; k++) {
            Side *side = k ? &world.server : &world.client;

            assert_null(side->ctx->handshake);
            for (j = 0; j < side->secret_count; j++) {
                const Secret *secret = &side->secrets[j];

                look_for(&world, secret->bytes, secret->length, "a secret");
                /* The two handshake traffic secrets are logged first. */
                if (scenarios[i].version == TLS_Version_1_3 && !scenarios[i].resume &&
                    context_contains(side, secret->bytes, secret->length)) {
                    assert_true(
                        memcmp(secret->bytes, side->ctx->client_secret, secret->length) == 0 ||
                        memcmp(secret->bytes, side->ctx->server_secret, secret->length) == 0 ||
                        memcmp(secret->bytes, side->ctx->master_secret, secret->length) == 0);
                }
            }
        }
        world_close(&world);
    }
}

/* After a fatal error the context keeps neither keys nor what was received. */
static void test_a_failed_connection_keeps_no_secrets(void **state)
{
    size_t i, j;

    (void)state;
    for (i = 0; i < scenario_count; i++) {
        World world;
        Side *client = &world.client;

        world_open(&world, &scenarios[i]);
        client->pool.keep = 1;
        world_configure(&world);
        while (client->program[client->step].op != OP_RECEIVE) {
            (void)side_step(client);
            (void)side_step(&world.server);
        }
        world.down.end_with = SSLIOErr;
        world.down.cut      = world.down.total;
        while (!client->finished) {
            (void)side_step(client);
        }
        assert_int_equal(client->result, SSLIOErr);
        for (j = 0; j < client->secret_count; j++) {
            assert_false(
                context_contains(client, client->secrets[j].bytes, client->secrets[j].length));
            assert_int_equal(
                pool_find(&client->pool, client->secrets[j].bytes, client->secrets[j].length), 0);
        }
        world_close(&world);
    }
}

/* A key of the manual's kind lies in the context's blocks alone, and is wiped with them. */
static void test_replaced_keys_are_wiped(void **state)
{
    World            world;
    SSLContext      *ctx;
    SSLRSAPrivateKey first, second;
    const char      *a = credential_key(SERVER_RSA), *b = credential_key(CLIENT_RSA);
    uint8_t          copy[16];
    SSLBuffer        id = buffer_of("a peer id that is secret", 24);

    (void)state;
    world_open(&world, scenario_named("tls13"));
    world.client.pool.keep = 1;
    world_configure(&world);
    ctx = world.client.ctx;
    assert_int_equal(SSLDecodeRSAPrivateKey(buffer_of(a, strlen(a)), &first), SSLNoErr);
    assert_int_equal(SSLDecodeRSAPrivateKey(buffer_of(b, strlen(b)), &second), SSLNoErr);
    assert_int_equal(SSLSetPrivateKey(ctx, &first), SSLNoErr);
    memcpy(copy, first.prime[0] + SSL_MAX_RSA_PRIME_LEN - 16, 16);
    assert_true(pool_find(&world.client.pool, copy, 16) > 0);
    assert_int_equal(SSLSetPrivateKey(ctx, &second), SSLNoErr);
    assert_int_equal(pool_find(&world.client.pool, copy, 16), 0);
    assert_int_equal(SSLSetPeerID(ctx, id), SSLNoErr);
    assert_int_equal(SSLSetPeerID(ctx, buffer_of("x", 1)), SSLNoErr);
    assert_int_equal(pool_find(&world.client.pool, id.data, id.length), 0);
    world_close(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing_secret_remains_after_delete),
        cmocka_unit_test(test_nothing_secret_remains_of_a_broken_handshake),
        cmocka_unit_test(test_secrets_of_the_handshake_go_with_it),
        cmocka_unit_test(test_a_failed_connection_keeps_no_secrets),
        cmocka_unit_test(test_replaced_keys_are_wiped),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
