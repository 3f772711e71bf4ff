/*
 * evil_peer.c - see evil_peer.h: memory, randomness, time, transport and sessions of both peers,
 * and the rows of the evil one.
 */
#include "evil_peer.h"

#include "identities.h"

/* ---- callbacks ---- */

static SSLErr heap_alloc(SSLBuffer *buf, void *ref)
{
    buf->data = (uint8 *)malloc(buf->length);
    if (buf->data == NULL) {
        return SSLMemoryErr;
    }
    if (ref != NULL) {
        ((Heap *)ref)->blocks++;
    }
    return SSLNoErr;
}

static SSLErr heap_free(SSLBuffer *buf, void *ref)
{
    if (buf->data != NULL && ref != NULL) {
        ((Heap *)ref)->blocks--;
    }
    free(buf->data);
    return SSLNoErr;
}

/* The same bytes in every run: a failure can be repeated. */
static SSLErr test_random(SSLBuffer buf, void *ref)
{
    Peer  *peer = (Peer *)ref;
    uint32 i;

    for (i = 0; i < buf.length; i++) {
        uint64_t z = peer->random += 0x9E3779B97F4A7C15u;

        z           = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
        z           = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
        buf.data[i] = (uint8)(z >> 56);
    }
    return SSLNoErr;
}

static SSLErr test_time(uint32 *time, void *ref)
{
    *time = ((Peer *)ref)->now;
    return SSLNoErr;
}

/* One key for ever. */
static SSLErr test_ticket_key(SSLContext *ctx, const uint8 *name, SSLTicketKey *key, int *renew,
                              void *ref)
{
    (void)ctx;
    (void)name;
    (void)ref;
    memset(key, 7, sizeof(*key));
    *renew = 0;
    return SSLNoErr;
}

/* One client for ever. */
static SSLErr test_psk(SSLContext *ctx, SSLBuffer identity, SSLPSK *psk, void *ref)
{
    (void)ctx;
    (void)ref;
    if (identity.length == 5 && memcmp(identity.data, "alice", 5) == 0) {
        memset(psk->key, 7, 32);
        psk->length = 32;
    }
    return SSLNoErr;
}

/* A memory of ClientHellos without an end. */
static SSLErr test_replay(SSLContext *ctx, SSLBuffer token, uint32 window, void *ref)
{
    Peer *peer = (Peer *)ref;
    int   i;

    (void)ctx;
    assert_int_equal(token.length, 32);
    assert_true(peer->token_count < MAX_TOKENS);
    peer->window = window;
    for (i = 0; i < peer->token_count; i++) {
        if (memcmp(peer->tokens[i], token.data, 32) == 0) {
            return SSLBadParameterErr;
        }
    }
    memcpy(peer->tokens[peer->token_count++], token.data, 32);
    return SSLNoErr;
}

static void pipe_write(Pipe *pipe, const void *data, size_t length)
{
    if (pipe->ended) {
        return;
    }
    if (pipe->end + length > pipe->capacity) {
        pipe->capacity = 2 * (pipe->end + length);
        pipe->data     = (uint8_t *)realloc(pipe->data, pipe->capacity);
        assert_non_null(pipe->data);
    }
    if (length > 0) {
        memcpy(pipe->data + pipe->end, data, length);
    }
    pipe->end += length;
}

static SSLErr test_read(SSLBuffer data, uint32 *processed, void *ref)
{
    Pipe  *pipe = ((Peer *)ref)->in;
    size_t take = pipe->end - pipe->start < data.length ? pipe->end - pipe->start : data.length;

    *processed = (uint32)take;
    if (take == 0) {
        return pipe->ended ? SSLConnectionClosedGraceful : SSLWouldBlockErr;
    }
    memcpy(data.data, pipe->data + pipe->start, take);
    pipe->start += take;
    return SSLNoErr;
}

static SSLErr test_write(SSLBuffer data, uint32 *processed, void *ref)
{
    pipe_write(((Peer *)ref)->out, data.data, data.length);
    *processed = data.length;
    return SSLNoErr;
}

/* ---- sessions: one entry a peer ---- */

static uint8_t *copy_of(const void *data, size_t length)
{
    uint8_t *copy = (uint8_t *)malloc(length > 0 ? length : 1);

    assert_non_null(copy);
    memcpy(copy, data, length);
    return copy;
}

static void session_drop(TestSession *session)
{
    free(session->key);
    free(session->data);
    memset(session, 0, sizeof(*session));
}

