/*
 * test_classic_headers.c - the headers under the names of 1996, and the second spellings of the
 * manual: a program that uses only these compiles, and they mean what they should. The types are
 * checked by the compiler; it is given the contradictions of the manual's text, one by one.
 */
#define SSL_CLASSIC
#include "../../platform/classic/cryptype.h"
#include "../../platform/classic/ssldebug.h"
#include "../../platform/classic/sslerrs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "sslposix.h"

/* ---- the integers have their sizes and signs ---- */

typedef char sizes_are_exact[sizeof(uint8) == 1 && sizeof(sint8) == 1 && sizeof(uint16) == 2 &&
                                     sizeof(sint16) == 2 && sizeof(uint32) == 4 &&
                                     sizeof(sint32) == 4
                                 ? 1
                                 : -1];
typedef char signs_are_right[(uint8)-1 > 0 && (uint16)-1 > 0 && (uint32)-1 > 0 && (sint8)-1 < 0 &&
                                     (sint16)-1 < 0 && (sint32)-1 < 0
                                 ? 1
                                 : -1];

/* ---- callbacks of the manual's types fit the setters, under each of their names ---- */

static SSLerr io(SSLBuffer data, uint32 *processed, void *connRef)
{
    (void)data;
    (void)connRef;
    *processed = 0;
    return ERR(SSLWouldBlockError);
}

static SSLERR reallocate(SSLBuffer *buf, uint32 newSize, void *allocRef)
{
    (void)newSize;
    (void)allocRef;
    buf->data = NULL;
    return SSLMemoryErr;
}

static SSLErr seconds(uint32 *time, void *timeRef)
{
    (void)timeRef;
    *time = 0;
    return SSLNoErr;
}

static void spellings_of_the_manual(void **state)
{
    SSLContext        *ctx         = malloc(SSLContextSize());
    SSLReadFunc        read_func   = io;
    SSLWriteFunc       write_func  = io;
    SSLIOFunc          either      = read_func;
    SSLTimeFunc        time_func   = seconds;
    SSLConvertTimeFunc convert     = time_func;
    SSLBuffer          initialised = {3, (uint8 *)"abc"};
    uint16             suite;
    const char         text[] = "const data may be written";
    uint32             length = 0;
    SSLProtocolVersion version;

    (void)state;
    ASSERT(ctx != NULL);
    assert_int_equal(initialised.length, 3);
    assert_int_equal(SSLInitContext(ctx), SSLNoErr); /* SSL_CLASSIC: the settings of 1996 */
    assert_int_equal(SSLGetProtocolVersion(ctx, &version), SSLNoErr);
    assert_int_equal(version, SSL_Version_Unset);
    assert_int_equal(SSLPosixInstall(ctx, -1), SSLNoErr);
    assert_int_equal(SSLSetReadFunc(ctx, either), SSLNoErr);
    assert_int_equal(SSLSetWriteFunc(ctx, write_func), SSLNoErr);
    assert_int_equal(SSLSetReallocFunc(ctx, reallocate), SSLNoErr);
    assert_int_equal(SSLSetTimeFunc(ctx, convert), SSLNoErr);
    assert_int_equal(SSLSetConvertTimeFunc(ctx, time_func), SSLNoErr);
    assert_int_equal(SSLProcessWriteQueue(ctx), SSLServiceWriteQueue(ctx));
    assert_int_not_equal(SSLWrite(text, &length, ctx), SSLNoErr);
    suite = SSL_RSA_WITH_RC4_128_MD5;
    assert_int_equal(SSLSetEnabledCiphers(ctx, &suite, 1), SSLNoErr);
    suite = SSL_RSA_WITH_IDEA_CBC_MD5;
    assert_int_equal(SSLSetEnabledCiphers(ctx, &suite, 1), SSLUnsupportedErr);
    suite = SSL_FORTEZZA_DMS_WITH_NULL_SHA;
    assert_int_equal(SSLSetEnabledCiphers(ctx, &suite, 1), SSLUnsupportedErr);
    assert_int_equal(SSLDeleteContext(ctx), SSLNoErr);
    free(ctx);
    DEBUGMSG("done");
}

