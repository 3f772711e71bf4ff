/*
 * algorithms.c - extensions that offer algorithms: supported_groups, ec_point_formats,
 * signature_algorithms, supported_versions, key_share, cookie.
 */
#include "extensions.h"

#include "../key_exchange/key_exchange.h"

/* A list<2..2^16-2> of two-byte numbers. */
static Bytes read_numbers(Reader *in, size_t prefix)
{
    Bytes list = read_vector(in, prefix);

    if (list.length < 2 || list.length % 2 != 0) {
        in->failed = 1;
    }
    return list;
}

static int always_in_hello(const SSLContext *ctx, unsigned where)
{
    (void)ctx;
    return where == IN_CLIENT_HELLO;
}

/* ---- supported_groups, RFC 8422 5.1.1, RFC 8446 4.2.7 ---- */

static SSLErr groups_write(SSLContext *ctx, Writer *out)
{
    Block  list = open_block(out, 2);
    size_t i;

    for (i = 0; i < ctx->config.groups.count; i++) {
        const Group *group = sslr_group(ctx->config.groups.items[i]);

        if (group->min_version <= ctx->config.version_max) {
            write_u16(out, group->id);
        }
    }
    close_block(out, list);
    return writer_status(out);
}

static SSLErr groups_read(SSLContext *ctx, Reader *in)
{
    ctx->handshake->hello.groups     = read_numbers(in, 2);
    ctx->handshake->hello.has_groups = 1;
    return SSLNoErr;
}

/* RFC 8446 4.2.7: a hint for the next connection; some TLS 1.2 servers send it too. */
static SSLErr groups_read_answer(SSLContext *ctx, unsigned where, Reader *in)
{
    (void)ctx;
    (void)where;
    (void)read_numbers(in, 2);
    return SSLNoErr;
}

const Extension sslr_ext_supported_groups = {.id   = EXT_SUPPORTED_GROUPS,
                                             .name = "supported_groups",
                                             .where =
                                                 IN_CLIENT_HELLO | IN_SERVER_HELLO12 | IN_ENCRYPTED,
                                             .needs       = always_in_hello,
                                             .write_hello = groups_write,
                                             .read_hello  = groups_read,
                                             .read_answer = groups_read_answer};

/* ---- ec_point_formats, RFC 8422 5.1.2 ---- */

#define UNCOMPRESSED 0

static int formats_needs(const SSLContext *ctx, unsigned where)
{
    if (where == IN_CLIENT_HELLO) {
        return allows_old_tls(ctx);
    }
    return ctx->agreed.suite->key_exchange == KX_ECDHE && !has_fact(ctx, FACT_RESUMED) &&
           sslr_extension_offered(ctx, EXT_EC_POINT_FORMATS);
}

static SSLErr formats_write_answer(SSLContext *ctx, unsigned where, Writer *out)
{
    (void)ctx;
    (void)where;
    write_u8(out, 1);
    write_u8(out, UNCOMPRESSED);
    return writer_status(out);
}

static SSLErr formats_write(SSLContext *ctx, Writer *out)
{
    return formats_write_answer(ctx, IN_CLIENT_HELLO, out);
}

static SSLErr formats_read(SSLContext *ctx, Reader *in)
{
    Bytes list = read_vector(in, 1);

    if (in->failed || list.length == 0) {
        in->failed = 1;
        return SSLNoErr;
    }
    if (memchr(list.data, UNCOMPRESSED, list.length) == NULL) {
        return sslr_illegal(ctx, "the peer does not take uncompressed points");
    }
    return SSLNoErr;
}

static SSLErr formats_read_answer(SSLContext *ctx, unsigned where, Reader *in)
{
    (void)where;
    return formats_read(ctx, in);
}

const Extension sslr_ext_ec_point_formats = {.id           = EXT_EC_POINT_FORMATS,
                                             .name         = "ec_point_formats",
                                             .where        = IN_CLIENT_HELLO | IN_SERVER_HELLO12,
                                             .needs        = formats_needs,
                                             .write_hello  = formats_write,
                                             .read_hello   = formats_read,
                                             .write_answer = formats_write_answer,
                                             .read_answer  = formats_read_answer};

