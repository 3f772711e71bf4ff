/*
 * schedule13.c - the key schedule of TLS 1.3 (RFC 8446 7), Finished (4.4.4), signature input
 * (4.4.3), exporter (7.5).
 */
#include "keys.h"

static HashId hash_of(const SSLContext *ctx)
{
    return (HashId)ctx->agreed.suite->prf;
}

/* A label as it stands in HkdfLabel (RFC 8446 7.1): its length in front. */
typedef struct Label {
    uint8_t length;
    char    text[sizeof("tls13 c hs traffic")];
} Label;

/* clang-format off */
#define LABEL(text) {sizeof("tls13 " text) - 1, "tls13 " text}
/* clang-format on */
static const Label label_derived      = LABEL("derived");
static const Label label_ext_binder   = LABEL("ext binder");
static const Label label_res_binder   = LABEL("res binder");
static const Label label_c_e_traffic  = LABEL("c e traffic");
static const Label label_c_hs_traffic = LABEL("c hs traffic");
static const Label label_s_hs_traffic = LABEL("s hs traffic");
static const Label label_c_ap_traffic = LABEL("c ap traffic");
static const Label label_s_ap_traffic = LABEL("s ap traffic");
static const Label label_traffic_upd  = LABEL("traffic upd");
static const Label label_exp_master   = LABEL("exp master");
static const Label label_exporter     = LABEL("exporter");
static const Label label_res_master   = LABEL("res master");
static const Label label_resumption   = LABEL("resumption");
static const Label label_key          = LABEL("key");
static const Label label_iv           = LABEL("iv");
static const Label label_finished     = LABEL("finished");

#define MAX_INFO (2 + 1 + 255 + 1 + 255)

/* HKDF-Expand-Label; the label stands in info already, which it fills up to `at`. */
static void expand_info(HashId hash, const uint8_t *secret, uint8_t *info, size_t at, Bytes context,
                        uint8_t *out, size_t length)
{
    put_u16(info, length);
    info[at++] = (uint8_t)context.length;
    if (context.length > 0) {
        memcpy(info + at, context.data, context.length);
    }
    sslr_hkdf_expand(hash, secret, info, at + context.length, out, length);
}

static void expand(HashId hash, const uint8_t *secret, const Label *label, Bytes context,
                   uint8_t *out, size_t length)
{
    uint8_t info[MAX_INFO];

    memcpy(info + 2, label, sizeof(*label)); /* a fixed size: no call */
    expand_info(hash, secret, info, 2 + 1 + label->length, context, out, length);
}

void sslr_tls13_expand(HashId hash, const uint8_t *secret, const char *label, Bytes context,
                       uint8_t *out, size_t length)
{
    uint8_t info[MAX_INFO];
    size_t  label_length = strlen(label);

    info[2] = (uint8_t)(6 + label_length);
    memcpy(info + 3, "tls13 ", 6);
    memcpy(info + 9, label, label_length);
    expand_info(hash, secret, info, 9 + label_length, context, out, length);
}

/* Derive-Secret with the digest of the messages. */
static void derive_secret(const SSLContext *ctx, const uint8_t *secret, const Label *label,
                          const uint8_t *digest, uint8_t *out)
{
    size_t size = sslr_hash_size(hash_of(ctx));

    expand(hash_of(ctx), secret, label, bytes_of(digest, size), out, size);
}

/* Step to the next stage: Extract(Derive-Secret(stage, "derived", ""), ikm). */
static void next_stage(const SSLContext *ctx, uint8_t *stage, Bytes ikm)
{
    uint8_t nothing[MAX_HASH_SIZE], salt[MAX_HASH_SIZE];
    size_t  size = sslr_hash_size(hash_of(ctx));

    sslr_hash(hash_of(ctx), "", 0, nothing);
    derive_secret(ctx, stage, &label_derived, nothing, salt);
    sslr_hkdf_extract(hash_of(ctx), salt, size, ikm.data, ikm.length, stage);
    sslr_wipe(salt, sizeof(salt));
}

