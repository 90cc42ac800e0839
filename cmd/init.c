/* lockstep init: the files of a new project. It asks nothing and overwrites nothing. */
#include "base/file.h"
#include "base/str.h"
#include "cmd/init_alembic.h"
#include "cmd/report.h"
#include <unistd.h>

static const char project_text[] = "# What this folder is about. Every path is relative to this file.\n"
                                   "project: %s\n"
                                   "revisions: revisions          # changes to the schema, one file each\n"
                                   "environments: environments    # where they go, one file an environment\n"
                                   "plans: plans                  # saved plans\n"
                                   "default_environment: dev\n";

static const char environment_text[] =
    "# %s\n"
    "environment: %s\n"
    "%s%s%s"
    "targets:\n"
    "  - name: main\n"
    "    url: sqlite:///%s.db    # or postgresql://user@host/database, mysql://user@host/database\n"
    "%s";

static const char password_text[] = "    # password: ${env:DATABASE_PASSWORD}    # also ${file:...} and "
                                    "${exec:...}; never written down here\n";

static const char first_revision[] = "-- revision: 000000000001\n"
                                     "-- revises:\n"
                                     "-- message: create notes\n"
                                     "\n"
                                     "-- An example to begin with: change it, or delete the file.\n"
                                     "\n"
                                     "-- upgrade\n"
                                     "CREATE TABLE notes (\n"
                                     "    id integer NOT NULL PRIMARY KEY,\n"
                                     "    body varchar(200) NOT NULL\n"
                                     ");\n"
                                     "\n"
                                     "-- downgrade\n"
                                     "DROP TABLE notes;\n";

struct new_file {
    const char *name; /* relative to the folder */
    struct slice text;
    bool same; /* exists with this very text */
};
typedef VEC(struct new_file) new_files_t;

static void add_file(struct arena *a, new_files_t *files, const char *name, const char *text)
{
    *vec_push(a, files) = (struct new_file){.name = name, .text = slice_of(text)};
}

static void add_environment(struct arena *a, new_files_t *files, const char *name, const char *what,
                            const char *promotes_from, bool last)
{
    const char *text = arena_printf(a, environment_text, what, name, promotes_from ? "promotes_from: " : "",
                                    promotes_from ? promotes_from : "", promotes_from ? "\n" : "", name,
                                    last ? password_text : "");
    add_file(a, files, arena_printf(a, "environments/%s.yaml", name), text);
}

