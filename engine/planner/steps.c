/* Reading and checking the body of a revision for a plan. */
#include "engine/planner/steps.h"
#include "base/file.h"
#include "engine/alembic/body.h"
#include "engine/revision/sql_file.h"
#include <strings.h>

#define VERSION_NUM_MAX 32 /* characters in alembic_version.version_num */

static int statement_error(struct err *err, const struct revision *r, int line, int column,
                           const char *message, const char *hint)
{
    err_set(err, ERR_FILE, "%s", message);
    err_place(err, r->file, line, column);
    return err_hint(err, "%s", hint);
}

static struct slice first_words(struct slice text)
{
    size_t n = 0;
    while (n < text.len && n < 40 && text.ptr[n] != '\n' && text.ptr[n] != '(') {
        n++;
    }
    return slice_trim((struct slice){text.ptr, n});
}

static bool slice_starts_word(struct slice text, const char *word)
{
    size_t n = strlen(word);
    return text.len > n && strncasecmp(text.ptr, word, n) == 0 && (unsigned char)text.ptr[n] <= ' ';
}

/* Where the statement's first token begins, past the comments before it. */
static struct slice from_first_token(struct slice script, const struct sql_statement *s)
{
    const char *p = script.ptr, *end = script.ptr + script.len;
    for (int line = 1; line < s->line && p < end; line++) {
        const char *eol = memchr(p, '\n', (size_t)(end - p));
        p = eol ? eol + 1 : end;
    }
    int left = s->column - 1;
    while (left > 0 && p < end) {
        p++;
        left -= p == end || ((unsigned char)*p & 0xC0) != 0x80;
    }
    const char *stop = s->text.ptr + s->text.len;
    return p < stop && p >= s->text.ptr ? (struct slice){p, (size_t)(stop - p)} : s->text;
}

static int check_statement(const struct driver *driver, const struct revision *r,
                           const struct sql_section *section, const struct sql_statement *s, struct err *err)
{
    int line = section->line + s->line - 1;
    struct slice words = first_words(from_first_token(section->text, s));
    char message[256];
    if (s->kind == SQL_TRANSACTION && !r->transaction_off) {
        snprintf(message, sizeof(message),
                 "\"%.*s\" inside a revision: Lockstep opens and ends the transaction itself", (int)words.len,
                 words.ptr);
        return statement_error(
            err, r, line, s->column, message,
            "Remove it, or put \"-- transaction: off\" into the header to run the revision outside "
            "a transaction.");
    }
    if (s->kind == SQL_TRANSACTION) {
        snprintf(message, sizeof(message),
                 "\"%.*s\" inside a revision: each statement of a revision outside a "
                 "transaction is recorded by itself",
                 (int)words.len, words.ptr);
        return statement_error(err, r, line, s->column, message,
                               "Remove it; put what has to happen together into a revision of its own.");
    }
    if (slice_starts_word(words, "use")) {
        /* MySQL alone knows it: the tables that say where the target stands are in the database of its URL.
         */
        snprintf(message, sizeof(message),
                 "\"%.*s\" inside a revision: Lockstep's own tables would be looked for in that database",
                 (int)words.len, words.ptr);
        return statement_error(err, r, line, s->column, message,
                               "Remove it, and name the database with the table: other.orders.");
    }
    if (statement_unlocks(driver, s->text)) {
        snprintf(message, sizeof(message), "\"%.*s\" inside a revision: it would give up the lock of the run",
                 (int)words.len, words.ptr);
        return statement_error(err, r, line, s->column, message,
                               "Remove it, or name what shall be given up, as DISCARD TEMP does.");
    }
    if (s->outside_transaction && !r->transaction_off) {
        snprintf(message, sizeof(message), "%s cannot run \"%.*s\" inside a transaction", driver->title,
                 (int)words.len, words.ptr);
        return statement_error(
            err, r, line, s->column, message,
            "Put it into a revision of its own with \"-- transaction: off\" in the header.");
    }
    return 0;
}

static int cut(struct arena *a, const struct driver *driver, const struct revision *r,
               const struct sql_section *section, bool check, plan_statements_t *out, struct err *err)
{
    *out = (plan_statements_t){0};
    if (!section->text.ptr) {
        return 0;
    }
    struct sql_script script = {0};
    int rc = driver->split(a, section->text, &script, err);
    if (rc) {
        err_place(err, r->file, err->line > 0 ? section->line + err->line - 1 : section->line, err->column);
        struct slice file;
        struct err ignored;
        if (err->excerpt[0] && file_read(a, r->file, 0, &file, &ignored) == 0) {
            err_excerpt(err, file.ptr, file.len); /* with the file's line numbers */
        }
        return rc;
    }
    for (size_t i = 0; i < script.n; i++) {
        const struct sql_statement *s = &script.items[i];
        rc = check ? check_statement(driver, r, section, s, err) : 0;
        if (rc) {
            return rc;
        }
        *vec_push(a, out) = (struct plan_statement){s->text, s->copy, section->line + s->line - 1};
    }
    return 0;
}

