/*
 * test_curve25519_32.c - test_curve25519.c once more, over the arithmetic that machines without
 * 128-bit products get. The sources stand here in place of the library's objects.
 */
#define SSLREF_FIELD25519_32

#include "../../crypto/field25519.c"
#include "../../crypto/scalar25519.c"
#include "../../crypto/x25519.c"
#include "../../crypto/ed25519.c"

#include "test_curve25519.c"
