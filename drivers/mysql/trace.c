/*
 * Which objects a statement is about, and the query that tells what they look like. Only what comes with the
 * statement is compared: not row counts, the next value of AUTO_INCREMENT or times, which others change.
 * A statement whose result looks like what was there before does no harm when it runs once more.
 */
#include "drivers/mysql/trace.h"
#include "drivers/mysql/connection.h"
#include "drivers/mysql/lexer.h"
#include "drivers/sql_trace.h"

struct tracer {
    struct sql_cursor c;
    struct strbuf objects; /* kind of look, then names */
};

static enum trace_kind look(struct tracer *t, const char *kind)
{
    struct strbuf names = t->objects;
    t->objects = (struct strbuf)STRBUF_INIT;
    strbuf_adds(&t->objects, kind);
    strbuf_add(&t->objects, names.ptr, names.len);
    strbuf_release(&names);
    return TRACE_SCHEMA;
}

static bool take(struct tracer *t, const char *word)
{
    return sql_cursor_take(&t->c, word);
}

static bool take_name(struct tracer *t)
{
    return sql_trace_take(&t->c, &t->objects, false);
}

static bool take_if_exists(struct tracer *t)
{
    if (!take(t, "if")) {
        return false;
    }
    take(t, "not");
    take(t, "exists");
    return true;
}

/* "a, b, c": true when there is at least one. */
static bool take_list(struct tracer *t)
{
    bool any = take_name(t);
    while (any && sql_symbol_is(&t->c.t, ',')) {
        sql_cursor_next(&t->c);
        any = take_name(t);
    }
    return any;
}

static bool skip_to(struct tracer *t, const char *const *words, size_t n)
{
    while (t->c.t.kind != SQL_TOKEN_END && !sql_word_in(&t->c.t, words, n)) {
        sql_cursor_next(&t->c);
    }
    return t->c.t.kind != SQL_TOKEN_END;
}

static bool has_word(struct sql_cursor c, const char *word)
{
    while (c.t.kind != SQL_TOKEN_END && !sql_word_is(&c.t, word)) {
        sql_cursor_next(&c);
    }
    return c.t.kind != SQL_TOKEN_END;
}

/* Objects of which there can be only one of a name, by the word that names their kind. */
static const struct {
    const char *word, *look;
} objects[] = {
    {"table", "exists"},      {"view", "exists"},     {"sequence", "exists"}, {"procedure", "routine"},
    {"function", "routine"},  {"package", "routine"}, {"trigger", "trigger"}, {"event", "event"},
    {"database", "database"}, {"schema", "database"},
};

static const char *take_object(struct tracer *t)
{
    for (size_t i = 0; i < COUNT_OF(objects); i++) {
        if (take(t, objects[i].word)) {
            take(t, "body"); /* of a package */
            return objects[i].look;
        }
    }
    return NULL;
}

/* CREATE INDEX, DROP INDEX: what stands behind ON. */
static enum trace_kind index_of(struct tracer *t)
{
    static const char *const on[] = {"on"};
    sql_cursor_next(&t->c);
    if (take_if_exists(t)) {
        return TRACE_REPEAT;
    }
    bool named = skip_to(t, on, 1) && take(t, "on") && take_name(t);
    return named ? look(t, "indexes") : TRACE_NONE;
}

static enum trace_kind of_create(struct tracer *t)
{
    static const char *const kinds[] = {"table",   "view",    "sequence", "procedure", "function",
                                        "package", "trigger", "event",    "database",  "schema",
                                        "index",   "user",    "role",     "server"};
    if (take(t, "or") || take(t, "temporary")) {
        return TRACE_REPEAT;
    }
    if (!skip_to(t, kinds, COUNT_OF(kinds))) {
        return TRACE_NONE;
    }
    if (sql_word_is(&t->c.t, "index")) {
        return index_of(t);
    }
    const char *kind = take_object(t);
    if (!kind) {
        sql_cursor_next(&t->c);
        return take_if_exists(t) ? TRACE_REPEAT : TRACE_NONE;
    }
    if (take_if_exists(t)) {
        return TRACE_REPEAT;
    }
    return take_name(t) ? look(t, kind) : TRACE_NONE;
}

