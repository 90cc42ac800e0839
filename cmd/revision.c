/* lockstep revision */
#include "base/file.h"
#include "cmd/autogenerate.h"
#include "cmd/report.h"
#include "cmd/revision_file.h"

/* What the new revision follows: --head, or the only head; nothing for "base" and in an empty project. */
static int find_parents(struct app *app, struct graph *g, revisions_t *out, struct err *err)
{
    const char *head = args_text(&app->args, "head");
    if (!head && g->heads.n > 1) {
        AUTO(strbuf_release) struct strbuf list = STRBUF_INIT;
        for (size_t i = 0; i < g->heads.n && i < 12; i++) {
            strbuf_addf(&list, "%s%s", i ? ", " : "", g->heads.items[i]->id);
        }
        err_set(err, ERR_USAGE,
                "Multiple heads are present; please specify the head revision on which the new revision "
                "should be "
                "based, or perform a merge");
        return err_hint(err, "Name one with --head, or join them first with \"lockstep merge\": %s.",
                        strbuf_cstr(&list));
    }
    if (g->all.n == 0 && (!head || strncmp(head, "head", 4) == 0)) {
        return 0;
    }
    int rc = graph_resolve(app->arena, g, NULL, head ? head : "head", out, err);
    if (rc) {
        return rc;
    }
    return revision_check_parents(out, args_flag(&app->args, "splice"), err);
}

/* Labels stay labels; the beginning of an id becomes the whole. */
static int find_dependencies(struct app *app, struct graph *g, strings_t *out, struct err *err)
{
    strings_t asked = {0};
    args_list(app->arena, &app->args, "depends-on", &asked);
    for (size_t i = 0; i < asked.n; i++) {
        struct revision *r = graph_find(g, asked.items[i]);
        int rc = r ? 0 : graph_lookup(g, asked.items[i], &r, err);
        if (rc) {
            return err_wrap(err, "--depends-on");
        }
        *vec_push(app->arena, out) = graph_find(g, asked.items[i]) ? asked.items[i] : r->id;
    }
    return 0;
}

/* One that is not there yet is the same by its name. */
static bool same_folder(struct app *app, const char *a, const char *b)
{
    char real_a[4096], real_b[4096];
    return strcmp(path_absolute(app->arena, a), path_absolute(app->arena, b)) == 0 ||
           (realpath(a, real_a) && realpath(b, real_b) && strcmp(real_a, real_b) == 0);
}

/* The project's folder that the file is in, or below. NULL: none. */
static const char *folder_of(struct app *app, const struct project *p, const char *file)
{
    for (char *folder = path_dirname(app->arena, file); strchr(folder, '/');
         folder = path_dirname(app->arena, folder)) {
        for (size_t i = 0; i < p->nrevisions; i++) {
            if (same_folder(app, p->revisions[i], folder)) {
                return p->revisions[i];
            }
        }
        if (strcmp(folder, "/") == 0) {
            break;
        }
    }
    return NULL;
}

/* --version-path, else where the parent is, else the only folder. */
static int find_folder(struct app *app, const revisions_t *parents, const char **out, struct err *err)
{
    const char *asked = args_text(&app->args, "version-path");
    struct project *p = NULL;
    int rc = app_project(app, &p, err);
    if (rc) {
        return rc;
    }
    AUTO(strbuf_release) struct strbuf list = STRBUF_INIT;
    for (size_t i = 0; i < p->nrevisions; i++) {
        if (asked && (same_folder(app, p->revisions[i], asked) ||
                      same_folder(app, p->revisions[i], path_join(app->arena, p->dir, asked)))) {
            *out = p->revisions[i];
            return 0;
        }
        strbuf_addf(&list, "%s%s", i ? ", " : "", p->revisions[i]);
    }
    if (asked) {
        err_set(err, ERR_USAGE, "Path %s is not represented in current version locations", asked);
        return err_hint(err, "%s names %s.", p->file, strbuf_cstr(&list));
    }
    const char *of_parent = parents->n && parents->items[0]->file && p->nrevisions > 1
                                ? folder_of(app, p, path_absolute(app->arena, parents->items[0]->file))
                                : NULL;
    if (of_parent) {
        *out = of_parent;
        return 0;
    }
    if (p->nrevisions > 1) {
        err_set(err, ERR_USAGE, "Multiple version locations present, please specify --version-path");
        return err_hint(err, "Choose one with --version-path: %s.", strbuf_cstr(&list));
    }
    *out = p->revisions[0];
    return 0;
}

