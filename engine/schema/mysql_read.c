/*
 * MySQL's and MariaDB's information_schema as a schema: a fixed number of queries, sent together, and those
 * for partitions and sequences only where there are some. Servers of this family have no snapshot of their
 * catalogue that a transaction could hold.
 */
#include "engine/schema/mysql_read.h"
#include "engine/schema/catalog.h"
#include "engine/schema/mysql_add.h"
#include "engine/schema/mysql_text.h"
#include "engine/schema/sql.h"
#include <stdlib.h>
#include <string.h>
#include <strings.h>

bool mysql_is_mariadb(struct conn *c)
{
    return strncmp(conn_driver(c)->server(c), "MariaDB", 7) == 0;
}

int mysql_version(struct conn *c)
{
    int value = 0;
    const char *p = conn_driver(c)->server(c);
    for (int i = 0; i < 3; i++) {
        char *end;
        p += strcspn(p, "0123456789");
        value = value * (i == 2 ? 1000 : 100) + (int)strtol(p, &end, 10);
        p = end;
    }
    return value;
}

static const char *scope_text(struct arena *a, struct conn *c, const struct schema_scope *scope,
                              const char *schema, const char *table)
{
    const char *within =
        scope->everything
            ? arena_printf(a, "%s NOT IN ('information_schema', 'mysql', 'performance_schema', 'sys')",
                           schema)
        : scope->schema ? arena_printf(a, "%s = %s", schema, catalog_literal(a, c, scope->schema))
                        : arena_printf(a, "%s = DATABASE()", schema);
    return scope->table && table
               ? arena_printf(a, "%s AND %s = %s", within, table, catalog_literal(a, c, scope->table))
               : within;
}

enum query { TABLES, COLUMNS, INDEXES, FOREIGN_KEYS, CHECKS, TRIGGERS, CODE, QUERY_COUNT };

static const struct {
    const char *template;
    unsigned part; /* 0: always */
    void (*add)(struct mysql_reading *r, const struct rowset *rows);
} queries[QUERY_COUNT] = {
    [TABLES] = {sql_schema_mysql_tables, 0, mysql_add_tables},
    [COLUMNS] = {sql_schema_mysql_columns, SCHEMA_COLUMNS, mysql_add_columns},
    [INDEXES] = {sql_schema_mysql_indexes, SCHEMA_INDEXES | SCHEMA_CONSTRAINTS, mysql_add_indexes},
    [FOREIGN_KEYS] = {sql_schema_mysql_foreign_keys, SCHEMA_CONSTRAINTS, mysql_add_foreign_keys},
    [CHECKS] = {sql_schema_mysql_checks, SCHEMA_CONSTRAINTS, mysql_add_checks},
    [TRIGGERS] = {sql_schema_mysql_triggers, SCHEMA_TRIGGERS, mysql_add_triggers},
    [CODE] = {NULL, SCHEMA_ROUTINES | SCHEMA_GRANTS, mysql_add_code},
};

static int read_partitions(struct mysql_reading *r, const struct catalog_place *places, struct err *err)
{
    bool partitioned = false;
    struct schema_table **t;
    struct rowset rows;
    vec_each (t, &r->s->tables) {
        partitioned = partitioned || (*t)->kind == SCHEMA_PARTITIONED;
    }
    if (!partitioned) {
        return 0;
    }
    const char *query = catalog_fill(r->a, sql_schema_mysql_partitions, places);
    int rc = catalog_run(r->a, r->c, &query, 1, &rows, err);
    if (rc == 0) {
        mysql_add_partitions(r, &rows);
    }
    return rc;
}

/* A sequence is read as the table that it is. */
static const char *sequences_query(struct mysql_reading *r)
{
    AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
    const struct schema_sequence *q;
    vec_each (q, &r->s->sequences) {
        strbuf_addf(&b,
                    "%sSELECT start_value, increment, minimum_value, maximum_value, cache_size, cycle_option "
                    "FROM %s.%s",
                    b.len ? " UNION ALL " : "", mysql_name(r->a, q->schema), mysql_name(r->a, q->name));
    }
    return b.len ? arena_dupn(r->a, b.ptr, b.len) : NULL;
}

