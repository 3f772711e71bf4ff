/*
 * configuration.c - setters of versions, algorithms, names and limits, and the copying of a
 * configuration.
 */
#include <stddef.h>

#include "api.h"

#define MAX_NAME_LIST 65535

SSLErr sslr_replace_bytes(SSLContext *ctx, Bytes *place, Bytes value)
{
    const uint8_t before = callbacks_begin(ctx);
    SSLErr        err    = sslr_replace(&ctx->allocator, place, value);

    callbacks_end(ctx, before);
    return err;
}

/* ---- sides and versions ---- */

SSLErr SSLSetProtocolSide(SSLContext *ctx, SSLProtocolSide side)
{
    SSLErr err = may_configure(ctx);

    if (err != SSLNoErr) {
        return err;
    }
    if (side != SSL_ServerSide && side != SSL_ClientSide) {
        return SSLBadParameterErr;
    }
    if (ctx->state != SSL_StateIdle) {
        return SSLBadStateErr;
    }
#if defined(SSLREF_CLIENT_ONLY)
    if (side == SSL_ServerSide) {
        return SSLUnsupportedErr;
    }
#endif
#if defined(SSLREF_SERVER_ONLY)
    if (side == SSL_ClientSide) {
        return SSLUnsupportedErr;
    }
#endif
    ctx->config.side = (uint8_t)side;
    return SSLNoErr;
}

SSLErr SSLSetProtocolVersion(SSLContext *ctx, SSLProtocolVersion version)
{
    uint16_t min, max;
    uint8_t  v2_hello = 0;
    SSLErr   err      = may_configure(ctx);

    if (err != SSLNoErr) {
        return err;
    }
    switch (version) {
    case SSL_Version_Unset:
        min = ctx->profile->default_min;
        max = ctx->profile->default_max;
        break;
    case SSL_Version_Undetermined:
        min      = SSL_Version_2_0;
        max      = SSL_Version_3_0;
        v2_hello = 1;
        break;
    case SSL_Version_3_0_With_2_0_Hello:
        min = max = SSL_Version_3_0;
        v2_hello  = 1;
        break;
    case SSL_Version_2_0:
        min = max = SSL_Version_2_0;
        v2_hello  = 1;
        break;
    case SSL_Version_3_0_Only:
        min = max = SSL_Version_3_0;
        break;
    case SSL_Version_3_0:
    case TLS_Version_1_0:
    case TLS_Version_1_1:
    case TLS_Version_1_2:
    case TLS_Version_1_3:
        min = max = (uint16_t)version;
        break;
    default:
        return SSLBadParameterErr;
    }
    ctx->config.requested_version = version;
    ctx->config.version_min       = min;
    ctx->config.version_max       = max;
    ctx->config.allow_v2_hello    = v2_hello;
    ctx->config.send_v2_hello     = v2_hello;
    return SSLNoErr;
}

static int is_version(SSLProtocolVersion version)
{
    return version == SSL_Version_2_0 || (version >= SSL_Version_3_0 && version <= TLS_Version_1_3);
}

SSLErr SSLSetProtocolVersionMin(SSLContext *ctx, SSLProtocolVersion version)
{
    SSLErr err = may_configure(ctx);

    if (err == SSLNoErr && !is_version(version)) {
        err = SSLBadParameterErr;
    }
    if (err == SSLNoErr) {
        ctx->config.version_min = (uint16_t)version;
        if (version == SSL_Version_2_0) { /* there is no other way to meet it */
            ctx->config.allow_v2_hello = ctx->config.send_v2_hello = 1;
        }
    }
    return err;
}

SSLErr SSLSetProtocolVersionMax(SSLContext *ctx, SSLProtocolVersion version)
{
    SSLErr err = may_configure(ctx);

    if (err == SSLNoErr && !is_version(version)) {
        err = SSLBadParameterErr;
    }
    if (err == SSLNoErr) {
        ctx->config.version_max = (uint16_t)version;
    }
    return err;
}

/* ---- lists of numbers ---- */

static void release_list(SSLContext *ctx, NumberList *list)
{
    const NumberList old   = *list;
    void            *block = (void *)old.items;

    list->items = NULL; /* first: the free callback may call a getter */
    list->count = 0;
    list->owned = 0;
    if (old.owned) {
        sslr_release(&ctx->allocator, &block, old.count * sizeof(uint16_t));
    }
}

