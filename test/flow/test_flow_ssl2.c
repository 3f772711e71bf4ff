/*
 * test_flow_ssl2.c - the flow table of SSL 2.0 without a handshake: for every combination of facts
 * the sequence of messages against the grammar of protocol/ssl2.md section 4, and the rules of
 * design 3 that its rows keep.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "../../core/ssl2/ssl2.h"

#define MAX_SEQUENCE 16

static const struct {
    uint32_t    facts;
    const char *sequence;
} flows[] = {
    {FACT_FULL | FACT_CERTIFIED,
     "CLIENT-HELLO SERVER-HELLO CLIENT-MASTER-KEY SERVER-VERIFY CLIENT-FINISHED SERVER-FINISHED "},
    {FACT_FULL | FACT_CERTIFIED | FACT_CERT_REQUESTED,
     "CLIENT-HELLO SERVER-HELLO CLIENT-MASTER-KEY SERVER-VERIFY CLIENT-FINISHED "
     "REQUEST-CERTIFICATE "
     "CLIENT-CERTIFICATE SERVER-FINISHED "},
    {FACT_RESUMED, "CLIENT-HELLO SERVER-HELLO SERVER-VERIFY CLIENT-FINISHED SERVER-FINISHED "},
};

static int stands(const FlowRow *row, uint32_t facts)
{
    return (row->who == CLIENT || row->who == SERVER) && (facts & row->when) == row->when &&
           (facts & row->unless) == 0 &&
           ((row->flags & OPTIONAL) == 0 || (facts & row->choice) != 0);
}

static void the_table_is_the_specification(void **unused)
{
    char           derived[512];
    const FlowRow *row;
    size_t         i;

    (void)unused;
    for (i = 0; i < sizeof(flows) / sizeof(flows[0]); i++) {
        derived[0] = 0;
        for (row = sslr_flow_ssl2; row->who != ROW_END; row++) {
            if (stands(row, flows[i].facts)) {
                strcat(strcat(derived, sslr_message_name(row->type)), " ");
            }
        }
        assert_string_equal(derived, flows[i].sequence);
    }
}

/* F4: the request is optional; its answer may be an ERROR; nothing else may be missing or replaced.
 */
static void nothing_that_proves_a_key_is_optional(void **unused)
{
    const FlowRow *row;

    (void)unused;
    for (row = sslr_flow_ssl2; row->who != ROW_END; row++) {
        if ((row->flags & OPTIONAL) != 0) {
            assert_int_equal(row->type, SSL2_REQUEST_CERTIFICATE);
        }
        if ((row->flags & ALTERNATIVE) != 0) {
            assert_int_equal(row->type, SSL2_CLIENT_CERTIFICATE);
        }
        assert_int_equal(row->flags & (SENDER_ONLY | LAST), 0);
    }
}

/* Every record of SSL 2.0 is a message, so that each one leaves at once; decisions have functions
 * and names. */
static void rows_are_complete(void **unused)
{
    const FlowRow *row;

    (void)unused;
    for (row = sslr_flow_ssl2; row->who != ROW_END; row++) {
        if (row->who == CLIENT_WORK || row->who == SERVER_WORK) {
            assert_non_null(row->work);
            assert_non_null(row->name);
            assert_null(row->write);
        } else {
            assert_non_null(row->write);
            assert_non_null(row->read);
            assert_null(row->work);
            assert_int_equal(row->flags & FLUSH, FLUSH);
        }
    }
}

/* A server never tells whether the client knows the key before the client has shown it (DROWN is
 * about what comes before that). */
static void keys_are_made_before_they_are_used(void **unused)
{
    const FlowRow *row;
    int            derived = 0;

    (void)unused;
    for (row = sslr_flow_ssl2; row->who != ROW_END; row++) {
        derived |= row->then != NULL && row->who == SERVER_WORK;
        if (row->type == SSL2_SERVER_VERIFY || row->type == SSL2_CLIENT_FINISHED) {
            assert_true(derived);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_is_the_specification),
        cmocka_unit_test(nothing_that_proves_a_key_is_optional),
        cmocka_unit_test(rows_are_complete),
        cmocka_unit_test(keys_are_made_before_they_are_used),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
