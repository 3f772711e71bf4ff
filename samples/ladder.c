/*
 * ladder.c - draw a handshake from the engine's trace events. The names come from the same flow
 * tables that the engine walks, so that the picture cannot differ from what happens.
 *
 *       client                                                server
 *         |-- ClientHello, 236 bytes ---------------------------->|
 *         |<- ServerHello, 118 bytes -----------------------------|
 *         | read keys: handshake                                  |
 *         |<= Certificate, 812 bytes =============================|
 *
 * "=" instead of "-": the message travels encrypted.
 */
#include "ladder.h"

#include <string.h>

#define WIDTH 56 /* between the two lines */

static void print_label(const Ladder *ladder)
{
    if (ladder->label > 0) {
        fprintf(ladder->out, "#%-4u ", ladder->label);
    }
}

static void print_head(Ladder *ladder)
{
    if (!ladder->begun) {
        ladder->begun = 1;
        print_label(ladder);
        fprintf(ladder->out, "  client%*sserver\n", WIDTH - 4, "");
    }
}

/* An arrow with text on its shaft. */
static void print_arrow(const Ladder *ladder, int to_server, int encrypted, const char *text)
{
    char line[WIDTH + 1];
    int  shaft  = encrypted ? '=' : '-';
    int  length = (int)strlen(text);

    memset(line, shaft, WIDTH);
    line[WIDTH] = '\0';
    if (length > WIDTH - 6) {
        length = WIDTH - 6;
    }
    line[2] = ' ';
    memcpy(line + 3, text, (size_t)length);
    line[3 + length] = ' ';
    if (to_server) {
        line[WIDTH - 1] = '>';
    } else {
        line[0] = '<';
    }
    fprintf(ladder->out, "    |%s|\n", line);
}

/* Something that happens on one side: at that side's line. */
static void print_note(const Ladder *ladder, const char *text)
{
    if (ladder->side == SSL_ClientSide) {
        fprintf(ladder->out, "    | %-*.*s|\n", WIDTH - 1, WIDTH - 1, text);
    } else {
        fprintf(ladder->out, "    |%*.*s |\n", WIDTH - 1, WIDTH - 1, text);
    }
}

void ladder_trace(SSLContext *ctx, const SSLTraceEvent *event, void *ladderRef)
{
    Ladder *ladder    = (Ladder *)ladderRef;
    int     sent      = event->kind == SSL_TraceMessageSent || event->kind == SSL_TraceAlertSent;
    int     to_server = sent == (ladder->side == SSL_ClientSide);
    char    text[160];

    (void)ctx;
    print_head(ladder);
    print_label(ladder);
    switch (event->kind) {
    case SSL_TraceMessageSent:
    case SSL_TraceMessageReceived:
        snprintf(text, sizeof(text), "%s, %u byte%s", event->name, event->length,
                 event->length == 1 ? "" : "s");
        print_arrow(ladder, to_server, event->encrypted, text);
        break;
    case SSL_TraceAlertSent:
    case SSL_TraceAlertReceived:
        snprintf(text, sizeof(text), "alert: %s (%s)", SSLAlertName((uint8)event->type),
                 event->length == 1 ? "warning" : "fatal");
        print_arrow(ladder, to_server, event->encrypted, text);
        break;
    case SSL_TraceWriteKeys:
        snprintf(text, sizeof(text), "keys to send: %s", event->name);
        print_note(ladder, text);
        break;
    case SSL_TraceReadKeys:
        snprintf(text, sizeof(text), "keys to receive: %s", event->name);
        print_note(ladder, text);
        break;
    case SSL_TraceWork:
        snprintf(text, sizeof(text), "* %s", event->name);
        print_note(ladder, text);
        break;
    }
}
