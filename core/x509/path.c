/*
 * path.c - sslr_x509_verify: does the peer's certificate lead to something that we trust? A bounded
 * depth-first search with backtracking over what the peer sent (in any order), our intermediates
 * and our anchors (RFC 5280 6.1; RFC 4158 on the search). What a name constraint or a policy means
 * is in constraints.c and policy.c.
 *
 * Cheap checks come before signatures, and signatures are checked from the anchor downwards when a
 * whole path stands. All but the leaf are parsed again when they are needed: that costs little and
 * keeps the search in about four kilobytes of stack.
 */
#include "revocation.h"

/* One search. Names may be cheap to repeat in hostile chains; the work is not to be. */
#define MAX_CANDIDATES        256
#define MAX_STEPS             (MAX_DEPTH + 1) /* the leaf and the intermediates */
#define MAX_SIGNATURES        (MAX_DEPTH + 8) /* room in the table; the limit is max_depth + 8 */
#define MAX_NAME_TESTS        16384           /* names compared with bases of name constraints */
#define BYTES_PER_TEST        64 /* of a certificate that is parsed again: as much work */
#define MAX_STATUS_SIGNATURES 24 /* of revocation lists, OCSP responses and their signers */

enum {
    FROM_ANCHORS,
    FROM_PEER,
    FROM_TRUST,
    SOURCES
};

/* Candidates with the key identifier that is asked for come first, those with another last: it is
 * a hint, never a reason to refuse (RFC 5280 4.2.1.1). */
enum {
    SAME_KEY_ID,
    NO_KEY_ID,
    OTHER_KEY_ID,
    QUALITIES
};

/* A certificate in the path under way, and how far the search for its issuer is. */
typedef struct Step {
    Bytes   der, issuer, subject, spki, authority_key_id;
    int64_t not_before, not_after;
    int     index; /* as received, -1: ours */
    uint8_t self_issued, source, quality, met_issuer, policy_constraints;
    size_t  next;
} Step;

/* A signature that was checked: which certificate with which key. */
typedef struct Checked {
    const uint8_t *certificate, *key;
    SSLErr         result;
} Checked;

typedef struct Search {
    const VerifyRequest   *request;
    const SSLTrust        *trust;
    const X509Certificate *leaf;
    TrustEntry             sent[MAX_CHAIN_CERTIFICATES]; /* der.length 0: not usable */
    uint16_t               compared[MAX_CHAIN_CERTIFICATES], issued[MAX_CHAIN_CERTIFICATES];
    Step                   steps[MAX_STEPS];
    size_t                 length;
    const TrustEntry      *anchor; /* of the path that was found */
    int64_t                anchor_not_before, anchor_not_after;
    Checked                checked[MAX_SIGNATURES];
    size_t                 checked_count, candidates, name_tests, status_signatures;
    int                    check_dates, met_bad_date;
    int                    best_score; /* how far the best failure got */
    Verdict                best;
    SSLErr                 stop; /* not SSLNoErr: the search ended before its end */
} Search;

/* Fill in the verdict and give back its error. */
static SSLErr refuse(Verdict *it, SSLErr err, int certificate, const char *rule)
{
    it->err         = err;
    it->certificate = certificate;
    it->rule        = rule;
    return err;
}

/* Errors that say nothing about the peer. */
static int is_our_trouble(SSLErr err)
{
    return err == SSLMemoryErr || err == SSLCryptoErr;
}

/* ---- single certificates ---- */

static SSLErr judge_dates(Verdict *it, int64_t not_before, int64_t not_after, int64_t now,
                          int index)
{
    if (now < not_before) {
        return refuse(it, X509NotYetValidErr, index, "the certificate is not valid yet");
    }
    if (now > not_after) {
        return refuse(it, X509ExpiredErr, index, "the certificate has expired");
    }
    return SSLNoErr;
}

