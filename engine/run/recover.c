/* Finding out where a target stands within a track, and what remains of it. */
#include "engine/run/recover.h"
#include "base/failpoint.h"
#include "base/file.h"
#include "engine/run/journal.h"
#include "engine/run/script_build.h"
#include <poll.h>
#include <strings.h>

static int compare_ids(const void *x, const void *y)
{
    return strcmp(*(const char *const *)x, *(const char *const *)y);
}

static void apply_version_op(struct arena *a, strings_t *ids, const struct plan_version_op *op)
{
    size_t at = ids->n;
    for (size_t i = 0; op->from && i < ids->n; i++) {
        at = strcmp(ids->items[i], op->from) == 0 ? i : at;
    }
    if (op->kind == PLAN_VERSION_INSERT) {
        *vec_push(a, ids) = op->to;
    } else if (at < ids->n && op->kind == PLAN_VERSION_UPDATE) {
        ids->items[at] = op->to;
    } else if (at < ids->n) {
        ids->items[at] = ids->items[--ids->n];
    }
}

strings_t track_position(struct arena *a, const struct plan_track *track, size_t n)
{
    strings_t ids = {0};
    for (size_t i = 0; i < track->from.n; i++) {
        *vec_push(a, &ids) = track->from.items[i];
    }
    for (size_t s = 0; s < n; s++) {
        const plan_version_ops_t *ops = &track->steps.items[s].version_ops;
        for (size_t k = 0; k < ops->n; k++) {
            apply_version_op(a, &ids, &ops->items[k]);
        }
    }
    if (ids.n > 1) {
        qsort(ids.items, ids.n, sizeof(char *), compare_ids);
    }
    return ids;
}

bool track_is_at(struct arena *a, const struct plan_track *track, size_t n, const strings_t *at)
{
    strings_t ids = track_position(a, track, n);
    return position_same(&ids, at);
}

void track_rest(struct arena *a, const struct plan_track *track, const struct standing *standing,
                struct plan_track *out)
{
    struct plan_track rest = *track;
    rest.from = track_position(a, track, standing->steps);
    rest.steps = (plan_steps_t){0};
    for (size_t i = standing->steps; i < track->steps.n; i++) {
        struct plan_step *step = vec_push(a, &rest.steps);
        *step = track->steps.items[i];
        if (i == standing->steps) {
            step->resume_from = standing->inside ? standing->done : 0;
        }
    }
    *out = rest;
}

static void elsewhere(struct arena *a, struct member *m, const struct plan_track *track, struct standing *out)
{
    struct applied_revision last = {0};
    struct err ignored;
    bool known = history_last(&m->book, m->conn, a, &last, &ignored) == 0 && last.run;
    out->place = STANDING_ELSEWHERE;
    out->why = arena_printf(a, "it is at %s, which is no place between %s and %s%s%s%s%s",
                            position_text(a, &m->state.at.ids), position_text(a, &track->from),
                            position_text(a, &track->to), known ? "; the last run on it was " : "",
                            known ? last.run : "", known && last.actor ? " of " : "",
                            known && last.actor ? last.actor : "");
}

/* Which statements the half step's revision has in its direction, by the track. NULL: it is not the step that
 * can be half done here. */
static const plan_statements_t *half_statements(const struct plan_track *track, const struct half_step *half,
                                                struct standing *out, bool *live)
{
    const struct plan_step *next = out->steps < track->steps.n ? &track->steps.items[out->steps] : NULL;
    const struct plan_step *last = out->steps > 0 ? &track->steps.items[out->steps - 1] : NULL;
    bool down = strcmp(half->direction, "downgrade") == 0;
    if (next && next->downgrade == down && strcmp(next->revision, half->revision) == 0) {
        *live = next->live;
        return &next->statements;
    }
    if (last && last->downgrade != down && strcmp(last->revision, half->revision) == 0) {
        out->downgrade = true;
        *live = last->undo_live;
        return &last->undo;
    }
    return NULL;
}

/* The session that has the lock, as the server counts it; 0: nobody has it, or it is none of a server. */
static int64_t lock_session(struct arena *a, struct member *m)
{
    struct lock_holder holder = {0};
    struct err ignored;
    int rc = m->driver->lock(m->conn, a, m->lock_key, &holder, &ignored);
    if (rc == 0) {
        m->driver->unlock(m->conn, m->lock_key, &ignored); /* it has gone by itself */
    }
    return rc == ERR_REFUSED ? holder.pid : 0;
}

