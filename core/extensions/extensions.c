/*
 * extensions.c - the table of all extensions, and the two loops that write and read a block by it.
 */
#include "extensions.h"

/* In the order in which a ClientHello carries them. */
static const Extension *const extensions[] = {
    &sslr_ext_server_name,
    &sslr_ext_renegotiation_info,
    &sslr_ext_extended_master_secret,
    &sslr_ext_encrypt_then_mac,
    &sslr_ext_session_ticket,
    &sslr_ext_supported_groups,
    &sslr_ext_ec_point_formats,
    &sslr_ext_signature_algorithms,
    &sslr_ext_signature_algorithms_cert,
    &sslr_ext_certificate_authorities,
    &sslr_ext_status_request,
    &sslr_ext_alpn,
    &sslr_ext_max_fragment_length,
    &sslr_ext_record_size_limit,
    &sslr_ext_supported_versions,
    &sslr_ext_cookie,
    &sslr_ext_key_share,
    &sslr_ext_post_handshake_auth,
    &sslr_ext_psk_key_exchange_modes,
    &sslr_ext_early_data,
    &sslr_ext_pre_shared_key, /* RFC 8446 4.2.11: the last */
};

#define COUNT (sizeof(extensions) / sizeof(extensions[0]))

/* Where the row of this number is, or COUNT. Peers mostly keep to an order like ours: the search
 * begins where the one before ended. */
static size_t find(uint16_t id, size_t first)
{
    size_t i;

    for (i = first; i < COUNT; i++) {
        if (extensions[i]->id == id) {
            return i;
        }
    }
    for (i = 0; i < first; i++) {
        if (extensions[i]->id == id) {
            return i;
        }
    }
    return COUNT;
}

/* Extensions of the table are bits of a mask, by their numbers; one alone is above 62. */
static uint64_t bit_of(uint16_t id)
{
    return (uint64_t)1 << (id == EXT_RENEGOTIATION_INFO ? 63 : id & 63);
}

int sslr_extension_offered(const SSLContext *ctx, uint16_t id)
{
    return (ctx->handshake->offered & bit_of(id)) != 0;
}

void sslr_extension_mark_offered(SSLContext *ctx, uint16_t id)
{
    ctx->handshake->offered |= bit_of(id);
}

int sslr_extension_seen(const SSLContext *ctx, uint16_t id)
{
    return (ctx->handshake->seen & bit_of(id)) != 0;
}

static SSLErr write_extension(SSLContext *ctx, unsigned where, const Extension *extension,
                              Writer *out)
{
    Block  body;
    SSLErr err = SSLNoErr;

    write_u16(out, extension->id);
    body = open_block(out, 2);
    if (where == IN_CLIENT_HELLO) {
        ctx->handshake->offered |= bit_of(extension->id);
        if (extension->write_hello != NULL) {
            err = extension->write_hello(ctx, out);
        }
    } else if (extension->write_answer != NULL) {
        err = extension->write_answer(ctx, where, out);
    }
    close_block(out, body);
    return err;
}

SSLErr sslr_write_extensions(SSLContext *ctx, unsigned where, Writer *out)
{
    size_t start = out->length, i;
    Block  block = open_block(out, 2);

    for (i = 0; i < COUNT; i++) {
        const Extension *extension = extensions[i];

        if ((extension->where & where) != 0 && extension->needs != NULL &&
            extension->needs(ctx, where)) {
            SSLErr err = write_extension(ctx, where, extension, out);

            if (err != SSLNoErr) {
                return err;
            }
        }
    }
    close_block(out, block);
    if (where == IN_SERVER_HELLO12 && out->length == start + 2) {
        out->length = start;
    }
    return writer_status(out);
}

static SSLErr fail_extension(SSLContext *ctx, uint16_t id, uint8_t alert, const char *rule)
{
    ctx->error_extension = id;
    return sslr_fail(ctx, alert, SSLProtocolErr, rule);
}

