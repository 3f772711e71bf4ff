/*
 * extensions.c - the extensions of a certificate (RFC 5280 4.2): every one that is recognised is
 * read strictly, critical or not. What they mean for a path is judged in path.c, constraints.c
 * and policy.c. Called by parse.c.
 */
#include "parts.h"

/* Bounds on lists that are searched for doubles, so that the work stays linear in effect. */
#define MAX_EXTENSIONS 64

enum {
    BASIC_CONSTRAINTS = 1,
    KEY_USAGE,
    EXTENDED_KEY_USAGE,
    SUBJECT_ALT_NAME,
    NAME_CONSTRAINTS,
    POLICIES,
    POLICY_MAPPINGS,
    POLICY_CONSTRAINTS,
    INHIBIT_ANY_POLICY,
    AUTHORITY_KEY_ID,
    SUBJECT_KEY_ID,
    NETSCAPE_TYPE,
    PROXY_CERTIFICATE
};

static const OidRow extension_oids[] = {
    {BASIC_CONSTRAINTS, 3, {0x55, 0x1D, 0x13}},
    {KEY_USAGE, 3, {0x55, 0x1D, 0x0F}},
    {EXTENDED_KEY_USAGE, 3, {0x55, 0x1D, 0x25}},
    {SUBJECT_ALT_NAME, 3, {0x55, 0x1D, 0x11}},
    {NAME_CONSTRAINTS, 3, {0x55, 0x1D, 0x1E}},
    {POLICIES, 3, {0x55, 0x1D, 0x20}},
    {POLICY_MAPPINGS, 3, {0x55, 0x1D, 0x21}},
    {POLICY_CONSTRAINTS, 3, {0x55, 0x1D, 0x24}},
    {INHIBIT_ANY_POLICY, 3, {0x55, 0x1D, 0x36}},
    {AUTHORITY_KEY_ID, 3, {0x55, 0x1D, 0x23}},
    {SUBJECT_KEY_ID, 3, {0x55, 0x1D, 0x0E}},
    {NETSCAPE_TYPE, 9, {0x60, 0x86, 0x48, 0x01, 0x86, 0xF8, 0x42, 0x01, 0x01}},
    {PROXY_CERTIFICATE, 8, {0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x01, 0x0E}},
};

/* GeneralName (RFC 5280 4.2.1.6) by tag. An address of odd length or a name with odd characters is
 * no reason to refuse: it matches nothing (names.c). */
static void take_general_name(Der *der)
{
    Bytes   content;
    Der     inner;
    uint8_t tag = sslr_der_take_any(der, &content, NULL);

    switch (tag) {
    case DER_CONTEXT_OF | 0: /* otherName: type, [0] value */
        inner = sslr_der_open(content);
        (void)sslr_der_oid(&inner);
        content = sslr_der_take(&inner, DER_CONTEXT_OF | 0);
        sslr_der_leave(der, &inner);
        inner = sslr_der_open(content);
        (void)sslr_der_take_any(&inner, NULL, NULL);
        sslr_der_leave(der, &inner);
        break;
    case DER_CONTEXT_OF | 4: /* directoryName: explicit, because Name is a CHOICE */
        if (!sslr_x509_is_name(content)) {
            sslr_der_fail(der);
        }
        break;
    case DER_CONTEXT | 1:    /* rfc822Name */
    case DER_CONTEXT | 2:    /* dNSName */
    case DER_CONTEXT | 6:    /* URI */
    case DER_CONTEXT | 7:    /* iPAddress */
    case DER_CONTEXT | 8:    /* registeredID */
    case DER_CONTEXT_OF | 3: /* x400Address */
    case DER_CONTEXT_OF | 5: /* ediPartyName */
        break;
    default:
        sslr_der_fail(der);
        break;
    }
}

int sslr_x509_are_general_names(Bytes names)
{
    Der der = sslr_der_open(names);

    if (names.length == 0) {
        return 0;
    }
    while (der.left > 0) {
        take_general_name(&der);
    }
    return sslr_der_done(&der);
}

