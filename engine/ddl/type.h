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
#include "engine/ddl/type_classes.h"

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

/* DDL_TYPE_INTEGER and so on; a row of type_classes.h each. */
#define DDL_TYPE_ID(id, name, module, kind, affinity, base, signature) DDL_TYPE_##id,
enum ddl_type_id { DDL_TYPE_NONE = -1, DDL_TYPE_CLASSES(DDL_TYPE_ID) DDL_TYPE_COUNT };
#undef DDL_TYPE_ID

/* What a class is called and how it behaves; rows of type_table.c. */
struct ddl_type_class {
    enum ddl_type_id id;
    const char *name;   /* "String", "JSONB" */
    const char *module; /* where Python defines it: "sqlalchemy.sql.sqltypes" */
    int kind;           /* enum ddl_type_kind of type_table.h, private to type*.c */
    enum ddl_affinity affinity;
    enum ddl_type_id base; /* DDL_TYPE_NONE: none */
};
const struct ddl_type_class *ddl_type_class_of(enum ddl_type_id id);
/* The class as one that is rendered by another __visit_name__ ("JSONB", "integer"). */
const struct ddl_type_class *ddl_type_class_visited(struct arena *a, const struct ddl_type_class *class,
                                                    const char *visit);

struct ddl_type;
struct ddl_type_variant {
    const char *dialect;
    const struct ddl_type *type;
};

/* What a TypeDecorator or a UserDefinedType does in code of its own. A function fails with err filled, or,
 * when it raised an exception of Python, with err->sqlstate DDL_RAISED. Each may be NULL. */
struct ddl_type_hooks {
    /* TypeDecorator: what load_dialect_impl() gives; NULL: `item` */
    int (*impl)(const struct ddl_type *t, const struct ddl_dialect *d, const struct ddl_type **impl,
                struct err *err);
    /* @compiles: the text on this dialect; *done false: none of it, render as usual. */
    int (*compile)(const struct ddl_type *t, const struct ddl_dialect *d, struct strbuf *out, bool *done,
                   struct err *err);
    /* UserDefinedType: get_col_spec() */
    int (*spec)(const struct ddl_type *t, const struct ddl_dialect *d, struct strbuf *out, struct err *err);
    /* The value that the impl's literal is made of (process_bind_param, process_literal_param). *text: it is
     * a str that is the literal itself where the impl has no literals of its own; *whole: in any case. 1: it
     * raised, which SQLAlchemy takes for "Could not render literal value". */
    int (*value)(const struct ddl_type *t, const struct ddl_dialect *d, const struct sql_value *v, bool live,
                 struct sql_value *out, bool *text, bool *whole, struct err *err);
};

struct ddl_type {
    const struct ddl_type_class *class;
    const char *subclass;     /* its name in Python when it is a class of the project; NULL: class->name */
    int64_t length;           /* String(50), BIT(3); -1: none */
    int64_t precision, scale; /* Numeric, Float, TIMESTAMP, INTERVAL; -1: none */
    int64_t fsp;              /* mysql.DATETIME(fsp=6); -1: none */
    int64_t display_width;    /* mysql.INTEGER(11); -1: none */
    bool timezone, asdecimal, as_uuid, native_uuid /* Uuid(native_uuid=False): false */;
    bool unsigned_, zerofill, binary, national, ascii, unicode, varying;
    bool native; /* Interval(native=) */
    const char *collation, *charset;
    const char *fields;          /* INTERVAL fields */
    const char *storage_format;  /* sqlite.DATETIME and the like; NULL: the class's own */
    bool digits;                 /* ... which gives nothing but digits */
    int64_t dimensions;          /* ARRAY; 0: not given */
    const struct ddl_type *item; /* ARRAY item; TypeDecorator impl; DOMAIN data type */
    const char *text;            /* a library's type whose text is known: VECTOR(3) */
    bool spatial_index; /* its column comes with an index idx_<table>_<column> USING gist (geoalchemy2) */
    /* Enum and Boolean */
    strings_t values;
    strings_t members;      /* Enum of an enum class: the member's name for each value; else empty */
    const void *enum_class; /* which one */
    bool native_enum, create_constraint, create_type, validate_strings;
    bool has_metadata, inherit_schema;
    struct ddl_name name; /* of the type, or of the constraint */
    const char *schema;
    const struct sql_expr *domain_check, *domain_default;
    struct slice domain_default_text; /* ptr NULL: none, or domain_default */
    const char *domain_constraint;
    bool domain_not_null;
    struct ddl_type_variant *variants;
    size_t nvariants;
    bool should_evaluate_none, none_as_null;
    const struct ddl_type_hooks *hooks;
    void *hook_arg;
    void *wrapper;        /* the vocabulary's object that it belongs to; NULL: none */
    const void *identity; /* types made once and used in several places are the same (CREATE TYPE once) */
};
/* A type of the class with every argument at its default. */
struct ddl_type *ddl_type_new(struct arena *a, enum ddl_type_id id);
struct ddl_type *ddl_type_array(struct arena *a, const struct ddl_type *item, int64_t dimensions);
/* Is its class `id`, or derived from it? (isinstance) */
bool ddl_type_is(const struct ddl_type *t, enum ddl_type_id id);

