/*
 * test_negative_records.c - mistakes in records, alerts, ChangeCipherSpec, and in what comes behind
 * a handshake; and the alert of the tables for each.
 */
#include "negative.h"

#define AT_SERVER(type) EVIL_CLIENT, MSG_##type, CUSTOM, 0, NULL
#define AT_CLIENT(type) EVIL_SERVER, MSG_##type, CUSTOM, 0, NULL

/* Something is done when the message is ready, before it is in a record. */
#define HOOK(name, when, action)                                                                   \
    static SSLErr name(Peer *evil, EvilPhase phase, EvilMessage *message)                          \
    {                                                                                              \
        if (phase == (when) && is_wanted(evil, message)) {                                         \
            action;                                                                                \
        }                                                                                          \
        return SSLNoErr;                                                                           \
    }

#define BEFORE(name, action) HOOK(name, EVIL_READY, action)
#define BEHIND(name, action) HOOK(name, EVIL_ADDED, action)

#define MAX_SEALED (MAX_FRAGMENT + 256)

static uint8_t zeros[70000];

/* ---- records in clear ---- */

BEFORE(too_long, evil_clear(evil, 22, 0x0301, zeros, MAX_FRAGMENT + 1))
BEFORE(too_long12, evil_clear(evil, 22, 0x0303, zeros, MAX_FRAGMENT + 1))
BEFORE(unknown_type, evil_clear(evil, 24, 0x0301, zeros, 10))
BEFORE(type_zero, evil_clear(evil, 0, 0x0301, zeros, 10))
BEFORE(ssl2_hello, evil_wire(evil, "\x80\x2E\x01\x03\x03\x00\x15", 7))
BEFORE(http, evil_wire(evil, "GET / HTTP/1.0\r\n\r\n", 18))
BEFORE(version_two, evil_clear(evil, 22, 0x0200, "\1\0\0\1\0", 5))
BEFORE(version_four, evil_clear(evil, 22, 0x0400, "\1\0\0\1\0", 5))
BEFORE(other_version, evil_clear(evil, 22, 0x0302, "\0\0\0\0", 4))
BEFORE(empty_handshake, evil_clear(evil, 22, 0x0303, "", 0))
BEFORE(empty_alert, evil_clear(evil, 21, 0x0303, "", 0))
BEFORE(empty_ccs, evil_clear(evil, 20, 0x0303, "", 0))
BEFORE(short_alert, evil_clear(evil, 21, 0x0303, "\1", 1))
BEFORE(long_alert, evil_clear(evil, 21, 0x0303, "\1\0\0", 3))
BEFORE(two_alerts, evil_clear(evil, 21, 0x0303, "\1\x5A\1\x5A", 4))
BEFORE(strange_level, evil_clear(evil, 21, 0x0303, "\3\x28", 2))
BEFORE(early_data, evil_clear(evil, 23, 0x0303, "GET /", 5))
BEFORE(ccs_first, evil_clear(evil, 20, 0x0303, "\1", 1))
BEFORE(inside_ccs, evil_clear(evil, 22, 0x0303, message->bytes.data, 20);
       evil_clear(evil, 20, 0x0303, "\1", 1))
BEFORE(long_message, evil_clear(evil, 22, 0x0303, "\1\1\0\1", 4))
BEFORE(long_server_hello, evil_clear(evil, 22, 0x0303, "\2\0\x40\1", 4))
BEFORE(long_certificate, evil_clear(evil, 22, 0x0303, "\x0B\2\0\0", 4))
BEFORE(user_canceled, evil_clear(evil, 21, 0x0303, "\1\x5A", 2))

static SSLErr many_warnings(Peer *evil, EvilPhase phase, EvilMessage *message)
{
    int i;

    for (i = 0; phase == EVIL_READY && is_wanted(evil, message) && i <= MAX_QUIET_RECORDS; i++) {
        evil_clear(evil, 21, 0x0303, "\1\x5A", 2);
    }
    return SSLNoErr;
}

/* A hello in records of one byte: legal. */
static SSLErr one_byte_each(Peer *evil, EvilPhase phase, EvilMessage *message)
{
    if (phase == EVIL_READY && is_wanted(evil, message)) {
        evil->ctx.config.max_record_size = 1;
    } else if (phase == EVIL_DONE && is_wanted(evil, message)) {
        evil->ctx.config.max_record_size = 0;
    }
    return SSLNoErr;
}

/* A fatal alert ends it without an answer. */
BEFORE(fatal_alert, evil_clear(evil, 21, 0x0303, "\2\x28", 2))
BEFORE(fatal_warning, evil_clear(evil, 21, 0x0303, "\1\x2A", 2))

/* Only in SSL 3.0 the warning stands for a Certificate. */
BEFORE(no_certificate, evil_clear(evil, 21, 0x0303, "\1\x29", 2))
BEFORE(no_certificate_but_alert, evil_clear(evil, 21, 0x0303, "\1\x29", 2); message->send = 0)

#define FATAL ENDS(NO_ALERT, SSLFatalAlert)

