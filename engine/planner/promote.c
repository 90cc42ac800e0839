/* Evidence for promotions, from the targets' own tables. */
#include "engine/planner/promote.h"
#include "engine/planner/planner.h"

struct evidence {
    struct member *member;
    bool *has; /* by revision->index */
    applied_revisions_t applied;
};

static void mark_standing(struct arena *a, const struct graph *g, const struct position *at, bool *has)
{
    revisions_t standing = {0};
    position_revisions(a, g, at, &standing);
    for (size_t i = 0; i < standing.n; i++) {
        has[standing.items[i]->index] = true;
    }
}

struct gathering {
    const struct graph *graph;
    struct evidence *evidence; /* one a member */
};

static int gather_one(void *arg, struct fleet *from, struct member *m, struct err *err)
{
    const struct gathering *g = arg;
    struct evidence *e = &g->evidence[m - from->members.items];
    int rc = member_read(from, m, err);
    rc = rc ? rc : position_check(g->graph, &m->state.at, err);
    if (rc) {
        return rc;
    }
    e->member = m;
    e->has = arena_array(&m->arena, g->graph->all.n + 1, sizeof(bool));
    mark_standing(&m->arena, g->graph, &m->state.at, e->has);
    rc = history_applied(&m->book, m->conn, &m->arena, &e->applied, err);
    return rc ? err_wrap(err, "%s", m->target->name) : 0;
}

static int gather(struct fleet *from, const struct graph *g, struct evidence *out, struct err *err)
{
    struct gathering gathering = {g, out};
    return fleet_each(from, false, gather_one, &gathering) ? fleet_first_error(from, err) : 0;
}

static const struct applied_revision *applied_find(const applied_revisions_t *list, const char *id)
{
    for (size_t i = list->n; i > 0; i--) {
        if (strcmp(list->items[i - 1].revision, id) == 0) {
            return &list->items[i - 1];
        }
    }
    return NULL;
}

/* NULL: proved on this target. Otherwise why not. */
static int judge(struct arena *a, const struct evidence *e, const struct revision *r, const char **why,
                 struct err *err)
{
    const char *name = e->member->target->name;
    *why = NULL;
    if (!e->has[r->index]) {
        *why = arena_printf(a, "not on %s", name);
        return 0;
    }
    const struct applied_revision *row = applied_find(&e->applied, r->id);
    if (!row || !row->checksum) {
        *why = arena_printf(a, "%s has no record of having run it (%s)", name,
                            row ? "it was stamped" : "it was not applied by Lockstep");
        return 0;
    }
    AUTO(arena_release) struct arena scratch = ARENA_INIT;
    char checksum[DIGEST_HEX + 1];
    int rc = revision_checksum(&scratch, r, e->member->driver->name, checksum, err);
    if (rc) {
        return rc;
    }
    if (strcmp(checksum, row->checksum) != 0) {
        *why = arena_printf(a, "its file was edited after it ran on %s", name);
    }
    return 0;
}

int promotion_evidence(struct arena *a, struct fleet *from, const struct graph *g, revisions_t *allowed,
                       strings_t *held_back, struct err *err)
{
    struct evidence *evidence = arena_array(a, from->members.n + 1, sizeof(*evidence));
    int rc = gather(from, g, evidence, err);
    if (rc) {
        return rc;
    }
    for (size_t i = 0; i < g->all.n; i++) {
        const char *why = NULL;
        for (size_t k = 0; k < from->members.n && !why; k++) {
            rc = judge(a, &evidence[k], g->all.items[i], &why, err);
            if (rc) {
                return rc;
            }
        }
        if (why) {
            *vec_push(a, held_back) = arena_printf(a, "%s: %s", g->all.items[i]->id, why);
        } else {
            *vec_push(a, allowed) = g->all.items[i];
        }
    }
    return 0;
}

void promotion_held_for(struct arena *a, const struct fleet *to, const struct graph *g,
                        const strings_t *held_back, strings_t *out)
{
    bool *everywhere = arena_array(a, g->all.n + 1, sizeof(bool));
    memset(everywhere, 1, g->all.n);
    for (size_t i = 0; i < to->members.n; i++) {
        if (!to->members.items[i].state_read) {
            continue;
        }
        bool *has = arena_array(a, g->all.n + 1, sizeof(bool));
        mark_standing(a, g, &to->members.items[i].state.at, has);
        for (size_t k = 0; k < g->all.n; k++) {
            everywhere[k] = everywhere[k] && has[k];
        }
    }
    for (size_t i = 0; i < held_back->n; i++) {
        const char *colon = strchr(held_back->items[i], ':');
        char *id = arena_dupn(a, held_back->items[i], (size_t)(colon - held_back->items[i]));
        struct revision *r = graph_find(g, id);
        if (r && !everywhere[r->index]) {
            *vec_push(a, out) = held_back->items[i];
        }
    }
}
