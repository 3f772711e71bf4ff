/*
 * ocsp.c - one OCSP response (RFC 6960) that a server stapled: is it about this certificate, from
 * somebody who may say so, and fresh? Nothing is fetched, no nonce is sent. What follows from the
 * answer is in revocation.c.
 */
#include "revocation.h"

#define SKEW          300             /* seconds that clocks may differ */
#define OLDEST        (7 * 24 * 3600) /* without nextUpdate */
#define MAX_DELEGATES 4               /* certificates beside a response that are looked at */

typedef struct Response {
    Bytes   tbs, algorithm, signature, certificates; /* the last inside their SEQUENCE */
    Bytes   responder_name, responder_key;           /* one of them */
    Bytes   singles;
    int64_t produced;
} Response;

/* Not 0 if no extension of the list is critical: none that a responder may mark so is known here.
 */
static int extensions_are_harmless(Bytes extensions)
{
    Der outer, list = sslr_der_sequence(extensions, &outer), der;
    int harmless = list.left > 0;

    while (list.left > 0) {
        der = sslr_der_enter(&list, DER_SEQUENCE);
        (void)sslr_der_oid(&der);
        harmless &= !sslr_der_true(&der);
        (void)sslr_der_take(&der, DER_OCTET_STRING);
        sslr_der_leave(&list, &der);
    }
    sslr_der_leave(&outer, &list);
    return harmless && sslr_der_done(&outer);
}

/* The extensions under a context tag, if there are any. */
static int take_extensions(Der *der, uint8_t number)
{
    uint8_t tag = (uint8_t)(DER_CONTEXT_OF | number);

    return !sslr_der_next_is(der, tag) || extensions_are_harmless(sslr_der_take(der, tag));
}

/* ResponseData. */
static int read_data(Response *response)
{
    Der outer, data = sslr_der_sequence(response->tbs, &outer), inner;
    int harmless;

    if (sslr_der_next_is(&data, DER_CONTEXT_OF | 0)) {
        return 0; /* version 1 is the DEFAULT, and there is no other */
    }
    if (sslr_der_next_is(&data, DER_CONTEXT_OF | 1)) {
        response->responder_name = sslr_der_take(&data, DER_CONTEXT_OF | 1);
        if (!sslr_x509_is_name(response->responder_name)) {
            return 0;
        }
    } else {
        inner                   = sslr_der_enter(&data, DER_CONTEXT_OF | 2);
        response->responder_key = sslr_der_take(&inner, DER_OCTET_STRING);
        sslr_der_leave(&data, &inner);
    }
    if (!sslr_der_next_is(&data, DER_GENERALIZED_TIME)) {
        return 0;
    }
    response->produced = sslr_x509_take_time(&data);
    response->singles  = sslr_der_take(&data, DER_SEQUENCE);
    harmless           = take_extensions(&data, 1);
    return sslr_der_closed(&outer, &data) && harmless && response->singles.length > 0;
}

static int read_basic(Bytes basic, Response *response)
{
    Der outer, der = sslr_der_sequence(basic, &outer), inner;

    response->tbs       = sslr_der_take_element(&der, DER_SEQUENCE);
    response->algorithm = sslr_der_take_element(&der, DER_SEQUENCE);
    response->signature = sslr_der_octet_bits(&der);
    if (sslr_der_next_is(&der, DER_CONTEXT_OF | 0)) {
        inner                  = sslr_der_enter(&der, DER_CONTEXT_OF | 0);
        response->certificates = sslr_der_take(&inner, DER_SEQUENCE);
        sslr_der_leave(&der, &inner);
    }
    return sslr_der_closed(&outer, &der) && read_data(response);
}

/* OCSPResponse: 1 if it has an answer, 0 if the responder says why not, -1 if it is malformed. */
static int read_response(Bytes bytes, Response *response)
{
    static const uint8_t basic_oid[9] = {0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01, 0x01};
    Der                  outer, der = sslr_der_sequence(bytes, &outer);
    Der                  explicit_tag, inner;
    Bytes                status = sslr_der_take(&der, 0x0A), type, basic;

    memset(response, 0, sizeof *response);
    if (der.failed || status.length != 1 || status.data[0] > 6 || status.data[0] == 4) {
        return -1;
    }
    if (status.data[0] != 0) {
        return sslr_der_closed(&outer, &der) ? 0 : -1;
    }
    explicit_tag = sslr_der_enter(&der, DER_CONTEXT_OF | 0);
    inner        = sslr_der_enter(&explicit_tag, DER_SEQUENCE);
    type         = sslr_der_oid(&inner);
    basic        = sslr_der_take(&inner, DER_OCTET_STRING);
    sslr_der_leave(&explicit_tag, &inner);
    sslr_der_leave(&der, &explicit_tag);
    return sslr_der_closed(&outer, &der) &&
                   bytes_equal(type, bytes_of(basic_oid, sizeof basic_oid)) &&
                   read_basic(basic, response)
               ? 1
               : -1;
}

