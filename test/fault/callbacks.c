/*
 * callbacks.c - the callbacks of a Side: counted, checked, and false where the test says so.
 */
#include "callbacks.h"

#include <stdlib.h>

const char *const call_names[CALLS] = {
    "alloc",       "free",           "random", "time",   "read",     "write",       "add session",
    "get session", "delete session", "check",  "verify", "identity", "ClientHello", "ticket key",
    "sign",        "decrypt",        "PSK",    "replay", "log",      "trace"};

static const uint32 wants_of[CALLS] = {
    [CALL_READ]        = SSL_WantsRead,
    [CALL_WRITE]       = SSL_WantsWrite,
    [CALL_GET_SESSION] = SSL_WantsSession,
    [CALL_CHECK]       = SSL_WantsCheckCertificate,
    [CALL_VERIFY]      = SSL_WantsCheckCertificate,
    [CALL_IDENTITY]    = SSL_WantsIdentity,
    [CALL_HELLO]       = SSL_WantsIdentity,
    [CALL_TICKET_KEY]  = SSL_WantsTicket,
    [CALL_SIGN]        = SSL_WantsPrivateKey,
    [CALL_DECRYPT]     = SSL_WantsPrivateKey,
    [CALL_PSK]         = SSL_WantsPSK,
    [CALL_REPLAY]      = SSL_WantsReplay,
};

static uint64_t digest_of(const void *bytes, size_t length)
{
    const uint8_t *at     = bytes;
    uint64_t       digest = 1469598103934665603u;

    while (length-- > 0) {
        digest = (digest ^ *at++) * 1099511628211u;
    }
    return digest;
}

/* ---- what happens first in every callback ---- */

/* A repeated question must be the same one. */
static void compare_question(Side *side, int call, const Asked *now_asked)
{
    const Asked *before = &side->asked[call];

    if (before->pending &&
        (before->pointer != now_asked->pointer || before->length != now_asked->length ||
         before->digest != now_asked->digest)) {
        fail_msg("the %s callback was asked something else the second time", call_names[call]);
    }
}

static int is_decision(int call)
{
    return call >= CALL_GET_SESSION && call <= CALL_REPLAY && call != CALL_DELETE_SESSION;
}

static void remember_wait(Side *side, int call, const Asked *asked)
{
    side->asked[call]         = *asked;
    side->asked[call].pending = 1;
    side->blocked |= wants_of[call];
}

/* Not 0: the callback returns *err and does nothing. *lie says what else to do wrong. */
static int strike(Side *side, int call, const void *pointer, size_t length, SSLErr *err, Lie *lie)
{
    unsigned     index = side->calls[call]++;
    const Fault *fault = &side->fault;
    Asked        asked = {0, pointer, length, 0};

    *lie = LIE_NONE;
    *err = SSLNoErr;
    if (is_decision(call)) {
        asked.digest = digest_of(pointer, length);
        compare_question(side, call, &asked);
        if (!side->asked[call].pending) {
            side->waits_left[call] = (unsigned)side->wait_pattern;
        }
    }
    side->inside++;
    if (side->visit != NULL) {
        side->visit(side, call);
    }
    side->inside--;
    if (fault->lie != LIE_NONE && fault->call == call && index >= fault->first &&
        index - fault->first < fault->times) {
        *lie = fault->lie;
        *err = fault->code;
    } else if (is_decision(call) && side->waits_left[call] > 0) {
        side->waits_left[call]--;
        *lie = LIE_ERROR;
        *err = SSLWouldBlockErr;
    }
    side->asked[call].pending = 0;
    if (*lie == LIE_ERROR && *err == SSLWouldBlockErr) {
        remember_wait(side, call, &asked);
    }
    return *lie == LIE_ERROR;
}

static SSLErr cancelled(Side *side, int call)
{
    if (!side->asked[call].pending) {
        fail_msg("the %s callback was cancelled but does not wait", call_names[call]);
    }
    side->asked[call].pending = 0;
    side->cancels++;
    return SSLNoErr;
}

/* ---- memory ---- */

