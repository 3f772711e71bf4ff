/*
 * session_file.h - a client's session kept in a file from one run to the next (--session).
 */
#ifndef SSLREF_SAMPLES_SESSION_FILE_H
#define SSLREF_SAMPLES_SESSION_FILE_H

#include "ssl.h"

/* Offer the session in the file, if there is one, in the next handshake. The file goes. */
void load_session(SSLContext *ctx, const char *path);

/* Put the connection's session, if it has one, into the file, which only its owner may read. Call
 * it before the context is closed. */
void save_session(SSLContext *ctx, const char *path);

#endif
