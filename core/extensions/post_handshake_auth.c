/*
 * post_handshake_auth.c - post_handshake_auth (RFC 8446 4.2.6): a client that may be asked for its
 * certificate later. There is no answer to it.
 */
#include "extensions.h"

static int auth_needs(const SSLContext *ctx, unsigned where)
{
    (void)where;
    return ctx->config.post_handshake_auth && allows_tls13(ctx);
}

static SSLErr auth_read(SSLContext *ctx, Reader *in)
{
    (void)ctx;
    (void)in; /* that it stands there is noted with every extension */
    return SSLNoErr;
}

const Extension sslr_ext_post_handshake_auth = {.id         = EXT_POST_HANDSHAKE_AUTH,
                                                .name       = "post_handshake_auth",
                                                .where      = IN_CLIENT_HELLO,
                                                .needs      = auth_needs,
                                                .read_hello = auth_read};
