/* lockstep status */
#include "cmd/report.h"
#include "cmd/status_runs.h"
#include "engine/fleet.h"
#include "engine/run/prepared.h"
#include "engine/run/recover.h"

enum { COL_ENVIRONMENT, COL_TARGET, COL_AT, COL_BEHIND, COL_STATE, COL_HINT };
static const struct column columns[] = {
    {"environment", "ENVIRONMENT", 0},  {"target", "TARGET", COLUMN_WRAP}, {"at", "AT", 0},
    {"behind", "BEHIND", COLUMN_RIGHT}, {"state", "STATE", COLUMN_WRAP},   {"error", NULL, COLUMN_JSON_ONLY}};

struct tally {
    size_t pending, unreachable, unknown;
    size_t files;     /* of `unknown`: because a file is wrong */
    const char *hint; /* of the first target that could not be reached or judged; NULL: none */
};

#define ROWS_SHOWN 40 /* more targets than these are shown by what they have in common, without -v */

/* What is told of one target. */
struct place {
    const struct member *member;
    const char *at, *state, *error; /* NULL: not known, none */
    int64_t behind;                 /* -1: not known */
    enum style style;
    const struct place *next; /* of the same group */
    size_t group;             /* in the first of a group: how many there are; 0 in the others */
};

/* How many revisions of the graph the position does not stand for. */
static size_t behind(struct arena *a, const struct graph *g, const struct position *at)
{
    revisions_t standing = {0};
    position_revisions(a, g, at, &standing);
    return g->all.n - standing.n;
}

/* Errors begin with the target's name, and are the same behind it. */
static const char *state_for_all(const struct place *s)
{
    size_t n = strlen(s->member->target->name);
    bool named =
        s->error && strncmp(s->state, s->member->target->name, n) == 0 && strncmp(s->state + n, ": ", 2) == 0;
    return named ? s->state + n + 2 : s->state;
}

static struct place unknown(const struct member *m, const struct err *why, struct app *app)
{
    const char *message = arena_dup(app->arena, why->message);
    struct place s = {.member = m, .state = message, .error = message, .behind = -1, .style = STYLE_RED};
    s.state = state_for_all(&s); /* its name stands in the row already */
    if (why->file[0]) {
        struct err placed = *why;
        char line[sizeof(placed.file) + sizeof(placed.message) + 64];
        snprintf(placed.message, sizeof(placed.message), "%s", s.state);
        s.state = arena_dup(app->arena, err_format(&placed, line, sizeof(line)));
    }
    return s;
}

/* What is true of a step that was left part way; what the journal does not tell is found out, not written. */
static const char *half_text(struct arena *a, struct member *m, enum style *style)
{
    struct half_step *half = &m->state.half;
    struct err err = {0};
    *style = STYLE_RED;
    int rc = recover_decide(m, NULL, &(struct recover_opts){.wait_ms = -1}, &err);
    if (rc == ERR_REFUSED) {
        *style = STYLE_YELLOW;
        return arena_dup(a, err.message);
    }
    if (rc) {
        half->why = arena_dup(a, err.message);
    }
    const char *revision = strcmp(half->direction, "downgrade") == 0
                               ? arena_printf(a, "the downgrade of %s", half->revision)
                               : half->revision;
    const char *of = half->total ? arena_printf(a, " of %lld", (long long)half->total) : "";
    if (half->known && !half_step_inside(half)) {
        return arena_printf(a, "at the start of %s: nothing of it took effect; \"lockstep resume\" goes on",
                            revision);
    }
    if (half->known && half->begun) {
        return arena_printf(a,
                            "inside %s: %lld%s statements took effect, the next may have in part; \"lockstep "
                            "resume\" runs it once more",
                            revision, (long long)half->done, of);
    }
    return arena_printf(a, "inside %s: %lld%s statements took effect%s%s", revision, (long long)half->done,
                        of, half->known ? "" : ", whether the next did is for a person to say: ",
                        half->known || !half->why ? "" : half->why);
}

static void note_unknown(struct tally *tally, const struct err *why)
{
    tally->unreachable += why->status == ERR_UNREACHABLE;
    tally->unknown += why->status != ERR_UNREACHABLE;
    tally->files += why->status == ERR_FILE;
    tally->hint = tally->hint || !why->hint[0] ? tally->hint : why->hint;
}

/* `same` stands for a target at the same position, if there is one: a thousand targets need not be judged one
 * by one. */
