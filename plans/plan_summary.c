/* A plan in a screenful, for the person who decides about it. */
#include "base/arena.h"
#include "plans/wave_summary.h"

#define WIDTH_DEFAULT 80
#define WIDTH_MIN     20
#define NAMES_MAX     12 /* longer lists show the first NAMES_SHOWN and the number of the rest */
#define NAMES_SHOWN   10
#define LINES_MAX     20 /* longer lists of lines show their first 10 and last 5 */
#define LINES_FIRST   10
#define LINES_LAST    5

struct summary {
    struct wrap wrap;
    const struct plan *plan;
    struct arena arena;
    strings_t *names; /* of the targets, by track */
};

/* "a, b, c" with `end` behind the last. */
static void print_names(struct wrap *w, const strings_t *names, const char *end)
{
    size_t shown = names->n > NAMES_MAX ? NAMES_SHOWN : names->n;
    for (size_t i = 0; i < shown; i++) {
        bool last = i + 1 == names->n;
        wrap_word(w, 1, "%s%s", names->items[i], last ? end : i + 1 < shown ? "," : "");
    }
    if (shown < names->n) {
        wrap_word(w, 1, "and");
        wrap_word(w, 1, "%zu", names->n - shown);
        wrap_word(w, 1, "more%s", end);
    }
}

static void print_position(struct wrap *w, const strings_t *ids, const char *end)
{
    if (ids->n) {
        print_names(w, ids, end);
    } else {
        wrap_word(w, 1, "base%s", end);
    }
}

/* Which lines of a long list are left out: [*from, *to). */
static void elided(size_t n, size_t *from, size_t *to)
{
    *from = *to = n;
    if (n > LINES_MAX) {
        *from = LINES_FIRST;
        *to = n - LINES_LAST;
    }
}

static const char *plural(size_t n)
{
    return n == 1 ? "" : "s";
}

static void print_title(struct summary *s)
{
    const struct plan *p = s->plan;
    struct wrap *w = &s->wrap;
    size_t pending = plan_pending(p), each = 0;
    bool same = true;
    const struct plan_target *t;
    vec_each (t, &p->targets) {
        size_t n = t->track < p->tracks.n ? p->tracks.items[t->track].steps.n : 0;
        same = same && (t == p->targets.items || n == each);
        each = n;
    }
    wrap_begin(w, 0, 4);
    wrap_word(w, 0, "plan");
    wrap_word(w, 1, "%s", plan_id(&s->arena, p));
    wrap_text(w, "for");
    wrap_word(w, 1, "%s", p->environment ? p->environment : "");
    if (p->promotes_from) {
        wrap_text(w, "from");
        wrap_word(w, 1, "%s", p->promotes_from);
    }
    char *text = arena_printf(&s->arena, "(%zu target%s,", p->targets.n, plural(p->targets.n));
    wrap_text(w, text);
    if (!pending) {
        wrap_text(w, "nothing to do)");
    } else if (same) {
        wrap_text(
            w, arena_printf(&s->arena, "%zu step%s%s)", each, plural(each), p->targets.n > 1 ? " each" : ""));
    } else {
        wrap_text(w, arena_printf(&s->arena, "%zu step%s in all)", pending, plural(pending)));
    }
    wrap_end(w);
}

/* One note over the steps that `pick` picks: "! 9f8e7d6c5b4a, 1a2b3c4d5e6f run outside a transaction". */
typedef bool (*pick_fn)(const struct plan_step *);

static bool is_outside_transaction(const struct plan_step *s)
{
    return !s->transaction;
}

static bool is_live(const struct plan_step *s)
{
    return s->live != NULL;
}

static bool is_python(const struct plan_step *s)
{
    return s->python != NULL;
}

static bool is_final_upgrade(const struct plan_step *s)
{
    return !s->reversible && !s->downgrade;
}

static bool is_final_downgrade(const struct plan_step *s)
{
    return !s->reversible && s->downgrade;
}

static void print_note(struct summary *s, const struct plan_track *track, pick_fn pick, const char *one,
                       const char *many)
{
    strings_t ids = {0};
    const struct plan_step *step;
    vec_each (step, &track->steps) {
        if (pick(step)) {
            const char **id = vec_push(&s->arena, &ids);
            *id = step->revision ? step->revision : "";
        }
    }
    if (!ids.n) {
        return;
    }
    wrap_begin(&s->wrap, 4, 6);
    wrap_word(&s->wrap, 0, "!");
    print_names(&s->wrap, &ids, "");
    wrap_text(&s->wrap, ids.n == 1 ? one : many);
    wrap_end(&s->wrap);
}

