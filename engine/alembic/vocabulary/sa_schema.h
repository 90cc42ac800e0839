/*
 * Schema objects in Python: what sa_schema*.c and op_*.c share. Objects of Python wrap the elements of
 * engine/ddl; what a program may still add to them is kept here until they are attached to a table.
 */
#pragma once
#include "engine/alembic/vocabulary/vocab.h"

/* --- names: sa_name.c --- */
struct py_qname { /* quoted_name, and conv, which op.f() makes */
    struct py_str str;
    enum ddl_quote quote;
};
extern const struct py_type py_type_quoted_name, py_type_conv;
pyv schema_name_wrap(struct py *py, struct ddl_name name); /* str or quoted_name; None for no name */
pyv schema_conv(struct py *py, pyv text);                  /* op.f(); NULL and raised */
/* A str as a C text, NULL for None and for an argument that is not there. Others are refused, naming what. */
int schema_text(struct py *py, pyv v, const char *what, const char **out);
/* A list or tuple of names. A single str is what Python makes of it: its characters. */
int schema_names(struct py *py, pyv v, ddl_names_t *out);
bool schema_given(pyv v);                                   /* neither missing nor None */
int schema_flag(struct py *py, pyv v, bool def, bool *out); /* truth; missing: def */
int schema_tristate(struct py *py, pyv v, int *out);        /* -1 for missing and None */

/* --- sa_metadata.c --- */
struct py_metadata {
    struct py_instance head;
    pyv tables; /* dict by key */
    struct ddl_name schema;
    const struct ddl_naming *naming; /* NULL: SQLAlchemy's default */
    pyv convention;                  /* what was given, or None */
    pyv sequences;                   /* list */
};
struct py_metadata *schema_metadata_new(struct py *py);
/* As the operations of Alembic make theirs: with the project's naming convention. */
struct py_metadata *schema_metadata_of_op(struct py *py);
const struct ddl_naming *schema_naming(struct py *py, pyv convention); /* NULL and raised */
const char *schema_table_key(struct py *py, struct ddl_name name, struct ddl_name schema);

/* --- sa_create.c --- */
py_native schema_create_all, schema_drop_all, schema_sorted_tables; /* MetaData */
py_native schema_table_create, schema_table_drop;                   /* Table */
py_native schema_index_create, schema_index_drop;                   /* Index */

/* --- sa_columns.c: .c, .columns --- */
extern const struct py_type py_type_columns;
pyv schema_columns_new(struct py *py);
int schema_columns_add(struct py *py, pyv columns, const char *key, pyv column);
pyv schema_columns_get(struct py *py, pyv columns, const char *key); /* NULL: none */
size_t schema_columns_len(pyv columns);
bool schema_columns_next(pyv columns, size_t *at, pyv *column);

/* --- sa_default.c --- */
struct py_sequence {
    struct py_instance head;
    struct ddl_sequence *sequence;
    pyv metadata;
};
struct py_identity {
    struct py_instance head;
    const struct ddl_identity *identity;
};
struct py_computed {
    struct py_instance head;
    const struct ddl_computed *computed;
    pyv sqltext;
};
struct py_default_clause {
    struct py_instance head;
    struct ddl_default def;
    pyv arg;
};
struct py_column_default { /* default=: a value, a function, an expression */
    struct py_instance head;
    pyv arg;
};
extern const struct py_type py_type_sequence, py_type_identity, py_type_computed, py_type_fetched_value,
    py_type_default_clause, py_type_column_default;

/* --- sa_constraint.c --- */
struct py_foreign_key {
    struct py_instance head;
    struct ddl_constraint *constraint; /* one column's; its options are checked when it is attached */
    pyv target;                        /* str or Column */
    pyv kwargs;                        /* dialect's, unchecked */
    pyv column;                        /* it stands on; NULL: none yet */
    bool link_to_name;
    bool attached;
};
/* A constraint or an index as it was made; `pending` names its columns until it is attached. */
struct schema_item {
    struct py_instance head;
    struct ddl_constraint *constraint; /* as struct py_constraint */
    pyv pending;                       /* list of str, Column, and what expressions are */
    pyv targets;                       /* FOREIGN KEY: list of str and Column */
    pyv table;                         /* NULL: not attached */
    bool link_to_name;
};
struct schema_index {
    struct py_instance head;
    struct ddl_index *index; /* as struct py_index */
    pyv pending;
    pyv table;
};
extern const struct py_type py_type_schema_item, py_type_foreign_key, py_type_primary_key, py_type_unique,
    py_type_foreign_key_constraint, py_type_check, py_type_exclude;
pyv schema_constraint_wrap(struct py *py, struct ddl_constraint *c, pyv table);
pyv schema_index_wrap(struct py *py, struct ddl_index *i, pyv table);
/* Index elements of str, text(), columns and expressions. alembic: as op.create_index() takes them. */
int schema_index_elements(struct py *py, pyv list, struct ddl_index *index, bool alembic);
struct ddl_index *schema_index_new(struct py *py);

