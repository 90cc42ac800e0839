/* Result values by SQLAlchemy's types: what their result processors make of what the driver gives. */
#include "engine/alembic/vocabulary/live.h"
#include "engine/alembic/vocabulary/std.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static bool on(struct py *py, enum ddl_dialect_kind kind)
{
    return migration_of(py)->dialect->kind == kind;
}

static bool on_mysql(struct py *py)
{
    return ddl_is_mysql(migration_of(py)->dialect);
}

/* --- numbers --- */
static pyv decimal(struct py *py, struct slice cell, int64_t scale)
{
    char *end, text[400];
    double value = strtod(cell.ptr, &end);
    if (*end || end == cell.ptr || !isfinite(value) || scale > 40) {
        return live_unreadable(py, cell, "number");
    }
    int n = snprintf(text, sizeof(text), "%.*f", (int)scale, value);
    pyv copy = py_str_new(py, (struct slice){text, (size_t)n});
    return copy ? std_from_value(py, &(struct sql_value){.kind = SQL_VALUE_DECIMAL, .text = py_text(copy)})
                : NULL;
}

static pyv number(struct py *py, struct slice cell, enum cell_kind kind, const struct ddl_type *t)
{
    bool native = !on(py, DDL_SQLITE), floating = kind == CELL_FLOAT;
    if (t->asdecimal) {
        if (native && !(floating && (on(py, DDL_POSTGRESQL) || t->class->affinity == AFFINITY_FLOAT))) {
            return live_native(py, cell, kind);
        }
        return decimal(py, cell, t->scale >= 0 ? t->scale : 10);
    }
    if (native && kind != CELL_FLOAT) {
        return live_native(py, cell, CELL_FLOAT);
    }
    return live_native(py, cell, kind);
}

/* bool() of what SQLite and MySQL have in its place. */
static pyv boolean(struct py *py, struct slice cell, enum cell_kind kind)
{
    pyv value = live_native(py, cell, kind);
    int truth = value ? py_truth(py, value) : -1;
    return truth < 0 ? NULL : py_bool(truth);
}

/* --- spans: DATETIME since 1970 where there is no INTERVAL --- */
static pyv interval(struct py *py, struct slice cell, enum cell_kind kind, const struct ddl_type *type)
{
    bool decorated =
        type->class->id == DDL_TYPE_INTERVAL_GENERIC && (!on(py, DDL_POSTGRESQL) || !type->native);
    if (!decorated) {
        return live_native(py, cell, kind);
    }
    struct sql_time t = {0};
    if (!std_iso_parse(cell, true, true, &t) || t.has_offset || !std_date_valid(t.year, t.month, t.day)) {
        return live_unreadable(py, cell, "interval");
    }
    int64_t days = std_days(t.year, t.month, t.day) - std_days(1970, 1, 1);
    int64_t seconds = ((days * 24 + t.hour) * 60 + t.minute) * 60 + t.second;
    return std_from_value(py, &(struct sql_value){.kind = SQL_VALUE_INTERVAL,
                                                  .microseconds = seconds * 1000000 + t.microsecond});
}

/* MySQL's drivers give TIME as a span. */
static pyv time_of_day(struct py *py, struct slice cell, enum cell_kind kind)
{
    return kind == CELL_TIME || kind == CELL_TEXT || kind == CELL_INTERVAL
               ? live_moment(py, cell, SQL_VALUE_TIME)
               : live_native(py, cell, kind);
}

static pyv moment(struct py *py, struct slice cell, enum cell_kind kind, enum sql_value_kind value)
{
    bool text = kind == CELL_TEXT || kind == CELL_DATE || kind == CELL_DATETIME;
    if (on(py, DDL_SQLITE)) {
        return kind == CELL_TEXT ? live_moment(py, cell, value) : live_unreadable(py, cell, "date or time");
    }
    return text && kind == CELL_TEXT ? py_str_new(py, cell) : live_native(py, cell, kind);
}

/* --- texts --- */
/* The first 11 characters. */
static void add_cut(struct strbuf *out, const char *text)
{
    size_t at = 0, n = 0;
    for (; text[at] && n < 11; n++) {
        do {
            at++;
        } while (((unsigned char)text[at] & 0xc0) == 0x80);
    }
    strbuf_add(out, text, at);
    strbuf_adds(out, text[at] ? ".." : "");
}

