/*
 * pem.c - see pem.h. No backtracking: every line of the text is looked at once.
 */
#include "pem.h"

/* Take one line off the text, without its end (LF, CR or CR LF) and trailing blanks. */
static Bytes take_line(Bytes *text)
{
    size_t length = 0, next;
    Bytes  line;

    while (length < text->length && text->data[length] != '\n' && text->data[length] != '\r') {
        length++;
    }
    next = length;
    if (next < text->length) {
        next += text->data[next] == '\r' && next + 1 < text->length && text->data[next + 1] == '\n'
                    ? 2
                    : 1;
    }
    line  = bytes_of(text->data, length);
    *text = bytes_of(text->data + next, text->length - next);
    while (line.length > 0 &&
           (line.data[line.length - 1] == ' ' || line.data[line.length - 1] == '\t')) {
        line.length--;
    }
    return line;
}

/* "-----BEGIN label-----": what stands between; length 0 if the line is not of that form. */
static Bytes boundary(Bytes line, const char *word)
{
    size_t head = strlen(word), tail = 5;

    if (line.length <= head + tail || memcmp(line.data, word, head) != 0 ||
        memcmp(line.data + line.length - tail, "-----", tail) != 0) {
        return bytes_of(line.data, 0);
    }
    return bytes_of(line.data + head, line.length - head - tail);
}

/* RFC 1421 headers: lines up to an empty one, if the first has a colon. */
static void take_headers(Bytes *text, PemBlock *block)
{
    Bytes rest = *text, line = take_line(&rest);

    block->headers = bytes_of(text->data, 0);
    if (line.length == 0 || memchr(line.data, ':', line.length) == NULL) {
        return;
    }
    while (line.length > 0 && line.data[0] != '-' && rest.length > 0) {
        block->headers.length = (size_t)(line.data + line.length - text->data);
        line                  = take_line(&rest);
    }
    if (line.length == 0) { /* else a boundary: the caller meets it */
        *text = rest;
    }
}

int sslr_pem_next(Bytes *text, PemBlock *block)
{
    Bytes line, before, label;

    do {
        if (text->length == 0) {
            return 0;
        }
        line         = take_line(text);
        block->label = boundary(line, "-----BEGIN ");
    } while (block->label.length == 0);
    take_headers(text, block);
    block->base64 = bytes_of(text->data, 0);
    while (text->length > 0) {
        before = *text;
        line   = take_line(text);
        label  = boundary(line, "-----END ");
        if (label.length > 0) {
            return bytes_equal(label, block->label) ? 1 : -1;
        }
        if (boundary(line, "-----BEGIN ").length > 0) {
            *text = before; /* the block broke off, another begins */
            return -1;
        }
        block->base64.length = (size_t)(text->data - block->base64.data);
    }
    return -1;
}

int sslr_pem_is_labelled(const PemBlock *block, const char *label)
{
    return bytes_equal(block->label, bytes_of(label, strlen(label)));
}

size_t sslr_pem_room(const PemBlock *block)
{
    return block->base64.length / 4 * 3 + 3;
}

/* 0 .. 63, or 64. No table and no branch on the digit's place in the alphabet: it may be a part of
 * a private key. */
static uint32_t base64_value(uint8_t c)
{
    Mask     upper = ~ct_is_less(c, 'A') & ct_is_less(c, 'Z' + 1);
    Mask     lower = ~ct_is_less(c, 'a') & ct_is_less(c, 'z' + 1);
    Mask     digit = ~ct_is_less(c, '0') & ct_is_less(c, '9' + 1);
    uint32_t value = 64;

    value = ct_select(upper, (uint32_t)c - 'A', value);
    value = ct_select(lower, (uint32_t)c - 'a' + 26, value);
    value = ct_select(digit, (uint32_t)c - '0' + 52, value);
    value = ct_select(ct_is_equal(c, '+'), 62, value);
    return ct_select(ct_is_equal(c, '/'), 63, value);
}

typedef struct Base64 {
    uint32_t bits;    /* of the group under way */
    unsigned digits;  /* in it */
    unsigned padding; /* '=' seen */
    uint8_t *out;
    size_t   length;
} Base64;

/* One character of a line. Not 0 if it may stand there. */
static int add_digit(Base64 *to, uint8_t c)
{
    uint32_t value;

    if (c == '=') {
        to->padding++;
        return to->digits >= 2 && to->digits + to->padding <= 4;
    }
    value = base64_value(c);
    if (value == 64 || to->padding > 0) {
        return 0;
    }
    to->bits = to->bits << 6 | value;
    if (++to->digits == 4) {
        to->out[to->length++] = (uint8_t)(to->bits >> 16);
        to->out[to->length++] = (uint8_t)(to->bits >> 8);
        to->out[to->length++] = (uint8_t)to->bits;
        to->digits            = 0;
        to->bits              = 0;
    }
    return 1;
}

/* RFC 4648 3.5: the spare bits of a short last group are zero. */
static int finish(Base64 *to)
{
    if (to->digits == 0) {
        return to->padding == 0;
    }
    if (to->digits + to->padding != 4) {
        return 0;
    }
    to->bits <<= 6 * to->padding;
    to->out[to->length++] = (uint8_t)(to->bits >> 16);
    if (to->padding == 1) {
        to->out[to->length++] = (uint8_t)(to->bits >> 8);
    }
    return (to->bits & (to->padding == 1 ? 0xFFu : 0xFFFFu)) == 0;
}

SSLErr sslr_pem_decode(const PemBlock *block, uint8_t *out, size_t *length)
{
    Base64 to;
    Bytes  text = block->base64, line;
    size_t i;
    int    good = 1;

    memset(&to, 0, sizeof to);
    to.out = out;
    while (good && text.length > 0) {
        line = take_line(&text);
        for (i = 0; good && i < line.length; i++) {
            good = add_digit(&to, line.data[i]);
        }
    }
    if (!good || !finish(&to) || to.length == 0) {
        sslr_wipe(out, to.length);
        sslr_wipe(&to, sizeof to);
        *length = 0;
        return ASNBadEncodingErr;
    }
    *length = to.length;
    sslr_wipe(&to, sizeof to);
    return SSLNoErr;
}
