/*
 * test_x509_names.c - distinguished names (RFC 5280 7.1), host names and addresses (RFC 9525).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "x509_builder.h"

static int forget(void **state)
{
    (void)state;
    test_forget();
    return 0;
}

/* ---- distinguished names ---- */

/* A Name of one RDN; attributes: tag and text, of type common name, or organisation where marked.
 */
static Bytes name_of(const char *const *attributes, const uint8_t *tags, size_t count)
{
    Build *build = calloc(1, sizeof *build);
    size_t name, rdn, i, attribute;
    Bytes  made;

    assert_non_null(build);
    name = build_open(build, 0x30);
    rdn  = build_open(build, 0x31);
    for (i = 0; i < count; i++) {
        attribute = build_open(build, 0x30);
        build_hex(build, "06 03 550403");
        build_text(build, tags[i], attributes[i]);
        build_close(build, attribute);
    }
    build_close(build, rdn);
    build_close(build, name);
    made = keep_bytes(build->data, build->length);
    free(build);
    return made;
}

static Bytes hex_name(const char *hex)
{
    Build *build = calloc(1, sizeof *build);
    Bytes  made;

    assert_non_null(build);
    build_hex(build, hex);
    made = keep_bytes(build->data, build->length);
    free(build);
    return made;
}

static int same(uint8_t tag_a, const char *a, uint8_t tag_b, const char *b)
{
    Bytes x = name_of(&a, &tag_a, 1), y = name_of(&b, &tag_b, 1);
    int   equal = sslr_x509_names_equal(x, y);

    assert_int_equal(sslr_x509_names_equal(y, x), equal);
    return equal;
}

static void values_are_folded(void **state)
{
    (void)state;
    assert_true(same(0x0C, "Some CA", 0x0C, "Some CA"));
    assert_true(same(0x0C, "Some CA", 0x13, "Some CA"));
    assert_true(same(0x0C, "Some CA", 0x13, "sOME ca"));
    assert_true(same(0x0C, "Some CA", 0x16, "  some   CA  "));
    assert_true(same(0x0C, "  ", 0x13, " "));
    assert_false(same(0x0C, "Some CA", 0x0C, "SomeCA"));
    assert_false(same(0x0C, "Some CA", 0x0C, "Some CB"));
    assert_false(same(0x0C, "Some CA", 0x0C, "Some CA x"));
    assert_false(same(0x0C, "Some CA x", 0x0C, "Some CA"));
    assert_false(same(0x14, "Some CA", 0x0C, "Some CA")); /* teletex compares with itself alone */
    assert_true(same(0x14, "Some CA", 0x14, "Some CA"));
    assert_false(same(0x14, "Some CA", 0x14, "some CA"));
    assert_false(same(0x12, "12", 0x13, "12"));
    assert_false(same(0x0C, "\xC3\xA4", 0x0C, "\xC3\x84")); /* only ASCII is folded */
}

static void wide_strings_are_folded_too(void **state)
{
    static const char *const forms[] = {
        "30 10 31 0E 30 0C 06 03 550403 0C 05 41C3A44262",       /* UTF8 "A\xE4 Bb" */
        "30 13 31 11 30 0F 06 03 550403 1E 08 004100E400420062", /* BMP */
        "30 1B 31 19 30 17 06 03 550403 1C 10 00000061000000E40000006200000042", /* Universal */
    };
    size_t i, k;

    (void)state;
    for (i = 0; i < 3; i++) {
        assert_true(sslr_x509_is_name(hex_name(forms[i])));
        for (k = 0; k < 3; k++) {
            assert_true(sslr_x509_names_equal(hex_name(forms[i]), hex_name(forms[k])));
        }
    }
}

static void the_order_counts_among_rdns_and_not_inside(void **state)
{
    static const char *const ab[] = {"a", "b"}, *const ba[] = {"B", "A"}, *const aa[] = {"a", "a"};
    static const uint8_t utf8[] = {0x0C, 0x0C}, mixed[] = {0x0C, 0x13};
    Bytes                two  = hex_name("30 18 31 0A 30 08 06 03 550403 0C 01 61"
                                                         " 31 0A 30 08 06 03 550403 0C 01 62");
    Bytes                turn = hex_name("30 18 31 0A 30 08 06 03 550403 0C 01 62"
                                                        " 31 0A 30 08 06 03 550403 0C 01 61");
    Bytes                one  = hex_name("30 0C 31 0A 30 08 06 03 550403 0C 01 61");

    (void)state;
    assert_true(sslr_x509_is_name(two) && sslr_x509_is_name(turn) && sslr_x509_is_name(one));
    assert_false(sslr_x509_names_equal(two, turn));
    assert_false(sslr_x509_names_equal(two, one));
    assert_false(sslr_x509_names_equal(one, two));
    assert_true(sslr_x509_names_equal(name_of(ab, mixed, 2), name_of(ba, utf8, 2)));
    assert_false(sslr_x509_names_equal(name_of(ab, utf8, 2), name_of(aa, utf8, 2)));
    assert_false(sslr_x509_names_equal(name_of(aa, utf8, 2), name_of(ab, utf8, 2)));
    assert_false(sslr_x509_names_equal(name_of(ab, utf8, 2), name_of(ab, utf8, 1)));
}

