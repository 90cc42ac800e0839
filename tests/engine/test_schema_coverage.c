/*
 * Each attribute of each kind of object: somebody changes it by hand on a live database, and a comparison
 * finds exactly that, and nothing else. docs/schema-coverage.md is written from the same tables, which each
 * database has in coverage/<name>.h; LOCKSTEP_WRITE_COVERAGE=1 writes it.
 */
#include "base/file.h"
#include "base/module.h"
#include "engine/schema/compare.h"
#include "tests/engine/coverage/postgresql.h"
#include "tests/servers/servers.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static const struct coverage databases[] = {
    {"PostgreSQL", coverage_postgresql_setup, coverage_postgresql_rows, COUNT_OF(coverage_postgresql_rows)},
};

/* With this process's number for {n}. */
static const char *filled(struct arena *a, const char *text)
{
    AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
    for (const char *at = strstr(text, "{n}"); at; text = at + 3, at = strstr(text, "{n}")) {
        strbuf_addf(&b, "%.*s%ld", (int)(at - text), text, (long)getpid());
    }
    strbuf_adds(&b, text);
    return arena_dup(a, strbuf_cstr(&b));
}

static int try_sql(struct conn *c, const char *text, struct err *err)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct sql_script script;
    int rc = conn_driver(c)->split(&a, slice_of(filled(&a, text)), &script, err);
    for (size_t i = 0; i < script.n && rc == 0; i++) {
        rc = conn_exec(c, arena_dupn(&a, script.items[i].text.ptr, script.items[i].text.len), err);
    }
    return rc;
}

static void run(struct conn *c, const char *text)
{
    struct err err = {0};
    if (try_sql(c, text, &err)) {
        fail_msg("%s: %s", text, err.message);
    }
}

static struct schema *read_schema(struct arena *a, struct conn *c)
{
    struct schema *s = NULL;
    struct err err = {0};
    if (schema_read_whole(a, c, NULL, SCHEMA_ALL | SCHEMA_GRANTS, &s, &err)) {
        fail_msg("%s", err.message);
    }
    return s;
}

/* "changed column users.email: type, collation; missing ..." */
static const char *described(struct arena *a, const schema_changes_t *changes)
{
    AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
    const struct schema_change *c;
    const struct schema_attribute *x;
    vec_each (c, changes) {
        const struct schema_item *item = schema_change_item(c);
        strbuf_addf(&b, "%s%s %s", b.len ? "; " : "", schema_item_word(item), schema_item_path(a, item));
        strbuf_adds(&b, c->kind == SCHEMA_MISSING      ? ": missing"
                        : c->kind == SCHEMA_UNEXPECTED ? ": unexpected"
                                                       : "");
        vec_each (x, &c->attributes) {
            strbuf_addf(&b, "%s%s", x == c->attributes.items ? ": " : ", ", x->field->name);
        }
    }
    return arena_dup(a, strbuf_cstr(&b));
}

/* The attributes of a row in the order of its kind's fields do not matter. */
static bool same_words(const char *a, const char *b)
{
    if (strlen(a) != strlen(b)) {
        return false;
    }
    while (*a) {
        size_t n = strcspn(a, ", ");
        const char *at = b;
        for (; *at && (strncmp(at, a, n) != 0 || (at[n] && at[n] != ',')); at += strspn(at, ", ")) {
            at += strcspn(at, ", ");
        }
        if (!*at) {
            return false;
        }
        a += n + strspn(a + n, ", ");
    }
    return true;
}

static bool found_it(struct arena *a, const struct coverage_row *row, const schema_changes_t *changes)
{
    const char *found = described(a, changes);
    const char *head = filled(a, arena_printf(a, "%s %s: ", row->word, row->path));
    return changes->n == 1 && strncmp(found, head, strlen(head)) == 0 &&
           same_words(found + strlen(head), row->attribute);
}

static void report(const struct coverage_row *row, const char *found, size_t *wrong)
{
    print_error("%s\n  should be found as %s %s: %s\n  but as %s\n", row->change, row->word, row->path,
                row->attribute, *found ? found : "nothing");
    (*wrong)++;
}

static struct conn *connect_to(const char *driver_name, const struct driver_address *address)
{
    const struct driver *driver;
    struct conn *c = NULL;
    struct err err = {0};
    if (driver_find(driver_name, &driver, &err) ||
        driver->open(address, &(struct driver_session){.create = true}, &c, &err)) {
        fail_msg("%s", err.message);
    }
    return c;
}

/* Where DDL takes part in transactions: each change is rolled back. */
static void assert_found(struct conn *c, const struct coverage *of)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    const struct schema *expected = read_schema(&a, c);
    size_t wrong = 0;
    for (size_t i = 0; i < of->n; i++) {
        AUTO(arena_release) struct arena each = ARENA_INIT;
        struct err err = {0};
        schema_changes_t changes = {0};
        run(c, conn_driver(c)->begin);
        if (try_sql(c, of->rows[i].change, &err)) {
            report(&of->rows[i], err.message, &wrong);
        } else {
            schema_compare(&each, expected, read_schema(&each, c), &changes);
            if (!found_it(&each, &of->rows[i], &changes)) {
                report(&of->rows[i], described(&each, &changes), &wrong);
            }
        }
        run(c, conn_driver(c)->rollback);
    }
    if (wrong) {
        fail_msg("%zu of %zu changes", wrong, of->n);
    }
}