static int no_section(struct err *err, const struct revision *r, const struct driver *driver,
                      const char *section)
{
    err_set(err, ERR_FILE, "revision %s has no %s section for %s", r->id, section, driver->title);
    err_place(err, r->file, 0, 0);
    return err_hint(err, "Add \"-- %s\" for every database, or \"-- %s: %s\" for this one.", section, section,
                    driver->name);
}

static void version_ops_of(struct arena *a, const struct walk_step *w, plan_version_ops_t *out)
{
    static const enum plan_version_kind kinds[] = {[VERSION_INSERT] = PLAN_VERSION_INSERT,
                                                   [VERSION_DELETE] = PLAN_VERSION_DELETE,
                                                   [VERSION_UPDATE] = PLAN_VERSION_UPDATE};
    for (size_t i = 0; i < w->version_ops.n; i++) {
        const struct version_op *op = &w->version_ops.items[i];
        *vec_push(a, out) = (struct plan_version_op){kinds[op->kind], op->from, op->to};
    }
}

static int step_from_sql(struct arena *a, const struct driver *driver, const struct walk_step *w,
                         struct plan_step *step, struct err *err)
{
    const struct revision *r = w->revision;
    bool down = step->downgrade;
    struct sql_body body;
    int rc = sql_file_body(a, r->file, driver->name, &body, err);
    if (rc) {
        return rc;
    }
    if (!down && !body.upgrade.text.ptr) {
        return no_section(err, r, driver, "upgrade");
    }
    if (down && !body.downgrade.text.ptr) {
        no_section(err, r, driver, "downgrade");
        return err_hint(
            err, "It cannot be taken back as it is; write a downgrade section, or a new revision that goes "
                 "forward.");
    }
    step->checksum = arena_dup(a, body.checksum);
    step->transaction = !r->transaction_off;
    rc = cut(a, driver, r, down ? &body.downgrade : &body.upgrade, true, &step->statements, err);
    rc = rc ? rc : cut(a, driver, r, down ? &body.upgrade : &body.downgrade, true, &step->undo, err);
    if (rc) {
        return rc;
    }
    step->reversible = (down ? body.upgrade.text.ptr : body.downgrade.text.ptr) != NULL;
    return down ? 0 : cut(a, driver, r, &body.verify, true, &step->verify, err);
}

/* Python knows nothing of sections: what the other direction does is known only when it runs as well. A
 * failure there leaves the step without a way back, which plans say. An empty downgrade() of an upgrade that
 * does something takes nothing back. */
static int step_from_python(struct arena *a, const struct step_reader *reader, const struct walk_step *w,
                            struct plan_step *step, struct err *err)
{
    static const struct alembic_env none;
    const struct alembic_env *env = reader->alembic ? reader->alembic : &none;
    const struct revision *r = w->revision;
    bool down = step->downgrade;
    const struct ddl_dialect *dialect = alembic_dialect(reader->driver->name, reader->scheme);
    struct alembic_file file;
    int rc = alembic_file(a, env, reader->driver, dialect, r, down, reader->types, &file, err);
    if (rc) {
        return rc;
    }
    const struct alembic_body *does = &file.does, *undoes = &file.undoes;
    if (does->missing) {
        err_set(err, ERR_FILE, "revision %s has no function %s()", r->id, down ? "downgrade" : "upgrade");
        return err_place(err, r->file, 0, 0);
    }
    bool nothing = does->empty || (does->statements.n == 0 && !does->live);
    step->checksum = arena_dup(a, file.checksum);
    step->transaction = !does->outside_transaction && !undoes->outside_transaction;
    step->statements = does->statements;
    step->live = does->live;
    step->python = does->python;
    step->undo_python = undoes->python;
    step->undo = undoes->statements;
    step->undo_live = undoes->live;
    step->reversible = file.undoes_known && !undoes->missing && (!undoes->empty || nothing || down);
    return 0;
}

int step_from_walk(struct arena *a, const struct step_reader *reader, const struct walk_step *w,
                   struct plan_step *out, struct err *err)
{
    const struct revision *r = w->revision;
    if (strlen(r->id) > VERSION_NUM_MAX) {
        err_set(err, ERR_FILE,
                "revision id \"%s\" is longer than the %d characters that the version table holds", r->id,
                VERSION_NUM_MAX);
        return err_place(err, r->file, 0, 0);
    }
    struct plan_step step = {.revision = r->id,
                             .message = r->message ? r->message : "",
                             .downgrade = w->direction == DIRECTION_DOWNGRADE,
                             .before = w->before,
                             .after = w->after,
                             .source = r->file};
    version_ops_of(a, w, &step.version_ops);
    int rc = r->kind == REVISION_PYTHON ? step_from_python(a, reader, w, &step, err)
                                        : step_from_sql(a, reader->driver, w, &step, err);
    if (rc == 0) {
        *out = step;
    }
    return rc;
}
