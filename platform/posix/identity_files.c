/*
 * identity_files.c - a certificate chain and its private key from files. Parsing and checking them
 * is the engine's work (SSLCreateIdentity). Called by programs.
 */
#define _POSIX_C_SOURCE 200809L
#include "files.h"

#include <errno.h>
#include <string.h>

SSLErr SSLPosixCreateIdentity(const char *chainFile, const char *keyFile, const char *password,
                              const char *ocspFile, SSLIdentity **identity)
{
    SSLBuffer       chain = {0, NULL};
    SSLBuffer       key   = {0, NULL};
    SSLBuffer       ocsp  = {0, NULL};
    SSLIdentitySpec spec;
    SSLErr          err;
    int             reason;

    if (identity == NULL) {
        return SSLBadParameterErr;
    }
    *identity = NULL;
    if (chainFile == NULL) {
        return SSLBadParameterErr;
    }
    memset(&spec, 0, sizeof(spec));
    err = sslr_posix_read_file(chainFile, &chain);
    if (err == SSLNoErr && keyFile != NULL) {
        err = sslr_posix_read_file(keyFile, &key);
    }
    if (err == SSLNoErr && ocspFile != NULL) {
        err = sslr_posix_read_file(ocspFile, &ocsp);
    }
    if (err == SSLNoErr) {
        spec.chain        = chain;
        spec.privateKey   = keyFile != NULL ? key : chain;
        spec.ocspResponse = ocsp;
        if (password != NULL) {
            spec.password.data   = (uint8 *)password; /* only read; SSLBuffer knows no const */
            spec.password.length = (uint32)strlen(password);
        }
        err = SSLCreateIdentity(SSLPosixAllocator(), &spec, identity);
    }
    reason = errno;
    sslr_posix_release(&chain); /* wiped as well: the key may have been in it */
    sslr_posix_release(&key);
    sslr_posix_release(&ocsp);
    errno = reason;
    return err;
}
