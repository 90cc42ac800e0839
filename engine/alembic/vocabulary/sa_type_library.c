/*
 * Types of other packages that revisions use: sqlmodel, sqlalchemy_utils, fastapi_users_db_sqlalchemy,
 * pgvector, citext, oslo_db. Each is made of sqlalchemy's own types, as the package makes it; arguments that
 * say nothing about the column are taken and left. Values under them become literals only where nothing is
 * done to them.
 */
#include "engine/alembic/vocabulary/sa_type.h"
#include <inttypes.h>
#include <string.h>

/* --- making types --- */

static struct ddl_type *make(struct py *py, enum ddl_type_id id, int64_t length)
{
    struct ddl_type *t = ddl_type_new(py_arena(py), id);
    t->length = length;
    return t;
}

/* impl: what it is by default; other: what it is on that dialect */
static int decorate(struct sa_type *t, struct ddl_type *impl)
{
    t->ddl->item = impl;
    return 0;
}

static int decorate_but(struct py *py, struct sa_type *t, struct ddl_type *impl, const char *dialect,
                        const struct ddl_type *other)
{
    impl->variants = py_alloc(py, sizeof(*impl->variants));
    if (!impl->variants) {
        return -1;
    }
    impl->variants[0] = (struct ddl_type_variant){dialect, other};
    impl->nvariants = 1;
    return decorate(t, impl);
}

static int length_of(struct py *py, const struct sa_type *t, size_t i, int64_t initial, int64_t *length)
{
    *length = initial;
    pyv v = t->values[i];
    if (v && py_is_none(v)) {
        *length = -1;
    } else if (v && (!py_as_int(v, length) || *length < 0 || py_is(v, &py_type_bool))) {
        py_refuse(py, "%s(%s=%s)", t->ddl->class->name, t->signature->params[i].name, py_repr_of(py, v));
        return -1;
    }
    return 0;
}

/* The impl made with the arguments of the decorator, as TypeDecorator.__init__() does. */
static struct ddl_type *impl_with(struct py *py, enum ddl_type_id id, const struct py_args *args)
{
    pyv made = py_call(py, (pyv)sa_type_class(id), args);
    return made ? ((struct sa_type *)made)->ddl : NULL;
}

/* --- one function a type --- */

static int model_string(struct py *py, struct sa_type *t, const struct py_args *args)
{
    struct ddl_type *impl = impl_with(py, DDL_TYPE_STRING, args);
    if (!impl || impl->length >= 0) {
        return impl ? decorate(t, impl) : -1;
    }
    return decorate_but(py, t, impl, "mysql", make(py, DDL_TYPE_STRING, 255));
}

static int model_guid(struct py *py, struct sa_type *t, const struct py_args *args)
{
    (void)args;
    return decorate_but(py, t, make(py, DDL_TYPE_CHAR, 32), "postgresql", make(py, DDL_TYPE_UUID, -1));
}

static int users_guid(struct py *py, struct sa_type *t, const struct py_args *args)
{
    (void)args;
    return decorate_but(py, t, make(py, DDL_TYPE_CHAR, 36), "postgresql", make(py, DDL_TYPE_UUID, -1));
}

static int with_arguments(struct py *py, struct sa_type *t, const struct py_args *args)
{
    enum ddl_type_id impl;
    switch (t->ddl->class->id) {
    case DDL_TYPE_USERS_TIMESTAMP:
        impl = DDL_TYPE_TIMESTAMP;
        break;
    case DDL_TYPE_UTILS_URL:
    case DDL_TYPE_UTILS_JSON:
        impl = DDL_TYPE_UNICODE_TEXT;
        break;
    case DDL_TYPE_VECTOR_BIT:
        impl = DDL_TYPE_PG_BIT;
        break;
    default:
        impl = DDL_TYPE_INTEGER_GENERIC;
        break;
    }
    struct ddl_type *made = impl_with(py, impl, args);
    if (made && t->ddl->class->id == DDL_TYPE_UTILS_JSON) {
        return decorate_but(py, t, made, "postgresql", make(py, DDL_TYPE_PG_JSON, -1));
    }
    return made ? decorate(t, made) : -1;
}

