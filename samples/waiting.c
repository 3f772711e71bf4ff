/*
 * waiting.c - decisions that take their time: a client that asks somebody whether to accept the
 * server's certificate, and a server whose private key is elsewhere (on a smart card, say). Both
 * questions are answered by another thread, while the thread with the connections goes on.
 *
 * The rule for a callback that cannot answer yet: note the question, return SSLWouldBlockErr, and
 * be called again with the same arguments later. SSLWants() tells the event loop that it is not
 * bytes that are awaited. What the callback was given stays valid and in place until its final
 * answer, so that the other thread can work on it directly. If the context is deleted first, the
 * callback is called once more with its cancel mark: after that the question must not be touched.
 */
#define _POSIX_C_SOURCE 200809L
#include "sslmemory.h"
#include "sslposix.h"
#include "test_identity.h"
#include "toy_card.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define RING_SIZE 4096

/* ==== A desk: where questions are left and answers are fetched ==== */

typedef enum State {
    FREE,
    ASKED,
    BEING_ANSWERED,
    ANSWERED
} State;

typedef struct Question {
    State  state;
    SSLErr answer;

    /* The certificate question. */
    int              certificate_count;
    const SSLBuffer *certificates;
    SSLErr           verdict;

    /* The signature question. */
    SSLBuffer input;
    uint8     signature[SSL_MAX_RSA_MODULUS_LEN];
} Question;

typedef struct Desk {
    pthread_mutex_t  lock;
    pthread_cond_t   changed;
    Question         certificate, signature;
    SSLRSAPrivateKey key; /* on the card: the engine never sees it */
    int              ending;
} Desk;

/* The work itself, done without the lock. */
static void answer_certificate(Question *question)
{
    struct timespec thinking = {.tv_nsec = 50 * 1000 * 1000};

    printf("  [other thread] looks at %d certificate(s), the first of %u bytes\n",
           question->certificate_count, question->certificates[0].length);
    (void)nanosleep(&thinking, NULL); /* a user who reads, a revocation service that is asked ... */
    question->answer = question->verdict; /* "the engine is right": one could overrule it here */
}

static void answer_signature(Question *question, const SSLRSAPrivateKey *key)
{
    printf("  [other thread] signs a digest of %u bytes\n", question->input.length);
    question->answer = SSLBadParameterErr;
    if (question->input.length == 32) {
        toy_card_sign_sha256(key, question->input.data, question->signature);
        question->answer = SSLNoErr;
    }
}

static void *other_thread(void *desk_ref)
{
    Desk *desk = (Desk *)desk_ref;

    (void)pthread_mutex_lock(&desk->lock);
    while (!desk->ending) {
        Question *question = desk->certificate.state == ASKED ? &desk->certificate
                             : desk->signature.state == ASKED ? &desk->signature
                                                              : NULL;

        if (question == NULL) {
            (void)pthread_cond_wait(&desk->changed, &desk->lock);
            continue;
        }
        question->state = BEING_ANSWERED;
        (void)pthread_mutex_unlock(&desk->lock);
        if (question == &desk->certificate) {
            answer_certificate(question);
        } else {
            answer_signature(question, &desk->key);
        }
        (void)pthread_mutex_lock(&desk->lock);
        question->state = ANSWERED;
        (void)pthread_cond_broadcast(&desk->changed);
    }
    (void)pthread_mutex_unlock(&desk->lock);
    return NULL;
}

/* Leave a question, whose details are filled in already, or fetch its answer; the lock is held. */
static SSLErr ask(Desk *desk, Question *question)
{
    if (question->state == FREE) {
        question->state = ASKED;
        (void)pthread_cond_broadcast(&desk->changed);
    }
    if (question->state != ANSWERED) {
        return SSLWouldBlockErr;
    }
    question->state = FREE;
    return question->answer;
}

/* The cancel mark came: wait until nobody works on the question any more, and forget it. */
static void cancel(Desk *desk, Question *question)
{
    (void)pthread_mutex_lock(&desk->lock);
    while (question->state == BEING_ANSWERED) {
        (void)pthread_cond_wait(&desk->changed, &desk->lock);
    }
    question->state = FREE;
    (void)pthread_mutex_unlock(&desk->lock);
}

