/* Revision files in SQL: headers, sections, checksums. */
#include "base/arena.h"
#include "engine/revision/sql_file.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define HEAD "-- revision: aaaa\n"

static struct sql_body body(struct arena *a, const char *text, const char *dialect)
{
    struct sql_body out = {0};
    struct err err = {0};
    if (sql_body_parse(a, "f.sql", slice_of(text), dialect, &out, &err)) {
        fail_msg("%d: %s", err.line, err.message);
    }
    return out;
}

static void is_text(const struct sql_section *s, const char *text, int line)
{
    assert_non_null(s->text.ptr);
    if (!slice_eq(s->text, text)) {
        fail_msg("expected \"%s\", got \"%.*s\"", text, (int)s->text.len, s->text.ptr);
    }
    assert_int_equal(s->line, line);
}

static void refused(const char *text, int line, const char *message, const char *hint)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct sql_body out = {.has_upgrade_elsewhere = true};
    struct err err = {0};
    assert_int_equal(sql_body_parse(&a, "f.sql", slice_of(text), "sqlite", &out, &err), ERR_FILE);
    assert_string_equal(err.message, message);
    assert_string_equal(err.file, "f.sql");
    assert_int_equal(err.line, line);
    assert_non_null(strstr(err.hint, hint));
    assert_true(out.has_upgrade_elsewhere); /* results are written only on success */
}

static void test_sections(void **state)
{
    (void)state;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct sql_body b =
        body(&a, HEAD "\n-- upgrade\nONE;\n\nTWO;\n-- downgrade\n-- verify\nSELECT 1", "sqlite");
    is_text(&b.upgrade, "ONE;\n\nTWO;\n", 4);
    is_text(&b.downgrade, "", 8);
    is_text(&b.verify, "SELECT 1", 9);
    assert_false(b.has_upgrade_elsewhere);
    b = body(&a, HEAD "-- upgrade", "sqlite");
    is_text(&b.upgrade, "", 3);
    assert_null(b.downgrade.text.ptr);
    assert_null(b.verify.text.ptr);
}

static void test_markers(void **state)
{
    (void)state;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct sql_body b = body(&a,
                             HEAD "  --UPGRADE :  \n-- upgrade it\n-- going\n-- up\n/* -- downgrade */ x\n"
                                  "x -- downgrade\n--\tDowngrade\t\n-- verify: \n1\n",
                             "sqlite");
    is_text(&b.upgrade, "-- upgrade it\n-- going\n-- up\n/* -- downgrade */ x\nx -- downgrade\n", 3);
    is_text(&b.downgrade, "", 9);
    is_text(&b.verify, "1\n", 10);
}

static void test_line_ends(void **state)
{
    (void)state;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct sql_body b = body(
        &a, "\xEF\xBB\xBF-- revision: aaaa\r\n\r\n-- upgrade\r\nONE;\r\n\xEF\xBB\xBF-- downgrade \r\nTWO;",
        "sqlite");
    is_text(&b.upgrade, "ONE;\r\n", 4);
    is_text(&b.downgrade, "TWO;", 6);
}

static void test_dialects(void **state)
{
    (void)state;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    static const char text[] =
        HEAD "-- upgrade: mysql, sqlite\nSOME\n-- upgrade\nALL\n-- downgrade: mariadb\nMARIA\n"
             "-- verify: MySQL,mariadb\nV\n";
    struct sql_body mysql = body(&a, text, "mysql"), sqlite = body(&a, text, "sqlite");
    struct sql_body postgresql = body(&a, text, "postgresql"), mariadb = body(&a, text, "mariadb");
    is_text(&mysql.upgrade, "SOME\n", 3);
    is_text(&mysql.downgrade, "MARIA\n", 7);
    is_text(&mysql.verify, "V\n", 9);
    is_text(&mariadb.downgrade, "MARIA\n", 7);
    is_text(&sqlite.upgrade, "SOME\n", 3);
    assert_null(sqlite.downgrade.text.ptr);
    is_text(&postgresql.upgrade, "ALL\n", 5);
    assert_true(postgresql.has_upgrade_elsewhere);
    struct sql_body other = body(&a, HEAD "-- upgrade: mysql\nSOME\n", "sqlite");
    assert_null(other.upgrade.text.ptr);
    assert_true(other.has_upgrade_elsewhere);
    other = body(&a, HEAD "-- upgrade: mysql\nSOME\n", "mysql");
    assert_false(other.has_upgrade_elsewhere);
}