static enum trace_kind of_drop(struct tracer *t)
{
    if (take(t, "temporary")) {
        return TRACE_REPEAT;
    }
    if (sql_word_is(&t->c.t, "index")) {
        return index_of(t);
    }
    const char *kind = take_object(t);
    if (!kind) {
        sql_cursor_next(&t->c);
        return take_if_exists(t) ? TRACE_REPEAT : TRACE_NONE;
    }
    if (take_if_exists(t)) {
        return TRACE_REPEAT;
    }
    if (strcmp(kind, "exists") == 0) {
        return take_list(t) ? look(t, "gone") : TRACE_NONE;
    }
    if (strcmp(kind, "database") == 0) {
        return TRACE_NONE; /* its tables go one by one */
    }
    return take_name(t) ? look(t, kind) : TRACE_NONE;
}

/* Rows go from table to table, and files come and go, without a trace in the catalogue. */
static enum trace_kind of_alter(struct tracer *t)
{
    static const char *const table[] = {"table"};
    static const char *const once[] = {"exchange", "import", "discard"};
    static const char *const again[] = {"view",   "procedure", "function", "event",   "database",
                                        "schema", "sequence",  "user",     "definer", "algorithm"};
    if (sql_word_in(&t->c.t, again, COUNT_OF(again))) {
        bool renames = has_word(t->c, "rename");
        return renames ? TRACE_NONE : TRACE_REPEAT;
    }
    if (!skip_to(t, table, 1)) {
        return TRACE_NONE;
    }
    take(t, "table");
    take_if_exists(t);
    if (!take_name(t)) {
        return TRACE_NONE;
    }
    for (size_t i = 0; i < COUNT_OF(once); i++) {
        if (has_word(t->c, once[i])) {
            return TRACE_NONE;
        }
    }
    return look(t, has_word(t->c, "partition") || has_word(t->c, "partitioning") ? "parts" : "table");
}

/* The new names are read too: a name that stands on both sides makes a ring, whose end may look like its
 * beginning. */
static enum trace_kind of_rename(struct tracer *t)
{
    if (!take(t, "table") && !take(t, "tables")) {
        return TRACE_NONE;
    }
    AUTO(strbuf_release) struct strbuf all = STRBUF_INIT;
    for (;;) {
        size_t before = t->objects.len;
        if (!take_name(t)) {
            return TRACE_NONE;
        }
        struct slice from = {t->objects.ptr + before, t->objects.len - before};
        AUTO(strbuf_release) struct strbuf to = STRBUF_INIT;
        if (!take(t, "to") || !sql_trace_take(&t->c, &to, false)) {
            return TRACE_NONE;
        }
        strbuf_adds(&all, " ");
        AUTO(strbuf_release) struct strbuf pair = STRBUF_INIT;
        strbuf_add(&pair, from.ptr, from.len);
        strbuf_adds(&pair, " ");
        if (memmem(all.ptr, all.len, strbuf_cstr(&pair), pair.len)) {
            return TRACE_NONE;
        }
        strbuf_clear(&pair);
        strbuf_add(&pair, to.ptr, to.len);
        strbuf_adds(&pair, " ");
        if (memmem(all.ptr, all.len, strbuf_cstr(&pair), pair.len)) {
            return TRACE_NONE;
        }
        strbuf_add(&all, from.ptr, from.len);
        strbuf_add(&all, to.ptr, to.len);
        if (!sql_symbol_is(&t->c.t, ',')) {
            return look(t, "gone");
        }
        sql_cursor_next(&t->c);
    }
}

