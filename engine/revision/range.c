/* Identifiers and ranges resolved to revisions, for show, history and merge. */
#include "engine/revision/identifier.h"
#include "engine/revision/order.h"

static void one_revision(struct arena *a, struct revision *r, revisions_t *out)
{
    *out = (revisions_t){0};
    if (r) {
        *(struct revision **)vec_push(a, out) = r;
    }
}

static int resolve(struct arena *a, const struct graph *g, const struct position *at,
                   const struct identifier *id, bool clamp, revisions_t *out, struct err *err)
{
    if (!id->relative) {
        return identifier_revisions(a, g, at, id, out, err);
    }
    struct revision *r;
    int rc = 0;
    if (!id->symbol && at) {
        rc = position_check(g, at, err);
    }
    if (!rc) {
        rc = identifier_relative(a, g, at, id, clamp, &r, NULL, err);
    }
    if (!rc) {
        one_revision(a, r, out);
    }
    return rc;
}

int graph_resolve(struct arena *a, const struct graph *g, const struct position *at, const char *text,
                  revisions_t *out, struct err *err)
{
    struct identifier id;
    int rc = identifier_parse(a, g, text, &id, err);
    if (rc) {
        return rc;
    }
    return resolve(a, g, at, &id, false, out, err);
}

static void everything(struct arena *a, const struct graph *g, revisions_t *out)
{
    *out = (revisions_t){arena_array(a, g->all.n, sizeof(struct revision *)), g->all.n, g->all.n};
    if (g->all.n) {
        memcpy(out->items, g->all.items, g->all.n * sizeof(*out->items));
    }
    revisions_reverse(out);
}

/* An end of a range that counts from the other end: from each of its revisions, no further than there is. */
static int walk_from(struct arena *a, const struct graph *g, const struct identifier *id,
                     const revisions_t *from, revisions_t *out, struct err *err)
{
    AUTO(revision_set_release) struct revision_set lineage = REVISION_SET_INIT;
    struct revision *branch, *found, *const *r;
    bool up = id->steps > 0;
    *out = (revisions_t){0};
    if (id->label) {
        int rc = identifier_branch(g, id->label, &branch, err);
        if (rc) {
            return rc;
        }
        revision_set_init(&lineage, g);
        revision_set_add_lineage(&lineage, g, branch, EDGES_REVISES);
    }
    const struct revision_set *limit = id->label ? &lineage : NULL;
    for (size_t i = 0; i < from->n || (i == 0 && up); i++) {
        r = from->n ? &from->items[i] : NULL;
        if (r && limit && !up && !revision_set_has(limit, *r)) {
            continue;
        }
        int rc = identifier_walk(a, g, id, r ? *r : NULL, limit, true, &found, NULL, err);
        if (rc) {
            return rc;
        }
        if (found) {
            *(struct revision **)vec_push(a, out) = found;
        }
    }
    return 0;
}

struct range {
    revisions_t lower, upper;
    const char *label; /* the lower end's */
};

static int range_ends(struct arena *a, const struct graph *g, const struct position *at, const char *from,
                      const char *to, struct range *out, struct err *err)
{
    struct identifier low, high;
    int rc = identifier_parse(a, g, from, &low, err);
    if (rc) {
        return rc;
    }
    rc = identifier_parse(a, g, to, &high, err);
    if (rc) {
        return rc;
    }
    bool low_floats = low.relative && !low.symbol && low.steps < 0;
    bool high_floats = high.relative && !high.symbol && high.steps > 0;
    if (low_floats && high_floats) {
        err_set(err, ERR_USAGE, "both ends of the range \"%s:%s\" count from the other", from, to);
        return err_hint(err, "Name a revision at one of the ends."), ERR_USAGE;
    }
    struct range range = {.label = low.label};
    if (!low_floats) {
        rc = resolve(a, g, at, &low, true, &range.lower, err);
    }
    if (!rc && !high_floats) {
        rc = resolve(a, g, at, &high, true, &range.upper, err);
    }
    if (!rc && low_floats) {
        rc = walk_from(a, g, &low, &range.upper, &range.lower, err);
    }
    if (!rc && high_floats) {
        rc = walk_from(a, g, &high, &range.lower, &range.upper, err);
    }
    if (!rc) {
        *out = range;
    }
    return rc;
}

/* "LABEL@...:heads" shows the one branch: of the upper ends only those that carry its labels stay. */
static int keep_branch(struct arena *a, const struct graph *g, struct range *range, struct err *err)
{
    struct revision *branch, **r;
    revisions_t kept = {0};
    int rc = identifier_branch(g, range->label, &branch, err);
    if (rc) {
        return rc;
    }
    AUTO(revision_set_release) struct revision_set lineage = REVISION_SET_INIT;
    revision_set_init(&lineage, g);
    revision_set_add_lineage(&lineage, g, branch, EDGES_REVISES);
    vec_each (r, &range->upper) {
        if (revision_set_has(&lineage, *r)) {
            *(struct revision **)vec_push(a, &kept) = *r;
        }
    }
    range->upper = kept;
    return 0;
}

static int range_revisions(struct arena *a, const struct graph *g, const struct range *range,
                           const char *text, revisions_t *out, struct err *err)
{
    AUTO(revision_set_release) struct revision_set shown = REVISION_SET_INIT;
    AUTO(revision_set_release) struct revision_set later = REVISION_SET_INIT;
    struct revision *const *r;
    revision_set_init(&shown, g);
    revision_set_init(&later, g);
    revision_set_add_ancestors(&shown, g, &range->upper, EDGES_ALL);
    vec_each (r, &range->lower) {
        if (!revision_set_has(&shown, *r)) {
            err_set(err, ERR_USAGE,
                    "Requested range %s does not refer to ancestor/descendant revisions along the same "
                    "branch: %s is not before "
                    "its upper end",
                    text, (*r)->id);
            return err_hint(err, "Give the older revision first, both on one branch."), ERR_USAGE;
        }
    }
    revision_set_add_descendants(&later, g, &range->lower, EDGES_REVISES);
    vec_each (r, &g->all) {
        if (range->lower.n && !revision_set_has(&later, *r)) {
            revision_set_remove(&shown, *r);
        }
    }
    revisions_newest_first(a, g, &shown, out);
    return 0;
}

int graph_range(struct arena *a, const struct graph *g, const struct position *at, const char *text,
                revisions_t *out, struct err *err)
{
    if (!text) {
        everything(a, g, out);
        return 0;
    }
    const char *colon = strchr(text, ':');
    if (!colon || strchr(colon + 1, ':')) {
        err_set(err, ERR_USAGE,
                "History range requires [start]:[end], [start]:, or :[end], and \"%s\" is none", text);
        return err_hint(err, "Write FROM:TO, FROM: or :TO."), ERR_USAGE;
    }
    struct slice low = slice_trim((struct slice){text, (size_t)(colon - text)});
    struct slice high = slice_trim(slice_of(colon + 1));
    struct range range;
    int rc = range_ends(a, g, at, low.len ? slice_dup(a, low) : "base",
                        high.len ? slice_dup(a, high) : "heads", &range, err);
    if (rc) {
        return rc;
    }
    if (range.label) {
        rc = keep_branch(a, g, &range, err);
        if (rc) {
            return rc;
        }
    }
    return range_revisions(a, g, &range, text, out, err);
}
