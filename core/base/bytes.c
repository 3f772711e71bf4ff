/*
 * bytes.c - see bytes.h: what is too long to stand at every place where it is used.
 */
#include "bytes.h"

int sslr_bytes_equal(Bytes a, Bytes b)
{
    return a.length == b.length && (a.length == 0 || memcmp(a.data, b.data, a.length) == 0);
}
