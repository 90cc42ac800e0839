/* Which targets of a report are alike, and how the others differ from most of them. */
#include "base/arena.h"
#include "engine/drift/drift.h"
#include <stdlib.h>
#include <string.h>

static int group_order(const void *x, const void *y)
{
    const struct drift_group *a = x, *b = y;
    int dialects = strcmp(a->dialect, b->dialect);
    if (dialects) {
        return dialects;
    }
    if (a->n != b->n) {
        return a->n > b->n ? -1 : 1;
    }
    return a->example < b->example ? -1 : a->example > b->example;
}

static struct drift_group *find_group(struct drift_report *r, const struct drift_target *t)
{
    struct drift_group *g;
    vec_each (g, &r->groups) {
        if (strcmp(g->dialect, t->dialect) == 0 && strcmp(g->fingerprint, t->fingerprint) == 0) {
            return g;
        }
    }
    return NULL;
}

static const struct schema *schema_of(const struct drift_report *r, const struct drift_group *g)
{
    const struct drift_target *t;
    vec_each (t, &r->targets) {
        if (t->grouped && strcmp(t->fingerprint, g->fingerprint) == 0 &&
            strcmp(t->dialect, g->dialect) == 0) {
            return t->grouped;
        }
    }
    return NULL;
}

static void add_differences(struct arena *a, const struct drift_report *r, const struct drift_group *majority,
                            struct drift_group *g)
{
    struct drift_judging by = {0};
    const struct schema *most = schema_of(r, majority), *this = schema_of(r, g);
    if (!most || !this) {
        return;
    }
    drift_findings_t findings = {0};
    schema_compare(a, most, this, &g->differences);
    drift_find(a, most, this, &by, &findings);
    for (size_t i = 0; i < findings.n; i++) {
        *vec_push(a, &g->variant) = findings.items[i];
    }
}

void drift_group(struct arena *a, struct drift_report *r)
{
    struct drift_target *t;
    for (size_t i = 0; i < r->targets.n; i++) {
        t = &r->targets.items[i];
        if (!t->fingerprint[0]) {
            continue;
        }
        struct drift_group *g = find_group(r, t);
        if (!g) {
            g = vec_push(a, &r->groups);
            *g = (struct drift_group){.dialect = t->dialect, .example = i};
            memcpy(g->fingerprint, t->fingerprint, sizeof(g->fingerprint));
        }
        g->n++;
    }
    if (r->groups.n) {
        qsort(r->groups.items, r->groups.n, sizeof(*r->groups.items), group_order);
    }
    const struct drift_group *majority = NULL;
    struct drift_group *g;
    vec_each (g, &r->groups) {
        g->majority = !majority || strcmp(majority->dialect, g->dialect) != 0;
        if (g->majority) {
            majority = g;
        } else {
            add_differences(a, r, majority, g);
        }
    }
    vec_each (t, &r->targets) {
        const struct drift_group *of = t->fingerprint[0] ? find_group(r, t) : NULL;
        t->group = of ? (unsigned)(of - r->groups.items) : 0;
    }
}
