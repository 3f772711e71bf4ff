/*
 * test_classic_program.c - a program as it was written in 1996: it knows the 42 functions of the
 * manual and nothing else, and is compiled with SSL_CLASSIC. It reaches peers that speak SSL 2.0 or
 * 3.0, with RC4, export and anonymous suites. Only what the test looks at afterwards is newer.
 */
#define SSL_CLASSIC
#include "ssl.h"

#include "connection.h"

/* ---- callbacks, with the habits of the sample of that time ---- */

typedef struct Socket {
    Wire *in, *out;
} Socket;

static SSLErr my_alloc(SSLBuffer *buf, void *allocRef)
{
    (void)allocRef;
    buf->data = malloc(buf->length);
    return buf->data != NULL ? SSLNoErr : SSLMemoryErr;
}

static SSLErr my_free(SSLBuffer *buf, void *allocRef)
{
    (void)allocRef;
    free(buf->data);
    buf->data = NULL;
    return SSLNoErr;
}

static SSLErr my_realloc(SSLBuffer *buf, uint32 newSize, void *allocRef)
{
    (void)allocRef;
    buf->data = realloc(buf->data, newSize); /* and leaves the length alone */
    return buf->data != NULL ? SSLNoErr : SSLMemoryErr;
}

static SSLErr my_random(SSLBuffer buf, void *randomRef)
{
    uint32 i;

    for (i = 0; i < buf.length; i++) {
        *(uint32 *)randomRef = *(uint32 *)randomRef * 1103515245 + 12345;
        buf.data[i]          = (uint8)(*(uint32 *)randomRef >> 16);
    }
    return SSLNoErr;
}

static SSLErr my_time(uint32 *time, void *timeRef)
{
    (void)timeRef;
    *time = 850000000;
    return SSLNoErr;
}

static SSLErr my_read(SSLBuffer data, uint32 *processed, void *connRef)
{
    Socket *s = connRef;
    size_t  n = s->in->length - s->in->taken;

    n = n < data.length ? n : data.length;
    if (n > 0) {
        memcpy(data.data, s->in->data + s->in->taken, n);
    }
    s->in->taken += n;
    *processed = (uint32)n;
    return n == data.length ? SSLNoErr : SSLWouldBlockErr;
}

static SSLErr my_write(SSLBuffer data, uint32 *processed, void *connRef)
{
    wire_put(((Socket *)connRef)->out, data.data, data.length);
    *processed = data.length;
    return SSLNoErr;
}

static SSLErr no_session(SSLBuffer key, SSLBuffer *data, void *ref)
{
    (void)key;
    (void)data;
    (void)ref;
    return SSLNoMatchingSessionKeyErr;
}

static SSLErr drop_session(SSLBuffer key, SSLBuffer data, void *ref)
{
    (void)key;
    (void)data;
    (void)ref;
    return SSLNoErr;
}

static SSLErr forget_session(SSLBuffer key, void *ref)
{
    (void)key;
    (void)ref;
    return SSLNoErr;
}

/* ---- the program ---- */

typedef struct Program {
    SSLContext *ctx;
    Socket      socket;
    uint32      seed;
} Program;

static void start(Program *program, SSLProtocolSide side, SSLProtocolVersion version, Wire *in,
                  Wire *out)
{
    SSLContext *ctx = malloc(SSLContextSize());
    SSLBuffer   id;

    program->ctx        = ctx;
    program->socket.in  = in;
    program->socket.out = out;
    program->seed       = (uint32)side;
    assert_int_equal(SSLInitContext(ctx), SSLNoErr);
    SSLSetAllocFunc(ctx, my_alloc);
    SSLSetFreeFunc(ctx, my_free);
    SSLSetReallocFunc(ctx, my_realloc);
    SSLSetAllocRef(ctx, NULL);
    SSLSetRandomFunc(ctx, my_random);
    SSLSetRandomRef(ctx, &program->seed);
    SSLSetTimeFunc(ctx, my_time);
    SSLSetConvertTimeFunc(ctx, my_time);
    SSLSetTimeRef(ctx, NULL);
    SSLSetReadFunc(ctx, my_read);
    SSLSetWriteFunc(ctx, my_write);
    SSLSetAddSessionFunc(ctx, drop_session);
    SSLSetGetSessionFunc(ctx, no_session);
    SSLSetDeleteSessionFunc(ctx, forget_session);
    SSLSetSessionRef(ctx, NULL);
    SSLSetProtocolVersion(ctx, version);
    SSLSetProtocolSide(ctx, side);
    id.data   = (uint8 *)&program->socket; /* {address, port} on the stack */
    id.length = sizeof(program->socket);
    assert_int_equal(SSLSetPeerID(ctx, id), SSLNoErr);
    SSLSetIORef(ctx, &program->socket);
}

