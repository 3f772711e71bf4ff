/*
 * fuzz_crl.c - any bytes as revocation lists: parsed, and asked about a certificate.
 */
#include <stdlib.h>

#include "parts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t serial[1] = {5};
    Bytes                rest      = bytes_of(data, size), part;
    X509Certificate      certificate;
    int                  has_certificate = 0;
    unsigned             kind;
    Crl                  crl;

    while (next_part(&rest, &kind, &part)) {
        if (kind == PART_CHAIN) {
            has_certificate = sslr_x509_parse(part, &certificate, NULL) == SSLNoErr;
        } else if (kind == PART_CRL && sslr_crl_parse(part, &crl) == SSLNoErr) {
            (void)sslr_crl_lists(&crl, bytes_of(serial, 1));
            if (has_certificate && sslr_crl_covers(&crl, &certificate)) {
                (void)sslr_crl_lists(&crl, certificate.serial);
            }
        }
    }
    return 0;
}
