/*
 * choose.c - the server's pure choices out of a ClientHello: version, application protocol, group;
 * and what a second ClientHello must be. Suite and identity are chosen together in
 * choose_identity.c.
 */
#include "choose.h"
#include "handshake.h"
#include "renegotiate.h"

/* ---- version ---- */

/* The highest version that the client names, as far as this build knows it. */
static uint16_t clients_best(const SSLContext *ctx)
{
    const ClientHello *hello = &ctx->handshake->hello;

    if (hello->has_versions) {
        return numbers_contain(hello->versions, TLS_Version_1_3) ? TLS_Version_1_3
                                                                 : TLS_Version_1_2;
    }
    return hello->version < TLS_Version_1_2 ? hello->version : TLS_Version_1_2;
}

int sslr_version_has_suite(const SSLContext *ctx, uint16_t version)
{
    size_t i;

    for (i = 0; i < ctx->config.suites.count; i++) {
        const CipherSuite *suite = sslr_cipher_suite(ctx->config.suites.items[i]);

        if (suite->min_version <= version && version <= suite->max_version &&
            suite_counts(ctx, suite)) {
            return 1;
        }
    }
    return 0;
}

/* RFC 8446 4.2.1: with supported_versions only that counts. A version without a suite is none. */
static uint16_t common_version(const SSLContext *ctx)
{
    const ClientHello *hello = &ctx->handshake->hello;
    uint16_t           version;

    for (version = ctx->config.version_max; version >= ctx->config.version_min; version--) {
        int    offered = hello->has_versions ? numbers_contain(hello->versions, version)
                                             : version <= hello->version && version <= TLS_Version_1_2;
        size_t i;

        offered = offered && sslr_version_has_suite(ctx, version);
        for (i = 0; offered && i < ctx->profile->generation_count; i++) {
            if (ctx->profile->generations[i].protocol->version == version) {
                return version;
            }
        }
    }
    return 0;
}

/* RFC 8446 9.2: what a ClientHello that leads to TLS 1.3 must contain. */
static SSLErr check_tls13_hello(SSLContext *ctx)
{
    const ClientHello *hello = &ctx->handshake->hello;

    /* RFC 8446 D.5 */
    if (hello->version <= SSL_Version_3_0) {
        return sslr_fail(ctx, ALERT_PROTOCOL_VERSION, SSLNegotiationErr,
                         "legacy_version of a TLS 1.3 ClientHello is SSL 3.0 or below");
    }
    if (hello->compressions.length != 1) {
        return sslr_illegal(ctx, "a TLS 1.3 ClientHello offers compression");
    }
    if (!hello->has_psk) {
        return sslr_check_full_hello(ctx);
    }
    ctx->error_extension = !hello->has_psk_modes                     ? EXT_PSK_KEY_EXCHANGE_MODES
                           : hello->has_groups && !hello->has_shares ? EXT_KEY_SHARE
                           : hello->has_shares && !hello->has_groups ? EXT_SUPPORTED_GROUPS
                                                                     : -1;
    if (ctx->error_extension != -1) {
        return sslr_fail(ctx, ALERT_MISSING_EXTENSION, SSLProtocolErr,
                         "a ClientHello with a pre-shared key lacks an extension");
    }
    return SSLNoErr;
}

SSLErr sslr_check_full_hello(SSLContext *ctx)
{
    const ClientHello *hello = &ctx->handshake->hello;

    ctx->error_extension = !hello->has_schemes  ? EXT_SIGNATURE_ALGORITHMS
                           : !hello->has_groups ? EXT_SUPPORTED_GROUPS
                           : !hello->has_shares ? EXT_KEY_SHARE
                                                : -1;
    if (ctx->error_extension != -1) {
        return sslr_fail(ctx, ALERT_MISSING_EXTENSION, SSLProtocolErr,
                         "a TLS 1.3 ClientHello lacks an extension");
    }
    return SSLNoErr;
}

/* What may come of 0-RTT data that is refused: as much as tickets of this server allow, and what
 * its records add. */
static uint32_t skipped_bytes(const SSLContext *ctx)
{
    uint32_t most = ctx->config.max_early_data, more = MAX_SKIPPED_EARLY_DATA + most / 64;

    return most < UINT32_MAX - more ? most + more : UINT32_MAX;
}

