/* Splitting and printing of MySQL and MariaDB scripts. */
#include "drivers/mysql/split.h"
#include "tests/drivers/split_check.h"

#define PROC "CREATE PROCEDURE p() BEGIN SELECT 1; SELECT 2; END"
#define DUMP_TRIGGER                                                                                         \
    "/*!50003 CREATE*/ /*!50017 DEFINER=`root`@`localhost`*/ /*!50003 TRIGGER t BEFORE INSERT ON a FOR "     \
    "EACH ROW "                                                                                              \
    "BEGIN SET NEW.x = 1; SET NEW.y = 2; END */"
#define NESTED                                                                                               \
    "CREATE DEFINER=event@'%' FUNCTION IF NOT EXISTS f(a INT, b VARCHAR(9)) RETURNS VARCHAR(9) CHARACTER "   \
    "SET "                                                                                                   \
    "utf8mb4 DETERMINISTIC COMMENT 'x; y' outer_one: BEGIN DECLARE d, e INT DEFAULT IF(a, 1, 2); "           \
    "DECLARE c CURSOR FOR SELECT x FROM t; DECLARE CONTINUE HANDLER FOR NOT FOUND, SQLSTATE '02000' SET d "  \
    "= "                                                                                                     \
    "IF(d, 1, REPEAT('a', 2)); DECLARE EXIT HANDLER FOR SQLEXCEPTION BEGIN ROLLBACK; END; "                  \
    "DECLARE EXIT HANDLER FOR 1062 IF d THEN SET d = 0; END IF; "                                            \
    "IF (a > 1) THEN SET d = CASE WHEN a THEN IF(b, 1, 2) ELSE IF(a, 3, 4) END; ELSEIF a THEN SET d = 1; "   \
    "ELSE IF b THEN SET d = 2; END IF; END IF; CASE a WHEN 1 THEN SET d = 1; ELSE BEGIN END; END CASE; "     \
    "inner_one: LOOP LEAVE inner_one; END LOOP inner_one; WHILE d > 0 DO SET d = d - 1; END WHILE; "         \
    "REPEAT SET d = d + 1; UNTIL CASE d WHEN 3 THEN 1 END END REPEAT; FOR i IN 1..3 DO SET d = i; END FOR; " \
    "DO SLEEP(0); SELECT end FROM t; RETURN d; END outer_one"

