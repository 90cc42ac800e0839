/*
 * Which objects a statement is about, so that the catalogue can tell later whether it took effect (looks.c
 * asks it). Harmless to repeat is only what loses nothing that came since: rows, or what a person set.
 */
#include "drivers/mysql/trace.h"
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

static bool has_any(struct sql_cursor c, const char *const *words, size_t n)
{
    while (c.t.kind != SQL_TOKEN_END && !sql_word_in(&c.t, words, n)) {
        sql_cursor_next(&c);
    }
    return c.t.kind != SQL_TOKEN_END;
}

static bool has_word(struct sql_cursor c, const char *word)
{
    return has_any(c, &word, 1);
}

/* By the word that names their kind: how to see whether one of that name is there, and what it says. `text`
 * is NULL where making it anew may lose something: rows, the next value, grants. */
static const struct object_kind {
    const char *word, *look, *text;
} objects[] = {
    {"table", "exists", NULL},         {"view", "exists", "view"},      {"sequence", "exists", NULL},
    {"procedure", "routine", "body"},  {"function", "routine", "body"}, {"package", "routine", "body"},
    {"trigger", "trigger", "trigger"}, {"event", "event", NULL},        {"database", "database", NULL},
    {"schema", "database", NULL},      {"index", "indexes", "indexes"},
};

static const struct object_kind *take_object(struct tracer *t)
{
    for (size_t i = 0; i < COUNT_OF(objects); i++) {
        if (take(t, objects[i].word)) {
            take(t, "body"); /* of a package */
            return &objects[i];
        }
    }
    return NULL;
}

static bool is_index(const struct object_kind *kind)
{
    return strcmp(kind->look, "indexes") == 0;
}

/* The table of CREATE INDEX and DROP INDEX stands behind ON. */
static bool take_indexed(struct tracer *t)
{
    static const char *const on[] = {"on"};
    sql_cursor_next(&t->c);
    return skip_to(t, on, 1) && take(t, "on") && take_name(t);
}

/* An event whose time has come may be gone again, and a function of a library is in no list. */
static bool hides(const struct tracer *t, const struct object_kind *kind)
{
    static const char *const passing[] = {"at", "ends"};
    static const char *const library[] = {"soname"};
    return strcmp(kind->word, "event") == 0      ? has_any(t->c, passing, COUNT_OF(passing))
           : strcmp(kind->word, "function") == 0 ? has_any(t->c, library, COUNT_OF(library))
                                                 : false;
}

/* What is left once the kind of object is known. */
static enum trace_kind of_object(struct tracer *t, const struct object_kind *kind, bool drops, bool replaces)
{
    if (!kind) { /* users, roles, servers: nothing shows */
        sql_cursor_next(&t->c);
        return take_if_exists(t) && !replaces ? TRACE_REPEAT : TRACE_NONE;
    }
    const char *what = replaces ? kind->text : kind->look;
    bool several = drops && strcmp(kind->look, "exists") == 0;
    bool by_parts = drops && strcmp(kind->look, "database") == 0; /* its tables go one by one */
    if (take_if_exists(t) && drops) {
        return TRACE_REPEAT;
    }
    if (!what || by_parts || (!drops && hides(t, kind))) {
        return TRACE_NONE;
    }
    bool named = several ? take_list(t) : is_index(kind) ? take_indexed(t) : take_name(t);
    return named ? look(t, several ? "gone" : what) : TRACE_NONE;
}

static enum trace_kind of_create(struct tracer *t)
{
    static const char *const kinds[] = {"table",   "view",    "sequence", "procedure", "function",
                                        "package", "trigger", "event",    "database",  "schema",
                                        "index",   "user",    "role",     "server"};
    bool replaces = take(t, "or");
    if (replaces && !take(t, "replace")) {
        return TRACE_NONE;
    }
    if (take(t, "temporary")) {
        return TRACE_LOST;
    }
    if (!skip_to(t, kinds, COUNT_OF(kinds))) {
        return TRACE_NONE;
    }
    return of_object(t, take_object(t), false, replaces);
}

static enum trace_kind of_drop(struct tracer *t)
{
    if (take(t, "temporary")) {
        return TRACE_LOST;
    }
    return of_object(t, take_object(t), true, false);
}

