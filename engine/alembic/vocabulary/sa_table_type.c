/* Table(name, metadata, ...) and what programs read of a table. */
#include "engine/alembic/vocabulary/sa_schema.h"
#include <string.h>

static struct schema_table *as_table(pyv self)
{
    return (struct schema_table *)(void *)self;
}

enum {
    A_SCHEMA,
    A_QUOTE,
    A_QUOTE_SCHEMA,
    A_AUTOLOAD_WITH,
    A_AUTOLOAD_REPLACE,
    A_KEEP,
    A_EXTEND,
    A_RESOLVE,
    A_INCLUDE,
    A_RETURNING,
    A_LISTENERS,
    A_MUST_EXIST,
    A_COUNT
};
static const struct py_arg table_args[] = {[A_SCHEMA] = {"schema", PY_ARG_KEYWORD},
                                           [A_QUOTE] = {"quote", PY_ARG_KEYWORD},
                                           [A_QUOTE_SCHEMA] = {"quote_schema", PY_ARG_KEYWORD},
                                           [A_AUTOLOAD_WITH] = {"autoload_with", PY_ARG_KEYWORD},
                                           [A_AUTOLOAD_REPLACE] = {"autoload_replace", PY_ARG_KEYWORD},
                                           [A_KEEP] = {"keep_existing", PY_ARG_KEYWORD},
                                           [A_EXTEND] = {"extend_existing", PY_ARG_KEYWORD},
                                           [A_RESOLVE] = {"resolve_fks", PY_ARG_KEYWORD},
                                           [A_INCLUDE] = {"include_columns", PY_ARG_KEYWORD},
                                           [A_RETURNING] = {"implicit_returning", PY_ARG_KEYWORD},
                                           [A_LISTENERS] = {"listeners", PY_ARG_KEYWORD},
                                           [A_MUST_EXIST] = {"must_exist", PY_ARG_KEYWORD},
                                           [A_COUNT] = {0}};

static int read_names(struct py *py, pyv const *v, pyv name, const struct py_metadata *m,
                      struct ddl_name *out, struct ddl_name *schema)
{
    int quote, quote_schema;
    if (vocab_name(py, name, out) || vocab_name(py, v[A_SCHEMA], schema) ||
        schema_tristate(py, v[A_QUOTE], &quote) || schema_tristate(py, v[A_QUOTE_SCHEMA], &quote_schema)) {
        return -1;
    }
    if (!out->text) {
        py_refuse(py, "a Table without a name");
        return -1;
    }
    if (quote >= 0) {
        out->quote = quote ? DDL_QUOTE_ALWAYS : DDL_QUOTE_NEVER;
    }
    if (!schema->text) {
        *schema = m->schema;
    } else if (quote_schema >= 0) {
        schema->quote = quote_schema ? DDL_QUOTE_ALWAYS : DDL_QUOTE_NEVER;
    }
    return 0;
}

/* The table is in the metadata already: the same one again, unless something is said about it. */
static pyv existing_table(struct py *py, pyv table, const char *key, pyv const *v, pyv items, pyv kw)
{
    bool keep, extend;
    if (schema_flag(py, v[A_KEEP], false, &keep) || schema_flag(py, v[A_EXTEND], false, &extend)) {
        return NULL;
    }
    bool said = ((struct py_list *)(void *)items)->n > 0;
    if (!keep && !extend && said) {
        return py_raise(py, "sqlalchemy.exc.InvalidRequestError",
                        "Table '%s' is already defined for this MetaData instance.  Specify "
                        "'extend_existing=True' to redefine options and columns on an existing Table object.",
                        key);
    }
    if (extend && (said || py_dict_len(kw))) {
        return schema_table_items(py, as_table(table), items, 0) ? NULL : table;
    }
    return table;
}

/* A table that could not be made is not in the metadata either. */
static pyv forget_table(struct py *py, struct py_metadata *m, const char *key)
{
    pyv raised = py_raised(py);
    if (!raised) {
        return NULL;
    }
    py_clear(py);
    pyv name = py_str_of(py, key);
    return name && py_dict_del(py, m->tables, name) >= 0 ? py_raise_value(py, raised) : NULL;
}

