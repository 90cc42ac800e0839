/* What the reports of drift have in common: words, and targets about which there is the same to say. */
#include "cmd/drift_report.h"
#include "base/file.h"
#include <stdlib.h>
#include <string.h>

static const char *const outcome_names[] = {"none", "drift", "busy", "no_baseline", "unreachable", "failed"};
_Static_assert(COUNT_OF(outcome_names) == DRIFT_OUTCOME_COUNT, "a name for every outcome");
static const char *const outcome_texts[] = {
    "no drift",         "drift", "a run is at work on it", "nothing to compare with", "could not be reached",
    "could not be read"};
_Static_assert(COUNT_OF(outcome_texts) == DRIFT_OUTCOME_COUNT, "words for every outcome");
static const char *const kind_names[] = {"position", "checksum", "schema"};
_Static_assert(COUNT_OF(kind_names) == DRIFT_KIND_COUNT, "a name for every kind");
static const char *const change_names[] = {"missing", "unexpected", "changed"};
_Static_assert(COUNT_OF(change_names) == SCHEMA_CHANGE_KIND_COUNT, "a name for every change");

static const struct drift_format formats[] = {
    {"json", drift_write_json},
    {"markdown", drift_write_markdown},
    {"junit", drift_write_junit},
    {"html", drift_write_html},
};

const struct drift_format *drift_format_find(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(formats); i++) {
        if (strcmp(formats[i].name, name) == 0) {
            return &formats[i];
        }
    }
    return NULL;
}

const char *drift_outcome_name(enum drift_outcome o)
{
    return outcome_names[o];
}

const char *drift_outcome_text(enum drift_outcome o)
{
    return outcome_texts[o];
}

const char *drift_kind_name(enum drift_kind k)
{
    return kind_names[k];
}

const char *drift_change_name(enum schema_change_kind k)
{
    return change_names[k];
}

const char *drift_change_mark(const struct drift_finding *f)
{
    return f->kind != DRIFT_SCHEMA || f->change == SCHEMA_CHANGED ? "~"
           : f->change == SCHEMA_MISSING                          ? "-"
                                                                  : "+";
}

bool drift_judged(const struct drift_target *t)
{
    return t->outcome == DRIFT_NONE || t->outcome == DRIFT_FOUND;
}

bool drift_grouped(const struct drift_report *r, const struct drift_target *t)
{
    return *t->fingerprint && t->group < r->groups.n &&
           strcmp(r->groups.items[t->group].fingerprint, t->fingerprint) == 0;
}

const char *drift_finding_title(struct arena *a, const struct drift_finding *f)
{
    return arena_printf(a, "%s %s", f->word ? f->word : "", f->path ? f->path : "");
}

const char *drift_field_title(struct arena *a, const struct schema_field *f)
{
    if (!f) {
        return "";
    }
    char *title = arena_dup(a, f->name);
    for (char *p = title; *p; p++) {
        *p = *p == '_' ? ' ' : *p;
    }
    return title;
}

const char *drift_value(const struct schema_field *f, const char *shown)
{
    return shown || !f ? shown : f->type == SCHEMA_F_FLAG ? "no" : f->type == SCHEMA_F_ALLOWED ? "yes" : NULL;
}

const char *drift_time(struct arena *a, int64_t us)
{
    const char *t = time_format(a, us, false); /* 2026-11-21T09:13:00Z */
    return arena_printf(a, "%.10s %.8s UTC", t, t + 11);
}

const char *drift_restore_title(const struct drift_report *r)
{
    return r->diff ? "To make this one as expected" : "To put it back";
}

const char *drift_adopt_title(const struct drift_report *r)
{
    return r->diff ? "To make the other one like this" : "To take it over into the revisions";
}

const char *drift_number(struct arena *a, size_t n, const char *what)
{
    return arena_printf(a, "%zu %s%s", n, what, n == 1 ? "" : "s");
}

