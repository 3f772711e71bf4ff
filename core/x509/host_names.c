/*
 * host_names.c - is a certificate for this host (RFC 9525)? With our own reading of IPv4 and IPv6
 * addresses. Distinguished names are in names.c, name constraints in constraints.c. Called by
 * path.c, constraints.c and, through x509.h, by core/api.
 */
#include "parts.h"

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

size_t sslr_x509_read_address(Bytes text, uint8_t out[16])
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

int sslr_x509_is_dns_name(Bytes name)
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

    if (sslr_x509_read_address(bytes_of(name, length), address) > 0) {
        return 2;
    }
    if (!sslr_x509_is_dns_name(bytes)) {
        return 0;
    }
    /* No top-level domain is a number: what ends in one is a misspelt address (RFC 3696 2). */
    for (i = bytes.length; i > 0 && is_digit(bytes.data[i - 1]); i--) {
    }
    return i == 0 || (i < bytes.length && bytes.data[i - 1] == '.') ? 0 : 1;
}

int sslr_x509_equal_ignoring_case(Bytes a, Bytes b)
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
        return sslr_x509_is_dns_name(tail) && parent_domain(tail).length > 0 &&
               sslr_x509_equal_ignoring_case(bytes_of(presented.data + 1, presented.length - 1),
                                             parent_domain(wanted));
    }
    return sslr_x509_is_dns_name(presented) && sslr_x509_equal_ignoring_case(presented, wanted);
}

/* The last common name of the subject. */
static Bytes common_name(Bytes subject)
{
    static const uint8_t common_name_oid[3] = {0x55, 0x04, 0x03};
    Der                  outer, rdns = sslr_der_sequence(subject, &outer);
    Der                  rdn;
    Attribute            attribute;
    Bytes                found = bytes_of(NULL, 0);

    while (rdns.left > 0) {
        rdn = sslr_der_enter(&rdns, DER_SET);
        while (rdn.left > 0) {
            attribute = sslr_x509_take_attribute(&rdn);
            if (bytes_equal(attribute.type, bytes_of(common_name_oid, 3))) {
                found = attribute.tag == DER_BMP_STRING || attribute.tag == DER_UNIVERSAL_STRING
                            ? bytes_of(NULL, 0)
                            : attribute.value;
            }
        }
    }
    return found;
}

Bytes sslr_x509_fallback_name(const X509Certificate *certificate)
{
    Der     outer = sslr_der_open(certificate->subject_alt_name);
    Der     names = sslr_der_enter(&outer, DER_SEQUENCE);
    uint8_t tag;

    while (names.left > 0) {
        tag = sslr_der_take_any(&names, NULL, NULL);
        /* URI and SRVName (an otherName) are identities, too. */
        if (tag == (DER_CONTEXT | 2) || tag == (DER_CONTEXT | 7) || tag == (DER_CONTEXT | 6) ||
            tag == (DER_CONTEXT_OF | 0)) {
            return bytes_of(NULL, 0);
        }
    }
    return common_name(certificate->subject);
}

SSLErr sslr_x509_match_host(const X509Certificate *certificate, const char *name, size_t length,
                            uint32_t flags)
{
    Der     outer = sslr_der_open(certificate->subject_alt_name), names;
    Bytes   wanted, content;
    uint8_t address[16], tag;
    size_t  address_length = sslr_x509_read_address(bytes_of(name, length), address);

    wanted = without_final_dot(name, length);
    if (address_length == 0 && sslr_x509_classify_host(name, length) != 1) {
        return X509HostNameErr;
    }
    names = sslr_der_enter(&outer, DER_SEQUENCE);
    while (names.left > 0) {
        tag = sslr_der_take_any(&names, &content, NULL);
        if (address_length > 0 ? tag == (DER_CONTEXT | 7) &&
                                     bytes_equal(content, bytes_of(address, address_length))
                               : tag == (DER_CONTEXT | 2) && dns_matches(content, wanted)) {
            return SSLNoErr;
        }
    }
    if ((flags & SSL_TrustCommonName) != 0 && address_length == 0 &&
        dns_matches(sslr_x509_fallback_name(certificate), wanted)) {
        return SSLNoErr;
    }
    return X509HostNameErr;
}