static void test_refused_bodies(void **state)
{
    (void)state;
    refused(HEAD "-- upgrade\n1;\n-- downgrade\n2;\n--  Upgrade\n3;\n", 6,
            "a second upgrade section: the first begins in line 2", "Join the two");
    refused(HEAD "-- upgrade: mysql\n-- upgrade: sqlite, mariadb\n", 3,
            "a second upgrade section for mysql: the first begins in line 2", "Join the two");
    refused(HEAD "-- upgrade: postgres\n", 2,
            "a section is for postgresql, mysql, mariadb or sqlite, not for \"postgres\"",
            "Did you mean \"postgresql\"?");
    refused(
        HEAD "-- upgrade\n-- verify: that the column has its default\n", 3,
        "a section is for postgresql, mysql, mariadb or sqlite, not for \"that the column has its default\"",
        "only a comment");
    refused(HEAD "-- upgrade: mysql,\n", 2,
            "a section is for postgresql, mysql, mariadb or sqlite, not for \"\"", "");
    refused(HEAD "\nSELECT 1;\n-- upgrade\n", 3, "expected a section before the first statement",
            "-- upgrade");
    refused(HEAD "-- downgrade\nSELECT 1;\n", 0, "revision aaaa has no upgrade section", "-- upgrade");
    refused("-- upgrade\n", 1, "the header names no revision", "-- revision: ID");
    refused("", 1, "the header names no revision", "-- revision: ID");
}

static void test_nul_byte(void **state)
{
    (void)state;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct sql_body out;
    struct err err = {0};
    static const char text[] = HEAD "-- upgrade\nSELECT 1;\0 DROP TABLE t;\n";
    assert_int_equal(
        sql_body_parse(&a, "f.sql", (struct slice){text, sizeof(text) - 1}, "sqlite", &out, &err), ERR_FILE);
    assert_string_equal(err.message, "the file holds a NUL byte");
    assert_int_equal(err.line, 3);
}

static void header_refused(const char *text, int line, int column, const char *message, const char *hint)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct revision r = {.id = "untouched"};
    struct err err = {0};
    assert_int_equal(sql_header_parse(&a, "f.sql", slice_of(text), &r, &err), ERR_FILE);
    assert_string_equal(err.message, message);
    assert_int_equal(err.line, line);
    assert_int_equal(err.column, column);
    assert_non_null(strstr(err.hint, hint));
    assert_non_null(strchr(err.excerpt, '^'));
    assert_string_equal(r.id, "untouched");
}

static void test_refused_headers(void **state)
{
    (void)state;
    header_refused(HEAD "-- revison: b\n", 2, 4, "\"revison\" is no key of a revision's header",
                   "Did you mean \"revision\"?");
    header_refused(HEAD "-- down_revision: b\n", 2, 4, "\"down_revision\" is no key of a revision's header",
                   "Did you mean \"revises\"?");
    header_refused(HEAD "--  depends: b\n", 2, 5, "\"depends\" is no key of a revision's header",
                   "Did you mean \"depends_on\"?");
    header_refused(HEAD "-- Label: b\n", 2, 4, "\"Label\" is no key of a revision's header", "\"labels\"");
    header_refused(HEAD "-- message: m\n\n-- Message: n\n", 4, 4, "\"message\" stands in line 2 already", "");
    header_refused(HEAD "-- transaction: maybe\n", 2, 17, "transaction is \"on\" or \"off\"", "");
    header_refused(HEAD "-- created: yesterday\n", 2, 13, "created is a time such as 2026-11-21T09:13:00Z",
                   "");
    header_refused(HEAD "-- created: 2026-13-21\n", 2, 13, "created is a time such as 2026-11-21T09:13:00Z",
                   "");
    header_refused(HEAD "-- revises: a b\n", 2, 14, "names are separated by commas, and hold no blanks", "");
    header_refused(HEAD "-- revises: a,,b\n", 2, 15, "a name is missing beside the comma", "");
    header_refused(HEAD "-- message: \x1B[31m\n", 2, 13, "the header holds a control character", "");
    header_refused(HEAD "-- message: \xC3(\n", 2, 13, "the header is not UTF-8", "");
    header_refused("-- revision:\n", 1, 13, "the revision's id is missing", "");
    header_refused(HEAD "DROP TABLE t;\n", 2, 1, "expected a section before the first statement",
                   "-- upgrade");
}