/* The driver's text about a session, with its number and the digest of its statement in it. */
static char *about_session(struct arena *a, const char *text, int64_t session, const char *digest)
{
    AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
    for (const char *p = text; *p;) {
        bool number = strncmp(p, "{session}", strlen("{session}")) == 0;
        bool statement = strncmp(p, "{digest}", strlen("{digest}")) == 0;
        if (number) {
            strbuf_addf(&b, "%lld", (long long)session);
        } else if (statement) {
            strbuf_adds(&b, digest);
        } else {
            strbuf_addch(&b, *p);
        }
        p += number ? strlen("{session}") : statement ? strlen("{digest}") : 1;
    }
    return arena_dup(a, strbuf_cstr(&b));
}

static int end_session(struct arena *a, struct member *m, int64_t session, struct err *err)
{
    return session && m->driver->end_session
               ? conn_exec(m->conn, about_session(a, m->driver->end_session, session, ""), err)
               : 0;
}

static void tell(const struct recover_opts *opts, const struct member *m, const char *text)
{
    if (opts && opts->on_wait) {
        opts->on_wait(opts->arg, m->target->name, text);
    }
}

static int64_t deadline_of(const struct recover_opts *opts)
{
    return time_monotonic_us() + (opts && opts->wait_ms ? opts->wait_ms : 60000) * 1000;
}

static int still_runs(struct err *err)
{
    return err_hint(
        err, "Its statement still runs on the server: wait for it, or end it with \"lockstep resume RUN "
             "-t TARGET --kill\".");
}

/* The server's session that still works at the statement in flight; 0: none does. */
static int session_at_work(struct member *m, const struct journal_entry *e, int64_t *out, struct err *err)
{
    struct rowset rows;
    char *sql = about_session(&m->arena, m->driver->session_at_work, e->session, e->digest);
    int rc = conn_query(m->conn, &m->arena, sql, &rows, err);
    if (rc == 0) {
        *out = rows.nrows > 0 ? strtoll(rowset_cell(&rows, 0, 0).ptr, NULL, 10) : 0;
    }
    return rc;
}

/* A lock of the session's own has gone with the session. A lease runs out while the statement of a dead run
 * may still be at work. */
static bool may_be_at_work(struct member *m, struct journal_entry *e)
{
    const struct half_step *half = &m->state.half;
    if (!half->present || half->known || m->locked || !m->driver->session_at_work) {
        return false;
    }
    bool leased = m->lease || (m->driver->shared && m->driver->shared(m->conn));
    return leased && journal_entry_parse(&m->arena, half->in_flight, e) && e->session;
}

int recover_wait(struct member *m, const struct recover_opts *opts, struct err *err)
{
    struct journal_entry e;
    int64_t deadline = deadline_of(opts), session = 0;
    for (bool first = true; may_be_at_work(m, &e); first = false) {
        int rc = session_at_work(m, &e, &session, err);
        if (rc || session == 0) {
            return rc;
        }
        if (first) {
            tell(
                opts, m,
                arena_printf(&m->arena, "session %lld of the dead run is still at work", (long long)session));
            rc = opts && opts->kill_running ? end_session(&m->arena, m, session, err) : 0;
        }
        if (rc) {
            return rc;
        }
        if (time_monotonic_us() > deadline) {
            err_set(err, ERR_REFUSED, "session %lld of run %s is still at work on this target",
                    (long long)session, m->state.half.run);
            return still_runs(err), ERR_REFUSED;
        }
        poll(NULL, 0, 100);
        rc = member_read(m->fleet, m, err); /* what was sent with it may have followed it */
        if (rc) {
            return rc;
        }
    }
    return 0;
}

static const char *name_list(struct arena *a, const struct rowset *rows)
{
    AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
    for (size_t i = 0; i < rows->nrows && i < 5; i++) {
        strbuf_addf(&b, "%s%s", i ? ", " : "", rowset_cell(rows, i, 0).ptr);
    }
    return arena_dup(a, strbuf_cstr(&b));
}

