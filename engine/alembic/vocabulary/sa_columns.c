/* The collection of a table's columns: t.c.name, t.c["name"], iteration in order. */
#include "engine/alembic/vocabulary/sa_schema.h"
#include <string.h>

struct py_columns {
    struct py_instance head;
    pyv dict;
};

static pyv dict_of(pyv columns)
{
    return ((struct py_columns *)(void *)columns)->dict;
}

pyv schema_columns_new(struct py *py)
{
    struct py_columns *c = py_object_new(py, &py_type_columns, sizeof(*c));
    pyv dict = c ? py_dict_new(py) : NULL;
    if (!dict) {
        return NULL;
    }
    c->dict = dict;
    return (pyv)c;
}

int schema_columns_add(struct py *py, pyv columns, const char *key, pyv column)
{
    return py_dict_set_str(py, dict_of(columns), key, column);
}

pyv schema_columns_get(struct py *py, pyv columns, const char *key)
{
    return py_dict_get_str(py, dict_of(columns), key);
}

size_t schema_columns_len(pyv columns)
{
    return py_dict_len(dict_of(columns));
}

bool schema_columns_next(pyv columns, size_t *at, pyv *column)
{
    pyv key;
    return py_dict_next(dict_of(columns), at, &key, column);
}

static pyv listed(struct py *py, pyv columns, bool keys, bool values)
{
    pyv list = py_list_new(py), key, value;
    for (size_t at = 0; list && py_dict_next(dict_of(columns), &at, &key, &value);) {
        pyv pair[] = {key, value};
        pyv item = keys && values ? py_tuple_new(py, pair, 2) : keys ? key : value;
        if (!item || py_list_append(py, list, item)) {
            return NULL;
        }
    }
    return list;
}

static pyv columns_keys(struct py *py, pyv self, UNUSED const struct py_args *args)
{
    return listed(py, self, true, false);
}

static pyv columns_values(struct py *py, pyv self, UNUSED const struct py_args *args)
{
    return listed(py, self, false, true);
}

static pyv columns_items(struct py *py, pyv self, UNUSED const struct py_args *args)
{
    return listed(py, self, true, true);
}

static pyv columns_get(struct py *py, pyv self, const struct py_args *args)
{
    static const struct py_arg table[] = {{"key", PY_ARG_REQUIRED}, {"default", 0}, {0}};
    pyv v[2] = {NULL};
    if (py_bind(py, "get", args, table, v, NULL, NULL)) {
        return NULL;
    }
    const char *key = py_cstr(py, v[0]);
    pyv found = key ? py_dict_get_str(py, dict_of(self), key) : NULL;
    return found ? found : v[1] ? v[1] : &py_none;
}

static pyv columns_contains_column(struct py *py, pyv self, const struct py_args *args)
{
    static const struct py_arg table[] = {{"col", PY_ARG_REQUIRED}, {0}};
    pyv v, column;
    if (py_bind(py, "contains_column", args, table, &v, NULL, NULL)) {
        return NULL;
    }
    for (size_t at = 0; schema_columns_next(self, &at, &column);) {
        if (column == v) {
            return &py_true;
        }
    }
    return &py_false;
}

static pyv columns_getattr(struct py *py, pyv self, const char *name)
{
    if (py_type_def(&py_type_columns, name)) {
        return NULL;
    }
    pyv found = py_dict_get_str(py, dict_of(self), name);
    return found || strncmp(name, "__", 2) == 0 ? found : py_raise(py, "AttributeError", "%s", name);
}

static pyv columns_getitem(struct py *py, pyv self, pyv key)
{
    int64_t i;
    if (py_text(key).ptr) {
        const char *name = py_cstr(py, key);
        pyv found = name ? py_dict_get_str(py, dict_of(self), name) : NULL;
        return found ? found : py_raise(py, "KeyError", "%s", name ? name : "");
    }
    if (!py_as_int(key, &i)) {
        return py_refuse(py, "columns of a table by %s", py_repr_of(py, key));
    }
    pyv list = listed(py, self, false, true);
    return list ? py_getitem(py, list, key) : NULL;
}

static int columns_contains(struct py *py, pyv self, pyv item)
{
    if (!py_text(item).ptr) {
        py_raise(py, "sqlalchemy.exc.ArgumentError", "__contains__ requires a string argument");
        return -1;
    }
    const char *name = py_cstr(py, item);
    return name && py_dict_get_str(py, dict_of(self), name) != NULL;
}

static int64_t columns_len(UNUSED struct py *py, pyv self)
{
    return (int64_t)py_dict_len(dict_of(self));
}

static int columns_truth(UNUSED struct py *py, UNUSED pyv self)
{
    return 1;
}

static pyv columns_iter(struct py *py, pyv self)
{
    pyv list = listed(py, self, false, true);
    return list ? py_iter(py, list) : NULL;
}

static const struct py_def columns_defs[] = {
    {"keys", PY_DEF_METHOD, columns_keys, NULL, NULL},
    {"values", PY_DEF_METHOD, columns_values, NULL, NULL},
    {"items", PY_DEF_METHOD, columns_items, NULL, NULL},
    {"get", PY_DEF_METHOD, columns_get, NULL, NULL},
    {"contains_column", PY_DEF_METHOD, columns_contains_column, NULL, NULL},
    {"corresponding_column", PY_DEF_REFUSED, NULL, NULL, "corresponding_column()"},
    {"add", PY_DEF_REFUSED, NULL, NULL, "adding to a collection of columns"},
    {0},
};
const struct py_type py_type_columns = {.head = PY_TYPE_HEAD,
                                        .name = "ReadOnlyColumnCollection",
                                        .module = "sqlalchemy.sql.base",
                                        .defs = columns_defs,
                                        .getattr = columns_getattr,
                                        .truth = columns_truth,
                                        .len = columns_len,
                                        .getitem = columns_getitem,
                                        .contains = columns_contains,
                                        .iter = columns_iter};
