/*
 * Every class of column types: one row each. A class is called a name of a Python module, is rendered as its
 * kind (SQLAlchemy's __visit_name__, where generic names that lead to the same text share one), has an
 * affinity, a base class and a signature of its constructor.
 */
#pragma once

/* X(id, name, module, kind, affinity, base, signature) */
#define DDL_TYPE_CLASSES(X)                                                                                  \
    X(ENGINE, "TypeEngine", "sqlalchemy.sql.type_api", ABSTRACT, OTHER, NONE, NOTHING)                       \
    X(NULL_TYPE, "NullType", "sqlalchemy.sql.sqltypes", NULL_TYPE, NULL, ENGINE, NOTHING)                    \
    X(STRING, "String", "sqlalchemy.sql.sqltypes", VARCHAR, STRING, ENGINE, STRING)                          \
    X(TEXT_GENERIC, "Text", "sqlalchemy.sql.sqltypes", TEXT, STRING, STRING, STRING)                         \
    X(UNICODE, "Unicode", "sqlalchemy.sql.sqltypes", VARCHAR, STRING, STRING, STRING)                        \
    X(UNICODE_TEXT, "UnicodeText", "sqlalchemy.sql.sqltypes", TEXT, STRING, TEXT_GENERIC, STRING)            \
    X(INTEGER_GENERIC, "Integer", "sqlalchemy.sql.sqltypes", INTEGER, INTEGER, ENGINE, NOTHING)              \
    X(SMALL_INTEGER, "SmallInteger", "sqlalchemy.sql.sqltypes", SMALLINT, INTEGER, INTEGER_GENERIC, NOTHING) \
    X(BIG_INTEGER, "BigInteger", "sqlalchemy.sql.sqltypes", BIGINT, INTEGER, INTEGER_GENERIC, NOTHING)       \
    X(NUMERIC_GENERIC, "Numeric", "sqlalchemy.sql.sqltypes", NUMERIC, NUMERIC, ENGINE, NUMERIC)              \
    X(FLOAT_GENERIC, "Float", "sqlalchemy.sql.sqltypes", FLOAT, FLOAT, NUMERIC_GENERIC, FLOAT)               \
    X(DOUBLE_GENERIC, "Double", "sqlalchemy.sql.sqltypes", DOUBLE_GENERIC, FLOAT, FLOAT_GENERIC, FLOAT)      \
    X(DATETIME_GENERIC, "DateTime", "sqlalchemy.sql.sqltypes", DATETIME_GENERIC, DATETIME, ENGINE, TIMEZONE) \
    X(DATE_GENERIC, "Date", "sqlalchemy.sql.sqltypes", DATE, DATE, ENGINE, NOTHING)                          \
    X(TIME_GENERIC, "Time", "sqlalchemy.sql.sqltypes", TIME, TIME, ENGINE, TIMEZONE)                         \
    X(BINARY_BASE, "_Binary", "sqlalchemy.sql.sqltypes", ABSTRACT, BINARY, ENGINE, LENGTH)                   \
    X(LARGE_BINARY, "LargeBinary", "sqlalchemy.sql.sqltypes", LARGE_BINARY, BINARY, BINARY_BASE, LENGTH)     \
    X(BOOLEAN_GENERIC, "Boolean", "sqlalchemy.sql.sqltypes", BOOLEAN, BOOLEAN, ENGINE, BOOLEAN)              \
    X(MATCH, "MatchType", "sqlalchemy.sql.sqltypes", BOOLEAN, BOOLEAN, BOOLEAN_GENERIC, BOOLEAN)             \
    X(ENUM_GENERIC, "Enum", "sqlalchemy.sql.sqltypes", ENUM_GENERIC, ENUM, STRING, ENUM)                     \
    X(DECORATOR, "TypeDecorator", "sqlalchemy.sql.type_api", DECORATOR, OTHER, ENGINE, DECORATOR)            \
    X(USER_DEFINED, "UserDefinedType", "sqlalchemy.sql.type_api", USER_DEFINED, OTHER, ENGINE, NOTHING)      \
    X(PICKLE, "PickleType", "sqlalchemy.sql.sqltypes", DECORATOR, BINARY, DECORATOR, PICKLE)                 \
    X(INTERVAL_GENERIC, "Interval", "sqlalchemy.sql.sqltypes", INTERVAL_GENERIC, INTERVAL, DECORATOR,        \
      INTERVAL)                                                                                              \
    X(JSON_GENERIC, "JSON", "sqlalchemy.sql.sqltypes", JSON, JSON, ENGINE, JSON)                             \
    X(ARRAY_GENERIC, "ARRAY", "sqlalchemy.sql.sqltypes", ARRAY, ARRAY, ENGINE, ARRAY)                        \
    X(UUID_GENERIC, "Uuid", "sqlalchemy.sql.sqltypes", UUID_GENERIC, UUID, ENGINE, UUID_GENERIC)             \
    X(TUPLE, "TupleType", "sqlalchemy.sql.sqltypes", ABSTRACT, OTHER, ENGINE, TUPLE)                         \
    X(REAL, "REAL", "sqlalchemy.sql.sqltypes", REAL, FLOAT, FLOAT_GENERIC, FLOAT)                            \
    X(FLOAT, "FLOAT", "sqlalchemy.sql.sqltypes", FLOAT, FLOAT, FLOAT_GENERIC, FLOAT)                         \
    X(DOUBLE, "DOUBLE", "sqlalchemy.sql.sqltypes", DOUBLE, FLOAT, DOUBLE_GENERIC, FLOAT)                     \
    X(DOUBLE_PRECISION, "DOUBLE_PRECISION", "sqlalchemy.sql.sqltypes", DOUBLE_PRECISION, FLOAT,              \
      DOUBLE_GENERIC, FLOAT)                                                                                 \
    X(NUMERIC, "NUMERIC", "sqlalchemy.sql.sqltypes", NUMERIC, NUMERIC, NUMERIC_GENERIC, NUMERIC)             \
    X(DECIMAL, "DECIMAL", "sqlalchemy.sql.sqltypes", DECIMAL, NUMERIC, NUMERIC_GENERIC, NUMERIC)             \
    X(INTEGER, "INTEGER", "sqlalchemy.sql.sqltypes", INTEGER, INTEGER, INTEGER_GENERIC, NOTHING)             \
    X(SMALLINT, "SMALLINT", "sqlalchemy.sql.sqltypes", SMALLINT, INTEGER, SMALL_INTEGER, NOTHING)            \
    X(BIGINT, "BIGINT", "sqlalchemy.sql.sqltypes", BIGINT, INTEGER, BIG_INTEGER, NOTHING)                    \
    X(TIMESTAMP, "TIMESTAMP", "sqlalchemy.sql.sqltypes", TIMESTAMP, DATETIME, DATETIME_GENERIC, TIMEZONE)    \
    X(DATETIME, "DATETIME", "sqlalchemy.sql.sqltypes", DATETIME, DATETIME, DATETIME_GENERIC, TIMEZONE)       \
    X(DATE, "DATE", "sqlalchemy.sql.sqltypes", DATE, DATE, DATE_GENERIC, NOTHING)                            \
    X(TIME, "TIME", "sqlalchemy.sql.sqltypes", TIME, TIME, TIME_GENERIC, TIMEZONE)                           \
    X(TEXT, "TEXT", "sqlalchemy.sql.sqltypes", TEXT, STRING, TEXT_GENERIC, STRING)                           \
    X(CLOB, "CLOB", "sqlalchemy.sql.sqltypes", CLOB, STRING, TEXT_GENERIC, STRING)                           \
    X(VARCHAR, "VARCHAR", "sqlalchemy.sql.sqltypes", VARCHAR, STRING, STRING, STRING)                        \
    X(NVARCHAR, "NVARCHAR", "sqlalchemy.sql.sqltypes", NVARCHAR, STRING, UNICODE, STRING)                    \
    X(CHAR, "CHAR", "sqlalchemy.sql.sqltypes", CHAR, STRING, STRING, STRING)                                 \
    X(NCHAR, "NCHAR", "sqlalchemy.sql.sqltypes", NCHAR, STRING, UNICODE, STRING)                             \
    X(BLOB, "BLOB", "sqlalchemy.sql.sqltypes", BLOB, BINARY, LARGE_BINARY, LENGTH)                           \
    X(BINARY, "BINARY", "sqlalchemy.sql.sqltypes", BINARY, BINARY, BINARY_BASE, LENGTH)                      \
    X(VARBINARY, "VARBINARY", "sqlalchemy.sql.sqltypes", VARBINARY, BINARY, BINARY_BASE, LENGTH)             \
    X(BOOLEAN, "BOOLEAN", "sqlalchemy.sql.sqltypes", BOOLEAN, BOOLEAN, BOOLEAN_GENERIC, BOOLEAN)             \
    X(UUID, "UUID", "sqlalchemy.sql.sqltypes", UUID, UUID, UUID_GENERIC, UUID)                               \
    X(PG_UUID, "PGUuid", "sqlalchemy.dialects.postgresql.types", UUID, UUID, UUID, UUID)                     \
    X(PG_BYTEA, "BYTEA", "sqlalchemy.dialects.postgresql.types", BYTEA, BINARY, LARGE_BINARY, LENGTH)        \
    X(PG_INET, "INET", "sqlalchemy.dialects.postgresql.types", INET, OTHER, ENGINE, NOTHING)                 \
    X(PG_CIDR, "CIDR", "sqlalchemy.dialects.postgresql.types", CIDR, OTHER, ENGINE, NOTHING)                 \
    X(PG_MACADDR, "MACADDR", "sqlalchemy.dialects.postgresql.types", MACADDR, OTHER, ENGINE, NOTHING)        \
    X(PG_MACADDR8, "MACADDR8", "sqlalchemy.dialects.postgresql.types", MACADDR8, OTHER, ENGINE, NOTHING)     \
    X(PG_MONEY, "MONEY", "sqlalchemy.dialects.postgresql.types", MONEY, OTHER, ENGINE, NOTHING)              \
    X(PG_OID, "OID", "sqlalchemy.dialects.postgresql.types", OID, OTHER, ENGINE, NOTHING)                    \
    X(PG_REGCONFIG, "REGCONFIG", "sqlalchemy.dialects.postgresql.types", REGCONFIG, OTHER, ENGINE, NOTHING)  \
    X(PG_TSQUERY, "TSQUERY", "sqlalchemy.dialects.postgresql.types", TSQUERY, OTHER, ENGINE, NOTHING)        \
    X(PG_REGCLASS, "REGCLASS", "sqlalchemy.dialects.postgresql.types", REGCLASS, OTHER, ENGINE, NOTHING)     \
    X(PG_TSVECTOR, "TSVECTOR", "sqlalchemy.dialects.postgresql.types", TSVECTOR, OTHER, ENGINE, NOTHING)     \
    X(PG_CITEXT, "CITEXT", "sqlalchemy.dialects.postgresql.types", CITEXT, STRING, TEXT, STRING)             \
    X(PG_TIMESTAMP, "TIMESTAMP", "sqlalchemy.dialects.postgresql.types", TIMESTAMP, DATETIME, TIMESTAMP,     \
      PG_TIME)                                                                                               \
    X(PG_TIME, "TIME", "sqlalchemy.dialects.postgresql.types", TIME, TIME, TIME, PG_TIME)                    \
    X(PG_INTERVAL, "INTERVAL", "sqlalchemy.dialects.postgresql.types", INTERVAL, INTERVAL, ENGINE,           \
      PG_INTERVAL)                                                                                           \
    X(PG_BIT, "BIT", "sqlalchemy.dialects.postgresql.types", BIT, OTHER, ENGINE, PG_BIT)                     \
    X(PG_ARRAY, "ARRAY", "sqlalchemy.dialects.postgresql.array", ARRAY, ARRAY, ARRAY_GENERIC, ARRAY)         \
    X(PG_JSON, "JSON", "sqlalchemy.dialects.postgresql.json", JSON, JSON, JSON_GENERIC, PG_JSON)             \
    X(PG_JSONB, "JSONB", "sqlalchemy.dialects.postgresql.json", JSONB, JSON, PG_JSON, PG_JSON)               \
    X(PG_JSONPATH, "JSONPATH", "sqlalchemy.dialects.postgresql.json", JSONPATH, OTHER, ENGINE, NOTHING)      \
    X(PG_HSTORE, "HSTORE", "sqlalchemy.dialects.postgresql.hstore", HSTORE, OTHER, ENGINE, PG_HSTORE)        \
    X(PG_NAMED, "NamedType", "sqlalchemy.dialects.postgresql.named_types", ABSTRACT, OTHER, ENGINE, NOTHING) \
    X(PG_ENUM, "ENUM", "sqlalchemy.dialects.postgresql.named_types", ENUM_GENERIC, ENUM, ENUM_GENERIC,       \
      PG_ENUM)                                                                                               \
    X(PG_DOMAIN, "DOMAIN", "sqlalchemy.dialects.postgresql.named_types", DOMAIN, OTHER, PG_NAMED, PG_DOMAIN) \
    X(PG_INT4RANGE, "INT4RANGE", "sqlalchemy.dialects.postgresql.ranges", INT4RANGE, OTHER, ENGINE, NOTHING) \
    X(PG_INT8RANGE, "INT8RANGE", "sqlalchemy.dialects.postgresql.ranges", INT8RANGE, OTHER, ENGINE, NOTHING) \
    X(PG_NUMRANGE, "NUMRANGE", "sqlalchemy.dialects.postgresql.ranges", NUMRANGE, OTHER, ENGINE, NOTHING)    \
    X(PG_DATERANGE, "DATERANGE", "sqlalchemy.dialects.postgresql.ranges", DATERANGE, OTHER, ENGINE, NOTHING) \
    X(PG_TSRANGE, "TSRANGE", "sqlalchemy.dialects.postgresql.ranges", TSRANGE, OTHER, ENGINE, NOTHING)       \
    X(PG_TSTZRANGE, "TSTZRANGE", "sqlalchemy.dialects.postgresql.ranges", TSTZRANGE, OTHER, ENGINE, NOTHING) \
    X(PG_INT4MULTIRANGE, "INT4MULTIRANGE", "sqlalchemy.dialects.postgresql.ranges", INT4MULTIRANGE, OTHER,   \
      ENGINE, NOTHING)                                                                                       \
    X(PG_INT8MULTIRANGE, "INT8MULTIRANGE", "sqlalchemy.dialects.postgresql.ranges", INT8MULTIRANGE, OTHER,   \
      ENGINE, NOTHING)                                                                                       \
    X(PG_NUMMULTIRANGE, "NUMMULTIRANGE", "sqlalchemy.dialects.postgresql.ranges", NUMMULTIRANGE, OTHER,      \
      ENGINE, NOTHING)                                                                                       \
    X(PG_DATEMULTIRANGE, "DATEMULTIRANGE", "sqlalchemy.dialects.postgresql.ranges", DATEMULTIRANGE, OTHER,   \
      ENGINE, NOTHING)                                                                                       \
    X(PG_TSMULTIRANGE, "TSMULTIRANGE", "sqlalchemy.dialects.postgresql.ranges", TSMULTIRANGE, OTHER, ENGINE, \
      NOTHING)                                                                                               \
    X(PG_TSTZMULTIRANGE, "TSTZMULTIRANGE", "sqlalchemy.dialects.postgresql.ranges", TSTZMULTIRANGE, OTHER,   \
      ENGINE, NOTHING)                                                                                       \
    X(MY_NUMERIC, "NUMERIC", "sqlalchemy.dialects.mysql.types", NUMERIC, NUMERIC, NUMERIC, MY_NUMERIC)       \
    X(MY_DECIMAL, "DECIMAL", "sqlalchemy.dialects.mysql.types", DECIMAL, NUMERIC, DECIMAL, MY_NUMERIC)       \
    X(MY_DOUBLE, "DOUBLE", "sqlalchemy.dialects.mysql.types", DOUBLE, FLOAT, DOUBLE, MY_FLOAT)               \
    X(MY_REAL, "REAL", "sqlalchemy.dialects.mysql.types", REAL, FLOAT, REAL, MY_FLOAT)                       \
    X(MY_FLOAT, "FLOAT", "sqlalchemy.dialects.mysql.types", FLOAT, FLOAT, FLOAT, MY_FLOAT)                   \
    X(MY_INTEGER, "INTEGER", "sqlalchemy.dialects.mysql.types", INTEGER, INTEGER, INTEGER, MY_INTEGER)       \
    X(MY_BIGINT, "BIGINT", "sqlalchemy.dialects.mysql.types", BIGINT, INTEGER, BIGINT, MY_INTEGER)           \
    X(MY_MEDIUMINT, "MEDIUMINT", "sqlalchemy.dialects.mysql.types", MEDIUMINT, INTEGER, INTEGER_GENERIC,     \
      MY_INTEGER)                                                                                            \
    X(MY_TINYINT, "TINYINT", "sqlalchemy.dialects.mysql.types", TINYINT, INTEGER, INTEGER_GENERIC,           \
      MY_INTEGER)                                                                                            \
    X(MY_SMALLINT, "SMALLINT", "sqlalchemy.dialects.mysql.types", SMALLINT, INTEGER, SMALLINT, MY_INTEGER)   \
    X(MY_BIT, "BIT", "sqlalchemy.dialects.mysql.types", BIT, OTHER, ENGINE, LENGTH)                          \
    X(MY_TIME, "TIME", "sqlalchemy.dialects.mysql.types", TIME, TIME, TIME, MY_TIME)                         \
    X(MY_TIMESTAMP, "TIMESTAMP", "sqlalchemy.dialects.mysql.types", TIMESTAMP, DATETIME, TIMESTAMP, MY_TIME) \
    X(MY_DATETIME, "DATETIME", "sqlalchemy.dialects.mysql.types", DATETIME, DATETIME, DATETIME, MY_TIME)     \
    X(MY_YEAR, "YEAR", "sqlalchemy.dialects.mysql.types", YEAR, OTHER, ENGINE, MY_YEAR)                      \
    X(MY_TEXT, "TEXT", "sqlalchemy.dialects.mysql.types", TEXT, STRING, TEXT, MY_STRING)                     \
    X(MY_VARCHAR, "VARCHAR", "sqlalchemy.dialects.mysql.types", VARCHAR, STRING, VARCHAR, MY_STRING)         \
    X(MY_CHAR, "CHAR", "sqlalchemy.dialects.mysql.types", CHAR, STRING, CHAR, MY_STRING)                     \
    X(MY_NVARCHAR, "NVARCHAR", "sqlalchemy.dialects.mysql.types", NVARCHAR, STRING, NVARCHAR, MY_NATIONAL)   \
    X(MY_NCHAR, "NCHAR", "sqlalchemy.dialects.mysql.types", NCHAR, STRING, NCHAR, MY_NATIONAL)               \
    X(MY_TINYTEXT, "TINYTEXT", "sqlalchemy.dialects.mysql.types", TINYTEXT, STRING, STRING, MY_TEXT)         \
    X(MY_MEDIUMTEXT, "MEDIUMTEXT", "sqlalchemy.dialects.mysql.types", MEDIUMTEXT, STRING, STRING, MY_TEXT)   \
    X(MY_LONGTEXT, "LONGTEXT", "sqlalchemy.dialects.mysql.types", LONGTEXT, STRING, STRING, MY_TEXT)         \
    X(MY_TINYBLOB, "TINYBLOB", "sqlalchemy.dialects.mysql.types", TINYBLOB, BINARY, BINARY_BASE, LENGTH)     \
    X(MY_MEDIUMBLOB, "MEDIUMBLOB", "sqlalchemy.dialects.mysql.types", MEDIUMBLOB, BINARY, BINARY_BASE,       \
      LENGTH)                                                                                                \
    X(MY_LONGBLOB, "LONGBLOB", "sqlalchemy.dialects.mysql.types", LONGBLOB, BINARY, BINARY_BASE, LENGTH)     \
    X(MY_ENUM, "ENUM", "sqlalchemy.dialects.mysql.enumerated", ENUM, ENUM, ENUM_GENERIC, MY_ENUM)            \
    X(MY_SET, "SET", "sqlalchemy.dialects.mysql.enumerated", SET, STRING, STRING, MY_SET)                    \
    X(MY_JSON, "JSON", "sqlalchemy.dialects.mysql.json", JSON, JSON, JSON_GENERIC, JSON)                     \
    X(MY_INET4, "INET4", "sqlalchemy.dialects.mysql.mariadb", INET4, OTHER, ENGINE, NOTHING)                 \
    X(MY_INET6, "INET6", "sqlalchemy.dialects.mysql.mariadb", INET6, OTHER, ENGINE, NOTHING)                 \
    X(LITE_DATETIME, "DATETIME", "sqlalchemy.dialects.sqlite.base", DATETIME_GENERIC, DATETIME,              \
      DATETIME_GENERIC, LITE_DATETIME)                                                                       \
    X(LITE_DATE, "DATE", "sqlalchemy.dialects.sqlite.base", DATE, DATE, DATE_GENERIC, LITE_DATE)             \
    X(LITE_TIME, "TIME", "sqlalchemy.dialects.sqlite.base", TIME, TIME, TIME_GENERIC, LITE_DATETIME)         \
    X(LITE_JSON, "JSON", "sqlalchemy.dialects.sqlite.json", JSON, JSON, JSON_GENERIC, JSON)                  \
    X(MODEL_STRING, "AutoString", "sqlmodel.sql.sqltypes", DECORATOR, OTHER, DECORATOR, LIBRARY)             \
    X(MODEL_GUID, "GUID", "sqlmodel.sql.sqltypes", DECORATOR, OTHER, DECORATOR, LIBRARY)                     \
    X(USERS_GUID, "GUID", "fastapi_users_db_sqlalchemy.generics", DECORATOR, OTHER, DECORATOR, LIBRARY)      \
    X(USERS_TIMESTAMP, "TIMESTAMPAware", "fastapi_users_db_sqlalchemy.generics", DECORATOR, OTHER,           \
      DECORATOR, LIBRARY)                                                                                    \
    X(UTILS_ARROW, "ArrowType", "sqlalchemy_utils.types.arrow", DECORATOR, OTHER, DECORATOR, LIBRARY)        \
    X(UTILS_BIT, "BitType", "sqlalchemy_utils.types.bit", DECORATOR, OTHER, DECORATOR, LIBRARY)              \
    X(UTILS_CHOICE, "ChoiceType", "sqlalchemy_utils.types.choice", DECORATOR, OTHER, DECORATOR, LIBRARY)     \
    X(UTILS_COLOR, "ColorType", "sqlalchemy_utils.types.color", DECORATOR, OTHER, DECORATOR, LIBRARY)        \
    X(UTILS_COUNTRY, "CountryType", "sqlalchemy_utils.types.country", DECORATOR, OTHER, DECORATOR, LIBRARY)  \
    X(UTILS_CURRENCY, "CurrencyType", "sqlalchemy_utils.types.currency", DECORATOR, OTHER, DECORATOR,        \
      LIBRARY)                                                                                               \
    X(UTILS_DATE_RANGE, "DateRangeType", "sqlalchemy_utils.types.range", DECORATOR, OTHER, DECORATOR,        \
      LIBRARY)                                                                                               \
    X(UTILS_DATE_TIME_RANGE, "DateTimeRangeType", "sqlalchemy_utils.types.range", DECORATOR, OTHER,          \
      DECORATOR, LIBRARY)                                                                                    \
    X(UTILS_EMAIL, "EmailType", "sqlalchemy_utils.types.email", DECORATOR, OTHER, DECORATOR, LIBRARY)        \
    X(UTILS_ENCRYPTED, "EncryptedType", "sqlalchemy_utils.types.encrypted.encrypted_type", DECORATOR, OTHER, \
      DECORATOR, LIBRARY)                                                                                    \
    X(UTILS_ENRICHED_DATE_TIME, "EnrichedDateTimeType",                                                      \
      "sqlalchemy_utils.types.enriched_datetime.enriched_datetime_type", DECORATOR, OTHER, DECORATOR,        \
      LIBRARY)                                                                                               \
    X(UTILS_ENRICHED_DATE, "EnrichedDateType",                                                               \
      "sqlalchemy_utils.types.enriched_datetime.enriched_date_type", DECORATOR, OTHER, DECORATOR, LIBRARY)   \
    X(UTILS_INT8_RANGE, "Int8RangeType", "sqlalchemy_utils.types.range", DECORATOR, OTHER, DECORATOR,        \
      LIBRARY)                                                                                               \
    X(UTILS_INT_RANGE, "IntRangeType", "sqlalchemy_utils.types.range", DECORATOR, OTHER, DECORATOR, LIBRARY) \
    X(UTILS_IP_ADDRESS, "IPAddressType", "sqlalchemy_utils.types.ip_address", DECORATOR, OTHER, DECORATOR,   \
      LIBRARY)                                                                                               \
    X(UTILS_JSON, "JSONType", "sqlalchemy_utils.types.json", DECORATOR, OTHER, DECORATOR, LIBRARY)           \
    X(UTILS_LOCALE, "LocaleType", "sqlalchemy_utils.types.locale", DECORATOR, OTHER, DECORATOR, LIBRARY)     \
    X(UTILS_NUMERIC_RANGE, "NumericRangeType", "sqlalchemy_utils.types.range", DECORATOR, OTHER, DECORATOR,  \
      LIBRARY)                                                                                               \
    X(UTILS_PASSWORD, "PasswordType", "sqlalchemy_utils.types.password", DECORATOR, OTHER, DECORATOR,        \
      LIBRARY)                                                                                               \
    X(UTILS_PHONE_NUMBER, "PhoneNumberType", "sqlalchemy_utils.types.phone_number", DECORATOR, OTHER,        \
      DECORATOR, LIBRARY)                                                                                    \
    X(UTILS_SCALAR_LIST, "ScalarListType", "sqlalchemy_utils.types.scalar_list", DECORATOR, OTHER,           \
      DECORATOR, LIBRARY)                                                                                    \
    X(UTILS_STRING_ENCRYPTED, "StringEncryptedType", "sqlalchemy_utils.types.encrypted.encrypted_type",      \
      DECORATOR, OTHER, DECORATOR, LIBRARY)                                                                  \
    X(UTILS_TIMEZONE, "TimezoneType", "sqlalchemy_utils.types.timezone", DECORATOR, OTHER, DECORATOR,        \
      LIBRARY)                                                                                               \
    X(UTILS_TS_VECTOR, "TSVectorType", "sqlalchemy_utils.types.ts_vector", DECORATOR, OTHER, DECORATOR,      \
      LIBRARY)                                                                                               \
    X(UTILS_URL, "URLType", "sqlalchemy_utils.types.url", DECORATOR, OTHER, DECORATOR, LIBRARY)              \
    X(UTILS_UUID, "UUIDType", "sqlalchemy_utils.types.uuid", DECORATOR, OTHER, DECORATOR, LIBRARY)           \
    X(UTILS_WEEK_DAYS, "WeekDaysType", "sqlalchemy_utils.types.weekdays", DECORATOR, OTHER, DECORATOR,       \
      LIBRARY)                                                                                               \
    X(UTILS_LTREE, "LtreeType", "sqlalchemy_utils.types.ltree", LTREE, OTHER, USER_DEFINED, LIBRARY)         \
    X(VECTOR_VECTOR, "VECTOR", "pgvector.sqlalchemy", USER_DEFINED, OTHER, USER_DEFINED, LIBRARY)            \
    X(VECTOR_HALFVEC, "HALFVEC", "pgvector.sqlalchemy", USER_DEFINED, OTHER, USER_DEFINED, LIBRARY)          \
    X(VECTOR_SPARSEVEC, "SPARSEVEC", "pgvector.sqlalchemy", USER_DEFINED, OTHER, USER_DEFINED, LIBRARY)      \
    X(VECTOR_BIT, "BIT", "pgvector.sqlalchemy", DECORATOR, OTHER, DECORATOR, LIBRARY)                        \
    X(CITEXT_PACKAGE, "CIText", "citext", USER_DEFINED, OTHER, USER_DEFINED, LIBRARY)                        \
    X(OSLO_DICT, "JsonEncodedDict", "oslo_db.sqlalchemy.types", DECORATOR, OTHER, DECORATOR, LIBRARY)        \
    X(OSLO_LIST, "JsonEncodedList", "oslo_db.sqlalchemy.types", DECORATOR, OTHER, DECORATOR, LIBRARY)        \
    X(OSLO_SOFT_DELETE, "SoftDeleteInteger", "oslo_db.sqlalchemy.types", DECORATOR, OTHER, DECORATOR,        \
      LIBRARY)                                                                                               \
    X(GEO_GEOMETRY, "Geometry", "geoalchemy2.types", USER_DEFINED, OTHER, USER_DEFINED, LIBRARY)             \
    X(GEO_GEOGRAPHY, "Geography", "geoalchemy2.types", USER_DEFINED, OTHER, USER_DEFINED, LIBRARY)