static void list_files(struct arena *a, const char *project, new_files_t *files)
{
    add_file(a, files, "lockstep.yaml", arena_printf(a, project_text, project));
    add_environment(a, files, "dev", "Where revisions are tried first.", NULL, false);
    add_environment(a, files, "staging", "What dev has proved comes here.", "dev", false);
    add_environment(a, files, "production", "What staging has proved comes here.", "staging", true);
    add_file(a, files, "revisions/000000000001_create_notes.sql", first_revision);
    add_file(a, files, ".gitignore", "/.lockstep/\n*.db\n*.db-journal\n*.db-shm\n*.db-wal\n");
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_name_char(char c)
{
    return is_letter(c) || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

/* A name that YAML reads as a text without quotes. */
static bool is_plain_name(const char *name)
{
    static const char *const taken[] = {"null", "true", "false", "yes", "no", "on", "off", "y", "n"};
    for (size_t i = 0; i < COUNT_OF(taken); i++) {
        if (strcasecmp(name, taken[i]) == 0) {
            return false;
        }
    }
    size_t n = 0;
    while (is_name_char(name[n])) {
        n++;
    }
    return is_letter(name[0]) && name[n] == '\0' && n < 64;
}

/* --name, or the folder's own name as far as it makes one. */
static int project_name(struct app *app, const char *dir, const char **out, struct err *err)
{
    const char *asked = args_text(&app->args, "name");
    if (asked) {
        *out = asked;
        if (is_plain_name(asked)) {
            return 0;
        }
        err_set(err, ERR_USAGE, "--name \"%s\" does not make a project's name", asked);
        return err_hint(err, "Begin with a letter and go on with letters, digits, \"-\" and \"_\".");
    }
    char path[4096];
    const char *full = realpath(dir, path) ? path : dir;
    char *name = arena_dup(app->arena, path_basename(full));
    for (char *p = name; *p; p++) {
        if (!is_name_char(*p)) {
            *p = '_';
        }
    }
    *out = is_plain_name(name) ? name : "project";
    return 0;
}

/* Files that are there with another text make init stop before it writes anything. */
static int check_existing(struct arena *a, const char *dir, new_files_t *files, struct err *err)
{
    AUTO(strbuf_release) struct strbuf different = STRBUF_INIT;
    struct new_file *f;
    vec_each (f, files) {
        const char *path = path_join(a, dir, f->name);
        struct slice text;
        if (access(path, F_OK) != 0) {
            continue;
        }
        f->same = file_read(a, path, 0, &text, NULL) == 0 && text.len == f->text.len &&
                  memcmp(text.ptr, f->text.ptr, text.len) == 0;
        if (!f->same) {
            strbuf_addf(&different, "%s%s", different.len ? ", " : "", f->name);
        }
    }
    if (different.len) {
        err_set(err, ERR_FILE, "nothing was written, because there is already %s", strbuf_cstr(&different));
        return err_hint(err,
                        "Choose another folder with \"lockstep init FOLDER\", or move what is there away.");
    }
    return 0;
}

static int write_files(struct arena *a, const char *dir, const new_files_t *files, struct err *err)
{
    const struct new_file *f;
    vec_each (f, files) {
        int rc = f->same ? 0 : file_write(path_join(a, dir, f->name), f->text, true, err);
        if (rc) {
            return rc;
        }
    }
    return 0;
}

static void print_json(const char *dir, const new_files_t *files)
{
    json_t *made = json_array(), *kept = json_array();
    const struct new_file *f;
    vec_each (f, files) {
        json_array_append_new(f->same ? kept : made, json_text(f->name));
    }
    json_print(json_pack("{s:o, s:o, s:o}", "folder", json_text(dir), "made", made, "unchanged", kept));
}

static void print_text(struct app *app, const char *dir, const new_files_t *files)
{
    const struct new_file *f;
    vec_each (f, files) {
        printf("%s %s\n", f->same ? "kept" : "made", path_join(app->arena, dir, f->name));
    }
    if (app->quiet) {
        return;
    }
    printf("\nThree environments on SQLite files and one example revision are ready. Next:\n");
    if (strcmp(dir, ".") != 0) {
        printf("  cd %s\n", dir);
    }
    printf("  lockstep status                        what each environment has, and what it lacks\n"
           "  lockstep apply dev                     bring dev up to date\n"
           "  lockstep promote dev staging           then take to staging what dev has\n"
           "  lockstep revision -m \"add a column\"    write the next change\n");
}

static int run(struct app *app, struct err *err)
{
    const char *dir = args_word(&app->args, 0), *template = args_text(&app->args, "template");
    template = template ? template : app->target; /* -t, as Alembic has it */
    if (template) {
        return init_alembic(app, template, dir ? dir : "alembic", err);
    }
    if (args_flag(&app->args, "package")) {
        err_set(err, ERR_USAGE, "--package is for Alembic projects");
        return err_hint(err, "Give --template generic besides.");
    }
    dir = dir ? dir : ".";
    const char *name = NULL;
    new_files_t files = {0};
    int rc = project_name(app, dir, &name, err);
    if (rc) {
        return rc;
    }
    rc = file_mkdirs(dir, err);
    if (rc) {
        return rc;
    }
    list_files(app->arena, name, &files);
    rc = check_existing(app->arena, dir, &files, err);
    if (rc) {
        return rc;
    }
    rc = write_files(app->arena, dir, &files, err);
    if (rc) {
        return rc;
    }
    if (app->json) {
        print_json(dir, &files);
    } else {
        print_text(app, dir, &files);
    }
    return 0;
}

const struct command command_init = {
    .name = "init",
    .group = GROUP_PROJECT,
    .summary = "make a new project that works at once",
    .description =
        "Writes lockstep.yaml, the environments dev, staging and production on SQLite files, a folder "
        "of revisions with one example, and a .gitignore. It asks nothing and overwrites nothing: "
        "where a file of one of these names has another content, nothing is written. The project is called "
        "as the "
        "folder is; --name gives another name.",
    .arguments = (const struct argument_spec[]){{.name = "FOLDER",
                                                 .help = "where; made when missing (default: here)",
                                                 .complete = COMPLETE_FOLDER,
                                                 .optional = true},
                                                {0}},
    .options =
        (const struct option_spec[]){
            {0, "template", "NAME",
             .help = "make an Alembic project instead: see list_templates; -t does the same"},
            {0, "package", NULL, .help = "with --template: make Python packages of the folders"},
            {0}},
    .examples = (const struct example[]){{"lockstep init", "make a project in this folder"},
                                         {"lockstep init shop", "make it in the new folder shop"},
                                         {"lockstep init --template generic migrations",
                                          "an alembic.ini and scripts"},
                                         {0}},
    .run = run,
};
