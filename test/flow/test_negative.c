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
    { "no common suite",                     &tls13, FROM_CLIENT, CUSTOM, 0, NULL, NOT_COMMON, unknown_suites },
    { "no common suite",                     &tls12, FROM_CLIENT, CUSTOM, 0, NULL, NOT_COMMON, unknown_suites },
    { "GREASE among the suites",             &tls13, FROM_CLIENT, CUSTOM, 0, NULL, FINE, greased_suites },
    { "renegotiation SCSV and extension",    &tls12, FROM_CLIENT, CUSTOM, 0, NULL, FINE, renegotiation_suite },
    { "no compression methods",              &tls13, FROM_CLIENT, CUSTOM, 0, NULL, DECODE, no_compression },
    { "no null compression",                 &tls13, FROM_CLIENT, CUSTOM, 0, NULL, ILLEGAL, deflate_only },
    { "no null compression",                 &tls12, FROM_CLIENT, CUSTOM, 0, NULL, ILLEGAL, deflate_only },
    { "compression offered for TLS 1.3",     &tls13, FROM_CLIENT, CUSTOM, 0, NULL, ILLEGAL, null_and_deflate },
    { "compression offered for TLS 1.2",     &tls12, FROM_CLIENT, CUSTOM, 0, NULL, FINE, null_and_deflate },
    { "version 2.0",                         &tls12, FROM_CLIENT, PUT, 0, "0200", VERSION },
    { "version 3.0",                         &tls12, FROM_CLIENT, PUT, 0, "0300", NOT_COMMON },
    { "version TLS 1.1",                     &tls12, FROM_CLIENT, PUT, 0, "0302", VERSION },
    { "version of the future",               &tls12, FROM_CLIENT, PUT, 0, "0309", FINE },
    { "version 4.0",                         &tls12, FROM_CLIENT, PUT, 0, "0400", VERSION },
    { "TLS 1.3 below legacy version 3.0",    &tls13, FROM_CLIENT, PUT, 0, "0300", VERSION },
    { "TLS 1.2 to a server of TLS 1.3",      &tls13, FROM_CLIENT, CUSTOM, 0, NULL, VERSION, no_extensions },
    { "no extensions, so SHA-1 is meant",    &tls12, FROM_CLIENT, CUSTOM, 0, NULL, NOT_COMMON, no_extensions },
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

HOOK(unknown_twice, add_extension(message, 1, 0x7A7A, "a", 1);
     add_extension(message, 1, 0x7A7A, "a", 1))
HOOK(key_not_last, add_extension(message, 1, EXT_PRE_SHARED_KEY, "a", 1);
     add_extension(message, 1, 0x7A7A, "a", 1))
HOOK(other_group, set_extension(message, 1, EXT_SUPPORTED_GROUPS, "\0\2\0\x1E", 4);
     set_extension(message, 1, EXT_KEY_SHARE, "\0\5\0\x1E\0\1\7", 7))

