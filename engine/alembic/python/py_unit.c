/*
 * Modules of the project run lazily. Their top-level statements are units; a name that is asked for runs, in
 * the order of the file, the units that bind it or change what it holds, each once. What they need in turn is
 * found in the same way, but only as it was at that place of the file.
 *
 * A list, dict or set can be filled by other ways than by its name. When one is asked for, the units that
 * mention it, or a function that does, run as well.
 */
#include "engine/alembic/python/py_frame.h"
#include "engine/alembic/python/py_tree.h"

struct py_binding {
    struct py_binding *next; /* with the same hash */
    const char *name;
    struct units {
        size_t *items;
        size_t n, cap;
    } binds, mentions, within;
    struct units all; /* of a container: what has to do with it in any way */
    pyv *after;       /* one an item of binds: the value it left; NULL with one item */
    bool settled;     /* all of them have run */
};

#define BUCKETS 128u

struct py_binding_index {
    struct py_binding *buckets[BUCKETS];
    struct units stars; /* from x import * */
};

static size_t bucket_of(const char *name, size_t len)
{
    size_t h = 5381;
    for (size_t i = 0; i < len; i++) {
        h = h * 33 + (unsigned char)name[i];
    }
    return h % BUCKETS;
}

static struct py_binding *binding_of(const struct py_binding_index *index, const char *name, size_t len)
{
    struct py_binding *b = index->buckets[bucket_of(name, len)];
    while (b && (strncmp(b->name, name, len) != 0 || b->name[len])) {
        b = b->next;
    }
    return b;
}

static void add_unit(struct py *py, struct units *units, size_t u)
{
    if (units->n == 0 || units->items[units->n - 1] != u) {
        *vec_push(&py->arena, units) = u;
    }
}

struct indexer {
    struct py *py;
    struct py_source *source;
    struct py_binding_index *index;
    size_t unit;
};

static void touched(void *arg, enum py_touch how, const char *name)
{
    struct indexer *x = arg;
    if (strcmp(name, "*") == 0) {
        add_unit(x->py, &x->index->stars, x->unit);
        return;
    }
    size_t len = strcspn(name, "."); /* `import a.b` binds a */
    struct py_binding *b = binding_of(x->index, name, len);
    if (!b) {
        size_t at = bucket_of(name, len);
        b = arena_alloc(&x->py->arena, sizeof(*b));
        b->name = arena_dupn(&x->py->arena, name, len);
        b->next = x->index->buckets[at];
        x->index->buckets[at] = b;
    }
    if (how == PY_BINDS) {
        *vec_push(&x->py->arena, &x->source->units[x->unit].names) = b;
    }
    add_unit(x->py, how == PY_BINDS ? &b->binds : how == PY_MENTIONS ? &b->mentions : &b->within, x->unit);
}

static struct py_binding_index *index_of(struct py *py, struct py_source *s)
{
    if (!s->index) {
        size_t n = s->tree->body.n;
        struct indexer x = {.py = py, .source = s};
        x.index = s->index = arena_alloc(&py->arena, sizeof(*s->index));
        s->units = arena_array(&py->arena, n ? n : 1, sizeof(*s->units));
        s->nunits = s->now = n;
        for (x.unit = 0; x.unit < n; x.unit++) {
            py_statement_names(s->tree->body.items[x.unit], touched, &x);
        }
    }
    return s->index;
}

/* --- running --- */

/* Keep what names that several units bind stand for now. */
static void keep_values(struct py *py, const struct py_module *m, size_t u)
{
    const struct py_source *s = m->private;
    for (size_t i = 0; i < s->units[u].names.n; i++) {
        struct py_binding *b = s->units[u].names.items[i];
        if (!b->after && b->binds.n > 1) {
            b->after = arena_array(&py->arena, b->binds.n, sizeof(*b->after));
        }
        for (size_t k = 0; b->after && k < b->binds.n; k++) {
            if (b->binds.items[k] == u) {
                b->after[k] = py_dict_get_str(py, &m->dict->head, b->name);
            }
        }
    }
}

static int run_unit(struct py *py, struct py_module *m, size_t u)
{
    struct py_source *s = py_module_source(m);
    struct py_node *const *items = s->tree->body.items;
    py_nodes_t body = {.items = (struct py_node **)(uintptr_t)(items + u), .n = 1};
    size_t before = s->now;
    s->units[u].running = true;
    s->now = u;
    int rc = py_module_body(py, m, &body);
    s->now = before;
    s->units[u].running = false;
    s->units[u].done = true;
    keep_values(py, m, u);
    if (rc && py->stop == PY_RAISED) {
        /* In Python the import has failed before, and not the use. */
        struct py_exception *e = (struct py_exception *)(void *)py->exception;
        struct err err;
        py_error(py, &err);
        py_clear(py);
        py_stop_at(py, PY_REFUSED, ERR_REFUSED, "the module %s raises %s", m->name, err.message);
        err_place(&py->err, e->file, e->line, e->column);
    }
    return rc;
}

static bool is_container(pyv v)
{
    return v && (py_is(v, &py_type_list) || py_is(v, &py_type_dict) || py_is(v, &py_type_set));
}

/* What the name stood for after the last of its units before the place where the module stands, when later
 * ones have run already. Not for containers: they have changed since. */
static pyv value_then(struct py *py, const struct py_module *m, const struct py_binding *b)
{
    const struct py_source *s = m->private;
    pyv v = NULL;
    for (size_t i = 0; i < b->binds.n && b->binds.items[i] < s->now; i++) {
        v = b->after ? b->after[i] : NULL;
    }
    if (!v || is_container(v)) {
        return py_refuse(py, "%s of the module %s, which is changed at several places of it", b->name,
                         m->name);
    }
    return v;
}