/* Values that were computed cannot be had again in another session. */
static enum trace_kind of_set(const struct tracer *t)
{
    struct sql_cursor c = t->c;
    bool variable = false;
    while (c.t.kind != SQL_TOKEN_END) {
        bool at = sql_symbol_is(&c.t, '@');
        sql_cursor_next(&c);
        if (at && sql_symbol_is(&c.t, '@')) {
            sql_cursor_next(&c); /* of the server's own */
        } else if (at) {
            variable = true;
        }
        if (variable && sql_symbol_is(&c.t, '(')) {
            return TRACE_LOST;
        }
    }
    return TRACE_SESSION;
}

static enum trace_kind of_statement(struct tracer *t)
{
    /* Not TRUNCATE: rows may have come since. Nor EXECUTE: what it did, a schema may not show. */
    static const char *const again[] = {"analyze", "optimize", "check",   "checksum", "repair",
                                        "flush",   "grant",    "comment", "reset",    "unlock"};
    static const char *const rows[] = {"do", "handler", "savepoint", "release", "rollback", "table"};
    static const char *const session[] = {"prepare", "deallocate", "use"};
    static const struct {
        const char *word;
        enum trace_kind (*of)(struct tracer *);
    } rules[] = {{"create", of_create}, {"drop", of_drop}, {"alter", of_alter}, {"rename", of_rename}};
    for (size_t i = 0; i < COUNT_OF(rules); i++) {
        if (take(t, rules[i].word)) {
            return rules[i].of(t);
        }
    }
    if (take(t, "set")) {
        return of_set(t);
    }
    return sql_word_in(&t->c.t, again, COUNT_OF(again))       ? TRACE_REPEAT
           : sql_word_in(&t->c.t, rows, COUNT_OF(rows))       ? TRACE_ROWS
           : sql_word_in(&t->c.t, session, COUNT_OF(session)) ? TRACE_SESSION
                                                              : TRACE_NONE;
}

/* SELECT ... INTO @variable */
static bool sets_variable(struct sql_cursor c)
{
    while (c.t.kind != SQL_TOKEN_END) {
        if (sql_cursor_take(&c, "into")) {
            if (sql_symbol_is(&c.t, '@')) {
                return true;
            }
        } else {
            sql_cursor_next(&c);
        }
    }
    return false;
}

/* @name, but neither @@name nor 'user'@'host'. */
static bool uses_variable(struct sql_cursor c)
{
    bool name = false; /* what stands before may be a user */
    while (c.t.kind != SQL_TOKEN_END) {
        bool at = sql_symbol_is(&c.t, '@') && !name;
        name = c.t.kind == SQL_TOKEN_STRING || c.t.kind == SQL_TOKEN_NAME;
        sql_cursor_next(&c);
        if (at && !sql_symbol_is(&c.t, '@')) {
            return true;
        }
        if (at) {
            sql_cursor_next(&c);
        }
    }
    return false;
}

/* A comma that is in no brackets. */
static bool is_list(struct sql_cursor c)
{
    for (int depth = 0; c.t.kind != SQL_TOKEN_END; sql_cursor_next(&c)) {
        depth += sql_symbol_is(&c.t, '(') - sql_symbol_is(&c.t, ')');
        if (depth == 0 && sql_symbol_is(&c.t, ',')) {
            return true;
        }
    }
    return false;
}

/* DROP TABLE a, b and its like; what runs other statements; what drops before it makes. */
static bool does_several(struct sql_cursor c)
{
    static const char *const runs[] = {"call", "execute", "begin",  "if", "case",
                                       "loop", "while",   "repeat", "for"};
    static const char *const lists[] = {"drop", "rename"};
    static const char *const rights[] = {"grant", "revoke"}, *const of[] = {"to", "from"};
    static const char *const makes[] = {"create", "alter"};
    static const char *const accounts[] = {"user", "role"};
    if (sql_word_in(&c.t, runs, COUNT_OF(runs))) {
        return true;
    }
    if (sql_word_in(&c.t, lists, COUNT_OF(lists))) {
        sql_cursor_next(&c);
        return is_list(c) || sql_word_is(&c.t, "database") || sql_word_is(&c.t, "schema");
    }
    if (sql_word_in(&c.t, rights, COUNT_OF(rights))) {
        while (c.t.kind != SQL_TOKEN_END && !sql_word_in(&c.t, of, COUNT_OF(of))) {
            sql_cursor_next(&c);
        }
        return is_list(c);
    }
    if (!sql_word_in(&c.t, makes, COUNT_OF(makes))) {
        return false;
    }
    sql_cursor_next(&c);
    bool replaces = sql_cursor_take(&c, "or") && sql_cursor_take(&c, "replace");
    sql_cursor_take(&c, "temporary");
    return (replaces && (sql_word_is(&c.t, "table") || sql_word_in(&c.t, accounts, COUNT_OF(accounts)))) ||
           (sql_word_in(&c.t, accounts, COUNT_OF(accounts)) && is_list(c));
}

