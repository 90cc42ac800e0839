/* Setting the version table by hand, with the same lock, history and audit as a run. */
#include "base/file.h"
#include "engine/drift/snapshot.h"
#include "engine/run/execute.h"
#include "engine/run/prepared.h"

static void add_version_ops(struct arena *a, const struct bookkeeping *book, const version_ops_t *ops,
                            strings_t *texts)
{
    static const enum plan_version_kind kinds[] = {[VERSION_INSERT] = PLAN_VERSION_INSERT,
                                                   [VERSION_DELETE] = PLAN_VERSION_DELETE,
                                                   [VERSION_UPDATE] = PLAN_VERSION_UPDATE};
    for (size_t i = 0; i < ops->n; i++) {
        const struct version_op *op = &ops->items[i];
        struct plan_version_op plan_op = {kinds[op->kind], op->from, op->to};
        *vec_push(a, texts) = bookkeeping_version_op(book, a, &plan_op);
    }
}

static int plan_stamp(struct arena *a, const struct graph *g, const struct position *at,
                      const char *destination, bool purge, version_ops_t *ops, struct position *after,
                      struct err *err)
{
    struct position nowhere = {0};
    if (!purge) {
        /* A position that this checkout does not know can only be purged. */
        int rc = position_check(g, at, err);
        if (rc) {
            return err_hint(err, "Add --purge to forget what the version table says.");
        }
        return walk_stamp(a, g, at, destination, ops, after, err);
    }
    for (size_t i = 0; i < at->ids.n; i++) {
        *vec_push(a, ops) = (struct version_op){VERSION_DELETE, at->ids.items[i], NULL};
    }
    version_ops_t fresh = {0};
    int rc = walk_stamp(a, g, &nowhere, destination, &fresh, after, err);
    for (size_t i = 0; i < fresh.n; i++) {
        *vec_push(a, ops) = fresh.items[i];
    }
    return rc;
}

static int execute(struct arena *a, struct member *m, const strings_t *texts, struct err *err)
{
    struct statement *statements = arena_array(a, texts->n, sizeof(*statements));
    struct outcome *outcomes = arena_array(a, texts->n, sizeof(*outcomes));
    for (size_t i = 0; i < texts->n; i++) {
        statements[i].text = slice_of(texts->items[i]);
    }
    size_t done = 0, n = m->lease ? texts->n - 1 : texts->n;
    int rc = m->driver->batch(m->conn, a, statements, n, outcomes, &done, err);
    if (rc == 0 && m->lease) { /* looked at right before what commits */
        rc = member_fence(m, true, err);
        rc = rc ? rc : m->driver->batch(m->conn, a, statements + n, 1, outcomes, &done, err);
    }
    if (rc) {
        struct err ignored;
        conn_exec(m->conn, m->driver->rollback, &ignored);
        if (err->retryable) {
            prepared_advise(m, NULL, err);
        }
        return err_wrap(err, "writing %s", m->book.version_table);
    }
    return 0;
}

/* Others may write to the version table without our lock. */
static int check_written(struct fleet *fleet, struct member *m, const struct position *after, struct err *err)
{
    int rc = member_read(fleet, m, err);
    if (rc) {
        return rc;
    }
    if (!position_same(&m->state.at.ids, &after->ids)) {
        err_set(err, ERR_FAILED, "%s changed while it was being stamped: it says %s", m->book.version_table,
                position_text(fleet->arena, &m->state.at.ids));
        return err_hint(err, "Somebody else wrote to the version table; look at it before trying again.");
    }
    return 0;
}

static int audit_stamp(struct arena *a, const struct run_opts *opts, const struct member *m, const char *run,
                       const char *change, const char *outcome, char *head, struct err *err)
{
    struct audit_event common = {.at_us = time_now_us(),
                                 .run = run,
                                 .actor = actor_name(a),
                                 .host = actor_host(a),
                                 .environment = m->environment->name,
                                 .target = m->target->name,
                                 .rows = -1};
    struct audit_event events[3] = {common, common, common};
    events[0].kind = outcome ? EVENT_STAMPED : EVENT_RUN_STARTED;
    events[0].detail = outcome ? change : opts->command;
    events[0].outcome = outcome;
    events[0].target = outcome ? m->target->name : NULL;
    events[1].kind = outcome ? EVENT_RUN_FINISHED : EVENT_TARGET_STARTED;
    events[1].detail = change;
    events[1].outcome = outcome;
    bool noted = !outcome && m->lock_note;
    events[2].kind = EVENT_LOCK_TAKEN;
    events[2].detail = m->lock_note;
    return audit_append(opts->store, events, noted ? 3 : 2, head, err);
}

