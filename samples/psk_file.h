/*
 * psk_file.h - pre-shared keys from a file (--psk), one a line: a name, a colon, the key in
 * hexadecimal digits, as psktool of GnuTLS writes them.
 */
#ifndef SSLREF_SAMPLES_PSK_FILE_H
#define SSLREF_SAMPLES_PSK_FILE_H

#include "ssl.h"

/* A client takes the first key of the file. A server takes whoever has one of them; *keys is what
 * its contexts look at, to be freed with free() behind the last of them. Problems are printed. */
SSLErr use_psk_file(SSLContext *ctx, SSLProtocolSide side, const char *path, char **keys);

#endif
