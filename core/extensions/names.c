/*
 * names.c - extensions that say who and what: server_name, application_layer_protocol_negotiation,
 * certificate_authorities, status_request.
 */
#include "extensions.h"

#include "../x509/trust.h"

#define HOST_NAME 0
#define OCSP      1

/* ---- server_name, RFC 6066 3 ---- */

static int server_name_needs(const SSLContext *ctx, unsigned where)
{
    if (where == IN_CLIENT_HELLO) {
        return ctx->config.host_kind == 1; /* a DNS name; never an address */
    }
    return ctx->handshake->hello.has_server_name && !has_fact(ctx, FACT_RESUMED);
}

static SSLErr server_name_write(SSLContext *ctx, Writer *out)
{
    Block list = open_block(out, 2);

    write_u8(out, HOST_NAME);
    write_vector(out, ctx->config.host, 2);
    close_block(out, list);
    return writer_status(out);
}

static SSLErr server_name_read(SSLContext *ctx, Reader *in)
{
    Reader list = read_block(in, 2);
    Bytes  name;
    SSLErr err;
    void  *block;

    if (read_u8(&list) != HOST_NAME && !list.failed) {
        return SSLNoErr; /* a type of name that nobody has defined */
    }
    name = read_vector(&list, 2);
    if (!reader_complete(&list) || name.length == 0 || name.length > 255 ||
        memchr(name.data, 0, name.length) != NULL) {
        in->failed = 1;
        return SSLNoErr;
    }
    if (ctx->agreed.server_name.length > 0) { /* the second ClientHello repeats it */
        ctx->handshake->hello.has_server_name = 1;
        return SSLNoErr;
    }
    err = sslr_allocate(&ctx->allocator, name.length, &block);
    if (err != SSLNoErr) {
        return err;
    }
    memcpy(block, name.data, name.length);
    ctx->agreed.server_name               = bytes_of(block, name.length);
    ctx->handshake->hello.has_server_name = 1;
    return SSLNoErr;
}

static SSLErr empty_read(SSLContext *ctx, unsigned where, Reader *in)
{
    (void)ctx;
    (void)where;
    (void)in; /* the caller finds trailing bytes */
    return SSLNoErr;
}

const Extension sslr_ext_server_name = {.id    = EXT_SERVER_NAME,
                                        .name  = "server_name",
                                        .where = IN_CLIENT_HELLO | IN_SERVER_HELLO12 | IN_ENCRYPTED,
                                        .needs = server_name_needs,
                                        .write_hello = server_name_write,
                                        .read_hello  = server_name_read,
                                        .read_answer = empty_read};

/* ---- ALPN, RFC 7301 ---- */

static int alpn_needs(const SSLContext *ctx, unsigned where)
{
    return where == IN_CLIENT_HELLO ? ctx->config.alpn.length > 0 : ctx->agreed.alpn.length > 0;
}

static SSLErr alpn_write(SSLContext *ctx, Writer *out)
{
    write_vector(out, ctx->config.alpn, 2);
    return writer_status(out);
}

/* Checked whole now, searched when the parameters are chosen. */
static SSLErr alpn_read(SSLContext *ctx, Reader *in)
{
    Bytes  list  = read_vector(in, 2);
    Reader names = reader_of(list);

    if (list.length == 0) {
        in->failed = 1;
    }
    while (reader_has_more(&names)) {
        if (read_vector(&names, 1).length == 0) {
            in->failed = 1;
        }
    }
    in->failed |= names.failed;
    ctx->handshake->hello.alpn = list;
    return SSLNoErr;
}

static SSLErr alpn_write_answer(SSLContext *ctx, unsigned where, Writer *out)
{
    Block list = open_block(out, 2);

    (void)where;
    write_vector(out, ctx->agreed.alpn, 1);
    close_block(out, list);
    return writer_status(out);
}

static SSLErr alpn_read_answer(SSLContext *ctx, unsigned where, Reader *in)
{
    Reader list   = read_block(in, 2);
    Bytes  chosen = read_vector(&list, 1);
    Reader ours   = reader_of(ctx->config.alpn);

    (void)where;
    if (list.failed || chosen.length == 0) {
        in->failed = 1;
        return SSLNoErr;
    }
    if (list.left > 0) {
        return sslr_illegal(ctx, "the server chose more than one application protocol");
    }
    while (reader_has_more(&ours)) {
        Bytes name = read_vector(&ours, 1);

        if (bytes_equal(name, chosen)) {
            return sslr_replace(&ctx->allocator, &ctx->agreed.alpn, name);
        }
    }
    return sslr_illegal(ctx, "the server chose an application protocol that was not offered");
}

