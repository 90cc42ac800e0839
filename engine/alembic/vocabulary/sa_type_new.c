/* Constructors of types: one signature may serve many classes. */
#include "engine/alembic/vocabulary/sa_type.h"
#include <string.h>

#define AT(field) offsetof(struct ddl_type, field)
#define INT(name, field)                                                                                     \
    {                                                                                                        \
        name, 0, SA_INT, AT(field), 'N'                                                                      \
    }
#define TEXT(name, field)                                                                                    \
    {                                                                                                        \
        name, 0, SA_TEXT, AT(field), 'N'                                                                     \
    }
#define FALSE_(name, field)                                                                                  \
    {                                                                                                        \
        name, 0, SA_BOOL, AT(field), 'F'                                                                     \
    }
#define TRUE_(name, field)                                                                                   \
    {                                                                                                        \
        name, 0, SA_BOOL, AT(field), 'T'                                                                     \
    }
#define OTHER(name, initial)                                                                                 \
    {                                                                                                        \
        name, 0, SA_OTHER, 0, initial                                                                        \
    }
#define KEY_INT(name, field)                                                                                 \
    {                                                                                                        \
        name, PY_ARG_KEYWORD, SA_INT, AT(field), 'N'                                                         \
    }
#define KEY_TEXT(name, field)                                                                                \
    {                                                                                                        \
        name, PY_ARG_KEYWORD, SA_TEXT, AT(field), 'N'                                                        \
    }
#define KEY_FALSE(name, field)                                                                               \
    {                                                                                                        \
        name, PY_ARG_KEYWORD, SA_BOOL, AT(field), 'F'                                                        \
    }
#define KEY_TRUE(name, field)                                                                                \
    {                                                                                                        \
        name, PY_ARG_KEYWORD, SA_BOOL, AT(field), 'T'                                                        \
    }
#define KEY_OTHER(name, initial)                                                                             \
    {                                                                                                        \
        name, PY_ARG_KEYWORD, SA_OTHER, 0, initial                                                           \
    }

#define MYSQL_STRING                                                                                         \
    KEY_TEXT("charset", charset), KEY_TEXT("collation", collation), KEY_OTHER("collate", 'N'),               \
        KEY_FALSE("ascii", ascii), KEY_FALSE("binary", binary), KEY_FALSE("unicode", unicode),               \
        KEY_FALSE("national", national)
#define MYSQL_NUMBER KEY_FALSE("unsigned", unsigned_), KEY_FALSE("zerofill", zerofill)
#define ENUM_KEYS                                                                                            \
    KEY_TRUE("native_enum", native_enum), KEY_FALSE("create_constraint", create_constraint),                 \
        KEY_OTHER("values_callable", 'N'), KEY_OTHER("sort_key_function", 'N'), KEY_OTHER("length", 'N'),    \
        KEY_OTHER("omit_aliases", 'T'), KEY_FALSE("validate_strings", validate_strings),                     \
        KEY_OTHER("name", 'N'), KEY_OTHER("schema", 'N'), KEY_OTHER("metadata", 'N'),                        \
        KEY_FALSE("inherit_schema", inherit_schema), KEY_OTHER("quote", 'N')

