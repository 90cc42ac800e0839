/*
 * What the type files share: kinds, by which a type is rendered and adapted.
 */
#pragma once
#include "engine/ddl/type.h"

/* Each is a __visit_name__ of SQLAlchemy. _GENERIC ones look different on some dialect than the class of that
 * name. */
enum ddl_type_kind {
    KIND_ABSTRACT, /* cannot be rendered */
    KIND_UNKNOWN,  /* a __visit_name__ that no dialect knows */
    KIND_NULL_TYPE,
    KIND_VARCHAR,
    KIND_NVARCHAR,
    KIND_CHAR,
    KIND_NCHAR,
    KIND_TEXT,
    KIND_CLOB,
    KIND_INTEGER,
    KIND_SMALLINT,
    KIND_BIGINT,
    KIND_NUMERIC,
    KIND_DECIMAL,
    KIND_FLOAT,
    KIND_REAL,
    KIND_DOUBLE_GENERIC,
    KIND_DOUBLE,
    KIND_DOUBLE_PRECISION,
    KIND_DATETIME_GENERIC,
    KIND_DATETIME,
    KIND_TIMESTAMP,
    KIND_DATE,
    KIND_TIME,
    KIND_INTERVAL_GENERIC,
    KIND_INTERVAL,
    KIND_LARGE_BINARY,
    KIND_BLOB,
    KIND_BINARY,
    KIND_VARBINARY,
    KIND_BOOLEAN,
    KIND_UUID_GENERIC,
    KIND_UUID,
    KIND_ENUM_GENERIC,
    KIND_ENUM,
    KIND_SET,
    KIND_JSON,
    KIND_ARRAY,
    KIND_DECORATOR,
    KIND_USER_DEFINED,
    KIND_DOMAIN,
    KIND_BIT,
    KIND_YEAR,
    KIND_MEDIUMINT,
    KIND_TINYINT,
    KIND_TINYTEXT,
    KIND_MEDIUMTEXT,
    KIND_LONGTEXT,
    KIND_TINYBLOB,
    KIND_MEDIUMBLOB,
    KIND_LONGBLOB,
    KIND_INET4,
    KIND_INET6,
    /* one word, on PostgreSQL alone */
    KIND_BYTEA,
    KIND_INET,
    KIND_CIDR,
    KIND_MACADDR,
    KIND_MACADDR8,
    KIND_MONEY,
    KIND_OID,
    KIND_REGCONFIG,
    KIND_REGCLASS,
    KIND_TSQUERY,
    KIND_TSVECTOR,
    KIND_CITEXT,
    KIND_JSONB,
    KIND_JSONPATH,
    KIND_HSTORE,
    KIND_LTREE, /* sqlalchemy_utils */
    KIND_INT4RANGE,
    KIND_INT8RANGE,
    KIND_NUMRANGE,
    KIND_DATERANGE,
    KIND_TSRANGE,
    KIND_TSTZRANGE,
    KIND_INT4MULTIRANGE,
    KIND_INT8MULTIRANGE,
    KIND_NUMMULTIRANGE,
    KIND_DATEMULTIRANGE,
    KIND_TSMULTIRANGE,
    KIND_TSTZMULTIRANGE,
    KIND_COUNT
};

static inline enum ddl_type_kind ddl_type_kind(const struct ddl_type *t)
{
    return (enum ddl_type_kind)t->class->kind;
}
/* How many types may wrap types, or TypeDecorators have one for their impl. */
#define DDL_TYPE_DEPTH 64
/* The variant for the dialect, or the type itself. */
const struct ddl_type *ddl_type_variant(const struct ddl_dialect *d, const struct ddl_type *t);
/* Follow TypeDecorators to what they render as, as their type_engine() does; never a decorator on success. */
int ddl_type_engine(const struct ddl_dialect *d, const struct ddl_type *t, const struct ddl_type **engine,
                    struct err *err);
/* Does it have the arguments that MySQL's numbers or strings have in addition? */
bool ddl_type_is_mysql(const struct ddl_type *t);
static inline const char *ddl_type_class_name(const struct ddl_type *t)
{
    return t->subclass ? t->subclass : t->class->name;
}