/* The plain type that a Python value has: Integer for ints, String for str, Boolean, DateTime, NullType ...
 */
const struct ddl_type *ddl_type_of_value(struct arena *a, const struct sql_value *v);
const struct ddl_type *ddl_type_null(void), *ddl_type_boolean(void), *ddl_type_integer(void),
    *ddl_type_string(void);

/* The type that the dialect really uses (dialect_impl): variants chosen, decorators unwrapped, generics
 * adapted. What cannot be resolved comes back as it is: rendering it fails. */
const struct ddl_type *ddl_type_resolve(struct arena *a, const struct ddl_dialect *d,
                                        const struct ddl_type *t);
/* dialect.type_descriptor(t): the class that the dialect has for it, with the same arguments. */
const struct ddl_type *ddl_type_descriptor(struct arena *a, const struct ddl_dialect *d,
                                           const struct ddl_type *t);
enum ddl_affinity ddl_type_affinity(const struct ddl_type *t); /* unwraps decorators */
/* "VARCHAR(50)". ERR_FILE with SQLAlchemy's CompileError text (VARCHAR requires a length on dialect mysql).
 */
int ddl_type_render(struct strbuf *out, const struct ddl_dialect *d, const struct ddl_type *t,
                    struct err *err);
/* str(type) in Python: as messages name it. */
void ddl_type_str(struct strbuf *out, const struct ddl_type *t);
/* A literal of the value under the type, as literal_binds does ('2020-01-02 03:04:05', 'x', true/1, NULL).
 * ERR_FILE "No literal value renderer is available for literal value ... with datatype JSON" and the like.
 * live: the text goes to a server at once and stands in for a bound parameter, so that whatever a driver
 * could bind is rendered (bytes, JSON, arrays, intervals, None under JSON ...). */
int ddl_type_literal(struct strbuf *out, const struct ddl_dialect *d, const struct ddl_type *t,
                     const struct sql_value *v, bool live, struct err *err);
/* The variant for the dialect, and what is below TypeDecorators: their impl, whatever the dialect makes of
 * it. */
const struct ddl_type *ddl_type_undecorated(const struct ddl_dialect *d, const struct ddl_type *t);
/* Does CREATE TABLE make a type of its own for it: a native enum or a DOMAIN? (postgresql.ENUM and DOMAIN try
 * to on other dialects too, and fail.) */
bool ddl_type_is_named(const struct ddl_dialect *d, const struct ddl_type *t);
/* That enum or domain itself: under a TypeDecorator, or the item of an ARRAY; NULL: none. Its create_type,
 * has_metadata, inherit_schema, name and schema are what counts. */
const struct ddl_type *ddl_type_named(const struct ddl_dialect *d, const struct ddl_type *t);
/* The type as a column of a table in that schema (NULL: none) has it: an enum that inherits the schema is in
 * it. */
const struct ddl_type *ddl_type_in_schema(struct arena *a, const struct ddl_type *t, const char *schema);
/* CREATE TYPE / DROP TYPE / CREATE DOMAIN, PostgreSQL. */
int ddl_type_create(struct strbuf *out, const struct ddl_dialect *d, const struct ddl_type *t,
                    struct err *err);
int ddl_type_drop(struct strbuf *out, const struct ddl_dialect *d, const struct ddl_type *t, struct err *err);
/* The values of the CHECK that an Enum or Boolean carries as a constraint on this dialect; false: none.
 * (Boolean: 0, 1.) a NULL: only asked whether there are any. */
bool ddl_type_check_values(struct arena *a, const struct ddl_dialect *d, const struct ddl_type *t,
                           const struct sql_value **values, size_t *n);
