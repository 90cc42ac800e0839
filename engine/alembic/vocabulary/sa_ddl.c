/*
 * Schema elements as statements: CreateTable(t), DropIndex(i), DDL("..."), as op.execute() and
 * connection.execute() take them.
 */
#include "engine/alembic/vocabulary/sa_schema.h"
#include <string.h>

static pyv make(struct py *py, const struct py_type *type, const struct schema_ddl *ddl)
{
    struct py_expr *w = py_object_new(py, type, sizeof(*w));
    struct sql_expr *e = w ? py_alloc(py, sizeof(*e)) : NULL;
    struct schema_ddl *d = e ? py_alloc(py, sizeof(*d)) : NULL;
    if (!d) {
        return NULL;
    }
    *d = *ddl;
    e->kind = SQL_E_DDL;
    e->type = ddl_type_null();
    e->data = d;
    w->expr = e;
    return (pyv)w;
}

/* What each class takes. */
struct ddl_class {
    enum schema_ddl_kind kind;
    const struct py_type *element; /* NULL: a name */
    const char *flag;              /* "if_exists", "if_not_exists" or NULL */
};

static pyv construct(struct py *py, const struct py_type *type, const struct py_args *args,
                     const struct ddl_class *class)
{
    static const struct py_arg table[] = {
        {"element", PY_ARG_REQUIRED}, {"if_not_exists", PY_ARG_KEYWORD},      {"if_exists", PY_ARG_KEYWORD},
        {"cascade", PY_ARG_KEYWORD},  {"isolate_from_table", PY_ARG_KEYWORD}, {0}};
    pyv v[5] = {NULL};
    struct schema_ddl d = {.kind = class->kind};
    if (py_bind(py, type->name, args, table, v, NULL, NULL)) {
        return NULL;
    }
    bool not_exists, exists;
    if (schema_flag(py, v[1], false, &not_exists) || schema_flag(py, v[2], false, &exists) ||
        schema_flag(py, v[3], false, &d.cascade)) {
        return NULL;
    }
    d.exists = class->flag && strcmp(class->flag, "if_exists") == 0 ? exists : not_exists;
    d.element = v[0];
    if (!class->element) {
        return vocab_name(py, v[0], &d.name) ? NULL : make(py, type, &d);
    }
    if (!py_is(v[0], class->element)) {
        return py_refuse(py, "%s(%s)", type->name, py_repr_of(py, v[0]));
    }
    return make(py, type, &d);
}

#define DDL_CLASS(id, class_name, class_kind, element_type, flag_name)                                       \
    static pyv construct_##id(struct py *py, const struct py_type *type, const struct py_args *args)         \
    {                                                                                                        \
        return construct(py, type, args, &(const struct ddl_class){class_kind, element_type, flag_name});    \
    }                                                                                                        \
    static const struct py_type type_##id = {.head = PY_TYPE_HEAD,                                           \
                                             .name = class_name,                                             \
                                             .module = "sqlalchemy.sql.ddl",                                 \
                                             .base = &py_type_clause,                                        \
                                             .construct = construct_##id};
DDL_CLASS(create_table, "CreateTable", SCHEMA_CREATE_TABLE, &py_type_table, "if_not_exists")
DDL_CLASS(drop_table, "DropTable", SCHEMA_DROP_TABLE, &py_type_table, "if_exists")
DDL_CLASS(create_index, "CreateIndex", SCHEMA_CREATE_INDEX, &py_type_index, "if_not_exists")
DDL_CLASS(drop_index, "DropIndex", SCHEMA_DROP_INDEX, &py_type_index, "if_exists")
DDL_CLASS(create_sequence, "CreateSequence", SCHEMA_CREATE_SEQUENCE, &py_type_sequence, "if_not_exists")
DDL_CLASS(drop_sequence, "DropSequence", SCHEMA_DROP_SEQUENCE, &py_type_sequence, "if_exists")
DDL_CLASS(add_constraint, "AddConstraint", SCHEMA_ADD_CONSTRAINT, &py_type_constraint, NULL)
DDL_CLASS(drop_constraint, "DropConstraint", SCHEMA_DROP_CONSTRAINT, &py_type_constraint, "if_exists")
DDL_CLASS(create_schema, "CreateSchema", SCHEMA_CREATE_SCHEMA, NULL, "if_not_exists")
DDL_CLASS(drop_schema, "DropSchema", SCHEMA_DROP_SCHEMA, NULL, "if_exists")
DDL_CLASS(table_comment, "SetTableComment", SCHEMA_TABLE_COMMENT, &py_type_table, NULL)
DDL_CLASS(drop_table_comment, "DropTableComment", SCHEMA_DROP_TABLE_COMMENT, &py_type_table, NULL)
DDL_CLASS(column_comment, "SetColumnComment", SCHEMA_COLUMN_COMMENT, &py_type_column, NULL)

