/*
 * common.c - what client and server share: setting up a context by the options, opening sockets,
 * telling errors. A program of your own needs the middle of make_template() and little else.
 */
#define _POSIX_C_SOURCE 200809L
#include "common.h"
#if defined(SSLREF_REDIS)
#include "sslredis.h"
#endif
#include "psk_file.h"
#include "test_identity.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAX_TEXT_FILE ((size_t)64 << 20)

#define SESSIONS        10000
#define SESSION_SECONDS 7200
#define KEY_SECONDS     (SESSION_SECONDS / 3) /* a key opens tickets for three times as long */
#define REPLAYS         100000 /* requests of clients that say something early, in 22 seconds */

void print_error(SSLContext *ctx, const char *what, SSLErr err)
{
    SSLErrorDetail detail;
    uint8          sent = SSL_NO_ALERT, received = SSL_NO_ALERT;

    fprintf(stderr, "%s: %s (%d)", what, SSLErrorString(err), err);
    if (err == SSLIOErr && errno != 0) {
        fprintf(stderr, ": %s", strerror(errno));
    }
    if (ctx != NULL && SSLGetErrorDetail(ctx, &detail) == SSLNoErr && detail.error != SSLNoErr) {
        fprintf(stderr, "; %s", detail.rule);
    }
    if (ctx != NULL && SSLGetAlerts(ctx, &sent, &received) == SSLNoErr) {
        if (sent != SSL_NO_ALERT) {
            fprintf(stderr, "; alert sent: %s", SSLAlertName(sent));
        }
        if (received != SSL_NO_ALERT) {
            fprintf(stderr, "; alert received: %s", SSLAlertName(received));
        }
    }
    fputc('\n', stderr);
}

/* ==== Identities and trust ==== */

static SSLBuffer buffer_of(const char *text)
{
    SSLBuffer buffer = {(uint32)strlen(text), (uint8 *)text};

    return buffer;
}

/* A server must show something: without --cert it is the test certificate. */
static SSLErr make_test_identity(SSLIdentity **identity)
{
    SSLIdentitySpec spec = {.chain      = buffer_of(test_only_certificate),
                            .privateKey = buffer_of(test_only_private_key)};
    size_t          index;

    fprintf(stderr, "no --cert: using the test certificate, whose key everybody has; clients\n"
                    "accept it with --pin ");
    for (index = 0; index < sizeof(test_only_pin); index++) {
        fprintf(stderr, "%02x", test_only_pin[index]);
    }
    fputc('\n', stderr);
    return SSLCreateIdentity(SSLPosixAllocator(), &spec, identity);
}

static SSLErr add_identities(SSLContext *ctx, const Options *options, SSLProtocolSide side,
                             Shared *shared)
{
    SSLErr err = SSLNoErr;
    int    index;

    for (index = 0; index < options->cert_count && err == SSLNoErr; index++) {
        err = SSLPosixCreateIdentity(
            options->cert[index], index < options->key_count ? options->key[index] : NULL,
            options->password, index == 0 ? options->staple : NULL, &shared->identities[index]);
        if (err != SSLNoErr) {
            print_error(NULL, options->cert[index], err);
            return err;
        }
        shared->identity_count++;
    }
    if (options->cert_count == 0 && side == SSL_ServerSide && options->psk == NULL) {
        err = make_test_identity(&shared->identities[0]);
        shared->identity_count += err == SSLNoErr;
    }
    for (index = 0; index < shared->identity_count && err == SSLNoErr; index++) {
        err = SSLAddIdentity(ctx, shared->identities[index]);
    }
    return err;
}

/* With a pin and nothing else only one key gets this far: its certificate may be older than the
 * name by which the machine is reached. */
static SSLErr accept_other_name(SSLContext *ctx, int count, const SSLBuffer *chain, SSLErr verdict,
                                void *ref)
{
    (void)ctx;
    (void)count;
    (void)chain;
    (void)ref;
    return verdict == X509HostNameErr ? SSLNoErr : verdict;
}

