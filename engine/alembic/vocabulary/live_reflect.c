/* Table(autoload_with=bind): a table of the live database as one of engine/ddl. */
#include "engine/alembic/vocabulary/live_inspect.h"
#include "engine/ddl/expr_make.h"
#include <string.h>

static const struct sql_expr *literal(struct arena *a, const char *text)
{
    return sql_literal_column(a, slice_of(text), ddl_type_null()); /* no names in it are parameters */
}

static void add_identity(struct arena *a, struct ddl_column *out, const struct schema_identity *i)
{
    struct ddl_identity *own = arena_alloc(a, sizeof(*own));
    own->always = i->always;
    own->options = (struct ddl_sequence_options){.has_start = true,
                                                 .has_increment = true,
                                                 .has_min = true,
                                                 .has_max = true,
                                                 .has_cache = true,
                                                 .has_cycle = true,
                                                 .start = i->start,
                                                 .increment = i->increment,
                                                 .min = i->min,
                                                 .max = i->max,
                                                 .cache = i->cache,
                                                 .cycle = i->cycle};
    out->identity = own;
}

static void add_column(struct arena *a, struct ddl_table *out, const struct schema *s,
                       const struct schema_column *c)
{
    struct ddl_column *own = arena_alloc(a, sizeof(*own));
    own->name = DDL_NAME(c->name);
    own->type = schema_column_type(a, s, c, NULL);
    own->nullable = c->nullable;
    own->nullable_given = true;
    own->comment = c->comment;
    if (c->default_text) {
        own->server_default =
            (struct ddl_default){.kind = DDL_DEFAULT_EXPR, .expr = literal(a, c->default_text)};
    }
    if (c->generated) {
        struct ddl_computed *computed = arena_alloc(a, sizeof(*computed));
        computed->expr = literal(a, c->generated);
        computed->persisted = c->stored;
        own->computed = computed;
    }
    if (c->identity) {
        add_identity(a, own, c->identity);
    }
    if (strcmp(s->dialect, "sqlite") != 0) {
        bool serial = c->default_text && strstr(c->default_text, "nextval('");
        own->autoincrement = c->autoincrement || c->identity || serial ? DDL_AUTO_TRUE : DDL_AUTO_FALSE;
    }
    own->expr = sql_column(a, own->name, own->type, out->from);
    own->expr->data = own;
    ddl_table_add_column(a, out, own);
}

static void add_names(struct arena *a, ddl_names_t *out, const strings_t *names)
{
    for (size_t i = 0; i < names->n; i++) {
        *(struct ddl_name *)vec_push(a, out) = DDL_NAME(names->items[i]);
    }
}

static void add_constraint(struct arena *a, struct ddl_table *out, const struct schema_constraint *k)
{
    static const enum ddl_constraint_kind kinds[SCHEMA_CONSTRAINT_COUNT] = {
        DDL_PRIMARY_KEY, DDL_UNIQUE, DDL_FOREIGN_KEY, DDL_CHECK, DDL_EXCLUDE};
    struct ddl_constraint *own = arena_alloc(a, sizeof(*own));
    *own = (struct ddl_constraint){.kind = kinds[k->kind],
                                   .name = {.text = k->name},
                                   .ondelete = k->on_delete,
                                   .onupdate = k->on_update,
                                   .match = k->match,
                                   .initially = k->initially,
                                   .deferrable = k->deferrable == 1 ? 1 : -1,
                                   .comment = k->comment};
    if (k->kind == SCHEMA_FOREIGN_KEY) {
        const char *schema = k->ref_schema;
        if (!schema && out->schema.text && (!k->ref_owner || strcmp(k->ref_owner, out->schema.text) == 0)) {
            schema = out->schema.text;
        }
        own->ref_table = DDL_NAME(k->ref_table);
        own->ref_schema = (struct ddl_name){.text = schema};
        add_names(a, &own->ref_columns, &k->ref_columns);
    }
    if (k->kind == SCHEMA_CHECK) {
        own->check = literal(a, k->expression);
    } else {
        add_names(a, &own->columns, &k->columns);
    }
    ddl_table_add_constraint(a, out, own);
}

/* Keys and constraints as far as a program may look at them. Indexes and exclusion constraints are left out:
 * nothing that is done with a reflected table needs them. */
static void add_constraints(struct arena *a, struct ddl_table *out, const struct schema *s,
                            const struct schema_table *t)
{
    const struct schema_constraint *k;
    vec_each (k, &t->constraints) {
        bool index = k->kind == SCHEMA_UNIQUE && ddl_is_mysql(ddl_dialect_find(s->dialect));
        bool whole = k->kind != SCHEMA_CHECK || k->name || !ddl_is_mysql(ddl_dialect_find(s->dialect));
        if (k->kind != SCHEMA_EXCLUSION && !index && whole) {
            add_constraint(a, out, k);
        }
    }
}

static struct ddl_table *table_of(struct arena *a, const struct schema *s, const struct schema_table *t,
                                  struct ddl_name name, struct ddl_name schema)
{
    struct ddl_table *out = ddl_table_new(a, name, schema);
    const struct schema_column *c;
    vec_each (c, &t->columns) {
        if (!c->hidden || strcmp(s->dialect, "sqlite") != 0) {
            add_column(a, out, s, c);
        }
    }
    add_constraints(a, out, s, t);
    out->comment = t->comment;
    return out;
}

struct ddl_table *live_reflect(struct py *py, struct ddl_name name, struct ddl_name schema)
{
    const struct schema_scope scope = {.schema = schema.text,
                                       .table = name.text,
                                       .parts = SCHEMA_COLUMNS | SCHEMA_CONSTRAINTS | SCHEMA_TYPES};
    struct schema *s;
    struct err err = {0};
    switch (migration_of(py)->mode) {
    case MIGRATION_PLAN:
        return py_needs_live(py, "looks at the table %s", name.text);
    case MIGRATION_OFFLINE:
        return py_raise(py, "sqlalchemy.exc.NoInspectionAvailable",
                        "No inspection system is available for object of type <class "
                        "'sqlalchemy.engine.mock.MockConnection'>");
    default:
        break;
    }
    if (schema_read(py_arena(py), migration_of(py)->conn, &scope, &s, &err)) {
        vocab_server_error(py, &err);
        return NULL;
    }
    if (s->tables.n == 0) {
        return py_raise(py, "sqlalchemy.exc.NoSuchTableError", "%s", name.text);
    }
    return table_of(py_arena(py), s, s->tables.items[0], name, schema);
}

int live_table_names(struct py *py, struct ddl_name schema, bool views, strings_t *out)
{
    static const enum schema_names_kind kinds[] = {SCHEMA_NAMES_TABLES, SCHEMA_NAMES_VIEWS,
                                                   SCHEMA_NAMES_MATERIALIZED_VIEWS};
    if (migration_of(py)->mode != MIGRATION_LIVE) {
        py_needs_live(py, "looks at the tables of the database");
        return -1;
    }
    for (size_t i = 0; i < (views ? COUNT_OF(kinds) : 1); i++) {
        strings_t names;
        const char **name;
        struct err err = {0};
        int rc = schema_list(py_arena(py), migration_of(py)->conn, kinds[i], schema.text, &names, &err);
        if (rc == ERR_REFUSED) {
            continue; /* the database has nothing of the kind */
        }
        if (rc) {
            vocab_server_error(py, &err);
            return -1;
        }
        vec_each (name, &names) {
            *vec_push(py_arena(py), out) = *name;
        }
    }
    return 0;
}
