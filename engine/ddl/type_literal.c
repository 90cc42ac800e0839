/*
 * Values as literals under a type: what SQLAlchemy's literal processors write. What a driver could bind but
 * no literal can say is in type_live.c.
 */
#include "engine/ddl/type_literal.h"
#include <ctype.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void sql_float_text(struct strbuf *out, double value)
{
    if (isnan(value) || isinf(value)) {
        strbuf_adds(out, isnan(value) ? "nan" : value < 0 ? "-inf" : "inf");
        return;
    }
    char digits[40];
    int precision = 1;
    for (; precision <= 17; precision++) { /* the shortest that reads back the same */
        snprintf(digits, sizeof(digits), "%.*e", precision - 1, value);
        if (strtod(digits, NULL) == value) {
            break;
        }
    }
    char *e = strchr(digits, 'e');
    int exponent = e ? (int)strtol(e + 1, NULL, 10) : 0;
    if (exponent < -4 || exponent >= 16) {
        strbuf_add(out, digits, (size_t)(e - digits));
        strbuf_addf(out, "e%c%02d", exponent < 0 ? '-' : '+', abs(exponent));
        return;
    }
    int decimals = precision - 1 - exponent;
    snprintf(digits, sizeof(digits), "%.*f", decimals > 0 ? decimals : 1, value);
    strbuf_adds(out, digits);
}

void sql_uuid_text(struct strbuf *out, struct slice hex, bool dashes)
{
    for (size_t i = 0; i < hex.len; i++) {
        strbuf_adds(out, dashes && (i == 8 || i == 12 || i == 16 || i == 20) ? "-" : "");
        strbuf_addch(out, hex.ptr[i]);
    }
}

static int literal_fail(const struct ddl_type *t, const struct sql_value *v, bool renderer, struct err *err)
{
    struct strbuf value = STRBUF_INIT, type = STRBUF_INIT;
    sql_value_repr(&value, v);
    ddl_type_str(&type, t);
    const char *text = strbuf_cstr(&value);
    char cut[400];
    snprintf(cut, sizeof(cut), "%s", text);
    if (value.len > 300) {
        snprintf(cut, sizeof(cut), "%.150s ... (%zu characters truncated) ... %s", text, value.len - 300,
                 text + value.len - 150);
    }
    int rc =
        renderer
            ? err_set(err, ERR_FILE,
                      "Could not render literal value \"%s\" with datatype %s; see parent stack trace for "
                      "more detail.",
                      cut, strbuf_cstr(&type))
            : err_set(err, ERR_FILE,
                      "No literal value renderer is available for literal value \"%s\" with datatype %s", cut,
                      strbuf_cstr(&type));
    strbuf_release(&value);
    strbuf_release(&type);
    return rc;
}

/* --- processors --- */

static int string(struct literal *l, const struct sql_value *v)
{
    if (v->kind == SQL_VALUE_ENUM && v->mixin) {
        return string(l, &v->items[0]);
    }
    if (v->kind != SQL_VALUE_STR) {
        return NOT_RENDERED;
    }
    ddl_quote_string(l->out, l->d, v->text);
    return 0;
}

/* int(text): digits with single underscores between them, white space around. */
static bool integer_text(struct slice s, struct strbuf *out)
{
    s = slice_trim(s);
    size_t i = 0, digits = 0;
    bool negative = s.len && s.ptr[0] == '-', leading = true;
    if (s.len && (s.ptr[0] == '-' || s.ptr[0] == '+')) {
        i++;
    }
    struct strbuf n = STRBUF_INIT;
    for (; i < s.len; i++) {
        if (isdigit((unsigned char)s.ptr[i])) {
            digits++;
            leading = leading && s.ptr[i] == '0';
            if (!leading) {
                strbuf_addch(&n, s.ptr[i]);
            }
        } else if (s.ptr[i] != '_' || !digits || i + 1 == s.len || s.ptr[i + 1] == '_') {
            strbuf_release(&n);
            return false;
        }
    }
    if (digits && n.len) {
        strbuf_addf(out, "%s%s", negative ? "-" : "", strbuf_cstr(&n));
    } else if (digits) {
        strbuf_adds(out, "0");
    }
    strbuf_release(&n);
    return digits > 0;
}

