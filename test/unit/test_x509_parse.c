/*
 * test_x509_parse.c - the parser of certificates, rule by rule: certificates made by hand with one
 * thing wrong, and odd ones that are right. Then real ones with every byte changed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "parse_cases.h"

/* An Extension: OID 2.5.29.xx (last octet), not critical or critical, with a value of n octets. */
#define EXT(total, id, length, value) "30 " total " 06 03 551D" id " 04 " length " " value
#define CRITICAL(total, id, length, value)                                                         \
    "30 " total " 06 03 551D" id " 01 01 FF 04 " length " " value
#define SAN EXT("0E", "11", "07", "30 05 82 03 612E62")

static void versions_and_fields(void **state)
{
    static const ParseCase cases[] = {
        {"usual", {0}, SSLNoErr},
        {"v1", {.version_hex = ""}, SSLNoErr},
        {"v2", {.version_hex = "A0 03 02 01 01"}, SSLNoErr},
        {"v1 written out", {.version_hex = "A0 03 02 01 00"}, X509BadCertificateErr},
        {"v4", {.version_hex = "A0 03 02 01 03"}, X509BadCertificateErr},
        {"version with a tail", {.version_hex = "A0 06 02 01 02 02 01 02"}, ASNBadEncodingErr},
        {"v1 with extensions", {.version_hex = "", .extensions_hex = SAN}, X509BadCertificateErr},
        {"v2 with extensions",
         {.version_hex = "A0 03 02 01 01", .extensions_hex = SAN},
         X509BadCertificateErr},
        {"v1 with a unique id",
         {.version_hex = "", .unique_hex = "81 02 00 01"},
         X509BadCertificateErr},
        {"unique ids", {.unique_hex = "81 02 00 01 82 03 04 01 F0"}, SSLNoErr},
        {"unique id with loose bits", {.unique_hex = "82 03 04 01 F1"}, ASNBadEncodingErr},
        {"unique ids in wrong order", {.unique_hex = "82 02 00 01 81 02 00 01"}, ASNBadEncodingErr},
        {"empty list of extensions", {.extensions_hex = ""}, X509BadCertificateErr},
        {"something behind", {.tail_hex = "05 00"}, ASNBadEncodingErr},
        {"serial 0", {.serial_hex = "02 01 00"}, SSLNoErr},
        {"serial padded", {.serial_hex = "02 02 00 01"}, ASNBadEncodingErr},
        {"serial padded with FF", {.serial_hex = "02 02 FF 80"}, ASNBadEncodingErr},
        {"serial empty", {.serial_hex = "02 00"}, ASNBadEncodingErr},
        {"serial negative", {.serial_hex = "02 01 80"}, X509BadCertificateErr},
        {"serial of 21 octets",
         {.serial_hex = "02 15 00 FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF"},
         SSLNoErr},
        {"serial of 65 octets",
         {.serial_hex = "02 41 01 FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF FFFFFFFFFFFFFFFFFFFFFFFFFFFF"
                        "FFFF FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF"},
         SSLOverflowErr},
        {"algorithms differ",
         {.outer_algorithm_hex = "30 0A 06 08 2A8648CE3D040303"},
         X509BadCertificateErr},
        {"two parameters",
         {.algorithm_hex = "30 0E 06 08 2A8648CE3D040302 05 00 05 00"},
         ASNBadEncodingErr},
        {"signature of 7 bits", {.signature_hex = "03 02 01 80"}, ASNBadEncodingErr},
        {"signature without octets", {.signature_hex = "03 00"}, ASNBadEncodingErr},
        {"empty issuer", {.issuer_hex = "30 00"}, X509BadCertificateErr},
        {"empty subject without SAN", {.subject_hex = "30 00"}, X509BadCertificateErr},
        {"empty subject with SAN", {.subject_hex = "30 00", .extensions_hex = SAN}, SSLNoErr},
        {"empty subject of a CA",
         {.subject_hex = "30 00", .ca = 1, .extensions_hex = SAN},
         X509BadCertificateErr},
    };

    (void)state;
    RUN_PARSE_CASES(cases);
}