/* DDL("...", context={}): the text with % as in Python. */
static pyv construct_text(struct py *py, const struct py_type *type, const struct py_args *args)
{
    static const struct py_arg table[] = {{"statement", PY_ARG_REQUIRED}, {"context", 0}, {0}};
    pyv v[2] = {NULL};
    if (py_bind(py, "DDL", args, table, v, NULL, NULL)) {
        return NULL;
    }
    if (!py_text(v[0]).ptr) {
        return py_raise(py, "sqlalchemy.exc.ArgumentError",
                        "Expected a string or unicode SQL statement, got '%s'", py_repr_of(py, v[0]));
    }
    pyv context = schema_given(v[1]) ? v[1] : py_dict_new(py);
    pyv text = context ? py_percent(py, v[0], context) : NULL;
    struct schema_ddl d = {.kind = SCHEMA_TEXT};
    if (text) {
        d.text = py_text(text);
    }
    return text ? make(py, type, &d) : NULL;
}
static pyv text_execute_if(struct py *py, UNUSED pyv self, UNUSED const struct py_args *args)
{
    return py_refuse(py, "DDL.execute_if(), which is for events");
}
static const struct py_def text_defs[] = {{"execute_if", PY_DEF_METHOD, text_execute_if, NULL, NULL}, {0}};
const struct py_type py_type_ddl = {.head = PY_TYPE_HEAD,
                                    .name = "DDL",
                                    .module = "sqlalchemy.sql.ddl",
                                    .base = &py_type_clause,
                                    .defs = text_defs,
                                    .construct = construct_text};

static int schema_statement(struct strbuf *out, const struct ddl_dialect *d, const struct schema_ddl *e)
{
    bool create = e->kind == SCHEMA_CREATE_SCHEMA;
    strbuf_adds(out, create ? "CREATE SCHEMA " : "DROP SCHEMA ");
    strbuf_adds(out, !e->exists ? "" : create ? "IF NOT EXISTS " : "IF EXISTS ");
    ddl_quote_name(out, d, &e->name);
    strbuf_adds(out, !create && e->cascade ? " CASCADE" : "");
    return 0;
}

static int need_table(struct py *py, const void *table, const char *what)
{
    if (!table) {
        py_raise(py, "sqlalchemy.exc.InvalidRequestError",
                 "This constraint is not bound to a table.  Did you mean to call "
                 "table.append_constraint(%s) ?",
                 what);
        return -1;
    }
    return 0;
}

static int create_table_text(struct py *py, const struct schema_ddl *e, struct strbuf *out, struct err *err)
{
    struct schema_table *t = (struct schema_table *)(void *)e->element;
    if (schema_table_resolve(py, t)) {
        return -1;
    }
    struct ddl_table copy = *t->table;
    copy.if_not_exists = e->exists;
    return ddl_create_table(py_arena(py), out, migration_of(py)->dialect, &copy, err);
}

static int constraint_text(struct py *py, const struct schema_ddl *e, struct strbuf *out, struct err *err)
{
    const struct ddl_dialect *d = migration_of(py)->dialect;
    struct schema_item *s = (struct schema_item *)(void *)e->element;
    if (need_table(py, s->constraint->table, "constraint") ||
        (s->table && schema_table_resolve(py, (struct schema_table *)(void *)s->table))) {
        return -1;
    }
    return e->kind == SCHEMA_ADD_CONSTRAINT
               ? ddl_add_constraint(py_arena(py), out, d, s->constraint, err)
               : ddl_drop_constraint(py_arena(py), out, d, s->constraint, e->exists, e->cascade, err);
}

