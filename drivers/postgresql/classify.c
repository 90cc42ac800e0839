/* What kind of statement it is, and whether PostgreSQL refuses it inside a transaction block. */
#include "drivers/postgresql/lexer.h"

/* SELECT ... INTO makes a table. */
static bool selects_into(struct sql_cursor *c)
{
    size_t depth = 0;
    for (; c->t.kind != SQL_TOKEN_END; sql_cursor_next(c)) {
        depth += sql_symbol_is(&c->t, '(');
        depth -= sql_symbol_is(&c->t, ')') && depth;
        if (!depth && sql_word_is(&c->t, "into")) {
            return true;
        }
    }
    return false;
}

/* COPY ... FROM: in COPY (query) TO the word stands only inside the parentheses. */
static bool copies_from(struct sql_cursor *c)
{
    size_t depth = 0;
    for (; c->t.kind != SQL_TOKEN_END; sql_cursor_next(c)) {
        depth += sql_symbol_is(&c->t, '(');
        depth -= sql_symbol_is(&c->t, ')') && depth;
        if (!depth && (sql_word_is(&c->t, "from") || sql_word_is(&c->t, "to"))) {
            return sql_word_is(&c->t, "from");
        }
    }
    return false;
}

static enum sql_kind kind_of(struct sql_cursor *c, bool opened)
{
    static const char *const dml[] = {"insert", "update", "delete", "merge"};
    static const char *const query[] = {"values", "table", "show", "explain", "fetch"};
    static const char *const transaction[] = {"begin", "start", "commit", "end", "abort"};
    const struct sql_token *t = &c->t;
    if (sql_word_in(t, dml, COUNT_OF(dml))) {
        return SQL_DML;
    }
    if (sql_word_in(t, query, COUNT_OF(query))) {
        return SQL_QUERY;
    }
    if (sql_word_in(t, transaction, COUNT_OF(transaction))) {
        return SQL_TRANSACTION;
    }
    if (sql_word_is(t, "select")) {
        return !opened && selects_into(c) ? SQL_OTHER : SQL_QUERY;
    }
    if (sql_word_is(t, "with")) {
        return sql_with_kind(c);
    }
    if (sql_word_is(t, "copy")) {
        return copies_from(c) ? SQL_DML : SQL_OTHER;
    }
    if (sql_word_is(t, "rollback")) {
        return sql_rollback_to(c) ? SQL_OTHER : SQL_TRANSACTION;
    }
    if (sql_cursor_take(c, "prepare")) {
        return sql_word_is(t, "transaction") ? SQL_TRANSACTION : SQL_OTHER;
    }
    return SQL_OTHER;
}

/* Somewhere ahead: the word `first`, directly followed by `second`. */
static bool has_pair(struct sql_cursor *c, const char *first, const char *second)
{
    while (c->t.kind != SQL_TOKEN_END) {
        if (sql_cursor_take(c, first)) {
            if (sql_word_is(&c->t, second)) {
                return true;
            }
        } else {
            sql_cursor_next(c);
        }
    }
    return false;
}

static bool is_false(const struct sql_token *t)
{
    static const char *const words[] = {"false", "off", "0", "no"};
    static const char *const strings[] = {"'false'", "'off'", "'0'", "'no'"};
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        if (sql_word_is(t, words[i]) || (t->kind == SQL_TOKEN_STRING && slice_eq(t->text, strings[i]))) {
            return true;
        }
    }
    return false;
}

/* Somewhere ahead: option = false, for one of the options. */
static bool turns_off(struct sql_cursor *c, const char *const *options, size_t n)
{
    while (c->t.kind != SQL_TOKEN_END) {
        bool option = sql_word_in(&c->t, options, n);
        sql_cursor_next(c);
        if (option && sql_symbol_is(&c->t, '=')) {
            sql_cursor_next(c);
            if (is_false(&c->t)) {
                return true;
            }
        }
    }
    return false;
}

