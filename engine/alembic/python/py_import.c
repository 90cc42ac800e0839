/*
 * Imports. Importing is free: a name stands for what was imported until it is used. Then it is a module or a
 * member of the vocabulary, or of the project; anything else is refused by name.
 *
 * Where an `except ImportError` decides what happens, what the import finds is looked at when it runs;
 * whether a module of others is installed cannot be known, and is refused.
 */
#include "engine/alembic/python/py_frame.h"

struct py_lazy {
    struct py_obj head;
    const char *module;
    const char *attr; /* NULL: the module itself */
    const char *full; /* `import a.b.c`: that, with module "a" */
};

const struct py_type py_type_lazy = {PY_TYPE_HEAD, .name = "module", .module = "", .plain = true};

/* --- finding modules --- */

static struct py_module *vocabulary_module(struct py *py, const char *name)
{
    const struct py_module_def *def = vocab_module(name);
    struct py_module *m = def ? py_module_add(py, def->name, NULL) : NULL;
    if (m) {
        py_module_source(m)->def = def;
        py_module_source(m)->package = def->name;
    }
    return m;
}

static const char *package_of(struct py *py, const char *name, bool is_package)
{
    const char *dot = strrchr(name, '.');
    return is_package ? name : dot ? arena_dupn(&py->arena, name, (size_t)(dot - name)) : "";
}

struct py_module *py_module_read(struct py *py, const char *name, const char *file, struct slice text,
                                 bool is_package)
{
    struct py_node *tree;
    struct err err;
    if (py_parse(&py->arena, file, text, &tree, &err) != 0) {
        py_stop_at(py, PY_REFUSED, ERR_REFUSED, "the module %s cannot be read: %s", name, err.message);
        err_place(&py->err, err.file, err.line, err.column);
        memcpy(py->err.excerpt, err.excerpt, sizeof(err.excerpt));
        return NULL;
    }
    struct py_module *m = py_module_add(py, name, arena_dup(&py->arena, file));
    if (m) {
        struct py_source *s = py_module_source(m);
        s->tree = tree;
        s->text = text;
        s->lazy = true;
        s->package = package_of(py, name, is_package);
    }
    return m;
}

struct py_module *py_project_module(struct py *py, const char *name)
{
    const struct py_loader *l = &py->options.loader;
    struct py_module *m = py_module_find(py, name);
    if (m || !l->find) {
        return m && m != py->main ? m : NULL;
    }
    for (size_t i = 0; i < py->absent.n; i++) {
        if (strcmp(py->absent.items[i], name) == 0) {
            return NULL;
        }
    }
    bool found = false, is_package = false;
    const char *file = NULL;
    struct slice text = {0};
    struct err err;
    name = arena_dup(&py->arena, name);
    if (l->find(l->arg, name, &found, &is_package, &file, &text, &err) != 0) {
        py_fail(py, &err);
        return NULL;
    }
    if (!found) {
        *vec_push(&py->arena, &py->absent) = name;
        return NULL;
    }
    return py_module_read(py, name, file ? file : name, text, is_package);
}

/* Of the vocabulary or the project; NULL: neither, or stopped. */
static struct py_module *any_module(struct py *py, const char *name)
{
    struct py_module *m = py_module_find(py, name);
    if (m && m != py->main) {
        return m;
    }
    const char *source = py->options.source ? py->options.source(name) : NULL;
    m = source ? NULL : vocabulary_module(py, name);
    source = source ? source : vocab_source(name);
    if (!m && py->stop == PY_RUNNING && source) {
        m = py_module_read(py, name, name, slice_of(source), false);
        if (m) {
            py_module_source(m)->library = true;
        }
        return m;
    }
    return m || py->stop != PY_RUNNING ? m : py_project_module(py, name);
}

/* The packages on the way to `full` that have no file of their own, from the first n bytes on. */
static struct py_module *namespaces(struct py *py, const char *full, size_t n, size_t end)
{
    struct py_module *first = NULL;
    while (n < end && py->stop == PY_RUNNING) {
        const char *name = arena_dupn(&py->arena, full, n);
        struct py_module *m = py_module_add(py, name, NULL);
        if (m) {
            py_module_source(m)->package = name;
        }
        first = first ? first : m;
        n += 1 + strcspn(full + n + 1, ".");
    }
    return first;
}

