/* Taking over what has drifted: a revision that says so. */
#include "cmd/drift_adopt.h"
#include "cmd/drift_print.h"
#include "cmd/drift_report.h"
#include "cmd/revision_file.h"
#include "drivers/driver.h"
#include <string.h>

int drift_adopt_check(struct app *app, bool adopt, struct err *err)
{
    const char *message = args_text(&app->args, "message");
    if (adopt != (message != NULL)) {
        return err_set(err, ERR_USAGE,
                       adopt ? "--adopt needs -m \"what the revision does\"" : "-m goes with --adopt");
    }
    return 0;
}

static bool has_schema_drift(const struct drift_target *t)
{
    const struct drift_finding *f;
    vec_each (f, &t->findings) {
        if (f->kind == DRIFT_SCHEMA && !f->ignored) {
            return t->expected_schema != NULL;
        }
    }
    return false;
}

/* One of those that have drifted, who must all have drifted in the same way. */
static int choose(const struct drift_report *r, const struct drift_target **out, strings_t *names,
                  struct arena *a, struct err *err)
{
    const struct drift_target *t, *first = NULL;
    vec_each (t, &r->targets) {
        if (!has_schema_drift(t)) {
            continue;
        }
        first = first ? first : t;
        if (strcmp(first->fingerprint, t->fingerprint) != 0 || strcmp(first->expected, t->expected) != 0) {
            err_set(err, ERR_USAGE, "%s and %s have drifted in different ways", first->name, t->name);
            return err_hint(err, "Name the one whose changes shall be taken over with -t.");
        }
        if (t->behind > 0 || t->ahead > 0) {
            bool behind = t->behind > 0;
            int64_t n = behind ? t->behind : t->ahead;
            err_set(err, ERR_REFUSED, "%s is %lld revision%s %s", t->name, (long long)n, n == 1 ? "" : "s",
                    behind ? "behind" : "ahead of this checkout");
            return err_hint(err, "The new revision follows the head: bring the target there first.");
        }
        *vec_push(a, names) = t->name;
    }
    if (!first) {
        err_set(err, ERR_USAGE, "no schema has drifted: there is nothing to take over");
        return err_hint(err, "\"lockstep drift\" tells what there is.");
    }
    *out = first;
    return 0;
}

static void tell_next(struct app *app, const struct environment *e, const strings_t *names)
{
    size_t others = e->ntargets - names->n;
    print_note(app, "look at the statements; then record it where it is in effect already:");
    for (size_t i = 0; i < names->n && i < 10; i++) {
        print_note(app, "  lockstep stamp -e %s -t %s head", e->name, names->items[i]);
    }
    if (names->n > 10) {
        print_note(app, "  ... and likewise on %zu more", names->n - 10);
    }
    if (others) {
        print_note(app, "and bring the others there: lockstep plan %s", e->name);
    }
}

int drift_adopt(struct app *app, const struct environment *e, const struct drift_report *r, struct err *err)
{
    const struct drift_target *t = NULL;
    const struct driver *driver = NULL;
    strings_t names = {0};
    revisions_t parents = {0};
    schema_statements_t up = {0}, down = {0};
    struct new_revision n = {.message = args_text(&app->args, "message")};
    struct graph *g = NULL;
    int rc = choose(r, &t, &names, app->arena, err);
    rc = rc ? rc : app_graph(app, &g, err);
    rc = rc ? rc : revision_only_head(app, g, &parents, err);
    const char *dialect = rc ? NULL : strcmp(t->dialect, "mariadb") == 0 ? "mysql" : t->dialect;
    rc = rc ? rc : driver_find(dialect, &driver, err);
    rc = rc ? rc : drift_adoption(app->arena, t, &up, &down, err);
    if (rc) {
        return rc;
    }
    n.upgrade = &up;
    n.downgrade = &down;
    n.dialect = driver->name;
    if (parents.n) {
        *vec_push(app->arena, &n.revises) = parents.items[0]->id;
    }
    rc = revision_file_make(app, &n, err);
    if (!rc) {
        tell_next(app, e, &names);
    }
    return rc;
}
