/*
 * wycheproof.h - reads the tests that wycheproof_to_text.py wrote, one block at a time. Used by
 * the vector tests; not by the engine.
 *
 *     WycheproofTest *test = wycheproof_open("aes_gcm_test");
 *     if (test == NULL) { skip(); }
 *     while (wycheproof_next(test)) {
 *         size_t         key_length;
 *         const uint8_t *key = wycheproof_bytes(test, "key", &key_length);
 *         if (wycheproof_number(test, "group.tagSize") != 128) { continue; }
 *         ... wycheproof_result(test) == WYCHEPROOF_VALID ...
 *     }
 *     assert_int_equal(wycheproof_count(test), wycheproof_expected(test));
 *     wycheproof_close(test);
 *
 * The directory of the converted files is the environment variable SSLREF_VECTORS_TEXT; when it is
 * not set, wycheproof_open returns NULL and the test should skip. A file that is missing although
 * the directory is set, and a field that is not hexadecimal, end the program with a message.
 */
#ifndef SSLREF_WYCHEPROOF_H
#define SSLREF_WYCHEPROOF_H

#include <stddef.h>
#include <stdint.h>

typedef struct WycheproofTest WycheproofTest;

typedef enum WycheproofResult {
    WYCHEPROOF_INVALID,
    WYCHEPROOF_VALID,
    WYCHEPROOF_ACCEPTABLE
} WycheproofResult;

/* name is that of the JSON file, without directory and ".json". NULL: not installed, skip. */
WycheproofTest *wycheproof_open(const char *name);
void            wycheproof_close(WycheproofTest *test);

/* Go to the first or next test; 0 at the end. */
int wycheproof_next(WycheproofTest *test);

/* Tests gone through so far, and the number that the file promises. */
size_t wycheproof_count(const WycheproofTest *test);
size_t wycheproof_expected(const WycheproofTest *test);

/* A field of the current test as text, or NULL if it has none of this name. Fields of the group
 * begin with "group."; nested ones have dots: "group.publicKey.modulus". */
const char *wycheproof_text(const WycheproofTest *test, const char *key);

/* The same, decoded from hexadecimal. Never NULL: an absent field has length 0. Every field has
 * storage of its own, valid until the next wycheproof_next. */
const uint8_t *wycheproof_bytes(const WycheproofTest *test, const char *key, size_t *length);

/* The same as bytes, without its leading zero bytes (Java's BigInteger writes one). */
const uint8_t *wycheproof_integer(const WycheproofTest *test, const char *key, size_t *length);

/* The same as a decimal number; -1 if absent. */
long wycheproof_number(const WycheproofTest *test, const char *key);

long             wycheproof_id(const WycheproofTest *test); /* tcId */
WycheproofResult wycheproof_result(const WycheproofTest *test);

/* Whether the list "flags" has this element. */
int wycheproof_has_flag(const WycheproofTest *test, const char *flag);

#endif