#define NAME(total, set, pair, value) "30 " total " 31 " set " 30 " pair " 06 03 550403 " value

static void names(void **state)
{
    static const ParseCase cases[] = {
        {"UTF-8", {.subject_hex = NAME("0F", "0D", "0B", "0C 04 C3A46263")}, SSLNoErr},
        {"UTF-8 FF FE",
         {.subject_hex = NAME("0D", "0B", "09", "0C 02 FFFE")},
         X509BadCertificateErr},
        {"UTF-8 not the shortest",
         {.subject_hex = NAME("0D", "0B", "09", "0C 02 C1A1")},
         X509BadCertificateErr},
        {"UTF-8 surrogate",
         {.subject_hex = NAME("0E", "0C", "0A", "0C 03 EDA080")},
         X509BadCertificateErr},
        {"UTF-8 broken off",
         {.subject_hex = NAME("0D", "0B", "09", "0C 02 61C3")},
         X509BadCertificateErr},
        {"UTF-8 above 10FFFF",
         {.subject_hex = NAME("0F", "0D", "0B", "0C 04 F4908080")},
         X509BadCertificateErr},
        {"empty string", {.subject_hex = NAME("0B", "09", "07", "0C 00")}, X509BadCertificateErr},
        {"printable with * and @", {.subject_hex = NAME("0D", "0B", "09", "13 02 2A40")}, SSLNoErr},
        {"printable with NUL",
         {.subject_hex = NAME("0D", "0B", "09", "13 02 6100")},
         X509BadCertificateErr},
        {"teletex", {.subject_hex = NAME("0D", "0B", "09", "14 02 E4FF")}, SSLNoErr},
        {"IA5 above 7F",
         {.subject_hex = NAME("0D", "0B", "09", "16 02 6180")},
         X509BadCertificateErr},
        {"numeric", {.subject_hex = NAME("0D", "0B", "09", "12 02 3120")}, SSLNoErr},
        {"numeric with a letter",
         {.subject_hex = NAME("0D", "0B", "09", "12 02 3141")},
         X509BadCertificateErr},
        {"BMP", {.subject_hex = NAME("0D", "0B", "09", "1E 02 0041")}, SSLNoErr},
        {"BMP of 3 octets",
         {.subject_hex = NAME("0E", "0C", "0A", "1E 03 004100")},
         X509BadCertificateErr},
        {"BMP surrogate",
         {.subject_hex = NAME("0D", "0B", "09", "1E 02 D800")},
         X509BadCertificateErr},
        {"universal", {.subject_hex = NAME("0F", "0D", "0B", "1C 04 00000041")}, SSLNoErr},
        {"universal of 3 octets",
         {.subject_hex = NAME("0E", "0C", "0A", "1C 03 000041")},
         X509BadCertificateErr},
        {"string in pieces",
         {.subject_hex = NAME("0F", "0D", "0B", "24 04 04 02 6161")},
         SSLNoErr}, /* no string type that we know: not looked into */
        {"empty RDN", {.subject_hex = "30 02 31 00"}, X509BadCertificateErr},
        {"two attributes in order",
         {.subject_hex = "30 16 31 14 30 08 06 03 550403 0C 01 61 30 08 06 03 550403 0C 01 62"},
         SSLNoErr},
        {"two attributes in wrong order",
         {.subject_hex = "30 16 31 14 30 08 06 03 550403 0C 01 62 30 08 06 03 550403 0C 01 61"},
         X509BadCertificateErr},
        {"attribute with a tail",
         {.subject_hex = "30 0E 31 0C 30 0A 06 03 550403 0C 01 61 05 00"},
         X509BadCertificateErr},
        {"attribute without value",
         {.subject_hex = "30 09 31 07 30 05 06 03 550403"},
         X509BadCertificateErr},
        {"OID empty", {.subject_hex = "30 09 31 07 30 05 06 00 0C 01 61"}, X509BadCertificateErr},
        {"OID padded",
         {.subject_hex = "30 0C 31 0A 30 08 06 03 558003 0C 01 61"},
         X509BadCertificateErr},
        {"OID unfinished",
         {.subject_hex = "30 0C 31 0A 30 08 06 03 550483 0C 01 61"},
         X509BadCertificateErr},
        {"tag of two octets",
         {.subject_hex = "30 0D 31 0B 30 09 06 03 550403 1F 1F 01 61"},
         X509BadCertificateErr},
    };

    (void)state;
    RUN_PARSE_CASES(cases);
}