/* clang-format off */
static const Case records_in_clear[] = {
    { "record of 2^14 + 1 bytes",        &tls13, AT_SERVER(CLIENT_HELLO), OVERFLOW, too_long },
    { "record of 2^14 + 1 bytes",        &tls12, AT_CLIENT(CERTIFICATE), OVERFLOW, too_long12 },
    { "record of type 24",               &tls13, AT_SERVER(CLIENT_HELLO), UNEXPECTED, unknown_type },
    { "record of type 0",                &tls12, AT_CLIENT(CERTIFICATE), UNEXPECTED, type_zero },
    { "hello of SSL 2.0",                &tls13, AT_SERVER(CLIENT_HELLO), UNEXPECTED, ssl2_hello },
    { "HTTP",                            &tls13, AT_SERVER(CLIENT_HELLO), UNEXPECTED, http },
    { "record version 2.0",              &tls13, AT_SERVER(CLIENT_HELLO), BAD_VERSION, version_two },
    { "record version 4.0",              &tls13, AT_CLIENT(SERVER_HELLO), BAD_VERSION, version_four },
    { "record version not negotiated",   &tls12, AT_CLIENT(CERTIFICATE), BAD_VERSION, other_version },
    { "empty handshake record",          &tls13, AT_SERVER(CLIENT_HELLO), UNEXPECTED, empty_handshake },
    { "empty handshake record",          &tls12, AT_CLIENT(CERTIFICATE), UNEXPECTED, empty_handshake },
    { "empty alert",                     &tls13, AT_SERVER(CLIENT_HELLO), UNEXPECTED, empty_alert },
    { "empty ChangeCipherSpec",          &tls12, AT_SERVER(CHANGE_CIPHER_SPEC), UNEXPECTED, empty_ccs },
    { "alert of one byte",               &tls13, AT_CLIENT(SERVER_HELLO), DECODE, short_alert },
    { "alert of three bytes",            &tls12, AT_CLIENT(SERVER_HELLO), DECODE, long_alert },
    { "two alerts in a record",          &tls13, AT_CLIENT(SERVER_HELLO), DECODE, two_alerts },
    { "alert of level 3",                &tls13, AT_CLIENT(SERVER_HELLO), ILLEGAL, strange_level },
    { "data before the hello",           &tls13, AT_SERVER(CLIENT_HELLO), UNEXPECTED, early_data },
    { "data in clear",                   &tls12, AT_CLIENT(CERTIFICATE), UNEXPECTED, early_data },
    { "ChangeCipherSpec first",          &tls13, AT_SERVER(CLIENT_HELLO), UNEXPECTED, ccs_first },
    { "ChangeCipherSpec first",          &tls12, AT_SERVER(CLIENT_HELLO), UNEXPECTED, ccs_first },
    { "ChangeCipherSpec (CVE-2014-0224)", &tls12, AT_CLIENT(SERVER_HELLO_DONE), UNEXPECTED, ccs_first },
    { "ChangeCipherSpec before the hello", &tls12_newer_client, AT_CLIENT(SERVER_HELLO), UNEXPECTED, ccs_first },
    { "ChangeCipherSpec inside a message", &tls13, AT_SERVER(CLIENT_HELLO), UNEXPECTED, inside_ccs },
    { "ChangeCipherSpec inside a message", &tls12, AT_CLIENT(CERTIFICATE), UNEXPECTED, inside_ccs },
    { "ClientHello of 65537 bytes",      &tls13, AT_SERVER(CLIENT_HELLO), DECODE, long_message },
    { "ServerHello of 16385 bytes",      &tls13, AT_CLIENT(SERVER_HELLO), DECODE, long_server_hello },
    { "Certificate of 131072 bytes",     &tls12, AT_CLIENT(CERTIFICATE), DECODE, long_certificate },
    { "user_canceled",                   &tls13, AT_CLIENT(SERVER_HELLO), FINE, user_canceled },
    { "warnings without end",            &tls12, AT_CLIENT(SERVER_HELLO), UNEXPECTED, many_warnings },
    { "a hello in records of one byte",  &tls13, AT_SERVER(CLIENT_HELLO), FINE, one_byte_each },
    { "a hello in records of one byte",  &tls12, AT_CLIENT(SERVER_HELLO), FINE, one_byte_each },
    { "Certificate in one-byte records", &tls13, AT_CLIENT(CERTIFICATE), FINE, one_byte_each },
    { "Finished in one-byte records",    &tls13_cert, AT_SERVER(FINISHED), FINE, one_byte_each },
    { "fatal alert",                     &tls13, AT_CLIENT(SERVER_HELLO), FATAL, fatal_alert },
    { "fatal alert",                     &tls12, AT_SERVER(CLIENT_KEY_EXCHANGE), FATAL, fatal_alert },
    { "warning that is an end in TLS 1.3", &tls13_retry, AT_SERVER(CHANGE_CIPHER_SPEC), FATAL, fatal_warning },
    { "warning that is none in TLS 1.2", &tls12, AT_CLIENT(CERTIFICATE), FINE, fatal_warning },
    { "warning no_certificate",          &tls12, AT_SERVER(CLIENT_KEY_EXCHANGE), FINE, no_certificate },
    { "warning no_certificate",          &tls12_cert, AT_SERVER(CERTIFICATE), FINE, no_certificate },
    { "no_certificate for a Certificate", &tls12_cert, AT_SERVER(CERTIFICATE), UNEXPECTED, no_certificate_but_alert },
};
/* clang-format on */

static void records_without_protection(void **unused)
{
    (void)unused;
    RUN_CASES(records_in_clear);
}

/* ---- protected records of a handshake of TLS 1.3 ---- */

/* A record that the keys do not open. */
static void garbage(Peer *evil, uint8_t type, size_t length)
{
    uint8_t *data = (uint8_t *)malloc(length + 1);

    assert_non_null(data);
    memset(data, 0x5A, length + 1);
    evil_clear(evil, type, 0x0303, data, length);
    free(data);
}

/* The last bit of the next record is turned over. */
static void spoil(Peer *evil, uint8_t type, const void *data, size_t length)
{
    evil_sealed(evil, type, data, length, 0);
    evil->out->data[evil->out->end - 1] ^= 1;
}

