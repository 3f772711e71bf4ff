/*
 * test_flow_enumeration.c - the flow tables without a handshake: for every combination of facts
 * that can occur the sequence of messages that they lead to, against grammars written down from the
 * specifications; every single mistake in such a sequence is refused; and the rules of design 3 (F1
 * to F6) that can be read off the rows.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "../../core/handshake/handshake.h"

/* ---- the grammars ----
 *
 * Messages of the client in small letters, of the server in capitals. What follows a colon must
 * hold, or the message is not there:
 *     e  the key exchange is ephemeral, or there is a hint at a pre-shared key
 *     h  there is a HelloRetryRequest, H: there is none
 *     s  a CertificateStatus is stapled       m  middlebox compatibility (a session ID came)
 *     r  the server asks for a certificate    c  the client's Certificate is not empty
 *     t  the server gives a ticket (RFC 5077 3.1)
 *     a  the server is not anonymous          v  the ClientHello has the format of SSL 2.0, V: it
 * has not
 *     o  the client offers 0-RTT data, O: it does not        d  the data is accepted
 *
 * Which versions may follow a ClientHello in 2.0 format, and that it offers no 0-RTT data, is
 * decided by its contents, not by the tables.
 */
/* RFC 5246 7.3 figure 1, RFC 6066 8: protocol/tls10-12.md section 3. */
static const char full_tls12[] = "old:v hello:V HELLO CERT:a STATUS:s SKE:e REQUEST:r DONE "
                                 "cert:r cke verify:c ccs fin TICKET:t CCS FIN";
/* RFC 5246 7.3 figure 2. */
static const char resumed_tls12[] = "old:v hello:V HELLO TICKET:t CCS FIN ccs fin";
/* RFC 8446 2 figures 1 and 2, D.4: protocol/tls13.md sections 4, 7 and 8. */
static const char full_tls13[] = "old:v hello:V ccs:o RETRY:h CCS:hm ccs:hmO hello:h "
                                 "HELLO CCS:Hm EE REQUEST:r CERT VERIFY FIN "
                                 "ccs:HmO cert:r verify:c fin";
/* RFC 8446 2.2: with a pre-shared key, of a session or not, nobody shows a certificate; 2.3: figure
 * 4. */
static const char psk_tls13[] = "old:v hello:V ccs:o RETRY:h CCS:hm ccs:hmO hello:h "
                                "HELLO CCS:Hm EE FIN ccs:HmO end:d fin";

#define MAX_SEQUENCE 32

typedef struct Token {
    uint8_t     who; /* CLIENT, SERVER */
    uint16_t    type;
    const char *word;
} Token;

static const Token tokens[] = {
    {CLIENT, MSG_CLIENT_HELLO, "hello"},        {CLIENT, MSG_CLIENT_HELLO_V2, "old"},
    {SERVER, MSG_SERVER_HELLO, "HELLO"},        {SERVER, MSG_HELLO_RETRY_REQUEST, "RETRY"},
    {SERVER, MSG_CERTIFICATE, "CERT"},          {SERVER, MSG_CERTIFICATE_STATUS, "STATUS"},
    {SERVER, MSG_SERVER_KEY_EXCHANGE, "SKE"},   {SERVER, MSG_CERTIFICATE_REQUEST, "REQUEST"},
    {SERVER, MSG_SERVER_HELLO_DONE, "DONE"},    {SERVER, MSG_ENCRYPTED_EXTENSIONS, "EE"},
    {SERVER, MSG_CERTIFICATE_VERIFY, "VERIFY"}, {SERVER, MSG_NEW_SESSION_TICKET, "TICKET"},
    {SERVER, MSG_CHANGE_CIPHER_SPEC, "CCS"},    {SERVER, MSG_FINISHED, "FIN"},
    {CLIENT, MSG_CERTIFICATE, "cert"},          {CLIENT, MSG_CLIENT_KEY_EXCHANGE, "cke"},
    {CLIENT, MSG_CERTIFICATE_VERIFY, "verify"}, {CLIENT, MSG_CHANGE_CIPHER_SPEC, "ccs"},
    {CLIENT, MSG_END_OF_EARLY_DATA, "end"},     {CLIENT, MSG_FINISHED, "fin"},
};

#define TOKENS (sizeof(tokens) / sizeof(tokens[0]))

typedef struct Sequence {
    const Token *at[MAX_SEQUENCE];
    size_t       length;
} Sequence;