static SSLErr copy_list(SSLContext *ctx, NumberList *to, const uint16_t *items, size_t count)
{
    NumberList    old    = *to;
    const uint8_t before = callbacks_begin(ctx);
    uint8_t      *copy;
    SSLErr err = sslr_duplicate(&ctx->allocator, bytes_of(items, count * sizeof(uint16_t)), &copy);

    if (err == SSLNoErr) {
        to->items = (const uint16_t *)(void *)copy;
        to->count = count;
        to->owned = 1;
        release_list(ctx, &old);
    }
    callbacks_end(ctx, before);
    return err;
}

static int knows_suite(uint16_t id)
{
    return sslr_cipher_suite(id) != NULL;
}

static int knows_group(uint16_t id)
{
    return sslr_group(id) != NULL;
}

static int knows_scheme(uint16_t id)
{
    return sslr_signature_scheme(id) != NULL;
}

static SSLErr set_list(SSLContext *ctx, NumberList *list, const uint16 *items, uint32 count,
                       int (*knows)(uint16_t id))
{
    uint32 i;

    if (items == NULL) {
        return SSLBadParameterErr;
    }
    if (count < 1 || count > MAX_LIST) {
        return SSLOverflowErr;
    }
    for (i = 0; i < count; i++) {
        if (!knows(items[i])) {
            return SSLUnsupportedErr;
        }
    }
    return copy_list(ctx, list, items, count);
}

SSLErr SSLSetEnabledCiphers(SSLContext *ctx, const uint16 *suites, uint32 count)
{
    SSLErr err = may_configure(ctx);

    return err != SSLNoErr ? err : set_list(ctx, &ctx->config.suites, suites, count, knows_suite);
}

SSLErr SSLSetEnabledGroups(SSLContext *ctx, const uint16 *groups, uint32 count)
{
    SSLErr err = may_configure(ctx);

    return err != SSLNoErr ? err : set_list(ctx, &ctx->config.groups, groups, count, knows_group);
}

SSLErr SSLSetEnabledSignatureSchemes(SSLContext *ctx, const uint16 *schemes, uint32 count)
{
    SSLErr err = may_configure(ctx);

    return err != SSLNoErr ? err
                           : set_list(ctx, &ctx->config.schemes, schemes, count, knows_scheme);
}

/* ---- switches ---- */

static SSLErr set_switch(SSLContext *ctx, size_t offset, int value)
{
    SSLErr err = may_configure(ctx);

    if (err == SSLNoErr) {
        *((uint8_t *)&ctx->config + offset) = value != 0;
    }
    return err;
}

/* Whether a later handshake asks for the client's certificate may be decided on a connection that
 * stands. */
static SSLErr set_request(SSLContext *ctx, size_t offset, int value)
{
    if (ctx != NULL && ctx->in_callback == IN_NOTHING && ctx->state == SSL_StateConnected &&
        ctx->handshake == NULL) {
        *((uint8_t *)&ctx->config + offset) = value != 0;
        return SSLNoErr;
    }
    return set_switch(ctx, offset, value);
}

SSLErr SSLSetRequestClientCert(SSLContext *ctx, int requestClientCert)
{
    return set_request(ctx, offsetof(Config, request_client_cert), requestClientCert);
}

SSLErr SSLSetRequireClientCert(SSLContext *ctx, int require)
{
    return set_request(ctx, offsetof(Config, require_client_cert), require);
}

SSLErr SSLSetPreferPeerOrder(SSLContext *ctx, int preferPeerOrder)
{
    return set_switch(ctx, offsetof(Config, prefer_peer_order), preferPeerOrder);
}

SSLErr SSLSetStrictServerName(SSLContext *ctx, int strict)
{
    return set_switch(ctx, offsetof(Config, strict_server_name), strict);
}

SSLErr SSLSetFallback(SSLContext *ctx, int fallback)
{
    return set_switch(ctx, offsetof(Config, fallback), fallback);
}

SSLErr SSLSetRequestOCSP(SSLContext *ctx, int request)
{
    return set_switch(ctx, offsetof(Config, request_ocsp), request);
}

SSLErr SSLSetHelloRetryCookie(SSLContext *ctx, int on)
{
    return set_switch(ctx, offsetof(Config, retry_cookie), on);
}

