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
    {NULL, "CREATE TABLE IF NOT EXISTS tr1 (id int)", TRACE_SCHEMA, true},
    {NULL, "CREATE TABLE IF NOT EXISTS trif (id int)", TRACE_SCHEMA, false},
    {NULL, "CREATE OR REPLACE TABLE trif (id int)", TRACE_NONE, false}, /* rows may have come since */
    {NULL, "create or replace view trv as select 1", TRACE_SCHEMA, false},
    {NULL, "create or replace view trv as select 1", TRACE_SCHEMA, true},
    {NULL, "create or replace sql security invoker view trv as select 1", TRACE_SCHEMA, false},
    {NULL, "ALTER VIEW trv AS SELECT 2", TRACE_SCHEMA, false},
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
    {NULL, "CREATE INDEX IF NOT EXISTS tri ON tr1 (v)", TRACE_SCHEMA, false},
    {NULL, "CREATE INDEX IF NOT EXISTS tri ON tr1 (v)", TRACE_SCHEMA, true},
    {NULL, "CREATE OR REPLACE INDEX tri ON tr1 (v, id)", TRACE_SCHEMA, false},
    {NULL, "DROP INDEX IF EXISTS tri ON tr1", TRACE_REPEAT, false},
    {NULL, "SET STATEMENT max_statement_time = 9 FOR ALTER TABLE tr1 ADD COLUMN timed int", TRACE_SCHEMA,
     false},
    {NULL, "SET STATEMENT max_statement_time = 9 FOR INSERT INTO tr1 (id) VALUES (77)", TRACE_ROWS, false},
    {NULL, "CREATE TABLE trp (id int) PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (10))",
     TRACE_SCHEMA, false},
    {NULL, "ALTER TABLE trp ADD PARTITION (PARTITION p1 VALUES LESS THAN (20))", TRACE_SCHEMA, false},
    {NULL, "ALTER TABLE trp TRUNCATE PARTITION p1", TRACE_NONE, false},
    {NULL, "ALTER TABLE trp REORGANIZE PARTITION p1 INTO (PARTITION p2 VALUES LESS THAN (20))", TRACE_SCHEMA,
     false},
    {NULL, "ALTER TABLE trp REBUILD PARTITION p2", TRACE_SCHEMA, true},
    {NULL, "ALTER TABLE trp DROP PARTITION p2", TRACE_SCHEMA, false},
    {"CREATE TABLE trx (id int)", "ALTER TABLE trp EXCHANGE PARTITION p0 WITH TABLE trx", TRACE_NONE, false},
    {NULL, "ALTER TABLE trp REMOVE PARTITIONING", TRACE_SCHEMA, false},
    {NULL, "ALTER TABLE trp PARTITION BY HASH (id) PARTITIONS 2", TRACE_SCHEMA, false},
    {NULL, "ALTER TABLE trp COALESCE PARTITION 1", TRACE_SCHEMA, false},
    {NULL, "CREATE TRIGGER trt BEFORE INSERT ON tr1 FOR EACH ROW SET NEW.d = 1", TRACE_SCHEMA, false},
    {NULL, "CREATE OR REPLACE TRIGGER trt BEFORE INSERT ON tr1 FOR EACH ROW SET NEW.d = 2", TRACE_SCHEMA,
     false},
    {NULL, "DROP TRIGGER trt", TRACE_SCHEMA, false},
    {NULL, "CREATE PROCEDURE trproc() SELECT 1", TRACE_SCHEMA, false},
    {NULL, "CREATE OR REPLACE PROCEDURE trproc() SELECT 2", TRACE_SCHEMA, false},
    {NULL, "CREATE OR REPLACE PROCEDURE trproc(n int) SELECT 2", TRACE_SCHEMA, false},
    {NULL, "ALTER PROCEDURE trproc SQL SECURITY INVOKER COMMENT 'x'", TRACE_SCHEMA, false},
    {NULL, "ALTER PROCEDURE trproc COMMENT 'x'", TRACE_SCHEMA, true},
    {NULL, "DROP PROCEDURE IF EXISTS trproc", TRACE_REPEAT, false},
    {NULL, "CREATE DEFINER = CURRENT_USER FUNCTION trf() RETURNS int DETERMINISTIC RETURN 1", TRACE_SCHEMA,
     false},
    {NULL, "DROP FUNCTION trf", TRACE_SCHEMA, false},
    {NULL, "CREATE EVENT tre ON SCHEDULE EVERY 1 DAY DO DELETE FROM tr1", TRACE_SCHEMA, false},
    {NULL, "ALTER EVENT tre DISABLE", TRACE_REPEAT, false},
    {NULL, "ALTER EVENT tre RENAME TO tre2", TRACE_NONE, false},
    {NULL, "DROP EVENT tre2", TRACE_SCHEMA, false},
    {NULL, "CREATE EVENT tre ON SCHEDULE AT now() + INTERVAL 1 DAY DO DELETE FROM tr1", TRACE_NONE, false},
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
    {NULL, "SET @n = 1, @now = CURRENT_TIMESTAMP", TRACE_LOST, false},
    {NULL, "SET @id = @@identity", TRACE_LOST, false},
    {NULL, "SET @id = last_insert_id()", TRACE_LOST, false},
    {NULL, "SET @old = @@global.long_query_time", TRACE_LOST, false},
    {NULL, "SET GLOBAL long_query_time = @old", TRACE_REPEAT, false},
    {NULL, "SET @n = 1, @@global.long_query_time = 10", TRACE_REPEAT, false},
    {NULL, "ANALYZE DELETE FROM tr4 WHERE id = 0", TRACE_ROWS, false},
    {NULL, "ANALYZE TABLE tr4", TRACE_REPEAT, false},
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
    {NULL, "CREATE DATABASE IF NOT EXISTS trace_other", TRACE_SCHEMA, false},
    {NULL, "CREATE OR REPLACE DATABASE trace_other", TRACE_NONE, false},
    {NULL, "DROP DATABASE IF EXISTS trace_other", TRACE_REPEAT, false},
    {NULL, "CREATE TEMPORARY TABLE trtemp (id int)", TRACE_LOST, false},
    {NULL, "DROP TEMPORARY TABLE trtemp", TRACE_LOST, false},
    {NULL, "GRANT SELECT ON *.* TO CURRENT_USER", TRACE_REPEAT, false},
    {NULL, "CREATE SEQUENCE trs", TRACE_SCHEMA, false},
    {NULL, "CREATE OR REPLACE SEQUENCE trs", TRACE_NONE, false},
    {NULL, "ALTER SEQUENCE trs MAXVALUE 500", TRACE_REPEAT, false},
    {NULL, "ALTER SEQUENCE trs RESTART 7", TRACE_NONE, false},
    {NULL, "DROP SEQUENCE trs", TRACE_SCHEMA, false},
};

