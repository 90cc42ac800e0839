/* The course of atomic waves. */
#include "engine/run/atomic.h"
#include "base/failpoint.h"
#include "engine/run/again.h"
#include "engine/run/hold.h"
#include "engine/run/run_internal.h"
#include "engine/store/runs.h"

enum course {
    COURSE_GATHERING, /* targets work, and wait when they are through */
    COURSE_CHECKING,  /* are all transactions still there? */
    COURSE_OPEN,      /* the open ones are committed, one after another */
    COURSE_PREPARED,  /* it is decided: the prepared ones are committed */
    COURSE_LETTING_GO,
    COURSE_LEAVING, /* whether it is decided is not known: the prepared ones stay as they are */
    COURSE_OVER
};

struct atomic_wave {
    enum course course;
    bool decided, failed, left;
    size_t next;    /* OPEN: the target whose turn it is */
    size_t out;     /* jobs of it */
    struct err why; /* LETTING_GO, LEAVING */
};

/* An execution between its work and its commit. */
struct held {
    struct arena arena;
    struct event_queue queue;
    struct execution x;
};

void atomics_init(struct run *r)
{
    bool any = false;
    for (size_t w = 0; w < r->plan->waves.n; w++) {
        any = any || r->plan->waves.items[w].atomic;
    }
    if (any) {
        r->atomics.waves = arena_array(r->a, r->plan->waves.n, sizeof(*r->atomics.waves));
        r->atomics.held = arena_array(r->a, r->plan->targets.n + 1, sizeof(*r->atomics.held));
    }
}

void atomics_load(struct run *r, const struct run_wave_row *row)
{
    if (r->atomics.waves && row->wave < r->plan->waves.n) {
        r->atomics.waves[row->wave].decided = row->state == WAVE_COMMITTING;
    }
}

bool atomics_decided(const struct run *r, size_t wave)
{
    return r->atomics.waves && r->atomics.waves[wave].decided;
}

static int refuse_part(const struct plan_wave *wave, const char *go, struct err *err)
{
    err_set(err, ERR_REFUSED, "wave %s is atomic: its targets go %s together or not at all", wave->name, go);
    return err_hint(err, "Leave -t out.");
}

int atomics_check(const struct run *r, struct err *err)
{
    for (size_t w = 0; r->atomics.waves && w < r->plan->waves.n; w++) {
        const struct roster_wave *it = &r->roster.waves[w];
        if (r->plan->waves.items[w].atomic && it->left > 0 && it->pending > 0) {
            return refuse_part(&r->plan->waves.items[w], "on", err);
        }
    }
    return 0;
}

/* One that committed as a whole may be taken back in part; one that a crash has cut in two may not. */
int atomics_check_back(const struct run *r, struct err *err)
{
    for (size_t w = 0; r->atomics.waves && w < r->plan->waves.n; w++) {
        const struct plan_wave *wave = &r->plan->waves.items[w];
        bool selected = false, left = false;
        for (size_t i = wave->first; i < wave->first + wave->n; i++) {
            selected = selected || again_selects(r, i);
            left = left || again_leaves(r, i);
        }
        if (wave->atomic && selected && left) {
            return refuse_part(wave, "back", err);
        }
    }
    return 0;
}

static bool waits(const struct run *r, size_t target)
{
    enum plan_hold hold = r->plan->targets.items[target].hold;
    return hold == PLAN_HOLD_PREPARED || hold == PLAN_HOLD_OPEN;
}

size_t atomics_most(const struct run *r)
{
    size_t n = 0;
    for (size_t i = 0; i < r->plan->targets.n; i++) {
        n += waits(r, i);
    }
    return n;
}

bool atomics_waits(const struct run *r, size_t target)
{
    return waits(r, target) && !atomics_decided(r, r->roster.targets[target].wave);
}

/* --- jobs */

static struct held *held_of(const struct target_job *t)
{
    return &t->run->atomics.held[t->index];
}

void atomics_work(struct job *job, struct worker *w)
{
    struct target_job *t = target_job_of(job);
    struct held *h = held_of(t);
    h->x = target_job_execution(t, w, &h->queue);
    h->x.a = &h->arena;
    h->x.hold = t->run->plan->targets.items[t->index].hold;
    t->rc = execute_target(&h->x, &t->err);
    t->held = h->x.held;
    if (t->held) {
        h->x.member->cancel_fd = NULL;
        h->x.watch = NULL;
    } else {
        target_job_close(t, &h->x);
        arena_release(&h->arena);
    }
}

