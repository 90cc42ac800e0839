/* Entering a shared run: beginning it, joining it, or taking it up again when nobody is left of it. */
#include "base/file.h"
#include "engine/run/shared.h"
#include "engine/run/shared_internal.h"
#include "engine/store/audit.h"
#include "engine/store/store_internal.h"

static const char doing[] = "cannot enter the run";

struct entering {
    struct run *run;
    const char *id, *runner;
    struct audit_event event;
    struct audit_head before;
    char digest[1][DIGEST_HEX + 1];
    enum run_state state;
    int exit_status;
    bool found, shared, others, left, over;
};

static int take_state(void *arg, const struct store_row *row, struct err *err)
{
    struct entering *e = arg;
    e->found = true;
    e->exit_status = (int)row_number(row, 1);
    e->shared = row_number(row, 2) != 0;
    return runs_read_state(row, 0, &e->state, err);
}

static int take_left(void *arg, UNUSED const struct store_row *row, UNUSED struct err *err)
{
    ((struct entering *)arg)->left = true;
    return 0;
}

static int take_other(void *arg, UNUSED const struct store_row *row, UNUSED struct err *err)
{
    ((struct entering *)arg)->others = true;
    return 0;
}

/* Nobody is left of the run: it goes on with this process. With resume, what failed is tried again, and what
 * waited for a person has been told to go on. */
static void revive(struct entering *e, struct arena *a, struct store_calls *calls)
{
    const struct run *r = e->run;
    const struct store_value run[] = {store_text(e->id)};
    bool back = e->state == RUN_STATE_TAKING_BACK;
    if (!back) {
        const struct run_change change = {.state = RUN_STATE_OPEN, .wave = -1, .exit_status = -1};
        runs_change_call(a, calls, e->id, &change);
    }
    store_add(a, calls, "UPDATE run_waves SET state = 'open' WHERE run = ?1 AND state = 'failed'", run, 1);
    if (!r->opts.again || back) {
        return;
    }
    store_add(a, calls,
              "UPDATE run_targets SET state = 'pending' WHERE run = ?1 AND state = 'ended' "
              "AND outcome NOT IN ('done', 'unchanged', 'taken back')",
              run, 1);
    for (size_t w = 0; w < r->plan->waves.n && e->state == RUN_STATE_WAITING; w++) {
        if (r->plan->waves.items[w].pause == PLAN_PAUSE_PERSON) {
            const struct store_value wave[] = {store_text(e->id), store_number((int64_t)w)};
            store_add(a, calls,
                      "UPDATE run_waves SET state = 'done' WHERE run = ?1 AND wave = ?2 AND state = 'paused'",
                      wave, 2);
        }
    }
}

static int check_state(const struct entering *e, struct err *err)
{
    if (!e->found) {
        return err_set(err, ERR_FAILED, "run %s is not in the store any more", e->id);
    }
    if (e->others && !e->shared) {
        err_set(err, ERR_REFUSED, "run %s is carried out by one process, which does not share it", e->id);
        return err_hint(err, "Wait for its end, or interrupt it there.");
    }
    if (e->state == RUN_STATE_WAITING && !e->run->opts.again) {
        err_set(err, ERR_REFUSED, "run %s of this plan waits for a person", e->id);
        return err_hint(err, "\"lockstep resume %s --join\" goes on with it.", e->id);
    }
    return 0;
}

/* Does nobody carry it out? Who is still there of a run that has stopped is about to go. */
static bool is_left_alone(const struct entering *e)
{
    bool again = e->run->opts.again != NULL;
    bool stopped = e->state == RUN_STATE_WAITING || e->state == RUN_STATE_ENDED;
    return !e->others || e->state == RUN_STATE_STOPPING || (again && stopped);
}

static int enter_work(void *arg, struct store *s, struct arena *a, struct store_calls *calls, struct err *err)
{
    struct entering *e = arg;
    const struct store_value values[] = {store_text(e->id), store_text(e->runner)};
    e->found = e->others = e->left = false;
    struct store_call reads[] = {
        audit_head_call(&e->before),
        {.sql = "SELECT state, exit_status, shared FROM runs WHERE run = ?1 {for_update}",
         .values = values,
         .n = 1,
         .each = take_state,
         .arg = e},
        {.sql = "SELECT runner FROM runners WHERE run = ?1 AND runner <> ?2 AND lease_until_us > {now}",
         .values = values,
         .n = 2,
         .each = take_other,
         .arg = e},
        {.sql = "SELECT 1 FROM run_targets WHERE run = ?1 AND (state <> 'ended' OR outcome NOT IN "
                "('done', 'unchanged', 'taken back')) LIMIT 1",
         .values = values,
         .n = 1,
         .each = take_left,
         .arg = e},
    };
    int rc = store_calls(s, reads, COUNT_OF(reads), doing, err);
    rc = rc ? rc : check_state(e, err);
    if (rc) {
        return rc;
    }
    e->over = e->state == RUN_STATE_ENDED && !e->left;
    if (e->over) {
        return 0;
    }
    bool stands = is_left_alone(e);
    e->event.kind = stands ? EVENT_RUN_RESUMED : EVENT_RUN_JOINED;
    e->event.at_us = time_now_us();
    if (stands) {
        revive(e, a, calls);
    }
    store_add(a, calls, "UPDATE runs SET shared = 1 WHERE run = ?1", values, 1);
    struct audit_head head = e->before;
    audit_append_calls(s, a, &e->event, 1, &head, e->digest, calls);
    return 0;
}

