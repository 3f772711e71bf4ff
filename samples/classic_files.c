/*
 * classic_files.c - keys and certificates as the sample "classic" reads them. Programs of 1996
 * brought readers of their own; here the engine decodes the key, and certificates are taken apart
 * by hand, because SSLAddCertificate wants them one by one.
 */
#include "classic.h"

#include <stdio.h>
#include <string.h>

#define MAX_FILE 65536

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

SSLErr read_key_file(const char *path, SSLRSAPrivateKey *key)
{
    uint8     bytes[MAX_FILE];
    SSLBuffer encoded = {0, bytes};
    SSLErr    err;

    if (read_file(path, bytes, &encoded.length) != 0) {
        return SSLIOErr;
    }
    err = SSLDecodeRSAPrivateKey(encoded, key);
    memset(bytes, 0, sizeof(bytes));
    return err;
}

/* ---- PEM ---- */

static int base64_value(int character)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char       *found    = character != 0 ? strchr(digits, character) : NULL;

    return found != NULL ? (int)(found - digits) : -1;
}

/* Replace a PEM file by the DER of its certificates, in place: it only becomes shorter. */
static uint32 decode_pem(uint8 *bytes, uint32 length)
{
    static const char begin[] = "-----BEGIN CERTIFICATE-----";
    const char       *at      = (const char *)bytes;
    uint32            decoded = 0;

    bytes[length] = '\0';
    while ((at = strstr(at, begin)) != NULL) {
        uint32 bits = 0;
        int    have = 0;

        for (at += strlen(begin); *at != '\0' && *at != '-' && *at != '='; at++) {
            int value = base64_value(*at);

            if (value >= 0) {
                bits = bits << 6 | (uint32)value;
                have += 6;
            }
            if (have >= 8) {
                have -= 8;
                bytes[decoded++] = (uint8)(bits >> have);
            }
        }
    }
    return decoded;
}

/* ---- one certificate after the other ---- */

/* The bytes of the DER element at the front, 0 if it is none. */
static uint32 element_length(SSLBuffer rest)
{
    if (rest.length < 4 || rest.data[0] != 0x30) {
        return 0;
    }
    if (rest.data[1] == 0x82) {
        return 4 + ((uint32)rest.data[2] << 8 | rest.data[3]);
    }
    return rest.data[1] == 0x81  ? 3 + (uint32)rest.data[2]
           : rest.data[1] < 0x80 ? 2 + (uint32)rest.data[1]
                                 : 0;
}

/* Take the next certificate off the front; 0 if there is none. */
static int next_certificate(SSLBuffer *rest, SSLBuffer *certificate)
{
    uint32 length = element_length(*rest);

    if (length == 0 && rest->length > 3) { /* the length stands before it, in three bytes */
        rest->data += 3;
        rest->length -= 3;
        length = element_length(*rest);
    }
    if (length == 0 || length > rest->length) {
        return 0;
    }
    certificate->data   = rest->data;
    certificate->length = length;
    rest->data += length;
    rest->length -= length;
    return 1;
}

SSLErr add_certificate_file(SSLContext *ctx, const char *path)
{
    uint8     bytes[MAX_FILE + 1];
    SSLBuffer rest = {0, bytes}, certificate;
    SSLErr    err  = SSLNoErr;

    if (read_file(path, bytes, &rest.length) != 0) {
        return SSLIOErr;
    }
    if (rest.length > 0 && bytes[0] != 0x30 && bytes[0] != 0) {
        rest.length = decode_pem(bytes, rest.length);
    }
    while (err == SSLNoErr && next_certificate(&rest, &certificate)) {
        err = SSLAddCertificate(ctx, certificate, 1, 0); /* each is the issuer of the one before */
    }
    if (err == SSLNoErr) { /* adds nothing: now the chain is complete and is checked */
        certificate.data   = NULL;
        certificate.length = 0;
        err                = SSLAddCertificate(ctx, certificate, 0, 1);
    }
    return err;
}
