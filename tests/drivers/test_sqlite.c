/* What is particular to the SQLite driver: files that are missing or wrong, errors, the lock beside the file.
 */
#include "base/arena.h"
#include "base/file.h"
#include "drivers/driver.h"
#include "tests/servers/servers.h"
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

extern const struct driver driver_sqlite;
static const struct driver *const sqlite = &driver_sqlite;

static const char *path_in(const char *folder, const char *name)
{
    static char paths[16][1024];
    static unsigned at;
    char *path = paths[at++ % COUNT_OF(paths)];
    snprintf(path, sizeof(paths[0]), "%s/%s", folder, name);
    return path;
}

static struct conn *open_as(const char *path, struct driver_session session)
{
    struct conn *c = NULL;
    struct err err = {0};
    if (sqlite->open(&(struct driver_address){.database = path}, &session, &c, &err) != 0) {
        fail_msg("%s: %s", path, err.message);
    }
    return c;
}

static struct conn *open_new(const char *path)
{
    return open_as(path, (struct driver_session){.create = true, .application = "tester"});
}

static void exec(struct conn *c, const char *sql)
{
    struct err err = {0};
    if (conn_exec(c, sql, &err) != 0) {
        fail_msg("%s: %s", sql, err.message);
    }
}

static void assert_query(struct conn *c, const char *sql, const char *expected)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct rowset rows = {0};
    struct err err = {0};
    if (conn_query(c, &a, sql, &rows, &err) != 0) {
        fail_msg("%s: %s", sql, err.message);
    }
    assert_string_equal(rowset_cell(&rows, 0, 0).ptr, expected);
}

static void assert_fails(struct conn *c, const char *sql, const char *state, const char *mentions)
{
    struct err err = {0};
    int rc = conn_exec(c, sql, &err);
    if (rc == 0 || strcmp(err.sqlstate, state) != 0 || !strstr(err.message, mentions)) {
        fail_msg("%s: status %d, sqlstate %s: %s; expected %s mentioning %s", sql, rc, err.sqlstate,
                 err.message, state, mentions);
    }
}

static int lock(struct conn *c, struct arena *a, const char *key, struct lock_holder *holder, struct err *err)
{
    return sqlite->lock(c, a, key, holder, err);
}

static void test_a_missing_file_reads_as_empty(void **state)
{
    (void)state;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    const char *path = path_in(test_folder(), "missing.db");
    struct conn *c = open_as(path, (struct driver_session){0});
    struct lock_holder holder;
    struct err err = {0};
    assert_query(c, "SELECT count(*) FROM sqlite_master", "0");
    assert_int_equal(lock(c, &a, "k", &holder, &err), 0);
    assert_int_equal(sqlite->unlock(c, "k", &err), 0);
    assert_int_equal(sqlite->unlock(c, "k", &err), ERR_FAILED);
    exec(c, "CREATE TABLE t (n)");
    conn_close(c);
    assert_false(file_exists(path));

    c = open_new(path);
    exec(c, "CREATE TABLE t (n)");
    conn_close(c);
    assert_true(file_exists(path));
    c = open_as(path, (struct driver_session){0});
    assert_query(c, "SELECT count(*) FROM t", "0");
    conn_close(c);
}

static void test_a_missing_folder_is_told(void **state)
{
    (void)state;
    const char *path = path_in(test_folder(), "no/such/folder.db");
    for (int create = 0; create < 2; create++) {
        struct conn *c = NULL;
        struct err err = {0};
        int rc = sqlite->open(&(struct driver_address){.database = path},
                              &(struct driver_session){.create = create}, &c, &err);
        assert_int_equal(rc, ERR_UNREACHABLE);
        assert_non_null(strstr(err.message, path));
        assert_non_null(strstr(err.hint, "no/such"));
    }
}