static void session_copy(TestSession *to, const TestSession *from)
{
    session_drop(to);
    to->key        = copy_of(from->key, from->key_length);
    to->key_length = from->key_length;
    to->data       = copy_of(from->data, from->length);
    to->length     = from->length;
}

static int session_is(const TestSession *session, SSLBuffer key)
{
    return session->key != NULL && session->key_length == key.length &&
           memcmp(session->key, key.data, key.length) == 0;
}

static SSLErr add_session(SSLBuffer key, SSLBuffer data, void *ref)
{
    TestSession session;

    session.key        = key.data;
    session.key_length = key.length;
    session.data       = data.data;
    session.length     = data.length;
    session_copy(&((Peer *)ref)->session, &session);
    return SSLNoErr;
}

static SSLErr get_session(SSLBuffer key, SSLBuffer *data, void *ref)
{
    Peer *peer = (Peer *)ref;

    if (!session_is(&peer->session, key)) {
        return SSLSessionNotFoundErr;
    }
    data->length = (uint32)peer->session.length;
    if (heap_alloc(data, &peer->heap) != SSLNoErr) {
        return SSLMemoryErr;
    }
    memcpy(data->data, peer->session.data, peer->session.length);
    return SSLNoErr;
}

static SSLErr delete_session(SSLBuffer key, void *ref)
{
    Peer *peer = (Peer *)ref;

    if (session_is(&peer->session, key)) {
        session_drop(&peer->session);
    }
    return SSLNoErr;
}

/* ---- identities: made once, shared by all tests ---- */

static SSLBuffer text(const char *string)
{
    SSLBuffer buffer;

    buffer.length = (uint32)strlen(string);
    buffer.data   = (uint8 *)string;
    return buffer;
}

static const SSLAllocator allocator           = {heap_alloc, heap_free, NULL, NULL};
static const char *const  sources[IDENTITIES] = {test_only_ed25519_certificate,
                                                 test_only_certificate, test_only_rsa_certificate};

const SSLIdentity *test_identity(TestIdentity which, int with_status)
{
    static const char *const keys[IDENTITIES] = {test_only_ed25519_private_key,
                                                 test_only_private_key, test_only_rsa_private_key};
    static SSLIdentity      *made[IDENTITIES][2];
    SSLIdentity            **identity = &made[which][with_status != 0];
    SSLIdentitySpec          spec;

    (void)test_only_pin;
    (void)test_only_rsa_pin;
    if (*identity == NULL) {
        memset(&spec, 0, sizeof(spec));
        spec.chain      = text(sources[which]);
        spec.privateKey = text(keys[which]);
        if (with_status) {
            spec.ocspResponse = text("\x30\x03\x0A\x01\x06"); /* status: unauthorized */
        }
        assert_int_equal(SSLCreateIdentity(&allocator, &spec, identity), SSLNoErr);
    }
    return *identity;
}

const SSLTrust *test_trust(TestIdentity which)
{
    static SSLTrust *made[IDENTITIES];
    SSLTrustSpec     spec;

    if (made[which] == NULL) {
        memset(&spec, 0, sizeof(spec));
        spec.anchors = text(sources[which]);
        assert_int_equal(SSLCreateTrust(&allocator, &spec, &made[which], NULL), SSLNoErr);
    }
    return made[which];
}

/* ---- the evil rows ---- */

static const FlowRow *const originals[3] = {sslr_flow_hello, sslr_flow_tls12, sslr_flow_tls13};

static const FlowRow *original_row(const Peer *evil)
{
    const FlowRow *row = evil->ctx.handshake->row;
    size_t         i;

    for (i = 0; i < 3; i++) {
        if (row >= evil->rows[i] && row < evil->rows[i] + MAX_FLOW_ROWS) {
            return &originals[i][row - evil->rows[i]];
        }
    }
    fail_msg("the evil peer lost its table");
    return NULL;
}

static SSLErr call_hook(Peer *evil, EvilPhase phase, EvilMessage *message)
{
    return evil->hook != NULL ? evil->hook(evil, phase, message) : SSLNoErr;
}

