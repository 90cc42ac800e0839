/* The module datetime: spans of time, and timezones of a fixed offset from UTC. */
#include "engine/alembic/python/py_builtin.h"
#include "engine/alembic/vocabulary/std.h"
#include <math.h>

/* Python's own limit is 999999999 days; microseconds in 64 bits end at 106751991. */
#define MAX_SPAN ((int64_t)106751990 * STD_DAY)

pyv std_timedelta_new(struct py *py, int64_t microseconds)
{
    if (microseconds > MAX_SPAN || microseconds < -MAX_SPAN) {
        return py_refuse(py, "a timedelta of more than 106751990 days");
    }
    struct std_timedelta *d = py_object_new(py, &std_type_timedelta, sizeof(*d));
    if (d) {
        d->microseconds = microseconds;
    }
    return (pyv)d;
}

/* --- timedelta --- */

static int add_unit(struct py *py, pyv v, int64_t unit, int64_t *whole, double *fraction)
{
    int64_t n;
    if (!v) {
        return 0;
    }
    if (py_as_int(v, &n)) {
        int64_t part;
        if (__builtin_mul_overflow(n, unit, &part) || __builtin_add_overflow(*whole, part, whole)) {
            py_refuse(py, "a timedelta of more than 106751990 days");
            return -1;
        }
        return 0;
    }
    if (py_is(v, &py_type_float)) {
        *fraction += ((struct py_float *)(void *)v)->value * (double)unit;
        return 0;
    }
    py_raise(py, "TypeError", "unsupported type for timedelta component: %s", v->type->name);
    return -1;
}

static pyv timedelta_construct(struct py *py, UNUSED const struct py_type *type, const struct py_args *args)
{
    static const struct py_arg table[] = {
        {.name = "days"},    {.name = "seconds"}, {.name = "microseconds"}, {.name = "milliseconds"},
        {.name = "minutes"}, {.name = "hours"},   {.name = "weeks"},        {0}};
    static const int64_t units[] = {STD_DAY, 1000000, 1, 1000, 60000000, 3600000000, 7 * STD_DAY};
    pyv out[7] = {NULL};
    if (py_bind(py, "timedelta", args, table, out, NULL, NULL)) {
        return NULL;
    }
    int64_t whole = 0;
    double fraction = 0;
    for (size_t i = 0; i < COUNT_OF(units); i++) {
        if (add_unit(py, out[i], units[i], &whole, &fraction)) {
            return NULL;
        }
    }
    if (!(fabs(fraction) < 9e18)) {
        return py_refuse(py, "a timedelta of more than 106751990 days");
    }
    int64_t rounded = (int64_t)nearbyint(fraction);
    if (__builtin_add_overflow(whole, rounded, &whole)) {
        return py_refuse(py, "a timedelta of more than 106751990 days");
    }
    return std_timedelta_new(py, whole);
}

static pyv delta_days(struct py *py, pyv self, UNUSED const struct py_args *args)
{
    return py_int_new(py, std_floor_div(std_delta_of(self)->microseconds, STD_DAY));
}

static pyv delta_seconds(struct py *py, pyv self, UNUSED const struct py_args *args)
{
    int64_t us = std_delta_of(self)->microseconds;
    return py_int_new(py, (us - std_floor_div(us, STD_DAY) * STD_DAY) / 1000000);
}

static pyv delta_microseconds(struct py *py, pyv self, UNUSED const struct py_args *args)
{
    int64_t us = std_delta_of(self)->microseconds;
    return py_int_new(py, us - std_floor_div(us, 1000000) * 1000000);
}

static pyv delta_total_seconds(struct py *py, pyv self, UNUSED const struct py_args *args)
{
    return py_float_new(py, (double)std_delta_of(self)->microseconds / 1e6);
}

static int delta_str(UNUSED struct py *py, pyv self, struct strbuf *out)
{
    int64_t us = std_delta_of(self)->microseconds, days = std_floor_div(us, STD_DAY),
            rest = us - days * STD_DAY;
    if (days) {
        strbuf_addf(out, "%lld day%s, ", (long long)days, days == 1 || days == -1 ? "" : "s");
    }
    int64_t s = rest / 1000000;
    strbuf_addf(out, "%lld:%02lld:%02lld", (long long)(s / 3600), (long long)(s / 60 % 60),
                (long long)(s % 60));
    if (rest % 1000000) {
        strbuf_addf(out, ".%06lld", (long long)(rest % 1000000));
    }
    return 0;
}

