/*
 * trust.c - SSLCreateTrust and SSLDeleteTrust: certificates out of PEM or DER into one block. How
 * they are used is in path.c.
 */
#include "../x509/revocation.h"

#include "certificate_list.h"

#define KNOWN_FLAGS                                                                                \
    (SSL_TrustAllowSHA1 | SSL_TrustAllowShortKeys | SSL_TrustCommonName | SSL_TrustIgnoreDates |   \
     SSL_TrustAllowMD5)
#define MAX_KEY_ANCHORS 4096

/* Fill entries from the list and their bytes into *space, and count both those that are good and
 * those that are not. */
static SSLErr load(Bytes encoded, TrustEntry *entries, size_t *count, uint8_t **space,
                   uint32 *skipped)
{
    CertificateList list = sslr_certificate_list(encoded);
    TrustEntry     *entry;
    Bytes           der;
    X509Certificate certificate;
    int             found;
    SSLErr          err;

    while ((found = sslr_certificate_list_next(&list, *space, &der)) != 0) {
        err = found < 0 ? ASNBadEncodingErr : sslr_x509_parse(der, &certificate, NULL);
        if (err == SSLMemoryErr || err == SSLCryptoErr) {
            return err; /* no fault of the certificate */
        }
        if (err != SSLNoErr) {
            (*skipped)++;
            continue;
        }
        entry          = &entries[(*count)++];
        entry->der     = der;
        entry->subject = certificate.subject;
        entry->key_id  = certificate.subject_key_id;
        *space += der.length;
    }
    return SSLNoErr;
}

/* A name and a key, as they are. */
static SSLErr load_keys(const SSLTrustSpec *spec, SSLTrust *trust, uint8_t **space)
{
    uint32_t i;

    for (i = 0; i < spec->keyAnchorCount; i++) {
        const SSLBuffer *name  = &spec->keyAnchors[i].name;
        const SSLBuffer *key   = &spec->keyAnchors[i].publicKey;
        TrustEntry      *entry = &trust->anchors[trust->anchor_count];
        PublicKey        parsed;
        SSLErr           err;

        if (name->data == NULL || key->data == NULL || name->length <= 2 ||
            !sslr_x509_is_name(bytes_of(name->data, name->length))) {
            return ASNBadEncodingErr;
        }
        err = sslr_x509_parse_key(bytes_of(key->data, key->length), &parsed);
        if (err != SSLNoErr) {
            return err;
        }
        memcpy(*space, name->data, name->length);
        entry->subject = bytes_of(*space, name->length);
        *space += name->length;
        memcpy(*space, key->data, key->length);
        entry->der    = bytes_of(*space, key->length);
        entry->is_key = 1;
        *space += key->length;
        trust->anchor_count++;
    }
    return SSLNoErr;
}

/* Revocation lists that can be used; the others are counted. */
static SSLErr load_crls(Bytes encoded, SSLTrust *trust, uint8_t **space, uint32 *skipped)
{
    CertificateList list = sslr_crl_list(encoded);
    Bytes           der;
    int             found;

    while ((found = sslr_certificate_list_next(&list, *space, &der)) != 0) {
        if (found < 0 ||
            sslr_revocation.parse_crl(der, &trust->crls[trust->crl_count]) != SSLNoErr) {
            (*skipped)++;
            continue;
        }
        trust->crl_count++;
        *space += der.length;
    }
    return SSLNoErr;
}

/* How many entries and bytes a list can need. */
static void measure(CertificateList list, uint64_t *entries, uint64_t *bytes)
{
    size_t room;
    int    found;

    while ((found = sslr_certificate_list_skip(&list, &room)) != 0) {
        if (found > 0) {
            *entries += 1;
            *bytes += room;
        }
    }
}

/* What the object says, as one number. Pins and certificates stand one behind the other up to end;
 * the counts tell which of them are anchors. */
static void compute_digest(SSLTrust *trust, size_t key_count, const uint8_t *end)
{
    uint32_t  numbers[8];
    HashState hash;

    numbers[0] = trust->flags;
    numbers[1] = trust->max_depth;
    numbers[2] = (uint32_t)trust->pin_count;
    numbers[3] = (uint32_t)trust->anchor_count;
    numbers[4] = (uint32_t)trust->intermediate_count;
    numbers[5] = (uint32_t)key_count;
    numbers[6] = trust->revocation;
    numbers[7] = (uint32_t)trust->crl_count;
    sslr_hash_init(&hash, HASH_SHA256);
    sslr_hash_update(&hash, numbers, sizeof(numbers));
    sslr_hash_update(&hash, trust->pins, (size_t)(end - trust->pins));
    sslr_hash_final(&hash, trust->digest);
}

