/* The module datetime: date, time and datetime, naive or with a fixed offset from UTC. */
#include "base/file.h"
#include "engine/alembic/python/py_builtin.h"
#include "engine/alembic/vocabulary/std.h"
#include <math.h>

#define MAX_DAY 3652059 /* 9999-12-31 */

static bool leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int days_in(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && leap(year) ? 29 : days[month - 1];
}

bool std_date_valid(int year, int month, int day)
{
    return year >= 1 && year <= 9999 && month >= 1 && month <= 12 && day >= 1 && day <= days_in(year, month);
}

int64_t std_days(int year, int month, int day)
{
    int64_t y = year - 1, days = y * 365 + y / 4 - y / 100 + y / 400;
    for (int m = 1; m < month; m++) {
        days += days_in(year, m);
    }
    return days + day;
}

void std_civil(int64_t days, int *year, int *month, int *day)
{
    int64_t y = (days - 1) * 400 / 146097 + 1;
    while (std_days((int)y, 1, 1) > days) {
        y--;
    }
    while (std_days((int)y + 1, 1, 1) <= days) {
        y++;
    }
    int64_t left = days - std_days((int)y, 1, 1);
    int m = 1;
    while (left >= days_in((int)y, m)) {
        left -= days_in((int)y, m++);
    }
    *year = (int)y;
    *month = m;
    *day = (int)left + 1;
}

static struct std_moment *moment_of(pyv v)
{
    return (struct std_moment *)(void *)v;
}

static bool is_moment(pyv v)
{
    return py_is(v, &std_type_date) || py_is(v, &std_type_datetime) || py_is(v, &std_type_time);
}

pyv std_moment_new(struct py *py, const struct py_type *type, const struct sql_time *t, const char *zone)
{
    struct std_moment *m = py_object_new(py, type, sizeof(*m));
    if (m) {
        m->t = *t;
        m->zone = zone;
    }
    return (pyv)m;
}

/* --- date, time, datetime --- */

static int read_int(struct py *py, pyv v, int *out)
{
    int64_t n;
    if (!v) {
        return 0;
    }
    if (!py_as_int(v, &n)) {
        py_raise(py, "TypeError", "'%s' object cannot be interpreted as an integer", v->type->name);
        return -1;
    }
    *out = n < -1 ? -1 : n > 100000000 ? 100000000 : (int)n;
    return 0;
}

static int check_moment(struct py *py, const struct sql_time *t, bool date, bool clock)
{
    const char *wrong = NULL;
    if (date && (t->year < 1 || t->year > 9999)) {
        py_raise(py, "ValueError", "year %d is out of range", t->year);
        return -1;
    }
    if (date && (t->month < 1 || t->month > 12)) {
        wrong = "month must be in 1..12";
    } else if (date && !std_date_valid(t->year, t->month, t->day)) {
        wrong = "day is out of range for month";
    } else if (clock && (t->hour < 0 || t->hour > 23)) {
        wrong = "hour must be in 0..23";
    } else if (clock && (t->minute < 0 || t->minute > 59)) {
        wrong = "minute must be in 0..59";
    } else if (clock && (t->second < 0 || t->second > 59)) {
        wrong = "second must be in 0..59";
    } else if (clock && (t->microsecond < 0 || t->microsecond > 999999)) {
        wrong = "microsecond must be in 0..999999";
    }
    if (wrong) {
        py_raise(py, "ValueError", "%s", wrong);
    }
    return wrong ? -1 : 0;
}

static const struct py_arg moment_args[] = {{.name = "year"},         {.name = "month"},
                                            {.name = "day"},          {.name = "hour"},
                                            {.name = "minute"},       {.name = "second"},
                                            {.name = "microsecond"},  {.name = "tzinfo"},
                                            {"fold", PY_ARG_KEYWORD}, {0}};
enum { ARG_YEAR, ARG_MONTH, ARG_DAY, ARG_HOUR, ARG_MINUTE, ARG_SECOND, ARG_MICRO, ARG_ZONE, ARG_FOLD, NARGS };

