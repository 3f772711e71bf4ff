/*
 * client_hello.c - ClientHello (RFC 5246 7.4.1.2, RFC 8446 4.1.2). The server keeps a copy of the
 * body: its choices are made later, by WORK rows that may wait.
 */
#include "messages.h"

static uint16_t legacy_version(const SSLContext *ctx)
{
    return ctx->config.version_max < TLS_Version_1_2 ? ctx->config.version_max : TLS_Version_1_2;
}

static void write_suites(SSLContext *ctx, Writer *body)
{
    Block  list = open_block(body, 2);
    size_t i;

    for (i = 0; i < ctx->config.suites.count; i++) {
        const CipherSuite *suite = sslr_cipher_suite(ctx->config.suites.items[i]);

        if (suite->max_version >= ctx->config.version_min &&
            suite->max_version >= SSL_Version_3_0 &&
            suite->min_version <= ctx->config.version_max && suite_counts(ctx, suite)) {
            write_u16(body, suite->id);
        }
    }
    if (ctx->config.version_max == SSL_Version_3_0 && !is_renegotiating(ctx)) {
        write_u16(body, SCSV_RENEGOTIATION); /* there is no extension to say it */
        sslr_extension_mark_offered(ctx, EXT_RENEGOTIATION_INFO);
    }
    if (ctx->config.fallback && !is_renegotiating(ctx)) {
        write_u16(body, SCSV_FALLBACK);
    }
    close_block(body, list);
}

/* RFC 5746 4.5: the one extension of SSL 3.0, and in a later handshake only: servers of that time
 * know none, but this one has said that it does. */
static SSLErr write_ssl3_extensions(SSLContext *ctx, Writer *body)
{
    Block  block, extension;
    SSLErr err;

    if (!is_renegotiating(ctx) || !ctx->secure_renegotiation) {
        return writer_status(body);
    }
    block = open_block(body, 2);
    write_u16(body, EXT_RENEGOTIATION_INFO);
    extension = open_block(body, 2);
    err       = sslr_write_renegotiation_info(ctx, body);
    close_block(body, extension);
    close_block(body, block);
    sslr_extension_mark_offered(ctx, EXT_RENEGOTIATION_INFO);
    return err != SSLNoErr ? err : writer_status(body);
}

SSLErr sslr_write_client_hello(SSLContext *ctx, Writer *body)
{
    Handshake *hs = ctx->handshake;

    hs->offered        = 0;
    hs->client_version = legacy_version(ctx);
    write_u16(body, hs->client_version);
    write_bytes(body, bytes_of(hs->client_random, 32));
    write_vector(body, bytes_of(hs->session_id, hs->session_id_length), 1);
    write_suites(ctx, body);
    write_u8(body, 1);
    write_u8(body, 0); /* no compression: CRIME */
    if (ctx->config.version_max == SSL_Version_3_0) {
        return write_ssl3_extensions(ctx, body);
    }
    return sslr_write_extensions(ctx, IN_CLIENT_HELLO, body);
}

void sslr_write_binders(SSLContext *ctx, uint8_t *message, size_t length)
{
    OfferedPsk offered[MAX_OFFERED_PSKS];
    uint8_t    digest[MAX_HASH_SIZE], *at;
    size_t     count, i, binders = 2;

    if (!sslr_extension_offered(ctx, EXT_PRE_SHARED_KEY)) {
        return;
    }
    count = sslr_offered_psks(ctx, offered);
    for (i = 0; i < count; i++) {
        binders += 1 + sslr_hash_size(offered[i].hash);
    }
    at = message + length - binders + 2;
    for (i = 0; i < count; i++) {
        sslr_transcript_peek(ctx, offered[i].hash, bytes_of(message, length - binders),
                             bytes_of(NULL, 0), digest);
        sslr_tls13_binder(offered[i].hash, offered[i].key, offered[i].external, digest, at + 1);
        at += 1 + sslr_hash_size(offered[i].hash);
    }
}

/* Behind a HelloRetryRequest the transcript has absorbed the second ClientHello before its binder
 * is checked; so the digest is made here. */
static void keep_binder_digest(SSLContext *ctx)
{
    Handshake *hs = ctx->handshake;
    uint8_t    header[4];

    if (!hs->hello.has_psk || !has_fact(ctx, FACT_RETRY)) {
        return;
    }
    header[0] = MSG_CLIENT_HELLO;
    header[1] = (uint8_t)(hs->hello_block_length >> 16);
    put_u16(header + 2, hs->hello_block_length & 0xFFFF);
    sslr_transcript_peek(ctx, HASH_NONE, bytes_of(header, sizeof(header)),
                         bytes_of(hs->hello_block, hs->hello.psk_binders_at),
                         hs->second_hello_digest);
}

