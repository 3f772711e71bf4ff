/*
 * transcript.c - the running hash of the handshake messages. Until the suite names the hash the
 * messages are kept as they are; in TLS 1.2 also as long as a CertificateVerify may come, whose
 * scheme chooses a hash of its own (or none: Ed25519).
 */
#include "keys.h"

SSLErr sslr_transcript_add(SSLContext *ctx, Bytes message)
{
    Transcript *transcript = &ctx->handshake->transcript;

    if (transcript->hash != HASH_NONE) {
        sslr_hash_update(&transcript->state, message.data, message.length);
    }
    if (transcript->hash == HASH_MD5) {
        sslr_hash_update(&transcript->state_sha1, message.data, message.length);
    }
    if (transcript->hash == HASH_NONE || transcript->keep_raw) {
        write_bytes(&transcript->raw, message);
        return writer_status(&transcript->raw);
    }
    return SSLNoErr;
}

void sslr_transcript_start(SSLContext *ctx, HashId hash)
{
    Transcript *transcript = &ctx->handshake->transcript;

    if (transcript->hash != HASH_NONE) {
        return; /* the HelloRetryRequest named it already */
    }
    transcript->hash = (uint8_t)hash;
    sslr_hash_init(&transcript->state, hash);
    sslr_hash_update(&transcript->state, transcript->raw.data, transcript->raw.length);
    if (hash == HASH_MD5) {
        sslr_hash_init(&transcript->state_sha1, HASH_SHA1);
        sslr_hash_update(&transcript->state_sha1, transcript->raw.data, transcript->raw.length);
    }
    if (!transcript->keep_raw) {
        sslr_writer_release(&transcript->raw);
    }
}

void sslr_transcript_digest(const SSLContext *ctx, uint8_t *digest)
{
    HashState fork = ctx->handshake->transcript.state;

    sslr_hash_final(&fork, digest);
    if (ctx->handshake->transcript.hash == HASH_MD5) {
        fork = ctx->handshake->transcript.state_sha1;
        sslr_hash_final(&fork, digest + sslr_hash_size(HASH_MD5));
    }
}

void sslr_transcript_peek(const SSLContext *ctx, HashId hash, Bytes header, Bytes body,
                          uint8_t *digest)
{
    HashState fork;

    if (ctx->handshake->transcript.hash == HASH_NONE) {
        sslr_hash_init(&fork, hash);
    } else {
        fork = ctx->handshake->transcript.state;
    }
    sslr_hash_update(&fork, header.data, header.length);
    sslr_hash_update(&fork, body.data, body.length);
    sslr_hash_final(&fork, digest);
}

size_t sslr_transcript_digest_length(const SSLContext *ctx)
{
    HashId hash = (HashId)ctx->handshake->transcript.hash;

    return sslr_hash_size(hash) + (hash == HASH_MD5 ? sslr_hash_size(HASH_SHA1) : 0);
}

SSLErr sslr_transcript_retry(SSLContext *ctx, HashId hash)
{
    Transcript *transcript = &ctx->handshake->transcript;
    uint8_t     message[4 + MAX_HASH_SIZE];
    size_t      length = sslr_hash_size(hash);

    message[0] = MSG_MESSAGE_HASH;
    message[1] = message[2] = 0;
    message[3]              = (uint8_t)length;
    sslr_hash(hash, transcript->raw.data, transcript->raw.length, message + 4);
    transcript->raw.length = 0;
    transcript->keep_raw   = 0;
    sslr_transcript_start(ctx, hash);
    return sslr_transcript_add(ctx, bytes_of(message, 4 + length));
}

void sslr_transcript_forget_raw(SSLContext *ctx)
{
    Transcript *transcript = &ctx->handshake->transcript;

    transcript->keep_raw = 0;
    if (transcript->hash != HASH_NONE) {
        sslr_writer_release(&transcript->raw);
    }
}

SSLErr sslr_set_version(SSLContext *ctx, uint16_t version)
{
    size_t i;

    for (i = 0; i < ctx->profile->generation_count; i++) {
        const Protocol *protocol = ctx->profile->generations[i].protocol;

        if (protocol->version == version) {
            ctx->protocol = protocol;
            ctx->version  = version;
            return SSLNoErr;
        }
    }
    return SSLUnsupportedErr;
}
