/* Looking at every revision of a project without a database. */
#include "engine/alembic/survey.h"
#include "engine/revision/walk.h"

const char *survey_state_name(enum survey_state s)
{
    static const char *const names[] = {"native", "native, reads the database", "python", "fails", "refused",
                                        "missing"};
    _Static_assert(COUNT_OF(names) == SURVEY_STATE_COUNT, "one name a state");
    return s < SURVEY_STATE_COUNT ? names[s] : "unknown";
}

static struct survey_row look(const struct alembic_env *env, const struct driver *driver,
                              const struct ddl_dialect *dialect, const struct revision *r, bool downgrade)
{
    AUTO(arena_release) struct arena scratch = ARENA_INIT;
    struct survey_row row = {.revision = r, .downgrade = downgrade};
    struct alembic_body body = {0};
    int rc = alembic_body(&scratch, env, driver, dialect, r, downgrade, &body, &row.err);
    if (rc) {
        row.state = rc == ERR_REFUSED ? SURVEY_REFUSED : SURVEY_FAILED;
    } else if (body.missing) {
        row.state = SURVEY_MISSING;
    } else if (body.python) {
        row.state = SURVEY_PYTHON;
        err_set(&row.err, ERR_NONE, "%s", body.python);
    } else if (body.live) {
        row.state = SURVEY_LIVE;
        err_set(&row.err, ERR_NONE, "%s", body.live);
    }
    return row;
}

int survey_run(struct arena *a, const struct alembic_env *env, const struct graph *g,
               const struct ddl_dialect *dialect, survey_rows_t *out, struct err *err)
{
    const struct driver *driver;
    int rc = driver_find(ddl_is_mysql(dialect) ? "mysql" : dialect->name, &driver, err);
    if (rc) {
        return rc;
    }
    for (size_t i = 0; i < g->all.n; i++) {
        const struct revision *r = g->all.items[i];
        for (int down = 0; down < 2 && r->kind == REVISION_PYTHON; down++) {
            *vec_push(a, out) = look(env, driver, dialect, r, down);
        }
    }
    return 0;
}

/* The ids that stand in the version table right before the revision, or behind it. */
static void position_of(struct arena *a, const struct revision *r, bool downgrade, struct position *at)
{
    *at = (struct position){0};
    if (downgrade) {
        *vec_push(a, &at->ids) = r->id;
        return;
    }
    const revisions_t *lists[] = {&r->parents, &r->dependencies};
    for (size_t k = 0; k < COUNT_OF(lists); k++) {
        for (size_t i = 0; i < lists[k]->n; i++) {
            const struct revision *candidate = lists[k]->items[i];
            bool implied = false;
            for (size_t m = 0; m < COUNT_OF(lists); m++) {
                for (size_t j = 0; j < lists[m]->n; j++) {
                    implied = implied || (lists[m]->items[j] != candidate &&
                                          revision_is_ancestor(candidate, lists[m]->items[j], true));
                }
            }
            if (!implied) {
                *vec_push(a, &at->ids) = candidate->id;
            }
        }
    }
}

int survey_offline(const struct alembic_env *env, const struct graph *g, const struct revision *r,
                   bool downgrade, const struct ddl_dialect *dialect, struct strbuf *out, struct err *err)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct position at;
    position_of(&a, r, downgrade, &at);
    walk_t walk = {0};
    const char *to = !downgrade ? r->id : r->parents.n ? r->parents.items[0]->id : "base";
    int rc =
        downgrade ? walk_downgrade(&a, g, &at, to, &walk, err) : walk_upgrade(&a, g, &at, to, &walk, err);
    /* Only this revision, also where the way back from a merge leads further. */
    size_t n = 0;
    for (size_t i = 0; i < walk.n && rc == 0; i++) {
        if (walk.items[i].revision == r) {
            walk.items[n++] = walk.items[i];
        }
    }
    return rc ? rc : alembic_offline(env, dialect, walk.items, n, at.ids.n, out, err);
}
