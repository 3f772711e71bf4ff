/*
 * sslposix.h - ready-made callbacks for programs on POSIX systems (Linux, the BSDs, macOS,
 * Solaris).
 *
 * The engine of ssl.h does nothing on its own; here is everything that it wants from a system of
 * this kind, so that a program begins with one call: SSLPosixInstall(ctx, fd). Nothing here is
 * needed by the engine, and every piece can be replaced by a callback of your own.
 *
 * What lives elsewhere: callbacks for machines without an operating system (platform/memory), and
 * opening connections (that is the program's business; samples/common.c shows how).
 *
 * Common to all calls, and therefore not repeated below: they return SSLNoErr or an error of
 * sslerrors.h; a NULL argument where an object is needed gives SSLBadParameterErr (but callbacks,
 * which the engine calls, want the reference that they were installed with); where a file or a
 * system call fails the result is SSLIOErr and errno says why. Everything may be called by several
 * threads at once, except for two calls on the same context.
 */
#ifndef SSLREF_POSIX_H
#define SSLREF_POSIX_H

#include "ssl.h"
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ==== The complete set of callbacks (callbacks.c, socket_io.c) ==== */

/* Install all of the callbacks below on ctx: memory, random numbers, time, reading and writing.
 * fd is the socket of this connection, or -1 for a template that will be duplicated: then give
 * SSLPosixSocket(fd) to SSLDuplicateContext as the I/O reference. The socket stays the program's:
 * the engine never opens or closes one. Call it directly after SSLInitContext. */
SSLErr SSLPosixInstall(SSLContext *ctx, int fd);

/* A socket as an I/O reference, for SSLSetIORef and SSLDuplicateContext. */
#define SSLPosixSocket(fd) ((void *)(intptr_t)(fd))

/* Memory from malloc, free and realloc; allocRef is not used. */
SSLErr SSLPosixAlloc(SSLBuffer *buf, void *allocRef);
SSLErr SSLPosixFree(SSLBuffer *buf, void *allocRef);
SSLErr SSLPosixRealloc(SSLBuffer *buf, uint32 newSize, void *allocRef);

/* The same three as an object, for SSLCreateIdentity and SSLCreateTrust. Static, never changes. */
const SSLAllocator *SSLPosixAllocator(void);

/* Random bytes from the kernel: getrandom() where there is one, else /dev/urandom. Waits only while
 * the kernel's generator has not been seeded since the machine was switched on. Error: SSLIOErr,
 * never weaker bytes. */
SSLErr SSLPosixRandom(SSLBuffer buf, void *randomRef);

/* The system's clock, and what POSIX's mktime() gives, which is UTC already: unchanged. */
SSLErr SSLPosixTime(uint32 *time, void *timeRef);
SSLErr SSLPosixConvertTime(uint32 *time, void *timeRef);

/* Receive from and send to a connected stream socket, blocking or not; connRef is
 * SSLPosixSocket(fd). One recv() or send() a call. No data and no room (EAGAIN, also by SO_RCVTIMEO
 * or SO_SNDTIMEO): SSLWouldBlockErr. The peer's end of the stream: SSLConnectionClosedGraceful. A
 * broken connection: SSLIOErr, without the signal SIGPIPE. An interrupted call is repeated. */
SSLErr SSLPosixRead(SSLBuffer data, uint32 *processed, void *connRef);
SSLErr SSLPosixWrite(SSLBuffer data, uint32 *processed, void *connRef);

/* ==== Waiting (wait.c) ==== */

/* Wait with poll() until the socket fd can do what SSLWants(ctx) names (reading, writing or
 * either), but no longer than this many milliseconds; -1 waits for ever. A socket at its end or
 * with an error counts as ready: the next call on ctx reports it. Results: SSLNoErr (ready, call
 * the engine again), SSLWouldBlockErr (the time is over), SSLBadStateErr (SSLWants names nothing
 * that a socket could bring, for example an answer of the program's own callbacks), SSLIOErr. */
SSLErr SSLPosixWait(SSLContext *ctx, int fd, int milliseconds);

/* ==== A session store in memory (session_store.c) ==== */

/* Sessions for resumption, for any number of contexts and threads, with a lock of its own. When it
 * is full the oldest entry makes room. What leaves it is wiped. */
typedef struct SSLSessionStore SSLSessionStore;

/* Make a store for at most maxEntries (1 .. 1000000) sessions, each kept for maxAge seconds (0 = no
 * limit; a day, 86400, is usual). Errors: SSLBadParameterErr, SSLMemoryErr; *store is then NULL. */
SSLErr SSLPosixCreateSessionStore(uint32 maxEntries, uint32 maxAge, SSLSessionStore **store);