/* The impl is an instance already: arguments say nothing. */
static int without_arguments(struct py *py, struct sa_type *t, const struct py_args *args)
{
    (void)args;
    static const struct {
        enum ddl_type_id id, impl;
        int64_t length;
    } rows[] = {
        {DDL_TYPE_UTILS_COUNTRY, DDL_TYPE_STRING, 2},
        {DDL_TYPE_UTILS_CURRENCY, DDL_TYPE_STRING, 3},
        {DDL_TYPE_UTILS_LOCALE, DDL_TYPE_UNICODE, 10},
        {DDL_TYPE_UTILS_TIMEZONE, DDL_TYPE_UNICODE, 50},
        {DDL_TYPE_UTILS_SCALAR_LIST, DDL_TYPE_UNICODE_TEXT, -1},
        {DDL_TYPE_UTILS_TS_VECTOR, DDL_TYPE_PG_TSVECTOR, -1},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        if (rows[i].id == t->ddl->class->id) {
            return decorate(t, make(py, rows[i].impl, rows[i].length));
        }
    }
    return -1;
}

static int moment(struct py *py, struct sa_type *t, const struct py_args *args)
{
    struct py_args keywords = {.names = args->names, .values = args->values, .nkw = args->nkw};
    bool date = t->ddl->class->id == DDL_TYPE_UTILS_ENRICHED_DATE;
    if (args->npos > 1 || (args->npos && t->ddl->class->id == DDL_TYPE_UTILS_ARROW)) {
        py_refuse(py, "%s() with these arguments", t->ddl->class->name);
        return -1;
    }
    struct ddl_type *impl =
        impl_with(py, date ? DDL_TYPE_DATE_GENERIC : DDL_TYPE_DATETIME_GENERIC, &keywords);
    return impl ? decorate(t, impl) : -1;
}

static int range(struct py *py, struct sa_type *t, const struct py_args *args)
{
    static const struct {
        enum ddl_type_id id, impl;
    } rows[] = {
        {DDL_TYPE_UTILS_INT_RANGE, DDL_TYPE_PG_INT4RANGE},
        {DDL_TYPE_UTILS_INT8_RANGE, DDL_TYPE_PG_INT8RANGE},
        {DDL_TYPE_UTILS_DATE_RANGE, DDL_TYPE_PG_DATERANGE},
        {DDL_TYPE_UTILS_NUMERIC_RANGE, DDL_TYPE_PG_NUMRANGE},
        {DDL_TYPE_UTILS_DATE_TIME_RANGE, DDL_TYPE_PG_TSRANGE},
    };
    if (args->npos || args->nkw) {
        py_refuse(py, "%s() with arguments", t->ddl->class->name);
        return -1;
    }
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        if (rows[i].id == t->ddl->class->id) {
            return decorate_but(py, t, make(py, DDL_TYPE_STRING, 255), "postgresql",
                                make(py, rows[i].impl, -1));
        }
    }
    return -1;
}

/* StringEncryptedType(type_in, key, engine, padding, **impl's) */
static int encrypted(struct py *py, struct sa_type *t, const struct py_args *args)
{
    static const char *const own[] = {"type_in", "key", "engine", "padding"};
    struct py_args rest = {.names = py_alloc_array(py, args->nkw + 1, sizeof(*rest.names)),
                           .values = py_alloc_array(py, args->nkw + 1, sizeof(*rest.values))};
    if (!rest.names || !rest.values) {
        return -1;
    }
    for (size_t i = 0; i < args->nkw; i++) {
        bool mine = false;
        for (size_t k = 0; k < COUNT_OF(own); k++) {
            mine = mine || strcmp(own[k], args->names[i]) == 0;
        }
        if (!mine) {
            rest.names[rest.nkw] = args->names[i];
            rest.values[rest.nkw++] = args->values[i];
        }
    }
    if (args->npos > COUNT_OF(own)) {
        py_raise(py, "TypeError", "__init__() takes from 1 to 5 positional arguments but %zu were given",
                 args->npos + 1);
        return -1;
    }
    bool binary = t->ddl->class->id == DDL_TYPE_UTILS_ENCRYPTED;
    struct ddl_type *impl = impl_with(py, binary ? DDL_TYPE_LARGE_BINARY : DDL_TYPE_STRING, &rest);
    return impl ? decorate(t, impl) : -1;
}

