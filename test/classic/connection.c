/*
 * connection.c - see connection.h: callbacks, set-up, running. Credentials are in credentials.c.
 */
#include "connection.h"

#define GUARD     32
#define GUARD_BYT 0xC7
#define PREFIX    16 /* in front of a context: whose it is */
#define ROUNDS    400

int is_thorough(void)
{
    const char *value = getenv("SSLREF_THOROUGH");

    return value != NULL && value[0] == '1';
}

/* ---- faults ---- */

/* Counts the call; not 0: it shall return fault_code at once. */
static int strikes(End *end, CallKind kind)
{
    unsigned index = end->calls[kind]++;

    return end->fault_times > 0 && end->fault_kind == kind && index >= end->fault_first &&
           index - end->fault_first < end->fault_times;
}

/* ---- memory: the length stands in front of the block ---- */

static SSLErr end_alloc(SSLBuffer *buffer, void *ref)
{
    End     *end = ref;
    uint8_t *block;

    buffer->data = NULL;
    if (strikes(end, CALL_ALLOC)) {
        return end->fault_code;
    }
    assert_true(buffer->length > 0);
    block = malloc(PREFIX + buffer->length);
    assert_non_null(block);
    memcpy(block, &buffer->length, sizeof(buffer->length));
    memset(block + PREFIX, 0xA5, buffer->length);
    buffer->data = block + PREFIX;
    end->live++;
    return SSLNoErr;
}

static SSLErr end_free(SSLBuffer *buffer, void *ref)
{
    End     *end = ref;
    uint8_t *block;
    uint32   length, i;

    if (buffer->data == NULL) {
        return SSLNoErr;
    }
    block = buffer->data - PREFIX;
    memcpy(&length, block, sizeof(length));
    for (i = 0; i < length; i++) {
        if (buffer->data[i] != 0) {
            end->unwiped++;
            break;
        }
    }
    end->live--;
    free(block);
    return SSLNoErr;
}

/* ---- chance and time ---- */

static SSLErr end_random(SSLBuffer buffer, void *ref)
{
    End   *end = ref;
    uint32 i;

    if (strikes(end, CALL_RANDOM)) {
        return end->fault_code;
    }
    for (i = 0; i < buffer.length; i++) {
        uint64_t z = end->random += 0x9E3779B97F4A7C15u;

        z              = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
        z              = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
        buffer.data[i] = (uint8)(z >> 56);
    }
    return SSLNoErr;
}

static SSLErr end_time(uint32 *time, void *ref)
{
    (void)ref;
    *time = 1800000000;
    return SSLNoErr;
}

/* ---- transport ---- */

void wire_put(Wire *wire, const void *data, size_t length)
{
    if (wire->length + length > wire->capacity) {
        wire->capacity = 2 * (wire->length + length);
        wire->data     = realloc(wire->data, wire->capacity);
        assert_non_null(wire->data);
    }
    if (length > 0) {
        memcpy(wire->data + wire->length, data, length);
    }
    wire->length += length;
}

static SSLErr end_write(SSLBuffer data, uint32 *processed, void *ref)
{
    End   *end    = ref;
    size_t amount = data.length;

    assert_true(data.length > 0);
    if (strikes(end, CALL_WRITE)) {
        return end->fault_code;
    }
    if (end->write_chunk != 0 && amount > end->write_chunk) {
        amount = end->write_chunk;
    }
    if (end->write_room != 0 && amount > end->write_room - end->out->length) {
        amount = end->write_room - end->out->length;
    }
    wire_put(end->out, data.data, amount);
    *processed = (uint32)amount;
    return amount == data.length ? SSLNoErr : SSLWouldBlockErr;
}

static SSLErr end_read_callback(SSLBuffer data, uint32 *processed, void *ref)
{
    End   *end  = ref;
    Wire  *wire = end->in;
    size_t last = wire->cut_with != SSLNoErr && wire->cut < wire->length ? wire->cut : wire->length;
    size_t amount = last - wire->taken;

    assert_true(data.length > 0);
    if (strikes(end, CALL_READ)) {
        return end->fault_code;
    }
    amount = amount < data.length ? amount : data.length;
    if (end->read_chunk != 0 && amount > end->read_chunk) {
        amount = end->read_chunk;
    }
    if (amount > 0) {
        memcpy(data.data, wire->data + wire->taken, amount);
    }
    wire->taken += amount;
    *processed = (uint32)amount;
    if (amount == 0 && wire->cut_with != SSLNoErr && wire->taken >= wire->cut) {
        return wire->cut_with;
    }
    return amount == data.length ? SSLNoErr : SSLWouldBlockErr;
}