/* Wipe and free a store (NULL: nothing). No context that uses it may be alive any more. */
void SSLPosixDeleteSessionStore(SSLSessionStore *store);

/* Install the three callbacks below on ctx, with the store as their reference. Resumption is turned
 * on by SSLSetPeerID as always. The store's memory comes from malloc: use it with contexts whose
 * memory callbacks are those of SSLPosixInstall. */
SSLErr SSLPosixUseSessionStore(SSLContext *ctx, SSLSessionStore *store);

SSLErr SSLPosixAddSession(SSLBuffer sessionKey, SSLBuffer sessionData, void *store);
SSLErr SSLPosixGetSession(SSLBuffer sessionKey, SSLBuffer *sessionData, void *store);
SSLErr SSLPosixDeleteSession(SSLBuffer sessionKey, void *store);

/* How many sessions the store holds now. */
uint32 SSLPosixCountSessions(SSLSessionStore *store);

/* ==== A session store that processes share (shared_store.c) ==== */

/* Sessions in a mapped file, for all processes of a machine that open it; any number of contexts
 * and threads. A process may be killed at any time: no lock stays behind, and what it was writing
 * is no entry. */
typedef struct SSLSharedStore SSLSharedStore;

/* Open the store at path, or make it: a regular file of the caller's own that nobody else may read
 * or write (0600), of 4 KB for each of maxEntries (1 .. 1000000, rounded up to a multiple of 8)
 * sessions, each kept for maxAge seconds (1 .. 2^32-1). All that open it must give the same
 * numbers. It may be opened before fork() and used on both sides, if no other thread is inside a
 * call then; but it may be opened only once in one process: closing it a second time would drop the
 * locks of the first. A program that shortens the file while it is open ends those that use it
 * (SIGBUS). Room for all of it is taken on the disk at once. Errors:
 * SSLBadParameterErr (a number out of range; the file is something else or was made with other
 * numbers), SSLIOErr (errno; EPERM for a file that others may use), SSLMemoryErr; *store is then
 * NULL. */
SSLErr SSLPosixOpenSharedStore(const char *path, uint32 maxEntries, uint32 maxAge,
                               SSLSharedStore **store);

/* Free the object (NULL: nothing); the file and its sessions stay. */
void SSLPosixCloseSharedStore(SSLSharedStore *store);

/* Install the three callbacks below on ctx, with the store as their reference; see
 * SSLPosixUseSessionStore. A session with its key that is longer than 4072 bytes (a long chain of a
 * client's certificates) is not kept, and neither is one while a lock cannot be had for 50 ms: that
 * costs a full handshake. */
SSLErr SSLPosixUseSharedStore(SSLContext *ctx, SSLSharedStore *store);

SSLErr SSLPosixAddSharedSession(SSLBuffer sessionKey, SSLBuffer sessionData, void *store);
SSLErr SSLPosixGetSharedSession(SSLBuffer sessionKey, SSLBuffer *sessionData, void *store);
SSLErr SSLPosixDeleteSharedSession(SSLBuffer sessionKey, void *store);

/* ==== Keys for session tickets (ticket_keys.c) ==== */

/* A key for each period of time, for any number of contexts and threads. It seals for its period
 * and opens for two more, in which clients get new tickets. */
typedef struct SSLTicketKeys SSLTicketKeys;

/* Make keys, in memory, whose periods are of this many seconds (1 .. 604800; the lifetime of
 * sessions is usual, SSLSetSessionLifetime). Errors: SSLBadParameterErr, SSLMemoryErr; *keys is
 * then NULL. */
SSLErr SSLPosixCreateTicketKeys(uint32 seconds, SSLTicketKeys **keys);

/* Keep them in a session store that several servers share, given by its callbacks and their
 * reference (SSLPosixAddSharedSession and SSLPosixGetSharedSession, or those of platform/redis):
 * all that use the store with periods of the same length, and clocks that agree, open each other's
 * tickets. The store must keep entries for three periods, and its get callback allocate with
 * malloc. While the store fails each server goes on with keys of its own. Call it before the keys
 * are used. Whoever can read the store can read connections (SSLTicketKeyFunc). */
SSLErr SSLPosixShareTicketKeys(SSLTicketKeys *keys, SSLAddSessionFunc add, SSLGetSessionFunc get,
                               void *store);

/* Install the callback below on ctx, with the keys as its reference. */
SSLErr SSLPosixUseTicketKeys(SSLContext *ctx, SSLTicketKeys *keys);

SSLErr SSLPosixTicketKey(SSLContext *ctx, const uint8 *name, SSLTicketKey *key, int *renew,
                         void *keys);