static const Token *token_of(uint8_t who, uint16_t type)
{
    size_t i;

    for (i = 0; i < TOKENS; i++) {
        if (tokens[i].who == who && tokens[i].type == type) {
            return &tokens[i];
        }
    }
    fail_msg("a row sends message %u from side %u, which no specification knows", type, who);
    return NULL;
}

static int holds(char condition, uint32_t facts)
{
    switch (condition) {
    case 'e':
        return (facts & (FACT_EPHEMERAL | FACT_PSK_HINT)) != 0;
    case 's':
        return (facts & FACT_STATUS_SENT) != 0;
    case 'r':
        return (facts & FACT_CERT_REQUESTED) != 0;
    case 'c':
        return (facts & FACT_CLIENT_CERTIFIED) != 0;
    case 't':
        return (facts & FACT_TICKET) != 0;
    case 'a':
        return (facts & FACT_CERTIFIED) != 0;
    case 'v':
        return (facts & FACT_V2_HELLO) != 0;
    case 'V':
        return (facts & FACT_V2_HELLO) == 0;
    case 'o':
        return (facts & FACT_EARLY_OFFERED) != 0;
    case 'O':
        return (facts & FACT_EARLY_OFFERED) == 0;
    case 'd':
        return (facts & FACT_EARLY) != 0;
    case 'h':
        return (facts & FACT_RETRY) != 0;
    case 'H':
        return (facts & FACT_RETRY) == 0;
    default:
        return (facts & FACT_COMPATIBILITY) != 0;
    }
}

static void expand(const char *grammar, uint32_t facts, Sequence *out)
{
    out->length = 0;
    while (*grammar != 0) {
        size_t length = strcspn(grammar, ": "), i;
        int    stands = 1;

        for (i = 0; i < TOKENS; i++) {
            if (strlen(tokens[i].word) == length && memcmp(tokens[i].word, grammar, length) == 0) {
                out->at[out->length] = &tokens[i];
            }
        }
        grammar += length;
        if (*grammar == ':') {
            for (grammar++; *grammar != ' ' && *grammar != 0; grammar++) {
                stands &= holds(*grammar, facts);
            }
        }
        out->length += (size_t)stands;
        grammar += strspn(grammar, " ");
    }
}

/* ---- every combination of facts that can occur ---- */

typedef struct Combination {
    uint32_t       facts;
    const FlowRow *second; /* the table behind ServerHello */
    const char    *grammar;
} Combination;

#define MAX_COMBINATIONS 512

static Combination combinations[MAX_COMBINATIONS];
static size_t      combination_count;

static void combine(uint32_t facts, const FlowRow *second, const char *grammar)
{
    assert_true(combination_count < MAX_COMBINATIONS);
    combinations[combination_count].facts   = facts;
    combinations[combination_count].second  = second;
    combinations[combination_count].grammar = grammar;
    combination_count++;
    if (second == sslr_flow_tls12 && (facts & FACT_TICKET) == 0) { /* with a ticket, too */
        combine(facts | FACT_TICKET, second, grammar);
    }
}

/* RFC 4279, RFC 5489: PSK, DHE_PSK and ECDHE_PSK, RSA_PSK. No client shows a certificate. */
static void combine_psk(uint32_t format)
{
    static const uint32_t exchanges[] = {
        FACT_PSK, FACT_PSK | FACT_PSK_HINT, FACT_PSK | FACT_EPHEMERAL,
        FACT_PSK | FACT_CERTIFIED | FACT_RSA_TRANSPORT,
        FACT_PSK | FACT_CERTIFIED | FACT_RSA_TRANSPORT | FACT_PSK_HINT};
    static const uint32_t statuses[] = {FACT_STATUS, FACT_STATUS | FACT_STATUS_SENT};
    size_t                i, j;

    for (i = 0; i < 5; i++) {
        combine(FACT_FULL | exchanges[i] | format, sslr_flow_tls12, full_tls12);
        for (j = 0; j < 2 && (exchanges[i] & FACT_CERTIFIED) != 0; j++) {
            combine(FACT_FULL | exchanges[i] | statuses[j] | format, sslr_flow_tls12, full_tls12);
        }
    }
}