static void test_other_files_are_not_databases(void **state)
{
    (void)state;
    const char *path = path_in(test_folder(), "notes.txt");
    struct err err = {0};
    AUTO(strbuf_release) struct strbuf text = STRBUF_INIT;
    for (int i = 0; i < 100; i++) {
        strbuf_adds(&text, "these are notes, not tables\n");
    }
    assert_int_equal(file_write(path, (struct slice){text.ptr, text.len}, true, &err), 0);
    struct conn *c = open_new(path);
    assert_int_equal(conn_exec(c, "SELECT count(*) FROM sqlite_master", &err), ERR_UNREACHABLE);
    assert_non_null(strstr(err.message, "notes.txt"));
    assert_non_null(strstr(err.message, "not an SQLite database"));
    assert_true(err.hint[0]);
    conn_close(c);

    const char *empty = path_in(test_folder(), "empty.db");
    assert_int_equal(file_write(empty, (struct slice){"", 0}, true, &err), 0);
    c = open_as(empty, (struct driver_session){0});
    assert_query(c, "SELECT count(*) FROM sqlite_master", "0");
    conn_close(c);
}

static void test_paths_are_taken_literally(void **state)
{
    (void)state;
    char before[4096];
    assert_non_null(getcwd(before, sizeof(before)));
    const char *folder = test_folder();
    assert_int_equal(chdir(folder), 0);
    static const char *const names[] = {"file:odd.db", "with space?mode=ro", ":odd:", "żółw.db",
                                        "a#b%20c.db"};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        struct conn *c = open_new(names[i]);
        exec(c, "CREATE TABLE t (n)");
        conn_close(c);
        assert_true(file_exists(path_in(folder, names[i])));
    }
    assert_int_equal(chdir(before), 0);
}

static void test_parameters(void **state)
{
    (void)state;
    const char *path = path_in(test_folder(), "p.db");
    struct conn *c = open_new(path);
    exec(c, "CREATE TABLE t (n)");
    conn_close(c);
    struct driver_param p = {"mode", "ro"};
    struct driver_address address = {.database = path, .params = &p, .nparams = 1};
    struct err err = {0};
    assert_int_equal(sqlite->open(&address, &(struct driver_session){0}, &c, &err), 0);
    assert_query(c, "SELECT count(*) FROM t", "0");
    assert_fails(c, "INSERT INTO t VALUES (1)", "25006", "readonly");
    conn_close(c);
    p = (struct driver_param){"mode", "rwx"};
    assert_int_equal(sqlite->open(&address, &(struct driver_session){0}, &c, &err), ERR_USAGE);
    assert_non_null(strstr(err.message, "rwx"));
    p = (struct driver_param){"cache", "shared"};
    assert_int_equal(sqlite->open(&address, &(struct driver_session){0}, &c, &err), ERR_USAGE);
    assert_non_null(strstr(err.message, "'cache'"));
}

static void test_pragmas_stay_as_they_are(void **state)
{
    (void)state;
    const char *path = path_in(test_folder(), "pragmas.db");
    struct conn *c = open_new(path);
    assert_query(c, "PRAGMA journal_mode", "delete");
    assert_query(c, "PRAGMA synchronous", "2");
    assert_query(c, "PRAGMA foreign_keys", "0");
    exec(c, "PRAGMA journal_mode = wal");
    exec(c, "CREATE TABLE t (n)");
    conn_close(c);
    c = open_as(path, (struct driver_session){0});
    assert_query(c, "PRAGMA journal_mode", "wal");
    conn_close(c);
}