/* A package without a file of its own, known by a module in it. */
static struct py_module *namespace_module(struct py *py, const char *name, const char *full)
{
    size_t n = strlen(name), end = n;
    while (full && full[end] == '.') {
        end += 1 + strcspn(full + end + 1, ".");
        if (any_module(py, arena_dupn(&py->arena, full, end))) {
            return namespaces(py, full, n, end);
        }
        if (py->stop != PY_RUNNING) {
            return NULL;
        }
    }
    return NULL;
}

static pyv unknown_module(struct py *py, const char *module, const char *name)
{
    return name && strcmp(name, module) != 0
               ? py_refuse(
                     py,
                     "%s comes from the module %s, which is neither of this project nor known to Lockstep",
                     name, module)
               : py_refuse(py, "the module %s is neither of this project nor known to Lockstep", module);
}

pyv py_import(struct py *py, const char *name)
{
    struct py_module *m = any_module(py, name);
    return m ? &m->head : py->stop == PY_RUNNING ? unknown_module(py, name, NULL) : NULL;
}

static pyv resolve_member(struct py *py, const struct py_lazy *l, const char *name)
{
    struct py_module *m = any_module(py, l->module);
    pyv v = m ? py_module_attr(py, m, l->attr) : NULL;
    if (v || py->stop != PY_RUNNING) {
        return v;
    }
    if (!m) {
        /* A package without a file of its own may hold the module. */
        struct py_module *sub = any_module(py, arena_printf(&py->arena, "%s.%s", l->module, l->attr));
        return sub ? &sub->head : py->stop == PY_RUNNING ? unknown_module(py, l->module, name) : NULL;
    }
    if (py_module_source(m)->library) {
        return py_refuse(py, "%s.%s", l->module, l->attr);
    }
    return py_refuse(py, "cannot import name '%s' from '%s' (%s)", l->attr, l->module,
                     m->file ? m->file : "unknown location");
}

pyv py_lazy_resolve(struct py *py, pyv lazy, const char *name)
{
    const struct py_lazy *l = (const struct py_lazy *)(const void *)lazy;
    if (!py_enter(py)) {
        return NULL;
    }
    pyv v = NULL;
    if (l->attr) {
        v = resolve_member(py, l, name);
    } else {
        struct py_module *m = any_module(py, l->module);
        m = m || py->stop != PY_RUNNING ? m : namespace_module(py, l->module, l->full);
        v = m                        ? &m->head
            : py->stop == PY_RUNNING ? unknown_module(py, l->full ? l->full : l->module, name)
                                     : NULL;
    }
    py_leave(py);
    return v;
}

/* --- from x import * --- */

static bool public_name(struct py *py, struct py_module *m, const char *name)
{
    const struct py_source *s = m->private;
    if (s->def || !py_units_have(py, m, "__all__")) {
        return name[0] != '_';
    }
    pyv all = py_module_global(py, m, "__all__");
    pyv key = all ? py_str_of(py, name) : NULL;
    return key && py_contains(py, all, key) == 1;
}

static struct py_module *star_of(struct py *py, struct py_module *m, const char *name)
{
    struct py_source *s = py_module_source(m);
    if (py_units_stars(py, m) != 0 || s->nstars == 0 || !py_enter(py)) {
        return NULL;
    }
    struct py_module *found = NULL;
    for (size_t i = s->nstars; i-- > 0 && !found && py->stop == PY_RUNNING;) {
        if (s->stars[i] != m && py_module_binds(py, s->stars[i], name) &&
            public_name(py, s->stars[i], name)) {
            found = s->stars[i];
        }
    }
    py_leave(py);
    return py->stop == PY_RUNNING ? found : NULL;
}

bool py_star_has(struct py *py, struct py_module *m, const char *name)
{
    return star_of(py, m, name) != NULL;
}

pyv py_star_find(struct py *py, struct py_module *m, const char *name)
{
    struct py_module *from = star_of(py, m, name);
    pyv v = from ? py_module_attr(py, from, name) : NULL;
    return v && py_dict_set_str(py, &m->dict->head, name, v) == 0 ? v : NULL;
}

