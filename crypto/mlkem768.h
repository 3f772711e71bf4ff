/*
 * mlkem768.h - the expanded form of an ML-KEM-768 private key (FIPS 203 7.1: dk), for code inside
 * crypto/ and its tests. The engine keeps seeds and calls what crypto.h declares.
 *
 * SSLREF_CHECK_CONSTANT_TIME is for test/constant_time alone: mlkem768.c then tells valgrind which
 * value derived from a secret is public.
 */
#ifndef SSLREF_MLKEM768_H
#define SSLREF_MLKEM768_H

#include "crypto.h"

#define MLKEM768_EXPANDED_SIZE 2400 /* s, encapsulation key, its hash, z */

/* Algorithm 16: expand d || z. The public key is the part that begins at byte 1152. */
SSLErr sslr_mlkem768_expand(const uint8_t seed[MLKEM768_SEED_SIZE],
                            uint8_t       expanded[MLKEM768_EXPANDED_SIZE]);

/* sslr_mlkem768_decapsulate with a key that was expanded elsewhere: SSLBadKeyErr if the hash in it
 * is not that of the encapsulation key in it (7.3, hash check). */
SSLErr sslr_mlkem768_decapsulate_expanded(const uint8_t expanded[MLKEM768_EXPANDED_SIZE],
                                          const uint8_t ciphertext[MLKEM768_CIPHERTEXT_SIZE],
                                          uint8_t       secret[MLKEM768_SECRET_SIZE]);

#endif