static void print_resume(struct summary *s, const struct plan_step *step)
{
    struct wrap *w = &s->wrap;
    wrap_begin(w, 4, 6);
    wrap_word(w, 0, "!");
    wrap_word(w, 1, "%s", step->revision ? step->revision : "");
    size_t n = step->statements.n;
    char *text =
        step->resume_from < (int64_t)n
            ? arena_printf(&s->arena, "resumes at statement %lld of %zu", (long long)step->resume_from + 1, n)
            : arena_printf(&s->arena, "resumes after its last statement (%zu of %zu)", n, n);
    wrap_text(w, text);
    wrap_end(w);
}

static void print_notes(struct summary *s, const struct plan_track *track)
{
    print_note(s, track, is_outside_transaction, "runs outside a transaction", "run outside a transaction");
    print_note(s, track, is_live, "reads the database: its SQL is decided as it runs",
               "read the database: their SQL is decided as they run");
    print_note(s, track, is_python, "goes through the project's own Alembic",
               "go through the project's own Alembic");
    print_note(s, track, is_final_upgrade, "cannot be taken back (no downgrade section)",
               "cannot be taken back (no downgrade sections)");
    print_note(s, track, is_final_downgrade, "cannot be taken back (no upgrade section)",
               "cannot be taken back (no upgrade sections)");
}

static void print_steps(struct summary *s, const struct plan_track *track)
{
    struct wrap *w = &s->wrap;
    size_t from, to;
    elided(track->steps.n, &from, &to);
    for (size_t i = 0; i < track->steps.n; i++) {
        const struct plan_step *step = &track->steps.items[i];
        wrap_begin(w, 4, 6);
        if (i == from) {
            wrap_word(w, 0, "... %zu more ...", to - from);
            wrap_end(w);
            i = to - 1;
            continue;
        }
        wrap_word(w, 0, step->downgrade ? "-" : "+");
        wrap_word(w, 1, "%s", step->revision ? step->revision : "");
        wrap_cut(w, 2, step->message ? step->message : "");
        wrap_end(w);
    }
    const struct plan_step *step;
    vec_each (step, &track->steps) {
        if (step->resume_from > 0) {
            print_resume(s, step);
        }
    }
    print_notes(s, track);
}

/* "+" for upgrades, "-" for downgrades, "~" for a track that has both. */
static char track_sign(const struct plan_track *track)
{
    size_t down = 0;
    for (size_t i = 0; i < track->steps.n; i++) {
        down += track->steps.items[i].downgrade;
    }
    if (down == 0) {
        return '+';
    }
    return (char)(down == track->steps.n ? '-' : '~');
}

static bool same_strings(const strings_t *a, const strings_t *b)
{
    bool same = a->n == b->n;
    for (size_t i = 0; same && i < a->n; i++) {
        same = strcmp(a->items[i], b->items[i]) == 0;
    }
    return same;
}

/* Why this track is not one with another that reads the same; NULL: there is none. */
static const char *apart(const struct summary *s, size_t index)
{
    const struct plan *p = s->plan;
    const struct plan_track *t = &p->tracks.items[index];
    for (size_t i = 0; i < p->tracks.n; i++) {
        const struct plan_track *o = &p->tracks.items[i];
        if (i == index || !s->names[i].n || strcmp(o->dialect, t->dialect) != 0 || o->steps.n != t->steps.n ||
            !same_strings(&o->from, &t->from) || !same_strings(&o->to, &t->to)) {
            continue;
        }
        if (o->has_version_table != t->has_version_table) {
            return t->has_version_table ? "has a version table" : "without a version table yet";
        }
        if (o->has_history_table != t->has_history_table) {
            return t->has_history_table ? "has a history table" : "without a history table yet";
        }
    }
    return NULL;
}

static void print_track(struct summary *s, size_t index)
{
    const struct plan_track *track = &s->plan->tracks.items[index];
    struct wrap *w = &s->wrap;
    wrap_begin(w, 0, 4);
    if (!track->steps.n) {
        wrap_text(w, "= nothing to do on");
        print_names(w, &s->names[index], "");
        wrap_word(w, 1, "(at");
        print_position(w, &track->from, ")");
        wrap_end(w);
        return;
    }
    size_t n = track->steps.n;
    wrap_text(w, arena_printf(&s->arena, "%c %zu revision%s on", track_sign(track), n, plural(n)));
    print_names(w, &s->names[index], ":");
    print_position(w, &track->from, "");
    wrap_word(w, 1, "->");
    print_position(w, &track->to, "");
    const char *why = apart(s, index);
    wrap_word(w, 2, "(%s%s", track->dialect ? track->dialect : "", why ? "," : ")");
    if (why) {
        wrap_text(w, arena_printf(&s->arena, "%s)", why));
    }
    wrap_end(w);
    print_steps(s, track);
}