static pyv enum_value(struct py *py, struct slice cell, const struct ddl_type *t)
{
    for (size_t i = 0; i < t->values.n; i++) {
        if (!slice_eq(cell, t->values.items[i])) {
            continue;
        }
        if (!t->enum_class) {
            return py_str_new(py, cell);
        }
        const char *member = i < t->members.n ? t->members.items[i] : t->values.items[i];
        return py_getattr(py, (pyv)(uintptr_t)t->enum_class, member);
    }
    AUTO(strbuf_release) struct strbuf possible = STRBUF_INIT;
    size_t n = t->values.n;
    for (size_t i = 0; i < n; i++) {
        if (n > 4 && i == 3) {
            strbuf_adds(&possible, ", ...");
            i = n - 1;
        }
        strbuf_adds(&possible, i ? ", " : "");
        add_cut(&possible, t->values.items[i]);
    }
    return py_raise(py, "LookupError",
                    "'%.*s' is not among the defined enum values. Enum name: %s. Possible values: %s",
                    (int)cell.len, cell.ptr, t->name.text ? t->name.text : "None", strbuf_cstr(&possible));
}

static pyv json(struct py *py, struct slice cell, enum cell_kind kind)
{
    bool number = kind == CELL_INT || kind == CELL_FLOAT || kind == CELL_DECIMAL;
    return number ? live_native(py, cell, kind) : std_json_loads(py, cell);
}

static pyv uuid(struct py *py, struct slice cell, const struct ddl_type *t)
{
    pyv value = live_uuid(py, cell);
    if (!value || t->as_uuid) {
        return value;
    }
    AUTO(strbuf_release) struct strbuf text = STRBUF_INIT;
    return py_str(py, value, &text) ? NULL : py_str_new(py, (struct slice){text.ptr, text.len});
}

/* --- types without an affinity of their own --- */
static pyv bits(struct py *py, struct slice cell, enum cell_kind kind)
{
    int64_t value = 0;
    if (kind != CELL_BYTES || cell.len > 7) {
        return live_native(py, cell, kind);
    }
    for (size_t i = 0; i < cell.len; i++) {
        value = value << 8 | (unsigned char)cell.ptr[i];
    }
    return py_int_new(py, value);
}

static pyv other(struct py *py, struct slice cell, enum cell_kind kind, const struct ddl_type *t)
{
    switch (t->class->id) {
    case DDL_TYPE_MY_BIT:
        return on_mysql(py) ? bits(py, cell, kind) : live_native(py, cell, kind);
    case DDL_TYPE_PG_INET:
    case DDL_TYPE_PG_CIDR:
    case DDL_TYPE_PG_MACADDR:
    case DDL_TYPE_PG_MACADDR8:
    case DDL_TYPE_PG_MONEY:
    case DDL_TYPE_PG_OID:
    case DDL_TYPE_PG_REGCONFIG:
    case DDL_TYPE_PG_REGCLASS:
    case DDL_TYPE_PG_TSQUERY:
    case DDL_TYPE_PG_TSVECTOR:
    case DDL_TYPE_PG_BIT:
    case DDL_TYPE_PG_JSONPATH:
    case DDL_TYPE_MY_YEAR:
    case DDL_TYPE_MY_INET4:
    case DDL_TYPE_MY_INET6:
    case DDL_TYPE_CITEXT_PACKAGE:
        return live_native(py, cell, kind);
    case DDL_TYPE_PG_DOMAIN:
        return live_cell(py, cell, kind, t->item);
    case DDL_TYPE_USER_DEFINED:
        return live_native(py, cell, kind);
    default:
        return py_refuse(py, "a value of type %s", t->subclass ? t->subclass : t->class->name);
    }
}

