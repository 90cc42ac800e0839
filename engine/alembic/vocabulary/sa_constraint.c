/* Constraints as a program makes them, before a table takes them; those that refer are in sa_foreign_key.c.
 */
#include "engine/alembic/vocabulary/sa_constraint.h"
#include <string.h>

static struct schema_item *as_item(pyv self)
{
    return (struct schema_item *)(void *)self;
}

struct schema_item *schema_item_new(struct py *py, const struct py_type *type, enum ddl_constraint_kind kind)
{
    struct schema_item *s = py_object_new(py, type, sizeof(*s));
    struct ddl_constraint *c = s ? py_alloc(py, sizeof(*c)) : NULL;
    if (!c) {
        return NULL;
    }
    *c = (struct ddl_constraint){.kind = kind, .deferrable = -1, .order = vocab_state(py)->clock++};
    s->constraint = c;
    s->pending = py_list_new(py);
    return s->pending ? s : NULL;
}

/* name, deferrable, initially, comment: what all of them take. */
int schema_constraint_common(struct py *py, struct ddl_constraint *c, pyv name, pyv deferrable, pyv initially,
                             pyv comment)
{
    return vocab_name(py, name, &c->name) || schema_tristate(py, deferrable, &c->deferrable) ||
                   schema_text(py, initially, "initially", &c->initially) ||
                   schema_text(py, comment, "a comment", &c->comment)
               ? -1
               : 0;
}

/* Columns are named by a str or given as Column. */
int schema_item_columns(struct py *py, struct schema_item *s, pyv list)
{
    struct py_list *l = (struct py_list *)(void *)list;
    for (size_t i = 0; i < l->n; i++) {
        pyv v = l->items[i];
        if (py_is_none(v)) {
            py_raise(py, "sqlalchemy.exc.ArgumentError",
                     "String column name or column expression for DDL constraint expected, got None.");
            return -1;
        }
        if (!py_text(v).ptr && !py_is(v, &py_type_column)) {
            if (py_is(v, &py_type_clause)) {
                py_refuse(py, "a constraint on %s", py_repr_of(py, v));
            } else {
                py_raise(py, "sqlalchemy.exc.ArgumentError",
                         "String column name or column expression for DDL constraint expected, got %s.",
                         py_repr_of(py, v));
            }
            return -1;
        }
        if (py_list_append(py, s->pending, v)) {
            return -1;
        }
    }
    return 0;
}

/* Made of columns that belong to a table already, it belongs to that table; made of columns that will, it
 * waits for them. */
int schema_item_attach(struct py *py, pyv self, pyv pending)
{
    struct py_list *l = (struct py_list *)(void *)pending;
    pyv table = NULL;
    for (size_t i = 0; i < l->n; i++) {
        if (!py_is(l->items[i], &py_type_column)) {
            return 0;
        }
        struct schema_column *c = (struct schema_column *)(void *)l->items[i];
        table = i == 0 || c->table == table ? c->table : NULL;
        if (!c->table) {
            c->waiting = c->waiting ? c->waiting : py_list_new(py);
            if (!c->waiting || py_list_append(py, c->waiting, self)) {
                return -1;
            }
        }
    }
    return table ? schema_table_add_constraint(py, (struct schema_table *)(void *)table, self, 0) : 0;
}

static pyv columns_constraint(struct py *py, const struct py_type *type, const struct py_args *args,
                              enum ddl_constraint_kind kind, const char *class)
{
    enum { NAME, DEFERRABLE, INITIALLY, INFO, COMMENT, AUTOATTACH, IMPLICIT, N };
    static const struct py_arg table[] = {{"name", PY_ARG_KEYWORD},
                                          {"deferrable", PY_ARG_KEYWORD},
                                          {"initially", PY_ARG_KEYWORD},
                                          {"info", PY_ARG_KEYWORD},
                                          {"comment", PY_ARG_KEYWORD},
                                          {"_autoattach", PY_ARG_KEYWORD},
                                          {"_implicit_generated", PY_ARG_KEYWORD},
                                          {0}};
    pyv v[N] = {NULL}, rest = NULL, kw = NULL;
    if (py_bind(py, type->name, args, table, v, &rest, &kw)) {
        return NULL;
    }
    struct schema_item *s = schema_item_new(py, type, kind);
    if (!s || schema_constraint_common(py, s->constraint, v[NAME], v[DEFERRABLE], v[INITIALLY], v[COMMENT]) ||
        schema_item_columns(py, s, rest) || vocab_options(py, class, kw, &s->constraint->options) ||
        schema_item_attach(py, (pyv)s, s->pending)) {
        return NULL;
    }
    return (pyv)s;
}