BEFORE(sealed_too_long, garbage(evil, 23, MAX_SEALED + 1))
BEFORE(sealed_garbage, garbage(evil, 23, 100))
BEFORE(sealed_too_short, garbage(evil, 23, 15))
BEFORE(sealed_empty, garbage(evil, 23, 0))
BEFORE(sealed_spoilt, spoil(evil, 22, "\x08\0\0\2\0\0", 6))
BEFORE(content_too_long, evil_sealed(evil, 22, zeros, MAX_FRAGMENT + 1, 0))
BEFORE(padding_too_long, evil_sealed(evil, 22, "\x08\0\0\2\0\0", 6, MAX_FRAGMENT))
BEFORE(only_zeros, evil_sealed(evil, 0, zeros, 40, 0))
BEFORE(no_content, evil_sealed(evil, 22, "", 0, 0))
BEFORE(padded_nothing, evil_sealed(evil, 22, "", 0, 30))
BEFORE(no_alert, evil_sealed(evil, 21, "", 0, 0))
BEFORE(inner_ccs, evil_sealed(evil, 20, "\1", 1, 0))
BEFORE(inner_unknown, evil_sealed(evil, 24, "\1", 1, 0))
BEFORE(inner_data, evil_sealed(evil, 23, "data", 4, 0))
BEFORE(inner_short_alert, evil_sealed(evil, 21, "\2", 1, 0))
BEFORE(inner_user_canceled, evil_sealed(evil, 21, "\1\x5A", 2, 0))
BEFORE(unprotected, evil_clear(evil, 22, 0x0303, message->bytes.data, message->bytes.length))
BEFORE(inner_inside_alert, evil_put(evil, message->bytes.data, 5); evil_flush(evil);
       evil_sealed(evil, 21, "\1\x5A", 2, 0))
BEFORE(inner_inside_data, evil_put(evil, message->bytes.data, 5); evil_flush(evil);
       evil_sealed(evil, 23, "x", 1, 0))
BEFORE(inner_inside_ccs, evil_put(evil, message->bytes.data, 5); evil_flush(evil);
       evil_clear(evil, 20, 0x0303, "\1", 1))
BEFORE(ccs_two, evil_clear(evil, 20, 0x0303, "\2", 1))
BEFORE(ccs_long, evil_clear(evil, 20, 0x0303, "\1\1", 2))
BEFORE(clear_alert, evil_clear(evil, 21, 0x0303, "\2\x28", 2))
BEHIND(extra_byte, evil_put(evil, "\0", 1))
BEHIND(extra_message, evil_put_message(evil, MSG_ENCRYPTED_EXTENSIONS, "\0\0", 2))
BEHIND(extra_key_update, evil_put_message(evil, MSG_KEY_UPDATE, "\0", 1))
BEFORE(padded_message, evil_sealed(evil, 22, message->bytes.data, message->bytes.length, 100);
       message->send = 0;
       (void)sslr_transcript_add(&evil->ctx, bytes_of(message->bytes.data, message->bytes.length)))

static SSLErr some_ccs(Peer *evil, EvilMessage *message, int count)
{
    (void)message;
    while (count-- > 0) {
        evil_clear(evil, 20, 0x0303, "\1", 1);
    }
    return SSLNoErr;
}

/* One is sent anyway. */
BEFORE(allowed_ccs, some_ccs(evil, message, MAX_DROPPED_CCS - 1))
BEFORE(too_many_ccs, some_ccs(evil, message, MAX_DROPPED_CCS))

/* clang-format off */
static const Case sealed_records[] = {
    { "sealed record too long",          &tls13, AT_CLIENT(CERTIFICATE), OVERFLOW, sealed_too_long },
    { "record that does not open",       &tls13, AT_CLIENT(CERTIFICATE), BAD_MAC, sealed_garbage },
    { "record that does not open",       &tls13, AT_SERVER(FINISHED), BAD_MAC, sealed_garbage },
    { "record shorter than its tag",     &tls13, AT_CLIENT(CERTIFICATE), BAD_MAC, sealed_too_short },
    { "empty record",                    &tls13, AT_SERVER(FINISHED), BAD_MAC, sealed_empty },
    { "one wrong bit",                   &tls13, AT_CLIENT(ENCRYPTED_EXTENSIONS), BAD_MAC, sealed_spoilt },
    { "content too long",                &tls13, AT_CLIENT(CERTIFICATE), OVERFLOW, content_too_long },
    { "padding too long",                &tls13, AT_CLIENT(ENCRYPTED_EXTENSIONS), OVERFLOW, padding_too_long },
    { "nothing but zeros",               &tls13, AT_CLIENT(CERTIFICATE), UNEXPECTED, only_zeros },
    { "empty handshake content",         &tls13, AT_CLIENT(CERTIFICATE), UNEXPECTED, no_content },
    { "empty content, padded",           &tls13, AT_SERVER(FINISHED), UNEXPECTED, padded_nothing },
    { "empty alert",                     &tls13, AT_CLIENT(CERTIFICATE), UNEXPECTED, no_alert },
    { "protected ChangeCipherSpec",      &tls13, AT_CLIENT(CERTIFICATE), UNEXPECTED, inner_ccs },
    { "protected type 24",               &tls13, AT_CLIENT(CERTIFICATE), UNEXPECTED, inner_unknown },
    { "early application data",          &tls13, AT_SERVER(FINISHED), UNEXPECTED, inner_data },
    { "alert of one byte",               &tls13, AT_CLIENT(CERTIFICATE), DECODE, inner_short_alert },
    { "user_canceled",                   &tls13, AT_CLIENT(CERTIFICATE), FINE, inner_user_canceled },
    { "message in clear",                &tls13, AT_CLIENT(ENCRYPTED_EXTENSIONS), UNEXPECTED, unprotected },
    { "message in clear",                &tls13, AT_SERVER(FINISHED), UNEXPECTED, unprotected },
    { "alert inside a message",          &tls13, AT_CLIENT(CERTIFICATE), UNEXPECTED, inner_inside_alert },
    { "data inside a message",           &tls13, AT_CLIENT(CERTIFICATE), UNEXPECTED, inner_inside_data },
    { "ChangeCipherSpec inside a message", &tls13, AT_CLIENT(CERTIFICATE), UNEXPECTED, inner_inside_ccs },
    { "ChangeCipherSpec inside a message", &tls13, AT_SERVER(FINISHED), UNEXPECTED, inner_inside_ccs },
    { "ChangeCipherSpec 2",              &tls13, AT_CLIENT(CERTIFICATE), UNEXPECTED, ccs_two },
    { "ChangeCipherSpec 2",              &tls13, AT_SERVER(FINISHED), UNEXPECTED, ccs_two },
    { "ChangeCipherSpec of two bytes",   &tls13, AT_CLIENT(CERTIFICATE), UNEXPECTED, ccs_long },
    { "ChangeCipherSpec, some",          &tls13, AT_CLIENT(CERTIFICATE), FINE, allowed_ccs },
    { "ChangeCipherSpec, too many",      &tls13, AT_CLIENT(CERTIFICATE), UNEXPECTED, too_many_ccs },
    { "ChangeCipherSpec, too many",      &tls13, AT_SERVER(FINISHED), UNEXPECTED, too_many_ccs },
    { "alert of who has no keys yet",    &tls13, AT_SERVER(FINISHED), FATAL, clear_alert },
    { "ServerHello and a byte",          &tls13, AT_CLIENT(SERVER_HELLO), UNEXPECTED, extra_byte },
    { "ServerHello and a message",       &tls13, AT_CLIENT(SERVER_HELLO), UNEXPECTED, extra_message },
    { "ClientHello and a byte",          &tls13, AT_SERVER(CLIENT_HELLO), UNEXPECTED, extra_byte },
    { "server Finished and a byte",      &tls13, AT_CLIENT(FINISHED), UNEXPECTED, extra_byte },
    { "server Finished and KeyUpdate",   &tls13, AT_CLIENT(FINISHED), UNEXPECTED, extra_key_update },
    { "client Finished and a byte",      &tls13, AT_SERVER(FINISHED), UNEXPECTED, extra_byte },
    { "client Finished and KeyUpdate",   &tls13, AT_SERVER(FINISHED), UNEXPECTED, extra_key_update },
    { "bytes before ChangeCipherSpec",   &tls12, AT_SERVER(CLIENT_KEY_EXCHANGE), UNEXPECTED, extra_byte },
    { "message in a padded record",      &tls13, AT_CLIENT(ENCRYPTED_EXTENSIONS), FINE, padded_message },
};
/* clang-format on */

