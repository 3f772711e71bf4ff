/*
 * x509_builder.c - see x509_builder.h.
 */
#include "x509_builder.h"

#include <stdio.h>
#include <stdlib.h>

static void fail(const char *what)
{
    fprintf(stderr, "x509_builder: %s\n", what);
    abort();
}

void build_bytes(Build *build, Bytes bytes)
{
    if (bytes.length > sizeof build->data - build->length) {
        fail("too long");
    }
    if (bytes.length > 0) {
        memcpy(build->data + build->length, bytes.data, bytes.length);
    }
    build->length += bytes.length;
}

void build_hex(Build *build, const char *hex)
{
    unsigned value;
    uint8_t  byte;
    int      used;

    while (*hex != 0) {
        if (*hex == ' ') {
            hex++;
            continue;
        }
        if (sscanf(hex, "%2x%n", &value, &used) != 1 || used != 2) {
            fail(hex);
        }
        byte = (uint8_t)value;
        build_bytes(build, bytes_of(&byte, 1));
        hex += 2;
    }
}

void build_text(Build *build, uint8_t tag, const char *text)
{
    size_t mark = build_open(build, tag);

    build_bytes(build, bytes_of(text, strlen(text)));
    build_close(build, mark);
}

size_t build_open(Build *build, uint8_t tag)
{
    build_bytes(build, bytes_of(&tag, 1));
    return build->length;
}

/* The length is put in front of what was written since the mark. */
void build_close(Build *build, size_t mark)
{
    size_t  length = build->length - mark, size;
    uint8_t header[4];

    if (length < 0x80) {
        header[0] = (uint8_t)length;
        size      = 1;
    } else if (length < 0x100) {
        header[0] = 0x81;
        header[1] = (uint8_t)length;
        size      = 2;
    } else if (length < 0x10000) {
        header[0] = 0x82;
        header[1] = (uint8_t)(length >> 8);
        header[2] = (uint8_t)length;
        size      = 3;
    } else {
        header[0] = 0x83;
        header[1] = (uint8_t)(length >> 16);
        header[2] = (uint8_t)(length >> 8);
        header[3] = (uint8_t)length;
        size      = 4;
    }
    build_bytes(build, bytes_of(header, size)); /* for the room */
    memmove(build->data + mark + size, build->data + mark, length);
    memcpy(build->data + mark, header, size);
}

Bytes built(const Build *build)
{
    return bytes_of(build->data, build->length);
}

void build_name(Build *build, const char *common_name)
{
    size_t name = build_open(build, 0x30), rdn = build_open(build, 0x31);
    size_t attribute = build_open(build, 0x30);

    build_hex(build, "06 03 550403");
    build_text(build, 0x0C, common_name);
    build_close(build, attribute);
    build_close(build, rdn);
    build_close(build, name);
}

/* ---- keys ---- */

static void key_scalar(int key, uint8_t scalar[32])
{
    memset(scalar, 0, 32);
    scalar[0]  = 0x11;
    scalar[31] = (uint8_t)(key + 1);
}

static SSLErr fixed_random(void *ref, uint8_t *out, size_t length)
{
    (void)ref;
    memset(out, 0x42, length);
    return SSLNoErr;
}

static const CryptoRandom test_random = {fixed_random, NULL};

void build_spki(Build *build, int key)
{
    static uint8_t points[TEST_KEYS][65];
    uint8_t        scalar[32];
    size_t         spki = build_open(build, 0x30), bits;

    if (key < 0 || key >= TEST_KEYS) {
        fail("no such key");
    }
    if (points[key][0] == 0) {
        key_scalar(key, scalar);
        if (sslr_curve_public(CURVE_P256, NULL, scalar, points[key]) != SSLNoErr) {
            fail("public key");
        }
    }
    build_hex(build, "30 13 06 07 2A8648CE3D0201 06 08 2A8648CE3D030107");
    bits = build_open(build, 0x03);
    build_hex(build, "00");
    build_bytes(build, bytes_of(points[key], 65));
    build_close(build, bits);
    build_close(build, spki);
}

/* ---- certificates ---- */