static void test_header(void **state)
{
    (void)state;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct revision r = {.file = "f.sql"};
    struct err err = {0};
    static const char text[] =
        "-- Version: 7, Date: today, note: nothing\n-- version: 7\n--\n--revision:0549_x\n"
        "-- revises: a1,b2 ,  c3\n-- created: 2024-02-29 23:59:59.25\n"
        "-- message: a: b, \xC3\xA4\n-- depends_on:\n-- labels: None\n-- transaction: on\n"
        "-- upgrade\n-- labels: too_late\n";
    assert_int_equal(sql_header_parse(&a, "f.sql", slice_of(text), &r, &err), 0);
    assert_string_equal(r.id, "0549_x");
    assert_string_equal(r.message, "a: b, \xC3\xA4");
    assert_int_equal(r.revises.n, 3);
    assert_string_equal(r.revises.items[1], "b2");
    assert_string_equal(r.revises.items[2], "c3");
    assert_int_equal(r.depends_on.n, 0);
    assert_int_equal(r.labels.n, 0);
    assert_int_equal(r.created_us, 1709251199250000);
    assert_false(r.transaction_off);
    assert_int_equal(r.line, 4);
    assert_int_equal(r.line_revises, 5);
    assert_string_equal(r.file, "f.sql");
}

