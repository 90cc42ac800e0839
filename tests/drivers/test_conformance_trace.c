/* Conformance of drivers: what they say can be found out later about a statement is so. */
#include "tests/drivers/conformance.h"

struct traced {
    const char *before;    /* statements that make what it needs, each ended by a semicolon; NULL: nothing */
    const char *statement; /* is run, and what its entry says before and after is compared */
    enum trace_kind kind;
    bool same; /* it shows nothing new, for there is nothing to see */
};

/* Each list runs from top to bottom in one database. */
static const struct traced mysql[] = {
    {NULL, "CREATE TABLE tr1 (id int PRIMARY KEY, v varchar(20))", TRACE_SCHEMA, false},
    {NULL, "/* c */ CREATE TABLE `tr;  2` (id int) -- tail", TRACE_SCHEMA, false},
    {NULL, "CREATE TABLE IF NOT EXISTS tr1 (id int)", TRACE_REPEAT, false},
    {NULL, "create or replace view trv as select 1", TRACE_REPEAT, false},
    {NULL, "CREATE ALGORITHM = MERGE VIEW trw AS SELECT * FROM tr1", TRACE_SCHEMA, false},
    {NULL, "ALTER TABLE tr1 ADD COLUMN c int DEFAULT 5", TRACE_SCHEMA, false},
    {NULL, "ALTER TABLE tr1 MODIFY c bigint", TRACE_SCHEMA, false},
    {NULL, "ALTER TABLE tr1 ALTER COLUMN c SET DEFAULT 6", TRACE_SCHEMA, false},
    {NULL, "ALTER TABLE tr1 CHANGE c d bigint COMMENT 'x'", TRACE_SCHEMA, false},
    {NULL, "ALTER TABLE tr1 MODIFY d bigint FIRST", TRACE_SCHEMA, false},
    {NULL, "ALTER TABLE tr1 COMMENT = 'about it'", TRACE_SCHEMA, false},
    {NULL, "ALTER TABLE tr1 CONVERT TO CHARACTER SET latin1", TRACE_SCHEMA, false},
    {NULL, "ALTER TABLE tr1 ENGINE = InnoDB", TRACE_SCHEMA, true},
    {NULL, "ALTER TABLE tr1 ADD CONSTRAINT positive CHECK (d > 0)", TRACE_SCHEMA, false},
    {NULL, "ALTER TABLE `tr;  2` ADD PRIMARY KEY (id)", TRACE_SCHEMA, false},
    {NULL, "ALTER TABLE `tr;  2` ADD CONSTRAINT points FOREIGN KEY (id) REFERENCES tr1 (id)", TRACE_SCHEMA,
     false},
    {NULL, "ALTER TABLE `tr;  2` DROP FOREIGN KEY points", TRACE_SCHEMA, false},
    {NULL, "CREATE INDEX tri ON tr1 (v)", TRACE_SCHEMA, false},
    {NULL, "CREATE UNIQUE INDEX tru ON tr1 (d) COMMENT 'on (it)'", TRACE_SCHEMA, false},
    {NULL, "DROP INDEX tri ON tr1", TRACE_SCHEMA, false},
    {NULL, "CREATE INDEX IF NOT EXISTS tri ON tr1 (v)", TRACE_REPEAT, false},
    {NULL, "CREATE TABLE trp (id int) PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (10))",
     TRACE_SCHEMA, false},
    {NULL, "ALTER TABLE trp ADD PARTITION (PARTITION p1 VALUES LESS THAN (20))", TRACE_SCHEMA, false},
    {NULL, "ALTER TABLE trp DROP PARTITION p1", TRACE_SCHEMA, false},
    {"CREATE TABLE trx (id int)", "ALTER TABLE trp EXCHANGE PARTITION p0 WITH TABLE trx", TRACE_NONE, false},
    {NULL, "CREATE TRIGGER trt BEFORE INSERT ON tr1 FOR EACH ROW SET NEW.d = 1", TRACE_SCHEMA, false},
    {NULL, "DROP TRIGGER trt", TRACE_SCHEMA, false},
    {NULL, "CREATE PROCEDURE trproc() SELECT 1", TRACE_SCHEMA, false},
    {NULL, "DROP PROCEDURE trproc", TRACE_SCHEMA, false},
    {NULL, "CREATE DEFINER = CURRENT_USER FUNCTION trf() RETURNS int DETERMINISTIC RETURN 1", TRACE_SCHEMA,
     false},
    {NULL, "DROP FUNCTION trf", TRACE_SCHEMA, false},
    {NULL, "CREATE EVENT tre ON SCHEDULE EVERY 1 DAY DO DELETE FROM tr1", TRACE_SCHEMA, false},
    {NULL, "DROP EVENT tre", TRACE_SCHEMA, false},
    {NULL, "RENAME TABLE tr1 TO tr3", TRACE_SCHEMA, false},
    {NULL, "RENAME TABLE tr3 TO tr1, `tr;  2` TO tr2", TRACE_SCHEMA, false},
    {NULL, "RENAME TABLE tr1 TO swap, tr2 TO tr1, swap TO tr2", TRACE_NONE, false},
    {NULL, "ALTER TABLE tr2 RENAME TO tr4", TRACE_SCHEMA, false},
    {NULL, "CREATE TABLE trl LIKE tr1", TRACE_SCHEMA, false},
    {NULL, "DROP TABLE trl, trp", TRACE_SCHEMA, false},
    {NULL, "DROP VIEW trw", TRACE_SCHEMA, false},
    {NULL, "DROP TABLE IF EXISTS trl, tr1", TRACE_REPEAT, false},
    {NULL, "TRUNCATE TABLE tr4", TRACE_NONE, false},
    {NULL, "SET sql_mode = ''", TRACE_SESSION, false},
    {NULL, "SET @old = @@foreign_key_checks, foreign_key_checks = 0", TRACE_SESSION, false},
    {NULL, "SET @n = (SELECT count(*) FROM tr4)", TRACE_LOST, false},
    {NULL, "SELECT count(*) INTO @n FROM tr4", TRACE_LOST, false},
    {NULL, "INSERT INTO tr4 (id) VALUES (1)", TRACE_ROWS, false},
    {NULL, "SELECT 1", TRACE_ROWS, false},
    {NULL, "DO SLEEP(0)", TRACE_ROWS, false},
    {NULL, "PREPARE p FROM 'ALTER TABLE tr4 ADD COLUMN prepared int'", TRACE_SESSION, false},
    {NULL, "EXECUTE p", TRACE_NONE, false},
    {"CREATE PROCEDURE trcall() SELECT 1", "CALL trcall()", TRACE_NONE, false},
    {NULL, "CREATE DATABASE trace_other", TRACE_SCHEMA, false},
    {NULL, "CREATE TABLE trace_other.x (id int)", TRACE_SCHEMA, false},
    {NULL, "ALTER TABLE trace_other.`x` ADD COLUMN y int", TRACE_SCHEMA, false},
    {NULL, "DROP DATABASE trace_other", TRACE_NONE, false},
    {NULL, "CREATE TEMPORARY TABLE trtemp (id int)", TRACE_REPEAT, false},
    {NULL, "GRANT SELECT ON *.* TO CURRENT_USER", TRACE_REPEAT, false},
    {NULL, "CREATE SEQUENCE trs", TRACE_SCHEMA, false},
    {NULL, "DROP SEQUENCE trs", TRACE_SCHEMA, false},
};

