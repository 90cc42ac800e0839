/* The values of numbers. */
#include "engine/alembic/python/py_parser.h"

/* Python reads no longer ones from text either. */
#define DIGITS_MAX 4300

static unsigned radix_of(const char *s)
{
    switch (s[0] == '0' ? s[1] | 0x20 : 0) {
    case 'x':
        return 16;
    case 'o':
        return 8;
    case 'b':
        return 2;
    default:
        return 10;
    }
}

static unsigned digit_of(char c)
{
    return c <= '9' ? (unsigned)(c - '0') : (unsigned)((c | 0x20) - 'a') + 10;
}

/* Copy without underscores, NUL-terminated. */
static size_t plain_digits(char *out, const char *from, const char *end)
{
    size_t n = 0;
    for (; from < end; from++) {
        if (*from != '_') {
            out[n++] = *from;
        }
    }
    out[n] = '\0';
    return n;
}

static bool integer(struct py_parser *p, struct py_constant *c, const struct py_token *t)
{
    unsigned radix = radix_of(t->start);
    uint64_t value = 0;
    bool fits = true;
    for (const char *s = t->start + (radix == 10 ? 0 : 2); s < t->end && fits; s++) {
        if (*s != '_') {
            fits = !__builtin_mul_overflow(value, (uint64_t)radix, &value) &&
                   !__builtin_add_overflow(value, (uint64_t)digit_of(*s), &value) && value <= INT64_MAX;
        }
    }
    c->kind = PY_C_INT;
    if (fits) {
        c->integer = (int64_t)value;
        return true;
    }
    char *text = py_bytes(p, (size_t)(t->end - t->start) + 1);
    c->big = true;
    c->text = (struct slice){text, plain_digits(text, t->start, t->end)};
    return radix != 10 || c->text.len <= DIGITS_MAX ||
           py_error_here(p, "the number has more than %d digits", DIGITS_MAX);
}

static bool is_real(const struct py_token *t)
{
    if (radix_of(t->start) != 10) {
        return false;
    }
    for (const char *s = t->start; s < t->end; s++) {
        if (*s == '.' || (*s | 0x20) == 'e' || (*s | 0x20) == 'j') {
            return true;
        }
    }
    return false;
}

static void real(struct py_parser *p, struct py_constant *c, const struct py_token *t)
{
    bool imaginary = (t->end[-1] | 0x20) == 'j';
    size_t n = (size_t)(t->end - t->start);
    char small[64], *text = n < sizeof(small) ? small : py_bytes(p, n + 1);
    plain_digits(text, t->start, t->end - imaginary);
    c->kind = imaginary ? PY_C_COMPLEX : PY_C_FLOAT;
    c->real = strtod(text, NULL);
}

struct py_node *py_parse_number(struct py_parser *p)
{
    struct py_node *node = py_node_at(p, PY_CONSTANT, &p->tok);
    if (is_real(&p->tok)) {
        real(p, &node->constant, &p->tok);
    } else if (!integer(p, &node->constant, &p->tok)) {
        return NULL;
    }
    py_advance(p);
    return node;
}