SSLErr side_alloc(SSLBuffer *buffer, void *ref)
{
    Side  *side = ref;
    Lie    lie;
    SSLErr err;

    side->pool.allocations++;
    if (strike(side, CALL_ALLOC, NULL, buffer->length, &err, &lie)) {
        buffer->data = NULL;
        return err;
    }
    if (lie == LIE_NOTHING) {
        buffer->data = NULL;
        return SSLNoErr;
    }
    if (buffer->length == 0) {
        fail_msg("alloc of nothing");
    }
    buffer->data = pool_take(&side->pool, buffer->length);
    return SSLNoErr;
}

SSLErr side_free(SSLBuffer *buffer, void *ref)
{
    Side  *side = ref;
    Lie    lie;
    SSLErr err;

    (void)strike(side, CALL_FREE, NULL, 0, &err, &lie);
    pool_give_back(&side->pool, buffer->data, 1);
    buffer->data = NULL;
    return err; /* ignored */
}

/* ---- clock and chance ---- */

static uint8_t next_random(Side *side)
{
    uint64_t x = side->random_state += 0x9E3779B97F4A7C15u;

    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
    return (uint8_t)(x ^ (x >> 31));
}

static SSLErr side_random(SSLBuffer buffer, void *ref)
{
    Side  *side = ref;
    Lie    lie;
    SSLErr err;
    uint32 i;

    if (strike(side, CALL_RANDOM, NULL, buffer.length, &err, &lie)) {
        return err;
    }
    for (i = 0; i < buffer.length; i++) {
        buffer.data[i] = next_random(side);
    }
    return SSLNoErr;
}

uint32 now(void)
{
    return 1800000000;
}

static SSLErr side_time(uint32 *time, void *ref)
{
    Lie    lie;
    SSLErr err;

    if (strike(ref, CALL_TIME, NULL, 0, &err, &lie)) {
        return err;
    }
    *time = now();
    return SSLNoErr;
}

/* ---- transport ---- */

static size_t chosen_amount(Side *side, size_t length, size_t chunk)
{
    if (side->io_random) {
        size_t most = length < 6000 ? length : 6000;

        return 1 + ((size_t)next_random(side) * 256 + next_random(side)) % most;
    }
    return chunk != 0 && length > chunk ? chunk : length;
}

static SSLErr would_block(Side *side, int call)
{
    side->blocked |= wants_of[call];
    return SSLWouldBlockErr;
}

static SSLErr transport_result(Side *side, int call, size_t amount, size_t asked)
{
    if (amount == asked || (side->io_short && amount > 0)) {
        if (call == CALL_WRITE && amount == asked) {
            side->blocked &= ~wants_of[call]; /* tried again in the same call, and all is gone */
        }
        return SSLNoErr;
    }
    return would_block(side, call);
}

static void append(Pipe *pipe, const uint8_t *data, size_t length)
{
    if (pipe->capacity - pipe->end < length) {
        if (pipe->data != NULL) {
            memmove(pipe->data, pipe->data + pipe->start, pipe->end - pipe->start);
        }
        pipe->end -= pipe->start;
        pipe->start = 0;
        while (pipe->capacity - pipe->end < length) {
            pipe->capacity = pipe->capacity * 2 + 4096;
            pipe->data     = realloc(pipe->data, pipe->capacity);
        }
    }
    memcpy(pipe->data + pipe->end, data, length);
    pipe->end += length;
    pipe->total += length;
}

static SSLErr side_write(SSLBuffer data, uint32 *processed, void *ref)
{
    Side  *side = ref;
    Pipe  *pipe = side->out;
    size_t amount, under_way = pipe->end - pipe->start;
    Lie    lie;
    SSLErr err;

    if (*processed != 0 || data.length == 0 || data.data == NULL) {
        fail_msg("the write callback's arguments are not as promised");
    }
    if (strike(side, CALL_WRITE, NULL, data.length, &err, &lie)) {
        return err;
    }
    if (lie == LIE_TOO_MUCH) {
        *processed = data.length + 1;
    }
    if (lie != LIE_NONE) {
        return SSLNoErr;
    }
    side->stutter_write = !side->stutter_write;
    if (side->io_stutter && side->stutter_write) {
        return would_block(side, CALL_WRITE);
    }
    amount = chosen_amount(side, data.length, side->io_write);
    if (pipe->room != 0 && amount > pipe->room - under_way) {
        amount = pipe->room - under_way;
    }
    if (pipe->refuse != SSLNoErr && amount > pipe->cut - pipe->total) {
        amount = pipe->cut - pipe->total;
        if (amount == 0) {
            return pipe->refuse;
        }
    }
    append(pipe, data.data, amount);
    *processed = (uint32)amount;
    return transport_result(side, CALL_WRITE, amount, data.length);
}