/* ---- the signer ---- */

static Bytes key_bits(Bytes spki)
{
    Der outer, der = sslr_der_sequence(spki, &outer);

    (void)sslr_x509_take_algorithm(&der);
    return sslr_der_octet_bits(&der);
}

static int hash_is(HashId hash, Bytes of, Bytes wanted)
{
    uint8_t digest[MAX_HASH_SIZE];

    sslr_hash(hash, of.data, of.length, digest);
    return bytes_equal(bytes_of(digest, sslr_hash_size(hash)), wanted);
}

static int is_named(const Response *response, const X509Certificate *signer)
{
    return response->responder_name.length > 0
               ? sslr_x509_names_equal(response->responder_name, signer->subject)
               : hash_is(HASH_SHA1, key_bits(signer->spki), response->responder_key);
}

static SSLErr check_signed(const RevocationQuestion *question, Bytes algorithm, Bytes tbs,
                           Bytes signature, const PublicKey *key)
{
    if (*question->signatures == 0) {
        return X509TooComplexErr;
    }
    *question->signatures -= 1;
    return sslr_x509_check_signed(algorithm, tbs, signature, key, question->trust->flags);
}

static int may_sign_responses(const X509Certificate *delegate)
{
    static const uint8_t ocsp_signing[8] = {0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x09};
    Der                  outer           = sslr_der_open(delegate->extended_key_usage);
    Der                  list            = sslr_der_enter(&outer, DER_SEQUENCE);
    Bytes                oid;

    if (delegate->unknown_critical ||
        (delegate->has_key_usage && (delegate->key_usage & 0xC0) == 0)) {
        return 0;
    }
    while (list.left > 0) {
        oid = sslr_der_oid(&list);
        if (bytes_equal(oid, bytes_of(ocsp_signing, sizeof ocsp_signing))) {
            return 1;
        }
    }
    return 0;
}

/* RFC 6960 4.2.2.2: issued directly by the CA, under its name and key. One without nocheck may be
 * on the CA's list; it is not asked about by OCSP again. */
static int is_delegate(const RevocationQuestion *question, const X509Certificate *delegate)
{
    static const uint8_t no_check[9] = {0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01, 0x05};
    RevocationQuestion   about       = *question;

    if (!may_sign_responses(delegate) ||
        !sslr_x509_key_is_long_enough(&delegate->key, question->trust->flags) ||
        !sslr_x509_names_equal(delegate->issuer, question->issuer->subject) ||
        (question->now >= 0 &&
         (question->now < delegate->not_before || question->now > delegate->not_after)) ||
        check_signed(question, delegate->signature_algorithm, delegate->tbs, delegate->signature,
                     &question->issuer->key) != SSLNoErr) {
        return 0;
    }
    about.certificate = delegate;
    return sslr_x509_find_extension(delegate, bytes_of(no_check, sizeof no_check)).length > 0 ||
           sslr_crl_status(&about) != OCSP_REVOKED;
}

static int signed_by(const RevocationQuestion *question, const Response *response,
                     const X509Certificate *signer)
{
    return is_named(response, signer) &&
           check_signed(question, response->algorithm, response->tbs, response->signature,
                        &signer->key) == SSLNoErr;
}

static int is_authentic(const RevocationQuestion *question, const Response *response)
{
    Bytes           rest = response->certificates, element;
    X509Certificate delegate;
    int             i;

    if (signed_by(question, response, question->issuer)) {
        return 1;
    }
    for (i = 0; i < MAX_DELEGATES && rest.length > 0; i++) {
        if (sslr_der_split(&rest, &element) != SSLNoErr) {
            return 0;
        }
        if (sslr_x509_parse(element, &delegate, NULL) == SSLNoErr &&
            signed_by(question, response, &delegate) && is_delegate(question, &delegate)) {
            return 1;
        }
    }
    return 0;
}

/* ---- the answers ---- */

