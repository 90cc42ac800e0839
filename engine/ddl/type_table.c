/* The classes of column types, and making types of them. */
#include "engine/ddl/type_table.h"
#include <string.h>

#define ROW(id, name, module, kind, affinity, base, signature)                                               \
    [DDL_TYPE_##id] = {DDL_TYPE_##id, name, module, KIND_##kind, AFFINITY_##affinity, DDL_TYPE_##base},
static const struct ddl_type_class classes[] = {DDL_TYPE_CLASSES(ROW)};
_Static_assert(sizeof(classes) / sizeof(*classes) == DDL_TYPE_COUNT, "one row a class");

const struct ddl_type_class *ddl_type_class_of(enum ddl_type_id id)
{
    return &classes[id];
}

/* Names of generic types; those of others are the names of their classes. */
static const struct {
    const char *visit;
    enum ddl_type_kind kind;
} visits[] = {
    {"string", KIND_VARCHAR},
    {"unicode", KIND_VARCHAR},
    {"text", KIND_TEXT},
    {"unicode_text", KIND_TEXT},
    {"integer", KIND_INTEGER},
    {"small_integer", KIND_SMALLINT},
    {"big_integer", KIND_BIGINT},
    {"numeric", KIND_NUMERIC},
    {"float", KIND_FLOAT},
    {"double", KIND_DOUBLE_GENERIC},
    {"datetime", KIND_DATETIME_GENERIC},
    {"date", KIND_DATE},
    {"time", KIND_TIME},
    {"large_binary", KIND_LARGE_BINARY},
    {"boolean", KIND_BOOLEAN},
    {"uuid", KIND_UUID_GENERIC},
    {"user_defined", KIND_USER_DEFINED},
    {"null", KIND_NULL_TYPE},
};

static int visited_kind(const char *visit)
{
    for (size_t i = 0; i < COUNT_OF(visits); i++) {
        if (strcmp(visits[i].visit, visit) == 0) {
            return (int)visits[i].kind;
        }
    }
    for (size_t i = 0; i < COUNT_OF(classes); i++) {
        bool generic = visit[0] < 'A' || visit[0] > 'Z' || (visit[1] >= 'a' && visit[1] <= 'z');
        if (!generic && strcmp(classes[i].name, visit) == 0) {
            return classes[i].kind;
        }
    }
    return KIND_UNKNOWN;
}

const struct ddl_type_class *ddl_type_class_visited(struct arena *a, const struct ddl_type_class *class,
                                                    const char *visit)
{
    int kind = visited_kind(visit);
    if (kind == class->kind) {
        return class;
    }
    struct ddl_type_class *copy = arena_alloc(a, sizeof(*copy));
    *copy = *class;
    copy->kind = kind;
    return copy;
}

static void set_defaults(struct ddl_type *t, enum ddl_type_id id)
{
    *t = (struct ddl_type){.class = &classes[id],
                           .length = -1,
                           .precision = -1,
                           .scale = -1,
                           .fsp = -1,
                           .display_width = -1,
                           .as_uuid = true,
                           .native_uuid = true,
                           .native = true,
                           .native_enum = true,
                           .create_type = true};
    if (classes[id].affinity == AFFINITY_JSON) {
        t->should_evaluate_none = true;
    }
    if (classes[id].kind == KIND_NVARCHAR || classes[id].kind == KIND_NCHAR) {
        t->national = true;
    }
}

struct ddl_type *ddl_type_new(struct arena *a, enum ddl_type_id id)
{
    struct ddl_type *t = arena_alloc(a, sizeof(*t));
    set_defaults(t, id);
    t->identity = t;
    return t;
}

struct ddl_type *ddl_type_array(struct arena *a, const struct ddl_type *item, int64_t dimensions)
{
    struct ddl_type *t = ddl_type_new(a, DDL_TYPE_PG_ARRAY);
    t->item = item;
    t->dimensions = dimensions;
    return t;
}

bool ddl_type_is(const struct ddl_type *t, enum ddl_type_id id)
{
    for (enum ddl_type_id at = t->class->id; at != DDL_TYPE_NONE; at = classes[at].base) {
        if (at == id) {
            return true;
        }
    }
    return false;
}

bool ddl_type_is_mysql(const struct ddl_type *t)
{
    static const char prefix[] = "sqlalchemy.dialects.mysql.";
    enum ddl_affinity affinity = t->class->affinity;
    bool number = affinity == AFFINITY_INTEGER || affinity == AFFINITY_NUMERIC || affinity == AFFINITY_FLOAT;
    bool string = affinity == AFFINITY_STRING || affinity == AFFINITY_ENUM;
    return (number || string) && strncmp(t->class->module, prefix, sizeof(prefix) - 1) == 0;
}

/* Types without arguments, shared by everyone. */
#define PLAIN(id)                                                                                            \
    {                                                                                                        \
        .class = &classes[DDL_TYPE_##id], .length = -1, .precision = -1, .scale = -1, .fsp = -1,             \
        .display_width = -1, .as_uuid = true, .native_uuid = true, .native = true, .native_enum = true,      \
        .create_type = true                                                                                  \
    }
static const struct ddl_type plain_null = PLAIN(NULL_TYPE), plain_boolean = PLAIN(BOOLEAN_GENERIC),
                             plain_integer = PLAIN(INTEGER_GENERIC), plain_big = PLAIN(BIG_INTEGER),
                             plain_string = PLAIN(STRING), plain_unicode = PLAIN(UNICODE),
                             plain_float = PLAIN(FLOAT_GENERIC), plain_numeric = PLAIN(NUMERIC_GENERIC),
                             plain_date = PLAIN(DATE_GENERIC), plain_datetime = PLAIN(DATETIME_GENERIC),
                             plain_time = PLAIN(TIME_GENERIC), plain_interval = PLAIN(INTERVAL_GENERIC),
                             plain_binary = PLAIN(LARGE_BINARY), plain_uuid = PLAIN(UUID_GENERIC);

const struct ddl_type *ddl_type_null(void)
{
    return &plain_null;
}

const struct ddl_type *ddl_type_boolean(void)
{
    return &plain_boolean;
}

const struct ddl_type *ddl_type_integer(void)
{
    return &plain_integer;
}

const struct ddl_type *ddl_type_string(void)
{
    return &plain_string;
}

static bool is_ascii(struct slice s)
{
    for (size_t i = 0; i < s.len; i++) {
        if ((unsigned char)s.ptr[i] > 127) {
            return false;
        }
    }
    return true;
}

const struct ddl_type *ddl_type_of_value(struct arena *a, const struct sql_value *v)
{
    switch (v->kind) {
    case SQL_VALUE_BOOL:
        return &plain_boolean;
    case SQL_VALUE_INT: /* as many bits as a BIGINT needs */
        return v->integer > INT32_MAX || v->integer < -INT32_MAX ? &plain_big : &plain_integer;
    case SQL_VALUE_FLOAT:
        return &plain_float;
    case SQL_VALUE_STR:
        return is_ascii(v->text) ? &plain_string : &plain_unicode;
    case SQL_VALUE_BYTES:
        return &plain_binary;
    case SQL_VALUE_DATE:
        return &plain_date;
    case SQL_VALUE_TIME:
    case SQL_VALUE_DATETIME:
        if (v->time.has_offset) {
            struct ddl_type *t = ddl_type_new(a, v->kind == SQL_VALUE_TIME ? DDL_TYPE_TIME_GENERIC
                                                                           : DDL_TYPE_DATETIME_GENERIC);
            t->timezone = true;
            return t;
        }
        return v->kind == SQL_VALUE_TIME ? &plain_time : &plain_datetime;
    case SQL_VALUE_INTERVAL:
        return &plain_interval;
    case SQL_VALUE_DECIMAL:
        return &plain_numeric;
    case SQL_VALUE_UUID:
        return &plain_uuid;
    case SQL_VALUE_NULL:
    case SQL_VALUE_ENUM:
    case SQL_VALUE_JSON:
    case SQL_VALUE_LIST:
    case SQL_VALUE_OBJECT:
        return &plain_null;
    }
    return &plain_null;
}
