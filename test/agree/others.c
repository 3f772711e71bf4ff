/*
 * others.c - see others.h. The settings are those of "openssl verify -purpose sslserver" and of
 * "certtool --verify --verify-purpose" with the server's purpose.
 */
#define _GNU_SOURCE
#include "others.h"

#include <gnutls/x509.h>
#include <openssl/pem.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static X509 *read_openssl(Bytes der)
{
    const unsigned char *at   = der.data;
    X509                *made = d2i_X509(NULL, &at, (long)der.length);

    if (made != NULL && at != der.data + der.length) {
        X509_free(made);
        made = NULL; /* as the command, which reads one PEM block as one certificate */
    }
    return made;
}

int openssl_accepts(const Bytes *chain, size_t count, Bytes anchor, const char *host,
                    const char **reason)
{
    X509_STORE     *store     = X509_STORE_new();
    X509_STORE_CTX *ctx       = X509_STORE_CTX_new();
    STACK_OF(X509) *untrusted = sk_X509_new_null();
    X509              *root = read_openssl(anchor), *leaf = read_openssl(chain[0]);
    X509_VERIFY_PARAM *param;
    int                accepted = 0;
    size_t             i;

    *reason = "cannot be parsed";
    for (i = 1; i < count; i++) {
        X509 *one = read_openssl(chain[i]);

        if (one != NULL) {
            sk_X509_push(untrusted, one);
        }
    }
    if (root != NULL && leaf != NULL && X509_STORE_add_cert(store, root) == 1 &&
        X509_STORE_CTX_init(ctx, store, leaf, untrusted) == 1) {
        param = X509_STORE_CTX_get0_param(ctx);
        X509_STORE_CTX_set_purpose(ctx, X509_PURPOSE_SSL_SERVER);
        if (host != NULL) {
            X509_VERIFY_PARAM_set1_host(param, host, 0);
        }
        accepted = X509_verify_cert(ctx) == 1;
        *reason  = X509_verify_cert_error_string(X509_STORE_CTX_get_error(ctx));
    }
    X509_free(root);
    X509_free(leaf);
    sk_X509_pop_free(untrusted, X509_free);
    X509_STORE_CTX_free(ctx);
    X509_STORE_free(store);
    return accepted;
}

static const char *name_of_status(unsigned status)
{
    static const struct {
        unsigned    bit;
        const char *name;
    } names[] = {
        {GNUTLS_CERT_SIGNATURE_FAILURE, "signature failure"},
        {GNUTLS_CERT_SIGNER_NOT_FOUND, "signer not found"},
        {GNUTLS_CERT_SIGNER_NOT_CA, "signer not CA"},
        {GNUTLS_CERT_SIGNER_CONSTRAINTS_FAILURE, "signer constraints"},
        {GNUTLS_CERT_INSECURE_ALGORITHM, "insecure algorithm"},
        {GNUTLS_CERT_NOT_ACTIVATED, "not activated"},
        {GNUTLS_CERT_EXPIRED, "expired"},
        {GNUTLS_CERT_UNEXPECTED_OWNER, "unexpected owner"},
        {GNUTLS_CERT_PURPOSE_MISMATCH, "purpose"},
        {GNUTLS_CERT_MISMATCH, "mismatch"},
        {GNUTLS_CERT_UNKNOWN_CRIT_EXTENSIONS, "unknown critical extension"},
    };
    size_t i;

    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if ((status & names[i].bit) != 0) {
            return names[i].name;
        }
    }
    return "invalid";
}

static int read_gnutls(Bytes der, gnutls_x509_crt_t *made)
{
    gnutls_datum_t datum = {(unsigned char *)der.data, (unsigned)der.length};

    if (gnutls_x509_crt_init(made) < 0) {
        return 0;
    }
    if (gnutls_x509_crt_import(*made, &datum, GNUTLS_X509_FMT_DER) < 0) {
        gnutls_x509_crt_deinit(*made);
        return 0;
    }
    return 1;
}

