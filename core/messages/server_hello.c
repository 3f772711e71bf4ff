/*
 * server_hello.c - ServerHello and HelloRetryRequest (RFC 5246 7.4.1.3, RFC 8446 4.1.3, 4.1.4). The
 * client's checks stand in the order of protocol/tls13.md section 13.
 */
#include "messages.h"

#include "../session/session.h"
#include "../session/session13.h"

/* SHA-256 of "HelloRetryRequest". */
const uint8_t sslr_retry_random[32] = {
    0xCF, 0x21, 0xAD, 0x74, 0xE5, 0x9A, 0x61, 0x11, 0xBE, 0x1D, 0x8C, 0x02, 0x1E, 0x65, 0xB8, 0x91,
    0xC2, 0xA2, 0x11, 0x16, 0x7A, 0xBB, 0x8C, 0x5E, 0x07, 0x9E, 0x09, 0xE2, 0xC8, 0xA8, 0x33, 0x9C};

/* RFC 8446 4.1.3: the last eight bytes of the random of a server that could have done better. */
static const uint8_t downgrade[7] = {0x44, 0x4F, 0x57, 0x4E, 0x47, 0x52, 0x44};

#define DOWNGRADE_TO_12 1
#define DOWNGRADE_TO_11 0

void sslr_set_suite_facts(SSLContext *ctx, int resumed)
{
    Handshake *hs = ctx->handshake;

    hs->facts |= resumed ? FACT_RESUMED : FACT_FULL;
    ctx->agreed.resumed = resumed != 0;
    if (resumed) {
        return;
    }
    if (suite_shows_certificate(ctx->agreed.suite)) {
        hs->facts |= FACT_CERTIFIED;
    }
    if (ctx->agreed.suite->authentication == AUTH_PSK) {
        hs->facts |= FACT_PSK;
    }
    if (ctx->agreed.suite->key_exchange == KX_RSA) {
        hs->facts |= FACT_RSA_TRANSPORT;
    } else if (ctx->agreed.suite->key_exchange != KX_PSK) {
        hs->facts |= FACT_EPHEMERAL;
    }
}

static SSLErr write_common(SSLContext *ctx, Writer *body, const uint8_t *random, Bytes session_id,
                           unsigned where)
{
    write_u16(body, ctx->version < TLS_Version_1_2 ? ctx->version : TLS_Version_1_2);
    write_bytes(body, bytes_of(random, 32));
    write_vector(body, session_id, 1);
    write_u16(body, ctx->agreed.suite->id);
    write_u8(body, 0);
    return sslr_write_extensions(ctx, where, body);
}

SSLErr sslr_write_server_hello(SSLContext *ctx, Writer *body)
{
    Handshake *hs = ctx->handshake;

    if (ctx->version >= TLS_Version_1_3) {
        return write_common(ctx, body, hs->server_random, hs->hello.session_id, IN_SERVER_HELLO13);
    }
    forget_limits(ctx);
    if (allows_tls13(ctx) || (allows_tls12(ctx) && ctx->version < TLS_Version_1_2)) {
        memcpy(hs->server_random + 24, downgrade, sizeof(downgrade));
        hs->server_random[31] = ctx->version < TLS_Version_1_2 ? DOWNGRADE_TO_11 : DOWNGRADE_TO_12;
    }
    return write_common(ctx, body, hs->server_random,
                        bytes_of(ctx->agreed.session_id, ctx->agreed.session_id_length),
                        IN_SERVER_HELLO12);
}

SSLErr sslr_write_hello_retry_request(SSLContext *ctx, Writer *body)
{
    SSLErr err = sslr_transcript_retry(ctx, (HashId)ctx->agreed.suite->prf);

    if (err != SSLNoErr) {
        return err;
    }
    return write_common(ctx, body, sslr_retry_random, ctx->handshake->hello.session_id, IN_RETRY);
}

/* ---- the client ---- */

typedef struct ServerHello {
    uint16_t version, suite;
    uint8_t  compression;
    Bytes    random, session_id;
    Reader   extensions;
    int      is_tls13;
} ServerHello;