static int list_combinations(void **unused)
{
    static const uint32_t exchanges[] = {FACT_CERTIFIED | FACT_EPHEMERAL,
                                         FACT_CERTIFIED | FACT_RSA_TRANSPORT,
                                         /* RSA_EXPORT with a temporary key */
                                         FACT_CERTIFIED | FACT_RSA_TRANSPORT | FACT_EPHEMERAL};
    static const uint32_t statuses[]  = {0, FACT_STATUS, FACT_STATUS | FACT_STATUS_SENT};
    static const uint32_t requests[]  = {0, FACT_CERT_REQUESTED,
                                         FACT_CERT_REQUESTED | FACT_CLIENT_CERTIFIED};
    static const uint32_t retries[]   = {0, FACT_RETRY, FACT_COMPATIBILITY,
                                         FACT_RETRY | FACT_COMPATIBILITY};
    static const uint32_t formats[]   = {0, FACT_V2_HELLO, FACT_EARLY_OFFERED,
                                         FACT_EARLY_OFFERED | FACT_V2_HELLO};
    size_t                i, j, k, format;

    (void)unused;
    combination_count = 0;
    for (format = 0; format < 4; format++) {
        int only_tls13 = (formats[format] & FACT_EARLY_OFFERED) != 0; /* RFC 8446 D.3 */

        for (i = 0; i < 3; i++) {
            for (j = 0; j < 3 && !only_tls13; j++) {
                for (k = 0; k < 3; k++) {
                    combine(FACT_FULL | requests[i] | exchanges[j] | statuses[k] | formats[format],
                            sslr_flow_tls12, full_tls12);
                }
            }
            for (j = 0; j < 4; j++) {
                combine(FACT_FULL | FACT_CERTIFIED | requests[i] | retries[j] | formats[format],
                        sslr_flow_tls13, full_tls13);
            }
        }
        if (!only_tls13) {
            /* Anonymous Diffie-Hellman: nobody shows a certificate. */
            combine(FACT_FULL | FACT_EPHEMERAL | formats[format], sslr_flow_tls12, full_tls12);
            combine(FACT_RESUMED | formats[format], sslr_flow_tls12, resumed_tls12);
            combine_psk(formats[format]);
        }
        for (j = 0; j < 4; j++) {
            combine(FACT_PSK | retries[j] | formats[format], sslr_flow_tls13, psk_tls13);
            combine(FACT_PSK | FACT_RESUMED | retries[j] | formats[format], sslr_flow_tls13,
                    psk_tls13);
            if (only_tls13 && (retries[j] & FACT_RETRY) == 0) {
                combine(FACT_PSK | FACT_RESUMED | FACT_EARLY | retries[j] | formats[format],
                        sslr_flow_tls13, psk_tls13);
            }
        }
    }
    return 0;
}

/* ---- the tables, walked ---- */

static int applies(const FlowRow *row, uint32_t facts)
{
    return (facts & row->when) == row->when && (facts & row->unless) == 0;
}

static int is_message(const FlowRow *row)
{
    return row->who == CLIENT || row->who == SERVER;
}

static int is_there(const FlowRow *row, uint32_t facts)
{
    return applies(row, facts) && ((row->flags & OPTIONAL) == 0 || (facts & row->choice) != 0);
}

/* Row number i of both tables, one behind the other; NULL behind the last. What comes later has no
 * hello. */
static const FlowRow *row_at(const FlowRow *second, size_t i)
{
    size_t first = 0;

    while (second != sslr_flow_post_auth && sslr_flow_hello[first].who != ROW_END) {
        first++;
    }
    if (i < first) {
        return &sslr_flow_hello[i];
    }
    return second[i - first].who == ROW_END ? NULL : &second[i - first];
}

static void derive(const FlowRow *second, uint32_t facts, Sequence *out)
{
    const FlowRow *row;
    size_t         i;

    out->length = 0;
    for (i = 0; (row = row_at(second, i)) != NULL; i++) {
        if (is_message(row) && is_there(row, facts)) {
            assert_true(out->length < MAX_SEQUENCE);
            out->at[out->length++] = token_of(row->who, row->type);
        }
    }
}

static void print_sequence(const char *name, const Sequence *sequence)
{
    size_t i;

    print_message("%s:", name);
    for (i = 0; i < sequence->length; i++) {
        print_message(" %s", sequence->at[i]->word);
    }
    print_message("\n");
}

static int same(const Sequence *a, const Sequence *b)
{
    return a->length == b->length && memcmp(a->at, b->at, a->length * sizeof(a->at[0])) == 0;
}

static void every_combination_gives_the_sequence_of_the_specification(void **unused)
{
    Sequence derived, expected;
    size_t   i;
    int      wrong = 0;

    (void)unused;
    for (i = 0; i < combination_count; i++) {
        derive(combinations[i].second, combinations[i].facts, &derived);
        expand(combinations[i].grammar, combinations[i].facts, &expected);
        if (!same(&derived, &expected)) {
            print_message("facts %04x\n", (unsigned)combinations[i].facts);
            print_sequence("  table  ", &derived);
            print_sequence("  grammar", &expected);
            wrong++;
        }
    }
    assert_int_equal(wrong, 0);
    assert_int_equal(combination_count, 2 * (2 * (27 + 1 + 1 + 9) + 12 + 8) + 2 * (12 + 8 + 2));
}