SSLErr SSLSetAcceptVersion2Hello(SSLContext *ctx, int accept)
{
    return set_switch(ctx, offsetof(Config, allow_v2_hello), accept);
}

SSLErr SSLSetRecordSplitting(SSLContext *ctx, int split)
{
    return set_switch(ctx, offsetof(Config, no_record_split), !split);
}

SSLErr SSLSetAllowVersion2Export(SSLContext *ctx, int allow)
{
    return set_switch(ctx, offsetof(Config, allow_ssl2_export), allow);
}

SSLErr SSLSetMinDHBits(SSLContext *ctx, uint32 bits)
{
    SSLErr err = may_configure(ctx);

    if (err == SSLNoErr && (bits < 512 || bits > MAX_DH_BITS)) {
        err = SSLBadParameterErr;
    }
    if (err == SSLNoErr) {
        ctx->config.min_dh_bits = (uint16_t)bits;
    }
    return err;
}

SSLErr SSLSetAllowAnyCertificate(SSLContext *ctx, int allow)
{
    return set_switch(ctx, offsetof(Config, allow_any_certificate), allow);
}

/* ---- names ---- */

SSLErr SSLSetPeerDomainName(SSLContext *ctx, const char *name, uint32 length)
{
    int    kind;
    SSLErr err = may_configure(ctx);

    if (err != SSLNoErr || (length > 0 && name == NULL)) {
        return err != SSLNoErr ? err : SSLBadParameterErr;
    }
    if (length > 1 && name[length - 1] == '.') {
        length--; /* RFC 6066 3: server_name has no final dot */
    }
    kind = length == 0 ? 0 : sslr_x509_classify_host(name, length);
    if (length > 0 && kind == 0) {
        return SSLBadParameterErr;
    }
    err = sslr_replace_bytes(ctx, &ctx->config.host, bytes_of(name, length));
    if (err == SSLNoErr) {
        ctx->config.host_kind = (uint8_t)kind;
    }
    return err;
}

SSLErr SSLSetALPNProtocols(SSLContext *ctx, const SSLBuffer *protocols, uint32 count)
{
    Writer  list;
    uint32  i;
    uint8_t before;
    SSLErr  err = may_configure(ctx);

    if (err != SSLNoErr || (count > 0 && protocols == NULL)) {
        return err != SSLNoErr ? err : SSLBadParameterErr;
    }
    before = callbacks_begin(ctx);
    sslr_writer_init(&list, &ctx->allocator);
    for (i = 0; i < count && err == SSLNoErr; i++) {
        if (protocols[i].data == NULL || protocols[i].length < 1 || protocols[i].length > 255) {
            err = SSLBadParameterErr;
        } else if (list.length + 1 + protocols[i].length > MAX_NAME_LIST) {
            err = SSLOverflowErr;
        } else {
            write_vector(&list, bytes_of(protocols[i].data, protocols[i].length), 1);
            err = writer_status(&list);
        }
    }
    if (err == SSLNoErr) {
        err = sslr_replace_bytes(ctx, &ctx->config.alpn, bytes_of(list.data, list.length));
    }
    sslr_writer_release(&list);
    callbacks_end(ctx, before);
    return err;
}

SSLErr SSLAddDistinguishedName(SSLContext *ctx, SSLBuffer derDN)
{
    Writer  list;
    uint8_t before;
    SSLErr  err = may_configure(ctx);

    if (err != SSLNoErr) {
        return err;
    }
    if (derDN.data == NULL) {
        return SSLBadParameterErr;
    }
    if (!sslr_x509_is_name(bytes_of(derDN.data, derDN.length))) {
        return ASNBadEncodingErr;
    }
    if (ctx->config.names.length + 2 + derDN.length > MAX_NAME_LIST) {
        return SSLOverflowErr;
    }
    before = callbacks_begin(ctx);
    sslr_writer_init(&list, &ctx->allocator);
    write_bytes(&list, ctx->config.names);
    write_vector(&list, bytes_of(derDN.data, derDN.length), 2);
    err = writer_status(&list);
    if (err == SSLNoErr) {
        err = sslr_replace_bytes(ctx, &ctx->config.names, bytes_of(list.data, list.length));
    }
    sslr_writer_release(&list);
    callbacks_end(ctx, before);
    return err;
}