static const struct traced postgresql[] = {
    {NULL, "CREATE TABLE tr1 (id int, v text)", TRACE_ROWS, false},
    {NULL, "INSERT INTO tr1 VALUES (1, 'a')", TRACE_ROWS, false},
    {NULL, "CREATE INDEX CONCURRENTLY tri ON tr1 (v)", TRACE_SCHEMA, false},
    {NULL, "create unique index concurrently if not exists \"Tr I\" on tr1 (id)", TRACE_SCHEMA, false},
    {NULL, "CREATE INDEX CONCURRENTLY ON ONLY tr1 (id, v)", TRACE_SCHEMA, false},
    {NULL, "CREATE INDEX CONCURRENTLY ON public.tr1 (v, id)", TRACE_SCHEMA, false},
    {NULL, "REINDEX INDEX CONCURRENTLY tri", TRACE_REPEAT, false},
    {NULL, "DROP INDEX CONCURRENTLY TRI", TRACE_SCHEMA, false},
    {NULL, "DROP INDEX CONCURRENTLY public.\"Tr I\"", TRACE_SCHEMA, false},
    {NULL, "DROP INDEX CONCURRENTLY IF EXISTS tri", TRACE_REPEAT, false},
    {NULL, "VACUUM tr1", TRACE_REPEAT, false},
    {NULL, "SET lock_timeout = '9s'", TRACE_SESSION, false},
    {NULL, "CREATE TYPE mood AS ENUM ('a')", TRACE_ROWS, false},
    {NULL, "ALTER TYPE mood ADD VALUE 'b'", TRACE_ROWS, false},
    {NULL, "DO $$ BEGIN PERFORM 1; END $$", TRACE_ROWS, false},
    {NULL, "DO $$ BEGIN COMMIT; END $$", TRACE_NONE, false},
    {"CREATE PROCEDURE trproc() LANGUAGE sql AS 'SELECT 1'", "CALL trproc()", TRACE_NONE, false},
    {NULL, "SELECT set_config('lock_timeout', '1s', false)", TRACE_ROWS, false},
    {NULL, "CREATE DATABASE trace_other", TRACE_SCHEMA, false},
    {NULL, "DROP DATABASE trace_other", TRACE_SCHEMA, false},
};