static const struct split_case cases[] = {
    SPLITS("", NULL),
    SPLITS(" ;;\n;-- nothing\n;/* here */ # there\n;/*!50000 */", NULL),
    SPLITS_AT("SELECT 1; SELECT 2", 1, 11, "SELECT 1", "SELECT 2"),
    SPLITS_AT("SELECT 1;\n-- the second\n# really\nSELECT 2 -- more\n;\n-- end", 4, 1, "SELECT 1",
              "-- the second\n# really\nSELECT 2"),
    SPLITS("SELECT 1 # one\n", "SELECT 1"),
    SPLITS_AT("\xef\xbb\xbfSELECT 1;\r\nSELECT 2;\r\n", 2, 1, "SELECT 1", "SELECT 2"),
    SPLITS("SELECT 'a\r\nb\rc\r\r\n';\r\n", "SELECT 'a\nb\rc\n'"),
    /* Quotes and comments */
    SPLITS("SELECT 'it''s;', 'a\\';', \"b\\\";\"\"\", `c;``\\`; SELECT 2;",
           "SELECT 'it''s;', 'a\\';', \"b\\\";\"\"\", `c;``\\`", "SELECT 2"),
    SPLITS("SELECT 1--1;SELECT 2--\t;\n+1; SELECT 3 --\n; SELECT \\N--", "SELECT 1--1", "SELECT 2--\t;\n+1",
           "SELECT 3", "SELECT \\N"),
    SPLITS("SELECT 1 /* ; ' /* */ + 1 # ; '\n; SELECT 2", "SELECT 1 /* ; ' /* */ + 1", "SELECT 2"),
    SPLITS("/*!40101 SET NAMES utf8 */;\n/*M!100100 SET x = ';' */ ;/*+ hint */ SELECT /*! 1, */ 2;",
           "/*!40101 SET NAMES utf8 */", "/*M!100100 SET x = ';' */", "/*+ hint */ SELECT /*! 1, */ 2"),
    SPLITS("CREATE TABLE a (x INT) /*!50100 PARTITION BY HASH (x) /* ; */ PARTITIONS 4 */ ; SELECT 1",
           "CREATE TABLE a (x INT) /*!50100 PARTITION BY HASH (x) /* ; */ PARTITIONS 4 */", "SELECT 1"),
    SPLITS("/*M!999999\\- enable the sandbox mode */ \nSELECT 1;",
           "/*M!999999\\- enable the sandbox mode */ \nSELECT 1"),
    SPLITS("SET sql_mode = 'ANSI,no_backslash_escapes'; SELECT 'a\\'; SET SESSION sql_mode = DEFAULT; SELECT "
           "'a\\';'",
           "SET sql_mode = 'ANSI,no_backslash_escapes'", "SELECT 'a\\'", "SET SESSION sql_mode = DEFAULT",
           "SELECT 'a\\';'"),
    SPLITS("SET GLOBAL sql_mode = 'NO_BACKSLASH_ESCAPES'; SELECT 'a\\';'",
           "SET GLOBAL sql_mode = 'NO_BACKSLASH_ESCAPES'", "SELECT 'a\\';'"),
    /* DELIMITER */
    SPLITS("DELIMITER //\n" PROC "//\nSELECT 1//\ndelimiter ;\nSELECT 2;", PROC, "SELECT 1", "SELECT 2"),
    SPLITS_AT("SELECT 1;\r\n  DELIMITER $$\r\n" PROC "\r\n$$\r\n  DELIMITER ;\r\nSELECT 2;\r\n", 6, 1,
              "SELECT 1", PROC, "SELECT 2"),
    SPLITS("DELIMITER $$\nCREATE PROCEDURE p() BEGIN SELECT 1; END$$ SELECT a$$\nDELIMITER ;",
           "CREATE PROCEDURE p() BEGIN SELECT 1; END", "SELECT a"),
    SPLITS("DELIMITER //\n" PROC "; //\nDELIMITER ;\nSELECT 2;", PROC, "SELECT 2"),
    SPLITS("DELIMITER //\nDROP PROCEDURE IF EXISTS p; SELECT ';' ;" PROC " //\nDELIMITER ;\nSELECT 2;",
           "DROP PROCEDURE IF EXISTS p", "SELECT ';'", PROC, "SELECT 2"),
    SPLITS("DELIMITER ;;\n" DUMP_TRIGGER ";;\nDELIMITER ;\nSELECT 2;", DUMP_TRIGGER, "SELECT 2"),
    SPLITS("DELIMITER \"//\" # quoted\nSELECT 1// SELECT 2\n//\nDELIMITER ; -- back", "SELECT 1", "SELECT 2"),
    SPLITS("DELIMITER //\n" PROC, PROC),
    SPLITS("DELIMITER //\nCREATE PROCEDURE p() BEGIN SELECT 1; //\n", "CREATE PROCEDURE p() BEGIN SELECT 1;"),
    SPLITS("SELECT 1\nDELIMITER //\nSELECT 2//", "SELECT 1", "SELECT 2"),
    SPLITS("CREATE TABLE a (\n  delimiter varchar(5),\n  x int); SELECT a,\ndelimiter, b FROM a; "
           "SELECT\ndelimiter\nFROM b;",
           "CREATE TABLE a (\n  delimiter varchar(5),\n  x int)", "SELECT a,\ndelimiter, b FROM a",
           "SELECT\ndelimiter\nFROM b"),
    FAILS("SELECT\n  delimiter FROM a;", 2, 3, "text behind DELIMITER"),
    SPLITS("DELIMITER //\nSELECT '//', \"//\", `//`, 1 /* // */ -- //\n// SELECT 2",
           "SELECT '//', \"//\", `//`, 1", "SELECT 2"),
    /* Bodies without DELIMITER */
    SPLITS(PROC "; SELECT 3;", PROC, "SELECT 3"),
    SPLITS(PROC, PROC),
    SPLITS(NESTED "; SELECT 3;", NESTED, "SELECT 3"),
    SPLITS(DUMP_TRIGGER "; SELECT 3;", DUMP_TRIGGER, "SELECT 3"),
    SPLITS("CREATE TRIGGER t AFTER UPDATE ON a FOR EACH ROW FOLLOWS b IF NEW.x THEN SET @a = 1; END IF; "
           "SELECT 3;",
           "CREATE TRIGGER t AFTER UPDATE ON a FOR EACH ROW FOLLOWS b IF NEW.x THEN SET @a = 1; END IF",
           "SELECT 3"),
    SPLITS(
        "CREATE TRIGGER t AFTER UPDATE ON a FOR EACH ROW SET @a = IF(1, 2, 3), @b = CASE 1 WHEN 1 THEN 2 "
        "END; SELECT 3;",
        "CREATE TRIGGER t AFTER UPDATE ON a FOR EACH ROW SET @a = IF(1, 2, 3), @b = CASE 1 WHEN 1 THEN 2 END",
        "SELECT 3"),
    SPLITS("CREATE EVENT IF NOT EXISTS e ON SCHEDULE EVERY 1 DAY DO BEGIN DELETE FROM a; END; ALTER EVENT e "
           "DISABLE; "
           "ALTER EVENT e DO BEGIN SELECT 1; END; SELECT 3",
           "CREATE EVENT IF NOT EXISTS e ON SCHEDULE EVERY 1 DAY DO BEGIN DELETE FROM a; END",
           "ALTER EVENT e DISABLE", "ALTER EVENT e DO BEGIN SELECT 1; END", "SELECT 3"),
    SPLITS("CREATE FUNCTION f(a INT) RETURNS INT RETURN IF(a, CASE a WHEN 1 THEN 2 END, 3); SELECT 3;",
           "CREATE FUNCTION f(a INT) RETURNS INT RETURN IF(a, CASE a WHEN 1 THEN 2 END, 3)", "SELECT 3"),
    SPLITS("CREATE FUNCTION f RETURNS STRING SONAME 'f.so'; CREATE PROCEDURE p() DROP TABLE IF EXISTS t; "
           "SELECT 3;",
           "CREATE FUNCTION f RETURNS STRING SONAME 'f.so'", "CREATE PROCEDURE p() DROP TABLE IF EXISTS t",
           "SELECT 3"),
    SPLITS("BEGIN NOT ATOMIC SELECT 1; IF 1 THEN SELECT 2; END IF; END; BEGIN; SELECT 1; COMMIT; BEGIN WORK",
           "BEGIN NOT ATOMIC SELECT 1; IF 1 THEN SELECT 2; END IF; END", "BEGIN", "SELECT 1", "COMMIT",
           "BEGIN WORK"),
    SPLITS("IF 1 THEN SELECT 1; END IF; a: WHILE 0 DO SELECT 1; END WHILE a; SELECT 3",
           "IF 1 THEN SELECT 1; END IF", "a: WHILE 0 DO SELECT 1; END WHILE a", "SELECT 3"),
    SPLITS(
        "CREATE TABLE event (begin INT, end INT); CREATE VIEW `trigger` AS SELECT begin FROM event; SELECT 1",
        "CREATE TABLE event (begin INT, end INT)", "CREATE VIEW `trigger` AS SELECT begin FROM event",
        "SELECT 1"),
    SPLITS("SELECT IF(1, 2, 3), CASE 1 WHEN 1 THEN 2 END; SELECT 2",
           "SELECT IF(1, 2, 3), CASE 1 WHEN 1 THEN 2 END", "SELECT 2"),
    /* USE */
    SPLITS("USE a\nSELECT 1; use b;SELECT 2;\n USE `c` # x\n/*!40101 SET NAMES utf8 */; USE\nd;", "USE a",
           "SELECT 1", "use b", "SELECT 2", "USE `c`", "/*!40101 SET NAMES utf8 */", "USE\nd"),
    SPLITS("USE a /* x\n */; USE b /*!1 */;", "USE a", "USE b /*!1 */"),
    /* Commands of the client */
    FAILS_HINT("SELECT 1;\n  source other.sql\n", 2, 3, "source is a command of the mysql client",
               "text of that file"),
    FAILS_HINT("\\. other.sql", 1, 1, "\\. is a command", "text of that file"),
    FAILS_HINT("SELECT 1\\G", 1, 9, "\\G is a command", "semicolon"),
    FAILS_HINT("SELECT 1 \\g", 1, 10, "\\g is a command", "semicolon"),
    FAILS_HINT("CONNECT other;", 1, 1, "CONNECT is a command", "URL"),
    FAILS_HINT("quit", 1, 1, "quit is a command", "Remove"),
    FAILS("? x", 1, 1, "? is a command"),
    FAILS("\\", 1, 1, "a backslash"),
    FAILS("SELECT \\\xc3\xa9", 1, 8, "a backslash"),
    FAILS_HINT("SELECT 1;\nDELIMITER\nSELECT 2", 2, 1, "DELIMITER needs", "line of its own"),
    FAILS("DELIMITER // SELECT 1 //\n", 1, 1, "text behind DELIMITER"),
    FAILS("SELECT 1; DELIMITER //\n", 1, 11, "behind something else"),
    FAILS("DELIMITER 0123456789012345\n", 1, 1, "at most 15"),
    FAILS("DELIMITER \\\\\n", 1, 1, "no backslash"),
    /* Unterminated */
    FAILS("SELECT 1;\nSELECT 'abc\\';\n", 2, 8, "unterminated string"),
    FAILS("SELECT \"abc", 1, 8, "unterminated string"),
    FAILS("SELECT `abc", 1, 8, "unterminated quoted name"),
    FAILS("SELECT '\xc3\xa9' /* x", 1, 12, "unterminated comment"),
    FAILS("SELECT 1 /*/", 1, 10, "unterminated comment"),
    FAILS("SELECT 1;\n /*!50001 SELECT 1;", 2, 2, "unterminated comment /*!"),
    FAILS_HINT("SELECT 1;\nCREATE PROCEDURE p()\n BEGIN IF 1 THEN SELECT 1; END;\n", 3, 2,
               "unterminated block", "END"),
    FAILS_HINT("SELECT 1;\n\xef\xbb\xbfSELECT 2;", 2, 1, "byte order mark", "EF BB BF"),
    FAILS("\xef\xbb\xbf'", 1, 1, "unterminated string"),
};

