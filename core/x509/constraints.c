/*
 * constraints.c - name constraints (RFC 5280 4.2.1.10): may a CA have issued a certificate with
 * these names? One constraining CA and one certificate below it at a time: a name must be outside
 * every excluded subtree, and inside one of the permitted ones where the CA permits that form at
 * all. Called by path.c for every pair of a path, which is the intersection that the RFC computes.
 *
 * Names are compared as they stand: nothing is decoded, and A-labels are bytes (CVE-2022-3602).
 */
#include "parts.h"

enum { /* GeneralName, by tag */
    OTHER_NAME     = DER_CONTEXT_OF | 0,
    MAIL           = DER_CONTEXT | 1,
    DNS            = DER_CONTEXT | 2,
    DIRECTORY_NAME = DER_CONTEXT_OF | 4,
    URI            = DER_CONTEXT | 6,
    IP_ADDRESS     = DER_CONTEXT | 7
};

/* What the names are measured by. */
typedef struct Test {
    Bytes   subtrees[2]; /* permitted, excluded: lists of GeneralSubtree, perhaps empty */
    size_t *work;
} Test;

static Bytes rest_of(Bytes bytes, size_t from)
{
    return bytes_of(bytes.data + from, bytes.length - from);
}

static const uint8_t *find_byte(Bytes bytes, int byte)
{
    return bytes.length == 0 ? NULL : (const uint8_t *)memchr(bytes.data, byte, bytes.length);
}

/* ---- DNS names ---- */

/* Is name equal to base or below it? A base with a dot in front takes only what is below. */
static int is_in_domain(Bytes name, Bytes base)
{
    if (base.length == 0) {
        return 1;
    }
    if (name.length > base.length && base.data[0] != '.' &&
        name.data[name.length - base.length - 1] != '.') {
        return 0;
    }
    return name.length >= base.length &&
           sslr_x509_equal_ignoring_case(rest_of(name, name.length - base.length), base);
}

static int is_wildcard(Bytes name)
{
    return name.length > 2 && name.data[0] == '*' && name.data[1] == '.';
}

/* A wildcard stands for all names directly below its domain: all of them must be permitted; one of
 * them that is excluded is enough. */
static int dns_in_base(Bytes name, Bytes base, int excluding)
{
    const uint8_t *dot;

    if (!is_wildcard(name)) {
        return is_in_domain(name, base);
    }
    if (is_in_domain(rest_of(name, 1), base) || is_in_domain(rest_of(name, 2), base)) {
        return 1;
    }
    dot = find_byte(base, '.');
    return excluding && dot != NULL && dot > base.data &&
           sslr_x509_equal_ignoring_case(rest_of(name, 1),
                                         rest_of(base, (size_t)(dot - base.data)));
}

static int is_sound_dns_name(Bytes name)
{
    return sslr_x509_is_dns_name(is_wildcard(name) ? rest_of(name, 2) : name);
}

/* ---- mail addresses ---- */

/* user@host without quoting. */
static int split_mail(Bytes mail, Bytes *user, Bytes *host)
{
    const uint8_t *at = find_byte(mail, '@');

    if (at == NULL || find_byte(mail, '"') != NULL || find_byte(mail, 0) != NULL) {
        return 0;
    }
    *user = bytes_of(mail.data, (size_t)(at - mail.data));
    *host = rest_of(mail, user->length + 1);
    return user->length > 0 && sslr_x509_is_dns_name(*host);
}

/* A host takes the mailboxes at exactly this host, one with a dot in front those below it. */
static int mail_in_base(Bytes mail, Bytes base, int excluding)
{
    Bytes user, host, base_user, base_host;

    if (!split_mail(mail, &user, &host)) {
        return excluding;
    }
    if (split_mail(base, &base_user, &base_host)) {
        return sslr_x509_equal_ignoring_case(host, base_host) &&
               (excluding ? sslr_x509_equal_ignoring_case(user, base_user)
                          : bytes_equal(user, base_user));
    }
    return base.length == 0 || (base.data[0] == '.' ? is_in_domain(host, base)
                                                    : sslr_x509_equal_ignoring_case(host, base));
}

/* ---- URIs ---- */

