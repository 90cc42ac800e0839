/*
 * Models of SQLAlchemy and SQLModel as statements: every case of data/models.txt is a project of a few files,
 * and what create_all() sends to SQLite for it, or what is refused and where.
 */
#include "base/file.h"
#include "engine/alembic/models/models.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

struct file {
    const char *name; /* "app/models.py" */
    struct slice text;
};
static struct {
    struct file items[16];
    size_t n;
} files;

static int find(void *arg, const char *name, bool *found, bool *is_package, const char **file,
                struct slice *text, struct err *err)
{
    (void)err;
    struct arena *a = arg;
    char *path = arena_dup(a, name);
    for (char *p = path; *p; p++) {
        *p = *p == '.' ? '/' : *p;
    }
    for (int package = 0; package < 2 && !*found; package++) {
        const char *full = arena_printf(a, "%s%s.py", path, package ? "/__init__" : "");
        for (size_t i = 0; i < files.n; i++) {
            if (strcmp(files.items[i].name, full) == 0) {
                *found = true;
                *is_package = package;
                *file = files.items[i].name;
                *text = files.items[i].text;
            }
        }
    }
    return 0;
}

/* Spaces and line ends of statements do not matter here. */
static void add_flat(struct strbuf *out, const char *text)
{
    bool blank = false;
    for (; *text; text++) {
        if (strchr(" \t\r\n", *text)) {
            blank = true;
            continue;
        }
        strbuf_adds(out,
                    blank && out->len && !strchr("(\n", out->ptr[out->len - 1]) && *text != ')' ? " " : "");
        strbuf_addch(out, *text);
        blank = false;
    }
}

static void answer(struct arena *a, const char *place, enum ddl_dialect_kind kind, struct strbuf *out)
{
    struct alembic_env env = {.loader = {.arg = a, .find = find}};
    struct models_place where = {.name = place};
    strings_t statements = {0};
    struct err err;
    if (models_statements(a, &env, ddl_dialect_of(kind), &where, &statements, &err) != 0) {
        strbuf_addf(out, "! %s:%d: %s\n", err.file[0] ? err.file : "-", err.line, err.message);
        return;
    }
    for (size_t i = 0; i < statements.n; i++) {
        add_flat(out, statements.items[i]);
        strbuf_addch(out, '\n');
    }
}

static void models_become_statements(void **state)
{
    (void)state;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct slice text, rest, line;
    struct err err;
    assert_int_equal(file_read(&a, "tests/engine/data/models.txt", 0, &text, &err), 0);
    rest = text;
    const char *title = "";
    int cases = 0, failed = 0;
    while (slice_cut(&rest, '\n', &line)) {
        if (slice_starts(line, "=== ")) {
            title = arena_dupn(&a, line.ptr + 4, line.len - 4);
            files.n = 0;
        } else if (slice_starts(line, "--- ")) {
            files.items[files.n] = (struct file){.name = arena_dupn(&a, line.ptr + 4, line.len - 4)};
            const char *end = memmem(rest.ptr, rest.len, "\n---", 4),
                       *other = memmem(rest.ptr, rest.len, "\n-->", 4);
            end = !end || (other && other < end) ? other : end;
            assert_non_null(end);
            files.items[files.n++].text = (struct slice){rest.ptr, (size_t)(end + 1 - rest.ptr)};
            rest = (struct slice){end + 1, rest.len - (size_t)(end + 1 - rest.ptr)};
        } else if (slice_starts(line, "--> ")) {
            const char *dialect = arena_dupn(&a, line.ptr + 4, line.len - 4),
                       *end = memmem(rest.ptr, rest.len, "\n\n", 2);
            const char *next = memmem(rest.ptr, rest.len, "\n-->", 4);
            end = next && (!end || next < end) ? next : end;
            size_t n = end ? (size_t)(end + 1 - rest.ptr) : rest.len;
            AUTO(strbuf_release) struct strbuf got = STRBUF_INIT;
            answer(&a, "app.models:Base", ddl_dialect_find(dialect)->kind, &got);
            cases++;
            if (got.len != n || memcmp(got.ptr, rest.ptr, n) != 0) {
                failed++;
                fprintf(stderr, "%s (%s): expected\n%.*sgot\n%s\n", title, dialect, (int)n, rest.ptr,
                        strbuf_cstr(&got));
            }
            rest = (struct slice){rest.ptr + n, rest.len - n};
        }
    }
    assert_true(cases > 20);
    assert_int_equal(failed, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(models_become_statements)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