/* ---- what a receiver takes ---- */

/* As the walker does it: the row must name the message, unless it may be skipped. What the messages
 * say in their contents is in `agreed`; the choices are learned from what comes. */
static int accepts(const FlowRow *second, uint32_t agreed, const Sequence *sequence)
{
    const FlowRow *row;
    uint32_t       facts = agreed;
    size_t         i, at = 0;

    for (i = 0; (row = row_at(second, i)) != NULL; i++) {
        const Token *token = at < sequence->length ? sequence->at[at] : NULL;

        if (!is_message(row) || !applies(row, facts)) {
            continue;
        }
        if ((row->flags & SENDER_ONLY) != 0) {
            continue;
        }
        if (token != NULL && token->who == row->who && token->type == row->type) {
            facts |= row->choice;
            at++;
        } else if ((row->flags & OPTIONAL) == 0) {
            return 0;
        }
    }
    return at == sequence->length;
}

#define CHOICES                                                                                    \
    (FACT_RETRY | FACT_STATUS_SENT | FACT_CERT_REQUESTED | FACT_V2_HELLO | FACT_PSK_HINT)

/* The dropped ChangeCipherSpec of TLS 1.3 is no part of the flow. */
static void drop_compatibility(const FlowRow *second, Sequence *sequence)
{
    size_t i, kept = 0;

    if (second != sslr_flow_tls13) {
        return;
    }
    for (i = 0; i < sequence->length; i++) {
        if (sequence->at[i]->type != MSG_CHANGE_CIPHER_SPEC) {
            sequence->at[kept++] = sequence->at[i];
        }
    }
    sequence->length = kept;
}

/* Does the specification know it, for the same contents of the messages? */
static int is_legal(const FlowRow *second, uint32_t agreed, const Sequence *sequence)
{
    size_t i;

    for (i = 0; i < combination_count; i++) {
        const Combination *one = &combinations[i];
        Sequence           legal;

        /* Who is not asked shows no certificate. */
        uint32_t contents = agreed;

        if ((one->facts & FACT_CERT_REQUESTED) == 0) {
            contents &= ~(uint32_t)FACT_CLIENT_CERTIFIED;
        }
        if (one->second != second || (one->facts & ~(uint32_t)CHOICES) != contents) {
            continue;
        }
        expand(one->grammar, one->facts, &legal);
        drop_compatibility(second, &legal);
        if (same(&legal, sequence)) {
            return 1;
        }
    }
    return 0;
}

static int tried, wrongly;

static void try_sequence(const Combination *one, const Sequence *sequence, const char *what,
                         size_t at)
{
    uint32_t agreed   = one->facts & ~(uint32_t)CHOICES;
    int      accepted = accepts(one->second, agreed, sequence);

    tried++;
    if (accepted != is_legal(one->second, agreed, sequence)) {
        print_message("facts %04x, %s at %zu: %s\n", (unsigned)one->facts, what, at,
                      accepted ? "accepted" : "refused");
        print_sequence("  sequence", sequence);
        wrongly++;
    }
}

static void remove_at(Sequence *sequence, size_t at)
{
    sequence->length--;
    memmove(&sequence->at[at], &sequence->at[at + 1],
            (sequence->length - at) * sizeof(sequence->at[0]));
}

static void insert_at(Sequence *sequence, size_t at, const Token *token)
{
    memmove(&sequence->at[at + 1], &sequence->at[at],
            (sequence->length - at) * sizeof(sequence->at[0]));
    sequence->at[at] = token;
    sequence->length++;
}

static void try_mistakes(const Combination *one, const Sequence *right)
{
    size_t   at, other;
    Sequence wrong;

    for (at = 0; at <= right->length; at++) {
        wrong        = *right;
        wrong.length = at;
        try_sequence(one, &wrong, "end", at);
        for (other = 0; other < TOKENS; other++) {
            wrong = *right;
            insert_at(&wrong, at, &tokens[other]);
            try_sequence(one, &wrong, "insertion", at);
        }
        if (at == right->length) {
            break;
        }
        wrong = *right;
        remove_at(&wrong, at);
        try_sequence(one, &wrong, "omission", at);
        for (other = 0; other < TOKENS; other++) {
            wrong        = *right;
            wrong.at[at] = &tokens[other];
            try_sequence(one, &wrong, "replacement", at);
        }
        for (other = at + 1; other < right->length; other++) {
            wrong           = *right;
            wrong.at[at]    = right->at[other];
            wrong.at[other] = right->at[at];
            try_sequence(one, &wrong, "swap", at);
        }
    }
}