/* Signatures of their own, from here on: applied after their parameters are bound. */

static int utils_uuid(struct py *py, struct sa_type *t)
{
    int binary = py_truth(py, sa_type_argument(t, 0)), native = py_truth(py, sa_type_argument(t, 1));
    if (binary < 0 || native < 0) {
        return -1;
    }
    struct ddl_type *impl = binary ? make(py, DDL_TYPE_BINARY, 16) : make(py, DDL_TYPE_CHAR, 32);
    return native ? decorate_but(py, t, impl, "postgresql", make(py, DDL_TYPE_UUID, -1)) : decorate(t, impl);
}

static int utils_length(struct py *py, struct sa_type *t)
{
    int64_t length;
    enum ddl_type_id id = t->ddl->class->id;
    size_t at = id == DDL_TYPE_UTILS_PHONE_NUMBER ? 1 : 0;
    int64_t initial = id == DDL_TYPE_UTILS_IP_ADDRESS ? 50 : id == DDL_TYPE_UTILS_EMAIL ? 255 : 20;
    return length_of(py, t, at, initial, &length) < 0 ? -1 : decorate(t, make(py, DDL_TYPE_UNICODE, length));
}

static int utils_choice(struct py *py, struct sa_type *t)
{
    pyv impl = sa_type_argument(t, 1);
    int some = py_truth(py, sa_type_argument(t, 0)), given = py_truth(py, impl);
    if (some < 0 || given < 0) {
        return -1;
    }
    if (!some || (given && !py_is(impl, &py_type_sqltype))) {
        py_refuse(py, some ? "ChoiceType() whose impl is no type" : "ChoiceType() without choices");
        return -1;
    }
    if (!given) {
        return decorate(t, make(py, DDL_TYPE_UNICODE, 255));
    }
    t->ddl->item = vocab_type(py, impl);
    return t->ddl->item ? 0 : -1;
}

/* BIT on PostgreSQL, String on SQLite, BINARY elsewhere */
static int utils_bit(struct py *py, struct sa_type *t)
{
    int64_t length = 7;
    if (t->ddl->class->id == DDL_TYPE_UTILS_BIT && length_of(py, t, 0, 1, &length) < 0) {
        return -1;
    }
    struct ddl_type *impl = make(py, DDL_TYPE_BINARY, length);
    impl->variants = py_alloc_array(py, 2, sizeof(*impl->variants));
    if (!impl->variants) {
        return -1;
    }
    impl->variants[0] =
        (struct ddl_type_variant){"postgresql", make(py, DDL_TYPE_PG_BIT, length > 0 ? length : 1)};
    impl->variants[1] = (struct ddl_type_variant){"sqlite", make(py, DDL_TYPE_STRING, length)};
    impl->nvariants = 2;
    return decorate(t, impl);
}

/* Without max_length the length comes of what passlib has: only VARBINARY shows it. */
static int utils_password(struct py *py, struct sa_type *t, const struct py_args *args)
{
    struct ddl_type *other = make(py, DDL_TYPE_VARBINARY, -1);
    pyv given = args->npos ? args->pos[0] : NULL;
    for (size_t i = 0; i < args->nkw; i++) {
        given = strcmp(args->names[i], "max_length") == 0 ? args->values[i] : given;
    }
    bool known = given && !py_is_none(given);
    if (known && (!py_as_int(given, &other->length) || other->length < 0)) {
        py_refuse(py, "PasswordType(max_length=%s)", py_repr_of(py, given));
        return -1;
    }
    if (!known && ddl_is_mysql(migration_of(py)->dialect)) {
        py_refuse(py, "PasswordType() without max_length, whose length passlib says");
        return -1;
    }
    other->variants = py_alloc_array(py, 2, sizeof(*other->variants));
    if (!other->variants) {
        return -1;
    }
    other->variants[0] = (struct ddl_type_variant){"postgresql", make(py, DDL_TYPE_PG_BYTEA, -1)};
    other->variants[1] = (struct ddl_type_variant){"sqlite", make(py, DDL_TYPE_BLOB, -1)};
    other->nvariants = 2;
    return decorate(t, other);
}

