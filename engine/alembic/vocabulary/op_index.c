/* op.create_index and op.drop_index. */
#include "engine/alembic/vocabulary/op.h"
#include <string.h>

/* quote= and info= are Index()'s own, the rest belongs to dialects. */
static int index_keywords(struct py *py, struct ddl_index *i, pyv kw)
{
    pyv key, value, left = py_dict_new(py);
    for (size_t at = 0; left && py_dict_next(kw, &at, &key, &value);) {
        struct slice name = py_text(key);
        int quote = -1;
        if (slice_eq(name, "quote")) {
            if (schema_tristate(py, value, &quote)) {
                return -1;
            }
            i->name.quote = quote < 0 ? i->name.quote : quote ? DDL_QUOTE_ALWAYS : DDL_QUOTE_NEVER;
        } else if (!slice_eq(name, "info") && py_dict_set(py, left, key, value)) {
            return -1;
        }
    }
    return left ? vocab_options(py, "sqlalchemy.sql.schema.Index", left, &i->options) : -1;
}

/* Alembic's index has a naming convention's name only when it stands on columns of the table. */
static bool on_columns(const struct ddl_index *i)
{
    const struct ddl_index_element *e;
    vec_each (e, &i->elements) {
        if (e->column.text && !e->clause) {
            return true;
        }
    }
    return false;
}

static struct ddl_index *make_index(struct py *py, pyv name, struct ddl_name table, struct ddl_name schema,
                                    pyv columns, pyv kw)
{
    struct ddl_index *i = schema_index_new(py);
    if (!i || vocab_name(py, name, &i->name)) {
        return NULL;
    }
    i->table = schema_bare_table(py, table.text ? table : DDL_NAME("no_table"), schema);
    if (!i->table || schema_index_elements(py, columns, i, true) || index_keywords(py, i, kw)) {
        return NULL;
    }
    i->unattached = !on_columns(i);
    return i;
}

pyv op_create_index(struct py *py, pyv self, const struct py_args *args)
{
    enum { NAME, TABLE, COLUMNS, SCHEMA, UNIQUE, IF_NOT_EXISTS, N };
    static const struct py_arg table[] = {[NAME] = {"index_name", PY_ARG_REQUIRED},
                                          [TABLE] = {"table_name", PY_ARG_REQUIRED},
                                          [COLUMNS] = {"columns", PY_ARG_REQUIRED},
                                          [SCHEMA] = {"schema", PY_ARG_KEYWORD},
                                          [UNIQUE] = {"unique", PY_ARG_KEYWORD},
                                          [IF_NOT_EXISTS] = {"if_not_exists", PY_ARG_KEYWORD},
                                          [N] = {0}};
    static const struct py_arg batch_table[] = {{"index_name", PY_ARG_REQUIRED},
                                                {"columns", PY_ARG_REQUIRED},
                                                {"unique", PY_ARG_KEYWORD},
                                                {"if_not_exists", PY_ARG_KEYWORD},
                                                {0}};
    struct op_batch *batch = op_batch_of(self);
    pyv v[N] = {NULL}, kw = NULL;
    if (py_bind(py, "create_index", args, batch ? batch_table : table, v, NULL, &kw)) {
        return NULL;
    }
    pyv columns = batch ? v[1] : v[COLUMNS], unique = batch ? v[2] : v[UNIQUE];
    struct op_item item = {.kind = OP_CREATE_INDEX};
    struct ddl_name name = {0}, schema = {0};
    if (batch ? op_target(py, batch, NULL, NULL, &name, &schema)
              : vocab_name(py, v[TABLE], &name) || vocab_schema(py, v[SCHEMA], &schema)) {
        return NULL;
    }
    item.index = make_index(py, v[NAME], name, schema, columns, kw);
    if (!item.index || schema_flag(py, unique, false, &item.index->unique) ||
        schema_tristate(py, batch ? v[3] : v[IF_NOT_EXISTS], &item.if_not_exists)) {
        return NULL;
    }
    item.table = item.index->table;
    return op_apply(py, batch, &item) ? NULL : &py_none;
}

pyv op_drop_index(struct py *py, pyv self, const struct py_args *args)
{
    enum { NAME, TABLE, SCHEMA, IF_EXISTS, N };
    static const struct py_arg table[] = {[NAME] = {"index_name", PY_ARG_REQUIRED},
                                          [TABLE] = {"table_name", 0},
                                          [SCHEMA] = {"schema", PY_ARG_KEYWORD},
                                          [IF_EXISTS] = {"if_exists", PY_ARG_KEYWORD},
                                          [N] = {0}};
    static const struct py_arg batch_table[] = {
        {"index_name", PY_ARG_REQUIRED}, {"if_exists", PY_ARG_KEYWORD}, {0}};
    struct op_batch *batch = op_batch_of(self);
    pyv v[N] = {NULL}, kw = NULL;
    if (py_bind(py, "drop_index", args, batch ? batch_table : table, v, NULL, &kw)) {
        return NULL;
    }
    struct op_item item = {.kind = OP_DROP_INDEX};
    struct ddl_name name = {0}, schema = {0};
    if (batch ? op_target(py, batch, NULL, NULL, &name, &schema)
              : vocab_name(py, v[TABLE], &name) || vocab_schema(py, v[SCHEMA], &schema)) {
        return NULL;
    }
    pyv unique = py_dict_get_str(py, kw, "unique"), key = unique ? py_str_of(py, "unique") : NULL;
    if (key && py_dict_del(py, kw, key) < 0) {
        return NULL;
    }
    pyv x = py_str_of(py, "x"), columns = x ? py_tuple_new(py, &x, 1) : NULL;
    item.index = columns ? make_index(py, v[NAME], name, schema, columns, kw) : NULL;
    if (!item.index || schema_flag(py, batch ? v[1] : v[IF_EXISTS], false, &item.exists)) {
        return NULL;
    }
    item.table = item.index->table;
    return op_apply(py, batch, &item) ? NULL : &py_none;
}