static void errors_have_their_numbers(void **state)
{
    (void)state;
    assert_int_equal(SSLMemoryErr, -7000);
    assert_int_equal(SSLWouldBlockError, -6993);
    assert_int_equal(SSLProtocolError, -6996);
    assert_int_equal(SSLSessionNotFoundErr, -6991);
    assert_int_equal(SSLNoMatchingSessionKeyErr, SSLSessionNotFoundErr);
    assert_int_equal(X509NamesNotEqualErr, -6985);
    assert_int_equal(sizeof(SSLErr), sizeof(int)); /* any code of a program's own survives */
}

static void suites_have_the_names_of_the_draft(void **state)
{
    static const struct {
        uint16 number, today;
    } rows[] = {
        {SSL_RSA_WITH_NULL_MD5, TLS_RSA_WITH_NULL_MD5},
        {SSL_RSA_WITH_NULL_SHA, TLS_RSA_WITH_NULL_SHA},
        {SSL_RSA_EXPORT_WITH_RC4_40_MD5, TLS_RSA_EXPORT_WITH_RC4_40_MD5},
        {SSL_RSA_WITH_RC4_128_MD5, TLS_RSA_WITH_RC4_128_MD5},
        {SSL_RSA_WITH_RC4_128_SHA, TLS_RSA_WITH_RC4_128_SHA},
        {SSL_RSA_EXPORT_WITH_RC2_CBC_40_MD5, TLS_RSA_EXPORT_WITH_RC2_CBC_40_MD5},
        {SSL_RSA_EXPORT_WITH_DES40_CBC_SHA, TLS_RSA_EXPORT_WITH_DES40_CBC_SHA},
        {SSL_RSA_WITH_DES_CBC_SHA, TLS_RSA_WITH_DES_CBC_SHA},
        {SSL_RSA_WITH_3DES_EDE_CBC_SHA, TLS_RSA_WITH_3DES_EDE_CBC_SHA},
        {SSL_DHE_DSS_EXPORT_WITH_DES40_CBC_SHA, TLS_DHE_DSS_EXPORT_WITH_DES40_CBC_SHA},
        {SSL_DHE_DSS_WITH_DES_CBC_SHA, TLS_DHE_DSS_WITH_DES_CBC_SHA},
        {SSL_DHE_DSS_WITH_3DES_EDE_CBC_SHA, TLS_DHE_DSS_WITH_3DES_EDE_CBC_SHA},
        {SSL_DHE_RSA_EXPORT_WITH_DES40_CBC_SHA, TLS_DHE_RSA_EXPORT_WITH_DES40_CBC_SHA},
        {SSL_DHE_RSA_WITH_DES_CBC_SHA, TLS_DHE_RSA_WITH_DES_CBC_SHA},
        {SSL_DHE_RSA_WITH_3DES_EDE_CBC_SHA, TLS_DHE_RSA_WITH_3DES_EDE_CBC_SHA},
        {SSL_DH_anon_EXPORT_WITH_RC4_40_MD5, TLS_DH_anon_EXPORT_WITH_RC4_40_MD5},
        {SSL_DH_anon_WITH_RC4_128_MD5, TLS_DH_anon_WITH_RC4_128_MD5},
        {SSL_DH_anon_EXPORT_WITH_DES40_CBC_SHA, TLS_DH_anon_EXPORT_WITH_DES40_CBC_SHA},
        {SSL_DH_anon_WITH_DES_CBC_SHA, TLS_DH_anon_WITH_DES_CBC_SHA},
        {SSL_DH_anon_WITH_3DES_EDE_CBC_SHA, TLS_DH_anon_WITH_3DES_EDE_CBC_SHA},
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        assert_int_equal(rows[i].number, rows[i].today);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spellings_of_the_manual),
        cmocka_unit_test(errors_have_their_numbers),
        cmocka_unit_test(suites_have_the_names_of_the_draft),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
