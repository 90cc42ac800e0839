/* From the text of a cell to a Python value. */
#include "engine/alembic/vocabulary/live.h"
#include <errno.h>
#include <stdlib.h>

static pyv unreadable(struct py *py, struct slice cell, const char *what)
{
    int n = cell.len > 60 ? 60 : (int)cell.len;
    return py_refuse(py, "a value of the database that is no %s: %.*s", what, n, cell.ptr);
}

static pyv integer(struct py *py, struct slice cell)
{
    char *end;
    errno = 0;
    long long value = strtoll(cell.ptr, &end, 10);
    if (errno || *end || end == cell.ptr) {
        return unreadable(py, cell, "integer of 64 bits");
    }
    return py_int_new(py, value);
}

static pyv real(struct py *py, struct slice cell)
{
    char *end;
    double value = strtod(cell.ptr, &end);
    return *end || end == cell.ptr ? unreadable(py, cell, "number") : py_float_new(py, value);
}

static int hex(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* PostgreSQL writes \x and digits; the others give the bytes. */
static pyv bytes(struct py *py, struct slice cell)
{
    if (migration_of(py)->dialect->kind != DDL_POSTGRESQL) {
        return py_bytes_new(py, cell);
    }
    if (cell.len % 2 || !slice_starts(cell, "\\x")) {
        return unreadable(py, cell, "bytea in hexadecimal");
    }
    size_t n = cell.len / 2 - 1;
    char *out = py_alloc(py, n + 1);
    for (size_t i = 0; out && i < n; i++) {
        int high = hex(cell.ptr[2 + 2 * i]), low = hex(cell.ptr[3 + 2 * i]);
        if (high < 0 || low < 0) {
            return unreadable(py, cell, "bytea in hexadecimal");
        }
        out[i] = (char)(high * 16 + low);
    }
    return out ? py_bytes_new(py, (struct slice){out, n}) : NULL;
}

/* Cursors over a text. */
static bool digits(struct slice *s, size_t min, size_t max, int *out)
{
    size_t n = 0;
    *out = 0;
    while (n < max && n < s->len && s->ptr[n] >= '0' && s->ptr[n] <= '9') {
        *out = *out * 10 + (s->ptr[n++] - '0');
    }
    s->ptr += n;
    s->len -= n;
    return n >= min;
}

static bool skip(struct slice *s, char c)
{
    if (s->len == 0 || s->ptr[0] != c) {
        return false;
    }
    s->ptr++;
    s->len--;
    return true;
}

static bool read_date(struct slice *s, struct sql_time *t)
{
    return digits(s, 4, 4, &t->year) && skip(s, '-') && digits(s, 2, 2, &t->month) && skip(s, '-') &&
           digits(s, 2, 2, &t->day);
}

static bool read_fraction(struct slice *s, int *microsecond)
{
    *microsecond = 0;
    if (!skip(s, '.')) {
        return true;
    }
    size_t before = s->len;
    if (!digits(s, 1, 6, microsecond)) {
        return false;
    }
    for (size_t n = before - s->len; n < 6; n++) {
        *microsecond *= 10;
    }
    return true;
}

static bool read_time(struct slice *s, struct sql_time *t)
{
    if (!(digits(s, 2, 2, &t->hour) && skip(s, ':') && digits(s, 2, 2, &t->minute) && skip(s, ':') &&
          digits(s, 2, 2, &t->second) && read_fraction(s, &t->microsecond))) {
        return false;
    }
    bool minus = s->len && s->ptr[0] == '-';
    if (minus || (s->len && s->ptr[0] == '+')) {
        int hours = 0, minutes = 0, seconds = 0;
        s->ptr++;
        s->len--;
        if (!digits(s, 2, 2, &hours) || (skip(s, ':') && !digits(s, 2, 2, &minutes)) ||
            (skip(s, ':') && !digits(s, 2, 2, &seconds))) {
            return false;
        }
        t->has_offset = true;
        t->offset_seconds = (hours * 60 + minutes) * 60 + seconds;
        t->offset_seconds = minus ? -t->offset_seconds : t->offset_seconds;
    }
    return true;
}

static pyv moment(struct py *py, struct slice cell, enum sql_value_kind kind)
{
    struct sql_value v = {.kind = kind};
    struct slice s = cell;
    bool good = true;
    if (kind != SQL_VALUE_TIME) {
        good = read_date(&s, &v.time);
    }
    if (good && kind == SQL_VALUE_DATETIME && s.len) {
        good = skip(&s, ' ') || skip(&s, 'T');
    }
    if (good && kind != SQL_VALUE_DATE && (s.len || kind == SQL_VALUE_TIME)) {
        good = read_time(&s, &v.time);
    }
    /* "infinity", "0000-00-00", years before Christ: Python's drivers do not have them either. */
    if (!good || s.len ||
        (kind != SQL_VALUE_TIME && (v.time.year < 1 || v.time.month < 1 || v.time.day < 1))) {
        return unreadable(py, cell,
                          kind == SQL_VALUE_DATE   ? "date"
                          : kind == SQL_VALUE_TIME ? "time"
                                                   : "timestamp");
    }
    return std_from_value(py, &v);
}

/* MySQL's "[-]hhh:mm:ss[.f]", and PostgreSQL's "[n days ][-]hh:mm:ss[.f]"; months and years are no span. */
static pyv span(struct py *py, struct slice cell)
{
    struct slice s = cell;
    int64_t total = 0;
    const char *day = memmem(s.ptr, s.len, " day", 4);
    if (day) {
        char *end;
        long long n = strtoll(s.ptr, &end, 10);
        if (end != day || n > 999999999 || n < -999999999) {
            return unreadable(py, cell, "interval of days and seconds");
        }
        total = n * 86400 * 1000000;
        s.len -= (size_t)(day + 4 - s.ptr);
        s.ptr = day + 4;
        skip(&s, 's');
        skip(&s, ' ');
    }
    if (s.len) {
        bool minus = skip(&s, '-');
        int hours, minutes, seconds, micros;
        if (!minus) {
            skip(&s, '+');
        }
        if (!(digits(&s, 2, 9, &hours) && skip(&s, ':') && digits(&s, 2, 2, &minutes) && skip(&s, ':') &&
              digits(&s, 2, 2, &seconds) && read_fraction(&s, &micros)) ||
            s.len) {
            return unreadable(py, cell, "interval of days and seconds");
        }
        int64_t part = (((int64_t)hours * 60 + minutes) * 60 + seconds) * 1000000 + micros;
        total += minus ? -part : part;
    }
    struct sql_value v = {.kind = SQL_VALUE_INTERVAL, .microseconds = total};
    return std_from_value(py, &v);
}

/* {1,2,"a b",NULL,{...}}. item: the type of its items, NULL: as their kind tells. */
static pyv array(struct py *py, struct slice cell, struct slice *s, enum cell_kind items,
                 const struct ddl_type *item, int depth)
{
    pyv list = py_list_new(py);
    if (!list || depth > 6 || !skip(s, '{')) {
        return list ? unreadable(py, cell, "array") : NULL;
    }
    while (s->len && s->ptr[0] != '}') {
        pyv v;
        if (s->ptr[0] == '{') {
            v = array(py, cell, s, items, item, depth + 1);
        } else {
            bool quoted = skip(s, '"');
            char *text = py_alloc(py, s->len + 1);
            size_t n = 0;
            while (text && s->len && (quoted ? s->ptr[0] != '"' : s->ptr[0] != ',' && s->ptr[0] != '}')) {
                if (skip(s, '\\') && s->len == 0) {
                    break;
                }
                text[n++] = *s->ptr++;
                s->len--;
            }
            if (!text || (quoted && !skip(s, '"'))) {
                return text ? unreadable(py, cell, "array") : NULL;
            }
            struct slice one = {text, n};
            text[n] = '\0';
            if (!quoted && slice_eq(one, "NULL")) {
                one.ptr = NULL;
            }
            v = one.ptr || item ? live_cell(py, one, items, item) : &py_none;
        }
        if (!v || py_list_append(py, list, v)) {
            return NULL;
        }
        if (!skip(s, ',') && !(s->len && s->ptr[0] == '}')) {
            return unreadable(py, cell, "array");
        }
    }
    return skip(s, '}') ? list : unreadable(py, cell, "array");
}

/* psycopg2 gives items that it knows, and what it does not know as the text of the whole. */
static pyv known_array(struct py *py, struct slice cell, enum cell_kind items)
{
    struct slice rest = cell;
    return array(py, cell, &rest, items, NULL, 0);
}

static pyv uuid(struct py *py, struct slice cell)
{
    char text[33];
    size_t n = 0;
    for (size_t i = 0; i < cell.len && n < 32; i++) {
        if (cell.ptr[i] != '-') {
            text[n++] = cell.ptr[i];
        }
    }
    text[n] = '\0';
    if (n != 32) {
        return unreadable(py, cell, "UUID");
    }
    return std_from_value(
        py, &(struct sql_value){.kind = SQL_VALUE_UUID, .text = {py_cstr(py, py_str_of(py, text)), 32}});
}

pyv live_native(struct py *py, struct slice cell, enum cell_kind kind)
{
    bool postgresql = migration_of(py)->dialect->kind == DDL_POSTGRESQL;
    if ((unsigned)kind & CELL_ARRAY) {
        return known_array(py, cell, (enum cell_kind)((unsigned)kind & ~(unsigned)CELL_ARRAY));
    }
    switch (kind) {
    case CELL_INT:
        return integer(py, cell);
    case CELL_FLOAT:
        return real(py, cell);
    case CELL_DECIMAL:
        return std_from_value(py, &(struct sql_value){.kind = SQL_VALUE_DECIMAL, .text = cell});
    case CELL_BOOL:
        return py_bool(cell.len && cell.ptr[0] == 't');
    case CELL_BYTES:
        return bytes(py, cell);
    case CELL_DATE:
        return moment(py, cell, SQL_VALUE_DATE);
    case CELL_TIME:
        return moment(py, cell, SQL_VALUE_TIME);
    case CELL_DATETIME:
        return moment(py, cell, SQL_VALUE_DATETIME);
    case CELL_INTERVAL:
        return span(py, cell);
    case CELL_JSON: /* drivers of MySQL give the text */
        return postgresql ? std_json_loads(py, cell) : py_str_new(py, cell);
    case CELL_UUID:
        return uuid(py, cell);
    default:
        return py_str_new(py, cell);
    }
}

pyv live_uuid(struct py *py, struct slice cell)
{
    return uuid(py, cell);
}
pyv live_moment(struct py *py, struct slice cell, enum sql_value_kind kind)
{
    return moment(py, cell, kind);
}
pyv live_span(struct py *py, struct slice cell)
{
    return span(py, cell);
}
pyv live_array(struct py *py, struct slice cell, enum cell_kind items, const struct ddl_type *item)
{
    struct slice rest = cell;
    return array(py, cell, &rest, items, item, 0);
}
pyv live_unreadable(struct py *py, struct slice cell, const char *what)
{
    return unreadable(py, cell, what);
}
