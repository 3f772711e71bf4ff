/*
 * test_x509_files.c - identities and trust from files, and every allocation failed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../../core/credentials/identity.h"
#include "../../core/x509/trust.h"
#include "x509_builder.h"

static int forget(void **state)
{
    (void)state;
    test_forget();
    return 0;
}

/* ---- identities ---- */

/* Files one after the other. */
static SSLBuffer files(const char *a, const char *b, const char *c)
{
    Build      *build = calloc(1, sizeof *build);
    SSLBuffer   buffer;
    const char *names[3];
    int         i;

    assert_non_null(build);
    names[0] = a;
    names[1] = b;
    names[2] = c;
    for (i = 0; i < 3; i++) {
        if (names[i] != NULL) {
            build_bytes(build, read_test_file(names[i]));
        }
    }
    buffer = buffer_of(keep_bytes(build->data, build->length));
    free(build);
    return buffer;
}

static SSLErr no_key(SSLContext *ctx, const SSLPrivateKeyRequest *request, SSLBuffer *output,
                     void *ref)
{
    (void)ctx;
    (void)request;
    (void)output;
    (void)ref;
    return SSLNoErr;
}

static SSLErr create(const SSLIdentitySpec *spec, size_t certificates)
{
    TestMemory   memory;
    SSLAllocator allocator = test_allocator(&memory);
    SSLIdentity *identity  = (SSLIdentity *)&memory;
    SSLErr       err       = SSLCreateIdentity(&allocator, spec, &identity);

    if (err == SSLNoErr) {
        assert_int_equal(identity->count, certificates);
        assert_true(memory.held > 0);
        SSLDeleteIdentity(identity);
    } else {
        assert_null(identity);
    }
    assert_int_equal(memory.held, 0);
    return err;
}

static void identities(void **state)
{
    SSLIdentitySpec spec;

    (void)state;
    memset(&spec, 0, sizeof spec);
    spec.chain      = files("rsa-leaf.pem", "rsa-inter.pem", NULL);
    spec.privateKey = files("keys/rsa-pkcs8.pem", NULL, NULL);
    assert_int_equal(create(&spec, 2), SSLNoErr);
    spec.chain = files("rsa-leaf.der", "rsa-inter.der", "rsa-root.der");
    assert_int_equal(create(&spec, 3), SSLNoErr);
    spec.chain = files("p256-leaf.pem", NULL, NULL);
    assert_int_equal(create(&spec, 1), SSLKeyMismatchErr);
    spec.privateKey = files("keys/p384-sec1.pem", NULL, NULL);
    assert_int_equal(create(&spec, 1), SSLKeyMismatchErr);
    spec.privateKey = files("keys/p256-encrypted.pem", NULL, NULL);
    assert_int_equal(create(&spec, 1), SSLBadPasswordErr);
    spec.password = buffer_of(keep_text("secret"));
    assert_int_equal(create(&spec, 1), SSLNoErr);
    spec.ocspResponse = buffer_of(keep_text("\x30\x03\x0A\x01\x00"));
    assert_int_equal(create(&spec, 1), ASNBadEncodingErr); /* cut short by the zero */
    spec.ocspResponse = buffer_of(keep_bytes("\x30\x03\x0A\x01\x00", 5));
    assert_int_equal(create(&spec, 1), SSLNoErr);
    spec.privateKeyFunc = no_key;
    assert_int_equal(create(&spec, 1), SSLBadParameterErr); /* both a key and a function */
    memset(&spec.privateKey, 0, sizeof spec.privateKey);
    assert_int_equal(create(&spec, 1), SSLNoErr);
    spec.privateKeyFunc = NULL;
    assert_int_equal(create(&spec, 1), SSLBadParameterErr); /* neither */
    spec.privateKeyFunc = no_key;
    spec.chain          = files("dsa-leaf.pem", NULL, NULL);
    assert_int_equal(create(&spec, 1), SSLNoErr);
    spec.privateKeyFunc = NULL;
    spec.privateKey     = buffer_of(read_test_file("keys/dsa-traditional.pem"));
    assert_int_equal(create(&spec, 1), SSLNoErr);
    spec.privateKey = buffer_of(read_test_file("keys/p256-pkcs8.der"));
    assert_int_equal(create(&spec, 1), SSLKeyMismatchErr);
    memset(&spec.privateKey, 0, sizeof spec.privateKey);
    spec.privateKeyFunc = no_key;
    spec.chain          = files("keys/p256-pkcs8.pem", NULL, NULL);
    assert_int_equal(create(&spec, 1), SSLBadPEMErr);
    spec.chain = buffer_of(keep_text("nothing"));
    assert_int_equal(create(&spec, 1), SSLBadPEMErr);
    memset(&spec.chain, 0, sizeof spec.chain);
    assert_int_equal(create(&spec, 1), SSLBadParameterErr);
    spec.chain = files("p256-leaf.der", "keys/p256-sec1.der", NULL);
    assert_int_equal(create(&spec, 1), ASNBadEncodingErr); /* the key among the certificates */
    spec.chain = buffer_of(keep_bytes(read_test_file("p256-leaf.der").data, 100));
    assert_int_equal(create(&spec, 1), ASNBadEncodingErr);
}

