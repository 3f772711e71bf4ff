/*
 * messages.c - names of handshake messages and alerts, sentences for errors, and which alert tells
 * a peer of which error.
 */
#include "tables.h"

typedef struct NumberName {
    int         number;
    const char *name;
} NumberName;

/* clang-format off */
static const NumberName message_names[] = {
    { MSG_HELLO_REQUEST,        "HelloRequest" },
    { MSG_CLIENT_HELLO,         "ClientHello" },
    { MSG_SERVER_HELLO,         "ServerHello" },
    { MSG_NEW_SESSION_TICKET,   "NewSessionTicket" },
    { MSG_END_OF_EARLY_DATA,    "EndOfEarlyData" },
    { MSG_ENCRYPTED_EXTENSIONS, "EncryptedExtensions" },
    { MSG_CERTIFICATE,          "Certificate" },
    { MSG_SERVER_KEY_EXCHANGE,  "ServerKeyExchange" },
    { MSG_CERTIFICATE_REQUEST,  "CertificateRequest" },
    { MSG_SERVER_HELLO_DONE,    "ServerHelloDone" },
    { MSG_CERTIFICATE_VERIFY,   "CertificateVerify" },
    { MSG_CLIENT_KEY_EXCHANGE,  "ClientKeyExchange" },
    { MSG_FINISHED,             "Finished" },
    { MSG_CERTIFICATE_STATUS,   "CertificateStatus" },
    { MSG_KEY_UPDATE,           "KeyUpdate" },
    { MSG_HELLO_RETRY_REQUEST,  "HelloRetryRequest" },
    { MSG_CHANGE_CIPHER_SPEC,   "ChangeCipherSpec" },
    { MSG_CLIENT_HELLO_V2,      "ClientHello in 2.0 format" },
    { 0x200,                    "ERROR" }, /* SSL 2.0 */
    { 0x201,                    "CLIENT-HELLO" },
    { 0x202,                    "CLIENT-MASTER-KEY" },
    { 0x203,                    "CLIENT-FINISHED" },
    { 0x204,                    "SERVER-HELLO" },
    { 0x205,                    "SERVER-VERIFY" },
    { 0x206,                    "SERVER-FINISHED" },
    { 0x207,                    "REQUEST-CERTIFICATE" },
    { 0x208,                    "CLIENT-CERTIFICATE" },
};

static const NumberName alert_names[] = {
    { ALERT_CLOSE_NOTIFY,            "close_notify" },
    { ALERT_UNEXPECTED_MESSAGE,      "unexpected_message" },
    { ALERT_BAD_RECORD_MAC,          "bad_record_mac" },
    { 21,                            "decryption_failed" },
    { ALERT_RECORD_OVERFLOW,         "record_overflow" },
    { 30,                            "decompression_failure" },
    { ALERT_HANDSHAKE_FAILURE,       "handshake_failure" },
    { 41,                            "no_certificate" },
    { ALERT_BAD_CERTIFICATE,         "bad_certificate" },
    { ALERT_UNSUPPORTED_CERTIFICATE, "unsupported_certificate" },
    { ALERT_CERTIFICATE_REVOKED,     "certificate_revoked" },
    { ALERT_CERTIFICATE_EXPIRED,     "certificate_expired" },
    { ALERT_CERTIFICATE_UNKNOWN,     "certificate_unknown" },
    { ALERT_ILLEGAL_PARAMETER,       "illegal_parameter" },
    { ALERT_UNKNOWN_CA,              "unknown_ca" },
    { 49,                            "access_denied" },
    { ALERT_DECODE_ERROR,            "decode_error" },
    { ALERT_DECRYPT_ERROR,           "decrypt_error" },
    { 60,                            "export_restriction" },
    { ALERT_PROTOCOL_VERSION,        "protocol_version" },
    { ALERT_INSUFFICIENT_SECURITY,   "insufficient_security" },
    { ALERT_INTERNAL_ERROR,          "internal_error" },
    { ALERT_INAPPROPRIATE_FALLBACK,  "inappropriate_fallback" },
    { ALERT_USER_CANCELED,           "user_canceled" },
    { ALERT_NO_RENEGOTIATION,        "no_renegotiation" },
    { ALERT_MISSING_EXTENSION,       "missing_extension" },
    { ALERT_UNSUPPORTED_EXTENSION,   "unsupported_extension" },
    { 111,                           "certificate_unobtainable" },
    { ALERT_UNRECOGNIZED_NAME,       "unrecognized_name" },
    { ALERT_BAD_CERTIFICATE_STATUS_RESPONSE, "bad_certificate_status_response" },
    { 114,                           "bad_certificate_hash_value" },
    { ALERT_UNKNOWN_PSK_IDENTITY,    "unknown_psk_identity" },
    { ALERT_CERTIFICATE_REQUIRED,    "certificate_required" },
    { 117,                           "general_error" },
    { ALERT_NO_APPLICATION_PROTOCOL, "no_application_protocol" },
};