static int integer(struct literal *l, const struct sql_value *v)
{
    switch (v->kind) {
    case SQL_VALUE_BOOL:
    case SQL_VALUE_INT:
        strbuf_addf(l->out, "%" PRId64, v->integer);
        return 0;
    case SQL_VALUE_FLOAT:
        if (!isfinite(v->real)) {
            return NOT_RENDERED;
        }
        strbuf_addf(l->out, "%.0f", trunc(v->real) + 0.0);
        return 0;
    case SQL_VALUE_STR:
    case SQL_VALUE_BYTES:
        return integer_text(v->text, l->out) ? 0 : NOT_RENDERED;
    case SQL_VALUE_DECIMAL: {
        struct slice whole, rest = v->text;
        if (memchr(rest.ptr, 'E', rest.len)) {
            return err_set(l->err, ERR_REFUSED, "a Decimal with an exponent under an integer type");
        }
        slice_cut(&rest, '.', &whole);
        return integer_text(whole, l->out) ? 0 : NOT_RENDERED;
    }
    case SQL_VALUE_ENUM:
        return v->mixin ? integer(l, &v->items[0]) : NOT_RENDERED;
    default:
        return NOT_RENDERED;
    }
}

/* Is the text what Decimal() takes? */
static bool decimal_text(struct slice s)
{
    s = slice_trim(s);
    size_t i = s.len && (s.ptr[0] == '-' || s.ptr[0] == '+') ? 1 : 0, digits = 0;
    for (; i < s.len && isdigit((unsigned char)s.ptr[i]); i++) {
        digits++;
    }
    if (i < s.len && s.ptr[i] == '.') {
        for (i++; i < s.len && isdigit((unsigned char)s.ptr[i]); i++) {
            digits++;
        }
    }
    if (digits && i < s.len && (s.ptr[i] == 'e' || s.ptr[i] == 'E')) {
        i += i + 1 < s.len && (s.ptr[i + 1] == '-' || s.ptr[i + 1] == '+') ? 2 : 1;
        size_t first = i;
        for (; i < s.len && isdigit((unsigned char)s.ptr[i]); i++) {
        }
        digits = i > first ? digits : 0;
    }
    return digits > 0 && i == s.len;
}

static int numeric(struct literal *l, const struct sql_value *v)
{
    switch (v->kind) {
    case SQL_VALUE_BOOL:
        strbuf_adds(l->out, v->integer ? "True" : "False");
        return 0;
    case SQL_VALUE_INT:
        strbuf_addf(l->out, "%" PRId64, v->integer);
        return 0;
    case SQL_VALUE_FLOAT:
        sql_float_text(l->out, v->real);
        return 0;
    case SQL_VALUE_DECIMAL:
        strbuf_add(l->out, v->text.ptr, v->text.len);
        return 0;
    case SQL_VALUE_STR:
        if (decimal_text(v->text)) {
            strbuf_add(l->out, v->text.ptr, v->text.len);
            return 0;
        }
        return err_set(l->err, ERR_REFUSED, "the text \"%.*s\" under a numeric type",
                       (int)(v->text.len < 40 ? v->text.len : 40), v->text.ptr);
    case SQL_VALUE_ENUM:
        return v->mixin ? err_set(l->err, ERR_REFUSED, "a member of an IntEnum under a numeric type")
                        : NOT_RENDERED;
    default:
        return NOT_RENDERED;
    }
}

static int boolean(struct literal *l, const struct sql_value *v)
{
    bool one;
    switch (v->kind) {
    case SQL_VALUE_BOOL:
    case SQL_VALUE_INT:
        if (v->integer != 0 && v->integer != 1) {
            return NOT_RENDERED;
        }
        one = v->integer != 0;
        break;
    case SQL_VALUE_FLOAT:
        if (v->real != 0.0 && v->real != 1.0) {
            return NOT_RENDERED;
        }
        one = v->real != 0.0;
        break;
    case SQL_VALUE_DECIMAL:
    case SQL_VALUE_ENUM:
        return err_set(l->err, ERR_REFUSED, "a Decimal or an enum member under a boolean type");
    default:
        return NOT_RENDERED;
    }
    bool number = l->d->kind == DDL_SQLITE;
    strbuf_adds(l->out, one ? (number ? "1" : "true") : (number ? "0" : "false"));
    return 0;
}

