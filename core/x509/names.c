/*
 * names.c - distinguished names (RFC 5280 7.1), and the question whether a certificate is for a
 * host (RFC 9525), with our own reading of IPv4 and IPv6 addresses. Name constraints are not here.
 * Called by parse.c, path.c, chain.c and, through x509.h, by core/api and core/messages.
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

static int is_digit(uint32_t c)
{
    return c >= '0' && c <= '9';
}

static int is_letter(uint32_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
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

/* AttributeTypeAndValue ::= SEQUENCE { type, value } */
typedef struct Attribute {
    Bytes   type, value;
    uint8_t tag; /* of the value */
} Attribute;

static Attribute take_attribute(Der *rdn)
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
        attribute = take_attribute(&again);
        if (!sslr_der_done(&again) ||
            (is_string_tag(attribute.tag) && !is_string(attribute.tag, attribute.value)) ||
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
    Der outer = sslr_der_open(name), rdns = sslr_der_enter(&outer, DER_SEQUENCE);

    while (rdns.left > 0) {
        check_rdn(&rdns);
    }
    sslr_der_leave(&outer, &rdns);
    return sslr_der_done(&outer);
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
        attributes[count++] = take_attribute(&der);
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

int sslr_x509_names_equal(Bytes a, Bytes b)
{
    Der   outer_a = sslr_der_open(a), outer_b = sslr_der_open(b), x, y;
    Bytes rdn_a, rdn_b;

    if (bytes_equal(a, b)) {
        return 1;
    }
    x = sslr_der_enter(&outer_a, DER_SEQUENCE);
    y = sslr_der_enter(&outer_b, DER_SEQUENCE);
    while (x.left > 0 && y.left > 0) {
        rdn_a = sslr_der_take_element(&x, DER_SET);
        rdn_b = sslr_der_take_element(&y, DER_SET);
        if (x.failed || y.failed || !rdns_equal(rdn_a, rdn_b)) {
            return 0;
        }
    }
    return sslr_der_done(&x) && sslr_der_done(&y);
}

/* ---- addresses as text ---- */

/* Four decimal fields without leading zeros: the forms that inet_aton also takes mean different
 * things to different programs. */
static int read_ipv4(Bytes text, uint8_t out[4])
{
    size_t   i = 0, field, digits;
    unsigned value;

    for (field = 0; field < 4; field++) {
        if (field > 0 && (i == text.length || text.data[i++] != '.')) {
            return 0;
        }
        for (value = 0, digits = 0; i < text.length && is_digit(text.data[i]); i++, digits++) {
            if (digits > 0 && value == 0) {
                return 0;
            }
            value = value * 10 + (text.data[i] - (unsigned)'0');
            if (value > 255) {
                return 0;
            }
        }
        if (digits == 0) {
            return 0;
        }
        out[field] = (uint8_t)value;
    }
    return i == text.length;
}

static int hex_value(uint8_t c)
{
    if (is_digit(c)) {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* 1 to 4 hexadecimal digits. Returns how many, 0 if there is no such group. */
static size_t read_group(Bytes text, uint8_t out[2])
{
    size_t   i;
    unsigned value = 0;

    for (i = 0; i < text.length && hex_value(text.data[i]) >= 0; i++) {
        if (i == 4) {
            return 0;
        }
        value = value << 4 | (unsigned)hex_value(text.data[i]);
    }
    out[0] = (uint8_t)(value >> 8);
    out[1] = (uint8_t)value;
    return i;
}

/* RFC 4291 2.2: eight groups, one run of zeros as "::", the last two perhaps as IPv4. */
static int read_ipv6(Bytes text, uint8_t out[16])
{
    size_t used = 0, gap = 17, taken;

    memset(out, 0, 16);
    while (text.length > 0) {
        if (text.length >= 2 && text.data[0] == ':' && text.data[1] == ':') {
            if (gap != 17) {
                return 0;
            }
            gap  = used;
            text = bytes_of(text.data + 2, text.length - 2);
            continue;
        }
        if (used > 0 && used != gap) {
            if (text.data[0] != ':') {
                return 0;
            }
            text = bytes_of(text.data + 1, text.length - 1);
        }
        if (used <= 12 && read_ipv4(text, out + used)) {
            used += 4;
            break;
        }
        if (used == 16 || (taken = read_group(text, out + used)) == 0) {
            return 0;
        }
        used += 2;
        text = bytes_of(text.data + taken, text.length - taken);
    }
    if (gap == 17) {
        return used == 16;
    }
    if (used == 16) {
        return 0; /* "::" stands for at least one group */
    }
    memmove(out + 16 - (used - gap), out + gap, used - gap);
    memset(out + gap, 0, 16 - used);
    return 1;
}

/* Returns 4 or 16, 0 if the text is no address. */
static size_t read_address(Bytes text, uint8_t out[16])
{
    const uint8_t *zone;

    if (text.length == 0) {
        return 0;
    }
    if (read_ipv4(text, out)) {
        return 4;
    }
    zone = (const uint8_t *)memchr(text.data, '%', text.length);
    if (zone != NULL) {
        if (zone + 1 == text.data + text.length) {
            return 0;
        }
        text.length = (size_t)(zone - text.data); /* meaningful on this machine alone */
    }
    return read_ipv6(text, out) ? 16 : 0;
}

/* ---- host names ---- */

/* Labels of 1 .. 63 letters, digits, '-' and '_' with dots between them, 253 in all. */
static int is_dns_name(Bytes name)
{
    size_t i, label = 0;

    if (name.length == 0 || name.length > 253) {
        return 0;
    }
    for (i = 0; i < name.length; i++) {
        uint8_t c = name.data[i];

        if (c == '.') {
            if (label == 0) {
                return 0;
            }
            label = 0;
        } else if (++label > 63 || !(is_letter(c) || is_digit(c) || c == '-' || c == '_')) {
            return 0;
        }
    }
    return label > 0;
}

/* The name without one final dot, which only says that it is complete. */
static Bytes without_final_dot(const char *name, size_t length)
{
    return bytes_of(name, length > 1 && name[length - 1] == '.' ? length - 1 : length);
}

int sslr_x509_classify_host(const char *name, size_t length)
{
    Bytes   bytes = without_final_dot(name, length);
    uint8_t address[16];
    size_t  i;

    if (read_address(bytes_of(name, length), address) > 0) {
        return 2;
    }
    if (!is_dns_name(bytes)) {
        return 0;
    }
    /* No top-level domain is a number: what ends in one is a misspelt address (RFC 3696 2). */
    for (i = bytes.length; i > 0 && is_digit(bytes.data[i - 1]); i--) {
    }
    return i == 0 || (i < bytes.length && bytes.data[i - 1] == '.') ? 0 : 1;
}

static int equal_ignoring_case(Bytes a, Bytes b)
{
    size_t i;

    if (a.length != b.length) {
        return 0;
    }
    for (i = 0; i < a.length; i++) {
        uint8_t x = a.data[i], y = b.data[i];

        if (x != y && !(is_letter(x) && is_letter(y) && (x | 0x20) == (y | 0x20))) {
            return 0;
        }
    }
    return 1;
}

/* From the first dot on; nothing if there is none. */
static Bytes parent_domain(Bytes name)
{
    const uint8_t *dot =
        name.length > 0 ? (const uint8_t *)memchr(name.data, '.', name.length) : NULL;

    return dot == NULL ? bytes_of(name.data, 0)
                       : bytes_of(dot, name.length - (size_t)(dot - name.data));
}

/* RFC 9525 6.3: a wildcard is the whole leftmost label and stands for exactly one. We also want two
 * labels after it. What is no proper name (NUL, spaces, octets above 7F, a final dot) matches
 * nothing. */
static int dns_matches(Bytes presented, Bytes wanted)
{
    Bytes tail;

    if (presented.length > 2 && presented.data[0] == '*' && presented.data[1] == '.') {
        tail = bytes_of(presented.data + 2, presented.length - 2);
        return is_dns_name(tail) && parent_domain(tail).length > 0 &&
               equal_ignoring_case(bytes_of(presented.data + 1, presented.length - 1),
                                   parent_domain(wanted));
    }
    return is_dns_name(presented) && equal_ignoring_case(presented, wanted);
}

/* The last common name of the subject. */
static Bytes common_name(Bytes subject)
{
    static const uint8_t common_name_oid[3] = {0x55, 0x04, 0x03};
    Der       outer = sslr_der_open(subject), rdns = sslr_der_enter(&outer, DER_SEQUENCE);
    Der       rdn;
    Attribute attribute;
    Bytes     found = bytes_of(NULL, 0);

    while (rdns.left > 0) {
        rdn = sslr_der_enter(&rdns, DER_SET);
        while (rdn.left > 0) {
            attribute = take_attribute(&rdn);
            if (bytes_equal(attribute.type, bytes_of(common_name_oid, 3))) {
                found = attribute.tag == DER_BMP_STRING || attribute.tag == DER_UNIVERSAL_STRING
                            ? bytes_of(NULL, 0)
                            : attribute.value;
            }
        }
    }
    return found;
}

SSLErr sslr_x509_match_host(const X509Certificate *certificate, const char *name, size_t length,
                            uint32_t flags)
{
    Der     outer = sslr_der_open(certificate->subject_alt_name), names;
    Bytes   wanted, content;
    uint8_t address[16], tag;
    size_t  address_length = read_address(bytes_of(name, length), address);
    int     identified     = 0; /* by a name that forbids the common name */

    wanted = without_final_dot(name, length);
    if (address_length == 0 && sslr_x509_classify_host(name, length) != 1) {
        return X509HostNameErr;
    }
    names = sslr_der_enter(&outer, DER_SEQUENCE);
    while (names.left > 0) {
        tag = sslr_der_take_any(&names, &content, NULL);
        /* RFC 6125 6.4.4 also counts URI and SRVName (an otherName) as identities. */
        identified |= tag == (DER_CONTEXT | 2) || tag == (DER_CONTEXT | 7) ||
                      tag == (DER_CONTEXT | 6) || tag == (DER_CONTEXT_OF | 0);
        if (address_length > 0 ? tag == (DER_CONTEXT | 7) &&
                                     bytes_equal(content, bytes_of(address, address_length))
                               : tag == (DER_CONTEXT | 2) && dns_matches(content, wanted)) {
            return SSLNoErr;
        }
    }
    if ((flags & SSL_TrustCommonName) != 0 && address_length == 0 && !identified &&
        dns_matches(common_name(certificate->subject), wanted)) {
        return SSLNoErr;
    }
    return X509HostNameErr;
}
