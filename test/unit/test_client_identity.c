/*
 * test_client_identity.c - which identity a client shows: the distinguished names of the server's
 * request decide among those that can answer (RFC 5246 7.4.4, RFC 8446 4.2.4); without a match the
 * first that can.
 */
#define _POSIX_C_SOURCE 200809L

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../core/handshake/handshake.h"
#include "../../platform/posix/sslposix.h"

static const uint8_t all_schemes[] = {0x04, 0x03, 0x08, 0x07, 0x08, 0x04};

typedef struct World {
    SSLContext   ctx;
    SSLIdentity *first, *second;
} World;

/* A self-signed certificate of this name: subject and issuer are the same. */
static SSLIdentity *identity_of(const SSLAllocator *allocator, const char *common_name)
{
    char            command[512], path[64] = "/tmp/sslref-identity-XXXXXX";
    SSLIdentitySpec spec;
    SSLIdentity    *identity = NULL;
    FILE           *file;
    static char     pem[8192];
    int             fd = mkstemp(path);

    assert_true(fd >= 0);
    (void)snprintf(
        command, sizeof(command),
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=%s "
        "-keyout %s -out %s.crt 2>/dev/null && cat %s.crt >> %s && rm %s.crt",
        common_name, path, path, path, path, path);
    assert_int_equal(system(command), 0);
    file = fopen(path, "r");
    assert_non_null(file);
    memset(&spec, 0, sizeof(spec));
    spec.chain.data   = (uint8 *)pem;
    spec.chain.length = (uint32)fread(pem, 1, sizeof(pem), file);
    spec.privateKey   = spec.chain;
    (void)fclose(file);
    (void)remove(path);
    assert_int_equal(SSLCreateIdentity(allocator, &spec, &identity), SSLNoErr);
    return identity;
}

static int set_up(void **state)
{
    World *world = calloc(1, sizeof(*world));

    assert_non_null(world);
    SSLInitContext(&world->ctx);
    SSLPosixInstall(&world->ctx, -1);
    SSLSetProtocolSide(&world->ctx, SSL_ClientSide);
    world->first  = identity_of(&world->ctx.allocator, "first");
    world->second = identity_of(&world->ctx.allocator, "second");
    assert_int_equal(SSLAddIdentity(&world->ctx, world->first), SSLNoErr);
    assert_int_equal(SSLAddIdentity(&world->ctx, world->second), SSLNoErr);
    assert_int_equal(sslr_handshake_begin(&world->ctx), SSLNoErr);
    assert_int_equal(sslr_set_version(&world->ctx, TLS_Version_1_3), SSLNoErr);
    write_bytes(&world->ctx.handshake->peer_schemes, bytes_of(all_schemes, sizeof(all_schemes)));
    *state = world;
    return 0;
}

static int tear_down(void **state)
{
    World *world = (World *)*state;

    SSLDeleteContext(&world->ctx);
    SSLDeleteIdentity(world->first);
    SSLDeleteIdentity(world->second);
    free(world);
    return 0;
}

static const SSLIdentity *chosen_for(World *world, Bytes name)
{
    Writer *names = &world->ctx.handshake->peer_names;

    names->length = 0;
    if (name.length > 0) {
        write_vector(names, name, 2);
    }
    return sslr_choose_client_identity(&world->ctx);
}

static void the_names_of_the_request_decide(void **state)
{
    static const uint8_t stranger[] = {0x30, 0x0E, 0x31, 0x0C, 0x30, 0x0A, 0x06, 0x03,
                                       0x55, 0x04, 0x03, 0x0C, 0x03, 'z',  'z',  'z'};
    World               *world      = (World *)*state;

    assert_ptr_equal(chosen_for(world, bytes_of(NULL, 0)), world->first);
    assert_ptr_equal(chosen_for(world, world->first->leaf.issuer), world->first);
    assert_ptr_equal(chosen_for(world, world->second->leaf.issuer), world->second);
    assert_ptr_equal(chosen_for(world, bytes_of(stranger, sizeof(stranger))), world->first);
}

static void who_cannot_sign_is_not_chosen_by_name(void **state)
{
    static const uint8_t rsa_only[] = {0x08, 0x04};
    World               *world      = (World *)*state;

    world->ctx.handshake->peer_schemes.length = 0;
    write_bytes(&world->ctx.handshake->peer_schemes, bytes_of(rsa_only, sizeof(rsa_only)));
    assert_null(chosen_for(world, world->second->leaf.issuer));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_names_of_the_request_decide, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_cannot_sign_is_not_chosen_by_name, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