static SSLErr install(SSLContext *ctx, int writing, const uint8_t *secret, const char *name)
{
    Direction         *direction = writing ? &ctx->write : &ctx->read;
    const CipherSuite *suite     = ctx->agreed.suite;
    uint8_t            key[MAX_AEAD_KEY];
    Bytes              none   = bytes_of(NULL, 0);
    size_t             length = sslr_aead_state_size((AeadId)suite->aead);
    void              *state  = NULL;
    SSLErr             err    = SSLNoErr;

    /* A change of keys takes over the block of the old ones: it cannot fail for want of memory and
     * leave a direction in clear in which an alert must still be sealed. */
    if (direction->state != NULL && direction->state_length == length) {
        state            = direction->state;
        direction->state = NULL;
        sslr_wipe(state, length);
    } else {
        err = sslr_allocate(&ctx->allocator, length, &state);
    }
    if (err != SSLNoErr) {
        return err;
    }
    sslr_direction_clear(ctx, direction);
    direction->state        = state;
    direction->state_length = length;
    direction->suite        = suite;
    /* RFC 8446 5.5; ChaCha20-Poly1305 has no limit below the sequence number's. */
    direction->record_limit =
        suite->aead == AEAD_CHACHA20_POLY1305 ? (uint64_t)1 << 48 : (uint64_t)1 << 24;
    expand(hash_of(ctx), secret, &label_key, none, key, sslr_aead_key_size((AeadId)suite->aead));
    expand(hash_of(ctx), secret, &label_iv, none, direction->iv, AEAD_NONCE_SIZE);
    err = sslr_aead_init(direction->state, (AeadId)suite->aead, key);
    sslr_wipe(key, sizeof(key));
    if (err == SSLNoErr) {
        direction->protection = &sslr_protection_aead13;
        sslr_trace(ctx, writing ? SSL_TraceWriteKeys : SSL_TraceReadKeys, 0, 0, 1, name);
    }
    return err;
}

SSLErr sslr_tls13_handshake_keys(SSLContext *ctx)
{
    Handshake *hs   = ctx->handshake;
    size_t     size = sslr_hash_size(hash_of(ctx));
    uint8_t    zeros[MAX_HASH_SIZE], digest[MAX_HASH_SIZE];
    SSLErr     err = SSLNoErr;

    memset(zeros, 0, sizeof(zeros));
    if (has_fact(ctx, FACT_PSK)) {
        sslr_hkdf_extract(hash_of(ctx), NULL, 0, hs->psk, hs->psk_length, hs->secret);
    } else {
        sslr_hkdf_extract(hash_of(ctx), NULL, 0, zeros, size, hs->secret);
    }
    next_stage(ctx, hs->secret,
               hs->psk_without_dhe ? bytes_of(zeros, size)
                                   : bytes_of(hs->premaster, hs->premaster_length));
    sslr_wipe(hs->psk, sizeof(hs->psk));
    sslr_wipe(hs->premaster, sizeof(hs->premaster));
    sslr_transcript_digest(ctx, digest);
    derive_secret(ctx, hs->secret, &label_c_hs_traffic, digest, hs->client_secret);
    derive_secret(ctx, hs->secret, &label_s_hs_traffic, digest, hs->server_secret);
    sslr_log_secret(ctx, "CLIENT_HANDSHAKE_TRAFFIC_SECRET", hs->client_random, hs->client_secret,
                    size);
    sslr_log_secret(ctx, "SERVER_HANDSHAKE_TRAFFIC_SECRET", hs->client_random, hs->server_secret,
                    size);
    /* The direction that carries 0-RTT data keeps its keys until that has ended. */
    if (!hs->early.writing) {
        err = install(ctx, 1, is_server(ctx) ? hs->server_secret : hs->client_secret, "handshake");
    }
    if (err == SSLNoErr && !hs->early.reading) {
        err = install(ctx, 0, is_server(ctx) ? hs->client_secret : hs->server_secret, "handshake");
    }
    return err;
}

