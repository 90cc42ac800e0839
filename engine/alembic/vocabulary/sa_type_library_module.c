/* Modules of other packages whose types revisions use. */
#include "engine/alembic/vocabulary/sa_type.h"
#include <string.h>

#define NAMED(name, id)                                                                                      \
    {                                                                                                        \
        name, PY_DEF_TYPE, NULL, &sa_type_##id, NULL                                                         \
    }
#define REFUSED(name, why)                                                                                   \
    {                                                                                                        \
        name, PY_DEF_REFUSED, NULL, NULL, why                                                                \
    }

static pyv types_module(struct py *py, pyv self, const struct py_args *args)
{
    (void)self;
    (void)args;
    return py_import(py, "sqlalchemy.types");
}

static const struct py_def empty_defs[] = {{0}};
static const struct py_def sqlmodel_defs[] = {
    NAMED("AutoString", MODEL_STRING),
    NAMED("GUID", MODEL_GUID),
    {"types", PY_DEF_VALUE, types_module, NULL, NULL},
    {0},
};
static const struct py_def users_defs[] = {
    NAMED("GUID", USERS_GUID),
    NAMED("TIMESTAMPAware", USERS_TIMESTAMP),
    {0},
};
static const struct py_def utils_defs[] = {
    NAMED("ArrowType", UTILS_ARROW),
    NAMED("BitType", UTILS_BIT),
    NAMED("ChoiceType", UTILS_CHOICE),
    NAMED("ColorType", UTILS_COLOR),
    NAMED("CountryType", UTILS_COUNTRY),
    NAMED("CurrencyType", UTILS_CURRENCY),
    NAMED("DateRangeType", UTILS_DATE_RANGE),
    NAMED("DateTimeRangeType", UTILS_DATE_TIME_RANGE),
    NAMED("EmailType", UTILS_EMAIL),
    NAMED("EncryptedType", UTILS_ENCRYPTED),
    NAMED("EnrichedDateTimeType", UTILS_ENRICHED_DATE_TIME),
    NAMED("EnrichedDateType", UTILS_ENRICHED_DATE),
    NAMED("Int8RangeType", UTILS_INT8_RANGE),
    NAMED("IntRangeType", UTILS_INT_RANGE),
    NAMED("IPAddressType", UTILS_IP_ADDRESS),
    NAMED("JSONType", UTILS_JSON),
    NAMED("LocaleType", UTILS_LOCALE),
    NAMED("LtreeType", UTILS_LTREE),
    NAMED("NumericRangeType", UTILS_NUMERIC_RANGE),
    NAMED("PasswordType", UTILS_PASSWORD),
    NAMED("PhoneNumberType", UTILS_PHONE_NUMBER),
    NAMED("ScalarListType", UTILS_SCALAR_LIST),
    NAMED("StringEncryptedType", UTILS_STRING_ENCRYPTED),
    NAMED("TimezoneType", UTILS_TIMEZONE),
    NAMED("TSVectorType", UTILS_TS_VECTOR),
    NAMED("URLType", UTILS_URL),
    NAMED("UUIDType", UTILS_UUID),
    NAMED("WeekDaysType", UTILS_WEEK_DAYS),
    REFUSED("CompositeType", "sqlalchemy_utils.CompositeType, which makes a type by event listeners"),
    {0},
};
static const struct py_def vector_defs[] = {
    NAMED("Vector", VECTOR_VECTOR),       NAMED("VECTOR", VECTOR_VECTOR), NAMED("HALFVEC", VECTOR_HALFVEC),
    NAMED("SPARSEVEC", VECTOR_SPARSEVEC), NAMED("BIT", VECTOR_BIT),       {0},
};
static const struct py_def citext_defs[] = {NAMED("CIText", CITEXT_PACKAGE), {0}};
static const struct py_def oslo_defs[] = {
    NAMED("JsonEncodedDict", OSLO_DICT),
    NAMED("JsonEncodedList", OSLO_LIST),
    NAMED("SoftDeleteInteger", OSLO_SOFT_DELETE),
    REFUSED("String", "oslo_db's String"),
    {0},
};
static const struct py_def geo_defs[] = {
    NAMED("Geometry", GEO_GEOMETRY),
    NAMED("Geography", GEO_GEOGRAPHY),
    REFUSED("Raster", "geoalchemy2.Raster, whose indexes are made by event listeners"),
    {0},
};

static const struct py_module_def modules[] = {
#define MODULE(name, defs)                                                                                   \
    {                                                                                                        \
        name, (const struct py_def *const[]){defs, NULL}, NULL                                               \
    }
    MODULE("sqlmodel", sqlmodel_defs),
    MODULE("sqlmodel.sql", empty_defs),
    MODULE("sqlmodel.sql.sqltypes", sqlmodel_defs),
    MODULE("fastapi_users_db_sqlalchemy", users_defs),
    MODULE("fastapi_users_db_sqlalchemy.generics", users_defs),
    MODULE("sqlalchemy_utils", utils_defs),
    MODULE("sqlalchemy_utils.types", utils_defs),
#define UTILS(name) MODULE("sqlalchemy_utils.types." name, utils_defs)
    UTILS("arrow"),
    UTILS("bit"),
    UTILS("choice"),
    UTILS("color"),
    UTILS("country"),
    UTILS("currency"),
    UTILS("email"),
    UTILS("encrypted"),
    UTILS("encrypted.encrypted_type"),
    UTILS("enriched_datetime"),
    UTILS("enriched_datetime.enriched_date_type"),
    UTILS("enriched_datetime.enriched_datetime_type"),
    UTILS("ip_address"),
    UTILS("json"),
    UTILS("locale"),
    UTILS("ltree"),
    UTILS("password"),
    UTILS("phone_number"),
    UTILS("range"),
    UTILS("scalar_list"),
    UTILS("timezone"),
    UTILS("ts_vector"),
    UTILS("url"),
    UTILS("uuid"),
    UTILS("weekdays"),
    MODULE("pgvector", empty_defs),
    MODULE("pgvector.sqlalchemy", vector_defs),
    MODULE("pgvector.sqlalchemy.bit", vector_defs),
    MODULE("pgvector.sqlalchemy.halfvec", vector_defs),
    MODULE("pgvector.sqlalchemy.sparsevec", vector_defs),
    MODULE("pgvector.sqlalchemy.vector", vector_defs),
    MODULE("citext", citext_defs),
    MODULE("oslo_db", empty_defs),
    MODULE("oslo_db.sqlalchemy", empty_defs),
    MODULE("oslo_db.sqlalchemy.types", oslo_defs),
    MODULE("geoalchemy2", geo_defs),
    MODULE("geoalchemy2.types", geo_defs),
};

const struct py_module_def *sa_library_module(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(modules); i++) {
        if (strcmp(modules[i].name, name) == 0) {
            return &modules[i];
        }
    }
    return NULL;
}