static int read_fields(struct py *py, pyv *out, struct sql_time *t, const char **zone)
{
    int *fields[] = {&t->year, &t->month, &t->day, &t->hour, &t->minute, &t->second, &t->microsecond};
    for (size_t i = 0; i < COUNT_OF(fields); i++) {
        if (read_int(py, out[i], fields[i])) {
            return -1;
        }
    }
    return out[ARG_ZONE] ? (t->has_offset = false, std_read_zone(py, out[ARG_ZONE], t, zone)) : 0;
}

static pyv construct(struct py *py, const struct py_type *type, const struct py_type *as,
                     const char *function, const struct py_args *args, size_t first, size_t end,
                     size_t required)
{
    struct py_arg table[NARGS + 1] = {{0}};
    pyv out[NARGS] = {NULL};
    for (size_t i = first; i < end; i++) {
        table[i - first] = moment_args[i];
        table[i - first].flags |= i - first < required ? PY_ARG_REQUIRED : 0;
    }
    (void)type;
    if (py_bind(py, function, args, table, out + first, NULL, NULL)) {
        return NULL;
    }
    struct sql_time t = {0};
    const char *zone = NULL;
    if (read_fields(py, out, &t, &zone) || check_moment(py, &t, first == 0, end > ARG_HOUR)) {
        return NULL;
    }
    return std_moment_new(py, as, &t, zone);
}

static pyv date_construct(struct py *py, const struct py_type *type, const struct py_args *args)
{
    return construct(py, type, &std_type_date, "date", args, ARG_YEAR, ARG_HOUR, 3);
}

static pyv time_construct(struct py *py, const struct py_type *type, const struct py_args *args)
{
    return construct(py, type, &std_type_time, "time", args, ARG_HOUR, NARGS, 0);
}

static pyv datetime_construct(struct py *py, const struct py_type *type, const struct py_args *args)
{
    return construct(py, type, &std_type_datetime, "datetime", args, ARG_YEAR, NARGS, 3);
}

static pyv replace(struct py *py, pyv self, const struct py_args *args)
{
    pyv out[NARGS] = {NULL};
    const struct std_moment *m = moment_of(self);
    bool date = !py_is(self, &std_type_time),
         clock = !py_is(self, &std_type_date) || py_is(self, &std_type_datetime);
    if (args->npos && !date) {
        return py_refuse(py, "time.replace() with positional arguments");
    }
    if (py_bind(py, "replace", args, moment_args, out, NULL, NULL)) {
        return NULL;
    }
    struct sql_time t = m->t;
    const char *zone = m->zone;
    if (read_fields(py, out, &t, &zone) || check_moment(py, &t, date, clock)) {
        return NULL;
    }
    return std_moment_new(py, self->type, &t, zone);
}

/* Microseconds since the day before 0001-01-01, in the moment's own time. */
static int64_t local_us(const struct sql_time *t)
{
    int64_t days = t->year ? std_days(t->year, t->month, t->day) : 0;
    return days * STD_DAY + ((int64_t)(t->hour * 60 + t->minute) * 60 + t->second) * 1000000 + t->microsecond;
}

static bool from_us(int64_t us, struct sql_time *t)
{
    int64_t days = std_floor_div(us, STD_DAY), rest = us - days * STD_DAY;
    if (days < 1 || days > MAX_DAY) {
        return false;
    }
    std_civil(days, &t->year, &t->month, &t->day);
    t->microsecond = (int)(rest % 1000000);
    rest /= 1000000;
    t->second = (int)(rest % 60);
    t->minute = (int)(rest / 60 % 60);
    t->hour = (int)(rest / 3600);
    return true;
}

static int64_t utc_us(const struct sql_time *t)
{
    return local_us(t) - (int64_t)t->offset_seconds * 1000000;
}

#define EPOCH (std_days(1970, 1, 1) * STD_DAY)

/* A naive one keeps no offset: it only moves the clock. */
static pyv datetime_at(struct py *py, int64_t us, bool aware, int offset, const char *zone)
{
    struct sql_time t = {.has_offset = aware, .offset_seconds = offset};
    if (!from_us(us + EPOCH + (int64_t)offset * 1000000, &t)) {
        return py_raise(py, "OverflowError", "date value out of range");
    }
    t.offset_seconds = aware ? offset : 0;
    return std_moment_new(py, &std_type_datetime, &t, zone);
}

