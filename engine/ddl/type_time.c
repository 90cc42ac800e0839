/* Dates and times as texts: isoformat(), and the storage formats of SQLite. */
#include "engine/ddl/type_literal.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static void add_offset(struct strbuf *out, const struct sql_time *t)
{
    if (!t->has_offset) {
        return;
    }
    int seconds = abs(t->offset_seconds);
    strbuf_addf(out, "%c%02d:%02d", t->offset_seconds < 0 ? '-' : '+', seconds / 3600, seconds / 60 % 60);
    if (seconds % 60) {
        strbuf_addf(out, ":%02d", seconds % 60);
    }
}

void sql_time_text(struct strbuf *out, const struct sql_value *v, char separator)
{
    const struct sql_time *t = &v->time;
    if (v->kind != SQL_VALUE_TIME) {
        strbuf_addf(out, "%04d-%02d-%02d", t->year, t->month, t->day);
    }
    if (v->kind == SQL_VALUE_DATETIME) {
        strbuf_addch(out, separator);
    }
    if (v->kind != SQL_VALUE_DATE) {
        strbuf_addf(out, "%02d:%02d:%02d", t->hour, t->minute, t->second);
        if (t->microsecond) {
            strbuf_addf(out, ".%06d", t->microsecond);
        }
        add_offset(out, t);
    }
}

/* One %(name)0Nd of a storage format; NULL: another conversion. */
static const char *format_field(struct strbuf *out, const char *p, const struct sql_time *t)
{
    const struct {
        const char *name;
        int value;
    } fields[] = {{"year", t->year},
                  {"month", t->month},
                  {"day", t->day},
                  {"hour", t->hour},
                  {"minute", t->minute},
                  {"second", t->second},
                  {"microsecond", t->microsecond}};
    const char *end = strchr(p, ')');
    for (size_t i = 0; end && i < sizeof(fields) / sizeof(*fields); i++) {
        size_t n = strlen(fields[i].name);
        if ((size_t)(end - p) != n || strncmp(p, fields[i].name, n) != 0) {
            continue;
        }
        const char *q = end + 1;
        bool zero = *q == '0';
        char *after;
        long width = isdigit((unsigned char)*q) ? strtol(q, &after, 10) : 0;
        q = isdigit((unsigned char)*q) ? after : q;
        if (*q != 'd' || width > 32) {
            return NULL;
        }
        strbuf_addf(out, zero ? "%0*d" : "%*d", (int)width, fields[i].value);
        return q + 1;
    }
    return NULL;
}

bool sql_time_format(struct strbuf *out, const char *format, const struct sql_value *v)
{
    for (const char *p = format; *p;) {
        if (*p != '%') {
            strbuf_addch(out, *p++);
        } else if (p[1] == '%') {
            strbuf_addch(out, '%');
            p += 2;
        } else {
            p = p[1] == '(' ? format_field(out, p + 2, &v->time) : NULL;
            if (!p) {
                return false;
            }
        }
    }
    return true;
}

const char *sql_storage_format(const struct ddl_type *t)
{
    if (t->storage_format) {
        return t->storage_format;
    }
    switch (t->class->affinity) {
    case AFFINITY_DATE:
        return "%(year)04d-%(month)02d-%(day)02d";
    case AFFINITY_TIME:
        return "%(hour)02d:%(minute)02d:%(second)02d.%(microsecond)06d";
    default:
        return "%(year)04d-%(month)02d-%(day)02d %(hour)02d:%(minute)02d:%(second)02d.%(microsecond)06d";
    }
}