static bool mentions(struct slice text, const char *name)
{
    size_t n = strlen(name);
    for (size_t i = 0; i + n <= text.len; i++) {
        if (strncasecmp(text.ptr + i, name, n) == 0) {
            return true;
        }
    }
    return false;
}

/* What may have been run in the transaction that was open when the run died, as far as it is known. */
typedef VEC(struct slice) texts_t;

static texts_t open_statements(const struct member *m, struct arena *a, const plan_statements_t *statements,
                               int64_t from)
{
    texts_t texts = {0};
    bool ended = false; /* with what only sets the session, unless the next asks about it */
    for (size_t i = (size_t)from; i < statements->n; i++) {
        const struct plan_statement *s = &statements->items[i];
        struct trace t = {.kind = TRACE_ROWS};
        if (!s->copy.ptr) {
            m->driver->trace(a, s->text, &t);
        }
        if (!statement_joins(m->driver, s) || (ended && !t.uses_last)) {
            break;
        }
        ended = t.kind != TRACE_ROWS;
        *vec_push(a, &texts) = s->text;
    }
    return texts;
}

static bool any_mentions(const texts_t *texts, const char *name)
{
    bool any = false;
    for (size_t i = 0; i < texts->n && !any; i++) {
        any = mentions(texts->items[i], name);
    }
    return any;
}

/* Tables keep their rows whatever becomes of the transaction: those of the target that a text names, and
 * those of other databases that one names. Without the statements every table of the target counts. */
static int find_loose(struct member *m, const plan_statements_t *statements, const char **why,
                      struct err *err)
{
    struct arena *a = &m->arena;
    struct rowset loose, code, databases;
    int rc = conn_query(m->conn, a, m->driver->loose_tables, &loose, err);
    rc = rc ? rc : conn_query(m->conn, a, m->driver->hidden_code, &code, err);
    if (rc) {
        return rc;
    }
    texts_t texts = {0};
    if (statements) {
        texts = open_statements(m, a, statements, m->state.half.recorded);
    }
    for (size_t r = 0; r < code.nrows; r++) {
        struct slice text = rowset_cell(&code, r, 0);
        *vec_push(a, &texts) = text.ptr ? text : SLICE("");
        *why = text.len > 0 ? *why : "what its triggers, routines and views do may not be read";
    }
    bool named = !statements && loose.nrows > 0, qualified = any_mentions(&texts, ".");
    for (size_t r = 0; r < loose.nrows && !named; r++) {
        named = any_mentions(&texts, rowset_cell(&loose, r, 0).ptr);
    }
    if (named) {
        *why = arena_printf(a, "the database has tables without transactions (%s)", name_list(a, &loose));
    }
    if (*why || !qualified) {
        return 0;
    }
    rc = conn_query(m->conn, a, m->driver->loose_databases, &databases, err);
    for (size_t r = 0; rc == 0 && r < databases.nrows && !*why; r++) {
        const char *name = rowset_cell(&databases, r, 0).ptr;
        if (any_mentions(&texts, name)) {
            *why = arena_printf(a, "database %s, which it names, has tables without transactions", name);
        }
    }
    return rc;
}

static int decide_rows(struct member *m, const plan_statements_t *statements, struct err *err)
{
    struct half_step *half = &m->state.half;
    const char *why = NULL;
    int rc = m->driver->loose_tables ? find_loose(m, statements, &why, err) : 0;
    if (rc) {
        return rc;
    }
    half->known = !why;
    half->why = why ? why : "what came after it was rolled back with the session";
    return 0;
}

/* What the schema shows of a statement. */
enum effect { EFFECT_NONE, EFFECT_WHOLE, EFFECT_PART };

/* Which of the objects were there; NULL: all, or none. */
static const char *names_there(const char *fingerprint)
{
    const char *mark = strchr(fingerprint, '?');
    return !mark ? NULL : mark[1] ? mark + 1 : "a part";
}

/* Of several objects only some are there, or were before it, which nobody expects who names them all. */
static const char *part_text(struct arena *a, const char *before, const char *now)
{
    const char *was = names_there(before), *is = names_there(now);
    return was ? arena_printf(a,
                              "it stopped half-way: of what it names there was before it only: %s; now: %s",
                              was, is ? is : "nothing")
               : arena_printf(a, "it stopped half-way: of what it names there is still: %s", is);
}