/* Look for supported_versions before anything is decided by it. */
static int names_tls13(Reader extensions)
{
    while (reader_has_more(&extensions)) {
        uint16_t id   = read_u16(&extensions);
        Bytes    data = read_vector(&extensions, 2);

        if (!extensions.failed && id == EXT_SUPPORTED_VERSIONS) {
            /* One of a wrong length is malformed, which only TLS 1.3 finds. */
            return data.length != 2 || get_u16(data.data) >= TLS_Version_1_3;
        }
    }
    return 0;
}

static SSLErr parse(SSLContext *ctx, Reader *body, ServerHello *hello)
{
    hello->version     = read_u16(body);
    hello->random      = read_bytes(body, 32);
    hello->session_id  = read_vector(body, 1);
    hello->suite       = read_u16(body);
    hello->compression = read_u8(body);
    hello->extensions  = reader_of(bytes_of(NULL, 0));
    if (reader_has_more(body)) {
        hello->extensions = read_block(body, 2);
    }
    if (!reader_complete(body) || hello->session_id.length > 32) {
        return sslr_fail(ctx, ALERT_DECODE_ERROR, SSLProtocolErr, "the ServerHello is malformed");
    }
    hello->is_tls13 = names_tls13(hello->extensions);
    return SSLNoErr;
}

static SSLErr check_suite(SSLContext *ctx, const ServerHello *hello)
{
    const CipherSuite *suite = sslr_cipher_suite(hello->suite);
    size_t             i;
    int                offered = 0;

    for (i = 0; i < ctx->config.suites.count; i++) {
        offered |= ctx->config.suites.items[i] == hello->suite;
    }
    if (!offered || suite == NULL || ctx->version < suite->min_version ||
        ctx->version > suite->max_version || !suite_counts(ctx, suite)) {
        return sslr_illegal(ctx, "the server chose a suite that was not offered for this version");
    }
    if (hello->compression != 0) {
        return sslr_illegal(ctx, "the server chose a compression");
    }
    ctx->agreed.suite = suite;
    return SSLNoErr;
}

/* What ServerHello and HelloRetryRequest of TLS 1.3 have in common. */
static SSLErr check_tls13(SSLContext *ctx, const ServerHello *hello)
{
    Handshake *hs = ctx->handshake;
    SSLErr     err;

    if (!allows_tls13(ctx)) {
        return sslr_fail(ctx, ALERT_PROTOCOL_VERSION, SSLNegotiationErr,
                         "the server chose TLS 1.3, which was not offered");
    }
    if (hello->version != TLS_Version_1_2) {
        return sslr_fail(ctx, ALERT_PROTOCOL_VERSION, SSLProtocolErr,
                         "legacy_version of a TLS 1.3 ServerHello is not 3.3");
    }
    err = sslr_set_version(ctx, TLS_Version_1_3);
    if (err != SSLNoErr) {
        return err;
    }
    if (!bytes_equal(hello->session_id, bytes_of(hs->session_id, hs->session_id_length))) {
        return sslr_illegal(ctx, "the server does not echo the session ID");
    }
    if (hs->session_id_length > 0) {
        hs->facts |= FACT_COMPATIBILITY;
    }
    return check_suite(ctx, hello);
}

/* RFC 8446 4.1.2: without key_share in the HelloRetryRequest the next ClientHello repeats the
 * shares of the first, which still stands in the transcript. */
static SSLErr keep_shares(SSLContext *ctx)
{
    Handshake *hs = ctx->handshake;
    Reader     in = reader_of(bytes_of(hs->transcript.raw.data, hs->transcript.raw.length));
    Reader     extensions;

    (void)read_bytes(&in, 4 + 2 + 32);
    (void)read_vector(&in, 1);
    (void)read_vector(&in, 2);
    (void)read_vector(&in, 1);
    extensions = read_block(&in, 2);
    while (reader_has_more(&extensions)) {
        uint16_t id   = read_u16(&extensions);
        Bytes    data = read_vector(&extensions, 2);

        if (id == EXT_KEY_SHARE) {
            write_bytes(&hs->key_exchange, data);
        }
    }
    return writer_status(&hs->key_exchange);
}