/* The key must be of a kind that we know, and long enough. */
static SSLErr judge_key(Verdict *it, const PublicKey *key, uint32_t flags, int index)
{
    if (key->type == KEY_NONE) {
        return refuse(it, X509BadKeyErr, index, "the public key is of an unknown kind");
    }
    return sslr_x509_key_is_long_enough(key, flags)
               ? SSLNoErr
               : refuse(it, X509WeakKeyErr, index, "the public key is too short");
}

/* Extended key usage, or the old Netscape type where there is none. For a CA it limits what may
 * stand below (not RFC 5280, but what everybody does), and anyExtendedKeyUsage is fine; a leaf must
 * name the purpose. */
static int serves_purpose(const X509Certificate *certificate, int server, int as_ca)
{
    static const uint8_t key_purpose[8] = {0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0};
    static const uint8_t any_purpose[4] = {0x55, 0x1D, 0x25, 0x00};
    uint8_t              wanted[8];
    Der                  outer = sslr_der_open(certificate->extended_key_usage), list;
    Bytes                oid;

    if (certificate->extended_key_usage.length == 0) {
        return !certificate->has_netscape_type ||
               (certificate->netscape_type & (as_ca    ? 0x04
                                              : server ? 0x40
                                                       : 0x80)) != 0;
    }
    memcpy(wanted, key_purpose, sizeof wanted);
    wanted[7] = server ? 1 : 2;
    list      = sslr_der_enter(&outer, DER_SEQUENCE);
    while (list.left > 0) {
        oid = sslr_der_oid(&list);
        if (bytes_equal(oid, bytes_of(wanted, sizeof wanted)) ||
            (as_ca && bytes_equal(oid, bytes_of(any_purpose, sizeof any_purpose)))) {
            return 1;
        }
    }
    return 0;
}

/* What the leaf is used for. Its dates come last of all, in sslr_x509_verify. */
static SSLErr judge_leaf(Verdict *it, const X509Certificate *leaf, const VerifyRequest *request)
{
    SSLErr err;

    if (leaf->unknown_critical) {
        return refuse(it, X509CriticalExtensionErr, 0, "a critical extension is not understood");
    }
    err = judge_key(it, &leaf->key, request->trust->flags, 0);
    if (err != SSLNoErr) {
        return err;
    }
    if (!serves_purpose(leaf, request->server, 0)) {
        return refuse(it, X509WrongPurposeErr, 0,
                      request->server ? "extended key usage does not name TLS servers"
                                      : "extended key usage does not name TLS clients");
    }
    if (leaf->has_key_usage && (request->key_usage & ~leaf->key_usage) != 0) {
        return refuse(it, X509KeyUsageErr, 0, "key usage does not allow this key exchange");
    }
    if (leaf->has_key_usage && request->any_key_usage != 0 &&
        (request->any_key_usage & leaf->key_usage) == 0) {
        return refuse(it, X509KeyUsageErr, 0, "key usage allows no key exchange of TLS");
    }
    return SSLNoErr;
}

static SSLErr judge_host(Verdict *it, const X509Certificate *leaf, const VerifyRequest *request)
{
    if (request->host != NULL && sslr_x509_match_host(leaf, request->host, request->host_length,
                                                      request->trust->flags) != SSLNoErr) {
        return refuse(it, X509HostNameErr, 0, "the certificate is for other names");
    }
    return SSLNoErr;
}

/* What an issuer from the peer or from our intermediates must be. */
static SSLErr judge_intermediate(Verdict *it, const X509Certificate *ca, int server, int index)
{
    if (ca->version != 3 || !ca->has_basic_constraints || !ca->is_ca) {
        return refuse(it, X509NotCAErr, index, "the issuer is not a certification authority");
    }
    if (!serves_purpose(ca, server, 1)) {
        return refuse(it, X509WrongPurposeErr, index,
                      "extended key usage of the issuer excludes this use");
    }
    return SSLNoErr;
}

/* How many certificates below a new issuer its path length counts: intermediates that are not
 * self-issued (RFC 5280 4.2.1.9). */
static size_t counted_intermediates(const Search *search)
{
    size_t count = 0, i;

    for (i = 1; i < search->length; i++) {
        count += !search->steps[i].self_issued;
    }
    return count;
}