/* clang-format off */
static const Case client_hello_extensions[] = {
    { "unknown extension",                   &tls13, FROM_CLIENT, ADD, 0x7A7A, "00010203", FINE },
    { "unknown extension",                   &tls12, FROM_CLIENT, ADD, 0x7A7A, "", FINE },
    { "unknown extension twice",             &tls13, FROM_CLIENT, CUSTOM, 0, NULL, ILLEGAL, unknown_twice },
    { "pre_shared_key not last",             &tls13, FROM_CLIENT, CUSTOM, 0, NULL, ILLEGAL, key_not_last },

    { "no common version",                   &tls13, FROM_CLIENT, SET, EXT_SUPPORTED_VERSIONS, "04 0303 0302", VERSION },
    { "only versions of the future",         &tls13, FROM_CLIENT, SET, EXT_SUPPORTED_VERSIONS, "02 0305", VERSION },
    { "GREASE among the versions",           &tls13, FROM_CLIENT, SET, EXT_SUPPORTED_VERSIONS, "04 7a7a 0304", FINE },
    { "no versions",                         &tls13, FROM_CLIENT, SET, EXT_SUPPORTED_VERSIONS, "00", DECODE },
    { "odd list of versions",                &tls13, FROM_CLIENT, SET, EXT_SUPPORTED_VERSIONS, "03 0304 03", DECODE },
    { "list of versions with trailing byte", &tls13, FROM_CLIENT, SET, EXT_SUPPORTED_VERSIONS, "02 0304 00", DECODE },
    { "list of versions too long",           &tls13, FROM_CLIENT, SET, EXT_SUPPORTED_VERSIONS, "04 0304", DECODE },

    { "signature_algorithms missing",        &tls13, FROM_CLIENT, DROP, EXT_SIGNATURE_ALGORITHMS, NULL, MISSING },
    { "signature_algorithms missing, SHA-1", &tls12, FROM_CLIENT, DROP, EXT_SIGNATURE_ALGORITHMS, NULL, NOT_COMMON },
    { "no common scheme",                    &tls13, FROM_CLIENT, SET, EXT_SIGNATURE_ALGORITHMS, "0002 0804", NOT_COMMON },
    { "no common scheme",                    &tls12, FROM_CLIENT, SET, EXT_SIGNATURE_ALGORITHMS, "0002 0804", NOT_COMMON },
    { "PKCS#1 alone for TLS 1.3",            &tls13_rsa, FROM_CLIENT, SET, EXT_SIGNATURE_ALGORITHMS, "0004 0401 0201", NOT_COMMON },
    { "no schemes",                          &tls13, FROM_CLIENT, SET, EXT_SIGNATURE_ALGORITHMS, "0000", DECODE },
    { "odd list of schemes",                 &tls13, FROM_CLIENT, SET, EXT_SIGNATURE_ALGORITHMS, "0003 0807 08", DECODE },
    { "odd list of schemes for certs",       &tls13, FROM_CLIENT, SET, EXT_SIGNATURE_ALGORITHMS_CERT, "0003 0807 08", DECODE },
    { "schemes for certificates",            &tls13, FROM_CLIENT, SET, EXT_SIGNATURE_ALGORITHMS_CERT, "0002 0807", FINE },

    { "supported_groups missing",            &tls13, FROM_CLIENT, DROP, EXT_SUPPORTED_GROUPS, NULL, MISSING },
    { "no groups",                           &tls13, FROM_CLIENT, SET, EXT_SUPPORTED_GROUPS, "0000", DECODE },
    { "odd list of groups",                  &tls12, FROM_CLIENT, SET, EXT_SUPPORTED_GROUPS, "0003 001d 00", DECODE },
    { "no common curve",                     &tls12, FROM_CLIENT, SET, EXT_SUPPORTED_GROUPS, "0002 001e", NOT_COMMON },
    { "no common finite field",              &tls12_dhe, FROM_CLIENT, SET, EXT_SUPPORTED_GROUPS, "0002 0104", NOT_COMMON },
    { "curve of the certificate not listed", &tls12_p256, FROM_CLIENT, SET, EXT_SUPPORTED_GROUPS, "0002 0018", NOT_COMMON },

    { "key_share missing",                   &tls13, FROM_CLIENT, DROP, EXT_KEY_SHARE, NULL, MISSING },
    { "no common group, one share",          &tls13, FROM_CLIENT, CUSTOM, 0, NULL, NOT_COMMON, other_group },
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

    { "no common application protocol",      &tls13_alpn, FROM_CLIENT, SET, EXT_ALPN, "0004 03 666f6f", NO_PROTOCOL },
    { "no common application protocol",      &tls12_alpn, FROM_CLIENT, SET, EXT_ALPN, "0004 03 666f6f", NO_PROTOCOL },
    { "no application protocols",            &tls13_alpn, FROM_CLIENT, SET, EXT_ALPN, "0000", DECODE },
    { "application protocol without name",   &tls13_alpn, FROM_CLIENT, SET, EXT_ALPN, "0004 00 026832", DECODE },
    { "list of protocols too long",          &tls13_alpn, FROM_CLIENT, SET, EXT_ALPN, "0004 026832", DECODE },
    { "name of a protocol too long",         &tls13_alpn, FROM_CLIENT, SET, EXT_ALPN, "0003 036832", DECODE },

    { "strict, unknown name",                &tls13_name, FROM_CLIENT, SET, EXT_SERVER_NAME, "0008 00 0005 612e62632e", NO_NAME, NULL, strict_name },
    { "strict, unknown name",                &tls12_name, FROM_CLIENT, SET, EXT_SERVER_NAME, "0006 00 0003 612e62", NO_NAME, NULL, strict_name },
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
    { "fallback below what the server has",  &tls12_newer_server, FROM_CLIENT, UNCHANGED, 0, NULL, FELL_BACK, NULL, fallback },
    { "fallback to all that the server has", &tls12, FROM_CLIENT, UNCHANGED, 0, NULL, FINE, NULL, fallback },
    { "fallback that names TLS 1.3",         &tls13, FROM_CLIENT, UNCHANGED, 0, NULL, FINE, NULL, fallback },
};
/* clang-format on */

static void the_extensions_of_a_client_hello(void **unused)
{
    (void)unused;
    RUN_CASES(client_hello_extensions);
}

/* ---- the second ClientHello ---- */

HOOK(other_random, message->bytes.data[4 + 2] ^= 1)
HOOK(other_suites, put_suites(message, "\x13\x01", 2))

