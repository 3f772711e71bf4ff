/*
 * psk.c - extensions of resumption in TLS 1.3: early_data. 0-RTT is neither offered nor accepted
 * here; a client that offers it is understood, and what it sends early is skipped.
 */
#include "extensions.h"

/* ---- early_data, RFC 8446 4.2.10 ---- */

static SSLErr early_read(SSLContext *ctx, Reader *in)
{
    (void)in;
    ctx->handshake->hello.early_data = 1;
    return SSLNoErr;
}

const Extension sslr_ext_early_data = {.id         = EXT_EARLY_DATA,
                                       .name       = "early_data",
                                       .where      = IN_CLIENT_HELLO | IN_ENCRYPTED,
                                       .read_hello = early_read};