static void at_most_sixteen_certificates(void **state)
{
    Build          *build = calloc(1, sizeof *build);
    SSLIdentitySpec spec;
    int             i;

    (void)state;
    assert_non_null(build);
    memset(&spec, 0, sizeof spec);
    spec.privateKeyFunc = no_key;
    for (i = 0; i < 17; i++) {
        spec.chain = buffer_of(built(build));
        if (i == 16) {
            assert_int_equal(create(&spec, 16), SSLNoErr);
        }
        build_bytes(build, read_test_file("p256-leaf.der"));
    }
    spec.chain = buffer_of(built(build));
    assert_int_equal(create(&spec, 17), SSLOverflowErr);
    free(build);
}

static void every_failed_allocation_of_an_identity(void **state)
{
    TestMemory      memory;
    SSLAllocator    allocator = test_allocator(&memory);
    SSLIdentitySpec spec;
    SSLIdentity    *identity;
    long            n, total;

    (void)state;
    memset(&spec, 0, sizeof spec);
    spec.chain        = files("p256-leaf.pem", "p256-inter.pem", NULL);
    spec.privateKey   = files("keys/p256-encrypted.pem", NULL, NULL);
    spec.password     = buffer_of(keep_text("secret"));
    spec.ocspResponse = buffer_of(keep_bytes("\x30\x03\x0A\x01\x00", 5));
    assert_int_equal(SSLCreateIdentity(&allocator, &spec, &identity), SSLNoErr);
    SSLDeleteIdentity(identity);
    total = memory.calls;
    assert_int_equal(total, 4);
    for (n = 1; n <= total; n++) {
        allocator      = test_allocator(&memory);
        memory.fail_at = n;
        assert_int_equal(SSLCreateIdentity(&allocator, &spec, &identity), SSLMemoryErr);
        assert_null(identity);
        assert_int_equal(memory.held, 0);
    }
    SSLDeleteIdentity(NULL);
}

/* ---- trust ---- */

static void trust_from_files(void **state)
{
    TestMemory   memory;
    SSLAllocator allocator = test_allocator(&memory);
    SSLTrustSpec spec;
    SSLTrust    *trust;
    uint32       skipped = 99;

    (void)state;
    memset(&spec, 0, sizeof spec);
    spec.anchors       = files("rsa-root.pem", "p256-root.pem", "ed25519-root.pem");
    spec.intermediates = files("rsa-inter.der", "p256-inter.der", NULL);
    assert_int_equal(SSLCreateTrust(&allocator, &spec, &trust, &skipped), SSLNoErr);
    assert_int_equal(skipped, 0);
    assert_int_equal(trust->anchor_count, 3);
    assert_int_equal(trust->intermediate_count, 2);
    assert_int_equal(trust->max_depth, 8);
    assert_int_equal(sslr_trust_needs_time(trust), 1);
    SSLDeleteTrust(trust);
    assert_int_equal(memory.calls, 1);

    spec.flags   = SSL_TrustIgnoreDates;
    spec.anchors = files("keys/p256-pkcs8.pem", "rsa-root.pem", "rsa-root.pem");
    assert_int_equal(SSLCreateTrust(&allocator, &spec, &trust, &skipped), SSLNoErr);
    assert_int_equal(skipped, 0); /* a key is no certificate */
    assert_int_equal(trust->anchor_count, 2);
    assert_int_equal(sslr_trust_needs_time(trust), 0);
    SSLDeleteTrust(trust);

    /* one that cannot be decoded, one that cannot be parsed, one without an end */
    spec.anchors =
        buffer_of(keep_text("-----BEGIN CERTIFICATE-----\nMII?\n-----END CERTIFICATE-----\n"
                            "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n"
                            "-----BEGIN CERTIFICATE-----\nMAA=\n"));
    assert_int_equal(SSLCreateTrust(&allocator, &spec, &trust, &skipped), SSLBadPEMErr);
    assert_null(trust);
    assert_int_equal(skipped, 3);
    assert_int_equal(SSLCreateTrust(&allocator, &spec, &trust, NULL), SSLBadPEMErr);
    spec.anchors = files("rsa-root.der", "keys/p256-sec1.der", "p256-root.der");
    assert_int_equal(SSLCreateTrust(&allocator, &spec, &trust, &skipped), SSLNoErr);
    assert_int_equal(skipped, 1);
    assert_int_equal(trust->anchor_count, 2);
    SSLDeleteTrust(trust);
    spec.maxDepth = 17;
    assert_int_equal(SSLCreateTrust(&allocator, &spec, &trust, &skipped), SSLBadParameterErr);
    spec.maxDepth = 0;
    spec.flags    = 0x8000;
    assert_int_equal(SSLCreateTrust(&allocator, &spec, &trust, &skipped), SSLBadParameterErr);
    memset(&spec, 0, sizeof spec);
    assert_int_equal(SSLCreateTrust(&allocator, &spec, &trust, &skipped), SSLBadPEMErr);
    assert_int_equal(memory.held, 0);
    memory.calls   = 0;
    memory.fail_at = 1;
    spec.anchors   = files("rsa-root.pem", NULL, NULL);
    assert_int_equal(SSLCreateTrust(&allocator, &spec, &trust, &skipped), SSLMemoryErr);
    assert_null(trust);
    SSLDeleteTrust(NULL);
}