/* RFC 8446 4.2: an answer needs a question. CertificateRequest asks itself; a cookie comes unasked.
 * RFC 8446 4.4.2: what stands beside a client's certificate answers the CertificateRequest, and
 * ours asks for nothing of the kind. */
static int was_asked_for(const SSLContext *ctx, unsigned where, uint16_t id)
{
    if (where == IN_CERTIFICATE && is_server(ctx)) {
        return 0;
    }
    return where == IN_CLIENT_HELLO || where == IN_REQUEST || id == EXT_COOKIE ||
           sslr_extension_offered(ctx, id);
}

static SSLErr read_known(SSLContext *ctx, unsigned where, const Extension *extension, Reader *body)
{
    const uint64_t bit = bit_of(extension->id);
    SSLErr         err = SSLNoErr;

    if ((ctx->handshake->seen & bit) != 0) {
        return fail_extension(ctx, extension->id, ALERT_ILLEGAL_PARAMETER,
                              "an extension stands twice");
    }
    ctx->handshake->seen |= bit;
    if (!was_asked_for(ctx, where, extension->id)) {
        return fail_extension(ctx, extension->id, ALERT_UNSUPPORTED_EXTENSION,
                              "an extension was answered that was not offered");
    }
    if ((extension->where & where) == 0) {
        return fail_extension(ctx, extension->id, ALERT_ILLEGAL_PARAMETER,
                              "an extension stands in the wrong message");
    }
    if (where == IN_CLIENT_HELLO) {
        ctx->handshake->offered |= bit;
        if (extension->read_hello == NULL) {
            return SSLNoErr;
        }
        err = extension->read_hello(ctx, body);
    } else {
        if (extension->read_answer == NULL) {
            return SSLNoErr;
        }
        err = extension->read_answer(ctx, where, body);
    }
    if (err != SSLNoErr) {
        ctx->error_extension = extension->id;
        return err;
    }
    if (!reader_complete(body)) {
        return fail_extension(ctx, extension->id, ALERT_DECODE_ERROR,
                              "an extension is truncated or has trailing bytes");
    }
    return SSLNoErr;
}

SSLErr sslr_read_extensions(SSLContext *ctx, unsigned where, Reader *in)
{
    Reader   list = *in;
    uint16_t unknown[MAX_EXTENSIONS];
    size_t   unknown_count = 0, next = 0, i;

    ctx->handshake->seen = 0;
    while (reader_has_more(&list)) {
        uint16_t id    = read_u16(&list);
        Reader   body  = read_block(&list, 2);
        size_t   index = find(id, next);
        SSLErr   err;

        if (list.failed) {
            break;
        }
        /* RFC 8446 4.2.11: nothing may follow pre_shared_key. */
        if (id == EXT_PRE_SHARED_KEY && where == IN_CLIENT_HELLO && list.left > 0) {
            return fail_extension(ctx, id, ALERT_ILLEGAL_PARAMETER,
                                  "pre_shared_key is not the last extension");
        }
        if (index < COUNT) {
            err  = read_known(ctx, where, extensions[index], &body);
            next = index + 1;
            if (err != SSLNoErr) {
                return err;
            }
            continue;
        }
        if (where != IN_CLIENT_HELLO && where != IN_REQUEST) {
            return fail_extension(ctx, id, ALERT_UNSUPPORTED_EXTENSION,
                                  "an extension was answered that was not offered");
        }
        for (i = 0; i < unknown_count; i++) {
            if (unknown[i] == id) {
                return fail_extension(ctx, id, ALERT_ILLEGAL_PARAMETER,
                                      "an extension stands twice");
            }
        }
        if (unknown_count == MAX_EXTENSIONS) {
            return fail_extension(ctx, id, ALERT_DECODE_ERROR, "too many extensions");
        }
        unknown[unknown_count++] = id;
    }
    if (!reader_complete(&list)) {
        return sslr_fail(ctx, ALERT_DECODE_ERROR, SSLProtocolErr,
                         "the extension block is malformed");
    }
    return SSLNoErr;
}
