/*
 * crl.c - certificate revocation lists (RFC 5280 5): the strict parser and the search for a serial
 * number, both in place: a list may be megabytes long. Delta and indirect lists are not processed.
 * Who may sign a list, and what it means, is in revocation.c.
 */
#include "revocation.h"

enum {
    CRL_AUTHORITY_KEY_ID = 1,
    CRL_NUMBER,
    CRL_DELTA,
    CRL_DISTRIBUTION_POINT,
    CRL_ISSUER_ALT_NAME,
    CRL_FRESHEST,
    ENTRY_REASON,
    ENTRY_INVALIDITY_DATE,
    ENTRY_HOLD_INSTRUCTION
};

static const OidRow crl_oids[] = {
    {CRL_AUTHORITY_KEY_ID, 3, {0x55, 0x1D, 0x23}},
    {CRL_NUMBER, 3, {0x55, 0x1D, 0x14}},
    {CRL_DELTA, 3, {0x55, 0x1D, 0x1B}},
    {CRL_DISTRIBUTION_POINT, 3, {0x55, 0x1D, 0x1C}},
    {CRL_ISSUER_ALT_NAME, 3, {0x55, 0x1D, 0x12}},
    {CRL_FRESHEST, 3, {0x55, 0x1D, 0x2E}},
    {ENTRY_REASON, 3, {0x55, 0x1D, 0x15}},
    {ENTRY_INVALIDITY_DATE, 3, {0x55, 0x1D, 0x18}},
    {ENTRY_HOLD_INSTRUCTION, 3, {0x55, 0x1D, 0x17}},
};

/* BOOLEAN DEFAULT FALSE under a context tag. */
static uint8_t take_flag(Der *der, uint8_t number)
{
    Bytes value;

    if (!sslr_der_next_is(der, (uint8_t)(DER_CONTEXT | number))) {
        return 0;
    }
    value = sslr_der_take(der, (uint8_t)(DER_CONTEXT | number));
    if (value.length != 1 || value.data[0] != 0xFF) {
        sslr_der_fail(der);
    }
    return 1;
}

/* IssuingDistributionPoint. Not 0 if it is well formed and of a kind that is processed. */
static int read_distribution_point(Bytes value, Crl *crl)
{
    Der     outer, der = sslr_der_sequence(value, &outer), point;
    uint8_t indirect, attributes;

    if (der.left == 0) {
        return 0;
    }
    if (sslr_der_next_is(&der, DER_CONTEXT_OF | 0)) {
        point = sslr_der_enter(&der, DER_CONTEXT_OF | 0);
        crl->point =
            sslr_der_take(&point, DER_CONTEXT_OF | 0); /* a relative name is not known here */
        sslr_der_leave(&der, &point);
        if (!sslr_x509_are_general_names(crl->point)) {
            return 0;
        }
    }
    crl->only_users = take_flag(&der, 1);
    crl->only_cas   = take_flag(&der, 2);
    if (sslr_der_next_is(&der, DER_CONTEXT | 3)) {
        crl->some_reasons = 1;
        (void)sslr_der_take(&der, DER_CONTEXT | 3);
    }
    indirect   = take_flag(&der, 4);
    attributes = take_flag(&der, 5);
    return sslr_der_closed(&outer, &der) && !indirect && !attributes &&
           !(crl->only_users && crl->only_cas);
}

static int read_reason(Bytes value)
{
    Der   der    = sslr_der_open(value);
    Bytes reason = sslr_der_take(&der, 0x0A); /* ENUMERATED */

    /* 7 is unused; 8 (removeFromCRL) has no place in a complete list. */
    return sslr_der_done(&der) && reason.length == 1 && reason.data[0] <= 10 &&
           reason.data[0] != 7 && reason.data[0] != 8;
}

