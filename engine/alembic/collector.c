/* Cutting and checking what a revision sends. */
#include "engine/alembic/collector.h"
#include <strings.h>

static int collect_error(struct collector *c, const struct sql_statement *s, int line, struct err *err,
                         const char *what, const char *hint)
{
    struct slice words = slice_trim(s->text);
    words.len = words.len > 40 ? 40 : words.len;
    err_set(err, ERR_FILE, "\"%.*s\" %s", (int)words.len, words.ptr, what);
    err_hint(err, "%s", hint);
    return err_place(err, c->r->file, line, 0);
}

static bool is_word(struct slice text, const char *word)
{
    text = slice_trim(text);
    return text.len == strlen(word) && strncasecmp(text.ptr, word, text.len) == 0;
}

bool collector_is_use(struct slice text)
{
    text = slice_trim(text);
    return text.len > 4 && strncasecmp(text.ptr, "use", 3) == 0 &&
           ((unsigned char)text.ptr[3] <= ' ' || text.ptr[3] == '`');
}

/* A COMMIT of the revision's own ends the transaction so that what follows runs outside of one. */
static int collect_one(struct collector *c, const struct sql_statement *s, int line, struct err *err)
{
    if (s->kind == SQL_TRANSACTION) {
        if (is_word(s->text, "commit") || is_word(s->text, "end")) {
            c->body->outside_transaction = true;
            return 0;
        }
        if (c->body->outside_transaction && c->alembic_text && is_word(s->text, "begin")) {
            return 0;
        }
        return collect_error(c, s, line, err,
                             "inside a revision: Lockstep opens and ends the transaction itself",
                             "Remove it, or use \"with op.get_context().autocommit_block():\" for what has "
                             "to run outside a transaction.");
    }
    if (strcmp(c->driver->name, "mysql") == 0 && collector_is_use(s->text)) {
        return collect_error(c, s, line, err,
                             "inside a revision: Lockstep's own tables would be looked for in that database",
                             "Remove it, and name the database with the table: other.orders.");
    }
    if (statement_unlocks(c->driver, s->text)) {
        return collect_error(c, s, line, err, "inside a revision: it would give up the lock of the run",
                             "Remove it, or name what shall be given up, as DISCARD TEMP does.");
    }
    if (s->outside_transaction && !c->autocommit && !c->body->outside_transaction) {
        return collect_error(c, s, line, err, "cannot run inside a transaction",
                             "Put it into \"with op.get_context().autocommit_block():\".");
    }
    *vec_push(c->a, &c->body->statements) =
        (struct plan_statement){{arena_dupn(c->a, s->text.ptr, s->text.len), s->text.len}, {NULL, 0}, line};
    return 0;
}

int collector_statement(void *arg, const struct migration_statement *s, struct arena *scratch,
                        struct rowset *rows, int64_t *affected, struct err *err)
{
    (void)rows;
    (void)affected;
    struct collector *c = arg;
    if (s->kind != MIGRATION_STATEMENT) {
        c->body->outside_transaction = true;
        c->autocommit += s->kind == MIGRATION_AUTOCOMMIT ? 1u : -1u;
        return 0;
    }
    struct sql_script script = {0};
    int rc = c->driver->split(scratch, s->text, &script, err);
    if (rc) {
        return err_place(err, c->r->file, s->line, 0);
    }
    for (size_t i = 0; i < script.n && rc == 0; i++) {
        rc = collect_one(c, &script.items[i], s->line, err);
    }
    return rc;
}
