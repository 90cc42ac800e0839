/* Positions: the ids that a version table holds, and what they stand for. */
#include "engine/revision/identifier.h"

int position_known(const struct graph *g, const struct position *at, struct err *err)
{
    AUTO(strbuf_release) struct strbuf ids = STRBUF_INIT;
    size_t n = 0;
    const char **id;
    vec_each (id, &at->ids) {
        const struct revision *r = graph_find(g, *id);
        if (!r || strcmp(r->id, *id) != 0) {
            strbuf_addf(&ids, "%s%s", n++ ? ", " : "", *id);
        }
    }
    if (!n) {
        return 0;
    }
    err_set(err, ERR_REFUSED, "the database is at revision%s %s, which %s not in this checkout",
            n > 1 ? "s" : "", strbuf_cstr(&ids), n > 1 ? "are" : "is");
    err_hint(err,
             "The database is ahead of this checkout, or belongs to another project: update the checkout, or "
             "check the target's address.");
    return ERR_REFUSED;
}

/* A row too many makes every later change of the table a guess. */
static int redundant_ids(const struct graph *g, const revisions_t *members, struct err *err)
{
    AUTO(revision_set_release) struct revision_set implied = REVISION_SET_INIT;
    AUTO(revision_set_release) struct revision_set seen = REVISION_SET_INIT;
    revision_set_init(&implied, g);
    revision_set_init(&seen, g);
    struct revision *const *r;
    vec_each (r, members) {
        if (!revision_set_add(&seen, *r)) {
            err_set(err, ERR_REFUSED, "the version table names revision %s twice", (*r)->id);
            return err_hint(err, "Remove one of the two rows."), ERR_REFUSED;
        }
        revision_set_add_ancestors(&implied, g, &(*r)->parents, EDGES_ALL);
        revision_set_add_ancestors(&implied, g, &(*r)->dependencies, EDGES_ALL);
    }
    vec_each (r, members) {
        struct revision *const *later;
        if (!revision_set_has(&implied, *r)) {
            continue;
        }
        vec_each (later, members) {
            if (*later != *r && revision_is_ancestor(*r, *later, true)) {
                err_set(err, ERR_REFUSED, "the version table names revision %s beside %s, which follows it",
                        (*r)->id, (*later)->id);
                err_hint(err, "Only the ends are recorded there: remove the row of %s.", (*r)->id);
                return ERR_REFUSED;
            }
        }
    }
    return 0;
}

int position_check(const struct graph *g, const struct position *at, struct err *err)
{
    int rc = position_known(g, at, err);
    if (rc || at->ids.n < 2) {
        return rc;
    }
    AUTO(arena_release) struct arena scratch = ARENA_INIT;
    revisions_t members;
    position_members(&scratch, g, at, &members);
    return redundant_ids(g, &members, err);
}

static int by_text(const void *a, const void *b)
{
    const char *const *x = a, *const *y = b;
    return strcmp(*x, *y);
}

void position_apply(struct arena *a, const struct position *at, const version_ops_t *ops,
                    struct position *out)
{
    struct position p = {0};
    const char **id;
    const struct version_op *op;
    vec_each (id, &at->ids) {
        *(const char **)vec_push(a, &p.ids) = *id;
    }
    vec_each (op, ops) {
        size_t i = 0;
        while (op->from && i < p.ids.n && strcmp(p.ids.items[i], op->from) != 0) {
            i++;
        }
        if (op->from && i < p.ids.n) {
            p.ids.items[i] = p.ids.items[--p.ids.n];
        }
        if (op->to) {
            *(const char **)vec_push(a, &p.ids) = op->to;
        }
    }
    if (p.ids.n) {
        qsort(p.ids.items, p.ids.n, sizeof(*p.ids.items), by_text);
    }
    *out = p;
}

void position_after(struct arena *a, const struct position *at, const walk_t *walk, struct position *out)
{
    AUTO(arena_release) struct arena scratch = ARENA_INIT;
    VEC(struct version_op) all = {0};
    const struct walk_step *step;
    const struct version_op *op;
    vec_each (step, walk) {
        vec_each (op, &step->version_ops) {
            *(struct version_op *)vec_push(&scratch, &all) = *op;
        }
    }
    position_apply(a, at, &(version_ops_t){all.items, all.n, all.cap}, out);
}

void position_revisions(struct arena *a, const struct graph *g, const struct position *at, revisions_t *out)
{
    AUTO(arena_release) struct arena scratch = ARENA_INIT;
    AUTO(revision_set_release) struct revision_set applied = REVISION_SET_INIT;
    revisions_t members;
    struct revision **r;
    revision_set_init(&applied, g);
    position_members(&scratch, g, at, &members);
    revision_set_add_ancestors(&applied, g, &members, EDGES_ALL);
    *out = (revisions_t){arena_array(a, applied.n, sizeof(struct revision *)), 0, applied.n};
    vec_each (r, &g->all) {
        if (revision_set_has(&applied, *r)) {
            out->items[out->n++] = *r;
        }
    }
}