static SSLErr side_read(SSLBuffer data, uint32 *processed, void *ref)
{
    Side  *side = ref;
    Pipe  *pipe = side->in;
    size_t amount, waiting = pipe->end - pipe->start, consumed = pipe->total - waiting;
    Lie    lie;
    SSLErr err;

    if (*processed != 0 || data.length == 0 || data.data == NULL) {
        fail_msg("the read callback's arguments are not as promised");
    }
    if (strike(side, CALL_READ, NULL, data.length, &err, &lie)) {
        return err;
    }
    if (lie == LIE_TOO_MUCH) {
        *processed = data.length + 1;
    }
    if (lie != LIE_NONE) {
        return SSLNoErr;
    }
    side->stutter_read = !side->stutter_read;
    if (side->io_stutter && side->stutter_read) {
        return would_block(side, CALL_READ);
    }
    amount = chosen_amount(side, data.length, side->io_chunk);
    amount = amount < waiting ? amount : waiting;
    if (pipe->end_with != SSLNoErr && amount > pipe->cut - consumed) {
        amount = pipe->cut - consumed;
    }
    if (amount == 0) {
        return pipe->end_with != SSLNoErr && consumed >= pipe->cut ? pipe->end_with
                                                                   : would_block(side, CALL_READ);
    }
    memcpy(data.data, pipe->data + pipe->start, amount);
    pipe->start += amount;
    *processed = (uint32)amount;
    return transport_result(side, CALL_READ, amount, data.length);
}

/* ---- sessions ---- */

static size_t find_entry(const Store *store, SSLBuffer key)
{
    size_t i;

    for (i = 0; i < store->count; i++) {
        if (store->entries[i].key_length == key.length &&
            memcmp(store->entries[i].key, key.data, key.length) == 0) {
            break;
        }
    }
    return i;
}

static SSLErr side_add_session(SSLBuffer key, SSLBuffer data, void *ref)
{
    Side  *side  = ref;
    Store *store = side->store;
    size_t i     = find_entry(store, key);
    Lie    lie;
    SSLErr err;

    if (strike(side, CALL_ADD_SESSION, NULL, key.length, &err, &lie)) {
        return err;
    }
    if (i == STORE_ENTRIES || key.length > sizeof(store->entries[0].key) ||
        data.length > sizeof(store->entries[0].data)) {
        return SSLMemoryErr;
    }
    memcpy(store->entries[i].key, key.data, key.length);
    memcpy(store->entries[i].data, data.data, data.length);
    store->entries[i].key_length  = key.length;
    store->entries[i].data_length = data.length;
    store->count += i == store->count;
    return SSLNoErr;
}

static SSLErr side_get_session(SSLBuffer key, SSLBuffer *data, void *ref)
{
    Side  *side = ref;
    Bytes  answer;
    size_t i;
    Lie    lie;
    SSLErr err;

    if (data == NULL) {
        return cancelled(side, CALL_GET_SESSION);
    }
    if (strike(side, CALL_GET_SESSION, key.data, key.length, &err, &lie)) {
        return err;
    }
    if (lie == LIE_NOTHING) {
        data->length = 100;
        return SSLNoErr;
    }
    i = find_entry(side->store, key);
    if (side->get_answer.data == NULL && i == side->store->count) {
        return SSLSessionNotFoundErr;
    }
    answer       = side->get_answer.data != NULL
                       ? side->get_answer
                       : bytes_of(side->store->entries[i].data, side->store->entries[i].data_length);
    data->data   = pool_take(&side->pool, answer.length + (answer.length == 0));
    data->length = (uint32)answer.length;
    memset(data->data, 0, answer.length + (answer.length == 0));
    memcpy(data->data, answer.data, answer.length);
    return lie == LIE_ERROR_WITH_DATA ? err : SSLNoErr;
}