static void build_extensions(Build *build, const CertificateSpec *spec)
{
    size_t explicit_tag, list;
    char   text[64];

    if (spec->extensions_hex == NULL && !spec->authority_key_id && !spec->subject_key_id &&
        !spec->ca && spec->dns == NULL) {
        return;
    }
    explicit_tag = build_open(build, 0xA3);
    list         = build_open(build, 0x30);
    if (spec->ca && spec->path_length_plus_1) {
        sprintf(text, "30 0F 06 03 551D13 04 08 30 06 01 01 FF 02 01 %02X",
                (unsigned)spec->path_length_plus_1 - 1);
        build_hex(build, text);
    } else if (spec->ca) {
        build_hex(build, "30 0C 06 03 551D13 04 05 30 03 01 01 FF");
    }
    if (spec->authority_key_id) {
        sprintf(text, "30 0C 06 03 551D23 04 05 30 03 80 01 %02X",
                (unsigned)spec->authority_key_id);
        build_hex(build, text);
    }
    if (spec->subject_key_id) {
        sprintf(text, "30 0A 06 03 551D0E 04 03 04 01 %02X", (unsigned)spec->subject_key_id);
        build_hex(build, text);
    }
    if (spec->dns != NULL) {
        size_t extension = build_open(build, 0x30), octets, names;

        build_hex(build, "06 03 551D11");
        octets = build_open(build, 0x04);
        names  = build_open(build, 0x30);
        build_text(build, 0x82, spec->dns);
        build_close(build, names);
        build_close(build, octets);
        build_close(build, extension);
    }
    if (spec->extensions_hex != NULL) {
        build_hex(build, spec->extensions_hex);
    }
    build_close(build, list);
    build_close(build, explicit_tag);
}

static void build_time(Build *build, const char *text)
{
    build_text(build, strlen(text) > 13 ? 0x18 : 0x17, text);
}

static void build_tbs(Build *build, const CertificateSpec *spec)
{
    size_t tbs = build_open(build, 0x30), validity;

    build_hex(build, spec->version_hex != NULL ? spec->version_hex : "A0 03 02 01 02");
    build_hex(build, spec->serial_hex != NULL ? spec->serial_hex : "02 01 01");
    build_hex(build,
              spec->algorithm_hex != NULL ? spec->algorithm_hex : "30 0A 06 08 2A8648CE3D040302");
    if (spec->issuer_hex != NULL) {
        build_hex(build, spec->issuer_hex);
    } else {
        build_name(build, spec->issuer != NULL ? spec->issuer : "root");
    }
    if (spec->validity_hex != NULL) {
        build_hex(build, spec->validity_hex);
    } else {
        validity = build_open(build, 0x30);
        build_time(build, spec->not_before != NULL ? spec->not_before : "200101000000Z");
        build_time(build, spec->not_after != NULL ? spec->not_after : "400101000000Z");
        build_close(build, validity);
    }
    if (spec->subject_hex != NULL) {
        build_hex(build, spec->subject_hex);
    } else {
        build_name(build, spec->subject != NULL ? spec->subject : "leaf");
    }
    if (spec->spki_hex != NULL) {
        build_hex(build, spec->spki_hex);
    } else {
        build_spki(build, spec->new_key != 0 ? spec->new_key : spec->key);
    }
    build_hex(build, spec->unique_hex != NULL ? spec->unique_hex : "");
    build_extensions(build, spec);
    build_hex(build, spec->tail_hex != NULL ? spec->tail_hex : "");
    build_close(build, tbs);
}

void build_signature(Build *build, Bytes tbs, int signer)
{
    uint8_t scalar[32], digest[32], signature[MAX_ECDSA_SIZE];
    size_t  length, bits;

    key_scalar(signer, scalar);
    sslr_hash(HASH_SHA256, tbs.data, tbs.length, digest);
    if (sslr_ecdsa_sign(CURVE_P256, &test_random, scalar, HASH_SHA256, digest, sizeof digest,
                        signature, &length) != SSLNoErr) {
        fail("sign");
    }
    bits = build_open(build, 0x03);
    build_hex(build, "00");
    build_bytes(build, bytes_of(signature, length));
    build_close(build, bits);
}

Bytes make_certificate(const CertificateSpec *spec)
{
    Build *build = calloc(1, sizeof *build), *tbs = calloc(1, sizeof *tbs);
    size_t outer;
    Bytes  made;

    if (build == NULL || tbs == NULL) {
        fail("memory");
    }
    build_tbs(tbs, spec);
    outer = build_open(build, 0x30);
    build_bytes(build, built(tbs));
    build_hex(build, spec->outer_algorithm_hex != NULL ? spec->outer_algorithm_hex
                     : spec->algorithm_hex != NULL     ? spec->algorithm_hex
                                                       : "30 0A 06 08 2A8648CE3D040302");
    if (spec->signature_hex != NULL) {
        build_hex(build, spec->signature_hex);
    } else {
        build_signature(build, built(tbs), spec->forged ? TEST_KEYS - 1 : spec->signer);
    }
    build_close(build, outer);
    made = keep_bytes(build->data, build->length);
    free(build);
    free(tbs);
    return made;
}