static void test_cases(void **state UNUSED)
{
    split_check(mysql_split, mysql_print, cases, COUNT_OF(cases));
    split_check_nul(mysql_split);
}

static void test_print(void **state UNUSED)
{
    static const struct {
        const char *text, *printed;
    } prints[] = {
        {"SELECT 1", "SELECT 1;\n"},
        {"SELECT '--', '#'", "SELECT '--', '#';\n"},
        {"SELECT 1---", "SELECT 1---;\n"},
        {"BEGIN NOT ATOMIC SELECT 1; END ---",
         "DELIMITER //\nBEGIN NOT ATOMIC SELECT 1; END ---//\nDELIMITER ;\n"},
        {"SELECT ';' /* ; */ # ;", "SELECT ';' /* ; */ # ;\n;\n"},
        {PROC, "DELIMITER //\n" PROC "\n//\nDELIMITER ;\n"},
        {PROC " -- // $$ ;;", "DELIMITER |||\n" PROC " -- // $$ ;;\n|||\nDELIMITER ;\n"},
        {"/*!50003 SELECT 1; */", "DELIMITER //\n/*!50003 SELECT 1; */\n//\nDELIMITER ;\n"},
    };
    for (size_t i = 0; i < COUNT_OF(prints); i++) {
        AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
        mysql_print(&b, slice_of(prints[i].text), (struct slice){NULL, 0});
        assert_string_equal(b.ptr, prints[i].printed);
    }
    AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
    mysql_print(&b, SLICE(PROC " -- // $$ ;; |||"), (struct slice){NULL, 0});
    assert_non_null(strstr(b.ptr, "DELIMITER $$"));
}