/* Number i of the path, parsed again. What that costs is work, too. */
static const X509Certificate *certificate_at(Search *search, size_t i, X509Certificate *room)
{
    size_t cost;

    if (i == 0) {
        return search->leaf;
    }
    cost = search->steps[i].der.length / BYTES_PER_TEST;
    search->name_tests -= cost < search->name_tests ? cost : search->name_tests;
    (void)sslr_x509_parse_again(search->steps[i].der, room);
    return room;
}

/* RFC 5280 6.1.3 (b), (c): everything below a constraining CA, but self-issued intermediates. */
static SSLErr judge_names_below(Verdict *it, Search *search, const X509Certificate *ca)
{
    X509Certificate room;
    const char     *rule = NULL;
    SSLErr          err  = SSLNoErr;
    size_t          i;

    for (i = 0; ca->name_constraints.length > 0 && i < search->length && err == SSLNoErr; i++) {
        if (i == 0 || !search->steps[i].self_issued) {
            err =
                sslr_x509_check_constraints(ca->name_constraints, certificate_at(search, i, &room),
                                            search->trust->flags, &search->name_tests, &rule);
            if (err != SSLNoErr) {
                return refuse(it, err, search->steps[i].index, rule);
            }
        }
    }
    return SSLNoErr;
}

/* Everything about an issuer of the top of the path, but signatures. Anchors are certificates too:
 * their dates, path length and usage count, as OpenSSL and GnuTLS have it; that they are CAs need
 * not be said by version 1, which cannot say it. */
static SSLErr judge_issuer(Verdict *it, Search *search, const X509Certificate *ca, int source,
                           int index)
{
    SSLErr err;

    if (ca->unknown_critical) {
        return refuse(it, X509CriticalExtensionErr, index,
                      "a critical extension of the issuer is not understood");
    }
    if (source == FROM_ANCHORS) {
        if (ca->version == 3 && !ca->is_ca) {
            return refuse(it, X509NotCAErr, index, "the trusted issuer is not a CA");
        }
    } else {
        err = judge_intermediate(it, ca, search->request->server, index);
        if (err != SSLNoErr) {
            return err;
        }
        if (search->length > search->trust->max_depth) {
            return refuse(it, X509PathTooLongErr, index, "more intermediates than allowed");
        }
    }
    if (ca->has_key_usage && (ca->key_usage & KEY_USAGE_CERT_SIGN) == 0) {
        return refuse(it, X509KeyUsageErr, index, "the issuer may not sign certificates");
    }
    if (ca->is_ca && ca->has_path_length && counted_intermediates(search) > ca->path_length) {
        return refuse(it, X509PathTooLongErr, index, "the issuer's path length is exceeded");
    }
    err = judge_key(it, &ca->key, search->trust->flags, index);
    if (err == SSLNoErr && search->check_dates) {
        err = judge_dates(it, ca->not_before, ca->not_after, search->request->now, index);
        search->met_bad_date |= err != SSLNoErr;
    }
    return err == SSLNoErr ? judge_names_below(it, search, ca) : err;
}

/* ---- the search ---- */

/* Remember the failure that got furthest. */
static void note(Search *search, int stage, SSLErr err, int index, const char *rule)
{
    int score = (int)search->length * 4 + stage;

    if (score > search->best_score) {
        search->best_score = score;
        (void)refuse(&search->best, err, index, rule);
    }
}

/* Names are compared once for each pair of received certificates, however often the search comes
 * by: theirs are the only names whose comparison a stranger can make expensive. */
static int is_issuer_name(Search *search, const Step *step, const TrustEntry *entry, size_t i)
{
    uint16_t bit;

    if (step->source != FROM_PEER || step->index < 0) {
        return sslr_x509_names_equal(step->issuer, entry->subject);
    }
    bit = (uint16_t)(1u << i);
    if ((search->compared[step->index] & bit) == 0) {
        search->compared[step->index] |= bit;
        if (sslr_x509_names_equal(step->issuer, entry->subject)) {
            search->issued[step->index] |= bit;
        }
    }
    return (search->issued[step->index] & bit) != 0;
}

