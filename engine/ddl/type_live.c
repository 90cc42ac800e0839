/*
 * Values for a server: what stands in a statement for a parameter that SQLAlchemy would have bound. Here
 * equal effect counts, not equal text: JSON, bytes, arrays, and intervals go too.
 */
#include "engine/ddl/type_literal.h"
#include <inttypes.h>
#include <math.h>
#include <string.h>

static int text_value(struct literal *l, struct slice text)
{
    if (text.len && memchr(text.ptr, '\0', text.len)) {
        return err_set(l->err, ERR_REFUSED, "a text with a NUL character as a value");
    }
    ddl_quote_string(l->out, l->d, text);
    return 0;
}

static void cast(struct literal *l, const char *type)
{
    if (l->d->kind == DDL_POSTGRESQL) {
        strbuf_addf(l->out, "::%s", type);
    }
}

/* --- JSON --- */

/* The character at s.ptr[*i], which is well-formed UTF-8; *i goes past it. */
static unsigned next_character(struct slice s, size_t *i)
{
    unsigned c = (unsigned char)s.ptr[(*i)++];
    size_t more = c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : c >= 0xc0 ? 1 : 0;
    c = more ? c & (0x3fu >> more) : c;
    for (; more > 0 && *i < s.len; more--) {
        c = c << 6 | ((unsigned char)s.ptr[(*i)++] & 0x3fu);
    }
    return c;
}

/* As json.dumps() does: ASCII alone. */
static void json_string(struct strbuf *out, struct slice s)
{
    static const char escapes[] = "\"\"\\\\\bb\ff\nn\rr\tt";
    strbuf_addch(out, '"');
    for (size_t i = 0; i < s.len;) {
        unsigned c = next_character(s, &i);
        const char *escape = NULL;
        for (const char *p = escapes; *p && !escape; p += 2) {
            escape = (unsigned char)*p == c ? p + 1 : NULL;
        }
        if (escape) {
            strbuf_addf(out, "\\%c", *escape);
        } else if (c > 0xffff) {
            strbuf_addf(out, "\\u%04x\\u%04x", 0xd800 + ((c - 0x10000) >> 10), 0xdc00 + (c & 0x3ff));
        } else if (c < 32 || c > 126) {
            strbuf_addf(out, "\\u%04x", c);
        } else {
            strbuf_addch(out, (char)c);
        }
    }
    strbuf_addch(out, '"');
}

static int json(struct literal *l, struct strbuf *out, const struct sql_value *v, int depth)
{
    switch (v->kind) {
    case SQL_VALUE_NULL:
        strbuf_adds(out, "null");
        return 0;
    case SQL_VALUE_BOOL:
        strbuf_adds(out, v->integer ? "true" : "false");
        return 0;
    case SQL_VALUE_INT:
        strbuf_addf(out, "%" PRId64, v->integer);
        return 0;
    case SQL_VALUE_FLOAT:
        if (!isfinite(v->real)) {
            return NOT_RENDERED;
        }
        sql_float_text(out, v->real);
        return 0;
    case SQL_VALUE_STR:
        json_string(out, v->text);
        return 0;
    case SQL_VALUE_JSON:
        strbuf_add(out, v->text.ptr, v->text.len);
        return 0;
    case SQL_VALUE_ENUM:
        return v->mixin ? json(l, out, &v->items[0], depth) : NOT_RENDERED;
    case SQL_VALUE_LIST: {
        if (depth > 100) {
            return NOT_RENDERED;
        }
        strbuf_addch(out, '[');
        int rc = 0;
        for (size_t i = 0; i < v->n && rc == 0; i++) {
            strbuf_adds(out, i ? ", " : "");
            rc = json(l, out, &v->items[i], depth + 1);
        }
        strbuf_addch(out, ']');
        return rc;
    }
    default:
        return NOT_RENDERED;
    }
}

static int json_value(struct literal *l, const struct ddl_type *t, const struct sql_value *v)
{
    if (v->kind == SQL_VALUE_NULL && !t->should_evaluate_none) {
        strbuf_adds(l->out, "NULL");
        return 0;
    }
    struct strbuf text = STRBUF_INIT;
    int rc = json(l, &text, v, 0);
    if (rc == 0) {
        rc = text_value(l, (struct slice){text.ptr, text.len});
        cast(l, ddl_type_kind(t) == KIND_JSONB ? "JSONB" : "JSON");
    }
    strbuf_release(&text);
    return rc;
}

/* --- values that bring their own form --- */

static int float_value(struct literal *l, double value)
{
    if (isfinite(value)) {
        sql_float_text(l->out, value);
        return 0;
    }
    if (l->d->kind != DDL_POSTGRESQL) {
        return NOT_RENDERED;
    }
    strbuf_addf(l->out, "'%s'::float", isnan(value) ? "NaN" : value < 0 ? "-Infinity" : "Infinity");
    return 0;
}

