/*
 * flow_tls13.c - TLS 1.3 behind ServerHello (RFC 8446 2, 4.3, 4.4).
 */
#include "handshake.h"
#include "post_auth.h"

/* Keys first: an alert about what fails behind them must be readable. */
static SSLErr after_client_finished(SSLContext *ctx)
{
    SSLErr err = sslr_tls13_client_finished(ctx);

    return err != SSLNoErr ? err : sslr_post_auth_keep(ctx);
}

/* RFC 8446 4.2.10: a client learns here that its 0-RTT data is refused. */
static SSLErr after_encrypted_extensions(SSLContext *ctx)
{
    return ctx->handshake->early.writing && !has_fact(ctx, FACT_EARLY) ? sslr_tls13_early_end(ctx)
                                                                       : SSLNoErr;
}

/* clang-format off */
const FlowRow sslr_flow_tls13[] = {
    { .who = SERVER,      .type = MSG_CHANGE_CIPHER_SPEC,   .when = FACT_COMPATIBILITY, .unless = FACT_RETRY, .flags = SENDER_ONLY, .write = BY_SERVER(sslr_write_change_cipher_spec) },
    { .who = SERVER,      .type = MSG_ENCRYPTED_EXTENSIONS, .write = BY_SERVER(sslr_write_encrypted_extensions), .read = BY_CLIENT(sslr_read_encrypted_extensions), .then = after_encrypted_extensions },
    { .who = SERVER,      .type = MSG_CERTIFICATE_REQUEST,  .unless = FACT_PSK, .flags = OPTIONAL, .choice = FACT_CERT_REQUESTED, .write = BY_SERVER(sslr_write_certificate_request), .read = BY_CLIENT(sslr_read_certificate_request) },
    { .who = SERVER,      .type = MSG_CERTIFICATE,          .unless = FACT_PSK, .write = BY_SERVER(sslr_write_certificate), .read = BY_CLIENT(sslr_read_certificate) },
    { .who = SERVER_WORK, .unless = FACT_PSK, .work = BY_SERVER(sslr_work_sign_verify), .name = "sign transcript" },
    { .who = SERVER,      .type = MSG_CERTIFICATE_VERIFY,   .unless = FACT_PSK, .write = BY_SERVER(sslr_write_certificate_verify), .read = BY_CLIENT(sslr_read_certificate_verify) },
    { .who = SERVER,      .type = MSG_FINISHED,             .flags = FLUSH | CHANGES_KEY, .write = BY_SERVER(sslr_write_finished), .read = BY_CLIENT(sslr_read_finished), .then = sslr_tls13_server_finished },

    { .who = CLIENT_WORK, .unless = FACT_PSK, .work = BY_CLIENT(sslr_work_check_certificate), .name = "check certificate" },
    { .who = CLIENT,      .type = MSG_CHANGE_CIPHER_SPEC,   .when = FACT_COMPATIBILITY, .unless = FACT_RETRY | FACT_EARLY_OFFERED, .flags = SENDER_ONLY, .write = BY_CLIENT(sslr_write_change_cipher_spec) },
    { .who = CLIENT,      .type = MSG_END_OF_EARLY_DATA,    .when = FACT_EARLY, .flags = CHANGES_KEY, .write = BY_CLIENT(sslr_write_end_of_early_data), .read = BY_SERVER(sslr_read_end_of_early_data), .then = sslr_tls13_early_end },
    { .who = CLIENT_WORK, .work = BY_CLIENT(sslr_work_client_identity), .when = FACT_CERT_REQUESTED, .name = "choose identity" },
    { .who = CLIENT,      .type = MSG_CERTIFICATE,          .when = FACT_CERT_REQUESTED, .write = BY_CLIENT(sslr_write_certificate), .read = BY_SERVER(sslr_read_certificate) },
    { .who = CLIENT_WORK, .work = BY_CLIENT(sslr_work_sign_verify), .when = FACT_CERT_REQUESTED | FACT_CLIENT_CERTIFIED, .name = "sign transcript" },
    { .who = CLIENT,      .type = MSG_CERTIFICATE_VERIFY,   .when = FACT_CERT_REQUESTED | FACT_CLIENT_CERTIFIED, .write = BY_CLIENT(sslr_write_certificate_verify), .read = BY_SERVER(sslr_read_certificate_verify) },
    { .who = SERVER_WORK, .work = BY_SERVER(sslr_work_check_certificate), .when = FACT_CERT_REQUESTED | FACT_CLIENT_CERTIFIED, .name = "check certificate" },
    { .who = CLIENT,      .type = MSG_FINISHED,             .flags = FLUSH | CHANGES_KEY, .write = BY_CLIENT(sslr_write_finished), .read = BY_SERVER(sslr_read_finished), .then = after_client_finished },
    { .who = SERVER_WORK, .work = BY_SERVER(sslr_work_send_tickets), .name = "send tickets" },
    { .who = ROW_END }
};
/* clang-format on */
