/* op.add_column, drop_column and alter_column. */
#include "engine/alembic/vocabulary/op.h"
#include <string.h>

/* --- add_column --- */
enum {
    AC_TABLE,
    AC_COLUMN,
    AC_SCHEMA,
    AC_IF_NOT_EXISTS,
    AC_REFERENCES,
    AC_PRIMARY_KEY,
    AC_BEFORE,
    AC_AFTER,
    AC_N
};

static int bind_add_column(struct py *py, const struct op_batch *batch, const struct py_args *args, pyv *v)
{
    static const struct py_arg table[] = {{"table_name", PY_ARG_REQUIRED},
                                          {"column", PY_ARG_REQUIRED},
                                          {"schema", PY_ARG_KEYWORD},
                                          {"if_not_exists", PY_ARG_KEYWORD},
                                          {"inline_references", PY_ARG_KEYWORD},
                                          {"inline_primary_key", PY_ARG_KEYWORD},
                                          {0}};
    static const struct py_arg batch_table[] = {{"column", PY_ARG_REQUIRED},
                                                {"insert_before", PY_ARG_KEYWORD},
                                                {"insert_after", PY_ARG_KEYWORD},
                                                {"if_not_exists", PY_ARG_KEYWORD},
                                                {"inline_references", PY_ARG_KEYWORD},
                                                {"inline_primary_key", PY_ARG_KEYWORD},
                                                {0}};
    if (!batch) {
        return py_bind(py, "add_column", args, table, v, NULL, NULL);
    }
    pyv b[6] = {NULL};
    if (py_bind(py, "add_column", args, batch_table, b, NULL, NULL)) {
        return -1;
    }
    v[AC_COLUMN] = b[0];
    v[AC_BEFORE] = b[1];
    v[AC_AFTER] = b[2];
    v[AC_IF_NOT_EXISTS] = b[3];
    v[AC_REFERENCES] = b[4];
    v[AC_PRIMARY_KEY] = b[5];
    return 0;
}

/* The column's own statement, then what it brings along. */
static int apply_add_column(struct py *py, struct op_batch *batch, struct op_item *item)
{
    struct ddl_table *t = item->table;
    const struct ddl_constraint *reference =
        item->add.inline_references ? ddl_inline_reference(t, item->column) : NULL;
    if (op_apply(py, batch, item)) {
        return -1;
    }
    for (size_t i = 0; i < t->constraints.n; i++) {
        struct ddl_constraint *c = t->constraints.items[i];
        struct op_item add = {.kind = OP_ADD_CONSTRAINT, .table = t, .constraint = c};
        if (c->kind != DDL_PRIMARY_KEY && c != reference && op_apply(py, batch, &add)) {
            return -1;
        }
    }
    for (size_t i = 0; i < t->indexes.n; i++) {
        struct op_item add = {
            .kind = OP_CREATE_INDEX, .table = t, .index = t->indexes.items[i], .if_not_exists = -1};
        if (op_apply(py, batch, &add)) {
            return -1;
        }
    }
    const char *comment = item->column->comment;
    if (comment && *comment && migration_of(py)->dialect->kind == DDL_POSTGRESQL) {
        struct op_item add = {.kind = OP_COLUMN_COMMENT, .table = t, .column = item->column};
        return op_apply(py, batch, &add);
    }
    return 0;
}