static bool create_outside(struct sql_cursor *c)
{
    static const char *const slot[] = {"connect", "create_slot"};
    sql_cursor_take(c, "unique");
    if (sql_cursor_take(c, "index")) {
        return sql_word_is(&c->t, "concurrently");
    }
    if (sql_word_is(&c->t, "subscription")) {
        return !turns_off(c, slot, COUNT_OF(slot));
    }
    return sql_word_is(&c->t, "database") || sql_word_is(&c->t, "tablespace");
}

static bool drop_outside(struct sql_cursor *c)
{
    static const char *const whole[] = {"database", "tablespace", "subscription"};
    if (sql_cursor_take(c, "index")) {
        return sql_word_is(&c->t, "concurrently");
    }
    return sql_word_in(&c->t, whole, COUNT_OF(whole));
}

/* ALTER SUBSCRIPTION name ...: what talks to the publisher. */
static bool alter_subscription_outside(struct sql_cursor *c)
{
    static const char *const refresh[] = {"refresh"};
    sql_cursor_next(c);
    sql_cursor_next(c);
    if (sql_word_is(&c->t, "refresh")) {
        return true;
    }
    bool change = sql_word_is(&c->t, "set") || sql_word_is(&c->t, "add") || sql_word_is(&c->t, "drop");
    sql_cursor_next(c);
    return change && sql_word_is(&c->t, "publication") && !turns_off(c, refresh, COUNT_OF(refresh));
}

static bool alter_outside(struct sql_cursor *c)
{
    if (sql_word_is(&c->t, "system")) {
        return true;
    }
    if (sql_word_is(&c->t, "database")) {
        return has_pair(c, "set", "tablespace");
    }
    if (sql_word_is(&c->t, "subscription")) {
        return alter_subscription_outside(c);
    }
    if (!sql_word_is(&c->t, "table") || !has_pair(c, "detach", "partition")) {
        return false;
    }
    while (c->t.kind != SQL_TOKEN_END && !sql_word_is(&c->t, "concurrently")) {
        sql_cursor_next(c);
    }
    return c->t.kind != SQL_TOKEN_END;
}

/* Steps over ( ... ); true when CONCURRENTLY is switched on in it. */
static bool options_concurrently(struct sql_cursor *c)
{
    bool concurrently = false;
    while (c->t.kind != SQL_TOKEN_END && !sql_symbol_is(&c->t, ')')) {
        if (sql_cursor_take(c, "concurrently")) {
            concurrently = !is_false(&c->t);
        } else {
            sql_cursor_next(c);
        }
    }
    sql_cursor_next(c);
    return concurrently;
}

static bool reindex_outside(struct sql_cursor *c)
{
    static const char *const many[] = {"schema", "database", "system"};
    bool concurrently = sql_symbol_is(&c->t, '(') && options_concurrently(c);
    bool wide = sql_word_in(&c->t, many, COUNT_OF(many));
    sql_cursor_next(c);
    return wide || concurrently || sql_word_is(&c->t, "concurrently");
}

/* CLUSTER without a table does all tables, each in its own transaction. */
static bool cluster_outside(struct sql_cursor *c)
{
    if (sql_symbol_is(&c->t, '(')) {
        options_concurrently(c);
    }
    sql_cursor_take(c, "verbose");
    return c->t.kind == SQL_TOKEN_END;
}

static bool is_outside(struct sql_cursor *c)
{
    static const struct {
        const char *word;
        bool (*test)(struct sql_cursor *);
    } rules[] = {
        {"create", create_outside},   {"drop", drop_outside},       {"alter", alter_outside},
        {"reindex", reindex_outside}, {"cluster", cluster_outside},
    };
    for (size_t i = 0; i < COUNT_OF(rules); i++) {
        if (sql_cursor_take(c, rules[i].word)) {
            return rules[i].test(c);
        }
    }
    return sql_word_is(&c->t, "vacuum") || (sql_cursor_take(c, "discard") && sql_word_is(&c->t, "all"));
}

void postgresql_classify(struct sql_statement *s, bool backslash)
{
    struct sql_cursor c = {.lex = postgresql_lex, .lexer = {.text = s->text, .backslash = backslash}};
    bool opened = sql_cursor_open(&c);
    struct sql_cursor again = c;
    s->kind = kind_of(&c, opened);
    s->outside_transaction = s->kind == SQL_OTHER && is_outside(&again);
}
