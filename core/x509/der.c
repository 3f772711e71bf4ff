/*
 * der.c - see der.h. Also sslr_der_split of x509.h. What is not here: any meaning of the elements.
 */
#include "der.h"

#include "x509.h"

int sslr_der_done(const Der *der)
{
    return !der->failed && der->left == 0;
}

int sslr_der_next_is(const Der *der, uint8_t tag)
{
    return der->left > 0 && der->at[0] == tag;
}

void sslr_der_leave(Der *parent, const Der *child)
{
    if (!sslr_der_done(child)) {
        sslr_der_fail(parent);
    }
}

/* Read the header at der->at. Returns its size; 0 if it is not DER or the content goes past the
 * end, and *content_length then means nothing. X.690 10.1: the definite form in the fewest octets.
 */
static size_t read_header(const Der *der, size_t *content_length)
{
    size_t length, octets, i;

    if (der->left < 2 || der->at[0] == 0 || (der->at[0] & 0x1F) == 0x1F) {
        return 0; /* nothing in this grammar has a tag of more than one octet, or the tag 0 */
    }
    if (der->at[1] < 0x80) {
        *content_length = der->at[1];
        return *content_length <= der->left - 2 ? 2 : 0;
    }
    octets = der->at[1] & 0x7Fu;
    if (octets < 1 || octets > 4 || octets > der->left - 2 || der->at[2] == 0) {
        return 0;
    }
    for (i = 0, length = 0; i < octets; i++) {
        length = length << 8 | der->at[2 + i];
    }
    if (length < 0x80 || length > der->left - 2 - octets) {
        return 0;
    }
    *content_length = length;
    return 2 + octets;
}

/* What a failed take gives: a place that can be pointed at, but no bytes of it. */
static const uint8_t nothing = 0;

uint8_t sslr_der_take_any(Der *der, Bytes *content, Bytes *element)
{
    size_t         length = 0, header = read_header(der, &length);
    const uint8_t *at = der->at;

    if (header == 0) {
        sslr_der_fail(der);
        at     = &nothing;
        length = 0;
    }
    if (content != NULL) {
        *content = bytes_of(at + header, length);
    }
    if (element != NULL) {
        *element = bytes_of(at, header + length);
    }
    if (header == 0) {
        return 0;
    }
    der->at += header + length;
    der->left -= header + length;
    return at[0];
}

Bytes sslr_der_take(Der *der, uint8_t tag)
{
    size_t length = 0, header = sslr_der_next_is(der, tag) ? read_header(der, &length) : 0;
    Bytes  content;

    if (header == 0) {
        sslr_der_fail(der);
        return bytes_of(&nothing, 0);
    }
    content = bytes_of(der->at + header, length);
    der->at += header + length;
    der->left -= header + length;
    return content;
}

Bytes sslr_der_take_element(Der *der, uint8_t tag)
{
    const uint8_t *at = der->at;

    (void)sslr_der_take(der, tag);
    return der->failed ? bytes_of(&nothing, 0) : bytes_of(at, (size_t)(der->at - at));
}

Der sslr_der_enter(Der *der, uint8_t tag)
{
    Der child = sslr_der_open(sslr_der_take(der, tag));

    child.failed = der->failed;
    return child;
}

Der sslr_der_sequence(Bytes bytes, Der *outer)
{
    *outer = sslr_der_open(bytes);
    return sslr_der_enter(outer, DER_SEQUENCE);
}

int sslr_der_closed(Der *outer, const Der *sequence)
{
    sslr_der_leave(outer, sequence);
    return sslr_der_done(outer);
}

static Bytes take_integer(Der *der, uint8_t tag)
{
    Bytes bytes = sslr_der_take(der, tag);

    if (bytes.length == 0 ||
        (bytes.length > 1 && ((bytes.data[0] == 0x00 && bytes.data[1] < 0x80) ||
                              (bytes.data[0] == 0xFF && bytes.data[1] >= 0x80)))) {
        sslr_der_fail(der);
        bytes.length = 0;
    }
    return bytes;
}

