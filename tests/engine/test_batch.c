/*
 * Batch mode on SQLite: each case of data/batch_cases.txt is a database, a revision and what the database
 * looks like afterwards. tests/engine/make_batch.py compares them with Alembic's own work.
 */
#include "base/arena.h"
#include "base/file.h"
#include "base/str.h"
#include "tests/servers/servers.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct batch_case {
    struct slice title, setup, upgrade, after, error;
};

static struct slice *section_of(struct batch_case *c, struct slice line)
{
    return slice_eq(line, "-- setup")     ? &c->setup
           : slice_eq(line, "-- upgrade") ? &c->upgrade
           : slice_eq(line, "-- after")   ? &c->after
           : slice_eq(line, "-- error")   ? &c->error
                                          : NULL;
}

/* The next case off *rest. */
static bool next_case(struct slice *rest, struct batch_case *out)
{
    struct slice line, *section = &out->title, peek = *rest;
    *out = (struct batch_case){0};
    if (!slice_cut(rest, '\n', &line) || !slice_starts(line, "== ")) {
        return false;
    }
    out->title = line;
    for (peek = *rest; slice_cut(&peek, '\n', &line) && !slice_starts(line, "== "); *rest = peek) {
        struct slice *begun = section_of(out, line);
        if (begun) {
            section = begun;
        } else if (section != &out->title) {
            section->ptr = section->ptr ? section->ptr : line.ptr;
            section->len = (size_t)(line.ptr + line.len - section->ptr) + (peek.ptr != NULL);
        }
    }
    return true;
}

static void write_file(const char *path, const char *head, struct slice text, const char *indent)
{
    FILE *f = fopen(path, "w");
    struct slice line;
    assert_non_null(f);
    fputs(head, f);
    while (text.len && slice_cut(&text, '\n', &line)) {
        if (line.len) {
            fprintf(f, "%s%.*s\n", indent, (int)line.len, line.ptr);
        }
    }
    fclose(f);
}

static void assert_case(const struct batch_case *c, const char *folder, int number)
{
    static char out[1 << 16], dump[1 << 16];
    char sql[600], revision[600];
    const char *build = getenv("LOCKSTEP_BUILD");
    if (!build) {
        skip();
    }
    snprintf(sql, sizeof(sql), "%s/%d.sql", folder, number);
    snprintf(revision, sizeof(revision), "%s/%d.py", folder, number);
    write_file(sql, "", c->setup, "");
    write_file(revision, "import sqlalchemy as sa\nfrom alembic import op\n\n\ndef upgrade():\n", c->upgrade,
               "    ");
    assert_int_equal(test_run(out, sizeof(out), "sqlite3 %s/%d.db < %s", folder, number, sql), 0);
    int status = test_run(out, sizeof(out), "%s/tests/lockstep-alembic-run sqlite - 0 - %s/%d.db %s up",
                          build, folder, number, revision);
    if (c->error.ptr) {
        struct slice error = slice_trim(c->error);
        if (status == 0 || !memmem(out, strlen(out), error.ptr, error.len)) {
            fail_msg("%.*s: %d\n%s", (int)c->title.len, c->title.ptr, status, out);
        }
        return;
    }
    if (status != 0) {
        fail_msg("%.*s:\n%s", (int)c->title.len, c->title.ptr, out);
    }
    test_run(dump, sizeof(dump),
             "sqlite3 %s/%d.db .dump | grep -vxE 'PRAGMA foreign_keys=OFF;|BEGIN TRANSACTION;|COMMIT;'",
             folder, number);
    if (strlen(dump) != c->after.len || memcmp(dump, c->after.ptr, c->after.len) != 0) {
        fail_msg("%.*s:\n%s\nnot:\n%.*s", (int)c->title.len, c->title.ptr, dump, (int)c->after.len,
                 c->after.ptr);
    }
}

static void tables_are_made_anew(void **state)
{
    (void)state;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct slice text;
    struct err err = {0};
    struct batch_case c;
    int number = 0;
    const char *folder = test_folder(), *source = getenv("LOCKSTEP_SOURCE");
    if (!source) {
        skip();
    }
    assert_int_equal(
        file_read(&a, arena_printf(&a, "%s/tests/engine/data/batch_cases.txt", source), 0, &text, &err), 0);
    while (next_case(&text, &c)) {
        assert_case(&c, folder, number++);
    }
    assert_in_range(number, 40, 1000);
}

/* DROP TABLE deletes the rows first when foreign keys are enforced, and others' rows would follow. */
static void rows_of_others_are_safe_when_foreign_keys_are_enforced(void **state)
{
    (void)state;
    char out[8192];
    const char *folder = test_folder(), *build = getenv("LOCKSTEP_BUILD");
    if (!build) {
        skip();
    }
    int status = test_run(out, sizeof(out),
                          "cd %s && sqlite3 t.db \"CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT);"
                          " CREATE TABLE child (id INTEGER, t_id INTEGER REFERENCES t ON DELETE CASCADE);"
                          " INSERT INTO t VALUES (1, 'x'); INSERT INTO child VALUES (2, 1)\"\n"
                          "printf 'from alembic import op\\ndef upgrade():\\n"
                          "    with op.batch_alter_table(\"t\") as b:\\n"
                          "        b.alter_column(\"a\", nullable=False)\\n' > r.py\n"
                          "%s/tests/lockstep-alembic-run -f sqlite - 0 - t.db r.py up; echo status $?\n"
                          "sqlite3 t.db 'SELECT * FROM child'\n"
                          "%s/tests/lockstep-alembic-run sqlite - 0 - t.db r.py up; echo status $?\n"
                          "sqlite3 t.db 'SELECT * FROM child'",
                          folder, build, build);
    assert_int_equal(status, 0);
    assert_non_null(strstr(out, "while foreign keys are enforced (PRAGMA foreign_keys)"));
    assert_non_null(strstr(out, "status 2\n2|1\nstatus 0\n2|1\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_are_made_anew),
        cmocka_unit_test(rows_of_others_are_safe_when_foreign_keys_are_enforced),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
