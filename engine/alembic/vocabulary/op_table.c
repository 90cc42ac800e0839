/* op.create_table, drop_table, rename_table, and comments on tables. */
#include "engine/alembic/vocabulary/op.h"

/* Take a keyword out of those that are left over. */
static pyv take(struct py *py, pyv kw, const char *name)
{
    pyv v = py_dict_get_str(py, kw, name), key = v ? py_str_of(py, name) : NULL;
    return v && key && py_dict_del(py, kw, key) >= 0 ? v : NULL;
}

pyv op_create_table(struct py *py, UNUSED pyv self, const struct py_args *args)
{
    static const struct py_arg table[] = {
        {"table_name", PY_ARG_REQUIRED}, {"if_not_exists", PY_ARG_KEYWORD}, {0}};
    pyv v[2] = {NULL}, rest = NULL, kw = NULL;
    if (py_bind(py, "create_table", args, table, v, &rest, &kw)) {
        return NULL;
    }
    struct ddl_name name, schema;
    bool if_not_exists;
    struct py_metadata *m = schema_metadata_of_op(py);
    pyv given_schema = m ? take(py, kw, "schema") : NULL;
    if (!m || vocab_name(py, v[0], &name) || vocab_schema(py, given_schema, &schema) ||
        schema_flag(py, schema_given(v[1]) ? v[1] : NULL, false, &if_not_exists)) {
        return NULL;
    }
    if (!name.text) {
        return py_refuse(py, "op.create_table() without a name");
    }
    static const char *const of_table[] = {"quote", "quote_schema", "listeners", "autoload_with",
                                           "extend_existing"};
    for (size_t i = 0; i < COUNT_OF(of_table); i++) {
        pyv given = take(py, kw, of_table[i]);
        if (schema_given(given)) {
            return py_refuse(py, "op.create_table(%s=)", of_table[i]);
        }
    }
    struct schema_table *t = schema_table_new(py, &py_type_table, m, name, schema);
    struct ddl_out *out = t ? vocab_out(py) : NULL;
    struct err err = {0};
    if (!out || schema_table_keywords(py, t, kw) || schema_table_items(py, t, rest, SCHEMA_OF_OP) ||
        schema_table_resolve_op(py, t)) {
        return NULL;
    }
    struct ddl_out unasked = *out;
    unasked.type_exists = NULL; /* Alembic makes a table's types without a look whether they are there */
    return ddl_op_create_table(&unasked, t->table, if_not_exists, &err) < 0 ? schema_raise(py, &err) : (pyv)t;
}

pyv op_drop_table(struct py *py, UNUSED pyv self, const struct py_args *args)
{
    static const struct py_arg table[] = {
        {"table_name", PY_ARG_REQUIRED}, {"schema", PY_ARG_KEYWORD}, {"if_exists", PY_ARG_KEYWORD}, {0}};
    pyv v[3] = {NULL}, kw = NULL;
    struct ddl_name name, schema;
    bool if_exists;
    if (py_bind(py, "drop_table", args, table, v, NULL, &kw) ||
        op_target(py, NULL, v[0], v[1], &name, &schema) || schema_flag(py, v[2], false, &if_exists)) {
        return NULL;
    }
    struct py_metadata *m = schema_metadata_of_op(py);
    struct schema_table *t = m ? schema_table_new(py, &py_type_table, m, name, schema) : NULL;
    struct ddl_out *out = t ? vocab_out(py) : NULL;
    struct err err = {0};
    if (!out || schema_table_keywords(py, t, kw)) {
        return NULL;
    }
    return ddl_op_drop_table(out, t->table, if_exists, &err) < 0 ? schema_raise(py, &err) : &py_none;
}

pyv op_rename_table(struct py *py, UNUSED pyv self, const struct py_args *args)
{
    static const struct py_arg table[] = {{"old_table_name", PY_ARG_REQUIRED},
                                          {"new_table_name", PY_ARG_REQUIRED},
                                          {"schema", PY_ARG_KEYWORD},
                                          {0}};
    pyv v[3] = {NULL};
    struct ddl_name name, schema;
    struct op_item item = {.kind = OP_RENAME_TABLE};
    if (py_bind(py, "rename_table", args, table, v, NULL, NULL) ||
        op_target(py, NULL, v[0], v[2], &name, &schema) || vocab_name(py, v[1], &item.new_name)) {
        return NULL;
    }
    if (!item.new_name.text) {
        return py_refuse(py, "op.rename_table() to no name");
    }
    item.table = schema_bare_table(py, name, schema);
    return item.table && op_apply(py, NULL, &item) == 0 ? &py_none : NULL;
}

static pyv comment_item(struct py *py, struct op_batch *batch, enum op_item_kind kind, pyv table, pyv schema,
                        pyv comment)
{
    struct op_item item = {.kind = kind};
    struct ddl_name name, schema_name;
    if (op_target(py, batch, table, schema, &name, &schema_name) ||
        schema_text(py, comment, "a comment", &item.comment)) {
        return NULL;
    }
    item.table = schema_bare_table(py, name, schema_name);
    return item.table && op_apply(py, batch, &item) == 0 ? &py_none : NULL;
}

pyv op_create_table_comment(struct py *py, pyv self, const struct py_args *args)
{
    static const struct py_arg table[] = {{"table_name", PY_ARG_REQUIRED},
                                          {"comment", PY_ARG_REQUIRED},
                                          {"existing_comment", PY_ARG_KEYWORD},
                                          {"schema", PY_ARG_KEYWORD},
                                          {0}};
    static const struct py_arg batch_table[] = {
        {"comment", PY_ARG_REQUIRED}, {"existing_comment", PY_ARG_KEYWORD}, {0}};
    struct op_batch *batch = op_batch_of(self);
    pyv v[4] = {NULL};
    if (py_bind(py, "create_table_comment", args, batch ? batch_table : table, v, NULL, NULL)) {
        return NULL;
    }
    return comment_item(py, batch, OP_TABLE_COMMENT, v[0], batch ? NULL : v[3], batch ? v[0] : v[1]);
}

pyv op_drop_table_comment(struct py *py, pyv self, const struct py_args *args)
{
    static const struct py_arg table[] = {{"table_name", PY_ARG_REQUIRED},
                                          {"existing_comment", PY_ARG_KEYWORD},
                                          {"schema", PY_ARG_KEYWORD},
                                          {0}};
    static const struct py_arg batch_table[] = {{"existing_comment", PY_ARG_KEYWORD}, {0}};
    struct op_batch *batch = op_batch_of(self);
    pyv v[3] = {NULL};
    if (py_bind(py, "drop_table_comment", args, batch ? batch_table : table, v, NULL, NULL)) {
        return NULL;
    }
    return comment_item(py, batch, OP_DROP_TABLE_COMMENT, v[0], batch ? NULL : v[2], NULL);
}
