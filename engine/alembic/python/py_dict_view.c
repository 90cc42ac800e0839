/* keys(), values() and items() of a dict, and iterating over it. */
#include "engine/alembic/python/py_dict.h"
#include "engine/alembic/python/py_set.h"

/* --- iterators --- */

struct dict_iterator {
    struct py_obj head;
    struct py_dict *dict; /* NULL: used up */
    enum py_view kind;
    size_t at, live;
    bool reverse;
};

static struct py_dict_entry *next_entry(struct dict_iterator *it)
{
    struct py_dict *d = it->dict;
    while (it->reverse ? it->at > 0 : it->at < d->n) {
        size_t i = it->reverse ? --it->at : it->at++;
        if (i < d->n && d->entries[i].key) {
            return &d->entries[i];
        }
    }
    return NULL;
}

static pyv dict_iterator_next(struct py *py, pyv self)
{
    struct dict_iterator *it = (struct dict_iterator *)(void *)self;
    if (!it->dict) {
        return NULL;
    }
    if (it->dict->live != it->live) {
        it->live = SIZE_MAX; /* it goes on raising */
        return py_raise(py, "RuntimeError", "dictionary changed size during iteration");
    }
    size_t before = it->at;
    struct py_dict_entry *e = next_entry(it);
    if (!py_scan(py, it->at > before ? it->at - before : before - it->at)) {
        return NULL;
    }
    if (!e) {
        it->dict = NULL;
        return NULL;
    }
    if (it->kind == PY_VIEW_ITEMS) {
        return py_tuple_new(py, (pyv[]){e->key, e->value}, 2);
    }
    return it->kind == PY_VIEW_KEYS ? e->key : e->value;
}

#define ITERATOR(text)                                                                                       \
    {                                                                                                        \
        PY_TYPE_HEAD, .name = (text), .module = "", .plain = true, .iter = py_iter_self,                     \
                      .next = dict_iterator_next                                                             \
    }
static const struct py_type iterator_types[2][3] = {
    {ITERATOR("dict_keyiterator"), ITERATOR("dict_valueiterator"), ITERATOR("dict_itemiterator")},
    {ITERATOR("dict_reversekeyiterator"), ITERATOR("dict_reversevalueiterator"),
     ITERATOR("dict_reverseitemiterator")},
};

pyv py_dict_iterator(struct py *py, enum py_view kind, pyv dict, bool reverse)
{
    struct dict_iterator *it = py_object_new(py, &iterator_types[reverse][kind], sizeof(*it));
    if (!it) {
        return NULL;
    }
    it->dict = (struct py_dict *)(void *)dict;
    it->kind = kind;
    it->live = it->dict->live;
    it->reverse = reverse;
    it->at = reverse ? it->dict->n : 0;
    return &it->head;
}

/* --- views --- */

struct dict_view {
    struct py_obj head;
    pyv dict;
    enum py_view kind;
};

static const struct py_type view_types[3];

static struct dict_view *view_of(pyv v)
{
    return v->type == &view_types[PY_VIEW_KEYS] || v->type == &view_types[PY_VIEW_ITEMS]
               ? (struct dict_view *)(void *)v
               : NULL;
}

static pyv view_iter(struct py *py, pyv self)
{
    struct dict_view *view = (struct dict_view *)(void *)self;
    return py_dict_iterator(py, view->kind, view->dict, false);
}

static int64_t view_len(struct py *py, pyv self)
{
    (void)py;
    return (int64_t)py_dict_len(((struct dict_view *)(void *)self)->dict);
}

static int view_repr(struct py *py, pyv self, struct strbuf *out)
{
    struct py_list *list = (struct py_list *)(void *)py_listed(py, self);
    if (!list) {
        return -1;
    }
    strbuf_adds(out, TYPE_NAME(self));
    return py_repr_items(py, self, list->items, list->n, "([", "])", "...", out);
}

static int items_contains(struct py *py, pyv dict, pyv item)
{
    struct py_list *pair = py_is(item, &py_type_tuple) ? py_list_of(item) : NULL;
    if (!pair || pair->n != 2) {
        return 0;
    }
    pyv value = py_dict_get(py, dict, pair->items[0]);
    return value ? py_same(py, value, pair->items[1]) : py_stopped(py) == PY_RUNNING ? 0 : -1;
}

static int view_contains(struct py *py, pyv self, pyv item)
{
    struct dict_view *view = (struct dict_view *)(void *)self;
    if (view->kind == PY_VIEW_ITEMS) {
        return items_contains(py, view->dict, item);
    }
    if (view->kind == PY_VIEW_KEYS) {
        return py_dict_get(py, view->dict, item) ? 1 : py_stopped(py) == PY_RUNNING ? 0 : -1;
    }
    pyv value;
    for (size_t at = 0; py_dict_next(view->dict, &at, NULL, &value);) {
        int same = py_spend(py, 1, 0) ? py_same(py, value, item) : -1;
        if (same) {
            return same;
        }
    }
    return 0;
}

