/*
 * What a statement leaves behind when it fails. Nearly all take part in a transaction and leave nothing.
 * CREATE INDEX CONCURRENTLY and REINDEX CONCURRENTLY commit as they go: what they were building stays, marked
 * INVALID, is kept up to date by every write, used by no query, and in the way of the next attempt.
 */
#include "base/vec.h"
#include "drivers/postgresql/internal.h"
#include "drivers/postgresql/lexer.h"

enum index_kind {
    INDEX_NONE,
    INDEX_CREATE,
    INDEX_REINDEX,
    INDEX_REINDEX_TABLE,
    INDEX_REINDEX_SCHEMA,
    INDEX_REINDEX_DATABASE
};

struct index_statement {
    enum index_kind kind;
    bool concurrently, if_not_exists;
    struct slice
        name; /* as written: of the index, or of the table or schema that is reindexed; empty: none */
    struct slice table; /* INDEX_CREATE */
};

static bool is_name(const struct sql_token *t)
{
    return t->kind == SQL_TOKEN_WORD || t->kind == SQL_TOKEN_NAME;
}

/* A name with its schema, as it is written. */
static struct slice take_name(struct sql_cursor *c)
{
    if (!is_name(&c->t)) {
        return (struct slice){NULL, 0};
    }
    struct slice name = c->t.text;
    for (;;) {
        sql_cursor_next(c);
        if (!sql_symbol_is(&c->t, '.')) {
            return name;
        }
        sql_cursor_next(c);
        name.len = (size_t)(c->t.text.ptr + c->t.text.len - name.ptr);
    }
}

static void parse_create(struct sql_cursor *c, struct index_statement *s)
{
    sql_cursor_take(c, "unique");
    if (!sql_cursor_take(c, "index")) {
        return;
    }
    s->concurrently = sql_cursor_take(c, "concurrently");
    if (sql_cursor_take(c, "if")) {
        s->if_not_exists = sql_cursor_take(c, "not") && sql_cursor_take(c, "exists");
    }
    s->name = sql_word_is(&c->t, "on") ? (struct slice){NULL, 0} : take_name(c);
    if (sql_cursor_take(c, "on")) {
        sql_cursor_take(c, "only");
        s->table = take_name(c);
        s->kind = s->table.len ? INDEX_CREATE : INDEX_NONE;
    }
}

static enum index_kind take_reindexed(struct sql_cursor *c)
{
    static const struct {
        const char *word;
        enum index_kind kind;
    } kinds[] = {{"index", INDEX_REINDEX},
                 {"table", INDEX_REINDEX_TABLE},
                 {"schema", INDEX_REINDEX_SCHEMA},
                 {"database", INDEX_REINDEX_DATABASE}};
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        if (sql_cursor_take(c, kinds[i].word)) {
            return kinds[i].kind;
        }
    }
    return INDEX_NONE;
}

static void parse_reindex(struct sql_cursor *c, struct index_statement *s)
{
    enum index_kind kind;
    while ((kind = take_reindexed(c)) == INDEX_NONE && c->t.kind != SQL_TOKEN_END) {
        s->concurrently = s->concurrently || sql_word_is(&c->t, "concurrently");
        sql_cursor_next(c);
    }
    s->concurrently = sql_cursor_take(c, "concurrently") || s->concurrently;
    s->name = take_name(c);
    s->kind = s->name.len || kind == INDEX_REINDEX_DATABASE ? kind : INDEX_NONE;
}

static struct index_statement parse(struct slice text)
{
    struct index_statement s = {0};
    struct sql_cursor c = {.lex = postgresql_lex, .lexer = {.text = text}};
    sql_cursor_open(&c);
    if (sql_cursor_take(&c, "create")) {
        parse_create(&c, &s);
    } else if (sql_cursor_take(&c, "reindex")) {
        parse_reindex(&c, &s);
    }
    return s;
}

bool pg_may_leave(struct slice text)
{
    struct index_statement s = parse(text);
    return s.kind != INDEX_NONE && (s.concurrently || s.if_not_exists);
}

/* Code with COMMITs of its own, and the one ALTER TABLE that stops half-way. */
enum statement_failure pg_fails(struct slice text)
{
    struct sql_cursor c = {.lex = postgresql_lex, .lexer = {.text = text}};
    struct sql_statement s = {.text = text};
    sql_cursor_open(&c);
    postgresql_classify(&s, false);
    bool halts = sql_word_is(&c.t, "alter") && s.outside_transaction;
    return sql_word_is(&c.t, "call") || sql_word_is(&c.t, "do") || halts ? FAILS_UNKNOWN : FAILS_WHOLE;
}

/* A query for the tables that the statement is about. */
static char *tables_of(struct arena *a, const struct index_statement *s, const char *name, const char *table,
                       bool parts)
{
    char *members = arena_printf(
        a, "SELECT pg_catalog.to_regclass(%s)::oid AS oid%s%s%s", name,
        parts ? " UNION SELECT relid FROM pg_catalog.pg_partition_tree(pg_catalog.to_regclass(" : "",
        parts ? name : "", parts ? "))" : "");
    switch (s->kind) {
    case INDEX_REINDEX:
        return arena_printf(a, "SELECT indrelid FROM pg_catalog.pg_index WHERE indexrelid IN (%s)", members);
    case INDEX_REINDEX_SCHEMA:
        members = arena_printf(
            a, "SELECT oid FROM pg_catalog.pg_class WHERE relnamespace = pg_catalog.to_regnamespace(%s)",
            name);
        break;
    case INDEX_REINDEX_DATABASE:
        return arena_dup(a, "SELECT oid FROM pg_catalog.pg_class");
    case INDEX_REINDEX_TABLE:
        break;
    default:
        return arena_printf(a, "SELECT pg_catalog.to_regclass(%s)::oid", table);
    }
    return arena_printf(a,
                        "WITH m AS (%s) SELECT oid FROM m UNION SELECT t.reltoastrelid FROM m"
                        " JOIN pg_catalog.pg_class t ON t.oid = m.oid",
                        members);
}

