/*
 * certificate_list.h - certificates, or revocation lists, as a program hands them over: PEM blocks,
 * or DER one after the other. Used by trust.c and identity.c.
 */
#ifndef SSLREF_X509_CERTIFICATE_LIST_H
#define SSLREF_X509_CERTIFICATE_LIST_H

#include "../base/bytes.h"

typedef struct CertificateList {
    Bytes rest;
    int   is_pem, of_crls;
} CertificateList;

CertificateList sslr_certificate_list(Bytes encoded);
CertificateList sslr_crl_list(Bytes encoded);

/* Pass over one: 1 and the room that its DER can need; 0 at the end; -1: this one is malformed. */
int sslr_certificate_list_skip(CertificateList *list, size_t *room);

/* Put the DER of one at space: 1, 0, -1 as before. It has not been parsed. */
int sslr_certificate_list_next(CertificateList *list, uint8_t *space, Bytes *der);

#endif
