/* Tokens of Python sources: lines, indentation, brackets, names, numbers, strings. */
#include "base/arena.h"
#include "engine/alembic/python/py_lexer.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* The tokens in short: names and numbers as written, operators and keywords as written, > < for indents and
 * dedents, ; for line ends, "" for strings, f"" for f-strings, ! for an error. */
static void tokens(struct arena *a, struct slice text, struct strbuf *out, struct err *err)
{
    struct slice source;
    if (py_source_read(a, "f.py", text, &source, err)) {
        strbuf_adds(out, "!");
        return;
    }
    struct py_lexer x;
    struct py_token t;
    py_lexer_init(&x, "f.py", source, err);
    do {
        py_lex(&x, &t);
        strbuf_adds(out, out->len ? " " : "");
        switch (t.kind) {
        case PY_T_ERROR:
            strbuf_adds(out, "!");
            break;
        case PY_T_END:
            strbuf_adds(out, "$");
            break;
        case PY_T_NEWLINE:
            strbuf_adds(out, ";");
            break;
        case PY_T_INDENT:
            strbuf_adds(out, ">");
            break;
        case PY_T_DEDENT:
            strbuf_adds(out, "<");
            break;
        case PY_T_STRING:
            strbuf_addf(out, "\"%.*s\"", (int)t.body.len, t.body.ptr);
            break;
        case PY_T_FSTRING:
            strbuf_adds(out, py_lex_skip_fstring(&x, &t) ? "f\"\"" : "!");
            break;
        default:
            strbuf_add(out, t.start, (size_t)(t.end - t.start));
        }
    } while (t.kind != PY_T_END && t.kind != PY_T_ERROR && !x.failed);
}

static void is_tokens(const char *text, const char *expected)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    AUTO(strbuf_release) struct strbuf got = STRBUF_INIT;
    struct err err = {0};
    tokens(&a, slice_of(text), &got, &err);
    if (strcmp(strbuf_cstr(&got), expected) != 0) {
        fail_msg("%s\nexpected %s\n     got %s (%s)", text, expected, strbuf_cstr(&got), err.message);
    }
}

static void is_wrong(const char *text, int line, int column, const char *message)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    AUTO(strbuf_release) struct strbuf got = STRBUF_INIT;
    struct err err = {0};
    tokens(&a, slice_of(text), &got, &err);
    if (!err.status || err.line != line || err.column != column || !strstr(err.message, message)) {
        fail_msg("%s\nexpected %d:%d: %s\n     got %d:%d: %s", text, line, column, message, err.line,
                 err.column, err.message);
    }
}

static void test_lines(void **state)
{
    (void)state;
    is_tokens("", "$");
    is_tokens("\n\n# nothing\n   # at all\n", "$");
    is_tokens("a", "a ; $");
    is_tokens("a\n", "a ; $");
    is_tokens("a # why\nb", "a ; b ; $");
    is_tokens("a \\\n  b\n", "a b ; $");
    is_tokens("f(a,\n# why\n\n  b)\nc\n", "f ( a , b ) ; c ; $");
    is_tokens("a\r\nb\rc\n", "a ; b ; c ; $");
    is_tokens("\xEF\xBB\xBF"
              "a\n",
              "a ; $");
    is_tokens("a; b\n", "a ; b ; $");
    is_wrong("a \\ b\n", 1, 4, "unexpected character after line continuation");
    is_wrong("a \\", 1, 4, "unexpected character after line continuation");
    is_wrong("a \\\n", 2, 1, "unexpected end of file");
}

