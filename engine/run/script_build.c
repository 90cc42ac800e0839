/* Building the statement sequence of a track. See the header for its shape. */
#include "engine/run/script_build.h"
#include "engine/run/journal.h"
#include <limits.h>

struct builder {
    struct arena *a;
    const struct bookkeeping *b;
    const struct plan_track *track;
    const struct script_opts *opts;
    struct script *out;
    bool open; /* a transaction is open */
};

static void add(struct builder *w, enum script_kind kind, unsigned step, unsigned statement,
                struct slice text)
{
    struct script_item *item = vec_push(w->a, &w->out->items);
    *item = (struct script_item){.kind = kind, .step = step, .statement = statement, .text = text};
}

static void add_text(struct builder *w, enum script_kind kind, unsigned step, const char *text)
{
    add(w, kind, step, 0, slice_of(text));
}

static void begin(struct builder *w)
{
    if (!w->open) {
        add_text(w, SCRIPT_BEGIN, UINT_MAX, w->b->driver->begin);
        w->open = true;
    }
}

static void commit(struct builder *w)
{
    if (w->open) {
        add_text(w, SCRIPT_COMMIT, UINT_MAX, w->opts->commit ? w->opts->commit : w->b->driver->commit);
        w->open = false;
    }
}

bool step_is_journaled(const struct driver *driver, const struct plan_step *step)
{
    return !(driver->caps & DRIVER_TXN_DDL) || !step->transaction;
}

static void comment_step(struct builder *w, unsigned index)
{
    if (!w->opts->comments) {
        return;
    }
    const struct plan_step *s = &w->track->steps.items[index];
    AUTO(strbuf_release) struct strbuf text = STRBUF_INIT;
    strbuf_addf(&text, "Running %s ", s->downgrade ? "downgrade" : "upgrade");
    for (size_t i = 0; i < s->before.n; i++) {
        strbuf_addf(&text, "%s%s", i ? ", " : "", s->before.items[i]);
    }
    strbuf_adds(&text, " -> ");
    for (size_t i = 0; i < s->after.n; i++) {
        strbuf_addf(&text, "%s%s", i ? ", " : "", s->after.items[i]);
    }
    if (s->message && s->message[0]) {
        strbuf_addf(&text, ": %s", s->message);
    }
    add(w, SCRIPT_COMMENT, index, 0, (struct slice){arena_dupn(w->a, text.ptr, text.len), text.len});
}

static void add_statement(struct builder *w, unsigned index, unsigned n)
{
    const struct plan_statement *s = &w->track->steps.items[index].statements.items[n];
    add(w, SCRIPT_STATEMENT, index, n, s->text);
    w->out->items.items[w->out->items.n - 1].copy = s->copy;
}

static void add_verify(struct builder *w, unsigned index)
{
    const struct plan_step *s = &w->track->steps.items[index];
    for (unsigned i = 0; i < s->verify.n; i++) {
        add(w, SCRIPT_VERIFY, index, i, s->verify.items[i].text);
    }
}

static void add_version_ops(struct builder *w, unsigned index)
{
    const struct plan_step *s = &w->track->steps.items[index];
    for (size_t i = 0; i < s->version_ops.n; i++) {
        add_text(w, SCRIPT_VERSION, index, bookkeeping_version_op(w->b, w->a, &s->version_ops.items[i]));
    }
}

/* A revision may set the search path or the role for what it does (a dump of pg_dump does); our own tables
 * are looked for where they were, and the next revision begins with the session as the first one did. */
static void add_restores(struct builder *w, unsigned index)
{
    const struct plan_step *s = &w->track->steps.items[index];
    const char *added[4] = {0};
    size_t n = 0;
    for (size_t i = 0; w->b->driver->restore && i < s->statements.n; i++) {
        const char *sql = w->b->driver->restore(s->statements.items[i].text);
        bool known = !sql;
        for (size_t k = 0; k < n && !known; k++) {
            known = strcmp(added[k], sql) == 0;
        }
        if (!known && n < COUNT_OF(added)) {
            added[n++] = sql;
            add_text(w, SCRIPT_SETUP, index, sql);
        }
    }
}

