/*
 * sqlalchemy.inspect(bind): an inspector, which asks the live database and remembers what it was told. Each
 * method's answer is kept by its arguments, as SQLAlchemy keeps it: a revision that looks again with the same
 * inspector sees what it saw.
 */
#include "engine/alembic/vocabulary/live_inspect.h"
#include <string.h>

/* A table as it was when it was first looked at: MySQL's reflection reads a table once and for all. */
struct remembered {
    const char *schema, *name; /* schema NULL: none was said */
    struct schema *is;
};
struct live_inspector {
    struct py_instance head;
    pyv bind;
    pyv answers;          /* dict: what was asked, as a text, to the answer */
    struct schema *types; /* PostgreSQL: enums and domains, looked at once */
    VEC(struct remembered) tables;
};

static struct live_inspector *self_of(pyv self)
{
    return (struct live_inspector *)(void *)self;
}

static const struct py_type type_inspector;

static bool ready(struct py *py)
{
    if (migration_of(py)->mode != MIGRATION_LIVE) {
        py_needs_live(py, "looks at the schema");
        return false;
    }
    return true;
}

static bool is_dialect(struct py *py, enum ddl_dialect_kind kind)
{
    return migration_of(py)->dialect->kind == kind;
}

static pyv inspector_new(struct py *py, const struct py_type *type, pyv bind)
{
    struct live_inspector *i = py_object_new(py, type, sizeof(*i));
    pyv answers = i ? py_dict_new(py) : NULL;
    if (!answers) {
        return NULL;
    }
    i->bind = bind;
    i->answers = answers;
    return (pyv)i;
}

pyv live_inspector(struct py *py, pyv bind)
{
    if (py_is(bind, &live_type_connection) || py_is(bind, &live_type_engine)) {
        return inspector_new(py, &type_inspector, bind);
    }
    if (strcmp(bind->type->name, "MockConnection") == 0) {
        return py_raise(py, "sqlalchemy.exc.NoInspectionAvailable",
                        "No inspection system is available for object of type <class "
                        "'sqlalchemy.engine.mock.MockConnection'>");
    }
    return py_refuse(py, "inspect(%s)", py_repr_of(py, bind));
}

static pyv inspect(struct py *py, UNUSED pyv self, const struct py_args *args)
{
    pyv out[2] = {NULL};
    if (py_bind(py, "inspect", args,
                (const struct py_arg[]){{"subject", PY_ARG_REQUIRED}, {.name = "raiseerr"}, {0}}, out, NULL,
                NULL)) {
        return NULL;
    }
    return live_inspector(py, out[0]);
}

/* Inspector(bind) and Inspector.from_engine(bind) take what inspect() does not. */
static pyv from_bind(struct py *py, const struct py_args *args, const char *function)
{
    pyv bind = NULL;
    if (py_bind(py, function, args, (const struct py_arg[]){{"bind", PY_ARG_REQUIRED}, {0}}, &bind, NULL,
                NULL)) {
        return NULL;
    }
    if (strcmp(bind->type->name, "MockConnection") == 0) {
        return py_raise(py, "AttributeError", "'MockConnection' object has no attribute 'close'");
    }
    return live_inspector(py, bind);
}

static pyv construct(struct py *py, UNUSED const struct py_type *type, const struct py_args *args)
{
    return from_bind(py, args, "Inspector");
}

static pyv from_engine(struct py *py, UNUSED pyv self, const struct py_args *args)
{
    return from_bind(py, args, "from_engine");
}

/* --- arguments and answers --- */
struct asked {
    struct live_inspector *inspector;
    const char *table, *schema; /* NULL: not given */
    pyv key;                    /* in `answers` */
    pyv known;                  /* the answer, when it was asked before; NULL: it was not */
};

static int text_argument(struct py *py, pyv v, const char **out)
{
    *out = NULL;
    if (!v || py_is_none(v)) {
        return 0;
    }
    *out = py_cstr(py, v);
    if (!*out) {
        py_refuse(py, "%s as a name for the inspector", py_repr_of(py, v));
    }
    return *out ? 0 : -1;
}