static int by_revision(const void *x, const void *y)
{
    const struct plan_step *const *a = x, *const *b = y;
    int c = strcmp((*a)->revision ? (*a)->revision : "", (*b)->revision ? (*b)->revision : "");
    return c ? c : (*a)->downgrade - (*b)->downgrade;
}

static bool is_plain(const struct plan_step *s)
{
    return !is_outside_transaction(s) && !is_live(s) && !is_python(s) && s->reversible;
}

/* The steps of several tracks that notes are about, each once, with what is to be known of any of them. */
static struct plan_track merged(struct summary *s, const size_t *tracks, size_t n)
{
    VEC(const struct plan_step *) found = {0};
    struct plan_track all = {0};
    for (size_t i = 0; i < n; i++) {
        const struct plan_step *step;
        vec_each (step, &s->plan->tracks.items[tracks[i]].steps) {
            if (!is_plain(step)) {
                *vec_push(&s->arena, &found) = step;
            }
        }
    }
    if (found.n) {
        qsort(found.items, found.n, sizeof(*found.items), by_revision);
    }
    for (size_t i = 0; i < found.n; i++) {
        if (i == 0 || by_revision(&found.items[i - 1], &found.items[i]) != 0) {
            *vec_push(&s->arena, &all.steps) = *found.items[i];
            continue;
        }
        struct plan_step *kept = &all.steps.items[all.steps.n - 1];
        kept->transaction = kept->transaction && found.items[i]->transaction;
        kept->reversible = kept->reversible && found.items[i]->reversible;
        kept->live = kept->live ? kept->live : found.items[i]->live;
        kept->python = kept->python ? kept->python : found.items[i]->python;
    }
    return all;
}

static void print_other_tracks(struct summary *s, const size_t *tracks, size_t n)
{
    struct wrap *w = &s->wrap;
    size_t targets = 0;
    for (size_t i = 0; i < n; i++) {
        targets += s->names[tracks[i]].n;
    }
    wrap_begin(w, 0, 4);
    wrap_text(w, arena_printf(&s->arena, "... %zu more groups, of %zu targets that stand elsewhere ...", n,
                              targets));
    wrap_end(w);
    struct plan_track all = merged(s, tracks, n);
    print_notes(s, &all);
}

static void print_tracks(struct summary *s)
{
    size_t *tracks = arena_array(&s->arena, s->plan->tracks.n, sizeof(*tracks)), n = 0, from, to;
    for (size_t i = 0; i < s->plan->tracks.n; i++) {
        if (s->names[i].n) {
            tracks[n++] = i;
        }
    }
    elided(n, &from, &to);
    for (size_t i = 0; i < n; i++) {
        if (i == from) {
            print_other_tracks(s, tracks + from, to - from);
            i = to;
        }
        print_track(s, tracks[i]);
    }
}

static void print_held_back(struct summary *s, const strings_t *held, const strings_t *names)
{
    struct wrap *w = &s->wrap;
    if (!held->n) {
        return;
    }
    wrap_begin(w, 0, 4);
    wrap_word(w, 0, "held");
    if (names) {
        wrap_text(w, "back on");
        print_names(w, names, ":");
    } else {
        wrap_text(w, "back:");
    }
    wrap_end(w);
    size_t from, to;
    elided(held->n, &from, &to);
    for (size_t i = 0; i < held->n; i++) {
        wrap_begin(w, 4, 6);
        if (i == from) {
            wrap_word(w, 0, "... %zu more ...", to - from);
            i = to - 1;
        } else {
            wrap_text(w, held->items[i]);
        }
        wrap_end(w);
    }
}

/* Once for the whole plan when every track holds back the same, as a promotion of like targets does. */
static void print_all_held_back(struct summary *s)
{
    const struct plan *p = s->plan;
    const struct plan_track *first = NULL;
    bool same = true;
    for (size_t i = 0; i < p->tracks.n; i++) {
        const struct plan_track *t = &p->tracks.items[i];
        if (s->names[i].n) {
            first = first ? first : t;
            same = same && same_strings(&first->held_back, &t->held_back);
        }
    }
    for (size_t i = 0; i < p->tracks.n && !same; i++) {
        if (s->names[i].n) {
            print_held_back(s, &p->tracks.items[i].held_back, &s->names[i]);
        }
    }
    if (first && same) {
        print_held_back(s, &first->held_back, NULL);
    }
}

