/*
 * test_negative.c - one mistake in a hello or its extensions, and the alert of the tables of
 * RFC 8446 and RFC 5246 for it. Other messages: test_negative_messages.c; records:
 * test_negative_records.c.
 */
#include "negative.h"

#define FROM_CLIENT EVIL_CLIENT, MSG_CLIENT_HELLO
#define FROM_SERVER EVIL_SERVER, MSG_SERVER_HELLO
#define IN_EE       EVIL_SERVER, MSG_ENCRYPTED_EXTENSIONS
#define IN_HRR      EVIL_SERVER, MSG_HELLO_RETRY_REQUEST

#define DECODE       ALERT_DECODE_ERROR, SSLProtocolErr
#define ILLEGAL      ALERT_ILLEGAL_PARAMETER, SSLProtocolErr
#define UNEXPECTED   ALERT_UNEXPECTED_MESSAGE, SSLProtocolErr
#define UNSUPPORTED  ALERT_UNSUPPORTED_EXTENSION, SSLProtocolErr
#define MISSING      ALERT_MISSING_EXTENSION, SSLProtocolErr
#define NOTHING_BOTH ALERT_HANDSHAKE_FAILURE, SSLNegotiationErr
#define FAILURE      ALERT_HANDSHAKE_FAILURE, SSLProtocolErr
#define VERSION      ALERT_PROTOCOL_VERSION, SSLNegotiationErr
#define FINE         NO_ALERT, SSLNoErr

/* ---- the form of a ClientHello ---- */

/* Offsets in the body, with the 32-byte session ID of a client of TLS 1.3. */
#define SESSION_ID 34
#define SUITES     67

static void in_session_id(EvilMessage *message, size_t length)
{
    uint8_t id[64];

    memset(id, 0x5A, sizeof(id));
    id[0] = (uint8_t)length;
    splice(message, 4 + SESSION_ID, 1 + (size_t)message->bytes.data[4 + SESSION_ID], id,
           1 + length);
}

static SSLErr long_session_id(Peer *evil, EvilPhase phase, EvilMessage *message)
{
    if (phase == EVIL_READY && is_wanted(evil, message)) {
        in_session_id(message, 33);
    }
    return SSLNoErr;
}

static SSLErr other_session_id(Peer *evil, EvilPhase phase, EvilMessage *message)
{
    if (phase == EVIL_READY && is_wanted(evil, message)) {
        in_session_id(message, 32);
    }
    return SSLNoErr;
}

/* Replace the list of suites by these bytes. */
static void put_suites(EvilMessage *message, const void *list, size_t length)
{
    uint8_t *bytes = message->bytes.data;
    size_t   at    = 4 + SESSION_ID + 1 + bytes[4 + SESSION_ID];
    uint8_t  vector[64];

    put_u16(vector, length);
    memcpy(vector + 2, list, length);
    splice(message, at, 2 + (size_t)get_u16(bytes + at), vector, 2 + length);
}

/* The same for compression methods. */
static void put_compressions(EvilMessage *message, const void *list, size_t length)
{
    uint8_t *bytes = message->bytes.data;
    size_t   at    = 4 + SESSION_ID + 1 + bytes[4 + SESSION_ID];
    uint8_t  vector[64];

    at += 2 + (size_t)get_u16(bytes + at);
    vector[0] = (uint8_t)length;
    memcpy(vector + 1, list, length);
    splice(message, at, 1 + (size_t)bytes[at], vector, 1 + length);
}

#define HOOK(name, action)                                                                         \
    static SSLErr name(Peer *evil, EvilPhase phase, EvilMessage *message)                          \
    {                                                                                              \
        if (phase == EVIL_READY && is_wanted(evil, message)) {                                     \
            action;                                                                                \
        }                                                                                          \
        return SSLNoErr;                                                                           \
    }

HOOK(no_suites, put_suites(message, "", 0))
HOOK(odd_suites, put_suites(message, "\x13\x01\x13", 3))
HOOK(unknown_suites, put_suites(message, "\x0A\x0A\x12\x34\x00\x01", 6))
HOOK(greased_suites, put_suites(message, "\x0A\x0A\xFA\xFA\x13\x01\xC0\x2B", 8))
HOOK(renegotiation_suite, put_suites(message, "\x00\xFF\xC0\x2B", 4))
HOOK(no_compression, put_compressions(message, "", 0))
HOOK(deflate_only, put_compressions(message, "\x01", 1))
HOOK(null_and_deflate, put_compressions(message, "\x01\x00", 2))
HOOK(no_extensions, splice(message, extension_block(message, 1),
                           message->bytes.length - extension_block(message, 1), NULL, 0))