static int lite_time(struct literal *l, const struct ddl_type *t, const struct sql_value *v)
{
    bool time = t->class->affinity == AFFINITY_TIME;
    if (time ? v->kind != SQL_VALUE_TIME : v->kind != SQL_VALUE_DATE && v->kind != SQL_VALUE_DATETIME) {
        return NOT_RENDERED;
    }
    struct sql_value whole = *v;
    if (v->kind == SQL_VALUE_DATE) {
        whole.time.hour = whole.time.minute = whole.time.second = whole.time.microsecond = 0;
    }
    strbuf_addch(l->out, '\'');
    if (!sql_time_format(l->out, sql_storage_format(t), &whole)) {
        return err_set(l->err, ERR_REFUSED, "storage_format \"%.100s\"", sql_storage_format(t));
    }
    strbuf_addch(l->out, '\'');
    return 0;
}

static int moment(struct literal *l, const struct ddl_type *t, const struct sql_value *v)
{
    enum ddl_type_id id = t->class->id;
    if (id == DDL_TYPE_LITE_DATETIME || id == DDL_TYPE_LITE_DATE || id == DDL_TYPE_LITE_TIME) {
        return lite_time(l, t, v);
    }
    if (v->kind != SQL_VALUE_DATE && v->kind != SQL_VALUE_TIME && v->kind != SQL_VALUE_DATETIME) {
        return NOT_RENDERED;
    }
    struct sql_value part = *v;
    if (v->kind == SQL_VALUE_DATETIME && t->class->affinity == AFFINITY_DATE) {
        part.kind = SQL_VALUE_DATE;
    } else if (v->kind == SQL_VALUE_DATETIME && t->class->affinity == AFFINITY_TIME) {
        part.kind = SQL_VALUE_TIME;
    }
    strbuf_addch(l->out, '\'');
    sql_time_text(l->out, &part, ' ');
    strbuf_addch(l->out, '\'');
    return 0;
}

static int interval(struct literal *l, const struct sql_value *v)
{
    if (v->kind != SQL_VALUE_INTERVAL) {
        return NOT_RENDERED;
    }
    strbuf_adds(l->out, "make_interval(secs=>");
    sql_float_text(l->out, (double)v->microseconds / 1e6);
    strbuf_addch(l->out, ')');
    return 0;
}

static int bytes(struct literal *l, const struct sql_value *v)
{
    if (v->kind != SQL_VALUE_BYTES || !utf8_valid(v->text.ptr, v->text.len)) {
        return NOT_RENDERED;
    }
    ddl_quote_string(l->out, l->d, v->text);
    return 0;
}

int sql_enum_value(struct literal *l, const struct ddl_type *t, const struct sql_value *v, struct slice *out)
{
    const struct sql_value *inner = v->kind == SQL_VALUE_ENUM ? &v->items[0] : v;
    if (v->kind == SQL_VALUE_ENUM && t->members.n) {
        for (size_t i = 0; i < t->members.n; i++) {
            if (slice_eq(v->text, t->members.items[i])) {
                *out = slice_of(t->values.items[i]);
                return 0;
            }
        }
    }
    if (v->kind == SQL_VALUE_ENUM && (!v->mixin || t->members.n)) {
        return t->members.n
                   ? err_set(l->err, ERR_REFUSED, "a member of another enum class under an Enum type")
                   : NOT_RENDERED;
    }
    if (inner->kind != SQL_VALUE_STR) {
        return NOT_RENDERED;
    }
    for (size_t i = 0; i < t->values.n; i++) {
        if (slice_eq(inner->text, t->values.items[i])) {
            *out = slice_of(t->values.items[i]);
            return 0;
        }
    }
    if (t->validate_strings) {
        return NOT_RENDERED;
    }
    *out = inner->text;
    return 0;
}