static void times(void **state)
{
    static const ParseCase cases[] = {
        {"1950", {.not_before = "500101000000Z"}, SSLNoErr},
        {"for ever", {.not_after = "99991231235959Z"}, SSLNoErr},
        {"generalized before 2050", {.not_before = "20110101000000Z"}, SSLNoErr},
        {"29 February 2020", {.not_before = "200229000000Z"}, SSLNoErr},
        {"29 February 2000", {.not_before = "20000229000000Z"}, SSLNoErr},
        {"29 February 2100", {.not_after = "21000229000000Z"}, ASNBadEncodingErr},
        {"30 February", {.not_before = "200230000000Z"}, ASNBadEncodingErr},
        {"31 April", {.not_before = "200431000000Z"}, ASNBadEncodingErr},
        {"month 00", {.not_before = "200001000000Z"}, ASNBadEncodingErr},
        {"month 13", {.not_before = "201301000000Z"}, ASNBadEncodingErr},
        {"day 00", {.not_before = "200100000000Z"}, ASNBadEncodingErr},
        {"hour 24", {.not_before = "200101240000Z"}, ASNBadEncodingErr},
        {"minute 60", {.not_before = "200101006000Z"}, ASNBadEncodingErr},
        {"second 60", {.not_before = "200101000060Z"}, ASNBadEncodingErr},
        {"without seconds", {.not_before = "2001010000Z"}, ASNBadEncodingErr},
        {"offset", {.not_before = "200101000000+0000"}, ASNBadEncodingErr},
        {"offset instead of Z",
         {.validity_hex = "30 22 17 11 3230303130313030303030302B30303030"
                          "17 0D 3330303130313030303030305A"},
         ASNBadEncodingErr},
        {"fraction", {.not_before = "20200101000000.5Z"}, ASNBadEncodingErr},
        {"letter", {.not_before = "2001010000x0Z"}, ASNBadEncodingErr},
        {"space", {.not_before = "2001010000 0Z"}, ASNBadEncodingErr},
        {"one date", {.validity_hex = "30 0F 17 0D 3230303130313030303030305A"}, ASNBadEncodingErr},
        {"three dates",
         {.validity_hex = "30 2D 17 0D 3230303130313030303030305A 17 0D 3330303130313030303030305A "
                          "17 0D 3330303130313030303030305A"},
         ASNBadEncodingErr},
    };

    (void)state;
    RUN_PARSE_CASES(cases);
}

static void dates_are_seconds_since_1970(void **state)
{
    static const struct {
        const char *text;
        int64_t     seconds;
    } dates[] = {
        {"700101000000Z", 0},
        {"691231235959Z", -1},
        {"500101000000Z", -631152000},
        {"491231235959Z", 2524607999},
        {"000229120000Z", 951825600},
        {"380119031408Z", 2147483648},
        {"20240229235959Z", 1709251199},
        {"21000301000000Z", 4107542400},
        {"00010101000000Z", -62135596800},
        {"00000101000000Z", -62167219200},
        {"99991231235959Z", 253402300799},
    };
    size_t          i;
    X509Certificate certificate;

    (void)state;
    for (i = 0; i < sizeof dates / sizeof dates[0]; i++) {
        CertificateSpec spec = {.not_before = dates[i].text};

        assert_int_equal(sslr_x509_parse(make_certificate(&spec), &certificate, NULL), SSLNoErr);
        assert_true(certificate.not_before == dates[i].seconds);
    }
}

