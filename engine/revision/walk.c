/* Ways through the graph: which revisions an upgrade or a downgrade takes, in order, as steps. */
#include "engine/revision/walk.h"
#include "engine/revision/identifier.h"
#include "engine/revision/order.h"
#include "engine/revision/version_ops.h"

const char *direction_name(enum direction d)
{
    static const char *const names[] = {"upgrade", "downgrade"};
    _Static_assert(COUNT_OF(names) == DIRECTION_COUNT, "a name for every direction");
    return names[d];
}

static strings_t one_string(struct arena *a, const char *s)
{
    strings_t list = {arena_array(a, 1, sizeof(*list.items)), 1, 1};
    list.items[0] = s;
    return list;
}

static void make_steps(struct arena *a, const struct graph *g, const revisions_t *members,
                       const revisions_t *list, enum direction direction, walk_t *out)
{
    AUTO(version_state_release) struct version_state state = VERSION_STATE_INIT;
    version_state_init(&state, g, members);
    walk_t walk = {arena_array(a, list->n, sizeof(*walk.items)), 0, list->n};
    struct revision *const *r;
    vec_each (r, list) {
        struct walk_step *step = &walk.items[walk.n++];
        strings_t own = one_string(a, (*r)->id);
        bool up = direction == DIRECTION_UPGRADE;
        *step = (struct walk_step){.revision = *r, .direction = direction};
        step->before = up ? (*r)->revises : own;
        step->after = up ? own : (*r)->revises;
        version_state_step(a, &state, *r, direction, &step->version_ops);
    }
    *out = walk;
}

/* What the walks work on: the members of the position and all that they stand for. */
struct ground {
    revisions_t members;
    struct revision_set applied;
};

static void ground_release(struct ground *at)
{
    revision_set_release(&at->applied);
}

static int ground_init(struct ground *out, struct arena *a, const struct graph *g, const struct position *at,
                       struct err *err)
{
    int rc = position_check(g, at, err);
    if (rc) {
        return rc;
    }
    position_members(a, g, at, &out->members);
    revision_set_init(&out->applied, g);
    revision_set_add_ancestors(&out->applied, g, &out->members, EDGES_ALL);
    return 0;
}

static const char *position_names(struct arena *a, const revisions_t *members)
{
    return members->n ? revisions_names(a, members) : "base";
}

static int behind(struct arena *a, const struct ground *ground, const char *text, struct err *err)
{
    err_set(err, ERR_USAGE, "destination \"%s\" is behind the position (%s)", text,
            position_names(a, &ground->members));
    return err_hint(err, "Use downgrade to go back."), ERR_USAGE;
}

/* A revision whose branch has been taken further is behind; one that stands at its end is reached. */
static bool is_behind(const struct ground *ground, const struct revision *r)
{
    struct revision *const *child;
    vec_each (child, &r->children) {
        if (revision_set_has(&ground->applied, *child)) {
            return true;
        }
    }
    return false;
}

static int upgrade_targets(struct arena *a, const struct graph *g, const struct position *at,
                           const struct ground *ground, const char *text, revisions_t *targets,
                           struct err *err)
{
    struct identifier id;
    revisions_t found = {0};
    struct revision *r = NULL, **it;
    int rc = identifier_parse(a, g, text, &id, err);
    if (rc) {
        return rc;
    }
    bool ends = !id.relative && (strcmp(id.symbol, "head") == 0 || strcmp(id.symbol, "heads") == 0);
    if (id.relative && !id.symbol && id.steps < 0) {
        err_set(err, ERR_USAGE,
                "Relative revision %s didn't produce %ld migrations: an upgrade leads forwards", id.text,
                -id.steps);
        return err_hint(err, "Use downgrade %s to go back.", id.text), ERR_USAGE;
    }
    if (id.relative) {
        rc = identifier_relative(a, g, at, &id, false, &r, NULL, err);
        if (r) {
            *(struct revision **)vec_push(a, &found) = r;
        }
    } else {
        rc = identifier_revisions(a, g, at, &id, &found, err);
    }
    if (rc) {
        return rc;
    }
    if (!found.n && !ends && ground->members.n) {
        return behind(a, ground, id.text, err);
    }
    vec_each (it, &found) {
        if (!ends && is_behind(ground, *it)) {
            return behind(a, ground, id.text, err);
        }
        *(struct revision **)vec_push(a, targets) = *it;
    }
    return 0;
}

static void wanted_steps(struct arena *a, const struct graph *g, const struct ground *ground,
                         struct revision_set *wanted, walk_t *out)
{
    struct revision **r;
    revisions_t list;
    vec_each (r, &g->all) {
        if (revision_set_has(&ground->applied, *r)) {
            revision_set_remove(wanted, *r);
        }
    }
    revisions_newest_first(a, g, wanted, &list);
    revisions_reverse(&list);
    make_steps(a, g, &ground->members, &list, DIRECTION_UPGRADE, out);
}

int walk_upgrade(struct arena *a, const struct graph *g, const struct position *at, const char *destination,
                 walk_t *out, struct err *err)
{
    AUTO(ground_release) struct ground ground = {0};
    int rc = ground_init(&ground, a, g, at, err);
    if (rc) {
        return rc;
    }
    revisions_t targets = {0};
    const char *rest = destination, *text = identifier_next(a, &rest);
    do {
        rc = upgrade_targets(a, g, at, &ground, text ? text : "", &targets, err);
        if (rc) {
            return rc;
        }
        text = identifier_next(a, &rest);
    } while (text);
    AUTO(revision_set_release) struct revision_set wanted = REVISION_SET_INIT;
    revision_set_init(&wanted, g);
    revision_set_add_ancestors(&wanted, g, &targets, EDGES_ALL);
    wanted_steps(a, g, &ground, &wanted, out);
    return 0;
}

