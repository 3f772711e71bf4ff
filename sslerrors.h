/*
 * sslerrors.h - every result that a function of ssl.h can return, and nothing else.
 * Included by ssl.h; a program needs no other include to name an error.
 *
 * SSLErr is an int, so that a code of the embedder's own, returned by one of its callbacks, comes
 * back unchanged from the function that called the callback. Codes of your own must not be 0 and
 * should stay away from the range -7000 .. -6800. SSLErrorString() has a sentence for each of
 * these.
 */
#ifndef SSLREF_SSLERRORS_H
#define SSLREF_SSLERRORS_H

typedef int SSLErr;

enum {
    /* The sixteen codes of the SSLRef 3.0 manual ("SSLRef Error Return Values"), with their
     * historic numbers. */
    SSLNoErr          = 0,
    SSLMemoryErr      = -7000, /* the alloc callback has no memory */
    SSLUnsupportedErr = -6999, /* valid, but not in this build, version or state of the protocol */
    SSLOverflowErr    = -6998, /* an index, length or count is out of range */
    SSLUnknownErr     = -6997, /* kept for its number; the engine does not return it */
    SSLProtocolErr    = -6996, /* the peer broke the protocol (fatal) */
    SSLNegotiationErr = -6995, /* no common version, suite, group, signature or protocol (fatal) */
    SSLFatalAlert     = -6994, /* the peer sent a fatal alert: SSLGetAlerts() says which (fatal) */
    SSLWouldBlockErr  = -6993, /* not an error: SSLWants() says what is awaited; call again then */
    SSLIOErr          = -6992, /* for I/O callbacks: the transport failed */
    SSLSessionNotFoundErr       = -6991, /* for session callbacks: no entry for this key */
    SSLConnectionClosedGraceful = -6990, /* the connection was ended with close_notify */
    SSLConnectionClosedError    = -6989, /* the connection was ended by an earlier fatal error */
    ASNBadEncodingErr           = -6988, /* malformed DER */
    ASNIntegerTooBigErr         = -6987, /* a DER integer exceeds the stated limit */
    X509CertChainInvalidErr =
        -6986, /* a chain is empty, out of order, or a signature in it is wrong */
    X509NamesNotEqualErr = -6985, /* an issuer name is not the next certificate's subject */

    /* Use of the interface. */
    SSLBadParameterErr = -6900, /* an argument is NULL, unknown or contradicts another */
    SSLBadStateErr =
        -6899, /* the call is not allowed now: while a handshake runs, or inside a callback */
    SSLMissingCallbackErr =
        -6898, /* a required callback is not set: SSLGetErrorDetail() names it */
    SSLCallbackErr =
        -6897, /* a callback broke its contract: SSLGetErrorDetail() names it (fatal) */
    SSLInternalErr = -6896, /* a self-check of the engine failed (fatal) */
    SSLCryptoErr =
        -6895, /* the cryptographic library refused an operation that must not fail (fatal) */

    /* Life of a connection. */
    SSLConnectionTruncated =
        -6890, /* the transport ended without close_notify: data may be missing (fatal) */
    SSLKeyLimitErr =
        -6889, /* the limit of records under one key is reached and it cannot be changed (fatal) */
    SSLPeerCertRequiredErr = -6888, /* the peer had to show a certificate and did not (fatal) */
    SSLNoTrustErr = -6887, /* nothing installed may decide on the peer's certificate (fatal) */

    /* Keys and files. */
    SSLBadKeyErr      = -6880, /* a private key is malformed, inconsistent or of an unknown kind */
    SSLBadPasswordErr = -6879, /* an encrypted key cannot be decrypted with this password */
    SSLKeyMismatchErr = -6878, /* a private key does not belong to the certificate */
    SSLBadPEMErr      = -6877, /* a PEM block is malformed, or none of the wanted kind is present */

    /* Certificates of the peer (fatal in a handshake unless a verify callback overrules). */
    X509BadCertificateErr    = -6870, /* malformed, or against the rules of its version */
    X509BadSignatureErr      = -6869, /* a signature of the chain does not verify */
    X509BadKeyErr            = -6868, /* a public key is malformed or of a form that is refused */
    X509WeakKeyErr           = -6867, /* a public key is shorter than the policy allows */
    X509WeakSignatureErr     = -6866, /* signed with an algorithm that the policy does not allow */
    X509UnknownIssuerErr     = -6865, /* no path to a trust anchor */
    X509ExpiredErr           = -6864, /* notAfter has passed */
    X509NotYetValidErr       = -6863, /* notBefore has not come */
    X509NotCAErr             = -6862, /* an issuer is not a certification authority */
    X509PathTooLongErr       = -6861, /* a path length constraint or the depth limit is exceeded */
    X509KeyUsageErr          = -6860, /* key usage does not allow this use */
    X509WrongPurposeErr      = -6859, /* extended key usage does not allow this use */
    X509CriticalExtensionErr = -6858, /* a critical extension is not understood */
    X509HostNameErr          = -6857, /* the certificate is not for this host name or address */
    X509TooComplexErr        = -6856, /* the limit of work for one chain is reached */
    X509NameConstraintErr    = -6855, /* a name is not one that an issuer may give */
    X509PolicyErr            = -6854, /* no certificate policy is left, and an issuer demands one */
    X509RevokedErr           = -6850, /* the certificate is revoked */
    X509RevocationUnknownErr = -6849, /* nothing proves that it is not revoked */
    X509BadOCSPErr           = -6847, /* a stapled OCSP response is malformed or not authentic */
    X509MustStapleErr        = -6846  /* the certificate needs a stapled response, none came */
};

/* Two spellings that the manual's text uses besides the ones of its table. */
#define SSLWouldBlockError SSLWouldBlockErr
#define SSLProtocolError   SSLProtocolErr
/* The manual's text names this code where its table has none (section "SSLGetSessionFunc"). */
#define SSLNoMatchingSessionKeyErr SSLSessionNotFoundErr

#endif