/* method(table_name, schema=None) or method(schema=None); keywords of a dialect are refused. */
static int ask(struct py *py, pyv self, const char *method, const char *first, const struct py_args *args,
               struct asked *out)
{
    const struct py_arg with[] = {{first, PY_ARG_REQUIRED}, {.name = "schema"}, {0}};
    static const struct py_arg without[] = {{.name = "schema"}, {0}};
    pyv v[2] = {NULL}, kw = NULL;
    if (py_bind(py, method, args, first ? with : without, v, NULL, &kw)) {
        return -1;
    }
    if (py_dict_len(kw)) {
        py_refuse(py, "keywords of %s()", method);
        return -1;
    }
    *out = (struct asked){.inspector = self_of(self)};
    if ((first && text_argument(py, v[0], &out->table)) ||
        text_argument(py, v[first ? 1 : 0], &out->schema)) {
        return -1;
    }
    if (first && !out->table) {
        py_refuse(py, "%s(None)", method);
        return -1;
    }
    out->key = py_str_printf(py, "%s\n%s\n%s", method, out->schema ? out->schema : "\t",
                             out->table ? out->table : "\t");
    if (!out->key || !ready(py)) {
        return -1;
    }
    out->known = py_dict_get(py, out->inspector->answers, out->key);
    return py_stopped(py) == PY_RUNNING ? 0 : -1;
}

static pyv remember(struct py *py, const struct asked *q, pyv answer)
{
    return answer && py_dict_set(py, q->inspector->answers, q->key, answer) == 0 ? answer : NULL;
}

static void *server_error(struct py *py, const struct err *err)
{
    if (err->status == ERR_REFUSED) {
        py_raise_err(py, NULL, err);
    } else {
        vocab_server_error(py, err);
    }
    return NULL;
}

/* --- tables --- */
static struct schema *types_of(struct py *py, struct live_inspector *i)
{
    if (!i->types) {
        struct err err = {0};
        struct schema_scope scope = {.schema = "pg_catalog", .table = "", .parts = SCHEMA_TYPES};
        if (schema_read(py_arena(py), migration_of(py)->conn, &scope, &i->types, &err)) {
            return server_error(py, &err);
        }
    }
    return i->types;
}

static struct schema *read_table(struct py *py, const char *schema, const char *table)
{
    struct schema_scope scope = {
        .schema = schema, .table = table, .parts = SCHEMA_COLUMNS | SCHEMA_CONSTRAINTS | SCHEMA_INDEXES};
    struct schema *s = NULL;
    struct err err = {0};
    return schema_read(py_arena(py), migration_of(py)->conn, &scope, &s, &err) ? server_error(py, &err) : s;
}

static const char *name_for_error(struct py *py, const char *schema, const char *table, bool quoted)
{
    AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
    const struct ddl_dialect *d = migration_of(py)->dialect;
    struct ddl_name s = {.text = schema, .quote = DDL_QUOTE_ALWAYS};
    struct ddl_name t = {.text = table, .quote = ddl_is_mysql(d) ? DDL_QUOTE_ALWAYS : DDL_QUOTE_NEVER};
    if (!quoted && !ddl_is_mysql(d)) {
        s.quote = DDL_QUOTE_NEVER;
    }
    if (schema) {
        ddl_quote_name(&b, d, &s);
        strbuf_addch(&b, '.');
    }
    ddl_quote_name(&b, d, &t);
    return arena_dupn(py_arena(py), strbuf_cstr(&b), b.len);
}

/* SQLite's and PostgreSQL's inspectors keep some of what they read across methods, which shows only when the
 * table was changed in between. */
