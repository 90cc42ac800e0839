/* Waiting with a commit, committing, letting go. */
#include "engine/run/hold.h"
#include "base/failpoint.h"
#include "base/file.h"
#include "engine/run/settle.h"

/* The driver's statement with the name in its place. */
static char *statement_of(struct arena *a, const struct driver *driver, const char *text, const char *name)
{
    AUTO(strbuf_release) struct strbuf out = STRBUF_INIT;
    const char *mark = strstr(text, "{id}");
    strbuf_add(&out, text, (size_t)(mark - text));
    driver->quote_literal(&out, slice_of(name));
    strbuf_adds(&out, mark + strlen("{id}"));
    return arena_dup(a, strbuf_cstr(&out));
}

static bool has_prepared(const struct member *m, const char *name)
{
    const char *const *p;
    bool has = false;
    vec_each (p, &m->state.prepared) {
        has = has || strcmp(*p, name) == 0;
    }
    return has;
}

void hold_prepare_script(struct execution *x, struct script_opts *opts)
{
    const struct driver *driver = x->member->driver;
    bool waits = x->hold == PLAN_HOLD_PREPARED || x->hold == PLAN_HOLD_OPEN;
    if (x->hold == PLAN_HOLD_PREPARED && (x->member->lease || !driver->prepare)) {
        /* A prepared transaction would keep the lease locked, and nobody else could resume the run. */
        x->hold = PLAN_HOLD_OPEN;
    }
    opts->within = waits ? driver->hold : NULL;
    opts->add_in_flight = opts->add_in_flight && !waits; /* nobody could read the history while it waits */
    if (x->hold == PLAN_HOLD_PREPARED) {
        x->prepared_name = prepared_name(x->a, x->run, x->member->target->name);
        opts->commit = statement_of(x->a, driver, driver->prepare, x->prepared_name);
    }
}

static int end_prepared(struct execution *x, const char *name, bool commit, struct err *err)
{
    const struct driver *driver = x->member->driver;
    char *sql =
        statement_of(x->a, driver, commit ? driver->commit_prepared : driver->rollback_prepared, name);
    return conn_exec(x->member->conn, sql, err);
}

int hold_settle(struct execution *x, struct err *err)
{
    struct member *m = x->member;
    if (!m->driver->prepared) {
        return 0;
    }
    int rc = member_read(x->opts->fleet, m, err);
    char *name = prepared_name(x->a, x->run, m->target->name);
    if (rc || !has_prepared(m, name)) {
        return rc ? rc : prepared_check_none(m, err);
    }
    rc = end_prepared(x, name, x->decided, err);
    if (rc) {
        return err_wrap(err, x->decided ? "committing what was prepared" : "rolling back what was prepared");
    }
    struct audit_event *e = execution_event_add(x, EVENT_COMMITTING);
    e->outcome = x->decided ? "ok" : "rolled back";
    e->detail = arena_printf(&x->queue->arena, "prepared by an earlier part of the run as %s", name);
    return member_read(x->opts->fleet, m, err);
}

/* The thread that goes on with it is another one than that which brought it here. */
static void take_up(struct execution *x)
{
    run_watch_phase(x->watch, PHASE_SETTLE);
    run_watch_conn(x->watch, x->member->conn);
}

static void end(struct execution *x)
{
    execution_release(x);
    execution_finish(x);
    x->held = false;
}

int hold_check(struct execution *x)
{
    struct target_result *r = x->result;
    take_up(x);
    int rc = x->hold == PLAN_HOLD_OPEN ? conn_exec(x->member->conn, "SELECT 1", &r->err) : 0;
    run_watch_conn(x->watch, NULL);
    if (rc == 0) {
        return 0;
    }
    err_wrap(&r->err, "its transaction did not last until the others of the wave were done");
    r->outcome = TARGET_FAILED;
    struct err again = {0};
    if (settle_reconnect(x, &again) == 0) {
        settle_read_back(x);
    }
    end(x);
    return rc;
}

static int commit_prepared(struct execution *x, struct err *err)
{
    FAILPOINT("before-prepared-commit");
    int rc = end_prepared(x, x->prepared_name, true, err);
    if (rc && err->connection_lost) {
        rc = settle_reconnect(x, err);
        if (rc == 0 && has_prepared(x->member, x->prepared_name)) {
            rc = end_prepared(x, x->prepared_name, true, err);
        }
    }
    FAILPOINT("after-prepared-commit");
    if (rc == 0) {
        *err = (struct err){0};
        return 0;
    }
    err_wrap(err, "committing what was prepared");
    err_hint(err, "The wave has decided to commit: \"lockstep resume %s\" finishes it.", x->run);
    return rc;
}

void hold_commit(struct execution *x)
{
    struct target_result *r = x->result;
    take_up(x);
    if (x->hold == PLAN_HOLD_OPEN) {
        settle_result(x, x->work->track, execution_go_on(x, &r->err));
    } else if (commit_prepared(x, &r->err) == 0) {
        settle_result(x, x->work->track, 0);
    } else {
        r->outcome = TARGET_FAILED;
        r->at_known = false;
        r->decided = true;
    }
    end(x);
}

/* What is prepared under that name may be another process's by now, which has gone on with the run. */
static int check_own(struct execution *x, struct err *err)
{
    const struct audit_request nothing = {.run = x->run, .guard = x->queue->guard};
    return audit_write(x->opts->store, &nothing, NULL, err);
}

void hold_let_go(struct execution *x, const struct err *why)
{
    struct target_result *r = x->result;
    struct member *m = x->member;
    struct err err = {0};
    take_up(x);
    int rc = 0;
    if (x->hold == PLAN_HOLD_PREPARED) {
        rc = end_prepared(x, x->prepared_name, false, &err);
        if (rc && err.connection_lost) {
            x->decided = false;
            rc = settle_reconnect(x, &err);
            rc = rc ? rc : check_own(x, &err);
            rc = rc ? rc : hold_settle(x, &err);
        }
    } else if (m->driver->txn(m->conn) != TXN_IDLE) {
        conn_exec(m->conn, m->driver->rollback, &err); /* it ends with its session all the same */
    }
    r->steps_done = x->base;
    r->outcome = TARGET_SKIPPED;
    r->err = *why;
    settle_read_back(x);
    if (rc) {
        r->outcome = TARGET_FAILED;
        r->err = err;
        err_wrap(&r->err, "rolling back what was prepared");
        err_hint(&r->err, "\"lockstep resume %s\" or \"lockstep rollback %s\" ends it.", x->run, x->run);
    }
    end(x);
}

void hold_leave(struct execution *x, const struct err *why)
{
    struct target_result *r = x->result;
    take_up(x);
    r->outcome = TARGET_FAILED;
    r->at_known = false;
    r->err = *why;
    err_hint(&r->err,
             "\"lockstep resume %s\" decides, by what the store says, and commits it or rolls it back.",
             x->run);
    end(x);
}
