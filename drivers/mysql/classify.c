/* What kind of statement it is. MySQL and MariaDB refuse nothing inside a transaction: they commit first. */
#include "drivers/mysql/lexer.h"

/* SET ..., autocommit = ...: not GLOBAL, and not SET @old = @@autocommit. */
static bool sets_autocommit(struct sql_cursor *c)
{
    bool global = false;
    while (c->t.kind != SQL_TOKEN_END) {
        bool found = sql_word_is(&c->t, "autocommit") && !global;
        global = sql_word_is(&c->t, "global") || (global && sql_symbol_is(&c->t, '.'));
        sql_cursor_next(c);
        if (found && (sql_symbol_is(&c->t, '=') || sql_symbol_is(&c->t, ':'))) {
            return true;
        }
    }
    return false;
}

static enum sql_kind transaction_or_other(bool transaction)
{
    return transaction ? SQL_TRANSACTION : SQL_OTHER;
}

void mysql_skip_settings(struct sql_cursor *c)
{
    struct sql_cursor ahead = *c;
    if (!sql_cursor_take(&ahead, "set") || !sql_cursor_take(&ahead, "statement")) {
        return;
    }
    while (ahead.t.kind != SQL_TOKEN_END && !sql_word_is(&ahead.t, "for")) {
        sql_cursor_next(&ahead);
    }
    if (sql_cursor_take(&ahead, "for")) {
        *c = ahead;
    }
}

static enum sql_kind kind_of(struct sql_cursor *c)
{
    static const char *const dml[] = {"insert", "update", "delete", "replace", "load"};
    static const char *const query[] = {"select", "values", "table", "show", "explain", "describe", "desc"};
    if (sql_word_in(&c->t, dml, COUNT_OF(dml))) {
        return SQL_DML;
    }
    if (sql_word_in(&c->t, query, COUNT_OF(query))) {
        return SQL_QUERY;
    }
    if (sql_word_is(&c->t, "with")) {
        return sql_with_kind(c);
    }
    if (sql_word_is(&c->t, "rollback")) {
        return transaction_or_other(!sql_rollback_to(c));
    }
    if (sql_cursor_take(c, "set")) {
        return transaction_or_other(sets_autocommit(c));
    }
    if (sql_cursor_take(c, "begin")) {
        return transaction_or_other(c->t.kind == SQL_TOKEN_END || sql_word_is(&c->t, "work"));
    }
    if (sql_cursor_take(c, "start")) {
        return transaction_or_other(sql_word_is(&c->t, "transaction"));
    }
    if (sql_cursor_take(c, "lock") || sql_cursor_take(c, "unlock")) {
        return transaction_or_other(sql_word_is(&c->t, "tables") || sql_word_is(&c->t, "table"));
    }
    return transaction_or_other(sql_word_is(&c->t, "commit") || sql_word_is(&c->t, "xa"));
}

void mysql_classify(struct sql_statement *s, bool literal_backslash)
{
    struct sql_cursor c = {.lex = mysql_lex,
                           .lexer = {.text = s->text, .literal_backslash = literal_backslash}};
    sql_cursor_open(&c);
    mysql_skip_settings(&c);
    s->kind = kind_of(&c);
    s->outside_transaction = false;
}

/* Statements about temporary tables commit nothing. */
static bool is_temporary(struct sql_cursor *c)
{
    for (int i = 0; i < 4 && c->t.kind == SQL_TOKEN_WORD; i++) {
        if (sql_word_is(&c->t, "temporary")) {
            return true;
        }
        sql_cursor_next(c);
    }
    return false;
}

/* DDL gets its metadata locks before it changes anything, and gives up without a trace when it does not. */
enum statement_failure mysql_fails(struct slice statement)
{
    static const char *const whole[] = {"insert", "update", "delete", "replace", "load",  "select",
                                        "values", "show",   "set",    "explain", "table", "with"};
    static const char *const ddl[] = {"create", "alter",  "drop",    "rename",   "truncate",
                                      "grant",  "revoke", "analyze", "optimize", "repair"};
    struct sql_cursor c = {.lex = mysql_lex, .lexer = {.text = statement}};
    sql_cursor_open(&c);
    mysql_skip_settings(&c);
    if (sql_word_in(&c.t, whole, COUNT_OF(whole))) {
        return FAILS_WHOLE;
    }
    bool commits = sql_word_in(&c.t, ddl, COUNT_OF(ddl));
    return commits && !is_temporary(&c) ? FAILS_COMMITTING : FAILS_UNKNOWN;
}