static int vector(struct py *py, struct sa_type *t)
{
    int64_t dim;
    if (length_of(py, t, 0, -1, &dim) < 0) {
        return -1;
    }
    const char *name = t->ddl->class->name;
    t->ddl->text = dim < 0 ? name : arena_printf(py_arena(py), "%s(%" PRId64 ")", name, dim);
    return 0;
}

static int citext(struct py *py, struct sa_type *t)
{
    (void)py;
    t->ddl->text = "CITEXT";
    return 0;
}

static int oslo_json(struct py *py, struct sa_type *t)
{
    int as_long = py_truth(py, sa_type_argument(t, 0)), medium = py_truth(py, sa_type_argument(t, 1));
    if (as_long < 0 || medium < 0) {
        return -1;
    }
    if (as_long && medium) {
        py_raise(py, "TypeError", "mysql_as_long and mysql_as_medium are mutually exclusive");
        return -1;
    }
    struct ddl_type *impl = make(py, DDL_TYPE_TEXT_GENERIC, -1);
    if (!as_long && !medium) {
        return decorate(t, impl);
    }
    return decorate_but(py, t, impl, "mysql",
                        make(py, as_long ? DDL_TYPE_MY_LONGTEXT : DDL_TYPE_MY_MEDIUMTEXT, -1));
}

static const char *upper(struct py *py, const char *text)
{
    char *copy = arena_dup(py_arena(py), text);
    for (char *p = copy; *p; p++) {
        *p = *p >= 'a' && *p <= 'z' ? (char)(*p - 'a' + 'A') : *p;
    }
    return copy;
}

/* Only what PostgreSQL makes of it without more ado: no managed columns, no N-D indexes. */
static int geo(struct py *py, struct sa_type *t)
{
    enum { TYPE, SRID, DIMENSION, INDEX, ND_INDEX, TYPMOD, FROM_TEXT, NAME, NULLABLE };
    const char *name = t->ddl->class->id == DDL_TYPE_GEO_GEOMETRY ? "geometry" : "geography";
    pyv kind = t->values[TYPE], given = t->values[NAME], srid = t->values[SRID];
    int index = py_truth(py, t->values[INDEX] ? t->values[INDEX] : &py_true);
    int nd = py_truth(py, sa_type_argument(t, ND_INDEX));
    int nullable = py_truth(py, t->values[NULLABLE] ? t->values[NULLABLE] : &py_true);
    int64_t id = -1;
    if (index < 0 || nd < 0 || nullable < 0) {
        return -1;
    }
    bool simple = !nd && nullable && py_is_none(sa_type_argument(t, TYPMOD)) &&
                  (!kind || py_is_none(kind) || py_is(kind, &py_type_str)) &&
                  (!given || py_is_none(given) || py_is(given, &py_type_str)) &&
                  (!srid || py_is_none(srid) || (py_as_int(srid, &id) && !py_is(srid, &py_type_bool)));
    if (!simple || (t->values[DIMENSION] && !py_is_none(t->values[DIMENSION]))) {
        py_refuse(py, "geoalchemy2's %s with these arguments", t->ddl->class->name);
        return -1;
    }
    name = given && !py_is_none(given) ? py_cstr(py, given) : name;
    const char *type = !kind ? "GEOMETRY" : py_is_none(kind) ? "" : upper(py, py_cstr(py, kind));
    t->ddl->text = *type ? arena_printf(py_arena(py), "%s(%s,%" PRId64 ")", name, type, id) : name;
    t->ddl->spatial_index = index;
    return 0;
}

