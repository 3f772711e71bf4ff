/*
 * verify_input.c - how a question reaches verify.c: PEM blocks, and one JSON object in a line. Both
 * are read in one pass and without recursion: nothing in the object is nested.
 */
#include "verify.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

void free_question(Question *question)
{
    char *texts[8];
    int   i;

    texts[0] = question->anchors;
    texts[1] = question->intermediates;
    texts[2] = question->leaf;
    texts[3] = question->name;
    texts[4] = question->purpose;
    texts[5] = question->crl;
    texts[6] = question->ocsp;
    texts[7] = question->revocation;
    for (i = 0; i < 8; i++) {
        free(texts[i]);
    }
    memset(question, 0, sizeof(*question));
    question->max_depth = question->time = -1;
}

/* ---- PEM ---- */

static int base64_value(int character)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *found = character != 0 ? strchr(alphabet, character) : NULL;

    return found != NULL ? (int)(found - alphabet) : -1;
}

/* The text up to end into out; the number of bytes, or -1. */
static long decode_base64(const char *text, const char *end, unsigned char *out)
{
    unsigned long bits  = 0;
    int           count = 0, padding = 0, value;
    long          length = 0;

    for (; text < end; text++) {
        if (*text == '\n' || *text == '\r' || *text == ' ' || *text == '\t') {
            continue;
        }
        value = *text == '=' ? 0 : base64_value((unsigned char)*text);
        if (value < 0 || (padding > 0 && *text != '=')) {
            return -1;
        }
        padding += *text == '=';
        bits = bits << 6 | (unsigned long)value;
        if (++count == 4) {
            out[length++] = (unsigned char)(bits >> 16);
            out[length++] = (unsigned char)(bits >> 8);
            out[length++] = (unsigned char)bits;
            count         = 0;
            bits          = 0;
        }
    }
    return count != 0 || padding > 2 || length < padding ? -1 : length - padding;
}

int decode_pem(const char *text, const char *label, SSLBuffer *list, int most,
               unsigned char **block)
{
    char           begin[64] = "-----BEGIN ";
    unsigned char *out       = malloc(strlen(text) + 1);
    const char    *end;
    int            count = 0;
    long           length;

    *block = out;
    if (out == NULL) {
        return -1;
    }
    strcat(begin, label);
    strcat(begin, "-----");
    while (count < most && (text = strstr(text, begin)) != NULL) {
        text += strlen(begin);
        end = strstr(text, "-----END ");
        if (end == NULL || (length = decode_base64(text, end, out)) <= 0) {
            return -1;
        }
        list[count].data   = out;
        list[count].length = (uint32)length;
        count++;
        out += length;
        text = end;
    }
    return count;
}

/* ---- JSON ---- */

typedef struct Text {
    const char *at, *end;
} Text;

static void skip_blanks(Text *text)
{
    while (text->at < text->end &&
           (*text->at == ' ' || *text->at == '\t' || *text->at == '\r' || *text->at == '\n')) {
        text->at++;
    }
}

static int take_character(Text *text, char wanted)
{
    skip_blanks(text);
    if (text->at == text->end || *text->at != wanted) {
        return 0;
    }
    text->at++;
    return 1;
}

/* \uXXXX as UTF-8; 0 if it is malformed. A zero would end the text early, and pairs of surrogates
 * have no place in PEM or names: both are refused. */
static size_t take_unicode(Text *text, char *out)
{
    unsigned long point = 0;
    int           i, digit;

    if (text->end - text->at < 4) {
        return 0;
    }
    for (i = 0; i < 4; i++) {
        digit = (unsigned char)*text->at++;
        digit = digit >= '0' && digit <= '9'   ? digit - '0'
                : digit >= 'a' && digit <= 'f' ? digit - 'a' + 10
                : digit >= 'A' && digit <= 'F' ? digit - 'A' + 10
                                               : -1;
        if (digit < 0) {
            return 0;
        }
        point = point << 4 | (unsigned long)digit;
    }
    if (point == 0 || (point >= 0xD800 && point <= 0xDFFF)) {
        return 0;
    }
    if (point < 0x80) {
        out[0] = (char)point;
        return 1;
    }
    if (point < 0x800) {
        out[0] = (char)(0xC0 | point >> 6);
        out[1] = (char)(0x80 | (point & 0x3F));
        return 2;
    }
    out[0] = (char)(0xE0 | point >> 12);
    out[1] = (char)(0x80 | (point >> 6 & 0x3F));
    out[2] = (char)(0x80 | (point & 0x3F));
    return 3;
}

