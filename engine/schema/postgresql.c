/* PostgreSQL's catalogue as a schema: eight queries, sent together. Their rows go to postgresql_reader.c and
 * postgresql_objects.c as they come. */
#include "engine/schema/postgresql.h"
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

enum query { TABLES, COLUMNS, CONSTRAINTS, INDEXES, TRIGGERS, SEQUENCES, TYPES, ROUTINES, QUERY_COUNT };

static const struct {
    const char *template;
    unsigned parts; /* 0: always */
    void (*row)(void *reader, const struct rowset *r);
} queries[QUERY_COUNT] = {
    [TABLES] = {sql_schema_postgresql_tables, 0, pg_take_table},
    [COLUMNS] = {sql_schema_postgresql_columns, SCHEMA_COLUMNS, pg_take_column},
    [CONSTRAINTS] = {sql_schema_postgresql_constraints, SCHEMA_CONSTRAINTS, pg_take_constraint},
    [INDEXES] = {sql_schema_postgresql_indexes, SCHEMA_INDEXES, pg_take_index},
    [TRIGGERS] = {sql_schema_postgresql_triggers, SCHEMA_TRIGGERS | SCHEMA_REST, pg_take_trigger},
    [SEQUENCES] = {sql_schema_postgresql_sequences, SCHEMA_SEQUENCES, pg_take_sequence},
    [TYPES] = {sql_schema_postgresql_types, SCHEMA_TYPES | SCHEMA_REST | SCHEMA_GRANTS, pg_take_type},
    [ROUTINES] = {sql_schema_postgresql_routines, SCHEMA_ROUTINES, pg_take_routine},
};

typedef VEC(struct catalog_place) places_t;

static void put(struct arena *a, places_t *places, const char *name, const char *value)
{
    *vec_push(a, places) = (struct catalog_place){name, value};
}

/* within: a condition on the schema alone, of types and the like. */
static struct catalog_place *places_of(struct arena *a, struct conn *c, bool whole, bool all,
                                       const char *scope, const char *within)
{
    places_t places = {0};
    int version = major_version(c);
    put(a, &places, "scope", scope);
    put(a, &places, "within", within);
    put(a, &places, "all", all ? "true" : "false");
    put(a, &places, "default", "COALESCE(pg_catalog.current_schema(), '')");
    const char *alike = version >= 15 ? "i.indnullsnotdistinct" : "false";
    put(a, &places, "nulls_not_distinct", alike);
    put(a, &places, "compression", version >= 14 ? "a.attcompression" : "NULL");
    put(a, &places, "index_text",
        whole ? arena_printf(a,
                             "CASE WHEN o.conname IS NULL AND NOT (e.simple AND c.relkind <> 'p' AND "
                             "i.indnatts = i.indnkeyatts AND i.indpred IS NULL AND ic.reloptions IS NULL AND "
                             "NOT %s) THEN pg_catalog.pg_get_indexdef(i.indexrelid, 0, true) END",
                             alike)
              : "pg_catalog.pg_get_indexdef(i.indexrelid)");
    put(a, &places, "trigger_text",
        whole ? "pg_catalog.pg_get_triggerdef(g.oid, true)" : "pg_catalog.pg_get_triggerdef(g.oid)");
    put(a, &places, "domain_collation",
        whole ? "CASE WHEN t.typcollation <> b.typcollation THEN k.collname END" : "k.collname::text");
    put(a, &places, "trigger_inherited", version >= 13 ? "g.tgparentid <> 0" : "false");
    /* What an extension has made is a part of it. */
    put(a, &places, "no_member",
        whole ? "AND c.oid >= 16384 AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend m WHERE m.deptype = 'e' "
                "AND "
                "m.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass AND m.classid = "
                "'pg_catalog.pg_class'::pg_catalog.regclass AND m.objid = c.oid)"
              : "");
    put(a, &places, "first_oid", whole ? "16384" : "0"); /* the server's own are below */
    put(a, &places, "whole", whole ? "true" : "false");
    put(a, &places, "type_scope",
        !whole ? "true"
        : all  ? arena_printf(a, "(n.oid IS NULL OR u.kind = 'extension' OR (%s))", within)
               : within);
    (void)vec_push(a, &places);
    return places.items;
}

