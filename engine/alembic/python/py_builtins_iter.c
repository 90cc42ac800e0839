/* Builtin functions and types that iterate: map, filter, zip, enumerate and reversed are lazy, as in Python.
 */
#include "engine/alembic/python/py_builtins.h"
#include "engine/alembic/python/py_list.h"

struct iterator {
    struct py_obj head;
    pyv function; /* map, filter (NULL: by truth); iter(): what is called; reversed: the sequence */
    pyv *sources;
    size_t n;
    int64_t count; /* enumerate, reversed */
    bool strict, done;
};

static struct iterator *iterator_new(struct py *py, const struct py_type *type, pyv const *sources, size_t n)
{
    struct iterator *it = py_object_new(py, type, sizeof(*it));
    if (!it) {
        return NULL;
    }
    it->n = n;
    it->sources = py_alloc_array(py, n ? n : 1, sizeof(*it->sources));
    for (size_t i = 0; it->sources && i < n; i++) {
        it->sources[i] = py_iter(py, sources[i]);
        if (!it->sources[i]) {
            return NULL;
        }
    }
    return it->sources ? it : NULL;
}

static struct iterator *iterator_of(pyv v)
{
    return (struct iterator *)(void *)v;
}

#define ITERATOR_TYPE(id, text)                                                                              \
    const struct py_type py_type_##id = {                                                                    \
        PY_TYPE_HEAD,         .name = (text),   .module = "", .plain = true, .construct = id##_construct,    \
        .iter = py_iter_self, .next = id##_next}

/* --- map, filter --- */

static pyv map_construct(struct py *py, const struct py_type *type, const struct py_args *args)
{
    if (args->nkw) {
        return py_raise(py, "TypeError", "map() takes no keyword arguments");
    }
    if (args->npos < 2) {
        return py_raise(py, "TypeError", "map() must have at least two arguments.");
    }
    struct iterator *it = iterator_new(py, type, args->pos + 1, args->npos - 1);
    if (!it) {
        return NULL;
    }
    it->function = args->pos[0];
    return &it->head;
}

static pyv map_next(struct py *py, pyv self)
{
    struct iterator *it = iterator_of(self);
    pyv *values = py_alloc_array(py, it->n, sizeof(*values));
    for (size_t i = 0; values && i < it->n; i++) {
        values[i] = py_next(py, it->sources[i]);
        if (!values[i]) {
            return NULL;
        }
    }
    return values ? py_call(py, it->function, &(struct py_args){.pos = values, .npos = it->n}) : NULL;
}

ITERATOR_TYPE(map, "map");

static pyv filter_construct(struct py *py, const struct py_type *type, const struct py_args *args)
{
    struct iterator *it =
        py_args_only(py, args, "filter", 2, 2) ? iterator_new(py, type, args->pos + 1, 1) : NULL;
    if (!it) {
        return NULL;
    }
    bool by_truth = py_is_none(args->pos[0]) || args->pos[0] == (pyv)(uintptr_t)&py_type_bool.head;
    it->function = by_truth ? NULL : args->pos[0];
    return &it->head;
}

static pyv filter_next(struct py *py, pyv self)
{
    struct iterator *it = iterator_of(self);
    pyv item;
    while ((item = py_next(py, it->sources[0])) != NULL) {
        pyv good = it->function ? py_call1(py, it->function, item) : item;
        int truth = good && py_spend(py, 1, 0) ? py_truth(py, good) : -1;
        if (truth) {
            return truth < 0 ? NULL : item;
        }
    }
    return NULL;
}

ITERATOR_TYPE(filter, "filter");

/* --- zip --- */

static pyv zip_construct(struct py *py, const struct py_type *type, const struct py_args *args)
{
    static const struct py_arg table[] = {{"strict", PY_ARG_KEYWORD}, {0}};
    struct py_args keywords = {.names = args->names, .values = args->values, .nkw = args->nkw};
    pyv in[1] = {0};
    if (!py_bind_native(py, "zip", &keywords, table, in)) {
        return NULL;
    }
    int strict = in[0] ? py_truth(py, in[0]) : 0;
    for (size_t i = 0; i < args->npos; i++) {
        if (!args->pos[i]->type->mro && args->pos[i]->type->module && !args->pos[i]->type->module[0] &&
            !PY_SLOT(args->pos[i]->type, iter)) {
            return py_raise(py, "TypeError", "'%s' object is not iterable", TYPE_NAME(args->pos[i]));
        }
    }
    struct iterator *it = strict < 0 ? NULL : iterator_new(py, type, args->pos, args->npos);
    if (!it) {
        return NULL;
    }
    it->strict = strict;
    it->done = it->n == 0;
    return &it->head;
}