static SSLErr build(Peer *evil, EvilMessage *message)
{
    const FlowRow *row = message->row;
    Block          body;
    SSLErr         err;

    sslr_writer_init(&message->bytes, &evil->ctx.allocator);
    if (row->type == MSG_CHANGE_CIPHER_SPEC) {
        return row->write(&evil->ctx, &message->bytes);
    }
    write_u8(&message->bytes, row->type == MSG_HELLO_RETRY_REQUEST ? MSG_SERVER_HELLO : row->type);
    body = open_block(&message->bytes, 3);
    err  = row->write(&evil->ctx, &message->bytes);
    close_block(&message->bytes, body);
    if (err == SSLNoErr && row->type == MSG_CLIENT_HELLO) {
        sslr_write_binders(&evil->ctx, message->bytes.data, message->bytes.length);
    }
    return err != SSLNoErr ? err : writer_status(&message->bytes);
}

static SSLErr add(Peer *evil, const EvilMessage *message)
{
    Bytes bytes = bytes_of(message->bytes.data, message->bytes.length);

    if (message->row->type == MSG_CHANGE_CIPHER_SPEC) {
        evil_content(evil, CONTENT_CHANGE_CIPHER_SPEC, bytes.data, bytes.length);
        return SSLNoErr;
    }
    evil_put(evil, bytes.data, bytes.length);
    return sslr_transcript_add(&evil->ctx, bytes);
}

/* What send_row and finish_row of the walker do, with the hook in between. */
static SSLErr evil_send(SSLContext *ctx)
{
    Peer       *evil = (Peer *)ctx;
    EvilMessage message;
    SSLErr      err;

    memset(&message, 0, sizeof(message));
    message.row         = original_row(evil);
    message.number      = evil->sent++;
    message.send        = 1;
    message.change_keys = 1;
    err                 = build(evil, &message);
    if (err == SSLNoErr) {
        err = call_hook(evil, EVIL_READY, &message);
    }
    if (err == SSLNoErr && message.send) {
        err = add(evil, &message);
    }
    if (err == SSLNoErr) {
        err = call_hook(evil, EVIL_ADDED, &message);
    }
    if (err == SSLNoErr && (message.row->flags & (FLUSH | CHANGES_KEY | LAST)) != 0) {
        err = sslr_seal_flight(ctx);
    }
    if (err == SSLNoErr) {
        err = call_hook(evil, EVIL_SEALED, &message);
    }
    if (err == SSLNoErr && message.change_keys && message.row->then != NULL &&
        (message.row->flags & LAST) == 0) {
        err = message.row->then(ctx);
    }
    if (err == SSLNoErr) {
        err = call_hook(evil, EVIL_DONE, &message);
    }
    sslr_writer_release(&message.bytes);
    return err;
}

static SSLErr evil_decide(SSLContext *ctx)
{
    Peer       *evil = (Peer *)ctx;
    EvilMessage message;
    SSLErr      err;

    memset(&message, 0, sizeof(message));
    message.row = original_row(evil);
    err         = message.row->work(ctx);
    return err == SSLNoErr ? call_hook(evil, EVIL_WORK, &message) : err;
}

static void copy_rows(FlowRow *to, const FlowRow *from, int server)
{
    size_t i = 0;

    do {
        assert_true(i < MAX_FLOW_ROWS);
        to[i] = from[i];
        if (from[i].who == (server ? SERVER : CLIENT)) {
            to[i].who   = server ? SERVER_WORK : CLIENT_WORK;
            to[i].work  = evil_send;
            to[i].write = NULL;
            to[i].name  = NULL;
            if ((from[i].flags & LAST) == 0) {
                to[i].then = NULL;
            }
        } else if (from[i].who == (server ? SERVER_WORK : CLIENT_WORK)) {
            to[i].work = evil_decide;
        }
    } while (from[i++].who != ROW_END);
}

static void make_evil(Peer *evil, int server)
{
    size_t i;

    for (i = 0; i < 3; i++) {
        copy_rows(evil->rows[i], originals[i], server);
    }
    evil->profile            = *evil->ctx.profile;
    evil->profile.first_flow = evil->rows[0];
    assert_in_range(evil->profile.generation_count, 1, MAX_GENERATIONS);
    memcpy(evil->generations, evil->profile.generations,
           evil->profile.generation_count * sizeof(evil->generations[0]));
    for (i = 0; i < evil->profile.generation_count; i++) {
        evil->generations[i].flow =
            evil->generations[i].flow == sslr_flow_tls13 ? evil->rows[2] : evil->rows[1];
    }
    evil->profile.generations = evil->generations;
    evil->ctx.profile         = &evil->profile;
}

