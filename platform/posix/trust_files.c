/*
 * trust_files.c - whom to trust, from a file, a directory or the system's own store. Parsing the
 * certificates is the engine's work (SSLCreateTrust). Called by programs.
 */
#define _POSIX_C_SOURCE 200809L
#include "files.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

/* Where systems keep their authorities; the first that exists is taken. */
static const char *const system_stores[] = {
    "/etc/ssl/certs/ca-certificates.crt",                /* Debian, Ubuntu, Arch, Gentoo, Alpine */
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", /* Fedora, RHEL */
    "/etc/pki/tls/certs/ca-bundle.crt",                  /* the same, older */
    "/var/lib/ca-certificates/ca-bundle.pem",            /* openSUSE */
    "/etc/ssl/ca-bundle.pem",                            /* openSUSE, older */
    "/etc/ssl/cert.pem",                                 /* OpenBSD, FreeBSD, macOS, Alpine */
    "/usr/local/share/certs/ca-root-nss.crt",            /* FreeBSD, from a port */
    "/etc/openssl/certs/ca-certificates.crt",            /* NetBSD */
    "/etc/certs/ca-certificates.crt",                    /* Solaris, illumos */
    "/etc/ssl/certs",                                    /* only hashed names: small images */
};

/* The names of a directory that are read: those that people give, or those of "openssl rehash". */
static int is_certificate_name(const struct dirent *entry)
{
    const char *dot = strrchr(entry->d_name, '.');

    return dot != NULL && dot != entry->d_name &&
           (strcasecmp(dot, ".pem") == 0 || strcasecmp(dot, ".crt") == 0 ||
            strcasecmp(dot, ".cer") == 0);
}

static int is_hashed_name(const struct dirent *entry)
{
    const char *name = entry->d_name;

    return strspn(name, "0123456789abcdefABCDEF") == 8 && name[8] == '.' && name[9] != '\0' &&
           strspn(name + 9, "0123456789") == strlen(name + 9);
}

/* The same for revocation lists: "01234567.r0". */
static int is_hashed_crl_name(const struct dirent *entry)
{
    const char *name = entry->d_name;

    return strspn(name, "0123456789abcdefABCDEF") == 8 && name[8] == '.' && name[9] == 'r' &&
           name[10] != '\0' && strspn(name + 10, "0123456789") == strlen(name + 10);
}

/* What PEM blocks of a directory's files begin with. */
static const char certificate_mark[] = "-----BEGIN CERTIFICATE-----";
static const char crl_mark[]         = "-----BEGIN X509 CRL-----";

static int holds(SSLBuffer content, const char *mark)
{
    size_t length = strlen(mark);
    size_t at;

    for (at = 0; at + length <= content.length; at++) {
        if (content.data[at] == '-' && memcmp(content.data + at, mark, length) == 0) {
            return 1;
        }
    }
    return 0;
}

/* Put part behind all, and a line end, so that PEM blocks of two files do not run together. */
static SSLErr append(SSLBuffer *all, SSLBuffer part)
{
    uint8 *grown;

    if (part.length >= SSLR_POSIX_MAX_FILES - all->length) {
        return SSLOverflowErr;
    }
    grown = (uint8 *)realloc(all->data, (size_t)all->length + part.length + 1);
    if (grown == NULL) {
        return SSLMemoryErr;
    }
    memcpy(grown + all->length, part.data, part.length);
    all->data = grown;
    all->length += part.length;
    all->data[all->length++] = '\n';
    return SSLNoErr;
}

/* One file of a directory. One that cannot be read, or is of another kind, is passed over: a
 * directory of certificates must not become useless by a README. */
static SSLErr append_file_of(const char *directory, const char *name, const char *mark,
                             SSLBuffer *all, uint32 *passed_over)
{
    SSLBuffer content;
    size_t    room = strlen(directory) + strlen(name) + 2;
    char     *path = (char *)malloc(room);
    SSLErr    err;

    if (path == NULL) {
        return SSLMemoryErr;
    }
    memcpy(path, directory, strlen(directory));
    path[strlen(directory)] = '/';
    memcpy(path + strlen(directory) + 1, name, strlen(name) + 1);
    err = sslr_posix_read_file(path, &content);
    free(path);
    if (err == SSLIOErr || (err == SSLNoErr && !holds(content, mark))) {
        (*passed_over)++;
        err = SSLNoErr;
    } else if (err == SSLNoErr) {
        err = append(all, content);
    }
    sslr_posix_release(&content);
    return err;
}

