/* PostgreSQL's catalogue as a schema: eight queries, sent together. */
#include "engine/schema/catalog.h"
#include "engine/schema/sql.h"
#include <stdlib.h>
#include <string.h>

static const char *scope_text(struct arena *a, struct conn *c, const struct schema_scope *scope)
{
    const char *within = scope->everything ? "n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'"
                         : scope->schema
                             ? arena_printf(a, "n.nspname = %s", catalog_literal(a, c, scope->schema))
                             : "pg_catalog.pg_table_is_visible(c.oid) AND n.nspname <> 'pg_catalog'";
    return scope->table
               ? arena_printf(a, "%s AND c.relname = %s", within, catalog_literal(a, c, scope->table))
               : within;
}

/* "PostgreSQL 15.20" */
static int major_version(struct conn *c)
{
    const char *p = conn_driver(c)->server(c);
    p += strcspn(p, "0123456789");
    return (int)strtol(p, NULL, 10);
}

enum query { TABLES, COLUMNS, CONSTRAINTS, INDEXES, TRIGGERS, SEQUENCES, ENUMS, DOMAINS, QUERY_COUNT };

static const struct {
    const char *template;
    unsigned part; /* 0: always */
} queries[QUERY_COUNT] = {
    [TABLES] = {sql_schema_postgresql_tables, 0},
    [COLUMNS] = {sql_schema_postgresql_columns, SCHEMA_COLUMNS},
    [CONSTRAINTS] = {sql_schema_postgresql_constraints, SCHEMA_CONSTRAINTS},
    [INDEXES] = {sql_schema_postgresql_indexes, SCHEMA_INDEXES},
    [TRIGGERS] = {sql_schema_postgresql_triggers, SCHEMA_TRIGGERS},
    [SEQUENCES] = {sql_schema_postgresql_sequences, SCHEMA_SEQUENCES},
    [ENUMS] = {sql_schema_postgresql_enums, SCHEMA_TYPES},
    [DOMAINS] = {sql_schema_postgresql_domains, SCHEMA_TYPES},
};

static enum schema_table_kind table_kind(char relkind)
{
    switch (relkind) {
    case 'p':
        return SCHEMA_PARTITIONED;
    case 'f':
        return SCHEMA_FOREIGN;
    case 'v':
        return SCHEMA_VIEW;
    case 'm':
        return SCHEMA_MATERIALIZED_VIEW;
    default:
        return SCHEMA_TABLE;
    }
}

static void add_tables(struct arena *a, struct schema *s, const struct rowset *r)
{
    for (size_t i = 0; i < r->nrows; i++) {
        struct schema_table *t = catalog_add_table(a, s);
        t->id = catalog_number(r, i, 0);
        t->schema = catalog_text(r, i, 1);
        t->name = catalog_text(r, i, 2);
        t->kind = table_kind(*catalog_text(r, i, 3));
        t->temporary = *catalog_text(r, i, 4) == 't';
        t->visible = catalog_flag(r, i, 5);
        t->comment = catalog_text(r, i, 6);
        strings_t pairs;
        const char **pair;
        catalog_array(a, catalog_text(r, i, 7), &pairs);
        vec_each (pair, &pairs) {
            const char *equals = strchr(*pair, '=');
            struct schema_option *o = vec_push(a, &t->options);
            o->name = equals ? arena_dupn(a, *pair, (size_t)(equals - *pair)) : *pair;
            o->value = equals ? equals + 1 : "";
        }
        t->definition = catalog_text(r, i, 8);
        t->partition_key = catalog_text(r, i, 9);
        t->partition_of = catalog_text(r, i, 10);
        t->partition_bound = catalog_text(r, i, 11);
    }
}

static struct schema_identity identity_of(const struct rowset *r, size_t row, size_t col)
{
    return (struct schema_identity){.start = catalog_number(r, row, col),
                                    .increment = catalog_number(r, row, col + 1),
                                    .min = catalog_number(r, row, col + 2),
                                    .max = catalog_number(r, row, col + 3),
                                    .cache = catalog_number(r, row, col + 4),
                                    .cycle = catalog_flag(r, row, col + 5)};
}