/* ---- configuration ---- */

static void peer_init(Peer *peer, const char *name, SSLProtocolSide side, Pipe *in, Pipe *out)
{
    SSLContext *ctx = &peer->ctx;

    memset(peer, 0, sizeof(*peer));
    peer->name   = name;
    peer->in     = in;
    peer->out    = out;
    peer->random = side;
    peer->now    = 1900000000u; /* 2030 */
    SSLInitContext(ctx);
    SSLSetAllocFunc(ctx, heap_alloc);
    SSLSetFreeFunc(ctx, heap_free);
    SSLSetAllocRef(ctx, &peer->heap);
    SSLSetRandomFunc(ctx, test_random);
    SSLSetRandomRef(ctx, peer);
    SSLSetTimeFunc(ctx, test_time);
    SSLSetTimeRef(ctx, peer);
    SSLSetReadFunc(ctx, test_read);
    SSLSetWriteFunc(ctx, test_write);
    SSLSetIORef(ctx, peer);
    SSLSetProtocolSide(ctx, side);
    SSLSetAllowAnyCertificate(ctx, 1);
}

static void set_common(Peer *peer, const Scenario *scenario)
{
    SSLContext *ctx     = &peer->ctx;
    uint16      group   = scenario->group != 0 ? scenario->group : SSL_GROUP_X25519;
    uint16      pair[2] = {SSL_GROUP_SECP256R1, 0};
    SSLBuffer   id      = text("peer"), protocols[2];

    SSLSetProtocolVersionMin(ctx, (SSLProtocolVersion)scenario->version);
    SSLSetProtocolVersionMax(ctx, (SSLProtocolVersion)scenario->version);
    if (scenario->flags & (is_server(ctx) ? WITH_NEWER_SERVER : WITH_NEWER_CLIENT)) {
        SSLSetProtocolVersionMax(ctx, TLS_Version_1_3);
    }
    if (scenario->suite != 0) {
        SSLSetEnabledCiphers(ctx, &scenario->suite, 1);
    }
    pair[1] = group;
    if ((scenario->flags & WITH_RETRY) && !is_server(ctx)) {
        SSLSetEnabledGroups(ctx, pair, 2);
    } else {
        SSLSetEnabledGroups(ctx, &group, 1);
    }
    if (scenario->flags & (WITH_RESUMPTION | WITH_SESSION_STORE)) {
        SSLSetPeerID(ctx, id);
        SSLSetAddSessionFunc(ctx, add_session);
        SSLSetGetSessionFunc(ctx, get_session);
        SSLSetDeleteSessionFunc(ctx, delete_session);
        SSLSetSessionRef(ctx, peer);
    }
    if (scenario->flags & WITH_ALPN) {
        protocols[0] = text("h2");
        protocols[1] = text("http/1.1");
        SSLSetALPNProtocols(ctx, protocols, 2);
    }
    if (scenario->flags & WITH_SIZE_LIMIT) {
        SSLSetRecordSizeLimit(ctx, 512);
    }
    if ((scenario->flags & WITH_SEALED_TICKETS) && is_server(ctx)) {
        SSLSetTicketKeyFunc(ctx, test_ticket_key, NULL);
    }
    if (scenario->flags & WITH_EARLY_DATA) {
        SSLSetMaxEarlyData(ctx, MAX_EARLY);
        SSLSetReplayFunc(ctx, test_replay, peer);
    }
}

static void set_client(Peer *peer, const Scenario *scenario)
{
    static uint8_t  key[32];
    const SSLBuffer psk = {sizeof(key), key};

    memset(key, 7, sizeof(key));
    if (scenario->flags & WITH_PSK) {
        SSLSetPSK(&peer->ctx, text("alice"), psk, SSL_PSKHashSHA256);
    }
    if (scenario->flags & WITH_CLIENT_CERT) {
        SSLAddIdentity(&peer->ctx, test_identity(scenario->identity, 0));
    }
    if (scenario->flags & WITH_STATUS) {
        SSLSetRequestOCSP(&peer->ctx, 1);
    }
    if (scenario->flags & WITH_SERVER_NAME) {
        SSLSetPeerDomainName(&peer->ctx, "ed25519.sslref.test", 19);
    }
    if (scenario->flags & WITH_FRAGMENT_LENGTH) {
        SSLSetMaxFragmentLength(&peer->ctx, 512);
    }
}