static const struct sa_param p_none[1],
    p_string[] = {INT("length", length), TEXT("collation", collation)},
    p_numeric[] = {INT("precision", precision), INT("scale", scale), OTHER("decimal_return_scale", 'N'),
                   TRUE_("asdecimal", asdecimal)},
    p_float[] = {INT("precision", precision), FALSE_("asdecimal", asdecimal),
                 OTHER("decimal_return_scale", 'N')},
    p_timezone[] = {FALSE_("timezone", timezone)}, p_length[] = {INT("length", length)},
    p_boolean[] = {FALSE_("create_constraint", create_constraint), OTHER("name", 'N')},
    p_enum[] = {ENUM_KEYS}, p_pg_enum[] = {ENUM_KEYS, KEY_TRUE("create_type", create_type)},
    p_my_enum[] = {ENUM_KEYS, MYSQL_STRING},
    p_pickle[] = {OTHER("protocol", 'N'), OTHER("pickler", 'N'), OTHER("comparator", 'N'),
                  OTHER("impl", 'N')},
    p_interval[] = {TRUE_("native", native), INT("second_precision", precision), OTHER("day_precision", 'N')},
    p_json[] = {FALSE_("none_as_null", none_as_null)},
    p_pg_json[] = {FALSE_("none_as_null", none_as_null), OTHER("astext_type", 'N')},
    p_array[] = {{"item_type", PY_ARG_REQUIRED, SA_OTHER, 0, 'N'},
                 OTHER("as_tuple", 'F'),
                 OTHER("dimensions", 'N'),
                 OTHER("zero_indexes", 'F')},
    p_uuid_generic[] = {TRUE_("as_uuid", as_uuid), TRUE_("native_uuid", native_uuid)},
    p_uuid[] = {TRUE_("as_uuid", as_uuid)},
    p_pg_time[] = {FALSE_("timezone", timezone), INT("precision", precision)},
    p_pg_interval[] = {INT("precision", precision), TEXT("fields", fields)},
    p_pg_bit[] = {INT("length", length), FALSE_("varying", varying)}, p_hstore[] = {OTHER("text_type", 'N')},
    p_domain[] = {{"name", PY_ARG_REQUIRED, SA_OTHER, 0, 'N'},
                  {"data_type", PY_ARG_REQUIRED, SA_OTHER, 0, 'N'},
                  KEY_TEXT("collation", collation),
                  KEY_OTHER("default", 'N'),
                  KEY_TEXT("constraint_name", domain_constraint),
                  KEY_FALSE("not_null", domain_not_null),
                  KEY_OTHER("check", 'N'),
                  KEY_TRUE("create_type", create_type),
                  KEY_OTHER("schema", 'N'),
                  KEY_OTHER("metadata", 'N'),
                  KEY_FALSE("inherit_schema", inherit_schema),
                  KEY_OTHER("quote", 'N')},
    p_my_numeric[] = {INT("precision", precision), INT("scale", scale), TRUE_("asdecimal", asdecimal),
                      MYSQL_NUMBER, KEY_OTHER("decimal_return_scale", 'N')},
    p_my_float[] = {INT("precision", precision), INT("scale", scale), OTHER("asdecimal", 'T'), MYSQL_NUMBER,
                    KEY_OTHER("decimal_return_scale", 'N')},
    p_my_integer[] = {INT("display_width", display_width), MYSQL_NUMBER},
    p_my_time[] = {FALSE_("timezone", timezone), INT("fsp", fsp)},
    p_my_year[] = {INT("display_width", display_width)},
    p_my_string[] = {INT("length", length), MYSQL_STRING},
    p_my_text[] = {KEY_INT("length", length), MYSQL_STRING},
    p_my_set[] = {KEY_OTHER("retrieve_as_bitwise", 'F'), KEY_INT("length", length), MYSQL_STRING},
    p_lite_time[] = {TEXT("storage_format", storage_format), OTHER("regexp", 'N'),
                     KEY_FALSE("timezone", timezone), KEY_OTHER("truncate_microseconds", 'F')},
    p_lite_date[] = {TEXT("storage_format", storage_format), OTHER("regexp", 'N')};

/* --- what the fields alone do not say --- */

static int apply_boolean(struct py *py, struct sa_type *t)
{
    t->ddl->name = (struct ddl_name){0};
    pyv name = sa_type_argument(t, (size_t)sa_type_param(t, "name"));
    return py_is_none(name) ? 0 : vocab_name(py, name, &t->ddl->name);
}

static int apply_json(struct py *py, struct sa_type *t)
{
    (void)py;
    t->ddl->should_evaluate_none = !t->ddl->none_as_null;
    return 0;
}

static int apply_array(struct py *py, struct sa_type *t)
{
    pyv item = sa_type_argument(t, 0), dimensions = sa_type_argument(t, 2);
    t->ddl->item = vocab_type(py, item);
    if (!t->ddl->item) {
        return -1;
    }
    if (ddl_type_is(t->ddl->item, t->ddl->class->id) && !py_is(item, &py_type_type)) {
        py_raise(py, "ValueError",
                 "Do not nest ARRAY types; ARRAY(basetype) handles multi-dimensional arrays of basetype");
        return -1;
    }
    t->ddl->dimensions = 0;
    if (py_is_none(dimensions)) {
        return 0;
    }
    if (!py_as_int(dimensions, &t->ddl->dimensions) || t->ddl->dimensions < 1 || t->ddl->dimensions > 64) {
        py_refuse(py, "ARRAY(dimensions=%s)", py_repr_of(py, dimensions));
        return -1;
    }
    return 0;
}

