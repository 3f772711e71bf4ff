/*
 * test_pem.c - PEM: what is a block, and strict base64.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../../core/credentials/pem.h"
#include "x509_builder.h"

static int forget(void **state)
{
    (void)state;
    test_forget();
    return 0;
}

/* The one block of a text, decoded to hex; "?" if it is malformed, "-" if there is none. */
static const char *pem(const char *string)
{
    static char hex[200];
    uint8_t     out[100];
    Bytes       rest = keep_text(string);
    PemBlock    block;
    size_t      length, i;
    int         found = sslr_pem_next(&rest, &block);

    if (found == 0) {
        return "-";
    }
    if (found < 0) {
        return "?";
    }
    assert_true(sslr_pem_room(&block) <= sizeof out);
    if (sslr_pem_decode(&block, out, &length) != SSLNoErr) {
        return "?";
    }
    assert_true(length <= sslr_pem_room(&block));
    for (i = 0; i < length; i++) {
        sprintf(hex + 2 * i, "%02X", out[i]);
    }
    return hex;
}

#define IN_A_BLOCK(lines) "-----BEGIN X-----\n" lines "-----END X-----\n"

static void pem_blocks(void **state)
{
    (void)state;
    assert_string_equal(pem(IN_A_BLOCK("AAEC\n")), "000102");
    assert_string_equal(pem(IN_A_BLOCK("AAE=\n")), "0001");
    assert_string_equal(pem(IN_A_BLOCK("AA==\n")), "00");
    assert_string_equal(pem(IN_A_BLOCK("+/Az\n")), "FBF033");
    assert_string_equal(pem(IN_A_BLOCK("AA\nE\nC\n")), "000102");
    assert_string_equal(pem(IN_A_BLOCK("AAEC\r\nAwQF\r\n")), "000102030405");
    assert_string_equal(pem(IN_A_BLOCK("AAEC  \t\n\nAwQF \n")), "000102030405");
    assert_string_equal(pem("-----BEGIN X-----\rAAEC\r-----END X-----"), "000102");
    assert_string_equal(pem("about\n" IN_A_BLOCK("AAEC\n")), "000102");
    assert_string_equal(pem("-----BEGIN X----- \nAAEC\n-----END X-----  "), "000102");
    assert_string_equal(pem(""), "-");
    assert_string_equal(pem("-----BEGIN X----\nAAEC\n-----END X-----"), "-");
    assert_string_equal(pem(" -----BEGIN X-----\nAAEC\n-----END X-----"), "-");
    assert_string_equal(pem(IN_A_BLOCK("")), "?");
    assert_string_equal(pem(IN_A_BLOCK("A\n")), "?");
    assert_string_equal(pem(IN_A_BLOCK("AAE\n")), "?");
    assert_string_equal(pem(IN_A_BLOCK("A===\n")), "?");
    assert_string_equal(pem(IN_A_BLOCK("====\n")), "?");
    assert_string_equal(pem(IN_A_BLOCK("AA=A\n")), "?");
    assert_string_equal(pem(IN_A_BLOCK("AA==AAEC\n")), "?");
    assert_string_equal(pem(IN_A_BLOCK("AAEC=\n")), "?");
    assert_string_equal(pem(IN_A_BLOCK("AAF=\n")), "?"); /* spare bits */
    assert_string_equal(pem(IN_A_BLOCK("AB==\n")), "?");
    assert_string_equal(pem(IN_A_BLOCK("AA EC\n")), "?");
    assert_string_equal(pem(IN_A_BLOCK(" AAEC\n")), "?");
    assert_string_equal(pem(IN_A_BLOCK("AA-C\n")), "?");
    assert_string_equal(pem(IN_A_BLOCK("AA\x80"
                                       "C\n")),
                        "?");
    assert_string_equal(pem("-----BEGIN X-----\nAAEC\n-----END Y-----"), "?");
    assert_string_equal(pem("-----BEGIN X-----\nAAEC\n"), "?");
    assert_string_equal(pem("-----BEGIN X-----\nAAEC\n-----BEGIN X-----\n"), "?");
}

static void a_broken_block_does_not_hide_the_next(void **state)
{
    Bytes    rest = keep_text("-----BEGIN X-----\nAAEC\n-----BEGIN Y-----\nAAEC\n-----END Y-----\n"
                                 "-----BEGIN X-----\nAAEC\n-----END Z-----\n-----BEGIN Z-----\nAwQF\n"
                                 "-----END Z-----");
    PemBlock block;

    (void)state;
    assert_int_equal(sslr_pem_next(&rest, &block), -1);
    assert_int_equal(sslr_pem_next(&rest, &block), 1);
    assert_true(sslr_pem_is_labelled(&block, "Y"));
    assert_int_equal(sslr_pem_next(&rest, &block), -1);
    assert_int_equal(sslr_pem_next(&rest, &block), 1);
    assert_true(sslr_pem_is_labelled(&block, "Z"));
    assert_false(sslr_pem_is_labelled(&block, "ZZ"));
    assert_int_equal(sslr_pem_next(&rest, &block), 0);
}

static void old_headers_are_recognised(void **state)
{
    Bytes    rest = keep_text("-----BEGIN X-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: A,00\n\nAAEC\n"
                                 "-----END X-----\n-----BEGIN X-----\nA: b\nAAEC\n-----END X-----\n");
    PemBlock block;

    (void)state;
    assert_int_equal(sslr_pem_next(&rest, &block), 1);
    assert_int_equal(block.headers.length, 37);
    assert_int_equal(block.base64.length, 5);
    assert_int_equal(sslr_pem_next(&rest, &block), 1);
    assert_true(block.headers.length > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(pem_blocks, forget),
        cmocka_unit_test_teardown(a_broken_block_does_not_hide_the_next, forget),
        cmocka_unit_test_teardown(old_headers_are_recognised, forget),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