/* The host of the authority (RFC 3986 3.2.2); 0 if there is none, or it is no DNS name. */
static int uri_host(Bytes uri, Bytes *host)
{
    const uint8_t *mark = find_byte(uri, ':');
    uint8_t        address[16];
    size_t         i;

    if (mark == NULL || mark == uri.data) {
        return 0;
    }
    uri = rest_of(uri, (size_t)(mark - uri.data) + 1);
    if (uri.length < 2 || uri.data[0] != '/' || uri.data[1] != '/') {
        return 0;
    }
    uri = rest_of(uri, 2);
    for (i = 0; i < uri.length && uri.data[i] != '/' && uri.data[i] != '?' && uri.data[i] != '#';
         i++) {
    }
    uri.length = i;
    for (i = uri.length; i > 0 && uri.data[i - 1] != '@'; i--) {
    }
    uri  = rest_of(uri, i);
    mark = find_byte(uri, ':');
    if (mark != NULL) {
        uri.length = (size_t)(mark - uri.data);
    }
    *host = uri;
    return sslr_x509_is_dns_name(uri) && sslr_x509_read_address(uri, address) == 0;
}

static int uri_in_base(Bytes uri, Bytes base, int excluding)
{
    Bytes host;

    if (!uri_host(uri, &host)) {
        return excluding;
    }
    return base.length == 0 || (base.data[0] == '.' ? is_in_domain(host, base)
                                                    : sslr_x509_equal_ignoring_case(host, base));
}

/* ---- addresses ---- */

/* The base is address and mask. */
static int ip_in_base(Bytes address, Bytes base)
{
    size_t i;

    if (base.length != 2 * address.length) {
        return 0;
    }
    for (i = 0; i < address.length; i++) {
        if (((address.data[i] ^ base.data[i]) & base.data[address.length + i]) != 0) {
            return 0;
        }
    }
    return 1;
}

/* Ones, then zeros. */
static int is_contiguous(Bytes mask)
{
    size_t i;

    for (i = 0; i < mask.length && mask.data[i] == 0xFF; i++) {
    }
    if (i < mask.length &&
        (((unsigned)~mask.data[i] & 0xFF) & (((unsigned)~mask.data[i] & 0xFF) + 1)) == 0) {
        i++;
    }
    while (i < mask.length && mask.data[i] == 0) {
        i++;
    }
    return i == mask.length;
}

/* ---- bases ---- */

/* A DNS name, or one with a dot in front. */
static int is_domain(Bytes base)
{
    return sslr_x509_is_dns_name(base.length > 0 && base.data[0] == '.' ? rest_of(base, 1) : base);
}

int sslr_x509_is_constraint_base(uint8_t tag, Bytes base)
{
    Bytes user, host;

    switch (tag) {
    case DNS:
    case URI:
        return base.length == 0 || is_domain(base);
    case MAIL:
        return base.length == 0 || is_domain(base) || split_mail(base, &user, &host);
    case IP_ADDRESS:
        return (base.length == 8 || base.length == 32) &&
               is_contiguous(rest_of(base, base.length / 2));
    default:
        return 1;
    }
}

/* ---- one name ---- */

static int is_in_base(uint8_t tag, Bytes name, Bytes base, int excluding)
{
    switch (tag) {
    case DNS:
        return is_sound_dns_name(name) ? dns_in_base(name, base, excluding) : excluding;
    case MAIL:
        return mail_in_base(name, base, excluding);
    case URI:
        return uri_in_base(name, base, excluding);
    case IP_ADDRESS:
        return ip_in_base(name, base);
    case DIRECTORY_NAME:
        return sslr_x509_name_begins_with(name, base);
    default:
        return excluding; /* no rule is defined: in force means refused */
    }
}

/* Walk one list: how many bases have the name's form, and does one of them hold it? */
static SSLErr walk(const Test *test, int excluding, uint8_t tag, Bytes name, size_t *bases,
                   int *inside)
{
    Der     list = sslr_der_open(test->subtrees[excluding]), subtree;
    Bytes   base;
    uint8_t base_tag;

    *bases  = 0;
    *inside = 0;
    while (list.left > 0) {
        subtree  = sslr_der_enter(&list, DER_SEQUENCE);
        base_tag = sslr_der_take_any(&subtree, &base, NULL);
        if (*test->work == 0) {
            return X509TooComplexErr;
        }
        *test->work -= 1;
        if (base_tag == tag) {
            *bases += 1;
            *inside |= is_in_base(tag, name, base, excluding);
        }
    }
    return SSLNoErr;
}