static void test_checksum(void **state)
{
    (void)state;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    static const char base[] =
        HEAD "-- revises: bbbb\n-- upgrade\nONE;\n\nTWO;\n-- upgrade: mysql\nMY;\n-- verify\nV;\n";
    static const char *const same[] = {
        "\xEF\xBB\xBF" HEAD
        "-- revises: bbbb\n-- upgrade\nONE;\n\nTWO;\n-- upgrade: mysql\nMY;\n-- verify\nV;",
        "-- revision: aaaa\r\n-- revises: bbbb\r\n-- upgrade\r\nONE;\r\n\r\nTWO;\r\n-- upgrade: "
        "mysql\r\nMY;\r\n-- verify\r\nV;\r\n",
        HEAD
        "-- revises: bbbb\n-- upgrade\nONE;  \n \t\nTWO;\n\n\n-- upgrade: mariadb\nMY;\t\n-- verify\nV;\n\n",
        "-- free\n" HEAD "-- message: m\n-- labels: l\n-- created: 2026-01-01\n-- revises: bbbb\n"
        "-- upgrade\nONE;\n\nTWO;\n-- upgrade: mysql\nMY;\n-- verify\nV;\n",
        HEAD "-- revises: bbbb\n-- upgrade: mysql\nMY;\n-- verify\nV;\n-- upgrade\nONE;\n\nTWO;\n",
    };
    static const char *const other[] = {
        "-- revision: aaab\n-- revises: bbbb\n-- upgrade\nONE;\n\nTWO;\n-- upgrade: mysql\nMY;\n-- "
        "verify\nV;\n",
        HEAD "-- upgrade\nONE;\n\nTWO;\n-- upgrade: mysql\nMY;\n-- verify\nV;\n",
        HEAD "-- revises: bbbb\n-- depends_on: c\n-- upgrade\nONE;\n\nTWO;\n-- upgrade: mysql\nMY;\n-- "
             "verify\nV;\n",
        HEAD "-- revises: bbbb\n-- transaction: off\n-- upgrade\nONE;\n\nTWO;\n-- upgrade: mysql\nMY;\n-- "
             "verify\nV;\n",
        HEAD "-- revises: bbbb\n-- upgrade\nONE;\nTWO;\n-- upgrade: mysql\nMY;\n-- verify\nV;\n",
        HEAD "-- revises: bbbb\n-- upgrade\nONE;\n\n TWO;\n-- upgrade: mysql\nMY;\n-- verify\nV;\n",
        HEAD "-- revises: bbbb\n-- upgrade\nONE;\n\nTWO;\n-- upgrade: mysql\nMINE;\n-- verify\nV;\n",
        HEAD "-- revises: bbbb\n-- upgrade\nONE;\n\nTWO;\n-- upgrade: postgresql\nMY;\n-- verify\nV;\n",
        HEAD "-- revises: bbbb\n-- upgrade\nONE;\n\nTWO;\n-- upgrade: mysql\nMY;\n-- downgrade\nV;\n",
        HEAD
        "-- revises: bbbb\n-- upgrade\nONE;\n\nTWO;\n-- upgrade: mysql\nMY;\n-- downgrade\n-- verify\nV;\n",
    };
    struct sql_body expected = body(&a, base, "sqlite");
    assert_int_equal(strlen(expected.checksum), 64);
    assert_string_equal(body(&a, base, "mysql").checksum, expected.checksum);
    for (size_t i = 0; i < COUNT_OF(same); i++) {
        assert_string_equal(body(&a, same[i], "sqlite").checksum, expected.checksum);
    }
    for (size_t i = 0; i < COUNT_OF(other); i++) {
        assert_string_not_equal(body(&a, other[i], "sqlite").checksum, expected.checksum);
    }
}

static void test_marker_inside_a_body(void **state)
{
    (void)state;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    static const char cut[] =
        HEAD "-- upgrade\nCREATE FUNCTION f() AS $$\n-- verify\nBEGIN END $$;\n-- downgrade\nx\n";
    struct sql_body b = body(&a, cut, "postgresql");
    is_text(&b.upgrade, "CREATE FUNCTION f() AS $$\n", 3);
    is_text(&b.verify, "BEGIN END $$;\n", 5);
    refused(HEAD "-- upgrade\nf() AS $$\n-- downgrade\nEND $$;\n-- downgrade\nx\n", 6,
            "a second downgrade section: the first begins in line 4", "add a word to it");
}

/* "-- downgrad" was a comment, and the statements that should take the revision back ran in the upgrade. */
static void test_a_mistyped_downgrade_marker_does_not_drop_the_table(void **state)
{
    (void)state;
    refused(HEAD "-- upgrade\nCREATE TABLE t (a int);\n-- downgrad\nDROP TABLE t;\n", 4,
            "this is nearly the marker of a section", "\"-- downgrade\"");
    refused(HEAD "-- upgrade\nONE;\n-- Upgarde: mysql\nTWO;\n", 4, "this is nearly the marker of a section",
            "\"-- upgrade\"");
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct sql_body b = body(&a, HEAD "-- upgrade\n-- rows\n-- upgrade the table\nONE;\n", "sqlite");
    is_text(&b.upgrade, "-- rows\n-- upgrade the table\nONE;\n", 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sections),
        cmocka_unit_test(test_markers),
        cmocka_unit_test(test_line_ends),
        cmocka_unit_test(test_dialects),
        cmocka_unit_test(test_refused_bodies),
        cmocka_unit_test(test_nul_byte),
        cmocka_unit_test(test_refused_headers),
        cmocka_unit_test(test_header),
        cmocka_unit_test(test_checksum),
        cmocka_unit_test(test_marker_inside_a_body),
        cmocka_unit_test(test_a_mistyped_downgrade_marker_does_not_drop_the_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
