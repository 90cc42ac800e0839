/* `connection.dialect`: what revisions ask of it. */
#include "engine/alembic/vocabulary/live.h"

static const struct py_type live_type_dialect, live_type_preparer;

pyv live_dialect(struct py *py)
{
    return py_object_new(py, &live_type_dialect, sizeof(struct py_instance));
}

static pyv name(struct py *py, UNUSED pyv self, UNUSED const struct py_args *args)
{
    return py_str_of(py, migration_of(py)->dialect->name);
}

static pyv driver(struct py *py, UNUSED pyv self, UNUSED const struct py_args *args)
{
    return py_str_of(py, migration_of(py)->dialect->driver);
}

static pyv max_identifier_length(struct py *py, UNUSED pyv self, UNUSED const struct py_args *args)
{
    return py_int_new(py, (int64_t)migration_of(py)->dialect->max_identifier);
}

/* "PostgreSQL 15.20" as (15, 20). */
static pyv server_version_info(struct py *py, UNUSED pyv self, UNUSED const struct py_args *args)
{
    const struct migration *m = migration_of(py);
    if (m->mode == MIGRATION_OFFLINE) {
        return &py_none;
    }
    if (m->mode == MIGRATION_PLAN) {
        return py_needs_live(py, "asks for the server's version");
    }
    pyv items[4];
    size_t n = 0;
    const char *p = conn_driver(m->conn)->server(m->conn);
    p += strcspn(p, "0123456789");
    while (n < COUNT_OF(items) && *p >= '0' && *p <= '9') {
        int64_t part = 0;
        for (; *p >= '0' && *p <= '9' && part < 1000000; p++) {
            part = part * 10 + (*p - '0');
        }
        items[n] = py_int_new(py, part);
        if (!items[n++]) {
            return NULL;
        }
        p += *p == '.';
    }
    return py_tuple_new(py, items, n);
}

static pyv default_schema_name(struct py *py, UNUSED pyv self, UNUSED const struct py_args *args)
{
    const struct migration *m = migration_of(py);
    if (m->mode != MIGRATION_LIVE) {
        return py_needs_live(py, "asks for the schema in use");
    }
    const char *query = m->dialect->kind == DDL_POSTGRESQL ? "SELECT current_schema()"
                        : m->dialect->kind == DDL_SQLITE   ? "SELECT 'main'"
                                                           : "SELECT DATABASE()";
    struct rowset rows = {0};
    if (migration_emit(py, slice_of(query), &rows, NULL)) {
        return NULL;
    }
    return live_cell(py, rowset_cell(&rows, 0, 0), CELL_TEXT, NULL);
}

static pyv identifier_preparer(struct py *py, UNUSED pyv self, UNUSED const struct py_args *args)
{
    return py_object_new(py, &live_type_preparer, sizeof(struct py_instance));
}

static pyv has_table(struct py *py, UNUSED pyv self, const struct py_args *args)
{
    pyv out[3] = {NULL};
    if (py_bind(
            py, "has_table", args,
            (const struct py_arg[]){
                {"connection", PY_ARG_REQUIRED}, {"table_name", PY_ARG_REQUIRED}, {.name = "schema"}, {0}},
            out, NULL, NULL)) {
        return NULL;
    }
    struct ddl_name table, schema = {0};
    if (vocab_name(py, out[1], &table) || (out[2] && vocab_name(py, out[2], &schema))) {
        return NULL;
    }
    bool has;
    return live_has_table(py, table, schema, &has) ? NULL : py_bool(has);
}

/* dialect.get_columns(connection, ...) and the like: as an inspector that remembers nothing. */
static pyv inspect_with(struct py *py, const struct py_args *args, const char *method)
{
    if (args->npos == 0) {
        return py_refuse(py, "dialect.%s() without a connection", method);
    }
    pyv inspector = live_inspector(py, args->pos[0]);
    struct py_args rest = *args;
    rest.pos++;
    rest.npos--;
    return inspector ? py_call_method(py, inspector, method, &rest) : NULL;
}

