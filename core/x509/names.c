/*
 * names.c - distinguished names (RFC 5280 7.1): are they well formed, equal, one the beginning of
 * the other. Host names are in host_names.c. Called by parse.c, path.c, chain.c, constraints.c and,
 * through x509.h, by core/api and core/messages.
 */
#include "parts.h"

/* ---- strings, one code point at a time ---- */

#define TEXT_END 0xFFFFFFFEu
#define TEXT_BAD 0xFFFFFFFFu

typedef struct Text {
    const uint8_t *at;
    size_t         left;
    uint8_t        tag;
} Text;

/* Shortest-form UTF-8 (RFC 3629). */
static uint32_t next_utf8(Text *text)
{
    static const uint32_t least[4] = {0, 0x80, 0x800, 0x10000};
    uint8_t               first    = text->at[0];
    size_t                more     = first < 0x80 ? 0 : first < 0xE0 ? 1 : first < 0xF0 ? 2 : 3, i;
    uint32_t              point    = first;

    if ((first >= 0x80 && first < 0xC0) || first >= 0xF8 || text->left <= more) {
        return TEXT_BAD;
    }
    if (more > 0) {
        point = first & (0x3Fu >> more);
    }
    for (i = 1; i <= more; i++) {
        if ((text->at[i] & 0xC0) != 0x80) {
            return TEXT_BAD;
        }
        point = point << 6 | (text->at[i] & 0x3Fu);
    }
    if (point < least[more]) {
        return TEXT_BAD;
    }
    text->at += more + 1;
    text->left -= more + 1;
    return point;
}

static uint32_t next_wide(Text *text, size_t width)
{
    uint32_t point = 0;
    size_t   i;

    if (text->left < width) {
        return TEXT_BAD;
    }
    for (i = 0; i < width; i++) {
        point = point << 8 | text->at[i];
    }
    text->at += width;
    text->left -= width;
    return point;
}

/* The next code point, TEXT_END, or TEXT_BAD; after the latter the text must not be read on. */
static uint32_t next_point(Text *text)
{
    uint32_t point;

    if (text->left == 0) {
        return TEXT_END;
    }
    switch (text->tag) {
    case DER_UTF8_STRING:
        point = next_utf8(text);
        break;
    case DER_BMP_STRING:
        point = next_wide(text, 2);
        break;
    case DER_UNIVERSAL_STRING:
        point = next_wide(text, 4);
        break;
    default:
        point = next_wide(text, 1);
        break;
    }
    return point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF) ? TEXT_BAD : point;
}

/* X.680 41.4, and what real certificates carry besides (the last four). */
static int is_printable(uint32_t c)
{
    static const char marks[] = " '()+,-./:=?*@_&";

    return is_letter(c) || is_digit(c) ||
           (c != 0 && c < 0x80 && memchr(marks, (int)c, sizeof marks - 1) != NULL);
}

static int may_hold(uint8_t tag, uint32_t point)
{
    switch (tag) {
    case DER_NUMERIC_STRING:
        return is_digit(point) || point == ' ';
    case DER_PRINTABLE_STRING:
        return is_printable(point);
    case DER_IA5_STRING:
        return point < 0x80;
    case DER_VISIBLE_STRING:
        return point >= 0x20 && point < 0x7F;
    default:
        return 1;
    }
}

/* Not 0 for the strings of X.520; other values (a BIT STRING, say) are not looked into. */
static int is_string_tag(uint8_t tag)
{
    return tag == DER_UTF8_STRING || tag == DER_NUMERIC_STRING || tag == DER_PRINTABLE_STRING ||
           tag == DER_TELETEX_STRING || tag == DER_IA5_STRING || tag == DER_VISIBLE_STRING ||
           tag == DER_UNIVERSAL_STRING || tag == DER_BMP_STRING;
}

static int is_string(uint8_t tag, Bytes value)
{
    Text     text;
    uint32_t point;

    text.at   = value.data;
    text.left = value.length;
    text.tag  = tag;
    while ((point = next_point(&text)) < TEXT_END) {
        if (!may_hold(tag, point)) {
            return 0;
        }
    }
    return point == TEXT_END && value.length > 0;
}

/* ---- distinguished names ---- */

Attribute sslr_x509_take_attribute(Der *rdn)
{
    Attribute attribute;
    Der       der = sslr_der_enter(rdn, DER_SEQUENCE);

    attribute.type = sslr_der_oid(&der);
    attribute.tag  = sslr_der_take_any(&der, &attribute.value, NULL);
    sslr_der_leave(rdn, &der);
    return attribute;
}

/* One RDN: at least one attribute, ascending as SET OF wants (X.690 11.6). */
static void check_rdn(Der *name)
{
    Der       rdn      = sslr_der_enter(name, DER_SET), again;
    Bytes     previous = bytes_of(NULL, 0), element;
    Attribute attribute;

    if (rdn.left == 0) {
        sslr_der_fail(&rdn);
    }
    while (rdn.left > 0) {
        (void)sslr_der_take_any(&rdn, NULL, &element);
        again     = sslr_der_open(element);
        attribute = sslr_x509_take_attribute(&again);
        if (!sslr_der_done(&again) || (attribute.tag & 0xC0) != 0 || /* universal types alone */
            (is_string_tag(attribute.tag) && !is_string(attribute.tag, attribute.value)) ||
            (attribute.tag == DER_BIT_STRING &&
             (attribute.value.length == 0 || attribute.value.data[0] > 7)) ||
            /* no element is the beginning of another, so that the common length decides */
            (previous.length > 0 &&
             memcmp(previous.data, element.data,
                    previous.length < element.length ? previous.length : element.length) > 0)) {
            sslr_der_fail(&rdn);
        }
        previous = element;
    }
    sslr_der_leave(name, &rdn);
}