/* One extension of a list (crl) or of an entry (NULL). */
static int read_extension(uint8_t id, int critical, Bytes value, Crl *crl)
{
    Der der = sslr_der_open(value);

    switch (id) {
    case CRL_DELTA:
        return 0;
    case CRL_DISTRIBUTION_POINT:
        return crl != NULL && read_distribution_point(value, crl);
    case CRL_NUMBER:
        return sslr_der_unsigned(&der, DER_INTEGER).length <= 20 && sslr_der_done(&der);
    case ENTRY_REASON:
        return crl == NULL && read_reason(value);
    case ENTRY_INVALIDITY_DATE:
        (void)sslr_x509_take_time(&der);
        return sslr_der_done(&der);
    default:
        return !critical; /* certificateIssuer, which makes a list indirect, is critical */
    }
}

/* Extensions, whole. Doubles are looked for among those that are known. */
static int read_extensions(Bytes extensions, Crl *crl)
{
    Der      outer, list = sslr_der_sequence(extensions, &outer), der;
    Bytes    oid, value;
    unsigned seen = 0;
    int      critical;
    uint8_t  id;

    if (list.left == 0) {
        return 0;
    }
    while (list.left > 0) {
        der      = sslr_der_enter(&list, DER_SEQUENCE);
        oid      = sslr_der_oid(&der);
        critical = sslr_der_true(&der);
        value    = sslr_der_take(&der, DER_OCTET_STRING);
        sslr_der_leave(&list, &der);
        if (list.failed) {
            return 0;
        }
        id = sslr_oid_find(crl_oids, sizeof crl_oids / sizeof crl_oids[0], oid);
        if ((id != 0 && (seen >> id & 1) != 0) || !read_extension(id, critical, value, crl)) {
            return 0;
        }
        seen |= 1u << id;
    }
    return sslr_der_closed(&outer, &list);
}

/* RFC 5280 5.3: one unknown critical entry extension makes the whole list unusable, so all are
 * looked through before an absence may be trusted. */
static int read_entries(Bytes entries, int version2)
{
    Der list = sslr_der_open(entries), entry;

    while (list.left > 0) {
        entry = sslr_der_enter(&list, DER_SEQUENCE);
        (void)sslr_der_integer(&entry);
        (void)sslr_x509_take_time(&entry);
        if (entry.left > 0 &&
            (!version2 || !read_extensions(sslr_der_take_element(&entry, DER_SEQUENCE), NULL))) {
            return 0;
        }
        sslr_der_leave(&list, &entry);
    }
    return sslr_der_done(&list);
}

static int next_is_time(const Der *der)
{
    return sslr_der_next_is(der, DER_UTC_TIME) || sslr_der_next_is(der, DER_GENERALIZED_TIME);
}

static SSLErr read_tbs(Crl *crl)
{
    Der   outer, tbs = sslr_der_sequence(crl->tbs, &outer), wrapped;
    int   version2 = sslr_der_next_is(&tbs, DER_INTEGER), has_extensions;
    Bytes algorithm;

    if (version2 && sslr_der_small(&tbs, DER_INTEGER) != 1) {
        return SSLUnsupportedErr;
    }
    algorithm        = sslr_der_take_element(&tbs, DER_SEQUENCE);
    crl->issuer      = sslr_der_take_element(&tbs, DER_SEQUENCE);
    crl->this_update = sslr_x509_take_time(&tbs);
    if (next_is_time(&tbs)) {
        crl->has_next_update = 1;
        crl->next_update     = sslr_x509_take_time(&tbs);
    }
    if (sslr_der_next_is(&tbs, DER_SEQUENCE)) {
        crl->entries = sslr_der_take(&tbs, DER_SEQUENCE);
        if (crl->entries.length == 0) {
            return SSLUnsupportedErr; /* nobody revoked: the list is absent */
        }
    }
    has_extensions = sslr_der_next_is(&tbs, DER_CONTEXT_OF | 0);
    if (has_extensions) {
        wrapped = sslr_der_enter(&tbs, DER_CONTEXT_OF | 0);
        if (!version2 || tbs.failed || !read_extensions(bytes_of(wrapped.at, wrapped.left), crl)) {
            return SSLUnsupportedErr;
        }
    }
    if (!sslr_der_closed(&outer, &tbs)) {
        return ASNBadEncodingErr;
    }
    if (!bytes_equal(algorithm, crl->signature_algorithm) || !sslr_x509_is_name(crl->issuer) ||
        crl->issuer.length == 2 || (crl->has_next_update && crl->next_update < crl->this_update) ||
        !read_entries(crl->entries, version2)) {
        return SSLUnsupportedErr;
    }
    return SSLNoErr;
}