SSLErr sslr_tls13_early_keys(SSLContext *ctx, const CipherSuite *suite)
{
    Handshake         *hs     = ctx->handshake;
    const CipherSuite *before = ctx->agreed.suite;
    size_t             size   = sslr_hash_size((HashId)suite->prf);
    uint8_t            stage[MAX_HASH_SIZE], secret[MAX_HASH_SIZE], digest[MAX_HASH_SIZE];
    SSLErr             err;

    ctx->agreed.suite = suite; /* a client does not know yet which one the server chooses */
    sslr_hkdf_extract(hash_of(ctx), NULL, 0, hs->psk, hs->psk_length, stage);
    sslr_hash(hash_of(ctx), hs->transcript.raw.data, hs->transcript.raw.length, digest);
    derive_secret(ctx, stage, &label_c_e_traffic, digest, secret);
    sslr_wipe(stage, sizeof(stage));
    sslr_log_secret(ctx, "CLIENT_EARLY_TRAFFIC_SECRET", hs->client_random, secret, size);
    err = install(ctx, !is_server(ctx), secret, "early");
    sslr_wipe(secret, sizeof(secret));
    ctx->agreed.suite = before;
    hs->early.writing = !is_server(ctx);
    hs->early.reading = (uint8_t)is_server(ctx);
    return err;
}

SSLErr sslr_tls13_early_end(SSLContext *ctx)
{
    Handshake *hs = ctx->handshake;

    hs->early.writing = hs->early.reading = 0;
    return install(ctx, !is_server(ctx), hs->client_secret, "handshake");
}

SSLErr sslr_tls13_server_finished(SSLContext *ctx)
{
    Handshake *hs   = ctx->handshake;
    size_t     size = sslr_hash_size(hash_of(ctx));
    uint8_t    zeros[MAX_HASH_SIZE], digest[MAX_HASH_SIZE];

    memset(zeros, 0, sizeof(zeros));
    next_stage(ctx, hs->secret, bytes_of(zeros, size));
    sslr_transcript_digest(ctx, digest);
    derive_secret(ctx, hs->secret, &label_c_ap_traffic, digest, ctx->client_secret);
    derive_secret(ctx, hs->secret, &label_s_ap_traffic, digest, ctx->server_secret);
    derive_secret(ctx, hs->secret, &label_exp_master, digest, ctx->master_secret);
    sslr_log_secret(ctx, "CLIENT_TRAFFIC_SECRET_0", hs->client_random, ctx->client_secret, size);
    sslr_log_secret(ctx, "SERVER_TRAFFIC_SECRET_0", hs->client_random, ctx->server_secret, size);
    sslr_log_secret(ctx, "EXPORTER_SECRET", hs->client_random, ctx->master_secret, size);
    hs->early.answering = is_server(ctx) && has_fact(ctx, FACT_EARLY);
    return install(ctx, is_server(ctx), ctx->server_secret, "application");
}

void sslr_tls13_binder(HashId hash, Bytes psk, int external, const uint8_t *digest, uint8_t *binder)
{
    uint8_t early[MAX_HASH_SIZE], key[MAX_HASH_SIZE], nothing[MAX_HASH_SIZE];
    size_t  size = sslr_hash_size(hash);

    sslr_hkdf_extract(hash, NULL, 0, psk.data, psk.length, early);
    sslr_hash(hash, "", 0, nothing);
    expand(hash, early, external ? &label_ext_binder : &label_res_binder, bytes_of(nothing, size),
           key, size);
    memcpy(early, key, size);
    expand(hash, early, &label_finished, bytes_of(NULL, 0), key, size);
    sslr_hmac(hash, key, size, digest, size, binder);
    sslr_wipe(early, sizeof(early));
    sslr_wipe(key, sizeof(key));
}