Bytes sslr_der_integer(Der *der)
{
    return take_integer(der, DER_INTEGER);
}

Bytes sslr_der_unsigned(Der *der, uint8_t tag)
{
    Bytes bytes = take_integer(der, tag);

    if (bytes.length > 0 && bytes.data[0] >= 0x80) {
        sslr_der_fail(der);
        bytes.length = 0;
    }
    if (bytes.length > 0 && bytes.data[0] == 0) {
        bytes.data++;
        bytes.length--;
    }
    return bytes;
}

uint32_t sslr_der_small(Der *der, uint8_t tag)
{
    Bytes    bytes = sslr_der_unsigned(der, tag);
    uint32_t value = 0;
    size_t   i;

    if (bytes.length > 4) {
        return 0xFFFFFFFFu;
    }
    for (i = 0; i < bytes.length; i++) {
        value = value << 8 | bytes.data[i];
    }
    return value;
}

Bytes sslr_der_oid(Der *der)
{
    Bytes  oid   = sslr_der_take(der, DER_OID);
    int    first = 1; /* of a subidentifier */
    size_t i;

    for (i = 0; i < oid.length; i++) {
        if (first && oid.data[i] == 0x80) {
            break; /* padded */
        }
        first = oid.data[i] < 0x80;
    }
    if (oid.length == 0 || i < oid.length || !first) {
        sslr_der_fail(der);
        oid.length = 0;
    }
    return oid;
}

Bytes sslr_der_octet_bits(Der *der)
{
    Bytes bits = sslr_der_take(der, DER_BIT_STRING);

    if (bits.length == 0 || bits.data[0] != 0) {
        sslr_der_fail(der);
        bits.length = 0;
        return bits;
    }
    return bytes_of(bits.data + 1, bits.length - 1);
}

uint16_t sslr_der_named_bits(Der *der)
{
    Bytes    bits  = sslr_der_take(der, DER_BIT_STRING);
    uint16_t value = 0;

    if (bits.length == 2 || bits.length == 3) {
        value = (uint16_t)(bits.data[1] << 8 | (bits.length == 3 ? bits.data[2] : 0));
    }
    if (value == 0 || bits.data[0] > 7 ||
        (bits.data[bits.length - 1] & ((1u << bits.data[0]) - 1)) != 0) {
        sslr_der_fail(der);
        return 0;
    }
    return value;
}

int sslr_der_true(Der *der)
{
    Bytes value;

    if (!sslr_der_next_is(der, DER_BOOLEAN)) {
        return 0;
    }
    value = sslr_der_take(der, DER_BOOLEAN);
    if (value.length != 1 || value.data[0] != 0xFF) {
        sslr_der_fail(der);
        return 0;
    }
    return 1;
}

void sslr_der_optional_null(Der *der)
{
    if (sslr_der_next_is(der, DER_NULL) && sslr_der_take(der, DER_NULL).length != 0) {
        sslr_der_fail(der);
    }
}

uint8_t sslr_oid_find(const OidRow *rows, size_t count, Bytes oid)
{
    size_t i;

    for (i = 0; i < count; i++) {
        /* The last octet first: neighbours differ in it. */
        if (rows[i].length == oid.length &&
            rows[i].bytes[oid.length - 1] == oid.data[oid.length - 1] &&
            memcmp(rows[i].bytes, oid.data, oid.length) == 0) {
            return rows[i].id;
        }
    }
    return 0;
}

SSLErr sslr_der_split(Bytes *rest, Bytes *element)
{
    Der der = sslr_der_open(*rest);

    if (sslr_der_take_any(&der, NULL, element) == 0) {
        return ASNBadEncodingErr;
    }
    *rest = bytes_of(der.at, der.left);
    return SSLNoErr;
}
