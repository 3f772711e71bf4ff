/*
 * psk_file.c - see psk_file.h.
 */
#include "psk_file.h"
#include "common.h"

#include <stdlib.h>
#include <string.h>

/* The key of a line, and the length of its name; 0: the line has none. */
static uint32 read_line(const char *line, size_t length, uint8 *key, uint32 *name_length)
{
    const char *colon = memchr(line, ':', length);
    size_t      at    = colon != NULL ? (size_t)(colon - line) + 1 : length;
    uint32      count = 0;

    *name_length = colon != NULL ? (uint32)(at - 1) : 0;
    for (; at + 1 < length && count < SSL_MAX_PSK; at += 2) {
        if (hex_digit(line[at]) < 0 || hex_digit(line[at + 1]) < 0) {
            return 0;
        }
        key[count++] = (uint8)(hex_digit(line[at]) << 4 | hex_digit(line[at + 1]));
    }
    return at == length ? count : 0;
}

/* Server: the line that begins with the identity. A table of millions would be a database. */
static SSLErr find_key(SSLContext *ctx, SSLBuffer identity, SSLPSK *psk, void *keys)
{
    const char *line = (const char *)keys;
    uint32      name_length;

    (void)ctx;
    while (psk != NULL && *line != '\0') {
        size_t length = strcspn(line, "\r\n");

        psk->length = read_line(line, length, psk->key, &name_length);
        if (psk->length > 0 && name_length == identity.length &&
            memcmp(line, identity.data, name_length) == 0) {
            return SSLNoErr;
        }
        line += length + strspn(line + length, "\r\n");
    }
    if (psk != NULL) {
        wipe(psk, sizeof(*psk));
    }
    return SSLNoErr;
}

static SSLErr use_first_key(SSLContext *ctx, const char *keys)
{
    uint8     key[SSL_MAX_PSK];
    SSLBuffer name = {0, (uint8 *)keys}, value = {0, key};
    SSLErr    err;

    value.length = read_line(keys, strcspn(keys, "\r\n"), key, &name.length);
    err          = value.length > 0 ? SSLSetPSK(ctx, name, value, SSL_PSKHashSHA256) : SSLBadKeyErr;
    wipe(key, sizeof(key));
    return err;
}

SSLErr use_psk_file(SSLContext *ctx, SSLProtocolSide side, const char *path, char **keys)
{
    SSLErr err;

    *keys = read_text_file(path);
    if (*keys == NULL) {
        perror(path);
        return SSLIOErr;
    }
    err = side == SSL_ServerSide ? SSLSetPSKFunc(ctx, find_key, *keys) : use_first_key(ctx, *keys);
    if (err != SSLNoErr) {
        print_error(NULL, path, err);
    }
    return err;
}
