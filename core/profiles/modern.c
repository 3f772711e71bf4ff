/*
 * modern.c - the profile without a past (make PROFILE=modern): TLS 1.2 and TLS 1.3, and suites that
 * are not older than these. What a fresh context allows of it is the same as in full.c.
 */
#include "../handshake/handshake.h"
#include "defaults.h"

static const Generation generations[] = {
    {&sslr_protocol_tls12, sslr_flow_tls12},
    {&sslr_protocol_tls13, sslr_flow_tls13},
};

const Profile sslr_profile = {.name             = "modern",
                              .generations      = generations,
                              .generation_count = COUNT(generations),
                              .version_min      = TLS_Version_1_2,
                              .version_max      = TLS_Version_1_3,
                              .default_min      = TLS_Version_1_2,
                              .default_max      = TLS_Version_1_3,
                              .suites           = psk_suites + WITH_PSK,
                              .suite_count      = COUNT(psk_suites) - WITH_PSK,
                              .psk_suites       = psk_suites,
                              .psk_suite_count  = COUNT(psk_suites),
                              .groups           = groups,
                              .group_count      = COUNT(groups),
                              .schemes          = schemes,
                              .scheme_count     = COUNT(schemes),
                              .first_flow       = sslr_flow_hello,
                              .ssl2             = NULL,
                              .classic          = NULL};
