/*
 * records.c - records of SSL 2.0 (protocol/ssl2.md section 2): two or three bytes of header, MD5 in
 * front of the data, the padding counted in the header. The sequence numbers count every record of
 * the connection.
 */
#include "ssl2.h"

#define LENGTH_2_BYTES 0x80

static size_t block_of(const Direction *direction)
{
    return sslr_cipher_block_size((CipherId)((const CipherSuite *)direction->suite)->cipher);
}

static void compute_mac(const Direction *direction, size_t key_size, Bytes data,
                        uint8_t mac[SSL2_MAC])
{
    const Ssl2Direction *state = (const Ssl2Direction *)direction->state;
    uint8_t              sequence[8];
    HashState            hash;

    put_u64(sequence, direction->sequence);
    sslr_hash_init(&hash, HASH_MD5);
    sslr_hash_update(&hash, state->secret, key_size);
    sslr_hash_update(&hash, data.data, data.length);
    sslr_hash_update(&hash, sequence + 4, 4);
    sslr_hash_final(&hash, mac);
}

static size_t key_size_of(const Direction *direction)
{
    return sslr_cipher_key_size((CipherId)direction->suite->cipher);
}

/* ---- out ---- */

static SSLErr queue_one(SSLContext *ctx, Bytes content)
{
    Direction *write = &ctx->write;
    int        clear = write->state == NULL;
    size_t     mac = clear ? 0 : SSL2_MAC, padding = 0, header = 2, body;
    uint8_t   *record;
    SSLErr     err;

    if (!clear && block_of(write) > 1) {
        padding = (block_of(write) - (mac + content.length) % block_of(write)) % block_of(write);
        header  = padding > 0 ? 3 : 2;
    }
    body = mac + content.length + padding;
    err  = sslr_queue_space(ctx, header + body, &record);
    if (err != SSLNoErr) {
        return err;
    }
    if (header == 2) {
        put_u16(record, body | 0x8000);
    } else {
        put_u16(record, body);
        record[2] = (uint8_t)padding;
    }
    record += header;
    memcpy(record + mac, content.data, content.length);
    memset(record + mac + content.length, 0, padding);
    if (!clear) {
        compute_mac(write, key_size_of(write), bytes_of(record + mac, content.length + padding),
                    record);
        sslr_cipher_run(((Ssl2Direction *)write->state)->cipher, record, body);
    }
    write->sequence++;
    return SSLNoErr;
}

SSLErr sslr_ssl2_queue(SSLContext *ctx, Bytes content)
{
    size_t most = sslr_max_fragment(ctx) - SSL2_OVERHEAD;
    SSLErr err  = SSLNoErr;

    while (err == SSLNoErr && content.length > 0) {
        Bytes part = bytes_of(content.data, content.length < most ? content.length : most);

        err     = queue_one(ctx, part);
        content = bytes_of(content.data + part.length, content.length - part.length);
    }
    return err;
}

SSLErr sslr_ssl2_queue_error(SSLContext *ctx, uint16_t code)
{
    uint8_t message[3];

    message[0] = 0;
    put_u16(message + 1, code);
    return queue_one(ctx, bytes_of(message, sizeof(message)));
}

/* ---- in ---- */

static SSLErr bad(SSLContext *ctx, const char *rule)
{
    return sslr_fail(ctx, SSL_NO_ALERT, SSLProtocolErr, rule);
}

static SSLErr open_record(SSLContext *ctx, Incoming *in, size_t padding)
{
    Direction *read = &ctx->read;
    uint8_t    expected[SSL2_MAC];
    size_t     block;

    in->content = in->buffer;
    in->left    = in->have;
    if (read->state != NULL) {
        block = block_of(read);
        if (in->have < SSL2_MAC + padding || in->have % block != 0 ||
            padding >= (block > 1 ? 8u : 1u)) {
            return bad(ctx, "the record's length or padding is wrong");
        }
        sslr_cipher_run(((Ssl2Direction *)read->state)->cipher, in->buffer, in->have);
        compute_mac(read, key_size_of(read), bytes_of(in->buffer + SSL2_MAC, in->have - SSL2_MAC),
                    expected);
        if (!ct_memory_equal(expected, in->buffer, SSL2_MAC)) {
            return bad(ctx, "the record does not authenticate");
        }
        in->content += SSL2_MAC;
        in->left -= SSL2_MAC + padding;
    } else if (padding != 0) {
        return bad(ctx, "a record in clear has padding");
    }
    read->sequence++;
    if (ctx->handshake == NULL) {
        in->type = CONTENT_APPLICATION_DATA;
    } else if (in->left == 0) {
        return bad(ctx, "the record is empty");
    } else {
        in->type = CONTENT_VERSION_2;
    }
    in->opened = 1;
    return SSLNoErr;
}

SSLErr sslr_ssl2_read_record(SSLContext *ctx)
{
    Incoming *in = &ctx->incoming;
    size_t    length, header, have = in->header_have;
    void     *block;
    SSLErr    err = sslr_gather(ctx, in->header, &have, 2);

    in->header_have = (uint8_t)have;
    if (err != SSLNoErr) {
        return err;
    }
    header          = (in->header[0] & LENGTH_2_BYTES) != 0 ? 2 : 3;
    err             = sslr_gather(ctx, in->header, &have, header);
    in->header_have = (uint8_t)have;
    if (err != SSLNoErr) {
        return err;
    }
    length = get_u16(in->header) & (header == 2 ? 0x7FFF : 0x3FFF);
    if (header == 3 && (in->header[0] & 0x40) != 0) {
        return bad(ctx, "the record has a security escape, which means nothing");
    }
    if (in->buffer == NULL) {
        if (length == 0) {
            return bad(ctx, "the record is empty");
        }
        err = sslr_allocate(&ctx->allocator, length, &block);
        if (err != SSLNoErr) {
            return err;
        }
        in->buffer   = (uint8_t *)block;
        in->capacity = length;
    }
    err = sslr_gather(ctx, in->buffer, &in->have, length);
    return err != SSLNoErr ? err : open_record(ctx, in, header == 3 ? in->header[2] : 0);
}
