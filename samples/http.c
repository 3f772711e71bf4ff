/*
 * http.c - requests and answers of the sample server: a status page, files, and some addresses that
 * are useful in tests. Called by server.c, which moves the bytes.
 */
#define _XOPEN_SOURCE 700
#include "http.h"
#include "common.h"
#include "describe.h"

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

/* What is understood of a request. */
typedef struct Request {
    char              *method, *target;
    int                minor_version; /* of HTTP 1.x */
    unsigned long long content_length;
    int                has_length, chunked, expects_continue;
    int                says_close, says_keep_alive;
} Request;

size_t request_head_length(const char *bytes, size_t length)
{
    size_t index;

    for (index = 1; index < length; index++) { /* a bare LF is accepted: people type requests */
        if (bytes[index] == '\n' && (bytes[index - 1] == '\n' ||
                                     (index >= 3 && memcmp(bytes + index - 3, "\r\n\r", 3) == 0))) {
            return index + 1;
        }
    }
    return 0;
}

/* ==== Reading a request ==== */

static int read_length(const char *text, unsigned long long *length)
{
    char *end;

    if (*text < '0' || *text > '9' || strlen(text) > 18) {
        return -1;
    }
    *length = strtoull(text, &end, 10);
    return *end == '\0' ? 0 : -1;
}

static int read_field(Request *request, const char *name, const char *value)
{
    if (strcasecmp(name, "Content-Length") == 0) {
        if (request->has_length || read_length(value, &request->content_length) != 0) {
            return -1;
        }
        request->has_length = 1;
    } else if (strcasecmp(name, "Transfer-Encoding") == 0) {
        request->chunked = 1;
    } else if (strcasecmp(name, "Connection") == 0) {
        request->says_close |= strcasecmp(value, "close") == 0;
        request->says_keep_alive |= strcasecmp(value, "keep-alive") == 0;
    } else if (strcasecmp(name, "Expect") == 0) {
        request->expects_continue = strcasecmp(value, "100-continue") == 0;
    }
    return 0;
}

/* Cut the next line off the head, without its end. */
static char *next_line(char **rest)
{
    char *line = *rest;
    char *end  = strchr(line, '\n');

    *rest = end != NULL ? end + 1 : line + strlen(line);
    if (end != NULL) {
        *end = '\0';
        if (end > line && end[-1] == '\r') {
            end[-1] = '\0';
        }
    }
    return line;
}

/* 0, or -1 for something that is not a request. */
static int read_request(Request *request, char *head, size_t length)
{
    char *line, *version;

    memset(request, 0, sizeof(*request));
    if (memchr(head, '\0', length) != NULL) {
        return -1;
    }
    request->method = next_line(&head);
    request->target = strchr(request->method, ' ');
    if (request->target == NULL) {
        return -1;
    }
    *request->target++ = '\0';
    version            = strchr(request->target, ' ');
    if (version == NULL || strncmp(version, " HTTP/1.", 8) != 0 || request->target[0] != '/') {
        return -1;
    }
    *version                                       = '\0';
    request->minor_version                         = version[8] != '0';
    request->target[strcspn(request->target, "?")] = '\0';
    for (line = next_line(&head); *line != '\0'; line = next_line(&head)) {
        char *value = strchr(line, ':');

        if (value == NULL) {
            return -1;
        }
        *value++ = '\0';
        value += strspn(value, " \t");
        if (read_field(request, line, value) != 0) {
            return -1;
        }
    }
    return 0;
}

/* ==== Heads ==== */

static const char *reason_of(int status)
{
    switch (status) {
    case 200:
        return "OK";
    case 400:
        return "Bad Request";
    case 403:
        return "Forbidden";
    case 404:
        return "Not Found";
    case 405:
        return "Method Not Allowed";
    case 411:
        return "Length Required";
    default:
        return "Error";
    }
}

/* Finish answer->text: head, then (unless the method was HEAD) the given content. */
static int write_text(Answer *answer, int status, const char *type, const char *content,
                      size_t content_length, int head_only, int expects_continue)
{
    unsigned long long length = answer->body != BODY_NONE ? answer->body_length : content_length;
    FILE              *out    = open_memstream(&answer->text, &answer->text_length);

    if (out == NULL) {
        return -1;
    }
    if (expects_continue && answer->body == BODY_ECHO) {
        fputs("HTTP/1.1 100 Continue\r\n\r\n", out);
    }
    fprintf(out,
            "HTTP/1.1 %d %s\r\nServer: sslref-sample\r\nContent-Type: %s\r\n"
            "Content-Length: %llu\r\nCache-Control: no-store\r\nConnection: %s\r\n\r\n",
            status, reason_of(status), type, length, answer->keep_alive ? "keep-alive" : "close");
    if (head_only) {
        answer->body = BODY_NONE;
    } else {
        fwrite(content, 1, content_length, out);
    }
    return fclose(out) == 0 ? 0 : -1;
}