/* ==== The two callbacks ==== */

static SSLErr verify(SSLContext *ctx, int certCount, const SSLBuffer *derCerts, SSLErr verdict,
                     void *desk_ref)
{
    Desk  *desk = (Desk *)desk_ref;
    SSLErr err;

    (void)ctx;
    if (certCount == 0) {
        cancel(desk, &desk->certificate);
        return SSLNoErr;
    }
    (void)pthread_mutex_lock(&desk->lock);
    if (desk->certificate.state == FREE) {
        desk->certificate.certificate_count = certCount;
        desk->certificate.certificates      = derCerts;
        desk->certificate.verdict           = verdict;
    }
    err = ask(desk, &desk->certificate);
    (void)pthread_mutex_unlock(&desk->lock);
    return err;
}

static SSLErr use_private_key(SSLContext *ctx, const SSLPrivateKeyRequest *request,
                              SSLBuffer *output, void *desk_ref)
{
    Desk  *desk = (Desk *)desk_ref;
    SSLErr err;

    (void)ctx;
    if (request->operation == SSL_PrivateKeyCancel) {
        cancel(desk, &desk->signature);
        return SSLNoErr;
    }
    if (request->operation != SSL_PrivateKeySign || request->scheme != SSL_SIG_RSA_PKCS1_SHA256 ||
        output->length < desk->key.bits / 8) {
        return SSLUnsupportedErr;
    }
    (void)pthread_mutex_lock(&desk->lock);
    if (desk->signature.state == FREE) {
        desk->signature.input = request->input;
    }
    err = ask(desk, &desk->signature);
    if (err == SSLNoErr) {
        output->length = desk->key.bits / 8;
        memcpy(output->data, desk->signature.signature, output->length);
    }
    (void)pthread_mutex_unlock(&desk->lock);
    return err;
}

/* ==== Client and server, in one thread over two rings ==== */

typedef struct Pair {
    SSLContext  *client, *server;
    SSLRing      to_server, to_client;
    SSLRingEnds  client_ends, server_ends;
    SSLIdentity *identity;
    SSLTrust    *trust;
    uint8        storage[2][RING_SIZE];
} Pair;

static SSLContext *make_context(SSLProtocolSide side, SSLRingEnds *ends)
{
    /* The toy card knows only this form of signature, which ended with TLS 1.2. */
    static const uint16 scheme = SSL_SIG_RSA_PKCS1_SHA256;
    SSLContext         *ctx    = (SSLContext *)malloc(SSLContextSize());

    if (ctx != NULL &&
        (SSLInitContext(ctx) != SSLNoErr || SSLPosixInstall(ctx, -1) != SSLNoErr ||
         SSLRingInstall(ctx, ends) != SSLNoErr || SSLSetProtocolSide(ctx, side) != SSLNoErr ||
         SSLSetProtocolVersion(ctx, TLS_Version_1_2) != SSLNoErr ||
         SSLSetEnabledSignatureSchemes(ctx, &scheme, 1) != SSLNoErr)) {
        free(ctx);
        ctx = NULL;
    }
    return ctx;
}

static SSLBuffer buffer_of(const void *data, size_t length)
{
    SSLBuffer buffer = {(uint32)length, (uint8 *)data};

    return buffer;
}

