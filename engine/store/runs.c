/* Runs, their targets and their waves in the store. */
#include "engine/store/runs.h"
#include "base/arena.h"
#include "base/failpoint.h"
#include "base/file.h"
#include "engine/store/audit_writer.h"
#include "engine/store/sql.h"
#include "engine/store/store_internal.h"

#define RUNS_SINCE 2 /* version of the store's tables */

static const char cannot_read[] = "cannot read the runs in the store";
static const char cannot_write[] = "cannot write to the store";

static const char *const run_states[] = {
    [RUN_STATE_OPEN] = "open",         [RUN_STATE_WAITING] = "waiting",
    [RUN_STATE_STOPPING] = "stopping", [RUN_STATE_TAKING_BACK] = "taking back",
    [RUN_STATE_ENDED] = "ended",
};
_Static_assert(COUNT_OF(run_states) == RUN_STATE_COUNT, "one name each");

static const char *const target_states[] = {
    [RUN_TARGET_PENDING] = "pending",
    [RUN_TARGET_CLAIMED] = "claimed",
    [RUN_TARGET_HELD] = "held",
    [RUN_TARGET_ENDED] = "ended",
};
_Static_assert(COUNT_OF(target_states) == RUN_TARGET_STATE_COUNT, "one name each");

static const char *const wave_states[] = {
    [WAVE_CLOSED] = "closed", [WAVE_OPEN] = "open",     [WAVE_COMMITTING] = "committing",
    [WAVE_PAUSED] = "paused", [WAVE_FAILED] = "failed", [WAVE_DONE] = "done",
};
_Static_assert(COUNT_OF(wave_states) == WAVE_STATE_COUNT, "one name each");

const char *run_state_name(enum run_state s)
{
    return run_states[s];
}

const char *run_target_state_name(enum run_target_state s)
{
    return target_states[s];
}

const char *wave_state_name(enum wave_state s)
{
    return wave_states[s];
}

static int state_of(const char *const *names, size_t n, struct slice text, const char *what, struct err *err)
{
    for (size_t i = 0; i < n; i++) {
        if (slice_eq(text, names[i])) {
            return (int)i;
        }
    }
    return err_set(err, ERR_FILE, "the store knows a state of a %s that this version does not: \"%.*s\"",
                   what, (int)text.len, text.ptr ? text.ptr : "");
}

/* --- reading */

#define RUN_COLUMNS                                                                                          \
    "SELECT run, environment, plan, command, actor, host, shared, state, wave, exit_status, created_us, "    \
    "ended_us"

static int read_run(const struct store_row *row, struct arena *a, struct run_row *out, struct err *err)
{
    int state = state_of(run_states, RUN_STATE_COUNT, row_slice(row, 7), "run", err);
    if (state < 0) {
        return state;
    }
    *out = (struct run_row){.run = row_text(row, 0, a),
                            .environment = row_text(row, 1, a),
                            .plan = row_text(row, 2, a),
                            .command = row_text(row, 3, a),
                            .actor = row_text(row, 4, a),
                            .host = row_text(row, 5, a),
                            .shared = row_number(row, 6) != 0,
                            .state = (enum run_state)state,
                            .wave = row_number(row, 8),
                            .exit_status = (int)row_number(row, 9),
                            .created_us = row_number(row, 10),
                            .ended_us = row_number(row, 11)};
    return 0;
}

struct reading {
    struct arena *a;
    void *out;
};

static int each_run(void *arg, const struct store_row *row, struct err *err)
{
    struct reading *r = arg;
    return read_run(row, r->a, vec_push(r->a, (run_rows_t *)r->out), err);
}

/* A run with its document: the only row or the first. */
static int each_document(void *arg, const struct store_row *row, UNUSED struct err *err)
{
    struct reading *r = arg;
    ((struct run_row *)r->out)->document = row_text(row, 0, r->a);
    return 0;
}

static int read_document(struct store *s, struct arena *a, struct run_row *run, struct err *err)
{
    const struct store_value values[] = {store_text(run->run)};
    return store_query(s, "SELECT document FROM runs WHERE run = ?1", values, 1, each_document,
                       &(struct reading){a, run}, cannot_read, err);
}

static bool has_runs(const struct store *s)
{
    return s->backend && s->version >= RUNS_SINCE;
}

int runs_open(struct store *s, struct arena *a, run_rows_t *out, struct err *err)
{
    run_rows_t rows = {0};
    int rc = has_runs(s) ? store_query(s,
                                       RUN_COLUMNS " FROM runs WHERE state <> 'ended' "
                                                   "ORDER BY created_us DESC, run DESC",
                                       NULL, 0, each_run, &(struct reading){a, &rows}, cannot_read, err)
                         : 0;
    if (!rc) {
        *out = rows;
    }
    return rc;
}