static void add_columns(struct arena *a, struct schema *s, const struct rowset *r)
{
    size_t hint = 0;
    for (size_t i = 0; i < r->nrows; i++) {
        struct schema_table *t = catalog_table_by_id(s, catalog_number(r, i, 0), &hint);
        if (!t) {
            continue; /* made since the first of the queries ran */
        }
        struct schema_column *c = vec_push(a, &t->columns);
        const char *generated = catalog_text(r, i, 5), *identity = catalog_text(r, i, 6);
        c->name = catalog_text(r, i, 1);
        c->type = catalog_text(r, i, 2);
        c->nullable = !catalog_flag(r, i, 3);
        c->collation = catalog_text(r, i, 13);
        c->comment = catalog_text(r, i, 14);
        c->inherited = catalog_flag(r, i, 15);
        if (generated && *generated) {
            c->generated = catalog_text(r, i, 4);
            c->stored = *generated == 's';
        } else {
            c->default_text = catalog_text(r, i, 4);
        }
        if (identity && *identity) {
            struct schema_identity *own = arena_alloc(a, sizeof(*own));
            *own = identity_of(r, i, 7);
            own->always = *identity == 'a';
            c->identity = own;
        }
    }
}

static const char *action(char code)
{
    switch (code) {
    case 'r':
        return "RESTRICT";
    case 'c':
        return "CASCADE";
    case 'n':
        return "SET NULL";
    case 'd':
        return "SET DEFAULT";
    default:
        return NULL;
    }
}

/* "SET NULL (a)": its columns stand in the definition alone. */
static const char *delete_action(struct arena *a, char code, const char *definition)
{
    const char *plain = action(code);
    const char *at = plain && definition ? strstr(definition, "ON DELETE SET ") : NULL;
    const char *open = at ? at + 10 + strlen(plain) : NULL;
    if (at && strncmp(at + 10, plain, strlen(plain)) == 0 && strncmp(open, " (", 2) == 0) {
        const char *close = strchr(open, ')');
        return close ? arena_printf(a, "%s%.*s", plain, (int)(close + 1 - open), open) : plain;
    }
    return plain;
}

/* CHECK ((a > 1)) NO INHERIT NOT VALID, without what is around the expression. */
static const char *check_expression(struct arena *a, const char *definition)
{
    size_t n = strlen(definition);
    static const char *const tails[] = {" NOT VALID", " NO INHERIT"};
    for (size_t i = 0; i < COUNT_OF(tails); i++) {
        size_t len = strlen(tails[i]);
        n -= n > len && memcmp(definition + n - len, tails[i], len) == 0 ? len : 0;
    }
    const char *open = strchr(definition, '(');
    if (!open || (size_t)(open - definition) + 2 > n) {
        return definition;
    }
    return arena_dupn(a, open + 1, n - (size_t)(open - definition) - 2);
}

static enum schema_constraint_kind constraint_kind(char contype)
{
    switch (contype) {
    case 'p':
        return SCHEMA_PRIMARY_KEY;
    case 'u':
        return SCHEMA_UNIQUE;
    case 'f':
        return SCHEMA_FOREIGN_KEY;
    case 'x':
        return SCHEMA_EXCLUSION;
    default:
        return SCHEMA_CHECK;
    }
}

static void add_foreign(struct arena *a, struct schema_constraint *k, const struct rowset *r, size_t i)
{
    k->ref_schema = catalog_text(r, i, 4);
    k->ref_owner = catalog_text(r, i, 5);
    k->ref_table = catalog_text(r, i, 6);
    catalog_array(a, catalog_text(r, i, 7), &k->ref_columns);
    k->on_delete = delete_action(a, *catalog_text(r, i, 8), k->definition);
    k->on_update = action(*catalog_text(r, i, 9));
    k->match = *catalog_text(r, i, 10) == 'f' ? "FULL" : *catalog_text(r, i, 10) == 'p' ? "PARTIAL" : NULL;
}

static void add_constraints(struct arena *a, struct schema *s, const struct rowset *r)
{
    size_t hint = 0;
    for (size_t i = 0; i < r->nrows; i++) {
        struct schema_table *t = catalog_table_by_id(s, catalog_number(r, i, 0), &hint);
        if (!t) {
            continue;
        }
        struct schema_constraint *k = vec_push(a, &t->constraints);
        k->name = catalog_text(r, i, 1);
        k->kind = constraint_kind(*catalog_text(r, i, 2));
        catalog_array(a, catalog_text(r, i, 3), &k->columns);
        k->definition = catalog_text(r, i, 15);
        if (k->kind == SCHEMA_FOREIGN_KEY) {
            add_foreign(a, k, r, i);
        } else if (k->kind == SCHEMA_CHECK) {
            k->expression = check_expression(a, k->definition);
        }
        k->deferrable = catalog_flag(r, i, 11);
        k->initially = catalog_flag(r, i, 12) ? "DEFERRED" : NULL;
        k->not_valid = !catalog_flag(r, i, 13);
        k->no_inherit = k->kind == SCHEMA_CHECK && catalog_flag(r, i, 14);
        catalog_array(a, catalog_text(r, i, 16), &k->include);
        k->nulls_not_distinct = catalog_flag(r, i, 17);
        k->index = catalog_text(r, i, 18);
        k->comment = catalog_text(r, i, 19);
        k->inherited = catalog_flag(r, i, 20);
    }
}