static void test_errors_have_states(void **state)
{
    (void)state;
    struct conn *c = open_as(":memory:", (struct driver_session){0});
    exec(c, "CREATE TABLE t (n int PRIMARY KEY, m text NOT NULL, CHECK (n < 10))");
    exec(c, "CREATE INDEX i ON t (m)");
    exec(c, "INSERT INTO t VALUES (1, 'x')");
    assert_fails(c, "SELECT * FROM missing", "42S02", "missing");
    assert_fails(c, "SELECT missing FROM t", "42S22", "missing");
    assert_fails(c, "INSERT INTO t VALUES (1, 'x')", "23000", "UNIQUE");
    assert_fails(c, "INSERT INTO t VALUES (2, NULL)", "23000", "NOT NULL");
    assert_fails(c, "INSERT INTO t VALUES (20, 'x')", "23000", "CHECK");
    assert_fails(c, "CREATE TABLE t (n)", "42S01", "exists");
    assert_fails(c, "CREATE INDEX i ON t (m)", "42S11", "exists");
    assert_fails(c, "DROP INDEX missing", "42S12", "missing");
    assert_fails(c, "ALTER TABLE t ADD COLUMN n int", "42S21", "duplicate");
    assert_fails(c, "SELEC 1", "42000", "SELEC");
    assert_fails(c, "SELECT (1", "42000", "incomplete");
    assert_fails(c, "SELECT 'open", "42000", "unrecognized");
    assert_fails(c, "COMMIT", "25000", "commit");
    assert_fails(c, "SELECT no_such_function(1)", "HY000", "no_such_function");
    conn_close(c);
}

static void test_one_statement_at_a_time(void **state)
{
    (void)state;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct conn *c = open_as(":memory:", (struct driver_session){0});
    exec(c, "CREATE TABLE t (n)");
    assert_fails(c, "INSERT INTO t VALUES (1); INSERT INTO t VALUES (2)", "42000", "more than one");
    assert_query(c, "SELECT count(*) FROM t", "0");
    exec(c, "INSERT INTO t VALUES (1); -- a comment\n /* and another */ ;");
    exec(c, "-- nothing but a comment");
    exec(c, "");
    assert_query(c, "SELECT count(*) FROM t", "1");
    assert_query(c, "INSERT INTO t VALUES (7) RETURNING n + 1", "8");

    const struct statement s[] = {{.text = SLICE("CREATE TABLE copied AS SELECT * FROM t")},
                                  {.text = SLICE("ALTER TABLE t RENAME COLUMN n TO m")},
                                  {.text = SLICE("UPDATE t SET m = 1 WHERE m = 99")}};
    struct outcome o[COUNT_OF(s)];
    size_t done;
    struct err err = {0};
    assert_int_equal(sqlite->batch(c, &a, s, COUNT_OF(s), o, &done, &err), 0);
    assert_int_equal(o[1].affected, 0);
    assert_int_equal(o[2].affected, 0);
    struct statement copy = {.text = SLICE("COPY t FROM STDIN"), .copy = SLICE("1\n")};
    assert_int_equal(sqlite->batch(c, &a, &copy, 1, o, &done, &err), ERR_FAILED);
    assert_non_null(strstr(err.message, "PostgreSQL"));
    conn_close(c);
}

static void test_texts_with_nul_bytes(void **state)
{
    (void)state;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
    struct conn *c = open_as(":memory:", (struct driver_session){0});
    strbuf_adds(&b, "SELECT ");
    sqlite->quote_literal(&b, (struct slice){"a\0b'", 4});
    struct rowset rows = {0};
    struct err err = {0};
    assert_int_equal(conn_query(c, &a, b.ptr, &rows, &err), 0);
    assert_int_equal(rowset_cell(&rows, 0, 0).len, 4);
    assert_memory_equal(rowset_cell(&rows, 0, 0).ptr, "a\0b'", 4);
    conn_close(c);
}

struct canceller {
    struct conn *c;
    const char *file; /* a cancel comes once it has grown; NULL: at once */
};

static void *cancel_later(void *arg)
{
    struct canceller *k = arg;
    int64_t deadline = time_monotonic_us() + 20000000;
    struct stat st = {0};
    while (k->file && st.st_size < 1000000 && time_monotonic_us() < deadline) {
        if (stat(k->file, &st) != 0) {
            st.st_size = 0;
        }
    }
    sqlite->cancel(k->c);
    return NULL;
}