static void extensions(void **state)
{
    static const ParseCase cases[] = {
        {"unknown, not critical",
         {.extensions_hex = EXT("09", "99 01", "02", "0500")},
         ASNBadEncodingErr}, /* the OID's length is off: the helper's own test */
        {"unknown", {.extensions_hex = EXT("09", "63", "02", "0500")}, SSLNoErr},
        {"critical FALSE written out",
         {.extensions_hex = "30 0C 06 03 551D63 01 01 00 04 02 0500"},
         ASNBadEncodingErr},
        {"critical 01",
         {.extensions_hex = "30 0C 06 03 551D63 01 01 01 04 02 0500"},
         ASNBadEncodingErr},
        {"OID padded", {.extensions_hex = "30 0A 06 04 55801D63 04 02 0500"}, ASNBadEncodingErr},
        {"OID empty", {.extensions_hex = "30 06 06 00 04 02 0500"}, ASNBadEncodingErr},
        {"tail", {.extensions_hex = "30 0B 06 03 551D63 04 02 0500 0500"}, ASNBadEncodingErr},
        {"twice",
         {.extensions_hex = EXT("09", "63", "02", "0500") EXT("09", "63", "02", "0500")},
         X509BadCertificateErr},

        {"not a CA", {.extensions_hex = EXT("09", "13", "02", "3000")}, SSLNoErr},
        {"cA FALSE written out",
         {.extensions_hex = EXT("0C", "13", "05", "3003 010100")},
         X509BadCertificateErr},
        {"cA 01", {.extensions_hex = EXT("0C", "13", "05", "3003 010101")}, X509BadCertificateErr},
        {"path length -1",
         {.extensions_hex = EXT("0F", "13", "08", "3006 0101FF 0201FF")},
         X509BadCertificateErr},
        {"path length padded",
         {.extensions_hex = EXT("10", "13", "09", "3007 0101FF 02020001")},
         X509BadCertificateErr},
        {"huge path length",
         {.extensions_hex = EXT("13", "13", "0C", "300A 0101FF 02057FFFFFFFFF")},
         SSLNoErr},
        {"path length without cA",
         {.extensions_hex = EXT("0C", "13", "05", "3003 020100")},
         SSLNoErr},
        {"basic constraints with a tail",
         {.extensions_hex = EXT("0B", "13", "04", "3000 0500")},
         X509BadCertificateErr},

        {"key usage of 9 bits", {.extensions_hex = EXT("0C", "0F", "05", "0303070080")}, SSLNoErr},
        {"key usage with loose bits",
         {.extensions_hex = EXT("0B", "0F", "04", "03020781")},
         X509BadCertificateErr},
        {"key usage with trailing zeros",
         {.extensions_hex = EXT("0B", "0F", "04", "03020080")},
         SSLNoErr},
        {"key usage empty",
         {.extensions_hex = EXT("0A", "0F", "03", "030100")},
         X509BadCertificateErr},
        {"key usage zero",
         {.extensions_hex = EXT("0B", "0F", "04", "03020700")},
         X509BadCertificateErr},
        {"key usage with 8 unused bits",
         {.extensions_hex = EXT("0B", "0F", "04", "03020800")},
         X509BadCertificateErr},

        {"extended key usage empty",
         {.extensions_hex = EXT("09", "25", "02", "3000")},
         X509BadCertificateErr},
        {"extended key usage no OID",
         {.extensions_hex = EXT("0B", "25", "04", "3002 0500")},
         X509BadCertificateErr},

        {"SAN empty", {.extensions_hex = EXT("09", "11", "02", "3000")}, X509BadCertificateErr},
        {"SAN with a tail",
         {.extensions_hex = EXT("0F", "11", "08", "3004 82026161 0500")},
         X509BadCertificateErr},
        {"SAN tag 89",
         {.extensions_hex = EXT("0D", "11", "06", "3004 89026161")},
         X509BadCertificateErr},
        {"SAN tag A2",
         {.extensions_hex = EXT("0D", "11", "06", "3004 A2026161")},
         X509BadCertificateErr},
        {"SAN tag 84",
         {.extensions_hex = EXT("0D", "11", "06", "3004 84023000")},
         X509BadCertificateErr},
        {"SAN directory name",
         {.extensions_hex = EXT("0D", "11", "06", "3004 A4023000")},
         SSLNoErr},
        {"SAN directory name malformed",
         {.extensions_hex = EXT("0D", "11", "06", "3004 A4023100")},
         X509BadCertificateErr},
        {"SAN other name",
         {.extensions_hex = EXT("12", "11", "0B", "3009 A007 06012A A0020500")},
         SSLNoErr},
        {"SAN other name without value",
         {.extensions_hex = EXT("0E", "11", "07", "3005 A003 06012A")},
         X509BadCertificateErr},
        {"SAN with odd addresses and names beside",
         {.extensions_hex = EXT("15", "11", "0E", "300C 8200 820120 87050102030405")},
         SSLNoErr},

        {"subject key id", {.extensions_hex = EXT("0A", "0E", "03", "040101")}, SSLNoErr},
        {"subject key id malformed",
         {.extensions_hex = EXT("09", "0E", "02", "0102")},
         X509BadCertificateErr},
        {"authority key id", {.extensions_hex = EXT("0C", "23", "05", "3003 800101")}, SSLNoErr},
        {"authority key id: serial without issuer",
         {.extensions_hex = EXT("0C", "23", "05", "3003 820101")},
         X509BadCertificateErr},
        {"authority key id: issuer and serial",
         {.extensions_hex = EXT("12", "23", "0B", "3009 A104 A4023000 820101")},
         SSLNoErr},

        {"name constraints",
         {.extensions_hex = EXT("0F", "1E", "08", "3006 A004 3002 8200")},
         SSLNoErr},
        {"name constraints empty",
         {.extensions_hex = EXT("09", "1E", "02", "3000")},
         X509BadCertificateErr},
        {"name constraints with an empty list",
         {.extensions_hex = EXT("0B", "1E", "04", "3002 A000")},
         X509BadCertificateErr},
        {"name constraints with minimum",
         {.extensions_hex = EXT("12", "1E", "0B", "3009 A007 3005 8200 800101")},
         X509BadCertificateErr},

        {"policies", {.extensions_hex = EXT("0E", "20", "07", "3005 3003 06012A")}, SSLNoErr},
        {"policies empty",
         {.extensions_hex = EXT("09", "20", "02", "3000")},
         X509BadCertificateErr},
        {"policy twice",
         {.extensions_hex = EXT("13", "20", "0C", "300A 3003 06012A 3003 06012A")},
         X509BadCertificateErr},
        {"policy mappings with anyPolicy",
         {.extensions_hex = EXT("14", "21", "0D", "300B 3009 06012A 0604551D2000")},
         X509BadCertificateErr},
        {"policy constraints empty",
         {.extensions_hex = EXT("09", "24", "02", "3000")},
         X509BadCertificateErr},
        {"inhibitAnyPolicy -1",
         {.extensions_hex = EXT("0A", "36", "03", "0201FF")},
         X509BadCertificateErr},
    };

    (void)state;
    RUN_PARSE_CASES(cases);
}

