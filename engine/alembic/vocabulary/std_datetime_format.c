/* Texts of dates and times: strftime, strptime, and reading ISO 8601. */
#include "engine/alembic/vocabulary/std.h"
#include <strings.h>
#include <time.h>

static const char *const months[] = {"January", "February", "March",     "April",   "May",      "June",
                                     "July",    "August",   "September", "October", "November", "December"};
static const char *const weekdays[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                       "Friday", "Saturday", "Sunday"};

static void offset(struct strbuf *out, const struct sql_time *t)
{
    if (t->has_offset) {
        int n = t->offset_seconds < 0 ? -t->offset_seconds : t->offset_seconds;
        strbuf_addf(out, "%c%02d%02d", t->offset_seconds < 0 ? '-' : '+', n / 3600, n / 60 % 60);
    }
}

/* Days of the year before this one. */
static int year_day(const struct sql_time *t)
{
    return t->year ? (int)(std_days(t->year, t->month, t->day) - std_days(t->year, 1, 1)) : 0;
}

static bool directive(struct strbuf *out, const struct sql_time *t, char c)
{
    int weekday = t->year ? (int)((std_days(t->year, t->month, t->day) + 6) % 7) : 0;
    int month = t->month ? t->month : 1, hour = t->hour % 12 ? t->hour % 12 : 12;
    switch (c) {
    case 'Y':
        return strbuf_addf(out, "%d", t->year ? t->year : 1900), true;
    case 'y':
        return strbuf_addf(out, "%02d", (t->year ? t->year : 1900) % 100), true;
    case 'm':
        return strbuf_addf(out, "%02d", month), true;
    case 'd':
        return strbuf_addf(out, "%02d", t->day ? t->day : 1), true;
    case 'H':
        return strbuf_addf(out, "%02d", t->hour), true;
    case 'I':
        return strbuf_addf(out, "%02d", hour), true;
    case 'M':
        return strbuf_addf(out, "%02d", t->minute), true;
    case 'S':
        return strbuf_addf(out, "%02d", t->second), true;
    case 'f':
        return strbuf_addf(out, "%06d", t->microsecond), true;
    case 'j':
        return strbuf_addf(out, "%03d", year_day(t) + 1), true;
    case 'p':
        return strbuf_adds(out, t->hour < 12 ? "AM" : "PM"), true;
    case 'b':
        return strbuf_add(out, months[month - 1], 3), true;
    case 'B':
        return strbuf_adds(out, months[month - 1]), true;
    case 'a':
        return strbuf_add(out, weekdays[weekday], 3), true;
    case 'A':
        return strbuf_adds(out, weekdays[weekday]), true;
    case 'w':
        return strbuf_addf(out, "%d", (weekday + 1) % 7), true;
    case 'u':
        return strbuf_addf(out, "%d", weekday + 1), true;
    case 'z':
        return offset(out, t), true;
    case 'F':
        return strbuf_addf(out, "%04d-%02d-%02d", t->year ? t->year : 1900, month, t->day ? t->day : 1), true;
    case 'T':
        return strbuf_addf(out, "%02d:%02d:%02d", t->hour, t->minute, t->second), true;
    case '%':
        return strbuf_addch(out, '%'), true;
    default:
        return false;
    }
}

pyv std_strftime(struct py *py, const struct std_moment *m, struct slice format)
{
    AUTO(strbuf_release) struct strbuf out = STRBUF_INIT;
    if (!format.ptr) {
        return py_raise(py, "TypeError", "strftime() argument 1 must be str");
    }
    for (size_t i = 0; i < format.len; i++) {
        if (format.ptr[i] != '%') {
            strbuf_addch(&out, format.ptr[i]);
            continue;
        }
        if (++i == format.len || !directive(&out, &m->t, format.ptr[i])) {
            return py_refuse(py, "strftime() with %%%c", i < format.len ? format.ptr[i] : ' ');
        }
    }
    return py_str_new(py, (struct slice){strbuf_cstr(&out), out.len});
}

static bool number(struct slice *s, size_t most, int *out, size_t *digits)
{
    size_t n = 0;
    int value = 0;
    while (n < most && n < s->len && s->ptr[n] >= '0' && s->ptr[n] <= '9') {
        value = value * 10 + (s->ptr[n++] - '0');
    }
    s->ptr += n;
    s->len -= n;
    *out = value;
    if (digits) {
        *digits = n;
    }
    return n > 0;
}

static bool word(struct slice *s, const char *const *words, size_t n, size_t cut, int *out)
{
    for (size_t i = 0; i < n; i++) {
        size_t len = cut ? cut : strlen(words[i]);
        if (s->len >= len && strncasecmp(s->ptr, words[i], len) == 0) {
            s->ptr += len;
            s->len -= len;
            *out = (int)i;
            return true;
        }
    }
    return false;
}

/* "+01:30", "-0130", "Z" */
static bool read_offset(struct slice *s, struct sql_time *t)
{
    if (s->len && (s->ptr[0] == 'Z' || s->ptr[0] == 'z')) {
        s->ptr++;
        s->len--;
        t->has_offset = true;
        return true;
    }
    if (!s->len || (s->ptr[0] != '+' && s->ptr[0] != '-')) {
        return false;
    }
    bool minus = s->ptr[0] == '-';
    s->ptr++;
    s->len--;
    int hours, minutes = 0;
    size_t digits;
    if (!number(s, 2, &hours, &digits) || digits != 2) {
        return false;
    }
    if (s->len && s->ptr[0] == ':') {
        s->ptr++;
        s->len--;
        if (!s->len) {
            return false;
        }
    }
    if (s->len && (!number(s, 2, &minutes, &digits) || digits != 2)) {
        return false;
    }
    t->has_offset = true;
    t->offset_seconds = (hours * 60 + minutes) * 60 * (minus ? -1 : 1);
    return hours < 24 && minutes < 60;
}

