/* The classes of column types, and the names that modules have for them. */
#include "engine/alembic/vocabulary/sa_type.h"

/* What every class shares it has from TypeEngine. */
#define sa_type_NONE py_type_object
#define CLASS(id, name_, module_, kind, affinity, base_, signature)                                          \
    const struct py_type sa_type_##id = {.head = PY_TYPE_HEAD,                                               \
                                         .name = name_,                                                      \
                                         .module = module_,                                                  \
                                         .base = &sa_type_##base_,                                           \
                                         .defs = sa_engine_defs,                                             \
                                         .construct = sa_type_construct,                                     \
                                         .getattr = sa_type_getattr,                                         \
                                         .setattr = sa_type_setattr,                                         \
                                         .repr = sa_type_repr,                                               \
                                         .str = sa_type_str,                                                 \
                                         .init_subclass = sa_type_subclass};
DDL_TYPE_CLASSES(CLASS)

#define ROW(id, name, module, kind, affinity, base, signature) [DDL_TYPE_##id] = &sa_type_##id,
static const struct py_type *const types[] = {DDL_TYPE_CLASSES(ROW)};

const struct py_type *sa_type_class(enum ddl_type_id id)
{
    return types[id];
}

static enum ddl_type_id native_id(const struct py_type *type)
{
    for (int i = 0; i < DDL_TYPE_COUNT; i++) {
        if (types[i] == type) {
            return (enum ddl_type_id)i;
        }
    }
    return DDL_TYPE_NONE;
}

enum ddl_type_id sa_type_id(const struct py_type *type)
{
    for (size_t i = 0; i < type->nmro; i++) {
        enum ddl_type_id id = native_id(type->mro[i]);
        if (id != DDL_TYPE_NONE) {
            return id;
        }
    }
    for (; type; type = type->base) {
        enum ddl_type_id id = native_id(type);
        if (id != DDL_TYPE_NONE) {
            return id;
        }
    }
    return DDL_TYPE_NONE;
}

#define NAMED(name, id)                                                                                      \
    {                                                                                                        \
        name, PY_DEF_TYPE, NULL, &sa_type_##id, NULL                                                         \
    }
#define SAME(id) NAMED(#id, id)
#define PG(id)   NAMED(#id, PG_##id)
#define MY(id)   NAMED(#id, MY_##id)

const struct py_def sa_type_defs[] = {
    NAMED("ARRAY", ARRAY_GENERIC),
    SAME(BIGINT),
    SAME(BINARY),
    SAME(BLOB),
    SAME(BOOLEAN),
    NAMED("BigInteger", BIG_INTEGER),
    NAMED("Boolean", BOOLEAN_GENERIC),
    SAME(CHAR),
    SAME(CLOB),
    SAME(DATE),
    SAME(DATETIME),
    SAME(DECIMAL),
    SAME(DOUBLE),
    SAME(DOUBLE_PRECISION),
    NAMED("Date", DATE_GENERIC),
    NAMED("DateTime", DATETIME_GENERIC),
    NAMED("Double", DOUBLE_GENERIC),
    NAMED("Enum", ENUM_GENERIC),
    SAME(FLOAT),
    NAMED("Float", FLOAT_GENERIC),
    NAMED("INT", INTEGER),
    SAME(INTEGER),
    NAMED("Integer", INTEGER_GENERIC),
    NAMED("Interval", INTERVAL_GENERIC),
    NAMED("JSON", JSON_GENERIC),
    NAMED("LargeBinary", LARGE_BINARY),
    SAME(NCHAR),
    SAME(NUMERIC),
    SAME(NVARCHAR),
    NAMED("Numeric", NUMERIC_GENERIC),
    NAMED("PickleType", PICKLE),
    SAME(REAL),
    SAME(SMALLINT),
    NAMED("SmallInteger", SMALL_INTEGER),
    NAMED("String", STRING),
    SAME(TEXT),
    SAME(TIME),
    SAME(TIMESTAMP),
    NAMED("Text", TEXT_GENERIC),
    NAMED("Time", TIME_GENERIC),
    NAMED("TupleType", TUPLE),
    NAMED("TypeDecorator", DECORATOR),
    SAME(UUID),
    NAMED("Unicode", UNICODE),
    NAMED("UnicodeText", UNICODE_TEXT),
    NAMED("Uuid", UUID_GENERIC),
    SAME(VARBINARY),
    SAME(VARCHAR),
    {0},
};

