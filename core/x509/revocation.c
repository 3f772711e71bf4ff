/*
 * revocation.c - what revocation lists and a stapled OCSP response mean for one certificate of a
 * path, by the policy of the trust object (off, soft, hard). Proof of revocation always refuses;
 * hard also wants proof of the contrary. Called by path.c through the table at the end.
 */
#include "revocation.h"

static int is_current(const RevocationQuestion *question, const Crl *crl)
{
    return question->now < 0 || (crl->this_update <= question->now && crl->has_next_update &&
                                 question->now <= crl->next_update);
}

/* RFC 5280 6.3.3 (f), (g). */
static int is_signed(const RevocationQuestion *question, const Crl *crl)
{
    const X509Certificate *issuer = question->issuer;

    if ((issuer->has_key_usage && (issuer->key_usage & KEY_USAGE_CRL_SIGN) == 0) ||
        *question->signatures == 0) {
        return 0;
    }
    *question->signatures -= 1;
    return sslr_x509_check_signed(crl->signature_algorithm, crl->tbs, crl->signature, &issuer->key,
                                  question->trust->flags) == SSLNoErr;
}

/* A list that cannot be used says nothing. One for some reasons only can prove a revocation, never
 * that there is none. */
OcspStatus sslr_crl_status(const RevocationQuestion *question)
{
    OcspStatus status = OCSP_NO_ANSWER;
    size_t     i;

    for (i = 0; i < question->trust->crl_count; i++) {
        const Crl *crl = &question->trust->crls[i];

        if (!sslr_crl_covers(crl, question->certificate) || !is_current(question, crl) ||
            !is_signed(question, crl)) {
            continue;
        }
        if (sslr_crl_lists(crl, question->certificate->serial)) {
            return OCSP_REVOKED;
        }
        if (!crl->some_reasons) {
            status = OCSP_GOOD;
        }
    }
    return status;
}

/* RFC 9608: the issuer says that there is no revocation for this one. */
static int has_no_revocation(const X509Certificate *certificate)
{
    static const uint8_t no_rev_avail[3] = {0x55, 0x1D, 0x38};

    return !certificate->is_ca &&
           sslr_x509_find_extension(certificate, bytes_of(no_rev_avail, 3)).length > 0;
}

/* RFC 7633: status_request (5) among the TLS features. */
static int must_staple(const X509Certificate *certificate)
{
    static const uint8_t tls_feature[8] = {0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x01, 0x18};
    Der                  outer          = sslr_der_open(
                                  sslr_x509_find_extension(certificate, bytes_of(tls_feature, sizeof tls_feature)));
    Der list = sslr_der_enter(&outer, DER_SEQUENCE);

    while (list.left > 0) {
        if (sslr_der_small(&list, DER_INTEGER) == 5) {
            return 1;
        }
    }
    return 0;
}

/* What the leaf's staple says; SSLNoErr with OCSP_NO_ANSWER in *status if nothing. */
static SSLErr judge_staple(const RevocationQuestion *question, Bytes staple, int asked,
                           OcspStatus *status, const char **rule)
{
    *status = OCSP_NO_ANSWER;
    if (staple.length > 0) {
        *status = sslr_ocsp_check(question, staple, rule);
    }
    switch (*status) {
    case OCSP_BAD:
        return X509BadOCSPErr;
    case OCSP_REVOKED:
        *rule = "the certificate is revoked, says the stapled OCSP response";
        return X509RevokedErr;
    case OCSP_UNKNOWN:
        *rule = "the OCSP responder does not know the certificate";
        return X509RevocationUnknownErr;
    case OCSP_NO_ANSWER:
        if ((asked || staple.length > 0) && must_staple(question->certificate)) {
            *rule = "the certificate promises a stapled OCSP response, and no good one came";
            return X509MustStapleErr;
        }
        return SSLNoErr;
    default:
        return SSLNoErr;
    }
}

/* One certificate of a path that stands. asked: a staple was asked for. */
static SSLErr check(const RevocationQuestion *question, int is_leaf, Bytes staple, int asked,
                    const char **rule)
{
    OcspStatus stapled = OCSP_NO_ANSWER, listed;
    SSLErr     err     = SSLNoErr;

    if (is_leaf) {
        err = judge_staple(question, staple, asked, &stapled, rule);
    }
    if (err != SSLNoErr) {
        return err;
    }
    if (is_leaf && has_no_revocation(question->certificate)) {
        return SSLNoErr;
    }
    listed = sslr_crl_status(question);
    if (listed == OCSP_REVOKED) {
        *rule = "the certificate is on the revocation list of its issuer";
        return X509RevokedErr;
    }
    if (question->trust->revocation == SSL_RevocationHard && stapled != OCSP_GOOD &&
        listed != OCSP_GOOD) {
        *rule = "nothing proves that the certificate is not revoked";
        return X509RevocationUnknownErr;
    }
    return SSLNoErr;
}

static SSLErr check_path(RevocationPath *path)
{
    const VerifyRequest *request = path->request;
    X509Certificate      rooms[2];
    RevocationQuestion   question;
    SSLErr               err = SSLNoErr;
    size_t               i;

    question.issuer     = path->anchor;
    question.trust      = request->trust;
    question.now        = (request->trust->flags & SSL_TrustIgnoreDates) != 0 ? -1 : request->now;
    question.signatures = path->signatures;
    for (i               = path->below.count; i-- > 0 && err == SSLNoErr;
         question.issuer = question.certificate) {
        question.certificate = path->leaf;
        if (i > 0) {
            (void)sslr_x509_parse_again(path->below.certificates[i], &rooms[i & 1]);
            question.certificate = &rooms[i & 1];
        }
        path->position = i;
        err = check(&question, i == 0, request->staple, request->staple_asked, &path->rule);
    }
    return err;
}

const Revocation sslr_revocation = {sslr_crl_parse, check_path};