static int bytes_value(struct literal *l, struct slice data)
{
    strbuf_adds(l->out, l->d->kind == DDL_POSTGRESQL ? "'\\x" : "x'");
    for (size_t i = 0; i < data.len; i++) {
        strbuf_addf(l->out, "%02x", (unsigned char)data.ptr[i]);
    }
    strbuf_addch(l->out, '\'');
    cast(l, "bytea");
    return 0;
}

static int time_value(struct literal *l, const struct sql_value *v)
{
    struct sql_value it = *v;
    if (ddl_is_mysql(l->d)) {
        it.time.has_offset = false;
    }
    strbuf_addch(l->out, '\'');
    sql_time_text(l->out, &it, ' ');
    strbuf_addch(l->out, '\'');
    if (v->kind == SQL_VALUE_DATE) {
        cast(l, "date");
    } else if (v->kind == SQL_VALUE_TIME) {
        cast(l, v->time.has_offset ? "timetz" : "time");
    } else {
        cast(l, v->time.has_offset ? "timestamptz" : "timestamp");
    }
    return 0;
}

static int interval_value(struct literal *l, const struct sql_value *v)
{
    uint64_t n = v->microseconds < 0 ? -(uint64_t)v->microseconds : (uint64_t)v->microseconds;
    const char *sign = v->microseconds < 0 ? "-" : "";
    if (l->d->kind == DDL_POSTGRESQL) { /* which knows days that are not 24 hours */
        const int64_t day = INT64_C(86400000000);
        int64_t days = v->microseconds / day, rest = v->microseconds % day;
        days -= rest < 0;
        rest += rest < 0 ? day : 0;
        strbuf_addf(l->out, "'%" PRId64 " days %" PRId64 ".%06" PRId64 " seconds'::interval", days,
                    rest / 1000000, rest % 1000000);
        return 0;
    }
    if (!ddl_is_mysql(l->d)) {
        return NOT_RENDERED;
    }
    uint64_t s = n / 1000000;
    strbuf_addf(l->out, "'%s%02" PRIu64 ":%02" PRIu64 ":%02" PRIu64 ".%06" PRIu64 "'", sign, s / 3600,
                s / 60 % 60, s % 60, n % 1000000);
    return 0;
}

static int list_value(struct literal *l, const struct sql_value *v, const struct ddl_type *item);

static int own_value(struct literal *l, const struct sql_value *v)
{
    switch (v->kind) {
    case SQL_VALUE_NULL:
        strbuf_adds(l->out, "NULL");
        return 0;
    case SQL_VALUE_BOOL:
        if (l->d->kind == DDL_SQLITE) {
            strbuf_adds(l->out, v->integer ? "1" : "0");
        } else {
            strbuf_adds(l->out, v->integer ? "true" : "false");
        }
        return 0;
    case SQL_VALUE_INT:
        strbuf_addf(l->out, "%" PRId64, v->integer);
        return 0;
    case SQL_VALUE_FLOAT:
        return float_value(l, v->real);
    case SQL_VALUE_STR:
        return text_value(l, v->text);
    case SQL_VALUE_BYTES:
        return bytes_value(l, v->text);
    case SQL_VALUE_DATE:
    case SQL_VALUE_TIME:
    case SQL_VALUE_DATETIME:
        return time_value(l, v);
    case SQL_VALUE_INTERVAL:
        return interval_value(l, v);
    case SQL_VALUE_DECIMAL:
        if (v->text.len && strchr("-0123456789", v->text.ptr[v->text.ptr[0] == '-' && v->text.len > 1])) {
            strbuf_add(l->out, v->text.ptr, v->text.len);
            return 0;
        }
        return NOT_RENDERED;
    case SQL_VALUE_UUID:
        if (l->d->kind != DDL_POSTGRESQL) {
            return NOT_RENDERED;
        }
        strbuf_addch(l->out, '\'');
        sql_uuid_text(l->out, v->text, true);
        strbuf_adds(l->out, "'::uuid");
        return 0;
    case SQL_VALUE_LIST:
        return l->d->kind == DDL_POSTGRESQL ? list_value(l, v, NULL) : NOT_RENDERED;
    case SQL_VALUE_ENUM:
        return v->mixin ? own_value(l, &v->items[0]) : NOT_RENDERED;
    case SQL_VALUE_JSON:
    case SQL_VALUE_OBJECT:
        break;
    }
    return NOT_RENDERED;
}