static pyv construct_table(struct py *py, const struct py_type *type, const struct py_args *args)
{
    pyv v[A_COUNT] = {NULL}, rest = NULL, kw = NULL;
    if (py_bind(py, "Table", args, table_args, v, &rest, &kw)) {
        return NULL;
    }
    struct py_list items = *(struct py_list *)(void *)rest;
    if (items.n < 2) {
        return py_raise(py, "TypeError",
                        "Table() takes at least two positional-only arguments 'name' and 'metadata'");
    }
    if (!py_is(items.items[1], &py_type_metadata)) {
        return py_refuse(py, "Table(..., %s) without a MetaData", py_repr_of(py, items.items[1]));
    }
    if (schema_given(v[A_LISTENERS]) || schema_given(v[A_INCLUDE])) {
        return py_refuse(py, "Table(%s=)", schema_given(v[A_LISTENERS]) ? "listeners" : "include_columns");
    }
    struct py_metadata *m = (struct py_metadata *)(void *)items.items[1];
    struct ddl_name name, schema;
    if (read_names(py, v, items.items[0], m, &name, &schema)) {
        return NULL;
    }
    items.items += 2;
    items.n -= 2;
    const char *key = schema_table_key(py, name, schema);
    pyv there = py_dict_get_str(py, m->tables, key);
    if (there) {
        return existing_table(py, there, key, v, (pyv)&items, kw);
    }
    bool must = false;
    if (schema_flag(py, v[A_MUST_EXIST], false, &must)) {
        return NULL;
    }
    if (must) {
        return py_raise(py, "sqlalchemy.exc.InvalidRequestError", "Table '%s' not defined", key);
    }
    struct schema_table *t;
    if (schema_given(v[A_AUTOLOAD_WITH])) {
        bool referred;
        if (schema_flag(py, v[A_RESOLVE], true, &referred)) {
            return NULL;
        }
        pyv wrapped = schema_table_reflect(py, m, name, schema, referred);
        if (!wrapped || items.n) {
            return wrapped ? py_refuse(py, "Table(autoload_with=) with columns of its own") : NULL;
        }
        t = as_table(wrapped);
    } else {
        t = schema_table_new(py, type, m, name, schema);
    }
    if (!t || schema_table_keywords(py, t, kw) || schema_table_items(py, t, (pyv)&items, 0)) {
        return forget_table(py, m, key);
    }
    return (pyv)t;
}

/* --- what programs read --- */
static pyv read_name(struct py *py, pyv self, UNUSED const struct py_args *args)
{
    return schema_name_wrap(py, as_table(self)->table->name);
}
static pyv read_schema(struct py *py, pyv self, UNUSED const struct py_args *args)
{
    return schema_name_wrap(py, as_table(self)->table->schema);
}
static pyv read_key(struct py *py, pyv self, UNUSED const struct py_args *args)
{
    const struct ddl_table *t = as_table(self)->table;
    return py_str_of(py, schema_table_key(py, t->name, t->schema));
}
static pyv read_columns(UNUSED struct py *py, pyv self, UNUSED const struct py_args *args)
{
    return as_table(self)->columns;
}
static pyv read_metadata(UNUSED struct py *py, pyv self, UNUSED const struct py_args *args)
{
    return as_table(self)->metadata;
}
static pyv read_comment(struct py *py, pyv self, UNUSED const struct py_args *args)
{
    return py_str_of(py, as_table(self)->table->comment);
}
static pyv read_info(struct py *py, pyv self, UNUSED const struct py_args *args)
{
    struct schema_table *t = as_table(self);
    if (!schema_given(t->info)) {
        t->info = py_dict_new(py);
    }
    return t->info;
}

/* The wrapper of a constraint, made when it is first asked for. */
static pyv wrapper_of(struct py *py, struct schema_table *t, struct ddl_constraint *c)
{
    struct py_list *l = (struct py_list *)(void *)t->constraints;
    for (size_t i = 0; i < l->n; i++) {
        if (((struct schema_item *)(void *)l->items[i])->constraint == c) {
            return l->items[i];
        }
    }
    pyv made = schema_constraint_wrap(py, c, (pyv)t);
    return made && py_list_append(py, t->constraints, made) == 0 ? made : NULL;
}

