/* Finding and dropping leftovers of statements. See the header. */
#include "engine/run/leftovers.h"

static const struct driver *driver_of(const struct execution *x)
{
    return x->member->driver;
}

bool leftovers_possible(const struct execution *x, const struct script_item *item)
{
    return item->kind == SCRIPT_STATEMENT && driver_of(x)->may_leave && driver_of(x)->may_leave(item->text);
}

static bool was_there(const struct leftovers_seen *seen, int64_t id)
{
    for (size_t i = 0; i < seen->before.n; i++) {
        if (seen->before.items[i] == id) {
            return true;
        }
    }
    return false;
}

/* Of the statement, for sure? */
static bool is_own(const struct leftovers_seen *seen, const struct leftover *l, bool sent_before)
{
    return !l->builder && (l->named || (sent_before && !was_there(seen, l->id)));
}

static void note(struct execution *x, const struct plan_track *track, const struct script_item *item,
                 const char *outcome, const char *detail)
{
    const struct plan_step *s = &track->steps.items[item->step];
    struct audit_event *e = execution_event_add(x, EVENT_LEFTOVER);
    e->revision = s->revision;
    e->direction = s->downgrade ? "downgrade" : "upgrade";
    e->statement = (int64_t)item->statement + 1;
    e->outcome = outcome;
    e->detail = arena_dup(&x->queue->arena, detail);
}

static int drop(struct execution *x, const struct plan_track *track, const struct script_item *item,
                const struct leftover *l, struct err *err)
{
    AUTO(arena_release) struct arena scratch = ARENA_INIT;
    int rc = conn_exec(x->member->conn, l->drop, err);
    if (rc) {
        note(x, track, item, "failed", arena_printf(&scratch, "dropping %s: %s", l->what, err->message));
        return err_wrap(err, "dropping %s, which an earlier attempt has left", l->what);
    }
    note(x, track, item, "ok",
         arena_printf(&scratch, "dropped %s, which an earlier attempt has left", l->what));
    return 0;
}

int leftovers_before(struct execution *x, const struct plan_track *track, const struct script *s, size_t at,
                     struct leftovers_seen *seen, struct err *err)
{
    AUTO(arena_release) struct arena scratch = ARENA_INIT;
    const struct script_item *item = &s->items.items[at];
    bool again = seen->active && seen->item == at;
    seen->active = leftovers_possible(x, item);
    if (!seen->active) {
        return 0;
    }
    struct leftover *list = NULL;
    size_t n = 0;
    int rc = driver_of(x)->leftovers(x->member->conn, &scratch, item->text, &list, &n, err);
    seen->outside = rc == 0 && driver_of(x)->txn(x->member->conn) == TXN_IDLE;
    for (size_t i = 0; i < n && seen->outside && rc == 0; i++) {
        if (is_own(seen, &list[i], again)) {
            rc = drop(x, track, item, &list[i], err);
        }
    }
    if (rc || again) {
        return rc;
    }
    seen->item = at;
    seen->before.n = 0;
    for (size_t i = 0; i < n; i++) {
        if (!seen->outside || !is_own(seen, &list[i], false)) {
            *vec_push(x->a, &seen->before) = list[i].id;
        }
    }
    return 0;
}

int leftovers_after(struct execution *x, const struct script *s, size_t at, const struct leftovers_seen *seen,
                    struct err *err)
{
    AUTO(arena_release) struct arena scratch = ARENA_INIT;
    if (!seen->active || seen->item != at) {
        return 0;
    }
    struct leftover *list;
    size_t n;
    int rc = driver_of(x)->leftovers(x->member->conn, &scratch, s->items.items[at].text, &list, &n, err);
    for (size_t i = 0; i < n && rc == 0; i++) {
        const struct leftover *l = &list[i];
        if (!is_own(seen, l, true) && !l->named) {
            continue;
        }
        if (l->builder) {
            err_set(err, ERR_FAILED, "the server said OK, but this is %s, which session %lld is building",
                    l->what, (long long)l->builder);
            rc = err_hint(err, "Wait until it is done, and run again.");
        } else {
            err_set(err, ERR_FAILED, "the server said OK, but this is %s", l->what);
            rc =
                err_hint(err,
                         "An earlier attempt to build it has failed. Look why, take it away with \"%s\", and "
                         "run again.",
                         l->drop);
        }
    }
    return rc;
}

static void add_to_message(struct err *err, const char *text)
{
    struct err with = {0};
    err_set(&with, err->status, "%s (%s)", err->message, text);
    memcpy(err->message, with.message, sizeof(with.message));
}

void leftovers_after_failure(struct execution *x, const struct failure *f, const struct leftovers_seen *seen,
                             bool interrupted)
{
    AUTO(arena_release) struct arena scratch = ARENA_INIT;
    struct err err = {0};
    struct leftover *list;
    size_t n;
    if (!seen->active || !seen->outside || seen->item != f->item || !x->member->conn || !f->sent ||
        driver_of(x)->txn(x->member->conn) != TXN_IDLE) {
        return;
    }
    const struct script_item *item = &f->script->items.items[f->item];
    if (driver_of(x)->leftovers(x->member->conn, &scratch, item->text, &list, &n, &err) != 0) {
        return;
    }
    for (size_t i = 0; i < n; i++) {
        if (!is_own(seen, &list[i], true)) {
            continue;
        }
        bool dropped = !interrupted && drop(x, f->track, item, &list[i], &err) == 0;
        if (interrupted) {
            note(x, f->track, item, "found", arena_printf(&scratch, "it has left %s", list[i].what));
        }
        add_to_message(f->err, arena_printf(&scratch,
                                            dropped ? "%s that it left was dropped"
                                                    : "it has left %s, which the next run drops",
                                            list[i].what));
    }
}
