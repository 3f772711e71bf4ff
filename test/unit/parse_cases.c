/*
 * parse_cases.c - see parse_cases.h.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "parse_cases.h"

int parse_forget(void **state)
{
    (void)state;
    test_forget();
    return 0;
}

void run_parse_cases(const ParseCase *cases, size_t count)
{
    size_t          i;
    X509Certificate certificate;
    const char     *rule;

    for (i = 0; i < count; i++) {
        SSLErr err = sslr_x509_parse(make_certificate(&cases[i].spec), &certificate, &rule);

        if (err != cases[i].err) {
            print_error("%s: got %d (%s), not %d\n", cases[i].what, err, rule, cases[i].err);
        }
        assert_int_equal(err, cases[i].err);
        assert_non_null(rule);
    }
}