static pyv read_constraints(struct py *py, pyv self, UNUSED const struct py_args *args)
{
    struct schema_table *t = as_table(self);
    pyv set = py_set_new(py);
    struct ddl_constraint **c;
    vec_each (c, &t->table->constraints) {
        pyv w = set ? wrapper_of(py, t, *c) : NULL;
        if (!w || py_set_add(py, set, w)) {
            return NULL;
        }
    }
    return set;
}

static pyv read_foreign_key_constraints(struct py *py, pyv self, UNUSED const struct py_args *args)
{
    struct schema_table *t = as_table(self);
    pyv set = py_set_new(py);
    struct ddl_constraint **c;
    vec_each (c, &t->table->constraints) {
        pyv w = set && (*c)->kind == DDL_FOREIGN_KEY ? wrapper_of(py, t, *c) : &py_none;
        if (!w || (!py_is_none(w) && py_set_add(py, set, w))) {
            return NULL;
        }
    }
    return set;
}

static pyv read_primary_key(struct py *py, pyv self, UNUSED const struct py_args *args)
{
    struct schema_table *t = as_table(self);
    struct ddl_constraint **c;
    vec_each (c, &t->table->constraints) {
        if ((*c)->kind == DDL_PRIMARY_KEY) {
            return wrapper_of(py, t, *c);
        }
    }
    struct ddl_constraint *none = py_alloc(py, sizeof(*none));
    if (!none) {
        return NULL;
    }
    *none = (struct ddl_constraint){
        .kind = DDL_PRIMARY_KEY, .deferrable = -1, .implicit = true, .table = t->table};
    return schema_constraint_wrap(py, none, self);
}

static pyv read_indexes(struct py *py, pyv self, UNUSED const struct py_args *args)
{
    struct schema_table *t = as_table(self);
    struct py_list *l = (struct py_list *)(void *)t->indexes;
    pyv set = py_set_new(py);
    struct ddl_index **i;
    vec_each (i, &t->table->indexes) {
        pyv w = NULL;
        for (size_t k = 0; k < l->n && !w; k++) {
            w = ((struct schema_index *)(void *)l->items[k])->index == *i ? l->items[k] : NULL;
        }
        if (!w) {
            w = schema_index_wrap(py, *i, self);
            if (!w || py_list_append(py, t->indexes, w)) {
                return NULL;
            }
        }
        if (!set || py_set_add(py, set, w)) {
            return NULL;
        }
    }
    return set;
}

static pyv read_foreign_keys(struct py *py, pyv self, UNUSED const struct py_args *args)
{
    pyv set = py_set_new(py);
    struct py_list *l = (struct py_list *)(void *)as_table(self)->foreign_keys;
    for (size_t i = 0; set && i < l->n; i++) {
        if (py_set_add(py, set, l->items[i])) {
            return NULL;
        }
    }
    return set;
}

static pyv call_append_column(struct py *py, pyv self, const struct py_args *args)
{
    static const struct py_arg table[] = {{"column", PY_ARG_REQUIRED}, {"replace_existing", 0}, {0}};
    pyv v[2] = {NULL};
    bool replace;
    if (py_bind(py, "append_column", args, table, v, NULL, NULL) || schema_flag(py, v[1], false, &replace)) {
        return NULL;
    }
    if (!py_is(v[0], &py_type_column) || replace) {
        return py_refuse(py, "append_column(%s)", replace ? "replace_existing=True" : py_repr_of(py, v[0]));
    }
    return schema_table_add_column(py, as_table(self), (struct schema_column *)(void *)v[0], 0) ? NULL
                                                                                                : &py_none;
}

static pyv call_append_constraint(struct py *py, pyv self, const struct py_args *args)
{
    static const struct py_arg table[] = {{"constraint", PY_ARG_REQUIRED}, {0}};
    pyv v;
    if (py_bind(py, "append_constraint", args, table, &v, NULL, NULL)) {
        return NULL;
    }
    if (py_is(v, &py_type_index)) {
        return schema_table_add_index(py, as_table(self), v) ? NULL : &py_none;
    }
    if (!py_is(v, &py_type_constraint)) {
        return py_refuse(py, "append_constraint(%s)", py_repr_of(py, v));
    }
    return schema_table_add_constraint(py, as_table(self), v, 0) ? NULL : &py_none;
}