/* One key for all: it seals, and opens what bears its name. */
static SSLErr side_ticket_key(SSLContext *ctx, const uint8 *name, SSLTicketKey *key, int *renew,
                              void *ref)
{
    static const char own_name[] = "key of the tests";
    Side             *side       = ref;
    Lie               lie;
    SSLErr            err;

    (void)ctx;
    if (key == NULL) {
        return cancelled(side, CALL_TICKET_KEY);
    }
    if (strike(side, CALL_TICKET_KEY, name, name != NULL ? 16 : 0, &err, &lie)) {
        return err;
    }
    if (lie == LIE_NOTHING) {
        return SSLNoErr; /* a key of zeros */
    }
    if (*renew != 0) {
        fail_msg("the ticket-key callback's arguments are not as promised");
    }
    if (name != NULL && memcmp(name, own_name, 16) != 0) {
        return SSLSessionNotFoundErr;
    }
    memcpy(key->name, own_name, 16);
    memset(key->key, 0x5C, sizeof(key->key));
    key->key[3] ^= lie == LIE_WRONG;
    *renew = side->world->scenario->tickets > 1;
    return SSLNoErr;
}

const char test_psk_identity[] = "the client of the tests";
const char test_psk_key[]      = "its key, thirty-two letters long";

static SSLErr side_psk(SSLContext *ctx, SSLBuffer identity, SSLPSK *psk, void *ref)
{
    static const SSLPSK nothing;
    Side               *side = ref;
    Lie                 lie;
    SSLErr              err;

    if (ctx != side->ctx) {
        return SSLUnknownErr;
    }
    if (psk == NULL) {
        return identity.data == NULL ? cancelled(side, CALL_PSK) : SSLUnknownErr;
    }
    if (memcmp(psk, &nothing, sizeof(nothing)) != 0 || identity.length > SSL_MAX_PSK_IDENTITY) {
        fail_msg("the PSK callback's arguments are not as promised");
    }
    if (strike(side, CALL_PSK, identity.data, identity.length, &err, &lie)) {
        return err;
    }
    if (lie == LIE_NOTHING || identity.length != strlen(test_psk_identity) ||
        memcmp(identity.data, test_psk_identity, identity.length) != 0) {
        return SSLNoErr;
    }
    psk->length = (uint32)strlen(test_psk_key);
    memcpy(psk->key, test_psk_key, psk->length);
    psk->key[3] ^= lie == LIE_WRONG;
    psk->length = lie == LIE_TOO_MUCH ? SSL_MAX_PSK + 1 : psk->length;
    psk->hash   = side->world->scenario->psk == 2 ? SSL_PSKHashSHA384 : SSL_PSKHashSHA256;
    return SSLNoErr;
}

static SSLErr side_delete_session(SSLBuffer key, void *ref)
{
    Side  *side  = ref;
    Store *store = side->store;
    size_t i     = find_entry(store, key);
    Lie    lie;
    SSLErr err;

    if (strike(side, CALL_DELETE_SESSION, NULL, key.length, &err, &lie)) {
        return err;
    }
    if (i == store->count) {
        return SSLSessionNotFoundErr;
    }
    store->count--;
    memmove(&store->entries[i], &store->entries[i + 1],
            (store->count - i) * sizeof(store->entries[0]));
    return SSLNoErr;
}

/* ---- decisions ---- */

static SSLErr side_check(int count, SSLBuffer *certificates, void *ref)
{
    Side  *side = ref;
    Lie    lie;
    SSLErr err;

    if (count == 0) {
        return certificates == NULL ? cancelled(side, CALL_CHECK) : SSLUnknownErr;
    }
    (void)strike(side, CALL_CHECK, certificates, (size_t)count * sizeof(SSLBuffer), &err, &lie);
    return err;
}

static SSLErr side_verify(SSLContext *ctx, int count, const SSLBuffer *certificates, SSLErr verdict,
                          void *ref)
{
    Side  *side = ref;
    Lie    lie;
    SSLErr err;

    if (ctx != side->ctx) {
        return SSLUnknownErr;
    }
    if (count == 0) {
        return cancelled(side, CALL_VERIFY);
    }
    side->seen_verdict = verdict;
    if (strike(side, CALL_VERIFY, certificates, (size_t)count * sizeof(SSLBuffer), &err, &lie)) {
        return err;
    }
    return side->verify_overrules ? side->verify_answer : verdict;
}