SSLErr sslr_choose_version(SSLContext *ctx)
{
    Handshake   *hs    = ctx->handshake;
    ClientHello *hello = &hs->hello;
    uint16_t version = is_renegotiating(ctx) ? sslr_renegotiated_version(ctx) : common_version(ctx);
    SSLErr   err;

    if (version == 0) {
        return sslr_fail(ctx, ALERT_PROTOCOL_VERSION, SSLNegotiationErr, "no common version");
    }
    /* RFC 7507 */
    if (numbers_contain(hello->suites, SCSV_FALLBACK) && !is_renegotiating(ctx) &&
        clients_best(ctx) < ctx->config.version_max) {
        return sslr_fail(ctx, ALERT_INAPPROPRIATE_FALLBACK, SSLNegotiationErr,
                         "the client fell back although this server can do better");
    }
    err = sslr_set_version(ctx, version);
    if (err != SSLNoErr) {
        return err;
    }
    if (version >= TLS_Version_1_3) {
        ctx->agreed.extended_master_secret = 1;
        hs->skip_early_data                = hello->early_data ? skipped_bytes(ctx) : 0;
        if (hello->session_id.length > 0) {
            hs->facts |= FACT_COMPATIBILITY;
        }
        return check_tls13_hello(ctx);
    }
    ctx->agreed.extended_master_secret = hello->extended_master_secret && version > SSL_Version_3_0;
    if (hello->has_ticket && ctx->callbacks.ticket_key != NULL && version > SSL_Version_3_0) {
        hs->facts |= FACT_TICKET_WANTED;
    }
    if (is_renegotiating(ctx)) {
        return sslr_check_renegotiation_hello(ctx);
    }
    ctx->secure_renegotiation = hello->has_renegotiation_info || hello->has_scsv;
    return SSLNoErr;
}

int sslr_can_encrypt_then_mac(const SSLContext *ctx)
{
    return ctx->agreed.suite->aead == AEAD_NONE && ctx->agreed.suite->cipher != CIPHER_NONE &&
           sslr_cipher_block_size((CipherId)ctx->agreed.suite->cipher) > 1 &&
           ctx->version > SSL_Version_3_0;
}

/* ---- application protocol: the server's order decides ---- */

SSLErr sslr_choose_application_protocol(SSLContext *ctx)
{
    Reader ours = reader_of(ctx->config.alpn);

    if (ctx->config.alpn.length == 0 || ctx->handshake->hello.alpn.length == 0) {
        return SSLNoErr;
    }
    while (reader_has_more(&ours)) {
        Bytes  name   = read_vector(&ours, 1);
        Reader theirs = reader_of(ctx->handshake->hello.alpn);

        while (reader_has_more(&theirs)) {
            if (bytes_equal(read_vector(&theirs, 1), name)) {
                return bytes_equal(ctx->agreed.alpn, name)
                           ? SSLNoErr /* was chosen while a pre-shared key was */
                           : sslr_replace(&ctx->allocator, &ctx->agreed.alpn, name);
            }
        }
    }
    ctx->error_extension = EXT_ALPN;
    return sslr_fail(ctx, ALERT_NO_APPLICATION_PROTOCOL, SSLNegotiationErr,
                     "no common application protocol");
}

/* ---- groups ---- */

const Group *sslr_choose_curve(const SSLContext *ctx)
{
    const ClientHello *hello = &ctx->handshake->hello;
    size_t             i;

    for (i = 0; i < ctx->config.groups.count; i++) {
        const Group *group = sslr_group(ctx->config.groups.items[i]);

        if (group->kind == GROUP_CURVE &&
            (hello->has_groups ? numbers_contain(hello->groups, group->id)
                               : group->id == SSL_GROUP_SECP256R1)) {
            return group;
        }
    }
    return NULL;
}

/* RFC 7919 4: a client that lists any of 256 .. 511 must get one that it lists. */
static int lists_finite_field(Bytes groups)
{
    size_t i;

    for (i = 0; i + 1 < groups.length; i += 2) {
        if (groups.data[i] == 1) {
            return 1;
        }
    }
    return 0;
}