static void test_kinds(void **state UNUSED)
{
    static const struct kind_case kinds[] = {
        {"INSERT INTO t VALUES(1)", SQL_DML, false},
        {"-- c\n# d\n/* e */update t set x=1", SQL_DML, false},
        {"/*!50000 DELETE */ FROM t", SQL_DML, false},
        {"REPLACE INTO t VALUES(1)", SQL_DML, false},
        {"LOAD DATA INFILE 'x' INTO TABLE t", SQL_DML, false},
        {"WITH a AS (SELECT 1) UPDATE t SET x = 1", SQL_DML, false},
        {"WITH a AS (SELECT 1), b(x) AS (SELECT 2) SELECT * FROM a", SQL_QUERY, false},
        {"(SELECT 1) UNION (SELECT 2)", SQL_QUERY, false},
        {"SHOW TABLES", SQL_QUERY, false},
        {"EXPLAIN SELECT 1", SQL_QUERY, false},
        {"DESC t", SQL_QUERY, false},
        {"BEGIN", SQL_TRANSACTION, false},
        {"BEGIN WORK", SQL_TRANSACTION, false},
        {"BEGIN NOT ATOMIC SELECT 1; END", SQL_OTHER, false},
        {"START TRANSACTION READ ONLY", SQL_TRANSACTION, false},
        {"START SLAVE", SQL_OTHER, false},
        {"COMMIT", SQL_TRANSACTION, false},
        {"ROLLBACK", SQL_TRANSACTION, false},
        {"ROLLBACK WORK TO a", SQL_OTHER, false},
        {"SAVEPOINT a", SQL_OTHER, false},
        {"RELEASE SAVEPOINT a", SQL_OTHER, false},
        {"XA START 'x'", SQL_TRANSACTION, false},
        {"LOCK TABLES t WRITE", SQL_TRANSACTION, false},
        {"UNLOCK TABLES", SQL_TRANSACTION, false},
        {"SET autocommit = 0", SQL_TRANSACTION, false},
        {"SET NAMES utf8, SESSION AUTOCOMMIT := 1", SQL_TRANSACTION, false},
        {"SET @@session.autocommit=1", SQL_TRANSACTION, false},
        {"SET @@global.autocommit=1", SQL_OTHER, false},
        {"SET GLOBAL autocommit=1", SQL_OTHER, false},
        {"SET @old = @@autocommit, @x = 1", SQL_OTHER, false},
        {"SET TRANSACTION READ ONLY", SQL_OTHER, false},
        {"CREATE INDEX i ON t(x)", SQL_OTHER, false},
        {"CALL p()", SQL_OTHER, false},
    };
    split_check_kinds(mysql_split, kinds, COUNT_OF(kinds));
}