/* A string as a block of malloc(); NULL if it is malformed. It never becomes longer. */
static char *take_string(Text *text)
{
    static const char escapes[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
    char             *made, *out;
    const char       *escape;
    size_t            length;

    if (!take_character(text, '"') || (made = malloc((size_t)(text->end - text->at) + 1)) == NULL) {
        return NULL;
    }
    for (out = made; text->at < text->end && *text->at != '"';) {
        if ((unsigned char)*text->at < 0x20) {
            break;
        }
        if (*text->at != '\\') {
            *out++ = *text->at++;
            continue;
        }
        if (++text->at == text->end) {
            break;
        }
        if (*text->at == 'u') {
            text->at++;
            length = take_unicode(text, out);
            if (length == 0) {
                break;
            }
            out += length;
            continue;
        }
        escape = strchr(escapes, *text->at);
        if (escape == NULL || *escape == '\0') {
            break;
        }
        *out++ = meanings[escape - escapes];
        text->at++;
    }
    if (text->at == text->end || *text->at != '"') {
        free(made);
        return NULL;
    }
    text->at++;
    *out = '\0';
    return made;
}

/* An integer, true or false; 0 if it is something else. */
static int take_number(Text *text, long *number)
{
    char  digits[24];
    char *end;
    int   count = 0;

    skip_blanks(text);
    if (text->end - text->at >= 4 && memcmp(text->at, "true", 4) == 0) {
        text->at += 4;
        *number = 1;
        return 1;
    }
    if (text->end - text->at >= 5 && memcmp(text->at, "false", 5) == 0) {
        text->at += 5;
        *number = 0;
        return 1;
    }
    while (count < 20 && text->at < text->end &&
           ((*text->at >= '0' && *text->at <= '9') || (count == 0 && *text->at == '-'))) {
        digits[count++] = *text->at++;
    }
    digits[count] = '\0';
    errno         = 0;
    *number       = strtol(digits, &end, 10);
    return count > 0 && *end == '\0' && errno == 0 && end != digits;
}

/* A member that is left out, or null, is NULL or as free_question() leaves it. */
static int take_null(Text *text)
{
    skip_blanks(text);
    if (text->end - text->at < 4 || memcmp(text->at, "null", 4) != 0) {
        return 0;
    }
    text->at += 4;
    return 1;
}

static const char *take_member(Text *text, Question *question)
{
    const struct {
        const char *name;
        char      **text;
        long       *number;
    } members[] = {
        {"anchors", &question->anchors, NULL},
        {"intermediates", &question->intermediates, NULL},
        {"leaf", &question->leaf, NULL},
        {"name", &question->name, NULL},
        {"purpose", &question->purpose, NULL},
        {"crl", &question->crl, NULL},
        {"ocsp", &question->ocsp, NULL},
        {"revocation", &question->revocation, NULL},
        {"time", NULL, &question->time},
        {"max_depth", NULL, &question->max_depth},
        {"allow_sha1", NULL, &question->allow_sha1},
        {"allow_md5", NULL, &question->allow_md5},
        {"allow_short_keys", NULL, &question->allow_short_keys},
        {"common_name", NULL, &question->common_name},
        {"ignore_dates", NULL, &question->ignore_dates},
    };
    size_t count = sizeof(members) / sizeof(members[0]), i;
    char  *name  = take_string(text);

    if (name == NULL || !take_character(text, ':')) {
        free(name);
        return "a member is malformed";
    }
    for (i = 0; i < count && strcmp(members[i].name, name) != 0; i++) {
    }
    free(name);
    if (i == count) {
        return "a member is unknown";
    }
    if (take_null(text)) {
        return NULL;
    }
    if (members[i].number != NULL) {
        return take_number(text, members[i].number) ? NULL : "a number is malformed";
    }
    if (*members[i].text != NULL) {
        return "a member stands twice";
    }
    *members[i].text = take_string(text);
    return *members[i].text != NULL ? NULL : "a string is malformed";
}

const char *read_json(const char *text, size_t length, Question *question)
{
    Text        rest;
    const char *problem = NULL;

    rest.at  = text;
    rest.end = text + length;
    if (!take_character(&rest, '{')) {
        return "not a JSON object";
    }
    if (!take_character(&rest, '}')) {
        do {
            problem = take_member(&rest, question);
        } while (problem == NULL && take_character(&rest, ','));
        if (problem == NULL && !take_character(&rest, '}')) {
            problem = "the object does not end";
        }
    }
    skip_blanks(&rest);
    return problem == NULL && rest.at < rest.end ? "something stands behind the object" : problem;
}
