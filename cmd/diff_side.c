/* Reading one side of a comparison. */
#include "cmd/diff_side.h"
#include "base/file.h"
#include "cmd/interrupt.h"
#include "engine/drift/scratch.h"
#include "engine/drift/snapshot.h"
#include "environments/url.h"
#include <string.h>
#include <sys/stat.h>

static bool is_file(const char *text)
{
    struct stat st;
    return stat(text, &st) == 0 && S_ISREG(st.st_mode);
}

static bool ends_with(const char *text, const char *end)
{
    size_t n = strlen(text), k = strlen(end);
    return n >= k && strcmp(text + n - k, end) == 0;
}

static int read_file(struct app *app, struct diff_side *side, struct err *err)
{
    struct slice text;
    struct schema *schema = NULL;
    int rc = file_read(app->arena, side->text, 0, &text, err);
    rc = rc ? rc : schema_parse(app->arena, text, side->text, &schema, err);
    if (rc) {
        return err->hint[0]
                   ? rc
                   : err_hint(err, "A snapshot is written by \"lockstep snapshot --out\"; the name of a "
                                   "file of SQL ends with .sql.");
    }
    *vec_push(app->arena, &side->schemas) =
        (struct diff_schema){.name = side->text, .address = side->text, .schema = schema};
    return 0;
}

static int read_member(void *arg, struct fleet *f, struct member *m, struct err *err)
{
    struct diff_side *side = arg;
    struct diff_schema *s = &side->schemas.items[m - f->members.items];
    int rc = snapshot_read(&m->arena, f, m, &s->schema, err);
    if (!rc && m->driver->server) {
        s->server = arena_dup(&m->arena, m->driver->server(m->conn));
    }
    s->narrow = m->in_schema != NULL;
    member_disconnect(m);
    return rc;
}

static int read_targets(struct app *app, struct diff_side *side, const char *target, struct err *err)
{
    struct selection one = {.glob = target};
    const struct project *p = NULL;
    int rc = app_fleet_project(app, &p, err);
    rc = rc ? rc : fleet_open_all(app->arena, p, side->environment, target ? &one : NULL, &side->fleet, err);
    if (rc) {
        return rc;
    }
    struct member *m;
    vec_each (m, &side->fleet.members) {
        *vec_push(app->arena, &side->schemas) =
            (struct diff_schema){.name = m->target->name, .address = m->address};
    }
    fleet_each(&side->fleet, true, read_member, side);
    vec_each (m, &side->fleet.members) {
        side->schemas.items[m - side->fleet.members.items].err = m->err;
    }
    return 0;
}

static int read_url(struct app *app, struct diff_side *side, struct err *err)
{
    int rc = environment_from_url(app->arena, side->text, &side->environment, err);
    side->text = url_redact(app->arena, slice_of(side->text)); /* reports hold it */
    return rc ? rc : read_targets(app, side, NULL, err);
}

int diff_side_open(struct app *app, const char *text, struct diff_side *out, struct err *err)
{
    *out = (struct diff_side){.text = text};
    if (is_file(text)) {
        out->sql = ends_with(text, ".sql") ? text : NULL;
        return out->sql ? 0 : read_file(app, out, err);
    }
    if (strstr(text, "://")) {
        return read_url(app, out, err);
    }
    const char *slash = strchr(text, '/');
    const char *name = slash ? arena_dupn(app->arena, text, (size_t)(slash - text)) : text;
    int rc = app_environment(app, name, &out->environment, err);
    if (rc) {
        return err->hint[0] ? rc
                            : err_hint(err, "Each side is ENVIRONMENT, ENVIRONMENT/TARGET, a file that "
                                            "\"lockstep snapshot --out\" wrote, or a file of SQL.");
    }
    return read_targets(app, out, slash ? slash + 1 : NULL, err);
}

/* Where the scratch database is made: as the other side's environment says, else the project's default one.
 */
static struct environment *environment_of(struct app *app, const struct diff_side *other)
{
    struct environment *e = other->environment;
    struct err none;
    if ((!e || e->nscratch == 0) && !app->url && app_environment(app, NULL, &e, &none)) {
        return other->environment;
    }
    return e;
}

static int load(struct app *app, struct diff_side *side, const char *dialect, struct environment *e,
                struct run_control *control, struct err *err)
{
    struct slice text;
    struct scratch *scratch = NULL;
    struct schema *schema = NULL;
    struct scratch_options options = {
        .url = e ? environment_scratch(e, dialect) : NULL, .like = e, .control = control};
    int rc = file_read(app->arena, side->sql, 0, &text, err);
    rc = rc ? rc : scratch_open(app->arena, app->project, dialect, &options, &scratch, err);
    rc = rc ? rc : scratch_run_sql(scratch, side->sql, text, err);
    rc = rc ? rc : scratch_schema(scratch, app->arena, &schema, err);
    scratch_close(scratch);
    if (!rc) {
        *vec_push(app->arena, &side->schemas) =
            (struct diff_schema){.name = side->sql, .address = side->sql, .schema = schema};
    }
    return rc;
}

int diff_side_load(struct app *app, struct diff_side *side, const struct diff_side *other, struct err *err)
{
    const char *dialect = NULL;
    for (size_t i = 0; i < other->schemas.n && !dialect; i++) {
        dialect = other->schemas.items[i].schema ? other->schemas.items[i].schema->dialect : NULL;
    }
    if (!side->sql) {
        return 0;
    }
    if (!dialect && other->schemas.n) {
        *err = *other->schemas.items[0].err;
        return err->status;
    }
    if (!dialect) {
        err_set(err, ERR_USAGE, "both sides are files of SQL: for which database is not known");
        return err_hint(err, "Load one of them into a database, and compare with that.");
    }
    dialect = strcmp(dialect, "mariadb") == 0 ? "mysql" : dialect;
    struct run_control control;
    struct interrupt_watch watch = {0};
    int rc = run_control_init(&control, err);
    if (rc) {
        return rc;
    }
    rc = interrupt_watch_start(&watch, &control, err);
    if (!rc) {
        rc = load(app, side, dialect, environment_of(app, other), &control, err);
        interrupt_watch_stop(&watch);
    }
    run_control_release(&control);
    return rc;
}

void diff_side_close(struct diff_side *side)
{
    fleet_close(&side->fleet);
}