static void test_an_interrupted_write_ends_its_transaction(void **state)
{
    (void)state;
    const char *path = path_in(test_folder(), "i.db");
    struct conn *c = open_new(path);
    exec(c, "CREATE TABLE t (n)");
    exec(c, sqlite->begin);
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, cancel_later, &(struct canceller){c, path}), 0);
    struct err err = {0};
    int rc = conn_exec(c,
                       "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 100000000)"
                       " INSERT INTO t SELECT n FROM r",
                       &err);
    pthread_join(thread, NULL);
    assert_int_equal(rc, ERR_INTERRUPTED);
    assert_int_equal(sqlite->txn(c), TXN_IDLE);
    sqlite->cancel_reset(c);
    assert_query(c, "SELECT count(*) FROM t", "0");
    conn_close(c);
}

static void test_waiting_for_a_lock_can_be_cancelled(void **state)
{
    (void)state;
    const char *path = path_in(test_folder(), "w.db");
    struct conn *one = open_new(path),
                *two = open_as(path, (struct driver_session){.lock_timeout_ms = 60000});
    exec(one, "CREATE TABLE t (n)");
    exec(one, sqlite->begin);
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, cancel_later, &(struct canceller){two, NULL}), 0);
    struct err err = {0};
    int64_t before = time_monotonic_us();
    assert_int_equal(conn_exec(two, sqlite->begin, &err), ERR_INTERRUPTED);
    assert_true(time_monotonic_us() - before < 30000000);
    pthread_join(thread, NULL);
    conn_close(two);
    conn_close(one);
}

static void test_the_lock_file(void **state)
{
    (void)state;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    const char *folder = test_folder(), *path = path_in(folder, "l.db"),
               *file = path_in(folder, "l.db-lockstep-lock");
    const char *link = path_in(test_folder(), "link.db");
    struct conn *one = open_new(path);
    exec(one, "CREATE TABLE t (n)");
    assert_int_equal(chmod(path, 0640), 0);
    assert_int_equal(symlink(path, link), 0);
    struct conn *two = open_new(link);
    struct lock_holder holder = {0};
    struct err err = {0};
    assert_int_equal(lock(one, &a, "a", &holder, &err), 0);
    assert_int_equal(lock(one, &a, "b", &holder, &err), 0);
    struct stat st;
    assert_int_equal(stat(file, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0640);
    assert_int_equal(lock(two, &a, "c", &holder, &err), ERR_REFUSED);
    assert_non_null(strstr(holder.who, "tester"));
    assert_int_equal(holder.pid, getpid());
    assert_memory_equal(holder.since, "20", 2);
    assert_int_equal(sqlite->unlock(one, "a", &err), 0);
    assert_int_equal(lock(two, &a, "c", &holder, &err), ERR_REFUSED);
    assert_int_equal(sqlite->unlock(one, "b", &err), 0);
    assert_false(file_exists(file));
    assert_int_equal(lock(two, &a, "c", &holder, &err), 0);
    assert_true(file_exists(file));
    assert_int_equal(lock(one, &a, "a", &holder, &err), ERR_REFUSED);
    conn_close(two);
    assert_false(file_exists(file));

    /* What somebody killed left behind, whatever its text. */
    assert_int_equal(file_write(file, SLICE("who nobody\x1b[2J\npid 1\nsince never\n"), true, &err), 0);
    assert_int_equal(lock(one, &a, "a", &holder, &err), 0);
    conn_close(one);
    assert_false(file_exists(file));
    assert_int_equal(file_write(path_in(folder, "target"), SLICE("keep me"), true, &err), 0);
    assert_int_equal(symlink(path_in(folder, "target"), file), 0);
    one = open_new(path);
    assert_int_equal(lock(one, &a, "a", &holder, &err), ERR_FAILED);
    conn_close(one);
}

/* Take and release the lock many times; whoever has it makes a file that must not be there. */
static int contend(const char *path, const char *mark)
{
    struct arena a = ARENA_INIT;
    struct conn *c = NULL;
    struct err err;
    if (sqlite->open(&(struct driver_address){.database = path}, &(struct driver_session){.create = true}, &c,
                     &err) != 0) {
        return 2;
    }
    for (int got = 0; got < 150;) {
        struct lock_holder holder;
        int rc = lock(c, &a, "k", &holder, &err);
        if (rc == ERR_REFUSED) {
            continue;
        }
        if (rc != 0) {
            return 3;
        }
        got++;
        int fd = open(mark, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
        if (fd < 0) {
            return 4;
        }
        close(fd);
        unlink(mark);
        if (sqlite->unlock(c, "k", &err) != 0) {
            return 5;
        }
    }
    conn_close(c);
    arena_release(&a);
    return 0;
}

static void test_processes_take_turns(void **state)
{
    (void)state;
    enum { N = 4 };
    const char *folder = test_folder(), *path = path_in(folder, "t.db"), *mark = path_in(folder, "mark");
    struct conn *c = open_new(path);
    exec(c, "CREATE TABLE t (n)");
    conn_close(c);
    pid_t pids[N];
    fflush(NULL);
    for (int i = 0; i < N; i++) {
        pids[i] = fork();
        if (pids[i] == 0) {
            alarm(60);
            _exit(contend(path, mark));
        }
    }
    for (int i = 0; i < N; i++) {
        int status = 0;
        assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
        assert_true(WIFEXITED(status));
        assert_int_equal(WEXITSTATUS(status), 0);
    }
    assert_false(file_exists(path_in(folder, "t.db-lockstep-lock")));
}

/* As an ordinary user: root may write everything. */
static int meet_read_only(const char *path)
{
    if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0)) {
        return 2;
    }
    struct arena a = ARENA_INIT;
    struct conn *c = NULL;
    struct err err = {0};
    if (sqlite->open(&(struct driver_address){.database = path}, &(struct driver_session){.create = true}, &c,
                     &err) != 0) {
        return 3;
    }
    if (conn_exec(c, "SELECT count(*) FROM t", &err) != 0) {
        return 4;
    }
    if (conn_exec(c, "INSERT INTO t VALUES (1)", &err) != ERR_FAILED || strcmp(err.sqlstate, "25006") != 0 ||
        !strstr(err.hint, path)) {
        return 5;
    }
    struct lock_holder holder;
    if (lock(c, &a, "k", &holder, &err) != ERR_FAILED || !strstr(err.message, "ermission") || !err.hint[0]) {
        return 6;
    }
    conn_close(c);
    char missing[1100];
    snprintf(missing, sizeof(missing), "%s.new", path);
    int rc = sqlite->open(&(struct driver_address){.database = missing},
                          &(struct driver_session){.create = true}, &c, &err);
    if (rc != ERR_UNREACHABLE || !strstr(err.message, missing) || !err.hint[0]) {
        return 7;
    }
    arena_release(&a);
    return 0;
}