static SSLErr make_pair(Pair *pair, Desk *desk)
{
    SSLBuffer       key = buffer_of(test_only_rsa_private_key, strlen(test_only_rsa_private_key));
    SSLIdentitySpec identity = {
        .chain          = buffer_of(test_only_rsa_certificate, strlen(test_only_rsa_certificate)),
        .privateKeyFunc = use_private_key, /* instead of the key itself */
        .privateKeyRef  = desk,
    };
    SSLTrustSpec trust = {.pinnedKeys = buffer_of(test_only_rsa_pin, sizeof(test_only_rsa_pin))};
    SSLErr       err   = SSLDecodeRSAPrivateKey(key, &desk->key);

    if (err == SSLNoErr) {
        err = SSLCreateIdentity(SSLPosixAllocator(), &identity, &pair->identity);
    }
    if (err == SSLNoErr) {
        err = SSLCreateTrust(SSLPosixAllocator(), &trust, &pair->trust, NULL);
    }
    SSLRingInit(&pair->to_server, pair->storage[0], RING_SIZE);
    SSLRingInit(&pair->to_client, pair->storage[1], RING_SIZE);
    pair->client_ends.in = pair->server_ends.out = &pair->to_client;
    pair->client_ends.out = pair->server_ends.in = &pair->to_server;
    pair->client                                 = make_context(SSL_ClientSide, &pair->client_ends);
    pair->server                                 = make_context(SSL_ServerSide, &pair->server_ends);
    if (err == SSLNoErr && (pair->client == NULL || pair->server == NULL)) {
        err = SSLMemoryErr;
    }
    if (err == SSLNoErr) {
        err = SSLSetTrust(pair->client, pair->trust);
    }
    if (err == SSLNoErr) {
        err = SSLSetPeerDomainName(pair->client, "rsa.sslref.test", 15);
    }
    if (err == SSLNoErr) {
        err = SSLSetVerifyFunc(pair->client, verify, desk);
    }
    return err == SSLNoErr ? SSLAddIdentity(pair->server, pair->identity) : err;
}

static void free_pair(Pair *pair)
{
    if (pair->client != NULL) {
        (void)SSLDeleteContext(pair->client);
    }
    if (pair->server != NULL) {
        (void)SSLDeleteContext(pair->server);
    }
    free(pair->client);
    free(pair->server);
    SSLDeleteIdentity(pair->identity);
    SSLDeleteTrust(pair->trust);
}

/* Sleep until a question has been answered; an event loop would be woken by a pipe instead. */
static void wait_for_answer(Desk *desk)
{
    (void)pthread_mutex_lock(&desk->lock);
    while (desk->certificate.state != ANSWERED && desk->signature.state != ANSWERED) {
        (void)pthread_cond_wait(&desk->changed, &desk->lock);
    }
    (void)pthread_mutex_unlock(&desk->lock);
}

static SSLErr run_handshakes(Pair *pair, Desk *desk)
{
    const uint32 decisions = SSL_WantsCheckCertificate | SSL_WantsPrivateKey;

    for (;;) {
        SSLErr client = SSLHandshake(pair->client);
        SSLErr server = SSLHandshake(pair->server);
        uint32 wants  = 0;

        wants |= client == SSLWouldBlockErr ? SSLWants(pair->client) : 0;
        wants |= server == SSLWouldBlockErr ? SSLWants(pair->server) : 0;
        if (client == SSLNoErr && server == SSLNoErr) {
            return SSLNoErr;
        }
        if (client != SSLNoErr && client != SSLWouldBlockErr) {
            return client;
        }
        if (server != SSLNoErr && server != SSLWouldBlockErr) {
            return server;
        }
        if (wants & decisions) {
            printf("waiting for%s%s\n",
                   (wants & SSL_WantsCheckCertificate) ? " the decision on the certificate" : "",
                   (wants & SSL_WantsPrivateKey) ? " the private key" : "");
            wait_for_answer(desk);
        }
    }
}

int main(void)
{
    static Desk desk = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};
    static Pair pair;
    pthread_t   thread;
    SSLErr      err;

    if (pthread_create(&thread, NULL, other_thread, &desk) != 0) {
        return 1;
    }
    err = make_pair(&pair, &desk);
    if (err == SSLNoErr) {
        err = run_handshakes(&pair, &desk);
    }
    printf("handshake: %s\n", SSLErrorString(err));
    free_pair(&pair);

    (void)pthread_mutex_lock(&desk.lock);
    desk.ending = 1;
    (void)pthread_cond_broadcast(&desk.changed);
    (void)pthread_mutex_unlock(&desk.lock);
    (void)pthread_join(thread, NULL);
    return err == SSLNoErr ? 0 : 1;
}