static struct execution *take_up(struct target_job *t, struct worker *w)
{
    struct execution *x = &held_of(t)->x;
    x->watch = &w->watch;
    x->member->cancel_fd = &w->watch.cancel_fd;
    return x;
}

static void put_down(struct target_job *t, struct execution *x)
{
    target_job_close(t, x);
    arena_release(&held_of(t)->arena);
}

static void work_on_check(struct job *job, struct worker *w)
{
    struct target_job *t = target_job_of(job);
    struct execution *x = take_up(t, w);
    t->held = hold_check(x) == 0;
    if (t->held) {
        x->member->cancel_fd = NULL;
        x->watch = NULL;
    } else {
        put_down(t, x);
    }
}

static void work_on_commit(struct job *job, struct worker *w)
{
    struct target_job *t = target_job_of(job);
    struct execution *x = take_up(t, w);
    hold_commit(x);
    put_down(t, x);
}

static void work_on_letting_go(struct job *job, struct worker *w)
{
    struct target_job *t = target_job_of(job);
    struct execution *x = take_up(t, w);
    hold_let_go(x, &t->run->atomics.waves[t->run->roster.targets[t->index].wave].why);
    put_down(t, x);
}

static void work_on_leaving(struct job *job, struct worker *w)
{
    struct target_job *t = target_job_of(job);
    struct execution *x = take_up(t, w);
    hold_leave(x, &t->run->atomics.waves[t->run->roster.targets[t->index].wave].why);
    put_down(t, x);
}

/* --- the course */

static bool is_held_so(const struct run *r, size_t target, enum plan_hold hold)
{
    return r->roster.targets[target].state == ROSTER_HELD && r->atomics.held[target].x.hold == hold;
}

/* One job for each target that is held, or for those held in one way. */
static void give_all(struct run *r, size_t wave, bool all, enum plan_hold hold,
                     void (*work)(struct job *, struct worker *))
{
    const struct plan_wave *w = &r->plan->waves.items[wave];
    for (size_t i = w->first; i < w->first + w->n; i++) {
        if (all ? r->roster.targets[i].state == ROSTER_HELD : is_held_so(r, i, hold)) {
            r->atomics.waves[wave].out++;
            run_give(r, i, work);
        }
    }
}

static const char *failed_target(const struct run *r, size_t wave)
{
    const struct plan_wave *w = &r->plan->waves.items[wave];
    for (size_t i = w->first; i < w->first + w->n; i++) {
        if (r->roster.targets[i].state == ROSTER_FAILED) {
            return r->plan->targets.items[i].name;
        }
    }
    return NULL;
}

static void let_go(struct run *r, size_t wave)
{
    struct atomic_wave *a = &r->atomics.waves[wave];
    const char *name = failed_target(r, wave);
    if (name) {
        err_set(&a->why, ERR_FAILED, "rolled back with its wave: %s failed", name);
    } else if (run_is_interrupted(r)) {
        err_set(&a->why, ERR_INTERRUPTED, "rolled back with its wave: the run was interrupted");
    } else {
        err_set(&a->why, ERR_FAILED, "rolled back with its wave: the run has failed");
    }
    a->course = COURSE_LETTING_GO;
    a->failed = true;
    give_all(r, wave, true, PLAN_HOLD_NONE, work_on_letting_go);
}

/* From here on the wave goes through, whatever happens. */
static int decide(struct run *r, size_t wave)
{
    FAILPOINT("before-decision");
    bool written = record_wave(r, wave, WAVE_COMMITTING, 0, shared_leading(r));
    FAILPOINT("after-decision");
    return written ? 0 : ERR_FAILED;
}

/* Neither the decision nor its taking back was answered by the store: only what it says when it is there
 * again tells what becomes of the wave. */
static void leave(struct run *r, size_t wave)
{
    struct atomic_wave *a = &r->atomics.waves[wave];
    err_set(&a->why, ERR_FAILED,
            "it is prepared, and whether its wave commits is not known: the store does not answer");
    a->course = COURSE_LEAVING;
    a->left = true;
    give_all(r, wave, false, PLAN_HOLD_PREPARED, work_on_leaving);
}

static void commit_prepared(struct run *r, size_t wave)
{
    struct atomic_wave *a = &r->atomics.waves[wave];
    a->course = COURSE_OVER;
    if (r->roster.waves[wave].held == 0) {
        return;
    }
    if (decide(r, wave)) {
        bool undecided = record_wave(r, wave, WAVE_OPEN, 0, shared_leading(r));
        (undecided ? let_go : leave)(r, wave);
        return;
    }
    a->decided = true;
    a->course = COURSE_PREPARED;
    give_all(r, wave, false, PLAN_HOLD_PREPARED, work_on_commit);
}