static void add_live(struct builder *w, unsigned index)
{
    add_text(w, SCRIPT_LIVE, index, w->track->steps.items[index].live);
}

/* Inside the open transaction. */
static void transactional_step(struct builder *w, unsigned index)
{
    const struct plan_step *s = &w->track->steps.items[index];
    if (s->live) {
        add_live(w, index);
    }
    for (unsigned i = 0; i < s->statements.n; i++) {
        add_statement(w, index, i);
    }
    add_verify(w, index);
    add_restores(w, index);
    add_version_ops(w, index);
    if (!w->opts->no_history) {
        add_text(w, SCRIPT_HISTORY, index, history_insert_applied(w->b, w->a, &w->opts->by, s));
    }
}

bool statement_is_dml(const struct driver *driver, const struct plan_statement *s)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct sql_script script = {0};
    struct err err;
    return driver->split(&a, s->text, &script, &err) == 0 && script.n == 1 && script.items[0].kind == SQL_DML;
}

bool statement_is_transactional(const struct driver *driver, const struct plan_statement *s)
{
    return s->copy.ptr || statement_trace(driver, s->text) == TRACE_ROWS;
}

bool statement_joins(const struct driver *driver, const struct plan_statement *s)
{
    enum trace_kind kind = s->copy.ptr ? TRACE_ROWS : statement_trace(driver, s->text);
    return kind == TRACE_ROWS || kind == TRACE_SESSION || kind == TRACE_LOST;
}

static bool asks_about_last(const struct driver *driver, const struct plan_statement *s)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct trace trace = {.uses_last = false};
    if (!s->copy.ptr) {
        driver->trace(&a, s->text, &trace);
    }
    return trace.uses_last;
}

bool step_goes_on(const struct script_opts *opts, unsigned index)
{
    return opts->settles && index == 0;
}

/* About statement n of the step, or none when there is no such; NULL where the journal has no entries. */
static const char *entry_of(struct builder *w, unsigned index, size_t n)
{
    const struct plan_step *s = &w->track->steps.items[index];
    bool data = n >= s->statements.n || s->statements.items[n].copy.ptr;
    bool elsewhere =
        s->live && s->python; /* what another program does shares no transaction with the entry */
    return !w->opts->entries || elsewhere
               ? NULL
               : journal_entry(w->b->driver, w->a, data ? SLICE("") : s->statements.items[n].text,
                               n == 0 && step_goes_on(w->opts, index));
}

/* The session that goes on is another one than that which began the step. */
static void add_session(struct builder *w, unsigned index)
{
    const struct plan_step *s = &w->track->steps.items[index];
    for (unsigned i = 0; i < (unsigned)s->resume_from; i++) {
        const struct plan_statement *p = &s->statements.items[i];
        if (!p->copy.ptr && statement_trace(w->b->driver, p->text) == TRACE_SESSION) {
            add(w, SCRIPT_SETUP, index, i, p->text);
        }
    }
}

static void add_progress(struct builder *w, unsigned index, unsigned n)
{
    const struct plan_step *s = &w->track->steps.items[index];
    add(w, SCRIPT_JOURNAL, index, n,
        slice_of(history_progress(w->b, w->a, &w->opts->by, s, n + 1, entry_of(w, index, n + 1))));
}

/* Our own UPDATE behind statement n would be what ROW_COUNT() and its like tell the next one about. Data
 * statements may ask so unseen, in triggers and functions; the journal's entry is the same behind the last of
 * them, in the same transaction. */
