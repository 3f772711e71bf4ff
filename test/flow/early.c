/*
 * early.c - see early.h.
 */
#include "early.h"

#include "negative.h"

const Scenario early       = {"early", TLS_Version_1_3, 0, 0, IDENTITY_ED25519, EARLY};
const Scenario early_names = {
    "early, names", TLS_Version_1_3, 0, 0, IDENTITY_ED25519, EARLY | WITH_ALPN | WITH_SERVER_NAME};
const Scenario early_sealed = {
    "early, sealed", TLS_Version_1_3, 0, 0, IDENTITY_ED25519, EARLY | WITH_SEALED_TICKETS};

static uint8_t letter(size_t at)
{
    return (uint8_t)(at * 7 + at / 251);
}

void talk_write(Pair *pair, Talk *talk, size_t amount, size_t piece)
{
    uint8_t data[4096];
    uint32  length;
    size_t  i;

    do {
        length = (uint32)(amount - talk->sent < piece ? amount - talk->sent : piece);
        for (i = 0; i < length; i++) {
            data[i] = letter(talk->sent + i);
        }
        talk->write = SSLWriteEarlyData(data, &length, &pair->client.ctx);
        talk->sent += length;
    } while (talk->write == SSLNoErr && talk->sent < amount);
}

int talk_read(Pair *pair, Talk *talk, uint32 room)
{
    uint32 length;

    do {
        length     = room;
        talk->read = SSLReadEarlyData(talk->bytes + talk->received, &length, &pair->server.ctx);
        talk->received += length;
        assert_in_range(talk->received, 0, sizeof(talk->bytes) - room);
    } while (talk->read == SSLNoErr && length > 0);
    return talk->read == SSLNoErr;
}

void talk_finish(Pair *pair, Talk *talk)
{
    int i;

    for (i = 0; i < 10 && !talk_read(pair, talk, 100); i++) {
        pair->client.result = SSLHandshake(&pair->client.ctx);
        if (talk->read != SSLWouldBlockErr) {
            pair->server.result = talk->read;
            return;
        }
    }
    pair_handshake(pair);
}

int early_accepted(Peer *peer)
{
    int answer = -1;

    assert_int_equal(SSLGetEarlyDataStatus(&peer->ctx, &answer), SSLNoErr);
    return answer;
}

int pair_resumed(Pair *pair)
{
    int answer = -1;

    assert_int_equal(SSLGetSessionResumed(&pair->server.ctx, &answer), SSLNoErr);
    return answer;
}

void talk_check(const Talk *talk, size_t amount)
{
    size_t i;

    assert_int_equal(talk->received, amount);
    for (i = 0; i < amount; i++) {
        assert_int_equal(talk->bytes[i], letter(i));
    }
}

static size_t put_u32(uint8_t *at, uint32_t value)
{
    put_u16(at, value >> 16);
    put_u16(at + 2, value & 0xFFFF);
    return 4;
}

void put_name_before_ticket(Peer *evil, EvilMessage *message, uint32_t age)
{
    const Handshake *hs      = evil->ctx.handshake;
    const size_t     binders = 2 + 2 * 33;
    uint8_t          body[400], digest[MAX_HASH_SIZE];
    size_t           at = 2, length;

    assert_in_range(hs->psk_identity.length, 1, 200);
    memset(body, 0, sizeof(body));
    put_u16(body + at, 7);
    memcpy(body + at + 2, "mallory", 7);
    at += 2 + 7;
    at += put_u32(body + at, age);
    put_u16(body + at, hs->psk_identity.length);
    memcpy(body + at + 2, hs->psk_identity.data, hs->psk_identity.length);
    at += 2 + hs->psk_identity.length;
    at += put_u32(body + at, hs->psk_age);
    put_u16(body, at - 2);
    put_u16(body + at, binders - 2);
    body[at + 2] = body[at + 2 + 33] = 32;
    set_extension(message, 1, EXT_PRE_SHARED_KEY, body, at + binders);
    length = message->bytes.length;
    sslr_transcript_peek(&evil->ctx, HASH_SHA256, bytes_of(message->bytes.data, length - binders),
                         bytes_of(NULL, 0), digest);
    sslr_tls13_binder(HASH_SHA256, bytes_of(hs->psk, hs->psk_length), 0, digest,
                      message->bytes.data + length - 32);
}

static SSLErr no_memory(SSLContext *ctx, SSLBuffer token, uint32 window, void *ref)
{
    (void)ctx;
    (void)token;
    (void)window;
    (void)ref;
    return SSLMemoryErr;
}

void replay_fails(Pair *pair)
{
    SSLSetReplayFunc(&pair->server.ctx, no_memory, NULL);
}

void no_resumption(Pair *pair)
{
    SSLSetGetSessionFunc(&pair->server.ctx, NULL);
}
