/* Where numbers end, and that they are well-formed. Their values are read by py_parser_number.c. */
#include "engine/alembic/python/py_lexer.h"

static const char *digits(const char *at, bool (*is)(char))
{
    if (!is(*at)) {
        return at;
    }
    while (is(*at) || (*at == '_' && is(at[1]))) {
        at++;
    }
    return at;
}
static bool is_decimal(char c)
{
    return c >= '0' && c <= '9';
}
static bool is_hex(char c)
{
    return is_decimal(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}
static bool is_octal(char c)
{
    return c >= '0' && c <= '7';
}
static bool is_binary(char c)
{
    return c == '0' || c == '1';
}

/* A keyword may follow without a blank (1if x else y); nothing else that looks like a name. */
static void end_number(struct py_lexer *x, const char *at, const char *what)
{
    if (py_is_name_char(*at)) {
        const char *end = at;
        while (py_is_name_char(*end)) {
            end++;
        }
        if (py_keyword(at, (size_t)(end - at)) == PY_T_NAME) {
            py_lex_error(x, at, "invalid %s literal", what);
            if ((*at | 0x20) == 'l') {
                err_hint(x->err, "This looks like Python 2; an integer has no suffix in Python 3.");
            }
            return;
        }
    }
    x->at = at;
}

static void lex_radix(struct py_lexer *x, bool (*is)(char), const char *what)
{
    const char *start = x->at + 2 + (x->at[2] == '_');
    const char *end = digits(start, is);
    if (end == start || is_decimal(*end) || *end == '_') {
        py_lex_error(x, end, "invalid %s literal", what);
        return;
    }
    end_number(x, end, what);
}

static const char *exponent(const char *at)
{
    if ((*at | 0x20) != 'e') {
        return at;
    }
    const char *digit = at + 1 + (at[1] == '+' || at[1] == '-');
    return is_decimal(*digit) ? digits(digit, is_decimal) : at;
}

void py_lex_number(struct py_lexer *x, struct py_token *t)
{
    const char *at = x->at;
    t->kind = PY_T_NUMBER;
    if (*at == '0' && (at[1] | 0x20) == 'x') {
        lex_radix(x, is_hex, "hexadecimal");
        return;
    }
    if (*at == '0' && (at[1] | 0x20) == 'o') {
        lex_radix(x, is_octal, "octal");
        return;
    }
    if (*at == '0' && (at[1] | 0x20) == 'b') {
        lex_radix(x, is_binary, "binary");
        return;
    }
    const char *integer = digits(at, is_decimal), *end = integer;
    if (*end == '.') {
        end = digits(end + 1, is_decimal);
    }
    end = exponent(end);
    bool imaginary = (*end | 0x20) == 'j';
    if (end == integer && !imaginary && *at == '0') {
        const char *digit = at;
        while (*digit == '0' || *digit == '_') {
            digit++;
        }
        if (digit < end) {
            py_lex_error(x, at, "leading zeros in decimal integer literals are not permitted");
            err_hint(x->err, "Write an octal number with the prefix 0o.");
            return;
        }
    }
    end_number(x, end + imaginary, imaginary ? "imaginary" : "decimal");
}