static int read_sequences(struct mysql_reading *r, struct err *err)
{
    struct rowset rows;
    struct err refusal = {0};
    const char *query = sequences_query(r);
    int rc = query ? catalog_run(r->a, r->c, &query, 1, &rows, &refusal) : 0;
    if (rc && refusal.connection_lost) {
        *err = refusal;
        return rc;
    }
    if (rc) {
        *vec_push(r->a, &r->s->unseen) = arena_printf(
            r->a, "the options of %zu sequences: SELECT on each of them is needed", r->s->sequences.n);
        return 0;
    }
    for (size_t i = 0; query && i < rows.nrows && i < r->s->sequences.n; i++) {
        r->s->sequences.items[i].options = (struct schema_identity){.start = catalog_number(&rows, i, 0),
                                                                    .increment = catalog_number(&rows, i, 1),
                                                                    .min = catalog_number(&rows, i, 2),
                                                                    .max = catalog_number(&rows, i, 3),
                                                                    .cache = catalog_number(&rows, i, 4),
                                                                    .cycle = catalog_flag(&rows, i, 5)};
    }
    return 0;
}

static const char *code_query(struct mysql_reading *r, const struct catalog_place *places)
{
    bool routines = r->scope->parts & SCHEMA_ROUTINES, grants = r->scope->parts & SCHEMA_GRANTS;
    const char *parts[3] = {routines ? sql_schema_mysql_routines : NULL,
                            routines ? sql_schema_mysql_rights : NULL,
                            grants ? sql_schema_mysql_grants : NULL};
    AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        if (parts[i]) {
            strbuf_addf(&b, "%s%s", b.len ? "\nUNION ALL\n" : "", catalog_fill(r->a, parts[i], places));
        }
    }
    return arena_printf(r->a, "SELECT * FROM (%s) x ORDER BY what, in_schema, name, c3, place, c4",
                        strbuf_cstr(&b));
}

int mysql_read_set(struct arena *a, struct conn *c, const struct schema_scope *scope, struct schema *s,
                   struct err *err)
{
    struct mysql_reading r = {.a = a, .c = c, .scope = scope, .s = s, .mariadb = mysql_is_mariadb(c)};
    int version = mysql_version(c);
    bool checks = version >= (r.mariadb ? 1002022 : 800016);
    bool invisible = version >= (r.mariadb ? 1006000 : 800000);
    const struct catalog_place places[] = {
        {"scope", scope_text(a, c, scope, "t.TABLE_SCHEMA", "t.TABLE_NAME")},
        {"trigger_scope", scope_text(a, c, scope, "t.EVENT_OBJECT_SCHEMA", "t.EVENT_OBJECT_TABLE")},
        {"routine_scope", scope_text(a, c, scope, "t.ROUTINE_SCHEMA", NULL)},
        {"parameter_scope", scope_text(a, c, scope, "t.SPECIFIC_SCHEMA", NULL)},
        {"event_scope", scope_text(a, c, scope, "t.EVENT_SCHEMA", NULL)},
        {"schema_scope", scope_text(a, c, scope, "t.TABLE_SCHEMA", NULL)},
        {"expression", !r.mariadb && version >= 800013 ? "t.EXPRESSION" : "NULL"},
        {"algorithm", r.mariadb ? "t.ALGORITHM" : "NULL"},
        {"ignored", !invisible  ? "'NO'"
                    : r.mariadb ? "t.IGNORED"
                                : "IF(t.IS_VISIBLE = 'NO', 'YES', 'NO')"},
        {"constraint_scope", scope_text(a, c, scope, "t.CONSTRAINT_SCHEMA", "t.TABLE_NAME")},
        {NULL, NULL}};
    const char *texts[QUERY_COUNT];
    struct rowset rows[QUERY_COUNT];
    for (size_t i = 0; i < QUERY_COUNT; i++) {
        bool wanted = (!queries[i].part || (scope->parts & queries[i].part)) && (i != CHECKS || checks);
        texts[i] = !wanted                    ? NULL
                   : i == CODE                ? code_query(&r, places)
                   : i == CHECKS && r.mariadb ? catalog_fill(a, sql_schema_mariadb_checks, places)
                                              : catalog_fill(a, queries[i].template, places);
    }
    int rc = catalog_run(a, c, texts, QUERY_COUNT, rows, err);
    for (size_t i = 0; rc == 0 && i < QUERY_COUNT; i++) {
        queries[i].add(&r, &rows[i]);
    }
    if (rc || !(scope->parts & SCHEMA_REST)) {
        return rc;
    }
    if (r.hidden_views) {
        *vec_push(a, &s->unseen) =
            arena_printf(a, "the text of %zu views: SHOW VIEW on them is needed", r.hidden_views);
    }
    rc = read_partitions(&r, places, err);
    return rc ? rc : read_sequences(&r, err);
}