/* Key, export key and certificates as the sample gave them; then verified by a last call. */
static void give_certificates(Program *program)
{
    SSLRSAPrivateKey key  = rsa_key(key_of(OF_LEAF));
    SSLBuffer        last = certificate_of(OF_LEAF, 2);
    size_t           i;

    assert_int_equal(SSLSetPrivateKey(program->ctx, &key), SSLNoErr);
    key = rsa_key(export_key_pem());
    assert_int_equal(SSLSetExportPrivateKey(program->ctx, &key), SSLNoErr);
    for (i = 0; i < 3; i++) {
        assert_int_equal(SSLAddCertificate(program->ctx, certificate_of(OF_LEAF, i), 1, 0),
                         SSLNoErr);
    }
    last.data = NULL;
    assert_int_equal(SSLAddCertificate(program->ctx, last, 0, 1), SSLNoErr);
}

static void give_anonymous_parameters(Program *program)
{
    SSLDHParams params = dh_params(512);

    assert_int_equal(SSLSetDHAnonParams(program->ctx, &params), SSLNoErr);
}

static void converse(Program *client, Program *server)
{
    SSLErr  a = SSLWouldBlockErr, b = SSLWouldBlockErr;
    uint8_t page[3000], got[3000];
    uint32  length;
    int     i;

    for (i = 0; i < 30 && (a == SSLWouldBlockErr || b == SSLWouldBlockErr); i++) {
        a = SSLHandshake(client->ctx);
        b = SSLHandshake(server->ctx);
    }
    assert_int_equal(a, SSLNoErr);
    assert_int_equal(b, SSLNoErr);
    length = 6;
    assert_int_equal(SSLWrite("GET /\n", &length, client->ctx), SSLNoErr);
    for (i = 0; i < 6; i++) { /* one byte at a time */
        length = 1;
        assert_int_equal(SSLRead(got + i, &length, server->ctx), SSLNoErr);
    }
    assert_memory_equal(got, "GET /\n", 6);
    memset(page, 'p', sizeof(page));
    length = sizeof(page);
    assert_int_equal(SSLWrite(page, &length, server->ctx), SSLNoErr);
    assert_int_equal(SSLClose(server->ctx), SSLNoErr);
    for (i = 0; i < (int)sizeof(page); i += (int)length) {
        length = sizeof(got) - (uint32)i;
        assert_int_equal(SSLRead(got + i, &length, client->ctx), SSLNoErr);
    }
    assert_memory_equal(got, page, sizeof(page));
    length = 1;
    (void)SSLRead(got, &length, client->ctx);
    assert_int_equal(SSLClose(client->ctx), SSLNoErr);
}

static void stop(Program *program)
{
    assert_int_equal(SSLDeleteContext(program->ctx), SSLNoErr);
    free(program->ctx);
}

