/*
 * test_post_auth.c - a client's certificate behind a TLS 1.3 handshake (RFC 8446 4.6.2): with data
 * before, between and behind, with new keys between, more than once; and the lies that can be told.
 */
#include "evil_peer.h"

static const Scenario plain  = {"TLS 1.3", TLS_Version_1_3, 0, 0, IDENTITY_P256, 0};
static const Scenario retry  = {"TLS 1.3, retry", TLS_Version_1_3, 0, 0, IDENTITY_P256, WITH_RETRY};
static const Scenario before = {
    "TLS 1.3, with a certificate", TLS_Version_1_3, 0, 0, IDENTITY_RSA, WITH_CLIENT_CERT};
static const Scenario resumed = {
    "TLS 1.3, resumed", TLS_Version_1_3, 0, 0, IDENTITY_P256, WITH_RESUMPTION | WITH_SESSION_STORE};
static const Scenario older = {"TLS 1.2", TLS_Version_1_2, 0, 0, IDENTITY_ED25519, 0};

static Pair *connect_pair(const Scenario *scenario, EvilSide evil, EvilHook hook, void *plan,
                          int with_identity)
{
    Pair *pair = pair_open(scenario, evil, hook, plan);

    assert_int_equal(SSLSetPostHandshakeAuth(&pair->client.ctx, 1), SSLNoErr);
    if (with_identity) {
        (void)SSLAddIdentity(&pair->client.ctx, test_identity(IDENTITY_ED25519, 0));
        assert_int_equal(SSLSetTrust(&pair->server.ctx, test_trust(IDENTITY_ED25519)), SSLNoErr);
    }
    pair_handshake(pair);
    assert_true(peer_connected(&pair->client));
    assert_true(peer_connected(&pair->server));
    return pair;
}

static int certificates(Peer *peer)
{
    int count;

    assert_int_equal(SSLGetPeerCertificateChainLength(&peer->ctx, &count), SSLNoErr);
    return count;
}

static int is_running(Peer *peer)
{
    int running;

    assert_int_equal(SSLGetHandshakeRunning(&peer->ctx, &running), SSLNoErr);
    return running;
}

static void carry(Peer *from, Peer *to)
{
    uint8_t data[8] = {0};
    uint32  length  = 4;

    assert_int_equal(SSLWrite("ping", &length, &from->ctx), SSLNoErr);
    length = sizeof(data);
    assert_int_equal(SSLRead(data, &length, &to->ctx), SSLNoErr);
    assert_int_equal(length, 4);
    assert_memory_equal(data, "ping", 4);
}

static void ask(Pair *pair, int require)
{
    assert_int_equal(SSLRequestClientCertificate(&pair->server.ctx, require), SSLNoErr);
    assert_int_equal(SSLRequestClientCertificate(&pair->server.ctx, require), SSLBadStateErr);
    assert_int_equal(is_running(&pair->server), 1);
    assert_int_equal(SSLHandshake(&pair->server.ctx), SSLNoErr);
    assert_int_equal(SSLRequestClientCertificate(&pair->server.ctx, require), SSLBadStateErr);
}

/* ---- what works ---- */

static void data_goes_on(void **unused)
{
    const Scenario *const scenarios[] = {&plain, &retry, &resumed};
    size_t                i;
    int                   round;

    (void)unused;
    for (i = 0; i < 3; i++) {
        Pair *pair = connect_pair(scenarios[i], NOBODY, NULL, NULL, 1);

        assert_int_equal(certificates(&pair->server), 0);
        for (round = 0; round < 3; round++) {
            carry(&pair->client, &pair->server);
            ask(pair, 1);
            carry(&pair->client, &pair->server); /* has not seen it */
            assert_int_equal(is_running(&pair->server), 1);
            if (round == 1) {
                assert_int_equal(SSLKeyUpdate(&pair->client.ctx, 1), SSLNoErr);
                assert_int_equal(SSLKeyUpdate(&pair->server.ctx, 1), SSLNoErr);
                carry(&pair->client, &pair->server);
            }
            carry(&pair->server, &pair->client); /* and in it the answer */
            assert_int_equal(peer_read(&pair->server), SSLWouldBlockErr);
            assert_int_equal(is_running(&pair->server), 0);
            assert_int_equal(certificates(&pair->server), 1);
            carry(&pair->client, &pair->server);
            carry(&pair->server, &pair->client);
        }
        pair_close(pair);
    }
}