static bool next_follows_directly(const struct builder *w, unsigned index, unsigned n)
{
    const struct driver *driver = w->b->driver;
    const plan_statements_t *list = &w->track->steps.items[index].statements;
    if (n + 1 >= list->n) {
        return false;
    }
    const struct plan_statement *s = &list->items[n], *next = s + 1;
    if (asks_about_last(driver, next)) {
        return driver->caps & DRIVER_IMPLICIT_COMMIT
                   ? statement_joins(driver, s) && statement_joins(driver, next)
                   : statement_is_transactional(driver, s) && statement_is_transactional(driver, next);
    }
    return driver->caps & DRIVER_IMPLICIT_COMMIT && statement_is_dml(driver, s) &&
           statement_is_dml(driver, next);
}

/* A run of data statements is one transaction with its journal entry, and the journal entry of anything
 * else is committed at once: what the journal says is then exact but for the statement in flight. */
static void implicit_statement(struct builder *w, unsigned index, unsigned n, bool last)
{
    const struct plan_step *s = &w->track->steps.items[index];
    add_statement(w, index, n);
    if (w->opts->no_history || last || next_follows_directly(w, index, n)) {
        return;
    }
    add_progress(w, index, n);
    if (!statement_is_dml(w->b->driver, &s->statements.items[n])) {
        w->open = true;
        commit(w);
    }
}

/* Outside of transactions by the revision's wish, which is about what other statements see of it and not
 * about the journal: where the server allows it, statement and progress are one transaction. */
static void lone_statement(struct builder *w, unsigned index, unsigned n, bool last)
{
    const struct plan_step *s = &w->track->steps.items[index];
    bool together = !w->opts->no_history && statement_is_transactional(w->b->driver, &s->statements.items[n]);
    if (together) {
        begin(w);
    }
    add_statement(w, index, n);
    if (!w->opts->no_history && !last && !next_follows_directly(w, index, n)) {
        add_progress(w, index, n);
        commit(w);
    }
}

/* The row that says "running" must be durable before the first statement; it rides with the commit that ends
 * the step before it, where there is one. The last statement's progress is part of the row's finish. */
static void journaled_step(struct builder *w, unsigned index)
{
    const struct plan_step *s = &w->track->steps.items[index];
    bool history = !w->opts->no_history;
    bool implicit = w->b->driver->caps & DRIVER_IMPLICIT_COMMIT;
    if (history) {
        if (s->resume_from > 0 || step_goes_on(w->opts, index)) {
            add_text(w, SCRIPT_HISTORY, index, history_settle(w->b, w->a, "resumed"));
        }
        add_text(
            w, SCRIPT_HISTORY, index,
            history_insert_running(w->b, w->a, &w->opts->by, s, entry_of(w, index, (size_t)s->resume_from)));
    }
    commit(w);
    if (history && w->b->driver->forget_last) {
        add_text(w, SCRIPT_SETUP, index, w->b->driver->forget_last);
    }
    add_session(w, index);
    if (s->live) {
        add_live(w, index);
    }
    for (unsigned i = (unsigned)s->resume_from; i < s->statements.n; i++) {
        bool last = i + 1 == s->statements.n && s->verify.n == 0;
        if (implicit) {
            implicit_statement(w, index, i, last);
        } else {
            lone_statement(w, index, i, last);
        }
    }
    add_verify(w, index);
    if (implicit) {
        w->open = true; /* with autocommit off the journal's last update has opened it */
    } else {
        add_restores(w, index);
        begin(w);
    }
    add_version_ops(w, index);
    if (history) {
        add_text(w, SCRIPT_HISTORY, index, history_finish(w->b, w->a, &w->opts->by, s));
    }
}

/* A script for people cannot hold what only the database decides, nor what comes after it. */
static void end_before_live(struct builder *w, unsigned index)
{
    const struct plan_step *s = &w->track->steps.items[index];
    char *text =
        arena_printf(w->a,
                     "This script ends here: revision %s %s, so its SQL is known only when it runs.\n"
                     "Apply the plan instead of running this script by hand.",
                     s->revision, s->live);
    add_text(w, SCRIPT_COMMENT, index, text);
}

