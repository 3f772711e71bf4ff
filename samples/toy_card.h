/*
 * toy_card.h - stands for a smart card or another process that holds an RSA key: it computes
 * input^d mod n, slowly, and nothing else. See waiting.c.
 */
#ifndef SSLREF_SAMPLES_TOY_CARD_H
#define SSLREF_SAMPLES_TOY_CARD_H

#include "ssl.h"

/* Raw RSA with the private key. input: at most key->bits / 8 bytes, big-endian; output: exactly
 * key->bits / 8 bytes. bits must be a multiple of 32. */
void toy_card_compute(const SSLRSAPrivateKey *key, const uint8 *input, uint32 input_length,
                      uint8 *output);

/* The same for a signature: put a SHA-256 digest into the form of PKCS#1 version 1.5 first. */
void toy_card_sign_sha256(const SSLRSAPrivateKey *key, const uint8 digest[32], uint8 *output);

#endif
