/* SQLite's schema read from a live database, where most of it stands in texts alone. */
#include "engine/schema/object.h"
#include "engine/schema/sqlite_parse.h"
#include "tests/servers/servers.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

extern const struct driver driver_sqlite;

static struct conn *open_with(const char *const *statements)
{
    struct conn *c = NULL;
    struct err err = {0};
    assert_int_equal(driver_sqlite.open(&(struct driver_address){.database = ":memory:"},
                                        &(struct driver_session){.create = true}, &c, &err),
                     0);
    for (; *statements; statements++) {
        if (conn_exec(c, *statements, &err)) {
            fail_msg("%s: %s", *statements, err.message);
        }
    }
    return c;
}

static void assert_described(const char *const *statements, const char *expected)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    AUTO(strbuf_release) struct strbuf text = STRBUF_INIT;
    struct conn *c = open_with(statements);
    struct schema *s;
    struct err err = {0};
    if (schema_read(&a, c, &(struct schema_scope){.parts = SCHEMA_ALL}, &s, &err)) {
        fail_msg("%s", err.message);
    }
    schema_write(&text, s, SCHEMA_TEXT_CANONICAL);
    assert_string_equal(strbuf_cstr(&text), expected);
    conn_close(c);
}

static void what_no_pragma_tells_is_read_from_the_text(void **state)
{
    (void)state;
    const char *const statements[] = {
        "CREATE TABLE parent (id INTEGER PRIMARY KEY AUTOINCREMENT, code TEXT NOT NULL ON CONFLICT IGNORE "
        "UNIQUE ON CONFLICT REPLACE)",
        "CREATE TABLE child (\n"
        "  id INTEGER CONSTRAINT child_key PRIMARY KEY DESC, -- a comment with CHECK (x)\n"
        "  \"parent id\" INTEGER NOT NULL CONSTRAINT inline_fk REFERENCES parent(id) ON DELETE CASCADE "
        "DEFERRABLE INITIALLY DEFERRED,\n"
        "  other INTEGER REFERENCES parent ON UPDATE SET NULL,\n"
        "  name VARCHAR(20) COLLATE NOCASE DEFAULT 'it''s (x, y)' CHECK (length(name) > 0 AND name <> ')'),\n"
        "  price DECIMAL(10, 2) DEFAULT -1.5,\n"
        "  half REAL DEFAULT .5e-3 NOT NULL,\n"
        "  twice INTEGER GENERATED ALWAYS AS (other * 2) STORED,\n"
        "  plus AS (other + 1),\n"
        "  no_type DEFAULT (abs(1) + 2),\n"
        "  flag BOOLEAN, /* CONSTRAINT */\n"
        "  CONSTRAINT [odd name] CHECK (flag IN (0, 1)),\n"
        "  CHECK (other > 0),\n"
        "  CONSTRAINT pair UNIQUE (name, price) ON CONFLICT FAIL,\n"
        "  CONSTRAINT `both` FOREIGN KEY (other, name) REFERENCES child (id, name) ON DELETE SET DEFAULT "
        "MATCH FULL NOT DEFERRABLE\n"
        ")",
        "CREATE UNIQUE INDEX ux ON child (lower(name), price DESC, name COLLATE BINARY) WHERE flag = 1",
        "CREATE INDEX ix ON child (name)",
        "CREATE TRIGGER tr AFTER INSERT ON child BEGIN SELECT 1; END",
        "CREATE TABLE short (k TEXT PRIMARY KEY, v INT) WITHOUT ROWID, STRICT",
        "CREATE VIEW v AS SELECT id AS a, name FROM child",
        "CREATE TABLE plain AS SELECT 1 AS a, 'x' AS \"b c\"",
        NULL};
    assert_described(statements,
                     "lockstep schema 1\n"
                     "dialect sqlite\n"
                     "table child\n"
                     " kind table\n"
                     " column flag\n"
                     "  type BOOLEAN\n"
                     " column half\n"
                     "  type REAL\n"
                     "  nullable no\n"
                     "  default .5e-3\n"
                     " column id\n"
                     "  type INTEGER\n"
                     " column name\n"
                     "  type VARCHAR(20)\n"
                     "  default 'it''s (x, y)'\n"
                     "  collation NOCASE\n"
                     " column no_type\n"
                     "  type \n"
                     "  default abs(1) + 2\n"
                     " column other\n"
                     "  type INTEGER\n"
                     " column parent id\n"
                     "  type INTEGER\n"
                     "  nullable no\n"
                     " column plus\n"
                     "  type \n"
                     "  generated other + 1\n"
                     " column price\n"
                     "  type DECIMAL(10, 2)\n"
                     "  default -1.5\n"
                     " column twice\n"
                     "  type INTEGER\n"
                     "  generated other * 2\n"
                     "  stored yes\n"
                     " constraint both\n"
                     "  kind foreign key\n"
                     "  columns other\n"
                     "  columns name\n"
                     "  ref_table child\n"
                     "  ref_columns id\n"
                     "  ref_columns name\n"
                     "  on_delete SET DEFAULT\n"
                     "  match FULL\n"
                     "  deferrable no\n"
                     " constraint\n"
                     "  kind check\n"
                     "  expression length(name) > 0 AND name <> ')'\n"
                     " constraint\n"
                     "  kind check\n"
                     "  expression other > 0\n"
                     " constraint child_key\n"
                     "  kind primary key\n"
                     "  columns id\n"
                     "  sorted within the column DESC\n"
                     " constraint\n"
                     "  kind foreign key\n"
                     "  columns other\n"
                     "  ref_table parent\n"
                     "  on_update SET NULL\n"
                     " constraint inline_fk\n"
                     "  kind foreign key\n"
                     "  columns parent id\n"
                     "  ref_table parent\n"
                     "  ref_columns id\n"
                     "  on_delete CASCADE\n"
                     "  deferrable yes\n"
                     "  initially DEFERRED\n"
                     " constraint odd name\n"
                     "  kind check\n"
                     "  expression flag IN (0, 1)\n"
                     " constraint pair\n"
                     "  kind unique\n"
                     "  columns name\n"
                     "  columns price\n"
                     "  conflict FAIL\n"
                     " index ix\n"
                     "  keys column=name	nulls_first=yes\n"
                     " index ux\n"
                     "  unique yes\n"
                     "  keys expression=lower(name)	nulls_first=yes\n"
                     "  keys column=price	descending=yes\n"
                     "  keys column=name	collation=BINARY	nulls_first=yes\n"
                     "  predicate flag = 1\n"
                     " trigger tr\n"
                     "  definition CREATE TRIGGER tr AFTER INSERT ON child BEGIN\\n    SELECT 1;\\nEND\n"
                     "table parent\n"
                     " kind table\n"
                     " column code\n"
                     "  type TEXT\n"
                     "  nullable no\n"
                     "  not_null_conflict IGNORE\n"
                     " column id\n"
                     "  type INTEGER\n"
                     "  autoincrement yes\n"
                     " constraint\n"
                     "  kind primary key\n"
                     "  columns id\n"
                     " constraint\n"
                     "  kind unique\n"
                     "  columns code\n"
                     "  conflict REPLACE\n"
                     "table plain\n"
                     " kind table\n"
                     " column a\n"
                     "  type \n"
                     " column b c\n"
                     "  type \n"
                     "table short\n"
                     " kind table\n"
                     " without_rowid yes\n"
                     " strict yes\n"
                     " column k\n"
                     "  type TEXT\n"
                     "  nullable no\n"
                     " column v\n"
                     "  type INT\n"
                     " constraint\n"
                     "  kind primary key\n"
                     "  columns k\n"
                     "table v\n"
                     " kind view\n"
                     " definition CREATE VIEW v AS SELECT id AS a, name FROM child\n");
}