/* ---- sessions ---- */

static int is_stored(const Store *store, SSLBuffer key)
{
    return store->present && store->key_length == key.length &&
           memcmp(store->key, key.data, key.length) == 0;
}

static SSLErr end_add_session(SSLBuffer key, SSLBuffer data, void *ref)
{
    Store *store = ((End *)ref)->store;

    store->adds++;
    assert_true(key.length <= sizeof(store->key) && data.length <= sizeof(store->data));
    memcpy(store->key, key.data, key.length);
    memcpy(store->data, data.data, data.length);
    store->key_length  = key.length;
    store->data_length = data.length;
    store->present     = 1;
    return SSLUnknownErr; /* ignored */
}

static SSLErr end_get_session(SSLBuffer key, SSLBuffer *data, void *ref)
{
    End   *end   = ref;
    Store *store = end->store;

    if (data == NULL) {
        return SSLNoErr; /* cancelled */
    }
    store->gets++;
    if (strikes(end, CALL_GET_SESSION)) {
        return end->fault_code;
    }
    if (!is_stored(store, key)) {
        return SSLSessionNotFoundErr;
    }
    data->length = (uint32)store->data_length;
    data->data   = malloc(PREFIX + store->data_length);
    assert_non_null(data->data);
    memcpy(data->data, &data->length, sizeof(data->length));
    data->data += PREFIX;
    memcpy(data->data, store->data, store->data_length);
    end->live++;
    return SSLNoErr;
}

static SSLErr end_delete_session(SSLBuffer key, void *ref)
{
    Store *store = ((End *)ref)->store;

    store->deletes++;
    if (is_stored(store, key)) {
        store->present = 0;
    }
    return SSLUnknownErr; /* ignored */
}

/* ---- decisions ---- */

static SSLErr end_check(int count, SSLBuffer *certificates, void *ref)
{
    End *end = ref;

    if (count == 0) {
        return SSLNoErr; /* cancelled */
    }
    if (strikes(end, CALL_CHECK)) {
        return end->fault_code;
    }
    end->check_calls++;
    end->check_count = count;
    end->check_first = certificates[0];
    return end->check_answer;
}

static void end_key_log(SSLContext *ctx, const char *line, void *ref)
{
    End *end = ref;

    (void)ctx;
    snprintf(end->secret_line, sizeof(end->secret_line), "%s", line);
}

static SSLErr fill(void *ref, uint8_t *out, size_t length)
{
    return end_random(buffer_of(out, length), ref);
}

/* The key lies in the identity of the same name that has it. */
static SSLErr use_key(SSLContext *ctx, const SSLPrivateKeyRequest *request, SSLBuffer *output,
                      void *ref)
{
    const SSLIdentity   *identity = ref;
    const RsaPrivateKey *key      = &identity->key.rsa;
    End                 *end;
    CryptoRandom         random;
    SSLErr               err;

    memcpy(&end, (uint8_t *)ctx - PREFIX, sizeof(end));
    if (request->operation == SSL_PrivateKeyCancel) {
        return SSLNoErr;
    }
    if (strikes(end, CALL_KEY)) {
        return end->fault_code;
    }
    random.fill = fill;
    random.ref  = end;
    if (request->operation == SSL_PrivateKeyDecrypt) {
        err = sslr_rsa_private(key, &random, request->input.data, request->input.length,
                               output->data);
    } else {
        HashId hash = request->scheme == SSL_SIG_RSA_PKCS1_MD5        ? HASH_MD5
                      : request->scheme == SSL_SIG_RSA_PKCS1_MD5_SHA1 ? HASH_NONE
                                                                      : HASH_SHA256;

        err = sslr_rsa_sign_pkcs1(key, &random, hash, request->input.data, request->input.length,
                                  output->data);
    }
    output->length = (uint32)key->n.length;
    return err;
}

static const SSLIdentity *identity_behind_callback(Credential credential)
{
    static SSLIdentity copies[CREDENTIALS];

    copies[credential]          = *identity_of(credential);
    copies[credential].key.type = KEY_NONE;
    copies[credential].key_func = use_key;
    copies[credential].key_ref  = (void *)identity_of(credential);
    return &copies[credential];
}

static SSLErr overlook(SSLContext *ctx, int cancelled, void *ref)
{
    (void)ref;
    if (!cancelled) {
        ctx->handshake->hello.encrypt_then_mac = 0;
    }
    return SSLNoErr;
}