static pyv construct_primary_key(struct py *py, const struct py_type *type, const struct py_args *args)
{
    return columns_constraint(py, type, args, DDL_PRIMARY_KEY, "sqlalchemy.sql.schema.PrimaryKeyConstraint");
}
static pyv construct_unique(struct py *py, const struct py_type *type, const struct py_args *args)
{
    return columns_constraint(py, type, args, DDL_UNIQUE, "sqlalchemy.sql.schema.UniqueConstraint");
}

static pyv construct_check(struct py *py, const struct py_type *type, const struct py_args *args)
{
    enum { SQLTEXT, NAME, DEFERRABLE, INITIALLY, TABLE, INFO, RULE, AUTOATTACH, BOUND, COMMENT, N };
    static const struct py_arg table[] = {{"sqltext", PY_ARG_REQUIRED},
                                          {"name", 0},
                                          {"deferrable", 0},
                                          {"initially", 0},
                                          {"table", 0},
                                          {"info", 0},
                                          {"_create_rule", 0},
                                          {"_autoattach", 0},
                                          {"_type_bound", 0},
                                          {"comment", PY_ARG_KEYWORD},
                                          {0}};
    pyv v[N] = {NULL}, kw = NULL;
    if (py_bind(py, "CheckConstraint", args, table, v, NULL, &kw)) {
        return NULL;
    }
    if (schema_given(v[RULE]) || schema_given(v[BOUND])) {
        return py_refuse(py, "CheckConstraint(_create_rule=)");
    }
    struct schema_item *s = schema_item_new(py, type, DDL_CHECK);
    if (!s || schema_constraint_common(py, s->constraint, v[NAME], v[DEFERRABLE], v[INITIALLY], v[COMMENT]) ||
        vocab_options(py, "sqlalchemy.sql.schema.CheckConstraint", kw, &s->constraint->options)) {
        return NULL;
    }
    s->constraint->check = vocab_expr(py, v[SQLTEXT], VOCAB_DDL_TEXT, NULL);
    if (!s->constraint->check) {
        return NULL;
    }
    if (schema_given(v[TABLE])) {
        if (!py_is(v[TABLE], &py_type_table)) {
            return py_refuse(py, "CheckConstraint(table=%s)", py_repr_of(py, v[TABLE]));
        }
        if (schema_table_add_constraint(py, (struct schema_table *)(void *)v[TABLE], (pyv)s, 0)) {
            return NULL;
        }
    }
    return (pyv)s;
}

/* (column, operator) pairs; a str is the name of a column. */
static int exclude_element(struct py *py, struct schema_item *s, pyv pair)
{
    pyv list = py_listed(py, pair);
    struct py_list *l = list ? (struct py_list *)(void *)list : NULL;
    if (!l || l->n != 2 || !py_text(l->items[1]).ptr) {
        py_refuse(py, "ExcludeConstraint with the element %s", py_repr_of(py, pair));
        return -1;
    }
    struct ddl_exclude_element *e = vec_push(py_arena(py), &s->constraint->elements);
    pyv v = l->items[0];
    e->op = py_cstr(py, l->items[1]);
    if (py_text(v).ptr) {
        struct ddl_name name;
        if (vocab_name(py, v, &name)) {
            return -1;
        }
        e->expr = sql_column(py_arena(py), name, NULL, NULL);
        e->name = name.text;
    } else {
        e->expr = vocab_expr(py, v, VOCAB_DDL_TEXT, NULL);
        e->name = e->expr ? e->expr->name.text : NULL;
    }
    return e->expr && e->op ? 0 : -1;
}

