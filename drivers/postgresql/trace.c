/*
 * Which statements cannot share a transaction with what is written about them, and what tells about those.
 * An index counts once it is valid: what a failed CREATE INDEX CONCURRENTLY leaves is none. Names without a
 * schema are looked for where the session of the statement would have: its search path is a part of the
 * fingerprint.
 */
#include "drivers/postgresql/trace.h"
#include "drivers/postgresql/internal.h"
#include "drivers/postgresql/lexer.h"
#include "drivers/sql_trace.h"

static struct sql_cursor cursor_of(struct slice text)
{
    struct sql_cursor c = {.lex = postgresql_lex, .lexer = {.text = text}};
    sql_cursor_open(&c);
    return c;
}

static bool has_text(struct slice text, const char *lower)
{
    size_t n = strlen(lower);
    for (size_t i = 0; i + n <= text.len; i++) {
        if (strncasecmp(text.ptr + i, lower, n) == 0) {
            return true;
        }
    }
    return false;
}

/* A block may end transactions itself, or call what does. */
static bool ends_transactions(struct slice text)
{
    return has_text(text, "commit") || has_text(text, "rollback") || has_text(text, "call");
}

/* The words of `objects`, from the names at which the cursor stands. */
static void shows(struct arena *a, const struct strbuf *objects, struct trace *out)
{
    *out = (struct trace){.kind = TRACE_SCHEMA, .objects = arena_dup(a, strbuf_cstr(objects))};
}

static void named(struct arena *a, struct sql_cursor *c, const char *kind, struct trace *out)
{
    AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
    strbuf_adds(&b, kind);
    if (sql_trace_take(c, &b, true)) {
        shows(a, &b, out);
    }
}

/* CREATE [UNIQUE] INDEX CONCURRENTLY [[IF NOT EXISTS] name] ON [ONLY] table: it comes to be in the schema of
 * its table. */
static void trace_create_index(struct arena *a, struct sql_cursor *c, struct trace *out)
{
    AUTO(strbuf_release) struct strbuf index = STRBUF_INIT, table = STRBUF_INIT;
    sql_cursor_take(c, "concurrently");
    if (sql_cursor_take(c, "if")) {
        sql_cursor_take(c, "not");
        sql_cursor_take(c, "exists");
    }
    bool unnamed = sql_cursor_take(c, "on");
    if (!unnamed && (!sql_trace_take(c, &index, true) || !sql_cursor_take(c, "on"))) {
        return;
    }
    sql_cursor_take(c, "only");
    strbuf_adds(&table, unnamed ? "indexes" : "valid");
    if (sql_trace_take(c, &table, true)) {
        strbuf_add(&table, index.ptr, index.len);
        shows(a, &table, out);
    }
}

static void trace_outside(struct arena *a, struct sql_cursor *c, struct trace *out)
{
    static const char *const again[] = {"vacuum", "reindex", "cluster"};
    out->kind = TRACE_NONE;
    if (sql_word_in(&c->t, again, COUNT_OF(again))) {
        out->kind = TRACE_REPEAT;
    } else if (sql_cursor_take(c, "create")) {
        sql_cursor_take(c, "unique");
        if (sql_cursor_take(c, "index")) {
            trace_create_index(a, c, out);
        } else if (sql_cursor_take(c, "database")) {
            named(a, c, "database", out);
        }
    } else if (sql_cursor_take(c, "drop")) {
        bool index = sql_cursor_take(c, "index"), database = !index && sql_cursor_take(c, "database");
        sql_cursor_take(c, "concurrently");
        if (sql_word_is(&c->t, "if")) {
            out->kind = TRACE_REPEAT;
        } else if (index || database) {
            named(a, c, index ? "index" : "database", out);
        }
    } else if (sql_cursor_take(c, "alter") &&
               (sql_word_is(&c->t, "system") || sql_word_is(&c->t, "database"))) {
        out->kind = TRACE_REPEAT;
    } else if (sql_word_is(&c->t, "discard")) {
        out->kind = TRACE_SESSION;
    }
}