int sslr_x509_is_name(Bytes name)
{
    Der outer, rdns = sslr_der_sequence(name, &outer);

    while (rdns.left > 0) {
        check_rdn(&rdns);
    }
    return sslr_der_closed(&outer, &rdns);
}

/* A string as it is compared: without outer spaces, inner runs of them as one, A-Z as a-z. */
typedef struct Folded {
    Text     text;
    int      begun;
    uint32_t held; /* comes next, unless TEXT_END */
} Folded;

static Folded folded(const Attribute *attribute)
{
    Folded it;

    it.text.at   = attribute->value.data;
    it.text.left = attribute->value.length;
    it.text.tag  = attribute->tag;
    it.begun     = 0;
    it.held      = TEXT_END;
    return it;
}

static uint32_t next_folded(Folded *it)
{
    uint32_t point = it->held, spaces = 0;

    if (point != TEXT_END) {
        it->held = TEXT_END;
        return point;
    }
    while ((point = next_point(&it->text)) == ' ') {
        spaces = 1;
    }
    if (point >= 'A' && point <= 'Z') {
        point += 'a' - 'A';
    }
    if (spaces && it->begun && point < TEXT_END) {
        it->held = point;
        return ' ';
    }
    it->begun = 1;
    return point;
}

static int is_foldable(uint8_t tag)
{
    return tag == DER_UTF8_STRING || tag == DER_PRINTABLE_STRING || tag == DER_IA5_STRING ||
           tag == DER_BMP_STRING || tag == DER_UNIVERSAL_STRING;
}

static int attributes_equal(const Attribute *a, const Attribute *b)
{
    Folded   x, y;
    uint32_t point;

    if (!bytes_equal(a->type, b->type)) {
        return 0;
    }
    if (a->tag == b->tag && bytes_equal(a->value, b->value)) {
        return 1;
    }
    if (!is_foldable(a->tag) || !is_foldable(b->tag)) {
        return 0;
    }
    x = folded(a);
    y = folded(b);
    do {
        point = next_folded(&x);
        if (point == TEXT_BAD || point != next_folded(&y)) {
            return 0;
        }
    } while (point != TEXT_END);
    return 1;
}

#define MAX_RDN_ATTRIBUTES 8 /* more are compared as bytes, so that the work stays linear */

/* Attributes of an RDN; 0 if there are too many or they are malformed. */
static size_t take_rdn(Bytes rdn, Attribute *attributes)
{
    Der    outer = sslr_der_open(rdn), der = sslr_der_enter(&outer, DER_SET);
    size_t count = 0;

    while (der.left > 0) {
        if (count == MAX_RDN_ATTRIBUTES) {
            return 0;
        }
        attributes[count++] = sslr_x509_take_attribute(&der);
    }
    return sslr_der_done(&der) ? count : 0;
}

/* Same attributes in any order (another string type sorts elsewhere), each used once. */
static int rdns_equal(Bytes a, Bytes b)
{
    Attribute of_a[MAX_RDN_ATTRIBUTES], of_b[MAX_RDN_ATTRIBUTES];
    size_t    count, i, k;
    unsigned  used = 0;

    if (bytes_equal(a, b)) {
        return 1;
    }
    count = take_rdn(a, of_a);
    if (count == 0 || take_rdn(b, of_b) != count) {
        return 0;
    }
    for (i = 0; i < count; i++) {
        for (k = 0; k < count; k++) {
            if ((used >> k & 1) == 0 && attributes_equal(&of_a[i], &of_b[k])) {
                used |= 1u << k;
                break;
            }
        }
        if (k == count) {
            return 0;
        }
    }
    return 1;
}

/* Not 0 if the RDNs of `beginning` are the first ones of `name`; *rest says whether name has more.
 */
static int compare_rdns(Bytes name, Bytes beginning, int *rest)
{
    Der   outer_a = sslr_der_open(name), outer_b = sslr_der_open(beginning);
    Der   x = sslr_der_enter(&outer_a, DER_SEQUENCE), y = sslr_der_enter(&outer_b, DER_SEQUENCE);
    Bytes rdn_a, rdn_b;

    while (x.left > 0 && y.left > 0) {
        rdn_a = sslr_der_take_element(&x, DER_SET);
        rdn_b = sslr_der_take_element(&y, DER_SET);
        if (x.failed || y.failed || !rdns_equal(rdn_a, rdn_b)) {
            return 0;
        }
    }
    *rest = x.left > 0;
    return !x.failed && sslr_der_done(&y);
}

int sslr_x509_names_equal(Bytes a, Bytes b)
{
    int rest = 0;

    return bytes_equal(a, b) || (compare_rdns(a, b, &rest) && !rest);
}

int sslr_x509_name_begins_with(Bytes name, Bytes beginning)
{
    int rest;

    return compare_rdns(name, beginning, &rest);
}
