/*
 * MySQL's and MariaDB's schema. One table alone is read from SHOW CREATE TABLE, which tells more of it and
 * costs the server less; all of them are read by mysql_read.c.
 */
#include "engine/schema/catalog.h"
#include "engine/schema/mysql_read.h"
#include "engine/schema/mysql_table.h"
#include "engine/schema/mysql_text.h"
#include <string.h>
#include <strings.h>

static const char *full_name(struct arena *a, struct conn *c, const char *schema, const char *name)
{
    AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
    if (schema) {
        conn_driver(c)->quote_ident(&b, schema);
        strbuf_addch(&b, '.');
    }
    conn_driver(c)->quote_ident(&b, name);
    return arena_dupn(a, strbuf_cstr(&b), b.len);
}

/* What DESCRIBE says of a view's columns, as it would stand in CREATE TABLE: nothing of them is NOT NULL. */
static int read_view(struct arena *a, struct conn *c, const char *name, struct schema_table *t,
                     struct err *err)
{
    const char *query = arena_printf(a, "DESCRIBE %s", name);
    struct rowset r;
    int rc = catalog_run(a, c, &query, 1, &r, err);
    for (size_t i = 0; i < (rc ? 0 : r.nrows); i++) {
        struct schema_column *column = vec_push(a, &t->columns);
        const char *value = catalog_text(&r, i, 4);
        column->name = catalog_text(&r, i, 0);
        column->type = catalog_text(&r, i, 1);
        column->nullable = true;
        if (value && *value && strcmp(value, "NULL") != 0) {
            bool plain = strncmp(column->type, "timestamp", 9) == 0 && *value == 'C';
            column->default_text = plain ? value : mysql_quoted(a, value);
        }
    }
    return rc;
}

static int read_one(struct arena *a, struct conn *c, const struct schema_scope *scope, struct schema *s,
                    struct err *err)
{
    const char *name = full_name(a, c, scope->schema, scope->table);
    const char *query = arena_printf(a, "SHOW CREATE TABLE %s", name);
    struct rowset rows;
    struct err refusal;
    int rc = catalog_run(a, c, &query, 1, &rows, &refusal);
    if (rc) {
        if (conn_driver(c)->is_missing_table(&refusal)) {
            return 0;
        }
        *err = refusal;
        return rc;
    }
    struct schema_table *t = catalog_add_table(a, s);
    t->name = catalog_text(&rows, 0, 0);
    t->schema = scope->schema ? scope->schema : s->name;
    t->visible = true;
    t->definition = catalog_text(&rows, 0, 1);
    t->temporary = t->definition && strncasecmp(t->definition, "CREATE TEMPORARY", 16) == 0;
    if (rows.ncols > 2) { /* a view has its character set and collation behind it */
        t->kind = SCHEMA_VIEW;
        return read_view(a, c, name, t, err);
    }
    mysql_parse_table(a, t);
    return 0;
}

/* MySQL 8 writes the names that a foreign key refers to in lower case. */
static int spell_references(struct arena *a, struct conn *c, struct schema *s, struct err *err)
{
    struct schema_table **t;
    AUTO(strbuf_release) struct strbuf where = STRBUF_INIT;
    struct schema_constraint *k;
    vec_each (t, &s->tables) {
        vec_each (k, &(*t)->constraints) {
            if (k->kind == SCHEMA_FOREIGN_KEY) {
                strbuf_addf(&where, "%s(t.TABLE_SCHEMA = %s AND LOWER(t.TABLE_NAME) = LOWER(%s))",
                            where.len ? " OR " : "",
                            catalog_literal(a, c, k->ref_schema ? k->ref_schema : (*t)->schema),
                            catalog_literal(a, c, k->ref_table));
            }
        }
    }
    if (!where.len) {
        return 0;
    }
    const char *query =
        arena_printf(a, "SELECT t.TABLE_NAME, t.COLUMN_NAME FROM information_schema.COLUMNS t WHERE %s",
                     strbuf_cstr(&where));
    struct rowset rows;
    int rc = catalog_run(a, c, &query, 1, &rows, err);
    for (size_t i = 0; i < (rc ? 0 : rows.nrows); i++) {
        const char *table = catalog_text(&rows, i, 0), *column = catalog_text(&rows, i, 1);
        vec_each (t, &s->tables) {
            vec_each (k, &(*t)->constraints) {
                if (k->kind != SCHEMA_FOREIGN_KEY || strcasecmp(k->ref_table, table) != 0) {
                    continue;
                }
                k->ref_table = table;
                for (size_t n = 0; n < k->ref_columns.n; n++) {
                    if (strcasecmp(k->ref_columns.items[n], column) == 0) {
                        k->ref_columns.items[n] = column;
                    }
                }
            }
        }
    }
    return rc;
}

static int read_all(struct arena *a, struct conn *c, const struct schema_scope *scope, struct schema *s,
                    struct err *err)
{
    int rc = schema_current(a, c, &s->name, err);
    if (rc || !scope->table || scope->everything) {
        return rc ? rc : mysql_read_set(a, c, scope, s, err);
    }
    rc = read_one(a, c, scope, s, err);
    return rc || mysql_is_mariadb(c) ? rc : spell_references(a, c, s, err);
}

static const char *names_query(struct arena *a, struct conn *c, enum schema_names_kind kind,
                               const char *schema)
{
    AUTO(strbuf_release) struct strbuf from = STRBUF_INIT;
    if (schema) {
        strbuf_adds(&from, " FROM ");
        conn_driver(c)->quote_ident(&from, schema);
    }
    switch (kind) {
    case SCHEMA_NAMES_SCHEMAS:
        return "SHOW SCHEMAS";
    case SCHEMA_NAMES_TABLES:
        return arena_printf(a, "SHOW FULL TABLES%s WHERE Table_type = 'BASE TABLE'", strbuf_cstr(&from));
    case SCHEMA_NAMES_VIEWS:
        return arena_printf(a, "SHOW FULL TABLES%s WHERE Table_type IN ('VIEW', 'SYSTEM VIEW')",
                            strbuf_cstr(&from));
    case SCHEMA_NAMES_SEQUENCES:
        return mysql_is_mariadb(c)
                   ? arena_printf(a, "SHOW FULL TABLES%s WHERE Table_type = 'SEQUENCE'", strbuf_cstr(&from))
                   : NULL;
    default:
        return NULL;
    }
}

/* DESCRIBE finds temporary tables too. */
static int has_table(struct arena *a, struct conn *c, const char *schema, const char *name, bool *has,
                     struct err *err)
{
    struct err refusal;
    int rc =
        catalog_has_row(a, c, arena_printf(a, "DESCRIBE %s", full_name(a, c, schema, name)), has, &refusal);
    if (rc && conn_driver(c)->is_missing_table(&refusal)) {
        *has = false;
        return 0;
    }
    if (rc) {
        *err = refusal;
    }
    return rc;
}

const struct catalog_reader catalog_mysql = {
    .read = read_all, .names = names_query, .has_table = has_table, .current = "SELECT DATABASE()"};
