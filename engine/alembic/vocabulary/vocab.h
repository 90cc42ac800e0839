/*
 * What the parts of the vocabulary need of each other: the Python side of types, expressions, tables and
 * connections. Each native struct begins as the ones of its base do.
 *
 *   sa_type*.c    sqlalchemy types and dialects' types, and types of other libraries
 *   sa_expr*.c    expression language: text, func, select, insert, update, delete, table, column, operators
 *   sa_schema*.c  Column, Table, MetaData, constraints, Index, Sequence, Identity, Computed, CreateTable ...
 *   op_*.c        alembic.op, batch operations, alembic.context
 *   live_*.c      connections, results, rows, inspector, sessions
 *   std_*.c       Python's standard library
 *   vocab.c       which module has which tables
 */
#pragma once
#include "engine/alembic/migration.h"

/* --- std_*.c --- */
/* A value of datetime, decimal, uuid or enum (a member) as SQL takes it; false: none of them. */
bool std_value(struct py *py, pyv v, struct sql_value *out);
/* The Python value for a cell: date, datetime, time, timedelta, Decimal, UUID; NULL and raised on failure. */
pyv std_from_value(struct py *py, const struct sql_value *v);
bool std_enum_class(struct py *py, const struct py_type *type); /* is it a subclass of enum.Enum? */
/* Members of an enum class: names and values, aliases left out; 0 or -1. */
int std_enum_members(struct py *py, const struct py_type *type, strings_t *names, pyv *values_list);
pyv std_json_loads(struct py *py, struct slice text);
int std_json_dumps(struct py *py, pyv v, struct strbuf *out); /* json.dumps(v) with default separators */

/* --- sa_type*.c --- */
struct py_sqltype {
    struct py_instance head;
    const struct ddl_type *type;
};
extern const struct py_type py_type_sqltype; /* TypeEngine */
/* A type class, a type instance, or a TypeDecorator or UserDefinedType of the project, as a type. Raises
 * TypeError otherwise. */
const struct ddl_type *vocab_type(struct py *py, pyv v);
pyv vocab_type_wrap(struct py *py, const struct ddl_type *t);
bool vocab_is_type(pyv v); /* instance or class of TypeEngine */
pyv vocab_type_descriptor(struct py *py, pyv self,
                          const struct py_args *args); /* dialect.type_descriptor() */

/* --- sa_expr*.c --- */
struct py_expr {
    struct py_instance head;
    struct sql_expr *expr;
};
extern const struct py_type py_type_clause /* ClauseElement: everything */,
    py_type_expr /* ColumnElement: has operators */;
struct py_from {
    struct py_instance head;
    struct sql_from *from;
    pyv columns; /* the .c collection, made on demand */
};
extern const struct py_type
    py_type_from; /* FromClause: .c .columns select insert update delete alias join ... */
enum vocab_role {
    VOCAB_EXPRESSION, /* a Python value becomes a bound value */
    VOCAB_DDL_TEXT,   /* str becomes text(): CHECK, Computed, postgresql_where as str */
    VOCAB_STATEMENT,  /* op.execute, conn.execute: str becomes text() */
};
/* type: for a bound value, of the other operand; NULL: by value. Raises ArgumentError. */
const struct sql_expr *vocab_expr(struct py *py, pyv v, enum vocab_role role, const struct ddl_type *type);
pyv vocab_expr_wrap(struct py *py, struct sql_expr *e);
pyv vocab_from_wrap(struct py *py, struct sql_from *f);
/* A Python value as a bound value (None, bool, int, str, ..., list and dict included); never raises. */
int vocab_value(struct py *py, pyv v, struct sql_value *out);
/* Any executable (text, select, insert, update, delete, DDL element, str) with parameters (dict, list of
 * dicts, or NULL) as statement texts; several for executemany. Raises CompileError. For op.execute,
 * conn.execute, bulk_insert. */
struct vocab_statement {
    struct slice text;
    bool returns_rows;                   /* of text: as far as its first word tells */
    const struct ddl_type *const *types; /* of the columns that it gives, each NULL when it is not known */
    size_t ntypes;
    const struct sql_expr *statement; /* with what came with the call */
};
int vocab_statement_render(struct py *py, pyv executable, pyv parameters, struct vocab_statement **out,
                           size_t *n);

/* --- sa_schema*.c --- */
struct py_column {
    struct py_instance head;
    struct sql_expr *expr;
    struct ddl_column *column;
}; /* base py_type_expr */
struct py_table {
    struct py_instance head;
    struct sql_from *from;
    pyv columns;
    struct ddl_table *table;
    pyv metadata;
}; /* base py_type_from */
struct py_constraint {
    struct py_instance head;
    struct ddl_constraint *constraint;
};
struct py_index {
    struct py_instance head;
    struct ddl_index *index;
};
extern const struct py_type py_type_column, py_type_table, py_type_metadata, py_type_constraint,
    py_type_index;