static int apply_bit(struct py *py, struct sa_type *t)
{
    (void)py;
    if (!t->ddl->varying && t->ddl->length <= 0) {
        t->ddl->length = 1;
    }
    return 0;
}

static int apply_mysql_string(struct py *py, struct sa_type *t)
{
    int at = sa_type_param(t, "collate");
    pyv collate = at >= 0 ? t->values[at] : NULL;
    if (collate && !py_is_none(collate)) { /* collate= is another name of collation= */
        t->ddl->collation = py_cstr(py, collate);
        if (!t->ddl->collation) {
            py_refuse(py, "collate=%s of a type", py_repr_of(py, collate));
            return -1;
        }
    }
    return 0;
}

static int apply_mysql_national(struct py *py, struct sa_type *t)
{
    t->ddl->national = true;
    return apply_mysql_string(py, t);
}

static int apply_mysql_float(struct py *py, struct sa_type *t)
{
    if (t->ddl->class->id != DDL_TYPE_MY_FLOAT && (t->ddl->precision < 0) != (t->ddl->scale < 0)) {
        py_raise(py, "sqlalchemy.exc.ArgumentError",
                 "You must specify both precision and scale or omit both altogether.");
        return -1;
    }
    return 0;
}

/* storage_format % zeros: whether anything but digits comes out. */
static int apply_lite_time(struct py *py, struct sa_type *t)
{
    int at = sa_type_param(t, "truncate_microseconds");
    int truncate = at >= 0 ? py_truth(py, sa_type_argument(t, (size_t)at)) : 0;
    if (truncate < 0) {
        return -1;
    }
    bool given = t->values[0] != NULL;
    if (truncate && (given || t->values[1])) {
        py_raise(py, "AssertionError",
                 "You can specify only one of truncate_microseconds or storage_format.");
        return -1;
    }
    if (truncate) {
        t->ddl->storage_format =
            t->ddl->class->affinity == AFFINITY_TIME
                ? "%(hour)02d:%(minute)02d:%(second)02d"
                : "%(year)04d-%(month)02d-%(day)02d %(hour)02d:%(minute)02d:%(second)02d";
    }
    t->ddl->digits = false;
    if (!t->ddl->storage_format || truncate) {
        return 0;
    }
    static const char *const fields[] = {"year", "month", "day", "hour", "minute", "second", "microsecond"};
    pyv dict = py_dict_new(py), zero = py_int_new(py, 0);
    for (size_t i = 0; dict && zero && i < sizeof(fields) / sizeof(*fields); i++) {
        if (py_dict_set_str(py, dict, fields[i], zero) < 0) {
            return -1;
        }
    }
    pyv text = dict && zero ? py_percent(py, py_str_of(py, t->ddl->storage_format), dict) : NULL;
    if (!text) {
        return -1;
    }
    struct slice s = py_text(text);
    t->ddl->digits = true;
    for (size_t i = 0; i < s.len; i++) {
        t->ddl->digits = t->ddl->digits && s.ptr[i] >= '0' && s.ptr[i] <= '9';
    }
    return 0;
}

static int init_tuple(struct py *py, struct sa_type *t, const struct py_args *args)
{
    (void)t;
    (void)args;
    py_refuse(py, "TupleType()");
    return -1;
}

enum signature {
#define SIGNATURE(name) SIGNATURE_##name
    SIGNATURE(NOTHING),
    SIGNATURE(STRING),
    SIGNATURE(NUMERIC),
    SIGNATURE(FLOAT),
    SIGNATURE(TIMEZONE),
    SIGNATURE(LENGTH),
    SIGNATURE(BOOLEAN),
    SIGNATURE(ENUM),
    SIGNATURE(DECORATOR),
    SIGNATURE(PICKLE),
    SIGNATURE(INTERVAL),
    SIGNATURE(JSON),
    SIGNATURE(ARRAY),
    SIGNATURE(UUID_GENERIC),
    SIGNATURE(TUPLE),
    SIGNATURE(UUID),
    SIGNATURE(PG_TIME),
    SIGNATURE(PG_INTERVAL),
    SIGNATURE(PG_BIT),
    SIGNATURE(PG_JSON),
    SIGNATURE(PG_HSTORE),
    SIGNATURE(PG_ENUM),
    SIGNATURE(PG_DOMAIN),
    SIGNATURE(MY_NUMERIC),
    SIGNATURE(MY_FLOAT),
    SIGNATURE(MY_INTEGER),
    SIGNATURE(MY_TIME),
    SIGNATURE(MY_YEAR),
    SIGNATURE(MY_STRING),
    SIGNATURE(MY_NATIONAL),
    SIGNATURE(MY_TEXT),
    SIGNATURE(MY_ENUM),
    SIGNATURE(MY_SET),
    SIGNATURE(LITE_DATETIME),
    SIGNATURE(LITE_DATE),
    SIGNATURE(LIBRARY),
#undef SIGNATURE
};

