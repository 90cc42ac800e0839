/* The files of a new Alembic project, which Alembic itself takes as well. */
#include "cmd/init_alembic.h"
#include "base/file.h"
#include "cmd/report.h"
#include "engine/alembic/project/alembic_project.h"
#include "engine/alembic/project/mako.h"
#include "engine/alembic/project/templates/sql.h"
#include <dirent.h>
#include <errno.h>

const struct alembic_template alembic_templates[] = {
    {"generic", "Generic single-database configuration.", false, false},
    {"async", "Generic single-database configuration with an async dbapi.", true, false},
    {"pyproject", "pyproject configuration, based on the generic configuration.", false, true},
    {"pyproject_async", "pyproject configuration, with an async dbapi.", true, true},
    {0},
};

static int find(const char *name, const struct alembic_template **out, struct err *err)
{
    const char *names[16];
    size_t n = 0;
    if (strcmp(name, "alembic") == 0) {
        name = "generic";
    }
    for (const struct alembic_template *t = alembic_templates; t->name; t++) {
        names[n++] = t->name;
        if (strcmp(t->name, name) == 0) {
            *out = t;
            return 0;
        }
    }
    if (strcmp(name, "multidb") == 0) {
        err_set(err, ERR_REFUSED, "the template \"multidb\" is not supported");
        return err_hint(err, "Several databases are environments and targets of a lockstep.yaml.");
    }
    err_set(err, ERR_USAGE, "No such template %s", name);
    const char *nearest = str_nearest(name, names, n);
    return nearest ? err_hint(err, "Did you mean \"%s\"?", nearest)
                   : err_hint(err, "\"lockstep list_templates\" lists them.");
}

/* --- what is written */

struct new_file {
    const char *path;
    struct slice text;
    bool append;
};
struct making {
    struct app *app;
    const char *folder;
    const struct alembic_template *template;
    const char *ini, *toml;
    strings_t folders;
    VEC(struct new_file) files;
    strings_t notes;
};

static void add(struct making *m, const char *path, const char *text)
{
    *vec_push(m->app->arena, &m->files) = (struct new_file){.path = path, .text = slice_of(text)};
}

static const char *below(struct making *m, const char *name)
{
    return path_join(m->app->arena, m->folder, name);
}

/* The folder as alembic.ini names it: from its own folder, when that is the current one. */
static const char *location(struct making *m)
{
    const char *plain = path_join(m->app->arena, ".", m->folder);
    bool beside = m->folder[0] != '/' && !strchr(m->ini, '/') && !strchr(m->toml, '/');
    return beside ? arena_printf(m->app->arena, "%%(here)s/%s", plain)
                  : path_absolute(m->app->arena, m->folder);
}

static int render(struct making *m, const char *template, const char **out, struct err *err)
{
    AUTO(strbuf_release) struct strbuf quoted = STRBUF_INIT;
    AUTO(strbuf_release) struct strbuf text = STRBUF_INIT;
    mako_quote(&quoted, location(m));
    struct mako_name name = {"script_location", strbuf_cstr(&quoted)};
    int rc = mako_render("template", slice_of(template), &(struct mako_names){NULL, &name, 1}, &text, err);
    if (!rc) {
        *out = arena_dup(m->app->arena, strbuf_cstr(&text));
    }
    return rc;
}

static int add_ini(struct making *m, struct err *err)
{
    const char *text = NULL;
    if (file_exists(m->ini)) {
        *vec_push(m->app->arena, &m->notes) = arena_printf(m->app->arena, "File %s already exists, skipping",
                                                           path_absolute(m->app->arena, m->ini));
        return 0;
    }
    int rc = render(m, m->template->toml ? sql_templates_connection : sql_templates_alembic, &text, err);
    if (!rc) {
        add(m, m->ini, text);
    }
    return rc;
}

/* An existing pyproject.toml is about more than Alembic: the section goes to its end. */
static int add_toml(struct making *m, struct err *err)
{
    struct arena *a = m->app->arena;
    const char *text = NULL;
    struct slice known = {0};
    if (!m->template->toml) {
        return 0;
    }
    if (file_exists(m->toml) && alembic_toml_present(m->toml)) {
        *vec_push(a, &m->notes) =
            arena_printf(a, "File %s already exists and already has a [tool.alembic] section, skipping",
                         path_absolute(a, m->toml));
        return 0;
    }
    int rc = render(m, sql_templates_pyproject, &text, err);
    if (!rc && file_exists(m->toml)) {
        rc = file_read(a, m->toml, 0, &known, err);
        text = rc ? text
                  : arena_printf(a, "%s%s\n%s", known.ptr,
                                 known.len && known.ptr[known.len - 1] != '\n' ? "\n" : "", text);
    }
    if (!rc) {
        add(m, m->toml, text);
        m->files.items[m->files.n - 1].append = known.len > 0;
    }
    return rc;
}

