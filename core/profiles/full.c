/*
 * full.c - the default profile: everything that this build has, and what a fresh context allows of
 * it. Nothing else names optional files; a smaller profile is another file like this one
 * (modern.c).
 */
#include "../handshake/handshake.h"
#include "../ssl2/ssl2.h"
#include "defaults.h"

static const Generation generations[] = {
    {&sslr_protocol_ssl3, sslr_flow_tls12},  {&sslr_protocol_tls10, sslr_flow_tls12},
    {&sslr_protocol_tls11, sslr_flow_tls12}, {&sslr_protocol_tls12, sslr_flow_tls12},
    {&sslr_protocol_tls13, sslr_flow_tls13},
};

const Profile sslr_profile = {.name             = "full",
                              .generations      = generations,
                              .generation_count = COUNT(generations),
                              .version_min      = SSL_Version_3_0,
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
                              .ssl2             = &sslr_ssl2,
                              .classic          = &sslr_classic};