static void protected_records_of_a_handshake(void **unused)
{
    (void)unused;
    RUN_CASES(sealed_records);
}

/* ---- behind the handshake ---- */

#define AFTER(name, action)                                                                        \
    static void name(Pair *pair)                                                                   \
    {                                                                                              \
        Peer *evil = pair->evil;                                                                   \
        action;                                                                                    \
    }

AFTER(a_bad_mac, spoil(evil, 23, "data", 4))
AFTER(a_long_record, evil_sealed(evil, 23, zeros, MAX_FRAGMENT + 1, 0))
AFTER(a_longer_record, garbage(evil, 23, MAX_FRAGMENT + 2049))
AFTER(a_short_record, garbage(evil, 23, 7))
AFTER(an_odd_record, garbage(evil, 23, 16 * 8 + 1))
AFTER(a_full_record, evil_sealed(evil, 23, zeros, MAX_FRAGMENT, 0))
AFTER(another_version, evil_clear(evil, 23, 0x0302, zeros, 40))
AFTER(an_unknown_type, evil_clear(evil, 25, 0x0303, zeros, 40))
AFTER(an_empty_message, evil_sealed(evil, 22, "", 0, 0))
AFTER(an_empty_alert, evil_sealed(evil, 21, "", 0, 0))
AFTER(an_empty_ccs, evil_sealed(evil, 20, "", 0, 0))
AFTER(a_short_alert, evil_content(evil, 21, "\1", 1))
AFTER(a_ccs, evil_content(evil, 20, "\1", 1))
AFTER(a_level, evil_content(evil, 21, "\0\x5A", 2))
AFTER(a_close, evil_content(evil, 21, "\1\0", 2))
AFTER(an_end, evil_end(evil))
AFTER(a_fatal_alert, evil_content(evil, 21, "\2\x50", 2))
AFTER(a_warning, evil_content(evil, 21, "\1\x5A", 2))
AFTER(an_unexpected_message, evil_content(evil, 21, "\1\x0A", 2))
AFTER(a_bad_record_mac, evil_content(evil, 21, "\1\x14", 2))
AFTER(a_decompression_failure, evil_content(evil, 21, "\1\x1E", 2))
AFTER(a_handshake_failure, evil_content(evil, 21, "\1\x28", 2))
AFTER(an_illegal_parameter, evil_content(evil, 21, "\1\x2F", 2))
AFTER(a_decode_error, evil_content(evil, 21, "\1\x32", 2))
AFTER(a_clear_alert, evil_clear(evil, 21, 0x0303, "\2\x28", 2))
AFTER(empty_data, evil_sealed(evil, 23, "", 0, 0))
AFTER(a_finished, evil_put_message(evil, MSG_FINISHED, zeros, 32))
AFTER(a_client_hello, evil_put_message(evil, MSG_CLIENT_HELLO, zeros, 60))
AFTER(a_server_hello, evil_put_message(evil, MSG_SERVER_HELLO, zeros, 60))
AFTER(a_hello_request, evil_put_message(evil, MSG_HELLO_REQUEST, "", 0))
AFTER(a_long_hello_request, evil_put_message(evil, MSG_HELLO_REQUEST, "a", 1))
AFTER(a_request, evil_put_message(evil, MSG_CERTIFICATE_REQUEST, "\0\0\0", 3))
AFTER(a_ticket, evil_put_message(evil, MSG_NEW_SESSION_TICKET, "\0\0\0\1\0\0\0\1\0\0\1t\0\0", 14))
AFTER(an_empty_ticket,
      evil_put_message(evil, MSG_NEW_SESSION_TICKET, "\0\0\0\1\0\0\0\1\0\0\0\0\0", 13))