static SSLErr side_identity(SSLContext *ctx, const SSLIdentity **identity, void *ref)
{
    Side  *side = ref;
    Lie    lie;
    SSLErr err;

    if (ctx != side->ctx) {
        return SSLUnknownErr;
    }
    if (identity == NULL) {
        return cancelled(side, CALL_IDENTITY);
    }
    (void)strike(side, CALL_IDENTITY, NULL, 0, &err, &lie);
    if (lie == LIE_NOTHING) {
        *identity = NULL;
    }
    return err;
}

static SSLErr side_client_hello(SSLContext *ctx, int cancel, void *ref)
{
    Side     *side = ref;
    SSLBuffer suites;
    Lie       lie;
    SSLErr    err;

    if (ctx != side->ctx) {
        return SSLUnknownErr;
    }
    if (cancel) {
        return cancelled(side, CALL_HELLO);
    }
    if (SSLGetOfferedCiphers(ctx, &suites) != SSLNoErr || suites.length < 2) {
        return SSLUnknownErr;
    }
    if (side->world->scenario->no_etm) {
        ctx->handshake->hello.encrypt_then_mac = 0;
    }
    (void)strike(side, CALL_HELLO, suites.data, suites.length, &err, &lie);
    return err;
}

static SSLErr fill_random(void *ref, uint8_t *out, size_t length)
{
    Side *side = ref;

    while (length-- > 0) {
        *out++ = next_random(side);
    }
    return SSLNoErr;
}

/* What the key would do if it lay in the engine. */
static SSLErr key_operation(Side *side, const SSLPrivateKeyRequest *request, SSLBuffer *output)
{
    const PrivateKey      *key    = &side->callback_key->key;
    const SignatureScheme *scheme = sslr_signature_scheme(request->scheme);
    const CryptoRandom     random = {fill_random, side};
    const SSLBuffer        input  = request->input;
    size_t                 length = output->length;
    SSLErr                 err;

    if (request->operation == SSL_PrivateKeyDecrypt) {
        length = key->rsa.n.length;
        err    = sslr_rsa_private(&key->rsa, &random, input.data, input.length, output->data);
    } else if (scheme->kind == SIGNATURE_ED25519) {
        length = 64;
        err    = sslr_ed25519_sign(key->scalar.data, input.data, input.length, output->data);
    } else if (scheme->kind == SIGNATURE_ECDSA) {
        err = sslr_ecdsa_sign(key->curve, &random, key->scalar.data, (HashId)scheme->hash,
                              input.data, input.length, output->data, &length);
    } else if (scheme->kind == SIGNATURE_RSA_PKCS1) {
        length = key->rsa.n.length;
        err    = sslr_rsa_sign_pkcs1(&key->rsa, &random, (HashId)scheme->hash, input.data,
                                     input.length, output->data);
    } else {
        length = key->rsa.n.length;
        err = sslr_rsa_sign_pss(&key->rsa, &random, (HashId)scheme->hash, input.data, output->data);
    }
    output->length = (uint32)length;
    return err;
}

SSLErr side_private_key(SSLContext *ctx, const SSLPrivateKeyRequest *request, SSLBuffer *output,
                        void *ref)
{
    static uint8_t elsewhere[MAX_RSA_SIZE];
    Side          *side = ref;
    int            call = request->operation == SSL_PrivateKeyDecrypt ? CALL_DECRYPT : CALL_SIGN;
    uint32         room = output != NULL ? output->length : 0;
    Lie            lie;
    SSLErr         err;

    if (ctx != side->ctx) {
        return SSLUnknownErr;
    }
    if (request->operation == SSL_PrivateKeyCancel) {
        return output == NULL
                   ? cancelled(side, side->asked[CALL_SIGN].pending ? CALL_SIGN : CALL_DECRYPT)
                   : SSLUnknownErr;
    }
    if (strike(side, call, request->input.data, request->input.length, &err, &lie)) {
        return err;
    }
    err = key_operation(side, request, output);
    switch (lie) {
    case LIE_NOTHING:
        output->length = 0;
        break;
    case LIE_TOO_MUCH:
        output->length = room + 1;
        break;
    case LIE_SHORT:
        output->length--;
        break;
    case LIE_WRONG:
        output->data[output->length - 1] ^= 1; /* the middle may be padding */
        break;
    case LIE_ELSEWHERE:
        memcpy(elsewhere, output->data, output->length);
        output->data = elsewhere;
        break;
    default:
        break;
    }
    return err;
}