const char *drift_verdict(struct arena *a, const struct drift_report *r)
{
    static const struct {
        enum drift_outcome outcome;
        const char *text;
    } rest[] = {{DRIFT_UNREACHABLE, "could not be reached"},
                {DRIFT_FAILED, "could not be read"},
                {DRIFT_NO_BASELINE, "had nothing to be compared with"},
                {DRIFT_BUSY, "had a run at work"}};
    const size_t *count = r->count;
    const char *what = r->diff ? "a difference" : "drift", *verdict;
    if (!r->targets.n) {
        verdict = "no target was looked at";
    } else if (count[DRIFT_FOUND]) {
        verdict =
            arena_printf(a, "%zu of %s %s %s", count[DRIFT_FOUND], drift_number(a, r->targets.n, "target"),
                         count[DRIFT_FOUND] == 1 ? "has" : "have", what);
    } else if (!count[DRIFT_NONE]) {
        verdict = arena_printf(a, "none of %s could be judged", drift_number(a, r->targets.n, "target"));
    } else if (count[DRIFT_NONE] == r->targets.n) {
        verdict = r->diff             ? "no difference"
                  : r->targets.n == 1 ? "no drift"
                                      : arena_printf(a, "no drift on %zu targets", r->targets.n);
    } else {
        verdict = arena_printf(a, "no %s on %zu of %s", r->diff ? "difference" : "drift", count[DRIFT_NONE],
                               drift_number(a, r->targets.n, "target"));
    }
    for (size_t i = 0; i < COUNT_OF(rest); i++) {
        if (count[rest[i].outcome]) {
            verdict = arena_printf(a, "%s, %zu %s", verdict, count[rest[i].outcome], rest[i].text);
        }
    }
    return verdict;
}

static void digest_list(struct digest *d, const strings_t *list)
{
    digest_number(d, (int64_t)list->n);
    for (size_t i = 0; i < list->n; i++) {
        digest_string(d, list->items[i]);
    }
}

/* Of all that a report says about what was found on a target. */
static void digest_findings(const struct drift_target *t, char hex[DIGEST_HEX + 1])
{
    struct digest d;
    digest_init(&d);
    digest_number(&d, t->outcome);
    digest_string(&d, t->dialect);
    digest_string(&d, t->error);
    const struct drift_finding *f;
    vec_each (f, &t->findings) {
        digest_number(&d, f->kind);
        digest_number(&d, f->change);
        const char *const texts[] = {
            f->word,           f->path,    f->expected,      f->actual,          f->message,
            f->restore_hazard, f->ignored, f->ignored_until, f->restore_refused, f->adopt_refused};
        for (size_t i = 0; i < COUNT_OF(texts); i++) {
            digest_string(&d, texts[i]);
        }
        digest_list(&d, &f->restore);
        digest_list(&d, &f->adopt);
        const struct schema_attribute *at;
        vec_each (at, &f->attributes) {
            digest_string(&d, at->field ? at->field->name : NULL);
            digest_string(&d, at->expected);
            digest_string(&d, at->actual);
        }
    }
    digest_hex(&d, hex);
}

struct keyed {
    size_t target;
    char key[DIGEST_HEX + 1];
};

/* With drift before without, then like next to like, then in the report's order. */
static int by_key(const void *a, const void *b)
{
    const struct keyed *x = a, *y = b;
    int c = strcmp(x->key, y->key);
    return c ? c : (x->target > y->target) - (x->target < y->target);
}

static int by_outcome_and_place(const void *a, const void *b)
{
    const struct drift_case *x = a, *y = b;
    bool fx = x->example->outcome == DRIFT_FOUND, fy = y->example->outcome == DRIFT_FOUND;
    size_t tx = x->targets.items[0], ty = y->targets.items[0];
    return fx != fy ? (fx ? -1 : 1) : (tx > ty) - (tx < ty);
}

static void count_findings(struct drift_case *c)
{
    const struct drift_finding *f;
    vec_each (f, &c->example->findings) {
        *(f->ignored ? &c->ignored : &c->findings) += 1;
    }
}

void drift_cases(struct arena *a, const struct drift_report *r, drift_cases_t *out)
{
    VEC(struct keyed) keys = {0};
    for (size_t i = 0; i < r->targets.n; i++) {
        if (drift_judged(&r->targets.items[i])) {
            struct keyed *k = vec_push(a, &keys);
            k->target = i;
            digest_findings(&r->targets.items[i], k->key);
        }
    }
    if (!keys.n) {
        return;
    }
    qsort(keys.items, keys.n, sizeof(*keys.items), by_key);
    for (size_t i = 0; i < keys.n; i++) {
        if (!i || strcmp(keys.items[i - 1].key, keys.items[i].key) != 0) {
            struct drift_case *c = vec_push(a, out);
            c->example = &r->targets.items[keys.items[i].target];
            count_findings(c);
        }
        *vec_push(a, &out->items[out->n - 1].targets) = keys.items[i].target;
    }
    qsort(out->items, out->n, sizeof(*out->items), by_outcome_and_place);
}