static int read_basic_constraints(Bytes value, X509Certificate *certificate)
{
    Der outer, der = sslr_der_sequence(value, &outer);

    certificate->has_basic_constraints = 1;
    certificate->is_ca                 = (uint8_t)sslr_der_true(&der);
    if (der.left > 0) {
        certificate->has_path_length = 1;
        certificate->path_length     = sslr_der_small(&der, DER_INTEGER);
    }
    return sslr_der_closed(&outer, &der);
}

static int read_key_usage(Bytes value, X509Certificate *certificate)
{
    Der der = sslr_der_open(value);

    certificate->has_key_usage = 1;
    certificate->key_usage     = (uint8_t)(sslr_der_named_bits(&der) >> 8);
    return sslr_der_done(&der);
}

static int read_extended_key_usage(Bytes value, X509Certificate *certificate)
{
    Der outer, der = sslr_der_sequence(value, &outer);

    if (der.left == 0) {
        return 0;
    }
    while (der.left > 0) {
        (void)sslr_der_oid(&der);
    }
    certificate->extended_key_usage = value;
    return sslr_der_closed(&outer, &der);
}

static int read_subject_alt_name(Bytes value, X509Certificate *certificate)
{
    Der   der   = sslr_der_open(value);
    Bytes names = sslr_der_take(&der, DER_SEQUENCE);

    certificate->subject_alt_name = value;
    return sslr_der_done(&der) && sslr_x509_are_general_names(names);
}

/* RFC 5280 4.2.1.10: at least one list; none is empty; minimum is always 0, so never encoded, and
 * maximum is never there. A base that means nothing would make the list say something else. */
static int read_name_constraints(Bytes value, X509Certificate *certificate)
{
    Der     outer, der = sslr_der_sequence(value, &outer), list, subtree;
    Der     again;
    Bytes   base;
    uint8_t tag, form;

    if (der.left == 0) {
        return 0;
    }
    for (tag = DER_CONTEXT_OF; tag <= (DER_CONTEXT_OF | 1); tag++) {
        if (!sslr_der_next_is(&der, tag)) {
            continue;
        }
        list = sslr_der_enter(&der, tag);
        do {
            subtree = sslr_der_enter(&list, DER_SEQUENCE);
            again   = subtree;
            take_general_name(&subtree);
            sslr_der_leave(&list, &subtree);
            form = sslr_der_take_any(&again, &base, NULL);
            if (!sslr_x509_is_constraint_base(form, base)) {
                return 0;
            }
        } while (list.left > 0);
        sslr_der_leave(&der, &list);
    }
    certificate->name_constraints = value;
    return sslr_der_closed(&outer, &der);
}

/* One PolicyInformation. *known becomes 0 if it has a qualifier other than CPS and user notice. */
static Bytes take_policy(Der *der, int *known)
{
    static const uint8_t qualifier_arc[7] = {0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x02};
    Der                  information      = sslr_der_enter(der, DER_SEQUENCE), list, qualifier;
    Bytes                policy           = sslr_der_oid(&information), oid;

    if (information.left > 0) {
        list = sslr_der_enter(&information, DER_SEQUENCE);
        do {
            qualifier = sslr_der_enter(&list, DER_SEQUENCE);
            oid       = sslr_der_oid(&qualifier);
            (void)sslr_der_take_any(&qualifier, NULL, NULL);
            sslr_der_leave(&list, &qualifier);
            if (oid.length != 8 || memcmp(oid.data, qualifier_arc, 7) != 0 || oid.data[7] < 1 ||
                oid.data[7] > 2) {
                *known = 0;
            }
        } while (list.left > 0);
        sslr_der_leave(&information, &list);
    }
    sslr_der_leave(der, &information);
    return policy;
}

/* In a list of SEQUENCEs that begin with an OID: is this one among the first count? */
static int stands_before(Bytes list, size_t count, Bytes oid)
{
    Der    der = sslr_der_open(list), item;
    size_t i;

    for (i = 0; i < count; i++) {
        item = sslr_der_enter(&der, DER_SEQUENCE);
        if (bytes_equal(sslr_der_oid(&item), oid)) {
            return 1;
        }
    }
    return 0;
}