/* ---- opening ---- */

static void set_callbacks(End *end)
{
    SSLContext *ctx = end->ctx;

    SSLSetAllocFunc(ctx, end_alloc);
    SSLSetFreeFunc(ctx, end_free);
    SSLSetAllocRef(ctx, end);
    SSLSetRandomFunc(ctx, end_random);
    SSLSetRandomRef(ctx, end);
    SSLSetTimeFunc(ctx, end_time);
    SSLSetTimeRef(ctx, end);
    SSLSetReadFunc(ctx, end_read_callback);
    SSLSetWriteFunc(ctx, end_write);
    SSLSetIORef(ctx, end);
    SSLSetAddSessionFunc(ctx, end_add_session);
    SSLSetGetSessionFunc(ctx, end_get_session);
    SSLSetDeleteSessionFunc(ctx, end_delete_session);
    SSLSetSessionRef(ctx, end);
    SSLSetCheckCertificateRef(ctx, end);
    SSLSetKeyLogFunc(ctx, end_key_log, end);
    assert_int_equal(SSLSetProtocolSide(ctx, end->server ? SSL_ServerSide : SSL_ClientSide),
                     SSLNoErr);
}

static void open_end(Connection *connection, End *end, int server, void (*init)(End *end))
{
    size_t   size  = SSLContextSize();
    uint8_t *block = malloc(PREFIX + size + GUARD);

    assert_non_null(block);
    memset(block, 0x3C, PREFIX + size);
    memset(block + PREFIX + size, GUARD_BYT, GUARD);
    memcpy(block, &end, sizeof(end));
    end->ctx        = (SSLContext *)(void *)(block + PREFIX);
    end->connection = connection;
    end->server     = server;
    end->in         = server ? &connection->up : &connection->down;
    end->out        = server ? &connection->down : &connection->up;
    end->store      = server ? &connection->server_store : &connection->client_store;
    end->random     = server ? 77 : 5;
    init(end);
    set_callbacks(end);
}

Connection *connection_bare(void (*init)(End *end))
{
    Connection *connection = calloc(1, sizeof(Connection));

    assert_non_null(connection);
    open_end(connection, &connection->client, 0, init);
    open_end(connection, &connection->server, 1, init);
    return connection;
}

static void init_classic(End *end)
{
    assert_int_equal(SSLInitContextClassic(end->ctx), SSLNoErr);
}

static void check(SSLErr err)
{
    assert_int_equal(err, SSLNoErr);
}

/* Server keys that belong to no certificate. */
static void set_server_keys(SSLContext *ctx, unsigned flags)
{
    if ((flags & WITH_EXPORT_KEY) != 0) {
        SSLRSAPrivateKey key = rsa_key(export_key_pem());

        check(SSLSetExportPrivateKey(ctx, &key));
        memset(&key, 0xFF, sizeof(key));
    }
    if ((flags & (WITH_DH | WITH_SHORT_DH)) != 0) {
        SSLDHParams params = dh_params((flags & WITH_DH) != 0 ? 1024 : 512);

        check(SSLSetDHAnonParams(ctx, &params));
    }
    check(SSLSetRequestClientCert(ctx, (flags & WITH_REQUEST) != 0));
    check(SSLSetRequireClientCert(ctx, (flags & WITH_REQUIREMENT) != 0));
    check(SSLSetAllowVersion2Export(ctx, (flags & WITH_EXPORT_KINDS) != 0));
}

static SSLErr find_psk(SSLContext *ctx, SSLBuffer identity, SSLPSK *psk, void *ref)
{
    (void)ctx;
    (void)ref;
    if (psk != NULL && identity.length == 6 && memcmp(identity.data, "a plan", 6) == 0) {
        memcpy(psk->key, "sixteen letters!", 16);
        psk->length = 16;
    }
    return SSLNoErr;
}

static void set_psk(const End *end)
{
    check(end->server ? SSLSetPSKFunc(end->ctx, find_psk, NULL)
                      : SSLSetPSK(end->ctx, buffer_of("a plan", 6),
                                  buffer_of("sixteen letters!", 16), SSL_PSKHashSHA256));
}

