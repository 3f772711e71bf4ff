/*
 * only_ssl_h.c - a program that includes ssl.h and nothing else (items 1 and 4 of the checklist):
 * that this file compiles is half of the test. test_manual_items_rest.c runs it.
 */
#include "ssl.h"

/* Item 4: ssl.h has no bodies for its opaque types, or these would be second ones. */
struct SSLContext {
    int mine;
};
struct SSLIdentity {
    int mine;
};
struct SSLTrust {
    int mine;
};

SSLErr only_ssl_h(uint32 *size, SSLBuffer *buffer);

/* Integers, buffers, calls and errors, by name. */
SSLErr only_ssl_h(uint32 *size, SSLBuffer *buffer)
{
    static uint8 byte    = 1;
    SSLBuffer    by_hand = {1, &byte};
    SSLErr       err     = SSLHandshake(0);

    *size   = SSLContextSize();
    *buffer = by_hand;
    return err == SSLBadParameterErr ? SSLNoMatchingSessionKeyErr : SSLUnknownErr;
}