static bool fraction(struct slice *s, int *out)
{
    size_t digits;
    if (!number(s, 6, out, &digits)) {
        return false;
    }
    for (; digits < 6; digits++) {
        *out *= 10;
    }
    return true;
}

struct parse {
    struct sql_time t;
    int half;   /* -1 unknown, 0 AM, 1 PM */
    bool known; /* the directive is one that is read here */
};

static bool read_directive(struct parse *p, struct slice *s, char c)
{
    static const char *const halves[] = {"AM", "PM"};
    struct sql_time *t = &p->t;
    size_t digits;
    int ignored;
    switch (c) {
    case 'Y':
        return number(s, 4, &t->year, &digits) && digits == 4;
    case 'y':
        if (!number(s, 2, &t->year, &digits) || digits != 2) {
            return false;
        }
        t->year += t->year < 69 ? 2000 : 1900;
        return true;
    case 'm':
        return number(s, 2, &t->month, NULL);
    case 'd':
        return number(s, 2, &t->day, NULL);
    case 'H':
    case 'I':
        return number(s, 2, &t->hour, NULL);
    case 'M':
        return number(s, 2, &t->minute, NULL);
    case 'S':
        return number(s, 2, &t->second, NULL);
    case 'f':
        return fraction(s, &t->microsecond);
    case 'p':
        return word(s, halves, 2, 0, &p->half);
    case 'b':
    case 'B':
        if (!word(s, months, 12, c == 'b' ? 3 : 0, &t->month)) {
            return false;
        }
        t->month++;
        return true;
    case 'a':
    case 'A':
        return word(s, weekdays, 7, c == 'a' ? 3 : 0, &ignored);
    case 'z':
        return read_offset(s, t);
    case '%':
        if (!s->len || s->ptr[0] != '%') {
            return false;
        }
        s->ptr++;
        s->len--;
        return true;
    default:
        p->known = false;
        return false;
    }
}

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

pyv std_strptime(struct py *py, struct slice text, struct slice format)
{
    if (!text.ptr || !format.ptr) {
        return py_raise(py, "TypeError", "strptime() argument 1 must be str");
    }
    struct parse p = {.t = {.year = 1900, .month = 1, .day = 1}, .half = -1, .known = true};
    struct slice s = text;
    bool good = true;
    for (size_t i = 0; i < format.len && good; i++) {
        char c = format.ptr[i];
        if (c == '%') {
            char d = ++i < format.len ? format.ptr[i] : '\0';
            good = read_directive(&p, &s, d);
            if (!p.known) {
                return py_refuse(py, "strptime() with %%%c", d ? d : ' ');
            }
        } else if (is_blank(c)) {
            good = s.len && is_blank(s.ptr[0]);
            while (s.len && is_blank(s.ptr[0])) {
                s.ptr++;
                s.len--;
            }
            while (i + 1 < format.len && is_blank(format.ptr[i + 1])) {
                i++;
            }
        } else {
            good = s.len && s.ptr[0] == c;
            s.ptr += good;
            s.len -= good;
        }
    }
    if (!good) {
        return py_raise(py, "ValueError", "time data %s does not match format %s",
                        py_repr_of(py, py_str_new(py, text)), py_repr_of(py, py_str_new(py, format)));
    }
    if (s.len) {
        return py_raise(py, "ValueError", "unconverted data remains: %.*s", (int)s.len, s.ptr);
    }
    if (p.half >= 0) {
        p.t.hour = p.t.hour % 12 + 12 * p.half;
    }
    bool valid =
        std_date_valid(p.t.year, p.t.month, p.t.day) && p.t.hour < 24 && p.t.minute < 60 && p.t.second < 60;
    if (!valid) {
        return py_raise(py, "ValueError", "time data %s does not match format %s",
                        py_repr_of(py, py_str_new(py, text)), py_repr_of(py, py_str_new(py, format)));
    }
    return std_moment_new(py, &std_type_datetime, &p.t, NULL);
}

static bool take(struct slice *s, char c)
{
    if (!s->len || s->ptr[0] != c) {
        return false;
    }
    s->ptr++;
    s->len--;
    return true;
}

static bool two(struct slice *s, int *out)
{
    size_t digits;
    return number(s, 2, out, &digits) && digits == 2;
}

bool std_iso_parse(struct slice text, bool date, bool clock, struct sql_time *out)
{
    struct sql_time t = {0};
    struct slice s = text;
    size_t digits;
    if (date && !(number(&s, 4, &t.year, &digits) && digits == 4 && take(&s, '-') && two(&s, &t.month) &&
                  take(&s, '-') && two(&s, &t.day))) {
        return false;
    }
    if (clock && (s.len || !date)) {
        if (date) {
            s.ptr++; /* any one character */
            s.len--;
        }
        if (!two(&s, &t.hour)) {
            return false;
        }
        if (take(&s, ':') && (!two(&s, &t.minute) || (take(&s, ':') && !two(&s, &t.second)))) {
            return false;
        }
        if ((take(&s, '.') || take(&s, ',')) && !fraction(&s, &t.microsecond)) {
            return false;
        }
        if (s.len && !read_offset(&s, &t)) {
            return false;
        }
    }
    *out = t;
    return s.len == 0;
}