SSLErr SSLSetPeerID(SSLContext *ctx, SSLBuffer peerID)
{
    SSLErr err = may_configure(ctx);

    if (err != SSLNoErr || peerID.data == NULL) {
        return err != SSLNoErr ? err : SSLBadParameterErr;
    }
    if (peerID.length > MAX_NAME_LIST) {
        return SSLOverflowErr;
    }
    err = sslr_replace_bytes(ctx, &ctx->config.peer_id, bytes_of(peerID.data, peerID.length));
    if (err == SSLNoErr) {
        ctx->config.has_peer_id = 1;
    }
    return err;
}

/* ---- sizes ---- */

static SSLErr set_size(SSLContext *ctx, uint16_t *place, uint32 bytes, uint32 min)
{
    SSLErr err = may_configure(ctx);

    if (err == SSLNoErr && bytes != 0 && (bytes < min || bytes > MAX_FRAGMENT)) {
        err = SSLBadParameterErr;
    }
    if (err == SSLNoErr) {
        *place = (uint16_t)bytes;
    }
    return err;
}

SSLErr SSLSetMaxFragmentLength(SSLContext *ctx, uint32 bytes)
{
    if (ctx != NULL && bytes != 0 && bytes != 512 && bytes != 1024 && bytes != 2048 &&
        bytes != 4096) {
        return SSLBadParameterErr;
    }
    return ctx == NULL ? SSLBadParameterErr
                       : set_size(ctx, &ctx->config.max_fragment_length, bytes, 512);
}

SSLErr SSLSetRecordSizeLimit(SSLContext *ctx, uint32 bytes)
{
    return ctx == NULL ? SSLBadParameterErr
                       : set_size(ctx, &ctx->config.record_size_limit, bytes, 64);
}

SSLErr SSLSetMaxRecordSize(SSLContext *ctx, uint32 bytes)
{
    return ctx == NULL ? SSLBadParameterErr
                       : set_size(ctx, &ctx->config.max_record_size, bytes, 64);
}

SSLErr SSLSetRecordPadding(SSLContext *ctx, uint32 bytes)
{
    return ctx == NULL ? SSLBadParameterErr : set_size(ctx, &ctx->config.record_padding, bytes, 1);
}

SSLErr SSLSetWriteQueueLimit(SSLContext *ctx, uint32 bytes)
{
    SSLErr err = may_configure(ctx);

    if (err == SSLNoErr) {
        ctx->config.write_queue_limit = bytes;
    }
    return err;
}

/* ---- the configuration as a whole ---- */

static void release_own(SSLContext *ctx)
{
    OwnIdentity *own = ctx->config.own;
    void        *block;
    size_t       i;

    if (own == NULL) {
        return;
    }
    for (i = 0; i < own->identity.count; i++) {
        sslr_release_bytes(&ctx->allocator, &own->identity.chain[i]);
    }
    block           = own;
    ctx->config.own = NULL;
    sslr_release(&ctx->allocator, &block, sizeof(*own));
}

void sslr_config_release(SSLContext *ctx)
{
    Config *config = &ctx->config;
    void   *block;

    release_list(ctx, &config->suites);
    release_list(ctx, &config->groups);
    release_list(ctx, &config->schemes);
    sslr_release_bytes(&ctx->allocator, &config->host);
    sslr_release_bytes(&ctx->allocator, &config->alpn);
    sslr_release_bytes(&ctx->allocator, &config->peer_id);
    sslr_release_bytes(&ctx->allocator, &config->session);
    sslr_release_bytes(&ctx->allocator, &config->psk);
    sslr_release_bytes(&ctx->allocator, &config->psk_hint);
    sslr_release_bytes(&ctx->allocator, &config->names);
    sslr_release_bytes(&ctx->allocator, &config->dh_prime);
    sslr_release_bytes(&ctx->allocator, &config->dh_generator);
    release_own(ctx);
    block = (void *)config->identities;
    sslr_release(&ctx->allocator, &block, MAX_IDENTITIES * sizeof(config->identities[0]));
    config->identities = NULL;
    block              = config->export_key;
    sslr_release(&ctx->allocator, &block, sizeof(SSLRSAPrivateKey));
    config->export_key = NULL;
}