static void commit_next_open(struct run *r, size_t wave)
{
    struct atomic_wave *a = &r->atomics.waves[wave];
    const struct plan_wave *w = &r->plan->waves.items[wave];
    a->course = COURSE_OPEN;
    while (a->next < w->n && !is_held_so(r, w->first + a->next, PLAN_HOLD_OPEN)) {
        a->next++;
    }
    if (a->next < w->n) {
        a->out++;
        run_give(r, w->first + a->next, work_on_commit);
    } else {
        commit_prepared(r, wave);
    }
}

static bool is_cut_short(const struct run *r, size_t wave)
{
    return r->roster.waves[wave].failed > 0 || r->roster.stopped || r->failure.status ||
           run_is_interrupted(r);
}

static void check(struct run *r, size_t wave)
{
    struct atomic_wave *a = &r->atomics.waves[wave];
    a->course = COURSE_CHECKING;
    give_all(r, wave, false, PLAN_HOLD_OPEN, work_on_check);
    if (a->out == 0) {
        commit_next_open(r, wave);
    }
}

/* Nothing of the wave is at work. */
static void go_on(struct run *r, size_t wave)
{
    struct atomic_wave *a = &r->atomics.waves[wave];
    const struct roster_wave *it = &r->roster.waves[wave];
    bool cut = is_cut_short(r, wave);
    switch (a->course) {
    case COURSE_GATHERING:
        if (it->running == 0 && it->held > 0 && (cut || it->pending == 0)) {
            (cut ? let_go : check)(r, wave);
        } else if (it->running == 0 && cut && (it->failed > 0 || (it->pending > 0 && it->done > 0))) {
            a->failed = true; /* before any had to wait */
        }
        break;
    case COURSE_CHECKING:
        (cut ? let_go : commit_next_open)(r, wave);
        break;
    case COURSE_OPEN: /* an interrupt comes too late */
        (it->failed > 0 || r->failure.status ? let_go : commit_next_open)(r, wave);
        break;
    case COURSE_LETTING_GO:
        pthread_mutex_lock(&r->telling);
        roster_bar(&r->roster, wave);
        pthread_mutex_unlock(&r->telling);
        a->course = COURSE_OVER;
        break;
    case COURSE_PREPARED:
    case COURSE_LEAVING:
        a->course = COURSE_OVER;
        break;
    case COURSE_OVER:
        break;
    }
}

void atomics_tend(struct run *r)
{
    for (size_t w = 0; r->atomics.waves && w < r->plan->waves.n; w++) {
        if (r->plan->waves.items[w].atomic && r->atomics.waves[w].out == 0 && !r->atomics.waves[w].decided) {
            go_on(r, w);
        }
    }
}

static bool is_ours(const struct job *job)
{
    return job->work == work_on_check || job->work == work_on_commit || job->work == work_on_letting_go ||
           job->work == work_on_leaving;
}

bool atomics_answer(struct run *r, struct job *job)
{
    if (!is_ours(job)) {
        return false;
    }
    struct target_job *t = target_job_of(job);
    struct atomic_wave *a = &r->atomics.waves[r->roster.targets[t->index].wave];
    const struct target_result *result = &r->result->targets.items[t->index];
    a->out--;
    if (t->rc && !r->failure.status) {
        r->failure = t->err;
    }
    if (!t->held && (job->work != work_on_letting_go || target_has_failed(result))) {
        run_ended(r, t->index, target_has_failed(result));
    } else if (!t->held) {
        run_tell_target(r, t->index, RUN_TARGET_FINISHED);
    }
    return true;
}

bool atomics_must_take_back(const struct run *r, size_t wave)
{
    return r->atomics.waves && r->atomics.waves[wave].failed && !r->atomics.waves[wave].decided;
}

bool atomics_failed(const struct run *r)
{
    for (size_t w = 0; r->atomics.waves && w < r->plan->waves.n; w++) {
        if (r->plan->waves.items[w].atomic && (r->atomics.waves[w].failed || r->roster.waves[w].failed > 0)) {
            return true;
        }
    }
    return false;
}

bool atomics_stuck(const struct run *r)
{
    for (size_t w = 0; r->atomics.waves && w < r->plan->waves.n; w++) {
        if (r->atomics.waves[w].left || (r->atomics.waves[w].decided && r->roster.waves[w].failed > 0)) {
            return true;
        }
    }
    return false;
}