static void try_mistakes_from(size_t i)
{
    Sequence right;

    tried = wrongly = 0;
    for (; i < combination_count; i++) {
        expand(combinations[i].grammar, combinations[i].facts, &right);
        drop_compatibility(combinations[i].second, &right);
        try_sequence(&combinations[i], &right, "nothing", 0);
        assert_true(
            accepts(combinations[i].second, combinations[i].facts & ~(uint32_t)CHOICES, &right));
        try_mistakes(&combinations[i], &right);
    }
    print_message("%d sequences\n", tried);
    assert_int_equal(wrongly, 0);
}

static void every_single_mistake_is_refused(void **unused)
{
    (void)unused;
    try_mistakes_from(0);
}

/* RFC 8446 4.6.2: with a certificate, and without. A flow of its own, on a connection that stands.
 */
static void a_later_certificate(void **unused)
{
    static const char grammar[] = "REQUEST cert verify:c fin";
    const uint32_t    asked     = FACT_CERT_REQUESTED | FACT_LATER;
    const size_t      others    = combination_count;
    Sequence          derived, expected;
    size_t            i;

    (void)unused;
    combine(asked, sslr_flow_post_auth, grammar);
    combine(asked | FACT_CLIENT_CERTIFIED, sslr_flow_post_auth, grammar);
    for (i = others; i < combination_count; i++) {
        derive(sslr_flow_post_auth, combinations[i].facts, &derived);
        expand(grammar, combinations[i].facts, &expected);
        assert_true(same(&derived, &expected));
    }
    try_mistakes_from(others);
    combination_count = others;
}

/* ---- every mask, also those that never occur ---- */

static size_t count_of(const Sequence *sequence, const char *word)
{
    size_t i, count = 0;

    for (i = 0; i < sequence->length; i++) {
        count += strcmp(sequence->at[i]->word, word) == 0;
    }
    return count;
}

/* No set of facts leads around what authenticates. */
static void no_mask_leads_around_finished(void **unused)
{
    uint32_t facts;
    Sequence sequence;

    (void)unused;
    for (facts = 0; facts <= FACT_ALL; facts++) {
        int full = (facts & FACT_FULL) != 0, resumed = (facts & FACT_RESUMED) != 0;
        int psk       = (facts & FACT_PSK) != 0;
        int parameter = (facts & FACT_EPHEMERAL) != 0 || (psk && (facts & FACT_PSK_HINT) != 0);

        derive(sslr_flow_tls13, facts, &sequence);
        assert_int_equal(count_of(&sequence, "FIN"), 1);
        assert_int_equal(count_of(&sequence, "fin"), 1);
        assert_int_equal(count_of(&sequence, "CERT"), !psk);
        assert_int_equal(count_of(&sequence, "VERIFY"), !psk);
        if (full == resumed) {
            continue;
        }
        derive(sslr_flow_tls12, facts, &sequence);
        assert_int_equal(count_of(&sequence, "FIN"), 1);
        assert_int_equal(count_of(&sequence, "fin"), 1);
        assert_true(count_of(&sequence, "CCS") >= 1 && count_of(&sequence, "ccs") >= 1);
        assert_int_equal(count_of(&sequence, "CERT"), full && (facts & FACT_CERTIFIED) != 0);
        assert_int_equal(count_of(&sequence, "cke"), full);
        assert_int_equal(count_of(&sequence, "verify"),
                         full && (facts & FACT_CLIENT_CERTIFIED) != 0);
        assert_int_equal(count_of(&sequence, "SKE"), full && parameter);
    }
}

/* ---- rules that every row keeps ---- */

static const struct {
    const char    *name;
    const FlowRow *rows;
} tables[] = {{"hello", sslr_flow_hello},
              {"tls12", sslr_flow_tls12},
              {"tls13", sslr_flow_tls13},
              {"later certificate", sslr_flow_post_auth}};

#define TABLES (sizeof(tables) / sizeof(tables[0]))

static void for_every_row(void (*check)(const FlowRow *table, const FlowRow *row))
{
    size_t i, j;

    for (i = 0; i < TABLES; i++) {
        for (j = 0; tables[i].rows[j].who != ROW_END; j++) {
            assert_true(j < 64);
            check(tables[i].rows, &tables[i].rows[j]);
        }
        assert_true(j > 0);
        assert_null(tables[i].rows[j].write);
        assert_null(tables[i].rows[j].work);
        assert_null(tables[i].rows[j].then);
    }
}