static bool take_symbol(struct sql_cursor *c, char symbol)
{
    bool is = sql_symbol_is(&c->t, symbol);
    if (is) {
        sql_cursor_next(c);
    }
    return is;
}

static bool take_literal(struct sql_cursor *c)
{
    bool is = c->t.kind == SQL_TOKEN_STRING;
    if (is) {
        sql_cursor_next(c);
    }
    return is;
}

/* SELECT set_config('name', 'value', false) and no more: the SET of dumps. */
static bool is_set(struct sql_cursor c)
{
    if (!sql_cursor_take(&c, "select")) {
        return false;
    }
    if (sql_cursor_take(&c, "pg_catalog") && !take_symbol(&c, '.')) {
        return false;
    }
    if (!sql_cursor_take(&c, "set_config") || !take_symbol(&c, '(') || !take_literal(&c) ||
        !take_symbol(&c, ',') || !take_literal(&c) || !take_symbol(&c, ',')) {
        return false;
    }
    sql_cursor_next(&c);
    return take_symbol(&c, ')') && c.t.kind == SQL_TOKEN_END;
}

/* Something that is gone with the session and that nothing but the same statement with the same rows would
 * make again. By the text, so that the bodies of blocks count too. */
static bool leaves(const struct sql_cursor *c, struct slice text)
{
    static const char *const parts[] = {
        "set_config",      "advisory_lock", "pg_temp",           "dblink_connect", "temp table",
        "temporary table", "temp view",     "temporary view",    "temp sequence",  "into temp",
        "set session",     "set role",      "temporary sequence"};
    if (sql_word_is(&c->t, "declare")) {
        return has_text(text, "hold");
    }
    static const char *const temporary[] = {"temp", "temporary"};
    struct sql_cursor ahead = *c;
    for (int i = 0; sql_word_is(&c->t, "create") && i < 5; i++, sql_cursor_next(&ahead)) {
        if (sql_word_in(&ahead.t, temporary, COUNT_OF(temporary))) {
            return true;
        }
    }
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        if (has_text(text, parts[i])) {
            return true;
        }
    }
    return sql_word_is(&c->t, "do") && has_text(text, "set search_path");
}

static bool calls_functions(const struct sql_statement *s, const struct sql_cursor *c)
{
    static const char *const words[] = {"do", "call", "execute", "copy", "refresh"};
    return s->kind != SQL_OTHER || sql_word_in(&c->t, words, COUNT_OF(words)) || has_text(s->text, "select");
}

void postgresql_trace(struct arena *a, struct slice statement, struct trace *out)
{
    static const char *const session[] = {"set",      "reset",   "discard",    "listen",
                                          "unlisten", "prepare", "deallocate", "load"};
    struct sql_statement s = {.text = statement};
    struct sql_cursor c = cursor_of(statement), start = c;
    postgresql_classify(&s, false);
    *out = (struct trace){.kind = TRACE_ROWS};
    if (s.outside_transaction) {
        trace_outside(a, &c, out);
    } else if (sql_word_in(&c.t, session, COUNT_OF(session)) || is_set(c)) {
        out->kind = TRACE_SESSION;
    } else if (sql_word_is(&c.t, "call") || (sql_word_is(&c.t, "do") && ends_transactions(statement))) {
        out->kind = TRACE_NONE;
        out->several = true; /* what it has committed stays */
    }
    out->leaves = out->kind != TRACE_SESSION && leaves(&start, statement);
    out->sets_last = calls_functions(&s, &start);
    bool discards = sql_cursor_take(&start, "discard") && sql_word_is(&start.t, "all");
    out->unlocks = discards || has_text(statement, "advisory_unlock_all");
    out->uses_last = has_text(statement, "lastval") || has_text(statement, "currval");
}