pyv op_add_column(struct py *py, pyv self, const struct py_args *args)
{
    struct op_batch *batch = op_batch_of(self);
    pyv v[AC_N] = {NULL};
    struct op_item item = {.kind = OP_ADD_COLUMN};
    struct ddl_name name, schema;
    if (bind_add_column(py, batch, args, v) ||
        op_target(py, batch, v[AC_TABLE], v[AC_SCHEMA], &name, &schema) ||
        schema_flag(py, v[AC_IF_NOT_EXISTS], false, &item.add.if_not_exists) ||
        schema_flag(py, v[AC_REFERENCES], false, &item.add.inline_references) ||
        schema_flag(py, v[AC_PRIMARY_KEY], false, &item.add.inline_primary_key) ||
        schema_text(py, v[AC_BEFORE], "insert_before", &item.insert_before) ||
        schema_text(py, v[AC_AFTER], "insert_after", &item.insert_after)) {
        return NULL;
    }
    if (!py_is(v[AC_COLUMN], &py_type_column)) {
        bool builtin = py_text(v[AC_COLUMN]).ptr || py_is_none(v[AC_COLUMN]);
        return builtin ? py_raise(py, "AttributeError", "'%s' object has no attribute 'table'",
                                  v[AC_COLUMN]->type->name)
                       : py_refuse(py, "op.add_column(..., %s)", py_repr_of(py, v[AC_COLUMN]));
    }
    struct py_metadata *m = schema_metadata_of_op(py);
    struct schema_table *t = m ? schema_table_new(py, &py_type_table, m, name, schema) : NULL;
    if (!t || schema_table_add_column(py, t, (struct schema_column *)(void *)v[AC_COLUMN], SCHEMA_OF_OP) ||
        schema_table_resolve_op(py, t)) {
        return NULL;
    }
    item.table = t->table;
    item.column = t->table->columns.items[0];
    if (batch && (item.insert_before || item.insert_after) && !op_batch_recreates(py, batch)) {
        return py_raise(py, "alembic.util.exc.CommandError",
                        "Can't specify insert_before or insert_after when using ALTER; please specify "
                        "recreate='always'");
    }
    return apply_add_column(py, batch, &item) ? NULL : &py_none;
}

/* --- drop_column --- */
pyv op_drop_column(struct py *py, pyv self, const struct py_args *args)
{
    static const struct py_arg table[] = {{"table_name", PY_ARG_REQUIRED},
                                          {"column_name", PY_ARG_REQUIRED},
                                          {"schema", PY_ARG_KEYWORD},
                                          {"if_exists", PY_ARG_KEYWORD},
                                          {0}};
    static const struct py_arg batch_table[] = {
        {"column_name", PY_ARG_REQUIRED}, {"if_exists", PY_ARG_KEYWORD}, {0}};
    struct op_batch *batch = op_batch_of(self);
    pyv v[4] = {NULL}, kw = NULL;
    struct op_item item = {.kind = OP_DROP_COLUMN};
    struct ddl_name name, schema;
    if (py_bind(py, "drop_column", args, batch ? batch_table : table, v, NULL, &kw) ||
        op_target(py, batch, v[0], v[2], &name, &schema) ||
        schema_flag(py, batch ? v[1] : v[3], false, &item.exists)) {
        return NULL;
    }
    item.table = schema_bare_table(py, name, schema);
    item.column = item.table ? py_alloc(py, sizeof(*item.column)) : NULL;
    if (!item.column || vocab_name(py, batch ? v[0] : v[1], &item.column->name)) {
        return NULL;
    }
    if (!item.column->name.text) {
        return py_refuse(py, "op.drop_column() without the name of a column");
    }
    item.column->type = ddl_type_null();
    pyv existing = kw ? py_dict_get_str(py, kw, "existing_type") : NULL;
    if (schema_given(existing)) {
        item.existing_type = vocab_type(py, existing);
        if (!item.existing_type) {
            return NULL;
        }
    }
    return op_apply(py, batch, &item) ? NULL : &py_none;
}