/* clang-format off */
#define SECOND NULL, NULL, NULL, 1
static const Case second_client_hello[] = {
    { "second hello without key_share",      &tls13_retry, FROM_CLIENT, DROP, EXT_KEY_SHARE, NULL, ILLEGAL, SECOND },
    { "second hello without shares",         &tls13_retry, FROM_CLIENT, SET, EXT_KEY_SHARE, "0000", ILLEGAL, SECOND },
    { "second hello with another share",     &tls13_retry, FROM_CLIENT, SET, EXT_KEY_SHARE, "0045 0017 0041 04 09*64", ILLEGAL, SECOND },
    { "second hello with two shares",        &tls13_retry, FROM_CLIENT, SET, EXT_KEY_SHARE, "0069 001d 0020 09*32 0017 0041 04 09*64", ILLEGAL, SECOND },
    { "second hello with all-zero X25519",   &tls13_retry, FROM_CLIENT, SET, EXT_KEY_SHARE, "0024 001d 0020 00*32", ILLEGAL, SECOND },
    { "second hello with other groups",      &tls13_retry, FROM_CLIENT, SET, EXT_SUPPORTED_GROUPS, "0002 001d", ILLEGAL, SECOND },
    { "second hello with other schemes",     &tls13_retry, FROM_CLIENT, SET, EXT_SIGNATURE_ALGORITHMS, "0002 0807", ILLEGAL, SECOND },
    { "second hello without versions",       &tls13_retry, FROM_CLIENT, DROP, EXT_SUPPORTED_VERSIONS, NULL, ILLEGAL, SECOND },
    { "second hello with a new extension",   &tls13_retry, FROM_CLIENT, ADD, 0x7A7A, "", ILLEGAL, SECOND },
    { "second hello with padding",           &tls13_retry, FROM_CLIENT, ADD, EXT_PADDING, "000000", FINE, SECOND },
    { "second hello with another version",   &tls13_retry, FROM_CLIENT, PUT, 0, "0302", ILLEGAL, SECOND },
    { "second hello with another random",    &tls13_retry, FROM_CLIENT, CUSTOM, 0, NULL, ILLEGAL, other_random, NULL, NULL, 1 },
    { "second hello with another ID",        &tls13_retry, FROM_CLIENT, CUSTOM, 0, NULL, ILLEGAL, other_session_id, NULL, NULL, 1 },
    { "second hello with other suites",      &tls13_retry, FROM_CLIENT, CUSTOM, 0, NULL, ILLEGAL, other_suites, NULL, NULL, 1 },
    { "second hello with trailing bytes",    &tls13_retry, FROM_CLIENT, APPEND, 0, "00", DECODE, SECOND },
    { "second hello with a cookie",          &tls13_retry, FROM_CLIENT, SET, EXT_COOKIE, "0001 00", ILLEGAL, SECOND },
    { "second hello without the cookie",     &tls13_cookie, FROM_CLIENT, DROP, EXT_COOKIE, NULL, ILLEGAL, SECOND },
    { "second hello with another cookie",    &tls13_cookie, FROM_CLIENT, SET, EXT_COOKIE, "0020 00*32", ILLEGAL, SECOND },
    { "second hello with a shorter cookie",  &tls13_cookie, FROM_CLIENT, SET, EXT_COOKIE, "0001 00", ILLEGAL, SECOND },
};
/* clang-format on */

static void the_second_client_hello(void **unused)
{
    (void)unused;
    RUN_CASES(second_client_hello);
}

/* ---- ServerHello ---- */

/* The eight last bytes of the random. */
#define SENTINEL 26

/* The client's own ID comes back although nothing is resumed. */
static SSLErr echo_without_session(Peer *evil, EvilPhase phase, EvilMessage *message)
{
    Handshake *hs = evil->ctx.handshake;
    uint8_t    id[33];

    if (phase == EVIL_READY && is_wanted(evil, message)) {
        assert_int_equal(hs->hello.session_id.length, 32);
        assert_int_equal(message->bytes.data[4 + SESSION_ID], 0);
        id[0] = 32;
        memcpy(id + 1, hs->hello.session_id.data, 32);
        splice(message, 4 + SESSION_ID, 1, id, 33);
    }
    return SSLNoErr;
}

/* The client comes with a session of TLS 1.3. */
static void offer_newer_session(Pair *pair)
{
    static const Scenario newer   = {"1.3", TLS_Version_1_3,  0,
                                     0,     IDENTITY_ED25519, WITH_SESSION_STORE};
    Pair                 *earlier = pair_open(&newer, NOBODY, NULL, NULL);
    SSLBuffer             session;

    pair_handshake(earlier);
    assert_true(pair_is_connected(earlier));
    session.length = (uint32)earlier->client.session.length;
    session.data   = earlier->client.session.data;
    assert_int_equal(SSLSetSession(&pair->client.ctx, session), SSLNoErr);
    pair_close(earlier);
    assert_int_equal(SSLHandshake(&pair->client.ctx), SSLWouldBlockErr);
    assert_true(pair->client.ctx.handshake->psk_length > 0);
}

/* The random is signed: the evil server must know what it sent. */
static void put_random_end(Peer *evil, EvilMessage *message, const char *end)
{
    memcpy(message->bytes.data + 4 + SENTINEL, end, 8);
    memcpy(evil->ctx.handshake->server_random + 24, end, 8);
}