AFTER(a_cut_ticket, evil_put_message(evil, MSG_NEW_SESSION_TICKET, "\0\0\0\1\0\0\0\1\0\0\1t", 12))
AFTER(an_end_of_early_data, evil_put_message(evil, 5, "", 0))
AFTER(an_unknown_message, evil_put_message(evil, 99, "", 0))
AFTER(a_long_message, evil_put(evil, "\x18\x00\x40\x01", 4))
AFTER(a_long_ticket, evil_put(evil, "\x04\x02\x00\x01", 4))
AFTER(key_update_two, evil_put_message(evil, MSG_KEY_UPDATE, "\2", 1))
AFTER(key_update_empty, evil_put_message(evil, MSG_KEY_UPDATE, "", 0))
AFTER(key_update_long, evil_put_message(evil, MSG_KEY_UPDATE, "\0\0", 2))
AFTER(key_update_and_more, evil_content(evil, 22, "\x18\0\0\1\0\x18", 6))
AFTER(key_update_twice, evil_content(evil, 22, "\x18\0\0\1\0\x18\0\0\1\0", 10))
AFTER(data_under_old_keys, evil_put_message(evil, MSG_KEY_UPDATE, "\0", 1);
      evil_content(evil, 23, "data", 4))
AFTER(data_inside, evil_content(evil, 22, "\x18\0", 2); evil_content(evil, 23, "data", 4))
AFTER(alert_inside, evil_content(evil, 22, "\x18\0", 2); evil_content(evil, 21, "\1\x5A", 2))
AFTER(a_clear_ccs, evil_clear(evil, 20, 0x0303, "\1", 1))
AFTER(inner_ccs_later, evil_sealed(evil, 20, "\1", 1, 0))
AFTER(all_zeros, evil_sealed(evil, 0, zeros, 100, 0))
AFTER(padding, evil_sealed(evil, 23, "data", 4, MAX_FRAGMENT - 4))
AFTER(too_much_padding, evil_sealed(evil, 23, "data", 4, MAX_FRAGMENT - 3))

/* Update the keys for real. */
static void update_keys(Peer *evil, int split)
{
    static const uint8_t message[5] = {MSG_KEY_UPDATE, 0, 0, 1, 0};

    if (split) {
        evil_content(evil, CONTENT_HANDSHAKE, message, 3);
        evil_content(evil, CONTENT_HANDSHAKE, message + 3, 2);
    } else {
        evil_content(evil, CONTENT_HANDSHAKE, message, 5);
    }
    assert_int_equal(sslr_tls13_update_keys(&evil->ctx, 1), SSLNoErr);
}

/* RFC 8446 5.1: any handshake message may be split. */
AFTER(a_split_key_update, update_keys(evil, 1); evil_content(evil, 23, "data", 4))
AFTER(a_key_update, update_keys(evil, 0); evil_content(evil, 23, "data", 4))

static void many(Pair *pair, void (*once)(Peer *evil))
{
    int i;

    for (i = 0; i <= MAX_QUIET_RECORDS; i++) {
        once(pair->evil);
        if (i % MAX_RECORDS_PER_CALL == 20) {
            (void)peer_read(pair->honest);
        }
    }
    for (i = 0; i < 8; i++) {
        (void)peer_read(pair->honest);
    }
}

static void one_key_update(Peer *evil)
{
    update_keys(evil, 0);
}

static void one_empty_record(Peer *evil)
{
    evil_sealed(evil, 23, "", 0, 0);
}

static void one_warning(Peer *evil)
{
    evil_content(evil, 21, "\1\x5A", 2);
}

static void one_hello_request(Peer *evil)
{
    evil_put_message(evil, MSG_HELLO_REQUEST, "", 0);
}

AFTER(many_key_updates, many(pair, one_key_update); (void)evil)
AFTER(many_empty_records, many(pair, one_empty_record); (void)evil)
AFTER(many_warnings_later, many(pair, one_warning); (void)evil)
AFTER(many_hello_requests, many(pair, one_hello_request); (void)evil)

static void never_renegotiate(Pair *pair)
{
    assert_int_equal(SSLSetRenegotiation(&pair->client.ctx, SSL_RenegotiateNever), SSLNoErr);
    assert_int_equal(SSLSetRenegotiation(&pair->server.ctx, SSL_RenegotiateNever), SSLNoErr);
}

#define AFTER_CLIENT     EVIL_CLIENT, 0, CUSTOM, 0, NULL
#define AFTER_SERVER     EVIL_SERVER, 0, CUSTOM, 0, NULL
#define WHEN_OPEN(end)   end, NULL, NULL
#define CLOSED           ENDS(ALERT_CLOSE_NOTIFY, SSLConnectionClosedGraceful)
#define CLOSED_HALF      ENDS(NO_ALERT, SSLConnectionClosedGraceful)
#define TRUNCATED        ENDS(NO_ALERT, SSLConnectionTruncated)
#define NO_RENEGOTIATION ENDS(ALERT_NO_RENEGOTIATION, SSLWouldBlockErr)
#define ENDED_BEFORE     ENDS(ALERT_UNEXPECTED_MESSAGE, SSLConnectionClosedError)

static const Scenario tls12_etm    = {"1.2 encrypt-then-MAC",
                                      TLS_Version_1_2,
                                      TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256,
                                      0,
                                      IDENTITY_ED25519,
                                      0};
static const Scenario tls12_chacha = {"1.2 ChaCha20",
                                      TLS_Version_1_2,
                                      TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
                                      0,
                                      IDENTITY_ED25519,
                                      0};