static int read_effect(struct member *m, const struct journal_entry *e, enum effect *out, struct err *err)
{
    struct arena *a = &m->arena;
    struct rowset rows;
    struct journal_entry now;
    char *sql = arena_printf(a, "SELECT %s", m->driver->trace_entry(a, e->text, e->objects, e->fingerprint));
    int rc = conn_query(m->conn, a, sql, &rows, err);
    if (rc) {
        return rc;
    }
    if (rows.nrows != 1 || !journal_entry_parse(a, rowset_cell(&rows, 0, 0).ptr, &now)) {
        return err_set(err, ERR_FAILED, "the schema's fingerprint cannot be read");
    }
    const char *before = strchr(e->fingerprint, '?'), *after = strchr(now.fingerprint, '?');
    bool same = strcmp(now.fingerprint, e->fingerprint) == 0 && !(after && !after[1]);
    bool hidden = now.fingerprint[strcspn(now.fingerprint, "!?")] == '!';
    *out = hidden ? EFFECT_PART : same ? EFFECT_NONE : before || after ? EFFECT_PART : EFFECT_WHOLE;
    m->state.half.why = hidden ? "it stopped half-way, or the catalogue does not show all of what it changes"
                        : *out == EFFECT_PART ? part_text(a, e->fingerprint, now.fingerprint)
                                              : NULL;
    return 0;
}

static int decide_schema(struct member *m, const struct journal_entry *e, struct err *err)
{
    struct half_step *half = &m->state.half;
    struct arena *a = &m->arena;
    enum effect effect;
    int rc = read_effect(m, e, &effect, err);
    if (rc || effect == EFFECT_PART) {
        return rc;
    }
    bool took_effect = effect == EFFECT_WHOLE;
    half->known = true;
    half->done = half->recorded + took_effect;
    half->why = arena_printf(a, "the schema shows that statement %lld %s", (long long)half->recorded + 1,
                             took_effect ? "took effect" : "did not take effect");
    return 0;
}

int recover_decide(struct member *m, const plan_statements_t *statements, const struct recover_opts *opts,
                   struct err *err)
{
    struct half_step *half = &m->state.half;
    struct journal_entry e;
    int rc = recover_wait(m, opts, err);
    if (rc || !half->present || half->known) {
        return rc;
    }
    if (!journal_entry_parse(&m->arena, half->in_flight, &e)) {
        half->why = "the journal does not say what was in flight";
        return 0;
    }
    half->begun = e.begun;
    switch (e.kind) {
    case JOURNAL_ROWS:
        return decide_rows(m, statements, err);
    case JOURNAL_SCHEMA:
        return decide_schema(m, &e, err);
    case JOURNAL_SESSION:
    case JOURNAL_REPEAT:
        half->known = true;
        half->begun = e.begun || e.kind == JOURNAL_REPEAT;
        half->why = "running the next once more does no harm";
        return 0;
    case JOURNAL_KEPT:
        half->why = "it changed a table without transactions, which no rollback takes back";
        return 0;
    default:
        half->why = "nothing in the catalogue tells about it";
        return 0;
    }
}

int recover_refused(struct member *m, struct slice statement, struct err *err)
{
    struct half_step *half = &m->state.half;
    struct trace trace = {.several = false};
    struct journal_entry e;
    enum effect effect = EFFECT_PART;
    if (!half->present || half->known) {
        return 0;
    }
    if (!journal_entry_parse(&m->arena, half->in_flight, &e)) {
        half->why = "the journal does not say what was in flight";
        return 0;
    }
    if (statement.len > 0) {
        m->driver->trace(&m->arena, statement, &trace);
    }
    if (e.kind == JOURNAL_KEPT) {
        half->why = "it changed a table without transactions, which no rollback takes back";
        return 0;
    }
    if (!trace.several || e.kind == JOURNAL_ROWS) {
        effect = EFFECT_NONE;
    } else if (e.kind == JOURNAL_SCHEMA) {
        int rc = read_effect(m, &e, &effect, err);
        if (rc) {
            return rc;
        }
    }
    half->known = true;
    half->begun = e.begun || effect != EFFECT_NONE;
    return 0;
}