static void different_trust_has_different_digests(void **state)
{
    TestMemory   memory;
    SSLAllocator allocator = test_allocator(&memory);
    SSLBuffer one = files("rsa-root.der", NULL, NULL), other = files("p256-root.der", NULL, NULL);
    SSLTrustSpec specs[6];
    SSLTrust    *trusts[6];
    size_t       i, k;

    (void)state;
    memset(specs, 0, sizeof specs);
    specs[0].anchors       = one;
    specs[1].anchors       = one;
    specs[1].flags         = SSL_TrustAllowSHA1;
    specs[2].anchors       = one;
    specs[2].maxDepth      = 3;
    specs[3].anchors       = files("rsa-root.der", "p256-root.der", NULL);
    specs[4].anchors       = one;
    specs[4].intermediates = other;
    specs[5].anchors       = other;
    for (i = 0; i < 6; i++) {
        assert_int_equal(SSLCreateTrust(&allocator, &specs[i], &trusts[i], NULL), SSLNoErr);
        for (k = 0; k < i; k++) {
            assert_memory_not_equal(trusts[i]->digest, trusts[k]->digest, sizeof trusts[i]->digest);
        }
    }
    SSLDeleteTrust(trusts[5]);
    assert_int_equal(SSLCreateTrust(&allocator, &specs[0], &trusts[5], NULL), SSLNoErr);
    assert_memory_equal(trusts[0]->digest, trusts[5]->digest, sizeof trusts[0]->digest);
    for (i = 0; i < 6; i++) {
        SSLDeleteTrust(trusts[i]);
    }
    assert_int_equal(memory.held, 0);
}

/* The roots of this machine, if it has some: all of them are read, and each leads to itself. */
static void roots_of_the_system(void **state)
{
    FILE           *file   = fopen("/etc/ssl/certs/ca-certificates.crt", "rb");
    char           *buffer = malloc(2000000);
    TestMemory      memory;
    SSLAllocator    allocator = test_allocator(&memory);
    SSLTrustSpec    spec;
    SSLTrust       *trust;
    uint32          skipped;
    size_t          length, blocks = 0, i;
    const char     *at;
    VerifyRequest   request;
    X509Certificate certificate;

    (void)state;
    if (file == NULL || buffer == NULL) {
        free(buffer);
        skip();
        return;
    }
    length = fread(buffer, 1, 1999999, file);
    fclose(file);
    buffer[length] = 0;
    for (at = buffer; (at = strstr(at, "-----BEGIN CERTIFICATE-----")) != NULL; at++) {
        blocks++;
    }
    memset(&spec, 0, sizeof spec);
    memset(&request, 0, sizeof request);
    spec.anchors.data   = (uint8 *)buffer;
    spec.anchors.length = (uint32)length;
    assert_int_equal(SSLCreateTrust(&allocator, &spec, &trust, &skipped), SSLNoErr);
    assert_int_equal(skipped, 0);
    assert_int_equal(trust->anchor_count, blocks);
    request.trust  = trust;
    request.server = 1;
    request.count  = 1;
    for (i = 0; i < trust->anchor_count; i++) {
        assert_int_equal(sslr_x509_parse(trust->anchors[i].der, &certificate, NULL), SSLNoErr);
        assert_int_equal(
            sslr_x509_check_signature(&certificate, &certificate.key, SSL_TrustAllowSHA1),
            SSLNoErr);
        request.chain = &trust->anchors[i].der;
        request.now   = certificate.not_before + 1;
        if (certificate.extended_key_usage.length == 0 && !certificate.has_netscape_type) {
            assert_int_equal(sslr_x509_verify(&request).err, SSLNoErr);
        }
    }
    SSLDeleteTrust(trust);
    free(buffer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(identities, forget),
        cmocka_unit_test_teardown(at_most_sixteen_certificates, forget),
        cmocka_unit_test_teardown(every_failed_allocation_of_an_identity, forget),
        cmocka_unit_test_teardown(trust_from_files, forget),
        cmocka_unit_test_teardown(different_trust_has_different_digests, forget),
        cmocka_unit_test_teardown(roots_of_the_system, forget),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