HOOK(short_block, put_u16(message->bytes.data + extension_block(message, 1),
                          get_u16(message->bytes.data + extension_block(message, 1)) - 1u))
HOOK(long_block, put_u16(message->bytes.data + extension_block(message, 1),
                         get_u16(message->bytes.data + extension_block(message, 1)) + 1u))

static SSLErr many_extensions(Peer *evil, EvilPhase phase, EvilMessage *message)
{
    uint16_t i;

    for (i = 0; phase == EVIL_READY && is_wanted(evil, message) && i < 65; i++) {
        add_extension(message, 1, (uint16_t)(0x7000 + i), NULL, 0);
    }
    return SSLNoErr;
}

/* clang-format off */
static const Case client_hello_form[] = {
    { "ClientHello with trailing bytes",     &tls13, FROM_CLIENT, APPEND, 0, "00", DECODE },
    { "ClientHello with trailing bytes",     &tls12, FROM_CLIENT, APPEND, 0, "00", DECODE },
    { "ClientHello that ends in a random",   &tls13, FROM_CLIENT, BODY, 0, "0303 5a*16", DECODE },
    { "empty ClientHello",                   &tls13, FROM_CLIENT, BODY, 0, "", DECODE },
    { "session ID of 33 bytes",              &tls13, FROM_CLIENT, CUSTOM, 0, NULL, DECODE, long_session_id },
    { "no suites",                           &tls13, FROM_CLIENT, CUSTOM, 0, NULL, DECODE, no_suites },
    { "odd list of suites",                  &tls13, FROM_CLIENT, CUSTOM, 0, NULL, DECODE, odd_suites },
    { "no common suite",                     &tls13, FROM_CLIENT, CUSTOM, 0, NULL, NOTHING_BOTH, unknown_suites },
    { "no common suite",                     &tls12, FROM_CLIENT, CUSTOM, 0, NULL, NOTHING_BOTH, unknown_suites },
    { "GREASE among the suites",             &tls13, FROM_CLIENT, CUSTOM, 0, NULL, FINE, greased_suites },
    { "renegotiation SCSV and extension",    &tls12, FROM_CLIENT, CUSTOM, 0, NULL, FINE, renegotiation_suite },
    { "no compression methods",              &tls13, FROM_CLIENT, CUSTOM, 0, NULL, DECODE, no_compression },
    { "no null compression",                 &tls13, FROM_CLIENT, CUSTOM, 0, NULL, ILLEGAL, deflate_only },
    { "no null compression",                 &tls12, FROM_CLIENT, CUSTOM, 0, NULL, ILLEGAL, deflate_only },
    { "compression offered for TLS 1.3",     &tls13, FROM_CLIENT, CUSTOM, 0, NULL, ILLEGAL, null_and_deflate },
    { "compression offered for TLS 1.2",     &tls12, FROM_CLIENT, CUSTOM, 0, NULL, FINE, null_and_deflate },
    { "version 2.0",                         &tls12, FROM_CLIENT, PUT, 0, "0200", VERSION },
    { "version 3.0",                         &tls12, FROM_CLIENT, PUT, 0, "0300", VERSION },
    { "version TLS 1.1",                     &tls12, FROM_CLIENT, PUT, 0, "0302", VERSION },
    { "version of the future",               &tls12, FROM_CLIENT, PUT, 0, "0309", FINE },
    { "version 4.0",                         &tls12, FROM_CLIENT, PUT, 0, "0400", VERSION },
    { "TLS 1.3 below legacy version 3.0",    &tls13, FROM_CLIENT, PUT, 0, "0300", VERSION },
    { "TLS 1.2 to a server of TLS 1.3",      &tls13, FROM_CLIENT, CUSTOM, 0, NULL, VERSION, no_extensions },
    { "no extensions, so SHA-1 is meant",    &tls12, FROM_CLIENT, CUSTOM, 0, NULL, NOTHING_BOTH, no_extensions },
    { "block of extensions too short",       &tls13, FROM_CLIENT, CUSTOM, 0, NULL, DECODE, short_block },
    { "block of extensions too long",        &tls13, FROM_CLIENT, CUSTOM, 0, NULL, DECODE, long_block },
    { "too many extensions",                 &tls13, FROM_CLIENT, CUSTOM, 0, NULL, DECODE, many_extensions },
};
/* clang-format on */