const Extension sslr_ext_alpn = {.id           = EXT_ALPN,
                                 .name         = "application_layer_protocol_negotiation",
                                 .where        = IN_CLIENT_HELLO | IN_SERVER_HELLO12 | IN_ENCRYPTED,
                                 .needs        = alpn_needs,
                                 .write_hello  = alpn_write,
                                 .read_hello   = alpn_read,
                                 .write_answer = alpn_write_answer,
                                 .read_answer  = alpn_read_answer};

/* ---- certificate_authorities, RFC 8446 4.2.4 ---- */

static int authorities_needs(const SSLContext *ctx, unsigned where)
{
    return where == IN_REQUEST && ctx->config.names.length > 0;
}

static SSLErr authorities_write(SSLContext *ctx, unsigned where, Writer *out)
{
    (void)where;
    write_vector(out, ctx->config.names, 2);
    return writer_status(out);
}

static SSLErr authorities_read(SSLContext *ctx, unsigned where, Reader *in)
{
    Writer *kept  = &ctx->handshake->peer_names;
    Bytes   names = read_vector(in, 2);
    Reader  list  = reader_of(names);

    (void)where;
    in->failed |= names.length == 0;
    while (reader_has_more(&list)) {
        in->failed |= read_vector(&list, 2).length == 0;
    }
    in->failed |= list.failed;
    kept->length = 0;
    write_bytes(kept, names);
    return writer_status(kept);
}

const Extension sslr_ext_certificate_authorities = {.id           = EXT_CERTIFICATE_AUTHORITIES,
                                                    .name         = "certificate_authorities",
                                                    .where        = IN_CLIENT_HELLO | IN_REQUEST,
                                                    .needs        = authorities_needs,
                                                    .write_answer = authorities_write,
                                                    .read_answer  = authorities_read};

/* ---- status_request, RFC 6066 8, RFC 8446 4.4.2.1. Asked for by the program, or by a trust object
 * that wants to know ---- */

static int status_needs(const SSLContext *ctx, unsigned where)
{
    const Handshake *hs = ctx->handshake;

    switch (where) {
    case IN_CLIENT_HELLO:
        return ctx->config.request_ocsp ||
               (ctx->config.trust != NULL && sslr_trust_wants_status(ctx->config.trust));
    case IN_SERVER_HELLO12:
        return has_fact(ctx, FACT_STATUS);
    case IN_CERTIFICATE:
        return is_server(ctx) && hs->hello.status_request && hs->identity != NULL &&
               hs->identity->ocsp_response.length > 0;
    default:
        return 0;
    }
}

static SSLErr status_write(SSLContext *ctx, Writer *out)
{
    (void)ctx;
    write_u8(out, OCSP);
    write_u16(out, 0); /* any responder */
    write_u16(out, 0); /* no request extensions */
    return writer_status(out);
}

static SSLErr status_read(SSLContext *ctx, Reader *in)
{
    if (read_u8(in) != OCSP) {
        (void)read_rest(in); /* a kind of status that nobody has defined */
        return SSLNoErr;
    }
    (void)read_vector(in, 2);
    (void)read_vector(in, 2);
    ctx->handshake->hello.status_request = 1;
    return SSLNoErr;
}

static SSLErr status_write_answer(SSLContext *ctx, unsigned where, Writer *out)
{
    if (where == IN_CERTIFICATE) {
        write_u8(out, OCSP);
        write_vector(out, ctx->handshake->identity->ocsp_response, 3);
    }
    return writer_status(out);
}

static SSLErr status_read_answer(SSLContext *ctx, unsigned where, Reader *in)
{
    if (where == IN_CERTIFICATE) {
        if (read_u8(in) != OCSP && !in->failed) {
            return sslr_illegal(ctx, "the stapled status is of an unknown type");
        }
        ctx->agreed.ocsp_response =
            read_vector(in, 3); /* the certificate message moves it to its place */
        in->failed |= ctx->agreed.ocsp_response.length == 0;
    } else if (where == IN_SERVER_HELLO12) {
        ctx->handshake->facts |= FACT_STATUS;
    } else {
        (void)read_rest(in); /* CertificateRequest: a question to the client, who staples nothing */
    }
    return SSLNoErr;
}

const Extension sslr_ext_status_request = {.id    = EXT_STATUS_REQUEST,
                                           .name  = "status_request",
                                           .where = IN_CLIENT_HELLO | IN_SERVER_HELLO12 |
                                                    IN_REQUEST | IN_CERTIFICATE,
                                           .needs        = status_needs,
                                           .write_hello  = status_write,
                                           .read_hello   = status_read,
                                           .write_answer = status_write_answer,
                                           .read_answer  = status_read_answer};