/* Run those that come before the place where the module stands. 1: later ones have run. */
static int run_units(struct py *py, struct py_module *m, const struct units *units)
{
    struct py_source *s = py_module_source(m);
    for (size_t i = 0; i < units->n; i++) {
        size_t u = units->items[i];
        if (u >= s->now && s->units[u].done) {
            return 1;
        }
        if (u < s->now && !s->units[u].running && !s->units[u].done && run_unit(py, m, u) != 0) {
            return -1;
        }
    }
    return 0;
}

/* Units whose own expressions name a definition in whose body the name stands: they may call it. */
static void add_callers(struct py *py, const struct py_source *s, const struct py_binding *b,
                        struct units *out)
{
    for (size_t i = 0; i < b->within.n; i++) {
        const struct py_node *def = s->tree->body.items[b->within.items[i]];
        if (def->kind != PY_FUNCTION && def->kind != PY_CLASS) {
            continue;
        }
        const struct py_binding *d = binding_of(s->index, def->name, strlen(def->name));
        for (size_t k = 0; d && k < d->mentions.n; k++) {
            add_unit(py, out, d->mentions.items[k]);
        }
    }
}

static int ascending(const void *a, const void *b)
{
    size_t x = *(const size_t *)a, y = *(const size_t *)b;
    return x < y ? -1 : x > y;
}

/* All that may have to do with what a container holds, in the order of the file. */
static struct units touching(struct py *py, const struct py_source *s, const struct py_binding *b)
{
    struct units all = {0};
    for (size_t i = 0; i < b->binds.n; i++) {
        add_unit(py, &all, b->binds.items[i]);
    }
    for (size_t i = 0; i < b->mentions.n; i++) {
        add_unit(py, &all, b->mentions.items[i]);
    }
    add_callers(py, s, b, &all);
    qsort(all.items, all.n, sizeof(*all.items), ascending);
    return all;
}

static bool all_done(const struct py_source *s, const struct units *units)
{
    for (size_t i = 0; i < units->n; i++) {
        if (!s->units[units->items[i]].done) {
            return false;
        }
    }
    return true;
}

int py_units_bind(struct py *py, struct py_module *m, const char *name, pyv *then)
{
    struct py_source *s = py_module_source(m);
    struct py_binding *b = binding_of(index_of(py, s), name, strlen(name));
    if (!b || b->binds.n == 0 || (b->settled && s->now == s->nunits)) {
        return 0;
    }
    if (s->index->stars.n && s->index->stars.items[s->index->stars.n - 1] > b->binds.items[0] &&
        py_star_has(py, m, name)) {
        py_refuse(py, "%s of the module %s, which a later \"import *\" may change", name, m->name);
        return -1;
    }
    struct units first = {.items = b->binds.items, .n = 1};
    int rc = run_units(py, m, &first);
    if (rc == 0 && is_container(py_dict_get_str(py, &m->dict->head, name)) && !b->all.n) {
        b->all = touching(py, s, b);
    }
    const struct units *units = b->all.n ? &b->all : &b->binds;
    rc = rc ? rc : run_units(py, m, units);
    if (rc == 1) {
        *then = value_then(py, m, b);
    }
    b->settled = rc == 0 && s->now == s->nunits && all_done(s, units);
    return py->stop == PY_RUNNING ? 0 : -1;
}

bool py_units_have(struct py *py, struct py_module *m, const char *name)
{
    struct py_source *s = py_module_source(m);
    if (!s->tree) {
        return false;
    }
    const struct py_binding *b = binding_of(index_of(py, s), name, strlen(name));
    return b && b->binds.n;
}

int py_unit_run(struct py *py, struct py_module *m, size_t unit)
{
    struct py_source *s = py_module_source(m);
    index_of(py, s);
    return s->units[unit].done || s->units[unit].running ? 0 : run_unit(py, m, unit);
}

int py_units_stars(struct py *py, struct py_module *m)
{
    struct py_source *s = py_module_source(m);
    if (!s->lazy || s->stars_known) {
        return 0;
    }
    const struct py_binding_index *index = index_of(py, s);
    s->stars_known = true;
    for (size_t i = 0; i < index->stars.n; i++) {
        if (run_unit(py, m, index->stars.items[i]) != 0) {
            return -1;
        }
    }
    return 0;
}

/* --- a whole body --- */

int py_module_body(struct py *py, struct py_module *m, const py_nodes_t *body)
{
    struct py_frame frame = {.back = py->frame, .module = m};
    if (!py_enter(py)) {
        return -1;
    }
    py->frame = &frame;
    frame.at = body->n ? body->items[0] : NULL;
    enum py_flow flow = py_block_push(py, &frame, PY_BLOCK_PLAIN, body->n ? body->items[0] : NULL, body)
                            ? py_frame_run(py, &frame)
                            : PY_FLOW_STOP;
    py_frame_done(py, &frame);
    py->frame = frame.back;
    py_leave(py);
    return flow == PY_FLOW_RETURN ? 0 : -1;
}

int py_run_module(struct py *py, const char *name, const struct py_node *tree, const char *file,
                  struct slice text, pyv *module)
{
    struct py_module *m = py_module_add(py, name, file);
    if (!m) {
        return -1;
    }
    struct py_source *s = py_module_source(m);
    s->tree = tree;
    s->text = text;
    s->package = "";
    py->main = m;
    int rc = py_module_body(py, m, &tree->body);
    if (rc == 0 && module) {
        *module = &m->head;
    }
    return rc;
}
