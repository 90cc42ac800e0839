/* A plan that uses every field, for the tests of this folder. */
#pragma once
#include "base/arena.h"
#include "plans/plan.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

static inline void sample_strings(struct arena *a, strings_t *list, const char *first, const char *second)
{
    const char *both[] = {first, second};
    for (size_t i = 0; i < 2 && both[i]; i++) {
        const char **s = vec_push(a, list);
        *s = both[i];
    }
}

static inline struct plan_statement *sample_statement(struct arena *a, plan_statements_t *list,
                                                      const char *text)
{
    struct plan_statement *s = vec_push(a, list);
    s->text = slice_of(text);
    s->line = (int)list->n;
    return s;
}

static inline void sample_version_op(struct arena *a, struct plan_step *step, enum plan_version_kind kind,
                                     const char *from, const char *to)
{
    struct plan_version_op *op = vec_push(a, &step->version_ops);
    *op = (struct plan_version_op){kind, from, to};
}

static inline struct plan_step *sample_step(struct arena *a, struct plan_track *t, const char *revision,
                                            const char *parent, const char *message)
{
    struct plan_step *s = vec_push(a, &t->steps);
    s->revision = revision;
    s->message = message;
    sample_strings(a, &s->before, parent, NULL);
    sample_strings(a, &s->after, revision, NULL);
    s->checksum = "d2a1c0de";
    s->source = "revisions/one.sql";
    s->transaction = true;
    s->reversible = true;
    if (parent) {
        sample_version_op(a, s, PLAN_VERSION_UPDATE, parent, revision);
    } else {
        sample_version_op(a, s, PLAN_VERSION_INSERT, NULL, revision);
    }
    return s;
}

static inline struct plan *sample_empty(struct arena *a, const char *environment)
{
    struct plan *p = arena_alloc(a, sizeof(*p));
    p->project = "shop";
    p->environment = environment;
    p->author = "ana@laptop";
    p->created_us = 1795252380000000; /* 2026-11-21T09:13:00Z */
    p->version_table = "alembic_version";
    p->rollback_scope = PLAN_SCOPE_RUN;
    return p;
}

static inline struct plan_target *sample_target(struct arena *a, struct plan *p, const char *name,
                                                unsigned track)
{
    struct plan_target *t = vec_push(a, &p->targets);
    t->name = name;
    t->address = arena_printf(a, "postgresql://deploy@db.internal/%s", name);
    t->track = track;
    t->lock_timeout_ms = t->statement_timeout_ms = -1;
    return t;
}

static inline struct plan_track *sample_track(struct arena *a, struct plan *p, const char *dialect,
                                              const char *from, const char *to)
{
    struct plan_track *t = vec_push(a, &p->tracks);
    t->dialect = dialect;
    sample_strings(a, &t->from, from, NULL);
    sample_strings(a, &t->to, to, NULL);
    t->has_version_table = t->has_history_table = true;
    return t;
}

static inline struct plan_wave *sample_wave(struct arena *a, struct plan *p, const char *name, size_t n)
{
    size_t first = p->waves.n ? p->waves.items[p->waves.n - 1].first + p->waves.items[p->waves.n - 1].n : 0;
    struct plan_wave *w = vec_push(a, &p->waves);
    *w = (struct plan_wave){.name = name, .first = first, .n = n, .parallel = 1};
    if (p->waves.n > 1) {
        *vec_push(a, &w->after) = (unsigned)p->waves.n - 2;
    }
    return w;
}

static inline struct plan *sample_plan(struct arena *a)
{
    struct plan *p = sample_empty(a, "production");
    p->promotes_from = "staging";
    p->version_table_schema = "meta";
    p->transaction = PLAN_TRANSACTION_REVISION;
    p->on_failure = PLAN_ROLLBACK;
    p->max_failures = 2;
    p->max_failures_percent = true;

    struct plan_track *t = sample_track(a, p, "postgresql", "2b6c1f3e4d5a", "9f8e7d6c5b4a");
    sample_strings(a, &t->held_back, "aaaa: not on every target of staging", "bbbb: changed since staging");
    struct plan_step *s = sample_step(a, t, "3b1c2d4e5f6a", "2b6c1f3e4d5a", "add phone_number to users");
    sample_statement(a, &s->statements, "ALTER TABLE users ADD COLUMN phone_number varchar(20)");
    sample_statement(a, &s->statements, "COPY codes FROM STDIN")->copy = slice_of("1\tone\n2\t\\N\n");
    sample_statement(a, &s->verify, "SELECT phone_number\nFROM users\nWHERE false");
    sample_statement(a, &s->undo, "ALTER TABLE users DROP COLUMN phone_number");
    sample_statement(a, &s->undo, "DELETE FROM codes");
    s = sample_step(a, t, "9f8e7d6c5b4a", "3b1c2d4e5f6a", "");
    sample_version_op(a, s, PLAN_VERSION_INSERT, NULL, "77aa");
    sample_version_op(a, s, PLAN_VERSION_DELETE, "66bb", NULL);
    s->transaction = false;
    s->reversible = false;
    s->resume_from = 1;
    sample_statement(a, &s->statements, "CREATE INDEX CONCURRENTLY a ON users (phone_number)");
    sample_statement(a, &s->statements, "CREATE INDEX CONCURRENTLY b ON users (id)");

    t = sample_track(a, p, "sqlite", NULL, NULL);
    t->has_history_table = false;
    sample_target(a, p, "orders-eu", 0)->lock_timeout_ms = 5000;
    sample_target(a, p, "orders-us", 0)->statement_timeout_ms = 900000;
    sample_target(a, p, "orders-asia", 1);

    struct plan_wave *w = sample_wave(a, p, "canary", 1);
    w->pause = PLAN_PAUSE_QUERY;
    w->pause_ms = 600000;
    w->pause_query = "SELECT count(*) = 0\nFROM errors";
    w = sample_wave(a, p, "2", 1);
    w->parallel = 8;
    w->parallel_per_server = 2;
    w->pause = PLAN_PAUSE_TIME;
    w->pause_ms = 90000;
    w->atomic = true;
    p->targets.items[1].hold = PLAN_HOLD_PREPARED;
    w = sample_wave(a, p, "empty", 0);
    w->after.items[0] = 0;
    w->pause = PLAN_PAUSE_PERSON;
    w = sample_wave(a, p, "rest", 1);
    w->after.items[0] = 1;
    *vec_push(a, &w->after) = 2;
    return p;
}