void mysql_trace(struct arena *a, struct slice statement, struct trace *out)
{
    struct sql_statement s = {.text = statement};
    mysql_classify(&s, false);
    struct tracer t = {.c = {.lex = mysql_lex, .lexer = {.text = statement}}, .objects = STRBUF_INIT};
    sql_cursor_open(&t.c);
    *out = (struct trace){.kind = s.kind == SQL_QUERY && sets_variable(t.c)  ? TRACE_LOST
                                  : s.kind == SQL_DML || s.kind == SQL_QUERY ? TRACE_ROWS
                                                                             : of_statement(&t)};
    struct sql_cursor again = {.lex = mysql_lex, .lexer = {.text = statement}};
    sql_cursor_open(&again);
    out->variables = uses_variable(again);
    out->several = does_several(again);
    if (out->kind == TRACE_SCHEMA) {
        out->objects = arena_dup(a, strbuf_cstr(&t.objects));
    }
    strbuf_release(&t.objects);
}

/* ---- the queries */

struct column_list {
    const char *kind, *from, *schema, *name, *columns;
};

/* What is compared, and by which columns the rows are found. Numbers and names that are part of the
 * definition only. One look a row; a kind may have several. */
static const struct column_list looks[] = {
    {"exists", "tables", "table_schema", "table_name", "table_type"},
    {"table", "tables", "table_schema", "table_name",
     "table_type, engine, row_format, table_collation, create_options, table_comment"},
    {"table", "columns", "table_schema", "table_name",
     "ordinal_position, column_name, column_type, is_nullable, column_default, extra, collation_name, "
     "column_comment, generation_expression"},
    {"indexes", "statistics", "table_schema", "table_name",
     "index_name, seq_in_index, column_name, collation, sub_part, non_unique, index_type, index_comment"},
    {"table", "table_constraints", "table_schema", "table_name", "constraint_name, constraint_type"},
    {"parts", "partitions", "table_schema", "table_name",
     "partition_name, partition_method, partition_expression, partition_description, subpartition_name, "
     "subpartition_method, subpartition_expression"},
    {"routine", "routines", "routine_schema", "routine_name", "routine_type"},
    {"trigger", "triggers", "trigger_schema", "trigger_name", "event_object_table"},
    {"event", "events", "event_schema", "event_name", "event_type"},
    {"all", "triggers", "trigger_schema", NULL, "trigger_name"},
    {"all", "routines", "routine_schema", NULL, "routine_name, routine_type"},
};

static void add_quoted(struct strbuf *b, const char *text)
{
    mysql_quote_literal(b, slice_of(text));
}

/* Number of rows, and a digest of them that does not depend on their order. */
static void add_look(struct strbuf *b, const struct column_list *l, const char *schema, const char *name)
{
    strbuf_adds(b, ", (SELECT CONCAT(COUNT(*), ':', BIT_XOR(CAST(CONV(LEFT(MD5(CONCAT_WS(','");
    for (const char *p = l->columns; *p;) {
        size_t n = strcspn(p, ",");
        strbuf_addf(b, ", QUOTE(%.*s)", (int)n, p);
        p += n;
        p += strspn(p, ", ");
    }
    strbuf_addf(b, ")), 16), 16, 10) AS UNSIGNED))) FROM information_schema.%s WHERE %s = ", l->from,
                l->schema);
    if (schema) {
        add_quoted(b, schema);
    } else {
        strbuf_adds(b, "DATABASE()");
    }
    if (l->name && name) {
        strbuf_addf(b, " AND %s = ", l->name);
        add_quoted(b, name);
    }
    strbuf_adds(b, ")");
}