/* --- alter_column --- */
enum {
    AL_TABLE,
    AL_COLUMN,
    AL_NULLABLE,
    AL_COMMENT,
    AL_SERVER_DEFAULT,
    AL_NEW_NAME,
    AL_TYPE,
    AL_EXISTING_TYPE,
    AL_EXISTING_DEFAULT,
    AL_EXISTING_NULLABLE,
    AL_EXISTING_COMMENT,
    AL_SCHEMA,
    AL_N
};
static const struct py_arg alter_args[] = {
    [AL_TABLE] = {"table_name", PY_ARG_REQUIRED},
    [AL_COLUMN] = {"column_name", PY_ARG_REQUIRED},
    [AL_NULLABLE] = {"nullable", PY_ARG_KEYWORD},
    [AL_COMMENT] = {"comment", PY_ARG_KEYWORD},
    [AL_SERVER_DEFAULT] = {"server_default", PY_ARG_KEYWORD},
    [AL_NEW_NAME] = {"new_column_name", PY_ARG_KEYWORD},
    [AL_TYPE] = {"type_", PY_ARG_KEYWORD},
    [AL_EXISTING_TYPE] = {"existing_type", PY_ARG_KEYWORD},
    [AL_EXISTING_DEFAULT] = {"existing_server_default", PY_ARG_KEYWORD},
    [AL_EXISTING_NULLABLE] = {"existing_nullable", PY_ARG_KEYWORD},
    [AL_EXISTING_COMMENT] = {"existing_comment", PY_ARG_KEYWORD},
    [AL_SCHEMA] = {"schema", PY_ARG_KEYWORD},
    [AL_N] = {0}};
/* In a batch the table is known, and there is no schema. */
static const struct py_arg alter_batch_args[] = {{"column_name", PY_ARG_REQUIRED},
                                                 {"nullable", PY_ARG_KEYWORD},
                                                 {"comment", PY_ARG_KEYWORD},
                                                 {"server_default", PY_ARG_KEYWORD},
                                                 {"new_column_name", PY_ARG_KEYWORD},
                                                 {"type_", PY_ARG_KEYWORD},
                                                 {"existing_type", PY_ARG_KEYWORD},
                                                 {"existing_server_default", PY_ARG_KEYWORD},
                                                 {"existing_nullable", PY_ARG_KEYWORD},
                                                 {"existing_comment", PY_ARG_KEYWORD},
                                                 {0}};

static int read_type(struct py *py, pyv v, const struct ddl_type **out, bool *is_class)
{
    if (!schema_given(v)) {
        return 0;
    }
    *is_class = py_is(v, &py_type_type);
    *out = vocab_type(py, v);
    return *out ? 0 : -1;
}

/* What is no default at all is an error, but only where it is looked at. */
static int read_default(struct py *py, pyv v, struct ddl_default *def, const struct ddl_identity **identity,
                        const struct ddl_computed **computed)
{
    bool known =
        py_text(v).ptr || py_is_none(v) || py_is(v, &py_type_clause) || py_is(v, &py_type_fetched_value);
    if (known) {
        return vocab_default(py, v, def, identity, computed);
    }
    *def = (struct ddl_default){.kind = DDL_DEFAULT_INVALID, .text = slice_of(v->type->name)};
    return 0;
}

static int read_defaults(struct py *py, pyv const *v, struct ddl_alter_column *a)
{
    pyv def = v[AL_SERVER_DEFAULT], existing = v[AL_EXISTING_DEFAULT];
    a->has_server_default = def && def != &py_false;
    a->has_existing_server_default = existing && existing != &py_false;
    if (a->has_server_default &&
        read_default(py, def, &a->server_default, &a->server_identity, &a->server_computed)) {
        return -1;
    }
    return a->has_existing_server_default && read_default(py, existing, &a->existing_server_default,
                                                          &a->existing_identity, &a->existing_computed)
               ? -1
               : 0;
}

static int read_comments(struct py *py, pyv const *v, struct ddl_alter_column *a)
{
    a->has_comment = v[AL_COMMENT] && v[AL_COMMENT] != &py_false;
    return schema_text(py, a->has_comment ? v[AL_COMMENT] : NULL, "a comment", &a->comment) ||
                   schema_text(py, v[AL_EXISTING_COMMENT], "a comment", &a->existing_comment)
               ? -1
               : 0;
}