int gnutls_accepts(const Bytes *chain, size_t count, Bytes anchor, const char *host,
                   const char **reason)
{
    gnutls_x509_trust_list_t list;
    gnutls_x509_crt_t        certs[MOST_CERTIFICATES], root;
    gnutls_typed_vdata_st    data[2];
    unsigned                 used = 0, status = 0, items = 1, i;
    int                      accepted = 0, result;

    *reason = "cannot be parsed";
    if (gnutls_x509_trust_list_init(&list, 0) < 0 || !read_gnutls(anchor, &root)) {
        return 0;
    }
    for (i = 0; i < count && (i == 0 || used > 0); i++) {
        used += (unsigned)read_gnutls(chain[i], &certs[used]);
    }
    memset(data, 0, sizeof(data));
    data[0].type = GNUTLS_DT_KEY_PURPOSE_OID;
    data[0].data = (unsigned char *)GNUTLS_KP_TLS_WWW_SERVER;
    if (host != NULL) {
        data[1].type = GNUTLS_DT_DNS_HOSTNAME;
        data[1].data = (unsigned char *)host;
        items        = 2;
    }
    if (used > 0 && gnutls_x509_trust_list_add_cas(list, &root, 1, 0) == 1) {
        result = gnutls_x509_trust_list_verify_crt2(
            list, certs, used, data, items, GNUTLS_VERIFY_ALLOW_UNSORTED_CHAIN, &status, NULL);
        accepted = result >= 0 && status == 0;
        *reason  = result < 0 ? gnutls_strerror(result) : name_of_status(status);
        root     = NULL;
    }
    for (i = 0; i < used; i++) {
        gnutls_x509_crt_deinit(certs[i]);
    }
    if (root != NULL) {
        gnutls_x509_crt_deinit(root);
    }
    gnutls_x509_trust_list_deinit(list, 1);
    return accepted;
}

size_t read_bundle(const char *path, Bytes *list, size_t most)
{
    FILE  *file  = fopen(path, "rb");
    size_t count = 0;
    X509  *one;

    while (file != NULL && count < most && (one = PEM_read_X509(file, NULL, NULL, NULL)) != NULL) {
        unsigned char *der    = NULL, *copy;
        int            length = i2d_X509(one, &der);

        copy = length > 0 ? malloc((size_t)length) : NULL;
        if (copy != NULL) {
            memcpy(copy, der, (size_t)length);
            list[count++] = bytes_of(copy, (size_t)length);
        }
        OPENSSL_free(der);
        X509_free(one);
    }
    if (file != NULL) {
        fclose(file);
    }
    return count;
}

static int write_pem(const char *path, const Bytes *list, size_t count)
{
    FILE  *file = fopen(path, "w");
    size_t i, written = 0;

    for (i = 0; file != NULL && i < count; i++) {
        X509 *one = read_openssl(list[i]);

        written += one != NULL && PEM_write_X509(file, one) == 1;
        X509_free(one);
    }
    if (file != NULL) {
        fclose(file);
    }
    return written == count;
}

int commands_say_the_same(const Bytes *chain, size_t count, Bytes anchor, const char *host)
{
    static const char *const commands[2] = {
        "openssl verify -CAfile %s/anchor -untrusted %s/chain -purpose sslserver %s%s %s/leaf "
        ">%s/log 2>&1",
        "certtool --verify --load-ca-certificate %s/anchor --infile %s/chain --verify-purpose "
        "1.3.6.1.5.5.7.3.1 %s%s >%s/log 2>&1"};
    const char *reason;
    char        folder[] = "/tmp/sslref-agree-XXXXXX", path[64], command[600];
    int         library[2], said[2], i, comparable;

    library[0] = openssl_accepts(chain, count, anchor, host, &reason);
    library[1] = gnutls_accepts(chain, count, anchor, host, &reason);
    if (mkdtemp(folder) == NULL) {
        return 0;
    }
    sprintf(path, "%s/anchor", folder);
    comparable = write_pem(path, &anchor, 1);
    sprintf(path, "%s/leaf", folder);
    comparable &= write_pem(path, chain, 1);
    sprintf(path, "%s/chain", folder);
    comparable &= write_pem(path, chain, count);
    for (i = 0; i < 2; i++) {
        if (i == 0) {
            sprintf(command, commands[0], folder, folder, host != NULL ? "-verify_hostname " : "",
                    host != NULL ? host : "", folder, folder);
        } else {
            sprintf(command, commands[1], folder, folder, host != NULL ? "--verify-hostname " : "",
                    host != NULL ? host : "", folder);
        }
        said[i] = system(command) == 0;
    }
    sprintf(command, "rm -rf %s", folder);
    (void)!system(command);
    return !comparable || (said[0] == library[0] && said[1] == library[1]);
}
