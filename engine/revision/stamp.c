/* Stamping: writing a position into the version table without running anything. */
#include "engine/revision/identifier.h"
#include "engine/revision/version_ops.h"

/* Collect what one destination names, and mark the whole branch (dependencies count) that it speaks for. */
static int stamp_destination(struct arena *a, const struct graph *g, const struct position *at,
                             const char *text, revisions_t *targets, struct revision_set *spoken_for,
                             struct err *err)
{
    struct identifier id;
    struct revision *branch, **r;
    revisions_t found;
    int rc = identifier_parse(a, g, text, &id, err);
    if (rc) {
        return rc;
    }
    if (id.relative) {
        err_set(err, ERR_USAGE, "stamp does not take the relative revision \"%s\"", id.text);
        return err_hint(err, "Name the revision itself."), ERR_USAGE;
    }
    rc = identifier_revisions(a, g, at, &id, &found, err);
    if (rc) {
        return rc;
    }
    if (!found.n && id.label) {
        rc = identifier_branch(g, id.label, &branch, err);
        if (rc) {
            return rc;
        }
        revision_set_add_lineage(spoken_for, g, branch, EDGES_ALL);
    } else if (!found.n) {
        vec_each (r, &g->all) {
            revision_set_add(spoken_for, *r);
        }
    }
    vec_each (r, &found) {
        revision_set_add_lineage(spoken_for, g, *r, EDGES_ALL);
        *(struct revision **)vec_push(a, targets) = *r;
    }
    return 0;
}

static void stamp_rows(struct arena *a, const struct graph *g, const revisions_t *members,
                       const revisions_t *targets, const struct revision_set *spoken_for, version_ops_t *ops)
{
    AUTO(revision_set_release) struct revision_set implied = REVISION_SET_INIT;
    AUTO(revision_set_release) struct revision_set stay = REVISION_SET_INIT;
    AUTO(revision_set_release) struct revision_set there = REVISION_SET_INIT;
    revisions_t go = {0}, come = {0};
    struct revision *const *r;
    revision_set_init(&implied, g);
    revision_set_init(&stay, g);
    revision_set_init(&there, g);
    vec_each (r, targets) {
        revision_set_add_ancestors(&implied, g, &(*r)->parents, EDGES_ALL);
        revision_set_add_ancestors(&implied, g, &(*r)->dependencies, EDGES_ALL);
    }
    vec_each (r, targets) {
        if (!revision_set_has(&implied, *r)) {
            revision_set_add(&stay, *r);
        }
    }
    vec_each (r, members) {
        bool first = revision_set_add(&there, *r);
        if (first && revision_set_has(spoken_for, *r) && !revision_set_has(&stay, *r)) {
            *(struct revision **)vec_push(a, &go) = *r;
        }
    }
    vec_each (r, targets) {
        if (revision_set_has(&stay, *r) && revision_set_add(&there, *r)) {
            *(struct revision **)vec_push(a, &come) = *r;
        }
    }
    version_ops_pair(a, &go, &come, ops);
}

int walk_stamp(struct arena *a, const struct graph *g, const struct position *at, const char *destination,
               version_ops_t *out, struct position *after, struct err *err)
{
    AUTO(revision_set_release) struct revision_set spoken_for = REVISION_SET_INIT;
    revisions_t members, targets = {0};
    const char *rest = destination;
    int rc = position_known(g, at, err);
    if (rc) {
        return rc;
    }
    revision_set_init(&spoken_for, g);
    const char *text = identifier_next(a, &rest);
    do {
        rc = stamp_destination(a, g, at, text ? text : "", &targets, &spoken_for, err);
        if (rc) {
            return rc;
        }
        text = identifier_next(a, &rest);
    } while (text);
    version_ops_t ops;
    position_members(a, g, at, &members);
    stamp_rows(a, g, &members, &targets, &spoken_for, &ops);
    position_apply(a, at, &ops, after);
    *out = ops;
    return 0;
}
