/*
 * post_auth.c - see post_auth.h. Several requests do not build on each other: each begins from the
 * transcript of the handshake (RFC 8446 4.4).
 */
#include "post_auth.h"

#include "handshake.h"
#include "renegotiate.h"

/* The answer is queued, and that is the end of it: to wait until it has left would be to wait for a
 * server that may be writing. */
static SSLErr after_finished(SSLContext *ctx)
{
    return is_server(ctx) ? SSLNoErr : sslr_seal_flight(ctx);
}

/* clang-format off */
const FlowRow sslr_flow_post_auth[] = {
    { .who = SERVER,      .type = MSG_CERTIFICATE_REQUEST, .write = BY_SERVER(sslr_write_certificate_request), .read = BY_CLIENT(sslr_read_certificate_request) },
    { .who = CLIENT_WORK, .work = BY_CLIENT(sslr_work_client_identity), .name = "choose identity" },
    { .who = CLIENT,      .type = MSG_CERTIFICATE,         .write = BY_CLIENT(sslr_write_certificate), .read = BY_SERVER(sslr_read_certificate) },
    { .who = CLIENT_WORK, .work = BY_CLIENT(sslr_work_sign_verify), .when = FACT_CLIENT_CERTIFIED, .name = "sign transcript" },
    { .who = CLIENT,      .type = MSG_CERTIFICATE_VERIFY,  .when = FACT_CLIENT_CERTIFIED, .write = BY_CLIENT(sslr_write_certificate_verify), .read = BY_SERVER(sslr_read_certificate_verify) },
    { .who = SERVER_WORK, .work = BY_SERVER(sslr_work_check_certificate), .when = FACT_CLIENT_CERTIFIED, .name = "check certificate" },
    { .who = CLIENT,      .type = MSG_FINISHED,            .write = BY_CLIENT(sslr_write_finished), .read = BY_SERVER(sslr_read_finished), .then = after_finished },
    { .who = ROW_END }
};
/* clang-format on */

#define CHOICE (&sslr_flow_post_auth[1])
#define ANSWER (&sslr_flow_post_auth[2])

int sslr_post_auth_is_choosing(const SSLContext *ctx)
{
    return ctx->handshake != NULL && ctx->handshake->row == CHOICE;
}

/* RFC 8446 4.6.2: no data inside the answer, but before it. */
int sslr_post_auth_lets_write(const SSLContext *ctx)
{
    return is_server(ctx) ? ctx->handshake != NULL && has_fact(ctx, FACT_LATER)
                          : sslr_post_auth_is_choosing(ctx);
}

SSLErr sslr_post_auth_keep(SSLContext *ctx)
{
    int agreed = sslr_extension_offered(ctx, EXT_POST_HANDSHAKE_AUTH) &&
                 ctx->agreed.psk_identity.length == 0; /* RFC 8446 4.3.2 */
    void  *block;
    SSLErr err;

    if (!agreed) {
        return SSLNoErr;
    }
    err = sslr_allocate_zeroed(&ctx->allocator, sizeof(PostAuth), &block);
    if (err == SSLNoErr) {
        ctx->post_auth             = (PostAuth *)block;
        ctx->post_auth->transcript = ctx->handshake->transcript.state;
    }
    return err;
}

/* A handshake that walks this flow from `row`, behind the messages of `transcript`. */
static SSLErr begin(SSLContext *ctx, const FlowRow *row, const HashState *transcript)
{
    Handshake *hs;
    SSLErr     err = sslr_handshake_begin(ctx);

    if (err != SSLNoErr) {
        return err;
    }
    hs                   = ctx->handshake;
    hs->table            = sslr_flow_post_auth;
    hs->row              = row;
    hs->facts            = FACT_CERT_REQUESTED | FACT_LATER;
    hs->transcript.state = *transcript;
    hs->transcript.hash  = (uint8_t)ctx->agreed.suite->prf;
    memcpy(hs->client_secret, ctx->client_secret, sizeof(hs->client_secret));
    return SSLNoErr;
}

/* ---- server ---- */

int sslr_post_auth_pending(const SSLContext *ctx)
{
    return ctx->post_auth != NULL && (ctx->post_auth->wanted || ctx->post_auth->asked);
}

/* Written as a row of the flow would be; but then the handshake's state goes, but for what the
 * answer needs. */
static SSLErr write_request(SSLContext *ctx, Writer *message)
{
    PostAuth  *later = ctx->post_auth;
    Handshake *hs    = ctx->handshake;
    Block      body;
    SSLErr     err = sslr_random(ctx, later->context, sizeof(later->context));

    if (err != SSLNoErr) {
        return err;
    }
    hs->request_context_length = sizeof(later->context);
    memcpy(hs->request_context, later->context, sizeof(later->context));
    write_u8(message, MSG_CERTIFICATE_REQUEST);
    body = open_block(message, 3);
    err  = sslr_write_certificate_request(ctx, message);
    close_block(message, body);
    if (err == SSLNoErr) {
        err = writer_status(message);
    }
    if (err == SSLNoErr) {
        later->asked_transcript = later->transcript;
        sslr_hash_update(&later->asked_transcript, message->data, message->length);
        err = sslr_queue_content(ctx, CONTENT_HANDSHAKE, bytes_of(message->data, message->length));
    }
    if (err == SSLNoErr) {
        trace_message(ctx, SSL_TraceMessageSent, MSG_CERTIFICATE_REQUEST, message->length - 4, 1);
    }
    return err;
}

