/* lockstep rollback */
#include "cmd/earlier_run.h"
#include "cmd/run_report.h"
#include "engine/run/recover.h"
#include <fnmatch.h>
#include <stdlib.h>

/* What is to be taken back of one target. */
struct undoing {
    const struct run_target_row *row;
    const struct plan_target *target;
    const struct plan_track *track;
    struct member *member;
    struct applied_revision other; /* who moved it since; revision NULL: nobody */
};

struct rollback {
    struct app *app;
    struct earlier_run run;
    VEC(struct undoing) items; /* newest commit first */
};

static bool is_outcome(const struct run_target_row *row, enum target_outcome outcome)
{
    return row->outcome && strcmp(row->outcome, target_outcome_name(outcome)) == 0;
}

/* Refused, unreachable and not started: the run has not touched them. */
static bool has_something(const struct run_target_row *row)
{
    bool at_work = row->state == RUN_TARGET_CLAIMED || row->state == RUN_TARGET_HELD;
    return at_work || is_outcome(row, TARGET_FAILED) || (is_outcome(row, TARGET_DONE) && row->steps_done > 0);
}

static int newest_first(const void *a, const void *b)
{
    const struct undoing *x = a, *y = b;
    int64_t m = x->row->commit_order, n = y->row->commit_order;
    m = m ? m : INT64_MAX; /* at work when the run stopped */
    n = n ? n : INT64_MAX;
    return m < n ? 1 : m > n ? -1 : x->row->index < y->row->index ? 1 : -1;
}

static void find_items(struct rollback *r)
{
    const struct plan *plan = r->run.plan;
    const struct run_target_row *row;
    vec_each (row, &r->run.targets) {
        bool selected = !r->app->target || fnmatch(r->app->target, row->name, 0) == 0;
        if (!selected || row->index >= plan->targets.n || !has_something(row)) {
            continue;
        }
        const struct plan_target *t = &plan->targets.items[row->index];
        *vec_push(r->app->arena, &r->items) = (struct undoing){.row = row,
                                                               .target = t,
                                                               .track = &plan->tracks.items[t->track],
                                                               .member = fleet_find(&r->run.fleet, t->name)};
    }
    if (r->items.n > 1) {
        qsort(r->items.items, r->items.n, sizeof(*r->items.items), newest_first);
    }
}

/* Every step that cannot be taken back is named, once, before anything starts. */
static int check_reversible(struct rollback *r, struct err *err)
{
    AUTO(strbuf_release) struct strbuf names = STRBUF_INIT;
    strings_t seen = {0};
    for (size_t i = 0; i < r->items.n; i++) {
        const struct plan_track *track = r->items.items[i].track;
        for (size_t s = 0; s < track->steps.n; s++) {
            const struct plan_step *step = &track->steps.items[s];
            bool known = step->reversible;
            for (size_t k = 0; k < seen.n && !known; k++) {
                known = strcmp(seen.items[k], step->revision) == 0;
            }
            if (!known) {
                strbuf_addf(&names, "%s%s", seen.n ? ", " : "", step->revision);
                *vec_push(r->app->arena, &seen) = step->revision;
            }
        }
    }
    if (seen.n == 0) {
        return 0;
    }
    err_set(err, ERR_REFUSED, "run %s cannot be taken back: %s %s no way back", r->run.row.run,
            strbuf_cstr(&names), seen.n == 1 ? "has" : "have");
    return err_hint(err, "Write a new revision that puts right what is wrong, or restore a backup.");
}

/* Where it stands, in words; what is not where the run left it is left alone by the run itself. */
static const char *standing_of(struct app *app, const struct undoing *u)
{
    const struct member *m = u->member;
    if (!m) {
        return "not in the environment any more";
    }
    if (!m->state_read) {
        return arena_printf(app->arena, "cannot be reached: %s", m->err ? m->err->message : "");
    }
    const char *at = position_text(app->arena, &m->state.at.ids);
    if (m->state.half.present) {
        return arena_printf(app->arena, "at %s, inside %s: finished first", at, m->state.half.revision);
    }
    if (u->other.revision) {
        return arena_printf(app->arena, "has moved since, by %s%s, and is left alone: it is at %s",
                            u->other.run ? "run " : "somebody of whom its history says nothing",
                            u->other.run ? u->other.run : "", at);
    }
    if (is_outcome(u->row, TARGET_DONE) && !position_same(&m->state.at.ids, &u->track->to)) {
        return arena_printf(app->arena, "has moved since, and is left alone: it was left at %s and is at %s",
                            position_text(app->arena, &u->track->to), at);
    }
    return arena_printf(app->arena, "%s -> %s", at, position_text(app->arena, &u->track->from));
}

static void show(struct rollback *r)
{
    struct app *app = r->app;
    const struct run_row *row = &r->run.row;
    if (r->items.n == 0) {
        return;
    }
    printf("Take back run %s of %s (%s), newest first:\n", row->run, r->run.plan->environment,
           row->command ? row->command : "");
    for (size_t i = 0; i < r->items.n; i++) {
        const struct undoing *u = &r->items.items[i];
        printf("  %s: %s\n", u->target->name, standing_of(app, u));
    }
    fflush(stdout);
}