HOOK(no_sentinel, put_random_end(evil, message, "DOWNGRD\2"))
HOOK(sentinel, put_random_end(evil, message, "DOWNGRD\1"))
HOOK(no_master_secret, drop_extension(message, 0, EXT_EXTENDED_MASTER_SECRET);
     evil->ctx.agreed.extended_master_secret = 0)
HOOK(echo_nothing, splice(message, 4 + SESSION_ID, 33, "", 1))
HOOK(echo_wrong, message->bytes.data[4 + SESSION_ID + 7] ^= 1)

/* In a ServerHello with a session ID of 32 bytes. */
#define SUITE       67
#define COMPRESSION 69

/* clang-format off */
static const Case server_hello_tls13[] = {
    { "ServerHello with trailing bytes",     &tls13, FROM_SERVER, APPEND, 0, "00", DECODE },
    { "ServerHello without extensions' end", &tls13, FROM_SERVER, CUT, 1, NULL, DECODE },
    { "session ID of 33 bytes",              &tls13, FROM_SERVER, CUSTOM, 0, NULL, DECODE, long_session_id },
    { "legacy version TLS 1.1",              &tls13, FROM_SERVER, PUT, 0, "0302", BAD_VERSION },
    { "legacy version TLS 1.3",              &tls13, FROM_SERVER, PUT, 0, "0304", BAD_VERSION },
    { "no session ID",                       &tls13, FROM_SERVER, CUSTOM, 0, NULL, ILLEGAL, echo_nothing },
    { "another session ID",                  &tls13, FROM_SERVER, CUSTOM, 0, NULL, ILLEGAL, echo_wrong },
    { "suite that was not offered",          &tls13, FROM_SERVER, PUT, SUITE, "1305", ILLEGAL },
    { "suite of TLS 1.2",                    &tls13_both, FROM_SERVER, PUT, SUITE, "c02b", ILLEGAL },
    { "suite that nobody knows",             &tls13, FROM_SERVER, PUT, SUITE, "1399", ILLEGAL },
    { "signalling suite",                    &tls13, FROM_SERVER, PUT, SUITE, "00ff", ILLEGAL },
    { "a compression",                       &tls13, FROM_SERVER, PUT, COMPRESSION, "01", ILLEGAL },
    { "no supported_versions",               &tls13, FROM_SERVER, DROP, EXT_SUPPORTED_VERSIONS, NULL, VERSION },
    { "no supported_versions",               &tls13_both, FROM_SERVER, DROP, EXT_SUPPORTED_VERSIONS, NULL, ILLEGAL },
    { "selected version TLS 1.2",            &tls13_both, FROM_SERVER, SET, EXT_SUPPORTED_VERSIONS, "0303", ILLEGAL },
    { "selected version of the future",      &tls13, FROM_SERVER, SET, EXT_SUPPORTED_VERSIONS, "0305", ILLEGAL },
    { "selected version of one byte",        &tls13, FROM_SERVER, SET, EXT_SUPPORTED_VERSIONS, "03", DECODE },
    { "selected version of three bytes",     &tls13, FROM_SERVER, SET, EXT_SUPPORTED_VERSIONS, "030400", DECODE },
    { "no key_share",                        &tls13, FROM_SERVER, DROP, EXT_KEY_SHARE, NULL, MISSING },
    { "share of a group without a share",    &tls13_retry, FROM_SERVER, SET, EXT_KEY_SHARE, "0017 0041 04 09*64", ILLEGAL },
    { "share of a group not offered",        &tls13, FROM_SERVER, SET, EXT_KEY_SHARE, "0017 0041 04 09*64", ILLEGAL },
    { "share without bytes",                 &tls13, FROM_SERVER, SET, EXT_KEY_SHARE, "001d 0000", DECODE },
    { "share with trailing byte",            &tls13, FROM_SERVER, SET, EXT_KEY_SHARE, "001d 0020 09*32 00", DECODE },
    { "share of the form of a retry",        &tls13, FROM_SERVER, SET, EXT_KEY_SHARE, "001d", DECODE },
    { "X25519 share of 31 bytes",            &tls13, FROM_SERVER, SET, EXT_KEY_SHARE, "001d 001f 09*31", ILLEGAL },
    { "all-zero X25519",                     &tls13, FROM_SERVER, SET, EXT_KEY_SHARE, "001d 0020 00*32", ILLEGAL },
    { "P-256 off the curve",                 &tls13_p256, FROM_SERVER, SET, EXT_KEY_SHARE, "0017 0041 04 09*64", ILLEGAL },
    { "P-256 hybrid form",                   &tls13_p256, FROM_SERVER, SET, EXT_KEY_SHARE, "0017 0041 06 09*64", ILLEGAL },
    { "P-384 off the curve",                 &tls13_p384, FROM_SERVER, SET, EXT_KEY_SHARE, "0018 0061 04 09*96", ILLEGAL },
    { "P-521 too short",                     &tls13_p521, FROM_SERVER, SET, EXT_KEY_SHARE, "0019 0084 04 09*131", ILLEGAL },
    { "FFDHE share too short",               &tls13_ffdhe, FROM_SERVER, SET, EXT_KEY_SHARE, "0100 00ff 09*255", ILLEGAL },
    { "FFDHE Y = 1",                         &tls13_ffdhe, FROM_SERVER, SET, EXT_KEY_SHARE, "0100 0100 00*255 01", ILLEGAL },
    { "FFDHE Y not below p",                 &tls13_ffdhe, FROM_SERVER, SET, EXT_KEY_SHARE, "0100 0100 ff*256", ILLEGAL },
    { "hybrid share too short",              &tls13_hybrid, FROM_SERVER, SET, EXT_KEY_SHARE, "11ec 045f 09*1119", ILLEGAL },
    { "hybrid with all-zero X25519",         &tls13_hybrid, FROM_SERVER, SET, EXT_KEY_SHARE, "11ec 0460 09*1088 00*32", ILLEGAL },
    { "answer that was not asked for",       &tls13, FROM_SERVER, ADD, EXT_ALPN, "0003 026832", UNSUPPORTED },
    { "unknown extension",                   &tls13, FROM_SERVER, ADD, 0x7A7A, "", UNSUPPORTED },
    { "selected pre-shared key",             &tls13, FROM_SERVER, ADD, EXT_PRE_SHARED_KEY, "0000", UNSUPPORTED },
    { "answer in the wrong message",         &tls13_alpn, FROM_SERVER, ADD, EXT_ALPN, "0003 026832", ILLEGAL },
    { "supported_groups",                    &tls13, FROM_SERVER, ADD, EXT_SUPPORTED_GROUPS, "0002 001d", ILLEGAL },
    { "answer of TLS 1.2",                   &tls13_both, FROM_SERVER, ADD, EXT_EXTENDED_MASTER_SECRET, "", ILLEGAL },
    { "cookie",                              &tls13, FROM_SERVER, ADD, EXT_COOKIE, "0001 00", ILLEGAL },
};