/* A fresh set of what v gives. */
static struct py_set *set_from(struct py *py, pyv v)
{
    struct py_set *s = py_set_make(py, &py_type_set);
    const struct dict_view *view = view_of(v);
    bool keys = view && view->kind == PY_VIEW_KEYS;
    return s && py_set_update(py, s, keys ? view->dict : v) == 0 ? s : NULL;
}

/* Which of the two is walked decides the order of the result. */
static pyv view_intersection(struct py *py, pyv left, pyv right)
{
    if (!view_of(left)) {
        pyv other = left;
        left = right;
        right = other;
    }
    int64_t n = view_len(py, left);
    if (right->type == &py_type_set && n <= py_len(py, right)) {
        return (pyv)py_set_combine(py, &py_type_set, PY_OP_BITAND, (struct py_set *)(void *)right, left);
    }
    if (view_of(right) && view_len(py, right) > n) {
        pyv other = left;
        left = right;
        right = other;
    }
    pyv out = py_set_new(py), it = out ? py_iter(py, right) : NULL, item;
    while (it && (item = py_next(py, it)) != NULL) {
        int has = view_contains(py, left, item);
        if (has < 0 || (has && py_set_add(py, out, item) != 0)) {
            return NULL;
        }
    }
    return it && py_stopped(py) == PY_RUNNING ? out : NULL;
}

/* keys() and items() behave as sets: with any iterable for the operators, with sets for comparing. */
static pyv view_binary(struct py *py, enum py_op op, pyv left, pyv right)
{
    if ((!view_of(left) && !view_of(right)) ||
        (op != PY_OP_SUB && op != PY_OP_BITAND && op != PY_OP_BITOR && op != PY_OP_BITXOR)) {
        return &py_not_implemented;
    }
    if (op == PY_OP_BITAND) {
        return view_intersection(py, left, right);
    }
    struct py_set *out = set_from(py, left);
    return out && py_set_combine_into(py, op, out, right) == 0 ? &out->head : NULL;
}

static pyv view_compare(struct py *py, enum py_op op, pyv left, pyv right)
{
    if ((!view_of(left) && !py_set_of(left)) || (!view_of(right) && !py_set_of(right))) {
        return &py_not_implemented;
    }
    pyv s = (pyv)set_from(py, left), t = s ? (pyv)set_from(py, right) : NULL;
    return t ? py_compare(py, op, s, t) : NULL;
}

static pyv view_isdisjoint(struct py *py, pyv self, const struct py_args *args)
{
    pyv it = py_args_only(py, args, "isdisjoint", 1, 1) ? py_iter(py, args->pos[0]) : NULL, item;
    if (!it) {
        return NULL;
    }
    while ((item = py_next(py, it)) != NULL) {
        int has = view_contains(py, self, item);
        if (has) {
            return has < 0 ? NULL : &py_false;
        }
    }
    return py_stopped(py) == PY_RUNNING ? &py_true : NULL;
}

static pyv view_reversed(struct py *py, pyv self, const struct py_args *args)
{
    struct dict_view *view = (struct dict_view *)(void *)self;
    (void)args;
    return py_dict_iterator(py, view->kind, view->dict, true);
}

#define REVERSED                                                                                             \
    {                                                                                                        \
        "__reversed__", PY_DEF_METHOD, view_reversed, NULL, NULL                                             \
    }
static const struct py_def values_defs[] = {
    REVERSED,
    {"mapping", PY_DEF_REFUSED, NULL, NULL, "the attribute mapping of a dict's view"},
    {0},
};
static const struct py_def view_defs[] = {
    REVERSED,
    {"isdisjoint", PY_DEF_METHOD, view_isdisjoint, NULL, NULL},
    {"mapping", PY_DEF_REFUSED, NULL, NULL, "the attribute mapping of a dict's view"},
    {0},
};
#define VIEW(text, ...)                                                                                      \
    {                                                                                                        \
        PY_TYPE_HEAD, .name = (text), .module = "", .plain = true, .repr = view_repr, .len = view_len,       \
                      .contains = view_contains, .iter = view_iter, __VA_ARGS__                              \
    }
static const struct py_type view_types[3] = {
    [PY_VIEW_KEYS] = VIEW("dict_keys", .defs = view_defs, .binary = view_binary, .compare = view_compare,
                          .hash = py_unhashable),
    [PY_VIEW_VALUES] = VIEW("dict_values", .defs = values_defs),
    [PY_VIEW_ITEMS] = VIEW("dict_items", .defs = view_defs, .binary = view_binary, .compare = view_compare,
                           .hash = py_unhashable),
};

pyv py_dict_view(struct py *py, enum py_view kind, pyv dict)
{
    struct dict_view *view = py_object_new(py, &view_types[kind], sizeof(*view));
    if (!view) {
        return NULL;
    }
    view->dict = dict;
    view->kind = kind;
    return &view->head;
}