SSLErr sslr_read_hello_retry_request(SSLContext *ctx, Reader *body)
{
    Handshake  *hs = ctx->handshake;
    ServerHello hello;
    SSLErr      err = parse(ctx, body, &hello);

    if (err == SSLNoErr && !hello.is_tls13) {
        return sslr_fail(ctx, ALERT_PROTOCOL_VERSION, SSLProtocolErr,
                         "the HelloRetryRequest is not of TLS 1.3");
    }
    if (err == SSLNoErr) {
        err = check_tls13(ctx, &hello);
    }
    if (err == SSLNoErr) {
        err = sslr_read_extensions(ctx, IN_RETRY, &hello.extensions);
    }
    if (err != SSLNoErr) {
        return err;
    }
    if (hs->retry_group == 0 && hs->cookie.length == 0) {
        return sslr_illegal(ctx, "the HelloRetryRequest changes nothing");
    }
    hs->retry_suite = ctx->agreed.suite->id;
    if (hs->early.writing) { /* RFC 8446 4.1.2: the second ClientHello travels in clear */
        hs->early.writing = 0;
        sslr_direction_clear(ctx, &ctx->write);
    }
    if (hs->retry_group == 0) {
        err = keep_shares(ctx);
        if (err != SSLNoErr) {
            return err;
        }
    }
    return sslr_transcript_retry(ctx, (HashId)ctx->agreed.suite->prf);
}

/* RFC 8446 4.2.11: the server takes the pre-shared key up. */
static SSLErr check_pre_shared_key(SSLContext *ctx)
{
    Handshake *hs = ctx->handshake;

    sslr_take_psk(ctx);
    if (ctx->agreed.suite->prf != hs->psk_hash) {
        return sslr_illegal(ctx, "the suite's hash is not the pre-shared key's");
    }
    hs->psk_without_dhe = !sslr_extension_seen(ctx, EXT_KEY_SHARE);
    if ((psk_modes(ctx) & (hs->psk_without_dhe ? SSL_PSKOnly : SSL_PSKWithDHE)) == 0) {
        return sslr_illegal(ctx, "the server takes a mode of pre-shared keys that was not offered");
    }
    hs->facts |= FACT_PSK;
    if (hs->psk_external) {
        return sslr_replace(&ctx->allocator, &ctx->agreed.psk_identity, own_psk_identity(ctx));
    }
    hs->facts |= FACT_RESUMED;
    ctx->agreed.resumed = 1;
    return sslr_session13_resume(ctx);
}

static SSLErr read_tls13(SSLContext *ctx, ServerHello *hello)
{
    Handshake *hs  = ctx->handshake;
    SSLErr     err = check_tls13(ctx, hello);

    if (err != SSLNoErr) {
        return err;
    }
    if (has_fact(ctx, FACT_RETRY) && ctx->agreed.suite->id != hs->retry_suite) {
        return sslr_illegal(ctx, "the suite differs from the HelloRetryRequest's");
    }
    err = sslr_read_extensions(ctx, IN_SERVER_HELLO13, &hello->extensions);
    if (err != SSLNoErr) {
        return err;
    }
    ctx->agreed.resumed = 0;
    if (hs->psk_answered) {
        err = check_pre_shared_key(ctx);
        if (err != SSLNoErr) {
            return err;
        }
    } else if (!sslr_extension_seen(ctx, EXT_KEY_SHARE)) {
        ctx->error_extension = EXT_KEY_SHARE;
        return sslr_fail(ctx, ALERT_MISSING_EXTENSION, SSLProtocolErr,
                         "the ServerHello has no key share");
    }
    hs->facts |= hs->psk_answered ? 0 : FACT_FULL | FACT_CERTIFIED;
    ctx->agreed.group                  = hs->group;
    ctx->agreed.extended_master_secret = 1;
    sslr_wipe(hs->shares, sizeof(hs->shares));
    return SSLNoErr;
}

