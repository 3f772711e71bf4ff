/*
 * test_extension_bits.c - extensions are remembered by the bits of their numbers: each has one of
 * its own.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../../core/extensions/extensions.h"

static const Extension *const rows[] = {
    &sslr_ext_server_name,
    &sslr_ext_max_fragment_length,
    &sslr_ext_status_request,
    &sslr_ext_supported_groups,
    &sslr_ext_ec_point_formats,
    &sslr_ext_signature_algorithms,
    &sslr_ext_signature_algorithms_cert,
    &sslr_ext_certificate_authorities,
    &sslr_ext_alpn,
    &sslr_ext_encrypt_then_mac,
    &sslr_ext_extended_master_secret,
    &sslr_ext_record_size_limit,
    &sslr_ext_supported_versions,
    &sslr_ext_cookie,
    &sslr_ext_key_share,
    &sslr_ext_renegotiation_info,
    &sslr_ext_session_ticket,
    &sslr_ext_post_handshake_auth,
    &sslr_ext_psk_key_exchange_modes,
    &sslr_ext_early_data,
    &sslr_ext_pre_shared_key,
};

#define COUNT (sizeof(rows) / sizeof(rows[0]))

static void an_extension_is_not_taken_for_another(void **state)
{
    static Handshake  handshake;
    static SSLContext ctx;
    size_t            i, j;

    (void)state;
    ctx.handshake = &handshake;
    for (i = 0; i < COUNT; i++) {
        handshake.offered = 0;
        sslr_extension_mark_offered(&ctx, rows[i]->id);
        handshake.seen = handshake.offered;
        for (j = 0; j < COUNT; j++) {
            assert_int_equal(sslr_extension_offered(&ctx, rows[j]->id), i == j);
            assert_int_equal(sslr_extension_seen(&ctx, rows[j]->id), i == j);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_extension_is_not_taken_for_another),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