static void add_keys(struct arena *a, struct schema_index *x, const struct rowset *r, size_t i)
{
    strings_t names, expressions, opclasses, defaults, collations;
    catalog_array(a, catalog_text(r, i, 15), &names);
    catalog_array(a, catalog_text(r, i, 16), &expressions);
    catalog_array(a, catalog_text(r, i, 17), &opclasses);
    catalog_array(a, catalog_text(r, i, 18), &defaults);
    catalog_array(a, catalog_text(r, i, 19), &collations);
    const char *flags = catalog_text(r, i, 8);
    size_t n = (size_t)catalog_number(r, i, 7);
    x->plain = !x->predicate;
    for (size_t k = 0; k < names.n; k++) {
        if (k >= n) {
            *vec_push(a, &x->include) = names.items[k];
            continue;
        }
        struct schema_key *key = vec_push(a, &x->keys);
        char *end = NULL;
        long bits = flags ? strtol(flags, &end, 10) : 0;
        flags = end;
        key->column = names.items[k];
        key->expression = expressions.items[k];
        key->opclass = opclasses.items[k];
        key->opclass_default = !defaults.items[k] || *defaults.items[k] == 't';
        key->collation = collations.items[k];
        key->descending = bits & 1;
        key->nulls_first = bits & 2;
        x->plain = x->plain && key->column && !bits && key->opclass_default && !key->collation;
    }
}

static void add_indexes(struct arena *a, struct schema *s, const struct rowset *r)
{
    size_t hint = 0;
    for (size_t i = 0; i < r->nrows; i++) {
        struct schema_table *t = catalog_table_by_id(s, catalog_number(r, i, 0), &hint);
        if (!t) {
            continue;
        }
        struct schema_index *x = vec_push(a, &t->indexes);
        x->name = catalog_text(r, i, 1);
        x->unique = catalog_flag(r, i, 2);
        x->primary = catalog_flag(r, i, 3);
        x->valid = catalog_flag(r, i, 4);
        x->method = catalog_text(r, i, 5);
        x->predicate = catalog_text(r, i, 6);
        catalog_array(a, catalog_text(r, i, 9), &x->options);
        x->tablespace = catalog_text(r, i, 10);
        x->nulls_not_distinct = catalog_flag(r, i, 11);
        x->constraint = catalog_text(r, i, 12);
        x->automatic = x->constraint != NULL;
        x->comment = catalog_text(r, i, 13);
        x->definition = catalog_text(r, i, 14);
        x->inherited = catalog_flag(r, i, 20);
        add_keys(a, x, r, i);
    }
}

static void add_triggers(struct arena *a, struct schema *s, const struct rowset *r)
{
    size_t hint = 0;
    for (size_t i = 0; i < r->nrows; i++) {
        struct schema_table *t = catalog_table_by_id(s, catalog_number(r, i, 0), &hint);
        if (t) {
            struct schema_trigger *g = vec_push(a, &t->triggers);
            g->name = catalog_text(r, i, 1);
            g->definition = catalog_text(r, i, 2);
            g->disabled = *catalog_text(r, i, 3) == 'D';
            g->inherited = catalog_flag(r, i, 4);
        }
    }
}

static void add_sequences(struct arena *a, struct schema *s, const struct rowset *r)
{
    for (size_t i = 0; i < r->nrows; i++) {
        struct schema_sequence *q = vec_push(a, &s->sequences);
        q->schema = catalog_text(r, i, 0);
        q->name = catalog_text(r, i, 1);
        q->visible = catalog_flag(r, i, 2);
        q->type = catalog_text(r, i, 3);
        q->options = identity_of(r, i, 4);
        q->owner_table = catalog_text(r, i, 10);
        q->owner_column = catalog_text(r, i, 11);
    }
}

static void add_enums(struct arena *a, struct schema *s, const struct rowset *r)
{
    for (size_t i = 0; i < r->nrows; i++) {
        struct schema_enum *e = vec_push(a, &s->enums);
        e->schema = catalog_text(r, i, 0);
        e->name = catalog_text(r, i, 1);
        e->visible = catalog_flag(r, i, 2);
        catalog_array(a, catalog_text(r, i, 3), &e->labels);
    }
}

