/* Waiting between waves. */
#include "engine/run/pause.h"
#include "base/file.h"
#include "engine/run/run_internal.h"

#define FIRST_REST_MS   100
#define LONGEST_REST_MS 10000

struct question {
    struct job job;
    struct run *run;
    size_t wave, target;
    bool yes;
    struct err err; /* why not */
};

void pauses_init(struct run *r)
{
    r->pauses.items = arena_array(r->a, r->plan->waves.n + 1, sizeof(*r->pauses.items));
}

void pauses_release(struct run *r)
{
    for (size_t w = 0; r->pauses.items && w < r->plan->waves.n; w++) {
        arena_release(&r->pauses.items[w].arena);
    }
}

static bool ends_by_itself(enum plan_pause kind)
{
    return kind == PLAN_PAUSE_TIME || kind == PLAN_PAUSE_QUERY;
}

/* Only once the store knows: where that cannot be written the wave is not over, for others or for a resume.
 */
static void end_pause_as(struct run *r, size_t wave, enum wave_state state)
{
    if (shared_leads(r) && !record_wave(r, wave, state, 0, shared_leading(r))) {
        return;
    }
    r->pauses.items[wave].kind = PLAN_PAUSE_NONE;
    r->pauses.items[wave].passed = true;
    pthread_mutex_lock(&r->telling);
    roster_complete(&r->roster, wave);
    pthread_mutex_unlock(&r->telling);
    run_tell_wave(r, wave, RUN_WAVE_FINISHED, 0, NULL);
}

static void end_pause(struct run *r, size_t wave)
{
    end_pause_as(r, wave, r->pauses.items[wave].given_up ? WAVE_FAILED : WAVE_DONE);
}

/* Where nothing was to be done there is nothing to look at either. */
static bool has_changed(const struct run *r, const struct plan_wave *wave)
{
    for (size_t i = wave->first; i < wave->first + wave->n; i++) {
        if (r->result->targets.items[i].outcome == TARGET_DONE) {
            return true;
        }
    }
    return false;
}

/* When the pause ends, for whoever goes on with the run and for all that share it. */
static void fix_end(struct run *r, size_t wave)
{
    const struct plan_wave *w = &r->plan->waves.items[wave];
    struct pause *p = &r->pauses.items[wave];
    if (ends_by_itself(w->pause) && p->end_us == 0) {
        int64_t whole = w->pause_ms * 1000, now = time_now_us();
        p->until_us = p->until_us ? p->until_us : now + whole;
        int64_t left = p->until_us - now; /* more than the whole: the clock was put back */
        p->end_us = time_monotonic_us() + (left > whole ? whole : left > 0 ? left : 0);
    }
    p->fixed = record_wave(r, wave, WAVE_PAUSED, p->until_us, shared_leading(r));
}

static void begin_pause(struct run *r, size_t wave)
{
    const struct plan_wave *w = &r->plan->waves.items[wave];
    struct pause *p = &r->pauses.items[wave];
    pthread_mutex_lock(&r->telling);
    roster_pause(&r->roster, wave);
    pthread_mutex_unlock(&r->telling);
    bool needed = w->pause == PLAN_PAUSE_QUERY || roster_is_awaited(&r->roster, wave);
    if (w->pause == PLAN_PAUSE_NONE || p->passed || !needed || !has_changed(r, w)) {
        end_pause(r, wave);
        return;
    }
    p->kind = w->pause;
    if (shared_leads(r)) {
        fix_end(r, wave);
    }
    p->said_yes = arena_array(r->a, w->n + 1, sizeof(bool));
    p->rest_ms = FIRST_REST_MS;
    run_tell_wave(r, wave, p->kind == PLAN_PAUSE_PERSON ? RUN_WAVE_WAITING : RUN_WAVE_PAUSED, p->until_us,
                  w->pause_query);
}

/* "t", "true" or a number other than 0 in the first column of every row, and at least one row. */
static bool is_true(struct slice cell)
{
    return cell.ptr && cell.len > 0 && !slice_eq(cell, "f") && !slice_eq(cell, "false") &&
           !slice_eq(cell, "0");
}

static int ask(struct question *q, struct worker *w, struct member *m, struct err *err)
{
    struct rowset rows;
    const char *query = q->run->plan->waves.items[q->wave].pause_query;
    int rc = member_connect(q->run->opts.fleet, m, false, err);
    if (rc) {
        return rc;
    }
    run_watch_conn(&w->watch, m->conn);
    rc = conn_query(m->conn, &w->scratch, query, &rows, err);
    run_watch_conn(&w->watch, NULL);
    for (size_t i = 0; rc == 0 && i < rows.nrows; i++) {
        if (rows.ncols == 0 || !is_true(rowset_cell(&rows, i, 0))) {
            return err_set(err, ERR_FAILED, "%s: the query of the pause is not true", m->target->name);
        }
    }
    if (rc == 0 && rows.nrows == 0) {
        return err_set(err, ERR_FAILED, "%s: the query of the pause gives no row", m->target->name);
    }
    return rc ? err_wrap(err, "%s: the query of the pause", m->target->name) : 0;
}

static void work_on_question(struct job *job, struct worker *w)
{
    struct question *q = (struct question *)(void *)job;
    struct member *m = q->run->members[q->target];
    run_watch_phase(&w->watch, PHASE_WORK);
    m->cancel_fd = &w->watch.cancel_fd;
    q->yes = ask(q, w, m, &q->err) == 0;
    member_disconnect(m);
    m->cancel_fd = NULL;
}