static int index_text(struct py *py, const struct schema_ddl *e, struct strbuf *out, struct err *err)
{
    const struct ddl_dialect *d = migration_of(py)->dialect;
    struct ddl_index *i = ((struct schema_index *)(void *)e->element)->index;
    if (!i->table) {
        return err_set(err, ERR_FILE, "Index '%s' is not associated with any table.", i->name.text);
    }
    return e->kind == SCHEMA_CREATE_INDEX ? ddl_create_index(py_arena(py), out, d, i, e->exists, err)
                                          : ddl_drop_index(py_arena(py), out, d, i, e->exists, err);
}

static int element_text(struct py *py, const struct schema_ddl *e, struct strbuf *out, struct err *err)
{
    const struct ddl_dialect *d = migration_of(py)->dialect;
    switch (e->kind) {
    case SCHEMA_CREATE_TABLE:
        return create_table_text(py, e, out, err);
    case SCHEMA_DROP_TABLE:
        return ddl_drop_table(out, d, ((struct schema_table *)(void *)e->element)->table, e->exists, err);
    case SCHEMA_CREATE_INDEX:
    case SCHEMA_DROP_INDEX:
        return index_text(py, e, out, err);
    case SCHEMA_CREATE_SEQUENCE:
        return ddl_create_sequence(out, d, ((struct py_sequence *)(void *)e->element)->sequence, e->exists,
                                   err);
    case SCHEMA_DROP_SEQUENCE:
        return ddl_drop_sequence(out, d, ((struct py_sequence *)(void *)e->element)->sequence, e->exists,
                                 err);
    case SCHEMA_ADD_CONSTRAINT:
    case SCHEMA_DROP_CONSTRAINT:
        return constraint_text(py, e, out, err);
    case SCHEMA_CREATE_SCHEMA:
    case SCHEMA_DROP_SCHEMA:
        return schema_statement(out, d, e);
    case SCHEMA_TABLE_COMMENT:
    case SCHEMA_DROP_TABLE_COMMENT: {
        const struct ddl_table *t = ((struct schema_table *)(void *)e->element)->table;
        return ddl_table_comment(out, d, t, t->comment, e->kind == SCHEMA_DROP_TABLE_COMMENT, err);
    }
    case SCHEMA_COLUMN_COMMENT: {
        const struct ddl_column *c = ((struct schema_column *)(void *)e->element)->column;
        return !c->table || !c->comment
                   ? err_set(err, ERR_REFUSED, "SetColumnComment without table or comment")
                   : ddl_column_comment(py_arena(py), out, d, c, err);
    }
    case SCHEMA_TEXT:
        strbuf_add(out, e->text.ptr, e->text.len);
        return 0;
    }
    return err_set(err, ERR_REFUSED, "a schema element");
}

int vocab_ddl_render(struct py *py, const struct sql_expr *e, struct strbuf *out)
{
    struct err err = {0};
    if (element_text(py, e->data, out, &err) < 0) {
        if (err.status) {
            schema_raise(py, &err);
        }
        return -1;
    }
    return 0;
}

const struct py_def schema_ddl_defs[] = {
    {"CreateTable", PY_DEF_TYPE, NULL, &type_create_table, NULL},
    {"DropTable", PY_DEF_TYPE, NULL, &type_drop_table, NULL},
    {"CreateIndex", PY_DEF_TYPE, NULL, &type_create_index, NULL},
    {"DropIndex", PY_DEF_TYPE, NULL, &type_drop_index, NULL},
    {"CreateSequence", PY_DEF_TYPE, NULL, &type_create_sequence, NULL},
    {"DropSequence", PY_DEF_TYPE, NULL, &type_drop_sequence, NULL},
    {"AddConstraint", PY_DEF_TYPE, NULL, &type_add_constraint, NULL},
    {"DropConstraint", PY_DEF_TYPE, NULL, &type_drop_constraint, NULL},
    {"CreateSchema", PY_DEF_TYPE, NULL, &type_create_schema, NULL},
    {"DropSchema", PY_DEF_TYPE, NULL, &type_drop_schema, NULL},
    {"SetTableComment", PY_DEF_TYPE, NULL, &type_table_comment, NULL},
    {"DropTableComment", PY_DEF_TYPE, NULL, &type_drop_table_comment, NULL},
    {"SetColumnComment", PY_DEF_TYPE, NULL, &type_column_comment, NULL},
    {"DDLElement", PY_DEF_REFUSED, NULL, NULL, "a DDLElement of the project"},
    {"ExecutableDDLElement", PY_DEF_REFUSED, NULL, NULL, "an ExecutableDDLElement of the project"},
    {0},
};