/* RFC 8446 4.1.3: a server that knows TLS 1.3 says so in its random when it chooses less. */
static SSLErr check_downgrade(SSLContext *ctx, const ServerHello *hello)
{
    const uint8_t *tail = hello->random.data + 24;

    if (memcmp(tail, downgrade, sizeof(downgrade)) != 0) {
        return SSLNoErr;
    }
    /* A hello in 2.0 format offered no TLS 1.3. */
    if ((allows_tls13(ctx) && !has_fact(ctx, FACT_V2_HELLO) &&
         (tail[7] == DOWNGRADE_TO_12 || tail[7] == DOWNGRADE_TO_11)) ||
        (allows_tls12(ctx) && hello->version < TLS_Version_1_2 && tail[7] == DOWNGRADE_TO_11)) {
        return sslr_illegal(ctx, "somebody lowered the version on the way");
    }
    return SSLNoErr;
}

static SSLErr read_tls12(SSLContext *ctx, ServerHello *hello)
{
    Handshake *hs     = ctx->handshake;
    int        echoed = hs->session_id_length > 0 &&
                 bytes_equal(hello->session_id, bytes_of(hs->session_id, hs->session_id_length));
    SSLErr err = check_downgrade(ctx, hello);

    if (err != SSLNoErr) {
        return err;
    }
    /* RFC 8446 D.3: such a server would choke on 0-RTT data. The alert is for it: in clear. */
    if (hs->early.writing) {
        sslr_direction_clear(ctx, &ctx->write);
        return sslr_fail(ctx, ALERT_PROTOCOL_VERSION, SSLNegotiationErr,
                         "the server chose an older version than that of its 0-RTT ticket");
    }
    if (has_fact(ctx, FACT_RETRY)) {
        return sslr_illegal(ctx, "the version differs from the HelloRetryRequest's");
    }
    if (hs->dropped_ccs > 0) {
        return sslr_fail(ctx, ALERT_UNEXPECTED_MESSAGE, SSLProtocolErr,
                         "a ChangeCipherSpec came before the ServerHello");
    }
    if (is_renegotiating(ctx) && hello->version != ctx->version) {
        return sslr_fail(ctx, ALERT_PROTOCOL_VERSION, SSLProtocolErr,
                         "the version changes in a renegotiation");
    }
    if (hello->version > TLS_Version_1_2 || hello->version < ctx->config.version_min ||
        sslr_set_version(ctx, hello->version) != SSLNoErr) {
        return sslr_fail(ctx, ALERT_PROTOCOL_VERSION, SSLNegotiationErr,
                         "the server chose a version that is not allowed");
    }
    if (echoed && (hs->session.length == 0 || hs->psk_length > 0)) {
        return sslr_illegal(ctx, "the server resumes a session that does not exist");
    }
    err = check_suite(ctx, hello);
    if (err != SSLNoErr) {
        return err;
    }
    sslr_set_suite_facts(ctx, echoed);
    forget_limits(ctx);
    err = sslr_read_extensions(ctx, IN_SERVER_HELLO12, &hello->extensions);
    if (err != SSLNoErr) {
        return err;
    }
    ctx->agreed.session_id_length = (uint8_t)hello->session_id.length;
    memcpy(ctx->agreed.session_id, hello->session_id.data, hello->session_id.length);
    sslr_wipe(hs->shares, sizeof(hs->shares)); /* they were for TLS 1.3 */
    return echoed ? sslr_session_resume(ctx) : sslr_session_keep_ticket(ctx, 0, bytes_of(NULL, 0));
}

SSLErr sslr_read_server_hello(SSLContext *ctx, Reader *body)
{
    ServerHello hello;
    SSLErr      err = parse(ctx, body, &hello);

    if (err != SSLNoErr) {
        return err;
    }
    memcpy(ctx->handshake->server_random, hello.random.data, 32);
    return hello.is_tls13 ? read_tls13(ctx, &hello) : read_tls12(ctx, &hello);
}
