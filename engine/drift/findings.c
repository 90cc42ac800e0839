/* From differences between two schemas to what people are told, with the statements that would end them. */
#include "base/arena.h"
#include "base/file.h"
#include "engine/drift/drift.h"
#include "engine/fleet.h"
#include <fnmatch.h>
#include <string.h>

static bool kind_fits(const struct drift_rule *r, const struct schema_item *item)
{
    return !r->kind || strcmp(r->kind, schema_kind_info(item->kind)->name) == 0 ||
           strcmp(r->kind, schema_item_word(item)) == 0;
}

static bool rule_fits(struct arena *a, const struct drift_rule *r, const struct schema_item *item)
{
    if (kind_fits(r, item) && fnmatch(r->path, schema_item_path(a, item), 0) == 0) {
        return true;
    }
    if (!item->table) {
        return false;
    }
    /* What is ignored of a table is ignored of what belongs to it. */
    struct schema_item table = {
        .kind = SCHEMA_K_TABLE, .schema = item->schema, .name = item->table->name, .object = item->table};
    return kind_fits(r, &table) && fnmatch(r->path, schema_item_path(a, &table), 0) == 0;
}

const struct drift_rule *drift_rule_for(struct arena *a, const struct drift_judging *by,
                                        const struct schema_item *item)
{
    for (size_t i = 0; i < by->nrules; i++) {
        const struct drift_rule *r = &by->rules[i];
        if ((!r->ends_us || r->ends_us > by->now_us) && rule_fits(a, r, item)) {
            return r;
        }
    }
    return NULL;
}

/* --- statements */

static bool is_it(void *ctx, const struct schema_change *c)
{
    return c == ctx;
}

static void add_statements(struct arena *a, const struct schema *from, const struct schema *to,
                           const schema_changes_t *changes, const struct schema_change *one, strings_t *out,
                           const char **hazard, const char **refused)
{
    struct schema_ddl_options options = {.wanted = is_it, .ctx = (void *)(uintptr_t)one};
    schema_statements_t list = {0};
    struct err err = {0};
    if (schema_ddl(a, from, to, changes, &options, &list, &err)) {
        *refused = arena_dup(a, err.message);
        return;
    }
    const struct schema_statement *s;
    vec_each (s, &list) {
        *vec_push(a, out) = s->text;
        *hazard = hazard && !*hazard ? s->hazard : hazard ? *hazard : NULL;
    }
}

/* The same change seen from the other side. */
static const struct schema_change *mirror_of(const schema_changes_t *mirrored, const struct schema_change *c)
{
    const struct schema_change *m;
    vec_each (m, mirrored) {
        if (m->expected.object == c->actual.object && m->actual.object == c->expected.object) {
            return m;
        }
    }
    return NULL;
}

/* --- words */

static const char *value(const char *text)
{
    return text && text[0] ? text : "none";
}

static const char *message_of(struct arena *a, const struct schema_change *c)
{
    if (c->kind == SCHEMA_MISSING) {
        return "it is missing";
    }
    if (c->kind == SCHEMA_UNEXPECTED) {
        return "it is not expected";
    }
    AUTO(strbuf_release) struct strbuf text = STRBUF_INIT;
    const struct schema_attribute *t = c->attributes.items;
    bool brief = c->attributes.n == 1 && strlen(value(t->expected)) + strlen(value(t->actual)) < 100 &&
                 !strchr(value(t->expected), '\n') && !strchr(value(t->actual), '\n');
    if (brief) {
        return arena_printf(a, "%s is %s, expected %s", t->field->name, value(t->actual), value(t->expected));
    }
    vec_each (t, &c->attributes) {
        size_t i = (size_t)(t - c->attributes.items);
        const char *between = i == 0 ? "" : i + 1 == c->attributes.n ? " and " : ", ";
        strbuf_addf(&text, "%s%s", between, t->field->name);
    }
    strbuf_adds(&text, c->attributes.n == 1 ? " differs" : " differ");
    return arena_dup(a, strbuf_cstr(&text));
}

static void add_definitions(struct arena *a, const struct schema *expected, const struct schema *actual,
                            const schema_changes_t *changes, const schema_changes_t *mirrored,
                            const struct schema_change *c, struct drift_finding *f)
{
    const char *no_hazard = NULL;
    f->expected = c->expected.object ? schema_definition(a, expected, &c->expected) : NULL;
    f->actual = c->actual.object ? schema_definition(a, actual, &c->actual) : NULL;
    add_statements(a, actual, expected, changes, c, &f->restore, &f->restore_hazard, &f->restore_refused);
    const struct schema_change *m = mirror_of(mirrored, c);
    if (m) {
        add_statements(a, expected, actual, mirrored, m, &f->adopt, &no_hazard, &f->adopt_refused);
    }
}

void drift_find(struct arena *a, const struct schema *expected, const struct schema *actual,
                const struct drift_judging *by, drift_findings_t *out)
{
    schema_changes_t changes = {0}, mirrored = {0};
    schema_compare(a, expected, actual, &changes);
    if (by->definitions) {
        schema_compare(a, actual, expected, &mirrored);
    }
    const struct schema_change *c;
    vec_each (c, &changes) {
        const struct schema_item *item = schema_change_item(c);
        struct drift_finding *f = vec_push(a, out);
        *f = (struct drift_finding){.kind = DRIFT_SCHEMA,
                                    .word = schema_item_word(item),
                                    .path = schema_item_path(a, item),
                                    .change = c->kind,
                                    .message = message_of(a, c)};
        for (size_t i = 0; i < c->attributes.n; i++) {
            *vec_push(a, &f->attributes) = c->attributes.items[i];
        }
        const struct drift_rule *rule = drift_rule_for(a, by, item);
        if (rule) {
            f->ignored = rule->reason;
            f->ignored_until = rule->until;
        }
        if (by->definitions) {
            add_definitions(a, expected, actual, &changes, &mirrored, c, f);
        }
    }
}

void drift_compare(struct arena *a, const struct schema *expected, const struct schema *actual,
                   struct drift_target *out)
{
    struct drift_judging by = {.definitions = true};
    drift_findings_t findings = {0};
    schema_fingerprint(expected, out->expected);
    schema_fingerprint(actual, out->fingerprint);
    drift_find(a, expected, actual, &by, &findings);
    for (size_t i = 0; i < findings.n; i++) {
        *vec_push(a, &out->findings) = findings.items[i];
    }
    out->live = out->grouped = actual;
    out->expected_schema = expected;
    out->dialect = actual->dialect;
    out->outcome = findings.n ? DRIFT_FOUND : DRIFT_NONE;
}

/* --- adopting */

struct adopting {
    struct arena *a;
    struct drift_judging by;
};

static bool is_adopted(void *ctx, const struct schema_change *c)
{
    struct adopting *w = ctx;
    return !drift_rule_for(w->a, &w->by, schema_change_item(c));
}

int drift_adoption(struct arena *a, const struct drift_target *t, schema_statements_t *upgrade,
                   schema_statements_t *downgrade, struct err *err)
{
    struct adopting w = {a, {.rules = t->of->ignored, .nrules = t->of->nignored, .now_us = time_now_us()}};
    struct schema_ddl_options options = {.wanted = is_adopted, .ctx = &w};
    schema_changes_t there, back;
    schema_compare(a, t->live, t->expected_schema, &there);
    schema_compare(a, t->expected_schema, t->live, &back);
    int rc = schema_ddl(a, t->expected_schema, t->live, &there, &options, upgrade, err);
    return rc ? rc : schema_ddl(a, t->live, t->expected_schema, &back, &options, downgrade, err);
}
