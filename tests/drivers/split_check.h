/* Tables of scripts and what splitting them gives, shared by the tests of the three dialects. */
#pragma once
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "base/arena.h"
#include "base/file.h"
#include "drivers/driver.h"
#include <cmocka.h>

typedef int (*split_fn)(struct arena *, struct slice, struct sql_script *, struct err *);
typedef void (*print_fn)(struct strbuf *, struct slice, struct slice);

#define SPLIT_MAX 12
struct split_case {
    const char *script;
    const char *texts[SPLIT_MAX]; /* up to the first NULL */
    const char *error;            /* part of the message; then nothing of texts counts */
    int line, column;             /* of the error, or of the last statement when not 0 */
    const char *hint;             /* part of it */
};

#define SPLITS(s, ...)                                                                                       \
    {                                                                                                        \
        .script = (s), .texts = { __VA_ARGS__ }                                                              \
    }
#define SPLITS_AT(s, l, c, ...)                                                                              \
    {                                                                                                        \
        .script = (s), .texts = {__VA_ARGS__}, .line = (l), .column = (c)                                    \
    }
#define FAILS(s, l, c, what)                                                                                 \
    {                                                                                                        \
        .script = (s), .error = (what), .line = (l), .column = (c)                                           \
    }
#define FAILS_HINT(s, l, c, what, h)                                                                         \
    {                                                                                                        \
        .script = (s), .error = (what), .line = (l), .column = (c), .hint = (h)                              \
    }

static inline void split_same(const char *script, const struct sql_script *got, const struct split_case *c)
{
    size_t n = 0;
    while (n < SPLIT_MAX && c->texts[n]) {
        n++;
    }
    for (size_t i = 0; i < n && i < got->n; i++) {
        if (!slice_eq(got->items[i].text, c->texts[i])) {
            fail_msg("script <<%s>>\nstatement %zu is <<%.*s>>\nexpected     <<%s>>", script, i,
                     (int)got->items[i].text.len, got->items[i].text.ptr, c->texts[i]);
        }
    }
    if (got->n != n) {
        fail_msg("script <<%s>> has %zu statements, expected %zu", script, got->n, n);
    }
}

/* Printing every statement and splitting that gives the same statements. */
static inline void split_round_trip(split_fn split, print_fn print, const struct sql_script *first)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
    struct err err = {0};
    struct sql_script again;
    for (size_t i = 0; i < first->n; i++) {
        print(&b, first->items[i].text, first->items[i].copy);
    }
    if (split(&a, (struct slice){strbuf_cstr(&b), b.len}, &again, &err)) {
        fail_msg("printed <<%s>>\nfails: %d:%d %s", strbuf_cstr(&b), err.line, err.column, err.message);
    }
    if (again.n != first->n) {
        fail_msg("printed <<%s>>\nhas %zu statements, not %zu", strbuf_cstr(&b), again.n, first->n);
    }
    for (size_t i = 0; i < first->n; i++) {
        const struct sql_statement *x = &first->items[i], *y = &again.items[i];
        if (x->text.len != y->text.len || memcmp(x->text.ptr, y->text.ptr, x->text.len) != 0) {
            fail_msg("printed <<%s>>\nstatement %zu differs: <<%.*s>>", strbuf_cstr(&b), i, (int)y->text.len,
                     y->text.ptr);
        }
        assert_int_equal(x->kind, y->kind);
        assert_int_equal(!x->copy.ptr, !y->copy.ptr);
        assert_int_equal(x->copy.len, y->copy.len);
        assert_true(!x->copy.len || memcmp(x->copy.ptr, y->copy.ptr, x->copy.len) == 0);
    }
}

static inline void split_check_error(const struct split_case *c, int status, const struct err *err)
{
    if (status != ERR_FILE || !strstr(err->message, c->error)) {
        fail_msg("script <<%s>>\nexpected error: %s\ngot %d %s", c->script, c->error, status, err->message);
    }
    if (err->line != c->line || err->column != c->column) {
        fail_msg("script <<%s>>\n%s at %d:%d, expected %d:%d", c->script, err->message, err->line,
                 err->column, c->line, c->column);
    }
    assert_true(strlen(err->excerpt) > 0);
    if (c->hint && !strstr(err->hint, c->hint)) {
        fail_msg("script <<%s>>\nhint: %s\nexpected: %s", c->script, err->hint, c->hint);
    }
}

static inline void split_check(split_fn split, print_fn print, const struct split_case *cases, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct split_case *c = &cases[i];
        AUTO(arena_release) struct arena a = ARENA_INIT;
        struct err err = {0};
        struct sql_script got = {0};
        int status = split(&a, slice_of(c->script), &got, &err);
        if (c->error) {
            split_check_error(c, status, &err);
            continue;
        }
        if (status) {
            fail_msg("script <<%s>>\nfails: %d:%d %s", c->script, err.line, err.column, err.message);
        }
        split_same(c->script, &got, c);
        if (c->line) {
            assert_int_equal(got.items[got.n - 1].line, c->line);
            assert_int_equal(got.items[got.n - 1].column, c->column);
        }
        split_round_trip(split, print, &got);
    }
}

struct kind_case {
    const char *text;
    enum sql_kind kind;
    bool outside;
};

static inline void split_check_kinds(split_fn split, const struct kind_case *cases, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        AUTO(arena_release) struct arena a = ARENA_INIT;
        struct err err = {0};
        struct sql_script got;
        if (split(&a, slice_of(cases[i].text), &got, &err)) {
            fail_msg("<<%s>>: %s", cases[i].text, err.message);
        }
        assert_int_equal(got.n, 1);
        if (got.items[0].kind != cases[i].kind || got.items[0].outside_transaction != cases[i].outside) {
            fail_msg("<<%s>> is kind %d outside %d, expected %d %d", cases[i].text, got.items[0].kind,
                     got.items[0].outside_transaction, cases[i].kind, cases[i].outside);
        }
    }
}

#define SPLIT_BIG ((size_t)5 << 20)
/* A script of head, `unit` again and again up to SPLIT_BIG bytes, and tail. Quadratic work on one would take
 * minutes; returns the number of statements, or -1 for an error. */
static inline long split_big(split_fn split, const char *head, const char *unit, const char *tail)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
    struct err err;
    struct sql_script got;
    strbuf_adds(&b, head);
    while (b.len < SPLIT_BIG) {
        strbuf_adds(&b, unit);
    }
    strbuf_adds(&b, tail);
    clock_t began = clock(); /* the time of this process: a busy machine does not make work quadratic */
    int status = split(&a, (struct slice){b.ptr, b.len}, &got, &err);
    long took = (long)((clock() - began) / (CLOCKS_PER_SEC / 1000));
    if (took > 20000) {
        fail_msg("%s%s...%s took %ld ms", head, unit, tail, took);
    }
    return status ? -1 : (long)got.n;
}

static inline void split_check_nul(split_fn split)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct err err;
    struct sql_script got = {.n = 7};
    assert_int_equal(split(&a, SLICE("SELECT 1;\nSELECT '\0';"), &got, &err), ERR_FILE);
    assert_non_null(strstr(err.message, "NUL"));
    assert_int_equal(err.line, 2);
    assert_int_equal(err.column, 9);
    assert_int_equal(got.n, 7);
    assert_int_equal(split(&a, (struct slice){NULL, 0}, &got, &err), 0);
    assert_int_equal(got.n, 0);
}