/* The files of a directory with such names; *count of them. */
static SSLErr read_files(const char *path, int (*is_wanted)(const struct dirent *entry),
                         const char *mark, SSLBuffer *all, int *count, uint32 *passed_over)
{
    struct dirent **names = NULL;
    SSLErr          err   = SSLNoErr;
    int             index;

    *count = scandir(path, &names, is_wanted, alphasort);
    if (*count < 0) {
        return errno == ENOMEM ? SSLMemoryErr : SSLIOErr;
    }
    for (index = 0; index < *count; index++) {
        if (err == SSLNoErr) {
            err = append_file_of(path, names[index]->d_name, mark, all, passed_over);
        }
        free(names[index]);
    }
    free(names);
    return err;
}

static SSLErr read_directory(const char *path, SSLBuffer *all, uint32 *passed_over)
{
    int    count;
    SSLErr err = read_files(path, is_certificate_name, certificate_mark, all, &count, passed_over);

    if (err == SSLNoErr && count == 0) {
        err = read_files(path, is_hashed_name, certificate_mark, all, &count, passed_over);
    }
    return err;
}

SSLErr SSLPosixCreateTrust(const char *path, const SSLTrustSpec *more, SSLTrust **trust,
                           uint32 *skipped)
{
    static const SSLTrustSpec nothing_more;
    SSLTrustSpec              spec        = more != NULL ? *more : nothing_more;
    SSLBuffer                 anchors     = {0, NULL};
    SSLBuffer                 crls        = {0, NULL};
    uint32                    passed_over = 0;
    uint32                    unparsed    = 0;
    struct stat               status;
    SSLErr                    err;
    int                       reason, count;

    if (trust == NULL) {
        return SSLBadParameterErr;
    }
    *trust = NULL;
    if (path == NULL || spec.anchors.length != 0) {
        return SSLBadParameterErr;
    }
    if (stat(path, &status) != 0) {
        return SSLIOErr;
    }
    err = S_ISDIR(status.st_mode) ? read_directory(path, &anchors, &passed_over)
                                  : sslr_posix_read_file(path, &anchors);
    if (err == SSLNoErr && S_ISDIR(status.st_mode) && spec.revocation != SSL_RevocationOff &&
        spec.crls.length == 0) {
        err       = read_files(path, is_hashed_crl_name, crl_mark, &crls, &count, &passed_over);
        spec.crls = crls;
    }
    if (err == SSLNoErr) {
        spec.anchors = anchors;
        err          = SSLCreateTrust(SSLPosixAllocator(), &spec, trust, &unparsed);
    }
    if (skipped != NULL) {
        *skipped = passed_over + unparsed;
    }
    reason = errno;
    free(anchors.data);
    free(crls.data);
    errno = reason;
    return err;
}

SSLErr SSLPosixCreateSystemTrust(const SSLTrustSpec *more, SSLTrust **trust, uint32 *skipped)
{
    static const char *const variables[] = {"SSL_CERT_FILE", "SSL_CERT_DIR"};
    struct stat              status;
    size_t                   index;

    if (trust == NULL) {
        return SSLBadParameterErr;
    }
    *trust = NULL;
    for (index = 0; index < sizeof(variables) / sizeof(variables[0]); index++) {
        const char *path = getenv(variables[index]);

        if (path != NULL && path[0] != '\0') {
            return SSLPosixCreateTrust(path, more, trust, skipped);
        }
    }
    for (index = 0; index < sizeof(system_stores) / sizeof(system_stores[0]); index++) {
        if (stat(system_stores[index], &status) == 0) {
            return SSLPosixCreateTrust(system_stores[index], more, trust, skipped);
        }
    }
    errno = ENOENT;
    return SSLIOErr;
}
