/*
 * The statements that psql, mariadb and sqlite3 really send for a script, against those that splitting it
 * gives; and again for the script that printing those statements gives. psql tells by its log file, MariaDB
 * by the general log, SQLite by the shell's trace and by where sqlite3_prepare_v2() stops reading.
 */
#include "drivers/mysql/lexer.h"
#include "drivers/mysql/split.h"
#include "drivers/postgresql/lexer.h"
#include "drivers/postgresql/split.h"
#include "drivers/sqlite/lexer.h"
#include "drivers/sqlite/split.h"
#include "tests/drivers/split_check.h"
#include "tests/servers/servers.h"
#include <sqlite3.h>

struct texts {
    struct arena arena;
    VEC(struct slice) v;
};

struct dialect {
    split_fn split;
    print_fn print;
    sql_lex_fn lex;
    /* Run the file with the client and note what it sent. */
    void (*client)(const char *file, struct texts *sent);
};

static void texts_release(struct texts *t)
{
    arena_release(&t->arena);
}

static void texts_add(struct texts *t, const char *ptr, size_t n)
{
    *(struct slice *)vec_push(&t->arena, &t->v) = (struct slice){arena_dupn(&t->arena, ptr, n), n};
}

static struct slice read_all(struct arena *a, const char *path)
{
    struct slice text;
    struct err err;
    if (file_read(a, path, 0, &text, &err)) {
        fail_msg("%s: %s", path, err.message);
    }
    return text;
}

/* Tokens with one blank between them, without semicolons at either end: clients differ in what they do to
 * comments. */
static char *normal(struct arena *a, sql_lex_fn lex, struct slice text)
{
    AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
    struct sql_cursor c = {.lex = lex, .lexer = {.text = text}};
    c.lexer.pos = sql_is_bom(text, 0) ? 3 : 0; /* sqlite3 hands the file's mark on to SQLite */
    if (strstr(slice_dup(a, text), "'back\\'")) {
        c.lexer.literal_backslash = true;
    } else if (strstr(slice_dup(a, text), "'it\\'s;'")) {
        c.lexer.backslash = true;
    }
    for (sql_cursor_next(&c); c.t.kind != SQL_TOKEN_END; sql_cursor_next(&c)) {
        if (b.len || !sql_symbol_is(&c.t, ';')) {
            strbuf_add(&b, c.t.text.ptr, c.t.text.len);
            strbuf_addch(&b, ' ');
        }
    }
    while (b.len && (b.ptr[b.len - 1] == ' ' || b.ptr[b.len - 1] == ';')) {
        b.len--;
    }
    return arena_dupn(a, strbuf_cstr(&b), b.len);
}

/* psql also sends empty statements; they vanish in ours. */
static void same(const struct dialect *d, const struct sql_script *ours, const struct texts *sent)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    size_t n = 0;
    struct slice *s;
    vec_each (s, &sent->v) {
        const char *theirs = normal(&a, d->lex, *s);
        if (!theirs[0]) {
            continue;
        }
        assert_true(n < ours->n);
        const char *text = normal(&a, d->lex, ours->items[n].text);
        if (strcmp(text, theirs) != 0) {
            fail_msg("statement %zu, line %d\nours:   <<%s>>\nclient: <<%s>>", n, ours->items[n].line, text,
                     theirs);
        }
        n++;
    }
    assert_int_equal(ours->n, n);
}

static void write_file(const char *path, struct slice text)
{
    struct err err;
    if (file_write(path, text, false, &err)) {
        fail_msg("%s: %s", path, err.message);
    }
}

static void split_or_fail(const struct dialect *d, struct arena *a, struct slice text, struct sql_script *out)
{
    struct err err;
    if (d->split(a, text, out, &err)) {
        fail_msg("%d:%d %s\n%s", err.line, err.column, err.message, err.excerpt);
    }
}

/* `direct`: the client itself can run the script, not only its printed form. */
static void compare(const struct dialect *d, struct slice text, bool direct, size_t at_least)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
    struct sql_script ours;
    char *file = path_join(&a, test_folder(), "script.sql");
    split_or_fail(d, &a, text, &ours);
    assert_true(ours.n >= at_least);
    if (direct) {
        AUTO(texts_release) struct texts sent = {0};
        write_file(file, text);
        d->client(file, &sent);
        same(d, &ours, &sent);
    }
    AUTO(texts_release) struct texts sent = {0};
    for (size_t i = 0; i < ours.n; i++) {
        d->print(&b, ours.items[i].text, ours.items[i].copy);
    }
    write_file(file, (struct slice){b.ptr, b.len});
    d->client(file, &sent);
    same(d, &ours, &sent);
}

/* The script as it is, and as an editor on Windows would save it. */
static void compare_file(const struct dialect *d, const char *path, bool direct, size_t at_least)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
    struct slice text = read_all(&a, path);
    compare(d, text, direct, at_least);
    strbuf_adds(&b, "\xef\xbb\xbf");
    for (size_t i = 0; i < text.len; i++) {
        strbuf_adds(&b, text.ptr[i] == '\n' ? "\r" : "");
        strbuf_addch(&b, text.ptr[i]);
    }
    compare(d, (struct slice){b.ptr, b.len}, direct, at_least);
}

static char copied[4096];