int sslr_choose_finite_field(const SSLContext *ctx, const Group **chosen)
{
    const ClientHello *hello  = &ctx->handshake->hello;
    int                listed = hello->has_groups && lists_finite_field(hello->groups);
    size_t             i;

    *chosen = NULL;
    if (!listed && ctx->config.dh_prime.length > 0) {
        return 1; /* the program's own parameters */
    }
    for (i = 0; i < ctx->config.groups.count; i++) {
        const Group *group = sslr_group(ctx->config.groups.items[i]);

        if (group->kind == GROUP_FFDHE && (!listed || numbers_contain(hello->groups, group->id))) {
            *chosen = group;
            return 1;
        }
    }
    return 0;
}

#define MAX_SHARES 64 /* that a client may send */

/* RFC 8446 4.2.8: no group twice, none that supported_groups does not list. */
static SSLErr check_shares(SSLContext *ctx)
{
    const ClientHello *hello   = &ctx->handshake->hello;
    Reader             entries = reader_of(hello->shares);
    uint16_t           seen[MAX_SHARES];
    size_t             count = 0, i;

    while (reader_has_more(&entries)) {
        uint16_t id        = read_u16(&entries);
        int      duplicate = count == MAX_SHARES;

        (void)read_vector(&entries, 2);
        for (i = 0; i < count; i++) {
            duplicate |= seen[i] == id;
        }
        if (duplicate || !numbers_contain(hello->groups, id)) {
            ctx->error_extension = EXT_KEY_SHARE;
            return sslr_illegal(
                ctx, "key_share names a group twice, or one that is not in supported_groups");
        }
        seen[count++] = id;
    }
    return SSLNoErr;
}

static int find_share(const SSLContext *ctx, uint16_t id, Bytes *share)
{
    Reader entries = reader_of(ctx->handshake->hello.shares);

    while (reader_has_more(&entries)) {
        uint16_t entry = read_u16(&entries);

        *share = read_vector(&entries, 2);
        if (entry == id) {
            return 1;
        }
    }
    return 0;
}

SSLErr sslr_choose_share(SSLContext *ctx)
{
    Handshake   *hs    = ctx->handshake;
    const Group *retry = NULL;
    SSLErr       err   = check_shares(ctx);
    size_t       i;

    hs->group = NULL;
    for (i = 0; i < ctx->config.groups.count && hs->group == NULL && err == SSLNoErr; i++) {
        const Group *group = sslr_group(ctx->config.groups.items[i]);

        if (!numbers_contain(hs->hello.groups, group->id)) {
            continue;
        }
        if (find_share(ctx, group->id, &hs->peer_share)) {
            hs->group = group;
        } else if (retry == NULL) {
            retry = group;
        }
    }
    if (err != SSLNoErr) {
        return err;
    }
    if (hs->group == NULL && retry == NULL) {
        return sslr_fail(ctx, ALERT_HANDSHAKE_FAILURE, SSLNegotiationErr, "no common group");
    }
    if (hs->group == NULL) {
        hs->group       = retry;
        hs->retry_group = retry->id;
    }
    ctx->agreed.group = hs->group;
    return SSLNoErr;
}

/* ---- the second ClientHello ---- */

SSLErr sslr_check_second_hello(SSLContext *ctx)
{
    Handshake *hs = ctx->handshake;
    uint8_t    digest[32];
    SSLErr     err = sslr_client_hello_fingerprint(ctx, digest);

    if (err != SSLNoErr) {
        return err;
    }
    if (memcmp(digest, hs->first_hello_hash, sizeof(digest)) != 0) {
        return sslr_illegal(ctx, "the second ClientHello differs where it must not");
    }
    hs->skip_early_data = 0;
    if (hs->hello.early_data) {
        ctx->error_extension = EXT_EARLY_DATA;
        return sslr_illegal(ctx, "the second ClientHello announces 0-RTT data again");
    }
    if (!bytes_equal(hs->hello.cookie, hs->cookie)) {
        ctx->error_extension = EXT_COOKIE;
        return sslr_illegal(ctx, "the second ClientHello has not the cookie");
    }
    if (has_fact(ctx, FACT_PSK)) {
        err = sslr_check_second_psk(ctx);
        if (err != SSLNoErr || hs->psk_without_dhe) {
            return err;
        }
    }
    if (!hs->hello.has_shares || !find_share(ctx, hs->group->id, &hs->peer_share) ||
        (hs->retry_group != 0 && hs->hello.shares.length != 4 + hs->peer_share.length)) {
        ctx->error_extension = EXT_KEY_SHARE;
        return sslr_illegal(ctx,
                            "the second ClientHello has not exactly the share that was asked for");
    }
    return check_shares(ctx);
}
