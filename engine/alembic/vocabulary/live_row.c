/* Rows: tuples whose items have names, and their mappings. */
#include "engine/alembic/vocabulary/live.h"

static struct live_row *self_of(pyv self)
{
    return (struct live_row *)(void *)self;
}

pyv live_row_new(struct py *py, const struct live_result *r, size_t index)
{
    struct live_row *row = py_object_new(py, &live_type_row, sizeof(*row));
    if (!row) {
        return NULL;
    }
    row->result = r;
    row->index = index;
    row->values = py_alloc_array(py, r->rows.ncols, sizeof(*row->values));
    return row->values ? (pyv)row : NULL;
}

/* Values are made when somebody looks: one of a type that is refused does no harm unseen. */
pyv live_row_value(struct py *py, const struct live_row *row, size_t column)
{
    const struct live_result *r = row->result;
    if (!row->values[column]) {
        const struct ddl_type *type = r->types && column < r->ntypes ? r->types[column] : NULL;
        row->values[column] = live_cell(py, rowset_cell(&r->rows, row->index, column),
                                        rowset_kind(&r->rows, row->index, column), type);
    }
    return row->values[column];
}

static size_t width(const struct live_row *row)
{
    return row->result->rows.ncols;
}

static pyv as_tuple(struct py *py, const struct live_row *row)
{
    for (size_t i = 0; i < width(row); i++) {
        if (!live_row_value(py, row, i)) {
            return NULL;
        }
    }
    return py_tuple_new(py, row->values, width(row));
}

/* The value of that name; NULL without an exception when there is none. Two columns of one name are an error,
 * as in SQLAlchemy. */
static pyv by_name(struct py *py, const struct live_row *row, struct slice name)
{
    size_t at = width(row);
    for (size_t i = 0; i < width(row); i++) {
        if (slice_eq(name, row->result->rows.names[i])) {
            if (at < width(row)) {
                return py_raise(py, "sqlalchemy.exc.InvalidRequestError",
                                "Ambiguous column name '%.*s' in result set column descriptions",
                                (int)name.len, name.ptr);
            }
            at = i;
        }
    }
    return at < width(row) ? live_row_value(py, row, at) : NULL;
}

static pyv row_getattr(struct py *py, pyv self, const char *name)
{
    return by_name(py, self_of(self), slice_of(name));
}

static pyv row_getitem(struct py *py, pyv self, pyv key)
{
    int64_t at, n = (int64_t)width(self_of(self));
    if (py_as_int(key, &at) && at < n && at >= -n) {
        return live_row_value(py, self_of(self), (size_t)(at < 0 ? at + n : at));
    }
    pyv tuple = as_tuple(py, self_of(self));
    return tuple ? py_getitem(py, tuple, key) : NULL;
}

static int64_t row_len(UNUSED struct py *py, pyv self)
{
    return (int64_t)width(self_of(self));
}

static int row_contains(struct py *py, pyv self, pyv item)
{
    pyv tuple = as_tuple(py, self_of(self));
    return tuple ? py_contains(py, tuple, item) : -1;
}

static pyv row_iter(struct py *py, pyv self)
{
    pyv tuple = as_tuple(py, self_of(self));
    return tuple ? py_iter(py, tuple) : NULL;
}

static int row_repr(struct py *py, pyv self, struct strbuf *out)
{
    pyv tuple = as_tuple(py, self_of(self));
    return tuple ? py_repr(py, tuple, out) : -1;
}

static pyv row_compare(struct py *py, enum py_op op, pyv left, pyv right)
{
    pyv a = left->type == &live_type_row ? as_tuple(py, self_of(left)) : left;
    pyv b = right->type == &live_type_row ? as_tuple(py, self_of(right)) : right;
    return a && b ? py_compare(py, op, a, b) : NULL;
}

static int row_hash(struct py *py, pyv self, uint64_t *out)
{
    pyv tuple = as_tuple(py, self_of(self));
    return tuple ? py_hash(py, tuple, out) : -1;
}

static pyv names(struct py *py, const struct live_row *row)
{
    pyv list = py_list_new(py);
    for (size_t i = 0; list && i < width(row); i++) {
        if (py_list_append(py, list, py_str_borrow(py, slice_of(row->result->rows.names[i])))) {
            return NULL;
        }
    }
    return list;
}

static pyv asdict(struct py *py, pyv self, UNUSED const struct py_args *args)
{
    const struct live_row *row = self_of(self);
    pyv dict = py_dict_new(py);
    for (size_t i = 0; dict && i < width(row); i++) {
        pyv value = live_row_value(py, row, i);
        if (!value || py_dict_set(py, dict, py_str_borrow(py, slice_of(row->result->rows.names[i])), value)) {
            return NULL;
        }
    }
    return dict;
}

static pyv mapping_of(struct py *py, pyv self, UNUSED const struct py_args *args)
{
    struct live_row *copy = py_object_new(py, &live_type_mapping, sizeof(*copy));
    if (copy) {
        struct py_instance head = copy->head;
        *copy = *self_of(self);
        copy->head = head;
    }
    return (pyv)copy;
}

