/* What programs read and change of a Column after it was made. */
#include "engine/alembic/vocabulary/sa_column.h"
#include <string.h>

static struct schema_column *as_column(pyv self)
{
    return (struct schema_column *)(void *)self;
}

/* --- what programs read --- */
static pyv read_name(struct py *py, pyv self, UNUSED const struct py_args *args)
{
    return schema_name_wrap(py, as_column(self)->column->name);
}
static pyv read_key(struct py *py, pyv self, UNUSED const struct py_args *args)
{
    const char *key = as_column(self)->expr->key;
    return key ? py_str_of(py, key) : schema_name_wrap(py, as_column(self)->column->name);
}
static pyv read_type(struct py *py, pyv self, UNUSED const struct py_args *args)
{
    struct schema_column *c = as_column(self);
    if (!c->type) {
        c->type = vocab_type_wrap(py, c->column->type);
    }
    return c->type;
}
static pyv read_table(UNUSED struct py *py, pyv self, UNUSED const struct py_args *args)
{
    return as_column(self)->table ? as_column(self)->table : &py_none;
}
static pyv read_nullable(UNUSED struct py *py, pyv self, UNUSED const struct py_args *args)
{
    return py_bool(as_column(self)->column->nullable);
}
static pyv read_primary_key(UNUSED struct py *py, pyv self, UNUSED const struct py_args *args)
{
    return py_bool(as_column(self)->column->primary_key);
}
static pyv read_unique(UNUSED struct py *py, pyv self, UNUSED const struct py_args *args)
{
    return as_column(self)->column->unique ? &py_true : &py_none;
}
static pyv read_index(UNUSED struct py *py, pyv self, UNUSED const struct py_args *args)
{
    return as_column(self)->column->index ? &py_true : &py_none;
}
static pyv read_comment(struct py *py, pyv self, UNUSED const struct py_args *args)
{
    return py_str_of(py, as_column(self)->column->comment);
}
static pyv read_autoincrement(struct py *py, pyv self, UNUSED const struct py_args *args)
{
    switch (as_column(self)->column->autoincrement) {
    case DDL_AUTO_TRUE:
        return &py_true;
    case DDL_AUTO_FALSE:
        return &py_false;
    case DDL_AUTO_IGNORE_FK:
        return py_str_of(py, "ignore_fk");
    default:
        return py_str_of(py, "auto");
    }
}

static pyv read_server_default(struct py *py, pyv self, UNUSED const struct py_args *args)
{
    struct schema_column *c = as_column(self);
    const struct ddl_default *def = &c->column->server_default;
    if (c->server_default && py_is(c->server_default, &py_type_fetched_value)) {
        return c->server_default;
    }
    if (def->kind == DDL_DEFAULT_NONE) {
        return &py_none;
    }
    struct py_default_clause *d = py_object_new(py, &py_type_default_clause, sizeof(*d));
    if (!d) {
        return NULL;
    }
    d->def = *def;
    d->arg = c->server_default                 ? c->server_default
             : def->kind == DDL_DEFAULT_STRING ? py_str_new(py, def->text)
             : def->kind == DDL_DEFAULT_EXPR   ? vocab_expr_wrap(py, (struct sql_expr *)(uintptr_t)def->expr)
                                               : &py_none;
    c->server_default = (pyv)d;
    return d->arg ? (pyv)d : NULL;
}
static pyv read_default(UNUSED struct py *py, pyv self, UNUSED const struct py_args *args)
{
    return as_column(self)->default_ ? as_column(self)->default_ : &py_none;
}
static pyv read_onupdate(UNUSED struct py *py, pyv self, UNUSED const struct py_args *args)
{
    return as_column(self)->onupdate ? as_column(self)->onupdate : &py_none;
}
static pyv read_doc(UNUSED struct py *py, pyv self, UNUSED const struct py_args *args)
{
    return as_column(self)->doc ? as_column(self)->doc : &py_none;
}
static pyv read_info(struct py *py, pyv self, UNUSED const struct py_args *args)
{
    struct schema_column *c = as_column(self);
    if (!schema_given(c->info)) {
        c->info = py_dict_new(py);
    }
    return c->info;
}

static pyv read_items(struct py *py, pyv self, const struct py_type *type)
{
    pyv set = py_set_new(py);
    struct py_list *l = (struct py_list *)(void *)as_column(self)->items;
    for (size_t i = 0; set && i < l->n; i++) {
        if (py_is(l->items[i], type) && py_set_add(py, set, l->items[i])) {
            return NULL;
        }
    }
    return set;
}
static pyv read_foreign_keys(struct py *py, pyv self, UNUSED const struct py_args *args)
{
    return read_items(py, self, &py_type_foreign_key);
}
static pyv read_constraints(struct py *py, pyv self, UNUSED const struct py_args *args)
{
    return read_items(py, self, &py_type_constraint);
}
static pyv read_identity(UNUSED struct py *py, pyv self, UNUSED const struct py_args *args)
{
    struct schema_column *c = as_column(self);
    return c->column->identity && c->server_default ? c->server_default : &py_none;
}
static pyv read_computed(UNUSED struct py *py, pyv self, UNUSED const struct py_args *args)
{
    struct schema_column *c = as_column(self);
    return c->column->computed && c->server_default ? c->server_default : &py_none;
}

static pyv call_copy(struct py *py, pyv self, UNUSED const struct py_args *args)
{
    return (pyv)schema_column_copy(py, as_column(self));
}