static int answer_error(Answer *answer, int status)
{
    const char *reason = reason_of(status);
    char        line[64];
    int         length = snprintf(line, sizeof(line), "%d %s\n", status, reason);

    return write_text(answer, status, "text/plain", line, (size_t)length, 0, 0);
}

/* ==== The status page ==== */

static void write_escaped(FILE *out, const char *text)
{
    for (; *text != '\0'; text++) {
        switch (*text) {
        case '<':
            fputs("&lt;", out);
            break;
        case '>':
            fputs("&gt;", out);
            break;
        case '&':
            fputs("&amp;", out);
            break;
        case '"':
            fputs("&quot;", out);
            break;
        default:
            fputc(*text, out);
        }
    }
}

static void write_status_page(FILE *out, const Fact *facts, int count)
{
    int index;

    fputs("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
          "<title>sslref</title>\n<link rel=\"icon\" href=\"data:,\">\n<style>\n"
          "body { font: 16px/1.5 sans-serif; margin: 3em auto; max-width: 44em; color: #222; }\n"
          "th, td { text-align: left; padding: .25em 1.5em .25em 0; "
          "border-bottom: 1px solid #ddd; }\n"
          "td { font-family: monospace; overflow-wrap: anywhere; }\n"
          "</style></head><body>\n<h1>This connection</h1>\n"
          "<p>What the client and this server agreed on.</p>\n<table>\n",
          out);
    for (index = 0; index < count; index++) {
        fprintf(out, "<tr><th>%s</th><td>", facts[index].name);
        write_escaped(out, facts[index].value);
        fputs("</td></tr>\n", out);
    }
    fputs("</table>\n<p>The same as text: <a href=\"/status.txt\">/status.txt</a></p>\n"
          "</body></html>\n",
          out);
}

static int answer_status(Answer *answer, SSLContext *ctx, int as_page, int head_only, SSLErr update)
{
    Fact   facts[MAX_FACTS];
    int    count   = describe(ctx, SSL_ServerSide, facts);
    char  *content = NULL;
    size_t length  = 0;
    FILE  *out     = open_memstream(&content, &length);
    int    result  = -1;

    if (out == NULL) {
        return -1;
    }
    if (as_page) {
        write_status_page(out, facts, count);
    } else {
        print_facts(out, facts, count, "\n");
        fputc('\n', out);
        if (update != SSLWouldBlockErr) { /* /keyupdate only */
            fprintf(out, "keyupdate=%s\n", update == SSLNoErr ? "1" : SSLErrorString(update));
        }
    }
    if (fclose(out) == 0) {
        result = write_text(answer, 200, as_page ? "text/html; charset=utf-8" : "text/plain",
                            content, length, head_only, 0);
    }
    free(content);
    return result;
}

/* ==== Files ==== */

static const char *type_of(const char *path)
{
    static const char *const types[][2] = {
        {".html", "text/html; charset=utf-8"},
        {".txt", "text/plain; charset=utf-8"},
        {".css", "text/css"},
        {".js", "text/javascript"},
        {".png", "image/png"},
        {".jpg", "image/jpeg"},
        {".svg", "image/svg+xml"},
        {".json", "application/json"},
    };
    const char *dot = strrchr(path, '.');
    size_t      index;

    for (index = 0; dot != NULL && index < sizeof(types) / sizeof(types[0]); index++) {
        if (strcasecmp(dot, types[index][0]) == 0) {
            return types[index][1];
        }
    }
    return "application/octet-stream";
}

/* Replace %41 by A, in place; -1 for half a sequence or a zero byte. */
static int unescape(char *text)
{
    char *to = text;

    for (; *text != '\0'; text++, to++) {
        *to = *text;
        if (*text == '%') {
            int high = hex_digit(text[1]);
            int low  = high >= 0 ? hex_digit(text[2]) : -1;

            if (low < 0 || (high == 0 && low == 0)) {
                return -1;
            }
            *to = (char)(high * 16 + low);
            text += 2;
        }
    }
    *to = '\0';
    return 0;
}

/* Open the regular file that the target names below root; -1 otherwise. What the name really leads
 * to counts, so that neither ".." nor a symbolic link leaves the directory. */
static int open_file(const char *root, char *target, unsigned long long *length)
{
    char        wanted[PATH_MAX], real_root[PATH_MAX], real_path[PATH_MAX];
    struct stat status;
    size_t      root_length;
    int         fd;

    if (root == NULL || unescape(target) != 0 || strstr(target, "/.") != NULL ||
        (size_t)snprintf(wanted, sizeof(wanted), "%s%s", root, target) >= sizeof(wanted) ||
        realpath(root, real_root) == NULL || realpath(wanted, real_path) == NULL) {
        return -1;
    }
    root_length = strlen(real_root);
    if (strncmp(real_root, real_path, root_length) != 0 || real_path[root_length] != '/') {
        return -1;
    }
    fd = open(real_path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd >= 0 && (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode))) {
        close(fd);
        fd = -1;
    }
    if (fd >= 0) {
        *length = (unsigned long long)status.st_size;
    }
    return fd;
}