/* The program on one side; on the other a machine that speaks just one suite. */
static void meet(SSLProtocolVersion version, uint16_t suite, int program_is_server,
                 SSLProtocolVersion spoken)
{
    Wire               up, down;
    Program            client, server;
    SSLProtocolVersion seen;
    uint16             cipher;
    int                anonymous = sslr_cipher_suite(suite)->authentication == AUTH_ANON;
    SSLProtocolVersion theirs    = spoken == SSL_Version_2_0         ? SSL_Version_2_0
                                   : version == SSL_Version_3_0_Only ? SSL_Version_3_0_Only
                                                                     : SSL_Version_3_0_With_2_0_Hello;

    memset(&up, 0, sizeof(up));
    memset(&down, 0, sizeof(down));
    start(&client, SSL_ClientSide, program_is_server ? theirs : version, &down, &up);
    start(&server, SSL_ServerSide, program_is_server ? version : theirs, &up, &down);
    if (!anonymous) {
        give_certificates(&server);
    }
    give_anonymous_parameters(&server);
    assert_int_equal(SSLSetEnabledCiphers((program_is_server ? &client : &server)->ctx, &suite, 1),
                     SSLNoErr);
    converse(&client, &server);
    assert_int_equal(SSLGetProtocolVersion(client.ctx, &seen), SSLNoErr);
    assert_int_equal(seen, spoken);
    assert_int_equal(SSLGetNegotiatedCipher(server.ctx, &cipher), SSLNoErr);
    assert_int_equal(cipher, suite);
    stop(&client);
    stop(&server);
    free(up.data);
    free(down.data);
}

static const uint16_t ssl3_suites[] = {
    TLS_RSA_WITH_RC4_128_MD5,
    TLS_RSA_WITH_RC4_128_SHA,
    TLS_RSA_WITH_DES_CBC_SHA,
    TLS_RSA_WITH_3DES_EDE_CBC_SHA,
    TLS_RSA_WITH_NULL_MD5,
    TLS_RSA_EXPORT_WITH_RC4_40_MD5,
    TLS_RSA_EXPORT_WITH_RC2_CBC_40_MD5,
    TLS_RSA_EXPORT_WITH_DES40_CBC_SHA,
    TLS_DHE_RSA_EXPORT_WITH_DES40_CBC_SHA,
    TLS_DHE_RSA_WITH_3DES_EDE_CBC_SHA,
    TLS_DH_anon_WITH_RC4_128_MD5,
    TLS_DH_anon_EXPORT_WITH_RC4_40_MD5,
    TLS_DH_anon_EXPORT_WITH_DES40_CBC_SHA,
    TLS_DH_anon_WITH_3DES_EDE_CBC_SHA,
};

static void test_reaches_ssl3_peers_of_every_kind(void **state)
{
    static const SSLProtocolVersion settings[] = {SSL_Version_Undetermined, SSL_Version_3_0_Only};
    size_t                          i, j;
    int                             server;

    (void)state;
    for (i = 0; i < COUNT(ssl3_suites); i++) {
        for (j = 0; j < 2; j++) {
            for (server = 0; server < 2; server++) {
                meet(settings[j], ssl3_suites[i], server, SSL_Version_3_0);
            }
        }
    }
}

static void test_reaches_ssl2_peers_of_every_kind(void **state)
{
    size_t i;
    int    server;

    (void)state;
    for (i = 0; i < sslr_ssl2_kind_count; i++) {
        for (server = 0; server < 2; server++) {
            meet(SSL_Version_Undetermined, sslr_ssl2_kinds[i].suite, server, SSL_Version_2_0);
        }
    }
}

/* Without the flag the same program speaks to nobody of that time. */
#undef SSLInitContext
static void test_without_the_flag_nothing_old_is_on(void **state)
{
    SSLContext        *ctx = malloc(SSLContextSize());
    SSLProtocolVersion version;
    uint16_t           list[200];
    uint32             count = 200, i;

    (void)state;
    assert_int_equal(SSLInitContext(ctx), SSLNoErr);
    assert_int_equal(SSLGetProtocolVersion(ctx, &version), SSLNoErr);
    assert_int_equal(version, SSL_Version_Unset);
    assert_int_equal(SSLGetEnabledCiphers(ctx, list, &count), SSLNoErr);
    for (i = 0; i < count; i++) {
        assert_true(sslr_cipher_suite(list[i])->max_version >= TLS_Version_1_2);
    }
    assert_int_equal(SSLInitContextClassic(ctx), SSLNoErr);
    assert_int_equal(SSLGetProtocolVersion(ctx, &version), SSLNoErr);
    assert_int_equal(version, SSL_Version_Unset);
    assert_int_equal(SSLDeleteContext(ctx), SSLNoErr);
    free(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reaches_ssl3_peers_of_every_kind),
        cmocka_unit_test(test_reaches_ssl2_peers_of_every_kind),
        cmocka_unit_test(test_without_the_flag_nothing_old_is_on),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