/* Written differently, the same: blanks, line ends, and what ALTER TABLE makes of a text. */
static void how_a_text_is_laid_out_does_not_matter(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"CREATE VIEW v AS\n  SELECT a,b , count( * )\n FROM \"t\" WHERE a>-1 AND b<>'x  y'",
         "CREATE VIEW v AS SELECT a, b, count(*) FROM t WHERE a > -1 AND b <> 'x  y'"},
        {"a||b", "a || b"},
        {"a->>'$.x'", "a ->> '$.x'"},
        {"1.5e-3*x - -1", "1.5e-3 * x - -1"},
        {"f (a)IN(1,2)", "f(a) IN (1, 2)"},
        {"a -- why\n + 1 /* so */", "a -- why\n+ 1 /* so */"},
        {"CREATE TRIGGER r AFTER UPDATE ON \"t\" BEGIN UPDATE \"T\" SET a=1; SELECT 2;END",
         "CREATE TRIGGER r AFTER UPDATE ON t BEGIN\n    UPDATE T SET a = 1;\n    SELECT 2;\nEND"},
        {"CREATE VIRTUAL TABLE f USING fts5(a,  tokenize = \"porter  x\" )",
         "CREATE VIRTUAL TABLE f USING fts5(a, tokenize = \"porter  x\" )"},
        {"SELECT \"a\" FROM \"select\" JOIN \"b c\" ON \"t\".x=.5",
         "SELECT \"a\" FROM \"select\" JOIN \"b c\" ON t.x = .5"},
        {"CURRENT_TIMESTAMP", "CURRENT_TIMESTAMP"},
        {"DECIMAL(10,2)", "DECIMAL(10, 2)"},
        {"a = 'open   text", "a = 'open   text"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        AUTO(arena_release) struct arena a = ARENA_INIT;
        const char *once = sqlite_canonical(&a, cases[i][0]);
        assert_string_equal(once, cases[i][1]);
        assert_string_equal(sqlite_canonical(&a, once), once);
    }
}