static int key_id_quality(const Step *step, const TrustEntry *entry)
{
    if (step->authority_key_id.length == 0 || entry->key_id.length == 0) {
        return NO_KEY_ID;
    }
    return bytes_equal(step->authority_key_id, entry->key_id) ? SAME_KEY_ID : OTHER_KEY_ID;
}

/* The next certificate whose subject is the issuer of the path's top: anchors first, then what the
 * peer sent, then ours. NULL at the end. */
static const TrustEntry *next_candidate(Search *search, Step *step, int *source, int *index)
{
    const TrustEntry *entries, *entry;
    size_t            count, i;

    for (; step->source < SOURCES; step->source++, step->quality = 0) {
        entries = step->source == FROM_ANCHORS ? search->trust->anchors
                  : step->source == FROM_PEER  ? search->sent
                                               : search->trust->intermediates;
        count   = step->source == FROM_ANCHORS ? search->trust->anchor_count
                  : step->source == FROM_PEER  ? search->request->count
                                               : search->trust->intermediate_count;
        for (; step->quality < QUALITIES; step->quality++, step->next = 0) {
            while (step->next < count) {
                i     = step->next++;
                entry = &entries[i];
                if (entry->der.length > 0 && key_id_quality(step, entry) == step->quality &&
                    is_issuer_name(search, step, entry, i)) {
                    *source = step->source;
                    *index  = step->source == FROM_PEER ? (int)i : -1;
                    return entry;
                }
            }
        }
    }
    return NULL;
}

static void push(Search *search, const X509Certificate *certificate, int index)
{
    Step *step = &search->steps[search->length++];

    memset(step, 0, sizeof *step);
    step->der                = certificate->der;
    step->issuer             = certificate->issuer;
    step->subject            = certificate->subject;
    step->spki               = certificate->spki;
    step->authority_key_id   = certificate->authority_key_id;
    step->not_before         = certificate->not_before;
    step->not_after          = certificate->not_after;
    step->index              = index;
    step->policy_constraints = certificate->has_policy_constraints;
    step->self_issued = (uint8_t)sslr_x509_names_equal(certificate->issuer, certificate->subject);
}

/* Cross-signed authorities make loops: a name with the same key does not come twice (the key alone
 * would do, but for two names of one key). */
static int is_in_path(const Search *search, const X509Certificate *candidate)
{
    size_t i;

    for (i = 0; i < search->length; i++) {
        if (bytes_equal(search->steps[i].spki, candidate->spki) &&
            sslr_x509_names_equal(search->steps[i].subject, candidate->subject)) {
            return 1;
        }
    }
    return 0;
}

static const Checked *find_checked(const Search *search, Bytes certificate, Bytes key)
{
    size_t i;

    for (i = 0; i < search->checked_count; i++) {
        if (search->checked[i].certificate == certificate.data &&
            search->checked[i].key == key.data) {
            return &search->checked[i];
        }
    }
    return NULL;
}

/* Each signature is checked once. Without an answer (search->stop) when there were too many. */
static SSLErr check_signature(Search *search, const X509Certificate *certificate, Bytes spki,
                              const PublicKey *key)
{
    const Checked *known = find_checked(search, certificate->der, spki);
    Checked       *entry;

    if (known != NULL) {
        return known->result;
    }
    if (search->checked_count == search->trust->max_depth + 8) {
        search->stop = X509TooComplexErr;
        return X509TooComplexErr;
    }
    entry              = &search->checked[search->checked_count++];
    entry->certificate = certificate->der.data;
    entry->key         = spki.data;
    entry->result      = sslr_x509_check_signature(certificate, key, search->trust->flags);
    if (is_our_trouble(entry->result)) {
        search->stop = entry->result;
    }
    return entry->result;
}