/* clang-format off */
static const Case later[] = {
    { "record that does not open",     &tls13, AFTER_CLIENT, WHEN_OPEN(BAD_MAC), a_bad_mac },
    { "record that does not open",     &tls12, AFTER_SERVER, WHEN_OPEN(BAD_MAC), a_bad_mac },
    { "record that does not open",     &tls12_chacha, AFTER_CLIENT, WHEN_OPEN(BAD_MAC), a_bad_mac },
    { "record that does not open",     &tls12_etm, AFTER_CLIENT, WHEN_OPEN(BAD_MAC), a_bad_mac },
    { "record shorter than possible",  &tls13, AFTER_CLIENT, WHEN_OPEN(BAD_MAC), a_short_record },
    { "record shorter than possible",  &tls12, AFTER_CLIENT, WHEN_OPEN(BAD_MAC), a_short_record },
    { "record shorter than possible",  &tls12_etm, AFTER_CLIENT, WHEN_OPEN(BAD_MAC), a_short_record },
    { "record that is no whole blocks", &tls12_etm, AFTER_CLIENT, WHEN_OPEN(BAD_MAC), an_odd_record },
    { "content of 2^14 + 1 bytes",     &tls13, AFTER_CLIENT, WHEN_OPEN(OVERFLOW), a_long_record },
    { "content of 2^14 + 1 bytes",     &tls12, AFTER_SERVER, WHEN_OPEN(OVERFLOW), a_long_record },
    { "content of 2^14 + 1 bytes",     &tls12_etm, AFTER_SERVER, WHEN_OPEN(OVERFLOW), a_long_record },
    { "record of 2^14 + 2049 bytes",   &tls12, AFTER_SERVER, WHEN_OPEN(OVERFLOW), a_longer_record },
    { "content of 2^14 bytes",         &tls13, AFTER_CLIENT, WHEN_OPEN(FINE), a_full_record },
    { "content of 2^14 bytes",         &tls12, AFTER_SERVER, WHEN_OPEN(FINE), a_full_record },
    { "record version not negotiated", &tls12, AFTER_SERVER, WHEN_OPEN(BAD_VERSION), another_version },
    { "unknown type",                  &tls13, AFTER_SERVER, WHEN_OPEN(UNEXPECTED), an_unknown_type },
    { "unknown type",                  &tls12, AFTER_SERVER, WHEN_OPEN(UNEXPECTED), an_unknown_type },
    { "empty handshake record",        &tls13, AFTER_SERVER, WHEN_OPEN(UNEXPECTED), an_empty_message },
    { "empty handshake record",        &tls12, AFTER_SERVER, WHEN_OPEN(UNEXPECTED), an_empty_message },
    { "empty handshake record",        &tls12_etm, AFTER_SERVER, WHEN_OPEN(UNEXPECTED), an_empty_message },
    { "empty alert",                   &tls13, AFTER_SERVER, WHEN_OPEN(UNEXPECTED), an_empty_alert },
    { "empty alert",                   &tls12, AFTER_SERVER, WHEN_OPEN(UNEXPECTED), an_empty_alert },
    { "empty ChangeCipherSpec",        &tls12, AFTER_SERVER, WHEN_OPEN(UNEXPECTED), an_empty_ccs },
    { "alert of one byte",             &tls13, AFTER_SERVER, WHEN_OPEN(DECODE), a_short_alert },
    { "alert of one byte",             &tls12, AFTER_SERVER, WHEN_OPEN(DECODE), a_short_alert },
    { "alert of level 0",              &tls12, AFTER_SERVER, WHEN_OPEN(ILLEGAL), a_level },
    { "ChangeCipherSpec",              &tls12, AFTER_CLIENT, WHEN_OPEN(UNEXPECTED), a_ccs },
    { "close_notify",                  &tls12, AFTER_CLIENT, WHEN_OPEN(CLOSED), a_close },
    { "close_notify",                  &tls13, AFTER_CLIENT, WHEN_OPEN(CLOSED_HALF), a_close },
    { "end without close_notify",      &tls12, AFTER_CLIENT, WHEN_OPEN(TRUNCATED), an_end },
    { "end without close_notify",      &tls13, AFTER_SERVER, WHEN_OPEN(TRUNCATED), an_end },
    { "fatal alert",                   &tls12, AFTER_CLIENT, WHEN_OPEN(FATAL), a_fatal_alert },
    { "fatal alert",                   &tls13, AFTER_SERVER, WHEN_OPEN(FATAL), a_fatal_alert },
    { "unexpected_message, a warning", &tls12, AFTER_CLIENT, WHEN_OPEN(FATAL), an_unexpected_message },
    { "bad_record_mac, a warning",     &tls12, AFTER_SERVER, WHEN_OPEN(FATAL), a_bad_record_mac },
    { "decompression_failure, a warning", &tls12, AFTER_CLIENT, WHEN_OPEN(FATAL), a_decompression_failure },
    { "handshake_failure, a warning",  &tls12, AFTER_SERVER, WHEN_OPEN(FATAL), a_handshake_failure },
    { "illegal_parameter, a warning",  &tls12, AFTER_CLIENT, WHEN_OPEN(FATAL), an_illegal_parameter },
    { "decode_error, a warning",       &tls12, AFTER_CLIENT, WHEN_OPEN(STILL_OPEN), a_decode_error },
    { "user_canceled",                 &tls13, AFTER_SERVER, WHEN_OPEN(STILL_OPEN), a_warning },
    { "alert in clear",                &tls13, AFTER_CLIENT, WHEN_OPEN(UNEXPECTED), a_clear_alert },
    { "empty data",                    &tls13, AFTER_SERVER, WHEN_OPEN(STILL_OPEN), empty_data },
    { "empty data",                    &tls12_etm, AFTER_SERVER, WHEN_OPEN(STILL_OPEN), empty_data },
    { "empty data without end",        &tls13, AFTER_SERVER, WHEN_OPEN(ENDED_BEFORE), many_empty_records },
    { "empty data without end",        &tls12, AFTER_CLIENT, WHEN_OPEN(ENDED_BEFORE), many_empty_records },
    { "warnings without end",          &tls12, AFTER_CLIENT, WHEN_OPEN(ENDED_BEFORE), many_warnings_later },
    { "HelloRequest without end",      &tls12, AFTER_SERVER, WHEN_OPEN(ENDED_BEFORE), many_hello_requests },

    { "Finished",                      &tls13, AFTER_SERVER, WHEN_OPEN(UNEXPECTED), a_finished },
    { "Finished",                      &tls12, AFTER_CLIENT, WHEN_OPEN(UNEXPECTED), a_finished },
    { "ServerHello",                   &tls13, AFTER_SERVER, WHEN_OPEN(UNEXPECTED), a_server_hello },
    { "ServerHello",                   &tls12, AFTER_SERVER, WHEN_OPEN(UNEXPECTED), a_server_hello },
    { "renegotiation of TLS 1.3",      &tls13, AFTER_CLIENT, WHEN_OPEN(UNEXPECTED), a_client_hello },
    { "HelloRequest in TLS 1.3",       &tls13, AFTER_SERVER, WHEN_OPEN(UNEXPECTED), a_hello_request },
    { "renegotiation is refused",      &tls12, AFTER_CLIENT, WHEN_OPEN(NO_RENEGOTIATION), a_client_hello },
    { "HelloRequest is followed",      &tls12, AFTER_SERVER, WHEN_OPEN(STILL_OPEN), a_hello_request },
    { "renegotiation is refused",      &tls12, AFTER_SERVER, NO_RENEGOTIATION, NULL, never_renegotiate, a_hello_request },
    { "HelloRequest with a body",      &tls12, AFTER_SERVER, WHEN_OPEN(DECODE), a_long_hello_request },
    { "HelloRequest to a server",      &tls12, AFTER_CLIENT, WHEN_OPEN(UNEXPECTED), a_hello_request },
    { "ClientHello to a client",       &tls12, AFTER_SERVER, WHEN_OPEN(UNEXPECTED), a_client_hello },
    { "request not agreed on",         &tls13, AFTER_SERVER, WHEN_OPEN(UNEXPECTED), a_request },
    { "EndOfEarlyData",                &tls13, AFTER_CLIENT, WHEN_OPEN(UNEXPECTED), an_end_of_early_data },
    { "unknown message",               &tls13, AFTER_CLIENT, WHEN_OPEN(UNEXPECTED), an_unknown_message },
    { "unknown message",               &tls12, AFTER_CLIENT, WHEN_OPEN(UNEXPECTED), an_unknown_message },
    { "message of 16385 bytes",        &tls13, AFTER_SERVER, WHEN_OPEN(DECODE), a_long_message },
    { "ticket message of 131073 bytes", &tls13, AFTER_SERVER, WHEN_OPEN(DECODE), a_long_ticket },
    { "ticket to a server",            &tls13, AFTER_CLIENT, WHEN_OPEN(UNEXPECTED), a_ticket },
    { "ticket of TLS 1.2",             &tls12, AFTER_SERVER, WHEN_OPEN(UNEXPECTED), a_ticket },
    { "ticket",                        &tls13, AFTER_SERVER, WHEN_OPEN(STILL_OPEN), a_ticket },
    { "empty ticket",                  &tls13, AFTER_SERVER, WHEN_OPEN(DECODE), an_empty_ticket },
    { "ticket cut off",                &tls13, AFTER_SERVER, WHEN_OPEN(DECODE), a_cut_ticket },

    { "KeyUpdate",                     &tls13, AFTER_CLIENT, WHEN_OPEN(FINE), a_key_update },
    { "KeyUpdate in two records",      &tls13, AFTER_SERVER, WHEN_OPEN(FINE), a_split_key_update },
    { "KeyUpdate 2",                   &tls13, AFTER_SERVER, WHEN_OPEN(ILLEGAL), key_update_two },
    { "KeyUpdate without a value",     &tls13, AFTER_CLIENT, WHEN_OPEN(DECODE), key_update_empty },
    { "KeyUpdate with trailing byte",  &tls13, AFTER_CLIENT, WHEN_OPEN(DECODE), key_update_long },
    { "KeyUpdate not at a record's end", &tls13, AFTER_SERVER, WHEN_OPEN(UNEXPECTED), key_update_and_more },
    { "two KeyUpdates in a record",    &tls13, AFTER_CLIENT, WHEN_OPEN(UNEXPECTED), key_update_twice },
    { "KeyUpdate without new keys",    &tls13, AFTER_CLIENT, WHEN_OPEN(BAD_MAC), data_under_old_keys },
    { "KeyUpdate in TLS 1.2",          &tls12, AFTER_CLIENT, WHEN_OPEN(UNEXPECTED), key_update_two },
    { "KeyUpdates without end",        &tls13, AFTER_CLIENT, WHEN_OPEN(ENDED_BEFORE), many_key_updates },
    { "data inside a message",         &tls13, AFTER_CLIENT, WHEN_OPEN(UNEXPECTED), data_inside },
    { "alert inside a message",        &tls13, AFTER_CLIENT, WHEN_OPEN(UNEXPECTED), alert_inside },
    { "ChangeCipherSpec in clear",     &tls13, AFTER_CLIENT, WHEN_OPEN(UNEXPECTED), a_clear_ccs },
    { "ChangeCipherSpec in clear",     &tls13, AFTER_SERVER, WHEN_OPEN(UNEXPECTED), a_clear_ccs },
    { "ChangeCipherSpec, protected",   &tls13, AFTER_SERVER, WHEN_OPEN(UNEXPECTED), inner_ccs_later },
    { "nothing but zeros",             &tls13, AFTER_SERVER, WHEN_OPEN(UNEXPECTED), all_zeros },
    { "padding to the limit",          &tls13, AFTER_SERVER, WHEN_OPEN(FINE), padding },
    { "padding above the limit",       &tls13, AFTER_SERVER, WHEN_OPEN(OVERFLOW), too_much_padding },
};
/* clang-format on */

