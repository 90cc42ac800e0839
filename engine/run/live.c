/* Running a step whose statements depend on the database. */
#include "engine/run/live.h"
#include "base/failpoint.h"
#include "base/file.h"
#include "drivers/tunnel.h"
#include "engine/alembic/body.h"
#include "engine/alembic/collector.h"
#include "engine/run/journal.h"
#include <strings.h>

struct live {
    struct execution *x;
    struct plan_step *step;
    const struct history_stamp *by;
    bool journaled, implicit, taking_back;
    struct err refusal;      /* of the server's or ours, of the last statement; status 0 when it went well */
    struct err over;         /* what no `except` of the revision's makes good; status 0: nothing yet */
    const char *restores[4]; /* statements that put the session back in order */
    size_t nrestores;
};

const struct plan_track *live_track(struct arena *a, const struct plan_track *track, struct plan_track *own)
{
    bool any = false;
    *own = *track;
    own->steps = (plan_steps_t){0};
    for (size_t i = 0; i < track->steps.n; i++) {
        *vec_push(a, &own->steps) = track->steps.items[i];
        any = any || track->steps.items[i].live;
    }
    return any ? own : track;
}

static int send(struct live *l, const struct statement *statements, size_t n, struct outcome *outcomes,
                struct arena *scratch, size_t *done, struct err *err)
{
    const struct driver *driver = l->x->member->driver;
    return driver->batch(l->x->member->conn, scratch, statements, n, outcomes, done, err);
}

static int read_rows(struct live *l, const struct sql_statement *s, struct arena *a, struct rowset *rows,
                     int64_t *affected, struct err *err)
{
    struct statement statement = {.text = s->text, .flags = STATEMENT_ROWS};
    struct outcome outcome = {0};
    size_t done = 0;
    int rc = send(l, &statement, 1, &outcome, a, &done, err);
    if (rc == 0 && rows) {
        *rows = outcome.rows;
    }
    if (rc == 0 && affected) {
        *affected = outcome.affected;
    }
    return rc;
}