/* The machine's own offset at that instant. */
static int local_offset(int64_t us)
{
    time_t at = (time_t)std_floor_div(us, 1000000);
    struct tm tm;
    return localtime_r(&at, &tm) ? (int)tm.tm_gmtoff : 0;
}

static pyv at_instant(struct py *py, int64_t us, pyv zone)
{
    struct sql_time t = {0};
    const char *name;
    if (std_read_zone(py, zone, &t, &name)) {
        return NULL;
    }
    return t.has_offset ? datetime_at(py, us, true, t.offset_seconds, name)
                        : datetime_at(py, us, false, local_offset(us), NULL);
}

static pyv now(struct py *py, UNUSED pyv self, const struct py_args *args)
{
    pyv zone = NULL;
    if (py_bind(py, "now", args, (const struct py_arg[]){{.name = "tz"}, {0}}, &zone, NULL, NULL)) {
        return NULL;
    }
    return at_instant(py, time_now_us(), zone);
}

static pyv utcnow(struct py *py, UNUSED pyv self, UNUSED const struct py_args *args)
{
    return datetime_at(py, time_now_us(), false, 0, NULL);
}

static pyv today(struct py *py, pyv self, UNUSED const struct py_args *args)
{
    pyv moment = at_instant(py, time_now_us(), NULL);
    if (!moment || (const void *)self == (const void *)&std_type_datetime) {
        return moment;
    }
    struct sql_time t = moment_of(moment)->t;
    t.hour = t.minute = t.second = t.microsecond = t.offset_seconds = 0;
    return std_moment_new(py, &std_type_date, &t, NULL);
}

static int timestamp_us(struct py *py, pyv v, int64_t *us)
{
    int64_t n;
    if (py_as_int(v, &n) && n > -100000000000 && n < 300000000000) {
        *us = n * 1000000;
        return 0;
    }
    if (py_is(v, &py_type_float) && fabs(((struct py_float *)(void *)v)->value) < 3e11) {
        *us = (int64_t)nearbyint(((struct py_float *)(void *)v)->value * 1e6);
        return 0;
    }
    py_raise(py, "ValueError", "timestamp is out of range");
    return -1;
}

static pyv fromtimestamp(struct py *py, UNUSED pyv self, const struct py_args *args)
{
    pyv out[2] = {NULL};
    int64_t us;
    if (py_bind(py, "fromtimestamp", args,
                (const struct py_arg[]){{"timestamp", PY_ARG_REQUIRED}, {.name = "tz"}, {0}}, out, NULL,
                NULL) ||
        timestamp_us(py, out[0], &us)) {
        return NULL;
    }
    return at_instant(py, us, out[1]);
}

static pyv utcfromtimestamp(struct py *py, UNUSED pyv self, const struct py_args *args)
{
    pyv v = NULL;
    int64_t us;
    if (py_bind(py, "utcfromtimestamp", args, (const struct py_arg[]){{"timestamp", PY_ARG_REQUIRED}, {0}},
                &v, NULL, NULL) ||
        timestamp_us(py, v, &us)) {
        return NULL;
    }
    return datetime_at(py, us, false, 0, NULL);
}

static pyv timestamp(struct py *py, pyv self, UNUSED const struct py_args *args)
{
    const struct sql_time *t = &moment_of(self)->t;
    int64_t us = utc_us(t) - EPOCH;
    if (!t->has_offset) {
        us -= (int64_t)local_offset(us) * 1000000;
    }
    return py_float_new(py, (double)us / 1e6);
}

static pyv astimezone(struct py *py, pyv self, const struct py_args *args)
{
    pyv zone = NULL;
    if (py_bind(py, "astimezone", args, (const struct py_arg[]){{.name = "tz"}, {0}}, &zone, NULL, NULL)) {
        return NULL;
    }
    const struct sql_time *t = &moment_of(self)->t;
    if (!zone || py_is_none(zone) || !t->has_offset) {
        return py_refuse(py, "astimezone() to or from the machine's own time");
    }
    return at_instant(py, utc_us(t) - EPOCH, zone);
}