static void what_comes_later(void **unused)
{
    (void)unused;
    RUN_CASES(later);
}

/* ---- limits that were agreed on ---- */

BEFORE(clear_above_limit, evil_clear(evil, 22, 0x0303, zeros, 513))
AFTER(data_513, evil_sealed(evil, 23, zeros, 513, 0))
AFTER(data_512, evil_sealed(evil, 23, zeros, 512, 0))
AFTER(data_511, evil_sealed(evil, 23, zeros, 511, 0))
AFTER(padded_512, evil_sealed(evil, 23, zeros, 10, 502))
AFTER(padded_513, evil_sealed(evil, 23, zeros, 10, 503))

/* Nothing that we send is longer than what the peer takes. */
static void honest_512(Pair *pair)
{
    uint32 length = 2000;
    size_t at     = pair->evil->in->end;
    Pipe  *pipe   = pair->evil->in;

    assert_int_equal(SSLWrite(zeros, &length, &pair->honest->ctx), SSLNoErr);
    assert_int_equal(length, 2000);
    while (at < pipe->end) {
        size_t record = (size_t)get_u16(pipe->data + at + 3);

        assert_true(record <= 512 + 24);
        at += 5 + record;
    }
    evil_content(pair->evil, 23, "data", 4);
}

/* clang-format off */
static const Case limits[] = {
    { "record_size_limit kept",         &tls12_limit, AFTER_CLIENT, WHEN_OPEN(FINE), data_512 },
    { "record_size_limit exceeded",     &tls12_limit, AFTER_CLIENT, WHEN_OPEN(OVERFLOW), data_513 },
    { "record_size_limit exceeded",     &tls12_limit, AFTER_SERVER, WHEN_OPEN(OVERFLOW), data_513 },
    { "record_size_limit kept",         &tls13_limit, AFTER_CLIENT, WHEN_OPEN(FINE), data_512 },
    { "record_size_limit exceeded",     &tls13_limit, AFTER_CLIENT, WHEN_OPEN(OVERFLOW), data_513 },
    { "record_size_limit exceeded",     &tls13_limit, AFTER_SERVER, WHEN_OPEN(OVERFLOW), data_513 },
    { "padding counts, kept",           &tls13_limit, AFTER_SERVER, WHEN_OPEN(FINE), padded_512 },
    { "padding counts, exceeded",       &tls13_limit, AFTER_SERVER, WHEN_OPEN(OVERFLOW), padded_513 },
    { "max_fragment_length kept",       &tls12_fragment, AFTER_CLIENT, WHEN_OPEN(FINE), data_512 },
    { "max_fragment_length exceeded",   &tls12_fragment, AFTER_CLIENT, WHEN_OPEN(OVERFLOW), data_513 },
    { "max_fragment_length exceeded",   &tls12_fragment, AFTER_SERVER, WHEN_OPEN(OVERFLOW), data_513 },
    { "max_fragment_length exceeded",   &tls13_fragment, AFTER_SERVER, WHEN_OPEN(OVERFLOW), data_513 },
    { "max_fragment_length kept",       &tls13_fragment, AFTER_SERVER, WHEN_OPEN(FINE), data_511 },
    { "max_fragment_length in clear",   &tls12_fragment, AT_CLIENT(CERTIFICATE), OVERFLOW, clear_above_limit },
    { "we keep record_size_limit",      &tls12_limit, AFTER_CLIENT, WHEN_OPEN(FINE), honest_512 },
    { "we keep record_size_limit",      &tls13_limit, AFTER_SERVER, WHEN_OPEN(FINE), honest_512 },
    { "we keep max_fragment_length",    &tls12_fragment, AFTER_CLIENT, WHEN_OPEN(FINE), honest_512 },
    { "we keep max_fragment_length",    &tls12_fragment, AFTER_SERVER, WHEN_OPEN(FINE), honest_512 },
};
/* clang-format on */