static int import_star(struct py *py, const char *module)
{
    struct py_module *m = py->frame->module;
    struct py_source *s = py_module_source(m);
    struct py_module *from = any_module(py, module);
    if (py->stop != PY_RUNNING) {
        return -1;
    }
    if (!from || ((struct py_source *)(uintptr_t)from->private)->def) {
        s->star_unknown = module;
    }
    if (!from) {
        return 0;
    }
    /* What it binds takes the place of what is there, except where the place in the file is not known. */
    size_t at = 0;
    pyv key, value;
    while (!s->lazy && py_dict_next(&m->dict->head, &at, &key, &value)) {
        const char *name = py_cstr(py, key);
        if (name && py_module_binds(py, from, name) && public_name(py, from, name)) {
            pyv v = py_module_attr(py, from, name);
            if (!v || py_dict_set_str(py, &m->dict->head, name, v) != 0) {
                return -1;
            }
        }
    }
    struct py_module **more = py_alloc_array(py, s->nstars + 1, sizeof(struct py_module *));
    if (!more || py->stop != PY_RUNNING) {
        return -1;
    }
    if (s->nstars) {
        memcpy(more, s->stars, s->nstars * sizeof(struct py_module *));
    }
    more[s->nstars++] = from;
    s->stars = more;
    return 0;
}

/* --- where a failing import would be caught --- */

/* Modules that every Python brings along; those of the vocabulary are not needed here. */
static const char *const standard[] = {
    "abc",          "argparse",    "array",
    "ast",          "asyncio",     "atexit",
    "base64",       "binascii",    "bisect",
    "builtins",     "bz2",         "calendar",
    "codecs",       "collections", "concurrent",
    "configparser", "contextlib",  "contextvars",
    "copy",         "csv",         "ctypes",
    "dataclasses",  "datetime",    "decimal",
    "difflib",      "dis",         "email",
    "enum",         "errno",       "fnmatch",
    "fractions",    "functools",   "gc",
    "getpass",      "gettext",     "glob",
    "graphlib",     "gzip",        "hashlib",
    "heapq",        "hmac",        "html",
    "http",         "importlib",   "inspect",
    "io",           "ipaddress",   "itertools",
    "json",         "keyword",     "linecache",
    "locale",       "logging",     "lzma",
    "math",         "mimetypes",   "multiprocessing",
    "numbers",      "operator",    "os",
    "pathlib",      "pickle",      "pkgutil",
    "platform",     "pprint",      "queue",
    "random",       "re",          "reprlib",
    "sched",        "secrets",     "select",
    "shelve",       "shlex",       "shutil",
    "signal",       "socket",      "sqlite3",
    "ssl",          "stat",        "statistics",
    "string",       "struct",      "subprocess",
    "sys",          "tarfile",     "tempfile",
    "textwrap",     "threading",   "time",
    "timeit",       "traceback",   "types",
    "typing",       "unicodedata", "unittest",
    "urllib",       "uuid",        "warnings",
    "weakref",      "xml",         "zipfile",
    "zlib",         "zoneinfo",
};

static bool is_standard(const char *module)
{
    size_t n = strcspn(module, ".");
    for (size_t i = 0; i < COUNT_OF(standard); i++) {
        if (strncmp(standard[i], module, n) == 0 && standard[i][n] == '\0') {
            return true;
        }
    }
    return false;
}

static bool failure_is_caught(const struct py_frame *frame)
{
    for (size_t i = 0; i < frame->nblocks; i++) {
        const struct py_block *b = &frame->blocks[i];
        for (size_t k = 0; b->kind == PY_BLOCK_TRY && k < b->node->handlers.n; k++) {
            if (py_handler_catches(&b->node->handlers.items[k], "ImportError")) {
                return true;
            }
        }
    }
    return false;
}

