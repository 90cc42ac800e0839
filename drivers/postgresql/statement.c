/* Telling apart the few statements that the protocol treats differently, by their first words. */
#include "drivers/postgresql/internal.h"
#include "drivers/postgresql/lexer.h"

static struct sql_token next(struct sql_lexer *l)
{
    struct sql_token t = {0};
    while (postgresql_lex(l, &t, NULL) == 0 && sql_symbol_is(&t, ';')) {
        /* a stray one before the statement */
    }
    return t;
}

/* ROLLBACK [WORK|TRANSACTION] TO SAVEPOINT, COMMIT PREPARED and ROLLBACK PREPARED end no transaction here. */
static bool ends_it(struct sql_lexer *l)
{
    struct sql_token t = next(l);
    if (sql_word_is(&t, "work") || sql_word_is(&t, "transaction")) {
        t = next(l);
    }
    return !sql_word_is(&t, "to") && !sql_word_is(&t, "prepared");
}

static bool transaction_follows(struct sql_lexer *l)
{
    struct sql_token t = next(l);
    return sql_word_is(&t, "transaction");
}

enum pg_class pg_classify(struct slice text)
{
    struct sql_lexer l = {.text = text};
    struct sql_token t = next(&l);
    if (sql_word_is(&t, "copy")) {
        return PG_COPY;
    }
    if (sql_word_is(&t, "begin")) {
        return PG_BEGIN;
    }
    if (sql_word_is(&t, "start")) {
        return transaction_follows(&l) ? PG_BEGIN : PG_PLAIN;
    }
    if (sql_word_is(&t, "commit") || sql_word_is(&t, "end")) {
        return ends_it(&l) ? PG_COMMIT : PG_PLAIN;
    }
    if (sql_word_is(&t, "rollback") || sql_word_is(&t, "abort")) {
        return ends_it(&l) ? PG_ROLLBACK : PG_PLAIN;
    }
    if (sql_word_is(&t, "prepare")) {
        return transaction_follows(&l) ? PG_COMMIT : PG_PLAIN;
    }
    return PG_PLAIN;
}
