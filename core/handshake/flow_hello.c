/*
 * flow_hello.c - the beginning of every handshake from SSL 3.0 on: ClientHello, [HelloRetryRequest,
 * ClientHello,] ServerHello. The last row's `then` selects the table of the version.
 */
#include "handshake.h"
#include "renegotiate.h"

/* The 2.0-format hello is reached through the profile, which may lack it; then the row is never
 * chosen (core/handshake/work.c) nor met (core/record/read.c). */
static SSLErr write_version2_hello(SSLContext *ctx, Writer *message)
{
    return ctx->profile->classic->write_version2_hello(ctx, message);
}

static SSLErr read_version2_hello(SSLContext *ctx, Reader *body)
{
    return ctx->profile->classic->read_version2_hello(ctx, body);
}

static SSLErr after_first_hello(SSLContext *ctx)
{
    if (!is_server(ctx)) {
        return has_fact(ctx, FACT_EARLY_OFFERED)
                   ? sslr_tls13_early_keys(ctx, sslr_cipher_suite(ctx->handshake->early.suite))
                   : SSLNoErr;
    }
    if (!is_renegotiating(ctx)) {
        ctx->state = SSL_StateHandshake;
    }
    return SSLNoErr;
}

/* A later handshake must fit the one before, as far as it is known by now. */
static SSLErr check_renegotiation(SSLContext *ctx)
{
    SSLErr err = is_server(ctx) ? SSLNoErr : sslr_check_renegotiation_answer(ctx);

    if (err == SSLNoErr) {
        err = sslr_check_unchanged(ctx);
    }
    return err != SSLNoErr ? err : sslr_check_same_peer(ctx);
}

static SSLErr after_server_hello(SSLContext *ctx)
{
    Handshake *hs  = ctx->handshake;
    SSLErr     err = is_renegotiating(ctx) ? check_renegotiation(ctx) : SSLNoErr;
    size_t     i;

    if (err != SSLNoErr) {
        return err;
    }
    if (ctx->version < TLS_Version_1_3 && has_fact(ctx, FACT_FULL)) {
        ctx->agreed.authenticated = 0; /* anew */
    }
    if (ctx->version >= TLS_Version_1_3) {
        err = sslr_seal_flight(ctx);
        if (err == SSLNoErr) {
            err = sslr_check_boundary(ctx);
        }
        if (err != SSLNoErr) {
            return err;
        }
    }
    /* A CertificateVerify of TLS 1.2 may want the messages themselves. */
    hs->transcript.keep_raw = ctx->version < TLS_Version_1_3 && has_fact(ctx, FACT_FULL) &&
                              (!is_server(ctx) || has_fact(ctx, FACT_CERT_REQUESTED));
    sslr_transcript_start(ctx, ctx->version < TLS_Version_1_2 ? HASH_MD5
                                                              : (HashId)ctx->agreed.suite->prf);
    for (i = 0; i < ctx->profile->generation_count; i++) {
        if (ctx->profile->generations[i].protocol == ctx->protocol) {
            hs->table = hs->row = ctx->profile->generations[i].flow;
        }
    }
    if (ctx->version >= TLS_Version_1_3) {
        return sslr_tls13_handshake_keys(ctx);
    }
    return has_fact(ctx, FACT_RESUMED) ? sslr_derive_keys(ctx) : SSLNoErr;
}

/* clang-format off */
const FlowRow sslr_flow_hello[] = {
    { .who = CLIENT_WORK, .work = BY_CLIENT(sslr_work_client_session), .name = "look up session" },
    { .who = CLIENT,      .type = MSG_CLIENT_HELLO_V2,    .flags = OPTIONAL | FLUSH, .choice = FACT_V2_HELLO, .write = BY_CLIENT(write_version2_hello), .read = BY_SERVER(read_version2_hello) },
    { .who = CLIENT,      .type = MSG_CLIENT_HELLO,       .flags = FLUSH, .unless = FACT_V2_HELLO, .write = BY_CLIENT(sslr_write_client_hello), .read = BY_SERVER(sslr_read_client_hello), .then = after_first_hello },
    { .who = CLIENT,      .type = MSG_CHANGE_CIPHER_SPEC,  .flags = SENDER_ONLY | FLUSH, .when = FACT_EARLY_OFFERED, .write = BY_CLIENT(sslr_write_change_cipher_spec) },
    { .who = SERVER_WORK, .work = BY_SERVER(sslr_work_client_hello),      .name = "consider ClientHello" },
    { .who = SERVER_WORK, .work = BY_SERVER(sslr_work_choose_version),    .name = "choose version" },
    { .who = SERVER_WORK, .work = BY_SERVER(sslr_work_server_session),    .name = "look up session" },
    { .who = SERVER_WORK, .work = BY_SERVER(sslr_work_early_data),        .when = FACT_EARLY_OFFERED, .name = "look for a replay", .then = BY_SERVER(sslr_after_early_data) },
    { .who = SERVER_WORK, .work = BY_SERVER(sslr_work_server_identity),   .unless = FACT_RESUMED | FACT_PSK, .name = "choose identity" },
    { .who = SERVER_WORK, .work = BY_SERVER(sslr_work_choose_parameters), .unless = FACT_RESUMED | FACT_PSK, .name = "choose parameters" },
    { .who = SERVER_WORK, .work = BY_SERVER(sslr_work_ticket_key),        .when = FACT_TICKET_WANTED, .name = "choose ticket key" },

    { .who = SERVER,      .type = MSG_HELLO_RETRY_REQUEST, .flags = OPTIONAL | FLUSH, .choice = FACT_RETRY, .write = BY_SERVER(sslr_write_hello_retry_request), .read = BY_CLIENT(sslr_read_hello_retry_request) },
    { .who = SERVER,      .type = MSG_CHANGE_CIPHER_SPEC,  .flags = SENDER_ONLY | FLUSH, .when = FACT_RETRY | FACT_COMPATIBILITY, .write = BY_SERVER(sslr_write_change_cipher_spec) },
    { .who = CLIENT,      .type = MSG_CHANGE_CIPHER_SPEC,  .flags = SENDER_ONLY, .when = FACT_RETRY | FACT_COMPATIBILITY, .unless = FACT_EARLY_OFFERED, .write = BY_CLIENT(sslr_write_change_cipher_spec) },
    { .who = CLIENT,      .type = MSG_CLIENT_HELLO,        .flags = FLUSH, .when = FACT_RETRY, .write = BY_CLIENT(sslr_write_client_hello), .read = BY_SERVER(sslr_read_client_hello) },
    { .who = SERVER_WORK, .work = BY_SERVER(sslr_work_second_hello), .when = FACT_RETRY, .name = "check second ClientHello" },

    { .who = SERVER,      .type = MSG_SERVER_HELLO,        .flags = LAST, .write = BY_SERVER(sslr_write_server_hello), .read = BY_CLIENT(sslr_read_server_hello), .then = after_server_hello },
    { .who = ROW_END }
};
/* clang-format on */
