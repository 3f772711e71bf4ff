/*
 * certificates.c - an authority and a server certificate for each kind of key, made with OpenSSL
 * when the program starts and used by both engines.
 */
#include "bench.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void give_up(const char *who, const char *what)
{
    fprintf(stderr, "bench: %s: %s\n", who, what);
    exit(1);
}

static char *text_of(BIO *bio)
{
    char *data, *text;
    long  length = BIO_get_mem_data(bio, &data);

    text = malloc((size_t)length + 1);
    if (text == NULL) {
        give_up("certificates", "out of memory");
    }
    memcpy(text, data, (size_t)length);
    text[length] = 0;
    BIO_free(bio);
    return text;
}

static void add_extension(X509 *certificate, int nid, const char *value)
{
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, nid, value);

    if (extension == NULL || X509_add_ext(certificate, extension, -1) != 1) {
        give_up("certificates", value);
    }
    X509_EXTENSION_free(extension);
}

static void set_name(X509_NAME *name, const char *text)
{
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)text, -1, -1, 0);
}

/* issuer NULL: signed by itself. */
static X509 *make_certificate(EVP_PKEY *key, const char *name, X509 *issuer, EVP_PKEY *issuer_key)
{
    X509 *certificate = X509_new();

    X509_set_version(certificate, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), issuer == NULL ? 1 : 2);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 24 * 3600);
    X509_set_pubkey(certificate, key);
    set_name(X509_get_subject_name(certificate), name);
    X509_set_issuer_name(certificate, X509_get_subject_name(issuer == NULL ? certificate : issuer));
    if (issuer == NULL) {
        add_extension(certificate, NID_basic_constraints, "critical,CA:TRUE");
        add_extension(certificate, NID_key_usage, "critical,keyCertSign");
    } else {
        add_extension(certificate, NID_basic_constraints, "critical,CA:FALSE");
        add_extension(certificate, NID_key_usage, "critical,digitalSignature");
        add_extension(certificate, NID_ext_key_usage, "serverAuth");
        add_extension(certificate, NID_subject_alt_name, "DNS:" BENCH_HOST);
    }
    if (X509_sign(certificate, issuer == NULL ? key : issuer_key, EVP_sha256()) == 0) {
        give_up("certificates", "cannot sign");
    }
    return certificate;
}

static char *certificate_text(X509 *certificate)
{
    BIO *bio = BIO_new(BIO_s_mem());

    PEM_write_bio_X509(bio, certificate);
    return text_of(bio);
}

static void make(int rsa, Credentials *made)
{
    EVP_PKEY *root_key = rsa ? EVP_RSA_gen(2048u) : EVP_EC_gen("P-256");
    EVP_PKEY *key      = rsa ? EVP_RSA_gen(2048u) : EVP_EC_gen("P-256");
    X509     *root, *leaf;
    BIO      *bio = BIO_new(BIO_s_mem());

    if (root_key == NULL || key == NULL) {
        give_up("certificates", "cannot make a key");
    }
    root              = make_certificate(root_key, "bench authority", NULL, NULL);
    leaf              = make_certificate(key, BENCH_HOST, root, root_key);
    made->anchor      = certificate_text(root);
    made->certificate = certificate_text(leaf);
    PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL);
    made->key = text_of(bio);
    X509_free(root);
    X509_free(leaf);
    EVP_PKEY_free(root_key);
    EVP_PKEY_free(key);
}

static Credentials kept[2];

const Credentials *credentials(int rsa)
{
    Credentials *wanted = &kept[rsa != 0];

    if (wanted->anchor == NULL) {
        make(rsa, wanted);
    }
    return wanted;
}

void credentials_free(void)
{
    int i;

    for (i = 0; i < 2; i++) {
        free(kept[i].anchor);
        free(kept[i].certificate);
        free(kept[i].key);
    }
}