/* Is x, an INVALID index, one that the statement names? What REINDEX makes is called like the index it is to
 * take the place of, as far as a name may be long. */
static char *named_by(struct arena *a, const struct index_statement *s, const char *name, bool parts)
{
#define MADE "'_cc(new|old)[0-9]*$'"
    if (s->kind == INDEX_CREATE) {
        return s->name.len ? arena_printf(a, "x.relname = (pg_catalog.parse_ident(%s))[1]", name)
                           : arena_dup(a, "false");
    }
    const char *only = "";
    if (s->kind == INDEX_REINDEX) {
        only = arena_printf(
            a, " AND (o.oid = pg_catalog.to_regclass(%s)%s%s%s)", name,
            parts ? " OR o.oid IN (SELECT relid FROM pg_catalog.pg_partition_tree(pg_catalog.to_regclass("
                  : "",
            parts ? name : "", parts ? ")))" : "");
    }
    return arena_printf(
        a,
        "(x.relname ~ " MADE " AND EXISTS (SELECT 1 FROM pg_catalog.pg_index k"
        " JOIN pg_catalog.pg_class o ON o.oid = k.indexrelid,"
        " pg_catalog.regexp_replace(x.relname, " MADE ", '') AS base"
        " WHERE k.indrelid = i.indrelid AND (o.relname = base OR"
        " (pg_catalog.octet_length(x.relname) > 59 AND pg_catalog.starts_with(o.relname, base)))%s))",
        only);
}

/* Which invalid indexes of the tables have to do with the statement. The command that goes by pid is building
 * it at this moment: of other people's commands only the process is shown, and its locks. Servers before 12
 * tell nothing: there whoever locks the table so may be it. */
static char *question(struct conn *c, struct arena *a, const struct index_statement *s)
{
    AUTO(strbuf_release) struct strbuf name = STRBUF_INIT, table = STRBUF_INIT;
    pg_quote_literal(&name, s->name);
    pg_quote_literal(&table, s->table);
    bool tells = PQserverVersion(pg_of(c)->pg) >= 120000;
    const char *builder =
        tells
            ? "(SELECT min(b.pid) FROM pg_catalog.pg_stat_progress_create_index b"
              " WHERE b.datname = current_database() AND b.pid <> pg_catalog.pg_backend_pid()"
              " AND (b.relid = i.indrelid OR (b.relid IS NULL AND EXISTS (SELECT 1 FROM pg_catalog.pg_locks l"
              " WHERE l.pid = b.pid AND l.relation = i.indrelid))))"
            : "(SELECT min(b.pid) FROM pg_catalog.pg_locks b WHERE b.relation = i.indrelid"
              " AND b.mode = 'ShareUpdateExclusiveLock'"
              " AND b.pid <> pg_catalog.pg_backend_pid())";
    const char *named = named_by(a, s, strbuf_cstr(&name), tells);
    bool many =
        s->kind == INDEX_REINDEX_SCHEMA || s->kind == INDEX_REINDEX_DATABASE; /* others work there too */
    return arena_printf(
        a,
        "SELECT x.oid, pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(x.relname), %s, %s"
        " FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid"
        " JOIN pg_catalog.pg_namespace n ON n.oid = x.relnamespace"
        " WHERE NOT i.indisvalid AND x.relkind = 'i' AND i.indrelid IN (%s) AND %s ORDER BY x.oid",
        named, builder, tables_of(a, s, strbuf_cstr(&name), strbuf_cstr(&table), tells),
        many ? named : "true");
}

int pg_leftovers(struct conn *c, struct arena *a, struct slice text, struct leftover **out, size_t *n,
                 struct err *err)
{
    struct index_statement parsed = parse(text);
    *out = NULL;
    *n = 0;
    if (parsed.kind == INDEX_NONE) {
        return 0;
    }
    struct statement s = {.text = slice_of(question(c, a, &parsed)), .flags = STATEMENT_ROWS};
    struct outcome o;
    size_t done;
    int rc = pg_batch(c, a, &s, 1, &o, &done, err);
    if (rc) {
        return err_wrap(err, "looking for INVALID indexes");
    }
    struct leftover *list = arena_array(a, o.rows.nrows, sizeof(*list));
    for (size_t i = 0; i < o.rows.nrows; i++) {
        const struct slice *cells = o.rows.cells + i * o.rows.ncols;
        list[i] = (struct leftover){
            .id = strtoll(cells[0].ptr, NULL, 10),
            .name = cells[1].ptr,
            .what = arena_printf(a, "the INVALID index %s", cells[1].ptr),
            .named = cells[2].ptr && cells[2].ptr[0] == 't',
            .builder = cells[3].ptr ? strtoll(cells[3].ptr, NULL, 10) : 0,
            .drop = arena_printf(a, "DROP INDEX CONCURRENTLY IF EXISTS %s", cells[1].ptr),
        };
    }
    *out = list;
    *n = o.rows.nrows;
    return 0;
}
