/* Rows of the catalogue of MySQL and MariaDB, into a schema. */
#pragma once
#include "engine/schema/catalog.h"

struct mysql_reading {
    struct arena *a;
    struct conn *c;
    const struct schema_scope *scope;
    struct schema *s;
    bool mariadb;
    size_t hint;                   /* the table found last: rows come in the order of the tables */
    struct schema_table **by_name; /* for rows that do not */
    size_t hidden_views;
};
struct schema_table *mysql_table_of(struct mysql_reading *r, const struct rowset *rows, size_t i);
/* An expression without the database's own name in it. */
const char *mysql_expression(struct mysql_reading *r, const struct schema_table *t, const char *text);

void mysql_add_tables(struct mysql_reading *r, const struct rowset *rows);
void mysql_add_columns(struct mysql_reading *r, const struct rowset *rows);
void mysql_add_indexes(struct mysql_reading *r, const struct rowset *rows);
void mysql_add_foreign_keys(struct mysql_reading *r, const struct rowset *rows);
void mysql_add_checks(struct mysql_reading *r, const struct rowset *rows);
void mysql_add_triggers(struct mysql_reading *r, const struct rowset *rows);
/* Routines, events, grants and rights: rows that begin with what they are. */
void mysql_add_code(struct mysql_reading *r, const struct rowset *rows);
void mysql_add_partitions(struct mysql_reading *r, const struct rowset *rows);