static void test_read_only_files_and_folders(void **state)
{
    (void)state;
    const char *folder = test_folder(), *path = path_in(folder, "r.db");
    struct conn *c = open_new(path);
    exec(c, "CREATE TABLE t (n)");
    conn_close(c);
    assert_int_equal(chmod(path, 0444), 0);
    assert_int_equal(chmod(folder, 0555), 0);
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        _exit(meet_read_only(path));
    }
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(chmod(folder, 0755), 0);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_missing_file_reads_as_empty),
        cmocka_unit_test(test_a_missing_folder_is_told),
        cmocka_unit_test(test_other_files_are_not_databases),
        cmocka_unit_test(test_paths_are_taken_literally),
        cmocka_unit_test(test_parameters),
        cmocka_unit_test(test_pragmas_stay_as_they_are),
        cmocka_unit_test(test_errors_have_states),
        cmocka_unit_test(test_one_statement_at_a_time),
        cmocka_unit_test(test_texts_with_nul_bytes),
        cmocka_unit_test(test_an_interrupted_write_ends_its_transaction),
        cmocka_unit_test(test_waiting_for_a_lock_can_be_cancelled),
        cmocka_unit_test(test_the_lock_file),
        cmocka_unit_test(test_processes_take_turns),
        cmocka_unit_test(test_read_only_files_and_folders),
    };
    return cmocka_run_group_tests_name("drivers_sqlite", tests, NULL, NULL);
}
