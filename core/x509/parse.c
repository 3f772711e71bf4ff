/*
 * parse.c - the frame of a certificate (RFC 5280 4.1): which field stands where, and the rules of
 * the three versions. Its extensions, key, times and names are read in the files named after them.
 * Whether it is to be trusted is asked in path.c.
 */
#include "parts.h"

#define MAX_SERIAL_SIZE 64 /* RFC 5280 says 20; longer ones have been seen */

SSLErr sslr_x509_broken(const char **rule, SSLErr err, const char *sentence)
{
    if (rule != NULL) {
        *rule = sentence;
    }
    return err;
}

Algorithm sslr_x509_take_algorithm(Der *der)
{
    Algorithm algorithm;
    Der       inner = sslr_der_enter(der, DER_SEQUENCE);

    algorithm.oid        = sslr_der_oid(&inner);
    algorithm.parameters = bytes_of(inner.at, inner.left);
    if (inner.left > 0) {
        (void)sslr_der_take_any(&inner, NULL, NULL);
    }
    sslr_der_leave(der, &inner);
    return algorithm;
}

static SSLErr read_version(Der *tbs, X509Certificate *to, const char **rule)
{
    Der      explicit_version;
    uint32_t number;

    to->version = 1;
    if (!sslr_der_next_is(tbs, DER_CONTEXT_OF | 0)) {
        return SSLNoErr;
    }
    explicit_version = sslr_der_enter(tbs, DER_CONTEXT_OF | 0);
    number           = sslr_der_small(&explicit_version, DER_INTEGER);
    sslr_der_leave(tbs, &explicit_version);
    if (tbs->failed) {
        return sslr_x509_broken(rule, ASNBadEncodingErr, "the version is not DER");
    }
    if (number != 1 && number != 2) { /* v1 is the DEFAULT, so never written */
        return sslr_x509_broken(rule, X509BadCertificateErr, "unknown version");
    }
    to->version = (int)number + 1;
    return SSLNoErr;
}

static SSLErr read_serial(Der *tbs, X509Certificate *to, const char **rule)
{
    to->serial = sslr_der_integer(tbs);
    if (tbs->failed) {
        return sslr_x509_broken(rule, ASNBadEncodingErr, "the serial number is not DER");
    }
    if (to->serial.length > MAX_SERIAL_SIZE) {
        return sslr_x509_broken(rule, SSLOverflowErr, "the serial number is too long");
    }
    if (to->serial.data[0] >= 0x80) {
        return sslr_x509_broken(rule, X509BadCertificateErr, "the serial number is negative");
    }
    return SSLNoErr;
}

static SSLErr read_names_and_dates(Der *tbs, X509Certificate *to, int thorough, const char **rule)
{
    Der validity;

    to->issuer     = sslr_der_take_element(tbs, DER_SEQUENCE);
    validity       = sslr_der_enter(tbs, DER_SEQUENCE);
    to->not_before = sslr_x509_take_time(&validity);
    to->not_after  = sslr_x509_take_time(&validity);
    sslr_der_leave(tbs, &validity);
    to->subject = sslr_der_take_element(tbs, DER_SEQUENCE);
    to->spki    = sslr_der_take_element(tbs, DER_SEQUENCE);
    if (tbs->failed) {
        return sslr_x509_broken(rule, ASNBadEncodingErr, "names, dates or key are not DER");
    }
    if (thorough && (!sslr_x509_is_name(to->issuer) || !sslr_x509_is_name(to->subject))) {
        return sslr_x509_broken(rule, X509BadCertificateErr,
                                "the issuer or subject is no proper name");
    }
    if (to->issuer.length == 2) {
        return sslr_x509_broken(rule, X509BadCertificateErr, "the issuer is empty");
    }
    return SSLNoErr;
}

/* UniqueIdentifier IMPLICIT BIT STRING: of no use, but well formed. */
static void skip_unique_id(Der *tbs, uint8_t tag)
{
    Bytes bits = sslr_der_take(tbs, tag);

    if (bits.length == 0 || bits.data[0] > 7 || (bits.length == 1 && bits.data[0] != 0) ||
        (bits.data[bits.length - 1] & ((1u << bits.data[0]) - 1)) != 0) {
        sslr_der_fail(tbs);
    }
}

