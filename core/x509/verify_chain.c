/*
 * verify_chain.c - SSLVerifyChain: the question that a handshake asks path.c, for programs that
 * have a chain and no connection.
 */
#include "x509.h"

static SSLErr check_request(const SSLTrust *trust, const SSLChainRequest *request)
{
    uint32_t i;

    if (trust == NULL || request == NULL || request->certs == NULL || request->certCount == 0 ||
        (request->side != SSL_ServerSide && request->side != SSL_ClientSide) ||
        (request->nameLength > 0 &&
         (request->name == NULL ||
          sslr_x509_classify_host(request->name, request->nameLength) == 0)) ||
        (request->ocspResponse.length > 0 && request->ocspResponse.data == NULL)) {
        return SSLBadParameterErr;
    }
    if (request->certCount > MAX_CHAIN_CERTIFICATES) {
        return SSLOverflowErr;
    }
    for (i = 0; i < request->certCount; i++) {
        if (request->certs[i].data == NULL) {
            return SSLBadParameterErr;
        }
    }
    return SSLNoErr;
}

static void tell(const Verdict *verdict, const ChainPath *path, SSLChainResult *result)
{
    size_t i;

    result->error       = verdict->err;
    result->rule        = verdict->rule;
    result->certificate = verdict->certificate;
    result->pathLength  = (uint32)path->count;
    for (i = 0; i < path->count; i++) {
        result->path[i].length = (uint32)path->certificates[i].length;
        /* The manual's type is not const; nothing is written. */
        result->path[i].data = (uint8 *)path->certificates[i].data;
    }
}

SSLErr SSLVerifyChain(const SSLTrust *trust, const SSLChainRequest *request, SSLChainResult *result)
{
    Bytes         chain[MAX_CHAIN_CERTIFICATES];
    ChainPath     path;
    VerifyRequest verify;
    Verdict       verdict;
    uint32_t      i;
    SSLErr        err;

    if (result == NULL) {
        return SSLBadParameterErr;
    }
    memset(result, 0, sizeof *result);
    result->certificate = -1;
    result->rule        = "the request is not a proper one";
    err                 = check_request(trust, request);
    if (err != SSLNoErr) {
        result->error = err;
        return err;
    }
    for (i = 0; i < request->certCount; i++) {
        chain[i] = bytes_of(request->certs[i].data, request->certs[i].length);
    }
    memset(&verify, 0, sizeof verify);
    path.count    = 0;
    verify.chain  = chain;
    verify.count  = request->certCount;
    verify.trust  = trust;
    verify.now    = (int64_t)request->time;
    verify.server = request->side == SSL_ServerSide;
    /* Nobody knows the key exchange: the key must be fit for one of them. */
    verify.any_key_usage = verify.server ? KEY_USAGE_DIGITAL_SIGNATURE |
                                               KEY_USAGE_KEY_ENCIPHERMENT | KEY_USAGE_KEY_AGREEMENT
                                         : KEY_USAGE_DIGITAL_SIGNATURE | KEY_USAGE_KEY_AGREEMENT;
    verify.host          = request->nameLength > 0 ? request->name : NULL;
    verify.host_length   = request->nameLength;
    verify.staple        = bytes_of(request->ocspResponse.data, request->ocspResponse.length);
    verify.staple_asked  = request->stapleAsked;
    verify.path          = &path;
    verdict              = sslr_x509_verify(&verify);
    tell(&verdict, &path, result);
    return result->error;
}