static int is_one_bit(uint32_t mask)
{
    return mask != 0 && (mask & (mask - 1)) == 0;
}

static void check_form(const FlowRow *table, const FlowRow *row)
{
    (void)table;
    assert_true((row->who & ~WORK) == CLIENT || (row->who & ~WORK) == SERVER);
    assert_int_equal(row->when & ~(uint32_t)FACT_ALL, 0);
    assert_int_equal(row->unless & ~(uint32_t)FACT_ALL, 0);
    assert_int_equal(row->when & row->unless, 0);
    if (is_message(row)) {
        assert_non_null(row->write);
        assert_null(row->work);
        assert_null(row->name);
        assert_string_not_equal(sslr_message_name(row->type), "unknown message");
        assert_int_equal(row->read == NULL, (row->flags & SENDER_ONLY) != 0);
        return;
    }
    assert_non_null(row->work);
    assert_non_null(row->name);
    assert_null(row->write);
    assert_null(row->read);
    assert_int_equal(row->flags, 0);
    assert_int_equal(row->type, 0);
    assert_int_equal(row->choice, 0);
}

static void rows_are_messages_or_decisions(void **unused)
{
    (void)unused;
    for_every_row(check_form);
}

/* F4. Neither what authenticates nor what keys depend on may be left out by whoever sends it. */
static void check_optional(const FlowRow *table, const FlowRow *row)
{
    int old     = table == sslr_flow_hello && row->type == MSG_CLIENT_HELLO_V2;
    int allowed = old || (table == sslr_flow_hello && row->type == MSG_HELLO_RETRY_REQUEST) ||
                  (table == sslr_flow_tls12 && row->type == MSG_CERTIFICATE_STATUS) ||
                  (row->type == MSG_SERVER_KEY_EXCHANGE && row->when == (FACT_FULL | FACT_PSK) &&
                   row->unless == FACT_EPHEMERAL) ||
                  (table != sslr_flow_hello && row->type == MSG_CERTIFICATE_REQUEST);

    if ((row->flags & OPTIONAL) != 0) {
        assert_true(allowed);
        assert_int_equal(row->who, old ? CLIENT : SERVER);
        assert_true(is_one_bit(row->choice));
        assert_null(row->then);
    } else {
        assert_int_equal(row->choice, 0);
    }
    if ((row->flags & SENDER_ONLY) != 0) {
        assert_int_equal(row->type, MSG_CHANGE_CIPHER_SPEC);
        assert_true(table != sslr_flow_tls12);
        /* With 0-RTT data it is sent before the server has said anything. */
        assert_true((row->when & FACT_COMPATIBILITY) != 0 ||
                    (row->who == CLIENT && row->when == FACT_EARLY_OFFERED));
        assert_null(row->then);
        assert_int_equal(row->flags & CHANGES_KEY, 0);
    }
}

static void only_these_rows_are_optional(void **unused)
{
    (void)unused;
    for_every_row(check_optional);
}

/* F3: a fact that the receiver learns from a row is not asked for before that row. */
static void check_order(const FlowRow *table, const FlowRow *row)
{
    const FlowRow *before;

    for (before = table; row->choice != 0 && before <= row; before++) {
        assert_int_equal((before->when | before->unless) & row->choice, 0);
    }
    if (table != sslr_flow_hello) {
        return;
    }
    /* What ServerHello says is not known before it, except by the server's own decisions. */
    if (row->who != SERVER_WORK) {
        assert_int_equal(
            (row->when | row->unless) &
                ~(uint32_t)(FACT_RETRY | FACT_COMPATIBILITY | FACT_V2_HELLO | FACT_EARLY_OFFERED),
            0);
    }
}

static void facts_are_known_before_they_are_asked_for(void **unused)
{
    (void)unused;
    for_every_row(check_order);
}