const struct py_def sa_type_more_defs[] = {
    NAMED("NullType", NULL_TYPE),           NAMED("MatchType", MATCH),     NAMED("TypeEngine", ENGINE),
    NAMED("UserDefinedType", USER_DEFINED), NAMED("_Binary", BINARY_BASE), {0},
};

const struct py_def sa_type_postgresql_defs[] = {
    PG(ARRAY),
    SAME(BIGINT),
    PG(BIT),
    SAME(BOOLEAN),
    PG(BYTEA),
    SAME(CHAR),
    PG(CIDR),
    PG(CITEXT),
    SAME(DATE),
    PG(DATEMULTIRANGE),
    PG(DATERANGE),
    PG(DOMAIN),
    SAME(DOUBLE_PRECISION),
    PG(ENUM),
    SAME(FLOAT),
    PG(HSTORE),
    PG(INET),
    PG(INT4MULTIRANGE),
    PG(INT4RANGE),
    PG(INT8MULTIRANGE),
    PG(INT8RANGE),
    SAME(INTEGER),
    PG(INTERVAL),
    PG(JSON),
    PG(JSONB),
    PG(JSONPATH),
    PG(MACADDR),
    PG(MACADDR8),
    PG(MONEY),
    SAME(NUMERIC),
    PG(NUMMULTIRANGE),
    PG(NUMRANGE),
    NAMED("NamedType", PG_NAMED),
    PG(OID),
    SAME(REAL),
    PG(REGCLASS),
    PG(REGCONFIG),
    SAME(SMALLINT),
    SAME(TEXT),
    PG(TIME),
    PG(TIMESTAMP),
    PG(TSMULTIRANGE),
    PG(TSQUERY),
    PG(TSRANGE),
    PG(TSTZMULTIRANGE),
    PG(TSTZRANGE),
    PG(TSVECTOR),
    SAME(UUID),
    SAME(VARCHAR),
    {0},
};

/* Older names that sqlalchemy.dialects.postgresql.base still has. */
const struct py_def sa_type_postgresql_base_defs[] = {
    NAMED("PGUuid", PG_UUID),
    NAMED("PGInet", PG_INET),
    NAMED("PGCidr", PG_CIDR),
    NAMED("PGBit", PG_BIT),
    NAMED("PGMacAddr", PG_MACADDR),
    NAMED("PGMacAddr8", PG_MACADDR8),
    {0},
};

const struct py_def sa_type_mysql_defs[] = {
    MY(BIGINT),   SAME(BINARY),  MY(BIT),      SAME(BLOB),   SAME(BOOLEAN),  MY(CHAR),        SAME(DATE),
    MY(DATETIME), MY(DECIMAL),   MY(DOUBLE),   MY(ENUM),     MY(FLOAT),      MY(INET4),       MY(INET6),
    MY(INTEGER),  MY(JSON),      MY(LONGBLOB), MY(LONGTEXT), MY(MEDIUMBLOB), MY(MEDIUMINT),   MY(MEDIUMTEXT),
    MY(NCHAR),    MY(NUMERIC),   MY(NVARCHAR), MY(REAL),     MY(SET),        MY(SMALLINT),    MY(TEXT),
    MY(TIME),     MY(TIMESTAMP), MY(TINYBLOB), MY(TINYINT),  MY(TINYTEXT),   SAME(VARBINARY), MY(VARCHAR),
    MY(YEAR),     {0},
};

const struct py_def sa_type_sqlite_defs[] = {
    SAME(BLOB),
    SAME(BOOLEAN),
    SAME(CHAR),
    NAMED("DATE", LITE_DATE),
    NAMED("DATETIME", LITE_DATETIME),
    SAME(DECIMAL),
    SAME(FLOAT),
    SAME(INTEGER),
    NAMED("JSON", LITE_JSON),
    SAME(NUMERIC),
    SAME(REAL),
    SAME(SMALLINT),
    SAME(TEXT),
    NAMED("TIME", LITE_TIME),
    SAME(TIMESTAMP),
    SAME(VARCHAR),
    {0},
};