/* Nothing was ever seen before. */
static SSLErr side_replay(SSLContext *ctx, SSLBuffer token, uint32 window, void *ref)
{
    Side  *side = ref;
    Lie    lie;
    SSLErr err;

    (void)ctx;
    if (token.data == NULL) {
        return cancelled(side, CALL_REPLAY);
    }
    if (token.length != 32 || window == 0) {
        fail_msg("the replay callback got a token of %u bytes and %u seconds", token.length,
                 window);
    }
    return strike(side, CALL_REPLAY, token.data, token.length, &err, &lie) ? err : SSLNoErr;
}

/* ---- observers ---- */

static void keep_secret(Side *side, const uint8_t *bytes, size_t length)
{
    static const uint8_t zeros[MAX_DH_SIZE]; /* a place that has been wiped */

    if (side->secret_count < MAX_SECRETS && memcmp(bytes, zeros, length) != 0) {
        Secret *secret = &side->secrets[side->secret_count++];

        memcpy(secret->bytes, bytes, length);
        secret->length = length;
    }
}

static uint8_t hex_digit(char c)
{
    return (uint8_t)(c <= '9' ? c - '0' : c - 'a' + 10);
}

static void side_key_log(SSLContext *ctx, const char *line, void *ref)
{
    Side       *side = ref;
    const char *hex  = strrchr(line, ' ');
    uint8_t     bytes[MAX_HASH_SIZE];
    size_t      length = 0;
    Lie         lie;
    SSLErr      err;

    (void)ctx;
    (void)strike(side, CALL_KEY_LOG, NULL, 0, &err, &lie);
    for (hex++; hex[0] != 0 && hex[1] != 0 && length < sizeof(bytes); hex += 2) {
        bytes[length++] = (uint8_t)(hex_digit(hex[0]) << 4 | hex_digit(hex[1]));
    }
    keep_secret(side, bytes, length);
}

static void side_trace(SSLContext *ctx, const SSLTraceEvent *event, void *ref)
{
    Side  *side = ref;
    Lie    lie;
    SSLErr err;

    if (event->name == NULL) {
        fail_msg("a step of the trace has no name");
    }
    (void)strike(side, CALL_TRACE, NULL, 0, &err, &lie);
    if (ctx->handshake != NULL && ctx->handshake->premaster_length > 0) {
        keep_secret(side, ctx->handshake->premaster, ctx->handshake->premaster_length);
    }
}

void install_callbacks(SSLContext *ctx, Side *side)
{
    const Scenario *scenario = side->world->scenario;

    SSLSetReallocFunc(ctx, NULL);
    SSLSetRandomFunc(ctx, side_random);
    SSLSetRandomRef(ctx, side);
    SSLSetTimeFunc(ctx, side_time);
    SSLSetTimeRef(ctx, side);
    SSLSetReadFunc(ctx, side_read);
    SSLSetWriteFunc(ctx, side_write);
    SSLSetIORef(ctx, side);
    SSLSetAddSessionFunc(ctx, side_add_session);
    SSLSetGetSessionFunc(ctx, side_get_session);
    SSLSetDeleteSessionFunc(ctx, side_delete_session);
    SSLSetSessionRef(ctx, side);
    SSLSetReplayFunc(ctx, side_replay, side);
    SSLSetKeyLogFunc(ctx, side_key_log, side);
    SSLSetTraceFunc(ctx, side_trace, side);
    SSLSetCheckCertificateRef(ctx, side);
    if (scenario->decisions || scenario->callback_trust) {
        SSLSetCheckCertificateFunc(ctx, side_check);
    }
    if (scenario->decisions) {
        SSLSetVerifyFunc(ctx, side_verify, side);
        SSLSetIdentityFunc(ctx, side_identity, side);
    }
    if (scenario->tickets && side->server) {
        SSLSetTicketKeyFunc(ctx, side_ticket_key, side);
    }
    if (scenario->psk && side->server) {
        SSLSetPSKFunc(ctx, side_psk, side);
    }
    if ((scenario->decisions || scenario->no_etm) && side->server) {
        SSLSetClientHelloFunc(ctx, side_client_hello, side);
    }
}