/* RFC 5280 4.2.1.4: no policy twice, and known qualifiers if critical. */
static int read_policies(Bytes value, int critical, X509Certificate *certificate)
{
    Der    outer, der = sslr_der_sequence(value, &outer);
    Bytes  list = bytes_of(der.at, der.left), policy;
    size_t count;
    int    known = 1;

    if (der.left == 0) {
        return 0;
    }
    for (count = 0; der.left > 0; count++) {
        policy = take_policy(&der, &known);
        if (count == MAX_POLICIES || (!der.failed && stands_before(list, count, policy))) {
            return 0;
        }
    }
    certificate->unknown_critical |= (uint8_t)(critical && !known);
    return sslr_der_closed(&outer, &der);
}

/* RFC 5280 4.2.1.5: pairs, neither side anyPolicy; at most MAX_POLICIES of them. */
static int read_policy_mappings(Bytes value)
{
    size_t               count         = 0;
    static const uint8_t any_policy[4] = {0x55, 0x1D, 0x20, 0x00};
    Der                  outer, der = sslr_der_sequence(value, &outer);
    Der                  pair;
    int                  i;

    if (der.left == 0) {
        return 0;
    }
    while (der.left > 0) {
        if (count++ == MAX_POLICIES) {
            return 0;
        }
        pair = sslr_der_enter(&der, DER_SEQUENCE);
        for (i = 0; i < 2; i++) {
            if (bytes_equal(sslr_der_oid(&pair), bytes_of(any_policy, sizeof any_policy))) {
                return 0;
            }
        }
        sslr_der_leave(&der, &pair);
    }
    return sslr_der_closed(&outer, &der);
}

static int read_policy_constraints(Bytes value)
{
    Der outer, der = sslr_der_sequence(value, &outer);
    int i;

    if (der.left == 0) {
        return 0;
    }
    for (i = 0; i < 2; i++) {
        if (sslr_der_next_is(&der, (uint8_t)(DER_CONTEXT | i))) {
            (void)sslr_der_small(&der, (uint8_t)(DER_CONTEXT | i));
        }
    }
    return sslr_der_closed(&outer, &der);
}

static int read_inhibit_any_policy(Bytes value)
{
    Der der = sslr_der_open(value);

    (void)sslr_der_small(&der, DER_INTEGER);
    return sslr_der_done(&der);
}

static int read_authority_key_id(Bytes value, X509Certificate *certificate)
{
    Der   outer, der = sslr_der_sequence(value, &outer);
    int   has_issuer = 0, has_serial = 0;
    Bytes names;

    if (sslr_der_next_is(&der, DER_CONTEXT | 0)) {
        certificate->authority_key_id = sslr_der_take(&der, DER_CONTEXT | 0);
    }
    if (sslr_der_next_is(&der, DER_CONTEXT_OF | 1)) {
        names      = sslr_der_take(&der, DER_CONTEXT_OF | 1);
        has_issuer = 1;
        if (!sslr_x509_are_general_names(names)) {
            sslr_der_fail(&der);
        }
    }
    if (sslr_der_next_is(&der, DER_CONTEXT | 2)) {
        has_serial = 1;
        if (sslr_der_take(&der, DER_CONTEXT | 2).length == 0) {
            sslr_der_fail(&der);
        }
    }
    return sslr_der_closed(&outer, &der) && has_issuer == has_serial;
}

static int read_subject_key_id(Bytes value, X509Certificate *certificate)
{
    Der der = sslr_der_open(value);

    certificate->subject_key_id = sslr_der_take(&der, DER_OCTET_STRING);
    return sslr_der_done(&der);
}

/* The old nsCertType. It speaks only where there is no extended key usage. */
static int read_netscape_type(Bytes value, X509Certificate *certificate)
{
    Der der = sslr_der_open(value);

    certificate->has_netscape_type = 1;
    certificate->netscape_type     = (uint8_t)(sslr_der_named_bits(&der) >> 8);
    return sslr_der_done(&der);
}

