/*
 * psk.c - extensions of resumption and of pre-shared keys in TLS 1.3: psk_key_exchange_modes,
 * pre_shared_key, early_data. Whether 0-RTT is offered or accepted is decided in core/handshake.
 * Binders are made and checked by core/messages and core/handshake.
 */
#include "../keys/keys.h"
#include "extensions.h"

/* ---- psk_key_exchange_modes, RFC 8446 4.2.9 ---- */

#define PSK_KE     0
#define PSK_DHE_KE 1

static int modes_needs(const SSLContext *ctx, unsigned where)
{
    (void)where;
    return allows_tls13(ctx);
}

static SSLErr modes_write(SSLContext *ctx, Writer *out)
{
    Block list = open_block(out, 1);

    if ((psk_modes(ctx) & SSL_PSKWithDHE) != 0) {
        write_u8(out, PSK_DHE_KE);
    }
    if ((psk_modes(ctx) & SSL_PSKOnly) != 0) {
        write_u8(out, PSK_KE);
    }
    close_block(out, list);
    return writer_status(out);
}

static SSLErr modes_read(SSLContext *ctx, Reader *in)
{
    ClientHello *hello = &ctx->handshake->hello;
    Bytes        list  = read_vector(in, 1);
    size_t       i;

    hello->has_psk_modes = 1;
    for (i = 0; i < list.length; i++) {
        hello->psk_modes |= list.data[i] == PSK_KE       ? SSL_PSKOnly
                            : list.data[i] == PSK_DHE_KE ? SSL_PSKWithDHE
                                                         : 0;
    }
    in->failed |= list.length == 0;
    return SSLNoErr;
}

const Extension sslr_ext_psk_key_exchange_modes = {.id          = EXT_PSK_KEY_EXCHANGE_MODES,
                                                   .name        = "psk_key_exchange_modes",
                                                   .where       = IN_CLIENT_HELLO,
                                                   .needs       = modes_needs,
                                                   .write_hello = modes_write,
                                                   .read_hello  = modes_read};

/* ---- early_data, RFC 8446 4.2.10 ---- */

static int early_needs(const SSLContext *ctx, unsigned where)
{
    if (where == IN_CLIENT_HELLO) { /* RFC 8446 4.1.2: not in the second one */
        return has_fact(ctx, FACT_EARLY_OFFERED) && !has_fact(ctx, FACT_RETRY);
    }
    return has_fact(ctx, FACT_EARLY);
}

static SSLErr early_read_answer(SSLContext *ctx, unsigned where, Reader *in)
{
    (void)where;
    (void)in;
    if (!ctx->handshake->psk_answered || ctx->handshake->psk_index != 0) {
        return sslr_illegal(ctx, "the server takes 0-RTT data, but not the key of it");
    }
    ctx->handshake->facts |= FACT_EARLY;
    return SSLNoErr;
}

static SSLErr early_read(SSLContext *ctx, Reader *in)
{
    (void)in;
    ctx->handshake->hello.early_data = 1;
    return SSLNoErr;
}

const Extension sslr_ext_early_data = {.id          = EXT_EARLY_DATA,
                                       .name        = "early_data",
                                       .where       = IN_CLIENT_HELLO | IN_ENCRYPTED,
                                       .needs       = early_needs,
                                       .read_hello  = early_read,
                                       .read_answer = early_read_answer};

/* ---- pre_shared_key, RFC 8446 4.2.11 ---- */

static int psk_needs(const SSLContext *ctx, unsigned where)
{
    OfferedPsk list[MAX_OFFERED_PSKS];

    return where == IN_CLIENT_HELLO ? sslr_offered_psks(ctx, list) > 0 : has_fact(ctx, FACT_PSK);
}

/* The identities, and room for their binders. */
static SSLErr psk_write(SSLContext *ctx, Writer *out)
{
    OfferedPsk offered[MAX_OFFERED_PSKS];
    size_t     count = sslr_offered_psks(ctx, offered), i;
    Block      list  = open_block(out, 2);

    for (i = 0; i < count; i++) {
        write_vector(out, offered[i].identity, 2);
        write_u32(out, offered[i].age);
    }
    close_block(out, list);
    list = open_block(out, 2);
    for (i = 0; i < count; i++) {
        size_t   size = sslr_hash_size(offered[i].hash);
        uint8_t *binder;

        write_u8(out, (uint32_t)size);
        binder = sslr_write_space(out, size);
        if (binder != NULL) {
            memset(binder, 0, size);
        }
    }
    close_block(out, list);
    return writer_status(out);
}

static size_t count_identities(Bytes list)
{
    Reader in    = reader_of(list);
    size_t count = 0;

    while (reader_has_more(&in)) {
        in.failed |= read_vector(&in, 2).length == 0;
        (void)read_u32(&in);
        count++;
    }
    return in.failed ? 0 : count;
}

static size_t count_binders(Bytes list)
{
    Reader in    = reader_of(list);
    size_t count = 0;

    while (reader_has_more(&in)) {
        in.failed |= read_vector(&in, 1).length < 32;
        count++;
    }
    return in.failed ? 0 : count;
}

static SSLErr psk_read(SSLContext *ctx, Reader *in)
{
    Handshake   *hs    = ctx->handshake;
    ClientHello *hello = &hs->hello;
    size_t       identities, binders;

    hello->has_psk        = 1;
    hello->psk_identities = read_vector(in, 2);
    hello->psk_binders_at = (size_t)(in->data - (const uint8_t *)hs->hello_block);
    hello->psk_binders    = read_vector(in, 2);
    identities            = count_identities(hello->psk_identities);
    binders               = count_binders(hello->psk_binders);
    in->failed |= identities == 0 || binders == 0;
    if (!in->failed && identities != binders) {
        return sslr_illegal(ctx, "pre_shared_key has not one binder for each identity");
    }
    return SSLNoErr;
}

static SSLErr psk_write_answer(SSLContext *ctx, unsigned where, Writer *out)
{
    (void)where;
    write_u16(out, ctx->handshake->psk_index);
    return writer_status(out);
}

static SSLErr psk_read_answer(SSLContext *ctx, unsigned where, Reader *in)
{
    OfferedPsk list[MAX_OFFERED_PSKS];
    uint16_t   index = read_u16(in);

    (void)where;
    if (!in->failed && index >= sslr_offered_psks(ctx, list)) {
        return sslr_illegal(ctx, "the server chose a pre-shared key that was not offered");
    }
    ctx->handshake->psk_index    = index;
    ctx->handshake->psk_answered = 1;
    return SSLNoErr;
}

const Extension sslr_ext_pre_shared_key = {.id           = EXT_PRE_SHARED_KEY,
                                           .name         = "pre_shared_key",
                                           .where        = IN_CLIENT_HELLO | IN_SERVER_HELLO13,
                                           .needs        = psk_needs,
                                           .write_hello  = psk_write,
                                           .read_hello   = psk_read,
                                           .write_answer = psk_write_answer,
                                           .read_answer  = psk_read_answer};
