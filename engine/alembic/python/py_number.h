/* What the files of int, bool and float share. */
#pragma once
#include "engine/alembic/python/py_builtin.h"

/* The value as a double when it is a number: 1; 0: it is none, -1: raised (OverflowError does not happen with
 * 64 bits). */
bool py_as_double(pyv v, double *out);
/* Calls the special method of a class statement, or of the table of a native type. NULL: *found tells whether
 * there was one. */
pyv py_call_special(struct py *py, pyv v, const char *name, const struct py_args *args, bool *found);

/* int(text, base) and float(text); function names itself in refusals. */
pyv py_int_parse(struct py *py, pyv v, struct slice text, int64_t base);
pyv py_float_parse(struct py *py, pyv v, struct slice text);
pyv py_int_of_double(struct py *py, double value);             /* truncated */
bool py_int_pow(int64_t base, int64_t exponent, int64_t *out); /* exponent >= 0; false: beyond 64 bits */
/* Quotient and remainder as // and % give them; false: raised or refused. */
bool py_int_divmod(struct py *py, int64_t a, int64_t b, int64_t *q, int64_t *r);
bool py_float_divmod(double a, double b, double *q, double *r); /* b not zero */
/* round(value, digits), correctly rounded, halves to even as repr shows them. */
double py_float_round(double value, int64_t digits);