/* ALTER TABLE t AUTO_INCREMENT = 5 and no more: others change that number too. */
static bool only_counts(struct sql_cursor c)
{
    if (!sql_cursor_take(&c, "auto_increment")) {
        return false;
    }
    if (sql_symbol_is(&c.t, '=')) {
        sql_cursor_next(&c);
    }
    sql_cursor_next(&c);
    return c.t.kind == SQL_TOKEN_END;
}

/* Rows go from table to table, and files come and go, without a trace in the catalogue; some options do not
 * stand in it either. */
static enum trace_kind of_alter_table(struct tracer *t)
{
    static const char *const hidden[] = {"exchange", "import",     "discard",   "truncate",
                                         "union",    "connection", "directory", "ref_system_id"};
    static const char *const parts[] = {"partition", "partitioning"};
    take_if_exists(t);
    if (!take_name(t) || has_any(t->c, hidden, COUNT_OF(hidden))) {
        return TRACE_NONE;
    }
    if (only_counts(t->c)) {
        return TRACE_REPEAT;
    }
    return look(t, has_any(t->c, parts, COUNT_OF(parts)) ? "parts" : "table");
}

static enum trace_kind of_alter(struct tracer *t)
{
    static const char *const kinds[] = {"table", "view",     "procedure", "function", "package",
                                        "event", "database", "schema",    "sequence", "user"};
    if (!skip_to(t, kinds, COUNT_OF(kinds))) {
        return TRACE_NONE;
    }
    if (take(t, "table")) {
        return of_alter_table(t);
    }
    bool counts = sql_word_is(&t->c.t, "sequence") && has_word(t->c, "restart");
    bool runs = sql_word_is(&t->c.t, "event") && has_word(t->c, "at");
    if (counts || runs || has_word(t->c, "rename")) {
        return TRACE_NONE;
    }
    const struct object_kind *kind = take_object(t);
    if (!kind || !kind->text) {
        return TRACE_REPEAT;
    }
    take_if_exists(t);
    return take_name(t) ? look(t, kind->text) : TRACE_NONE;
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

/* SET GLOBAL and its like are not the session's. */
static bool sets_server(struct sql_cursor c)
{
    static const char *const server[] = {"global", "persist", "persist_only", "password"};
    bool target = true; /* left of an assignment */
    int depth = 0;
    for (; c.t.kind != SQL_TOKEN_END; sql_cursor_next(&c)) {
        depth += sql_symbol_is(&c.t, '(') - sql_symbol_is(&c.t, ')');
        if (target && sql_word_in(&c.t, server, COUNT_OF(server))) {
            return true;
        }
        target = target ? !sql_symbol_is(&c.t, '=') : depth == 0 && sql_symbol_is(&c.t, ',');
    }
    return false;
}

/* Values that were computed cannot be had again in another session: those of functions, also the ones that
 * need no parentheses, of queries, and of the server's own settings. */
static enum trace_kind of_set(const struct tracer *t)
{
    static const char *const moment[] = {
        "select",       "next",           "previous",      "nextval",           "lastval",
        "identity",     "last_insert_id", "warning_count", "error_count",       "found_rows",
        "row_count",    "global",         "current_date",  "current_time",      "localtime",
        "current_role", "current_user",   "utc_date",      "current_timestamp", "localtimestamp",
        "utc_time",     "utc_timestamp",  "timestamp",     "rand_seed1",        "rand_seed2",
        "last_gtid",    "session_user",   "insert_id",
    };
    struct sql_cursor c = t->c;
    if (sets_server(c)) {
        return TRACE_REPEAT;
    }
    bool variable = false;
    for (; c.t.kind != SQL_TOKEN_END; sql_cursor_next(&c)) {
        bool at = sql_symbol_is(&c.t, '@');
        if (at) {
            sql_cursor_next(&c);
            variable = variable || !sql_symbol_is(&c.t, '@'); /* @@ is one of the server's own */
        }
        if ((variable && sql_symbol_is(&c.t, '(')) || sql_word_in(&c.t, moment, COUNT_OF(moment))) {
            return TRACE_LOST;
        }
    }
    return TRACE_SESSION;
}

static bool is_executed(struct sql_cursor c)
{
    static const char *const tables[] = {"table", "tables", "local", "no_write_to_binlog"};
    return sql_cursor_take(&c, "analyze") && !sql_word_in(&c.t, tables, COUNT_OF(tables));
}

static enum trace_kind of_statement(struct tracer *t)
{
    /* Not TRUNCATE: rows may have come since. Nor EXECUTE: what it did, a schema may not show. */
    static const char *const again[] = {"analyze", "optimize", "check", "checksum",
                                        "repair",  "flush",    "grant"};
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
    return is_executed(t->c)                                  ? TRACE_ROWS
           : sql_word_in(&t->c.t, again, COUNT_OF(again))     ? TRACE_REPEAT
           : sql_word_in(&t->c.t, rows, COUNT_OF(rows))       ? TRACE_ROWS
           : sql_word_in(&t->c.t, session, COUNT_OF(session)) ? TRACE_SESSION
                                                              : TRACE_NONE;
}

/* What stands behind SELECT ... INTO: '@' for a variable, 'f' for a file, 0 for none. */
static char goes_into(struct sql_cursor c)
{
    static const char *const file[] = {"outfile", "dumpfile"};
    while (c.t.kind != SQL_TOKEN_END) {
        if (!sql_cursor_take(&c, "into")) {
            sql_cursor_next(&c);
        } else if (sql_symbol_is(&c.t, '@')) {
            return '@';
        } else if (sql_word_in(&c.t, file, COUNT_OF(file))) {
            return 'f';
        }
    }
    return 0;
}

/* @name, but neither @@name nor 'user'@'host'. What a procedure or a prepared statement uses is not seen. */
static bool uses_variable(struct sql_cursor c)
{
    bool name = false; /* what stands before may be a user */
    if (sql_word_is(&c.t, "call") || sql_word_is(&c.t, "execute")) {
        return true;
    }
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

/* := or INTO in what is no SET. */
static bool assigns(struct sql_cursor c)
{
    for (bool set = sql_word_is(&c.t, "set"); c.t.kind != SQL_TOKEN_END && !set;) {
        bool colon = sql_symbol_is(&c.t, ':');
        sql_cursor_next(&c);
        if (colon && sql_symbol_is(&c.t, '=')) {
            return true;
        }
    }
    return false;
}

void mysql_trace(struct arena *a, struct slice statement, struct trace *out)
{
    static const char *const last[] = {"last_insert_id", "row_count",     "found_rows",
                                       "identity",       "lastval",       "previous",
                                       "lastval",        "warning_count", "sql_auto_is_null"};
    static const char *const locks[] = {"get_lock"}, *const unlocks[] = {"release_all_locks"};
    struct sql_statement s = {.text = statement};
    mysql_classify(&s, false);
    struct tracer t = {.c = {.lex = mysql_lex, .lexer = {.text = statement}}, .objects = STRBUF_INIT};
    sql_cursor_open(&t.c);
    struct sql_cursor whole = t.c;
    mysql_skip_settings(&t.c);
    struct sql_cursor own = t.c;
    char into = s.kind == SQL_QUERY ? goes_into(own) : 0;
    *out = (struct trace){.kind = into == '@'                                ? TRACE_LOST
                                  : into == 'f'                              ? TRACE_NONE
                                  : s.kind == SQL_DML || s.kind == SQL_QUERY ? TRACE_ROWS
                                                                             : of_statement(&t)};
    out->variables = uses_variable(own) || (sql_word_is(&own.t, "set") && out->kind == TRACE_REPEAT);
    out->assigns = out->kind == TRACE_LOST || assigns(own);
    out->several = does_several(own);
    out->unlocks = has_any(whole, unlocks, COUNT_OF(unlocks));
    out->uses_last = has_any(whole, last, COUNT_OF(last));
    out->sets_last = out->kind == TRACE_ROWS || out->kind == TRACE_NONE;
    bool temporary = sql_word_is(&own.t, "create") && out->kind == TRACE_LOST;
    bool setting = sql_word_is(&own.t, "set") && out->kind == TRACE_LOST && !out->variables;
    out->leaves =
        temporary || setting || sql_word_is(&own.t, "handler") || has_any(whole, locks, COUNT_OF(locks));
    if (out->kind == TRACE_SCHEMA) {
        out->objects = arena_dup(a, strbuf_cstr(&t.objects));
    }
    strbuf_release(&t.objects);
}
