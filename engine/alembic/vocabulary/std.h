/* Values of Python's standard library: private to std_*.c. */
#pragma once
#include "engine/alembic/vocabulary/vocab.h"

extern const struct py_type std_type_date, std_type_time, std_type_datetime, std_type_timedelta,
    std_type_timezone, std_type_decimal, std_type_uuid;

/* date, time and datetime; the offset only for an aware one. */
struct std_moment {
    struct py_instance head;
    struct sql_time t;
    const char *zone; /* name of its timezone, NULL: by offset */
};
struct std_timedelta {
    struct py_instance head;
    int64_t microseconds; /* in all */
};
struct std_timezone {
    struct py_instance head;
    int offset_seconds;
    const char *name; /* NULL: UTC+hh:mm */
};
struct std_uuid {
    struct py_instance head;
    char hex[33];
};
struct std_decimal {
    struct py_instance head;
    const char *text; /* as str() gives it */
};

/* Tables of names, one a module; ends with {0}. */
extern const struct py_def std_datetime_defs[], std_uuid_defs[], std_json_defs[], std_decimal_defs[],
    std_enum_defs[], std_re_defs[], std_logging_defs[], std_warnings_defs[], std_typing_defs[], std_os_defs[],
    std_os_path_defs[], std_sys_defs[], std_time_defs[], std_loguru_defs[], std_oslo_log_defs[],
    std_structlog_defs[], std_library_defs[];
pyv std_typing_getattr(struct py *py, const char *name);

#define STD_DAY ((int64_t)86400 * 1000000) /* microseconds */
static inline int64_t std_floor_div(int64_t a, int64_t b)
{
    int64_t q = a / b;
    return a % b != 0 && (a < 0) != (b < 0) ? q - 1 : q;
}
static inline int std_order(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}
static inline struct std_timedelta *std_delta_of(pyv v) /* NULL: it is none */
{
    return py_is(v, &std_type_timedelta) ? (struct std_timedelta *)(void *)v : NULL;
}
pyv std_timezone_new(struct py *py, int offset, const char *name);
/* "+01:30" */
void std_offset_text(struct strbuf *out, int seconds);
/* tzinfo= of a constructor: None or a timezone. 0 or -1. */
int std_read_zone(struct py *py, pyv v, struct sql_time *t, const char **name);

/* Days since 0001-01-01 (which is 1), and back. */
int64_t std_days(int year, int month, int day);
void std_civil(int64_t days, int *year, int *month, int *day);
bool std_date_valid(int year, int month, int day);
pyv std_decimal_new(struct py *py, struct slice text);
bool std_enum_value(struct py *py, pyv v, struct sql_value *out); /* a member of an enum class */
pyv std_timedelta_new(struct py *py, int64_t microseconds);
pyv std_moment_new(struct py *py, const struct py_type *type, const struct sql_time *t, const char *zone);
/* strftime and strptime (std_datetime_format.c). */
pyv std_strftime(struct py *py, const struct std_moment *m, struct slice format);
pyv std_strptime(struct py *py, struct slice text, struct slice format);
/* isoformat: with sep between date and time. */
bool std_iso_parse(struct slice text, bool date, bool clock, struct sql_time *out);
void std_iso(struct strbuf *out, const struct std_moment *m, char sep);
