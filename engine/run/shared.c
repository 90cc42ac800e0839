/* The scheduler's side of a shared run: the store's rows become the roster, and what the roster picks is
 * claimed. Entering is in shared_enter.c. */
#include "engine/run/shared.h"
#include "base/file.h"
#include "engine/run/again.h"
#include "engine/run/shared_internal.h"

#define LOOK_US       250000 /* between two looks at what others do */
#define NOBODYS_CLAIM (-1)   /* is the number of none: what is tried with it is refused */

bool shared_leads(const struct run *r)
{
    return !r->shared || r->shared->leads;
}

bool shared_is_over(const struct run *r)
{
    return r->shared->over;
}

bool shared_is_back(const struct run *r)
{
    return r->shared && r->shared->state == RUN_STATE_TAKING_BACK;
}

struct run_guard shared_guard(const struct run *r, size_t target)
{
    const struct shared *sh = r->shared;
    return sh ? (struct run_guard){.index = target,
                                   .runner = claims_runner(sh->claims),
                                   .claim = sh->claim[target]}
              : (struct run_guard){.alone = true};
}

struct run_guard shared_leading(const struct run *r)
{
    const struct shared *sh = r->shared;
    return sh ? (struct run_guard){.runner = claims_runner(sh->claims), .leads = true}
              : (struct run_guard){.alone = true};
}

void shared_lose_lead(struct run *r)
{
    r->shared->leads = false;
    r->shared->next_us = 0;
}

/* --- from the rows to the roster */

static enum roster_state standing_of(const struct run *r, const struct run_target_row *row)
{
    const struct target_result *t = &r->result->targets.items[row->index];
    bool at_work = row->state == RUN_TARGET_CLAIMED || row->state == RUN_TARGET_HELD;
    if (at_work) {
        /* One of this runner's own that it does not know of: the answer to its claim was lost. */
        bool own = row->runner && strcmp(row->runner, claims_runner(r->shared->claims)) == 0;
        return row->lease_until_us > 0 && !own ? ROSTER_RUNNING : ROSTER_PENDING;
    }
    if (row->state != RUN_TARGET_ENDED) {
        return ROSTER_PENDING;
    }
    return t->outcome == TARGET_TAKEN_BACK ? ROSTER_LEFT : target_has_failed(t) ? ROSTER_FAILED : ROSTER_DONE;
}

static void apply_row(struct run *r, const struct run_target_row *row)
{
    struct shared *sh = r->shared;
    size_t i = row->index;
    bool own_end = sh->ended_here[i] && row->claim == sh->claim[i];
    if (i >= r->plan->targets.n || sh->mine[i] || own_end) {
        return; /* this process knows better */
    }
    enum roster_state before = r->roster.targets[i].state;
    sh->claim[i] = row->claim;
    sh->ended_here[i] = false;
    again_load_row(r, row);
    enum roster_state now = standing_of(r, row);
    if (now == ROSTER_PENDING || now == ROSTER_RUNNING) {
        struct target_result *t = &r->result->targets.items[i];
        /* On the way back the order of the commits still counts. */
        int64_t order = sh->state == RUN_STATE_TAKING_BACK ? t->commit_order : 0;
        *t = (struct target_result){.name = t->name, .steps = t->steps, .commit_order = order};
    }
    if (now != before) {
        roster_set(&r->roster, i, now);
    }
    if (now != before && (now == ROSTER_DONE || now == ROSTER_FAILED)) {
        *vec_push(r->a, &sh->heard) = i;
    }
}

static void apply_wave(struct run *r, const struct run_wave_row *row)
{
    if (row->wave >= r->plan->waves.n) {
        return;
    }
    struct pause *p = &r->pauses.items[row->wave];
    if (row->state == WAVE_FAILED) {
        pauses_note_failure(r, row->wave, NULL);
    }
    if (row->state == WAVE_PAUSED) {
        p->until_us = row->until_us;
    } else if (pauses_row_ends(r, row) && !p->passed) {
        p->passed = true;
        p->kind = PLAN_PAUSE_NONE;
        if (r->roster.waves[row->wave].state == ROSTER_PAUSED) {
            roster_complete(&r->roster, row->wave);
        }
    }
}

static bool may_start(const struct run *r)
{
    bool continues = r->plan->on_failure == PLAN_CONTINUE;
    return r->shared->state == RUN_STATE_OPEN && !r->failure.status && !run_is_interrupted(r) &&
           (continues || (!roster_beyond_budget(&r->roster) && !r->pauses.failed)) &&
           !claims_expired(r->shared->claims);
}