static SSLErr read_tail(Der *tbs, X509Certificate *to, const char **rule)
{
    Bytes   extensions;
    uint8_t tag;

    for (tag = DER_CONTEXT | 1; tag <= (DER_CONTEXT | 2); tag++) {
        if (sslr_der_next_is(tbs, tag)) {
            if (to->version < 2) {
                return sslr_x509_broken(rule, X509BadCertificateErr,
                                        "unique identifiers need version 2");
            }
            skip_unique_id(tbs, tag);
        }
    }
    if (sslr_der_next_is(tbs, DER_CONTEXT_OF | 3)) {
        if (to->version < 3) {
            return sslr_x509_broken(rule, X509BadCertificateErr, "extensions need version 3");
        }
        extensions = sslr_der_take(tbs, DER_CONTEXT_OF | 3);
        if (!tbs->failed) {
            SSLErr err = sslr_x509_read_extensions(extensions, to, rule);

            if (err != SSLNoErr) {
                return err;
            }
        }
    }
    if (!sslr_der_done(tbs)) {
        return sslr_x509_broken(rule, ASNBadEncodingErr, "the end of the signed part is not DER");
    }
    return SSLNoErr;
}

/* The signed part. Whoever is named must be named somewhere (RFC 5280 4.1.2.6). */
static SSLErr read_tbs(X509Certificate *to, int thorough, const char **rule)
{
    Der    outer, tbs = sslr_der_sequence(to->tbs, &outer);
    SSLErr err = read_version(&tbs, to, rule);

    if (err == SSLNoErr) {
        err = read_serial(&tbs, to, rule);
    }
    if (err == SSLNoErr &&
        !bytes_equal(sslr_der_take_element(&tbs, DER_SEQUENCE), to->signature_algorithm)) {
        /* Only the inner field is signed: RFC 5280 4.1.1.2 wants them equal. */
        err = sslr_x509_broken(rule, X509BadCertificateErr, "the two signature algorithms differ");
    }
    if (err == SSLNoErr) {
        err = read_names_and_dates(&tbs, to, thorough, rule);
    }
    if (err == SSLNoErr) {
        err = read_tail(&tbs, to, rule);
    }
    if (err == SSLNoErr && to->subject.length == 2 &&
        (to->is_ca || to->subject_alt_name.length == 0)) {
        err = sslr_x509_broken(rule, X509BadCertificateErr, "the certificate names nobody");
    }
    if (err == SSLNoErr) {
        err = sslr_x509_read_key(to->spki, thorough, &to->key, rule);
    }
    return err;
}

static SSLErr parse(Bytes der, int thorough, X509Certificate *to, const char **rule)
{
    Der outer = sslr_der_open(der), frame, algorithm;

    memset(to, 0, sizeof *to);
    if (rule != NULL) {
        *rule = "the certificate is well formed";
    }
    if (der.length > MAX_CERTIFICATE_SIZE) {
        return sslr_x509_broken(rule, SSLOverflowErr, "the certificate is too long");
    }
    to->der                 = der;
    frame                   = sslr_der_enter(&outer, DER_SEQUENCE);
    to->tbs                 = sslr_der_take_element(&frame, DER_SEQUENCE);
    to->signature_algorithm = sslr_der_take_element(&frame, DER_SEQUENCE);
    to->signature           = sslr_der_octet_bits(&frame);
    sslr_der_leave(&outer, &frame);
    algorithm = sslr_der_open(to->signature_algorithm);
    if (sslr_der_done(&outer)) {
        (void)sslr_x509_take_algorithm(&algorithm);
    }
    if (!sslr_der_done(&outer) || !sslr_der_done(&algorithm)) {
        return sslr_x509_broken(rule, ASNBadEncodingErr, "the frame of the certificate is not DER");
    }
    return read_tbs(to, thorough, rule);
}

SSLErr sslr_x509_parse(Bytes der, X509Certificate *certificate, const char **rule)
{
    return parse(der, 1, certificate, rule);
}

SSLErr sslr_x509_parse_again(Bytes der, X509Certificate *certificate)
{
    return parse(der, 0, certificate, NULL);
}
