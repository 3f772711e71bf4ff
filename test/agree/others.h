/*
 * others.h - the two verifiers that ours is compared with: OpenSSL's and GnuTLS's, asked the same
 * question in the same process.
 */
#ifndef SSLREF_TEST_AGREE_OTHERS_H
#define SSLREF_TEST_AGREE_OTHERS_H

#include "../../core/base/bytes.h"

#define MOST_CERTIFICATES 8

/* Is chain[0] a TLS server's certificate for this host (NULL: any), now, under this anchor? The
 * others of the chain are at hand. *reason says why not: static, or overwritten by the next call.
 */
int openssl_accepts(const Bytes *chain, size_t count, Bytes anchor, const char *host,
                    const char **reason);
int gnutls_accepts(const Bytes *chain, size_t count, Bytes anchor, const char *host,
                   const char **reason);

/* Not 0 if the commands "openssl verify" and "certtool --verify" say what the functions above say.
 */
int commands_say_the_same(const Bytes *chain, size_t count, Bytes anchor, const char *host);

/* The certificates of a PEM file, each in a block of malloc(). */
size_t read_bundle(const char *path, Bytes *list, size_t most);

#endif
