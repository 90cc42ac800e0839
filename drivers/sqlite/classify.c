/* What kind of statement it is, and whether SQLite refuses or ignores it inside a transaction. */
#include "drivers/sqlite/lexer.h"

static enum sql_kind kind_of(struct sql_cursor *c)
{
    static const char *const dml[] = {"insert", "update", "delete", "replace"};
    static const char *const query[] = {"select", "values", "explain"};
    static const char *const transaction[] = {"begin", "commit", "end"};
    if (sql_word_in(&c->t, dml, COUNT_OF(dml))) {
        return SQL_DML;
    }
    if (sql_word_in(&c->t, query, COUNT_OF(query))) {
        return SQL_QUERY;
    }
    if (sql_word_in(&c->t, transaction, COUNT_OF(transaction))) {
        return SQL_TRANSACTION;
    }
    if (sql_word_is(&c->t, "with")) {
        return sql_with_kind(c);
    }
    if (sql_word_is(&c->t, "rollback")) {
        return sql_rollback_to(c) ? SQL_OTHER : SQL_TRANSACTION;
    }
    return SQL_OTHER;
}

/* Pragmas that a transaction makes fail, or do nothing, when they are set. */
static bool pragma_outside(struct sql_cursor *c)
{
    static const char *const names[] = {"journal_mode", "foreign_keys", "synchronous", "temp_store",
                                        "temp_store_directory"};
    struct sql_token name = c->t;
    sql_cursor_next(c);
    if (sql_symbol_is(&c->t, '.')) {
        sql_cursor_next(c);
        name = c->t;
        sql_cursor_next(c);
    }
    bool sets = sql_symbol_is(&c->t, '=') || sql_symbol_is(&c->t, '(');
    return (sets && sql_word_in(&name, names, COUNT_OF(names))) || sql_word_is(&name, "wal_checkpoint");
}

void sqlite_classify(struct sql_statement *s)
{
    static const char *const outside[] = {"vacuum", "attach", "detach"};
    struct sql_cursor c = {.lex = sqlite_lex, .lexer = {.text = s->text}};
    sql_cursor_open(&c);
    struct sql_cursor again = c;
    s->kind = kind_of(&c);
    s->outside_transaction = sql_word_in(&again.t, outside, COUNT_OF(outside)) ||
                             (sql_cursor_take(&again, "pragma") && pragma_outside(&again));
}
