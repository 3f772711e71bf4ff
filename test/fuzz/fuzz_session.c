/*
 * fuzz_session.c - any bytes as a stored session (of TLS 1.3 or before) and as a ticket: offered by
 * a client, looked up or opened by a server. The first byte says how; check, binding and seal are
 * made good where it says so, so that what stands behind them is reached.
 */
#include <stdlib.h>

#include "../../core/handshake/handshake.h"
#include "../../core/session/session13.h"
#include "../../core/session/ticket.h"
#include "parts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
    HOW_SERVER = 0x01, /* else a client */
    HOW_TICKET = 0x02, /* a server opens the bytes as they are */
    HOW_SEALED = 0x04, /* a server opens a ticket in which they are sealed */
    HOW_CHECK  = 0x08, /* the check over the session is right */
    HOW_BOUND  = 0x10, /* and so is its binding */
    HOW_NEWER  = 0x20  /* TLS 1.3 */
};

#define MAX_INPUT 8192
#define NOW       1700000000u

static SSLErr take_random(SSLBuffer buffer, void *ref)
{
    (void)ref;
    memset(buffer.data, 7, buffer.length);
    return SSLNoErr;
}

static SSLErr tell_time(uint32 *time, void *ref)
{
    (void)ref;
    *time = NOW;
    return SSLNoErr;
}

static SSLErr read_nothing(SSLBuffer data, uint32 *processed, void *ref)
{
    (void)data;
    (void)ref;
    *processed = 0;
    return SSLWouldBlockErr;
}

static SSLErr write_all(SSLBuffer data, uint32 *processed, void *ref)
{
    (void)ref;
    *processed = data.length;
    return SSLNoErr;
}

static SSLErr any_hello(SSLContext *ctx, int cancelled, void *ref)
{
    (void)ctx;
    (void)cancelled;
    (void)ref;
    return SSLNoErr;
}

static SSLErr give_key(SSLContext *ctx, const uint8 *name, SSLTicketKey *key, int *renew, void *ref)
{
    (void)ctx;
    (void)renew;
    (void)ref;
    memset(key, 1, sizeof(*key));
    if (name != NULL) {
        memcpy(key->name, name, sizeof(key->name));
    }
    return SSLNoErr;
}

static void set_up(SSLContext *ctx, unsigned how)
{
    (void)SSLInitContext(ctx);
    (void)SSLSetAllocFunc(ctx, fuzz_allocator.allocFunc);
    (void)SSLSetFreeFunc(ctx, fuzz_allocator.freeFunc);
    (void)SSLSetRandomFunc(ctx, take_random);
    (void)SSLSetTimeFunc(ctx, tell_time);
    (void)SSLSetReadFunc(ctx, read_nothing);
    (void)SSLSetWriteFunc(ctx, write_all);
    (void)SSLSetClientHelloFunc(ctx, any_hello, NULL);
    (void)SSLSetTicketKeyFunc(ctx, give_key, NULL);
    (void)SSLSetProtocolSide(ctx, (how & HOW_SERVER) != 0 ? SSL_ServerSide : SSL_ClientSide);
    (void)SSLSetAllowAnyCertificate(ctx, 1);
    (void)SSLSetMaxEarlyData(ctx, 1000);
}

/* Where the binding lies; 0 if the bytes are too few. */
static size_t binding_at(const uint8_t *session, size_t length)
{
    size_t at = length == 0 ? 0 : session[0] == 5 ? 11 : 18;

    return at + 32 <= length ? at : 0;
}

static size_t make_good(SSLContext *ctx, unsigned how, uint8_t *session, size_t length)
{
    uint8_t digest[32];
    size_t  at = binding_at(session, length);

    if ((how & HOW_BOUND) != 0 && at != 0) {
        sslr_session_binding(ctx, session + at);
    }
    if ((how & HOW_CHECK) != 0) {
        sslr_hash(HASH_SHA256, session, length, digest);
        memcpy(session + length, digest, 8);
        length += 8;
    }
    return length;
}

