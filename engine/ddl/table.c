/*
 * Tables as collections: what adding a column with its flags or a constraint does to a table, in the order in
 * which SQLAlchemy attaches them, and which column counts up by itself.
 */
#include "engine/ddl/table.h"
#include <string.h>

struct ddl_table *ddl_table_new(struct arena *a, struct ddl_name name, struct ddl_name schema)
{
    struct ddl_table *t = arena_alloc(a, sizeof(*t));
    t->name = name;
    t->schema = schema;
    t->from = sql_table(a, name, schema);
    t->from->data = t;
    t->own_clock = 1;
    return t;
}

struct ddl_column *ddl_table_column(const struct ddl_table *t, const char *name)
{
    struct ddl_column **c;
    vec_each (c, &t->columns) {
        if (strcmp((*c)->name.text, name) == 0) {
            return *c;
        }
    }
    return NULL;
}

static struct ddl_constraint *primary_key(const struct ddl_table *t)
{
    struct ddl_constraint **c;
    vec_each (c, &t->constraints) {
        if ((*c)->kind == DDL_PRIMARY_KEY) {
            return *c;
        }
    }
    return NULL;
}

const struct ddl_constraint *ddl_primary_key(const struct ddl_table *t)
{
    return primary_key(t);
}

static bool names_have(const ddl_names_t *names, const char *name)
{
    const struct ddl_name *n;
    vec_each (n, names) {
        if (strcmp(n->text, name) == 0) {
            return true;
        }
    }
    return false;
}

static int64_t tick(struct ddl_table *t)
{
    return t->clock ? (*t->clock)++ : t->own_clock++;
}

/* Column(primary_key=True) joins the table's key, which exists from the first such column on. */
static void join_primary_key(struct arena *a, struct ddl_table *t, const struct ddl_column *c)
{
    struct ddl_constraint *pk = primary_key(t);
    if (!pk) {
        pk = arena_alloc(a, sizeof(*pk));
        *pk = (struct ddl_constraint){
            .kind = DDL_PRIMARY_KEY, .table = t, .deferrable = -1, .implicit = true, .order = tick(t)};
        *(struct ddl_constraint **)vec_push(a, &t->constraints) = pk;
    }
    if (!names_have(&pk->columns, c->name.text)) {
        *(struct ddl_name *)vec_push(a, &pk->columns) = c->name;
    }
}

/* index=True gives an index (unique with unique=True as well), unique=True alone a constraint. */
static void add_flags(struct arena *a, struct ddl_table *t, struct ddl_column *c)
{
    if (c->index) {
        struct ddl_index *i = arena_alloc(a, sizeof(*i));
        i->unique = c->unique;
        i->column_flag = true;
        struct ddl_index_element *e = vec_push(a, &i->elements);
        e->column = c->name;
        ddl_table_add_index(a, t, i);
    } else if (c->unique) {
        struct ddl_constraint *u = arena_alloc(a, sizeof(*u));
        *u = (struct ddl_constraint){.kind = DDL_UNIQUE, .deferrable = -1};
        *(struct ddl_name *)vec_push(a, &u->columns) = c->name;
        ddl_table_add_constraint(a, t, u);
    }
}

/* geoalchemy2 gives every spatial column an index, unless told otherwise. */
static void add_spatial_index(struct arena *a, struct ddl_table *t, struct ddl_column *c)
{
    const struct ddl_type *type = c->type;
    for (int i = 0; i < 64 && type && ddl_type_is(type, DDL_TYPE_DECORATOR); i++) {
        type = type->item;
    }
    if (!type || !type->spatial_index || !t->name.text || !c->name.text) {
        return;
    }
    struct ddl_index *i = arena_alloc(a, sizeof(*i));
    i->name = DDL_NAME(arena_printf(a, "idx_%s_%s", t->name.text, c->name.text));
    i->column_flag = true;
    struct ddl_option *o = vec_push(a, &i->options);
    o->key = "postgresql_using";
    o->value = (struct sql_value){.kind = SQL_VALUE_STR, .text = SLICE("gist")};
    struct ddl_index_element *e = vec_push(a, &i->elements);
    e->column = c->name;
    ddl_table_add_index(a, t, i);
}

static bool makes_check(const struct ddl_type *type)
{
    for (const struct ddl_type *t = type; t; t = t->item) {
        enum ddl_affinity affinity = t->class ? t->class->affinity : AFFINITY_NULL;
        if ((affinity == AFFINITY_BOOLEAN || affinity == AFFINITY_ENUM) && t->create_constraint) {
            return true;
        }
    }
    for (size_t i = 0; type && i < type->nvariants; i++) {
        if (makes_check(type->variants[i].type)) {
            return true;
        }
    }
    return false;
}

/* A type may carry a CHECK; whether it shows depends on the dialect (ddl_constraint_wanted). */
static void add_type_check(struct arena *a, struct ddl_table *t, struct ddl_column *c)
{
    if (!c->type || !makes_check(c->type)) {
        return;
    }
    struct ddl_constraint *check = arena_alloc(a, sizeof(*check));
    *check =
        (struct ddl_constraint){.kind = DDL_CHECK, .deferrable = -1, .type_bound = true, .of_type = c->type};
    *(struct ddl_name *)vec_push(a, &check->columns) = c->name;
    ddl_table_add_constraint(a, t, check);
}

