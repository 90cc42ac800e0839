/* MariaDB's schema read from a live database: all of it in a fixed number of queries, and what rights hide.
 */
#include "base/module.h"
#include "engine/schema/object.h"
#include "tests/servers/servers.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct conn *open_as(const char *user, const char *database)
{
    struct conn *c = NULL;
    struct err err = {0};
    const struct driver_address address = {
        .host = "127.0.0.1", .port = server_port(server_mysql()), .user = user, .database = database};
    const struct driver *driver = NULL;
    if (driver_find("mysql", &driver, &err) ||
        driver->open(&address, &(struct driver_session){0}, &c, &err)) {
        fail_msg("%s", err.message);
    }
    return c;
}

static void run(struct conn *c, const char *const *statements)
{
    struct err err = {0};
    for (; *statements; statements++) {
        if (conn_exec(c, *statements, &err)) {
            fail_msg("%s: %s", *statements, err.message);
        }
    }
}

static struct schema *read_all(struct arena *a, struct conn *c, unsigned parts)
{
    struct schema *s = NULL;
    struct err err = {0};
    if (schema_read(a, c, &(struct schema_scope){.parts = parts}, &s, &err)) {
        fail_msg("%s", err.message);
    }
    return s;
}

static int questions(struct conn *c)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct statement st = {.text = slice_of("SHOW SESSION STATUS LIKE 'Questions'"), .flags = STATEMENT_ROWS};
    struct outcome out;
    size_t done;
    struct err err = {0};
    assert_int_equal(conn_driver(c)->batch(c, &a, &st, 1, &out, &done, &err), 0);
    return (int)strtol(rowset_cell(&out.rows, 0, 1).ptr, NULL, 10);
}

static const char *const everything[] = {
    "CREATE SEQUENCE s",
    "CREATE TABLE a (id int NOT NULL AUTO_INCREMENT PRIMARY KEY, n bigint DEFAULT (nextval(s)))",
    "CREATE TABLE b (id int PRIMARY KEY, CONSTRAINT fk FOREIGN KEY (id) REFERENCES a (id), CHECK (id > 0))",
    "CREATE TABLE p (id int) PARTITION BY HASH (id) PARTITIONS 2",
    "CREATE FUNCTION f(x int) RETURNS int RETURN 1",
    "CREATE VIEW v AS SELECT a.id, f(a.n) FROM a",
    "CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW SET NEW.n = 1",
    "CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO SET @x = 1",
    NULL};

static void all_of_it_takes_ten_queries_whatever_the_number_of_tables(void **state)
{
    (void)state;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct conn *c = open_as("root", server_mysql_database("ten_queries"));
    run(c, everything);
    for (int i = 0; i < 20; i++) {
        run(c, (const char *const[]){arena_printf(&a, "CREATE TABLE more%d (id int)", i), NULL});
    }
    int before = questions(c);
    struct schema *s = read_all(&a, c, SCHEMA_ALL | SCHEMA_GRANTS);
    assert_in_range(questions(c) - before - 1, 1, 10);
    assert_int_equal(s->tables.n, 24);
    assert_int_equal(s->unseen.n, 0);
    conn_close(c);
}

static void the_same_schema_in_two_databases_has_one_fingerprint(void **state)
{
    (void)state;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    char hex[2][DIGEST_HEX + 1];
    for (size_t i = 0; i < 2; i++) {
        struct conn *c = open_as("root", server_mysql_database(i ? "one_tenant" : "other"));
        run(c, everything);
        schema_fingerprint(read_all(&a, c, SCHEMA_ALL), hex[i]);
        conn_close(c);
    }
    assert_string_equal(hex[0], hex[1]);
}

static bool is_told(const struct schema *s, const char *begins)
{
    const char *const *u;
    vec_each (u, &s->unseen) {
        if (strncmp(*u, begins, strlen(begins)) == 0) {
            return true;
        }
    }
    return false;
}

static void what_the_rights_hide_is_told(void **state)
{
    (void)state;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    const char *database = server_mysql_database("hidden");
    struct conn *root = open_as("root", database);
    const char *user = arena_printf(&a, "u%.12s", strrchr(database, '_'));
    run(root, everything);
    run(root, (const char *const[]){
                  arena_printf(&a, "CREATE OR REPLACE USER %s@'127.0.0.1'", user),
                  arena_printf(&a, "GRANT SELECT ON %s.a TO %s@'127.0.0.1'", database, user),
                  arena_printf(&a, "GRANT SELECT ON %s.v TO %s@'127.0.0.1'", database, user),
                  arena_printf(&a, "GRANT INSERT ON %s.s TO %s@'127.0.0.1'", database, user),
                  arena_printf(&a, "GRANT EXECUTE ON %s.* TO %s@'127.0.0.1'", database, user), NULL});
    struct conn *c = open_as(user, database);
    struct schema *s = read_all(&a, c, SCHEMA_ALL);
    assert_true(is_told(s, "the text of 1 views"));
    assert_true(is_told(s, "the bodies of 1 routines"));
    assert_true(is_told(s, "the options of 1 sequences"));
    assert_true(is_told(s, "triggers, if there are some"));
    assert_true(is_told(s, "events, if there are some"));
    conn_close(c);
    run(root, (const char *const[]){arena_printf(&a, "DROP USER %s@'127.0.0.1'", user), NULL});
    conn_close(root);
}

static void the_name_of_the_database_stays_where_it_is_something_else(void **state)
{
    (void)state;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    const char *database = server_mysql_database("alias");
    struct conn *c = open_as("root", database);
    run(c, (const char *const[]){
               "CREATE TABLE t (id int)",
               arena_printf(&a, "CREATE VIEW plain AS SELECT '`%s`.' AS x FROM t", database),
               arena_printf(&a, "CREATE VIEW alias AS SELECT `%s`.id FROM t AS `%s`", database, database),
               NULL});
    struct schema *s = read_all(&a, c, SCHEMA_ALL);
    const char *plain = schema_table(s, NULL, "plain")->definition;
    const char *alias = schema_table(s, NULL, "alias")->definition;
    assert_string_equal(plain, arena_printf(&a, "select '`%s`.' AS `x` from `t`", database));
    assert_non_null(strstr(alias, arena_printf(&a, "`%s`.`id` AS `id`", database)));
    conn_close(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_of_it_takes_ten_queries_whatever_the_number_of_tables),
        cmocka_unit_test(the_same_schema_in_two_databases_has_one_fingerprint),
        cmocka_unit_test(what_the_rights_hide_is_told),
        cmocka_unit_test(the_name_of_the_database_stays_where_it_is_something_else),
    };
    module_set_dir(LOCKSTEP_MODULE_DIR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