static int delta_repr(UNUSED struct py *py, pyv self, struct strbuf *out)
{
    int64_t us = std_delta_of(self)->microseconds, days = std_floor_div(us, STD_DAY),
            rest = us - days * STD_DAY;
    const struct {
        const char *name;
        int64_t n;
    } parts[] = {{"days", days}, {"seconds", rest / 1000000}, {"microseconds", rest % 1000000}};
    strbuf_adds(out, "datetime.timedelta(");
    bool any = false;
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        if (parts[i].n) {
            strbuf_addf(out, "%s%s=%lld", any ? ", " : "", parts[i].name, (long long)parts[i].n);
            any = true;
        }
    }
    strbuf_adds(out, any ? ")" : "0)");
    return 0;
}

static int delta_truth(UNUSED struct py *py, pyv self)
{
    return std_delta_of(self)->microseconds != 0;
}

static pyv delta_scale(struct py *py, const struct std_timedelta *d, pyv by, bool divide)
{
    int64_t n;
    if (py_as_int(by, &n)) {
        int64_t product;
        if (divide && n == 0) {
            return py_raise(py, "ZeroDivisionError", "division by zero");
        }
        if (divide) {
            return std_timedelta_new(py, (int64_t)nearbyintl((long double)d->microseconds / (long double)n));
        }
        return __builtin_mul_overflow(d->microseconds, n, &product)
                   ? py_refuse(py, "a timedelta of more than 106751990 days")
                   : std_timedelta_new(py, product);
    }
    if (!py_is(by, &py_type_float)) {
        return &py_not_implemented;
    }
    double f = ((struct py_float *)(void *)by)->value;
    if (divide && f == 0) {
        return py_raise(py, "ZeroDivisionError", "division by zero");
    }
    double us = divide ? (double)d->microseconds / f : (double)d->microseconds * f;
    return fabs(us) < 9e18 ? std_timedelta_new(py, (int64_t)nearbyint(us))
                           : py_refuse(py, "a timedelta of more than 106751990 days");
}

static pyv delta_binary(struct py *py, enum py_op op, pyv left, pyv right)
{
    struct std_timedelta *a = std_delta_of(left), *b = std_delta_of(right);
    if (a && b) {
        switch (op) {
        case PY_OP_ADD:
            return std_timedelta_new(py, a->microseconds + b->microseconds);
        case PY_OP_SUB:
            return std_timedelta_new(py, a->microseconds - b->microseconds);
        case PY_OP_DIV:
            return b->microseconds ? py_float_new(py, (double)a->microseconds / (double)b->microseconds)
                                   : py_raise(py, "ZeroDivisionError", "division by zero");
        case PY_OP_FLOORDIV:
            return b->microseconds ? py_int_new(py, std_floor_div(a->microseconds, b->microseconds))
                                   : py_raise(py, "ZeroDivisionError", "integer division or modulo by zero");
        default:
            return &py_not_implemented;
        }
    }
    if (op == PY_OP_MUL) {
        return delta_scale(py, a ? a : b, a ? right : left, false);
    }
    if (op == PY_OP_DIV && a) {
        return delta_scale(py, a, right, true);
    }
    int64_t n;
    if (op == PY_OP_FLOORDIV && a && py_as_int(right, &n)) {
        return n ? std_timedelta_new(py, std_floor_div(a->microseconds, n))
                 : py_raise(py, "ZeroDivisionError", "integer division or modulo by zero");
    }
    return &py_not_implemented;
}

static pyv delta_unary(struct py *py, enum py_op op, pyv v)
{
    int64_t us = std_delta_of(v)->microseconds;
    return op == PY_OP_NEG ? std_timedelta_new(py, -us) : op == PY_OP_POS ? v : &py_not_implemented;
}

static pyv delta_compare(UNUSED struct py *py, enum py_op op, pyv left, pyv right)
{
    struct std_timedelta *a = std_delta_of(left), *b = std_delta_of(right);
    return a && b ? py_compare_result(op, std_order(a->microseconds, b->microseconds)) : &py_not_implemented;
}

static int delta_hash(UNUSED struct py *py, pyv self, uint64_t *out)
{
    *out = (uint64_t)std_delta_of(self)->microseconds * 0x9E3779B97F4A7C15u;
    return 0;
}

static const struct py_def delta_defs[] = {
    {"days", PY_DEF_PROPERTY, delta_days, NULL, NULL},
    {"seconds", PY_DEF_PROPERTY, delta_seconds, NULL, NULL},
    {"microseconds", PY_DEF_PROPERTY, delta_microseconds, NULL, NULL},
    {"total_seconds", PY_DEF_METHOD, delta_total_seconds, NULL, NULL},
    {0},
};

const struct py_type std_type_timedelta = {.head = PY_TYPE_HEAD,
                                           .name = "timedelta",
                                           .module = "datetime",
                                           .defs = delta_defs,
                                           .construct = timedelta_construct,
                                           .repr = delta_repr,
                                           .str = delta_str,
                                           .truth = delta_truth,
                                           .unary = delta_unary,
                                           .binary = delta_binary,
                                           .compare = delta_compare,
                                           .hash = delta_hash};