static void test_indentation(void **state)
{
    (void)state;
    is_tokens("if a:\n  b\n  c\nd\n", "if a : ; > b ; c ; < d ; $");
    is_tokens("if a:\n  if b:\n\n    c", "if a : ; > if b : ; > c ; < < $");
    is_tokens("if a:\n    b\n  # less\n    c\n", "if a : ; > b ; c ; < $");
    is_tokens("if a:\n\tb\n\tc\n", "if a : ; > b ; c ; < $");
    is_tokens("if a:\n    b\n\f\nc\n", "if a : ; > b ; < c ; $");
    is_tokens("\fa\n", "a ; $");
    is_tokens("if a:\n  b\n \\\n  c\nd\n", "if a : ; > b ; !");
    is_tokens("if a:\n  b\n  \\\n      c\nd\n", "if a : ; > b ; c ; < d ; $");
    is_wrong("if a:\n    b\n  c\n", 3, 3, "unindent does not match");
    is_wrong("if a:\n        b\n\tc\n", 3, 2, "inconsistent use of tabs and spaces");
    is_wrong("if a:\n\tb\n        c\n", 3, 9, "inconsistent use of tabs and spaces");
    is_wrong("if a:\n    b\n\tif b:\n\t c\n", 3, 2, "inconsistent use of tabs and spaces");
}

static void test_brackets(void **state)
{
    (void)state;
    is_tokens("([{}])", "( [ { } ] ) ; $");
    is_wrong("a)", 1, 2, "unmatched ')'");
    is_wrong("f(a,\n  b]\n", 2, 4, "closing bracket ']' does not match opening bracket '(' on line 1");
    is_wrong("f(a]\n", 1, 4, "closing bracket ']' does not match opening bracket '('");
    is_wrong("x = 1\nf(a,\n  b\n", 2, 2, "'(' was never closed");
}

static void test_operators(void **state)
{
    (void)state;
    static const char *const all[] = {"+",  "-",  "*",  "**", "/",   "//",  "%",   "@",  "<<", ">>",  "&",
                                      "|",  "^",  "~",  ":=", "<",   ">",   "<=",  ">=", "==", "!=",  ",",
                                      ":",  ".",  ";",  "=",  "->",  "+=",  "-=",  "*=", "/=", "//=", "%=",
                                      "@=", "&=", "|=", "^=", ">>=", "<<=", "**=", "..."};
    for (size_t i = 0; i < COUNT_OF(all); i++) {
        AUTO(strbuf_release) struct strbuf text = STRBUF_INIT, expected = STRBUF_INIT;
        strbuf_addf(&text, "a%sb", all[i]);
        strbuf_addf(&expected, "a %s b ; $", all[i]);
        is_tokens(strbuf_cstr(&text), strbuf_cstr(&expected));
    }
    is_wrong("a ? b", 1, 3, "invalid character '?'");
    is_wrong("a $ b", 1, 3, "invalid character '$'");
    is_wrong("a\x01", 1, 2, "invalid non-printable character U+0001");
    is_wrong("`a`", 1, 1, "invalid character '`'");
    is_wrong("a <> b", 1, 3, "invalid syntax");
    is_wrong("a ! b", 1, 3, "invalid syntax");
}

static void test_names(void **state)
{
    (void)state;
    is_tokens("a _b C3 eight_ch nine_char seventeen_letters",
              "a _b C3 eight_ch nine_char seventeen_letters ; $");
    is_tokens("größe", "größe ; $");
    is_tokens("数 = 1", "数 = 1 ; $");
    is_tokens("a_name_longer_thän_that", "a_name_longer_thän_that ; $");
    is_wrong("x = “a”", 1, 5, "invalid character '“' (U+201C)");
    is_wrong("é = €", 1, 5, "invalid character '€' (U+20AC)");
    is_wrong("a\xC2\xA0= 1", 1, 2, "(U+00A0)");
}