static bool changed_since(struct live_inspector *i, const struct schema *now, const char *schema,
                          const char *name)
{
    const struct remembered *r;
    vec_each (r, &i->tables) {
        bool same = strcmp(r->name, name) == 0 && (r->schema != NULL) == (schema != NULL) &&
                    (!schema || strcmp(r->schema, schema) == 0);
        if (!same) {
            continue;
        }
        if (r->is->tables.n != now->tables.n || now->tables.n == 0) {
            return r->is->tables.n != now->tables.n;
        }
        const struct schema_table *a = r->is->tables.items[0], *b = now->tables.items[0];
        const char *x = a->definition ? a->definition : "", *y = b->definition ? b->definition : "";
        return a->id != b->id || strcmp(x, y) != 0;
    }
    return false;
}

static struct schema *remembered_table(struct live_inspector *i, const char *schema, const char *name)
{
    const struct remembered *r;
    vec_each (r, &i->tables) {
        if (strcmp(r->name, name) == 0 && (r->schema != NULL) == (schema != NULL) &&
            (!schema || strcmp(r->schema, schema) == 0)) {
            return r->is;
        }
    }
    return NULL;
}

/* NULL: stopped. The schema has no table when there is none. */
static struct schema *look_at(struct py *py, struct live_inspector *i, const char *schema, const char *name)
{
    bool mysql = ddl_is_mysql(migration_of(py)->dialect);
    struct schema *s = mysql ? remembered_table(i, schema, name) : NULL;
    if (s) {
        return s;
    }
    s = read_table(py, schema, name);
    if (!s) {
        return NULL;
    }
    if (!mysql && changed_since(i, s, schema, name)) {
        return py_refuse(py,
                         "an inspector that looks at the table %s again after it was changed: make a new "
                         "one with inspect()",
                         name);
    }
    if (!remembered_table(i, schema, name) && (s->tables.n || !mysql)) {
        struct remembered *r = vec_push(py_arena(py), &i->tables);
        *r = (struct remembered){schema, name, s};
    }
    if (is_dialect(py, DDL_POSTGRESQL)) {
        const struct schema *types = types_of(py, i);
        if (!types) {
            return NULL;
        }
        s->enums.items = types->enums.items;
        s->enums.n = types->enums.n;
        s->domains.items = types->domains.items;
        s->domains.n = types->domains.n;
    }
    return s;
}

static const struct schema_constraint *key_of(struct py *py, const struct live_seen *seen, const char *table,
                                              bool *failed)
{
    struct schema *s = look_at(py, seen->inspector, seen->asked, table);
    *failed = !s;
    return s && s->tables.n ? schema_primary_key(s->tables.items[0]) : NULL;
}

static bool needs_text(size_t offset)
{
    return offset != offsetof(struct live_inspection, columns) &&
           offset != offsetof(struct live_inspection, indexes);
}

typedef pyv inspect_fn(struct py *py, const struct live_seen *seen);

static pyv inspect_table(struct py *py, pyv self, const struct py_args *args, const char *method,
                         size_t offset)
{
    struct asked q;
    if (ask(py, self, method, "table_name", args, &q)) {
        return NULL;
    }
    if (q.known) {
        return q.known;
    }
    struct schema *s = look_at(py, q.inspector, q.schema, q.table);
    if (!s) {
        return NULL;
    }
    bool sqlite = is_dialect(py, DDL_SQLITE);
    if (s->tables.n == 0) {
        bool quoted = sqlite && needs_text(offset) && offset != offsetof(struct live_inspection, uniques);
        return py_raise(py, "sqlalchemy.exc.NoSuchTableError", "%s",
                        name_for_error(py, q.schema, q.table, quoted));
    }
    const struct schema_table *t = s->tables.items[0];
    if (sqlite && t->kind == SCHEMA_TABLE && t->partly_read && needs_text(offset)) {
        return py_refuse(py, "the definition of table %s, which is not understood: %.200s", t->name,
                         t->definition ? t->definition : "");
    }
    struct live_seen seen = {
        .schema = s, .table = t, .asked = q.schema, .key_of = key_of, .inspector = q.inspector};
    inspect_fn *fn;
    memcpy(&fn, (const char *)live_inspection_of(s) + offset, sizeof(fn));
    return remember(py, &q, fn(py, &seen));
}