static void set_server(Peer *peer, const Scenario *scenario)
{
    SSLAddIdentity(&peer->ctx,
                   test_identity(scenario->identity, (scenario->flags & WITH_STATUS) != 0));
    if (scenario->flags & (WITH_CLIENT_CERT | WITH_EMPTY_CERT)) {
        SSLSetRequestClientCert(&peer->ctx, 1);
    }
    if (scenario->flags & WITH_PSK) {
        SSLSetPSKFunc(&peer->ctx, test_psk, NULL);
        SSLSetPSKHint(&peer->ctx, text("a hint"));
    }
    if (scenario->flags & WITH_REQUIRED_CERT) {
        SSLSetRequireClientCert(&peer->ctx, 1);
    }
    if (scenario->flags & WITH_COOKIE) {
        SSLSetHelloRetryCookie(&peer->ctx, 1);
    }
}

/* The handshake that is to be taken up; its sessions move to the new pair. */
static void prepare_sessions(Pair *pair, const Scenario *scenario)
{
    Scenario first = *scenario;
    Pair    *earlier;

    first.flags = (first.flags & ~(unsigned)WITH_RESUMPTION) | WITH_SESSION_STORE;
    earlier     = pair_open(&first, NOBODY, NULL, NULL);
    pair_handshake(earlier);
    assert_true(pair_is_connected(earlier));
    session_copy(&pair->client.session, &earlier->client.session);
    if (earlier->server.session.key != NULL) { /* sealed tickets leave nothing behind */
        session_copy(&pair->server.session, &earlier->server.session);
    }
    pair_close(earlier);
    pair->client.random ^= 0x1000;
    pair->server.random ^= 0x1000;
}

Pair *pair_open(const Scenario *scenario, EvilSide evil, EvilHook hook, void *plan)
{
    Pair *pair = (Pair *)calloc(1, sizeof(Pair));

    assert_non_null(pair);
    peer_init(&pair->client, "client", SSL_ClientSide, &pair->to_client, &pair->to_server);
    peer_init(&pair->server, "server", SSL_ServerSide, &pair->to_server, &pair->to_client);
    set_common(&pair->client, scenario);
    set_common(&pair->server, scenario);
    set_client(&pair->client, scenario);
    set_server(&pair->server, scenario);
    if (scenario->flags & WITH_RESUMPTION) {
        prepare_sessions(pair, scenario);
    }
    if (evil != NOBODY) {
        pair->evil   = evil == EVIL_CLIENT ? &pair->client : &pair->server;
        pair->honest = evil == EVIL_CLIENT ? &pair->server : &pair->client;
        make_evil(pair->evil, evil == EVIL_SERVER);
        pair->evil->hook = hook;
        pair->evil->plan = plan;
    }
    pair->client.result = pair->server.result = SSLWouldBlockErr;
    return pair;
}

/* ---- running ---- */

static int step(Peer *peer)
{
    size_t read = peer->in->start, written = peer->out->end;

    if (peer->result != SSLWouldBlockErr) {
        return 0;
    }
    peer->result = SSLHandshake(&peer->ctx);
    return peer->result != SSLWouldBlockErr || peer->in->start != read || peer->out->end != written;
}

void pair_handshake(Pair *pair)
{
    int moved;

    do {
        moved = step(&pair->client);
        moved |= step(&pair->server);
    } while (moved);
}

int peer_connected(Peer *peer)
{
    SSLSessionState state;

    SSLGetSessionState(&peer->ctx, &state);
    return peer->result == SSLNoErr && state == SSL_StateConnected;
}

static int carries(Peer *from, Peer *to)
{
    uint8_t data[4] = {0};
    uint32  length  = 4;

    if (SSLWrite("ping", &length, &from->ctx) != SSLNoErr || length != 4) {
        return 0;
    }
    return SSLRead(data, &length, &to->ctx) == SSLNoErr && length == 4 &&
           memcmp(data, "ping", 4) == 0;
}

int pair_is_connected(Pair *pair)
{
    return peer_connected(&pair->client) && peer_connected(&pair->server) &&
           carries(&pair->client, &pair->server) && carries(&pair->server, &pair->client);
}

SSLErr peer_read(Peer *peer)
{
    uint8_t data[64];
    uint32  length = sizeof(data);

    return SSLRead(data, &length, &peer->ctx);
}

