/* lockstep stamp */
#include "cmd/plan_show.h"
#include "cmd/run_report.h"

static int stamp(struct app *app, struct fleet *fleet, struct member *m, struct err *err)
{
    struct graph *g = NULL;
    int rc = app_graph(app, &g, err);
    if (rc) {
        return rc;
    }
    struct store *store = NULL;
    rc = app_store(app, true, &store, err);
    if (rc) {
        return rc;
    }
    struct run_opts opts = {.store = store, .fleet = fleet, .command = command_line(app)};
    strings_t from = {0}, to = {0};
    rc = run_stamp(app->arena, m, g, app_words(app), args_flag(&app->args, "purge"), &opts, &from, &to, err);
    store_close(store);
    if (rc == 0 && app->json) {
        json_t *o = json_object();
        json_object_set_new(o, "target", json_string(m->target->name));
        json_object_set_new(o, "from", json_string(position_text(app->arena, &from)));
        json_object_set_new(o, "at", json_string(position_text(app->arena, &to)));
        json_dumpf(o, stdout, JSON_INDENT(2));
        putchar('\n');
        json_decref(o);
    } else if (rc == 0 && !app->quiet) {
        printf("%s: stamped %s -> %s; nothing was run\n", m->target->name, position_text(app->arena, &from),
               position_text(app->arena, &to));
    }
    return rc;
}

static int run(struct app *app, struct err *err)
{
    struct environment *e = NULL;
    struct target *t = NULL;
    struct fleet fleet = {0};
    int rc = app_environment(app, NULL, &e, err);
    rc = rc ? rc : app_target(app, e, &t, err);
    rc = rc ? rc : environment_supported(e, USE_APPLY, err);
    rc = rc ? rc : app_fleet(app, e, &fleet, err);
    if (rc) {
        return rc;
    }
    rc = stamp(app, &fleet, fleet_find(&fleet, t->name), err);
    fleet_close(&fleet);
    return rc;
}

const struct command command_stamp = {
    .name = "stamp",
    .group = GROUP_DATABASE,
    .summary = "set the version table without running anything",
    .description =
        "Records that a database is at a revision, for a schema that was made by other means or finished by "
        "hand. It also settles a revision that an earlier run left part way.",
    .arguments = (const struct argument_spec[]){{.name = "REVISION",
                                                 .help = "head, heads, base, an id, label@head",
                                                 .complete = COMPLETE_REVISION,
                                                 .many = true},
                                                {0}},
    .options =
        (const struct option_spec[]){{0, "purge", NULL, .help = "forget what the version table says first"},
                                     {0}},
    .examples = (const struct example[]){{"lockstep stamp head", "the database is up to date already"},
                                         {"lockstep stamp --purge base", "forget everything"},
                                         {0}},
    .run = run,
};
