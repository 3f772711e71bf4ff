/*
 * fuzz_ocsp.c - any bytes as OCSP responses about a certificate (the first of the chain) and its
 * issuer (the second).
 */
#include <stdlib.h>

#include "parts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Bytes              rest = bytes_of(data, size), part;
    X509Certificate    certificates[2];
    size_t             count = 0, signatures = 8;
    unsigned           kind;
    RevocationQuestion question;
    SSLTrust           trust;
    const char        *rule = NULL;

    memset(&trust, 0, sizeof trust);
    question.certificate = &certificates[0];
    question.issuer      = &certificates[1];
    question.trust       = &trust;
    question.now         = 1700000000;
    question.signatures  = &signatures;
    while (next_part(&rest, &kind, &part)) {
        if (kind == PART_CHAIN && count < 2) {
            count += sslr_x509_parse(part, &certificates[count], NULL) == SSLNoErr;
        } else if (kind == PART_SETTINGS && part.length > 4) {
            fuzz_accept_signatures = part.data[4] & 1;
        } else if (kind == PART_STAPLE && count == 2 &&
                   sslr_ocsp_check(&question, part, &rule) == OCSP_BAD && rule == NULL) {
            abort();
        }
    }
    return 0;
}
