/*
 * flow_tls12.c - SSL 3.0 to TLS 1.2 behind ServerHello (RFC 5246 7.3): full, then abbreviated.
 */
#include "handshake.h"
#include "renegotiate.h"

/* RFC 7627 3: the session hash covers everything up to and including ClientKeyExchange. */
static SSLErr after_client_key_exchange(SSLContext *ctx)
{
    sslr_transcript_digest(ctx, ctx->handshake->session_hash);
    if (is_server(ctx) && (ctx->handshake->facts & (FACT_RSA_TRANSPORT | FACT_PSK)) != 0) {
        return sslr_check_same_peer(ctx); /* rows that may wait complete the premaster */
    }
    sslr_master_secret(ctx);
    return sslr_derive_keys(ctx);
}

static SSLErr after_decryption(SSLContext *ctx)
{
    if (has_fact(ctx, FACT_PSK)) {
        return SSLNoErr;
    }
    sslr_master_secret(ctx);
    return sslr_derive_keys(ctx);
}

static SSLErr after_psk(SSLContext *ctx)
{
    sslr_master_secret(ctx);
    return sslr_derive_keys(ctx);
}

static SSLErr after_server_hello_done(SSLContext *ctx)
{
    if (!has_fact(ctx, FACT_CERT_REQUESTED)) {
        sslr_transcript_forget_raw(ctx);
    }
    return SSLNoErr;
}

/* Known on both sides only now: an empty Certificate has no CertificateVerify. */
static SSLErr after_client_certificate(SSLContext *ctx)
{
    if (!has_fact(ctx, FACT_CLIENT_CERTIFIED)) {
        sslr_transcript_forget_raw(ctx);
    }
    return is_server(ctx) ? sslr_check_same_peer(ctx) : SSLNoErr;
}

static SSLErr after_server_certificate(SSLContext *ctx)
{
    return is_server(ctx) ? SSLNoErr : sslr_check_same_peer(ctx);
}

static SSLErr after_client_ccs(SSLContext *ctx)
{
    sslr_activate_keys(ctx, !is_server(ctx));
    sslr_transcript_forget_raw(ctx);
    return SSLNoErr;
}

static SSLErr after_server_ccs(SSLContext *ctx)
{
    sslr_activate_keys(ctx, is_server(ctx));
    return SSLNoErr;
}