/* --- timezone --- */

pyv std_timezone_new(struct py *py, int offset, const char *name)
{
    struct std_timezone *z = py_object_new(py, &std_type_timezone, sizeof(*z));
    if (z) {
        z->offset_seconds = offset;
        z->name = name;
    }
    return (pyv)z;
}

static pyv timezone_construct(struct py *py, UNUSED const struct py_type *type, const struct py_args *args)
{
    pyv out[2] = {NULL};
    if (py_bind(py, "timezone", args,
                (const struct py_arg[]){{"offset", PY_ARG_REQUIRED}, {.name = "name"}, {0}}, out, NULL,
                NULL)) {
        return NULL;
    }
    struct std_timedelta *d = std_delta_of(out[0]);
    if (!d) {
        return py_raise(py, "TypeError", "timezone() argument 1 must be datetime.timedelta, not %s",
                        out[0]->type->name);
    }
    if (d->microseconds <= -STD_DAY || d->microseconds >= STD_DAY) {
        return py_raise(
            py, "ValueError",
            "offset must be a timedelta strictly between -timedelta(hours=24) and timedelta(hours=24).");
    }
    if (d->microseconds % 1000000) {
        return py_refuse(py, "a timezone with fractions of a second");
    }
    return std_timezone_new(py, (int)(d->microseconds / 1000000), out[1] ? py_cstr(py, out[1]) : NULL);
}

static pyv utc(struct py *py, UNUSED pyv self, UNUSED const struct py_args *args)
{
    return std_timezone_new(py, 0, NULL);
}

void std_offset_text(struct strbuf *out, int seconds)
{
    int n = seconds < 0 ? -seconds : seconds;
    strbuf_addf(out, "%c%02d:%02d", seconds < 0 ? '-' : '+', n / 3600, n / 60 % 60);
    if (n % 60) {
        strbuf_addf(out, ":%02d", n % 60);
    }
}

static int timezone_str(UNUSED struct py *py, pyv self, struct strbuf *out)
{
    const struct std_timezone *z = (struct std_timezone *)(void *)self;
    if (z->name) {
        strbuf_adds(out, z->name);
        return 0;
    }
    strbuf_adds(out, "UTC");
    if (z->offset_seconds) {
        std_offset_text(out, z->offset_seconds);
    }
    return 0;
}

static int timezone_repr(struct py *py, pyv self, struct strbuf *out)
{
    const struct std_timezone *z = (struct std_timezone *)(void *)self;
    if (z->offset_seconds == 0 && !z->name) {
        strbuf_adds(out, "datetime.timezone.utc");
        return 0;
    }
    pyv d = std_timedelta_new(py, (int64_t)z->offset_seconds * 1000000);
    strbuf_adds(out, "datetime.timezone(");
    if (!d || delta_repr(py, d, out)) {
        return -1;
    }
    if (z->name) {
        strbuf_addf(out, ", '%s'", z->name);
    }
    strbuf_addch(out, ')');
    return 0;
}

static pyv timezone_compare(UNUSED struct py *py, enum py_op op, pyv left, pyv right)
{
    if (!py_is(left, &std_type_timezone) || !py_is(right, &std_type_timezone) ||
        (op != PY_OP_EQ && op != PY_OP_NE)) {
        return &py_not_implemented;
    }
    int a = ((struct std_timezone *)(void *)left)->offset_seconds;
    int b = ((struct std_timezone *)(void *)right)->offset_seconds;
    return py_compare_result(op, std_order(a, b));
}

static const struct py_def timezone_defs[] = {{"utc", PY_DEF_VALUE, utc, NULL, NULL}, {0}};

const struct py_type std_type_timezone = {.head = PY_TYPE_HEAD,
                                          .name = "timezone",
                                          .module = "datetime",
                                          .defs = timezone_defs,
                                          .construct = timezone_construct,
                                          .repr = timezone_repr,
                                          .str = timezone_str,
                                          .compare = timezone_compare};

/* tzinfo= of a constructor: None or a timezone. */
int std_read_zone(struct py *py, pyv v, struct sql_time *t, const char **name)
{
    *name = NULL;
    if (!v || py_is_none(v)) {
        return 0;
    }
    if (!py_is(v, &std_type_timezone)) {
        py_refuse(py, "a timezone of class %s", v->type->name);
        return -1;
    }
    const struct std_timezone *z = (struct std_timezone *)(void *)v;
    t->has_offset = true;
    t->offset_seconds = z->offset_seconds;
    *name = z->name;
    return 0;
}