int hex_digit(char character)
{
    static const char digits[] = "0123456789abcdef";
    const char       *found = memchr(digits, tolower((unsigned char)character), sizeof(digits) - 1);

    return found != NULL ? (int)(found - digits) : -1;
}

void wipe(void *bytes, size_t length)
{
    volatile char *at = (volatile char *)bytes;

    while (length-- > 0) {
        *at++ = 0;
    }
}

char *read_text_file(const char *path)
{
    FILE  *file = fopen(path, "rb");
    char  *text = NULL, *grown;
    size_t used = 0, room = 0, got = 1;

    if (file == NULL) {
        return NULL;
    }
    while (got > 0 && used < MAX_TEXT_FILE) {
        if (room - used < 2) {
            grown = realloc(text, room = room * 2 + 4096);
            if (grown == NULL) {
                break;
            }
            text = grown;
        }
        got = fread(text + used, 1, room - used - 1, file);
        used += got;
    }
    if (got > 0 || ferror(file)) {
        errno = got > 0 ? EFBIG : EIO;
        fclose(file);
        free(text);
        return NULL;
    }
    fclose(file);
    text[used] = '\0';
    return text;
}

/* --crl and --revocation. *crls is freed by the caller. */
static SSLErr read_revocation(const Options *options, SSLTrustSpec *spec, char **crls)
{
    *crls = NULL;
    if (options->crl != NULL) {
        *crls = read_text_file(options->crl);
        if (*crls == NULL) {
            return SSLIOErr;
        }
        spec->crls.data   = (uint8 *)*crls;
        spec->crls.length = (uint32)strlen(*crls);
        spec->revocation  = SSL_RevocationSoft;
    }
    if (options->revocation != NULL) {
        spec->revocation = strcmp(options->revocation, "hard") == 0   ? SSL_RevocationHard
                           : strcmp(options->revocation, "soft") == 0 ? SSL_RevocationSoft
                                                                      : SSL_RevocationOff;
    }
    return SSLNoErr;
}

static SSLErr set_trust(SSLContext *ctx, const Options *options, SSLProtocolSide side,
                        Shared *shared)
{
    uint8        pin[32];
    SSLTrustSpec spec = {.maxDepth = 0};
    char        *crls;
    SSLErr       err;
    size_t       index;

    if (options->insecure) {
        return SSLSetAllowAnyCertificate(ctx, 1);
    }
    for (index = 0; options->pin != NULL && index < sizeof(pin); index++) {
        char digits[3] = {options->pin[2 * index], options->pin[2 * index + 1], '\0'};

        pin[index]             = (uint8)strtoul(digits, NULL, 16);
        spec.pinnedKeys.data   = pin;
        spec.pinnedKeys.length = sizeof(pin);
    }
    err = read_revocation(options, &spec, &crls);
    if (err != SSLNoErr) {
        print_error(NULL, options->crl, err);
        return err;
    }
    if (options->ca != NULL) {
        err = SSLPosixCreateTrust(options->ca, &spec, &shared->trust, NULL);
    } else if (options->pin != NULL) {
        err = SSLCreateTrust(SSLPosixAllocator(), &spec, &shared->trust, NULL);
    } else if (side == SSL_ClientSide && options->psk == NULL) {
        err = SSLPosixCreateSystemTrust(&spec, &shared->trust, NULL);
    } else {
        free(crls);
        /* A server that asks for no certificate, and a client with a pre-shared key. */
        return SSLNoErr;
    }
    free(crls);
    if (err != SSLNoErr) {
        print_error(NULL, options->ca != NULL ? options->ca : "trusted authorities", err);
        return err;
    }
    if (options->any_name) {
        (void)SSLSetVerifyFunc(ctx, accept_other_name, NULL);
    }
    return SSLSetTrust(ctx, shared->trust);
}

