/*
 * callbacks.h - the callbacks of a Side, for harness.c.
 */
#ifndef SSLREF_TEST_FAULT_CALLBACKS_H
#define SSLREF_TEST_FAULT_CALLBACKS_H

#include "harness.h"

/* Every reference is the Side. */
SSLErr side_alloc(SSLBuffer *buffer, void *ref);
SSLErr side_free(SSLBuffer *buffer, void *ref);
SSLErr side_private_key(SSLContext *ctx, const SSLPrivateKeyRequest *request, SSLBuffer *output,
                        void *ref);

/* All the others, on ctx. The decisions only where asked for. */
void install_callbacks(SSLContext *ctx, Side *side);

#endif
