/*
 * test_symmetric_32.c - test_symmetric.c once more, over the GHASH that machines without 128-bit
 * products get. Its source stands here in place of the library's object.
 */
#define SSLREF_GHASH_32

#include "../../crypto/gcm.c"

#include "test_symmetric.c"