static const Case server_hello_tls12[] = {
    { "ServerHello with trailing bytes",     &tls12, FROM_SERVER, APPEND, 0, "00", DECODE },
    { "version TLS 1.3",                     &tls12, FROM_SERVER, PUT, 0, "0304", VERSION },
    { "version TLS 1.1",                     &tls12, FROM_SERVER, PUT, 0, "0302", VERSION },
    { "version 2.0",                         &tls12, FROM_SERVER, PUT, 0, "0200", VERSION },
    { "sentinel of TLS 1.2",                 &tls12_newer_client, FROM_SERVER, PUT, SENTINEL, "444f574e47524401", ILLEGAL },
    { "sentinel of TLS 1.1",                 &tls12_newer_client, FROM_SERVER, PUT, SENTINEL, "444f574e47524400", ILLEGAL },
    { "no sentinel",                         &tls12_newer_client, FROM_SERVER, CUSTOM, 0, NULL, FINE, no_sentinel },
    { "sentinel for a client of TLS 1.2",    &tls12, FROM_SERVER, CUSTOM, 0, NULL, FINE, sentinel },
    { "session ID without a session",        &tls12_newer_client, FROM_SERVER, CUSTOM, 0, NULL, ILLEGAL, echo_without_session },
    { "session ID beside a newer session",   &tls12_newer_client, FROM_SERVER, CUSTOM, 0, NULL, ILLEGAL, echo_without_session, offer_newer_session },
    { "a newer session, not taken up",       &tls12_newer_client, FROM_SERVER, UNCHANGED, 0, NULL, FINE, NULL, offer_newer_session },
    { "extension not offered",               &tls12, FROM_SERVER, ADD, EXT_ALPN, "0003 026832", UNSUPPORTED },
    { "server_name not offered",             &tls12, FROM_SERVER, ADD, EXT_SERVER_NAME, "", UNSUPPORTED },
    { "status_request not offered",          &tls12, FROM_SERVER, ADD, EXT_STATUS_REQUEST, "", UNSUPPORTED },
    { "max_fragment_length not offered",     &tls12, FROM_SERVER, ADD, EXT_MAX_FRAGMENT_LENGTH, "01", UNSUPPORTED },
    { "record_size_limit not offered",       &tls12, FROM_SERVER, ADD, EXT_RECORD_SIZE_LIMIT, "4000", UNSUPPORTED },
    { "a ticket that does not come",         &tls12, FROM_SERVER, ADD, 35, "", UNEXPECTED },
    { "session_ticket that is not empty",    &tls12, FROM_SERVER, ADD, 35, "00", DECODE },
    { "unknown extension",                   &tls12, FROM_SERVER, ADD, 0x7A7A, "", UNSUPPORTED },
    { "signature_algorithms",                &tls12, FROM_SERVER, ADD, EXT_SIGNATURE_ALGORITHMS, "0002 0807", ILLEGAL },
    { "key_share",                           &tls12_newer_client, FROM_SERVER, ADD, EXT_KEY_SHARE, "001d 0020 09*32", ILLEGAL },
    { "supported_groups, as some send it",   &tls12, FROM_SERVER, ADD, EXT_SUPPORTED_GROUPS, "0002 001d", FINE },
    { "no extended_master_secret",           &tls12, FROM_SERVER, CUSTOM, 0, NULL, FINE, no_master_secret },
    { "extended_master_secret with a body",  &tls12, FROM_SERVER, SET, EXT_EXTENDED_MASTER_SECRET, "00", DECODE },
    { "encrypt_then_mac with AEAD",          &tls12, FROM_SERVER, ADD, EXT_ENCRYPT_THEN_MAC, "", ILLEGAL },
    { "encrypt_then_mac with a body",        &tls12_cbc, FROM_SERVER, SET, EXT_ENCRYPT_THEN_MAC, "00", DECODE },
    { "renegotiation_info not empty",        &tls12, FROM_SERVER, SET, EXT_RENEGOTIATION_INFO, "18 07*24", FAILURE },
    { "renegotiation_info malformed",        &tls12, FROM_SERVER, SET, EXT_RENEGOTIATION_INFO, "01", DECODE },
    { "no uncompressed points",              &tls12, FROM_SERVER, SET, EXT_EC_POINT_FORMATS, "01 01", ILLEGAL },
    { "no point formats",                    &tls12, FROM_SERVER, SET, EXT_EC_POINT_FORMATS, "00", DECODE },
    { "server_name with a body",             &tls12_name, FROM_SERVER, SET, EXT_SERVER_NAME, "00", DECODE },
    { "application protocol not offered",    &tls12_alpn, FROM_SERVER, SET, EXT_ALPN, "0004 03 666f6f", ILLEGAL },
    { "two application protocols",           &tls12_alpn, FROM_SERVER, SET, EXT_ALPN, "000c 026832 08687474702f312e31", ILLEGAL },
    { "no application protocol",             &tls12_alpn, FROM_SERVER, SET, EXT_ALPN, "0000", DECODE },
    { "empty application protocol",          &tls12_alpn, FROM_SERVER, SET, EXT_ALPN, "0001 00", DECODE },
    { "another max_fragment_length",         &tls12_fragment, FROM_SERVER, SET, EXT_MAX_FRAGMENT_LENGTH, "02", ILLEGAL },
    { "max_fragment_length of two bytes",    &tls12_fragment, FROM_SERVER, SET, EXT_MAX_FRAGMENT_LENGTH, "0101", DECODE },
    { "record_size_limit 63",                &tls12_limit, FROM_SERVER, SET, EXT_RECORD_SIZE_LIMIT, "003f", ILLEGAL },
    { "status_request with a body",          &tls12_status, FROM_SERVER, SET, EXT_STATUS_REQUEST, "00", DECODE },
    { "a resumed session without EMS",       &tls12_resumed, FROM_SERVER, DROP, EXT_EXTENDED_MASTER_SECRET, NULL, FAILURE },
    { "an offered session without EMS",      &tls12_resumed, FROM_CLIENT, DROP, EXT_EXTENDED_MASTER_SECRET, NULL, FAILURE },
};

