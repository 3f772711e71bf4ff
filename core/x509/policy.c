/*
 * policy.c - certificate policies along a path: whether what a CA demands with policyConstraints
 * holds (RFC 5280 6.1). Nobody asks for a particular policy here, so that only the question is left
 * whether any survives; it is answered with one entry for each policy of a depth (RFC 9618) instead
 * of the RFC's tree, which grows exponentially (CVE-2023-0464). Called by path.c.
 */
#include "parts.h"

static const uint8_t any_policy_oid[4]         = {0x55, 0x1D, 0x20, 0x00};
static const uint8_t policies_oid[3]           = {0x55, 0x1D, 0x20};
static const uint8_t mappings_oid[3]           = {0x55, 0x1D, 0x21};
static const uint8_t policy_constraints_oid[3] = {0x55, 0x1D, 0x24};
static const uint8_t inhibit_any_oid[3]        = {0x55, 0x1D, 0x36};

static int is_any_policy(Bytes policy)
{
    return bytes_equal(policy, bytes_of(any_policy_oid, sizeof any_policy_oid));
}

static int contains(const Bytes *list, size_t count, Bytes policy)
{
    size_t i;

    for (i = 0; i < count && !bytes_equal(list[i], policy); i++) {
    }
    return i < count;
}

/* As a set, whose bound is checked. */
static SSLErr add(Bytes *list, size_t *count, Bytes policy)
{
    if (contains(list, *count, policy)) {
        return SSLNoErr;
    }
    if (*count == MAX_POLICIES) {
        return X509TooComplexErr;
    }
    list[(*count)++] = policy;
    return SSLNoErr;
}

/* The extension's SEQUENCE, opened; empty if the certificate has it not. */
static Der open_extension(const X509Certificate *certificate, const uint8_t oid[3])
{
    Der outer = sslr_der_open(sslr_x509_find_extension(certificate, bytes_of(oid, 3)));

    return outer.left > 0 ? sslr_der_enter(&outer, DER_SEQUENCE) : outer;
}

/* RFC 5280 6.1.3 (d): the policies of this certificate that a chain from the anchor leads to. */
static SSLErr keep_reached(PolicyCheck *check, const X509Certificate *certificate, int any_counts)
{
    Bytes  nodes[MAX_POLICIES], policy;
    size_t count   = 0, i;
    int    has_any = 0;
    Der    list    = open_extension(certificate, policies_oid), information;
    SSLErr err     = SSLNoErr;

    while (err == SSLNoErr && list.left > 0) {
        information = sslr_der_enter(&list, DER_SEQUENCE);
        policy      = sslr_der_oid(&information);
        if (is_any_policy(policy)) {
            has_any = any_counts;
        } else if (check->any || contains(check->expected, check->count, policy)) {
            err = add(nodes, &count, policy);
        }
    }
    for (i = 0; has_any && i < check->count && err == SSLNoErr; i++) {
        err = add(nodes, &count, check->expected[i]);
    }
    check->any = check->any && has_any;
    memcpy(check->expected, nodes, count * sizeof nodes[0]);
    check->count = count;
    return err;
}

static int is_mapped(Der mappings, Bytes policy)
{
    Der pair;

    while (mappings.left > 0) {
        pair = sslr_der_enter(&mappings, DER_SEQUENCE);
        if (bytes_equal(sslr_der_oid(&pair), policy)) {
            return 1;
        }
    }
    return 0;
}

/* RFC 5280 6.1.4 (b): what is expected of the next certificate. Without the right to map, a mapped
 * policy ends here. */
static SSLErr map(PolicyCheck *check, const X509Certificate *certificate)
{
    Bytes  next[MAX_POLICIES], from;
    size_t count    = 0, i;
    Der    mappings = open_extension(certificate, mappings_oid), list = mappings, pair;
    SSLErr err = SSLNoErr;

    if (mappings.left == 0) {
        return SSLNoErr;
    }
    for (i = 0; i < check->count && err == SSLNoErr; i++) {
        if (!is_mapped(mappings, check->expected[i])) {
            err = add(next, &count, check->expected[i]);
        }
    }
    while (check->mapping > 0 && err == SSLNoErr && list.left > 0) {
        pair = sslr_der_enter(&list, DER_SEQUENCE);
        from = sslr_der_oid(&pair);
        if (check->any || contains(check->expected, check->count, from)) {
            err = add(next, &count, sslr_der_oid(&pair));
        }
    }
    memcpy(check->expected, next, count * sizeof next[0]);
    check->count = count;
    return err;
}

static void count_down(uint32_t *counter)
{
    if (*counter > 0) {
        *counter -= 1;
    }
}

static void lower(uint32_t *counter, uint32_t limit)
{
    if (limit < *counter) {
        *counter = limit;
    }
}

/* policyConstraints: [0] requireExplicitPolicy, [1] inhibitPolicyMapping. */
static void read_constraints(const X509Certificate *certificate, uint32_t *explicit_policy,
                             uint32_t *mapping)
{
    Der der = open_extension(certificate, policy_constraints_oid);

    if (sslr_der_next_is(&der, DER_CONTEXT | 0)) {
        lower(explicit_policy, sslr_der_small(&der, DER_CONTEXT | 0));
    }
    if (sslr_der_next_is(&der, DER_CONTEXT | 1)) {
        lower(mapping, sslr_der_small(&der, DER_CONTEXT | 1));
    }
}

void sslr_x509_policy_begin(PolicyCheck *check, size_t path_length)
{
    check->count           = 0;
    check->any             = 1;
    check->explicit_policy = check->inhibit_any = check->mapping = (uint32_t)path_length + 1;
}

/* RFC 5280 6.1.4 (h) to (j). */
static void move_counters(PolicyCheck *check, const X509Certificate *certificate, int self_issued)
{
    Der inhibit =
        sslr_der_open(sslr_x509_find_extension(certificate, bytes_of(inhibit_any_oid, 3)));

    if (!self_issued) {
        count_down(&check->explicit_policy);
        count_down(&check->mapping);
        count_down(&check->inhibit_any);
    }
    read_constraints(certificate, &check->explicit_policy, &check->mapping);
    if (inhibit.left > 0) {
        lower(&check->inhibit_any, sslr_der_small(&inhibit, DER_INTEGER));
    }
}

/* RFC 5280 6.1.5 (a) and (b): the leaf's own demand counts only if it is at once. */
static void end_counters(PolicyCheck *check, const X509Certificate *leaf)
{
    uint32_t demand = 1, mapping = 1;

    count_down(&check->explicit_policy);
    read_constraints(leaf, &demand, &mapping);
    lower(&check->explicit_policy, demand == 0 ? 0 : check->explicit_policy);
}

SSLErr sslr_x509_policy_step(PolicyCheck *check, const X509Certificate *certificate,
                             int self_issued, int is_leaf)
{
    SSLErr err =
        keep_reached(check, certificate, check->inhibit_any > 0 || (self_issued && !is_leaf));

    if (err == SSLNoErr && check->explicit_policy == 0 && check->count == 0 && !check->any) {
        return X509PolicyErr;
    }
    if (is_leaf) {
        end_counters(check, certificate);
    } else {
        if (err == SSLNoErr) {
            err = map(check, certificate);
        }
        move_counters(check, certificate, self_issued);
    }
    if (err == SSLNoErr && is_leaf && check->explicit_policy == 0 && check->count == 0 &&
        !check->any) {
        err = X509PolicyErr;
    }
    return err;
}
