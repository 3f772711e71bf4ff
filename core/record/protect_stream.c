/*
 * protect_stream.c - records under a stream cipher (RC4) or none at all, with a MAC behind the
 * content: SSL 3.0 to TLS 1.2 (RFC 5246 6.2.3.1). Off until a suite is named.
 */
#include "record.h"

static size_t stream_prefix(const Direction *direction)
{
    (void)direction;
    return 0;
}

static size_t stream_expansion(const Direction *direction)
{
    return sslr_mac_size(direction);
}

static void run(Direction *direction, uint8_t *data, size_t length)
{
    if (direction->suite->cipher != CIPHER_NONE) {
        sslr_cipher_run(((MacState *)direction->state)->cipher, data, length);
    }
}

static SSLErr stream_seal(SSLContext *ctx, Direction *write, uint8_t type, uint8_t *record,
                          size_t content_length, size_t *length)
{
    uint8_t *content = record + RECORD_HEADER;
    size_t   total   = content_length + sslr_mac_size(write);

    sslr_record_mac(ctx, write, type, bytes_of(content, content_length), content + content_length);
    run(write, content, total);
    put_u16(record + 3, total);
    *length = RECORD_HEADER + total;
    write->sequence++;
    return SSLNoErr;
}

static SSLErr stream_open(SSLContext *ctx, Direction *read, Incoming *in)
{
    size_t  mac = sslr_mac_size(read);
    uint8_t expected[MAX_HASH_SIZE];

    if (in->have >= mac) {
        run(read, in->buffer, in->have);
        in->left = in->have - mac;
        sslr_record_mac(ctx, read, in->type, bytes_of(in->buffer, in->left), expected);
    }
    if (in->have < mac || !ct_memory_equal(expected, in->buffer + in->left, mac)) {
        return sslr_fail(ctx, ALERT_BAD_RECORD_MAC, SSLProtocolErr,
                         "the record does not authenticate");
    }
    read->sequence++;
    return SSLNoErr;
}

const Protection sslr_protection_stream = {.name          = "stream",
                                           .max_expansion = 2048,
                                           .prefix        = stream_prefix,
                                           .expansion     = stream_expansion,
                                           .seal          = stream_seal,
                                           .open          = stream_open};