/* F3, F5: keys are derived and changed in `then` alone, and where they change is marked. */
static void check_then(const FlowRow *table, const FlowRow *row)
{
    int tls12 = table == sslr_flow_tls12, tls13 = table == sslr_flow_tls13;
    int keys =
        (table == sslr_flow_hello && row->type == MSG_SERVER_HELLO) ||
        (tls12 && (row->type == MSG_CHANGE_CIPHER_SPEC || row->type == MSG_CLIENT_KEY_EXCHANGE ||
                   row->when == (FACT_FULL | FACT_RSA_TRANSPORT) || row->work == sslr_work_psk)) ||
        (tls13 && (row->type == MSG_FINISHED || row->type == MSG_END_OF_EARLY_DATA)) ||
        /* The client learns that 0-RTT data is refused; the server, that it is not replayed. */
        (tls13 && row->type == MSG_ENCRYPTED_EXTENSIONS) || row->work == sslr_work_early_data;
    /* These tidy up: the first ClientHello opens the handshake (and puts a client's 0-RTT keys into
     * force), the others end the need for the messages themselves; in a later handshake a
     * certificate is compared with the one before; a later answer is sealed without waiting. */
    int tidies = (table == sslr_flow_hello && row->type == MSG_CLIENT_HELLO &&
                  (row->when & FACT_RETRY) == 0) ||
                 (tls12 && row->type == MSG_SERVER_HELLO_DONE) ||
                 (tls12 && row->type == MSG_CERTIFICATE) ||
                 (table == sslr_flow_post_auth && row->type == MSG_FINISHED);

    if (keys) {
        assert_non_null(row->then);
    }
    if (row->then != NULL) {
        assert_true(keys || tidies);
    }
    assert_int_equal((row->flags & CHANGES_KEY) != 0,
                     (tls12 && row->type == MSG_CHANGE_CIPHER_SPEC) ||
                         (tls13 && row->type == MSG_FINISHED) ||
                         (tls13 && row->type == MSG_END_OF_EARLY_DATA));
    assert_int_equal((row->flags & LAST) != 0,
                     table == sslr_flow_hello && row->type == MSG_SERVER_HELLO);
    if ((row->flags & LAST) != 0) {
        assert_int_equal(row[1].who, ROW_END);
    }
}

static void keys_change_where_the_tables_say(void **unused)
{
    (void)unused;
    for_every_row(check_then);
}

/* Whoever stops to listen has sent what it wrote. */
static void flights_are_flushed(void **unused)
{
    size_t i, j;

    (void)unused;
    for (i = 0; i < combination_count; i++) {
        const FlowRow *row, *before = NULL;

        for (j = 0; (row = row_at(combinations[i].second, j)) != NULL; j++) {
            if (!is_message(row) || !is_there(row, combinations[i].facts)) {
                continue;
            }
            if (before != NULL && before->who != row->who) {
                assert_true((before->flags & FLUSH) != 0);
            }
            before = row;
        }
        assert_non_null(before);
        assert_true((before->flags & FLUSH) != 0);
    }
}

/* ---- decisions stand where they must ---- */

/* Position of the decision among the rows that apply, or of the message; -1 if there is none. */
static int position(const Combination *one, uint8_t who, uint16_t type,
                    SSLErr (*work)(SSLContext *ctx), int last)
{
    const FlowRow *row;
    size_t         i;
    int            found = -1;

    for (i = 0; (row = row_at(one->second, i)) != NULL; i++) {
        if (row->who == who && is_there(row, one->facts) && row->work == work &&
            (work != NULL || row->type == type) && (found < 0 || last)) {
            found = (int)i;
        }
    }
    return found;
}

static int message_at(const Combination *one, uint8_t who, uint16_t type)
{
    return position(one, who, type, NULL, 1);
}

/* Nothing of the client's second flight leaves before the server's certificate is accepted, and it
 * is judged once everything that belongs to it is there. */
static void certificates_are_judged_in_time(void **unused)
{
    size_t i;

    (void)unused;
    for (i = 0; i < combination_count; i++) {
        const Combination *one    = &combinations[i];
        int                tls13  = one->second == sslr_flow_tls13;
        int                client = position(one, CLIENT_WORK, 0, sslr_work_check_certificate, 0);
        int                server = position(one, SERVER_WORK, 0, sslr_work_check_certificate, 0);

        if ((one->facts & FACT_CERTIFIED) == 0) { /* resumed, or anonymous */
            assert_int_equal(client, -1);
            assert_int_equal(server, -1);
            continue;
        }
        assert_true(client > message_at(one, SERVER, MSG_CERTIFICATE));
        assert_true(client > message_at(one, SERVER, MSG_CERTIFICATE_STATUS));
        assert_true(client > message_at(one, SERVER,
                                        tls13 ? MSG_CERTIFICATE_VERIFY : MSG_SERVER_HELLO_DONE));
        assert_true(client < message_at(one, CLIENT, MSG_FINISHED));
        if (!tls13) {
            assert_true(client < message_at(one, CLIENT, MSG_CLIENT_KEY_EXCHANGE));
        }
        if ((one->facts & FACT_CERT_REQUESTED) != 0) {
            int identity = position(one, CLIENT_WORK, 0, sslr_work_client_identity, 0);

            assert_true(client < message_at(one, CLIENT, MSG_CERTIFICATE));
            assert_true(identity > message_at(one, SERVER, MSG_CERTIFICATE_REQUEST));
            assert_true(identity < message_at(one, CLIENT, MSG_CERTIFICATE));
        }
        if ((one->facts & FACT_CLIENT_CERTIFIED) != 0) {
            assert_true(server > message_at(one, CLIENT, MSG_CERTIFICATE_VERIFY));
            assert_true(server < message_at(one, CLIENT, MSG_FINISHED));
        } else {
            assert_int_equal(server, -1);
        }
    }
}

