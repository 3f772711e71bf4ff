/*
 * fuzz_certificate.c - any bytes as certificates: parsed, asked for host names, and verified as a
 * chain against a trust object. The first two bytes choose what is done; the rest are certificates
 * one after the other (what is no DER is taken as one more), the last of them trusted.
 */
#include <stdlib.h>

#include "../../core/credentials/identity.h"
#include "parts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t split(Bytes rest, Bytes *chain)
{
    size_t count = 0;

    while (rest.length > 0 && count < MAX_CHAIN_CERTIFICATES) {
        if (sslr_der_split(&rest, &chain[count]) != SSLNoErr) {
            chain[count] = rest;
            rest.length  = 0;
        }
        count++;
    }
    return count;
}

/* Whatever parses must answer every question. */
static void ask(Bytes der, uint32_t flags)
{
    static const char *const hosts[] = {"www.example.com", "192.0.2.1", "2001:db8::1", "a.b"};
    X509Certificate          certificate;
    const char              *rule = NULL;
    size_t                   i;

    if (sslr_x509_parse(der, &certificate, &rule) != SSLNoErr) {
        if (rule == NULL) {
            abort();
        }
        return;
    }
    for (i = 0; i < sizeof hosts / sizeof hosts[0]; i++) {
        size_t length = 0;

        while (hosts[i][length] != 0) {
            length++;
        }
        (void)sslr_x509_match_host(&certificate, hosts[i], length, flags);
    }
    if (!sslr_x509_names_equal(certificate.issuer, certificate.issuer)) {
        abort();
    }
    (void)sslr_x509_names_equal(certificate.issuer, certificate.subject);
}

static void verify(const Bytes *chain, size_t count, unsigned flags)
{
    SSLTrustSpec  spec;
    SSLTrust     *trust;
    VerifyRequest request;

    memset(&spec, 0, sizeof spec);
    memset(&request, 0, sizeof request);
    spec.anchors.data   = (uint8 *)chain[count - 1].data;
    spec.anchors.length = (uint32)chain[count - 1].length;
    spec.flags          = flags & 0x0F;
    if (SSLCreateTrust(&fuzz_allocator, &spec, &trust, NULL) != SSLNoErr) {
        return;
    }
    request.chain     = chain;
    request.count     = count > 1 ? count - 1 : 1;
    request.trust     = trust;
    request.now       = 1800000000;
    request.server    = (flags & 0x10) == 0;
    request.key_usage = (flags & 0x20) != 0 ? KEY_USAGE_DIGITAL_SIGNATURE : 0;
    if (sslr_x509_verify(&request).rule == NULL) {
        abort();
    }
    SSLDeleteTrust(trust);
}

/* The bytes as a private key. Without a password, because millions of iterations are allowed. */
static void read_files(Bytes bytes)
{
    PrivateKey       key;
    SSLRSAPrivateKey rsa;
    SSLBuffer        buffer;
    void            *block;
    size_t           length;

    if (sslr_private_key_decode(&fuzz_allocator, bytes, bytes_of(NULL, 0), &key, &block, &length) ==
        SSLNoErr) {
        sslr_release(&fuzz_allocator, &block, length);
    }
    buffer.data   = (uint8 *)bytes.data;
    buffer.length = (uint32)bytes.length;
    (void)SSLDecodeRSAPrivateKey(buffer, &rsa);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Bytes  chain[MAX_CHAIN_CERTIFICATES];
    size_t count, i;

    if (size < 3) {
        return 0;
    }
    if (data[0] == 'k') {
        read_files(bytes_of(data + 2, size - 2));
        return 0;
    }
    count = split(bytes_of(data + 2, size - 2), chain);
    for (i = 0; i < count; i++) {
        ask(chain[i], data[1]);
    }
    (void)sslr_x509_check_chain(chain, count);
    verify(chain, count, data[1]);
    return 0;
}