static pyv by_affinity(struct py *py, struct slice cell, enum cell_kind kind, const struct ddl_type *t)
{
    switch (t->class->affinity) {
    case AFFINITY_NULL:
    case AFFINITY_STRING:
        return t->class->id == DDL_TYPE_MY_SET ? py_refuse(py, "a value of type SET")
                                               : live_native(py, cell, kind);
    case AFFINITY_ENUM:
        return enum_value(py, cell, t);
    case AFFINITY_BOOLEAN:
        return kind == CELL_BOOL ? live_native(py, cell, kind) : boolean(py, cell, kind);
    case AFFINITY_NUMERIC:
    case AFFINITY_FLOAT:
        return number(py, cell, kind, t);
    case AFFINITY_DATE:
        return moment(py, cell, kind, SQL_VALUE_DATE);
    case AFFINITY_DATETIME:
        return moment(py, cell, kind, SQL_VALUE_DATETIME);
    case AFFINITY_TIME:
        return time_of_day(py, cell, kind);
    case AFFINITY_INTERVAL:
        return interval(py, cell, kind, t);
    case AFFINITY_JSON:
        return json(py, cell, kind);
    case AFFINITY_UUID:
        return uuid(py, cell, t);
    case AFFINITY_ARRAY:
        return (unsigned)kind & CELL_ARRAY || (cell.len && cell.ptr[0] == '{')
                   ? live_array(py, cell, (enum cell_kind)((unsigned)kind & ~(unsigned)CELL_ARRAY), t->item)
                   : live_unreadable(py, cell, "array");
    case AFFINITY_BINARY:
        return t->class->id == DDL_TYPE_PICKLE ? py_refuse(py, "a value of type PickleType")
                                               : live_native(py, cell, kind);
    case AFFINITY_OTHER:
        return other(py, cell, kind, t);
    default:
        return live_native(py, cell, kind);
    }
}

/* --- types of the project and of libraries --- */
static pyv of_library(struct py *py, struct slice cell, enum cell_kind kind, const struct ddl_type *t)
{
    switch (t->class->id) {
    case DDL_TYPE_MODEL_STRING:
        return live_native(py, cell, kind);
    case DDL_TYPE_MODEL_GUID:
    case DDL_TYPE_USERS_GUID:
        return live_uuid(py, cell);
    case DDL_TYPE_UTILS_UUID:
        return kind == CELL_BYTES ? py_refuse(py, "a binary value of type UUIDType") : live_uuid(py, cell);
    case DDL_TYPE_UTILS_JSON:
    case DDL_TYPE_OSLO_DICT:
    case DDL_TYPE_OSLO_LIST:
        return json(py, cell, kind);
    default:
        return py_refuse(py, "a value of type %s", t->subclass ? t->subclass : t->class->name);
    }
}

/* A TypeDecorator: what its impl gives, through its process_result_value(), which sees NULL as well. */
static pyv decorated(struct py *py, struct slice cell, enum cell_kind kind, const struct ddl_type *t)
{
    pyv wrapper = t->wrapper;
    const struct py_type *type = wrapper ? wrapper->type : NULL;
    bool python = type && type->mro;
    pyv value = !cell.ptr                            ? &py_none
                : t->class->id == DDL_TYPE_DECORATOR ? live_cell(py, cell, kind, t->item)
                                                     : of_library(py, cell, kind, t);
    if (!value || !python) {
        return value;
    }
    if (py_class_lookup(type, "result_processor") || py_class_lookup(type, "load_dialect_impl")) {
        if (py_class_lookup(type, "result_processor")) {
            return py_refuse(py, "result_processor() of %s", type->name);
        }
        const struct ddl_type *impl = ddl_type_undecorated(migration_of(py)->dialect, t);
        value = cell.ptr ? live_cell(py, cell, kind, impl) : &py_none;
        if (!value) {
            return NULL;
        }
    }
    if (!py_class_lookup(type, "process_result_value")) {
        return value;
    }
    pyv args[2] = {value, live_dialect(py)};
    return args[1] ? py_call_method(py, wrapper, "process_result_value",
                                    &(const struct py_args){.pos = args, .npos = 2})
                   : NULL;
}

pyv live_cell(struct py *py, struct slice cell, enum cell_kind kind, const struct ddl_type *type)
{
    if (type) {
        for (size_t i = 0; i < type->nvariants; i++) {
            if (slice_eq(slice_of(type->variants[i].dialect), migration_of(py)->dialect->name)) {
                type = type->variants[i].type;
                break;
            }
        }
        bool interval = type->class->id == DDL_TYPE_INTERVAL_GENERIC || type->class->id == DDL_TYPE_PICKLE;
        if (ddl_type_is(type, DDL_TYPE_DECORATOR) && !interval) {
            return decorated(py, cell, kind, type);
        }
    }
    if (!cell.ptr) {
        return &py_none;
    }
    if (!type && kind == CELL_BYTES && on(py, DDL_POSTGRESQL)) {
        return py_refuse(py, "a bytea of a statement that is text, which is a memoryview: name its type with "
                             "columns()");
    }
    return type ? by_affinity(py, cell, kind, type) : live_native(py, cell, kind);
}
