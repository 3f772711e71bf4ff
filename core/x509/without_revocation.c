/*
 * without_revocation.c - stands for revocation.c, crl.c and ocsp.c in a build without revocation
 * (make REVOCATION=0): SSLCreateTrust then refuses whoever asks for it.
 */
#include "revocation.h"

const Revocation sslr_revocation = {NULL, NULL};