static const struct traced sqlite[] = {
    {NULL, "CREATE TABLE tr1 (id int)", TRACE_ROWS, false},
    {NULL, "INSERT INTO tr1 VALUES (1)", TRACE_ROWS, false},
    {NULL, "VACUUM", TRACE_REPEAT, false},
    {NULL, "PRAGMA foreign_keys = OFF", TRACE_SESSION, false},
    {NULL, "PRAGMA user_version = 3", TRACE_SESSION, false},
    {NULL, "ATTACH ':memory:' AS other", TRACE_SESSION, false},
};

static char *entry(struct conn *c, struct arena *a, const struct dialect *d, const struct trace *t)
{
    struct rowset rows;
    struct err err = {0};
    char *sql = arena_printf(a, "SELECT %s", d->driver->trace_entry(a, "it's words", t->objects));
    int rc = conn_query(c, a, sql, &rows, &err);
    if (rc) {
        fail_msg("%s: %s", sql, err.message);
    }
    assert_int_equal(rows.nrows, 1);
    return arena_dup(a, rowset_cell(&rows, 0, 0).ptr);
}

static void check(struct conn *c, const struct dialect *d, const struct traced *t)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct trace trace;
    if (t->before) {
        exec(c, t->before);
    }
    d->driver->trace(&a, slice_of(t->statement), &trace);
    if (trace.kind != t->kind) {
        fail_msg("%s: kind %d, expected %d", t->statement, trace.kind, t->kind);
    }
    assert_int_equal(trace.kind == TRACE_SCHEMA, trace.objects != NULL);
    char *before = entry(c, &a, d, &trace);
    assert_non_null(strstr(before, " it's words"));
    if (strchr(before, '?')) {
        fail_msg("%s: half done before it began: %s", t->statement, before);
    }
    assert_string_equal(before, entry(c, &a, d, &trace));
    exec(c, t->statement);
    bool same = strcmp(before, entry(c, &a, d, &trace)) == 0;
    if (trace.kind == TRACE_SCHEMA && same != t->same) {
        fail_msg("%s (%s): it %s: %s", t->statement, trace.objects, same ? "does not show" : "shows", before);
    }
    if (trace.kind != TRACE_SCHEMA && !same) {
        fail_msg("%s: its entry holds more than words: %s", t->statement, before);
    }
}