/* A view on a table that is gone makes PRAGMAs about all tables fail. */
static void a_broken_view_does_not_hide_the_rest(void **state)
{
    (void)state;
    const char *const statements[] = {"CREATE TABLE gone (a)", "CREATE TABLE t (b TEXT)",
                                      "CREATE VIEW broken AS SELECT a FROM gone", "DROP TABLE gone", NULL};
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct conn *c = open_with(statements);
    struct schema *s;
    struct err err = {0};
    assert_int_equal(schema_read_whole(&a, c, NULL, SCHEMA_ALL, &s, &err), 0);
    assert_int_equal(s->tables.n, 2);
    assert_int_equal(s->tables.items[0]->columns.n, 1);
    assert_string_equal(s->tables.items[1]->definition, "CREATE VIEW broken AS SELECT a FROM gone");
    assert_int_equal(s->unseen.n, 1);
    assert_non_null(strstr(s->unseen.items[0], "no such table: main.gone"));
    conn_close(c);
}

/* What ADD COLUMN leaves as a text is not what CREATE TABLE would have left. */
static void a_column_added_later_is_the_same_column(void **state)
{
    (void)state;
    char hex[2][DIGEST_HEX + 1];
    const char *const scripts[][4] = {
        {"CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT NOT NULL DEFAULT 'x' COLLATE nocase CHECK (b<>''))",
         NULL},
        {"CREATE TABLE t(a INTEGER, PRIMARY KEY(a))",
         "ALTER TABLE t ADD COLUMN b TEXT CHECK (b <> '') COLLATE nocase DEFAULT 'x' NOT NULL", NULL}};
    for (size_t i = 0; i < 2; i++) {
        AUTO(arena_release) struct arena a = ARENA_INIT;
        struct conn *c = open_with(scripts[i]);
        struct schema *s;
        struct err err = {0};
        assert_int_equal(schema_read_whole(&a, c, NULL, SCHEMA_ALL, &s, &err), 0);
        schema_fingerprint(s, hex[i]);
        conn_close(c);
    }
    assert_string_equal(hex[0], hex[1]);
}