/* A person chooses; meanwhile the connection lives, and its keys reach their limit. */
static int undecided;

static SSLErr choose_slowly(SSLContext *ctx, const SSLIdentity **identity, void *ref)
{
    (void)ctx;
    (void)ref;
    if (identity == NULL) {
        return SSLNoErr;
    }
    *identity = undecided ? NULL : test_identity(IDENTITY_ED25519, 0);
    return undecided ? SSLWouldBlockErr : SSLNoErr;
}

static void data_while_an_identity_is_chosen(void **unused)
{
    Pair *pair = connect_pair(&plain, NOBODY, NULL, NULL, 1);
    int   round;

    (void)unused;
    assert_int_equal(SSLSetIdentityFunc(&pair->client.ctx, choose_slowly, NULL), SSLNoErr);
    ask(pair, 1);
    undecided = 1;
    for (round = 0; round < 4; round++) {
        assert_int_equal(peer_read(&pair->client), SSLWouldBlockErr);
        if (round == 2) {
            pair->client.ctx.write.record_limit = pair->client.ctx.write.sequence;
        }
        carry(&pair->client, &pair->server);
        carry(&pair->server, &pair->client);
        assert_int_equal(is_running(&pair->server), 1);
    }
    assert_true(pair->client.ctx.write.sequence < 4); /* those keys are new */
    undecided = 0;
    carry(&pair->client, &pair->server);
    assert_int_equal(is_running(&pair->server), 0);
    assert_int_equal(certificates(&pair->server), 1);
    carry(&pair->server, &pair->client);
    pair_close(pair);
}

static void another_certificate_takes_the_place_of_the_first(void **unused)
{
    Pair *pair = connect_pair(&before, NOBODY, NULL, NULL, 0);

    (void)unused;
    assert_int_equal(certificates(&pair->server), 1);
    ask(pair, 0);
    assert_int_equal(peer_read(&pair->client), SSLWouldBlockErr);
    assert_int_equal(peer_read(&pair->server), SSLWouldBlockErr);
    assert_int_equal(certificates(&pair->server), 1);
    pair_close(pair);
}

static void a_client_without_a_certificate(void **unused)
{
    Pair *pair = connect_pair(&plain, NOBODY, NULL, NULL, 0);

    (void)unused;
    ask(pair, 0);
    assert_int_equal(peer_read(&pair->client), SSLWouldBlockErr);
    assert_int_equal(peer_read(&pair->server), SSLWouldBlockErr);
    assert_int_equal(is_running(&pair->server), 0);
    assert_int_equal(certificates(&pair->server), 0);
    ask(pair, 1);
    assert_int_equal(peer_read(&pair->client), SSLWouldBlockErr);
    assert_int_equal(peer_read(&pair->server), SSLPeerCertRequiredErr);
    assert_int_equal(peer_alert(&pair->server), ALERT_CERTIFICATE_REQUIRED);
    pair_close(pair);
}

static void where_it_cannot_be(void **unused)
{
    Pair *pair = pair_open(&plain, NOBODY, NULL, NULL);

    (void)unused;
    assert_int_equal(SSLRequestClientCertificate(&pair->server.ctx, 0), SSLBadStateErr);
    pair_handshake(pair); /* the client has not offered it */
    assert_int_equal(SSLRequestClientCertificate(&pair->server.ctx, 0), SSLUnsupportedErr);
    assert_int_equal(SSLRequestClientCertificate(&pair->client.ctx, 0), SSLBadStateErr);
    assert_int_equal(SSLSetPostHandshakeAuth(&pair->client.ctx, 1), SSLBadStateErr);
    pair_close(pair);

    pair = connect_pair(&plain, NOBODY, NULL, NULL, 1);
    assert_int_equal(SSLCloseWrite(&pair->client.ctx), SSLNoErr); /* it could not answer */
    assert_int_equal(peer_read(&pair->server), SSLConnectionClosedGraceful);
    assert_true(peer_connected(&pair->server));
    assert_int_equal(SSLRequestClientCertificate(&pair->server.ctx, 0), SSLBadStateErr);
    assert_int_equal(is_running(&pair->server), 0);
    carry(&pair->server, &pair->client);
    pair_close(pair);

    pair = connect_pair(&older, NOBODY, NULL, NULL, 1);
    assert_int_equal(SSLRequestClientCertificate(&pair->server.ctx, 0), SSLUnsupportedErr);
    pair_close(pair);
}