static int enumerated(struct literal *l, const struct ddl_type *t, const struct sql_value *v)
{
    struct slice value;
    int rc = sql_enum_value(l, t, v, &value);
    if (rc == 0) {
        ddl_quote_string(l->out, l->d, value);
    }
    return rc;
}

static int uuid(struct literal *l, const struct ddl_type *t, const struct sql_value *v)
{
    bool text = l->d->kind == DDL_POSTGRESQL && t->native_uuid;
    struct strbuf hex = STRBUF_INIT;
    int rc = 0;
    if (v->kind == SQL_VALUE_UUID && t->as_uuid) {
        sql_uuid_text(&hex, v->text, text);
    } else if (v->kind == SQL_VALUE_STR && !t->as_uuid) {
        for (size_t i = 0; i < v->text.len; i++) {
            if (v->text.ptr[i] != '-') {
                strbuf_addch(&hex, v->text.ptr[i]);
            }
        }
    } else if (v->kind == SQL_VALUE_STR && text) {
        strbuf_add(&hex, v->text.ptr, v->text.len);
    } else if (t->as_uuid && text) {
        rc = err_set(l->err, ERR_REFUSED, "a value under a UUID type that is neither a UUID nor a str");
    } else {
        rc = NOT_RENDERED;
    }
    if (rc == 0) {
        ddl_quote_string(l->out, l->d, (struct slice){hex.ptr, hex.len});
    }
    strbuf_release(&hex);
    return rc;
}

static int literal(struct literal *l, const struct ddl_type *t, const struct sql_value *v);
static bool has_literals(struct literal *l, const struct ddl_type *t);

static int array_level(struct literal *l, const struct ddl_type *t, const struct sql_value *v, int64_t dims)
{
    if (v->kind == SQL_VALUE_STR) { /* a list of its characters */
        return err_set(l->err, ERR_REFUSED, "the text \"%.*s\" under an array type",
                       (int)(v->text.len < 40 ? v->text.len : 40), v->text.ptr);
    }
    if (v->kind != SQL_VALUE_LIST || l->depth > 40) {
        return NOT_RENDERED;
    }
    bool leaves = dims == 1 || (dims == 0 && (v->n == 0 || v->items[0].kind != SQL_VALUE_LIST));
    strbuf_adds(l->out, ddl_type_is(t, DDL_TYPE_PG_ARRAY) ? "ARRAY[" : "[");
    l->depth++;
    int rc = 0;
    for (size_t i = 0; i < v->n && rc == 0; i++) {
        strbuf_adds(l->out, i ? ", " : "");
        rc = leaves ? literal(l, t->item, &v->items[i])
                    : array_level(l, t, &v->items[i], dims > 0 ? dims - 1 : 0);
    }
    l->depth--;
    strbuf_addch(l->out, ']');
    return rc;
}

/* Does the type have a literal processor on the dialect? */
static bool has_literals(struct literal *l, const struct ddl_type *t)
{
    for (int i = 0; i < 64 && ddl_type_kind(t) == KIND_ARRAY; i++) {
        t = ddl_type_resolve(l->arena, l->d, t->item);
    }
    switch (t->class->affinity) {
    case AFFINITY_NULL:
    case AFFINITY_JSON:
    case AFFINITY_OTHER:
    case AFFINITY_ARRAY:
        return false;
    default:
        return true;
    }
}