int vocab_name(struct py *py, pyv v, struct ddl_name *out);   /* str, quoted_name, op.f(), None */
int vocab_schema(struct py *py, pyv v, struct ddl_name *out); /* the same, but "" is a way to say none */
/* Keywords named for a dialect (postgresql_where=..., mysql_engine=...); others raise TypeError for
 * `function`. */
int vocab_options(struct py *py, const char *function, pyv keywords, ddl_options_t *out);
int vocab_default(struct py *py, pyv v, struct ddl_default *out, const struct ddl_identity **identity,
                  const struct ddl_computed **computed); /* server_default= */
/* Table(name, ...) from the arguments of op.create_table and of sa.Table: columns and schema items in
 * `items`. */
struct ddl_table *vocab_table_build(struct py *py, struct ddl_name name, struct ddl_name schema, pyv items,
                                    pyv keywords);
/* Make a Python table of a ddl_table (reflection). */
pyv vocab_table_wrap(struct py *py, struct ddl_table *t, pyv metadata);
/* The wrapper of a schema element for op.execute(CreateTable(...)): its text under the dialect. */
int vocab_ddl_render(struct py *py, const struct sql_expr *e, struct strbuf *out);

/* --- op_*.c --- */
/* Where ddl operations put their statements: migration_emit() behind struct ddl_out. Lives as long as py. */
struct ddl_out *vocab_out(struct py *py);
/* What a server said to a statement or a look at its catalogue: raised as sqlalchemy.exc.*, or the end. */
void vocab_server_error(struct py *py, const struct err *err);

/* --- live_*.c --- */
pyv live_bind(struct py *py);    /* op.get_bind(): a Connection (OFFLINE: Alembic's mock connection) */
pyv live_dialect(struct py *py); /* connection.dialect */
/* 0, or -1: PLAN mode needs a live database, OFFLINE raises as Alembic does. */
int live_has_table(struct py *py, struct ddl_name name, struct ddl_name schema, bool *has);
/* LIVE: is there a type (enum, domain) of that name? schema NULL: where names are looked for. */
int live_type_exists(struct py *py, const char *schema, const char *name, bool *exists, struct err *err);
pyv live_inspector(struct py *py, pyv bind); /* sa.inspect(bind) */
/* Reflect a table of the live database; NULL with NoSuchTableError raised. For autoload_with and batch mode.
 */
struct ddl_table *live_reflect(struct py *py, struct ddl_name name, struct ddl_name schema);
/* Names of the tables of a schema, and of its views. 0 or -1. */
int live_table_names(struct py *py, struct ddl_name schema, bool views, strings_t *out);
/* SQLite batch: the `with` of op.batch_alter_table ends with these operations; see op_batch.h. */

/* --- tables of names, by module (vocab.c) --- */
/* Each family has a table of its own for its further modules; NULL: unknown. sa_module:
 * sqlalchemy.sql.expression, sqlalchemy.sql.sqltypes, sqlmodel, ...; std_module: datetime, json, re, ... */
const struct py_module_def *sa_module(const char *name);
const struct py_module_def *std_module(const char *name);
extern const struct py_def alembic_defs[]; /* op, context */
extern const struct py_def sa_type_defs[], sa_type_more_defs[] /* not in the package itself */,
    sa_type_postgresql_defs[], sa_type_postgresql_base_defs[], sa_type_mysql_defs[], sa_type_sqlite_defs[];
extern const struct py_def sa_expr_function_defs[]; /* of sqlalchemy.sql.functions alone */
extern const struct py_def sa_expr_defs[], sa_expr_postgresql_defs[], sa_expr_mysql_defs[],
    sa_expr_sqlite_defs[];
extern const struct py_def sa_schema_defs[], sa_schema_postgresql_defs[], schema_ddl_defs[];
extern const struct py_def sa_exc_defs[], alembic_exc_defs[];
extern const struct py_def op_defs[], op_context_defs[], op_ops_defs[], op_operations_defs[],
    op_migration_defs[];
pyv op_getattr(struct py *py, const char *name); /* names that alembic.op does not have: plug-ins' */
extern const struct py_def live_defs[], live_orm_defs[];
pyv sa_func_getattr(struct py *py,
                    const char *name); /* sqlalchemy.func.<name> as a module: from sqlalchemy.func import x is
                                          rare, sa.func.x is an object: see sa_expr.c */