#define PARAMS(list) list, sizeof(list) / sizeof(*list)
static const struct sa_signature signatures[] = {
    [SIGNATURE_NOTHING] = {NULL, p_none, 0, NULL, NULL},
    [SIGNATURE_STRING] = {"String.__init__", PARAMS(p_string), NULL, NULL},
    [SIGNATURE_NUMERIC] = {"Numeric.__init__", PARAMS(p_numeric), NULL, NULL},
    [SIGNATURE_FLOAT] = {"Float.__init__", PARAMS(p_float), NULL, NULL},
    [SIGNATURE_TIMEZONE] = {"DateTime.__init__", PARAMS(p_timezone), NULL, NULL},
    [SIGNATURE_LENGTH] = {"LargeBinary.__init__", PARAMS(p_length), NULL, NULL},
    [SIGNATURE_BOOLEAN] = {"Boolean.__init__", PARAMS(p_boolean), NULL, apply_boolean},
    [SIGNATURE_ENUM] = {"Enum.__init__", PARAMS(p_enum), sa_enum_init, sa_enum_apply},
    [SIGNATURE_DECORATOR] = {"TypeDecorator.__init__", p_none, 0, sa_decorator_init, NULL},
    [SIGNATURE_PICKLE] = {"PickleType.__init__", PARAMS(p_pickle), NULL, sa_pickle_apply},
    [SIGNATURE_INTERVAL] = {"Interval.__init__", PARAMS(p_interval), NULL, NULL},
    [SIGNATURE_JSON] = {"JSON.__init__", PARAMS(p_json), NULL, apply_json},
    [SIGNATURE_ARRAY] = {"ARRAY.__init__", PARAMS(p_array), NULL, apply_array},
    [SIGNATURE_UUID_GENERIC] = {"Uuid.__init__", PARAMS(p_uuid_generic), NULL, NULL},
    [SIGNATURE_TUPLE] = {"TupleType.__init__", p_none, 0, init_tuple, NULL},
    [SIGNATURE_UUID] = {"UUID.__init__", PARAMS(p_uuid), NULL, NULL},
    [SIGNATURE_PG_TIME] = {"TIMESTAMP.__init__", PARAMS(p_pg_time), NULL, NULL},
    [SIGNATURE_PG_INTERVAL] = {"INTERVAL.__init__", PARAMS(p_pg_interval), NULL, NULL},
    [SIGNATURE_PG_BIT] = {"BIT.__init__", PARAMS(p_pg_bit), NULL, apply_bit},
    [SIGNATURE_PG_JSON] = {"JSON.__init__", PARAMS(p_pg_json), NULL, apply_json},
    [SIGNATURE_PG_HSTORE] = {"HSTORE.__init__", PARAMS(p_hstore), NULL, NULL},
    [SIGNATURE_PG_ENUM] = {"ENUM.__init__", PARAMS(p_pg_enum), sa_enum_init, sa_enum_apply},
    [SIGNATURE_PG_DOMAIN] = {"DOMAIN.__init__", PARAMS(p_domain), NULL, sa_domain_apply},
    [SIGNATURE_MY_NUMERIC] = {"NUMERIC.__init__", PARAMS(p_my_numeric), NULL, NULL},
    [SIGNATURE_MY_FLOAT] = {"FLOAT.__init__", PARAMS(p_my_float), NULL, apply_mysql_float},
    [SIGNATURE_MY_INTEGER] = {"INTEGER.__init__", PARAMS(p_my_integer), NULL, NULL},
    [SIGNATURE_MY_TIME] = {"DATETIME.__init__", PARAMS(p_my_time), NULL, NULL},
    [SIGNATURE_MY_YEAR] = {"YEAR.__init__", PARAMS(p_my_year), NULL, NULL},
    [SIGNATURE_MY_STRING] = {"VARCHAR.__init__", PARAMS(p_my_string), NULL, apply_mysql_string},
    [SIGNATURE_MY_NATIONAL] = {"NVARCHAR.__init__", PARAMS(p_my_string), NULL, apply_mysql_national},
    [SIGNATURE_MY_TEXT] = {"LONGTEXT.__init__", PARAMS(p_my_text), NULL, apply_mysql_string},
    [SIGNATURE_MY_ENUM] = {"ENUM.__init__", PARAMS(p_my_enum), sa_enum_init, sa_enum_apply},
    [SIGNATURE_MY_SET] = {"SET.__init__", PARAMS(p_my_set), sa_set_init, apply_mysql_string},
    [SIGNATURE_LITE_DATETIME] = {"DATETIME.__init__", PARAMS(p_lite_time), NULL, apply_lite_time},
    [SIGNATURE_LITE_DATE] = {"DATE.__init__", PARAMS(p_lite_date), NULL, apply_lite_time},
};