static pyv combine(struct py *py, UNUSED pyv self, const struct py_args *args)
{
    pyv out[3] = {NULL};
    if (py_bind(py, "combine", args,
                (const struct py_arg[]){
                    {"date", PY_ARG_REQUIRED}, {"time", PY_ARG_REQUIRED}, {.name = "tzinfo"}, {0}},
                out, NULL, NULL)) {
        return NULL;
    }
    if (!py_is(out[0], &std_type_date) || !py_is(out[1], &std_type_time)) {
        return py_raise(py, "TypeError", "combine() takes a date and a time");
    }
    struct sql_time t = moment_of(out[1])->t;
    const char *zone = moment_of(out[1])->zone;
    t.year = moment_of(out[0])->t.year;
    t.month = moment_of(out[0])->t.month;
    t.day = moment_of(out[0])->t.day;
    if (out[2]) {
        t.has_offset = false;
        t.offset_seconds = 0;
        if (std_read_zone(py, out[2], &t, &zone)) {
            return NULL;
        }
    }
    return std_moment_new(py, &std_type_datetime, &t, zone);
}

static pyv fromordinal(struct py *py, pyv self, const struct py_args *args)
{
    pyv v = NULL;
    int64_t n;
    if (py_bind(py, "fromordinal", args, (const struct py_arg[]){{"n", PY_ARG_REQUIRED}, {0}}, &v, NULL,
                NULL)) {
        return NULL;
    }
    if (!py_as_int(v, &n) || n < 1 || n > MAX_DAY) {
        return py_raise(py, "ValueError", "ordinal must be >= 1");
    }
    struct sql_time t = {0};
    std_civil(n, &t.year, &t.month, &t.day);
    return std_moment_new(py, (const struct py_type *)(const void *)self, &t, NULL);
}

static pyv fromisoformat(struct py *py, pyv self, const struct py_args *args)
{
    pyv v = NULL;
    if (py_bind(py, "fromisoformat", args, (const struct py_arg[]){{"date_string", PY_ARG_REQUIRED}, {0}}, &v,
                NULL, NULL)) {
        return NULL;
    }
    if (!py_text(v).ptr) {
        return py_raise(py, "TypeError", "fromisoformat: argument must be str");
    }
    const struct py_type *type = (const struct py_type *)(const void *)self;
    struct sql_time t = {0};
    const char *zone = NULL;
    if (!std_iso_parse(py_text(v), type != &std_type_time, type != &std_type_date, &t)) {
        return py_raise(py, "ValueError", "Invalid isoformat string: %s", py_repr_of(py, v));
    }
    if (check_moment(py, &t, type != &std_type_time, type != &std_type_date)) {
        return NULL;
    }
    return std_moment_new(py, type, &t, zone);
}

static pyv strptime_method(struct py *py, UNUSED pyv self, const struct py_args *args)
{
    pyv out[2] = {NULL};
    if (py_bind(py, "strptime", args,
                (const struct py_arg[]){{"date_string", PY_ARG_REQUIRED}, {"format", PY_ARG_REQUIRED}, {0}},
                out, NULL, NULL)) {
        return NULL;
    }
    return std_strptime(py, py_text(out[0]), py_text(out[1]));
}

static pyv strftime_method(struct py *py, pyv self, const struct py_args *args)
{
    pyv format = NULL;
    if (py_bind(py, "strftime", args, (const struct py_arg[]){{"format", PY_ARG_REQUIRED}, {0}}, &format,
                NULL, NULL)) {
        return NULL;
    }
    return std_strftime(py, moment_of(self), py_text(format));
}

static pyv isoformat(struct py *py, pyv self, const struct py_args *args)
{
    pyv out[2] = {NULL};
    if (py_bind(py, "isoformat", args, (const struct py_arg[]){{.name = "sep"}, {.name = "timespec"}, {0}},
                out, NULL, NULL)) {
        return NULL;
    }
    struct slice sep = out[0] ? py_text(out[0]) : SLICE("T");
    if (sep.len != 1) {
        return py_raise(py, "TypeError", "isoformat() argument 1 must be a unicode character, not str");
    }
    struct std_moment m = *moment_of(self);
    AUTO(strbuf_release) struct strbuf text = STRBUF_INIT;
    const char *spec = out[1] ? py_cstr(py, out[1]) : "auto";
    bool seconds = strcmp(spec, "seconds") == 0;
    if (!seconds && strcmp(spec, "auto") != 0) {
        return py_refuse(py, "isoformat(timespec=...) but for \"seconds\"");
    }
    m.t.microsecond = seconds ? 0 : m.t.microsecond;
    std_iso(&text, &m, sep.ptr[0]);
    return py_str_new(py, (struct slice){strbuf_cstr(&text), text.len});
}