static void a_column_is_renamed_in_a_text(void **state)
{
    (void)state;
    static const struct {
        const char *text, *from, *expected;
        int found;
    } cases[] = {
        {"flag IN (0, 1)", "flag", "\"new\" IN (0, 1)", 1},
        {"FLAG > 0 AND \"flag\" < 'flag'", "flag", "\"new\" > 0 AND \"new\" < 'flag'", 2},
        {"lower(lower) /* lower */ = [lower]", "lower", "lower(\"new\") /* lower */ = \"new\"", 2},
        {"a = 'it''s a' -- a\n AND x'00' = x", "a", "\"new\" = 'it''s a' -- a\n AND x'00' = x", 1},
        {"flags", "flag", "flags", 0},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        AUTO(arena_release) struct arena a = ARENA_INIT;
        int found;
        const char *got = sqlite_rename(&a, cases[i].text, cases[i].from, "\"new\"", &found);
        assert_non_null(got);
        assert_string_equal(got, cases[i].expected);
        assert_int_equal(found, cases[i].found);
        assert_int_equal(sqlite_mentions(cases[i].text, cases[i].from), cases[i].found > 0);
    }
    AUTO(arena_release) struct arena a = ARENA_INIT;
    int found;
    assert_null(sqlite_rename(&a, "a = 'open", "a", "b", &found));
}

/* Half a statement is read as far as it goes, and said to be half. */
static void texts_that_end_early_are_not_understood(void **state)
{
    (void)state;
    static const char text[] =
        "CREATE TABLE t (id INTEGER CONSTRAINT k PRIMARY KEY ASC ON CONFLICT FAIL AUTOINCREMENT, "
        "\"a b\" DECIMAL(10, 2) DEFAULT (1 + (2)) NOT NULL COLLATE nocase CHECK (a > ')'), "
        "c AS (a + 1) STORED REFERENCES [o o] (x) ON DELETE SET NULL NOT DEFERRABLE INITIALLY DEFERRED, "
        "CONSTRAINT `q` UNIQUE (id, c COLLATE x DESC) ON CONFLICT IGNORE, /* c */ FOREIGN KEY (id) "
        "REFERENCES o "
        "MATCH FULL) WITHOUT ROWID, STRICT";
    static const char index[] = "CREATE UNIQUE INDEX i ON t (lower(a), b DESC) WHERE b > 'x'";
    for (size_t n = 0; n < sizeof(text); n++) {
        AUTO(arena_release) struct arena a = ARENA_INIT;
        struct schema_table t = {.definition = arena_dupn(&a, text, n)};
        static const char *const names[] = {"id", "a b", "c"};
        for (size_t i = 0; i < COUNT_OF(names); i++) {
            struct schema_column *c = vec_push(&a, &t.columns);
            c->name = names[i];
        }
        sqlite_parse_table(&a, &t);
        static const char *const tails[] = {"", "WITHOUT ROWID", "WITHOUT ROWID,", "WITHOUT ROWID, STRICT"};
        const char *end = text + sizeof(text) - sizeof(" WITHOUT ROWID, STRICT");
        bool whole = false;
        for (size_t i = 0; i < COUNT_OF(tails) && text + n >= end; i++) {
            whole = whole || slice_eq(slice_trim(slice_of(t.definition + (end - text))), tails[i]);
        }
        assert_int_equal(t.partly_read, !whole);
    }
    for (size_t n = 0; n < sizeof(index); n++) {
        AUTO(arena_release) struct arena a = ARENA_INIT;
        struct schema_index x = {.definition = arena_dupn(&a, index, n)};
        vec_push(&a, &x.keys);
        struct schema_key *k = vec_push(&a, &x.keys);
        k->column = "b";
        assert_true(n >= strlen("CREATE UNIQUE INDEX i ON t (lower(a), b DESC)") ||
                    !sqlite_parse_index(&a, &x));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_no_pragma_tells_is_read_from_the_text),
        cmocka_unit_test(how_a_text_is_laid_out_does_not_matter),
        cmocka_unit_test(a_broken_view_does_not_hide_the_rest),
        cmocka_unit_test(a_column_added_later_is_the_same_column),
        cmocka_unit_test(a_column_is_renamed_in_a_text),
        cmocka_unit_test(texts_that_end_early_are_not_understood),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
