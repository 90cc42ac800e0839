/*
 * SQL expressions and statements as revisions write them, through the interpreter: what op.execute() sends on
 * every dialect, as Alembic has it (data/expressions.txt, made by make_expressions.py), and what is refused.
 */
#include "engine/alembic/vocabulary/vocab.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct question {
    struct strbuf python; /* all but the last line */
    struct strbuf last;
};

static struct strbuf preamble;
static int different, refused, asked;

/* "0x7f12" is "0x": where objects lie is nobody's business. */
static void mask_addresses(char *s)
{
    char *to = s;
    for (; *s; s++) {
        *to++ = *s;
        if (*s == '0' && s[1] == 'x') {
            *to++ = *++s;
            while (s[1] && strchr("0123456789abcdef", s[1])) {
                s++;
            }
        }
    }
    *to = '\0';
}

static void describe(struct py *py, struct strbuf *answer)
{
    struct err err = {0};
    py_error(py, &err);
    const char *message = err.message;
    if (err.status != ERR_REFUSED) {
        /* Classes are named without their modules. */
        const char *colon = strstr(message, ": ");
        for (const char *p = message; colon && p < colon; p++) {
            message = *p == '.' ? p + 1 : message;
        }
    }
    strbuf_addf(answer, err.status == ERR_REFUSED ? "refused: %s" : "! %s", message);
}

static void ask(const struct question *q, enum ddl_dialect_kind kind, struct strbuf *answer)
{
    struct migration_settings settings = {0};
    struct migration m = {
        .mode = MIGRATION_OFFLINE, .dialect = ddl_dialect_of(kind), .settings = &settings, .revision = "a"};
    struct py_options options = {.host = &m};
    struct py *py = py_new(&options);
    struct strbuf text = STRBUF_INIT;
    strbuf_adds(&text, strbuf_cstr(&preamble));
    strbuf_adds(&text, strbuf_cstr(&q->python));
    strbuf_addf(&text, "the_value = (%s)\n", strbuf_cstr(&q->last));
    struct slice source = {text.ptr, text.len};
    struct err err = {0};
    struct py_node *tree;
    pyv module = NULL;
    assert_int_equal(py_parse(py_arena(py), "case.py", source, &tree, &err), 0);
    struct vocab_statement *statements = NULL;
    size_t n = 0;
    if (py_run_module(py, "case_py", tree, "case.py", source, &module) == 0 &&
        vocab_statement_render(py, py_getattr(py, module, "the_value"), NULL, &statements, &n) == 0) {
        assert_int_equal(n, 1);
        struct slice s = statements[0].text;
        while (s.len && strchr(" \n\t", s.ptr[s.len - 1])) {
            s.len--;
        }
        while (s.len && strchr(" \n\t", *s.ptr)) {
            s.ptr++;
            s.len--;
        }
        for (size_t i = 0; i < s.len; i++) {
            strbuf_add(answer, s.ptr[i] == '\t' ? "    " : &s.ptr[i], s.ptr[i] == '\t' ? 4 : 1);
        }
    } else {
        describe(py, answer);
    }
    py_free(py);
    strbuf_release(&text);
    strbuf_addch(answer, '\0'); /* so that there is a text to mask */
    mask_addresses(answer->ptr);
}

static void unescape(char *s)
{
    char *to = s;
    for (; *s; s++) {
        if (*s == '\\' && s[1]) {
            s++;
            *to++ = *s == 'n' ? '\n' : *s;
        } else {
            *to++ = *s;
        }
    }
    *to = '\0';
}

/* The value of a message about literals: a dict or a member of an enum is shown otherwise there. */
static void mask_value(char *text)
{
    char *from = strstr(text, "for literal value \""), *to = strstr(text, "\" with datatype");
    if (*text == '!' && from && to && to > from) {
        from += strlen("for literal value ");
        memmove(from, to, strlen(to) + 1);
    }
}

static void compare(const struct question *q, enum ddl_dialect_kind kind, const char *expected)
{
    struct strbuf answer = STRBUF_INIT;
    ask(q, kind, &answer);
    char *background = strstr(answer.ptr, " (Background on");
    if (*answer.ptr == '!' && background) {
        *background = '\0';
    }
    asked++;
    char *masked = strdup(expected);
    if (strchr(strbuf_cstr(&q->last), '{') || strstr(strbuf_cstr(&q->last), "Color.")) {
        mask_value(answer.ptr);
        mask_value(masked);
    }
    if (strncmp(answer.ptr, "refused: ", 9) == 0) {
        refused++;
        if (getenv("VERBOSE")) {
            print_message("%s%s on %s: %s\n    %s\n", strbuf_cstr(&q->python), strbuf_cstr(&q->last),
                          ddl_dialect_of(kind)->name, answer.ptr, expected);
        }
    } else if (strcmp(answer.ptr, masked) != 0) {
        different++;
        print_error("%s%s on %s: expected\n    %s\nnot\n    %s\n", strbuf_cstr(&q->python),
                    strbuf_cstr(&q->last), ddl_dialect_of(kind)->name, expected, answer.ptr);
    }
    free(masked);
    strbuf_release(&answer);
}

static void add_line(struct question *q, const char *line)
{
    if (q->last.len) {
        strbuf_addf(&q->python, "%s\n", strbuf_cstr(&q->last));
    }
    strbuf_clear(&q->last);
    strbuf_adds(&q->last, line);
}

static void expressions_are_alembics(void **state)
{
    static const enum ddl_dialect_kind kinds[] = {DDL_POSTGRESQL, DDL_MYSQL, DDL_MARIADB, DDL_SQLITE};
    (void)state;
    FILE *f = fopen("tests/engine/data/expressions.txt", "r");
    assert_non_null(f);
    char *line = NULL, *before = NULL;
    size_t size = 0, at = 0;
    struct question q = {0};
    const char *only = getenv("ONLY");
    while (getline(&line, &size, f) >= 0) {
        line[strcspn(line, "\n")] = '\0';
        if (*line == '#' && at == 0) {
            continue;
        }
        if (*line == '|') {
            strbuf_addf(&preamble, "%s\n", line + 2);
            continue;
        }
        if (*line == '>') {
            if (at == 4) {
                at = 0;
                strbuf_clear(&q.python);
                strbuf_clear(&q.last);
            }
            add_line(&q, line + 2);
            continue;
        }
        if (strcmp(line, "=") != 0) {
            free(before);
            before = strdup(line);
            unescape(before);
        }
        assert_true(at < 4);
        if (!only || strstr(strbuf_cstr(&q.last), only)) {
            compare(&q, kinds[at], before);
        }
        at++;
    }
    free(line);
    free(before);
    fclose(f);
    strbuf_release(&q.python);
    strbuf_release(&q.last);
    print_message("%d asked, %d different, %d refused\n", asked, different, refused);
    assert_int_equal(different, 0);
    /* Placeholders that SQLAlchemy leaves, statements of one dialect on another, and the like. */
    assert_true(getenv("ONLY") || refused <= 105);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(expressions_are_alembics),
    };
    int rc = cmocka_run_group_tests(tests, NULL, NULL);
    strbuf_release(&preamble);
    return rc;
}