struct reading {
    const char *run;
    struct undoing **wanted; /* by member */
};

/* How many steps of the track stand; 0 also when it is somewhere else. */
static size_t steps_standing(struct arena *a, const struct plan_track *track, const struct member *m)
{
    size_t n = track->steps.n;
    while (n > 0 && !track_is_at(a, track, n, &m->state.at.ids)) {
        n--;
    }
    return n;
}

static int read_wanted(void *arg, struct fleet *fleet, struct member *m, struct err *err)
{
    const struct reading *reading = arg;
    struct undoing *u = reading->wanted[m - fleet->members.items];
    int rc = u ? member_read(fleet, m, err) : 0;
    if (rc || !u) {
        return rc;
    }
    size_t n = steps_standing(&m->arena, u->track, m);
    return history_other(&m->book, m->conn, &m->arena, u->track, n, reading->run, &u->other, err);
}

static void read_members(struct rollback *r)
{
    struct fleet *fleet = &r->run.fleet;
    struct reading reading = {r->run.row.run,
                              arena_array(r->app->arena, fleet->members.n + 1, sizeof(*reading.wanted))};
    for (size_t i = 0; i < r->items.n; i++) {
        struct undoing *u = &r->items.items[i];
        if (u->member) {
            reading.wanted[u->member - fleet->members.items] = u;
        }
    }
    fleet_each(fleet, true, read_wanted, &reading);
}

/* It stands where it did before the run, with nothing begun: the run has only to learn it. */
static bool is_as_before(const struct undoing *u)
{
    const struct member *m = u->member;
    return m && m->state_read && !m->state.half.present && m->state.prepared.n == 0 &&
           position_same(&m->state.at.ids, &u->track->from);
}

static size_t drop_as_before(struct rollback *r)
{
    size_t kept = 0;
    for (size_t i = 0; i < r->items.n; i++) {
        if (!is_as_before(&r->items.items[i])) {
            r->items.items[kept++] = r->items.items[i];
        }
    }
    size_t dropped = r->items.n - kept;
    r->items.n = kept;
    return dropped;
}

static int nothing_left(const struct rollback *r, struct err *err)
{
    err_set(err, ERR_REFUSED, "run %s has left nothing to take back", r->run.row.run);
    return err_hint(err, "\"lockstep audit log\" lists all runs: name the one that is meant.");
}

static int take_back(struct rollback *r, struct err *err)
{
    struct app *app = r->app;
    struct run_again again = {.row = &r->run.row, .back = true, .only = app->target};
    find_items(r);
    bool closes = r->run.row.state != RUN_STATE_ENDED && !app->target;
    if (r->items.n == 0 && !closes) {
        return nothing_left(r, err);
    }
    int rc = check_reversible(r, err);
    if (rc) {
        return rc;
    }
    if (r->items.n > 0 && !app->json && !app->quiet) {
        read_members(r);
        if (drop_as_before(r) > 0 && r->items.n == 0 && !closes) {
            return nothing_left(r, err);
        }
        show(r);
    }
    if (r->items.n == 0) { /* one that died before it touched anything is closed */
        return run_again_and_report(app, r->run.plan, &r->run.fleet, &again, err);
    }
    rc = print_confirm(app, err, "Take this back on %zu target%s?", r->items.n, r->items.n == 1 ? "" : "s");
    return rc ? rc : run_again_and_report(app, r->run.plan, &r->run.fleet, &again, err);
}

static int run(struct app *app, struct err *err)
{
    struct rollback r = {.app = app};
    size_t n;
    int rc = earlier_run_open(app, args_word(&app->args, 0), true, &r.run, err);
    if (rc == 0 && !r.run.row.run) {
        print_note(app, "there is nothing to take back: the store knows no run");
        return 0;
    }
    rc = rc ? rc : earlier_run_selected(app, &r.run, &n, err);
    rc = rc ? rc : take_back(&r, err);
    earlier_run_close(&r.run);
    return rc;
}

const struct command command_rollback = {
    .name = "rollback",
    .group = GROUP_ORCHESTRATION,
    .summary = "take back everything that a run did",
    .description = "Every target of the run goes back to where it was before, in reverse order of commit, by "
                   "the downgrade "
                   "sections that the plan has frozen. A revision that is half done is finished first, since "
                   "its way back "
                   "needs the whole of it; one of which nothing took effect is only closed. A target that "
                   "somebody has moved "
                   "since is left alone and said so. Asks first, unless --yes.",
    .arguments =
        (const struct argument_spec[]){{.name = "RUN",
                                        .help = "the beginning of its id; the newest unfinished one, "
                                                "else the last one that did something",
                                        .optional = true},
                                       {0}},
    .examples = (const struct example[]){{"lockstep rollback",
                                          "the newest unfinished run, or the last one that did something"},
                                         {"lockstep rollback r20261121T0930 --yes", "that run, unasked"},
                                         {0}},
    .streams = true,
    .run = run,
};