static int plan_files(struct making *m, struct err *err)
{
    bool package = args_flag(&m->app->args, "package");
    *vec_push(m->app->arena, &m->folders) = m->folder;
    *vec_push(m->app->arena, &m->folders) = below(m, "versions");
    add(m, below(m, "env.py"), m->template->async ? sql_templates_env_async : sql_templates_env);
    add(m, below(m, "script.py.mako"), sql_templates_script);
    add(m, below(m, "README"), arena_printf(m->app->arena, "%s\n", m->template->summary));
    if (package) {
        add(m, below(m, "__init__.py"), "");
        add(m, below(m, "versions/__init__.py"), "");
    }
    int rc = add_toml(m, err);
    return rc ? rc : add_ini(m, err);
}

/* --- checks, before anything is written */

static int check_folder(const char *folder, struct err *err)
{
    for (const char *p = folder; *p; p++) {
        if ((unsigned char)*p < ' ' || strchr("%\"'\\$", *p)) {
            return err_set(err, ERR_USAGE, "the folder's name may not contain \"%c\"", *p);
        }
    }
    DIR *dir = opendir(folder);
    if (!dir) {
        return errno == ENOENT ? 0 : err_errno(err, folder, "cannot open the folder");
    }
    bool empty = true;
    for (const struct dirent *e = readdir(dir); e; e = readdir(dir)) {
        empty = empty && (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0);
    }
    closedir(dir);
    if (!empty) {
        err_set(err, ERR_FILE, "Directory %s already exists and is not empty", folder);
        return err_hint(err, "Name another folder.");
    }
    return 0;
}

static int choose_files(struct making *m, struct err *err)
{
    m->ini = "alembic.ini";
    m->toml = "pyproject.toml";
    for (size_t i = 0; i < m->app->config.n; i++) {
        const char *file = m->app->config.items[i];
        bool toml = strcmp(path_basename(file), "pyproject.toml") == 0;
        *(toml ? &m->toml : &m->ini) = file;
        size_t n = strlen(file);
        if (n > 5 && strcmp(file + n - 5, ".yaml") == 0) {
            err_set(err, ERR_USAGE, "--template makes an Alembic project, and -c names %s", file);
            return err_hint(err, "Leave --template out for a project of Lockstep's own.");
        }
    }
    return 0;
}

/* --- writing */

static int write_all(struct making *m, struct err *err)
{
    struct arena *a = m->app->arena;
    bool say = !m->app->quiet && !m->app->json;
    for (size_t i = 0; i < m->folders.n; i++) {
        bool there = file_exists(m->folders.items[i]);
        int rc = file_mkdirs(m->folders.items[i], err);
        if (rc) {
            return rc;
        }
        if (say && !there) {
            printf("Creating directory %s ...  done\n", path_absolute(a, m->folders.items[i]));
        }
    }
    const struct new_file *f;
    vec_each (f, &m->files) {
        int rc = file_write(f->path, f->text, !f->append, err);
        if (rc) {
            return rc;
        }
        if (say) {
            printf("%s %s ...  done\n", f->append ? "Appending to existing" : "Generating",
                   path_absolute(a, f->path));
        }
    }
    for (size_t i = 0; say && i < m->notes.n; i++) {
        printf("%s\n", m->notes.items[i]);
    }
    return 0;
}

static void print_end(struct making *m)
{
    struct app *app = m->app;
    if (app->json) {
        json_t *made = json_array();
        const struct new_file *f;
        vec_each (f, &m->files) {
            json_array_append_new(made, json_text(f->path));
        }
        json_print(json_pack("{s:o, s:o, s:o}", "folder", json_text(m->folder), "template",
                             json_text(m->template->name), "made", made));
    } else if (!app->quiet && m->template->toml) {
        printf("Please edit configuration settings in %s and configuration/connection/logging settings in %s "
               "before "
               "proceeding.\n",
               path_absolute(app->arena, m->toml), path_absolute(app->arena, m->ini));
    } else if (!app->quiet) {
        printf("Please edit configuration/connection/logging settings in %s before proceeding.\n",
               path_absolute(app->arena, m->ini));
    }
}

int init_alembic(struct app *app, const char *name, const char *folder, struct err *err)
{
    struct making m = {.app = app, .folder = folder};
    int rc = find(name, &m.template, err);
    rc = rc ? rc : choose_files(&m, err);
    rc = rc ? rc : check_folder(folder, err);
    rc = rc ? rc : plan_files(&m, err);
    rc = rc ? rc : write_all(&m, err);
    if (!rc) {
        print_end(&m);
    }
    return rc;
}
