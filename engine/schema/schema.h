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
    SCHEMA_TYPES = 1 << 5,    /* enums and domains, of all schemas */
    SCHEMA_ROUTINES = 1 << 6, /* functions, procedures, aggregates; events */
    SCHEMA_REST = 1 << 7,     /* schemas, extensions, other types, policies, rules, comments on all of them */
    SCHEMA_GRANTS = 1 << 8,
    SCHEMA_INSPECT = (1 << 6) - 1, /* what an inspector of SQLAlchemy tells */
    SCHEMA_ALL = (1 << 8) - 1,     /* everything but grants */
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
    bool autoincrement;                /* AUTO_INCREMENT, AUTOINCREMENT */
    bool hidden;                       /* not part of SELECT * */
    const char *storage, *compression; /* PostgreSQL: where not the type's own; MariaDB: as it is */
    int64_t statistics;                /* PostgreSQL: SET STATISTICS; 0: not set; -1: SET STATISTICS 0 */
    strings_t options; /* PostgreSQL: "n_distinct=5"; of a foreign table's column: for its server */
    bool inherited;    /* PostgreSQL: from a parent */
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
    bool not_enforced; /* MySQL: CHECK */
    strings_t options; /* of the index behind it, as those of struct schema_index */
    const char *tablespace;
    bool clustered, replica_identity;
    const char *comment;
    const char *index; /* the index behind it */
    bool inherited;    /* PostgreSQL: from a parent: comes and goes with the parent's */
    /* SQLite */
    const char *column;   /* stands within this column's definition */
    const char *conflict; /* ON CONFLICT */
    bool descending;  /* INTEGER PRIMARY KEY DESC and the like: a key's column has an order or a COLLATE */
    strings_t sorted; /* then what stands behind each of `columns`: "", " COLLATE nocase DESC" */
    size_t offset;    /* where it begins in the table's definition */
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
    bool automatic; /* made by the database for a constraint or as part of its parent's index, without a
                       CREATE INDEX */
    const char *constraint; /* that it stands for */
    const char *method;     /* "btree", "gin", "FULLTEXT", "SPATIAL" */
    VEC(struct schema_key) keys;
    strings_t include;
    const char *predicate;
    strings_t options; /* "fillfactor=70" */
    const char *tablespace, *parser, *comment;
    bool nulls_not_distinct;
    bool ignored;                     /* MySQL: INVISIBLE; MariaDB: IGNORED */
    bool clustered, replica_identity; /* PostgreSQL */
    bool inherited;                   /* PostgreSQL: of a partition, for the one of the table that it is of */
    const char *definition;           /* the server's whole text */
    /* A plain list of columns: no expression, no order, no collation, no predicate. */
    bool plain;
};
typedef VEC(struct schema_index) schema_indexes_t;

struct schema_trigger {
    const char *name;
    const char *definition;
    bool disabled;
    const char *fires; /* PostgreSQL: "REPLICA", "ALWAYS"; NULL: as usual */
    bool inherited;    /* PostgreSQL: of a partition, for the one of the table that it is of */
    const char *definer, *sql_mode, *comment;
};

/* PostgreSQL: row security. */
struct schema_policy {
    const char *name;
    bool restrictive;
    const char *command;           /* "ALL", "SELECT", ... */
    strings_t roles;               /* sorted; "public" */
    const char *using_text, *with; /* USING, WITH CHECK; without parentheses around them */
    const char *comment;
};
struct schema_rule {
    const char *name, *definition, *fires, *comment; /* fires as of triggers, and "DISABLED" */
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
    /* PostgreSQL */
    bool unlogged, row_security, force_row_security;
    strings_t inherits;           /* parents of plain inheritance, in order, as partition_of in SQL's words */
    const char *access_method;    /* where it is not heap */
    const char *tablespace;       /* where it is not the database's own */
    const char *replica_identity; /* "FULL", "NOTHING"; NULL: DEFAULT, or an index says that it is it */
    const char *server;           /* of a foreign table */
    VEC(struct schema_policy) policies;
    VEC(struct schema_rule) rules; /* without the one that a view is */
    /* Views of MySQL and MariaDB */
    const char *definer, *security, *algorithm;
    const char *check_option; /* views: "LOCAL", "CASCADED" */
    bool partly_read;         /* its text holds what the reader does not know: `definition` tells more */
};