static void broken_names_are_no_names(void **state)
{
    (void)state;
    assert_true(sslr_x509_is_name(hex_name("30 00")));
    assert_false(sslr_x509_is_name(hex_name("30 00 00")));
    /* A value that is a malformed BIT STRING, or of no universal type. */
    assert_true(sslr_x509_is_name(hex_name("30 0D 31 0B 30 09 06 03 550403 03 02 00 61")));
    assert_false(sslr_x509_is_name(hex_name("30 0D 31 0B 30 09 06 03 550403 03 02 6C 61")));
    assert_false(sslr_x509_is_name(hex_name("30 0D 31 0B 30 09 06 03 550403 43 02 00 61")));
    assert_false(sslr_x509_is_name(hex_name("31 00")));
    assert_false(sslr_x509_is_name(hex_name("30 01")));
    assert_false(sslr_x509_is_name(hex_name("")));
    assert_false(sslr_x509_is_name(bytes_of(NULL, 0)));
    assert_false(sslr_x509_names_equal(hex_name("30 01"), hex_name("30 00")));
}

/* ---- references ---- */

static void references_are_names_or_addresses(void **state)
{
    static const struct {
        const char *text;
        int         kind;
    } cases[] = {
        {"www.example.com", 1},
        {"www.example.com.", 1},
        {"localhost", 1},
        {"a_b.example.com", 1},
        {"xn--bcher-kva.example", 1},
        {"1.2.3.com", 1},
        {"a", 1},
        {"", 0},
        {".", 0},
        {"..", 0},
        {"a..b", 0},
        {".a", 0},
        {"a b", 0},
        {"*.example.com", 0},
        {"b\xC3\xBC"
         "cher.example",
         0},
        {"a/b", 0},
        {"a:b", 0},
        {"192.0.2.1", 2},
        {"0.0.0.0", 2},
        {"255.255.255.255", 2},
        {"256.0.0.1", 0},
        {"01.2.3.4", 0},
        {"1.2.3", 0},
        {"1.2.3.4.5", 0},
        {"1.2.3.4.", 0},
        {"1.2.3.", 0},
        {"1.2..4", 0},
        {"1", 0},
        {"0x7f.1", 0},
        {"::", 2},
        {"::1", 2},
        {"1::", 2},
        {"2001:db8::1", 2},
        {"2001:DB8:0:0:0:0:0:1", 2},
        {"1:2:3:4:5:6:7:8", 2},
        {"1:2:3:4:5:6:7", 0},
        {"1:2:3:4:5:6:7:8:9", 0},
        {"1:2:3:4:5:6:7::", 2},
        {"1:2:3:4:5:6:7:8::", 0},
        {"::2:3:4:5:6:7:8", 2},
        {"1::3::5", 0},
        {":1", 0},
        {"1:", 0},
        {":::", 0},
        {"12345::", 0},
        {"g::", 0},
        {"::ffff:192.0.2.1", 2},
        {"::192.0.2.1", 2},
        {"1:2:3:4:5:6:192.0.2.1", 2},
        {"1:2:3:4:5:6:7:192.0.2.1", 0},
        {"1:2:3:4:5:192.0.2.1", 0},
        {"::192.0.2.1:1", 0},
        {"192.0.2.1::", 0},
        {"fe80::1%eth0", 2},
        {"fe80::1%", 0},
        {"[::1]", 0},
    };
    char   longest[300];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        Bytes text = keep_bytes(cases[i].text, strlen(cases[i].text));
        int   kind = sslr_x509_classify_host((const char *)text.data, text.length);

        if (kind != cases[i].kind) {
            print_error("\"%s\" is %d\n", cases[i].text, kind);
        }
        assert_int_equal(kind, cases[i].kind);
    }
    memset(longest, 'a', sizeof longest);
    assert_int_equal(sslr_x509_classify_host(longest, 63), 1);
    assert_int_equal(sslr_x509_classify_host(longest, 64), 0);
    for (i = 1; i < sizeof longest; i += 2) {
        longest[i] = '.';
    }
    assert_int_equal(sslr_x509_classify_host(longest, 253), 1);
    assert_int_equal(sslr_x509_classify_host(longest, 254), 1); /* with a final dot */
    assert_int_equal(sslr_x509_classify_host(longest, 255), 0);
    assert_int_equal(sslr_x509_classify_host("a\0b", 3), 0);
}