static void undecided(struct arena *a, const struct member *m, const plan_statements_t *statements,
                      struct standing *out)
{
    const struct half_step *half = &m->state.half;
    bool named = (size_t)half->recorded < statements->n;
    struct slice text = named ? slice_trim(statements->items[half->recorded].text) : SLICE("");
    out->place = STANDING_UNDECIDED;
    out->why =
        arena_printf(a, "nobody can tell whether statement %lld of the %s of revision %s took effect: %s",
                     (long long)half->recorded + 1, half->direction, half->revision, half->why);
    out->hint = arena_printf(a,
                             "It is \"%.*s\". Look what it did, then say so: \"lockstep resume %s -t %s "
                             "--took-effect\", or \"--no-effect\".",
                             (int)(text.len > 200 ? 200 : text.len), text.ptr, half->run, m->target->name);
}

/* The journal's count is about these statements: the ones that ran, and the one that was in flight. */
bool half_step_matches(struct arena *a, const struct half_step *half, const plan_statements_t *statements)
{
    struct plan_step stand_in = {.statements = *statements};
    struct journal_entry e;
    char hex[DIGEST_HEX + 1];
    step_prefix(&stand_in, (size_t)half->recorded, hex);
    if ((size_t)half->done > statements->n || !half->prefix || strcmp(half->prefix, hex) != 0) {
        return false;
    }
    if (half->done == half->recorded) {
        return true;
    }
    struct slice text = statements->items[half->recorded].text;
    sha256_hex(text.ptr, text.len, hex);
    /* Data statements have no digest there; only a person's word counts one of them. */
    return journal_entry_parse(a, half->in_flight, &e) && (!e.digest[0] || strcmp(e.digest, hex) == 0);
}

static int session_is_gone(const plan_statements_t *statements, size_t at, const char *what, struct err *err)
{
    struct slice text = slice_trim(statements->items[at].text);
    err_set(err, ERR_REFUSED, "%s, and that session has ended: statement %zu is \"%.*s\"", what, at + 1,
            (int)(text.len > 120 ? 120 : text.len), text.ptr);
    return err_hint(err, "Finish or undo that revision by hand, then record where the target stands with "
                         "\"lockstep stamp\".");
}

int half_step_needs_session(const struct driver *driver, const plan_statements_t *statements, int64_t done,
                            struct err *err)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    size_t from = (size_t)done, set = 0, last = 0; /* from 1 */
    for (size_t i = 0; i < statements->n; i++) {
        const struct plan_statement *s = &statements->items[i];
        struct trace t = {.kind = TRACE_ROWS};
        if (!s->copy.ptr) {
            driver->trace(&a, s->text, &t);
        }
        bool before = i < from, again = before && t.kind == TRACE_SESSION;
        if (before && t.leaves) {
            char *what = arena_printf(&a,
                                      "statement %zu left something in its session (a temporary table, a "
                                      "cursor, a lock, or a computed setting)",
                                      i + 1);
            return session_is_gone(statements, i, what, err);
        }
        if ((again || !before) && t.variables && set) {
            char *what = arena_printf(
                &a, "statement %zu uses a variable of the session that statement %zu has set", i + 1, set);
            return session_is_gone(statements, i, what, err);
        }
        last = i == from && i > 0 && t.uses_last && !last ? i : last;
        if (!before && t.uses_last && last) {
            char *what =
                arena_printf(&a,
                             "statement %zu asks the session about statements before it, which may be "
                             "number %zu",
                             i + 1, last);
            return session_is_gone(statements, i, what, err);
        }
        set = before && t.variables && t.kind != TRACE_SESSION ? i + 1 : set;
        last = before && t.sets_last ? i + 1 : last;
    }
    return 0;
}

static void judge_live(struct arena *a, const struct half_step *half, struct standing *out)
{
    if (half->known && !half_step_inside(half)) {
        return;
    }
    out->place = STANDING_ELSEWHERE;
    out->why =
        arena_printf(a,
                     "it is inside the %s of revision %s after %lld statements%s, and that revision reads "
                     "the database as it runs, so it cannot go on from the middle",
                     half->direction, half->revision, (long long)half->done,
                     half->known && !half->begun ? "" : " and perhaps one more");
    out->hint = "Finish or undo that revision by hand, then record where the target stands with \"lockstep "
                "stamp\".";
}