/* Every kind of ALTER TABLE that the manual has, from top to bottom on one table. */
static const struct traced alters[] = {
    {"CREATE TABLE ref (id int PRIMARY KEY, u int UNIQUE)", "CREATE TABLE al (id int, n int, v varchar(20))",
     TRACE_SCHEMA, false},
    {NULL, "ALTER TABLE al ADD COLUMN (a int, b int)", TRACE_SCHEMA, false},
    {NULL, "ALTER TABLE al ADD CONSTRAINT c1 CHECK (n > 0)", TRACE_SCHEMA, false},
    {NULL, "ALTER TABLE al DROP CONSTRAINT c1, ADD CONSTRAINT c1 CHECK (n > 1)", TRACE_SCHEMA, false},
    {NULL, "ALTER TABLE al MODIFY n int CHECK (n < 9)", TRACE_SCHEMA, false},
    {NULL, "ALTER TABLE al MODIFY n int CHECK (n < 10)", TRACE_SCHEMA, false},
    {NULL, "ALTER TABLE al DROP CONSTRAINT c1", TRACE_SCHEMA, false},
    {NULL, "ALTER TABLE al ADD INDEX byn (n)", TRACE_SCHEMA, false},
    {NULL, "ALTER TABLE al ALTER INDEX byn IGNORED", TRACE_SCHEMA, false},
    {NULL, "ALTER TABLE al ALTER INDEX byn NOT IGNORED", TRACE_SCHEMA, false},
    {NULL, "ALTER TABLE al RENAME INDEX byn TO by_n", TRACE_SCHEMA, false},
    {NULL, "ALTER TABLE al DROP INDEX by_n, ADD INDEX by_n (n, v(3)) COMMENT 'x'", TRACE_SCHEMA, false},
    {NULL, "ALTER TABLE al ADD FULLTEXT INDEX words (v)", TRACE_SCHEMA, false},
    {NULL, "ALTER TABLE al ADD UNIQUE (v)", TRACE_SCHEMA, false},
    {NULL, "ALTER TABLE al ADD PRIMARY KEY (id)", TRACE_SCHEMA, false},
    {NULL, "ALTER TABLE al DROP PRIMARY KEY, ADD PRIMARY KEY (id, n)", TRACE_SCHEMA, false},
    {NULL, "ALTER TABLE al ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES ref (id)", TRACE_SCHEMA, false},
    {NULL, "ALTER TABLE al DROP FOREIGN KEY f", TRACE_SCHEMA, false},
    {NULL, "ALTER TABLE al ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES ref (id) ON DELETE CASCADE",
     TRACE_SCHEMA, false},
    {NULL, "ALTER TABLE al ADD COLUMN g int AS (n + 1) VIRTUAL", TRACE_SCHEMA, false},
    {NULL, "ALTER TABLE al MODIFY g int AS (n + 2) VIRTUAL", TRACE_SCHEMA, false},
    {NULL, "ALTER TABLE al DROP COLUMN g, ADD COLUMN g int AS (n + 2) PERSISTENT", TRACE_SCHEMA, false},
    {NULL, "ALTER TABLE al MODIFY b int INVISIBLE", TRACE_SCHEMA, false},
    {NULL, "ALTER TABLE al MODIFY b int DEFAULT (1 + 1)", TRACE_SCHEMA, false},
    {NULL, "ALTER TABLE al ALTER b DROP DEFAULT", TRACE_SCHEMA, false},
    {NULL, "ALTER TABLE al MODIFY v varchar(20) COLLATE utf8mb4_bin", TRACE_SCHEMA, false},
    {NULL, "ALTER TABLE al ADD COLUMN w varchar(20), ADD COLUMN w2 varchar(20) COMPRESSED", TRACE_SCHEMA,
     false},
    {NULL, "ALTER TABLE al ADD COLUMN at timestamp DEFAULT now()", TRACE_SCHEMA, false},
    {NULL, "ALTER TABLE al MODIFY at timestamp DEFAULT now() ON UPDATE now()", TRACE_SCHEMA, false},
    {NULL, "ALTER TABLE al RENAME COLUMN at TO ts", TRACE_SCHEMA, false},
    {NULL, "ALTER TABLE al MODIFY ts timestamp DEFAULT now() ON UPDATE now() COMMENT 'when' AFTER id",
     TRACE_SCHEMA, false},
    {NULL, "ALTER TABLE al ADD COLUMN s date, ADD COLUMN e date, ADD PERIOD FOR p (s, e)", TRACE_SCHEMA,
     false},
    {NULL, "ALTER TABLE al DROP PERIOD FOR p", TRACE_SCHEMA, false},
    {NULL, "ALTER TABLE al DROP COLUMN IF EXISTS s", TRACE_SCHEMA, false},
    {NULL, "ALTER TABLE al DROP COLUMN IF EXISTS s", TRACE_SCHEMA, true},
    {NULL, "ALTER TABLE al MODIFY id int AUTO_INCREMENT", TRACE_SCHEMA, false},
    {NULL, "ALTER TABLE al AUTO_INCREMENT = 500", TRACE_REPEAT, false},
    {NULL, "ALTER TABLE al AUTO_INCREMENT = 600, ADD COLUMN h int", TRACE_SCHEMA, false},
    {NULL, "ALTER TABLE al ROW_FORMAT = COMPACT", TRACE_SCHEMA, false},
    {NULL, "ALTER TABLE al ROW_FORMAT = COMPRESSED KEY_BLOCK_SIZE = 4", TRACE_SCHEMA, false},
    {NULL, "ALTER TABLE al KEY_BLOCK_SIZE = 8", TRACE_SCHEMA, false},
    {NULL, "ALTER TABLE al STATS_PERSISTENT = 0", TRACE_SCHEMA, false},
    {NULL, "ALTER TABLE al MAX_ROWS = 5", TRACE_SCHEMA, false},
    {NULL, "ALTER TABLE al COMMENT 'x'", TRACE_SCHEMA, false},
    {NULL, "ALTER TABLE al DEFAULT CHARACTER SET latin1", TRACE_SCHEMA, false},
    {NULL, "ALTER TABLE al CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci", TRACE_SCHEMA, false},
    {NULL, "ALTER TABLE al DROP COLUMN h, ADD SYSTEM VERSIONING", TRACE_SCHEMA, false},
    {"SET system_versioning_alter_history = keep", "ALTER TABLE al MODIFY b int WITHOUT SYSTEM VERSIONING",
     TRACE_SCHEMA, false},
    {NULL, "ALTER TABLE al DROP SYSTEM VERSIONING", TRACE_SCHEMA, false},
    {NULL, "ALTER TABLE al ORDER BY n", TRACE_SCHEMA, true},
    {NULL, "ALTER TABLE al FORCE, ALGORITHM = COPY", TRACE_SCHEMA, true},
    {NULL, "ALTER TABLE al DROP FOREIGN KEY f", TRACE_SCHEMA, false},
    {NULL, "ALTER TABLE al ENGINE = Aria, ROW_FORMAT = DYNAMIC", TRACE_SCHEMA, false},
    {NULL, "ALTER TABLE al DISABLE KEYS", TRACE_SCHEMA, false},
    {NULL, "ALTER TABLE al PAGE_CHECKSUM = 1", TRACE_SCHEMA, false},
    {NULL, "ALTER IGNORE TABLE al DROP COLUMN ts", TRACE_SCHEMA, false},
    {NULL, "ALTER IGNORE TABLE al RENAME TO al2", TRACE_SCHEMA, false},
    {NULL, "ALTER TABLE al2 DISCARD TABLESPACE", TRACE_NONE, false},
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
    {NULL, "CREATE SCHEMA trother", TRACE_ROWS, false},
    {"CREATE TABLE trother.far (id int)", "CREATE INDEX CONCURRENTLY far_id ON trother.far (id)",
     TRACE_SCHEMA, false},
    {NULL, "DROP INDEX CONCURRENTLY trother.far_id", TRACE_SCHEMA, false},
    {NULL, "VACUUM tr1", TRACE_REPEAT, false},
    {NULL, "SET lock_timeout = '9s'", TRACE_SESSION, false},
    {NULL, "CREATE TYPE mood AS ENUM ('a')", TRACE_ROWS, false},
    {NULL, "ALTER TYPE mood ADD VALUE 'b'", TRACE_ROWS, false},
    {NULL, "DO $$ BEGIN PERFORM 1; END $$", TRACE_ROWS, false},
    {NULL, "DO $$ BEGIN COMMIT; END $$", TRACE_NONE, false},
    {"CREATE PROCEDURE trproc() LANGUAGE sql AS 'SELECT 1'", "CALL trproc()", TRACE_NONE, false},
    {NULL, "SELECT set_config('lock_timeout', '1s', false)", TRACE_SESSION, false},
    {NULL, "SELECT pg_catalog.set_config('search_path', '', false)", TRACE_SESSION, false},
    {NULL, "RESET search_path", TRACE_SESSION, false},
    {NULL, "SELECT set_config('lock_timeout', (SELECT '1s'), false)", TRACE_ROWS, false},
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

static char *entry_after(struct conn *c, struct arena *a, const struct dialect *d, const struct trace *t,
                         const char *before)
{
    struct rowset rows;
    struct err err = {0};
    const char *recorded = before && t->objects ? strstr(before, "it's words") + strlen("it's words ") : NULL;
    char *sql = arena_printf(a, "SELECT %s", d->driver->trace_entry(a, "it's words", t->objects, recorded));
    int rc = conn_query(c, a, sql, &rows, &err);
    if (rc) {
        fail_msg("%s: %s", err.message, sql);
    }
    assert_int_equal(rows.nrows, 1);
    return arena_dup(a, rowset_cell(&rows, 0, 0).ptr);
}

static char *entry(struct conn *c, struct arena *a, const struct dialect *d, const struct trace *t)
{
    return entry_after(c, a, d, t, NULL);
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
    if (strpbrk(before, "?!")) {
        fail_msg("%s: half done before it began: %s", t->statement, before);
    }
    assert_string_equal(before, entry_after(c, &a, d, &trace, before));
    if (trace.kind == TRACE_NONE && strstr(t->statement, "DISCARD")) {
        return; /* nothing could look at that table afterwards */
    }
    exec(c, t->statement);
    char *after = entry_after(c, &a, d, &trace, before);
    bool same = strcmp(before, after) == 0;
    if (strpbrk(after, "?!")) {
        fail_msg("%s: half done after it ended: %s", t->statement, after);
    }
    if (trace.kind == TRACE_SCHEMA && same != t->same) {
        fail_msg("%s (%s): it %s: %s", t->statement, trace.objects, same ? "does not show" : "shows", before);
    }
    if (trace.kind != TRACE_SCHEMA && !same) {
        fail_msg("%s: its entry holds more than words: %s", t->statement, before);
    }
}

static void check_all(struct dialect *d, const struct traced *list, size_t n)
{
    struct conn *c = open_session(d);
    for (size_t i = 0; i < n; i++) {
        check(c, d, &list[i]);
    }
    conn_close(c);
}

static void test_what_took_effect_shows(void **state)
{
    struct dialect *d = *state;
    bool my = d->driver == &driver_mysql, pg = d->driver == &driver_postgresql;
    check_all(d,
              my   ? mysql
              : pg ? postgresql
                   : sqlite,
              my   ? COUNT_OF(mysql)
              : pg ? COUNT_OF(postgresql)
                   : COUNT_OF(sqlite));
}

static void test_every_kind_of_alter_table_shows(void **state)
{
    struct dialect *d = *state;
    if (d->driver == &driver_mysql) {
        check_all(d, alters, COUNT_OF(alters));
    }
}

/* One by one, since a name cannot be given away and taken in the same statement. */
static void test_what_a_foreign_key_does_shows(void **state)
{
    static const char *const ends[] = {"(a) REFERENCES parents (id)",
                                       "(b) REFERENCES parents (id)",
                                       "(a) REFERENCES parents (u)",
                                       "(a) REFERENCES parents2 (id)",
                                       "(a) REFERENCES parents (id) ON DELETE CASCADE",
                                       "(a) REFERENCES parents (id) ON DELETE SET NULL",
                                       "(a) REFERENCES parents (id) ON UPDATE CASCADE"};
    struct dialect *d = *state;
    if (d->driver != &driver_mysql) {
        return;
    }
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct conn *c = open_session(d);
    struct trace trace;
    char *seen[COUNT_OF(ends)];
    exec(c, "CREATE TABLE parents (id int PRIMARY KEY, u int UNIQUE)");
    exec(c, "CREATE TABLE parents2 (id int PRIMARY KEY)");
    exec(c, "CREATE TABLE children (a int, b int, KEY a (a), KEY b (b))");
    d->driver->trace(&a, SLICE("ALTER TABLE children ADD COLUMN x int"), &trace);
    for (size_t i = 0; i < COUNT_OF(ends); i++) {
        exec(c, arena_printf(&a, "ALTER TABLE children ADD CONSTRAINT actions FOREIGN KEY %s", ends[i]));
        seen[i] = entry(c, &a, d, &trace);
        for (size_t k = 0; k < i; k++) {
            assert_string_not_equal(seen[i], seen[k]);
        }
        exec(c, "ALTER TABLE children DROP FOREIGN KEY actions");
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

/* The statement ran where an earlier one had turned the session; who asks later has not. */
static void test_a_fingerprint_keeps_its_search_path(void **state)
{
    struct dialect *d = *state;
    if (d->driver != &driver_postgresql) {
        return;
    }
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct conn *c = open_session(d), *later = open_session(d);
    struct trace trace;
    exec(c, "CREATE SCHEMA tenant");
    exec(c, "CREATE TABLE tenant.t (id int)");
    exec(c, "SET search_path = tenant");
    static const char *const sql[] = {"CREATE INDEX CONCURRENTLY t_id ON t (id)",
                                      "DROP INDEX CONCURRENTLY t_id"};
    for (size_t i = 0; i < COUNT_OF(sql); i++) {
        d->driver->trace(&a, slice_of(sql[i]), &trace);
        char *before = entry(c, &a, d, &trace);
        const char *fingerprint = strstr(before, "it's words");
        assert_string_equal(strstr(entry_after(later, &a, d, &trace, before), "it's words"), fingerprint);
        exec(c, sql[i]);
        assert_string_not_equal(strstr(entry_after(later, &a, d, &trace, before), "it's words"), fingerprint);
        assert_null(strpbrk(entry_after(later, &a, d, &trace, before), "?!"));
    }
    conn_close(later);
    conn_close(c);
}

/* What a session loses with its end, and what nobody could guess. */
static void test_what_only_a_session_has_is_known(void **state)
{
    static const struct {
        const char *driver, *statement;
        bool leaves, uses_last;
    } cases[] = {
        {"postgresql", "CREATE TEMP TABLE t AS SELECT 1", true, false},
        {"postgresql", "create or replace temporary view v as select 1", true, false},
        {"postgresql", "SELECT 1 AS x INTO TEMP t", true, false},
        {"postgresql", "DECLARE c CURSOR WITH HOLD FOR SELECT 1", true, false},
        {"postgresql", "SELECT pg_advisory_lock(1)", true, false},
        {"postgresql", "SELECT pg_advisory_xact_lock(1)", false, false},
        {"postgresql", "SELECT set_config('a.b', (SELECT 'x'), false)", true, false},
        {"postgresql", "SELECT set_config('a.b', 'x', false)", false, false},
        {"postgresql", "DO $$ BEGIN PERFORM set_config('a.b', 'x', false); END $$", true, false},
        {"postgresql", "CREATE TABLE t (id int)", false, false},
        {"postgresql", "SET ROLE postgres", false, false},
        {"postgresql", "INSERT INTO t VALUES (lastval())", false, true},
        {"mysql", "CREATE TEMPORARY TABLE t (id int)", true, false},
        {"mysql", "CREATE OR REPLACE TEMPORARY TABLE t AS SELECT 1", true, false},
        {"mysql", "SELECT GET_LOCK('x', 1)", true, false},
        {"mysql", "HANDLER t OPEN", true, false},
        {"mysql", "SET sql_mode = (SELECT 'ANSI')", true, false},
        {"mysql", "SET sql_mode = 'ANSI'", false, false},
        {"mysql", "INSERT INTO t VALUES (LAST_INSERT_ID())", false, true},
        {"mysql", "SET @n = ROW_COUNT()", false, true},
        {"mysql", "INSERT INTO t VALUES (1)", false, false},
        {"sqlite", "CREATE TEMP TABLE t (id int)", true, false},
        {"sqlite", "INSERT INTO t VALUES (last_insert_rowid())", false, true},
        {"sqlite", "INSERT INTO t SELECT changes()", false, true},
    };
    struct dialect *d = *state;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct trace trace;
        if (strcmp(cases[i].driver, d->driver->name) != 0) {
            continue;
        }
        d->driver->trace(&a, slice_of(cases[i].statement), &trace);
        if (trace.leaves != cases[i].leaves || trace.uses_last != cases[i].uses_last) {
            fail_msg("%s: leaves %d, uses_last %d", cases[i].statement, trace.leaves, trace.uses_last);
        }
    }
}

static const struct conformance_test tests[] = {
    TEST(test_what_took_effect_shows),
    TEST(test_every_kind_of_alter_table_shows),
    TEST(test_what_a_foreign_key_does_shows),
    TEST(test_work_of_others_does_not_show),
    TEST(test_half_a_drop_shows),
    TEST(test_an_invalid_index_is_none),
    TEST(test_a_fingerprint_keeps_its_search_path),
    TEST(test_what_only_a_session_has_is_known),
};

int main(void)
{
    return conformance_run("drivers_conformance_trace", tests, COUNT_OF(tests));
}