static void test_keywords(void **state)
{
    (void)state;
    static const char *const all[] = {
        "False", "None",     "True",  "and",    "as",   "assert", "async",  "await",    "break",
        "class", "continue", "def",   "del",    "elif", "else",   "except", "finally",  "for",
        "from",  "global",   "if",    "import", "in",   "is",     "lambda", "nonlocal", "not",
        "or",    "pass",     "raise", "return", "try",  "while",  "with",   "yield"};
    assert_int_equal(COUNT_OF(all), PY_T_COUNT - PY_T_FALSE);
    for (size_t i = 0; i < COUNT_OF(all); i++) {
        char quoted[16];
        snprintf(quoted, sizeof(quoted), "'%s'", all[i]);
        assert_string_equal(py_token_text(py_keyword(all[i], strlen(all[i]))), quoted);
    }
    static const char *const names[] = {"",  "a",   "match", "case", "type",    "_",        "print",
                                        "i", "iff", "Not",   "none", "retur",   "returns",  "continues",
                                        "A", "ass", "x",     "exec", "nonloca", "nonlocals"};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        assert_int_equal(py_keyword(names[i], strlen(names[i])), PY_T_NAME);
    }
}

static void test_numbers(void **state)
{
    (void)state;
    static const char *const good[] = {"0",     "00",          "0_0", "7",    "1_000", "0x1F", "0X_ff",
                                       "0o17",  "0b1_0",       "1.",  ".5",   "1.5",   "1e5",  "1E-5",
                                       "1.e+5", "1_0.0_1e1_0", "1j",  "09.5", "012j",  "1.5J", "0e0"};
    for (size_t i = 0; i < COUNT_OF(good); i++) {
        AUTO(strbuf_release) struct strbuf expected = STRBUF_INIT;
        strbuf_addf(&expected, "%s ; $", good[i]);
        is_tokens(good[i], strbuf_cstr(&expected));
    }
    is_tokens("1if 2else 3", "1 if 2 else 3 ; $");
    is_tokens("0xfor x", "0xf or x ; $");
    is_tokens("1..real", "1. . real ; $");
    is_wrong("012", 1, 1, "leading zeros");
    is_wrong("0x", 1, 3, "invalid hexadecimal literal");
    is_wrong("0o8", 1, 3, "invalid octal literal");
    is_wrong("0b12", 1, 4, "invalid binary literal");
    is_wrong("1_", 1, 2, "invalid decimal literal");
    is_wrong("1__0", 1, 2, "invalid decimal literal");
    is_wrong("10L", 1, 3, "invalid decimal literal");
    is_wrong("1e", 1, 2, "invalid decimal literal");
    is_wrong("1jx", 1, 3, "invalid imaginary literal");
}

static void test_strings(void **state)
{
    (void)state;
    is_tokens("'a' \"b\"", "\"a\" \"b\" ; $");
    is_tokens("'' \"\"", "\"\" \"\" ; $");
    is_tokens("'a\\'b' 'c\\\\'", "\"a\\'b\" \"c\\\\\" ; $");
    is_tokens("'''a\n'b' ''c'''", "\"a\n'b' ''c\" ; $");
    is_tokens("\"\"\"a\\\"\"\"\"", "\"a\\\"\" ; $");
    is_tokens("'a\\\nb'", "\"a\\\nb\" ; $");
    is_tokens("'a # b'", "\"a # b\" ; $");
    is_tokens("r'\\' x'", "\"\\' x\" ; $");
    is_tokens("'longer than eight é and then' x", "\"longer than eight é and then\" x ; $");
    static const char *const prefixes[] = {"r",  "R",  "b",  "B",  "u",  "U",  "rb",
                                           "rB", "Rb", "RB", "br", "bR", "Br", "BR"};
    for (size_t i = 0; i < COUNT_OF(prefixes); i++) {
        AUTO(strbuf_release) struct strbuf text = STRBUF_INIT;
        strbuf_addf(&text, "%s'a'", prefixes[i]);
        is_tokens(strbuf_cstr(&text), "\"a\" ; $");
    }
    is_tokens("ur'a'", "ur \"a\" ; $");
    is_tokens("bu'a'", "bu \"a\" ; $");
    is_wrong("x = 'a\nb'", 1, 5, "unterminated string literal");
    is_wrong("x = 'a", 1, 5, "unterminated string literal");
    is_wrong("x = '''a\n\n'", 1, 5, "unterminated triple-quoted string literal");
}