/* Nobody takes more than his share while others are there to do it. */
static size_t share_of(const struct run *r)
{
    size_t runners = r->shared->runners ? r->shared->runners : 1;
    size_t share = (r->roster.most + runners - 1) / runners, out = crew_out(r->crew);
    return share > out ? share - out : 0;
}

/* Events that workers tell read the roster's counts. */
static void set_telling(struct run *r, size_t target, enum roster_state state)
{
    pthread_mutex_lock(&r->telling);
    roster_set(&r->roster, target, state);
    pthread_mutex_unlock(&r->telling);
}

/* Under r->telling. */
static void forget_picks(struct run *r)
{
    struct shared *sh = r->shared;
    for (size_t i = 0; i < sh->picked.n; i++) {
        roster_set(&r->roster, sh->picked.items[i], ROSTER_PENDING);
    }
    sh->picked.n = 0;
}

static int choose(void *arg, const struct claims_view *view, struct arena *a, claims_picks_t *picks,
                  UNUSED struct err *err)
{
    struct run *r = arg;
    struct shared *sh = r->shared;
    size_t target;
    pthread_mutex_lock(&r->telling);
    forget_picks(r); /* of an attempt that came to nothing */
    sh->state = view->state;
    sh->leads = view->leads;
    sh->runners = view->runners;
    sh->exit_status = view->exit_status;
    for (size_t i = 0; i < view->changed.n; i++) {
        apply_row(r, &view->changed.items[i]);
    }
    for (size_t i = 0; i < view->waves.n; i++) {
        apply_wave(r, &view->waves.items[i]);
    }
    for (size_t n = sh->looks_only || !may_start(r) ? 0 : share_of(r);
         n > 0 && roster_next(&r->roster, &target); n--) {
        *vec_push(r->a, &sh->picked) = target;
        *vec_push(a, picks) = (struct claims_pick){.index = target, .claim = sh->claim[target]};
    }
    pthread_mutex_unlock(&r->telling);
    return 0;
}

/* What others have ended is told when the store has been let go. */
static void tell_heard(struct run *r)
{
    struct shared *sh = r->shared;
    for (size_t i = 0; i < sh->heard.n; i++) {
        run_tell_target(r, sh->heard.items[i], RUN_TARGET_FINISHED);
    }
    sh->heard.n = 0;
}

static void look(struct run *r, struct arena *scratch, claims_picks_t *picks)
{
    struct shared *sh = r->shared;
    struct err err;
    claims_picks_t found = {0};
    int rc = claims_look(sh->claims, scratch, choose, r, &found, &err);
    sh->next_us = time_monotonic_us() + LOOK_US;
    if (rc) {
        pthread_mutex_lock(&r->telling);
        forget_picks(r);
        pthread_mutex_unlock(&r->telling);
        r->failure = r->failure.status ? r->failure : err;
    }
    sh->picked.n = 0;
    *picks = found;
    tell_heard(r);
}

void shared_start(struct run *r, void (*give)(struct run *r, size_t target))
{
    struct shared *sh = r->shared;
    AUTO(arena_release) struct arena scratch = ARENA_INIT; /* there may be many looks */
    claims_picks_t picks = {0};
    if (r->failure.status) {
        return;
    }
    look(r, &scratch, &picks);
    for (size_t i = 0; i < picks.n; i++) {
        const struct claims_pick *p = &picks.items[i];
        if (!p->taken) { /* its last runner is writing its end: the next look tells */
            set_telling(r, p->index, ROSTER_PENDING);
            continue;
        }
        sh->mine[p->index] = true;
        sh->claim[p->index] = p->claim + 1;
        give(r, p->index);
    }
    pauses_tend(r); /* what was heard may have ended a wave */
}

bool shared_ended(struct run *r, const struct target_job *t)
{
    struct shared *sh = r->shared;
    if (!sh) {
        return false;
    }
    struct target_result *result = &r->result->targets.items[t->index];
    bool lost = t->rc == ERR_REFUSED;
    bool given_back = target_is_given_back(r, result);
    sh->mine[t->index] = false;
    sh->ended_here[t->index] = !lost && !given_back;
    sh->next_us = 0;
    if (lost || given_back) {
        *result = (struct target_result){.name = result->name, .steps = result->steps};
        set_telling(r, t->index, lost ? ROSTER_RUNNING : ROSTER_PENDING);
    }
    return lost || given_back;
}

