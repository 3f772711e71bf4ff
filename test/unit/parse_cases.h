/*
 * parse_cases.h - a table of certificates, and what the parser says to each.
 */
#ifndef SSLREF_TEST_UNIT_PARSE_CASES_H
#define SSLREF_TEST_UNIT_PARSE_CASES_H

#include "x509_builder.h"

typedef struct ParseCase {
    const char     *what;
    CertificateSpec spec;
    SSLErr          err; /* SSLNoErr: accepted */
} ParseCase;

void run_parse_cases(const ParseCase *cases, size_t count);

#define RUN_PARSE_CASES(cases) run_parse_cases(cases, sizeof(cases) / sizeof((cases)[0]))

/* A teardown: what the builder has made goes. */
int parse_forget(void **state);

#endif