static void add_looks(struct strbuf *b, struct slice kind, const char *schema, const char *name)
{
    bool all = slice_eq(kind, "all"), parts = slice_eq(kind, "parts");
    bool table = slice_eq(kind, "table") || parts || all;
    for (size_t i = 0; i < COUNT_OF(looks); i++) {
        bool of_table = strcmp(looks[i].kind, "table") == 0 || strcmp(looks[i].kind, "indexes") == 0;
        if (slice_eq(kind, looks[i].kind) || (table && of_table)) {
            add_look(b, &looks[i], schema, all ? NULL : name);
        }
    }
}

/* How many of the names are there: none or all; or which. */
static void add_gone(struct arena *a, struct strbuf *b, struct slice names)
{
    struct slice word;
    size_t n = 0;
    strbuf_adds(b, ", (SELECT CASE COUNT(*) WHEN 0 THEN '0' WHEN {n} THEN '{n}' ELSE CONCAT('?', "
                   "GROUP_CONCAT(name ORDER BY name SEPARATOR ', ')) END FROM (");
    while (sql_trace_word(&names, &word)) {
        const char *schema, *name;
        sql_trace_name(a, word, &schema, &name);
        strbuf_addf(b, "%sSELECT table_name AS name FROM information_schema.tables WHERE table_schema = ",
                    n++ ? " UNION ALL " : "");
        if (schema) {
            add_quoted(b, schema);
        } else {
            strbuf_adds(b, "DATABASE()");
        }
        strbuf_adds(b, " AND table_name = ");
        add_quoted(b, name);
    }
    strbuf_adds(b, ") objects)");
    char *text = arena_dup(a, strbuf_cstr(b)), *mark = strstr(text, "{n}");
    const char *rest = text;
    strbuf_clear(b);
    for (int i = 0; i < 2 && mark; i++, mark = strstr(rest, "{n}")) {
        strbuf_add(b, rest, (size_t)(mark - rest));
        strbuf_addf(b, "%zu", n);
        rest = mark + strlen("{n}");
    }
    strbuf_adds(b, rest);
}

char *mysql_trace_entry(struct arena *a, const char *text, const char *objects_text)
{
    AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
    struct slice names = slice_of(objects_text ? objects_text : ""), kind = {0}, word;
    bool any = false;
    strbuf_adds(&b, "CONCAT_WS(' ', CONNECTION_ID(), ");
    add_quoted(&b, text);
    if (sql_trace_word(&names, &kind) && slice_eq(kind, "gone")) {
        AUTO(strbuf_release) struct strbuf gone = STRBUF_INIT;
        add_gone(a, &gone, names);
        strbuf_adds(&b, strbuf_cstr(&gone));
        any = true;
    } else if (slice_eq(kind, "database")) {
        const char *schema, *name;
        any = sql_trace_word(&names, &word);
        sql_trace_name(a, any ? word : SLICE(""), &schema, &name);
        strbuf_adds(&b, ", (SELECT COUNT(*) FROM information_schema.schemata WHERE schema_name = ");
        add_quoted(&b, name);
        strbuf_adds(&b, ")");
    }
    while (!any && sql_trace_word(&names, &word)) {
        const char *schema, *name;
        sql_trace_name(a, word, &schema, &name);
        add_looks(&b, kind, schema, name);
    }
    if (slice_eq(kind, "all")) {
        add_looks(&b, kind, NULL, NULL);
    }
    strbuf_adds(&b, ")");
    return arena_dup(a, strbuf_cstr(&b));
}