static const char *signature_rule(SSLErr err)
{
    return err == X509WeakSignatureErr ? "signed with an algorithm that is not allowed"
           : err == SSLUnsupportedErr  ? "signed with an unknown algorithm"
                                       : "the signature does not verify with the issuer's key";
}

/* A whole path stands: check it from the anchor down to the leaf. If a signature fails, every path
 * with the same pair is lost: the search goes on at the certificate that it stands on. */
static int signatures_hold(Search *search, const X509Certificate *anchor)
{
    X509Certificate        parsed;
    const X509Certificate *certificate;
    PublicKey              key  = anchor->key;
    Bytes                  spki = anchor->spki;
    size_t                 i;
    SSLErr                 err;

    for (i = search->length; i-- > 0; key = certificate->key, spki = certificate->spki) {
        certificate = certificate_at(search, i, &parsed);
        err         = check_signature(search, certificate, spki, &key);
        if (search->stop != SSLNoErr) {
            return 0;
        }
        if (err != SSLNoErr) {
            note(search, 2, err, search->steps[i].index, signature_rule(err));
            search->length = i + 1;
            return 0;
        }
    }
    return 1;
}

/* A whole path stands. Only policyConstraints can make one fail here (RFC 5280 6.1.3 (f)). */
static int policies_hold(Search *search)
{
    X509Certificate room;
    PolicyCheck     check;
    SSLErr          err      = SSLNoErr;
    int             demanded = 0;
    size_t          i;

    for (i = 0; i < search->length; i++) {
        demanded |= search->steps[i].policy_constraints;
    }
    sslr_x509_policy_begin(&check, search->length);
    for (i = search->length; demanded && i-- > 0 && err == SSLNoErr;) {
        err = sslr_x509_policy_step(&check, certificate_at(search, i, &room),
                                    search->steps[i].self_issued, i == 0);
        if (err != SSLNoErr) {
            note(search, 1, err, search->steps[i].index,
                 err == X509PolicyErr ? "no policy of the path is left, and an issuer demands one"
                                      : "too many policies in one path");
        }
    }
    return err == SSLNoErr;
}

static void tell_path(const Search *search, ChainPath *path)
{
    size_t i;

    for (i = 0; i < search->length; i++) {
        path->certificates[path->count++] = search->steps[i].der;
    }
    if (search->anchor != NULL) {
        path->certificates[path->count++] = search->anchor->der;
    }
}

/* The path holds; is it still good? If not, another certificate of the same CA may lead elsewhere.
 */
static int nothing_is_revoked(Search *search, const X509Certificate *anchor)
{
    RevocationPath path;
    SSLErr         err;

    if (search->trust->revocation == SSL_RevocationOff) {
        return 1;
    }
    path.request     = search->request;
    path.leaf        = search->leaf;
    path.anchor      = anchor;
    path.signatures  = &search->status_signatures;
    path.below.count = 0;
    tell_path(search, &path.below);
    err = sslr_revocation.check(&path);
    if (err != SSLNoErr) {
        note(search, 3, err, search->steps[path.position].index, path.rule);
    }
    return err == SSLNoErr;
}

/* The certificate of an entry; a trust anchor of name and key alone has nothing else. */
static SSLErr read_entry(const TrustEntry *entry, X509Certificate *certificate)
{
    if (!entry->is_key) {
        return sslr_x509_parse_again(entry->der, certificate);
    }
    memset(certificate, 0, sizeof *certificate);
    certificate->version    = 1;
    certificate->subject    = entry->subject;
    certificate->issuer     = entry->subject;
    certificate->spki       = entry->der;
    certificate->der        = entry->der;
    certificate->not_before = INT64_MIN;
    certificate->not_after  = INT64_MAX;
    return sslr_x509_read_key(entry->der, 0, &certificate->key, NULL);
}

static int is_anchor(const SSLTrust *trust, Bytes der)
{
    size_t i;

    for (i = 0; i < trust->anchor_count; i++) {
        if (!trust->anchors[i].is_key && bytes_equal(trust->anchors[i].der, der)) {
            return 1;
        }
    }
    return 0;
}

