/* Reading and judging the targets of an environment. */
#include "engine/drift/drift.h"
#include "base/arena.h"
#include "base/file.h"
#include "engine/drift/baseline.h"
#include "engine/planner/planner.h"
#include "engine/run/control.h"
#include "engine/run/prepared.h"
#include <string.h>

struct checksum {
    char hex[DIGEST_HEX + 1];
    bool known;
    const char *unreadable; /* why it is not; NULL */
};

struct check {
    struct fleet *fleet;
    const struct graph *graph;
    const struct drift_options *options;
    struct drift_report *report;
    struct baselines *baselines;
    snapshots_t snapshots;
    int64_t now_us;
    pthread_mutex_t lock; /* guards what follows */
    struct arena arena;
    struct checksum *checksums; /* by dialect and revision */
    strings_t dialects;
    strings_t seen; /* "dialect fingerprint" of schemas that are kept */
};

static struct drift_finding *add_finding(struct arena *a, struct drift_target *t, struct drift_finding f)
{
    struct drift_finding *added = vec_push(a, &t->findings);
    *added = f;
    return added;
}

/* --- position */

static bool judge_position(struct check *c, struct member *m, struct drift_target *t)
{
    struct arena *a = &m->arena;
    revisions_t standing = {0};
    struct err err = {0};
    for (size_t i = 0; i < m->state.at.ids.n; i++) {
        const char *id = m->state.at.ids.items[i];
        if (!graph_find(c->graph, id)) {
            t->ahead++;
            add_finding(a, t,
                        (struct drift_finding){
                            .kind = DRIFT_POSITION,
                            .word = "revision",
                            .path = id,
                            .change = SCHEMA_UNEXPECTED,
                            .message = "the version table names it, and this checkout does not have it"});
        }
    }
    if (t->ahead) {
        return false;
    }
    if (position_check(c->graph, &m->state.at, &err)) {
        add_finding(a, t,
                    (struct drift_finding){.kind = DRIFT_POSITION,
                                           .word = "position",
                                           .path = position_text(a, &m->state.at.ids),
                                           .change = SCHEMA_UNEXPECTED,
                                           .message = arena_dup(a, err.message)});
        return false;
    }
    position_revisions(a, c->graph, &m->state.at, &standing);
    t->behind = (int64_t)(c->graph->all.n - standing.n);
    return true;
}

/* --- checksums */

static size_t dialect_number(struct check *c, const char *dialect)
{
    for (size_t i = 0; i < c->dialects.n; i++) {
        if (strcmp(c->dialects.items[i], dialect) == 0) {
            return i;
        }
    }
    *vec_push(&c->arena, &c->dialects) = dialect;
    struct checksum *more = arena_array(&c->arena, c->dialects.n * c->graph->all.n + 1, sizeof(*more));
    if (c->checksums) {
        memcpy(more, c->checksums, (c->dialects.n - 1) * c->graph->all.n * sizeof(*more));
    }
    c->checksums = more;
    return c->dialects.n - 1;
}

static struct checksum checksum_of(struct check *c, const struct revision *r, const char *dialect)
{
    pthread_mutex_lock(&c->lock);
    size_t number = dialect_number(c, dialect); /* may move the table */
    struct checksum *k = &c->checksums[number * c->graph->all.n + r->index];
    if (!k->known && !k->unreadable) {
        struct err err;
        k->known = revision_checksum(&c->arena, r, dialect, k->hex, &err) == 0;
        k->unreadable = k->known ? NULL : arena_dup(&c->arena, err.message);
    }
    struct checksum copy = *k;
    pthread_mutex_unlock(&c->lock);
    return copy;
}

static const char *who_applied(struct arena *a, const struct applied_revision *r)
{
    return arena_printf(a, "%s%s%s%s%s%s", r->finished ? " on " : "", r->finished ? r->finished : "",
                        r->actor ? " by " : "", r->actor ? r->actor : "", r->run ? " in run " : "",
                        r->run ? r->run : "");
}

static int judge_checksums(struct check *c, struct member *m, struct drift_target *t, struct err *err)
{
    struct arena *a = &m->arena;
    applied_revisions_t applied = {0};
    int rc = m->state.has_history_table ? history_applied(&m->book, m->conn, a, &applied, err) : 0;
    for (size_t i = 0; i < applied.n && !rc; i++) {
        const struct applied_revision *r = &applied.items[i];
        const struct revision *known = r->checksum ? graph_find(c->graph, r->revision) : NULL;
        if (!known || strcmp(known->id, r->revision) != 0) {
            continue;
        }
        struct checksum now = checksum_of(c, known, m->driver->name);
        if (now.known && strcmp(now.hex, r->checksum) == 0) {
            continue;
        }
        const char *message = now.known ? arena_printf(a, "%s was edited after it was applied%s", known->file,
                                                       who_applied(a, r))
                                        : arena_printf(a, "its file cannot be read: %s", now.unreadable);
        add_finding(a, t,
                    (struct drift_finding){.kind = DRIFT_CHECKSUM,
                                           .word = "revision",
                                           .path = r->revision,
                                           .change = SCHEMA_CHANGED,
                                           .expected = r->checksum,
                                           .actual = now.known ? arena_dup(a, now.hex) : NULL,
                                           .message = message});
    }
    return rc;
}

