/*
 * Column types: what `sa.String(50)`, `postgresql.ARRAY(sa.Integer)` and `mysql.TINYINT(unsigned=True)` are,
 * rendered per dialect as SQLAlchemy 2.0 does.
 *
 * A type is a class (a row of the table in type_table.c) with arguments. Generic classes (Integer, Enum,
 * Uuid) choose another class per dialect; exact ones (VARCHAR, JSONB) are written as they are everywhere, or
 * fail where the dialect's compiler does not know them.
 */
#pragma once
#include "engine/ddl/dialect.h"

enum ddl_affinity { /* SQLAlchemy's _type_affinity: how operators and literals treat the type */
                    AFFINITY_NULL,
                    AFFINITY_INTEGER,
                    AFFINITY_NUMERIC,
                    AFFINITY_FLOAT,
                    AFFINITY_STRING,
                    AFFINITY_BOOLEAN,
                    AFFINITY_DATE,
                    AFFINITY_TIME,
                    AFFINITY_DATETIME,
                    AFFINITY_INTERVAL,
                    AFFINITY_BINARY,
                    AFFINITY_ENUM,
                    AFFINITY_JSON,
                    AFFINITY_UUID,
                    AFFINITY_ARRAY,
                    AFFINITY_OTHER
};

struct ddl_type_class;
struct ddl_type;
struct ddl_type_variant {
    const char *dialects[4];
    const struct ddl_type *type;
};

struct ddl_type {
    const struct ddl_type_class *class;
    int64_t length;           /* String(50), BIT(3); -1: none */
    int64_t precision, scale; /* Numeric, Float, TIMESTAMP, DATETIME(fsp), INTERVAL; -1: none */
    int64_t display_width;    /* mysql.INTEGER(11); -1: none */
    bool timezone, asdecimal, as_uuid, native_uuid /* Uuid(native_uuid=False): false */;
    bool unsigned_, zerofill, binary, national, ascii, unicode, varying;
    const char *collation, *charset;
    const char *fields;          /* INTERVAL fields */
    int dimensions;              /* ARRAY; 0: one */
    const struct ddl_type *item; /* ARRAY item; TypeDecorator impl; DOMAIN data type */
    const char *text;            /* UserDefinedType.get_col_spec() already evaluated; Vector(3); ... */
    /* Enum and Boolean */
    strings_t values;
    bool values_given;
    bool native_enum, create_constraint, create_type, validate_strings;
    bool has_metadata, inherit_schema;
    struct ddl_name name; /* of the type, or of the constraint */
    const char *schema;
    const struct sql_expr *domain_check, *domain_default;
    bool domain_not_null;
    struct ddl_type_variant *variants;
    size_t nvariants;
    bool should_evaluate_none, none_as_null;
    const void *identity; /* types made once and used in several places are the same (CREATE TYPE once) */
};

/* What the class is called and how it behaves; rows of type_table.c. */
struct ddl_type_class {
    const char *name;   /* "String", "JSONB" */
    const char *module; /* "sqlalchemy.types", "sqlalchemy.dialects.postgresql", "sqlmodel.sql.sqltypes" */
    int kind;           /* enum ddl_type_kind of type_table.h, private to type*.c */
    enum ddl_affinity affinity;
};
const struct ddl_type_class *ddl_type_class_find(const char *module, const char *name); /* NULL: unknown */
/* The plain type that a Python value has: Integer for ints, String for str, Boolean, DateTime, NullType ...
 */
const struct ddl_type *ddl_type_of_value(struct arena *a, const struct sql_value *v);
const struct ddl_type *ddl_type_null(void), *ddl_type_boolean(void), *ddl_type_integer(void),
    *ddl_type_string(void);

/* The type that the dialect really uses: variants chosen, decorators unwrapped, generics adapted. */
const struct ddl_type *ddl_type_resolve(struct arena *a, const struct ddl_dialect *d,
                                        const struct ddl_type *t);
enum ddl_affinity ddl_type_affinity(const struct ddl_type *t); /* unwraps decorators */
/* "VARCHAR(50)". ERR_FILE with SQLAlchemy's CompileError text (VARCHAR requires a length on dialect mysql).
 */
int ddl_type_render(struct strbuf *out, const struct ddl_dialect *d, const struct ddl_type *t,
                    struct err *err);
/* A literal of the value under the type, as literal_binds does ('2020-01-02 03:04:05', 'x', true/1, NULL).
 * ERR_FILE "No literal value renderer is available for literal value ... with datatype JSON" and the like.
 * live: the text goes to a server at once and stands in for a bound parameter, so that whatever a driver
 * could bind is rendered (bytes, JSON, arrays, intervals, None under JSON ...). */
int ddl_type_literal(struct strbuf *out, const struct ddl_dialect *d, const struct ddl_type *t,
                     const struct sql_value *v, bool live, struct err *err);
/* Is it a native enum (or DOMAIN) on this dialect, with a CREATE TYPE of its own? */
bool ddl_type_is_named(const struct ddl_dialect *d, const struct ddl_type *t);
/* CREATE TYPE / DROP TYPE / CREATE DOMAIN, PostgreSQL. */
int ddl_type_create(struct strbuf *out, const struct ddl_dialect *d, const struct ddl_type *t,
                    struct err *err);
int ddl_type_drop(struct strbuf *out, const struct ddl_dialect *d, const struct ddl_type *t, struct err *err);
/* The values of the CHECK that an Enum or Boolean carries as a constraint on this dialect; false: none.
 * (Boolean: 0, 1.) */
bool ddl_type_check_values(const struct ddl_dialect *d, const struct ddl_type *t,
                           const struct sql_value **values, size_t *n);