/* Whoever stamps says that this is what the database holds. What hinders it is an event, and no failure. */
static int keep_snapshot(struct arena *a, struct member *m, const struct run_opts *opts, const char *run)
{
    struct snapshot snap = {.environment = m->environment->name, .run = run};
    struct schema *schema = NULL;
    struct err why = {0}, ignored;
    if (snapshot_take(a, opts->store, opts->fleet, m, &snap, &schema, &why)) {
        struct audit_event e = {.kind = EVENT_SNAPSHOT_FAILED,
                                .run = run,
                                .actor = actor_name(a),
                                .host = actor_host(a),
                                .environment = m->environment->name,
                                .target = m->target->name,
                                .detail = why.message,
                                .rows = -1};
        audit_append(opts->store, &e, 1, NULL, &ignored);
    }
    return 0;
}

static int stamp_locked(struct arena *a, struct member *m, const struct graph *g, const char *destination,
                        bool purge, const struct run_opts *opts, strings_t *from, strings_t *to,
                        struct err *err)
{
    int rc = member_lock(m, a, err);
    rc = rc ? rc : member_read(opts->fleet, m, err);
    rc = rc ? rc : prepared_check_none(m, err);
    if (rc) {
        return rc;
    }
    version_ops_t ops = {0};
    struct position after = {0};
    rc = plan_stamp(a, g, &m->state.at, destination, purge, &ops, &after, err);
    if (rc) {
        return rc;
    }
    *from = m->state.at.ids;
    if (ops.n == 0 && !m->state.half.present) {
        *to = m->state.at.ids;
        return 0;
    }
    char *run = NULL;
    rc = store_run_id(opts->store, a, &run, err);
    if (rc) {
        return rc;
    }
    char *change =
        arena_printf(a, "%s -> %s", position_text(a, &m->state.at.ids), position_text(a, &after.ids));
    char head[DIGEST_HEX + 1];
    rc = audit_stamp(a, opts, m, run, change, NULL, head, err);
    if (rc) {
        return rc;
    }
    char *actor = arena_printf(a, "%s@%s", actor_name(a), actor_host(a));
    struct history_stamp by = {.run = run, .actor = actor, .audit_head = head};
    strings_t texts = {0};
    bool transactional = m->driver->caps & DRIVER_TXN_DDL;
    if (transactional) {
        *vec_push(a, &texts) = m->driver->begin;
    }
    if (!m->state.has_version_table) {
        *vec_push(a, &texts) = bookkeeping_create_version(&m->book, a);
    }
    if (!m->state.has_history_table) {
        *vec_push(a, &texts) = bookkeeping_create_history(&m->book, a);
    }
    if (!transactional) {
        *vec_push(a, &texts) = m->driver->begin;
    }
    add_version_ops(a, &m->book, &ops, &texts);
    if (m->state.half.present) {
        *vec_push(a, &texts) = history_settle(&m->book, a, "stamped");
    }
    for (size_t i = 0; i < after.ids.n; i++) {
        *vec_push(a, &texts) = history_insert_stamped(&m->book, a, &by, after.ids.items[i]);
    }
    *vec_push(a, &texts) = m->driver->commit;
    rc = execute(a, m, &texts, err);
    rc = rc ? rc : check_written(opts->fleet, m, &after, err);
    struct err writing;
    int audited = audit_stamp(a, opts, m, run, change, rc ? "failed" : "ok", head, &writing);
    if (rc == 0 && audited) {
        *err = writing;
        return audited;
    }
    *to = rc ? *from : after.ids;
    return rc ? rc : keep_snapshot(a, m, opts, run);
}

int run_stamp(struct arena *a, struct member *m, const struct graph *g, const char *destination, bool purge,
              const struct run_opts *opts, strings_t *from, strings_t *to, struct err *err)
{
    int rc = member_connect(opts->fleet, m, true, err);
    if (rc) {
        return rc;
    }
    rc = stamp_locked(a, m, g, destination, purge, opts, from, to, err);
    member_disconnect(m);
    return rc ? err_wrap(err, "%s", m->target->name) : 0;
}

static int ensure_locked(struct arena *a, struct fleet *fleet, struct member *m, bool *made, struct err *err)
{
    int rc = member_lock(m, a, err);
    rc = rc ? rc : member_read(fleet, m, err);
    if (rc || m->state.has_version_table) {
        *made = false;
        return rc;
    }
    strings_t texts = {0};
    *vec_push(a, &texts) = m->driver->begin; /* for what a pooler would not keep from one to the next */
    *vec_push(a, &texts) = bookkeeping_create_version(&m->book, a);
    *vec_push(a, &texts) = m->driver->commit;
    rc = execute(a, m, &texts, err);
    *made = rc == 0;
    return rc;
}

int run_ensure_version(struct arena *a, struct fleet *fleet, struct member *m, bool *made, struct err *err)
{
    int rc = member_connect(fleet, m, true, err);
    if (rc) {
        return rc;
    }
    rc = ensure_locked(a, fleet, m, made, err);
    member_disconnect(m);
    return rc ? err_wrap(err, "%s", m->target->name) : 0;
}
