/* Splitting and printing of PostgreSQL scripts. */
#include "drivers/postgresql/split.h"
#include "tests/drivers/split_check.h"
#include <pg_query.h>

#define ATOMIC                                                                                               \
    "CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT CASE a WHEN 1 THEN 2 ELSE 3 "     \
    "END; "                                                                                                  \
    "SELECT 'END;' /* END; */; END"
#define RULE "CREATE RULE r AS ON INSERT TO a DO ALSO (INSERT INTO b VALUES (1); DELETE FROM c)"
/* Syntax of PostgreSQL 16 and newer, which the parser does not know: the scanner's rule decides. */
#define NEWER "SELECT JSON_SERIALIZE(x RETURNING text) FROM a"

static const struct split_case cases[] = {
    SPLITS("", NULL),
    SPLITS(" ;;\n;-- nothing\n;/* a /* b */ ; */", NULL),
    SPLITS_AT("SELECT 1; SELECT 2", 1, 11, "SELECT 1", "SELECT 2"),
    SPLITS_AT("SELECT 1;\n-- the second\n/* really */ SELECT 2 -- more\n;\n-- end", 3, 14, "SELECT 1",
              "-- the second\n/* really */ SELECT 2"),
    SPLITS("SELECT 1 -- one\n", "SELECT 1"),
    SPLITS_AT("\xef\xbb\xbfSELECT 1;\r\nSELECT 2;\r\n", 2, 1, "SELECT 1", "SELECT 2"),
    SPLITS("SELECT 1 -- ;\r+1; SELECT 2", "SELECT 1 -- ;\r+1", "SELECT 2"),
    SPLITS("SELECT 'a\r\nb\r\r\n';\r\n", "SELECT 'a\r\nb\r\r\n'"),
    /* Quotes */
    SPLITS("SELECT 'it''s;', 'a\\', \"b;\"\"c\"; SELECT 2;", "SELECT 'it''s;', 'a\\', \"b;\"\"c\"",
           "SELECT 2"),
    SPLITS("SELECT E'it\\'s;', e'\\\\'; SELECT 2;", "SELECT E'it\\'s;', e'\\\\'", "SELECT 2"),
    SPLITS("SELECT E'a'\n'b\\';'; SELECT 2;", "SELECT E'a'\n'b\\';'", "SELECT 2"),
    SPLITS("SELECT E'a' -- c\n -- d\n 'b\\';'; SELECT 2;", "SELECT E'a' -- c\n -- d\n 'b\\';'", "SELECT 2"),
    SPLITS("SELECT E'a' 'b\\'; SELECT 2;", "SELECT E'a' 'b\\'", "SELECT 2"),
    SPLITS("SELECT namee'b\\'; SELECT 2;", "SELECT namee'b\\'", "SELECT 2"),
    SPLITS("SELECT B'01', x'ff;', N'a\\', U&'d\\0061\\'; SELECT U&\"a;\\\" UESCAPE '!';",
           "SELECT B'01', x'ff;', N'a\\', U&'d\\0061\\'", "SELECT U&\"a;\\\" UESCAPE '!'"),
    SPLITS("SELECT $$a;'$$, $x$ $$; $y$ $x$, $_1\xc3\xa9$;$_1\xc3\xa9$; SELECT $1; SELECT a$b$ FROM a$b$;",
           "SELECT $$a;'$$, $x$ $$; $y$ $x$, $_1\xc3\xa9$;$_1\xc3\xa9$", "SELECT $1",
           "SELECT a$b$ FROM a$b$"),
    SPLITS("SELECT $1$$;$$; SELECT $ 1", "SELECT $1$$;$$", "SELECT $ 1"),
    SPLITS("SELECT 1 /* a /* b; */ ' ; */ + 2; SELECT 3", "SELECT 1 /* a /* b; */ ' ; */ + 2", "SELECT 3"),
    SPLITS("SELECT 2*/*;*/3, 1+--;\n2; SELECT 3", "SELECT 2*/*;*/3, 1+--;\n2", "SELECT 3"),
    SPLITS("SET standard_conforming_strings = off; SELECT 'a\\';'; SET standard_conforming_strings TO 'on'; "
           "SELECT 'a\\'; SELECT 2",
           "SET standard_conforming_strings = off", "SELECT 'a\\';'",
           "SET standard_conforming_strings TO 'on'", "SELECT 'a\\'", "SELECT 2"),
    SPLITS("BEGIN; SET LOCAL standard_conforming_strings = 0; SELECT 'a\\';'; COMMIT; SELECT 'a\\'; SELECT 2",
           "BEGIN", "SET LOCAL standard_conforming_strings = 0", "SELECT 'a\\';'", "COMMIT", "SELECT 'a\\'",
           "SELECT 2"),
    SPLITS("SET standard_conforming_strings = off; RESET ALL; SELECT 'a\\'; SELECT 2",
           "SET standard_conforming_strings = off", "RESET ALL", "SELECT 'a\\'", "SELECT 2"),
    /* psql's variables are not interpreted */
    SPLITS("SELECT :x, :'y;', :\"z;\", a::text, b[1:2]; SELECT 2",
           "SELECT :x, :'y;', :\"z;\", a::text, b[1:2]", "SELECT 2"),
    /* Parentheses and bodies */
    SPLITS(RULE ";SELECT 1;", RULE, "SELECT 1"),
    SPLITS("SELECT ')'; SELECT (1)); SELECT 2", "SELECT ')'", "SELECT (1))", "SELECT 2"),
    SPLITS(ATOMIC ";SELECT 1;", ATOMIC, "SELECT 1"),
    SPLITS(ATOMIC, ATOMIC),
    SPLITS(ATOMIC "; " NEWER "; SELECT 1;", ATOMIC, NEWER, "SELECT 1"),
    SPLITS("CREATE OR REPLACE PROCEDURE p() BEGIN ATOMIC END; SELECT 1;",
           "CREATE OR REPLACE PROCEDURE p() BEGIN ATOMIC END", "SELECT 1"),
    SPLITS("CREATE FUNCTION f() RETURNS int BEGIN/**/ATOMIC SELECT a.end FROM a; END; SELECT 1;",
           "CREATE FUNCTION f() RETURNS int BEGIN/**/ATOMIC SELECT a.end FROM a; END", "SELECT 1"),
    SPLITS("CREATE FUNCTION f(begin int) RETURNS int RETURN begin + 1; SELECT 1;",
           "CREATE FUNCTION f(begin int) RETURNS int RETURN begin + 1", "SELECT 1"),
    SPLITS("CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $f$ BEGIN RETURN 1; END; $f$; SELECT 1",
           "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $f$ BEGIN RETURN 1; END; $f$", "SELECT 1"),
    SPLITS("BEGIN; SELECT 1; END; SELECT 2", "BEGIN", "SELECT 1", "END", "SELECT 2"),
    SPLITS("SELECT begin, atomic FROM a; SELECT 2", "SELECT begin, atomic FROM a", "SELECT 2"),
    /* COPY */
    SPLITS_AT("COPY a (b, c) FROM stdin;\n1\t;'\n\\N\t$$\n\\.\n\n\nSELECT 1;", 7, 1,
              "COPY a (b, c) FROM stdin", "SELECT 1"),
    SPLITS("copy \"from\" from STDIN with (format csv); -- rows\r\n1,2\r\n\\.\r\nSELECT 1;",
           "copy \"from\" from STDIN with (format csv)", "SELECT 1"),
    SPLITS("COPY a FROM stdin;\n\\.", "COPY a FROM stdin"),
    SPLITS("COPY a TO stdout; COPY (SELECT x FROM stdin) TO stdout; SELECT 1", "COPY a TO stdout",
           "COPY (SELECT x FROM stdin) TO stdout", "SELECT 1"),
    SPLITS("COPY a FROM '/x'; SELECT 1", "COPY a FROM '/x'", "SELECT 1"),
    FAILS_HINT("SELECT 1;\nCOPY a FROM stdin;\n1\n2\n", 2, 1, "rows of this COPY", "\\."),
    FAILS_HINT("COPY a FROM stdin", 1, 1, "rows of this COPY", "\\."),
    FAILS_HINT("COPY a FROM stdin; SELECT 1;\n1\n\\.\n", 1, 20, "text after COPY", "next line"),
    FAILS("COPY a FROM stdin; -- rows\rSELECT 1;\n1\n\\.\n", 1, 28, "text after COPY"),
    /* psql's commands */
    FAILS_HINT("SELECT 1;\n\\connect other\n", 2, 1, "\\connect is a command of psql", "URL"),
    FAILS_HINT("\\i other.sql", 1, 1, "\\i is a command of psql", "text of that file"),
    FAILS_HINT("\\restrict abc\nSELECT 1;", 1, 1, "\\restrict is", "pg_dump"),
    FAILS_HINT("SELECT 1 \\gset x", 1, 10, "\\gset is", "semicolon"),
    FAILS_HINT("SELECT 1 \\; SELECT 2;", 1, 10, "\\ is a command", "Remove"),
    FAILS_HINT("\\copy a from 'b'", 1, 1, "\\copy is", "COPY"),
    FAILS_HINT("SELECT 1;\n1\n\\.\n", 3, 1, "\\. is", "COPY"),
    FAILS("\\\xff\xfe", 1, 1, "\\ is a command"),
    /* Unterminated */
    FAILS("SELECT 1;\nSELECT 'abc;\n", 2, 8, "unterminated string"),
    FAILS("SELECT E'abc\\'", 1, 8, "unterminated string"),
    FAILS("SELECT E'a'\n'b\\'", 1, 8, "unterminated string"),
    FAILS("SELECT U&\"abc", 1, 8, "unterminated quoted name"),
    FAILS("SELECT 1;\n  SELECT $body$ a $$ $bod$", 2, 10,
          "unterminated dollar-quoted string $body$ that began here"),
    FAILS("SELECT '\xc3\xa9' /* a /* b */", 1, 12, "unterminated comment"),
    FAILS("SELECT 1;\nSELECT (1, (2);\nSELECT 3;", 2, 8, "unterminated parenthesis"),
    FAILS("CREATE FUNCTION f() RETURNS int\nBEGIN ATOMIC SELECT 1;\nSELECT 2;", 2, 1,
          "unterminated function body"),
    FAILS("CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE 1 WHEN 1 THEN 2 END;", 1, 33,
          "unterminated function body"),
    FAILS_HINT("SELECT 1;\n\xef\xbb\xbfSELECT 2;", 2, 1, "byte order mark", "EF BB BF"),
    FAILS("\xef\xbb\xbf'", 1, 1, "unterminated string"),
};