#define INSPECT(name)                                                                                        \
    static pyv name(struct py *py, UNUSED pyv self, const struct py_args *args)                              \
    {                                                                                                        \
        return inspect_with(py, args, #name);                                                                \
    }
INSPECT(has_index)
INSPECT(has_sequence)
INSPECT(get_table_names)
INSPECT(get_view_names)
INSPECT(get_columns)
INSPECT(get_pk_constraint)
INSPECT(get_foreign_keys)
INSPECT(get_indexes)
INSPECT(get_unique_constraints)
INSPECT(get_check_constraints)

static int repr(UNUSED struct py *py, UNUSED pyv self, struct strbuf *out)
{
    strbuf_adds(out, "<dialect>");
    return 0;
}

static const struct py_def dialect_defs[] = {
    {"name", PY_DEF_PROPERTY, name, NULL, NULL},
    {"driver", PY_DEF_PROPERTY, driver, NULL, NULL},
    {"max_identifier_length", PY_DEF_PROPERTY, max_identifier_length, NULL, NULL},
    {"server_version_info", PY_DEF_PROPERTY, server_version_info, NULL, NULL},
    {"default_schema_name", PY_DEF_PROPERTY, default_schema_name, NULL, NULL},
    {"identifier_preparer", PY_DEF_PROPERTY, identifier_preparer, NULL, NULL},
    {"preparer", PY_DEF_REFUSED, NULL, NULL, "the class of identifier preparers"},
    {"has_table", PY_DEF_METHOD, has_table, NULL, NULL},
    {"has_index", PY_DEF_METHOD, has_index, NULL, NULL},
    {"has_sequence", PY_DEF_METHOD, has_sequence, NULL, NULL},
    {"get_table_names", PY_DEF_METHOD, get_table_names, NULL, NULL},
    {"get_view_names", PY_DEF_METHOD, get_view_names, NULL, NULL},
    {"get_columns", PY_DEF_METHOD, get_columns, NULL, NULL},
    {"get_pk_constraint", PY_DEF_METHOD, get_pk_constraint, NULL, NULL},
    {"get_foreign_keys", PY_DEF_METHOD, get_foreign_keys, NULL, NULL},
    {"get_indexes", PY_DEF_METHOD, get_indexes, NULL, NULL},
    {"get_unique_constraints", PY_DEF_METHOD, get_unique_constraints, NULL, NULL},
    {"get_check_constraints", PY_DEF_METHOD, get_check_constraints, NULL, NULL},
    {"type_descriptor", PY_DEF_METHOD, vocab_type_descriptor, NULL, NULL},
    {0},
};

static const struct py_type live_type_dialect = {.head = PY_TYPE_HEAD,
                                                 .name = "Dialect",
                                                 .module = "sqlalchemy.engine.default",
                                                 .defs = dialect_defs,
                                                 .repr = repr};

static pyv quote(struct py *py, UNUSED pyv self, const struct py_args *args)
{
    pyv out[2] = {NULL};
    if (py_bind(py, "quote", args,
                (const struct py_arg[]){{"ident", PY_ARG_REQUIRED}, {.name = "force"}, {0}}, out, NULL,
                NULL)) {
        return NULL;
    }
    struct ddl_name ident;
    if (vocab_name(py, out[0], &ident)) {
        return NULL;
    }
    AUTO(strbuf_release) struct strbuf text = STRBUF_INIT;
    ddl_quote_name(&text, migration_of(py)->dialect, &ident);
    return py_str_new(py, (struct slice){strbuf_cstr(&text), text.len});
}

static pyv quote_identifier(struct py *py, UNUSED pyv self, const struct py_args *args)
{
    pyv value = NULL;
    if (py_bind(py, "quote_identifier", args, (const struct py_arg[]){{"value", PY_ARG_REQUIRED}, {0}},
                &value, NULL, NULL)) {
        return NULL;
    }
    struct ddl_name ident;
    if (vocab_name(py, value, &ident)) {
        return NULL;
    }
    ident.quote = DDL_QUOTE_ALWAYS;
    AUTO(strbuf_release) struct strbuf text = STRBUF_INIT;
    ddl_quote_name(&text, migration_of(py)->dialect, &ident);
    return py_str_new(py, (struct slice){strbuf_cstr(&text), text.len});
}

static const struct py_def preparer_defs[] = {
    {"quote", PY_DEF_METHOD, quote, NULL, NULL},
    {"quote_schema", PY_DEF_METHOD, quote, NULL, NULL},
    {"quote_identifier", PY_DEF_METHOD, quote_identifier, NULL, NULL},
    {0},
};

static const struct py_type live_type_preparer = {.head = PY_TYPE_HEAD,
                                                  .name = "IdentifierPreparer",
                                                  .module = "sqlalchemy.sql.compiler",
                                                  .defs = preparer_defs};
