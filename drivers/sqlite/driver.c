/* The table that makes SQLite a driver. */
#include "drivers/sqlite/connection.h"
#include "drivers/sqlite/lexer.h"
#include "drivers/sqlite/split.h"
#include "drivers/sqlite/sql.h"

static const char *server_name(struct conn *c)
{
    return c->server;
}

static bool is_missing_table(const struct err *err)
{
    return strcmp(err->sqlstate, "42S02") == 0;
}

/* Everything but what sets the connection takes part in a transaction, or may run again. */
static void trace(struct arena *a, struct slice statement, struct trace *out)
{
    (void)a;
    struct sql_statement s = {.text = statement};
    struct sql_cursor c = {.lex = sqlite_lex, .lexer = {.text = statement}};
    static const char *const session[] = {"pragma", "attach", "detach"};
    sqlite_classify(&s);
    sql_cursor_open(&c);
    struct sql_cursor start = c;
    bool created = sql_word_is(&c.t, "create");
    *out = (struct trace){.kind = TRACE_ROWS};
    if (sql_word_in(&c.t, session, COUNT_OF(session))) {
        out->kind = TRACE_SESSION;
    } else if (s.outside_transaction) {
        while (c.t.kind != SQL_TOKEN_END && !sql_word_is(&c.t, "into")) {
            sql_cursor_next(&c);
        }
        out->kind = c.t.kind == SQL_TOKEN_END ? TRACE_REPEAT : TRACE_NONE; /* VACUUM INTO makes a file */
    }
    static const char *const last[] = {"last_insert_rowid", "changes", "total_changes"};
    static const char *const temporary[] = {"temp", "temporary"};
    out->sets_last = s.kind == SQL_DML;
    for (int i = 0; start.t.kind != SQL_TOKEN_END; i++, sql_cursor_next(&start)) {
        out->uses_last = out->uses_last || sql_word_in(&start.t, last, COUNT_OF(last));
        out->leaves =
            out->leaves || (i == 1 && created && sql_word_in(&start.t, temporary, COUNT_OF(temporary)));
    }
}

static char *trace_entry(struct arena *a, const char *text, const char *objects, const char *recorded)
{
    (void)objects, (void)recorded;
    AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
    strbuf_adds(&b, "'0 ' || ");
    sqlite_quote_literal(&b, slice_of(text));
    return arena_dup(a, strbuf_cstr(&b));
}

const struct driver driver_sqlite = {
    .name = "sqlite",
    .title = "SQLite",
    .caps = DRIVER_TXN_DDL | DRIVER_LOCAL_FILE,
    .max_identifier = 255,
    .begin = "BEGIN IMMEDIATE",
    .commit = "COMMIT",
    .rollback = "ROLLBACK",
    .now = "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')",
    .script_head = ".bail on",
    .history_ddl = sql_sqlite_history,
    .open = sqlite_open,
    .close = sqlite_close,
    .batch = sqlite_batch,
    .txn = sqlite_txn,
    .cancel = sqlite_cancel,
    .cancel_reset = sqlite_cancel_reset,
    .lock = sqlite_lock,
    .unlock = sqlite_unlock,
    .server = server_name,
    .is_missing_table = is_missing_table,
    .quote_ident = sqlite_quote_ident,
    .needs_quotes = sqlite_needs_quotes,
    .quote_literal = sqlite_quote_literal,
    .split = sqlite_split,
    .trace = trace,
    .trace_entry = trace_entry,
    .print = sqlite_print,
};