static pyv date_part(struct py *py, pyv self, UNUSED const struct py_args *args)
{
    struct sql_time t = moment_of(self)->t, date = {.year = t.year, .month = t.month, .day = t.day};
    return std_moment_new(py, &std_type_date, &date, NULL);
}

static pyv time_part(struct py *py, pyv self, UNUSED const struct py_args *args)
{
    struct sql_time t = moment_of(self)->t;
    t.year = t.month = t.day = t.offset_seconds = 0;
    t.has_offset = false;
    return std_moment_new(py, &std_type_time, &t, NULL);
}

static pyv toordinal(struct py *py, pyv self, UNUSED const struct py_args *args)
{
    const struct sql_time *t = &moment_of(self)->t;
    return py_int_new(py, std_days(t->year, t->month, t->day));
}

static pyv weekday(struct py *py, pyv self, UNUSED const struct py_args *args)
{
    const struct sql_time *t = &moment_of(self)->t;
    return py_int_new(py, (std_days(t->year, t->month, t->day) + 6) % 7);
}

static pyv isoweekday(struct py *py, pyv self, UNUSED const struct py_args *args)
{
    const struct sql_time *t = &moment_of(self)->t;
    return py_int_new(py, (std_days(t->year, t->month, t->day) + 6) % 7 + 1);
}

#define FIELD(name)                                                                                          \
    static pyv get_##name(struct py *py, pyv self, UNUSED const struct py_args *args)                        \
    {                                                                                                        \
        return py_int_new(py, moment_of(self)->t.name);                                                      \
    }
FIELD(year)
FIELD(month)
FIELD(day)
FIELD(hour)
FIELD(minute)
FIELD(second)
FIELD(microsecond)

static pyv tzinfo(struct py *py, pyv self, UNUSED const struct py_args *args)
{
    const struct std_moment *m = moment_of(self);
    return m->t.has_offset ? std_timezone_new(py, m->t.offset_seconds, m->zone) : &py_none;
}

static pyv utcoffset(struct py *py, pyv self, UNUSED const struct py_args *args)
{
    const struct std_moment *m = moment_of(self);
    return m->t.has_offset ? std_timedelta_new(py, (int64_t)m->t.offset_seconds * 1000000) : &py_none;
}

void std_iso(struct strbuf *out, const struct std_moment *m, char sep)
{
    bool clock = m->head.head.type != &std_type_date;
    if (m->t.year) {
        strbuf_addf(out, "%04d-%02d-%02d", m->t.year, m->t.month, m->t.day);
    }
    if (clock) {
        if (m->t.year) {
            strbuf_addch(out, sep);
        }
        strbuf_addf(out, "%02d:%02d:%02d", m->t.hour, m->t.minute, m->t.second);
        if (m->t.microsecond) {
            strbuf_addf(out, ".%06d", m->t.microsecond);
        }
        if (m->t.has_offset) {
            std_offset_text(out, m->t.offset_seconds);
        }
    }
}

static int moment_str(UNUSED struct py *py, pyv self, struct strbuf *out)
{
    std_iso(out, moment_of(self), ' ');
    return 0;
}

static int moment_repr(struct py *py, pyv self, struct strbuf *out)
{
    const struct sql_time *t = &moment_of(self)->t;
    strbuf_addf(out, "datetime.%s(", self->type->name);
    if (t->year) {
        strbuf_addf(out, "%d, %d, %d", t->year, t->month, t->day);
    }
    if (self->type != &std_type_date) {
        strbuf_addf(out, "%s%d, %d", t->year ? ", " : "", t->hour, t->minute);
        if (t->second || t->microsecond) {
            strbuf_addf(out, ", %d", t->second);
        }
        if (t->microsecond) {
            strbuf_addf(out, ", %d", t->microsecond);
        }
        if (t->has_offset) {
            strbuf_adds(out, ", tzinfo=");
            pyv zone = tzinfo(py, self, NULL);
            if (!zone || py_repr(py, zone, out)) {
                return -1;
            }
        }
    }
    strbuf_addch(out, ')');
    return 0;
}