#define OTHER(name, initial)                                                                                 \
    {                                                                                                        \
        name, 0, SA_OTHER, 0, initial                                                                        \
    }
static const struct sa_param p_none[1],
    p_uuid[] = {OTHER("binary", 'T'), OTHER("native", 'T')}, p_length[] = {OTHER("length", 'N')},
    p_email[] = {OTHER("length", 'N')}, p_max[] = {OTHER("max_length", 'N'), OTHER("length", 'N')},
    p_phone[] = {OTHER("region", 'N'), OTHER("max_length", 'N')},
    p_choice[] = {{"choices", PY_ARG_REQUIRED, SA_OTHER, 0, 'N'}, OTHER("impl", 'N')},
    p_geo[] = {OTHER("geometry_type", 'N'), OTHER("srid", 'N'),          OTHER("dimension", 'N'),
               OTHER("spatial_index", 'T'), OTHER("use_N_D_index", 'F'), OTHER("use_typmod", 'N'),
               OTHER("from_text", 'N'),     OTHER("name", 'N'),          OTHER("nullable", 'T')},
    p_dim[] = {OTHER("dim", 'N')}, p_oslo[] = {OTHER("mysql_as_long", 'F'), OTHER("mysql_as_medium", 'F')};

#define BOUND(id, name, params, apply)                                                                       \
    {                                                                                                        \
        DDL_TYPE_##id,                                                                                       \
        {                                                                                                    \
            name ".__init__", params, COUNT_OF(params), NULL, apply                                          \
        }                                                                                                    \
    }
#define FREE(id, name, init)                                                                                 \
    {                                                                                                        \
        DDL_TYPE_##id,                                                                                       \
        {                                                                                                    \
            name ".__init__", p_none, 0, init, NULL                                                          \
        }                                                                                                    \
    }
static const struct {
    enum ddl_type_id id;
    struct sa_signature signature;
} library[] = {
    FREE(MODEL_STRING, "TypeDecorator", model_string),
    FREE(MODEL_GUID, "TypeDecorator", model_guid),
    FREE(USERS_GUID, "TypeDecorator", users_guid),
    FREE(USERS_TIMESTAMP, "TypeDecorator", with_arguments),
    FREE(UTILS_ARROW, "ArrowType", moment),
    FREE(UTILS_ENRICHED_DATE_TIME, "EnrichedDateTimeType", moment),
    FREE(UTILS_ENRICHED_DATE, "EnrichedDateType", moment),
    BOUND(UTILS_BIT, "BitType", p_length, utils_bit),
    BOUND(UTILS_CHOICE, "ChoiceType", p_choice, utils_choice),
    BOUND(UTILS_COLOR, "ColorType", p_max, utils_length),
    FREE(UTILS_COUNTRY, "CountryType", without_arguments),
    FREE(UTILS_CURRENCY, "CurrencyType", without_arguments),
    FREE(UTILS_DATE_RANGE, "DateRangeType", range),
    FREE(UTILS_DATE_TIME_RANGE, "DateTimeRangeType", range),
    BOUND(UTILS_EMAIL, "EmailType", p_email, utils_length),
    FREE(UTILS_ENCRYPTED, "EncryptedType", encrypted),
    FREE(UTILS_INT8_RANGE, "Int8RangeType", range),
    FREE(UTILS_INT_RANGE, "IntRangeType", range),
    BOUND(UTILS_IP_ADDRESS, "IPAddressType", p_max, utils_length),
    FREE(UTILS_JSON, "JSONType", with_arguments),
    FREE(UTILS_LOCALE, "LocaleType", without_arguments),
    BOUND(UTILS_LTREE, "LtreeType", p_none, NULL),
    FREE(UTILS_NUMERIC_RANGE, "NumericRangeType", range),
    FREE(UTILS_PASSWORD, "PasswordType", utils_password),
    BOUND(UTILS_PHONE_NUMBER, "PhoneNumberType", p_phone, utils_length),
    FREE(UTILS_SCALAR_LIST, "ScalarListType", without_arguments),
    FREE(UTILS_STRING_ENCRYPTED, "StringEncryptedType", encrypted),
    FREE(UTILS_TIMEZONE, "TimezoneType", without_arguments),
    FREE(UTILS_TS_VECTOR, "TSVectorType", without_arguments),
    FREE(UTILS_URL, "URLType", with_arguments),
    BOUND(UTILS_UUID, "UUIDType", p_uuid, utils_uuid),
    BOUND(UTILS_WEEK_DAYS, "WeekDaysType", p_none, utils_bit),
    BOUND(VECTOR_VECTOR, "VECTOR", p_dim, vector),
    BOUND(VECTOR_HALFVEC, "HALFVEC", p_dim, vector),
    BOUND(VECTOR_SPARSEVEC, "SPARSEVEC", p_dim, vector),
    FREE(VECTOR_BIT, "TypeDecorator", with_arguments),
    BOUND(CITEXT_PACKAGE, "CIText", p_none, citext),
    BOUND(GEO_GEOMETRY, "_GISType", p_geo, geo),
    BOUND(GEO_GEOGRAPHY, "_GISType", p_geo, geo),
    BOUND(OSLO_DICT, "JsonEncodedType", p_oslo, oslo_json),
    BOUND(OSLO_LIST, "JsonEncodedType", p_oslo, oslo_json),
    FREE(OSLO_SOFT_DELETE, "TypeDecorator", with_arguments),
};