static int is_about(const RevocationQuestion *question, Der id)
{
    HashId hash   = sslr_x509_take_hash(&id);
    Bytes  name   = sslr_der_take(&id, DER_OCTET_STRING);
    Bytes  key    = sslr_der_take(&id, DER_OCTET_STRING);
    Bytes  serial = sslr_der_integer(&id);

    return sslr_der_done(&id) && hash != HASH_NONE &&
           bytes_equal(serial, question->certificate->serial) &&
           hash_is(hash, question->certificate->issuer, name) &&
           hash_is(hash, key_bits(question->issuer->spki), key);
}

static int is_fresh(const RevocationQuestion *question, int64_t this_update, int has_next,
                    int64_t next_update)
{
    int64_t now = question->now;

    return now < 0 || (this_update <= now + SKEW &&
                       (has_next ? next_update > this_update && now <= next_update + SKEW
                                 : now - this_update <= OLDEST));
}

/* CertStatus. */
static OcspStatus take_status(Der *single)
{
    Der inner, reason;

    if (sslr_der_next_is(single, DER_CONTEXT_OF | 1)) {
        inner = sslr_der_enter(single, DER_CONTEXT_OF | 1);
        (void)sslr_x509_take_time(&inner);
        if (inner.left > 0) {
            reason = sslr_der_enter(&inner, DER_CONTEXT_OF | 0);
            (void)sslr_der_take(&reason, 0x0A);
            sslr_der_leave(&inner, &reason);
        }
        sslr_der_leave(single, &inner);
        return OCSP_REVOKED;
    }
    if (sslr_der_next_is(single, DER_CONTEXT | 0)) {
        return sslr_der_take(single, DER_CONTEXT | 0).length == 0 ? OCSP_GOOD : OCSP_BAD;
    }
    return sslr_der_take(single, DER_CONTEXT | 2).length == 0 && !single->failed ? OCSP_UNKNOWN
                                                                                 : OCSP_BAD;
}

/* One SingleResponse: OCSP_NO_ANSWER if it is about another certificate or not fresh. */
static OcspStatus read_single(const RevocationQuestion *question, Der *singles)
{
    Der        single = sslr_der_enter(singles, DER_SEQUENCE);
    Der        id     = sslr_der_enter(&single, DER_SEQUENCE), next;
    OcspStatus status = take_status(&single);
    int64_t    this_update, next_update = 0;
    int        has_next, harmless;

    this_update = sslr_x509_take_time(&single);
    has_next    = sslr_der_next_is(&single, DER_CONTEXT_OF | 0);
    if (has_next) {
        next        = sslr_der_enter(&single, DER_CONTEXT_OF | 0);
        next_update = sslr_x509_take_time(&next);
        sslr_der_leave(&single, &next);
    }
    harmless = take_extensions(&single, 1);
    sslr_der_leave(singles, &single);
    if (singles->failed || !harmless || status == OCSP_BAD) {
        return OCSP_BAD;
    }
    return is_about(question, id) && is_fresh(question, this_update, has_next, next_update)
               ? status
               : OCSP_NO_ANSWER;
}

/* If several are about the certificate, the worst counts; a malformed one spoils all. */
static OcspStatus read_singles(const RevocationQuestion *question, const Response *response)
{
    Der        singles = sslr_der_open(response->singles);
    OcspStatus worst   = OCSP_NO_ANSWER, status;

    while (singles.left > 0) {
        status = read_single(question, &singles);
        if (status == OCSP_BAD) {
            return OCSP_BAD;
        }
        if (status == OCSP_REVOKED || worst == OCSP_NO_ANSWER ||
            (status == OCSP_UNKNOWN && worst == OCSP_GOOD)) {
            worst = status;
        }
    }
    return singles.failed ? OCSP_BAD : worst;
}

OcspStatus sslr_ocsp_check(const RevocationQuestion *question, Bytes response, const char **rule)
{
    Response   parsed;
    OcspStatus status;
    int        read = read_response(response, &parsed);

    if (read == 0) {
        return OCSP_NO_ANSWER;
    }
    *rule = "the stapled OCSP response is malformed";
    if (read < 0) {
        return OCSP_BAD;
    }
    status = read_singles(question, &parsed);
    if (status == OCSP_BAD) {
        return OCSP_BAD;
    }
    *rule = "the stapled OCSP response is not signed by somebody who may";
    if (!is_authentic(question, &parsed)) {
        return OCSP_BAD;
    }
    return question->now >= 0 && parsed.produced > question->now + SKEW ? OCSP_NO_ANSWER : status;
}