static struct place place_of(struct app *app, struct member *m, const struct graph *g,
                             const struct place *same, struct tally *tally)
{
    if (m->err) {
        note_unknown(tally, m->err);
        return unknown(m, m->err, app);
    }
    struct place s = {.member = m};
    struct err err = {0}, busy = {0};
    bool at_work = member_check_running(m, app->arena, &busy) == ERR_REFUSED;
    const struct target_state *state = &m->state;
    bool like = same && same->behind >= 0 && position_same(&same->member->state.at.ids, &state->at.ids);
    s.at = like ? same->at : position_text(app->arena, &state->at.ids);
    if (!like && position_check(g, &state->at, &err)) {
        tally->unknown++;
        s.state = s.error = arena_dup(app->arena, err.message);
        s.behind = -1;
        s.style = STYLE_RED;
        return s;
    }
    s.behind = like ? same->behind : (int64_t)behind(app->arena, g, &state->at);
    const char *waiting = prepared_run(m, app->arena);
    tally->pending += s.behind > 0 || state->half.present || waiting;
    if (waiting) {
        s.state = arena_printf(app->arena,
                               "a prepared transaction of run %s waits for its wave: \"lockstep resume %s\"",
                               waiting, waiting);
        s.style = STYLE_RED;
    } else if (at_work) {
        s.state = arena_dup(app->arena, busy.message);
        s.style = STYLE_YELLOW;
    } else if (state->half.present) {
        s.state = half_text(app->arena, m, &s.style);
    } else if (s.behind == 0) {
        s.state = "up to date";
        s.style = STYLE_GREEN;
    } else {
        s.state = arena_printf(app->arena, "%lld pending", (long long)s.behind);
        s.style = STYLE_YELLOW;
    }
    return s;
}

static void add_row(struct report *r, const struct place *s, const char *targets)
{
    struct report_row *row = report_row(r, NULL);
    report_text(row, COL_ENVIRONMENT, s->member->environment->name);
    report_text(row, COL_TARGET, targets);
    report_text(row, COL_AT, s->at);
    if (s->behind >= 0) {
        report_int(row, COL_BEHIND, s->behind);
    }
    report_text(row, COL_STATE, s->state);
    report_style(row, COL_STATE, s->style);
    report_text(row, COL_HINT, s->error);
}

static int by_group(const void *x, const void *y)
{
    const struct place *const *s = x, *const *t = y;
    const char *a = (*s)->at ? (*s)->at : "", *b = (*t)->at ? (*t)->at : "";
    int c = strcmp(state_for_all(*s), state_for_all(*t));
    c = c ? c : strcmp(a, b);
    return c ? c : (*s > *t) - (*s < *t);
}

/* Targets with the same position and state become a list that begins at the first of them. */
static void group_standings(struct arena *a, struct place *list, size_t n)
{
    struct place **sorted = arena_array(a, n + 1, sizeof(*sorted));
    for (size_t i = 0; i < n; i++) {
        sorted[i] = &list[i];
    }
    qsort(sorted, n, sizeof(*sorted), by_group);
    struct place *first = NULL;
    for (size_t i = 0; i < n; i++) {
        const struct place *before = i ? sorted[i - 1] : NULL;
        bool like = before && strcmp(state_for_all(before), state_for_all(sorted[i])) == 0 &&
                    strcmp(before->at ? before->at : "", sorted[i]->at ? sorted[i]->at : "") == 0;
        if (like) {
            sorted[i - 1]->next = sorted[i];
        } else {
            first = sorted[i];
        }
        first->group++;
    }
}

/* "t-1, t-2, t-3 and 97 more". */
static const char *group_names(struct arena *a, const struct place *s)
{
    AUTO(strbuf_release) struct strbuf text = STRBUF_INIT;
    size_t shown = s->group > 4 ? 3 : s->group, i = 0;
    for (const struct place *k = s; k && i < shown; k = k->next) {
        strbuf_addf(&text, "%s%s", i++ ? ", " : "", k->member->target->name);
    }
    if (shown < s->group) {
        strbuf_addf(&text, " and %zu more", s->group - shown);
    }
    return arena_dup(a, strbuf_cstr(&text));
}

static void add_groups(struct app *app, struct report *r, struct place *list, size_t n)
{
    group_standings(app->arena, list, n);
    size_t rows = 0, left = 0;
    for (size_t i = 0; i < n; i++) {
        struct place *s = &list[i];
        if (s->group && rows < ROWS_SHOWN) {
            s->state = state_for_all(s);
            add_row(r, s, group_names(app->arena, s));
            rows++;
        } else {
            left += s->group;
        }
    }
    if (left) {
        struct place rest = {.member = list[0].member, .behind = -1, .state = "-v shows them"};
        add_row(r, &rest, arena_printf(app->arena, "%zu more targets", left));
    }
}

static int add_environment(struct app *app, struct report *r, struct environment *e, const struct graph *g,
                           struct tally *tally, struct err *err)
{
    struct fleet fleet = {0};
    int rc = app_fleet_all(app, e, &fleet, err);
    if (rc) {
        return rc;
    }
    fleet_read(&fleet, true);
    size_t n = fleet.members.n;
    struct place *list = arena_array(app->arena, n + 1, sizeof(*list));
    for (size_t i = 0; i < n; i++) {
        list[i] = place_of(app, &fleet.members.items[i], g, i ? &list[i - 1] : NULL, tally);
    }
    if (n > ROWS_SHOWN && !app->json && !app->verbose) {
        add_groups(app, r, list, n);
    } else {
        for (size_t i = 0; i < n; i++) {
            add_row(r, &list[i], list[i].member->target->name);
        }
    }
    fleet_close(&fleet);
    return 0;
}

