/* Splitting and printing of SQLite scripts. */
#include "drivers/sqlite/split.h"
#include "tests/drivers/split_check.h"
#include <sqlite3.h>

#define TRIGGER                                                                                              \
    "CREATE TRIGGER t AFTER INSERT ON a BEGIN UPDATE a SET x = CASE WHEN new.x > 1 THEN 'end;' ELSE 2 END; " \
    "DELETE FROM b; END"

static const struct split_case cases[] = {
    SPLITS("", NULL),
    SPLITS(" ;; \n;-- nothing\n;/* here */", NULL),
    SPLITS_AT("SELECT 1; SELECT 2", 1, 11, "SELECT 1", "SELECT 2"),
    SPLITS_AT("SELECT 1;\n-- the second\nSELECT 2 -- more\n;\n-- end", 3, 1, "SELECT 1",
              "-- the second\nSELECT 2"),
    SPLITS("SELECT 1 -- one\n", "SELECT 1"),
    SPLITS_AT("\xef\xbb\xbfSELECT 1;\r\nSELECT 2;\r\n", 2, 1, "SELECT 1", "SELECT 2"),
    SPLITS("SELECT 'a\r\nb\rc\r\r\n';\r\n", "SELECT 'a\nb\rc\n'"),
    FAILS("SELECT 1;\n\xef\xbb\xbfSELECT 2;", 2, 1, "a byte order mark stands in the middle of the script"),
    SPLITS("SELECT ';', \";\", `;`, [;] FROM t;SELECT 2;", "SELECT ';', \";\", `;`, [;] FROM t", "SELECT 2"),
    SPLITS("SELECT 'it''s;', 'a\\';SELECT 2;", "SELECT 'it''s;', 'a\\'", "SELECT 2"),
    SPLITS("SELECT 1 /* ; /* */; SELECT 2;", "SELECT 1", "SELECT 2"),
    SPLITS("SELECT 1 -- ; 'x\n+1; SELECT 2;", "SELECT 1 -- ; 'x\n+1", "SELECT 2"),
    SPLITS(TRIGGER ";SELECT 1;", TRIGGER, "SELECT 1"),
    SPLITS(TRIGGER, TRIGGER),
    SPLITS("create temp trigger x insert on a begin select 1;end;select 2;",
           "create temp trigger x insert on a begin select 1;end", "select 2"),
    SPLITS("EXPLAIN CREATE TRIGGER x INSERT ON a BEGIN SELECT 1; END; SELECT 2",
           "EXPLAIN CREATE TRIGGER x INSERT ON a BEGIN SELECT 1; END", "SELECT 2"),
    SPLITS(
        "/* x */ CREATE /* y */ TEMPORARY TRIGGER x INSERT ON a BEGIN SELECT 1; /* ; */ END -- z\n; SELECT 2",
        "/* x */ CREATE /* y */ TEMPORARY TRIGGER x INSERT ON a BEGIN SELECT 1; /* ; */ END", "SELECT 2"),
    SPLITS("CREATE TABLE trigger_log(x); CREATE TABLE \"trigger\"(y);", "CREATE TABLE trigger_log(x)",
           "CREATE TABLE \"trigger\"(y)"),
    SPLITS("BEGIN; INSERT INTO t VALUES(1); END; SELECT 1;", "BEGIN", "INSERT INTO t VALUES(1)", "END",
           "SELECT 1"),
    FAILS_HINT("SELECT 1;\n  .tables\n", 2, 3, ".tables is a command of the sqlite3 shell", "Remove"),
    FAILS_HINT(".read other.sql", 1, 1, ".read is", "text of that file"),
    FAILS_HINT("# note\nSELECT 1;", 1, 1, "#", "--"),
    FAILS("SELECT 1;\nSELECT 'abc;\n", 2, 8, "unterminated string"),
    FAILS("SELECT \"abc", 1, 8, "unterminated quoted name"),
    FAILS("SELECT [abc", 1, 8, "unterminated quoted name"),
    FAILS("SELECT '\xc3\xa9' /* x", 1, 12, "unterminated comment"),
    FAILS("SELECT 1 /*/", 1, 10, "unterminated comment"),
    FAILS_HINT("SELECT 1;\nCREATE TRIGGER x INSERT ON a\n BEGIN SELECT 1;\n", 3, 2, "unterminated trigger",
               "END"),
    FAILS("CREATE TEMP TEMP TRIGGER t; SELECT 1;", 1, 1, "unterminated trigger"),
    FAILS("\xef\xbb\xbf'", 1, 1, "unterminated string"),
};