bool target_is_given_back(const struct run *r, const struct target_result *t)
{
    return r->shared && t->outcome == TARGET_FAILED && t->err.status == ERR_INTERRUPTED;
}

/* --- waiting for others */

bool shared_waits(const struct run *r)
{
    const struct shared *sh = r->shared;
    bool over = sh && (sh->state == RUN_STATE_ENDED || sh->state == RUN_STATE_WAITING ||
                       sh->state == RUN_STATE_TAKING_BACK);
    return sh && !over && !r->failure.status && !run_is_interrupted(r) && !roster_is_through(&r->roster);
}

int64_t shared_deadline(const struct run *r, int64_t at)
{
    if (!r->shared) {
        return at;
    }
    return at == 0 || r->shared->next_us < at ? r->shared->next_us : at;
}

enum shared_next shared_finish(struct run *r)
{
    struct shared *sh = r->shared;
    sh->looks_only = true;
    for (;;) {
        AUTO(arena_release) struct arena scratch = ARENA_INIT;
        claims_picks_t none;
        if (r->failure.status == 0) {
            look(r, &scratch, &none);
        }
        if (r->failure.status || run_is_interrupted(r)) {
            return SHARED_LEAVE;
        }
        if (sh->state == RUN_STATE_ENDED || sh->state == RUN_STATE_WAITING) {
            return SHARED_OVER;
        }
        pauses_tend(r);
        bool through = sh->state == RUN_STATE_TAKING_BACK || roster_is_through(&r->roster);
        if ((!through || pauses_under_way(r)) && may_start(r)) {
            sh->looks_only = false;
            return SHARED_GO_ON;
        }
        if (through && sh->leads) {
            return SHARED_END;
        }
        crew_wait(r->crew, sh->next_us);
    }
}

struct taking {
    struct run *run;
    const size_t *targets;
    size_t n;
};

/* Not what another runner is at work on, which leads too as far as it knows. */
static int choose_these(void *arg, UNUSED const struct claims_view *view, struct arena *a,
                        claims_picks_t *picks, UNUSED struct err *err)
{
    const struct taking *t = arg;
    for (size_t i = 0; i < view->changed.n; i++) {
        const struct run_target_row *row = &view->changed.items[i];
        bool own = row->runner && strcmp(row->runner, claims_runner(t->run->shared->claims)) == 0;
        t->run->shared->claim[row->index] = row->lease_until_us > 0 && !own ? NOBODYS_CLAIM : row->claim;
    }
    for (size_t i = 0; i < t->n; i++) {
        *vec_push(a, picks) =
            (struct claims_pick){.index = t->targets[i], .claim = t->run->shared->claim[t->targets[i]]};
    }
    return 0;
}

void shared_take(struct run *r, const size_t *targets, size_t n)
{
    struct taking t = {r, targets, n};
    struct err err;
    claims_picks_t picks = {0};
    if (!r->shared || n == 0) {
        return;
    }
    if (claims_look(r->shared->claims, r->a, choose_these, &t, &picks, &err)) {
        r->failure = r->failure.status ? r->failure : err;
        return;
    }
    for (size_t i = 0; i < picks.n; i++) {
        r->shared->claim[picks.items[i].index] += picks.items[i].taken;
    }
}

void shared_tell_end(struct run *r)
{
    struct shared *sh = r->shared;
    struct run_result *result = r->result;
    run_target_rows_t rows = {0};
    struct err err;
    if (runs_targets(r->opts.store, r->a, result->run, &rows, &err)) {
        r->failure = err;
        return;
    }
    const struct run_target_row *row;
    vec_each (row, &rows) {
        if (row->index < r->plan->targets.n &&
            !(sh->ended_here[row->index] && row->claim == sh->claim[row->index])) {
            again_load_row(r, row);
        }
    }
    result->exit_status = sh->exit_status >= 0 ? sh->exit_status : 0;
    result->open = sh->state != RUN_STATE_ENDED;
}

bool shared_has_ended(struct run *r)
{
    struct shared *sh = r->shared;
    struct run_row row;
    struct err err;
    if (!sh || runs_find(r->opts.store, r->a, r->result->run, &row, &err)) {
        return false;
    }
    sh->state = row.state;
    sh->exit_status = row.exit_status;
    return row.state == RUN_STATE_ENDED || row.state == RUN_STATE_WAITING;
}

void shared_leave(struct run *r)
{
    claims_leave(r->shared->claims);
}

void shared_close(struct run *r)
{
    if (r->shared) {
        claims_close(r->shared->claims);
        r->shared = NULL;
    }
}
