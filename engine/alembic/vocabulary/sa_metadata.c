/* MetaData: the tables of a program, their default schema and naming convention. */
#include "engine/alembic/vocabulary/sa_schema.h"
#include <string.h>

static struct py_metadata *as_metadata(pyv self)
{
    return (struct py_metadata *)(void *)self;
}

const char *schema_table_key(struct py *py, struct ddl_name name, struct ddl_name schema)
{
    return schema.text ? arena_printf(py_arena(py), "%s.%s", schema.text, name.text) : name.text;
}

static struct py_metadata *make(struct py *py, const struct py_type *type)
{
    struct py_metadata *m = py_object_new(py, type, sizeof(*m));
    if (!m) {
        return NULL;
    }
    m->tables = py_dict_new(py);
    m->sequences = py_list_new(py);
    m->convention = &py_none;
    return m->tables && m->sequences ? m : NULL;
}

struct py_metadata *schema_metadata_new(struct py *py)
{
    return make(py, &py_type_metadata);
}

struct py_metadata *schema_metadata_of_op(struct py *py)
{
    struct py_metadata *m = make(py, &py_type_metadata);
    const struct migration_settings *s = migration_of(py)->settings;
    if (m) {
        m->naming = s ? s->naming : NULL;
    }
    return m;
}

/* Keys of a convention are "ix", "uq", ... or the classes that these stand for. */
static const char *convention_key(struct py *py, pyv key)
{
    static const struct {
        const struct py_type *type;
        const char *key;
    } classes[] = {{&py_type_index, "ix"},
                   {&py_type_primary_key, "pk"},
                   {&py_type_check, "ck"},
                   {&py_type_unique, "uq"},
                   {&py_type_foreign_key_constraint, "fk"}};
    for (size_t i = 0; i < COUNT_OF(classes); i++) {
        if (key == (pyv)(uintptr_t)classes[i].type) {
            return classes[i].key;
        }
    }
    return py_cstr(py, key);
}

const struct ddl_naming *schema_naming(struct py *py, pyv convention)
{
    struct ddl_naming *n = py_alloc(py, sizeof(*n));
    if (!n || !py_is(convention, &py_type_dict)) {
        return n ? py_refuse(py, "a naming_convention that is not a dict") : NULL;
    }
    n->items = py_alloc_array(py, py_dict_len(convention) + 1, sizeof(*n->items));
    pyv key, value;
    for (size_t at = 0; n->items && py_dict_next(convention, &at, &key, &value);) {
        const char *name = convention_key(py, key);
        if (!name) {
            return py_refuse(py, "a naming_convention for %s", py_repr_of(py, key));
        }
        if (py_is_none(value)) {
            continue;
        }
        if (!py_text(value).ptr) {
            return py_refuse(py, "a naming_convention that calls functions (%s)", name);
        }
        n->items[n->n].key = name;
        n->items[n->n++].template = py_cstr(py, value);
    }
    return n->items ? n : NULL;
}

static pyv construct_metadata(struct py *py, const struct py_type *type, const struct py_args *args)
{
    static const struct py_arg table[] = {
        {"schema", 0}, {"quote_schema", 0}, {"naming_convention", 0}, {"info", 0}, {0}};
    pyv v[4] = {NULL};
    if (py_bind(py, "MetaData", args, table, v, NULL, NULL)) {
        return NULL;
    }
    if (schema_given(v[0]) && !py_text(v[0]).ptr) {
        return py_raise(py, "sqlalchemy.exc.ArgumentError",
                        "expected schema argument to be a string, got <class '%s'>.", v[0]->type->name);
    }
    struct py_metadata *m = make(py, type);
    int quote;
    if (!m || vocab_name(py, v[0], &m->schema) || schema_tristate(py, v[1], &quote)) {
        return NULL;
    }
    if (quote >= 0) {
        m->schema.quote = quote ? DDL_QUOTE_ALWAYS : DDL_QUOTE_NEVER;
    }
    int some = v[2] ? py_truth(py, v[2]) : 0;
    if (some < 0) {
        return NULL;
    }
    if (some) {
        m->convention = v[2];
        m->naming = schema_naming(py, v[2]);
    }
    return some && !m->naming ? NULL : (pyv)m;
}

