/*
 * openssl/ssl.h - as much of the interface of libssl as a small client or server needs, and the
 * calls of the manual page SSL_renegotiate, over sslref. A program that was written for libssl is
 * compiled with -Iplatform/libssl before the system's headers and linked with libsslref-libssl and
 * libsslref.
 *
 * Names and numbers are those of OpenSSL, as far as programs see them; what the calls do is said
 * here only where it differs. What is not here is not there: no certificates as objects, no
 * sessions, no cipher strings.
 *
 * Common: 1 is success, 0 or -1 is not; ERR_get_error() tells why. An SSL_CTX may be shared by
 * threads once it is set up. It may be freed, and be given other files, while there are SSLs of it,
 * which go on with what they have: the certificate of the time of SSL_new, the trust of the time
 * when their handshake began.
 */
#ifndef SSLREF_LIBSSL_SSL_H
#define SSLREF_LIBSSL_SSL_H

#include <openssl/bio.h>
#include <openssl/err.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ssl_st            SSL;
typedef struct ssl_ctx_st        SSL_CTX;
typedef struct ssl_method_st     SSL_METHOD;
typedef struct x509_store_ctx_st X509_STORE_CTX; /* never made: verify callbacks get NULL */

/* ---- the library: nothing is to be done ---- */

#define SSL_library_init()           (1)
#define SSL_load_error_strings()     ((void)0)
#define OpenSSL_add_ssl_algorithms() (1)
#define OpenSSL_add_all_algorithms() ((void)0)

/* ---- versions ---- */

#define SSL3_VERSION   0x0300
#define TLS1_VERSION   0x0301
#define TLS1_1_VERSION 0x0302
#define TLS1_2_VERSION 0x0303
#define TLS1_3_VERSION 0x0304

const SSL_METHOD *TLS_method(void);
const SSL_METHOD *TLS_client_method(void);
const SSL_METHOD *TLS_server_method(void);
#define SSLv23_method        TLS_method
#define SSLv23_client_method TLS_client_method
#define SSLv23_server_method TLS_server_method

/* ---- contexts ---- */

#define SSL_FILETYPE_PEM 1

#define SSL_VERIFY_NONE                 0x00
#define SSL_VERIFY_PEER                 0x01
#define SSL_VERIFY_FAIL_IF_NO_PEER_CERT 0x02
#define SSL_VERIFY_CLIENT_ONCE          0x04 /* no effect */

/* Of the versions those are allowed that lie together, from the lowest that is not closed up to the
 * first SSL_OP_NO_...: what lies above a hole is closed, too, on a server as well. */
#define SSL_OP_LEGACY_SERVER_CONNECT                  ((uint64_t)1 << 2) /* always so */
#define SSL_OP_ALLOW_CLIENT_RENEGOTIATION             ((uint64_t)1 << 8)
#define SSL_OP_NO_TICKET                              ((uint64_t)1 << 14)
#define SSL_OP_NO_SESSION_RESUMPTION_ON_RENEGOTIATION ((uint64_t)1 << 16)
#define SSL_OP_NO_COMPRESSION                         ((uint64_t)1 << 17) /* always so */
#define SSL_OP_ALLOW_UNSAFE_LEGACY_RENEGOTIATION      ((uint64_t)1 << 18)
#define SSL_OP_NO_SSLv3                               ((uint64_t)1 << 25) /* below the lowest */
#define SSL_OP_NO_TLSv1                               ((uint64_t)1 << 26)
#define SSL_OP_NO_TLSv1_2                             ((uint64_t)1 << 27)
#define SSL_OP_NO_TLSv1_1                             ((uint64_t)1 << 28)
#define SSL_OP_NO_TLSv1_3                             ((uint64_t)1 << 29)
#define SSL_OP_NO_RENEGOTIATION                       ((uint64_t)1 << 30)
#define SSL_OP_ALL                                    0

#define SSL_MODE_ENABLE_PARTIAL_WRITE       0x01 /* no effect: all is taken */
#define SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER 0x02
#define SSL_MODE_AUTO_RETRY                 0x04 /* always so */

SSL_CTX *SSL_CTX_new(const SSL_METHOD *method);
void     SSL_CTX_free(SSL_CTX *ctx);

int SSL_CTX_set_min_proto_version(SSL_CTX *ctx, int version); /* 0: TLS 1.2; from SSL 3.0 */
int SSL_CTX_set_max_proto_version(SSL_CTX *ctx, int version); /* 0: TLS 1.3 */

/* The key may come before or behind its chain; they are looked at when both are there. There is one
 * certificate, of whatever kind: another takes its place, and drops the key if that does not fit,
 * so that a new certificate is named first, and then its key. What fails changes nothing. */
int SSL_CTX_use_certificate_chain_file(SSL_CTX *ctx, const char *file);
int SSL_CTX_use_certificate_file(SSL_CTX *ctx, const char *file, int type);
int SSL_CTX_use_PrivateKey_file(SSL_CTX *ctx, const char *file, int type);
int SSL_CTX_check_private_key(const SSL_CTX *ctx);

/* Trusted authorities, from a file or a directory (the file counts where both are given). Unlike
 * libssl's these calls replace what an earlier one has loaded. */
int  SSL_CTX_load_verify_locations(SSL_CTX *ctx, const char *file, const char *directory);
int  SSL_CTX_set_default_verify_paths(SSL_CTX *ctx);
void SSL_CTX_set_verify(SSL_CTX *ctx, int mode, int (*callback)(int good, X509_STORE_CTX *store));

/* What sessions are for (at most 32 bytes): tickets given under another one serve no more. Those of
 * another SSL_CTX never do. Set it before there are SSLs. */