static void as_client(SSLContext *ctx, const uint8_t *session, size_t length)
{
    SSLBuffer buffer;
    uint32    early = 5;

    buffer.data   = (uint8 *)(uintptr_t)session;
    buffer.length = (uint32)length;
    (void)SSLSetPeerDomainName(ctx, "a.test", 6);
    if (SSLSetSession(ctx, buffer) == SSLNoErr) {
        (void)SSLWriteEarlyData("early", &early, ctx);
        (void)SSLHandshake(ctx);
    }
}

/* hs->session is there: is it usable, and what does it bring? */
static void accept_session(SSLContext *ctx, unsigned how)
{
    int usable = 0;

    if ((how & HOW_NEWER) != 0) {
        sslr_session13_accept(ctx, NOW, &usable);
        if (usable && sslr_session13_resume(ctx) != SSLNoErr) {
            abort();
        }
    } else if (sslr_session_accept(ctx, &usable) == SSLNoErr && usable &&
               sslr_session_resume(ctx) != SSLNoErr) {
        abort();
    }
}

static void as_server(SSLContext *ctx, unsigned how, const uint8_t *bytes, size_t length)
{
    static const uint8_t suites[] = {0x13, 0x01, 0x13, 0x02, 0xC0, 0x2B, 0xC0, 0x2F};
    static const uint8_t id[]     = {'t', 'h', 'e', ' ', 'i', 'd'}; /* of the seed server_stored */
    Handshake           *hs;
    Writer               ticket;
    uint8_t             *copy;
    int                  renew;

    if (sslr_handshake_begin(ctx) != SSLNoErr ||
        sslr_set_version(ctx, (how & HOW_NEWER) != 0 ? TLS_Version_1_3 : TLS_Version_1_2) !=
            SSLNoErr) {
        abort();
    }
    hs                               = ctx->handshake;
    hs->hello.suites                 = bytes_of(suites, sizeof(suites));
    hs->hello.session_id             = bytes_of(id, sizeof(id));
    hs->hello.extended_master_secret = ctx->agreed.extended_master_secret = 1;
    sslr_writer_init(&ticket, &ctx->allocator);
    hs->by_ticket = (how & (HOW_TICKET | HOW_SEALED)) != 0;
    if ((how & HOW_SEALED) != 0) {
        (void)sslr_ticket_key_to_seal(ctx);
        (void)sslr_ticket_seal(ctx, bytes_of(bytes, length), &ticket);
        (void)sslr_ticket_open(ctx, bytes_of(ticket.data, ticket.length), &renew);
    } else if ((how & HOW_TICKET) != 0) {
        (void)sslr_ticket_open(ctx, bytes_of(bytes, length), &renew);
    } else if (length > 0 &&
               sslr_duplicate(&ctx->allocator, bytes_of(bytes, length), &copy) == SSLNoErr) {
        hs->session_copy = copy;
        hs->session      = bytes_of(copy, length);
    }
    if (hs->session.length > 0) {
        accept_session(ctx, how);
    }
    sslr_writer_release(&ticket);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    SSLContext *ctx;
    uint8_t    *session;
    unsigned    how;
    size_t      length;

    if (size < 1 || size > MAX_INPUT) {
        return 0;
    }
    how     = data[0];
    ctx     = (SSLContext *)malloc(SSLContextSize());
    session = (uint8_t *)malloc(size - 1 + ((how & HOW_CHECK) != 0 ? 8 : 0)); /* no byte to spare */
    if (ctx == NULL || session == NULL) {
        free(ctx);
        free(session);
        return 0;
    }
    set_up(ctx, how);
    memcpy(session, data + 1, size - 1);
    length = make_good(ctx, how, session, size - 1);
    if ((how & HOW_SERVER) != 0) {
        as_server(ctx, how, session, length);
    } else {
        as_client(ctx, session, length);
    }
    (void)SSLDeleteContext(ctx);
    free(ctx);
    free(session);
    return 0;
}
