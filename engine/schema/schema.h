/*
 * The schema of a live database as data: tables with columns, constraints, indexes and triggers, views,
 * sequences, enum and domain types, each as the server itself prints it. Read in a constant number of
 * catalogue queries, whatever the number of tables.
 *
 * Texts live in the arena given to the reader. NULL: there is none, or the database has no such thing.
 */
#pragma once
#include "base/vec.h"
#include "drivers/driver.h"

enum schema_parts {
    SCHEMA_COLUMNS = 1 << 0,
    SCHEMA_CONSTRAINTS = 1 << 1,
    SCHEMA_INDEXES = 1 << 2,
    SCHEMA_TRIGGERS = 1 << 3,
    SCHEMA_SEQUENCES = 1 << 4,
    SCHEMA_TYPES = 1 << 5, /* enums and domains, of all schemas */
    SCHEMA_ALL = (1 << 6) - 1,
};

struct schema_scope {
    const char *schema; /* NULL: what a name without a schema finds */
    const char *table;  /* one table or view; NULL: all */
    bool everything;    /* every schema but the system's own; `schema` is not looked at */
    unsigned parts;     /* enum schema_parts; tables by name are always read */
};

struct schema_identity {
    bool always;
    int64_t start, increment, min, max, cache;
    bool cycle;
};

struct schema_column {
    const char *name;
    const char *type; /* "character varying(50)", "int(11) unsigned", SQLite: as declared, "" for none */
    bool nullable;
    const char *default_text; /* an expression, as it stands behind DEFAULT */
    const char *on_update;    /* MySQL: CURRENT_TIMESTAMP */
    const char *generated;    /* the expression, without parentheses around it */
    bool stored;              /* of `generated` */
    const struct schema_identity *identity;
    const char *charset, *collation; /* where they are not the ones that the column would have anyway */
    const char *comment;
    bool autoincrement; /* AUTO_INCREMENT, AUTOINCREMENT */
    bool hidden;        /* not part of SELECT * */
    /* SQLite */
    const char *not_null_conflict; /* NOT NULL ON CONFLICT */
    int64_t key_position;          /* in the primary key, from 1; 0: not in it */
    size_t offset, generated_at;   /* in the table's definition: the name; the parenthesis behind AS */
};
typedef VEC(struct schema_column) schema_columns_t;

enum schema_constraint_kind {
    SCHEMA_PRIMARY_KEY,
    SCHEMA_UNIQUE,
    SCHEMA_FOREIGN_KEY,
    SCHEMA_CHECK,
    SCHEMA_EXCLUSION,
    SCHEMA_CONSTRAINT_COUNT
};

struct schema_constraint {
    enum schema_constraint_kind kind;
    const char *name; /* NULL: unnamed */
    strings_t columns;
    const char *ref_schema; /* NULL: the name alone finds the table (MySQL: the same database) */
    const char *ref_owner;  /* PostgreSQL: the schema in any case */
    const char *ref_table;
    strings_t ref_columns;             /* SQLite: empty for the primary key of ref_table */
    const char *on_delete, *on_update; /* NULL: NO ACTION; PostgreSQL: with its columns, "SET NULL (a)" */
    const char *match;                 /* NULL: SIMPLE */
    int deferrable;                    /* -1: not said (SQLite), 0, 1 */
    const char *initially;             /* "DEFERRED", "IMMEDIATE" */
    const char *expression;            /* CHECK, without parentheses around it */
    const char *definition;            /* CHECK and EXCLUSION: the server's whole text */
    strings_t include;
    bool no_inherit, not_valid, nulls_not_distinct;
    const char *comment;
    const char *index; /* the index behind it */
    /* SQLite */
    const char *column;   /* stands within this column's definition */
    const char *conflict; /* ON CONFLICT */
    bool descending; /* INTEGER PRIMARY KEY DESC and the like: a key's column has an order or a COLLATE */
    size_t offset;   /* where it begins in the table's definition */
};
typedef VEC(struct schema_constraint) schema_constraints_t;

struct schema_key {         /* of an index */
    const char *column;     /* NULL: an expression */
    const char *expression; /* its text, as the server prints it */
    const char *opclass, *collation;
    bool opclass_default;
    bool descending, nulls_first; /* nulls_first: as it is, not whether it was said */
    int64_t length;               /* MySQL: of a prefix; 0: whole */
};