static pyv call_append_foreign_key(struct py *py, pyv self, const struct py_args *args)
{
    static const struct py_arg table[] = {{"fk", PY_ARG_REQUIRED}, {0}};
    pyv fk;
    if (py_bind(py, "append_foreign_key", args, table, &fk, NULL, NULL)) {
        return NULL;
    }
    if (as_column(self)->table || !py_is(fk, &py_type_foreign_key)) {
        return py_refuse(py, "append_foreign_key() on a column of a table");
    }
    return schema_column_add_foreign_key(py, as_column(self), fk) ? NULL : &py_none;
}

/* --- what programs change --- */
static int write_bool(struct py *py, pyv value, bool *out)
{
    return schema_flag(py, value, false, out);
}

static int column_setattr(struct py *py, pyv self, const char *name, pyv value)
{
    struct schema_column *c = as_column(self);
    bool before = c->table == NULL;
    if (value && strcmp(name, "nullable") == 0) {
        c->column->nullable_given = true;
        return write_bool(py, value, &c->column->nullable);
    }
    if (value && strcmp(name, "comment") == 0) {
        return schema_text(py, value, "a comment", &c->column->comment);
    }
    if (value && strcmp(name, "type") == 0) {
        return schema_column_set_type(py, c, value);
    }
    if (value && strcmp(name, "autoincrement") == 0) {
        return schema_column_set_autoincrement(py, c, value);
    }
    if (value && strcmp(name, "info") == 0) {
        c->info = value;
        return 0;
    }
    if (value && strcmp(name, "server_default") == 0 && before && !c->column->identity &&
        !c->column->computed) {
        c->column->server_default = (struct ddl_default){0};
        return schema_column_set_server_default(py, c, value);
    }
    if (value && before && strcmp(name, "primary_key") == 0) {
        return write_bool(py, value, &c->column->primary_key);
    }
    if (value && before && strcmp(name, "unique") == 0) {
        return write_bool(py, value, &c->column->unique);
    }
    if (value && before && strcmp(name, "index") == 0) {
        return write_bool(py, value, &c->column->index);
    }
    if (value && before && strcmp(name, "name") == 0) {
        const char *key = c->expr->key;
        if (vocab_name(py, value, &c->column->name)) {
            return -1;
        }
        schema_column_expr(py, c, key);
        return 0;
    }
    py_refuse(py, "setting .%s of a Column", name);
    return -1;
}

static int column_str(struct py *py, pyv self, struct strbuf *out)
{
    (void)py;
    const struct ddl_column *c = as_column(self)->column;
    if (c->table) {
        strbuf_addf(out, "%s.", c->table->name.text);
    }
    strbuf_adds(out, c->name.text ? c->name.text : "(no name)");
    return 0;
}

static int column_repr(struct py *py, pyv self, struct strbuf *out)
{
    struct schema_column *c = as_column(self);
    pyv name = schema_name_wrap(py, c->column->name), type = name ? read_type(py, self, NULL) : NULL;
    strbuf_adds(out, "Column(");
    if (!type || py_repr(py, name, out)) {
        return -1;
    }
    strbuf_adds(out, ", ");
    if (py_repr(py, type, out)) {
        return -1;
    }
    strbuf_addf(out, ", table=%s%s%s", c->column->table ? "<" : "",
                c->column->table ? c->column->table->name.text : "None", c->column->table ? ">" : "");
    strbuf_adds(out, c->column->primary_key ? ", primary_key=True" : "");
    strbuf_adds(out, c->column->nullable ? ")" : ", nullable=False)");
    return 0;
}

static const struct py_def column_defs[] = {
    {"name", PY_DEF_PROPERTY, read_name, NULL, NULL},
    {"key", PY_DEF_PROPERTY, read_key, NULL, NULL},
    {"type", PY_DEF_PROPERTY, read_type, NULL, NULL},
    {"table", PY_DEF_PROPERTY, read_table, NULL, NULL},
    {"nullable", PY_DEF_PROPERTY, read_nullable, NULL, NULL},
    {"primary_key", PY_DEF_PROPERTY, read_primary_key, NULL, NULL},
    {"unique", PY_DEF_PROPERTY, read_unique, NULL, NULL},
    {"index", PY_DEF_PROPERTY, read_index, NULL, NULL},
    {"comment", PY_DEF_PROPERTY, read_comment, NULL, NULL},
    {"autoincrement", PY_DEF_PROPERTY, read_autoincrement, NULL, NULL},
    {"server_default", PY_DEF_PROPERTY, read_server_default, NULL, NULL},
    {"default", PY_DEF_PROPERTY, read_default, NULL, NULL},
    {"onupdate", PY_DEF_PROPERTY, read_onupdate, NULL, NULL},
    {"doc", PY_DEF_PROPERTY, read_doc, NULL, NULL},
    {"info", PY_DEF_PROPERTY, read_info, NULL, NULL},
    {"foreign_keys", PY_DEF_PROPERTY, read_foreign_keys, NULL, NULL},
    {"constraints", PY_DEF_PROPERTY, read_constraints, NULL, NULL},
    {"identity", PY_DEF_PROPERTY, read_identity, NULL, NULL},
    {"computed", PY_DEF_PROPERTY, read_computed, NULL, NULL},
    {"copy", PY_DEF_METHOD, call_copy, NULL, NULL},
    {"_copy", PY_DEF_METHOD, call_copy, NULL, NULL},
    {"append_foreign_key", PY_DEF_METHOD, call_append_foreign_key, NULL, NULL},
    {0},
};
const struct py_type py_type_column = {.head = PY_TYPE_HEAD,
                                       .name = "Column",
                                       .module = "sqlalchemy.sql.schema",
                                       .base = &py_type_expr,
                                       .defs = column_defs,
                                       .construct = schema_column_construct,
                                       .setattr = column_setattr,
                                       .repr = column_repr,
                                       .str = column_str};