static void test_what_took_effect_shows(void **state)
{
    struct dialect *d = *state;
    struct conn *c = open_session(d);
    bool my = d->driver == &driver_mysql, pg = d->driver == &driver_postgresql;
    const struct traced *list = my ? mysql : pg ? postgresql : sqlite;
    size_t n = my ? COUNT_OF(mysql) : pg ? COUNT_OF(postgresql) : COUNT_OF(sqlite);
    for (size_t i = 0; i < n; i++) {
        check(c, d, &list[i]);
    }
    conn_close(c);
}

/* Rows that come and go, statistics and the next number are no change of the schema. */
static void test_work_of_others_does_not_show(void **state)
{
    struct dialect *d = *state;
    if (d->driver != &driver_mysql) {
        return;
    }
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct conn *c = open_session(d);
    struct trace trace;
    exec(c, "CREATE TABLE busy (id int AUTO_INCREMENT PRIMARY KEY, v int, KEY k (v))");
    d->driver->trace(&a, SLICE("ALTER TABLE busy ADD COLUMN c int"), &trace);
    char *before = entry(c, &a, d, &trace);
    exec(c, "INSERT INTO busy (v) SELECT seq FROM seq_1_to_500");
    exec(c, "ANALYZE TABLE busy");
    exec(c, "CREATE TABLE busy2 LIKE busy");
    assert_string_equal(before, entry(c, &a, d, &trace));
    conn_close(c);
}

/* DROP TABLE a, b is not one change: what lies between is told as such. */
static void test_half_a_drop_shows(void **state)
{
    struct dialect *d = *state;
    if (d->driver != &driver_mysql) {
        return;
    }
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct conn *c = open_session(d);
    struct trace trace;
    exec(c, "CREATE TABLE drop1 (id int)");
    exec(c, "CREATE TABLE drop2 (id int)");
    d->driver->trace(&a, SLICE("DROP TABLE drop1, drop2"), &trace);
    assert_null(strchr(entry(c, &a, d, &trace), '?'));
    assert_true(trace.several);
    exec(c, "DROP TABLE drop1");
    assert_non_null(strstr(entry(c, &a, d, &trace), "?drop2"));
    exec(c, "DROP TABLE drop2");
    assert_null(strchr(entry(c, &a, d, &trace), '?'));
    conn_close(c);
}

/* What a failed CREATE INDEX CONCURRENTLY leaves is no index. */
static void test_an_invalid_index_is_none(void **state)
{
    struct dialect *d = *state;
    if (d->driver != &driver_postgresql) {
        return;
    }
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct conn *c = open_session(d);
    struct trace trace;
    struct err err;
    exec(c, "CREATE TABLE twins (id int)");
    exec(c, "INSERT INTO twins VALUES (1), (1)");
    static const char sql[] = "CREATE UNIQUE INDEX CONCURRENTLY twins_id ON twins (id)";
    d->driver->trace(&a, slice_of(sql), &trace);
    char *before = entry(c, &a, d, &trace);
    assert_int_equal(conn_exec(c, sql, &err), ERR_FAILED);
    assert_string_equal(before, entry(c, &a, d, &trace));
    conn_close(c);
}

static const struct conformance_test tests[] = {
    TEST(test_what_took_effect_shows),
    TEST(test_work_of_others_does_not_show),
    TEST(test_half_a_drop_shows),
    TEST(test_an_invalid_index_is_none),
};

int main(void)
{
    return conformance_run("drivers_conformance_trace", tests, COUNT_OF(tests));
}