static void test_cases(void **state UNUSED)
{
    split_check(postgresql_split, postgresql_print, cases, COUNT_OF(cases));
    split_check_nul(postgresql_split);
}

static void test_copy_rows(void **state UNUSED)
{
    static const struct {
        const char *script, *rows;
    } copies[] = {
        {"COPY a FROM stdin;\n1\t2\n\\N\t\\\\.\n\\.\n", "1\t2\n\\N\t\\\\.\n"},
        {"COPY a FROM stdin; -- go\r\n1\r\n\r\n\\.\r\nSELECT 1;", "1\r\n\r\n"},
        {"COPY a FROM stdin;  \n\\.", ""},
        {"COPY a FROM stdin;\n \\.\n\\. \n\\.\n", " \\.\n\\. \n"},
    };
    for (size_t i = 0; i < COUNT_OF(copies); i++) {
        AUTO(arena_release) struct arena a = ARENA_INIT;
        struct err err;
        struct sql_script got;
        assert_int_equal(postgresql_split(&a, slice_of(copies[i].script), &got, &err), 0);
        assert_true(got.n >= 1);
        assert_non_null(got.items[0].copy.ptr);
        assert_true(slice_eq(got.items[0].copy, copies[i].rows));
        assert_int_equal(got.items[0].kind, SQL_DML);
        split_round_trip(postgresql_split, postgresql_print, &got);
    }
    AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
    postgresql_print(&b, SLICE("COPY a FROM stdin -- x"), SLICE("1\n2"));
    assert_string_equal(b.ptr, "COPY a FROM stdin -- x\n;\n1\n2\n\\.\n");
}