/* --- runs in flight */

static int busy(struct drift_target *t, const char *why)
{
    t->outcome = DRIFT_BUSY;
    t->error = why;
    t->hint = "Look again when it has ended; \"lockstep status\" tells where it stands.";
    return 0;
}

/* Nothing is locked for it: the journal, what is prepared, and who holds the lock of a run tell. */
static int look_for_run(struct member *m, struct drift_target *t, bool *found, struct err *err)
{
    struct arena *a = &m->arena;
    struct lock_holder holder = {0};
    const struct half_step *half = &m->state.half;
    const char *waiting = prepared_run(m, a);
    *found = true;
    if (half->present) {
        return busy(t, arena_printf(a, "run %s is within revision %s, or was left there",
                                    half->run ? half->run : "?", half->revision));
    }
    if (waiting) {
        return busy(t, arena_printf(a, "a prepared transaction of run %s waits for its wave", waiting));
    }
    int rc = m->driver->lock_holder ? m->driver->lock_holder(m->conn, a, m->lock_key, &holder, err) : 0;
    if (!rc && (holder.who || holder.pid)) {
        return busy(t, arena_printf(a, "a run is at work on it: %s", holder.who ? holder.who : "unknown"));
    }
    *found = false;
    return rc;
}

/* --- schema */

static const struct snapshot *snapshot_of(const struct check *c, const struct member *m)
{
    const struct snapshot *s;
    vec_each (s, &c->snapshots) {
        if (strcmp(s->target, m->target->name) == 0) {
            return s;
        }
    }
    return NULL;
}

static int no_baseline(struct arena *a, struct drift_target *t, const struct snapshot *snap,
                       const struct err *why)
{
    t->outcome = DRIFT_NO_BASELINE;
    t->error = why->status && why->status != ERR_USAGE
                   ? arena_dup(a, why->message)
                   : arena_printf(a, "%s, and %s",
                                  snap ? "its snapshot is of another position" : "there is no snapshot of it",
                                  why->status ? why->message : "its position is not known here");
    t->hint = why->hint[0] ? arena_dup(a, why->hint) : NULL;
    return 0;
}

/* *found false: there is none, and the outcome says so. */
static int find_baseline(struct check *c, struct member *m, struct drift_target *t, bool known,
                         const char *live, struct baseline *out, bool *found, struct err *err)
{
    struct err why = {0};
    const struct snapshot *snap = snapshot_of(c, m);
    bool fits = snap && position_same(&snap->position, &m->state.at.ids);
    *found = false;
    if (fits && !c->options->scratch) {
        *found = true;
        return baseline_snapshot(c->baselines, &m->arena, snap, live, out, err);
    }
    if (!known) {
        return no_baseline(&m->arena, t, snap, &why);
    }
    int rc = baseline_scratch(c->baselines, m, out, &why);
    if (rc == ERR_INTERRUPTED) {
        *err = why;
        return rc;
    }
    *found = rc == 0;
    return rc ? no_baseline(&m->arena, t, snap, &why) : 0;
}

static struct drift_judging judging(const struct check *c, const struct member *m)
{
    return (struct drift_judging){.rules = m->environment->ignored,
                                  .nrules = m->environment->nignored,
                                  .now_us = c->now_us,
                                  .definitions = c->options->definitions};
}

struct keeping {
    struct arena *a;
    struct drift_judging by;
};

static bool is_looked_at(void *ctx, const struct schema_item *item)
{
    struct keeping *k = ctx;
    return !drift_rule_for(k->a, &k->by, item);
}

/* The schema that targets are grouped by. */
static int without_ignored(const struct check *c, struct member *m, struct arena *a, struct schema *live,
                           struct schema **out, struct err *err)
{
    *out = live;
    if (m->environment->nignored == 0) {
        return 0;
    }
    AUTO(strbuf_release) struct strbuf text = STRBUF_INIT;
    schema_write(&text, live, SCHEMA_TEXT_SNAPSHOT);
    int rc = schema_parse(a, (struct slice){strbuf_cstr(&text), text.len}, "the live schema", out, err);
    if (!rc) {
        struct keeping k = {a, judging(c, m)};
        schema_filter(*out, is_looked_at, &k);
    }
    return rc;
}

