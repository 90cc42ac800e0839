/* lockstep snapshot */
#include "engine/drift/snapshot.h"
#include "base/file.h"
#include "cmd/report.h"
#include "cmd/run_report.h"
#include "engine/fleet.h"

enum { COL_TARGET, COL_AT, COL_FINGERPRINT, COL_OBJECTS, COL_UNSEEN };
static const struct column columns[] = {{"target", "TARGET", COLUMN_WRAP},
                                        {"at", "AT", 0},
                                        {"fingerprint", "FINGERPRINT", 0},
                                        {"objects", "OBJECTS", COLUMN_RIGHT},
                                        {"not_seen", "NOT SEEN", COLUMN_WRAP | COLUMN_OPTIONAL}};

struct taken {
    struct snapshot snap;
    size_t objects;
    strings_t unseen;
    char *document; /* with --out */
};

struct taking {
    struct fleet *fleet;
    struct store *store; /* NULL with --out */
    struct taken *taken; /* as the fleet's members */
};

static int take(void *arg, struct fleet *f, struct member *m, struct err *err)
{
    struct taking *t = arg;
    struct taken *out = &t->taken[m - f->members.items];
    AUTO(arena_release) struct arena work = ARENA_INIT;
    struct schema *schema = NULL;
    out->snap.environment = m->environment->name;
    int rc = snapshot_take(&work, t->store, f, m, &out->snap, &schema, err);
    if (rc == 0) {
        schema_items_t items = {0};
        schema_items(&work, schema, &items);
        out->objects = items.n;
        for (size_t i = 0; i < schema->unseen.n; i++) {
            *vec_push(&m->arena, &out->unseen) = arena_dup(&m->arena, schema->unseen.items[i]);
        }
    }
    if (rc == 0 && !t->store) {
        AUTO(strbuf_release) struct strbuf text = STRBUF_INIT;
        schema_write(&text, schema, SCHEMA_TEXT_SNAPSHOT);
        out->document = arena_dup(&m->arena, strbuf_cstr(&text));
    }
    member_disconnect(m);
    return rc;
}

static int print(struct app *app, struct taking *t, struct err *err)
{
    struct report *r = report_new(app, "snapshots", columns, COUNT_OF(columns));
    size_t failed = 0, known = 0;
    struct member *m;
    vec_each (m, &t->fleet->members) {
        const struct taken *k = &t->taken[m - t->fleet->members.items];
        failed += m->err != NULL;
        if (m->err) {
            continue;
        }
        known++;
        struct report_row *row = report_row(r, NULL);
        report_text(row, COL_TARGET, m->target->name);
        report_text(row, COL_AT, position_text(app->arena, &k->snap.position));
        report_text(row, COL_FINGERPRINT,
                    app->json ? k->snap.fingerprint : arena_printf(app->arena, "%.12s", k->snap.fingerprint));
        report_int(row, COL_OBJECTS, (int64_t)k->objects);
        report_list(row, COL_UNSEEN, &k->unseen);
    }
    int rc = app->quiet || (!known && !app->json) ? 0 : report_print(r, err);
    if (rc || !failed) {
        return rc;
    }
    fflush(stdout);
    rc = fleet_first_error(t->fleet, err);
    return failed == 1 ? rc
                       : err_wrap(err, "%zu of %zu targets have no new snapshot; the first", failed,
                                  t->fleet->members.n);
}

static int write_out(struct app *app, struct taking *t, const char *path, struct err *err)
{
    struct member *m = &t->fleet->members.items[0];
    if (m->err) {
        return fleet_first_error(t->fleet, err);
    }
    struct slice text = slice_of(t->taken[0].document);
    if (strcmp(path, "-") == 0) {
        fwrite(text.ptr, 1, text.len, stdout);
        return 0;
    }
    int rc = file_write(path, text, false, err);
    if (!rc && !app->quiet) {
        print_note(app, "wrote the schema of %s to %s", m->target->name, path);
    }
    return rc;
}

static int check_choice(struct app *app, const struct fleet *f, const char *out, struct err *err)
{
    bool all = args_flag(&app->args, "all");
    bool chosen = app->target || args_text(&app->args, "only") || args_text(&app->args, "exclude");
    if (out && f->members.n != 1) {
        err_set(err, ERR_USAGE, "--out writes the schema of one target, and %zu are chosen", f->members.n);
        return err_hint(err, "Name it with -t.");
    }
    if (!all && !chosen && f->members.n > 1) {
        err_set(err, ERR_USAGE, "%zu targets: say which", f->members.n);
        return err_hint(err, "Name one with -t, or give --all.");
    }
    return 0;
}

static int run(struct app *app, struct err *err)
{
    struct environment *e = NULL;
    struct fleet fleet = {0};
    const char *out = args_text(&app->args, "out");
    int rc = app_environment(app, args_word(&app->args, 0), &e, err);
    rc = rc ? rc : app_fleet(app, e, &fleet, err);
    if (rc) {
        return rc;
    }
    struct taking t = {.fleet = &fleet,
                       .taken = arena_array(app->arena, fleet.members.n + 1, sizeof(struct taken))};
    rc = check_choice(app, &fleet, out, err);
    rc = rc || out ? rc : app_store(app, true, &t.store, err);
    if (!rc) {
        fleet_each(&fleet, true, take, &t);
        rc = out ? write_out(app, &t, out, err) : print(app, &t, err);
    }
    fleet_close(&fleet);
    store_close(t.store);
    return rc;
}

const struct command command_snapshot = {
    .name = "snapshot",
    .group = GROUP_WATCHING,
    .summary = "keep what the schemas of targets are now",
    .description =
        "Reads the schema of targets and keeps it in the store: from then on \"lockstep drift\" compares "
        "with it. "
        "After each run that went well this is done by itself; by hand it is for databases that others have "
        "brought to their revision, and it takes over whatever has drifted. With --out the schema is written "
        "to a file, for \"lockstep diff\", and the store stays as it is. Nothing is locked.",
    .arguments = (const struct argument_spec[]){{.name = "ENVIRONMENT",
                                                 .help = "whose targets (default: the project's default)",
                                                 .complete = COMPLETE_ENVIRONMENT,
                                                 .optional = true},
                                                {0}},
    .options =
        (const struct option_spec[]){{0, "all", NULL, .help = "every target of the environment"},
                                     {'o', "out", "FILE",
                                      .help = "write the schema of one target here; - is standard output",
                                      .complete = COMPLETE_FILE},
                                     TARGET_OPTIONS,
                                     {0}},
    .examples = (const struct example[]){{"lockstep snapshot production --all", "every target as it is now"},
                                         {"lockstep snapshot production -t eu-1 --out eu-1.schema",
                                          "the schema of one target as a file"},
                                         {0}},
    .run = run,
};