static SSLErr check_spec(const SSLAllocator *allocator, const SSLTrustSpec *spec)
{
    if (allocator == NULL || spec == NULL || (spec->flags & ~(uint32_t)KNOWN_FLAGS) != 0 ||
        spec->maxDepth > MAX_DEPTH || spec->keyAnchorCount > MAX_KEY_ANCHORS ||
        (spec->keyAnchorCount > 0 && spec->keyAnchors == NULL) ||
        spec->pinnedKeys.length % PIN_SIZE != 0 ||
        (spec->anchors.length > 0 && spec->anchors.data == NULL) ||
        (spec->intermediates.length > 0 && spec->intermediates.data == NULL) ||
        (spec->crls.length > 0 && spec->crls.data == NULL) ||
        (unsigned)spec->revocation > SSL_RevocationHard ||
        (spec->pinnedKeys.length > 0 && spec->pinnedKeys.data == NULL)) {
        return SSLBadParameterErr;
    }
    if (sslr_revocation.check == NULL &&
        (spec->crls.length > 0 || spec->revocation != SSL_RevocationOff)) {
        return SSLUnsupportedErr;
    }
    return SSLNoErr;
}

/* An empty trust object with room for what the spec can hold. */
static SSLErr make_room(const SSLAllocator *allocator, const SSLTrustSpec *spec, Bytes anchors,
                        Bytes intermediates, SSLTrust **trust)
{
    uint64_t  anchor_room = 0, intermediate_room = 0, crl_room = 0, total = 0;
    void     *block;
    SSLTrust *made;
    SSLErr    err;

    uint32_t i;

    for (i = 0; i < spec->keyAnchorCount; i++) {
        total += (uint64_t)spec->keyAnchors[i].name.length + spec->keyAnchors[i].publicKey.length;
    }
    anchor_room = spec->keyAnchorCount;
    measure(sslr_certificate_list(anchors), &anchor_room, &total);
    measure(sslr_certificate_list(intermediates), &intermediate_room, &total);
    measure(sslr_crl_list(bytes_of(spec->crls.data, spec->crls.length)), &crl_room, &total);
    total += sizeof(SSLTrust) + (anchor_room + intermediate_room) * sizeof(TrustEntry) +
             crl_room * sizeof(Crl) + spec->pinnedKeys.length;
    if (total > 0x7FFFFFFF) {
        return SSLMemoryErr;
    }
    err = sslr_allocate_zeroed(allocator, (size_t)total, &block);
    if (err != SSLNoErr) {
        return err;
    }
    made                = (SSLTrust *)block;
    made->allocator     = *allocator;
    made->block_length  = (size_t)total;
    made->flags         = spec->flags;
    made->max_depth     = spec->maxDepth == 0 ? DEFAULT_DEPTH : spec->maxDepth;
    made->anchors       = (TrustEntry *)(void *)(made + 1);
    made->intermediates = made->anchors + anchor_room;
    made->crls          = (Crl *)(void *)(made->intermediates + intermediate_room);
    made->pins          = (uint8_t *)(made->crls + crl_room);
    made->revocation    = (uint8_t)spec->revocation;
    made->pin_count     = spec->pinnedKeys.length / PIN_SIZE;
    *trust              = made;
    return SSLNoErr;
}

/* Pins, then the certificates' bytes, behind the entries. */
static SSLErr fill(SSLTrust *trust, const SSLTrustSpec *spec, Bytes anchors, Bytes intermediates,
                   uint32 *skipped)
{
    uint8_t *space   = trust->pins + spec->pinnedKeys.length;
    uint32   ignored = 0;
    SSLErr   err;

    if (spec->pinnedKeys.length > 0) {
        memcpy(trust->pins, spec->pinnedKeys.data, spec->pinnedKeys.length);
    }
    err = load_keys(spec, trust, &space);
    if (err == SSLNoErr) {
        err = load(anchors, trust->anchors, &trust->anchor_count, &space, skipped);
    }
    if (err == SSLNoErr) {
        err =
            load(intermediates, trust->intermediates, &trust->intermediate_count, &space, &ignored);
    }
    if (err == SSLNoErr && spec->crls.length > 0) {
        err = load_crls(bytes_of(spec->crls.data, spec->crls.length), trust, &space, skipped);
    }
    compute_digest(trust, spec->keyAnchorCount, space);
    if (err == SSLNoErr && trust->anchor_count == 0 && trust->pin_count == 0) {
        err = SSLBadPEMErr;
    }
    return err;
}

SSLErr SSLCreateTrust(const SSLAllocator *allocator, const SSLTrustSpec *spec, SSLTrust **trust,
                      uint32 *skipped)
{
    Bytes     anchors, intermediates;
    uint32    count = 0;
    SSLTrust *made  = NULL;
    SSLErr    err;

    if (trust == NULL) {
        return SSLBadParameterErr;
    }
    *trust = NULL;
    err    = check_spec(allocator, spec);
    if (err == SSLNoErr) {
        anchors       = bytes_of(spec->anchors.data, spec->anchors.length);
        intermediates = bytes_of(spec->intermediates.data, spec->intermediates.length);
        err           = make_room(allocator, spec, anchors, intermediates, &made);
        if (err == SSLNoErr) {
            err = fill(made, spec, anchors, intermediates, &count);
        }
    }
    if (skipped != NULL) {
        *skipped = count;
    }
    if (err != SSLNoErr) {
        SSLDeleteTrust(made);
        return err;
    }
    *trust = made;
    return SSLNoErr;
}

void SSLDeleteTrust(SSLTrust *trust)
{
    SSLAllocator allocator;
    void        *block = trust;

    if (trust != NULL) {
        allocator = trust->allocator;
        sslr_release(&allocator, &block, trust->block_length);
    }
}
