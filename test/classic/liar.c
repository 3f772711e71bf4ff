/*
 * liar.c - see liar.h.
 */
#include "liar.h"

#define ROWS        40
#define GENERATIONS 8

enum {
    HELLO,
    TLS12,
    SSL2,
    TABLES
};

static struct {
    Profile    profile;
    Generation generations[GENERATIONS], ssl2;
    FlowRow    rows[TABLES][ROWS];
    SSLErr (*writes[TABLES][ROWS])(SSLContext *ctx, Writer *body);
    LiarFunc    lie;
    const void *plan;
} liar;

static SSLErr write_and_lie(SSLContext *ctx, Writer *body)
{
    const FlowRow *row = ctx->handshake->row;
    Draft          draft;
    SSLErr         err;
    int            i;

    for (i = 0; i < TABLES; i++) {
        if (row >= liar.rows[i] && row < liar.rows[i] + ROWS) {
            draft.ctx   = ctx;
            draft.type  = row->type;
            draft.out   = body;
            draft.start = body->length;
            err         = liar.writes[i][row - liar.rows[i]](ctx, body);
            if (err == SSLNoErr && liar.lie != NULL) {
                liar.lie(&draft, liar.plan);
            }
            return err;
        }
    }
    return SSLInternalErr;
}

static size_t count_rows(const FlowRow *table)
{
    size_t count = 0;

    while (table[count].who != ROW_END) {
        count++;
    }
    return count;
}

static void copy_table(int which, const FlowRow *table)
{
    size_t count = count_rows(table), i;

    assert_true(count + 2 < ROWS);
    memcpy(liar.rows[which], table, (count + 1) * sizeof(FlowRow));
    for (i = 0; i < count; i++) {
        liar.writes[which][i] = table[i].write;
        if (table[i].write != NULL) {
            liar.rows[which][i].write = write_and_lie;
        }
    }
}

void liar_prepare(End *end, LiarFunc lie, const void *plan)
{
    const Profile *profile = end->ctx->profile;
    size_t         i;

    memset(&liar, 0, sizeof(liar));
    liar.lie  = lie;
    liar.plan = plan;
    copy_table(HELLO, sslr_flow_hello);
    copy_table(TLS12, sslr_flow_tls12);
    copy_table(SSL2, sslr_flow_ssl2);
    liar.profile = *profile;
    assert_true(profile->generation_count <= GENERATIONS);
    memcpy(liar.generations, profile->generations, profile->generation_count * sizeof(Generation));
    for (i = 0; i < profile->generation_count; i++) {
        if (liar.generations[i].flow == sslr_flow_tls12) {
            liar.generations[i].flow = liar.rows[TLS12];
        }
    }
    liar.ssl2                = *profile->ssl2;
    liar.ssl2.flow           = liar.rows[SSL2];
    liar.profile.generations = liar.generations;
    liar.profile.ssl2        = &liar.ssl2;
    liar.profile.first_flow  = liar.rows[HELLO];
    end->ctx->profile        = &liar.profile;
}

/* ---- moving rows ---- */

static int table_of(const End *end)
{
    return end->ctx->config.version_max == SSL_Version_2_0 ? SSL2 : TLS12;
}

static size_t find_row(int table, uint16_t type)
{
    size_t i = 0;

    while (liar.rows[table][i].type != type) {
        assert_int_not_equal(liar.rows[table][i].who, ROW_END);
        i++;
    }
    return i;
}

static void move_rows(int table, size_t from, size_t to)
{
    size_t count = ROWS - 1 - (from > to ? from : to);

    memmove(&liar.rows[table][to], &liar.rows[table][from], count * sizeof(FlowRow));
    memmove(&liar.writes[table][to], &liar.writes[table][from], count * sizeof(liar.writes[0][0]));
}

void liar_drop(End *end, uint16_t type)
{
    int    table = table_of(end);
    size_t at    = find_row(table, type);

    move_rows(table, at + 1, at);
}

void liar_double(End *end, uint16_t type)
{
    int    table = table_of(end);
    size_t at    = find_row(table, type);

    move_rows(table, at, at + 1);
    liar.rows[table][at].then = NULL; /* keys change once */
}

void liar_move_before(End *end, uint16_t type, uint16_t before)
{
    int     table                                    = table_of(end);
    size_t  from                                     = find_row(table, type), to;
    FlowRow row                                      = liar.rows[table][from];
    SSLErr (*write)(SSLContext * ctx, Writer * body) = liar.writes[table][from];

    move_rows(table, from + 1, from);
    to = find_row(table, before);
    move_rows(table, to, to + 1);
    liar.rows[table][to]   = row;
    liar.writes[table][to] = write;
}

/* ---- drafts ---- */

uint8_t *draft_body(Draft *draft)
{
    return draft->out->data + draft->start;
}

size_t draft_length(const Draft *draft)
{
    return draft->out->length - draft->start;
}

void draft_set(Draft *draft, const void *data, size_t length)
{
    draft->out->length = draft->start;
    write_bytes(draft->out, bytes_of(data, length));
}
