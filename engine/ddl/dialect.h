/*
 * Dialects of SQL as SQLAlchemy 2.0 writes them: names, quoting, what each can do. Text is the same as
 * Alembic's, character by character, because people compare it and revisions in review depend on it.
 */
#pragma once
#include "base/err.h"
#include "base/str.h"
#include "base/vec.h"

enum ddl_dialect_kind { DDL_POSTGRESQL, DDL_MYSQL, DDL_MARIADB, DDL_SQLITE, DDL_DIALECT_COUNT };

struct ddl_dialect {
    enum ddl_dialect_kind kind;
    const char *name;      /* "postgresql" "mysql" "mariadb" "sqlite": what `dialect.name` gives in Python */
    const char *driver;    /* "psycopg2" "pymysql" "pysqlite": what `dialect.driver` gives */
    char quote;            /* " or ` */
    size_t max_identifier; /* characters */
    size_t max_index, max_constraint; /* of names of indexes and of constraints */
    bool transactional_ddl;
    /* Backslashes in string literals are doubled. Without a connection SQLAlchemy does so on PostgreSQL too
     * (it cannot know standard_conforming_strings); with one it does not. */
    bool backslash_escapes;
    bool expression_defaults; /* DEFAULT (uuid()): MySQL and MariaDB, when the server is known to take it */
    bool sequences;           /* CREATE SEQUENCE; of MariaDB known when connected */
};
/* As it writes --sql (OFFLINE), which knows no server. */
const struct ddl_dialect *ddl_dialect_of(enum ddl_dialect_kind kind);
/* As it writes for a server with its usual settings: PLAN and LIVE. */
const struct ddl_dialect *ddl_dialect_connected(enum ddl_dialect_kind kind);
const struct ddl_dialect *ddl_dialect_find(const char *name); /* NULL: unknown */
/* MySQL and MariaDB alike. */
static inline bool ddl_is_mysql(const struct ddl_dialect *d)
{
    return d->kind == DDL_MYSQL || d->kind == DDL_MARIADB;
}

/* What SQLAlchemy raises for an error of this folder, for py_raise_err(): most are CompileErrors, and
 * err->sqlstate tells the others apart by these marks. */
#define DDL_NOT_IMPLEMENTED "0A000" /* NotImplementedError */
#define DDL_UNSUPPORTED     "0A001" /* UnsupportedCompilationError */
#define DDL_ATTRIBUTE       "PYATT" /* AttributeError */
#define DDL_TYPE            "PYTYP" /* TypeError */
#define DDL_ARGUMENT        "PYARG" /* ArgumentError */
#define DDL_IDENTIFIER      "PYIDE" /* IdentifierError */
#define DDL_INVALID_REQUEST "PYREQ" /* InvalidRequestError */
#define DDL_NO_FOREIGN_KEYS "PYNFK" /* NoForeignKeysError */
#define DDL_ASSERTION       "PYASS" /* AssertionError */
#define DDL_STATEMENT       "PYSTA" /* StatementError */
#define DDL_KEY             "PYKEY" /* KeyError */
#define DDL_COMMAND         "PYCOM" /* alembic.util.exc.CommandError */
#define DDL_RAISED          "PYEXC" /* it has been raised already, by Python code that was called */
const char *ddl_exception(const struct err *err); /* "sqlalchemy.exc.CompileError" */
/* err_set(ERR_FILE, ...) with one of the marks. */
int ddl_fail(struct err *err, const char *mark, const char *fmt, ...) PRINTF(3, 4);

/* Names: quoted when reserved, not all lower case, not made of [a-z0-9_$], or beginning with a digit or $ (as
 * SQLAlchemy decides). No dialect doubles %: offline text is made with named parameters, and what a driver
 * sends has single ones again.
 * DDL_QUOTE_ALWAYS / NEVER are `quoted_name(..., quote=)`, Column(quote=) and Table(quote=). */
enum ddl_quote { DDL_QUOTE_AUTO, DDL_QUOTE_ALWAYS, DDL_QUOTE_NEVER };
struct ddl_name {
    const char *text; /* NULL: no name */
    enum ddl_quote quote;
    bool conv;      /* op.f(): final, not subject to a naming convention */
    bool none_name; /* explicitly _NONE_NAME: unnamed whatever the convention says */
};
#define DDL_NAME(s) ((struct ddl_name){.text = (s)})
void ddl_quote_name(struct strbuf *out, const struct ddl_dialect *d, const struct ddl_name *name);
bool ddl_quote_needed(const struct ddl_dialect *d, const char *name); /* would AUTO quote it? */
void ddl_quote_text(struct strbuf *out, const struct ddl_dialect *d, const char *name); /* DDL_QUOTE_AUTO */
void ddl_quote_table(struct strbuf *out, const struct ddl_dialect *d, const struct ddl_name *schema,
                     const struct ddl_name *table); /* schema.table */
/* 'it''s' (MySQL and PostgreSQL: also doubles backslashes where SQLAlchemy does) */
void ddl_quote_string(struct strbuf *out, const struct ddl_dialect *d, struct slice text);
/* A comment literal (COMMENT ON ... IS, COMMENT '...'). */
void ddl_quote_comment(struct strbuf *out, const struct ddl_dialect *d, struct slice text);

/* One value, as Python hands it to a bound parameter. */
enum sql_value_kind {
    SQL_VALUE_NULL,
    SQL_VALUE_BOOL,
    SQL_VALUE_INT,
    SQL_VALUE_FLOAT,
    SQL_VALUE_STR,
    SQL_VALUE_BYTES,
    SQL_VALUE_DATE,
    SQL_VALUE_TIME,
    SQL_VALUE_DATETIME,
    SQL_VALUE_INTERVAL,
    SQL_VALUE_DECIMAL /* text */,
    SQL_VALUE_UUID /* text: 32 hex digits */,
    SQL_VALUE_JSON /* text: a dict or list as json.dumps gives it */,
    SQL_VALUE_LIST /* items */,
    SQL_VALUE_ENUM /* text = the member's name, items[0] = its value */,
    SQL_VALUE_OBJECT /* anything else: text = its repr; cannot be rendered */
};
struct sql_value {
    enum sql_value_kind kind;
    int64_t integer; /* BOOL, INT */
    double real;
    struct slice text;
    struct sql_time {
        int year, month, day, hour, minute, second, microsecond;
        bool has_offset;
        int offset_seconds;
    } time;               /* DATE TIME DATETIME */
    int64_t microseconds; /* INTERVAL */
    bool tuple;           /* LIST: was a tuple */
    bool mixin;           /* ENUM: the member is a str or an int too, and passes for its value */
    const void *origin;   /* the vocabulary's value (pyv) that it was made of; NULL: none */
    struct sql_value *items;
    size_t n;
};

/* Dialect options by their keyword: postgresql_using="gin", mysql_engine="InnoDB". Values that are
 * expressions are kept as such. */
struct sql_expr;
struct ddl_option {
    const char *key; /* whole keyword: "postgresql_where" */
    struct sql_value value;
    const struct sql_expr *expr; /* instead of value */
    struct ddl_option *dict; /* a dict: its entries by key (postgresql_ops={"a": "x"}), instead of value */
    size_t ndict;
};
typedef VEC(struct ddl_option) ddl_options_t;
const struct ddl_option *ddl_option_get(const ddl_options_t *options, const char *key); /* NULL: absent */
bool ddl_option_true(const ddl_options_t *options, const char *key);