/* ==== The context ==== */

static SSLErr set_alpn(SSLContext *ctx, const char *names)
{
    SSLBuffer protocols[16];
    uint32    count = 0;

    while (*names != '\0' && count < 16) {
        size_t length = strcspn(names, ",");

        protocols[count].data     = (uint8 *)names;
        protocols[count++].length = (uint32)length;
        names += length;
        names += *names == ',';
    }
    return SSLSetALPNProtocols(ctx, protocols, count);
}

/* Each line is tried only if all before it went well; the first failure stays. */
#define TRY(call)                                                                                  \
    do {                                                                                           \
        if (err == SSLNoErr) {                                                                     \
            err = (call);                                                                          \
        }                                                                                          \
    } while (0)

static SSLErr set_algorithms(SSLContext *ctx, const Options *options)
{
    SSLErr err = SSLNoErr;

    if (options->min != SSL_Version_Undetermined) {
        TRY(SSLSetProtocolVersionMin(ctx, options->min));
    }
    if (options->max != SSL_Version_Undetermined) {
        TRY(SSLSetProtocolVersionMax(ctx, options->max));
    }
    if (options->suites.count > 0) {
        TRY(SSLSetEnabledCiphers(ctx, options->suites.list, options->suites.count));
    }
    if (options->groups.count > 0) {
        TRY(SSLSetEnabledGroups(ctx, options->groups.list, options->groups.count));
    }
    if (options->sigalgs.count > 0) {
        TRY(SSLSetEnabledSignatureSchemes(ctx, options->sigalgs.list, options->sigalgs.count));
    }
    if (options->alpn != NULL) {
        TRY(set_alpn(ctx, options->alpn));
    }
    TRY(SSLSetRecordSizeLimit(ctx, options->record_limit));
    TRY(SSLSetRecordPadding(ctx, options->padding));
    TRY(SSLSetRecordSplitting(ctx, !options->no_split));
    TRY(SSLSetRenegotiateBytes(ctx, options->renegotiate_bytes));
    if (options->max_record > 0) {
        TRY(SSLSetMaxRecordSize(ctx, options->max_record));
    }
    return err;
}

static SSLErr set_side(SSLContext *ctx, const Options *options, SSLProtocolSide side)
{
    SSLErr err = SSLSetProtocolSide(ctx, side);

    if (side == SSL_ClientSide) {
        TRY(SSLSetMaxFragmentLength(ctx, options->max_fragment));
        TRY(SSLSetFallback(ctx, options->fallback));
        TRY(SSLSetPostHandshakeAuth(ctx, options->post_handshake_auth));
        TRY(SSLSetRequestOCSP(ctx, options->ocsp));
        if (options->min_dh > 0) {
            TRY(SSLSetMinDHBits(ctx, options->min_dh));
        }
    } else {
        if (options->allow_renegotiation) {
            TRY(SSLSetRenegotiation(ctx, SSL_RenegotiateAllowPeer));
        }
        TRY(SSLSetRequestClientCert(ctx, options->request_cert));
        TRY(SSLSetRequireClientCert(ctx, options->require_cert));
        TRY(SSLSetHelloRetryCookie(ctx, options->cookie));
        TRY(SSLSetAcceptVersion2Hello(ctx, options->v2hello));
        TRY(SSLSetAllowVersion2Export(ctx, options->v2export));
        if (options->export_key != NULL) {
            TRY(set_export_key(ctx, options->export_key));
        }
        if (options->dh_params != NULL) {
            TRY(set_dh_params(ctx, options->dh_params));
        }
        TRY(SSLSetStrictServerName(ctx, options->strict_sni || !options->any_sni));
        TRY(SSLSetPreferPeerOrder(ctx, options->prefer_client));
    }
    return err;
}

#if defined(SSLREF_REDIS)
#define REDIS_MILLISECONDS 200 /* for which a handshake may have to wait for it */