#define SIGNATURE_OF(id, name, module, kind, affinity, base, signature)                                      \
    [DDL_TYPE_##id] = SIGNATURE_##signature,
static const unsigned char signature_of[] = {DDL_TYPE_CLASSES(SIGNATURE_OF)};

const struct sa_signature *sa_type_signature(enum ddl_type_id id)
{
    enum signature s = (enum signature)signature_of[id];
    return s == SIGNATURE_LIBRARY ? sa_library_signature(id) : &signatures[s];
}

int sa_type_param(const struct sa_type *t, const char *name)
{
    for (size_t i = 0; i < t->signature->nparams; i++) {
        if (strcmp(t->signature->params[i].name, name) == 0) {
            return (int)i;
        }
    }
    return -1;
}

pyv sa_type_argument(const struct sa_type *t, size_t i)
{
    if (t->values[i]) {
        return t->values[i];
    }
    char initial = t->signature->params[i].initial;
    return initial == 'N' ? &py_none : py_bool(initial == 'T');
}

/* One parameter into its field. */
static int apply_param(struct py *py, struct sa_type *t, const struct sa_param *p, pyv v)
{
    void *field = (char *)t->ddl + p->offset;
    switch (p->kind) {
    case SA_INT: {
        int64_t n = -1;
        if (!py_is_none(v) && (!py_as_int(v, &n) || n < 0 || py_is(v, &py_type_bool))) {
            py_refuse(py, "%s(%s=%s)", t->ddl->class->name, p->name, py_repr_of(py, v));
            return -1;
        }
        *(int64_t *)field = n;
        return 0;
    }
    case SA_BOOL: {
        int truth = py_truth(py, v);
        *(bool *)field = truth > 0;
        return truth < 0 ? -1 : 0;
    }
    case SA_TEXT:
        *(const char **)field = py_cstr(py, v);
        if (!py_is_none(v) && !py_is(v, &py_type_str)) {
            py_refuse(py, "%s(%s=%s)", t->ddl->class->name, p->name, py_repr_of(py, v));
            return -1;
        }
        return 0;
    case SA_OTHER:
        break;
    }
    return 0;
}

int sa_type_apply(struct py *py, struct sa_type *t)
{
    for (size_t i = 0; i < t->signature->nparams; i++) {
        if (apply_param(py, t, &t->signature->params[i], sa_type_argument(t, i)) < 0) {
            return -1;
        }
    }
    return t->signature->apply ? t->signature->apply(py, t) : 0;
}

static int bind(struct py *py, struct sa_type *t, const struct py_args *args)
{
    const struct sa_signature *s = t->signature;
    if (!s->nparams) {
        if (args->npos || args->nkw) {
            py_raise(py, "TypeError", "%s() takes no arguments", t->base.head.head.type->name);
            return -1;
        }
        return 0;
    }
    struct py_arg table[SA_MAX_PARAMS + 2] = {{"self", PY_ARG_REQUIRED}};
    pyv out[SA_MAX_PARAMS + 2] = {NULL};
    for (size_t i = 0; i < s->nparams; i++) {
        table[i + 1] = (struct py_arg){s->params[i].name, s->params[i].flags};
    }
    struct py_args with_self = *args; /* Python counts self in its messages */
    with_self.pos = py_alloc_array(py, args->npos + 1, sizeof(*with_self.pos));
    if (!with_self.pos) {
        return -1;
    }
    with_self.pos[0] = (pyv)t;
    for (size_t i = 0; i < args->npos; i++) {
        with_self.pos[i + 1] = args->pos[i];
    }
    with_self.npos++;
    if (py_bind(py, s->function, &with_self, table, out, NULL, NULL) < 0) {
        return -1;
    }
    for (size_t i = 0; i < s->nparams; i++) {
        t->values[i] = out[i + 1];
    }
    return 0;
}

struct sa_type *sa_type_alloc(struct py *py, const struct py_type *type, enum ddl_type_id id)
{
    struct sa_type *t = py_object_new(py, type, sizeof(*t));
    if (!t) {
        return NULL;
    }
    t->signature = sa_type_signature(id);
    t->values = py_alloc_array(py, t->signature->nparams + 1, sizeof(*t->values));
    if (!t->values || !py_spend(py, 0, sizeof(struct ddl_type))) {
        return NULL;
    }
    t->ddl = ddl_type_new(py_arena(py), id);
    t->base.type = t->ddl;
    t->ddl->wrapper = t;
    if (type->mro) {
        t->ddl->subclass = type->name;
    }
    return sa_type_hook(py, t) < 0 ? NULL : t;
}

pyv sa_type_construct(struct py *py, const struct py_type *type, const struct py_args *args)
{
    struct sa_type *t = sa_type_alloc(py, type, sa_type_id(type));
    if (!t) {
        return NULL;
    }
    int rc = t->signature->init ? t->signature->init(py, t, args) : bind(py, t, args);
    return rc < 0 || sa_type_apply(py, t) < 0 ? NULL : (pyv)t;
}

struct sa_type *sa_type_copy(struct py *py, struct sa_type *t)
{
    struct sa_type *copy = sa_type_alloc(py, t->base.head.head.type, t->ddl->class->id);
    if (!copy) {
        return NULL;
    }
    *copy->ddl = *t->ddl;
    copy->ddl->wrapper = copy;
    copy->ddl->identity = copy->ddl;
    copy->rest = t->rest;
    copy->enum_class = t->enum_class;
    for (size_t i = 0; i < t->signature->nparams; i++) {
        copy->values[i] = t->values[i];
    }
    size_t at = 0;
    pyv key, value;
    while (t->base.head.attrs && py_dict_next((pyv)t->base.head.attrs, &at, &key, &value)) {
        if (py_setattr(py, (pyv)copy, py_cstr(py, key), value) < 0) {
            return NULL;
        }
    }
    return sa_type_hook(py, copy) < 0 ? NULL : copy;
}

/* A field of a type made in C as the argument that it would have come from. */
static pyv argument_of(struct py *py, const struct ddl_type *t, const struct sa_param *p)
{
    const void *field = (const char *)t + p->offset;
    switch (p->kind) {
    case SA_INT:
        return *(const int64_t *)field < 0 ? &py_none : py_int_new(py, *(const int64_t *)field);
    case SA_BOOL:
        return py_bool(*(const bool *)field);
    case SA_TEXT:
        return py_str_of(py, *(const char *const *)field);
    case SA_OTHER:
        break;
    }
    if (strcmp(p->name, "name") == 0) {
        return py_str_of(py, t->name.text);
    }
    return strcmp(p->name, "schema") == 0 ? py_str_of(py, t->schema) : NULL;
}

struct sa_type *sa_type_of(struct py *py, const struct ddl_type *t)
{
    enum ddl_type_id id = t->class->id;
    struct sa_type *o = sa_type_alloc(py, sa_type_class(id), id);
    if (!o) {
        return NULL;
    }
    for (size_t i = 0; i < o->signature->nparams; i++) {
        o->values[i] = argument_of(py, t, &o->signature->params[i]);
    }
    *o->ddl = *t;
    o->ddl->wrapper = o;
    if (t->values.n) {
        o->rest = py_list_new(py);
        for (size_t i = 0; o->rest && i < t->values.n; i++) {
            py_list_append(py, o->rest, py_str_of(py, t->values.items[i]));
        }
    }
    if (t->item) {
        pyv item = vocab_type_wrap(py, t->item);
        if (!item) {
            return NULL;
        }
        int at = sa_type_param(o, "item_type");
        if (at >= 0) {
            o->values[at] = item;
        } else {
            o->rest = item;
        }
    }
    return o;
}
