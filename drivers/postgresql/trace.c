/*
 * Which statements cannot share a transaction with what is written about them, and what tells about those.
 * An index counts once it is valid: what a failed CREATE INDEX CONCURRENTLY leaves is none.
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

static bool named(struct arena *a, struct sql_cursor *c, const char *kind, struct trace *out)
{
    AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
    strbuf_adds(&b, kind);
    if (!sql_trace_take(c, &b, true)) {
        return false;
    }
    *out = (struct trace){.kind = TRACE_SCHEMA, .objects = arena_dup(a, strbuf_cstr(&b))};
    return true;
}

/* CREATE [UNIQUE] INDEX CONCURRENTLY [[IF NOT EXISTS] name] ON [ONLY] table */
static void trace_create_index(struct arena *a, struct sql_cursor *c, struct trace *out)
{
    sql_cursor_take(c, "concurrently");
    if (sql_cursor_take(c, "if")) {
        sql_cursor_take(c, "not");
        sql_cursor_take(c, "exists");
    }
    bool unnamed = sql_cursor_take(c, "on");
    sql_cursor_take(c, "only");
    named(a, c, unnamed ? "indexes" : "valid", out);
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
        if (sql_cursor_take(c, "if")) {
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

void postgresql_trace(struct arena *a, struct slice statement, struct trace *out)
{
    static const char *const session[] = {"set",      "reset",   "discard",    "listen",
                                          "unlisten", "prepare", "deallocate", "load"};
    struct sql_statement s = {.text = statement};
    struct sql_cursor c = cursor_of(statement);
    postgresql_classify(&s, false);
    *out = (struct trace){.kind = TRACE_ROWS};
    if (s.outside_transaction) {
        trace_outside(a, &c, out);
    } else if (sql_word_in(&c.t, session, COUNT_OF(session))) {
        out->kind = TRACE_SESSION;
    } else if (sql_word_is(&c.t, "call") || (sql_word_is(&c.t, "do") && ends_transactions(statement))) {
        out->kind = TRACE_NONE;
        out->several = true; /* what it has committed stays */
    }
}

static const struct {
    const char *kind, *query; /* up to the name */
} looks[] = {
    {"valid",
     "SELECT pg_catalog.count(*)::text || ':' || coalesce(pg_catalog.sum(c.oid::bigint), 0) FROM "
     "pg_catalog.pg_class c JOIN pg_catalog.pg_index i ON i.indexrelid = c.oid AND i.indisvalid JOIN "
     "pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relname = "},
    {"index",
     "SELECT pg_catalog.count(*)::text || ':' || coalesce(pg_catalog.sum(c.oid::bigint), 0) FROM "
     "pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind "
     "IN ('i', 'I') AND c.relname = "},
    {"indexes",
     "SELECT pg_catalog.count(*)::text || ':' || coalesce(pg_catalog.sum(i.indexrelid::bigint), 0) "
     "FROM pg_catalog.pg_class c JOIN pg_catalog.pg_index i ON i.indrelid = c.oid AND i.indisvalid "
     "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relname = "},
    {"database", "SELECT pg_catalog.count(*)::text FROM pg_catalog.pg_database c WHERE c.datname = "},
};

char *postgresql_trace_entry(struct arena *a, const char *text, const char *objects)
{
    AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
    struct slice names = slice_of(objects ? objects : ""), kind, word;
    strbuf_adds(&b, "pg_catalog.pg_backend_pid()::text || ' ' || ");
    pg_quote_literal(&b, slice_of(text));
    if (!sql_trace_word(&names, &kind) || !sql_trace_word(&names, &word)) {
        return arena_dup(a, strbuf_cstr(&b));
    }
    const char *schema, *name;
    sql_trace_name(a, word, &schema, &name);
    for (size_t i = 0; i < COUNT_OF(looks); i++) {
        if (!slice_eq(kind, looks[i].kind)) {
            continue;
        }
        strbuf_addf(&b, " || ' ' || (%s", looks[i].query);
        pg_quote_literal(&b, slice_of(name));
        if (schema) {
            strbuf_adds(&b, " AND n.nspname = ");
            pg_quote_literal(&b, slice_of(schema));
        } else if (!slice_eq(kind, "database")) {
            /* Other tenants of the database have indexes of the same name. */
            strbuf_adds(&b, " AND n.nspname = ANY (pg_catalog.current_schemas(false))");
        }
        strbuf_adds(&b, ")");
    }
    return arena_dup(a, strbuf_cstr(&b));
}