/* Which extensions, when critical, are understood? */
static void critical_extensions(void **state)
{
    static const struct {
        const char *what, *hex;
        int         unknown;
    } cases[] = {
        {"unknown", CRITICAL("0C", "63", "02", "0500"), 1},
        {"unknown, not critical", EXT("09", "63", "02", "0500"), 0},
        {"key usage", CRITICAL("0E", "0F", "04", "03020780"), 0},
        {"extended key usage", CRITICAL("0F", "25", "05", "3003 06012A"), 0},
        {"SAN", CRITICAL("10", "11", "06", "3004 82026161"), 0},
        {"basic constraints", CRITICAL("0C", "13", "02", "3000"), 0},
        {"key ids", CRITICAL("0D", "0E", "03", "040101") CRITICAL("0F", "23", "05", "3003 800101"),
         0},
        {"policies", CRITICAL("11", "20", "07", "3005 3003 06012A"), 0},
        {"policies with CPS",
         CRITICAL("23", "20", "19", "3017 3015 06012A 3010 300E 06082B06010505070201 16026161"), 0},
        {"policies with another qualifier",
         CRITICAL("23", "20", "19", "3017 3015 06012A 3010 300E 06082B06010505070209 16026161"), 1},
        {"other qualifier, not critical",
         EXT("20", "20", "19", "3017 3015 06012A 3010 300E 06082B06010505070209 16026161"), 0},
        {"inhibitAnyPolicy", CRITICAL("0D", "36", "03", "020100"), 0},
        {"policy constraints", EXT("0C", "24", "05", "3003 800100"), 0},
        {"policy mappings", CRITICAL("14", "21", "0A", "3008 3006 06012A 06012B"), 0},
        {"policy mappings, not critical", EXT("11", "21", "0A", "3008 3006 06012A 06012B"), 0},
        {"name constraints", CRITICAL("12", "1E", "08", "3006 A004 3002 8200"), 0},
        {"issuerAltName", CRITICAL("10", "12", "06", "3004 82026161"), 1},
        {"CRL points", CRITICAL("0E", "1F", "04", "3002 3000"), 1},
        {"CT poison", "30 13 06 0A 2B06010401D679020403 0101FF 0402 0500", 1},
        {"proxy", "30 0E 06 08 2B0601050507010E 0402 3000", 1},
        {"Netscape type", "30 14 06 09 6086480186F8420101 0101FF 0404 03020640", 0},
    };
    size_t          i;
    X509Certificate certificate;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        CertificateSpec spec = {.extensions_hex = cases[i].hex};
        SSLErr          err  = sslr_x509_parse(make_certificate(&spec), &certificate, NULL);

        if (err != SSLNoErr || certificate.unknown_critical != cases[i].unknown) {
            print_error("%s: %d, %d\n", cases[i].what, err, certificate.unknown_critical);
        }
        assert_int_equal(err, SSLNoErr);
        assert_int_equal(certificate.unknown_critical, cases[i].unknown);
    }
}