/* strict: the others must be used up when source i is. */
static void *zip_end(struct py *py, struct iterator *it, size_t i)
{
    it->done = true;
    if (!it->strict || py_stopped(py) != PY_RUNNING) {
        return NULL;
    }
    if (i > 0) {
        return py_raise(py, "ValueError", "zip() argument %zu is shorter than argument%s%zu", i + 1,
                        i == 1 ? " " : "s 1-", i);
    }
    for (i = 1; i < it->n; i++) {
        if (py_next(py, it->sources[i])) {
            return py_raise(py, "ValueError", "zip() argument %zu is longer than argument%s%zu", i + 1,
                            i == 1 ? " " : "s 1-", i);
        }
        if (py_stopped(py) != PY_RUNNING) {
            return NULL;
        }
    }
    return NULL;
}

static pyv zip_next(struct py *py, pyv self)
{
    struct iterator *it = iterator_of(self);
    if (it->done) {
        return NULL;
    }
    struct py_list *tuple = py_list_sized(py, &py_type_tuple, it->n);
    for (size_t i = 0; tuple && i < it->n; i++) {
        tuple->items[i] = py_next(py, it->sources[i]);
        if (!tuple->items[i]) {
            return zip_end(py, it, i);
        }
    }
    return (pyv)tuple;
}

ITERATOR_TYPE(zip, "zip");

/* --- enumerate --- */

static pyv enumerate_construct(struct py *py, const struct py_type *type, const struct py_args *args)
{
    static const struct py_arg table[] = {{"iterable", PY_ARG_REQUIRED}, {"start", 0}, {0}};
    pyv in[2] = {0};
    int64_t start = 0;
    if (args->npos + args->nkw == 0) {
        return py_raise(py, "TypeError", "enumerate() missing required argument 'iterable'");
    }
    if (!py_bind_native(py, "enumerate", args, table, in) || (in[1] && !py_index_of(py, in[1], &start))) {
        return NULL;
    }
    struct iterator *it = iterator_new(py, type, in, 1);
    if (!it) {
        return NULL;
    }
    it->count = start;
    return &it->head;
}

static pyv enumerate_next(struct py *py, pyv self)
{
    struct iterator *it = iterator_of(self);
    pyv item = py_next(py, it->sources[0]);
    if (!item) {
        return NULL;
    }
    pyv pair[] = {it->count == INT64_MAX ? py_int_overflow(py) : py_int_new(py, it->count), item};
    it->count++;
    return pair[0] ? py_tuple_new(py, pair, 2) : NULL;
}

ITERATOR_TYPE(enumerate, "enumerate");

/* --- reversed --- */

static pyv reversed_construct(struct py *py, const struct py_type *type, const struct py_args *args)
{
    if (args->npos != 1 || args->nkw) {
        return args->nkw ? py_raise(py, "TypeError", "reversed() takes no keyword arguments")
                         : py_raise(py, "TypeError", "reversed expected 1 argument, got %zu", args->npos);
    }
    pyv v = args->pos[0], method = v->type->mro ? py_dunder(py, v, "__reversed__") : NULL;
    if (method || py_stopped(py) != PY_RUNNING) {
        return method ? py_call(py, method, PY_NO_ARGS) : NULL;
    }
    const struct py_def *def = py_type_def(v->type, "__reversed__");
    if (def && def->kind == PY_DEF_METHOD) {
        return def->fn(py, v, PY_NO_ARGS);
    }
    if (py_is(v, &py_type_list)) {
        return py_list_reversed(py, v);
    }
    bool sequence = v->type->mro ? py_dunder(py, v, "__getitem__") && py_dunder(py, v, "__len__")
                                 : PY_SLOT(v->type, getitem) && PY_SLOT(v->type, len);
    bool text = PY_AS(str, v) || py_list_of(v) || PY_AS(bytes, v);
    if (!sequence && !text) {
        return py_raise(py, "TypeError", "'%s' object is not reversible", TYPE_NAME(v));
    }
    int64_t n = py_len(py, v);
    struct iterator *it = n < 0 ? NULL : iterator_new(py, type, NULL, 0);
    if (!it) {
        return NULL;
    }
    it->function = v;
    it->count = n;
    return &it->head;
}