static void setup(struct builder *w)
{
    if (!w->track->has_version_table) {
        add_text(w, SCRIPT_SETUP, UINT_MAX, bookkeeping_create_version(w->b, w->a));
    }
    if (!w->track->has_history_table && !w->opts->no_history) {
        add_text(w, SCRIPT_SETUP, UINT_MAX, bookkeeping_create_history(w->b, w->a));
    }
    if (w->opts->add_in_flight) {
        add_text(w, SCRIPT_SETUP, UINT_MAX, bookkeeping_add_in_flight(w->b, w->a));
    }
}

void script_build(struct arena *a, const struct bookkeeping *b, const struct plan_track *track,
                  const struct script_opts *opts, struct script *out)
{
    struct script script = {0};
    struct builder w = {a, b, track, opts, &script, false};
    bool implicit = b->driver->caps & DRIVER_IMPLICIT_COMMIT;
    if (track->steps.n == 0) {
        *out = script;
        return;
    }
    if (implicit) {
        setup(&w);
        if (b->driver->journal_begin) {
            add_text(&w, SCRIPT_BEGIN, UINT_MAX, b->driver->journal_begin);
        }
        w.open = true;
    } else {
        begin(&w);
        if (opts->within) {
            add_text(&w, SCRIPT_SETUP, UINT_MAX, opts->within);
        }
        setup(&w);
    }
    for (unsigned i = 0; i < track->steps.n; i++) {
        const struct plan_step *s = &track->steps.items[i];
        comment_step(&w, i);
        if (s->live && opts->comments) {
            end_before_live(&w, i);
            break;
        }
        if (step_is_journaled(b->driver, s)) {
            if (!implicit && !opts->no_history) {
                begin(&w);
            }
            journaled_step(&w, i);
        } else {
            begin(&w);
            transactional_step(&w, i);
        }
        bool next_journaled =
            i + 1 < track->steps.n && step_is_journaled(b->driver, &track->steps.items[i + 1]);
        bool ends = opts->transaction == PLAN_TRANSACTION_REVISION || step_is_journaled(b->driver, s);
        if (ends && !(next_journaled && !opts->no_history)) {
            commit(&w);
            w.open = implicit && i + 1 < track->steps.n;
        }
    }
    commit(&w);
    if (implicit && b->driver->journal_end) {
        add_text(&w, SCRIPT_COMMIT, UINT_MAX, b->driver->journal_end);
    }
    *out = script;
}

static struct plan_version_op invert(const struct plan_version_op *op)
{
    switch (op->kind) {
    case PLAN_VERSION_INSERT:
        return (struct plan_version_op){PLAN_VERSION_DELETE, op->to, NULL};
    case PLAN_VERSION_DELETE:
        return (struct plan_version_op){PLAN_VERSION_INSERT, NULL, op->from};
    default:
        return (struct plan_version_op){PLAN_VERSION_UPDATE, op->to, op->from};
    }
}

void track_reverse(struct arena *a, const struct plan_track *track, size_t completed, struct plan_track *out)
{
    struct plan_track back = *track;
    back.steps = (plan_steps_t){0};
    back.from = track->to;
    back.to = track->from;
    back.has_version_table = back.has_history_table = true;
    for (size_t i = completed; i > 0; i--) {
        const struct plan_step *s = &track->steps.items[i - 1];
        struct plan_step *r = vec_push(a, &back.steps);
        *r = *s;
        r->downgrade = !s->downgrade;
        r->before = s->after;
        r->after = s->before;
        r->statements = s->undo;
        r->undo = s->statements;
        r->live = s->undo_live;
        r->undo_live = s->live;
        r->python = s->undo_python;
        r->undo_python = s->python;
        r->verify = (plan_statements_t){0};
        r->resume_from = 0;
        r->version_ops = (plan_version_ops_t){0};
        for (size_t k = s->version_ops.n; k > 0; k--) {
            *vec_push(a, &r->version_ops) = invert(&s->version_ops.items[k - 1]);
        }
    }
    *out = back;
}
