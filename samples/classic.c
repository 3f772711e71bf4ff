/*
 * classic.c - a program as it would have been written in 1996, with the 42 functions of the SSLRef
 * 3.0 manual: client or server, one connection. It is compiled with -DSSL_CLASSIC, which gives
 * SSLInitContext the settings of that time: SSL 2.0 and 3.0, export and anonymous suites, any
 * certificate. Nothing of this is safe. It shows that the interface is what it was, and it reaches
 * machines that stopped there.
 *
 *     classic [-c] [options] HOST     fetch a page from HOST
 *     classic -s [options] [ADDRESS]  wait there (127.0.0.1) for one client, and send it a page
 *
 *     -2 -3 -h -n     versions: SSL 2.0; SSL 3.0; SSL 3.0 behind a hello of 2.0; whatever the peer
 * can -A  -a          client: show the certificate of -C; server: ask for one. -a: not (usual) -R
 * -r          sessions may be resumed (usual); they may not -p PORT         443 -C FILE -K FILE
 * certificates and RSA key; a server without them has only anonymous suites -t SECONDS      end
 * after so long (60): some servers of the time wait for ever
 *
 * and, with calls that are newer (classic_probe.c):
 *
 *     --pin SHA256             accept this public key alone
 *     --probe HOST[:PORT]      find out what HOST speaks, and print the options that reach it
 */
#define _POSIX_C_SOURCE 200809L
#include "classic.h"
#include "common.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#ifndef SSL_CLASSIC
#error "this program is compiled with -DSSL_CLASSIC"
#endif

typedef struct Settings {
    SSLProtocolSide    side;
    SSLProtocolVersion version;
    int                authenticate, resume, seconds;
    const char        *host, *port, *certificates, *key, *pin, *probe;
} Settings;

