/* What Unicode says of characters, for the methods of str and for repr(). ASCII is not in the tables. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum py_unicode_class {
    PY_UNICODE_ALPHA,
    PY_UNICODE_LOWER,
    PY_UNICODE_UPPER,
    PY_UNICODE_TITLE,
    PY_UNICODE_SPACE,
    PY_UNICODE_DECIMAL, /* digits of all scripts that make numbers */
    PY_UNICODE_DIGIT,   /* further characters that isdigit() takes: superscripts */
    PY_UNICODE_NUMERIC, /* and that isnumeric() takes: fractions, Chinese numbers */
    PY_UNICODE_UNPRINTABLE,
    PY_UNICODE_CLASS_COUNT
};
enum py_unicode_case {
    PY_UNICODE_TO_LOWER,
    PY_UNICODE_TO_UPPER,
    PY_UNICODE_TO_TITLE,
    PY_UNICODE_TO_FOLD,
    PY_UNICODE_CASE_COUNT
};

/* ASCII included. */
bool py_unicode_is(uint32_t c, enum py_unicode_class class);
/* The character in another case: 1 to 3 characters. */
size_t py_unicode_convert(uint32_t c, enum py_unicode_case to, uint32_t out[3]);
/* Value of a PY_UNICODE_DECIMAL character, -1 for others. */
int py_unicode_decimal(uint32_t c);

/* --- the tables, by code point; step 2: every other character --- */
struct py_unicode_range {
    uint32_t first, last, step;
};
struct py_unicode_shift {
    uint32_t first, last, step;
    int32_t shift;
};
struct py_unicode_expansion {
    uint32_t from, to[3];
};
struct py_unicode_class_table {
    const struct py_unicode_range *rows;
    size_t n;
};
struct py_unicode_case_table {
    const struct py_unicode_shift *rows;
    size_t n;
    const struct py_unicode_expansion *expansions;
    size_t nexpansions;
};
extern const struct py_unicode_class_table py_unicode_classes[PY_UNICODE_CLASS_COUNT];
extern const struct py_unicode_case_table py_unicode_cases[PY_UNICODE_CASE_COUNT];