static int find_newest(struct store *s, struct arena *a, struct run_row *out, struct err *err)
{
    run_rows_t rows = {0};
    int rc = runs_open(s, a, &rows, err);
    if (rc) {
        return rc;
    }
    if (rows.n == 0) {
        err_set(err, ERR_USAGE, "there is no unfinished run");
        return err_hint(err, "\"lockstep audit log\" lists all runs.");
    }
    *out = rows.items[0];
    return 0;
}

int runs_find(struct store *s, struct arena *a, const char *prefix, struct run_row *out, struct err *err)
{
    struct run_row found = {0};
    int rc = 0;
    if (!prefix) {
        rc = find_newest(s, a, &found, err);
    } else {
        run_rows_t rows = {0};
        const struct store_value values[] = {store_text(prefix), store_number((int64_t)strlen(prefix))};
        rc = has_runs(s) ? store_query(s,
                                       RUN_COLUMNS " FROM runs WHERE run >= ?1 AND substr(run, 1, ?2) = ?1 "
                                                   "ORDER BY run LIMIT 2",
                                       values, 2, each_run, &(struct reading){a, &rows}, cannot_read, err)
                         : 0;
        if (!rc && rows.n == 0) {
            err_set(err, ERR_REFUSED, "there is no run \"%s\" in the store", prefix);
            return err_hint(err, "\"lockstep audit log\" lists the runs.");
        }
        if (!rc && rows.n > 1 && strcmp(rows.items[0].run, prefix) != 0) {
            err_set(err, ERR_USAGE, "\"%s\" is the beginning of several runs: %s, %s, ...", prefix,
                    rows.items[0].run, rows.items[1].run);
            return err_hint(err, "Give more of the run's id.");
        }
        found = rc ? found : rows.items[0];
    }
    rc = rc ? rc : read_document(s, a, &found, err);
    if (!rc) {
        *out = found;
    }
    return rc;
}

int runs_find_shared(struct store *s, struct arena *a, const char *plan, struct run_row *out, struct err *err)
{
    run_rows_t rows = {0};
    const struct store_value values[] = {store_text(plan)};
    int rc =
        has_runs(s)
            ? store_query(s, RUN_COLUMNS " FROM runs WHERE plan = ?1 AND shared = 1 AND state <> 'ended'",
                          values, 1, each_run, &(struct reading){a, &rows}, cannot_read, err)
            : 0;
    if (!rc && rows.n) {
        rc = read_document(s, a, &rows.items[0], err);
    }
    if (!rc) {
        *out = rows.n ? rows.items[0] : (struct run_row){0};
    }
    return rc;
}

int runs_find_shared_ended(struct store *s, struct arena *a, const char *plan, struct run_row *out,
                           struct err *err)
{
    run_rows_t rows = {0};
    const struct store_value values[] = {store_text(plan)};
    int rc = has_runs(s) ? store_query(s, sql_store_runs_ended, values, 1, each_run,
                                       &(struct reading){a, &rows}, cannot_read, err)
                         : 0;
    if (!rc) {
        *out = rows.n ? rows.items[0] : (struct run_row){0};
    }
    return rc;
}

int runs_read_target(const struct store_row *row, struct arena *a, struct run_target_row *out,
                     struct err *err)
{
    int state = state_of(target_states, RUN_TARGET_STATE_COUNT, row_slice(row, 4), "target", err);
    if (state < 0) {
        return state;
    }
    *out = (struct run_target_row){.index = (size_t)row_number(row, 0),
                                   .name = row_text(row, 1, a),
                                   .server = row_text(row, 2, a),
                                   .wave = (unsigned)row_number(row, 3),
                                   .state = (enum run_target_state)state,
                                   .outcome = row_text(row, 5, a),
                                   .commit_order = row_number(row, 6),
                                   .runner = row_text(row, 7, a),
                                   .claim = row_number(row, 8),
                                   .lease_until_us = row_number(row, 9),
                                   .steps_done = row_number(row, 10),
                                   .taken_back = row_number(row, 11),
                                   .at = row_text(row, 12, a),
                                   .detail = row_text(row, 13, a),
                                   .duration_us = row_number(row, 14),
                                   .written = row_number(row, 15)};
    return 0;
}

static int each_target(void *arg, const struct store_row *row, struct err *err)
{
    struct reading *r = arg;
    struct run_target_row target;
    int rc = runs_read_target(row, r->a, &target, err);
    if (!rc) {
        *vec_push(r->a, (run_target_rows_t *)r->out) = target;
    }
    return rc;
}

