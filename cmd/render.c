/* lockstep render */
#include "base/file.h"
#include "cmd/plan_show.h"
#include <fnmatch.h>

static bool wanted(struct app *app, const struct plan *plan, unsigned track)
{
    for (size_t i = 0; i < plan->targets.n; i++) {
        const struct plan_target *t = &plan->targets.items[i];
        if (t->track == track && (!app->target || fnmatch(app->target, t->name, 0) == 0)) {
            return true;
        }
    }
    return false;
}

static int write_files(struct app *app, const struct plan *plan, const char *folder, struct err *err)
{
    for (unsigned i = 0; i < plan->tracks.n; i++) {
        if (!wanted(app, plan, i) || plan->tracks.items[i].steps.n == 0) {
            continue;
        }
        AUTO(strbuf_release) struct strbuf out = STRBUF_INIT;
        int rc = plan_script(app, plan, i, true, &out, err);
        if (rc) {
            return rc;
        }
        const char *name = arena_printf(app->arena, "%s-track%u.%s.sql", plan_id(app->arena, plan), i + 1,
                                        plan->tracks.items[i].dialect);
        const char *path = path_join(app->arena, folder, name);
        rc = file_write(path, (struct slice){out.ptr, out.len}, false, err);
        if (rc) {
            return rc;
        }
        printf("%s\n", path);
    }
    return 0;
}

static int run(struct app *app, struct err *err)
{
    struct plan *plan = NULL;
    int rc = plan_load(app->arena, args_word(&app->args, 0), &plan, err);
    if (rc) {
        return rc;
    }
    const char *folder = args_text(&app->args, "out");
    if (folder) {
        return write_files(app, plan, folder, err);
    }
    AUTO(strbuf_release) struct strbuf out = STRBUF_INIT;
    unsigned shown = 0;
    for (unsigned i = 0; i < plan->tracks.n && rc == 0; i++) {
        if (wanted(app, plan, i)) {
            shown++;
            rc = plan_script(app, plan, i, true, &out, err);
        }
    }
    if (rc) {
        return rc;
    }
    if (shown == 0) {
        err_set(err, ERR_USAGE, "no target of the plan matches \"%s\"", app->target ? app->target : "*");
        return err_hint(err, "The targets stand in the plan's \"targets\" list.");
    }
    if (shown > 1) {
        print_warning(
            app,
            "this plan has %u scripts, one after the other; choose one with -t, or write each to a file "
            "with --out FOLDER",
            shown);
    }
    fwrite(strbuf_cstr(&out), 1, out.len, stdout);
    return 0;
}

const struct command command_render = {
    .name = "render",
    .group = GROUP_ORCHESTRATION,
    .summary = "print the SQL of a plan",
    .description =
        "Prints exactly what apply would run, in order: the statements, the transactions around them and the "
        "bookkeeping, as a script for psql, mariadb or sqlite3. Run by hand it leaves the database as apply "
        "would, history included.\n\nTargets of one dialect and position share a script.",
    .arguments =
        (const struct argument_spec[]){{.name = "PLAN", .help = "a plan file", .complete = COMPLETE_PLAN},
                                       {0}},
    .options = (const struct option_spec[]){{'o', "out", "FOLDER", .help = "write one file for each script",
                                             .complete = COMPLETE_FOLDER},
                                            {0}},
    .examples = (const struct example[]){{"lockstep render plans/dev-3f9a1c2b4d5e.yaml", "read it"},
                                         {"lockstep render plans/dev-3f9a1c2b4d5e.yaml | sqlite3 dev.db",
                                          "run it by hand"},
                                         {0}},
    .run = run,
};