const struct sa_signature *sa_library_signature(enum ddl_type_id id)
{
    for (size_t i = 0; i < COUNT_OF(library); i++) {
        if (library[i].id == id) {
            return &library[i].signature;
        }
    }
    return &library[0].signature;
}

/* --- values --- */

/* Types that hand a str on as it is (and maybe more, which is refused). */
static bool passes_text(enum ddl_type_id id)
{
    return id == DDL_TYPE_UTILS_URL || id == DDL_TYPE_UTILS_COUNTRY || id == DDL_TYPE_UTILS_CURRENCY;
}

static int library_value(const struct ddl_type *t, const struct ddl_dialect *d, const struct sql_value *v,
                         bool live, struct sql_value *out, bool *text, bool *whole, struct err *err)
{
    enum ddl_type_id id = t->class->id;
    *out = *v;
    *text = *whole = false;
    bool as_it_is = id == DDL_TYPE_MODEL_STRING || id == DDL_TYPE_USERS_TIMESTAMP ||
                    id == DDL_TYPE_UTILS_TS_VECTOR || id == DDL_TYPE_VECTOR_BIT ||
                    id == DDL_TYPE_OSLO_SOFT_DELETE || v->kind == SQL_VALUE_NULL ||
                    (passes_text(id) && v->kind == SQL_VALUE_STR) || (id == DDL_TYPE_UTILS_UUID && !live) ||
                    (id == DDL_TYPE_UTILS_JSON && d->kind == DDL_POSTGRESQL);
    if (as_it_is) {
        return 0;
    }
    return err_set(err, ERR_REFUSED, "values under the type %s", t->class->name);
}

static int geo_spec(const struct ddl_type *t, const struct ddl_dialect *d, struct strbuf *out,
                    struct err *err)
{
    if (d->kind != DDL_POSTGRESQL) {
        return err_set(err, ERR_REFUSED, "geoalchemy2's %s on %s, where event listeners make its columns",
                       t->class->name, d->name);
    }
    strbuf_adds(out, t->text);
    return 0;
}

static const struct ddl_type_hooks library_hooks = {.value = library_value},
                                   geo_hooks = {.value = library_value, .spec = geo_spec};

const struct ddl_type_hooks *sa_library_hooks(enum ddl_type_id id)
{
    for (size_t i = 0; i < COUNT_OF(library); i++) {
        if (library[i].id == id) {
            return id == DDL_TYPE_GEO_GEOMETRY || id == DDL_TYPE_GEO_GEOGRAPHY ? &geo_hooks : &library_hooks;
        }
    }
    return NULL;
}