static pyv reversed_next(struct py *py, pyv self)
{
    struct iterator *it = iterator_of(self);
    if (it->count <= 0) {
        return NULL;
    }
    pyv index = py_int_new(py, --it->count);
    return index ? py_getitem(py, it->function, index) : NULL;
}

ITERATOR_TYPE(reversed, "reversed");

/* --- iter, next --- */

static pyv callable_next(struct py *py, pyv self)
{
    struct iterator *it = iterator_of(self);
    pyv v = it->done ? NULL : py_call(py, it->function, PY_NO_ARGS);
    int same = v ? py_same(py, v, it->sources[0]) : -1;
    it->done = it->done || same != 0;
    return same == 0 ? v : NULL;
}

static const struct py_type callable_iterator_type = {PY_TYPE_HEAD,         .name = "callable_iterator",
                                                      .module = "",         .plain = true,
                                                      .iter = py_iter_self, .next = callable_next};

pyv py_builtin_iter(struct py *py, pyv self, const struct py_args *args)
{
    (void)self;
    if (!py_args_only(py, args, "iter", 1, 2)) {
        return NULL;
    }
    if (args->npos == 1) {
        return py_iter(py, args->pos[0]);
    }
    pyv callable = py_builtin_callable(py, NULL, &(struct py_args){.pos = args->pos, .npos = 1});
    if (callable != &py_true) {
        return callable ? py_raise(py, "TypeError", "iter(v, w): v must be callable") : NULL;
    }
    struct iterator *it = iterator_new(py, &callable_iterator_type, NULL, 0);
    if (!it) {
        return NULL;
    }
    it->function = args->pos[0];
    it->sources[0] = args->pos[1];
    return &it->head;
}

pyv py_builtin_next(struct py *py, pyv self, const struct py_args *args)
{
    (void)self;
    if (!py_args_only(py, args, "next", 1, 2)) {
        return NULL;
    }
    if (args->npos == 1) {
        return py_next_or_raise(py, args->pos[0]);
    }
    pyv v = py_next(py, args->pos[0]);
    return v || py_stopped(py) != PY_RUNNING ? v : args->pos[1];
}

/* --- all, any, sorted --- */

static pyv all_or_any(struct py *py, const struct py_args *args, const char *name, bool stop_at)
{
    pyv it = py_args_only(py, args, name, 1, 1) ? py_iter(py, args->pos[0]) : NULL, item;
    if (!it) {
        return NULL;
    }
    while ((item = py_next(py, it)) != NULL) {
        int truth = py_spend(py, 1, 0) ? py_truth(py, item) : -1;
        if (truth < 0) {
            return NULL;
        }
        if (truth == stop_at) {
            return py_bool(stop_at);
        }
    }
    return py_stopped(py) == PY_RUNNING ? py_bool(!stop_at) : NULL;
}

pyv py_builtin_all(struct py *py, pyv self, const struct py_args *args)
{
    (void)self;
    return all_or_any(py, args, "all", false);
}

pyv py_builtin_any(struct py *py, pyv self, const struct py_args *args)
{
    (void)self;
    return all_or_any(py, args, "any", true);
}

pyv py_builtin_sorted(struct py *py, pyv self, const struct py_args *args)
{
    static const struct py_arg table[] = {{"key", PY_ARG_KEYWORD}, {"reverse", PY_ARG_KEYWORD}, {0}};
    struct py_args keywords = {.names = args->names, .values = args->values, .nkw = args->nkw};
    pyv in[2] = {0};
    (void)self;
    if (args->npos != 1) {
        return py_raise(py, "TypeError", "sorted expected 1 argument, got %zu", args->npos);
    }
    if (!py_bind_native(py, "sort", &keywords, table, in)) {
        return NULL;
    }
    int reverse = in[1] ? py_truth(py, in[1]) : 0;
    pyv list = reverse < 0 ? NULL : py_listed(py, args->pos[0]);
    return list && py_list_sort(py, (struct py_list *)(void *)list, in[0], reverse) == 0 ? list : NULL;
}