/* Is it the first with this schema? */
static bool is_new(struct check *c, const char *dialect, const char *fingerprint)
{
    pthread_mutex_lock(&c->lock);
    const char *key = arena_printf(&c->arena, "%s %s", dialect, fingerprint);
    bool found = false;
    for (size_t i = 0; i < c->seen.n && !found; i++) {
        found = strcmp(c->seen.items[i], key) == 0;
    }
    if (!found) {
        *vec_push(&c->arena, &c->seen) = key;
    }
    pthread_mutex_unlock(&c->lock);
    return !found;
}

static int compare(struct check *c, struct member *m, struct drift_target *t, bool known, struct schema *live,
                   struct err *err)
{
    struct baseline expected = {0};
    char fingerprint[DIGEST_HEX + 1];
    bool found = false;
    schema_fingerprint(live, fingerprint);
    int rc = find_baseline(c, m, t, known, fingerprint, &expected, &found, err);
    if (rc || !found) {
        return rc;
    }
    t->baseline = expected.text;
    memcpy(t->expected, expected.fingerprint, sizeof(t->expected));
    if (strcmp(fingerprint, expected.fingerprint) == 0) {
        return 0;
    }
    struct drift_judging by = judging(c, m);
    drift_findings_t findings = {0};
    drift_find(&m->arena, expected.schema, live, &by, &findings);
    for (size_t i = 0; i < findings.n; i++) {
        *vec_push(&m->arena, &t->findings) = findings.items[i];
    }
    t->live = live;
    t->expected_schema = expected.schema;
    return 0;
}

static int judge_schema(struct check *c, struct member *m, struct drift_target *t, bool known,
                        struct arena *work, struct schema *live, struct err *err)
{
    struct schema *grouped = NULL;
    int rc = compare(c, m, t, known, live, err);
    rc = rc ? rc : without_ignored(c, m, work, live, &grouped, err);
    if (rc) {
        return rc;
    }
    schema_fingerprint(grouped, t->fingerprint);
    t->dialect = arena_dup(&m->arena, live->dialect);
    for (size_t i = 0; i < live->unseen.n; i++) {
        *vec_push(&m->arena, &t->unseen) = arena_dup(&m->arena, live->unseen.items[i]);
    }
    bool first = is_new(c, t->dialect, t->fingerprint);
    t->grouped = first ? grouped : NULL;
    if (first || t->live) {
        arena_adopt(&m->arena, work);
    }
    return 0;
}

/* Read between two looks at where the target stands: a run that was at work meanwhile shows. */
static int read_schema(struct check *c, struct member *m, struct arena *work, struct drift_target *t,
                       bool *moved, struct schema **out, struct err *err)
{
    strings_t before = m->state.at.ids;
    int rc = snapshot_read(work, c->fleet, m, out, err);
    rc = rc ? rc : member_read(c->fleet, m, err);
    if (rc) {
        return rc;
    }
    *moved = m->state.half.present || !position_same(&before, &m->state.at.ids);
    return *moved ? busy(t, "a run was at work on it while its schema was read") : 0;
}

/* --- targets */

static int judge(struct check *c, struct member *m, struct drift_target *t, struct err *err)
{
    AUTO(arena_release) struct arena work = ARENA_INIT;
    struct schema *live = NULL;
    bool found = false, moved = false;
    int rc = member_read(c->fleet, m, err);
    if (rc) {
        return rc;
    }
    t->server = m->driver->server ? arena_dup(&m->arena, m->driver->server(m->conn)) : NULL;
    t->position = m->state.at.ids;
    rc = look_for_run(m, t, &found, err);
    if (rc || found) {
        return rc;
    }
    bool known = judge_position(c, m, t);
    rc = judge_checksums(c, m, t, err);
    rc = rc ? rc : read_schema(c, m, &work, t, &moved, &live, err);
    if (rc || moved) {
        return rc;
    }
    return judge_schema(c, m, t, known, &work, live, err);
}

static void note_error(struct arena *a, struct drift_target *t, const struct err *err)
{
    t->outcome = err->status == ERR_UNREACHABLE ? DRIFT_UNREACHABLE : DRIFT_FAILED;
    t->error = arena_dup(a, err->message);
    t->hint = err->hint[0] ? arena_dup(a, err->hint) : NULL;
}

static void conclude(struct drift_target *t)
{
    size_t count = 0;
    for (size_t i = 0; i < t->findings.n; i++) {
        count += t->findings.items[i].ignored == NULL;
    }
    if (count && (t->outcome == DRIFT_NONE || t->outcome == DRIFT_NO_BASELINE)) {
        t->outcome = DRIFT_FOUND;
    }
}

