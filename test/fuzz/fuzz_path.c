/*
 * fuzz_path.c - the whole path builder: any chain, against any anchors, intermediates, key anchors
 * and revocation lists, with any settings.
 */
#include <stdlib.h>

#include "parts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Growing blocks of what came, one kind behind the other. */
typedef struct Pile {
    uint8_t *data;
    size_t   length;
} Pile;

static void add(Pile *pile, Bytes part)
{
    if (part.length > 0) {
        pile->data = realloc(pile->data, pile->length + part.length);
        if (pile->data == NULL) {
            abort();
        }
        memcpy(pile->data + pile->length, part.data, part.length);
        pile->length += part.length;
    }
}

static SSLBuffer buffer_of(const uint8_t *data, size_t length)
{
    SSLBuffer buffer;

    buffer.data   = (uint8 *)data;
    buffer.length = (uint32)length;
    return buffer;
}

typedef struct Input {
    SSLBuffer       chain[20];
    Pile            piles[PART_KINDS];
    SSLKeyAnchor    key;
    SSLTrustSpec    trust;
    SSLChainRequest request;
} Input;

static void take_settings(Input *input, Bytes part)
{
    if (part.length > 4) {
        input->trust.flags         = part.data[0] & 0x1F;
        input->trust.revocation    = (SSLRevocation)(part.data[1] % 3);
        input->request.side        = (part.data[2] & 1) != 0 ? SSL_ClientSide : SSL_ServerSide;
        input->trust.maxDepth      = part.data[3] % 17;
        fuzz_accept_signatures     = part.data[4] & 1;
        input->request.stapleAsked = part.data[4] & 2;
    }
}

static void take(Input *input, unsigned kind, Bytes part)
{
    Bytes rest = part, name;

    switch (kind) {
    case PART_CHAIN:
        if (input->request.certCount < 20) {
            input->chain[input->request.certCount++] = buffer_of(part.data, part.length);
        }
        break;
    case PART_STAPLE:
        input->request.ocspResponse = buffer_of(part.data, part.length);
        break;
    case PART_HOST:
        input->request.name       = (const char *)part.data;
        input->request.nameLength = (uint32)part.length;
        break;
    case PART_SETTINGS:
        take_settings(input, part);
        break;
    case PART_KEY:
        if (sslr_der_split(&rest, &name) == SSLNoErr) {
            input->key.name             = buffer_of(name.data, name.length);
            input->key.publicKey        = buffer_of(rest.data, rest.length);
            input->trust.keyAnchors     = &input->key;
            input->trust.keyAnchorCount = 1;
        }
        break;
    default:
        add(&input->piles[kind], part);
        break;
    }
}

static void verify(Input *input)
{
    SSLTrust      *trust;
    SSLChainResult result;

    input->trust.anchors =
        buffer_of(input->piles[PART_ANCHOR].data, input->piles[PART_ANCHOR].length);
    input->trust.intermediates =
        buffer_of(input->piles[PART_INTERMEDIATE].data, input->piles[PART_INTERMEDIATE].length);
    input->trust.crls = buffer_of(input->piles[PART_CRL].data, input->piles[PART_CRL].length);
    if (SSLCreateTrust(&fuzz_allocator, &input->trust, &trust, NULL) != SSLNoErr) {
        return;
    }
    input->request.certs = input->chain;
    if (SSLVerifyChain(trust, &input->request, &result) == SSLNoErr
            ? result.pathLength == 0 || result.error != SSLNoErr
            : result.pathLength != 0 || result.error == SSLNoErr) {
        abort();
    }
    if (result.rule == NULL) {
        abort();
    }
    SSLDeleteTrust(trust);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Bytes    rest = bytes_of(data, size), part;
    Input    input;
    unsigned kind;
    size_t   i;

    memset(&input, 0, sizeof input);
    fuzz_accept_signatures = 0;
    input.request.side     = SSL_ServerSide;
    input.request.time     = 1700000000;
    while (next_part(&rest, &kind, &part)) {
        take(&input, kind, part);
    }
    verify(&input);
    for (i = 0; i < PART_KINDS; i++) {
        free(input.piles[i].data);
    }
    return 0;
}