/* Wipe and free them (NULL: nothing). No context that uses them may be alive any more. */
void SSLPosixDeleteTicketKeys(SSLTicketKeys *keys);

/* ==== A memory of 0-RTT data (replay_store.c) ==== */

/* ClientHellos that brought 0-RTT data, so that none is accepted twice (RFC 8446 8.2), for any
 * number of contexts and threads of one process. Servers that share tickets need a memory that they
 * share, too, which this one is not. */
typedef struct SSLReplayStore SSLReplayStore;

/* Make a memory of at most maxEntries (1 .. 10000000, about 60 bytes each, taken at once) hellos;
 * each stays for the engine's window of 22 seconds. When it is full 0-RTT data is refused until
 * there is room; none is forgotten early. ticketsAreNew 0: tickets of an earlier run may be taken
 * up, so 0-RTT data is refused for a window, too; not 0: there are none, because sessions (or
 * ticket keys) live in this process alone. Errors: SSLBadParameterErr, SSLMemoryErr; *store is then
 * NULL. */
SSLErr SSLPosixCreateReplayStore(uint32 maxEntries, int ticketsAreNew, SSLReplayStore **store);

/* Free the memory (NULL: nothing). No context that uses it may be alive any more. */
void SSLPosixDeleteReplayStore(SSLReplayStore *store);

/* Install the callback below on ctx, with the store as its reference. SSLSetMaxEarlyData turns
 * 0-RTT on. */
SSLErr SSLPosixUseReplayStore(SSLContext *ctx, SSLReplayStore *store);

/* An SSLReplayFunc: SSLNoErr for a token that is new; SSLSessionNotFoundErr (seen before),
 * SSLOverflowErr (full), SSLBadStateErr (begun less than a window ago), SSLBadParameterErr (not a
 * token of the engine). Never waits. */
SSLErr SSLPosixCheckReplay(SSLContext *ctx, SSLBuffer token, uint32 window, void *store);

/* ==== Trust and identities from files (trust_files.c, identity_files.c) ==== */

/* Make a trust object from the certificates of a file or a directory. A file holds PEM blocks, or
 * DER. Of a directory all files *.pem, *.crt and *.cer with PEM blocks are read, in alphabetic
 * order; if it has none of these, those that "openssl rehash" names (8 hexadecimal digits, a dot
 * and a number); where `more` looks at revocation and brings no lists, also the lists that it names
 * (with an r before the number). more: the other members of the specification (intermediates,
 * pinnedKeys, maxDepth, flags, crls, revocation; its anchors must be empty), or NULL. *skipped
 * (which may be NULL) counts certificates that could not be parsed and files of a directory without
 * a PEM certificate. Free with SSLDeleteTrust. Errors: SSLIOErr (errno), SSLOverflowErr (over 64
 * MB), SSLMemoryErr, those of SSLCreateTrust; *trust is then NULL. */
SSLErr SSLPosixCreateTrust(const char *path, const SSLTrustSpec *more, SSLTrust **trust,
                           uint32 *skipped);

/* The same from the file or directory that SSL_CERT_FILE or SSL_CERT_DIR names, else from the
 * system's own store of trusted authorities, which Linux distributions and the BSDs keep as a file
 * or directory in one of several places. Errors: as above; SSLIOErr with ENOENT if none of the
 * places exists. */
SSLErr SSLPosixCreateSystemTrust(const SSLTrustSpec *more, SSLTrust **trust, uint32 *skipped);

/* Make an identity from files: chainFile holds the certificates, leaf first; keyFile the private
 * key (NULL: it is in chainFile too); password decrypts it (NULL: it is not encrypted); ocspFile is
 * the DER response to staple (NULL: none). Files are PEM or DER as SSLIdentitySpec says. Buffers
 * that held the key are wiped. Free with SSLDeleteIdentity. Errors: SSLIOErr (errno),
 * SSLOverflowErr, SSLMemoryErr, those of SSLCreateIdentity; *identity is then NULL. */
SSLErr SSLPosixCreateIdentity(const char *chainFile, const char *keyFile, const char *password,
                              const char *ocspFile, SSLIdentity **identity);

/* ==== Key log (key_log.c) ==== */

/* An SSLKeyLogFunc whose reference is a FILE * open for writing: each line is written at once, also
 * when several threads log to one file. Install with SSLSetKeyLogFunc(ctx, SSLPosixKeyLog, file).
 * Whoever can read the file can read the connections: for debugging only. */
void SSLPosixKeyLog(SSLContext *ctx, const char *line, void *file);

#ifdef __cplusplus
}
#endif
#endif