/* ---- signature_algorithms, RFC 8446 4.2.3 ---- */

static int schemes_needs(const SSLContext *ctx, unsigned where)
{
    (void)ctx;
    return where == IN_CLIENT_HELLO || where == IN_REQUEST;
}

static SSLErr schemes_write_answer(SSLContext *ctx, unsigned where, Writer *out)
{
    Block  list = open_block(out, 2);
    size_t i;

    (void)where;
    for (i = 0; i < ctx->config.schemes.count; i++) {
        write_u16(out, ctx->config.schemes.items[i]);
    }
    close_block(out, list);
    return writer_status(out);
}

static SSLErr schemes_write(SSLContext *ctx, Writer *out)
{
    return schemes_write_answer(ctx, IN_CLIENT_HELLO, out);
}

static SSLErr schemes_read(SSLContext *ctx, Reader *in)
{
    ctx->handshake->hello.schemes     = read_numbers(in, 2);
    ctx->handshake->hello.has_schemes = 1;
    return SSLNoErr;
}

static SSLErr schemes_read_answer(SSLContext *ctx, unsigned where, Reader *in)
{
    Bytes list = read_numbers(in, 2);

    (void)where;
    ctx->handshake->peer_schemes.length = 0;
    write_bytes(&ctx->handshake->peer_schemes, list);
    return writer_status(&ctx->handshake->peer_schemes);
}

const Extension sslr_ext_signature_algorithms = {.id           = EXT_SIGNATURE_ALGORITHMS,
                                                 .name         = "signature_algorithms",
                                                 .where        = IN_CLIENT_HELLO | IN_REQUEST,
                                                 .needs        = schemes_needs,
                                                 .write_hello  = schemes_write,
                                                 .read_hello   = schemes_read,
                                                 .write_answer = schemes_write_answer,
                                                 .read_answer  = schemes_read_answer};

static SSLErr cert_schemes_read(SSLContext *ctx, Reader *in)
{
    ctx->handshake->hello.certificate_schemes = read_numbers(in, 2);
    return SSLNoErr;
}

static SSLErr cert_schemes_read_answer(SSLContext *ctx, unsigned where, Reader *in)
{
    (void)ctx;
    (void)where;
    (void)read_numbers(in, 2);
    return SSLNoErr;
}

/* Understood, never sent: the schemes for certificates are those for handshakes. */
const Extension sslr_ext_signature_algorithms_cert = {.id          = EXT_SIGNATURE_ALGORITHMS_CERT,
                                                      .name        = "signature_algorithms_cert",
                                                      .where       = IN_CLIENT_HELLO | IN_REQUEST,
                                                      .read_hello  = cert_schemes_read,
                                                      .read_answer = cert_schemes_read_answer};

/* ---- supported_versions, RFC 8446 4.2.1 ---- */

static int versions_needs(const SSLContext *ctx, unsigned where)
{
    return where != IN_CLIENT_HELLO || allows_tls13(ctx);
}

static SSLErr versions_write(SSLContext *ctx, Writer *out)
{
    Block    list = open_block(out, 1);
    uint16_t version;

    for (version = ctx->config.version_max;
         version >= ctx->config.version_min && version >= TLS_Version_1_0; version--) {
        write_u16(out, version);
    }
    close_block(out, list);
    return writer_status(out);
}

static SSLErr versions_read(SSLContext *ctx, Reader *in)
{
    ctx->handshake->hello.versions     = read_numbers(in, 1);
    ctx->handshake->hello.has_versions = 1;
    return SSLNoErr;
}

static SSLErr versions_write_answer(SSLContext *ctx, unsigned where, Writer *out)
{
    (void)where;
    write_u16(out, ctx->version);
    return writer_status(out);
}

