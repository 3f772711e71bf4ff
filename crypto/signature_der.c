/*
 * signature_der.c - the DER form of DSA and ECDSA signatures. No arithmetic: ranges are checked by
 * dsa.c and ecdsa.c, which call this.
 */
#include "signature_der.h"

#include <string.h>

enum {
    TAG_INTEGER  = 0x02,
    TAG_SEQUENCE = 0x30
};

/* X.690 10.1: the short form below 128, else 81 and one byte; nothing here is longer than 255.
 * Returns the number of bytes in front of the contents, 0 if malformed. */
static size_t parse_header(const uint8_t *data, size_t length, uint8_t tag, size_t *content)
{
    if (length < 2 || data[0] != tag) {
        return 0;
    }
    if (data[1] < 0x80) {
        *content = data[1];
        return *content <= length - 2 ? 2 : 0;
    }
    if (data[1] != 0x81 || length < 3 || data[2] < 0x80) {
        return 0;
    }
    *content = data[2];
    return *content <= length - 3 ? 3 : 0;
}

/* Returns the bytes consumed, 0 if malformed. */
static size_t parse_unsigned(const uint8_t *data, size_t length, Number *value)
{
    size_t         content, header = parse_header(data, length, TAG_INTEGER, &content);
    const uint8_t *first = data + header;

    if (header == 0 || content == 0 || first[0] >= 0x80) {
        return 0;
    }
    value->data   = first;
    value->length = content;
    if (first[0] == 0) {
        /* X.690 8.3.2: a zero in front only where the next bit is set; zero itself is one byte. */
        if (content > 1 && first[1] < 0x80) {
            return 0;
        }
        value->data++;
        value->length--;
    }
    return header + content;
}

SSLErr sslr_signature_parse(const uint8_t *signature, size_t length, Number *r, Number *s)
{
    size_t content, used, header = parse_header(signature, length, TAG_SEQUENCE, &content);

    if (header == 0 || header + content != length) {
        return SSLProtocolErr;
    }
    signature += header;
    used = parse_unsigned(signature, content, r);
    if (used == 0) {
        return SSLProtocolErr;
    }
    if (parse_unsigned(signature + used, content - used, s) != content - used || content == used) {
        return SSLProtocolErr;
    }
    return SSLNoErr;
}

static size_t build_unsigned(const uint8_t *value, size_t width, uint8_t *out)
{
    size_t length = 2;

    while (width > 1 && value[0] == 0) {
        value++;
        width--;
    }
    if (value[0] >= 0x80) {
        out[length++] = 0;
    }
    memcpy(out + length, value, width);
    length += width;
    out[0] = TAG_INTEGER;
    out[1] = (uint8_t)(length - 2);
    return length;
}

size_t sslr_signature_build(const uint8_t *r, const uint8_t *s, size_t width, uint8_t *signature)
{
    uint8_t body[2 * (MAX_CURVE_SCALAR + 3)];
    size_t  length, header = 0;

    length = build_unsigned(r, width, body);
    length += build_unsigned(s, width, body + length);
    signature[header++] = TAG_SEQUENCE;
    if (length >= 0x80) {
        signature[header++] = 0x81;
    }
    signature[header++] = (uint8_t)length;
    memcpy(signature + header, body, length);
    return header + length;
}