static void too_many_extensions_are_refused(void **state)
{
    char            hex[40 * 70] = "";
    CertificateSpec spec         = {.extensions_hex = hex};
    X509Certificate certificate;
    int             i;

    (void)state;
    for (i = 0; i < 64; i++) {
        sprintf(hex + strlen(hex), "30 08 06 02 2B%02X 04 02 0500 ", i);
    }
    assert_int_equal(sslr_x509_parse(make_certificate(&spec), &certificate, NULL), SSLNoErr);
    sprintf(hex + strlen(hex), "30 08 06 02 2B%02X 04 02 0500 ", 64);
    assert_int_equal(sslr_x509_parse(make_certificate(&spec), &certificate, NULL), SSLOverflowErr);
}

static void an_extension_is_found_by_its_identifier(void **state)
{
    static const uint8_t oid[] = {0x55, 0x1D, 0x63}, other[] = {0x55, 0x1D, 0x64};
    CertificateSpec spec = {.dns = "a.b", .extensions_hex = CRITICAL("0C", "63", "02", "0500")};
    CertificateSpec none = {0};
    X509Certificate certificate;
    Bytes           value;

    (void)state;
    assert_int_equal(sslr_x509_parse(make_certificate(&spec), &certificate, NULL), SSLNoErr);
    value = sslr_x509_find_extension(&certificate, bytes_of(oid, 3));
    assert_int_equal(value.length, 2);
    assert_int_equal(value.data[0], 0x05);
    assert_int_equal(sslr_x509_find_extension(&certificate, bytes_of(other, 3)).length, 0);
    assert_int_equal(sslr_x509_parse(make_certificate(&none), &certificate, NULL), SSLNoErr);
    assert_int_equal(sslr_x509_find_extension(&certificate, bytes_of(oid, 3)).length, 0);
}