/* SAVEPOINT, ROLLBACK TO, RELEASE: a commit after them would take the savepoint away. */
static bool is_savepoint(struct slice text)
{
    static const char *const words[] = {"savepoint", "rollback", "release"};
    text = slice_trim(text);
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        size_t n = strlen(words[i]);
        if (text.len > n && strncasecmp(text.ptr, words[i], n) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_lasting(const struct live *l, const struct sql_statement *s, const struct plan_statement *kept)
{
    const struct driver *driver = l->x->member->driver;
    return l->implicit && s->kind != SQL_QUERY && !is_savepoint(s->text) && !statement_is_dml(driver, kept) &&
           !statement_joins(driver, kept);
}

/* One statement with what the journal says around it. */
struct live_batch {
    struct statement statements[5];
    struct outcome outcomes[5];
    size_t n, at;  /* the revision's own statement is number `at`, its progress comes next */
    bool together; /* they are one transaction */
};

static void add_to_batch(struct live_batch *b, const char *text)
{
    b->statements[b->n++].text = slice_of(text);
}

/* What commits by itself has an entry before it, which tells the progress so far and is committed with it
 * where DDL commits: nothing of ours stands between the data statements there, which may ask about each other
 * (ROW_COUNT()). Elsewhere each is in one transaction with its progress. */
static void make_batch(struct live *l, struct slice text, bool lasting, size_t index, struct arena *a,
                       struct live_batch *b)
{
    const struct member *m = l->x->member;
    const struct driver *driver = m->driver;
    bool noted = l->journaled && (lasting || !l->implicit);
    b->together = noted && !l->implicit && statement_trace(driver, text) == TRACE_ROWS;
    if (b->together) {
        add_to_batch(b, driver->begin);
    } else if (noted) {
        const char *entry = journal_entry(driver, a, text, false);
        add_to_batch(b, history_progress(&m->book, a, l->by, l->step, index, entry));
    }
    b->at = b->n;
    b->statements[b->n++].text = text;
    if (noted) {
        const char *none = journal_entry(driver, a, SLICE(""), false);
        add_to_batch(b, history_progress(&m->book, a, l->by, l->step, index + 1, none));
    }
    if (b->together || (l->journaled && lasting)) {
        add_to_batch(b, driver->commit);
    }
}

static int write_failed(struct live *l, const struct live_batch *b, size_t done, bool lasting,
                        struct err *err)
{
    struct execution *x = l->x;
    struct err ignored;
    bool inner = done == b->at; /* the revision's own statement, which it may expect */
    l->step->statements.n -= done <= b->at;
    if (b->together && !err->connection_lost) {
        x->member->driver->cancel_reset(x->member->conn);
        conn_exec(x->member->conn, x->member->driver->rollback, &ignored);
        l->step->statements.n -= done > b->at;
    }
    if (done > b->at && !b->together && (lasting || !l->implicit)) {
        x->live.durable = l->step->statements.n; /* only its progress could not be written */
    } else if ((lasting || !inner) && !b->together) {
        x->live.durable = SIZE_MAX;
        x->live.refused = inner ? b->statements[b->at].text : SLICE("");
    }
    l->over = inner ? l->over : *err;
    return err->status;
}

/* The statement, its progress in the journal, and the commit that makes both last where DDL has committed
 * already. */
static int write_one(struct live *l, const struct sql_statement *s, int line, struct arena *a,
                     struct rowset *rows, int64_t *affected, struct err *err)
{
    struct execution *x = l->x;
    size_t index = l->step->statements.n, done = 0;
    *vec_push(x->a, &l->step->statements) =
        (struct plan_statement){{arena_dupn(x->a, s->text.ptr, s->text.len), s->text.len}, {NULL, 0}, line};
    const struct plan_statement *kept = &l->step->statements.items[index];
    bool lasting = is_lasting(l, s, kept);
    struct live_batch b = {.n = 0};
    make_batch(l, kept->text, lasting, index, a, &b);
    struct outcome *own = &b.outcomes[b.at];
    b.statements[b.at].flags = rows ? STATEMENT_ROWS : 0;
    FAILPOINT("before-live-statement");
    int rc = send(l, b.statements, b.n, b.outcomes, a, &done, err);
    FAILPOINT("after-live-statement");
    execution_note_statement(x, l->step, index, kept->text, own, NULL, rc && done <= b.at ? err : NULL);
    if (rc) {
        return write_failed(l, &b, done, lasting, err);
    }
    if (b.n > b.at + 1 && own[1].affected != 1) {
        x->live.durable = SIZE_MAX;
        err_set(err, ERR_FAILED, "the row of this run in %s is not to be found any more",
                x->member->book.history_table);
        err_hint(err, "A statement of the revision has changed the session, or somebody else the table.");
        l->over = *err;
        return ERR_FAILED;
    }
    if (lasting || (l->journaled && !l->implicit)) {
        x->live.durable = index + 1;
    }
    x->statements_done++;
    execution_progress(x);
    if (rows) {
        *rows = own->rows;
    }
    if (affected) {
        *affected = own->affected;
    }
    return 0;
}

/* What the revision sets for the session ends with it, as it does where its statements are planned. */
static void note_restore(struct live *l, struct slice text)
{
    const struct driver *driver = l->x->member->driver;
    const char *sql = driver->restore ? driver->restore(text) : NULL;
    for (size_t i = 0; i < l->nrestores && sql; i++) {
        sql = strcmp(l->restores[i], sql) == 0 ? NULL : sql;
    }
    if (sql && l->nrestores < COUNT_OF(l->restores)) {
        l->restores[l->nrestores++] = sql;
    }
}

static int restore_session(struct live *l, struct err *err)
{
    AUTO(arena_release) struct arena scratch = ARENA_INIT;
    struct statement statements[COUNT_OF(l->restores)] = {0};
    struct outcome outcomes[COUNT_OF(l->restores)] = {0};
    size_t done = 0;
    for (size_t i = 0; i < l->nrestores; i++) {
        statements[i].text = slice_of(l->restores[i]);
    }
    return l->nrestores ? send(l, statements, l->nrestores, outcomes, &scratch, &done, err) : 0;
}

/* A failure after which the server's transaction is not what the revision takes it for, were it caught. */
static bool loses_transaction(const struct live *l, const struct sql_statement *s, const struct err *err)
{
    const struct driver *driver = l->x->member->driver;
    if (is_savepoint(s->text)) {
        return true;
    }
    return l->journaled ? l->implicit && strncmp(err->sqlstate, "40", 2) == 0
                        : driver->txn(l->x->member->conn) == TXN_IDLE;
}

static int one(struct live *l, const struct sql_statement *s, int line, struct arena *a, struct rowset *rows,
               int64_t *affected, struct err *err)
{
    if (execution_interrupted(l->x, l->taking_back)) {
        return err_set(err, ERR_INTERRUPTED, "interrupted");
    }
    if (member_fence(l->x->member, false, err) != 0) {
        l->over = *err;
        return err->status;
    }
    if (s->kind == SQL_TRANSACTION) {
        err_set(err, ERR_REFUSED, "\"%.*s\" inside a revision that reads the database", (int)s->text.len,
                s->text.ptr);
        err_hint(err, "Lockstep opens and ends the transaction itself: remove it, or use "
                      "op.get_context().autocommit_block().");
        l->over = *err;
        return ERR_REFUSED;
    }
    if (statement_unlocks(l->x->member->driver, s->text)) {
        err_set(err, ERR_REFUSED, "\"%.*s\" inside a revision: it would give up the lock of the run",
                (int)s->text.len, s->text.ptr);
        l->over = *err;
        return ERR_REFUSED;
    }
    if (l->implicit && collector_is_use(s->text)) {
        err_set(err, ERR_REFUSED,
                "\"%.*s\" inside a revision: Lockstep's own tables would be looked for there",
                (int)s->text.len, s->text.ptr);
        l->over = *err;
        return ERR_REFUSED;
    }
    note_restore(l, s->text);
    bool reads = s->kind == SQL_QUERY && (rows || affected);
    int rc = reads ? read_rows(l, s, a, rows, affected, err) : write_one(l, s, line, a, rows, affected, err);
    if (rc && !l->over.status && loses_transaction(l, s, err)) {
        l->over = *err;
    }
    return rc;
}

static int on_statement(void *arg, const struct migration_statement *s, struct arena *a, struct rowset *rows,
                        int64_t *affected, struct err *err)
{
    struct live *l = arg;
    const struct driver *driver = l->x->member->driver;
    l->refusal = (struct err){0};
    if (l->over.status) {
        *err = l->over;
        return err->status;
    }
    if (s->kind != MIGRATION_STATEMENT) {
        if (l->journaled) {
            return 0; /* outside of a transaction already, or there is none for DDL */
        }
        return err_set(err, ERR_REFUSED, "an autocommit block that was not foreseen");
    }
    AUTO(arena_release) struct arena scratch = ARENA_INIT;
    struct sql_script script = {0};
    int rc = driver->split(&scratch, s->text, &script, err);
    for (size_t i = 0; i < script.n && rc == 0; i++) {
        rc = one(l, &script.items[i], s->line, a, rows, affected, err);
    }
    if (rc) {
        l->refusal = *err;
    }
    return rc;
}

/* The rows of the history that come after the live item were written without its statements. */
static void write_history(struct live *l, struct script *script, size_t index)
{
    struct execution *x = l->x;
    unsigned step = script->items.items[index].step;
    for (size_t i = index + 1; i < script->items.n; i++) {
        struct script_item *item = &script->items.items[i];
        if (item->step == step && item->kind == SCRIPT_HISTORY) {
            char *text = l->journaled ? history_finish(&x->member->book, x->a, l->by, l->step)
                                      : history_insert_applied(&x->member->book, x->a, l->by, l->step);
            item->text = slice_of(text);
        }
    }
}

static const struct alembic_env *env_of(const struct execution *x)
{
    static const struct alembic_env none;
    return x->opts->alembic ? x->opts->alembic : &none;
}

static const char *project_folder(const struct execution *x)
{
    const struct project *p = x->opts->fleet->project;
    return p ? p->dir : ".";
}

/* Plans name files as they were seen from the project's folder: from elsewhere they are looked for there. */
static const char *file_of(const struct execution *x, const struct plan_step *s)
{
    const char *source = s->source ? s->source : "";
    return file_exists(source) ? source : path_join(x->a, project_folder(x), source);
}

static int check_bridge(const struct execution *x, const struct plan_step *s, struct err *err)
{
    AUTO(arena_release) struct arena scratch = ARENA_INIT;
    struct url url;
    if (!env_of(x)->bridge.python) {
        err_set(err, ERR_REFUSED, "revision %s needs Python: %s", s->revision,
                s->python ? s->python : s->undo_python);
        return err_hint(err, "Name the program in lockstep.yaml: python: /path/to/python.");
    }
    int rc = target_url(&scratch, x->member->target, project_folder(x), &url, err);
    if (rc == 0 && url_param(&url, "schema")) {
        err_set(err, ERR_REFUSED,
                "revision %s goes through Python, which would not run it in the schema of this target",
                s->revision);
        err_hint(
            err,
            "Its URL has ?schema=, which is Lockstep's own: run that revision with Alembic and stamp it.");
        rc = ERR_REFUSED;
    }
    return rc;
}

int live_check(const struct execution *x, const struct plan_track *track, struct err *err)
{
    for (size_t i = 0; i < track->steps.n; i++) {
        const struct plan_step *s = &track->steps.items[i];
        if (!s->live && !s->undo_live) {
            continue;
        }
        AUTO(arena_release) struct arena scratch = ARENA_INIT;
        struct slice text;
        int rc = alembic_unchanged(&scratch, file_of(x, s), s->checksum, &text, err);
        bool bridged = (s->live && s->python) || (s->undo_live && s->undo_python);
        rc = rc || !bridged ? rc : check_bridge(x, s, err);
        if (rc) {
            return rc;
        }
    }
    return 0;
}

/* By the user's own Alembic, on a connection of its own: ours waits without a transaction. */
static int run_bridged(struct live *l, const struct alembic_env *env, const struct ddl_dialect *dialect,
                       struct err *err)
{
    struct execution *x = l->x;
    AUTO(arena_release) struct arena scratch = ARENA_INIT;
    struct url url;
    const struct project *p = x->opts->fleet->project;
    struct slice text;
    int rc = alembic_unchanged(&scratch, file_of(x, l->step), l->step->checksum, &text, err);
    rc = rc ? rc : target_url(&scratch, x->member->target, p ? p->dir : ".", &url, err);
    if (rc) {
        return rc;
    }
    struct ssh_end *tunnel = ((const struct conn_base *)(const void *)x->member->conn)->tunnel;
    if (tunnel) { /* it lives as long as our connection, which waits */
        url.host = tunnel_address(tunnel);
        url.port = tunnel_port(tunnel);
    }
    struct bridge_request q = {.revision = l->step->revision,
                               .downgrade = l->step->downgrade,
                               .dialect = dialect,
                               .settings = &env->settings,
                               .url = url_for_python(&scratch, &url),
                               .cancel_fd =
                                   x->member->cancel_fd ? x->member->cancel_fd : x->opts->fleet->cancel_fd};
    strings_t texts = {0};
    bool taken_back;
    rc = bridge_run(x->a, &env->bridge, &q, &texts, &taken_back, err);
    if (rc) {
        x->live.unknown = !taken_back;
        if (x->live.unknown) {
            err_hint(
                err,
                "What it did before it failed is not known: look at the schema, finish or undo it by hand, "
                "then record where the target stands with \"lockstep stamp\".");
        }
        return rc;
    }
    for (size_t i = 0; i < texts.n; i++) {
        *vec_push(x->a, &l->step->statements) = (struct plan_statement){.text = slice_of(texts.items[i])};
        execution_note_statement(x, l->step, i, slice_of(texts.items[i]), &(struct outcome){.affected = -1},
                                 "python", NULL);
    }
    x->live.durable = texts.n;
    return 0;
}

int live_run(struct execution *x, struct plan_track *track, struct script *script, size_t index,
             const struct history_stamp *by, bool taking_back, struct err *err)
{
    struct plan_step *step = &track->steps.items[script->items.items[index].step];
    const struct driver *driver = x->member->driver;
    struct live l = {.x = x,
                     .step = step,
                     .by = by,
                     .journaled = step_is_journaled(driver, step),
                     .implicit = driver->caps & DRIVER_IMPLICIT_COMMIT,
                     .taking_back = taking_back};
    const struct alembic_env *env = env_of(x);
    step->statements = (plan_statements_t){0};
    x->live = (struct live_progress){0};
    x->at_revision = step->revision;
    execution_progress(x);
    struct migration m = {.dialect = alembic_dialect(driver->name, x->member->scheme),
                          .downgrade = step->downgrade,
                          .revision = step->revision,
                          .arg = &l,
                          .statement = on_statement,
                          .conn = x->member->conn};
    int rc = step->python ? run_bridged(&l, env, m.dialect, err)
                          : alembic_run(env, &m, file_of(x, step), step->checksum, err);
    if (rc == 0 && l.over.status) {
        *err = l.over;
        rc = err->status;
    }
    if (rc == 0 && driver->txn(x->member->conn) == TXN_FAILED) {
        rc = err_set(err, ERR_FAILED,
                     "a statement failed and the revision went on, but its transaction cannot");
        err_hint(err, "Put what may fail into \"with connection.begin_nested():\".");
    }
    if (rc == 0 || (l.journaled && !err->connection_lost)) {
        struct err unrestored = {0};
        int restored = restore_session(&l, rc ? &unrestored : err);
        rc = rc ? rc : restored;
    }
    if (rc) {
        /* What the server said, with its code, unless the program ended for another reason later. */
        if (l.refusal.status && strstr(err->message, l.refusal.message)) {
            int line = err->line;
            *err = l.refusal;
            err_place(err, step->source, line, 0);
        }
        return err_wrap(err, "%s of %s", step->downgrade ? "downgrade" : "upgrade", step->revision);
    }
    x->live.complete = true;
    write_history(&l, script, index);
    return 0;
}