/* Some step that runs may be impossible to take back. */
static bool has_final_step(const struct summary *s)
{
    for (size_t i = 0; i < s->plan->tracks.n; i++) {
        const struct plan_step *step;
        vec_each (step, &s->plan->tracks.items[i].steps) {
            if (s->names[i].n && !(step->transaction && step->reversible)) {
                return true;
            }
        }
    }
    return false;
}

static const char *budget_text(struct summary *s)
{
    const struct plan *p = s->plan;
    if (p->max_failures <= 0) {
        return "";
    }
    if (p->max_failures_percent) {
        return arena_printf(&s->arena, "once more than %zu of %zu failed (%lld %%), ",
                            plan_failure_budget(p) + p->left_out.n, p->targets.n + p->left_out.n,
                            (long long)p->max_failures);
    }
    return arena_printf(&s->arena, "once more than %lld failed, ", (long long)p->max_failures);
}

static bool is_parallel(const struct plan *p)
{
    bool parallel = false;
    for (size_t i = 0; i < p->waves.n; i++) {
        const struct plan_wave *w = &p->waves.items[i];
        parallel = parallel || (w->n > 1 && w->parallel > 1);
    }
    return parallel;
}

static void print_on_failure(struct summary *s)
{
    const struct plan *p = s->plan;
    struct wrap *w = &s->wrap;
    const char *limit = has_final_step(s) ? " as far as it can be" : "";
    wrap_begin(w, 0, 4);
    if (p->targets.n == 1) {
        wrap_text(w, arena_printf(&s->arena, "on failure: the target is taken back%s", limit));
        wrap_end(w);
        return;
    }
    wrap_text(w, arena_printf(&s->arena, "on failure: that target is taken back%s;", limit));
    bool others = p->on_failure == PLAN_ROLLBACK && p->rollback_scope != PLAN_SCOPE_TARGET;
    if (p->on_failure == PLAN_CONTINUE) {
        wrap_text(w, "the others go on");
    } else {
        wrap_text(w, budget_text(s));
        wrap_text(w, "no other is started");
    }
    if (is_parallel(p) && p->on_failure != PLAN_CONTINUE && !others) {
        wrap_text(w, "and those under way go on to their end");
    }
    if (others) {
        wrap_word(w, 0, is_parallel(p) ? ";" : ",");
        wrap_text(w, is_parallel(p) ? "once those under way have ended, those that are done"
                                    : "and those that are done");
        wrap_text(w, p->rollback_scope == PLAN_SCOPE_WAVE ? "in its wave are taken back too"
                                                          : "are taken back too");
    }
    wrap_end(w);
}

static void print_left_out(struct summary *s)
{
    const struct plan *p = s->plan;
    struct wrap *w = &s->wrap;
    size_t from, to;
    if (p->left_out.n == 0) {
        return;
    }
    elided(p->left_out.n, &from, &to);
    wrap_begin(w, 0, 4);
    wrap_text(w, arena_printf(&s->arena, "! %zu target%s cannot be reached: left out, and counted as failed",
                              p->left_out.n, plural(p->left_out.n)));
    wrap_end(w);
    for (size_t i = 0; i < p->left_out.n; i++) {
        wrap_begin(w, 4, 6);
        if (i == from) {
            wrap_word(w, 0, "... %zu more ...", to - from);
            i = to - 1;
        } else {
            wrap_text(w, p->left_out.items[i].why);
        }
        wrap_end(w);
    }
}

void plan_summary(const struct plan *p, int width, struct strbuf *out)
{
    width = width <= 0 ? WIDTH_DEFAULT : width < WIDTH_MIN ? WIDTH_MIN : width;
    struct summary s = {.wrap = {.out = out, .width = width}, .plan = p};
    s.names = arena_array(&s.arena, p->tracks.n, sizeof(*s.names));
    const struct plan_target *t;
    vec_each (t, &p->targets) {
        if (t->track < p->tracks.n) {
            const char **name = vec_push(&s.arena, &s.names[t->track]);
            *name = t->name;
        }
    }
    print_title(&s);
    print_left_out(&s);
    print_tracks(&s);
    print_all_held_back(&s);
    if (plan_pending(p)) {
        wave_summary(p, &s.wrap);
        print_on_failure(&s);
    }
    arena_release(&s.arena);
}
