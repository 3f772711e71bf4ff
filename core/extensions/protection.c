/*
 * protection.c - extensions that change records and keys: extended_master_secret, encrypt_then_mac,
 * renegotiation_info, max_fragment_length, record_size_limit.
 */
#include "extensions.h"

/* ---- extended_master_secret, RFC 7627 ---- */

static int ems_needs(const SSLContext *ctx, unsigned where)
{
    return where == IN_CLIENT_HELLO ? allows_old_tls(ctx) : ctx->agreed.extended_master_secret;
}

static SSLErr ems_read(SSLContext *ctx, Reader *in)
{
    (void)in;
    ctx->handshake->hello.extended_master_secret = 1;
    return SSLNoErr;
}

static SSLErr ems_read_answer(SSLContext *ctx, unsigned where, Reader *in)
{
    (void)where;
    (void)in;
    ctx->agreed.extended_master_secret = 1;
    return SSLNoErr;
}

const Extension sslr_ext_extended_master_secret = {.id    = EXT_EXTENDED_MASTER_SECRET,
                                                   .name  = "extended_master_secret",
                                                   .where = IN_CLIENT_HELLO | IN_SERVER_HELLO12,
                                                   .needs = ems_needs,
                                                   .read_hello  = ems_read,
                                                   .read_answer = ems_read_answer};

/* ---- encrypt_then_mac, RFC 7366 ---- */

static int etm_needs(const SSLContext *ctx, unsigned where)
{
    return where == IN_CLIENT_HELLO ? allows_old_tls(ctx) : ctx->agreed.encrypt_then_mac;
}

static SSLErr etm_read(SSLContext *ctx, Reader *in)
{
    (void)in;
    ctx->handshake->hello.encrypt_then_mac = 1;
    return SSLNoErr;
}

static SSLErr etm_read_answer(SSLContext *ctx, unsigned where, Reader *in)
{
    (void)where;
    (void)in;
    if (ctx->agreed.suite->aead == AEAD_NONE && ctx->agreed.suite->cipher == CIPHER_NONE &&
        ctx->version > SSL_Version_3_0) {
        /* RFC 7366 3 forbids it, but OpenSSL says so with NULL too; the records are the same. */
        return SSLNoErr;
    }
    if (ctx->agreed.suite->aead != AEAD_NONE ||
        sslr_cipher_block_size((CipherId)ctx->agreed.suite->cipher) == 1 ||
        ctx->version == SSL_Version_3_0) {
        return sslr_illegal(ctx, "encrypt_then_mac without a block cipher");
    }
    ctx->agreed.encrypt_then_mac = 1;
    return SSLNoErr;
}

const Extension sslr_ext_encrypt_then_mac = {.id          = EXT_ENCRYPT_THEN_MAC,
                                             .name        = "encrypt_then_mac",
                                             .where       = IN_CLIENT_HELLO | IN_SERVER_HELLO12,
                                             .needs       = etm_needs,
                                             .read_hello  = etm_read,
                                             .read_answer = etm_read_answer};

/* ---- renegotiation_info, RFC 5746 3.2: empty in a first handshake; then the verify_data of the
 * handshake before, the client's alone or both ---- */

static int renegotiation_needs(const SSLContext *ctx, unsigned where)
{
    return where == IN_CLIENT_HELLO ? allows_old_tls(ctx) : ctx->secure_renegotiation;
}

static Bytes verify_data_before(const SSLContext *ctx, int of_server)
{
    const Renegotiation *renegotiation = &ctx->renegotiation;

    return bytes_of(
        of_server ? renegotiation->server_verify_data : renegotiation->client_verify_data,
        is_renegotiating(ctx) && ctx->secure_renegotiation ? renegotiation->verify_data_length : 0);
}

SSLErr sslr_write_renegotiation_info(SSLContext *ctx, Writer *out)
{
    write_vector(out, verify_data_before(ctx, 0), 1);
    return writer_status(out);
}

static SSLErr renegotiation_write_answer(SSLContext *ctx, unsigned where, Writer *out)
{
    Block both = open_block(out, 1);

    (void)where;
    write_bytes(out, verify_data_before(ctx, 0));
    write_bytes(out, verify_data_before(ctx, 1));
    close_block(out, both);
    return writer_status(out);
}