static SSLErr open_redis(SSLContext *ctx, const Options *options, Shared *shared)
{
    char         host[256];
    const char  *colon = strrchr(options->redis, ':');
    char        *end   = "";
    size_t       length;
    SSLRedisSpec spec;
    SSLErr       err;

    memset(&spec, 0, sizeof(spec));
    length = colon != NULL ? (size_t)(colon - options->redis) : strlen(options->redis);
    if (length >= sizeof(host)) {
        return SSLBadParameterErr;
    }
    memcpy(host, options->redis, length);
    host[length]      = '\0';
    spec.host         = host;
    spec.port         = colon != NULL ? (uint32)strtoul(colon + 1, &end, 10) : 0;
    spec.password     = getenv("REDIS_PASSWORD");
    spec.seconds      = SESSION_SECONDS;
    spec.milliseconds = REDIS_MILLISECONDS;
    err = *end == '\0' && length > 0 ? SSLRedisOpen(&spec, &shared->redis) : SSLBadParameterErr;
    return err != SSLNoErr ? err : SSLRedisUse(ctx, shared->redis);
}

static SSLErr share_keys_in_redis(Shared *shared)
{
    return SSLPosixShareTicketKeys(shared->ticket_keys, SSLRedisAddOnce, SSLRedisGetSession,
                                   shared->redis);
}

static void close_redis(Shared *shared)
{
    SSLRedisClose(shared->redis);
}
#else
static SSLErr open_redis(SSLContext *ctx, const Options *options, Shared *shared)
{
    (void)ctx;
    (void)options;
    (void)shared;
    fprintf(stderr, "this program was made without hiredis, which --redis needs\n");
    return SSLUnsupportedErr;
}

static SSLErr share_keys_in_redis(Shared *shared)
{
    (void)shared;
    return SSLUnsupportedErr;
}

static void close_redis(Shared *shared)
{
    (void)shared;
}
#endif

/* A server's tickets: sealed with keys in memory, or in the file that servers share. */
static SSLErr set_tickets(SSLContext *ctx, const Options *options, Shared *shared)
{
    SSLErr err = SSLPosixCreateTicketKeys(KEY_SECONDS, &shared->ticket_keys);

    if (options->redis != NULL) {
        TRY(share_keys_in_redis(shared));
    } else if (options->session_file != NULL) {
        TRY(SSLPosixShareTicketKeys(shared->ticket_keys, SSLPosixAddSharedSession,
                                    SSLPosixGetSharedSession, shared->shared_sessions));
    }
    TRY(SSLPosixUseTicketKeys(ctx, shared->ticket_keys));
    return err;
}

/* Resumption: somewhere to keep sessions, and a peer ID. For a client the peer ID is the name under
 * which the session is kept; a server only says with it that it wants to resume. */
static SSLErr set_sessions(SSLContext *ctx, const Options *options, SSLProtocolSide side,
                           Shared *shared)
{
    char   peer_id[512];
    SSLErr err;

    if (side == SSL_ServerSide ? options->no_sessions : options->reconnect == 0) {
        return SSLNoErr;
    }
    snprintf(peer_id, sizeof(peer_id), "%s:%s", options->host != NULL ? options->host : "",
             options->port != NULL ? options->port : "");
    if (options->redis != NULL) {
        err = open_redis(ctx, options, shared);
    } else if (options->session_file != NULL) {
        err = SSLPosixOpenSharedStore(options->session_file, SESSIONS, SESSION_SECONDS,
                                      &shared->shared_sessions);
        if (err != SSLNoErr) {
            print_error(NULL, options->session_file, err);
        }
        TRY(SSLPosixUseSharedStore(ctx, shared->shared_sessions));
    } else {
        err = SSLPosixCreateSessionStore(SESSIONS, SESSION_SECONDS, &shared->sessions);
        TRY(SSLPosixUseSessionStore(ctx, shared->sessions));
    }
    TRY(SSLSetPeerID(ctx, buffer_of(peer_id)));
    if (side == SSL_ServerSide && !options->no_tickets) {
        TRY(set_tickets(ctx, options, shared));
    }
    if (options->early_bytes > 0) {
        /* Sessions live in this process: no ticket of an earlier one is about. */
        TRY(SSLPosixCreateReplayStore(REPLAYS, 1, &shared->replays));
        TRY(SSLPosixUseReplayStore(ctx, shared->replays));
        TRY(SSLSetMaxEarlyData(ctx, options->early_bytes));
    }
    return err;
}