static void test_f_strings(void **state)
{
    (void)state;
    static const char *const good[] = {"f''",
                                       "F'a'",
                                       "rf'a'",
                                       "Fr'a'",
                                       "f'{a}'",
                                       "f'{{a}}'",
                                       "f'{a!r:>{b}}'",
                                       "f'{a[\"b\"]}'",
                                       "f'{a['b']}'",
                                       "f'{f'{f'{1}'}'}'",
                                       "f'{a:{b:{c}}}'",
                                       "f'{'}'}'",
                                       "f'''{\na\n}'''",
                                       "f'{a # why\n}'",
                                       "f'{(lambda x: x)}'",
                                       "f'{ {1: 2}[1] }'",
                                       "f'\\'{a}\\''",
                                       "f'\\N{DASH}'",
                                       "f'{a:%H:%M}'",
                                       "f'{x:=5}'",
                                       "rf'\\{a}'",
                                       "f'{a != b}'",
                                       "f'{\na\n}'"};
    for (size_t i = 0; i < COUNT_OF(good); i++) {
        is_tokens(good[i], "f\"\" ; $");
    }
    is_wrong("f'{a'", 1, 5, "unterminated string literal");
    is_wrong("f'{a", 1, 3, "'{' was never closed");
    is_wrong("f'a}'", 1, 4, "single '}' is not allowed");
    is_wrong("f'{a:'", 1, 6, "expecting '}'");
    is_wrong("f'a\n'", 1, 1, "unterminated f-string literal");
    is_wrong("f'''a", 1, 1, "unterminated triple-quoted f-string literal");
}

static void test_sources(void **state)
{
    (void)state;
    is_tokens("# coding: latin-1\nx = '\xE9'\n", "x = \"é\" ; $");
    is_tokens("#!/bin/sh\n# -*- coding: ISO_8859-1 -*-\nx\xFC = 1\n", "xü = 1 ; $");
    is_tokens("# coding=utf-8\nü\n", "ü ; $");
    is_tokens("x = 1\n# coding: latin-1 comes too late\n", "x = 1 ; $");
    is_wrong("x = '\xE9'\n", 1, 6, "not UTF-8");
    is_wrong("x = 'é\xFF'\n", 1, 7, "not UTF-8");
    is_wrong("# coding: ascii\nx = 'é'\n", 2, 6, "not ASCII");
    is_wrong("# coding: koi8-r\nx = 'é'\n", 1, 11, "the encoding \"koi8-r\" is not supported");
    AUTO(arena_release) struct arena a = ARENA_INIT;
    AUTO(strbuf_release) struct strbuf got = STRBUF_INIT;
    struct err err = {0};
    tokens(&a, SLICE("a\n\0b"), &got, &err);
    assert_int_equal(err.status, ERR_FILE);
    assert_int_equal(err.line, 2);
}

static void test_places(void **state)
{
    (void)state;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct slice source;
    struct err err = {0};
    static const struct {
        int line, column, end_line;
    } places[] = {{1, 1, 1}, {1, 4, 1}, {1, 6, 3}, {3, 6, 3}, {4, 1, 4}, {4, 2, 4}};
    assert_int_equal(py_source_read(&a, "f.py", SLICE("né = '''é\n\n'é'''+\\\nb"), &source, &err), 0);
    struct py_lexer x;
    py_lexer_init(&x, "f.py", source, &err);
    for (size_t i = 0; i < COUNT_OF(places); i++) {
        struct py_token t;
        py_lex(&x, &t);
        assert_int_equal(t.line, places[i].line);
        assert_int_equal(t.column, places[i].column);
        assert_int_equal(t.end_line, places[i].end_line);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines),     cmocka_unit_test(test_indentation),
        cmocka_unit_test(test_brackets),  cmocka_unit_test(test_operators),
        cmocka_unit_test(test_names),     cmocka_unit_test(test_keywords),
        cmocka_unit_test(test_numbers),   cmocka_unit_test(test_strings),
        cmocka_unit_test(test_f_strings), cmocka_unit_test(test_sources),
        cmocka_unit_test(test_places),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