static void test_linear(void **state UNUSED)
{
    static const struct {
        const char *head, *unit, *tail;
        long n;
    } big[] = {
        {"SELECT '", ";", "'", 1},
        {"SELECT '", ";", "", -1},
        {"SELECT '", "\\'", "'", 1},
        {"", ";", "", 0},
        {"", "/*", "", -1},
        {"", "/*!", "", -1},
        {"SELECT 1", "/*!*/", "", 1},
        {"", "(", "", 1},
        {"", "-- ", "", 0},
        {"SELECT (", " delimiter\n", "", 1},
        {"SELECT (", "\ndelimiter //x", "", 1},
        {"SELECT ", "\ndelimiter //\n", "", 1},
        {"", "  \n", "USE a", 1},
        {PROC " ", "END ", "", 1},
        {"CREATE PROCEDURE p() ", "BEGIN ", "", -1},
        {"CREATE PROCEDURE p() BEGIN ", "IF 1 THEN SELECT CASE 1 WHEN 1 THEN 2 END; END IF; ", "END", 1},
        {"CREATE PROCEDURE p() BEGIN ", "SELECT CASE;", "END", 1},
        {"SET sql_mode='", "NO_BACKSLASH_ESCAPE", "'", 1},
        {"DELIMITER aaaaaaaaaaaaaab\nSELECT ", "a", "", 1},
    };
    for (size_t i = 0; i < COUNT_OF(big); i++) {
        assert_int_equal(split_big(mysql_split, big[i].head, big[i].unit, big[i].tail), big[i].n);
    }
    assert_true(split_big(mysql_split, "", PROC ";", "") > 50000);
    assert_true(split_big(mysql_split, "", "DELIMITER //\n" PROC "//\nDELIMITER ;\n", "") > 50000);
    assert_true(split_big(mysql_split, "", "USE a\n", "") > 500000);
    assert_true(split_big(mysql_split, "", "use a;", "") > 500000);
    assert_true(split_big(mysql_split, "", "a;", "") > 500000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_print),
        cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_linear),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