uint8_t peer_alert(Peer *peer)
{
    uint8 sent = SSL_NO_ALERT;

    SSLGetAlerts(&peer->ctx, &sent, NULL);
    return sent;
}

void pair_close(Pair *pair)
{
    assert_int_equal(SSLDeleteContext(&pair->client.ctx), SSLNoErr);
    assert_int_equal(SSLDeleteContext(&pair->server.ctx), SSLNoErr);
    assert_int_equal(pair->client.heap.blocks, 0);
    assert_int_equal(pair->server.heap.blocks, 0);
    session_drop(&pair->client.session);
    session_drop(&pair->server.session);
    free(pair->to_client.data);
    free(pair->to_server.data);
    free(pair);
}

/* ---- what an evil peer sends ---- */

void evil_put(Peer *evil, const void *data, size_t length)
{
    Handshake *hs = evil->ctx.handshake;

    if (hs != NULL) {
        write_bytes(&hs->flight, bytes_of(data, length));
    } else {
        evil_content(evil, CONTENT_HANDSHAKE, data, length);
    }
}

void evil_put_message(Peer *evil, uint8_t type, const void *body, size_t length)
{
    uint8_t header[4];

    header[0] = type;
    header[1] = (uint8_t)(length >> 16);
    put_u16(header + 2, length & 0xFFFF);
    if (evil->ctx.handshake != NULL) {
        evil_put(evil, header, sizeof(header));
        evil_put(evil, body, length);
    } else {
        uint8_t *whole = (uint8_t *)malloc(4 + length);

        assert_non_null(whole);
        memcpy(whole, header, 4);
        if (length > 0) {
            memcpy(whole + 4, body, length);
        }
        evil_content(evil, CONTENT_HANDSHAKE, whole, 4 + length);
        free(whole);
    }
}

static void seal(Peer *evil)
{
    if (evil->ctx.handshake != NULL) {
        assert_int_equal(sslr_seal_flight(&evil->ctx), SSLNoErr);
    }
}

void evil_content(Peer *evil, uint8_t type, const void *data, size_t length)
{
    seal(evil);
    assert_int_equal(sslr_queue_content(&evil->ctx, type, bytes_of(data, length)), SSLNoErr);
    evil_flush(evil);
}

void evil_sealed(Peer *evil, uint8_t type, const void *data, size_t length, size_t zeros)
{
    Direction *write   = &evil->ctx.write;
    Config    *config  = &evil->ctx.config;
    uint16_t   padding = config->record_padding, most = config->max_record_size;
    uint16_t   limit = evil->ctx.max_send;
    size_t     prefix, size;
    uint8_t   *record;

    evil_flush(evil);
    assert_non_null(write->protection);
    prefix = write->protection->prefix(write);
    record = (uint8_t *)calloc(1, RECORD_HEADER + 2048 + length + zeros);
    assert_non_null(record);
    memcpy(record + RECORD_HEADER + prefix, data, length);
    record[0] = type;
    put_u16(record + 1, TLS_Version_1_2);
    /* With these the engine pads by as many zeros as are wanted. */
    config->record_padding = config->max_record_size = (uint16_t)(zeros > 0 ? length + zeros : 0);
    evil->ctx.max_send                               = 0;
    assert_int_equal(write->protection->seal(&evil->ctx, write, type, record, length, &size),
                     SSLNoErr);
    config->record_padding  = padding;
    config->max_record_size = most;
    evil->ctx.max_send      = limit;
    pipe_write(evil->out, record, size);
    free(record);
}

void evil_wire(Peer *evil, const void *data, size_t length)
{
    evil_flush(evil);
    pipe_write(evil->out, data, length);
}

void evil_clear(Peer *evil, uint8_t type, uint16_t version, const void *data, size_t length)
{
    uint8_t header[RECORD_HEADER];

    header[0] = type;
    put_u16(header + 1, version);
    put_u16(header + 3, length);
    evil_wire(evil, header, sizeof(header));
    evil_wire(evil, data, length);
}

void evil_flush(Peer *evil)
{
    seal(evil);
    assert_int_equal(sslr_drain(&evil->ctx), SSLNoErr);
}

void evil_end(Peer *evil)
{
    evil_flush(evil);
    evil->out->ended = 1;
}

void message_set(EvilMessage *message, const void *data, size_t length)
{
    uint8_t *copy = copy_of(data, length);

    message->bytes.length = 0;
    write_bytes(&message->bytes, bytes_of(copy, length));
    free(copy);
}
