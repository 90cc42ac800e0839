/* Looking characters up in the tables of Unicode. */
#include "engine/alembic/python/py_unicode.h"

static bool ascii_is(uint32_t c, enum py_unicode_class class)
{
    bool lower = c >= 'a' && c <= 'z', upper = c >= 'A' && c <= 'Z';
    switch (class) {
    case PY_UNICODE_ALPHA:
        return lower || upper;
    case PY_UNICODE_LOWER:
        return lower;
    case PY_UNICODE_UPPER:
        return upper;
    case PY_UNICODE_SPACE:
        return c == ' ' || (c >= 9 && c <= 13) || (c >= 28 && c <= 31);
    case PY_UNICODE_DECIMAL:
        return c >= '0' && c <= '9';
    case PY_UNICODE_UNPRINTABLE:
        return c < 0x20 || c == 0x7F;
    default:
        return false;
    }
}

bool py_unicode_is(uint32_t c, enum py_unicode_class class)
{
    if (c < 0x80) {
        return ascii_is(c, class);
    }
    const struct py_unicode_class_table *t = &py_unicode_classes[class];
    size_t low = 0, high = t->n;
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (t->rows[mid].last < c) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    const struct py_unicode_range *r = &t->rows[low];
    return low < t->n && c >= r->first && (c - r->first) % r->step == 0;
}

static bool expand(const struct py_unicode_case_table *t, uint32_t c, uint32_t out[3], size_t *n)
{
    for (size_t low = 0, high = t->nexpansions; low < high;) {
        size_t mid = (low + high) / 2;
        const struct py_unicode_expansion *e = &t->expansions[mid];
        if (e->from == c) {
            for (*n = 0; *n < 3 && e->to[*n]; ++*n) {
                out[*n] = e->to[*n];
            }
            return true;
        }
        if (e->from < c) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    return false;
}

static bool shift(const struct py_unicode_case_table *t, uint32_t c, uint32_t *out)
{
    size_t low = 0, high = t->n;
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (t->rows[mid].last < c) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    const struct py_unicode_shift *r = &t->rows[low];
    if (low == t->n || c < r->first || (c - r->first) % r->step != 0) {
        return false;
    }
    *out = (uint32_t)((int32_t)c + r->shift);
    return true;
}

size_t py_unicode_convert(uint32_t c, enum py_unicode_case to, uint32_t out[3])
{
    out[0] = c;
    if (c < 0x80) {
        bool up = to == PY_UNICODE_TO_UPPER || to == PY_UNICODE_TO_TITLE;
        if (up ? (c >= 'a' && c <= 'z') : (c >= 'A' && c <= 'Z')) {
            out[0] = c ^ 0x20;
        }
        return 1;
    }
    size_t n;
    if (expand(&py_unicode_cases[to], c, out, &n)) {
        return n;
    }
    if (shift(&py_unicode_cases[to], c, &out[0])) {
        return 1;
    }
    if (to == PY_UNICODE_TO_TITLE || to == PY_UNICODE_TO_FOLD) {
        return py_unicode_convert(c, to == PY_UNICODE_TO_TITLE ? PY_UNICODE_TO_UPPER : PY_UNICODE_TO_LOWER,
                                  out);
    }
    return 1;
}

int py_unicode_decimal(uint32_t c)
{
    if (c < 0x80) {
        return c >= '0' && c <= '9' ? (int)(c - '0') : -1;
    }
    const struct py_unicode_class_table *t = &py_unicode_classes[PY_UNICODE_DECIMAL];
    for (size_t i = 0; i < t->n; i++) {
        if (c >= t->rows[i].first && c <= t->rows[i].last) {
            return (int)((c - t->rows[i].first) % 10); /* each script's ten stand together */
        }
    }
    return -1;
}