int runs_targets(struct store *s, struct arena *a, const char *run, run_target_rows_t *out, struct err *err)
{
    run_target_rows_t rows = {0};
    const struct store_value values[] = {store_text(run)};
    int rc = has_runs(s) ? store_query(s, sql_store_targets_select, values, 1, each_target,
                                       &(struct reading){a, &rows}, cannot_read, err)
                         : 0;
    if (!rc) {
        *out = rows;
    }
    return rc;
}

int runs_read_wave(const struct store_row *row, struct run_wave_row *out, struct err *err)
{
    int state = state_of(wave_states, WAVE_STATE_COUNT, row_slice(row, 1), "wave", err);
    if (state < 0) {
        return state;
    }
    *out = (struct run_wave_row){(unsigned)row_number(row, 0), (enum wave_state)state, row_number(row, 2)};
    return 0;
}

int runs_read_state(const struct store_row *row, int column, enum run_state *out, struct err *err)
{
    int state = state_of(run_states, RUN_STATE_COUNT, row_slice(row, column), "run", err);
    if (state < 0) {
        return state;
    }
    *out = (enum run_state)state;
    return 0;
}

static int each_wave(void *arg, const struct store_row *row, struct err *err)
{
    struct reading *r = arg;
    struct run_wave_row wave;
    int rc = runs_read_wave(row, &wave, err);
    if (!rc) {
        *vec_push(r->a, (run_wave_rows_t *)r->out) = wave;
    }
    return rc;
}

int runs_waves(struct store *s, struct arena *a, const char *run, run_wave_rows_t *out, struct err *err)
{
    run_wave_rows_t rows = {0};
    const struct store_value values[] = {store_text(run)};
    int rc = has_runs(s)
                 ? store_query(s, "SELECT wave, state, until_us FROM run_waves WHERE run = ?1 ORDER BY wave",
                               values, 1, each_wave, &(struct reading){a, &rows}, cannot_read, err)
                 : 0;
    if (!rc) {
        *out = rows;
    }
    return rc;
}

/* --- writing */

static void run_call(struct arena *a, struct store_calls *calls, const struct run_row *r)
{
    const struct store_value values[] = {store_text(r->run),
                                         store_text(r->environment),
                                         store_text(r->plan),
                                         store_text(r->document ? r->document : ""),
                                         store_text(r->command),
                                         store_text(r->actor),
                                         store_text(r->host),
                                         store_number(r->shared),
                                         store_text(run_states[r->state]),
                                         store_number(r->wave),
                                         store_number(r->exit_status),
                                         store_number(r->created_us ? r->created_us : time_now_us())};
    store_add(
        a, calls,
        "INSERT INTO runs (run, environment, plan, document, command, actor, host, shared, state, wave, "
        "exit_status, created_us, ended_us) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, "
        "0)",
        values, COUNT_OF(values));
}

static void new_target_call(struct arena *a, struct store_calls *calls, const char *run,
                            const struct run_target_row *t)
{
    const struct store_value values[] = {store_text(run),        store_number((int64_t)t->index),
                                         store_text(t->name),    store_text(t->server),
                                         store_number(t->wave),  store_text(target_states[t->state]),
                                         store_text(t->outcome), store_number(t->steps_done)};
    store_add(
        a, calls,
        "INSERT INTO run_targets (run, number, name, server, wave, state, outcome, commit_order, claim, "
        "written, steps_done, taken_back, duration_us) "
        "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, 0, 0, ?8, 0, 0)",
        values, COUNT_OF(values));
}

struct beginning {
    const struct run_row *run;
    const struct run_target_row *targets;
    size_t ntargets, nwaves;
    struct audit_event *events;
    size_t n;
    struct audit_head before, after;
    char (*digests)[DIGEST_HEX + 1];
};

static int note_found(void *arg, UNUSED const struct store_row *row, UNUSED struct err *err)
{
    *(bool *)arg = true;
    return 0;
}

static int begin_work(void *arg, struct store *s, struct arena *a, struct store_calls *calls, struct err *err)
{
    struct beginning *b = arg;
    bool taken = false;
    const struct store_value values[] = {store_text(b->run->plan), store_number(b->run->shared)};
    struct store_call reads[] = {
        audit_head_call(&b->before),
        {.sql = "SELECT run FROM runs WHERE ?2 = 1 AND shared = 1 AND plan = ?1 AND state <> 'ended'",
         .values = values,
         .n = COUNT_OF(values),
         .each = note_found,
         .arg = &taken}};
    int rc = store_calls(s, reads, COUNT_OF(reads), cannot_write, err);
    if (!rc && taken) {
        err_set(err, ERR_REFUSED, "another run of this plan is open");
        rc = err_hint(err, "Join it with --join, or wait for its end.");
    }
    if (rc) {
        return rc;
    }
    run_call(a, calls, b->run);
    for (size_t i = 0; i < b->ntargets; i++) {
        new_target_call(a, calls, b->run->run, &b->targets[i]);
    }
    for (size_t i = 0; i < b->nwaves; i++) {
        runs_wave_call(a, calls, b->run->run,
                       &(struct run_wave_row){.wave = (unsigned)i, .state = WAVE_CLOSED});
    }
    b->after = b->before;
    audit_append_calls(s, a, b->events, b->n, &b->after, b->digests, calls);
    return 0;
}