static int read_parts(struct arena *a, struct conn *c, const struct schema_scope *scope, struct schema *s,
                      struct err *err)
{
    struct pg_reader x = {.a = a, .s = s, .conn = c};
    struct catalog_query sent[QUERY_COUNT];
    struct catalog_place *places = places_of(a, c, false, true, scope_text(a, c, scope), "true");
    for (enum query i = 0; i < QUERY_COUNT; i++) {
        bool wanted = !queries[i].parts || (scope->parts & queries[i].parts & SCHEMA_INSPECT);
        const char *text = wanted ? catalog_fill(a, queries[i].template, places) : NULL;
        sent[i].text = text ? catalog_fill(a, text, (struct catalog_place[]){{"rest", ""}, {0}}) : NULL;
        sent[i].row = queries[i].row;
    }
    int rc = catalog_stream(c, sent, QUERY_COUNT, &x, err);
    pg_reader_finish(&x);
    return rc;
}

/* What follows a query in its place {rest}. */
static const char *rest_of(struct arena *a, enum query q, unsigned parts)
{
    if (q == TRIGGERS) {
        return parts & SCHEMA_REST ? sql_schema_postgresql_policies : "";
    }
    return arena_printf(a, "%s%s", parts & SCHEMA_REST ? sql_schema_postgresql_rest : "",
                        parts & SCHEMA_GRANTS ? sql_schema_postgresql_grants : "");
}

static void add_query(struct catalog_query *sent, size_t *n, const char *text,
                      void (*row)(void *reader, const struct rowset *r))
{
    sent[(*n)++] = (struct catalog_query){text, row};
}

/* With the default schema alone in the search path the server's texts name what is in it without the schema,
 * and everything else with one. Compiling such queries costs more than running them. */
static const char *settings_of(struct arena *a, struct conn *c, const char *only)
{
    const char *schema = only ? catalog_literal(a, c, only) : "COALESCE(pg_catalog.current_schema(), '')";
    return arena_printf(a,
                        "SELECT pg_catalog.set_config('search_path', pg_catalog.quote_ident(%s), true), "
                        "pg_catalog.set_config('jit', 'off', true)",
                        schema);
}

static int read_whole(struct arena *a, struct conn *c, const char *only, unsigned parts, struct schema *s,
                      struct err *err)
{
    AUTO(arena_release) struct arena texts = ARENA_INIT;
    struct pg_reader x = {.a = a, .s = s, .conn = c, .whole = true};
    struct catalog_query sent[QUERY_COUNT + 5];
    const char *scope =
        scope_text(&texts, c, &(struct schema_scope){.schema = only, .everything = only == NULL});
    struct catalog_place *places = places_of(&texts, c, true, only == NULL, scope, scope);
    bool own = conn_driver(c)->txn(c) == TXN_IDLE;
    size_t n = 0;
    add_query(sent, &n, own ? "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" : "SAVEPOINT lockstep_schema",
              NULL);
    add_query(sent, &n, only ? NULL : catalog_postgresql.current, pg_take_name);
    add_query(sent, &n, settings_of(&texts, c, only), NULL);
    for (enum query i = 0; i < QUERY_COUNT; i++) {
        bool wanted = !queries[i].parts || (parts & queries[i].parts);
        struct catalog_place rest[] = {{"rest", rest_of(&texts, i, parts)}, {0}};
        const char *text = wanted ? catalog_fill(&texts, queries[i].template, rest) : NULL;
        add_query(sent, &n, text ? catalog_fill(&texts, text, places) : NULL, queries[i].row);
    }
    add_query(sent, &n, own ? "COMMIT" : "ROLLBACK TO SAVEPOINT lockstep_schema", NULL);
    add_query(sent, &n, own ? NULL : "RELEASE SAVEPOINT lockstep_schema", NULL);
    s->name = only ? arena_dup(a, only) : NULL;
    int rc = catalog_stream(c, sent, n, &x, err);
    pg_reader_finish(&x);
    if (rc && conn_driver(c)->txn(c) == TXN_FAILED) {
        struct err ignored;
        conn_exec(c, own ? "ROLLBACK" : "ROLLBACK TO SAVEPOINT lockstep_schema", &ignored);
    }
    return rc;
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

const struct catalog_reader catalog_postgresql = {.read = read_parts,
                                                  .whole = read_whole,
                                                  .names = names_query,
                                                  .has_table = has_table,
                                                  .current = "SELECT pg_catalog.current_schema()"};