static SSLErr test_name(const Test *test, uint8_t tag, Bytes name, const char **rule)
{
    size_t bases;
    int    inside;
    SSLErr err = walk(test, 1, tag, name, &bases, &inside);

    if (err == SSLNoErr && inside) {
        *rule = "a name is in a subtree that an issuer's name constraints exclude";
        return X509NameConstraintErr;
    }
    if (err == SSLNoErr) {
        err = walk(test, 0, tag, name, &bases, &inside);
    }
    if (err == SSLNoErr && bases > 0 && !inside) {
        *rule = "a name is outside the subtrees that an issuer's name constraints permit";
        return X509NameConstraintErr;
    }
    if (err != SSLNoErr) {
        *rule = "too many names and name constraints to compare";
    }
    return err;
}

/* ---- the names of a certificate ---- */

/* SmtpUTF8Mailbox (RFC 9598) is subject to the constraints on mail, which cannot be decided for it
 * here: while there are any, it is refused. */
static SSLErr test_other_name(const Test *test, Bytes content, const char **rule)
{
    static const uint8_t smtp_utf8_mailbox[8] = {0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x08, 0x09};
    static const uint8_t undecidable          = '"';
    Der                  der                  = sslr_der_open(content);
    SSLErr               err                  = test_name(test, OTHER_NAME, content, rule);

    if (err == SSLNoErr && bytes_equal(sslr_der_oid(&der), bytes_of(smtp_utf8_mailbox, 8))) {
        err = test_name(test, MAIL, bytes_of(&undecidable, 1), rule);
    }
    return err;
}

static SSLErr test_alt_names(const Test *test, const X509Certificate *certificate,
                             const char **rule)
{
    Der     outer = sslr_der_open(certificate->subject_alt_name);
    Der     names = sslr_der_enter(&outer, DER_SEQUENCE);
    Bytes   content;
    uint8_t tag;
    SSLErr  err = SSLNoErr;

    while (err == SSLNoErr && names.left > 0) {
        tag = sslr_der_take_any(&names, &content, NULL);
        err = tag == OTHER_NAME ? test_other_name(test, content, rule)
                                : test_name(test, tag, content, rule);
    }
    return err;
}

/* Mail addresses in the subject count whether or not there is a subjectAltName, as everybody does
 * it. */
static SSLErr test_subject(const Test *test, const X509Certificate *certificate, const char **rule)
{
    static const uint8_t email_address[9] = {0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x01};
    Der                  outer, rdns = sslr_der_sequence(certificate->subject, &outer);
    Der                  rdn;
    Attribute            attribute;
    SSLErr               err = SSLNoErr;

    if (certificate->subject.length > 2) {
        err = test_name(test, DIRECTORY_NAME, certificate->subject, rule);
    }
    while (err == SSLNoErr && rdns.left > 0) {
        rdn = sslr_der_enter(&rdns, DER_SET);
        while (err == SSLNoErr && rdn.left > 0) {
            attribute = sslr_x509_take_attribute(&rdn);
            if (bytes_equal(attribute.type, bytes_of(email_address, sizeof email_address))) {
                err = test_name(test, MAIL, attribute.value, rule);
            }
        }
    }
    return err;
}

SSLErr sslr_x509_check_constraints(Bytes constraints, const X509Certificate *below, uint32_t flags,
                                   size_t *work, const char **rule)
{
    Der    outer, der = sslr_der_sequence(constraints, &outer);
    Test   test;
    Bytes  name;
    int    i;
    SSLErr err;

    memset(&test, 0, sizeof test);
    test.work = work;
    for (i = 0; i < 2; i++) {
        test.subtrees[i] = sslr_der_next_is(&der, (uint8_t)(DER_CONTEXT_OF | i))
                               ? sslr_der_take(&der, (uint8_t)(DER_CONTEXT_OF | i))
                               : bytes_of(NULL, 0);
    }
    err = test_subject(&test, below, rule);
    if (err == SSLNoErr) {
        err = test_alt_names(&test, below, rule);
    }
    if (err == SSLNoErr && (flags & SSL_TrustCommonName) != 0) {
        name = sslr_x509_fallback_name(below);
        if (is_sound_dns_name(name)) {
            err = test_name(&test, DNS, name, rule);
        }
    }
    return err;
}
