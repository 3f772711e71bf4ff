/*
 * early.c - see early.h.
 */
#include "early.h"

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