struct schema_index {
    const char *name;
    bool unique, primary, valid;
    bool automatic;         /* made by the database for a constraint, without a CREATE INDEX */
    const char *constraint; /* that it stands for */
    const char *method;     /* "btree", "gin", "FULLTEXT", "SPATIAL" */
    VEC(struct schema_key) keys;
    strings_t include;
    const char *predicate;
    strings_t options; /* "fillfactor=70" */
    const char *tablespace, *parser, *comment;
    bool nulls_not_distinct;
    const char *definition; /* the server's whole text */
    /* A plain list of columns: no expression, no order, no collation, no predicate. */
    bool plain;
};
typedef VEC(struct schema_index) schema_indexes_t;

struct schema_trigger {
    const char *name;
    const char *definition;
    bool disabled;
};

enum schema_table_kind {
    SCHEMA_TABLE,
    SCHEMA_PARTITIONED,
    SCHEMA_FOREIGN,
    SCHEMA_VIEW,
    SCHEMA_MATERIALIZED_VIEW,
    SCHEMA_VIRTUAL, /* SQLite */
    SCHEMA_TABLE_KIND_COUNT
};

struct schema_option {
    const char *name, *value;
};

struct schema_table {
    enum schema_table_kind kind;
    const char *schema;
    const char *name;
    bool temporary, visible /* the name alone finds it */, system;
    int64_t id; /* the server's own number for it; 0: none */
    const char *comment;
    schema_columns_t columns;
    schema_constraints_t constraints;
    schema_indexes_t indexes;
    VEC(struct schema_trigger) triggers;
    VEC(struct schema_option) options; /* MySQL: engine, charset, collate, ...; PostgreSQL: reloptions */
    const char *definition;            /* views: the query; SQLite, and MySQL for one table: the statement */
    const char *partition_key, *partition_of, *partition_bound;
    /* SQLite */
    bool without_rowid, strict, autoincrement;
    bool partly_read; /* its text holds what the reader does not know: `definition` tells more */
};

struct schema_sequence {
    const char *schema, *name, *type;
    bool visible;
    struct schema_identity options;
    const char *owner_table, *owner_column; /* SERIAL and identity; NULL: its own */
};
struct schema_enum {
    const char *schema, *name;
    bool visible;
    strings_t labels;
};
struct schema_domain_check {
    const char *name, *expression;
};
struct schema_domain {
    const char *schema, *name;
    bool visible, nullable;
    const char *type, *default_text, *collation;
    VEC(struct schema_domain_check) checks;
};

struct schema {
    const char *dialect; /* "postgresql", "mysql", "mariadb", "sqlite" */
    const char *name;    /* of the schema in use */
    VEC(struct schema_table *) tables;
    VEC(struct schema_sequence) sequences;
    VEC(struct schema_enum) enums;
    VEC(struct schema_domain) domains;
};

/* ERR_FAILED and the like from the server. A table that is not there leaves `tables` empty. */
int schema_read(struct arena *a, struct conn *c, const struct schema_scope *scope, struct schema **out,
                struct err *err);

enum schema_names_kind {
    SCHEMA_NAMES_TABLES,
    SCHEMA_NAMES_VIEWS,
    SCHEMA_NAMES_MATERIALIZED_VIEWS,
    SCHEMA_NAMES_TEMPORARY_TABLES,
    SCHEMA_NAMES_TEMPORARY_VIEWS,
    SCHEMA_NAMES_FOREIGN_TABLES,
    SCHEMA_NAMES_SEQUENCES,
    SCHEMA_NAMES_SCHEMAS,
    SCHEMA_NAMES_COUNT
};
/* Names alone, in the order in which the server gives them. schema as in struct schema_scope. ERR_REFUSED:
 * the database has no such thing. */
int schema_list(struct arena *a, struct conn *c, enum schema_names_kind kind, const char *schema,
                strings_t *out, struct err *err);
/* A table, a view or the like of that name. */
int schema_has_table(struct conn *c, const char *schema, const char *name, bool *has, struct err *err);
int schema_has_sequence(struct conn *c, const char *schema, const char *name, bool *has, struct err *err);
/* PostgreSQL: an enum, a domain or another type. */
int schema_type_exists(struct conn *c, const char *schema, const char *name, bool *has, struct err *err);
/* current_schema(), DATABASE(), "main". */
int schema_current(struct arena *a, struct conn *c, const char **out, struct err *err);

/* schema NULL: the first of that name. */
struct schema_table *schema_table(const struct schema *s, const char *schema, const char *name);
struct schema_column *schema_column(const struct schema_table *t, const char *name);
const struct schema_constraint *schema_primary_key(const struct schema_table *t);