static const NumberName error_sentences[] = {
    { SSLNoErr,                    "no error" },
    { SSLMemoryErr,                "out of memory" },
    { SSLUnsupportedErr,           "not supported by this build, version or state" },
    { SSLOverflowErr,              "an index, length or count is out of range" },
    { SSLUnknownErr,               "unknown error" },
    { SSLProtocolErr,              "the peer broke the protocol" },
    { SSLNegotiationErr,           "no common version, cipher suite, group, signature scheme or protocol" },
    { SSLFatalAlert,               "the peer sent a fatal alert" },
    { SSLWouldBlockErr,            "the operation would block; call again" },
    { SSLIOErr,                    "the transport failed" },
    { SSLSessionNotFoundErr,       "no session for this key" },
    { SSLConnectionClosedGraceful, "the connection was closed properly" },
    { SSLConnectionClosedError,    "the connection was ended by an earlier error" },
    { ASNBadEncodingErr,           "malformed DER" },
    { ASNIntegerTooBigErr,         "a DER integer is too big" },
    { X509CertChainInvalidErr,     "the certificate chain is empty, out of order or wrongly signed" },
    { X509NamesNotEqualErr,        "an issuer name is not the next subject name" },
    { SSLBadParameterErr,          "an argument is missing, unknown or contradictory" },
    { SSLBadStateErr,              "the call is not allowed now" },
    { SSLMissingCallbackErr,       "a required callback is not set" },
    { SSLCallbackErr,              "a callback broke its contract" },
    { SSLInternalErr,              "a self-check of the engine failed" },
    { SSLCryptoErr,                "the cryptographic library failed" },
    { SSLConnectionTruncated,      "the transport ended without close_notify" },
    { SSLKeyLimitErr,              "the limit of records under one key is reached" },
    { SSLPeerCertRequiredErr,      "the peer showed no certificate" },
    { SSLNoTrustErr,               "nothing is installed that may trust the peer's certificate" },
    { SSLBadKeyErr,                "the private key is malformed, inconsistent or of an unknown kind" },
    { SSLBadPasswordErr,           "the key cannot be decrypted with this password" },
    { SSLKeyMismatchErr,           "the private key does not belong to the certificate" },
    { SSLBadPEMErr,                "no usable PEM block" },
    { X509BadCertificateErr,       "the certificate is malformed or breaks the rules of its version" },
    { X509BadSignatureErr,         "a certificate's signature does not verify" },
    { X509BadKeyErr,               "a certificate's public key is malformed or of a refused form" },
    { X509WeakKeyErr,              "a certificate's public key is too short" },
    { X509WeakSignatureErr,        "a certificate is signed with an algorithm that is not allowed" },
    { X509UnknownIssuerErr,        "no path to a trust anchor" },
    { X509ExpiredErr,              "a certificate has expired" },
    { X509NotYetValidErr,          "a certificate is not yet valid" },
    { X509NotCAErr,                "an issuer is not a certification authority" },
    { X509PathTooLongErr,          "the certificate path is too long" },
    { X509KeyUsageErr,             "key usage does not allow this use" },
    { X509WrongPurposeErr,         "extended key usage does not allow this use" },
    { X509CriticalExtensionErr,    "a critical extension is not understood" },
    { X509HostNameErr,             "the certificate is for another host" },
    { X509TooComplexErr,           "the certificate chain is too complex" },
    { X509NameConstraintErr,       "an issuer of the certificate may not give this name" },
    { X509PolicyErr,               "no certificate policy is left that an issuer demands" },
    { X509RevokedErr,              "the certificate is revoked" },
    { X509RevocationUnknownErr,    "nothing proves that the certificate is not revoked" },
    { X509BadOCSPErr,              "a stapled OCSP response is malformed or not authentic" },
    { X509MustStapleErr,           "the certificate needs a stapled OCSP response" },
};

/* clang-format on */

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const char *find_name(const NumberName *table, size_t count, int number,
                             const char *if_unknown)
{
    size_t i;

    for (i = 0; i < count; i++) {
        if (table[i].number == number) {
            return table[i].name;
        }
    }
    return if_unknown;
}

const char *sslr_message_name(uint16_t type)
{
    return find_name(message_names, COUNT(message_names), type, "unknown message");
}

const char *SSLAlertName(uint8 alert)
{
    return find_name(alert_names, COUNT(alert_names), alert, "unknown");
}

const char *SSLErrorString(SSLErr err)
{
    return find_name(error_sentences, COUNT(error_sentences), err,
                     "an error code of the program's own");
}

uint8_t sslr_alert_for_error(SSLErr err)
{
    switch (err) {
    case ASNBadEncodingErr:
    case ASNIntegerTooBigErr:
    case X509BadCertificateErr:
    case X509BadKeyErr:
    case X509WeakKeyErr:
    case X509BadSignatureErr:
    case X509WeakSignatureErr:
    case X509CertChainInvalidErr:
    case X509NamesNotEqualErr:
    case X509NotCAErr:
    case X509PathTooLongErr:
    case X509HostNameErr:
    case X509NameConstraintErr:
    case X509PolicyErr:
        return ALERT_BAD_CERTIFICATE;
    case X509ExpiredErr:
    case X509NotYetValidErr:
        return ALERT_CERTIFICATE_EXPIRED;
    case X509UnknownIssuerErr:
        return ALERT_UNKNOWN_CA;
    case X509KeyUsageErr:
    case X509WrongPurposeErr:
    case X509CriticalExtensionErr:
        return ALERT_UNSUPPORTED_CERTIFICATE;
    case X509RevokedErr:
        return ALERT_CERTIFICATE_REVOKED;
    case X509BadOCSPErr:
    case X509MustStapleErr:
        return ALERT_BAD_CERTIFICATE_STATUS_RESPONSE;
    case X509RevocationUnknownErr:
    case X509TooComplexErr:
    case SSLNoTrustErr:
        return ALERT_CERTIFICATE_UNKNOWN;
    default:
        return ALERT_INTERNAL_ERROR;
    }
}