SSLErr sslr_post_auth_request(SSLContext *ctx)
{
    Writer message;
    SSLErr err;

    if (ctx->post_auth == NULL || !ctx->post_auth->wanted || ctx->handshake != NULL ||
        ctx->write_closed || ctx->state != SSL_StateConnected || sslr_queued_bytes(ctx) > 0) {
        return SSLNoErr;
    }
    err = begin(ctx, sslr_flow_post_auth, &ctx->post_auth->transcript);
    if (err != SSLNoErr) {
        return err;
    }
    sslr_writer_init(&message, &ctx->allocator);
    err = write_request(ctx, &message);
    sslr_writer_release(&message);
    sslr_handshake_end(ctx);
    ctx->post_auth->wanted = 0;
    ctx->post_auth->asked  = 1;
    return err;
}

/* What is known of the client holds until the answer is complete and accepted; its copy of the rest
 * is but shown. */
static SSLErr put_aside(SSLContext *ctx)
{
    Agreed *agreed = &ctx->agreed;
    void   *block;
    SSLErr  err = sslr_allocate(&ctx->allocator, sizeof(Agreed), &block);

    if (err == SSLNoErr) {
        ctx->post_auth->before   = (Agreed *)memcpy(block, agreed, sizeof(Agreed));
        agreed->peer_chain       = bytes_of(NULL, 0);
        agreed->peer_chain_block = NULL;
        agreed->ocsp_response    = bytes_of(NULL, 0);
        agreed->ocsp_block       = NULL;
        agreed->peer_scheme      = 0;
    }
    return err;
}

/* Either what came stays, or what was there before. */
static void decide(SSLContext *ctx, int accepted)
{
    void  *block = ctx->post_auth->before;
    Agreed other;

    if (block == NULL) {
        return;
    }
    other = accepted ? *ctx->post_auth->before : ctx->agreed;
    if (!accepted) {
        ctx->agreed = *ctx->post_auth->before;
    }
    ctx->post_auth->before = NULL;
    sslr_release(&ctx->allocator, &block, sizeof(Agreed));
    sslr_release_peer(&ctx->allocator, &other);
}

SSLErr sslr_post_auth_answered(SSLContext *ctx, Reader *body)
{
    const PostAuth *later = ctx->post_auth;
    SSLErr          err;

    (void)read_rest(body);
    if (later == NULL || !later->asked) {
        return sslr_fail(ctx, ALERT_UNEXPECTED_MESSAGE, SSLProtocolErr,
                         "a certificate that nobody asked for");
    }
    err = put_aside(ctx);
    if (err == SSLNoErr) {
        err = begin(ctx, ANSWER, &later->asked_transcript);
    }
    if (err == SSLNoErr) {
        ctx->handshake->request_context_length = sizeof(later->context);
        memcpy(ctx->handshake->request_context, later->context, sizeof(later->context));
    }
    return err;
}

void sslr_post_auth_give_up(SSLContext *ctx)
{
    if (ctx->post_auth == NULL || !is_server(ctx)) {
        return;
    }
    if (ctx->handshake != NULL && has_fact(ctx, FACT_LATER)) {
        sslr_handshake_cancel(ctx);
        sslr_handshake_end(ctx);
    }
    decide(ctx, 0);
    ctx->post_auth->wanted = ctx->post_auth->asked = 0;
}

/* ---- client ---- */

SSLErr sslr_post_auth_asked(SSLContext *ctx, Reader *body)
{
    int    allowed = 0;
    SSLErr err;

    (void)read_rest(body);
    if (ctx->post_auth == NULL) {
        return sslr_fail(ctx, ALERT_UNEXPECTED_MESSAGE, SSLProtocolErr,
                         "a CertificateRequest that was not agreed on");
    }
    if (ctx->write_closed) {
        return SSLNoErr; /* RFC 8446 6.1: nothing follows our close_notify, so it gets no answer */
    }
    err = sslr_count_unasked(ctx, &allowed);
    if (err == SSLNoErr && !allowed) {
        return sslr_fail(ctx, ALERT_UNEXPECTED_MESSAGE, SSLProtocolErr,
                         "the server asks for certificates too often");
    }
    return err != SSLNoErr ? err : begin(ctx, sslr_flow_post_auth, &ctx->post_auth->transcript);
}

void sslr_post_auth_withdraw(SSLContext *ctx)
{
    const Handshake *hs = ctx->handshake;

    if (hs != NULL && !is_server(ctx) &&
        (hs->row == sslr_flow_post_auth || sslr_post_auth_is_choosing(ctx))) {
        sslr_handshake_cancel(ctx);
        sslr_handshake_end(ctx);
    }
}

/* ---- both ---- */

void sslr_post_auth_done(SSLContext *ctx)
{
    if (ctx->post_auth != NULL) {
        ctx->post_auth->asked = 0;
        decide(ctx, 1);
    }
}

void sslr_post_auth_release(SSLContext *ctx)
{
    void *block = ctx->post_auth;

    if (block != NULL) {
        decide(ctx, 0);
    }
    ctx->post_auth = NULL;
    sslr_release(&ctx->allocator, &block, sizeof(PostAuth));
}
