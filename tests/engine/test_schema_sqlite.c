/* SQLite's schema read from a live database, where most of it stands in texts alone. */
#include "engine/schema/describe.h"
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
    schema_describe(&text, s);
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
    assert_described(
        statements,
        "table main.child\n"
        "  column id INTEGER\n"
        "  column parent id INTEGER not null\n"
        "  column other INTEGER\n"
        "  column name VARCHAR(20) default <'it''s (x, y)'> collation <NOCASE>\n"
        "  column price DECIMAL(10, 2) default <-1.5>\n"
        "  column half REAL not null default <.5e-3>\n"
        "  column twice INTEGER stored <other * 2>\n"
        "  column plus  virtual <other + 1>\n"
        "  column no_type  default <abs(1) + 2>\n"
        "  column flag BOOLEAN\n"
        "  primary key child_key (id) in column ordered\n"
        "  unique pair (name, price) on conflict <FAIL>\n"
        "  foreign key both (other, name) references child (id, name) on delete <SET DEFAULT> match <FULL>\n"
        "  foreign key inline_fk (parent id) references parent (id) on delete <CASCADE> deferrable initially "
        "<DEFERRED> in column\n"
        "  foreign key - (other) references parent on update <SET NULL> in column\n"
        "  check odd name expression <flag IN (0, 1)>\n"
        "  check - expression <length(name) > 0 AND name <> ')'> in column\n"
        "  check - expression <other > 0>\n"
        "  index ix (name)\n"
        "  index sqlite_autoindex_child_1 unique (id desc)\n"
        "  index sqlite_autoindex_child_2 unique (name, price)\n"
        "  index ux unique (lower(name), price desc, name collation <BINARY>) where <flag = 1>\n"
        "  trigger tr definition <CREATE TRIGGER tr AFTER INSERT ON child BEGIN SELECT 1; END>\n"
        "table main.parent\n"
        "  column id INTEGER autoincrement\n"
        "  column code TEXT not null on conflict <IGNORE>\n"
        "  primary key - (id) in column\n"
        "  unique - (code) in column on conflict <REPLACE>\n"
        "  index sqlite_autoindex_parent_1 unique (code)\n"
        "table main.plain\n"
        "  column a \n"
        "  column b c \n"
        "table main.short without rowid strict\n"
        "  column k TEXT not null\n"
        "  column v INT\n"
        "  primary key - (k) in column\n"
        "  index sqlite_autoindex_short_1 unique (k)\n"
        "view main.v\n"
        "  column a INTEGER\n"
        "  column name VARCHAR(20)\n"
        "  definition <CREATE VIEW v AS SELECT id AS a, name FROM child>\n");
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
        cmocka_unit_test(a_column_is_renamed_in_a_text),
        cmocka_unit_test(texts_that_end_early_are_not_understood),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