static int check_options(const struct args *args, struct err *err)
{
    if (args_flag(args, "sql")) {
        return err_set(err, ERR_USAGE,
                       "Using --sql with the revision command when revision_environment is not "
                       "configured does not make any sense");
    }
    return 0;
}

static void print_nothing(struct app *app)
{
    if (app->json) {
        json_print(json_pack("{s:n, s:n}", "id", "file"));
    } else {
        printf("No new upgrade operations detected: no file is written.\n");
    }
}

static int run(struct app *app, struct err *err)
{
    struct graph *g = NULL;
    int rc = check_options(&app->args, err);
    rc = rc ? rc : app_graph(app, &g, err);
    if (rc) {
        return rc;
    }
    revisions_t parents = {0};
    rc = find_parents(app, g, &parents, err);
    if (rc) {
        return rc;
    }
    struct new_revision n = {.id = args_text(&app->args, "rev-id"),
                             .message = args_text(&app->args, "message")};
    for (size_t i = 0; i < parents.n; i++) {
        *vec_push(app->arena, &n.revises) = parents.items[i]->id;
    }
    args_list(app->arena, &app->args, "branch-label", &n.labels);
    rc = find_dependencies(app, g, &n.depends_on, err);
    if (rc) {
        return rc;
    }
    rc = find_folder(app, &parents, &n.folder, err);
    struct autogenerated generated;
    bool asked = args_flag(&app->args, "autogenerate");
    rc = rc || !asked ? rc : autogenerate(app, &generated, err);
    if (rc) {
        return rc;
    }
    if (asked && generated.changes.n == 0) {
        print_nothing(app);
        return 0;
    }
    if (asked) {
        n.upgrade = &generated.upgrade;
        n.downgrade = &generated.downgrade;
        n.dialect = generated.dialect;
    }
    if (asked && !app->json && !app->quiet) {
        autogenerate_print(app, &generated);
    }
    return revision_file_make(app, &n, err);
}

const struct command command_revision = {
    .name = "revision",
    .group = GROUP_REVISIONS,
    .summary = "begin a new revision file",
    .description =
        "Writes a new file into the folder of revisions, with the header filled in and empty sections "
        "for the SQL. It follows the head of the project, unless --head names another revision; "
        "\"--head base\" begins a history of its own. In an Alembic project the file is written in Python, "
        "from the "
        "project's script.py.mako.\n\n"
        "With --autogenerate a database at head is compared with the schema that the project wants, as "
        "\"lockstep check\" does, and the file holds the statements that lead there and back. It has to be "
        "read: "
        "what is dropped and made anew may have been renamed.",
    .options =
        (const struct option_spec[]){
            {'m', "message", "TEXT", .help = "what the revision does; becomes part of the file's name"},
            {0, "head", "REVISION", .help = "what it follows (default: head)", .complete = COMPLETE_REVISION},
            {0, "splice", NULL, .help = "allow --head to name a revision that is not a head"},
            {0, "branch-label", "LABEL", .help = "name the branch that begins here; may be repeated",
             .many = true},
            {0, "depends-on", "REVISION", .help = "must be applied before this one; may be repeated",
             .complete = COMPLETE_REVISION, .many = true},
            {0, "rev-id", "ID", .help = "use this id instead of a random one"},
            {0, "autogenerate", NULL,
             .help = "write what leads from the database to the schema that the project wants"},
            SCRATCH_OPTION,
            {0, "sql", NULL, .help = "not supported: a revision is a file"},
            {0, "version-path", "FOLDER", .help = "which of several folders to write to",
             .complete = COMPLETE_FOLDER},
            {0}},
    .examples =
        (const struct example[]){
            {"lockstep revision -m \"add phone number\"", "write the next change"},
            {"lockstep revision --autogenerate -m \"add phone number\"", "write it from the models"},
            {"lockstep revision -m \"import\" --head base --branch-label import",
             "begin an independent branch"},
            {"lockstep revision -m \"hot fix\" --head 3b1c --splice", "fork at an older revision"},
            {0}},
    .run = run,
};