/* The module, and the member unless NULL, must be there or not, and it must be known which. */
static int must_be_known(struct py *py, const char *module, const char *attr)
{
    struct py_module *m = any_module(py, module);
    if (py->stop != PY_RUNNING) {
        return -1;
    }
    if (!m && attr && any_module(py, arena_printf(&py->arena, "%s.%s", module, attr))) {
        return 0;
    }
    if (!m && is_standard(module)) {
        return 0;
    }
    if (!m) {
        py_refuse(py, "an import inside try: whether the module %s is installed is not known", module);
        return -1;
    }
    const struct py_source *s = m->private;
    if (!attr || s->def || py_module_binds(py, m, attr) || py_units_have(py, m, "__getattr__") ||
        py_project_module(py, arena_printf(&py->arena, "%s.%s", module, attr))) {
        return py->stop == PY_RUNNING ? 0 : -1;
    }
    if (py->stop == PY_RUNNING) {
        py_raise(py, "ImportError", "cannot import name '%s' from '%s' (%s)", attr, module,
                 m->file ? m->file : "unknown location");
    }
    return -1;
}

/* --- the statements --- */

static int bind(struct py *py, const char *name, const char *module, const char *attr, const char *full)
{
    struct py_lazy *l = py_object_new(py, &py_type_lazy, sizeof(*l));
    if (!l) {
        return -1;
    }
    l->module = module;
    l->attr = attr;
    l->full = full;
    return py_store(py, name, &l->head);
}

/* Names are compared by address: that of the variable, when a function has one. */
static const char *first_part(struct py *py, const char *name, size_t n)
{
    const struct py_env *env = py->frame->env;
    const py_names_t *lists[] = {env ? &env->scope->locals : NULL, env ? &env->scope->globals : NULL,
                                 env ? &env->scope->nonlocals : NULL};
    for (size_t k = 0; k < COUNT_OF(lists); k++) {
        for (size_t i = 0; lists[k] && i < lists[k]->n; i++) {
            if (strncmp(lists[k]->items[i], name, n) == 0 && lists[k]->items[i][n] == '\0') {
                return lists[k]->items[i];
            }
        }
    }
    return arena_dupn(&py->arena, name, n);
}

static int import_modules(struct py *py, const struct py_node *node, bool caught)
{
    for (size_t i = 0; i < node->aliases.n; i++) {
        const struct py_alias *a = &node->aliases.items[i];
        if (caught && must_be_known(py, a->name, NULL) != 0) {
            return -1;
        }
        const char *dot = strchr(a->name, '.');
        int rc;
        if (a->as || !dot) {
            rc = bind(py, a->as ? a->as : a->name, a->name, NULL, NULL);
        } else {
            const char *top = first_part(py, a->name, (size_t)(dot - a->name));
            rc = bind(py, top, top, NULL, a->name);
        }
        if (rc) {
            return -1;
        }
    }
    return 0;
}

const char *py_import_absolute(struct py *py, const struct py_module *m, const struct py_node *node)
{
    if (node->level == 0) {
        return node->name;
    }
    const struct py_source *s = m->private;
    size_t n = strlen(s->package);
    if (n == 0) {
        return py_raise(py, "ImportError", "attempted relative import with no known parent package");
    }
    for (int i = 1; i < node->level; i++) {
        while (n > 0 && s->package[n - 1] != '.') {
            n--;
        }
        if (n == 0) {
            return py_raise(py, "ImportError", "attempted relative import beyond top-level package");
        }
        n--;
    }
    bool more = node->name && node->name[0];
    return arena_printf(&py->arena, "%.*s%s%s", (int)n, s->package, more ? "." : "", more ? node->name : "");
}

static int import_members(struct py *py, const struct py_node *node, bool caught)
{
    const char *module = py_import_absolute(py, py->frame->module, node);
    if (!module) {
        return -1;
    }
    if (strcmp(module, "__future__") == 0) {
        return 0;
    }
    for (size_t i = 0; i < node->aliases.n; i++) {
        const struct py_alias *a = &node->aliases.items[i];
        if (strcmp(a->name, "*") == 0) {
            return import_star(py, module);
        }
        if (caught && must_be_known(py, module, a->name) != 0) {
            return -1;
        }
        if (bind(py, a->as ? a->as : a->name, module, a->name, NULL) != 0) {
            return -1;
        }
    }
    return 0;
}

int py_import_statement(struct py *py, const struct py_node *node)
{
    bool caught = failure_is_caught(py->frame);
    return node->kind == PY_IMPORT ? import_modules(py, node, caught) : import_members(py, node, caught);
}