/* ---- memory ---- */

typedef struct Kept {
    struct Kept *next;
} Kept;

static Kept *all_kept;

Bytes keep_bytes(const void *data, size_t length)
{
    Kept *kept = malloc(sizeof *kept + length + (length == 0));

    if (kept == NULL) {
        fail("memory");
    }
    kept->next = all_kept;
    all_kept   = kept;
    if (length > 0) {
        memcpy(kept + 1, data, length);
    }
    return bytes_of(kept + 1, length);
}

Bytes keep_text(const char *text)
{
    return keep_bytes(text, strlen(text));
}

SSLBuffer buffer_of(Bytes bytes)
{
    SSLBuffer buffer;

    buffer.length = (uint32)bytes.length;
    buffer.data   = (uint8 *)bytes.data;
    return buffer;
}

void test_forget(void)
{
    while (all_kept != NULL) {
        Kept *next = all_kept->next;

        free(all_kept);
        all_kept = next;
    }
}

Bytes with_byte(Bytes bytes, size_t position, uint8_t value)
{
    Bytes copy = keep_bytes(bytes.data, bytes.length);

    ((uint8_t *)copy.data)[position] = value;
    return copy;
}

size_t sample_step(size_t usual, size_t times)
{
    return getenv("SSLREF_TEST_FEW") != NULL ? usual * times : usual;
}

Bytes read_test_file(const char *name)
{
    const char *folder = getenv("SSLREF_TEST_CERTS");
    char        path[1024];
    Build      *build;
    FILE       *file;
    Bytes       content;

    snprintf(path, sizeof path, "%s/%s", folder != NULL ? folder : ".", name);
    file = fopen(path, "rb");
    if (file == NULL) {
        fprintf(stderr, "x509_builder: cannot read %s\n", path);
        return bytes_of(NULL, 0);
    }
    build = calloc(1, sizeof *build);
    if (build == NULL) {
        fail("memory");
    }
    build->length = fread(build->data, 1, sizeof build->data, file);
    fclose(file);
    content = keep_bytes(build->data, build->length);
    free(build);
    return content;
}

static SSLErr count_alloc(SSLBuffer *buffer, void *ref)
{
    TestMemory *memory = ref;

    if (++memory->calls == memory->fail_at) {
        buffer->data = NULL;
        return SSLMemoryErr;
    }
    buffer->data = malloc(buffer->length);
    memory->held += buffer->data != NULL;
    return buffer->data != NULL ? SSLNoErr : SSLMemoryErr;
}

static SSLErr count_free(SSLBuffer *buffer, void *ref)
{
    TestMemory *memory = ref;

    memory->held -= buffer->data != NULL;
    free(buffer->data);
    return SSLNoErr;
}

SSLAllocator test_allocator(TestMemory *memory)
{
    SSLAllocator allocator = {count_alloc, count_free, NULL, NULL};

    memset(memory, 0, sizeof *memory);
    allocator.allocRef = memory;
    return allocator;
}

static SSLBuffer joined(Build *build, const Bytes *parts, size_t count)
{
    SSLBuffer buffer = {0, NULL};
    size_t    i;

    for (i = 0; i < count; i++) {
        build_bytes(build, parts[i]);
    }
    buffer.length = (uint32)build->length;
    buffer.data   = build->data;
    return buffer;
}

SSLTrust *make_trust(const Bytes *anchors, size_t count, const Bytes *intermediates,
                     size_t intermediate_count, uint32_t flags)
{
    static TestMemory memory;
    SSLAllocator      allocator = test_allocator(&memory);
    Build            *first = calloc(1, sizeof *first), *second = calloc(1, sizeof *second);
    SSLTrustSpec      spec;
    SSLTrust         *trust;

    if (first == NULL || second == NULL) {
        fail("memory");
    }
    memset(&spec, 0, sizeof spec);
    spec.anchors       = joined(first, anchors, count);
    spec.intermediates = joined(second, intermediates, intermediate_count);
    spec.flags         = flags;
    if (SSLCreateTrust(&allocator, &spec, &trust, NULL) != SSLNoErr) {
        fail("trust");
    }
    free(first);
    free(second);
    return trust;
}