#define SSL_MAX_SID_CTX_LENGTH 32
int SSL_CTX_set_session_id_context(SSL_CTX *ctx, const unsigned char *id, unsigned int length);

uint64_t SSL_CTX_set_options(SSL_CTX *ctx, uint64_t options);
uint64_t SSL_CTX_clear_options(SSL_CTX *ctx, uint64_t options);
uint64_t SSL_CTX_get_options(const SSL_CTX *ctx);
long     SSL_CTX_set_mode(SSL_CTX *ctx, long mode);

/* ---- connections ---- */

#define SSL_ERROR_NONE        0
#define SSL_ERROR_SSL         1
#define SSL_ERROR_WANT_READ   2
#define SSL_ERROR_WANT_WRITE  3
#define SSL_ERROR_SYSCALL     5
#define SSL_ERROR_ZERO_RETURN 6

#define SSL_SENT_SHUTDOWN     1
#define SSL_RECEIVED_SHUTDOWN 2

#define X509_V_OK              0
#define X509_V_ERR_UNSPECIFIED 1

SSL *SSL_new(SSL_CTX *ctx);
void SSL_free(SSL *ssl);
int  SSL_set_fd(SSL *ssl, int fd);
int  SSL_get_fd(const SSL *ssl);

uint64_t SSL_set_options(SSL *ssl, uint64_t options);
uint64_t SSL_clear_options(SSL *ssl, uint64_t options);
uint64_t SSL_get_options(const SSL *ssl);
long     SSL_set_mode(SSL *ssl, long mode);

/* On a server that has seen the ClientHello it counts for the next handshake (SSL_renegotiate).
 * The callback is asked once a handshake, and not for each certificate; while a server has one,
 * its clients get no tickets, because the callback could not be asked when they return. */
void SSL_set_verify(SSL *ssl, int mode, int (*callback)(int good, X509_STORE_CTX *store));

/* The name to ask for, before the handshake begins; and the name that the certificate must have. */
int SSL_set_tlsext_host_name(SSL *ssl, const char *name);
int SSL_set1_host(SSL *ssl, const char *name);

/* Without effect once the handshake has begun. */
void SSL_set_connect_state(SSL *ssl);
void SSL_set_accept_state(SSL *ssl);
int  SSL_connect(SSL *ssl);
int  SSL_accept(SSL *ssl);
int  SSL_do_handshake(SSL *ssl);
int  SSL_is_init_finished(const SSL *ssl);
int  SSL_read(SSL *ssl, void *data, int length);

/* Takes all. After SSL_ERROR_WANT_... it must be called again with the same bytes, at the same
 * place unless SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER is set; with others it fails (SSL_ERROR_SSL),
 * and nothing is lost. */
int SSL_write(SSL *ssl, const void *data, int length);

int SSL_pending(const SSL *ssl);
int SSL_get_error(const SSL *ssl, int result);

/* The first call sends close_notify; 0: the peer's has not been read, and a second call waits for
 * it: 1, or -1 where the connection ends without. Data that comes before it is SSL_ERROR_SSL, and
 * is there for SSL_read. Up to TLS 1.2 the engine reads nothing behind its own close_notify: then
 * SSL_read gives what SSL_pending said, and behind it, like the second call, SSL_ERROR_SSL, unless
 * the peer has closed first. -1 before the first handshake is done, and behind an error that has
 * ended the connection. */
int SSL_shutdown(SSL *ssl);
int SSL_get_shutdown(const SSL *ssl);

const char *SSL_get_version(const SSL *ssl); /* "TLSv1.3" */
const char *SSL_get_cipher(const SSL *ssl);  /* the name of IANA */
#define SSL_get_cipher_name SSL_get_cipher
int SSL_version(const SSL *ssl);
int SSL_session_reused(const SSL *ssl);

/* X509_V_OK, also where the peer had to show no certificate, or another number. */
long SSL_get_verify_result(const SSL *ssl);

/* ---- renegotiation ---- */

/* Manual page SSL_renegotiate. SSL_renegotiate_pending says 0 as soon as the ClientHello or the
 * HelloRequest is queued, as the page has it. */
int SSL_renegotiate(SSL *ssl);
int SSL_renegotiate_abbreviated(SSL *ssl);
int SSL_renegotiate_pending(const SSL *ssl);

long SSL_num_renegotiations(SSL *ssl);
long SSL_clear_num_renegotiations(SSL *ssl); /* returns the number before */
long SSL_total_renegotiations(SSL *ssl);
long SSL_get_secure_renegotiation_support(SSL *ssl);

/* TLS 1.3. */
#define SSL_KEY_UPDATE_NOT_REQUESTED 0
#define SSL_KEY_UPDATE_REQUESTED     1
int SSL_key_update(SSL *ssl, int type);

/* ---- a connection as a BIO ---- */

/* close BIO_CLOSE: BIO_free, or another connection in its place, shuts it down and frees it. */
long BIO_set_ssl(BIO *bio, SSL *ssl, long close);
long BIO_get_ssl(BIO *bio, SSL **ssl);

/* Renegotiate by itself (TLS 1.3: KeyUpdate) once more than `bytes` were read and written together,
 * or after more than `seconds`; looked at behind each successful read and write of the connection,
 * also by SSL_read and SSL_write. Less than 512 bytes changes nothing; less than 60 seconds
 * becomes 5. They return the value before. */
long BIO_set_ssl_renegotiate_bytes(BIO *bio, long bytes);
long BIO_set_ssl_renegotiate_timeout(BIO *bio, long seconds);

/* How often either has happened, whether or not a handshake came of it. */
long BIO_get_num_renegotiates(BIO *bio);

#ifdef __cplusplus
}
#endif
#endif
