/*
 * party.h - a side in the hands of a program that calls anything at any time: every result is
 * judged by what ssl.h promises, and behind close_notify or a fatal alert nothing may be sealed.
 * Which call comes when is not here; for test_any_order.c.
 */
#ifndef SSLREF_TEST_FAULT_PARTY_H
#define SSLREF_TEST_FAULT_PARTY_H

#include "harness.h"

typedef struct Party Party;
struct Party {
    Side  *side;
    Party *peer;
    int    tells;       /* every call is printed */
    int    may_refuse;  /* a renegotiation may meet a refusal, which ends the connection */
    int    may_fail;    /* callbacks fail, messages are false: any error may come */
    int    may_lie;     /* the test has sealed something by itself: what left last is not known */
    int    has_early;   /* server: SSLReadEarlyData has not said yet that there is no more */
    int    scheduled;   /* something was, and no call has been made since that could begin it */
    int    has_more;    /* the last SSLRead delivered something: the next one may, too */
    int    closed;      /* SSLClose was called */
    int    half_closed; /* SSLCloseWrite was */
    int    heard_end;   /* the end of what the peer sends has come */
    SSLErr dead;        /* the error that ended the connection */
    int    said_last;   /* close_notify or a fatal alert is sealed */
    size_t ceiling;     /* then: bytes that have left and will */
    size_t early_sent;
};

/* Behind world_configure. */
void party_open(Party *party, Side *side, Party *peer);

/* The calls of ssl.h. */
SSLErr party_handshake(Party *party);
SSLErr party_read(Party *party, size_t room);
SSLErr party_write(Party *party, size_t count, uint32 *taken);
SSLErr party_read_early(Party *party, size_t room);
SSLErr party_write_early(Party *party, size_t count);
SSLErr party_service(Party *party);
SSLErr party_close(Party *party);
SSLErr party_close_write(Party *party);
void   party_key_update(Party *party, int request);
void   party_ask_for_certificate(Party *party, int require);
void   party_renegotiate(Party *party, int abbreviated);

/* SSLRead, or SSLReadEarlyData where that one is due. */
SSLErr party_take(Party *party, size_t room);

SSLSessionState party_state(const Party *party);
size_t          party_queued(const Party *party);
int             party_is_over(const Party *party); /* closed by itself, or dead */
int             party_may_send(const Party *party);

/* Every question to a callback was answered or cancelled. */
void assert_no_question_waits(const Party *party);

#endif