/* Which targets it has could not be found out: the others are told all the same. */
static void add_unknown_environment(struct app *app, struct report *r, const struct environment *e,
                                    const struct err *why, struct tally *tally)
{
    char line[sizeof(why->file) + sizeof(why->message) + 64];
    struct err *kept = arena_alloc(app->arena, sizeof(*kept));
    *kept = *why;
    note_unknown(tally, kept);
    struct report_row *row = report_row(r, NULL);
    report_text(row, COL_ENVIRONMENT, e->name);
    report_text(row, COL_TARGET, "?");
    report_text(row, COL_STATE, arena_dup(app->arena, err_format(why, line, sizeof(line))));
    report_style(row, COL_STATE, STYLE_RED);
    report_text(row, COL_HINT, kept->message);
}

static int add_all(struct app *app, struct report *r, const struct graph *g, struct tally *tally,
                   struct err *err)
{
    struct environment **list = NULL;
    size_t n = 0;
    const char *name = args_word(&app->args, 0);
    if (name || app->environment || app->url) {
        struct environment *e = NULL;
        int rc = app_environment(app, name, &e, err);
        return rc ? rc : add_environment(app, r, e, g, tally, err);
    }
    struct project *p = NULL;
    int rc = app_project(app, &p, err);
    rc = rc ? rc : app_environments(app, &list, &n, err);
    for (size_t i = 0; i < n && rc == 0; i++) {
        struct err why;
        bool known = fleet_expand(app->arena, p, list[i], &why) == 0;
        if (!known && n == 1) {
            *err = why;
            rc = why.status;
        } else if (!known) {
            add_unknown_environment(app, r, list[i], &why, tally);
        } else {
            rc = add_environment(app, r, list[i], g, tally, err);
        }
    }
    return rc;
}

static const char *environment_named(struct app *app)
{
    const char *name = args_word(&app->args, 0);
    return app->url ? "default" : name ? name : app->environment;
}

static int run(struct app *app, struct err *err)
{
    struct graph *g = NULL;
    int rc = app_graph(app, &g, err);
    if (rc) {
        return rc;
    }
    struct tally tally = {0};
    struct report *r = report_new(app, "targets", columns, COUNT_OF(columns));
    if (app->selection.shards) {
        report_empty(r, "no target falls to this shard");
    }
    strings_t runs = {0}, ids = {0};
    rc = add_all(app, r, g, &tally, err);
    struct err store = {0};
    bool told = rc == 0 && status_runs(app, environment_named(app), &runs, &ids, &store) == 0;
    if (app->json && told) {
        report_fact_list(r, "unfinished_runs", NULL, &ids);
    }
    rc = rc ? rc : report_print(r, err);
    if (rc) {
        return rc;
    }
    if (!told) { /* the targets are told all the same: not everybody may read the store */
        char line[3072];
        print_note(app, "runs that have not ended are not known: %s", err_format(&store, line, sizeof(line)));
    }
    for (size_t i = 0; i < runs.n && !app->json; i++) {
        printf("%s%s\n", i == 0 ? "\n" : "", runs.items[i]);
    }
    if (tally.unreachable || tally.unknown) {
        size_t n = tally.unreachable ? tally.unreachable : tally.unknown;
        enum err_status status = tally.unreachable              ? ERR_UNREACHABLE
                                 : tally.files == tally.unknown ? ERR_FILE
                                                                : ERR_FAILED;
        err_set(err, status, "%zu target%s could not be %s", n, n == 1 ? "" : "s",
                tally.unreachable ? "reached" : "judged");
        return tally.hint ? err_hint(err, "%s", tally.hint) : err->status;
    }
    return tally.pending || runs.n > 0 ? EXIT_DIFFERENCE : 0;
}

const struct command command_status = {
    .name = "status",
    .group = GROUP_ORCHESTRATION,
    .summary = "where every target of every environment stands",
    .description =
        "Connects to every target and compares its version table with the revisions of this checkout. Exits "
        "with 2 when something is pending anywhere, 69 when a target cannot be reached. Runs that have not "
        "ended are named, with the ways to go on. Of an environment with more than 40 targets those that "
        "stand alike are one line, unless -v is given.",
    .arguments = (const struct argument_spec[]){{.name = "ENVIRONMENT",
                                                 .help = "only this one",
                                                 .complete = COMPLETE_ENVIRONMENT,
                                                 .optional = true},
                                                {0}},
    .options = (const struct option_spec[]){TARGET_OPTIONS, {0}},
    .examples =
        (const struct example[]){
            {"lockstep status", "the whole project"},
            {"lockstep status production --format json", "one environment, for a script"},
            {"lockstep status production -v", "a line a target, also of thousands"},
            {0}},
    .run = run,
};