static void postgresql_finds_each_change_and_nothing_else(void **state)
{
    (void)state;
    const char *url = server_postgresql();
    struct driver_address address = {.host = "127.0.0.1",
                                     .port = server_port(url),
                                     .user = "postgres",
                                     .database = server_postgresql_database("coverage")};
    struct conn *c = connect_to("postgresql", &address);
    if (strncmp(conn_driver(c)->server(c), "PostgreSQL 15", 13) < 0) {
        conn_close(c);
        print_message("skipped: made for PostgreSQL 15 and later\n");
        skip();
    }
    run(c, "SET allow_in_place_tablespaces = on; CREATE TABLESPACE space_{n} LOCATION ''; RESET "
           "allow_in_place_tablespaces");
    run(c, databases[0].setup);
    assert_found(c, &databases[0]);
    run(c, "DROP OWNED BY reader_{n}; DROP ROLE reader_{n}; DROP ROLE writer_{n}; DROP TABLESPACE space_{n}");
    conn_close(c);
}

static bool covers(const struct coverage *of, const char *word, const char *attribute)
{
    size_t n = strlen(attribute);
    for (size_t i = 0; i < of->n; i++) {
        const struct coverage_row *r = &of->rows[i];
        if (strcmp(r->word, word) == 0 && strncmp(r->attribute, attribute, n) == 0 &&
            (!r->attribute[n] || r->attribute[n] == ',')) {
            return true;
        }
    }
    return false;
}

/* A line for each kind and attribute, in the order in which the tables name them first. */
static void add_lines(struct strbuf *b, size_t d)
{
    for (size_t i = 0; i < databases[d].n; i++) {
        const struct coverage_row *r = &databases[d].rows[i];
        AUTO(arena_release) struct arena a = ARENA_INIT;
        const char *attribute = arena_dupn(&a, r->attribute, strcspn(r->attribute, ","));
        const struct coverage first = {.rows = databases[d].rows, .n = i};
        bool known = covers(&first, r->word, attribute);
        for (size_t k = 0; k < d; k++) {
            known = known || covers(&databases[k], r->word, attribute);
        }
        if (known) {
            continue;
        }
        strbuf_addf(b, "| %s | %s |", r->word, attribute);
        for (size_t k = 0; k < COUNT_OF(databases); k++) {
            strbuf_adds(b, covers(&databases[k], r->word, attribute) ? " yes |" : " |");
        }
        strbuf_addch(b, '\n');
    }
}

static void add_page(struct strbuf *b)
{
    strbuf_adds(
        b, "# What a comparison of schemas finds\n\n"
           "`tests/engine/test_schema_coverage.c` changes each of these on a live database, by hand as it "
           "were, and checks\nthat exactly this is found, and nothing else. It has written this page "
           "(`LOCKSTEP_WRITE_COVERAGE=1`).\n\n"
           "*missing* and *unexpected*: the whole object was dropped, or made. An empty cell: the database "
           "has no such thing,\nor nothing tests it.\n\n| object | what of it |");
    for (size_t k = 0; k < COUNT_OF(databases); k++) {
        strbuf_addf(b, " %s |", databases[k].title);
    }
    strbuf_adds(b, "\n|---|---|");
    for (size_t k = 0; k < COUNT_OF(databases); k++) {
        strbuf_adds(b, "---|");
    }
    strbuf_addch(b, '\n');
    for (size_t d = 0; d < COUNT_OF(databases); d++) {
        add_lines(b, d);
    }
}

static void the_page_says_what_is_tested(void **state)
{
    (void)state;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    AUTO(strbuf_release) struct strbuf page = STRBUF_INIT;
    struct err err = {0};
    struct slice there = {0};
    const char *source = getenv("LOCKSTEP_SOURCE");
    if (!source) {
        skip();
    }
    const char *path = arena_printf(&a, "%s/docs/schema-coverage.md", source);
    add_page(&page);
    if (getenv("LOCKSTEP_WRITE_COVERAGE")) {
        FILE *f = fopen(path, "w");
        assert_non_null(f);
        fwrite(page.ptr, 1, page.len, f);
        fclose(f);
    }
    assert_int_equal(file_read(&a, path, 0, &there, &err), 0);
    if (there.len != page.len || memcmp(there.ptr, page.ptr, page.len) != 0) {
        fail_msg("docs/schema-coverage.md is not what the tables of this test say; run it with "
                 "LOCKSTEP_WRITE_COVERAGE=1");
    }
}

int main(void)
{
    module_set_dir(LOCKSTEP_MODULE_DIR);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_page_says_what_is_tested),
        cmocka_unit_test(postgresql_finds_each_change_and_nothing_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