static int enter_stands(void *arg, struct store *s, bool *out, struct err *err)
{
    const struct entering *e = arg;
    return audit_stands(s, e->before.seq + 1, e->digest[0], out, err);
}

static int join(struct run *r, const char *id, struct err *err)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct entering e = {.run = r,
                         .id = id,
                         .runner = claims_runner(r->shared->claims),
                         .event = {.run = id,
                                   .actor = r->actor,
                                   .host = r->host,
                                   .environment = r->plan->environment,
                                   .plan = r->plan->digest,
                                   .detail = r->opts.command,
                                   .rows = -1}};
    const struct store_work work = {STORE_APPENDS, doing, enter_work, enter_stands, &e};
    int rc = store_transact(r->opts.store, &a, &work, err);
    if (rc == 0 && e.over) {
        r->shared->over = true;
        r->shared->state = e.state;
        r->shared->exit_status = e.exit_status;
    } else if (rc == 0) {
        memcpy(r->head, e.digest[0], sizeof(r->head));
        memcpy(r->queue.head, r->head, sizeof(r->head));
    }
    return rc;
}

static int open_claims(struct run *r, struct claims **out, struct err *err)
{
    const struct claims_opts opts = {
        .run = r->result->run, .actor = r->actor, .host = r->host, .lease_ms = r->opts.lease_ms};
    return claims_open(r->opts.store, &opts, out, err);
}

static int begin(struct run *r, struct err *err)
{
    char *id = NULL;
    int rc = store_run_id(r->opts.store, r->a, &id, err);
    r->result->run = id;
    rc = rc ? rc : record_begin(r, err);
    return rc ? rc : open_claims(r, &r->shared->claims, err);
}

/* One that comes late, when the others have carried the plan out already: it has that run's end. Not when
 * something has been done in the environment since, for then the plan may be meant anew. */
static int find_ended(struct run *r, struct run_row *out, struct err *err)
{
    struct run_row row = {0};
    int rc = runs_find_shared_ended(r->opts.store, r->a, r->plan->digest, &row, err);
    if (rc == 0 && row.run) {
        r->shared->over = true;
        r->shared->state = RUN_STATE_ENDED;
        r->shared->exit_status = row.exit_status;
    }
    *out = row;
    return rc;
}

/* Several may find at the same time that there is no such run: one of them begins it, the others join. */
static int begin_or_join(struct run *r, struct err *err)
{
    int rc = 0;
    for (int tries = 0; tries < 3; tries++) {
        struct run_row row = {0};
        if (r->opts.again) {
            row = *r->opts.again->row;
        } else {
            rc = runs_find_shared(r->opts.store, r->a, r->plan->digest, &row, err);
        }
        if (rc == 0 && !row.run) {
            rc = find_ended(r, &row, err);
        }
        if (rc == 0 && row.run && r->shared->over) {
            r->result->run = row.run;
            return 0;
        }
        if (rc == 0 && row.run) {
            r->result->run = row.run;
            rc = open_claims(r, &r->shared->claims, err);
            return rc ? rc : join(r, row.run, err);
        }
        rc = rc ? rc : begin(r, err);
        if (rc != ERR_REFUSED) {
            return rc;
        }
        event_queue_empty(&r->queue);
    }
    return rc;
}

static int check_sharable(const struct run *r, struct err *err)
{
    const struct plan_wave *w;
    vec_each (w, &r->plan->waves) {
        if (w->atomic) {
            err_set(err, ERR_REFUSED, "wave %s is atomic: one process has to hold all of its targets",
                    w->name);
            return err_hint(err, "Leave --join out.");
        }
    }
    if (r->opts.again && (r->opts.again->only || r->opts.again->back)) {
        return err_set(err, ERR_USAGE, "a run that several share goes on as a whole: no -t with --join");
    }
    return 0;
}

int shared_enter(struct run *r, struct err *err)
{
    int rc = check_sharable(r, err);
    if (rc) {
        return rc;
    }
    size_t n = r->plan->targets.n;
    r->shared = arena_alloc(r->a, sizeof(*r->shared));
    r->shared->mine = arena_array(r->a, n + 1, sizeof(bool));
    r->shared->ended_here = arena_array(r->a, n + 1, sizeof(bool));
    r->shared->claim = arena_array(r->a, n + 1, sizeof(int64_t));
    r->shared->exit_status = -1;
    r->shared->runners = 1;
    rc = begin_or_join(r, err);
    if (rc) {
        r->result->run = NULL; /* nothing was begun */
    }
    return rc;
}
