/* The files an Alembic project is described in, and options looked up in them. */
#include "engine/alembic/project/config.h"
#include "base/file.h"
#include <stdarg.h>
#include <unistd.h>

static bool is_toml(const char *path)
{
    return strcmp(path_basename(path), "pyproject.toml") == 0;
}

/* Absolute, without looking at links: what %(here)s stands for. */
static const char *folder_of(struct arena *a, const char *file)
{
    char cwd[4096];
    const char *folder = path_dirname(a, file);
    if (folder[0] == '/' || !getcwd(cwd, sizeof(cwd))) {
        return folder;
    }
    return strcmp(folder, ".") == 0 ? arena_dup(a, cwd) : path_join(a, cwd, folder);
}

static struct toml_node *tool_alembic(const struct toml_doc *doc)
{
    return toml_get(toml_get(doc->root, "tool"), "alembic");
}

bool alembic_toml_present(const char *path)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct slice text;
    struct toml_doc *doc = NULL;
    return file_exists(path) && file_read(&a, path, TOML_FILE_MAX, &text, NULL) == 0 &&
           memmem(text.ptr, text.len, "alembic", 7) && toml_parse(&a, path, text, &doc, NULL) == 0 &&
           tool_alembic(doc);
}

static int open_ini(struct config *c, const char *path, struct err *err)
{
    struct slice text;
    int rc = file_read(c->arena, path, INI_FILE_MAX, &text, err);
    rc = rc ? rc : ini_parse(c->arena, path, text, &c->ini, err);
    if (rc) {
        return rc;
    }
    c->ini_file = path;
    c->ini_here = folder_of(c->arena, path);
    ini_default(c->ini, "here", c->ini_here);
    return 0;
}

static int open_toml(struct config *c, const char *path, struct err *err)
{
    struct slice text;
    int rc = file_read(c->arena, path, TOML_FILE_MAX, &text, err);
    rc = rc ? rc : toml_parse(c->arena, path, text, &c->toml, err);
    if (rc) {
        return rc;
    }
    c->tool = tool_alembic(c->toml);
    if (c->tool && c->tool->kind != TOML_TABLE) {
        return toml_error(c->toml, c->tool, err, "expected [tool.alembic] to be a table, found %s",
                          toml_kind_name(c->tool->kind));
    }
    c->toml_here = folder_of(c->arena, path);
    c->toml_file = c->tool ? path : NULL;
    return 0;
}

/* Names the files as Alembic does: -c at most once for either, else $ALEMBIC_CONFIG, else those here. *named:
 * the file has to be there. */
static int choose(const struct alembic_options *options, const char **ini, const char **toml, bool *named_ini,
                  bool *named_toml, struct err *err)
{
    const char *variable = getenv("ALEMBIC_CONFIG");
    *ini = *toml = NULL;
    for (size_t i = 0; i < options->nfiles; i++) {
        const char **one = is_toml(options->files[i]) ? toml : ini;
        if (*one) {
            return err_set(err, ERR_USAGE,
                           one == toml ? "pyproject.toml indicated more than once"
                                       : "only one ini file may be indicated");
        }
        *one = options->files[i];
    }
    *named_ini = *ini != NULL;
    *named_toml = *toml != NULL;
    if (variable && variable[0] && !options->nfiles) {
        *named_ini = !is_toml(variable);
        *named_toml = !*named_ini;
        *(*named_toml ? toml : ini) = variable;
    }
    *ini = *ini ? *ini : "alembic.ini";
    *toml = *toml ? *toml : "pyproject.toml";
    return 0;
}

static int check_section(const struct config *c, struct err *err)
{
    if (c->tool || (c->ini && ini_has_section(c->ini, c->section))) {
        return 0;
    }
    err_set(err, ERR_FILE, "No config file '%s' found, or file has no '[%s]' section",
            c->ini_file ? c->ini_file : "alembic.ini", c->section);
    err_place(err, c->ini_file ? c->ini_file : "", 0, 0);
    return err_hint(err, "Name the section with -n, or the file with -c."), ERR_FILE;
}

int config_open(struct arena *a, const struct alembic_options *options, struct config *out, struct err *err)
{
    struct config c = {.arena = a, .section = options->name ? options->name : "alembic"};
    const char *ini, *toml;
    bool named_ini = false, named_toml = false;
    int rc = choose(options, &ini, &toml, &named_ini, &named_toml, err);
    if (!rc && (named_ini || file_exists(ini))) {
        rc = open_ini(&c, ini, err);
    }
    if (!rc && (named_toml || file_exists(toml))) {
        rc = open_toml(&c, toml, err);
    }
    rc = rc ? rc : check_section(&c, err);
    if (!rc) {
        *out = c;
    }
    return rc;
}

static bool in_ini(const struct config *c, const char *name)
{
    return c->ini && ini_has(c->ini, c->section, name);
}

/* "%(here)s" and "%%", as Python's % with a dictionary of one. */
static int percent(const struct config *c, const struct toml_node *n, const char **out, struct err *err)
{
    AUTO(strbuf_release) struct strbuf text = STRBUF_INIT;
    struct slice rest = n->text;
    while (rest.len) {
        const char *at = memchr(rest.ptr, '%', rest.len);
        size_t len = at ? (size_t)(at - rest.ptr) : rest.len;
        strbuf_add(&text, rest.ptr, len);
        rest = (struct slice){rest.ptr + len, rest.len - len};
        if (slice_starts(rest, "%%")) {
            strbuf_addch(&text, '%');
            rest = (struct slice){rest.ptr + 2, rest.len - 2};
        } else if (slice_starts(rest, "%(here)s")) {
            strbuf_adds(&text, c->toml_here);
            rest = (struct slice){rest.ptr + 8, rest.len - 8};
        } else if (rest.len) {
            toml_error(c->toml, n, err, "expected %%%% or %%(here)s at \"%.*s\"",
                       (int)(rest.len < 20 ? rest.len : 20), rest.ptr);
            return err_hint(err, "Write %%%% for a percent sign."), ERR_FILE;
        }
    }
    if (memchr(strbuf_cstr(&text), '\0', text.len)) {
        return toml_error(c->toml, n, err, "a NUL character in the text");
    }
    *out = arena_dupn(c->arena, strbuf_cstr(&text), text.len);
    return 0;
}