/* The value was looked at before the block is read: it says how to read the rest. */
static SSLErr versions_read_answer(SSLContext *ctx, unsigned where, Reader *in)
{
    (void)where;
    if (read_u16(in) != TLS_Version_1_3 && !in->failed) {
        return sslr_illegal(ctx, "supported_versions of the server is not TLS 1.3");
    }
    return SSLNoErr;
}

const Extension sslr_ext_supported_versions = {.id   = EXT_SUPPORTED_VERSIONS,
                                               .name = "supported_versions",
                                               .where =
                                                   IN_CLIENT_HELLO | IN_SERVER_HELLO13 | IN_RETRY,
                                               .needs        = versions_needs,
                                               .write_hello  = versions_write,
                                               .read_hello   = versions_read,
                                               .write_answer = versions_write_answer,
                                               .read_answer  = versions_read_answer};

/* ---- key_share, RFC 8446 4.2.8 ---- */

static int share_needs(const SSLContext *ctx, unsigned where)
{
    switch (where) {
    case IN_CLIENT_HELLO:
        return allows_tls13(ctx);
    case IN_RETRY:
        return ctx->handshake->retry_group != 0;
    default:
        return !ctx->handshake->psk_without_dhe;
    }
}

/* struct { NamedGroup group; opaque key_exchange<1..2^16-1>; } KeyShareEntry; */
static SSLErr write_own_share(SSLContext *ctx, const Group *group, KeyShare *share, Writer *out)
{
    Block  key;
    SSLErr err;

    share->group = group;
    write_u16(out, group->id);
    key = open_block(out, 2);
    err = sslr_share_generate(ctx, group, share->private_key, out);
    close_block(out, key);
    return err;
}

/* The first group; behind a hybrid also the first classical one, so that either kind of server
 * needs no retry. Behind a retry for a cookie alone: what the first ClientHello had. */
static SSLErr share_write(SSLContext *ctx, Writer *out)
{
    Handshake *hs  = ctx->handshake;
    SSLErr     err = SSLNoErr;
    size_t     i, wanted = 1;
    Block      list;

    if (hs->key_exchange.length > 0) {
        write_bytes(out, bytes_of(hs->key_exchange.data, hs->key_exchange.length));
        return writer_status(out);
    }
    list = open_block(out, 2);
    sslr_wipe(hs->shares, sizeof(hs->shares));
    hs->share_count = 0;
    if (hs->retry_group != 0) {
        err =
            write_own_share(ctx, sslr_group(hs->retry_group), &hs->shares[hs->share_count++], out);
        wanted = 0;
    }
    for (i = 0; i < ctx->config.groups.count && wanted > 0 && err == SSLNoErr; i++) {
        const Group *group = sslr_group(ctx->config.groups.items[i]);

        if (hs->share_count == 1 && group->kind == GROUP_HYBRID) {
            continue;
        }
        wanted = hs->share_count == 0 && group->kind == GROUP_HYBRID ? 1 : 0;
        err    = write_own_share(ctx, group, &hs->shares[hs->share_count++], out);
    }
    close_block(out, list);
    return err != SSLNoErr ? err : writer_status(out);
}

/* Structure now; whether each group was offered, once supported_groups has certainly been read. */
static SSLErr share_read(SSLContext *ctx, Reader *in)
{
    Handshake *hs   = ctx->handshake;
    Bytes      list = read_vector(in, 2);
    Reader     entries;

    hs->hello.shares     = list;
    hs->hello.has_shares = 1;
    entries              = reader_of(list);
    while (reader_has_more(&entries)) {
        (void)read_u16(&entries);
        in->failed |= read_vector(&entries, 2).length == 0;
    }
    in->failed |= entries.failed;
    return SSLNoErr;
}

static SSLErr share_write_answer(SSLContext *ctx, unsigned where, Writer *out)
{
    Handshake *hs = ctx->handshake;
    Block      key;
    SSLErr     err;

    if (where == IN_RETRY) {
        write_u16(out, hs->retry_group);
        return writer_status(out);
    }
    write_u16(out, hs->group->id);
    key = open_block(out, 2);
    err = sslr_share_respond(ctx, hs->group, hs->peer_share, out);
    close_block(out, key);
    if (err == SSLProtocolErr) {
        return sslr_illegal(ctx, "the client's key share is invalid");
    }
    return err != SSLNoErr ? err : writer_status(out);
}