static SSLErr duplicate_own(SSLContext *dest, const OwnIdentity *from)
{
    OwnIdentity *own;
    void        *block;
    size_t       i;
    SSLErr       err = sslr_allocate_zeroed(&dest->allocator, sizeof(OwnIdentity), &block);

    if (err != SSLNoErr) {
        return err;
    }
    own              = (OwnIdentity *)block;
    dest->config.own = own;
    own->key         = from->key;
    own->has_key     = from->has_key;
    for (i = 0; i < from->identity.count && err == SSLNoErr; i++) {
        err = sslr_replace_bytes(dest, &own->identity.chain[i], from->identity.chain[i]);
        own->identity.count += err == SSLNoErr;
    }
    return err;
}

static SSLErr duplicate_pointers(SSLContext *dest, const Config *from)
{
    void  *block;
    SSLErr err = SSLNoErr;

    if (from->identities != NULL) {
        size_t length = MAX_IDENTITIES * sizeof(from->identities[0]);

        err = sslr_allocate(&dest->allocator, length, &block);
        if (err == SSLNoErr) {
            memcpy(block, (const void *)from->identities, length);
            dest->config.identities     = (const SSLIdentity **)block;
            dest->config.identity_count = from->identity_count;
        }
    }
    if (err == SSLNoErr && from->export_key != NULL) {
        err = sslr_allocate(&dest->allocator, sizeof(SSLRSAPrivateKey), &block);
        if (err == SSLNoErr) {
            memcpy(block, from->export_key, sizeof(SSLRSAPrivateKey));
            dest->config.export_key = (SSLRSAPrivateKey *)block;
        }
    }
    if (err == SSLNoErr && from->own != NULL) {
        err = duplicate_own(dest, from->own);
    }
    return err;
}

/* What the copy owns is taken out first, so that a copy that fails half-way can be deleted. */
static void clear_owned(Config *config)
{
    const Bytes none = {NULL, 0};

    memset(&config->suites, 0, sizeof(config->suites));
    memset(&config->groups, 0, sizeof(config->groups));
    memset(&config->schemes, 0, sizeof(config->schemes));
    config->host = config->alpn = config->peer_id = config->names = none;

    config->session  = none; /* for one connection */
    config->dh_prime = config->dh_generator = config->psk = config->psk_hint = none;
    config->identities                                                       = NULL;
    config->identity_count                                                   = 0;
    config->own                                                              = NULL;
    config->export_key                                                       = NULL;
}

static SSLErr duplicate_list(SSLContext *dest, NumberList *to, const NumberList *from)
{
    if (from->owned) {
        return copy_list(dest, to, from->items, from->count);
    }
    *to = *from;
    return SSLNoErr;
}

SSLErr sslr_config_duplicate(SSLContext *dest, const SSLContext *src)
{
    const Config *from = &src->config;
    Config       *to   = &dest->config;
    SSLErr        err;

    *to = *from;
    clear_owned(to);
    err = duplicate_list(dest, &to->suites, &from->suites);
    if (err == SSLNoErr) {
        err = duplicate_list(dest, &to->groups, &from->groups);
    }
    if (err == SSLNoErr) {
        err = duplicate_list(dest, &to->schemes, &from->schemes);
    }
    if (err == SSLNoErr) {
        err = sslr_replace_bytes(dest, &to->host, from->host);
    }
    if (err == SSLNoErr) {
        err = sslr_replace_bytes(dest, &to->alpn, from->alpn);
    }
    if (err == SSLNoErr) {
        err = sslr_replace_bytes(dest, &to->peer_id, from->peer_id);
    }
    if (err == SSLNoErr) {
        err = sslr_replace_bytes(dest, &to->names, from->names);
    }
    if (err == SSLNoErr) {
        err = sslr_replace_bytes(dest, &to->psk, from->psk);
    }
    if (err == SSLNoErr) {
        err = sslr_replace_bytes(dest, &to->psk_hint, from->psk_hint);
    }
    if (err == SSLNoErr) {
        err = sslr_replace_bytes(dest, &to->dh_prime, from->dh_prime);
    }
    if (err == SSLNoErr) {
        err = sslr_replace_bytes(dest, &to->dh_generator, from->dh_generator);
    }
    return err != SSLNoErr ? err : duplicate_pointers(dest, from);
}
