/*
 * describe.c - what was negotiated on a connection, asked from the engine's getters. Also a very
 * small reader of certificates, which finds nothing but the subject's name.
 */
#include "describe.h"
#include "options.h"
#include "sslposix.h"

#include <string.h>

/* Bytes of a peer as printable ASCII: a terminal or a page must not be at its mercy. */
static void copy_printable(char *text, size_t room, SSLBuffer bytes)
{
    size_t index;

    for (index = 0; index < bytes.length && index + 1 < room; index++) {
        uint8 byte = bytes.data[index];

        text[index] = byte >= 0x20 && byte < 0x7F ? (char)byte : '?';
    }
    text[index] = '\0';
}

/* ==== The subject of a certificate ==== */

enum {
    DER_INTEGER  = 0x02,
    DER_OID      = 0x06,
    DER_SEQUENCE = 0x30,
    DER_SET      = 0x31,
    DER_VERSION  = 0xA0
};

/* Take one element off the front of rest: its tag and content. 0: there is none, or it is broken.
 */
static int take_element(SSLBuffer *rest, int *tag, SSLBuffer *content)
{
    uint32 header = 2;
    uint32 length;

    if (rest->length < 2) {
        return 0;
    }
    *tag   = rest->data[0];
    length = rest->data[1];
    if (length >= 0x80) { /* the length follows in this many bytes; three are 16 MB */
        uint32 count = length & 0x7F;

        if (count < 1 || count > 3 || rest->length < 2 + count) {
            return 0;
        }
        for (length = 0; header < 2 + count; header++) {
            length = length << 8 | rest->data[header];
        }
    }
    if (length > rest->length - header) {
        return 0;
    }
    content->data   = rest->data + header;
    content->length = length;
    rest->data += header + length;
    rest->length -= header + length;
    return 1;
}

static int take(SSLBuffer *rest, int wanted_tag, SSLBuffer *content)
{
    int tag;

    return take_element(rest, &tag, content) && tag == wanted_tag;
}

/* RFC 5280 4.1: what stands before the subject in TBSCertificate. *rest is what stands behind. */
static int find_subject(SSLBuffer der, SSLBuffer *subject, SSLBuffer *rest)
{
    SSLBuffer certificate, tbs, content, before;
    int       tag;

    if (!take(&der, DER_SEQUENCE, &certificate) || !take(&certificate, DER_SEQUENCE, &tbs)) {
        return 0;
    }
    before = tbs;
    if (!take_element(&tbs, &tag, &content)) {
        return 0;
    }
    if (tag != DER_VERSION) {
        tbs = before; /* a certificate of version 1 begins with the serial number */
    }
    if (!take(&tbs, DER_INTEGER, &content) ||  /* serialNumber */
        !take(&tbs, DER_SEQUENCE, &content) || /* signature */
        !take(&tbs, DER_SEQUENCE, &content) || /* issuer */
        !take(&tbs, DER_SEQUENCE, &content) || /* validity */
        !take(&tbs, DER_SEQUENCE, subject)) {
        return 0;
    }
    *rest = tbs;
    return 1;
}

SSLBuffer certificate_public_key(SSLBuffer der)
{
    SSLBuffer key  = {0, NULL}, subject, rest, content;
    SSLBuffer none = {0, NULL};

    if (!find_subject(der, &subject, &rest)) {
        return none;
    }
    key = rest;
    if (!take(&rest, DER_SEQUENCE, &content)) {
        return none;
    }
    key.length = (uint32)(rest.data - key.data);
    return key;
}

/* The usual attributes of names are 2.5.4.N, in DER 55 04 N. */
static const char *attribute_name(SSLBuffer oid)
{
    if (oid.length != 3 || oid.data[0] != 0x55 || oid.data[1] != 0x04) {
        return "?";
    }
    switch (oid.data[2]) {
    case 3:
        return "CN";
    case 6:
        return "C";
    case 7:
        return "L";
    case 8:
        return "ST";
    case 10:
        return "O";
    case 11:
        return "OU";
    default:
        return "?";
    }
}

void certificate_subject(SSLBuffer der, char *text, size_t room)
{
    SSLBuffer subject, rest, set, pair, oid, value;
    size_t    used = 0;
    int       tag;

    snprintf(text, room, "-");
    if (!find_subject(der, &subject, &rest)) {
        return;
    }
    while (take(&subject, DER_SET, &set)) {
        while (take(&set, DER_SEQUENCE, &pair)) {
            char printable[128];
            int  length;

            if (!take(&pair, DER_OID, &oid) || !take_element(&pair, &tag, &value)) {
                return;
            }
            copy_printable(printable, sizeof(printable), value);
            length = snprintf(text + used, room - used, "%s%s=%s", used > 0 ? ", " : "",
                              attribute_name(oid), printable);
            if (length < 0 || (size_t)length >= room - used) {
                return; /* cut short, but terminated */
            }
            used += (size_t)length;
        }
    }
}

