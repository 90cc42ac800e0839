/* lockstep lint */
#include "base/file.h"
#include "cmd/alembic_env.h"
#include "cmd/print.h"
#include "engine/alembic/survey.h"
#include <jansson.h>

static const char *const all_dialects[] = {"postgresql", "mysql", "sqlite"};

struct lint {
    struct app *app;
    struct graph *graph;
    const struct alembic_env *online, *offline;
    const char *out; /* folder for texts; NULL: none */
    json_t *json;    /* list of what was found; NULL: text */
    bool all_run;
};

static const char *direction(const struct survey_row *row)
{
    return row->downgrade ? "downgrade" : "upgrade";
}

static int write_text(const struct lint *l, const struct ddl_dialect *d, const struct survey_row *row,
                      json_t *o, struct err *err)
{
    struct err why = {0};
    AUTO(strbuf_release) struct strbuf text = STRBUF_INIT;
    int rc = survey_offline(l->offline, l->graph, row->revision, row->downgrade, d, &text, &why);
    if (o) {
        char place[4096];
        json_object_set_new(o, "offline",
                            json_string(rc == 0             ? "written"
                                        : rc == ERR_REFUSED ? "refused"
                                                            : "failed"));
        json_object_set_new(o, "offline_why", json_string(rc ? err_format(&why, place, sizeof(place)) : ""));
    }
    if (rc) {
        return 0;
    }
    AUTO(strbuf_release) struct strbuf id = STRBUF_INIT;
    for (const char *p = row->revision->id; *p; p++) {
        bool word =
            (*p >= '0' && *p <= '9') || (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') || *p == '_';
        strbuf_addch(&id, word ? *p : '_');
    }
    const char *name = arena_printf(l->app->arena, "%s/%s.%s.sql", d->name, strbuf_cstr(&id),
                                    row->downgrade ? "down" : "up");
    return file_write(path_join(l->app->arena, l->out, name), (struct slice){strbuf_cstr(&text), text.len},
                      false, err);
}

static int one_row(struct lint *l, const struct ddl_dialect *d, const struct survey_row *row, struct err *err)
{
    json_t *o = NULL;
    if (l->json) {
        o = json_object();
        json_object_set_new(o, "dialect", json_string(d->name));
        json_object_set_new(o, "revision", json_string(row->revision->id));
        json_object_set_new(o, "direction", json_string(direction(row)));
        json_object_set_new(o, "state", json_string(survey_state_name(row->state)));
        json_object_set_new(o, "file", json_string(row->err.file[0] ? row->err.file : row->revision->file));
        json_object_set_new(o, "line", json_integer(row->err.line));
        json_object_set_new(o, "why", json_string(row->err.message));
        json_array_append_new(l->json, o);
    }
    return l->out && row->state != SURVEY_MISSING ? write_text(l, d, row, o, err) : 0;
}

static void print_counts(const struct ddl_dialect *d, const survey_rows_t *rows)
{
    size_t n[SURVEY_STATE_COUNT] = {0};
    const struct survey_row *row;
    vec_each (row, rows) {
        n[row->state]++;
    }
    size_t native = n[SURVEY_KNOWN] + n[SURVEY_LIVE], all = rows->n - n[SURVEY_MISSING];
    printf("%s: %zu of %zu upgrades and downgrades run natively", d->name, native, all);
    if (n[SURVEY_LIVE]) {
        printf(" (%zu read the database as they run)", n[SURVEY_LIVE]);
    }
    if (n[SURVEY_PYTHON]) {
        printf(", %zu go through Python", n[SURVEY_PYTHON]);
    }
    printf("\n");
}

static void print_why(const survey_rows_t *rows)
{
    const struct survey_row *row;
    vec_each (row, rows) {
        if (row->state == SURVEY_REFUSED || row->state == SURVEY_FAILED || row->state == SURVEY_PYTHON) {
            const char *file = row->err.file[0] ? row->err.file : row->revision->file;
            printf("  %s %s: %s:%d: %s\n", row->revision->id, direction(row), file, row->err.line,
                   row->err.message);
        }
    }
}

static int one_dialect(struct lint *l, const char *name, struct err *err)
{
    const struct ddl_dialect *d = ddl_dialect_find(name);
    if (!d) {
        err_set(err, ERR_USAGE, "\"%s\" is no dialect", name);
        return err_hint(err, "Dialects are postgresql, mysql, mariadb and sqlite.");
    }
    survey_rows_t rows = {0};
    int rc = survey_run(l->app->arena, l->online, l->graph, d, &rows, err);
    const struct survey_row *row;
    vec_each (row, &rows) {
        l->all_run = l->all_run && row->state != SURVEY_REFUSED && row->state != SURVEY_FAILED;
        rc = rc ? rc : one_row(l, d, row, err);
    }
    if (rc == 0 && !l->json) {
        print_counts(d, &rows);
        print_why(&rows);
    }
    return rc;
}

static int run(struct app *app, struct err *err)
{
    struct lint l = {.app = app, .out = args_text(&app->args, "out"), .all_run = true};
    if (!args_flag(&app->args, "python")) {
        err_set(err, ERR_USAGE, "say what to look at: lockstep lint --python");
        return err_hint(err, "Rules about what SQL may lock or lose are not there yet.");
    }
    int rc = app_graph(app, &l.graph, err);
    rc = rc ? rc : app_alembic(app, false, &l.online, err);
    rc = rc || !l.out ? rc : app_alembic(app, true, &l.offline, err);
    if (rc) {
        return rc;
    }
    l.json = app->json ? json_array() : NULL;
    strings_t names = {0};
    args_list(app->arena, &app->args, "dialect", &names);
    size_t n = names.n ? names.n : COUNT_OF(all_dialects);
    for (size_t i = 0; i < n && rc == 0; i++) {
        rc = one_dialect(&l, names.n ? names.items[i] : all_dialects[i], err);
    }
    if (l.json && rc == 0) {
        json_dumpf(l.json, stdout, JSON_INDENT(2));
        printf("\n");
    }
    json_decref(l.json);
    return rc ? rc : l.all_run ? 0 : EXIT_DIFFERENCE;
}

const struct command command_lint = {
    .name = "lint",
    .group = GROUP_REVISIONS,
    .summary = "tell which Python revisions run without Python",
    .description =
        "With --python: runs upgrade() and downgrade() of every revision in Python, without a database, and "
        "lists "
        "those that Lockstep does not run, with the place and what it does not know. Exits with 2 when there "
        "are "
        "any.\n\nA revision that reads the database runs as well, but its SQL is known only as it runs.",
    .options =
        (const struct option_spec[]){{0, "python", NULL, .help = "look at revisions in Python"},
                                     {0, "dialect", "NAME", .many = true,
                                      .choices = "postgresql|mysql|mariadb|sqlite",
                                      .help = "for this dialect (default: postgresql, mysql and sqlite)"},
                                     {0, "out", "FOLDER", .complete = COMPLETE_FOLDER,
                                      .help = "write the SQL of each revision there, as --sql prints it"},
                                     {0}},
    .examples = (const struct example[]){{"lockstep lint --python", "for every dialect"},
                                         {"lockstep lint --python --dialect postgresql", "for one"},
                                         {0}},
    .run = run,
};
