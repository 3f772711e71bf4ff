/*
 * der.h - a strict, bounded reader of DER (X.690) over bytes that belong to somebody else. It knows
 * tags and primitive types, no certificates. Used by the files of core/x509 alone.
 *
 * A reader carries its own failure: after the first broken rule it is empty, every further take
 * gives nothing, and sslr_der_done() says so at the end. Nothing here recurses or allocates.
 */
#ifndef SSLREF_X509_DER_H
#define SSLREF_X509_DER_H

#include "../base/bytes.h"

enum {
    DER_BOOLEAN          = 0x01,
    DER_INTEGER          = 0x02,
    DER_BIT_STRING       = 0x03,
    DER_OCTET_STRING     = 0x04,
    DER_NULL             = 0x05,
    DER_OID              = 0x06,
    DER_UTF8_STRING      = 0x0C,
    DER_NUMERIC_STRING   = 0x12,
    DER_PRINTABLE_STRING = 0x13,
    DER_TELETEX_STRING   = 0x14,
    DER_IA5_STRING       = 0x16,
    DER_UTC_TIME         = 0x17,
    DER_GENERALIZED_TIME = 0x18,
    DER_VISIBLE_STRING   = 0x1A,
    DER_UNIVERSAL_STRING = 0x1C,
    DER_BMP_STRING       = 0x1E,
    DER_SEQUENCE         = 0x30,
    DER_SET              = 0x31,
    DER_CONTEXT          = 0x80, /* | number: primitive */
    DER_CONTEXT_OF       = 0xA0  /* | number: constructed */
};

typedef struct Der {
    const uint8_t *at;
    size_t         left;
    int            failed;
} Der;

static inline Der sslr_der_open(Bytes bytes)
{
    Der der;

    der.at     = bytes.data;
    der.left   = bytes.length;
    der.failed = 0;
    return der;
}

static inline void sslr_der_fail(Der *der)
{
    der->left   = 0;
    der->failed = 1;
}

/* Not 0: everything was read and no rule was broken. */
int sslr_der_done(const Der *der);

/* Not 0 if the next element has this tag. */
int sslr_der_next_is(const Der *der, uint8_t tag);

/* The next element, which must have this tag: its content; all of it; or a reader of its content,
 * which sslr_der_leave checks to have been read to the end. */
Bytes sslr_der_take(Der *der, uint8_t tag);
Bytes sslr_der_take_element(Der *der, uint8_t tag);
Der   sslr_der_enter(Der *der, uint8_t tag);

void sslr_der_leave(Der *parent, const Der *child);

/* The bytes as one SEQUENCE: a reader of its content, and with sslr_der_closed() the question
 * whether both were read to the end. */
Der sslr_der_sequence(Bytes bytes, Der *outer);
int sslr_der_closed(Der *outer, const Der *sequence);

/* The next element whatever it is: its tag (0 after a failure), content and all of it; either
 * pointer may be NULL. */
uint8_t sslr_der_take_any(Der *der, Bytes *content, Bytes *element);

/* Content of an INTEGER in its shortest form, perhaps negative. */
Bytes sslr_der_integer(Der *der);

/* A number >= 0 without leading zeros (0 has length 0). tag: DER_INTEGER, or a context tag. */
Bytes sslr_der_unsigned(Der *der, uint8_t tag);

/* The same as a value; what needs more than 32 bits becomes the greatest of them. */
uint32_t sslr_der_small(Der *der, uint8_t tag);

Bytes sslr_der_oid(Der *der);

/* A BIT STRING of whole octets. */
Bytes sslr_der_octet_bits(Der *der);

/* A named-bit list of at most 16 bits, at least one of them set: first octet in the upper half.
 * Trailing zero bits, which DER leaves out (X.690 11.2.2), are tolerated: two roots that are in
 * everybody's list have them. */
uint16_t sslr_der_named_bits(Der *der);

/* BOOLEAN DEFAULT FALSE: absent, or TRUE. */
int sslr_der_true(Der *der);

/* NULL, or nothing at all. */
void sslr_der_optional_null(Der *der);

/* A table of object identifiers: content octets without tag and length. */
typedef struct OidRow {
    uint8_t id; /* not 0 */
    uint8_t length;
    uint8_t bytes[11];
} OidRow;

/* The id of the row, or 0. */
uint8_t sslr_oid_find(const OidRow *rows, size_t count, Bytes oid);

#endif