#define TRY(call)                                                                                  \
    do {                                                                                           \
        SSLErr err_ = (call);                                                                      \
        if (err_ != SSLNoErr) {                                                                    \
            fprintf(stderr, "%s: error %d\n", #call, err_);                                        \
            return err_;                                                                           \
        }                                                                                          \
    } while (0)

/* ---- 1. callbacks ---- */

/* The engine asks the program for everything: here are those of platform/posix, one by one. */
static SSLErr set_callbacks(SSLContext *ctx)
{
    TRY(SSLSetAllocFunc(ctx, SSLPosixAlloc));
    TRY(SSLSetFreeFunc(ctx, SSLPosixFree));
    TRY(SSLSetReallocFunc(ctx, SSLPosixRealloc));
    TRY(SSLSetRandomFunc(ctx, SSLPosixRandom));
    TRY(SSLSetTimeFunc(ctx, SSLPosixTime));
    TRY(SSLSetConvertTimeFunc(ctx, SSLPosixConvertTime));
    TRY(SSLSetReadFunc(ctx, SSLPosixRead));
    TRY(SSLSetWriteFunc(ctx, SSLPosixWrite));
    TRY(SSLSetAddSessionFunc(ctx, SSLPosixAddSession));
    TRY(SSLSetGetSessionFunc(ctx, SSLPosixGetSession));
    TRY(SSLSetDeleteSessionFunc(ctx, SSLPosixDeleteSession));
    TRY(SSLSetRandomRef(ctx, NULL));
    return SSLNoErr; /* no check-certificate callback: as in 1996, any certificate will do */
}

/* ---- 2. to 4. who we are, and whom a server asks for ---- */

static SSLErr set_identity(SSLContext *ctx, const Settings *settings)
{
    SSLRSAPrivateKey key; /* the engine copies it */

    TRY(read_key_file(settings->key, &key));
    TRY(SSLSetPrivateKey(ctx, &key));
    TRY(add_certificate_file(ctx, settings->certificates));
    if (settings->side == SSL_ServerSide) { /* of use if it has 512 bits, or less */
        TRY(SSLSetExportPrivateKey(ctx, &key));
    }
    memset(&key, 0, sizeof(key));
    return SSLNoErr;
}

/* Names of authorities whose certificates the server would like to see: CN=Authority 1 and so on.
 */
static SSLErr set_authorities(SSLContext *ctx)
{
    static uint8 name[] = {0x30, 0x16, 0x31, 0x14, 0x30, 0x12, 0x06, 0x03, 0x55, 0x04, 0x03, 0x13,
                           0x0B, 'A',  'u',  't',  'h',  'o',  'r',  'i',  't',  'y',  ' ',  '1'};
    SSLBuffer    buffer = {sizeof(name), name};
    int          i;

    for (i = 1; i <= 5; i++) {
        name[sizeof(name) - 1] = (uint8)('0' + i);
        TRY(SSLAddDistinguishedName(ctx, buffer));
    }
    return SSLNoErr;
}

/* ---- 5. the rest of the configuration ---- */

/* The second group of RFC 2409 (6.2), 1024 bits: what machines of the time can compute with. */
static uint8 prime[] = {
    0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xC9, 0x0F, 0xDA, 0xA2, 0x21, 0x68, 0xC2, 0x34,
    0xC4, 0xC6, 0x62, 0x8B, 0x80, 0xDC, 0x1C, 0xD1, 0x29, 0x02, 0x4E, 0x08, 0x8A, 0x67, 0xCC, 0x74,
    0x02, 0x0B, 0xBE, 0xA6, 0x3B, 0x13, 0x9B, 0x22, 0x51, 0x4A, 0x08, 0x79, 0x8E, 0x34, 0x04, 0xDD,
    0xEF, 0x95, 0x19, 0xB3, 0xCD, 0x3A, 0x43, 0x1B, 0x30, 0x2B, 0x0A, 0x6D, 0xF2, 0x5F, 0x14, 0x37,
    0x4F, 0xE1, 0x35, 0x6D, 0x6D, 0x51, 0xC2, 0x45, 0xE4, 0x85, 0xB5, 0x76, 0x62, 0x5E, 0x7E, 0xC6,
    0xF4, 0x4C, 0x42, 0xE9, 0xA6, 0x37, 0xED, 0x6B, 0x0B, 0xFF, 0x5C, 0xB6, 0xF4, 0x06, 0xB7, 0xED,
    0xEE, 0x38, 0x6B, 0xFB, 0x5A, 0x89, 0x9F, 0xA5, 0xAE, 0x9F, 0x24, 0x11, 0x7C, 0x4B, 0x1F, 0xE6,
    0x49, 0x28, 0x66, 0x51, 0xEC, 0xE6, 0x53, 0x81, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};
static uint8 generator[] = {2};

static SSLErr configure(SSLContext *ctx, const Settings *settings, SSLSessionStore *sessions)
{
    int         is_server    = settings->side == SSL_ServerSide;
    SSLDHParams anonymous_dh = {prime, sizeof(prime), generator, sizeof(generator)};

    TRY(set_callbacks(ctx));
    if (settings->key != NULL && (is_server || settings->authenticate)) {
        TRY(set_identity(ctx, settings));
    }
    if (is_server && settings->authenticate) {
        TRY(set_authorities(ctx));
    }
    TRY(SSLSetDHAnonParams(ctx, &anonymous_dh));
    TRY(SSLSetProtocolVersion(ctx, settings->version));
    TRY(SSLSetSessionRef(ctx, sessions));
    TRY(SSLSetProtocolSide(ctx, settings->side));
    if (is_server) {
        TRY(SSLSetRequestClientCert(ctx, settings->authenticate));
    }
    return SSLNoErr;
}

/* ---- 6. the connection ---- */

/* Sockets block here: the engine's calls come back when they are done. */
static int open_socket(const Settings *settings)
{
    unsigned port;
    int      fd, listener;

    if (settings->side == SSL_ClientSide) {
        fd = connect_to(settings->host, settings->port, settings->seconds * 1000);
    } else {
        listener =
            listen_on(settings->host != NULL ? settings->host : "127.0.0.1", settings->port, &port);
        if (listener < 0 || fcntl(listener, F_SETFL, 0) != 0) {
            return -1;
        }
        printf("port=%u\n", port);
        fflush(stdout);
        fd = accept(listener, NULL, NULL);
        (void)close(listener);
    }
    return fd < 0 || fcntl(fd, F_SETFL, 0) != 0 ? -1 : fd;
}

/* Sessions are kept by peer: its address and port. Only a server's session IDs count there, but
 * without a peer ID nothing is kept. */
static SSLErr attach(SSLContext *ctx, const Settings *settings, int fd)
{
    struct sockaddr_storage peer;
    socklen_t               length = sizeof(peer);
    SSLBuffer               peer_id;

    if (settings->resume && getpeername(fd, (struct sockaddr *)&peer, &length) == 0) {
        peer_id.length = (uint32)length;
        peer_id.data   = (uint8 *)&peer;
        TRY(SSLSetPeerID(ctx, peer_id));
    }
    TRY(SSLSetIORef(ctx, SSLPosixSocket(fd)));
    return SSLNoErr;
}

/* ---- 7. and 8. handshake and data ---- */

static SSLErr shake_hands(SSLContext *ctx)
{
    SSLProtocolVersion version = SSL_Version_Undetermined;
    uint16             suite   = SSL_NULL_WITH_NULL_NULL;
    int                chain   = 0;
    SSLErr             handshake;

    do {
        handshake = SSLHandshake(ctx);
    } while (handshake == SSLWouldBlockErr);
    TRY(handshake);
    TRY(SSLGetProtocolVersion(ctx, &version));
    TRY(SSLGetNegotiatedCipher(ctx, &suite));
    TRY(SSLGetPeerCertificateChainLength(ctx, &chain));
    fprintf(stderr, "version=%d.%d suite=0x%04X peer_certs=%d\n",
            version == SSL_Version_2_0 ? 2 : version >> 8,
            version == SSL_Version_2_0 ? 0 : version & 0xFF, suite, chain);
    return SSLNoErr;
}

static SSLErr fetch_page(SSLContext *ctx)
{
    static const char request[] = "GET / HTTP/1.0\r\n\r\n";
    char              page[4096];
    uint32            length = sizeof(request) - 1;
    SSLErr            err;

    TRY(SSLWrite(request, &length, ctx));
    do { /* what came is there whatever the result */
        length = sizeof(page);
        err    = SSLRead(page, &length, ctx);
        fwrite(page, 1, length, stdout);
    } while (err == SSLNoErr || err == SSLWouldBlockErr);
    fflush(stdout);
    if (err == SSLConnectionClosedGraceful) {
        return SSLNoErr;
    }
    fprintf(stderr, "the connection ended with %d\n", err); /* SSL 2.0 has no proper end */
    return err == SSLConnectionTruncated ? SSLNoErr : err;
}

static SSLErr serve_page(SSLContext *ctx)
{
    static const char page[] = "HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n"
                               "<html><body>A page over SSL.</body></html>\r\n";
    char              letter;
    uint32            length;
    SSLErr            reading;

    do {
        length  = 1;
        reading = SSLRead(&letter, &length, ctx);
    } while (reading == SSLWouldBlockErr || (reading == SSLNoErr && letter != '\n'));
    TRY(reading);
    length = sizeof(page) - 1;
    TRY(SSLWrite(page, &length, ctx));
    TRY(SSLClose(ctx));
    return SSLNoErr;
}

/* ---- 9. from the beginning to the end ---- */

static SSLErr run(SSLContext *ctx, const Settings *settings, SSLSessionStore *sessions,
                  SSLTrust **trust)
{
    SSLErr err = configure(ctx, settings, sessions);
    int    fd;

    if (err == SSLNoErr && settings->pin != NULL) {
        err = accept_only(ctx, settings->pin, trust);
    }
    if (err != SSLNoErr) {
        return err;
    }
    fd = open_socket(settings);
    if (fd < 0) {
        return SSLIOErr;
    }
    err = attach(ctx, settings, fd);
    if (err == SSLNoErr) {
        err = shake_hands(ctx);
    }
    if (err == SSLNoErr) {
        err = settings->side == SSL_ClientSide ? fetch_page(ctx) : serve_page(ctx);
    }
    (void)close(fd);
    return err;
}

static int connection(const Settings *settings)
{
    SSLContext      *ctx      = (SSLContext *)malloc(SSLContextSize());
    SSLSessionStore *sessions = NULL;
    SSLTrust        *trust    = NULL;
    SSLErr           err      = ctx == NULL ? SSLMemoryErr : SSLInitContext(ctx);

    if (err == SSLUnsupportedErr) {
        fprintf(stderr, "this build of the engine has left the past behind (PROFILE=modern)\n");
    }
    if (err == SSLNoErr) {
        err = SSLPosixCreateSessionStore(10, 86400, &sessions);
    }
    if (err == SSLNoErr) {
        err = run(ctx, settings, sessions, &trust);
        (void)SSLDeleteContext(ctx);
    }
    SSLDeleteTrust(trust);
    SSLPosixDeleteSessionStore(sessions);
    free(ctx);
    return err != SSLNoErr;
}

/* ---- options ---- */

static int usage(void)
{
    fprintf(stderr,
            "classic [-c|-s] [-2|-3|-h|-n] [-A|-a] [-R|-r] [-p PORT] [-C CERTIFICATES -K KEY]\n"
            "        [-t SECONDS] [--pin SHA256] [HOST]\n"
            "classic [-t SECONDS] --probe HOST[:PORT]\n");
    return 2;
}

/* The member that takes the next argument; NULL: the option takes none. */
static const char **text_option(Settings *settings, const char *option)
{
    return strcmp(option, "-p") == 0        ? &settings->port
           : strcmp(option, "-C") == 0      ? &settings->certificates
           : strcmp(option, "-K") == 0      ? &settings->key
           : strcmp(option, "--pin") == 0   ? &settings->pin
           : strcmp(option, "--probe") == 0 ? &settings->probe
                                            : NULL;
}

static int letter_option(Settings *settings, char letter)
{
    switch (letter) {
    case 'c':
    case 's':
        settings->side = letter == 'c' ? SSL_ClientSide : SSL_ServerSide;
        return 1;
    case '2':
        settings->version = SSL_Version_2_0;
        return 1;
    case '3':
        settings->version = SSL_Version_3_0_Only;
        return 1;
    case 'h':
        settings->version = SSL_Version_3_0_With_2_0_Hello;
        return 1;
    case 'n':
        settings->version = SSL_Version_Undetermined;
        return 1;
    case 'A':
    case 'a':
        settings->authenticate = letter == 'A';
        return 1;
    case 'R':
    case 'r':
        settings->resume = letter == 'R';
        return 1;
    default:
        return 0;
    }
}

static int read_arguments(Settings *settings, int argc, char **argv)
{
    int i;

    for (i = 1; i < argc; i++) {
        const char **text = text_option(settings, argv[i]);

        if (text != NULL && i + 1 < argc) {
            *text = argv[++i];
        } else if (strcmp(argv[i], "-t") == 0 && i + 1 < argc) {
            settings->seconds = atoi(argv[++i]);
        } else if (argv[i][0] != '-') {
            settings->host = argv[i];
        } else if (argv[i][1] == '\0' || argv[i][2] != '\0' ||
                   !letter_option(settings, argv[i][1])) {
            return 0;
        }
    }
    return settings->seconds > 0 && (settings->key == NULL) == (settings->certificates == NULL) &&
           (settings->side == SSL_ServerSide || settings->host != NULL || settings->probe != NULL);
}

int main(int argc, char **argv)
{
    Settings settings = {.side    = SSL_ClientSide,
                         .version = SSL_Version_Undetermined,
                         .resume  = 1,
                         .seconds = 60,
                         .port    = "443"};

    if (!read_arguments(&settings, argc, argv)) {
        return usage();
    }
    if (settings.probe != NULL) {
        return probe(settings.probe, settings.seconds < 10 ? settings.seconds : 10);
    }
    (void)alarm((unsigned)settings.seconds);
    return connection(&settings);
}