int config_ini(const struct config *c, const char *name, const char **out, struct err *err)
{
    if (!in_ini(c, name)) {
        *out = NULL;
        return 0;
    }
    return ini_get(c->arena, c->ini, c->section, name, out, err);
}

int config_text(const struct config *c, const char *name, const char **out, struct err *err)
{
    const struct toml_node *n = in_ini(c, name) ? NULL : toml_get(c->tool, name);
    if (!n) {
        return config_ini(c, name, out, err);
    }
    if (n->kind == TOML_INTEGER) {
        *out = slice_dup(c->arena, n->text);
        return 0;
    }
    return n->kind == TOML_STRING ? percent(c, n, out, err)
                                  : toml_error(c->toml, n, err, "expected \"%s\" to be a string, found %s",
                                               name, toml_kind_name(n->kind));
}

int config_flag(const struct config *c, const char *name, bool *out, struct err *err)
{
    const struct toml_node *n = in_ini(c, name) ? NULL : toml_get(c->tool, name);
    const char *text = NULL;
    int rc = n ? 0 : config_ini(c, name, &text, err);
    if (!rc && n && n->kind != TOML_BOOLEAN) {
        rc = toml_error(c->toml, n, err, "boolean value expected for TOML parameter '%s'", name);
    }
    if (!rc) {
        *out = n ? n->boolean : text && strcmp(text, "true") == 0;
    }
    return rc;
}

/* --- lists of paths */

static void add_part(const struct config *c, struct slice part, strings_t *out)
{
    part = slice_strip(part);
    if (part.len) {
        *vec_push(c->arena, out) = slice_dup(c->arena, part);
    }
}

/* At each character that `at` holds; the legacy rules leave line ends alone. */
static void split(const struct config *c, const char *text, const char *at, strings_t *out)
{
    while (*text) {
        size_t n = strcspn(text, at);
        add_part(c, (struct slice){text, n}, out);
        text += n + (text[n] != '\0');
    }
}

static int separator(const struct config *c, bool versions, const char **out, struct err *err)
{
    static const char *const names[] = {"path_separator", "version_path_separator"};
    static const char *const known[][2] = {
        {"space", " "}, {"newline", "\n"}, {"os", ":"}, {":", ":"}, {";", ";"}};
    const char *word = NULL;
    size_t i = 0;
    for (; i < (versions ? 2u : 1u); i++) {
        int rc = config_ini(c, names[i], &word, err);
        if (rc || word) {
            if (rc) {
                return rc;
            }
            break;
        }
    }
    *out = NULL;
    for (size_t k = 0; word && k < COUNT_OF(known); k++) {
        *out = strcmp(word, known[k][0]) == 0 ? known[k][1] : *out;
    }
    return !word || *out
               ? 0
               : config_error(c, names[i], err,
                              "'%s' is not a valid value for %s; expected 'space', 'newline', 'os', ':', ';'",
                              word, names[i]);
}

static int toml_paths(const struct config *c, const struct toml_node *n, const char *name, strings_t *out,
                      struct err *err)
{
    for (size_t i = 0; n->kind == TOML_ARRAY && i < n->items.n; i++) {
        const struct toml_node *item = n->items.items[i];
        const char *text = NULL;
        if (item->kind != TOML_STRING) {
            return toml_error(c->toml, item, err, "expected a string in \"%s\", found %s", name,
                              toml_kind_name(item->kind));
        }
        int rc = percent(c, item, &text, err);
        if (rc) {
            return rc;
        }
        add_part(c, slice_of(text), out);
    }
    return n->kind == TOML_ARRAY
               ? 0
               : toml_error(c->toml, n, err, "expected \"%s\" to be a list of strings, found %s", name,
                            toml_kind_name(n->kind));
}

int config_paths(const struct config *c, const char *name, bool versions, const char *legacy, strings_t *out,
                 bool *found, struct err *err)
{
    const char *text = NULL, *at = NULL;
    int rc = config_ini(c, name, &text, err);
    if (rc) {
        return rc;
    }
    if (text && text[0]) {
        rc = separator(c, versions, &at, err);
        if (!rc) {
            split(c, text, at ? at : legacy, out);
            *found = true;
        }
        return rc;
    }
    const struct toml_node *n = toml_get(c->tool, name);
    *found = n != NULL;
    return n ? toml_paths(c, n, name, out, err) : 0;
}

int config_error(const struct config *c, const char *name, struct err *err, const char *fmt, ...)
{
    char message[1024];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(message, sizeof(message), fmt, ap);
    va_end(ap);
    if (in_ini(c, name)) {
        return ini_error(c->ini, c->section, name, err, "%s", message);
    }
    const struct toml_node *n = toml_get(c->tool, name);
    if (n) {
        return toml_error(c->toml, n, err, "%s", message);
    }
    err_set(err, ERR_FILE, "%s", message);
    return err_place(err, c->ini_file ? c->ini_file : c->toml_file, 0, 0);
}