static pyv construct_exclude(struct py *py, const struct py_type *type, const struct py_args *args)
{
    enum { NAME, DEFERRABLE, INITIALLY, USING, WHERE, OPS, COMMENT, N };
    static const struct py_arg table[] = {{"name", PY_ARG_KEYWORD},      {"deferrable", PY_ARG_KEYWORD},
                                          {"initially", PY_ARG_KEYWORD}, {"using", PY_ARG_KEYWORD},
                                          {"where", PY_ARG_KEYWORD},     {"ops", PY_ARG_KEYWORD},
                                          {"comment", PY_ARG_KEYWORD},   {0}};
    pyv v[N] = {NULL}, rest = NULL, kw = NULL;
    if (py_bind(py, "ExcludeConstraint", args, table, v, &rest, &kw)) {
        return NULL;
    }
    if (py_dict_len(kw) != 0) {
        return py_refuse(py, "ExcludeConstraint with further keywords");
    }
    struct schema_item *s = schema_item_new(py, type, DDL_EXCLUDE);
    if (!s || schema_constraint_common(py, s->constraint, v[NAME], v[DEFERRABLE], v[INITIALLY], v[COMMENT]) ||
        schema_text(py, v[USING], "using", &s->constraint->using)) {
        return NULL;
    }
    struct py_list *l = (struct py_list *)(void *)rest;
    for (size_t i = 0; i < l->n; i++) {
        if (exclude_element(py, s, l->items[i])) {
            return NULL;
        }
    }
    if (schema_given(v[WHERE])) {
        s->constraint->where = vocab_expr(py, v[WHERE], VOCAB_DDL_TEXT, NULL);
        if (!s->constraint->where) {
            return NULL;
        }
    }
    if (schema_given(v[OPS])) {
        pyv key, value;
        for (size_t at = 0; py_dict_next(v[OPS], &at, &key, &value);) {
            struct ddl_option *o = vec_push(py_arena(py), &s->constraint->ops);
            o->key = py_cstr(py, key);
            o->value = (struct sql_value){.kind = SQL_VALUE_STR, .text = py_text(value)};
            if (!o->key || !o->value.text.ptr) {
                return py_refuse(py, "ExcludeConstraint(ops=) with %s", py_repr_of(py, v[OPS]));
            }
        }
    }
    return (pyv)s;
}

/* --- what programs read --- */
static pyv read_name(struct py *py, pyv self, UNUSED const struct py_args *args)
{
    struct ddl_constraint *c = as_item(self)->constraint;
    struct ddl_name name = c->name;
    struct err err = {0};
    if (c->table && !name.conv &&
        ddl_constraint_name(py_arena(py), migration_of(py)->dialect, c, &name, &err) < 0) {
        return schema_raise(py, &err);
    }
    return schema_name_wrap(py, name);
}
static pyv read_deferrable(UNUSED struct py *py, pyv self, UNUSED const struct py_args *args)
{
    int d = as_item(self)->constraint->deferrable;
    return d < 0 ? &py_none : py_bool(d);
}
static pyv read_initially(struct py *py, pyv self, UNUSED const struct py_args *args)
{
    return py_str_of(py, as_item(self)->constraint->initially);
}
static pyv read_ondelete(struct py *py, pyv self, UNUSED const struct py_args *args)
{
    return py_str_of(py, as_item(self)->constraint->ondelete);
}
static pyv read_onupdate(struct py *py, pyv self, UNUSED const struct py_args *args)
{
    return py_str_of(py, as_item(self)->constraint->onupdate);
}
static pyv read_table(UNUSED struct py *py, pyv self, UNUSED const struct py_args *args)
{
    return as_item(self)->table ? as_item(self)->table : &py_none;
}
static pyv read_sqltext(struct py *py, pyv self, UNUSED const struct py_args *args)
{
    const struct sql_expr *e = as_item(self)->constraint->check;
    return e ? vocab_expr_wrap(py, (struct sql_expr *)(uintptr_t)e) : &py_none;
}

static pyv read_column_keys(struct py *py, pyv self, UNUSED const struct py_args *args)
{
    pyv list = py_list_new(py);
    const struct ddl_constraint *c = as_item(self)->constraint;
    for (size_t i = 0; list && i < c->columns.n; i++) {
        pyv name = schema_name_wrap(py, c->columns.items[i]);
        if (!name || py_list_append(py, list, name)) {
            return NULL;
        }
    }
    return list;
}

static pyv read_columns(struct py *py, pyv self, UNUSED const struct py_args *args)
{
    struct schema_item *s = as_item(self);
    pyv columns = schema_columns_new(py), column;
    pyv table = s->table ? ((struct schema_table *)(void *)s->table)->columns : NULL;
    for (size_t i = 0; columns && table && i < s->constraint->columns.n; i++) {
        for (size_t at = 0; schema_columns_next(table, &at, &column);) {
            const char *name = ((struct schema_column *)(void *)column)->column->name.text;
            if (strcmp(name, s->constraint->columns.items[i].text) == 0 &&
                schema_columns_add(py, columns, name, column)) {
                return NULL;
            }
        }
    }
    return columns;
}

static pyv read_referred_table(struct py *py, pyv self, UNUSED const struct py_args *args)
{
    return py_refuse(py, "the referred_table of %s", self->type->name);
}