/* ---- matching ---- */

/* A certificate whose SAN holds these names (hex of GeneralNames), and its common name. */
static X509Certificate certificate_with(const char *names_hex, const char *common_name)
{
    CertificateSpec spec;
    X509Certificate certificate;
    Build          *names = calloc(1, sizeof *names), *all = calloc(1, sizeof *all);
    size_t          extension, octets, list;
    char           *hex = calloc(1, 4096);
    size_t          i;

    assert_true(names != NULL && all != NULL && hex != NULL);
    memset(&spec, 0, sizeof spec);
    spec.subject = common_name;
    if (names_hex != NULL) {
        build_hex(names, names_hex);
        extension = build_open(all, 0x30);
        build_hex(all, "06 03 551D11");
        octets = build_open(all, 0x04);
        list   = build_open(all, 0x30);
        build_bytes(all, built(names));
        build_close(all, list);
        build_close(all, octets);
        build_close(all, extension);
        for (i = 0; i < all->length; i++) {
            sprintf(hex + 2 * i, "%02X", all->data[i]);
        }
        spec.extensions_hex = hex;
    }
    assert_int_equal(sslr_x509_parse(make_certificate(&spec), &certificate, NULL), SSLNoErr);
    free(names);
    free(all);
    free(hex);
    return certificate;
}

static X509Certificate certificate_for(const char *dns)
{
    char   hex[700] = "";
    size_t i, length = strlen(dns);

    sprintf(hex, length < 128 ? "82%02X" : "8281%02X", (unsigned)length);
    for (i = 0; i < length; i++) {
        sprintf(hex + strlen(hex), "%02X", (uint8_t)dns[i]);
    }
    return certificate_with(hex, "nobody");
}

static int matches(const char *presented, const char *wanted)
{
    X509Certificate certificate = certificate_for(presented);
    SSLErr          err         = sslr_x509_match_host(&certificate, wanted, strlen(wanted), 0);

    assert_true(err == SSLNoErr || err == X509HostNameErr);
    return err == SSLNoErr;
}

static void dns_names(void **state)
{
    (void)state;
    assert_true(matches("www.example.com", "www.example.com"));
    assert_true(matches("WWW.example.COM", "www.EXAMPLE.com"));
    assert_true(matches("www.example.com", "www.example.com."));
    assert_true(matches("localhost", "localhost"));
    assert_true(matches("a_b.example.com", "a_b.example.com"));
    assert_false(matches("www.example.com.", "www.example.com"));
    assert_false(matches("www.example.com.", "www.example.com."));
    assert_false(matches("www.example.com", "example.com"));
    assert_false(matches("example.com", "www.example.com"));
    assert_false(matches(" www.example.com", "www.example.com"));
    assert_false(matches("", "www.example.com"));
    assert_false(matches(".example.com", "www.example.com"));
    assert_false(matches("b\xC3\xBC"
                         "cher.example",
                         "xn--bcher-kva.example"));
    assert_false(matches("k.example.com", "\x0B.example.com")); /* folding is for letters alone */
    assert_false(matches("a@.example.com", "a`.example.com"));
}

static void wildcards(void **state)
{
    (void)state;
    assert_true(matches("*.example.com", "a.example.com"));
    assert_true(matches("*.EXAMPLE.com", "a.example.COM"));
    assert_true(matches("*.example.com", "xn--bcher-kva.example.com"));
    assert_true(matches("*.example.com", "a_b.example.com"));
    assert_false(matches("*.example.com", "example.com"));
    assert_false(matches("*.example.com", "a.b.example.com"));
    assert_false(matches("*.example.com", ".example.com"));
    assert_false(matches("*.com", "example.com"));
    assert_false(matches("*", "localhost"));
    assert_false(matches("*.", "localhost."));
    assert_false(matches("a.*.example.com", "a.b.example.com"));
    assert_false(matches("*.*.example.com", "a.b.example.com"));
    assert_false(matches("**.example.com", "a.example.com"));
    assert_false(matches("w*.example.com", "www.example.com"));
    assert_false(matches("*w.example.com", "www.example.com"));
    assert_false(matches("w*w.example.com", "www.example.com"));
    assert_false(matches("xn--*.example.com", "xn--bcher-kva.example.com"));
    assert_false(matches("*.example.com.", "a.example.com"));
    assert_false(matches("*..example.com", "a.example.com"));
    assert_false(matches("*.0.0.1", "127.0.0.1"));
    assert_false(matches("*.example.com", "*.example.com"));
}

static int finds(const X509Certificate *certificate, const char *wanted, uint32_t flags)
{
    return sslr_x509_match_host(certificate, wanted, strlen(wanted), flags) == SSLNoErr;
}