static int check_member(void *arg, UNUSED struct fleet *f, struct member *m, struct err *err)
{
    struct check *c = arg;
    struct drift_target *t = &c->report->targets.items[m - c->fleet->members.items];
    struct run_watch watch;
    struct err why = {0};
    int rc = run_watch_start(&watch, c->options->control, err);
    if (rc) {
        return rc;
    }
    m->cancel_fd = &watch.cancel_fd;
    rc = run_control_interrupts(c->options->control) ? err_set(&why, ERR_INTERRUPTED, "interrupted")
                                                     : member_connect(c->fleet, m, false, &why);
    if (!rc) {
        run_watch_conn(&watch, m->conn);
        rc = judge(c, m, t, &why);
        run_watch_conn(&watch, NULL);
    }
    if (rc) {
        note_error(&m->arena, t, &why);
    }
    conclude(t);
    member_disconnect(m);
    m->cancel_fd = NULL;
    run_watch_stop(&watch);
    if (rc) { /* others of a server that does not answer are not waited for as long */
        *err = why;
    }
    return rc;
}

static void note_expired(struct arena *a, const struct environment *e, int64_t now_us,
                         struct drift_report *out)
{
    for (size_t i = 0; i < e->nignored; i++) {
        const struct drift_rule *r = &e->ignored[i];
        if (r->ends_us && r->ends_us <= now_us) {
            *vec_push(a, &out->expired) =
                arena_printf(a, "%s%s%s, until %s: %s (%s:%d)", r->kind ? r->kind : "", r->kind ? " " : "",
                             r->path, r->until, r->reason, e->file, r->node->line);
        }
    }
}

static void count(struct drift_report *r)
{
    const struct drift_target *t;
    vec_each (t, &r->targets) {
        r->count[t->outcome]++;
        for (size_t i = 0; i < t->findings.n; i++) {
            r->findings += t->findings.items[i].ignored == NULL;
            r->ignored += t->findings.items[i].ignored != NULL;
        }
    }
}

static void open_targets(struct arena *a, struct fleet *f, struct drift_report *out)
{
    struct member *m;
    vec_each (m, &f->members) {
        struct drift_target *t = vec_push(a, &out->targets);
        *t = (struct drift_target){.name = m->target->name,
                                   .address = m->address,
                                   .dialect = m->driver ? m->driver->name : NULL,
                                   .of = m->environment};
    }
}

static void check_members(struct arena *a, struct check *c)
{
    pthread_mutex_init(&c->lock, NULL);
    fleet_each(c->fleet, true, check_member, c);
    arena_adopt(a, &c->arena);
    pthread_mutex_destroy(&c->lock);
}

/* Those that cannot be connected to at all never come to check_member(). */
static void note_lost(struct arena *a, struct fleet *f, struct drift_report *out)
{
    for (size_t i = 0; i < f->members.n; i++) {
        struct drift_target *t = &out->targets.items[i];
        if (f->members.items[i].err && t->outcome == DRIFT_NONE) {
            note_error(a, t, f->members.items[i].err);
        }
    }
}

int drift_check(struct arena *a, struct fleet *f, struct store *s, const struct graph *g,
                const struct drift_options *options, struct drift_report *out, struct err *err)
{
    struct drift_report report = {.began_us = time_now_us()};
    struct check c = {
        .fleet = f, .graph = g, .options = options, .report = &report, .now_us = report.began_us};
    if (f->members.n) {
        const struct environment *e = f->members.items[0].environment;
        int rc = snapshots_list(s, a, e->name, NULL, &c.snapshots, err);
        if (rc) {
            return rc;
        }
        report.environment = e->name;
        note_expired(a, e, c.now_us, &report);
    }
    report.project = f->project ? f->project->name : NULL;
    open_targets(a, f, &report);
    c.baselines = baselines_new(f, s, g, options);
    if (f->members.n) {
        check_members(a, &c);
    }
    baselines_free(c.baselines, a);
    note_lost(a, f, &report);
    if (run_control_interrupts(options->control)) {
        return err_set(err, ERR_INTERRUPTED, "interrupted");
    }
    count(&report);
    drift_group(a, &report);
    report.ended_us = time_now_us();
    *out = report;
    return 0;
}

int drift_status(const struct drift_report *r)
{
    if (r->count[DRIFT_UNREACHABLE]) {
        return ERR_UNREACHABLE;
    }
    if (r->count[DRIFT_FAILED] || r->count[DRIFT_NO_BASELINE]) {
        return ERR_FAILED;
    }
    return r->count[DRIFT_FOUND] ? 2 : 0;
}