static void ask_next(struct run *r, size_t wave)
{
    struct pause *p = &r->pauses.items[wave];
    size_t target;
    while (roster_next(&p->round, &target)) {
        struct question *q = arena_alloc(&p->arena, sizeof(*q));
        *q = (struct question){.job = {.work = work_on_question}, .run = r, .wave = wave, .target = target};
        if (crew_give(r->crew, &q->job, &r->failure)) {
            roster_ended(&p->round, target, true);
            return;
        }
    }
}

/* Of the targets that were done, those that have not said yes so far are asked, within the wave's limits. */
static void begin_round(struct run *r, size_t wave)
{
    const struct plan_wave *w = &r->plan->waves.items[wave];
    struct pause *p = &r->pauses.items[wave];
    arena_release(&p->arena);
    size_t *order = arena_array(&p->arena, w->n + 1, sizeof(*order)), n = 0;
    const char **servers = arena_array(&p->arena, r->plan->targets.n + 1, sizeof(*servers));
    for (size_t i = 0; i < r->plan->targets.n; i++) {
        servers[i] = r->members[i]->server;
    }
    for (size_t i = w->first; i < w->first + w->n; i++) {
        if (r->result->targets.items[i].outcome == TARGET_DONE && !p->said_yes[i - w->first]) {
            order[n++] = i;
        }
    }
    roster_init(&p->arena, r->plan, servers, &p->round);
    roster_turn_back(&p->arena, &p->round, order, n);
    p->asking = true;
    ask_next(r, wave);
}

void pauses_note_failure(struct run *r, size_t wave, const struct err *why)
{
    struct err *err = &r->result->pause;
    if (r->pauses.failed) {
        return;
    }
    r->pauses.failed = true;
    if (why) {
        *err = *why;
    } else {
        err_set(err, ERR_FAILED, "the query of the pause did not become true in time");
    }
    err_wrap(err, "wave %s", r->plan->waves.items[wave].name);
}

bool pauses_row_ends(const struct run *r, const struct run_wave_row *row)
{
    return row->state == WAVE_DONE || (row->state == WAVE_FAILED && r->plan->on_failure == PLAN_CONTINUE);
}

static void fail_pause(struct run *r, size_t wave)
{
    pauses_note_failure(r, wave, &r->pauses.items[wave].answer);
    if (r->plan->on_failure == PLAN_CONTINUE) {
        r->pauses.items[wave].given_up = true;
        end_pause(r, wave);
    } else {
        record_wave(r, wave, WAVE_FAILED, 0, shared_leading(r));
    }
}

static void end_round(struct run *r, size_t wave)
{
    struct pause *p = &r->pauses.items[wave];
    p->asking = false;
    if (p->round.failed == 0) {
        end_pause(r, wave);
    } else if (time_monotonic_us() >= p->end_us) {
        fail_pause(r, wave);
    } else {
        int64_t next = time_monotonic_us() + p->rest_ms * 1000;
        p->next_us = next < p->end_us ? next : p->end_us;
        p->rest_ms = p->rest_ms * 2 < LONGEST_REST_MS ? p->rest_ms * 2 : LONGEST_REST_MS;
    }
}

bool pauses_answer(struct run *r, struct job *job)
{
    if (job->work != work_on_question) {
        return false;
    }
    struct question *q = (struct question *)(void *)job;
    size_t wave = q->wave;
    struct pause *p = &r->pauses.items[wave];
    p->said_yes[q->target - r->plan->waves.items[wave].first] = q->yes;
    p->answer = q->yes ? p->answer : q->err;
    roster_ended(&p->round, q->target, !q->yes);
    if (r->roster.stopped) {
        roster_stop(&p->round);
    }
    ask_next(r, wave);
    if (roster_is_through(&p->round) && !r->roster.stopped) {
        end_round(r, wave);
    }
    return true;
}

void pauses_tend(struct run *r)
{
    size_t wave;
    while (roster_wave_ended(&r->roster, &wave)) {
        begin_pause(r, wave);
    }
    for (size_t w = 0; w < r->plan->waves.n && !r->roster.stopped && shared_leads(r); w++) {
        struct pause *p = &r->pauses.items[w];
        int64_t now = time_monotonic_us();
        if (p->kind != PLAN_PAUSE_NONE && !p->fixed) { /* who led before did not come to it */
            fix_end(r, w);
        }
        if (p->kind == PLAN_PAUSE_NONE && r->roster.waves[w].state == ROSTER_PAUSED) {
            end_pause(r, w); /* its end could not be written */
        }
        if (p->kind == PLAN_PAUSE_TIME && now >= p->end_us) {
            end_pause(r, w);
        } else if (p->kind == PLAN_PAUSE_QUERY && !p->asking && now >= p->next_us &&
                   (!r->pauses.failed || r->plan->on_failure == PLAN_CONTINUE)) {
            begin_round(r, w);
        }
    }
}

bool pauses_under_way(const struct run *r)
{
    for (size_t w = 0; w < r->plan->waves.n && !r->roster.stopped; w++) {
        if (ends_by_itself(r->pauses.items[w].kind)) {
            return true;
        }
    }
    return false;
}

int64_t pauses_deadline(const struct run *r)
{
    int64_t next = 0;
    for (size_t w = 0; w < r->plan->waves.n && !r->roster.stopped; w++) {
        const struct pause *p = &r->pauses.items[w];
        int64_t at = p->kind == PLAN_PAUSE_TIME                  ? p->end_us
                     : p->kind == PLAN_PAUSE_QUERY && !p->asking ? p->next_us
                                                                 : 0;
        at = shared_leads(r) ? at : 0;
        next = at > 0 && (next == 0 || at < next) ? at : next;
    }
    return next;
}

bool pauses_person(const struct run *r, size_t *wave)
{
    for (size_t w = 0; w < r->plan->waves.n; w++) {
        if (r->pauses.items[w].kind == PLAN_PAUSE_PERSON) {
            *wave = w;
            return true;
        }
    }
    return false;
}