static void configure_end(End *end, const Plan *plan)
{
    static const uint16_t schemes[] = {SSL_SIG_RSA_PKCS1_SHA256, SSL_SIG_ECDSA_SECP256R1_SHA256,
                                       SSL_SIG_DSA_SHA256, SSL_SIG_DSA_SHA1};
    static const uint16_t groups[]  = {SSL_GROUP_X25519, SSL_GROUP_SECP256R1};
    SSLContext           *ctx       = end->ctx;
    Credential            own       = end->server ? plan->server : plan->client;

    check(SSLSetProtocolVersion(ctx, end->server ? plan->server_version : plan->client_version));
    check(SSLSetEnabledSignatureSchemes(ctx, schemes, COUNT(schemes)));
    check(SSLSetEnabledGroups(ctx, groups, COUNT(groups)));
    if (plan->suite != 0) {
        check(SSLSetEnabledCiphers(ctx, &plan->suite, 1));
    }
    if (own != NOBODY) {
        check(SSLAddIdentity(ctx, (plan->flags & WITH_KEY_CALLBACK) != 0
                                      ? identity_behind_callback(own)
                                      : identity_of(own)));
    }
    if (end->server) {
        set_server_keys(ctx, plan->flags);
    }
    if ((plan->flags & WITH_PSK) != 0) {
        set_psk(end);
    }
    check(SSLSetMinDHBits(ctx, 512));
    check(SSLSetRecordSplitting(ctx, (plan->flags & WITHOUT_SPLIT) == 0));
    if ((plan->flags & WITH_SESSIONS) != 0) {
        check(SSLSetPeerID(ctx, buffer_of("the machine", 11)));
    }
    if (end->server && (plan->flags & WITHOUT_ETM) != 0) {
        check(SSLSetClientHelloFunc(ctx, overlook, NULL));
    }
    if ((plan->flags & WITH_CHECK) != 0) {
        check(SSLSetCheckCertificateFunc(ctx, end_check));
    }
}

void connection_configure(Connection *connection, const Plan *plan)
{
    connection->plan = *plan;
    configure_end(&connection->client, plan);
    configure_end(&connection->server, plan);
}

Connection *connection_open(const Plan *plan, const Store *sessions)
{
    Connection *connection = connection_bare(init_classic);

    if (sessions != NULL) {
        connection->client_store = sessions[0];
        connection->server_store = sessions[1];
        connection->client.random += 1000;
        connection->server.random += 1000;
    }
    connection_configure(connection, plan);
    return connection;
}

/* ---- running ---- */

static size_t activity(const Connection *connection)
{
    const End *client = &connection->client, *server = &connection->server;

    return connection->up.length + connection->down.length + connection->up.taken +
           connection->down.taken + client->calls[CALL_GET_SESSION] + client->calls[CALL_CHECK] +
           client->calls[CALL_KEY] + server->calls[CALL_GET_SESSION] + server->calls[CALL_CHECK] +
           server->calls[CALL_KEY];
}

void connection_handshake(Connection *connection)
{
    End *client = &connection->client, *server = &connection->server;
    int  idle = 0;

    client->result = server->result = SSLWouldBlockErr;
    while (idle < ROUNDS) {
        size_t before = activity(connection);

        if (client->result == SSLWouldBlockErr) {
            client->result = SSLHandshake(client->ctx);
        }
        if (server->result == SSLWouldBlockErr) {
            server->result = SSLHandshake(server->ctx);
        }
        if (client->result != SSLWouldBlockErr && server->result != SSLWouldBlockErr) {
            break;
        }
        idle = activity(connection) == before ? idle + ROUNDS / 20 : 0;
    }
}

void connection_establish(Connection *connection)
{
    connection_handshake(connection);
    if (connection->client.result != SSLNoErr || connection->server.result != SSLNoErr) {
        fail_msg("%s: client %d (%s), server %d (%s)", connection->plan.name,
                 connection->client.result, end_rule(&connection->client),
                 connection->server.result, end_rule(&connection->server));
    }
}

SSLErr end_read(End *end)
{
    SSLErr err = SSLNoErr;

    while (err == SSLNoErr && end->received_length < sizeof(end->received)) {
        uint32 length = (uint32)(sizeof(end->received) - end->received_length);

        err = SSLRead(end->received + end->received_length, &length, end->ctx);
        end->received_length += length;
    }
    return err;
}

