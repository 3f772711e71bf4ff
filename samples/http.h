/*
 * http.h - as much of HTTP as the sample server needs: understand a request, produce the answer
 * piece by piece. No sockets and, but for the getters behind the status page, no TLS in here.
 */
#ifndef SSLREF_SAMPLES_HTTP_H
#define SSLREF_SAMPLES_HTTP_H

#include "ssl.h"

#include <stddef.h>
#include <stdio.h>

#define MAX_REQUEST_HEAD 16384

typedef enum Body {
    BODY_NONE,    /* everything is in the text */
    BODY_FILE,    /* from a file */
    BODY_PATTERN, /* byte number i is (i ^ i>>8 ^ i>>16) & 255 */
    BODY_ECHO     /* what the client sends; the caller moves it */
} Body;

/* An answer under way. */
typedef struct Answer {
    char              *text; /* the head, and the body of small pages; from malloc */
    size_t             text_length, text_done;
    Body               body;
    unsigned long long body_length, body_done;
    int                file;              /* open descriptor for BODY_FILE, else -1 */
    int                keep_alive;        /* another request may follow on this connection */
    int                wants_certificate; /* /secret: the client must show one first */
    int                head_only;
} Answer;

/* The length of the request's head in these bytes, its empty line included; 0: not all there. */
size_t request_head_length(const char *bytes, size_t length);

/* Understand the head of a request (length bytes of it, zero-terminated behind them; it is changed
 * while it is read) and prepare the answer. root: the directory of the files, or NULL. 0, or -1 if
 * there is no memory. */
int begin_answer(Answer *answer, SSLContext *ctx, char *head, size_t length, const char *root);

/* Where the answer wants the client's certificate: it was asked for, and the client has answered
 * one way or the other. */
int begin_secret(Answer *answer, SSLContext *ctx);

/* Put the next bytes of the answer into out: as many as fit, 0 when there are no more, or when it
 * is the caller's turn to echo. */
size_t continue_answer(Answer *answer, unsigned char *out, size_t room);

/* Whether all of it has been produced; for the echo too. */
int answer_is_complete(const Answer *answer);

/* Free what the answer holds. May be called twice. */
void end_answer(Answer *answer);

#endif