void ddl_table_add_column(struct arena *a, struct ddl_table *t, struct ddl_column *c)
{
    *(struct ddl_column **)vec_push(a, &t->columns) = c;
    c->table = t;
    c->type = c->type ? ddl_type_in_schema(a, c->type, t->schema.text) : NULL;
    if (!c->expr) {
        c->expr = sql_column(a, c->name, c->type ? c->type : ddl_type_null(), t->from);
    }
    c->expr->from = t->from;
    c->expr->data = c;
    sql_table_add(a, t->from, c->expr);
    if (c->primary_key) {
        join_primary_key(a, t, c);
    }
    add_flags(a, t, c);
    add_spatial_index(a, t, c);
    add_type_check(a, t, c);
    struct ddl_constraint **k;
    vec_each (k, &c->constraints) {
        (*k)->table = t;
        if ((*k)->kind == DDL_FOREIGN_KEY) {
            (*k)->columns.n = 0;
            *(struct ddl_name *)vec_push(a, &(*k)->columns) = c->name;
            (*k)->order = 0;
            ddl_table_add_constraint(a, t, *k);
        }
    }
}

/* An explicit key replaces the one that columns' flags made and takes over their columns when they agree. */
static void set_primary_key(struct arena *a, struct ddl_table *t, struct ddl_constraint *pk)
{
    size_t kept = 0, flagged = 0, common = 0;
    for (size_t i = 0; i < t->constraints.n; i++) {
        if (t->constraints.items[i]->kind != DDL_PRIMARY_KEY) {
            t->constraints.items[kept++] = t->constraints.items[i];
        }
    }
    t->constraints.n = kept;
    struct ddl_column **c;
    vec_each (c, &t->columns) {
        flagged += (*c)->primary_key;
        common += (*c)->primary_key && names_have(&pk->columns, (*c)->name.text);
    }
    if (pk->columns.n == 0 || (common == flagged && flagged == pk->columns.n)) {
        vec_each (c, &t->columns) {
            if ((*c)->primary_key && !names_have(&pk->columns, (*c)->name.text)) {
                *(struct ddl_name *)vec_push(a, &pk->columns) = (*c)->name;
            }
        }
    }
    vec_each (c, &t->columns) {
        if (names_have(&pk->columns, (*c)->name.text)) {
            (*c)->primary_key = true;
            (*c)->nullable = (*c)->nullable_given && (*c)->nullable;
        }
    }
}

void ddl_table_add_constraint(struct arena *a, struct ddl_table *t, struct ddl_constraint *c)
{
    c->table = t;
    if (c->order == 0) {
        c->order = tick(t);
    }
    if (c->kind == DDL_PRIMARY_KEY) {
        set_primary_key(a, t, c);
    }
    *(struct ddl_constraint **)vec_push(a, &t->constraints) = c;
}

void ddl_table_add_index(struct arena *a, struct ddl_table *t, struct ddl_index *i)
{
    i->table = t;
    *(struct ddl_index **)vec_push(a, &t->indexes) = i;
}

static bool counts(const struct ddl_column *c)
{
    enum ddl_affinity affinity = ddl_type_affinity(c->type);
    return affinity == AFFINITY_INTEGER || affinity == AFFINITY_NUMERIC || affinity == AFFINITY_FLOAT;
}

static bool has_foreign_key(const struct ddl_column *c)
{
    struct ddl_constraint **k;
    vec_each (k, &c->table->constraints) {
        if ((*k)->kind == DDL_FOREIGN_KEY && names_have(&(*k)->columns, c->name.text)) {
            return true;
        }
    }
    return false;
}

static bool counts_unasked(const struct ddl_column *c)
{
    return counts(c) && !c->python_default && (c->server_default.kind == DDL_DEFAULT_NONE || c->identity) &&
           !c->computed && (c->autoincrement == DDL_AUTO_IGNORE_FK || !has_foreign_key(c));
}

const struct ddl_column *ddl_autoincrement_column(const struct ddl_table *t)
{
    const struct ddl_constraint *pk = t ? primary_key(t) : NULL;
    const struct ddl_name *name;
    if (!pk) {
        return NULL;
    }
    vec_each (name, &pk->columns) {
        const struct ddl_column *c = ddl_table_column(t, name->text);
        if (c && c->autoincrement == DDL_AUTO_TRUE) {
            return c;
        }
    }
    const struct ddl_column *only =
        pk->columns.n == 1 ? ddl_table_column(t, pk->columns.items[0].text) : NULL;
    return only && only->autoincrement != DDL_AUTO_FALSE && counts_unasked(only) ? only : NULL;
}

int ddl_autoincrement_check(const struct ddl_dialect *d, const struct ddl_table *t, struct err *err)
{
    const struct ddl_constraint *pk = primary_key(t);
    const struct ddl_name *name;
    const struct ddl_column *first = NULL;
    if (!pk) {
        return 0;
    }
    vec_each (name, &pk->columns) {
        const struct ddl_column *c = ddl_table_column(t, name->text);
        if (!c || c->autoincrement != DDL_AUTO_TRUE) {
            continue;
        }
        if (!counts(c)) {
            AUTO(strbuf_release) struct strbuf type = STRBUF_INIT;
            if (ddl_type_render(&type, d, c->type, NULL) < 0) {
                strbuf_clear(&type);
                strbuf_adds(&type, c->type->class->affinity == AFFINITY_NULL ? "NULL" : c->type->class->name);
            }
            return ddl_fail(err, DDL_ARGUMENT,
                            "Column type %s on column '%s.%s' is not compatible with autoincrement=True",
                            strbuf_cstr(&type), t->name.text, c->name.text);
        }
        if (first) {
            return ddl_fail(err, DDL_ARGUMENT,
                            "Only one Column may be marked autoincrement=True, found both %s and %s.",
                            c->name.text, first->name.text);
        }
        first = c;
    }
    return 0;
}
