/*
 * wycheproof.c - the loader that wycheproof.h describes. The whole file is read at once; the
 * current block is a table of pointers into it; hexadecimal is decoded into a buffer as large as
 * the block.
 */
#include "wycheproof.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MAX_FIELDS = 64
};

typedef struct Field {
    const char *key, *value;
    uint8_t    *bytes; /* room for the decoded value */
} Field;

struct WycheproofTest {
    char    *name;
    char    *content;  /* the file, cut into strings as we go */
    char    *position; /* first byte that was not read yet */
    uint8_t *decoded;  /* room for every decoded byte of the file */
    Field    fields[MAX_FIELDS];
    size_t   field_count, test_count, expected;
};

static void give_up(const char *name, const char *what)
{
    fprintf(stderr, "wycheproof: %s: %s\n", name, what);
    exit(1);
}

static void *allocate(size_t size)
{
    void *block = calloc(1, size);

    if (block == NULL) {
        give_up("memory", "exhausted");
    }
    return block;
}

static char *read_whole(FILE *file, const char *name)
{
    long  size = fseek(file, 0, SEEK_END) == 0 ? ftell(file) : -1;
    char *content;

    if (size < 0) {
        give_up(name, "cannot be measured");
    }
    rewind(file);
    content = (char *)allocate((size_t)size + 1);
    if (fread(content, 1, (size_t)size, file) != (size_t)size) {
        give_up(name, "cannot be read");
    }
    return content;
}

/* Cut the next block into fields; 0 at the end of the file. */
static int read_block(WycheproofTest *test)
{
    uint8_t *room     = test->decoded;
    test->field_count = 0;

    while (*test->position != '\0') {
        char  *line = test->position;
        size_t size = strcspn(line, "\n");
        char  *equals;

        test->position += size + (line[size] == '\n');
        if (size == 0) {
            return 1;
        }
        line[size] = '\0';
        equals     = strchr(line, '=');
        if (equals == NULL || test->field_count == MAX_FIELDS) {
            give_up(test->name, "has a malformed line");
        }
        *equals                               = '\0';
        test->fields[test->field_count].key   = line;
        test->fields[test->field_count].value = equals + 1;
        test->fields[test->field_count].bytes = room;
        room += strlen(equals + 1) / 2 + 1;
        test->field_count++;
    }
    return test->field_count != 0;
}

WycheproofTest *wycheproof_open(const char *name)
{
    const char     *directory = getenv("SSLREF_VECTORS_TEXT");
    WycheproofTest *test;
    FILE           *file;
    size_t          name_size;

    if (directory == NULL) {
        return NULL;
    }
    test       = (WycheproofTest *)allocate(sizeof *test);
    name_size  = strlen(directory) + strlen(name) + 6;
    test->name = (char *)allocate(name_size);
    snprintf(test->name, name_size, "%s/%s.txt", directory, name);
    file = fopen(test->name, "rb");
    if (file == NULL) {
        give_up(test->name, "cannot be opened");
        return NULL;
    }
    test->content = read_whole(file, test->name);
    fclose(file);
    test->decoded  = (uint8_t *)allocate(strlen(test->content) + 1);
    test->position = test->content;
    if (!read_block(test) || wycheproof_number(test, "file.numberOfTests") < 0) {
        give_up(test->name, "does not begin with a file block");
    }
    test->expected = (size_t)wycheproof_number(test, "file.numberOfTests");
    return test;
}

void wycheproof_close(WycheproofTest *test)
{
    free(test->decoded);
    free(test->content);
    free(test->name);
    free(test);
}

int wycheproof_next(WycheproofTest *test)
{
    if (!read_block(test)) {
        return 0;
    }
    test->test_count++;
    return 1;
}

size_t wycheproof_count(const WycheproofTest *test)
{
    return test->test_count;
}

size_t wycheproof_expected(const WycheproofTest *test)
{
    return test->expected;
}

static const Field *find_field(const WycheproofTest *test, const char *key)
{
    size_t i;

    for (i = 0; i < test->field_count; i++) {
        if (strcmp(test->fields[i].key, key) == 0) {
            return &test->fields[i];
        }
    }
    return NULL;
}

const char *wycheproof_text(const WycheproofTest *test, const char *key)
{
    const Field *field = find_field(test, key);

    return field == NULL ? NULL : field->value;
}

static int hex_digit(char c)
{
    const char *digits = "0123456789abcdef", *at = c == '\0' ? NULL : strchr(digits, c);

    return at == NULL ? -1 : (int)(at - digits);
}

const uint8_t *wycheproof_bytes(const WycheproofTest *test, const char *key, size_t *length)
{
    const Field *field = find_field(test, key);
    size_t       i;

    *length = field == NULL ? 0 : strlen(field->value) / 2;
    if (field == NULL) {
        return test->decoded;
    }
    if (strlen(field->value) % 2 != 0) {
        give_up(test->name, key);
    }
    for (i = 0; i < *length; i++) {
        int high = hex_digit(field->value[2 * i]), low = hex_digit(field->value[2 * i + 1]);

        if (high < 0 || low < 0) {
            give_up(test->name, key);
        }
        field->bytes[i] = (uint8_t)(high << 4 | low);
    }
    return field->bytes;
}

const uint8_t *wycheproof_integer(const WycheproofTest *test, const char *key, size_t *length)
{
    const uint8_t *bytes = wycheproof_bytes(test, key, length);

    while (*length != 0 && *bytes == 0) {
        bytes++;
        (*length)--;
    }
    return bytes;
}

long wycheproof_number(const WycheproofTest *test, const char *key)
{
    const char *text = wycheproof_text(test, key);

    return text == NULL ? -1 : strtol(text, NULL, 10);
}

long wycheproof_id(const WycheproofTest *test)
{
    return wycheproof_number(test, "tcId");
}

WycheproofResult wycheproof_result(const WycheproofTest *test)
{
    const char *result = wycheproof_text(test, "result");

    if (result != NULL && strcmp(result, "valid") == 0) {
        return WYCHEPROOF_VALID;
    }
    if (result != NULL && strcmp(result, "acceptable") == 0) {
        return WYCHEPROOF_ACCEPTABLE;
    }
    if (result == NULL || strcmp(result, "invalid") != 0) {
        give_up(test->name, "has a test without a known result");
    }
    return WYCHEPROOF_INVALID;
}

int wycheproof_has_flag(const WycheproofTest *test, const char *flag)
{
    const char *at     = wycheproof_text(test, "flags");
    size_t      length = strlen(flag);

    while (at != NULL && *at != '\0') {
        size_t size = strcspn(at, ",");

        if (size == length && memcmp(at, flag, length) == 0) {
            return 1;
        }
        at += size + (at[size] == ',');
    }
    return 0;
}
