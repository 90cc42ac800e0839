/*
 * lockstep-alembic-run [-v] [-x] DRIVER HOST PORT USER DATABASE FILE up|down: one direction of a revision
 * file on a live database, in a transaction. What the revision prints goes to standard output, with -v the
 * statements too. Status 1 for an exception, 2 for a refusal. -x: the transaction is rolled back. HOST of
 * SQLite is "-".
 */
#include "base/file.h"
#include "base/module.h"
#include "engine/alembic/migration.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct run {
    struct conn *conn;
    bool verbose, enforce;
};

static void print_text(void *arg, struct slice text)
{
    (void)arg;
    printf("%.*s", (int)text.len, text.ptr);
}

static int send(void *arg, const struct migration_statement *s, struct arena *a, struct rowset *rows,
                int64_t *affected, struct err *err)
{
    const struct run *run = arg;
    const struct driver *driver = conn_driver(run->conn);
    struct sql_script script = {0};
    if (s->kind != MIGRATION_STATEMENT) {
        return conn_exec(run->conn, s->kind == MIGRATION_AUTOCOMMIT ? driver->commit : driver->begin, err);
    }
    if (run->verbose) {
        printf("%.*s;\n", (int)s->text.len, s->text.ptr);
    }
    int rc = driver->split(a, s->text, &script, err);
    for (size_t i = 0; i < script.n && rc == 0; i++) {
        struct statement statement = {.text = script.items[i].text, .flags = rows ? STATEMENT_ROWS : 0};
        struct outcome outcome = {0};
        size_t done = 0;
        rc = driver->batch(run->conn, a, &statement, 1, &outcome, &done, err);
        if (rc == 0 && rows) {
            *rows = outcome.rows;
        }
        if (rc == 0 && affected) {
            *affected = outcome.affected;
        }
    }
    return rc;
}

static const struct ddl_dialect *dialect_of(struct conn *c)
{
    const char *driver = conn_driver(c)->name;
    bool mariadb = strncmp(conn_driver(c)->server(c), "MariaDB", 7) == 0;
    return ddl_dialect_connected(strcmp(driver, "postgresql") == 0 ? DDL_POSTGRESQL
                                 : strcmp(driver, "sqlite") == 0   ? DDL_SQLITE
                                 : mariadb                         ? DDL_MARIADB
                                                                   : DDL_MYSQL);
}

static int run_file(struct run *run, const char *file, bool down, bool undo, struct err *err)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct migration_settings settings = {0};
    struct slice text;
    struct py_node *tree;
    enum py_stop stop = PY_FAILED;
    const struct driver *driver = conn_driver(run->conn);
    struct py_options options = {.print = print_text};
    struct migration m = {.mode = MIGRATION_LIVE,
                          .dialect = dialect_of(run->conn),
                          .settings = &settings,
                          .downgrade = down,
                          .arg = run,
                          .statement = send,
                          .conn = run->conn};
    int rc = file_read(&a, file, 0, &text, err);
    rc = rc ? rc : py_parse(&a, file, text, &tree, err);
    rc = rc || !run->enforce ? rc : conn_exec(run->conn, "PRAGMA foreign_keys = ON", err);
    rc = rc ? rc : conn_exec(run->conn, driver->begin, err);
    rc = rc ? rc : migration_run(&options, &m, file, text, tree, &stop, err);
    if (rc) {
        struct err ignored;
        conn_exec(run->conn, driver->rollback, &ignored);
        return stop == PY_REFUSED ? 2 : 1;
    }
    return conn_exec(run->conn, undo ? driver->rollback : driver->commit, err) ? 1 : 0;
}

int main(int argc, char **argv)
{
    struct run run = {0};
    bool undo = false;
    for (; argc > 1 && argv[1][0] == '-' && argv[1][1]; argc--, argv++) {
        run.verbose = run.verbose || argv[1][1] == 'v';
        undo = undo || argv[1][1] == 'x';
        run.enforce = run.enforce || argv[1][1] == 'f';
    }
    if (argc != 8) {
        fprintf(stderr,
                "usage: lockstep-alembic-run [-v] [-x] [-f] DRIVER HOST PORT USER DATABASE FILE up|down\n");
        return 64;
    }
    const struct driver *driver;
    struct err err = {0};
    struct driver_address address = {.database = argv[5]};
    if (strcmp(argv[2], "-") != 0) {
        address = (struct driver_address){
            .host = argv[2], .port = (int)strtol(argv[3], NULL, 10), .user = argv[4], .database = argv[5]};
    }
    module_set_dir(LOCKSTEP_MODULE_DIR);
    int rc = driver_find(argv[1], &driver, &err);
    rc = rc ? rc : driver->open(&address, &(struct driver_session){.create = true}, &run.conn, &err);
    rc = rc ? 1 : run_file(&run, argv[6], strcmp(argv[7], "down") == 0, undo, &err);
    conn_close(run.conn);
    if (rc) {
        char where[4096];
        fflush(stdout);
        fprintf(stderr, "%s\n%s\n", err_format(&err, where, sizeof(where)), err.excerpt);
    }
    return rc;
}