static int constraint_setattr(struct py *py, pyv self, const char *name, pyv value)
{
    if (value && strcmp(name, "name") == 0) {
        return vocab_name(py, value, &as_item(self)->constraint->name);
    }
    py_refuse(py, "setting .%s of a constraint", name);
    return -1;
}

static int constraint_repr(struct py *py, pyv self, struct strbuf *out)
{
    (void)py;
    strbuf_addf(out, "%s()", self->type->name);
    return 0;
}

static const struct py_def constraint_defs[] = {
    {"name", PY_DEF_PROPERTY, read_name, NULL, NULL},
    {"deferrable", PY_DEF_PROPERTY, read_deferrable, NULL, NULL},
    {"initially", PY_DEF_PROPERTY, read_initially, NULL, NULL},
    {"table", PY_DEF_PROPERTY, read_table, NULL, NULL},
    {"parent", PY_DEF_PROPERTY, read_table, NULL, NULL},
    {"columns", PY_DEF_PROPERTY, read_columns, NULL, NULL},
    {"c", PY_DEF_PROPERTY, read_columns, NULL, NULL},
    {0},
};
static const struct py_def foreign_key_constraint_defs[] = {
    {"ondelete", PY_DEF_PROPERTY, read_ondelete, NULL, NULL},
    {"onupdate", PY_DEF_PROPERTY, read_onupdate, NULL, NULL},
    {"column_keys", PY_DEF_PROPERTY, read_column_keys, NULL, NULL},
    {"referred_table", PY_DEF_PROPERTY, read_referred_table, NULL, NULL},
    {"elements", PY_DEF_REFUSED, NULL, NULL, "the elements of a ForeignKeyConstraint"},
    {0},
};
static const struct py_def check_defs[] = {{"sqltext", PY_DEF_PROPERTY, read_sqltext, NULL, NULL}, {0}};

const struct py_type py_type_schema_item = {
    .head = PY_TYPE_HEAD, .name = "SchemaItem", .module = "sqlalchemy.sql.schema"};
const struct py_type py_type_constraint = {.head = PY_TYPE_HEAD,
                                           .name = "Constraint",
                                           .module = "sqlalchemy.sql.schema",
                                           .base = &py_type_schema_item,
                                           .defs = constraint_defs,
                                           .setattr = constraint_setattr,
                                           .repr = constraint_repr};
static const struct py_type py_type_columns_constraint = {.head = PY_TYPE_HEAD,
                                                          .name = "ColumnCollectionConstraint",
                                                          .module = "sqlalchemy.sql.schema",
                                                          .base = &py_type_constraint};
#define CONSTRAINT(id, class, maker, rows)                                                                   \
    const struct py_type id = {.head = PY_TYPE_HEAD,                                                         \
                               .name = class,                                                                \
                               .module = "sqlalchemy.sql.schema",                                            \
                               .base = &py_type_columns_constraint,                                          \
                               .defs = rows,                                                                 \
                               .construct = maker}
CONSTRAINT(py_type_primary_key, "PrimaryKeyConstraint", construct_primary_key, NULL);
CONSTRAINT(py_type_unique, "UniqueConstraint", construct_unique, NULL);
CONSTRAINT(py_type_foreign_key_constraint, "ForeignKeyConstraint", schema_foreign_key_constraint,
           foreign_key_constraint_defs);
CONSTRAINT(py_type_check, "CheckConstraint", construct_check, check_defs);
const struct py_type py_type_exclude = {.head = PY_TYPE_HEAD,
                                        .name = "ExcludeConstraint",
                                        .module = "sqlalchemy.dialects.postgresql.ext",
                                        .base = &py_type_columns_constraint,
                                        .construct = construct_exclude};

pyv schema_constraint_wrap(struct py *py, struct ddl_constraint *c, pyv table)
{
    static const struct py_type *const types[] = {[DDL_PRIMARY_KEY] = &py_type_primary_key,
                                                  [DDL_UNIQUE] = &py_type_unique,
                                                  [DDL_FOREIGN_KEY] = &py_type_foreign_key_constraint,
                                                  [DDL_CHECK] = &py_type_check,
                                                  [DDL_EXCLUDE] = &py_type_exclude,
                                                  [DDL_CONSTRAINT_COUNT] = &py_type_constraint};
    struct schema_item *s = py_object_new(py, types[c->kind], sizeof(*s));
    pyv pending = s ? py_list_new(py) : NULL;
    if (!pending) {
        return NULL;
    }
    s->constraint = c;
    s->pending = pending;
    s->table = table;
    return (pyv)s;
}