/* Up to the name of the table, of the index, or of the database. */
static const struct look {
    const char *kind, *query;
} looks[] = {
    {"valid",
     "SELECT pg_catalog.count(*)::text || ':' || coalesce(pg_catalog.sum(i.indexrelid::bigint), 0) FROM "
     "pg_catalog.pg_class c JOIN pg_catalog.pg_index i ON i.indrelid = c.oid AND i.indisvalid JOIN "
     "pg_catalog.pg_class x ON x.oid = i.indexrelid JOIN "
     "pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relname = "},
    {"index",
     "SELECT pg_catalog.count(*)::text || ':' || coalesce(pg_catalog.sum(c.oid::bigint), 0) || CASE WHEN "
     "pg_catalog.bool_or(NOT i.indisvalid) THEN '!' ELSE '' END FROM "
     "pg_catalog.pg_class c JOIN pg_catalog.pg_index i ON i.indexrelid = c.oid JOIN "
     "pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relname = "},
    {"indexes",
     "SELECT pg_catalog.count(*)::text || ':' || coalesce(pg_catalog.sum(i.indexrelid::bigint), 0) "
     "FROM pg_catalog.pg_class c JOIN pg_catalog.pg_index i ON i.indrelid = c.oid AND i.indisvalid "
     "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relname = "},
    /* DROP DATABASE marks what it has begun to drop. */
    {"database",
     "SELECT pg_catalog.count(*)::text || CASE WHEN pg_catalog.bool_or(c.datconnlimit = -2) THEN '!' ELSE '' "
     "END FROM pg_catalog.pg_database c WHERE c.datname = "},
};

#define SEARCH_PATH "ANY (pg_catalog.current_schemas(false))"

/* The schemas of the session's path, by their numbers. */
static const char path_now[] =
    " || ' ' || (SELECT coalesce(pg_catalog.string_agg(s.oid::text, ',' ORDER BY s.oid), '-') FROM "
    "pg_catalog.pg_namespace s WHERE s.nspname = " SEARCH_PATH ")";

/* The path in a fingerprint that was recorded; NULL: none is there. */
static const char *path_recorded(const char *recorded)
{
    const char *path = strchr(recorded, ' ');
    bool well =
        path && (strcmp(path, " -") == 0 || (path[1] && path[1 + strspn(path + 1, "0123456789,")] == '\0'));
    return well ? path + 1 : NULL;
}

/* Other tenants of the database have indexes of the same name. */
static void add_path(struct strbuf *b, const char *recorded)
{
    const char *path = recorded ? path_recorded(recorded) : NULL;
    if (!recorded) {
        strbuf_addf(b, " AND n.nspname = " SEARCH_PATH ")%s", path_now);
    } else if (path) {
        strbuf_addf(b, " AND n.oid = ANY ('{%s}'::oid[])) || ' %s'", *path == '-' ? "" : path, path);
    } else {
        strbuf_adds(b, ") || '!'");
    }
}

static void add_look(struct arena *a, struct strbuf *b, const struct look *l, struct slice names,
                     const char *recorded)
{
    struct slice word = {0};
    const char *schema, *name;
    sql_trace_word(&names, &word);
    sql_trace_name(a, word, &schema, &name);
    strbuf_addf(b, " || ' ' || (%s", l->query);
    pg_quote_literal(b, slice_of(name));
    if (sql_trace_word(&names, &word)) {
        const char *ignored, *index;
        sql_trace_name(a, word, &ignored, &index);
        strbuf_adds(b, " AND x.relname = ");
        pg_quote_literal(b, slice_of(index));
    }
    if (schema) {
        strbuf_adds(b, " AND n.nspname = ");
        pg_quote_literal(b, slice_of(schema));
        strbuf_adds(b, ")");
    } else if (strcmp(l->kind, "database") == 0) {
        strbuf_adds(b, ")");
    } else {
        add_path(b, recorded);
    }
}

char *postgresql_trace_entry(struct arena *a, const char *text, const char *objects, const char *recorded)
{
    AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
    struct slice names = slice_of(objects ? objects : ""), kind;
    strbuf_adds(&b, "pg_catalog.pg_backend_pid()::text || ' ' || ");
    pg_quote_literal(&b, slice_of(text));
    if (sql_trace_word(&names, &kind)) {
        for (size_t i = 0; i < COUNT_OF(looks); i++) {
            if (slice_eq(kind, looks[i].kind)) {
                add_look(a, &b, &looks[i], names, recorded);
            }
        }
    }
    return arena_dup(a, strbuf_cstr(&b));
}
