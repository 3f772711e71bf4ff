/*
 * old_keys.c - what a server needs for export and anonymous suites: a short RSA key, and parameters
 * for Diffie-Hellman. Nobody should want them; they reach old machines. Called by common.c.
 */
#include "common.h"

#include <string.h>

#define MAX_FILE 8192

static int read_file(const char *path, uint8 *bytes, uint32 *length)
{
    FILE *file = fopen(path, "rb");

    if (file == NULL) {
        perror(path);
        return -1;
    }
    *length = (uint32)fread(bytes, 1, MAX_FILE, file);
    (void)fclose(file);
    return 0;
}

SSLErr set_export_key(SSLContext *ctx, const char *path)
{
    uint8            bytes[MAX_FILE];
    SSLBuffer        encoded = {0, bytes};
    SSLRSAPrivateKey key;
    SSLErr           err;

    if (read_file(path, bytes, &encoded.length) != 0) {
        return SSLIOErr;
    }
    err = SSLDecodeRSAPrivateKey(encoded, &key);
    if (err == SSLNoErr) {
        err = SSLSetExportPrivateKey(ctx, &key);
    }
    memset(&key, 0, sizeof(key));
    memset(bytes, 0, sizeof(bytes));
    return err;
}

/* Take the header of a DER element off the front; the length of its content, 0 if it is broken. */
static uint32 open_element(SSLBuffer *rest, uint8 tag)
{
    uint32 length, count, index;

    if (rest->length < 2 || rest->data[0] != tag) {
        return 0;
    }
    length = rest->data[1];
    count  = length >= 0x80 ? length - 0x80 : 0;
    if (count > 2 || rest->length < 2 + count) {
        return 0;
    }
    for (index = 0, length = count > 0 ? 0 : length; index < count; index++) {
        length = length << 8 | rest->data[2 + index];
    }
    rest->data += 2 + count;
    rest->length -= 2 + count;
    return length <= rest->length ? length : 0;
}

/* A positive INTEGER without the zero that its sign may need. */
static void take_integer(SSLBuffer *rest, uint8 **number, uint32 *length)
{
    *length = open_element(rest, 0x02);
    *number = rest->data;
    rest->data += *length;
    rest->length -= *length;
    if (*length > 1 && **number == 0) {
        (*number)++;
        (*length)--;
    }
}

/* DHParameter ::= SEQUENCE { prime INTEGER, base INTEGER, ... } (PKCS #3) */
SSLErr set_dh_params(SSLContext *ctx, const char *path)
{
    uint8       bytes[MAX_FILE];
    SSLBuffer   rest = {0, bytes};
    SSLDHParams params;

    if (read_file(path, bytes, &rest.length) != 0) {
        return SSLIOErr;
    }
    memset(&params, 0, sizeof(params));
    if (open_element(&rest, 0x30) > 0) {
        take_integer(&rest, &params.prime, &params.primeLen);
        take_integer(&rest, &params.generator, &params.generatorLen);
    }
    if (params.primeLen == 0 || params.generatorLen == 0) {
        fprintf(stderr, "%s: no parameters of Diffie-Hellman in DER\n", path);
        return SSLBadParameterErr;
    }
    return SSLSetDHAnonParams(ctx, &params);
}