static void the_frame_is_der(void **state)
{
    static const CertificateSpec spec  = {.dns = "a.b"};
    Bytes                        good  = make_certificate(&spec), element, rest;
    Build                       *build = calloc(1, sizeof *build);
    X509Certificate              certificate;

    (void)state;
    assert_non_null(build);
    assert_int_equal(good.data[1], 0x82);
    assert_int_equal(sslr_x509_parse(good, &certificate, NULL), SSLNoErr);
    /* a length in more octets than needed */
    build_hex(build, "30 83 00");
    build_bytes(build, bytes_of(good.data + 2, good.length - 2));
    assert_int_equal(sslr_x509_parse(built(build), &certificate, NULL), ASNBadEncodingErr);
    /* an indefinite length */
    build->length = 0;
    build_hex(build, "30 80");
    build_bytes(build, bytes_of(good.data + 4, good.length - 4));
    build_hex(build, "00 00");
    assert_int_equal(sslr_x509_parse(built(build), &certificate, NULL), ASNBadEncodingErr);
    /* an octet behind; a second certificate behind */
    build->length = 0;
    build_bytes(build, good);
    build_hex(build, "00");
    assert_int_equal(sslr_x509_parse(built(build), &certificate, NULL), ASNBadEncodingErr);
    build->length--;
    build_bytes(build, good);
    assert_int_equal(sslr_x509_parse(built(build), &certificate, NULL), ASNBadEncodingErr);
    /* ... but the two can be split */
    rest = built(build);
    assert_int_equal(sslr_der_split(&rest, &element), SSLNoErr);
    assert_int_equal(element.length, good.length);
    assert_int_equal(sslr_der_split(&rest, &element), SSLNoErr);
    assert_int_equal(rest.length, 0);
    assert_int_equal(sslr_der_split(&rest, &element), ASNBadEncodingErr);
    assert_int_equal(sslr_x509_parse(bytes_of(NULL, 0), &certificate, NULL), ASNBadEncodingErr);
    memset(build->data, 0, sizeof build->data);
    assert_int_equal(sslr_x509_parse(bytes_of(build->data, 65537), &certificate, NULL),
                     SSLOverflowErr);
    free(build);
}

static const char *const real_certificates[] = {
    "rsa-leaf.der",        "rsa-inter.der",    "pssrsa-leaf.der", "rsapss-leaf.der",
    "restricted-leaf.der", "p256-leaf.der",    "p256-inter.der",  "p384-leaf.der",
    "p521-leaf.der",       "ed25519-leaf.der", "dsa-leaf.der",    "plain-leaf.der",
};

static void real_certificates_are_parsed(void **state)
{
    static const KeyType types[] = {KEY_RSA, KEY_RSA, KEY_RSA, KEY_RSA_PSS, KEY_RSA_PSS, KEY_EC,
                                    KEY_EC,  KEY_EC,  KEY_EC,  KEY_ED25519, KEY_DSA,     KEY_EC};
    size_t               i;
    X509Certificate      certificate;

    (void)state;
    for (i = 0; i < sizeof types / sizeof types[0]; i++) {
        assert_int_equal(sslr_x509_parse(read_test_file(real_certificates[i]), &certificate, NULL),
                         SSLNoErr);
        assert_int_equal(certificate.key.type, types[i]);
        assert_int_equal(certificate.unknown_critical, 0);
        assert_true(certificate.not_before < certificate.not_after);
        if (i == 4) {
            assert_int_equal(certificate.key.pss_hash, HASH_SHA256);
            assert_int_equal(certificate.key.pss_salt, 32);
        }
        if (i == 1) {
            assert_true(certificate.is_ca && certificate.has_path_length);
            assert_int_equal(certificate.path_length, 0);
            assert_int_equal(certificate.key_usage, KEY_USAGE_CERT_SIGN | KEY_USAGE_CRL_SIGN);
        }
    }
}