/* All of a plan that its digest must cover, as text: written by hand field by field, so that it does not
 * share the tables that digest, reader and writer share. */
static inline void describe_strings(struct strbuf *b, const char *key, const strings_t *list)
{
    strbuf_addf(b, "%s=%zu:", key, list->n);
    for (size_t i = 0; i < list->n; i++) {
        strbuf_addf(b, "<%s>", list->items[i]);
    }
    strbuf_addch(b, '\n');
}

static inline void describe_statements(struct strbuf *b, const char *key, const plan_statements_t *list)
{
    strbuf_addf(b, "%s=%zu\n", key, list->n);
    for (size_t i = 0; i < list->n; i++) {
        const struct plan_statement *s = &list->items[i];
        strbuf_addf(b, "text %zu:", s->text.len);
        strbuf_add(b, s->text.ptr, s->text.len);
        strbuf_addf(b, "\ncopy %d %zu:", s->copy.ptr != NULL, s->copy.len);
        strbuf_add(b, s->copy.ptr, s->copy.len);
        strbuf_addch(b, '\n');
    }
}

static inline const char *or_none(const char *s)
{
    return s ? s : "(none)";
}

static inline void describe_step(struct strbuf *b, const struct plan_step *s)
{
    strbuf_addf(b, "step <%s> <%s> %d %d %d %lld <%s>\n", s->revision, s->message, s->downgrade,
                s->transaction, s->reversible, (long long)s->resume_from, s->checksum);
    describe_strings(b, "before", &s->before);
    describe_strings(b, "after", &s->after);
    for (size_t i = 0; i < s->version_ops.n; i++) {
        const struct plan_version_op *op = &s->version_ops.items[i];
        strbuf_addf(b, "op %d <%s> <%s>\n", (int)op->kind, or_none(op->from), or_none(op->to));
    }
    describe_statements(b, "statements", &s->statements);
    describe_statements(b, "verify", &s->verify);
    describe_statements(b, "undo", &s->undo);
}

static inline void describe_plan(struct strbuf *b, const struct plan *p)
{
    strbuf_addf(b, "plan <%s> <%s> <%s> <%s> <%s> <%s> <%s> <%s> %d %d %d %lld %d\n", or_none(p->part_of),
                or_none(p->shard), p->project, p->environment, or_none(p->promotes_from), p->author,
                p->version_table, or_none(p->version_table_schema), (int)p->transaction, (int)p->on_failure,
                (int)p->rollback_scope, (long long)p->max_failures, p->max_failures_percent);
    for (size_t i = 0; i < p->tracks.n; i++) {
        const struct plan_track *t = &p->tracks.items[i];
        strbuf_addf(b, "track <%s> %d %d %zu\n", t->dialect, t->has_version_table, t->has_history_table,
                    t->steps.n);
        describe_strings(b, "from", &t->from);
        describe_strings(b, "to", &t->to);
        describe_strings(b, "held", &t->held_back);
        for (size_t k = 0; k < t->steps.n; k++) {
            describe_step(b, &t->steps.items[k]);
        }
    }
    for (size_t i = 0; i < p->waves.n; i++) {
        const struct plan_wave *w = &p->waves.items[i];
        strbuf_addf(b, "wave <%s> %zu %zu %lld %lld %d %lld <%s> %d after", w->name, w->first, w->n,
                    (long long)w->parallel, (long long)w->parallel_per_server, (int)w->pause,
                    (long long)w->pause_ms, or_none(w->pause_query), w->atomic);
        for (size_t k = 0; k < w->after.n; k++) {
            strbuf_addf(b, " %u", w->after.items[k]);
        }
        strbuf_addch(b, '\n');
    }
    for (size_t i = 0; i < p->targets.n; i++) {
        const struct plan_target *t = &p->targets.items[i];
        strbuf_addf(b, "target <%s> <%s> %u %lld %lld %d\n", t->name, t->address, t->track,
                    (long long)t->lock_timeout_ms, (long long)t->statement_timeout_ms, (int)t->hold);
    }
}