static int begin_stands(void *arg, struct store *s, bool *out, struct err *err)
{
    const struct beginning *b = arg;
    const struct store_value values[] = {store_text(b->run->run)};
    *out = false;
    return store_query(s, "SELECT run FROM runs WHERE run = ?1", values, 1, note_found, out, cannot_read,
                       err);
}

int runs_begin(struct store *s, const struct run_row *run, const struct run_target_row *targets,
               size_t ntargets, size_t nwaves, struct audit_event *events, size_t n, struct err *err)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    int rc = audit_may_append(s, err);
    if (rc) {
        return rc;
    }
    struct beginning b = {.run = run,
                          .targets = targets,
                          .ntargets = ntargets,
                          .nwaves = nwaves,
                          .events = events,
                          .n = n,
                          .digests = arena_array(&a, n + 1, sizeof(*b.digests))};
    for (size_t i = 0; i < n; i++) {
        events[i].at_us = events[i].at_us ? events[i].at_us : time_now_us();
    }
    const struct store_work work = {STORE_APPENDS, cannot_write, begin_work, begin_stands, &b};
    FAILPOINT("before-run-begins");
    rc = store_transact(s, &a, &work, err);
    FAILPOINT("after-run-begins");
    if (!rc) {
        audit_appended(events, n, &b.before, b.digests);
    }
    return rc;
}

void runs_target_call(struct arena *a, struct store_calls *calls, const char *run,
                      const struct run_target_row *t, int64_t seq)
{
    const struct store_value values[] = {store_text(run),
                                         store_number((int64_t)t->index),
                                         store_text(target_states[t->state]),
                                         store_text(t->outcome),
                                         store_number(t->commit_order == RUN_COMMITTED_NOW ? seq : 0),
                                         store_number(t->steps_done),
                                         store_number(t->taken_back),
                                         store_text(t->at),
                                         store_text(t->detail),
                                         store_number(t->duration_us),
                                         store_number(seq)};
    store_add(a, calls,
              "UPDATE run_targets SET state = ?3, outcome = ?4, "
              "commit_order = CASE WHEN ?5 > 0 THEN ?5 ELSE commit_order END, steps_done = ?6, "
              "taken_back = ?7, position = ?8, detail = ?9, duration_us = ?10, written = ?11 "
              "WHERE run = ?1 AND number = ?2",
              values, COUNT_OF(values));
}

void runs_wave_call(struct arena *a, struct store_calls *calls, const char *run, const struct run_wave_row *w)
{
    const struct store_value values[] = {store_text(run), store_number(w->wave),
                                         store_text(wave_states[w->state]), store_number(w->until_us)};
    store_add(a, calls,
              "INSERT INTO run_waves (run, wave, state, until_us) VALUES (?1, ?2, ?3, ?4) "
              "ON CONFLICT (run, wave) DO UPDATE SET state = ?3, until_us = ?4",
              values, COUNT_OF(values));
}

void runs_change_call(struct arena *a, struct store_calls *calls, const char *run, const struct run_change *c)
{
    const struct store_value values[] = {store_text(run),
                                         store_text(run_states[c->state]),
                                         store_number(c->wave),
                                         store_number(c->exit_status),
                                         store_number(c->state == RUN_STATE_ENDED ? time_now_us() : 0),
                                         store_number(c->from_ended)};
    /* A process that goes on with a run alone does not share it. */
    store_add(a, calls,
              "UPDATE runs SET state = ?2, wave = CASE WHEN ?3 >= 0 THEN ?3 ELSE wave END, "
              "exit_status = CASE WHEN ?4 >= 0 THEN ?4 ELSE exit_status END, ended_us = ?5, "
              "shared = CASE WHEN ?6 = 1 THEN 0 ELSE shared END "
              "WHERE run = ?1",
              values, COUNT_OF(values));
}

int runs_set_state(struct store *s, const char *run, enum run_state state, int64_t wave, int exit_status,
                   struct err *err)
{
    const struct run_change change = {.state = state, .wave = wave, .exit_status = exit_status};
    return audit_write(s, &(struct audit_request){.run = run, .change = &change}, NULL, err);
}

int runs_set_wave(struct store *s, const char *run, const struct run_wave_row *wave, struct err *err)
{
    return audit_write(s, &(struct audit_request){.run = run, .waves = wave, .nwaves = 1}, NULL, err);
}