static void the_form_of_a_client_hello(void **unused)
{
    (void)unused;
    RUN_CASES(client_hello_form);
}

/* ---- extensions of a ClientHello ---- */

static void strict_name(Pair *pair)
{
    assert_int_equal(SSLSetStrictServerName(&pair->server.ctx, 1), SSLNoErr);
}

static void fallback(Pair *pair)
{
    assert_int_equal(SSLSetFallback(&pair->client.ctx, 1), SSLNoErr);
}

/* clang-format off */
static const Case client_hello_extensions[] = {
    { "unknown extension",                   &tls13, FROM_CLIENT, ADD, 0x7A7A, "00010203", FINE },
    { "unknown extension",                   &tls12, FROM_CLIENT, ADD, 0x7A7A, "", FINE },
    { "unknown extension twice",             &tls13, EVIL_CLIENT, MSG_CLIENT_HELLO, CUSTOM, 0, NULL, ILLEGAL, NULL },
    { "pre_shared_key not last",             &tls13, EVIL_CLIENT, MSG_CLIENT_HELLO, CUSTOM, 0, NULL, ILLEGAL, NULL },

    { "no common version",                   &tls13, FROM_CLIENT, SET, EXT_SUPPORTED_VERSIONS, "04 0303 0302", VERSION },
    { "only versions of the future",         &tls13, FROM_CLIENT, SET, EXT_SUPPORTED_VERSIONS, "02 0305", VERSION },
    { "GREASE among the versions",           &tls13, FROM_CLIENT, SET, EXT_SUPPORTED_VERSIONS, "04 7a7a 0304", FINE },
    { "no versions",                         &tls13, FROM_CLIENT, SET, EXT_SUPPORTED_VERSIONS, "00", DECODE },
    { "odd list of versions",                &tls13, FROM_CLIENT, SET, EXT_SUPPORTED_VERSIONS, "03 0304 03", DECODE },
    { "list of versions with trailing byte", &tls13, FROM_CLIENT, SET, EXT_SUPPORTED_VERSIONS, "02 0304 00", DECODE },
    { "list of versions too long",           &tls13, FROM_CLIENT, SET, EXT_SUPPORTED_VERSIONS, "04 0304", DECODE },

    { "signature_algorithms missing",        &tls13, FROM_CLIENT, DROP, EXT_SIGNATURE_ALGORITHMS, NULL, MISSING },
    { "signature_algorithms missing, SHA-1", &tls12, FROM_CLIENT, DROP, EXT_SIGNATURE_ALGORITHMS, NULL, NOTHING_BOTH },
    { "no common scheme",                    &tls13, FROM_CLIENT, SET, EXT_SIGNATURE_ALGORITHMS, "0002 0804", NOTHING_BOTH },
    { "no common scheme",                    &tls12, FROM_CLIENT, SET, EXT_SIGNATURE_ALGORITHMS, "0002 0804", NOTHING_BOTH },
    { "PKCS#1 alone for TLS 1.3",            &tls13_rsa, FROM_CLIENT, SET, EXT_SIGNATURE_ALGORITHMS, "0004 0401 0201", NOTHING_BOTH },
    { "no schemes",                          &tls13, FROM_CLIENT, SET, EXT_SIGNATURE_ALGORITHMS, "0000", DECODE },
    { "odd list of schemes",                 &tls13, FROM_CLIENT, SET, EXT_SIGNATURE_ALGORITHMS, "0003 0807 08", DECODE },
    { "odd list of schemes for certs",       &tls13, FROM_CLIENT, SET, EXT_SIGNATURE_ALGORITHMS_CERT, "0003 0807 08", DECODE },
    { "schemes for certificates",            &tls13, FROM_CLIENT, SET, EXT_SIGNATURE_ALGORITHMS_CERT, "0002 0807", FINE },

    { "supported_groups missing",            &tls13, FROM_CLIENT, DROP, EXT_SUPPORTED_GROUPS, NULL, MISSING },
    { "no groups",                           &tls13, FROM_CLIENT, SET, EXT_SUPPORTED_GROUPS, "0000", DECODE },
    { "odd list of groups",                  &tls12, FROM_CLIENT, SET, EXT_SUPPORTED_GROUPS, "0003 001d 00", DECODE },
    { "no common curve",                     &tls12, FROM_CLIENT, SET, EXT_SUPPORTED_GROUPS, "0002 001e", NOTHING_BOTH },
    { "no common finite field",              &tls12_dhe, FROM_CLIENT, SET, EXT_SUPPORTED_GROUPS, "0002 0104", NOTHING_BOTH },
    { "curve of the certificate not listed", &tls12_p256, FROM_CLIENT, SET, EXT_SUPPORTED_GROUPS, "0002 0018", NOTHING_BOTH },

    { "key_share missing",                   &tls13, FROM_CLIENT, DROP, EXT_KEY_SHARE, NULL, MISSING },
    { "no common group, one share",          &tls13, FROM_CLIENT, CUSTOM, 0, NULL, NOTHING_BOTH, NULL },
    { "the same group twice",                &tls13, FROM_CLIENT, SET, EXT_KEY_SHARE, "0048 001d 0020 09*32 001d 0020 09*32", ILLEGAL },
    { "share for a group not listed",        &tls13, FROM_CLIENT, SET, EXT_KEY_SHARE, "0045 0017 0041 04 09*64", ILLEGAL },
    { "share without bytes",                 &tls13, FROM_CLIENT, SET, EXT_KEY_SHARE, "0004 001d 0000", DECODE },
    { "list of shares too long",             &tls13, FROM_CLIENT, SET, EXT_KEY_SHARE, "0025 001d 0020 09*32", DECODE },
    { "list of shares with trailing byte",   &tls13, FROM_CLIENT, SET, EXT_KEY_SHARE, "0024 001d 0020 09*32 00", DECODE },
    { "X25519 share of 31 bytes",            &tls13, FROM_CLIENT, SET, EXT_KEY_SHARE, "0023 001d 001f 09*31", ILLEGAL },
    { "X25519 share of 33 bytes",            &tls13, FROM_CLIENT, SET, EXT_KEY_SHARE, "0025 001d 0021 09*33", ILLEGAL },
    { "all-zero X25519",                     &tls13, FROM_CLIENT, SET, EXT_KEY_SHARE, "0024 001d 0020 00*32", ILLEGAL },
    { "X25519 of small order",               &tls13, FROM_CLIENT, SET, EXT_KEY_SHARE, "0024 001d 0020 01 00*31", ILLEGAL },
    { "P-256 off the curve",                 &tls13_p256, FROM_CLIENT, SET, EXT_KEY_SHARE, "0045 0017 0041 04 09*64", ILLEGAL },
    { "P-256 compressed",                    &tls13_p256, FROM_CLIENT, SET, EXT_KEY_SHARE, "0025 0017 0021 02 6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296", ILLEGAL },
    { "P-256 infinity",                      &tls13_p256, FROM_CLIENT, SET, EXT_KEY_SHARE, "0005 0017 0001 00", ILLEGAL },
    { "P-256 zero",                          &tls13_p256, FROM_CLIENT, SET, EXT_KEY_SHARE, "0045 0017 0041 04 00*64", ILLEGAL },
    { "P-256 coordinates not below p",       &tls13_p256, FROM_CLIENT, SET, EXT_KEY_SHARE, "0045 0017 0041 04 ff*64", ILLEGAL },
    { "P-384 off the curve",                 &tls13_p384, FROM_CLIENT, SET, EXT_KEY_SHARE, "0065 0018 0061 04 09*96", ILLEGAL },
    { "P-521 off the curve",                 &tls13_p521, FROM_CLIENT, SET, EXT_KEY_SHARE, "0089 0019 0085 04 00 09*131", ILLEGAL },
    { "FFDHE share too short",               &tls13_ffdhe, FROM_CLIENT, SET, EXT_KEY_SHARE, "0103 0100 00ff 09*255", ILLEGAL },
    { "FFDHE share too long",                &tls13_ffdhe, FROM_CLIENT, SET, EXT_KEY_SHARE, "0105 0100 0101 00 09*256", ILLEGAL },
    { "FFDHE Y = 0",                         &tls13_ffdhe, FROM_CLIENT, SET, EXT_KEY_SHARE, "0104 0100 0100 00*256", ILLEGAL },
    { "FFDHE Y = 1",                         &tls13_ffdhe, FROM_CLIENT, SET, EXT_KEY_SHARE, "0104 0100 0100 00*255 01", ILLEGAL },
    { "FFDHE Y not below p",                 &tls13_ffdhe, FROM_CLIENT, SET, EXT_KEY_SHARE, "0104 0100 0100 ff*256", ILLEGAL },
    { "hybrid share too short",              &tls13_hybrid, FROM_CLIENT, SET, EXT_KEY_SHARE, "04c3 11ec 04bf 01*1215", ILLEGAL },
    { "hybrid share with the classic part",  &tls13_hybrid, FROM_CLIENT, SET, EXT_KEY_SHARE, "0024 11ec 0020 09*32", ILLEGAL },
    { "hybrid key that is not reduced",      &tls13_hybrid, FROM_CLIENT, SET, EXT_KEY_SHARE, "04c4 11ec 04c0 ff*1184 09*32", ILLEGAL },
    { "hybrid with all-zero X25519",         &tls13_hybrid, FROM_CLIENT, SET, EXT_KEY_SHARE, "04c4 11ec 04c0 01*1184 00*32", ILLEGAL },

    { "no common application protocol",      &tls13_alpn, FROM_CLIENT, SET, EXT_ALPN, "0004 03 666f6f", ALERT_NO_APPLICATION_PROTOCOL, SSLNegotiationErr },
    { "no common application protocol",      &tls12_alpn, FROM_CLIENT, SET, EXT_ALPN, "0004 03 666f6f", ALERT_NO_APPLICATION_PROTOCOL, SSLNegotiationErr },
    { "no application protocols",            &tls13_alpn, FROM_CLIENT, SET, EXT_ALPN, "0000", DECODE },
    { "application protocol without name",   &tls13_alpn, FROM_CLIENT, SET, EXT_ALPN, "0004 00 026832", DECODE },
    { "list of protocols too long",          &tls13_alpn, FROM_CLIENT, SET, EXT_ALPN, "0004 026832", DECODE },
    { "name of a protocol too long",         &tls13_alpn, FROM_CLIENT, SET, EXT_ALPN, "0003 036832", DECODE },

    { "strict, unknown name",                &tls13_name, FROM_CLIENT, SET, EXT_SERVER_NAME, "0008 00 0005 612e62632e", ALERT_UNRECOGNIZED_NAME, SSLNegotiationErr, NULL, strict_name },
    { "strict, unknown name",                &tls12_name, FROM_CLIENT, SET, EXT_SERVER_NAME, "0006 00 0003 612e62", ALERT_UNRECOGNIZED_NAME, SSLNegotiationErr, NULL, strict_name },
    { "strict, the right name",              &tls12_name, FROM_CLIENT, UNCHANGED, 0, NULL, FINE, NULL, strict_name },
    { "strict, no name",                     &tls13, FROM_CLIENT, UNCHANGED, 0, NULL, FINE, NULL, strict_name },
    { "unknown name",                        &tls13_name, FROM_CLIENT, SET, EXT_SERVER_NAME, "0006 00 0003 612e62", FINE },
    { "empty list of names",                 &tls13_name, FROM_CLIENT, SET, EXT_SERVER_NAME, "0000", DECODE },
    { "empty name",                          &tls13_name, FROM_CLIENT, SET, EXT_SERVER_NAME, "0003 00 0000", DECODE },
    { "two names",                           &tls13_name, FROM_CLIENT, SET, EXT_SERVER_NAME, "000c 00 0003 612e62 00 0003 612e63", DECODE },
    { "name with a zero byte",               &tls13_name, FROM_CLIENT, SET, EXT_SERVER_NAME, "0006 00 0003 610062", DECODE },
    { "empty server_name",                   &tls13_name, FROM_CLIENT, SET, EXT_SERVER_NAME, "", DECODE },

    { "max_fragment_length 0",               &tls12_fragment, FROM_CLIENT, SET, EXT_MAX_FRAGMENT_LENGTH, "00", ILLEGAL },
    { "max_fragment_length 5",               &tls13_fragment, FROM_CLIENT, SET, EXT_MAX_FRAGMENT_LENGTH, "05", ILLEGAL },
    { "max_fragment_length of two bytes",    &tls12_fragment, FROM_CLIENT, SET, EXT_MAX_FRAGMENT_LENGTH, "0101", DECODE },
    { "max_fragment_length of no byte",      &tls12_fragment, FROM_CLIENT, SET, EXT_MAX_FRAGMENT_LENGTH, "", DECODE },
    { "record_size_limit 63",                &tls12_limit, FROM_CLIENT, SET, EXT_RECORD_SIZE_LIMIT, "003f", ILLEGAL },
    { "record_size_limit 63",                &tls13_limit, FROM_CLIENT, SET, EXT_RECORD_SIZE_LIMIT, "003f", ILLEGAL },
    { "record_size_limit of one byte",       &tls13_limit, FROM_CLIENT, SET, EXT_RECORD_SIZE_LIMIT, "40", DECODE },
    { "record_size_limit 64",                &tls13_limit, FROM_CLIENT, SET, EXT_RECORD_SIZE_LIMIT, "0040", FINE },
    { "record_size_limit 65535",             &tls13_limit, FROM_CLIENT, SET, EXT_RECORD_SIZE_LIMIT, "ffff", FINE },

    { "renegotiation_info not empty",        &tls12, FROM_CLIENT, SET, EXT_RENEGOTIATION_INFO, "0c 07*12", FAILURE },
    { "renegotiation_info malformed",        &tls12, FROM_CLIENT, SET, EXT_RENEGOTIATION_INFO, "", DECODE },
    { "renegotiation_info missing",          &tls12, FROM_CLIENT, DROP, EXT_RENEGOTIATION_INFO, NULL, FINE },
    { "extended_master_secret with a body",  &tls12, FROM_CLIENT, SET, EXT_EXTENDED_MASTER_SECRET, "00", DECODE },
    { "encrypt_then_mac with a body",        &tls12_cbc, FROM_CLIENT, SET, EXT_ENCRYPT_THEN_MAC, "00", DECODE },
    { "no uncompressed points",              &tls12_p256, FROM_CLIENT, SET, EXT_EC_POINT_FORMATS, "02 0102", ILLEGAL },
    { "no point formats",                    &tls12_p256, FROM_CLIENT, SET, EXT_EC_POINT_FORMATS, "00", DECODE },
    { "list of point formats too short",     &tls12_p256, FROM_CLIENT, SET, EXT_EC_POINT_FORMATS, "01 0001", DECODE },
    { "status_request malformed",            &tls13_status, FROM_CLIENT, SET, EXT_STATUS_REQUEST, "01 0000 00", DECODE },
    { "status_request with trailing byte",   &tls12_status, FROM_CLIENT, SET, EXT_STATUS_REQUEST, "01 0000 0000 00", DECODE },
    { "status_request of no known type",     &tls13_status, FROM_CLIENT, SET, EXT_STATUS_REQUEST, "07 010203", FINE },
    { "empty cookie",                        &tls13, FROM_CLIENT, SET, EXT_COOKIE, "0000", DECODE },
    { "fallback below what the server has",  &tls12_newer_server, FROM_CLIENT, UNCHANGED, 0, NULL, ALERT_INAPPROPRIATE_FALLBACK, SSLNegotiationErr, NULL, fallback },
    { "fallback to all that the server has", &tls12, FROM_CLIENT, UNCHANGED, 0, NULL, FINE, NULL, fallback },
    { "fallback that names TLS 1.3",         &tls13, FROM_CLIENT, UNCHANGED, 0, NULL, FINE, NULL, fallback },
};
/* clang-format on */

