/*
 * certificate_list.c - see certificate_list.h.
 */
#include "certificate_list.h"

#include "pem.h"
#include "../x509/x509.h"

CertificateList sslr_certificate_list(Bytes encoded)
{
    CertificateList list;

    list.rest    = encoded;
    list.of_crls = 0;
    /* A certificate is longer than 127 bytes, so that its second byte is no text. */
    list.is_pem = encoded.length < 2 || encoded.data[0] != 0x30 || encoded.data[1] < 0x80;
    return list;
}

CertificateList sslr_crl_list(Bytes encoded)
{
    CertificateList list = sslr_certificate_list(encoded);

    list.of_crls = 1;
    return list;
}

static int is_wanted(const CertificateList *list, const PemBlock *block)
{
    return list->of_crls ? sslr_pem_is_labelled(block, "X509 CRL")
                         : sslr_pem_is_labelled(block, "CERTIFICATE") ||
                               sslr_pem_is_labelled(block, "X509 CERTIFICATE") ||
                               sslr_pem_is_labelled(block, "TRUSTED CERTIFICATE");
}

/* The next PEM block that is wanted: 1, 0, -1. */
static int next_block(CertificateList *list, PemBlock *block)
{
    int found;

    do {
        found = sslr_pem_next(&list->rest, block);
        if (found == 0) {
            return 0;
        }
    } while (!is_wanted(list, block));
    return block->headers.length > 0 ? -1 : found;
}

static int next_element(CertificateList *list, Bytes *element)
{
    if (list->rest.length == 0) {
        return 0;
    }
    if (sslr_der_split(&list->rest, element) != SSLNoErr) {
        list->rest.length = 0; /* nobody knows where the next one begins */
        return -1;
    }
    return 1;
}

int sslr_certificate_list_skip(CertificateList *list, size_t *room)
{
    PemBlock block;
    Bytes    element;
    int      found;

    if (list->is_pem) {
        found = next_block(list, &block);
        *room = found > 0 ? sslr_pem_room(&block) : 0;
    } else {
        found = next_element(list, &element);
        *room = found > 0 ? element.length : 0;
    }
    return found;
}

int sslr_certificate_list_next(CertificateList *list, uint8_t *space, Bytes *der)
{
    PemBlock block;
    Bytes    decoded, element;
    size_t   length;
    int      found;

    if (!list->is_pem) {
        found = next_element(list, &element);
        if (found > 0) {
            memcpy(space, element.data, element.length);
            *der = bytes_of(space, element.length);
        }
        return found;
    }
    found = next_block(list, &block);
    if (found <= 0) {
        return found;
    }
    if (sslr_pem_decode(&block, space, &length) != SSLNoErr) {
        return -1;
    }
    decoded = *der = bytes_of(space, length);
    /* OpenSSL's TRUSTED CERTIFICATE has its own settings behind the certificate. */
    if (sslr_pem_is_labelled(&block, "TRUSTED CERTIFICATE")) {
        return sslr_der_split(&decoded, der) == SSLNoErr ? 1 : -1;
    }
    return 1;
}