/* Whatever the parser takes, it cuts at the same places. */
static void test_agrees_with_parser(void **state UNUSED)
{
    size_t checked = 0;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        AUTO(arena_release) struct arena a = ARENA_INIT;
        struct err err;
        struct sql_script got;
        if (postgresql_split(&a, slice_of(cases[i].script), &got, &err) ||
            strstr(cases[i].script, "_strings")) {
            continue;
        }
        PgQuerySplitResult r = pg_query_split_with_parser(cases[i].script);
        if (!r.error) {
            assert_int_equal(r.n_stmts, got.n);
            for (size_t j = 0; j < got.n; j++, checked++) {
                const char *end = cases[i].script + r.stmts[j]->stmt_location + r.stmts[j]->stmt_len;
                assert_true(got.items[j].text.ptr + got.items[j].text.len <= end);
                assert_true(j + 1 == got.n || end <= got.items[j + 1].text.ptr);
            }
        }
        pg_query_free_split_result(r);
    }
    assert_true(checked > 30);
}

static void test_kinds(void **state UNUSED)
{
    static const struct kind_case kinds[] = {
        {"INSERT INTO t VALUES(1)", SQL_DML, false},
        {"-- c\n/* d */update t set x=1", SQL_DML, false},
        {"DELETE FROM t", SQL_DML, false},
        {"MERGE INTO t USING u ON true WHEN MATCHED THEN DELETE", SQL_DML, false},
        {"COPY t FROM '/x'", SQL_DML, false},
        {"COPY t TO '/x'", SQL_OTHER, false},
        {"WITH a AS (SELECT 1) INSERT INTO t SELECT * FROM a", SQL_DML, false},
        {"WITH a AS MATERIALIZED (DELETE FROM t RETURNING *) SELECT * FROM a", SQL_DML, false},
        {"WITH RECURSIVE update(x) AS (SELECT 1), delete AS (VALUES(2)) SELECT * FROM update", SQL_QUERY,
         false},
        {"((SELECT 1) UNION SELECT 2)", SQL_QUERY, false},
        {"SELECT (SELECT 1) INTO t", SQL_OTHER, false},
        {"TABLE t", SQL_QUERY, false},
        {"SHOW all", SQL_QUERY, false},
        {"EXPLAIN SELECT 1", SQL_QUERY, false},
        {"BEGIN ISOLATION LEVEL SERIALIZABLE", SQL_TRANSACTION, false},
        {"START TRANSACTION", SQL_TRANSACTION, false},
        {"END", SQL_TRANSACTION, false},
        {"ABORT", SQL_TRANSACTION, false},
        {"COMMIT AND CHAIN", SQL_TRANSACTION, false},
        {"ROLLBACK", SQL_TRANSACTION, false},
        {"ROLLBACK WORK", SQL_TRANSACTION, false},
        {"ROLLBACK TO a", SQL_OTHER, false},
        {"ROLLBACK WORK TO SAVEPOINT a", SQL_OTHER, false},
        {"PREPARE TRANSACTION 'x'", SQL_TRANSACTION, false},
        {"COMMIT PREPARED 'x'", SQL_TRANSACTION, false},
        {"PREPARE x AS SELECT 1", SQL_OTHER, false},
        {"SAVEPOINT a", SQL_OTHER, false},
        {"RELEASE a", SQL_OTHER, false},
        {"SET TRANSACTION READ ONLY", SQL_OTHER, false},
        {"CREATE INDEX i ON t(x)", SQL_OTHER, false},
        {"CREATE UNIQUE INDEX CONCURRENTLY i ON t(x)", SQL_OTHER, true},
        {"create index /* c */ concurrently if not exists i on t(x)", SQL_OTHER, true},
        {"CREATE TABLE concurrently_x(a int)", SQL_OTHER, false},
        {"DROP INDEX CONCURRENTLY i", SQL_OTHER, true},
        {"DROP INDEX i", SQL_OTHER, false},
        {"REINDEX TABLE t", SQL_OTHER, false},
        {"REINDEX TABLE CONCURRENTLY t", SQL_OTHER, true},
        {"REINDEX (VERBOSE, CONCURRENTLY) TABLE t", SQL_OTHER, true},
        {"REINDEX (CONCURRENTLY false) TABLE t", SQL_OTHER, false},
        {"REINDEX DATABASE d", SQL_OTHER, true},
        {"REINDEX (VERBOSE) SYSTEM d", SQL_OTHER, true},
        {"REINDEX SCHEMA s", SQL_OTHER, true},
        {"VACUUM FULL t", SQL_OTHER, true},
        {"ANALYZE t", SQL_OTHER, false},
        {"CREATE DATABASE d", SQL_OTHER, true},
        {"DROP DATABASE IF EXISTS d", SQL_OTHER, true},
        {"ALTER DATABASE \"a\"\"b\" SET TABLESPACE x", SQL_OTHER, true},
        {"ALTER DATABASE d SET search_path = x", SQL_OTHER, false},
        {"CREATE TABLESPACE x LOCATION '/y'", SQL_OTHER, true},
        {"DROP TABLESPACE x", SQL_OTHER, true},
        {"ALTER SYSTEM SET work_mem = '1MB'", SQL_OTHER, true},
        {"CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p", SQL_OTHER, true},
        {"CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p WITH (connect = false)", SQL_OTHER, false},
        {"ALTER SUBSCRIPTION s REFRESH PUBLICATION", SQL_OTHER, true},
        {"ALTER SUBSCRIPTION s SET PUBLICATION p", SQL_OTHER, true},
        {"ALTER SUBSCRIPTION s ADD PUBLICATION p WITH (refresh = off)", SQL_OTHER, false},
        {"ALTER SUBSCRIPTION s DISABLE", SQL_OTHER, false},
        {"DROP SUBSCRIPTION s", SQL_OTHER, true},
        {"ALTER TABLE t DETACH PARTITION s.p CONCURRENTLY", SQL_OTHER, true},
        {"ALTER TABLE t DETACH PARTITION p", SQL_OTHER, false},
        {"ALTER TABLE t DETACH PARTITION p FINALIZE", SQL_OTHER, false},
        {"CLUSTER", SQL_OTHER, true},
        {"CLUSTER (VERBOSE)", SQL_OTHER, true},
        {"CLUSTER VERBOSE t", SQL_OTHER, false},
        {"DISCARD ALL", SQL_OTHER, true},
        {"REFRESH MATERIALIZED VIEW CONCURRENTLY m", SQL_OTHER, false},
        {"ALTER TYPE e ADD VALUE 'x'", SQL_OTHER, false},
    };
    split_check_kinds(postgresql_split, kinds, COUNT_OF(kinds));
}

