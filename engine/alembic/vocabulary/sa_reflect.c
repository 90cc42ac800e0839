/* Tables that come from the database: Table(autoload_with=) and MetaData.reflect(). */
#include "engine/alembic/vocabulary/sa_schema.h"
#include <string.h>

static struct schema_table *reflect_one(struct py *py, struct py_metadata *m, struct ddl_name name,
                                        struct ddl_name schema)
{
    struct ddl_table *t = live_reflect(py, name, schema);
    return t ? (struct schema_table *)(void *)vocab_table_wrap(py, t, (pyv)m) : NULL;
}

static bool is_there(struct py *py, const struct py_metadata *m, struct ddl_name name, struct ddl_name schema)
{
    return py_dict_get_str(py, m->tables, schema_table_key(py, name, schema)) != NULL;
}

pyv schema_table_reflect(struct py *py, struct py_metadata *m, struct ddl_name name, struct ddl_name schema,
                         bool referred)
{
    VEC(struct schema_table *) made = {0};
    struct schema_table *first = reflect_one(py, m, name, schema);
    if (!first) {
        return NULL;
    }
    *(struct schema_table **)vec_push(py_arena(py), &made) = first;
    for (size_t i = 0; referred && i < made.n; i++) {
        struct ddl_constraint **k;
        vec_each (k, &made.items[i]->table->constraints) {
            if ((*k)->kind != DDL_FOREIGN_KEY || is_there(py, m, (*k)->ref_table, (*k)->ref_schema)) {
                continue;
            }
            struct schema_table *t = reflect_one(py, m, (*k)->ref_table, (*k)->ref_schema);
            if (!t || !py_spend(py, 100, 0)) {
                return NULL;
            }
            *(struct schema_table **)vec_push(py_arena(py), &made) = t;
        }
    }
    return (pyv)first;
}

/* only=: a function of name and metadata, or names, which have to be there. */
static int choose(struct py *py, struct py_metadata *m, pyv only, const strings_t *available,
                  struct ddl_name schema, strings_t *out)
{
    ddl_names_t wanted = {0};
    bool call = schema_given(only) && !py_text(only).ptr && !py_is(only, &py_type_list) &&
                !py_is(only, &py_type_tuple) && !py_is(only, &py_type_set);
    bool all = !schema_given(only);
    if (!all && !call && schema_names(py, only, &wanted)) {
        return -1;
    }
    const char **name;
    vec_each (name, available) {
        pyv args[2] = {call ? py_str_of(py, *name) : NULL, (pyv)m};
        pyv said = call ? py_call(py, only, &(const struct py_args){.pos = args, .npos = 2}) : NULL;
        int yes = all ? 1 : call ? (said ? py_truth(py, said) : -1) : 0;
        if (yes < 0) {
            return -1;
        }
        if (yes) {
            *vec_push(py_arena(py), out) = *name;
        }
    }
    AUTO(strbuf_release) struct strbuf missing = STRBUF_INIT;
    for (size_t i = 0; i < wanted.n; i++) {
        bool there = false;
        vec_each (name, available) {
            there = there || strcmp(*name, wanted.items[i].text) == 0;
        }
        if (!there) {
            strbuf_addf(&missing, "%s%s", missing.len ? ", " : "", wanted.items[i].text);
        }
        *vec_push(py_arena(py), out) = wanted.items[i].text;
    }
    if (missing.len) {
        py_raise(py, "sqlalchemy.exc.InvalidRequestError",
                 "Could not reflect: requested table(s) not available in Engine(...)%s%s%s: (%s)",
                 schema.text ? " schema '" : "", schema.text ? schema.text : "", schema.text ? "'" : "",
                 strbuf_cstr(&missing));
        return -1;
    }
    return 0;
}

pyv schema_metadata_reflect(struct py *py, pyv self, const struct py_args *args)
{
    enum { BIND, SCHEMA, VIEWS, ONLY, EXTEND, REPLACE, RESOLVE, N };
    static const struct py_arg table[] = {[BIND] = {"bind", PY_ARG_REQUIRED},
                                          [SCHEMA] = {"schema", 0},
                                          [VIEWS] = {"views", 0},
                                          [ONLY] = {"only", 0},
                                          [EXTEND] = {"extend_existing", 0},
                                          [REPLACE] = {"autoload_replace", 0},
                                          [RESOLVE] = {"resolve_fks", 0},
                                          [N] = {0}};
    pyv v[N] = {NULL};
    struct py_metadata *m = (struct py_metadata *)(void *)self;
    struct ddl_name schema;
    strings_t available = {0}, load = {0};
    bool views, extend, resolve;
    if (py_bind(py, "reflect", args, table, v, NULL, NULL) || vocab_name(py, v[SCHEMA], &schema) ||
        schema_flag(py, v[VIEWS], false, &views) || schema_flag(py, v[EXTEND], false, &extend) ||
        schema_flag(py, v[RESOLVE], true, &resolve)) {
        return NULL;
    }
    if (extend && py_dict_len(m->tables)) {
        return py_refuse(py, "MetaData.reflect(extend_existing=True) of a MetaData that has tables");
    }
    if (strcmp(v[BIND]->type->name, "MockConnection") == 0) {
        return live_inspector(py, v[BIND]);
    }
    schema = schema.text ? schema : m->schema;
    if (live_table_names(py, schema, views, &available) ||
        choose(py, m, v[ONLY], &available, schema, &load)) {
        return NULL;
    }
    for (size_t i = 0; i < load.n; i++) {
        struct ddl_name name = DDL_NAME(load.items[i]);
        if (!is_there(py, m, name, schema) && !schema_table_reflect(py, m, name, schema, resolve)) {
            return NULL;
        }
    }
    return &py_none;
}