static pyv shift(struct py *py, pyv moment, int64_t by)
{
    struct sql_time t = moment_of(moment)->t;
    bool clock = py_is(moment, &std_type_datetime);
    if (!clock) {
        by = std_floor_div(by, STD_DAY) * STD_DAY;
    }
    if (!from_us(local_us(&t) + by, &t)) {
        return py_raise(py, "OverflowError", "date value out of range");
    }
    return std_moment_new(py, moment->type, &t, moment_of(moment)->zone);
}

static pyv moment_binary(struct py *py, enum py_op op, pyv left, pyv right)
{
    struct std_timedelta *a = std_delta_of(left), *b = std_delta_of(right);
    if (op == PY_OP_ADD && (a || b)) {
        pyv moment = a ? right : left;
        return py_is(moment, &std_type_time) || !is_moment(moment)
                   ? &py_not_implemented
                   : shift(py, moment, (a ? a : b)->microseconds);
    }
    if (op != PY_OP_SUB || !is_moment(left) || py_is(left, &std_type_time)) {
        return &py_not_implemented;
    }
    if (b) {
        return shift(py, left, -b->microseconds);
    }
    if (!is_moment(right) || py_is(left, &std_type_datetime) != py_is(right, &std_type_datetime) ||
        py_is(right, &std_type_time)) {
        return &py_not_implemented;
    }
    const struct sql_time *x = &moment_of(left)->t, *y = &moment_of(right)->t;
    if (x->has_offset != y->has_offset) {
        return py_raise(py, "TypeError", "can't subtract offset-naive and offset-aware datetimes");
    }
    return std_timedelta_new(py, utc_us(x) - utc_us(y));
}

static pyv moment_compare(struct py *py, enum py_op op, pyv left, pyv right)
{
    bool same = is_moment(left) && is_moment(right) &&
                py_is(left, &std_type_datetime) == py_is(right, &std_type_datetime) &&
                py_is(left, &std_type_time) == py_is(right, &std_type_time);
    if (!same) {
        return &py_not_implemented;
    }
    const struct sql_time *x = &moment_of(left)->t, *y = &moment_of(right)->t;
    if (x->has_offset != y->has_offset) {
        if (op == PY_OP_EQ || op == PY_OP_NE) {
            return py_bool(op == PY_OP_NE);
        }
        return py_raise(py, "TypeError", "can't compare offset-naive and offset-aware %ss",
                        py_is(left, &std_type_time) ? "time" : "datetime");
    }
    return py_compare_result(op, std_order(utc_us(x), utc_us(y)));
}

static int moment_hash(UNUSED struct py *py, pyv self, uint64_t *out)
{
    *out = (uint64_t)utc_us(&moment_of(self)->t) * 0x9E3779B97F4A7C15u;
    return 0;
}

static pyv least(struct py *py, UNUSED pyv self, UNUSED const struct py_args *args)
{
    return std_moment_new(py, &std_type_datetime, &(struct sql_time){.year = 1, .month = 1, .day = 1}, NULL);
}

static pyv greatest(struct py *py, UNUSED pyv self, UNUSED const struct py_args *args)
{
    static const struct sql_time t = {
        .year = 9999, .month = 12, .day = 31, .hour = 23, .minute = 59, .second = 59, .microsecond = 999999};
    return std_moment_new(py, &std_type_datetime, &t, NULL);
}

#define DATE_DEFS                                                                                            \
    {"year", PY_DEF_PROPERTY, get_year, NULL, NULL}, {"month", PY_DEF_PROPERTY, get_month, NULL, NULL},      \
        {"day", PY_DEF_PROPERTY, get_day, NULL, NULL}, {"today", PY_DEF_CLASS_METHOD, today, NULL, NULL},    \
        {"fromordinal", PY_DEF_CLASS_METHOD, fromordinal, NULL, NULL},                                       \
        {"toordinal", PY_DEF_METHOD, toordinal, NULL, NULL},                                                 \
        {"weekday", PY_DEF_METHOD, weekday, NULL, NULL},                                                     \
    {                                                                                                        \
        "isoweekday", PY_DEF_METHOD, isoweekday, NULL, NULL                                                  \
    }