/* ==== The facts ==== */

static void add_text(Fact *facts, int *count, const char *name, const char *value)
{
    facts[*count].name = name;
    snprintf(facts[*count].value, sizeof(facts[*count].value), "%s", value);
    (*count)++;
}

static void add_bytes(Fact *facts, int *count, const char *name, SSLBuffer value)
{
    add_text(facts, count, name, "-");
    if (value.length > 0) {
        copy_printable(facts[*count - 1].value, sizeof(facts[*count - 1].value), value);
    }
}

static void add_number(Fact *facts, int *count, const char *name, unsigned number)
{
    facts[*count].name = name;
    snprintf(facts[*count].value, sizeof(facts[*count].value), "%u", number);
    (*count)++;
}

static void add_peer(SSLContext *ctx, Fact *facts, int *count)
{
    SSLBuffer certificate = {0, NULL};
    int       length      = 0;

    (void)SSLGetPeerCertificateChainLength(ctx, &length);
    add_number(facts, count, "peer_certs", (unsigned)length);
    add_text(facts, count, "peer", "-");
    if (length > 0 && SSLGetPeerCertificate(ctx, 0, &certificate) == SSLNoErr) {
        certificate_subject(certificate, facts[*count - 1].value, sizeof(facts[0].value));
        (void)SSLPosixFree(&certificate, NULL); /* it is a copy, made with our callback */
    }
}

int describe(SSLContext *ctx, SSLProtocolSide side, Fact *facts)
{
    SSLProtocolVersion version = SSL_Version_Undetermined;
    uint16             suite = 0, group = 0, own = 0, peers = 0, server_scheme, client_scheme;
    SSLBuffer          name    = {0, NULL};
    int                resumed = 0, early = 0, ems = 0, etm = 0, count = 0;

    (void)SSLGetProtocolVersion(ctx, &version);
    (void)SSLGetNegotiatedCipher(ctx, &suite);
    (void)SSLGetNegotiatedGroup(ctx, &group);
    (void)SSLGetOwnSignatureScheme(ctx, &own);
    (void)SSLGetPeerSignatureScheme(ctx, &peers);
    (void)SSLGetSessionResumed(ctx, &resumed);
    (void)SSLGetEarlyDataStatus(ctx, &early);
    (void)SSLGetSecurityFlags(ctx, &ems, &etm);
    server_scheme = side == SSL_ServerSide ? own : peers;
    client_scheme = side == SSL_ServerSide ? peers : own;

    add_text(facts, &count, "version", version_option_name(version));
    add_text(facts, &count, "suite", SSLCipherSuiteName(suite));
    add_text(facts, &count, "group", group != 0 ? SSLGroupName(group) : "-");
    add_text(facts, &count, "sigalg",
             server_scheme != 0 ? SSLSignatureSchemeName(server_scheme) : "-");
    add_text(facts, &count, "client_sigalg",
             client_scheme != 0 ? SSLSignatureSchemeName(client_scheme) : "-");
    (void)SSLGetALPNProtocol(ctx, &name);
    add_bytes(facts, &count, "alpn", name);
    if (side == SSL_ServerSide) {
        name.length = 0;
        (void)SSLGetRequestedServerName(ctx, &name);
        add_bytes(facts, &count, "sni", name);
    } else {
        name.length = 0;
        (void)SSLGetOCSPResponse(ctx, &name);
        add_number(facts, &count, "ocsp", name.length);
    }
    name.length = 0;
    (void)SSLGetPSKIdentity(ctx, &name);
    add_bytes(facts, &count, "psk", name);
    add_number(facts, &count, "resumed", resumed != 0);
    add_number(facts, &count, "early", early != 0);
    add_number(facts, &count, "ems", ems != 0);
    add_number(facts, &count, "etm", etm != 0);
    add_peer(ctx, facts, &count);
    return count;
}

void print_facts(FILE *out, const Fact *facts, int count, const char *between)
{
    int index;

    for (index = 0; index < count; index++) {
        fprintf(out, "%s=%s%s", facts[index].name, facts[index].value,
                index + 1 < count ? between : "");
    }
}

void print_negotiated(SSLContext *ctx, SSLProtocolSide side, unsigned label)
{
    Fact facts[MAX_FACTS];
    int  count = describe(ctx, side, facts);

    if (label > 0) {
        fprintf(stderr, "#%u ", label);
    }
    print_facts(stderr, facts, count, " ");
    fputc('\n', stderr);
}