struct schema_sequence {
    const char *schema, *name, *type;
    bool visible;
    struct schema_identity options;
    const char *owner_table, *owner_column; /* SERIAL and identity; NULL: its own */
    bool identity;                          /* made for an identity column, and part of it */
    bool unlogged;
    const char *comment;
};
struct schema_enum {
    const char *schema, *name;
    bool visible;
    strings_t labels;
    const char *comment;
};
struct schema_domain_check {
    const char *name, *expression;
    bool not_valid;
};
struct schema_domain {
    const char *schema, *name;
    bool visible, nullable;
    const char *type, *default_text, *collation;
    VEC(struct schema_domain_check) checks;
    const char *comment;
};

/* A type that is neither an enum nor a domain nor of a table; a collation, a text search configuration, an
 * operator, a cast and the like: a name, what it is, and a definition that tells two apart. */
struct schema_other {
    const char *what; /* "composite type", "range type", "collation", "statistics", ... */
    const char *schema, *name;
    bool visible;
    const char *definition; /* the statement that makes it, where one can be told */
    const char *comment;
};

enum schema_routine_kind { SCHEMA_FUNCTION, SCHEMA_PROCEDURE, SCHEMA_AGGREGATE, SCHEMA_ROUTINE_KIND_COUNT };
struct schema_routine {
    enum schema_routine_kind kind;
    const char *schema, *name;
    bool visible;
    const char *arguments; /* those that tell overloaded ones apart: "integer, text" */
    const char *returns, *language;
    const char *definition; /* the statement that makes it */
    const char *definer, *sql_mode, *comment;
};

struct schema_event { /* MySQL, MariaDB */
    const char *name, *definition /* the statement */, *definer, *sql_mode, *comment;
    bool disabled;
};

struct schema_namespace { /* CREATE SCHEMA */
    const char *name, *comment;
};
struct schema_extension {
    const char *name, *schema, *version, *comment;
};
struct schema_grant {
    const char *on;      /* "table", "column", "sequence", "function", "schema" */
    const char *schema;  /* of what it is on; NULL: none */
    const char *name;    /* "users", "users.email", "f(integer)"; "" of `schema` itself */
    const char *grantee; /* a role, 'user'@'host', or "public" */
    strings_t privileges /* sorted; none: those that a function has for all by itself are taken away */,
        grantable /* those of them WITH GRANT OPTION */;
};

struct schema {
    const char *dialect; /* "postgresql", "mysql", "mariadb", "sqlite" */
    const char *name;    /* of the schema in use */
    VEC(struct schema_table *) tables;
    VEC(struct schema_sequence) sequences;
    VEC(struct schema_enum) enums;
    VEC(struct schema_domain) domains;
    VEC(struct schema_namespace) namespaces;
    VEC(struct schema_extension) extensions;
    VEC(struct schema_other) others;
    VEC(struct schema_routine) routines;
    VEC(struct schema_event) events;
    VEC(struct schema_grant) grants;
    /* What there is but could not be read, for people: "the bodies of 3 functions: no right to read them". */
    strings_t unseen;
};

/* ERR_FAILED and the like from the server. A table that is not there leaves `tables` empty. */
int schema_read(struct arena *a, struct conn *c, const struct schema_scope *scope, struct schema **out,
                struct err *err);
/* All that a database has, for snapshots and comparison: every schema but the server's own, with `name` the
 * default one; or the schema `only` alone, which is then the default one whatever the session says. In one
 * consistent snapshot where the database has one, reading only; the session stays as it is. */
int schema_read_whole(struct arena *a, struct conn *c, const char *only, unsigned parts, struct schema **out,
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