/* One candidate for the top of the path. Not 0: it is an anchor and the path holds. */
static int try_candidate(Search *search, const TrustEntry *entry, int source, int index)
{
    Step           *top = &search->steps[search->length - 1];
    X509Certificate candidate;
    const Checked  *known;
    Verdict         objection;

    if (read_entry(entry, &candidate) != SSLNoErr || is_in_path(search, &candidate)) {
        return 0;
    }
    if (source != FROM_ANCHORS && is_anchor(search->trust, entry->der)) {
        top->met_issuer = 1; /* tried as what it is; as an intermediate it leads nowhere else */
        return 0;
    }
    top->met_issuer = 1;
    known           = find_checked(search, top->der, candidate.spki);
    if (known != NULL && known->result != SSLNoErr) {
        return 0;
    }
    if (judge_issuer(&objection, search, &candidate, source, index) != SSLNoErr) {
        note(search, 1, objection.err, objection.certificate, objection.rule);
        if (objection.err == X509TooComplexErr) {
            search->stop = objection.err;
        }
        return 0;
    }
    if (source != FROM_ANCHORS) {
        push(search, &candidate, index);
        return 0;
    }
    if (!policies_hold(search) || !signatures_hold(search, &candidate) ||
        !nothing_is_revoked(search, &candidate)) {
        return 0;
    }
    search->anchor            = entry;
    search->anchor_not_before = candidate.not_before;
    search->anchor_not_after  = candidate.not_after;
    return 1;
}

/* Not 0: search->steps and search->anchor are a path. */
static int find_path(Search *search, int check_dates)
{
    const TrustEntry *entry;
    Step             *top;
    int               source = 0, index = -1;

    search->check_dates = check_dates;
    search->candidates  = 0;
    search->best_score  = -1;
    search->length      = 0;
    push(search, search->leaf, 0);
    while (search->length > 0 && search->stop == SSLNoErr) {
        top   = &search->steps[search->length - 1];
        entry = next_candidate(search, top, &source, &index);
        if (entry == NULL) {
            if (!top->met_issuer) {
                note(search, 0, X509UnknownIssuerErr, top->index,
                     top->self_issued ? "self-signed and not a trust anchor"
                                      : "no certificate of the issuer is at hand");
            }
            search->length--;
        } else if (++search->candidates > MAX_CANDIDATES) {
            search->stop = X509TooComplexErr;
        } else if (try_candidate(search, entry, source, index)) {
            return 1;
        }
    }
    if (search->stop != SSLNoErr) {
        (void)refuse(&search->best, search->stop, -1,
                     search->stop != X509TooComplexErr ? "a signature could not be checked"
                     : search->name_tests == 0 ? "too many names and name constraints to compare"
                                               : "too many ways to build a path");
    }
    return 0;
}

/* The first certificate of the path, from the leaf up, whose dates do not hold. */
static SSLErr judge_path_dates(Verdict *it, const Search *search)
{
    const int64_t now = search->request->now;
    const Step   *step;
    size_t        i;
    SSLErr        err;

    for (i = 0; i < search->length; i++) {
        step = &search->steps[i];
        err  = judge_dates(it, step->not_before, step->not_after, now, step->index);
        if (err != SSLNoErr) {
            return err;
        }
    }
    return search->anchor == NULL
               ? SSLNoErr
               : judge_dates(it, search->anchor_not_before, search->anchor_not_after, now, -1);
}

/* What the peer sent besides the leaf is a set: order, doubles and strangers do not matter (RFC
 * 8446 4.4.2), nor do certificates that cannot be parsed. */
static void load_sent(Search *search)
{
    X509Certificate certificate;
    size_t          i;
    SSLErr          err;

    for (i = 1; i < search->request->count; i++) {
        err = sslr_x509_parse(search->request->chain[i], &certificate, NULL);
        if (is_our_trouble(err)) {
            search->stop = err;
            (void)refuse(&search->best, err, -1, "a certificate could not be read");
        } else if (err == SSLNoErr) {
            search->sent[i].der     = certificate.der;
            search->sent[i].subject = certificate.subject;
            search->sent[i].key_id  = certificate.subject_key_id;
        }
    }
}

