/*
 * callbacks.c - the setters of callbacks and references: each stores its argument. They may be
 * called at any time but inside a callback.
 */
#include "api.h"

SSLErr SSLSetAllocFunc(SSLContext *ctx, SSLAllocFunc alloc)
{
    SSLErr err = may_call(ctx);

    if (err == SSLNoErr) {
        ctx->allocator.allocFunc = alloc;
    }
    return err;
}

SSLErr SSLSetFreeFunc(SSLContext *ctx, SSLFreeFunc freeFunc)
{
    SSLErr err = may_call(ctx);

    if (err == SSLNoErr) {
        ctx->allocator.freeFunc = freeFunc;
    }
    return err;
}

SSLErr SSLSetReallocFunc(SSLContext *ctx, SSLReallocFunc reallocFunc)
{
    SSLErr err = may_call(ctx);

    if (err == SSLNoErr) {
        ctx->allocator.reallocFunc = reallocFunc;
    }
    return err;
}

SSLErr SSLSetAllocRef(SSLContext *ctx, void *allocRef)
{
    SSLErr err = may_call(ctx);

    if (err == SSLNoErr) {
        ctx->allocator.allocRef = allocRef;
    }
    return err;
}

SSLErr SSLSetTimeFunc(SSLContext *ctx, SSLTimeFunc timeFunc)
{
    SSLErr err = may_call(ctx);

    if (err == SSLNoErr) {
        ctx->callbacks.time = timeFunc;
    }
    return err;
}

SSLErr SSLSetConvertTimeFunc(SSLContext *ctx, SSLConvertTimeFunc convertTime)
{
    SSLErr err = may_call(ctx);

    if (err == SSLNoErr) {
        ctx->callbacks.convert_time = convertTime;
    }
    return err;
}

SSLErr SSLSetTimeRef(SSLContext *ctx, void *timeRef)
{
    SSLErr err = may_call(ctx);

    if (err == SSLNoErr) {
        ctx->callbacks.time_ref = timeRef;
    }
    return err;
}

SSLErr SSLSetRandomFunc(SSLContext *ctx, SSLRandomFunc randomFunc)
{
    SSLErr err = may_call(ctx);

    if (err == SSLNoErr) {
        ctx->callbacks.random = randomFunc;
    }
    return err;
}

SSLErr SSLSetRandomRef(SSLContext *ctx, void *randomRef)
{
    SSLErr err = may_call(ctx);

    if (err == SSLNoErr) {
        ctx->callbacks.random_ref = randomRef;
    }
    return err;
}

SSLErr SSLSetReadFunc(SSLContext *ctx, SSLIOFunc readFunc)
{
    SSLErr err = may_call(ctx);

    if (err == SSLNoErr) {
        ctx->callbacks.read = readFunc;
    }
    return err;
}

SSLErr SSLSetWriteFunc(SSLContext *ctx, SSLIOFunc writeFunc)
{
    SSLErr err = may_call(ctx);

    if (err == SSLNoErr) {
        ctx->callbacks.write = writeFunc;
    }
    return err;
}

SSLErr SSLSetIORef(SSLContext *ctx, void *ioRef)
{
    SSLErr err = may_call(ctx);

    if (err == SSLNoErr) {
        ctx->callbacks.io_ref = ioRef;
    }
    return err;
}

SSLErr SSLSetAddSessionFunc(SSLContext *ctx, SSLAddSessionFunc addSession)
{
    SSLErr err = may_call(ctx);

    if (err == SSLNoErr) {
        ctx->callbacks.add_session = addSession;
    }
    return err;
}

SSLErr SSLSetGetSessionFunc(SSLContext *ctx, SSLGetSessionFunc getSession)
{
    SSLErr err = may_call(ctx);

    if (err == SSLNoErr) {
        ctx->callbacks.get_session = getSession;
    }
    return err;
}

SSLErr SSLSetDeleteSessionFunc(SSLContext *ctx, SSLDeleteSessionFunc deleteSession)
{
    SSLErr err = may_call(ctx);

    if (err == SSLNoErr) {
        ctx->callbacks.delete_session = deleteSession;
    }
    return err;
}

SSLErr SSLSetSessionRef(SSLContext *ctx, void *sessionRef)
{
    SSLErr err = may_call(ctx);

    if (err == SSLNoErr) {
        ctx->callbacks.session_ref = sessionRef;
    }
    return err;
}

SSLErr SSLSetCheckCertificateFunc(SSLContext *ctx, SSLCheckCertificateFunc checkCertificate)
{
    SSLErr err = may_call(ctx);

    if (err == SSLNoErr) {
        ctx->callbacks.check_certificate = checkCertificate;
    }
    return err;
}

SSLErr SSLSetCheckCertificateRef(SSLContext *ctx, void *checkCertificateRef)
{
    SSLErr err = may_call(ctx);

    if (err == SSLNoErr) {
        ctx->callbacks.check_certificate_ref = checkCertificateRef;
    }
    return err;
}

SSLErr SSLSetVerifyFunc(SSLContext *ctx, SSLVerifyFunc verify, void *verifyRef)
{
    SSLErr err = may_call(ctx);

    if (err == SSLNoErr) {
        ctx->callbacks.verify     = verify;
        ctx->callbacks.verify_ref = verifyRef;
    }
    return err;
}

SSLErr SSLSetIdentityFunc(SSLContext *ctx, SSLIdentityFunc identity, void *identityRef)
{
    SSLErr err = may_call(ctx);

    if (err == SSLNoErr) {
        ctx->callbacks.identity     = identity;
        ctx->callbacks.identity_ref = identityRef;
    }
    return err;
}

SSLErr SSLSetClientHelloFunc(SSLContext *ctx, SSLClientHelloFunc clientHello, void *clientHelloRef)
{
    SSLErr err = may_call(ctx);

    if (err == SSLNoErr) {
        ctx->callbacks.client_hello     = clientHello;
        ctx->callbacks.client_hello_ref = clientHelloRef;
    }
    return err;
}

SSLErr SSLSetTicketKeyFunc(SSLContext *ctx, SSLTicketKeyFunc ticketKey, void *ticketKeyRef)
{
    SSLErr err = may_call(ctx);

    if (err == SSLNoErr) {
        ctx->callbacks.ticket_key     = ticketKey;
        ctx->callbacks.ticket_key_ref = ticketKeyRef;
    }
    return err;
}

SSLErr SSLSetKeyLogFunc(SSLContext *ctx, SSLKeyLogFunc keyLog, void *keyLogRef)
{
    SSLErr err = may_call(ctx);

    if (err == SSLNoErr) {
        ctx->callbacks.key_log     = keyLog;
        ctx->callbacks.key_log_ref = keyLogRef;
    }
    return err;
}

SSLErr SSLSetTraceFunc(SSLContext *ctx, SSLTraceFunc trace, void *traceRef)
{
    SSLErr err = may_call(ctx);

    if (err == SSLNoErr) {
        ctx->callbacks.trace     = trace;
        ctx->callbacks.trace_ref = traceRef;
    }
    return err;
}