/* Keep the body; a second ClientHello takes the place of the first. */
static SSLErr keep_body(SSLContext *ctx, Reader *body)
{
    Handshake *hs    = ctx->handshake;
    Bytes      bytes = read_rest(body);
    uint8_t   *copy;
    SSLErr     err;

    sslr_release(&ctx->allocator, &hs->hello_block, hs->hello_block_length);
    err                    = sslr_duplicate(&ctx->allocator, bytes, &copy);
    hs->hello_block        = copy;
    hs->hello_block_length = err == SSLNoErr ? bytes.length : 0;
    memset(&hs->hello, 0, sizeof(hs->hello));
    hs->offered = 0;
    return err;
}

SSLErr sslr_read_client_hello(SSLContext *ctx, Reader *body)
{
    Handshake   *hs    = ctx->handshake;
    ClientHello *hello = &hs->hello;
    SSLErr       err   = keep_body(ctx, body);
    Reader       in, extensions;
    Bytes        random;

    if (err != SSLNoErr) {
        return err;
    }
    in                  = reader_of(bytes_of(hs->hello_block, hs->hello_block_length));
    hello->version      = read_u16(&in);
    random              = read_bytes(&in, 32);
    hello->session_id   = read_vector(&in, 1);
    hello->suites       = read_vector(&in, 2);
    hello->compressions = read_vector(&in, 1);
    if (in.failed || hello->session_id.length > 32 || hello->suites.length < 2 ||
        hello->suites.length % 2 != 0 || hello->compressions.length == 0) {
        return sslr_fail(ctx, ALERT_DECODE_ERROR, SSLProtocolErr, "the ClientHello is malformed");
    }
    if (hello->version >> 8 != 3) {
        return sslr_fail(ctx, ALERT_PROTOCOL_VERSION, SSLNegotiationErr,
                         "the version of the ClientHello is not 3.x");
    }
    if (memchr(hello->compressions.data, 0, hello->compressions.length) == NULL) {
        return sslr_illegal(ctx, "the ClientHello does not offer the null compression");
    }
    memcpy(hs->client_random, random.data, 32);
    hs->client_version = hello->version;
    hello->has_scsv    = (uint8_t)numbers_contain(hello->suites, SCSV_RENEGOTIATION);
    if (in.left == 0) {
        return SSLNoErr;
    }
    extensions = read_block(&in, 2);
    if (!reader_complete(&in)) {
        return sslr_fail(ctx, ALERT_DECODE_ERROR, SSLProtocolErr,
                         "the ClientHello is truncated or has trailing bytes");
    }
    err = sslr_read_extensions(ctx, IN_CLIENT_HELLO, &extensions);
    if (err == SSLNoErr) {
        keep_binder_digest(ctx);
    }
    return err;
}

/* RFC 8446 4.1.2: what a second ClientHello may change. */
static int may_change(uint16_t id)
{
    return id == EXT_KEY_SHARE || id == EXT_COOKIE || id == EXT_EARLY_DATA || id == EXT_PADDING ||
           id == EXT_PRE_SHARED_KEY;
}

SSLErr sslr_client_hello_fingerprint(SSLContext *ctx, uint8_t digest[32])
{
    Handshake *hs = ctx->handshake;
    Reader     in = reader_of(bytes_of(hs->hello_block, hs->hello_block_length)), extensions;
    HashState  hash;

    sslr_hash_init(&hash, HASH_SHA256);
    (void)read_bytes(&in, 2 + 32);
    (void)read_vector(&in, 1);
    (void)read_vector(&in, 2);
    (void)read_vector(&in, 1);
    sslr_hash_update(&hash, hs->hello_block, (size_t)(in.data - (uint8_t *)hs->hello_block));
    extensions = read_block(&in, 2);
    while (reader_has_more(&extensions)) {
        const uint8_t *start = extensions.data;
        uint16_t       id    = read_u16(&extensions);

        (void)read_vector(&extensions, 2);
        if (!may_change(id)) {
            sslr_hash_update(&hash, start, (size_t)(extensions.data - start));
        }
    }
    sslr_hash_final(&hash, digest);
    return SSLNoErr;
}
