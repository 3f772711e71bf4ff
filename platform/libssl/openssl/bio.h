/*
 * bio.h - the one kind of BIO that the libssl interface has: a connection. See ssl.h beside this
 * file.
 */
#ifndef SSLREF_LIBSSL_BIO_H
#define SSLREF_LIBSSL_BIO_H

#ifdef __cplusplus
extern "C" {
#endif

typedef struct bio_st        BIO;
typedef struct bio_method_st BIO_METHOD;

#define BIO_NOCLOSE 0
#define BIO_CLOSE   1

const BIO_METHOD *BIO_f_ssl(void);

/* NULL if there is no memory, or for another method than BIO_f_ssl(). */
BIO *BIO_new(const BIO_METHOD *method);
int  BIO_free(BIO *bio);
void BIO_free_all(BIO *bio);

/* As SSL_read and SSL_write; BIO_should_retry says whether -1 only means "not yet". */
int BIO_read(BIO *bio, void *data, int length);
int BIO_write(BIO *bio, const void *data, int length);
int BIO_should_retry(BIO *bio);
int BIO_do_handshake(BIO *bio);

#ifdef __cplusplus
}
#endif
#endif