static SSLErr renegotiation_check(SSLContext *ctx, Reader *in, int from_server)
{
    Reader value  = read_block(in, 1);
    Bytes  client = verify_data_before(ctx, 0), server = verify_data_before(ctx, 1);
    int    same = bytes_equal(read_bytes(&value, client.length), client);

    if (from_server) {
        same &= bytes_equal(read_bytes(&value, server.length), server);
    }
    if (!in->failed && (!same || !reader_complete(&value))) {
        return sslr_fail(ctx, ALERT_HANDSHAKE_FAILURE, SSLProtocolErr,
                         "renegotiation_info does not name the handshake before");
    }
    return SSLNoErr;
}

static SSLErr renegotiation_read(SSLContext *ctx, Reader *in)
{
    ctx->handshake->hello.has_renegotiation_info = 1;
    return renegotiation_check(ctx, in, 0);
}

static SSLErr renegotiation_read_answer(SSLContext *ctx, unsigned where, Reader *in)
{
    (void)where;
    ctx->secure_renegotiation |= !is_renegotiating(ctx);
    return renegotiation_check(ctx, in, 1);
}

const Extension sslr_ext_renegotiation_info = {.id           = EXT_RENEGOTIATION_INFO,
                                               .name         = "renegotiation_info",
                                               .where        = IN_CLIENT_HELLO | IN_SERVER_HELLO12,
                                               .needs        = renegotiation_needs,
                                               .write_hello  = sslr_write_renegotiation_info,
                                               .read_hello   = renegotiation_read,
                                               .write_answer = renegotiation_write_answer,
                                               .read_answer  = renegotiation_read_answer};

/* ---- max_fragment_length, RFC 6066 4: 1 = 2^9 .. 4 = 2^12 ---- */

static uint8_t fragment_code(uint16_t bytes)
{
    uint8_t code = 1;

    while (bytes > 512) {
        bytes >>= 1;
        code++;
    }
    return code;
}

static void limit_both(SSLContext *ctx, uint8_t code)
{
    ctx->max_send = ctx->max_receive = (uint16_t)(256u << code);
    ctx->limit_clear                 = 1; /* this one counts for records in clear too */
}

/* RFC 8449 5: a server that uses record_size_limit does not answer this one. */
static int mfl_needs(const SSLContext *ctx, unsigned where)
{
    if (where == IN_CLIENT_HELLO) {
        return ctx->config.max_fragment_length != 0;
    }
    return ctx->handshake->hello.max_fragment_length != 0 &&
           !ctx->handshake->hello.has_record_size_limit;
}

static SSLErr mfl_write(SSLContext *ctx, Writer *out)
{
    write_u8(out, fragment_code(ctx->config.max_fragment_length));
    return writer_status(out);
}

static SSLErr mfl_read(SSLContext *ctx, Reader *in)
{
    uint8_t code = read_u8(in);

    if (!in->failed && (code < 1 || code > 4)) {
        return sslr_illegal(ctx, "max_fragment_length is out of range");
    }
    ctx->handshake->hello.max_fragment_length = code;
    return SSLNoErr;
}

static SSLErr mfl_write_answer(SSLContext *ctx, unsigned where, Writer *out)
{
    (void)where;
    write_u8(out, ctx->handshake->hello.max_fragment_length);
    limit_both(ctx, ctx->handshake->hello.max_fragment_length);
    return writer_status(out);
}

static SSLErr mfl_read_answer(SSLContext *ctx, unsigned where, Reader *in)
{
    uint8_t code = read_u8(in);

    (void)where;
    if (in->failed) {
        return SSLNoErr;
    }
    if (code != fragment_code(ctx->config.max_fragment_length)) {
        return sslr_illegal(ctx, "max_fragment_length differs from what was asked");
    }
    if (sslr_extension_seen(ctx, EXT_RECORD_SIZE_LIMIT)) {
        return sslr_illegal(ctx, "max_fragment_length together with record_size_limit");
    }
    limit_both(ctx, code);
    return SSLNoErr;
}

