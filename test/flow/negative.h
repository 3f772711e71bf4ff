/*
 * negative.h - tables of single mistakes: which message of which handshake is changed in which way,
 * and with which alert and error the other side must end it. Also the ways of changing a message.
 */
#ifndef SSLREF_TEST_NEGATIVE_H
#define SSLREF_TEST_NEGATIVE_H

#include "evil_peer.h"

typedef enum Change {
    SET,    /* extension: replaced, or added at the end; hex */
    ADD,    /* extension: added at the end, whatever is there; hex */
    DROP,   /* extension: removed */
    DOUBLE, /* extension: added once more as it is */
    PUT,    /* bytes at offset `at` of the body overwritten; hex */
    BODY,   /* the whole body; hex */
    APPEND, /* behind the body; hex */
    CUT,    /* so many bytes (`at`) from the end of the body */
    FLIP,   /* one bit of the last byte */
    CUSTOM, /* `custom` decides in every phase */
    UNCHANGED
} Change;

#define NO_ALERT SSL_NO_ALERT

/* How a case ends. */
#define ENDS(number, err) .alert = (number), .error = (err)
#define DECODE            ENDS(ALERT_DECODE_ERROR, SSLProtocolErr)
#define ILLEGAL           ENDS(ALERT_ILLEGAL_PARAMETER, SSLProtocolErr)
#define UNEXPECTED        ENDS(ALERT_UNEXPECTED_MESSAGE, SSLProtocolErr)
#define UNSUPPORTED       ENDS(ALERT_UNSUPPORTED_EXTENSION, SSLProtocolErr)
#define MISSING           ENDS(ALERT_MISSING_EXTENSION, SSLProtocolErr)
#define NOT_COMMON        ENDS(ALERT_HANDSHAKE_FAILURE, SSLNegotiationErr)
#define FAILURE           ENDS(ALERT_HANDSHAKE_FAILURE, SSLProtocolErr)
#define VERSION           ENDS(ALERT_PROTOCOL_VERSION, SSLNegotiationErr)
#define BAD_VERSION       ENDS(ALERT_PROTOCOL_VERSION, SSLProtocolErr)
#define DECRYPT           ENDS(ALERT_DECRYPT_ERROR, SSLProtocolErr)
#define BAD_MAC           ENDS(ALERT_BAD_RECORD_MAC, SSLProtocolErr)
#define OVERFLOW          ENDS(ALERT_RECORD_OVERFLOW, SSLProtocolErr)
#define NO_PROTOCOL       ENDS(ALERT_NO_APPLICATION_PROTOCOL, SSLNegotiationErr)
#define NO_NAME           ENDS(ALERT_UNRECOGNIZED_NAME, SSLNegotiationErr)
#define FELL_BACK         ENDS(ALERT_INAPPROPRIATE_FALLBACK, SSLNegotiationErr)
#define FINE              ENDS(NO_ALERT, SSLNoErr)
#define STILL_OPEN        ENDS(NO_ALERT, SSLWouldBlockErr)

typedef struct Case {
    const char     *name;
    const Scenario *scenario;
    EvilSide        side;
    uint16_t        type; /* of the row of the message */
    Change          change;
    uint16_t        at; /* extension, or offset */
    const char     *hex;
    uint8_t         alert; /* NO_ALERT: the handshake must succeed */
    SSLErr          error;
    EvilHook        custom;
    void (*setup)(Pair *pair);
    void (*afterwards)(Pair *pair); /* once connected; the case then ends with peer_read */
    int second;                     /* the second message of this type */
} Case;

/* Run all of them; fails the test if one ends otherwise than it says. */
void run_cases(const Case *cases, size_t count);

/* For a change that may find nothing to do: runs one case, and if *changed is set it must end as
 * `changed_case` says, else as `unchanged`. Returns *changed; fails the test if neither holds. */
int probe_case(const Case *changed_case, const Case *unchanged, const int *changed);

#define RUN_CASES(table) run_cases(table, sizeof(table) / sizeof((table)[0]))

/* The message of this phase, as the case names it? For hooks. */
int is_wanted(Peer *evil, const EvilMessage *message);

/* For .setup and .afterwards: the server follows a client that begins a second handshake; it does,
 * and both sides go on until nothing moves any more. */
void allow_renegotiation(Pair *pair);
void client_renegotiates(Pair *pair);
void go_on(Pair *pair);

/* ---- changing a message; the lengths around are corrected ---- */

/* Bytes of hexadecimal text; "7a*32" stands for 32 bytes 7a. */
size_t parse_hex(const char *hex, uint8_t *out, size_t room);

/* Replace `removed` bytes at offset `at` of the whole message; header alone is corrected. */
void splice(EvilMessage *message, size_t at, size_t removed, const void *data, size_t length);

/* Offset of the extension block's length in the whole message, 0 if there is none. */
size_t extension_block(const EvilMessage *message, int tls13);

/* Offset of an extension (its number), and its data's length; 0 if it is not there. */
size_t find_extension(const EvilMessage *message, int tls13, uint16_t id, size_t *length);

void set_extension(EvilMessage *message, int tls13, uint16_t id, const void *data, size_t length);
void add_extension(EvilMessage *message, int tls13, uint16_t id, const void *data, size_t length);
void drop_extension(EvilMessage *message, int tls13, uint16_t id);

/* ---- handshakes that the tables use ---- */

extern const Scenario tls12, tls12_cbc, tls12_cert, tls12_required, tls12_status, tls12_resumed,
    tls12_p256, tls12_dhe, tls12_rsa, tls12_rsa_cert, tls12_alpn, tls12_name, tls12_fragment,
    tls12_limit, tls12_newer_client, tls12_newer_server, tls12_dhe_cert;
extern const Scenario tls13, tls13_cert, tls13_required, tls13_status, tls13_alpn, tls13_name,
    tls13_limit, tls13_fragment, tls13_retry, tls13_cookie, tls13_p256, tls13_p384, tls13_p521,
    tls13_ffdhe, tls13_hybrid, tls13_rsa, tls13_rsa_cert, tls13_both;

#endif