static void psql_sent(const char *file, struct texts *sent)
{
    static const char head[] = "********* QUERY **********\n", tail[] = "\n**************************\n";
    char out[4096];
    const char *db = server_postgresql_database("split");
    char *log = path_join(&sent->arena, test_folder(), "log");
    int status =
        test_run(out, sizeof(out),
                 "PGCLIENTENCODING=UTF8 psql -X -q -v ON_ERROR_STOP=1 -L '%s' -f '%s' '%s/%s' >/dev/null",
                 log, file, server_postgresql(), db);
    if (status) {
        fail_msg("psql: %s", out);
    }
    const char *at = read_all(&sent->arena, log).ptr;
    for (at = strstr(at, head); at; at = strstr(at, head)) {
        at += strlen(head);
        const char *end = strstr(at, tail);
        assert_non_null(end);
        texts_add(sent, at, (size_t)(end - at));
        at = end;
    }
    status = test_run(copied, sizeof(copied),
                      "psql -X -q -At '%s/%s' -c 'select * from items order by id' -c 'select * from log'",
                      server_postgresql(), db);
    assert_int_equal(status, 0);
}

static void test_postgresql(void **state UNUSED)
{
    static const struct dialect d = {postgresql_split, postgresql_print, postgresql_lex, psql_sent};
    compare_file(&d, "tests/drivers/scripts/postgresql.sql", true, 30);
    assert_non_null(strstr(copied, "1|it's; $$ /*|\n2|\\.|-- x\n3|a\tb|\"\n4|;|\n5|;|\n1\n2\n"));
}

/* A row of the log is its command's type, a tab, and the text in hexadecimal. */
static void log_row(struct texts *sent, struct slice row)
{
    struct slice type;
    AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
    assert_true(slice_cut(&row, '\t', &type) && row.ptr);
    if (slice_eq(type, "Init DB")) {
        strbuf_adds(&b, "USE ");
    }
    for (size_t i = 0; i + 1 < row.len; i += 2) {
        char byte[3] = {row.ptr[i], row.ptr[i + 1], '\0'};
        strbuf_addch(&b, (char)strtol(byte, NULL, 16));
    }
    if (strcmp(strbuf_cstr(&b), "SELECT DATABASE()") != 0) { /* the client asks before it changes */
        texts_add(sent, strbuf_cstr(&b), b.len);
    }
}

static void mariadb_sent(const char *file, struct texts *sent)
{
    static char out[1 << 16], rows[1 << 16];
    const char *db = server_mysql_database("split");
    char client[128];
    snprintf(client, sizeof(client), "mariadb --no-defaults -h 127.0.0.1 -u root -P %d",
             server_port(server_mysql()));
    int status =
        test_run(out, sizeof(out), "%s -e \"set global log_output = 'TABLE', general_log = 1\"", client);
    assert_int_equal(status, 0);
    status = test_run(out, sizeof(out), "%s '%s' < '%s' >/dev/null", client, db, file);
    int logged =
        test_run(rows, sizeof(rows),
                 "%s -N -r -e \"set global general_log = 0; select command_type, hex(argument) from "
                 "mysql.general_log where command_type in ('Query', 'Init DB') and thread_id = (select "
                 "max(thread_id) from mysql.general_log where command_type = 'Connect' and argument like "
                 "'%% on %s %%') order by event_time\"",
                 client, db);
    if (status || logged) {
        fail_msg("mariadb: %s\n%s", out, rows);
    }
    assert_true(strlen(rows) + 1 < sizeof(rows));
    struct slice rest = slice_of(rows), row;
    while (slice_cut(&rest, '\n', &row)) {
        if (row.len) {
            log_row(sent, row);
        }
    }
}

static void test_mysql(void **state UNUSED)
{
    static const struct dialect d = {mysql_split, mysql_print, mysql_lex, mariadb_sent};
    compare_file(&d, "tests/drivers/scripts/mysql.sql", true, 25);
    compare_file(&d, "tests/drivers/scripts/mysql_bodies.sql", false, 8);
}

/* What the shell traces is one text; cut it where the library, reading it statement by statement, stops. */
static void prepared(const char *sql, struct texts *sent)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
    while (*sql) {
        sqlite3_stmt *statement;
        const char *tail;
        if (sqlite3_prepare_v2(db, sql, -1, &statement, &tail) != SQLITE_OK) {
            fail_msg("%s: %s", sqlite3_errmsg(db), sql);
        }
        if (statement) {
            texts_add(sent, sql, (size_t)(tail - sql));
        }
        int status = SQLITE_DONE;
        while (statement && (status = sqlite3_step(statement)) == SQLITE_ROW) {
        }
        assert_int_equal(status, SQLITE_DONE);
        sqlite3_finalize(statement);
        sql = tail;
    }
    sqlite3_close(db);
}

static void sqlite3_sent(const char *file, struct texts *sent)
{
    char out[4096];
    char *trace = path_join(&sent->arena, test_folder(), "trace");
    int status = test_run(out, sizeof(out),
                          "sqlite3 -batch -bail -cmd '.trace %s' :memory: < '%s' >/dev/null", trace, file);
    if (status || out[0]) {
        fail_msg("sqlite3: %s", out);
    }
    AUTO(texts_release) struct texts traced = {0};
    prepared(read_all(&sent->arena, trace).ptr, &traced);
    /* As the shell reads lines. */
    prepared(slice_dup(&sent->arena, sql_script_lines(&sent->arena, read_all(&sent->arena, file))), sent);
    assert_int_equal(traced.v.n, sent->v.n);
    for (size_t i = 0; i < traced.v.n; i++) {
        assert_string_equal(normal(&sent->arena, sqlite_lex, traced.v.items[i]),
                            normal(&sent->arena, sqlite_lex, sent->v.items[i]));
    }
}

static void test_sqlite(void **state UNUSED)
{
    static const struct dialect d = {sqlite_split, sqlite_print, sqlite_lex, sqlite3_sent};
    compare_file(&d, "tests/drivers/scripts/sqlite.sql", true, 15);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sqlite),
        cmocka_unit_test(test_postgresql),
        cmocka_unit_test(test_mysql),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