static void a_nul_does_not_end_a_name(void **state)
{
    /* "www.example.com\0.evil.org", CVE-2009-2408 */
    X509Certificate certificate = certificate_with(
        "82 19 7777772E6578616D706C652E636F6D 00 2E6576696C2E6F7267", "www.example.com");

    (void)state;
    assert_false(finds(&certificate, "www.example.com", SSL_TrustCommonName));
    assert_int_equal(sslr_x509_match_host(&certificate, "www.example.com\0.evil.org", 25, 0),
                     X509HostNameErr);
}

static void addresses(void **state)
{
    X509Certificate v4   = certificate_with("87 04 C0000201", "nobody");
    X509Certificate v6   = certificate_with("87 10 20010DB8000000000000000000000001", "nobody");
    X509Certificate text = certificate_with("82 09 3132372E302E302E31", "127.0.0.1"); /* as DNS */
    X509Certificate odd  = certificate_with("87 08 C0000201FFFFFFFF 87 05 C000020100", "nobody");
    X509Certificate map  = certificate_with("87 10 00000000000000000000FFFFC0000201", "nobody");

    (void)state;
    assert_true(finds(&v4, "192.0.2.1", 0));
    assert_false(finds(&v4, "192.0.2.2", 0));
    assert_false(finds(&v4, "192.0.2.1.", 0));
    assert_false(finds(&v4, "::ffff:192.0.2.1", 0));
    assert_true(finds(&v6, "2001:db8::1", 0));
    assert_true(finds(&v6, "2001:0DB8:0:0::0:0001", 0));
    assert_true(finds(&v6, "2001:db8::1%eth0", 0));
    assert_false(finds(&v6, "2001:db8::2", 0));
    assert_false(finds(&text, "127.0.0.1", SSL_TrustCommonName));
    assert_false(finds(&odd, "192.0.2.1", 0));
    assert_false(finds(&map, "192.0.2.1", 0));
    assert_true(finds(&map, "::ffff:192.0.2.1", 0));
}

static void only_dns_and_address_entries_count(void **state)
{
    X509Certificate mail = certificate_with("81 0F 7777772E6578616D706C652E636F6D", "nobody");
    X509Certificate many = certificate_with(
        "81 02 6140 86 02 613A 82 00 82 01 20 87 05 0102030405 82 03 612E62", "nobody");

    (void)state;
    assert_false(finds(&mail, "www.example.com", 0));
    assert_true(finds(&many, "a.b", 0));
    assert_false(finds(&many, "a", 0));
}

static void the_common_name_is_asked_only_on_request(void **state)
{
    X509Certificate plain = certificate_with(NULL, "www.example.com");
    X509Certificate mail  = certificate_with("81 02 6140", "www.example.com");
    X509Certificate dns   = certificate_with("82 03 612E62", "www.example.com");
    X509Certificate ip    = certificate_with("87 04 C0000201", "www.example.com");
    X509Certificate wild  = certificate_with(NULL, "*.example.com");
    X509Certificate many;

    (void)state;
    assert_false(finds(&plain, "www.example.com", 0));
    assert_false(finds(&mail, "www.example.com", 0));
    assert_true(finds(&plain, "www.example.com", SSL_TrustCommonName));
    assert_true(finds(&mail, "www.example.com", SSL_TrustCommonName));
    assert_true(finds(&wild, "www.example.com", SSL_TrustCommonName));
    assert_false(finds(&dns, "www.example.com", SSL_TrustCommonName));
    assert_false(finds(&ip, "www.example.com", SSL_TrustCommonName));
    assert_int_equal(sslr_x509_parse(read_test_file("plain-leaf.der"), &many, NULL), SSLNoErr);
    assert_true(finds(&many, "cn.example.com", SSL_TrustCommonName)); /* the last one */
    assert_false(finds(&many, "first.example.com", SSL_TrustCommonName));
    plain = certificate_with(NULL, "192.0.2.1");
    assert_false(finds(&plain, "192.0.2.1", SSL_TrustCommonName));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(values_are_folded, forget),
        cmocka_unit_test_teardown(wide_strings_are_folded_too, forget),
        cmocka_unit_test_teardown(the_order_counts_among_rdns_and_not_inside, forget),
        cmocka_unit_test_teardown(broken_names_are_no_names, forget),
        cmocka_unit_test_teardown(references_are_names_or_addresses, forget),
        cmocka_unit_test_teardown(dns_names, forget),
        cmocka_unit_test_teardown(wildcards, forget),
        cmocka_unit_test_teardown(a_nul_does_not_end_a_name, forget),
        cmocka_unit_test_teardown(addresses, forget),
        cmocka_unit_test_teardown(only_dns_and_address_entries_count, forget),
        cmocka_unit_test_teardown(the_common_name_is_asked_only_on_request, forget),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