static void test_cases(void **state UNUSED)
{
    split_check(sqlite_split, sqlite_print, cases, COUNT_OF(cases));
    split_check_nul(sqlite_split);
}

/* The library's own judgement of each text, and of each text cut short by its last word. */
static void test_agrees_with_library(void **state UNUSED)
{
    size_t checked = 0;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        AUTO(arena_release) struct arena a = ARENA_INIT;
        struct err err;
        struct sql_script got;
        if (sqlite_split(&a, slice_of(cases[i].script), &got, &err)) {
            continue;
        }
        for (size_t j = 0; j < got.n; j++, checked++) {
            AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
            sqlite_print(&b, got.items[j].text, got.items[j].copy);
            assert_true(sqlite3_complete(b.ptr));
        }
    }
    assert_true(checked > 20);
}

static void test_kinds(void **state UNUSED)
{
    static const struct kind_case kinds[] = {
        {"INSERT INTO t VALUES(1)", SQL_DML, false},
        {"-- c\nupdate t set x=1", SQL_DML, false},
        {"DELETE FROM t", SQL_DML, false},
        {"REPLACE INTO t VALUES(1)", SQL_DML, false},
        {"WITH a AS (SELECT 1) INSERT INTO t SELECT * FROM a", SQL_DML, false},
        {"WITH RECURSIVE a(x) AS (SELECT 1), b AS (VALUES(2)) SELECT * FROM a", SQL_QUERY, false},
        {"SELECT 1", SQL_QUERY, false},
        {"/* x */ VALUES(1)", SQL_QUERY, false},
        {"EXPLAIN SELECT 1", SQL_QUERY, false},
        {"BEGIN IMMEDIATE", SQL_TRANSACTION, false},
        {"COMMIT", SQL_TRANSACTION, false},
        {"END TRANSACTION", SQL_TRANSACTION, false},
        {"ROLLBACK", SQL_TRANSACTION, false},
        {"ROLLBACK TO a", SQL_OTHER, false},
        {"ROLLBACK TRANSACTION TO SAVEPOINT a", SQL_OTHER, false},
        {"SAVEPOINT a", SQL_OTHER, false},
        {"RELEASE a", SQL_OTHER, false},
        {"CREATE TABLE vacuum(x)", SQL_OTHER, false},
        {"VACUUM", SQL_OTHER, true},
        {"ATTACH 'x' AS y", SQL_OTHER, true},
        {"DETACH y", SQL_OTHER, true},
        {"PRAGMA journal_mode = WAL", SQL_OTHER, true},
        {"PRAGMA main.journal_mode=delete", SQL_OTHER, true},
        {"PRAGMA foreign_keys(0)", SQL_OTHER, true},
        {"PRAGMA foreign_keys", SQL_OTHER, false},
        {"PRAGMA user_version = 3", SQL_OTHER, false},
        {"PRAGMA wal_checkpoint", SQL_OTHER, true},
    };
    split_check_kinds(sqlite_split, kinds, COUNT_OF(kinds));
}

static void test_linear(void **state UNUSED)
{
    assert_int_equal(split_big(sqlite_split, "SELECT '", ";", "'"), 1);
    assert_int_equal(split_big(sqlite_split, "SELECT '", ";", ""), -1);
    assert_int_equal(split_big(sqlite_split, "", ";", ""), 0);
    assert_int_equal(split_big(sqlite_split, "", "/*", ""), -1);
    assert_int_equal(split_big(sqlite_split, "", "[", "]"), 1);
    assert_int_equal(split_big(sqlite_split, "", "--", ""), 0);
    assert_int_equal(split_big(sqlite_split, "SELECT 1", "\n", "/* /*"), -1);
    assert_int_equal(
        split_big(sqlite_split, "CREATE TRIGGER t INSERT ON a BEGIN ", "SELECT CASE 1 END;", "END;"), 1);
    assert_int_equal(
        split_big(sqlite_split, "CREATE TRIGGER t INSERT ON a BEGIN ", "SELECT 1;END x;", "END;"), 1);
    assert_true(split_big(sqlite_split, "", "CREATE TRIGGER t INSERT ON a BEGIN SELECT 1;END;", "") > 100000);
    assert_true(split_big(sqlite_split, "", "EXPLAIN QUERY PLAN ", "CREATE TRIGGER x;END;END;END;") >= 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_agrees_with_library),
        cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_linear),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