/* --- sa_column.c --- */
struct schema_column { /* begins as struct py_column */
    struct py_instance head;
    struct sql_expr *expr;
    struct ddl_column *column;
    pyv table; /* NULL: none */
    pyv items; /* list: ForeignKey, CheckConstraint */
    pyv type, default_, server_default, onupdate, info, doc;
    pyv waiting; /* list of constraints and indexes that were made of this column before it had a table */
};
struct schema_column *schema_column_new(struct py *py, const struct ddl_column *from);
struct schema_column *schema_column_copy(struct py *py, struct schema_column *c);
pyv schema_column_wrap(struct py *py, struct ddl_column *c, pyv table);

/* --- sa_table.c --- */
/* SQLAlchemy applies naming conventions when a constraint gets its table: what is wrong with them shows then.
 */
int schema_check_name(struct py *py, const struct ddl_constraint *c);
struct schema_table { /* begins as struct py_table */
    struct py_instance head;
    struct sql_from *from;
    pyv columns;
    struct ddl_table *table;
    pyv metadata;
    pyv constraints, indexes, foreign_keys; /* lists of the wrappers */
    pyv info;
};
enum schema_table_flags {
    SCHEMA_OF_OP = 1 << 0, /* as op.create_table(): copies what belongs to another table, accepts references
                              to tables that are not there */
};
/* The table with columns and items attached and entered in its metadata. */
struct schema_table *schema_table_new(struct py *py, const struct py_type *type, struct py_metadata *metadata,
                                      struct ddl_name name, struct ddl_name schema);
int schema_table_items(struct py *py, struct schema_table *t, pyv items, unsigned flags);
int schema_table_add_column(struct py *py, struct schema_table *t, struct schema_column *c, unsigned flags);
int schema_table_add_constraint(struct py *py, struct schema_table *t, pyv constraint, unsigned flags);
int schema_table_add_index(struct py *py, struct schema_table *t, pyv index);
/* Keywords comment, prefixes, info and the dialects' options. */
int schema_table_keywords(struct py *py, struct schema_table *t, pyv kw);
struct schema_table *schema_table_of(struct py *py, const struct ddl_table *t); /* NULL: not in Python */

/* --- sa_reference.c: what foreign keys refer to --- */
/* What one target says by itself, without looking into the metadata; own: the referring column's name. */
int schema_reference_guess(struct py *py, struct schema_table *t, struct ddl_constraint *c, pyv target,
                           const char *own);
/* A convention that names constraints for the columns referred to needs these when the constraint is made. */
int schema_reference_check(struct py *py, struct schema_table *t);
/* Fill in what foreign keys refer to; raises NoReferencedTableError and the like. */
int schema_table_resolve(struct py *py, struct schema_table *t);
/* As operations of Alembic do: tables that are not there are taken for granted. */
int schema_table_resolve_op(struct py *py, struct schema_table *t);

/* sa_reflect.c: the table as it is in the database, entered in the metadata; referred: the tables that its
 * foreign keys refer to as well. NULL and raised. */
pyv schema_table_reflect(struct py *py, struct py_metadata *m, struct ddl_name name, struct ddl_name schema,
                         bool referred);
py_native schema_metadata_reflect;
/* Without columns, for operations that only name a table. */
struct ddl_table *schema_bare_table(struct py *py, struct ddl_name name, struct ddl_name schema);

/* --- sa_ddl.c --- */
enum schema_ddl_kind {
    SCHEMA_CREATE_TABLE,
    SCHEMA_DROP_TABLE,
    SCHEMA_CREATE_INDEX,
    SCHEMA_DROP_INDEX,
    SCHEMA_CREATE_SEQUENCE,
    SCHEMA_DROP_SEQUENCE,
    SCHEMA_ADD_CONSTRAINT,
    SCHEMA_DROP_CONSTRAINT,
    SCHEMA_CREATE_SCHEMA,
    SCHEMA_DROP_SCHEMA,
    SCHEMA_TABLE_COMMENT,
    SCHEMA_DROP_TABLE_COMMENT,
    SCHEMA_COLUMN_COMMENT,
    SCHEMA_TEXT, /* DDL("...") */
};
extern const struct py_type py_type_ddl; /* DDL("...") */
struct schema_ddl {
    enum schema_ddl_kind kind;
    pyv element;
    struct ddl_name name; /* of a schema */
    struct slice text;
    bool exists; /* IF [NOT] EXISTS */
    bool cascade;
};

/* --- errors and state: op_state.c --- */
/* What one migration keeps. */
struct vocab_state {
    struct py *py;
    struct ddl_out out;
    struct ddl_seen_types seen;
    int64_t clock; /* the order in which constraints are made */
    pyv context, config;
    pyv tables; /* list: every Table made */
};
struct vocab_state *vocab_state(struct py *py);
/* What a function of engine/ddl said: raised as SQLAlchemy does, unless it has been raised already. NULL. */
void *schema_raise(struct py *py, const struct err *err);
