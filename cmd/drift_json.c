/* A report of drift as JSON: docs/drift-report.schema.json describes it. */
#include "base/file.h"
#include "cmd/drift_report.h"
#include "cmd/report.h"

#define REPORT_VERSION 1 /* raised when a reader of the former one could misread it; new members do not */

static void set_text(json_t *o, const char *key, const char *text)
{
    json_object_set_new(o, key, json_text(text));
}

static void set_count(json_t *o, const char *key, size_t n)
{
    json_object_set_new(o, key, json_integer((json_int_t)n));
}

static void set_time(json_t *o, const char *key, int64_t us)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    set_text(o, key, time_format(&a, us, false));
}

static json_t *finding_json(const struct drift_finding *f)
{
    json_t *o = json_object(), *attributes = json_array();
    set_text(o, "kind", drift_kind_name(f->kind));
    set_text(o, "type", f->word);
    set_text(o, "path", f->path);
    set_text(o, "change", f->kind == DRIFT_SCHEMA ? drift_change_name(f->change) : NULL);
    set_text(o, "message", f->message);
    const struct schema_attribute *at;
    vec_each (at, &f->attributes) {
        json_t *item = json_object();
        set_text(item, "name", at->field ? at->field->name : NULL);
        set_text(item, "expected", drift_value(at->field, at->expected));
        set_text(item, "actual", drift_value(at->field, at->actual));
        json_array_append_new(attributes, item);
    }
    json_object_set_new(o, "attributes", attributes);
    set_text(o, "expected", f->expected);
    set_text(o, "actual", f->actual);
    json_object_set_new(o, "restore", json_list(&f->restore));
    set_text(o, "restore_hazard", f->restore_hazard);
    set_text(o, "restore_refused", f->restore_refused);
    json_object_set_new(o, "adopt", json_list(&f->adopt));
    set_text(o, "adopt_refused", f->adopt_refused);
    json_t *ignored = json_null();
    if (f->ignored) {
        ignored = json_object();
        set_text(ignored, "reason", f->ignored);
        set_text(ignored, "until", f->ignored_until);
    }
    json_object_set_new(o, "ignored", ignored);
    return o;
}

static const char *digest_or_null(const char *hex)
{
    return *hex ? hex : NULL;
}

static json_t *target_json(const struct drift_report *r, const struct drift_target *t)
{
    json_t *o = json_object(), *findings = json_array();
    set_text(o, "name", t->name);
    set_text(o, "address", t->address);
    set_text(o, "dialect", t->dialect);
    set_text(o, "server", t->server);
    set_text(o, "outcome", drift_outcome_name(t->outcome));
    set_text(o, "error", t->error);
    set_text(o, "hint", t->hint);
    json_object_set_new(o, "position", json_list(&t->position));
    json_object_set_new(o, "behind", json_integer(t->behind));
    json_object_set_new(o, "ahead", json_integer(t->ahead));
    set_text(o, "fingerprint", digest_or_null(t->fingerprint));
    set_text(o, "expected_fingerprint", digest_or_null(t->expected));
    set_text(o, "baseline", t->baseline);
    json_object_set_new(o, "group", drift_grouped(r, t) ? json_integer(t->group) : json_null());
    json_object_set_new(o, "unseen", json_list(&t->unseen));
    const struct drift_finding *f;
    vec_each (f, &t->findings) {
        json_array_append_new(findings, finding_json(f));
    }
    json_object_set_new(o, "findings", findings);
    return o;
}

static json_t *group_json(const struct drift_report *r, size_t index)
{
    const struct drift_group *g = &r->groups.items[index];
    json_t *o = json_object(), *names = json_array(), *variant = json_array();
    set_text(o, "dialect", g->dialect);
    set_text(o, "fingerprint", g->fingerprint);
    json_object_set_new(o, "majority", json_boolean(g->majority));
    const struct drift_target *t;
    vec_each (t, &r->targets) {
        if (t->group == index && drift_grouped(r, t)) {
            json_array_append_new(names, json_text(t->name));
        }
    }
    json_object_set_new(o, "targets", names);
    const struct drift_finding *f;
    vec_each (f, &g->variant) {
        json_array_append_new(variant, finding_json(f));
    }
    json_object_set_new(o, "differences", variant);
    return o;
}

static json_t *counts_json(const struct drift_report *r)
{
    json_t *o = json_object();
    set_count(o, "targets", r->targets.n);
    for (enum drift_outcome i = 0; i < DRIFT_OUTCOME_COUNT; i++) {
        set_count(o, drift_outcome_name(i), r->count[i]);
    }
    set_count(o, "findings", r->findings);
    set_count(o, "ignored", r->ignored);
    return o;
}

static json_t *report_json(const struct drift_report *r)
{
    json_t *o = json_object(), *targets = json_array(), *groups = json_array();
    set_text(o, "report", r->diff ? "diff" : "drift");
    set_count(o, "version", REPORT_VERSION);
    set_text(o, "lockstep", r->version);
    set_text(o, "project", r->project);
    set_text(o, "environment", r->environment);
    set_time(o, "began", r->began_us);
    set_time(o, "ended", r->ended_us);
    json_object_set_new(o, "counts", counts_json(r));
    const struct drift_target *t;
    vec_each (t, &r->targets) {
        json_array_append_new(targets, target_json(r, t));
    }
    json_object_set_new(o, "targets", targets);
    for (size_t i = 0; i < r->groups.n; i++) {
        json_array_append_new(groups, group_json(r, i));
    }
    json_object_set_new(o, "groups", groups);
    json_object_set_new(o, "expired", json_list(&r->expired));
    return o;
}

static int append(const char *text, size_t n, void *out)
{
    strbuf_add(out, text, n);
    return 0;
}

void drift_write_json(struct strbuf *out, const struct drift_report *r)
{
    json_t *o = report_json(r);
    json_dump_callback(o, append, out, JSON_INDENT(2));
    strbuf_addch(out, '\n');
    json_decref(o);
}