/* A path, with good dates if there is one: else one whose only fault is dates, so that a program
 * that forgives an expired certificate does not forgive an untrusted one. */
static SSLErr judge_path(Search *search)
{
    int check_dates = (search->trust->flags & SSL_TrustIgnoreDates) == 0;

    /* A server's self-signed certificate put into the trust file is what its user wants to meet. */
    if (is_anchor(search->trust, search->leaf->der)) {
        push(search, search->leaf, 0);
        return SSLNoErr;
    }
    load_sent(search);
    if (search->stop == SSLNoErr && find_path(search, check_dates)) {
        return SSLNoErr;
    }
    if (search->stop == SSLNoErr && search->met_bad_date && find_path(search, 0)) {
        return SSLNoErr;
    }
    return search->best.err;
}

static int is_pinned(const SSLTrust *trust, Bytes spki)
{
    uint8_t digest[PIN_SIZE];
    size_t  i;

    if (trust->pin_count == 0) {
        return 0;
    }
    sslr_hash(HASH_SHA256, spki.data, spki.length, digest);
    for (i = 0; i < trust->pin_count; i++) {
        if (memcmp(trust->pins + i * PIN_SIZE, digest, PIN_SIZE) == 0) {
            return 1;
        }
    }
    return 0;
}

/* The path and the leaf, from the most serious reason to the one most often forgiven: no path,
 * unfit leaf, other host, dates. */
static SSLErr judge_all(Verdict *it, Search *search)
{
    const VerifyRequest *request = search->request;
    SSLErr               err     = judge_path(search);

    if (err != SSLNoErr) {
        *it = search->best;
        return err;
    }
    err = judge_leaf(it, search->leaf, request);
    if (err == SSLNoErr) {
        err = judge_host(it, search->leaf, request);
    }
    if (err == SSLNoErr && (request->trust->flags & SSL_TrustIgnoreDates) == 0) {
        err = judge_path_dates(it, search);
    }
    if (err == SSLNoErr && request->path != NULL) {
        tell_path(search, request->path);
    }
    return err;
}

/* A pinned key needs no path. */
static SSLErr judge_pinned(Verdict *it, const X509Certificate *leaf, const VerifyRequest *request)
{
    SSLErr err = judge_host(it, leaf, request);

    if (err == SSLNoErr && request->path != NULL) {
        request->path->certificates[request->path->count++] = leaf->der;
    }
    return err;
}

Verdict sslr_x509_verify(const VerifyRequest *request)
{
    const X509Certificate *leaf = request->leaf;
    X509Certificate        parsed;
    Search                 search;
    const char            *rule = NULL;
    Verdict                it   = {SSLNoErr, -1, "the certificate is trusted"};
    SSLErr                 err  = SSLNoErr;

    if (request->count == 0 || request->count > MAX_CHAIN_CERTIFICATES) {
        (void)refuse(&it, request->count == 0 ? X509CertChainInvalidErr : SSLOverflowErr, -1,
                     "there is no certificate, or there are too many");
        return it;
    }
    if (leaf == NULL) {
        err  = sslr_x509_parse(request->chain[0], &parsed, &rule);
        leaf = &parsed;
    }
    if (request->path != NULL) {
        request->path->count = 0;
    }
    if (err != SSLNoErr) {
        (void)refuse(&it, err, 0, rule);
    } else if (is_pinned(request->trust, leaf->spki)) {
        (void)judge_pinned(&it, leaf, request);
    } else {
        memset(&search, 0, sizeof search);
        search.request           = request;
        search.trust             = request->trust;
        search.leaf              = leaf;
        search.name_tests        = MAX_NAME_TESTS;
        search.status_signatures = MAX_STATUS_SIGNATURES;
        (void)judge_all(&it, &search);
    }
    return it;
}