/* ---- lies ---- */

/* The server's own requests are honest; what the evil client sends is under its keys. */
static void lie(const Scenario *scenario, int asked, uint8_t type, const void *body, size_t length,
                uint8_t alert)
{
    Pair *pair = connect_pair(scenario, EVIL_CLIENT, NULL, NULL, 1);

    if (asked) {
        ask(pair, 0);
    }
    evil_put_message(pair->evil, type, body, length);
    evil_flush(pair->evil);
    (void)peer_read(&pair->server);
    if (peer_alert(&pair->server) != alert) {
        fail_msg("message %u of %lu bytes, %s: alert %u, not %u", type, (unsigned long)length,
                 asked ? "asked for" : "not asked for", peer_alert(&pair->server), alert);
    }
    pair_close(pair);
}

static void lies_of_a_client(void **unused)
{
    static const uint8_t other[17 + 3] = {16, 1, 2, 3};

    (void)unused;
    lie(&plain, 0, MSG_CERTIFICATE, other, sizeof(other), ALERT_UNEXPECTED_MESSAGE);
    lie(&plain, 1, MSG_CERTIFICATE, other, sizeof(other), ALERT_ILLEGAL_PARAMETER);
    lie(&plain, 1, MSG_CERTIFICATE, "\0\0\0\0", 4, ALERT_ILLEGAL_PARAMETER);
    lie(&plain, 1, MSG_CERTIFICATE, other, 5, ALERT_ILLEGAL_PARAMETER);
    lie(&plain, 1, MSG_CERTIFICATE_VERIFY, other, 8, ALERT_UNEXPECTED_MESSAGE);
    lie(&plain, 1, MSG_FINISHED, other, 20, ALERT_UNEXPECTED_MESSAGE);
}

/* Messages of the honest answer, changed on their way. */
typedef struct Change {
    uint8_t type;
    uint8_t alert;
    int     drop; /* else a bit flips at the end */
} Change;

static SSLErr change_answer(SSLContext *ctx, Pair *pair, const Change *change)
{
    Handshake *hs = ctx->handshake;
    uint8_t   *bytes;
    size_t     at = 0, length;

    (void)pair;
    bytes  = hs->flight.data;
    length = hs->flight.length;
    while (at + 4 <= length) {
        size_t whole =
            4 + ((size_t)bytes[at + 1] << 16 | (size_t)bytes[at + 2] << 8 | bytes[at + 3]);

        if (bytes[at] == change->type && change->drop) {
            memmove(bytes + at, bytes + at + whole, length - at - whole);
            hs->flight.length -= whole;
            return SSLNoErr;
        }
        if (bytes[at] == change->type) {
            bytes[at + whole - 1] ^= 1;
        }
        at += whole;
    }
    return SSLNoErr;
}