static pyv metadata_tables(UNUSED struct py *py, pyv self, UNUSED const struct py_args *args)
{
    return as_metadata(self)->tables;
}
static pyv metadata_schema(struct py *py, pyv self, UNUSED const struct py_args *args)
{
    return schema_name_wrap(py, as_metadata(self)->schema);
}
static pyv metadata_convention(UNUSED struct py *py, pyv self, UNUSED const struct py_args *args)
{
    return as_metadata(self)->convention;
}

static pyv metadata_clear(struct py *py, pyv self, UNUSED const struct py_args *args)
{
    as_metadata(self)->tables = py_dict_new(py);
    return as_metadata(self)->tables ? &py_none : NULL;
}

static pyv metadata_remove(struct py *py, pyv self, const struct py_args *args)
{
    static const struct py_arg table[] = {{"table", PY_ARG_REQUIRED}, {0}};
    pyv v;
    if (py_bind(py, "remove", args, table, &v, NULL, NULL)) {
        return NULL;
    }
    if (!py_is(v, &py_type_table)) {
        return py_refuse(py, "MetaData.remove() of %s", py_repr_of(py, v));
    }
    const struct ddl_table *t = ((struct schema_table *)(void *)v)->table;
    pyv key = py_str_of(py, schema_table_key(py, t->name, t->schema));
    return key && py_dict_del(py, as_metadata(self)->tables, key) >= 0 ? &py_none : NULL;
}

static int metadata_contains(struct py *py, pyv self, pyv item)
{
    if (py_is(item, &py_type_table)) {
        const struct ddl_table *t = ((struct schema_table *)(void *)item)->table;
        return py_dict_get_str(py, as_metadata(self)->tables, schema_table_key(py, t->name, t->schema)) !=
               NULL;
    }
    const char *key = py_cstr(py, item);
    return key && py_dict_get_str(py, as_metadata(self)->tables, key) != NULL;
}

static int metadata_repr(UNUSED struct py *py, UNUSED pyv self, struct strbuf *out)
{
    strbuf_adds(out, "MetaData()");
    return 0;
}

static const struct py_def metadata_defs[] = {
    {"tables", PY_DEF_PROPERTY, metadata_tables, NULL, NULL},
    {"schema", PY_DEF_PROPERTY, metadata_schema, NULL, NULL},
    {"naming_convention", PY_DEF_PROPERTY, metadata_convention, NULL, NULL},
    {"sorted_tables", PY_DEF_PROPERTY, schema_sorted_tables, NULL, NULL},
    {"create_all", PY_DEF_METHOD, schema_create_all, NULL, NULL},
    {"drop_all", PY_DEF_METHOD, schema_drop_all, NULL, NULL},
    {"reflect", PY_DEF_METHOD, schema_metadata_reflect, NULL, NULL},
    {"clear", PY_DEF_METHOD, metadata_clear, NULL, NULL},
    {"remove", PY_DEF_METHOD, metadata_remove, NULL, NULL},
    {0},
};
/* `bind`, which SQLAlchemy 2 has no more, is an attribute like those of any object for programs that set it.
 */
static int metadata_setattr(struct py *py, pyv self, const char *name, pyv value)
{
    struct py_dict **attrs = py_attrs(self);
    if (!attrs || !value || (!self->type->mro && strcmp(name, "bind") != 0)) {
        py_refuse(py, "%s MetaData.%s", value ? "setting" : "deleting", name);
        return -1;
    }
    if (!*attrs) {
        *attrs = (struct py_dict *)(void *)py_dict_new(py);
    }
    return *attrs ? py_dict_set_str(py, (pyv)*attrs, name, value) : -1;
}

const struct py_type py_type_metadata = {.head = PY_TYPE_HEAD,
                                         .name = "MetaData",
                                         .module = "sqlalchemy.sql.schema",
                                         .defs = metadata_defs,
                                         .construct = construct_metadata,
                                         .contains = metadata_contains,
                                         .setattr = metadata_setattr,
                                         .repr = metadata_repr};