/* Further keywords: autoincrement, postgresql_using, and what other databases or nobody look at. */
static int read_keywords(struct py *py, pyv kw, struct op_item *item)
{
    struct ddl_alter_column *a = &item->alter;
    pyv using = py_dict_get_str(py, kw, "postgresql_using");
    if (schema_tristate(py, py_dict_get_str(py, kw, "autoincrement"), &a->autoincrement) ||
        schema_tristate(py, py_dict_get_str(py, kw, "existing_autoincrement"), &a->existing_autoincrement) ||
        schema_text(py, py_dict_get_str(py, kw, "insert_before"), "insert_before", &item->insert_before) ||
        schema_text(py, py_dict_get_str(py, kw, "insert_after"), "insert_after", &item->insert_after)) {
        return -1;
    }
    if (!schema_given(using)) {
        return 0;
    }
    struct ddl_option *o = vec_push(py_arena(py), &a->options);
    o->key = "postgresql_using";
    o->value = (struct sql_value){.kind = SQL_VALUE_STR, .text = py_text(using)};
    if (!o->value.text.ptr && py_is(using, &py_type_clause)) {
        o->expr = vocab_expr(py, using, VOCAB_DDL_TEXT, NULL);
        return o->expr ? 0 : -1;
    }
    if (!o->value.text.ptr) {
        py_refuse(py, "postgresql_using=%s", py_repr_of(py, using));
        return -1;
    }
    return 0;
}

static int apply_alter_column(struct py *py, struct op_batch *batch, struct op_item *item)
{
    struct ddl_out *out = vocab_out(py);
    const struct ddl_alter_column *a = &item->alter;
    if (!out) {
        return -1;
    }
    struct ddl_constraint *old =
        a->existing_type && a->type ? ddl_alter_check(out, a, a->existing_type) : NULL;
    struct ddl_constraint *new = a->type ? ddl_alter_check(out, a, a->type) : NULL;
    struct op_item drop = {.kind = OP_DROP_CONSTRAINT, .table = item->table, .constraint = old};
    struct op_item add = {.kind = OP_ADD_CONSTRAINT, .table = item->table, .constraint = new};
    return (old && op_apply(py, batch, &drop)) || op_apply(py, batch, item) ||
                   (new &&op_apply(py, batch, &add))
               ? -1
               : 0;
}

pyv op_alter_column(struct py *py, pyv self, const struct py_args *args)
{
    struct op_batch *batch = op_batch_of(self);
    pyv v[AL_N + 1] = {NULL}, kw = NULL;
    struct op_item item = {.kind = OP_ALTER_COLUMN};
    struct ddl_alter_column *a = &item.alter;
    if (py_bind(py, "alter_column", args, batch ? alter_batch_args : alter_args, batch ? v + 1 : v, NULL,
                &kw)) {
        return NULL;
    }
    const struct migration_settings *settings = migration_of(py)->settings;
    a->naming = settings ? settings->naming : NULL;
    bool odd = py_is(v[AL_COLUMN], &py_type_column); /* looked at only when there is something to alter */
    if (op_target(py, batch, v[AL_TABLE], v[AL_SCHEMA], &a->table, &a->schema) ||
        (!odd && vocab_name(py, v[AL_COLUMN], &a->column)) || vocab_name(py, v[AL_NEW_NAME], &a->new_name) ||
        schema_tristate(py, v[AL_NULLABLE], &a->nullable) ||
        schema_tristate(py, v[AL_EXISTING_NULLABLE], &a->existing_nullable) ||
        read_type(py, v[AL_TYPE], &a->type, &a->type_is_class) ||
        read_type(py, v[AL_EXISTING_TYPE], &a->existing_type, &a->existing_type_is_class) ||
        read_defaults(py, v, a) || read_comments(py, v, a) || read_keywords(py, kw, &item)) {
        return NULL;
    }
    bool nothing = a->nullable < 0 && !a->has_server_default && !a->type && !a->has_comment &&
                   !a->new_name.text && !a->existing_type && a->autoincrement < 0;
    if (odd && nothing) {
        return &py_none;
    }
    if (!a->column.text) {
        return py_refuse(py, "op.alter_column() without the name of a column");
    }
    item.table = schema_bare_table(py, a->table, a->schema);
    return item.table && apply_alter_column(py, batch, &item) == 0 ? &py_none : NULL;
}