static SSLErr read_retry_group(SSLContext *ctx, Reader *in)
{
    Handshake *hs = ctx->handshake;
    uint16_t   id = read_u16(in);
    size_t     i;
    int        offered = 0;

    if (in->failed) {
        return SSLNoErr;
    }
    for (i = 0; i < ctx->config.groups.count; i++) {
        offered |= ctx->config.groups.items[i] == id;
    }
    for (i = 0; i < hs->share_count; i++) {
        offered &= hs->shares[i].group->id != id;
    }
    if (!offered) {
        return sslr_illegal(
            ctx, "the HelloRetryRequest names a group that was not offered or is shared already");
    }
    hs->retry_group = id;
    return SSLNoErr;
}

static SSLErr share_read_answer(SSLContext *ctx, unsigned where, Reader *in)
{
    Handshake *hs = ctx->handshake;
    uint16_t   id;
    Bytes      peer;
    size_t     i;

    if (where == IN_RETRY) {
        return read_retry_group(ctx, in);
    }
    id   = read_u16(in);
    peer = read_vector(in, 2);
    if (in->failed || peer.length == 0) {
        in->failed = 1;
        return SSLNoErr;
    }
    for (i = 0; i < hs->share_count; i++) {
        if (hs->shares[i].group->id == id) {
            SSLErr err;

            hs->group = hs->shares[i].group;
            err       = sslr_share_finish(ctx, hs->group, hs->shares[i].private_key, peer);
            return err == SSLProtocolErr ? sslr_illegal(ctx, "the server's key share is invalid")
                                         : err;
        }
    }
    return sslr_illegal(ctx, "the server's key share is for a group that was not offered");
}

const Extension sslr_ext_key_share = {.id          = EXT_KEY_SHARE,
                                      .name        = "key_share",
                                      .where       = IN_CLIENT_HELLO | IN_SERVER_HELLO13 | IN_RETRY,
                                      .needs       = share_needs,
                                      .write_hello = share_write,
                                      .read_hello  = share_read,
                                      .write_answer = share_write_answer,
                                      .read_answer  = share_read_answer};

/* ---- cookie, RFC 8446 4.2.2 ---- */

static int cookie_needs(const SSLContext *ctx, unsigned where)
{
    (void)where;
    return ctx->handshake->cookie.length > 0;
}

static SSLErr cookie_write(SSLContext *ctx, Writer *out)
{
    write_vector(out, ctx->handshake->cookie, 2);
    return writer_status(out);
}

static SSLErr cookie_read(SSLContext *ctx, Reader *in)
{
    ctx->handshake->hello.cookie = read_vector(in, 2);
    in->failed |= ctx->handshake->hello.cookie.length == 0;
    return SSLNoErr;
}

static SSLErr cookie_write_answer(SSLContext *ctx, unsigned where, Writer *out)
{
    (void)where;
    return cookie_write(ctx, out);
}

static SSLErr cookie_read_answer(SSLContext *ctx, unsigned where, Reader *in)
{
    Handshake *hs     = ctx->handshake;
    Bytes      cookie = read_vector(in, 2);
    uint8_t   *copy;
    SSLErr     err;

    (void)where;
    if (in->failed || cookie.length == 0) {
        in->failed = 1;
        return SSLNoErr;
    }
    err        = sslr_duplicate(&ctx->allocator, cookie, &copy);
    hs->cookie = bytes_of(copy, err == SSLNoErr ? cookie.length : 0);
    return err;
}

const Extension sslr_ext_cookie = {.id           = EXT_COOKIE,
                                   .name         = "cookie",
                                   .where        = IN_CLIENT_HELLO | IN_RETRY,
                                   .needs        = cookie_needs,
                                   .write_hello  = cookie_write,
                                   .read_hello   = cookie_read,
                                   .write_answer = cookie_write_answer,
                                   .read_answer  = cookie_read_answer};
