/* Values as messages show them: Python's repr(). */
#include "engine/ddl/type_literal.h"
#include <inttypes.h>
#include <string.h>

static void repr_text(struct strbuf *out, struct slice s, bool bytes)
{
    bool quote = memchr(s.ptr ? s.ptr : "", '\'', s.len) && !memchr(s.ptr, '"', s.len);
    char mark = quote ? '"' : '\'';
    strbuf_adds(out, bytes ? "b" : "");
    strbuf_addch(out, mark);
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if (c == '\\' || c == (unsigned char)mark) {
            strbuf_addf(out, "\\%c", c);
        } else if (c == '\n' || c == '\t' || c == '\r') {
            strbuf_addf(out, "\\%c", c == '\n' ? 'n' : c == '\t' ? 't' : 'r');
        } else if (c < 32 || c == 127 || (bytes && c > 127)) {
            strbuf_addf(out, "\\x%02x", c);
        } else {
            strbuf_addch(out, (char)c);
        }
    }
    strbuf_addch(out, mark);
}

static void repr_time(struct strbuf *out, const struct sql_value *v)
{
    const struct sql_time *t = &v->time;
    if (v->kind == SQL_VALUE_DATE) {
        strbuf_addf(out, "datetime.date(%d, %d, %d)", t->year, t->month, t->day);
        return;
    }
    if (v->kind == SQL_VALUE_TIME) {
        strbuf_addf(out, "datetime.time(%d, %d", t->hour, t->minute);
    } else {
        strbuf_addf(out, "datetime.datetime(%d, %d, %d, %d, %d", t->year, t->month, t->day, t->hour,
                    t->minute);
    }
    if (t->second || t->microsecond) {
        strbuf_addf(out, ", %d", t->second);
    }
    if (t->microsecond) {
        strbuf_addf(out, ", %d", t->microsecond);
    }
    strbuf_adds(out, ")");
}

static void repr_interval(struct strbuf *out, int64_t microseconds)
{
    const int64_t day = INT64_C(86400000000);
    int64_t days = microseconds / day, rest = microseconds % day;
    if (rest < 0) {
        rest += day;
        days--;
    }
    const struct {
        const char *name;
        int64_t value;
    } parts[] = {{"days", days}, {"seconds", rest / 1000000}, {"microseconds", rest % 1000000}};
    const char *comma = "";
    strbuf_adds(out, "datetime.timedelta(");
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        if (parts[i].value) {
            strbuf_addf(out, "%s%s=%" PRId64, comma, parts[i].name, parts[i].value);
            comma = ", ";
        }
    }
    strbuf_adds(out, microseconds ? ")" : "0)");
}

/* One string of JSON at s.ptr[*i] as Python shows it; *i goes past it. */
static void repr_json_string(struct strbuf *out, struct slice s, size_t *i)
{
    struct strbuf text = STRBUF_INIT;
    for (++*i; *i < s.len && s.ptr[*i] != '"'; ++*i) {
        static const char escapes[] = "n\nt\tr\rb\bf\f";
        char c = s.ptr[*i];
        if (c == '\\' && *i + 1 < s.len) {
            c = s.ptr[++*i];
            for (const char *p = escapes; *p; p += 2) {
                if (*p == c) {
                    c = p[1];
                    break;
                }
            }
            if (c == 'u') { /* as it is: only messages show it */
                strbuf_addch(&text, '\\');
            }
        }
        strbuf_addch(&text, c);
    }
    ++*i;
    repr_text(out, (struct slice){text.ptr, text.len}, false);
    strbuf_release(&text);
}

/* A dict or a list that came as JSON. */
static void repr_json(struct strbuf *out, struct slice s)
{
    static const struct {
        const char *json, *python;
    } words[] = {{"null", "None"}, {"true", "True"}, {"false", "False"}, {"NaN", "nan"}, {"Infinity", "inf"}};
    for (size_t i = 0; i < s.len;) {
        size_t n = 0;
        if (s.ptr[i] == '"') {
            repr_json_string(out, s, &i);
            continue;
        }
        for (size_t k = 0; k < COUNT_OF(words) && !n; k++) {
            if (slice_starts((struct slice){s.ptr + i, s.len - i}, words[k].json)) {
                strbuf_adds(out, words[k].python);
                n = strlen(words[k].json);
            }
        }
        if (!n) {
            strbuf_addch(out, s.ptr[i]);
        }
        i += n ? n : 1;
    }
}

void sql_value_repr(struct strbuf *out, const struct sql_value *v)
{
    switch (v->kind) {
    case SQL_VALUE_NULL:
        strbuf_adds(out, "None");
        break;
    case SQL_VALUE_BOOL:
        strbuf_adds(out, v->integer ? "True" : "False");
        break;
    case SQL_VALUE_INT:
        strbuf_addf(out, "%" PRId64, v->integer);
        break;
    case SQL_VALUE_FLOAT:
        sql_float_text(out, v->real);
        break;
    case SQL_VALUE_STR:
    case SQL_VALUE_BYTES:
        repr_text(out, v->text, v->kind == SQL_VALUE_BYTES);
        break;
    case SQL_VALUE_DATE:
    case SQL_VALUE_TIME:
    case SQL_VALUE_DATETIME:
        repr_time(out, v);
        break;
    case SQL_VALUE_DECIMAL:
        strbuf_addf(out, "Decimal('%.*s')", (int)v->text.len, v->text.ptr);
        break;
    case SQL_VALUE_LIST:
        strbuf_adds(out, v->tuple ? "(" : "[");
        for (size_t i = 0; i < v->n; i++) {
            strbuf_adds(out, i ? ", " : "");
            sql_value_repr(out, &v->items[i]);
        }
        strbuf_adds(out, v->tuple ? (v->n == 1 ? ",)" : ")") : "]");
        break;
    case SQL_VALUE_INTERVAL:
        repr_interval(out, v->microseconds);
        break;
    case SQL_VALUE_UUID:
        strbuf_adds(out, "UUID('");
        sql_uuid_text(out, v->text, true);
        strbuf_adds(out, "')");
        break;
    case SQL_VALUE_JSON:
        repr_json(out, v->text);
        break;
    case SQL_VALUE_ENUM:
    case SQL_VALUE_OBJECT:
        strbuf_add(out, v->text.ptr, v->text.len);
        break;
    }
}