static void test_linear(void **state UNUSED)
{
    static const struct {
        const char *head, *unit, *tail;
        long n;
    } big[] = {
        {"SELECT '", ";", "'", 1},
        {"SELECT '", ";", "", -1},
        {"SELECT E'", "\\'", "'", 1},
        {"SELECT ", "E'' -- x\n", ";", 1},
        {"SELECT ", "E'' --", ";", 1},
        {"", ";", "", 0},
        {"", "/*", "", -1},
        {"", "(", "", -1},
        {"", "--", "", 0},
        {"SELECT $a$", "$b$", "$a$", 1},
        {"SELECT ", "$a", " ", 1},
        {"SELECT ", "$a ", " ", 1},
        {"SELECT $aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab$", "$aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
         "", -1},
        {"SELECT 1", "+1", "", 1},
        {"", "BEGIN ATOMIC ", "", 1},
        {"CREATE FUNCTION f() RETURNS int ", "BEGIN ATOMIC ", "", -1},
        {"CREATE FUNCTION f() RETURNS int BEGIN ATOMIC ", "SELECT CASE WHEN a THEN b END;", "END;", 1},
        {"COPY a FROM stdin;\n", "\\.x\n", "\\.\n", 1},
        {"COPY a FROM stdin;\n", "\\.x\n", "", -1},
        {"WITH a AS (SELECT 1) ", ", (", "", -1},
    };
    for (size_t i = 0; i < COUNT_OF(big); i++) {
        assert_int_equal(split_big(postgresql_split, big[i].head, big[i].unit, big[i].tail), big[i].n);
    }
    assert_true(split_big(postgresql_split, "", "CREATE FUNCTION f() BEGIN ATOMIC SELECT 1;END;", "") >
                100000);
    assert_true(split_big(postgresql_split, "", "COPY a FROM stdin;\n\\.\n", "") > 200000);
}

/* The parser is asked about bodies; an expression that overflows a stack elsewhere passes here. */
static void test_deep_body(void **state UNUSED)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
    struct err err;
    struct sql_script got;
    strbuf_adds(&b, "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1");
    for (int i = 0; i < 200000; i++) {
        strbuf_adds(&b, "+1");
    }
    strbuf_adds(&b, "; END; CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT ");
    for (int i = 0; i < 100000; i++) {
        strbuf_adds(&b, "- ");
    }
    strbuf_adds(&b, "1; END;");
    assert_int_equal(postgresql_split(&a, (struct slice){b.ptr, b.len}, &got, &err), 0);
    assert_int_equal(got.n, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_copy_rows),
        cmocka_unit_test(test_agrees_with_parser),
        cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_linear),
        cmocka_unit_test(test_deep_body),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
