/*
 * classic.h - the parts of the sample "classic": the walk of 1996 is classic.c, reading its files
 * classic_files.c, and what needs calls that the manual of 1996 does not have classic_probe.c.
 */
#ifndef SSLREF_SAMPLES_CLASSIC_H
#define SSLREF_SAMPLES_CLASSIC_H

#include "ssl.h"

/* Add every certificate of a file, leaf first, and have the chain checked. The file holds entries
 * of {length in three bytes, DER}, or DER one after the other, or PEM. */
SSLErr add_certificate_file(SSLContext *ctx, const char *path);

/* Read an RSA key, DER or PEM, not encrypted. */
SSLErr read_key_file(const char *path, SSLRSAPrivateKey *key);

/* Accept one public key alone, by the SHA-256 of its SubjectPublicKeyInfo in 64 hexadecimal digits,
 * and no suite under which a peer could do without that key, or without encryption worth the name.
 * *trust must outlive the context. */
SSLErr accept_only(SSLContext *ctx, const char *pin, SSLTrust **trust);

/* Find out what a server speaks, and print the options with which samples/client reaches it. target
 * is HOST or HOST:PORT; seconds is the longest wait for each answer. Exit status. */
int probe(const char *target, int seconds);

/* The SHA-256 of a certificate's SubjectPublicKeyInfo in 64 hexadecimal digits; "" if it has none.
 * key_digest.c. */
void key_digest(SSLBuffer certificate, char text[65]);

#endif