static void agreed_limits(void **unused)
{
    (void)unused;
    RUN_CASES(limits);
}

/* ---- a retry for a cookie alone ---- */

static uint8_t first_shares[2048];
static size_t  first_length;
static int     compared;

/* RFC 8446 4.1.2: without a key_share in the HelloRetryRequest the shares stay as they were. */
static SSLErr compare_shares(Peer *evil, EvilPhase phase, EvilMessage *message)
{
    Bytes shares = evil->ctx.handshake->hello.shares;

    if (phase == EVIL_READY && message->row->type == MSG_HELLO_RETRY_REQUEST) {
        assert_true(shares.length > 0 && shares.length <= sizeof(first_shares));
        memcpy(first_shares, shares.data, shares.length);
        first_length = shares.length;
    } else if (phase == EVIL_READY && message->row->type == MSG_SERVER_HELLO) {
        assert_int_equal(shares.length, first_length);
        assert_memory_equal(shares.data, first_shares, first_length);
        compared++;
    }
    return SSLNoErr;
}

static void a_cookie_alone_changes_no_share(void **unused)
{
    static const Scenario hybrid  = {"1.3 cookie, hybrid",     TLS_Version_1_3,  0,
                                     SSL_GROUP_X25519MLKEM768, IDENTITY_ED25519, WITH_COOKIE};
    static const Case     cases[] = {
            {"cookie", &tls13_cookie, AT_CLIENT(SERVER_HELLO), FINE, compare_shares},
            {"cookie", &hybrid, AT_CLIENT(SERVER_HELLO), FINE, compare_shares}};

    (void)unused;
    compared = 0;
    RUN_CASES(cases);
    assert_int_equal(compared, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_without_protection),
        cmocka_unit_test(protected_records_of_a_handshake),
        cmocka_unit_test(what_comes_later),
        cmocka_unit_test(agreed_limits),
        cmocka_unit_test(a_cookie_alone_changes_no_share),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