static int list_value(struct literal *l, const struct sql_value *v, const struct ddl_type *item)
{
    if (v->n == 0) {
        strbuf_adds(l->out, "'{}'");
        return 0;
    }
    if (++l->depth > 40) {
        return NOT_RENDERED;
    }
    strbuf_adds(l->out, "ARRAY[");
    int rc = 0;
    for (size_t i = 0; i < v->n && rc == 0; i++) {
        strbuf_adds(l->out, i ? ", " : "");
        if (v->items[i].kind == SQL_VALUE_LIST) {
            rc = list_value(l, &v->items[i], item);
        } else {
            rc = item ? sql_live(l, item, &v->items[i]) : own_value(l, &v->items[i]);
        }
    }
    strbuf_addch(l->out, ']');
    l->depth--;
    return rc;
}

static int array_value(struct literal *l, const struct ddl_type *t, const struct sql_value *v)
{
    if (v->kind != SQL_VALUE_LIST || l->d->kind != DDL_POSTGRESQL) {
        return own_value(l, v);
    }
    int rc = list_value(l, v, t->item);
    if (rc == 0) {
        strbuf_adds(l->out, "::");
        rc = ddl_type_render(l->out, l->d, t, l->err);
    }
    return rc;
}

static int uuid_value(struct literal *l, const struct ddl_type *t, const struct sql_value *v)
{
    if (v->kind == SQL_VALUE_NULL || (l->d->kind == DDL_POSTGRESQL && t->native_uuid)) {
        return own_value(l, v);
    }
    if (v->kind != (t->as_uuid ? SQL_VALUE_UUID : SQL_VALUE_STR)) {
        return NOT_RENDERED;
    }
    strbuf_addch(l->out, '\'');
    for (size_t i = 0; i < v->text.len; i++) {
        if (v->text.ptr[i] == '\'') {
            return NOT_RENDERED;
        }
        if (v->text.ptr[i] != '-') {
            strbuf_addch(l->out, v->text.ptr[i]);
        }
    }
    strbuf_addch(l->out, '\'');
    return 0;
}

/* Days since 1970-01-01 as a date. */
static void date_of_days(int64_t days, struct sql_time *t)
{
    days += 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    int64_t doe = days - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int64_t mp = (5 * doy + 2) / 153;
    t->day = (int)(doy - (153 * mp + 2) / 5 + 1);
    t->month = (int)(mp < 10 ? mp + 3 : mp - 9);
    t->year = (int)(yoe + era * 400 + (t->month <= 2));
}

/* Where there are no intervals, they are stored as a moment so long after the epoch. */
static int emulated_interval(struct literal *l, const struct ddl_type *t, const struct sql_value *v)
{
    if (v->kind != SQL_VALUE_INTERVAL || ddl_type_kind(t) == KIND_INTERVAL) {
        return own_value(l, v);
    }
    const int64_t day = INT64_C(86400000000);
    int64_t days = v->microseconds / day, rest = v->microseconds % day;
    if (rest < 0) {
        rest += day;
        days--;
    }
    if (days < -719162 || days > 2932896) {
        return NOT_RENDERED;
    }
    struct sql_value moment = {.kind = SQL_VALUE_DATETIME};
    date_of_days(days, &moment.time);
    moment.time.hour = (int)(rest / INT64_C(3600000000));
    moment.time.minute = (int)(rest / 60000000 % 60);
    moment.time.second = (int)(rest / 1000000 % 60);
    moment.time.microsecond = (int)(rest % 1000000);
    const struct ddl_type *as = ddl_type_new(l->arena, DDL_TYPE_DATETIME_GENERIC);
    return sql_live(l, as, &moment);
}

int sql_live(struct literal *l, const struct ddl_type *t, const struct sql_value *v)
{
    const struct ddl_type *impl = ddl_type_variant(l->d, t);
    if (ddl_type_kind(impl) == KIND_DECORATOR || (impl->hooks && impl->hooks->value)) {
        return sql_literal(l, t, v);
    }
    impl = ddl_type_descriptor(l->arena, l->d, impl);
    switch (impl->class->affinity) {
    case AFFINITY_JSON:
        return json_value(l, impl, v);
    case AFFINITY_ARRAY:
        return array_value(l, impl, v);
    case AFFINITY_UUID:
        return uuid_value(l, impl, v);
    case AFFINITY_INTERVAL:
        return emulated_interval(l, impl, v);
    case AFFINITY_ENUM:
    case AFFINITY_BOOLEAN:
        return v->kind == SQL_VALUE_NULL ? own_value(l, v) : sql_literal(l, impl, v);
    case AFFINITY_DATE:
    case AFFINITY_TIME:
    case AFFINITY_DATETIME:
        return v->kind == SQL_VALUE_NULL || l->d->kind != DDL_SQLITE ? own_value(l, v)
                                                                     : sql_literal(l, impl, v);
    default:
        return own_value(l, v);
    }
}
