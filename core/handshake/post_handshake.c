/*
 * post_handshake.c - messages on a connected context: a dispatch table of what may come, and the
 * KeyUpdate that we send.
 */
#include "handshake.h"
#include "post_auth.h"
#include "renegotiate.h"

#define BEGINS 0x80 /* a flow, whose first message it then is: the walker reads it */

typedef struct PostRow {
    uint16_t min_version, max_version;
    uint16_t type;
    uint8_t  receiver; /* CLIENT, SERVER, or 0 for both */
    uint8_t  flags;
    SSLErr (*read)(SSLContext *ctx, Reader *body);
} PostRow;

/* clang-format off */
static const PostRow rows[] = {
    { TLS_Version_1_3, TLS_Version_1_3, MSG_KEY_UPDATE,         0,      CHANGES_KEY, sslr_read_key_update },
    { TLS_Version_1_3, TLS_Version_1_3, MSG_NEW_SESSION_TICKET, CLIENT, 0,           BY_CLIENT(sslr_read_new_session_ticket) },
    { TLS_Version_1_3, TLS_Version_1_3, MSG_CERTIFICATE_REQUEST, CLIENT, BEGINS,     BY_CLIENT(sslr_post_auth_asked) },
    { TLS_Version_1_3, TLS_Version_1_3, MSG_CERTIFICATE,        SERVER, BEGINS,      BY_SERVER(sslr_post_auth_answered) },
    { SSL_Version_3_0, TLS_Version_1_2, MSG_HELLO_REQUEST,      CLIENT, 0,           BY_CLIENT(sslr_read_hello_request) },
    { SSL_Version_3_0, TLS_Version_1_2, MSG_CLIENT_HELLO,       SERVER, BEGINS,      BY_SERVER(sslr_read_later_client_hello) },
};
/* clang-format on */

static const PostRow *find(const SSLContext *ctx, uint16_t type)
{
    uint8_t side = is_server(ctx) ? SERVER : CLIENT;
    size_t  i;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (rows[i].type == type && ctx->version >= rows[i].min_version &&
            ctx->version <= rows[i].max_version &&
            (rows[i].receiver == 0 || rows[i].receiver == side)) {
            return &rows[i];
        }
    }
    return NULL;
}

SSLErr sslr_post_handshake(SSLContext *ctx, const Message *message)
{
    const PostRow *row  = find(ctx, message->type);
    Reader         body = reader_of(message->body);
    SSLErr         err;

    ctx->error_message = (int16_t)message->type;
    if (row == NULL) {
        return sslr_fail(ctx, ALERT_UNEXPECTED_MESSAGE, SSLProtocolErr,
                         "a handshake message comes at the wrong time");
    }
    if ((row->flags & BEGINS) == 0) {
        trace_message(ctx, SSL_TraceMessageReceived, message->type, message->body.length, 1);
    }
    if ((row->flags & CHANGES_KEY) != 0) {
        err = sslr_check_boundary(ctx);
        if (err != SSLNoErr) {
            return err;
        }
    }
    err = row->read(ctx, &body);
    if (err == SSLNoErr && !reader_complete(&body)) {
        err = sslr_fail(ctx, ALERT_DECODE_ERROR, SSLProtocolErr,
                        "a handshake message is truncated or has trailing bytes");
    }
    if (err == SSLNoErr) {
        ctx->error_message = -1;
    }
    return err;
}

SSLErr sslr_send_key_update(SSLContext *ctx)
{
    uint8_t message[5] = {MSG_KEY_UPDATE, 0, 0, 1, 0};
    SSLErr  err;

    message[4] = ctx->key_update_asked && !ctx->key_update_awaited; /* one question at a time */
    err        = sslr_queue_content(ctx, CONTENT_HANDSHAKE, bytes_of(message, sizeof(message)));
    if (err != SSLNoErr) {
        return err;
    }
    trace_message(ctx, SSL_TraceMessageSent, MSG_KEY_UPDATE, 1, 1);
    ctx->key_update_awaited |= message[4];
    ctx->owe_key_update   = 0;
    ctx->want_key_update  = 0;
    ctx->key_update_asked = 0;

    err = sslr_tls13_update_keys(ctx, 1);
    if (err == SSLNoErr && sslr_post_auth_is_choosing(ctx)) { /* RFC 8446 4.4: of the newest keys */
        memcpy(ctx->handshake->client_secret, ctx->client_secret, sizeof(ctx->client_secret));
    }
    return err;
}
