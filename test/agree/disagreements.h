/*
 * disagreements.h - where our verifier and another one differ, and why ours is right. A row is
 * found by the reason of whoever refuses: our rule, or the other's word. The numbers are those of
 * the list of cases that the rules were taken from. GnuTLS reads BER in many places, OpenSSL checks
 * little of what it does not use.
 */
#ifndef SSLREF_TEST_AGREE_DISAGREEMENTS_H
#define SSLREF_TEST_AGREE_DISAGREEMENTS_H

static const struct {
    char        whom;      /* O: OpenSSL, G: GnuTLS, B: both */
    int         we_accept; /* and they refuse; else the other way round */
    const char *reason, *why;
} disagreements[] = {
    {'G', 1, "purpose", "anyExtendedKeyUsage in a CA serves every purpose, as browsers have it"},
    {'O', 1, "unsuitable certificate purpose", "the same, and OpenSSL also asks it of an anchor"},
    {'G', 1, "signer constraints",
     "9.2 12, 34: GnuTLS refuses policy constraints and features of a CA that it does not process"},
    {'G', 1, "signer not found",
     "9.2 19, 21, 22: issuer names are equal in another case or string type; key identifiers are "
     "hints"},
    {'O', 1, "unable to get local issuer certificate",
     "9.2 19: the authority key identifier is a hint, never a reason to refuse"},
    {'B', 0, "ECDSA with parameters", "37: the parameters are absent"},
    {'B', 0, "a name is in a subtree that an issuer's name constraints exclude",
     "101: a wildcard that can stand for an excluded name"},
    {'B', 0, "a name is outside the subtrees that an issuer's name constraints permit",
     "constraints of an anchor bind the CAs below it, too; what is no host name fails while DNS "
     "names are constrained"},
    {'O', 0, "an extension stands twice",
     "33, 126: OpenSSL does not look at doubles of all kinds in CAs"},
    {'G', 0, "extended key usage does not name TLS servers", "94: a leaf must name the purpose"},
    {'O', 0, "extensions need version 3", "31, 32"},
    {'G', 0, "key usage allows no key exchange of TLS", "91: the key is for something else"},
    {'G', 0, "malformed authority key identifier", "42: what is recognised must be well formed"},
    {'B', 0, "malformed basic constraints", "7, 8: TRUE is FF, and FALSE is not written"},
    {'B', 0, "malformed certificate policies", "126: no policy twice"},
    {'G', 0, "malformed extended key usage", "28: never empty"},
    {'B', 0, "malformed key usage", "14, 15: unused bits are 0, and one is set"},
    {'B', 0, "malformed name constraints", "119, 120, 106: never empty, no minimum"},
    {'B', 0, "malformed policy constraints", "126: never empty"},
    {'G', 0, "malformed subject key identifier", "42"},
    {'G', 0, "malformed subject alternative name", "26, 27"},
    {'O', 0, "malformed subject alternative name", "27"},
    {'G', 0, "names, dates or key are not DER", "16, 19, 20: dates that do not exist"},
    {'B', 0, "no policy of the path is left, and an issuer demands one",
     "121: OpenSSL looks at policies only when told to; GnuTLS not at those of the leaf and of an "
     "anchor"},
    {'O', 0, "the certificate is for other names", "129: a wildcard is a whole label"},
    {'B', 0, "the certificate names nobody", "35: a subject or an alternative name"},
    {'G', 0, "the elliptic curve is not given by name", "43, 47"},
    {'G', 0, "the end of the signed part is not DER", "12"},
    {'B', 0, "the extensions are not DER", "8: a critical FALSE is not written, TRUE is FF"},
    {'B', 0, "the issuer is empty", "34"},
    {'B', 0, "the issuer or subject is no proper name",
     "21, 22, 23: strings hold what their type says"},
    {'B', 0, "the list of extensions is empty", "29"},
    {'G', 0, "the point is not in the uncompressed form of its curve", "46"},
    {'G', 0, "the point is not on its curve", "45"},
    {'G', 0, "the public key is not DER", "13, 50"},
    {'G', 0, "the public key is of an unknown kind", "57: nothing that TLS can use"},
    {'B', 0, "the serial number is negative", "accepted by both; a switch is not worth the risk"},
    {'G', 0, "the serial number is not DER", "5, 6"},
    {'B', 0, "the two signature algorithms differ",
     "36: they check it for the certificates that they verify, not for an anchor"},
    {'B', 0, "the version is not DER", "9, 30"},
    {'O', 0, "unique identifiers need version 2", "they belong to version 2 and 3"},
    {'B', 0, "unknown version", "9, 30: version 1 is not written, and there is no version 4"},
    {'B', 0, "the frame of the certificate is not DER", "1: the shortest form of a length"},
};

#endif