static SSLErr set_psk(SSLContext *ctx, const Options *options, SSLProtocolSide side, Shared *shared)
{
    SSLErr err = SSLNoErr;

    if (options->psk != NULL) {
        TRY(use_psk_file(ctx, side, options->psk, &shared->psk_keys));
    }
    if (options->psk_hint != NULL) {
        TRY(SSLSetPSKHint(ctx, buffer_of(options->psk_hint)));
    }
    return err;
}

static SSLErr set_key_log(SSLContext *ctx, const Options *options, Shared *shared)
{
    int fd;

    if (options->keylog == NULL) {
        return SSLNoErr;
    }
    fd = open(options->keylog, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600); /* secrets */
    shared->keylog = fd >= 0 ? fdopen(fd, "a") : NULL;
    if (shared->keylog == NULL) {
        perror(options->keylog);
        if (fd >= 0) {
            (void)close(fd);
        }
        return SSLIOErr;
    }
    return SSLSetKeyLogFunc(ctx, SSLPosixKeyLog, shared->keylog);
}

SSLContext *make_template(const Options *options, SSLProtocolSide side, Shared *shared)
{
    SSLContext *ctx = (SSLContext *)malloc(SSLContextSize());
    SSLErr      err;

    memset(shared, 0, sizeof(*shared));
    if (ctx == NULL) {
        fprintf(stderr, "no memory\n");
        return NULL;
    }
    errno = 0;
    err   = SSLInitContext(ctx);
    TRY(SSLPosixInstall(ctx, -1)); /* memory, random numbers, time, sockets */
    TRY(set_side(ctx, options, side));
    TRY(set_algorithms(ctx, options));
    TRY(set_sessions(ctx, options, side, shared));
    TRY(set_key_log(ctx, options, shared));
    TRY(set_trust(ctx, options, side, shared));
    TRY(add_identities(ctx, options, side, shared));
    TRY(set_psk(ctx, options, side, shared));
    if (err != SSLNoErr) {
        print_error(NULL, "cannot set up the context", err);
        free_context(ctx);
        free_shared(shared);
        return NULL;
    }
    return ctx;
}

SSLContext *duplicate_context(SSLContext *source, int fd)
{
    SSLContext *ctx = (SSLContext *)malloc(SSLContextSize());

    if (ctx != NULL && SSLDuplicateContext(source, ctx, SSLPosixSocket(fd)) != SSLNoErr) {
        free_context(ctx);
        ctx = NULL;
    }
    return ctx;
}

void free_context(SSLContext *ctx)
{
    if (ctx != NULL) {
        (void)SSLDeleteContext(ctx);
        free(ctx);
    }
}

void free_shared(Shared *shared)
{
    int index;

    for (index = 0; index < shared->identity_count; index++) {
        SSLDeleteIdentity(shared->identities[index]);
    }
    SSLDeleteTrust(shared->trust);
    SSLPosixDeleteSessionStore(shared->sessions);
    SSLPosixDeleteTicketKeys(shared->ticket_keys);
    close_redis(shared);
    SSLPosixCloseSharedStore(shared->shared_sessions);
    SSLPosixDeleteReplayStore(shared->replays);
    if (shared->psk_keys != NULL) {
        wipe(shared->psk_keys, strlen(shared->psk_keys));
    }
    free(shared->psk_keys);
    if (shared->keylog != NULL) {
        (void)fclose(shared->keylog);
    }
    memset(shared, 0, sizeof(*shared));
}

