/*
 * parts.c - see parts.h.
 */
#include "parts.h"

#include <stdlib.h>

int fuzz_accept_signatures;

int next_part(Bytes *rest, unsigned *kind, Bytes *part)
{
    size_t length;

    if (rest->length < 3) {
        return 0;
    }
    *kind  = rest->data[0] % PART_KINDS;
    length = (size_t)rest->data[1] << 8 | rest->data[2];
    *rest  = bytes_of(rest->data + 3, rest->length - 3);
    if (length > rest->length) {
        length = rest->length;
    }
    *part = bytes_of(rest->data, length);
    *rest = bytes_of(rest->data + length, rest->length - length);
    return 1;
}

static SSLErr fuzz_alloc(SSLBuffer *buffer, void *ref)
{
    (void)ref;
    buffer->data = malloc(buffer->length);
    return buffer->data != NULL ? SSLNoErr : SSLMemoryErr;
}

static SSLErr fuzz_free(SSLBuffer *buffer, void *ref)
{
    (void)ref;
    free(buffer->data);
    return SSLNoErr;
}

const SSLAllocator fuzz_allocator = {fuzz_alloc, fuzz_free, NULL, NULL};

SSLErr __real_sslr_x509_check_signed(Bytes signature_algorithm, Bytes tbs, Bytes signature,
                                     const PublicKey *signer, uint32_t flags);
SSLErr __wrap_sslr_x509_check_signed(Bytes signature_algorithm, Bytes tbs, Bytes signature,
                                     const PublicKey *signer, uint32_t flags);
SSLErr __real_sslr_x509_check_signature(const X509Certificate *certificate, const PublicKey *issuer,
                                        uint32_t flags);
SSLErr __wrap_sslr_x509_check_signature(const X509Certificate *certificate, const PublicKey *issuer,
                                        uint32_t flags);

SSLErr __wrap_sslr_x509_check_signed(Bytes signature_algorithm, Bytes tbs, Bytes signature,
                                     const PublicKey *signer, uint32_t flags)
{
    SSLErr err = __real_sslr_x509_check_signed(signature_algorithm, tbs, signature, signer, flags);

    return fuzz_accept_signatures && err == X509BadSignatureErr ? SSLNoErr : err;
}

SSLErr __wrap_sslr_x509_check_signature(const X509Certificate *certificate, const PublicKey *issuer,
                                        uint32_t flags)
{
    SSLErr err = __real_sslr_x509_check_signature(certificate, issuer, flags);

    return fuzz_accept_signatures && err == X509BadSignatureErr ? SSLNoErr : err;
}