/* clang-format on */

static void the_server_hello_of_tls13(void **unused)
{
    (void)unused;
    RUN_CASES(server_hello_tls13);
}

static void the_server_hello_of_tls12(void **unused)
{
    (void)unused;
    RUN_CASES(server_hello_tls12);
}

/* ---- HelloRetryRequest ---- */

/* The server asks once more instead of going on. */
static SSLErr retry_again(Peer *evil, EvilPhase phase, EvilMessage *message)
{
    if (phase == EVIL_READY && is_wanted(evil, message)) {
        memcpy(message->bytes.data + 4 + 2, sslr_retry_random, 32);
        drop_extension(message, 1, EXT_KEY_SHARE);
        add_extension(message, 1, EXT_COOKIE, "\0\1\7", 3);
    }
    return SSLNoErr;
}

/* clang-format off */
static const Case hello_retry[] = {
    { "retry with trailing bytes",           &tls13_retry, IN_HRR, APPEND, 0, "00", DECODE },
    { "retry of TLS 1.1",                    &tls13_retry, IN_HRR, PUT, 0, "0302", BAD_VERSION },
    { "retry without supported_versions",    &tls13_retry, IN_HRR, DROP, EXT_SUPPORTED_VERSIONS, NULL, BAD_VERSION },
    { "retry with another session ID",       &tls13_retry, IN_HRR, CUSTOM, 0, NULL, ILLEGAL, echo_wrong },
    { "retry with a suite not offered",      &tls13_retry, IN_HRR, PUT, SUITE, "1305", ILLEGAL },
    { "retry with a compression",            &tls13_retry, IN_HRR, PUT, COMPRESSION, "01", ILLEGAL },
    { "retry for a group not offered",       &tls13_retry, IN_HRR, SET, EXT_KEY_SHARE, "0018", ILLEGAL },
    { "retry for the group that was shared", &tls13_retry, IN_HRR, SET, EXT_KEY_SHARE, "0017", ILLEGAL },
    { "retry with a whole share",            &tls13_retry, IN_HRR, SET, EXT_KEY_SHARE, "001d 0020 09*32", DECODE },
    { "retry with half a group",             &tls13_retry, IN_HRR, SET, EXT_KEY_SHARE, "00", DECODE },
    { "retry that changes nothing",          &tls13_retry, IN_HRR, DROP, EXT_KEY_SHARE, NULL, ILLEGAL },
    { "retry with an empty cookie",          &tls13_cookie, IN_HRR, SET, EXT_COOKIE, "0000", DECODE },
    { "retry with a malformed cookie",       &tls13_cookie, IN_HRR, SET, EXT_COOKIE, "0005 01", DECODE },
    { "retry with an unknown extension",     &tls13_retry, IN_HRR, ADD, 0x7A7A, "", UNSUPPORTED },
    { "retry with an answer not asked for",  &tls13_retry, IN_HRR, ADD, EXT_ALPN, "0003 026832", UNSUPPORTED },
    { "retry with an answer of elsewhere",   &tls13_retry, IN_HRR, ADD, EXT_SUPPORTED_GROUPS, "0002 001d", ILLEGAL },
    { "suite differs from the retry's",      &tls13_retry, FROM_SERVER, PUT, SUITE, "1302", ILLEGAL },
    { "version differs from the retry's",    &tls13_retry, FROM_SERVER, DROP, EXT_SUPPORTED_VERSIONS, NULL, ILLEGAL },
    { "group differs from the retry's",      &tls13_retry, FROM_SERVER, SET, EXT_KEY_SHARE, "0017 0041 04 09*64", ILLEGAL },
    { "a second retry",                      &tls13_retry, FROM_SERVER, CUSTOM, 0, NULL, UNEXPECTED, retry_again },
};

