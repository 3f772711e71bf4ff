/*
 * client_hello_v2.c - a ClientHello in the format of SSL 2.0 (RFC 5246 E.2; protocol/ssl2.md
 * section 8), which offers SSL 3.0 or later as well. The transcript gets the message without its
 * record header.
 */
#include "messages.h"

#define CHALLENGE 16

typedef struct V2Kind {
    uint16_t suite;
    uint8_t  code[3];
} V2Kind;

/* The six kinds of SSL 2.0, under the numbers of ssl.h. */
static const V2Kind kinds[] = {
    {0xFF83, {0x07, 0x00, 0xC0}}, {0x0004, {0x01, 0x00, 0x80}}, {0xFF80, {0x03, 0x00, 0x80}},
    {0xFF82, {0x06, 0x00, 0x40}}, {0x0003, {0x02, 0x00, 0x80}}, {0x0006, {0x04, 0x00, 0x80}},
};

static void write_kinds(const SSLContext *ctx, Writer *body)
{
    size_t i, j;

    for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        for (j = 0; j < ctx->config.suites.count; j++) {
            if (ctx->config.suites.items[j] == kinds[i].suite) {
                write_bytes(body, bytes_of(kinds[i].code, 3));
                break;
            }
        }
    }
}

/* SSL 2.0 kinds first: old servers look no further than what they know. */
static void write_specs(SSLContext *ctx, Writer *body)
{
    size_t i;

    if (ctx->config.version_min <= SSL_Version_2_0) {
        write_kinds(ctx, body);
    }
    if (ctx->config.version_max < SSL_Version_3_0) {
        return;
    }
    for (i = 0; i < ctx->config.suites.count; i++) {
        const CipherSuite *suite = sslr_cipher_suite(ctx->config.suites.items[i]);

        if (suite->min_version <= ctx->config.version_max &&
            suite->max_version >= SSL_Version_3_0 && suite->key_exchange != KX_ECDHE &&
            suite_counts(ctx, suite)) {
            write_u24(body, suite->id);
        }
    }
    write_u24(body, SCSV_RENEGOTIATION);
    sslr_extension_mark_offered(ctx, EXT_RENEGOTIATION_INFO);
    if (ctx->config.fallback) {
        write_u24(body, SCSV_FALLBACK);
    }
}

/* The whole message, its type included. The challenge is the end of the client random, zeros before
 * it. */
SSLErr sslr_write_client_hello_v2(SSLContext *ctx, Writer *message)
{
    Handshake *hs = ctx->handshake;
    size_t     lengths, start;
    uint16_t   id =
        ctx->config.version_min <= SSL_Version_2_0 && hs->session_id_length == 16 ? 16 : 0;

    hs->client_version =
        ctx->config.version_max < TLS_Version_1_2 ? ctx->config.version_max : TLS_Version_1_2;
    memset(hs->client_random, 0, 32 - CHALLENGE);
    write_u8(message, MSG_CLIENT_HELLO);
    write_u16(message, hs->client_version);
    lengths = message->length;
    write_u16(message, 0);
    write_u16(message, id);
    write_u16(message, CHALLENGE);
    start = message->length;
    write_specs(ctx, message);
    if (writer_status(message) == SSLNoErr) {
        put_u16(message->data + lengths, message->length - start);
    }
    write_bytes(message, bytes_of(hs->session_id, id));
    write_bytes(message, bytes_of(hs->client_random + 32 - CHALLENGE, CHALLENGE));
    return writer_status(message);
}

/* Suites of three bytes whose first is zero are those of SSL 3.0 and later. */
static SSLErr convert_suites(SSLContext *ctx, Bytes specs)
{
    Handshake *hs = ctx->handshake;
    uint8_t   *list;
    size_t     i, length = 0;
    void      *block;
    SSLErr     err = sslr_allocate(&ctx->allocator, specs.length, &block);

    if (err != SSLNoErr) {
        return err;
    }
    hs->hello_block        = block;
    hs->hello_block_length = specs.length;
    list                   = (uint8_t *)block;
    for (i = 0; i + 2 < specs.length; i += 3) {
        if (specs.data[i] == 0) {
            list[length++] = specs.data[i + 1];
            list[length++] = specs.data[i + 2];
        }
    }
    hs->hello.suites = bytes_of(list, length);
    return SSLNoErr;
}

SSLErr sslr_read_client_hello_v2(SSLContext *ctx, Reader *body)
{
    static const uint8_t no_compression[1] = {0};
    Handshake           *hs                = ctx->handshake;
    uint16_t             version           = read_u16(body);
    uint16_t specs_length = read_u16(body), id = read_u16(body), length = read_u16(body);
    Bytes    specs = read_bytes(body, specs_length);
    Bytes    challenge;
    SSLErr   err;

    (void)read_bytes(body, id);
    challenge = read_bytes(body, length);
    if (!reader_complete(body) || specs_length == 0 || specs_length % 3 != 0 || id > 32 ||
        length < 16) {
        return sslr_fail(ctx, ALERT_DECODE_ERROR, SSLProtocolErr,
                         "the 2.0-format hello is malformed");
    }
    err = convert_suites(ctx, specs);
    if (err != SSLNoErr) {
        return err;
    }
    hs->hello.version      = version;
    hs->client_version     = version;
    hs->hello.compressions = bytes_of(no_compression, 1);
    hs->hello.has_scsv     = (uint8_t)numbers_contain(hs->hello.suites, SCSV_RENEGOTIATION);
    if (challenge.length > 32) {
        challenge = bytes_of(challenge.data + challenge.length - 32, 32);
    }
    memset(hs->client_random, 0, 32);
    memcpy(hs->client_random + 32 - challenge.length, challenge.data, challenge.length);
    return SSLNoErr;
}
