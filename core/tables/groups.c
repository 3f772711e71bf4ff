/*
 * groups.c - every group of this build, one a line.
 */
#include "tables.h"

/* clang-format off */
const Group sslr_groups[] = {
    { .id = SSL_GROUP_X25519MLKEM768, .kind = GROUP_HYBRID, .curve = CURVE_X25519, .min_version = TLS_Version_1_3, .name = "x25519mlkem768" },
    { .id = SSL_GROUP_X25519,    .kind = GROUP_CURVE, .curve = CURVE_X25519, .min_version = TLS_Version_1_0, .name = "x25519" },
    { .id = SSL_GROUP_SECP256R1, .kind = GROUP_CURVE, .curve = CURVE_P256,   .min_version = TLS_Version_1_0, .name = "secp256r1" },
    { .id = SSL_GROUP_SECP384R1, .kind = GROUP_CURVE, .curve = CURVE_P384,   .min_version = TLS_Version_1_0, .name = "secp384r1" },
    { .id = SSL_GROUP_SECP521R1, .kind = GROUP_CURVE, .curve = CURVE_P521,   .min_version = TLS_Version_1_0, .name = "secp521r1" },
    { .id = SSL_GROUP_FFDHE2048, .kind = GROUP_FFDHE, .prime = sslr_ffdhe2048, .prime_length = 256,  .exponent_size = 29, .name = "ffdhe2048" },
    { .id = SSL_GROUP_FFDHE3072, .kind = GROUP_FFDHE, .prime = sslr_ffdhe3072, .prime_length = 384,  .exponent_size = 35, .name = "ffdhe3072" },
    { .id = SSL_GROUP_FFDHE4096, .kind = GROUP_FFDHE, .prime = sslr_ffdhe4096, .prime_length = 512,  .exponent_size = 41, .name = "ffdhe4096" },
    { .id = SSL_GROUP_FFDHE6144, .kind = GROUP_FFDHE, .prime = sslr_ffdhe6144, .prime_length = 768,  .exponent_size = 47, .name = "ffdhe6144" },
    { .id = SSL_GROUP_FFDHE8192, .kind = GROUP_FFDHE, .prime = sslr_ffdhe8192, .prime_length = 1024, .exponent_size = 50, .name = "ffdhe8192" },
};
/* clang-format on */

const size_t sslr_group_count = sizeof(sslr_groups) / sizeof(sslr_groups[0]);

const Group *sslr_group(uint16_t id)
{
    size_t i;

    for (i = 0; i < sslr_group_count; i++) {
        if (sslr_groups[i].id == id) {
            return &sslr_groups[i];
        }
    }
    return NULL;
}