static const Case encrypted_extensions[] = {
    { "EncryptedExtensions without length",  &tls13, IN_EE, BODY, 0, "", DECODE },
    { "EncryptedExtensions trailing byte",   &tls13, IN_EE, APPEND, 0, "00", DECODE },
    { "unknown extension",                   &tls13, IN_EE, ADD, 0x7A7A, "", UNSUPPORTED },
    { "server_name not offered",             &tls13, IN_EE, ADD, EXT_SERVER_NAME, "", UNSUPPORTED },
    { "protocol not offered",                &tls13, IN_EE, ADD, EXT_ALPN, "0003 026832", UNSUPPORTED },
    { "early_data not offered",              &tls13, IN_EE, ADD, EXT_EARLY_DATA, "", UNSUPPORTED },
    { "record_size_limit not offered",       &tls13, IN_EE, ADD, EXT_RECORD_SIZE_LIMIT, "4001", UNSUPPORTED },
    { "key_share",                           &tls13, IN_EE, ADD, EXT_KEY_SHARE, "001d 0020 09*32", ILLEGAL },
    { "supported_versions",                  &tls13, IN_EE, ADD, EXT_SUPPORTED_VERSIONS, "0304", ILLEGAL },
    { "cookie",                              &tls13, IN_EE, ADD, EXT_COOKIE, "0001 00", ILLEGAL },
    { "signature_algorithms",                &tls13, IN_EE, ADD, EXT_SIGNATURE_ALGORITHMS, "0002 0807", ILLEGAL },
    { "status_request",                      &tls13_status, IN_EE, ADD, EXT_STATUS_REQUEST, "", ILLEGAL },
    { "extended_master_secret",              &tls13_both, IN_EE, ADD, EXT_EXTENDED_MASTER_SECRET, "", ILLEGAL },
    { "supported_groups",                    &tls13, IN_EE, ADD, EXT_SUPPORTED_GROUPS, "0004 001d 0017", FINE },
    { "supported_groups, odd",               &tls13, IN_EE, ADD, EXT_SUPPORTED_GROUPS, "0003 001d 00", DECODE },
    { "server_name with a body",             &tls13_name, IN_EE, SET, EXT_SERVER_NAME, "00", DECODE },
    { "application protocol not offered",    &tls13_alpn, IN_EE, SET, EXT_ALPN, "0004 03 666f6f", ILLEGAL },
    { "two application protocols",           &tls13_alpn, IN_EE, SET, EXT_ALPN, "000c 026832 08687474702f312e31", ILLEGAL },
    { "no application protocol",             &tls13_alpn, IN_EE, SET, EXT_ALPN, "0000", DECODE },
    { "empty application protocol",          &tls13_alpn, IN_EE, SET, EXT_ALPN, "0001 00", DECODE },
    { "another max_fragment_length",         &tls13_fragment, IN_EE, SET, EXT_MAX_FRAGMENT_LENGTH, "02", ILLEGAL },
    { "record_size_limit 63",                &tls13_limit, IN_EE, SET, EXT_RECORD_SIZE_LIMIT, "003f", ILLEGAL },
    { "record_size_limit of three bytes",    &tls13_limit, IN_EE, SET, EXT_RECORD_SIZE_LIMIT, "004000", DECODE },
};
/* clang-format on */