static pyv fields(struct py *py, pyv self, UNUSED const struct py_args *args)
{
    pyv list = names(py, self_of(self));
    struct py_list *l = (struct py_list *)(void *)list;
    return l ? py_tuple_new(py, l->items, l->n) : NULL;
}

static pyv tuple_method(struct py *py, pyv self, const char *name, const struct py_args *args)
{
    pyv tuple = as_tuple(py, self_of(self));
    return tuple ? py_call_method(py, tuple, name, args) : NULL;
}

static pyv count(struct py *py, pyv self, const struct py_args *args)
{
    return tuple_method(py, self, "count", args);
}

static pyv index_of(struct py *py, pyv self, const struct py_args *args)
{
    return tuple_method(py, self, "index", args);
}

static const struct py_def row_defs[] = {
    {"_asdict", PY_DEF_METHOD, asdict, NULL, NULL},   {"_mapping", PY_DEF_PROPERTY, mapping_of, NULL, NULL},
    {"_fields", PY_DEF_PROPERTY, fields, NULL, NULL}, {"count", PY_DEF_METHOD, count, NULL, NULL},
    {"index", PY_DEF_METHOD, index_of, NULL, NULL},   {0},
};

const struct py_type live_type_row = {.head = PY_TYPE_HEAD,
                                      .name = "Row",
                                      .module = "sqlalchemy.engine.row",
                                      .defs = row_defs,
                                      .getattr = row_getattr,
                                      .getitem = row_getitem,
                                      .len = row_len,
                                      .contains = row_contains,
                                      .iter = row_iter,
                                      .repr = row_repr,
                                      .compare = row_compare,
                                      .hash = row_hash};

/* A key may be a name or a column object, whose name counts. */
static pyv mapping_find(struct py *py, pyv self, pyv key)
{
    struct slice name = py_text(key);
    if (!name.ptr && py_is(key, &py_type_expr)) {
        const struct sql_expr *e = ((struct py_expr *)(void *)key)->expr;
        name = slice_of(e->key ? e->key : e->name.text);
    }
    return name.ptr ? by_name(py, self_of(self), name) : NULL;
}

static pyv mapping_getitem(struct py *py, pyv self, pyv key)
{
    pyv v = mapping_find(py, self, key);
    if (!v && py_stopped(py) == PY_RUNNING) {
        return py_raise(py, "sqlalchemy.exc.NoSuchColumnError",
                        "Could not locate column in row for column '%s'",
                        py_cstr(py, key) ? py_cstr(py, key) : py_repr_of(py, key));
    }
    return v;
}

static pyv mapping_get(struct py *py, pyv self, const struct py_args *args)
{
    pyv out[2] = {NULL, NULL};
    if (py_bind(py, "get", args, (const struct py_arg[]){{"key", PY_ARG_REQUIRED}, {.name = "default"}, {0}},
                out, NULL, NULL)) {
        return NULL;
    }
    pyv v = mapping_find(py, self, out[0]);
    return v || py_stopped(py) != PY_RUNNING ? v : out[1] ? out[1] : &py_none;
}

static int mapping_contains(struct py *py, pyv self, pyv item)
{
    pyv v = mapping_find(py, self, item);
    return py_stopped(py) != PY_RUNNING ? -1 : v != NULL;
}

static pyv mapping_iter(struct py *py, pyv self)
{
    pyv list = names(py, self_of(self));
    return list ? py_iter(py, list) : NULL;
}

static int mapping_repr(struct py *py, pyv self, struct strbuf *out)
{
    pyv dict = asdict(py, self, NULL);
    return dict ? py_repr(py, dict, out) : -1;
}

static pyv mapping_method(struct py *py, pyv self, const char *name)
{
    pyv dict = asdict(py, self, NULL);
    return dict ? py_call_method(py, dict, name, PY_NO_ARGS) : NULL;
}

static pyv mapping_keys(struct py *py, pyv self, UNUSED const struct py_args *args)
{
    return mapping_method(py, self, "keys");
}

static pyv mapping_values(struct py *py, pyv self, UNUSED const struct py_args *args)
{
    return mapping_method(py, self, "values");
}

static pyv mapping_items(struct py *py, pyv self, UNUSED const struct py_args *args)
{
    return mapping_method(py, self, "items");
}

static const struct py_def mapping_defs[] = {
    {"get", PY_DEF_METHOD, mapping_get, NULL, NULL},
    {"keys", PY_DEF_METHOD, mapping_keys, NULL, NULL},
    {"values", PY_DEF_METHOD, mapping_values, NULL, NULL},
    {"items", PY_DEF_METHOD, mapping_items, NULL, NULL},
    {0},
};

const struct py_type live_type_mapping = {.head = PY_TYPE_HEAD,
                                          .name = "RowMapping",
                                          .module = "sqlalchemy.engine.row",
                                          .defs = mapping_defs,
                                          .getitem = mapping_getitem,
                                          .len = row_len,
                                          .contains = mapping_contains,
                                          .iter = mapping_iter,
                                          .repr = mapping_repr};