HOOK(unknown_twice, add_extension(message, 1, 0x7A7A, "a", 1);
     add_extension(message, 1, 0x7A7A, "a", 1))
HOOK(key_not_last, add_extension(message, 1, EXT_PRE_SHARED_KEY, "a", 1);
     add_extension(message, 1, 0x7A7A, "a", 1))
HOOK(other_group, set_extension(message, 1, EXT_SUPPORTED_GROUPS, "\0\2\0\x1E", 4);
     set_extension(message, 1, EXT_KEY_SHARE, "\0\5\0\x1E\0\1\7", 7))

static void the_extensions_of_a_client_hello(void **unused)
{
    const struct {
        const char *name;
        EvilHook    hook;
    } hooks[] = {{"unknown extension twice", unknown_twice},
                 {"pre_shared_key not last", key_not_last},
                 {"no common group, one share", other_group}};
    Case   cases[sizeof(client_hello_extensions) / sizeof(client_hello_extensions[0])];
    size_t i, j;

    (void)unused;
    memcpy(cases, client_hello_extensions, sizeof(cases));
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        for (j = 0; j < 3; j++) {
            if (strcmp(cases[i].name, hooks[j].name) == 0) {
                cases[i].custom = hooks[j].hook;
            }
        }
    }
    RUN_CASES(cases);
}