/* One extension. Returns NULL or the rule that it breaks. */
static const char *read_extension(uint8_t id, int critical, Bytes value, X509Certificate *to)
{
    switch (id) {
    case BASIC_CONSTRAINTS:
        return read_basic_constraints(value, to) ? NULL : "malformed basic constraints";
    case KEY_USAGE:
        return read_key_usage(value, to) ? NULL : "malformed key usage";
    case EXTENDED_KEY_USAGE:
        return read_extended_key_usage(value, to) ? NULL : "malformed extended key usage";
    case SUBJECT_ALT_NAME:
        return read_subject_alt_name(value, to) ? NULL : "malformed subject alternative name";
    case NAME_CONSTRAINTS:
        return read_name_constraints(value, to) ? NULL : "malformed name constraints";
    case POLICIES:
        return read_policies(value, critical, to) ? NULL : "malformed certificate policies";
    case POLICY_MAPPINGS:
        return read_policy_mappings(value) ? NULL : "malformed policy mappings";
    case POLICY_CONSTRAINTS:
        to->has_policy_constraints = 1;
        return read_policy_constraints(value) ? NULL : "malformed policy constraints";
    case INHIBIT_ANY_POLICY:
        return read_inhibit_any_policy(value) ? NULL : "malformed inhibitAnyPolicy";
    case AUTHORITY_KEY_ID:
        return read_authority_key_id(value, to) ? NULL : "malformed authority key identifier";
    case SUBJECT_KEY_ID:
        return read_subject_key_id(value, to) ? NULL : "malformed subject key identifier";
    case NETSCAPE_TYPE:
        return read_netscape_type(value, to) ? NULL : "malformed Netscape certificate type";
    case PROXY_CERTIFICATE: /* RFC 3820: critical by definition, and never understood */
        to->unknown_critical = 1;
        return NULL;
    default:
        to->unknown_critical |= (uint8_t)critical;
        return NULL;
    }
}

SSLErr sslr_x509_read_extensions(Bytes extensions, X509Certificate *certificate, const char **rule)
{
    Der         outer, list = sslr_der_sequence(extensions, &outer), der;
    Bytes       oid, value;
    uint32_t    seen = 0; /* of those that we know: one bit each */
    uint8_t     id;
    size_t      count;
    int         critical;
    const char *sentence;

    if (list.left == 0) {
        return sslr_x509_broken(rule, X509BadCertificateErr, "the list of extensions is empty");
    }
    certificate->extensions = bytes_of(list.at, list.left);
    for (count = 0; list.left > 0; count++) {
        if (count == MAX_EXTENSIONS) {
            return sslr_x509_broken(rule, SSLOverflowErr, "too many extensions");
        }
        der      = sslr_der_enter(&list, DER_SEQUENCE);
        oid      = sslr_der_oid(&der);
        critical = sslr_der_true(&der);
        value    = sslr_der_take(&der, DER_OCTET_STRING);
        sslr_der_leave(&list, &der);
        if (list.failed) {
            break;
        }
        id = sslr_oid_find(extension_oids, sizeof extension_oids / sizeof extension_oids[0], oid);
        if (id != 0 ? (seen >> id & 1) != 0 : stands_before(certificate->extensions, count, oid)) {
            return sslr_x509_broken(rule, X509BadCertificateErr, "an extension stands twice");
        }
        seen |= (uint32_t)1 << id;
        sentence = read_extension(id, critical, value, certificate);
        if (sentence != NULL) {
            return sslr_x509_broken(rule, X509BadCertificateErr, sentence);
        }
    }
    if (!sslr_der_closed(&outer, &list)) {
        return sslr_x509_broken(rule, ASNBadEncodingErr, "the extensions are not DER");
    }
    return SSLNoErr;
}

Bytes sslr_x509_find_extension(const X509Certificate *certificate, Bytes oid)
{
    Der   list = sslr_der_open(certificate->extensions), der;
    Bytes found, value;

    while (list.left > 0) {
        der   = sslr_der_enter(&list, DER_SEQUENCE);
        found = sslr_der_oid(&der);
        (void)sslr_der_true(&der);
        value = sslr_der_take(&der, DER_OCTET_STRING);
        if (bytes_equal(found, oid)) {
            return value;
        }
    }
    return bytes_of(NULL, 0);
}