static int literal_resolved(struct literal *l, const struct ddl_type *t, const struct sql_value *v)
{
    switch (t->class->affinity) {
    case AFFINITY_INTEGER:
        return integer(l, v);
    case AFFINITY_NUMERIC:
    case AFFINITY_FLOAT:
        return numeric(l, v);
    case AFFINITY_STRING:
        return string(l, v);
    case AFFINITY_BOOLEAN:
        return boolean(l, v);
    case AFFINITY_DATE:
    case AFFINITY_TIME:
    case AFFINITY_DATETIME:
        return moment(l, t, v);
    case AFFINITY_INTERVAL:
        return ddl_type_kind(t) == KIND_INTERVAL ? interval(l, v) : NOT_RENDERED;
    case AFFINITY_BINARY:
        return bytes(l, v);
    case AFFINITY_ENUM:
        return enumerated(l, t, v);
    case AFFINITY_UUID:
        return uuid(l, t, v);
    case AFFINITY_ARRAY:
        return array_level(l, t, v, t->dimensions);
    case AFFINITY_NULL:
    case AFFINITY_JSON:
    case AFFINITY_OTHER:
        break;
    }
    return NOT_RENDERED;
}

/* Through TypeDecorators: each turns the value into one of its impl's. */
static int literal(struct literal *l, const struct ddl_type *t, const struct sql_value *v)
{
    const struct ddl_type *impl = ddl_type_variant(l->d, t);
    bool custom = impl->hooks && impl->hooks->value;
    if (impl->class->id == DDL_TYPE_MY_ENUM && l->d->kind == DDL_POSTGRESQL) {
        return ddl_fail(l->err, DDL_ATTRIBUTE, "'%s' object has no attribute 'create_type'",
                        ddl_type_class_name(impl));
    }
    if (!custom && ddl_type_kind(impl) != KIND_DECORATOR) {
        const struct ddl_type *resolved = ddl_type_descriptor(l->arena, l->d, impl);
        return has_literals(l, resolved) ? literal_resolved(l, resolved, v) : NO_RENDERER;
    }
    if (++l->depth > 40) {
        return err_set(l->err, ERR_REFUSED, "column types within types go too deep");
    }
    struct sql_value converted = *v;
    bool text = false, whole = false;
    int rc = custom ? impl->hooks->value(impl, l->d, v, l->live, &converted, &text, &whole, l->err) : 0;
    if (rc != 0) {
        return rc;
    }
    if (whole && converted.kind == SQL_VALUE_STR) {
        strbuf_add(l->out, converted.text.ptr, converted.text.len);
        return 0;
    }
    const struct ddl_type *engine = impl;
    rc = ddl_type_kind(impl) == KIND_DECORATOR ? sql_decorated(l->d, impl, &engine, l->err) : NOT_RENDERED;
    if (rc == 0) {
        rc = l->live && !text ? sql_live(l, engine, &converted) : literal(l, engine, &converted);
    }
    if (rc == NO_RENDERER && text && converted.kind == SQL_VALUE_STR) {
        strbuf_add(l->out, converted.text.ptr, converted.text.len);
        rc = 0;
    }
    l->depth--;
    return rc;
}

int sql_literal(struct literal *l, const struct ddl_type *t, const struct sql_value *v)
{
    return literal(l, t, v);
}

int sql_decorated(const struct ddl_dialect *d, const struct ddl_type *t, const struct ddl_type **impl,
                  struct err *err)
{
    *impl = t->item;
    if (t->hooks && t->hooks->impl) {
        int rc = t->hooks->impl(t, d, impl, err);
        if (rc < 0) {
            return rc;
        }
    }
    return *impl ? 0 : err_set(err, ERR_REFUSED, "type %s has no impl", ddl_type_class_name(t));
}

int ddl_type_literal(struct strbuf *out, const struct ddl_dialect *d, const struct ddl_type *t,
                     const struct sql_value *v, bool live, struct err *err)
{
    struct arena arena = ARENA_INIT;
    struct strbuf text = STRBUF_INIT;
    struct literal l = {.out = &text, .d = d, .arena = &arena, .live = live, .err = err};
    int rc = 0;
    if (live) {
        rc = sql_live(&l, t, v);
    } else if (v->kind == SQL_VALUE_NULL) {
        strbuf_adds(&text, "NULL");
    } else {
        rc = literal(&l, t, v);
    }
    if (rc == 0) {
        strbuf_add(out, strbuf_cstr(&text), text.len);
    } else if (rc > 0) {
        rc = literal_fail(t, v, rc == NOT_RENDERED, err);
    }
    strbuf_release(&text);
    arena_release(&arena);
    return rc;
}