SSLErr sslr_crl_parse(Bytes der, Crl *crl)
{
    Der outer = sslr_der_open(der), frame;

    memset(crl, 0, sizeof *crl);
    frame                    = sslr_der_enter(&outer, DER_SEQUENCE);
    crl->tbs                 = sslr_der_take_element(&frame, DER_SEQUENCE);
    crl->signature_algorithm = sslr_der_take_element(&frame, DER_SEQUENCE);
    crl->signature           = sslr_der_octet_bits(&frame);
    return sslr_der_closed(&outer, &frame) ? read_tbs(crl) : ASNBadEncodingErr;
}

/* One DistributionPoint of a certificate: its GeneralNames if it is about all reasons and the
 * issuer's own list, else nothing. */
static Bytes take_point(Der *points)
{
    Der   der   = sslr_der_enter(points, DER_SEQUENCE), name;
    Bytes names = bytes_of(NULL, 0);

    if (sslr_der_next_is(&der, DER_CONTEXT_OF | 0)) {
        name = sslr_der_enter(&der, DER_CONTEXT_OF | 0);
        if (sslr_der_next_is(&name, DER_CONTEXT_OF | 0)) {
            names = sslr_der_take(&name, DER_CONTEXT_OF | 0);
        }
    }
    return der.left == 0 ? names : bytes_of(NULL, 0);
}

/* Do two lists of GeneralNames share one, byte for byte? The first few of each are compared. */
static int share_a_name(Bytes a, Bytes b)
{
    Der   of_a = sslr_der_open(a), of_b;
    Bytes x, y;
    int   i, k;

    for (i = 0; i < 8 && of_a.left > 0; i++) {
        (void)sslr_der_take_any(&of_a, NULL, &x);
        of_b = sslr_der_open(b);
        for (k = 0; k < 8 && of_b.left > 0; k++) {
            (void)sslr_der_take_any(&of_b, NULL, &y);
            if (bytes_equal(x, y)) {
                return 1;
            }
        }
    }
    return 0;
}

static int point_matches(Bytes point, const X509Certificate *certificate)
{
    static const uint8_t distribution_points[3] = {0x55, 0x1D, 0x1F};
    Der                  outer =
        sslr_der_open(sslr_x509_find_extension(certificate, bytes_of(distribution_points, 3)));
    Der points = sslr_der_enter(&outer, DER_SEQUENCE);
    int i;

    for (i = 0; i < 8 && points.left > 0; i++) {
        if (share_a_name(point, take_point(&points))) {
            return 1;
        }
    }
    return 0;
}

int sslr_crl_covers(const Crl *crl, const X509Certificate *certificate)
{
    return sslr_x509_names_equal(crl->issuer, certificate->issuer) &&
           !(crl->only_users && certificate->is_ca) && !(crl->only_cas && !certificate->is_ca) &&
           (crl->point.length == 0 || point_matches(crl->point, certificate));
}

int sslr_crl_lists(const Crl *crl, Bytes serial)
{
    Der list = sslr_der_open(crl->entries), entry;

    while (list.left > 0) {
        entry = sslr_der_enter(&list, DER_SEQUENCE);
        if (bytes_equal(sslr_der_integer(&entry), serial)) {
            return 1;
        }
    }
    return 0;
}
