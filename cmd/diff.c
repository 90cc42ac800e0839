/* lockstep diff */
#include "base/file.h"
#include "cmd/diff_side.h"
#include "cmd/drift_print.h"
#include "cmd/drift_report.h"
#include "engine/drift/drift.h"
#include "engine/drift/snapshot.h"
#include <string.h>

static const char *dialect_of(const struct diff_schema *s)
{
    return strcmp(s->schema->dialect, "mariadb") == 0 ? "mysql" : s->schema->dialect;
}

static void fail(struct drift_target *t, const struct err *err, struct arena *a)
{
    t->outcome = err->status == ERR_UNREACHABLE ? DRIFT_UNREACHABLE : DRIFT_FAILED;
    t->error = arena_dup(a, err->message);
    t->hint = err->hint[0] ? arena_dup(a, err->hint) : NULL;
}

/* expected NULL: the other side has none of that name. */
static void compare(struct app *app, const struct diff_side *left, const struct diff_schema *expected,
                    const struct diff_schema *actual, struct drift_report *r)
{
    struct arena *a = app->arena;
    struct drift_target *t = vec_push(a, &r->targets);
    bool one = expected && strcmp(expected->name, left->text) == 0;
    *t = (struct drift_target){.name = actual->name, .address = actual->address, .server = actual->server};
    t->baseline = !expected ? NULL
                  : one     ? left->text
                            : arena_printf(a, "%s of %s", expected->name, left->text);
    if (!expected) {
        t->outcome = DRIFT_NO_BASELINE;
        t->error = arena_printf(a, "%s has no target of that name", left->text);
    } else if (expected->err || actual->err) {
        fail(t, expected->err ? expected->err : actual->err, a);
    } else if (strcmp(dialect_of(expected), dialect_of(actual)) != 0) {
        struct err err = {0};
        err_set(&err, ERR_FAILED, "%s and %s cannot be compared", dialect_of(expected), dialect_of(actual));
        fail(t, &err, a);
    } else {
        if (expected->narrow || actual->narrow) {
            snapshot_narrow(expected->schema);
            snapshot_narrow(actual->schema);
        }
        drift_compare(a, expected->schema, actual->schema, t);
    }
    r->count[t->outcome]++;
    r->findings += t->findings.n;
}

static const struct diff_schema *find(const struct diff_side *side, const char *name)
{
    const struct diff_schema *s;
    vec_each (s, &side->schemas) {
        if (strcmp(s->name, name) == 0) {
            return s;
        }
    }
    return NULL;
}

/* One with each, or by name. */
static void pair(struct app *app, const struct diff_side *left, const struct diff_side *right,
                 struct drift_report *r)
{
    const struct diff_schema *s;
    bool one = left->schemas.n == 1;
    if (right->schemas.n == 1 && !one) {
        vec_each (s, &left->schemas) {
            compare(app, left, s, &right->schemas.items[0], r);
            r->targets.items[r->targets.n - 1].name = s->name;
        }
        return;
    }
    vec_each (s, &right->schemas) {
        compare(app, left, one ? &left->schemas.items[0] : find(left, s->name), s, r);
    }
}

static int run(struct app *app, struct err *err)
{
    struct diff_side left = {0}, right = {0};
    struct drift_report r = {.diff = true, .began_us = time_now_us()};
    int rc = diff_side_open(app, args_word(&app->args, 0), &left, err);
    rc = rc ? rc : diff_side_open(app, args_word(&app->args, 1), &right, err);
    rc = rc ? rc : diff_side_load(app, &left, &right, err);
    rc = rc ? rc : diff_side_load(app, &right, &left, err);
    if (!rc) {
        pair(app, &left, &right, &r);
        r.environment = right.text;
        r.project = app->project ? app->project->name : NULL;
        r.ended_us = time_now_us();
        rc = drift_print(app, &r, err);
        rc = rc ? rc : drift_end(app, &r, err);
    }
    diff_side_close(&left);
    diff_side_close(&right);
    return rc;
}

const struct command command_diff = {
    .name = "diff",
    .group = GROUP_WATCHING,
    .summary = "how two schemas differ",
    .description =
        "Each side is an environment, a target of one (ENVIRONMENT/TARGET), the URL of a database, a file "
        "that "
        "\"lockstep snapshot --out\" wrote, or a file of SQL (*.sql), which is loaded into a scratch "
        "database. "
        "Two environments are compared target by target, by name; one schema is compared with each of the "
        "other "
        "side. The first side is what is expected: the statements that are shown make the second like it, or "
        "the other way round. Nothing is locked, nothing is changed.\n\n"
        "Ends with 0, with --exit-status with 2 when there is a difference; with 69 when a target cannot be "
        "reached.",
    .arguments =
        (const struct argument_spec[]){
            {.name = "A", .help = "what is expected", .complete = COMPLETE_ENVIRONMENT},
            {.name = "B", .help = "what is compared with it", .complete = COMPLETE_ENVIRONMENT},
            {0}},
    .options = (const struct option_spec[]){DRIFT_PRINT_OPTIONS, {0}},
    .examples = (const struct example[]){{"lockstep diff staging production", "target by target, by name"},
                                         {"lockstep diff production/eu-1 production/eu-2", "two targets"},
                                         {"lockstep diff schema.sql production/eu-1",
                                          "a file of SQL with a database"},
                                         {0}},
    .reports = true,
    .run = run,
};