static void a_retry(void **unused)
{
    (void)unused;
    RUN_CASES(hello_retry);
}

static void the_encrypted_extensions(void **unused)
{
    (void)unused;
    RUN_CASES(encrypted_extensions);
}

/* ---- both limits answered; every extension twice ---- */

static void ask_for_both(Pair *pair)
{
    assert_int_equal(SSLSetMaxFragmentLength(&pair->client.ctx, 512), SSLNoErr);
    assert_int_equal(SSLSetRecordSizeLimit(&pair->client.ctx, 512), SSLNoErr);
}

/* clang-format off */
static const Case both_limits[] = {
    { "both limits, RFC 8449's first",       &tls12, FROM_SERVER, ADD, EXT_MAX_FRAGMENT_LENGTH, "01", ILLEGAL, NULL, ask_for_both },
    { "both limits, RFC 8449's first",       &tls13, IN_EE, ADD, EXT_MAX_FRAGMENT_LENGTH, "01", ILLEGAL, NULL, ask_for_both },
    { "both limits asked for, one answered", &tls12, FROM_SERVER, UNCHANGED, 0, NULL, FINE, NULL, ask_for_both },
    { "both limits asked for, one answered", &tls13, IN_EE, UNCHANGED, 0, NULL, FINE, NULL, ask_for_both },
};
/* clang-format on */

static void both_limits_together(void **unused)
{
    (void)unused;
    RUN_CASES(both_limits);
}

static uint16_t doubled;
static int      was_there;

static SSLErr double_if_there(Peer *evil, EvilPhase phase, EvilMessage *message)
{
    size_t length;

    if (phase == EVIL_READY && is_wanted(evil, message) &&
        find_extension(message, 1, doubled, &length) != 0) {
        uint8_t data[2048];
        size_t  at = find_extension(message, 1, doubled, &length);

        assert_true(length <= sizeof(data));
        memcpy(data, message->bytes.data + at + 4, length);
        add_extension(message, 1, doubled, data, length);
        was_there = 1;
    }
    return SSLNoErr;
}

/* RFC 8446 4.2: "There MUST NOT be more than one extension of the same type". */
static void no_extension_stands_twice(void **unused)
{
    static const Scenario everything12 = {"1.2 with everything",
                                          TLS_Version_1_2,
                                          TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256,
                                          0,
                                          IDENTITY_ED25519,
                                          WITH_ALPN | WITH_SERVER_NAME | WITH_STATUS |
                                              WITH_SIZE_LIMIT};
    static const Scenario everything13 = {"1.3 with everything",
                                          TLS_Version_1_3,
                                          0,
                                          0,
                                          IDENTITY_ED25519,
                                          WITH_ALPN | WITH_SERVER_NAME | WITH_STATUS |
                                              WITH_SIZE_LIMIT | WITH_CLIENT_CERT | WITH_COOKIE |
                                              WITH_RETRY};
    static const struct {
        const Scenario *scenario;
        EvilSide        side;
        uint16_t        type;
        int             at_least;
    } messages[] = {{&everything12, FROM_CLIENT, 10},
                    {&everything12, FROM_SERVER, 6},
                    {&everything13, FROM_CLIENT, 8},
                    {&everything13, FROM_SERVER, 2},
                    {&everything13, IN_HRR, 3},
                    {&everything13, IN_EE, 3},
                    {&everything13, EVIL_SERVER, MSG_CERTIFICATE_REQUEST, 1},
                    {&everything13, EVIL_SERVER, MSG_CERTIFICATE, 1},
                    {&tls12_fragment, FROM_SERVER, 4}};
    size_t i;
    Case   one  = {"extension twice", NULL, NOBODY, 0, CUSTOM, 0, NULL, ILLEGAL,
                   double_if_there,   NULL, NULL,   0};
    Case   fine = one;

    (void)unused;
    fine.alert = NO_ALERT;
    fine.error = SSLNoErr;
    for (i = 0; i < sizeof(messages) / sizeof(messages[0]); i++) {
        uint32_t id;
        int      found = 0;

        one.scenario = fine.scenario = messages[i].scenario;
        one.side = fine.side = messages[i].side;
        one.type = fine.type = messages[i].type;
        for (id = 0; id <= 0xFF01; id = id == 60 ? 0xFF01 : id + 1) {
            doubled   = (uint16_t)id;
            was_there = 0;
            found += probe_case(&one, &fine, &was_there);
        }
        assert_true(found >= messages[i].at_least);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_form_of_a_client_hello),
        cmocka_unit_test(the_extensions_of_a_client_hello),
        cmocka_unit_test(the_second_client_hello),
        cmocka_unit_test(the_server_hello_of_tls13),
        cmocka_unit_test(the_server_hello_of_tls12),
        cmocka_unit_test(a_retry),
        cmocka_unit_test(the_encrypted_extensions),
        cmocka_unit_test(both_limits_together),
        cmocka_unit_test(no_extension_stands_twice),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