static int judge_half(struct arena *a, struct member *m, const struct plan_track *track,
                      const struct recover_opts *opts, struct standing *out, struct err *err)
{
    struct half_step *half = &m->state.half;
    bool live = false;
    const plan_statements_t *statements = half_statements(track, half, out, &live);
    int rc = recover_decide(m, statements, opts, err);
    if (rc) {
        return err_wrap(err, "finding out what took effect");
    }
    if (live) {
        judge_live(a, half, out);
        return 0;
    }
    if (statements && !half->known && opts && opts->answer != RECOVER_ASK) {
        half->known = true;
        half->done = half->recorded + (opts->answer == RECOVER_TOOK_EFFECT);
        half->why = "as you said";
    }
    if (!statements || !half_step_matches(a, half, statements)) {
        out->place = STANDING_ELSEWHERE;
        out->why =
            arena_printf(a, "it is inside the %s of revision %s (run %s), which is not a step of this plan",
                         half->direction, half->revision, half->run);
    } else if (!half->known) {
        undecided(a, m, statements, out);
    } else if (half->done > 0 && half_step_needs_session(m->driver, statements, half->done, err)) {
        rc = err->status;
    } else {
        out->inside = half_step_inside(half);
        out->downgrade = out->downgrade && out->inside;
        out->done = half->done;
    }
    return rc;
}

int recover_state(struct arena *a, struct fleet *fleet, struct member *m, const struct plan_track *track,
                  const struct recover_opts *opts, struct standing *out, struct err *err)
{
    int rc = member_read(fleet, m, err);
    rc = rc ? rc : recover_wait(m, opts, err);
    if (rc) {
        return rc;
    }
    struct standing standing = {.place = STANDING_ELSEWHERE};
    for (size_t n = 0; n <= track->steps.n; n++) {
        if (track_is_at(a, track, n, &m->state.at.ids)) {
            standing.place = STANDING_WITHIN;
            standing.steps = n;
        }
    }
    if (standing.place == STANDING_ELSEWHERE) {
        elsewhere(a, m, track, &standing);
    } else if (m->state.half.present) {
        rc = judge_half(a, m, track, opts, &standing, err);
        if (rc) {
            return rc;
        }
    }
    *out = standing;
    return 0;
}

int recover_record(struct fleet *fleet, struct member *m, const plan_statements_t *statements,
                   struct err *err)
{
    const struct half_step *half = &m->state.half;
    if (!half->present || !half->known || !half->running) {
        return 0;
    }
    struct plan_step stand_in = {.statements = *statements};
    char prefix[DIGEST_HEX + 1];
    step_prefix(&stand_in, (size_t)half->done, prefix);
    bool counted = half->done != half->recorded && (size_t)half->done <= statements->n;
    char *sql = history_decide(&m->book, &m->arena, half, counted ? prefix : NULL);
    FAILPOINT("before-decision");
    int rc = conn_exec(m->conn, sql, err);
    FAILPOINT("after-decision");
    rc = rc ? rc : member_read(fleet, m, err);
    return rc ? err_wrap(err, "recording where %s stands", m->target->name) : 0;
}

const plan_statements_t *track_half_statements(const struct plan_track *track,
                                               const struct standing *standing)
{
    static const plan_statements_t none;
    size_t n = standing->steps;
    bool up = n<track->steps.n, down = n> 0 && standing->downgrade;
    return down ? &track->steps.items[n - 1].undo : up ? &track->steps.items[n].statements : &none;
}

void recover_end_own(struct arena *a, struct member *m, int64_t session)
{
    struct err ignored;
    if (session && lock_session(a, m) == session) {
        end_session(a, m, session, &ignored); /* whoever wants the lock sees whether that did it */
    }
}

int recover_lock(struct arena *a, struct member *m, const struct recover_opts *opts, struct err *err)
{
    int64_t deadline = deadline_of(opts);
    int rc = member_lock(m, a, err);
    if (rc == ERR_REFUSED) {
        tell(opts, m, err->message);
    }
    if (rc == ERR_REFUSED && opts && opts->kill_running) {
        rc = end_session(a, m, lock_session(a, m), err);
        rc = rc ? err_wrap(err, "ending the session that works on it") : ERR_REFUSED;
    }
    while (rc == ERR_REFUSED && time_monotonic_us() < deadline) {
        poll(NULL, 0, 100);
        rc = member_lock(m, a, err);
    }
    return rc == ERR_REFUSED ? still_runs(err), rc : rc;
}