int connection_carry(End *from, End *to, size_t length)
{
    static uint8_t data[70000];
    size_t         i, sent = 0;
    int            idle = 0;

    for (i = 0; i < length; i++) {
        data[i] = (uint8_t)(i * 31 + (i >> 8) + (size_t)from->server);
    }
    to->received_length = 0;
    while ((sent < length || to->received_length < length) && idle < ROUNDS) {
        uint32 part = (uint32)(length - sent);
        SSLErr err  = SSLWrite(data + sent, &part, from->ctx);

        sent += part;
        if (err != SSLNoErr && err != SSLWouldBlockErr) {
            return 0;
        }
        err = end_read(to);
        if (err != SSLNoErr && err != SSLWouldBlockErr) {
            return 0;
        }
        idle++;
        if (part > 0) {
            idle = 0;
        }
    }
    return to->received_length == length && memcmp(to->received, data, length) == 0;
}

/* ---- closing ---- */

void end_delete(End *end)
{
    uint8_t *bytes = (uint8_t *)end->ctx;
    size_t   size  = SSLContextSize(), i;

    if (end->ctx == NULL) {
        return;
    }
    assert_int_equal(SSLDeleteContext(end->ctx), SSLNoErr);
    for (i = 0; i < size; i++) {
        assert_int_equal(bytes[i], 0);
    }
    for (i = 0; i < GUARD; i++) {
        assert_int_equal(bytes[size + i], GUARD_BYT);
    }
    if (end->live != 0 || end->unwiped != 0) {
        fail_msg("%s: the %s leaks %lu blocks, %u were not wiped", end->connection->plan.name,
                 end->server ? "server" : "client", (unsigned long)end->live, end->unwiped);
    }
    free(bytes - PREFIX);
    end->ctx = NULL;
}

void connection_close(Connection *connection)
{
    end_delete(&connection->client);
    end_delete(&connection->server);
    free(connection->up.data);
    free(connection->down.data);
    free(connection);
}

/* ---- looking ---- */

SSLProtocolVersion end_version(End *end)
{
    SSLProtocolVersion version;

    assert_int_equal(SSLGetProtocolVersion(end->ctx, &version), SSLNoErr);
    return version;
}

uint16_t end_suite(End *end)
{
    uint16_t suite;

    assert_int_equal(SSLGetNegotiatedCipher(end->ctx, &suite), SSLNoErr);
    return suite;
}

SSLSessionState end_state(End *end)
{
    SSLSessionState state;

    assert_int_equal(SSLGetSessionState(end->ctx, &state), SSLNoErr);
    return state;
}

uint8_t end_alert_sent(End *end)
{
    uint8_t sent;

    assert_int_equal(SSLGetAlerts(end->ctx, &sent, NULL), SSLNoErr);
    return sent;
}

uint8_t end_alert_received(End *end)
{
    uint8_t received;

    assert_int_equal(SSLGetAlerts(end->ctx, NULL, &received), SSLNoErr);
    return received;
}

const char *end_rule(End *end)
{
    SSLErrorDetail detail;

    assert_int_equal(SSLGetErrorDetail(end->ctx, &detail), SSLNoErr);
    return detail.rule;
}

int end_resumed(End *end)
{
    int resumed;

    assert_int_equal(SSLGetSessionResumed(end->ctx, &resumed), SSLNoErr);
    return resumed;
}

/* Messages do not begin in one record and end in another here. */
Bytes wire_message(const Wire *wire, uint8_t type)
{
    size_t at = 0;

    if (wire->length > 2 && (wire->data[0] & 0x80) != 0) {
        at = 2 + (get_u16(wire->data) & 0x7FFF);
    }
    while (at + 5 <= wire->length && wire->data[at] != CONTENT_CHANGE_CIPHER_SPEC) {
        size_t end = at + 5 + get_u16(wire->data + at + 3), message = at + 5;

        while (wire->data[at] == CONTENT_HANDSHAKE && message + 4 <= end) {
            size_t length =
                ((size_t)wire->data[message + 1] << 16) | get_u16(wire->data + message + 2);

            if (wire->data[message] == type) {
                return bytes_of(wire->data + message, 4 + length);
            }
            message += 4 + length;
        }
        at = end;
    }
    return bytes_of(NULL, 0);
}

size_t wire_records(const Wire *wire, size_t from, uint8_t type)
{
    size_t count = 0;

    while (from + 5 <= wire->length) {
        count += wire->data[from] == type;
        from += 5u + get_u16(wire->data + from + 3);
    }
    return count;
}

long wire_find(const Wire *wire, const void *bytes, size_t length)
{
    size_t i;

    for (i = 0; i + length <= wire->length; i++) {
        if (memcmp(wire->data + i, bytes, length) == 0) {
            return (long)i;
        }
    }
    return -1;
}
