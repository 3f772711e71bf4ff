/*
 * time.c - the two ASN.1 times as seconds since 1970, by our own calendar in 64 bits, so that
 * neither 1950 nor 2038 nor 9999 needs anything from the platform. Used by parse.c.
 */
#include "parts.h"

static int is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int days_of_month(int year, int month)
{
    static const uint8_t days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

/* Leap days before the first of January of the year, counted from 400 years before our era. */
static int leap_days(int year)
{
    int before = year + 399;

    return before / 4 - before / 100 + before / 400;
}

static int64_t days_to_year(int year)
{
    return (int64_t)(year - 1970) * 365 + leap_days(year) - leap_days(1970);
}

/* Two digits as a number; -1 if they are none. */
static int two_digits(const uint8_t *text)
{
    if (text[0] < '0' || text[0] > '9' || text[1] < '0' || text[1] > '9') {
        return -1;
    }
    return (text[0] - '0') * 10 + (text[1] - '0');
}

/* MMDDhhmmssZ of a given year. Not 0 on success. */
static int read_rest(const uint8_t *text, int year, int64_t *seconds)
{
    int     part[5], i, month;
    int64_t days;

    for (i = 0; i < 5; i++) {
        part[i] = two_digits(text + 2 * i);
    }
    if (part[0] < 1 || part[0] > 12 || part[1] < 1 || part[1] > days_of_month(year, part[0]) ||
        part[2] < 0 || part[2] > 23 || part[3] < 0 || part[3] > 59 || part[4] < 0 || part[4] > 59 ||
        text[10] != 'Z') {
        return 0;
    }
    days = days_to_year(year) + part[1] - 1;
    for (month = 1; month < part[0]; month++) {
        days += days_of_month(year, month);
    }
    *seconds = ((days * 24 + part[2]) * 60 + part[3]) * 60 + part[4];
    return 1;
}

/* RFC 5280 4.1.2.5.1 and .2: seconds are there, the zone is Z, there are no fractions. Either form
 * at any date, because roots in use have both. */
int64_t sslr_x509_take_time(Der *der)
{
    int     generalized = sslr_der_next_is(der, DER_GENERALIZED_TIME);
    Bytes   text        = sslr_der_take(der, generalized ? DER_GENERALIZED_TIME : DER_UTC_TIME);
    int     high, low;
    int64_t seconds = 0;

    if (text.length != (generalized ? 15u : 13u)) {
        sslr_der_fail(der);
        return 0;
    }
    low  = two_digits(text.data + (generalized ? 2 : 0));
    high = generalized ? two_digits(text.data) : low >= 50 ? 19 : 20;
    if (high < 0 || low < 0 ||
        !read_rest(text.data + (generalized ? 4 : 2), high * 100 + low, &seconds)) {
        sslr_der_fail(der);
        return 0;
    }
    return seconds;
}