/* ==== Sockets ==== */

static struct addrinfo *look_up(const char *host, const char *port, int flags)
{
    struct addrinfo  hints = {.ai_socktype = SOCK_STREAM, .ai_flags = flags};
    struct addrinfo *found = NULL;
    int              result;

    result = getaddrinfo(host, port, &hints, &found);
    if (result != 0) {
        fprintf(stderr, "%s port %s: %s\n", host, port, gai_strerror(result));
        return NULL;
    }
    return found;
}

static int open_socket(const struct addrinfo *address)
{
    int fd = socket(address->ai_family, address->ai_socktype, address->ai_protocol);

    if (fd >= 0 && (fcntl(fd, F_SETFL, O_NONBLOCK) != 0 || fcntl(fd, F_SETFD, FD_CLOEXEC) != 0)) {
        (void)close(fd);
        fd = -1;
    }
    return fd;
}

/* Wait for connect() on a socket that does not block; 0 or -1 with errno. */
static int finish_connect(int fd, int milliseconds)
{
    struct pollfd writable = {.fd = fd, .events = POLLOUT};
    int           problem  = 0;
    socklen_t     length   = sizeof(problem);
    int           count;

    do {
        count = poll(&writable, 1, milliseconds);
    } while (count < 0 && errno == EINTR);
    if (count == 0) {
        problem = ETIMEDOUT;
    } else if (count < 0 || getsockopt(fd, SOL_SOCKET, SO_ERROR, &problem, &length) != 0) {
        problem = errno;
    }
    errno = problem;
    return problem == 0 ? 0 : -1;
}

int connect_to(const char *host, const char *port, int milliseconds)
{
    struct addrinfo *addresses = look_up(host, port, 0);
    struct addrinfo *address;
    int              fd = -1;
    int              on = 1;

    errno = 0;
    for (address = addresses; address != NULL && fd < 0; address = address->ai_next) {
        fd = open_socket(address);
        if (fd >= 0 && connect(fd, address->ai_addr, address->ai_addrlen) != 0 &&
            (errno != EINPROGRESS || finish_connect(fd, milliseconds) != 0)) {
            int reason = errno;

            (void)close(fd);
            errno = reason;
            fd    = -1;
        }
    }
    if (addresses != NULL) {
        if (fd < 0) {
            fprintf(stderr, "%s port %s: %s\n", host, port, strerror(errno));
        }
        freeaddrinfo(addresses);
    }
    if (fd >= 0) { /* the engine writes whole flights: waiting for more to send only delays */
        (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    }
    return fd;
}

int listen_on(const char *host, const char *port, unsigned *port_taken)
{
    struct addrinfo        *address = look_up(host, port, AI_PASSIVE);
    struct sockaddr_storage bound;
    socklen_t               length = sizeof(bound);
    char                    number[16];
    int                     on = 1;
    int                     fd;

    if (address == NULL) {
        return -1;
    }
    fd = open_socket(address);
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0 ||
        bind(fd, address->ai_addr, address->ai_addrlen) != 0 || listen(fd, 128) != 0 ||
        getsockname(fd, (struct sockaddr *)&bound, &length) != 0 ||
        getnameinfo((struct sockaddr *)&bound, length, NULL, 0, number, sizeof(number),
                    NI_NUMERICSERV) != 0) {
        fprintf(stderr, "%s port %s: %s\n", host, port, strerror(errno));
        if (fd >= 0) {
            (void)close(fd);
        }
        fd = -1;
    } else {
        *port_taken = (unsigned)strtoul(number, NULL, 10);
    }
    freeaddrinfo(address);
    return fd;
}