/* ==== Answers ==== */

static int answer_echo(Answer *answer, const Request *request)
{
    if (!request->has_length || request->chunked) {
        answer->keep_alive = 0; /* nobody knows where its body ends */
        return answer_error(answer, 411);
    }
    answer->body        = BODY_ECHO;
    answer->body_length = request->content_length;
    return write_text(answer, 200, "application/octet-stream", "", 0, 0, request->expects_continue);
}

/* Only for clients with a certificate that the server trusts. */
int begin_secret(Answer *answer, SSLContext *ctx)
{
    int certificates = 0;

    answer->wants_certificate = 0;
    (void)SSLGetPeerCertificateChainLength(ctx, &certificates);
    if (certificates == 0) {
        return answer_error(answer, 403);
    }
    return answer_status(answer, ctx, 0, answer->head_only, SSLWouldBlockErr);
}

int begin_answer(Answer *answer, SSLContext *ctx, char *head, size_t length, const char *root)
{
    Request request;
    int     head_only, not_read;

    memset(answer, 0, sizeof(*answer));
    answer->file = -1;
    if (read_request(&request, head, length) != 0) {
        return answer_error(answer, 400);
    }
    answer->keep_alive = request.minor_version > 0 ? !request.says_close : request.says_keep_alive;
    if (strcmp(request.method, "POST") == 0 && strcmp(request.target, "/echo") == 0) {
        return answer_echo(answer, &request);
    }
    /* A body that nobody reads would be taken for the next request. */
    not_read = request.chunked || (request.has_length && request.content_length > 0);
    answer->keep_alive &= !not_read;
    head_only = strcmp(request.method, "HEAD") == 0;
    if (!head_only && strcmp(request.method, "GET") != 0) {
        return answer_error(answer, 405);
    }
    if (strcmp(request.target, "/") == 0 || strcmp(request.target, "/status") == 0) {
        return answer_status(answer, ctx, 1, head_only, SSLWouldBlockErr);
    }
    if (strcmp(request.target, "/status.txt") == 0) {
        return answer_status(answer, ctx, 0, head_only, SSLWouldBlockErr);
    }
    if (strcmp(request.target, "/secret") == 0) {
        answer->wants_certificate = 1;
        answer->head_only         = head_only;
        return 0;
    }
    if (strcmp(request.target, "/keyupdate") == 0) {
        return answer_status(answer, ctx, 0, head_only, SSLKeyUpdate(ctx, 1));
    }
    if (strncmp(request.target, "/bytes/", 7) == 0 &&
        read_length(request.target + 7, &answer->body_length) == 0) {
        answer->body = BODY_PATTERN;
        return write_text(answer, 200, "application/octet-stream", "", 0, head_only, 0);
    }
    answer->file = open_file(root, request.target, &answer->body_length);
    if (answer->file < 0) {
        return answer_error(answer, 404);
    }
    answer->body = BODY_FILE;
    return write_text(answer, 200, type_of(request.target), "", 0, head_only, 0);
}

static size_t read_file(Answer *answer, unsigned char *out, size_t room)
{
    ssize_t count = read(answer->file, out, room);

    return count > 0 ? (size_t)count : 0; /* a file that became shorter: the caller sees the gap */
}

static void fill_pattern(const Answer *answer, unsigned char *out, size_t room)
{
    size_t index;

    for (index = 0; index < room; index++) {
        unsigned long long i = answer->body_done + index;

        out[index] = (unsigned char)(i ^ i >> 8 ^ i >> 16);
    }
}

size_t continue_answer(Answer *answer, unsigned char *out, size_t room)
{
    size_t             text = answer->text_length - answer->text_done;
    size_t             part;
    unsigned long long left;

    text = text < room ? text : room;
    memcpy(out, answer->text + answer->text_done, text);
    answer->text_done += text;
    if (answer->body == BODY_NONE || answer->body == BODY_ECHO) {
        return text;
    }
    left = answer->body_length - answer->body_done;
    part = left < room - text ? (size_t)left : room - text;
    if (part > 0 && answer->body == BODY_FILE) {
        part = read_file(answer, out + text, part);
    } else if (part > 0) {
        fill_pattern(answer, out + text, part);
    }
    answer->body_done += part;
    return text + part;
}

int answer_is_complete(const Answer *answer)
{
    return answer->text_done == answer->text_length &&
           (answer->body == BODY_NONE || answer->body_done == answer->body_length);
}

void end_answer(Answer *answer)
{
    free(answer->text);
    if (answer->file >= 0) {
        close(answer->file);
    }
    memset(answer, 0, sizeof(*answer));
    answer->file = -1;
}