static void add_domains(struct arena *a, struct schema *s, const struct rowset *r)
{
    for (size_t i = 0; i < r->nrows; i++) {
        struct schema_domain *d = vec_push(a, &s->domains);
        strings_t names, texts;
        d->schema = catalog_text(r, i, 0);
        d->name = catalog_text(r, i, 1);
        d->visible = catalog_flag(r, i, 2);
        d->type = catalog_text(r, i, 3);
        d->nullable = !catalog_flag(r, i, 4);
        d->default_text = catalog_text(r, i, 5);
        d->collation = catalog_text(r, i, 6);
        catalog_array(a, catalog_text(r, i, 7), &names);
        catalog_array(a, catalog_text(r, i, 8), &texts);
        for (size_t k = 0; k < names.n && k < texts.n; k++) {
            struct schema_domain_check *check = vec_push(a, &d->checks);
            check->name = names.items[k];
            check->expression = check_expression(a, texts.items[k]);
        }
    }
}

static int read_all(struct arena *a, struct conn *c, const struct schema_scope *scope, struct schema *s,
                    struct err *err)
{
    const struct catalog_place places[] = {
        {"scope", scope_text(a, c, scope)},
        {"nulls_not_distinct", major_version(c) >= 15 ? "i.indnullsnotdistinct" : "false"},
        {"trigger_inherited", major_version(c) >= 13 ? "g.tgparentid <> 0" : "false"},
        {NULL, NULL}};
    const char *texts[QUERY_COUNT];
    struct rowset rows[QUERY_COUNT];
    for (size_t i = 0; i < QUERY_COUNT; i++) {
        bool wanted = !queries[i].part || (scope->parts & queries[i].part);
        texts[i] = wanted ? catalog_fill(a, queries[i].template, places) : NULL;
    }
    int rc = catalog_run(a, c, texts, QUERY_COUNT, rows, err);
    if (rc) {
        return rc;
    }
    add_tables(a, s, &rows[TABLES]);
    add_columns(a, s, &rows[COLUMNS]);
    add_constraints(a, s, &rows[CONSTRAINTS]);
    add_indexes(a, s, &rows[INDEXES]);
    add_triggers(a, s, &rows[TRIGGERS]);
    add_sequences(a, s, &rows[SEQUENCES]);
    add_enums(a, s, &rows[ENUMS]);
    add_domains(a, s, &rows[DOMAINS]);
    return 0;
}

static const char *names_query(struct arena *a, struct conn *c, enum schema_names_kind kind,
                               const char *schema)
{
    static const struct {
        const char *kinds, *persistence;
    } rows[SCHEMA_NAMES_COUNT] = {
        [SCHEMA_NAMES_TABLES] = {"'r', 'p'", "AND c.relpersistence <> 't'"},
        [SCHEMA_NAMES_VIEWS] = {"'v'", "AND c.relpersistence <> 't'"},
        [SCHEMA_NAMES_MATERIALIZED_VIEWS] = {"'m'", "AND c.relpersistence <> 't'"},
        [SCHEMA_NAMES_TEMPORARY_TABLES] = {"'r', 'p'", "AND c.relpersistence = 't'"},
        [SCHEMA_NAMES_TEMPORARY_VIEWS] = {"'v'", "AND c.relpersistence = 't'"},
        [SCHEMA_NAMES_FOREIGN_TABLES] = {"'f'", ""},
        [SCHEMA_NAMES_SEQUENCES] = {"'S'", ""},
    };
    if (kind == SCHEMA_NAMES_SCHEMAS) {
        return sql_schema_postgresql_schemas;
    }
    const struct catalog_place places[] = {
        {"kinds", rows[kind].kinds},
        {"persistence", rows[kind].persistence},
        {"scope", scope_text(a, c, &(struct schema_scope){.schema = schema})},
        {NULL, NULL}};
    return catalog_fill(a, sql_schema_postgresql_names, places);
}

static int has_table(struct arena *a, struct conn *c, const char *schema, const char *name, bool *has,
                     struct err *err)
{
    const struct schema_scope scope = {.schema = schema, .table = name};
    const struct catalog_place places[] = {{"kinds", "'r', 'p', 'f', 'v', 'm'"},
                                           {"persistence", ""},
                                           {"scope", scope_text(a, c, &scope)},
                                           {NULL, NULL}};
    return catalog_has_row(a, c, catalog_fill(a, sql_schema_postgresql_names, places), has, err);
}

const struct catalog_reader catalog_postgresql = {.read = read_all,
                                                  .names = names_query,
                                                  .has_table = has_table,
                                                  .current = "SELECT pg_catalog.current_schema()"};