#define CLOCK_DEFS                                                                                           \
    {"hour", PY_DEF_PROPERTY, get_hour, NULL, NULL}, {"minute", PY_DEF_PROPERTY, get_minute, NULL, NULL},    \
        {"second", PY_DEF_PROPERTY, get_second, NULL, NULL},                                                 \
        {"microsecond", PY_DEF_PROPERTY, get_microsecond, NULL, NULL},                                       \
        {"tzinfo", PY_DEF_PROPERTY, tzinfo, NULL, NULL},                                                     \
    {                                                                                                        \
        "utcoffset", PY_DEF_METHOD, utcoffset, NULL, NULL                                                    \
    }
#define COMMON_DEFS                                                                                          \
    {"replace", PY_DEF_METHOD, replace, NULL, NULL}, {"isoformat", PY_DEF_METHOD, isoformat, NULL, NULL},    \
        {"strftime", PY_DEF_METHOD, strftime_method, NULL, NULL},                                            \
    {                                                                                                        \
        "fromisoformat", PY_DEF_CLASS_METHOD, fromisoformat, NULL, NULL                                      \
    }

static const struct py_def date_defs[] = {DATE_DEFS, COMMON_DEFS, {0}};
static const struct py_def time_defs[] = {CLOCK_DEFS, COMMON_DEFS, {0}};
static const struct py_def datetime_defs[] = {
    DATE_DEFS,
    CLOCK_DEFS,
    COMMON_DEFS,
    {"min", PY_DEF_VALUE, least, NULL, NULL},
    {"max", PY_DEF_VALUE, greatest, NULL, NULL},
    {"now", PY_DEF_CLASS_METHOD, now, NULL, NULL},
    {"utcnow", PY_DEF_CLASS_METHOD, utcnow, NULL, NULL},
    {"fromtimestamp", PY_DEF_CLASS_METHOD, fromtimestamp, NULL, NULL},
    {"utcfromtimestamp", PY_DEF_CLASS_METHOD, utcfromtimestamp, NULL, NULL},
    {"timestamp", PY_DEF_METHOD, timestamp, NULL, NULL},
    {"astimezone", PY_DEF_METHOD, astimezone, NULL, NULL},
    {"combine", PY_DEF_CLASS_METHOD, combine, NULL, NULL},
    {"strptime", PY_DEF_CLASS_METHOD, strptime_method, NULL, NULL},
    {"date", PY_DEF_METHOD, date_part, NULL, NULL},
    {"time", PY_DEF_METHOD, time_part, NULL, NULL},
    {0},
};

#define MOMENT_SLOTS                                                                                         \
    .repr = moment_repr, .str = moment_str, .binary = moment_binary, .compare = moment_compare,              \
    .hash = moment_hash

const struct py_type std_type_date = {.head = PY_TYPE_HEAD,
                                      .name = "date",
                                      .module = "datetime",
                                      .defs = date_defs,
                                      .construct = date_construct,
                                      MOMENT_SLOTS};
const struct py_type std_type_time = {.head = PY_TYPE_HEAD,
                                      .name = "time",
                                      .module = "datetime",
                                      .defs = time_defs,
                                      .construct = time_construct,
                                      MOMENT_SLOTS};
const struct py_type std_type_datetime = {.head = PY_TYPE_HEAD,
                                          .name = "datetime",
                                          .module = "datetime",
                                          .base = &std_type_date,
                                          .defs = datetime_defs,
                                          .construct = datetime_construct,
                                          MOMENT_SLOTS};

static pyv utc_value(struct py *py, UNUSED pyv self, UNUSED const struct py_args *args)
{
    return std_timezone_new(py, 0, NULL);
}

const struct py_def std_datetime_defs[] = {
    {"date", PY_DEF_TYPE, NULL, &std_type_date, NULL},
    {"time", PY_DEF_TYPE, NULL, &std_type_time, NULL},
    {"datetime", PY_DEF_TYPE, NULL, &std_type_datetime, NULL},
    {"timedelta", PY_DEF_TYPE, NULL, &std_type_timedelta, NULL},
    {"timezone", PY_DEF_TYPE, NULL, &std_type_timezone, NULL},
    {"UTC", PY_DEF_VALUE, utc_value, NULL, NULL},
    {"tzinfo", PY_DEF_REFUSED, NULL, NULL, "a timezone class of its own"},
    {0},
};