/* Whatever happens to the bytes: no crash, and no changed signed part under a good signature. */
static void a_changed_certificate_is_not_accepted(void **state)
{
    /* The signer's key of each of these: root and intermediate share it. */
    static const char *const names[] = {"p256-leaf.der", "rsa-leaf.der", "ed25519-leaf.der"};
    static const uint8_t     flips[] = {0x01, 0x80, 0xFF, 0x20};
    size_t                   n, i, k;
    X509Certificate          good, changed;
    int                      parsed = 0;

    (void)state;
    for (n = 0; n < sizeof names / sizeof names[0]; n++) {
        Bytes der = read_test_file(names[n]);

        assert_int_equal(sslr_x509_parse(der, &good, NULL), SSLNoErr);
        assert_int_equal(sslr_x509_check_signature(&good, &good.key, 0), SSLNoErr);
        for (i = 0; i < der.length; i += sample_step(1, 5)) {
            for (k = 0; k < sizeof flips; k++) {
                Bytes bytes = with_byte(der, i, der.data[i] ^ flips[k]);

                if (sslr_x509_parse(bytes, &changed, NULL) == SSLNoErr) {
                    parsed++;
                    (void)sslr_x509_match_host(&changed, "www.example.com", 15, 0);
                    assert_int_not_equal(sslr_x509_check_signature(&changed, &good.key, 0),
                                         SSLNoErr);
                }
                test_forget();
                der = read_test_file(names[n]);
                assert_int_equal(sslr_x509_parse(der, &good, NULL), SSLNoErr);
            }
        }
    }
    assert_true(parsed > (int)(1000 / sample_step(1, 5))); /* the test tests something */
}

static void a_shortened_or_lengthened_certificate_is_refused(void **state)
{
    size_t          n, i;
    X509Certificate certificate;

    (void)state;
    for (n = 0; n < sizeof real_certificates / sizeof real_certificates[0]; n++) {
        Bytes der = read_test_file(real_certificates[n]);

        for (i = 0; i < der.length; i++) {
            Bytes cut = keep_bytes(der.data, i);

            assert_int_equal(sslr_x509_parse(cut, &certificate, NULL), ASNBadEncodingErr);
        }
        for (i = 0; i <= der.length; i++) { /* one octet more at every place */
            Build *build = calloc(1, sizeof *build);

            assert_non_null(build);
            build_bytes(build, bytes_of(der.data, i));
            build_hex(build, "30");
            build_bytes(build, bytes_of(der.data + i, der.length - i));
            assert_int_not_equal(sslr_x509_parse(built(build), &certificate, NULL), SSLNoErr);
            free(build);
        }
        test_forget();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(versions_and_fields, parse_forget),
        cmocka_unit_test_teardown(names, parse_forget),
        cmocka_unit_test_teardown(times, parse_forget),
        cmocka_unit_test_teardown(dates_are_seconds_since_1970, parse_forget),
        cmocka_unit_test_teardown(extensions, parse_forget),
        cmocka_unit_test_teardown(critical_extensions, parse_forget),
        cmocka_unit_test_teardown(too_many_extensions_are_refused, parse_forget),
        cmocka_unit_test_teardown(an_extension_is_found_by_its_identifier, parse_forget),
        cmocka_unit_test_teardown(the_frame_is_der, parse_forget),
        cmocka_unit_test_teardown(real_certificates_are_parsed, parse_forget),
        cmocka_unit_test_teardown(a_changed_certificate_is_not_accepted, parse_forget),
        cmocka_unit_test_teardown(a_shortened_or_lengthened_certificate_is_refused, parse_forget),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