const Extension sslr_ext_max_fragment_length = {.id    = EXT_MAX_FRAGMENT_LENGTH,
                                                .name  = "max_fragment_length",
                                                .where = IN_CLIENT_HELLO | IN_SERVER_HELLO12 |
                                                         IN_ENCRYPTED,
                                                .needs        = mfl_needs,
                                                .write_hello  = mfl_write,
                                                .read_hello   = mfl_read,
                                                .write_answer = mfl_write_answer,
                                                .read_answer  = mfl_read_answer};

/* ---- record_size_limit, RFC 8449: in TLS 1.3 it counts the content type too ---- */

#define MIN_LIMIT 64

static uint16_t own_limit(const SSLContext *ctx)
{
    return ctx->config.record_size_limit != 0 ? ctx->config.record_size_limit : MAX_FRAGMENT;
}

static int limit_needs(const SSLContext *ctx, unsigned where)
{
    if (where == IN_CLIENT_HELLO) {
        return ctx->config.record_size_limit != 0;
    }
    return ctx->handshake->hello.has_record_size_limit;
}

/* Room for one, announced before the version is known; and in a renegotiation, where it is, so that
 * records on their way under the old keys are not too long. */
static int content_type(const SSLContext *ctx)
{
    return ctx->config.version_max >= TLS_Version_1_3;
}

static void limit_receiving(SSLContext *ctx)
{
    if (ctx->config.record_size_limit != 0) {
        ctx->max_receive = ctx->config.record_size_limit;
        if (!is_server(ctx) && ctx->version < TLS_Version_1_3) {
            ctx->max_receive += (uint16_t)content_type(ctx);
        }
    }
}

static void limit_sending(SSLContext *ctx, uint16_t limit)
{
    if (ctx->version >= TLS_Version_1_3) {
        limit--;
    }
    ctx->max_send = limit < MAX_FRAGMENT ? limit : MAX_FRAGMENT;
}

static SSLErr limit_write(SSLContext *ctx, Writer *out)
{
    write_u16(out, (uint32_t)(own_limit(ctx) + content_type(ctx)));
    return writer_status(out);
}

static SSLErr limit_read(SSLContext *ctx, Reader *in)
{
    uint16_t limit = read_u16(in);

    if (!in->failed && limit < MIN_LIMIT) {
        return sslr_illegal(ctx, "record_size_limit is below 64");
    }
    ctx->handshake->hello.record_size_limit     = limit;
    ctx->handshake->hello.has_record_size_limit = 1;
    return SSLNoErr;
}

static SSLErr limit_write_answer(SSLContext *ctx, unsigned where, Writer *out)
{
    write_u16(out, (uint32_t)own_limit(ctx) + (where == IN_ENCRYPTED ? 1 : 0));
    limit_sending(ctx, ctx->handshake->hello.record_size_limit);
    limit_receiving(ctx);
    return writer_status(out);
}

static SSLErr limit_read_answer(SSLContext *ctx, unsigned where, Reader *in)
{
    uint16_t limit = read_u16(in);

    (void)where;
    if (in->failed) {
        return SSLNoErr;
    }
    if (limit < MIN_LIMIT) {
        return sslr_illegal(ctx, "record_size_limit is below 64");
    }
    if (sslr_extension_seen(ctx, EXT_MAX_FRAGMENT_LENGTH)) {
        return sslr_illegal(ctx, "max_fragment_length together with record_size_limit");
    }
    limit_sending(ctx, limit);
    limit_receiving(ctx);
    return SSLNoErr;
}

const Extension sslr_ext_record_size_limit = {.id    = EXT_RECORD_SIZE_LIMIT,
                                              .name  = "record_size_limit",
                                              .where = IN_CLIENT_HELLO | IN_SERVER_HELLO12 |
                                                       IN_ENCRYPTED,
                                              .needs        = limit_needs,
                                              .write_hello  = limit_write,
                                              .read_hello   = limit_read,
                                              .write_answer = limit_write_answer,
                                              .read_answer  = limit_read_answer};