void sslr_tls13_ticket_key(const SSLContext *ctx, Bytes nonce, uint8_t *psk)
{
    expand(hash_of(ctx), ctx->resumption_secret, &label_resumption, nonce, psk,
           sslr_hash_size(hash_of(ctx)));
}

SSLErr sslr_tls13_client_finished(SSLContext *ctx)
{
    uint8_t digest[MAX_HASH_SIZE];

    sslr_transcript_digest(ctx, digest);
    derive_secret(ctx, ctx->handshake->secret, &label_res_master, digest, ctx->resumption_secret);
    return install(ctx, !is_server(ctx), ctx->client_secret, "application");
}

SSLErr sslr_tls13_update_keys(SSLContext *ctx, int writing)
{
    uint8_t *secret = writing == is_server(ctx) ? ctx->server_secret : ctx->client_secret;
    uint8_t  next[MAX_HASH_SIZE];
    size_t   size = sslr_hash_size(hash_of(ctx));
    SSLErr   err;

    expand(hash_of(ctx), secret, &label_traffic_upd, bytes_of(NULL, 0), next, size);
    memcpy(secret, next, size);
    sslr_wipe(next, sizeof(next));
    err = install(ctx, writing, secret, "updated application");
    return err;
}

static size_t finished_length13(const SSLContext *ctx)
{
    return sslr_hash_size(hash_of(ctx));
}

static void finished13(const SSLContext *ctx, int from_server, uint8_t *verify_data)
{
    const Handshake *hs   = ctx->handshake;
    size_t           size = sslr_hash_size(hash_of(ctx));
    uint8_t          key[MAX_HASH_SIZE], digest[MAX_HASH_SIZE];

    expand(hash_of(ctx), from_server ? hs->server_secret : hs->client_secret, &label_finished,
           bytes_of(NULL, 0), key, size);
    sslr_transcript_digest(ctx, digest);
    sslr_hmac(hash_of(ctx), key, size, digest, size, verify_data);
    sslr_wipe(key, sizeof(key));
}

static SSLErr certificate_verify_input13(SSLContext *ctx, int from_server, Writer *out)
{
    uint8_t  digest[MAX_HASH_SIZE];
    uint8_t *spaces = sslr_write_space(out, 64);

    if (spaces != NULL) {
        memset(spaces, 0x20, 64);
    }
    write_bytes(out, bytes_of(from_server ? "TLS 1.3, server CertificateVerify"
                                          : "TLS 1.3, client CertificateVerify",
                              34)); /* the terminating zero is the separator */
    sslr_transcript_digest(ctx, digest);
    write_bytes(out, bytes_of(digest, sslr_hash_size(hash_of(ctx))));
    return writer_status(out);
}

static SSLErr export_keys13(const SSLContext *ctx, const char *label, Bytes context,
                            int has_context, uint8_t *out, size_t length)
{
    uint8_t digest[MAX_HASH_SIZE], secret[MAX_HASH_SIZE];
    size_t  size = sslr_hash_size(hash_of(ctx));

    (void)has_context; /* RFC 8446 7.5: none is the same as an empty one */
    sslr_hash(hash_of(ctx), "", 0, digest);
    sslr_tls13_expand(hash_of(ctx), ctx->master_secret, label, bytes_of(digest, size), secret,
                      size);
    sslr_hash(hash_of(ctx), context.length > 0 ? context.data : (const uint8_t *)"", context.length,
              digest);
    expand(hash_of(ctx), secret, &label_exporter, bytes_of(digest, size), out, length);
    sslr_wipe(secret, sizeof(secret));
    return SSLNoErr;
}

const Protocol sslr_protocol_tls13 = {.version                  = TLS_Version_1_3,
                                      .finished_length          = finished_length13,
                                      .finished                 = finished13,
                                      .certificate_verify_input = certificate_verify_input13,
                                      .export_keys              = export_keys13};