/* The client's flow, step by step as the walker does it, so that its flight can be changed. */
static void answers_that_were_changed(void **unused)
{
    static const Change changes[] = {
        {MSG_CERTIFICATE_VERIFY, ALERT_DECRYPT_ERROR, 0},
        {MSG_FINISHED, ALERT_DECRYPT_ERROR, 0},
        {MSG_CERTIFICATE_VERIFY, ALERT_UNEXPECTED_MESSAGE, 1},
        {MSG_CERTIFICATE, ALERT_UNEXPECTED_MESSAGE, 1},
    };
    size_t i;

    (void)unused;
    for (i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
        Pair       *pair = connect_pair(&plain, NOBODY, NULL, NULL, 1);
        SSLContext *ctx  = &pair->client.ctx;
        FlowRow     rows[8]; /* the Finished is not sealed yet */
        SSLErr      err;
        size_t      j;

        ask(pair, 0);
        for (j = 0; sslr_flow_post_auth[j].who != ROW_END; j++) {
            rows[j]      = sslr_flow_post_auth[j];
            rows[j].then = NULL;
        }
        rows[j] = sslr_flow_post_auth[j];
        /* Receive the request, then walk the rows of our own. */
        assert_int_equal(sslr_read_record(ctx), SSLNoErr);
        {
            int available = 0;

            assert_int_equal(sslr_frame_message(ctx, &available), SSLNoErr);
            assert_true(available);
        }
        assert_int_equal(sslr_post_handshake(ctx, &ctx->framing.message), SSLNoErr);
        ctx->handshake->table = ctx->handshake->row = rows;
        assert_int_equal(sslr_walk(ctx, &err), WALK_DONE);
        assert_int_equal(change_answer(ctx, pair, &changes[i]), SSLNoErr);
        assert_int_equal(sslr_seal_flight(ctx), SSLNoErr);
        assert_int_equal(sslr_handshake_done(ctx), SSLNoErr);
        assert_int_equal(SSLServiceWriteQueue(ctx), SSLNoErr);
        (void)peer_read(&pair->server);
        if (peer_alert(&pair->server) != changes[i].alert) {
            fail_msg("change %lu: alert %u", (unsigned long)i, peer_alert(&pair->server));
        }
        pair_close(pair);
    }
}

static void lie_to_a_client(int offered, const void *body, size_t length, uint8_t alert)
{
    Pair *pair = pair_open(&plain, EVIL_SERVER, NULL, NULL);

    assert_int_equal(SSLSetPostHandshakeAuth(&pair->client.ctx, offered), SSLNoErr);
    pair_handshake(pair);
    evil_put_message(pair->evil, MSG_CERTIFICATE_REQUEST, body, length);
    evil_flush(pair->evil);
    (void)peer_read(&pair->client);
    if (peer_alert(&pair->client) != alert) {
        fail_msg("request of %lu bytes, %s: alert %u, not %u", (unsigned long)length,
                 offered ? "offered" : "not offered", peer_alert(&pair->client), alert);
    }
    pair_close(pair);
}

static void lies_of_a_server(void **unused)
{
    static const uint8_t good[] = {1, 9, 0, 8, 0, 13, 0, 4, 0, 2, 8, 7};

    (void)unused;
    lie_to_a_client(1, good, sizeof(good), SSL_NO_ALERT);
    lie_to_a_client(0, good, sizeof(good), ALERT_UNEXPECTED_MESSAGE);
    lie_to_a_client(1, "\0\0\10\0\15\0\4\0\2\10\7", 11, ALERT_ILLEGAL_PARAMETER); /* no context */
    lie_to_a_client(1, "\1\11\0\0", 4, ALERT_MISSING_EXTENSION);
    lie_to_a_client(1, "\1\11", 2, ALERT_DECODE_ERROR);
    lie_to_a_client(1, good, sizeof(good) - 1, ALERT_DECODE_ERROR);
}

/* A server must not make a client sign for ever. */
static void requests_are_limited(void **unused)
{
    Pair *pair = connect_pair(&plain, NOBODY, NULL, NULL, 0);
    int   i;

    (void)unused;
    for (i = 0; i < 100; i++) {
        ask(pair, 0);
        assert_int_equal(peer_read(&pair->client), SSLWouldBlockErr);
        assert_int_equal(peer_read(&pair->server), SSLWouldBlockErr);
    }
    ask(pair, 0);
    assert_int_equal(peer_read(&pair->client), SSLProtocolErr);
    pair_close(pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(data_goes_on),
        cmocka_unit_test(data_while_an_identity_is_chosen),
        cmocka_unit_test(another_certificate_takes_the_place_of_the_first),
        cmocka_unit_test(a_client_without_a_certificate),
        cmocka_unit_test(where_it_cannot_be),
        cmocka_unit_test(lies_of_a_client),
        cmocka_unit_test(answers_that_were_changed),
        cmocka_unit_test(lies_of_a_server),
        cmocka_unit_test(requests_are_limited),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