static int table_str(struct py *py, pyv self, struct strbuf *out)
{
    const struct ddl_table *t = as_table(self)->table;
    strbuf_adds(out, schema_table_key(py, t->name, t->schema));
    return 0;
}

static int table_repr(struct py *py, pyv self, struct strbuf *out)
{
    const struct ddl_table *t = as_table(self)->table;
    pyv column, name = schema_name_wrap(py, t->name), schema = schema_name_wrap(py, t->schema);
    strbuf_adds(out, "Table(");
    if (!name || !schema || py_repr(py, name, out)) {
        return -1;
    }
    strbuf_adds(out, ", MetaData(), ");
    for (size_t at = 0; schema_columns_next(as_table(self)->columns, &at, &column);) {
        if (py_repr(py, column, out)) {
            return -1;
        }
        strbuf_adds(out, ", ");
    }
    strbuf_adds(out, "schema=");
    if (py_repr(py, schema, out)) {
        return -1;
    }
    strbuf_adds(out, ")");
    return 0;
}

static int table_setattr(struct py *py, pyv self, const char *name, pyv value)
{
    if (value && strcmp(name, "comment") == 0) {
        return schema_text(py, value, "a comment", &as_table(self)->table->comment);
    }
    if (value && strcmp(name, "info") == 0) {
        as_table(self)->info = value;
        return 0;
    }
    py_refuse(py, "setting .%s of a Table", name);
    return -1;
}

static const struct py_def table_defs[] = {
    {"name", PY_DEF_PROPERTY, read_name, NULL, NULL},
    {"description", PY_DEF_PROPERTY, read_name, NULL, NULL},
    {"schema", PY_DEF_PROPERTY, read_schema, NULL, NULL},
    {"key", PY_DEF_PROPERTY, read_key, NULL, NULL},
    {"fullname", PY_DEF_PROPERTY, read_key, NULL, NULL},
    {"c", PY_DEF_PROPERTY, read_columns, NULL, NULL},
    {"columns", PY_DEF_PROPERTY, read_columns, NULL, NULL},
    {"metadata", PY_DEF_PROPERTY, read_metadata, NULL, NULL},
    {"comment", PY_DEF_PROPERTY, read_comment, NULL, NULL},
    {"info", PY_DEF_PROPERTY, read_info, NULL, NULL},
    {"constraints", PY_DEF_PROPERTY, read_constraints, NULL, NULL},
    {"foreign_key_constraints", PY_DEF_PROPERTY, read_foreign_key_constraints, NULL, NULL},
    {"primary_key", PY_DEF_PROPERTY, read_primary_key, NULL, NULL},
    {"indexes", PY_DEF_PROPERTY, read_indexes, NULL, NULL},
    {"foreign_keys", PY_DEF_PROPERTY, read_foreign_keys, NULL, NULL},
    {"append_column", PY_DEF_METHOD, call_append_column, NULL, NULL},
    {"append_constraint", PY_DEF_METHOD, call_append_constraint, NULL, NULL},
    {"create", PY_DEF_METHOD, schema_table_create, NULL, NULL},
    {"drop", PY_DEF_METHOD, schema_table_drop, NULL, NULL},
    {"to_metadata", PY_DEF_REFUSED, NULL, NULL, "Table.to_metadata()"},
    {"tometadata", PY_DEF_REFUSED, NULL, NULL, "Table.tometadata()"},
    {"dialect_options", PY_DEF_REFUSED, NULL, NULL, "Table.dialect_options"},
    {"kwargs", PY_DEF_REFUSED, NULL, NULL, "Table.kwargs"},
    {0},
};
const struct py_type py_type_table = {.head = PY_TYPE_HEAD,
                                      .name = "Table",
                                      .module = "sqlalchemy.sql.schema",
                                      .base = &py_type_from,
                                      .defs = table_defs,
                                      .construct = construct_table,
                                      .setattr = table_setattr,
                                      .repr = table_repr,
                                      .str = table_str};