/* clang-format off */
const FlowRow sslr_flow_tls12[] = {
    { .who = SERVER,      .type = MSG_CERTIFICATE,         .when = FACT_FULL | FACT_CERTIFIED, .write = BY_SERVER(sslr_write_certificate), .read = BY_CLIENT(sslr_read_certificate), .then = after_server_certificate },
    { .who = SERVER,      .type = MSG_CERTIFICATE_STATUS,  .when = FACT_FULL | FACT_CERTIFIED | FACT_STATUS, .flags = OPTIONAL, .choice = FACT_STATUS_SENT, .write = BY_SERVER(sslr_write_certificate_status), .read = BY_CLIENT(sslr_read_certificate_status) },
    { .who = SERVER_WORK, .work = BY_SERVER(sslr_work_sign_key_exchange), .when = FACT_FULL | FACT_EPHEMERAL, .name = "sign key exchange" },
    { .who = SERVER,      .type = MSG_SERVER_KEY_EXCHANGE, .when = FACT_FULL | FACT_EPHEMERAL, .write = BY_SERVER(sslr_write_server_key_exchange), .read = BY_CLIENT(sslr_read_server_key_exchange) },
    { .who = SERVER,      .type = MSG_SERVER_KEY_EXCHANGE, .when = FACT_FULL | FACT_PSK, .unless = FACT_EPHEMERAL, .flags = OPTIONAL, .choice = FACT_PSK_HINT, .write = BY_SERVER(sslr_write_psk_hint), .read = BY_CLIENT(sslr_read_psk_hint) },
    { .who = SERVER,      .type = MSG_CERTIFICATE_REQUEST, .when = FACT_FULL | FACT_CERTIFIED, .unless = FACT_PSK, .flags = OPTIONAL, .choice = FACT_CERT_REQUESTED, .write = BY_SERVER(sslr_write_certificate_request), .read = BY_CLIENT(sslr_read_certificate_request) },
    { .who = SERVER,      .type = MSG_SERVER_HELLO_DONE,   .when = FACT_FULL, .flags = FLUSH, .write = BY_SERVER(sslr_write_server_hello_done), .read = BY_CLIENT(sslr_read_server_hello_done), .then = after_server_hello_done },

    { .who = CLIENT_WORK, .work = BY_CLIENT(sslr_work_check_certificate), .when = FACT_FULL | FACT_CERTIFIED, .name = "check certificate" },
    { .who = CLIENT_WORK, .work = BY_CLIENT(sslr_work_client_identity),   .when = FACT_FULL | FACT_CERT_REQUESTED, .name = "choose identity" },
    { .who = CLIENT,      .type = MSG_CERTIFICATE,         .when = FACT_FULL | FACT_CERT_REQUESTED, .flags = ALTERNATIVE, .write = BY_CLIENT(sslr_write_certificate), .read = BY_SERVER(sslr_read_certificate), .then = after_client_certificate },
    { .who = CLIENT,      .type = MSG_CLIENT_KEY_EXCHANGE, .when = FACT_FULL, .write = BY_CLIENT(sslr_write_client_key_exchange), .read = BY_SERVER(sslr_read_client_key_exchange), .then = after_client_key_exchange },
    { .who = SERVER_WORK, .work = BY_SERVER(sslr_work_decrypt_premaster), .when = FACT_FULL | FACT_RSA_TRANSPORT, .name = "decrypt premaster", .then = after_decryption },
    { .who = SERVER_WORK, .work = BY_SERVER(sslr_work_psk), .when = FACT_FULL | FACT_PSK, .name = "look up pre-shared key", .then = after_psk },
    { .who = CLIENT_WORK, .work = BY_CLIENT(sslr_work_sign_verify),       .when = FACT_FULL | FACT_CLIENT_CERTIFIED, .name = "sign transcript" },
    { .who = CLIENT,      .type = MSG_CERTIFICATE_VERIFY,  .when = FACT_FULL | FACT_CLIENT_CERTIFIED, .write = BY_CLIENT(sslr_write_certificate_verify), .read = BY_SERVER(sslr_read_certificate_verify) },
    { .who = SERVER_WORK, .work = BY_SERVER(sslr_work_check_certificate), .when = FACT_FULL | FACT_CLIENT_CERTIFIED, .name = "check certificate" },
    { .who = CLIENT,      .type = MSG_CHANGE_CIPHER_SPEC,  .when = FACT_FULL, .flags = CHANGES_KEY, .write = BY_CLIENT(sslr_write_change_cipher_spec), .read = BY_SERVER(sslr_read_change_cipher_spec), .then = after_client_ccs },
    { .who = CLIENT,      .type = MSG_FINISHED,            .when = FACT_FULL, .flags = FLUSH, .write = BY_CLIENT(sslr_write_finished), .read = BY_SERVER(sslr_read_finished) },
    { .who = SERVER,      .type = MSG_NEW_SESSION_TICKET,  .when = FACT_FULL | FACT_TICKET, .write = BY_SERVER(sslr_write_session_ticket), .read = BY_CLIENT(sslr_read_session_ticket) },
    { .who = SERVER,      .type = MSG_CHANGE_CIPHER_SPEC,  .when = FACT_FULL, .flags = CHANGES_KEY, .write = BY_SERVER(sslr_write_change_cipher_spec), .read = BY_CLIENT(sslr_read_change_cipher_spec), .then = after_server_ccs },
    { .who = SERVER,      .type = MSG_FINISHED,            .when = FACT_FULL, .flags = FLUSH, .write = BY_SERVER(sslr_write_finished), .read = BY_CLIENT(sslr_read_finished) },

    { .who = SERVER,      .type = MSG_NEW_SESSION_TICKET,  .when = FACT_RESUMED | FACT_TICKET, .write = BY_SERVER(sslr_write_session_ticket), .read = BY_CLIENT(sslr_read_session_ticket) },
    { .who = SERVER,      .type = MSG_CHANGE_CIPHER_SPEC,  .when = FACT_RESUMED, .flags = CHANGES_KEY, .write = BY_SERVER(sslr_write_change_cipher_spec), .read = BY_CLIENT(sslr_read_change_cipher_spec), .then = after_server_ccs },
    { .who = SERVER,      .type = MSG_FINISHED,            .when = FACT_RESUMED, .flags = FLUSH, .write = BY_SERVER(sslr_write_finished), .read = BY_CLIENT(sslr_read_finished) },
    { .who = CLIENT,      .type = MSG_CHANGE_CIPHER_SPEC,  .when = FACT_RESUMED, .flags = CHANGES_KEY, .write = BY_CLIENT(sslr_write_change_cipher_spec), .read = BY_SERVER(sslr_read_change_cipher_spec), .then = after_client_ccs },
    { .who = CLIENT,      .type = MSG_FINISHED,            .when = FACT_RESUMED, .flags = FLUSH, .write = BY_CLIENT(sslr_write_finished), .read = BY_SERVER(sslr_read_finished) },
    { .who = ROW_END }
};
/* clang-format on */
