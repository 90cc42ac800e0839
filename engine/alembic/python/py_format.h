/* What format(), str.format() and % share. */
#pragma once
#include "engine/alembic/python/py_builtin.h"

/* [[fill]align][sign][z][#][0][width][grouping][.precision][type] */
struct py_spec {
    struct slice fill; /* one character; ptr NULL: none given */
    char align;        /* < > = ^, 0: none given */
    char sign;         /* + - blank, 0: none given */
    bool no_negative_zero, alternate;
    int64_t width, precision; /* -1: none given */
    char grouping;            /* , _ or 0 */
    uint32_t type;            /* 0: none given */
};

/* The absolute value, by a type of e E f F g G, or 'r' for repr(); dot_zero: a number that has neither point
 * nor exponent gets ".0"; alternate: point and zeros stay. */
void py_double_text(struct strbuf *out, double value, char type, int64_t precision, bool alternate,
                    bool dot_zero);
/* Digits of the absolute value. */
void py_int_text(struct strbuf *out, int64_t value, unsigned base, bool upper);
/* text aligned in the spec's width; fallback: alignment when none is given. False: stopped. */
bool py_spec_pad(struct py *py, const struct py_spec *spec, struct slice text, char fallback,
                 struct strbuf *out);
void *py_spec_unknown_type(struct py *py, const struct py_spec *spec, pyv v);
pyv py_format_int(struct py *py, pyv v, int64_t value, const struct py_spec *spec);
pyv py_format_double(struct py *py, pyv v, double value, const struct py_spec *spec);
/* True for types of %, format() and round() that are longer than anyone prints. */
bool py_spec_too_long(struct py *py, int64_t width, int64_t precision);
/* str(v), repr(v) or ascii(v), for conversions 's' 'r' 'a'. */
pyv py_converted(struct py *py, pyv v, char conversion);
