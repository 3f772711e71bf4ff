/*
 * chain.c - what the SSLRef manual wants of every chain before the program is asked about it: that
 * it is one chain. It says nothing about trust: path.c does.
 */
#include "parts.h"

static Verdict verdict(SSLErr err, size_t certificate, const char *rule)
{
    Verdict it;

    it.err         = err;
    it.certificate = err == SSLNoErr ? -1 : (int)certificate;
    it.rule        = rule;
    return it;
}

Verdict sslr_x509_check_chain(const Bytes *chain, size_t count)
{
    X509Certificate certificate, issuer;
    const char     *rule = NULL;
    size_t          i;
    SSLErr          err;

    if (count == 0) {
        return verdict(X509CertChainInvalidErr, 0, "there is no certificate");
    }
    err = sslr_x509_parse(chain[0], &certificate, &rule);
    if (err != SSLNoErr) {
        return verdict(err, 0, rule);
    }
    for (i = 1; i < count; i++, certificate = issuer) {
        err = sslr_x509_parse(chain[i], &issuer, &rule);
        if (err != SSLNoErr) {
            return verdict(err, i, rule);
        }
        if (!sslr_x509_names_equal(certificate.issuer, issuer.subject)) {
            return verdict(X509NamesNotEqualErr, i - 1,
                           "the issuer is not the subject of the next certificate");
        }
        /* Consistency, not policy: the manual knew no weak hashes. */
        err = sslr_x509_check_signature(&certificate, &issuer.key,
                                        SSL_TrustAllowSHA1 | SSL_TrustAllowMD5);
        if (err == SSLMemoryErr || err == SSLCryptoErr) {
            return verdict(err, i - 1, "the signature could not be checked");
        }
        if (err != SSLNoErr) {
            return verdict(X509CertChainInvalidErr, i - 1,
                           "the signature does not verify with the next certificate's key");
        }
    }
    return verdict(SSLNoErr, 0, "names and signatures of the chain hold");
}