static void signatures_are_made_before_they_are_sent(void **unused)
{
    size_t i;

    (void)unused;
    for (i = 0; i < combination_count; i++) {
        const Combination *one   = &combinations[i];
        int                tls13 = one->second == sslr_flow_tls13;
        int                made  = position(one, SERVER_WORK, 0,
                            tls13 ? sslr_work_sign_verify : sslr_work_sign_key_exchange, 0);
        int                sent =
            message_at(one, SERVER, tls13 ? MSG_CERTIFICATE_VERIFY : MSG_SERVER_KEY_EXCHANGE);

        assert_int_equal(made < 0, sent < 0 || (one->facts & FACT_PSK_HINT) != 0);
        assert_true(made <= sent);
        if (tls13 && (one->facts & FACT_FULL) != 0) {
            /* The signature covers the Certificate: it cannot be made earlier. */
            assert_int_equal(made, message_at(one, SERVER, MSG_CERTIFICATE) + 1);
        }
        made = position(one, CLIENT_WORK, 0, sslr_work_sign_verify, 0);
        sent = message_at(one, CLIENT, MSG_CERTIFICATE_VERIFY);
        assert_int_equal(made < 0, sent < 0);
        if (sent >= 0) {
            assert_true(made >
                        message_at(one, CLIENT, tls13 ? MSG_CERTIFICATE : MSG_CLIENT_KEY_EXCHANGE));
            assert_true(made < sent);
        }
    }
}

/* The premaster is there before the keys are asked for. */
static void the_premaster_is_decrypted_in_time(void **unused)
{
    size_t i;

    (void)unused;
    for (i = 0; i < combination_count; i++) {
        const Combination *one = &combinations[i];
        int decrypted          = position(one, SERVER_WORK, 0, sslr_work_decrypt_premaster, 0);

        assert_int_equal(decrypted >= 0, (one->facts & FACT_RSA_TRANSPORT) != 0);
        if (decrypted >= 0) {
            assert_int_equal(decrypted, message_at(one, CLIENT, MSG_CLIENT_KEY_EXCHANGE) + 1);
            assert_true(decrypted < message_at(one, CLIENT, MSG_CHANGE_CIPHER_SPEC));
        }
    }
}

/* Behind whatever else the premaster is made of. */
static void the_pre_shared_key_is_looked_up_in_time(void **unused)
{
    size_t i;

    (void)unused;
    for (i = 0; i < combination_count; i++) {
        const Combination *one = &combinations[i];
        int                key = position(one, SERVER_WORK, 0, sslr_work_psk, 0);

        assert_int_equal(key >= 0, one->second == sslr_flow_tls12 && (one->facts & FACT_PSK) != 0);
        if (key >= 0) {
            assert_true(key > message_at(one, CLIENT, MSG_CLIENT_KEY_EXCHANGE));
            assert_true(key > position(one, SERVER_WORK, 0, sslr_work_decrypt_premaster, 0));
            assert_true(key < message_at(one, CLIENT, MSG_CHANGE_CIPHER_SPEC));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_combination_gives_the_sequence_of_the_specification),
        cmocka_unit_test(every_single_mistake_is_refused),
        cmocka_unit_test(a_later_certificate),
        cmocka_unit_test(no_mask_leads_around_finished),
        cmocka_unit_test(rows_are_messages_or_decisions),
        cmocka_unit_test(only_these_rows_are_optional),
        cmocka_unit_test(facts_are_known_before_they_are_asked_for),
        cmocka_unit_test(keys_change_where_the_tables_say),
        cmocka_unit_test(flights_are_flushed),
        cmocka_unit_test(certificates_are_judged_in_time),
        cmocka_unit_test(signatures_are_made_before_they_are_sent),
        cmocka_unit_test(the_premaster_is_decrypted_in_time),
        cmocka_unit_test(the_pre_shared_key_is_looked_up_in_time),
    };

    return cmocka_run_group_tests(tests, list_combinations, NULL);
}