#define OF_TABLE(name, member)                                                                               \
    static pyv name(struct py *py, pyv self, const struct py_args *args)                                     \
    {                                                                                                        \
        return inspect_table(py, self, args, #name, offsetof(struct live_inspection, member));               \
    }
OF_TABLE(get_columns, columns)
OF_TABLE(get_pk_constraint, primary_key)
OF_TABLE(get_foreign_keys, foreign_keys)
OF_TABLE(get_indexes, indexes)
OF_TABLE(get_unique_constraints, uniques)
OF_TABLE(get_check_constraints, checks)

static pyv get_table_comment(struct py *py, pyv self, const struct py_args *args)
{
    struct asked q;
    if (ask(py, self, "get_table_comment", "table_name", args, &q)) {
        return NULL;
    }
    if (is_dialect(py, DDL_SQLITE)) {
        return py_raise(py, "NotImplementedError", "%s", "");
    }
    if (q.known) {
        return q.known;
    }
    struct schema *s = look_at(py, q.inspector, q.schema, q.table);
    if (s && s->tables.n == 0) {
        return py_raise(py, "sqlalchemy.exc.NoSuchTableError", "%s",
                        name_for_error(py, q.schema, q.table, false));
    }
    struct live_dict d = live_dict_new(py);
    live_put_text(&d, "text", s ? s->tables.items[0]->comment : NULL);
    return s ? remember(py, &q, d.dict) : NULL;
}

static pyv get_view_definition(struct py *py, pyv self, const struct py_args *args)
{
    struct asked q;
    if (ask(py, self, "get_view_definition", "view_name", args, &q) || q.known) {
        return q.known;
    }
    struct schema *s = read_table(py, q.schema, q.table);
    const struct schema_table *t = s && s->tables.n ? s->tables.items[0] : NULL;
    if (s && (!t || (t->kind != SCHEMA_VIEW && t->kind != SCHEMA_MATERIALIZED_VIEW))) {
        return py_raise(py, "sqlalchemy.exc.NoSuchTableError", "%s",
                        name_for_error(py, q.schema, q.table, false));
    }
    return t ? remember(py, &q, py_str_of(py, t->definition)) : NULL;
}

/* --- is it there? --- */
static int has(struct py *py, const char *schema, const char *name, bool *out)
{
    struct err err = {0};
    if (schema_has_table(migration_of(py)->conn, schema, name, out, &err)) {
        server_error(py, &err);
        return -1;
    }
    return 0;
}

int live_has_table(struct py *py, struct ddl_name name, struct ddl_name schema, bool *out)
{
    if (migration_of(py)->mode == MIGRATION_OFFLINE) {
        py_refuse(py, "has_table() without a database");
        return -1;
    }
    return ready(py) ? has(py, schema.text, name.text, out) : -1;
}

int live_type_exists(struct py *py, const char *schema, const char *name, bool *exists, struct err *err)
{
    return schema_type_exists(migration_of(py)->conn, schema, name, exists, err);
}

static pyv has_table(struct py *py, pyv self, const struct py_args *args)
{
    struct asked q;
    bool is = false;
    if (ask(py, self, "has_table", "table_name", args, &q) || q.known) {
        return q.known;
    }
    return has(py, q.schema, q.table, &is) ? NULL : remember(py, &q, py_bool(is));
}

static pyv not_implemented(struct py *py)
{
    return py_raise(py, "NotImplementedError", "%s", "");
}

/* PostgreSQL has sequences, and MariaDB. */
static pyv no_sequences(struct py *py)
{
    return is_dialect(py, DDL_SQLITE)
               ? not_implemented(py)
               : py_raise(py, "NotImplementedError",
                          "Sequences are supported only by the MariaDB series 10.3 or greater");
}

static bool has_sequences(struct py *py)
{
    return is_dialect(py, DDL_POSTGRESQL) || is_dialect(py, DDL_MARIADB);
}

static pyv has_sequence(struct py *py, pyv self, const struct py_args *args)
{
    struct asked q;
    struct err err = {0};
    bool is = false;
    if (ask(py, self, "has_sequence", "sequence_name", args, &q) || q.known) {
        return q.known;
    }
    if (!has_sequences(py)) {
        return no_sequences(py);
    }
    if (schema_has_sequence(migration_of(py)->conn, q.schema, q.table, &is, &err)) {
        return server_error(py, &err);
    }
    return remember(py, &q, py_bool(is));
}

static pyv has_index(struct py *py, pyv self, const struct py_args *args)
{
    static const struct py_arg table[] = {
        {"table_name", PY_ARG_REQUIRED}, {"index_name", PY_ARG_REQUIRED}, {.name = "schema"}, {0}};
    pyv v[3] = {NULL}, *found;
    if (py_bind(py, "has_index", args, table, v, NULL, NULL)) {
        return NULL;
    }
    pyv passed[2] = {v[0], v[2] ? v[2] : &py_none};
    const struct py_args of_table = {.pos = passed, .npos = 2};
    pyv there = has_table(py, self, &of_table);
    if (!there || there == &py_false) {
        return there;
    }
    pyv list = get_indexes(py, self, &of_table);
    struct py_list *l = list ? (struct py_list *)(void *)list : NULL;
    for (size_t i = 0; l && i < l->n; i++) {
        pyv name = py_dict_get_str(py, l->items[i], "name");
        found = &name;
        int same = *found ? py_equal(py, *found, v[1]) : 0;
        if (same) {
            return same < 0 ? NULL : &py_true;
        }
    }
    return l ? &py_false : NULL;
}

/* --- lists of names --- */
static pyv names(struct py *py, pyv self, const struct py_args *args, const char *method,
                 enum schema_names_kind kind, bool takes_schema)
{
    struct asked q;
    strings_t list;
    struct err err = {0};
    if (!takes_schema && args->npos + args->nkw > 0) {
        return py_refuse(py, "arguments of %s()", method);
    }
    if (ask(py, self, method, NULL, args, &q) || q.known) {
        return q.known;
    }
    if (schema_list(py_arena(py), migration_of(py)->conn, kind, q.schema, &list, &err)) {
        return err.status == ERR_REFUSED ? not_implemented(py) : server_error(py, &err);
    }
    return remember(py, &q, live_strings(py, &list));
}

#define NAMES(name, kind, takes_schema)                                                                      \
    static pyv name(struct py *py, pyv self, const struct py_args *args)                                     \
    {                                                                                                        \
        return names(py, self, args, #name, SCHEMA_NAMES_##kind, takes_schema);                              \
    }
NAMES(get_table_names, TABLES, true)
NAMES(get_view_names, VIEWS, true)
NAMES(get_schema_names, SCHEMAS, false)
NAMES(get_temp_table_names, TEMPORARY_TABLES, false)
NAMES(get_temp_view_names, TEMPORARY_VIEWS, false)
NAMES(get_materialized_view_names, MATERIALIZED_VIEWS, true)
NAMES(get_foreign_table_names, FOREIGN_TABLES, true)

static pyv get_sequence_names(struct py *py, pyv self, const struct py_args *args)
{
    if (ready(py) && !has_sequences(py)) {
        return no_sequences(py);
    }
    return names(py, self, args, "get_sequence_names", SCHEMA_NAMES_SEQUENCES, true);
}

static pyv has_schema(struct py *py, pyv self, const struct py_args *args)
{
    pyv name = NULL;
    if (py_bind(py, "has_schema", args, (const struct py_arg[]){{"schema_name", PY_ARG_REQUIRED}, {0}}, &name,
                NULL, NULL)) {
        return NULL;
    }
    pyv list = get_schema_names(py, self, PY_NO_ARGS);
    int is = list ? py_contains(py, list, name) : -1;
    return is < 0 ? NULL : py_bool(is);
}

static pyv default_schema_name(struct py *py, UNUSED pyv self, UNUSED const struct py_args *args)
{
    const char *name;
    struct err err = {0};
    if (!ready(py)) {
        return NULL;
    }
    if (schema_current(py_arena(py), migration_of(py)->conn, &name, &err)) {
        return server_error(py, &err);
    }
    return py_str_of(py, name);
}

/* PostgreSQL's inspector has a few methods more. */
static bool on_postgresql(struct py *py, const char *method)
{
    if (!is_dialect(py, DDL_POSTGRESQL)) {
        py_raise(py, "AttributeError", "'Inspector' object has no attribute '%s'", method);
        return false;
    }
    return true;
}

static pyv get_enums(struct py *py, pyv self, const struct py_args *args)
{
    struct asked q;
    if (!on_postgresql(py, "get_enums") || ask(py, self, "get_enums", NULL, args, &q) || q.known) {
        return py_stopped(py) == PY_RUNNING ? q.known : NULL;
    }
    struct schema_scope scope = {.schema = "pg_catalog", .table = "", .parts = SCHEMA_TYPES};
    struct schema *s;
    struct err err = {0};
    if (schema_read(py_arena(py), migration_of(py)->conn, &scope, &s, &err)) {
        return server_error(py, &err);
    }
    pyv list = py_list_new(py);
    const struct schema_enum *e;
    vec_each (e, &s->enums) {
        bool all = q.schema && strcmp(q.schema, "*") == 0;
        if (!all && (q.schema ? strcmp(q.schema, e->schema) != 0 : !e->visible)) {
            continue;
        }
        struct live_dict d = live_dict_new(py);
        live_put_text(&d, "name", e->name);
        live_put_text(&d, "schema", e->schema);
        live_put(&d, "visible", py_bool(e->visible));
        live_put(&d, "labels", live_strings(py, &e->labels));
        list = live_append(py, list, d.dict);
    }
    return remember(py, &q, list);
}

static pyv has_type(struct py *py, pyv self, const struct py_args *args)
{
    struct asked q;
    struct err err = {0};
    bool is = false;
    if (!on_postgresql(py, "has_type") || ask(py, self, "has_type", "type_name", args, &q) || q.known) {
        return py_stopped(py) == PY_RUNNING ? q.known : NULL;
    }
    if (schema_type_exists(migration_of(py)->conn, q.schema, q.table, &is, &err)) {
        return server_error(py, &err);
    }
    return remember(py, &q, py_bool(is));
}

/* --- the rest --- */
static pyv clear_cache(struct py *py, pyv self, UNUSED const struct py_args *args)
{
    struct live_inspector *i = self_of(self);
    i->types = NULL;
    i->tables.n = 0;
    i->answers = py_dict_new(py);
    return i->answers ? &py_none : NULL;
}

static pyv bind_of(UNUSED struct py *py, pyv self, UNUSED const struct py_args *args)
{
    return self_of(self)->bind;
}

static pyv dialect(struct py *py, UNUSED pyv self, UNUSED const struct py_args *args)
{
    return live_dialect(py);
}

static const struct py_def inspector_defs[] = {
    {"from_engine", PY_DEF_CLASS_METHOD, from_engine, NULL, NULL},
    {"get_table_names", PY_DEF_METHOD, get_table_names, NULL, NULL},
    {"get_view_names", PY_DEF_METHOD, get_view_names, NULL, NULL},
    {"get_materialized_view_names", PY_DEF_METHOD, get_materialized_view_names, NULL, NULL},
    {"get_foreign_table_names", PY_DEF_METHOD, get_foreign_table_names, NULL, NULL},
    {"get_temp_table_names", PY_DEF_METHOD, get_temp_table_names, NULL, NULL},
    {"get_temp_view_names", PY_DEF_METHOD, get_temp_view_names, NULL, NULL},
    {"get_sequence_names", PY_DEF_METHOD, get_sequence_names, NULL, NULL},
    {"get_schema_names", PY_DEF_METHOD, get_schema_names, NULL, NULL},
    {"get_columns", PY_DEF_METHOD, get_columns, NULL, NULL},
    {"get_pk_constraint", PY_DEF_METHOD, get_pk_constraint, NULL, NULL},
    {"get_foreign_keys", PY_DEF_METHOD, get_foreign_keys, NULL, NULL},
    {"get_indexes", PY_DEF_METHOD, get_indexes, NULL, NULL},
    {"get_unique_constraints", PY_DEF_METHOD, get_unique_constraints, NULL, NULL},
    {"get_check_constraints", PY_DEF_METHOD, get_check_constraints, NULL, NULL},
    {"get_table_comment", PY_DEF_METHOD, get_table_comment, NULL, NULL},
    {"get_view_definition", PY_DEF_METHOD, get_view_definition, NULL, NULL},
    {"get_enums", PY_DEF_METHOD, get_enums, NULL, NULL},
    {"has_table", PY_DEF_METHOD, has_table, NULL, NULL},
    {"has_index", PY_DEF_METHOD, has_index, NULL, NULL},
    {"has_sequence", PY_DEF_METHOD, has_sequence, NULL, NULL},
    {"has_schema", PY_DEF_METHOD, has_schema, NULL, NULL},
    {"has_type", PY_DEF_METHOD, has_type, NULL, NULL},
    {"clear_cache", PY_DEF_METHOD, clear_cache, NULL, NULL},
    {"default_schema_name", PY_DEF_PROPERTY, default_schema_name, NULL, NULL},
    {"bind", PY_DEF_PROPERTY, bind_of, NULL, NULL},
    {"engine", PY_DEF_PROPERTY, bind_of, NULL, NULL},
    {"dialect", PY_DEF_PROPERTY, dialect, NULL, NULL},
    {"get_table_options", PY_DEF_REFUSED, NULL, NULL, "Inspector.get_table_options()"},
    {"get_sorted_table_and_fkc_names", PY_DEF_REFUSED, NULL, NULL,
     "Inspector.get_sorted_table_and_fkc_names()"},
    {"sort_tables_on_foreign_key_dependency", PY_DEF_REFUSED, NULL, NULL,
     "Inspector.sort_tables_on_foreign_key_dependency()"},
    {"get_domains", PY_DEF_REFUSED, NULL, NULL, "Inspector.get_domains()"},
    {"get_table_oid", PY_DEF_REFUSED, NULL, NULL, "Inspector.get_table_oid()"},
    {"reflect_table", PY_DEF_REFUSED, NULL, NULL, "Inspector.reflect_table()"},
    {"get_multi_columns", PY_DEF_REFUSED, NULL, NULL, "Inspector.get_multi_columns()"},
    {"get_multi_indexes", PY_DEF_REFUSED, NULL, NULL, "Inspector.get_multi_indexes()"},
    {"get_multi_foreign_keys", PY_DEF_REFUSED, NULL, NULL, "Inspector.get_multi_foreign_keys()"},
    {0},
};

static const struct py_type type_inspector = {.head = PY_TYPE_HEAD,
                                              .name = "Inspector",
                                              .module = "sqlalchemy.engine.reflection",
                                              .defs = inspector_defs,
                                              .construct = construct};

const struct py_def live_defs[] = {
    {"inspect", PY_DEF_FUNCTION, inspect, NULL, NULL},
    {"Inspector", PY_DEF_TYPE, NULL, &type_inspector, NULL},
    {"Connection", PY_DEF_TYPE, NULL, &live_type_connection, NULL},
    {"Row", PY_DEF_TYPE, NULL, &live_type_row, NULL},
    {"RowMapping", PY_DEF_TYPE, NULL, &live_type_mapping, NULL},
    {"CursorResult", PY_DEF_TYPE, NULL, &live_type_result, NULL},
    {"Result", PY_DEF_TYPE, NULL, &live_type_result, NULL},
    {"reflection", PY_DEF_MODULE, NULL, NULL, "sqlalchemy.engine.reflection"},
    {"create_engine", PY_DEF_REFUSED, NULL, NULL, "create_engine(): a connection of the revision's own"},
    {"engine_from_config", PY_DEF_REFUSED, NULL, NULL,
     "engine_from_config(): a connection of the revision's own"},
    {0},
};