int walk_upgrade_within(struct arena *a, const struct graph *g, const struct position *at,
                        const revisions_t *allowed, walk_t *out, struct err *err)
{
    AUTO(ground_release) struct ground ground = {0};
    int rc = ground_init(&ground, a, g, at, err);
    if (rc) {
        return rc;
    }
    AUTO(revision_set_release) struct revision_set may = REVISION_SET_INIT;
    AUTO(revision_set_release) struct revision_set wanted = REVISION_SET_INIT;
    revision_set_init(&may, g);
    revision_set_init(&wanted, g);
    struct revision *const *r;
    vec_each (r, allowed) {
        revision_set_add(&may, *r);
    }
    vec_each (r, &g->all) {
        bool ready = revision_set_has(&may, *r) && !revision_set_has(&ground.applied, *r);
        const revisions_t *lists[] = {&(*r)->parents, &(*r)->dependencies};
        for (size_t i = 0; i < COUNT_OF(lists) && ready; i++) {
            struct revision *const *it;
            vec_each (it, lists[i]) {
                ready = ready && (revision_set_has(&ground.applied, *it) || revision_set_has(&wanted, *it));
            }
        }
        if (ready) {
            revision_set_add(&wanted, *r);
        }
    }
    wanted_steps(a, g, &ground, &wanted, out);
    return 0;
}

static int not_a_target(struct arena *a, const struct ground *ground, const struct identifier *id,
                        const struct revision *target, struct err *err)
{
    err_set(err, ERR_USAGE, "Destination %s is not a valid downgrade target from current head(s) (%s)",
            id->text, position_names(a, &ground->members));
    if (target && !revision_set_has(&ground->applied, target)) {
        err_hint(err, "Revision %s is not applied: use upgrade to go there.", target->id);
    }
    return ERR_USAGE;
}

/* The revisions right after the target, where the downgrade ends: with a label those that lead to its branch.
 */
static int downgrade_roots(struct arena *a, const struct graph *g, const struct ground *ground,
                           const struct identifier *id, const struct revision *target, revisions_t *out,
                           struct err *err)
{
    const revisions_t *all = target ? &target->children : &g->bases;
    if (!id->label || all->n < 2) {
        *out = *all;
        return 0;
    }
    struct revision *branch, *const *r;
    int rc = identifier_branch(g, id->label, &branch, err);
    if (rc) {
        return rc;
    }
    AUTO(revision_set_release) struct revision_set line = REVISION_SET_INIT;
    revision_set_init(&line, g);
    revision_set_add_ancestors(&line, g, REVISIONS_OF(branch), EDGES_REVISES);
    revisions_t roots = {0};
    vec_each (r, all) {
        if (revision_set_has(&line, *r)) {
            *(struct revision **)vec_push(a, &roots) = *r;
        }
    }
    if (!roots.n) {
        return not_a_target(a, ground, id, target, err);
    }
    *out = roots;
    return 0;
}

static int downgrade_target(struct arena *a, const struct graph *g, const struct position *at,
                            const struct ground *ground, const struct identifier *id,
                            struct revision **target, revisions_t *roots, struct err *err)
{
    struct revision *found, *last = NULL;
    int rc;
    if (!id->relative) {
        rc = identifier_revision(a, g, at, id, &found, err);
    } else if (!id->symbol && id->steps > 0) {
        err_set(err, ERR_USAGE, "Relative revision %s didn't produce %ld migrations: a downgrade leads back",
                id->text, id->steps);
        return err_hint(err, "Use upgrade %s to go forwards.", id->text), ERR_USAGE;
    } else {
        rc = identifier_relative(a, g, at, id, false, &found, &last, err);
    }
    if (rc) {
        return rc;
    }
    *target = found;
    if (id->relative && !id->symbol) {
        /* Counted from the position: only the line that was walked is meant. */
        *roots = (revisions_t){0};
        *(struct revision **)vec_push(a, roots) = last;
        return 0;
    }
    return downgrade_roots(a, g, ground, id, found, roots, err);
}

int walk_downgrade(struct arena *a, const struct graph *g, const struct position *at, const char *destination,
                   walk_t *out, struct err *err)
{
    AUTO(ground_release) struct ground ground = {0};
    struct identifier id;
    struct revision *target, **r;
    revisions_t roots, list;
    int rc = ground_init(&ground, a, g, at, err);
    if (rc) {
        return rc;
    }
    rc = identifier_parse(a, g, destination, &id, err);
    if (rc) {
        return rc;
    }
    rc = downgrade_target(a, g, at, &ground, &id, &target, &roots, err);
    if (rc) {
        return rc;
    }
    AUTO(revision_set_release) struct revision_set dropped = REVISION_SET_INIT;
    revision_set_init(&dropped, g);
    revision_set_add_descendants(&dropped, g, &roots, EDGES_ALL);
    vec_each (r, &g->all) {
        if (!revision_set_has(&ground.applied, *r)) {
            revision_set_remove(&dropped, *r);
        }
    }
    bool there = !target;
    vec_each (r, &ground.members) {
        there = there || *r == target;
    }
    if (!dropped.n && !there) {
        return not_a_target(a, &ground, &id, target, err);
    }
    revisions_newest_first(a, g, &dropped, &list);
    make_steps(a, g, &ground.members, &list, DIRECTION_DOWNGRADE, out);
    return 0;
}
